/* Forms and sheets of labels, put into lines that are read like any text: see passage.c. */
#include "recognise/form.h"

#include "base/text.h"
#include "recognise/address.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/name.h"

enum {
    LABEL_BYTES = 40,
    PAIRS_MIN = 3,
    HEADINGS_MIN = 4,
    COLUMNS_MOST = 24,
    WORDED_ROWS = 40,
    SMALL_ROWS = 8,
    FORM_ROWS = 200,
    BLOCK_LINES = 3
};

/* ---- forms ---- */

/* 相談者住所: whose it is, and what. */
static bool is_of_somebody(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    static const char *const words[] = {"氏名", "住所", "電話番号", "電話", "生年月日", "年齢"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!kk_ends(cell, kk_cstr(words[i])) || cell.len == strlen(words[i]))
            continue;
        kk_heading who = kk_heading_read(arena, kk_part(cell, 0, cell.len - strlen(words[i])));
        if (who.kind == KK_COL_NAME && who.exact) {
            *heading = kk_heading_read(arena, kk_cstr(words[i]));
            return true;
        }
    }
    return false;
}

static bool is_label(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    if (!cell.len || cell.len > 2 * LABEL_BYTES)
        return false;
    *heading = kk_heading_read(arena, cell);
    bool of_name = heading->kind == KK_COL_NAME && kk_ends(cell, KK_S("氏名")); /* 受験者氏名 */
    return ((heading->exact || of_name) && heading->strength == KK_HEADING_STRONG) ||
           is_of_somebody(arena, cell, heading);
}

/* 負傷者, 死亡保険金受取人: a word before one other cell, whatever it means. */
static bool is_word(kk_slice cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (kk_char_digit((unsigned char)cell.ptr[i]) ||
            kk_find_byte(KK_S("@:\n"), cell.ptr[i]) != KK_NOWHERE)
            return false;
    return cell.len && cell.len <= LABEL_BYTES && ((unsigned char)cell.ptr[0] & 0x80);
}

/* 要介護度 | 要介護3: the value is worded like its label. */
static bool is_grade(const kk_heading *label, const kk_heading *of, kk_slice cell)
{
    bool digit = false;
    for (size_t i = 0; i < cell.len; i++)
        digit |= kk_char_digit((unsigned char)cell.ptr[i]) || of->part;
    return digit && of->kind == label->kind &&
           (of->kind == KK_COL_HEALTH || of->kind == KK_COL_DISABILITY);
}

/* What a label says in a line: without blanks and a colon of its own. */
static kk_slice label_of(kk_arena *arena, kk_slice cell)
{
    kk_slice word = kk_dense(arena, kk_plain(arena, cell));
    while (word.len && word.ptr[word.len - 1] == ':')
        word.len--;
    return word;
}

typedef struct {
    kk_arena *arena;
    const kk_lexicon *lexicon;
    kk_buffer *out;
    size_t filled, with_pairs, worded, sums;
    uint64_t kinds[2];
    bool named;
    bool
        told_twice; /* a known name behind its label, and another label with its value in that row */
} form;

static void note_pair(form *f, const kk_heading *heading, kk_slice value)
{
    f->kinds[heading->kind / 64] |= UINT64_C(1) << (heading->kind % 64);
    if (heading->kind != KK_COL_NAME)
        return;
    kk_name name = kk_name_read(f->arena, f->lexicon, value);
    f->named |=
        name.known || (name.split && name.script == KK_NAME_JAPANESE && name.standing == KK_COUNTS);
}

static size_t lines_in(kk_slice cell)
{
    size_t lines = 0;
    kk_slice rest = cell, line;
    while (kk_split(&rest, '\n', &line))
        lines += kk_trim(line).len > 0;
    return lines;
}

/* An address, a name and a telephone number below each other stay lines. */
static void put_cell(form *f, kk_slice cell)
{
    if (lines_in(cell) >= BLOCK_LINES) {
        kk_put(f->out, KK_S("\n"));
        kk_put(f->out, cell);
        return;
    }
    for (size_t i = 0; i < cell.len; i++)
        kk_put_byte(f->out, cell.ptr[i] == '\n' || cell.ptr[i] == '\r' ? ' ' : cell.ptr[i]);
}

/* Headings of a table, some of them not known: four labels, and few cells between. */
static bool is_row_of_headings(form *f, const kk_cells *row)
{
    size_t labels = 0, others = 0;
    for (size_t i = 0; i < row->count; i++) {
        kk_heading of;
        kk_slice cell = kk_trim(row->cells[i]);
        bool label = is_label(f->arena, cell, &of);
        labels += label;
        others += !label && cell.len;
    }
    return labels >= HEADINGS_MIN && others * 2 < labels;
}

/* ～ between two dates, and 2026/6/12 behind it: no words of their own. */
static bool goes_on(kk_slice cell)
{
    return cell.len <= strlen("～") || !is_word(cell);
}

/* A word that is no heading, and one cell behind it, or one and what goes on: 期間 | 2026/6/10 | ～ | 2026/6/12. */
static bool is_worded(form *f, const kk_cells *row)
{
    size_t filled = 0;
    bool first_goes_on = false;
    kk_heading heading;
    for (size_t i = 0; i < row->count; i++) {
        kk_slice cell = kk_trim(row->cells[i]);
        if (!cell.len)
            continue;
        filled++;
        if (is_label(f->arena, cell, &heading) || (filled == 1 && !is_word(cell)) ||
            (filled > 2 && !(first_goes_on && goes_on(cell))))
            return false;
        first_goes_on |= filled == 2 && goes_on(cell);
    }
    return filled >= 2;
}

static bool add_worded_pair(form *f, const kk_cells *row)
{
    size_t filled = 0;
    if (!is_worded(f, row))
        return false;
    if (!f->out->len || f->out->ptr[f->out->len - 1] != '\n')
        kk_put(f->out, KK_S("\n"));
    for (size_t i = 0; i < row->count; i++) {
        kk_slice cell = kk_trim(row->cells[i]);
        if (!cell.len)
            continue;
        if (filled++ == 0) {
            kk_put(f->out, label_of(f->arena, cell));
            kk_put(f->out, KK_S(":"));
            continue;
        }
        kk_put(f->out, KK_S(" "));
        put_cell(f, cell);
    }
    kk_put(f->out, KK_S("\n"));
    f->filled++;
    f->worded += filled == 2; /* of three cells it may as well be a row of a table */
    return true;
}

/* 合計 | 30名, below a list. */
static bool is_sum(const kk_cells *row)
{
    static const char *const words[] = {"合計", "小計", "総計", "計", "total", "Total", NULL};
    size_t i = 0;
    while (i < row->count && !kk_trim(row->cells[i]).len)
        i++;
    return i < row->count && kk_is_any(kk_trim(row->cells[i]), words);
}

/* 相談者氏名 | 佐藤 健一 | 年代・性別 | 30歳代: behind a whole name, in a row of pairs, a word before one more cell is a label
 * whatever it means. */
static bool begins_pair(form *f, const kk_cells *row, size_t at, const kk_heading *label)
{
    size_t before = 0, behind = 0;
    for (size_t i = 0; i < row->count; i++) {
        bool filled = kk_trim(row->cells[i]).len > 0;
        before += i < at && filled;
        behind += i >= at && filled;
    }
    if (label->kind != KK_COL_NAME || before % 2 || behind % 2 || !is_word(kk_trim(row->cells[at])))
        return false;
    size_t value = at;
    while (value > 0 && !kk_trim(row->cells[value - 1]).len)
        value--;
    kk_name name = kk_name_read(f->arena, f->lexicon, kk_trim(row->cells[value - 1]));
    return name.standing == KK_COUNTS && name.family.len && name.given.len;
}

/* One row: labels with what stands behind them up to the next label; the rest as it is. */
static void add_row(form *f, const kk_cells *row)
{
    bool filled = false, paired = false, labelled = false;
    bool headings = is_row_of_headings(f, row), known = false;
    kk_heading heading = {0}, of = {0};
    kk_column_kind before = KK_COL_UNKNOWN;
    if (add_worded_pair(f, row))
        return;
    for (size_t i = 0; i < row->count; i++) {
        kk_slice cell = kk_trim(row->cells[i]);
        if (!cell.len)
            continue;
        filled = true;
        bool follows = labelled && i > 0 && kk_trim(row->cells[i - 1]).len;
        if (is_label(f->arena, cell, &of) && !(follows && is_grade(&heading, &of, cell))) {
            heading = of;
            labelled = true;
            kk_put(f->out, KK_S("\n"));
            kk_put(f->out, label_of(f->arena, cell));
            kk_put(f->out, KK_S(":"));
            continue;
        }
        if (labelled && begins_pair(f, row, i, &heading)) {
            heading = (kk_heading){.kind = KK_COL_UNKNOWN};
            kk_putf(f->out, "\n%.*s:", KK_P(label_of(f->arena, cell)));
            continue;
        }
        if (labelled && !headings) {
            bool first = !paired;
            paired = true;
            f->told_twice |= !first && heading.kind != before && known;
            before = heading.kind;
            known |= heading.kind == KK_COL_NAME && kk_name_read(f->arena, f->lexicon, cell).known;
            note_pair(f, &heading, cell);
        }
        kk_put(f->out, labelled ? KK_S(" ") : KK_S("\n"));
        put_cell(f, cell);
    }
    kk_put(f->out, KK_S("\n"));
    f->filled += filled;
    f->with_pairs += paired;
    f->sums += paired && is_sum(row);
}

/* 申請者 | 鈴木 花子, 昭和44年10月9日生 | 〒305-0031, 茨城県..., 連絡先 029-...: one row whose cells have lines of their own, one of them
 * an address, is no table; empty if it is not that. */
static kk_slice text_of_layout(kk_arena *arena, const kk_cells *rows, size_t count)
{
    size_t with_lines = 0;
    bool place = false;
    kk_slice text = KK_NONE;
    for (size_t i = 0; count == 1 && i < rows->count; i++) {
        kk_slice cell = kk_trim(rows->cells[i]);
        with_lines += lines_in(cell) >= 2;
        place |= lines_in(cell) >= 2 && kk_starts(kk_plain(arena, cell), KK_S("〒"));
        if (cell.len)
            text = kk_print(arena, "%.*s%.*s\n", KK_P(text), KK_P(cell));
    }
    return with_lines >= 2 && place ? text : KK_NONE;
}

/* ---- parties beside each other ---- */

/* Where a row has the label of its column `from` once more, from two columns on; SIZE_MAX: nowhere. */
static size_t twin_of(kk_arena *arena, const kk_cells *row, size_t from)
{
    kk_heading heading;
    kk_slice label = kk_trim(row->cells[from]);
    if (!is_label(arena, label, &heading))
        return SIZE_MAX;
    for (size_t i = from + 2; i < row->count; i++)
        if (kk_eq(label_of(arena, kk_trim(row->cells[i])), label_of(arena, label)))
            return i;
    return SIZE_MAX;
}

/* The first label of a row that comes twice, and where it does. */
static size_t first_twin(kk_arena *arena, const kk_cells *row, size_t *right)
{
    for (size_t i = 0; i + 2 < row->count && i < COLUMNS_MOST; i++) {
        *right = twin_of(arena, row, i);
        if (*right != SIZE_MAX)
            return i;
    }
    return SIZE_MAX;
}

static bool has_label_at(kk_arena *arena, const kk_cells *row, size_t at)
{
    kk_heading heading;
    return at < row->count && is_label(arena, kk_trim(row->cells[at]), &heading);
}

typedef struct {
    size_t first, last, right; /* rows; the column where the second party begins */
} parties;

/* 氏名 | 佐藤 健一 | 氏名 | 鈴木 花子, and the same of another label in the rows below. */
static bool find_parties(kk_arena *arena, const kk_cells *rows, size_t count, parties *out)
{
    for (size_t r = 0; r + 1 < count; r++) {
        size_t right = SIZE_MAX, left = first_twin(arena, &rows[r], &right), twins = 1;
        if (left == SIZE_MAX)
            continue;
        size_t last = r;
        for (size_t i = r + 1; i < count && has_label_at(arena, &rows[i], left) &&
                               has_label_at(arena, &rows[i], right);
             i++) {
            twins += twin_of(arena, &rows[i], left) == right &&
                     !kk_eq(kk_trim(rows[i].cells[left]), kk_trim(rows[r].cells[left]));
            last = i;
        }
        if (twins < 2)
            continue;
        bool titled = r > 0 && rows[r - 1].count > right && kk_trim(rows[r - 1].cells[right]).len;
        *out = (parties){titled ? r - 1 : r, last, right};
        return true;
    }
    return false;
}

/* The rows with the second party's below the first one's. */
static kk_cells *rows_in_turn(kk_arena *arena, const kk_cells *rows, size_t count, const parties *p,
                              size_t *turned)
{
    kk_cells *all = KK_NEW_ARRAY(arena, kk_cells, count * 2 + 1);
    size_t n = 0;
    for (size_t r = 0; r <= p->last; r++) {
        all[n] = rows[r];
        if (r >= p->first && all[n].count > p->right)
            all[n].count = p->right;
        n++;
    }
    for (size_t r = p->first; r <= p->last; r++)
        if (rows[r].count > p->right)
            all[n++] = (kk_cells){rows[r].cells + p->right, rows[r].count - p->right};
    for (size_t r = p->last + 1; r < count; r++)
        all[n++] = rows[r];
    *turned = n;
    return all;
}

kk_slice kk_form_text(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                      size_t count, bool is_table)
{
    kk_buffer out = {0};
    kk_slice laid_out = text_of_layout(arena, rows, count);
    if (laid_out.len)
        return laid_out;
    form f = {.arena = arena, .lexicon = lexicon, .out = &out};
    parties beside;
    while (count <= FORM_ROWS && find_parties(arena, rows, count, &beside))
        rows = rows_in_turn(arena, rows, count, &beside, &count);
    for (size_t i = 0; i < count; i++)
        add_row(&f, &rows[i]);
    int kinds = __builtin_popcountll(f.kinds[0]) + __builtin_popcountll(f.kinds[1]);
    size_t pairs = f.with_pairs + f.worded;
    bool is_form =
        f.named && f.with_pairs >= PAIRS_MIN && kinds >= PAIRS_MIN && f.with_pairs * 2 >= f.filled;
    is_form |= f.told_twice && f.filled <= SMALL_ROWS; /* 応募者氏名 | 佐藤 健一 | 年齢 | 41 */
    bool name_and_reading = f.named && f.with_pairs == 2 && f.filled == 2 && kinds == 2 &&
                            (f.kinds[0] >> KK_COL_KANA & 1); /* 控除対象配偶者 氏名 | フリガナ */
    is_form |= name_and_reading;
    /* below 氏名 and 寄附金額, a name and a number are no word and what it is for; 合計 and 30名 may follow */
    bool is_list = is_table && f.with_pairs <= 1 + f.sums;
    /* 休暇届: 氏名 and 社員番号 among rows of a word and what it is for */
    is_form |= !is_list && f.named && f.with_pairs > 1 && kinds >= PAIRS_MIN && pairs > PAIRS_MIN &&
               pairs * 2 > f.filled && f.filled <= WORDED_ROWS;
    /* nothing but words and what they are for: its sentences are read like any */
    is_form |= !is_list && f.worded && pairs == f.filled && pairs <= WORDED_ROWS;
    kk_slice text = is_form ? kk_copy(arena, kk_buffer_slice(&out)) : KK_NONE;
    kk_buffer_close(&out);
    return text;
}

/* ---- labels ---- */

static kk_slice cell_at(const kk_cells *rows, size_t row, size_t column)
{
    return column < rows[row].count ? kk_trim(rows[row].cells[column]) : KK_NONE;
}

static bool is_place(kk_slice plain)
{
    size_t len;
    return kk_starts(plain, KK_S("〒")) || kk_prefecture_at(plain, &len);
}

static bool is_addressee(kk_slice plain)
{
    return kk_ends(plain, KK_S("様")) || kk_ends(plain, KK_S("殿")) || kk_ends(plain, KK_S("先生"));
}

/* The block that begins at this cell, empty if it is no label. A line of a label may be left empty (no
 * building), but nothing stands behind the name and an empty line. */
static kk_slice block_at(kk_arena *arena, const kk_cells *rows, size_t count, size_t row,
                         size_t column, size_t *end)
{
    kk_slice text = KK_NONE;
    bool place = false, addressee = false;
    for (*end = row; *end < count; (*end)++) {
        kk_slice cell = cell_at(rows, *end, column);
        bool goes_on = *end + 1 < count && cell_at(rows, *end + 1, column).len && !addressee;
        if (!cell.len && !goes_on)
            break;
        kk_slice plain = kk_plain(arena, cell);
        if (addressee && place && is_place(plain)) /* the next one: empty rows are not told */
            break;
        place |= is_place(plain);
        addressee |= is_addressee(plain);
        if (cell.len)
            text = kk_print(arena, "%.*s%.*s\n", KK_P(text), KK_P(cell));
    }
    return place && addressee ? text : KK_NONE;
}

size_t kk_label_blocks(kk_arena *arena, const kk_cells *rows, size_t count, kk_sheet_block **blocks)
{
    size_t found = 0, capacity = 0, free_from[COLUMNS_MOST] = {0};
    *blocks = NULL;
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < rows[r].count && c < COLUMNS_MOST; c++) {
            if (r < free_from[c] || !cell_at(rows, r, c).len)
                continue;
            kk_slice text = block_at(arena, rows, count, r, c, &free_from[c]);
            if (!text.len && lines_in(cell_at(rows, r, c)) >= BLOCK_LINES) {
                text = cell_at(rows, r, c); /* a letter's head, laid out in cells */
                free_from[c] = r + 1;
            }
            if (!text.len)
                continue;
            *blocks = kk_grow(arena, *blocks, &capacity, found + 1, sizeof **blocks);
            (*blocks)[found++] = (kk_sheet_block){text, r};
        }
    return found;
}

/* 佐藤 健一, and 090-5555-0101 below or beside it. */
static bool is_way_to(kk_arena *arena, kk_slice cell)
{
    kk_slice plain = kk_plain(arena, cell);
    for (size_t i = 0; i < plain.len; i++)
        if (!kk_char_digit((unsigned char)plain.ptr[i]) &&
            kk_find_byte(KK_S("-() "), plain.ptr[i]) == KK_NOWHERE)
            return false;
    size_t digits = kk_digits(arena, plain).len;
    return digits == 10 || digits == 11;
}

/* Kana in one piece may as well be how a branch is read: ホンテン. */
static bool is_known_name(kk_arena *arena, const kk_lexicon *lexicon, kk_slice cell)
{
    kk_slice plain = kk_plain(arena, cell);
    kk_name name = kk_name_read(arena, lexicon, plain);
    return name.standing == KK_COUNTS && name.known && (name.split || !kk_is_kana(plain));
}

size_t kk_contact_blocks(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                         size_t count, kk_sheet_block **blocks)
{
    enum { PEOPLE_MIN = 4, NAME_BYTES = 40 };
    size_t found = 0, capacity = 0, ways = 0, again = 0;
    kk_slice before = KK_NONE;
    *blocks = NULL;
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < rows[r].count && c < COLUMNS_MOST; c++) {
            kk_slice cell = cell_at(rows, r, c), way = cell_at(rows, r, c + 1);
            ways += is_way_to(arena, cell);
            if (!is_way_to(arena, way))
                way = r + 1 < count ? cell_at(rows, r + 1, c) : KK_NONE;
            if (!cell.len || cell.len > NAME_BYTES || !is_way_to(arena, way))
                continue;
            if (!is_known_name(arena, lexicon, cell))
                continue;
            again += kk_eq(cell, before);
            before = cell;
            *blocks = kk_grow(arena, *blocks, &capacity, found + 1, sizeof **blocks);
            (*blocks)[found++] = (kk_sheet_block){
                kk_print(arena, "氏名: %.*s\n電話: %.*s", KK_P(cell), KK_P(way)), r};
        }
    if (again * 2 > found) /* 関東, 関東, 関東: where shops are */
        return 0;
    return found >= PEOPLE_MIN && found * 4 >= ways * 3 ? found : 0;
}

size_t kk_seat_blocks(kk_arena *arena, const kk_cells *rows, size_t count, kk_sheet_block **blocks)
{
    enum { SEATS_MIN = 3, SEAT_BYTES = 120 };
    size_t found = 0, capacity = 0;
    *blocks = NULL;
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < rows[r].count; c++) {
            kk_slice cell = cell_at(rows, r, c);
            if (cell.len > SEAT_BYTES || !is_addressee(kk_plain(arena, cell)))
                continue;
            *blocks = kk_grow(arena, *blocks, &capacity, found + 1, sizeof **blocks);
            (*blocks)[found++] = (kk_sheet_block){cell, r};
        }
    return found >= SEATS_MIN ? found : 0;
}
