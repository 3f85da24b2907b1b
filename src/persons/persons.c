/* The count of persons from its parts. */
#include "persons/decided.h"
#include "persons/set_aside.h"

static void set_bounded(kk_persons *out, const unread_search *s)
{
    bool reach = out->unread_count == 0;
    bool left = !s->left_unread;
    out->left.bounded = left;
    out->reachable.bounded = reach;
    out->held.bounded = !s->held_unread;
    out->damaged.bounded = reach;
    kk_category_count *const lists[] = {out->categories, out->owners};
    const size_t counts[] = {out->category_count, out->owner_count};
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; i < counts[l]; i++) {
            kk_category_count *c = &lists[l][i];
            c->left.bounded = left;
            c->reachable.bounded = c->damaged.bounded = reach;
            c->held.bounded = out->held.bounded;
            for (size_t r = 0; r < c->role_count; r++)
                c->roles[r].reachable.bounded = reach;
        }
}

/* While bytes left whose content is not known, nobody can say who was not in them. */
kk_status kk_persons_count(kk_store *store, const kk_case_settings *settings, const kk_reach *reach,
                           kk_arena *arena, kk_persons *out, kk_fault *fault)
{
    kk_identity_graph *g = KK_NEW(arena, kk_identity_graph);
    *out = (kk_persons){.graph = g, .complete = reach->complete};
    g->arena = arena;
    g->settings = settings;
    kk_status status = decided_read(g, store, fault);
    if (status == KK_OK)
        status = graph_load(g, store, out, fault);
    if (status != KK_OK)
        return status;
    kk_reach judged = decided_reach(g, reach);
    ids_settle(g);
    categories_settle(g, out);
    decided_persons(g);
    exposure_settle(g, &judged);
    unread_search search = {
        .store = store, .settings = settings, .reach = &judged, .arena = arena, .graph = g};
    status = captures_settle(g, store, out, fault);
    if (status == KK_OK)
        status = unread_load(&search, out, fault);
    if (status == KK_OK) {
        counts_make(g, out);
        unread_list(&search, out);
        status = organisations_count(store, &out->organisations, fault);
        if (status == KK_OK)
            status = set_aside_find(g, store, out, fault);
    }
    unread_close(&search);
    if (status == KK_OK)
        status = absent_find(&search, out, fault);
    set_bounded(out, &search);
    decided_list(g, out);
    return status;
}
