/* The events of all correlations, read at once and looked up by number. */
#include "store/hit_events_i.h"

#include "base/hash.h"
#include "base/sorted.h"

#include <stdlib.h>

enum { TEXTS = 6, REMEMBERED = 1024 };

/* In the order of the columns that are asked for. */
typedef enum { LABEL, PATH, KEY, HOST, USER, ADDRESS } text_column;

typedef struct {
    uint32_t number, sub, length;
    kk_time time;
    uint64_t record, offset;
    const kk_slice *text[TEXTS]; /* shared by those that say the same */
} known_event;

struct kk_known_events {
    known_event *items;
    size_t count, capacity;
};

/* Texts come again and again: of most there is one copy, of rare ones a few. */
typedef struct {
    kk_arena *arena;
    const kk_slice *recent[REMEMBERED];
} remembering;

static const kk_slice *keep(remembering *r, kk_slice text)
{
    const kk_slice **place = &r->recent[kk_hash_quick(text) % REMEMBERED];
    if (*place && kk_eq(**place, text))
        return *place;
    kk_slice *copy = KK_NEW(r->arena, kk_slice);
    *copy = kk_copy(r->arena, text);
    *place = copy;
    return copy;
}

static int by_number(const void *a, const void *b)
{
    const known_event *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    for (text_column t = LABEL; t <= PATH; t++) {
        int order = x->text[t] == y->text[t] ? 0 : kk_compare(*x->text[t], *y->text[t]);
        if (order)
            return order;
    }
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return x->sub < y->sub ? -1 : x->sub > y->sub;
}

kk_status hit_events_load(kk_store *store, kk_arena *arena, const kk_known_events **out,
                          kk_fault *fault)
{
    kk_rows *rows;
    kk_known_events *known = KK_NEW(arena, kk_known_events);
    remembering *texts = KK_NEW(arena, remembering);
    texts->arena = arena;
    *out = known;
    kk_status status = kk_ask(store, "correlated_all", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        size_t c = 0;
        known->items =
            kk_grow(arena, known->items, &known->capacity, known->count + 1, sizeof *known->items);
        known_event *e = &known->items[known->count++];
        e->number = (uint32_t)kk_rows_u64(rows, c++);
        e->time = kk_rows_i64(rows, c++);
        e->record = kk_rows_u64(rows, c++);
        e->sub = (uint32_t)kk_rows_u64(rows, c++);
        e->offset = kk_rows_u64(rows, c++);
        e->length = (uint32_t)kk_rows_u64(rows, c++);
        for (size_t t = 0; t < TEXTS; t++)
            e->text[t] = keep(texts, kk_rows_text(rows, c++));
    }
    if (known->count)
        qsort(known->items, known->count, sizeof *known->items, by_number);
    return kk_rows_close(rows, fault);
}

static size_t first_of(const kk_known_events *known, uint32_t number)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, known->count, known->items[low].number < number);
    return low;
}

void hit_events_tell(const kk_known_events *known, uint32_t number,
                     void (*row)(void *context, const kk_event_row *row), void *context)
{
    for (size_t i = first_of(known, number); i < known->count && known->items[i].number == number;
         i++) {
        const known_event *e = &known->items[i];
        kk_event_row r = {.time = e->time,
                          .record = e->record,
                          .sub = e->sub,
                          .offset = e->offset,
                          .length = e->length,
                          .label = *e->text[LABEL],
                          .path = *e->text[PATH],
                          .evidence_key = *e->text[KEY],
                          .host = *e->text[HOST]};
        r.text[KK_USER_NAME] = *e->text[USER];
        r.text[KK_SOURCE_IP] = *e->text[ADDRESS];
        row(context, &r);
    }
}
