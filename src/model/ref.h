/* Where a thing comes from: evidence, path inside it, record and byte. */
#pragma once
#include "base/json.h"

typedef struct {
    kk_slice evidence; /* its label */
    kk_slice path;
    uint64_t record; /* from 1; 0: not counted */
    uint64_t offset; /* of the record's bytes in the item that `path` names */
    uint32_t length;
} kk_ref;

typedef struct {
    kk_ref *items;
    size_t count, capacity;
} kk_refs;

/* At most this many refs are kept for one finding: its first ones, with the number of all. */
#define KK_REFS_MOST 50

void kk_refs_add(kk_arena *arena, kk_refs *refs,
                 const kk_ref *ref); /* beyond KK_REFS_MOST: left out */
void kk_json_ref(kk_json *j, const char *key, const kk_ref *ref);
void kk_json_refs(kk_json *j, const char *key, const kk_refs *refs);
