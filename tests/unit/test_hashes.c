/* SipHash against libsodium's and the authors' own example: one text, many at once, on every way that this
 * processor has, and neighbours against texts with a character cut out by hand. */
#include "tests/unit/arena.h"

#include <sodium.h>
#include <stdio.h>

#include "base/hashes.h"
#include "base/text.h"

enum { LONGEST = 300, MANY = 200 };

static uint64_t seed = 88172645463325252u;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static kk_hash_key drawn_key(void)
{
    kk_hash_key key;
    for (size_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = (uint8_t)draw(256);
    return key;
}

/* Each in a block of its own, so that a read beyond its end shows under a sanitizer. */
static kk_slice drawn_text(size_t len)
{
    char *bytes = kk_take_bytes(arena, len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)draw(256);
    return (kk_slice){bytes, len};
}

static uint64_t by_sodium(const kk_hash_key *key, kk_slice text)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)(text.len ? text.ptr : ""),
                     text.len, key->bytes);
    return hash;
}

static uint64_t with_kind(const kk_hash_key *key, char kind, kk_slice text)
{
    return by_sodium(key, kk_join(arena, (kk_slice){&kind, 1}, text));
}

static void hashes_one(void **state)
{
    (void)state;
    /* the vectors of the authors' reference implementation: key 00 01 .. 0f, texts "", 00, 00 01 .. 07 */
    kk_hash_key key;
    for (size_t i = 0; i < 16; i++)
        key.bytes[i] = (uint8_t)i;
    const char *bytes = "\0\1\2\3\4\5\6\7";
    assert_true(kk_hash64(&key, KK_NONE) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(kk_hash64(&key, (kk_slice){bytes, 1}) == UINT64_C(0x74f839c593dc67fd));
    assert_true(kk_hash64(&key, (kk_slice){bytes, 8}) == UINT64_C(0x93f5f5799a932462));
    for (size_t i = 0; i < 100000; i++) {
        key = drawn_key();
        kk_slice text = drawn_text(i % (LONGEST + 1));
        assert_true(kk_hash64(&key, text) == by_sodium(&key, text));
        if (i % 1000 == 0)
            kk_arena_reset(arena);
    }
}

static void check_many(kk_lanes_way way, size_t count, size_t longest)
{
    kk_hashes h;
    kk_hash_key key = drawn_key();
    uint64_t found[MANY] = {0}, wanted[MANY];
    kk_hashes_begin(&h, &key);
    h.way = way;
    for (size_t i = 0; i < count; i++) {
        char kind = (char)draw(256);
        kk_slice text = drawn_text(draw(longest + 1));
        wanted[i] = with_kind(&key, kind, text);
        kk_hashes_add(&h, kind, text, &found[i]);
    }
    kk_hashes_end(&h);
    for (size_t i = 0; i < count; i++)
        if (found[i] != wanted[i])
            fail_msg("way %d: hash %zu of %zu texts of up to %zu bytes", way, i, count, longest);
}

/* Each length alone and in full lanes, then every number of lanes with lengths mixed. */
static void hashes_many(void **state)
{
    (void)state;
    for (int way = KK_LANES_ONE_BY_ONE; way <= (int)kk_lanes_best(); way++) {
        for (size_t longest = 0; longest <= LONGEST; longest++) {
            check_many((kk_lanes_way)way, 1, longest);
            check_many((kk_lanes_way)way, 70, longest);
            kk_arena_reset(arena);
        }
        for (size_t count = 0; count <= MANY; count++) {
            check_many((kk_lanes_way)way, count, 62);
            check_many((kk_lanes_way)way, count, 14);
            kk_arena_reset(arena);
        }
    }
}

/* The same length in all lanes of a group, for every length and number of lanes. */
static void hashes_equal_lengths(void **state)
{
    (void)state;
    for (int way = KK_LANES_ONE_BY_ONE; way <= (int)kk_lanes_best(); way++)
        for (size_t len = 0; len <= 80; len++)
            for (size_t count = 1; count <= 2 * KK_LANES; count++) {
                kk_hashes h;
                kk_hash_key key = drawn_key();
                uint64_t found[2 * KK_LANES], wanted[2 * KK_LANES];
                kk_hashes_begin(&h, &key);
                h.way = (kk_lanes_way)way;
                for (size_t i = 0; i < count; i++) {
                    kk_slice text = drawn_text(len);
                    wanted[i] = with_kind(&key, 'x', text);
                    kk_hashes_add(&h, 'x', text, &found[i]);
                }
                kk_hashes_end(&h);
                assert_memory_equal(found, wanted, count * sizeof *found);
                kk_arena_reset(arena);
            }
}

static kk_slice drawn_name(size_t chars)
{
    static const char *const letters[] = {"a", "é", "山", "ア", "𠮷", "'"};
    kk_slice text = KK_NONE;
    for (size_t i = 0; i < chars; i++)
        text = kk_join(arena, text, kk_cstr(letters[draw(6)]));
    return text;
}

static void check_neighbours(kk_lanes_way way, kk_slice text, size_t chars)
{
    kk_hashes h;
    kk_hash_key key = drawn_key();
    uint64_t found[KK_NEIGHBOURS_MOST + 1], mark = draw(UINT64_MAX), last = mark;
    kk_hashes_begin(&h, &key);
    h.way = way;
    size_t count = kk_hashes_add_neighbours(&h, 'N', text, found);
    kk_hashes_add(&h, 'z', text, &last); /* another one beside them */
    kk_hashes_end(&h);
    assert_true(last == with_kind(&key, 'z', text));
    if (!chars || chars > KK_NEIGHBOURS_MOST) {
        assert_int_equal(count, 0);
        return;
    }
    assert_int_equal(count, chars + 1);
    assert_true(found[0] == with_kind(&key, 'N', text));
    size_t at = 0;
    for (size_t i = 1; i < count; i++) {
        size_t from = at;
        (void)kk_next_char(text, &at);
        kk_slice rest = kk_join(arena, kk_part(text, 0, from), kk_from(text, at));
        assert_true(found[i] == with_kind(&key, 'N', rest));
    }
    assert_int_equal(at, text.len);
}

static void hashes_neighbours(void **state)
{
    (void)state;
    for (int way = KK_LANES_ONE_BY_ONE; way <= (int)kk_lanes_best(); way++)
        for (size_t i = 0; i < 3000; i++) {
            size_t chars = i % (KK_NEIGHBOURS_MOST + 3);
            check_neighbours((kk_lanes_way)way, drawn_name(chars), chars);
            kk_arena_reset(arena);
        }
}

/* Bytes that are no text make hashes too, never more than there is room for. */
static void bytes_that_are_no_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3000; i++) {
        kk_hashes h;
        kk_hash_key key = drawn_key();
        uint64_t found[KK_NEIGHBOURS_MOST + 2] = {[KK_NEIGHBOURS_MOST + 1] = 42};
        kk_slice text = drawn_text(draw(110));
        for (size_t k = 0; i % 2 && k < text.len; k++)
            ((char *)text.ptr)[k] = (char)(0x80 | draw(64)); /* only bytes of continuation */
        kk_hashes_begin(&h, &key);
        size_t count = kk_hashes_add_neighbours(&h, 'N', text, found);
        kk_hashes_end(&h);
        assert_true(count <= KK_NEIGHBOURS_MOST + 1);
        assert_true(found[KK_NEIGHBOURS_MOST + 1] == 42);
        assert_true(!count || found[0] == with_kind(&key, 'N', text));
        kk_arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hashes_one, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(hashes_many, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(hashes_equal_lengths, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(hashes_neighbours, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_text, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
