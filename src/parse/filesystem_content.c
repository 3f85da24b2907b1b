/* The content of a file as a stream that can be read anywhere, from the runs that libtsk finds.
 * Done here and not by libtsk's own reading because a child is opened again later, when the volume
 * is long closed, and because libtsk 4.11 reads some ext4 extents wrongly: it takes the length of
 * an unwritten extent (bit 15 set, reads as zeros) for a length, and cuts the high part of the
 * address.
 *
 * ext2/3: fifteen block numbers (u32) in the inode, twelve of data, then one each of a block of
 * numbers, a block of such, a block of those; zero is a hole.
 *
 * ext4 extents, 12 bytes each after a header of 12: magic 0A F3 (u16), entries (u16), most (u16),
 * depth (u16), generation. Depth 0: block in the file (u32), length (u16), address high (u16) and
 * low (u32). Else: block in the file (u32), address of the node low (u32) and high (u16).
 *
 * NTFS compression: units of 16 clusters. All allocated: stored as it is; none: zeros; else LZNT1:
 * chunks of at most 4,096 plain bytes, each with a header (u16: length - 1 in 12 bits, bit 15
 * packed), then groups of a flag byte and eight items, a byte or a token of distance and length
 * whose split depends on how far into the chunk it is. */
#include "base/cursor.h"
#include "base/sorted.h"
#include "parse/filesystem.h"

#define RUNS_MAX 2000000u
#define POINTER_NODES_MAX 1200000u /* of four terabytes in blocks of 4 KiB */
#define EXTENT_DEPTH_MAX 6
#define EXTENT_NODES_MAX 200000u
#define UNIT_MAX (1u << 20)
#define BLOCK_MAX 65536u
#define RESIDENT_MAX 65536u     /* inside an inode or record: these are smaller */
#define BEYOND_MAX (256u << 20) /* libtsk may read so much where a cut image has nothing */

typedef struct kk_run {
    uint64_t at, len, address; /* bytes: in the file, in the volume */
    bool hole, lost;
} kk_run;

static void add_run(kk_content *c, kk_run run)
{
    kk_run *last = c->count ? &c->runs[c->count - 1] : NULL;
    if (run.len == 0 || c->count >= RUNS_MAX || run.at > INT64_MAX - run.len ||
        (last && run.at < last->at + last->len))
        return;
    if (last && last->at + last->len == run.at && last->hole == run.hole &&
        last->lost == run.lost &&
        (run.hole || run.lost || last->address + last->len == run.address)) {
        last->len += run.len;
        return;
    }
    c->runs = kk_grow(c->arena, c->runs, &c->capacity, c->count + 1, sizeof *c->runs);
    c->runs[c->count++] = run;
}

/* Blocks to bytes; a run that cannot be is lost. */
static void add_blocks(kk_content *c, const TSK_FS_INFO *fs, kk_run blocks)
{
    uint64_t size = fs->block_size, most = (uint64_t)INT64_MAX / size;
    if (blocks.at > most || blocks.len > most - blocks.at)
        return;
    bool beyond = !blocks.hole && (blocks.address > most || blocks.len > most - blocks.address);
    add_run(c, (kk_run){blocks.at * size, blocks.len * size, beyond ? 0 : blocks.address * size,
                        blocks.hole, blocks.lost || beyond});
}

/* --- where the bytes are --- */

static void add_extents(kk_content *c, const TSK_FS_INFO *fs, kk_slice node, int depth)
{
    kk_cursor cursor = kk_cursor_over(node);
    if (kk_u16(&cursor) != 0xF30A)
        return;
    uint32_t entries = kk_u16(&cursor);
    kk_skip(&cursor, 2);
    bool leaf = kk_u16(&cursor) == 0;
    kk_skip(&cursor, 4);
    for (uint32_t i = 0; i < entries && c->count < RUNS_MAX; i++) {
        uint64_t block = kk_u32(&cursor), low, high;
        if (leaf) {
            uint32_t len = kk_u16(&cursor);
            high = kk_u16(&cursor);
            low = kk_u32(&cursor);
            bool unwritten = len > 32768;
            kk_run run = {block, unwritten ? len - 32768 : len, high << 32 | low, unwritten, false};
            if (!cursor.bad)
                add_blocks(c, fs, run);
            continue;
        }
        low = kk_u32(&cursor);
        high = kk_u16(&cursor);
        kk_skip(&cursor, 2);
        uint64_t address = (high << 32 | low) * fs->block_size;
        if (cursor.bad || depth == 0 || fs->block_size > BLOCK_MAX || c->nodes++ > EXTENT_NODES_MAX)
            return;
        char bytes[BLOCK_MAX];
        size_t got = kk_read(c->in, address, bytes, fs->block_size);
        add_extents(c, fs, (kk_slice){bytes, got}, depth - 1);
    }
}

/* Blocks of numbers, `depth` levels of them; `*at` counts the file's blocks. */
static void add_pointers(kk_content *c, const TSK_FS_INFO *fs, uint64_t address, int depth,
                         uint64_t *at, uint64_t end)
{
    uint64_t span = 1, fan = fs->block_size / 4;
    for (int i = 0; i < depth; i++)
        span *= fan;
    if (*at >= end || c->count >= RUNS_MAX)
        return;
    if (address == 0) {
        *at += span;
        return;
    }
    if (depth == 0) {
        add_blocks(c, fs, (kk_run){(*at)++, 1, address, false, false});
        return;
    }
    char bytes[BLOCK_MAX];
    uint64_t place = address * fs->block_size;
    size_t got = fs->block_size <= BLOCK_MAX && c->nodes++ < POINTER_NODES_MAX
                     ? kk_read(c->in, place, bytes, fs->block_size)
                     : 0;
    kk_cursor cursor = kk_cursor_over((kk_slice){bytes, got});
    for (uint64_t i = 0; i < fan; i++) {
        uint64_t child = kk_u32(&cursor), step = span / fan;
        if (!cursor.bad) {
            add_pointers(c, fs, child, depth - 1, at, end);
            continue;
        }
        /* The numbers cannot be read: where these bytes are nobody knows. */
        add_blocks(c, fs, (kk_run){*at, step * (fan - i), 0, false, true});
        *at += step * (fan - i);
        return;
    }
}

/* libtsk keeps the numbers of an inode as it keeps all addresses. */
static void add_block_map(kk_content *c, const TSK_FS_INFO *fs, const TSK_FS_META *meta)
{
    const TSK_DADDR_T *numbers = meta->content_ptr;
    uint64_t at = 0, end = c->size / fs->block_size + 1;
    for (int i = 0; i < 15 && meta->content_len >= 15 * sizeof *numbers; i++)
        add_pointers(c, fs, (uint32_t)numbers[i], i < 12 ? 0 : i - 11, &at, end);
}

static void add_listed(kk_content *c, const TSK_FS_INFO *fs, const TSK_FS_ATTR *attribute)
{
    for (const TSK_FS_ATTR_RUN *r = attribute->nrd.run; r && c->count < RUNS_MAX; r = r->next)
        add_blocks(c, fs,
                   (kk_run){r->offset, r->len, r->addr,
                            (r->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0,
                            (r->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0});
}

/* A size that no bytes stand behind is cut: a sparse file may say eight exabytes. */
static void limit_size(kk_content *c)
{
    uint64_t end = 0, most = c->in->size * 16 + (1u << 30);
    if (c->size <= c->in->size)
        return;
    for (size_t i = 0; i < c->count; i++)
        if (!c->runs[i].hole && !c->runs[i].lost)
            end = c->runs[i].at + c->runs[i].len;
    if (c->unit)
        end = (end + c->unit - 1) / c->unit * c->unit;
    if (end > most)
        end = most;
    if (c->size > end) {
        c->size = end;
        c->cut = true;
    }
}

static bool place_compressed(kk_content *c, const TSK_FS_INFO *fs, const TSK_FS_ATTR *attribute)
{
    uint64_t unit = (uint64_t)attribute->nrd.compsize * fs->block_size;
    if (unit == 0 || unit > UNIT_MAX)
        return false;
    c->unit = (uint32_t)unit;
    c->plain = kk_take(c->arena, c->unit);
    c->packed = kk_take(c->arena, c->unit);
    return true;
}

kk_content *kk_content_of(kk_arena *arena, kk_volume *volume, TSK_FS_FILE *file,
                          const TSK_FS_ATTR *attribute)
{
    TSK_FS_META *meta = file->meta;
    kk_content *c = KK_NEW(arena, kk_content);
    c->arena = arena;
    c->in = volume->in;
    c->gaps_are_holes = volume->kind == KK_VOLUME_EXT;
    if (volume->kind == KK_VOLUME_EXT && meta->content_ptr &&
        meta->content_type != TSK_FS_META_CONTENT_TYPE_EXT4_INLINE) {
        c->size = c->initialised = meta->size > 0 ? (uint64_t)meta->size : 0;
        if (meta->content_type == TSK_FS_META_CONTENT_TYPE_EXT4_EXTENTS)
            add_extents(c, volume->fs, (kk_slice){meta->content_ptr, meta->content_len},
                        EXTENT_DEPTH_MAX);
        else
            add_block_map(c, volume->fs, meta);
        limit_size(c);
        return c;
    }
    if (!attribute && !(attribute = tsk_fs_file_attr_get(file))) {
        tsk_error_reset();
        return meta->size == 0 ? c : NULL;
    }
    c->size = attribute->size > 0 ? (uint64_t)attribute->size : 0;
    c->encrypted = (attribute->flags & TSK_FS_ATTR_ENC) != 0;
    if (attribute->flags & TSK_FS_ATTR_RES) {
        size_t most = attribute->rd.buf_size < RESIDENT_MAX ? attribute->rd.buf_size : RESIDENT_MAX;
        size_t len = c->size < most ? (size_t)c->size : most;
        c->partial = len < c->size;
        c->size = len;
        c->resident = kk_copy(arena, (kk_slice){(const char *)attribute->rd.buf, len});
        return c;
    }
    c->initialised = c->size;
    if (volume->kind == KK_VOLUME_NTFS && attribute->nrd.initsize >= 0)
        c->initialised = (uint64_t)attribute->nrd.initsize;
    if ((attribute->flags & TSK_FS_ATTR_COMP) && !place_compressed(c, volume->fs, attribute))
        return NULL;
    add_listed(c, volume->fs, attribute);
    limit_size(c);
    return c;
}

/* --- what belongs to no file --- */

typedef struct {
    kk_content *content;
    uint64_t blocks;
} freeing;

static TSK_WALK_RET_ENUM add_free(const TSK_FS_BLOCK *block, void *context)
{
    freeing *f = context;
    add_blocks(f->content, block->fs_info, (kk_run){f->blocks++, 1, block->addr, false, false});
    return f->content->count < RUNS_MAX ? TSK_WALK_CONT : TSK_WALK_STOP;
}

kk_content *kk_content_of_free(kk_arena *arena, kk_volume *volume)
{
    TSK_FS_INFO *fs = volume->fs;
    kk_content *c = KK_NEW(arena, kk_content);
    freeing f = {c, 0};
    c->arena = arena;
    c->in = volume->in;
    (void)tsk_fs_block_walk(fs, fs->first_block, fs->last_block_act,
                            TSK_FS_BLOCK_WALK_FLAG_UNALLOC | TSK_FS_BLOCK_WALK_FLAG_AONLY, add_free,
                            &f);
    tsk_error_reset();
    if (c->count)
        c->size = c->initialised = c->runs[c->count - 1].at + c->runs[c->count - 1].len;
    c->cut = c->count == RUNS_MAX;
    return c;
}

/* --- reading --- */

/* The run that holds the offset, or the first after it; count if none. */
static size_t find_run(const kk_content *c, uint64_t offset)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, c->count, c->runs[low].at + c->runs[low].len <= offset);
    return low;
}

/* What stands at the offset, cut to begin there. Where no run is, a hole or nothing. */
static kk_run piece_at(const kk_content *c, uint64_t offset)
{
    size_t i = find_run(c, offset);
    if (i == c->count || c->runs[i].at > offset) {
        uint64_t end = i == c->count ? UINT64_MAX : c->runs[i].at;
        return (kk_run){offset, end - offset, 0, c->gaps_are_holes, !c->gaps_are_holes};
    }
    kk_run run = c->runs[i];
    uint64_t skip = offset - run.at;
    return (kk_run){offset, run.len - skip, run.address + skip, run.hole, run.lost};
}

static bool unpack_chunk(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
    size_t at = 0, done = 0;
    while (at < len) {
        uint8_t flags = in[at++];
        for (int bit = 0; bit < 8 && at < len; bit++) {
            if (!(flags >> bit & 1)) {
                if (done == room)
                    return false;
                out[done++] = in[at++];
                continue;
            }
            if (len - at < 2 || done == 0)
                return false;
            unsigned token = (unsigned)in[at] | (unsigned)in[at + 1] << 8, shift = 12;
            at += 2;
            for (size_t n = done - 1; n >= 16; n >>= 1)
                shift--;
            size_t back = (token >> shift) + 1u, count = (token & ((1u << shift) - 1)) + 3u;
            if (back > done || count > room - done)
                return false;
            for (; count > 0; count--, done++)
                out[done] = out[done - back];
        }
    }
    return true;
}

static bool unpack_unit(const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
    memset(out, 0, room);
    for (size_t at = 0, done = 0; len - at >= 2 && done < room; done += 4096) {
        unsigned head = (unsigned)in[at] | (unsigned)in[at + 1] << 8;
        size_t size = (head & 0xFFF) + 1u, most = room - done < 4096 ? room - done : 4096;
        at += 2;
        if (head == 0)
            return true;
        if (size > len - at)
            return false;
        if (!(head & 0x8000))
            memcpy(out + done, in + at, size < most ? size : most);
        else if (!unpack_chunk(in + at, size, out + done, most))
            return false;
        at += size;
    }
    return true;
}

static bool load_unit(kk_content *c, uint64_t number)
{
    uint64_t start = number * c->unit, at = start;
    size_t len = 0;
    if (c->plain_unit == number + 1)
        return true;
    c->plain_unit = 0;
    while (at < start + c->unit) {
        kk_run piece = piece_at(c, at);
        uint64_t left = start + c->unit - at, part = piece.len < left ? piece.len : left;
        if (piece.lost && at < c->size)
            return false;
        if (!piece.hole && !piece.lost) {
            if (kk_read(c->in, piece.address, c->packed + len, (size_t)part) < part)
                return false;
            len += (size_t)part;
        }
        at += part;
    }
    if (len == c->unit)
        memcpy(c->plain, c->packed, len);
    else if (len == 0)
        memset(c->plain, 0, c->unit);
    else if (!unpack_unit(c->packed, len, c->plain, c->unit))
        return false;
    c->plain_unit = number + 1;
    return true;
}

/* One piece, as far as it goes in one go; < 0 where it cannot be read. */
static ptrdiff_t read_piece(kk_content *c, uint64_t offset, uint8_t *into, size_t len)
{
    if (offset >= c->initialised) {
        memset(into, 0, len);
        return (ptrdiff_t)len;
    }
    if (len > c->initialised - offset)
        len = (size_t)(c->initialised - offset);
    if (c->unit) {
        size_t within = (size_t)(offset % c->unit);
        if (len > c->unit - within)
            len = c->unit - within;
        if (!load_unit(c, offset / c->unit))
            return -1;
        memcpy(into, c->plain + within, len);
        return (ptrdiff_t)len;
    }
    kk_run piece = piece_at(c, offset);
    if (len > piece.len)
        len = (size_t)piece.len;
    if (piece.lost)
        return -1;
    if (piece.hole) {
        memset(into, 0, len);
        return (ptrdiff_t)len;
    }
    size_t got = kk_read(c->in, piece.address, into, len);
    return got ? (ptrdiff_t)got : -1;
}

ptrdiff_t kk_content_read(kk_content *c, uint64_t offset, void *into, size_t len)
{
    size_t done = 0;
    if (offset >= c->size)
        return 0;
    if (len > c->size - offset)
        len = (size_t)(c->size - offset);
    if (c->resident.ptr) {
        memcpy(into, c->resident.ptr + offset, len);
        return (ptrdiff_t)len;
    }
    while (done < len) {
        ptrdiff_t got = read_piece(c, offset + done, (uint8_t *)into + done, len - done);
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done || !len ? (ptrdiff_t)done : -1;
}

uint64_t kk_content_placed(const kk_content *c, uint64_t offset)
{
    if (offset >= c->size)
        return 0;
    if (c->resident.ptr || offset >= c->initialised)
        return c->size - offset;
    kk_run piece = piece_at(c, offset);
    uint64_t len = piece.len < c->size - offset ? piece.len : c->size - offset;
    if (piece.lost || (!piece.hole && piece.address >= c->in->size))
        return 0;
    if (!piece.hole && len > c->in->size - piece.address)
        len = c->in->size - piece.address;
    return len;
}

/* --- the volume --- */

static ssize_t read_beyond(kk_volume *volume, char *into, size_t len)
{
    volume->beyond += len;
    if (volume->beyond > BEYOND_MAX)
        return -1;
    memset(into, 0, len);
    return (ssize_t)len;
}

/* libtsk reads blocks of 64 KiB: where some of it cannot be read, the rest still counts. */
static ssize_t read_volume(TSK_IMG_INFO *image, TSK_OFF_T offset, char *into, size_t len)
{
    kk_volume *volume = (kk_volume *)image;
    uint64_t size = volume->in->size;
    size_t done = 0, there = len;
    if (offset < 0 || offset >= image->size)
        return 0;
    if (len > (uint64_t)(image->size - offset))
        there = len = (size_t)(image->size - offset);
    if ((uint64_t)offset >= size)
        return read_beyond(volume, into, len);
    if (there > size - (uint64_t)offset)
        there = (size_t)(size - (uint64_t)offset);
    while (done < there) {
        done += kk_read(volume->in, (uint64_t)offset + done, into + done, there - done);
        if (done == there)
            break;
        size_t bad = 512 - (size_t)(((uint64_t)offset + done) % 512);
        bad = bad < there - done ? bad : there - done;
        memset(into + done, 0, bad);
        done += bad;
        volume->unreadable = true;
    }
    if (there < len && read_beyond(volume, into + there, len - there) < 0)
        return (ssize_t)there;
    return (ssize_t)len;
}

/* The size that the boot sector or the superblock tells. */
static uint64_t declared_size(kk_stream *in, kk_volume_kind kind)
{
    char bytes[2048];
    kk_cursor c = kk_cursor_over((kk_slice){bytes, kk_read(in, 0, bytes, sizeof bytes)});
    uint64_t units = 0;
    unsigned shift = 0;
    if (kind == KK_VOLUME_EXT) {
        kk_seek(&c, 1024 + 4);
        units = kk_u32(&c);
        kk_seek(&c, 1024 + 24);
        shift = 10 + (kk_u32(&c) & 7);
        kk_seek(&c, 1024 + 96);
        bool wide = kk_u32(&c) & 0x80;
        kk_seek(&c, 1024 + 336);
        units |= wide ? (uint64_t)kk_u32(&c) << 32 : 0;
    } else if (kk_eq(kk_part((kk_slice){bytes, c.len}, 3, 5), KK_S("EXFAT"))) {
        kk_seek(&c, 72);
        units = kk_u64(&c);
        kk_seek(&c, 108);
        shift = kk_u8(&c) & 15;
    } else {
        kk_seek(&c, 11);
        uint64_t sector = kk_u16(&c);
        kk_seek(&c, 19);
        uint64_t small = kk_u16(&c);
        kk_seek(&c, 32);
        uint64_t large = kk_u32(&c);
        kk_seek(&c, 40);
        units = kind == KK_VOLUME_NTFS ? kk_u64(&c) : small ? small : large;
        while (shift < 12 && UINT64_C(1) << shift < sector)
            shift++;
    }
    return c.bad || units > (uint64_t)INT64_MAX >> shift ? 0 : units << shift;
}

static void forget_image(TSK_IMG_INFO *image)
{
    (void)image;
}

static void tell_image(TSK_IMG_INFO *image, FILE *out)
{
    (void)image;
    (void)out;
}

kk_volume *kk_volume_open(kk_arena *arena, kk_stream *in, kk_volume_kind kind)
{
    static const TSK_FS_TYPE_ENUM types[] = {[KK_VOLUME_NTFS] = TSK_FS_TYPE_NTFS,
                                             [KK_VOLUME_FAT] = TSK_FS_TYPE_FAT_DETECT,
                                             [KK_VOLUME_EXT] = TSK_FS_TYPE_EXT_DETECT};
    if (!kk_filesystem_warm())
        return NULL;
    kk_volume *volume = KK_NEW(arena, kk_volume);
    volume->in = in;
    volume->kind = kind;
    volume->declared = declared_size(in, kind);
    uint64_t size = volume->declared > in->size ? volume->declared : in->size;
    if (size > INT64_MAX || !tsk_img_open_external(&volume->image, (TSK_OFF_T)size, 512,
                                                   read_volume, forget_image, tell_image))
        return NULL;
    volume->fs = tsk_fs_open_img(&volume->image, 0, types[kind]);
    if (volume->fs && volume->fs->block_size)
        return volume;
    kk_volume_close(volume);
    return NULL;
}

void kk_volume_close(kk_volume *volume)
{
    if (volume->fs)
        tsk_fs_close(volume->fs);
    tsk_img_close(&volume->image);
    tsk_error_reset();
}
