/* Reads a YAML map into a struct by a table of its keys, so that every key is said once: its name,
 * what may stand there, and where it goes. Unknown keys, wrong types and wrong values are one clear
 * sentence with the line; values are never repeated in it, since they may be personal. */
#pragma once
#include "base/yaml.h"
#include "casefile/moment.h"
#include "casefile/network.h"

typedef enum {
    KK_TAKES_TEXT,       /* kk_slice */
    KK_TAKES_WORDS,      /* kk_words: one text, or {ja, en} */
    KK_TAKES_TEXTS,      /* kk_texts: a list, or one text */
    KK_TAKES_GLOBS,      /* kk_texts */
    KK_TAKES_MOMENT,     /* kk_moment */
    KK_TAKES_MOMENT_END, /* kk_moment whose time is the end of what was written */
    KK_TAKES_COUNT,      /* kk_count */
    KK_TAKES_NUMBER,     /* kk_number: a decimal number above 0 */
    KK_TAKES_CHOICE,     /* int, an enum: 0 is "not given", choices[i] is i + 1 */
    KK_TAKES_FLAG,       /* int, kk_answer */
    KK_TAKES_HASH,       /* kk_slice of 64 hexadecimal digits in lower case */
    KK_TAKES_SHIFT,      /* kk_shift: how far a clock was off */
    KK_TAKES_NETWORKS,   /* kk_networks: addresses or networks, one or a list */
    KK_TAKES_MAP,        /* a struct in place */
    KK_TAKES_LIST,       /* KK_LIST of structs */
    KK_TAKES_SPECIAL     /* read by a function of its own */
} kk_takes;

#define KK_LIST(type)                                                                              \
    struct {                                                                                       \
        const type *items;                                                                         \
        size_t count;                                                                              \
    }

typedef struct {
    kk_slice ja, en; /* one text alone stands in both */
} kk_words;
typedef KK_LIST(kk_slice) kk_texts;
typedef KK_LIST(kk_network) kk_networks;
typedef struct {
    bool given;
    uint64_t value;
} kk_count;
typedef struct {
    bool given;
    double value;
} kk_number;
typedef struct {
    bool given;
    int64_t nanoseconds;
} kk_shift;
typedef enum { KK_ANSWER_NONE, KK_ANSWER_YES, KK_ANSWER_NO } kk_answer;

typedef struct kk_shape kk_shape;
typedef struct kk_shape_reader kk_shape_reader;

typedef struct {
    const char *key; /* NULL, at the end only: filled by another field's function */
    kk_takes takes;
    size_t at;                  /* offsetof */
    const char *const *choices; /* of KK_TAKES_CHOICE, NULL at the end */
    const kk_shape *shape;      /* of KK_TAKES_MAP and KK_TAKES_LIST */
    kk_status (*special)(kk_shape_reader *reader, const kk_yaml *node, void *into); /* -> `at` */
} kk_shape_field;

/* Every struct that a shape fills starts with `int line`. */
struct kk_shape {
    const char *what; /* "categories": for messages */
    size_t size;
    const kk_shape_field *fields;
    size_t count;
    /* A scalar may stand for the whole struct: it fills this field. NULL: it may not. */
    const char *alone;
    /* What the fields must fulfil together; NULL: nothing. */
    kk_status (*check)(kk_shape_reader *reader, const void *filled);
};

struct kk_shape_reader {
    kk_arena *arena;
    const kk_zone *zone;
    const char *file; /* "case.yaml", for messages */
    kk_fault *fault;
};

KK_CHECKED kk_status kk_shape_read(kk_shape_reader *reader, const kk_shape *shape,
                                   const kk_yaml *node, void *into);
/* The same for one value of a given kind: what a KK_TAKES_SPECIAL function builds on. */
KK_CHECKED kk_status kk_shape_value(kk_shape_reader *reader, const kk_shape_field *field,
                                    const kk_yaml *node, void *into);
/* "FILE line N: ..." with KK_INVALID. */
kk_status kk_shape_wrong(kk_shape_reader *reader, int line, const char *format, ...)
    KK_PRINTF(3, 4);
