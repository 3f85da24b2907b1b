#include "analyse/sessions.h"

#include "analyse/rdp.h"
#include "analyse/witness.h"

#include <stdlib.h>

/* Where a session has no end of its own (SMB, web), silence of so long ends it. */
#define IDLE (30 * 60 * KK_SECOND)

typedef struct {
    uint64_t hash;
    kk_slice key;
    size_t session;
} open_slot;

typedef struct {
    kk_arena *arena, *scratch;
    session_list *list;
    rdp_tracker *desktops;
    open_slot *slots;
    size_t slot_count, used;
    kk_slice *kept; /* texts that many events share, once each */
    size_t kept_count, kept_room;
} collecting;

static void put_kept(kk_slice *table, size_t room, kk_slice text)
{
    size_t at = kk_hash_quick(text) & (room - 1);
    while (table[at].ptr)
        at = (at + 1) & (room - 1);
    table[at] = text;
}

/* A text that lives as long as the list: one copy of each, however many events have it. */
static kk_slice keep(collecting *c, kk_slice text)
{
    if (!text.len)
        return KK_NONE;
    if (c->kept_count * 2 >= c->kept_room) {
        size_t room = c->kept_room ? c->kept_room * 2 : 1024;
        kk_slice *table = KK_NEW_ARRAY(c->arena, kk_slice, room);
        for (size_t i = 0; i < c->kept_room; i++)
            if (c->kept[i].ptr)
                put_kept(table, room, c->kept[i]);
        c->kept = table;
        c->kept_room = room;
    }
    size_t at = kk_hash_quick(text) & (c->kept_room - 1);
    while (c->kept[at].ptr && !kk_eq(c->kept[at], text))
        at = (at + 1) & (c->kept_room - 1);
    if (!c->kept[at].ptr) {
        c->kept[at] = kk_copy(c->arena, text);
        c->kept_count++;
    }
    return c->kept[at];
}

/* The latest session of a key; a new key gets KK_NOWHERE, to be set by the caller. */
static size_t *slot_for(collecting *c, kk_slice key)
{
    if (c->used * 2 >= c->slot_count) {
        size_t count = c->slot_count ? c->slot_count * 2 : 1024;
        open_slot *slots = KK_NEW_ARRAY(c->arena, open_slot, count);
        for (size_t i = 0; i < c->slot_count; i++) {
            size_t at = c->slots[i].hash & (count - 1);
            while (slots[at].key.ptr)
                at = (at + 1) & (count - 1);
            if (c->slots[i].key.ptr)
                slots[at] = c->slots[i];
        }
        c->slots = slots;
        c->slot_count = count;
    }
    uint64_t hash = kk_hash_quick(key);
    size_t at = hash & (c->slot_count - 1);
    while (c->slots[at].key.ptr && !kk_eq(c->slots[at].key, key))
        at = (at + 1) & (c->slot_count - 1);
    if (!c->slots[at].key.ptr) {
        c->slots[at] = (open_slot){hash, kk_copy(c->arena, key), KK_NOWHERE};
        c->used++;
    }
    return &c->slots[at].session;
}

static kk_session *begin(collecting *c, size_t *slot, kk_session_kind kind, const kk_event_row *row)
{
    session_list *l = c->list;
    l->items = kk_grow(c->arena, l->items, &l->capacity, l->count + 1, sizeof *l->items);
    kk_session *s = &l->items[l->count];
    *s = (kk_session){.kind = kind,
                      .start = row->time,
                      .end = KK_NO_TIME,
                      .parent = KK_NOWHERE,
                      .account = keep(c, row->text[KK_USER_NAME]),
                      .host = keep(c, row->host),
                      .from_ip = keep(c, row->text[KK_SOURCE_IP])};
    *slot = l->count++;
    return s;
}

static kk_session *current(collecting *c, const size_t *slot)
{
    return *slot == KK_NOWHERE ? NULL : &c->list->items[*slot];
}

static void note(collecting *c, kk_session *s, const kk_event_row *row)
{
    kk_ref ref = {keep(c, row->label), keep(c, row->path), row->record, row->offset, row->length};
    kk_refs_add(c->arena, &s->refs, &ref);
    s->by_device = s->by_device || kk_is_of_device(row);
    if (!s->forwarded && kk_is_forwarded(row))
        session_kept(s, true, keep(c, row->keeper));
}

static void most_bytes(kk_session *s, const kk_event_row *row)
{
    /* A tunnel's counters grow: the largest is the last. Its source is the client. */
    uint64_t in = row->number[KK_SOURCE_BYTES], out = row->number[KK_DESTINATION_BYTES];
    if (!(row->has_number >> KK_DESTINATION_BYTES & 1))
        return;
    s->has_bytes = true;
    s->bytes_in = in > s->bytes_in ? in : s->bytes_in;
    s->bytes_out = out > s->bytes_out ? out : s->bytes_out;
}

static void add_failure(collecting *c, const kk_event_row *row)
{
    session_list *l = c->list;
    if (row->time == KK_NO_TIME)
        return;
    l->failures = kk_grow(c->arena, l->failures, &l->failure_capacity, l->failure_count + 1,
                          sizeof *l->failures);
    l->failures[l->failure_count++] = (failed_logon){
        row->time, keep(c, row->text[KK_SOURCE_IP]),
        keep(c, account_folded(c->scratch, row->text[KK_USER_NAME])), keep(c, row->host)};
}

static void hear_vpn(collecting *c, const kk_event_row *row)
{
    kk_slice action = row->text[KK_ACTION];
    bool up = kk_is(action, "tunnel-up"), down = kk_is(action, "tunnel-down");
    if (row->outcome == KK_FAILURE) {
        add_failure(c, row);
        return;
    }
    if (!up && !down && !kk_is(action, "tunnel-stats"))
        return;
    size_t *slot =
        slot_for(c, kk_print(c->scratch, "vpn|%.*s|%.*s|%.*s", KK_P(row->host),
                             KK_P(row->text[KK_SESSION_ID]), KK_P(row->text[KK_USER_NAME])));
    kk_session *s = current(c, slot);
    if (!s || (up && s->end != KK_NO_TIME))
        s = begin(c, slot, KK_BY_VPN, row);
    if (!s->given_ip.len)
        s->given_ip = kk_copy(c->arena, kk_event_field(c->scratch, row, "tunnelip"));
    most_bytes(s, row);
    if (down)
        s->end = row->time;
    if (up || down)
        note(c, s, row);
}

/* The end stands under the process that served the session: the far end's address and port are the same. */
static size_t *peer_slot(collecting *c, const kk_event_row *row)
{
    if (!row->text[KK_SOURCE_IP].len || !(row->has_number >> KK_SOURCE_PORT & 1))
        return NULL;
    return slot_for(c, kk_print(c->scratch, "peer|%.*s|%.*s|%llu", KK_P(row->host),
                                KK_P(row->text[KK_SOURCE_IP]),
                                (unsigned long long)row->number[KK_SOURCE_PORT]));
}

static void end_ssh(collecting *c, kk_session *s, const kk_event_row *row)
{
    if (!s || s->end != KK_NO_TIME || row->time < s->start)
        return;
    s->end = row->time;
    note(c, s, row);
}

static void hear_ssh(collecting *c, const kk_event_row *row)
{
    kk_slice action = row->text[KK_ACTION];
    size_t *slot = slot_for(
        c, kk_print(c->scratch, "ssh|%.*s|%.*s", KK_P(row->host), KK_P(row->text[KK_SESSION_ID])));
    kk_session *s = current(c, slot);
    if (row->outcome == KK_FAILURE) {
        if (kk_is(action, "logon-failed")) /* one attempt is told by several lines */
            add_failure(c, row);
        return;
    }
    if (kk_is(action, "logon") && row->text[KK_SOURCE_IP].len) {
        if (!s || s->end != KK_NO_TIME || !kk_eq(s->account, row->text[KK_USER_NAME]))
            s = begin(c, slot, KK_BY_SSH, row);
        size_t session = *slot, *peer = peer_slot(c, row);
        if (peer)
            *peer = session;
        note(c, s, row);
    } else if (kk_is(action, "logoff") || kk_is(action, "disconnected")) {
        size_t *peer = peer_slot(c, row);
        end_ssh(c, peer ? current(c, peer) : s, row);
    }
}

/* The session's index if it begins here, else KK_NOWHERE. */
static size_t extend(collecting *c, kk_session_kind kind, const kk_event_row *row)
{
    size_t count = c->list->count;
    kk_slice user = row->text[KK_USER_NAME];
    if (kind == KK_BY_SMB) /* Windows writes a name as it was typed */
        user = account_folded(c->scratch, user);
    size_t *slot = slot_for(c, kk_print(c->scratch, "%d|%.*s|%.*s|%.*s", kind, KK_P(row->host),
                                        KK_P(user), KK_P(row->text[KK_SOURCE_IP])));
    kk_session *s = current(c, slot);
    if (!s || s->dropped || row->time - (s->end == KK_NO_TIME ? s->start : s->end) > IDLE)
        s = begin(c, slot, kind, row);
    s->end = row->time;
    if (!s->from_name.len)
        s->from_name = keep(c, row->text[KK_SOURCE_HOST]);
    note(c, s, row);
    return c->list->count > count ? count : KK_NOWHERE;
}

static bool is_machine(kk_slice account)
{
    static const char *const names[] = {"SYSTEM", "ANONYMOUS LOGON", "LOCAL SERVICE",
                                        "NETWORK SERVICE", "-"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_is(account, names[i]))
            return true;
    return !account.len || account.ptr[account.len - 1] == '$';
}

static bool is_loopback(kk_slice ip)
{
    return !ip.len || kk_starts(ip, KK_S("127.")) || kk_is(ip, "::1") || kk_is(ip, "LOCAL");
}

/* Returns the session on a share that begins here, else KK_NOWHERE. */
static size_t hear_security(collecting *c, const kk_event_row *row)
{
    kk_slice action = row->text[KK_ACTION];
    bool logon = kk_is(action, "logon");
    if (is_machine(row->text[KK_USER_NAME]))
        return KK_NOWHERE;
    if (kk_is(action, "kerberos-preauthentication") || (logon && row->outcome == KK_FAILURE))
        add_failure(c, row);
    else if (!is_loopback(row->text[KK_SOURCE_IP]) &&
             (kk_is(row->text[KK_CODE], "5140") ||
              (logon && kk_has(row->more, KK_S("[\"LogonType\",\"3\"]")))))
        return extend(c, KK_BY_SMB, row);
    return KK_NOWHERE;
}

static void hear_desktop(collecting *c, const kk_event_row *row, size_t smb)
{
    rdp_event e;
    if (!rdp_sign_of(row, c->scratch, &e) ||
        (e.sign != RDP_BOOT && e.account.len && is_machine(e.account)))
        return;
    kk_slice *const texts[] = {&e.host,   &e.account, &e.ip,    &e.told_ip,
                               &e.client, &e.desktop, &e.logon, &e.linked};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep(c, *texts[i]);
    e.smb = smb;
    e.forwarded = kk_is_forwarded(row);
    e.keeper = keep(c, row->keeper);
    e.ref =
        (kk_ref){keep(c, row->label), keep(c, row->path), row->record, row->offset, row->length};
    rdp_hear(c->desktops, &e);
}

static bool is_start_of_machine(const kk_event_row *row)
{
    kk_slice code = row->text[KK_CODE];
    return kk_is(code, "6005") || kk_is(code, "4608") || kk_is(code, "512");
}

static void hear(void *context, const kk_event_row *row)
{
    collecting *c = context;
    kk_slice dataset = row->text[KK_DATASET];
    if (row->time == KK_NO_TIME || (row->flags & KK_FLAG_RECOVERED))
        return;
    bool windows = kk_starts(dataset, KK_S("windows."));
    bool starts = windows && is_start_of_machine(row);
    if (c->list->first_event == KK_NO_TIME && !starts)
        c->list->first_event = row->time;
    if (!starts)
        c->list->last_event = row->time;
    if (kk_is(dataset, "fortinet.vpn"))
        hear_vpn(c, row);
    else if (kk_is(row->text[KK_PROVIDER], "sshd"))
        hear_ssh(c, row);
    else if (windows)
        hear_desktop(c, row,
                     kk_is(dataset, "windows.security") ? hear_security(c, row) : KK_NOWHERE);
    else if (kk_is(dataset, "samba.audit") && row->text[KK_SOURCE_IP].len)
        extend(c, KK_BY_SMB, row);
    else if (kk_is(row->text[KK_CATEGORY], "web"))
        extend(c, KK_BY_WEB, row);
    kk_arena_reset(c->scratch);
}

static int by_start(const void *a, const void *b)
{
    const kk_session *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int order = kk_compare(x->account, y->account);
    if (!order)
        order = kk_compare(x->host, y->host);
    return order ? order : kk_compare(x->from_ip, y->from_ip);
}

/* Those that turned out to be parts of others go; `now` gets the new index of each. */
static void drop_parts(session_list *l, size_t *now)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        now[i] = kept;
        if (!l->items[i].dropped)
            l->items[kept++] = l->items[i];
    }
    l->count = kept;
}

typedef struct {
    kk_session session; /* first: sorted as one */
    size_t was;
} placed;

static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    int order = by_start(&x->session, &y->session);
    return order ? order : (x->was > y->was) - (x->was < y->was);
}

/* In order of start; what continues another session is told its id. */
static void put_in_order(session_list *l, kk_arena *arena)
{
    size_t *now = KK_NEW_ARRAY(arena, size_t, l->count);
    drop_parts(l, now);
    size_t *place = KK_NEW_ARRAY(arena, size_t, l->count);
    placed *sorted = KK_NEW_ARRAY(arena, placed, l->count);
    for (size_t i = 0; i < l->count; i++)
        sorted[i] = (placed){l->items[i], i};
    if (l->count)
        qsort(sorted, l->count, sizeof *sorted, by_place);
    for (size_t i = 0; i < l->count; i++) {
        l->items[i] = sorted[i].session;
        place[sorted[i].was] = i;
    }
    for (size_t i = 0; i < l->count; i++) {
        kk_desktop *d = l->items[i].desktop;
        if (d && d->before != KK_NOWHERE)
            d->before = place[now[d->before]];
    }
}

/* Whoever looks for those of an account or an address need not go through all. */
static void group(session_list *l, kk_arena *arena)
{
    kk_slice *addresses = KK_NEW_ARRAY(arena, kk_slice, l->count);
    l->accounts = KK_NEW_ARRAY(arena, kk_slice, l->count);
    for (size_t i = 0; i < l->count; i++) {
        addresses[i] = l->items[i].from_ip;
        l->accounts[i] = account_folded(arena, l->items[i].account);
    }
    l->by_account = text_groups_of(arena, l->accounts, l->count);
    l->by_address = text_groups_of(arena, addresses, l->count);
}

static void give_ids(session_list *l, kk_arena *arena)
{
    for (size_t i = 0; i < l->count; i++) {
        kk_session *s = &l->items[i];
        kk_slice parts[] = {kk_cstr(kk_session_kind_names[s->kind]),
                            s->account,
                            s->host,
                            s->from_ip,
                            {(const char *)&s->start, sizeof s->start}};
        s->id = kk_id(arena, "S", parts, sizeof parts / sizeof *parts);
    }
    for (size_t i = 0; i < l->count; i++) {
        kk_desktop *d = l->items[i].desktop;
        if (d && d->before != KK_NOWHERE)
            d->continues = l->items[d->before].id;
    }
}

kk_status sessions_collect(kk_store *store, kk_arena *arena, session_list *out, kk_fault *fault)
{
    collecting c = {.arena = arena, .scratch = kk_arena_open(), .list = out};
    kk_event_filter filter = {.set = KK_EVENTS_ACCESS, .from = KK_NO_TIME, .to = KK_NO_TIME};
    c.desktops = rdp_open(arena, out);
    *out = (session_list){.first_event = KK_NO_TIME, .last_event = KK_NO_TIME};
    kk_status status = kk_events_read(store, &filter, hear, &c, fault);
    if (status == KK_OK)
        status = sessions_add_visits(store, out, arena, fault);
    if (status == KK_OK && out->count) {
        put_in_order(out, arena);
        group(out, arena);
        status = sessions_add_ssh_bytes(store, out, fault);
        give_ids(out, arena);
    }
    kk_arena_close(c.scratch);
    return status;
}

static void add_address(session_list *l, kk_arena *arena, kk_slice host, kk_slice address)
{
    for (size_t i = 0; i < l->address_count; i++)
        if (kk_eq_nocase(l->addresses[i].name, host) && kk_eq(l->addresses[i].value, address))
            return;
    l->addresses = kk_grow(arena, l->addresses, &l->address_capacity, l->address_count + 1,
                           sizeof *l->addresses);
    l->addresses[l->address_count++] = (kk_pair){host, kk_copy(arena, address)};
}

static bool port_fits(kk_session_kind kind, uint64_t port)
{
    return (kind == KK_BY_RDP && port == 3389) || (kind == KK_BY_SMB && port == 445) ||
           (kind == KK_BY_SSH && port == 22);
}

kk_status sessions_find_addresses(kk_store *store, session_list *l, kk_arena *arena,
                                  kk_fault *fault)
{
    const kk_time near = 20 * KK_SECOND;
    kk_rows *rows;
    size_t first = 0; /* sessions and flows both come by their start */
    kk_status status = kk_ask(store, "flow_starts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_time start = kk_rows_i64(rows, 3);
        while (first < l->count && l->items[first].start < start - near)
            first++;
        for (size_t i = first; i < l->count && l->items[i].start <= start + near; i++)
            if (port_fits(l->items[i].kind, kk_rows_u64(rows, 2)) &&
                kk_eq(l->items[i].from_ip, kk_rows_text(rows, 0)))
                add_address(l, arena, l->items[i].host, kk_rows_text(rows, 1));
    }
    return kk_rows_close(rows, fault);
}
