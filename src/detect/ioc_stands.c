/* Whether what was found in a text is the thing itself, or a part of something longer. */
#include "base/text.h"
#include "detect/ioc_i.h"

static kk_ioc_script script_of_sign(uint32_t c)
{
    if (c < 0xc0 || (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2c00))
        return KK_IOC_NO_WORD;
    if (c < 0x2e80)
        return KK_IOC_LETTERS;
    if (c == 0x3005 || c == 0x3007)
        return KK_IOC_IDEOGRAPHS;
    if ((c >= 0x3000 && c < 0x3040) || c == 0x30fb)
        return KK_IOC_NO_WORD;
    if (c >= 0x3040 && c < 0x30a0)
        return KK_IOC_HIRAGANA;
    if ((c >= 0x30a0 && c < 0x3100) || (c >= 0x31f0 && c < 0x3200) || (c >= 0xff66 && c < 0xffa0))
        return KK_IOC_KATAKANA;
    if (c >= 0xac00 && c < 0xd7b0)
        return KK_IOC_HANGUL;
    bool wide_letter =
        (c >= 0xff10 && c < 0xff1a) || (c >= 0xff21 && c < 0xff3b) || (c >= 0xff41 && c < 0xff5b);
    if (wide_letter)
        return KK_IOC_LETTERS;
    return c >= 0xff00 && c < 0x10000 ? KK_IOC_NO_WORD : KK_IOC_IDEOGRAPHS;
}

kk_ioc_script kk_ioc_script_wide(kk_slice text, size_t at, size_t *len)
{
    size_t next = at;
    uint32_t c = kk_next_char(text, &next);
    *len = next > at ? next - at : 1;
    return script_of_sign(c);
}

kk_ioc_script kk_ioc_script_of(kk_slice text, size_t at)
{
    size_t len;
    return at < text.len ? kk_ioc_script_at(text, at, &len) : KK_IOC_NO_WORD;
}

kk_ioc_script kk_ioc_script_before(kk_slice text, size_t at)
{
    size_t first = at > 4 ? at - 4 : 0;
    if (!at)
        return KK_IOC_NO_WORD;
    at--;
    while (at > first && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
        at--;
    return kk_ioc_script_of(text, at);
}

static bool is_one_of(char c, const char *signs)
{
    return c && strchr(signs, c) != NULL;
}

static bool is_account_here(kk_slice v, size_t from, size_t to, kk_ioc_place place)
{
    kk_slice before = kk_part(v, 0, from);
    if (place == KK_IOC_IN_ACCOUNT || place == KK_IOC_IN_TEXT)
        return true;
    if (kk_ends(before, KK_S("users/")) || kk_ends(before, KK_S("home/")))
        return true;
    if (to < v.len && v.ptr[to] != '@')
        return false;
    if (!from)
        return true;
    for (size_t i = 0; i + 1 < from; i++) /* DOMAIN\name */
        if ((unsigned char)v.ptr[i] < 0x80 && !kk_ioc_script_of(v, i) && v.ptr[i] != '-' &&
            v.ptr[i] != '.')
            return false;
    return v.ptr[from - 1] == '/' && from > 1;
}

/* Names of files and the like may be of several scripts: only in running text another one ends them. */
static bool goes_on(const kk_ioc_atom *a, kk_ioc_script outer, kk_ioc_script inner,
                    kk_ioc_place place)
{
    bool is_name = a->type == KK_IOC_PATH || a->type == KK_IOC_FILE_NAME ||
                   a->type == KK_IOC_ACCOUNT || a->type == KK_IOC_REGISTRY;
    if (!outer || !inner)
        return false;
    return outer == inner || (is_name && place != KK_IOC_IN_TEXT);
}

/* What stands before a path, where it is no part of it. */
static bool may_precede_path(char before, kk_ioc_script script, kk_ioc_place place)
{
    return !before || is_one_of(before, "/ \"'=:,;([<>|&\t`") ||
           (place == KK_IOC_IN_TEXT && (unsigned char)before >= 0x80 && script != KK_IOC_LETTERS);
}

bool kk_ioc_stands(const kk_ioc_atom *a, kk_slice text, kk_slice v, size_t from, kk_ioc_place place)
{
    size_t to = from + text.len;
    char before = from ? v.ptr[from - 1] : 0, after = to < v.len ? v.ptr[to] : 0;
    kk_ioc_script left = kk_ioc_script_before(v, from), right = kk_ioc_script_of(v, to);
    if (goes_on(a, left, kk_ioc_script_of(text, 0), place) ||
        goes_on(a, right, kk_ioc_script_before(text, text.len), place))
        return false;
    if (after == '.' && kk_ioc_script_of(v, to + 1) && a->type != KK_IOC_HOST)
        return false; /* it goes on */
    switch (a->type) {
    case KK_IOC_SHA256:
    case KK_IOC_SHA1:
    case KK_IOC_MD5:
    case KK_IOC_HASH:
        return true;
    case KK_IOC_DOMAIN:
        return !is_one_of(before, "-_") && !is_one_of(after, "-_");
    case KK_IOC_HOST:
        return !is_one_of(before, "-_.") && !is_one_of(after, "-_");
    case KK_IOC_URL:
        return !is_one_of(before, "-_.") && !is_one_of(after, "-_~%+=") &&
               !(after == '/' && kk_ioc_script_of(v, to + 1));
    case KK_IOC_EMAIL:
        return !is_one_of(before, "-_.+") && !is_one_of(after, "-_");
    case KK_IOC_ACCOUNT:
        return !is_one_of(before, "-_.$@") && !is_one_of(after, "-_$") &&
               is_account_here(v, from, to, place);
    case KK_IOC_PATH:
        if (text.ptr[0] == '/')
            return place == KK_IOC_IN_ITEM ||
                   ((!left || (place == KK_IOC_IN_TEXT && left != KK_IOC_LETTERS)) &&
                    !is_one_of(before, "-_.~$@+%/"));
        return may_precede_path(before, left, place) && !is_one_of(after, "-_~$@+%");
    case KK_IOC_FILE_NAME:
        return !is_one_of(before, "-_.~$@+%") && !is_one_of(after, "-_~$@+%");
    case KK_IOC_REGISTRY:
        return (!before || is_one_of(before, "/ \"'=")) && !is_one_of(after, "-_$");
    default:
        return !is_one_of(before, "-_.") && !is_one_of(after, "-_");
    }
}
