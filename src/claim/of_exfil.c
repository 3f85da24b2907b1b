/* Left: the verdict with both its limbs, what findings it rests on, how far the records reach. */
#include "claim/claim_i.h"

static void findings(building *b)
{
    const kk_exfil *e = b->facts->exfil;
    for (size_t i = 0; i < e->finding_count; i++) {
        const kk_finding *f = &e->findings[i];
        claim_head head = {"finding", f->id, KK_LEVEL_REGULATOR,
                           f->declared                    ? KK_DECLARED
                           : f->strength == KK_CONCLUSIVE ? KK_PROVEN
                                                          : KK_SUPPORTED,
                           f->has_bytes ? json_number(b->arena, f->bytes_out) : KK_NONE};
        kk_claim *c = claim_add(b, &head, f->ja, f->en);
        claim_refs(b, c, &f->refs);
        claim_because(b, c, f->id);
    }
    for (size_t i = 0; i < e->refuted_count; i++) {
        const kk_finding *f = &e->refuted[i];
        claim_head head = {"finding", f->id, KK_LEVEL_REGULATOR, KK_CONTRADICTED, KK_NONE};
        kk_claim *c = claim_add(b, &head, f->ja, f->en);
        claim_refs(b, c, &f->refs);
        claim_because(b, c, f->decision);
    }
}

static void verdict(building *b)
{
    const kk_exfil *e = b->facts->exfil;
    static const kk_claim_standing standings[4] = {KK_OPEN, KK_SUPPORTED, KK_SUPPORTED, KK_PROVEN};
    bool declared = e->verdict == KK_TRACES; /* by nothing but statements */
    for (size_t i = 0; i < e->finding_count; i++)
        declared = declared && (e->findings[i].declared || e->findings[i].strength == KK_WEAK);
    claim_head head = {"verdict", KK_NONE, KK_LEVEL_PUBLIC,
                       declared ? KK_DECLARED : standings[e->verdict],
                       kk_print(b->arena, "\"%s\"", kk_verdict_names[e->verdict])};
    kk_claim *c = claim_add(b, &head, e->statement_ja, e->statement_en);
    for (size_t i = 0; i < e->finding_count; i++) {
        claim_because(b, c, e->findings[i].id);
        claim_refs(b, c, &e->findings[i].refs);
    }
    /* That nothing was found rests on what was looked through. */
    for (size_t i = 0; !e->finding_count && i < e->source_count; i++)
        kk_refs_add(b->arena, &c->refs, &e->sources[i].last_line);
    for (size_t i = 0; i < e->limb_count; i++) {
        head =
            (claim_head){"limb", json_number(b->arena, i + 1), KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head, e->limbs[i].ja, e->limbs[i].en); /* what stays unknown */
    }
}

/* Those from outside: their bytes went through a device that counted them. */
static void sessions_of_intruder(building *b, kk_claim *claim)
{
    const kk_access *a = b->facts->access;
    for (size_t i = 0; i < a->session_count; i++) {
        const kk_session *s = &a->sessions[i];
        if (s->suspicious != KK_TRUE || !s->has_bytes ||
            kk_address_is_internal(b->facts->settings, s->from_ip))
            continue;
        claim_because(b, claim, s->id);
        claim_refs(b, claim, &s->refs);
    }
}

static void amounts(building *b)
{
    const kk_exfil *e = b->facts->exfil;
    if (e->bytes_out) {
        claim_head head = {"bytes_out", KK_NONE, KK_LEVEL_REGULATOR, KK_SUPPORTED,
                           json_number(b->arena, e->bytes_out)};
        kk_claim *c =
            claim_add(b, &head,
                      kk_print(b->arena, "記録された外部への送信は合計%.*sです。",
                               KK_P(bytes_text(b->arena, e->bytes_out))),
                      kk_print(b->arena, "Logged transfers to the outside amount to %.*s.",
                               KK_P(bytes_text(b->arena, e->bytes_out))));
        for (size_t i = 0; i < e->finding_count; i++) {
            if (!e->findings[i].has_bytes)
                continue;
            claim_because(b, c, e->findings[i].id);
            claim_refs(b, c, &e->findings[i].refs);
        }
    }
    if (e->window.from == KK_NO_TIME)
        return;
    claim_head head = {"unseen", KK_NONE, KK_LEVEL_REGULATOR,
                       e->has_unseen ? KK_SUPPORTED : KK_OPEN,
                       e->has_unseen ? json_number(b->arena, e->unseen_bytes) : KK_NONE};
    kk_claim *c;
    if (e->has_unseen)
        c = claim_add(b, &head,
                      kk_print(b->arena, "記録で説明できない外向きの通信は、多くて%.*sです。",
                               KK_P(bytes_text(b->arena, e->unseen_bytes))),
                      kk_print(b->arena,
                               "Outgoing traffic that the records do not explain is at most %.*s.",
                               KK_P(bytes_text(b->arena, e->unseen_bytes))));
    else
        c = claim_add(
            b, &head, KK_S("記録のない時間に送信され得た量の上限は、求められていません。"),
            KK_S("How much could have been sent in the unrecorded hours could not be bounded."));
    sessions_of_intruder(b, c); /* what they carried is part of it */
    head =
        (claim_head){"coverage", KK_NONE, KK_LEVEL_REGULATOR, KK_SUPPORTED,
                     kk_print(b->arena, "{\"hours\":%llu,\"covered\":%llu}",
                              (unsigned long long)e->host_hours, (unsigned long long)e->covered)};
    c = claim_add(
        b, &head,
        kk_print(b->arena,
                 "対象の機器の延べ%.*s時間のうち、延べ%.*s時間について通信の記録が残っています。",
                 KK_P(kk_number_text(b->arena, e->host_hours)),
                 KK_P(kk_number_text(b->arena, e->covered))),
        kk_print(b->arena,
                 "Of %.*s hours on the machines concerned, traffic records remain for %.*s.",
                 KK_P(kk_number_text(b->arena, e->host_hours)),
                 KK_P(kk_number_text(b->arena, e->covered))));
    for (size_t i = 0; i < e->source_count; i++)
        kk_refs_add(b->arena, &c->refs, &e->sources[i].last_line);
}

void claims_of_exfil(building *b)
{
    verdict(b);
    amounts(b);
    findings(b);
}
