/* What tells most values of a place to pass none of the tests that rules for such events ask there, before
 * anything is folded, hashed or looked up: a few bytes of each text that a test wants, looked for at 16 or 32
 * places at once, in whatever case. A byte is known by its halves; texts share eight bits, so that it lets
 * through more than it would have to, and never less. */
#include "detect/match_i.h"

#include <ctype.h>
#include <stdlib.h>

enum { TEXTS_MOST = 64, SHORTEST = 3 };

/* ---- which tests rules for such events ask ---- */

static bool has(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

static void set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

typedef struct {
    kk_arena *arena;
    const kk_ruleset *rules;
    uint64_t *tests, *steps; /* bits: asked; seen */
    uint32_t *waiting;
    size_t waiting_count, waiting_capacity;
} walking;

static void wait(walking *w, uint32_t step)
{
    if (step >= STEP_ACCEPT || has(w->steps, step))
        return;
    set(w->steps, step);
    w->waiting =
        kk_grow(w->arena, w->waiting, &w->waiting_capacity, w->waiting_count + 1, sizeof step);
    w->waiting[w->waiting_count++] = step;
}

static uint64_t *asked_tests(kk_arena *arena, const kk_ruleset *r, const rules_bucket *b)
{
    const uint64_t *members = r->members + b->members;
    walking w = {.arena = arena,
                 .rules = r,
                 .tests = KK_NEW_ARRAY(arena, uint64_t, r->count[S_TESTS] / 64 + 1),
                 .steps = KK_NEW_ARRAY(arena, uint64_t, r->count[S_STEPS] / 64 + 1)};
    for (uint32_t run = 0; run < r->count[S_RUNS]; run++)
        if (has(members, run))
            wait(&w, r->runs[run].start);
    while (w.waiting_count) {
        const rules_step *s = &r->steps[w.waiting[--w.waiting_count]];
        if (!(s->test & STEP_DYNAMIC))
            set(w.tests, s->test);
        wait(&w, s->yes);
        wait(&w, s->no);
    }
    return w.tests;
}

/* ---- what they want of a value ---- */

typedef struct {
    const kk_ruleset *rules;
    const uint64_t *tests; /* bits */
    struct {
        kk_slice text;
        size_t at; /* of the bytes that are rarest, or KK_NOWHERE: the last */
    } all[TEXTS_MOST];
    size_t count;
    size_t shortest;
    char singles[TEXTS_MOST];
    size_t single_count;
    uint32_t least, most; /* of what is settled by its length first */
    bool numbers, numerals, networks, hopeless;
} wanted;

static bool is_plain(kk_slice s)
{
    return !s.len || is_ascii(s);
}

static bool is_numeral(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], small = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
        if (!memchr(KK_XML_NUMERALS, small, sizeof KK_XML_NUMERALS - 1))
            return false;
    }
    return true;
}

/* A byte of a text too short for more; letters and digits are in most values. */
static void want_single(wanted *w, kk_slice text)
{
    size_t i = 0;
    while (i < text.len && isalnum((unsigned char)text.ptr[i]))
        i++;
    if (i == text.len || w->single_count == TEXTS_MOST)
        w->hopeless = true;
    else
        w->singles[w->single_count++] = text.ptr[i];
}

/* Texts beyond ASCII are in no value of ASCII, and others pass anyway. */
static void want(wanted *w, kk_slice text, size_t at, bool is_whole)
{
    w->numerals |= is_numeral(text);
    if (!is_plain(text) || (is_whole && text.len < SHORTEST))
        return; /* so short a value passes anyway */
    if (text.len < SHORTEST) {
        want_single(w, text);
        return;
    }
    if (w->count == TEXTS_MOST) {
        w->hopeless = true;
        return;
    }
    w->all[w->count].text = text;
    w->all[w->count++].at = at;
    if (text.len < w->shortest)
        w->shortest = text.len;
}

static bool is_asked(const wanted *w, rules_span tests)
{
    for (uint32_t i = 0; i < tests.count; i++)
        if (has(w->tests, w->rules->lists[tests.first + i]))
            return true;
    return false;
}

static bool is_gram_asked(const wanted *w, const rules_gram *g)
{
    for (uint32_t i = 0; i < g->tests.count; i++)
        if (has(w->tests, w->rules->gram_tests[g->tests.first + i].test))
            return true;
    return false;
}

static void want_exact(wanted *w, const rules_exact *e)
{
    if (!is_asked(w, e->tests))
        return;
    if (e->kind == EXACT_NUMBER)
        w->numbers = true;
    else
        want(w, rules_slice(w->rules, e->text), e->kind == EXACT_HEAD ? 0 : KK_NOWHERE,
             e->kind == EXACT_WHOLE);
}

/* Networks, and an expression that is nothing but so many characters of a class: by how many. */
static void want_others(wanted *w, rules_span others)
{
    for (uint32_t i = 0; i < others.count; i++) {
        uint32_t test = w->rules->lists[others.first + i];
        const rules_test *t = &w->rules->tests[test];
        kk_regex_class class;
        if (!has(w->tests, test))
            continue;
        w->numerals = true;
        if (t->kind == KK_TEST_CIDR) {
            w->networks = true;
            continue;
        }
        if (t->kind != KK_TEST_REGEX || t->flags & KK_REGEX_LINES ||
            !kk_regex_class_of(rules_slice(w->rules, t->text), t->flags & KK_REGEX_NOCASE,
                               &class)) {
            w->hopeless = true;
            return;
        }
        w->least = class.least < w->least ? class.least : w->least;
        if (class.most >= w->most) /* a line may end behind it */
            w->most = class.most < UINT32_MAX ? class.most + 1 : class.most;
    }
}

static void want_all(const kk_matcher *m, wanted *w, uint32_t field)
{
    const kk_ruleset *r = m->rules;
    const match_ranges *ranges = &m->ranges[field];
    want_others(w, r->fields[field].others);
    for (uint32_t i = 0; i < ranges->grams.count && !w->hopeless; i++) {
        const rules_gram *g = &r->grams[ranges->grams.first + i];
        if (is_gram_asked(w, g))
            want(w, rules_slice(r, g->text), g->offset, false);
    }
    for (uint32_t i = 0; i < ranges->exacts.count && !w->hopeless; i++)
        want_exact(w, &r->exacts[m->exacts_by_field[ranges->exacts.first + i]]);
}

/* ---- the sieve ---- */

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, SIEVE_BYTES);
}

static void put_byte(match_sieve *s, size_t k, unsigned char c, uint8_t bit)
{
    s->low[k][c & 15] |= bit;
    s->high[k][c >> 4] |= bit;
}

/* Neighbours in their order share a bit. */
static void put_texts(match_sieve *s, const wanted *w)
{
    char bytes[TEXTS_MOST][SIEVE_BYTES] = {{0}};
    s->size = (uint8_t)(w->shortest < SIEVE_BYTES ? w->shortest : SIEVE_BYTES);
    for (size_t i = 0; i < w->count; i++) {
        kk_slice text = w->all[i].text;
        size_t last = text.len - s->size, at = w->all[i].at < last ? w->all[i].at : last;
        memcpy(bytes[i], text.ptr + at, s->size);
    }
    qsort(bytes, w->count, SIEVE_BYTES, by_bytes);
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = 0; k < s->size; k++) {
            unsigned char c = (unsigned char)bytes[i][k];
            put_byte(s, k, c, (uint8_t)(1u << (i * 8 / w->count)));
            if (c >= 'a' && c <= 'z')
                put_byte(s, k, (unsigned char)(c - 32), (uint8_t)(1u << (i * 8 / w->count)));
        }
}

static const match_sieve *sieve_of(kk_matcher *m, const uint64_t *tests, uint32_t field)
{
    wanted w = {.rules = m->rules, .tests = tests, .shortest = SIEVE_BYTES, .least = UINT32_MAX};
    want_all(m, &w, field);
    if (w.hopeless)
        return NULL;
    match_sieve *s = KK_NEW(m->arena, match_sieve);
    s->numbers = w.numbers;
    s->numerals = w.numbers || w.numerals;
    s->networks = w.networks;
    s->few_others = m->rules->fields[field].others.count <= FEW_OTHERS;
    s->size = SIEVE_BYTES;
    s->least = w.least;
    s->most = w.most;
    s->single = w.single_count != 0;
    for (size_t i = 0; i < w.single_count; i++)
        put_byte(s, SIEVE_BYTES, (unsigned char)w.singles[i], (uint8_t)(1u << i % 8));
    if (w.count)
        put_texts(s, &w);
    return s;
}

void kk_matcher_sieves(kk_matcher *m, const rules_bucket *b, match_shape *shape)
{
    kk_arena *arena = kk_arena_open();
    const uint64_t *tests = asked_tests(arena, m->rules, b);
    shape->sieves = KK_NEW_ARRAY(m->arena, const match_sieve *, b->slots.count);
    for (uint32_t i = 0; i < b->slots.count; i++) {
        const rules_slot *s = &m->rules->slots[b->slots.first + i];
        if (m->looked_up[s->field])
            shape->sieves[i] = sieve_of(m, tests, s->field);
        if (s->any)
            shape->any_sieve = shape->sieves[i];
    }
    kk_arena_close(arena);
}

/* Where the grams and exacts of each field are: grams are in the order of their fields. */
void kk_matcher_ranges(kk_matcher *m)
{
    const kk_ruleset *r = m->rules;
    uint32_t first = 0;
    m->ranges = KK_NEW_ARRAY(m->arena, match_ranges, r->count[S_FIELDS]);
    m->exacts_by_field = KK_NEW_ARRAY(m->arena, uint32_t, r->count[S_EXACTS]);
    for (uint32_t i = 0; i < r->count[S_GRAMS]; i++) {
        rules_span *span = &m->ranges[r->grams[i].field].grams;
        if (!span->count++)
            span->first = i;
    }
    for (size_t i = 0; i < r->count[S_EXACTS]; i++)
        m->ranges[r->exacts[i].field].exacts.count++;
    for (size_t f = 0; f < r->count[S_FIELDS]; f++) {
        m->ranges[f].exacts.first = first;
        first += m->ranges[f].exacts.count;
        m->ranges[f].exacts.count = 0;
    }
    for (uint32_t i = 0; i < r->count[S_EXACTS]; i++) {
        rules_span *span = &m->ranges[r->exacts[i].field].exacts;
        m->exacts_by_field[span->first + span->count++] = i;
    }
}

/* ---- through the sieve ---- */

/* Whatever its other bytes are. */
static inline bool passes_anyway(const match_sieve *s, size_t len, char first)
{
    return len < SHORTEST || (s->numbers && ((first >= '0' && first <= '9') || first == '-'));
}

/* By what is no text that is looked for: it may be an address, or so many characters of a class. */
static inline unsigned may_be_other(const match_sieve *s, size_t len)
{
    if (!s->networks && (len < s->least || len > s->most))
        return 0;
    return s->few_others ? MAY_OTHERS : MAY_FIELD;
}

static bool passes_plain(const match_sieve *s, kk_slice v)
{
    uint8_t bits = 0;
    if (!is_ascii(v))
        return true;
    for (size_t i = 0; s->single && i < v.len; i++) {
        unsigned char c = (unsigned char)v.ptr[i];
        if (s->low[SIEVE_BYTES][c & 15] & s->high[SIEVE_BYTES][c >> 4])
            return true;
    }
    for (size_t i = 0; i + s->size <= v.len && !bits; i++) {
        bits = 0xff;
        for (size_t k = 0; k < s->size; k++) {
            unsigned char c = (unsigned char)v.ptr[i + k];
            bits &= s->low[k][c & 15] & s->high[k][c >> 4];
        }
    }
    return bits != 0;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

WIDE static inline __m128i halves(const match_sieve *s, size_t k, __m128i x)
{
    const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)s->low[k]);
    const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)s->high[k]);
    const __m128i half = _mm_set1_epi8(15);
    return _mm_and_si128(_mm_shuffle_epi8(low, _mm_and_si128(x, half)),
                         _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(x, 4), half)));
}

/* Of all places at which so many bytes are in x. Bytes of zero stand for what is not there. */
WIDE static inline bool has_one(const match_sieve *s, __m128i x)
{
    __m128i all = _mm_and_si128(halves(s, 0, x), _mm_and_si128(_mm_srli_si128(halves(s, 1, x), 1),
                                                               _mm_srli_si128(halves(s, 2, x), 2)));
    if (s->size == SIEVE_BYTES)
        all = _mm_and_si128(all, _mm_srli_si128(halves(s, 3, x), 3));
    if (s->single)
        all = _mm_or_si128(all, halves(s, SIEVE_BYTES, x));
    return !_mm_testz_si128(all, all) || _mm_movemask_epi8(x);
}

/* At least SHORTEST bytes, 16 at most. */
WIDE static inline __m128i load_short(kk_slice v)
{
    uint64_t first = 0, last = 0;
    uint32_t a, b;
    if (v.len >= 8) {
        memcpy(&first, v.ptr, 8);
        memcpy(&last, v.ptr + v.len - 8, 8);
        last = v.len == 8 ? 0 : last >> 8 * (16 - v.len);
    } else if (v.len >= 4) {
        memcpy(&a, v.ptr, 4);
        memcpy(&b, v.ptr + v.len - 4, 4);
        first = a | (uint64_t)b << 8 * (v.len - 4);
    } else {
        for (size_t i = 0; i < v.len; i++)
            first |= (uint64_t)(unsigned char)v.ptr[i] << 8 * i;
    }
    return _mm_set_epi64x((long long)last, (long long)first);
}

WIDE static inline __m256i wide_halves(const match_sieve *s, size_t k, __m256i x)
{
    const __m256i low =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)s->low[k]));
    const __m256i high =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)s->high[k]));
    const __m256i half = _mm256_set1_epi8(15);
    return _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(x, half)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), half)));
}

WIDE static inline __m256i wide_at(const char *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Of 32 places; the bytes behind them are there. */
WIDE static inline bool has_one_of_32(const match_sieve *s, const char *p)
{
    const __m256i x = wide_at(p);
    __m256i all =
        _mm256_and_si256(wide_halves(s, 0, x), _mm256_and_si256(wide_halves(s, 1, wide_at(p + 1)),
                                                                wide_halves(s, 2, wide_at(p + 2))));
    if (s->size == SIEVE_BYTES)
        all = _mm256_and_si256(all, wide_halves(s, 3, wide_at(p + 3)));
    if (s->single)
        all = _mm256_or_si256(all, wide_halves(s, SIEVE_BYTES, x));
    return !_mm256_testz_si256(all, all) || _mm256_movemask_epi8(x);
}

/* Of all places at which so many of the 32 bytes are. */
WIDE static inline bool has_one_inside(const match_sieve *s, __m256i x, __m256i upper)
{
    __m256i all = wide_halves(s, 0, x);
    all = _mm256_and_si256(all, wide_halves(s, 1, _mm256_alignr_epi8(upper, x, 1)));
    all = _mm256_and_si256(all, wide_halves(s, 2, _mm256_alignr_epi8(upper, x, 2)));
    if (s->size == SIEVE_BYTES)
        all = _mm256_and_si256(all, wide_halves(s, 3, _mm256_alignr_epi8(upper, x, 3)));
    if (s->single)
        all = _mm256_or_si256(all, wide_halves(s, SIEVE_BYTES, x));
    return !_mm256_testz_si256(all, all);
}

/* 32 units as bytes, zero beyond `left` of them; false where one is no ASCII. */
WIDE static inline bool narrow_32(const uint8_t *in, size_t left, __m256i *out)
{
    const __m256i first = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)in),
            b = _mm256_loadu_si256((const __m256i *)(const void *)(in + 32));
    if (left < 32) {
        const __m256i n = _mm256_set1_epi16((short)left);
        a = _mm256_and_si256(a, _mm256_cmpgt_epi16(n, first));
        b = _mm256_and_si256(b,
                             _mm256_cmpgt_epi16(_mm256_sub_epi16(n, _mm256_set1_epi16(16)), first));
    }
    if (!_mm256_testz_si256(_mm256_or_si256(a, b), _mm256_set1_epi16((short)0xff80)))
        return false;
    *out = _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8);
    return true;
}

/* Of text as UTF-16; NULL: that one is not asked. */
WIDE static unsigned passes_units(const match_sieve *field, const match_sieve *any,
                                  const uint8_t *in, size_t units)
{
    enum { STEP = 32 - SIEVE_BYTES + 1 };
    unsigned passed = 0;
    for (size_t i = 0; i < units; i += STEP) {
        __m256i x, upper;
        if (!narrow_32(in + 2 * i, units - i, &x))
            return MAY_TEXT;
        upper = _mm256_permute2x128_si256(x, x, 0x81);
        if (field && !(passed & MAY_FIELD) && has_one_inside(field, x, upper))
            passed |= MAY_FIELD;
        if (any && !(passed & MAY_ANY) && has_one_inside(any, x, upper))
            passed |= MAY_ANY;
        if (units - i <= 32)
            break;
    }
    return passed;
}

WIDE static bool passes_wide(const match_sieve *s, kk_slice v)
{
    enum { STEP = 16 - SIEVE_BYTES + 1, SPAN = 32 + SIEVE_BYTES - 1 };
    size_t i = 0;
    if (v.len <= 16)
        return has_one(s, load_short(v));
    for (; i + SPAN <= v.len; i += 32)
        if (has_one_of_32(s, v.ptr + i))
            return true;
    for (; i + 16 < v.len; i += STEP)
        if (has_one(s, _mm_loadu_si128((const __m128i *)(const void *)(v.ptr + i))))
            return true;
    return has_one(s, _mm_loadu_si128((const __m128i *)(const void *)(v.ptr + v.len - 16)));
}
#endif

static bool is_wide(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

static bool passes_bytes(const match_sieve *s, kk_slice v)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (is_wide())
        return passes_wide(s, v);
#endif
    return passes_plain(s, v);
}

unsigned kk_sieve_passes(const match_sieve *s, kk_slice v)
{
    if (passes_anyway(s, v.len, v.len ? *v.ptr : 0) || passes_bytes(s, v))
        return MAY_FIELD;
    return may_be_other(s, v.len);
}

/* Of text as UTF-16, if it is all ASCII. */
static inline bool passes_whatever(const match_sieve *sieve, const uint8_t *in, size_t units)
{
    return !sieve || passes_anyway(sieve, units, in[1] ? 0 : (char)in[0]);
}

unsigned kk_sieve_unread(const match_shape *shape, const match_look *l, bool asks_field,
                         const kk_xml_value *v)
{
    size_t units = v->len / 2;
    while (units && !v->ptr[2 * units - 1] && !v->ptr[2 * units - 2])
        units--;
    if (!units || !is_wide())
        return MAY_TEXT;
    const bool field = asks_field && units >= l->least, any = l->any && units >= shape->any_least;
    unsigned passed = 0, found = 0;
    if (field && passes_whatever(l->sieve, v->ptr, units))
        passed = MAY_FIELD;
    if (any &&
        (passes_whatever(shape->any_sieve, v->ptr, units) || may_be_other(shape->any_sieve, units)))
        passed |= MAY_ANY;
#if defined(__x86_64__) && defined(__GNUC__)
    found = passes_units(field && !(passed & MAY_FIELD) ? l->sieve : NULL,
                         any && !(passed & MAY_ANY) ? shape->any_sieve : NULL, v->ptr, units);
#endif
    if (found == MAY_TEXT)
        return found;
    passed |= found;
    if (field && !(passed & MAY_FIELD))
        passed |= may_be_other(l->sieve, units);
    return passed;
}
