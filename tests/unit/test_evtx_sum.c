/* Checksums of event logs against zlib's, over every way of taking them: short, folded, folded wide. */
#include <zlib.h>

#include "base/arena.h"
#include "parse/evtx_sum.h"
#include "test.h"

static void same_as_zlib(void **state)
{
    enum { MOST = 70000 };
    (void)state;
    kk_arena *arena = kk_arena_open();
    uint8_t *bytes = kk_take(arena, MOST);
    uint64_t dice = 1;
    for (size_t i = 0; i < MOST; i++) {
        dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        bytes[i] = (uint8_t)(dice >> 56);
    }
    for (size_t len = 0; len < MOST - 64; len += len < 600 ? 1 : len < 6000 ? 37 : 4099) {
        size_t from = len % 61;
        uint32_t sum = (uint32_t)(len * 2654435761u);
        assert_int_equal(kk_evtx_sum(sum, bytes + from, len),
                         crc32(sum, bytes + from, (unsigned)len));
        assert_int_equal(kk_evtx_sum(0, bytes + from, len), crc32(0, bytes + from, (unsigned)len));
    }
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_zlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
