/* Sigma's correlations: what each type counts, where its windows begin and end. */
#include "tests/unit/sigma_kit.h"

#include <stdio.h>

#include "detect/correlate.h"

typedef struct {
    kit k;
    kk_correlator *correlator;
    char told[2000]; /* "title@last/value " for each hit */
    char groups[500];
} chainkit;

static void on_correlation(void *context, const kk_correlation_hit *hit)
{
    chainkit *c = context;
    size_t used = strlen(c->told), grouped = strlen(c->groups);
    kk_rule_info info = kk_ruleset_info(c->k.rules, hit->rule);
    snprintf(c->told + used, sizeof c->told - used, "%s%.*s@%lld/%lld", used ? " " : "",
             KK_P(info.title), (long long)(hit->last / KK_SECOND),
             (long long)(hit->value / 1000000000));
    for (size_t i = 0; i < hit->group_count; i++)
        grouped += (size_t)snprintf(c->groups + grouped, sizeof c->groups - grouped, "%.*s;",
                                    KK_P(hit->group[i]));
    assert_true(hit->first <= hit->last && hit->count && hit->total >= hit->count);
}

#define PART(name, value)                                                                          \
    "title: " name "\nname: " name "\nlogsource: {product: windows, service: application}\n"       \
    "detection: {s: {Kind: " value "}, condition: s}\n---\n"
#define PARTS PART("ra", "a") PART("rb", "b") PART("rc", "c")

/* Events are "seconds kind user field ..." with `;` between them. */
static void feed(chainkit *c, const char *events)
{
    kk_slice rest = kk_cstr(events), one;
    while (kk_split(&rest, ';', &one)) {
        kk_slice part[4] = {KK_NONE}, words = kk_trim(one), word;
        kk_event event = {.text = {[KK_DATASET] = KK_S("windows.application")}};
        kk_rule_hit hits[8];
        kk_slice captures[8];
        uint64_t seconds = 0;
        for (size_t i = 0; i < 4 && kk_split(&words, ' ', &word); i++)
            part[i] = word;
        assert_true(kk_to_u64(part[0], &seconds));
        event.time = (kk_time)seconds * KK_SECOND;
        kk_event_more(&event, arena, KK_S("Kind"), part[1]);
        if (part[2].len)
            kk_event_more(&event, arena, KK_S("User"), part[2]);
        if (part[3].len)
            kk_event_more(&event, arena, KK_S("Value"), part[3]);
        if (kk_is(part[1], "b") && part[2].len)
            kk_event_more(&event, arena, KK_S("Account"), part[2]);
        size_t count = kk_match(c->k.matcher, &event, hits, 8);
        for (size_t i = 0; i < count; i++) {
            size_t wanted = kk_ruleset_info(c->k.rules, hits[i].rule).captures;
            for (size_t n = 0; n < wanted; n++)
                captures[n] = kk_match_capture(c->k.matcher, &hits[i], n);
            kk_rule_event hit = {hits[i].rule, event.time, {.record = seconds}, captures};
            kk_correlator_add(c->correlator, &hit);
        }
    }
    kk_correlator_finish(c->correlator);
}

/* `body` is what stands in correlation:, one flow map; further documents may follow it. */
static void correlates(const char *body, const char *events, const char *told)
{
    chainkit c = {
        .k = kit_of(kk_print(arena, PARTS "title: X\nname: X\ncorrelation: %s\n", body).ptr)};
    if (c.k.set->refusal_count)
        fail_msg("%s: %.*s", body, KK_P(c.k.set->refusals[0].what));
    c.correlator = kk_correlator_open(c.k.rules, on_correlation, &c);
    feed(&c, events);
    if (strcmp(c.told, told) != 0)
        fail_msg("%s\non %s\ntells `%s`, not `%s`", body, events, c.told, told);
    kk_correlator_close(c.correlator);
    kit_close(&c.k);
}

static void test_event_count(void **state)
{
    const char *three = "{type: event_count, rules: [ra], group-by: [User], timespan: 10s, "
                        "condition: {gte: 3}}";
    (void)state;
    correlates(three, "0 a u;4 a u;9 a u", "X@9/3");
    correlates(three, "0 a u;4 a u;10 a u", "X@10/3");           /* both ends belong to it */
    correlates(three, "0 a u;4 a u;11 a u", "");                 /* never wider than the timespan */
    correlates(three, "8 a u;9 a u;12 a u", "X@12/3");           /* and not cut at tens */
    correlates(three, "0 a u;1 a v;2 a u;3 a v;4 a u", "X@4/3"); /* a group for itself */
    correlates(three, "0 a u;1 a U;2 a u", "X@2/3");             /* without case */
    correlates(three, "0 a u;1 b u;2 a u;3 c u;4 a", "");
    correlates(three, "0 a u;1 a u;2 a u;3 a u;4 a u", "X@2/3"); /* once for what goes on */
    correlates(three, "0 a u;1 a u;2 a u;30 a u;31 a u;32 a u", "X@2/3 X@32/3");
    correlates("{type: event_count, rules: [ra], timespan: 1m, condition: {gt: 1}}", "0 a u;60 a v",
               "X@60/2");
    correlates("{type: event_count, rules: [ra, rb], group-by: [User], timespan: 1h, "
               "condition: {gte: 2}}",
               "0 a u;3600 b u", "X@3600/2");
}

/* An upper bound is held against the fullest window of a burst. */
static void test_bounds(void **state)
{
    const char *exact = "{type: event_count, rules: [ra], timespan: 10s, condition: {eq: 2}}";
    (void)state;
    correlates(exact, "0 a;1 a", "X@1/2");
    correlates(exact, "0 a;1 a;2 a", "");
    correlates(exact, "0 a;1 a;30 a;31 a;32 a;60 a;61 a", "X@1/2 X@61/2");
    correlates("{type: event_count, rules: [ra], timespan: 10s, condition: {gt: 1, lte: 3}}",
               "0 a;1 a;2 a;50 a;51 a;52 a;53 a", "X@2/3");
    correlates("{type: event_count, rules: [ra], timespan: 10s, condition: {lt: 2}}",
               "0 a;30 a;31 a", "X@0/1");
    correlates("{type: event_count, rules: [ra], timespan: 10s, condition: {neq: 1}}",
               "0 a;30 a;31 a", "X@31/2");
}

static void test_value_count(void **state)
{
    const char *users = "{type: value_count, rules: [ra], group-by: [Kind], timespan: 10s, "
                        "condition: {field: User, gte: 3}}";
    (void)state;
    correlates(users, "0 a u;1 a v;2 a w", "X@2/3");
    correlates(users, "0 a u;1 a v;2 a u;3 a V;4 a", "");
    correlates(users, "0 a u;1 a v;12 a w;13 a x", "");
    correlates(users, "0 a u;1 a v;9 a u;11 a w;12 a x", "X@11/3");
    correlates("{type: value_count, rules: [ra], timespan: 10s, "
               "condition: {field: [User, Value], gte: 3}}",
               "0 a u 1;1 a u 2;2 a v 1", "X@2/3");
}

static void test_value_sums(void **state)
{
    (void)state;
    correlates("{type: value_sum, rules: [ra], group-by: [User], timespan: 10s, "
               "condition: {field: Value, gt: 100}}",
               "0 a u 60;1 a v 60;2 a u x;3 a u 40;4 a u 1", "X@4/101");
    correlates("{type: value_sum, rules: [ra], timespan: 10s, condition: {field: Value, gt: 100}}",
               "0 a u 60;11 a u 60", "");
    correlates("{type: value_avg, rules: [ra], timespan: 10s, condition: {field: Value, gte: 50}}",
               "0 a u 10;1 a u 80;2 a u 60", "X@2/50");
    correlates("{type: value_avg, rules: [ra], timespan: 10s, condition: {field: Value, lt: 20}}",
               "0 a u 100;11 a u 10", "X@11/10");
    correlates("{type: value_percentile, rules: [ra], timespan: 1m, "
               "condition: {field: Value, gte: 95, percentile: 75}}",
               "0 a u 10;1 a u 90;2 a u 20;3 a u 95;4 a u 99", "X@4/95");
    correlates("{type: value_percentile, rules: [ra], timespan: 1m, "
               "condition: {field: Value, gte: 20}}",
               "0 a u 10;1 a u 30;2 a u 20", "X@2/20");
}

static void test_temporal(void **state)
{
    const char *all = "{type: temporal, rules: [ra, rb, rc], group-by: [User], timespan: 10s}";
    (void)state;
    correlates(all, "0 c u;4 a u;10 b u", "X@10/3");
    correlates(all, "0 c u;4 a u;11 b u", "");
    correlates(all, "0 c u;4 a v;5 b u", ""); /* the group counts here too */
    correlates(all, "0 a u;1 a u;2 b u", "");
    correlates("{type: temporal, rules: [ra, rb, rc], timespan: 10s, condition: {gte: 2}}",
               "0 a;1 a;2 c", "X@2/2");
}

static void test_ordered(void **state)
{
    const char *all =
        "{type: temporal_ordered, rules: [ra, rb, rc], group-by: [User], timespan: 10s}";
    (void)state;
    correlates(all, "0 a u;4 b u;10 c u", "X@10/3");
    correlates(all, "0 a u;4 c u;5 b u", ""); /* in order behind the first rule as well */
    correlates(all, "0 b u;4 a u;5 c u", "");
    correlates(all, "0 a u;4 b u;11 c u", "");
    correlates(all, "0 a u;5 a u;6 b u;14 c u", "X@14/3"); /* from the later beginning */
    correlates(all, "0 a u;1 b v;2 c u", "");
    correlates(all, "0 a u;1 b u;2 c u;3 c u", "X@2/3");
    correlates(all, "0 a u;1 b u;2 c u;3 a u;4 b u;5 c u", "X@2/3 X@5/3");
    correlates("{type: temporal_ordered, rules: [ra, ra], timespan: 10s}", "0 a", "");
    correlates("{type: temporal_ordered, rules: [ra, ra], timespan: 10s}", "0 a;1 a", "X@1/2");
    correlates("{type: temporal_ordered, rules: [ra, rb, rc], timespan: 10s, "
               "condition: {gte: 2}}",
               "0 b;1 a;2 c", "X@2/2");
}

static void test_aliases(void **state)
{
    const char *body = "{type: temporal, rules: [ra, rb], group-by: [who], timespan: 10s, "
                       "aliases: {who: {ra: User, rb: Account}}}";
    (void)state;
    correlates(body, "0 a u;1 b u", "X@1/2");
    correlates(body, "0 a u;1 b v", "");
}

/* Correlations of correlations; rules that only serve them are silent unless `generate`. */
static void test_chains(void **state)
{
    (void)state;
    chainkit c = {.k = kit_of(PARTS
                              "title: many\nname: many\ncorrelation: {type: event_count, rules: "
                              "[ra], group-by: [User], timespan: 10s, condition: {gte: 3}}\n---\n"
                              "title: then\ncorrelation: {type: temporal_ordered, rules: [many, "
                              "rb], group-by: [Value], timespan: 1m, generate: true}\n")};
    c.correlator = kk_correlator_open(c.k.rules, on_correlation, &c);
    feed(&c, "0 a u x;1 a u y;2 a u z;20 b u z;30 b u y;100 c u");
    assert_string_equal(c.told, "many@2/3 then@20/2"); /* the value is of the hit that made three */
    assert_string_equal(c.groups, "u;z;");
    assert_true(kk_ruleset_info(c.k.rules, 0).silent);
    assert_false(kk_ruleset_info(c.k.rules, 1).silent);
    assert_false(kk_ruleset_info(c.k.rules, 2).silent);
    assert_false(kk_ruleset_info(c.k.rules, 3).silent);
    kk_correlator_close(c.correlator);
    kit_close(&c.k);
}

static void correlation_refused(const char *body, const char *why)
{
    kk_sigma *set = kk_sigma_open(arena);
    kk_sigma_read(set, KK_S("r"),
                  kk_cstr(kk_print(arena, PARTS "title: X\nname: X\ncorrelation: %s\n", body).ptr));
    kk_sigma_link(set);
    if (!set->refusal_count || !kk_has(set->refusals[0].what, kk_cstr(why)))
        fail_msg("%s: %.*s", body,
                 KK_P(set->refusal_count ? set->refusals[0].what : KK_S("taken")));
}

static void test_bad_correlations(void **state)
{
    (void)state;
    correlation_refused("{type: count, rules: [ra], timespan: 1m}", "no correlation type");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1m}", "no condition");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1M, condition: {gte: 1}}",
                        "timespan");
    correlation_refused("{type: event_count, rules: [rx], timespan: 1m, condition: {gte: 1}}",
                        "is not here");
    correlation_refused("{type: temporal, rules: [ra, X], timespan: 1m}", "refers to itself");
    correlation_refused("{type: value_count, rules: [ra], timespan: 1m, condition: {gte: 1}}",
                        "names no field");
    correlation_refused("{type: temporal, timespan: 1m}", "names no rules");
    correlation_refused("{type: temporal, rules: [ra], timespan: 1m, aliases: {a: {rb: x}}}",
                        "none of its rules");
    correlation_refused("{type: temporal, rules: [ra], timespan: 1m, condition: {above: 1}}",
                        "there is no `above`");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1m, condition: {gt: 5, lt: 3}}",
                        "no number fits");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1m, condition: {gt: 3, lt: 4}}",
                        "no number fits");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1m, condition: {lt: 1}}",
                        "no number fits");
    correlation_refused("{type: event_count, rules: [ra], timespan: 1m, condition: {eq: 2.5}}",
                        "no number fits");
    correlation_refused(
        "{type: value_sum, rules: [ra], timespan: 1m, condition: {field: V, gt: 3, lte: 3}}",
        "no number fits");
}

static void correlation_taken(const char *condition)
{
    kk_sigma *set = kk_sigma_open(arena);
    kk_slice text = kk_print(arena,
                             "title: a\nname: ra\nlogsource: {product: windows, service: "
                             "application}\ndetection: {s: {A: 1}, condition: s}\n---\ntitle: c\n"
                             "correlation: {type: %s}\n",
                             condition);
    kk_sigma_read(set, KK_S("c.yml"), text);
    kk_sigma_link(set);
    if (set->refusal_count)
        fail_msg("%s: %.*s", condition, KK_P(set->refusals[0].what));
}

/* Ranges that one number fits, and sums that may be anything. */
static void test_narrow_conditions(void **state)
{
    (void)state;
    correlation_taken("event_count, rules: [ra], timespan: 1m, condition: {gt: 2, lt: 4}");
    correlation_taken("event_count, rules: [ra], timespan: 1m, condition: {gte: 1, lte: 1}");
    correlation_taken("event_count, rules: [ra], timespan: 1m, condition: {gt: -1}");
    correlation_taken("value_count, rules: [ra], timespan: 1m, condition: {field: V, lt: 1}");
    correlation_taken("value_sum, rules: [ra], timespan: 1m, condition: {field: V, lt: -5}");
    correlation_taken(
        "value_avg, rules: [ra], timespan: 1m, condition: {field: V, gt: 2.5, lt: 2.6}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_event_count, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_bounds, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_value_count, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_value_sums, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_temporal, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_ordered, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_aliases, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_chains, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_bad_correlations, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_narrow_conditions, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
