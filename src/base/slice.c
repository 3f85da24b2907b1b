#include "base/slice.h"

#include <string.h>

/* In a cell or a name the library's search would take longer to begin than this to end. */
static size_t find_in_short(kk_slice s, kk_slice needle)
{
    char last = needle.ptr[needle.len - 1];
    for (size_t end = needle.len; end <= s.len; end++)
        if (s.ptr[end - 1] == last && memcmp(s.ptr + end - needle.len, needle.ptr, needle.len) == 0)
            return end - needle.len;
    return KK_NOWHERE;
}

size_t kk_find(kk_slice s, kk_slice needle)
{
    enum { SHORT = 96 };
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return KK_NOWHERE;
    if (s.len <= SHORT)
        return find_in_short(s, needle);
    const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return p ? (size_t)(p - s.ptr) : KK_NOWHERE;
}

size_t kk_find_byte(kk_slice s, char byte)
{
    const char *p = s.len ? memchr(s.ptr, byte, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : KK_NOWHERE;
}

size_t kk_rfind_byte(kk_slice s, char byte)
{
    const char *p = s.len ? memrchr(s.ptr, byte, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : KK_NOWHERE;
}

size_t kk_name_begins(kk_slice path)
{
    return kk_rfind_byte(path, '/') + 1; /* KK_NOWHERE + 1 is 0 */
}

bool kk_has(kk_slice s, kk_slice needle)
{
    return kk_find(s, needle) != KK_NOWHERE;
}

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

bool kk_eq_nocase(kk_slice a, kk_slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool kk_is_any(kk_slice s, const char *const *words)
{
    for (; *words; words++)
        if (kk_is(s, *words))
            return true;
    return false;
}

bool kk_is_any_nocase(kk_slice s, const char *const *words)
{
    for (; *words; words++)
        if (kk_eq_nocase(s, kk_cstr(*words)))
            return true;
    return false;
}

static size_t next_byte(kk_slice s, size_t from, char byte)
{
    const char *found = from < s.len ? memchr(s.ptr + from, byte, s.len - from) : NULL;
    return found ? (size_t)(found - s.ptr) : KK_NOWHERE;
}

/* From one place with its first letter, small or large, to the next: most bytes are neither. */
bool kk_has_nocase(kk_slice s, kk_slice needle)
{
    if (!needle.len || needle.len > s.len)
        return !needle.len;
    char small = (char)lower(needle.ptr[0]);
    char large = (char)(small >= 'a' && small <= 'z' ? small - 'a' + 'A' : small);
    size_t last = s.len - needle.len, next_small = next_byte(s, 0, small);
    size_t next_large = large == small ? KK_NOWHERE : next_byte(s, 0, large);
    for (;;) {
        size_t at = next_small < next_large ? next_small : next_large;
        if (at > last) /* also nowhere */
            return false;
        if (kk_eq_nocase(kk_part(s, at, needle.len), needle))
            return true;
        if (at == next_small)
            next_small = next_byte(s, at + 1, small);
        else
            next_large = next_byte(s, at + 1, large);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

kk_slice kk_trim(kk_slice s)
{
    while (s.len && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

int kk_compare(kk_slice a, kk_slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool kk_split(kk_slice *rest, char separator, kk_slice *piece)
{
    static const char used_up; /* a rest that points here has given its last piece */
    if (rest->ptr == &used_up)
        return false;
    size_t at = kk_find_byte(*rest, separator);
    if (at == KK_NOWHERE) {
        *piece = *rest;
        *rest = (kk_slice){&used_up, 0};
    } else {
        *piece = kk_part(*rest, 0, at);
        *rest = kk_from(*rest, at + 1);
    }
    return true;
}

bool kk_to_u64(kk_slice s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0 || s.len > 20)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
            return false;
    }
    *out = v;
    return true;
}

bool kk_to_i64(kk_slice s, int64_t *out)
{
    bool negative = s.len && s.ptr[0] == '-';
    uint64_t v;
    if (!kk_to_u64(negative ? kk_from(s, 1) : s, &v) || v > (uint64_t)INT64_MAX + negative)
        return false;
    *out = (int64_t)(negative ? 0 - v : v);
    return true;
}

bool kk_hex_to_u64(kk_slice s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0 || s.len > 16)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = lower(s.ptr[i]);
        if (c >= '0' && c <= '9')
            v = v << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *out = v;
    return true;
}

/* `**` may take nothing, so that a leading "**" + "/" also matches at the root. */
static size_t after_stars(kk_slice p, size_t i)
{
    while (i < p.len && p.ptr[i] == '*')
        i++;
    return i;
}

/* Greedy with one place to come back to for `*` and one for `**`: at most quadratic, never more. */
bool kk_glob(kk_slice p, kk_slice s)
{
    size_t i = 0, k = 0;
    size_t star = KK_NOWHERE, star_k = 0, deep = KK_NOWHERE, deep_k = 0;
    for (;;) {
        if (i < p.len && p.ptr[i] == '*') {
            bool is_deep = i + 1 < p.len && p.ptr[i + 1] == '*';
            i = after_stars(p, i);
            if (is_deep) {
                if (i < p.len && p.ptr[i] == '/' && (k == 0 || s.ptr[k - 1] == '/'))
                    i++;
                deep = i;
                deep_k = k;
                star = KK_NOWHERE;
            } else {
                star = i;
                star_k = k;
            }
            continue;
        }
        if (i < p.len && k < s.len &&
            (p.ptr[i] == s.ptr[k] || (p.ptr[i] == '?' && s.ptr[k] != '/'))) {
            i++;
            k++;
            continue;
        }
        if (i == p.len && k == s.len)
            return true;
        if (star != KK_NOWHERE && star_k < s.len && s.ptr[star_k] != '/') {
            i = star;
            k = ++star_k;
            continue;
        }
        if (deep == KK_NOWHERE || deep_k >= s.len)
            return false;
        star = KK_NOWHERE;
        i = deep;
        k = ++deep_k;
        /* "**" + "/" stands for whole names: go on only behind a slash */
        if (deep > 0 && p.ptr[deep - 1] == '/')
            while (k < s.len && s.ptr[k - 1] != '/')
                k = ++deep_k;
        if (deep > 0 && p.ptr[deep - 1] == '/' && k == s.len && s.len && s.ptr[k - 1] != '/')
            return false;
    }
}
