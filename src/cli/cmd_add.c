/* `kakuho add`: takes evidence into a case. */
#include "cli/command.h"

#include "cli/answer.h"
#include "cli/progress.h"

static int run(kk_invocation *i)
{
    kk_case *c;
    bool failed = false;
    kk_progress_line line;
    size_t listings = i->value_count[KK_OPTION_LEAK_LISTING], files = (size_t)i->count - 1;
    kk_handed *handed = KK_NEW_ARRAY(i->arena, kk_handed, files + listings);
    for (size_t k = 0; k < files; k++)
        handed[k].argument = kk_cstr(i->arguments[k + 1]);
    for (size_t k = 0; k < listings; k++)
        handed[files + k] = (kk_handed){i->values[KK_OPTION_LEAK_LISTING][k], KK_S("leak_listing")};
    kk_progress_start(&line, i);
    i->options.takes_in = true;
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_WRITE, &i->options, &c, &i->fault);
    if (status == KK_OK) {
        kk_answering *answering = kk_answering_start(c, i->run_for);
        status = kk_case_add(c, &i->options, handed, files + listings, &failed, &i->fault);
        kk_answering_stop(answering);
        kk_progress_end(&line);
        kk_case_close(c);
    }
    return status == KK_OK && failed ? 3 : kk_finish(i, status);
}

const kk_command kk_command_add = {
    .name = "add",
    .arguments = "CASE [HOST=]EVIDENCE...",
    .about = "take evidence in: identify, hash, parse, store",
    .least = 1,
    .most = -1,
    .options = {KK_OPTION_LEAK_LISTING, KK_OPTION_RULES, KK_OPTION_WITHOUT_RULES, KK_OPTION_CARVE,
                KK_OPTION_PASSWORDS, KK_OPTION_NO_SANDBOX},
    .run = run,
};
