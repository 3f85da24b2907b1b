/* The definition of a table lies on pages of kind 2 that name the next one at 4, each with 8 bytes of head:
 *
 *                          Jet 3   Jet 4, ACE
 *     bytes of it            8        8
 *     rows                  12       16
 *     kind (53: system)     20       40
 *     columns               25       45      two bytes
 *     real indexes          31       51      four
 *     map of its pages      35       55      pointer: row, page (3)
 *     indexes               43       63      8 or 12 bytes each
 *     columns                                18 or 25 bytes each, then their names
 *
 * A row: number of columns (1 byte, Jet 4: 2), fixed values, others; at its end, backwards: a bit for each
 * column that is not null, the number of values that are not fixed, where each begins and the last one
 * ends. In Jet 3 these places are bytes, and a list says from which value on 256 has to be added. */
#include "parse/jet_table.h"

#include "base/text.h"
#include "parse/code_page.h"

enum { COLUMNS_MAX = 1024, DEFINITION_MAX = 4 * 1024 * 1024, SYSTEM_TABLE = 0x53, FIXED = 1 };

/* ---- The definition ---- */

/* All pages of it, one behind the other without the heads of those that follow. */
static kk_slice load(kk_jet_file *f, kk_arena *arena, uint32_t number)
{
    kk_slice page = kk_jet_page(f, KK_JET_SCAN, number);
    kk_cursor c = kk_cursor_over(page);
    kk_skip(&c, 4);
    uint32_t next = kk_u32(&c), size = kk_u32(&c);
    if (c.bad || page.ptr[0] != KK_JET_TABLE || size > DEFINITION_MAX)
        return KK_NONE;
    size_t whole = (size_t)size + 8;
    char *bytes = kk_take(arena, whole > page.len ? whole : page.len);
    size_t len = page.len;
    memcpy(bytes, page.ptr, len);
    while (next && len < whole) {
        page = kk_jet_page(f, KK_JET_SCAN, next);
        kk_slice part = kk_part(page, 8, whole - len);
        c = kk_cursor_over(page);
        kk_skip(&c, 4);
        next = kk_u32(&c);
        if (c.bad || page.ptr[0] != KK_JET_TABLE)
            break;
        memcpy(bytes + len, part.ptr, part.len);
        len += part.len;
    }
    return (kk_slice){bytes, len};
}

static void read_column(const kk_jet_file *f, kk_cursor *c, kk_jet_column *column)
{
    kk_slice bytes = kk_bytes(c, f->jet3 ? 18 : 25);
    kk_cursor d = kk_cursor_over(bytes);
    column->kind = kk_u8(&d);
    kk_seek(&d, f->jet3 ? 1 : 5);
    column->number = kk_u16(&d);
    unsigned in_list = kk_u16(&d);
    kk_seek(&d, 11);
    column->code_page = f->jet3 ? kk_u16(&d) : 0;
    kk_seek(&d, 12);
    column->scale = kk_u8(&d);
    kk_seek(&d, f->jet3 ? 13 : 15);
    column->is_fixed = (kk_u8(&d) & FIXED) != 0;
    column->is_calculated = !f->jet3 && (kk_u8(&d) & 0xc0) == 0xc0;
    kk_seek(&d, f->jet3 ? 14 : 21);
    unsigned fixed = kk_u16(&d);
    column->length = kk_u16(&d);
    column->place = column->is_fixed ? fixed : in_list;
}

static void read_name(const kk_jet_file *f, kk_arena *arena, kk_cursor *c, kk_jet_column *column)
{
    size_t len = f->jet3 ? kk_u8(c) : kk_u16(c);
    kk_slice name = kk_bytes(c, len);
    column->name = f->jet3 ? kk_code_page_text(arena, f->code_page, name, NULL)
                           : kk_utf16_to_utf8(arena, name);
    column->name = kk_utf8_clean(arena, column->name);
}

/* Columns in the order of their numbers: as they were made. */
static void sort(kk_jet_column *columns, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        kk_jet_column one = columns[i];
        size_t at = i;
        for (; at > 0 && columns[at - 1].number > one.number; at--)
            columns[at] = columns[at - 1];
        columns[at] = one;
    }
}

bool kk_jet_table_read(kk_jet_file *f, kk_arena *arena, uint32_t page, kk_jet_table *table)
{
    kk_slice bytes = load(f, arena, page);
    kk_cursor c = kk_cursor_over(bytes);
    *table = (kk_jet_table){0};
    kk_seek(&c, f->jet3 ? 12 : 16);
    table->rows = kk_u32(&c);
    kk_seek(&c, f->jet3 ? 20 : 40);
    table->is_system = kk_u8(&c) == SYSTEM_TABLE;
    kk_seek(&c, f->jet3 ? 25 : 45);
    size_t columns = kk_u16(&c);
    kk_seek(&c, f->jet3 ? 31 : 51);
    size_t indexes = kk_u32(&c);
    table->map = kk_u32(&c);
    kk_seek(&c, f->jet3 ? 43 : 63);
    size_t each = f->jet3 ? 8 : 12;
    kk_skip(&c, indexes < DEFINITION_MAX ? indexes * each : DEFINITION_MAX);
    if (c.bad || columns == 0 || columns > COLUMNS_MAX)
        return false;
    table->columns = KK_NEW_ARRAY(arena, kk_jet_column, columns);
    for (size_t i = 0; i < columns; i++)
        read_column(f, &c, &table->columns[i]);
    if (c.bad)
        return false;
    for (; table->count < columns; table->count++) {
        read_name(f, arena, &c, &table->columns[table->count]);
        if (c.bad)
            break;
    }
    table->cut = c.bad;
    sort(table->columns, table->count);
    return table->count > 0;
}

/* ---- Rows ---- */

static unsigned byte_at(kk_slice s, size_t at)
{
    return (uint8_t)s.ptr[at];
}

static unsigned u16_at(kk_slice s, size_t at)
{
    return byte_at(s, at) | byte_at(s, at + 1) << 8;
}

/* Where values begin, of Jet 3. `tail`: the number of them and what stands behind. */
static void read_places(kk_jet_row *row, size_t tail)
{
    kk_slice b = row->bytes;
    size_t count = byte_at(b, b.len - tail), jumps = (b.len - 1) / 256, used = 0;
    if (b.len < tail + jumps + count + 2)
        return;
    size_t list = b.len - tail - jumps - 1; /* the first place; the others before it */
    if (jumps && (list - count) / 256 < jumps)
        jumps--; /* made for the row's length, and not needed */
    for (size_t i = 0; i <= count; i++) {
        while (used < jumps && i == byte_at(b, b.len - tail - used - 1))
            used++;
        row->ends[i] = (uint16_t)(byte_at(b, list - i) + used * 256);
    }
    row->ends_count = (unsigned)count;
}

bool kk_jet_row_read(const kk_jet_file *f, kk_slice bytes, kk_jet_row *row)
{
    size_t head = f->jet3 ? 1 : 2;
    row->file = f;
    row->bytes = bytes;
    row->ends_count = 0;
    if (bytes.len < head)
        return false;
    row->columns = f->jet3 ? byte_at(bytes, 0) : u16_at(bytes, 0);
    size_t nulls = (row->columns + 7) / 8;
    if (row->columns == 0 || bytes.len < head + nulls)
        return false;
    row->nulls = kk_from(bytes, bytes.len - nulls);
    if (f->jet3 && bytes.len > head + nulls + 1)
        read_places(row, nulls + 1);
    else if (!f->jet3 && bytes.len >= head + nulls + 4)
        row->ends_count = u16_at(bytes, bytes.len - nulls - 2);
    return true;
}

static bool places_of(const kk_jet_row *row, unsigned i, size_t *begin, size_t *end)
{
    if (row->file->jet3) {
        *begin = row->ends[i];
        *end = row->ends[i + 1];
        return true;
    }
    size_t back = row->nulls.len + 4 + (size_t)i * 2;
    if (back + 4 > row->bytes.len)
        return false;
    *begin = u16_at(row->bytes, row->bytes.len - back);
    *end = u16_at(row->bytes, row->bytes.len - back - 2);
    return true;
}

static size_t fixed_length(const kk_jet_column *column)
{
    static const uint8_t sizes[] = {
        [KK_JET_BYTE] = 1,    [KK_JET_INT] = 2,    [KK_JET_LONGINT] = 4,
        [KK_JET_MONEY] = 8,   [KK_JET_FLOAT] = 4,  [KK_JET_DOUBLE] = 8,
        [KK_JET_DATE] = 8,    [KK_JET_GUID] = 16,  [KK_JET_NUMERIC] = 17,
        [KK_JET_COMPLEX] = 4, [KK_JET_BIGINT] = 8, [KK_JET_DATE_EXTENDED] = 42};
    size_t size = column->kind < sizeof sizes ? sizes[column->kind] : 0;
    return size ? size : column->length;
}

kk_jet_cell kk_jet_cell_of(const kk_jet_row *row, const kk_jet_column *column, kk_slice *bytes)
{
    size_t begin, end, head = row->file->jet3 ? 1 : 2;
    *bytes = KK_NONE;
    bool there = column->number < row->columns &&
                 (byte_at(row->nulls, column->number / 8) >> column->number % 8 & 1);
    if (!there)
        return KK_JET_NULL;
    if (column->kind == KK_JET_BOOL && !column->is_calculated)
        return KK_JET_VALUE;
    if (column->is_fixed) {
        begin = head + column->place;
        end = begin + fixed_length(column);
    } else {
        if (column->place >= row->ends_count)
            return KK_JET_NULL;
        if (!places_of(row, column->place, &begin, &end))
            return KK_JET_BAD;
    }
    if (begin > end || end > row->bytes.len - row->nulls.len || begin < head)
        return KK_JET_BAD;
    *bytes = kk_part(row->bytes, begin, end - begin);
    return KK_JET_VALUE;
}
