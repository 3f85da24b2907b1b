/* What is known of a file: did its content leave, could the intruder read it, was it destroyed. */
#include "persons/decided.h"

#include "base/sorted.h"

const char *const exposure_names[3] = {"none", "reachable", "left"};

bool holds_key(const uint64_t *keys, size_t count, uint64_t key)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, count, keys[low] < key);
    return low < count && keys[low] == key;
}

static const char *const stages[] = {
    [KK_STAGE_NONE] = "none",
    [KK_STAGE_REACHABLE] = "reachable",
    [KK_STAGE_COLLECTED] = "collected",
    [KK_STAGE_CAPTURED] = "captured",
    [KK_STAGE_TRANSFERRED] = "transferred",
    [KK_STAGE_PUBLISHED] = "published",
};

static size_t first_stage(const kk_reach *reach, uint64_t item)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, reach->staged_count, reach->staged[low].item < item);
    return low;
}

/* Only a transfer that made the item `left` is one of this item. */
static kk_stage stage_of(const person_file *file, const kk_reach *reach)
{
    kk_stage stage = file->exposure == EXPOSED_NOT ? KK_STAGE_NONE : KK_STAGE_REACHABLE;
    if (file->exposure == EXPOSED_LEFT)
        stage = KK_STAGE_TRANSFERRED;
    for (size_t i = first_stage(reach, file->item);
         i < reach->staged_count && reach->staged[i].item == file->item; i++) {
        kk_stage by = reach->staged[i].stage;
        if (by == KK_STAGE_TRANSFERRED && file->exposure != EXPOSED_LEFT)
            continue;
        if (by > stage)
            stage = by;
    }
    return stage;
}

/* State is free text: encrypted, deleted, 暗号化された ... */
static bool says_damaged(const kk_dataset_said *d)
{
    static const char *const words[] = {"encrypt", "destroy", "delet", "lost", "damag", "wip",
                                        "corrupt", "暗号",    "破壊",  "消去", "削除",  "滅失",
                                        "毀損",    "き損",    "損壊",  "消失", "破損"};
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

void exposure_settle(kk_identity_graph *g, const kk_reach *reach)
{
    kk_arena *scratch = kk_arena_open();
    for (size_t i = 0; i < g->file_count; i++) {
        person_file *f = &g->files[i];
        if (holds_key(reach->left, reach->left_count, f->item))
            f->exposure = EXPOSED_LEFT;
        else if (holds_key(reach->reachable, reach->reachable_count, f->item))
            f->exposure = EXPOSED_REACHABLE;
        f->judged = decided_of_item(g, f->item, KK_DECIDE_EXPOSURE);
        f->stage = stages[f->judged && !f->exposure ? KK_STAGE_NONE : stage_of(f, reach)];
        f->damage = is_damaged(g, scratch, f->path) ? "case" : NULL;
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
}
