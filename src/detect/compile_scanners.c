/* What finds the tests that a value passes: hashes of whole values, beginnings and ends, and one scan
 * for a literal out of every other pattern. */
#include "detect/compile_i.h"

#include <stdlib.h>

typedef struct {
    const char **texts;
    size_t *lens;
    unsigned *flags, *ids;
    size_t count;
} expressions;

static expressions expressions_for(kk_arena *arena, size_t count)
{
    return (expressions){KK_NEW_ARRAY(arena, const char *, count),
                         KK_NEW_ARRAY(arena, size_t, count), KK_NEW_ARRAY(arena, unsigned, count),
                         KK_NEW_ARRAY(arena, unsigned, count), 0};
}

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
    if (kind == EXACT_WHOLE)
        f->has_exacts = 1;
    else if (kind == EXACT_NUMBER)
        f->has_numbers = 1;
    else if (kind == EXACT_HEAD)
        f->heads[text.len / 64] |= UINT64_C(1) << (text.len % 64);
    else
        f->tails[text.len / 64] |= UINT64_C(1) << (text.len % 64);
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
    uint32_t literal = kk_intern(c->arena, &c->literals, text, &fresh);
    if (fresh) {
        c->literal_tests = kk_grow(c->arena, c->literal_tests, &c->literal_capacity, literal + 1u,
                                   sizeof *c->literal_tests);
        c->literal_tests[literal] = (kk_numbers){0};
    }
    kk_numbers_add(c->arena, &c->literal_tests[literal], test);
    kk_compiler_field(c, kk_compiler_test(c, test)->field)->has_literals = 1;
}

/* *literal*, folded. */
static bool is_sure(const kk_compiler *c, uint32_t test)
{
    const rules_test *t = (const rules_test *)(const void *)c->section[S_TESTS].ptr + test;
    kk_slice p = text_of(c, t->text);
    if (t->kind != KK_TEST_TEXT || t->cased || p.len < 3 || p.ptr[0] != KK_ANY_RUN ||
        p.ptr[p.len - 1] != KK_ANY_RUN)
        return false;
    return longest_literal(p).len == p.len - 2;
}

static void put_literals(kk_compiler *c)
{
    for (size_t i = 0; i < c->literals.count; i++) {
        const kk_numbers *tests = &c->literal_tests[i];
        rules_literal out = {
            {(uint32_t)(c->section[S_LITERAL_HITS].len / sizeof(rules_literal_hit)),
             (uint32_t)tests->count}};
        for (size_t k = 0; k < tests->count; k++) {
            uint32_t test = tests->items[k];
            rules_literal_hit hit = {kk_compiler_test(c, test)->field, test, is_sure(c, test)};
            kk_compiler_put(c, S_LITERAL_HITS, &hit, sizeof hit);
        }
        kk_compiler_put(c, S_LITERALS, &out, sizeof out);
    }
}

static kk_status keep_database(kk_compiler *c, hs_database_t *database)
{
    char *bytes = NULL;
    size_t len = 0;
    hs_error_t error = hs_serialize_database(database, &bytes, &len);
    if (error == HS_SUCCESS)
        kk_put_bytes(&c->section[S_SCANNER], bytes, len);
    free(bytes);
    hs_free_database(database);
    return error == HS_SUCCESS ? KK_OK : kk_fail(c->fault, KK_LIMIT, "the literals cannot be kept");
}

static kk_status compile_literals(kk_compiler *c)
{
    expressions x = expressions_for(c->arena, c->literals.count);
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    if (!c->literals.count)
        return KK_OK;
    for (size_t i = 0; i < c->literals.count; i++) {
        x.texts[i] = c->literals.keys[i].ptr;
        x.lens[i] = c->literals.keys[i].len;
        x.flags[i] = HS_FLAG_SINGLEMATCH;
        x.ids[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(x.texts, x.flags, x.ids, x.lens, (unsigned)c->literals.count,
                             HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
        kk_status status = kk_fail(c->fault, KK_LIMIT, "the literals cannot be compiled: %s",
                                   error ? error->message : "");
        hs_free_compile_error(error);
        return status;
    }
    return keep_database(c, database);
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

/* A literal that has to be in whatever the expression is found in; else it is asked each time. */
static void place_regex(kk_compiler *c, uint32_t test)
{
    const rules_test *t = kk_compiler_test(c, test);
    kk_slice literal = kk_regex_literal(c->arena, text_of(c, t->text));
    if (literal.len)
        add_literal(c, test, kk_fold(c->arena, literal));
    else
        kk_numbers_add(c->arena, &c->others[t->field], test);
}

kk_status kk_compile_scanners(kk_compiler *c)
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
    put_literals(c);
    return compile_literals(c);
}
