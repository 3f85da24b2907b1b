/* What was done in a session, by what rules say: a session is its account's work on its machine, and there are acts that
 * nobody's work is. */
#include "analyse/acts.h"
#include "analyse/hit_judge.h"
#include "analyse/sessions.h"

static const char *const hostile[] = {"recovery_off", "encrypted", "destroyed", "credentials",
                                      "logs_cleared"};

typedef struct {
    session_list *list;
    kk_arena *scratch;
} noting;

static bool is_on(const kk_session *s, const kk_event_row *event)
{
    return s->kind != KK_BY_VPN && kk_same_machine(s->host, event->host) &&
           session_lasts(s, event->time);
}

static void on_hit(void *context, const kk_hit_row *hit)
{
    noting *n = context;
    kk_slice account = hit->event.text[KK_USER_NAME];
    if (hit->event.time == KK_NO_TIME || (hit->event.flags & KK_FLAG_RECOVERED) || !account.len ||
        !hit->event.host.len || hit->said.benign || hit->said.by_responder)
        return;
    kk_arena_reset(n->scratch);
    size_t count;
    const size_t *own =
        text_group_of(&n->list->by_account, account_folded(n->scratch, account), &count);
    if (!count)
        return;
    bool matters;
    const kk_act_kind *kind =
        kk_act_kind_of(n->scratch, hit->tags, hostile, sizeof hostile / sizeof *hostile, &matters);
    for (size_t i = 0; kind && i < count; i++) {
        kk_session *s = &n->list->items[own[i]];
        if (s->act_ja.len || !is_on(s, &hit->event))
            continue;
        s->act_ja = kk_cstr(kind->ja);
        s->act_en = kk_cstr(kind->en);
    }
}

kk_status sessions_note_acts(kk_store *store, const kk_case_settings *settings, session_list *list,
                             kk_fault *fault)
{
    if (!list->count)
        return KK_OK;
    noting n = {.list = list, .scratch = kk_arena_open()};
    kk_hit_filter filter = {
        .level_from = KK_S("high"), .from = list->first_event, .to = KK_NO_TIME};
    kk_status status = kk_detections_read(store, settings, &filter, on_hit, &n, fault);
    kk_arena_close(n.scratch);
    return status;
}
