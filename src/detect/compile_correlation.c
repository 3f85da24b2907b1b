/* Correlations: which values of which hits they want. */
#include "detect/compile_i.h"

static uint32_t number_of(const kk_sigma *set, const kk_sigma_rule *rule)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->rules[i] == rule)
            return i;
    return 0;
}

/* What the correlation's name for a field is in events of the rule. */
static kk_slice name_in(const kk_correlation *c, size_t nth, kk_slice name)
{
    const kk_sigma_rule *rule = c->rules[nth];
    for (size_t i = 0; i < c->alias_count; i++)
        if (kk_eq(c->aliases[i].alias, name) &&
            (kk_eq(c->aliases[i].rule, rule->name) || kk_eq(c->aliases[i].rule, rule->id)))
            return c->aliases[i].field;
    return name;
}

static bool want_all(kk_compiler *c, const kk_correlation *x, size_t nth, const kk_slice *names,
                     size_t count, kk_interner *captures)
{
    bool any = false, fresh;
    for (size_t i = 0; i < count; i++) {
        kk_intern(c->arena, captures, name_in(x, nth, names[i]), &fresh);
        any = any || fresh;
    }
    return any;
}

/* Until nothing is new: correlations of correlations hand on what they are asked for. */
void kk_compile_captures(kk_compiler *c, kk_interner *captures)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < c->set->count; i++) {
            const kk_correlation *x = c->set->rules[i]->correlation;
            for (size_t k = 0; x && k < x->rule_count; k++) {
                kk_interner *of = &captures[number_of(c->set, x->rules[k])];
                again |= want_all(c, x, k, x->group_by, x->group_count, of);
                again |= want_all(c, x, k, x->fields, x->field_count, of);
                again |= want_all(c, x, k, captures[i].keys, captures[i].count, of);
            }
        }
    }
}

/* For each rule in turn, where the named values are among its captures. */
static rules_span where(kk_compiler *c, const kk_correlation *x, const kk_slice *names,
                        size_t count, const kk_interner *captures)
{
    kk_numbers list = {0};
    for (size_t k = 0; k < x->rule_count; k++) {
        const kk_interner *of = &captures[number_of(c->set, x->rules[k])];
        for (size_t i = 0; i < count; i++) {
            kk_slice wanted = name_in(x, k, names[i]);
            uint32_t at = 0;
            while (at < of->count && !kk_eq(of->keys[at], wanted))
                at++;
            kk_numbers_add(c->arena, &list, at);
        }
    }
    return kk_compiler_list(c, &list);
}

static void put_correlation(kk_compiler *c, uint32_t number, const kk_interner *captures)
{
    const kk_correlation *x = c->set->rules[number]->correlation;
    rules_correlation out = {.rule = number,
                             .type = x->type,
                             .timespan = x->timespan,
                             .group_count = (uint32_t)x->group_count,
                             .field_count = (uint32_t)x->field_count,
                             .carry_count = (uint32_t)captures[number].count,
                             .condition_count = (uint32_t)x->condition_count};
    kk_numbers rules = {0};
    for (size_t k = 0; k < x->rule_count; k++)
        kk_numbers_add(c->arena, &rules, number_of(c->set, x->rules[k]));
    out.rules = kk_compiler_list(c, &rules);
    out.groups = where(c, x, x->group_by, x->group_count, captures);
    out.fields = where(c, x, x->fields, x->field_count, captures);
    out.carry = where(c, x, captures[number].keys, captures[number].count, captures);
    rules_put_fixed(out.percentile, x->percentile);
    for (size_t i = 0; i < x->condition_count; i++) {
        out.conditions[i].with = x->conditions[i].with;
        rules_put_fixed(out.conditions[i].than, x->conditions[i].than);
    }
    uint32_t at = kk_compiler_put(c, S_CORRELATIONS, &out, sizeof out);
    ((rules_rule *)(void *)c->section[S_RULES].ptr)[number].correlation = at;
}

bool kk_compile_correlations(kk_compiler *c, const kk_interner *captures)
{
    for (uint32_t i = 0; i < c->set->count; i++)
        if (c->set->rules[i]->kind == KK_SIGMA_CORRELATION)
            put_correlation(c, i, captures);
    return true;
}
