/* Random cells through the quick ways to normal forms and through the slow ones, which have to agree: to the
 * last byte, and in what they say. With a number as its argument it begins from that seed. */
#include "tests/unit/lexicon.h"

#include "base/buffer.h"
#include "base/text.h"
#include "recognise/address.h"
#include "recognise/date.h"
#include "recognise/email.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/name.h"
#include "recognise/phone.h"

enum { CELLS = 60000 };

static kk_arena *cells; /* emptied after each */
static uint64_t first_seed = UINT64_C(0x2545f4914f6cdd1d), seed;

static unsigned dice(unsigned sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % sides;
}

/* What names, numbers and dates are made of, and what the quick ways have to leave to the others. */
static const char *const pieces[] = {
    "山田",
    "佐藤",
    "佐々木",
    "長谷川",
    "髙橋",
    "渡邉",
    "林",
    "太郎",
    "花子",
    "一",
    "三",
    "さくら",
    "テスト",
    "ヶ",
    "々",
    "﨑",
    "𠮷",
    "様",
    "殿",
    "さん",
    "先生",
    "御中",
    "故",
    "亡",
    "(故人)",
    "(旧姓 林)",
    "会社",
    "法",
    "株式会社",
    "商店",
    "部",
    "家",
    "氏名",
    "不明",
    "なし",
    "未入力",
    "名",
    "管理者",
    " ",
    "　",
    "  ",
    "\t",
    "ﾔﾏﾀﾞ",
    "ﾀﾛｳ",
    "ﾞ",
    "ﾊﾟ",
    "ヴ",
    "ー",
    "-",
    "−",
    "‐",
    "・",
    "、",
    "１２",
    "３",
    "Ａｂ",
    "～",
    "1",
    "23",
    "0",
    "09",
    "080",
    "1234",
    "2024",
    "1985",
    "20",
    "/",
    ".",
    "年",
    "月",
    "日",
    "平成",
    "S",
    "元",
    "+81",
    "(",
    ")",
    "A",
    "z",
    "Taro",
    "é",
    "e\xcc\x81",
    "か\xe3\x82\x99",
    "\xe2\x80\x8b",
    "\xc2\xa0",
    "㈱",
    "①",
    "\x7f",
    "\x01",
    "\xef\xbb\xbf",
    "\xff",
    "\xe5",
    "\xe3\x81",
    "\xed\xa0\x80",
    "\xf0\x9f\x98\x80",
    "奈々",
    "望",
    "二〇",
    "\x1b[31m",
    "\x1b[",
    "\x1b]0;",
    "\x1b(",
    "\x1b",
    "\x07",
    "\x1b\\",
    "\xc2\x9b",
    "m",
};

static kk_slice random_cell(void)
{
    kk_buffer cell = {0};
    unsigned count = 1 + dice(dice(4) ? 4 : 14);
    for (unsigned i = 0; i < count; i++) {
        unsigned kind = dice(12);
        if (kind == 0)
            kk_put_char(&cell, 0x4e00 + dice(0x5200));
        else if (kind == 1)
            kk_put_char(&cell, 0x3000 + dice(0x100));
        else if (kind == 2)
            kk_put_char(&cell, 0xff00 + dice(0xf0));
        else if (kind == 3)
            kk_put_char(&cell, dice(0x3000));
        else
            kk_put(&cell, kk_cstr(pieces[dice(KK_COUNT(pieces))]));
    }
    kk_slice text = kk_copy(cells, kk_buffer_slice(&cell));
    kk_buffer_close(&cell);
    return text;
}

static void same(kk_slice quick, kk_slice slow, const char *what, uint64_t from, kk_slice cell)
{
    if (!kk_eq(quick, slow))
        fail_msg("seed %llu, cell \"%.*s\", %s: quickly \"%.*s\", slowly \"%.*s\"",
                 (unsigned long long)from, KK_P(cell), what, KK_P(quick), KK_P(slow));
}

static void agree(int64_t quick, int64_t slow, const char *what, uint64_t from, kk_slice cell)
{
    if (quick != slow)
        fail_msg("seed %llu, cell \"%.*s\", %s: quickly %lld, slowly %lld",
                 (unsigned long long)from, KK_P(cell), what, (long long)quick, (long long)slow);
}

static void over_cells(void (*check)(kk_slice cell, uint64_t from))
{
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        check(random_cell(), from);
        kk_arena_reset(cells);
    }
}

/* ---- plain text, by its definition ---- */

static bool is_left_out(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || c == 0xfeff || c == 0xad ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xe0100 && c <= 0xe01ef);
}

static bool is_between(kk_slice s, size_t at, unsigned char low, unsigned char high)
{
    return at < s.len && (unsigned char)s.ptr[at] >= low && (unsigned char)s.ptr[at] <= high;
}

/* What ECMA-48 gives a terminal to do, from `at`: how much of the text that is. */
static size_t told_a_terminal(kk_slice s, size_t at)
{
    bool csi =
        kk_starts(kk_from(s, at), KK_S("\xc2\x9b")) || kk_starts(kk_from(s, at), KK_S("\x1b["));
    size_t end = at + 2;
    if (!csi && s.ptr[at] != '\x1b')
        return 0;
    if (!csi && !is_between(s, at + 1, ' ', '~'))
        return 1;
    if (csi) { /* parameters, then one character that says what to do */
        while (is_between(s, end, ' ', '?'))
            end++;
        return is_between(s, end, '@', '~') ? end + 1 - at : 2;
    }
    if (strchr("]PX^_", s.ptr[at + 1])) { /* a text for it, up to its end */
        while (end < s.len && s.ptr[end] != '\x07' && s.ptr[end] != '\x1b')
            end++;
        if (end < s.len && s.ptr[end] == '\x07')
            return end + 1 - at;
        return kk_starts(kk_from(s, end), KK_S("\x1b\\")) ? end + 2 - at : 2;
    }
    end = at + 1;
    while (is_between(s, end, ' ', '/'))
        end++;
    return is_between(s, end, ' ', '~') ? end + 1 - at : end - at;
}

static kk_slice as_shown(kk_slice cell)
{
    char *out = kk_take(cells, cell.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < cell.len;) {
        size_t told = told_a_terminal(cell, at);
        if (!told)
            out[len++] = cell.ptr[at];
        at += told ? told : 1;
    }
    return (kk_slice){out, len};
}

static void check_plain(kk_slice cell, uint64_t from)
{
    kk_buffer plain = {0};
    kk_slice normal = kk_nfkc(cells, kk_utf8_clean(cells, as_shown(cell)));
    bool owed = false;
    for (size_t at = 0; at < normal.len;) {
        uint32_t c = kk_next_char(normal, &at);
        bool blank = c <= ' ' || (c >= 0x7f && c <= 0xa0);
        owed |= blank;
        if (blank || is_left_out(c))
            continue;
        if (owed && plain.len)
            kk_put_byte(&plain, ' ');
        owed = false;
        kk_put_char(&plain, c);
    }
    same(kk_plain(cells, cell), kk_buffer_slice(&plain), "plain text", from, cell);
    kk_buffer_close(&plain);
}

static void plain_texts(void **state)
{
    (void)state;
    over_cells(check_plain);
}

/* ---- names ---- */

static void check_name(kk_slice cell, uint64_t from)
{
    for (int raw = 0; raw < 2; raw++) {
        kk_slice text = raw ? cell : kk_plain(cells, cell);
        kk_name quick = kk_name_read(cells, lexicon, text);
        kk_name slow = kk_name_read_slowly(cells, lexicon, text);
        same(quick.shown, slow.shown, "shown", from, text);
        same(quick.whole, slow.whole, "whole name", from, text);
        same(quick.family, slow.family, "family name", from, text);
        same(quick.given, slow.given, "given name", from, text);
        same(quick.former, slow.former, "former name", from, text);
        same(quick.kana, slow.kana, "reading", from, text);
        same(quick.company, slow.company, "company", from, text);
        agree(quick.script, slow.script, "script", from, text);
        agree(quick.standing, slow.standing, "standing", from, text);
        agree(quick.full, slow.full, "full", from, text);
        agree(quick.known, slow.known, "known", from, text);
        agree(quick.split, slow.split, "split", from, text);
    }
}

static void names(void **state)
{
    (void)state;
    over_cells(check_name);
}

/* Most cells that are names have to go the quick way, or the test above shows nothing. */
static void names_are_quick(void **state)
{
    (void)state;
    kk_name name;
    static const char *const quick[] = {"山田太郎", "山田 太郎", "佐々木花子", "髙橋 さくら",
                                        "渡邉一"};
    for (size_t i = 0; i < KK_COUNT(quick); i++)
        assert_true(kk_kanji_name_read(cells, lexicon, kk_cstr(quick[i]), &name));
    static const char *const slow[] = {"山田太郎様", "例示株式会社", "テスト太郎",
                                       "不明",       "Taro",         "故山田太郎"};
    for (size_t i = 0; i < KK_COUNT(slow); i++)
        assert_false(kk_kanji_name_read(cells, lexicon, kk_cstr(slow[i]), &name));
}

/* ---- dates and telephone numbers ---- */

static void check_date(kk_slice cell, uint64_t from)
{
    kk_slice text = kk_plain(cells, cell);
    for (int named = 0; named < 2; named++) {
        kk_day quick = kk_day_read(text, named), slow = kk_day_read_slowly(text, named);
        agree(quick.day, slow.day, "day", from, text);
        agree(quick.found, slow.found, "found", from, text);
        agree(quick.filler, slow.filler, "filler", from, text);
        agree(quick.has_time, slow.has_time, "time", from, text);
    }
}

static kk_slice random_digits(const char *marks)
{
    char *text = kk_take(cells, 24);
    size_t len = 0;
    for (unsigned count = 1 + dice(14); len < count; len++)
        text[len] = dice(4) ? (char)('0' + dice(10)) : marks[dice((unsigned)strlen(marks))];
    return (kk_slice){text, len};
}

static void dates(void **state)
{
    (void)state;
    over_cells(check_date);
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        static const char *const forms[] = {"%u-%02u-%02u", "%u/%u/%u", "%04u%02u%02u", "%u/%u-%u"};
        kk_slice text =
            kk_print(cells, forms[dice(3) ? dice(3) : 3], 1860 + dice(250), dice(14), dice(33));
        check_date(dice(8) ? text : random_digits("-/."), from);
        kk_arena_reset(cells);
    }
}

/* A comma ends a number: with one behind it the general way is gone. */
static void check_phone(kk_slice text, uint64_t from)
{
    for (int named = 0; named < 2; named++) {
        size_t used = 0, used_slowly = 0;
        kk_phone quick = kk_phone_read(text, named, &used);
        kk_phone slow = kk_phone_read(kk_join(cells, text, KK_S(",")), named, &used_slowly);
        agree(quick.kind, slow.kind, "kind", from, text);
        same(kk_phone_digits(&quick), kk_phone_digits(&slow), "digits", from, text);
        agree(quick.dashed, slow.dashed, "dashed", from, text);
        agree((int64_t)used, (int64_t)used_slowly, "end", from, text);
    }
}

static void phones(void **state)
{
    (void)state;
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        kk_slice front = kk_cstr(dice(2) ? "0" : "");
        check_phone(kk_join(cells, front, random_digits(dice(4) ? "-" : "- +(.")), from);
        kk_arena_reset(cells);
    }
}

/* ---- mail addresses ---- */

static void check_mail(kk_slice text, uint64_t from)
{
    kk_email quick = kk_email_read(cells, text), slow = kk_email_read_slowly(cells, text);
    same(quick.address, slow.address, "address", from, text);
    same(quick.loose, slow.loose, "loose form", from, text);
    same(quick.display, slow.display, "name before it", from, text);
    agree(quick.shared, slow.shared, "shared", from, text);
    agree(quick.filler, slow.filler, "filler", from, text);
}

static kk_slice random_mail(void)
{
    static const char *const parts[] = {
        "info", "test", "noreply",  "taro.yamada", "hanako",  "x",         "A",           "Taro",
        "1980", ".",    "-",        "_",           "+tag",    "~",         "'",           "<",
        ">",    " ",    "gmail",    "example",     "mail",    "ne",        "jp",          "com",
        "co",   "c",    "xn--p1ai", "ezweb",       "invalid", "localhost", "localdomain", "..",
        ".jp",  ".com", "@",        "@@",          "あ",      "、",        "mailto:",     "a-b",
        "-a",   "0120", "support"};
    kk_slice text = KK_NONE;
    static const unsigned most[] = {3, 1, 5};
    for (int part = 0; part < 3; part++) {
        if (part == 1 && dice(16))
            text = kk_join(cells, text, KK_S("@"));
        for (unsigned count = dice(most[part] + 1); count && part != 1; count--) {
            text = kk_join(cells, text, kk_cstr(parts[dice(KK_COUNT(parts))]));
            if (part == 2 && dice(2))
                text = kk_join(cells, text, KK_S("."));
        }
    }
    static const char *const tops[] = {"", ".jp", ".com", ".museum", ".c", ".x1"};
    text = kk_join(cells, text, kk_cstr(tops[dice(KK_COUNT(tops))]));
    for (unsigned count = dice(40) ? 0 : dice(300); count; count--)
        text = kk_join(cells, KK_S("a"), text);
    return text;
}

static void mails(void **state)
{
    (void)state;
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        check_mail(dice(8) ? random_mail() : kk_plain(cells, random_cell()), from);
        kk_arena_reset(cells);
    }
}

/* ---- readings ---- */

/* Katakana at random, more often what holds a vowel or runs together. */
static kk_slice random_reading(void)
{
    static const char *const often[] = {"ー", "ウ", "オ", "ン", "ア", "イ", "ヨ", "コ", "ョ", " ",
                                        "ュ", "ク", "ッ", "・", "う", "お", "-",  "ヺ", "a"};
    kk_pen pen = kk_pen_open(cells, 90);
    for (unsigned count = dice(dice(8) ? 12 : 26); count; count--)
        if (dice(3) || pen.len > 70)
            kk_pen_put(&pen, 0x30a1 + dice(dice(30) ? 86 : 95));
        else
            kk_pen_add(&pen, kk_cstr(often[dice(dice(4) ? 12 : KK_COUNT(often))]));
    return kk_pen_slice(&pen);
}

static void check_reading(kk_slice text, uint64_t from)
{
    kk_slice skeleton = kk_kana_skeleton(cells, text);
    same(skeleton, kk_kana_skeleton_slowly(cells, text), "skeleton", from, text);
    same(kk_reading_loosely(cells, skeleton), kk_reading_loosely_slowly(cells, skeleton), "reading",
         from, text);
    same(kk_reading_loosely(cells, text), kk_reading_loosely_slowly(cells, text), "loosely", from,
         text);
}

static void readings(void **state)
{
    (void)state;
    seed = first_seed;
    for (int i = 0; i < 4 * CELLS; i++) {
        uint64_t from = seed;
        check_reading(dice(20) ? random_reading() : kk_plain(cells, random_cell()), from);
        kk_arena_reset(cells);
    }
}

/* Of each kana alone, behind each other one. */
static void pairs_of_kana(void **state)
{
    (void)state;
    for (uint32_t first = 0x3090; first < 0x3100; first++)
        for (uint32_t second = 0x3090; second < 0x3100; second++) {
            kk_pen pen = kk_pen_open(cells, 6);
            kk_pen_put(&pen, first);
            kk_pen_put(&pen, second);
            check_reading(kk_pen_slice(&pen), first);
            kk_arena_reset(cells);
        }
}

/* ---- addresses, with the places that were read before and without ---- */

static void check_address(kk_places *places, kk_slice text, uint64_t from)
{
    kk_address quick = kk_address_recall(cells, places, text), slow = kk_address_read(cells, text);
    agree(quick.level, slow.level, "level", from, text);
    agree(quick.prefecture, slow.prefecture, "prefecture", from, text);
    agree(quick.western, slow.western, "western", from, text);
    same(quick.place, slow.place, "place", from, text);
    same(quick.block, slow.block, "block", from, text);
    same(quick.building, slow.building, "building", from, text);
    same(quick.room, slow.room, "room", from, text);
    same(quick.zip, slow.zip, "postal code", from, text);
}

static const char *const before_numbers[] = {"東京都",
                                             "千葉",
                                             "千葉市",
                                             "北海道",
                                             "京都府",
                                             "京都市",
                                             "上京区",
                                             "福島県",
                                             "郡山市",
                                             "石川郡",
                                             "石川町",
                                             "大字",
                                             "字",
                                             "三田",
                                             "一番町",
                                             "番町",
                                             "七番丁",
                                             "八丁堀",
                                             "北",
                                             "条",
                                             "西",
                                             "霞ヶ関",
                                             "霞が関",
                                             "つつじの",
                                             "之",
                                             "港区",
                                             "芝公園",
                                             "広島",
                                             "市",
                                             "郡",
                                             "町",
                                             "村",
                                             " ",
                                             "日本国",
                                             "〒",
                                             "山田",
                                             "ロ",
                                             "麻布十",
                                             "番",
                                             "下る",
                                             "四条通",
                                             "神奈川",
                                             "横浜",
                                             "緑区",
                                             "長津田",
                                             "二丁目",
                                             "十二",
                                             "서울",
                                             "(",
                                             ")",
                                             "Tokyo",
                                             "髙",
                                             "﨑",
                                             "澤",
                                             "高知",
                                             "高松市",
                                             "京都市上京区",
                                             "京都市中京区柳馬場通"};
static const char *const behind_numbers[] = {
    "丁目",     "番",     "番地",  "番地の",   "号",     "の",     "-",
    "-",        "-",      "−",     "条西",     "西",     "条",     "線",
    "番町",     "番丁",   "F",     "階",       "号室",   "号棟",   "館",
    " ",        " ",      ",",     "三井ビル", "メゾン", "一",     "二丁目",
    "コーポ桂", "地割",   "#",     "室",       "之",     "丁",     "イ",
    "番の",     "市",     "郡",    "A",        "十",     "通下る", "東入る大黒町",
    "条市",     "の町市", "丁目郡"};

/* Places out of few words, so that many come again. */
static kk_slice random_address(void)
{
    kk_buffer text = {0};
    if (dice(16) == 0)
        kk_put(&text, KK_S("100-0005 "));
    uint64_t here = seed;
    seed = first_seed + 977 * dice(3000);
    for (unsigned count = 1 + dice(5); count; count--)
        kk_put(&text, kk_cstr(before_numbers[dice(KK_COUNT(before_numbers))]));
    seed = here * 3 + 1;
    for (unsigned count = dice(6); count; count--) {
        kk_putf(&text, "%u", dice(3) ? dice(40) : dice(2000));
        for (unsigned more = dice(3); more; more--)
            kk_put(&text, kk_cstr(behind_numbers[dice(KK_COUNT(behind_numbers))]));
    }
    kk_slice copy = kk_plain(cells, kk_copy(cells, kk_buffer_slice(&text)));
    kk_buffer_close(&text);
    return copy;
}

static void addresses(void **state)
{
    (void)state;
    kk_arena *of_places = kk_arena_open();
    kk_places *places = kk_places_open(of_places);
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        check_address(places, dice(12) ? random_address() : kk_plain(cells, random_cell()), from);
        kk_arena_reset(cells);
    }
    kk_arena_close(of_places);
}

/* ---- bytes ---- */

static bool valid_by_characters(kk_slice text)
{
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        if (kk_next_char(text, &at) == 0xfffd &&
            !kk_starts(kk_from(text, before), KK_S("\xef\xbf\xbd")))
            return false;
    }
    return true;
}

static size_t count_by_characters(kk_slice text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; count++)
        (void)kk_next_char(text, &at);
    return count;
}

/* Texts of any length up to some 100 bytes, with what is behind them. */
static void characters(void **state)
{
    (void)state;
    seed = first_seed;
    for (int i = 0; i < CELLS; i++) {
        uint64_t from = seed;
        kk_slice text = kk_utf8_clean(cells, kk_join(cells, random_cell(), random_cell()));
        agree((int64_t)kk_char_count(text), (int64_t)count_by_characters(text), "characters", from,
              text);
        kk_arena_reset(cells);
    }
}

/* Long texts, which are looked at 64 bytes at a time, with a fault or without. */
static void valid_texts(void **state)
{
    (void)state;
    seed = first_seed;
    for (int i = 0; i < CELLS / 20; i++) {
        uint64_t from = seed;
        kk_buffer text = {0};
        for (unsigned count = dice(40); count; count--)
            kk_put(&text, kk_utf8_clean(cells, random_cell()));
        if (text.len && dice(2))
            text.ptr[dice((unsigned)text.len)] = (char)dice(256);
        if (text.len && dice(8) == 0)
            text.len -= dice(4) % text.len;
        kk_slice whole = kk_buffer_slice(&text);
        agree(kk_utf8_valid(whole), valid_by_characters(whole), "valid", from, whole);
        kk_buffer_close(&text);
        kk_arena_reset(cells);
    }
}

static uint64_t hash_by_bytes(kk_slice s)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ s.len * UINT64_C(0xff51afd7ed558ccd);
    for (size_t at = 0;; at += 8) {
        uint64_t word = 0;
        for (size_t i = 0; i < 8 && at + i < s.len; i++)
            word |= (uint64_t)(unsigned char)s.ptr[at + i] << 8 * i;
        h = (h ^ word) * UINT64_C(0x9fb21c651e98df25);
        if (s.len - at < 8)
            break;
        h ^= h >> 32;
    }
    h ^= h >> 29;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 32;
}

/* Tables that were written with it have to find their texts again. */
static void hashes(void **state)
{
    (void)state;
    char bytes[40];
    for (size_t len = 0; len < sizeof bytes; len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(0x81 + 37 * i);
        kk_slice text = {bytes, len};
        assert_int_equal(kk_hash_quick(text), hash_by_bytes(text));
    }
}

static int open_both(void **state)
{
    cells = kk_arena_open();
    return open_arena(state);
}

static int close_both(void **state)
{
    kk_arena_close(cells);
    return close_arena(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_texts),     cmocka_unit_test(names),
        cmocka_unit_test(names_are_quick), cmocka_unit_test(dates),
        cmocka_unit_test(phones),          cmocka_unit_test(mails),
        cmocka_unit_test(addresses),       cmocka_unit_test(valid_texts),
        cmocka_unit_test(hashes),          cmocka_unit_test(readings),
        cmocka_unit_test(pairs_of_kana),   cmocka_unit_test(characters),
    };
    if (argc > 1 && (!kk_to_u64(kk_cstr(argv[1]), &first_seed) || !first_seed))
        return 2;
    return cmocka_run_group_tests(tests, open_both, close_both);
}
