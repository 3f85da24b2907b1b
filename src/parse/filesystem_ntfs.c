/* What is read of NTFS beyond what libtsk tells: owners, links, and times (libtsk takes a FILETIME
 * of zero for the year 2076).
 *
 * $SI              created, modified, changed, accessed (FILETIMEs) at 0; security id (u32) at 52
 * $FN              parent (48 bits) at 0, the same times at 8, kind of name (u8) at 65; 2: short
 * name $Secure:$SDS     entries of hash, id (u32), offset (u64), length (u32), security descriptor,
 * aligned to 16; each block of 256 KiB comes twice. The descriptor's owner is a SID at the u32 at
 *                  4: revision, count (u8), authority (48 bits, big-endian), count numbers (u32)
 * reparse point    tag (u32), length; of links from 8: offset and length (u16) of the real name,
 * then of the shown one; names in UTF-16 from 16 (junction) or 20 (symbolic link) */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/filesystem.h"

#define SDS_MAX (64u << 20)
#define SDS_BLOCK (256u << 10)
#define SECURITY_IDS_MAX (1u << 20)
#define SECURE_INODE 9

struct kk_ntfs_owners {
    kk_arena *arena;
    kk_slice *sids; /* by security id */
    size_t count, capacity;
};

static bool is_resident(const TSK_FS_ATTR *a, TSK_FS_ATTR_TYPE_ENUM type)
{
    return (a->flags & TSK_FS_ATTR_INUSE) && (a->flags & TSK_FS_ATTR_RES) && a->type == type;
}

static kk_slice bytes_of(const TSK_FS_ATTR *a)
{
    if (a->size <= 0)
        return KK_NONE;
    size_t len = (uint64_t)a->size < a->rd.buf_size ? (size_t)a->size : a->rd.buf_size;
    return (kk_slice){(const char *)a->rd.buf, len};
}

static kk_slice attribute(const TSK_FS_META *meta, TSK_FS_ATTR_TYPE_ENUM type)
{
    for (const TSK_FS_ATTR *a = meta->attr ? meta->attr->head : NULL; a; a = a->next)
        if (is_resident(a, type))
            return bytes_of(a);
    return KK_NONE;
}

/* --- owners --- */

static kk_slice sid_text(kk_arena *arena, kk_slice bytes)
{
    kk_cursor c = kk_cursor_over(bytes);
    uint32_t revision = kk_u8(&c), subs = kk_u8(&c);
    uint64_t authority = kk_be(&c, 6);
    if (revision != 1 || subs > 15 || kk_left(&c) < 4 * (size_t)subs)
        return KK_NONE;
    kk_buffer text = {0};
    kk_putf(&text, "S-1-%llu", (unsigned long long)authority);
    for (uint32_t i = 0; i < subs; i++)
        kk_putf(&text, "-%lu", (unsigned long)kk_u32(&c));
    kk_slice kept = kk_copy(arena, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return kept;
}

static void keep_owner(kk_ntfs_owners *o, uint32_t id, kk_slice descriptor)
{
    kk_cursor c = kk_cursor_over(descriptor);
    kk_skip(&c, 4);
    uint32_t owner = kk_u32(&c);
    if (c.bad || owner < 20 || id >= SECURITY_IDS_MAX)
        return;
    o->sids = kk_grow(o->arena, o->sids, &o->capacity, (size_t)id + 1, sizeof *o->sids);
    while (o->count <= id)
        o->sids[o->count++] = KK_NONE;
    if (o->sids[id].len == 0)
        o->sids[id] = sid_text(o->arena, kk_from(descriptor, owner));
}

static void read_descriptors(kk_ntfs_owners *o, kk_content *sds, kk_arena *scratch)
{
    char *block = kk_take(scratch, SDS_BLOCK);
    for (uint64_t at = 0; at < sds->size && at < SDS_MAX; at += 2 * SDS_BLOCK) {
        ptrdiff_t got = kk_content_read(sds, at, block, SDS_BLOCK);
        kk_slice bytes = {block, got > 0 ? (size_t)got : 0};
        for (size_t entry = 0; entry + 20 < bytes.len;) {
            kk_cursor c = kk_cursor_over(kk_from(bytes, entry + 4));
            uint32_t id = kk_u32(&c);
            kk_skip(&c, 8);
            size_t len = kk_u32(&c);
            if (len < 20 || len > bytes.len - entry)
                break;
            keep_owner(o, id, kk_part(bytes, entry + 20, len - 20));
            entry += (len + 15) & ~(size_t)15;
        }
    }
}

kk_ntfs_owners *kk_ntfs_owners_read(kk_volume *volume, kk_arena *arena)
{
    kk_ntfs_owners *o = KK_NEW(arena, kk_ntfs_owners);
    o->arena = arena;
    TSK_FS_FILE *file = tsk_fs_file_open_meta(volume->fs, NULL, SECURE_INODE);
    const TSK_FS_ATTR *a = file && file->meta && file->meta->attr ? file->meta->attr->head : NULL;
    while (a && !((a->flags & TSK_FS_ATTR_INUSE) && a->type == TSK_FS_ATTR_TYPE_NTFS_DATA &&
                  a->name && strcmp(a->name, "$SDS") == 0))
        a = a->next;
    kk_arena *scratch = kk_arena_open();
    kk_content *sds = a ? kk_content_of(scratch, volume, file, a) : NULL;
    if (sds)
        read_descriptors(o, sds, scratch);
    kk_arena_close(scratch);
    if (file)
        tsk_fs_file_close(file);
    tsk_error_reset();
    return o;
}

kk_slice kk_ntfs_owner(const kk_ntfs_owners *owners, const TSK_FS_META *meta)
{
    kk_cursor c = kk_cursor_over(attribute(meta, TSK_FS_ATTR_TYPE_NTFS_SI));
    kk_seek(&c, 52);
    uint32_t id = kk_u32(&c);
    return !c.bad && id < owners->count ? owners->sids[id] : KK_NONE;
}

/* --- reparse points --- */

bool kk_ntfs_elsewhere(const TSK_FS_META *meta)
{
    kk_cursor c = kk_cursor_over(attribute(meta, TSK_FS_ATTR_TYPE_NTFS_REPARSE));
    uint32_t tag = kk_u32(&c);
    bool compressed = tag == 0x80000017u, deduplicated = tag == 0x80000013u;
    bool archived = tag == 0xC0000004u || tag == 0x80000006u;
    bool in_cloud = (tag & 0xFFFF0FFFu) == 0x9000001Au;
    return compressed || deduplicated || archived || in_cloud;
}

kk_slice kk_ntfs_link(kk_arena *arena, const TSK_FS_META *meta)
{
    kk_slice bytes = attribute(meta, TSK_FS_ATTR_TYPE_NTFS_REPARSE);
    kk_cursor c = kk_cursor_over(bytes);
    uint32_t tag = kk_u32(&c);
    if (tag != 0xA000000Cu && tag != 0xA0000003u)
        return KK_NONE;
    kk_skip(&c, 4);
    size_t real = kk_u16(&c), real_len = kk_u16(&c), shown = kk_u16(&c), shown_len = kk_u16(&c);
    size_t names = tag == 0xA000000Cu ? 20 : 16;
    kk_slice name = shown_len ? kk_part(bytes, names + shown, shown_len)
                              : kk_part(bytes, names + real, real_len);
    return c.bad ? KK_NONE : kk_utf16_to_utf8(arena, name);
}

/* --- names --- */

bool kk_ntfs_has_name(kk_arena *scratch, const TSK_FS_FILE *file, kk_slice name)
{
    bool any = false;
    for (const TSK_FS_ATTR *a = file->meta->attr ? file->meta->attr->head : NULL; a; a = a->next) {
        if (a->type == TSK_FS_ATTR_TYPE_NTFS_ATTRLIST)
            return true; /* its names may stand in a record that cannot be read */
        if (!is_resident(a, TSK_FS_ATTR_TYPE_NTFS_FNAME))
            continue;
        kk_cursor c = kk_cursor_over(bytes_of(a));
        uint64_t parent = kk_le(&c, 6);
        kk_seek(&c, 64);
        size_t units = kk_u8(&c);
        kk_skip(&c, 1);
        kk_slice wide = kk_bytes(&c, 2 * units);
        if (c.bad)
            continue;
        any = true;
        kk_slice own = kk_utf16_to_utf8(scratch, wide);
        bool whole = kk_find(own, KK_S("\xef\xbf\xbd")) == KK_NOWHERE;
        if (parent == file->name->par_addr && (!whole || kk_eq(own, name)))
            return true;
    }
    return !any;
}

/* --- times --- */

/* The $FN of this name: same parent, not the short one; else the first. */
static kk_slice file_name_of(const TSK_FS_FILE *file)
{
    kk_slice best = KK_NONE;
    for (const TSK_FS_ATTR *a = file->meta->attr ? file->meta->attr->head : NULL; a; a = a->next) {
        if (!is_resident(a, TSK_FS_ATTR_TYPE_NTFS_FNAME))
            continue;
        kk_cursor c = kk_cursor_over(bytes_of(a));
        uint64_t parent = kk_le(&c, 6);
        kk_seek(&c, 65);
        bool is_short = kk_u8(&c) == 2;
        if (!c.bad && !is_short && file->name && parent == file->name->par_addr)
            return bytes_of(a);
        if (!c.bad && best.len == 0)
            best = bytes_of(a);
    }
    return best;
}

static void read_filetimes(kk_slice bytes, size_t at, kk_time times[4])
{
    kk_cursor c = kk_cursor_over(bytes);
    kk_seek(&c, at);
    for (int i = 0; i < 4; i++)
        times[i] = kk_time_from_filetime(kk_u64(&c)); /* past the end: zero, which is no time */
}

void kk_ntfs_times(const TSK_FS_FILE *file, kk_time times[KK_NTFS_TIMES])
{
    read_filetimes(attribute(file->meta, TSK_FS_ATTR_TYPE_NTFS_SI), 0, times);
    read_filetimes(file_name_of(file), 8, times + 4);
}
