/* Archives and compressed files. zip is read in archive_zip.c, single compressed files and
 * compressed tars by archive_unpack.c; tar, 7z, RAR and cpio by libarchive, which is given one
 * format at a time and takes its bytes from us. The formats' bytes are libarchive's business;
 * recognised are zip  PK 03 04, PK 05 06        7z   37 7A BC AF 27 1C     rar  "Rar!" 1A 07 gz 1F
 * 8B 08                  bz2  "BZh" 1 to 9, then 31 41 59 26 53 59 or 17 72 45 38 50 90 xz   FD 37
 * 7A 58 5A 00         zst  28 B5 2F FD           Z    1F 9D cpio 070701, 070702, 070707    tar  sum
 * of the header (bytes 148 to 155 taken as blanks) in octal at 148; "ustar" at 257 but in the
 * oldest */
#include "parse/archive.h"
#include "base/cursor.h"
#include "base/text.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <time.h>
#include <zlib.h>

#define BLOCK (128u << 10)
#define TAR_BLOCK 512u
#define BAD_HEADERS_MAX 1000u
#define FACTS_MOST (256u << 20)

typedef enum { NO_ARCHIVE, ZIP, SEVEN_ZIP, RAR, CPIO, TAR, PACKED } archive_kind;

/* --- which --- */

static bool has_tar_sum(kk_slice block)
{
    uint64_t sum = 0, told = 0;
    int64_t odd_sum = 0; /* some old writers added signed bytes */
    if (block.len < TAR_BLOCK || block.ptr[0] == 0)
        return false;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool in_field = i >= 148 && i < 156;
        sum += in_field ? ' ' : (uint8_t)block.ptr[i];
        odd_sum += in_field ? ' ' : (int8_t)block.ptr[i];
    }
    kk_slice field = kk_trim(kk_part(block, 148, 8));
    size_t digits = 0;
    for (; digits < field.len && field.ptr[digits] >= '0' && field.ptr[digits] <= '7'; digits++)
        told = told * 8 + (uint64_t)(field.ptr[digits] - '0');
    return digits > 0 && (told == sum || (odd_sum >= 0 && told == (uint64_t)odd_sum));
}

static kk_packing packing_of(kk_slice head)
{
    kk_slice at4 = kk_from(head, 4);
    if (kk_starts(head, KK_S("\x1f\x8b\x08")) && head.len > 3 && (head.ptr[3] & 0xE0) == 0)
        return KK_PACK_GZIP;
    if (kk_starts(head, KK_S("BZh")) && head.len > 9 && head.ptr[3] >= '1' && head.ptr[3] <= '9' &&
        (kk_starts(at4, KK_S("\x31\x41\x59\x26\x53\x59")) ||
         kk_starts(at4, KK_S("\x17\x72\x45\x38\x50\x90"))))
        return KK_PACK_BZIP2;
    if (kk_starts(head, KK_S("\xfd\x37\x7a\x58\x5a\x00")))
        return KK_PACK_XZ;
    if (kk_starts(head, KK_S("\x28\xb5\x2f\xfd")))
        return KK_PACK_ZSTD;
    if (kk_starts(head, KK_S("\x1f\x9d")) && head.len > 2 && (head.ptr[2] & 0x1F) >= 9 &&
        (head.ptr[2] & 0x1F) <= 16)
        return KK_PACK_COMPRESS;
    return KK_PACK_NONE;
}

static bool is_cpio(kk_slice head)
{
    if (!kk_starts(head, KK_S("070701")) && !kk_starts(head, KK_S("070702")) &&
        !kk_starts(head, KK_S("070707")))
        return false;
    for (size_t i = 6; i < 70; i++) { /* digits all through the header, the old one is shorter */
        char c = i < head.len ? head.ptr[i] : 0;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static archive_kind kind_of(kk_slice head)
{
    if (kk_starts(head, KK_S("PK\x03\x04")) || kk_starts(head, KK_S("PK\x05\x06")))
        return ZIP;
    if (kk_starts(head, KK_S("\x37\x7a\xbc\xaf\x27\x1c")))
        return SEVEN_ZIP;
    if (kk_starts(head, KK_S("Rar!\x1a\x07")))
        return RAR;
    if (packing_of(head) != KK_PACK_NONE)
        return PACKED;
    if (has_tar_sum(head))
        return TAR;
    return is_cpio(head) ? CPIO : NO_ARCHIVE;
}

static kk_score probe(const kk_probe *probe)
{
    archive_kind kind = kind_of(probe->head);
    if (kind == NO_ARCHIVE || (kind == ZIP && kk_zip_is_office_table(probe->head)))
        return KK_NO;
    bool old_tar = kind == TAR && !kk_starts(kk_from(probe->head, 257), KK_S("ustar"));
    return old_tar ? KK_LIKELY : KK_SURE;
}

/* --- libarchive --- */

typedef struct {
    kk_unpacking *u;
    kk_stream *in;          /* the item, or what a password made of it */
    uint32_t password_line; /* that opened it; 0: none did, or it is open */
    kk_rar4 *rar4;          /* NULL: none, or nothing in it is locked */
    kk_rar5 *rar5;          /* the same */
    size_t entries;         /* that libarchive told */
    uint32_t crc;           /* of the current member, so far */
    kk_unpacker *unpacker;  /* NULL: the item itself, which can be sought in */
    uint64_t at;
    uint8_t *block;
    archive_kind kind;
    struct archive *archive;
    kk_blocks blocks; /* of the current member */
    bool opened;      /* else there is no format that could be asked */
    bool unreadable, cut;
} source;

static la_ssize_t feed(struct archive *archive, void *context, const void **bytes)
{
    source *s = context;
    kk_stream *in = s->in;
    ptrdiff_t got;
    *bytes = s->block;
    if (s->unpacker) {
        got = kk_unpacker_read(s->unpacker, s->block, BLOCK);
        if (got > 0 && !kk_unpacking_spend(s->u, (uint64_t)got))
            got = -1;
        if (got < 0 && !s->u->over) { /* what was read so far still counts: this is the end */
            s->unreadable = true;
            s->cut = kk_unpacker_cut(s->unpacker);
            got = 0;
        }
    } else {
        size_t len = kk_read(in, s->at, s->block, BLOCK);
        s->at += len;
        got = len == 0 && s->at < in->size ? -1 : (ptrdiff_t)len;
    }
    if (got < 0)
        archive_set_error(archive, EIO, "unreadable");
    return got < 0 ? ARCHIVE_FATAL : (la_ssize_t)got;
}

static la_int64_t skip(struct archive *archive, void *context, la_int64_t bytes)
{
    source *s = context;
    uint64_t left = s->at < s->in->size ? s->in->size - s->at : 0;
    (void)archive;
    if (s->unpacker || bytes <= 0)
        return 0;
    uint64_t step = (uint64_t)bytes < left ? (uint64_t)bytes : left;
    s->at += step;
    return (la_int64_t)step;
}

static la_int64_t seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    source *s = context;
    la_int64_t from =
        whence == SEEK_SET ? 0 : (la_int64_t)(whence == SEEK_CUR ? s->at : s->in->size);
    (void)archive;
    if (offset < -from || offset > INT64_MAX - from)
        return ARCHIVE_FATAL;
    s->at = (uint64_t)(from + offset);
    return from + offset;
}

static bool open_source(source *s)
{
    struct archive *a = s->archive = archive_read_new();
    int good = ARCHIVE_FATAL;
    s->block = kk_take(s->u->names, BLOCK);
    if (s->kind == TAR)
        good = archive_read_support_format_tar(a);
    else if (s->kind == SEVEN_ZIP)
        good = archive_read_support_format_7zip(a);
    else if (s->kind == CPIO)
        good = archive_read_support_format_cpio(a);
    else if (s->kind == RAR && archive_read_support_format_rar(a) == ARCHIVE_OK)
        good = archive_read_support_format_rar5(a);
    archive_read_set_read_callback(a, feed);
    if (!s->unpacker) {
        archive_read_set_skip_callback(a, skip);
        archive_read_set_seek_callback(a, seek);
    }
    archive_read_set_callback_data(a, s);
    s->opened = good == ARCHIVE_OK && archive_read_open1(a) == ARCHIVE_OK;
    return s->opened;
}

/* libarchive's own words may hold names: only what they are about is taken. */
static bool speaks_of(struct archive *a, const char *word)
{
    const char *text = archive_error_string(a);
    return text && kk_has_nocase(kk_cstr(text), kk_cstr(word));
}

static bool is_early_end(struct archive *a)
{
    return speaks_of(a, "runcated") || speaks_of(a, "unexpected end") || speaks_of(a, "premature");
}

/* Why there are no more members. */
static void tell_end(source *s, int result)
{
    kk_sink *sink = s->u->sink;
    la_int64_t position = s->unpacker ? 0 : archive_read_header_position(s->archive);
    uint64_t at = position > 0 ? (uint64_t)position : 0;
    if (s->u->over || sink->stopped)
        return;
    if (result != ARCHIVE_EOF &&
        (speaks_of(s->archive, "crypt") || speaks_of(s->archive, "passphrase") ||
         (s->opened && archive_read_has_encrypted_entries(s->archive) == 1)))
        kk_report(sink, KK_ISSUE_PASSWORD, at, "the archive is encrypted");
    else if (s->cut || (result != ARCHIVE_EOF && is_early_end(s->archive)))
        kk_report(sink, KK_ISSUE_TRUNCATED, at, "the archive is cut short");
    else if (s->unreadable || result != ARCHIVE_EOF)
        kk_report(sink, KK_ISSUE_DAMAGED, at, "the archive is damaged: the rest is not read");
}

/* Of the current member, where a password opened it: libarchive does not compare all of them. */
static bool sum_is_good(const source *s)
{
    if (s->rar4)
        return kk_rar4_sum_good(s->rar4, s->entries - 1, s->crc);
    return !s->rar5 || kk_rar5_sum_good(s->rar5, s->entries - 1, s->crc);
}

static ptrdiff_t read_data(void *context, void *into, size_t len, bool *cut)
{
    source *s = context;
    ptrdiff_t got = kk_blocks_read(&s->blocks, s->archive, into, len);
    if (got < 0)
        *cut = s->cut || is_early_end(s->archive);
    if ((s->rar4 || s->rar5) && got > 0)
        s->crc = (uint32_t)crc32(s->crc, into, (uInt)got);
    if (got == 0 && !sum_is_good(s)) {
        *cut = false;
        got = -1;
    }
    return got;
}

static kk_slice name_of(source *s, struct archive_entry *entry)
{
    const char *raw = archive_entry_pathname(entry);
    if (!raw)
        raw = archive_entry_pathname_utf8(entry);
    if (!raw) /* it could not be brought into any encoding here */
        return kk_print(s->u->scratch, "unnamed-%llu", (unsigned long long)s->u->members + 1);
    return kk_member_name(s->u->scratch, kk_cstr(raw), s->kind == SEVEN_ZIP || s->kind == RAR);
}

static kk_slice target_of(source *s, struct archive_entry *entry)
{
    const char *target = archive_entry_hardlink(entry);
    if (!target)
        target = archive_entry_symlink(entry);
    return target ? kk_member_name(s->u->scratch, kk_cstr(target), false) : KK_NONE;
}

/* RAR before 5 keeps wall-clock time; libarchive makes it UTC by the zone of this process. */
static void set_time(source *s, struct archive_entry *entry, kk_member *m)
{
    m->modified = KK_NO_TIME;
    if (!archive_entry_mtime_is_set(entry))
        return;
    time_t seconds = archive_entry_mtime(entry);
    long nano = archive_entry_mtime_nsec(entry);
    m->modified = kk_time_from_unix(seconds, nano);
    m->basis = KK_BASIS_UTC;
    m->precision = nano ? KK_EXACT_100NS : KK_EXACT_S;
    struct tm tm;
    if (s->kind != RAR || archive_format(s->archive) == ARCHIVE_FORMAT_RAR_V5 ||
        !localtime_r(&seconds, &tm))
        return;
    kk_civil civil = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                      tm.tm_min,         tm.tm_sec,     0};
    m->modified =
        kk_civil_valid(&civil) ? kk_time_from_local(&s->u->settings->zone, &civil) : KK_NO_TIME;
    m->basis = s->u->settings->zone_basis;
    m->precision = KK_EXACT_2S;
}

static kk_member member_of(source *s, struct archive_entry *entry)
{
    kk_member m = {.kind = KK_MEMBER_OTHER, .size = UINT64_MAX};
    unsigned type = archive_entry_filetype(entry);
    m.name = name_of(s, entry);
    m.target = target_of(s, entry);
    if (m.target.len)
        m.kind = KK_MEMBER_LINK;
    else if (type == AE_IFREG || type == 0)
        m.kind = KK_MEMBER_FILE;
    else if (type == AE_IFDIR)
        m.kind = KK_MEMBER_FOLDER;
    if (archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0)
        m.size = (uint64_t)archive_entry_size(entry);
    if (!s->unpacker && (s->kind == TAR || s->kind == CPIO))
        m.offset = (uint64_t)archive_read_header_position(s->archive);
    set_time(s, entry, &m);
    m.backslashes = s->kind == SEVEN_ZIP || s->kind == RAR;
    m.encrypted = archive_entry_is_encrypted(entry) == 1;
    if (s->password_line && m.kind == KK_MEMBER_FILE && m.size > 0) {
        m.encrypted = true;
        m.password_line = s->password_line;
    }
    if (s->rar4)
        m.encrypted = kk_rar4_member(s->rar4, s->entries - 1, &m.password_line) != KK_RAR_OPEN;
    else if (s->rar5)
        m.encrypted = kk_rar5_member(s->rar5, s->entries - 1, &m.password_line) != KK_RAR_OPEN;
    return m;
}

/* Goes to the next header counting what has to be unpacked on the way. */
static void drain(source *s)
{
    char bytes[16384];
    bool cut;
    ptrdiff_t got = 1;
    if (s->kind == TAR || s->kind == CPIO) { /* skipped, or counted where it is fed */
        archive_read_data_skip(s->archive);
        return;
    }
    while (got > 0 && (got = read_data(s, bytes, sizeof bytes, &cut)) > 0)
        if (!kk_unpacking_spend(s->u, (uint64_t)got))
            return;
}

static void read_members(source *s)
{
    struct archive_entry *entry;
    unsigned bad = 0;
    int result = ARCHIVE_OK;
    while (!s->u->over && !s->u->sink->stopped) {
        result = archive_read_next_header(s->archive, &entry);
        if (result == ARCHIVE_RETRY || result == ARCHIVE_FAILED) {
            if (++bad > BAD_HEADERS_MAX)
                break;
            continue;
        }
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            break;
        s->entries++;
        s->crc = 0;
        kk_member m = member_of(s, entry);
        s->blocks = (kk_blocks){.has_tail = s->kind == TAR};
        bool more = kk_unpacking_tell(s->u, &m, read_data, s);
        if (more && m.kind == KK_MEMBER_FILE && (!m.encrypted || m.password_line))
            drain(s);
        kk_arena_reset(s->u->scratch);
    }
    if (bad)
        kk_report(s->u->sink, KK_ISSUE_DAMAGED, 0, "%u headers of members are damaged", bad);
    tell_end(s, result);
}

/* Whether a password is right: by what it makes of the first member that is not empty. */
static bool reads_first(kk_unpacking *u, archive_kind kind, kk_stream *in, bool stored,
                        const uint32_t *crc)
{
    const uint64_t most = stored ? UINT64_MAX : 16u << 20;
    char bytes[16384];
    source s = {.u = u, .in = in, .kind = kind};
    struct archive_entry *entry;
    ptrdiff_t got = -1;
    bool cut;
    uint64_t done = 0;
    bool more = open_source(&s);
    while (more && archive_read_next_header(s.archive, &entry) == ARCHIVE_OK) {
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_size(entry) <= 0)
            continue;
        s.blocks = (kk_blocks){.has_tail = false};
        while (done < most && (got = read_data(&s, bytes, sizeof bytes, &cut)) > 0) {
            s.crc = (uint32_t)crc32(s.crc, (const Bytef *)bytes, (uInt)got);
            done += (uint64_t)got;
        }
        more = false;
    }
    archive_read_free(s.archive);
    return (got == 0 && (!crc || s.crc == *crc)) || (got > 0 && done >= most);
}

static bool reads_first_7z(void *context, kk_stream *in, bool stored, const uint32_t *crc)
{
    return reads_first(context, SEVEN_ZIP, in, stored, crc);
}

static bool reads_first_rar(void *context, kk_stream *in, bool stored, const uint32_t *crc)
{
    return reads_first(context, RAR, in, stored, crc);
}

static kk_stream *unlock_rar(source *s, kk_arena *own)
{
    kk_unpacking *u = s->u;
    s->rar5 = kk_rar5_unlock(own, u->in, u->settings, u->sink);
    if (s->rar5)
        return kk_rar5_stream(s->rar5);
    s->rar4 = kk_rar4_unlock(own, u->in, u->settings, u->sink, reads_first_rar, u);
    return s->rar4 ? kk_rar4_stream(s->rar4) : NULL;
}

static void read_archive(kk_unpacking *u, archive_kind kind, kk_unpacker *unpacker)
{
    /* libarchive converts names by the locale: only UTF-8 holds them all. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    source s = {.u = u, .in = u->in, .unpacker = unpacker, .kind = kind};
    kk_arena *own = kk_arena_open();
    kk_stream *unlocked = NULL;
    if (kind == SEVEN_ZIP)
        unlocked =
            kk_7z_unlock(own, u->in, u->settings, u->sink, reads_first_7z, u, &s.password_line);
    else if (kind == RAR)
        unlocked = unlock_rar(&s, own);
    if (unlocked)
        s.in = unlocked;
    if (open_source(&s))
        read_members(&s);
    else
        tell_end(&s, ARCHIVE_FATAL);
    archive_read_free(s.archive);
    kk_arena_close(own);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
}

/* --- compressed files --- */

/* "x.log.gz" to "x.log", "x.tgz" to "x.tar". */
static kk_slice inner_name(kk_arena *arena, kk_slice name)
{
    static const struct {
        const char *end, *instead;
    } ends[] = {{".gz", ""},      {".bz2", ""},      {".xz", ""},      {".zst", ""},
                {".z", ""},       {".tgz", ".tar"},  {".tbz", ".tar"}, {".tbz2", ".tar"},
                {".txz", ".tar"}, {".tzst", ".tar"}, {".gzip", ""},    {".zstd", ""}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        kk_slice end = kk_cstr(ends[i].end);
        if (name.len > end.len && kk_eq_nocase(kk_from(name, name.len - end.len), end))
            return kk_join(arena, kk_part(name, 0, name.len - end.len), kk_cstr(ends[i].instead));
    }
    return KK_S("content");
}

typedef struct {
    kk_unpacker *unpacker;
} single;

static ptrdiff_t read_single(void *context, void *into, size_t len, bool *cut)
{
    const single *s = context;
    ptrdiff_t got = kk_unpacker_read(s->unpacker, into, len);
    *cut = kk_unpacker_cut(s->unpacker);
    return got;
}

static kk_member single_member(kk_unpacking *u, kk_slice head, kk_packing packing)
{
    kk_member m = {.size = UINT64_MAX, .modified = KK_NO_TIME};
    m.fallback = u->in->modified != KK_NO_TIME ? u->in->modified : 0;
    m.name = kk_member_name(u->scratch, inner_name(u->scratch, u->in->name), false);
    kk_cursor c = kk_cursor_over(head);
    kk_seek(&c, 4);
    uint32_t seconds = kk_u32(&c);
    if (packing == KK_PACK_GZIP && seconds != 0) {
        m.modified = kk_time_from_unix(seconds, 0);
        m.basis = KK_BASIS_UTC;
        m.precision = KK_EXACT_S;
    }
    return m;
}

static void read_packed(kk_unpacking *u, kk_slice head)
{
    char block[TAR_BLOCK];
    size_t filled = 0;
    ptrdiff_t got;
    kk_packing packing = packing_of(head);
    kk_arena *arena = kk_arena_open();
    kk_unpacker *unpacker = kk_unpacker_open(arena, u->in, 0, UINT64_MAX, packing);
    while (filled < sizeof block &&
           (got = kk_unpacker_read(unpacker, block + filled, sizeof block - filled)) > 0)
        filled += (size_t)got;
    kk_unpacker_close(unpacker);
    unpacker = kk_unpacker_open(arena, u->in, 0, UINT64_MAX, packing);
    if (has_tar_sum((kk_slice){block, filled})) {
        read_archive(u, TAR, unpacker);
    } else {
        single s = {unpacker};
        kk_member m = single_member(u, head, packing);
        (void)kk_unpacking_tell(u, &m, read_single, &s);
    }
    kk_unpacker_close(unpacker);
    kk_arena_close(arena);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char bytes[4096];
    kk_slice head = {bytes, kk_read(in, 0, bytes, sizeof bytes)};
    archive_kind kind = kind_of(head);
    kk_unpacking u = kk_unpacking_open(in, settings, sink);
    if (kind == ZIP)
        kk_zip_read(&u);
    else if (kind == PACKED)
        read_packed(&u, head);
    else if (kind != NO_ARCHIVE)
        read_archive(&u, kind, NULL);
    else
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "no archive is recognised");
    kk_unpacking_close(&u);
}

/* What is packed as a whole has to be unpacked from its beginning: so far and no further. */
static void read_for_facts(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char bytes[4096];
    kk_slice head = {bytes, kk_read(in, 0, bytes, sizeof bytes)};
    archive_kind kind = kind_of(head);
    kk_unpacking u = kk_unpacking_open(in, settings, sink);
    u.most = u.most < FACTS_MOST ? u.most : FACTS_MOST;
    if (kind == ZIP)
        kk_zip_read(&u);
    else if (kind == PACKED)
        read_packed(&u, head);
    else if (kind == TAR)
        read_archive(&u, kind, NULL);
    kk_unpacking_close(&u);
}

static void facts(kk_stream *in, kk_sink *sink)
{
    kk_archive_facts(in, sink, read_for_facts);
}

const kk_parser kk_parser_archive = {
    .name = "archive",
    .about = "archives and compressed files: zip, tar, 7z, RAR, cpio, gz, bz2, xz, zst, Z",
    .version = 7,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 20,
    .probe = probe,
    .parse = parse,
    .facts = facts,
};
