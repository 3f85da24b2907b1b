/* What a lane is given lies in the store; a lane that can no longer write: what is still given to it goes nowhere,
 * and the next commit says why. */
#include "tests/unit/case_folder.h"

#include "store/store.h"

static void test_broken(void **state)
{
    enum { ROWS = 20000 };
    kk_fault fault = {0};
    kk_store *store;
    kk_lane *lane;
    (void)state;
    assert_int_equal(kk_store_open(path("case.duckdb"), KK_STORE_WRITE, &store, &fault), KK_OK);
    assert_int_equal(kk_lane_open(store, &lane, &fault), KK_OK);
    assert_int_equal(kk_store_run(store, "ALTER TABLE hits RENAME TO gone", &fault), KK_OK);
    for (uint64_t i = 0; i < ROWS; i++) {
        kk_hit hit = {.record = i, .source = KK_S("a source that is longer than twelve bytes")};
        kk_lane_hit(lane, 1, 0, 1, &hit);
    }
    assert_int_equal(kk_lane_commit(lane, &fault), KK_STORE);
    kk_lane_close(lane);
    kk_store_close(store);
}

/* Two short texts, as further fields are packed. */
static kk_slice packed(kk_slice one, kk_slice two)
{
    return kk_print(arena, "\2%c%c%.*s%.*s", (char)one.len, (char)two.len, KK_P(one), KK_P(two));
}

static void give(kk_lane *lane, uint64_t record, unsigned names)
{
    kk_event e = {.time = 1, .record = record};
    kk_more more = {kk_print(arena, "\"Name%u\",\"b\"", names),
                    packed(kk_print(arena, "%llu", (unsigned long long)record), KK_S("\"漢"))};
    if (record % 3 == 1) /* together */
        more = (kk_more){KK_NONE, kk_more_json(arena, more)};
    if (record % 3 == 2)
        more = (kk_more){KK_NONE, KK_NONE};
    kk_lane_event(lane, 1, 0, &e, more);
}

static void hold_rows(kk_store *store, uint64_t count, unsigned different)
{
    kk_fault fault = {0};
    kk_rows *rows;
    uint64_t i = 0;
    assert_int_equal(kk_ask(store, "any", "SELECT record, more FROM stored ORDER BY record", NULL,
                            0, &rows, &fault),
                     KK_OK);
    for (; kk_rows_next(rows); i++) {
        char wanted[80];
        assert_int_equal(kk_rows_u64(rows, 0), i);
        snprintf(wanted, sizeof wanted, "[[\"Name%u\",\"%llu\"],[\"b\",\"\\\"漢\"]]",
                 (unsigned)(i % different), (unsigned long long)i);
        assert_true(kk_rows_null(rows, 1) == (i % 3 == 2));
        if (i % 3 != 2)
            assert_true(kk_is(kk_rows_text(rows, 1), wanted));
    }
    assert_int_equal(i, count);
    assert_int_equal(kk_rows_close(rows, &fault), KK_OK);
}

/* Few names and more than are kept apart, by two lanes and two openings of the store. */
static void further_fields(unsigned different)
{
    enum { ROWS = 15000 };
    kk_fault fault = {0};
    kk_store *store;
    for (int half = 0; half < 2; half++) {
        kk_lane *lanes[2];
        assert_int_equal(kk_store_open(path("case.duckdb"), KK_STORE_WRITE, &store, &fault), KK_OK);
        for (int i = 0; i < 2; i++)
            assert_int_equal(kk_lane_open(store, &lanes[i], &fault), KK_OK);
        for (uint64_t i = (uint64_t)half * ROWS / 2; i < ((uint64_t)half + 1) * ROWS / 2; i++)
            give(lanes[i % 7 == 0], i, (unsigned)(i % different));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(kk_lane_commit(lanes[i], &fault), KK_OK);
            kk_lane_close(lanes[i]);
        }
        if (half)
            hold_rows(store, ROWS, different);
        kk_store_close(store);
    }
    assert_int_equal(kk_store_open(path("case.duckdb"), KK_STORE_READ, &store, &fault), KK_OK);
    hold_rows(store, ROWS, different);
    kk_store_close(store);
}

static void test_further(void **state)
{
    (void)state;
    further_fields(5);
}

static void test_many_names(void **state)
{
    (void)state;
    further_fields(14999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(test_broken),
        CASE_TEST(test_further),
        CASE_TEST(test_many_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
