/* Files that belong to an item and lie beside it in the same container: the memos of a table, the log of a
 * database. A child of whose kind such files are is held back until its container was gone through, so that
 * it does not matter which of them came first, and then knows by name where they are. */
#include "worker/intake_i.h"

#include "parse/parser.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    SPOOLED_MOST = 256, /* held, and companions: each is a descriptor */
    HELD_MOST = 65536,
    COMPANIONS_MOST = 65536
};

typedef struct {
    unit *child;
    kk_slice name; /* its path in the container */
} waiting;

typedef struct {
    kk_slice folder; /* in the container, with its slash */
    kk_slice stem;   /* without the ending that made it a companion */
    companion file;
} kept_file;

struct held_children {
    kk_arena *arena;
    waiting *children;
    kept_file *files;
    size_t count, capacity, file_count, file_capacity;
    size_t spooled, spooled_files;
};

static held_children *held_of(hearing *h)
{
    if (!h->held) {
        kk_arena *arena = kk_arena_open();
        h->held = KK_NEW(arena, held_children);
        h->held->arena = arena;
    }
    return h->held;
}

bool keep_companion(hearing *h, const kk_found *f, int fd)
{
    held_children *held = held_of(h);
    size_t past = kk_name_begins(f->name);
    kk_slice name = kk_from(f->name, past), stem;
    bool room = f->spool ? held->spooled_files < SPOOLED_MOST : f->token.len > 0;
    if (!kk_parser_is_companion(name, &stem) || !room || held->file_count == COMPANIONS_MOST)
        return false;
    held->files = kk_grow(held->arena, held->files, &held->file_capacity, held->file_count + 1,
                          sizeof *held->files);
    held->spooled_files += f->spool != 0;
    name = kk_copy(held->arena, name);
    held->files[held->file_count++] =
        (kept_file){.folder = kk_copy(held->arena, kk_part(f->name, 0, past)),
                    .stem = kk_part(name, 0, stem.len),
                    .file = {.name = name,
                             .token = kk_copy(held->arena, f->token),
                             .base = f->spool ? base_spooled(h->q, fd, f->size) : NULL}};
    return true;
}

void hold_child(hearing *h, const unit *child, kk_slice name)
{
    held_children *held = held_of(h);
    bool spooled = child->base->is_spool;
    held->children = kk_grow(held->arena, held->children, &held->capacity, held->count + 1,
                             sizeof *held->children);
    held->children[held->count++] = (waiting){unit_open(child), kk_copy(held->arena, name)};
    base_share(h->q, child->base);
    held->spooled += spooled;
    if (held->spooled >= SPOOLED_MOST || held->count >= HELD_MOST)
        put_held(h);
}

static int compare_nocase(kk_slice a, kk_slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < len; i++) {
        int x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
        x = x >= 'A' && x <= 'Z' ? x + 32 : x;
        y = y >= 'A' && y <= 'Z' ? y + 32 : y;
        if (x != y)
            return x - y;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static int by_place(const void *a, const void *b)
{
    const kept_file *x = a, *y = b;
    int order = kk_compare(x->folder, y->folder);
    if (order == 0)
        order = compare_nocase(x->stem, y->stem);
    return order ? order : kk_compare(x->file.name, y->file.name);
}

/* The first file of that folder and stem, or behind it. */
static size_t find_files(const held_children *held, kk_slice folder, kk_slice stem)
{
    size_t low = 0, high = held->file_count;
    kept_file wanted = {.folder = folder, .stem = stem};
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (by_place(&held->files[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_files(const held_children *held, unit *child, kk_slice folder, kk_slice stem)
{
    for (size_t i = find_files(held, folder, stem);
         i < held->file_count && child->companion_count < KK_COMPANIONS_MOST; i++) {
        const kept_file *f = &held->files[i];
        if (!kk_eq(f->folder, folder) || compare_nocase(f->stem, stem) != 0)
            return;
        child->companions[child->companion_count++] = f->file;
    }
}

/* "orders.dbf" has "orders.fpt"; "places.sqlite" has "places.sqlite-wal". */
static void add_companions(const held_children *held, const waiting *w)
{
    size_t past = kk_name_begins(w->name), dot = kk_rfind_byte(w->name, '.');
    kk_slice folder = kk_part(w->name, 0, past), name = kk_from(w->name, past);
    add_files(held, w->child, folder, name);
    if (dot != KK_NOWHERE && dot > past)
        add_files(held, w->child, folder, kk_part(name, 0, dot - past));
}

void put_held(hearing *h)
{
    held_children *held = h->held;
    if (!held)
        return;
    if (held->file_count)
        qsort(held->files, held->file_count, sizeof *held->files, by_place);
    for (size_t i = 0; i < held->count; i++) {
        add_companions(held, &held->children[i]);
        put_units(h->q, held->children[i].child, KK_DO_FACTS | KK_DO_PARSE);
        held->children[i].child->companion_count = 0; /* what is put has shares of its own */
        unit_close(h->q, held->children[i].child);
    }
    held->count = held->spooled = 0;
}

void end_held(hearing *h)
{
    put_held(h);
    for (size_t i = 0; h->held && i < h->held->file_count; i++)
        if (h->held->files[i].file.base)
            base_release(h->q, h->held->files[i].file.base);
    if (h->held)
        kk_arena_close(h->held->arena);
    h->held = NULL;
}

int companion_of(const unit *u, kk_slice name, uint64_t *size)
{
    for (size_t i = 0; i < u->companion_count; i++) {
        const companion *c = &u->companions[i];
        if (!c->base || compare_nocase(c->name, name) != 0)
            continue;
        *size = c->base->size;
        return dup(c->base->fd);
    }
    return -1;
}
