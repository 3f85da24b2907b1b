#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

static void tell(void *context, const kk_progress *p)
{
    kk_progress_line *line = context;
    double now = kk_clock(), spent = now - line->begun;
    if (now - line->last < (line->is_terminal ? 0.2 : 5.0))
        return;
    line->last = now;
    line->shown = true;
    double rate = spent > 0 ? (double)p->bytes_done / spent : 0;
    double left = rate > 0 && p->bytes_known > p->bytes_done
                      ? (double)(p->bytes_known - p->bytes_done) / rate
                      : 0;
    int bar = p->bytes_known ? (int)(20 * p->bytes_done / p->bytes_known) : 0;
    if (line->is_terminal)
        fprintf(stderr, "\r[%.*s%.*s] ", bar > 20 ? 20 : bar, "####################",
                bar > 20 ? 0 : 20 - bar, "....................");
    fprintf(stderr, "%llu of %llu items, %.0f of %.0f MB, %.0f MB/s, %llu events, %.0f s left%s",
            (unsigned long long)p->items_done, (unsigned long long)p->items_known,
            (double)p->bytes_done / 1e6, (double)p->bytes_known / 1e6, rate / 1e6,
            (unsigned long long)p->events, left, line->is_terminal ? "   " : "\n");
}

void kk_progress_start(kk_progress_line *line, kk_invocation *i)
{
    *line = (kk_progress_line){.i = i, .is_terminal = isatty(STDERR_FILENO), .begun = kk_clock()};
    if (i->options.quiet)
        return;
    i->options.progress = tell;
    i->options.context = line;
}

void kk_progress_end(kk_progress_line *line)
{
    if (line->shown && line->is_terminal)
        fputs("\n", stderr);
}
