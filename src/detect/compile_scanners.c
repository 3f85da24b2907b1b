/* What finds the tests that a value passes: hashes of whole values, beginnings and ends, and a literal
 * out of every other pattern. */
#include "detect/compile_i.h"

static kk_slice text_of(const kk_compiler *c, rules_text t)
{
    return (kk_slice){c->section[S_TEXT].ptr + t.at, t.len};
}

/* ---- exact values, beginnings, ends ---- */

static uint64_t exact_hash(exact_kind kind, uint32_t field, kk_slice text)
{
    uint64_t h = RULES_SEED;
    for (size_t i = 0; i < text.len; i++)
        h = rules_mix(h, text.ptr[kind == EXACT_TAIL ? text.len - 1 - i : i]);
    return rules_finish(h, field, kind, text.len);
}

static void add_exact(kk_compiler *c, uint32_t test, exact_kind kind, kk_slice text)
{
    uint32_t field = kk_compiler_test(c, test)->field;
    kk_slice key = kk_print(c->arena, "%u %d ", field, kind);
    bool fresh;
    uint32_t exact = kk_intern(c->arena, &c->exacts, kk_join(c->arena, key, text), &fresh);
    if (fresh) {
        rules_exact out = {.field = field, .kind = kind, .hash = exact_hash(kind, field, text)};
        out.text = kk_compiler_text(c, text);
        kk_compiler_put(c, S_EXACTS, &out, sizeof out);
        c->exact_tests = kk_grow(c->arena, c->exact_tests, &c->exact_capacity, exact + 1u,
                                 sizeof *c->exact_tests);
        c->exact_tests[exact] = (kk_numbers){0};
    }
    kk_numbers_add(c->arena, &c->exact_tests[exact], test);
    rules_field *f = kk_compiler_field(c, field);
    if (kind == EXACT_WHOLE && text.len > EDGE_LONGEST)
        f->has_longer = 1;
    else if (kind == EXACT_WHOLE)
        f->wholes[text.len / 64] |= UINT64_C(1) << (text.len % 64);
    else if (kind == EXACT_NUMBER)
        f->has_numbers = 1;
    else if (kind == EXACT_HEAD)
        f->heads[text.len / 64] |= UINT64_C(1) << (text.len % 64);
    else
        f->tails[text.len / 64] |= UINT64_C(1) << (text.len % 64);
}

static void add_bit(uint64_t *filter, size_t words, uint64_t hash)
{
    filter[rules_filter_word(hash, words)] |= rules_filter_bits(hash);
}

/* What tells most values to be none of the exacts, in memory that stays near. */
static void put_filter(kk_compiler *c)
{
    enum { BITS = 16 }; /* for each of them, at least */
    size_t count = c->exacts.count, words = 16;
    while (words * 64 < count * BITS)
        words *= 2;
    uint64_t *filter = KK_NEW_ARRAY(c->arena, uint64_t, words);
    for (size_t i = 0; i < count; i++) {
        const rules_exact *e = (const rules_exact *)(const void *)c->section[S_EXACTS].ptr + i;
        kk_slice text = text_of(c, e->text);
        add_bit(filter, words, e->hash);
        if (text.len < EDGE_WORD)
            continue;
        if (e->kind == EXACT_HEAD)
            add_bit(filter, words, rules_edge_hash(e->field, EXACT_HEAD, text.ptr));
        else if (e->kind == EXACT_TAIL)
            add_bit(filter, words,
                    rules_edge_hash(e->field, EXACT_TAIL, text.ptr + text.len - EDGE_WORD));
    }
    kk_put_bytes(&c->section[S_EXACT_FILTER], filter, words * sizeof *filter);
}

static void put_exacts(kk_compiler *c)
{
    size_t count = c->exacts.count, size = 16;
    while (size < count * 3)
        size *= 2;
    uint32_t *index = KK_NEW_ARRAY(c->arena, uint32_t, size);
    for (size_t i = 0; i < count; i++) {
        rules_span span = kk_compiler_list(c, &c->exact_tests[i]);
        rules_exact *e = (rules_exact *)(void *)c->section[S_EXACTS].ptr + i;
        e->tests = span;
        size_t at = e->hash & (size - 1);
        while (index[at])
            at = (at + 1) & (size - 1);
        index[at] = (uint32_t)i + 1;
    }
    kk_put_bytes(&c->section[S_EXACT_INDEX], index, size * sizeof *index);
}

/* ---- literals ---- */

static kk_slice longest_literal(kk_slice pattern)
{
    kk_slice best = KK_NONE;
    size_t from = 0;
    for (size_t i = 0; i <= pattern.len; i++) {
        if (i < pattern.len && !kk_is_wild(pattern.ptr[i]))
            continue;
        if (i - from > best.len)
            best = kk_part(pattern, from, i - from);
        from = i + 1;
    }
    return best;
}

static void add_literal(kk_compiler *c, uint32_t test, kk_slice text)
{
    bool fresh;
    uint32_t field = kk_compiler_test(c, test)->field;
    kk_slice key = kk_join(c->arena, (kk_slice){(const char *)&field, sizeof field}, text);
    uint32_t literal = kk_intern(c->arena, &c->literals, key, &fresh);
    if (fresh) {
        c->literal_tests = kk_grow(c->arena, c->literal_tests, &c->literal_capacity, literal + 1u,
                                   sizeof *c->literal_tests);
        c->literal_tests[literal] = (kk_numbers){0};
    }
    kk_numbers_add(c->arena, &c->literal_tests[literal], test);
}

/* ---- which test goes where ---- */

static void place_text(kk_compiler *c, uint32_t test)
{
    const rules_test *t = kk_compiler_test(c, test);
    kk_slice pattern = kk_copy(c->arena, text_of(c, t->text)), whole = pattern;
    bool head = false, tail = false;
    if (pattern.len && pattern.ptr[pattern.len - 1] == KK_ANY_RUN) {
        head = true; /* only the beginning is fixed */
        pattern.len--;
    }
    if (pattern.len && pattern.ptr[0] == KK_ANY_RUN) {
        tail = true;
        pattern = kk_from(pattern, 1);
    }
    kk_slice literal = longest_literal(whole);
    bool plain = literal.len == pattern.len && !t->cased && !(head && tail);
    if (plain && !head && !tail)
        add_exact(c, test, EXACT_WHOLE, pattern);
    else if (plain && pattern.len && pattern.len <= EDGE_LONGEST)
        add_exact(c, test, head ? EXACT_HEAD : EXACT_TAIL, pattern);
    else if (literal.len)
        add_literal(c, test, t->cased ? kk_fold(c->arena, literal) : literal);
    else
        kk_numbers_add(c->arena, &c->others[t->field], test);
}

/* Literals of which one has to be in whatever the expression is found in; else it is asked each time. */
static void place_regex(kk_compiler *c, uint32_t test)
{
    const rules_test *t = kk_compiler_test(c, test);
    kk_regex_texts needs = kk_regex_needs(c->arena, text_of(c, t->text));
    uint32_t field = t->field; /* adding moves tests */
    for (size_t i = 0; i < needs.count; i++)
        add_literal(c, test, kk_fold(c->arena, needs.text[i]));
    if (!needs.count)
        kk_numbers_add(c->arena, &c->others[field], test);
}

void kk_compile_scanners(kk_compiler *c)
{
    for (uint32_t test = 0; test < c->tests.count; test++) {
        const rules_test *t = kk_compiler_test(c, test);
        if (t->dynamic)
            continue;
        if (t->kind == KK_TEST_TEXT)
            place_text(c, test);
        else if (t->kind == KK_TEST_NUMBER && !t->part)
            add_exact(c, test, EXACT_NUMBER,
                      kk_copy(c->arena, (kk_slice){(const char *)t->number, sizeof t->number}));
        else if (t->kind == KK_TEST_REGEX)
            place_regex(c, test);
        else
            kk_numbers_add(c->arena, &c->others[t->field], test);
    }
    put_exacts(c);
    put_filter(c);
    kk_compile_grams(c);
}
