/* One pass over the text: a word or a string with a sign behind it ("=", ":", "=>") is a key; what follows
 * is its value, a string, a record or the bare text up to the next key. Strings that hold pairs of their own (a body of JSON
 * in a line of JSON) are gone through too. */
#include "parse/log_pairs.h"

enum {
    DEPTH_MOST = 24,
    LEVELS_MOST = 3,
    KEY_MOST = 96,
    BARE_MOST = 512,
    VALUE_MOST = 2048,
    STRING_MOST = 32 * 1024,
    OPEN_MOST = 8 /* quotes that nothing closes, until quotes are signs like others */
};

typedef struct {
    kk_slice key;   /* of what this is the value; empty for none */
    kk_slice first; /* ("name", "...") and ["name", "..."]: the first of two strings */
    char kind;
    bool is_element; /* of a list, */
    bool is_tuple;   /* ... and a name with its value */
} frame;

typedef struct {
    kk_arena *arena;
    kk_log_pair *pairs;
    size_t count;
    frame frames[DEPTH_MOST];
    size_t depth, lost; /* deeper ones are only counted */
    uint32_t part;
    int level, unclosed;
} scanner;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_word(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_' ||
           c == '-' || c == '.' || c == '%' || (unsigned char)c >= 0x80;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of `len` hex digits; -1 where there are none. */
static int32_t hex_number(kk_slice text, size_t at, size_t len)
{
    int32_t number = 0;
    if (at + len > text.len)
        return -1;
    for (size_t i = at; i < at + len; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

/* ---- escapes ---- */

/* Behind \u or %u: four digits, or the two halves of a character. Bytes used, 0 if it is none. */
static size_t take_unit(kk_slice text, size_t at, char mark, kk_buffer *out)
{
    int32_t unit = hex_number(text, at, 4), low;
    if (unit < 0)
        return 0;
    bool high = unit >= 0xd800 && unit < 0xdc00;
    if (high && at + 6 <= text.len && text.ptr[at + 4] == mark && text.ptr[at + 5] == 'u' &&
        (low = hex_number(text, at + 6, 4)) >= 0xdc00 && low < 0xe000) {
        kk_put_char(out, 0x10000 + (uint32_t)((unit - 0xd800) << 10 | (low - 0xdc00)));
        return 10;
    }
    kk_put_char(out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : (uint32_t)unit);
    return 4;
}

/* What stands at a backslash; returns the bytes used. */
static size_t take_escape(kk_slice text, size_t at, kk_buffer *out)
{
    static const char letters[] = "ntrbfv0", meaning[] = "\n\t\r   ";
    char next = at + 1 < text.len ? text.ptr[at + 1] : '\0';
    int32_t byte = next == 'x' ? hex_number(text, at + 2, 2) : -1;
    size_t used = next == 'u' ? take_unit(text, at + 2, '\\', out) : 0;
    if (used)
        return used + 2;
    if (byte >= 0) {
        kk_put_byte(out, (char)byte);
        return 4;
    }
    const char *letter = next ? memchr(letters, next, sizeof letters - 1) : NULL;
    kk_put_byte(out, letter ? meaning[letter - letters] : next ? next : '\\');
    return 2;
}

static kk_slice without_escapes(kk_arena *arena, kk_slice text)
{
    if (kk_find_byte(text, '\\') == KK_NOWHERE)
        return text;
    kk_buffer out = {0};
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] == '\\')
            i += take_escape(text, i, &out);
        else
            kk_put_byte(&out, text.ptr[i++]);
    }
    kk_slice plain = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return plain;
}

static bool has_percent(kk_slice text)
{
    for (size_t at = 0;;) {
        size_t found = kk_find_byte(kk_from(text, at), '%');
        if (found == KK_NOWHERE)
            return false;
        at += found + 1;
        if (hex_number(text, at, 2) >= 0 ||
            (at < text.len && text.ptr[at] == 'u' && hex_number(text, at + 1, 4) >= 0))
            return true;
    }
}

static kk_slice without_percent(kk_arena *arena, kk_slice text, bool plus)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        int32_t byte = c == '%' ? hex_number(text, i + 1, 2) : -1;
        size_t unit = c == '%' && i + 1 < text.len && text.ptr[i + 1] == 'u'
                          ? take_unit(text, i + 2, '%', &out)
                          : 0;
        if (unit) {
            i += unit + 2;
            continue;
        }
        kk_put_byte(&out, byte >= 0 ? (char)byte : plus && c == '+' ? ' ' : c);
        i += byte >= 0 ? 3 : 1;
    }
    kk_slice plain = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return plain;
}

/* ---- what was found ---- */

static kk_slice outer_key(const scanner *s)
{
    for (size_t i = s->depth; i > 0; i--)
        if (s->frames[i - 1].key.len)
            return s->frames[i - 1].key;
    return KK_NONE;
}

static void give(scanner *s, kk_slice key, kk_slice value, bool is_request)
{
    if (s->count == KK_LOG_PAIRS_MOST || !key.len || key.len > KEY_MOST || value.len > VALUE_MOST)
        return;
    bool percent = has_percent(value), in_key = has_percent(key);
    if (percent || (is_request && kk_find_byte(value, '+') != KK_NOWHERE))
        value = without_percent(s->arena, value, is_request || percent);
    if (in_key)
        key = without_percent(s->arena, key, true);
    value = kk_trim(value);
    if (!value.len)
        return;
    s->pairs[s->count++] = (kk_log_pair){
        key, value, outer_key(s), s->part, !kk_utf8_valid(value), !kk_utf8_valid(key)};
}

static void push(scanner *s, kk_slice key, char kind)
{
    if (s->depth == DEPTH_MOST) {
        s->lost++;
        return;
    }
    bool element = !key.len && s->depth && s->frames[s->depth - 1].kind == '[';
    s->frames[s->depth++] = (frame){.key = key, .kind = kind, .is_element = element};
}

static void pop(scanner *s)
{
    if (s->lost)
        s->lost--;
    else if (s->depth) {
        const frame *last = &s->frames[--s->depth];
        s->part += last->is_element && !last->is_tuple;
    }
}

/* ---- signs and strings ---- */

/* The sign behind a key; *after is where its value begins. */
static bool sign_at(kk_slice t, size_t i, size_t *after)
{
    while (i < t.len && (t.ptr[i] == ' ' || t.ptr[i] == '\t'))
        i++;
    char c = i < t.len ? t.ptr[i] : '\0', next = i + 1 < t.len ? t.ptr[i + 1] : '\0';
    bool arrow = c == '=' && next == '>';
    if (!arrow && (c != '=' || next == '=') &&
        (c != ':' || next == ':' || next == '/' || next == '\\'))
        return false;
    i += arrow || (c == ':' && next == '=') ? 2 : 1;
    while (i < t.len && (t.ptr[i] == ' ' || t.ptr[i] == '\t' || (arrow && is_blank(t.ptr[i]))))
        i++;
    *after = i;
    return true;
}

/* string(13) "...": what PHP says of a value before it. */
static size_t behind_type(kk_slice t, size_t i)
{
    size_t at = i;
    while (at < t.len && (unsigned char)(t.ptr[at] - 'a') < 26)
        at++;
    size_t digits = at + 1;
    if (at == i || at >= t.len || t.ptr[at] != '(')
        return i;
    while (digits < t.len && hex_digit(t.ptr[digits]) >= 0)
        digits++;
    bool type = digits + 2 < t.len && t.ptr[digits] == ')' && t.ptr[digits + 1] == ' ' &&
                t.ptr[digits + 2] == '"';
    return type ? digits + 2 : i;
}

/* A quote begins a string where no letter stands before it: don't. */
static bool opens(kk_slice t, size_t i)
{
    char c = t.ptr[i];
    if (c != '"' && c != '\'')
        return false;
    char before = i ? t.ptr[i - 1] : ' ';
    bool prefix = (before == 'u' || before == 'b') && (i < 2 || !is_word(t.ptr[i - 2]));
    return !is_word(before) || before == '%' || prefix;
}

static bool take_string(scanner *s, kk_slice t, size_t *i, kk_slice *text)
{
    char quote = t.ptr[*i];
    size_t end = *i + 1, most = t.len - *i > STRING_MOST ? *i + STRING_MOST : t.len;
    while (end < most && t.ptr[end] != quote)
        end += t.ptr[end] == '\\' ? 2 : 1;
    if (end >= most) {
        s->unclosed++;
        return false;
    }
    *text = without_escapes(s->arena, kk_part(t, *i + 1, end - *i - 1));
    *i = end + 1;
    return true;
}

/* [name] => ..., as print_r writes it. */
static bool take_bracket_key(kk_slice t, size_t *i, kk_slice *key)
{
    size_t end = kk_find_byte(kk_part(t, *i, KEY_MOST), ']'), after = 0;
    if (end == KK_NOWHERE || end < 2)
        return false;
    kk_slice name = kk_part(t, *i + 1, end - 1);
    size_t behind = *i + end + 1;
    while (behind < t.len && t.ptr[behind] == ' ')
        behind++;
    if (!kk_starts(kk_from(t, behind), KK_S("=>")) || !sign_at(t, behind, &after))
        return false;
    if (name.len > 2 && (name.ptr[0] == '"' || name.ptr[0] == '\''))
        name = kk_part(name, 1, name.len - 2);
    *key = kk_part(name, 0, kk_find_byte(name, ':')); /* name:protected */
    *i = after;
    return true;
}

static size_t word_end(kk_slice t, size_t i)
{
    while (i < t.len && is_word(t.ptr[i]))
        i++;
    /* user[name], order[0][tel]: only right before the sign of a request */
    size_t end = i;
    while (end < t.len && t.ptr[end] == '[') {
        size_t close = kk_find_byte(kk_part(t, end, KEY_MOST), ']');
        if (close == KK_NOWHERE)
            return i;
        end += close + 1;
    }
    return end > i && end < t.len && t.ptr[end] == '=' ? end : i;
}

/* 10:00:11 has no keys. */
static bool is_key(kk_slice word)
{
    return word.len && word.len <= KEY_MOST && (unsigned char)(word.ptr[0] - '0') >= 10;
}

static bool key_follows(kk_slice t, size_t i)
{
    size_t after, end;
    while (i < t.len && (t.ptr[i] == ' ' || t.ptr[i] == '\t'))
        i++;
    end = word_end(t, i);
    return is_key(kk_part(t, i, end - i)) && end < t.len &&
           (t.ptr[end] == '=' || t.ptr[end] == ':') && sign_at(t, end, &after);
}

/* Where a bare value ends. That of a request ends at a blank; another one before the next key. */
static size_t bare_end(kk_slice t, size_t i, bool is_request)
{
    size_t open = 0, from = i;
    for (; i < t.len && i - from < BARE_MOST; i++) {
        char c = t.ptr[i];
        if (c == '&' || c == '"' || c == '\n' || c == '\r' || c == ';' || c == ',' || c == '<' ||
            c == '\t' || c == '|')
            break;
        bool opener = c == '(' || c == '[' || c == '{';
        if (opener && i > from && (c == '{' || key_follows(t, i + 1))) /* ContactForm(name=... */
            break;
        open += opener;
        if ((c == ')' || c == ']' || c == '}') && open-- == 0)
            break;
        if (c == ' ' && (is_request || key_follows(t, i)))
            break;
    }
    return i;
}

/* ---- the pass ---- */

static void scan(scanner *s, kk_slice t);

static void look_into(scanner *s, kk_slice text)
{
    bool pairs = kk_find_byte(text, '=') != KK_NOWHERE || kk_has(text, KK_S("\":")) ||
                 kk_has(text, KK_S("': ")) || kk_has(text, KK_S("</"));
    if (!pairs || text.len < 8 || s->level == LEVELS_MOST)
        return;
    scanner inner = *s;
    inner.depth = inner.lost = 0;
    inner.level++;
    scan(&inner, text);
    s->count = inner.count;
    s->part = inner.part;
}

/* A string that no sign follows: what it holds, or else the value of the key before it, one of a list, or just a
 * text. */
static void take_text(scanner *s, kk_slice *key, kk_slice text)
{
    frame *in = s->depth ? &s->frames[s->depth - 1] : NULL;
    size_t before = s->count;
    look_into(s, text);
    if (s->count > before) {
        *key = KK_NONE;
    } else if (key->len) {
        give(s, *key, text, false);
        *key = KK_NONE;
    } else if (in && in->kind == '[' && in->key.len) {
        give(s, in->key, text, false);
    } else if (in && in->kind != '{' && in->first.len) {
        give(s, in->first, text, false);
        in->first = KK_NONE;
        in->is_tuple = true;
    } else if (in && in->kind != '{') {
        in->first = text;
    }
}

/* A word: a key with its bare value, or nothing; returns where to go on. */
static size_t take_word(scanner *s, kk_slice t, size_t i, kk_slice *key)
{
    size_t end = word_end(t, i), after;
    kk_slice word = kk_part(t, i, end - i);
    bool request = i > 0 && (t.ptr[i - 1] == '&' || t.ptr[i - 1] == '?');
    const frame *in = s->depth ? &s->frames[s->depth - 1] : NULL;
    if (!is_key(word) || !sign_at(t, end, &after)) {
        bool of_list = !key->len && in && in->kind == '[' && in->key.len;
        if (!key->len && !of_list)
            return end;
        end = bare_end(t, i, false);
        give(s, of_list ? in->key : *key, kk_part(t, i, end - i), false);
        *key = KK_NONE;
        return end > i ? end : i + 1;
    }
    *key = word;
    after = behind_type(t, after);
    char c = after < t.len ? t.ptr[after] : '\0';
    bool equals = t.ptr[after - 1] == '=';
    if (c == '"' || c == '\'' || c == '{' || c == '[' || c == '(' ||
        ((c == 'u' || c == 'b') && after + 1 < t.len && opens(t, after + 1)))
        return after;
    if (key_follows(t, after)) { /* params=name=... */
        *key = KK_NONE;
        return after;
    }
    end = bare_end(t, after, request);
    request |= equals &&
               ((end < t.len && t.ptr[end] == '&') || has_percent(kk_part(t, after, end - after)));
    end = bare_end(t, after, request);
    give(s, word, kk_part(t, after, end - after), request);
    *key = KK_NONE;
    return end > after ? end : after;
}

/* <name>...</name>, <ns:name attr="">...</ns:name>; returns where to go on. */
static size_t take_element(scanner *s, kk_slice t, size_t i)
{
    size_t from = i + 1, end = from;
    if (from < t.len && t.ptr[from] == '/') {
        size_t close = kk_find_byte(kk_part(t, from, KEY_MOST), '>');
        return close == KK_NOWHERE ? from : from + close + 1;
    }
    while (end < t.len && (is_word(t.ptr[end]) || t.ptr[end] == ':'))
        end++;
    size_t close = kk_find_byte(kk_part(t, end, KEY_MOST), '>');
    if (end == from || close == KK_NOWHERE)
        return from;
    size_t value = end + close + 1, next = kk_find_byte(kk_part(t, value, VALUE_MOST), '<');
    kk_slice name = kk_part(t, from, end - from);
    size_t colon = kk_rfind_byte(name, ':');
    if (next != KK_NOWHERE && next && kk_starts(kk_from(t, value + next), KK_S("</")))
        give(s, colon == KK_NOWHERE ? name : kk_from(name, colon + 1), kk_part(t, value, next),
             false);
    return next == KK_NOWHERE ? value : value + next;
}

/* What a string or a sign begins; returns where to go on. */
static size_t take_string_at(scanner *s, kk_slice t, size_t i, kk_slice *key)
{
    kk_slice text;
    size_t after;
    if (s->unclosed == OPEN_MOST || !opens(t, i) || !take_string(s, t, &i, &text))
        return i + 1;
    bool in_brackets = i < t.len && t.ptr[i] == ']' && s->depth &&
                       s->frames[s->depth - 1].kind == '[' &&
                       kk_starts(kk_from(t, i + 1), KK_S("=>"));
    if (in_brackets)
        pop(s);
    if (sign_at(t, in_brackets ? i + 1 : i, &after)) {
        *key = text;
        return behind_type(t, after);
    }
    take_text(s, key, text);
    return i;
}

static void scan(scanner *s, kk_slice t)
{
    kk_slice key = KK_NONE;
    for (size_t i = 0; i < t.len && s->count < KK_LOG_PAIRS_MOST;) {
        char c = t.ptr[i];
        if (c == '[' && take_bracket_key(t, &i, &key)) {
            i = behind_type(t, i);
            size_t end = bare_end(t, i, false);
            bool bare =
                i < t.len && t.ptr[i] != '"' && end > i && !kk_starts(kk_from(t, i), KK_S("Array"));
            if (bare) { /* a whole line, with commas in it */
                size_t line = kk_find_byte(kk_part(t, i, BARE_MOST), '\n');
                end = line == KK_NOWHERE ? end : i + line;
                give(s, key, kk_part(t, i, end - i), false);
                key = KK_NONE;
                i = end;
            }
        } else if (c == '"' || c == '\'') {
            i = take_string_at(s, t, i, &key);
        } else if (c == '{' || c == '[' || c == '(') {
            push(s, key, c);
            key = KK_NONE;
            i++;
        } else if (c == '}' || c == ']' || c == ')') {
            pop(s);
            key = KK_NONE;
            i++;
        } else if (c == '<') {
            i = take_element(s, t, i);
        } else if (is_word(c)) {
            i = take_word(s, t, i, &key);
        } else {
            key = c == ',' || c == '&' || c == ';' || c == '\n' ? KK_NONE : key;
            i++;
        }
    }
}

size_t kk_log_pairs(kk_arena *arena, kk_slice text, kk_log_pair pairs[KK_LOG_PAIRS_MOST])
{
    scanner s = {.arena = arena, .pairs = pairs};
    scan(&s, text);
    return s.count;
}
