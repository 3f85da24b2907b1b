/* Japanese addresses run from the large to the small: prefecture, city, town, numbers, building, room.
 * Everything up to the first block number is the place; numbers are brought to a-b-c, whatever stood
 * between them (丁目, 番地, 番, 号, の, dashes). Kyoto also names a house by its streets (…通…上る),
 * which may be left out: they are taken off first. */
#include "recognise/address.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/wide.h"
#include "recognise/date.h"
#include "recognise/fold.h"

#include <uchar.h>

static const kk_slice prefectures[] = {
    KK_WORD("北海道"), KK_WORD("青森県"),   KK_WORD("岩手県"), KK_WORD("宮城県"),
    KK_WORD("秋田県"), KK_WORD("山形県"),   KK_WORD("福島県"), KK_WORD("茨城県"),
    KK_WORD("栃木県"), KK_WORD("群馬県"),   KK_WORD("埼玉県"), KK_WORD("千葉県"),
    KK_WORD("東京都"), KK_WORD("神奈川県"), KK_WORD("新潟県"), KK_WORD("富山県"),
    KK_WORD("石川県"), KK_WORD("福井県"),   KK_WORD("山梨県"), KK_WORD("長野県"),
    KK_WORD("岐阜県"), KK_WORD("静岡県"),   KK_WORD("愛知県"), KK_WORD("三重県"),
    KK_WORD("滋賀県"), KK_WORD("京都府"),   KK_WORD("大阪府"), KK_WORD("兵庫県"),
    KK_WORD("奈良県"), KK_WORD("和歌山県"), KK_WORD("鳥取県"), KK_WORD("島根県"),
    KK_WORD("岡山県"), KK_WORD("広島県"),   KK_WORD("山口県"), KK_WORD("徳島県"),
    KK_WORD("香川県"), KK_WORD("愛媛県"),   KK_WORD("高知県"), KK_WORD("福岡県"),
    KK_WORD("佐賀県"), KK_WORD("長崎県"),   KK_WORD("熊本県"), KK_WORD("大分県"),
    KK_WORD("宮崎県"), KK_WORD("鹿児島県"), KK_WORD("沖縄県"),
};

/* What a kanji can mean to an address, whatever stands around it. */
enum {
    IS_NUMBER = 1,
    IS_KIND = 2,         /* 市 区 町 村 */
    IS_DISTRICT = 4,     /* 郡 */
    IS_SECTION = 8,      /* 字 */
    IS_BLOCK = 16,       /* 番 */
    PREFECTURE_SHIFT = 8 /* above: the first prefecture that begins with it, from 1 */
};
#define AT(kanji) [(kanji)-KK_KANJI_FIRST]
#define FIRST(prefecture) (prefecture) << PREFECTURE_SHIFT
static const uint16_t marks[KK_KANJI] = {
    AT(U'北') = FIRST(1),    AT(U'青') = FIRST(2),
    AT(U'岩') = FIRST(3),    AT(U'宮') = FIRST(4),
    AT(U'秋') = FIRST(5),    AT(U'山') = FIRST(6),
    AT(U'福') = FIRST(7),    AT(U'茨') = FIRST(8),
    AT(U'栃') = FIRST(9),    AT(U'群') = FIRST(10),
    AT(U'埼') = FIRST(11),   AT(U'千') = IS_NUMBER | FIRST(12),
    AT(U'東') = FIRST(13),   AT(U'神') = FIRST(14),
    AT(U'新') = FIRST(15),   AT(U'富') = FIRST(16),
    AT(U'石') = FIRST(17),   AT(U'長') = FIRST(20),
    AT(U'岐') = FIRST(21),   AT(U'静') = FIRST(22),
    AT(U'愛') = FIRST(23),   AT(U'三') = IS_NUMBER | FIRST(24),
    AT(U'滋') = FIRST(25),   AT(U'京') = FIRST(26),
    AT(U'大') = FIRST(27),   AT(U'兵') = FIRST(28),
    AT(U'奈') = FIRST(29),   AT(U'和') = FIRST(30),
    AT(U'鳥') = FIRST(31),   AT(U'島') = FIRST(32),
    AT(U'岡') = FIRST(33),   AT(U'広') = FIRST(34),
    AT(U'徳') = FIRST(36),   AT(U'香') = FIRST(37),
    AT(U'高') = FIRST(39),   AT(U'佐') = FIRST(41),
    AT(U'熊') = FIRST(43),   AT(U'鹿') = FIRST(46),
    AT(U'沖') = FIRST(47),   AT(U'一') = IS_NUMBER,
    AT(U'二') = IS_NUMBER,   AT(U'四') = IS_NUMBER,
    AT(U'五') = IS_NUMBER,   AT(U'六') = IS_NUMBER,
    AT(U'七') = IS_NUMBER,   AT(U'八') = IS_NUMBER,
    AT(U'九') = IS_NUMBER,   AT(U'零') = IS_NUMBER,
    AT(U'壱') = IS_NUMBER,   AT(U'弐') = IS_NUMBER,
    AT(U'参') = IS_NUMBER,   AT(U'十') = IS_NUMBER,
    AT(U'百') = IS_NUMBER,   AT(U'廿') = IS_NUMBER,
    AT(U'市') = IS_KIND,     AT(U'区') = IS_KIND,
    AT(U'町') = IS_KIND,     AT(U'村') = IS_KIND,
    AT(U'郡') = IS_DISTRICT, AT(U'字') = IS_SECTION,
    AT(U'番') = IS_BLOCK,
};
#undef AT
#undef FIRST
/* The next prefecture that begins with the same character. */
static const uint8_t next_alike[48] = {
    [4] = 45, [6] = 19, [7] = 18, [18] = 40, [19] = 35, [20] = 42, [23] = 38, [27] = 44};

static unsigned marks_of(uint32_t c)
{
    if (c - KK_KANJI_FIRST < KK_KANJI)
        return marks[c - KK_KANJI_FIRST];
    return c == 0x3007 ? IS_NUMBER : 0; /* 〇 */
}

kk_slice kk_prefecture_of_code(kk_slice plain)
{
    uint64_t code;
    if (!kk_starts(plain, KK_S("JP")) || plain.len > strlen("JP-13"))
        return KK_NONE;
    kk_slice digits = kk_from(plain, kk_starts(plain, KK_S("JP-")) ? 3 : 2);
    bool is = digits.len == 2 && kk_to_u64(digits, &code) && code && code <= KK_COUNT(prefectures);
    return is ? prefectures[code - 1] : KK_NONE;
}

enum { CITY_WITHIN = 18 }; /* bytes behind a prefecture without 県 */

int kk_prefecture_at(kk_slice plain, size_t *len)
{
    size_t at = 0;
    int first = (int)(marks_of(kk_plain_char(plain, &at)) >> PREFECTURE_SHIFT);
    for (int i = first; i; i = next_alike[i]) {
        kk_slice name = prefectures[i - 1];
        if (kk_starts(plain, name)) {
            *len = name.len;
            return i;
        }
    }
    /* without 県: only when a city follows, for 千葉市 is a city and 千葉 a surname */
    for (int i = first; i; i = next_alike[i]) {
        kk_slice stem = {prefectures[i - 1].ptr, prefectures[i - 1].len - 3};
        if (i == 1 || !kk_starts(plain, stem) || plain.len < stem.len + 9)
            continue;
        kk_slice rest = kk_part(kk_from(plain, stem.len), 0, CITY_WITHIN);
        size_t city = kk_find(rest, KK_S("市")), district = kk_find(rest, KK_S("郡"));
        if ((city != KK_NOWHERE && city >= 3) || (district != KK_NOWHERE && district >= 6)) {
            *len = stem.len;
            return i;
        }
    }
    return 0;
}

/* Of eight bytes, each that is a digit has its highest bit set, and no other has. */
static uint64_t digits_of(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = word & 0x7f * each;
    return ((low + (0x80 - '0') * each) ^ (low + (0x7f - '9') * each)) & ~word & 0x80 * each;
}

/* How many there are, and how many characters stand between them but dashes and blanks. */
static size_t count_digits(kk_slice plain, char digits[8], size_t *others)
{
    size_t count = 0;
    *others = 0;
    for (size_t at = 0; at < plain.len;) {
        uint32_t c = kk_plain_char(plain, &at);
        if (kk_char_digit(c)) {
            if (count < 8)
                digits[count] = (char)c;
            count++;
        } else {
            *others += !kk_char_dash(c) && c != ' ';
        }
    }
    return count;
}

/* 100-0001 and 1000001, as most are: seven digits in `number`. */
static bool take_seven(kk_slice plain, char number[8])
{
    uint64_t word;
    if (plain.len == 8 && plain.ptr[3] == '-') {
        memcpy(&word, plain.ptr, 8);
        word = (word & 0xffffff) | word >> 32 << 24;
    } else if (plain.len == 7) {
        word = kk_few_bytes(plain.ptr, 7);
    } else {
        return false;
    }
    word |= (uint64_t)'0' << 56;
    memcpy(number, &word, 8);
    return digits_of(word) == UINT64_C(0x8080808080808080);
}

kk_slice kk_postal_read(kk_arena *arena, kk_slice plain, bool *japanese)
{
    if (kk_starts(plain, KK_S("〒")))
        plain = kk_trim(kk_from(plain, strlen("〒")));
    *japanese = false;
    char number[8];
    size_t others = 0, digits = 7;
    if (!take_seven(plain, number))
        digits = count_digits(plain, number, &others);
    if (!others && (digits == 7 || digits == 6)) {
        char *text = kk_take_bytes(arena, 8);
        text[0] = '0'; /* of six: a spreadsheet took the zero off Hokkaidō, Aomori, Iwate, Akita */
        memcpy(text + (7 - digits), number, digits);
        kk_slice zip = {text, 7};
        bool same = true;
        for (size_t i = 1; i < zip.len; i++)
            same &= zip.ptr[i] == zip.ptr[0];
        if (same || kk_starts(zip, KK_S("000")) || kk_eq(zip, KK_S("1234567")))
            return KK_NONE;
        *japanese = true;
        return zip;
    }
    if (digits < 3 || plain.len > 10 || others > 4)
        return KK_NONE;
    return kk_lower(arena, kk_dense(arena, plain));
}

/* ---- numbers ---- */

static bool is_chome(kk_slice text, size_t at)
{
    size_t from = at;
    while (at < text.len && kk_char_digit((unsigned char)text.ptr[at]))
        at++;
    return at > from && kk_word_at(text, at, KK_S("丁目"));
}

/* Whether the number in kanji that ends at `end` is a number of a block: 二丁目, 三番, 五号, 十条西. */
static bool kanji_counts(kk_slice text, size_t end)
{
    if (kk_word_at(text, end, KK_S("丁目")) || kk_word_at(text, end, KK_S("番地")) ||
        kk_word_at(text, end, KK_S("地割")) || kk_word_at(text, end, KK_S("号棟")) ||
        kk_word_at(text, end, KK_S("号室")))
        return true;
    if (kk_word_at(text, end, KK_S("番町")) || kk_word_at(text, end, KK_S("番丁")) ||
        kk_word_at(text, end, KK_S("番館")))
        return false;
    size_t next = end;
    uint32_t mark = end < text.len ? kk_plain_char(text, &next) : 0;
    if (mark == 0x4e01) /* 二丁 of Sakai, not the 丁 of a name */
        return next >= text.len || kk_char_digit((unsigned char)text.ptr[next]) ||
               text.ptr[next] == ' ';
    if (mark != 0x756a && mark != 0x53f7 && mark != 0x306e && mark != 0x30ce &&
        !(kk_char_dash(mark) && mark != 0x30fc)) /* 番 号 の ノ - */
        return false;
    size_t after = next;
    uint32_t number, c = after < text.len ? kk_plain_char(text, &after) : 0;
    if (mark == 0x756a && is_chome(text, next)) /* 麻布十番2丁目 */
        return false;
    return (mark == 0x756a || mark == 0x53f7)
               ? c == 0 || c == ' ' || kk_char_digit(c) || kk_kanji_number(text, &next, &number)
               : kk_char_digit(c) || kk_kanji_number(text, &next, &number);
}

/* Streets without names: in Hokkaidō; elsewhere not; where no prefecture is said, between two points
 * of the compass. */
typedef enum { GRID_NOT, GRID_PERHAPS, GRID_OF_STREETS } grid_kind;

/* 北一条西二丁目: a street of Hokkaidō, between points of the compass; not 東十条 of Tōkyō. */
static bool is_grid_street(kk_slice text, size_t begin, size_t end, grid_kind grid)
{
    if (grid == GRID_NOT)
        return false;
    if (!kk_word_at(text, end, KK_S("条")) && !kk_word_at(text, end, KK_S("線")))
        return false;
    static const kk_slice compass[] = {KK_WORD("北"), KK_WORD("南"), KK_WORD("東"), KK_WORD("西")};
    bool before = false, after = end + 3 >= text.len;
    for (int i = 0; i < 4; i++) {
        before |= begin >= 3 && kk_word_at(text, begin - 3, compass[i]);
        after |= kk_word_at(text, end + 3, compass[i]);
    }
    if (grid == GRID_PERHAPS)
        return before && after && end + 3 < text.len;
    size_t next = end + 3;
    uint32_t number;
    after |= next < text.len && (kk_char_digit((unsigned char)text.ptr[next]) ||
                                 kk_kanji_number(text, &next, &number));
    return before || after;
}

/* Whether the number in kanji from `begin` to `end` counts blocks; `before` is the character in front of
 * it, 0 for none. */
static bool counts_blocks(kk_slice text, size_t begin, size_t end, char before, grid_kind grid)
{
    bool after_number = before == '-' || kk_char_digit((unsigned char)before);
    return kanji_counts(text, end) || is_grid_street(text, begin, end, grid) ||
           (after_number && (end >= text.len || kk_word_at(text, end, KK_S(" ")))) ||
           (end >= text.len && end - begin >= 9);
}

/* Where the first such number is, or the text's end. */
static size_t first_counting(kk_slice text, grid_kind grid)
{
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t number;
        if (!(marks_of(kk_plain_char(text, &at)) & IS_NUMBER))
            continue;
        at = begin;
        (void)kk_kanji_number(text, &at, &number);
        if (counts_blocks(text, begin, at, begin ? text.ptr[begin - 1] : 0, grid))
            return begin;
    }
    return text.len;
}

/* Numbers in kanji that count blocks become digits; 三田 and 八丁堀 stay. */
static kk_slice to_digits(kk_arena *arena, kk_slice text, grid_kind grid)
{
    size_t at = first_counting(text, grid);
    if (at == text.len)
        return text;
    kk_pen pen = kk_pen_open(arena, text.len * 2 + 16);
    kk_pen_add(&pen, kk_part(text, 0, at));
    while (at < text.len) {
        size_t end = at;
        uint32_t number;
        if (!kk_kanji_number(text, &end, &number))
            kk_pen_put(&pen, kk_plain_char(text, &end));
        else if (counts_blocks(text, at, end, pen.len ? pen.ptr[pen.len - 1] : 0, grid))
            kk_pen_add(&pen, kk_print(arena, "%u", number));
        else /* a kanji number that counts nothing, whole */
            kk_pen_add(&pen, kk_part(text, at, end - at));
        at = end;
    }
    return kk_pen_slice(&pen);
}

/* 7番町 is 七番町: a name, however it is written. */
static kk_slice name_numbers(kk_arena *arena, kk_slice text)
{
    static const char *const digits[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    kk_pen pen = kk_pen_open(arena, text.len * 2 + 16);
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && kk_char_digit((unsigned char)text.ptr[end]))
            end++;
        bool name = kk_word_at(text, end, KK_S("番町")) || kk_word_at(text, end, KK_S("番丁"));
        if (name && end > at && end - at <= 2) {
            int tens = end - at == 2 ? text.ptr[at] - '0' : 0, ones = text.ptr[end - 1] - '0';
            kk_pen_add(&pen, kk_cstr(tens > 1 ? digits[tens] : ""));
            kk_pen_add(&pen, kk_cstr(tens ? "十" : ""));
            kk_pen_add(&pen, kk_cstr(digits[ones]));
        } else {
            end = end > at ? end : at;
            kk_pen_add(&pen, kk_part(text, at, end - at));
            if (end == at)
                kk_pen_put(&pen, kk_plain_char(text, &end));
        }
        at = end;
    }
    return kk_pen_slice(&pen);
}

/* A word that may stand between two numbers of a block; 0 for none, or where it counts houses or rooms. */
static size_t word_between(kk_slice text, size_t at)
{
    size_t next = at;
    switch (kk_plain_char(text, &next)) {
    case U'丁':
        return kk_word_at(text, next, KK_S("目")) ? 6 : 3;
    case U'番':
        if (kk_word_at(text, next, KK_S("地")))
            return kk_word_at(text, next + 3, KK_S("の")) ? 9 : 6;
        return kk_word_at(text, next, KK_S("の")) ? 6 : 3;
    case U'号':
        return kk_word_at(text, next, KK_S("室")) || kk_word_at(text, next, KK_S("棟")) ||
                       kk_word_at(text, next, KK_S("館"))
                   ? 0
                   : 3;
    case U'の':
    case U'ノ':
    case U'之':
        return 3;
    case U'地':
        return kk_word_at(text, next, KK_S("割")) ? 6 : 0;
    default:
        return 0;
    }
}

/* What may stand between two numbers of a block. Moves *at over it; false when none is there. */
static bool skip_between(kk_slice text, size_t *at)
{
    size_t from = *at;
    while (*at < text.len && !kk_char_digit((unsigned char)text.ptr[*at])) {
        size_t next = *at;
        uint32_t c = kk_plain_char(text, &next);
        size_t word = c < 0x80 ? 0 : word_between(text, *at);
        if (word)
            *at += word;
        else if (kk_char_dash(c) || c == ' ' || c == ',')
            *at = next;
        else
            break;
    }
    return *at > from;
}

/* What the character behind a number of a block can begin. */
typedef enum { BEGINS_NOTHING, BEGINS_COMPASS, BEGINS_ROOM } begun;
static begun begins_at(kk_slice text, size_t at)
{
    if (at >= text.len)
        return BEGINS_NOTHING;
    switch (kk_plain_char(text, &at)) {
    case U'条':
    case U'線':
    case U'東':
    case U'西':
    case U'南':
    case U'北':
        return BEGINS_COMPASS;
    case 'F':
    case U'階':
        return BEGINS_ROOM;
    case U'号':
        return kk_word_at(text, at, KK_S("室")) || kk_word_at(text, at, KK_S("棟"))
                   ? BEGINS_ROOM
                   : BEGINS_NOTHING;
    default:
        return BEGINS_NOTHING;
    }
}

static bool is_digit_at(kk_slice text, size_t at)
{
    return at < text.len && kk_char_digit((unsigned char)text.ptr[at]);
}

static size_t digits_end(kk_slice text, size_t at)
{
    while (is_digit_at(text, at))
        at++;
    return at;
}

/* Letters that stand inside block numbers: 1条西2, 12地割, イ12. A blank may be there where a cell ended. */
static bool skip_compass(kk_slice text, size_t *at, kk_pen *block)
{
    static const kk_slice words[] = {
        KK_WORD("条東"), KK_WORD("条西"), KK_WORD("条南"), KK_WORD("条北"), KK_WORD("条"),
        KK_WORD("線東"), KK_WORD("線西"), KK_WORD("線南"), KK_WORD("線北"), KK_WORD("線"),
        KK_WORD("東"),   KK_WORD("西"),   KK_WORD("南"),   KK_WORD("北")};
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        kk_slice word = words[i];
        size_t next = *at + word.len;
        if (next < text.len && text.ptr[next] == ' ')
            next++;
        if (kk_word_at(text, *at, words[i]) && is_digit_at(text, next)) {
            kk_pen_add(block, word);
            *at = next;
            return true;
        }
    }
    return false;
}

enum { NUMBERS_MAX = 6, NUMBERS_OF_BLOCK = 3, ROOM_DIGITS = 3 };

/* Reads the numbers from `at`; returns where the building begins. */
static size_t read_block(kk_arena *arena, kk_slice text, size_t at, kk_address *out)
{
    kk_pen block = kk_pen_open(arena, text.len + NUMBERS_MAX + 4);
    size_t numbers = 0, end = at;
    while (numbers < NUMBERS_MAX && is_digit_at(text, at)) {
        size_t from = at;
        at = digits_end(text, at);
        begun next = begins_at(text, at);
        if (numbers >= 1 && next == BEGINS_ROOM)
            break;
        while (from + 1 < at && text.ptr[from] == '0')
            from++;
        if (numbers == NUMBERS_OF_BLOCK && at - from >= ROOM_DIGITS) { /* 1-2-3-305 */
            out->room = kk_part(text, from, at - from);
            end = at;
            (void)skip_between(text, &end);
            break;
        }
        while (from < at)
            block.ptr[block.len++] = text.ptr[from++];
        numbers++;
        end = at;
        if (next == BEGINS_COMPASS && skip_compass(text, &at, &block))
            continue;
        if (!skip_between(text, &at))
            break;
        if (is_digit_at(text, at))
            block.ptr[block.len++] = '-';
        else
            end = at;
    }
    while (block.len && block.ptr[block.len - 1] == '-')
        block.len--;
    out->block = kk_pen_slice(&block);
    return end;
}

/* ---- places ---- */

/* 四条通河原町東入る真町: what stands before the last 上る, 下る, 東入, 西入 is streets. */
static kk_slice drop_kyoto_streets(kk_arena *arena, kk_slice text)
{
    static const kk_slice turns[] = {
        KK_WORD("上る"),   KK_WORD("上ル"),   KK_WORD("下る"),   KK_WORD("下ル"), KK_WORD("東入る"),
        KK_WORD("東入ル"), KK_WORD("西入る"), KK_WORD("西入ル"), KK_WORD("東入"), KK_WORD("西入"),
        KK_WORD("上がる"), KK_WORD("下がる"), KK_WORD("入る"),   KK_WORD("入ル")};
    size_t ward = kk_find(text, KK_S("区")), cut = 0;
    if (ward == KK_NOWHERE)
        return text;
    size_t from = ward + strlen("区");
    kk_slice streets = kk_from(text, from);
    if (!kk_has(streets, KK_S("上")) && !kk_has(streets, KK_S("下")) &&
        !kk_has(streets, KK_S("入")))
        return KK_NONE;
    for (size_t i = 0; i < KK_COUNT(turns); i++) {
        kk_slice turn = turns[i];
        for (size_t at = from;;) {
            size_t found = kk_find(kk_from(text, at), turn);
            if (found == KK_NOWHERE)
                break;
            at += found + turn.len;
            if (at > cut)
                cut = at;
        }
    }
    if (!cut)
        return KK_NONE;
    kk_slice rest = kk_from(text, cut);
    if (rest.len && !kk_char_digit((unsigned char)rest.ptr[0]))
        return rest;
    /* 高辻堀川町西堀川通高辻下る366: the town came first */
    size_t town = kk_find(kk_part(text, from, cut - from), KK_S("町"));
    return town == KK_NOWHERE ? rest
                              : kk_join(arena, kk_part(text, from, town + strlen("町")), rest);
}

/* 石川郡石川町 is 石川町; 郡山市, 蒲郡市 and 大和郡山市 stay. */
static kk_slice drop_district(kk_slice place)
{
    size_t at = kk_find(place, KK_S("郡"));
    if (at == KK_NOWHERE || at < 3 || at > 18)
        return place;
    kk_slice before = kk_part(place, 0, at), after = kk_from(place, at + 3);
    if (kk_has(before, KK_S("市")) || kk_starts(after, KK_S("山")) ||
        kk_starts(after, KK_S("市")) || kk_starts(after, KK_S("上市")) ||
        (!kk_has(after, KK_S("町")) && !kk_has(after, KK_S("村"))))
        return place;
    return after;
}

/* Kana that places are written with in several ways. */
static uint32_t place_char(uint32_t c)
{
    switch (c) {
    case 0x30f6: /* ヶ ヵ が ガ as ケ */
    case 0x30f5:
    case 0x304c:
    case 0x30ac:
        return 0x30b1;
    case 0x3063: /* っ つ ッ ツ */
    case 0x3064:
    case 0x30c3:
        return 0x30c4;
    case 0x306e: /* の 之 */
    case 0x4e4b:
        return 0x30ce;
    default:
        return kk_same_kanji(c);
    }
}

static kk_slice fold_place(kk_arena *arena, kk_slice place)
{
    kk_pen pen = kk_pen_open(arena, place.len);
    size_t at = 0;
    while (at < place.len) {
        if (kk_word_at(place, at, KK_S("大字")) ||
            (at > 0 && kk_word_at(place, at, KK_S("字")) && at + 3 < place.len)) {
            at += kk_word_at(place, at, KK_S("大字")) ? strlen("大字") : strlen("字");
            continue;
        }
        uint32_t c = kk_plain_char(place, &at);
        if (c != ' ' && c != '(' && c != ')' && c != ',')
            kk_pen_put(&pen, place_char(c));
    }
    return kk_pen_slice(&pen);
}

/* 301号室, 305, 10F at the end of what follows the numbers. */
static void read_building(kk_slice rest, kk_address *out)
{
    kk_slice text = kk_trim(rest);
    if (!text.len)
        return;
    while (text.len && (text.ptr[0] == '-' || text.ptr[0] == ','))
        text = kk_trim(kk_from(text, 1));
    kk_slice tail = text;
    static const kk_slice ends[] = {KK_WORD("号室"), KK_WORD("号"), KK_WORD("室")};
    for (size_t i = 0; i < KK_COUNT(ends); i++) {
        if (kk_ends(tail, ends[i])) {
            tail.len -= ends[i].len;
            break;
        }
    }
    size_t begin = tail.len;
    while (begin > 0 && kk_char_digit((unsigned char)tail.ptr[begin - 1]))
        begin--;
    if (begin < tail.len && tail.len - begin <= 5) {
        out->room = kk_part(tail, begin, tail.len - begin);
        text = kk_trim(kk_part(tail, 0, begin));
    }
    while (text.len && (text.ptr[text.len - 1] == '-' || text.ptr[text.len - 1] == '#'))
        text.len--;
    out->building = text;
}

static kk_place_level level_of(kk_slice place)
{
    static const kk_slice kinds[] = {KK_WORD("市"), KK_WORD("区"), KK_WORD("町"), KK_WORD("村")};
    size_t best = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t at = kk_find(kk_from(place, place.len > 3 ? 3 : 0), kinds[i]);
        if (at != KK_NOWHERE && (best == 0 || at + 6 < best))
            best = at + 6;
    }
    if (!best)
        return place.len ? KK_PLACE_TOWN : KK_PLACE_NONE;
    return best < place.len ? KK_PLACE_TOWN : KK_PLACE_CITY;
}

static size_t first_digit(kk_slice text)
{
    size_t at = 0;
    for (; text.len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + at, 8);
        word = digits_of(word);
        if (word)
            return at + (size_t)__builtin_ctzll(word) / 8;
    }
    while (at < text.len && !kk_char_digit((unsigned char)text.ptr[at]))
        at++;
    return at;
}

/* Whether it holds anything but ASCII. */
static bool has_wide(kk_slice text)
{
    uint64_t all = 0, word;
    size_t at = 0;
    for (; text.len - at >= 8; at += 8) {
        memcpy(&word, text.ptr + at, 8);
        all |= word;
    }
    for (; at < text.len; at++)
        all |= (unsigned char)text.ptr[at];
    return (all & UINT64_C(0x8080808080808080)) != 0;
}

#if KK_HAS_WIDE
/* Of the first two bytes of all numbers in kanji, and of 番: some others begin so too. */
KK_WIDE_TARGET static bool may_count_wide(kk_slice text)
{
    __m512i bytes = kk_wide_load(text);
    if (!_mm512_movepi8_mask(bytes))
        return false;
    uint64_t b8 = kk_wide_between(bytes, 0xb8, 0xba);                       /* 一七三九二五 */
    uint64_t b5 = kk_wide_equal(bytes, 0x85) | kk_wide_equal(bytes, 0x8d) | /* 八六十千 */
                  kk_wide_equal(bytes, 0x8f) | kk_wide_equal(bytes, 0x9b) | /* 参四 */
                  kk_wide_equal(bytes, 0xa3) | kk_wide_between(bytes, 0xbb, 0xbc); /* 壱廿弐 */
    uint64_t b7 = kk_wide_equal(bytes, 0x99) | kk_wide_equal(bytes, 0x95);         /* 百番 */
    uint64_t b9 = kk_wide_equal(bytes, 0x9b), b3 = kk_wide_equal(bytes, 0x80);     /* 零〇 */
    return (kk_wide_equal(bytes, 0xe4) << 1 & b8) | (kk_wide_equal(bytes, 0xe5) << 1 & b5) |
           (kk_wide_equal(bytes, 0xe7) << 1 & b7) | (kk_wide_equal(bytes, 0xe9) << 1 & b9) |
           (kk_wide_equal(bytes, 0xe3) << 1 & b3);
}
#endif

/* Whether a number in kanji or a town with a number can be in it. */
static bool may_count(kk_slice text)
{
#if KK_HAS_WIDE
    if (text.len <= 64 && kk_can_wide())
        return may_count_wide(text);
#endif
    return has_wide(text);
}

static kk_slice take_zip(kk_slice text, kk_address *out, kk_arena *arena)
{
    if (text.len && (unsigned char)text.ptr[0] > 0xe3) /* kanji */
        return text;
    bool marked = kk_starts(text, KK_S("〒")), japanese;
    kk_slice rest = marked ? kk_trim(kk_from(text, strlen("〒"))) : text;
    size_t at = 0, digits = 0;
    while (at < rest.len && digits < 7 &&
           (kk_char_digit((unsigned char)rest.ptr[at]) || rest.ptr[at] == '-'))
        digits += kk_char_digit((unsigned char)rest.ptr[at++]);
    if (digits != 7 || (at < rest.len && kk_char_digit((unsigned char)rest.ptr[at])))
        return text;
    out->zip = kk_postal_read(arena, kk_part(rest, 0, at), &japanese);
    return kk_trim(kk_from(rest, at));
}

/* What one look at every character tells; most addresses need nothing of it. */
typedef struct {
    size_t digit; /* the first one, or the text's end: there the place ends */
    size_t
        kind; /* behind the first 市, 区, 町 or 村 of the place but for its first character; 0 for none */
    bool numbered_town, kanji_number;
    bool district, folds; /* of the place */
} survey;

static survey look_over(kk_slice text)
{
    survey s = {.digit = text.len};
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t c = kk_plain_char(text, &at);
        bool in_place = s.digit == text.len;
        if (c < 0x80) {
            if (in_place && kk_char_digit(c))
                s.digit = before;
            s.folds |= in_place && (c == ' ' || c == '(' || c == ')' || c == ',');
            continue;
        }
        unsigned marks_here = marks_of(c);
        s.folds |= in_place && ((marks_here & IS_SECTION) || place_char(c) != c);
        if (!marks_here)
            continue;
        s.kanji_number |= (marks_here & IS_NUMBER) != 0;
        s.district |= in_place && (marks_here & IS_DISTRICT);
        if (in_place && before >= 3 && !s.kind && (marks_here & IS_KIND))
            s.kind = at;
        s.numbered_town |= (marks_here & IS_BLOCK) &&
                           (kk_word_at(text, at, KK_S("町")) || kk_word_at(text, at, KK_S("丁")));
    }
    return s;
}

static void read_place(kk_arena *arena, kk_slice text, const survey *s, kk_slice city,
                       kk_address *out)
{
    kk_slice place = kk_part(text, 0, s->digit);
    if (s->district)
        place = drop_district(place);
    if (s->folds)
        place = fold_place(arena, place);
    out->place = city.len ? kk_join(arena, fold_place(arena, city), place) : place;
    if (!out->place.len)
        out->level = out->prefecture ? KK_PLACE_PREFECTURE : KK_PLACE_NONE;
    else if (s->district || s->folds || city.len || place.len <= 3)
        out->level = level_of(out->place);
    else
        out->level = s->kind && s->kind == place.len ? KK_PLACE_CITY : KK_PLACE_TOWN;
}

/* ---- places that were read before ----
 *
 * Rows of a table name the same towns again and again. What stands before the first digit is the place and
 * nothing else, unless a number in kanji counts blocks or may do so, a town has a number, or the streets of
 * Kyoto are named: those are read each time. */

enum { PLACE_BITS = 12, PLACES = 1 << PLACE_BITS, BEFORE_MAX = 80, PLACE_MAX = 48 };

typedef struct {
    uint8_t before_len, prefecture, level, place_len;
    uint8_t from; /* where in `before` the place is, if it is not another text */
    bool folded;
    char before[BEFORE_MAX], place[PLACE_MAX];
} known_place;

struct kk_places {
    known_place of[PLACES];
};

kk_places *kk_places_open(kk_arena *arena)
{
    return KK_NEW(arena, kk_places);
}

/* One text has one room, where it takes the place of another. */
static known_place *room_of(kk_places *places, kk_slice before)
{
    uint64_t first = 0, last = 0;
    size_t size = before.len < 8 ? before.len : 8;
    if (size) {
        memcpy(&first, before.ptr + (before.len - size) / 2, size);
        memcpy(&last, before.ptr + before.len - size, size);
    }
    uint64_t hash = (first ^ before.len) * UINT64_C(0x9fb21c651e98df25);
    hash = (hash ^ hash >> 32 ^ last) * UINT64_C(0xc4ceb9fe1a85ec53);
    return &places->of[hash >> (64 - PLACE_BITS)];
}

/* Without 県 it is one only where a city follows, and that may be looked for behind these characters. */
static bool is_settled_prefecture(kk_slice before)
{
    size_t at = 0;
    int first = (int)(marks_of(kk_plain_char(before, &at)) >> PREFECTURE_SHIFT);
    for (int i = first; i; i = next_alike[i])
        if (kk_starts(before, prefectures[i - 1]))
            return true;
    for (int i = first; i; i = next_alike[i]) {
        kk_slice stem = {prefectures[i - 1].ptr, prefectures[i - 1].len - 3};
        if (kk_starts(before, stem) && before.len < stem.len + CITY_WITHIN)
            return false;
    }
    return true;
}

/* Whether no number in kanji counts blocks, whatever stands behind these characters: so much of them stands
 * behind each number that nothing further is asked for (counts_blocks looks at two characters). */
static bool counts_nothing(kk_slice before, grid_kind grid)
{
    enum { LOOKED_AT = 9 };
    for (size_t at = 0; at < before.len;) {
        size_t begin = at;
        uint32_t number;
        unsigned marks_here = marks_of(kk_plain_char(before, &at));
        if (marks_here & IS_BLOCK)
            return false;
        if (!(marks_here & IS_NUMBER))
            continue;
        at = begin;
        if (!kk_kanji_number(before, &at, &number) || before.len - at < LOOKED_AT ||
            counts_blocks(before, begin, at, begin ? before.ptr[begin - 1] : 0, grid))
            return false;
    }
    return true;
}

static grid_kind grid_of(const kk_address *a, bool kyoto)
{
    return a->prefecture == 1 ? GRID_OF_STREETS : a->prefecture || kyoto ? GRID_NOT : GRID_PERHAPS;
}

/* Whether the same place is read from these characters, whatever stands behind them. */
static bool tells_place(kk_slice before, const kk_address *a)
{
    size_t prefecture = 0;
    if (kk_starts(before, KK_S("日本国")) || kk_has(before, KK_S("京都市")) ||
        !kk_has_japanese(before) || !is_settled_prefecture(before))
        return false;
    (void)kk_prefecture_at(before, &prefecture);
    return counts_nothing(kk_trim(kk_from(before, prefecture)), grid_of(a, false));
}

static void remember(kk_places *places, kk_slice before, const kk_address *a)
{
    if (before.len > BEFORE_MAX || a->place.len > PLACE_MAX || !tells_place(before, a))
        return;
    known_place *known = room_of(places, before);
    known->before_len = (uint8_t)before.len;
    known->prefecture = a->prefecture;
    known->level = (uint8_t)a->level;
    known->place_len = (uint8_t)a->place.len;
    memcpy(known->before, before.ptr, before.len);
    size_t from = kk_find(before, a->place);
    known->folded = from == KK_NOWHERE;
    known->from = known->folded ? 0 : (uint8_t)from;
    if (known->folded)
        memcpy(known->place, a->place.ptr, a->place.len);
}

/* Numbers, building and room: all behind the place. */
static void read_rest(kk_arena *arena, kk_slice text, size_t at, kk_address *out)
{
    read_building(kk_from(text, read_block(arena, text, at, out)), out);
    if (out->block.len && out->place.len)
        out->level = KK_PLACE_BLOCK;
}

/* False where the text has to be read from its beginning. */
static bool read_known(kk_arena *arena, kk_places *places, kk_slice plain, kk_address *out)
{
    size_t digit = plain.len && (unsigned char)plain.ptr[0] > 0xe3 ? first_digit(plain) : 0;
    if (!digit || digit > BEFORE_MAX)
        return false;
    kk_slice before = {plain.ptr, digit}, rest = kk_trim(kk_from(plain, digit));
    const known_place *known = room_of(places, before);
    if (known->before_len != digit || memcmp(known->before, before.ptr, digit) != 0)
        return false;
    survey s = {.digit = 0};
    if (may_count(rest))
        s = look_over(rest);
    if (s.numbered_town)
        return false;
    *out = (kk_address){.level = (kk_place_level)known->level, .prefecture = known->prefecture};
    kk_slice place = {known->place, known->place_len};
    out->place =
        known->folded ? kk_copy(arena, place) : kk_part(before, known->from, known->place_len);
    if (s.kanji_number)
        rest = to_digits(arena, rest, grid_of(out, false));
    if (rest.len)
        read_rest(arena, rest, 0, out);
    return true;
}

/* Its cities, where no prefecture is said; 伊達市 is in Fukushima too. */
static bool is_in_hokkaido(kk_slice text)
{
    static const kk_slice cities[] = {
        KK_WORD("札幌市"),   KK_WORD("函館市"),   KK_WORD("小樽市"),   KK_WORD("旭川市"),
        KK_WORD("室蘭市"),   KK_WORD("釧路市"),   KK_WORD("帯広市"),   KK_WORD("北見市"),
        KK_WORD("夕張市"),   KK_WORD("岩見沢市"), KK_WORD("網走市"),   KK_WORD("留萌市"),
        KK_WORD("苫小牧市"), KK_WORD("稚内市"),   KK_WORD("美唄市"),   KK_WORD("芦別市"),
        KK_WORD("江別市"),   KK_WORD("赤平市"),   KK_WORD("紋別市"),   KK_WORD("士別市"),
        KK_WORD("名寄市"),   KK_WORD("三笠市"),   KK_WORD("根室市"),   KK_WORD("千歳市"),
        KK_WORD("滝川市"),   KK_WORD("砂川市"),   KK_WORD("歌志内市"), KK_WORD("深川市"),
        KK_WORD("富良野市"), KK_WORD("登別市"),   KK_WORD("恵庭市"),   KK_WORD("北広島市"),
        KK_WORD("石狩市"),   KK_WORD("北斗市")};
    for (size_t i = 0; i < KK_COUNT(cities); i++)
        if (kk_starts(text, cities[i]))
            return true;
    return false;
}

static kk_address read_japanese(kk_arena *arena, kk_places *places, kk_slice text, kk_address out)
{
    size_t len = 0;
    kk_slice whole = text;
    out.prefecture = (uint8_t)kk_prefecture_at(text, &len);
    text = kk_trim(kk_from(text, len));
    if (!out.prefecture && is_in_hokkaido(text))
        out.prefecture = 1;
    kk_slice city = KK_NONE;
    if (kk_starts(text, KK_S("京都市"))) {
        kk_slice town = drop_kyoto_streets(arena, text);
        if (town.len) {
            city = kk_part(text, 0, kk_find(text, KK_S("区")) + strlen("区"));
            text = town;
        }
    }
    survey s = look_over(text);
    bool numbered_town = s.numbered_town;
    if (numbered_town)
        text = name_numbers(arena, text);
    bool kyoto = kk_starts(text, KK_S("京都市")) || city.len > 0;
    kk_slice digits =
        s.kanji_number || numbered_town ? to_digits(arena, text, grid_of(&out, kyoto)) : text;
    if (digits.ptr != text.ptr || numbered_town)
        s = look_over(digits);
    text = digits;
    read_place(arena, text, &s, city, &out);
    if (places && !numbered_town)
        remember(places, kk_part(whole, 0, first_digit(whole)), &out);
    if (s.digit < text.len)
        read_rest(arena, text, s.digit, &out);
    return out;
}

kk_address kk_address_read(kk_arena *arena, kk_slice plain)
{
    return kk_address_recall(arena, NULL, plain);
}

kk_address kk_address_recall(kk_arena *arena, kk_places *places, kk_slice plain)
{
    kk_address out = {.level = KK_PLACE_NONE};
    if (places && read_known(arena, places, plain, &out))
        return out;
    kk_slice text = take_zip(plain, &out, arena);
    if (kk_starts(text, KK_S("日本国")))
        text = kk_trim(kk_from(text, strlen("日本国")));
    if (kk_has_japanese(text))
        return read_japanese(arena, places, text, out);
    size_t at = first_digit(text);
    if (at >= text.len)
        return out;
    kk_address western = kk_address_western(arena, KK_NONE, text);
    western.zip = out.zip;
    return western;
}

/* ---- Western ---- */

static kk_slice letters_and_digits(kk_arena *arena, kk_slice text)
{
    kk_slice small = kk_lower(arena, text);
    kk_pen pen = kk_pen_open(arena, small.len);
    size_t at = 0;
    while (at < small.len) {
        uint32_t c = kk_plain_char(small, &at);
        if (kk_char_letter(c) || kk_char_digit(c) || c > 0x24f)
            kk_pen_put(&pen, c);
    }
    return kk_pen_slice(&pen);
}

kk_address kk_address_western(kk_arena *arena, kk_slice number, kk_slice street)
{
    kk_address out = {.level = KK_PLACE_NONE, .western = true};
    number = kk_trim(number);
    street = kk_trim(street);
    if (!number.len) { /* "6 Tullaroop Street, ..." */
        size_t end = 0;
        while (end < street.len && street.ptr[end] != ' ' && street.ptr[end] != ',')
            end++;
        if (end && kk_char_digit((unsigned char)street.ptr[0])) {
            number = kk_part(street, 0, end);
            street = kk_trim(kk_from(street, end));
        }
    }
    out.block = letters_and_digits(arena, number);
    out.place = letters_and_digits(arena, street);
    if (out.place.len)
        out.level = out.block.len || first_digit(out.place) < out.place.len ? KK_PLACE_BLOCK
                                                                            : KK_PLACE_TOWN;
    return out;
}
