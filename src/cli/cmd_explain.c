/* kakuho explain: from an id down to bytes. */
#include "cli/command.h"

#include "casework/answers.h"
#include "casework/bytes.h"
#include "cli/answer.h"
#include "cli/readable.h"

static kk_status explain(kk_invocation *i, kk_case *c, kk_buffer *out, bool *found)
{
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    kk_byte_reader *reader = NULL;
    kk_json j = {.out = out};
    kk_status status = kk_case_answers(c, KK_NEEDS_CLAIMS, a, &i->fault);
    if (status == KK_OK)
        status = kk_byte_reader_open(c, i->options.unsafe_no_sandbox, &reader, &i->fault);
    kk_known_facts facts = kk_case_facts(c, a);
    kk_json_object(&j, NULL);
    if (status == KK_OK)
        status = kk_document_head(c, &j, &i->fault);
    if (status == KK_OK)
        status = kk_explain(&facts, &a->claims, kk_cstr(i->arguments[1]), kk_bytes_at, reader,
                            c->arena, &j, found, &i->fault);
    kk_json_text(&j, "again",
                 kk_print(c->arena, "kakuho explain %s %s", i->arguments[0], i->arguments[1]));
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    kk_byte_reader_close(reader);
    return status;
}

static int answer(kk_invocation *i, kk_case *c)
{
    bool found = false;
    kk_buffer json = {0};
    kk_status status = explain(i, c, &json, &found);
    if (status == KK_OK && !found)
        status = kk_fail(&i->fault, KK_NOT_FOUND,
                         "nothing here has the id %s: ids come from `claims`, `exfil`, `access`, "
                         "`detections` and `persons --list`",
                         i->arguments[1]);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return kk_finish(i, status);
}

static int run(kk_invocation *i)
{
    return kk_answer_from_case(i, answer);
}

const kk_command kk_command_explain = {
    .name = "explain",
    .arguments = "CASE ID",
    .about = "the ground of a claim, a count, a person or a finding, down to refs and bytes",
    .least = 2,
    .most = 2,
    .options = {KK_OPTION_NO_SANDBOX},
    .run = run,
};
