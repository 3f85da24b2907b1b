/* The five questions: what is answered, what is open, and what would settle it. */
#include "claim/claim.h"

typedef struct {
    kk_json *j;
    const kk_claims *claims;
} asking;

typedef enum { ANSWERED, PARTLY, OPEN } answered;

static void question(asking *a, const char *id, answered state, const kk_claim *answer,
                     const char *const *kinds, const kk_slice *settled_ja,
                     const kk_slice *settled_en, size_t settled)
{
    static const char *const states[] = {"answered", "partly", "open"};
    kk_json_object(a->j, NULL);
    kk_json_cstr(a->j, "id", id);
    kk_json_cstr(a->j, "state", states[state]);
    if (answer)
        kk_json_both(a->j, "answer", answer->ja, answer->en);
    else
        kk_json_both(a->j, "answer", KK_S("調査中です。"), KK_S("Under investigation."));
    kk_json_array(a->j, "because");
    for (size_t i = 0; i < a->claims->count; i++)
        for (size_t k = 0; kinds[k]; k++)
            if (strcmp(a->claims->items[i].kind, kinds[k]) == 0)
                kk_json_text(a->j, NULL, a->claims->items[i].id);
    kk_json_close(a->j);
    kk_json_array(a->j, "settled_by");
    for (size_t i = 0; i < settled && state != ANSWERED; i++)
        kk_json_both(a->j, NULL, settled_ja[i], settled_en[i]);
    kk_json_close(a->j);
    kk_json_close(a->j);
}

static void ask_in(asking *a, const kk_known_facts *f)
{
    static const char *const kinds[] = {"entry_way", "entry", "window", NULL};
    const kk_slice ja[] = {KK_S("VPN装置・ファイアウォールの接続記録、認証の記録")};
    const kk_slice en[] = {KK_S("connection logs of the VPN device and firewall, logon records")};
    bool early = f->access->window.from_is == KK_FIRST_SEEN;
    question(a, "in",
             !f->access->entry_count ? OPEN
             : early                 ? ANSWERED
                                     : PARTLY,
             kk_claim_of(a->claims, "entry_way", KK_NONE), kinds, ja, en, 1);
}

/* The record that most rules missed on a machine of the evidence; false where none did. */
static bool most_wanted_log(const kk_known_facts *f, kk_slice *ja, kk_slice *en)
{
    const kk_rule_reach *reach = f->exfil->rules;
    for (size_t i = 0; reach && i < reach->need_count; i++)
        if (reach->needs[i].host_count) {
            *ja = reach->needs[i].ja;
            *en = reach->needs[i].en;
            return true;
        }
    return false;
}

static void ask_did(asking *a, const kk_known_facts *f)
{
    static const char *const kinds[] = {"hosts_entered",  "host_entered", "hosts_encrypted",
                                        "host_encrypted", "act",          NULL};
    kk_slice ja[2] = {KK_S("侵入を受けた各機器のイベントログとディスクの複製")};
    kk_slice en[2] = {KK_S("event logs and disk images of each machine that was entered")};
    size_t settled = 1 + most_wanted_log(f, &ja[1], &en[1]);
    bool all = f->access->host_count > 0;
    for (size_t i = 0; i < f->access->host_count; i++)
        all = all && (f->access->hosts[i].examined || f->access->hosts[i].role);
    question(a, "did",
             !f->access->host_count ? OPEN
             : all                  ? ANSWERED
                                    : PARTLY,
             kk_claim_of(a->claims, "hosts_entered", KK_NONE), kinds, ja, en, settled);
}

static void ask_left(asking *a, const kk_known_facts *f)
{
    static const char *const kinds[] = {"verdict", "limb", "bytes_out", "unseen", "coverage", NULL};
    const kk_slice ja[] = {
        KK_S("対象期間のファイアウォールの通信記録(セッション終了時の送受信量を含むもの)"),
        KK_S("回線の通信量の記録(SNMP、事業者のグラフ等)")};
    const kk_slice en[] = {KK_S("firewall session logs with byte counts for the whole period"),
                           KK_S("traffic graphs of the internet line (SNMP, provider)")};
    const kk_slice sent_ja[] = {
        KK_S("送信されたデータの内容が分かるもの("
             "圧縮ファイルとそのパスワード、送信元に残る写し、公開されたファイル)")};
    const kk_slice sent_en[] = {
        KK_S("what tells the content of what was sent: the archives and their passwords, copies "
             "left where they were made, files that were published")};
    bool only_content = f->exfil->host_hours > 0 && f->exfil->covered == f->exfil->host_hours &&
                        !f->persons->complete;
    kk_verdict v = f->exfil->verdict;
    answered state = v == KK_INDETERMINATE                     ? OPEN
                     : v == KK_TRACES || !f->persons->complete ? PARTLY
                                                               : ANSWERED;
    question(a, "left", state, kk_claim_of(a->claims, "verdict", KK_NONE), kinds,
             only_content ? sent_ja : ja, only_content ? sent_en : en, only_content ? 1 : 2);
}

static void ask_whose(asking *a, const kk_known_facts *f)
{
    static const char *const kinds[] = {"persons",
                                        "persons_left",
                                        "persons_reachable",
                                        "category_left",
                                        "category_reachable",
                                        "period",
                                        "unread",
                                        "absent",
                                        "incomplete",
                                        NULL};
    const kk_slice ja[] = {
        KK_S("読み取れていないファイルのパスワード、または同じ内容の復元データ")};
    const kk_slice en[] = {
        KK_S("passwords of the files that could not be read, or restored copies of them")};
    const kk_slice none_ja[] = {KK_S("個人データを保存していた機器やデータベースの保全データ")};
    const kk_slice none_en[] = {
        KK_S("evidence of the machines and databases that held personal data")};
    const kk_persons *p = f->persons;
    const kk_claim *answer = kk_claim_of(a->claims, "persons_left", KK_NONE);
    if (!answer)
        answer = kk_claim_of(a->claims, "persons_reachable", KK_NONE);
    if (!answer)
        answer = kk_claim_of(a->claims, "persons", KK_NONE);
    const kk_slice sent_ja[] = {KK_S(
        "送信されたデータの内容が分かるもの(圧縮ファイルとそのパスワード、公開されたファイル)")};
    const kk_slice sent_en[] = {KK_S("what tells the content of what was sent: the archives and "
                                     "their passwords, files that were published")};
    bool whole = p->complete && p->reachable.bounded;
    bool sent = p->reachable.bounded && !p->complete;
    question(a, "whose",
             !p->records || !p->reachable.most ? OPEN
             : whole                           ? ANSWERED
                                               : PARTLY,
             answer, kinds,
             !p->records ? none_ja
             : sent      ? sent_ja
                         : ja,
             !p->records ? none_en
             : sent      ? sent_en
                         : en,
             1);
}

static void ask_told(asking *a, const kk_known_facts *f)
{
    static const char *const kinds[] = {"known", "reported", "notified", "published", NULL};
    const kk_slice ja[] = {KK_S("case.yaml の known または discovered: いつ、誰が事態を知ったか")};
    const kk_slice en[] = {
        KK_S("`known` or `discovered` in case.yaml: who came to know it, and when")};
    const kk_claim *answer = kk_claim_of(a->claims, "reported", KK_NONE);
    if (!answer)
        answer = kk_claim_of(a->claims, "known", KK_NONE);
    question(a, "told", f->settings->known.count ? PARTLY : OPEN, answer, kinds, ja, en,
             f->settings->known.count ? 0 : 1);
}

void kk_status_json(kk_json *j, const kk_known_facts *facts, const kk_claims *claims,
                    kk_arena *arena)
{
    asking a = {j, claims};
    (void)arena;
    kk_json_array(j, "questions");
    ask_in(&a, facts);
    ask_did(&a, facts);
    ask_left(&a, facts);
    ask_whose(&a, facts);
    ask_told(&a, facts);
    kk_json_close(j);
}
