/* Commands whose answer is one document of the contract. */
#include "casework/answers.h"
#include "cli/answer.h"
#include "cli/document.h"
#include "cli/readable.h"

kk_status kk_print_document(kk_invocation *i, kk_case *c, const char *name)
{
    kk_buffer json = {0};
    kk_status status = kk_case_document(c, name, &json, &i->fault);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return status;
}

static int answer(kk_invocation *i, kk_case *c)
{
    return kk_finish(i, kk_print_document(i, c, i->command->name));
}

static int run(kk_invocation *i)
{
    if (!kk_given(i, KK_OPTION_LIST) &&
        (kk_given(i, KK_OPTION_FORMAT) || kk_given(i, KK_OPTION_OUT)))
        return kk_usage(i, "--format and --out need --list");
    return kk_answer_from_case(i, answer);
}

#define DOCUMENT(command, text, ...)                                                               \
    const kk_command kk_command_##command = {                                                      \
        .name = #command,                                                                          \
        .arguments = "CASE",                                                                       \
        .about = text,                                                                             \
        .least = 1,                                                                                \
        .most = 1,                                                                                 \
        .options = {__VA_ARGS__},                                                                  \
        .run = run,                                                                                \
    }

DOCUMENT(status, "the five questions: answered, open, and what would settle them", KK_OPTION_NONE);
DOCUMENT(evidence, "what was taken in, what was parsed, what failed and why", KK_OPTION_NONE);
DOCUMENT(exfil, "the verdict on data leaving, its findings and its coverage", KK_OPTION_NONE);
DOCUMENT(claims, "every claim, its standing and what it rests on", KK_OPTION_NONE);
DOCUMENT(deadlines, "what is due from whom to whom by when", KK_OPTION_NONE);
