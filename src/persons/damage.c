#include "persons/damage.h"

#include <stdlib.h>

enum { FILES_MIN = 3, COPIES_MOST = 64 };

/* One suffix on one machine. */
typedef struct {
    kk_slice host, suffix; /* in small letters */
    const unread_place *first;
    size_t count;
    bool proven;
} wave;

typedef struct {
    kk_identity_graph *g;
    kk_arena *own;
    const unread_place **files; /* by machine and suffix */
    size_t count;
    wave *waves;
    size_t wave_count;
} damage;

static kk_slice suffix_of(const unread_place *p)
{
    return path_ending(path_last_name(p->path));
}

static int compare_nocase(kk_slice a, kk_slice b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
        x += x >= 'A' && x <= 'Z' ? 32 : 0;
        y += y >= 'A' && y <= 'Z' ? 32 : 0;
        if (x != y)
            return x - y;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int by_wave(const void *a, const void *b)
{
    const unread_place *x = *(const unread_place *const *)a, *y = *(const unread_place *const *)b;
    int order = compare_nocase(x->host, y->host);
    order = order ? order : compare_nocase(suffix_of(x), suffix_of(y));
    return order ? order : (x > y) - (x < y);
}

static void find_waves(damage *d, const unread_place *encrypted, size_t count)
{
    d->count = count;
    d->files = KK_NEW_ARRAY(d->own, const unread_place *, count);
    d->waves = KK_NEW_ARRAY(d->own, wave, count);
    for (size_t i = 0; i < count; i++)
        d->files[i] = &encrypted[i];
    qsort(d->files, count, sizeof *d->files, by_wave);
    for (size_t i = 0; i < count; i++) {
        wave *last = d->wave_count ? &d->waves[d->wave_count - 1] : NULL;
        bool same = last && compare_nocase(last->host, d->files[i]->host) == 0 &&
                    compare_nocase(last->suffix, suffix_of(d->files[i])) == 0;
        if (!same)
            d->waves[d->wave_count++] =
                (wave){d->files[i]->host, suffix_of(d->files[i]), d->files[i], 0, false};
        d->waves[d->wave_count - 1].count++;
    }
}

/* Files renamed in a burst, as the file system's own times show. */
static kk_status prove_by_bursts(damage *d, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "encrypted_hosts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        for (size_t i = 0; i < d->wave_count; i++)
            if (compare_nocase(d->waves[i].host, kk_rows_text(rows, 0)) == 0 &&
                compare_nocase(d->waves[i].suffix, kk_rows_text(rows, 1)) == 0)
                d->waves[i].proven = true;
    return kk_rows_close(rows, fault);
}

static kk_slice folder_of(kk_slice path)
{
    return kk_part(path, 0, path.len - path_last_name(path).len);
}

/* One suffix on several documents, and a note of the extortionists in the folder of one. */
static kk_status prove_by_notes(damage *d, kk_store *store, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "persons_notes", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        size_t at = 0;
        for (size_t i = 0; i < d->wave_count; at += d->waves[i++].count) {
            wave *w = &d->waves[i];
            if (w->proven || w->count < FILES_MIN ||
                compare_nocase(w->host, kk_rows_text(rows, 0)) != 0)
                continue;
            for (size_t k = at; k < at + w->count && !w->proven; k++)
                w->proven = kk_eq(folder_of(d->files[k]->path), folder_of(kk_rows_text(rows, 1)));
        }
    }
    return kk_rows_close(rows, fault);
}

static void mark_copies(damage *d, const neighbours *known)
{
    kk_arena *scratch = kk_arena_open();
    size_t at = 0;
    for (size_t i = 0; i < d->wave_count; at += d->waves[i++].count)
        for (size_t k = at; d->waves[i].proven && k < at + d->waves[i].count; k++) {
            uint32_t files[COPIES_MOST];
            size_t count = neighbours_people(known, scratch, d->files[k], files, COPIES_MOST);
            for (size_t f = 0; f < count; f++) {
                person_file *file = &d->g->files[files[f]];
                if (file->damage_path.len)
                    continue;
                file->damage = file->damage ? file->damage : "evidence";
                file->damage_label = kk_copy(d->g->arena, d->files[k]->label);
                file->damage_path = kk_copy(d->g->arena, d->files[k]->path);
            }
            kk_arena_reset(scratch);
        }
    kk_arena_close(scratch);
}

kk_status damage_find(kk_identity_graph *g, kk_store *store, const neighbours *known,
                      const unread_place *encrypted, size_t count, kk_fault *fault)
{
    if (!count)
        return KK_OK;
    damage d = {.g = g, .own = kk_arena_open()};
    find_waves(&d, encrypted, count);
    kk_status status = prove_by_bursts(&d, store, fault);
    if (status == KK_OK)
        status = prove_by_notes(&d, store, fault);
    if (status == KK_OK)
        mark_copies(&d, known);
    kk_arena_close(d.own);
    return status;
}
