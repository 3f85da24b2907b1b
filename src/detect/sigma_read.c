/* Files of Sigma rules: documents, what stands around a detection, references between rules. */
#include "detect/sigma_i.h"

kk_sigma *kk_sigma_open(kk_arena *arena)
{
    kk_sigma *set = KK_NEW(arena, kk_sigma);
    set->arena = arena;
    return set;
}

void kk_sigma_list(kk_sigma *set, kk_slice name, const kk_slice *values, size_t count)
{
    size_t at = 0;
    while (at < set->list_count && !kk_eq(set->lists[at].name, name))
        at++;
    set->lists = kk_grow(set->arena, set->lists, &set->list_capacity, at + 1, sizeof *set->lists);
    kk_slice *kept = KK_NEW_ARRAY(set->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        kept[i] = kk_copy(set->arena, values[i]);
    set->lists[at].name = kk_copy(set->arena, name);
    set->lists[at].values = kept;
    set->lists[at].count = count;
    set->list_count += at == set->list_count;
}

static void refuse(kk_sigma *set, const kk_sigma_rule *rule, int line, kk_slice what)
{
    uint64_t given;
    set->refusals = kk_grow(set->arena, set->refusals, &set->refusal_capacity,
                            set->refusal_count + 1, sizeof *set->refusals);
    kk_refusal *out = &set->refusals[set->refusal_count++];
    *out = (kk_refusal){.file = rule->file, .line = line, .id = rule->id, .title = rule->title};
    size_t colon = kk_find(what, KK_S(": "));
    if (kk_starts(what, KK_S("line ")) && colon != KK_NOWHERE &&
        kk_to_u64(kk_part(what, 5, colon - 5), &given)) {
        if (given)
            out->line = (int)given;
        what = kk_from(what, colon + 2);
    }
    out->what = kk_copy(set->arena, what);
}

static kk_slice text_of(const kk_yaml *map, const char *key)
{
    const kk_yaml *node = kk_yaml_get(map, key);
    return node && node->kind == KK_YAML_TEXT ? node->text : KK_NONE;
}

static void read_tags(kk_sigma *set, const kk_yaml *from, kk_sigma_rule *rule)
{
    rule->tags = KK_NEW_ARRAY(set->arena, kk_slice, kk_yaml_count(from));
    for (const kk_yaml *tag = from ? from->first : NULL; tag; tag = tag->next)
        if (tag->kind == KK_YAML_TEXT)
            rule->tags[rule->tag_count++] = tag->text;
}

static bool read_source(kk_sigma_reading *r, const kk_yaml *document, kk_logsource *out)
{
    const kk_yaml *from = kk_yaml_get(document, "logsource");
    if (!from || from->kind != KK_YAML_MAP)
        return kk_sigma_bad(r, from ? from->line : document->line, "the rule has no logsource") !=
               NULL;
    out->category = text_of(from, "category");
    out->product = text_of(from, "product");
    out->service = text_of(from, "service");
    if (!out->category.len && !out->product.len && !out->service.len)
        return kk_sigma_bad(r, from->line,
                            "the logsource has no category, no product and no service") != NULL;
    return true;
}

/* A rule, a list of rules, or any. */
static bool read_filtered(kk_sigma_reading *r, const kk_yaml *rules, kk_sigma_rule *rule)
{
    bool is_list = rules->kind == KK_YAML_LIST;
    rule->filters = KK_NEW_ARRAY(r->arena, kk_slice, is_list ? kk_yaml_count(rules) : 1);
    for (const kk_yaml *one = is_list ? rules->first : rules; one;
         one = is_list ? one->next : NULL) {
        if (one->kind != KK_YAML_TEXT)
            return kk_sigma_bad(r, one->line, "the filter lists something that is no rule") != NULL;
        if (kk_eq_nocase(one->text, KK_S("any"))) {
            rule->filter_count = 0;
            return true;
        }
        rule->filters[rule->filter_count++] = one->text;
    }
    return true;
}

static bool read_filter(kk_sigma_reading *r, const kk_yaml *filter, kk_sigma_rule *rule)
{
    const kk_yaml *rules = kk_yaml_get(filter, "rules");
    if (!rules || (rules->kind != KK_YAML_TEXT && (rules->kind != KK_YAML_LIST || !rules->first)))
        return kk_sigma_bad(r, filter->line, "the filter does not list the rules that it is for") !=
               NULL;
    if (!read_filtered(r, rules, rule))
        return false;
    rule->root = kk_sigma_detection(r, filter, true);
    return rule->root != NULL;
}

/* The specification has it beside `level`, many rules below `correlation`. */
static bool read_generate(kk_sigma_reading *r, const kk_yaml *document, kk_correlation *out)
{
    const kk_yaml *generate = kk_yaml_get(document, "generate");
    if (!generate || kk_yaml_bool(generate, &out->generate))
        return true;
    return kk_sigma_bad(r, generate->line, "`generate` wants true or false") != NULL;
}

static bool read_body(kk_sigma_reading *r, const kk_yaml *document, kk_sigma_rule *rule)
{
    const kk_yaml *detection = kk_yaml_get(document, "detection");
    const kk_yaml *correlation = kk_yaml_get(document, "correlation");
    const kk_yaml *filter = kk_yaml_get(document, "filter");
    if (!!detection + !!correlation + !!filter != 1)
        return kk_sigma_bad(r, document->line,
                            detection || correlation || filter
                                ? "only one of detection, correlation and filter can be in a rule"
                                : "there is no detection, correlation or filter in it") != NULL;
    if (correlation) {
        rule->kind = KK_SIGMA_CORRELATION;
        rule->correlation = KK_NEW(r->arena, kk_correlation);
        return kk_sigma_correlation(r, correlation, rule->correlation) &&
               read_generate(r, document, rule->correlation);
    }
    if (!read_source(r, document, &rule->source))
        return false;
    if (filter) {
        rule->kind = KK_SIGMA_FILTER;
        return read_filter(r, filter, rule);
    }
    rule->root = kk_sigma_detection(r, detection, false);
    return rule->root != NULL;
}

static bool level_known(kk_slice level)
{
    static const char *const levels[] = {"", "informational", "low", "medium", "high", "critical"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (kk_is(level, levels[i]))
            return true;
    return false;
}

/* Fields have their names in Sigma's taxonomy, and here also as ECS has them. */
static bool taxonomy_known(kk_sigma_reading *r, const kk_yaml *document)
{
    const kk_yaml *taxonomy = kk_yaml_get(document, "taxonomy");
    if (!taxonomy || taxonomy->kind == KK_YAML_NULL ||
        kk_eq_nocase(taxonomy->text, KK_S("sigma")) || kk_eq_nocase(taxonomy->text, KK_S("ecs")))
        return true;
    return kk_sigma_bad(r, taxonomy->line, "the taxonomy `%.*s` is not known here",
                        KK_P(taxonomy->text)) != NULL;
}

static void read_document(kk_sigma *set, kk_slice file, const kk_sigma_document *from)
{
    const kk_yaml *document = from->yaml;
    kk_fault fault = {0};
    kk_sigma_reading r = {set, set->arena, &fault, 0, 0};
    kk_sigma_rule *rule = KK_NEW(set->arena, kk_sigma_rule);
    rule->file = file;
    rule->line = document->line ? document->line : 1;
    rule->joined = from->joined;
    if (document->kind == KK_YAML_NULL)
        return;
    if (document->kind != KK_YAML_MAP) {
        refuse(set, rule, rule->line, KK_S("the document is no rule: it is no map"));
        return;
    }
    rule->id = text_of(document, "id");
    rule->name = text_of(document, "name");
    rule->title = text_of(document, "title");
    rule->title_ja = text_of(document, "title_ja");
    rule->level = text_of(document, "level");
    rule->status = text_of(document, "status");
    read_tags(set, kk_yaml_get(document, "tags"), rule);
    bool good = true;
    if (!rule->title.len)
        good = kk_sigma_bad(&r, rule->line, "the rule has no title") != NULL;
    else if (!level_known(rule->level))
        good = kk_sigma_bad(&r, kk_yaml_get(document, "level")->line, "there is no level `%.*s`",
                            KK_P(rule->level)) != NULL;
    if (!good || !taxonomy_known(&r, document) || !read_body(&r, document, rule)) {
        refuse(set, rule, rule->line, kk_cstr(fault.text));
        return;
    }
    rule->tests = r.tests;
    set->rules =
        kk_grow(set->arena, set->rules, &set->capacity, set->count + 1, sizeof *set->rules);
    set->rules[set->count++] = rule;
}

void kk_sigma_read(kk_sigma *set, kk_slice file, kk_slice text)
{
    file = kk_copy(set->arena, file);
    set->files++;
    for (const kk_sigma_document *one = kk_sigma_documents(set->arena, text); one;
         one = one->next) {
        if (one->yaml) {
            read_document(set, file, one);
            continue;
        }
        kk_sigma_rule rule = {.file = file, .id = one->id, .title = one->title};
        refuse(set, &rule, one->line, one->wrong);
    }
}

void kk_sigma_unreadable(kk_sigma *set, kk_slice file, kk_slice why)
{
    kk_sigma_rule rule = {.file = kk_copy(set->arena, file)};
    set->files++;
    refuse(set, &rule, 1, why);
}

/* ---- between rules ---- */

kk_sigma_rule *kk_sigma_find(const kk_sigma *set, kk_slice reference)
{
    for (size_t i = 0; reference.len && i < set->count; i++)
        if (kk_eq(set->rules[i]->id, reference) || kk_eq(set->rules[i]->name, reference))
            return set->rules[i];
    return NULL;
}

/* A correlation says which rule it counts: a name that several have says nothing. */
static bool is_shared(const kk_sigma *set, kk_slice reference)
{
    size_t found = 0;
    for (size_t i = 0; i < set->count; i++)
        found += kk_eq(set->rules[i]->id, reference) || kk_eq(set->rules[i]->name, reference);
    return found > 1;
}

static bool within(kk_slice wanted, kk_slice given)
{
    return !wanted.len || kk_eq_nocase(wanted, given);
}

static bool is_filtered(const kk_sigma_rule *filter, const kk_sigma_rule *rule)
{
    if (rule->kind != KK_SIGMA_RULE || !within(filter->source.category, rule->source.category) ||
        !within(filter->source.product, rule->source.product) ||
        !within(filter->source.service, rule->source.service))
        return false;
    for (size_t i = 0; i < filter->filter_count; i++)
        if (kk_eq(filter->filters[i], rule->id) || kk_eq(filter->filters[i], rule->name))
            return true;
    return !filter->filter_count;
}

/* The rule's condition and the filter's: what a filter excludes it says itself (`not selection`). */
static void apply_filter(kk_sigma *set, const kk_sigma_rule *filter, kk_sigma_rule *rule)
{
    kk_fault fault = {0};
    kk_sigma_reading r = {set, set->arena, &fault, 0, 0};
    kk_node *both = kk_sigma_node(&r, KK_ALL_OF, 2), *named = kk_sigma_node(&r, KK_ALL_OF, 1);
    named->child[0] = filter->root;
    named->name = kk_join(set->arena, KK_S("filter "), filter->title);
    both->child[0] = rule->root;
    both->child[1] = named;
    rule->root = both;
    rule->tests += filter->tests;
}

static void apply_filters(kk_sigma *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        kk_sigma_rule *filter = set->rules[i];
        size_t used = 0;
        if (filter->kind != KK_SIGMA_FILTER)
            continue;
        for (size_t k = 0; k < set->count; k++) {
            if (!is_filtered(filter, set->rules[k]))
                continue;
            apply_filter(set, filter, set->rules[k]);
            used++;
        }
        if (!used)
            refuse(set, filter, filter->line,
                   KK_S("the filter is for rules that are not here, or of another logsource"));
    }
    for (size_t i = 0; i < set->count; i++)
        if (set->rules[i]->kind != KK_SIGMA_FILTER)
            set->rules[kept++] = set->rules[i];
    set->count = kept;
}

static void refuse_twice(kk_sigma *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        kk_sigma_rule *rule = set->rules[i], *first = NULL;
        for (size_t k = 0; k < kept && rule->id.len && !first; k++)
            if (kk_eq(set->rules[k]->id, rule->id) &&
                !(rule->joined && set->rules[k]->joined && kk_eq(set->rules[k]->file, rule->file)))
                first = set->rules[k];
        if (first)
            refuse(
                set, rule, rule->line,
                kk_print(set->arena, "its id is also that of the rule in %.*s", KK_P(first->file)));
        else
            set->rules[kept++] = rule;
    }
    set->count = kept;
}

static bool depends_on(const kk_sigma_rule *rule, const kk_sigma_rule *other, int depth)
{
    if (rule == other || depth > 16)
        return true;
    if (rule->kind != KK_SIGMA_CORRELATION)
        return false;
    for (size_t i = 0; i < rule->correlation->rule_count; i++) {
        const kk_sigma_rule *part = rule->correlation->rules ? rule->correlation->rules[i] : NULL;
        if (part && depends_on(part, other, depth + 1))
            return true;
    }
    return false;
}

static const char *link_rule(kk_sigma *set, kk_sigma_rule *rule)
{
    kk_correlation *c = rule->correlation;
    c->rules = KK_NEW_ARRAY(set->arena, kk_sigma_rule *, c->rule_count);
    for (size_t i = 0; i < c->rule_count; i++) {
        c->rules[i] = kk_sigma_find(set, c->references[i]);
        if (!c->rules[i])
            return kk_print(set->arena, "the rule `%.*s` that it refers to is not here, or refused",
                            KK_P(c->references[i]))
                .ptr;
        if (is_shared(set, c->references[i]))
            return kk_print(set->arena, "several rules are called `%.*s`, to which it refers",
                            KK_P(c->references[i]))
                .ptr;
        if (depends_on(c->rules[i], rule, 0))
            return "it refers to itself, or through more than 16 others";
    }
    for (size_t a = 0; a < c->alias_count; a++) {
        kk_sigma_rule *of = kk_sigma_find(set, c->aliases[a].rule);
        size_t i = 0;
        while (i < c->rule_count && c->rules[i] != of)
            i++;
        if (!of || i == c->rule_count)
            return kk_print(set->arena, "an alias is about `%.*s`, which is none of its rules",
                            KK_P(c->aliases[a].rule))
                .ptr;
    }
    return NULL;
}

/* Refusing one can take another with it that refers to it. */
static void link_all(kk_sigma *set)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < set->count; i++) {
            kk_sigma_rule *rule = set->rules[i];
            const char *wrong = rule->kind == KK_SIGMA_CORRELATION ? link_rule(set, rule) : NULL;
            if (!wrong)
                continue;
            refuse(set, rule, rule->line, kk_cstr(wrong));
            memmove(&set->rules[i], &set->rules[i + 1], (set->count - i - 1) * sizeof *set->rules);
            set->count--;
            again = true;
            break;
        }
    }
}

/* Rules that only serve correlations give no hits of their own, unless one of these says so. */
static void silence(kk_sigma *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const kk_correlation *c = set->rules[i]->correlation;
        for (size_t k = 0; c && k < c->rule_count; k++)
            c->rules[k]->silent = true;
    }
    for (size_t i = 0; i < set->count; i++) {
        const kk_correlation *c = set->rules[i]->correlation;
        for (size_t k = 0; c && c->generate && k < c->rule_count; k++)
            c->rules[k]->silent = false;
    }
}

void kk_sigma_link(kk_sigma *set)
{
    refuse_twice(set);
    apply_filters(set);
    link_all(set);
    silence(set);
}
