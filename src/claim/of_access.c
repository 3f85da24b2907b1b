/* In, and did: how they got in, when, where they went, what was encrypted. */
#include "analyse/ways.h"
#include "claim/claim_i.h"

static const struct {
    const char *ja, *en;
} ways[KK_SESSION_KINDS] = {
    [KK_BY_VPN] = {"VPN接続", "VPN"},
    [KK_BY_RDP] = {"リモートデスクトップ接続", "remote desktop"},
    [KK_BY_SSH] = {"SSH接続", "SSH"},
    [KK_BY_SMB] = {"ファイル共有への接続", "file sharing"},
    [KK_BY_WEB] = {"Webサーバーへの接続", "the web server"},
    [KK_BY_OTHER] = {"その他の接続", "another way"},
};

/* The intruder's sessions of one entry, in their order. */
typedef struct {
    const kk_session **items;
    size_t count;
} entry_sessions;

static entry_sessions *sessions_by_entry(building *b)
{
    const kk_access *a = b->facts->access;
    entry_sessions *of = KK_NEW_ARRAY(b->arena, entry_sessions, a->entry_count);
    size_t *number = KK_NEW_ARRAY(b->arena, size_t, a->session_count);
    kk_ways *entries = kk_ways_open(b->arena);
    for (size_t i = 0; i < a->entry_count; i++) {
        const kk_entry *e = &a->entries[i];
        (void)kk_ways_add(entries, kk_way_in(e->kind, e->account, e->from_ip));
    }
    for (size_t i = 0; i < a->session_count; i++) {
        const kk_session *s = &a->sessions[i];
        number[i] = s->suspicious == KK_TRUE
                        ? kk_ways_find(entries, kk_way_in(s->kind, s->account, s->from_ip))
                        : KK_NOWHERE;
        if (number[i] != KK_NOWHERE)
            of[number[i]].count++;
    }
    for (size_t i = 0; i < a->entry_count; i++) {
        of[i].items = KK_NEW_ARRAY(b->arena, const kk_session *, of[i].count);
        of[i].count = 0;
    }
    for (size_t i = 0; i < a->session_count; i++)
        if (number[i] != KK_NOWHERE)
            of[number[i]].items[of[number[i]].count++] = &a->sessions[i];
    return of;
}

/* By lines that the intruder could not alter: a device's, or forwarded ones. */
static bool was_witnessed(const kk_access *a, const kk_entry *e, const entry_sessions *sessions)
{
    for (size_t i = 0; i < sessions->count; i++)
        if (kk_witness_proves(kk_witness_of_session(a, sessions->items[i])))
            return true;
    return e->kind == KK_BY_VPN;
}

static void entry_texts(building *b, const kk_entry *e, kk_slice *ja, kk_slice *en)
{
    const char *where = e->country.len ? "国外のアドレス" : "アドレス";
    kk_slice times = kk_number_text(b->arena, e->sessions), first = local_time_text(b, e->first),
             last = local_time_text(b, e->last);
    if (!e->account.len) {
        *ja = kk_print(
            b->arena, "%s%.*sから%sで不正なアクセスがありました(%.*s回、%.*sから%.*sまで)。", where,
            KK_P(e->from_ip), ways[e->kind].ja, KK_P(times), KK_P(first), KK_P(last));
        *en = kk_print(b->arena,
                       "The address %.*s had access over %s without authority (%.*s times, from "
                       "%.*s to %.*s).",
                       KK_P(e->from_ip), ways[e->kind].en, KK_P(times), KK_P(first), KK_P(last));
        return;
    }
    *ja = kk_print(
        b->arena,
        "アカウント「%.*s」が%sで%s%.*sから不正に使用されました(%.*s回、%.*sから%.*sまで)。",
        KK_P(e->account), ways[e->kind].ja, where, KK_P(e->from_ip), KK_P(times), KK_P(first),
        KK_P(last));
    *en = kk_print(b->arena,
                   "The account \"%.*s\" was misused over %s from the address %.*s (%.*s times, "
                   "from %.*s to %.*s).",
                   KK_P(e->account), ways[e->kind].en, KK_P(e->from_ip), KK_P(times), KK_P(first),
                   KK_P(last));
}

static void entry(building *b, const kk_entry *e, const entry_sessions *sessions)
{
    kk_slice ja, en;
    entry_texts(b, e, &ja, &en);
    claim_head head = {"entry", e->account, KK_LEVEL_REGULATOR,
                       was_witnessed(b->facts->access, e, sessions) ? KK_PROVEN : KK_SUPPORTED,
                       json_number(b->arena, e->sessions)};
    kk_claim *c = claim_add(b, &head, ja, en);
    for (size_t i = 0; i < sessions->count; i++) {
        claim_refs(b, c, &sessions->items[i]->refs);
        claim_because(b, c, sessions->items[i]->id);
    }
}

static void entry_public(building *b, const entry_sessions *sessions)
{
    const kk_access *a = b->facts->access;
    bool told[KK_SESSION_KINDS] = {false};
    for (size_t i = 0; i < a->entry_count; i++) {
        const kk_entry *e = &a->entries[i];
        if (told[e->kind])
            continue;
        told[e->kind] = true;
        claim_head head = {"entry_way", kk_cstr(kk_session_kind_names[e->kind]), KK_LEVEL_PUBLIC,
                           was_witnessed(a, e, &sessions[i]) ? KK_PROVEN : KK_SUPPORTED, KK_NONE};
        kk_claim *c = claim_add(
            b, &head,
            kk_print(b->arena,
                     "第三者が%s%sにより社内ネットワークへ不正にアクセスした記録を確認しました。",
                     e->account.len ? "当社のアカウントを使用し、" : "", ways[e->kind].ja),
            kk_print(b->arena, "Records show that a third party %s the internal network over %s.",
                     e->account.len ? "used an account of ours to enter" : "entered",
                     ways[e->kind].en));
        for (size_t k = 0; k < sessions[i].count; k++)
            claim_refs(b, c, &sessions[i].items[k]->refs);
    }
}

static void window(building *b)
{
    const kk_window *w = &b->facts->access->window;
    bool late = w->from_is == KK_NO_LATER_THAN;
    if (w->from == KK_NO_TIME) {
        claim_head head = {"window", KK_NONE, KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head, KK_S("侵入の時期は調査中です。"),
                  KK_S("When the intrusion took place is under investigation."));
        return;
    }
    kk_slice value = kk_print(b->arena, "{\"from\":%.*s,\"to\":%.*s}",
                              KK_P(json_time(b->arena, w->from)), KK_P(json_time(b->arena, w->to)));
    claim_head head = {"window", KK_NONE, KK_LEVEL_PUBLIC, KK_SUPPORTED, value};
    kk_claim *c =
        claim_add(b, &head,
                  kk_print(b->arena, "不正アクセスが確認された期間は、%s%.*sから%.*sまでです。",
                           late ? "遅くとも" : "", KK_P(local_time_text(b, w->from)),
                           KK_P(local_time_text(b, w->to))),
                  kk_print(b->arena, "Unauthorised access was found from %s%.*s to %.*s.",
                           late ? "no later than " : "", KK_P(local_time_text(b, w->from)),
                           KK_P(local_time_text(b, w->to))));
    for (size_t i = 0; i < b->facts->access->session_count; i++)
        if (b->facts->access->sessions[i].suspicious == KK_TRUE)
            claim_refs(b, c, &b->facts->access->sessions[i].refs);
}

/* It counts the claims of a kind: each of them, with its lines, is its ground. The pointer moves when
 * claims are added, not here. */
static void because_of_kind(building *b, kk_claim *claim, const char *kind)
{
    for (size_t i = 0; i < b->out->count; i++) {
        const kk_claim *one = &b->out->items[i];
        if (strcmp(one->kind, kind) != 0)
            continue;
        claim_because(b, claim, one->id);
        claim_refs(b, claim, &one->refs);
    }
}

static bool host_was_witnessed(const kk_access *a, kk_slice host)
{
    for (size_t i = 0; i < a->session_count; i++) {
        const kk_session *s = &a->sessions[i];
        if (s->suspicious == KK_TRUE && kk_eq_nocase(s->host, host) && s->kind != KK_BY_VPN &&
            kk_witness_proves(kk_witness_of_session(a, s)))
            return true;
    }
    return false;
}

static void hosts(building *b)
{
    const kk_access *a = b->facts->access;
    uint64_t machines = 0, encrypted = 0;
    for (size_t i = 0; i < a->host_count; i++) {
        const kk_intruded_host *h = &a->hosts[i];
        bool device = h->role && strcmp(h->role, "vpn") == 0;
        machines += !device;
        encrypted += h->encrypted == KK_TRUE;
        claim_head head = {"host_entered", h->name, KK_LEVEL_INTERNAL,
                           host_was_witnessed(a, h->name) ? KK_PROVEN : KK_SUPPORTED, KK_NONE};
        kk_claim *c = claim_add(
            b, &head,
            kk_print(b->arena, "機器「%.*s」で侵入者の活動を確認しました(%.*sから%.*sまで)。",
                     KK_P(h->name), KK_P(local_time_text(b, h->first)),
                     KK_P(local_time_text(b, h->last))),
            kk_print(b->arena, "On the machine \"%.*s\" the intruder was active from %.*s to %.*s.",
                     KK_P(h->name), KK_P(local_time_text(b, h->first)),
                     KK_P(local_time_text(b, h->last))));
        for (size_t k = 0; k < a->session_count; k++)
            if (a->sessions[k].suspicious == KK_TRUE && kk_eq_nocase(a->sessions[k].host, h->name))
                claim_refs(b, c, &a->sessions[k].refs);
        if (h->encrypted != KK_TRUE)
            continue;
        head = (claim_head){"host_encrypted", h->name, KK_LEVEL_INTERNAL, KK_SUPPORTED,
                            json_number(b->arena, h->encrypted_files)};
        c = claim_add(
            b, &head,
            kk_print(b->arena,
                     "機器「%.*s」で%.*s個のファイルが暗号化されました(%.*sから%.*sまで)。",
                     KK_P(h->name), KK_P(kk_number_text(b->arena, h->encrypted_files)),
                     KK_P(local_time_text(b, h->encrypted_first)),
                     KK_P(local_time_text(b, h->encrypted_last))),
            kk_print(b->arena,
                     "On the machine \"%.*s\" %.*s files were encrypted from %.*s to %.*s.",
                     KK_P(h->name), KK_P(kk_number_text(b->arena, h->encrypted_files)),
                     KK_P(local_time_text(b, h->encrypted_first)),
                     KK_P(local_time_text(b, h->encrypted_last))));
        claim_refs(b, c, &h->encrypted_refs);
    }
    if (machines) {
        claim_head head = {"hosts_entered", KK_NONE, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                           json_number(b->arena, machines)};
        kk_claim *c =
            claim_add(b, &head,
                      kk_print(b->arena, "当社の機器%.*s台に不正なアクセスがありました。",
                               KK_P(kk_number_text(b->arena, machines))),
                      kk_print(b->arena, "%.*s of our machines were accessed without authority.",
                               KK_P(kk_number_text(b->arena, machines))));
        because_of_kind(b, c, "host_entered");
    }
    if (encrypted) {
        claim_head head = {"hosts_encrypted", KK_NONE, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                           json_number(b->arena, encrypted)};
        kk_claim *c = claim_add(
            b, &head,
            kk_print(b->arena, "当社の機器%.*s台でデータが暗号化されたことを確認しました。",
                     KK_P(kk_number_text(b->arena, encrypted))),
            kk_print(b->arena, "Data were found encrypted on %.*s of our machines.",
                     KK_P(kk_number_text(b->arena, encrypted))));
        because_of_kind(b, c, "host_encrypted");
    }
}

void claims_of_access(building *b)
{
    const kk_access *a = b->facts->access;
    if (!a->entry_count) {
        claim_head head = {"entry_way", KK_NONE, KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head, KK_S("侵入の経路は調査中です。"),
                  KK_S("How they got in is under investigation."));
    }
    const entry_sessions *sessions = sessions_by_entry(b);
    entry_public(b, sessions);
    for (size_t i = 0; i < a->entry_count; i++)
        entry(b, &a->entries[i], &sessions[i]);
    window(b);
    hosts(b);
}
