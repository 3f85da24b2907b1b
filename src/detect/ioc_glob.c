/* Wildcards that people write into indicators: C:\Users\*\AppData\x.exe, evil-*.example. Found inside of a
 * text as whole as an indicator without them. */
#include "detect/ioc_i.h"

enum { STARS_MOST = 8, STEPS_MOST = 20000, PLAIN_LEAST = 3 };

typedef struct {
    const kk_ioc_atom *atom;
    kk_slice v;
    size_t from;
    kk_ioc_place place;
    unsigned steps;
} search;

bool kk_ioc_has_wildcard(kk_slice text)
{
    return kk_find_byte(text, '*') != KK_NOWHERE || kk_find_byte(text, '?') != KK_NOWHERE;
}

bool kk_ioc_glob_make(kk_arena *arena, kk_ioc_atom *atom)
{
    kk_slice t = atom->text;
    char *to = kk_take(arena, t.len + 1);
    size_t n = 0, stars = 0, plain = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.ptr[i];
        if (c == '*') {
            bool two = i + 1 < t.len && t.ptr[i + 1] == '*';
            while (i + 1 < t.len && t.ptr[i + 1] == '*')
                i++;
            to[n++] = two ? KK_IOC_ANY_RUN : KK_IOC_ANY_NAME;
            stars++;
        } else {
            plain += c != '?' && c != '/' && c != '.';
            to[n++] = c == '?' ? KK_IOC_ANY_CHAR : c;
        }
    }
    atom->text = (kk_slice){to, n};
    atom->like = atom->glob = true;
    return stars <= STARS_MOST && plain >= PLAIN_LEAST;
}

/* What one star stands for: a part of a name of that kind. */
static bool is_of_name(kk_ioc_type type, char c)
{
    bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
    switch (type) {
    case KK_IOC_DOMAIN:
    case KK_IOC_HOST:
    case KK_IOC_EMAIL:
        return word || c == '-' || c == '_';
    case KK_IOC_ACCOUNT:
        return word || (c && strchr("-_.$", c));
    case KK_IOC_URL:
        return c != '/' && (unsigned char)c > ' ' && c != '"' && c != '<' && c != '>';
    case KK_IOC_PATH:
    case KK_IOC_FILE_NAME:
    case KK_IOC_REGISTRY:
        return (unsigned char)c >= ' ' && (!c || !strchr("/\"<>|:*?", c));
    default:
        return true;
    }
}

/* And two of them: also what parts names. */
static bool is_of_names(kk_ioc_type type, char c)
{
    return is_of_name(type, c) || c == '/' || c == '.';
}

static size_t behind_char(kk_slice v, size_t at)
{
    for (at++; at < v.len && ((unsigned char)v.ptr[at] & 0xc0) == 0x80;)
        at++;
    return at;
}

static bool fits(search *s, size_t p, size_t at)
{
    const kk_slice text = s->atom->text;
    kk_ioc_type type = s->atom->type;
    for (; p < text.len; p++) {
        char c = text.ptr[p];
        if (++s->steps > STEPS_MOST)
            return false;
        if (c == KK_IOC_ANY_RUN || c == KK_IOC_ANY_NAME) {
            for (;; at = behind_char(s->v, at)) {
                if (fits(s, p + 1, at))
                    return true;
                if (s->steps > STEPS_MOST || at >= s->v.len ||
                    !(c == KK_IOC_ANY_RUN ? is_of_names : is_of_name)(type, s->v.ptr[at]))
                    return false;
            }
        }
        if (at >= s->v.len)
            return false;
        if (c == KK_IOC_ANY_CHAR && is_of_name(type, s->v.ptr[at]))
            at = behind_char(s->v, at);
        else if (c == s->v.ptr[at])
            at++;
        else
            return false;
    }
    return at > s->from &&
           kk_ioc_stands(s->atom, kk_part(s->v, s->from, at - s->from), s->v, s->from, s->place);
}

bool kk_ioc_glob_fits(const kk_ioc_atom *atom, kk_slice v, kk_ioc_place place, size_t *at)
{
    search s = {.atom = atom, .v = v, .place = place};
    char first = atom->text.ptr[0];
    bool plain = first > KK_IOC_ANY_NAME || first < 0;
    for (s.from = 0; s.from < v.len; s.from++) {
        if (plain && v.ptr[s.from] != first)
            continue;
        *at = s.from;
        if (((unsigned char)v.ptr[s.from] & 0xc0) != 0x80 && fits(&s, 0, s.from))
            return true;
    }
    return false;
}
