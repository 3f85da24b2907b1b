/* What a regular expression cannot do without: texts of which one has to be in whatever it is found in.
 * `\b(pscp|scp)\.exe` needs ".exe", `(curl|wget)\s` needs one of two. What is in doubt is left out, so
 * that texts may be too short or too many but never wrong. */
#include "detect/fold.h"
#include "detect/regex.h"

typedef struct {
    kk_arena *arena;
    kk_slice s; /* one sequence: no | at its own level */
    size_t at;
    char *run;
    size_t len;
    kk_regex_texts best;
    kk_regex_order *order; /* NULL: not asked for */
    int depth;
} reading;

enum { DEEPEST = 20 };

static size_t shortest(const kk_regex_texts *t)
{
    size_t len = t->count ? t->text[0].len : 0;
    for (size_t i = 1; i < t->count; i++)
        len = t->text[i].len < len ? t->text[i].len : len;
    return len;
}

/* Longer texts are rarer; four bytes are looked for at once, beyond them fewer texts count more. */
static bool is_better(const kk_regex_texts *a, const kk_regex_texts *b)
{
    size_t x = shortest(a), y = shortest(b);
    size_t of_x = x < 4 ? x : 4, of_y = y < 4 ? y : 4;
    if (of_x != of_y)
        return of_x > of_y;
    return a->count != b->count ? a->count < b->count : x > y;
}

static void offer(reading *r, const kk_regex_texts *texts)
{
    if (texts->count && (!r->best.count || is_better(texts, &r->best)))
        r->best = *texts;
}

static void end_run(reading *r)
{
    kk_regex_texts one = {.count = r->len > 0};
    if (r->len)
        one.text[0] = kk_copy(r->arena, (kk_slice){r->run, r->len});
    offer(r, &one);
    if (r->len && r->order && r->order->count < KK_REGEX_ORDER)
        r->order->text[r->order->count++] = kk_fold(r->arena, one.text[0]);
    r->len = 0;
}

/* Behind the class that begins here. */
static size_t skip_class(kk_slice s, size_t at)
{
    at++;
    if (at < s.len && s.ptr[at] == '^')
        at++;
    if (at < s.len && s.ptr[at] == ']')
        at++;
    for (; at < s.len && s.ptr[at] != ']'; at++) {
        if (s.ptr[at] == '\\')
            at++;
        else if (s.ptr[at] == '[' && at + 1 < s.len && s.ptr[at + 1] == ':')
            while (at + 1 < s.len && !(s.ptr[at] == ':' && s.ptr[at + 1] == ']'))
                at++;
    }
    return at + 1;
}

/* Behind the group that begins here. */
static size_t skip_group(kk_slice s, size_t at)
{
    int depth = 0;
    while (at < s.len) {
        char c = s.ptr[at];
        if (c == '\\') {
            at += 2;
        } else if (c == '[') {
            at = skip_class(s, at);
        } else {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            at++;
            if (!depth)
                break;
        }
    }
    return at;
}

/* What follows an atom: how much of it is a quantifier, and whether the atom may be missing. */
static size_t quantifier(kk_slice s, size_t at, bool *optional)
{
    size_t size = 0;
    *optional = false;
    if (at >= s.len)
        return 0;
    if (s.ptr[at] == '?' || s.ptr[at] == '*' || s.ptr[at] == '+') {
        *optional = s.ptr[at] != '+';
        size = 1;
    } else if (s.ptr[at] == '{') {
        size_t close = kk_find_byte(kk_from(s, at), '}');
        if (close == KK_NOWHERE)
            return 0;
        *optional = true; /* {0,n} and {,n} can be; {2,3} is as well left out */
        size = close + 1;
    }
    if (size && at + size < s.len && (s.ptr[at + size] == '?' || s.ptr[at + size] == '+'))
        size++;
    return size;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* An atom that is the same text wherever it is found: its size, and the text; 0 if it is not. */
static size_t literal_atom(const reading *r, char *c)
{
    char first = r->s.ptr[r->at];
    if (first == '\\') {
        if (r->at + 1 >= r->s.len || is_letter_or_digit(r->s.ptr[r->at + 1]))
            return 0;
        *c = r->s.ptr[r->at + 1];
        return 2;
    }
    if (strchr(".[(^$", first) || (unsigned char)first >= 0x80)
        return 0;
    *c = first;
    return 1;
}

static size_t other_atom(const reading *r)
{
    char first = r->s.ptr[r->at];
    size_t end = first == '['    ? skip_class(r->s, r->at)
                 : first == '('  ? skip_group(r->s, r->at)
                 : first == '\\' ? r->at + 2
                                 : r->at + 1;
    return end > r->s.len ? r->s.len - r->at : end - r->at;
}

static bool is_plain_group(kk_slice after)
{
    return kk_starts(after, KK_S(":")) || kk_starts(after, KK_S("=")) ||
           kk_starts(after, KK_S("!")) || kk_starts(after, KK_S("i)")) ||
           kk_starts(after, KK_S("i:"));
}

static bool is_beyond(kk_slice s)
{
    bool escaped = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (escaped && memchr("QEpPxoNcgk0123456789", c, 20))
            return true; /* escapes that may be longer than two characters */
        if (!escaped && c == '(' && kk_starts(kk_from(s, i + 1), KK_S("?")) &&
            !is_plain_group(kk_from(s, i + 2)))
            return true;
        if (!escaped && c == '(' && i + 1 < s.len && s.ptr[i + 1] == '*')
            return true;
        escaped = !escaped && c == '\\';
    }
    return false;
}

static kk_regex_texts texts_of(kk_arena *arena, kk_slice regex, int depth);

/* The texts of a group that has to match; none if it looks elsewhere or only sets options. */
static kk_regex_texts texts_of_group(const reading *r, kk_slice group)
{
    kk_slice inside = kk_part(group, 1, group.len - 2);
    if (kk_starts(inside, KK_S("?:")) || kk_starts(inside, KK_S("?i:")))
        inside = kk_from(inside, kk_find_byte(inside, ':') + 1);
    else if (kk_starts(inside, KK_S("?")))
        return (kk_regex_texts){0};
    return texts_of(r->arena, inside, r->depth + 1);
}

static kk_regex_texts texts_of_sequence(kk_arena *arena, kk_slice s, int depth,
                                        kk_regex_order *order)
{
    reading r = {
        .arena = arena, .s = s, .run = kk_take(arena, s.len + 1), .order = order, .depth = depth};
    while (r.at < s.len) {
        char c = 0;
        bool optional;
        size_t begin = r.at, size = literal_atom(&r, &c);
        bool literal = size != 0;
        r.at += literal ? size : other_atom(&r);
        kk_slice atom = kk_part(s, begin, r.at - begin);
        size = quantifier(s, r.at, &optional);
        r.at += size;
        if (literal && !optional)
            r.run[r.len++] = c;
        if (!literal || size)
            end_run(&r);
        if (!literal && !optional && atom.len > 2 && atom.ptr[0] == '(' &&
            atom.ptr[atom.len - 1] == ')') {
            kk_regex_texts texts = texts_of_group(&r, atom);
            offer(&r, &texts);
        }
    }
    end_run(&r);
    return r.best;
}

/* The end of the alternative that begins here. */
static size_t end_of_alternative(kk_slice s, size_t at)
{
    while (at < s.len && s.ptr[at] != '|') {
        char c = s.ptr[at];
        at = c == '\\'  ? at + 2
             : c == '[' ? skip_class(s, at)
             : c == '(' ? skip_group(s, at)
                        : at + 1;
    }
    return at < s.len ? at : s.len;
}

/* Of each alternative one text or more; none at all where one alternative has none. */
static kk_regex_texts texts_of(kk_arena *arena, kk_slice regex, int depth)
{
    kk_regex_texts all = {0};
    if (depth > DEEPEST)
        return all;
    for (size_t at = 0; at <= regex.len;) {
        size_t end = end_of_alternative(regex, at);
        kk_regex_texts texts = texts_of_sequence(arena, kk_part(regex, at, end - at), depth, NULL);
        if (!texts.count || all.count + texts.count > KK_REGEX_TEXTS)
            return (kk_regex_texts){0};
        memcpy(all.text + all.count, texts.text, texts.count * sizeof *texts.text);
        all.count += texts.count;
        at = end + 1;
    }
    return all;
}

kk_regex_texts kk_regex_needs(kk_arena *arena, kk_slice regex)
{
    return is_beyond(regex) ? (kk_regex_texts){0} : texts_of(arena, regex, 0);
}

/* ---- all of them, in their order ---- */

/* Whether there are but literals and `.*`, no literal with a quantifier. */
static bool is_all_texts(kk_slice regex)
{
    reading r = {.s = regex};
    while (r.at < regex.len) {
        char c;
        bool optional;
        size_t size = literal_atom(&r, &c);
        if (!size && !kk_starts(kk_from(regex, r.at), KK_S(".*")))
            return false;
        r.at += size ? size : 2;
        if (quantifier(regex, r.at, &optional))
            return false;
    }
    return true;
}

bool kk_regex_order_of(kk_arena *arena, kk_slice regex, kk_regex_order *out)
{
    out->count = 0;
    if (!is_beyond(regex) && end_of_alternative(regex, 0) == regex.len)
        texts_of_sequence(arena, regex, 0, out);
    out->is_all = out->count && out->count < KK_REGEX_ORDER && is_all_texts(regex);
    return out->count != 0;
}

bool kk_regex_order_fits(const kk_regex_order *order, kk_slice folded)
{
    for (size_t i = 0; i < order->count; i++) {
        size_t at = kk_find(folded, order->text[i]);
        if (at == KK_NOWHERE)
            return false;
        folded = kk_from(folded, at + order->text[i].len);
    }
    return true;
}

/* ---- one class and nothing else ---- */

static bool add_range(kk_regex_class *c, kk_slice s, size_t *at)
{
    unsigned char from = (unsigned char)s.ptr[*at], to = from;
    if (!is_letter_or_digit(s.ptr[*at]))
        return false;
    if (*at + 2 < s.len && s.ptr[*at + 1] == '-') {
        to = (unsigned char)s.ptr[*at + 2];
        *at += 2;
    }
    if (to < from || !is_letter_or_digit((char)to))
        return false;
    for (unsigned b = from; b <= to; b++)
        c->chars[b / 64] |= UINT64_C(1) << (b % 64);
    ++*at;
    return true;
}

/* {n}, {n,}, {n,m} */
static bool read_times(kk_slice s, kk_regex_class *c)
{
    uint64_t least, most;
    if (!kk_starts(s, KK_S("{")) || !kk_ends(s, KK_S("}")))
        return false;
    s = kk_part(s, 1, s.len - 2);
    size_t comma = kk_find_byte(s, ',');
    kk_slice behind = comma == KK_NOWHERE ? kk_part(s, 0, s.len) : kk_from(s, comma + 1);
    if (!kk_to_u64(kk_part(s, 0, comma), &least) || least > UINT16_MAX)
        return false;
    most = UINT32_MAX;
    if (behind.len && (!kk_to_u64(behind, &most) || most > UINT16_MAX))
        return false;
    c->least = (uint32_t)least;
    c->most = (uint32_t)most;
    return true;
}

bool kk_regex_class_of(kk_slice regex, bool nocase, kk_regex_class *out)
{
    *out = (kk_regex_class){0};
    size_t close = kk_find_byte(regex, ']'), at = 0;
    if (!kk_starts(regex, KK_S("^[")) || close == KK_NOWHERE || !kk_ends(regex, KK_S("}$")))
        return false;
    kk_slice inside = kk_part(regex, 2, close - 2);
    while (at < inside.len)
        if (!add_range(out, inside, &at))
            return false;
    const uint64_t letters = UINT64_C(0x07fffffe), large = out->chars[1] & letters,
                   small = out->chars[1] >> 32 & letters;
    if (nocase)
        out->chars[1] |= small | large << 32;
    return inside.len && read_times(kk_part(regex, close + 1, regex.len - close - 2), out);
}

bool kk_regex_class_fits(const kk_regex_class *c, kk_slice text)
{
    bool all = text.len >= c->least && text.len <= c->most;
    for (size_t i = 0; all && i < text.len; i++)
        all = c->chars[text.ptr[i] >> 6 & 1] >> (text.ptr[i] & 63) & 1;
    return all;
}
