/* kakuho check: a drafted notice held against the case's claims. */
#include "cli/command.h"

#include "casework/reports.h"
#include "cli/answer.h"
#include "cli/readable.h"

static int run(kk_invocation *i)
{
    kk_case *c = NULL;
    bool good = true, alone = kk_given(i, KK_OPTION_ALONE);
    kk_buffer json = {0};
    kk_status status = KK_OK;
    if (i->count != (alone ? 1 : 2))
        return kk_usage(i, "check wants a case and a draft, or --alone and a draft");
    if (!alone && kk_has_to_wait(i, "a draft is held against final numbers alone"))
        return kk_finish(i, i->fault.status);
    if (!alone)
        status = kk_case_open(i->arguments[0], KK_CASE_READ, &i->options, &c, &i->fault);
    if (status == KK_OK)
        status = kk_case_check(c, &i->options, i->arguments[i->count - 1], &json, &good, &i->fault);
    kk_case_close(c);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), NULL);
    kk_buffer_close(&json);
    return status == KK_OK && !good ? 1 : kk_finish(i, status);
}

const kk_command kk_command_check = {
    .name = "check",
    .arguments = "CASE NOTICE",
    .about =
        "hold a drafted notice against the case's claims; `check --alone NOTICE` needs no case",
    .least = 1,
    .most = 2,
    .options = {KK_OPTION_ALONE, KK_OPTION_NO_SANDBOX},
    .run = run,
};
