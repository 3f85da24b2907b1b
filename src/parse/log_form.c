/* From pairs of names and values to a text that the recogniser reads like a form that was filled in. What tells a form
 * from other pairs is looked for twice: in the bytes, fast, and in names with their values. */
#include "parse/log_form.h"

#include "parse/log_pairs.h"

enum { ENTRY_MOST = 64 * 1024, KEY_BEFORE = 40, STEM_MOST = 48, OUTER_MOST = 24, PIECE_MOST = 5 };

/* ---- what a name promises ---- */

/* A later one goes before an earlier one: name_kana is a reading. */
typedef enum {
    KIND_NONE = 0,
    KIND_NAME = 1,
    KIND_ADDRESS = 2,
    KIND_BIRTH = 4,
    KIND_ZIP = 8,
    KIND_PHONE = 16,
    KIND_MAIL = 32,
    KIND_KANA = 64
} kinds;

typedef struct {
    const char *word;
    kinds kind;
    bool whole; /* only as the whole name */
} promise;

/* By their first letter. */
static const promise with_letters[26][4] = {
    ['a' - 'a'] = {{"addr", KIND_ADDRESS, false}},
    ['b' - 'a'] = {{"birth", KIND_BIRTH, false}},
    ['d' - 'a'] = {{"denwa", KIND_PHONE, false}, {"dob", KIND_BIRTH, true}},
    ['f' - 'a'] = {{"furi", KIND_KANA, false}},
    ['j' - 'a'] = {{"jusho", KIND_ADDRESS, false}, {"jyusho", KIND_ADDRESS, false}},
    ['k' - 'a'] = {{"kana", KIND_KANA, false}, {"keitai", KIND_PHONE, false}},
    ['m' - 'a'] = {{"mail", KIND_MAIL, false},
                   {"mobile", KIND_PHONE, false},
                   {"mei", KIND_NAME, true}},
    ['n' - 'a'] = {{"name", KIND_NAME, false}, {"namae", KIND_NAME, false}},
    ['p' - 'a'] = {{"phone", KIND_PHONE, false},
                   {"postal", KIND_ZIP, false},
                   {"postcode", KIND_ZIP, false},
                   {"post_code", KIND_ZIP, false}},
    ['s' - 'a'] = {{"shimei", KIND_NAME, false},
                   {"simei", KIND_NAME, false},
                   {"sei", KIND_NAME, true}},
    ['t' - 'a'] = {{"tel", KIND_PHONE, true},
                   {"telno", KIND_PHONE, false},
                   {"tel_", KIND_PHONE, false}},
    ['y' - 'a'] = {{"yomi", KIND_KANA, false}, {"yubin", KIND_ZIP, false}},
    ['z' - 'a'] = {{"zip", KIND_ZIP, false}},
};

static const promise in_japanese[] = {
    {"カナ", KIND_KANA, false},      {"かな", KIND_KANA, false},    {"ガナ", KIND_KANA, false},
    {"がな", KIND_KANA, false},      {"メール", KIND_MAIL, false},  {"電話", KIND_PHONE, false},
    {"携帯", KIND_PHONE, false},     {"TEL", KIND_PHONE, false},    {"郵便", KIND_ZIP, false},
    {"生年月日", KIND_BIRTH, false}, {"住所", KIND_ADDRESS, false}, {"氏名", KIND_NAME, false},
    {"名前", KIND_NAME, false},      {"姓", KIND_NAME, true},
};

/* Names of these are nobody's. */
static bool is_of_thing(kk_slice name)
{
    static const char *const things[] = {
        "item",   "product", "file", "shop",    "host", "domain", "class", "event", "plan",
        "course", "group",   "team", "company", "corp", "column", "table", "db",    "app"};
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        if (kk_has_nocase(name, kk_cstr(things[i])))
            return true;
    return false;
}

/* customer_tel2: the word without its number. */
static kk_slice stem_of(kk_slice name, unsigned *number)
{
    size_t end = name.len;
    while (end > 0 && (unsigned char)(name.ptr[end - 1] - '0') < 10)
        end--;
    uint64_t value = 0;
    *number = 0;
    if (end == name.len || name.len - end > 2 || !kk_to_u64(kk_from(name, end), &value))
        return name;
    *number = (unsigned)value;
    while (end > 1 && (name.ptr[end - 1] == '_' || name.ptr[end - 1] == '-'))
        end--;
    return end ? kk_part(name, 0, end) : name;
}

/* Accounts, and what else has a name. */
static bool is_account(kk_slice stem)
{
    static const char *const words[] = {"username", "user_name", "loginname", "login_name"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_eq_nocase(stem, kk_cstr(words[i])))
            return true;
    return is_of_thing(stem);
}

static kinds promised_at(kk_slice stem, size_t at)
{
    unsigned letter = (unsigned char)((stem.ptr[at] | 0x20) - 'a');
    kinds best = KIND_NONE;
    for (size_t i = 0; letter < 26 && i < 4 && with_letters[letter][i].word; i++) {
        const promise *p = &with_letters[letter][i];
        if (at + 2 >= stem.len || (stem.ptr[at + 1] | 0x20) != p->word[1])
            continue;
        kk_slice word = kk_cstr(p->word), there = kk_part(stem, at, word.len);
        /* customer_tel: a word by itself; hotel is none */
        bool bound = !p->whole || ((!at || stem.ptr[at - 1] == '_' || stem.ptr[at - 1] == '-') &&
                                   at + word.len == stem.len);
        if (bound && kk_eq_nocase(there, word) && p->kind > best)
            best = p->kind;
    }
    return best;
}

static kinds promised(kk_slice name)
{
    unsigned number;
    kinds best = KIND_NONE;
    kk_slice stem = stem_of(name, &number);
    bool japanese = false;
    if (stem.len < 3 || stem.len > STEM_MOST)
        return KIND_NONE;
    for (size_t at = 0; at < stem.len; at++) {
        kinds kind = promised_at(stem, at);
        best = kind > best ? kind : best;
        japanese |= (unsigned char)stem.ptr[at] >= 0x80;
    }
    for (size_t i = 0; japanese && i < sizeof in_japanese / sizeof *in_japanese; i++) {
        const promise *p = &in_japanese[i];
        bool fits = p->whole ? kk_is(stem, p->word) : kk_has(stem, kk_cstr(p->word));
        if (fits && p->kind > best)
            best = p->kind;
    }
    return best == KIND_NAME && is_account(stem) ? KIND_NONE : best;
}

/* ---- the first look ---- */

static bool is_key_byte(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_' ||
           c == '-' || c == '%' || (unsigned char)c >= 0x80;
}

/* The word that ends before quotes, brackets and blanks at `end`. */
static kk_slice word_before(kk_slice line, size_t end)
{
    size_t least = end > KEY_BEFORE ? end - KEY_BEFORE : 0;
    while (end > least &&
           (line.ptr[end - 1] == '"' || line.ptr[end - 1] == '\'' || line.ptr[end - 1] == ']' ||
            line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\\' || line.ptr[end - 1] == '['))
        end--;
    if (end >= 4 && memcmp(line.ptr + end - 4, "\\x22", 4) == 0)
        end -= 4;
    size_t begin = end;
    while (begin > least && is_key_byte(line.ptr[begin - 1]))
        begin--;
    return kk_part(line, begin, end - begin);
}

/* Two different promises before one of the signs. A name in escapes may be anything. */
static bool promises_twice(kk_slice line, char sign)
{
    unsigned seen = 0;
    for (size_t at = 0;;) {
        size_t found = kk_find_byte(kk_from(line, at), sign);
        if (found == KK_NOWHERE)
            return false;
        kk_slice word = word_before(line, at + found);
        bool escaped = kk_find_byte(word, '%') != KK_NOWHERE;
        seen |= escaped ? KIND_NAME | KIND_PHONE : (unsigned)promised(word);
        if (seen & (seen - 1))
            return true;
        at += found + 1;
    }
}

static bool is_beyond_ascii(kk_slice s)
{
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, sizeof w);
        if (w & UINT64_C(0x8080808080808080))
            return true;
    }
    for (; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return true;
    return false;
}

/* %E5, %u5C71, \xE5, \u5c71, and %40, the sign in a mail address. */
static bool has_escapes(kk_slice line, char sign)
{
    const char *end = line.ptr + line.len, *p = line.ptr;
    while ((p = memchr(p, sign, (size_t)(end - p))) && end - p > 2) {
        unsigned char a = (unsigned char)p[1], b = (unsigned char)p[2];
        bool high = sign == '%' ? a == '8' || a == '9' || (a | 0x20) >= 'a'
                                : a == 'x' && (b == '8' || b == '9' || (b | 0x20) >= 'a');
        if (high || a == 'u' || (sign == '%' && a == '4' && b == '0'))
            return true;
        p++;
    }
    return false;
}

bool kk_log_may_hold_form(kk_slice line)
{
    if (!line.len)
        return false;
    bool equals = memchr(line.ptr, '=', line.len) != NULL;
    bool body = line.ptr[0] == '{' || memchr(line.ptr, '\\', line.len) != NULL;
    if (!equals && !body)
        return false;
    if (!has_escapes(line, '%') && !memchr(line.ptr, '@', line.len) && !is_beyond_ascii(line) &&
        !has_escapes(line, '\\'))
        return false;
    return (equals && promises_twice(line, '=')) || (body && promises_twice(line, ':'));
}

bool kk_log_may_hold_record(kk_slice entry)
{
    return promises_twice(entry, '=') || promises_twice(entry, ':') || promises_twice(entry, '>') ||
           (kk_has(entry, KK_S("[('")) && promises_twice(entry, ','));
}

/* ---- pairs to labels ---- */

typedef struct {
    kk_slice label, stem, outer;
    unsigned number;
    kinds kind;
} name_of;

/* user[name], order.customer.tel, tel[0]: its last word, and the one around it. */
static name_of read_name(const kk_log_pair *pair)
{
    name_of n = {.outer = pair->outer};
    kk_slice rest = pair->key;
    size_t from = 0;
    unsigned index = 0;
    for (size_t i = 0; i <= rest.len; i++) {
        char c = i < rest.len ? rest.ptr[i] : '.';
        if (c != '[' && c != ']' && c != '.')
            continue;
        kk_slice word = kk_part(rest, from, i - from);
        uint64_t value;
        from = i + 1;
        if (kk_to_u64(word, &value) && value < 100) {
            index = (unsigned)value + 1;
        } else if (word.len) {
            n.outer = n.label.len ? n.label : n.outer;
            n.label = word;
            index = 0;
        }
    }
    n.stem = stem_of(n.label, &n.number);
    n.number = index ? index : n.number;
    n.kind = promised(n.label);
    return n;
}

static bool is_digits(kk_slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)(value.ptr[i] - '0') >= 10)
            return false;
    return value.len > 0;
}

static size_t digits_in(kk_slice value)
{
    size_t digits = 0;
    for (size_t i = 0; i < value.len; i++)
        digits += (unsigned char)(value.ptr[i] - '0') < 10;
    return digits;
}

/* Taro Yamada, not teapot or sort. */
static bool is_latin_name(kk_slice value)
{
    size_t blank = kk_find_byte(value, ' ');
    if (blank == KK_NOWHERE || blank < 2 || value.len - blank < 3)
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (is_digits(kk_part(value, i, 1)) || value.ptr[i] == '/' || value.ptr[i] == '=')
            return false;
    return true;
}

static bool keeps_promise(kinds kind, kk_slice value)
{
    size_t digits = digits_in(value);
    switch (kind) {
    case KIND_NAME:
        return is_beyond_ascii(value) || is_latin_name(value);
    case KIND_KANA:
    case KIND_ADDRESS:
        return is_beyond_ascii(value);
    case KIND_PHONE:
        return digits >= 9 && digits <= 15;
    case KIND_MAIL: {
        size_t at = kk_find_byte(value, '@');
        return at != KK_NOWHERE && at > 0 && kk_find_byte(kk_from(value, at), '.') != KK_NOWHERE;
    }
    case KIND_ZIP:
        return digits == 7;
    case KIND_BIRTH:
        return digits >= 6 && digits <= 8;
    default:
        return false;
    }
}

/* tel1, tel2, tel3: one value of all; *last is the last of them. */
static kk_slice join_pieces(kk_arena *arena, const kk_log_pair *pairs, size_t count, size_t at,
                            size_t *last)
{
    name_of first = read_name(&pairs[at]), next;
    kk_slice value = pairs[at].value;
    bool same_key = kk_ends(pairs[at].key, KK_S("[]"));
    bool piece = (first.kind == KIND_PHONE || first.kind == KIND_ZIP || first.kind == KIND_BIRTH) &&
                 value.len <= PIECE_MOST && is_digits(value) && (first.number || same_key);
    *last = at;
    for (size_t i = at + 1; piece && i < count && i < at + 3; i++) {
        next = read_name(&pairs[i]);
        bool follows = same_key ? kk_eq(pairs[i].key, pairs[at].key)
                                : next.number == first.number + (unsigned)(i - at);
        if (!follows || !kk_eq(next.stem, first.stem) || pairs[i].value.len > PIECE_MOST ||
            !is_digits(pairs[i].value))
            break;
        value = kk_print(arena, "%.*s-%.*s", KK_P(value), KK_P(pairs[i].value));
        *last = i;
    }
    return value;
}

static bool is_nothing(kk_slice value)
{
    static const char *const words[] = {"null",  "nil",        "none",  "undefined", "true",
                                        "false", "[FILTERED]", "Array", "array"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_eq_nocase(value, kk_cstr(words[i])))
            return true;
    return kk_find_byte(value, '*') != KK_NOWHERE && digits_in(value) == 0 && value.len < 40;
}

/* Who is meant where the word alone does not say: shipping, guardian, お届け先. */
static bool says_whose(kk_slice outer)
{
    static const char *const words[] = {"ship",   "deliver",  "otodoke", "recipient", "receiver",
                                        "bill",   "guardian", "parent",  "emergency", "spouse",
                                        "family", "sender",   "orderer"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has_nocase(outer, kk_cstr(words[i])))
            return true;
    return is_beyond_ascii(outer);
}

/* your-name, txtTel, input_email: what programs put before a word. */
static kk_slice without_prefix(kk_slice label)
{
    static const char *const prefixes[] = {"your", "input", "inp", "txt", "text", "form", "frm"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        kk_slice prefix = kk_cstr(prefixes[i]), rest = kk_from(label, prefix.len);
        if (!kk_eq_nocase(kk_part(label, 0, prefix.len), prefix))
            continue;
        while (rest.len && (rest.ptr[0] == '-' || rest.ptr[0] == '_'))
            rest = kk_from(rest, 1);
        if (promised(rest) != KIND_NONE)
            return rest;
    }
    return label;
}

static void put_plain(kk_buffer *out, kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        kk_put_byte(out, c < 0x20 ? ' ' : text.ptr[i]);
    }
}

static void put_label(kk_buffer *out, const name_of *n)
{
    kk_slice label = without_prefix(n->label);
    if (n->outer.len && n->outer.len <= OUTER_MOST && says_whose(n->outer)) {
        put_plain(out, n->outer);
        kk_put_byte(out, '_');
    }
    for (size_t i = 0; i < label.len; i++)
        kk_put_byte(out, label.ptr[i] == ':' || label.ptr[i] == ' ' ? '_' : label.ptr[i]);
    kk_put_byte(out, ':');
}

/* One encoding for all that a form holds: a single name is too short to tell. */
static void decode(kk_arena *arena, kk_log_pair *pairs, size_t count)
{
    kk_buffer odd = {0};
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].encoded)
            kk_put(&odd, pairs[i].value);
        if (pairs[i].key_encoded)
            kk_put(&odd, pairs[i].key);
        if (pairs[i].encoded || pairs[i].key_encoded)
            kk_put_byte(&odd, '\n');
    }
    kk_charset charset = odd.len ? kk_charset_guess(kk_buffer_slice(&odd), NULL) : KK_UTF8;
    kk_buffer_close(&odd);
    if (charset != KK_CP932 && charset != KK_EUC_JP)
        charset = KK_UTF8;
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].encoded)
            pairs[i].value = kk_decode(arena, charset, pairs[i].value, NULL);
        if (pairs[i].key_encoded)
            pairs[i].key = kk_decode(arena, charset, pairs[i].key, NULL);
        pairs[i].outer = kk_utf8_clean(arena, pairs[i].outer);
    }
}

/* Of one part, the pairs from `begin`; returns what of a person is kept in it. */
static unsigned put_part(kk_arena *arena, kk_buffer *out, const kk_log_pair *pairs, size_t begin,
                         size_t end)
{
    unsigned kept = 0;
    for (size_t i = begin, last; i < end; i = last + 1) {
        name_of n = read_name(&pairs[i]);
        kk_slice value = join_pieces(arena, pairs, end, i, &last);
        if (!n.label.len || is_nothing(value))
            continue;
        kept |= keeps_promise(n.kind, value) ? (unsigned)n.kind : 0;
        put_label(out, &n);
        put_plain(out, value);
        kk_put_byte(out, '\n');
    }
    return kept;
}

kk_slice kk_log_form_read(kk_arena *arena, kk_slice entry)
{
    kk_log_pair *pairs = KK_NEW_ARRAY(arena, kk_log_pair, KK_LOG_PAIRS_MOST);
    size_t count = kk_log_pairs(arena, kk_part(entry, 0, ENTRY_MOST), pairs);
    kk_buffer out = {0};
    bool any = false;
    decode(arena, pairs, count);
    for (size_t begin = 0, end; begin < count; begin = end) {
        size_t before = out.len;
        for (end = begin + 1; end < count && pairs[end].part == pairs[begin].part;)
            end++;
        unsigned kept = put_part(arena, &out, pairs, begin, end);
        if (!(kept & (kept - 1)))
            out.len = before;
        else
            kk_put(&out, KK_S("\n\n"));
        any |= out.len > before;
    }
    kk_slice text = any ? kk_copy(arena, kk_buffer_slice(&out)) : KK_NONE;
    kk_buffer_close(&out);
    return text;
}

static uint64_t record_of(uint64_t begin, uint64_t number)
{
    return begin ? KK_LINE_OF_RANGE | begin >> 16 << 32 | number : number;
}

void kk_log_form_tell(kk_sink *sink, const kk_settings *settings, kk_arena *scratch, kk_slice entry,
                      uint64_t number, uint64_t offset)
{
    kk_slice text = kk_log_form_read(scratch, entry);
    if (text.len)
        sink->passage(sink, &(kk_passage){.text = text,
                                          .record = record_of(settings->begin, number),
                                          .offset = offset});
}
