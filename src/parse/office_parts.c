/* XML goes through expat, the zip through libarchive over the stream. Element names may carry any
 * prefix; a document type, and so any entity, ends a part. */
#include "parse/office_parts.h"

#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <stdio.h>

enum {
    BLOCK = 64 * 1024,
    ENTRIES_MAX = 65536,
    PATH_MAX_READ = 1024,
    TAG_MAX = 2 * 1024 * 1024 /* bytes that the XML reader may hold back for one tag */
};
#define EXPANDED_MIN (UINT64_C(512) * 1024 * 1024) /* and 400 times the size of the file */

struct kk_office_file {
    kk_stream *in;
    kk_sink *sink;
    struct archive *archive;
    uint64_t position; /* of the packed bytes */
    uint64_t expanded, expanded_max, cut_texts;
    int entries;
    bool damaged, over, flat;
    kk_office_through *through; /* of the current part; NULL: it is read as it stands */
    void *through_context;
    char path[PATH_MAX_READ], packed[BLOCK], block[BLOCK];
};

/* One reading of a part: what expat's callbacks get. */
typedef struct {
    kk_office_file *file;
    kk_office_xml *x;
} reading;

/* ---- The zip ---- */

static la_ssize_t zip_read(struct archive *a, void *context, const void **block)
{
    kk_office_file *f = context;
    (void)a;
    *block = f->packed;
    size_t n = kk_read(f->in, f->position, f->packed, BLOCK);
    f->position += n;
    return (la_ssize_t)n;
}

static la_int64_t zip_skip(struct archive *a, void *context, la_int64_t n)
{
    kk_office_file *f = context;
    (void)a;
    uint64_t left = f->position < f->in->size ? f->in->size - f->position : 0;
    if (n < 0)
        return 0;
    uint64_t skip = (uint64_t)n < left ? (uint64_t)n : left;
    f->position += skip;
    return (la_int64_t)skip;
}

static la_int64_t zip_seek(struct archive *a, void *context, la_int64_t offset, int whence)
{
    kk_office_file *f = context;
    (void)a;
    int64_t from = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)f->position
                                        : (int64_t)f->in->size,
            to;
    if (__builtin_add_overflow(from, offset, &to) || to < 0)
        return ARCHIVE_FATAL;
    f->position = (uint64_t)to < f->in->size ? (uint64_t)to : f->in->size;
    return (la_int64_t)f->position;
}

static void release(kk_office_file *f)
{
    if (f->archive)
        archive_read_free(f->archive);
    f->archive = NULL;
}

void kk_office_rewind(kk_office_file *f)
{
    release(f);
    f->position = 0;
    f->entries = 0;
    f->through = NULL;
    struct archive *a = archive_read_new();
    if (!a)
        return;
    archive_read_support_format_zip(a);
    archive_read_set_callback_data(a, f);
    archive_read_set_read_callback(a, zip_read);
    archive_read_set_skip_callback(a, zip_skip);
    archive_read_set_seek_callback(a, zip_seek);
    if (archive_read_open1(a) == ARCHIVE_OK) {
        f->archive = a;
        return;
    }
    archive_read_free(a);
    f->damaged = true;
}

kk_office_file *kk_office_open(kk_arena *arena, kk_stream *in, const kk_settings *settings,
                               kk_sink *sink)
{
    kk_office_file *f = KK_NEW(arena, kk_office_file);
    f->in = in;
    f->sink = sink;
    f->expanded_max = EXPANDED_MIN + (in->size < (UINT64_C(1) << 40) ? in->size * 400 : 0);
    if (settings && settings->unpack_most && settings->unpack_most < f->expanded_max)
        f->expanded_max = settings->unpack_most;
    return f;
}

void kk_office_close(kk_office_file *f)
{
    release(f);
}

bool kk_office_damaged(const kk_office_file *f)
{
    return f->damaged;
}

bool kk_office_too_many(const kk_office_file *f)
{
    return f->entries > ENTRIES_MAX;
}

uint64_t kk_office_cut_texts(const kk_office_file *f)
{
    return f->cut_texts;
}

kk_slice kk_office_next(kk_office_file *f)
{
    struct archive_entry *entry;
    f->through = NULL;
    while (f->archive && f->entries++ < ENTRIES_MAX) {
        int code = archive_read_next_header(f->archive, &entry);
        if (code == ARCHIVE_EOF)
            return KK_NONE;
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
            f->damaged = true;
            return KK_NONE;
        }
        const char *name = archive_entry_pathname(entry);
        size_t len = name ? strlen(name) : 0;
        if (len == 0 || len >= sizeof f->path)
            continue;
        for (size_t i = 0; i <= len; i++)
            f->path[i] = name[i] == '\\' ? '/' : name[i];
        return (kk_slice){f->path, len};
    }
    return KK_NONE;
}

ptrdiff_t kk_office_raw(kk_office_file *f, void *into, size_t len)
{
    return f->archive && !f->over ? (ptrdiff_t)archive_read_data(f->archive, into, len) : -1;
}

void kk_office_read_through(kk_office_file *f, kk_office_through *read, void *context)
{
    f->through = read;
    f->through_context = context;
}

/* Of the part: unpacked bytes in order; 0 at the end, < 0 damaged or over a limit from here. */
static ptrdiff_t read_part(kk_office_file *f, void *into, size_t len)
{
    ptrdiff_t n;
    if (f->over)
        return -1;
    if (f->flat) {
        n = (ptrdiff_t)kk_read(f->in, f->position, into, len);
        f->position += (uint64_t)n;
    } else {
        n = f->through ? f->through(f->through_context, into, len) : kk_office_raw(f, into, len);
    }
    if (n < 0)
        return -1;
    f->expanded += (uint64_t)n;
    f->over = f->expanded > f->expanded_max;
    return f->over ? -1 : n;
}

static ptrdiff_t read_child(void *context, void *into, size_t len)
{
    return read_part(context, into, len);
}

void kk_office_tell_child(kk_office_file *f, kk_slice path)
{
    kk_arena *scratch = kk_arena_open();
    kk_slice name = kk_utf8_clean(scratch, path);
    bool outside = kk_starts(name, KK_S("/")) || kk_starts(name, KK_S("../")) ||
                   kk_has(name, KK_S("/../")) || kk_has(name, KK_S("//"));
    if (outside)
        name = kk_office_base(name);
    if (name.len && !kk_is(name, "..") && !kk_is(name, "."))
        kk_office_tell_child_as(f, name);
    kk_arena_close(scratch);
}

void kk_office_tell_child_as(kk_office_file *f, kk_slice name)
{
    f->sink->child(f->sink, &(kk_child){.name = name,
                                        .joint = "!/",
                                        .size = UINT64_MAX,
                                        .modified = KK_NO_TIME,
                                        .read = read_child,
                                        .context = f});
}

/* ---- XML ---- */

static kk_slice local_name(const XML_Char *name)
{
    const char *colon = strchr(name, ':');
    return kk_cstr(colon ? colon + 1 : name);
}

kk_slice kk_office_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (kk_is(local_name(attributes[0]), name))
            return kk_cstr(attributes[1]);
    return KK_NONE;
}

uint64_t kk_office_number(const char **attributes, const char *name, uint64_t otherwise)
{
    uint64_t value = otherwise;
    (void)kk_to_u64(kk_office_attribute(attributes, name), &value);
    return value;
}

void kk_office_stop(kk_office_xml *x, const char *why)
{
    if (!x->stopped) {
        x->stopped = why;
        XML_StopParser(x->expat, XML_FALSE);
    }
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    kk_office_xml *x = ((reading *)data)->x;
    if (!x->stopped)
        x->start(x, local_name(name), attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    kk_office_xml *x = ((reading *)data)->x;
    if (!x->stopped && x->end)
        x->end(x, local_name(name));
}

static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
    reading *r = data;
    kk_office_xml *x = r->x;
    if (x->stopped)
        return;
    if (x->text) {
        x->text(x, (kk_slice){text, (size_t)len});
        return;
    }
    if (!x->into)
        return;
    if (x->into->len + (size_t)len > x->into_max) {
        r->file->cut_texts++;
        x->into = NULL;
        return;
    }
    kk_put_bytes(x->into, text, (size_t)len);
}

/* No entities but the five: a document that declares any is none of an office program. A mere name of a type, as OpenOffice
 * wrote it, declares none: nothing outside is ever read. */
static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public_id, int internal)
{
    (void)name, (void)system, (void)public_id;
    if (internal)
        kk_office_stop(((reading *)data)->x, "declares a document type");
}

static void report_part(kk_office_file *f, const kk_office_xml *x, const char *kind,
                        bool damaged_zip)
{
    kk_sink *sink = f->sink;
    unsigned long long at = x->at;
    if (sink->stopped)
        return;
    if (x->stopped)
        kk_report(sink, KK_ISSUE_LIMIT, 0, "%s %s: it was left at %s %llu", kind, x->stopped,
                  x->unit, at);
    else if (damaged_zip)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "%s cannot be unpacked at %s %llu", kind, x->unit, at);
    else
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "%s is damaged at %s %llu", kind, x->unit, at);
}

/* Whether it went well to the end. */
static bool feed(kk_office_file *f, kk_office_xml *x, bool *damaged_zip)
{
    uint64_t fed = 0;
    for (;;) {
        ptrdiff_t n = read_part(f, f->block, BLOCK);
        if (f->over)
            x->stopped = "unpacks to more than a file of this size holds";
        if (x->stopped || f->sink->stopped)
            return false;
        if (n < 0) {
            *damaged_zip = true;
            return false;
        }
        fed += (uint64_t)n;
        if (XML_Parse(x->expat, f->block, (int)n, n == 0) != XML_STATUS_OK)
            return false;
        XML_Index at = XML_GetCurrentByteIndex(x->expat);
        if (at >= 0 && fed - (uint64_t)at > TAG_MAX)
            x->stopped = "has a tag of more than 2 MiB";
        if (n == 0)
            return true;
    }
}

void kk_office_read(kk_office_file *f, kk_office_xml *x, const char *kind)
{
    bool damaged_zip = false;
    reading r = {f, x};
    x->stopped = NULL;
    x->expat = XML_ParserCreate(NULL);
    if (!x->expat)
        return;
    XML_SetUserData(x->expat, &r);
    XML_SetElementHandler(x->expat, on_start, on_end);
    XML_SetCharacterDataHandler(x->expat, on_text);
    XML_SetStartDoctypeDeclHandler(x->expat, on_doctype);
    bool enough = !feed(f, x, &damaged_zip) && x->stopped && !x->stopped[0];
    bool whole = !damaged_zip && !x->stopped && XML_GetErrorCode(x->expat) == XML_ERROR_NONE;
    if (!enough && !whole)
        report_part(f, x, kind, damaged_zip);
    XML_ParserFree(x->expat);
    x->expat = NULL;
}

void kk_office_read_flat(kk_office_file *f, kk_office_xml *x, const char *kind)
{
    f->flat = true;
    f->position = 0;
    kk_office_read(f, x, kind);
    f->flat = false;
}

/* ---- Names ---- */

kk_slice kk_office_base(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    return slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
}

bool kk_office_is_part(kk_slice path, const char *folder, const char *stem, const char *tail)
{
    kk_slice base = kk_office_base(path), f = kk_cstr(folder), s = kk_cstr(stem), t = kk_cstr(tail);
    size_t before = path.len - base.len;
    return base.len >= s.len + t.len && kk_eq_nocase(kk_part(base, 0, s.len), s) &&
           kk_eq_nocase(kk_from(base, base.len - t.len), t) && before >= f.len &&
           kk_eq_nocase(kk_part(path, before - f.len, f.len), f);
}

kk_slice kk_office_resolve(kk_arena *arena, kk_slice folder, kk_slice target)
{
    if (target.len && target.ptr[0] == '/')
        return kk_from(target, 1);
    for (;;) {
        if (kk_starts(target, KK_S("./"))) {
            target = kk_from(target, 2);
        } else if (kk_starts(target, KK_S("../")) && folder.len) {
            target = kk_from(target, 3);
            folder = kk_part(folder, 0, folder.len - 1);
            folder = kk_part(folder, 0, folder.len - kk_office_base(folder).len);
        } else {
            return kk_join(arena, folder, target);
        }
    }
}

bool kk_office_is_package(kk_slice head)
{
    static const char *const firsts[] = {
        "[Content_Types].xml", "_rels/", "docProps/", "xl/", "xl\\", "customXml/", "[trash]/"};
    bool office = false;
    if (!kk_starts(head, KK_S("PK\3\4")))
        return false;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        office = office || kk_eq_nocase(kk_part(head, 30, strlen(firsts[i])), kk_cstr(firsts[i]));
    return office;
}

kk_slice kk_office_folder(kk_slice head)
{
    static const char *const folders[] = {"xl", "word", "ppt", "visio"};
    kk_slice rest = head, magic = KK_S("PK\3\4");
    while (rest.len > 34) {
        kk_slice name = kk_from(rest, 30);
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
            kk_slice folder = kk_cstr(folders[i]), behind = kk_from(name, folder.len);
            if (kk_starts(name, folder) && behind.len &&
                (behind.ptr[0] == '/' || behind.ptr[0] == '\\'))
                return folder;
        }
        size_t next = kk_find(name, magic);
        rest = next == KK_NOWHERE ? KK_NONE : kk_from(name, next);
    }
    return KK_NONE;
}

bool kk_office_named(kk_slice name, const char *const *tails)
{
    for (; *tails; tails++) {
        kk_slice tail = kk_cstr(*tails);
        if (name.len > tail.len && kk_eq_nocase(kk_from(name, name.len - tail.len), tail))
            return true;
    }
    return false;
}
