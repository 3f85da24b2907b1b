/* A part is deflated, then enciphered; in the zip it stands as stored. In the manifest its file-entry (full-path, size before
 * it was packed) holds
 *
 *     encryption-data   checksum, checksum-type: digest of the first 1,024 packed bytes
 *     algorithm         algorithm-name: AES in a chain or, LibreOffice from 24.8 on, in GCM, where the 12 bytes it
 *                       begins with stand before the data again and 16 bytes behind them; Blowfish in CFB
 *     start-key-generation   digest of the password: SHA-1, where it is missing, or SHA-256
 *     key-derivation    PBKDF2 with HMAC-SHA1 or Argon2id over that digest, with salt and rounds of each part
 *
 * The last byte of AES in a chain says how many bytes only fill it up. LibreOffice 24.8 locks the whole document as one part,
 * "encrypted-package", which is told without a checksum. */
#include "parse/opendocument_lock.h"

#include "base/base64.h"
#include "base/cipher.h"
#include "base/sorted.h"
#include "parse/passwords.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    PARTS_MAX = 65536,
    VALUE_MAX = 64, /* bytes of a salt, a beginning or a digest */
    KEY_MAX = 56,
    PATH_LONGEST = 1024,
    ROUNDS_EACH = 10000000,
    MEMORY_MOST = 512 << 10, /* KiB */
    LANES_MOST = 64,
    BLOCK = 16,
    MARK = 16,
    CHECKED = 1024, /* bytes that the checksum is of */
    TRIED = 64 << 10,
    CHUNK = 16 << 10
};
#define ROUNDS_MOST (UINT64_C(250) * 1000 * 1000) /* for the keys of one document */

typedef struct {
    uint8_t bytes[VALUE_MAX];
    uint8_t len;
} value;

typedef struct {
    kk_slice path;
    uint64_t size;
    value salt, first, sum;
    kk_cipher_kind cipher;
    kk_digest_kind start, sum_kind;
    uint32_t rounds, memory, lanes; /* memory in KiB; 0: PBKDF2 */
    uint8_t key_size;
    bool has_cipher, has_key, known; /* known: nothing in it that is not read */
} part;

struct kk_odf_locks {
    kk_arena *arena;
    part *parts;
    size_t count, capacity;
    bool any, over;
    char path
        [PATH_LONGEST]; /* of the entry that is read, of which it is not known yet whether it is locked */
    size_t path_len;
    uint64_t size;
    bool is_open;
    kk_buffer password; /* the right one */
    uint64_t spent;
    const part *keyed; /* whose key this is */
    uint8_t key[KEY_MAX];
    part *now; /* that is read, in the manifest or itself */
    kk_office_file *file;
    kk_cipher *cipher;
    z_stream packed;
    bool inflating, raw_ended, ended, failed;
    uint64_t made;
    size_t begin, end,
        plain; /* of `raw`: what is not unpacked yet; what is ciphered lies behind `plain` */
    uint8_t raw[CHUNK + 2 * BLOCK];
};

/* ---- What the manifest says ---- */

static value decode(kk_slice text)
{
    value v = {.len = 0};
    v.len = (uint8_t)kk_base64_bytes(text, v.bytes, sizeof v.bytes);
    return v;
}

static kk_slice slice_of(const value *v)
{
    return (kk_slice){(const char *)v->bytes, v->len};
}

/* Names are addresses, of which some programs write an older form; what they end in tells them apart. */
static bool names(kk_slice text, const char *end)
{
    kk_slice e = kk_cstr(end);
    return text.len >= e.len && kk_eq_nocase(kk_from(text, text.len - e.len), e);
}

static void take_sum(part *p, const char **attributes)
{
    kk_slice type = kk_office_attribute(attributes, "checksum-type");
    bool sha256 = names(type, "sha256-1k") || names(type, "sha256/1k");
    p->known = true;
    if (sha256 || names(type, "sha1-1k") || names(type, "sha1/1k"))
        p->sum = decode(kk_office_attribute(attributes, "checksum"));
    p->sum_kind = sha256 ? KK_SHA256 : KK_SHA1;
    p->start = KK_SHA1;
}

static void take_cipher(part *p, const char **attributes)
{
    kk_slice name = kk_office_attribute(attributes, "algorithm-name");
    p->first = decode(kk_office_attribute(attributes, "initialisation-vector"));
    bool cbc = names(name, "-cbc"), gcm = names(name, "-gcm");
    p->cipher = cbc ? KK_AES_CBC : gcm ? KK_AES_GCM : KK_BLOWFISH_CFB;
    p->has_cipher = p->first.len == (cbc ? 16 : gcm ? 12 : 8);
    p->known = p->known && ((kk_has(name, KK_S("#aes")) && (cbc || gcm)) ||
                            names(name, "blowfish") || names(name, "blowfish cfb"));
}

static void take_start(part *p, const char **attributes)
{
    kk_slice name = kk_office_attribute(attributes, "start-key-generation-name");
    p->start = names(name, "sha256") ? KK_SHA256 : KK_SHA1;
    p->known = p->known && (names(name, "sha256") || names(name, "sha1"));
}

static void take_key(part *p, const char **attributes)
{
    kk_slice name = kk_office_attribute(attributes, "key-derivation-name");
    bool argon = names(name, "argon2id");
    uint64_t rounds =
        kk_office_number(attributes, argon ? "argon2-iterations" : "iteration-count", 0);
    uint64_t memory = argon ? kk_office_number(attributes, "argon2-memory", 0) : 0,
             lanes = argon ? kk_office_number(attributes, "argon2-lanes", 0) : 1;
    uint64_t size = kk_office_number(attributes, "key-size", 16);
    p->salt = decode(kk_office_attribute(attributes, "salt"));
    p->has_key = rounds && rounds <= ROUNDS_EACH && memory <= MEMORY_MOST && lanes &&
                 lanes <= LANES_MOST && (!argon || memory >= 8 * lanes) && size <= KEY_MAX &&
                 p->salt.len;
    p->rounds = p->has_key ? (uint32_t)rounds : 0;
    p->memory = p->has_key ? (uint32_t)memory : 0;
    p->lanes = p->has_key ? (uint32_t)lanes : 0;
    p->key_size = p->has_key ? (uint8_t)size : 0;
    p->known = p->known && (argon || names(name, "pbkdf2"));
}

static void begin_entry(kk_odf_locks *l, const char **attributes)
{
    kk_slice path = kk_office_attribute(attributes, "full-path");
    l->is_open = path.len <= sizeof l->path;
    l->path_len = l->is_open ? path.len : 0;
    if (l->path_len)
        memcpy(l->path, path.ptr, l->path_len);
    l->size = kk_office_number(attributes, "size", UINT64_MAX);
}

static void add_part(kk_odf_locks *l, const char **attributes)
{
    l->any = true;
    if (!l->is_open || l->count == PARTS_MAX)
        return;
    l->is_open = false;
    l->parts = kk_grow(l->arena, l->parts, &l->capacity, l->count + 1, sizeof *l->parts);
    l->now = &l->parts[l->count++];
    *l->now = (part){.path = kk_copy(l->arena, (kk_slice){l->path, l->path_len}), .size = l->size};
    take_sum(l->now, attributes);
}

void kk_odf_locks_start(kk_odf_locks *l, kk_slice name, const char **attributes)
{
    if (kk_is(name, "file-entry")) {
        l->now = NULL;
        begin_entry(l, attributes);
    } else if (kk_is(name, "encryption-data")) {
        l->now = NULL;
        add_part(l, attributes);
    } else if (!l->now) {
        return;
    } else if (kk_is(name, "algorithm")) {
        take_cipher(l->now, attributes);
    } else if (kk_is(name, "start-key-generation")) {
        take_start(l->now, attributes);
    } else if (kk_is(name, "key-derivation")) {
        take_key(l->now, attributes);
    }
}

bool kk_odf_locks_any(const kk_odf_locks *l)
{
    return l->any;
}

bool kk_odf_locks_over(const kk_odf_locks *l)
{
    return l->over;
}

static int by_path(const void *a, const void *b)
{
    return kk_compare(((const part *)a)->path, ((const part *)b)->path);
}

static part *part_of(const kk_odf_locks *l, kk_slice path)
{
    size_t at = 0;
    KK_LOWER_BOUND(at, l->count, kk_compare(l->parts[at].path, path) < 0);
    part *p = at < l->count ? &l->parts[at] : NULL;
    return p && kk_eq(p->path, path) ? p : NULL;
}

bool kk_odf_locks_whole(const kk_odf_locks *l, kk_slice path)
{
    return kk_is(path, "encrypted-package") && part_of(l, path);
}

/* ---- Keys ---- */

static bool is_read(const part *p)
{
    bool aes = p->cipher != KK_BLOWFISH_CFB;
    bool fits =
        aes ? p->key_size == 16 || p->key_size == 24 || p->key_size == 32 : p->key_size >= 5;
    return p->known && p->has_cipher && p->has_key && fits;
}

/* In rounds of a digest: of SHA-1 two for each 20 bytes, of Argon2 about two for each KiB. */
static uint64_t cost_of(const part *p)
{
    return p->memory ? UINT64_C(2) * p->rounds * p->memory
                     : UINT64_C(2) * p->rounds * ((p->key_size + 19u) / 20);
}

static bool make_key(const part *p, kk_slice password, uint8_t key[KEY_MAX])
{
    uint8_t start[KK_DIGEST_MOST];
    size_t len = kk_digest_of(p->start, password, KK_NONE, start);
    kk_slice digest = {(const char *)start, len};
    if (p->memory)
        return kk_argon2_of_password(digest, slice_of(&p->salt), p->rounds, p->memory, p->lanes,
                                     key, p->key_size);
    kk_key_of_password(KK_SHA1, digest, slice_of(&p->salt), p->rounds, key, p->key_size);
    return true;
}

static bool same_key(const part *a, const part *b)
{
    return a->rounds == b->rounds && a->memory == b->memory && a->lanes == b->lanes &&
           a->start == b->start && a->key_size == b->key_size &&
           kk_eq(slice_of(&a->salt), slice_of(&b->salt));
}

/* Each part has a salt of its own, mostly: all of them may take no longer than trying a list does. */
static bool take_own_key(kk_odf_locks *l, const part *p)
{
    if (l->keyed && same_key(l->keyed, p))
        return true;
    if (l->spent + cost_of(p) > ROUNDS_MOST) {
        l->over = true;
        return false;
    }
    l->spent += cost_of(p);
    l->keyed = NULL;
    if (!make_key(p, kk_buffer_slice(&l->password), l->key))
        return false;
    l->keyed = p;
    return true;
}

/* ---- A part as it was before ---- */

static void leave(kk_odf_locks *l)
{
    if (l->inflating)
        inflateEnd(&l->packed);
    kk_cipher_close(l->cipher);
    l->inflating = false;
    l->cipher = NULL;
    l->now = NULL;
}

/* How many bytes at the end are not content before what they are is known. */
static size_t held_back(const part *p)
{
    return p->cipher == KK_AES_CBC ? BLOCK : p->cipher == KK_AES_GCM ? MARK : 0;
}

/* The last block says how many bytes of it fill it up; the mark says whether all were right. */
static bool take_tail(kk_odf_locks *l)
{
    uint8_t *tail = l->raw + l->plain;
    size_t len = l->end - l->plain;
    if (l->now->cipher == KK_AES_GCM) {
        l->end = l->plain;
        return len == MARK && kk_cipher_holds(l->cipher, tail);
    }
    if (l->now->cipher == KK_AES_CBC) {
        if (len != BLOCK)
            return false;
        kk_cipher_turn(l->cipher, tail, BLOCK);
        unsigned fill = tail[BLOCK - 1];
        l->end -= fill >= 1 && fill <= BLOCK ? fill : 0;
    }
    l->plain = l->end;
    return true;
}

/* More deciphered bytes; false at the end and where they cannot be had. */
static bool fill(kk_odf_locks *l)
{
    size_t left = l->end - l->plain;
    memmove(l->raw, l->raw + l->plain, left);
    l->begin = l->plain = 0;
    l->end = left;
    while (l->end < CHUNK && !l->raw_ended) {
        ptrdiff_t got = kk_office_raw(l->file, l->raw + l->end, CHUNK - l->end);
        l->failed = l->failed || got < 0;
        l->raw_ended = got <= 0;
        l->end += got > 0 ? (size_t)got : 0;
    }
    size_t back = held_back(l->now), whole = l->end > back ? l->end - back : 0;
    if (l->now->cipher == KK_AES_CBC)
        whole -= whole % BLOCK;
    kk_cipher_turn(l->cipher, l->raw, whole);
    l->plain = whole;
    if (l->raw_ended && !l->failed && (l->end - l->plain || back))
        l->failed = !take_tail(l);
    return l->plain > 0;
}

/* At the end: to its mark, and to the size that it had. */
static bool holds(kk_odf_locks *l)
{
    while (!l->raw_ended && fill(l))
        continue;
    return !l->failed && (l->now->size == UINT64_MAX || l->made == l->now->size);
}

static ptrdiff_t read_part(void *context, void *into, size_t len)
{
    kk_odf_locks *l = context;
    if (l->ended)
        return holds(l) ? 0 : -1;
    l->packed.next_out = into;
    l->packed.avail_out = (uInt)len;
    while (l->packed.avail_out && !l->ended) {
        if (l->begin == l->plain && !l->raw_ended)
            (void)fill(l);
        l->packed.next_in = l->raw + l->begin;
        l->packed.avail_in = (uInt)(l->plain - l->begin);
        int result = inflate(&l->packed, Z_NO_FLUSH);
        l->begin = l->plain - l->packed.avail_in;
        l->ended = result == Z_STREAM_END;
        if (result != Z_OK && result != Z_STREAM_END)
            break;
    }
    size_t made = len - l->packed.avail_out;
    l->made += made;
    if (made)
        return (ptrdiff_t)made;
    return l->ended && holds(l) ? 0 : -1;
}

/* `l->key` is that of the part. */
static bool begin_part(kk_odf_locks *l, kk_office_file *f, part *p)
{
    uint8_t first[VALUE_MAX];
    leave(l);
    l->file = f;
    l->now = p;
    l->raw_ended = l->ended = l->failed = false;
    l->made = 0;
    l->begin = l->end = l->plain = 0;
    l->cipher = kk_cipher_open(p->cipher, (kk_slice){(const char *)l->key, p->key_size},
                               slice_of(&p->first));
    l->packed = (z_stream){0};
    l->inflating = l->cipher && inflateInit2(&l->packed, -MAX_WBITS) == Z_OK;
    if (p->cipher == KK_AES_GCM) /* it begins with what the manifest says too */
        for (size_t done = 0; done < p->first.len;) {
            ptrdiff_t got = kk_office_raw(f, first, p->first.len - done);
            if (got <= 0)
                return false;
            done += (size_t)got;
        }
    return l->inflating;
}

bool kk_odf_locks_enter(kk_odf_locks *l, kk_office_file *f, kk_slice path)
{
    part *p = part_of(l, path);
    if (!p)
        return true;
    if (!is_read(p) || !take_own_key(l, p) || !begin_part(l, f, p))
        return false;
    kk_office_read_through(f, read_part, l);
    return true;
}

/* ---- Trying ---- */

typedef struct {
    kk_odf_locks *locks;
    const part *part;
    uint8_t bytes[TRIED];
    size_t len;
    bool whole; /* that is all of it */
} trial;

static bool sum_is_right(const trial *t, const uint8_t *plain, size_t len)
{
    uint8_t made[KK_DIGEST_MOST];
    const part *p = t->part;
    kk_slice bytes = {(const char *)plain, len < CHECKED ? len : CHECKED};
    size_t size = kk_digest_of(p->sum_kind, bytes, KK_NONE, made);
    return p->sum.len == size && memcmp(made, p->sum.bytes, size) == 0;
}

/* Without a sum: what it unpacks to, as far as a try goes. */
static bool unpacks(const trial *t, const uint8_t *plain, size_t len)
{
    uint8_t out[CHUNK];
    uint64_t made = 0;
    bool is_zip = true;
    int result = Z_OK;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)plain, .avail_in = (uInt)len};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return false;
    while (result == Z_OK && made < TRIED * 16) {
        z.next_out = out;
        z.avail_out = sizeof out;
        result = inflate(&z, Z_NO_FLUSH);
        size_t got = sizeof out - z.avail_out;
        if (made == 0)
            is_zip = got >= 4 && memcmp(out, "PK\3\4", 4) == 0;
        made += got;
        if (got == 0)
            break;
    }
    inflateEnd(&z);
    if (kk_is(t->part->path, "encrypted-package"))
        return is_zip;
    bool ends = result == Z_STREAM_END && (made == t->part->size || t->part->size == UINT64_MAX);
    return t->whole ? ends : ends || result == Z_OK || result == Z_BUF_ERROR;
}

static bool opens(void *context, const kk_password_try *password)
{
    trial *t = context;
    const part *p = t->part;
    kk_arena *own = kk_arena_open();
    uint8_t *plain = kk_take(own, sizeof t->bytes), key[KEY_MAX];
    size_t skip = p->cipher == KK_AES_GCM ? p->first.len : 0;
    size_t len = t->len > skip ? t->len - skip : 0;
    bool good = make_key(p, password->text, key);
    kk_cipher *c = good ? kk_cipher_open(p->cipher, (kk_slice){(const char *)key, p->key_size},
                                         slice_of(&p->first))
                        : NULL;
    if (c) {
        memcpy(plain, t->bytes + skip, len);
        if (p->cipher == KK_AES_CBC)
            len -= len % BLOCK;
        kk_cipher_turn(c, plain, len);
        if (t->whole && p->cipher == KK_AES_CBC && len && plain[len - 1] <= BLOCK)
            len -= plain[len - 1];
        good = p->sum.len ? sum_is_right(t, plain, len) : unpacks(t, plain, len);
    }
    kk_cipher_close(c);
    kk_arena_close(own);
    if (!c || !good)
        return false;
    t->locks->password.len = 0;
    kk_put(&t->locks->password, password->text);
    memcpy(t->locks->key, key, sizeof key);
    t->locks->keyed = p;
    return true;
}

/* The part with people in it, or else the first that is read. */
static const part *part_to_try(const kk_odf_locks *l)
{
    const part *found = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const part *p = &l->parts[i];
        if (is_read(p) && (!found || kk_is(p->path, "content.xml")))
            found = p;
    }
    return found;
}

static void read_head(trial *t, kk_office_file *f)
{
    kk_slice path;
    ptrdiff_t got = 1;
    kk_office_rewind(f);
    while ((path = kk_office_next(f)).len)
        if (kk_eq(path, t->part->path))
            break;
    size_t most = t->part->sum.len ? CHECKED + 2 * BLOCK : TRIED;
    while (path.len && t->len < most &&
           (got = kk_office_raw(f, t->bytes + t->len, most - t->len)) > 0)
        t->len += (size_t)got;
    t->whole = got == 0;
}

kk_odf_state kk_odf_locks_try(kk_odf_locks *l, kk_office_file *f, const kk_settings *settings,
                              kk_sink *sink)
{
    bool opened = false;
    if (l->count)
        qsort(l->parts, l->count, sizeof *l->parts, by_path);
    const part *p = part_to_try(l);
    if (!p)
        return KK_ODF_UNKNOWN;
    trial *t = KK_NEW(l->arena, trial);
    t->locks = l;
    t->part = p;
    if (kk_has_passwords(settings))
        read_head(t, f);
    if (t->len)
        (void)kk_password_find(settings, sink, NULL, cost_of(p), opens, t, &opened);
    return opened ? KK_ODF_OPENED : KK_ODF_CLOSED;
}

kk_odf_locks *kk_odf_locks_open(kk_arena *arena)
{
    kk_odf_locks *l = KK_NEW(arena, kk_odf_locks);
    l->arena = arena;
    return l;
}

void kk_odf_locks_close(kk_odf_locks *l)
{
    leave(l);
    kk_buffer_close(&l->password);
}
