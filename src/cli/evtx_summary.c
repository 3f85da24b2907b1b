#include "cli/evtx_summary.h"

#include "base/hash.h"
#include "base/json_read.h"

#include <stdlib.h>

enum {
    EVENTS_MOST = 8192,
    RUNS_MOST = 20000,
    SHOWN_GAPS = 200,
    CLEARINGS_MOST = 500,
    BACKS_MOST = 20000
};
#define BACK_LEAST KK_SECOND /* less is the order in which threads come to write */

/* Something that is counted, with when it was first and last. `kind` tells tables apart. */
typedef enum { CHANNEL, EVENT, COMPUTER, KINDS } tally_kind;

typedef struct {
    tally_kind kind;
    kk_slice key; /* channel; channel, provider and id with '\x1f' between; computer */
    uint64_t records;
    kk_time first, last;
} tally;

/* Record ids without a hole. */
typedef struct {
    uint64_t first, last;
    kk_time begin, end;
} id_run;

typedef struct {
    uint64_t record, code;
    kk_time time;
} clearing;

/* A record that is earlier than the one before it by number: a clock that was set back. */
typedef struct {
    uint64_t after, record;
    kk_time from, to;
} set_back;

struct kk_evtx_summary {
    kk_arena *arena;
    uint64_t levels[KK_EVTX_LEVELS], damaged;
    kk_time first, last;
    tally *tallies;
    size_t tally_count, tally_capacity;
    uint32_t *slots; /* 1 + index of a tally */
    size_t slot_mask;
    id_run *runs;
    size_t run_count, run_capacity;
    clearing *clearings;
    size_t clearing_count, clearing_capacity;
    set_back *backs;
    size_t back_count, back_capacity;
    bool full; /* more kinds than are kept apart, or records that could not be read */
};

kk_evtx_summary *kk_evtx_summary_open(kk_arena *arena)
{
    kk_evtx_summary *s = KK_NEW(arena, kk_evtx_summary);
    s->arena = arena;
    s->slot_mask = 4 * EVENTS_MOST - 1;
    s->slots = KK_NEW_ARRAY(arena, uint32_t, s->slot_mask + 1);
    s->first = s->last = KK_NO_TIME;
    return s;
}

uint64_t kk_evtx_summary_records(const kk_evtx_summary *s)
{
    return s->levels[KK_EVTX_LIVE] + s->levels[KK_EVTX_UNSUMMED];
}

static void widen(kk_time *first, kk_time *last, kk_time from, kk_time to)
{
    if (from != KK_NO_TIME && (*first == KK_NO_TIME || from < *first))
        *first = from;
    if (to != KK_NO_TIME && (*last == KK_NO_TIME || to > *last))
        *last = to;
}

static tally *tally_of(kk_evtx_summary *s, tally_kind kind, kk_slice key)
{
    size_t at = (kk_hash_quick(key) + kind) & s->slot_mask;
    for (; s->slots[at]; at = (at + 1) & s->slot_mask) {
        tally *t = &s->tallies[s->slots[at] - 1];
        if (t->kind == kind && kk_eq(t->key, key))
            return t;
    }
    if (s->tally_count >= EVENTS_MOST) {
        s->full = true;
        return NULL;
    }
    s->tallies =
        kk_grow(s->arena, s->tallies, &s->tally_capacity, s->tally_count + 1, sizeof(tally));
    s->tallies[s->tally_count] = (tally){
        .kind = kind, .key = kk_copy(s->arena, key), .first = KK_NO_TIME, .last = KK_NO_TIME};
    s->slots[at] = (uint32_t)++s->tally_count;
    return &s->tallies[s->tally_count - 1];
}

static void count(kk_evtx_summary *s, tally_kind kind, kk_slice key, uint64_t records,
                  kk_time first, kk_time last)
{
    tally *t = tally_of(s, kind, key);
    if (!t)
        return;
    t->records += records;
    widen(&t->first, &t->last, first, last);
}

static void add_back(kk_evtx_summary *s, set_back next)
{
    if (s->back_count >= BACKS_MOST) {
        s->full = true;
        return;
    }
    s->backs = kk_grow(s->arena, s->backs, &s->back_capacity, s->back_count + 1, sizeof *s->backs);
    s->backs[s->back_count++] = next;
}

static void compare_clock(kk_evtx_summary *s, const id_run *before, const id_run *next)
{
    if (before->end != KK_NO_TIME && next->begin != KK_NO_TIME &&
        next->begin < before->end - BACK_LEAST)
        add_back(s, (set_back){before->last, next->first, before->end, next->begin});
}

static void add_run(kk_evtx_summary *s, id_run next)
{
    id_run *before = s->run_count ? &s->runs[s->run_count - 1] : NULL;
    if (before && before->last != UINT64_MAX && next.first == before->last + 1) {
        compare_clock(s, before, &next);
        before->last = next.last;
        before->end = next.end;
        return;
    }
    if (s->run_count >= RUNS_MOST) {
        s->full = true;
        return;
    }
    s->runs = kk_grow(s->arena, s->runs, &s->run_capacity, s->run_count + 1, sizeof(id_run));
    s->runs[s->run_count++] = next;
}

static void add_clearing(kk_evtx_summary *s, clearing next)
{
    if (s->clearing_count >= CLEARINGS_MOST)
        return;
    s->clearings = kk_grow(s->arena, s->clearings, &s->clearing_capacity, s->clearing_count + 1,
                           sizeof(clearing));
    s->clearings[s->clearing_count++] = next;
}

static kk_slice event_key(kk_slice channel, kk_slice provider, kk_slice code, char *room,
                          size_t size)
{
    const kk_slice parts[] = {channel, provider, code};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        kk_slice part = kk_part(parts[i], 0, 300);
        if (i && n < size)
            room[n++] = '\x1f';
        for (size_t k = 0; k < part.len && n < size; k++)
            room[n++] = part.ptr[k] == '\x1f' ? ' ' : part.ptr[k];
    }
    return (kk_slice){room, n};
}

void kk_evtx_summary_add(kk_evtx_summary *s, kk_binxml *xml, kk_evtx_record *r)
{
    char room[1024];
    const kk_xml_value *system = r->xml.system;
    kk_time time = kk_xml_time(system[KK_SYS_TIME]);
    uint64_t code = 0;
    s->levels[r->level]++;
    if (r->level >= KK_EVTX_BEYOND)
        return; /* off the main counts */
    s->damaged += r->damaged;
    if (time == KK_NO_TIME)
        time = kk_time_from_filetime(r->written);
    widen(&s->first, &s->last, time, time);
    kk_slice channel = kk_binxml_text(xml, system[KK_SYS_CHANNEL]);
    kk_slice provider = kk_binxml_text(xml, system[KK_SYS_PROVIDER]);
    kk_slice id = kk_binxml_text(xml, system[KK_SYS_EVENT_ID]);
    count(s, CHANNEL, kk_part(channel, 0, 300), 1, time, time);
    count(s, EVENT, event_key(channel, provider, id, room, sizeof room), 1, time, time);
    count(s, COMPUTER, kk_part(kk_binxml_text(xml, system[KK_SYS_COMPUTER]), 0, 300), 1, time,
          time);
    add_run(s, (id_run){r->id, r->id, time, time});
    kk_xml_number(system[KK_SYS_EVENT_ID], &code);
    bool cleared = (code == 1102 || code == 104) && kk_is(provider, "Microsoft-Windows-Eventlog");
    if (cleared || (code == 517 && kk_is(provider, "Security"))) /* before Vista */
        add_clearing(s, (clearing){r->id, code, time});
}

/* ---- out ---- */

static int compare_tallies(const void *left, const void *right)
{
    const tally *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->records != b->records)
        return a->records > b->records ? -1 : 1;
    return kk_compare(a->key, b->key);
}

static int compare_runs(const void *left, const void *right)
{
    const id_run *a = left, *b = right;
    return a->first != b->first ? (a->first < b->first ? -1 : 1)
                                : (a->last > b->last) - (a->last < b->last);
}

static void put_times(kk_json *j, kk_time first, kk_time last)
{
    kk_json_time(j, "first", first);
    kk_json_time(j, "last", last);
}

static void put_tally(kk_json *j, const tally *t)
{
    kk_slice rest = t->key, part = KK_NONE;
    kk_json_object(j, NULL);
    if (t->kind == EVENT) {
        kk_split(&rest, '\x1f', &part);
        kk_json_text(j, "channel", part);
        kk_split(&rest, '\x1f', &part);
        kk_json_text(j, "provider", part);
        kk_json_text(j, "event_id", rest);
    } else {
        kk_json_text(j, t->kind == CHANNEL ? "channel" : "name", t->key);
    }
    kk_json_u64(j, "records", t->records);
    put_times(j, t->first, t->last);
    kk_json_close(j);
}

static void put_tallies(kk_evtx_summary *s, kk_json *j)
{
    static const char *const names[KINDS] = {"channels", "events", "computers"};
    if (s->tally_count)
        qsort(s->tallies, s->tally_count, sizeof(tally), compare_tallies);
    memset(s->slots, 0, (s->slot_mask + 1) * sizeof *s->slots); /* places are others now */
    for (size_t kind = 0, at = 0; kind < KINDS; kind++) {
        kk_json_array(j, names[kind]);
        for (; at < s->tally_count && s->tallies[at].kind == kind; at++)
            put_tally(j, &s->tallies[at]);
        kk_json_close(j);
    }
}

/* Of runs that are in order. */
static void put_gaps(const kk_evtx_summary *s, kk_json *j)
{
    uint64_t missing = 0;
    size_t shown = 0;
    kk_json_array(j, "gaps");
    for (size_t i = 1; i < s->run_count; i++) {
        const id_run *a = &s->runs[i - 1], *b = &s->runs[i];
        if (b->first <= a->last || b->first == a->last + 1)
            continue;
        missing += b->first - a->last - 1;
        if (shown++ >= SHOWN_GAPS)
            continue;
        kk_json_object(j, NULL);
        kk_json_u64(j, "after", a->last);
        kk_json_u64(j, "before", b->first);
        kk_json_u64(j, "missing", b->first - a->last - 1);
        kk_json_time(j, "from", a->end);
        kk_json_time(j, "to", b->begin);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_u64(j, "missing", missing);
}

static const kk_json_field back_fields[] = {KK_JSON_FIELD(set_back, after, "after"),
                                            KK_JSON_FIELD(set_back, record, "record"),
                                            KK_JSON_FIELD(set_back, from, "from"),
                                            KK_JSON_FIELD(set_back, to, "to"),
                                            {0}};
static const kk_json_field clearing_fields[] = {KK_JSON_FIELD(clearing, record, "record"),
                                                KK_JSON_FIELD(clearing, code, "event_id"),
                                                KK_JSON_FIELD(clearing, time, "time"),
                                                {0}};

static int compare_backs(const void *left, const void *right)
{
    const set_back *a = left, *b = right;
    return (a->record > b->record) - (a->record < b->record);
}

/* Of runs that are in order, where they are all of them. */
static void put_backs(kk_evtx_summary *s, kk_json *j, bool all)
{
    for (size_t i = 1; i < s->run_count && all; i++)
        if (s->runs[i].first > s->runs[i - 1].last)
            compare_clock(s, &s->runs[i - 1], &s->runs[i]);
    if (s->back_count)
        qsort(s->backs, s->back_count, sizeof *s->backs, compare_backs);
    size_t shown = all && s->back_count > SHOWN_GAPS ? SHOWN_GAPS : s->back_count;
    kk_json_list(j, "clock_back", s->backs, shown, sizeof *s->backs, back_fields);
    kk_json_u64(j, "clock_back_count", s->back_count);
}

static void put_runs(const kk_evtx_summary *s, kk_json *j)
{
    kk_json_array(j, "runs");
    for (size_t i = 0; i < s->run_count; i++) {
        kk_json_array(j, NULL);
        kk_json_u64(j, NULL, s->runs[i].first);
        kk_json_u64(j, NULL, s->runs[i].last);
        kk_json_time(j, NULL, s->runs[i].begin);
        kk_json_time(j, NULL, s->runs[i].end);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void put_levels(const kk_evtx_summary *s, kk_json *j)
{
    kk_json_u64(j, "records", kk_evtx_summary_records(s));
    kk_json_u64(j, "checksum_wrong", s->levels[KK_EVTX_UNSUMMED]);
    kk_json_u64(j, "damaged", s->damaged);
    kk_json_object(j, "recovered");
    for (int level = KK_EVTX_BEYOND; level < KK_EVTX_LEVELS; level++)
        kk_json_u64(j, kk_evtx_level_name((kk_evtx_level)level), s->levels[level]);
    kk_json_close(j);
}

void kk_evtx_summary_lacks(kk_evtx_summary *s)
{
    s->full = true;
}

void kk_evtx_summary_put(kk_evtx_summary *s, kk_json *j, bool with_runs)
{
    put_levels(s, j);
    put_times(j, s->first, s->last);
    if (!with_runs && s->run_count) {
        qsort(s->runs, s->run_count, sizeof(id_run), compare_runs);
        kk_json_u64(j, "first_id", s->runs[0].first);
        kk_json_u64(j, "last_id", s->runs[s->run_count - 1].last);
    }
    put_tallies(s, j);
    kk_json_list(j, "cleared", s->clearings, s->clearing_count, sizeof *s->clearings,
                 clearing_fields);
    if (with_runs)
        put_runs(s, j);
    else
        put_gaps(s, j);
    put_backs(s, j, !with_runs);
    kk_json_bool(j, "complete", !s->full);
}

/* ---- and in again ---- */

static uint64_t number_of(const kk_json_value *object, const char *key)
{
    uint64_t number = 0;
    (void)kk_to_u64(kk_json_member(object, key), &number);
    return number;
}

static kk_time time_of(const kk_json_value *value)
{
    kk_time time = KK_NO_TIME;
    if (value && value->kind == KK_JSON_TEXT && kk_time_parse(value->text, &time))
        return time;
    return KK_NO_TIME;
}

static void join_tallies(kk_evtx_summary *s, const kk_json_value *list, tally_kind kind)
{
    char room[1024];
    for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next) {
        kk_slice key = kk_json_member(v, kind == COMPUTER ? "name" : "channel");
        if (kind == EVENT)
            key = event_key(key, kk_json_member(v, "provider"), kk_json_member(v, "event_id"), room,
                            sizeof room);
        count(s, kind, key, number_of(v, "records"), time_of(kk_json_get(v, "first")),
              time_of(kk_json_get(v, "last")));
    }
}

static void join_runs(kk_evtx_summary *s, const kk_json_value *list)
{
    for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next) {
        const kk_json_value *cell[4] = {v->first};
        for (size_t i = 1; i < 4 && cell[i - 1]; i++)
            cell[i] = cell[i - 1]->next;
        id_run run = {.begin = time_of(cell[2]), .end = time_of(cell[3])};
        if (cell[1] && kk_to_u64(cell[0]->text, &run.first) && kk_to_u64(cell[1]->text, &run.last))
            add_run(s, run);
    }
}

bool kk_evtx_summary_join(kk_evtx_summary *s, kk_slice json)
{
    kk_arena *arena = kk_arena_open();
    const kk_json_value *part = kk_json_read(arena, json), *recovered, *list;
    if (part) {
        recovered = kk_json_get(part, "recovered");
        uint64_t bad = number_of(part, "checksum_wrong");
        s->levels[KK_EVTX_LIVE] += number_of(part, "records") - bad;
        s->levels[KK_EVTX_UNSUMMED] += bad;
        for (int level = KK_EVTX_BEYOND; level < KK_EVTX_LEVELS; level++)
            s->levels[level] += number_of(recovered, kk_evtx_level_name((kk_evtx_level)level));
        s->damaged += number_of(part, "damaged");
        widen(&s->first, &s->last, time_of(kk_json_get(part, "first")),
              time_of(kk_json_get(part, "last")));
        join_tallies(s, kk_json_get(part, "channels"), CHANNEL);
        join_tallies(s, kk_json_get(part, "events"), EVENT);
        join_tallies(s, kk_json_get(part, "computers"), COMPUTER);
        join_runs(s, kk_json_get(part, "runs"));
        list = kk_json_get(part, "clock_back");
        for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next)
            add_back(s, (set_back){number_of(v, "after"), number_of(v, "record"),
                                   time_of(kk_json_get(v, "from")), time_of(kk_json_get(v, "to"))});
        list = kk_json_get(part, "cleared");
        for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next)
            add_clearing(s, (clearing){number_of(v, "record"), number_of(v, "event_id"),
                                       time_of(kk_json_get(v, "time"))});
        list = kk_json_get(part, "complete");
        s->full |= !list || list->kind != KK_JSON_TRUE;
    }
    kk_arena_close(arena);
    return part != NULL;
}
