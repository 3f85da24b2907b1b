/* Which mentions are one person: joins, vetoes, bounds, and that no order shows in the result. */
#include "tests/unit/identity_kit.h"

/* ---- order ---- */

static void shuffle(fixture *f, unsigned seed)
{
    srand(seed);
    for (size_t i = f->key_count; i > 1; i--) {
        size_t k = (size_t)rand() % i;
        tagged_key held = f->keys[i - 1];
        f->keys[i - 1] = f->keys[k];
        f->keys[k] = held;
    }
}

static person at_random(uint32_t i)
{
    uint32_t family = (uint32_t)rand() % 300, given = (uint32_t)rand() % 200;
    uint32_t household = 1 + i / 3; /* three of a family live together and share a telephone */
    person p = {.truth = i, .given = 1000 + given, .sex = 1 + given % 2};
    family = i % 3 ? household % 300 : family;
    p.name = 1 + (family * 200 + given) * 2;
    p.kana = p.name + 1;
    p.address = household;
    p.room = household % 3 ? 0 : 100 + household % 7;
    p.birth = (1930 + (uint32_t)rand() % 80) * 10000 + (1 + (uint32_t)rand() % 12) * 100 + 1 +
              (uint32_t)rand() % 28;
    p.phone = rand() % 4 ? 100000 + i : 500000 + household;
    p.email = 900000 + i;
    return p;
}

static bool happens(int percent)
{
    return rand() % 100 < percent;
}

/* What a second record of somebody lacks or has wrong. Who has moved keeps the telephone: a name at
 * another address, with nothing else, cannot be told from somebody else of that name. */
static person spoiled(person p)
{
    bool moved = happens(10);
    if (happens(60))
        p.birth = 0;
    else if (happens(3))
        p.birth = p.birth % 10 > 6 ? p.birth - 3 : p.birth + 3;
    if (happens(50))
        p.kana = 0;
    if (happens(50))
        p.email = 0;
    if (happens(40) && !moved)
        p.phone = 0;
    if (moved)
        p.address = 700000 + (uint32_t)rand() % 100000;
    if (happens(40))
        p.room = 0;
    if (happens(50))
        p.sex = 0;
    if (happens(20))
        p.given = 0;
    return p;
}

static size_t populate(fixture *f, unsigned seed, size_t persons)
{
    srand(seed);
    f->count = f->key_count = 0;
    person *all = KK_NEW_ARRAY(f->arena, person, persons);
    for (size_t i = 0; i < persons; i++) {
        all[i] = at_random((uint32_t)i);
        add(f, &all[i]);
    }
    for (size_t i = 0; i < persons; i++) {
        person p = spoiled(all[(size_t)rand() % persons]);
        add(f, &p);
    }
    return persons;
}

/* The same as populate, in rows of another order, and told by what stands in them. */
static void populate_moved(fixture *f, unsigned seed, size_t persons, unsigned order)
{
    srand(seed);
    f->count = f->key_count = 0;
    f->content = KK_NEW_ARRAY(f->arena, uint64_t, 2 * persons);
    person *all = KK_NEW_ARRAY(f->arena, person, 2 * persons);
    for (size_t i = 0; i < persons; i++)
        all[i] = at_random((uint32_t)i);
    for (size_t i = 0; i < persons; i++)
        all[persons + i] = spoiled(all[(size_t)rand() % persons]);
    srand(order);
    for (size_t i = 2 * persons; i > 0; i--) {
        size_t k = order ? (size_t)rand() % i : i - 1;
        const uint32_t *words = (const uint32_t *)&all[k];
        for (size_t w = 0; w < sizeof *all / sizeof *words; w++)
            f->content[f->count] = mix(f->content[f->count], words[w]);
        add(f, &all[k]);
        all[k] = all[i - 1];
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Who is with whom: for each mention its content and the smallest of its person. */
static uint64_t *memberships(const fixture *f, const uint32_t *of)
{
    uint64_t *smallest = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    uint64_t *out = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    for (size_t i = 0; i < f->count; i++)
        if (!smallest[of[i]] || f->content[i] < smallest[of[i]])
            smallest[of[i]] = f->content[i];
    for (size_t i = 0; i < f->count; i++)
        out[i] = mix(f->content[i], smallest[of[i]]);
    qsort(out, f->count, sizeof *out, by_value);
    return out;
}

static void compare(const fixture *f, const identity *before)
{
    size_t bytes = f->count * sizeof(uint32_t);
    assert_memory_equal(before->certain, f->out.certain, bytes);
    assert_memory_equal(before->probable, f->out.probable, bytes);
    assert_memory_equal(before->possible, f->out.possible, bytes);
    assert_int_equal(before->edge_count, f->out.edge_count);
}

static void no_order_shows(void **state)
{
    fixture *f = *state;
    populate(f, 1, 2000);
    find(f);
    identity before = f->out;
    for (unsigned seed = 2; seed < 6; seed++) {
        shuffle(f, seed);
        find(f);
        compare(f, &before);
        assert_memory_equal(before.edges, f->out.edges, before.edge_count * sizeof(join_edge));
    }
}

/* The third fits both: whose it is must not depend on who stands first. */
static void who_comes_first_does_not_show(void **state)
{
    fixture *f = *state;
    static const person some[] = {{.name = 11, .phone = 7, .birth = 19800101},
                                  {.name = 11, .phone = 7, .birth = 19451230},
                                  {.name = 11, .phone = 7}};
    static const int orders[][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {2, 0, 1}};
    uint64_t *before = NULL;
    f->content = KK_NEW_ARRAY(f->arena, uint64_t, 3);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        f->count = f->key_count = 0;
        for (int i = 0; i < 3; i++) {
            f->content[i] = 1000 + (uint64_t)orders[o][i];
            add(f, &some[orders[o][i]]);
        }
        find(f);
        uint64_t *now = memberships(f, f->out.probable);
        if (before)
            assert_memory_equal(before, now, 3 * sizeof *now);
        before = now;
    }
}

static void no_place_of_a_row_shows(void **state)
{
    fixture *f = *state;
    populate_moved(f, 5, 3000, 0);
    find(f);
    uint64_t *before = memberships(f, f->out.probable), *least = memberships(f, f->out.possible);
    for (unsigned order = 1; order < 4; order++) {
        populate_moved(f, 5, 3000, order);
        find(f);
        assert_memory_equal(before, memberships(f, f->out.probable), f->count * sizeof *before);
        assert_memory_equal(least, memberships(f, f->out.possible), f->count * sizeof *before);
    }
}

/* Another case has another key, hence other hashes in another order. */
static void no_key_of_a_case_shows(void **state)
{
    fixture *f = *state;
    populate(f, 7, 2000);
    find(f);
    identity before = f->out;
    for (f->salt = 1; f->salt < 5; f->salt++) {
        populate(f, 7, 2000);
        find(f);
        compare(f, &before);
    }
}

/* Some of whom nothing but the name is known stand beside somebody twice: they are joined by that alone. */
static void put_beside(fixture *f)
{
    enum { MORE = 2000 };
    size_t before = f->count, count = before + 4 * MORE;
    beside_whom *beside = KK_NEW_ARRAY(f->arena, beside_whom, count);
    uint64_t *content = KK_NEW_ARRAY(f->arena, uint64_t, count);
    for (uint32_t i = 0; i < 2 * MORE; i++) {
        (void)add(f, &(person){.name = 800000 + i % MORE, .email = 800000 + i % MORE});
        beside[add(f, &(person){.name = 900000 + i % MORE / 2})] =
            (beside_whom){-1, KK_ROLE_ADDRESSEE};
    }
    for (size_t i = 0; f->content && i < count; i++)
        content[i] = i < before ? f->content[i] : mix(1, i);
    f->content = f->content ? content : NULL;
    f->beside = beside;
}

static size_t joined_by(const fixture *f, kk_rule rule)
{
    size_t count = 0;
    for (size_t i = 0; i < f->out.edge_count; i++)
        count += f->out.edges[i].rule == rule;
    return count;
}

static void no_batch_size_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 1500);
    put_beside(f);
    find(f);
    identity before = f->out;
    static const size_t sizes[] = {1, 100, 5000, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        f->at_once = sizes[i];
        find(f);
        compare(f, &before);
    }
}

/* With room for hardly any key the persons are the same: keys are made more often, of some rules and
 * then of parts of their hashes. */
static void no_lack_of_memory_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 6000);
    find(f);
    assert_int_equal(f->tellings, 2); /* once to count them */
    identity before = f->out;
    static const size_t sizes[] = {60000, 2000, 300};
    unsigned tellings = 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        f->at_once = sizes[i];
        find(f);
        compare(f, &before);
        assert_true(f->tellings > tellings);
        tellings = f->tellings;
    }
    assert_true(tellings > 100);
}

/* What does not fit into memory lies in files, as far as there are any; then keys are made once. */
static void no_file_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 35000); /* a record and a spoiled one each */
    put_beside(f);
    f->parts = 50;
    find(f);
    identity before = f->out;
    assert_int_equal(f->files, 0);
    assert_true(joined_by(f, KK_RULE_NAME_BESIDE) > 0);
    f->in_files = true;
    for (f->refused = 0; f->refused <= 3; f->refused++) {
        find(f);
        compare(f, &before);
        assert_int_equal(f->out.edge_count, before.edge_count);
        assert_memory_equal(before.edges, f->out.edges, before.edge_count * sizeof(join_edge));
        assert_true(f->files > 0);
        assert_true(f->tellings <= 50 + 16); /* and some once more, to count them */
    }
    /* no file at all: as many keys at a time as memory has room for */
    f->refused = 1;
    f->at_once = 50000;
    find(f);
    compare(f, &before);
    assert_true(f->tellings > 2 * (50 + 16));
}

/* Nor in how many pieces keys are made, by however many processors. */
static void no_parts_show(void **state)
{
    fixture *f = *state;
    populate(f, 9, 6000);
    put_beside(f);
    find(f);
    identity before = f->out;
    for (size_t i = 0; i < 6; i++) {
        f->parts = 1 + 40 * i;
        f->at_once = i % 2 ? 20000 : 0;
        find(f);
        compare(f, &before);
    }
}

static void once_more_changes_nothing(void **state)
{
    fixture *f = *state;
    static const person some[] = {
        {.name = 11, .phone = 5, .address = 3},
        {.name = 11, .address = 3, .email = 9},
        {.name = 22, .phone = 5},
        {.name = 33, .birth = 19700101, .address = 3},
        {.name = 44, .email = 9, .number = 8},
        {.name = 11, .phone = 5, .birth = 19881111},
    };
    size_t n = sizeof some / sizeof *some;
    for (size_t i = 0; i < n; i++)
        add(f, &some[i]);
    find(f);
    size_t most = persons_in(f, f->out.certain), count = persons_in(f, f->out.probable),
           least = persons_in(f, f->out.possible);
    for (int times = 0; times < 3; times++) {
        for (size_t i = 0; i < n; i++)
            add(f, &some[i]);
        expect(f, most, count, least);
    }
}

/* ---- figures ---- */

static void spanning_forest(void **state)
{
    fixture *f = *state;
    populate(f, 21, 3000);
    find(f);
    size_t joins[3] = {0};
    for (size_t i = 0; i < f->out.edge_count; i++) {
        const join_edge *e = &f->out.edges[i];
        assert_true(e->a < e->b && e->b < f->count);
        joins[e->strength]++;
        assert_int_equal(f->out.possible[e->a], f->out.possible[e->b]);
    }
    assert_int_equal(f->count - joins[0], persons_in(f, f->out.certain));
    assert_int_equal(f->count - joins[0] - joins[1], persons_in(f, f->out.probable));
    assert_int_equal(f->count - joins[0] - joins[1] - joins[2], persons_in(f, f->out.possible));
}

static void truth_lies_between(void **state)
{
    fixture *f = *state;
    for (unsigned seed = 100; seed < 130; seed++) {
        size_t truth = populate(f, seed, 1500);
        find(f);
        size_t most = persons_in(f, f->out.certain), count = persons_in(f, f->out.probable),
               least = persons_in(f, f->out.possible);
        if (!(least <= truth && truth <= most && least <= count && count <= most))
            fail_msg("seed %u: %zu people, least %zu, count %zu, most %zu", seed, truth, least,
                     count, most);
        double off = (double)count / (double)truth - 1;
        if (off > 0.03 || off < -0.03)
            fail_msg("seed %u: %zu people are counted as %zu", seed, truth, count);
    }
}

static void sorting_by_radix(void **state)
{
    (void)state;
    enum { N = 30000 };
    static rule_key keys[N];
    srand(5);
    for (uint32_t i = 0; i < N; i++) {
        uint64_t high = (uint64_t)rand() % 7, low = (uint64_t)rand() % (i % 3 ? 4 : 100000);
        keys[i] = (rule_key){high << 59 | low, (uint32_t)rand() % 1000};
    }
    rule_keys_sort(keys, N);
    for (size_t i = 1; i < N; i++)
        assert_true(keys[i - 1].hash < keys[i].hash ||
                    (keys[i - 1].hash == keys[i].hash && keys[i - 1].mention <= keys[i].mention));
}

/* ---- decisions ---- */

#define RULE_ON(f, ...)                                                                            \
    do {                                                                                           \
        static const ruling list[] = {__VA_ARGS__};                                                \
        (f)->rulings = list;                                                                       \
        (f)->ruling_count = sizeof list / sizeof *list;                                            \
    } while (0)

static void a_merge_is_one_in_all_three(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 2, .phone = 8});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19800101});
    expect(f, 2, 2, 2);
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false});
    expect(f, 1, 1, 1);
    assert_true(f->out.outcomes[0].holds);
}

/* What a merge brings together tells rules nothing: the third has another birth date than the second. */
static void a_merge_changes_nothing_else(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .birth = 19990101});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19800101});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19550505});
    expect(f, 3, 3, 2);
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false});
    expect(f, 2, 2, 1);
}

/* The third has all that either has: whichever it goes to, the two do not meet in it. */
static void a_split_holds_through_others(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 1, .email = 9});
    add(f, &(person){.name = 1, .phone = 7, .email = 9});
    expect(f, 1, 1, 1);
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true});
    expect(f, 2, 2, 2);
    assert_int_not_equal(f->out.possible[0], f->out.possible[1]);
    assert_true(f->out.outcomes[0].holds);
}

/* With decisions one processor joins everything: what several do must be the same to the last edge. Here
 * the decision is a split that names one record alone, which keeps nobody apart. */
static void no_number_of_processors_shows(void **state)
{
    fixture *f = *state;
    populate_moved(f, 3, 19000, 1);
    find(f);
    identity before = f->out;
    RULE_ON(f, {0, 0, 5, true});
    find(f);
    compare(f, &before);
    assert_memory_equal(before.edges, f->out.edges, before.edge_count * sizeof(join_edge));
    assert_true(before.edge_count > 10000);
}

/* One is the second by decision, and so not who the second is not. */
static void a_split_holds_through_merges(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 5, .phone = 6});
    add(f, &(person){.name = 1, .phone = 7, .email = 9});
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false}, {1, 0, 1, true}, {1, 1, 2, true});
    expect(f, 2, 2, 2);
    assert_int_equal(f->out.certain[0], f->out.certain[1]);
    assert_true(f->out.outcomes[0].holds && f->out.outcomes[1].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, RULED_BY_NONE);
}

static void the_last_decision_counts(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 5, .phone = 6});
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false}, {1, 0, 0, true}, {1, 1, 1, true});
    expect(f, 2, 2, 2);
    assert_false(f->out.outcomes[0].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, 1);
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true}, {1, 0, 0, false}, {1, 0, 1, false});
    expect(f, 1, 1, 1);
    assert_false(f->out.outcomes[0].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, 1);
    assert_true(f->out.outcomes[1].holds);
}

/* A merge of two of three that were split leaves the third apart from both. */
static void a_later_decision_takes_back_no_more_than_it_says(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 3; i++)
        add(f, &(person){.name = 1, .phone = 7});
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true}, {0, 2, 2, true}, {1, 0, 0, false},
            {1, 0, 1, false});
    expect(f, 2, 2, 2);
    assert_int_equal(f->out.certain[0], f->out.certain[1]);
    assert_true(f->out.outcomes[0].holds);
}

/* Decisions of two to four records each, named by what stands in these. */
typedef struct {
    uint64_t content[4];
    size_t count;
    bool is_apart;
} told_decision;

static void decide_at_random(const fixture *f, told_decision *told, unsigned seed)
{
    uint64_t *sorted = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    memcpy(sorted, f->content, f->count * sizeof *sorted);
    qsort(sorted, f->count, sizeof *sorted, by_value);
    srand(seed);
    for (size_t d = 0; d < DECISIONS; d++) {
        told[d] = (told_decision){.count = 2 + (size_t)rand() % 3, .is_apart = rand() % 2};
        for (size_t i = 0; i < told[d].count; i++) /* few records, so that decisions meet */
            told[d].content[i] = sorted[(size_t)rand() % 60];
    }
}

static void rule_by_content(fixture *f, const told_decision *told)
{
    ruling *rulings = KK_NEW_ARRAY(f->arena, ruling, 4 * f->count);
    f->ruling_count = 0;
    for (uint32_t d = 0; d < DECISIONS; d++)
        for (uint32_t m = 0; m < f->count; m++)
            for (uint32_t i = 0; i < told[d].count; i++)
                if (f->content[m] == told[d].content[i])
                    rulings[f->ruling_count++] =
                        (ruling){d, told[d].is_apart ? i : 0, m, told[d].is_apart};
    f->rulings = rulings;
}

/* What no later decision takes back holds in each of the three; each refines the next. */
static void expect_decided(const fixture *f)
{
    const uint32_t *const partitions[] = {f->out.certain, f->out.probable, f->out.possible};
    for (int p = 0; p < 3; p++)
        for (size_t i = 0; i < f->ruling_count; i++)
            for (size_t k = i + 1;
                 k < f->ruling_count && f->rulings[k].decision == f->rulings[i].decision; k++) {
                const ruling *a = &f->rulings[i], *b = &f->rulings[k];
                bool same = partitions[p][a->mention] == partitions[p][b->mention];
                if (f->out.outcomes[a->decision].overruled_by != RULED_BY_NONE ||
                    a->mention == b->mention)
                    continue;
                assert_true(a->is_apart ? !same || a->part == b->part : same);
            }
    for (size_t i = 0; i < f->count; i++) {
        assert_int_equal(f->out.probable[i], f->out.probable[f->out.certain[i]]);
        assert_int_equal(f->out.possible[i], f->out.possible[f->out.probable[i]]);
    }
}

static void decisions_hold_in_any_order(void **state)
{
    fixture *f = *state;
    told_decision told[DECISIONS];
    size_t overruled = 0;
    for (unsigned seed = 1; seed < 40; seed++) {
        uint64_t *before[3] = {NULL};
        for (unsigned order = 0; order < 3; order++) {
            f->ruling_count = 0;
            populate_moved(f, seed, 150, order);
            decide_at_random(f, told, seed);
            rule_by_content(f, told);
            f->at_once = order == 2 ? 50 : 0;
            find(f);
            expect_decided(f);
            for (size_t d = 0; d < DECISIONS; d++)
                overruled += f->out.outcomes[d].overruled_by != RULED_BY_NONE;
            const uint32_t *const partitions[] = {f->out.certain, f->out.probable, f->out.possible};
            for (int p = 0; p < 3; p++) {
                uint64_t *now = memberships(f, partitions[p]);
                if (before[p])
                    assert_memory_equal(before[p], now, f->count * sizeof *now);
                before[p] = now;
            }
        }
    }
    assert_true(overruled > 100);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_order_shows),
        TEST(who_comes_first_does_not_show),
        TEST(no_place_of_a_row_shows),
        TEST(no_key_of_a_case_shows),
        TEST(no_batch_size_shows),
        TEST(no_lack_of_memory_shows),
        TEST(no_file_shows),
        TEST(no_parts_show),
        TEST(once_more_changes_nothing),
        TEST(spanning_forest),
        TEST(a_merge_is_one_in_all_three),
        TEST(a_merge_changes_nothing_else),
        TEST(a_split_holds_through_others),
        TEST(a_split_holds_through_merges),
        TEST(no_number_of_processors_shows),
        TEST(the_last_decision_counts),
        TEST(a_later_decision_takes_back_no_more_than_it_says),
        TEST(decisions_hold_in_any_order),
        TEST(truth_lies_between),
        TEST(sorting_by_radix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
