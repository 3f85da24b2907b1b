#include "analyse/indicators_i.h"

const char *const kk_indicator_role_names[KK_INDICATOR_ROLES] = {
    [KK_ROLE_INTRUDER] = "intruder",
    [KK_ROLE_DESTINATION] = "destination",
    [KK_ROLE_FAR_ACCOUNT] = "account at the destination",
    [KK_ROLE_CREATED] = "created by the intruder",
    [KK_ROLE_COMPROMISED] = "compromised account",
    [KK_ROLE_INSIDE] = "inside address used",
};
const char *const kk_confidence_names[3] = {"low", "medium", "high"};

bool kk_indicator_is_hostile(const kk_indicator *i)
{
    return i->role != KK_ROLE_COMPROMISED && i->role != KK_ROLE_INSIDE && !i->internal;
}

static void gather_sessions(gathering *g)
{
    g->hostile = KK_NEW_ARRAY(g->arena, const kk_session *, g->access->session_count);
    for (size_t n = 0; n < g->access->session_count; n++) {
        const kk_session *s = &g->access->sessions[n];
        if (s->suspicious != KK_TRUE || s->by_responder)
            continue;
        g->hostile[g->hostile_count++] = s;
        sighting seen = {s->start,
                         s->end,
                         s->host,
                         KK_CONFIDENCE_HIGH,
                         {"session", s->id, kk_cstr(kk_session_kind_names[s->kind])},
                         &s->refs};
        (void)indicator_add(g, KK_IOC_IP, KK_ROLE_INTRUDER, s->from_ip, &seen);
        (void)indicator_add(g, KK_IOC_IP, KK_ROLE_INTRUDER, s->given_ip, &seen);
        (void)indicator_add(g, KK_IOC_ACCOUNT, KK_ROLE_COMPROMISED, s->account, &seen);
    }
}

static void gather_findings(gathering *g)
{
    static const kk_confidence by_strength[] = {KK_CONFIDENCE_HIGH, KK_CONFIDENCE_HIGH,
                                                KK_CONFIDENCE_MEDIUM};
    for (size_t n = 0; n < g->exfil->finding_count; n++) {
        const kk_finding *f = &g->exfil->findings[n];
        sighting seen = {f->start,
                         f->end,
                         f->host,
                         by_strength[f->strength],
                         {"finding", f->id, kk_cstr(f->kind)},
                         &f->refs};
        indicator_add_place(g, KK_ROLE_DESTINATION, f->destination, &seen);
    }
}

kk_status kk_indicators_find(kk_store *store, const kk_case_settings *settings,
                             const kk_access *access, const kk_exfil *exfil, kk_arena *arena,
                             kk_indicators *out, kk_fault *fault)
{
    gathering g = {.store = store,
                   .settings = settings,
                   .access = access,
                   .exfil = exfil,
                   .responders =
                       responders_among(settings, access->sessions, access->session_count, arena),
                   .arena = arena,
                   .scratch = kk_arena_open()};
    gather_sessions(&g);
    gather_findings(&g);
    kk_status status = gather_acts(&g, fault);
    if (status == KK_OK)
        status = gather_detections(&g, fault);
    if (status == KK_OK)
        status = gather_item_hashes(&g, fault);
    if (status == KK_OK)
        indicators_finish(&g);
    kk_arena_close(g.scratch);
    *out = (kk_indicators){g.items, g.count};
    return status;
}
