#include "detect/match_i.h"

/* ---- opening ---- */

static bool is_looked_up(const rules_field *f)
{
    return rules_has_exacts(f) || f->has_numbers || f->filter[0] || f->filter[1] || f->filter[2] ||
           f->filter[3] || f->others.count;
}

/* A few networks, expressions that are nothing but a class of characters, and next to no literals. */
static bool is_cheap(const kk_matcher *m, uint32_t field)
{
    const rules_field *f = &m->rules->fields[field];
    enum { GRAMS_MOST = 2 };
    if (!f->others.count || f->others.count > FEW_OTHERS || f->has_numbers ||
        m->ranges[field].grams.count > GRAMS_MOST)
        return false;
    for (uint32_t i = 0; i < f->others.count; i++) {
        const rules_test *t = &m->rules->tests[m->rules->lists[f->others.first + i]];
        kk_regex_class class;
        bool is_class =
            t->kind == KK_TEST_REGEX && !(t->flags & KK_REGEX_LINES) &&
            kk_regex_class_of(rules_slice(m->rules, t->text), t->flags & KK_REGEX_NOCASE, &class);
        if (!is_class && t->kind != KK_TEST_CIDR)
            return false;
    }
    return true;
}

kk_matcher *kk_matcher_open(const kk_ruleset *rules, size_t memory)
{
    kk_arena *arena = kk_arena_open();
    kk_matcher *m = KK_NEW(arena, kk_matcher);
    m->arena = arena;
    m->scratch = kk_arena_open();
    m->rules = rules;
    m->tests = KK_NEW_ARRAY(arena, match_test, rules->count[S_TESTS]);
    m->present = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_FIELDS]);
    m->first = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_FIELDS]);
    m->candidate = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_RUNS]);
    m->runs = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_RUNS]);
    m->filled = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_SLOTS]);
    m->regexes = KK_NEW_ARRAY(arena, match_regex *, rules->count[S_TESTS]);
    m->seen = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_GRAMS]);
    m->judged = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_TESTS] + 1u);
    m->looked_up = KK_NEW_ARRAY(arena, bool, rules->count[S_FIELDS]);
    m->pairs = KK_NEW_ARRAY(arena, match_pairs *, rules->count[S_FIELDS]);
    m->gathered = KK_NEW_ARRAY(arena, uint32_t, rules->count[S_FIELDS]);
    m->layouts = kk_layouts_open(arena);
    m->shapes = KK_NEW_ARRAY(arena, match_shape *, rules->count[S_BUCKETS]);
    m->evaluated = KK_NEW_ARRAY(arena, uint64_t, rules->count[S_RULES]);
    for (size_t t = 0; t < rules->count[S_TESTS]; t++)
        m->tests[t].triggers = rules->tests[t].triggers;
    for (size_t f = 0; f < rules->count[S_FIELDS]; f++)
        m->looked_up[f] = is_looked_up(&rules->fields[f]);
    kk_matcher_ranges(m);
    m->cheap = KK_NEW_ARRAY(arena, bool, rules->count[S_FIELDS]);
    for (uint32_t f = 0; f < rules->count[S_FIELDS]; f++)
        m->cheap[f] = is_cheap(m, f);
    kk_matcher_memo_open(m, memory < (1u << 20) ? 1u << 20 : memory);
    return m;
}

void kk_matcher_close(kk_matcher *m)
{
    if (!m)
        return;
    kk_matcher_regexes_close(m);
    kk_buffer_close(&m->folded);
    kk_arena_close(m->scratch);
    kk_arena_close(m->arena);
}

kk_layouts *kk_matcher_layouts(kk_matcher *m)
{
    return m->layouts;
}

kk_match_counts kk_matcher_counts(const kk_matcher *m)
{
    return m->counts;
}

uint64_t kk_matcher_evaluated(const kk_matcher *m, uint32_t rule)
{
    return m->evaluated[rule];
}

/* ---- buckets ---- */

static const rules_bucket *find_bucket(const kk_ruleset *r, kk_slice dataset, kk_slice code)
{
    size_t mask = r->count[S_BUCKET_INDEX] - 1;
    size_t at = rules_bucket_hash(dataset, code) & mask;
    for (; r->bucket_index[at]; at = (at + 1) & mask) {
        const rules_bucket *b = &r->buckets[r->bucket_index[at] - 1];
        if (kk_eq(rules_slice(r, b->dataset), dataset) && kk_eq(rules_slice(r, b->code), code))
            return b;
    }
    return NULL;
}

static const rules_bucket *bucket_of(const kk_ruleset *r, const kk_event *e)
{
    kk_slice dataset = e->text[KK_DATASET], code = e->text[KK_CODE];
    const rules_bucket *b = code.len ? find_bucket(r, dataset, code) : NULL;
    if (!b)
        b = find_bucket(r, dataset, KK_NONE);
    size_t dot = kk_find_byte(dataset, '.');
    if (b || dot == KK_NOWHERE || dot > 60)
        return b;
    char prefix[64];
    memcpy(prefix, dataset.ptr, dot + 1);
    prefix[dot + 1] = '*';
    return find_bucket(r, (kk_slice){prefix, dot + 2}, KK_NONE);
}

/* Events of a log have the same few codes over and over. */
static const rules_bucket *bucket_again(kk_matcher *m, const kk_event *e)
{
    kk_slice dataset = e->text[KK_DATASET], code = e->text[KK_CODE];
    if (dataset.len > sizeof m->recent->dataset || code.len > sizeof m->recent->code)
        return bucket_of(m->rules, e);
    uint32_t at = (uint32_t)dataset.len;
    for (size_t i = 0; i < code.len; i++)
        at = at * 31 + (unsigned char)code.ptr[i];
    if (dataset.len)
        at += (unsigned char)dataset.ptr[dataset.len - 1] * 7u +
              (unsigned char)dataset.ptr[dataset.len / 2] * 61u;
    match_recent *r = &m->recent[at % RECENT_BUCKETS];
    if (r->known && r->dataset_len == dataset.len && r->code_len == code.len &&
        same_bytes(r->dataset, dataset.ptr, dataset.len) && same_bytes(r->code, code.ptr, code.len))
        return r->bucket;
    *r = (match_recent){
        bucket_of(m->rules, e), (uint8_t)dataset.len, (uint8_t)code.len, true, {0}, {0}};
    if (dataset.len)
        memcpy(r->dataset, dataset.ptr, dataset.len);
    if (code.len)
        memcpy(r->code, code.ptr, code.len);
    return r->bucket;
}

bool kk_matcher_takes_unread(kk_matcher *m, const kk_event *e)
{
    const rules_bucket *b = bucket_again(m, e);
    m->begun = e;
    m->begun_bucket = b;
    if (!b)
        return true;
    match_shape *shape = m->shapes[b - m->rules->buckets];
    return (shape ? shape : kk_matcher_shape(m, b))->takes_unread;
}

/* ---- values ---- */

/* Of such a value no test needs to be asked. Folding may make a text longer by half. */
static inline bool is_too_short(kk_slice v, uint32_t least)
{
    return v.len < least && (v.len + v.len / 2 < least || is_ascii(v));
}

/* Which tests have to be asked of the value: as kk_sieve_passes says. */
static inline unsigned may_pass(const match_sieve *sieve, uint32_t least, kk_slice v)
{
    if (is_too_short(v, least))
        return 0;
    return sieve ? kk_sieve_passes(sieve, v) : MAY_FIELD;
}

/* For who asks for the values of a field later. */
static void keep_value(kk_matcher *m, uint32_t field, kk_slice text)
{
    if (m->value_count == m->value_capacity)
        m->values =
            kk_grow(m->arena, m->values, &m->value_capacity, m->value_count + 1, sizeof *m->values);
    bool more = m->present[field] == m->epoch;
    m->values[m->value_count] = (match_value){more ? m->first[field] : 0, text};
    m->first[field] = (uint32_t)++m->value_count;
    m->present[field] = m->epoch;
}

static void add_value(kk_matcher *m, match_shape *shape, uint32_t s, const rules_slot *slot,
                      kk_slice text)
{
    uint32_t field = slot->field;
    keep_value(m, field, text);
    if (m->looked_up[field] && may_pass(shape->sieves[s], slot->least, text))
        kk_matcher_look_up(m, &shape->of_slot[s], field, field, text);
}

/* From a column or made; false if there is nothing. */
static bool add_direct(kk_matcher *m, match_shape *shape, uint32_t slot, const kk_event *e)
{
    const rules_slot *s = &m->rules->slots[m->bucket->slots.first + slot];
    if (s->text && e->text[s->text - 1].len) {
        add_value(m, shape, slot, s, e->text[s->text - 1]);
        return true;
    }
    if (s->number && kk_has_number(e, (kk_number_field)(s->number - 1))) {
        unsigned long long number = e->number[s->number - 1];
        add_value(m, shape, slot, s, kk_print(m->scratch, "%llu", number));
        return true;
    }
    if (!s->maker)
        return false;
    kk_slice made[KK_MADE_MOST];
    size_t count = kk_made(m->scratch, e, s->maker, s->index, made);
    for (size_t i = 0; i < count; i++)
        add_value(m, shape, slot, s, made[i]);
    return count != 0;
}

/* What a value comes to that a pair of an event has: which tests of the field and of keywords are asked of it. */
typedef struct {
    const match_look *look;
    match_dull *dull;
    bool asks_field; /* else only keywords are looked for */
    bool asks_all;   /* of what the look is about */
} asking;

/* What the text of a pair may pass. */
static unsigned of_text(const match_shape *shape, const asking *a, kk_slice text)
{
    const match_look *l = a->look;
    unsigned may = a->asks_field ? may_pass(l->sieve, l->least, text) : 0;
    return l->any && may_pass(shape->any_sieve, shape->any_least, text) ? may | MAY_ANY : may;
}

/* Where nothing but networks and the like may hold, those alone are asked. */
static inline void narrow(match_pending *p, unsigned may)
{
    p->others = may == MAY_OTHERS && !kk_ends(p->text, KK_S("\n"));
    p->cheap |= p->others;
}

/* One pair: its field's tests and those of keywords are asked at once. */
static inline void look_at_text(kk_matcher *m, const match_shape *shape, const asking *a,
                                kk_slice text)
{
    const match_look *l = a->look;
    const match_key key = {text, KK_XML_UTF8};
    const uint32_t keywords = shape->any - 1;
    if (is_dull(a->dull, key))
        return;
    unsigned may = of_text(shape, a, text);
    if (may) {
        match_pending *p = kk_matcher_look_up(m, l->front, may == MAY_ANY ? keywords : l->field,
                                              may & MAY_ANY ? keywords : l->field, text);
        if (p)
            narrow(p, may);
    } else if (a->asks_all && text.len) {
        note_dull(a->dull, key);
    }
}

static void read_and_wait(kk_matcher *m, const match_shape *shape, const asking *a, unsigned may,
                          match_key key, const kk_event *e)
{
    const match_look *l = a->look;
    const uint32_t keywords = shape->any - 1;
    kk_slice text = kk_event_read(e, l->pair);
    if (may == MAY_TEXT)
        may = of_text(shape, a, text);
    if (!may) {
        if (a->asks_all && text.len) /* without: there may have been no room for it */
            note_dull(a->dull, key);
        return;
    }
    m->counts.values++;
    narrow(kk_matcher_wait(m, l->front, may == MAY_ANY ? keywords : l->field,
                           may & MAY_ANY ? keywords : l->field, key, text),
           may);
}

/* What the front has of a value, where that is of those tests that would be asked of it now. */
static bool is_asked_now(const match_front *f, const asking *a, uint32_t keywords)
{
    return a->asks_field ? (f->field & ~FIELD_AND_ANY) == a->look->field : f->field == keywords;
}

static void hold_again(kk_matcher *m, const match_front *f, const kk_event *e, uint32_t pair)
{
    m->counts.values++;
    if (f->test_count)
        kk_matcher_hold_front(m, f, f->field & ~FIELD_AND_ANY,
                              kk_front_is_open(m, f) ? kk_event_read(e, pair) : KK_NONE);
}

/* What came to the same place lately is known by what it was before anybody made text of it. */
static void look_at_unread(kk_matcher *m, const match_shape *shape, const asking *a,
                           const kk_event *e, const kk_xml_value *v)
{
    const match_look *l = a->look;
    const match_key key = {{(const char *)v->ptr, v->len}, v->type};
    unsigned may = MAY_TEXT;
    if (is_dull(a->dull, key))
        return;
    const match_front *f = front_knows(m, l->front ? *l->front : NULL, key);
    if (f && is_asked_now(f, a, shape->any - 1)) {
        hold_again(m, f, e, l->pair);
        return;
    }
    if (v->type == KK_XML_UTF16 && v->len)
        may = kk_sieve_unread(shape, l, a->asks_field, v);
    if (!may && a->asks_all)
        note_dull(a->dull, key);
    else if (f && may == MAY_ANY && f->field == shape->any - 1)
        hold_again(m, f, e, l->pair);
    else if (may)
        read_and_wait(m, shape, a, may, key, e);
}

/* The commonest that cannot pass anything. */
static inline bool is_hopeless(const match_look *l, kk_slice value)
{
    const kk_xml_value *v = (const kk_xml_value *)(const void *)value.ptr;
    if (value.len != KK_UNREAD)
        return value.len < l->shortest;
    if (v->type == KK_XML_UTF16)
        return v->len - 1 < l->too_few;
    return !l->numerals && v->len && kk_xml_is_numeral(v->type);
}

static void look(kk_matcher *m, const match_shape *shape, const match_look *l, match_dull *dull,
                 const kk_event *e)
{
    const kk_slice value = e->more[l->pair].value;
    bool has_field = l->field != NO_FIELD;
    bool asks_field = has_field && m->filled[m->bucket->slots.first + l->slot - 1] != m->epoch;
    const asking a = {l, dull, asks_field, asks_field || !has_field};
    if (value.len == KK_UNREAD)
        look_at_unread(m, shape, &a, e, (const kk_xml_value *)(const void *)value.ptr);
    else
        look_at_text(m, shape, &a, value);
}

/* With keywords every value is looked at, whether some field is about it or not. */
static void add_pairs(kk_matcher *m, match_shape *shape, const kk_event *e)
{
    const match_view *v = m->view = kk_matcher_view(m, shape, e);
    const match_look *l = v->asked, *end = l + v->asked_count;
    const kk_pair *more = e->more;
    m->event = e;
    for (; l < end; l++)
        if (!is_hopeless(l, more[l->pair].value))
            look(m, shape, l, &v->dull[l - v->asked], e);
}

static void add_text(kk_matcher *m, match_shape *shape, const kk_event *e, int f)
{
    uint32_t field = shape->any - 1;
    match_dull *dull = &shape->dull[f];
    kk_slice text = e->text[f];
    const match_key key = {text, KK_XML_UTF8};
    if (!text.len || is_dull(dull, key))
        return;
    if (may_pass(shape->any_sieve, shape->any_least, text))
        kk_matcher_look_up(m, &shape->of_text[f], field, field, text);
    else
        note_dull(dull, key);
}

/* Columns that are no copies of pairs: of Windows' events only these few. */
static void add_any(kk_matcher *m, match_shape *shape, const kk_event *e)
{
    static const uint8_t of_windows[] = {KK_HOST_NAME, KK_PROVIDER, KK_CODE, KK_MESSAGE};
    m->present[shape->any - 1] = m->epoch;
    m->first[shape->any - 1] = 0;
    if (kk_starts(e->text[KK_DATASET], KK_S("windows."))) {
        for (size_t i = 0; i < sizeof of_windows; i++)
            add_text(m, shape, e, of_windows[i]);
        return;
    }
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        if (f != KK_DATASET && f != KK_CATEGORY && f != KK_ACTION && f != KK_TIME_KIND)
            add_text(m, shape, e, f);
}

/* Whether the field has any value in the event; its values are there then. */
static bool has_values(kk_matcher *m, uint32_t field)
{
    const rules_slot *slots = m->rules->slots + m->bucket->slots.first;
    const uint32_t *filled = m->filled + m->bucket->slots.first;
    bool is_new = m->gathered[field] != m->epoch;
    m->gathered[field] = m->epoch;
    for (size_t i = 0; is_new && i < m->view->look_count; i++) {
        const match_look *l = &m->view->looks[i];
        if (l->slot && slots[l->slot - 1].field == field && filled[l->slot - 1] != m->epoch)
            keep_value(m, field, kk_event_value(m->event, l->pair));
    }
    return m->present[field] == m->epoch;
}

static void add_values(kk_matcher *m, match_shape *shape, const kk_event *e)
{
    const rules_slot *slots = m->rules->slots + m->bucket->slots.first;
    uint32_t *filled = m->filled + m->bucket->slots.first;
    for (size_t i = 0; i < shape->direct_count; i++) {
        uint32_t s = shape->direct[i];
        if (!slots[s].last && add_direct(m, shape, s, e))
            filled[s] = m->epoch;
    }
    add_pairs(m, shape, e);
    for (size_t i = 0; i < shape->direct_count; i++) {
        uint32_t s = shape->direct[i];
        if (slots[s].last && !m->view->has_slot[s])
            add_direct(m, shape, s, e);
    }
    if (shape->any)
        add_any(m, shape, e);
}

/* A further value of a field, behind what is there: captures are of the event's own. */
static void add_behind(kk_matcher *m, uint32_t field, kk_slice text)
{
    uint32_t first = has_values(m, field) ? m->first[field] : 0;
    m->values =
        kk_grow(m->arena, m->values, &m->value_capacity, m->value_count + 1, sizeof *m->values);
    m->values[m->value_count++] = (match_value){first ? m->values[first - 1].next : 0, text};
    if (first)
        m->values[first - 1].next = (uint32_t)m->value_count;
    else
        m->first[field] = (uint32_t)m->value_count;
    m->present[field] = m->epoch;
    if (m->looked_up[field])
        kk_matcher_look_up(m, NULL, field, field, text);
}

/* Windows' fields have their own names, all others are columns. */
static void add_decoded(kk_matcher *m, match_shape *shape, const kk_event *e)
{
    const rules_slot *slots = m->rules->slots + m->bucket->slots.first;
    const kk_decoded *d = m->decoded;
    bool of_windows = kk_starts(e->text[KK_DATASET], KK_S("windows"));
    for (size_t t = 0; t < d->count; t++) {
        uint32_t slot = of_windows ? kk_matcher_slot(m, shape, d->field) : 0;
        for (; slot; slot = shape->same[slot - 1])
            add_behind(m, slots[slot - 1].field, d->texts[t]);
        for (size_t i = 0; !of_windows && i < shape->direct_count; i++) {
            const rules_slot *s = &slots[shape->direct[i]];
            if (s->text && kk_is(d->field, kk_text_field_name((kk_text_field)(s->text - 1))))
                add_behind(m, s->field, d->texts[t]);
        }
        if (shape->any)
            kk_matcher_look_up(m, NULL, shape->any - 1, shape->any - 1, d->texts[t]);
    }
}

/* ---- conditions ---- */

static bool related(const rules_test *t, kk_slice a, kk_slice b)
{
    switch (t->place) {
    case KK_AT_START:
        return kk_starts(a, b);
    case KK_AT_END:
        return kk_ends(a, b);
    case KK_ANYWHERE:
        return kk_has(a, b);
    default:
        return kk_eq(a, b);
    }
}

static bool holds_of_event(kk_matcher *m, uint32_t test)
{
    const rules_test *t = &m->rules->tests[test];
    if (!has_values(m, t->field))
        return false;
    if (t->kind == KK_TEST_EXISTS)
        return true;
    if (!has_values(m, t->other))
        return false;
    for (uint32_t a = m->first[t->field]; a; a = m->values[a - 1].next)
        for (uint32_t b = m->first[t->other]; b; b = m->values[b - 1].next) {
            kk_slice x = m->values[a - 1].text, y = m->values[b - 1].text;
            if (related(t, t->cased ? x : kk_fold(m->scratch, x),
                        t->cased ? y : kk_fold(m->scratch, y)))
                return true;
        }
    return false;
}

static kk_slice folded_of(kk_matcher *m, uint32_t pending)
{
    if (m->folded_of != pending + 1) {
        kk_slice text = m->pending[pending].text;
        m->folded.len = 0;
        char *room = kk_buffer_room(&m->folded, kk_fold_room(text.len));
        m->folded.len = kk_fold_into(room, text);
        m->folded_of = pending + 1;
    }
    return kk_buffer_slice(&m->folded);
}

/* A test that was left open is asked of the values in question, and remembered of them. */
static bool holds_after_all(kk_matcher *m, uint32_t test)
{
    const rules_test *t = &m->rules->tests[test];
    bool holds = false;
    for (size_t i = 0; i < m->open_count && !holds; i++) {
        const match_open *o = &m->open[i];
        if (o->test != test)
            continue;
        bool needs_folded = t->kind == KK_TEST_REGEX || (t->kind == KK_TEST_TEXT && !t->cased);
        kk_slice raw = m->pending[o->pending].text;
        holds = kk_matcher_passes(m, test, raw, needs_folded ? folded_of(m, o->pending) : raw);
        if (o->entry)
            m->lists[o->entry - 1] = holds ? test : FOUND_NOT;
    }
    m->tests[test].open = 0;
    if (holds)
        m->tests[test].held = m->epoch;
    return holds;
}

static bool holds(kk_matcher *m, uint32_t test)
{
    if (test & STEP_DYNAMIC)
        return holds_of_event(m, test & ~STEP_DYNAMIC);
    return m->tests[test].held == m->epoch ||
           (m->tests[test].open == m->epoch && holds_after_all(m, test));
}

static bool fires(kk_matcher *m, uint32_t run)
{
    const rules_step *steps = m->rules->steps;
    uint32_t at = m->rules->runs[run].start;
    m->counts.evaluated++;
    m->evaluated[m->rules->runs[run].rule]++;
    while (at < STEP_ACCEPT)
        at = holds(m, steps[at].test) ? steps[at].yes : steps[at].no;
    return at == STEP_ACCEPT;
}

static void next_epoch(kk_matcher *m)
{
    const kk_ruleset *r = m->rules;
    if (++m->epoch)
        return;
    for (size_t t = 0; t < r->count[S_TESTS]; t++)
        m->tests[t].held = m->tests[t].open = 0;
    memset(m->present, 0, r->count[S_FIELDS] * sizeof *m->present);
    memset(m->gathered, 0, r->count[S_FIELDS] * sizeof *m->gathered);
    memset(m->candidate, 0, r->count[S_RUNS] * sizeof *m->candidate);
    memset(m->filled, 0, r->count[S_SLOTS] * sizeof *m->filled);
    m->epoch = 1;
}

static void sort_runs(uint32_t *runs, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t run = runs[i];
        size_t k = i;
        for (; k && runs[k - 1] > run; k--)
            runs[k] = runs[k - 1];
        runs[k] = run;
    }
}

static size_t keep_hit(kk_matcher *m, uint32_t run, kk_rule_hit *hits, size_t count, size_t most)
{
    const rules_run *r = &m->rules->runs[run];
    if (count && count <= most && hits[count - 1].rule == r->rule)
        return count;
    if (count < most)
        hits[count] = (kk_rule_hit){r->rule, run, kk_source_at(r->source)->name};
    m->counts.hits++;
    return count + 1;
}

size_t kk_match(kk_matcher *m, const kk_event *e, kk_rule_hit *hits, size_t most)
{
    const kk_ruleset *r = m->rules;
    size_t count = 0;
    m->counts.events++;
    next_epoch(m);
    /* whoever was asked whether it may be unread is the next one */
    m->bucket = e->unread && m->begun == e ? m->begun_bucket : bucket_again(m, e);
    m->begun = NULL;
    if (!m->bucket)
        return 0;
    m->counts.indexed++;
    if (kk_arena_used(m->scratch))
        kk_arena_reset(m->scratch);
    match_shape *shape = m->shapes[m->bucket - r->buckets];
    if (!shape)
        shape = kk_matcher_shape(m, m->bucket);
    m->run_count = m->value_count = m->pending_count = m->open_count = 0;
    m->folded_of = 0;
    add_values(m, shape, e);
    if (m->decoded)
        add_decoded(m, shape, e);
    kk_matcher_hold_found(m);
    for (uint32_t i = 0; i < m->bucket->always.count; i++)
        m->runs[m->run_count++] = r->lists[m->bucket->always.first + i];
    size_t fired = 0;
    for (size_t i = 0; i < m->run_count; i++)
        if (fires(m, m->runs[i]))
            m->runs[fired++] = m->runs[i];
    sort_runs(m->runs, fired);
    for (size_t i = 0; i < fired; i++)
        count = keep_hit(m, m->runs[i], hits, count, most);
    return count;
}

size_t kk_match_decoded(kk_matcher *m, const kk_event *e, const kk_decoded *decoded,
                        const kk_rule_hit *had, size_t had_count, kk_rule_hit *hits, size_t most)
{
    size_t kept = 0;
    m->decoded = decoded;
    size_t count = kk_match(m, e, hits, most);
    m->decoded = NULL;
    m->counts.events--;
    for (size_t i = 0; i < count && i < most; i++) {
        size_t k = 0;
        while (k < had_count && had[k].rule != hits[i].rule)
            k++;
        if (k == had_count)
            hits[kept++] = hits[i];
    }
    return kept;
}

kk_slice kk_match_capture(kk_matcher *m, const kk_rule_hit *hit, size_t capture)
{
    rules_span span = m->rules->runs[hit->run].captures;
    if (capture >= span.count)
        return KK_NONE;
    uint32_t field = m->rules->lists[span.first + capture];
    return has_values(m, field) && m->first[field] ? m->values[m->first[field] - 1].text : KK_NONE;
}
