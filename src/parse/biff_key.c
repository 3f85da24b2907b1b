/* Excel encrypts the bytes of records, not their heads: with RC4 under a new key every 1,024 bytes of the stream, before
 * Excel 97 (and from other programs later) with 16 bytes made of the password (MS-OFFCRYPTO 2.3.7.2). Workbooks whose
 * structure is protected are encrypted too, with a password that is the same everywhere. */
#include "parse/biff_key.h"

#include "parse/office_rc4.h"
#include "parse/passwords.h"

enum { BLOCK = 1024, LONGEST = 15, RING = 16 };

struct kk_biff_key {
    kk_office_rc4 *rc4; /* NULL: the old method */
    uint16_t key, check;
    uint8_t ring[RING];
};

/* ---- The old method ---- */

static const uint16_t first_key[LONGEST] = {0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c,
                                            0x0e10, 0xf1ce, 0x313e, 0x1872, 0xe139,
                                            0xd40f, 0x84f9, 0x280c, 0xa96a, 0x4ec3};

static const uint16_t matrix[LONGEST * 7] = {
    0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09, 0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7,
    0x9dcf, 0x2bbf, 0x4563, 0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0, 0x0375, 0x06ea, 0x0dd4,
    0x1ba8, 0x3750, 0x6ea0, 0xdd40, 0xd849, 0xa0b3, 0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5, 0x6f45,
    0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a, 0xeb23, 0xc667, 0x9cef, 0x29ff, 0x53fe, 0xa7fc,
    0x5fd9, 0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0, 0xb861, 0x60e3, 0xc1c6, 0x93ad,
    0x377b, 0x6ef6, 0xddec, 0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10, 0xaa51, 0x4483,
    0x8906, 0x022d, 0x045a, 0x08b4, 0x1168, 0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c,
    0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad, 0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373,
    0x06e6, 0x0dcc, 0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4};

static uint16_t check_of(const uint8_t *password, size_t len)
{
    uint16_t sum = 0;
    for (size_t i = len + 1; i-- > 0;) { /* from its end, its length last */
        uint8_t byte = i ? password[i - 1] : (uint8_t)len;
        sum = (uint16_t)((sum >> 14 & 1) | (sum << 1 & 0x7fff)) ^ byte;
    }
    return sum ^ 0xce4b;
}

static uint16_t key_of(const uint8_t *password, size_t len)
{
    uint16_t key = first_key[len - 1];
    size_t at = LONGEST * 7;
    for (size_t i = len; i-- > 0;)
        for (unsigned bit = 0x40, n = 0; n < 7; n++, bit >>= 1)
            if (at-- && (password[i] & bit))
                key ^= matrix[at];
    return key;
}

/* The password, filled up, each byte with one of the key's two. */
static void make_ring(kk_biff_key *k, const uint8_t *password, size_t len, uint16_t key)
{
    static const uint8_t fill[] = {0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80,
                                   0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00};
    for (size_t i = 0; i < RING; i++) {
        uint8_t byte = i < len ? password[i] : fill[i - len];
        byte ^= (uint8_t)(i % 2 ? key >> 8 : key);
        k->ring[i] = (uint8_t)(byte >> 1 | byte << 7);
    }
}

static bool opens_old(void *context, const kk_password_try *p)
{
    kk_biff_key *k = context;
    uint8_t bytes[LONGEST];
    size_t len = p->units.len / 2 < LONGEST ? p->units.len / 2 : LONGEST;
    for (size_t i = 0; i < len; i++) {
        uint8_t low = (uint8_t)p->units.ptr[2 * i], high = (uint8_t)p->units.ptr[2 * i + 1];
        bytes[i] = low ? low : high;
    }
    if (!len || check_of(bytes, len) != k->check)
        return false;
    uint16_t key = key_of(bytes, len);
    make_ring(k, bytes, len, key);
    return key == k->key;
}

static void turn_old(const kk_biff_key *k, uint64_t at, size_t whole, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = bytes[i] ^ k->ring[(at + i + whole) % RING];
        bytes[i] = (uint8_t)(byte >> 5 | byte << 3);
    }
}

/* ---- Both ---- */

kk_slice kk_biff_key_apply(kk_biff_key *k, uint16_t type, uint64_t at, kk_slice data, char *out)
{
    /* BOF, FILEPASS, USREXCL, FILELOCK, INTERFACEHDR, RRDINFO, RRDHEAD */
    static const uint16_t open[] = {0x809, 0x2f, 0x194, 0x195, 0xe1, 0x196, 0x138};
    size_t plain = type == 0x85 ? 4 : 0; /* the place of a sheet */
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (type == open[i])
            return data;
    plain = plain < data.len ? plain : data.len;
    if (data.len)
        memcpy(out, data.ptr, data.len);
    uint8_t *bytes = (uint8_t *)out + plain;
    if (k->rc4)
        kk_office_rc4_turn(k->rc4, at + plain, bytes, data.len - plain);
    else
        turn_old(k, at + plain, data.len, bytes, data.len - plain);
    return (kk_slice){out, data.len};
}

kk_biff_key *kk_biff_key_of(kk_arena *arena, kk_slice data, const kk_settings *settings,
                            kk_sink *sink)
{
    static const char everywhere[] = "VelvetSweatshop";
    kk_biff_key *k = KK_NEW(arena, kk_biff_key);
    kk_cursor c = kk_cursor_over(data);
    bool opened = false,
         short_form = data.len == 4; /* of Excel 5 and 95: no number of the method */
    unsigned method = short_form ? 0 : kk_u16(&c);
    if (method == 1) {
        k->rc4 = kk_office_rc4_read(arena, kk_from(data, 2), BLOCK);
        opened = k->rc4 && kk_office_rc4_unlock(k->rc4, settings, sink, everywhere);
    } else if (method == 0) {
        k->key = kk_u16(&c);
        k->check = kk_u16(&c);
        if (!c.bad)
            (void)kk_password_find(settings, sink, everywhere, 1, opens_old, k, &opened);
    }
    return opened ? k : NULL;
}
