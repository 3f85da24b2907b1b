/* A rule on one log source: its tests, its condition as steps, and how to find out cheaply that it
 * cannot fire. */
#include "detect/compile_i.h"

enum { STEPS_MOST = 400000 };

typedef struct {
    kk_compiler *c;
    const kk_source *source;
    kk_run_notes *notes;
    const kk_sigma_rule *rule;
    size_t steps;
    bool too_many;
} run_compiler;

/* ---- tests ---- */

static bool is_dynamic(const kk_test *t)
{
    return t->kind == KK_TEST_EXISTS || t->kind == KK_TEST_FIELD;
}

/* Bytes, folded, of the shortest value that passes the test. */
static uint32_t least_of(const kk_test *t)
{
    uint32_t least = 0;
    if (is_dynamic(t))
        return UINT32_MAX; /* not about values */
    for (size_t i = 0; t->kind == KK_TEST_TEXT && i < t->text.len; i++)
        least += t->text.ptr[i] != KK_ANY_RUN;
    return least;
}

static void note_least(kk_run_notes *notes, uint32_t field, uint32_t least)
{
    for (size_t i = 0; i < notes->fields.count; i++)
        if (notes->fields.items[i] == field && notes->least.items[i] > least)
            notes->least.items[i] = least;
}

static uint32_t test_of(run_compiler *x, const kk_test *t)
{
    kk_compiler *c = x->c;
    rules_test out = {.kind = (uint8_t)t->kind,
                      .part = (uint8_t)t->part,
                      .place = (uint8_t)t->place,
                      .flags = t->flags,
                      .cased = t->cased,
                      .dynamic = is_dynamic(t)};
    bool fresh;
    out.field = kk_compiler_field_of(c, x->source, t->field, x->notes);
    note_least(x->notes, out.field, least_of(t));
    if (t->kind == KK_TEST_FIELD)
        out.other = kk_compiler_field_of(c, x->source, t->text, x->notes);
    else if (t->kind != KK_TEST_NUMBER && t->kind != KK_TEST_EXISTS)
        out.text = kk_compiler_text(c, t->text);
    rules_put_fixed(out.number, t->number);
    memcpy(out.network, t->network.bytes, sizeof out.network);
    out.bits = t->network.bits;
    out.is_v6 = t->network.is_v6;
    uint32_t test =
        kk_intern(c->arena, &c->tests, (kk_slice){(const char *)&out, sizeof out}, &fresh);
    if (fresh) {
        kk_compiler_put(c, S_TESTS, &out, sizeof out);
        c->triggers =
            kk_grow(c->arena, c->triggers, &c->triggers_capacity, test + 1u, sizeof *c->triggers);
        c->triggers[test] = (kk_numbers){0};
    }
    return test;
}

/* ---- steps ---- */

static bool is_known(const run_compiler *x, const kk_test *t)
{
    return kk_source_knows(x->source, t->field) &&
           (t->kind != KK_TEST_FIELD || kk_source_knows(x->source, t->text));
}

static uint32_t put_step(run_compiler *x, uint32_t test, uint32_t yes, uint32_t no)
{
    rules_step step = {test, yes, no};
    if (kk_compiler_test(x->c, test)->dynamic)
        step.test |= STEP_DYNAMIC;
    if (yes == no)
        return yes;
    if (++x->steps > STEPS_MOST) {
        x->too_many = true;
        return STEP_REJECT;
    }
    return kk_compiler_put(x->c, S_STEPS, &step, sizeof step);
}

static uint32_t put_node(run_compiler *x, const kk_node *node, uint32_t yes, uint32_t no,
                         bool negated);

/* At least so many of the children: one row of entries for each number still wanted. */
static uint32_t put_least(run_compiler *x, const kk_node *node, uint32_t yes, uint32_t no,
                          bool negated)
{
    size_t least = node->least;
    uint32_t *row = KK_NEW_ARRAY(x->c->arena, uint32_t, least + 1);
    for (size_t wanted = 0; wanted <= least; wanted++)
        row[wanted] = wanted ? no : yes;
    for (size_t i = node->count; i-- > 0;)
        for (size_t wanted = least; wanted > 0; wanted--)
            row[wanted] = put_node(x, node->child[i], row[wanted - 1], row[wanted], negated);
    return row[least];
}

static uint32_t put_node(run_compiler *x, const kk_node *node, uint32_t yes, uint32_t no,
                         bool negated)
{
    uint32_t entry;
    if (x->too_many)
        return STEP_REJECT;
    switch (node->kind) {
    case KK_TEST:
        if (!is_known(x, node->test)) /* whatever it is, the rule does not rest on it */
            return negated ? yes : no;
        return put_step(x, test_of(x, node->test), yes, no);
    case KK_NOT:
        return put_node(x, node->child[0], no, yes, !negated);
    case KK_ALL_OF:
        entry = yes;
        for (size_t i = node->count; i-- > 0;)
            entry = put_node(x, node->child[i], entry, no, negated);
        return entry;
    default:
        if (node->least > 1)
            return put_least(x, node, yes, no, negated);
        entry = no;
        for (size_t i = node->count; i-- > 0;)
            entry = put_node(x, node->child[i], yes, entry, negated);
        return entry;
    }
}

/* ---- event ids ---- */

static const kk_codes every_code = {.every = true};

static bool is_exact(const kk_test *t)
{
    for (size_t i = 0; i < t->text.len; i++)
        if (kk_is_wild(t->text.ptr[i]))
            return false;
    return (t->kind == KK_TEST_TEXT || t->kind == KK_TEST_NUMBER) && !t->part && t->text.len;
}

static bool has_code(const kk_codes *codes, kk_slice code)
{
    for (size_t i = 0; i < codes->count; i++)
        if (kk_eq(codes->code[i], code))
            return true;
    return false;
}

static void add_code(kk_codes *codes, kk_slice code)
{
    if (codes->every || has_code(codes, code))
        return;
    if (codes->count == sizeof codes->code / sizeof *codes->code)
        codes->every = true;
    else
        codes->code[codes->count++] = code;
}

static kk_codes both(const kk_codes *a, const kk_codes *b)
{
    kk_codes out = {0};
    if (a->every || b->every)
        return a->every ? *b : *a;
    for (size_t i = 0; i < a->count; i++)
        if (has_code(b, a->code[i]))
            add_code(&out, a->code[i]);
    return out;
}

/* The event ids that can make it hold. */
static kk_codes codes_of(const run_compiler *x, const kk_node *node)
{
    kk_codes out = every_code;
    bool own;
    if (node->kind == KK_TEST) {
        kk_place place = kk_source_place(x->c->arena, x->source, node->test->field, &own);
        uint64_t number;
        if (place.text != KK_CODE + 1 || !is_exact(node->test) ||
            !kk_to_u64(node->test->text, &number))
            return out;
        out = (kk_codes){0};
        add_code(&out, kk_print(x->c->arena, "%llu", (unsigned long long)number));
    } else if (node->kind == KK_ALL_OF) {
        for (size_t i = 0; i < node->count; i++) {
            kk_codes one = codes_of(x, node->child[i]);
            out = both(&out, &one);
        }
    } else if (node->kind == KK_SOME_OF) {
        out = (kk_codes){0};
        for (size_t i = 0; i < node->count; i++) {
            kk_codes one = codes_of(x, node->child[i]);
            out.every = out.every || one.every;
            for (size_t k = 0; k < one.count; k++)
                add_code(&out, one.code[k]);
        }
    }
    return out;
}

/* ---- what has to hold for the rule to fire ---- */

typedef struct {
    double cost; /* how often one of the tests holds, as a guess; beyond NEVER: not to be had */
    kk_numbers tests;
} need;
#define NEVER 1e9

static size_t longest_piece(kk_slice pattern)
{
    size_t longest = 0, from = 0;
    for (size_t i = 0; i <= pattern.len; i++) {
        if (i < pattern.len && !kk_is_wild(pattern.ptr[i]))
            continue;
        if (i - from > longest)
            longest = i - from;
        from = i + 1;
    }
    return longest;
}

static double cost_of_text(size_t len)
{
    static const double by_length[] = {1, .6, .3, .1, .03, .015, .01, .004, .003, .002};
    return len < 10 ? by_length[len] : .001;
}

/* A value with one of its texts makes the rule a candidate, whether the expression fits or not. */
static double cost_of_regex(kk_arena *arena, kk_slice regex)
{
    kk_regex_texts needs = kk_regex_needs(arena, regex);
    double cost = needs.count ? 0 : 1;
    for (size_t i = 0; i < needs.count; i++)
        cost += cost_of_text(needs.text[i].len);
    return cost < 1 ? cost : 1;
}

static double cost_of(kk_arena *arena, const kk_test *t)
{
    switch (t->kind) {
    case KK_TEST_TEXT:
        return cost_of_text(longest_piece(t->text));
    case KK_TEST_NUMBER:
        return t->part ? .5 : .2;
    case KK_TEST_REGEX:
        return cost_of_regex(arena, t->text);
    case KK_TEST_CIDR:
        return .1;
    default:
        return .5;
    }
}

static need need_of(run_compiler *x, const kk_node *node)
{
    need out = {2 * NEVER, {0}};
    if (node->kind == KK_TEST) {
        if (!is_known(x, node->test))
            return (need){0, {0}};
        if (is_dynamic(node->test))
            return out;
        out.cost = cost_of(x->c->arena, node->test);
        kk_numbers_add(x->c->arena, &out.tests, test_of(x, node->test));
    } else if (node->kind == KK_NOT) {
        if (node->child[0]->kind == KK_NOT)
            return need_of(x, node->child[0]->child[0]);
    } else if (node->kind == KK_ALL_OF) {
        for (size_t i = 0; i < node->count; i++) {
            need one = need_of(x, node->child[i]);
            if (one.cost < out.cost)
                out = one;
        }
    } else {
        out.cost = 0;
        for (size_t i = 0; i < node->count && out.cost < NEVER; i++) {
            need one = need_of(x, node->child[i]);
            out.cost += one.cost;
            for (size_t k = 0; k < one.tests.count; k++)
                kk_numbers_add(x->c->arena, &out.tests, one.tests.items[k]);
        }
    }
    return out;
}

static void set_triggers(run_compiler *x, uint32_t run, const kk_node *root)
{
    kk_compiler *c = x->c;
    need wanted = need_of(x, root);
    x->notes->always = wanted.cost >= NEVER;
    for (size_t i = 0; i < wanted.tests.count && !x->notes->always; i++) {
        kk_numbers *list = &c->triggers[wanted.tests.items[i]];
        if (!list->count || list->items[list->count - 1] != run)
            kk_numbers_add(c->arena, list, run);
    }
}

/* ---- a run ---- */

static kk_node *test_leaf(kk_arena *arena, const char *field, const char *value)
{
    kk_test *t = KK_NEW(arena, kk_test);
    kk_node *node = KK_NEW(arena, kk_node);
    t->field = kk_cstr(field);
    t->kind = KK_TEST_TEXT;
    t->text = kk_fold(arena, kk_cstr(value));
    node->kind = KK_TEST;
    node->test = t;
    return node;
}

static kk_node *one_of(kk_arena *arena, const char *field, const char *const *values, size_t most)
{
    kk_node *node = KK_NEW(arena, kk_node);
    node->kind = KK_SOME_OF;
    node->least = 1;
    node->child = KK_NEW_ARRAY(arena, kk_node *, most);
    while (node->count < most && values[node->count]) {
        node->child[node->count] = test_leaf(arena, field, values[node->count]);
        node->count++;
    }
    return node;
}

/* The rule's own condition, and what the source asks of its events. */
static kk_node *with_source(kk_arena *arena, const kk_source *s, kk_node *root)
{
    kk_node *all = KK_NEW(arena, kk_node);
    all->kind = KK_ALL_OF;
    all->child = KK_NEW_ARRAY(arena, kk_node *, 3);
    if (s->providers[0])
        all->child[all->count++] =
            one_of(arena, "event.provider", s->providers, KK_SOURCE_PROVIDERS);
    if (s->field)
        all->child[all->count++] = one_of(arena, s->field, s->values, 4);
    all->child[all->count++] = root;
    return all->count > 1 ? all : root;
}

static kk_codes run_codes(const run_compiler *x, const kk_node *root)
{
    kk_codes of_source = every_code, of_rule = codes_of(x, root);
    if (x->source->codes[0])
        of_source = (kk_codes){0};
    for (size_t i = 0; i < KK_SOURCE_CODES && x->source->codes[i]; i++)
        add_code(&of_source, kk_cstr(x->source->codes[i]));
    return both(&of_source, &of_rule);
}

bool kk_compile_run(kk_compiler *c, uint32_t rule, const kk_sigma_rule *from, uint16_t source)
{
    const kk_source *s = kk_source_at(source);
    uint32_t run = (uint32_t)(c->section[S_RUNS].len / sizeof(rules_run));
    size_t steps = c->section[S_STEPS].len;
    c->runs = kk_grow(c->arena, c->runs, &c->runs_capacity, run + 1u, sizeof *c->runs);
    c->runs[run] = (kk_run_notes){0};
    run_compiler x = {c, s, &c->runs[run], from, 0, false};
    kk_node *root = with_source(c->arena, s, from->root);
    rules_run out = {.rule = rule, .source = source};
    x.notes->codes = run_codes(&x, root);
    out.start = put_node(&x, root, STEP_ACCEPT, STEP_REJECT, false);
    if (x.too_many) {
        (void)kk_fail(c->fault, KK_LIMIT, "%.*s line %d: the rule's condition is too large",
                      KK_P(from->file), from->line);
        return false;
    }
    if (out.start == STEP_REJECT || (!x.notes->codes.every && !x.notes->codes.count)) {
        c->section[S_STEPS].len = steps;
        return false;
    }
    kk_compiler_put(c, S_RUNS, &out, sizeof out);
    set_triggers(&x, run, root);
    return true;
}
