/* kakuho access: the document; with --logons, logons summed up as rows. */
#include "cli/answer.h"
#include "cli/document.h"
#include "cli/readable.h"
#include "cli/rows.h"

static int write_logons(kk_invocation *i, kk_case *c)
{
    const kk_zone *zone = kk_zone_shown(i, c);
    kk_logon_filter f = {
        .hosts = i->values[KK_OPTION_HOST],
        .host_count = i->value_count[KK_OPTION_HOST],
        .accounts = i->values[KK_OPTION_ACCOUNT],
        .account_count = i->value_count[KK_OPTION_ACCOUNT],
        .addresses = i->values[KK_OPTION_SOURCE_ADDRESS],
        .address_count = i->value_count[KK_OPTION_SOURCE_ADDRESS],
    };
    kk_row_writer *w = NULL;
    if (!kk_time_option(i, KK_OPTION_FROM, zone, &f.from) ||
        !kk_time_option(i, KK_OPTION_TO, zone, &f.to) ||
        !(w = kk_row_writer_open(i, c->store, c->path.ptr, zone)))
        return 2;
    kk_status status = kk_logons_read(c->store, &f, kk_write_logon, w, &i->fault);
    return kk_finish(i, kk_row_writer_close(w, status));
}

static int answer(kk_invocation *i, kk_case *c)
{
    return kk_given(i, KK_OPTION_LOGONS) ? write_logons(i, c)
                                         : kk_finish(i, kk_print_document(i, c, "access"));
}

/* The document is whole: a part of it would look like one. */
static bool narrows(const kk_invocation *i)
{
    static const kk_option_id of_rows[] = {
        KK_OPTION_HOST, KK_OPTION_ACCOUNT,        KK_OPTION_FROM,  KK_OPTION_TO,
        KK_OPTION_OUT,  KK_OPTION_SOURCE_ADDRESS, KK_OPTION_FORMAT};
    for (size_t k = 0; k < sizeof of_rows / sizeof *of_rows; k++)
        if (kk_given(i, of_rows[k]))
            return true;
    return false;
}

static int run(kk_invocation *i)
{
    if (!kk_given(i, KK_OPTION_LOGONS) && narrows(i))
        return kk_usage(i, "these options need --logons");
    return kk_answer_from_case(i, answer);
}

const kk_command kk_command_access = {
    .name = "access",
    .arguments = "CASE",
    .about = "sessions, accounts and hosts: how they got in and where they went",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_LOGONS, KK_OPTION_HOST, KK_OPTION_ACCOUNT, KK_OPTION_SOURCE_ADDRESS,
                KK_OPTION_FROM, KK_OPTION_TO, KK_OPTION_FORMAT, KK_OPTION_OUT},
    .run = run,
};
