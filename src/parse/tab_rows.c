#include "parse/tab_rows.h"

enum { ROWS_MIN = 3, PIECES_MIN = 3 };

static kk_slice line_at(kk_slice text, size_t at)
{
    kk_slice rest = kk_from(text, at);
    size_t end = kk_find_byte(rest, '\n');
    return end == KK_NOWHERE ? rest : kk_part(rest, 0, end);
}

/* Cells of a line, SIZE_MAX for too many; `filled` of them have something. */
static size_t cut(kk_slice line, bool gathered, kk_slice *cells, size_t *filled)
{
    kk_slice cell;
    size_t count = 0;
    *filled = 0;
    while (kk_split(&line, '\t', &cell)) {
        cell = kk_trim(cell);
        if (gathered && !cell.len)
            continue;
        if (count == KK_TAB_CELLS_MAX)
            return SIZE_MAX;
        cells[count++] = cell;
        *filled += cell.len > 0;
    }
    while (!gathered && count && !cells[count - 1].len)
        count--;
    return count;
}

/* 氏名 : 佐藤: a mark between a label and its value is no cell. */
static bool has_mark(const kk_slice *cells, size_t count)
{
    for (size_t i = 1; i + 1 < count; i++)
        if (kk_is(cells[i], ":") || kk_is(cells[i], "：") || kk_is(cells[i], "…"))
            return true;
    return false;
}

/* 10:02, 佐藤, はい: what was said when is a talk, and told as the text that it is. */
static bool is_said(const kk_slice *cells, size_t count)
{
    size_t digits = 0, colons = 0;
    for (size_t i = 0; count && i < cells[0].len; i++) {
        digits += cells[0].ptr[i] >= '0' && cells[0].ptr[i] <= '9';
        colons += cells[0].ptr[i] == ':';
    }
    return count && colons && digits >= 3 && digits + colons == cells[0].len;
}

/* How many lines from `at` on have `width` cells, and where the last one ends. Without tabs gathered, cells may be
 * empty or missing at the end; where most lines are such, tabs part no columns: 0. */
static size_t lines_alike(kk_slice text, size_t at, size_t width, bool gathered, size_t *end)
{
    kk_slice cells[KK_TAB_CELLS_MAX];
    size_t lines = 0, whole = 0, filled;
    for (*end = at; at < text.len; lines++) {
        kk_slice line = line_at(text, at);
        size_t count = cut(line, gathered, cells, &filled);
        bool fits = gathered ? count == width : count <= width && filled >= 2;
        if (count == SIZE_MAX || !fits || has_mark(cells, count) || is_said(cells, count))
            break;
        at += line.len + (at + line.len < text.len);
        *end = at;
        whole += count == width;
    }
    return whole < ROWS_MIN || whole * 2 < lines ? 0 : lines;
}

static bool is_list(kk_slice text, size_t at, kk_tab_rows *out)
{
    kk_slice cells[KK_TAB_CELLS_MAX];
    for (int gathered = 0; gathered < 2; gathered++) {
        size_t filled, end, width = cut(line_at(text, at), gathered, cells, &filled);
        if (width == SIZE_MAX || filled < PIECES_MIN || filled != width)
            continue;
        if (lines_alike(text, at, width, gathered, &end) < ROWS_MIN)
            continue;
        *out = (kk_tab_rows){at, end, width, gathered};
        return true;
    }
    return false;
}

bool kk_tab_rows_find(kk_slice text, size_t at, kk_tab_rows *out)
{
    if (kk_find_byte(kk_from(text, at), '\t') == KK_NOWHERE)
        return false;
    while (at < text.len) {
        kk_slice line = line_at(text, at);
        if (kk_find_byte(line, '\t') != KK_NOWHERE && is_list(text, at, out))
            return true;
        at += line.len + 1;
    }
    return false;
}

void kk_tab_rows_cells(const kk_tab_rows *rows, kk_slice text, size_t *at, kk_slice *cells)
{
    kk_slice line = line_at(text, *at);
    size_t filled;
    for (size_t i = 0; i < rows->width; i++)
        cells[i] = KK_NONE;
    (void)cut(line, rows->gathered, cells, &filled);
    *at += line.len + 1;
}
