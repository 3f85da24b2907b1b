/* `kakuho init`: makes a case folder, with a case.yaml to fill in. */
#include "cli/command.h"

static int run(kk_invocation *i)
{
    kk_case *c;
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_CREATE, &i->options, &c, &i->fault);
    if (status == KK_OK)
        kk_case_close(c);
    return kk_finish(i, status);
}

const kk_command kk_command_init = {
    .name = "init",
    .arguments = "CASE",
    .about = "an empty case; writes CASE/case.yaml to be edited",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_CASE_FILE},
    .run = run,
};
