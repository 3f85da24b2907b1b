/* Told: what people stated in case.yaml. Declared, never proven: reports show whose word it is. */
#include "claim/claim_i.h"

static kk_claim *declare(building *b, const char *kind, kk_slice subject, kk_level level,
                         kk_slice by, kk_time at, kk_slice ja, kk_slice en)
{
    claim_head head = {kind, subject, level, KK_DECLARED, KK_NONE};
    kk_claim *c = claim_add(b, &head, ja, en);
    c->by = by.len ? by : b->facts->settings->organisation.name;
    c->by_at = at;
    return c;
}

static void known(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->known.count; i++) {
        const kk_known *k = &s->known.items[i];
        kk_slice when = k->at.day_only ? local_day_text(b, &k->at) : local_time_text(b, k->at.time);
        declare(b, "known", k->party, KK_LEVEL_REGULATOR, k->by, k->at.time,
                kk_print(b->arena, "%.*sに事態を知りました。%.*s", KK_P(when), KK_P(k->what.ja)),
                kk_print(b->arena, "It was known on %.*s. %.*s", KK_P(when), KK_P(k->what.en)));
    }
}

static void chronology(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->chronology.count; i++) {
        const kk_chronicle *k = &s->chronology.items[i];
        kk_slice when = k->at.day_only ? local_day_text(b, &k->at) : local_time_text(b, k->at.time);
        declare(b, "chronology", when, k->level, k->by, k->at.time,
                kk_print(b->arena, "%.*s %.*s", KK_P(when), KK_P(k->what.ja)),
                kk_print(b->arena, "%.*s %.*s", KK_P(when), KK_P(k->what.en)));
    }
}

static void measures(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->measures.count; i++)
        declare(b, "measure", KK_NONE, KK_LEVEL_PUBLIC, KK_NONE, s->measures.items[i].done.time,
                s->measures.items[i].what.ja, s->measures.items[i].what.en);
    for (size_t i = 0; i < s->prevention.count; i++) {
        const kk_prevention *p = &s->prevention.items[i];
        bool done = p->status == KK_PREVENTION_DONE;
        declare(b, "prevention", done ? KK_S("done") : KK_S("planned"), KK_LEVEL_PUBLIC, KK_NONE,
                p->at.time,
                kk_print(b->arena, "%.*s(%s)", KK_P(p->what.ja), done ? "実施済み" : "実施予定"),
                kk_print(b->arena, "%.*s (%s)", KK_P(p->what.en), done ? "done" : "planned"));
    }
}

static void harm(building *b)
{
    const kk_harm *h = &b->facts->settings->harm;
    for (size_t i = 0; i < h->known.count; i++)
        declare(b, "harm", KK_NONE, KK_LEVEL_PUBLIC, h->known.items[i].by,
                h->known.items[i].at.time, h->known.items[i].what.ja, h->known.items[i].what.en);
    for (size_t i = 0; i < h->checked.count; i++) {
        const kk_harm_checked *c = &h->checked.items[i];
        declare(b, "harm_checked", c->channel, KK_LEVEL_PUBLIC, c->by, c->at.time,
                kk_print(b->arena, "%.*sの時点で、%.*sにより確認した結果: %.*s",
                         KK_P(local_day_text(b, &c->at)), KK_P(c->channel), KK_P(c->result.ja)),
                kk_print(b->arena, "As of %.*s, checked through %.*s: %.*s",
                         KK_P(local_day_text(b, &c->at)), KK_P(c->channel), KK_P(c->result.en)));
    }
    if (!h->known.count && !h->checked.count) {
        claim_head head = {"harm", KK_NONE, KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head, KK_S("二次被害の有無は調査中です。"),
                  KK_S("Whether there was any further harm is under investigation."));
    }
}

/* What was told before: the next number is held against it. */
static void reported(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->reported.count; i++) {
        const kk_reported *r = &s->reported.items[i];
        kk_slice when = local_day_text(b, &r->at);
        kk_claim *c = declare(b, "reported", r->to, KK_LEVEL_REGULATOR, r->by, r->at.time,
                              kk_print(b->arena, "%.*sに%.*sへ報告しました(%.*s)。", KK_P(when),
                                       KK_P(r->to), KK_P(r->kind)),
                              kk_print(b->arena, "Reported to %.*s on %.*s (%.*s).", KK_P(r->to),
                                       KK_P(when), KK_P(r->kind)));
        c->party = r->to;
        for (size_t k = 0; k < r->counts.count; k++) {
            const kk_reported_count *n = &r->counts.items[k];
            bool most = n->most == KK_ANSWER_YES;
            kk_slice of = n->category.len ? n->category : KK_S("total");
            c = declare(b, "reported_count", of, KK_LEVEL_PUBLIC, r->by, r->at.time,
                        kk_print(b->arena, "%.*sの報告における件数: %s%.*s%s。", KK_P(when),
                                 most ? "最大" : "", KK_P(number_text(b->arena, n->count.value)),
                                 n->unit == KK_COUNT_RECORD ? "件" : "名"),
                        kk_print(b->arena, "The number reported on %.*s: %s%.*s.", KK_P(when),
                                 most ? "at most " : "",
                                 KK_P(number_text(b->arena, n->count.value))));
            c->value = json_number(b->arena, n->count.value);
        }
    }
}

void claims_of_case(building *b)
{
    known(b);
    chronology(b);
    measures(b);
    harm(b);
    reported(b);
}
