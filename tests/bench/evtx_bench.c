/* What reading event logs costs: every record and value found, typed and named, and nothing made of them. CPU
 * seconds of one core.
 *     evtx_bench [--runs N] LOG... */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parse/evtx_walk.h"

typedef struct {
    kk_sink sink; /* first */
    kk_binxml *xml;
    uint64_t records, values, bytes;
} counting;

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    (void)sink, (void)issue;
}

static void on_record(void *context, kk_evtx_record *r)
{
    counting *c = context;
    if (r->level != KK_EVTX_RAW)
        kk_binxml_fields(c->xml);
    c->records++;
    for (size_t i = 0; i < KK_SYS_FIELDS; i++)
        c->values += r->xml.system[i].type != KK_XML_NULL;
    c->values += r->xml.count;
    for (size_t i = 0; i < r->xml.count; i++)
        c->bytes += r->xml.fields[i].value.len + r->xml.fields[i].value.type;
}

static double read_log(kk_evtx_memory *memory, const char *path, counting *c)
{
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0)
        exit(2);
    double begin = cpu();
    kk_arena *arena = kk_arena_open();
    kk_evtx_walk walk = {.in = kk_stream_over_fd(arena, fd, (uint64_t)s.st_size, KK_S("log.evtx")),
                         .end = UINT64_MAX,
                         .live = true,
                         .sink = &c->sink,
                         .context = c,
                         .record = on_record};
    kk_evtx_read(memory, &walk);
    kk_arena_close(arena);
    close(fd);
    return cpu() - begin;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments)
{
    enum { RUNS_MOST = 99 };
    bool given = count > 2 && strcmp(arguments[1], "--runs") == 0;
    uint64_t wanted = 1;
    if (given && (!kk_to_u64(kk_cstr(arguments[2]), &wanted) || !wanted || wanted > RUNS_MOST))
        return 2;
    const int runs = (int)wanted;
    kk_arena *arena = kk_arena_open();
    kk_evtx_memory *memory = kk_evtx_memory_open(arena);
    kk_binxml_want_fields(kk_evtx_binxml(memory));
    for (int i = given ? 3 : 1; i < count; i++) {
        double seconds[RUNS_MOST];
        counting c;
        for (int k = 0; k < runs; k++) {
            c = (counting){.sink = {.arena = arena, .issue = on_issue},
                           .xml = kk_evtx_binxml(memory)};
            seconds[k] = read_log(memory, arguments[i], &c);
        }
        qsort(seconds, (size_t)runs, sizeof *seconds, by_size);
        double n = (double)c.records, median = seconds[runs / 2];
        printf("%s: %.0f records, %.1f values a record; median %.3f us a record, %.2f M records/s; "
               "best %.3f us, %.2f M/s (%llu)\n",
               arguments[i], n, (double)c.values / n, median / n * 1e6, n / median / 1e6,
               seconds[0] / n * 1e6, n / seconds[0] / 1e6, (unsigned long long)c.bytes);
    }
    kk_evtx_memory_close(memory);
    kk_arena_close(arena);
    return 0;
}
