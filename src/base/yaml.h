/* A YAML document as a tree with line numbers; libfyaml reads it. Merges (`<<`) are refused, and
 * aliases in a single document: a case file has no use for them and they make bombs. */
#pragma once
#include "base/arena.h"

typedef enum { KK_YAML_NULL, KK_YAML_TEXT, KK_YAML_LIST, KK_YAML_MAP } kk_yaml_kind;

typedef struct kk_yaml kk_yaml;
struct kk_yaml {
    kk_yaml_kind kind;
    int line;      /* from 1 */
    bool quoted;   /* text written in quotes: never null, a number or a truth value */
    kk_slice text; /* of KK_YAML_TEXT */
    kk_slice key;  /* in a map */
    int key_line;
    kk_yaml *first, *next; /* children in order; next sibling */
};

/* KK_INVALID with "line N: what" for a syntax error, a duplicate key or more than 64 levels. */
KK_CHECKED kk_status kk_yaml_read(kk_arena *arena, kk_slice text, kk_yaml **out, kk_fault *fault);
/* Every document of a stream of several, as siblings; those before a syntax error are there too.
 * Aliases (*name) are what they stand for, up to 100,000 nodes of it. */
KK_CHECKED kk_status kk_yaml_read_all(kk_arena *arena, kk_slice text, kk_yaml **first,
                                      kk_fault *fault);
const kk_yaml *kk_yaml_get(const kk_yaml *map, const char *key); /* NULL if absent */
size_t kk_yaml_count(const kk_yaml *list);
bool kk_yaml_bool(const kk_yaml *node, bool *out);
