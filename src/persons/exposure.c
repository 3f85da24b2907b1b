/* What is known of a file: did its content leave, could the intruder read it, was it destroyed. */
#include "persons/persons_i.h"

const char *const exposure_names[3] = {"none", "reachable", "left"};

bool holds_key(const uint64_t *keys, size_t count, uint64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys[middle] == key)
            return true;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* How far a file is known to have gone, the furthest last. */
static const char *const stages[] = {"none", "reachable", "collected", "captured", "transferred", "published"};
enum { STAGE_NONE, STAGE_REACHABLE, STAGE_COLLECTED, STAGE_CAPTURED, STAGE_TRANSFERRED, STAGE_PUBLISHED };

static int stage_by(const kk_finding *f)
{
    kk_slice kind = kk_cstr(f->kind);
    if (kk_is(kind, "leak_listing_match") || f->published)
        return STAGE_PUBLISHED;
    if (kk_is(kind, "staging_archive") || kk_is(kind, "database_dump"))
        return STAGE_COLLECTED;
    return kk_is(kind, "capture") ? STAGE_CAPTURED : STAGE_TRANSFERRED;
}

/* Only a transfer that made the item `left` is one of this item. */
static int stage_of(const person_file *file, const kk_exfil *exfil)
{
    int stage = file->exposure == EXPOSED_NOT ? STAGE_NONE : STAGE_REACHABLE;
    if (file->exposure == EXPOSED_LEFT)
        stage = STAGE_TRANSFERRED;
    for (size_t i = 0; i < exfil->finding_count; i++) {
        const kk_finding *f = &exfil->findings[i];
        int by = f->item_count && holds_key(f->items, f->item_count, file->item) ? stage_by(f) : 0;
        if (by == STAGE_TRANSFERRED && file->exposure != EXPOSED_LEFT)
            continue;
        if (by > stage)
            stage = by;
    }
    return stage;
}

/* State is free text: encrypted, deleted, 暗号化された ... */
static bool says_damaged(const kk_dataset_said *d)
{
    static const char *const words[] = {"encrypt", "destroy", "delet",  "lost", "damag", "wip",  "corrupt",
                                        "暗号",    "破壊",    "消去",   "削除", "滅失",  "毀損", "き損",
                                        "損壊",    "消失",    "破損"};
    if (d->restored == KK_RESTORED_NO || d->restored == KK_RESTORED_PARTLY)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has_nocase(d->state, kk_cstr(words[i])) && !kk_has_nocase(d->state, KK_S("not ")))
            return true;
    return false;
}

static bool is_damaged(const kk_identity_graph *g, kk_arena *scratch, kk_slice path)
{
    for (size_t i = 0; i < g->settings->datasets.count; i++) {
        const kk_dataset_said *d = &g->settings->datasets.items[i];
        if (says_damaged(d) && kk_path_matches(scratch, &d->paths, path))
            return true;
    }
    return false;
}

void exposure_settle(kk_identity_graph *g, const kk_exfil *exfil)
{
    kk_arena *scratch = kk_arena_open();
    for (size_t i = 0; i < g->file_count; i++) {
        person_file *f = &g->files[i];
        if (holds_key(exfil->left, exfil->left_count, f->item))
            f->exposure = EXPOSED_LEFT;
        else if (holds_key(exfil->reachable, exfil->reachable_count, f->item))
            f->exposure = EXPOSED_REACHABLE;
        f->stage = stages[stage_of(f, exfil)];
        f->is_damaged = is_damaged(g, scratch, f->path);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
}
