#include "analyse/hit_sums.h"

#include "base/json_read.h"

#include <stdlib.h>

typedef enum { COUNTED, EXCLUDED, BENIGN, BY_RESPONDER, RECOVERED, COUNTS } count_of;
static const char *const count_names[COUNTS] = {"detections", "excluded", "benign", "responder",
                                                "recovered"};

enum { KEYS = 3 };
typedef struct sum {
    kk_slice key[KEYS];
    struct sum *next; /* in its place of the table */
    uint64_t count[COUNTS], distinct;
    kk_time first, last;
    kk_slice *tactics; /* of a rule */
    size_t tactic_count;
} sum;

/* Sums by their key, in a table that grows. */
typedef struct {
    sum **places, **all;
    size_t size, count, capacity;
} table;

typedef struct {
    kk_arena *arena;
    table rules, hosts, days, tactics;
    table rule_on_host, rule_at_level, host_on_day; /* what was seen, for distinct ones */
} summing;

static uint64_t hash_of(const kk_slice *key)
{
    uint64_t hash = 0;
    for (int i = 0; i < KEYS; i++)
        hash = (hash ^ kk_hash_quick(key[i])) * UINT64_C(0x9e3779b97f4a7c15);
    return hash >> 8;
}

static void place(table *t, sum *s)
{
    sum **at = &t->places[hash_of(s->key) & (t->size - 1)];
    s->next = *at;
    *at = s;
}

static void grow(kk_arena *arena, table *t)
{
    t->size = t->size ? t->size * 4 : 64;
    t->places = KK_NEW_ARRAY(arena, sum *, t->size);
    for (size_t i = 0; i < t->count; i++)
        place(t, t->all[i]);
}

static sum *sum_for(kk_arena *arena, table *t, kk_slice a, kk_slice b, kk_slice c, bool *is_new)
{
    kk_slice key[KEYS] = {a, b, c};
    if (t->count >= t->size)
        grow(arena, t);
    sum *s = t->places[hash_of(key) & (t->size - 1)];
    while (s && !(kk_eq(s->key[0], a) && kk_eq(s->key[1], b) && kk_eq(s->key[2], c)))
        s = s->next;
    *is_new = !s;
    if (s)
        return s;
    s = KK_NEW(arena, sum);
    s->first = s->last = KK_NO_TIME;
    for (int i = 0; i < KEYS; i++)
        s->key[i] = kk_copy(arena, key[i]);
    t->all = kk_grow(arena, t->all, &t->capacity, t->count + 1, sizeof *t->all);
    t->all[t->count++] = s;
    place(t, s);
    return s;
}

static void add_time(sum *s, kk_time at)
{
    if (at == KK_NO_TIME)
        return;
    s->first = s->first == KK_NO_TIME || at < s->first ? at : s->first;
    s->last = s->last == KK_NO_TIME || at > s->last ? at : s->last;
}

/* The day of a file is not that of an act: of YARA's hits none is counted here. */
static void add_day(summing *s, const sum *rule, const kk_hit_row *row)
{
    const kk_time day = INT64_C(86400) * KK_SECOND, at = row->event.time;
    const kk_slice host = row->event.host;
    char text[16];
    kk_buffer name = {0};
    bool is_new;
    if (at == KK_NO_TIME || row->is_yara)
        return;
    kk_put_time(&name, at - ((at % day) + day) % day);
    memcpy(text, name.ptr, 10);
    kk_buffer_close(&name);
    kk_slice date = {text, 10};
    for (size_t i = 0; i < rule->tactic_count; i++)
        sum_for(s->arena, &s->tactics, host, date, rule->tactics[i], &is_new)->count[COUNTED]++;
    sum *of = sum_for(s->arena, &s->days, date, row->level, KK_NONE, &is_new);
    of->count[COUNTED]++;
    (void)sum_for(s->arena, &s->host_on_day, date, row->level, host, &is_new);
    of->distinct += is_new;
}

static count_of counted_as(const kk_hit_row *row)
{
    return row->event.flags & KK_FLAG_RECOVERED ? RECOVERED
           : kk_hit_counts(row)                 ? COUNTED
           : row->said.excluded                 ? EXCLUDED
           : row->said.benign                   ? BENIGN
                                                : BY_RESPONDER;
}

static void add(void *context, const kk_hit_row *row)
{
    summing *s = context;
    bool is_new;
    sum *rule = sum_for(s->arena, &s->rules, row->rule, row->title, row->level, &is_new);
    if (is_new)
        rule->tactics = kk_tactics_of(s->arena, row->tags, &rule->tactic_count);
    sum *host = sum_for(s->arena, &s->hosts, row->event.host, row->level, KK_NONE, &is_new);
    count_of as = counted_as(row);
    rule->count[as]++;
    host->count[as]++;
    if (as != COUNTED)
        return;
    add_time(rule, row->event.time);
    add_day(s, rule, row);
    (void)sum_for(s->arena, &s->rule_on_host, kk_hit_rule(row), row->level, row->event.host,
                  &is_new);
    rule->distinct += is_new;
    (void)sum_for(s->arena, &s->rule_at_level, row->event.host, row->level, kk_hit_rule(row),
                  &is_new);
    host->distinct += is_new;
}

static int by_key(const void *a, const void *b)
{
    const sum *x = *(sum *const *)a, *y = *(sum *const *)b;
    int order = kk_compare(x->key[0], y->key[0]);
    order = order ? order : kk_compare(x->key[1], y->key[1]);
    return order ? order : kk_compare(x->key[2], y->key[2]);
}

static int by_count(const void *a, const void *b)
{
    const sum *x = *(sum *const *)a, *y = *(sum *const *)b;
    if (x->count[COUNTED] != y->count[COUNTED])
        return x->count[COUNTED] > y->count[COUNTED] ? -1 : 1;
    return by_key(a, b);
}

static void put_counts(kk_json *j, const sum *s)
{
    for (count_of i = 0; i < COUNTS; i++)
        kk_json_u64(j, count_names[i], s->count[i]);
}

static void put_rule(kk_json *j, const sum *s)
{
    kk_json_text(j, "id", s->key[0]);
    kk_json_text(j, "title", s->key[1]);
    kk_json_text(j, "level", s->key[2]);
    put_counts(j, s);
    kk_json_u64(j, "hosts", s->distinct);
    kk_json_time(j, "first", s->first);
    kk_json_time(j, "last", s->last);
}

static void put_host(kk_json *j, const sum *s)
{
    kk_json_text(j, "host", s->key[0]);
    kk_json_text(j, "level", s->key[1]);
    put_counts(j, s);
    kk_json_u64(j, "rules", s->distinct);
}

static void put_day(kk_json *j, const sum *s)
{
    kk_json_text(j, "day", s->key[0]);
    kk_json_text(j, "level", s->key[1]);
    kk_json_u64(j, count_names[COUNTED], s->count[COUNTED]);
    kk_json_u64(j, "hosts", s->distinct);
}

static void put_tactic(kk_json *j, const sum *s)
{
    kk_json_text(j, "host", s->key[0]);
    kk_json_text(j, "day", s->key[1]);
    kk_json_text(j, "tactic", s->key[2]);
    kk_json_u64(j, count_names[COUNTED], s->count[COUNTED]);
}

static void put_table(kk_json *j, const char *key, const table *t,
                      int (*order)(const void *a, const void *b),
                      void (*put)(kk_json *j, const sum *s))
{
    if (t->count)
        qsort(t->all, t->count, sizeof *t->all, order);
    kk_json_array(j, key);
    for (size_t i = 0; i < t->count; i++) {
        kk_json_object(j, NULL);
        put(j, t->all[i]);
        kk_json_close(j);
    }
    kk_json_close(j);
}

kk_status kk_hit_sums_json(kk_store *store, const kk_case_settings *settings, kk_json *j,
                           kk_fault *fault)
{
    static const kk_hit_filter every = {.from = KK_NO_TIME,
                                        .to = KK_NO_TIME,
                                        .shown = KK_HITS_ALL,
                                        .with_yara = true,
                                        .any_order = true};
    summing s = {.arena = kk_arena_open()};
    kk_status status = kk_detections_read(store, settings, &every, add, &s, fault);
    put_table(j, "rules", &s.rules, by_count, put_rule);
    put_table(j, "hosts", &s.hosts, by_key, put_host);
    put_table(j, "days", &s.days, by_key, put_day);
    put_table(j, "tactics", &s.tactics, by_key, put_tactic);
    kk_arena_close(s.arena);
    return status;
}
