/* Office files tell what they are by the streams below their root. Excel and Word often write the
 * directory behind everything else, where a probe cannot see it, but their main stream first. */
#include "parse/ole_kind.h"

#include "base/cursor.h"
#include "parse/compound.h"
#include "parse/office_parts.h"

enum { HEAD_MAX = 64 * 1024 };

static const struct {
    const char *name;
    kk_ole_kind kind;
} names[] = {{"EncryptedPackage", KK_OLE_ENCRYPTED},
             {"EncryptionInfo", KK_OLE_ENCRYPTED},
             {"Workbook", KK_OLE_WORKBOOK},
             {"Book", KK_OLE_WORKBOOK},
             {"WordDocument", KK_OLE_DOCUMENT},
             {"PowerPoint Document", KK_OLE_SLIDES},
             {"__properties_version1.0", KK_OLE_MESSAGE}};
enum { NAMES = sizeof names / sizeof *names };

static kk_ole_kind kind_of_names(const kk_compound *c)
{
    for (size_t i = 0; i < NAMES; i++)
        if (kk_compound_find(c, KK_COMPOUND_ROOT, names[i].name) != KK_COMPOUND_NONE)
            return names[i].kind;
    return KK_OLE_OTHER;
}

/* ---- Of a directory alone ---- */

enum { ENTRY = 128, NAME_BYTES = 64, KIND_ROOT = 5, LINKS = 68, CHILD = 76, ENTRIES_MAX = 512 };

static uint32_t link_of(kk_slice directory, uint32_t entry, size_t at)
{
    kk_cursor c = kk_cursor_over(kk_part(directory, (size_t)entry * ENTRY + at, 4));
    uint32_t link = kk_u32(&c);
    return c.bad || link >= directory.len / ENTRY ? KK_COMPOUND_NONE : link;
}

static bool is_called(kk_slice directory, uint32_t entry, const char *name)
{
    kk_slice units = kk_part(directory, (size_t)entry * ENTRY, NAME_BYTES);
    size_t len = strlen(name);
    for (size_t i = 0; i <= len; i++) {
        char c = i * 2 + 1 < units.len && !units.ptr[i * 2 + 1] ? units.ptr[i * 2] : 1;
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (c != name[i] && !(letter && (c ^ name[i]) == 0x20))
            return false;
    }
    return true;
}

/* The entries below the root, by their links to each other; what lies elsewhere is not seen. */
static kk_ole_kind kind_of_directory(kk_slice directory)
{
    uint32_t below[ENTRIES_MAX];
    bool seen[ENTRIES_MAX] = {0};
    size_t count = 0;
    directory = kk_part(directory, 0, ENTRIES_MAX * ENTRY);
    if (directory.len < ENTRY || directory.ptr[NAME_BYTES + 2] != KIND_ROOT)
        return KK_OLE_NONE;
    uint32_t first = link_of(directory, 0, CHILD);
    if (first != KK_COMPOUND_NONE)
        below[count++] = first;
    for (size_t i = 0; i < count; i++) {
        seen[below[i]] = true;
        for (size_t side = 0; side < 2; side++) {
            uint32_t link = link_of(directory, below[i], LINKS + side * 4);
            if (link != KK_COMPOUND_NONE && !seen[link] && count < ENTRIES_MAX) {
                seen[link] = true;
                below[count++] = link;
            }
        }
    }
    for (size_t n = 0; n < NAMES; n++)
        for (size_t i = 0; i < count; i++)
            if (is_called(directory, below[i], names[n].name))
                return names[n].kind;
    return KK_OLE_OTHER;
}

uint64_t kk_ole_place(const kk_probe *p)
{
    kk_cursor c = kk_cursor_over(p->head);
    if (!kk_starts(p->head, KK_S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
        return 0;
    kk_seek(&c, 0x1e);
    unsigned shift = kk_u16(&c);
    kk_seek(&c, 0x30);
    uint64_t at = ((uint64_t)kk_u32(&c) + 1) << (shift == 12 ? 12 : 9);
    return c.bad || at + ENTRY <= p->head.len ? 0 : at;
}

/* By how the main streams of Excel and Word begin, at the begin of one of the first sectors. */
static kk_ole_kind kind_of_sectors(kk_stream *in)
{
    static const struct {
        kk_slice begin;
        kk_ole_kind kind;
    } begins[] = {{{"\x09\x08\x10\x00\x00\x06\x05\x00", 8}, KK_OLE_WORKBOOK},
                  {{"\x09\x08\x08\x00\x00\x05\x05\x00", 8}, KK_OLE_WORKBOOK},
                  {{"\xec\xa5\xc1\x00", 4}, KK_OLE_DOCUMENT}};
    char bytes[8];
    for (uint64_t at = 512; at < HEAD_MAX && at < in->size; at += 512) {
        kk_slice first = {bytes, kk_read(in, at, bytes, sizeof bytes)};
        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
            if (kk_starts(first, begins[i].begin))
                return begins[i].kind;
    }
    return KK_OLE_OTHER;
}

kk_ole_kind kk_ole_kind_of(kk_stream *in)
{
    kk_arena *own = kk_arena_open();
    kk_compound *c = kk_compound_open(own, in);
    bool has_directory = c && kk_compound_at(c, KK_COMPOUND_ROOT);
    kk_ole_kind kind = c ? kind_of_names(c) : KK_OLE_NONE;
    kk_arena_close(own);
    return c && !has_directory ? kind_of_sectors(in) : kind;
}

kk_stream *kk_ole_bare_stream(kk_arena *arena, kk_stream *in, kk_ole_kind wanted)
{
    if (in->size <= KK_OLE_BARE || kk_ole_kind_of(in) != wanted)
        return NULL;
    return kk_stream_part(arena, in, KK_OLE_BARE, in->size - KK_OLE_BARE, in->name);
}

void kk_ole_refuse(kk_stream *in, kk_sink *sink)
{
    kk_arena *own = kk_arena_open();
    kk_compound *c = kk_compound_open(own, in);
    if (c && !kk_compound_at(c, KK_COMPOUND_ROOT))
        kk_compound_report(c, sink);
    else if (kk_ole_kind_of(in) == KK_OLE_ENCRYPTED)
        kk_report(sink, KK_ISSUE_PASSWORD, 0, "the document is encrypted with a password");
    else
        kk_report(sink, KK_ISSUE_FORMAT, 0, "an OLE file in which nothing was found that is read");
    kk_arena_close(own);
}

static ptrdiff_t read_head(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_slice here = offset < stream->size
                        ? kk_part(*(kk_slice *)stream->context, (size_t)offset, len)
                        : KK_NONE;
    if (here.len)
        memcpy(into, here.ptr, here.len);
    return (ptrdiff_t)here.len;
}

kk_score kk_ole_probe(const kk_probe *p, kk_ole_kind wanted, const char *const *tails)
{
    kk_slice head = p->head;
    kk_stream in = {.size = head.len, .read_at = read_head, .context = &head};
    if (!kk_starts(head, KK_S("\xd0\xcf\x11\xe0")))
        return KK_NO;
    kk_ole_kind kind = p->further.len ? kind_of_directory(p->further) : KK_OLE_NONE;
    if (kind == KK_OLE_NONE || kind == KK_OLE_OTHER)
        kind = kk_ole_kind_of(&in);
    if (kind == wanted)
        return (kk_score)(KK_SURE + 5);
    return kind == KK_OLE_OTHER && kk_office_named(p->name, tails) ? KK_MAYBE : KK_NO;
}
