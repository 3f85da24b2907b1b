/* Small readers that the parsers of Unix logs share: pieces of a line, addresses, process ids. */
#pragma once
#include "base/arena.h"

/* Takes `prefix` off the front; false, and untouched, when it is not there. */
static inline bool kk_eat(kk_slice *rest, kk_slice prefix)
{
    if (!kk_starts(*rest, prefix))
        return false;
    rest->ptr += prefix.len;
    rest->len -= prefix.len;
    return true;
}

static inline void kk_eat_blanks(kk_slice *rest)
{
    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t')) {
        rest->ptr++;
        rest->len--;
    }
}

/* Up to the next blank, which is taken off as well. */
static inline kk_slice kk_eat_word(kk_slice *rest)
{
    size_t i = 0;
    while (i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != '\t')
        i++;
    kk_slice word = kk_part(*rest, 0, i);
    *rest = kk_from(*rest, i);
    kk_eat_blanks(rest);
    return word;
}

/* What stands before `mark`, which is taken off too; false, and untouched, without a mark. */
static inline bool kk_eat_until(kk_slice *rest, kk_slice mark, kk_slice *before)
{
    size_t at = kk_find(*rest, mark);
    if (at == KK_NOWHERE)
        return false;
    *before = kk_part(*rest, 0, at);
    *rest = kk_from(*rest, at + mark.len);
    return true;
}

static inline bool kk_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline size_t kk_count_digits(kk_slice s)
{
    size_t i = 0;
    while (i < s.len && kk_is_digit(s.ptr[i]))
        i++;
    return i;
}

static inline bool kk_is_ipv4(kk_slice s)
{
    int group = 0, digits = 0, value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (kk_is_digit(s.ptr[i])) {
            value = value * 10 + (s.ptr[i] - '0');
            if (++digits > 3 || value > 255)
                return false;
        } else if (s.ptr[i] == '.' && digits && group < 3) {
            group++;
            digits = value = 0;
        } else {
            return false;
        }
    }
    return group == 3 && digits > 0;
}

/* Strict enough that clocks ("02:14:09") and hardware addresses are not taken for it. */
static inline bool kk_is_ipv6(kk_slice s)
{
    int groups = 0, doubled = 0, digits = 0;
    size_t zone = kk_find_byte(s, '%');
    s = kk_part(s, 0, zone);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], low = (char)(c | 0x20);
        if (kk_is_digit(c) || (low >= 'a' && low <= 'f')) {
            if (++digits > 4)
                return false;
        } else if (c == ':') {
            groups += digits > 0;
            digits = 0;
            if (i + 1 < s.len && s.ptr[i + 1] == ':') {
                doubled++;
                i++;
            } else if (i == 0 || i + 1 == s.len) {
                return false;
            }
        } else if (c == '.' && digits) {
            size_t colon = kk_rfind_byte(s, ':');
            return colon != KK_NOWHERE && groups + doubled > 0 && kk_is_ipv4(kk_from(s, colon + 1));
        } else {
            return false;
        }
    }
    groups += digits > 0;
    return (doubled == 1 && groups < 8) || (doubled == 0 && groups == 8);
}

static inline bool kk_is_address(kk_slice s)
{
    return s.len >= 2 && s.len <= 64 && (kk_is_ipv4(s) || kk_is_ipv6(s));
}

/* Without brackets, and an IPv4 address that is dressed as IPv6 without the dress. */
static inline kk_slice kk_bare_address(kk_slice s)
{
    if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
        s = kk_part(s, 1, s.len - 2);
    if (s.len > 7 && kk_eq_nocase(kk_part(s, 0, 7), KK_S("::ffff:")) && kk_is_ipv4(kk_from(s, 7)))
        s = kk_from(s, 7);
    return s;
}
