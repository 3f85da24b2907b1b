/* From which machine a session came: by its address, by what the client wrote down on that machine, or
 * by the name that the far end gave of itself. Only machines of which there is evidence have a name. */
#include "analyse/sessions.h"

#include "base/sorted.h"

#include <stdlib.h>

typedef struct {
    kk_slice ip, machine;
    kk_time first, last; /* seen with it */
} sighting;

typedef struct {
    const kk_case_settings *settings;
    kk_arena *arena;
    session_list *list;
    sighting *sightings; /* by ip, then machine */
    size_t count, capacity;
    kk_slice *hosts; /* with evidence, in small letters, ascending */
    size_t host_count, host_capacity;
} origins;

static kk_slice short_name(kk_slice host)
{
    return kk_part(host, 0, kk_find_byte(host, '.'));
}

static bool is_same_machine(kk_slice a, kk_slice b)
{
    return kk_eq_nocase(short_name(a), short_name(b));
}

static kk_status load_sightings(origins *o, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "machine_addresses", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        o->sightings =
            kk_grow(o->arena, o->sightings, &o->capacity, o->count + 1, sizeof *o->sightings);
        o->sightings[o->count++] = (sighting){kk_copy(o->arena, kk_rows_text(rows, 0)),
                                              kk_copy(o->arena, kk_rows_text(rows, 1)),
                                              kk_rows_i64(rows, 2), kk_rows_i64(rows, 3)};
    }
    return kk_rows_close(rows, fault);
}

static kk_status load_hosts(origins *o, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "examined_hosts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        o->hosts =
            kk_grow(o->arena, o->hosts, &o->host_capacity, o->host_count + 1, sizeof *o->hosts);
        o->hosts[o->host_count++] = kk_copy(o->arena, kk_rows_text(rows, 0));
    }
    return kk_rows_close(rows, fault);
}

static kk_time away(const sighting *s, kk_time at)
{
    return at < s->first ? s->first - at : at > s->last ? at - s->last : 0;
}

/* Addresses are lent: of several machines the one that was seen with it nearest to that time. */
static kk_slice machine_at(const origins *o, kk_slice ip, kk_time at)
{
    size_t low = 0;
    const sighting *best = NULL;
    KK_LOWER_BOUND(low, o->count, kk_compare(o->sightings[low].ip, ip) < 0);
    for (; low < o->count && kk_eq(o->sightings[low].ip, ip); low++)
        if (!best || away(&o->sightings[low], at) < away(best, at))
            best = &o->sightings[low];
    return best ? best->machine : KK_NONE;
}

static kk_slice of_firewall(const session_list *l, kk_slice ip)
{
    for (size_t i = 0; i < l->address_count; i++)
        if (kk_eq(l->addresses[i].value, ip))
            return l->addresses[i].name;
    return KK_NONE;
}

static kk_slice named_host(const origins *o, kk_slice name)
{
    for (size_t i = 0; i < o->host_count && name.len; i++)
        if (is_same_machine(o->hosts[i], name))
            return name;
    return KK_NONE;
}

static void find_origin(const origins *o, kk_session *s)
{
    kk_slice from = s->from_host;
    if (!from.len && s->from_ip.len)
        from = machine_at(o, s->from_ip, s->start);
    if (!from.len && s->from_ip.len)
        from = of_firewall(o->list, s->from_ip);
    /* anybody outside may call himself like a machine inside */
    bool inside = !s->from_ip.len || kk_address_is_internal(o->settings, s->from_ip);
    if (!from.len && inside)
        from = named_host(o, s->from_name);
    s->from_host = is_same_machine(from, s->host) ? KK_NONE : from;
}

/* Clocks of two machines differ; a connection is begun before it is answered. */
#define EARLIER (60 * KK_SECOND)
#define LATER (120 * KK_SECOND)

static bool is_target(const origins *o, const kk_session *s, kk_slice target)
{
    kk_slice machine = machine_at(o, target, s->start);
    return is_same_machine(s->host, machine.len ? machine : of_firewall(o->list, target)) ||
           (kk_find_byte(target, ':') == KK_NOWHERE && is_same_machine(s->host, target));
}

/* The latest session that began when the client asked for it, by the machine's name or address. */
static kk_session *answered(const origins *o, kk_slice client, kk_slice target, kk_time at)
{
    session_list *l = o->list;
    size_t low = 0;
    kk_session *best = NULL;
    KK_LOWER_BOUND(low, l->count, l->items[low].start < at - EARLIER);
    for (; low < l->count && l->items[low].start <= at + LATER; low++) {
        kk_session *s = &l->items[low];
        kk_time now = best ? llabs(best->start - at) : INT64_MAX;
        if (s->kind == KK_BY_RDP && !is_same_machine(s->host, client) && is_target(o, s, target) &&
            llabs(s->start - at) < now)
            best = s;
    }
    return best;
}

static kk_status join_clients(origins *o, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "rdp_clients", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_session *s =
            answered(o, kk_rows_text(rows, 1), kk_rows_text(rows, 2), kk_rows_i64(rows, 0));
        if (!s)
            continue;
        kk_ref ref = {kk_copy(o->arena, kk_rows_text(rows, 3)),
                      kk_copy(o->arena, kk_rows_text(rows, 4)), kk_rows_u64(rows, 5),
                      kk_rows_u64(rows, 6), (uint32_t)kk_rows_u64(rows, 7)};
        kk_refs_add(o->arena, &s->refs, &ref);
        if (!s->from_host.len)
            s->from_host = kk_copy(o->arena, kk_rows_text(rows, 1));
    }
    return kk_rows_close(rows, fault);
}

kk_status sessions_find_origins(kk_store *store, const kk_case_settings *settings,
                                session_list *list, kk_arena *arena, kk_fault *fault)
{
    origins o = {.settings = settings, .arena = arena, .list = list};
    kk_status status = load_sightings(&o, store, fault);
    if (status == KK_OK)
        status = load_hosts(&o, store, fault);
    if (status == KK_OK)
        status = join_clients(&o, store, fault);
    for (size_t i = 0; i < list->count && status == KK_OK; i++)
        find_origin(&o, &list->items[i]);
    return status;
}
