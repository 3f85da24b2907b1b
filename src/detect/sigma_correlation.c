/* The correlation of a rule about hits of other rules. */
#include "base/time.h"
#include "detect/sigma_i.h"

const char *const kk_correlation_names[KK_CORRELATIONS] = {
    [KK_EVENT_COUNT] = "event_count",
    [KK_VALUE_COUNT] = "value_count",
    [KK_TEMPORAL] = "temporal",
    [KK_TEMPORAL_ORDERED] = "temporal_ordered",
    [KK_VALUE_SUM] = "value_sum",
    [KK_VALUE_AVG] = "value_avg",
    [KK_VALUE_PERCENTILE] = "value_percentile",
};

/* A text, or a list of texts. */
static bool read_texts(kk_sigma_reading *r, const kk_yaml *from, const char *what, kk_slice **out,
                       size_t *count)
{
    *count = 0;
    if (!from)
        return true;
    size_t most = from->kind == KK_YAML_LIST ? kk_yaml_count(from) : 1;
    *out = KK_NEW_ARRAY(r->arena, kk_slice, most);
    for (const kk_yaml *one = from->kind == KK_YAML_LIST ? from->first : from; one;
         one = from->kind == KK_YAML_LIST ? one->next : NULL) {
        if (one->kind != KK_YAML_TEXT || !one->text.len)
            return kk_sigma_bad(r, one->line, "`%s` holds something that is no text", what) != NULL;
        (*out)[(*count)++] = one->text;
    }
    return true;
}

static bool read_type(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out)
{
    const kk_yaml *type = kk_yaml_get(from, "type");
    if (!type)
        return kk_sigma_bad(r, from->line, "the correlation has no type") != NULL;
    for (int i = 0; i < KK_CORRELATIONS; i++) {
        if (!kk_is(type->text, kk_correlation_names[i]))
            continue;
        out->type = (kk_correlation_type)i;
        return true;
    }
    return kk_sigma_bad(r, type->line, "there is no correlation type `%.*s`", KK_P(type->text)) !=
           NULL;
}

/* A number and s, m, h or d. */
static bool read_timespan(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out)
{
    const kk_yaml *span = kk_yaml_get(from, "timespan");
    uint64_t number = 0, unit = 0;
    if (!span)
        return kk_sigma_bad(r, from->line, "the correlation has no timespan") != NULL;
    if (span->text.len > 1) {
        char last = span->text.ptr[span->text.len - 1];
        unit = last == 's' ? 1 : last == 'm' ? 60 : last == 'h' ? 3600 : last == 'd' ? 86400 : 0;
    }
    if (!unit || !kk_to_u64(kk_part(span->text, 0, span->text.len - 1), &number) || !number ||
        number > UINT64_C(4000000000) / unit)
        return kk_sigma_bad(r, span->line, "a timespan is a number and one of s, m, h, d: 90m") !=
               NULL;
    out->timespan = (int64_t)(number * unit) * KK_SECOND;
    return true;
}

static bool read_aliases(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out)
{
    size_t count = 0;
    if (from && from->kind != KK_YAML_MAP)
        return kk_sigma_bad(r, from->line, "aliases is no map") != NULL;
    for (const kk_yaml *alias = from ? from->first : NULL; alias; alias = alias->next)
        count += kk_yaml_count(alias);
    out->aliases = kk_take_array(r->arena, count, sizeof *out->aliases);
    for (const kk_yaml *alias = from ? from->first : NULL; alias; alias = alias->next) {
        if (alias->kind != KK_YAML_MAP)
            return kk_sigma_bad(r, alias->line, "the alias `%.*s` is no map of rules to fields",
                                KK_P(alias->key)) != NULL;
        for (const kk_yaml *one = alias->first; one; one = one->next) {
            if (one->kind != KK_YAML_TEXT)
                return kk_sigma_bad(r, one->line, "the alias `%.*s` names no field",
                                    KK_P(alias->key)) != NULL;
            out->aliases[out->alias_count].alias = alias->key;
            out->aliases[out->alias_count].rule = one->key;
            out->aliases[out->alias_count++].field = one->text;
        }
    }
    return true;
}

static bool is_value_type(kk_correlation_type type)
{
    return type == KK_VALUE_COUNT || type >= KK_VALUE_SUM;
}

static bool read_compare(kk_sigma_reading *r, const kk_yaml *one, kk_correlation *out)
{
    static const char *const words[KK_COMPARES] = {"gt", "gte", "lt", "lte", "eq", "neq"};
    kk_fixed number;
    for (int i = 0; i < KK_COMPARES; i++) {
        if (!kk_is(one->key, words[i]))
            continue;
        if (one->kind != KK_YAML_TEXT || !kk_fixed_read(one->text, &number))
            return kk_sigma_bad(r, one->line, "`%s` wants a number", words[i]) != NULL;
        out->conditions[out->condition_count].with = (kk_compare_with)i;
        out->conditions[out->condition_count++].than = number;
        return true;
    }
    return kk_sigma_bad(r, one->key_line, "there is no `%.*s` in a correlation's condition",
                        KK_P(one->key)) != NULL;
}

/* Whether any number fits; of events and rules a whole one from 1 on, since a window holds something. */
static bool can_hold(const kk_correlation *c)
{
    const kk_fixed one = 1000000000;
    bool counts = c->type < KK_VALUE_SUM;
    const kk_fixed far = (kk_fixed)1 << 120;
    kk_fixed step = counts ? one : 1, most = far;
    kk_fixed least = !counts ? -far : c->type == KK_VALUE_COUNT ? 0 : one;
    for (size_t i = 0; i < c->condition_count; i++) {
        kk_compare_with with = c->conditions[i].with;
        kk_fixed than = c->conditions[i].than;
        kk_fixed part = counts ? (than % one + one) % one : 0, below = than - part;
        kk_fixed above = part ? below + one : than; /* the whole numbers beside it */
        bool exact = with == KK_EQ;
        if (exact && part)
            return false;
        if ((exact || with == KK_GTE) && above > least)
            least = above;
        if (with == KK_GT && below + step > least)
            least = below + step;
        if ((exact || with == KK_LTE) && below < most)
            most = below;
        if (with == KK_LT && above - step < most)
            most = above - step;
    }
    return least <= most;
}

static bool read_condition(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out)
{
    bool temporal = out->type == KK_TEMPORAL || out->type == KK_TEMPORAL_ORDERED;
    const kk_yaml *wanted = kk_yaml_get(from, "condition");
    out->percentile = (kk_fixed)50 * 1000000000;
    if (!wanted)
        return temporal || kk_sigma_bad(r, from->line, "the correlation has no condition") != NULL;
    if (wanted->kind != KK_YAML_MAP)
        return kk_sigma_bad(r, wanted->line,
                            "the condition of a correlation is a map such as "
                            "gte: 100") != NULL;
    for (const kk_yaml *one = wanted->first; one; one = one->next) {
        if (kk_is(one->key, "field")) {
            if (!read_texts(r, one, "field", &out->fields, &out->field_count))
                return false;
        } else if (kk_is(one->key, "percentile")) {
            if (one->kind != KK_YAML_TEXT || !kk_fixed_read(one->text, &out->percentile) ||
                out->percentile < 0 || out->percentile > (kk_fixed)100 * 1000000000)
                return kk_sigma_bad(r, one->line, "`percentile` wants a number up to 100") != NULL;
        } else if (!read_compare(r, one, out)) {
            return false;
        }
    }
    if (!out->condition_count && !temporal)
        return kk_sigma_bad(r, wanted->line, "the condition compares with no number") != NULL;
    if (is_value_type(out->type) && !out->field_count)
        return kk_sigma_bad(r, wanted->line, "the condition names no field whose values count") !=
               NULL;
    if (out->type >= KK_VALUE_SUM && out->field_count > 1)
        return kk_sigma_bad(r, wanted->line, "only the values of one field can be added up") !=
               NULL;
    if (!can_hold(out))
        return kk_sigma_bad(r, wanted->line, "no number fits the condition") != NULL;
    return true;
}

bool kk_sigma_correlation(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out)
{
    static const char *const known[] = {"type",      "rules",   "group-by", "timespan",
                                        "condition", "aliases", "generate"};
    if (from->kind != KK_YAML_MAP)
        return kk_sigma_bad(r, from->line, "the correlation is no map") != NULL;
    for (const kk_yaml *key = from->first; key; key = key->next) {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && !kk_is(key->key, known[i]))
            i++;
        if (i == sizeof known / sizeof *known)
            return kk_sigma_bad(r, key->key_line, "there is no `%.*s` in a correlation",
                                KK_P(key->key)) != NULL;
    }
    const kk_yaml *generate = kk_yaml_get(from, "generate");
    if (generate && !kk_yaml_bool(generate, &out->generate))
        return kk_sigma_bad(r, generate->line, "`generate` wants true or false") != NULL;
    if (!read_type(r, from, out) ||
        !read_texts(r, kk_yaml_get(from, "rules"), "rules", &out->references, &out->rule_count) ||
        !read_texts(r, kk_yaml_get(from, "group-by"), "group-by", &out->group_by,
                    &out->group_count) ||
        !read_timespan(r, from, out) || !read_aliases(r, kk_yaml_get(from, "aliases"), out))
        return false;
    if (!out->rule_count)
        return kk_sigma_bad(r, from->line, "the correlation names no rules") != NULL;
    return read_condition(r, from, out);
}
