/* A value seen for the first time: which tests does it pass? */
#include "detect/match_i.h"

static void found(kk_matcher *m, uint32_t test)
{
    if (m->found_count == m->found_capacity)
        m->found =
            kk_grow(m->arena, m->found, &m->found_capacity, m->found_count + 1, sizeof *m->found);
    m->found[m->found_count++] = test;
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
        return kk_matcher_regex_fits(m, test, raw, folded);
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

static bool may_be_exact(const kk_ruleset *r, uint64_t hash)
{
    return rules_filter_has(r->exact_filter[rules_filter_word(hash, r->count[S_EXACT_FILTER])],
                            hash);
}

static void look_up(kk_matcher *m, uint32_t field, exact_kind kind, uint64_t state, kk_slice text)
{
    const kk_ruleset *r = m->rules;
    uint64_t hash = rules_finish(state, field, kind, text.len);
    size_t mask = r->count[S_EXACT_INDEX] - 1, at = hash & mask;
    if (!may_be_exact(r, hash))
        return;
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

/* How much of the value there is to look at: all lengths of such edges, or the short ones if its own edge
 * of EDGE_WORD bytes is that of none of the others. */
static size_t edge_most(const kk_ruleset *r, uint32_t field, exact_kind kind,
                        const uint64_t bits[2], kk_slice v)
{
    size_t most = bits[1]   ? 127 - (size_t)__builtin_clzll(bits[1])
                  : bits[0] ? 63 - (size_t)__builtin_clzll(bits[0])
                            : 0;
    most = most < v.len ? most : v.len;
    if (most < EDGE_WORD)
        return most;
    const char *edge = kind == EXACT_HEAD ? v.ptr : v.ptr + v.len - EDGE_WORD;
    return may_be_exact(r, rules_edge_hash(field, kind, edge)) ? most : EDGE_WORD - 1;
}

static void scan_edges(kk_matcher *m, uint32_t field, const rules_field *f, kk_slice v)
{
    uint64_t h = RULES_SEED;
    size_t most = edge_most(m->rules, field, EXACT_HEAD, f->heads, v), i = 0;
    for (; i < most; i++) {
        h = rules_mix(h, v.ptr[i]);
        if (has_bit(f->heads, i + 1))
            look_up(m, field, EXACT_HEAD, h, kk_part(v, 0, i + 1));
    }
    if (v.len > EDGE_LONGEST ? f->has_longer : has_bit(f->wholes, v.len)) {
        for (; i < v.len; i++)
            h = rules_mix(h, v.ptr[i]);
        look_up(m, field, EXACT_WHOLE, h, v);
    }
    h = RULES_SEED;
    most = edge_most(m->rules, field, EXACT_TAIL, f->tails, v);
    for (i = 0; i < most; i++) {
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

/* ---- literals ---- */

typedef struct {
    kk_matcher *m;
    kk_slice raw, folded;
} scanning;

/* Where to look whether a place can begin a gram of the field. */
typedef struct {
    uint32_t field, shift;
    const uint64_t *four; /* never NULL: there is one that has nothing */
    const uint8_t *starts;
} filters;

static bool is_there(const kk_ruleset *r, const rules_gram *g, kk_slice v, size_t at)
{
    return at >= g->offset && g->text.len <= v.len - (at - g->offset) &&
           memcmp(v.ptr + at - g->offset, rules_slice(r, g->text).ptr, g->text.len) == 0;
}

static void try_gram(const scanning *s, uint32_t which, size_t at)
{
    const kk_ruleset *r = s->m->rules;
    const rules_gram *g = &r->grams[which];
    if (s->m->seen[which] == s->m->scans || !is_there(r, g, s->folded, at))
        return;
    s->m->seen[which] = s->m->scans; /* once is enough */
    for (uint32_t i = 0; i < g->tests.count; i++) {
        rules_gram_test t = r->gram_tests[g->tests.first + i];
        if (s->m->judged[t.test] == s->m->scans)
            continue;
        s->m->judged[t.test] = s->m->scans;
        found(s->m, t.sure ? t.test : t.test | FOUND_OPEN);
    }
}

/* The first of the literals with these bytes, + 1; 0: there are none. */
static uint32_t find_gram(const kk_ruleset *r, uint32_t field, uint32_t size, uint32_t bytes)
{
    uint64_t key = rules_gram_key(field, size, bytes);
    size_t mask = r->count[S_GRAM_INDEX] - 1, place = rules_gram_place(key) & mask;
    for (; r->gram_index[place]; place = (place + 1) & mask) {
        const rules_gram *g = &r->grams[(uint32_t)r->gram_index[place] - 1];
        if (r->gram_index[place] >> 32 == (uint32_t)key && g->bytes == bytes && g->field == field &&
            g->size == size)
            return (uint32_t)r->gram_index[place];
    }
    return 0;
}

/* The filter had the bytes: which literals are there? */
static void try_place(const scanning *s, uint32_t which, size_t at)
{
    const kk_ruleset *r = s->m->rules;
    const rules_gram *first = &r->grams[which - 1];
    for (const rules_gram *g = first, *end = r->grams + r->count[S_GRAMS];
         g < end && g->bytes == first->bytes && g->field == first->field && g->size == first->size;
         g++)
        try_gram(s, (uint32_t)(g - r->grams), at);
}

/* Places that the filter lets through are gathered, so that what memory has to bring for one is under way
 * while others are dealt with. */
enum { PLACES_MOST = 64 };
typedef struct {
    uint32_t field, bytes, at, which;
} gram_place;
typedef struct {
    gram_place all[PLACES_MOST];
    size_t count;
} gram_places;

static void try_places(const scanning *s, gram_places *p)
{
    const kk_ruleset *r = s->m->rules;
    for (size_t i = 0; i < p->count; i++) {
        gram_place *one = &p->all[i];
        one->which = find_gram(r, one->field, GRAM_SIZES, one->bytes);
        if (one->which)
            __builtin_prefetch(rules_slice(r, r->grams[one->which - 1].text).ptr);
    }
    for (size_t i = 0; i < p->count; i++)
        if (p->all[i].which)
            try_place(s, p->all[i].which, p->all[i].at);
    p->count = 0;
}

static void add_place(const scanning *s, gram_places *p, uint32_t field, uint32_t bytes, size_t at)
{
    const kk_ruleset *r = s->m->rules;
    size_t mask = r->count[S_GRAM_INDEX] - 1;
    if (p->count == PLACES_MOST)
        try_places(s, p);
    __builtin_prefetch(
        &r->gram_index[rules_gram_place(rules_gram_key(field, GRAM_SIZES, bytes)) & mask]);
    p->all[p->count++] = (gram_place){field, bytes, (uint32_t)at, 0};
}

static inline bool in_filter(const uint64_t *filter, uint32_t shift, uint64_t hash)
{
    return rules_filter_has(filter[hash >> shift], hash);
}

static filters filters_of(const kk_ruleset *r, const rules_field *f)
{
    static const uint64_t nothing[SHORT_FILTER_BITS / 64] = {0};
    filters out = {(uint32_t)(f - r->fields), SHORT_FILTER_SHIFT, nothing,
                   (const uint8_t *)nothing};
    if (f->filter[GRAM_SIZES - 1]) {
        out.four = r->filters + f->filter[GRAM_SIZES - 1] - 1;
        out.shift = f->filter_shift;
    }
    if (f->starts)
        out.starts = (const uint8_t *)(r->filters + f->starts - 1);
    return out;
}

/* A short literal is its gram: once it is found there is no more to find. */
static bool tried_before(kk_matcher *m, uint32_t field, uint32_t size, uint32_t bytes)
{
    size_t at = (rules_gram_hash(bytes) >> 26) ^ (size << 2 & 63);
    if (m->tried[at].scan == m->scans && m->tried[at].field == field && m->tried[at].size == size &&
        m->tried[at].bytes == bytes)
        return true;
    m->tried[at].scan = m->scans;
    m->tried[at].field = field;
    m->tried[at].size = size;
    m->tried[at].bytes = bytes;
    return false;
}

static void try_short(const scanning *s, const filters *f, uint8_t sizes, size_t at)
{
    const rules_field *field = &s->m->rules->fields[f->field];
    size_t left = s->folded.len - at;
    uint32_t word = 0;
    if (left >= GRAM_SIZES)
        memcpy(&word, s->folded.ptr + at, GRAM_SIZES);
    else
        memcpy(&word, s->folded.ptr + at, left);
    for (uint32_t size = 1; size < GRAM_SIZES && size <= left; size++) {
        uint32_t bytes = word & ((1u << 8 * size) - 1);
        if (sizes >> size & 1 &&
            in_filter(s->m->rules->filters + field->filter[size - 1] - 1, SHORT_FILTER_SHIFT,
                      rules_gram_spread(bytes)) &&
            !tried_before(s->m, f->field, size, bytes)) {
            uint32_t which = find_gram(s->m->rules, f->field, size, bytes);
            if (which)
                try_place(s, which, at);
        }
    }
}

static size_t pair_of(const char *two)
{
    uint16_t pair;
    memcpy(&pair, two, sizeof pair);
    return (pair * UINT32_C(0x9e3779b1)) >> 20;
}

static const match_pairs *pairs_of(kk_matcher *m, uint32_t field)
{
    const kk_ruleset *r = m->rules;
    rules_span grams = m->ranges[field].grams;
    if (m->pairs[field])
        return m->pairs[field];
    match_pairs *out = m->pairs[field] = KK_NEW(m->arena, match_pairs);
    for (uint32_t i = 0; i < grams.count; i++) {
        const rules_gram *g = &r->grams[grams.first + i];
        const size_t first = g->bytes & 255, second = g->bytes >> 8 & 255;
        size_t pair = pair_of((const char *)&g->bytes);
        if (g->size == GRAM_SIZES)
            continue;
        uint8_t group = (uint8_t)(1u << (g->size == 1 ? PAIR_GROUPS : first % PAIR_GROUPS));
        if (g->size > 1)
            out->bits[pair / 64] |= UINT64_C(1) << (pair % 64);
        out->low[0][first & 15] |= group;
        out->high[0][first >> 4] |= group;
        for (size_t half = 0; half < 16; half++) {
            out->low[1][half] |= g->size == 1 || half == (second & 15) ? group : 0;
            out->high[1][half] |= g->size == 1 || half == second >> 4 ? group : 0;
        }
    }
    return out;
}

/* One place: whether a literal shorter than a gram begins there. */
static inline void scan_short_at(const scanning *s, const filters *f, const match_pairs *pairs,
                                 uint64_t tried[4], size_t i)
{
    const uint8_t single = 1u << 1;
    uint8_t c = (uint8_t)s->folded.ptr[i], sizes = f->starts[c];
    if (!sizes)
        return;
    size_t pair = i + 1 < s->folded.len ? pair_of(s->folded.ptr + i) : 0;
    if (i + 1 == s->folded.len || !(pairs->bits[pair / 64] >> (pair % 64) & 1))
        sizes &= single;
    if (!sizes || (sizes == single && tried[c / 64] >> (c % 64) & 1))
        return;
    try_short(s, f, sizes, i);
    tried[c / 64] |= UINT64_C(1) << (c % 64);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

WIDE static inline __m256i pair_halves(const match_pairs *p, size_t k, __m256i x)
{
    const __m256i low =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p->low[k]));
    const __m256i high =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p->high[k]));
    const __m256i half = _mm256_set1_epi8(15);
    return _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(x, half)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), half)));
}

/* Of 32 bytes and the one behind them: a bit for each at which a short literal may begin. */
WIDE static inline uint32_t short_places(const match_pairs *p, const char *at)
{
    const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)at);
    const __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(at + 1));
    const __m256i both = _mm256_and_si256(pair_halves(p, 0, x), pair_halves(p, 1, next));
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

WIDE static void scan_short_wide(const scanning *s, const filters *f, const match_pairs *pairs)
{
    enum { SPAN = 32 };
    uint64_t tried[4] = {0};
    for (size_t i = 0; i < s->folded.len; i += SPAN) {
        const size_t left = s->folded.len - i;
        const char *at = s->folded.ptr + i;
        char last[SPAN + 1] = {0};
        if (left <= SPAN)
            at = memcpy(last, at, left);
        uint32_t places = short_places(pairs, at);
        if (left < SPAN)
            places &= (UINT32_C(1) << left) - 1;
        for (; places; places &= places - 1)
            scan_short_at(s, f, pairs, tried, i + (size_t)__builtin_ctz(places));
    }
}
#endif

/* Literals shorter than a gram, where any begins. */
static void scan_short(const scanning *s, const filters *f)
{
    const match_pairs *pairs = pairs_of(s->m, f->field);
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx2")) {
        scan_short_wide(s, f, pairs);
        return;
    }
#endif
    uint64_t tried[4] = {0}; /* literals of one byte */
    for (size_t i = 0; i < s->folded.len; i++)
        scan_short_at(s, f, pairs, tried, i);
}

static void scan_four(const scanning *s, const filters *a, const filters *b)
{
    const char *text = s->folded.ptr;
    gram_places places;
    places.count = 0;
    for (size_t i = 0; i + GRAM_SIZES <= s->folded.len; i++) {
        uint32_t bytes;
        memcpy(&bytes, text + i, GRAM_SIZES);
        const uint64_t hash = rules_gram_spread(bytes);
        if (in_filter(a->four, a->shift, hash))
            add_place(s, &places, a->field, bytes, i);
        if (b && in_filter(b->four, b->shift, hash))
            add_place(s, &places, b->field, bytes, i);
    }
    try_places(s, &places);
}

/* ---- a value ---- */

/* The value as an address: read once for all networks. */
typedef struct {
    bool is_read, is_address;
    kk_subnet address;
} place_in_networks;

static bool is_in_network(place_in_networks *p, const rules_test *t, kk_slice raw)
{
    kk_subnet network = {.bits = t->bits, .is_v6 = t->is_v6};
    if (!p->is_read)
        p->is_address = kk_subnet_address(raw, &p->address);
    p->is_read = true;
    if (!p->is_address)
        return false;
    memcpy(network.bytes, t->network, sizeof network.bytes);
    return kk_subnet_has(&network, &p->address);
}

static void scan_others(const scanning *s, const rules_field *f)
{
    kk_matcher *m = s->m;
    place_in_networks p = {0};
    for (uint32_t i = 0; i < f->others.count; i++) {
        uint32_t test = m->rules->lists[f->others.first + i];
        const rules_test *t = &m->rules->tests[test];
        if (t->kind == KK_TEST_REGEX &&
            !m->cheap[t->field]) /* most conditions fail before they come to it */
            found(m, test | FOUND_OPEN);
        else if (t->kind == KK_TEST_CIDR ? is_in_network(&p, t, s->raw)
                                         : kk_matcher_passes(m, test, s->raw, s->folded))
            found(m, test);
    }
}

static void scan_field(const scanning *s, uint32_t field)
{
    kk_matcher *m = s->m;
    const rules_field *f = &m->rules->fields[field];
    if (rules_has_exacts(f))
        scan_edges(m, field, f, s->folded);
    if (f->has_numbers)
        scan_number(m, field, s->raw);
    scan_others(s, f);
}

void kk_matcher_scan_others(kk_matcher *m, uint32_t field, kk_slice value)
{
    rules_span others = m->rules->fields[field].others;
    place_in_networks p = {0};
    m->found_count = 0;
    for (uint32_t i = 0; i < others.count; i++) {
        uint32_t test = m->rules->lists[others.first + i];
        const rules_test *t = &m->rules->tests[test];
        if (t->kind == KK_TEST_CIDR
                ? is_in_network(&p, t, value)
                : t->kind == KK_TEST_REGEX && kk_matcher_class_fits(m, test, value))
            found(m, test);
    }
}

static bool has_grams(const rules_field *f)
{
    return f->filter[0] || f->filter[1] || f->filter[2] || f->filter[3];
}

void kk_matcher_scan(kk_matcher *m, uint32_t field, uint32_t any, kk_slice raw)
{
    const rules_field *fields = m->rules->fields;
    m->folded.len = 0;
    char *room = kk_buffer_room(&m->folded, kk_fold_room(raw.len));
    scanning s = {m, raw, {room, kk_fold_into(room, raw)}};
    m->found_count = 0;
    m->folded_of = 0;
    if (!++m->scans) {
        memset(m->seen, 0, m->rules->count[S_GRAMS] * sizeof *m->seen);
        memset(m->judged, 0, m->rules->count[S_TESTS] * sizeof *m->judged);
        m->scans = 1;
    }
    scan_field(&s, field);
    if (any != field)
        scan_field(&s, any);
    if (has_grams(&fields[field]) || has_grams(&fields[any])) {
        filters a = filters_of(m->rules, &fields[field]), b = filters_of(m->rules, &fields[any]);
        bool both = any != field && has_grams(&fields[any]);
        scan_four(&s, &a, both ? &b : NULL);
        if (fields[field].starts)
            scan_short(&s, &a);
        if (both && fields[any].starts)
            scan_short(&s, &b);
    }
}
