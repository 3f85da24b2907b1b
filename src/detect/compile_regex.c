/* What a regular expression cannot do without: a text that has to be in whatever it is found in. Looks
 * only at the outermost sequence; what is in doubt is left out, so that the text may be too short but
 * never wrong. */
#include "detect/compile_i.h"

typedef struct {
    kk_slice s;
    size_t at;
    char *run;
    size_t len;
    kk_slice best;
} reading;

static void end_run(reading *r, kk_arena *arena)
{
    if (r->len > r->best.len)
        r->best = kk_copy(arena, (kk_slice){r->run, r->len});
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

kk_slice kk_regex_literal(kk_arena *arena, kk_slice regex)
{
    reading r = {.s = regex, .run = kk_take(arena, regex.len + 1)};
    if (is_beyond(regex))
        return KK_NONE;
    while (r.at < regex.len) {
        char c = 0;
        bool optional;
        if (regex.ptr[r.at] == '|' || regex.ptr[r.at] == ')')
            return KK_NONE;
        size_t size = literal_atom(&r, &c);
        bool literal = size != 0;
        r.at += literal ? size : other_atom(&r);
        size = quantifier(regex, r.at, &optional);
        r.at += size;
        if (literal && !optional)
            r.run[r.len++] = c;
        if (!literal || size)
            end_run(&r, arena);
    }
    end_run(&r, arena);
    return r.best;
}
