/* What an earlier run left in the store: units with an outcome, and items that have their row. */
#include "worker/intake_i.h"

#include "base/sorted.h"
#include "parse/parser.h"

#include <stdlib.h>

/* A set of 64-bit numbers that only grows; open addressing, 0 stands for itself outside. */
typedef struct {
    uint64_t *slots;
    size_t count, capacity;
    bool zero;
} numbers;

typedef struct {
    uint64_t item, parent, size;
    kk_slice parser;
} seen_item;

struct known {
    pthread_mutex_t guard;
    kk_arena *arena;
    numbers units;      /* item, range, settings */
    numbers ranges;     /* item, range */
    numbers readers;    /* item, range, what read it */
    numbers locked;     /* something in it was behind a password, and there are some now */
    numbers items;      /* has its row */
    numbers unfinished; /* containers to be listed again */
    numbers again;      /* their rows of the earlier run were taken back */
    numbers placed;     /* of these: has its row anew */
    bool half_open;     /* one that a password of the evidence opened is among `unfinished` */
    seen_item *seen;    /* rows of the earlier run, by item */
    size_t seen_count, seen_capacity;
};

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t parts[3] = {a, b, c};
    return kk_hash_quick((kk_slice){(const char *)parts, sizeof parts});
}

static bool has(const numbers *n, uint64_t v)
{
    if (v == 0)
        return n->zero;
    for (size_t at = v; n->capacity && n->slots[at & (n->capacity - 1)]; at++)
        if (n->slots[at & (n->capacity - 1)] == v)
            return true;
    return false;
}

static void place(numbers *n, uint64_t v)
{
    size_t at = v & (n->capacity - 1);
    while (n->slots[at])
        at = (at + 1) & (n->capacity - 1);
    n->slots[at] = v;
}

static bool add(numbers *n, uint64_t v)
{
    if (has(n, v))
        return false;
    if (v == 0) {
        n->zero = true;
        return true;
    }
    if (n->count * 2 >= n->capacity) {
        numbers larger = {.capacity = n->capacity ? n->capacity * 2 : 1024, .zero = n->zero};
        larger.slots = calloc(larger.capacity, sizeof *larger.slots);
        if (!larger.slots)
            abort();
        for (size_t i = 0; i < n->capacity; i++)
            if (n->slots[i])
                place(&larger, n->slots[i]);
        larger.count = n->count;
        free(n->slots);
        *n = larger;
    }
    place(n, v);
    n->count++;
    return true;
}

/* Others are closed to every password: a mail under the key of somebody, a volume. */
static bool opens_locks(kk_slice name)
{
    const kk_parser *parser = kk_parser_by_name(name);
    return parser && parser->opens_locks;
}

static kk_status load_locked(known *k, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "known_locked", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        if (opens_locks(kk_rows_text(rows, 1)))
            add(&k->locked, kk_rows_u64(rows, 0));
    return kk_rows_close(rows, fault);
}

static kk_status load_opened(known *k, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "known_opened", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        k->half_open = k->half_open || has(&k->unfinished, kk_rows_u64(rows, 0));
    return kk_rows_close(rows, fault);
}

static kk_status load_units(known *k, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "known_units", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        if (!has(&k->locked, kk_rows_u64(rows, 0)) || kk_rows_u64(rows, 1) == RANGE_OF_HASH)
            add(&k->units, mix(kk_rows_u64(rows, 0), kk_rows_u64(rows, 1), kk_rows_u64(rows, 2)));
        add(&k->ranges, mix(kk_rows_u64(rows, 0), kk_rows_u64(rows, 1), 0));
        add(&k->readers, mix(kk_rows_u64(rows, 0), kk_rows_u64(rows, 1),
                             reader_of_settings(kk_rows_u64(rows, 2))));
    }
    return kk_rows_close(rows, fault);
}

static kk_status load_items(known *k, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "known_items", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        k->seen = kk_grow(k->arena, k->seen, &k->seen_capacity, k->seen_count + 1, sizeof *k->seen);
        seen_item *s = &k->seen[k->seen_count++];
        *s = (seen_item){kk_rows_u64(rows, 0), kk_rows_u64(rows, 1), kk_rows_u64(rows, 2),
                         kk_copy(k->arena, kk_rows_text(rows, 3))};
        add(&k->items, s->item);
    }
    return kk_rows_close(rows, fault); /* ordered by item */
}

static const seen_item *find_seen(const known *k, uint64_t item)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, k->seen_count, k->seen[low].item < item);
    return low < k->seen_count && k->seen[low].item == item ? &k->seen[low] : NULL;
}

typedef struct {
    const known *known;
    uint64_t item, range;
} place_read;

static bool read_by(void *context, uint64_t reader)
{
    const place_read *p = context;
    return has(&p->known->readers, mix(p->item, p->range, reader));
}

/* Containers above everything that was found and not read, or read by a version before this one: they
 * are listed again. */
static void mark_unfinished(known *k)
{
    for (size_t i = 0; i < k->seen_count; i++) {
        const seen_item *s = &k->seen[i];
        uint64_t ranges = s->parser.len ? ranges_of(s->parser, s->size) : 0;
        bool whole = !has(&k->locked, s->item);
        for (uint64_t r = 0; r < ranges && whole; r++)
            whole = is_current(s->parser, read_by, &(place_read){k, s->item, r});
        for (int depth = 0; !whole && s->parent && depth < DEEPEST; depth++) {
            add(&k->unfinished, s->parent);
            s = find_seen(k, s->parent);
            if (!s)
                break;
        }
    }
}

/* What has to be read again for the passwords in it, and the containers above. */
static kk_status mark_tellers(known *k, kk_store *store, secrets *heard, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "known_tellers", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        const seen_item *s = find_seen(k, kk_rows_u64(rows, 0));
        bool wanted = s && !secrets_heard_of(heard, s->item);
        for (int depth = 0; wanted && s && depth <= DEEPEST; depth++) {
            add(&k->unfinished, s->item);
            s = s->parent ? find_seen(k, s->parent) : NULL;
        }
    }
    return kk_rows_close(rows, fault);
}

known *known_load(kk_store *store, bool passwords, secrets *heard, kk_fault *fault)
{
    known *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    pthread_mutex_init(&k->guard, NULL);
    k->arena = kk_arena_open();
    if ((passwords && load_locked(k, store, fault) != KK_OK) ||
        load_units(k, store, fault) != KK_OK || load_items(k, store, fault) != KK_OK) {
        known_close(k);
        return NULL;
    }
    mark_unfinished(k);
    if (load_opened(k, store, fault) != KK_OK ||
        (heard && mark_tellers(k, store, heard, fault) != KK_OK)) {
        known_close(k);
        return NULL;
    }
    return k;
}

void known_close(known *k)
{
    if (!k)
        return;
    free(k->units.slots);
    free(k->locked.slots);
    free(k->ranges.slots);
    free(k->readers.slots);
    free(k->items.slots);
    free(k->unfinished.slots);
    free(k->again.slots);
    free(k->placed.slots);
    kk_arena_close(k->arena);
    pthread_mutex_destroy(&k->guard);
    free(k);
}

/* Units and rows of the earlier run do not change while this one works: no lock. */
bool known_unit(known *k, uint64_t item, uint32_t range, uint64_t settings, bool *stale)
{
    bool same = has(&k->units, mix(item, range, settings));
    if (stale)
        *stale = !same && has(&k->ranges, mix(item, range, 0));
    return same;
}

bool known_parser(known *k, uint64_t item, kk_slice *parser)
{
    const seen_item *s = find_seen(k, item);
    if (!s || has(&k->again, item))
        return false;
    *parser = s->parser;
    return true;
}

/* Listed, and nothing more: a link, a file that could not be opened. */
bool known_unread(known *k, uint64_t item)
{
    const seen_item *s = find_seen(k, item);
    return s && !s->parent && !s->parser.len && !has(&k->ranges, mix(item, 0, 0)) &&
           !has(&k->ranges, mix(item, RANGE_OF_HASH, 0));
}

void known_take_back(known *k, uint64_t item)
{
    pthread_mutex_lock(&k->guard);
    add(&k->again, item);
    pthread_mutex_unlock(&k->guard);
}

bool known_locked(const known *k, uint64_t item)
{
    return has(&k->locked, item);
}

bool known_half_open(const known *k)
{
    return k->half_open;
}

bool known_unfinished(known *k, uint64_t item)
{
    return has(&k->unfinished, item);
}

bool known_add_item(known *k, uint64_t item)
{
    pthread_mutex_lock(&k->guard);
    bool added = add(&k->items, item) || (has(&k->again, item) && add(&k->placed, item));
    pthread_mutex_unlock(&k->guard);
    return added;
}
