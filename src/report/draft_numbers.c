/* Numbers with their units in a folded sentence: 19,583件, 4万600人, 四万六百名, 1億2千万件, 1.9 million
 * customers, 60 GB; with the words before and behind that make them a most, a guess or a part. */
#include "report/draft_i.h"

#include "base/text.h"

typedef struct {
    const char *word, *not_before; /* not followed by one of these characters */
    said_unit unit;
} unit_word;

static const unit_word japanese_units[] = {
    {"人分", "", UNIT_PERSON},
    {"名分", "", UNIT_PERSON},
    {"名様", "", UNIT_PERSON},
    {"人", "事材格物権為間気日体工", UNIT_PERSON},
    {"名", "称前義簿刺古字付", UNIT_PERSON},
    {"件分", "", UNIT_CASE},
    {"件", "名", UNIT_CASE},
    {"レコード", "", UNIT_RECORD},
    {"台", "帳", UNIT_MACHINE},
    {"個のファイル", "", UNIT_FILE},
    {"ファイル", "", UNIT_FILE},
    {"世帯", "", UNIT_OTHER},
    {"社", "会員内外長屋名", UNIT_OTHER},
    {"枚", "", UNIT_OTHER},
    {"口座", "", UNIT_OTHER},
    {"アカウント", "", UNIT_OTHER},
};

static const unit_word english_units[] = {
    {"persons", "", UNIT_PERSON},      {"person", "", UNIT_PERSON},
    {"people", "", UNIT_PERSON},       {"individuals", "", UNIT_PERSON},
    {"customers", "", UNIT_PERSON},    {"employees", "", UNIT_PERSON},
    {"users", "", UNIT_PERSON},        {"members", "", UNIT_PERSON},
    {"patients", "", UNIT_PERSON},     {"students", "", UNIT_PERSON},
    {"shareholders", "", UNIT_PERSON}, {"staff", "", UNIT_PERSON},
    {"clients", "", UNIT_PERSON},      {"contacts", "", UNIT_PERSON},
    {"applicants", "", UNIT_PERSON},   {"cases", "", UNIT_CASE},
    {"records", "", UNIT_RECORD},      {"rows", "", UNIT_RECORD},
    {"entries", "", UNIT_RECORD},      {"machines", "", UNIT_MACHINE},
    {"servers", "", UNIT_MACHINE},     {"computers", "", UNIT_MACHINE},
    {"hosts", "", UNIT_MACHINE},       {"devices", "", UNIT_MACHINE},
    {"pcs", "", UNIT_MACHINE},         {"endpoints", "", UNIT_MACHINE},
    {"files", "", UNIT_FILE},          {"accounts", "", UNIT_OTHER},
    {"cards", "", UNIT_OTHER},         {"companies", "", UNIT_OTHER},
    {"organisations", "", UNIT_OTHER}, {"organizations", "", UNIT_OTHER},
};

static bool is_digit(kk_slice s, size_t at)
{
    return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

static bool is_letter(kk_slice s, size_t at)
{
    return at < s.len && s.ptr[at] >= 'a' && s.ptr[at] <= 'z';
}

/* ---- the number itself ---- */

static int kanji_digit(uint32_t c)
{
    static const uint32_t digits[] = {0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db,
                                      0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d};
    for (int i = 0; i < 10; i++)
        if (c == digits[i])
            return i;
    return -1;
}

static double kanji_small(uint32_t c)
{
    return c == 0x5341 ? 10 : c == 0x767e ? 100 : c == 0x5343 ? 1000 : 0;
}

static double kanji_large(uint32_t c)
{
    return c == 0x4e07 ? 1e4 : c == 0x5104 ? 1e8 : 0;
}

/* Digits with separators: "19,583", "1.9"; false where none begin. */
static bool take_digits(kk_slice s, size_t *at, double *value)
{
    size_t i = *at;
    double v = 0, scale = 1;
    if (!is_digit(s, i))
        return false;
    for (size_t n = 0; is_digit(s, i) && n < 15; n++)
        v = v * 10 + (s.ptr[i++] - '0');
    while (i < s.len && s.ptr[i] == ',' && is_digit(s, i + 1) && is_digit(s, i + 2) &&
           is_digit(s, i + 3) && !is_digit(s, i + 4)) {
        for (size_t k = 1; k <= 3; k++)
            v = v * 10 + (s.ptr[i + k] - '0');
        i += 4;
    }
    if (i < s.len && s.ptr[i] == '.' && is_digit(s, i + 1))
        for (i++; is_digit(s, i); i++)
            v += (s.ptr[i] - '0') * (scale /= 10);
    *at = i;
    *value = v;
    return true;
}

/* Digits, kanji digits, and 十百千万億 as they are mixed. `kanji_only` tells that no digit was in it. */
static bool take_number(kk_slice s, size_t *at, double *value, bool *kanji_only)
{
    double whole = 0, below = 0, now = 0, read;
    bool any = false, pending = false;
    *kanji_only = true;
    for (size_t i = *at;;) {
        size_t next = i;
        if (take_digits(s, &next, &read)) {
            now = read;
            pending = any = true;
            *kanji_only = false;
            *at = i = next;
            continue;
        }
        uint32_t c = i < s.len ? kk_next_char(s, &next) : 0;
        int digit = kanji_digit(c);
        double small = kanji_small(c), large = kanji_large(c);
        if (digit >= 0) {
            now = pending && *kanji_only ? now * 10 + digit : digit;
            pending = any = true;
        } else if (small > 0 && (any || small > 1)) {
            below += (pending ? now : 1) * small;
            now = 0;
            pending = false;
            any = true;
        } else if (large > 0 && any) {
            whole += (below + now > 0 ? below + now : 1) * large;
            below = now = 0;
            pending = false;
        } else {
            break;
        }
        *at = i = next;
    }
    *value = whole + below + now;
    return any;
}

/* ---- units ---- */

static bool follows_one_of(kk_slice rest, const char *characters)
{
    kk_slice set = kk_cstr(characters);
    for (size_t at = 0, from = 0; at < set.len; from = at) {
        (void)kk_next_char(set, &at);
        if (kk_starts(rest, kk_part(set, from, at - from)))
            return true;
    }
    return false;
}

static bool japanese_unit(kk_slice s, size_t at, said_unit *unit, size_t *end)
{
    for (size_t i = 0; i < sizeof japanese_units / sizeof *japanese_units; i++) {
        const unit_word *u = &japanese_units[i];
        kk_slice word = kk_cstr(u->word), rest = kk_from(s, at);
        if (!kk_starts(rest, word) || follows_one_of(kk_from(rest, word.len), u->not_before))
            continue;
        *unit = u->unit;
        *end = at + word.len;
        if (u->unit == UNIT_CASE && kk_starts(kk_from(s, *end), KK_S("のファイル")))
            *unit = UNIT_FILE;
        return true;
    }
    return false;
}

static bool bytes_unit(kk_slice s, size_t at, double *value, said_unit *unit, size_t *end)
{
    static const struct {
        const char *word;
        double times;
    } words[] = {{"tb", 1e12}, {"gb", 1e9}, {"mb", 1e6}, {"kb", 1e3}};
    if (at < s.len && s.ptr[at] == ' ')
        at++;
    for (size_t i = 0; i < 4; i++)
        if (kk_starts(kk_from(s, at), kk_cstr(words[i].word)) && !is_letter(s, at + 2)) {
            *value *= words[i].times;
            *unit = UNIT_BYTES;
            *end = at + 2;
            return true;
        }
    return false;
}

static kk_slice take_word(kk_slice s, size_t *at)
{
    while (*at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == '-'))
        ++*at;
    size_t from = *at;
    while (is_letter(s, *at))
        ++*at;
    return kk_part(s, from, *at - from);
}

/* "7,343 of our present and former customers": the unit within six words, none of which ends it. */
static bool english_unit(kk_slice s, size_t at, double *value, said_unit *unit, size_t *end)
{
    static const char *const stops[] = {"on",    "in",    "at",      "to",   "from",    "were",
                                        "was",   "is",    "are",     "by",   "with",    "for",
                                        "hours", "days",  "hour",    "day",  "minutes", "months",
                                        "years", "times", "percent", "that", "which"};
    for (int words = 0; words < 7; words++) {
        kk_slice word = take_word(s, &at);
        if (!word.len)
            return false;
        if (words == 0 && (kk_is(word, "million") || kk_is(word, "thousand"))) {
            *value *= kk_is(word, "million") ? 1e6 : 1e3;
            continue;
        }
        for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
            if (kk_is(word, stops[i]))
                return false;
        for (size_t i = 0; i < sizeof english_units / sizeof *english_units; i++)
            if (kk_is(word, english_units[i].word)) {
                *unit = english_units[i].unit;
                *end = at;
                return true;
            }
    }
    return false;
}

/* ---- the words around it ---- */

static bool cut_end(kk_slice *text, const char *const *words)
{
    for (; *words; words++) {
        kk_slice word = kk_cstr(*words);
        if (!kk_ends(*text, word))
            continue;
        text->len -= word.len;
        return true;
    }
    return false;
}

static void look_before(kk_slice s, said_number *n, size_t from)
{
    static const char *const most[] = {
        "最大で",  "最大",         "上限",       "多くて",       "多くとも",   "最多", "up to",
        "at most", "a maximum of", "maximum of", "no more than", "as many as", NULL};
    static const char *const about[] = {"約",     "およそ",        "おおよそ", "概ね",
                                        "about",  "approximately", "around",   "roughly",
                                        "nearly", "some",          NULL};
    static const char *const least[] = {"少なくとも", "at least", "more than", "over", NULL};
    static const char *const total[] = {"合計で", "合計",       "総計", "総数",     "合わせて",
                                        "計",     "延べ",       "のべ", "in total", "a total of",
                                        "total",  "altogether", NULL};
    static const char *const filler[] = {" ", ":", "は", "が", "の", "=", "(", NULL};
    kk_slice before = kk_part(s, from, n->at - from);
    for (int rounds = 0; rounds < 8 && before.len; rounds++) {
        if (cut_end(&before, most))
            n->most = true;
        else if (cut_end(&before, about))
            n->about = true;
        else if (cut_end(&before, least))
            n->at_least = true;
        else if (cut_end(&before, total))
            n->total = true;
        else if (!cut_end(&before, filler))
            break;
    }
    n->part = kk_has(before, KK_S("うち")) || kk_has(before, KK_S("内訳")) ||
              kk_has(before, KK_S("of these")) || kk_has(before, KK_S("of whom")) ||
              kk_has(before, KK_S("including")) || kk_has(before, KK_S("of which"));
    if (kk_ends(before, KK_S("ファイル")) && n->unit == UNIT_CASE)
        n->unit = UNIT_FILE;
}

static void look_behind(kk_slice s, said_number *n)
{
    static const char *const least[] = {"以上", "超", "余り", "余", "を超える", " or more", NULL};
    static const char *const about[] = {"程度", "前後", "ほど", "あまり", NULL};
    static const char *const total[] = {" in total", " in all", " altogether", "の合計", NULL};
    kk_slice rest = kk_from(s, n->end);
    for (size_t i = 0; least[i]; i++)
        n->at_least = n->at_least || kk_starts(rest, kk_cstr(least[i]));
    for (size_t i = 0; about[i]; i++)
        n->about = n->about || kk_starts(rest, kk_cstr(about[i]));
    for (size_t i = 0; total[i]; i++)
        n->total = n->total || (total[i][0] == ' ' && kk_starts(rest, kk_cstr(total[i])));
}

static bool begins_number(kk_slice s, size_t at)
{
    if (is_digit(s, at))
        return !at || !(is_digit(s, at - 1) || is_letter(s, at - 1) ||
                        (strchr(".,-", s.ptr[at - 1]) && at > 1 && is_digit(s, at - 2)));
    if (!((unsigned char)s.ptr[at] & 0x80))
        return false;
    size_t next = at;
    uint32_t c = kk_next_char(s, &next);
    return kanji_digit(c) >= 0 || kanji_small(c) > 0;
}

static bool ordinal(kk_slice s, size_t at)
{
    kk_slice before = kk_part(s, 0, at);
    return kk_ends(before, KK_S("第")) || kk_ends(before, KK_S("お"));
}

size_t numbers_find(kk_slice s, bool bare, said_number *out, size_t most)
{
    size_t count = 0, last = 0;
    for (size_t at = 0; at < s.len && count < most;) {
        if (((unsigned char)s.ptr[at] & 0xc0) == 0x80 || !begins_number(s, at)) {
            at++;
            continue;
        }
        said_number n = {.at = at, .unit = UNIT_NONE};
        bool kanji;
        size_t end = at;
        if (!take_number(s, &end, &n.value, &kanji)) {
            at++;
            continue;
        }
        n.digits = n.end = end;
        bool has_unit = japanese_unit(s, end, &n.unit, &n.end) ||
                        (!kanji && (bytes_unit(s, end, &n.value, &n.unit, &n.end) ||
                                    english_unit(s, end, &n.value, &n.unit, &n.end)));
        bool idiom = kanji && n.value < 2; /* 一人ひとり, 一部 */
        at = end > at ? end : at + 1;
        if ((!has_unit && (!bare || kanji)) || idiom || ordinal(s, n.at))
            continue;
        look_before(s, &n, last);
        look_behind(s, &n);
        last = n.end;
        out[count++] = n;
    }
    return count;
}

kk_slice plain_number(kk_arena *arena, double value)
{
    return kk_number_text(arena,
                          value < 9e15 ? (uint64_t)(value + 0.5) : UINT64_C(9000000000000000));
}
