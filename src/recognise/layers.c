/* Headings in two rows mostly are one heading in two parts. They are those of two rows where every row with
 * headings has some that are whole by themselves, and the cells below fit them in turn. */
#include "recognise/layers.h"

#include "base/text.h"
#include "recognise/judge.h"

enum { HEADER_ROWS = 8, RECORDS_MIN = 2, WIDTH_MOST = 64, LOOKED_AT = 60, TESTED_MIN = 2 };

typedef struct {
    kk_heading heading;
    bool plain; /* a whole heading */
    kk_profile own, others;
} column;

static bool reads_plain(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    cell = kk_trim(cell);
    *heading = cell.len && cell.len <= 80 ? kk_heading_read(arena, cell) : (kk_heading){0};
    return heading->kind != KK_COL_UNKNOWN && heading->exact &&
           heading->strength == KK_HEADING_STRONG;
}

/* Nothing but headings, two of them at least that are plain. */
static bool is_headings(kk_arena *arena, const kk_cells *row)
{
    size_t filled = 0, plain = 0;
    for (size_t i = 0; i < row->count; i++) {
        kk_heading heading;
        filled += kk_trim(row->cells[i]).len > 0;
        plain += reads_plain(arena, row->cells[i], &heading);
    }
    return plain >= 2 && plain * 3 >= filled * 2;
}

/* How far cells look like what the heading promises; SIZE_MAX where that cannot be told. */
static size_t fitting(kk_column_kind kind, const kk_profile *p)
{
    switch (kind) {
    case KK_COL_NAME:
        return p->person_like > p->kana ? p->person_like - p->kana : 0;
    case KK_COL_KANA:
        return p->kana;
    case KK_COL_PHONE:
    case KK_COL_MOBILE:
        return p->phones;
    case KK_COL_EMAIL:
        return p->emails;
    case KK_COL_ZIP:
        return p->zips;
    case KK_COL_ADDRESS:
        return p->places > p->addresses ? p->places : p->addresses;
    case KK_COL_BIRTH:
        return p->births;
    case KK_COL_GENDER:
        return p->sexes;
    default:
        return SIZE_MAX;
    }
}

static void look(column *columns, kk_arena *arena, const kk_lexicon *lexicon, const kk_layers *l,
                 const kk_cells *row, size_t layer)
{
    for (size_t i = 0; i < row->count && i < l->width; i++)
        for (size_t k = 0; k < l->count && row->cells[i].len; k++) {
            column *c = &columns[k * l->width + i];
            if (c->plain)
                kk_profile_add(k == layer ? &c->own : &c->others, arena, lexicon, row->cells[i]);
        }
}

static bool is_telephone(kk_column_kind kind)
{
    return kind == KK_COL_PHONE || kind == KK_COL_MOBILE || kind == KK_COL_FAX;
}

/* 電話 above 携帯: the cells of the one look like those of the other. */
static bool has_rival(const column *columns, const kk_layers *l, size_t layer, size_t at)
{
    kk_column_kind kind = columns[layer * l->width + at].heading.kind;
    for (size_t k = 0; k < l->count; k++) {
        kk_column_kind other = columns[k * l->width + at].heading.kind;
        if (k != layer && (other == kind || (is_telephone(kind) && is_telephone(other))))
            return true;
    }
    return false;
}

/* Every row of headings is borne out by what stands below in its turn, and not by the other rows. */
static bool cells_fit(const column *columns, const kk_layers *l)
{
    size_t tested = 0;
    for (size_t k = 0; k < l->count; k++) {
        size_t of_layer = 0;
        for (size_t i = 0; i < l->width; i++) {
            const column *c = &columns[k * l->width + i];
            size_t fits = c->plain ? fitting(c->heading.kind, &c->own) : SIZE_MAX;
            if (fits == SIZE_MAX || !c->own.filled)
                continue;
            bool strange = !has_rival(columns, l, k, i) &&
                           fitting(c->heading.kind, &c->others) * 2 > c->others.filled;
            if (fits * 5 < c->own.filled * 4 || strange)
                return false;
            of_layer++;
        }
        if (!of_layer)
            return false;
        tested += of_layer;
    }
    return tested > TESTED_MIN;
}

static bool is_layered(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                       const uint64_t *records, size_t count, const kk_layers *l)
{
    size_t first = l->header + l->count,
           last = first + LOOKED_AT < count ? first + LOOKED_AT : count;
    column *columns = KK_NEW_ARRAY(arena, column, l->count * l->width);
    if (l->count < 2 || last < first + RECORDS_MIN * l->count)
        return false;
    for (size_t k = 0; k < l->count; k++)
        for (size_t i = 0; i < rows[l->header + k].count && i < l->width; i++) {
            column *c = &columns[k * l->width + i];
            c->plain = reads_plain(arena, rows[l->header + k].cells[i], &c->heading);
        }
    for (size_t r = first; r < last; r++)
        look(columns, arena, lexicon, l, &rows[r],
             (size_t)(records[r] - records[l->header]) % l->count);
    return cells_fit(columns, l);
}

kk_layers kk_layers_find(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                         const uint64_t *records, size_t count)
{
    kk_layers found = {.count = 1};
    for (size_t r = 0; r + 1 < count && r < HEADER_ROWS; r++) {
        size_t layers = 0;
        while (layers <= KK_LAYERS_MAX && r + layers < count &&
               records[r + layers] == records[r] + layers && is_headings(arena, &rows[r + layers]))
            layers++;
        if (!layers)
            continue;
        if (layers == 1 || layers > KK_LAYERS_MAX)
            return found;
        kk_layers l = {.count = layers, .header = r};
        for (size_t i = 0; i < count; i++)
            l.width = rows[i].count > l.width ? rows[i].count : l.width;
        bool is = l.width <= WIDTH_MOST && is_layered(arena, lexicon, rows, records, count, &l);
        return is ? l : found;
    }
    return found;
}

/* ---- lines of cells ---- */

/* The first lines of a cell that have anything; how many it has, KK_LAYERS_MAX + 1 for more than can be kept. */
static size_t lines_of(kk_slice cell, kk_slice *lines)
{
    kk_slice rest = cell, line;
    size_t count = 0;
    while (kk_split(&rest, '\n', &line)) {
        line = kk_trim(line);
        if (!line.len)
            continue;
        if (count == KK_LAYERS_MAX)
            return KK_LAYERS_MAX + 1;
        lines[count++] = line;
    }
    return count;
}

/* 住所・電話: the headings of a cell that names them in one line, a line each. */
static kk_slice in_lines(kk_arena *arena, kk_slice cell)
{
    static const char *const marks[] = {"・", "／", "/", "、"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        kk_slice mark = kk_cstr(marks[i]);
        size_t at = kk_find(cell, mark);
        if (at != KK_NOWHERE && kk_find_byte(cell, '\n') == KK_NOWHERE)
            return kk_print(arena, "%.*s\n%.*s", KK_P(kk_part(cell, 0, at)),
                            KK_P(kk_from(cell, at + mark.len)));
    }
    return cell;
}

/* How many headings a cell has, one a line: フリガナ over 氏名. 1 where it is one in several lines. */
static size_t headings_in(kk_arena *arena, kk_slice cell)
{
    kk_slice lines[KK_LAYERS_MAX];
    size_t count = lines_of(in_lines(arena, cell), lines);
    if (count < 2 || count > KK_LAYERS_MAX)
        return 1;
    for (size_t i = 0; i < count; i++) {
        kk_heading heading;
        if (!reads_plain(arena, lines[i], &heading))
            return 1;
    }
    return count;
}

/* Half of the cells that are filled have a line for each heading. */
static bool cells_have_lines(const kk_cells *rows, size_t from, size_t count, size_t at,
                             size_t wanted)
{
    kk_slice lines[KK_LAYERS_MAX];
    size_t filled = 0, good = 0;
    for (size_t r = from; r < count && r < from + LOOKED_AT; r++) {
        size_t found = at < rows[r].count ? lines_of(rows[r].cells[at], lines) : 0;
        filled += found > 0;
        good += found == wanted;
    }
    return good && good * 2 >= filled;
}

static size_t width_of(const kk_cells *rows, size_t count, const kk_cells *head)
{
    size_t width = head->count;
    for (size_t r = 0; r < count; r++)
        width = rows[r].count > width ? rows[r].count : width;
    return width;
}

kk_layers kk_lines_find(kk_arena *arena, const kk_cells *rows, size_t count,
                        const kk_cells *columns)
{
    kk_layers none = {.count = 1};
    for (size_t r = 0; r < (columns ? 1 : count) && r < HEADER_ROWS; r++) {
        const kk_cells *head = columns ? columns : &rows[r];
        kk_layers l = {.count = 1, .header = r, .width = width_of(rows, count, head)};
        if (l.width > WIDTH_MOST)
            return none;
        l.lined = KK_NEW_ARRAY(arena, bool, l.width + 1);
        for (size_t i = 0; i < head->count; i++) {
            size_t headings = headings_in(arena, head->cells[i]);
            if (headings < 2 || !cells_have_lines(rows, columns ? 0 : r + 1, count, i, headings))
                continue;
            l.lined[i] = true;
            l.count = headings > l.count ? headings : l.count;
        }
        if (l.count > 1)
            return l;
    }
    return none;
}

kk_cells kk_lines_headings(const kk_layers *layers, kk_arena *arena, const kk_cells *row)
{
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, row->count + 1);
    for (size_t i = 0; i < row->count; i++)
        cells[i] =
            i < layers->width && layers->lined[i] ? in_lines(arena, row->cells[i]) : row->cells[i];
    return (kk_cells){cells, row->count};
}

/* Lines that no heading is for stay with the last one; a heading in lines is told without them. */
void kk_lines_spread(const kk_layers *layers, const kk_cells *row, kk_slice *wide)
{
    for (size_t i = 0; i < row->count && i < layers->width; i++) {
        kk_slice lines[KK_LAYERS_MAX], cell = row->cells[i];
        size_t count = layers->lined[i] ? lines_of(cell, lines) : 0;
        for (size_t k = 0; k < count && k < layers->count; k++)
            wide[k * layers->width + i] = lines[k];
        if (count > layers->count)
            wide[(layers->count - 1) * layers->width + i] =
                kk_from(cell, (size_t)(lines[layers->count - 1].ptr - cell.ptr));
        if (!count)
            wide[i] = cell;
    }
}
