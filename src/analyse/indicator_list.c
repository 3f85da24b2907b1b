/* Indicators by type and value, each once, with what is known of where it was seen. */
#include "analyse/indicators_i.h"

#include "analyse/sessions.h"
#include "base/text.h"
#include "casefile/network.h"

#include <stdlib.h>

static bool is_value(kk_slice value)
{
    return value.len && value.len <= 4096 && !kk_is(value, "-") && !kk_is(value, "(null)") &&
           kk_utf8_valid(value);
}

/* The same thing in two spellings is one indicator. */
static kk_slice key_of(kk_arena *arena, kk_ioc_type type, kk_slice value)
{
    kk_slice folded = type == KK_IOC_ACCOUNT ? account_folded(arena, value) : value;
    kk_buffer key = {0};
    kk_putf(&key, "%d ", (int)type);
    kk_put(&key, type == KK_IOC_URL ? folded : kk_nfkc_fold(arena, folded));
    kk_slice out = kk_copy(arena, kk_buffer_slice(&key));
    kk_buffer_close(&key);
    for (size_t i = 0; type == KK_IOC_PATH && i < out.len; i++)
        if (out.ptr[i] == '\\')
            ((char *)(uintptr_t)out.ptr)[i] = '/';
    return out;
}

static void rehash(gathering *g)
{
    g->slot_count = g->slot_count ? g->slot_count * 2 : 256;
    g->slots = KK_NEW_ARRAY(g->arena, uint32_t, g->slot_count);
    for (size_t i = 0; i < g->count; i++) {
        kk_slice key = key_of(g->scratch, g->items[i].type, g->items[i].value);
        size_t at = kk_hash_quick(key) & (g->slot_count - 1);
        while (g->slots[at])
            at = (at + 1) & (g->slot_count - 1);
        g->slots[at] = (uint32_t)i + 1;
    }
}

static kk_indicator *find_or_make(gathering *g, kk_ioc_type type, kk_slice value)
{
    if (g->count * 2 >= g->slot_count)
        rehash(g);
    kk_slice key = key_of(g->scratch, type, value);
    size_t at = kk_hash_quick(key) & (g->slot_count - 1);
    for (; g->slots[at]; at = (at + 1) & (g->slot_count - 1)) {
        kk_indicator *i = &g->items[g->slots[at] - 1];
        if (i->type == type && kk_eq(key_of(g->scratch, type, i->value), key))
            return i;
    }
    g->items = kk_grow(g->arena, g->items, &g->capacity, g->count + 1, sizeof *g->items);
    g->slots[at] = (uint32_t)g->count + 1;
    g->items[g->count] = (kk_indicator){.type = type,
                                        .role = KK_INDICATOR_ROLES,
                                        .value = kk_copy(g->arena, value),
                                        .first = KK_NO_TIME,
                                        .last = KK_NO_TIME};
    return &g->items[g->count++];
}

static void note_host(gathering *g, kk_indicator *i, kk_slice host)
{
    for (size_t k = 0; k < i->host_count; k++)
        if (kk_eq_nocase(i->hosts[k], host))
            return;
    if (!host.len)
        return;
    i->hosts = kk_grow(g->arena, i->hosts, &i->host_capacity, i->host_count + 1, sizeof *i->hosts);
    i->hosts[i->host_count++] = kk_copy(g->arena, host);
}

static void note_ground(gathering *g, kk_indicator *i, const kk_indicator_ground *ground)
{
    for (size_t k = 0; k < i->ground_count; k++)
        if (kk_eq(i->grounds[k].id, ground->id))
            return;
    i->seen++;
    if (i->ground_count == KK_GROUNDS_MOST)
        return;
    i->grounds =
        kk_grow(g->arena, i->grounds, &i->ground_capacity, i->ground_count + 1, sizeof *i->grounds);
    i->grounds[i->ground_count++] = (kk_indicator_ground){
        ground->kind, kk_copy(g->arena, ground->id), kk_copy(g->arena, ground->what)};
}

static void note_time(kk_indicator *i, kk_time at)
{
    if (at == KK_NO_TIME)
        return;
    if (i->first == KK_NO_TIME || at < i->first)
        i->first = at;
    if (i->last == KK_NO_TIME || at > i->last)
        i->last = at;
}

static void note_refs(gathering *g, kk_indicator *i, const kk_refs *refs)
{
    for (size_t k = 0; refs && k < refs->count; k++) {
        const kk_ref *r = &refs->items[k];
        bool known = false;
        for (size_t n = 0; n < i->refs.count && !known; n++)
            known = i->refs.items[n].record == r->record && i->refs.items[n].offset == r->offset &&
                    kk_eq(i->refs.items[n].path, r->path) &&
                    kk_eq(i->refs.items[n].evidence, r->evidence);
        if (known || i->refs.count == KK_REFS_MOST)
            continue;
        kk_ref own = *r;
        own.evidence = kk_copy(g->arena, r->evidence);
        own.path = kk_copy(g->arena, r->path);
        kk_refs_add(g->arena, &i->refs, &own);
    }
}

kk_indicator *indicator_add(gathering *g, kk_ioc_type type, kk_indicator_role role, kk_slice value,
                            const sighting *s)
{
    kk_address address;
    bool inside = false;
    value = kk_trim(value);
    if (!is_value(value))
        return NULL;
    if (type == KK_IOC_IP) {
        if (!kk_ip_read(value, &address) || kk_address_is_local(&address))
            return NULL;
        inside = kk_address_is_internal(g->settings, value);
        role = inside ? KK_ROLE_INSIDE : role;
    }
    kk_indicator *i = find_or_make(g, type, value);
    if (role < i->role)
        i->role = role;
    i->internal = inside;
    if (s->confidence > i->confidence)
        i->confidence = s->confidence;
    note_time(i, s->first);
    note_time(i, s->last);
    note_host(g, i, s->host);
    note_ground(g, i, &s->ground);
    note_refs(g, i, s->refs);
    return i;
}

void indicator_add_place(gathering *g, kk_indicator_role role, kk_slice value, const sighting *s)
{
    kk_address address;
    if (kk_ip_read(kk_trim(value), &address))
        (void)indicator_add(g, KK_IOC_IP, role, value, s);
    else if (kk_find_byte(value, '.') != KK_NOWHERE && kk_find_byte(value, ' ') == KK_NOWHERE &&
             kk_find_byte(value, '/') == KK_NOWHERE && kk_find_byte(value, ':') == KK_NOWHERE)
        (void)indicator_add(g, KK_IOC_DOMAIN, role, value, s);
}

static int by_place(const void *a, const void *b)
{
    const kk_indicator *x = a, *y = b;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    return kk_compare(x->value, y->value);
}

void indicators_finish(gathering *g)
{
    for (size_t k = 0; k < g->count; k++) {
        kk_indicator *i = &g->items[k];
        kk_slice parts[] = {kk_cstr(kk_ioc_type_names[i->type]),
                            key_of(g->scratch, i->type, i->value)};
        i->id = kk_id(g->arena, "I", parts, 2);
    }
    if (g->count)
        qsort(g->items, g->count, sizeof *g->items, by_place);
}
