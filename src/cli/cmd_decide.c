/* kakuho decide: what a named person settles, with a reason; and all that was settled. */
#include "casework/decide.h"
#include "cli/answer.h"
#include "cli/readable.h"

static kk_status list(kk_invocation *i, kk_case *c)
{
    kk_buffer json = {0};
    kk_status status = kk_case_decisions_json(c, &json, &i->fault);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return status;
}

/* What was decided: new or held already. */
static void write_decided(kk_invocation *i, kk_case *c, const kk_decision *decisions, size_t count,
                          size_t written)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_object(&j, NULL);
    kk_json_text(&j, "case", c->name);
    kk_json_u64(&j, "written", written);
    kk_json_array(&j, "decisions");
    for (size_t k = 0; k < count; k++)
        kk_decision_json(&j, &decisions[k], NULL);
    kk_json_close(&j);
    kk_json_close(&j);
    kk_put_byte(&out, '\n');
    kk_write_document(i, kk_buffer_slice(&out), kk_zone_shown(i, c));
    kk_buffer_close(&out);
}

static kk_texts texts_of(const kk_invocation *i, kk_option_id option)
{
    return (kk_texts){i->values[option], i->value_count[option]};
}

/* The ids as they were given, one an argument or with commas between them. */
static kk_texts ids_of(kk_invocation *i)
{
    kk_slice *ids = NULL, rest, id;
    size_t count = 0, capacity = 0;
    for (int a = 2; a < i->count; a++)
        for (rest = kk_cstr(i->arguments[a]); kk_split(&rest, ',', &id);) {
            ids = kk_grow(i->arena, ids, &capacity, count + 1, sizeof *ids);
            ids[count++] = kk_trim(id);
        }
    return (kk_texts){ids, count};
}

/* The decision of the command line; false after an error that was said. */
static bool read_decision(kk_invocation *i, const kk_zone *zone, kk_decision *d)
{
    *d = (kk_decision){.of = i->count > 2 ? kk_cstr(i->arguments[2]) : KK_NONE,
                       .hosts = texts_of(i, KK_OPTION_HOST),
                       .accounts = texts_of(i, KK_OPTION_ACCOUNT),
                       .where = texts_of(i, KK_OPTION_WHERE_FIELD),
                       .level = kk_value(i, KK_OPTION_SET_LEVEL),
                       .as = kk_value(i, KK_OPTION_AS),
                       .rule = kk_value(i, KK_OPTION_JOINED_BY),
                       .by = kk_value(i, KK_OPTION_BY),
                       .reason = kk_value(i, KK_OPTION_REASON)};
    bool has_list = kk_given(i, KK_OPTION_EXCLUSIONS);
    if (i->count < 2 || !kk_decision_kind_named(kk_cstr(i->arguments[1]), &d->kind))
        return kk_usage(i, "decide wants a kind: exclude, include, merge, split, category, owner, "
                           "exposure, match-across-owners, level, hostile, benign, refute, window "
                           "or revoke; or "
                           "--list"),
               false;
    if (has_list && (d->kind != KK_DECIDE_EXCLUDE || i->count > 2))
        return kk_usage(i, "--file is for exclude, and takes the place of an id"), false;
    if (!has_list && i->count < 3)
        return kk_usage(i, "decide %s wants an id", i->arguments[1]), false;
    if (i->count > 3 && d->kind != KK_DECIDE_MERGE)
        return kk_usage(i, "decide %s takes one id", i->arguments[1]), false;
    if (!kk_given(i, KK_OPTION_BY) || !kk_given(i, KK_OPTION_REASON))
        return kk_usage(i, "a decision wants --by NAME and --reason TEXT"), false;
    return kk_time_option(i, KK_OPTION_FROM, zone, &d->from) &&
           kk_time_option(i, KK_OPTION_TO, zone, &d->to);
}

static int decide(kk_invocation *i, kk_case *c)
{
    kk_decision one, *decisions = &one;
    size_t count = 1, written;
    kk_status status = KK_OK;
    if (!read_decision(i, kk_zone_shown(i, c), &one))
        return 2;
    if (kk_given(i, KK_OPTION_EXCLUSIONS))
        status = kk_exclusion_list_read(i->arena,
                                        kk_copy(i->arena, kk_value(i, KK_OPTION_EXCLUSIONS)).ptr,
                                        &one, &decisions, &count, &i->fault);
    kk_person_words words = {.evidence = kk_value(i, KK_OPTION_EVIDENCE),
                             .records = texts_of(i, KK_OPTION_RECORD)};
    if (one.kind == KK_DECIDE_MERGE) {
        words.ids = ids_of(i);
        one.of = words.ids.count ? words.ids.items[0] : one.of;
    }
    if (status == KK_OK)
        status = kk_case_decide(c, &words, decisions, count, &written, &i->fault);
    if (status == KK_OK)
        write_decided(i, c, decisions, count, written);
    return kk_finish(i, status);
}

static int answer(kk_invocation *i, kk_case *c)
{
    return kk_given(i, KK_OPTION_DECISIONS) ? kk_finish(i, list(i, c)) : decide(i, c);
}

static int run(kk_invocation *i)
{
    return kk_answer_from_case(i, answer);
}

const kk_command kk_command_decide = {
    .name = "decide",
    .arguments = "CASE KIND ID...",
    .about = "settle something, with name and reason; --list shows what was settled",
    .least = 1,
    .most = -1,
    .options = {KK_OPTION_BY, KK_OPTION_REASON, KK_OPTION_AS, KK_OPTION_RECORD, KK_OPTION_JOINED_BY,
                KK_OPTION_EVIDENCE, KK_OPTION_HOST, KK_OPTION_ACCOUNT, KK_OPTION_WHERE_FIELD,
                KK_OPTION_FROM, KK_OPTION_TO, KK_OPTION_SET_LEVEL, KK_OPTION_EXCLUSIONS,
                KK_OPTION_DECISIONS},
    .run = run,
};
