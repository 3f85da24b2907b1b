/* An embedded object is a storage. What it holds depends on the program that made it: "Package" is a
 * file of OOXML or OpenDocument as such, "Workbook" the records of Excel, "\1Ole10Native" a file of any
 * kind behind its names. Objects lie in "ObjectPool" (Word) or "MBD..." (Excel). */
#include "parse/ole_objects.h"

#include "base/cursor.h"
#include "base/text.h"
#include "parse/mail_told.h"

enum { DEPTH_MAX = 8, OBJECTS_MAX = 4096, NATIVE_HEAD = 4096 };

typedef struct {
    kk_compound *file;
    kk_sink *sink;
    kk_arena *arena;
    size_t told;
    uint64_t unreadable;
} objects;

static void tell(objects *o, kk_stream *in, uint64_t from, uint64_t size, kk_slice path,
                 kk_slice name)
{
    name = kk_print(o->arena, "%.*s/%.*s", KK_P(path), KK_P(name));
    o->told++;
    kk_compound_tell_child(o->sink, in, from, size, name, KK_NO_TIME);
}

static kk_slice text_before_zero(kk_cursor *c)
{
    kk_slice rest = kk_part((kk_slice){(const char *)c->ptr, c->len}, c->at, SIZE_MAX);
    size_t end = kk_find_byte(rest, '\0');
    if (end == KK_NOWHERE) {
        c->bad = true;
        return KK_NONE;
    }
    kk_skip(c, end + 1);
    return kk_part(rest, 0, end);
}

/* Size, two bytes, a label, the file's path, four bytes, a path with its length, the size, the file. */
static void tell_native(objects *o, kk_stream *in, kk_slice path)
{
    char head[NATIVE_HEAD];
    kk_slice names[1];
    kk_cursor c = kk_cursor_over((kk_slice){head, kk_read(in, 0, head, sizeof head)});
    kk_skip(&c, 6);
    kk_slice label = text_before_zero(&c);
    (void)text_before_zero(&c);
    kk_skip(&c, 4);
    kk_skip(&c, kk_u32(&c));
    uint64_t size = kk_u32(&c);
    if (c.bad || c.at > in->size) {
        o->unreadable++;
        return;
    }
    uint64_t there = in->size - c.at;
    label = kk_decode(o->arena, kk_charset_guess(label, NULL), label, NULL);
    tell(o, in, c.at, size < there ? size : there, path,
         kk_mail_child_name(o->arena, label, KK_NONE, 1, names));
}

static void look_at(objects *o, uint32_t entry, kk_slice path)
{
    static const char *const whole[] = {"Package", "Workbook", "Book"};
    kk_slice name = kk_compound_at(o->file, entry)->name;
    bool native = kk_is(name, "\x01Ole10Native"), known = native;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        known = known || kk_is(name, whole[i]);
    kk_stream *in = known ? kk_compound_stream(o->file, entry) : NULL;
    if (!in)
        return;
    if (native)
        tell_native(o, in, path);
    else
        tell(o, in, 0, in->size, path, name);
}

static void walk(objects *o, uint32_t storage, kk_slice path, unsigned depth)
{
    const kk_compound_entry *e = kk_compound_at(o->file, storage);
    for (uint32_t i = e ? e->first : KK_COMPOUND_NONE;
         (e = kk_compound_at(o->file, i)) && !o->sink->stopped && o->told < OBJECTS_MAX;
         i = e->next) {
        if (!e->is_storage) {
            if (depth)
                look_at(o, i, path);
        } else if (depth < DEPTH_MAX) {
            walk(o, i, depth ? kk_print(o->arena, "%.*s/%.*s", KK_P(path), KK_P(e->name)) : e->name,
                 depth + 1);
        }
    }
}

void kk_ole_tell_objects(kk_compound *c, kk_sink *sink)
{
    objects o = {.file = c, .sink = sink, .arena = kk_arena_open()};
    walk(&o, KK_COMPOUND_ROOT, KK_NONE, 0);
    if (o.told == OBJECTS_MAX)
        kk_report(sink, KK_ISSUE_LIMIT, 0, "only the first 4,096 embedded objects were told");
    if (o.unreadable)
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, o.unreadable,
                                      KK_S("embedded files do not say where they begin")});
    kk_arena_close(o.arena);
}
