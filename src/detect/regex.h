/* What can be told of a regular expression without running it. What is in doubt is left out. */
#pragma once
#include "base/arena.h"

enum { KK_REGEX_TEXTS = 48 };
typedef struct {
    kk_slice text[KK_REGEX_TEXTS];
    size_t count;
} kk_regex_texts;
/* Texts of which whatever it is found in has at least one, in whatever case; none if there are none
 * that are easy to see. */
kk_regex_texts kk_regex_needs(kk_arena *arena, kk_slice regex);

/* Texts, folded, all of which a text of ASCII has, one behind the other, if it is found there. False if
 * there are none. */
enum { KK_REGEX_ORDER = 16 };
typedef struct {
    kk_slice text[KK_REGEX_ORDER];
    size_t count;
    bool
        is_all; /* there is nothing else to it but `.*` between them: in a single line they settle it,
                    if letters are the same in whatever case */
} kk_regex_order;
bool kk_regex_order_of(kk_arena *arena, kk_slice regex, kk_regex_order *out);
bool kk_regex_order_fits(const kk_regex_order *order, kk_slice folded);

/* An expression that is nothing but `^[A-Za-z0-9]{16}$`: so many characters, each of a few. */
typedef struct {
    uint32_t least, most;
    uint64_t chars[2]; /* a bit for each of ASCII */
} kk_regex_class;
bool kk_regex_class_of(kk_slice regex, bool nocase, kk_regex_class *out);
/* Of a text of ASCII that does not end with a line. */
bool kk_regex_class_fits(const kk_regex_class *c, kk_slice text);
