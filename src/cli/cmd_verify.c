/* kakuho verify: the evidence and the ledger held against what was written down. */
#include "cli/command.h"

#include "casework/verify.h"
#include "cli/answer.h"
#include "cli/readable.h"

static int run(kk_invocation *i)
{
    kk_case *c;
    bool good = true;
    kk_buffer json = {0};
    if (kk_has_to_wait(i, "evidence and ledger are not complete yet"))
        return kk_finish(i, i->fault.status);
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_READ, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    status = kk_case_verify(c, i->options.unsafe_no_sandbox, &json, &good, &i->fault);
    kk_case_close(c);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), NULL);
    kk_buffer_close(&json);
    return status == KK_OK && !good ? 1 : kk_finish(i, status);
}

const kk_command kk_command_verify = {
    .name = "verify",
    .arguments = "CASE",
    .about = "hash the evidence again and check the custody ledger",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_NO_SANDBOX},
    .run = run,
};
