#include "worker/secrets.h"

#include "base/arena.h"
#include "base/hash.h"
#include "worker/guesses.h"

#include <pthread.h>
#include <stdlib.h>

enum { KEPT_MOST = 20000, ROOM = 2 * KEPT_MOST, INDEX = 4 * ROOM };

typedef struct {
    char text[KK_SECRET_BYTES];
    size_t len;
    kk_secret_rank rank;
    secret_place place;
} heard;

struct secrets {
    pthread_mutex_t guard;
    kk_arena *paths;
    kk_slice last_path; /* as it was copied: many come from one item */
    heard *list;        /* ROOM of them; NULL before the first */
    uint32_t *index;    /* INDEX slots by the hash of the text: place in the list from 1 */
    size_t count, fresh;
    uint64_t *tellers; /* items, some twice */
    size_t teller_count, teller_room, sorted;
    secret_place *settled;
    size_t settled_count;
};

secrets *secrets_open(void)
{
    secrets *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    pthread_mutex_init(&s->guard, NULL);
    s->paths = kk_arena_open();
    return s;
}

void secrets_close(secrets *s)
{
    if (!s)
        return;
    if (s->list)
        explicit_bzero(s->list, ROOM * sizeof *s->list);
    free(s->list);
    free(s->index);
    free(s->settled);
    kk_arena_close(s->paths);
    pthread_mutex_destroy(&s->guard);
    free(s);
}

static int compare_places(const heard *a, const heard *b)
{
    const secret_place *x = &a->place, *y = &b->place;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int order = kk_compare(x->path, y->path);
    if (order)
        return order;
    if (x->range != y->range)
        return x->range < y->range ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return (x->evidence > y->evidence) - (x->evidence < y->evidence);
}

static int by_place(const void *a, const void *b)
{
    const heard *x = a, *y = b;
    int order = compare_places(x, y);
    return order ? order : kk_compare((kk_slice){x->text, x->len}, (kk_slice){y->text, y->len});
}

static uint32_t *slot_of(const secrets *s, kk_slice text)
{
    size_t at = kk_hash_quick(text) % INDEX;
    while (s->index[at]) {
        const heard *h = &s->list[s->index[at] - 1];
        if (kk_eq((kk_slice){h->text, h->len}, text))
            break;
        at = (at + 1) % INDEX;
    }
    return &s->index[at];
}

/* In order, and no more than are kept. What goes here would go in whatever order they came: so many others stand
 * before it. */
static void put_in_order(secrets *s)
{
    if (s->count)
        qsort(s->list, s->count, sizeof *s->list, by_place);
    while (s->count > KEPT_MOST)
        explicit_bzero(&s->list[--s->count], sizeof *s->list);
    memset(s->index, 0, INDEX * sizeof *s->index);
    for (size_t i = 0; i < s->count; i++)
        *slot_of(s, (kk_slice){s->list[i].text, s->list[i].len}) = (uint32_t)i + 1;
}

static void make_room(secrets *s)
{
    if (!s->list) {
        s->list = calloc(ROOM, sizeof *s->list);
        s->index = calloc(INDEX, sizeof *s->index);
        if (!s->list || !s->index)
            abort();
    }
    if (s->count == ROOM)
        put_in_order(s);
}

/* Its units tell one behind the other, mostly. */
static void note_teller(secrets *s, uint64_t item)
{
    for (size_t i = s->teller_count; i > 0 && s->teller_count - i < 8; i--)
        if (s->tellers[i - 1] == item)
            return;
    s->tellers =
        kk_grow(s->paths, s->tellers, &s->teller_room, s->teller_count + 1, sizeof *s->tellers);
    s->tellers[s->teller_count++] = item;
}

static int by_item(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

bool secrets_heard_of(secrets *s, uint64_t item)
{
    if (s->teller_count && s->sorted != s->teller_count)
        qsort(s->tellers, s->teller_count, sizeof *s->tellers, by_item);
    s->sorted = s->teller_count;
    return s->teller_count && bsearch(&item, s->tellers, s->teller_count, sizeof item, by_item);
}

void secrets_hear(secrets *s, uint64_t teller, const secret_place *place, const kk_secret *secret)
{
    heard h = {.len = secret->text.len, .rank = secret->rank, .place = *place};
    if (!h.len || h.len > sizeof h.text || kk_find_byte(secret->text, '\n') != KK_NOWHERE ||
        kk_find_byte(secret->text, '\r') != KK_NOWHERE)
        return; /* no worker of ours says so: they go to workers one a line */
    memcpy(h.text, secret->text.ptr, h.len);
    pthread_mutex_lock(&s->guard);
    note_teller(s, teller);
    make_room(s);
    if (!kk_eq(s->last_path, place->path))
        s->last_path = kk_copy(s->paths, place->path);
    h.place.path = s->last_path;
    uint32_t *slot = slot_of(s, secret->text);
    if (!*slot) {
        s->list[s->count++] = h;
        s->fresh++;
        *slot = (uint32_t)s->count;
    } else if (compare_places(&h, &s->list[*slot - 1]) < 0) {
        s->list[*slot - 1] = h;
    }
    pthread_mutex_unlock(&s->guard);
    explicit_bzero(h.text, sizeof h.text);
}

bool secrets_settle(secrets *s, kk_buffer *block)
{
    if (!s->fresh)
        return false;
    put_in_order(s);
    s->fresh = 0;
    free(s->settled);
    s->settled = calloc(s->count, sizeof *s->settled);
    if (!s->settled)
        abort();
    s->settled_count = s->count;
    for (size_t i = 0; i < s->count; i++) {
        const heard *h = &s->list[i];
        s->settled[i] = h->place;
        guesses_pack(block, &(guess){h->place.path, {h->text, h->len}, h->place.record});
    }
    return true;
}

const secret_place *secrets_place(const secrets *s, uint32_t number)
{
    return number && number <= s->settled_count ? &s->settled[number - 1] : NULL;
}
