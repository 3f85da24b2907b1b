#include "analyse/responders.h"

#include "casefile/decisions.h"

/* A session without an end of its own lasts a working day at most. */
#define OPEN_SESSION (INT64_C(8) * 3600 * KK_SECOND)

responders responders_among(const kk_case_settings *settings, const kk_session *sessions,
                            size_t count, kk_arena *arena)
{
    responders r = {.settings = settings};
    size_t capacity = 0;
    for (size_t i = 0; settings->responders.count && i < count; i++) {
        const kk_session *s = &sessions[i];
        const kk_decision *d = kk_decision_on_whose(settings->decisions, s->id);
        if ((d && d->kind == KK_DECIDE_HOSTILE) ||
            !kk_responder_for(settings, s->account, s->from_ip, s->host, s->start))
            continue;
        r.sessions = kk_grow(arena, r.sessions, &capacity, r.session_count + 1, sizeof *s);
        r.sessions[r.session_count++] = *s;
    }
    return r;
}

static bool is_during(const kk_session *s, kk_time at)
{
    kk_time end = s->end == KK_NO_TIME ? s->start + OPEN_SESSION : s->end;
    return at != KK_NO_TIME && at >= s->start && at <= end;
}

const kk_responder *responder_of(const responders *r, kk_slice account, kk_slice from_ip,
                                 kk_slice host, kk_time at)
{
    const kk_responder *own = kk_responder_for(r->settings, account, from_ip, host, at);
    for (size_t i = 0; !own && !from_ip.len && account.len && i < r->session_count; i++) {
        const kk_session *s = &r->sessions[i];
        kk_texts names = {&s->account, 1};
        if (s->start > at)
            break;
        if (is_during(s, at) && kk_eq_nocase(s->host, host) && kk_accounts_fit(&names, account))
            own = kk_responder_for(r->settings, s->account, s->from_ip, s->host, at);
    }
    return own;
}

/* A listing is somebody else's act, and what went through a session was judged with the session. */
static bool can_be_a_responders(const kk_finding *f)
{
    return strcmp(f->kind, "leak_listing_match") != 0 && strcmp(f->kind, "remote_copy") != 0 &&
           strcmp(f->rule, "S2") != 0;
}

void responders_part_findings(const responders *r, kk_exfil *exfil, kk_arena *arena)
{
    size_t kept = 0;
    if (!r->settings->responders.count)
        return;
    exfil->by_responders = KK_NEW_ARRAY(arena, kk_finding, exfil->finding_count);
    for (size_t i = 0; i < exfil->finding_count; i++) {
        const kk_finding *f = &exfil->findings[i];
        bool own = can_be_a_responders(f) &&
                   responder_of(r, f->account, f->from_ip, f->host, f->start) &&
                   responder_of(r, f->account, f->from_ip, f->host, f->end);
        if (own)
            exfil->by_responders[exfil->by_responder_count++] = *f;
        else
            exfil->findings[kept++] = *f;
    }
    exfil->finding_count = kept;
}
