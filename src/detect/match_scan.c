/* A value seen for the first time: which tests does it pass? */
#include "detect/match_i.h"

enum { REGEX_STEPS = 200000, REGEX_DEPTH = 2000, REGEX_HEAP_KIB = 4096 };

static void found(kk_matcher *m, uint32_t test)
{
    if (m->found_count == m->found_capacity)
        m->found =
            kk_grow(m->arena, m->found, &m->found_capacity, m->found_count + 1, sizeof *m->found);
    m->found[m->found_count++] = test;
}

/* ---- regular expressions ---- */

static pcre2_code *code_of(kk_matcher *m, uint32_t test)
{
    const rules_test *t = &m->rules->tests[test];
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    if (m->codes[test])
        return m->codes[test];
    options |= t->flags & KK_REGEX_NOCASE ? PCRE2_CASELESS : 0;
    options |= t->flags & KK_REGEX_LINES ? PCRE2_MULTILINE : 0;
    options |= t->flags & KK_REGEX_DOTALL ? PCRE2_DOTALL : 0;
    kk_slice text = rules_slice(m->rules, t->text);
    m->codes[test] = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &error, &at, NULL);
    return m->codes[test];
}

static bool regex_fits(kk_matcher *m, uint32_t test, kk_slice value)
{
    pcre2_code *code = code_of(m, test);
    if (!m->limits) {
        m->limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(m->limits, REGEX_STEPS);
        pcre2_set_depth_limit(m->limits, REGEX_DEPTH);
        pcre2_set_heap_limit(m->limits, REGEX_HEAP_KIB);
        m->found_at = pcre2_match_data_create(1, NULL);
    }
    int got = code ? pcre2_match(code, (PCRE2_SPTR)(value.ptr ? value.ptr : ""), value.len, 0, 0,
                                 m->found_at, m->limits)
                   : PCRE2_ERROR_NOMATCH;
    if (got < 0 && got != PCRE2_ERROR_NOMATCH)
        m->counts.abandoned++;
    return got >= 0;
}

/* ---- one test ---- */

static bool compares(const rules_test *t, kk_fixed value)
{
    kk_fixed than = rules_get_fixed(t->number);
    switch (t->kind) {
    case KK_TEST_LESS:
        return value < than;
    case KK_TEST_LESS_OR_EQUAL:
        return value <= than;
    case KK_TEST_MORE:
        return value > than;
    case KK_TEST_MORE_OR_EQUAL:
        return value >= than;
    default:
        return value == than;
    }
}

bool kk_matcher_passes(kk_matcher *m, uint32_t test, kk_slice raw, kk_slice folded)
{
    const rules_test *t = &m->rules->tests[test];
    kk_subnet address, network = {.bits = t->bits, .is_v6 = t->is_v6};
    kk_fixed number;
    int part;
    switch (t->kind) {
    case KK_TEST_TEXT:
        return kk_pattern_fits(rules_slice(m->rules, t->text), t->cased ? raw : folded);
    case KK_TEST_REGEX:
        return regex_fits(m, test, raw);
    case KK_TEST_CIDR:
        memcpy(network.bytes, t->network, sizeof network.bytes);
        return kk_subnet_address(raw, &address) && kk_subnet_has(&network, &address);
    default:
        if (t->part)
            return kk_time_part_read(raw, (kk_time_part)t->part, &part) &&
                   compares(t, (kk_fixed)part * 1000000000);
        return kk_fixed_read(raw, &number) && compares(t, number);
    }
}

/* ---- exact values, beginnings, ends ---- */

static void look_up(kk_matcher *m, uint32_t field, exact_kind kind, uint64_t state, kk_slice text)
{
    const kk_ruleset *r = m->rules;
    uint64_t hash = rules_finish(state, field, kind, text.len);
    size_t mask = r->count[S_EXACT_INDEX] - 1, at = hash & mask;
    for (; r->exact_index[at]; at = (at + 1) & mask) {
        const rules_exact *e = &r->exacts[r->exact_index[at] - 1];
        if (e->hash != hash || e->field != field || e->kind != (uint32_t)kind ||
            !kk_eq(rules_slice(r, e->text), text))
            continue;
        for (uint32_t i = 0; i < e->tests.count; i++)
            found(m, r->lists[e->tests.first + i]);
        return;
    }
}

static bool has_bit(const uint64_t bits[2], size_t n)
{
    return n <= EDGE_LONGEST && bits[n / 64] >> (n % 64) & 1;
}

static size_t longest(const uint64_t bits[2])
{
    if (bits[1])
        return 127 - (size_t)__builtin_clzll(bits[1]);
    return bits[0] ? 63 - (size_t)__builtin_clzll(bits[0]) : 0;
}

static void scan_edges(kk_matcher *m, uint32_t field, const rules_field *f, kk_slice v)
{
    uint64_t h = RULES_SEED;
    size_t most = longest(f->heads), last = f->has_exacts ? v.len : most;
    for (size_t i = 0; i < last && i < v.len; i++) {
        h = rules_mix(h, v.ptr[i]);
        if (has_bit(f->heads, i + 1))
            look_up(m, field, EXACT_HEAD, h, kk_part(v, 0, i + 1));
    }
    if (f->has_exacts)
        look_up(m, field, EXACT_WHOLE, h, v);
    h = RULES_SEED;
    most = longest(f->tails);
    for (size_t i = 0; i < most && i < v.len; i++) {
        h = rules_mix(h, v.ptr[v.len - 1 - i]);
        if (has_bit(f->tails, i + 1))
            look_up(m, field, EXACT_TAIL, h, kk_from(v, v.len - 1 - i));
    }
}

static void scan_number(kk_matcher *m, uint32_t field, kk_slice raw)
{
    uint64_t bytes[2];
    kk_fixed number;
    if (!kk_fixed_read(raw, &number))
        return;
    rules_put_fixed(bytes, number);
    kk_slice key = {(const char *)bytes, sizeof bytes};
    look_up(m, field, EXACT_NUMBER, rules_hash(key), key);
}

/* ---- scans ---- */

typedef struct {
    kk_matcher *m;
    uint32_t field, any;
    kk_slice raw, folded;
} scanning;

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *context)
{
    scanning *s = context;
    const kk_ruleset *r = s->m->rules;
    rules_span hits = r->literals[id].hits;
    (void)from, (void)to, (void)flags;
    for (uint32_t i = 0; i < hits.count; i++) {
        const rules_literal_hit *hit = &r->literal_hits[hits.first + i];
        if ((hit->field == s->field || hit->field == s->any) &&
            (hit->sure || kk_matcher_passes(s->m, hit->test, s->raw, s->folded)))
            found(s->m, hit->test);
    }
    return 0;
}

static void scan_field(kk_matcher *m, uint32_t field, const scanning *s)
{
    const rules_field *f = &m->rules->fields[field];
    if (f->has_exacts || f->heads[0] || f->heads[1] || f->tails[0] || f->tails[1])
        scan_edges(m, field, f, s->folded);
    if (f->has_numbers)
        scan_number(m, field, s->raw);
    for (uint32_t i = 0; i < f->others.count; i++) {
        uint32_t test = m->rules->lists[f->others.first + i];
        if (kk_matcher_passes(m, test, s->raw, s->folded))
            found(m, test);
    }
}

void kk_matcher_scan(kk_matcher *m, uint32_t field, uint32_t any, kk_slice raw)
{
    const rules_field *fields = m->rules->fields;
    if (raw.len > UINT32_MAX / 2)
        raw.len = UINT32_MAX / 2;
    m->folded.len = 0;
    char *room = kk_buffer_room(&m->folded, kk_fold_room(raw.len));
    scanning s = {m, field, any, raw, {room, kk_fold_into(room, raw)}};
    m->found_count = 0;
    scan_field(m, field, &s);
    if (any != field)
        scan_field(m, any, &s);
    if ((fields[field].has_literals || fields[any].has_literals) && s.folded.len)
        (void)hs_scan(m->rules->scanner, s.folded.ptr, (unsigned)s.folded.len, 0, m->hs, on_literal,
                      &s);
}
