/* A draft against the claims: read, cut, each sentence handed to those who know a kind of statement,
 * and the answers put into the order of the draft. */
#include "report/check.h"

#include "base/text.h"
#include "report/check_i.h"

const char *const kk_said_names[KK_SAID_KINDS] = {
    "count", "sum", "date", "verdict", "item", "action", "scope", "absence", "party", "judgement"};
const char *const kk_held_names[3] = {"supported", "contradicted", "unsupported"};

static void fold_claims(checking *c)
{
    c->folded = KK_NEW_ARRAY(c->arena, folded_claim, c->claims->count);
    for (size_t i = 0; i < c->claims->count; i++)
        c->folded[i] = (folded_claim){draft_fold(c->arena, c->claims->items[i].ja),
                                      draft_fold(c->arena, c->claims->items[i].en)};
}

static bool mostly_japanese(const sentences *draft)
{
    size_t japanese = 0;
    for (size_t i = 0; i < draft->count; i++)
        japanese += draft->items[i].japanese;
    return japanese * 4 >= draft->count && japanese > 0;
}

/* For dates that come before any year: that of knowing, else that of the intrusion. */
static int first_year(const kk_report_input *in)
{
    kk_time at = in->facts->access->window.to;
    if (in->facts->settings->known.count)
        at = in->facts->settings->known.items[0].at.time;
    return at == KK_NO_TIME ? 0 : kk_civil_in_zone(&in->facts->settings->zone, at).year;
}

static void check_sentences(checking *c)
{
    said_sums sums = sums_find(c->arena, c->draft);
    for (size_t i = 0; i < c->draft->count; i++) {
        const sentence *s = &c->draft->items[i];
        check_verdict(c, s);
        check_counts(c, s);
        check_sums(c, i, &sums);
        check_dates(c, s);
        check_items(c, s);
        check_rest(c, s);
    }
}

kk_status kk_check_draft(const kk_report_input *input, kk_slice bytes, kk_arena *arena,
                         kk_draft_check *out, kk_fault *fault)
{
    static const kk_claims none = {0};
    *out = (kk_draft_check){0};
    if (bytes.len > KK_DRAFT_MOST)
        return kk_fail(fault, KK_INVALID,
                       "cannot check the draft: it is larger than %u MiB: hand over the text alone",
                       KK_DRAFT_MOST >> 20);
    sentences draft = draft_read(arena, bytes);
    checking c = {.arena = arena,
                  .in = input,
                  .claims = input ? input->claims : &none,
                  .settings = input ? input->facts->settings : NULL,
                  .draft = &draft,
                  .out = out,
                  .japanese = mostly_japanese(&draft),
                  .year = input ? first_year(input) : 0};
    fold_claims(&c);
    check_sentences(&c);
    return KK_OK;
}

void kk_check_json(kk_json *j, const kk_draft_check *check)
{
    kk_json_array(j, "statements");
    for (size_t i = 0; i < check->count; i++) {
        const kk_statement *s = &check->items[i];
        kk_json_object(j, NULL);
        kk_json_u64(j, "line", s->line);
        kk_json_text(j, "text", s->text);
        if (s->quote.len)
            kk_json_text(j, "quote", s->quote);
        kk_json_cstr(j, "kind", kk_said_names[s->kind]);
        kk_json_cstr(j, "status", kk_held_names[s->status]);
        kk_json_text_or_null(j, "claim", s->claim);
        kk_json_text_or_null(j, "expected", s->expected);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_u64(j, "contradicted", check->contradicted);
    kk_json_u64(j, "unsupported", check->unsupported);
}
