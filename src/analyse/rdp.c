#include "analyse/rdp.h"

#define SAME_ACT (60 * KK_SECOND)      /* logs tell of one act within so long */
#define NETWORK_FIRST (30 * KK_SECOND) /* of the network authentication before its desktop */
#define SAME_MOMENT (2 * KK_SECOND)    /* clocks of exports end with the second */

enum { LOGONS_MOST = 8, HERALDS = 32, LIVE_MOST = 512 };

/* What announces a desktop before it is there. */
typedef struct {
    rdp_event event;
    bool used;
} herald;

typedef struct {
    size_t session; /* KK_NOWHERE: at the console */
    size_t before;  /* the session of the same desktop before that one, KK_NOWHERE */
    kk_slice account, ip, told_ip, number;
    kk_slice logons[LOGONS_MOST];  /* whose end is the desktop's */
    kk_slice passing[LOGONS_MOST]; /* of reconnections, over as soon as they have served */
    size_t logon_count, passing_count;
    kk_time connected, left; /* the latest of each */
    bool is_connected, is_resumed, is_over;
    kk_time over;
    unsigned told, told_left; /* bit per rdp_sign: of this connection, of its last end */
} desktop;

typedef struct {
    kk_slice name;
    desktop *live; /* in the order they came */
    size_t count, capacity;
    herald heralds[3][HERALDS]; /* connections, reached, network: the latest of each */
    size_t next_herald[3];
} machine;

struct rdp_tracker {
    kk_arena *arena;
    session_list *list;
    machine **machines;
    size_t count, capacity;
    machine *last;
};

rdp_tracker *rdp_open(kk_arena *arena, session_list *list)
{
    rdp_tracker *t = KK_NEW(arena, rdp_tracker);
    *t = (rdp_tracker){.arena = arena, .list = list};
    return t;
}

static unsigned bit(rdp_sign sign)
{
    return 1u << sign;
}

static kk_slice short_name(kk_slice host)
{
    size_t dot = kk_find_byte(host, '.');
    bool is_number = host.len && host.ptr[0] >= '0' && host.ptr[0] <= '9' && dot != KK_NOWHERE &&
                     dot <= 3; /* an address has no short form */
    return is_number ? host : kk_part(host, 0, dot);
}

static machine *machine_of(rdp_tracker *t, kk_slice host)
{
    kk_slice name = short_name(host);
    if (t->last && kk_eq_nocase(t->last->name, name))
        return t->last;
    for (size_t i = 0; i < t->count; i++)
        if (kk_eq_nocase(t->machines[i]->name, name))
            return t->last = t->machines[i];
    t->machines = kk_grow(t->arena, t->machines, &t->capacity, t->count + 1, sizeof(machine *));
    t->last = t->machines[t->count++] = KK_NEW(t->arena, machine);
    t->last->name = name;
    return t->last;
}

static kk_session *session_of(rdp_tracker *t, const desktop *d)
{
    return d->session == KK_NOWHERE ? NULL : &t->list->items[d->session];
}

/* ---- What fits what ---- */

static bool same_account(kk_slice a, kk_slice b)
{
    return !a.len || !b.len || kk_eq_nocase(account_bare(a), account_bare(b));
}

static bool same_ip(kk_slice a, kk_slice b)
{
    return !a.len || !b.len || kk_eq_nocase(a, b);
}

static bool is_private(kk_slice ip)
{
    kk_slice rest = kk_from(ip, 4);
    return kk_starts(ip, KK_S("10.")) || kk_starts(ip, KK_S("192.168.")) ||
           kk_starts(ip, KK_S("fe80:")) || kk_starts(ip, KK_S("fd")) ||
           (kk_starts(ip, KK_S("172.")) && rest.len > 2 && rest.ptr[2] == '.' &&
            kk_compare(kk_part(rest, 0, 2), KK_S("16")) >= 0 &&
            kk_compare(kk_part(rest, 0, 2), KK_S("31")) <= 0);
}

/* What a client says of itself against what the machine sees: a private address may be the inner
 * side of the other. */
static bool differ_behind_nat(kk_slice seen, kk_slice told)
{
    return !same_ip(seen, told) && (!is_private(told) || is_private(seen));
}

static bool has_moved(const desktop *d, const rdp_event *e)
{
    if (e->ip.len)
        return d->ip.len ? !same_ip(d->ip, e->ip) : differ_behind_nat(e->ip, d->told_ip);
    return d->told_ip.len ? !same_ip(d->told_ip, e->told_ip) : differ_behind_nat(d->ip, e->told_ip);
}

static bool fits(const desktop *d, const rdp_event *e)
{
    return !d->is_over && d->session != KK_NOWHERE && same_account(d->account, e->account) &&
           same_ip(d->ip, e->ip);
}

static bool holds(const kk_slice *ids, size_t count, kk_slice id)
{
    for (size_t i = 0; i < count && id.len; i++)
        if (kk_eq_nocase(ids[i], id))
            return true;
    return false;
}

static desktop *by_number(machine *m, kk_slice number)
{
    for (size_t i = m->count; i-- > 0 && number.len;)
        if (kk_eq(m->live[i].number, number))
            return &m->live[i];
    return NULL;
}

static desktop *by_logon(machine *m, kk_slice logon)
{
    for (size_t i = m->count; i-- > 0 && logon.len;)
        if (holds(m->live[i].logons, m->live[i].logon_count, logon))
            return &m->live[i];
    return NULL;
}

/* A connection of a moment ago that this sign has not been told of: the first to come is the first
 * to be told. */
static desktop *fresh(machine *m, const rdp_event *e)
{
    for (size_t i = 0; i < m->count; i++) {
        desktop *d = &m->live[i];
        if (fits(d, e) && d->is_connected && e->time - d->connected <= SAME_ACT &&
            !(d->told & bit(e->sign)) && (!e->desktop.len || !d->number.len))
            return d;
    }
    return NULL;
}

typedef bool (*is_sought)(const desktop *d, const rdp_event *e);

/* The one desktop that fits and is sought; NULL where several are. */
static desktop *the_only(machine *m, const rdp_event *e, is_sought sought)
{
    desktop *only = NULL;
    for (size_t i = 0; i < m->count; i++) {
        desktop *d = &m->live[i];
        if (d->is_over || d->session == KK_NOWHERE || !e->account.len ||
            !same_account(d->account, e->account) || !sought(d, e))
            continue;
        if (only)
            return NULL;
        only = d;
    }
    return only;
}

static bool left_unnumbered(const desktop *d, const rdp_event *e)
{
    return !d->is_connected && (e->sign == RDP_RESUME ? !d->number.len : !d->logon_count);
}

static bool here_unnumbered(const desktop *d, const rdp_event *e)
{
    return d->is_connected && same_ip(d->ip, e->ip) &&
           (e->sign == RDP_LEAVE ? !d->number.len : !d->logon_count);
}

static bool any_desktop(const desktop *d, const rdp_event *e)
{
    (void)d;
    (void)e;
    return true;
}

static bool any_unnumbered(const desktop *d, const rdp_event *e)
{
    (void)e;
    return !d->number.len;
}

/* ---- What is kept ---- */

static void note(rdp_tracker *t, size_t session, const rdp_event *e)
{
    if (session == KK_NOWHERE)
        return;
    kk_refs_add(t->arena, &t->list->items[session].refs, &e->ref);
    session_kept(&t->list->items[session], e->forwarded, e->keeper);
}

/* Of a session that was a part of it. */
static void take_lines(rdp_tracker *t, size_t session, size_t part)
{
    const kk_session *of = &t->list->items[part];
    if (session == KK_NOWHERE)
        return;
    for (size_t i = 0; i < of->refs.count; i++)
        kk_refs_add(t->arena, &t->list->items[session].refs, &of->refs.items[i]);
    session_kept(&t->list->items[session], of->forwarded, of->keeper);
}

static void fill(kk_slice *text, kk_slice value)
{
    if (!text->len)
        *text = value;
}

static void add_id(kk_slice *ids, size_t *count, kk_slice id)
{
    if (id.len && !holds(ids, *count, id) && *count < LOGONS_MOST)
        ids[(*count)++] = id;
}

static void learn(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    kk_session *s = session_of(t, d);
    bool passes = (e->sign == RDP_LOGON && d->is_resumed) || e->sign == RDP_UNLOCK;
    d->told |= bit(e->sign);
    fill(&d->account, e->account);
    fill(&d->told_ip, e->told_ip);
    fill(&d->number, e->desktop);
    if (s && !d->ip.len && e->ip.len)
        s->from_ip = e->ip; /* better than what the client says */
    fill(&d->ip, e->ip);
    if (passes)
        add_id(d->passing, &d->passing_count, e->logon);
    else
        add_id(d->logons, &d->logon_count, e->logon);
    if (!s)
        return;
    fill(&s->account, e->account);
    fill(&s->from_ip, e->told_ip);
    fill(&s->desktop->number, d->number);
    fill(&s->desktop->client_name, e->client);
    fill(&s->from_name, e->client);
    if (d->logon_count)
        fill(&s->desktop->logon_id, d->logons[0]);
}

static void attach(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    learn(t, d, e);
    note(t, d->session, e);
}

static bool announces(const herald *h, rdp_sign sign, const desktop *d, kk_time at)
{
    const rdp_event *e = &h->event;
    kk_time since = sign == RDP_NETWORK ? NETWORK_FIRST : SAME_ACT;
    bool known = sign == RDP_CONNECTION
                     ? e->ip.len && kk_eq_nocase(e->ip, d->ip)
                     : same_ip(e->ip, d->ip) && same_account(e->account, d->account) &&
                           (e->ip.len || e->account.len);
    return e->sign == sign && e->ref.path.ptr && !h->used && known && e->time <= at &&
           at - e->time <= since;
}

/* The network authentication is a logon of its own, and looks like one to a share. */
static void take_network(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    kk_session *s = session_of(t, d);
    fill(&s->desktop->client_name, e->client);
    fill(&s->from_name, e->client);
    if (e->smb == KK_NOWHERE)
        return;
    kk_session *share = &t->list->items[e->smb];
    if (share->start == e->time && share->end == e->time) /* copies of the log end with it, too */
        share->dropped = true;
}

static size_t ring_of(rdp_sign sign)
{
    return sign == RDP_CONNECTION ? 0 : sign == RDP_REACHED ? 1 : 2;
}

/* What came before the desktop: of each sign the latest. */
static void take_heralds(rdp_tracker *t, machine *m, desktop *d)
{
    static const rdp_sign signs[] = {RDP_CONNECTION, RDP_NETWORK, RDP_REACHED};
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
        herald *best = NULL;
        for (size_t i = 0; i < HERALDS; i++) {
            herald *h = &m->heralds[ring_of(signs[k])][i];
            if (!(d->told & bit(signs[k])) && announces(h, signs[k], d, d->connected) &&
                (!best || h->event.time >= best->event.time))
                best = h;
        }
        if (!best)
            continue;
        best->used = true;
        d->told |= bit(signs[k]);
        note(t, d->session, &best->event);
        if (signs[k] == RDP_NETWORK)
            take_network(t, d, &best->event);
    }
}

static size_t open_session(rdp_tracker *t, const rdp_event *e, kk_time start, bool resumed)
{
    session_list *l = t->list;
    l->items = kk_grow(t->arena, l->items, &l->capacity, l->count + 1, sizeof *l->items);
    kk_session *s = &l->items[l->count];
    *s = (kk_session){.kind = KK_BY_RDP,
                      .start = start,
                      .end = KK_NO_TIME,
                      .parent = KK_NOWHERE,
                      .account = e->account,
                      .host = e->host,
                      .from_ip = e->ip.len ? e->ip : e->told_ip,
                      .desktop = KK_NEW(t->arena, kk_desktop)};
    *s->desktop = (kk_desktop){.before = KK_NOWHERE, .logoff = KK_NO_TIME, .resumed = resumed};
    return l->count++;
}

static void forget(machine *m, size_t at)
{
    memmove(&m->live[at], &m->live[at + 1], (m->count - at - 1) * sizeof *m->live);
    m->count--;
}

static desktop *add_desktop(rdp_tracker *t, machine *m, const rdp_event *e)
{
    if (m->count == LIVE_MOST)
        forget(m, 0); /* whose end was never told */
    m->live = kk_grow(t->arena, m->live, &m->capacity, m->count + 1, sizeof *m->live);
    desktop *d = &m->live[m->count++];
    *d = (desktop){.session = KK_NOWHERE,
                   .before = KK_NOWHERE,
                   .connected = e->time,
                   .left = KK_NO_TIME,
                   .is_connected = true};
    return d;
}

static void begin(rdp_tracker *t, machine *m, const rdp_event *e, bool resumed)
{
    desktop *d = add_desktop(t, m, e);
    d->session = open_session(t, e, e->time, resumed);
    d->account = e->account;
    d->ip = e->ip;
    d->told_ip = e->told_ip;
    d->is_resumed = resumed;
    take_heralds(t, m, d);
    attach(t, d, e);
}

/* ---- Reconnections ---- */

static void stay_away(rdp_tracker *t, kk_session *s, kk_time from, kk_time to)
{
    kk_desktop *k = s->desktop;
    k->away = kk_grow(t->arena, k->away, &k->away_capacity, k->away_count + 1, sizeof *k->away);
    k->away[k->away_count++] = (struct kk_stretch){from, to};
}

static void move_to(rdp_tracker *t, desktop *d, const rdp_event *e, kk_time at)
{
    size_t before = d->session == KK_NOWHERE ? d->before : d->session;
    d->session = open_session(t, e, at, true);
    kk_session *s = session_of(t, d);
    fill(&s->account, d->account);
    s->desktop->before = d->before = before;
    s->desktop->number = d->number;
    s->desktop->logon_id = d->logon_count ? d->logons[0] : KK_NONE;
    d->ip = e->ip;
    d->told_ip = e->told_ip;
}

/* From another address it is another session: somebody else may sit there. */
static void resume(rdp_tracker *t, machine *m, desktop *d, const rdp_event *e, kk_time at,
                   unsigned told)
{
    kk_session *s = session_of(t, d);
    bool same = s && !has_moved(d, e);
    if (same && !d->is_connected) {
        stay_away(t, s, d->left, at);
        s->end = KK_NO_TIME;
    } else if (s && d->is_connected) {
        s->end = same ? s->end : at; /* a desktop is seen at one place at a time */
    }
    if (!same)
        move_to(t, d, e, at);
    d->is_connected = d->is_resumed = true;
    d->connected = at;
    d->told = told;
    if (e->told_ip.len)
        d->told_ip = e->told_ip;
    take_heralds(t, m, d);
    learn(t, d, e);
}

/* Before a reconnection a logon of its own is told: it is a part of that, not a session. */
static bool is_passing_logon(const desktop *d, const desktop *of, const rdp_event *e)
{
    const unsigned more = bit(RDP_BEGIN) | bit(RDP_RESUME) | bit(RDP_RECONNECT) | bit(RDP_SHELL);
    return d != of && fits(d, e) && d->is_connected && e->time - d->connected <= SAME_ACT &&
           (d->told & bit(RDP_LOGON)) && !(d->told & more) && !d->number.len;
}

static void resume_with_logon(rdp_tracker *t, machine *m, desktop *d, const rdp_event *e)
{
    size_t at = 0, own = (size_t)(d - m->live);
    while (at < m->count && !is_passing_logon(&m->live[at], d, e))
        at++;
    if (at == m->count) {
        resume(t, m, d, e, e->time, 0);
        note(t, d->session, e);
        return;
    }
    desktop passing = m->live[at];
    t->list->items[passing.session].dropped = true;
    rdp_event known = *e;
    fill(&known.ip, passing.ip);
    fill(&known.told_ip, passing.told_ip);
    fill(&known.client, t->list->items[passing.session].desktop->client_name);
    forget(m, at);
    d = &m->live[own - (at < own)];
    bool later = d->left == KK_NO_TIME || passing.connected > d->left;
    resume(t, m, d, &known, later ? passing.connected : e->time, passing.told);
    take_lines(t, d->session, passing.session);
    note(t, d->session, e);
    for (size_t i = 0; i < passing.logon_count; i++)
        add_id(d->passing, &d->passing_count, passing.logons[i]);
}

/* ---- Ends ---- */

static void leave(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    kk_session *s = session_of(t, d);
    d->is_connected = false;
    d->left = e->time;
    d->told_left = bit(e->sign);
    if (s)
        s->end = e->time;
    note(t, d->session, e);
}

static void finish(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    kk_session *s = session_of(t, d);
    note(t, d->session, e);
    if (d->is_over)
        return;
    if (s && d->is_connected)
        s->end = e->time;
    if (s)
        s->desktop->logoff = e->time;
    d->is_connected = false;
    d->is_over = true;
    d->over = e->time;
}

/* Its number is somebody else's now: what became of it was not told. */
static void retire(desktop *d, kk_time at)
{
    if (d && !d->is_over) {
        d->is_over = true;
        d->over = at;
    }
    if (d)
        d->number = KK_NONE;
}

/* ---- Signs ---- */

/* Two copies of a log give each event twice. */
static bool is_copy(const rdp_event *a, const rdp_event *b)
{
    return a->time == b->time && a->ref.record == b->ref.record && kk_eq(a->ip, b->ip) &&
           kk_eq(a->account, b->account);
}

static void hear_herald(rdp_tracker *t, machine *m, const rdp_event *e)
{
    size_t ring = ring_of(e->sign), next = m->next_herald[ring];
    if (next && is_copy(&m->heralds[ring][(next - 1) % HERALDS].event, e))
        return;
    herald *h = &m->heralds[ring][m->next_herald[ring]++ % HERALDS];
    *h = (herald){.event = *e};
    for (size_t i = 0; i < m->count; i++) {
        desktop *d = &m->live[i];
        if (!fits(d, e) || !d->is_connected || e->time - d->connected > SAME_MOMENT ||
            (d->told & bit(e->sign)) || !announces(h, e->sign, d, e->time))
            continue;
        d->told |= bit(e->sign);
        h->used = true;
        note(t, d->session, e);
        if (e->sign == RDP_NETWORK)
            take_network(t, d, e);
        return;
    }
}

/* The same logon with and without an administrator's rights. Before Windows 10 they do not name each
 * other, and only the moment tells. */
static desktop *twin_of(machine *m, const rdp_event *e)
{
    if (kk_is(e->linked, "0x0"))
        return NULL;
    if (e->linked.len)
        return by_logon(m, e->linked);
    for (size_t i = 0; i < m->count; i++) {
        desktop *d = &m->live[i];
        if (fits(d, e) && (d->told & bit(RDP_LOGON)) && d->logon_count == 1 &&
            e->time - d->connected <= KK_SECOND)
            return d;
    }
    return NULL;
}

static void hear_logon(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = by_logon(m, e->logon);
    if (d && same_account(d->account, e->account)) { /* a copy, or 4778 came first */
        if (!(d->told & bit(RDP_LOGON)) && !d->is_over)
            attach(t, d, e);
        return;
    }
    if (!d)
        d = twin_of(m, e);
    else
        retire(d, e->time), d = NULL;
    if (!d || d->is_over)
        d = fresh(m, e);
    if (d)
        attach(t, d, e);
    else
        begin(t, m, e, false);
}

/* A reconnection, where nothing else tells of it. */
static void hear_unlock(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = fresh(m, e);
    for (size_t i = m->count; i-- > 0 && !d;)
        if (fits(&m->live[i], e) && m->live[i].is_connected)
            d = &m->live[i];
    if (d) {
        attach(t, d, e);
        return;
    }
    d = the_only(m, e, any_desktop);
    if (d)
        resume_with_logon(t, m, d, e);
    else
        begin(t, m, e, true);
}

static void hear_begin(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = by_number(m, e->desktop);
    if (d && (d->told & bit(RDP_BEGIN)) && e->time - d->connected <= SAME_MOMENT &&
        same_account(d->account, e->account))
        return; /* another copy of the log */
    retire(d, e->time);
    d = fresh(m, e);
    if (d) {
        attach(t, d, e);
    } else if (e->at_console || !e->ip.len) {
        d = add_desktop(t, m, e);
        d->account = e->account;
        d->number = e->desktop;
        d->told = bit(RDP_BEGIN);
    } else {
        begin(t, m, e, false);
    }
}

static void hear_console(desktop *d, kk_session *s, const rdp_event *e)
{
    if (!d)
        return;
    if (s && d->is_connected)
        s->end = e->time;
    if (s)
        d->before = d->session;
    d->session = KK_NOWHERE;
    d->ip = d->told_ip = KK_NONE;
    d->is_connected = true;
    d->connected = e->time;
    d->told = 0;
}

/* By the other log, or by another copy of this one. */
static bool is_told_already(const desktop *d, const rdp_event *e)
{
    return d->is_connected && d->session != KK_NOWHERE && e->time - d->connected <= SAME_ACT &&
           (d->told & (bit(RDP_RESUME) | bit(RDP_RECONNECT))) &&
           (!(d->told & bit(e->sign)) || !has_moved(d, e));
}

/* The log that told first only knew what the client says of itself. */
static void correct_address(rdp_tracker *t, desktop *d, const rdp_event *e)
{
    kk_session *s = session_of(t, d);
    kk_desktop *k = s->desktop;
    if (!e->ip.len)
        return;
    if (s->start == d->connected) {
        s->from_ip = d->ip = e->ip;
        return;
    }
    if (k->away_count && k->away[k->away_count - 1].to == d->connected)
        s->end = k->away[--k->away_count].from;
    move_to(t, d, e, d->connected);
}

/* A reconnection of a desktop that no log here saw the beginning of: its logon only served that. */
static void begun_before(rdp_tracker *t, desktop *d)
{
    kk_desktop *k = session_of(t, d)->desktop;
    if (d->is_resumed || (d->told & (bit(RDP_BEGIN) | bit(RDP_SHELL))))
        return;
    d->is_resumed = k->resumed = true;
    for (size_t i = 0; i < d->logon_count; i++)
        add_id(d->passing, &d->passing_count, d->logons[i]);
    d->logon_count = 0;
    k->logon_id = KK_NONE;
}

static void hear_resume(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = e->sign == RDP_RESUME ? by_number(m, e->desktop) : by_logon(m, e->logon), *also;
    if (d && (d->is_over || !same_account(d->account, e->account))) {
        if (e->sign == RDP_RESUME)
            retire(d, e->time);
        d = NULL;
    }
    if (e->at_console) {
        hear_console(d, d ? session_of(t, d) : NULL, e);
        return;
    }
    if (d && is_told_already(d, e)) {
        if (!(d->told & bit(e->sign))) {
            if (has_moved(d, e))
                correct_address(t, d, e);
            attach(t, d, e);
        }
        return;
    }
    if (!d && (also = the_only(m, e, left_unnumbered)) && e->time > also->left)
        d = also;
    if (d) {
        resume_with_logon(t, m, d, e);
    } else if ((also = fresh(m, e))) {
        begun_before(t, also);
        attach(t, also, e);
    } else {
        begin(t, m, e, true);
    }
}

/* Where the beginning of this connection and the end of the one before fall into one moment, the end
 * may be told after it. */
static bool is_of_last_end(const desktop *d, const rdp_event *e)
{
    return d->is_connected && d->left != KK_NO_TIME && e->time - d->connected <= SAME_MOMENT &&
           d->connected - d->left <= SAME_MOMENT && !(d->told_left & bit(e->sign));
}

static void hear_leave(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = e->sign == RDP_LEAVE ? by_number(m, e->desktop) : by_logon(m, e->logon);
    if (e->at_console && (!d || d->session != KK_NOWHERE))
        return;
    if (!d && e->account.len && (d = the_only(m, e, here_unnumbered))) {
        fill(&d->number, e->desktop);
        add_id(d->logons, &d->logon_count, e->logon);
    }
    if (!d || !same_account(d->account, e->account))
        return;
    if (!same_ip(d->ip, e->ip) ||
        !same_ip(d->told_ip, e->told_ip)) { /* of whoever was here before */
        note(t, d->before, e);
        return;
    }
    bool soon = d->left != KK_NO_TIME && e->time - d->left <= SAME_ACT;
    if (is_of_last_end(d, e) || (d->is_over && e->time - d->over <= SAME_ACT) ||
        (!d->is_over && !d->is_connected && soon)) {
        d->told_left |= bit(e->sign);
        note(t, d->session, e);
    } else if (d->is_connected && !d->is_over) {
        leave(t, d, e);
    }
}

static void hear_end(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = e->sign == RDP_END ? by_number(m, e->desktop) : by_logon(m, e->logon);
    if (!d && e->sign == RDP_END)
        d = the_only(m, e, any_unnumbered);
    if (d && same_account(d->account, e->account))
        finish(t, d, e);
}

static void hear_shell(rdp_tracker *t, machine *m, const rdp_event *e)
{
    desktop *d = by_number(m, e->desktop);
    if (d && !d->is_over && !(d->told & bit(RDP_SHELL)) && same_account(d->account, e->account)) {
        d->told |= bit(RDP_SHELL);
        note(t, d->session, e);
    }
}

static void forget_old(machine *m, kk_time now)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->count; i++)
        if (!m->live[i].is_over || now - m->live[i].over <= SAME_ACT)
            m->live[kept++] = m->live[i];
    m->count = kept;
}

void rdp_hear(rdp_tracker *t, const rdp_event *e)
{
    static void (*const hear[RDP_SIGNS])(rdp_tracker *, machine *, const rdp_event *) = {
        [RDP_CONNECTION] = hear_herald, [RDP_REACHED] = hear_herald,   [RDP_NETWORK] = hear_herald,
        [RDP_LOGON] = hear_logon,       [RDP_UNLOCK] = hear_unlock,    [RDP_LOGGED_OFF] = hear_end,
        [RDP_RECONNECT] = hear_resume,  [RDP_DISCONNECT] = hear_leave, [RDP_BEGIN] = hear_begin,
        [RDP_SHELL] = hear_shell,       [RDP_RESUME] = hear_resume,    [RDP_LEAVE] = hear_leave,
        [RDP_END] = hear_end,
    };
    machine *m = machine_of(t, e->host);
    forget_old(m, e->time);
    if (e->sign == RDP_BOOT)
        m->count = 0;
    else
        hear[e->sign](t, m, e);
}
