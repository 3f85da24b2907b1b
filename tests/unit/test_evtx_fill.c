/* Values of event records filled from their descriptors: the ways that a processor may take, against one value after the
 * other. */
#include "parse/binxml_program.h"
#include "test.h"

enum { MOST = 80, ROOM = MOST + KK_XML_FILLED_BEHIND };

static uint32_t throw_dice(uint64_t *dice)
{
    *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*dice >> 33);
}

/* What the descriptors say, and nothing clever. */
static kk_xml_overview fill_slowly(kk_xml_value *values, const uint8_t *descriptors, uint32_t count,
                                   const uint8_t *bytes)
{
    kk_xml_overview all = {0};
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *d = descriptors + 4 * i;
        uint32_t size = d[0] + 256u * d[1];
        values[i] = (kk_xml_value){bytes + all.size, d[2] ? size : 0, d[2]};
        all.size += size;
        all.types |= d[2];
    }
    return all;
}

static void assert_same(bool wide, const uint8_t *descriptors, uint32_t count, const uint8_t *bytes)
{
    kk_xml_value slow[ROOM], quick[ROOM];
    memset(quick, 0xee, sizeof quick);
    kk_xml_overview a = fill_slowly(slow, descriptors, count, bytes);
    kk_xml_overview b = kk_xml_fill(wide, quick, descriptors, count, bytes);
    assert_int_equal(a.size, b.size);
    assert_int_equal(a.types, b.types);
    for (uint32_t i = 0; i < count; i++) {
        assert_ptr_equal(slow[i].ptr, quick[i].ptr);
        assert_int_equal(slow[i].len, quick[i].len);
        assert_int_equal(slow[i].type, quick[i].type);
    }
}

static void same_as_one_by_one(void **state)
{
    static uint8_t bytes[65536 * 2], descriptors[4 * MOST + 16];
    uint64_t dice = 7;
    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        uint32_t count = throw_dice(&dice) % (MOST + 1), typeless = throw_dice(&dice) % 3;
        for (size_t i = 0; i < sizeof descriptors; i++) /* others' bytes behind them too */
            descriptors[i] = (uint8_t)throw_dice(&dice);
        for (uint32_t i = 0; i < count; i++) {
            if (round % 8)
                descriptors[4 * i + 1] = 0; /* mostly short */
            if (typeless && throw_dice(&dice) % 8 == 0)
                descriptors[4 * i + 2] = 0;
            if (typeless == 1 && !descriptors[4 * i + 2])
                descriptors[4 * i] = descriptors[4 * i + 1] = 0;
        }
        assert_same(false, descriptors, count, bytes);
        if (kk_xml_can_fill_wide())
            assert_same(true, descriptors, count, bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
