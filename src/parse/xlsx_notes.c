/*     xl/worksheets/_rels/sheet1.xml.rels   <Relationship Target="../comments1.xml" …/>
 *     xl/comments1.xml                      <comment ref="B3"><text><r><t>…</t></r></text></comment>
 *     xl/threadedComments/….xml             <threadedComment ref="B3"><text>…</text></threadedComment>
 *     xl/drawings/drawing1.xml              <sp><txBody><p><r><t>…</t></r></p></txBody></sp>
 * A comment in a thread is kept as a plain one too, for programs that know no threads. */
#include "parse/xlsx_notes.h"

#include "base/sorted.h"

enum { NOTE_MAX = 64 * 1024, NOTES_MAX = 65536, LINKS_MAX = 4096 };
#define BYTES_MAX (16u << 20)

typedef enum { NO_NOTES, COMMENTS, THREADS, DRAWINGS, LINKS } part_kind;

typedef struct {
    kk_slice part, text;
    uint64_t row; /* 0: of a drawing */
    bool told;
} note;

typedef struct {
    kk_slice sheet, part;
} link;

struct kk_xlsx_notes {
    kk_arena *arena;
    note *items;
    link *links;
    size_t count, capacity, link_count, link_capacity, bytes, left_out;
    uint32_t *mine; /* the comments of the sheet asked for last, by their rows */
    size_t mine_count;
};

typedef struct {
    kk_office_xml xml;
    kk_xlsx_notes *notes;
    part_kind kind;
    kk_slice path; /* of the part; of the sheet, in a list of links */
    kk_buffer text;
    uint64_t row;
} reading;

kk_xlsx_notes *kk_xlsx_notes_open(kk_arena *arena)
{
    kk_xlsx_notes *n = KK_NEW(arena, kk_xlsx_notes);
    n->arena = arena;
    return n;
}

static part_kind kind_of(kk_slice path)
{
    if (kk_office_is_part(path, "worksheets/_rels/", "", ".rels"))
        return LINKS;
    if (kk_office_is_part(path, "threadedComments/", "threadedComment", ".xml"))
        return THREADS;
    if (kk_office_is_part(path, "drawings/", "drawing", ".xml"))
        return DRAWINGS;
    return kk_office_is_part(path, "", "comment", ".xml") ? COMMENTS : NO_NOTES;
}

static bool is_whole(const reading *r, kk_slice name)
{
    return r->kind == COMMENTS  ? kk_is(name, "comment")
           : r->kind == THREADS ? kk_is(name, "threadedComment")
                                : kk_is(name, "txBody");
}

/* The row of B3. */
static uint64_t row_of(kk_slice ref)
{
    uint64_t row = 0;
    while (ref.len && (ref.ptr[0] < '0' || ref.ptr[0] > '9'))
        ref = kk_from(ref, 1);
    return kk_to_u64(ref, &row) ? row : 0;
}

static void add_link(kk_xlsx_notes *n, const reading *r, kk_slice target)
{
    if (n->link_count == LINKS_MAX)
        return;
    n->links = kk_grow(n->arena, n->links, &n->link_capacity, n->link_count + 1, sizeof *n->links);
    kk_slice folder = kk_part(r->path, 0, r->path.len - kk_office_base(r->path).len);
    n->links[n->link_count++] =
        (link){r->path, kk_office_resolve(n->arena, folder, kk_copy(n->arena, target))};
}

static void note_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    reading *r = (reading *)xml;
    if (r->kind == LINKS) {
        if (kk_is(name, "Relationship"))
            add_link(r->notes, r, kk_office_attribute(attributes, "Target"));
        return;
    }
    if (is_whole(r, name)) {
        r->text.len = 0;
        r->row = row_of(kk_office_attribute(attributes, "ref"));
    }
    if (kk_is(name, r->kind == THREADS ? "text" : "t"))
        r->xml.into = &r->text;
}

static void note_end(kk_office_xml *xml, kk_slice name)
{
    reading *r = (reading *)xml;
    kk_xlsx_notes *n = r->notes;
    r->xml.into = NULL;
    if (r->kind == DRAWINGS && (kk_is(name, "p") || kk_is(name, "br")))
        kk_put_byte(&r->text, '\n');
    if (r->kind == LINKS || !is_whole(r, name))
        return;
    kk_slice text = kk_trim(kk_buffer_slice(&r->text));
    bool room = n->count < NOTES_MAX && n->bytes + text.len <= BYTES_MAX;
    n->left_out += text.len && !room;
    if (text.len && room) {
        n->items = kk_grow(n->arena, n->items, &n->capacity, n->count + 1, sizeof *n->items);
        n->items[n->count++] = (note){r->path, kk_copy(n->arena, text), r->row, false};
        n->bytes += text.len;
    }
    r->text.len = 0;
}

/* xl/worksheets/sheet1.xml, of xl/worksheets/_rels/sheet1.xml.rels */
static kk_slice sheet_of(kk_arena *arena, kk_slice path)
{
    kk_slice base = kk_office_base(path);
    kk_slice folder = kk_part(path, 0, path.len - base.len - strlen("_rels/"));
    return kk_join(arena, folder, kk_part(base, 0, base.len - strlen(".rels")));
}

void kk_xlsx_notes_take(kk_xlsx_notes *n, kk_office_file *file, kk_slice path)
{
    reading r = {.notes = n, .kind = kind_of(path)};
    if (r.kind == NO_NOTES)
        return;
    r.path = r.kind == LINKS ? sheet_of(n->arena, path) : kk_copy(n->arena, path);
    r.xml.start = note_start;
    r.xml.end = note_end;
    r.xml.into_max = NOTE_MAX;
    r.xml.unit = "note";
    kk_office_read(file, &r.xml, r.kind == LINKS ? "a sheet's list of parts" : "a list of notes");
    kk_buffer_close(&r.text);
}

static bool is_linked(const kk_xlsx_notes *n, kk_slice sheet, kk_slice part)
{
    for (size_t i = 0; i < n->link_count; i++)
        if (kk_eq_nocase(n->links[i].sheet, sheet) && kk_eq_nocase(n->links[i].part, part))
            return true;
    return false;
}

/* Comments come by rows or by columns; those of one row keep their order. */
static void put_in_place(kk_xlsx_notes *n, size_t from, size_t to)
{
    if (to - from < 2)
        return;
    size_t middle = from + (to - from) / 2, a = from, b = middle, at = from;
    put_in_place(n, from, middle);
    put_in_place(n, middle, to);
    uint32_t *merged = n->mine + n->count;
    while (at < to) {
        bool left = b == to || (a < middle && n->items[n->mine[a]].row <= n->items[n->mine[b]].row);
        merged[at++] = n->mine[left ? a++ : b++];
    }
    memcpy(n->mine + from, merged + from, (to - from) * sizeof *n->mine);
}

bool kk_xlsx_notes_of_sheet(kk_xlsx_notes *n, kk_slice sheet)
{
    bool linked = false;
    n->mine_count = 0;
    if (!n->mine)
        n->mine = KK_NEW_ARRAY(n->arena, uint32_t, 2 * n->count + 1);
    for (size_t i = 0; i < n->count; i++) {
        if (i == 0 || n->items[i].part.ptr != n->items[i - 1].part.ptr)
            linked = is_linked(n, sheet, n->items[i].part);
        if (linked && n->items[i].row)
            n->mine[n->mine_count++] = (uint32_t)i;
    }
    put_in_place(n, 0, n->mine_count);
    return n->mine_count > 0;
}

kk_slice kk_xlsx_notes_of_row(kk_xlsx_notes *n, kk_arena *arena, uint64_t row)
{
    kk_slice all = KK_NONE;
    size_t at = 0;
    KK_LOWER_BOUND(at, n->mine_count, n->items[n->mine[at]].row < row);
    for (; at < n->mine_count && n->items[n->mine[at]].row == row; at++) {
        note *item = &n->items[n->mine[at]];
        if (item->told)
            continue;
        all = all.len ? kk_print(arena, "%.*s\n%.*s", KK_P(all), KK_P(item->text)) : item->text;
        item->told = true;
    }
    return all;
}

void kk_xlsx_notes_rest(const kk_xlsx_notes *n, kk_sink *sink)
{
    for (int boxes = 0; boxes < 2; boxes++) {
        uint64_t record = 0;
        for (size_t i = 0; i < n->count && !sink->stopped; i++)
            if (!n->items[i].told && boxes == !n->items[i].row)
                sink->passage(sink,
                              &(kk_passage){.table = boxes ? KK_S("text boxes") : KK_S("comments"),
                                            .text = n->items[i].text,
                                            .record = ++record});
    }
    if (n->left_out)
        sink->issue(sink, &(kk_issue){KK_ISSUE_LIMIT, 0, n->left_out,
                                      KK_S("comments and text boxes beyond 16 MiB were left out")});
}
