/* Sheets as people fill them: one table below the other (employees, then helpers), and tables that lie on their side
 * (氏名, 生年月日, 住所 down the left, a person a column). */
#include "recognise/sheet.h"

#include "recognise/fold.h"
#include "recognise/name.h"

enum { TURNED_ROWS_MIN = 3, TURNED_PEOPLE_MIN = 2, TURNED_WIDTH_MAX = 256, LONG_HEADER_ROWS = 4 };

size_t kk_sheet_filled(const kk_cells *row)
{
    size_t filled = 0;
    for (size_t i = 0; i < row->count; i++)
        filled += kk_trim(row->cells[i]).len > 0;
    return filled;
}

static bool is_plain_heading(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    cell = kk_trim(cell);
    *heading = cell.len && cell.len <= 80 ? kk_heading_read(arena, cell) : (kk_heading){0};
    bool is_mailbox = kk_find_byte(cell, '@') != KK_NOWHERE; /* a@mail.example.jp is a value */
    return heading->kind != KK_COL_UNKNOWN && heading->exact && !is_mailbox &&
           heading->strength == KK_HEADING_STRONG;
}

static bool tells_people(kk_column_kind kind)
{
    return (kind >= KK_COL_NAME && kind <= KK_COL_GIVEN_KANA) || kind == KK_COL_EMAIL ||
           kind == KK_COL_PHONE || kind == KK_COL_MOBILE;
}

bool kk_is_sheet_header(kk_arena *arena, const kk_cells *row)
{
    size_t filled = kk_sheet_filled(row), headings = 0;
    bool people = false;
    for (size_t i = 0; i < row->count; i++) {
        kk_heading heading;
        bool is = is_plain_heading(arena, row->cells[i], &heading);
        headings += is;
        people |= is && tells_people(heading.kind);
    }
    return people && headings >= 2 && (headings == filled || headings * 3 >= filled * 2);
}

static bool same_row(const kk_cells *a, const kk_cells *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!kk_eq(kk_trim(a->cells[i]), kk_trim(b->cells[i])))
            return false;
    return true;
}

size_t kk_sheet_tables(kk_arena *arena, const kk_cells *rows, const bool *gap, size_t count,
                       bool is_long, size_t begins[KK_SHEET_TABLES_MAX])
{
    size_t tables = 1, last = SIZE_MAX;
    begins[0] = 0;
    for (size_t r = 0; r < count && tables < KK_SHEET_TABLES_MAX; r++) {
        bool near = r < LONG_HEADER_ROWS || gap[r] || kk_sheet_filled(&rows[r - 1]) < 2;
        if ((is_long && !near) || !kk_is_sheet_header(arena, &rows[r]))
            continue;
        bool again = last != SIZE_MAX && same_row(&rows[r], &rows[last]);
        bool titled = r > 0 && kk_sheet_filled(&rows[r - 1]) == 1;
        bool apart = gap[r] || titled || (r > 0 && !kk_sheet_filled(&rows[r - 1]));
        bool below = last != SIZE_MAX && r > last + 2;
        if (!again && apart && below)
            begins[tables++] = titled ? r - 1 : r;
        last = r;
    }
    return tables;
}

/* ---- tables on their side ---- */

/* How many cells behind the heading are filled, SIZE_MAX where one is a heading itself. */
static size_t values_behind(kk_arena *arena, const kk_cells *row)
{
    size_t values = 0;
    for (size_t i = 1; i < row->count; i++) {
        kk_heading heading;
        if (is_plain_heading(arena, row->cells[i], &heading))
            return SIZE_MAX;
        values += kk_trim(row->cells[i]).len > 0;
    }
    return values;
}

static size_t names_behind(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *row)
{
    size_t names = 0;
    for (size_t i = 1; i < row->count; i++) {
        kk_name name = kk_name_read(arena, lexicon, kk_plain(arena, row->cells[i]));
        names += name.standing == KK_COUNTS && (name.known || (name.split && name.family.len));
    }
    return names;
}

/* 運転者氏名 too: whose name it is may be any word. */
static bool is_row_heading(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    return is_plain_heading(arena, cell, heading) ||
           (heading->kind == KK_COL_NAME && kk_ends(kk_trim(cell), KK_S("氏名")));
}

kk_cells *kk_sheet_turned(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                          size_t count, size_t *turned_count, size_t *names)
{
    size_t labelled = 0, filled = 0, width = 0, people = 0;
    for (size_t r = 0; r < count; r++) {
        kk_heading heading;
        size_t cells = kk_sheet_filled(&rows[r]);
        filled += cells > 1; /* titles tell nothing */
        if (cells < 1 + TURNED_PEOPLE_MIN || !is_row_heading(arena, rows[r].cells[0], &heading))
            continue;
        if (values_behind(arena, &rows[r]) == SIZE_MAX)
            return NULL;
        labelled++;
        width = rows[r].count > width ? rows[r].count : width;
        if (heading.kind == KK_COL_NAME && !people) {
            people = names_behind(arena, lexicon, &rows[r]);
            *names = r;
        }
    }
    bool mostly =
        labelled * 3 >= filled * 2 || (labelled > TURNED_ROWS_MIN && labelled * 2 >= filled);
    if (labelled < TURNED_ROWS_MIN || !mostly || people < TURNED_PEOPLE_MIN ||
        width > TURNED_WIDTH_MAX || people * 2 < width - 1)
        return NULL;
    kk_cells *turned = KK_NEW_ARRAY(arena, kk_cells, width);
    for (size_t c = 0; c < width; c++) {
        kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, count);
        for (size_t r = 0; r < count; r++)
            cells[r] = c < rows[r].count ? rows[r].cells[c] : KK_NONE;
        turned[c] = (kk_cells){cells, count};
    }
    *turned_count = width;
    return turned;
}
