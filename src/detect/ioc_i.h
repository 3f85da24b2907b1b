/* Between the files that read indicators. */
#pragma once
#include "detect/ioc.h"
#include "detect/ioc_match.h"

enum {
    KK_IOC_ANY_RUN = 1,
    KK_IOC_ANY_CHAR = 2,
    KK_IOC_ANY_NAME = 3, /* a run inside of one name: of a folder, of a part of a domain */
    KK_IOC_WAYS_MOST = 256,
    KK_IOC_RANGE_MOST = 64
};

/* What words are made of. Between two of them is a border, also without a space: "宛先はevil.example". */
typedef enum {
    KK_IOC_NO_WORD,
    KK_IOC_LETTERS, /* and digits: of any alphabet that puts spaces between words */
    KK_IOC_HIRAGANA,
    KK_IOC_KATAKANA,
    KK_IOC_HANGUL,
    KK_IOC_IDEOGRAPHS
} kk_ioc_script;
kk_ioc_script kk_ioc_script_wide(kk_slice text, size_t at, size_t *len);
/* Of the character that begins there; *len: its bytes. */
static inline kk_ioc_script kk_ioc_script_at(kk_slice text, size_t at, size_t *len)
{
    char c = text.ptr[at];
    if ((unsigned char)c >= 0x80)
        return kk_ioc_script_wide(text, at, len);
    *len = 1;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
               ? KK_IOC_LETTERS
               : KK_IOC_NO_WORD;
}
/* Of the character that is there, and of the one before; beyond the text there is no word. */
kk_ioc_script kk_ioc_script_of(kk_slice text, size_t at);
kk_ioc_script kk_ioc_script_before(kk_slice text, size_t at);

bool kk_ioc_has_wildcard(kk_slice text);
/* The atom's text, in the form that is compared, with * and ? as signs. False when nearly anything fits. */
bool kk_ioc_glob_make(kk_arena *arena, kk_ioc_atom *atom);
/* *at: where in it. */
bool kk_ioc_glob_fits(const kk_ioc_atom *atom, kk_slice compared, kk_ioc_place place, size_t *at);
/* Whether a text stands by itself where it is found, by the rules of its kind. */
bool kk_ioc_stands(const kk_ioc_atom *a, kk_slice text, kk_slice v, size_t from,
                   kk_ioc_place place);
/* A type of MISP that says something about the others. */
bool kk_ioc_is_context(kk_slice type);
/* Why a text that looks like an address or a network is none; NULL: it does not look so, or is one. */
const char *kk_ioc_no_address(kk_slice refanged);

/* `what` is cut and copied. */
void kk_ioc_unread_add(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice what,
                       const char *why);
/* An indicator without comparisons yet; NULL when there are too many. Texts are copied. */
kk_ioc *kk_ioc_add(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice given, kk_slice note);
/* One value of a kind, with all that it says: an address with a port is both. False, and `unread` told,
 * when it is none of that kind. */
bool kk_ioc_add_value(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_ioc_type type,
                      kk_slice value, kk_slice note);
/* The same, of a kind that a word names; words of MISP may name two: "filename|md5". */
void kk_ioc_add_named(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice type, kk_slice value,
                      kk_slice note);
/* The same, of the kind that its looks tell. */
void kk_ioc_add_unnamed(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice value,
                        kk_slice note);
/* An indicator with what people write around it: a bullet, a label, a remark behind it. False, and nothing
 * added, when the line as it stands is as good. */
bool kk_ioc_add_line(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice text, kk_slice note);
/* Addresses from one to another as networks, KK_IOC_RANGE_MOST at most: "203.0.113.8-203.0.113.20",
 * "203.0.113.8-20", "203.0.113.*". False when it is no range. */
bool kk_ioc_range(kk_arena *arena, kk_slice text, kk_ioc_all *ways, size_t *count);
/* A pattern of STIX 2.1. */
void kk_ioc_add_pattern(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice pattern,
                        kk_slice note);
/* STIX bundles, events of MISP, rows of our own; false when it is none of them. */
bool kk_ioc_read_json(kk_arena *arena, kk_slice text, kk_iocs *iocs);
