/* What is inside of items: members of archives, attachments, parts of documents. They went where the file
 * went that holds them. */
#include "analyse/exfil_i.h"

#include "base/sorted.h"

#include <stdlib.h>

static int by_parent(const void *a, const void *b)
{
    const held_item *x = a, *y = b;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

static kk_status load(judgement *j, held_items *held, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0;
    kk_status status = kk_ask(j->store, "known_items", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint64_t parent = kk_rows_u64(rows, 1);
        if (!parent)
            continue;
        held->items =
            kk_grow(j->arena, held->items, &capacity, held->count + 1, sizeof *held->items);
        held->items[held->count++] = (held_item){parent, kk_rows_u64(rows, 0)};
    }
    if (held->count)
        qsort(held->items, held->count, sizeof *held->items, by_parent);
    return kk_rows_close(rows, fault);
}

static size_t first_in(const held_items *held, uint64_t parent)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, held->count, held->items[low].parent < parent);
    return low;
}

static void add_inside(judgement *j, kk_finding *f, const held_items *held, size_t *capacity,
                       uint64_t item)
{
    for (size_t i = first_in(held, item); i < held->count && held->items[i].parent == item; i++) {
        f->inside = kk_grow(j->arena, f->inside, capacity, f->inside_count + 1, sizeof *f->inside);
        f->inside[f->inside_count++] = held->items[i].item;
    }
}

kk_status inside_find(judgement *j, kk_fault *fault)
{
    held_items held = {0};
    kk_status status = load(j, &held, fault);
    for (size_t i = 0; status == KK_OK && i < j->out->finding_count; i++) {
        kk_finding *f = &j->out->findings[i];
        size_t capacity = 0;
        for (size_t k = 0; k < f->item_count; k++)
            add_inside(j, f, &held, &capacity, f->items[k]);
        for (size_t k = 0; k < f->inside_count; k++)
            add_inside(j, f, &held, &capacity, f->inside[k]);
    }
    return status;
}
