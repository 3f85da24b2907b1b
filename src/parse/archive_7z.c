/* 7z behind a password. libarchive reads 7z and has no AES, so it is given the archive as it would be without: packed bytes
 * are deciphered while they are read, and the header is written anew without the coders of AES.
 *
 * 32 bytes: magic, version, CRC of the next 20; where the header begins behind them (u64), its size (u64), its CRC (u32).
 * Packed streams, then the header. Numbers are of 1 to 9 bytes: as many as the first byte has leading ones follow it.
 *     header   01 [02 properties] 04 streams, files 00, or 17 streams: those hold the header, packed or enciphered
 *     streams  06 place, count [09 sizes] [0a CRCs] 00   07 0b count 00 folders, 0c sizes [0a CRCs] 00   08 ... 00
 *     folder   coders, then which input is bound to which output, then which inputs are packed streams
 *     coder    flags (4 bits: bytes of its name; 10: counts of inputs and outputs; 20: settings with their length), name
 * The coder 06 f1 07 01 is AES-256 in a chain; its settings: rounds (power of two), salt, first block. The key: SHA-256
 * over salt, password (UTF-16LE) and number (u64) again and again. Nothing tells a wrong one but what it unpacks to. */
#include "base/buffer.h"
#include "base/cipher.h"
#include "base/cursor.h"
#include "parse/archive.h"
#include "parse/passwords.h"
#include <lzma.h>
#include <zlib.h>

enum {
    START = 32,
    HEADER_MAX = 32 << 20,
    FOLDERS_MAX = 1 << 20,
    CODERS_MAX = 16, /* of a folder, and so inputs and outputs */
    STREAMS_MAX = 1 << 20,
    LAYERS_MAX = 4, /* headers within headers */
    POWER_MAX = 24,
    POWER_PLAIN = 63, /* salt and password are the key */
    KEY = 32,
    BLOCK = 16,
    SEARCHES_MOST = 4, /* of the whole list, for folders under other passwords */
    FILLED_ENOUGH = 4  /* zeros that show a password where nothing else does */
};

typedef struct {
    kk_slice name, settings;
    uint32_t ins, outs;
} coder;

typedef struct {
    uint32_t in, out;
} bond;

typedef struct {
    coder *coders;
    bond *bonds;
    uint32_t *packed; /* inputs */
    uint64_t *sizes;  /* of outputs */
    uint32_t coder_count, bond_count, packed_count, ins, outs;
} folder;

/* A packed stream, and how it is enciphered. */
typedef struct {
    kk_locked_range range;
    uint64_t size;     /* in the archive that is made */
    kk_slice settings; /* of AES; empty: it is not enciphered */
    bool closed;       /* stored under a password that is not known */
} piece;

typedef struct {
    folder *folders;
    uint32_t folder_count, locked; /* locked: folders that had AES */
    piece *pieces;
    uint32_t piece_count;
    kk_slice digests; /* of folders, as they stand */
    kk_slice rest;    /* of the header, behind what is known of folders */
} streams;

typedef struct {
    kk_arena *arena;
    kk_stream *in;
    kk_weave *made, *alone; /* alone: of one folder, to try a password on it */
    const kk_settings *settings;
    kk_sink *sink;
    kk_first_reads *reads;
    void *context;
    streams outer; /* the header's own, where it is enciphered */
    bool has_outer, outer_locked;
    kk_slice properties; /* of the archive, as they stand */
    streams inner;
} archive;

/* ---- Reading the header ---- */

static uint64_t number(kk_cursor *c)
{
    uint8_t first = kk_u8(c), mask = 0x80;
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++, mask >>= 1) {
        if (!(first & mask))
            return value | (uint64_t)(first & (mask - 1u)) << 8 * i;
        value |= (uint64_t)kk_u8(c) << 8 * i;
    }
    return value;
}

/* A count, held against a limit and against the bytes that are left. */
static uint32_t count_of(kk_cursor *c, uint32_t most)
{
    uint64_t n = number(c);
    if (n > most || n > kk_left(c))
        c->bad = true;
    return c->bad ? 0 : (uint32_t)n;
}

/* Which of `count` have a CRC, and these. */
static kk_slice skip_digests(kk_cursor *c, uint32_t count)
{
    size_t begin = c->at, defined = count;
    if (kk_u8(c) == 0) {
        kk_slice bits = kk_bytes(c, (count + 7u) / 8);
        defined = 0;
        for (uint32_t i = 0; i < count && bits.len; i++)
            defined += (uint8_t)bits.ptr[i / 8] >> (7 - i % 8) & 1;
    }
    kk_skip(c, defined * 4);
    return c->bad ? KK_NONE : (kk_slice){(const char *)c->ptr + begin, c->at - begin};
}

/* The number of an input or an output. */
static uint32_t index_of(kk_cursor *c)
{
    uint64_t n = number(c);
    c->bad = c->bad || n >= CODERS_MAX;
    return c->bad ? 0 : (uint32_t)n;
}

static coder read_coder(kk_cursor *c, folder *f)
{
    enum { SIZE = 0x0f, COUNTED = 0x10, SETTINGS = 0x20, STRANGE = 0xc0 };
    uint8_t flags = kk_u8(c);
    coder k = {.name = kk_bytes(c, flags & SIZE), .ins = 1, .outs = 1};
    if (flags & COUNTED) {
        k.ins = index_of(c);
        k.outs = index_of(c);
    }
    if (flags & SETTINGS)
        k.settings = kk_bytes(c, count_of(c, HEADER_MAX));
    f->ins += k.ins;
    f->outs += k.outs;
    c->bad = c->bad || flags & STRANGE || f->ins > CODERS_MAX || f->outs > CODERS_MAX;
    return k;
}

static bool is_bound(const folder *f, uint32_t in)
{
    for (uint32_t i = 0; i < f->bond_count; i++)
        if (f->bonds[i].in == in)
            return true;
    return false;
}

static void read_folder(kk_cursor *c, kk_arena *arena, folder *f)
{
    uint32_t coders = count_of(c, CODERS_MAX);
    f->coders = KK_NEW_ARRAY(arena, coder, coders);
    for (; f->coder_count < coders && !c->bad; f->coder_count++)
        f->coders[f->coder_count] = read_coder(c, f);
    c->bad = c->bad || f->outs == 0 || f->ins < f->outs;
    if (c->bad)
        return;
    f->bond_count = f->outs - 1;
    f->packed_count = f->ins - f->bond_count;
    f->bonds = KK_NEW_ARRAY(arena, bond, f->bond_count);
    f->packed = KK_NEW_ARRAY(arena, uint32_t, f->packed_count);
    f->sizes = KK_NEW_ARRAY(arena, uint64_t, f->outs);
    for (uint32_t i = 0; i < f->bond_count; i++) {
        f->bonds[i].in = index_of(c);
        f->bonds[i].out = index_of(c);
    }
    for (uint32_t i = 0; i < f->packed_count && f->packed_count > 1; i++)
        f->packed[i] = index_of(c);
    for (uint32_t i = 0; i < f->ins && f->packed_count == 1; i++)
        if (!is_bound(f, i))
            f->packed[0] = i;
}

static void read_packed(kk_cursor *c, archive *a, streams *s)
{
    uint64_t at = number(c);
    uint32_t count = count_of(c, STREAMS_MAX);
    uint8_t id;
    if (c->bad || at > a->in->size)
        c->bad = true;
    if (c->bad)
        return;
    s->pieces = KK_NEW_ARRAY(a->arena, piece, count + 1u);
    s->piece_count = count;
    at += START;
    while ((id = kk_u8(c)) != 0 && !c->bad) {
        if (id == 0x0a) {
            (void)skip_digests(c, count);
            continue;
        }
        c->bad = c->bad || id != 0x09;
        for (uint32_t i = 0; i < count && !c->bad; i++) {
            piece *p = &s->pieces[i];
            p->range.from = at;
            p->range.key_size = KEY;
            p->range.packed = p->size = number(c);
            c->bad = c->bad || p->range.packed > a->in->size || at + p->range.packed > a->in->size;
            at += p->range.packed;
        }
    }
}

static void read_folders(kk_cursor *c, archive *a, streams *s)
{
    uint8_t id;
    c->bad = c->bad || kk_u8(c) != 0x0b;
    uint32_t count = count_of(c, FOLDERS_MAX);
    c->bad = c->bad || kk_u8(c) != 0; /* folders of their own place: nobody writes that */
    if (c->bad)
        return;
    s->folders = KK_NEW_ARRAY(a->arena, folder, count + 1u);
    for (uint32_t i = 0; i < count && !c->bad; i++, s->folder_count++)
        read_folder(c, a->arena, &s->folders[i]);
    c->bad = c->bad || kk_u8(c) != 0x0c;
    for (uint32_t i = 0; i < count && !c->bad; i++)
        for (uint32_t k = 0; k < s->folders[i].outs; k++)
            s->folders[i].sizes[k] = number(c);
    while ((id = kk_u8(c)) != 0 && !c->bad) {
        c->bad = c->bad || id != 0x0a;
        s->digests = skip_digests(c, count);
    }
}

static bool read_streams(kk_cursor *c, archive *a, streams *s)
{
    *s = (streams){.pieces = NULL};
    c->bad = c->bad || kk_u8(c) != 0x06;
    read_packed(c, a, s);
    c->bad = c->bad || kk_u8(c) != 0x07;
    read_folders(c, a, s);
    s->rest = c->bad ? KK_NONE : (kk_slice){(const char *)c->ptr + c->at, kk_left(c)};
    return !c->bad;
}

/* ---- Without AES ---- */

static bool is_aes(const coder *k)
{
    return kk_eq(k->name, KK_S("\x06\xf1\x07\x01")) && k->ins == 1 && k->outs == 1;
}

static bool take_settings(piece *p, kk_slice settings)
{
    kk_cursor c = kk_cursor_over(settings);
    uint8_t flags = kk_u8(&c), sizes = flags & 0xc0 ? kk_u8(&c) : 0;
    size_t salt = (size_t)(flags >> 7) + (sizes >> 4),
           first = (size_t)(flags >> 6 & 1) + (sizes & 15);
    unsigned power = flags & 63;
    kk_skip(&c, salt);
    kk_slice begin = kk_bytes(&c, first);
    if (begin.len)
        memcpy(p->range.first, begin.ptr, begin.len < BLOCK ? begin.len : BLOCK);
    p->settings = settings;
    return !c.bad && settings.len && (power <= POWER_MAX || power == POWER_PLAIN) && first <= BLOCK;
}

static kk_slice salt_of(kk_slice settings)
{
    kk_cursor c = kk_cursor_over(settings);
    uint8_t flags = kk_u8(&c), sizes = flags & 0xc0 ? kk_u8(&c) : 0;
    return kk_bytes(&c, (size_t)(flags >> 7) + (sizes >> 4));
}

/* Coder `k`, whose input and output have these numbers, goes; what it gave is a packed stream then. */
static bool drop_coder(folder *f, uint32_t k, uint32_t in, uint32_t out, piece *pieces)
{
    uint32_t packed = 0, bound = 0;
    while (packed < f->packed_count && f->packed[packed] != in)
        packed++;
    while (bound < f->bond_count && f->bonds[bound].out != out)
        bound++;
    if (packed == f->packed_count || !take_settings(&pieces[packed], f->coders[k].settings))
        return false;
    piece *p = &pieces[packed];
    if (f->sizes[out] > p->range.packed || p->range.packed % BLOCK)
        return false;
    p->size = f->sizes[out];
    if (bound == f->bond_count) { /* nothing takes it: it is stored */
        f->coders[k].name = KK_S("\0");
        f->coders[k].settings = KK_NONE;
        return true;
    }
    f->packed[packed] = f->bonds[bound].in;
    f->bonds[bound] = f->bonds[--f->bond_count];
    memmove(&f->coders[k], &f->coders[k + 1], (--f->coder_count - k) * sizeof *f->coders);
    memmove(&f->sizes[out], &f->sizes[out + 1], (--f->outs - out) * sizeof *f->sizes);
    f->ins--;
    for (uint32_t i = 0; i < f->packed_count; i++)
        f->packed[i] -= f->packed[i] > in;
    for (uint32_t i = 0; i < f->bond_count; i++) {
        f->bonds[i].in -= f->bonds[i].in > in;
        f->bonds[i].out -= f->bonds[i].out > out;
    }
    return true;
}

/* Without AES, if it had any: *locked. */
static bool drop_aes(folder *f, piece *pieces, bool *locked)
{
    uint32_t in = 0, out = 0;
    for (uint32_t k = 0; k < f->coder_count;) {
        uint32_t before = f->coder_count;
        coder c = f->coders[k];
        if (is_aes(&c)) {
            *locked = true;
            if (!drop_coder(f, k, in, out, pieces))
                return false;
        }
        if (f->coder_count == before) {
            in += c.ins;
            out += c.outs;
            k++;
        }
    }
    return true;
}

/* False where AES is used in a way that is not read. */
static bool open_folders(streams *s)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < s->folder_count; i++) {
        folder *f = &s->folders[i];
        bool locked = false;
        if (f->packed_count > s->piece_count - at || !drop_aes(f, s->pieces + at, &locked))
            return false;
        at += f->packed_count;
        s->locked += locked;
    }
    return true;
}

/* ---- Deciphering ---- */

static uint64_t rounds_of(kk_slice settings)
{
    unsigned power = settings.len ? (uint8_t)settings.ptr[0] & 63u : POWER_PLAIN;
    return power == POWER_PLAIN ? 1 : UINT64_C(1) << power;
}

static void make_key(kk_slice settings, kk_slice units, uint8_t key[KEY])
{
    enum { AT_ONCE = 64 };
    uint8_t digest[KK_DIGEST_MOST];
    kk_arena *own = kk_arena_open();
    kk_slice start = kk_join(own, salt_of(settings), units);
    memset(key, 0, KEY);
    if (((uint8_t)settings.ptr[0] & 63) == POWER_PLAIN) {
        memcpy(key, start.ptr, start.len < KEY ? start.len : KEY);
    } else {
        size_t size = start.len + 8;
        uint64_t rounds = rounds_of(settings);
        uint8_t *block = kk_take(own, AT_ONCE * size);
        kk_digest *d = kk_digest_open(KK_SHA256);
        for (uint64_t i = 0; i < rounds;) {
            size_t n = 0;
            for (; n < AT_ONCE && i < rounds; n++, i++) {
                if (start.len)
                    memcpy(block + n * size, start.ptr, start.len);
                for (unsigned k = 0; k < 8; k++)
                    block[n * size + start.len + k] = (uint8_t)(i >> 8 * k);
            }
            kk_digest_add(d, block, n * size);
        }
        (void)kk_digest_take(d, digest);
        kk_digest_close(d);
        memcpy(key, digest, KEY);
    }
    kk_arena_close(own);
}

/* Archives have one way of making keys, or few. */
static void make_keys(streams *s, kk_slice units)
{
    const piece *last = NULL;
    for (uint32_t i = 0; i < s->piece_count; i++) {
        piece *p = &s->pieces[i];
        if (!p->settings.len)
            continue;
        bool same = last && p->settings.ptr[0] == last->settings.ptr[0] &&
                    kk_eq(salt_of(p->settings), salt_of(last->settings));
        if (same)
            memcpy(p->range.key, last->range.key, KEY);
        else
            make_key(p->settings, units, p->range.key);
        last = p;
    }
}

/* ---- The header in the archive's streams ---- */

static size_t inflate_lzma(const coder *k, kk_slice packed, uint8_t *into, size_t size)
{
    lzma_options_lzma options = {.dict_size = 1u << 12};
    lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, NULL}};
    kk_cursor c = kk_cursor_over(k->settings);
    unsigned first = kk_u8(&c);
    if (kk_eq(k->name, KK_S("\x21"))) {
        filters[0].id = LZMA_FILTER_LZMA2;
        options.lc = LZMA_LC_DEFAULT;
        options.pb = LZMA_PB_DEFAULT;
    } else if (kk_eq(k->name, KK_S("\x03\x01\x01")) && first < 9 * 5 * 5) {
        options.lc = first % 9;
        options.lp = first / 9 % 5;
        options.pb = first / 45;
    } else {
        return 0;
    }
    while (options.dict_size < size)
        options.dict_size *= 2;
    lzma_stream z = LZMA_STREAM_INIT;
    if (lzma_raw_decoder(&z, filters) != LZMA_OK)
        return 0;
    z.next_in = (const uint8_t *)packed.ptr;
    z.avail_in = packed.len;
    z.next_out = into;
    z.avail_out = size;
    while (z.avail_out && lzma_code(&z, LZMA_RUN) == LZMA_OK && (z.avail_in || !z.avail_out))
        ;
    lzma_end(&z);
    return size - z.avail_out;
}

/* What the first folder of `s` holds; empty where it cannot be had, as with a wrong password. */
static kk_slice unpack_header(archive *a, kk_arena *arena, const streams *s)
{
    const folder *f = &s->folders[0];
    const piece *p = &s->pieces[0];
    kk_cursor digests = kk_cursor_over(s->digests);
    if (s->folder_count != 1 || s->piece_count != 1 || f->coder_count != 1 || f->outs != 1 ||
        p->range.packed > HEADER_MAX || f->sizes[0] > HEADER_MAX || f->sizes[0] == 0)
        return KK_NONE;
    size_t size = (size_t)f->sizes[0];
    uint8_t *packed = kk_take(arena, (size_t)p->range.packed + 1), *plain = packed;
    size_t got = p->settings.len
                     ? kk_locked_read(a->in, &p->range, 0, packed, (size_t)p->range.packed)
                     : kk_read(a->in, p->range.from, packed, (size_t)p->range.packed);
    got = got < p->size ? got : (size_t)p->size;
    if (!kk_eq(f->coders[0].name, KK_S("\0"))) {
        plain = kk_take(arena, size);
        got = inflate_lzma(&f->coders[0], (kk_slice){(const char *)packed, got}, plain, size);
    }
    bool has_sum = kk_u8(&digests) == 1;
    uint32_t sum = kk_u32(&digests);
    if (got < size || !has_sum || digests.bad || (uint32_t)crc32(0, plain, (uInt)size) != sum)
        return KK_NONE;
    return (kk_slice){(const char *)plain, size};
}

/* The header as it stands or is packed; false where it is none. Where AES holds it, `outer` says how. */
static bool take_header(archive *a, kk_slice header)
{
    for (int layer = 0; layer < LAYERS_MAX; layer++) {
        kk_cursor c = kk_cursor_over(header);
        uint8_t id = kk_u8(&c);
        if (id == 0x17) {
            if (!read_streams(&c, a, &a->outer) || !open_folders(&a->outer))
                return false;
            a->outer_locked = a->outer.locked > 0;
            if (a->outer_locked)
                return true;
            header = unpack_header(a, a->arena, &a->outer);
            continue;
        }
        size_t begin = c.at;
        bool more = id == 0x01 && !c.bad;
        uint8_t part = kk_u8(&c);
        if (more && part == 0x02) {
            while (kk_u8(&c) != 0 && !c.bad)
                kk_skip(&c, count_of(&c, HEADER_MAX));
            a->properties = kk_part(header, begin, c.at - begin);
            part = kk_u8(&c);
        }
        return more && part == 0x04 && read_streams(&c, a, &a->inner) && open_folders(&a->inner);
    }
    return false;
}

static kk_slice header_of(archive *a)
{
    char bytes[START];
    kk_cursor c = kk_cursor_over((kk_slice){bytes, kk_read(a->in, 0, bytes, sizeof bytes)});
    kk_seek(&c, 12);
    uint64_t at = kk_u64(&c), size = kk_u64(&c);
    uint32_t sum = kk_u32(&c);
    if (c.bad || size > HEADER_MAX || size == 0 || at > a->in->size)
        return KK_NONE;
    char *header = kk_take(a->arena, (size_t)size);
    bool whole = kk_read(a->in, START + at, header, (size_t)size) == size &&
                 (uint32_t)crc32(0, (const Bytef *)header, (uInt)size) == sum;
    return whole ? (kk_slice){header, (size_t)size} : KK_NONE;
}

/* ---- Writing the header ---- */

static void put_number(kk_buffer *out, uint64_t value)
{
    if (value >= 0x80) {
        kk_put_byte(out, (char)0xff);
        for (unsigned i = 0; i < 8; i++)
            kk_put_byte(out, (char)(value >> 8 * i));
    } else {
        kk_put_byte(out, (char)value);
    }
}

static void put_folder(kk_buffer *out, const folder *f)
{
    put_number(out, f->coder_count);
    for (uint32_t i = 0; i < f->coder_count; i++) {
        const coder *k = &f->coders[i];
        bool counted = k->ins != 1 || k->outs != 1;
        kk_put_byte(out, (char)(k->name.len | (counted ? 0x10 : 0) | (k->settings.len ? 0x20 : 0)));
        kk_put(out, k->name);
        if (counted) {
            put_number(out, k->ins);
            put_number(out, k->outs);
        }
        if (k->settings.len) {
            put_number(out, k->settings.len);
            kk_put(out, k->settings);
        }
    }
    for (uint32_t i = 0; i < f->bond_count; i++) {
        put_number(out, f->bonds[i].in);
        put_number(out, f->bonds[i].out);
    }
    for (uint32_t i = 0; i < f->packed_count && f->packed_count > 1; i++)
        put_number(out, f->packed[i]);
}

static void put_streams(kk_buffer *out, const streams *s)
{
    kk_put(out, KK_S("\x04\x06\x00"));
    put_number(out, s->piece_count);
    kk_put_byte(out, 0x09);
    for (uint32_t i = 0; i < s->piece_count; i++)
        put_number(out, s->pieces[i].size);
    kk_put(out, KK_S("\x00\x07\x0b"));
    put_number(out, s->folder_count);
    kk_put_byte(out, 0);
    for (uint32_t i = 0; i < s->folder_count; i++)
        put_folder(out, &s->folders[i]);
    kk_put_byte(out, 0x0c);
    for (uint32_t i = 0; i < s->folder_count; i++)
        for (uint32_t k = 0; k < s->folders[i].outs; k++)
            put_number(out, s->folders[i].sizes[k]);
    if (s->digests.len) {
        kk_put_byte(out, 0x0a);
        kk_put(out, s->digests);
    }
    kk_put_byte(out, 0);
    kk_put(out, s->rest);
}

static void put_le(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void make_archive(archive *a, kk_weave *made, kk_slice properties, const streams *of)
{
    uint64_t packed = 0;
    kk_buffer out = {0};
    kk_put_byte(&out, 0x01);
    kk_put(&out, properties);
    put_streams(&out, of);
    kk_slice header = kk_copy(a->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    for (uint32_t i = 0; i < of->piece_count; i++)
        packed += of->pieces[i].size;
    uint8_t *start = kk_take(a->arena, START);
    memcpy(start, "\x37\x7a\xbc\xaf\x27\x1c\x00\x04", 8);
    put_le(start + 12, packed, 8);
    put_le(start + 20, header.len, 8);
    put_le(start + 28, crc32(0, (const Bytef *)header.ptr, (uInt)header.len), 4);
    put_le(start + 8, crc32(0, start + 12, 20), 4);
    kk_weave_clear(made);
    kk_weave_bytes(made, (kk_slice){(const char *)start, START});
    for (uint32_t i = 0; i < of->piece_count; i++) {
        const piece *p = &of->pieces[i];
        if (p->closed)
            kk_weave_zeros(made, p->size);
        else if (p->settings.len)
            kk_weave_locked(made, &p->range, p->size);
        else
            kk_weave_range(made, p->range.from, p->size);
    }
    kk_weave_bytes(made, header);
}

/* ---- Trying ---- */

/* Many rounds go into one digest: eight are about as slow as one where each has its own. */
static uint64_t cost_of(const streams *s)
{
    uint64_t rounds = 0;
    for (uint32_t i = 0; i < s->piece_count; i++)
        if (s->pieces[i].settings.len && rounds_of(s->pieces[i].settings) > rounds)
            rounds = rounds_of(s->pieces[i].settings);
    return rounds / 8 + 1;
}

static bool is_stored(const streams *s)
{
    const folder *f = s->folders;
    return s->folder_count && f->coder_count == 1 && kk_eq(f->coders[0].name, KK_S("\0"));
}

/* Behind the end of a stream its last block is filled up with zeros: wrong passwords mostly end here. */
static bool is_filled_up(const archive *a, const streams *s)
{
    uint8_t last[BLOCK];
    for (uint32_t i = 0; i < s->piece_count; i++) {
        const piece *p = &s->pieces[i];
        if (!p->settings.len || p->range.packed < BLOCK || p->range.packed - p->size >= BLOCK)
            continue;
        if (kk_locked_read(a->in, &p->range, p->range.packed - BLOCK, last, BLOCK) < BLOCK)
            return true; /* cut off */
        for (size_t k = BLOCK - (size_t)(p->range.packed - p->size); k < BLOCK; k++)
            if (last[k])
                return false;
        return true;
    }
    return true;
}

/* The header; where its sum is right the password is. */
static bool open_outer(archive *a, kk_slice units)
{
    kk_arena *own = kk_arena_open();
    make_keys(&a->outer, units);
    kk_slice header = unpack_header(a, own, &a->outer);
    streams outer = a->outer;
    a->outer_locked = false;
    bool good = header.len && take_header(a, kk_copy(a->arena, header)) && !a->outer_locked;
    a->outer = outer;
    kk_arena_close(own);
    return good;
}

static bool opens(void *context, const kk_password_try *password)
{
    archive *a = context;
    if (a->has_outer && !open_outer(a, password->units))
        return false;
    make_keys(&a->inner, password->units);
    make_archive(a, a->made, a->properties, &a->inner);
    return a->has_outer ||
           (is_filled_up(a, &a->inner) &&
            a->reads(a->context, kk_weave_stream(a->made), is_stored(&a->inner), NULL));
}

/* ---- Folders under other passwords ---- */

/* What was added later may have one of its own. */
typedef struct {
    archive *a;
    streams one;                  /* the folder alone, with a file that is all of it */
    kk_slice good[SEARCHES_MOST]; /* UTF-16: that opened folders before */
    unsigned good_count, searches;
    uint32_t crc;
    bool has_crc;
} others;

/* Where each folder is one member, all their CRCs follow each other. */
static void take_crc(others *o, uint32_t number_of_it)
{
    kk_slice rest = o->a->inner.rest, all = KK_S("\x08\x0a\x01");
    kk_cursor c = kk_cursor_over(kk_from(rest, all.len + 4 * (size_t)number_of_it));
    o->crc = kk_u32(&c);
    o->has_crc = kk_starts(rest, all) && !o->a->inner.digests.len && !c.bad;
}

static bool opens_folder(void *context, const kk_password_try *password)
{
    others *o = context;
    archive *a = o->a;
    make_keys(&o->one, password->units);
    if (!is_filled_up(a, &o->one))
        return false;
    make_archive(a, a->alone, KK_NONE, &o->one);
    bool stored = is_stored(&o->one),
         few = o->one.pieces->range.packed - o->one.pieces->size < FILLED_ENOUGH;
    if ((stored && few && !o->has_crc) ||
        !a->reads(a->context, kk_weave_stream(a->alone), stored, o->has_crc ? &o->crc : NULL))
        return false;
    if (o->good_count < SEARCHES_MOST)
        o->good[o->good_count++] = kk_copy(a->arena, password->units);
    return true;
}

static bool find_other(others *o)
{
    archive *a = o->a;
    bool opened = false;
    for (unsigned i = 0; i < o->good_count && !opened; i++) {
        kk_password_try again = {KK_NONE, o->good[i]};
        unsigned before = o->good_count;
        opened = opens_folder(o, &again);
        o->good_count = before;
    }
    if (opened || o->searches == SEARCHES_MOST)
        return opened;
    o->searches++;
    (void)kk_password_find(a->settings, a->sink, NULL, cost_of(&o->one), opens_folder, o, &opened);
    return opened;
}

/* Those whose last block is not filled up with zeros under the password that opened the first. */
static bool unlock_others(archive *a)
{
    static const char all_of_it[] =
        "\x08\0\0\x05\x01\x11\x05\0a\0\0\0\0"; /* one file, and the ends */
    others o = {.a = a};
    bool several = false;
    uint32_t at = 0;
    uint64_t closed = 0;
    for (uint32_t i = 0; i < a->inner.folder_count; i++) {
        folder *f = &a->inner.folders[i];
        o.one = (streams){.folders = f,
                          .folder_count = 1,
                          .pieces = a->inner.pieces + at,
                          .piece_count = f->packed_count,
                          .rest = {all_of_it, sizeof all_of_it}};
        at += f->packed_count;
        take_crc(&o, i);
        if (is_filled_up(a, &o.one))
            continue;
        kk_arena *own = kk_arena_open();
        piece *before = kk_take(own, f->packed_count * sizeof *before);
        memcpy(before, o.one.pieces, f->packed_count * sizeof *before);
        if (find_other(&o)) {
            several = true;
        } else {
            closed++;
            memcpy(o.one.pieces, before, f->packed_count * sizeof *before);
            o.one.pieces->closed = is_stored(&o.one); /* else unpacking ends where it begins */
        }
        kk_arena_close(own);
    }
    kk_report_count(a->sink, KK_ISSUE_PASSWORD, closed,
                    "packed groups of members are under another password, or damaged");
    if (several || closed)
        make_archive(a, a->made, a->properties, &a->inner);
    return several;
}

kk_stream *kk_7z_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink,
                        kk_first_reads *reads, void *context, uint32_t *line)
{
    archive *a = KK_NEW(arena, archive);
    bool opened = false;
    *a = (archive){.arena = arena, .in = in, .settings = settings, .sink = sink, .reads = reads};
    a->context = context;
    a->made = kk_weave_open(arena, in);
    a->alone = kk_weave_open(arena, in);
    kk_slice header = kk_has_passwords(settings) ? header_of(a) : KK_NONE;
    if (!header.len || !take_header(a, header) || (!a->outer_locked && !a->inner.locked))
        return NULL;
    a->has_outer = a->outer_locked;
    const streams *s = a->outer_locked ? &a->outer : &a->inner;
    uint32_t found = kk_password_find(settings, sink, NULL, cost_of(s), opens, a, &opened);
    bool several = opened && a->inner.locked > 1 && unlock_others(a);
    *line = !several && a->inner.locked == a->inner.folder_count
                ? found
                : 0; /* else it is not known of which member */
    return opened ? kk_weave_stream(a->made) : NULL;
}
