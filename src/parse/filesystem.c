/* File systems: NTFS, FAT12/16/32, exFAT, ext2/3/4, found and walked by libtsk. Every name gives
 * events (one for each distinct time of it), every allocated regular file a child; deleted names
 * are marked. Which bytes mean what is libtsk's business; docs/formats/filesystem.md says what is
 * taken from it. */
#include "parse/filesystem.h"
#include "base/cursor.h"
#include "base/text.h"
#include "parse/parser.h"
#include "parse/root_facts.h"
#include <time.h>

#define ENTRIES_MAX 50000000u
#define DEPTH_MAX 200
#define PATH_MAX_BYTES 4096
#define EXPANSION_MAX 200 /* content told, as a multiple of the volume, beyond 1 GiB */
#define DIRECTORY_MAX (1u << 30)
#define NTFS_OWN_FILES 24 /* inodes of the file system itself */

/* What is counted over the walk and told once at its end. */
typedef enum {
    BAD_DIRECTORY,
    BAD_ENTRY,
    LOOP,
    BAD_NAME,
    TOO_DEEP,
    ENCRYPTED,
    ELSEWHERE,
    CUT_SIZE,
    CUT_FREE,
    PARTIAL,
    EXPANSION,
    COUNTS
} count_kind;

static const struct {
    kk_issue_kind kind;
    const char *what;
} counted[COUNTS] = {
    [BAD_DIRECTORY] = {KK_ISSUE_DAMAGED, "directories could not be read"},
    [BAD_ENTRY] = {KK_ISSUE_DAMAGED, "names lead to no readable inode"},
    [LOOP] = {KK_ISSUE_LINK, "directories are reached a second time (a loop): not followed"},
    [BAD_NAME] = {KK_ISSUE_LINK, "names hold a path separator: it is replaced"},
    [TOO_DEEP] = {KK_ISSUE_LIMIT,
                  "paths are longer than 4096 bytes or deeper than 200: not followed"},
    [ENCRYPTED] = {KK_ISSUE_PASSWORD, "files are encrypted by the file system"},
    [ELSEWHERE] = {KK_ISSUE_FORMAT,
                   "files hold their content elsewhere (deduplicated, compressed by "
                   "the system, or in a cloud): only their entries are read"},
    [CUT_FREE] = {KK_ISSUE_LIMIT, "unallocated space lies in too many pieces: some is left out"},
    [CUT_SIZE] = {KK_ISSUE_LIMIT, "files are said to be larger than what is there: cut"},
    [PARTIAL] = {KK_ISSUE_FORMAT, "files are kept inside their inode and read in part"},
    [EXPANSION] = {KK_ISSUE_LIMIT,
                   "files are not read: together they hold far more than the volume"},
};

typedef struct {
    TSK_FS_DIR *dir;
    size_t next, path_len;
    bool deleted;
} level;

typedef struct {
    kk_volume *volume;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch; /* of one entry */
    const char *dataset, *joint;
    kk_event event;
    level levels[DEPTH_MAX];
    size_t depth;
    char path[PATH_MAX_BYTES + 1];
    size_t path_len;
    uint64_t *seen; /* directory inodes plus 1, open addressing */
    size_t seen_count, seen_capacity;
    kk_ntfs_owners *owners;
    uint64_t counts[COUNTS], entries, content, zeroed, missing;
} walk;

static kk_score probe(const kk_probe *probe)
{
    kk_volume_kind kind = kk_volume_kind_of(probe->head);
    if (kind == KK_VOLUME_FAT || kind == KK_VOLUME_FOREIGN)
        return KK_SURE;
    return kind == KK_VOLUME_NONE ? KK_NO : KK_CERTAIN;
}

/* --- small things --- */

static void count(walk *w, count_kind kind)
{
    w->counts[kind]++;
}

static void tell_count(kk_sink *sink, kk_issue_kind kind, uint64_t n, const char *what)
{
    kk_issue issue = {kind, 0, n, kk_cstr(what)};
    if (n)
        sink->issue(sink, &issue);
}

/* True the first time an inode is asked about. */
static bool see(walk *w, uint64_t inode)
{
    if (2 * w->seen_count >= w->seen_capacity) {
        uint64_t *old = w->seen;
        size_t old_capacity = w->seen_capacity;
        w->seen_capacity = old_capacity ? old_capacity * 2 : 1024;
        w->seen = KK_NEW_ARRAY(w->sink->arena, uint64_t, w->seen_capacity);
        for (size_t i = 0; i < old_capacity; i++) {
            size_t at = (size_t)(old[i] * 0x9E3779B97F4A7C15u >> 20) % w->seen_capacity;
            while (old[i] && w->seen[at])
                at = (at + 1) % w->seen_capacity;
            if (old[i])
                w->seen[at] = old[i];
        }
    }
    uint64_t key = inode + 1;
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 20) % w->seen_capacity;
    for (; w->seen[at]; at = (at + 1) % w->seen_capacity)
        if (w->seen[at] == key)
            return false;
    w->seen[at] = key;
    w->seen_count++;
    return true;
}

static kk_slice text_of(kk_arena *arena, const char *name)
{
    kk_slice raw = kk_cstr(name);
    return kk_utf8_valid(raw) ? raw : kk_decode(arena, kk_charset_guess(raw, NULL), raw, NULL);
}

static kk_slice name_text(walk *w, const char *name)
{
    kk_slice raw = text_of(w->scratch, name);
    if (kk_find_byte(raw, '/') == KK_NOWHERE)
        return raw;
    count(w, BAD_NAME);
    kk_slice clean = kk_copy(w->scratch, raw);
    char *bytes = (char *)(uintptr_t)clean.ptr;
    for (size_t i = 0; i < clean.len; i++)
        if (bytes[i] == '/')
            bytes[i] = '_';
    return clean;
}

/* --- what an entry points to and who owns it --- */

static kk_slice owner_of(walk *w, const TSK_FS_META *meta)
{
    if (w->volume->kind == KK_VOLUME_FAT)
        return KK_NONE;
    if (w->volume->kind == KK_VOLUME_EXT)
        return kk_print(w->scratch, "%lu", (unsigned long)meta->uid);
    return kk_ntfs_owner(w->owners, meta);
}

static kk_slice link_target(walk *w, const TSK_FS_META *meta)
{
    if (meta->link)
        return text_of(w->scratch, meta->link);
    return w->volume->kind == KK_VOLUME_NTFS ? kk_ntfs_link(w->scratch, meta) : KK_NONE;
}

/* --- events --- */

static const char *type_word(const TSK_FS_FILE *file)
{
    static const char *const words[] = {
        [TSK_FS_META_TYPE_REG] = "file",   [TSK_FS_META_TYPE_DIR] = "dir",
        [TSK_FS_META_TYPE_FIFO] = "fifo",  [TSK_FS_META_TYPE_CHR] = "device",
        [TSK_FS_META_TYPE_BLK] = "device", [TSK_FS_META_TYPE_LNK] = "symlink",
        [TSK_FS_META_TYPE_SOCK] = "socket"};
    size_t type = file->meta ? (size_t)file->meta->type : 0;
    if (!file->meta && TSK_FS_IS_DIR_NAME(file->name->type))
        return "dir";
    return type < sizeof words / sizeof *words && words[type] ? words[type] : NULL;
}

/* Names of other data streams, joined. */
static kk_slice stream_names(walk *w, const TSK_FS_META *meta)
{
    kk_slice joined = KK_NONE;
    for (const TSK_FS_ATTR *a = meta->attr ? meta->attr->head : NULL; a; a = a->next) {
        if (!(a->flags & TSK_FS_ATTR_INUSE) || a->type != TSK_FS_ATTR_TYPE_NTFS_DATA || !a->name ||
            !a->name[0])
            continue;
        joined =
            joined.len ? kk_print(w->scratch, "%.*s, %s", KK_P(joined), a->name) : kk_cstr(a->name);
        if (joined.len > 1024)
            break;
    }
    return joined.len ? kk_utf8_clean(w->scratch, joined) : joined;
}

/* False where the inode belongs to another file by now, or to none. */
static bool owns_inode(const TSK_FS_FILE *file, bool deleted)
{
    if (!file->meta)
        return false;
    return deleted ? !(file->meta->flags & TSK_FS_META_FLAG_ALLOC)
                   : !(file->meta->flags & TSK_FS_META_FLAG_UNALLOC);
}

/* Why a name tells nothing of the inode that it leads to. A number of MFT is freed with a new
 * sequence: the same one is the same file, which has another name or folder by now. */
static kk_slice not_its_own_word(const walk *w, const TSK_FS_FILE *file)
{
    bool ntfs = w->volume->kind == KK_VOLUME_NTFS;
    bool lives = file->meta && (file->meta->flags & TSK_FS_META_FLAG_ALLOC);
    if (!w->event.flags)
        return KK_S("inode.unused");
    return ntfs && lives && file->name->meta_seq == file->meta->seq ? KK_S("inode.moved")
                                                                    : KK_S("inode.reused");
}

static void add_details(walk *w, const TSK_FS_FILE *file, bool not_its_own)
{
    const TSK_FS_META *meta = file->meta;
    kk_event *e = &w->event;
    const char *type = not_its_own ? NULL : type_word(file);
    if (type)
        kk_event_more(e, w->scratch, KK_S("file.type"), kk_cstr(type));
    if (not_its_own)
        kk_event_more(e, w->scratch, not_its_own_word(w, file), KK_S("true"));
    if (!meta || not_its_own)
        return;
    if (meta->type == TSK_FS_META_TYPE_REG && meta->size >= 0)
        kk_set_number(e, KK_FILE_SIZE, (uint64_t)meta->size);
    e->text[KK_USER_ID] = owner_of(w, meta);
    e->text[KK_FILE_TARGET] = link_target(w, meta);
    if (w->volume->kind == KK_VOLUME_EXT) {
        kk_event_more(e, w->scratch, KK_S("file.mode"),
                      kk_print(w->scratch, "%04o", (unsigned)meta->mode & 07777u));
        kk_event_more(e, w->scratch, KK_S("file.gid"),
                      kk_print(w->scratch, "%lu", (unsigned long)meta->gid));
    }
    kk_slice streams = w->volume->kind == KK_VOLUME_NTFS ? stream_names(w, meta) : KK_NONE;
    if (streams.len)
        kk_event_more(e, w->scratch, KK_S("ntfs.streams"), streams);
}

/* Tells names of one inode apart: the path's hash above the four bits that number its times. */
static uint32_t sub_of(const TSK_FS_FILE *file, kk_slice path, bool deleted)
{
    uint32_t hash = 2166136261u;
    if (!deleted && file->meta && (file->meta->nlink <= 1 || TSK_FS_IS_DIR_META(file->meta->type)))
        return 0;
    for (size_t i = 0; i < path.len; i++)
        hash = (hash ^ (uint8_t)path.ptr[i]) * 16777619u;
    return hash & ~15u;
}

/* One event for each distinct time; its kind names every time that is this one. */
static void tell_entry(walk *w, TSK_FS_FILE *file, bool deleted)
{
    bool owner = owns_inode(file, deleted);
    kk_slice path = {w->path, w->path_len};
    kk_event *e = &w->event;
    kk_event_clear(e);
    e->record = file->name->meta_addr;
    e->flags = deleted ? KK_FLAG_DELETED : 0;
    e->basis = w->volume->kind == KK_VOLUME_FAT ? w->settings->zone_basis : KK_BASIS_UTC;
    e->text[KK_DATASET] = kk_cstr(w->dataset);
    e->text[KK_CATEGORY] = KK_S("file");
    e->text[KK_ACTION] = KK_S("entry");
    e->text[KK_FILE_PATH] = path;
    add_details(w, file, file->meta && !owner);
    kk_stamps s = {.count = 0};
    if (owner)
        s = kk_stamps_of(w->volume, &w->settings->zone, file);
    uint32_t sub = sub_of(file, path, deleted);
    e->time = KK_NO_TIME;
    e->sub = sub;
    if (s.count == 0)
        w->sink->event(w->sink, e);
    for (size_t i = 0; i < s.count; i++) {
        kk_slice kinds = kk_cstr(s.items[i].kind);
        if (!s.items[i].kind)
            continue;
        for (size_t k = i + 1; k < s.count; k++) {
            if (!s.items[k].kind || s.items[k].time != s.items[i].time ||
                s.items[k].precision != s.items[i].precision)
                continue;
            kinds = kk_print(w->scratch, "%.*s,%s", KK_P(kinds), s.items[k].kind);
            s.items[k].kind = NULL;
        }
        e->time = s.items[i].time;
        e->precision = s.items[i].precision;
        e->text[KK_TIME_KIND] = kinds;
        e->sub = sub++;
        w->sink->event(w->sink, e);
    }
}

/* --- children --- */

typedef struct {
    walk *walk;
    kk_content *content;
    uint64_t at;
} reading;

/* Where a stretch inside the image cannot be read zeros stand for it, so that what follows is kept;
 * where the place is unknown or beyond the image, this is the end. */
static ptrdiff_t read_child(void *context, void *into, size_t len)
{
    reading *r = context;
    ptrdiff_t got = kk_content_read(r->content, r->at, into, len);
    if (got < 0) {
        uint64_t placed = kk_content_placed(r->content, r->at);
        if (placed == 0) {
            r->walk->missing++;
            return -1;
        }
        size_t step = 512 - (size_t)(r->at % 512);
        step = step < len ? step : len;
        step = step < placed ? step : (size_t)placed;
        memset(into, 0, step);
        r->walk->zeroed += step;
        got = (ptrdiff_t)step;
    }
    r->at += (uint64_t)got;
    return got;
}

static void tell_child(walk *w, TSK_FS_FILE *file, const TSK_FS_ATTR *attribute, kk_slice stream)
{
    kk_content *content = kk_content_of(w->scratch, w->volume, file, attribute);
    if (!content) {
        count(w, BAD_ENTRY);
        return;
    }
    if (content->encrypted) {
        count(w, ENCRYPTED);
        return;
    }
    uint64_t most = w->volume->in->size * EXPANSION_MAX;
    most = most > (1u << 30) ? most : 1u << 30;
    if (content->size > most || w->content > most - content->size) {
        count(w, EXPANSION);
        return;
    }
    w->content += content->size;
    w->counts[CUT_SIZE] += content->cut;
    w->counts[PARTIAL] += content->partial;
    kk_slice path = {w->path + 1, w->path_len - 1};
    unsigned long long inode = file->meta->addr;
    reading r = {w, content, 0};
    kk_child child = {
        .name = stream.len ? kk_print(w->scratch, "%.*s:%.*s", KK_P(path), KK_P(stream)) : path,
        .joint = w->joint,
        .size = content->size,
        .modified = kk_modified_of(w->volume, &w->settings->zone, file),
        .read = read_child,
        .context = &r};
    child.token = attribute ? kk_print(w->scratch, "%llu-%u-%u", inode, (unsigned)attribute->type,
                                       (unsigned)attribute->id)
                            : kk_print(w->scratch, "%llu", inode);
    w->sink->child(w->sink, &child);
}

/* What belongs to no file any more, for who looks for remains in it. */
static void tell_free(walk *w)
{
    kk_content *content = kk_content_of_free(w->scratch, w->volume);
    reading r = {w, content, 0};
    const kk_child child = {.name = KK_S(KK_UNALLOCATED),
                            .joint = w->joint,
                            .size = content->size,
                            .modified = KK_NO_TIME,
                            .read = read_child,
                            .context = &r,
                            .token = KK_S(KK_UNALLOCATED)};
    w->counts[CUT_FREE] += content->cut;
    if (content->size)
        w->sink->child(w->sink, &child);
}

/* The file system's own files are read here already, or stand for the whole volume; of them only
 * what other parsers can read is a child. */
static bool is_own_file(const TSK_FS_META *meta, kk_slice stream)
{
    if (meta->addr >= NTFS_OWN_FILES)
        return false;
    bool wanted = (meta->addr == 0 || meta->addr == 2) && stream.len == 0;
    return !wanted && !(meta->addr == 5 || (meta->addr == 9 && kk_is(stream, "$SDS")));
}

static void tell_streams(walk *w, TSK_FS_FILE *file)
{
    bool elsewhere = kk_ntfs_elsewhere(file->meta);
    for (const TSK_FS_ATTR *a = file->meta->attr ? file->meta->attr->head : NULL; a; a = a->next) {
        if (!(a->flags & TSK_FS_ATTR_INUSE) || a->type != TSK_FS_ATTR_TYPE_NTFS_DATA)
            continue;
        kk_slice stream = a->name ? name_text(w, a->name) : KK_NONE;
        if (is_own_file(file->meta, stream) || kk_is(stream, "WofCompressedData"))
            continue;
        if (elsewhere && stream.len == 0)
            count(w, ELSEWHERE);
        else
            tell_child(w, file, a, stream);
    }
}

static void tell_content(walk *w, TSK_FS_FILE *file)
{
    if (w->volume->kind == KK_VOLUME_NTFS) {
        (void)tsk_fs_file_attr_getsize(file); /* loads the list */
        tsk_error_reset();
        tell_streams(w, file);
    } else if (file->meta->type == TSK_FS_META_TYPE_REG) {
        tell_child(w, file, NULL, KK_NONE);
    }
}

/* --- the walk --- */

/* A directory that says it is larger than what is there would keep libtsk reading for hours. */
static bool is_directory_sane(kk_volume *volume, TSK_INUM_T inode)
{
    TSK_FS_FILE *file = tsk_fs_file_open_meta(volume->fs, NULL, inode);
    bool sane = file && file->meta && (uint64_t)file->meta->size <= DIRECTORY_MAX;
    if (sane && volume->kind == KK_VOLUME_EXT) {
        kk_arena *arena = kk_arena_open();
        kk_content *names = kk_content_of(arena, volume, file, NULL);
        sane = names && !names->cut;
        kk_arena_close(arena);
    }
    if (file)
        tsk_fs_file_close(file);
    return sane;
}

static TSK_FS_DIR *open_directory(kk_volume *volume, TSK_INUM_T inode)
{
    TSK_FS_DIR *dir =
        is_directory_sane(volume, inode) ? tsk_fs_dir_open_meta(volume->fs, inode) : NULL;
    tsk_error_reset();
    return dir;
}

static void enter(walk *w, uint64_t inode, bool deleted)
{
    if (w->depth == DEPTH_MAX) {
        count(w, TOO_DEEP);
        return;
    }
    if (!see(w, inode)) {
        if (!deleted)
            count(w, LOOP);
        return;
    }
    TSK_FS_DIR *dir = open_directory(w->volume, inode);
    if (dir)
        w->levels[w->depth++] = (level){dir, 0, w->path_len, deleted};
    else if (!deleted)
        count(w, BAD_DIRECTORY);
}

/* Of a cut image: the names of this directory are not all there. */
static bool is_beyond(walk *w, TSK_FS_FILE *file)
{
    if (w->volume->declared <= w->volume->in->size || w->volume->kind == KK_VOLUME_NTFS)
        return false;
    kk_content *names = kk_content_of(w->scratch, w->volume, file, NULL);
    uint64_t at = 0, step = 1;
    for (; names && at < names->size && step > 0; at += step)
        step = kk_content_placed(names, at);
    return !names || step == 0;
}

static bool set_path(walk *w, size_t parent_len, kk_slice name)
{
    if (name.len + 1 > PATH_MAX_BYTES - parent_len) {
        count(w, TOO_DEEP);
        return false;
    }
    w->path[parent_len] = '/';
    memcpy(w->path + parent_len + 1, name.ptr, name.len);
    w->path_len = parent_len + 1 + name.len;
    return true;
}

static bool is_skipped(const TSK_FS_NAME *name)
{
    return !name->name || !name->name[0] || strcmp(name->name, ".") == 0 ||
           strcmp(name->name, "..") == 0 || name->type == TSK_FS_NAME_TYPE_VIRT ||
           name->type == TSK_FS_NAME_TYPE_VIRT_DIR;
}

/* libtsk takes the last name of an emptied index block for one that is still there. */
static bool is_stale(walk *w, const TSK_FS_FILE *file)
{
    return w->volume->kind == KK_VOLUME_NTFS && file->meta &&
           !kk_ntfs_has_name(w->scratch, file, text_of(w->scratch, file->name->name));
}

static void visit(walk *w, TSK_FS_FILE *file, const level *in)
{
    bool deleted = in->deleted || (file->name->flags & TSK_FS_NAME_FLAG_UNALLOC);
    deleted = deleted || is_stale(w, file);
    if (!set_path(w, in->path_len, name_text(w, file->name->name)))
        return;
    tell_entry(w, file, deleted);
    if (!owns_inode(file, deleted)) {
        if (!deleted)
            count(w, BAD_ENTRY);
        return;
    }
    if (!deleted)
        tell_content(w, file);
    if (TSK_FS_IS_DIR_META(file->meta->type)) {
        if (!deleted && is_beyond(w, file))
            count(w, BAD_DIRECTORY);
        enter(w, file->meta->addr, deleted);
    }
}

static void walk_tree(walk *w)
{
    enter(w, w->volume->fs->root_inum, false);
    while (w->depth > 0 && !w->sink->stopped) {
        level *top = &w->levels[w->depth - 1];
        if (top->next >= tsk_fs_dir_getsize(top->dir)) {
            tsk_fs_dir_close(top->dir);
            w->depth--;
            continue;
        }
        const TSK_FS_NAME *name = tsk_fs_dir_get_name(top->dir, top->next);
        TSK_FS_FILE *file = name && !is_skipped(name) ? tsk_fs_dir_get(top->dir, top->next) : NULL;
        top->next++;
        if (file && ++w->entries <= ENTRIES_MAX) {
            const level here = *top;
            visit(w, file, &here);
            w->event.more = NULL; /* lived in the scratch arena */
            w->event.more_capacity = w->event.more_count = 0;
            kk_arena_reset(w->scratch);
        }
        if (file)
            tsk_fs_file_close(file);
    }
    while (w->depth > 0)
        tsk_fs_dir_close(w->levels[--w->depth].dir);
    tsk_error_reset();
}

/* A volume that is a partition adds its names below "p2"; a whole image begins its own. */
static const char *joint_of(kk_slice name)
{
    uint64_t number;
    return kk_starts(name, KK_S("p")) && kk_to_u64(kk_from(name, 1), &number) ? "/" : "!/";
}

static const char *dataset_of(const TSK_FS_INFO *fs)
{
    if (TSK_FS_TYPE_ISNTFS(fs->ftype))
        return "fs.ntfs";
    if (fs->ftype == TSK_FS_TYPE_EXFAT)
        return "fs.exfat";
    if (TSK_FS_TYPE_ISFAT(fs->ftype))
        return "fs.fat";
    return fs->ftype == TSK_FS_TYPE_EXT4   ? "fs.ext4"
           : fs->ftype == TSK_FS_TYPE_EXT3 ? "fs.ext3"
                                           : "fs.ext2";
}

static void tell_counts(walk *w)
{
    kk_sink *sink = w->sink;
    for (size_t i = 0; i < COUNTS; i++)
        tell_count(sink, counted[i].kind, w->counts[i], counted[i].what);
    tell_count(sink, KK_ISSUE_DAMAGED, w->zeroed,
               "bytes of files cannot be read: zeros stand for them");
    tell_count(sink, KK_ISSUE_TRUNCATED, w->missing, "files end before their size");
    if (w->entries > ENTRIES_MAX)
        kk_report(sink, KK_ISSUE_LIMIT, 0, "more entries than the limit: the rest is not read");
    if (w->volume->unreadable)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "parts of the volume's own tables cannot be read");
}

static size_t read_head(kk_stream *in, char head[4096])
{
    return kk_read(in, 0, head, 4096);
}

static void parse_volume(kk_volume *volume, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *scratch = kk_arena_open();
    walk *w = KK_NEW(sink->arena, walk);
    w->volume = volume;
    w->sink = sink;
    w->settings = settings;
    w->scratch = scratch;
    w->dataset = dataset_of(volume->fs);
    w->joint = joint_of(volume->in->name);
    if (volume->declared > volume->in->size)
        kk_report(sink, KK_ISSUE_TRUNCATED, volume->in->size,
                  "the volume goes on beyond the end of the image");
    if (volume->kind == KK_VOLUME_NTFS)
        w->owners = kk_ntfs_owners_read(volume, sink->arena);
    walk_tree(w);
    if (settings->carve && !sink->stopped)
        tell_free(w);
    tell_counts(w);
    kk_arena_close(scratch);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char bytes[4096];
    kk_slice head = {bytes, read_head(in, bytes)};
    kk_volume_kind kind = kk_volume_kind_of(head);
    kk_issue_kind issue;
    if (kind == KK_VOLUME_NONE || kind == KK_VOLUME_FOREIGN) {
        const char *what = kk_volume_foreign(head, &issue);
        kk_report(sink, what ? issue : KK_ISSUE_DAMAGED, 0, "%s",
                  what ? what : "no file system is recognised");
        return;
    }
    kk_arena *arena = kk_arena_open();
    kk_volume *volume = kk_volume_open(arena, in, kind);
    if (volume) {
        parse_volume(volume, settings, sink);
        kk_volume_close(volume);
    } else {
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the file system is damaged: it cannot be opened");
    }
    kk_arena_close(arena);
}

/* --- facts about the machine --- */

/* The inode of an allocated name in a directory; 0 if there is none. (libtsk's own walk along a
 * path leaks what it opened when it fails.) */
static TSK_INUM_T find_name(kk_volume *volume, TSK_INUM_T directory, const char *name)
{
    TSK_INUM_T found = 0;
    TSK_FS_DIR *dir = open_directory(volume, directory);
    for (size_t i = 0; dir && !found && i < tsk_fs_dir_getsize(dir); i++) {
        const TSK_FS_NAME *entry = tsk_fs_dir_get_name(dir, i);
        if (entry && entry->name && (entry->flags & TSK_FS_NAME_FLAG_ALLOC) &&
            strcmp(entry->name, name) == 0)
            found = entry->meta_addr;
    }
    if (dir)
        tsk_fs_dir_close(dir);
    return found;
}

static kk_slice small_file(kk_arena *arena, kk_volume *volume, TSK_INUM_T folder, const char *name)
{
    kk_slice text = KK_NONE;
    TSK_INUM_T inode = folder ? find_name(volume, folder, name) : 0;
    TSK_FS_FILE *file = inode ? tsk_fs_file_open_meta(volume->fs, NULL, inode) : NULL;
    if (file && file->meta && file->meta->link) {
        text = kk_copy(arena, kk_cstr(file->meta->link));
    } else if (file && file->meta && file->meta->type == TSK_FS_META_TYPE_REG) {
        char bytes[1024];
        kk_content *content = kk_content_of(arena, volume, file, NULL);
        ptrdiff_t got = content ? kk_content_read(content, 0, bytes, sizeof bytes) : 0;
        text = kk_copy(arena, (kk_slice){bytes, got > 0 ? (size_t)got : 0});
    }
    if (file)
        tsk_fs_file_close(file);
    return text;
}

static void tell_facts(kk_volume *volume, kk_arena *arena, kk_sink *sink)
{
    TSK_INUM_T etc = find_name(volume, volume->fs->root_inum, "etc");
    kk_slice host = kk_fact_word(small_file(arena, volume, etc, "hostname"));
    kk_slice zone = kk_fact_word(small_file(arena, volume, etc, "timezone"));
    if (zone.len == 0)
        zone = kk_fact_zone_of_link(small_file(arena, volume, etc, "localtime"));
    if (host.len && kk_find_byte(host, '/') == KK_NOWHERE && !kk_eq_nocase(host, KK_S("localhost")))
        sink->fact(sink, KK_FACT_HOST, host);
    if (zone.len)
        sink->fact(sink, KK_FACT_ZONE, zone);
    tsk_error_reset();
}

static void facts(kk_stream *in, kk_sink *sink)
{
    char bytes[4096];
    if (kk_volume_kind_of((kk_slice){bytes, read_head(in, bytes)}) != KK_VOLUME_EXT)
        return;
    kk_arena *arena = kk_arena_open();
    kk_volume *volume = kk_volume_open(arena, in, KK_VOLUME_EXT);
    if (volume) {
        tell_facts(volume, arena, sink);
        kk_volume_close(volume);
    }
    kk_arena_close(arena);
}

/* --- a child again --- */

static ptrdiff_t read_opened(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    return kk_content_read(stream->context, offset, into, len);
}

static kk_content *find_content(kk_volume *volume, kk_slice token, kk_arena *arena)
{
    uint64_t inode, type = 0, id = 0;
    kk_slice piece = KK_NONE, rest = token;
    if (kk_is(token, KK_UNALLOCATED))
        return kk_content_of_free(arena, volume);
    if (!kk_split(&rest, '-', &piece) || !kk_to_u64(piece, &inode))
        return NULL;
    bool named = kk_split(&rest, '-', &piece);
    if (named && (!kk_to_u64(piece, &type) || !kk_to_u64(rest, &id)))
        return NULL;
    TSK_FS_FILE *file = tsk_fs_file_open_meta(volume->fs, NULL, inode);
    kk_content *content = NULL;
    if (file && file->meta && !named)
        content = kk_content_of(arena, volume, file, NULL);
    if (file && file->meta && named) {
        (void)tsk_fs_file_attr_getsize(file);
        const TSK_FS_ATTR *a = file->meta->attr ? file->meta->attr->head : NULL;
        while (a && !((a->flags & TSK_FS_ATTR_INUSE) && (uint64_t)a->type == type && a->id == id))
            a = a->next;
        content = a ? kk_content_of(arena, volume, file, a) : NULL;
    }
    if (file)
        tsk_fs_file_close(file);
    return content;
}

static kk_stream *open_child(kk_stream *in, kk_slice token, kk_arena *arena)
{
    char bytes[4096];
    kk_volume_kind kind = kk_volume_kind_of((kk_slice){bytes, read_head(in, bytes)});
    if (kind == KK_VOLUME_NONE || kind == KK_VOLUME_FOREIGN)
        return NULL;
    kk_arena *scratch = kk_arena_open();
    kk_volume *volume = kk_volume_open(scratch, in, kind);
    kk_content *content = volume ? find_content(volume, token, arena) : NULL;
    if (volume)
        kk_volume_close(volume);
    kk_arena_close(scratch);
    if (!content || content->encrypted)
        return NULL;
    kk_stream *stream = KK_NEW(arena, kk_stream);
    *stream = (kk_stream){.name = kk_copy(arena, token),
                          .path = in->path,
                          .size = content->size,
                          .modified = KK_NO_TIME,
                          .read_at = read_opened,
                          .context = content};
    return stream;
}

const kk_parser kk_parser_filesystem = {
    .name = "filesystem",
    .about = "file systems: NTFS, FAT, exFAT, ext2/3/4, with deleted names",
    .version = 2,
    .cut = KK_WHOLE,
    .is_container = true,
    .is_disk = true,
    .priority = 20,
    .probe = probe,
    .parse = parse,
    .facts = facts,
    .open = open_child,
};
