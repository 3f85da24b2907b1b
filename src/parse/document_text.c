/* Text documents put together: a stack of flows and tables, the innermost on top. Rows of the
 * outermost table and passages of the outermost flow are told at once; those of inner ones are kept, by
 * kind, as they would otherwise cut a table in two. */
#include "parse/document_text.h"

#include "base/text.h"
#include "parse/tab_rows.h"

#include <stdio.h>

enum {
    LEVELS_MAX = 32,
    CELLS_MAX = 16384,
    ROW_MAX = 16 * 1024 * 1024,  /* bytes of a row */
    PASSAGE_GOOD = 8 * 1024,     /* longer ones end at the next empty paragraph, */
    PASSAGE_LONG = 64 * 1024,    /* these at the next paragraph, */
    PASSAGE_MAX = 256 * 1024,    /* and these at once */
    KINDS_MAX = LEVELS_MAX + 16, /* nested tables by depth, and kinds of flows */
    KEPT_MAX = 32 * 1024 * 1024, /* bytes that wait */
    COPIES_MAX = 64 * 1024       /* of one row */
};
#define COPIED_MAX UINT64_C(4000000) /* cells of repeated rows in a document */

typedef struct {
    size_t from, to;
} span;

typedef struct {
    bool is_table, in_cell;
    kk_slice name;
    kk_buffer text;          /* the passage, or the cells of the row one behind the other */
    uint64_t record, offset; /* rows so far; where the row or passage began */
    uint64_t
        *paragraphs;  /* so far, of all flows of that name: each passage has a number of its own */
    uint64_t first;   /* paragraph with which the passage began */
    size_t cell_from; /* where the open cell's text begins */
    span *cells;
    size_t count, width; /* cells so far; one past the last with a value */
    size_t copied;       /* bytes of repeated cells in the row */
} level;

/* What waits: records of a head and bytes. */
typedef struct {
    kk_slice name; /* of a flow */
    size_t depth;  /* of tables; 0 for flows */
    kk_buffer bytes;
} kind;

typedef struct {
    uint64_t table, record, offset; /* table: its number */
    size_t count, size;             /* cells (their ends come first); bytes of text */
} kept_head;

typedef struct {
    kk_slice name;
    uint64_t paragraphs;
} flow_count;

struct kk_document {
    kk_arena *arena;
    kk_sink *sink;
    level levels[LEVELS_MAX];
    size_t depth, too_deep;
    kind kinds[KINDS_MAX];
    size_t kind_count, kept;
    flow_count flows[KINDS_MAX];
    size_t flow_count;
    kk_slice *slices;
    uint64_t offset, tables, copied, cut_rows, far_cells, left_copies, deep;
};

kk_document *kk_document_open(kk_arena *arena, kk_sink *sink)
{
    kk_document *d = KK_NEW(arena, kk_document);
    d->arena = arena;
    d->sink = sink;
    d->slices = KK_NEW_ARRAY(arena, kk_slice, CELLS_MAX);
    return d;
}

void kk_document_at(kk_document *d, uint64_t offset)
{
    d->offset = offset;
}

/* ---- What waits ---- */

static void tell_kept_row(kk_document *d, const kept_head *h, const char *ends, const char *text)
{
    char name[32];
    size_t from = 0;
    for (size_t i = 0; i < h->count; i++) {
        size_t end;
        memcpy(&end, ends + i * sizeof end, sizeof end);
        d->slices[i] = (kk_slice){text + from, end - from};
        from = end;
    }
    int n = snprintf(name, sizeof name, "table %llu", (unsigned long long)h->table);
    d->sink->row(d->sink, &(kk_row){.table = {name, (size_t)n},
                                    .cells = d->slices,
                                    .count = h->count,
                                    .record = h->record,
                                    .offset = h->offset});
}

static void tell_kind(kk_document *d, kind *k)
{
    kept_head h;
    for (size_t at = 0; at < k->bytes.len && !d->sink->stopped;) {
        memcpy(&h, k->bytes.ptr + at, sizeof h);
        const char *ends = k->bytes.ptr + at + sizeof h, *text = ends + h.count * sizeof(size_t);
        if (k->depth)
            tell_kept_row(d, &h, ends, text);
        else
            d->sink->passage(d->sink, &(kk_passage){.table = k->name,
                                                    .text = {text, h.size},
                                                    .record = h.record,
                                                    .offset = h.offset});
        at += sizeof h + h.count * sizeof(size_t) + h.size;
    }
    k->bytes.len = 0;
}

static void tell_kept(kk_document *d)
{
    for (size_t i = 0; i < d->kind_count; i++)
        tell_kind(d, &d->kinds[i]);
    d->kept = 0;
}

static kind *kind_of(kk_document *d, kk_slice name, size_t depth)
{
    for (size_t i = 0; i < d->kind_count; i++)
        if (d->kinds[i].depth == depth && kk_eq(d->kinds[i].name, name))
            return &d->kinds[i];
    if (d->kind_count == KINDS_MAX) {
        tell_kept(d);
        for (size_t i = 0; i < KINDS_MAX; i++)
            kk_buffer_close(&d->kinds[i].bytes);
        d->kind_count = 0;
    }
    d->kinds[d->kind_count] = (kind){.name = name, .depth = depth};
    return &d->kinds[d->kind_count++];
}

static void made_room(kk_document *d, size_t more)
{
    d->kept += more;
    if (d->kept > KEPT_MAX)
        tell_kept(d);
}

/* ---- Flows ---- */

static level *top(kk_document *d)
{
    return d->depth && !d->too_deep ? &d->levels[d->depth - 1] : NULL;
}

static uint64_t *paragraphs_of(kk_document *d, kk_slice name)
{
    size_t i = 0;
    while (i < d->flow_count && !kk_eq(d->flows[i].name, name))
        i++;
    if (i == KINDS_MAX)
        i--;
    else if (i == d->flow_count)
        d->flows[d->flow_count++].name = kk_copy(d->arena, name);
    return &d->flows[i].paragraphs;
}

static level *push(kk_document *d, bool is_table, kk_slice name)
{
    if (d->depth == LEVELS_MAX) {
        d->too_deep++;
        d->deep++;
        return NULL;
    }
    level *l = &d->levels[d->depth++];
    *l = (level){.is_table = is_table, .name = name, .text = l->text, .cells = l->cells};
    l->text.len = 0;
    l->paragraphs = is_table ? NULL : paragraphs_of(d, name);
    return l;
}

static void pop(kk_document *d)
{
    if (d->too_deep)
        d->too_deep--;
    else if (d->depth)
        d->depth--;
    if (d->depth == 0)
        tell_kept(d);
}

static void tell_tab_rows(kk_document *d, const level *l, kk_slice text, const kk_tab_rows *rows)
{
    char name[32];
    int n = snprintf(name, sizeof name, "table %llu", (unsigned long long)++d->tables);
    kk_slice cells[KK_TAB_CELLS_MAX];
    uint64_t record = 0;
    for (size_t at = rows->from; at < rows->to && !d->sink->stopped;) {
        kk_tab_rows_cells(rows, text, &at, cells);
        d->sink->row(d->sink, &(kk_row){.table = {name, (size_t)n},
                                        .cells = cells,
                                        .count = rows->width,
                                        .record = ++record,
                                        .offset = l->offset});
    }
}

/* `before` lines of the passage are told already. */
static void tell_text(kk_document *d, const level *l, kk_slice text, uint64_t before)
{
    while (text.len && text.ptr[0] == '\n') {
        text = kk_from(text, 1);
        before++;
    }
    text = kk_trim(text);
    if (text.len && !d->sink->stopped)
        d->sink->passage(d->sink, &(kk_passage){.table = l->name,
                                                .text = text,
                                                .record = l->first + before,
                                                .offset = l->offset});
}

static uint64_t lines_in(kk_slice text)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* Lists that tabs part are tables of their own. */
static void tell_parts(kk_document *d, const level *l, kk_slice text)
{
    kk_tab_rows rows;
    size_t at = 0;
    while (kk_tab_rows_find(text, at, &rows)) {
        tell_text(d, l, kk_part(text, at, rows.from - at), lines_in(kk_part(text, 0, at)));
        tell_tab_rows(d, l, text, &rows);
        at = rows.to;
    }
    tell_text(d, l, kk_from(text, at), lines_in(kk_part(text, 0, at)));
}

static void tell_passage(kk_document *d, level *l)
{
    kk_slice text = kk_trim(kk_buffer_slice(&l->text));
    if (text.len && d->depth > 1) {
        kk_buffer *to = &kind_of(d, l->name, 0)->bytes;
        kept_head h = {.record = l->first, .offset = l->offset, .size = text.len};
        kk_put_bytes(to, &h, sizeof h);
        kk_put(to, text);
        made_room(d, sizeof h + text.len);
    } else if (text.len) {
        tell_parts(d, l, text);
    }
    l->text.len = 0;
}

void kk_document_begin_flow(kk_document *d, kk_slice name)
{
    (void)push(d, false, name);
}

void kk_document_end_flow(kk_document *d)
{
    kk_document_gap(d);
    pop(d);
}

static void add_to_flow(kk_document *d, level *l, kk_slice text)
{
    if (l->text.len == 0) {
        l->first = *l->paragraphs + 1;
        l->offset = d->offset;
    }
    kk_put(&l->text, text);
    if (l->text.len <= PASSAGE_MAX)
        return;
    kk_slice rest = KK_NONE;
    size_t cut = l->text.len; /* a character that is not whole yet waits for its end */
    while (cut > l->text.len - 3 && ((unsigned char)l->text.ptr[cut - 1] & 0xc0) == 0x80)
        cut--;
    if ((unsigned char)l->text.ptr[cut - 1] >= 0xc0)
        rest = kk_copy(d->arena, kk_from(kk_buffer_slice(&l->text), cut - 1));
    l->text.len -= rest.len;
    tell_passage(d, l);
    kk_put(&l->text, rest);
}

void kk_document_text(kk_document *d, kk_slice text)
{
    level *l = top(d);
    if (!l || text.len == 0)
        return;
    if (!l->is_table)
        add_to_flow(d, l, text);
    else if (l->in_cell && l->text.len + text.len <= ROW_MAX)
        kk_put(&l->text, text);
    else
        d->cut_rows += l->in_cell;
}

void kk_document_end_paragraph(kk_document *d)
{
    level *l = top(d);
    if (!l)
        return;
    if (l->is_table) {
        kk_document_text(d, KK_S("\n"));
        return;
    }
    if (l->text.len)
        kk_put_byte(&l->text, '\n');
    ++*l->paragraphs;
    kk_slice text = kk_buffer_slice(&l->text);
    if (kk_ends(text, KK_S("\n\n\n")) || text.len > PASSAGE_LONG ||
        (text.len > PASSAGE_GOOD && kk_ends(text, KK_S("\n\n"))))
        tell_passage(d, l);
}

void kk_document_gap(kk_document *d)
{
    level *l = top(d);
    if (l && !l->is_table)
        tell_passage(d, l);
}

/* ---- Tables ---- */

void kk_document_begin_table(kk_document *d, kk_slice name)
{
    kk_document_gap(d);
    level *l = push(d, true, name);
    d->tables++;
    if (!l)
        return;
    if (!l->cells)
        l->cells = KK_NEW_ARRAY(d->arena, span, CELLS_MAX);
    l->first = d->tables;
}

static level *open_table(kk_document *d)
{
    level *l = top(d);
    return l && l->is_table ? l : NULL;
}

void kk_document_begin_row(kk_document *d)
{
    level *l = open_table(d);
    if (!l)
        return;
    l->text.len = l->count = l->width = l->copied = 0;
    l->in_cell = false;
    l->offset = d->offset;
}

void kk_document_begin_cell(kk_document *d)
{
    level *l = open_table(d);
    if (!l)
        return;
    l->in_cell = true;
    l->cell_from = l->text.len;
}

kk_slice kk_document_cell(kk_document *d)
{
    level *l = open_table(d);
    return l && l->in_cell ? kk_trim(kk_from(kk_buffer_slice(&l->text), l->cell_from)) : KK_NONE;
}

void kk_document_set_cell(kk_document *d, kk_slice text)
{
    level *l = open_table(d);
    if (!l || !l->in_cell)
        return;
    l->text.len = l->cell_from;
    kk_document_text(d, text);
}

void kk_document_end_cell(kk_document *d, uint64_t times, uint64_t empty)
{
    level *l = open_table(d);
    if (!l || !l->in_cell)
        return;
    l->in_cell = false;
    kk_slice whole = kk_buffer_slice(&l->text);
    kk_slice value = kk_trim(kk_from(whole, l->cell_from));
    size_t from = value.len ? (size_t)(value.ptr - whole.ptr) : 0;
    uint64_t all = value.len ? times : 0, room = CELLS_MAX - l->count;
    if (all > room) {
        d->far_cells++;
        all = room;
    }
    if (all > 1 && value.len * all > ROW_MAX - l->copied) {
        d->left_copies++;
        all = 1;
    }
    l->copied += all > 1 ? value.len * (size_t)all : 0;
    /* empty cells take no room of their own until one with a value comes behind them */
    for (uint64_t i = 0; i < all; i++) {
        while (l->width < l->count)
            l->cells[l->width++] = (span){0, 0};
        l->cells[l->count++] = (span){from, from + value.len};
        l->width = l->count;
    }
    uint64_t skipped = empty + (value.len ? 0 : times);
    room = CELLS_MAX - l->count;
    l->count += (size_t)(skipped < room ? skipped : room);
}

static size_t tables_around(const kk_document *d)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < d->depth; i++)
        n += d->levels[i].is_table;
    return n;
}

static void keep_row(kk_document *d, const level *l, size_t depth)
{
    kk_buffer *to = &kind_of(d, KK_NONE, depth)->bytes;
    kept_head h = {l->first, l->record, l->offset, l->width, 0};
    size_t begin = to->len;
    kk_put_bytes(to, &h, sizeof h);
    for (size_t i = 0; i < l->width; i++) {
        h.size += l->cells[i].to - l->cells[i].from;
        kk_put_bytes(to, &h.size, sizeof h.size);
    }
    for (size_t i = 0; i < l->width; i++)
        kk_put_bytes(to, l->text.ptr + l->cells[i].from, l->cells[i].to - l->cells[i].from);
    memcpy(to->ptr + begin, &h, sizeof h);
    made_room(d, to->len - begin);
}

static void tell_row(kk_document *d, const level *l)
{
    char number[32];
    kk_slice name = l->name;
    for (size_t i = 0; i < l->width; i++)
        d->slices[i] =
            (kk_slice){l->text.ptr + l->cells[i].from, l->cells[i].to - l->cells[i].from};
    if (name.len == 0)
        name = (kk_slice){number, (size_t)snprintf(number, sizeof number, "table %llu",
                                                   (unsigned long long)l->first)};
    d->sink->row(d->sink, &(kk_row){.table = name,
                                    .cells = d->slices,
                                    .count = l->width,
                                    .record = l->record,
                                    .offset = l->offset});
}

void kk_document_end_row(kk_document *d, uint64_t times)
{
    level *l = open_table(d);
    if (!l)
        return;
    size_t around = tables_around(d);
    uint64_t told = times;
    l->in_cell = false;
    if (told > COPIES_MAX || (told > 1 && d->copied + told * (l->width + 1) > COPIED_MAX))
        told = 1;
    if (told > 1)
        d->copied += told * (l->width + 1);
    uint64_t before = l->record;
    for (uint64_t i = 0; l->width && i < told && !d->sink->stopped; i++) {
        l->record++;
        if (around)
            keep_row(d, l, around);
        else
            tell_row(d, l);
    }
    if (l->width && told < times)
        d->left_copies++;
    l->record = before + times;
    l->text.len = l->count = l->width = l->copied = 0;
}

void kk_document_end_table(kk_document *d)
{
    pop(d);
}

/* ---- The end ---- */

static void report_count(kk_document *d, kk_issue_kind issue, uint64_t count, const char *what)
{
    if (count)
        d->sink->issue(d->sink, &(kk_issue){issue, 0, count, kk_cstr(what)});
}

void kk_document_finish(kk_document *d)
{
    while (d->depth) {
        level *l = top(d);
        kk_document_end_cell(d, 1, 0);
        if (l && l->is_table)
            kk_document_end_row(d, 1);
        kk_document_gap(d);
        pop(d);
    }
}

void kk_document_close(kk_document *d)
{
    kk_document_finish(d);
    report_count(d, KK_ISSUE_LIMIT, d->cut_rows,
                 "pieces of text beyond 16 MiB of a row were left out");
    report_count(d, KK_ISSUE_LIMIT, d->far_cells, "rows have more than 16,384 cells");
    report_count(d, KK_ISSUE_LIMIT, d->left_copies,
                 "rows and cells that are repeated too often were told once");
    report_count(d, KK_ISSUE_LIMIT, d->deep, "texts and tables lie more than 32 deep");
    for (size_t i = 0; i < LEVELS_MAX; i++)
        kk_buffer_close(&d->levels[i].text);
    for (size_t i = 0; i < d->kind_count; i++)
        kk_buffer_close(&d->kinds[i].bytes);
}
