#include "claim/claim_i.h"

const char *const kk_claim_standing_names[KK_STANDINGS_OF_CLAIMS] = {
    "proven", "supported", "declared", "judged", "open", "contradicted"};

const kk_claim *kk_claim_of(const kk_claims *claims, const char *kind, kk_slice subject)
{
    for (size_t i = 0; i < claims->count; i++)
        if (strcmp(claims->items[i].kind, kind) == 0 &&
            (!subject.len || kk_eq(claims->items[i].subject, subject)))
            return &claims->items[i];
    return NULL;
}

kk_status kk_claims_make(const kk_known_facts *facts, kk_arena *arena, kk_claims *out,
                         kk_fault *fault)
{
    building b = {facts, arena, out, 0};
    (void)fault;
    *out = (kk_claims){0};
    claims_of_access(&b);
    claims_of_acts(&b);
    claims_of_exfil(&b);
    claims_of_persons(&b);
    claims_of_case(&b);
    return KK_OK;
}

static void write_claim(kk_json *j, const kk_claim *c)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", c->id);
    kk_json_cstr(j, "kind", c->kind);
    if (c->subject.len)
        kk_json_text(j, "subject", c->subject);
    kk_json_both(j, "text", c->ja, c->en);
    if (c->value.len)
        kk_json_raw(j, "value", c->value);
    else
        kk_json_null(j, "value");
    kk_json_cstr(j, "standing", kk_claim_standing_names[c->standing]);
    kk_json_cstr(j, "level", kk_level_name(c->level));
    kk_json_text_or_null(j, "party", c->party);
    kk_json_texts(j, "because", c->because, c->because_count);
    if (c->by.len) {
        kk_json_object(j, "by");
        kk_json_text(j, "name", c->by);
        kk_json_time(j, "at", c->by_at);
        kk_json_close(j);
    } else {
        kk_json_null(j, "by");
    }
    kk_json_refs(j, "refs", &c->refs);
    kk_json_close(j);
}

void kk_claims_json(kk_json *j, const kk_claims *claims)
{
    kk_json_array(j, "claims");
    for (size_t i = 0; i < claims->count; i++)
        write_claim(j, &claims->items[i]);
    kk_json_close(j);
}
