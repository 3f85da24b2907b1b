/* PowerPoint slides of before 2007: PPT, their text.
 *
 * An OLE file. The stream "PowerPoint Document" is records: a version (4 bits, 15: a container of
 * records), an instance (12 bits), a type (16 bits), a length (32 bits). Each save adds records at the
 * end: the stream "Current User" says where the newest edit is, an edit where the one before it is and
 * where its list of objects is: number to place, of which the newest counts. The document is such an
 * object; it lists slides and notes, which are objects too, with the texts of their outline between. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/compound.h"
#include "parse/document_text.h"
#include "parse/ole_kind.h"
#include "parse/ppt_lock.h"

enum {
    HEAD = 8,
    DEPTH_MAX = 24,
    EDITS_MAX = 10000,
    OBJECTS_MAX = 1 << 20,
    CRYPT_MAX = 4096,
    TEXT_MAX = 1024 * 1024 /* bytes of one text */
};

enum { /* records */
       DOCUMENT = 0x3e8,
       SLIDE_OBJECT = 0x3f3,
       TEXT_UNITS = 0xfa0,
       TEXT_BYTES = 0xfa8,
       LIST = 0xff0,
       EDIT = 0xff5,
       OBJECTS = 0x1772,
       CRYPT = 0x2f14
};

typedef struct {
    unsigned version, instance, type;
    uint64_t from, to; /* its content */
} record;

typedef struct {
    kk_compound *file;
    uint32_t storage; /* that holds the streams */
    uint32_t entry;
    kk_stream *in;
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *arena, *scratch;
    kk_document *document;
    uint64_t *places;     /* of objects by their number, plus one; 0: unknown */
    kk_ppt_object *plain; /* edits and lists of objects */
    size_t plain_count, plain_capacity;
    uint32_t session; /* the object that says how the others are encrypted */
    uint64_t budget;  /* bytes that may still be walked: objects may lie within one another */
    uint64_t slides, notes;
    uint32_t object; /* whose outline is being read; 0: none */
    bool in_flow, cut, encrypted;
} slides;

/* ---- Records ---- */

static bool read_record(slides *s, uint64_t at, uint64_t end, record *out)
{
    char bytes[HEAD];
    if (at + HEAD > end || kk_read(s->in, at, bytes, HEAD) < HEAD)
        return false;
    kk_cursor c = kk_cursor_over((kk_slice){bytes, HEAD});
    unsigned first = kk_u16(&c);
    out->version = first & 15;
    out->instance = first >> 4;
    out->type = kk_u16(&c);
    out->from = at + HEAD;
    uint64_t len = kk_u32(&c);
    s->cut = s->cut || len > end - out->from;
    out->to = len > end - out->from ? end : out->from + len;
    return true;
}

static kk_slice content(slides *s, const record *r, size_t most)
{
    uint64_t len = r->to - r->from;
    size_t size = len < most ? (size_t)len : most;
    char *bytes = kk_take(s->scratch, size);
    return (kk_slice){bytes, kk_read(s->in, r->from, bytes, size)};
}

static uint32_t number_in(slides *s, const record *r, size_t at)
{
    char bytes[4];
    if (r->from + at + 4 > r->to)
        return 0;
    kk_cursor c = kk_cursor_over((kk_slice){bytes, kk_read(s->in, r->from + at, bytes, 4)});
    return kk_u32(&c);
}

/* ---- Text ---- */

static void begin_flow(slides *s, kk_slice name)
{
    if (s->in_flow)
        kk_document_end_flow(s->document);
    kk_document_begin_flow(s->document, name);
    s->in_flow = true;
}

static void tell_text(slides *s, const record *r)
{
    kk_slice bytes = content(s, r, TEXT_MAX), text, line;
    if (r->type == TEXT_UNITS)
        text = kk_utf16_to_utf8(s->scratch, bytes);
    else
        text = kk_decode(s->scratch, KK_LATIN1, bytes, NULL);
    kk_document_at(s->document, kk_compound_offset(s->file, s->entry, r->from));
    while (text.len && kk_split(&text, '\r', &line)) {
        kk_slice piece;
        while (line.len && kk_split(&line, '\v', &piece)) {
            kk_document_text(s->document, piece);
            if (line.len)
                kk_document_text(s->document, KK_S("\n"));
        }
        kk_document_end_paragraph(s->document);
    }
    kk_document_end_paragraph(s->document); /* an empty line between shapes */
    kk_arena_reset(s->scratch);
}

static void walk_texts(slides *s, uint64_t from, uint64_t to, unsigned depth)
{
    record r;
    while (!s->sink->stopped && s->budget && read_record(s, from, to, &r)) {
        s->budget -= s->budget < HEAD ? s->budget : HEAD;
        if (r.version == 15 && depth < DEPTH_MAX) {
            walk_texts(s, r.from, r.to, depth + 1);
        } else if (r.type == TEXT_UNITS || r.type == TEXT_BYTES) {
            uint64_t len = r.to - r.from;
            s->budget -= s->budget < len ? s->budget : len;
            tell_text(s, &r);
        }
        from = r.to;
    }
}

/* ---- Objects ---- */

static void read_object_list(slides *s, const record *list)
{
    for (uint64_t at = 0; at + 4 <= list->to - list->from;) {
        uint32_t run = number_in(s, list, (size_t)at), first = run & 0xfffff, count = run >> 20;
        at += 4;
        for (uint32_t i = 0; i < count && at + 4 <= list->to - list->from; i++, at += 4) {
            if (first + i < OBJECTS_MAX && !s->places[first + i])
                s->places[first + i] = number_in(s, list, (size_t)at) + UINT64_C(1);
        }
    }
}

static void add_plain(slides *s, uint64_t place)
{
    s->plain =
        kk_grow(s->arena, s->plain, &s->plain_capacity, s->plain_count + 1, sizeof *s->plain);
    s->plain[s->plain_count++] = (kk_ppt_object){place, KK_PPT_PLAIN};
}

/* From the newest edit back; the document's number. */
static uint32_t read_edits(slides *s)
{
    enum { PLACE = 16, MAGIC_OPEN = 12, BEFORE = 8, LISTED = 12, WHOLE = 16, SESSION = 28 };
    char bytes[PLACE + 4];
    uint32_t user = kk_compound_find(s->file, s->storage, "Current User");
    kk_stream *in = kk_compound_stream(s->file, user);
    kk_cursor c = kk_cursor_over((kk_slice){bytes, in ? kk_read(in, 0, bytes, sizeof bytes) : 0});
    kk_seek(&c, MAGIC_OPEN);
    s->encrypted = kk_u32(&c) == 0xf3d1c4df;
    uint64_t at = kk_u32(&c), before = UINT64_MAX;
    uint32_t document = 0;
    record edit, list;
    for (int n = 0; n < EDITS_MAX && at && at < before && !c.bad; n++) {
        if (!read_record(s, at, s->in->size, &edit) || edit.type != EDIT)
            break;
        if (!document) {
            document = number_in(s, &edit, WHOLE);
            s->session = number_in(s, &edit, SESSION);
        }
        if (read_record(s, number_in(s, &edit, LISTED), s->in->size, &list) &&
            list.type == OBJECTS) {
            read_object_list(s, &list);
            add_plain(s, list.from - HEAD);
        }
        add_plain(s, at);
        before = at;
        at = number_in(s, &edit, BEFORE);
    }
    return document;
}

static bool object_at(slides *s, uint32_t number, record *out)
{
    return number < OBJECTS_MAX && s->places[number] &&
           read_record(s, s->places[number] - 1, s->in->size, out) && out->version == 15;
}

/* The shapes of the slide whose outline has been told. Each object is told once. */
static void end_object(slides *s)
{
    record r;
    if (s->object && object_at(s, s->object, &r)) {
        s->places[s->object] = 0;
        walk_texts(s, r.from, r.to, 0);
    }
    s->object = 0;
}

static void begin_object(slides *s, unsigned list, uint32_t number)
{
    enum { SLIDES, MASTERS, NOTES };
    kk_slice name = KK_S("slide master");
    if (list == SLIDES)
        name = kk_print(s->arena, "slide %llu", (unsigned long long)++s->slides);
    else if (list == NOTES)
        name = kk_print(s->arena, "notes %llu", (unsigned long long)++s->notes);
    begin_flow(s, name);
    s->object = number;
}

/* Slides, masters or notes: for each its object's number, then the texts of its outline. */
static void read_list(slides *s, const record *list)
{
    record r;
    for (uint64_t at = list->from; !s->sink->stopped && read_record(s, at, list->to, &r);
         at = r.to) {
        if (r.type == SLIDE_OBJECT) {
            end_object(s);
            begin_object(s, list->instance, number_in(s, &r, 0));
        } else if ((r.type == TEXT_UNITS || r.type == TEXT_BYTES) && s->in_flow) {
            tell_text(s, &r);
        }
    }
    end_object(s);
}

static void read_slides(slides *s, const record *document)
{
    record r;
    for (uint64_t at = document->from; read_record(s, at, document->to, &r); at = r.to) {
        if (r.type == LIST && r.version == 15)
            read_list(s, &r);
    }
}

/* ---- The parser ---- */

/* The stream as the password makes it. */
static bool unlock(slides *s)
{
    record session;
    if (!object_at(s, s->session, &session) || session.type != CRYPT)
        return false;
    kk_slice head = content(s, &session, CRYPT_MAX);
    kk_office_rc4 *rc4 = kk_office_rc4_read(s->arena, head, 1);
    /* what PowerPoint takes where nobody gave one */
    if (!rc4 || !kk_office_rc4_unlock(rc4, s->settings, s->sink, "/01Hannes Ruescher/01"))
        return false;
    size_t count = 0;
    for (size_t i = 0; i < OBJECTS_MAX; i++)
        count += s->places[i] != 0;
    kk_ppt_object *objects = KK_NEW_ARRAY(s->arena, kk_ppt_object, count + s->plain_count);
    count = 0;
    for (uint32_t i = 0; i < OBJECTS_MAX; i++)
        if (s->places[i])
            objects[count++] =
                (kk_ppt_object){s->places[i] - 1, i == s->session ? KK_PPT_PLAIN : i};
    memcpy(objects + count, s->plain, s->plain_count * sizeof *objects);
    s->in = kk_ppt_unlock(s->arena, rc4, s->in, objects, count + s->plain_count);
    return true;
}

static void read_stream(slides *s)
{
    record document;
    s->places = KK_NEW_ARRAY(s->arena, uint64_t, OBJECTS_MAX);
    s->budget = s->in->size * 2;
    uint32_t number = read_edits(s);
    if (s->encrypted && !unlock(s)) {
        kk_report(s->sink, KK_ISSUE_PASSWORD, 0, "the slides are encrypted with a password");
        return;
    }
    if (object_at(s, number, &document) && document.type == DOCUMENT) {
        read_slides(s, &document);
    } else {
        kk_report(
            s->sink, KK_ISSUE_DAMAGED, 0,
            "the list of slides is lost; texts were taken as they lie, with what was deleted");
        begin_flow(s, KK_S("slides"));
        walk_texts(s, 0, s->in->size, 0);
    }
    if (s->cut)
        kk_report(s->sink, KK_ISSUE_TRUNCATED, 0, "records are longer than what holds them");
    if (!s->budget && s->in->size)
        kk_report(s->sink, KK_ISSUE_DAMAGED, 0, "slides lie within one another");
}

/* A file for PowerPoint 95 and 97 has the latter's streams in a storage of their own. */
static void find_slides(slides *s)
{
    s->storage = kk_compound_find(s->file, KK_COMPOUND_ROOT, "PP97_DUALSTORAGE");
    if (s->storage == KK_COMPOUND_NONE)
        s->storage = KK_COMPOUND_ROOT;
    s->entry = kk_compound_find(s->file, s->storage, "PowerPoint Document");
    s->in = kk_compound_stream(s->file, s->entry);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    slides *s = KK_NEW(arena, slides);
    *s = (slides){.settings = settings, .sink = sink, .arena = arena, .scratch = kk_arena_open()};
    s->file = kk_compound_open(arena, in);
    if (s->file)
        find_slides(s);
    if (s->in) {
        s->document = kk_document_open(arena, sink);
        read_stream(s);
        kk_document_close(s->document);
        kk_compound_report(s->file, sink);
    } else {
        kk_ole_refuse(in, sink);
    }
    kk_arena_close(s->scratch);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".ppt", ".pps", ".pot", NULL};
    return kk_ole_probe(p, KK_OLE_SLIDES, tails);
}

const kk_parser kk_parser_ppt = {
    .name = "ppt",
    .about = "PowerPoint slides of before 2007: their text",
    .version = 3,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .place = kk_ole_place,
    .parse = parse,
};
