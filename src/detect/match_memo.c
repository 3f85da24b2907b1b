/* Values that were looked up before, and the tests that they passed: a front for each place of an event,
 * where most values are those of the event before, and behind it a table for all that came twice: most that
 * are new never come again. It forgets everything when it is full. */
#include "detect/match_i.h"

enum { MEMO_VALUE_MOST = 4096, MET_BITS = 1 << 19, MET_MOST = MET_BITS / 4 };

void kk_matcher_memo_open(kk_matcher *m, size_t memory)
{
    m->memo_size = 1024;
    while (m->memo_size * sizeof *m->memo * 4 < memory && m->memo_size < (1u << 20))
        m->memo_size *= 2;
    m->pool_size = memory / 2;
    m->list_size = memory / 8 / sizeof *m->lists;
    m->memo = KK_NEW_ARRAY(m->arena, match_memo, m->memo_size);
    m->met = KK_NEW_ARRAY(m->arena, uint64_t, MET_BITS / 64);
    m->pool = kk_take(m->arena, m->pool_size);
    m->lists = KK_NEW_ARRAY(m->arena, uint32_t, m->list_size);
}

static uint64_t hash_value(uint32_t field, kk_slice v)
{
    uint64_t h = (field + 1) * UINT64_C(0x9e3779b97f4a7c15) + v.len, word = 0;
    uint32_t half;
    for (size_t i = 0; i + 8 < v.len; i += 8) {
        memcpy(&word, v.ptr + i, 8);
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    if (v.len >= 8) { /* the last eight may be hashed in part twice */
        memcpy(&word, v.ptr + v.len - 8, 8);
    } else if (v.len >= 4) {
        memcpy(&half, v.ptr, 4);
        memcpy(&word, v.ptr + v.len - 4, 4);
        word = word << 32 | half;
    } else {
        for (size_t i = 0; i < v.len; i++)
            word = word << 8 | (unsigned char)v.ptr[i];
    }
    h = (h ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (h ^ h >> 29) | 1;
}

/* `entry`: where in the lists it is said, + 1; 0: nowhere. */
static void leave_open(kk_matcher *m, uint32_t test, uint32_t pending, uint32_t entry)
{
    if (m->open_count == m->open_capacity)
        m->open = kk_grow(m->arena, m->open, &m->open_capacity, m->open_count + 1, sizeof *m->open);
    m->open[m->open_count++] = (match_open){test, pending, entry};
    m->tests[test].open = m->epoch;
}

static void hold(kk_matcher *m, uint32_t found, uint32_t pending, uint32_t entry)
{
    uint32_t test = found & ~FOUND_OPEN;
    if (found == FOUND_NOT)
        return;
    if (found & FOUND_OPEN)
        leave_open(m, test, pending, entry);
    else
        m->tests[test].held = m->epoch;
    rules_span triggers = m->tests[test].triggers;
    for (uint32_t i = 0; i < triggers.count; i++) {
        uint32_t run = m->rules->lists[triggers.first + i];
        const uint64_t *members = m->rules->members + m->bucket->members;
        if (m->candidate[run] == m->epoch || !(members[run / 64] >> (run % 64) & 1))
            continue;
        m->candidate[run] = m->epoch;
        m->runs[m->run_count++] = run;
    }
}

static void forget_all(kk_matcher *m)
{
    memset(m->memo, 0, m->memo_size * sizeof *m->memo);
    m->memo_used = m->pool_used = m->list_used = 0;
    for (size_t i = 0; i < m->open_count; i++)
        m->open[i].entry = 0;
    m->forgotten++;
}

/* ---- values met ---- */

static inline uint64_t *met_word(const kk_matcher *m, uint64_t hash, uint64_t *bit)
{
    size_t place = hash >> 40 & (MET_BITS - 1);
    *bit = UINT64_C(1) << place % 64;
    return &m->met[place / 64];
}

static bool was_met(const kk_matcher *m, uint64_t hash)
{
    uint64_t bit, *word = met_word(m, hash, &bit);
    return *word & bit;
}

static void note_met(kk_matcher *m, uint64_t hash)
{
    uint64_t bit, *word = met_word(m, hash, &bit);
    m->met_count += !(*word & bit);
    *word |= bit;
}

/* Only those in the memo stay. */
static void forget_met(kk_matcher *m)
{
    memset(m->met, 0, MET_BITS / 8);
    m->met_count = 0;
    for (size_t i = 0; i < m->memo_size; i++)
        if (m->memo[i].hash)
            note_met(m, m->memo[i].hash);
}

/* ---- the memo ---- */

/* Where in the memo, + 1; 0 if there is no room for it. */
static uint32_t remember(kk_matcher *m, uint64_t hash, uint32_t field, kk_slice v)
{
    if (v.len > MEMO_VALUE_MOST || m->found_count > m->list_size / 4)
        return 0;
    if (m->memo_used * 2 > m->memo_size || v.len > m->pool_size - m->pool_used ||
        m->found_count > m->list_size - m->list_used)
        forget_all(m);
    size_t at = hash & (m->memo_size - 1);
    while (m->memo[at].hash)
        at = (at + 1) & (m->memo_size - 1);
    m->memo[at] = (match_memo){hash,
                               field,
                               (uint32_t)m->pool_used,
                               (uint32_t)v.len,
                               (uint32_t)m->list_used,
                               (uint32_t)m->found_count};
    if (v.len)
        memcpy(m->pool + m->pool_used, v.ptr, v.len);
    if (m->found_count)
        memcpy(m->lists + m->list_used, m->found, m->found_count * sizeof *m->found);
    m->pool_used += v.len;
    m->list_used += m->found_count;
    m->memo_used++;
    return (uint32_t)at + 1;
}

static uint32_t memo_field(const match_pending *p)
{
    return p->any == p->field ? p->field : p->field | FIELD_AND_ANY;
}

static match_front *front_of(kk_matcher *m, match_front **front, kk_slice v)
{
    if (!front || v.len > FRONT_TEXT)
        return NULL;
    if (!*front)
        *front = KK_NEW_ARRAY(m->arena, match_front, FRONT_WAYS);
    return *front + front_way(v);
}

static void hold_known(kk_matcher *m, uint32_t pending)
{
    const match_memo *e = &m->memo[m->pending[pending].memo - 1];
    for (uint32_t i = e->tests; i < e->tests + e->test_count; i++)
        hold(m, m->lists[i], pending, i + 1);
}

static match_pending *add_pending(kk_matcher *m, match_pending p)
{
    if (m->pending_count == m->pending_capacity)
        m->pending =
            kk_grow(m->arena, m->pending, &m->pending_capacity, m->pending_count + 1, sizeof p);
    m->pending[m->pending_count] = p;
    return &m->pending[m->pending_count++];
}

void kk_matcher_hold_front(kk_matcher *m, const match_front *f, uint32_t field, kk_slice v)
{
    uint32_t pending = UINT32_MAX;
    for (uint32_t i = 0; f->tests == FRONT_HAS_OWN && i < f->test_count; i++)
        hold(m, f->own[i], pending, 0);
    if (f->tests == FRONT_HAS_OWN)
        return;
    for (uint32_t i = f->tests; i < f->tests + f->test_count; i++) {
        if (m->lists[i] & FOUND_OPEN && m->lists[i] != FOUND_NOT && pending == UINT32_MAX) {
            pending = (uint32_t)m->pending_count;
            add_pending(m, (match_pending){.field = field, .any = field, .text = v, .known = true});
        }
        hold(m, m->lists[i], pending, i + 1);
    }
}

bool kk_front_is_open(const kk_matcher *m, const match_front *f)
{
    if (f->tests == FRONT_HAS_OWN)
        return false;
    for (uint32_t i = f->tests; i < f->tests + f->test_count; i++)
        if (m->lists[i] & FOUND_OPEN && m->lists[i] != FOUND_NOT)
            return true;
    return false;
}

match_pending *kk_matcher_wait(kk_matcher *m, match_front **front, uint32_t field, uint32_t any,
                               match_key key, kk_slice v)
{
    match_pending *p = add_pending(m, (match_pending){.field = field,
                                                      .any = any,
                                                      .text = v,
                                                      .key = key,
                                                      .cheap = any == field && m->cheap[field],
                                                      .front = front_of(m, front, key.bytes)});
    uint64_t bit;
    if (p->cheap)
        return p;
    p->hash = hash_value(memo_field(p), v);
    __builtin_prefetch(met_word(m, p->hash, &bit));
    return p;
}

static uint32_t find_memo(const kk_matcher *m, const match_pending *p)
{
    uint32_t field = memo_field(p);
    size_t at = p->hash & (m->memo_size - 1);
    for (; m->memo[at].hash; at = (at + 1) & (m->memo_size - 1)) {
        const match_memo *e = &m->memo[at];
        if (e->hash == p->hash && e->field == field && e->len == p->text.len)
            return (uint32_t)at + 1;
    }
    return 0;
}

static bool is_same(const kk_matcher *m, const match_pending *p)
{
    return p->memo && same_bytes(m->pool + m->memo[p->memo - 1].at, p->text.ptr, p->text.len);
}

static void fill_front(kk_matcher *m, const match_pending *p, uint32_t tests, uint32_t count)
{
    match_front *f = p->front;
    f->field = memo_field(p);
    f->len = (uint32_t)p->key.bytes.len;
    f->type = p->key.type;
    f->tests = tests;
    f->test_count = count;
    f->age = m->forgotten + 1;
    if (p->key.bytes.len)
        memcpy(f->bytes, p->key.bytes.ptr, p->key.bytes.len);
}

static void put_in_front(kk_matcher *m, const match_pending *p)
{
    if (p->front && p->memo)
        fill_front(m, p, m->memo[p->memo - 1].tests, m->memo[p->memo - 1].test_count);
}

/* Of a field whose tests are few and quick, or a value of which few are to be asked: what others it would pass is
 * of no account in this place, but may be in another one. */
static void hold_cheap(kk_matcher *m, uint32_t pending)
{
    const match_pending *p = &m->pending[pending];
    bool is_open = false;
    m->counts.unknown++;
    if (p->others)
        kk_matcher_scan_others(m, p->field, p->text);
    else
        kk_matcher_scan(m, p->field, p->field, p->text);
    for (uint32_t i = 0; i < m->found_count; i++) {
        is_open |= (m->found[i] & FOUND_OPEN) != 0;
        hold(m, m->found[i], pending, 0);
    }
    if (!p->front || is_open || m->found_count > FRONT_OWN)
        return;
    fill_front(m, p, FRONT_HAS_OWN, (uint32_t)m->found_count);
    for (size_t i = 0; i < m->found_count; i++)
        p->front->own[i] = m->found[i];
}

static void hold_new(kk_matcher *m, uint32_t pending)
{
    match_pending *p = &m->pending[pending];
    bool taken =
        p->fresh || p->memo; /* memo: another value has the same hash, and that one stays */
    m->counts.unknown++;
    kk_matcher_scan(m, p->field, p->any, p->text);
    p->memo = taken ? 0 : remember(m, p->hash, memo_field(p), p->text);
    uint32_t at = p->memo ? m->memo[p->memo - 1].tests + 1 : 0;
    for (uint32_t i = 0; i < m->found_count; i++)
        hold(m, m->found[i], pending, at ? at + i : 0);
}

static void hold_waiting(kk_matcher *m, uint32_t pending, bool is_stale)
{
    match_pending *p = &m->pending[pending];
    if (!p->fresh && (!p->memo || is_stale)) /* it may have come in, or gone, since */
        p->memo = find_memo(m, p);
    if (is_same(m, p))
        hold_known(m, pending);
    else
        hold_new(m, pending);
    put_in_front(m, p);
}

void kk_matcher_hold_found(kk_matcher *m)
{
    uint32_t forgotten = m->forgotten;
    if (m->met_count > MET_MOST)
        forget_met(m);
    for (uint32_t i = 0; i < m->pending_count; i++) {
        match_pending *p = &m->pending[i];
        if (p->known || p->cheap)
            continue;
        p->fresh = !was_met(m, p->hash);
        if (p->fresh)
            note_met(m, p->hash);
        else
            __builtin_prefetch(&m->memo[p->hash & (m->memo_size - 1)]);
    }
    for (uint32_t i = 0; i < m->pending_count; i++) {
        match_pending *p = &m->pending[i];
        if (p->known || p->cheap || p->fresh)
            continue;
        p->memo = find_memo(m, p);
        if (!p->memo)
            continue;
        __builtin_prefetch(m->pool + m->memo[p->memo - 1].at);
        __builtin_prefetch(m->lists + m->memo[p->memo - 1].tests);
    }
    for (uint32_t i = 0; i < m->pending_count; i++)
        if (m->pending[i].cheap)
            hold_cheap(m, i);
        else if (!m->pending[i].known)
            hold_waiting(m, i, forgotten != m->forgotten);
}
