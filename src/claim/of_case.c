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

/* A sentence without its full stop, to stand inside another. */
static kk_slice stem_of(kk_slice text)
{
    text = kk_trim(text);
    if (kk_ends(text, KK_S("。")))
        return kk_part(text, 0, text.len - 3);
    return kk_ends(text, KK_S(".")) ? kk_part(text, 0, text.len - 1) : text;
}

static kk_slice test_value(building *b, const kk_measure *m, const kk_measure_test *t)
{
    static const char *const results[] = {"untested", "held", "contradicted"};
    bool untested = t->result == KK_MEASURE_UNTESTED;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_object(&j, NULL);
    kk_json_text(&j, "check", m->check);
    kk_json_cstr(&j, "result", results[t->result]);
    kk_json_cstr(&j, "why", untested ? t->why : NULL);
    kk_json_time(&j, "until", t->until);
    kk_json_u64(&j, "against", t->against);
    kk_json_close(&j);
    kk_slice value = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return value;
}

static void test_texts(building *b, const kk_measure *m, const kk_measure_test *t, kk_slice *ja,
                       kk_slice *en)
{
    if (t->result == KK_MEASURE_UNTESTED) {
        *ja = kk_print(b->arena, "「%.*s」との申告を確かめられる記録は、保全した中にありません。",
                       KK_P(stem_of(m->what.ja)));
        *en = kk_print(b->arena, "No record that was taken in can show whether this holds: %.*s.",
                       KK_P(stem_of(m->what.en)));
        return;
    }
    if (t->result == KK_MEASURE_CONTRADICTED) {
        *ja = kk_print(b->arena, "「%.*s」との申告に反する記録が%.*s件あります(最初は%.*s)。",
                       KK_P(stem_of(m->what.ja)), KK_P(number_text(b->arena, t->against)),
                       KK_P(local_time_text(b, t->first_against)));
        *en = kk_print(b->arena, "%.*s records contradict this, the first at %.*s: %.*s.",
                       KK_P(number_text(b->arena, t->against)),
                       KK_P(local_time_text(b, t->first_against)), KK_P(stem_of(m->what.en)));
        return;
    }
    *ja = kk_print(b->arena,
                   "「%.*s」との申告に反する記録は、%.*sから%.*sまでの記録には見つかっていません。",
                   KK_P(stem_of(m->what.ja)), KK_P(local_time_text(b, t->done)),
                   KK_P(local_time_text(b, t->until)));
    *en = kk_print(
        b->arena, "In the records from %.*s to %.*s nothing was found that contradicts this: %.*s.",
        KK_P(local_time_text(b, t->done)), KK_P(local_time_text(b, t->until)),
        KK_P(stem_of(m->what.en)));
}

/* The result as a claim of its own; the measure rests on it. */
static kk_claim_standing tested(building *b, size_t i, kk_slice *id)
{
    const kk_measure *m = &b->facts->settings->measures.items[i];
    const kk_measure_test *t = b->facts->measures ? &b->facts->measures->items[i] : NULL;
    if (!t || !m->check.len)
        return KK_DECLARED;
    kk_claim_standing standing = t->result == KK_MEASURE_UNTESTED ? KK_OPEN
                                 : t->by_device                   ? KK_PROVEN
                                                                  : KK_SUPPORTED;
    claim_head head = {"measure_test", m->check, KK_LEVEL_REGULATOR, standing, test_value(b, m, t)};
    kk_slice ja, en;
    test_texts(b, m, t, &ja, &en);
    kk_claim *c = claim_add(b, &head, ja, en);
    claim_refs(b, c, &t->refs);
    *id = c->id;
    if (t->result == KK_MEASURE_UNTESTED)
        return KK_DECLARED;
    return t->result == KK_MEASURE_CONTRADICTED ? KK_CONTRADICTED : standing;
}

static void measures(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->measures.count; i++) {
        kk_slice test = KK_NONE;
        kk_claim_standing standing = tested(b, i, &test);
        kk_claim *c =
            declare(b, "measure", KK_NONE, KK_LEVEL_PUBLIC, KK_NONE, s->measures.items[i].done.time,
                    s->measures.items[i].what.ja, s->measures.items[i].what.en);
        c->standing = standing;
        if (!test.len)
            continue;
        claim_because(b, c, test);
        claim_refs(b, c, &b->facts->measures->items[i].refs);
    }
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
