/* Unpacks one stream: deflate and gzip with zlib, so that every byte before a damage is kept
 * (libarchive drops up to 64 KiB of it), the rest with libarchive's filters alone. A gzip file may
 * hold several streams, one after the other; what follows the last one is ignored. */
#include "parse/archive.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <zlib.h>

#define BLOCK (128u << 10)

struct kk_unpacker {
    kk_arena *arena;
    kk_stream *in;
    uint64_t start, at, end;
    kk_packing packing;
    uint8_t *block;
    bool ended, failed, opened;
    bool starved;  /* it asked for more where there was none */
    bool open_end; /* the bytes asked for go to the end of the stream or beyond it */
    z_stream z;
    struct archive *archive;
    kk_blocks blocks;
    kk_inflate64 *wide;
};

static ptrdiff_t read_packed(kk_unpacker *u, void *into, size_t len)
{
    if (len > u->end - u->at)
        len = (size_t)(u->end - u->at);
    size_t got = kk_read(u->in, u->at, into, len);
    u->at += got;
    if (got == 0 && len > 0)
        return u->at < u->in->size ? -1 : 0;
    return (ptrdiff_t)got;
}

/* --- zlib --- */

static void *take_for_zlib(void *arena, unsigned count, unsigned size)
{
    return kk_take_array(arena, count, size);
}

static void leave_to_arena(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static void open_zlib(kk_unpacker *u)
{
    u->z.zalloc = take_for_zlib;
    u->z.zfree = leave_to_arena;
    u->z.opaque = u->arena;
    u->opened = inflateInit2(&u->z, u->packing == KK_PACK_GZIP ? 15 + 16 : -15) == Z_OK;
    u->failed = !u->opened;
}

/* False when there is no more. */
static bool refill(kk_unpacker *u)
{
    if (u->z.avail_in > 0)
        return true;
    ptrdiff_t got = read_packed(u, u->block, BLOCK);
    if (got < 0)
        u->failed = true;
    u->z.next_in = u->block;
    u->z.avail_in = got > 0 ? (uInt)got : 0;
    return got > 0;
}

/* Another gzip stream after this one? */
static bool begins_again(kk_unpacker *u)
{
    uint8_t magic[2];
    uint64_t next = u->at - u->z.avail_in;
    if (u->packing != KK_PACK_GZIP || u->end - next < 2 || kk_read(u->in, next, magic, 2) < 2 ||
        magic[0] != 0x1F || magic[1] != 0x8B)
        return false;
    return inflateReset(&u->z) == Z_OK;
}

static ptrdiff_t read_zlib(kk_unpacker *u, void *into, size_t len)
{
    u->z.next_out = into;
    u->z.avail_out = len > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)len;
    uInt room = u->z.avail_out;
    while (u->z.avail_out > 0 && !u->ended && !u->failed) {
        bool more = refill(u);
        int result = u->failed ? Z_OK : inflate(&u->z, Z_NO_FLUSH);
        if (result == Z_STREAM_END)
            u->ended = !begins_again(u);
        else if (result == Z_BUF_ERROR && !more)
            u->failed = u->starved = true;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            u->failed = true;
    }
    return (ptrdiff_t)(room - u->z.avail_out);
}

/* --- Deflate64 --- */

static ptrdiff_t fill_wide(void *context, const uint8_t **bytes)
{
    kk_unpacker *u = context;
    *bytes = u->block;
    return read_packed(u, u->block, BLOCK);
}

static ptrdiff_t read_wide(kk_unpacker *u, void *into, size_t len)
{
    size_t got = kk_inflate64_read(u->wide, into, len);
    if (got < len) {
        u->ended = kk_inflate64_ended(u->wide);
        u->failed = !u->ended;
        u->starved = kk_inflate64_cut(u->wide);
    }
    return (ptrdiff_t)got;
}

/* --- libarchive --- */

static la_ssize_t feed(struct archive *archive, void *context, const void **bytes)
{
    kk_unpacker *u = context;
    ptrdiff_t got = read_packed(u, u->block, BLOCK);
    *bytes = u->block;
    if (got < 0)
        archive_set_error(archive, EIO, "unreadable");
    u->starved = got == 0;
    return got < 0 ? ARCHIVE_FATAL : (la_ssize_t)got;
}

static void open_filter(kk_unpacker *u)
{
    struct archive_entry *entry;
    struct archive *a = u->archive = archive_read_new();
    int good = ARCHIVE_FATAL;
    if (u->packing == KK_PACK_BZIP2)
        good = archive_read_support_filter_bzip2(a);
    else if (u->packing == KK_PACK_XZ)
        good = archive_read_support_filter_xz(a);
    else if (u->packing == KK_PACK_ZSTD)
        good = archive_read_support_filter_zstd(a);
    else if (u->packing == KK_PACK_COMPRESS)
        good = archive_read_support_filter_compress(a);
    u->failed = good != ARCHIVE_OK || archive_read_support_format_raw(a) != ARCHIVE_OK ||
                archive_read_open(a, u, NULL, feed, NULL) != ARCHIVE_OK;
    if (u->failed)
        return;
    int result = archive_read_next_header(a, &entry);
    u->ended = result == ARCHIVE_EOF;
    u->failed = result < ARCHIVE_WARN;
}

static ptrdiff_t read_filter(kk_unpacker *u, void *into, size_t len)
{
    ptrdiff_t got = kk_blocks_read(&u->blocks, u->archive, into, len);
    u->failed = got < 0;
    u->ended = got == 0;
    return got < 0 ? 0 : got;
}

/* The next block, a hole at the end of a sparse one included; false when there is none. */
static bool next_block(kk_blocks *b, struct archive *archive)
{
    const void *block = NULL;
    size_t len = 0;
    la_int64_t at = 0;
    int result, tries = 0;
    if (b->ended || b->failed)
        return false;
    do
        result = archive_read_data_block(archive, &block, &len, &at);
    while (result == ARCHIVE_RETRY && ++tries < 16);
    b->ended = result == ARCHIVE_EOF;
    if (b->ended && !(b->has_tail && at > 0 && (uint64_t)at > b->at))
        return false;
    b->failed = !b->ended && (result < ARCHIVE_WARN || at < 0 || (uint64_t)at < b->block_at);
    if (b->failed)
        return false;
    b->wrong_sum = b->wrong_sum || result == ARCHIVE_WARN;
    b->block = block;
    b->left = b->ended ? 0 : len;
    b->block_at = (uint64_t)at;
    return true;
}

ptrdiff_t kk_blocks_read(kk_blocks *b, struct archive *archive, void *into, size_t len)
{
    size_t done = 0, part;
    while (done < len) {
        if (b->left == 0 && b->block_at <= b->at && !next_block(b, archive))
            break;
        size_t room = len - done;
        if (b->block_at > b->at) {
            uint64_t hole = b->block_at - b->at;
            part = hole < room ? (size_t)hole : room;
            memset((char *)into + done, 0, part);
        } else {
            part = b->left < room ? b->left : room;
            if (part == 0)
                continue;
            memcpy((char *)into + done, b->block, part);
            b->block += part;
            b->left -= part;
            b->block_at += part;
        }
        b->at += part;
        done += part;
    }
    return done == 0 && len > 0 && (b->failed || b->wrong_sum) ? -1 : (ptrdiff_t)done;
}

/* --- both --- */

kk_unpacker *kk_unpacker_open(kk_arena *arena, kk_stream *in, uint64_t at, uint64_t len,
                              kk_packing packing)
{
    kk_unpacker *u = KK_NEW(arena, kk_unpacker);
    if (at > in->size)
        at = in->size;
    bool open_end = len > in->size - at;
    if (open_end)
        len = in->size - at;
    *u = (kk_unpacker){.arena = arena, .in = in, .start = at, .at = at, .end = at + len};
    u->open_end = open_end;
    u->packing = packing;
    if (packing == KK_PACK_STORED)
        return u;
    u->block = kk_take(arena, BLOCK);
    if (packing == KK_PACK_DEFLATE || packing == KK_PACK_GZIP)
        open_zlib(u);
    else if (packing == KK_PACK_DEFLATE64)
        u->wide = kk_inflate64_open(arena, fill_wide, u);
    else
        open_filter(u);
    return u;
}

ptrdiff_t kk_unpacker_read(kk_unpacker *u, void *into, size_t len)
{
    if (u->ended || u->failed || len == 0)
        return u->failed ? -1 : 0;
    ptrdiff_t got;
    if (u->packing == KK_PACK_STORED)
        got = read_packed(u, into, len);
    else if (u->wide)
        got = read_wide(u, into, len);
    else
        got = u->archive ? read_filter(u, into, len) : read_zlib(u, into, len);
    if (got == 0 && u->failed)
        return -1;
    return got;
}

uint64_t kk_unpacker_consumed(const kk_unpacker *u)
{
    return u->at - u->start - u->z.avail_in;
}

bool kk_unpacker_cut(const kk_unpacker *u)
{
    return u->failed && u->starved && u->open_end;
}

void kk_unpacker_close(kk_unpacker *u)
{
    if (u->archive)
        archive_read_free(u->archive);
    if (u->opened)
        inflateEnd(&u->z);
}
