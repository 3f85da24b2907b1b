/* Office files tell what they are by the streams below their root. Excel and Word often write the
 * directory behind everything else, where a probe cannot see it, but their main stream first. */
#include "parse/ole_kind.h"

#include "parse/compound.h"
#include "parse/office_parts.h"

enum { HEAD_MAX = 64 * 1024 };

static kk_ole_kind kind_of_names(const kk_compound *c)
{
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
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_compound_find(c, KK_COMPOUND_ROOT, names[i].name) != KK_COMPOUND_NONE)
            return names[i].kind;
    return KK_OLE_OTHER;
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
    kk_ole_kind kind = kk_ole_kind_of(&in);
    if (kind == wanted)
        return (kk_score)(KK_SURE + 5);
    return kind == KK_OLE_OTHER && kk_office_named(p->name, tails) ? KK_MAYBE : KK_NO;
}
