/* How they got in and where they went: the window, entries, accounts, hosts and ways, out of the
 * sessions that were judged the intruder's. */
#include "analyse/sessions.h"
#include "analyse/ways.h"
#include "casefile/decisions.h"

#include <stdlib.h>

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    kk_arena *arena;
    session_list list;
    kk_access *out;
} finding;

static kk_time end_of(const kk_session *s)
{
    return s->end == KK_NO_TIME ? s->start : s->end;
}

static void widen(kk_time *first, kk_time *last, kk_time from, kk_time to)
{
    if (*first == KK_NO_TIME || from < *first)
        *first = from;
    if (*last == KK_NO_TIME || to > *last)
        *last = to;
}

static bool is_intruders(const kk_session *s)
{
    return s->suspicious == KK_TRUE && !is_mere_visit(s);
}

/* A named person may set either end; this alone can make the window narrower. */
static void decide_window(finding *f)
{
    kk_window *w = &f->out->window;
    const kk_decision *d = kk_decision_on_window(f->settings->decisions);
    if (!d)
        return;
    if (d->from != KK_NO_TIME)
        *w = (kk_window){d->from, w->to, KK_FIRST_SEEN, w->basis, KK_NONE};
    if (d->to != KK_NO_TIME)
        w->to = d->to;
    if (w->to == KK_NO_TIME || (w->to < w->from && d->to == KK_NO_TIME))
        w->to = w->from;
    if (w->from == KK_NO_TIME || w->from > w->to)
        w->from = w->to;
    w->basis = KK_WINDOW_DECISION;
    w->decision = d->id;
}

static void find_window(finding *f)
{
    kk_window *w = &f->out->window;
    kk_time from = f->settings->intrusion.from.time, to = f->settings->intrusion.to.time;
    *w = (kk_window){KK_NO_TIME, KK_NO_TIME, KK_FIRST_SEEN, KK_WINDOW_EVIDENCE, KK_NONE};
    for (size_t i = 0; i < f->list.count; i++)
        if (is_intruders(&f->list.items[i]))
            widen(&w->from, &w->to, f->list.items[i].start, end_of(&f->list.items[i]));
    /* A log that begins within a day of the first session does not show that nothing was before. */
    if (w->from != KK_NO_TIME && w->from - f->list.first_event < INT64_C(86400) * KK_SECOND)
        w->from_is = KK_NO_LATER_THAN;
    if (from == KK_NO_TIME && to == KK_NO_TIME)
        return;
    w->basis = w->from == KK_NO_TIME ? KK_WINDOW_CASE : KK_WINDOW_UNION;
    if (from != KK_NO_TIME && (w->from == KK_NO_TIME || from < w->from))
        w->from = from;
    if (to != KK_NO_TIME && (w->to == KK_NO_TIME || to > w->to))
        w->to = to;
    if (w->to == KK_NO_TIME)
        w->to = w->from;
    if (w->from == KK_NO_TIME)
        w->from = w->to;
}

static bool from_outside(const finding *f, const kk_session *s)
{
    return s->from_ip.len && !kk_address_is_internal(f->settings, s->from_ip);
}

static kk_entry *entry_for(finding *f, kk_ways *ways, const kk_session *s, size_t *capacity)
{
    kk_access *a = f->out;
    size_t number = kk_ways_add(ways, kk_way_in(s->kind, s->account, s->from_ip));
    if (number < a->entry_count)
        return &a->entries[number];
    a->entries = kk_grow(f->arena, a->entries, capacity, a->entry_count + 1, sizeof *a->entries);
    kk_entry *e = &a->entries[a->entry_count++];
    *e = (kk_entry){.kind = s->kind,
                    .account = s->account,
                    .from_ip = s->from_ip,
                    .country = s->country,
                    .first = s->start,
                    .last = end_of(s),
                    .certainty = "presumed"};
    return e;
}

static void find_entries(finding *f)
{
    size_t capacity = 0;
    kk_ways *ways = kk_ways_open(f->arena);
    for (size_t i = 0; i < f->list.count; i++) {
        const kk_session *s = &f->list.items[i];
        if (!is_intruders(s) || !from_outside(f, s))
            continue;
        kk_entry *e = entry_for(f, ways, s, &capacity);
        widen(&e->first, &e->last, s->start, end_of(s));
        e->sessions++;
        for (size_t r = 0; r < s->reasons.count; r++)
            if (!reason_has(&e->reasons, s->reasons.items[r].code))
                *reason_add(f->arena, &e->reasons, s->reasons.items[r].code, KK_NONE, KK_NONE) =
                    s->reasons.items[r];
        if (s->score >= 5)
            e->certainty = "established";
        else if (strcmp(e->certainty, "established") != 0)
            e->certainty = "likely";
    }
}

/* When the intruder was first seen inside: before it, any way in may have been the way. */
static kk_time first_act_inside(const finding *f)
{
    for (size_t i = 0; i < f->list.count; i++)
        if (is_intruders(&f->list.items[i]) && !from_outside(f, &f->list.items[i]))
            return f->list.items[i].start;
    return KK_NO_TIME;
}

/* Ways in that were open until then; sessions are ordered by start, so these are by their first. */
static void find_others(finding *f, kk_ways *ways, kk_time until)
{
    kk_access *a = f->out;
    size_t capacity = 0;
    for (size_t i = 0; i < f->list.count && f->list.items[i].start <= until; i++) {
        const kk_session *s = &f->list.items[i];
        if (s->suspicious == KK_FALSE || !from_outside(f, s) || is_mere_visit(s))
            continue;
        size_t at = kk_ways_add(ways, kk_way_in(s->kind, s->account, s->from_ip));
        if (at < a->other_count) {
            if (s->suspicious == KK_TRUE)
                a->others[at].suspicious = KK_TRUE;
            continue;
        }
        a->others = kk_grow(f->arena, a->others, &capacity, a->other_count + 1, sizeof *a->others);
        a->others[a->other_count++] =
            (kk_other_entry){s->kind, s->account, s->from_ip, s->country, s->start, s->suspicious};
    }
}

static void find_alternatives(finding *f)
{
    kk_time inside = first_act_inside(f);
    kk_ways *ways = kk_ways_open(f->arena);
    if (inside == KK_NO_TIME)
        return;
    const kk_time until = inside + 120 * KK_SECOND;
    find_others(f, ways, until);
    for (size_t i = 0; i < f->out->entry_count; i++) {
        kk_entry *e = &f->out->entries[i];
        e->has_alternatives = e->first <= until;
        e->own = kk_ways_find(ways, kk_way_in(e->kind, e->account, e->from_ip));
    }
}

/* kk_account and kk_intruded_host begin with their name. */
static int by_name(const void *a, const void *b)
{
    return kk_compare(*(const kk_slice *)a, *(const kk_slice *)b);
}

typedef struct {
    kk_slice folded, key;
    size_t session;
} account_of;

static int by_folded(const void *a, const void *b)
{
    const account_of *x = a, *y = b;
    int order = kk_compare(x->folded, y->folded);
    return order ? order : (x->session > y->session) - (x->session < y->session);
}

/* Every account with sessions; sorted grouping, since there may be many. */
static void find_accounts(finding *f)
{
    size_t n = 0;
    size_t hosts = 0; /* room that the account has for them */
    kk_ways *pairs = kk_ways_open(f->arena);
    account_of *of = KK_NEW_ARRAY(f->arena, account_of, f->list.count);
    for (size_t i = 0; i < f->list.count; i++)
        if (f->list.items[i].account.len)
            of[n++] = (account_of){account_folded(f->arena, f->list.items[i].account), KK_NONE, i};
    if (n)
        qsort(of, n, sizeof *of, by_folded);
    f->out->accounts = KK_NEW_ARRAY(f->arena, kk_account, n);
    for (size_t i = 0; i < n; i++) {
        const kk_session *s = &f->list.items[of[i].session];
        kk_account *a = f->out->account_count ? &f->out->accounts[f->out->account_count - 1] : NULL;
        if (!i || !kk_eq(of[i].folded, of[i - 1].folded)) {
            a = &f->out->accounts[f->out->account_count++];
            *a = (kk_account){.name = of[i].folded,
                              .first = KK_NO_TIME,
                              .last = KK_NO_TIME,
                              .suspicious = KK_FALSE};
            hosts = 0;
        }
        widen(&a->first, &a->last, s->start, end_of(s));
        if (kk_ways_find(pairs, (kk_way){{a->name, s->host, KK_NONE}}) == KK_NOWHERE) {
            (void)kk_ways_add(pairs, (kk_way){{a->name, s->host, KK_NONE}});
            a->hosts = kk_grow(f->arena, a->hosts, &hosts, a->host_count + 1, sizeof *a->hosts);
            a->hosts[a->host_count++] = s->host;
        }
        if (s->suspicious == KK_TRUE || (s->suspicious == KK_UNKNOWN && a->suspicious == KK_FALSE))
            a->suspicious = s->suspicious;
    }
}

/* Machines by their names, as long as they are in the order in which they were met. */
typedef struct {
    kk_ways *names;
    size_t capacity;
} machines;

static kk_way named(kk_slice host)
{
    return (kk_way){{host, KK_NONE, KK_NONE}};
}

/* NULL: the intruder was not seen there. */
static kk_intruded_host *host_known(finding *f, const machines *m, kk_slice name)
{
    size_t at = kk_ways_find(m->names, named(name));
    return at == KK_NOWHERE ? NULL : &f->out->hosts[at];
}

static kk_intruded_host *host_named(finding *f, machines *m, kk_slice name)
{
    kk_access *a = f->out;
    size_t at = kk_ways_add(m->names, named(name));
    if (at < a->host_count)
        return &a->hosts[at];
    a->hosts = kk_grow(f->arena, a->hosts, &m->capacity, a->host_count + 1, sizeof *a->hosts);
    a->hosts[a->host_count] = (kk_intruded_host){.name = name,
                                                 .first = KK_NO_TIME,
                                                 .last = KK_NO_TIME,
                                                 .encrypted_first = KK_NO_TIME,
                                                 .encrypted_last = KK_NO_TIME};
    return &a->hosts[a->host_count++];
}

static void find_hosts(finding *f, machines *m)
{
    for (size_t i = 0; i < f->list.count; i++) {
        const kk_session *s = &f->list.items[i];
        if (!is_intruders(s) || !s->host.len || s->kind == KK_BY_VPN)
            continue; /* a device that was passed through is no machine that was entered */
        kk_intruded_host *h = host_named(f, m, s->host);
        widen(&h->first, &h->last, s->start, end_of(s));
    }
}

static kk_status mark_examined(finding *f, const machines *m, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(f->store, "examined_hosts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_intruded_host *h = host_known(f, m, kk_rows_text(rows, 0));
        if (h)
            h->examined = true;
    }
    return kk_rows_close(rows, fault);
}

/* Encrypted: the same new suffix on many files, in several folders. Where the file system of a machine
 * was looked at and shows none, the answer is no; where it was not, there is none. */
static kk_status find_encrypted(finding *f, machines *m, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(f->store, "file_system_hosts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_intruded_host *h = host_known(f, m, kk_rows_text(rows, 0));
        if (h)
            h->encrypted = KK_FALSE;
    }
    status = kk_rows_close(rows, fault);
    if (status == KK_OK)
        status = kk_ask(f->store, "encrypted_hosts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_intruded_host *h = host_named(f, m, kk_copy(f->arena, kk_rows_text(rows, 0)));
        h->encrypted = KK_TRUE;
        h->encrypted_files += kk_rows_u64(rows, 2);
        for (size_t column = 6; column <= 9; column += 3) {
            kk_ref ref = {kk_copy(f->arena, kk_rows_text(rows, column)),
                          kk_copy(f->arena, kk_rows_text(rows, column + 1)),
                          kk_rows_u64(rows, column + 2), 0, 0};
            kk_refs_add(f->arena, &h->encrypted_refs, &ref);
        }
        widen(&h->encrypted_first, &h->encrypted_last, kk_rows_i64(rows, 4), kk_rows_i64(rows, 5));
        widen(&h->first, &h->last, kk_rows_i64(rows, 4), kk_rows_i64(rows, 5));
    }
    return kk_rows_close(rows, fault);
}

static void find_edges(finding *f)
{
    size_t capacity = 0;
    kk_ways *ways = kk_ways_open(f->arena);
    kk_access *a = f->out;
    for (size_t i = 0; i < f->list.count; i++) {
        const kk_session *s = &f->list.items[i];
        if (!is_intruders(s))
            continue;
        kk_slice from = s->from_host.len ? s->from_host : s->from_ip;
        size_t at = kk_ways_add(ways, (kk_way){{from, s->host, s->account}});
        if (at == a->edge_count) {
            a->edges = kk_grow(f->arena, a->edges, &capacity, a->edge_count + 1, sizeof *a->edges);
            a->edges[a->edge_count++] =
                (kk_edge){from, s->from_ip, s->host, s->account, 0, s->start, end_of(s)};
        }
        a->edges[at].count++;
        widen(&a->edges[at].first, &a->edges[at].last, s->start, end_of(s));
    }
}

kk_status kk_access_find(kk_store *store, const kk_case_settings *settings, kk_arena *arena,
                         kk_access *out, kk_fault *fault)
{
    finding f = {.store = store, .settings = settings, .arena = arena, .out = out};
    machines m = {.names = kk_ways_open(arena)};
    *out = (kk_access){0};
    kk_status status = kk_countries_told(store, arena, &out->countries, fault);
    if (status == KK_OK)
        status = sessions_collect(store, arena, &f.list, fault);
    if (status == KK_OK)
        status = sessions_find_addresses(store, &f.list, arena, fault);
    if (status == KK_OK)
        status = sessions_find_origins(store, settings, &f.list, arena, fault);
    if (status != KK_OK)
        return status;
    status = sessions_note_acts(store, settings, &f.list, fault);
    if (status != KK_OK)
        return status;
    sessions_judge(&f.list, settings, &out->countries, arena);
    out->sessions = f.list.items;
    out->session_count = f.list.count;
    out->addresses = f.list.addresses;
    out->address_count = f.list.address_count;
    find_window(&f);
    decide_window(&f);
    find_entries(&f);
    find_alternatives(&f);
    find_accounts(&f);
    find_hosts(&f, &m);
    find_edges(&f);
    status = find_encrypted(&f, &m, fault);
    if (status == KK_OK)
        status = mark_examined(&f, &m, fault);
    if (out->host_count)
        qsort(out->hosts, out->host_count, sizeof *out->hosts, by_name);
    return status;
}
