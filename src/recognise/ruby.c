#include "recognise/ruby.h"

#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/kana.h"

enum { HEADER_ROWS = 8, PAIRS_MIN = 2, WIDTH_MOST = 200 };

static kk_slice cell_at(const kk_cells *row, size_t at)
{
    return at < row->count ? kk_trim(row->cells[at]) : KK_NONE;
}

/* The only column of names; SIZE_MAX where there is none or several. */
static size_t name_in(kk_arena *arena, const kk_cells *row)
{
    size_t found = SIZE_MAX, headings = 0;
    for (size_t i = 0; i < row->count; i++) {
        kk_slice word = cell_at(row, i);
        kk_heading h = word.len && word.len <= 80 ? kk_heading_read(arena, word) : (kk_heading){0};
        headings += h.kind != KK_COL_UNKNOWN && h.exact;
        if (h.kind == KK_COL_KANA || h.kind == KK_COL_FAMILY_KANA)
            return SIZE_MAX;
        if (h.kind != KK_COL_NAME || !h.exact || h.has_role)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = i;
    }
    return headings >= 2 ? found : SIZE_MAX;
}

bool kk_is_ruby(const kk_ruby *ruby, kk_arena *arena, const kk_cells *row)
{
    return kk_is_kana(kk_plain(arena, cell_at(row, ruby->name)));
}

bool kk_ruby_join(const kk_ruby *ruby, kk_arena *arena, const kk_cells *above,
                  const kk_cells *below, kk_cells *joined)
{
    kk_slice name = cell_at(below, ruby->name);
    if (!name.len || kk_is_kana(kk_plain(arena, name)))
        return false;
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, ruby->width + 1);
    for (size_t i = 0; i < ruby->width; i++) {
        kk_slice upper = cell_at(above, i), lower = cell_at(below, i);
        if (i != ruby->name && upper.len && lower.len)
            return false;
        cells[i] = i == ruby->name || lower.len ? lower : upper;
    }
    cells[ruby->width] = cell_at(above, ruby->name);
    *joined = (kk_cells){cells, ruby->width + 1};
    return true;
}

kk_cells kk_ruby_headings(const kk_ruby *ruby, kk_arena *arena, const kk_cells *row)
{
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, ruby->width + 1);
    for (size_t i = 0; i < ruby->width; i++)
        cells[i] = cell_at(row, i);
    cells[ruby->width] = KK_S("フリガナ");
    return (kk_cells){cells, ruby->width + 1};
}

static bool are_pairs(const kk_ruby *ruby, kk_arena *arena, const kk_cells *rows,
                      const uint64_t *records, size_t count)
{
    size_t pairs = 0, readings = 0, names = 0;
    for (size_t r = ruby->header + 1; r < count; r++) {
        kk_cells joined;
        bool reading = kk_is_ruby(ruby, arena, &rows[r]);
        readings += reading;
        names += !reading && cell_at(&rows[r], ruby->name).len > 0;
        pairs += reading && r + 1 < count && records[r + 1] == records[r] + 1 &&
                 kk_ruby_join(ruby, arena, &rows[r], &rows[r + 1], &joined);
    }
    return pairs >= PAIRS_MIN && pairs * 2 > readings && pairs * 2 >= names;
}

kk_ruby kk_ruby_find(kk_arena *arena, const kk_cells *rows, const uint64_t *records, size_t count)
{
    kk_ruby ruby = {0};
    for (size_t r = 0; r + 2 < count && r < HEADER_ROWS; r++) {
        size_t at = name_in(arena, &rows[r]);
        if (at == SIZE_MAX)
            continue;
        ruby = (kk_ruby){.name = at, .header = r};
        for (size_t i = 0; i < count; i++)
            ruby.width = rows[i].count > ruby.width ? rows[i].count : ruby.width;
        if (ruby.width <= WIDTH_MOST && are_pairs(&ruby, arena, rows, records, count))
            return ruby;
        break;
    }
    return (kk_ruby){0};
}
