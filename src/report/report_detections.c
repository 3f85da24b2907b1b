/* What rules found, and what they could not look at: a part of the investigation report. */
#include "report/report_i.h"

enum { ROWS_MOST = 400, NEEDS_MOST = 40, HOSTS_TOLD = 6 };

static kk_slice level_words(const building_report *b, const kk_act *act)
{
    static const char *const ja[] = {"参考", "低", "中", "高", "重大"};
    static const char *const en[] = {"informational", "low", "medium", "high", "critical"};
    return kk_cstr(b->d->japanese ? ja[act->rank] : en[act->rank]);
}

static kk_slice witness_words(const building_report *b, const kk_act *act)
{
    if (act->finding.len)
        return KK_TOLD(b->d, "機器自身の記録と、通信の記録",
                       "the machine's own log and traffic records");
    switch (act->witness) {
    case KK_WITNESS_DEVICE:
        return KK_TOLD(b->d, "ネットワーク装置の記録", "a network device's log");
    case KK_WITNESS_FORWARDED:
        return KK_TOLD(b->d, "別の機器に転送されていた記録",
                       "records forwarded to another machine");
    default:
        return KK_TOLD(b->d, "機器自身の記録", "the machine's own log");
    }
}

static kk_slice joined(const building_report *b, const kk_slice *texts, size_t count, size_t most)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < count && i < most; i++)
        out = kk_join(b->arena, out,
                      i ? kk_join(b->arena, KK_TOLD(b->d, "、", ", "), texts[i]) : texts[i]);
    if (count <= most)
        return out;
    return kk_print(b->arena, b->d->japanese ? "%.*s ほか%zu" : "%.*s and %zu more", KK_P(out),
                    count - most);
}

static kk_slice rules_words(const building_report *b, const kk_act *act)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < act->rule_count; i++) {
        kk_slice title = b->d->japanese && act->rules_ja[i].len ? act->rules_ja[i] : act->rules[i];
        kk_slice one = b->d->japanese
                           ? kk_print(b->arena, "「%.*s」", KK_P(title))
                           : kk_print(b->arena, "%s\"%.*s\"", i ? ", " : "", KK_P(title));
        out = kk_join(b->arena, out, one);
    }
    return out;
}

static kk_slice decoded_words(const building_report *b, const kk_act *act)
{
    return kk_print(b->arena,
                    b->d->japanese ? "(うち%.*s件は符号化された内容を復号したもの)"
                                   : " (%.*s of them in content that was decoded)",
                    KK_P(kk_number_text(b->arena, act->decoded)));
}

static void act_row(building_report *b, const kk_act *act)
{
    const kk_claim *claim = kk_claim_of(b->in->claims, "act", kk_act_subject(b->arena, act));
    kk_slice what = kk_cstr(b->d->japanese ? act->kind->ja : act->kind->en);
    if (act->by_responder)
        what = kk_join(b->arena, what,
                       KK_TOLD(b->d, "(当社側の作業として申告済み)",
                               " (stated to be our own responders' work)"));
    if (act->decoded)
        what = kk_join(b->arena, what, decoded_words(b, act));
    kk_doc_cell_text(b->d, time_words(b, act->first));
    kk_doc_cell_text(b->d, act->last == act->first ? KK_S("-") : time_words(b, act->last));
    kk_doc_cell_text(b->d, act->host);
    kk_doc_cell(b->d);
    if (claim)
        cite_words(b, claim, what);
    else
        kk_doc_say(b->d, what);
    kk_doc_cell_text(b->d, rules_words(b, act));
    kk_doc_cell_text(b->d, level_words(b, act));
    kk_doc_cell_text(b->d, kk_number_text(b->arena, act->detections));
    kk_doc_cell_text(b->d, witness_words(b, act));
}

static void acts(building_report *b, const kk_acts *all)
{
    static const kk_column_words columns[] = {
        {"最初", "First", false},         {"最後", "Last", false},
        {"機器", "Machine", false},       {"示す内容", "Points to", false},
        {"該当した規則", "Rules", false}, {"重さ", "Level", false},
        {"件数", "Count", true},          {"記録", "Records", false}};
    kk_doc_subheading(b->d, KK_TOLD(b->d, "規則により見つかった行為", "Acts that rules found"));
    kk_doc_table(b->d, KK_NONE, columns, 8);
    for (size_t i = 0; i < all->count && i < ROWS_MOST; i++)
        act_row(b, &all->items[i]);
    kk_doc_note(b->d);
    kk_doc_say(
        b->d,
        KK_TOLD(b->d,
                "規則は記録の形に当てはまることを示すもので、行為者や目的を示すものではありませ"
                "ん。管理作業でも該当することがあります。",
                "A rule says that a record has a certain form, not who acted or why; work of "
                "administrators can fit it too."));
}

/* ---- tactics over time ---- */

static kk_slice tactic_words(const building_report *b, kk_slice tactic)
{
    static const struct {
        const char *tactic, *ja, *en;
    } words[] = {{"reconnaissance", "下調べ", "reconnaissance"},
                 {"resource-development", "準備", "resource development"},
                 {"initial-access", "侵入", "getting in"},
                 {"execution", "プログラムの実行", "running programs"},
                 {"persistence", "居座るための仕掛け", "staying in"},
                 {"privilege-escalation", "権限の昇格", "raising rights"},
                 {"defense-evasion", "発覚の回避", "hiding"},
                 {"stealth", "発覚の回避", "hiding"},
                 {"defense-impairment", "防御・記録の妨害", "impairing defences and logs"},
                 {"credential-access", "認証情報の取得", "taking credentials"},
                 {"discovery", "内部の調査", "looking around"},
                 {"lateral-movement", "他の機器への展開", "moving to other machines"},
                 {"collection", "データの収集", "gathering data"},
                 {"command-and-control", "外部からの遠隔操作", "control from outside"},
                 {"exfiltration", "データの持ち出し", "taking data out"},
                 {"impact", "破壊・暗号化など", "damage"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(tactic, words[i].tactic))
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return tactic;
}

/* One row for a machine and a day; returns where the next begins. */
static size_t tactic_row(building_report *b, const kk_acts *all, size_t at)
{
    const kk_tactic_day *first = &all->tactics[at];
    kk_slice out = KK_NONE;
    kk_doc_cell_text(b->d, first->host);
    kk_doc_cell_text(b->d, first->day);
    for (; at < all->tactic_count && kk_eq(all->tactics[at].host, first->host) &&
           kk_eq(all->tactics[at].day, first->day);
         at++)
        out = kk_print(b->arena, "%.*s%s%.*s %.*s", KK_P(out),
                       !out.len         ? ""
                       : b->d->japanese ? "、"
                                        : ", ",
                       KK_P(tactic_words(b, all->tactics[at].tactic)),
                       KK_P(kk_number_text(b->arena, all->tactics[at].detections)));
    kk_doc_cell_text(b->d, out);
    return at;
}

static void tactics(building_report *b, const kk_acts *all)
{
    static const kk_column_words columns[] = {
        {"機器", "Machine", false},
        {"日", "Day", false},
        {"段階と該当した件数", "Stage, with detections", false}};
    if (!all->tactic_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "機器ごとの日々の動き", "Day by day on each machine"));
    kk_doc_table(b->d, KK_NONE, columns, 3);
    for (size_t i = 0, rows = 0; i < all->tactic_count && rows < ROWS_MOST; rows++)
        i = tactic_row(b, all, i);
}

/* ---- what could not be looked at ---- */

static kk_slice reason_words(const building_report *b, kk_log_reach reason)
{
    switch (reason) {
    case KK_LOG_ABSENT:
        return KK_TOLD(b->d, "この記録がない", "there is no such record");
    case KK_LOG_NEVER_LOGGED:
        return KK_TOLD(b->d, "一件も記録されていない(記録する設定でなかったとみられる)",
                       "nothing of the kind was written (probably not set to be recorded)");
    default:
        return KK_TOLD(b->d, "残っている記録が対象の期間に及ばない",
                       "what remains does not reach into the time in question");
    }
}

static void need_row(building_report *b, const kk_rule_need *need)
{
    kk_doc_cell_text(b->d, b->d->japanese ? need->ja : need->en);
    kk_doc_cell_text(b->d, reason_words(b, need->reason));
    kk_doc_cell_text(b->d, need->host_count
                               ? joined(b, need->hosts, need->host_count, HOSTS_TOLD)
                               : KK_TOLD(b->d, "証拠にこの種の機器がない",
                                         "no machine of that kind is in the evidence"));
    kk_doc_cell_text(b->d, kk_number_text(b->arena, need->rules));
}

static void needs(building_report *b, const kk_rule_reach *reach)
{
    static const kk_column_words columns[] = {
        {"あれば調べられる記録", "Record that would let them run", false},
        {"ない理由", "Why it is missing", false},
        {"機器", "Machines", false},
        {"規則の数", "Rules", true}};
    if (!reach || !reach->need_count)
        return;
    kk_doc_subheading(
        b->d, KK_TOLD(b->d, "記録がなく調べられなかったこと", "What no record let rules look at"));
    kk_doc_paragraph(b->d);
    cite_all(b, "rules");
    kk_doc_table(b->d, KK_NONE, columns, 4);
    for (size_t i = 0; i < reach->need_count && i < NEEDS_MOST; i++)
        need_row(b, &reach->needs[i]);
    kk_doc_note(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d, "規則ごとの一覧は `kakuho detections --unused` で見られます。",
                             "`kakuho detections --unused` lists each rule."));
}

void put_detections(building_report *b)
{
    const kk_acts *all = b->facts->acts;
    if (all && all->count)
        acts(b, all);
    if (all)
        tactics(b, all);
    needs(b, b->facts->exfil->rules);
}
