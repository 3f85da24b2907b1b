/* What of the mentions lies in memory: held against peaks that were measured. */
#include "tests/unit/test.h"

#include "persons/room.h"

static const uint64_t mega = UINT64_C(1) << 20, giga = UINT64_C(1) << 30,
                      store = UINT64_C(400000000);

static mention_room room(uint64_t memory, uint64_t mentions)
{
    uint64_t of_store = memory / 4 < store ? memory / 4 : store;
    return room_for_mentions(memory, of_store, mentions);
}

/* A million took 720 to 990 MB in memory: with 700 MB the process was killed. */
static void nobody_is_killed(void **state)
{
    (void)state;
    assert_false(room(700 * mega, 1000000).all);
    assert_false(room(600 * mega, 700000).all);
    assert_false(room(6 * giga, 10000000).all); /* 6.7 GB */
    assert_false(room(8 * giga, 100000000).all);
    assert_false(room(8 * giga, 100000000).people);
}

/* Files are slow: not without need. */
static void nothing_is_put_away_without_need(void **state)
{
    (void)state;
    assert_true(room(2 * giga, 1000000).all);
    assert_true(room(24 * giga, 30000000).all);
    assert_true(room(512 * mega, 10000).all);
    assert_true(room(0, UINT32_MAX).all); /* nobody tells */
    assert_true(room(3 * giga, 10000000).people);
}

static void keys_take_a_small_part(void **state)
{
    (void)state;
    assert_int_equal(room_for_keys(giga), 4 << 20);
    assert_true(room_for_keys(24 * giga) * 12 <= giga);
    assert_int_equal(room_for_keys(UINT64_MAX), 400 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_killed),
        cmocka_unit_test(nothing_is_put_away_without_need),
        cmocka_unit_test(keys_take_a_small_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
