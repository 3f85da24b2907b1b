/* `kakuho timeline`: the events of a case in their one order. */
#include "cli/command.h"

#include "cli/answer.h"
#include "store/events.h"

typedef struct {
    kk_invocation *i;
    kk_buffer out;
} writing;

static void json_line(void *context, const kk_event_row *row)
{
    writing *w = context;
    kk_json j = {.out = &w->out};
    kk_event_json(&j, row);
    kk_put_byte(&w->out, '\n');
    if (w->out.len > (1 << 20)) {
        kk_write_out(w->i, kk_buffer_slice(&w->out));
        w->out.len = 0;
    }
}

static int run(kk_invocation *i)
{
    kk_case *c;
    writing w = {i, {0}};
    kk_event_filter filter = {.from = KK_NO_TIME, .to = KK_NO_TIME};
    int answered;
    if (kk_answered_by_writer(i, &answered))
        return answered;
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_READ, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    status = kk_events_read(c->store, &filter, json_line, &w, &i->fault);
    kk_write_out(i, kk_buffer_slice(&w.out));
    kk_buffer_close(&w.out);
    kk_case_close(c);
    return kk_finish(i, status);
}

const kk_command kk_command_timeline = {
    .name = "timeline",
    .arguments = "CASE",
    .about = "events in time order",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_FROM, KK_OPTION_TO, KK_OPTION_HOST, KK_OPTION_ACCOUNT, KK_OPTION_SOURCE, KK_OPTION_GREP,
                KK_OPTION_WHERE, KK_OPTION_FORMAT, KK_OPTION_OUT},
    .run = run,
};
