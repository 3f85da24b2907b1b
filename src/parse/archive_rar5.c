/* RAR 5 behind a password, by RARLAB's technical note. libarchive reads RAR 5 and has no AES, so it is given the archive as
 * it would be without: headers written anew, data deciphered while they are read.
 *
 * 8 bytes of magic, then blocks: CRC-32 of what follows (u32), size, then type, flags, if they say so the sizes of extra
 * records (1) and of data (2), fields of the type, extra records (size, type, content); then the data. Numbers have 7 bits
 * a byte, lowest first. Types: 1 archive, 2 file, 3 service, 4 encryption, 5 end. A block of type 4 means that each header
 * behind it is 16 bytes to begin a chain and the header in AES-256; a file's extra record 1 that its data are so.
 * Both: version, flags (1: with a check), rounds (power of two), salt of 16, a file's first block, 12 bytes of check. The
 * key: PBKDF2-HMAC-SHA256; with 16 rounds more it gives the key of the sums, with 32 the check, folded to 8 bytes. CRCs of
 * such files are mixed with that key (2 in the flags): libarchive does not get them, kk_rar5_sum_good holds them. */
#include "base/cipher.h"
#include "base/cursor.h"
#include "parse/archive.h"
#include "parse/passwords.h"
#include <zlib.h>

enum {
    MAGIC = 8,
    HEADER_MAX = 2 << 20,
    BLOCKS_MAX = 1 << 20,
    POWER_MAX = 24,
    SALT = 16,
    BLOCK = 16,
    KEY = 32,
    CHECK = 8
};

typedef enum { ARCHIVE = 1, A_FILE, SERVICE, ENCRYPTION, END } block_type;

/* How a key is made of the password, and how to tell the right one. */
typedef struct {
    uint8_t salt[SALT], check[CHECK], first[BLOCK];
    unsigned power;
    bool has_check, mixes_sums, good;
} lock;

typedef struct {
    uint64_t type, flags, data_size;
    kk_slice fields, extra; /* fields: of the type */
    uint64_t data, next;    /* where its data begin, and the block behind them */
} block;

/* What is known of the members, in their order. */
typedef struct {
    kk_rar_state state;
    bool has_sum;
    uint32_t sum;        /* mixed with the key */
    const uint8_t *sums; /* that key */
} file;

struct kk_rar5 {
    kk_arena *arena, *scratch;
    kk_stream *in;
    kk_weave *weave;
    file *files;
    size_t file_count, file_capacity;
    uint32_t line;     /* of the list, that opened it */
    kk_slice password; /* the right one; empty: none is */
    bool headers_locked;
    uint8_t header_key[KEY];
    lock last; /* whose key is this */
    uint8_t key[KEY];
    uint8_t *sums;
    bool last_opens;
};
typedef struct kk_rar5 archive;

/* ---- Reading blocks ---- */

static uint64_t number(kk_cursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        uint8_t byte = kk_u8(c);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    c->bad = true;
    return 0;
}

static lock read_lock(kk_cursor *c, bool of_file)
{
    lock l = {.good = number(c) == 0};
    uint64_t flags = number(c);
    l.power = kk_u8(c);
    kk_slice salt = kk_bytes(c, SALT), first = of_file ? kk_bytes(c, BLOCK) : KK_NONE;
    l.has_check = flags & 1;
    l.mixes_sums = flags & 2;
    kk_slice check = l.has_check ? kk_bytes(c, CHECK + 4) : KK_NONE;
    l.good = l.good && !c->bad && l.has_check && l.power <= POWER_MAX;
    if (l.good) {
        memcpy(l.salt, salt.ptr, SALT);
        memcpy(l.check, check.ptr, CHECK);
        if (of_file)
            memcpy(l.first, first.ptr, BLOCK);
    }
    return l;
}

/* The bytes of a header from its CRC on, as many as `len`; of one that is enciphered whole blocks. */
static kk_slice header_bytes(archive *a, uint64_t at, size_t len)
{
    uint8_t *bytes = kk_take(a->scratch, len + BLOCK);
    if (!a->headers_locked)
        return (kk_slice){(const char *)bytes, kk_read(a->in, at, bytes, len)};
    kk_locked_range r = {
        .from = at + BLOCK, .packed = (len + BLOCK - 1) / BLOCK * BLOCK, .key_size = KEY};
    memcpy(r.key, a->header_key, KEY);
    if (kk_read(a->in, at, r.first, BLOCK) < BLOCK)
        return KK_NONE;
    size_t got = kk_locked_read(a->in, &r, 0, bytes, (size_t)r.packed);
    return (kk_slice){(const char *)bytes, got < len ? got : len};
}

static bool read_block(archive *a, uint64_t at, block *b)
{
    enum { BEGIN = 16 };
    kk_cursor c = kk_cursor_over(header_bytes(a, at, BEGIN));
    uint32_t sum = kk_u32(&c);
    uint64_t size = number(&c);
    size_t whole = c.at + (size_t)size;
    if (c.bad || size == 0 || size > HEADER_MAX)
        return false;
    kk_slice bytes = header_bytes(a, at, whole);
    if (bytes.len < whole ||
        (uint32_t)crc32(0, (const Bytef *)bytes.ptr + 4, (uInt)whole - 4) != sum)
        return false;
    size_t begin = c.at;
    c = kk_cursor_over(bytes);
    kk_seek(&c, begin);
    *b = (block){.type = number(&c), .flags = number(&c)};
    uint64_t extra = b->flags & 1 ? number(&c) : 0;
    b->data_size = b->flags & 2 ? number(&c) : 0;
    if (c.bad || extra > kk_left(&c) || b->data_size > a->in->size)
        return false;
    b->fields = kk_part(bytes, c.at, kk_left(&c) - (size_t)extra);
    b->extra = kk_from(bytes, bytes.len - (size_t)extra);
    b->data = at + (a->headers_locked ? BLOCK + (whole + BLOCK - 1) / BLOCK * BLOCK : whole);
    b->next = b->data + b->data_size;
    return true;
}

/* The extra record of a file that says how it is enciphered. */
static bool find_lock(kk_slice extra, lock *out)
{
    while (extra.len) {
        kk_cursor c = kk_cursor_over(extra);
        uint64_t size = number(&c);
        if (c.bad || size > kk_left(&c))
            return false;
        kk_cursor record = kk_cursor_over(kk_bytes(&c, (size_t)size));
        if (number(&record) == 1) {
            *out = read_lock(&record, true);
            return true;
        }
        extra = kk_from(extra, c.at);
    }
    return false;
}

/* ---- Keys ---- */

static bool is_right(const lock *l, kk_slice password)
{
    uint8_t made[KEY], folded[CHECK] = {0};
    kk_key_of_password(KK_SHA256, password, (kk_slice){(const char *)l->salt, SALT},
                       (1u << l->power) + 32, made, KEY);
    for (size_t i = 0; i < KEY; i++)
        folded[i % CHECK] ^= made[i];
    return memcmp(folded, l->check, CHECK) == 0;
}

static bool opens(void *context, const kk_password_try *password)
{
    return is_right(context, password->text);
}

/* Files mostly share their salt. False: it has another password. */
static bool take_key(archive *a, const lock *l)
{
    bool same = a->last.good && a->last.power == l->power &&
                memcmp(a->last.salt, l->salt, SALT) == 0 &&
                memcmp(a->last.check, l->check, CHECK) == 0;
    if (same)
        return a->last_opens;
    kk_slice salt = {(const char *)l->salt, SALT};
    a->last = *l;
    a->last_opens = l->good && a->password.len && is_right(l, a->password);
    if (!a->last_opens)
        return false;
    a->sums = kk_take(a->arena, KEY);
    kk_key_of_password(KK_SHA256, a->password, salt, 1u << l->power, a->key, KEY);
    kk_key_of_password(KK_SHA256, a->password, salt, (1u << l->power) + 16, a->sums, KEY);
    return true;
}

/* ---- Writing blocks ---- */

static void put_number(kk_buffer *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        kk_put_byte(out, (char)(value | 0x80));
    kk_put_byte(out, (char)value);
}

static void put_u32(kk_buffer *out, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        kk_put_byte(out, (char)(value >> 8 * i));
}

static kk_slice block_of(archive *a, uint64_t type, uint64_t flags, kk_slice fields, kk_slice extra,
                         uint64_t data_size)
{
    kk_buffer body = {0}, sized = {0}, out = {0};
    put_number(&body, type);
    put_number(&body, (flags & ~UINT64_C(3)) | (extra.len ? 1 : 0) | (data_size ? 2 : 0));
    if (extra.len)
        put_number(&body, extra.len);
    if (data_size)
        put_number(&body, data_size);
    kk_put(&body, fields);
    kk_put(&body, extra);
    put_number(&sized, body.len);
    kk_put(&sized, kk_buffer_slice(&body));
    put_u32(&out, (uint32_t)crc32(0, (const Bytef *)sized.ptr, (uInt)sized.len));
    kk_put(&out, kk_buffer_slice(&sized));
    kk_slice made = kk_copy(a->arena, kk_buffer_slice(&out));
    kk_buffer_close(&body);
    kk_buffer_close(&sized);
    kk_buffer_close(&out);
    return made;
}

/* Without how it is enciphered, and without its sums where they are mixed with the key. */
static kk_slice extra_without(archive *a, kk_slice extra, bool sums)
{
    kk_buffer out = {0};
    while (extra.len) {
        kk_cursor c = kk_cursor_over(extra);
        uint64_t size = number(&c);
        if (c.bad || size > kk_left(&c))
            break;
        kk_cursor record = kk_cursor_over(kk_bytes(&c, (size_t)size));
        uint64_t type = number(&record);
        if (type != 1 && !(sums && type == 2))
            kk_put(&out, kk_part(extra, 0, c.at));
        extra = kk_from(extra, c.at);
    }
    kk_slice left = kk_copy(a->scratch, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return left;
}

/* Without its CRC, which *f takes, where that is mixed. *stored: how many bytes it has that is not packed;
 * UINT64_MAX: it is packed. */
static kk_slice fields_without(archive *a, kk_slice fields, bool sums, file *f, uint64_t *stored)
{
    enum { HAS_TIME = 2, HAS_SUM = 4, SIZE_UNKNOWN = 8, METHOD = 0x380 };
    kk_cursor c = kk_cursor_over(fields);
    kk_buffer out = {0};
    uint64_t flags = number(&c), size = number(&c), attributes = number(&c);
    put_number(&out, sums ? flags & ~(uint64_t)HAS_SUM : flags);
    put_number(&out, size);
    put_number(&out, attributes);
    if (flags & HAS_TIME)
        put_u32(&out, kk_u32(&c));
    uint32_t sum = flags & HAS_SUM ? kk_u32(&c) : 0;
    if (flags & HAS_SUM && !sums)
        put_u32(&out, sum);
    f->has_sum = flags & HAS_SUM && sums && !c.bad;
    f->sum = sum;
    size_t rest = c.at;
    uint64_t packing = number(&c);
    bool is_stored = !c.bad && !(packing & METHOD) && !(flags & SIZE_UNKNOWN);
    *stored = is_stored ? size : UINT64_MAX;
    kk_put(&out, kk_from(fields, rest));
    kk_slice made = kk_copy(a->scratch, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return made;
}

/* ---- The archive ---- */

static file *add_file(archive *a)
{
    a->files = kk_grow(a->arena, a->files, &a->file_capacity, a->file_count + 1, sizeof *a->files);
    a->files[a->file_count] = (file){.state = KK_RAR_OPEN};
    return &a->files[a->file_count++];
}

static void weave_file(archive *a, const block *b)
{
    lock l;
    uint64_t stored;
    file *f = add_file(a);
    bool locked = find_lock(b->extra, &l) && b->data_size > 0;
    if (!locked || b->data_size % BLOCK || !take_key(a, &l)) {
        f->state = locked ? KK_RAR_CLOSED : KK_RAR_OPEN;
        kk_weave_bytes(a->weave, block_of(a, b->type, b->flags, b->fields, b->extra, b->data_size));
        kk_weave_range(a->weave, b->data, b->data_size);
        return;
    }
    f->state = KK_RAR_UNLOCKED;
    f->sums = a->sums;
    kk_slice fields = fields_without(a, b->fields, l.mixes_sums, f, &stored);
    kk_slice extra = extra_without(a, b->extra, l.mixes_sums);
    uint64_t size =
        stored < b->data_size ? stored : b->data_size; /* not what it is filled up with */
    kk_locked_range r = {.from = b->data, .packed = b->data_size, .key_size = KEY};
    memcpy(r.key, a->key, KEY);
    memcpy(r.first, l.first, BLOCK);
    kk_weave_bytes(a->weave, block_of(a, b->type, b->flags, fields, extra, size));
    kk_weave_locked(a->weave, &r, size);
}

static void weave(archive *a, uint64_t at, kk_sink *sink)
{
    block b;
    kk_weave_bytes(a->weave, KK_S("Rar!\x1a\x07\x01\x00"));
    for (size_t n = 0; at < a->in->size; n++) {
        kk_arena_reset(a->scratch);
        if (n == BLOCKS_MAX || !read_block(a, at, &b)) {
            kk_report(sink, n == BLOCKS_MAX ? KK_ISSUE_LIMIT : KK_ISSUE_DAMAGED, at,
                      "a header of the archive is damaged or one too many: the rest is not read");
            break;
        }
        if (b.type == A_FILE)
            weave_file(a, &b);
        else if (b.type == ARCHIVE || b.type == END)
            kk_weave_bytes(a->weave, block_of(a, b.type, b.flags, b.fields, KK_NONE, 0));
        if (b.type == END)
            break;
        at = b.next;
    }
}

/* The first lock that there is: of the headers, or of a file. `*at`: behind the block that has it, if it is
 * of the headers. */
static bool first_lock(archive *a, uint64_t *at, lock *out)
{
    block b;
    uint64_t here = MAGIC;
    for (size_t n = 0; n < BLOCKS_MAX && read_block(a, here, &b); n++) {
        kk_cursor fields = kk_cursor_over(b.fields);
        if (b.type == ENCRYPTION) {
            *out = read_lock(&fields, false);
            *at = b.next;
            return true;
        }
        if (b.type == END)
            return false;
        if (b.type == A_FILE && find_lock(b.extra, out))
            return true;
        here = b.next;
        kk_arena_reset(a->scratch);
    }
    return false;
}

static void find_password(archive *a, lock *l, const kk_settings *settings, kk_sink *sink)
{
    bool opened = false;
    kk_password_list list = kk_password_list_for(a->arena, settings);
    a->line = kk_password_find(settings, sink, NULL, UINT64_C(2) << l->power, opens, l, &opened);
    for (size_t i = 0; i < list.count && opened; i++)
        if (list.at[i].line == a->line && list.at[i].is_text)
            a->password = list.at[i].bytes;
}

kk_rar5 *kk_rar5_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char magic[MAGIC];
    lock l;
    uint64_t at = MAGIC;
    if (kk_read(in, 0, magic, MAGIC) < MAGIC || memcmp(magic, "Rar!\x1a\x07\x01\x00", MAGIC) != 0)
        return NULL;
    archive *a = KK_NEW(arena, archive);
    *a = (archive){.arena = arena, .scratch = kk_arena_open(), .in = in};
    bool locked = first_lock(a, &at, &l);
    if (locked && l.good)
        find_password(a, &l, settings, sink);
    a->headers_locked = at != MAGIC;
    bool made = locked && (a->password.len || !a->headers_locked);
    if (made) {
        (void)take_key(a, &l);
        memcpy(a->header_key, a->key, KEY);
        a->weave = kk_weave_open(arena, in);
        weave(a, at, sink);
    }
    kk_arena_close(a->scratch);
    return made ? a : NULL;
}

kk_stream *kk_rar5_stream(kk_rar5 *a)
{
    return kk_weave_stream(a->weave);
}

kk_rar_state kk_rar5_member(const kk_rar5 *a, size_t member, uint32_t *line)
{
    kk_rar_state state = member < a->file_count ? a->files[member].state : KK_RAR_OPEN;
    *line = state == KK_RAR_UNLOCKED ? a->line : 0;
    return state;
}

bool kk_rar5_sum_good(const kk_rar5 *a, size_t member, uint32_t crc)
{
    uint8_t made[KK_DIGEST_MOST], bytes[4];
    uint32_t mixed = 0;
    if (member >= a->file_count || !a->files[member].has_sum)
        return true;
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(crc >> 8 * i);
    kk_hmac *h = kk_hmac_open(KK_SHA256, (kk_slice){(const char *)a->files[member].sums, KEY});
    kk_hmac_add(h, bytes, sizeof bytes);
    size_t len = kk_hmac_close(h, made);
    for (size_t i = 0; i < len; i++)
        mixed ^= (uint32_t)made[i] << 8 * (i % 4);
    return mixed == a->files[member].sum;
}
