/* "EncryptionInfo" begins with two numbers of 16 bits: 4, 4 ("agile") is followed by four bytes and XML; 2 to 4, 2
 * ("standard", Office 2007) by a header and a verifier. What is made of the password and a salt by many rounds of a
 * digest opens the document's own key (agile) or is it (standard).
 * "EncryptedPackage" is the size (u64) and the zip: in AES, block by block on its own (standard), or in chains of 4,096
 * bytes, which begin with a digest of salt and number (agile). */
#include "parse/office_lock.h"

#include "base/base64.h"
#include "base/cipher.h"
#include "base/cursor.h"
#include "parse/office_parts.h"
#include "parse/passwords.h"

enum {
    INFO_MAX = 1 << 20,
    VALUE_MAX = 128, /* bytes of a salt, a key or a digest */
    BLOCK = 16,
    SEGMENT = 4096,
    AHEAD = 16, /* segments that are deciphered at once */
    ROUNDS_STANDARD = 50000,
    ROUNDS_MOST = 10000000, /* that the specification allows */
    SIZE_BEFORE = 8
};

typedef struct {
    uint8_t bytes[VALUE_MAX];
    size_t len;
} value;

/* Salt, key size and digest: once of the document, once of what opens its key. */
typedef struct {
    value salt;
    size_t key_size;
    kk_digest_kind digest;
    bool is_read; /* AES in a chain, and a digest that is known */
} method;

struct kk_office_lock {
    bool agile;
    method document, password;
    value check, check_digest, document_key; /* ciphered */
    value hmac_key, hmac;                    /* ciphered; may be missing */
    uint32_t rounds;
    value key;
    value spun; /* standard: what keys of blocks are made of */
};

typedef struct {
    const kk_office_lock *lock;
    kk_stream *in;
    uint64_t at; /* of what is in `plain` */
    size_t filled;
    uint8_t plain[AHEAD * SEGMENT];
} deciphering;

static kk_slice slice_of(const value *v)
{
    return (kk_slice){(const char *)v->bytes, v->len};
}

/* ---- What the document says: agile ---- */

typedef struct {
    kk_office_xml xml; /* first */
    kk_office_lock *lock;
    bool password; /* its part was met: others are of certificates */
} info;

static value decode(kk_slice text)
{
    value v = {.len = 0};
    v.len = kk_base64_bytes(text, v.bytes, sizeof v.bytes);
    return v;
}

static bool digest_of_name(kk_slice name, kk_digest_kind *kind)
{
    static const struct {
        const char *name;
        kk_digest_kind kind;
    } kinds[] = {{"SHA1", KK_SHA1},      {"SHA-1", KK_SHA1},     {"SHA256", KK_SHA256},
                 {"SHA-256", KK_SHA256}, {"SHA384", KK_SHA384},  {"SHA-384", KK_SHA384},
                 {"SHA512", KK_SHA512},  {"SHA-512", KK_SHA512}, {"MD5", KK_MD5}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!kk_eq_nocase(name, kk_cstr(kinds[i].name)))
            continue;
        *kind = kinds[i].kind;
        return true;
    }
    return false;
}

static method method_of(const char **attributes)
{
    method m = {.salt = decode(kk_office_attribute(attributes, "saltValue"))};
    uint64_t bits = kk_office_number(attributes, "keyBits", 0);
    m.key_size = bits == 128 || bits == 192 || bits == 256 ? (size_t)bits / 8 : 0;
    m.is_read = digest_of_name(kk_office_attribute(attributes, "hashAlgorithm"), &m.digest) &&
                kk_is(kk_office_attribute(attributes, "cipherAlgorithm"), "AES") &&
                kk_is(kk_office_attribute(attributes, "cipherChaining"), "ChainingModeCBC") &&
                kk_office_number(attributes, "blockSize", 0) == BLOCK && m.key_size && m.salt.len;
    return m;
}

static void start_element(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    info *i = (info *)xml;
    kk_office_lock *l = i->lock;
    if (kk_is(name, "keyData")) {
        l->document = method_of(attributes);
    } else if (kk_is(name, "dataIntegrity")) {
        l->hmac_key = decode(kk_office_attribute(attributes, "encryptedHmacKey"));
        l->hmac = decode(kk_office_attribute(attributes, "encryptedHmacValue"));
    } else if (kk_is(name, "encryptedKey") && !i->password) {
        uint64_t rounds = kk_office_number(attributes, "spinCount", UINT64_MAX);
        i->password = rounds <= ROUNDS_MOST;
        l->rounds = i->password ? (uint32_t)rounds : 0;
        l->password = method_of(attributes);
        l->check = decode(kk_office_attribute(attributes, "encryptedVerifierHashInput"));
        l->check_digest = decode(kk_office_attribute(attributes, "encryptedVerifierHashValue"));
        l->document_key = decode(kk_office_attribute(attributes, "encryptedKeyValue"));
    }
}

static bool read_agile(kk_office_lock *l, kk_stream *in, kk_sink *sink)
{
    kk_arena *own = kk_arena_open();
    kk_stream *text = kk_stream_part(own, in, SIZE_BEFORE, in->size, in->name);
    info i = {.xml = {.start = start_element, .unit = "element"}, .lock = l};
    kk_office_file *file = kk_office_open(own, text, NULL, sink);
    l->agile = true;
    if (in->size <= INFO_MAX)
        kk_office_read_flat(file, &i.xml, "what says how the document is encrypted");
    kk_office_close(file);
    kk_arena_close(own);
    return i.password && l->document.is_read && l->password.is_read &&
           l->document_key.len >= l->document.key_size && l->check.len && l->check_digest.len;
}

/* ---- What the document says: standard ---- */

static value take(kk_cursor *c, size_t len)
{
    value v = {.len = 0};
    kk_slice bytes = kk_bytes(c, len);
    if (bytes.len && bytes.len <= VALUE_MAX) {
        memcpy(v.bytes, bytes.ptr, bytes.len);
        v.len = bytes.len;
    }
    return v;
}

static bool read_standard(kk_office_lock *l, kk_slice bytes, bool by_flags)
{
    enum {
        AES_FLAG = 0x20,
        AES_128 = 0x660e,
        AES_192,
        AES_256,
        SHA_1 = 0x8004,
        CHECK = 16,
        CHECK_DIGEST = 32
    };
    kk_cursor c = kk_cursor_over(bytes);
    kk_skip(&c, 4);
    bool spins = !by_flags || (kk_u32(&c) & AES_FLAG);
    kk_seek(&c, SIZE_BEFORE);
    kk_cursor header = kk_cursor_over(kk_bytes(&c, kk_u32(&c)));
    kk_skip(&header, 8);
    uint32_t cipher = kk_u32(&header), digest = kk_u32(&header), bits = kk_u32(&header);
    l->password.salt = take(&c, kk_u32(&c));
    l->check = take(&c, CHECK);
    kk_skip(&c, 4);
    l->check_digest = take(&c, CHECK_DIGEST);
    l->rounds = spins ? ROUNDS_STANDARD : 0;
    l->password.digest = KK_SHA1;
    l->password.key_size = 16 + 8 * (cipher - AES_128);
    return !header.bad && !c.bad && cipher >= AES_128 && cipher <= AES_256 &&
           (digest == SHA_1 || digest == 0) && l->password.salt.len &&
           bits == 8 * l->password.key_size;
}

kk_office_lock *kk_office_lock_read(kk_arena *arena, kk_stream *in, bool by_flags, kk_sink *sink)
{
    char bytes[SEGMENT];
    kk_slice head = {bytes, kk_read(in, 0, bytes, sizeof bytes)};
    kk_cursor c = kk_cursor_over(head);
    unsigned major = kk_u16(&c), minor = kk_u16(&c);
    kk_office_lock *l = KK_NEW(arena, kk_office_lock);
    if (major == 4 && minor == 4)
        return read_agile(l, in, sink) ? l : NULL;
    return major >= 2 && major <= 4 && minor == 2 && read_standard(l, head, by_flags) ? l : NULL;
}

/* ---- Keys ---- */

/* Cut, or filled up, as keys and beginnings of chains are. */
static void fit(uint8_t *bytes, size_t len, size_t wanted)
{
    for (size_t i = len; i < wanted; i++)
        bytes[i] = 0x36;
}

/* Salt and password, then number and digest again and again. */
static size_t spin(const kk_office_lock *l, kk_slice units, uint8_t hash[KK_DIGEST_MOST])
{
    const method *m = &l->password;
    uint8_t number[4];
    kk_digest *d = kk_digest_open(m->digest);
    kk_digest_add(d, m->salt.bytes, m->salt.len);
    kk_digest_add(d, units.ptr, units.len);
    size_t len = kk_digest_take(d, hash);
    for (uint32_t i = 0; i < l->rounds; i++) {
        for (unsigned k = 0; k < 4; k++)
            number[k] = (uint8_t)(i >> 8 * k);
        kk_digest_add(d, number, sizeof number);
        kk_digest_add(d, hash, len);
        len = kk_digest_take(d, hash);
    }
    kk_digest_close(d);
    return len;
}

/* A value that is ciphered with what was made of the password, under a key for its purpose. */
static value open_value(const method *m, kk_slice spun, const uint8_t purpose[8], const value *from)
{
    uint8_t key[KK_DIGEST_MOST], before[VALUE_MAX];
    value v = *from;
    size_t len = kk_digest_of(m->digest, spun, (kk_slice){(const char *)purpose, 8}, key);
    fit(key, len, m->key_size);
    memcpy(before, m->salt.bytes, m->salt.len);
    fit(before, m->salt.len, BLOCK);
    kk_aes_chain((kk_slice){(const char *)key, m->key_size}, before, v.bytes, v.len);
    return v;
}

static bool opens_agile(kk_office_lock *l, kk_slice units)
{
    static const uint8_t check[8] = {0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79},
                         digest[8] = {0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e},
                         key[8] = {0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6};
    uint8_t hash[KK_DIGEST_MOST], made[KK_DIGEST_MOST];
    const method *m = &l->password;
    kk_slice spun = {(const char *)hash, spin(l, units, hash)};
    value input = open_value(m, spun, check, &l->check);
    value wanted = open_value(m, spun, digest, &l->check_digest);
    size_t used = input.len > m->salt.len ? m->salt.len : input.len; /* as long as the salt */
    size_t len =
        kk_digest_of(m->digest, (kk_slice){(const char *)input.bytes, used}, KK_NONE, made);
    if (wanted.len < len || memcmp(wanted.bytes, made, len) != 0)
        return false;
    l->key = open_value(m, spun, key, &l->document_key);
    l->key.len = l->document.key_size;
    return true;
}

/* Two rings of 64 bytes, mixed with a digest of what was spun and a number. */
static value key_of_block(const kk_office_lock *l, uint32_t number)
{
    enum { RING = 64 };
    static const uint8_t turns[2] = {0x36, 0x5c};
    uint8_t hash[KK_DIGEST_MOST], made[2 * KK_DIGEST_MOST], block[4];
    value key = {.len = l->password.key_size};
    for (unsigned k = 0; k < sizeof block; k++)
        block[k] = (uint8_t)(number >> 8 * k);
    size_t at = 0, len = kk_digest_of(KK_SHA1, slice_of(&l->spun),
                                      (kk_slice){(const char *)block, sizeof block}, hash);
    for (size_t i = 0; i < 2; i++) {
        uint8_t ring[RING];
        memset(ring, turns[i], sizeof ring);
        for (size_t k = 0; k < len; k++)
            ring[k] ^= hash[k];
        at +=
            kk_digest_of(KK_SHA1, (kk_slice){(const char *)ring, sizeof ring}, KK_NONE, made + at);
    }
    memcpy(key.bytes, made, key.len);
    return key;
}

static bool opens_standard(kk_office_lock *l, kk_slice units)
{
    uint8_t made[KK_DIGEST_MOST];
    value check = l->check, wanted = l->check_digest;
    l->spun.len = spin(l, units, l->spun.bytes);
    l->key = key_of_block(l, 0);
    kk_aes_blocks(slice_of(&l->key), check.bytes, check.len);
    kk_aes_blocks(slice_of(&l->key), wanted.bytes, wanted.len);
    size_t len = kk_digest_of(KK_SHA1, slice_of(&check), KK_NONE, made);
    return memcmp(wanted.bytes, made, len) == 0;
}

static bool opens(void *context, const kk_password_try *password)
{
    kk_office_lock *l = context;
    return l->agile ? opens_agile(l, password->units) : opens_standard(l, password->units);
}

bool kk_office_lock_open(kk_office_lock *l, const kk_settings *settings, kk_sink *sink)
{
    bool opened = false;
    (void)kk_password_find(settings, sink, "VelvetSweatshop", (uint64_t)l->rounds + 4, opens, l,
                           &opened);
    return opened;
}

/* ---- The package ---- */

/* What a chain of the document begins with: of a segment by its number, of a value by its purpose. */
static void begin_chain(const kk_office_lock *l, kk_slice of, uint8_t before[KK_DIGEST_MOST])
{
    size_t len = kk_digest_of(l->document.digest, slice_of(&l->document.salt), of, before);
    fit(before, len, BLOCK);
}

static void decipher(const kk_office_lock *l, uint64_t at, uint8_t *bytes, size_t len)
{
    uint8_t before[KK_DIGEST_MOST], number[4];
    if (!l->agile) {
        kk_aes_blocks(slice_of(&l->key), bytes, len);
        return;
    }
    for (size_t done = 0; done < len; done += SEGMENT) {
        uint64_t segment = (at + done) / SEGMENT;
        for (unsigned k = 0; k < 4; k++)
            number[k] = (uint8_t)(segment >> 8 * k);
        begin_chain(l, (kk_slice){(const char *)number, 4}, before);
        kk_aes_chain(slice_of(&l->key), before, bytes + done,
                     len - done < SEGMENT ? len - done : SEGMENT);
    }
}

void kk_office_lock_turn(const kk_office_lock *l, uint32_t number, uint8_t *bytes, size_t len)
{
    uint8_t before[KK_DIGEST_MOST], block[4];
    for (unsigned k = 0; k < sizeof block; k++)
        block[k] = (uint8_t)(number >> 8 * k);
    if (l->agile) {
        begin_chain(l, (kk_slice){(const char *)block, sizeof block}, before);
        kk_aes_chain(slice_of(&l->key), before, bytes, len);
    } else {
        value key = key_of_block(l, number);
        kk_aes_blocks(slice_of(&key), bytes, len);
    }
}

static ptrdiff_t read_plain(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    deciphering *d = stream->context;
    if (offset >= stream->size)
        return 0;
    if (offset < d->at || offset >= d->at + d->filled) {
        d->at = offset - offset % SEGMENT;
        d->filled = kk_read(d->in, SIZE_BEFORE + d->at, d->plain, sizeof d->plain);
        d->filled -= d->filled % BLOCK;
        decipher(d->lock, d->at, d->plain, d->filled);
    }
    size_t skip = (size_t)(offset - d->at), there = d->filled > skip ? d->filled - skip : 0;
    there = there < len ? there : len;
    there = stream->size - offset < there ? (size_t)(stream->size - offset) : there;
    memcpy(into, d->plain + skip, there);
    return there ? (ptrdiff_t)there : -1;
}

kk_stream *kk_office_lock_stream(kk_office_lock *l, kk_arena *arena, kk_stream *package,
                                 kk_slice name)
{
    char bytes[SIZE_BEFORE];
    kk_cursor c = kk_cursor_over((kk_slice){bytes, kk_read(package, 0, bytes, sizeof bytes)});
    uint64_t size = kk_u64(&c),
             there = package->size > SIZE_BEFORE ? package->size - SIZE_BEFORE : 0;
    there -= there % BLOCK;
    deciphering *d = KK_NEW(arena, deciphering);
    kk_stream *stream = KK_NEW(arena, kk_stream);
    d->lock = l;
    d->in = package;
    *stream = (kk_stream){.name = name,
                          .path = name,
                          .size = size < there ? size : there,
                          .modified = KK_NO_TIME,
                          .read_at = read_plain,
                          .context = d};
    return stream;
}

static value open_own(const kk_office_lock *l, const uint8_t purpose[8], const value *from)
{
    uint8_t before[KK_DIGEST_MOST];
    value v = *from;
    begin_chain(l, (kk_slice){(const char *)purpose, 8}, before);
    kk_aes_chain(slice_of(&l->key), before, v.bytes, v.len);
    return v;
}

bool kk_office_lock_holds(kk_office_lock *l, kk_stream *package)
{
    static const uint8_t of_key[8] = {0x5f, 0xb2, 0xad, 0x01, 0x0c, 0xb9, 0xe1, 0xf6},
                         of_digest[8] = {0xa0, 0x67, 0x7f, 0x02, 0xb2, 0x2c, 0x84, 0x33};
    uint8_t made[KK_DIGEST_MOST], block[AHEAD * SEGMENT];
    if (!l->agile || !l->hmac_key.len || !l->hmac.len)
        return true;
    value key = open_own(l, of_key, &l->hmac_key), wanted = open_own(l, of_digest, &l->hmac);
    size_t len = kk_digest_of(l->document.digest, KK_NONE, KK_NONE, made);
    key.len = key.len < len ? key.len : len;
    kk_hmac *h = kk_hmac_open(l->document.digest, slice_of(&key));
    for (uint64_t at = 0; at < package->size;) {
        size_t got = kk_read(package, at, block, sizeof block);
        if (!got)
            break;
        kk_hmac_add(h, block, got);
        at += got;
    }
    len = kk_hmac_close(h, made);
    return wanted.len >= len && memcmp(wanted.bytes, made, len) == 0;
}
