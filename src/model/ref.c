#include "model/ref.h"

void kk_refs_add(kk_arena *arena, kk_refs *refs, const kk_ref *ref)
{
    if (refs->count == KK_REFS_MOST)
        return;
    refs->items =
        kk_grow(arena, refs->items, &refs->capacity, refs->count + 1, sizeof *refs->items);
    refs->items[refs->count++] = *ref;
}

void kk_json_ref(kk_json *j, const char *key, const kk_ref *ref)
{
    kk_json_object(j, key);
    kk_json_text(j, "evidence", ref->evidence);
    kk_json_text(j, "path", ref->path);
    if (ref->record)
        kk_json_u64(j, "record", ref->record);
    kk_json_u64(j, "offset", ref->offset);
    kk_json_close(j);
}

void kk_json_refs(kk_json *j, const char *key, const kk_refs *refs)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < refs->count; i++)
        kk_json_ref(j, NULL, &refs->items[i]);
    kk_json_close(j);
}
