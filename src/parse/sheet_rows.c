/* Rows of spreadsheets: a cell's text lies with the shared texts or in the row's own bytes. */
#include "parse/sheet_rows.h"

#define SHARED_MAX ((size_t)256 * 1024 * 1024)
#define EMPTY_CELLS_MAX UINT64_C(50000000)

struct kk_sheet_cell {
    const char *shared; /* NULL: in the row's bytes, from `from` on */
    size_t from, len;
};

void kk_sheet_open(kk_sheet_rows *r, kk_arena *arena, kk_sink *sink)
{
    r->sink = sink;
    r->cells = KK_NEW_ARRAY(arena, kk_sheet_cell, KK_SHEET_COLUMNS);
    r->slices = KK_NEW_ARRAY(arena, kk_slice, KK_SHEET_COLUMNS);
}

void kk_sheet_close(kk_sheet_rows *r)
{
    kk_buffer_close(&r->text);
    kk_buffer_close(&r->shared);
    kk_buffer_close(&r->shared_ends);
}

bool kk_sheet_share(kk_sheet_rows *r, kk_slice text)
{
    if (r->shared.len + text.len + r->shared_ends.len > SHARED_MAX)
        return false;
    kk_put(&r->shared, text);
    uint32_t end = (uint32_t)r->shared.len;
    kk_put_bytes(&r->shared_ends, &end, sizeof end);
    r->shared_count++;
    return true;
}

void kk_sheet_begin_row(kk_sheet_rows *r)
{
    r->width = 0;
    r->text.len = 0;
}

static kk_sheet_cell *cell_at(kk_sheet_rows *r, size_t column)
{
    if (column >= KK_SHEET_COLUMNS) {
        r->far_cells++;
        return NULL;
    }
    while (r->width <= column)
        r->cells[r->width++] = (kk_sheet_cell){0};
    r->cells[column] = (kk_sheet_cell){.from = r->text.len};
    return &r->cells[column];
}

kk_buffer *kk_sheet_begin_cell(kk_sheet_rows *r, size_t column)
{
    return cell_at(r, column) ? &r->text : NULL;
}

void kk_sheet_end_cell(kk_sheet_rows *r, size_t column)
{
    r->cells[column].len = r->text.len - r->cells[column].from;
}

bool kk_sheet_has_cell(const kk_sheet_rows *r, size_t column)
{
    return r->cells[column].len > 0;
}

void kk_sheet_shared_cell(kk_sheet_rows *r, size_t column, uint64_t number)
{
    kk_sheet_cell *c = cell_at(r, column);
    uint32_t from = 0, end;
    if (number >= r->shared_count) {
        r->lost_strings++;
        return;
    }
    const char *ends = r->shared_ends.ptr + number * sizeof end;
    memcpy(&end, ends, sizeof end);
    if (number)
        memcpy(&from, ends - sizeof from, sizeof from);
    if (!c || end == from)
        return;
    c->len = end - from;
    c->shared = r->shared.ptr + from;
}

bool kk_sheet_end_row(kk_sheet_rows *r, uint64_t record)
{
    bool any = false;
    for (size_t i = 0; i < r->width; i++) {
        const kk_sheet_cell *c = &r->cells[i];
        if (c->len == 0)
            r->slices[i] = KK_NONE;
        else
            r->slices[i] = (kk_slice){c->shared ? c->shared : r->text.ptr + c->from, c->len};
        any = any || c->len;
        r->empty_cells += c->len == 0;
    }
    if (any)
        r->sink->row(r->sink, &(kk_row){.table = r->table,
                                        .cells = r->slices,
                                        .count = r->width,
                                        .record = record,
                                        .offset = r->offset});
    r->width = 0;
    return r->empty_cells <= EMPTY_CELLS_MAX;
}

void kk_sheet_report(const kk_sheet_rows *r)
{
    if (r->lost_strings)
        r->sink->issue(r->sink, &(kk_issue){KK_ISSUE_MISSING, 0, r->lost_strings,
                                            KK_S("cells name a shared text that is not there")});
    if (r->far_cells)
        r->sink->issue(r->sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, r->far_cells,
                                            KK_S("cells lie beyond the last column of a sheet")});
}
