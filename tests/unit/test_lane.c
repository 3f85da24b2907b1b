/* A lane that can no longer write: what is still given to it goes nowhere, and the next commit says why. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
