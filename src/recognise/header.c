/* Where the headings are: the row whose cells are best understood as headings. Lists from offices have
 * titles and blank rows above, and headings in two rows, the upper one merged over several columns
 * (注文者 over 氏名, 住所, 電話). */
#include "recognise/header.h"

#include "base/text.h"
#include "recognise/email.h"
#include "recognise/fold.h"

enum { ROWS_MAX = 10, EXACT = 4, INEXACT = 2, VALUE_LEN = 90 };

typedef struct {
    int score;
    size_t filled, hits, values, strong, names;
} rating;

/* Numbers, dates, addresses of mail: what stands in rows and not in headings. */
static bool is_value(kk_slice plain)
{
    size_t digits = 0;
    for (size_t i = 0; i < plain.len; i++)
        digits += kk_char_digit((unsigned char)plain.ptr[i]);
    size_t at = kk_find_byte(plain, '@');
    bool mail = at != KK_NOWHERE && at > 0 && kk_find_byte(kk_from(plain, at), '.') != KK_NOWHERE;
    return mail || plain.len > VALUE_LEN || (digits >= 4 && digits * 2 >= plain.len) ||
           (digits && digits == plain.len);
}

/* Whoever he is: 保護者氏名, 担当者名前; not 担当者, which may as well stand before a value. */
static bool says_name(kk_slice plain)
{
    return kk_ends(plain, KK_S("氏名")) || kk_ends(plain, KK_S("名前"));
}

static void rate(rating *r, kk_arena *arena, kk_slice word)
{
    kk_slice plain = kk_plain(arena, word);
    if (!plain.len)
        return;
    r->filled++;
    if (is_value(plain)) {
        r->values++;
        r->score -= EXACT;
        return;
    }
    kk_heading heading = kk_heading_read(arena, plain);
    if (heading.kind == KK_COL_UNKNOWN)
        return;
    r->hits++;
    r->strong += heading.strength == KK_HEADING_STRONG && heading.kind != KK_COL_IGNORED;
    r->names += heading.kind == KK_COL_NAME && heading.exact &&
                heading.strength == KK_HEADING_STRONG && (!heading.has_role || says_name(plain));
    r->score += heading.exact ? EXACT : INEXACT;
    r->score += heading.has_role;
}

static bool good_enough(const rating *r, size_t width)
{
    if (r->score < INEXACT || r->values * 3 > r->filled || !r->hits)
        return false;
    if (r->filled == 1 && width >= 3)
        return false;
    if (r->hits == 1 && r->filled >= 2 && r->score < EXACT)
        return false;
    /* 氏名, 出勤日数, 有給残 */
    return r->hits * 3 >= r->filled || r->hits >= 3 || (r->names && !r->values);
}

/* 0 for what is no day of a month. */
static unsigned day_at(const kk_cells *row, size_t at)
{
    kk_slice cell = at < row->count ? kk_trim(row->cells[at]) : KK_NONE;
    uint64_t day;
    return cell.len && cell.len <= 2 && kk_to_u64(cell, &day) && day <= 31 ? (unsigned)day : 0;
}

/* From 1 for 月 to 7 for 日; 0 for what is no day of a week. */
static unsigned weekday_at(const kk_cells *row, size_t at)
{
    static const char *const days[] = {"月", "火", "水", "木", "金", "土", "日"};
    kk_slice cell = at < row->count ? kk_trim(row->cells[at]) : KK_NONE;
    for (unsigned i = 0; i < sizeof days / sizeof *days; i++)
        if (kk_is(cell, days[i]))
            return i + 1;
    return 0;
}

static bool follows(unsigned day, unsigned before)
{
    return before && day == before % 7 + 1;
}

/* 1, 2, 3, ... or 月, 火, 水, ... over the days of a month are headings that say nothing of people, and no values. */
static bool is_in_calendar(const kk_cells *row, size_t at)
{
    unsigned weekday = weekday_at(row, at);
    if (weekday && ((at > 0 && follows(weekday, weekday_at(row, at - 1))) ||
                    follows(weekday_at(row, at + 1), weekday)))
        return true;
    unsigned day = day_at(row, at);
    return day && ((at > 0 && day_at(row, at - 1) + 1 == day && day > 1) ||
                   day_at(row, at + 1) == day + 1);
}

static rating rate_row(kk_arena *arena, const kk_cells *row)
{
    rating r = {0};
    for (size_t i = 0; i < row->count; i++) {
        bool calendar = is_in_calendar(row, i);
        r.filled += calendar;
        r.hits += calendar;
        if (!calendar)
            rate(&r, arena, row->cells[i]);
    }
    return r;
}

/* The upper heading reaches over the empty cells to its right. */
static kk_slice *joined_words(kk_arena *arena, const kk_cells *upper, const kk_cells *lower)
{
    size_t count = upper->count > lower->count ? upper->count : lower->count;
    kk_slice *words = KK_NEW_ARRAY(arena, kk_slice, count), over = KK_NONE;
    for (size_t i = 0; i < count; i++) {
        kk_slice top = i < upper->count ? kk_trim(upper->cells[i]) : KK_NONE;
        kk_slice below = i < lower->count ? kk_trim(lower->cells[i]) : KK_NONE;
        if (top.len)
            over = top;
        words[i] = below.len ? kk_join(arena, over, below) : top;
    }
    return words;
}

static void use_words(kk_header *header, kk_arena *arena, kk_slice *words, size_t count)
{
    header->words = words;
    header->count = count;
    header->headings = KK_NEW_ARRAY(arena, kk_heading, count);
    for (size_t i = 0; i < count; i++)
        header->headings[i] = kk_heading_read(arena, words[i]);
}

static size_t width_of(const kk_cells *rows, size_t count)
{
    size_t width = 0;
    for (size_t r = 0; r < count; r++) {
        size_t filled = 0;
        for (size_t i = 0; i < rows[r].count; i++)
            filled += rows[r].cells[i].len > 0;
        if (filled > width)
            width = filled;
    }
    return width;
}

static void try_two_rows(kk_header *best, int *best_score, kk_arena *arena, const kk_cells *rows,
                         const rating *ratings, size_t at, size_t width)
{
    const rating *upper = &ratings[at], *lower = &ratings[at + 1];
    if (upper->values || lower->values || !upper->filled || !lower->filled ||
        lower->hits * 3 < lower->filled)
        return;
    const kk_cells *top = &rows[at], *bottom = &rows[at + 1];
    /* one cell at the left, far over: the title of the page */
    if (upper->filled == 1 && width >= 3 && top->count && top->cells[0].len)
        return;
    size_t count = top->count > bottom->count ? top->count : bottom->count;
    kk_cells joined = {joined_words(arena, top, bottom), count};
    rating r = rate_row(arena, &joined);
    if (!good_enough(&r, width) || r.score <= *best_score)
        return;
    *best_score = r.score;
    best->found = true;
    best->first = at;
    best->last = at + 1;
}

/* 会員, below it 氏名, below that 漢字 and カナ: what the two rows below say, each under its own word. */
static kk_cells joined_rows(kk_arena *arena, const kk_cells *rows, size_t first, size_t last)
{
    kk_cells words = rows[last];
    for (size_t r = last; r-- > first;) {
        size_t count = rows[r].count > words.count ? rows[r].count : words.count;
        words = (kk_cells){joined_words(arena, &rows[r], &words), count};
    }
    return words;
}

static void try_three_rows(kk_header *best, int *best_score, kk_arena *arena, const kk_cells *rows,
                           const rating *ratings, size_t at, size_t width)
{
    const rating *middle = &ratings[at + 1], *lower = &ratings[at + 2];
    if (ratings[at].values || middle->values || lower->values || ratings[at].filled < 2 ||
        !lower->filled || !middle->hits || lower->hits * 3 < lower->filled)
        return;
    kk_cells joined = joined_rows(arena, rows, at, at + 2);
    rating r = rate_row(arena, &joined);
    if (!good_enough(&r, width) || r.score <= *best_score)
        return;
    *best_score = r.score;
    best->found = true;
    best->first = at;
    best->last = at + 2;
}

kk_header kk_header_find(kk_arena *arena, const kk_cells *rows, size_t row_count)
{
    kk_header best = {.found = false};
    rating ratings[ROWS_MAX + 1] = {0};
    size_t width = width_of(rows, row_count < 40 ? row_count : 40);
    size_t count = row_count < ROWS_MAX ? row_count : ROWS_MAX;
    int best_score = 0;
    for (size_t r = 0; r < count; r++) {
        ratings[r] = rate_row(arena, &rows[r]);
        if (!good_enough(&ratings[r], width) || ratings[r].score <= best_score)
            continue;
        best_score = ratings[r].score;
        best.found = true;
        best.first = best.last = r;
    }
    for (size_t r = 0; r + 1 < count; r++)
        try_two_rows(&best, &best_score, arena, rows, ratings, r, width);
    for (size_t r = 0; r + 2 < count; r++)
        try_three_rows(&best, &best_score, arena, rows, ratings, r, width);
    if (!best.found)
        return best;
    kk_cells joined = joined_rows(arena, rows, best.first, best.last);
    kk_slice *words = KK_NEW_ARRAY(arena, kk_slice, joined.count);
    for (size_t i = 0; i < joined.count; i++)
        words[i] = kk_trim(joined.cells[i]);
    use_words(&best, arena, words, joined.count);
    return best;
}

kk_header kk_header_of_columns(kk_arena *arena, const kk_slice *columns, size_t count)
{
    kk_header header = {.found = true};
    kk_slice *words = KK_NEW_ARRAY(arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        words[i] = kk_copy(arena, columns[i]);
    use_words(&header, arena, words, count);
    return header;
}

/* 氏名 and 電話番号 in one row are headings of people, whatever words stand beside them: a customer has a type and a
 * description, staff speak 日本語 and 英語. */
static bool heads_people(kk_arena *arena, const kk_cells *row)
{
    uint64_t kinds = 0;
    for (size_t i = 0; i < row->count; i++) {
        kk_heading heading = kk_heading_read(arena, row->cells[i]);
        if (heading.exact && heading.kind >= KK_COL_NAME && heading.kind <= KK_COL_EMAIL)
            kinds |= UINT64_C(1) << heading.kind;
    }
    return kinds & (kinds - 1);
}

static bool is_row_about_words(kk_arena *arena, const kk_cells *row)
{
    static const char *const of_fields[] = {
        "型",       "データ型",   "桁",          "桁数",   "長さ",   "必須",     "物理名",
        "論理名",   "項目名",     "カラム名",    "説明",   "例",     "サンプル", "フィールド",
        "設定値",   "設定値例",   "形式",        "既定値", "初期値", "type",     "field",
        "required", "example",    "description", "length", "format", "default",  "column",
        "カラム",   "パラメータ", "nullable",    "項目",   "画面名", "画面id",   "項目id",
        "入力規則", NULL};
    static const char *const languages[] = {
        "ja",    "en",    "zh",    "ko",    "fr",     "de",   "es",       "ja_jp",   "en_us",
        "ja-jp", "en-us", "zh_cn", "zh-cn", "日本語", "英語", "japanese", "english", NULL};
    static const char *const keys[] = {"key",    "キー",   "id",    "msgid",
                                       "識別子", "ラベル", "label", NULL};
    size_t fields = 0, tongues = 0;
    bool keyed = false;
    for (size_t i = 0; i < row->count; i++) {
        kk_slice word = kk_lower(arena, kk_dense(arena, kk_plain(arena, row->cells[i])));
        fields += kk_is_any(word, of_fields);
        tongues += kk_is_any(word, languages);
        keyed |= i == 0 && kk_is_any(word, keys);
    }
    return (fields >= 3 || (keyed && tongues >= 2)) && !heads_people(arena, row);
}

bool kk_is_about_words(kk_arena *arena, const kk_cells *rows, size_t row_count)
{
    enum { LOOKED_AT = 5 };
    for (size_t r = 0; r < row_count && r < LOOKED_AT; r++)
        if (is_row_about_words(arena, &rows[r]))
            return true;
    return false;
}
