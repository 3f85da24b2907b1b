/* The block that rules are compiled into, while it grows: texts, lists and names of fields, each once. */
#include "detect/compile_i.h"

uint32_t kk_intern(kk_arena *arena, kk_interner *t, kk_slice key, bool *fresh)
{
    if (t->count * 2 >= t->size) {
        size_t size = t->size ? t->size * 2 : 1024;
        t->slots = KK_NEW_ARRAY(arena, uint32_t, size);
        for (size_t i = 0; i < t->count; i++) {
            size_t at = kk_hash_quick(t->keys[i]) & (size - 1);
            while (t->slots[at])
                at = (at + 1) & (size - 1);
            t->slots[at] = (uint32_t)i + 1;
        }
        t->size = size;
    }
    size_t at = kk_hash_quick(key) & (t->size - 1);
    for (; t->slots[at]; at = (at + 1) & (t->size - 1))
        if (kk_eq(t->keys[t->slots[at] - 1], key)) {
            *fresh = false;
            return t->slots[at] - 1;
        }
    t->keys = kk_grow(arena, t->keys, &t->capacity, t->count + 1, sizeof *t->keys);
    t->keys[t->count] = kk_copy(arena, key);
    t->slots[at] = (uint32_t)++t->count;
    *fresh = true;
    return (uint32_t)t->count - 1;
}

void kk_numbers_add(kk_arena *arena, kk_numbers *list, uint32_t number)
{
    list->items = kk_grow(arena, list->items, &list->capacity, list->count + 1, sizeof number);
    list->items[list->count++] = number;
}

uint32_t kk_compiler_put(kk_compiler *c, rules_section section, const void *item, size_t size)
{
    kk_put_bytes(&c->section[section], item, size);
    return (uint32_t)(c->section[section].len / size - 1);
}

rules_text kk_compiler_text(kk_compiler *c, kk_slice text)
{
    bool fresh;
    uint32_t known = kk_intern(c->arena, &c->texts, text, &fresh);
    if (fresh) {
        kk_numbers_add(c->arena, &c->text_at, (uint32_t)c->section[S_TEXT].len);
        kk_put(&c->section[S_TEXT], text);
    }
    return (rules_text){c->text_at.items[known], (uint32_t)text.len};
}

rules_span kk_compiler_list(kk_compiler *c, const kk_numbers *list)
{
    rules_span span = {(uint32_t)(c->section[S_LISTS].len / sizeof(uint32_t)),
                       (uint32_t)list->count};
    kk_put_bytes(&c->section[S_LISTS], list->items, list->count * sizeof *list->items);
    return span;
}

/* Sources that share their names for fields share the fields. */
static uint32_t family_of(const kk_source *source)
{
    for (uint32_t i = 0; i < kk_source_count(); i++)
        if (kk_source_at(i)->aliases == source->aliases)
            return i;
    return 0;
}

uint32_t kk_compiler_field_of(kk_compiler *c, const kk_source *source, kk_slice name,
                              kk_run_notes *notes)
{
    bool own = false, fresh;
    kk_place place = {0};
    char *plain = kk_take(c->arena, name.len + 1);
    kk_slice key = {plain, kk_field_name(plain, name)};
    if (name.len) {
        place = kk_source_place(c->arena, source, name, &own);
        if (own)
            key = kk_print(c->arena, "%.*s@%u", KK_P(key), family_of(source));
        else if (!kk_starts(kk_cstr(source->dataset), KK_S("windows.")))
            key = kk_print(c->arena, "%.*s@", KK_P(key));
    }
    uint32_t field = kk_intern(c->arena, &c->fields, key, &fresh);
    if (fresh) {
        rules_field made = {.name = kk_compiler_text(c, name)};
        kk_compiler_put(c, S_FIELDS, &made, sizeof made);
        c->places = kk_grow(c->arena, c->places, &c->places_capacity, field + 1u, sizeof place);
        c->others =
            kk_grow(c->arena, c->others, &c->others_capacity, field + 1u, sizeof *c->others);
        c->places[field] = place;
        c->others[field] = (kk_numbers){0};
    }
    for (size_t i = 0; i < notes->fields.count; i++)
        if (notes->fields.items[i] == field)
            return field;
    kk_numbers_add(c->arena, &notes->fields, field);
    kk_numbers_add(c->arena, &notes->least, UINT32_MAX);
    return field;
}
