/* kakuho analyse: all answers anew. */
#include "cli/command.h"

#include "casework/states.h"
#include "cli/answer.h"

/* Answers are computed from the store whenever they are asked for; this checks that all of them can be,
 * takes further listings in, and leaves a line in the ledger. */
static int run(kk_invocation *i)
{
    kk_case *c;
    bool failed = false;
    uint64_t kept;
    size_t listings = i->value_count[KK_OPTION_LEAK_LISTING];
    kk_handed *handed = KK_NEW_ARRAY(i->arena, kk_handed, listings);
    for (size_t k = 0; k < listings; k++)
        handed[k] = (kk_handed){i->values[KK_OPTION_LEAK_LISTING][k], KK_S("leak_listing")};
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_WRITE, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    if (listings)
        status = kk_case_add(c, &i->options, handed, listings, &failed, &i->fault);
    else
        status = kk_case_detect(c, &i->options, &failed, &i->fault);
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    if (status == KK_OK)
        status = kk_case_answers(c, KK_NEEDS_CLAIMS, a, &i->fault);
    if (status == KK_OK)
        status = kk_case_keep_count(c, a, &kept, &i->fault);
    if (status == KK_OK)
        status = kk_case_note_analysis(c, &i->fault);
    kk_case_close(c);
    return status == KK_OK && failed ? 3 : kk_finish(i, status);
}

const kk_command kk_command_analyse = {
    .name = "analyse",
    .arguments = "CASE",
    .about = "run (again) detection, access, exfiltration, persons, claims",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_LEAK_LISTING, KK_OPTION_RULES, KK_OPTION_NO_SANDBOX},
    .run = run,
};
