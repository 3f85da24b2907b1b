/* Excel encrypts the bytes of records, not their heads, with RC4 under a new key every 1,024 bytes of
 * the stream. Two forms (MS-OFFCRYPTO 2.3.5 and 2.3.6): of Excel 97 with MD5 and 40 bits, of Excel 2002
 * with SHA-1 and up to 128 bits. Workbooks whose structure is protected are encrypted too, with a
 * password that is the same everywhere. */
#include "parse/biff_key.h"

#include "base/text.h"

#include <openssl/evp.h>

enum { BLOCK = 1024, DIGEST_MAX = 20, SALT = 16, VERIFIER = 16 };

typedef struct {
    uint8_t s[256], i, j;
} rc4;

struct kk_biff_key {
    bool strong;              /* the form with SHA-1 */
    uint8_t base[DIGEST_MAX]; /* what keys of blocks are made of */
    size_t key_size;
    uint64_t block, at; /* of the state: the next byte of the stream that it is for */
    rc4 state;
};

static void rc4_begin(rc4 *r, const uint8_t *key, size_t len)
{
    uint8_t j = 0;
    for (unsigned i = 0; i < 256; i++)
        r->s[i] = (uint8_t)i;
    for (unsigned i = 0; i < 256; i++) {
        j = (uint8_t)(j + r->s[i] + key[i % len]);
        uint8_t t = r->s[i];
        r->s[i] = r->s[j];
        r->s[j] = t;
    }
    r->i = r->j = 0;
}

static uint8_t rc4_byte(rc4 *r)
{
    r->i++;
    uint8_t t = r->s[r->i];
    r->j = (uint8_t)(r->j + t);
    r->s[r->i] = r->s[r->j];
    r->s[r->j] = t;
    return r->s[(uint8_t)(r->s[r->i] + t)];
}

static bool digest(bool strong, kk_slice a, kk_slice b, uint8_t out[DIGEST_MAX])
{
    uint8_t whole[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = c && EVP_DigestInit_ex(c, strong ? EVP_sha1() : EVP_md5(), NULL) &&
                EVP_DigestUpdate(c, a.ptr, a.len) && EVP_DigestUpdate(c, b.ptr, b.len) &&
                EVP_DigestFinal_ex(c, whole, &len);
    EVP_MD_CTX_free(c);
    memset(out, 0, DIGEST_MAX);
    memcpy(out, whole, good && len < DIGEST_MAX ? len : DIGEST_MAX);
    return good;
}

static void begin_block(kk_biff_key *k, uint64_t block)
{
    uint8_t number[4], key[DIGEST_MAX];
    for (int i = 0; i < 4; i++)
        number[i] = (uint8_t)(block >> 8 * i);
    kk_slice base = {(const char *)k->base, k->strong ? 20 : 5};
    (void)digest(k->strong, base, (kk_slice){(const char *)number, 4}, key);
    size_t size = k->strong ? k->key_size : 16;
    if (size == 5) /* 40 bits are filled up with zeros */
        memset(key + 5, 0, 11);
    rc4_begin(&k->state, key, size == 5 ? 16 : size);
    k->block = block;
    k->at = block * BLOCK;
}

static void decrypt(kk_biff_key *k, uint64_t at, kk_slice data, char *out)
{
    for (size_t i = 0; i < data.len; i++, at++) {
        if (at / BLOCK != k->block || at < k->at)
            begin_block(k, at / BLOCK);
        for (; k->at < at; k->at++)
            (void)rc4_byte(&k->state);
        out[i] = (char)((uint8_t)data.ptr[i] ^ rc4_byte(&k->state));
        k->at++;
    }
}

kk_slice kk_biff_key_apply(kk_biff_key *k, uint16_t type, uint64_t at, kk_slice data, char *out)
{
    /* BOF, FILEPASS, USREXCL, FILELOCK, INTERFACEHDR, RRDINFO, RRDHEAD */
    static const uint16_t open[] = {0x809, 0x2f, 0x194, 0x195, 0xe1, 0x196, 0x138};
    size_t plain = type == 0x85 ? 4 : 0; /* the place of a sheet */
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (type == open[i])
            return data;
    plain = plain < data.len ? plain : data.len;
    if (plain)
        memcpy(out, data.ptr, plain);
    decrypt(k, at + plain, kk_from(data, plain), out + plain);
    return (kk_slice){out, data.len};
}

/* Whether the key opens what was made to be tried: some bytes and their digest. */
static bool opens(kk_biff_key *k, kk_slice verifier, kk_slice hash)
{
    char bytes[VERIFIER + 32];
    uint8_t made[DIGEST_MAX];
    size_t size = k->strong ? 20 : 16;
    if (verifier.len != VERIFIER || hash.len != size)
        return false;
    begin_block(k, 0);
    decrypt(k, 0, verifier, bytes);
    decrypt(k, VERIFIER, hash, bytes + VERIFIER);
    return digest(k->strong, (kk_slice){bytes, VERIFIER}, KK_NONE, made) &&
           memcmp(made, bytes + VERIFIER, size) == 0;
}

static kk_biff_key *key_of_97(kk_biff_key *k, kk_cursor *c, kk_slice password)
{
    kk_slice salt = kk_bytes(c, SALT), verifier = kk_bytes(c, VERIFIER), hash = kk_bytes(c, 16);
    uint8_t first[DIGEST_MAX];
    char repeated[16 * (5 + SALT)];
    if (c->bad || !digest(false, password, KK_NONE, first))
        return NULL;
    for (size_t i = 0; i < 16; i++) {
        memcpy(repeated + i * (5 + SALT), first, 5);
        memcpy(repeated + i * (5 + SALT) + 5, salt.ptr, SALT);
    }
    if (!digest(false, (kk_slice){repeated, sizeof repeated}, KK_NONE, k->base))
        return NULL;
    return opens(k, verifier, hash) ? k : NULL;
}

static kk_biff_key *key_of_2002(kk_biff_key *k, kk_cursor *c, kk_slice password)
{
    kk_skip(c, 4);
    kk_cursor header = kk_cursor_over(kk_bytes(c, kk_u32(c)));
    kk_skip(&header, 8);
    bool is_rc4 = kk_u32(&header) == 0x6801, is_sha1 = kk_u32(&header) == 0x8004;
    uint32_t bits = kk_u32(&header);
    bool has_salt = kk_u32(c) == SALT;
    kk_slice salt = kk_bytes(c, SALT), verifier = kk_bytes(c, VERIFIER);
    bool has_hash = kk_u32(c) == 20;
    kk_slice hash = kk_bytes(c, 20);
    if (header.bad || c->bad || !is_rc4 || !is_sha1 || !has_salt || !has_hash || bits % 8 ||
        bits > 128 || (bits && bits < 40))
        return NULL;
    k->strong = true;
    k->key_size = bits ? bits / 8 : 5;
    return digest(true, salt, password, k->base) && opens(k, verifier, hash) ? k : NULL;
}

kk_biff_key *kk_biff_key_of(kk_arena *arena, kk_slice data, kk_slice password)
{
    kk_biff_key *k = KK_NEW(arena, kk_biff_key);
    kk_cursor c = kk_cursor_over(data);
    kk_slice units = kk_utf8_to_utf16(arena, password);
    bool is_rc4 = kk_u16(&c) == 1;
    unsigned major = kk_u16(&c), minor = kk_u16(&c);
    if (c.bad || !is_rc4)
        return NULL;
    if (major == 1 && minor == 1)
        return key_of_97(k, &c, units);
    return major >= 2 && major <= 4 && minor == 2 ? key_of_2002(k, &c, units) : NULL;
}
