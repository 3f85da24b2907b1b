/* Did: what rules found, a claim for each kind of act on a machine. A rule fits an event; the sentence
 * says what its records point to, never that it was so. */
#include "claim/claim_i.h"

enum { RULES_TOLD = 3, GROUNDS_MOST = 20 };

kk_slice kk_act_subject(kk_arena *arena, const kk_act *act)
{
    return kk_print(arena, "%.*s/%s%s", KK_P(act->host), act->kind->code,
                    act->by_responder ? "/responder" : "");
}

static const char *carried_by(const kk_act *act)
{
    return act->finding.len ? "two_sources" : kk_witness_names[act->witness];
}

static kk_slice act_value(building *b, const kk_act *act)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_object(&j, NULL);
    kk_json_cstr(&j, "act", act->kind->code);
    kk_json_text(&j, "host", act->host);
    kk_json_text(&j, "level", act->level);
    kk_json_u64(&j, "detections", act->detections);
    if (act->decoded)
        kk_json_u64(&j, "decoded", act->decoded);
    kk_json_time(&j, "first", act->first);
    kk_json_time(&j, "last", act->last);
    kk_json_texts(&j, "rules", act->rules, act->rule_count);
    kk_json_cstr(&j, "carried_by", carried_by(act));
    kk_json_bool(&j, "responder", act->by_responder);
    kk_json_close(&j);
    kk_slice value = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return value;
}

static kk_slice rules_words(building *b, const kk_act *act, bool japanese)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < act->rule_count && i < RULES_TOLD; i++) {
        kk_slice title = japanese && act->rules_ja[i].len ? act->rules_ja[i] : act->rules[i];
        kk_slice one = japanese ? kk_print(b->arena, "「%.*s」", KK_P(title))
                                : kk_print(b->arena, "%s\"%.*s\"", i ? ", " : "", KK_P(title));
        out = kk_join(b->arena, out, one);
    }
    return out;
}

static kk_slice when_words(building *b, const kk_act *act, bool japanese)
{
    kk_slice first = local_time_text(b, act->first), last = local_time_text(b, act->last);
    if (kk_eq(first, last))
        return first;
    return japanese ? kk_print(b->arena, "%.*sから%.*sまで", KK_P(first), KK_P(last))
                    : kk_print(b->arena, "%.*s to %.*s", KK_P(first), KK_P(last));
}

/* That a rule fits only what a record holds encoded. */
static kk_slice decoded_words(building *b, const kk_act *act, bool japanese)
{
    kk_slice count = kk_number_text(b->arena, act->decoded);
    if (!act->decoded)
        return KK_S("");
    if (act->decoded == act->detections)
        return japanese
                   ? KK_S("該当したのは、記録に符号化されて含まれていた内容を復号したものです。")
                   : KK_S(" What fits is what the records hold encoded, once it is decoded.");
    return japanese ? kk_print(b->arena,
                               "うち%.*s件で該当したのは、記録に符号化されて含まれていた内容を"
                               "復号したものです。",
                               KK_P(count))
                    : kk_print(b->arena,
                               " In %.*s of them what fits is what the record holds encoded, once "
                               "it is decoded.",
                               KK_P(count));
}

static void act_texts(building *b, const kk_act *act, kk_slice *ja, kk_slice *en)
{
    *ja = kk_print(
        b->arena,
        "機器「%.*s」の記録に、%sを示すものがあります(%.*s、%.*s件。該当した規則:%.*s)。%.*s%s",
        KK_P(act->host), act->kind->ja, KK_P(when_words(b, act, true)),
        KK_P(kk_number_text(b->arena, act->detections)), KK_P(rules_words(b, act, true)),
        KK_P(decoded_words(b, act, true)),
        act->by_responder ? "当社側の対応作業として申告されています。" : "");
    *en = kk_print(b->arena,
                   "Records of the machine \"%.*s\" point to %s (%.*s, %.*s detection%s; rules: "
                   "%.*s).%.*s%s",
                   KK_P(act->host), act->kind->en, KK_P(when_words(b, act, false)),
                   KK_P(kk_number_text(b->arena, act->detections)), act->detections == 1 ? "" : "s",
                   KK_P(rules_words(b, act, false)), KK_P(decoded_words(b, act, false)),
                   act->by_responder ? " It is stated to be the work of our own responders." : "");
}

static void tell_act(building *b, const kk_act *act)
{
    claim_head head = {"act", kk_act_subject(b->arena, act), KK_LEVEL_INTERNAL,
                       kk_act_is_proven(act) ? KK_PROVEN : KK_SUPPORTED, act_value(b, act)};
    kk_slice ja, en;
    act_texts(b, act, &ja, &en);
    kk_claim *c = claim_add(b, &head, ja, en);
    claim_refs(b, c, &act->refs);
    for (size_t i = 0; i < act->hit_count && i < GROUNDS_MOST; i++)
        claim_because(b, c, act->hits[i].id);
    if (act->finding.len)
        claim_because(b, c, act->finding);
}

/* How many of the rules had anything to look at. */
static void tell_reach(building *b)
{
    const kk_exfil *e = b->facts->exfil;
    if (!e->rules || !(e->rules->ran + e->rules->could_not_run))
        return;
    uint64_t ran = e->rules->ran, idle = e->rules->could_not_run;
    claim_head head = {"rules", KK_NONE, KK_LEVEL_INTERNAL, KK_SUPPORTED,
                       kk_print(b->arena, "{\"ran\":%llu,\"could_not_run\":%llu}",
                                (unsigned long long)ran, (unsigned long long)idle)};
    kk_slice all_text = kk_number_text(b->arena, ran + idle),
             ran_text = kk_number_text(b->arena, ran), idle_text = kk_number_text(b->arena, idle);
    kk_claim *c = claim_add(
        b, &head,
        kk_print(
            b->arena,
            "侵入者の行為を見分ける規則%.*s件のうち、%.*s件は記録に当てはめることができました。"
            "%.*s件は、必要な記録が対象の期間に残っていないため、当てはめることができません。",
            KK_P(all_text), KK_P(ran_text), KK_P(idle_text)),
        kk_print(b->arena,
                 "Of %.*s rules that tell an intruder's acts, %.*s could be held against records; "
                 "%.*s could not, since no record of the kind they need remains for that time.",
                 KK_P(all_text), KK_P(ran_text), KK_P(idle_text)));
    for (size_t i = 0; i < e->source_count; i++)
        kk_refs_add(b->arena, &c->refs, &e->sources[i].last_line);
}

void claims_of_acts(building *b)
{
    const kk_acts *acts = b->facts->acts;
    for (size_t i = 0; acts && i < acts->count; i++)
        tell_act(b, &acts->items[i]);
    tell_reach(b);
}
