/* RAR 2.9 to 4 behind a password, by RARLAB's note on the format of that time and what is published of its keys. libarchive
 * reads it and has no AES, so it is given the archive as it would be without, as of RAR 5.
 *
 * 7 bytes of magic, then blocks: CRC-32 of what follows, its lower half (u16), type, flags (u16), size of the header (u16);
 * with flag 8000 or in a file the size of the data behind it (u32). Types: 73 archive (flags: 1 a volume, 8 solid, 80 headers
 * are locked), 74 file (3 it goes on in other volumes, 4 locked, 100 sizes have upper halves, 400 a salt), 7a service, 7b end.
 * A file: packed and unpacked size, system, CRC-32 of its content, time (u32 each but system, u8), version, method (u8 each;
 * 30: stored), length of its name (u16), attributes (u32), with flag 100 two more u32, name, with flag 400 a salt of 8. Where
 * headers are locked each of them stands behind a salt of its own.
 * AES-128 in a chain. Its key and what it begins with are SHA-1 of 262,144 times password (UTF-16), salt and number (3
 * bytes). Nothing but a CRC tells a right password: of a header, or of a file's content. From 64 bytes of password and salt on
 * RAR changes the password while it goes: those of more than 28 characters are not tried. */
#include "base/cipher.h"
#include "base/cursor.h"
#include "base/text.h"
#include "parse/archive.h"
#include "parse/passwords.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    MAGIC = 7,
    HEAD = 7,
    BLOCKS_MAX = 1 << 20,
    SALT = 8,
    BLOCK = 16,
    ROUNDS = 1 << 18,
    LETTERS_MOST = 28,
    SEARCHES_MOST = 4, /* of the whole list, for files under different salts */
    KEYS_MOST = 20000, /* that are made for one archive, when its password is known */
    GOOD_MOST = 16
};
/* In rounds of a digest, which begin anew each time: here 27 bytes or so are added at a time, of which 64 make one. */
#define COST_OF_KEY (ROUNDS / 8)
#define TRIED_MOST (UINT64_C(16) << 20) /* unpacked bytes to try a password on a file */

typedef enum { ARCHIVE = 0x73, A_FILE = 0x74, END = 0x7b } block_type;

enum {
    SOLID = 8,
    HEADERS_LOCKED = 0x80,
    SPLIT = 3,
    LOCKED = 4,
    LARGE = 0x100,
    SALTED = 0x400,
    HAS_DATA = 0x8000
};

typedef struct {
    unsigned type, flags;
    kk_slice header;     /* from its CRC on */
    uint64_t data, next; /* where its data begin, and the block behind them */
} block;

typedef struct {
    uint8_t salt[SALT];
    uint64_t packed, size;
    uint32_t crc;
    size_t salt_at;      /* in the header */
    bool stored, can_be; /* can_be: locked in the way that is read here */
} facts;

typedef struct {
    uint8_t key[BLOCK], first[BLOCK];
} key_pair;

/* One salt, and what is known of it. */
typedef struct {
    uint8_t salt[SALT];
    uint64_t at, size; /* of the smallest file under it */
    kk_slice password; /* the right one; empty: none is */
    uint32_t line;
    bool tried;
    key_pair keys;
} salted;

typedef struct {
    kk_rar_state state;
    uint32_t crc, line;
} file;

struct kk_rar4 {
    kk_arena *arena, *scratch;
    kk_stream *in;
    const kk_settings *settings;
    kk_sink *sink;
    kk_first_reads *reads;
    void *context;
    kk_password_list list;
    kk_weave *weave, *mini;
    kk_slice main; /* the archive's header, without its flag of locked headers */
    file *files;
    size_t file_count, file_capacity;
    salted *salts;
    size_t salt_count, salt_capacity;
    size_t good[GOOD_MOST], good_count; /* of the list */
    bool headers_locked, over;
    uint8_t header_salt[SALT];
    key_pair header_keys;
    kk_slice password; /* of the headers */
    uint32_t line;
    salted last; /* of the files, where headers are locked */
    unsigned searches, keys;
    /* while it is tried */
    block on;
    facts of;
    uint64_t at;
    key_pair tried;
};
typedef struct kk_rar4 archive;

/* ---- Keys ---- */

static void make_keys(kk_slice units, const uint8_t salt[SALT], key_pair *out)
{
    enum { TURNS = 64, LONGEST = 2 * LETTERS_MOST + SALT + 3 };
    uint8_t bytes[TURNS * LONGEST], digest[KK_DIGEST_MOST];
    size_t each = units.len + SALT + 3;
    for (size_t i = 0; i < TURNS; i++) {
        memcpy(bytes + i * each, units.ptr, units.len);
        memcpy(bytes + i * each + units.len, salt, SALT);
    }
    kk_digest *d = kk_digest_open(KK_SHA1);
    for (uint32_t round = 0; round < ROUNDS; round += TURNS) {
        for (uint32_t i = 0; i < TURNS; i++)
            for (unsigned k = 0; k < 3; k++)
                bytes[(i + 1) * each - 3 + k] = (uint8_t)((round + i) >> 8 * k);
        size_t begin = 0;
        if (round % (ROUNDS / BLOCK) ==
            0) { /* a byte of the beginning, behind the first of so many rounds */
            begin = each;
            kk_digest_add(d, bytes, each);
            (void)kk_digest_peek(d, digest);
            out->first[round / (ROUNDS / BLOCK)] = digest[19];
        }
        kk_digest_add(d, bytes + begin, TURNS * each - begin);
    }
    (void)kk_digest_take(d, digest);
    kk_digest_close(d);
    for (unsigned i = 0; i < BLOCK; i++)
        out->key[i] = digest[i / 4 * 4 + 3 - i % 4];
}

/* False: longer than what is tried. */
static bool keys_of(kk_slice text, const uint8_t salt[SALT], key_pair *out)
{
    kk_arena *own = kk_arena_open();
    kk_slice units = kk_utf8_to_utf16(own, text);
    bool fits = units.len && units.len <= 2 * LETTERS_MOST;
    if (fits)
        make_keys(units, salt, out);
    kk_arena_close(own);
    return fits;
}

/* Beyond those that are made while a list is tried. */
static bool may_make_key(archive *a)
{
    a->over = a->over || a->keys == KEYS_MOST;
    a->keys += !a->over;
    return !a->over;
}

static kk_locked_range range_of(const key_pair *keys, uint64_t from, uint64_t packed)
{
    kk_locked_range r = {.from = from, .packed = packed, .key_size = BLOCK};
    memcpy(r.key, keys->key, BLOCK);
    memcpy(r.first, keys->first, BLOCK);
    return r;
}

/* ---- Reading blocks ---- */

static bool take_header_keys(archive *a, const uint8_t salt[SALT])
{
    if (memcmp(a->header_salt, salt, SALT) == 0)
        return true;
    if (!may_make_key(a) || !keys_of(a->password, salt, &a->header_keys))
        return false;
    memcpy(a->header_salt, salt, SALT);
    return true;
}

static size_t blocks_of(size_t len)
{
    return (len + BLOCK - 1) / BLOCK * BLOCK;
}

static kk_slice header_bytes(archive *a, uint64_t at, size_t len, const key_pair *keys)
{
    uint8_t *bytes = kk_take(a->scratch, len + BLOCK);
    if (!keys)
        return (kk_slice){(const char *)bytes, kk_read(a->in, at, bytes, len)};
    kk_locked_range r = range_of(keys, at + SALT, blocks_of(len));
    size_t got = kk_locked_read(a->in, &r, 0, bytes, (size_t)r.packed);
    return (kk_slice){(const char *)bytes, got < len ? got : len};
}

static uint64_t data_size_of(const block *b)
{
    kk_cursor c = kk_cursor_over(kk_from(b->header, HEAD));
    uint64_t size = b->flags & HAS_DATA || b->type == A_FILE ? kk_u32(&c) : 0;
    if (b->type == A_FILE && b->flags & LARGE) {
        kk_seek(&c, 25);
        size |= (uint64_t)kk_u32(&c) << 32;
    }
    return c.bad ? 0 : size;
}

/* `keys`: of a header that is locked; its CRC shows whether they are right. */
static bool read_block(archive *a, uint64_t at, const key_pair *keys, block *b)
{
    kk_cursor c = kk_cursor_over(header_bytes(a, at, HEAD, keys));
    unsigned crc = kk_u16(&c);
    *b = (block){.type = kk_u8(&c), .flags = kk_u16(&c)};
    size_t size = kk_u16(&c);
    if (c.bad || size < HEAD || b->type < 0x72 || b->type > END)
        return false;
    b->header = header_bytes(a, at, size, keys);
    if (b->header.len < size)
        return false;
    if (keys && (crc32(0, (const Bytef *)b->header.ptr + 2, (uInt)size - 2) & 0xffff) != crc)
        return false;
    b->data = at + (keys ? SALT + blocks_of(size) : size);
    uint64_t data = data_size_of(b);
    b->next = b->data + data;
    return data <= a->in->size;
}

static bool next_block(archive *a, uint64_t at, block *b)
{
    uint8_t salt[SALT];
    if (!a->headers_locked)
        return read_block(a, at, NULL, b);
    return kk_read(a->in, at, salt, SALT) == SALT && take_header_keys(a, salt) &&
           read_block(a, at, &a->header_keys, b);
}

static facts facts_of(const block *b)
{
    enum { AES = 29, STORED = 0x30 };
    facts f = {.packed = b->next - b->data};
    kk_cursor c = kk_cursor_over(kk_from(b->header, HEAD + 4));
    f.size = kk_u32(&c);
    kk_skip(&c, 1);
    f.crc = kk_u32(&c);
    kk_skip(&c, 4);
    unsigned version = kk_u8(&c), method = kk_u8(&c), name = kk_u16(&c);
    kk_skip(&c, 4);
    if (b->flags & LARGE) {
        kk_skip(&c, 4);
        f.size |= (uint64_t)kk_u32(&c) << 32;
    }
    kk_skip(&c, name);
    f.salt_at = HEAD + 4 + c.at;
    kk_slice salt = kk_bytes(&c, SALT);
    f.stored = method == STORED;
    f.can_be = !c.bad && b->flags & LOCKED && b->flags & SALTED && !(b->flags & SPLIT) &&
               version >= AES && f.packed && f.packed % BLOCK == 0;
    if (f.can_be)
        memcpy(f.salt, salt.ptr, SALT);
    return f;
}

/* ---- Writing blocks ---- */

static kk_slice sealed(uint8_t *header, size_t len)
{
    uint32_t crc = (uint32_t)crc32(0, header + 2, (uInt)len - 2);
    header[0] = (uint8_t)crc;
    header[1] = (uint8_t)(crc >> 8);
    return (kk_slice){(const char *)header, len};
}

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* The archive's header with headers that are open. */
static kk_slice main_of(archive *a, const block *b)
{
    uint8_t *header = kk_take(a->arena, b->header.len);
    memcpy(header, b->header.ptr, b->header.len);
    put(header + 3, b->flags & ~(unsigned)HEADERS_LOCKED, 2);
    return sealed(header, b->header.len);
}

static void put_end(kk_weave *w)
{
    kk_weave_bytes(w, KK_S("\xc4\x3d\x7b\x00\x40\x07\x00"));
}

/* A file that is open: without its salt, and without what fills up its last block if it is stored. */
static void put_open(archive *a, kk_weave *w, const block *b, const facts *f, const key_pair *keys)
{
    size_t len = b->header.len - SALT;
    uint64_t size = f->stored && f->size < f->packed ? f->size : f->packed;
    uint8_t *header = kk_take(a->arena, len);
    memcpy(header, b->header.ptr, f->salt_at);
    memcpy(header + f->salt_at, b->header.ptr + f->salt_at + SALT, len - f->salt_at);
    put(header + 3, b->flags & ~(unsigned)(LOCKED | SALTED), 2);
    put(header + 5, len, 2);
    put(header + HEAD, size, 4);
    if (b->flags & LARGE)
        put(header + HEAD + 25, size >> 32, 4);
    kk_locked_range r = range_of(keys, b->data, f->packed);
    kk_weave_bytes(w, sealed(header, len));
    kk_weave_locked(w, &r, size);
}

/* ---- Trying ---- */

static bool opens_header(void *context, const kk_password_try *password)
{
    archive *a = context;
    block b;
    if (!keys_of(password->text, a->header_salt, &a->header_keys))
        return false;
    kk_arena_reset(a->scratch);
    return read_block(a, a->at, &a->header_keys, &b);
}

static bool opens_file(void *context, const kk_password_try *password)
{
    archive *a = context;
    if (!keys_of(password->text, a->of.salt, &a->tried))
        return false;
    kk_weave_clear(a->mini);
    kk_weave_bytes(a->mini, KK_S("Rar!\x1a\x07\x00"));
    kk_weave_bytes(a->mini, a->main);
    put_open(a, a->mini, &a->on, &a->of, &a->tried);
    put_end(a->mini);
    return a->reads(a->context, kk_weave_stream(a->mini), a->of.stored, &a->of.crc);
}

static kk_slice text_of_line(const archive *a, uint32_t line, size_t *at)
{
    for (size_t i = 0; i < a->list.count; i++)
        if (a->list.at[i].line == line && a->list.at[i].is_text) {
            *at = i;
            return a->list.at[i].bytes;
        }
    return KK_NONE;
}

static bool opens_with(archive *a, salted *s, size_t at)
{
    kk_password_try password = {a->list.at[at].bytes, KK_NONE};
    if (!may_make_key(a) || !opens_file(a, &password))
        return false;
    s->password = a->list.at[at].bytes;
    s->line = a->list.at[at].line;
    s->keys = a->tried;
    return true;
}

/* Those that opened neighbours first, then the list. */
static void find_for(archive *a, salted *s)
{
    bool opened = false;
    size_t at = 0;
    for (size_t i = 0; i < a->good_count && !opened; i++)
        opened = opens_with(a, s, a->good[i]);
    if (opened)
        return;
    a->over = a->over || a->searches == SEARCHES_MOST;
    if (a->over)
        return;
    a->searches++;
    uint64_t unpacked = a->of.size < TRIED_MOST ? a->of.size : TRIED_MOST;
    s->line = kk_password_find(a->settings, a->sink, NULL, COST_OF_KEY + unpacked / 8, opens_file,
                               a, &opened);
    if (!opened)
        return;
    s->password = text_of_line(a, s->line, &at);
    s->keys = a->tried;
    if (a->good_count < GOOD_MOST)
        a->good[a->good_count++] = at;
}

static int by_salt(const void *x, const void *y)
{
    const salted *a = x, *b = y;
    int order = memcmp(a->salt, b->salt, SALT);
    return order               ? order
           : a->size < b->size ? -1
           : a->size > b->size ? 1
           : a->at < b->at     ? -1
                               : a->at > b->at;
}

static const salted *find_salt(const archive *a, const uint8_t salt[SALT])
{
    size_t low = 0, high = a->salt_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(a->salts[middle].salt, salt, SALT) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->salt_count && memcmp(a->salts[low].salt, salt, SALT) == 0 ? &a->salts[low]
                                                                              : NULL;
}

/* The salts of the files, each with the smallest file under it. */
static void collect_salts(archive *a, uint64_t at)
{
    block b;
    size_t kept = 0;
    for (size_t n = 0; n < BLOCKS_MAX && next_block(a, at, &b) && b.type != END; n++) {
        facts f = facts_of(&b);
        if (b.type == A_FILE && f.can_be) {
            a->salts =
                kk_grow(a->arena, a->salts, &a->salt_capacity, a->salt_count + 1, sizeof *a->salts);
            salted *s = &a->salts[a->salt_count++];
            *s = (salted){.at = at, .size = f.size};
            memcpy(s->salt, f.salt, SALT);
        }
        at = b.next;
        kk_arena_reset(a->scratch);
    }
    if (a->salt_count)
        qsort(a->salts, a->salt_count, sizeof *a->salts, by_salt);
    for (size_t i = 0; i < a->salt_count; i++)
        if (!kept || memcmp(a->salts[kept - 1].salt, a->salts[i].salt, SALT) != 0)
            a->salts[kept++] = a->salts[i];
    a->salt_count = kept;
}

static void try_salt(archive *a, salted *s)
{
    if (read_block(a, s->at, NULL, &a->on)) {
        a->of = facts_of(&a->on);
        find_for(a, s);
    }
    kk_arena_reset(a->scratch);
}

/* Where headers are locked, their password is that of the files. */
static const salted *under_header_password(archive *a, const uint8_t salt[SALT])
{
    salted *s = &a->last;
    if (s->tried && memcmp(s->salt, salt, SALT) == 0)
        return s;
    *s = (salted){.tried = true, .line = a->line};
    memcpy(s->salt, salt, SALT);
    if (may_make_key(a) && keys_of(a->password, salt, &s->keys))
        s->password = a->password;
    return s;
}

/* ---- The archive ---- */

static void weave_file(archive *a, const block *b)
{
    facts f = facts_of(b);
    const salted *s = !f.can_be           ? NULL
                      : a->headers_locked ? under_header_password(a, f.salt)
                                          : find_salt(a, f.salt);
    a->files = kk_grow(a->arena, a->files, &a->file_capacity, a->file_count + 1, sizeof *a->files);
    file *now = &a->files[a->file_count++];
    *now = (file){.state = b->flags & LOCKED ? KK_RAR_CLOSED : KK_RAR_OPEN};
    if (s && s->password.len) {
        *now = (file){KK_RAR_UNLOCKED, f.crc, s->line};
        put_open(a, a->weave, b, &f, &s->keys);
        return;
    }
    kk_weave_bytes(a->weave, kk_copy(a->arena, b->header));
    kk_weave_range(a->weave, b->data, b->next - b->data);
}

static void weave(archive *a, uint64_t at)
{
    block b;
    kk_weave_bytes(a->weave, KK_S("Rar!\x1a\x07\x00"));
    kk_weave_bytes(a->weave, a->main);
    for (size_t n = 0; at < a->in->size; n++) {
        kk_arena_reset(a->scratch);
        if (n == BLOCKS_MAX || !next_block(a, at, &b)) {
            kk_report(a->sink, n == BLOCKS_MAX ? KK_ISSUE_LIMIT : KK_ISSUE_DAMAGED, at,
                      "a header of the archive is damaged or one too many: the rest is not read");
            break;
        }
        if (b.type == END)
            break;
        if (b.type == A_FILE)
            weave_file(a, &b);
        at = b.next;
    }
    put_end(a->weave);
    if (a->over)
        kk_report(a->sink, KK_ISSUE_LIMIT, 0,
                  "not every password was tried on every member: that would take too long");
}

/* Whether a password of the list opens anything. */
static bool find_password(archive *a, uint64_t at)
{
    bool opened = false;
    size_t i = 0;
    if (!a->headers_locked) {
        collect_salts(a, at);
        for (size_t k = 0; k < a->salt_count; k++) {
            try_salt(a, &a->salts[k]);
            opened = opened || a->salts[k].password.len;
        }
        return opened;
    }
    a->at = at;
    if (kk_read(a->in, at, a->header_salt, SALT) < SALT)
        return false;
    a->line = kk_password_find(a->settings, a->sink, NULL, COST_OF_KEY, opens_header, a, &opened);
    if (opened)
        a->password = text_of_line(a, a->line, &i);
    return opened;
}

kk_rar4 *kk_rar4_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink,
                        kk_first_reads *reads, void *context)
{
    char magic[MAGIC];
    block main;
    if (!kk_has_passwords(settings) || kk_read(in, 0, magic, MAGIC) < MAGIC ||
        memcmp(magic, "Rar!\x1a\x07\x00", MAGIC) != 0)
        return NULL;
    archive *a = KK_NEW(arena, archive);
    *a = (archive){.arena = arena,
                   .scratch = kk_arena_open(),
                   .in = in,
                   .settings = settings,
                   .sink = sink,
                   .reads = reads,
                   .context = context,
                   .list = kk_password_list_for(arena, settings),
                   .weave = kk_weave_open(arena, in),
                   .mini = kk_weave_open(arena, in)};
    bool opened =
        read_block(a, MAGIC, NULL, &main) && main.type == ARCHIVE && !(main.flags & SOLID);
    if (opened) {
        a->main = main_of(a, &main);
        a->headers_locked = main.flags & HEADERS_LOCKED;
        uint64_t at = main.next;
        opened = find_password(a, at);
        if (opened)
            weave(a, at);
    }
    kk_arena_close(a->scratch);
    return opened ? a : NULL;
}

kk_stream *kk_rar4_stream(kk_rar4 *a)
{
    return kk_weave_stream(a->weave);
}

kk_rar_state kk_rar4_member(const kk_rar4 *a, size_t member, uint32_t *line)
{
    kk_rar_state state = member < a->file_count ? a->files[member].state : KK_RAR_OPEN;
    *line = state == KK_RAR_UNLOCKED ? a->files[member].line : 0;
    return state;
}

bool kk_rar4_sum_good(const kk_rar4 *a, size_t member, uint32_t crc)
{
    return member >= a->file_count || a->files[member].state != KK_RAR_UNLOCKED ||
           a->files[member].crc == crc;
}
