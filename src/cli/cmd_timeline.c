/* kakuho timeline: events in time order, filtered and written as rows. */
#include "cli/answer.h"
#include "cli/readable.h"
#include "cli/rows.h"

static int write_events(kk_invocation *i, kk_case *c)
{
    const kk_zone *zone = kk_zone_shown(i, c);
    kk_event_filter f = {
        .hosts = i->values[KK_OPTION_HOST],
        .host_count = i->value_count[KK_OPTION_HOST],
        .accounts = i->values[KK_OPTION_ACCOUNT],
        .account_count = i->value_count[KK_OPTION_ACCOUNT],
        .sources = i->values[KK_OPTION_SOURCE],
        .source_count = i->value_count[KK_OPTION_SOURCE],
        .greps = i->values[KK_OPTION_GREP],
        .grep_count = i->value_count[KK_OPTION_GREP],
        .wheres = i->values[KK_OPTION_WHERE],
        .where_count = i->value_count[KK_OPTION_WHERE],
    };
    kk_row_writer *w = NULL;
    if (!kk_time_option(i, KK_OPTION_FROM, zone, &f.from) ||
        !kk_time_option(i, KK_OPTION_TO, zone, &f.to) ||
        !(w = kk_row_writer_open(i, c->store, c->path.ptr, zone)))
        return 2;
    kk_status status =
        kk_row_writer_close(w, kk_events_read(c->store, &f, kk_write_event, w, &i->fault));
    if (status == KK_STORE && kk_given(i, KK_OPTION_WHERE))
        status = i->fault.status = KK_INVALID; /* a condition that is no SQL is the user's */
    return kk_finish(i, status);
}

static int run(kk_invocation *i)
{
    return kk_answer_from_case(i, write_events);
}

const kk_command kk_command_timeline = {
    .name = "timeline",
    .arguments = "CASE",
    .about = "events in time order",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_FROM, KK_OPTION_TO, KK_OPTION_HOST, KK_OPTION_ACCOUNT, KK_OPTION_SOURCE,
                KK_OPTION_GREP, KK_OPTION_WHERE, KK_OPTION_FORMAT, KK_OPTION_OUT},
    .run = run,
};
