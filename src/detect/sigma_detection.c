/* The detection of a rule: its selections, and the condition over them. */
#include "detect/sigma_i.h"

/* ---- selections ---- */

static kk_node *map_node(kk_sigma_reading *r, const kk_yaml *map)
{
    size_t n = 0;
    kk_node *all = kk_sigma_node(r, KK_ALL_OF, kk_yaml_count(map));
    if (all && !all->count)
        return kk_sigma_bad(r, map->line, "a selection is empty");
    for (const kk_yaml *item = map->first; all && item; item = item->next)
        if (!(all->child[n++] = kk_sigma_item(r, item, item->key)))
            return NULL;
    return all;
}

static kk_node *selection_node(kk_sigma_reading *r, const kk_yaml *from)
{
    size_t n = 0;
    if (from->kind == KK_YAML_MAP)
        return map_node(r, from);
    if (from->kind == KK_YAML_TEXT)
        return kk_sigma_item(r, from, KK_NONE);
    if (from->kind == KK_YAML_NULL || !from->first)
        return kk_sigma_bad(r, from->line, "the selection `%.*s` is empty", KK_P(from->key));
    kk_node *some = kk_sigma_node(r, KK_SOME_OF, kk_yaml_count(from));
    for (const kk_yaml *item = from->first; some && item; item = item->next) {
        if (item->kind == KK_YAML_LIST || item->kind == KK_YAML_NULL)
            return kk_sigma_bad(r, item->line, "the selection `%.*s` has a list in its list",
                                KK_P(from->key));
        some->child[n] =
            item->kind == KK_YAML_MAP ? map_node(r, item) : kk_sigma_item(r, item, KK_NONE);
        if (!some->child[n++])
            return NULL;
    }
    return some;
}

typedef struct {
    kk_node **items;
    size_t count;
} selections;

static bool is_reserved(kk_slice key, bool is_filter)
{
    return kk_is(key, "condition") || kk_is(key, "timeframe") || (is_filter && kk_is(key, "rules"));
}

static bool read_selections(kk_sigma_reading *r, const kk_yaml *from, bool is_filter,
                            selections *out)
{
    out->items = KK_NEW_ARRAY(r->arena, kk_node *, kk_yaml_count(from));
    for (const kk_yaml *child = from->first; child; child = child->next) {
        if (is_reserved(child->key, is_filter))
            continue;
        kk_node *inner = selection_node(r, child);
        kk_node *node = inner ? kk_sigma_node(r, KK_ALL_OF, 1) : NULL;
        if (!node)
            return false;
        node->child[0] = inner;
        node->name = child->key;
        out->items[out->count++] = node;
    }
    return true;
}

/* ---- conditions ---- */

typedef struct {
    kk_sigma_reading *r;
    const selections *all;
    kk_slice rest;
    kk_slice word; /* the next one; empty at the end */
    int line, depth;
} condition;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void next_word(condition *c)
{
    size_t n = 0;
    while (c->rest.len && is_blank(c->rest.ptr[0]))
        c->rest = kk_from(c->rest, 1);
    if (c->rest.len && memchr("()|", c->rest.ptr[0], 3))
        n = 1;
    else
        while (n < c->rest.len && !is_blank(c->rest.ptr[n]) && !memchr("()|", c->rest.ptr[n], 3))
            n++;
    c->word = kk_part(c->rest, 0, n);
    c->rest = kk_from(c->rest, n);
}

static bool took(condition *c, const char *word)
{
    if (!kk_eq_nocase(c->word, kk_cstr(word)))
        return false;
    next_word(c);
    return true;
}

/* Names with `*` for any characters. */
static bool name_fits(kk_slice pattern, kk_slice name)
{
    size_t star = kk_find_byte(pattern, '*');
    if (star == KK_NOWHERE)
        return kk_eq(pattern, name);
    if (!kk_starts(name, kk_part(pattern, 0, star)))
        return false;
    kk_slice after = kk_from(pattern, star + 1);
    for (size_t at = star; at <= name.len; at++)
        if (name_fits(after, kk_from(name, at)))
            return true;
    return false;
}

static kk_node *parse_or(condition *c);

static kk_node *parse_of(condition *c, uint64_t least, bool all)
{
    bool them = kk_eq_nocase(c->word, KK_S("them"));
    size_t n = 0;
    if (!c->word.len || memchr("()|", c->word.ptr[0], 3))
        return kk_sigma_bad(c->r, c->line, "the condition ends after `of`");
    for (size_t i = 0, stars = 0; i < c->word.len; i++)
        if (c->word.ptr[i] == '*' && ++stars > 8)
            return kk_sigma_bad(c->r, c->line, "the condition has a name with too many `*`");
    kk_node *node = kk_sigma_node(c->r, all ? KK_ALL_OF : KK_SOME_OF, c->all->count);
    for (size_t i = 0; node && i < c->all->count; i++) {
        kk_slice name = c->all->items[i]->name;
        if (them ? !kk_starts(name, KK_S("_")) : name_fits(c->word, name))
            node->child[n++] = c->all->items[i];
    }
    if (node && n < (least ? least : 1))
        return kk_sigma_bad(c->r, c->line, "the condition wants `%.*s`, and there are %zu such",
                            KK_P(c->word), n);
    next_word(c);
    if (node) {
        node->count = n;
        node->least = all ? n : least;
    }
    return node;
}

static kk_node *parse_name(condition *c)
{
    uint64_t least = 0;
    kk_slice word = c->word;
    if (!word.len)
        return kk_sigma_bad(c->r, c->line, "the condition ends too early");
    next_word(c);
    bool all = kk_eq_nocase(word, KK_S("all")), any = kk_eq_nocase(word, KK_S("any"));
    if (kk_eq_nocase(c->word, KK_S("of")) && (all || any || kk_to_u64(word, &least))) {
        next_word(c);
        if (!all && !any && !least)
            return kk_sigma_bad(c->r, c->line, "the condition wants 0 of something");
        return parse_of(c, any ? 1 : least, all);
    }
    for (size_t i = 0; i < c->all->count; i++)
        if (kk_eq(c->all->items[i]->name, word))
            return c->all->items[i];
    return kk_sigma_bad(c->r, c->line, "the condition names `%.*s`, and there is no such selection",
                        KK_P(word));
}

static kk_node *parse_not(condition *c)
{
    if (++c->depth > KK_DEEPEST)
        return kk_sigma_bad(c->r, c->line, "the condition is nested too deep");
    kk_node *node;
    if (took(c, "not")) {
        kk_node *inner = parse_not(c);
        node = inner ? kk_sigma_node(c->r, KK_NOT, 1) : NULL;
        if (node)
            node->child[0] = inner;
    } else if (took(c, "(")) {
        node = parse_or(c);
        if (node && !took(c, ")"))
            node = kk_sigma_bad(c->r, c->line, "the condition lacks a `)`");
    } else {
        node = parse_name(c);
    }
    c->depth--;
    return node;
}

static kk_node *parse_chain(condition *c, const char *word, kk_node_kind kind,
                            kk_node *(*part)(condition *c))
{
    kk_node **items = NULL;
    size_t count = 0, capacity = 0;
    do {
        kk_node *one = part(c);
        if (!one)
            return NULL;
        items = kk_grow(c->r->arena, items, &capacity, count + 1, sizeof *items);
        items[count++] = one;
    } while (took(c, word));
    kk_node *node = count > 1 ? kk_sigma_node(c->r, kind, count) : items[0];
    if (count > 1 && node)
        memcpy(node->child, items, count * sizeof *items);
    return node;
}

static kk_node *parse_and(condition *c)
{
    return parse_chain(c, "and", KK_ALL_OF, parse_not);
}

static kk_node *parse_or(condition *c)
{
    return parse_chain(c, "or", KK_SOME_OF, parse_and);
}

static kk_node *condition_node(kk_sigma_reading *r, const selections *all, const kk_yaml *from)
{
    condition c = {.r = r, .all = all, .rest = from->text, .line = from->line};
    if (from->kind != KK_YAML_TEXT)
        return kk_sigma_bad(r, from->line, "the condition is no text");
    next_word(&c);
    kk_node *node = parse_or(&c);
    if (node && kk_is(c.word, "|"))
        return kk_sigma_bad(r, from->line,
                            "the condition has a `|`, the old form of aggregation: "
                            "write a correlation rule");
    if (node && c.word.len)
        return kk_sigma_bad(r, from->line,
                            "the condition has `%.*s` where and, or or its end "
                            "should be",
                            KK_P(c.word));
    return node;
}

kk_node *kk_sigma_detection(kk_sigma_reading *r, const kk_yaml *from, bool is_filter)
{
    selections all = {0};
    size_t n = 0;
    const kk_yaml *wanted = kk_yaml_get(from, "condition");
    if (from->kind != KK_YAML_MAP)
        return kk_sigma_bad(r, from->line, "the detection is no map");
    if (!wanted)
        return kk_sigma_bad(r, from->line, "the detection has no condition");
    if (!read_selections(r, from, is_filter, &all))
        return NULL;
    if (!all.count)
        return kk_sigma_bad(r, from->line, "the detection has no selection");
    if (wanted->kind != KK_YAML_LIST)
        return condition_node(r, &all, wanted);
    if (!wanted->first)
        return kk_sigma_bad(r, wanted->line, "the list of conditions is empty");
    kk_node *some = kk_sigma_node(r, KK_SOME_OF, kk_yaml_count(wanted));
    for (const kk_yaml *one = wanted->first; some && one; one = one->next)
        if (!(some->child[n++] = condition_node(r, &all, one)))
            return NULL;
    return some;
}
