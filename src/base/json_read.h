/* Reads a JSON value into a tree that lives in an arena. Small and strict: for our own files and for
 * log lines that are JSON. Depth and size are limited; invalid UTF-8 in texts is replaced. */
#pragma once
#include "base/arena.h"

typedef enum {
    KK_JSON_NULL,
    KK_JSON_FALSE,
    KK_JSON_TRUE,
    KK_JSON_NUMBER, /* `text` holds it as written */
    KK_JSON_TEXT,
    KK_JSON_ARRAY,
    KK_JSON_OBJECT
} kk_json_kind;

typedef struct kk_json_value kk_json_value;
struct kk_json_value {
    kk_json_kind kind;
    kk_slice key;  /* in an object; duplicates are kept, in order */
    kk_slice text; /* unescaped */
    kk_json_value *first, *next;
};

/* NULL when it is not one JSON value with nothing but blanks after it. */
const kk_json_value *kk_json_read(kk_arena *arena, kk_slice text);
const kk_json_value *kk_json_get(const kk_json_value *object, const char *key); /* NULL if absent */
/* Text or number of a member; empty if absent or of another kind. */
kk_slice kk_json_member(const kk_json_value *object, const char *key);
