/* What case.yaml says was done, held against the records after that time: each check looks for what
 * should not be there any more, and how far the records that would show it reach. */
#include "analyse/analyse.h"

enum { AGAINST_REFS = 20 };

typedef struct {
    kk_slice kind, host;
    kk_time last;
    kk_ref ref;
} reach; /* how far a device's or machine's records of one kind go */

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_access *access;
    kk_arena *arena;
    reach *reaches;
    size_t reach_count, reach_capacity;
} testing;

static kk_ref ref_at(kk_arena *arena, const kk_rows *rows, size_t column)
{
    return (kk_ref){kk_copy(arena, kk_rows_text(rows, column)),
                    kk_copy(arena, kk_rows_text(rows, column + 1)), kk_rows_u64(rows, column + 2),
                    kk_rows_u64(rows, column + 3), (uint32_t)kk_rows_u64(rows, column + 4)};
}

static kk_status load_reaches(testing *t, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(t->store, "last_records", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        t->reaches = kk_grow(t->arena, t->reaches, &t->reach_capacity, t->reach_count + 1,
                             sizeof *t->reaches);
        t->reaches[t->reach_count++] = (reach){kk_copy(t->arena, kk_rows_text(rows, 0)),
                                               kk_copy(t->arena, kk_rows_text(rows, 1)),
                                               kk_rows_i64(rows, 2), ref_at(t->arena, rows, 3)};
    }
    return kk_rows_close(rows, fault);
}

static bool names(const kk_texts *texts, kk_slice name)
{
    for (size_t i = 0; i < texts->count; i++)
        if (kk_eq_nocase(texts->items[i], name))
            return true;
    return false;
}

/* The records of this kind that go furthest, of one of the machines if some are named. */
static const reach *furthest(const testing *t, const char *kind, const kk_texts *hosts)
{
    const reach *best = NULL;
    for (size_t i = 0; i < t->reach_count; i++)
        if (kk_is(t->reaches[i].kind, kind) && (!hosts || names(hosts, t->reaches[i].host)) &&
            (!best || t->reaches[i].last > best->last))
            best = &t->reaches[i];
    return best;
}

static void reaches_to(testing *t, kk_measure_test *m, const reach *r, bool of_device)
{
    if (!r || r->last <= m->done)
        return;
    m->result = m->result == KK_MEASURE_UNTESTED ? KK_MEASURE_HELD : m->result;
    m->until = m->until == KK_NO_TIME || r->last < m->until ? r->last : m->until;
    m->by_device = of_device;
    if (m->result == KK_MEASURE_HELD)
        kk_refs_add(t->arena, &m->refs, &r->ref);
}

/* The first thing found against it takes the place of the ends of the records. */
static void speaks_against(testing *t, kk_measure_test *m, kk_time at, uint64_t count,
                           const kk_refs *refs)
{
    if (m->result != KK_MEASURE_CONTRADICTED)
        m->refs = (kk_refs){0};
    m->result = KK_MEASURE_CONTRADICTED;
    m->against += count;
    if (m->first_against == KK_NO_TIME || at < m->first_against)
        m->first_against = at;
    for (size_t i = 0; i < refs->count && m->refs.count < AGAINST_REFS; i++)
        kk_refs_add(t->arena, &m->refs, &refs->items[i]);
}

static void row_against(testing *t, kk_measure_test *m, kk_time at, uint64_t count,
                        const kk_rows *rows, size_t column)
{
    kk_ref ref = ref_at(t->arena, rows, column);
    kk_refs one = {0};
    kk_refs_add(t->arena, &one, &ref);
    speaks_against(t, m, at, count, &one);
}

/* Is the address one of a named machine; with no machine named, any inside one. */
static bool is_concerned(const testing *t, const kk_measure *m, kk_slice address)
{
    if (!m->hosts.count)
        return kk_address_is_internal(t->settings, address);
    for (size_t i = 0; i < t->access->address_count; i++)
        if (kk_eq(t->access->addresses[i].value, address) &&
            names(&m->hosts, t->access->addresses[i].name))
            return true;
    return false;
}

/* Every named machine has a known address: else its traffic could not be told from others'. */
static bool addresses_known(const testing *t, const kk_measure *m)
{
    for (size_t i = 0; i < m->hosts.count; i++) {
        bool known = false;
        for (size_t k = 0; k < t->access->address_count && !known; k++)
            known = kk_eq_nocase(t->access->addresses[k].name, m->hosts.items[i]);
        if (!known)
            return false;
    }
    return true;
}

static kk_status hold_flows(testing *t, const kk_measure *m, kk_measure_test *test,
                            bool only_outside, kk_fault *fault)
{
    kk_rows *rows;
    kk_param done[] = {KK_I64(test->done)};
    const reach *records = furthest(t, "traffic", NULL);
    if (!records || records->last <= test->done)
        return KK_OK;
    /* What is seen of some speaks against it; silence speaks only for machines whose address is known. */
    test->why = addresses_known(t, m) ? test->why : "address_unknown";
    if (addresses_known(t, m))
        reaches_to(t, test, records, true);
    kk_status status = kk_ask(t->store, "flows_after", NULL, done, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice from = kk_rows_text(rows, 0), to = kk_rows_text(rows, 1);
        bool inside =
            kk_address_is_internal(t->settings, from) && kk_address_is_internal(t->settings, to);
        if ((is_concerned(t, m, from) || is_concerned(t, m, to)) && !(only_outside && inside))
            row_against(t, test, kk_rows_i64(rows, 3), kk_rows_u64(rows, 2), rows, 4);
    }
    return kk_rows_close(rows, fault);
}

static kk_status no_external_traffic(testing *t, const kk_measure *m, kk_measure_test *test,
                                     kk_fault *fault)
{
    return hold_flows(t, m, test, true, fault);
}

/* Which records would show a logon: the machines named, else every device and machine. */
static void reach_of_logons(testing *t, const kk_measure *m, kk_measure_test *test)
{
    const kk_texts *hosts = m->hosts.count ? &m->hosts : NULL;
    const reach *device = furthest(t, "logons_of_device", hosts);
    reaches_to(t, test, device ? device : furthest(t, "logons", hosts), device != NULL);
}

static kk_status no_foreign_logon(testing *t, const kk_measure *m, kk_measure_test *test,
                                  kk_fault *fault)
{
    (void)fault;
    reach_of_logons(t, m, test);
    for (size_t i = 0; i < t->access->session_count; i++) {
        const kk_session *s = &t->access->sessions[i];
        bool foreign = s->country.len && !kk_is(s->country, "JP");
        if (s->start > test->done && foreign && (!m->hosts.count || names(&m->hosts, s->host)))
            speaks_against(t, test, s->start, 1, &s->refs);
    }
    return KK_OK;
}

/* Without accounts named: those that the intruder used on the machines named. */
static bool account_concerned(const testing *t, const kk_measure *m, const kk_session *s)
{
    if (!s->account.len)
        return false;
    if (m->accounts.count)
        return names(&m->accounts, s->account);
    for (size_t i = 0; i < t->access->session_count; i++) {
        const kk_session *o = &t->access->sessions[i];
        if (o->suspicious == KK_TRUE && kk_eq_nocase(o->account, s->account) &&
            kk_eq_nocase(o->host, s->host))
            return true;
    }
    return false;
}

static kk_status account_disabled(testing *t, const kk_measure *m, kk_measure_test *test,
                                  kk_fault *fault)
{
    (void)fault;
    bool any = m->accounts.count > 0;
    for (size_t i = 0; i < t->access->entry_count; i++)
        any = any || t->access->entries[i].account.len;
    if (!any) {
        test->why = "account_unknown";
        return KK_OK;
    }
    reach_of_logons(t, m, test);
    for (size_t i = 0; i < t->access->session_count; i++) {
        const kk_session *s = &t->access->sessions[i];
        if (s->start > test->done && (!m->hosts.count || names(&m->hosts, s->host)) &&
            account_concerned(t, m, s))
            speaks_against(t, test, s->start, 1, &s->refs);
    }
    return KK_OK;
}

/* Neither on the network nor in its own logs. Silence of the logs alone shows nothing. */
static kk_status host_silent(testing *t, const kk_measure *m, kk_measure_test *test,
                             kk_fault *fault)
{
    kk_rows *rows;
    kk_param done[] = {KK_I64(test->done)};
    if (!m->hosts.count) {
        test->why = "host_unknown";
        return KK_OK;
    }
    kk_status status = hold_flows(t, m, test, false, fault);
    if (status == KK_OK)
        status = kk_ask(t->store, "own_events_after", NULL, done, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        if (names(&m->hosts, kk_rows_text(rows, 0)))
            row_against(t, test, kk_rows_i64(rows, 2), kk_rows_u64(rows, 1), rows, 3);
    return kk_rows_close(rows, fault);
}

static const struct {
    const char *name;
    kk_status (*run)(testing *t, const kk_measure *m, kk_measure_test *test, kk_fault *fault);
} checks[] = {
    {"no-external-traffic", no_external_traffic},
    {"no-foreign-logon", no_foreign_logon},
    {"account-disabled", account_disabled},
    {"host-silent", host_silent},
};

kk_status kk_measures_test(kk_store *store, const kk_case_settings *settings,
                           const kk_access *access, kk_arena *arena, kk_measure_tests *out,
                           kk_fault *fault)
{
    testing t = {.store = store, .settings = settings, .access = access, .arena = arena};
    size_t count = settings->measures.count;
    kk_status status = count ? load_reaches(&t, fault) : KK_OK;
    *out = (kk_measure_tests){KK_NEW_ARRAY(arena, kk_measure_test, count), count};
    for (size_t i = 0; i < count; i++) {
        const kk_measure *m = &settings->measures.items[i];
        /* Of a day alone: what happened on that day may have been before. */
        kk_time day = m->done.day_only ? INT64_C(86400) * KK_SECOND : 0;
        kk_time done = m->done.time == KK_NO_TIME ? KK_NO_TIME : m->done.time + day;
        out->items[i] =
            (kk_measure_test){.done = done, .until = KK_NO_TIME, .first_against = KK_NO_TIME};
        out->items[i].why = done == KK_NO_TIME ? "time_unknown" : "check_unknown";
        for (size_t k = 0; k < sizeof checks / sizeof *checks && status == KK_OK; k++) {
            if (done == KK_NO_TIME || !kk_is(m->check, checks[k].name))
                continue;
            out->items[i].why = "no_records";
            status = checks[k].run(&t, m, &out->items[i], fault);
        }
    }
    return status;
}
