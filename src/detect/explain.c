#include "detect/explain.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "detect/source.h"

typedef enum { NO, YES, UNKNOWN } holding;

typedef struct {
    kk_arena *arena;
    const kk_event *event;
    const kk_source *source;
} looking;

typedef struct {
    kk_slice *items;
    size_t count, capacity;
} values;

static void add(looking *x, values *v, kk_slice text)
{
    v->items = kk_grow(x->arena, v->items, &v->capacity, v->count + 1, sizeof text);
    v->items[v->count++] = text;
}

static bool add_direct(looking *x, const kk_place *p, values *v)
{
    const kk_event *e = x->event;
    kk_slice made[KK_MADE_MOST];
    size_t before = v->count;
    if (p->text && e->text[p->text - 1].len) {
        add(x, v, e->text[p->text - 1]);
    } else if (p->number && kk_has_number(e, (kk_number_field)(p->number - 1))) {
        add(x, v, kk_print(x->arena, "%llu", (unsigned long long)e->number[p->number - 1]));
    } else if (p->maker) {
        size_t count = kk_made(x->arena, e, p->maker, p->index, made);
        for (size_t i = 0; i < count; i++)
            add(x, v, made[i]);
    }
    return v->count > before;
}

static bool add_named(looking *x, const kk_place *p, values *v)
{
    size_t before = v->count;
    for (size_t i = 0; p->name.len && i < x->event->more_count; i++) {
        kk_slice name = x->event->more[i].name;
        char *plain = kk_take(x->arena, name.len + 1);
        if (kk_eq((kk_slice){plain, kk_field_name(plain, name)}, p->name))
            add(x, v, x->event->more[i].value);
    }
    return v->count > before;
}

static values values_of(looking *x, kk_slice field)
{
    values v = {0};
    bool own;
    const kk_event *e = x->event;
    if (!field.len) {
        for (int f = 0; f < KK_TEXT_FIELDS; f++)
            if (e->text[f].len && f != KK_DATASET && f != KK_CATEGORY && f != KK_ACTION &&
                f != KK_TIME_KIND)
                add(x, &v, e->text[f]);
        for (size_t i = 0; i < e->more_count; i++)
            add(x, &v, e->more[i].value);
        return v;
    }
    kk_place p = kk_source_place(x->arena, x->source, field, &own);
    if (p.last) {
        if (!add_named(x, &p, &v))
            add_direct(x, &p, &v);
    } else if (!add_direct(x, &p, &v)) {
        add_named(x, &p, &v);
    }
    return v;
}

static bool regex_fits(const kk_test *t, kk_slice value)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
                       (t->flags & KK_REGEX_NOCASE ? PCRE2_CASELESS : 0) |
                       (t->flags & KK_REGEX_LINES ? PCRE2_MULTILINE : 0) |
                       (t->flags & KK_REGEX_DOTALL ? PCRE2_DOTALL : 0);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)t->text.ptr, t->text.len, options, &error, &at, NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(limits, 200000);
    pcre2_set_depth_limit(limits, 2000);
    int got = code ? pcre2_match(code, (PCRE2_SPTR)(value.ptr ? value.ptr : ""), value.len, 0, 0,
                                 data, limits)
                   : -1;
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return got >= 0;
}

static bool compares(const kk_test *t, kk_fixed value)
{
    return t->kind == KK_TEST_LESS            ? value < t->number
           : t->kind == KK_TEST_LESS_OR_EQUAL ? value <= t->number
           : t->kind == KK_TEST_MORE          ? value > t->number
           : t->kind == KK_TEST_MORE_OR_EQUAL ? value >= t->number
                                              : value == t->number;
}

static bool related(const looking *x, const kk_test *t, kk_slice a, kk_slice b)
{
    if (!t->cased) {
        a = kk_fold(x->arena, a);
        b = kk_fold(x->arena, b);
    }
    return t->place == KK_AT_START   ? kk_starts(a, b)
           : t->place == KK_AT_END   ? kk_ends(a, b)
           : t->place == KK_ANYWHERE ? kk_has(a, b)
                                     : kk_eq(a, b);
}

static bool passes(looking *x, const kk_test *t, kk_slice value)
{
    kk_subnet address;
    kk_fixed number;
    int part;
    if (t->kind == KK_TEST_TEXT)
        return kk_pattern_fits(t->text, t->cased ? value : kk_fold(x->arena, value));
    if (t->kind == KK_TEST_REGEX)
        return regex_fits(t, value);
    if (t->kind == KK_TEST_CIDR)
        return kk_subnet_address(value, &address) && kk_subnet_has(&t->network, &address);
    if (t->kind == KK_TEST_FIELD) {
        values other = values_of(x, t->text);
        for (size_t i = 0; i < other.count; i++)
            if (related(x, t, value, other.items[i]))
                return true;
        return false;
    }
    if (t->part)
        return kk_time_part_read(value, t->part, &part) && compares(t, (kk_fixed)part * 1000000000);
    return kk_fixed_read(value, &number) && compares(t, number);
}

static holding test_holds(looking *x, const kk_test *t, const values *v)
{
    if (!kk_source_knows(x->source, t->field))
        return UNKNOWN;
    if (t->kind == KK_TEST_EXISTS)
        return v->count ? YES : NO;
    for (size_t i = 0; i < v->count; i++)
        if (passes(x, t, v->items[i]))
            return YES;
    return NO;
}

static holding holds(looking *x, const kk_node *node)
{
    size_t yes = 0, unknown = 0;
    if (node->kind == KK_TEST) {
        values v = values_of(x, node->test->field);
        return test_holds(x, node->test, &v);
    }
    for (size_t i = 0; i < node->count; i++) {
        holding one = holds(x, node->child[i]);
        yes += one == YES;
        unknown += one == UNKNOWN;
    }
    if (node->kind == KK_NOT)
        return unknown ? UNKNOWN : yes ? NO : YES;
    size_t least = node->kind == KK_ALL_OF ? node->count : node->least;
    return yes >= least ? YES : yes + unknown >= least ? UNKNOWN : NO;
}

/* ---- words ---- */

static kk_slice pattern_words(kk_arena *arena, kk_slice pattern)
{
    char *out = kk_take(arena, pattern.len * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == KK_ANY_DASH) {
            memcpy(out + n, "[-/]", 4);
            n += 4;
        } else {
            out[n++] = c == KK_ANY_RUN ? '*' : c == KK_ANY_CHAR ? '?' : c;
        }
    }
    return (kk_slice){out, n};
}

static void put_holds(kk_json *j, holding h)
{
    if (h == UNKNOWN)
        kk_json_null(j, "holds");
    else
        kk_json_bool(j, "holds", h == YES);
}

static void put_test(looking *x, const kk_test *t, kk_json *j)
{
    static const char *const kinds[] = {
        [KK_TEST_TEXT] = "like",        [KK_TEST_NUMBER] = "=",  [KK_TEST_LESS] = "<",
        [KK_TEST_LESS_OR_EQUAL] = "<=", [KK_TEST_MORE] = ">",    [KK_TEST_MORE_OR_EQUAL] = ">=",
        [KK_TEST_REGEX] = "re",         [KK_TEST_CIDR] = "cidr", [KK_TEST_EXISTS] = "exists",
        [KK_TEST_FIELD] = "fieldref"};
    values v = values_of(x, t->field);
    kk_json_text(j, "field", t->field);
    kk_json_cstr(j, "test", kinds[t->kind]);
    if (t->kind != KK_TEST_EXISTS)
        kk_json_text(j, "wanted",
                     t->kind == KK_TEST_TEXT ? pattern_words(x->arena, t->text) : t->text);
    kk_json_u64(j, "line", (uint64_t)t->line);
    if (!t->field.len)
        return;
    kk_json_array(j, "values");
    for (size_t i = 0; i < v.count && i < 20; i++)
        kk_json_text(j, NULL, v.items[i]);
    kk_json_close(j);
}

static void put_node(looking *x, const kk_node *node, kk_json *j, const char *key, int depth)
{
    static const char *const kinds[] = {"all", "some", "not", "test"};
    if (node->kind == KK_ALL_OF && node->count == 1 && !node->name.len) {
        put_node(x, node->child[0], j, key, depth);
        return;
    }
    kk_json_object(j, key);
    if (node->name.len)
        kk_json_text(j, "name", node->name);
    kk_json_cstr(j, "is", kinds[node->kind]);
    put_holds(j, holds(x, node));
    if (node->kind == KK_TEST) {
        put_test(x, node->test, j);
    } else if (depth < 20) {
        if (node->kind == KK_SOME_OF && node->least > 1)
            kk_json_u64(j, "least", node->least);
        kk_json_array(j, "of");
        for (size_t i = 0; i < node->count; i++)
            put_node(x, node->child[i], j, NULL, depth + 1);
        kk_json_close(j);
    }
    kk_json_close(j);
}

/* ---- which source the event is of ---- */

static bool is_one_of(kk_slice text, const char *const *list, size_t most)
{
    size_t i = 0;
    for (; i < most && list[i]; i++)
        if (kk_eq_nocase(text, kk_cstr(list[i])))
            return true;
    return i == 0;
}

static bool is_of(looking *x)
{
    const kk_source *s = x->source;
    const kk_event *e = x->event;
    kk_slice wanted = kk_cstr(s->dataset);
    bool prefix = kk_ends(wanted, KK_S("*"));
    if (prefix ? !kk_starts(e->text[KK_DATASET], kk_part(wanted, 0, wanted.len - 1))
               : !kk_eq(e->text[KK_DATASET], wanted))
        return false;
    if (!is_one_of(e->text[KK_CODE], s->codes, KK_SOURCE_CODES) ||
        !is_one_of(e->text[KK_PROVIDER], s->providers, KK_SOURCE_PROVIDERS))
        return false;
    if (!s->field)
        return true;
    values v = values_of(x, kk_cstr(s->field));
    for (size_t i = 0; i < v.count; i++)
        if (is_one_of(v.items[i], s->values, 4))
            return true;
    return false;
}

size_t kk_sigma_explain(kk_arena *arena, const kk_sigma_rule *rule, const kk_event *event,
                        kk_json *j)
{
    uint16_t sources[128];
    size_t count = kk_sources_of(&rule->source, sources, 128), told = 0;
    for (size_t i = 0; i < count && rule->root; i++) {
        looking x = {arena, event, kk_source_at(sources[i])};
        if (!is_of(&x))
            continue;
        told++;
        kk_json_object(j, NULL);
        kk_json_cstr(j, "source", x.source->name);
        kk_json_bool(j, "fires", holds(&x, rule->root) == YES);
        put_node(&x, rule->root, j, "why", 0);
        kk_json_close(j);
    }
    return told;
}
