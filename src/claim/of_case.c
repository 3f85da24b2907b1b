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

static kk_slice when_words(const building *b, const kk_moment *at)
{
    return at->day_only ? local_day_text(b, at) : local_time_text(b, at->time);
}

static void known(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->known.count; i++) {
        const kk_known *k = &s->known.items[i];
        kk_slice when = when_words(b, &k->at);
        declare(b, "known", k->party, KK_LEVEL_REGULATOR, k->by, k->at.time,
                kk_print(b->arena, "%.*sに事態を知りました。%.*s", KK_P(when), KK_P(k->what.ja)),
                kk_print(b->arena, "It was known on %.*s.%s%.*s", KK_P(when),
                         k->what.en.len ? " " : "", KK_P(k->what.en)));
    }
}

static void chronology(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->chronology.count; i++) {
        const kk_chronicle *k = &s->chronology.items[i];
        kk_slice when = when_words(b, &k->at);
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
                       KK_P(stem_of(m->what.ja)), KK_P(kk_number_text(b->arena, t->against)),
                       KK_P(local_time_text(b, t->first_against)));
        *en = kk_print(b->arena, "%.*s records contradict this, the first at %.*s: %.*s.",
                       KK_P(kk_number_text(b->arena, t->against)),
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

/* Where something may be seen is told to nobody outside: leak sites are not named. */
static void observations(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->observations.count; i++) {
        const kk_observation *o = &s->observations.items[i];
        bool names_site = kk_has(o->what.ja, KK_S(".onion")) || kk_has(o->what.en, KK_S(".onion"));
        if (!o->what.ja.len && !o->what.en.len)
            continue;
        kk_slice when = when_words(b, &o->at);
        declare(b, "observation", kk_cstr(kk_observed_name(o->kind)),
                names_site ? KK_LEVEL_INTERNAL : KK_LEVEL_REGULATOR, o->by, o->at.time,
                kk_print(b->arena, "%.*s %.*s", KK_P(when), KK_P(o->what.ja)),
                kk_print(b->arena, "%.*s %.*s", KK_P(when), KK_P(o->what.en)));
    }
}

/* The label that reports use for a category of case.yaml. */
static kk_slice category_words(const building *b, kk_slice name, bool japanese)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->categories.count; i++)
        if (kk_eq(s->categories.items[i].name, name))
            return japanese ? s->categories.items[i].label.ja : s->categories.items[i].label.en;
    return name;
}

static kk_slice sent_value(building *b, const kk_notified *n)
{
    kk_slice sent = n->sent.given ? json_number(b->arena, n->sent.value) : KK_S("null");
    kk_slice back = n->returned.given ? json_number(b->arena, n->returned.value) : KK_S("null");
    return kk_print(b->arena, "{\"sent\":%.*s,\"returned\":%.*s}", KK_P(sent), KK_P(back));
}

static void notified(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->notified.count; i++) {
        const kk_notified *n = &s->notified.items[i];
        const kk_moment *at = kk_moment_given(&n->from) ? &n->from : &n->sent_at;
        kk_slice who_ja =
            n->category.len ? category_words(b, n->category, true) : KK_S("対象となる方");
        kk_slice who_en =
            n->category.len ? category_words(b, n->category, false) : KK_S("the persons concerned");
        kk_slice means = n->means.len ? kk_print(b->arena, "(%.*s)", KK_P(n->means)) : KK_S("");
        kk_slice means_en = n->means.len ? kk_print(b->arena, " (%.*s)", KK_P(n->means)) : KK_S("");
        if (!kk_moment_given(at))
            continue;
        kk_slice day = local_day_text(b, at);
        kk_claim *c =
            declare(b, "notified", n->category, KK_LEVEL_PUBLIC, KK_NONE, at->time,
                    kk_print(b->arena, "%.*sから、%.*sへの個別のご連絡%.*sを行っています。",
                             KK_P(day), KK_P(who_ja), KK_P(means)),
                    kk_print(b->arena, "Since %.*s we have been writing to %.*s%.*s.", KK_P(day),
                             KK_P(who_en), KK_P(means_en)));
        c->party = n->party;
        c->value = sent_value(b, n);
    }
}

static void published(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->published.count; i++) {
        const kk_published *p = &s->published.items[i];
        kk_slice day = local_day_text(b, &p->at);
        kk_slice what = p->report.len ? kk_print(b->arena, "(%.*s)", KK_P(p->report)) : KK_S("");
        kk_slice where_ja = p->where.len ? kk_print(b->arena, "%.*sで", KK_P(p->where)) : KK_S("");
        kk_slice where_en =
            p->where.len ? kk_print(b->arena, " at %.*s", KK_P(p->where)) : KK_S("");
        declare(b, "published", p->where, KK_LEVEL_PUBLIC, KK_NONE, p->at.time,
                kk_print(b->arena, "%.*sに%.*s公表しました%.*s。", KK_P(day), KK_P(where_ja),
                         KK_P(what)),
                kk_print(b->arena, "It was made public on %.*s%.*s%s%.*s.", KK_P(day),
                         KK_P(where_en), what.len ? " " : "", KK_P(what)));
    }
}

static const struct {
    const char *ja, *en;
} unit_words[] = {
    [KK_COUNT_NONE] = {"名", "persons"},
    [KK_COUNT_PERSON] = {"名", "persons"},
    [KK_COUNT_RECORD] = {"件", "records"},
    [KK_COUNT_CARD] = {"件(カード)", "cards"},
    [KK_COUNT_ACCOUNT] = {"件(アカウント)", "accounts"},
    [KK_COUNT_FILE] = {"件(ファイル)", "files"},
};

static void reported_counts(building *b, const kk_reported *r, kk_slice when)
{
    for (size_t k = 0; k < r->counts.count; k++) {
        const kk_reported_count *n = &r->counts.items[k];
        bool most = n->most == KK_ANSWER_YES, all = !n->category.len || kk_is(n->category, "total");
        kk_slice of = n->category.len ? n->category : KK_S("total");
        kk_slice ja =
            all ? KK_S("") : kk_print(b->arena, "(%.*s)", KK_P(category_words(b, of, true)));
        kk_slice en =
            all ? KK_S("") : kk_print(b->arena, " (%.*s)", KK_P(category_words(b, of, false)));
        kk_slice number = kk_number_text(b->arena, n->count.value);
        kk_claim *c = declare(
            b, "reported_count", of, KK_LEVEL_PUBLIC, r->by, r->at.time,
            kk_print(b->arena, "%.*sの報告における件数%.*s: %s%.*s%s。", KK_P(when), KK_P(ja),
                     most ? "最大" : "", KK_P(number), unit_words[n->unit].ja),
            kk_print(b->arena, "The number reported on %.*s%.*s: %s%.*s %s.", KK_P(when), KK_P(en),
                     most ? "at most " : "", KK_P(number), unit_words[n->unit].en));
        c->value = json_number(b->arena, n->count.value);
    }
}

/* What was told before: the next number is held against it. */
static void reported(building *b)
{
    const kk_case_settings *s = b->facts->settings;
    for (size_t i = 0; i < s->reported.count; i++) {
        const kk_reported *r = &s->reported.items[i];
        bool ppc = kk_is(r->to, "ppc") || kk_is(r->to, "jp-ppc");
        kk_slice when = local_day_text(b, &r->at);
        kk_slice to_ja = r->to.len
                             ? kk_print(b->arena, "%.*sへ", KK_P(kk_party_words(s, r->to, true)))
                             : KK_S("");
        kk_slice to_en = r->to.len ? kk_print(b->arena, " to %s%.*s", ppc ? "the " : "",
                                              KK_P(kk_party_words(s, r->to, false)))
                                   : KK_S("");
        kk_slice kind_ja = kk_report_kind_words(r->kind, true),
                 kind_en = kk_report_kind_words(r->kind, false);
        kk_claim *c = declare(
            b, "reported", r->to, ppc ? KK_LEVEL_PUBLIC : KK_LEVEL_REGULATOR, r->by, r->at.time,
            r->kind.len ? kk_print(b->arena, "%.*sに%.*s報告しました(%.*s)。", KK_P(when),
                                   KK_P(to_ja), KK_P(kind_ja))
                        : kk_print(b->arena, "%.*sに%.*s報告しました。", KK_P(when), KK_P(to_ja)),
            r->kind.len ? kk_print(b->arena, "Reported%.*s on %.*s (%.*s).", KK_P(to_en),
                                   KK_P(when), KK_P(kind_en))
                        : kk_print(b->arena, "Reported%.*s on %.*s.", KK_P(to_en), KK_P(when)));
        c->party = r->to;
        reported_counts(b, r, when);
    }
}

void claims_of_case(building *b)
{
    known(b);
    chronology(b);
    observations(b);
    measures(b);
    harm(b);
    notified(b);
    published(b);
    reported(b);
}
