#include "parse/office_rc4.h"

#include "base/cursor.h"
#include "parse/passwords.h"

enum { DIGEST = 20, SALT = 16, VERIFIER = 16, REPEATS = 16, FEW = 5 };

struct kk_office_rc4 {
    bool strong; /* the form with SHA-1 */
    kk_slice salt, verifier, hash;
    uint8_t base[KK_DIGEST_MOST]; /* what keys of blocks are made of */
    size_t key_size, block_size;
    uint64_t block, at; /* of the state: the next byte of the stream that it is for */
    kk_rc4 state;
};

typedef struct {
    kk_office_rc4 *rc4;
    kk_stream *in;
    uint64_t plain;
} locked;

static bool read_97(kk_office_rc4 *r, kk_cursor *c)
{
    r->salt = kk_bytes(c, SALT);
    r->verifier = kk_bytes(c, VERIFIER);
    r->hash = kk_bytes(c, 16);
    return !c->bad;
}

static bool read_2002(kk_office_rc4 *r, kk_cursor *c)
{
    kk_skip(c, 4);
    kk_cursor header = kk_cursor_over(kk_bytes(c, kk_u32(c)));
    kk_skip(&header, 8);
    bool is_rc4 = kk_u32(&header) == 0x6801, is_sha1 = kk_u32(&header) == 0x8004;
    uint32_t bits = kk_u32(&header);
    bool has_salt = kk_u32(c) == SALT;
    r->salt = kk_bytes(c, SALT);
    r->verifier = kk_bytes(c, VERIFIER);
    bool has_hash = kk_u32(c) == DIGEST;
    r->hash = kk_bytes(c, DIGEST);
    r->strong = true;
    r->key_size = bits ? bits / 8 : FEW;
    return !header.bad && !c->bad && is_rc4 && is_sha1 && has_salt && has_hash && bits % 8 == 0 &&
           bits <= 128 && (bits == 0 || bits >= 40);
}

kk_office_rc4 *kk_office_rc4_read(kk_arena *arena, kk_slice head, size_t block)
{
    kk_office_rc4 *r = KK_NEW(arena, kk_office_rc4);
    kk_cursor c = kk_cursor_over(kk_copy(arena, head));
    unsigned major = kk_u16(&c), minor = kk_u16(&c);
    r->block_size = block;
    if (major == 1 && minor == 1)
        return read_97(r, &c) ? r : NULL;
    return major >= 2 && major <= 4 && minor == 2 && read_2002(r, &c) ? r : NULL;
}

void kk_office_rc4_begin(const kk_office_rc4 *r, uint32_t block, kk_rc4 *state)
{
    uint8_t number[4], key[KK_DIGEST_MOST];
    for (int i = 0; i < 4; i++)
        number[i] = (uint8_t)(block >> 8 * i);
    kk_slice base = {(const char *)r->base, r->strong ? DIGEST : FEW};
    (void)kk_digest_of(r->strong ? KK_SHA1 : KK_MD5, base, (kk_slice){(const char *)number, 4},
                       key);
    size_t size = r->strong ? r->key_size : 16;
    if (size == FEW) /* 40 bits are filled up with zeros */
        memset(key + FEW, 0, 16 - FEW);
    kk_rc4_begin(state, key, size == FEW ? 16 : size);
}

void kk_office_rc4_turn(kk_office_rc4 *r, uint64_t at, uint8_t *bytes, size_t len)
{
    while (len) {
        uint64_t block = at / r->block_size, begin = block * r->block_size;
        if (block != r->block || at < r->at) {
            kk_office_rc4_begin(r, (uint32_t)block, &r->state);
            r->block = block;
            r->at = begin;
        }
        kk_rc4_skip(&r->state, (size_t)(at - r->at));
        uint64_t left = begin + r->block_size - at;
        size_t n = left < len ? (size_t)left : len;
        kk_rc4_turn(&r->state, bytes, n);
        r->at = at += n;
        bytes += n;
        len -= n;
    }
}

static void make_base(kk_office_rc4 *r, kk_slice units)
{
    char repeated[REPEATS * (FEW + SALT)];
    if (r->strong) {
        (void)kk_digest_of(KK_SHA1, r->salt, units, r->base);
        return;
    }
    (void)kk_digest_of(KK_MD5, units, KK_NONE, r->base);
    for (size_t i = 0; i < REPEATS; i++) {
        memcpy(repeated + i * (FEW + SALT), r->base, FEW);
        memcpy(repeated + i * (FEW + SALT) + FEW, r->salt.ptr, SALT);
    }
    (void)kk_digest_of(KK_MD5, (kk_slice){repeated, sizeof repeated}, KK_NONE, r->base);
}

/* There are some bytes and their digest to try a key on. */
bool kk_office_rc4_try(kk_office_rc4 *r, kk_slice units)
{
    uint8_t bytes[VERIFIER + DIGEST], made[KK_DIGEST_MOST];
    make_base(r, units);
    memcpy(bytes, r->verifier.ptr, VERIFIER);
    memcpy(bytes + VERIFIER, r->hash.ptr, r->hash.len);
    kk_office_rc4_begin(r, 0, &r->state);
    kk_rc4_turn(&r->state, bytes, VERIFIER + r->hash.len);
    r->block = UINT64_MAX;
    (void)kk_digest_of(r->strong ? KK_SHA1 : KK_MD5, (kk_slice){(const char *)bytes, VERIFIER},
                       KK_NONE, made);
    return memcmp(made, bytes + VERIFIER, r->hash.len) == 0;
}

static bool opens(void *context, const kk_password_try *password)
{
    return kk_office_rc4_try(context, password->units);
}

bool kk_office_rc4_unlock(kk_office_rc4 *r, const kk_settings *settings, kk_sink *sink,
                          const char *known)
{
    bool opened = false;
    (void)kk_password_find(settings, sink, known, REPEATS, opens, r, &opened);
    return opened;
}

static ptrdiff_t read_locked(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    const locked *l = stream->context;
    ptrdiff_t got = l->in->read_at(l->in, offset, into, len);
    if (got <= 0)
        return got;
    uint64_t plain = offset < l->plain ? l->plain - offset : 0;
    if (plain < (uint64_t)got)
        kk_office_rc4_turn(l->rc4, offset + plain, (uint8_t *)into + plain,
                           (size_t)got - (size_t)plain);
    return got;
}

kk_stream *kk_office_rc4_stream(kk_office_rc4 *r, kk_arena *arena, kk_stream *in, uint64_t plain)
{
    if (!in)
        return NULL;
    kk_stream *stream = KK_NEW(arena, kk_stream);
    locked *l = KK_NEW(arena, locked);
    *l = (locked){r, in, plain};
    *stream = *in;
    stream->read_at = read_locked;
    stream->context = l;
    return stream;
}
