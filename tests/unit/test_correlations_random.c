/* Random correlations over random hits: the correlator has to agree with a slow judge that looks at all
 * hits anew for each question and shares nothing with it, and has to let go of what is over. */
#include "tests/unit/sigma_kit.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "detect/correlate.h"

enum { RULE_SETS = 1500, RUNS = 8, HITS = 70, TOLD = 400, PLACES = 3 };

static uint64_t seed;

static uint32_t below(uint32_t limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return limit ? (uint32_t)(seed >> 33) % limit : 0;
}

/* A correlation as both sides are told of it. */
typedef struct {
    const char *type, *with[2], *rules[PLACES];
    size_t rule_count, with_count;
    int than[2], span, percentile;
    bool grouped, aliased;
} asked;

/* `rule` is a for the first of the plain ones; X for hits of the first correlation. */
typedef struct {
    long long time;
    size_t order;
    int value; /* -1: none */
    char rule, user;
} hit;

typedef struct {
    long long first, last;
    int total;
    double value;
    char user;
    const hit *by; /* the hit that it was told at or, of a burst, of */
    size_t at;     /* in which order it was told */
} found;

typedef struct {
    found all[TOLD];
    size_t count;
} findings;

/* ---- the slow judge ---- */

static bool compares(const asked *a, double value)
{
    size_t distinct = 0;
    for (size_t i = 0; i < a->with_count; i++) {
        const char *with = a->with[i];
        double than = a->than[i];
        bool good = strcmp(with, "gt") == 0    ? value > than
                    : strcmp(with, "gte") == 0 ? value >= than
                    : strcmp(with, "lt") == 0  ? value < than
                    : strcmp(with, "lte") == 0 ? value <= than
                    : strcmp(with, "eq") == 0  ? value == than
                                               : value != than;
        if (!good)
            return false;
    }
    for (size_t i = 0; i < a->rule_count; i++)
        distinct++;
    return a->with_count || value >= (double)distinct;
}

static bool only_has_to_reach(const asked *a)
{
    if (strcmp(a->type, "value_avg") == 0 || strcmp(a->type, "value_percentile") == 0)
        return true;
    for (size_t i = 0; i < a->with_count; i++)
        if (a->with[i][0] != 'g')
            return false;
    return true;
}

static int place_of(const asked *a, const hit *h)
{
    for (size_t i = 0; i < a->rule_count; i++)
        if (a->rules[i][strlen(a->rules[i]) - 1] == h->rule)
            return (int)i;
    return -1;
}

/* Of the hits from..to: what is compared; false where there is nothing. */
static bool counted(const asked *a, const hit *const *h, size_t from, size_t to, double *out)
{
    double sum = 0, sorted[HITS * 2];
    size_t numbers = 0, distinct = 0;
    bool seen[PLACES] = {0};
    for (size_t i = from; i <= to; i++) {
        bool is_new = true;
        seen[place_of(a, h[i])] = true;
        if (h[i]->value < 0)
            continue;
        for (size_t k = from; k < i; k++)
            is_new = is_new && h[k]->value != h[i]->value;
        distinct += is_new;
        sum += h[i]->value;
        size_t at = numbers++;
        for (; at > 0 && sorted[at - 1] > h[i]->value; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = h[i]->value;
    }
    if (strcmp(a->type, "event_count") == 0) {
        *out = (double)(to - from + 1);
    } else if (strcmp(a->type, "value_count") == 0) {
        *out = (double)distinct;
    } else if (strcmp(a->type, "temporal") == 0) {
        *out = 0;
        for (size_t i = 0; i < a->rule_count; i++)
            *out += seen[i];
    } else if (!numbers) {
        return false;
    } else if (strcmp(a->type, "value_sum") == 0) {
        *out = sum;
    } else if (strcmp(a->type, "value_avg") == 0) {
        *out = sum / (double)numbers;
    } else {
        size_t rank = 1;
        while (rank * 100 < numbers * (size_t)a->percentile)
            rank++;
        *out = sorted[rank - 1];
    }
    return true;
}

static void put(findings *f, found one, const asked *a)
{
    if (a && !a->grouped)
        one.user = 'z';
    assert_true(f->count < TOLD);
    f->all[f->count++] = one;
}

/* The longest line of hits after `begin`, in the order of the rules, that ends with h[at], has `length`
 * hits and begins last; -1: there is none. */
static long long line_of(const asked *a, const hit *const *h, size_t begin, size_t at, int length)
{
    long long best = length == 1 ? h[at]->time : -1;
    for (size_t i = begin; length > 1 && i < at; i++) {
        if (place_of(a, h[i]) >= place_of(a, h[at]))
            continue;
        long long first = line_of(a, h, begin, i, length - 1);
        if (first >= h[at]->time - a->span && first > best)
            best = first;
    }
    return best;
}

static void judge_order(const asked *a, const hit *const *h, size_t count, findings *out)
{
    size_t begin = 0;
    for (size_t i = 0; i < count; i++)
        for (int length = place_of(a, h[i]) + 1; length > 0; length--) {
            long long first = compares(a, length) ? line_of(a, h, begin, i, length) : -1;
            if (first < 0)
                continue;
            put(out, (found){first, h[i]->time, length, length, h[i]->user, h[i], h[i]->order}, a);
            begin = i + 1;
            break;
        }
}

static void judge_windows(const asked *a, const hit *const *h, size_t count, findings *out)
{
    bool held = false, rises = only_has_to_reach(a), has_peak = false;
    found peak = {0};
    for (size_t i = 0; i < count; i++) {
        size_t from = i;
        double value = 0;
        while (from > 0 && h[from - 1]->time >= h[i]->time - a->span)
            from--;
        if (from == i)
            held = false;
        bool there = counted(a, h, from, i, &value), holds = there && compares(a, value);
        found one = {h[from]->time, h[i]->time, (int)(i - from + 1), value,
                     h[i]->user,    h[i],       h[i]->order};
        if (rises && holds && !held)
            put(out, one, a);
        held = holds;
        if (!rises && there && (!has_peak || value > peak.value)) {
            peak = one;
            has_peak = true;
        }
        bool ends = i + 1 == count || h[i + 1]->time > h[i]->time + a->span;
        if (ends && has_peak && compares(a, peak.value))
            put(out, peak, a);
        has_peak = has_peak && !ends;
    }
}

/* `hits` in their order; those of each group for itself. */
static void judge(const asked *a, const hit *hits, size_t count, findings *out)
{
    for (int user = a->grouped ? 'u' : 'z'; user <= (a->grouped ? 'w' : 'z'); user++) {
        const hit *of[HITS * 2];
        size_t n = 0;
        for (size_t i = 0; i < count; i++)
            if (place_of(a, &hits[i]) >= 0 && (!a->grouped || hits[i].user == user))
                of[n++] = &hits[i];
        if (strcmp(a->type, "temporal_ordered") == 0)
            judge_order(a, of, n, out);
        else
            judge_windows(a, of, n, out);
    }
}

/* ---- both are asked ---- */

static asked random_asked(bool outer)
{
    static const char *const types[] = {"event_count",      "value_count", "temporal",
                                        "temporal_ordered", "value_sum",   "value_avg",
                                        "value_percentile"};
    static const char *const compare[] = {"gte", "gt", "lte", "lt", "eq", "neq"};
    static const char *const rules[] = {"ra", "rb", "rc"};
    asked a = {.type = types[below(7)],
               .span = 2 + (int)below(12),
               .grouped = below(4) != 0,
               .percentile = 5 * (1 + (int)below(20))};
    bool order = strncmp(a.type, "temporal", 8) == 0;
    a.rule_count = order ? 2 + below(2) : 1 + below(2);
    uint32_t from = below(3);
    for (size_t i = 0; i < a.rule_count; i++)
        a.rules[i] = rules[(from + i) % 3];
    if (outer)
        a.rules[below((uint32_t)a.rule_count)] = "X";
    a.aliased = a.grouped && !outer && a.rule_count == 2 && from == 0;
    a.with_count = order && below(2) ? 0 : 1 + (below(4) == 0);
    uint32_t first = below(6);
    if (order) /* fewer than one rule is no condition for them */
        first = below(2);
    for (size_t i = 0; i < a.with_count; i++) {
        a.with[i] = i ? compare[(first + 2) % (order ? 2 : 6)] : compare[first];
        a.than[i] =
            (int)below(order ? 3 : 5) +
            (strncmp(a.type, "value_", 6) == 0 && strcmp(a.type, "value_count") != 0 ? 5 : 0);
    }
    if (a.with_count == 2 && strcmp(a.with[0], a.with[1]) == 0)
        a.with_count = 1;
    return a;
}

static void put_asked(kk_buffer *out, const char *name, const asked *a)
{
    bool values = strncmp(a->type, "value_", 6) == 0;
    kk_putf(out, "---\ntitle: %s\nname: %s\ncorrelation:\n  type: %s\n  timespan: %ds\n  rules: [",
            name, name, a->type, a->span);
    for (size_t i = 0; i < a->rule_count; i++)
        kk_putf(out, "%s%s", i ? ", " : "", a->rules[i]);
    kk_putf(out, "]\n");
    if (a->grouped)
        kk_putf(out, "  group-by: [%s]\n", a->aliased ? "who" : "User");
    if (a->aliased)
        kk_putf(out, "  aliases: {who: {ra: User, rb: Account}}\n");
    if (a->with_count || values) {
        kk_putf(out, "  condition: {");
        for (size_t i = 0; i < a->with_count; i++)
            kk_putf(out, "%s%s: %d", i ? ", " : "", a->with[i], a->than[i]);
        if (values)
            kk_putf(out, ", field: Value");
        if (strcmp(a->type, "value_percentile") == 0)
            kk_putf(out, ", percentile: %d", a->percentile);
        kk_putf(out, "}\n");
    }
}

#define PART(name, value)                                                                          \
    "title: " name "\nname: " name "\nlogsource: {product: windows, service: application}\n"       \
    "detection: {s: {Kind: " value "}, condition: s}\n"

typedef struct {
    kit k;
    findings by[2]; /* of X and of Y */
} told;

static void on_told(void *context, const kk_correlation_hit *h)
{
    told *t = context;
    kk_rule_info info = kk_ruleset_info(t->k.rules, h->rule);
    findings *out = &t->by[info.title.ptr[0] == 'Y'];
    double value = (double)h->value / 1e9;
    assert_true(h->count && h->total >= h->count && h->count <= KK_CORRELATED_MOST);
    assert_int_equal(h->events[0].item, (uint64_t)h->first / KK_SECOND);
    assert_int_equal(h->last_event.item, (uint64_t)h->last / KK_SECOND);
    put(out,
        (found){h->first / KK_SECOND, h->last / KK_SECOND, (int)h->total, value,
                h->group_count ? (char)(h->group[0].ptr[0] | 0x20) : 'z', NULL,
                h->last_event.record},
        NULL);
}

static void run_one(told *t, kk_correlator *correlator, const hit *h)
{
    kk_event event = {.text = {[KK_DATASET] = KK_S("windows.application")},
                      .time = h->time * KK_SECOND};
    char kind[2] = {h->rule, 0}, user[2] = {h->user, 0};
    kk_rule_hit hits[8];
    kk_slice captures[8];
    if (h->order % 3 == 0)
        user[0] = (char)(user[0] & ~0x20); /* the same without case */
    kk_event_more(&event, arena, KK_S("Kind"), kk_cstr(kind));
    kk_event_more(&event, arena, KK_S("User"), kk_cstr(user));
    if (h->rule == 'b')
        kk_event_more(&event, arena, KK_S("Account"), kk_cstr(user));
    if (h->value >= 0)
        kk_event_more(&event, arena, KK_S("Value"), kk_print(arena, "%d", h->value));
    size_t count = kk_match(t->k.matcher, &event, hits, 8);
    assert_int_equal(count, 1);
    size_t wanted = kk_ruleset_info(t->k.rules, hits[0].rule).captures;
    for (size_t n = 0; n < wanted; n++)
        captures[n] = kk_match_capture(t->k.matcher, &hits[0], n);
    kk_rule_event one = {hits[0].rule, event.time, {(uint64_t)h->time, h->order, 0, 0}, captures};
    kk_correlator_add(correlator, &one);
}

static int by_all(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : (x->user > y->user) - (x->user < y->user);
}

static void same(const char *rule, findings *is, findings *should)
{
    qsort(is->all, is->count, sizeof *is->all, by_all);
    qsort(should->all, should->count, sizeof *should->all, by_all);
    for (size_t i = 0; i < is->count || i < should->count; i++) {
        const found *x = &is->all[i], *y = &should->all[i];
        double off = i < is->count && i < should->count ? x->value - y->value : 1;
        if (off < -0.001 || off > 0.001 || x->first != y->first || x->last != y->last ||
            x->total != y->total || x->user != y->user || x->at != y->at)
            fail_msg("%s\n%zu told, %zu should be; number %zu: %lld..%lld %d %g %c, not %lld..%lld "
                     "%d %g %c",
                     rule, is->count, should->count, i, x->first, x->last, x->total, x->value,
                     x->user, y->first, y->last, y->total, y->value, y->user);
    }
}

static const asked *turns_of;

/* Of one event the last place comes first, so that it does not follow itself. */
static int by_turn(const void *a, const void *b)
{
    const hit *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return place_of(turns_of, y) - place_of(turns_of, x);
}

/* Hits of the first correlation, among the others. */
static size_t with_inner(const findings *inner, hit *hits, size_t count)
{
    for (size_t i = 0; i < inner->count; i++) {
        hits[count] = *inner->all[i].by;
        hits[count++].rule = 'X';
    }
    qsort(hits, count, sizeof *hits, by_turn);
    return count;
}

static void hold_one(const char *yaml, const asked *inner, const asked *outer)
{
    for (int run = 0; run < RUNS; run++) {
        told t = {.k = kit_of(yaml)};
        hit hits[HITS];
        size_t count = HITS;
        long long now = 1000;
        if (t.k.set->refusal_count && kk_has(t.k.set->refusals[0].what, KK_S("no number fits"))) {
            kit_close(&t.k);
            continue;
        }
        if (t.k.set->refusal_count)
            fail_msg("%s: %.*s", yaml, KK_P(t.k.set->refusals[0].what));
        kk_correlator *correlator = kk_correlator_open(t.k.rules, on_told, &t);
        for (size_t i = 0; i < count; i++) {
            now += below(6) ? below(3) : below(40);
            hits[i] =
                (hit){now, i, (int)below(12) - 1, (char)('a' + below(3)), (char)('u' + below(3))};
            run_one(&t, correlator, &hits[i]);
        }
        kk_correlator_finish(correlator);
        findings x = {.count = 0}, y = {.count = 0};
        judge(inner, hits, count, &x);
        same(yaml, &t.by[0], &x);
        hit all[HITS * 2];
        memcpy(all, hits, sizeof hits);
        assert_true(x.count <= HITS);
        turns_of = outer;
        count = with_inner(&x, all, count);
        judge(outer, all, count, &y);
        same(yaml, &t.by[1], &y);
        kk_correlator_close(correlator);
        kit_close(&t.k);
    }
}

static void test_random(void **state)
{
    (void)state;
    for (int set = 0; set < RULE_SETS; set++) {
        kk_buffer yaml = {0};
        asked inner = random_asked(false), outer = random_asked(true);
        seed += (uint64_t)set * 7919 + 1;
        kk_put(&yaml, KK_S(PART("ra", "a") "---\n" PART("rb", "b") "---\n" PART("rc", "c")));
        put_asked(&yaml, "X", &inner);
        put_asked(&yaml, "Y", &outer);
        kk_put_byte(&yaml, '\0');
        hold_one(yaml.ptr, &inner, &outer);
        kk_buffer_close(&yaml);
        kk_arena_reset(arena);
    }
}

/* However many groups come by, only those of two timespans are there at once; and a group that goes on
 * for ever holds what its condition needs. */
static void test_memory(void **state)
{
    (void)state;
    told t = {.k = kit_of(PART(
                  "ra", "a") "---\ntitle: X\ncorrelation: {type: event_count, rules: [ra], "
                             "group-by: [User], timespan: 10s, condition: {gte: 3}}\n---\n"
                             "title: Y\ncorrelation: {type: value_count, rules: [ra], group-by: "
                             "[User, Value], timespan: 10s, condition: {field: User, lt: 1}}\n")};
    kk_correlator *correlator = kk_correlator_open(t.k.rules, on_told, &t);
    assert_int_equal(t.k.set->refusal_count, 0);
    for (int i = 0; i < 200000; i++) {
        char name[24];
        snprintf(name, sizeof name, "u%d", i);
        kk_slice captures[2] = {kk_cstr(name), kk_cstr(name)};
        kk_rule_event one = {0, (kk_time)i * KK_SECOND, {0}, captures};
        assert_true(kk_ruleset_info(t.k.rules, 0).captures <= 2);
        kk_correlator_add(correlator, &one);
    }
    kk_correlator_finish(correlator);
    assert_int_equal(t.by[0].count + t.by[1].count, 0);
    assert_true(kk_correlator_groups(correlator) < 60);
    kk_correlator_close(correlator);
    kit_close(&t.k);
}

/* Accounts that are guessed once each, within one timespan: what is held grows with each, so each is small. */
static void test_many_groups(void **state)
{
    enum { GROUPS = 50000, BYTES_EACH = 600 };
    (void)state;
    told t = {.k = kit_of(PART(
                  "ra", "a") "---\ntitle: X\ncorrelation: {type: event_count, rules: [ra], "
                             "group-by: [User], timespan: 10s, condition: {gte: 3}}\n---\n"
                             "title: Y\ncorrelation: {type: value_count, rules: [ra], group-by: "
                             "[User], timespan: 10s, condition: {field: Value, gte: 3}}\n")};
    kk_correlator *correlator = kk_correlator_open(t.k.rules, on_told, &t);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < GROUPS; i++) {
        char name[24];
        snprintf(name, sizeof name, "u%d", i);
        kk_slice captures[2] = {kk_cstr(name), kk_cstr(name)};
        kk_rule_event one = {0, KK_SECOND, {0}, captures};
        kk_correlator_add(correlator, &one);
    }
    size_t held = mallinfo2().uordblks - before; /* 0 where a sanitizer gives the memory */
    assert_int_equal(kk_correlator_groups(correlator), 2 * GROUPS);
    if (held > (size_t)GROUPS * BYTES_EACH * 2)
        fail_msg("%zu bytes for each group", held / GROUPS / 2);
    kk_correlator_close(correlator);
    kit_close(&t.k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_memory, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_many_groups, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
