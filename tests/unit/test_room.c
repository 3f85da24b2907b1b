/* What of the mentions lies in memory: held against peaks that were measured. */
#include "tests/unit/test.h"

#include "persons/key_file.h"
#include "persons/room.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* 1.29 M took 1.05 GB of the disk; what all lies in memory takes none. */
static void files_want_room(void **state)
{
    (void)state;
    assert_true(disk_for_mentions(room(300 * mega, 1290000), 1290000) > 1050000000);
    assert_true(disk_for_mentions(room(300 * mega, 1290000), 1290000) < 1290000 * UINT64_C(1000));
    assert_true(disk_for_mentions(room(8 * giga, UINT32_MAX), UINT32_MAX) > 3000 * giga);
    assert_true(disk_for_mentions(room(2 * giga, 1000000), 1000000) == 0);
}

/* What memory has no room for and the disk neither: said, and not kept in memory. */
static int full_disk(void *context)
{
    (void)context;
    return open("/dev/full", O_RDWR | O_CLOEXEC);
}

static void put_on_full_disk(void)
{
    static const char bytes[4096];
    uint64_t at;
    kk_arena *arena = kk_arena_open();
    key_file_put(key_file_open(full_disk, NULL, arena), bytes, sizeof bytes, &at);
    _exit(0);
}

static void a_full_disk_is_said(void **state)
{
    char said[512] = "";
    int ends[2], status = 0;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        put_on_full_disk();
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    close(ends[0]);
    close(ends[1]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    assert_non_null(strstr(said, "No space left on device"));
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
        cmocka_unit_test(files_want_room),
        cmocka_unit_test(a_full_disk_is_said),
        cmocka_unit_test(nothing_is_put_away_without_need),
        cmocka_unit_test(keys_take_a_small_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
