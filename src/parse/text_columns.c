/* Where columns begin shows in what stands at each place of the lines: behind two blanks or more, where digits end and
 * letters begin, and behind a date among digits. Places are halves of a kanji, as screens and printers count them. */
#include "parse/text_columns.h"

#include "base/text.h"

enum {
    LINES_MAX = 200,
    LINE_BYTES = 4096,
    WIDTH_MAX = 1200,
    COLUMNS_MAX = 64,
    COLUMNS_MIN = 3,
    PIECES_MIN = 3,
    RECORDS_MIN = 5, /* lines of one width */
    ROWS_MIN = 4,    /* lines with blanks */
    RECORD_WIDTH = 24,
    UNREAD_MIN = 10,
    UNREAD_WIDTH = 50,
    DATE_LEN = 8,
    LONG_WORDS = 16
};

typedef enum { NOTHING, BLANK, DIGIT, LETTER, KANA, WIDE, REST } sort; /* REST: of a kanji before */

typedef struct {
    sort sorts[WIDTH_MAX + 1];
    uint16_t bytes[WIDTH_MAX + 1]; /* where what stands here begins in the line */
    size_t width;
} places;

/* At each place, in how many lines ... */
typedef struct {
    size_t filled, digit, letter, split;
    size_t gap_before, gap_behind; /* ... two blanks or more end before it, begin here */
} count;

struct kk_text_columns {
    kk_document *document;
    const kk_text_around *text;
    const kk_services *services;
    kk_arena *of_block, *scratch;
    kk_slice lines[LINES_MAX];
    uint64_t offsets[LINES_MAX];
    size_t held, width; /* of the lines held */
    bool even;          /* they have one width */
    size_t parted;      /* how many of them have pieces with two blanks between */
    bool open;          /* a table is being told: */
    size_t begins[COLUMNS_MAX + 1], columns;
    places at;
    count *counts;
    uint64_t unread, first_unread;
};

kk_text_columns *kk_text_columns_open(kk_arena *arena, kk_document *document,
                                      const kk_text_around *text, const kk_services *services)
{
    kk_text_columns *c = KK_NEW(arena, kk_text_columns);
    c->document = document;
    c->text = text;
    c->services = services;
    c->scratch = kk_arena_open();
    c->of_block = kk_arena_open();
    c->counts = KK_NEW_ARRAY(arena, count, WIDTH_MAX + 2);
    return c;
}

static sort sort_of(uint32_t c)
{
    if (c == ' ' || c == 0x3000)
        return BLANK;
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (c >= 0xff61 && c <= 0xff9f)
        return KANA;
    return c >= 0x1100 ? WIDE : LETTER;
}

/* False for a line that is too wide. Blanks at the end are kept: they are part of a record's width. */
static bool lay_out(places *p, kk_slice line)
{
    p->width = 0;
    for (size_t at = 0; at < line.len;) {
        size_t from = at;
        uint32_t c = kk_next_char(line, &at);
        size_t wide = c >= 0x1100 && !(c >= 0xff61 && c <= 0xff9f) ? 2 : 1;
        if (p->width + wide > WIDTH_MAX)
            return false;
        for (size_t i = 0; i < wide; i++) {
            p->sorts[p->width] = i == 0 || c == 0x3000 ? sort_of(c) : REST;
            p->bytes[p->width++] = (uint16_t)from;
        }
    }
    p->bytes[p->width] = (uint16_t)line.len;
    return true;
}

static sort sort_at(const places *p, size_t at)
{
    return at < p->width ? p->sorts[at] : BLANK;
}

/* Whether more than one blank ends before the place: 佐藤　健一 is one thing, and so is what an end follows. */
static bool is_gap(const places *p, size_t from, size_t to)
{
    if (to <= from || (to < p->width && p->sorts[to] == BLANK))
        return false;
    bool one_wide = to - from == 2 && to <= p->width && p->bytes[from] == p->bytes[from + 1];
    return to - from >= 2 && !one_wide;
}

static size_t pieces_in(const places *p)
{
    size_t pieces = 0, end = 0;
    bool any = false;
    for (size_t i = 0; i < p->width; i++) {
        if (p->sorts[i] == BLANK)
            continue;
        pieces += !any || is_gap(p, end, i);
        any = true;
        end = i + 1;
    }
    return pieces;
}

/* ---- where columns begin ---- */

static void count_gaps(count *counts, const places *p, size_t width)
{
    for (size_t i = 0; i < width;) {
        size_t to = i;
        while (to < width && sort_at(p, to) == BLANK)
            to++;
        if (to > i && (to >= p->width || is_gap(p, i, to))) {
            counts[i].gap_behind++;
            counts[to].gap_before++;
        }
        i = to > i ? to : i + 1;
    }
}

static size_t count_places(kk_text_columns *c)
{
    size_t width = 0;
    memset(c->counts, 0, (WIDTH_MAX + 2) * sizeof *c->counts);
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        width = c->at.width > width ? c->at.width : width;
    }
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        for (size_t i = 0; i < width; i++) {
            sort s = sort_at(&c->at, i);
            c->counts[i].filled += s != BLANK;
            c->counts[i].digit += s == DIGIT;
            c->counts[i].letter += s == KANA || s == WIDE || s == REST;
            c->counts[i].split += s == REST;
        }
        count_gaps(c->counts, &c->at, width);
    }
    return width;
}

static bool most(size_t part, size_t all)
{
    return part * 10 >= all * 9;
}

static bool many(size_t part, size_t all)
{
    return part * 5 >= all * 3;
}

static bool begins_at(const kk_text_columns *c, size_t i)
{
    const count *own = &c->counts[i], *before = &c->counts[i - 1];
    size_t all = c->held;
    if (own->split)
        return false;
    bool starts = many(own->gap_before, all) && most(own->filled, all);
    bool ends = many(own->gap_behind, all) && most(before->filled, all);
    bool turns = (before->digit == all && own->letter == all) ||
                 (before->letter == all && own->digit == all);
    return starts || ends || turns;
}

static bool is_date(kk_slice digits)
{
    enum { FIRST_YEAR = 1900, LAST_YEAR = 2039 };
    uint64_t n;
    if (!kk_to_u64(digits, &n))
        return false;
    uint64_t year = n / 10000, month = n / 100 % 100, day = n % 100;
    return year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31;
}

/* 20260601 in every line, among digits that go on. */
static bool are_dates(kk_text_columns *c, size_t from)
{
    for (size_t i = from; i < from + DATE_LEN; i++)
        if (c->counts[i].digit != c->held)
            return false;
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        if (!is_date(kk_part(c->lines[l], c->at.bytes[from], DATE_LEN)))
            return false;
    }
    return true;
}

static void add_begin(kk_text_columns *c, size_t at)
{
    if (c->columns < COLUMNS_MAX && (!c->columns || c->begins[c->columns - 1] < at))
        c->begins[c->columns++] = at;
}

static bool is_empty(const kk_text_columns *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (c->counts[i].filled)
            return false;
    return true;
}

/* Columns in which nothing stands are a part of the one before. */
static void drop_empty(kk_text_columns *c, size_t width)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->columns; i++) {
        size_t to = i + 1 < c->columns ? c->begins[i + 1] : width;
        if (kept == 0 || !is_empty(c, c->begins[i], to))
            c->begins[kept++] = c->begins[i];
    }
    c->columns = kept;
}

/* Where the piece begins that the place is in. */
static size_t piece_begin(const places *p, size_t at)
{
    size_t begin = at;
    while (begin > 0) {
        size_t blank = begin;
        while (blank > 0 && sort_at(p, blank - 1) == BLANK)
            blank--;
        if (blank == 0 || is_gap(p, blank, begin))
            return begin;
        begin = blank;
        while (begin > 0 && sort_at(p, begin - 1) != BLANK)
            begin--;
    }
    return 0;
}

/* What reaches over the place in a few lines has to be a field that is full, from its own beginning on; 10 below 9, set
 * to the right, and 三郎 below 明, are not. */
static bool cuts_words(kk_text_columns *c, size_t at)
{
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        if (sort_at(&c->at, at) == BLANK || sort_at(&c->at, at - 1) == BLANK)
            continue;
        size_t begin = piece_begin(&c->at, at - 1), i = 0;
        while (i < c->columns && c->begins[i] != begin)
            i++;
        if (i == c->columns)
            return true;
    }
    return false;
}

static void find_columns(kk_text_columns *c)
{
    size_t width = count_places(c);
    c->columns = 0;
    add_begin(c, 0);
    for (size_t i = 1; i < width; i++) {
        if (begins_at(c, i) && !cuts_words(c, i))
            add_begin(c, i);
        bool dates = c->even && i + DATE_LEN <= width && are_dates(c, i);
        if (dates && c->counts[i - 1].digit == c->held)
            add_begin(c, i);
        if (dates && i + DATE_LEN < width && c->counts[i + DATE_LEN].digit == c->held) {
            add_begin(c, i);
            add_begin(c, i + DATE_LEN);
            i += DATE_LEN;
        }
    }
    drop_empty(c, width);
}

/* ---- rows ---- */

static void tell_cells(kk_text_columns *c, const kk_slice *cells, uint64_t offset)
{
    kk_document_at(c->document, offset);
    kk_document_begin_row(c->document);
    for (size_t i = 0; i < c->columns; i++) {
        kk_document_begin_cell(c->document);
        kk_document_text(c->document, kk_trim(cells[i]));
        kk_document_end_cell(c->document, 1, 0);
    }
    kk_document_end_row(c->document, 1);
}

/* The pieces one after the other, where one that is too long has moved the others. */
static bool take_pieces(const places *p, kk_slice line, kk_slice *cells, size_t wanted)
{
    size_t found = 0, end = 0;
    for (size_t i = 0; i < p->width; i++) {
        if (p->sorts[i] == BLANK)
            continue;
        if (!found || is_gap(p, end, i)) {
            if (found == wanted)
                return false;
            cells[found++] = kk_part(line, p->bytes[i], 0);
        }
        end = i + 1;
        cells[found - 1].len = (size_t)(line.ptr + p->bytes[end] - cells[found - 1].ptr);
        if (p->bytes[end] == p->bytes[i]) /* the first half of a kanji */
            cells[found - 1].len = (size_t)(line.ptr + p->bytes[end + 1] - cells[found - 1].ptr);
    }
    return found == wanted;
}

/* Where the cell of a column ends that is too long for it: at the last blank that leaves a word for each of the `rest`
 * columns behind. */
static size_t end_of_long(const places *p, size_t from, size_t rest)
{
    size_t ends[LONG_WORDS], words = 0;
    for (size_t i = from; i < p->width && words < LONG_WORDS; i++)
        if (p->sorts[i] != BLANK && sort_at(p, i + 1) == BLANK)
            ends[words++] = i + 1;
    if (words < 2)
        return p->width;
    return words > rest ? ends[words - rest - 1] : ends[0];
}

/* False where the line does not keep to the columns. */
static bool cut_row(kk_text_columns *c, kk_slice line, kk_slice *cells)
{
    places *p = &c->at;
    size_t filled = 0, from = 0;
    if (!lay_out(p, line) || (c->even && p->width != c->width))
        return false;
    size_t pieces = c->even ? 0 : pieces_in(p);
    if (!c->even && (pieces < 2 || pieces == c->columns))
        return pieces > 1 && take_pieces(p, line, cells, c->columns);
    for (size_t i = 0; i < c->columns; i++) {
        size_t to = i + 1 < c->columns ? c->begins[i + 1] : p->width;
        to = to < p->width ? to : p->width;
        bool crosses = to > 0 && sort_at(p, to) != BLANK && sort_at(p, to - 1) != BLANK;
        if (c->even ? sort_at(p, to) == REST : crosses)
            to = c->even ? p->width + 1 : end_of_long(p, to, c->columns - i - 1);
        if (to < from || to > p->width)
            return false;
        cells[i] = kk_part(line, p->bytes[from], (size_t)(p->bytes[to] - p->bytes[from]));
        filled += kk_trim(cells[i]).len > 0;
        from = to;
    }
    return filled >= 2;
}

/* ---- lines that are held ---- */

/* What records have and paragraphs do not: runs of blanks, or a quarter of digits. */
static bool is_like_record(const places *p)
{
    enum { BLANKS_MIN = 3 };
    size_t blanks = 0, digits = 0, run = 0;
    for (size_t i = 0; i < p->width; i++) {
        run = p->sorts[i] == BLANK ? run + 1 : 0;
        blanks += run == BLANKS_MIN;
        digits += p->sorts[i] == DIGIT;
    }
    return blanks > 0 || digits * 4 >= p->width;
}

static void note_unread(kk_text_columns *c)
{
    size_t like = 0, japanese = 0;
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        like += is_like_record(&c->at);
        for (size_t i = 0; i < c->at.width; i++)
            if (c->at.sorts[i] == WIDE || c->at.sorts[i] == KANA) {
                japanese++;
                break;
            }
    }
    if (c->held < UNREAD_MIN || c->width < UNREAD_WIDTH || !most(like, c->held) ||
        !most(japanese, c->held))
        return;
    if (!c->unread)
        c->first_unread = c->offsets[0];
    c->unread += c->held;
}

/* Half of the pieces of one of the first lines are what stands over columns. */
static bool is_headed(kk_text_columns *c)
{
    enum { LOOKED_AT = 3 };
    kk_slice pieces[COLUMNS_MAX];
    const kk_services *s = c->services;
    for (size_t l = 0; l < c->held && l < LOOKED_AT && s && s->is_heading; l++) {
        size_t known = 0, all;
        (void)lay_out(&c->at, c->lines[l]);
        all = pieces_in(&c->at);
        if (all > COLUMNS_MAX || !take_pieces(&c->at, c->lines[l], pieces, all))
            continue;
        for (size_t i = 0; i < all; i++)
            known += s->is_heading(s->context, c->scratch, pieces[i]);
        kk_arena_reset(c->scratch);
        if (known >= 2 && known * 2 >= all)
            return true;
    }
    return false;
}

/* 10:02 佐藤 はい: a line of a talk, which is text. */
static bool is_said(kk_slice line)
{
    size_t at = 0, digits = 0;
    line = kk_trim(line);
    for (; at < line.len && at < 5 && line.ptr[at] != ':'; at++)
        digits += line.ptr[at] >= '0' && line.ptr[at] <= '9';
    return digits && digits == at && digits <= 2 && at + 2 < line.len;
}

/* Without headings above, all lines have to be alike. */
static bool are_alike(kk_text_columns *c)
{
    size_t same = 0, said = 0;
    for (size_t l = 0; l < c->held; l++) {
        (void)lay_out(&c->at, c->lines[l]);
        same += pieces_in(&c->at) == c->columns;
        said += is_said(c->lines[l]);
    }
    return c->held >= RECORDS_MIN && most(same, c->held) && said * 2 < c->held;
}

static bool is_table(kk_text_columns *c)
{
    bool even = c->even && c->held >= RECORDS_MIN && c->width >= RECORD_WIDTH;
    bool parted = c->held >= ROWS_MIN && c->parted * 5 >= c->held * 4;
    if (!even && !parted)
        return false;
    c->even = even;
    find_columns(c);
    return c->columns >= COLUMNS_MIN && (even || is_headed(c) || are_alike(c));
}

/* A line inside a table that is none of its rows: the title of a group. */
static void tell_title(kk_text_columns *c, kk_slice line, uint64_t offset)
{
    kk_document_at(c->document, offset);
    kk_document_begin_row(c->document);
    kk_document_begin_cell(c->document);
    kk_document_text(c->document, kk_trim(line));
    kk_document_end_cell(c->document, 1, 0);
    kk_document_end_row(c->document, 1);
}

static void give_back(kk_text_columns *c)
{
    for (size_t l = 0; l < c->held; l++)
        c->text->plain(c->text->context, c->lines[l], c->offsets[l]);
    c->held = 0;
}

static void hold(kk_text_columns *c, kk_slice line, uint64_t offset)
{
    if (!c->held)
        kk_arena_reset(c->of_block);
    c->lines[c->held] = kk_copy(c->of_block, line);
    c->offsets[c->held++] = offset;
}

/* The lines held are told, as a table or as text. */
static void settle(kk_text_columns *c)
{
    kk_slice cells[COLUMNS_MAX];
    bool even = c->even && c->width >= RECORD_WIDTH;
    if (!c->held)
        return;
    c->open = is_table(c);
    if (!c->open) {
        if (even)
            note_unread(c);
        give_back(c);
        return;
    }
    c->text->begin_table(c->text->context);
    kk_document_at(c->document, c->offsets[0]);
    kk_document_begin_table(c->document, KK_S(""));
    for (size_t l = 0; l < c->held; l++) {
        if (cut_row(c, c->lines[l], cells))
            tell_cells(c, cells, c->offsets[l]);
        else
            tell_title(c, c->lines[l], c->offsets[l]);
    }
    c->held = 0;
}

static void close_table(kk_text_columns *c)
{
    kk_document_end_table(c->document);
    c->open = false;
    give_back(c);
}

/* A row, or a line that waits for one behind it. */
static bool take_row(kk_text_columns *c, kk_slice line, uint64_t offset)
{
    kk_slice cells[COLUMNS_MAX];
    if (!kk_trim(line).len)
        return true;
    if (cut_row(c, line, cells)) {
        if (c->held)
            tell_title(c, c->lines[0], c->offsets[0]);
        c->held = 0;
        tell_cells(c, cells, offset);
        return true;
    }
    if (!c->held && !c->even && pieces_in(&c->at) == 1) {
        hold(c, line, offset);
        return true;
    }
    close_table(c);
    return false;
}

/* Whether the line, which is laid out, may be one more of those held. */
static bool goes_on(const kk_text_columns *c, bool parted)
{
    bool even = c->even && c->at.width == c->width && c->width >= RECORD_WIDTH;
    return even || parted || c->parted * 5 >= (c->held + 1) * 4;
}

bool kk_text_columns_take(kk_text_columns *c, kk_slice line, uint64_t offset)
{
    if (c->open && take_row(c, line, offset))
        return true;
    bool fits = line.len <= LINE_BYTES && kk_find_byte(line, '\t') == KK_NOWHERE &&
                lay_out(&c->at, line) && pieces_in(&c->at) > 0;
    bool parted = fits && pieces_in(&c->at) >= PIECES_MIN;
    if (c->held && (!fits || !goes_on(c, parted))) {
        settle(c);
        if (c->open && take_row(c, line, offset))
            return true;
        fits = fits && lay_out(&c->at, line);
    }
    if (!fits || (!parted && c->at.width < RECORD_WIDTH))
        return false;
    if (!c->held) {
        c->even = true;
        c->width = c->at.width;
        c->parted = 0;
    }
    c->even = c->even && c->at.width == c->width;
    c->parted += parted;
    hold(c, line, offset);
    if (c->held == LINES_MAX)
        settle(c);
    return true;
}

void kk_text_columns_end(kk_text_columns *c)
{
    if (c->open)
        close_table(c);
    else
        settle(c);
    if (c->open)
        close_table(c);
}

uint64_t kk_text_columns_unread(const kk_text_columns *c, uint64_t *first)
{
    *first = c->first_unread;
    return c->unread;
}

void kk_text_columns_close(kk_text_columns *c)
{
    kk_arena_close(c->of_block);
    kk_arena_close(c->scratch);
}
