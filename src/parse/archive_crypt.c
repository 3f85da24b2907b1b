/* Members of a zip behind a password, and which line of the given list opens them.
 *
 * ZipCrypto: three keys of 32 bits that every byte changes; the data begins with 12 bytes of which the last,
 * deciphered, is the highest of the CRC-32 (or of the time, where bit 3 of the flags is set). One wrong
 * password of 256 passes that: so what it gives is unpacked and held against the CRC.
 * WinZip AES: method 99, extra field 9901 (version u16: 1, or 2 without a CRC; "AE"; strength u8: 1 to 3; true
 * method u16). Data: a salt of 8, 12 or 16 bytes, 2 bytes to check the password, the data in counter mode,
 * 10 bytes of HMAC-SHA1. The keys: PBKDF2-HMAC-SHA1, 1,000 rounds: AES, HMAC, the 2 bytes. */
#include "base/cipher.h"
#include "base/cursor.h"
#include "parse/archive.h"
#include "parse/passwords.h"
#include <zlib.h>

enum {
    HEADER = 12,
    AES_TAIL = 10,
    ROUNDS = 1000,
    KEYS_MOST = 100000, /* derived from passwords for one archive, */
    FOUND_MOST = 5000,  /* ... and from those that stand in the evidence */
    GOOD_MAX = 16       /* passwords that are tried first */
};
#define TRIED_MOST (UINT64_C(16) << 20) /* bytes of a member that are unpacked to try a password */

struct kk_passwords {
    kk_password_list list;
    size_t good[GOOD_MAX]; /* that opened members before */
    size_t good_count;
    uint64_t keys, found_keys;
    bool over;
    kk_sink *sink;
};

kk_passwords *kk_passwords_open(kk_arena *arena, const kk_settings *settings, kk_sink *sink)
{
    kk_passwords *p = KK_NEW(arena, kk_passwords);
    p->list = kk_password_list_for(arena, settings);
    p->sink = sink;
    return p;
}

/* ---- ZipCrypto ---- */

typedef struct {
    uint32_t k[3];
} keys;

static uint32_t crc_step(uint32_t crc, uint8_t byte)
{
    static const uint32_t half[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                      0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                      0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                      0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc ^= byte;
    crc = crc >> 4 ^ half[crc & 15];
    return crc >> 4 ^ half[crc & 15];
}

static void turn(keys *x, uint8_t plain)
{
    x->k[0] = crc_step(x->k[0], plain);
    x->k[1] = (x->k[1] + (x->k[0] & 0xff)) * 134775813u + 1;
    x->k[2] = crc_step(x->k[2], (uint8_t)(x->k[1] >> 24));
}

static uint8_t decipher(keys *x, uint8_t byte)
{
    uint32_t t = (x->k[2] & 0xffff) | 2;
    uint8_t plain = byte ^ (uint8_t)(t * (t ^ 1) >> 8);
    turn(x, plain);
    return plain;
}

static keys keys_of(kk_slice password)
{
    keys x = {{0x12345678, 0x23456789, 0x34567890}};
    for (size_t i = 0; i < password.len; i++)
        turn(&x, (uint8_t)password.ptr[i]);
    return x;
}

/* ---- A stream over what is deciphered ---- */

struct kk_deciphered {
    kk_stream stream;
    kk_stream *in;
    uint64_t data; /* where the ciphered bytes begin, behind salt or header */
    kk_aes *aes;   /* NULL: ZipCrypto */
    kk_hmac *hmac;
    keys start, now;
    uint64_t at; /* ZipCrypto: where `now` stands; AES: bytes the HMAC has seen */
    uint8_t tail[AES_TAIL];
};

static ptrdiff_t read_aes(kk_deciphered *d, uint64_t offset, uint8_t *into, size_t len)
{
    kk_aes_count_mode(d->aes, offset, into, len);
    return (ptrdiff_t)len;
}

static ptrdiff_t read_old(kk_deciphered *d, uint64_t offset, uint8_t *into, size_t len)
{
    for (size_t i = 0; i < len; i++)
        into[i] = decipher(&d->now, into[i]);
    d->at = offset + len;
    return (ptrdiff_t)len;
}

/* ZipCrypto cannot be entered in the middle: read again up to there. */
static bool wind_to(kk_deciphered *d, uint64_t offset)
{
    uint8_t block[4096];
    if (d->at > offset) {
        d->now = d->start;
        d->at = 0;
    }
    while (d->at < offset) {
        uint64_t left = offset - d->at;
        size_t len = left < sizeof block ? (size_t)left : sizeof block;
        if (kk_read(d->in, d->data + d->at, block, len) < len)
            return false;
        (void)read_old(d, d->at, block, len);
    }
    return true;
}

static ptrdiff_t read_deciphered(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_deciphered *d = stream->context;
    if (offset >= stream->size)
        return 0;
    len = len < stream->size - offset ? len : (size_t)(stream->size - offset);
    if (!d->aes && !wind_to(d, offset))
        return -1;
    size_t got = kk_read(d->in, d->data + offset, into, len);
    if (got == 0)
        return -1;
    if (d->hmac && offset == d->at) { /* in order, once */
        kk_hmac_add(d->hmac, into, got);
        d->at = offset + got;
    }
    return d->aes ? read_aes(d, offset, into, got) : read_old(d, offset, into, got);
}

kk_stream *kk_deciphered_stream(kk_deciphered *d)
{
    return &d->stream;
}

bool kk_deciphered_close(kk_deciphered *d)
{
    uint8_t digest[KK_DIGEST_MOST];
    if (!d)
        return true;
    bool whole = !d->hmac || d->at == d->stream.size;
    if (d->hmac)
        kk_hmac_close(d->hmac, digest);
    kk_aes_close(d->aes);
    return !d->aes || !whole || memcmp(digest, d->tail, AES_TAIL) == 0;
}

static kk_deciphered *open_stream(kk_arena *arena, const kk_ciphered *c, uint64_t before,
                                  uint64_t behind)
{
    if (c->packed < before + behind)
        return NULL;
    kk_deciphered *d = KK_NEW(arena, kk_deciphered);
    d->in = c->in;
    d->data = c->data + before;
    d->stream = (kk_stream){.size = c->packed - before - behind,
                            .modified = KK_NO_TIME,
                            .read_at = read_deciphered,
                            .context = d};
    return d;
}

/* ---- Trying ---- */

static kk_deciphered *try_old(kk_arena *arena, const kk_ciphered *c, kk_slice password)
{
    uint8_t header[HEADER];
    if (c->packed < HEADER || kk_read(c->in, c->data, header, HEADER) < HEADER)
        return NULL;
    keys x = keys_of(password);
    for (size_t i = 0; i < HEADER; i++)
        header[i] = decipher(&x, header[i]);
    if (header[HEADER - 1] != c->check && header[HEADER - 1] != (uint8_t)(c->crc >> 24))
        return NULL;
    kk_deciphered *d = open_stream(arena, c, HEADER, 0);
    d->start = d->now = x;
    return d;
}

static kk_deciphered *try_aes(kk_arena *arena, const kk_ciphered *c, kk_slice password)
{
    uint8_t head[18], made[66];
    size_t key = 8 + 8 * (size_t)c->strength, salt = key / 2;
    if (c->packed < salt + 2 + AES_TAIL || kk_read(c->in, c->data, head, salt + 2) < salt + 2)
        return NULL;
    kk_key_of_password(KK_SHA1, password, (kk_slice){(const char *)head, salt}, ROUNDS, made,
                       2 * key + 2);
    if (memcmp(made + 2 * key, head + salt, 2) != 0)
        return NULL;
    kk_deciphered *d = open_stream(arena, c, salt + 2, AES_TAIL);
    if (!d || kk_read(c->in, d->data + d->stream.size, d->tail, AES_TAIL) < AES_TAIL)
        return NULL;
    d->aes = kk_aes_open((kk_slice){(const char *)made, key});
    d->hmac = kk_hmac_open(KK_SHA1, (kk_slice){(const char *)made + key, key});
    return d;
}

static kk_deciphered *try_password(kk_arena *arena, const kk_ciphered *c, kk_slice password)
{
    return c->strength ? try_aes(arena, c, password) : try_old(arena, c, password);
}

/* Whether it unpacks to what the CRC says, as far as a try goes. */
static bool unpacks(const kk_ciphered *c, kk_slice password)
{
    char bytes[16384];
    uint64_t done = 0;
    uint32_t crc = 0;
    ptrdiff_t got = 0;
    kk_arena *arena = kk_arena_open();
    kk_deciphered *d = try_password(arena, c, password);
    kk_unpacker *u = d ? kk_unpacker_open(arena, &d->stream, 0, d->stream.size, c->packing) : NULL;
    while (u && done < TRIED_MOST && (got = kk_unpacker_read(u, bytes, sizeof bytes)) > 0) {
        crc = (uint32_t)crc32(crc, (const Bytef *)bytes, (uInt)got);
        done += (uint64_t)got;
    }
    bool whole = u && got == 0;
    bool good = u && got >= 0 && (!whole || c->without_crc || crc == c->crc);
    if (u)
        kk_unpacker_close(u);
    good = kk_deciphered_close(d) && good;
    kk_arena_close(arena);
    return good;
}

/* By the few bytes that check a password, and by what it unpacks to. */
static bool is_right(kk_passwords *p, const kk_ciphered *c, size_t i, bool by_content)
{
    kk_arena *arena = kk_arena_open();
    kk_deciphered *d = try_password(arena, c, p->list.at[i].bytes);
    (void)kk_deciphered_close(d);
    kk_arena_close(arena);
    *(p->list.at[i].line & KK_PASSWORD_FOUND ? &p->found_keys : &p->keys) += 1;
    return d && (!by_content || unpacks(c, p->list.at[i].bytes));
}

static void remember(kk_passwords *p, size_t i)
{
    for (size_t k = 0; k < p->good_count; k++)
        if (p->good[k] == i)
            return;
    if (p->good_count < GOOD_MAX)
        p->good[p->good_count++] = i;
    kk_password_opened(p->sink, p->list.at[i].line);
}

kk_deciphered *kk_passwords_decipher(kk_passwords *p, kk_arena *arena, const kk_ciphered *c,
                                     uint32_t *line)
{
    size_t found = SIZE_MAX;
    for (size_t k = 0; k < p->good_count && found == SIZE_MAX; k++)
        found = is_right(p, c, p->good[k], true) ? p->good[k] : SIZE_MAX;
    for (size_t i = 0; i < p->list.count && found == SIZE_MAX; i++) {
        bool told = p->list.at[i].line & KK_PASSWORD_FOUND;
        if (c->strength && (told ? p->found_keys > FOUND_MOST : p->keys > KEYS_MOST)) {
            p->over = true;
            continue;
        }
        found = is_right(p, c, i, true) ? i : SIZE_MAX;
    }
    /* damaged, if its neighbours' password passes */
    for (size_t k = 0; k < p->good_count && found == SIZE_MAX; k++)
        found = is_right(p, c, p->good[k], false) ? p->good[k] : SIZE_MAX;
    if (found == SIZE_MAX)
        return NULL;
    remember(p, found);
    *line = p->list.at[found].line;
    return try_password(arena, c, p->list.at[found].bytes);
}

bool kk_passwords_over(const kk_passwords *p)
{
    return p->over;
}
