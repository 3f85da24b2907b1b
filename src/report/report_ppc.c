/* The report to the regulator: who reports, then the nine items of rule 8(1) in their order, each
 * with what is known. What is not known says so. */
#include "report/report_i.h"

static void field(building_report *b, const char *ja, const char *en, kk_slice value)
{
    kk_doc_field(b->d, kk_cstr(b->d->japanese ? ja : en));
    kk_doc_say(b->d, value.len ? value : KK_TOLD(b->d, "(未記入)", "(to be filled in)"));
}

/* A field whose value says 調査中 where nothing filled it. */
static void open_field(building_report *b, const char *ja, const char *en)
{
    kk_doc_field(b->d, kk_cstr(b->d->japanese ? ja : en));
}

static void close_field(building_report *b)
{
    if (kk_doc_open_is_empty(b->d))
        say_open(b);
}

static void paragraph_of(building_report *b, const char *const *kinds)
{
    kk_doc_paragraph(b->d);
    for (; *kinds; kinds++)
        cite_all(b, *kinds);
    if (kk_doc_open_is_empty(b->d))
        say_open(b);
}

static const kk_reported *last_reported(const building_report *b)
{
    const kk_reported *last = NULL;
    for (size_t i = 0; i < b->settings->reported.count; i++) {
        const kk_reported *r = &b->settings->reported.items[i];
        bool here = !r->to.len || kk_is(r->to, "ppc") || kk_is(r->to, "jp-ppc");
        if (here && (!last || r->at.time > last->at.time))
            last = r;
    }
    return last;
}

static void reporter(building_report *b, bool final)
{
    const kk_organisation *o = &b->settings->organisation;
    const kk_reported *before = last_reported(b);
    kk_doc_unnumbered(b->d, KK_TOLD(b->d, "報告者", "Who reports"));
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    field(b, "報告の種別", "Kind of report",
          final ? KK_TOLD(b->d, "確報", "Final report")
                : KK_TOLD(b->d, "速報", "Preliminary report"));
    field(b, "新規・続報の別", "New or continued",
          before ? KK_TOLD(b->d, "続報", "Continued") : KK_TOLD(b->d, "新規", "New"));
    if (before)
        field(b, "前回の報告", "Earlier report",
              kk_print(b->arena, "%.*s %.*s%s%.*s", KK_P(moment_words(b, &before->at)),
                       KK_P(report_kind_words(b, before->kind)),
                       before->receipt.len ? (b->d->japanese ? " 受付番号 " : " receipt ") : "",
                       KK_P(before->receipt)));
    field(b, "報告書の作成日時", "Made at", time_words(b, b->facts->now));
    field(b, "事業者の名称", "Organisation", o->name);
    field(b, "法人番号", "Corporate number", o->corporate_number);
    field(b, "住所", "Address", o->address);
    field(b, "代表者", "Representative", o->representative);
    field(b, "業種", "Trade", o->trade);
    field(b, "担当者", "Contact", o->contact.name);
    field(b, "電話番号", "Telephone", o->contact.tel);
    field(b, "メールアドレス", "E-mail", o->contact.mail);
}

/* Whether something left, may have, or was damaged: what kind of event it is in law. */
static void kind_of_event(building_report *b)
{
    const kk_claim *verdict = kk_claim_of(b->in->claims, "verdict", KK_NONE);
    const kk_claim *encrypted = kk_claim_of(b->in->claims, "hosts_encrypted", KK_NONE);
    open_field(b, "事態の種別", "Kind of event");
    if (verdict && may_tell(b, verdict)) {
        bool left = kk_is(verdict->value, "\"confirmed\"");
        cite_bare(b, verdict,
                  left ? KK_TOLD(b->d, "漏えい", "Leak")
                       : KK_TOLD(b->d, "漏えいのおそれ", "Possible leak"));
    }
    if (encrypted && may_tell(b, encrypted)) {
        kk_doc_say(b->d, KK_TOLD(b->d, "、", "; "));
        cite_bare(b, encrypted,
                  KK_TOLD(b->d, "毀損(データの暗号化)", "damage (data were encrypted)"));
    }
    close_field(b);
}

static void triggers(building_report *b)
{
    static const char *const ja[] = {"該当を示す事実は見当たっていません", "該当の可能性", "該当"};
    static const char *const en[] = {"nothing found that meets it", "possible", "met"};
    open_field(b, "規則7条の該当する号", "Which number of rule 7");
    for (size_t i = 0; b->in->deadlines && i < KK_TRIGGERS; i++) {
        const kk_trigger *t = &b->in->deadlines->triggers[i];
        if (t->status == KK_TRIGGER_NOT_FOUND || !t->id)
            continue;
        if (!kk_doc_open_is_empty(b->d))
            kk_doc_say(b->d, KK_TOLD(b->d, "。", "."));
        kk_doc_say(b->d,
                   kk_print(b->arena, "%s %.*s: %s(%.*s)", t->id, KK_P(words_of(b, &t->title)),
                            b->d->japanese ? ja[t->status] : en[t->status],
                            KK_P(words_of(b, &t->reason))));
    }
    close_field(b);
}

static void parties(building_report *b)
{
    open_field(b, "委託元・委託先", "Clients and processors");
    for (size_t i = 0; i < b->settings->parties.count; i++) {
        const kk_party *p = &b->settings->parties.items[i];
        bool client = p->role == KK_PARTY_CLIENT;
        if (!client && p->role != KK_PARTY_PROCESSOR)
            continue;
        if (!kk_doc_open_is_empty(b->d))
            kk_doc_say(b->d, KK_TOLD(b->d, "、", ", "));
        kk_doc_say(b->d, kk_print(b->arena, "%.*s(%s)", KK_P(p->name.len ? p->name : p->id),
                                  b->d->japanese ? (client ? "委託元" : "委託先")
                                                 : (client ? "client" : "processor")));
    }
    if (kk_doc_open_is_empty(b->d))
        kk_doc_say(b->d, KK_TOLD(b->d, "委託の有無は調査中です(記載はありません)。",
                                 "Under investigation (none is stated)."));
}

static void overview(building_report *b)
{
    static const char *const happened[] = {"entry_way", "hosts_entered", "hosts_encrypted",
                                           "verdict",   "limb",          NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "概要", "Overview"));
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    open_field(b, "発生日時", "When it happened");
    cite_all(b, "window");
    close_field(b);
    open_field(b, "発覚日時", "When it was found");
    cite_all(b, "known");
    close_field(b);
    kind_of_event(b);
    triggers(b);
    parties(b);
    paragraph_of(b, happened);
    list_all(b, "finding");
    kk_doc_subheading(b->d, KK_TOLD(b->d, "経緯", "Course of events"));
    put_chronology(b);
}

static void items(building_report *b)
{
    const kk_claim *found = kk_claim_of(b->in->claims, "category_left", KK_NONE);
    if (!found)
        found = kk_claim_of(b->in->claims, "category_reachable", KK_NONE);
    kk_doc_heading(b->d, KK_TOLD(b->d, "漏えい等が発生し、又は発生したおそれがある個人データの項目",
                                 "Items of the personal data concerned"));
    if (!found) {
        kk_doc_paragraph(b->d);
        say_open(b);
    } else {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "媒体: 電子データ。", "Medium: electronic data."));
        put_categories(b, true);
        kk_doc_paragraph(b->d);
        cite_all(b, "period");
    }
    put_not_found(b);
}

/* Card data decide what else is to be told: how many, looked for and not found, or not known. */
static void cards(building_report *b)
{
    const kk_persons *p = b->facts->persons;
    const uint64_t card = KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_CARD_NUMBER);
    size_t at = 0;
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    open_field(b, "うちクレジットカード情報を含む方", "Of these with credit card data");
    for (size_t i = 0; i < p->category_count; i++)
        for (size_t k = 0; k < p->categories[i].item_count; k++) {
            const kk_item_count *n = &p->categories[i].items[k];
            bool left = n->left > 0;
            if (!(card & KK_BIT(n->item)) || !n->reachable)
                continue;
            const kk_claim *c =
                kk_claim_of(b->in->claims, left ? "category_left" : "category_reachable",
                            p->categories[i].name);
            kk_slice words =
                kk_print(b->arena, b->d->japanese ? "%.*s: %s %.*s名。" : "%.*s: %s %.*s.",
                         KK_P(category_label(b, p->categories[i].name)),
                         b->d->japanese ? kk_items[n->item].ja : kk_items[n->item].en,
                         KK_P(kk_number_text(b->arena, left ? n->left : n->reachable)));
            if (c && p->reachable.bounded)
                cite_bare(b, c, words);
            else
                kk_doc_say(b->d,
                           KK_TOLD(b->d, "クレジットカード情報が含まれます。人数は調査中です。",
                                   "Card data are among them; how many is under investigation."));
        }
    for (const kk_claim *c; kk_doc_open_is_empty(b->d) && (c = next_claim(b, "absent", &at));)
        if (kk_is(c->subject, "credit_card") || kk_is(c->subject, "card_number"))
            cite(b, c);
    close_field(b);
}

static void persons(building_report *b)
{
    static const char *const kinds[] = {"persons_left", "persons_reachable", "persons",
                                        "incomplete", NULL};
    kk_doc_heading(
        b->d, KK_TOLD(b->d, "漏えい等が発生し、又は発生したおそれがある個人データに係る本人の数",
                      "Number of persons concerned"));
    paragraph_of(b, kinds);
    put_categories(b, false);
    cards(b);
}

static void differences(building_report *b)
{
    if (!has_reported_counts(b))
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "前回までに報告した件数との対照",
                                    "Beside the numbers reported before"));
    put_differences(b);
}

static void cause(building_report *b)
{
    static const char *const kinds[] = {"entry_way", "entry", NULL};
    bool intruded = b->facts->access->window.from != KK_NO_TIME;
    kk_doc_heading(b->d, KK_TOLD(b->d, "原因", "Cause"));
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    open_field(b, "原因の種別", "Kind of cause");
    if (intruded) {
        const kk_claim *window = kk_claim_of(b->in->claims, "window", KK_NONE);
        if (window)
            cite_bare(b, window, KK_TOLD(b->d, "不正アクセス", "Unauthorised access"));
    }
    close_field(b);
    open_field(b, "経路と詳細", "Way in, and details");
    for (const char *const *kind = kinds; *kind; kind++)
        cite_all(b, *kind);
    close_field(b);
    open_field(b, "悪用された脆弱性", "Weakness that was used");
    close_field(b);
}

static void harm(building_report *b)
{
    static const char *const kinds[] = {"harm", "harm_checked", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "二次被害又はそのおそれの有無及びその内容",
                                 "Further harm, or the possibility of it"));
    paragraph_of(b, kinds);
    list_all(b, "observation");
}

static void to_persons(building_report *b)
{
    static const kk_column_words columns[] = {{"対象", "Who", false},
                                              {"方法", "Means", false},
                                              {"時期", "When", false},
                                              {"通知数", "Sent", true},
                                              {"不着", "Returned", true}};
    const kk_case_settings *s = b->settings;
    kk_doc_heading(b->d, KK_TOLD(b->d, "本人への対応の実施状況", "What was done for the persons"));
    if (!s->notified.count) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d,
                   KK_TOLD(b->d, "実施した通知の記載はまだありません。対象となる方は調査中です。",
                           "No notification is stated yet; who is to be told is under "
                           "investigation."));
        return;
    }
    kk_doc_table(b->d, KK_TOLD(b->d, "申告による", "As stated"), columns, 5);
    for (size_t i = 0; i < s->notified.count; i++) {
        const kk_notified *n = &s->notified.items[i];
        const kk_moment *at = kk_moment_given(&n->from) ? &n->from : &n->sent_at;
        kk_doc_cell_text(b->d, n->category.len ? category_label(b, n->category)
                                               : party_words(b, n->party));
        kk_doc_cell_text(b->d, n->means);
        kk_doc_cell_text(b->d, moment_words(b, at));
        kk_doc_cell_text(b->d, n->sent.given ? kk_number_text(b->arena, n->sent.value) : KK_S("-"));
        kk_doc_cell_text(b->d, n->returned.given ? kk_number_text(b->arena, n->returned.value)
                                                 : KK_S("-"));
    }
}

static void publication(building_report *b)
{
    const kk_case_settings *s = b->settings;
    kk_doc_heading(b->d, KK_TOLD(b->d, "公表の実施状況", "Publication"));
    if (!s->published.count) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d,
                                 "公表の記載はまだありません。公表の時期と方法は、調査中の内容を踏"
                                 "まえて報告します。",
                                 "No publication is stated yet. When and how will be reported; the "
                                 "matter is under investigation."));
        return;
    }
    list_all(b, "published");
}

static void prevention(building_report *b)
{
    kk_doc_heading(b->d, KK_TOLD(b->d, "再発防止のための措置", "Measures against recurrence"));
    kk_doc_subheading(b->d, KK_TOLD(b->d, "実施した措置", "Taken"));
    size_t listed = list_all(b, "measure") + list_all(b, "measure_test");
    if (!listed) {
        kk_doc_paragraph(b->d);
        say_open(b);
    }
    kk_doc_subheading(b->d, KK_TOLD(b->d, "再発防止策", "Against recurrence"));
    if (!list_all(b, "prevention")) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "原因の調査中であり、まだ定まっていません。",
                                 "Not settled yet; the cause is under investigation."));
    }
}

static void next_report(building_report *b)
{
    const kk_deadlines *all = b->in->deadlines;
    for (size_t i = 0; all && i < all->items.count; i++) {
        const kk_deadline *item = &all->items.items[i];
        if (strcmp(item->what, "final") != 0 || !kk_eq(item->party, KK_SELF))
            continue;
        open_field(b, "確報の期限", "Final report due");
        if (item->due == KK_NO_DUE)
            say_open(b);
        else
            kk_doc_say(b->d, kk_day_text(b->arena, item->due));
        kk_doc_say(b->d, kk_print(b->arena, "(%.*s)", KK_P(words_of(b, &item->basis))));
        return;
    }
}

static void reported_elsewhere(building_report *b)
{
    size_t at = 0;
    open_field(b, "他の機関等への報告", "Reported to others");
    for (const kk_claim *c; (c = next_claim(b, "reported", &at));)
        if (!kk_is(c->subject, "ppc") && c->subject.len)
            cite(b, c);
    if (kk_doc_open_is_empty(b->d))
        kk_doc_say(b->d, KK_TOLD(b->d, "(記載はありません)", "(none is stated)"));
}

static void remarks(building_report *b, bool final)
{
    static const char *const kinds[] = {"coverage", "unseen", "bytes_out", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "その他参考となる事項", "Other matters"));
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    reported_elsewhere(b);
    if (!final)
        next_report(b);
    open_field(b, "記録の残存状況", "How far records reach");
    for (const char *const *kind = kinds; *kind; kind++)
        cite_all(b, *kind);
    close_field(b);
    open_field(b, "本人からの問い合わせ窓口", "Enquiry desk");
    kk_slice desk = words_of(b, &b->settings->desk.name),
             hours = words_of(b, &b->settings->desk.hours);
    kk_doc_say(b->d, desk.len ? kk_print(b->arena, "%.*s %.*s %.*s", KK_P(desk),
                                         KK_P(b->settings->desk.tel), KK_P(hours))
                              : KK_TOLD(b->d, "(未記入)", "(to be filled in)"));
}

void ppc_build(building_report *b, bool final)
{
    b->d->title = final ? KK_TOLD(b->d, "個人データの漏えい等に関する報告書(確報)",
                                  "Report on a breach of personal data (final)")
                        : KK_TOLD(b->d, "個人データの漏えい等に関する報告書(速報)",
                                  "Report on a breach of personal data (preliminary)");
    b->d->subtitle = kk_print(b->arena, "%.*s\n%.*s", KK_P(time_words(b, b->facts->now)),
                              KK_P(b->settings->organisation.name));
    kk_doc_paragraph(b->d);
    kk_doc_say(
        b->d,
        KK_TOLD(b->d,
                "個人情報の保護に関する法律施行規則8条1項の各事項について、報告をしようとする"
                "時点で把握している内容です。証拠により証明されていない事項には、その旨を添え"
                "ています。「記録による」は、侵入者が改変し得た機器の記録に基づくことを示します。",
                "The matters of rule 8(1), as far as known when this is reported. What "
                "is not proven by evidence says so; \"by records\" means records of "
                "machines that the intruder could have altered."));
    reporter(b, final);
    overview(b);
    items(b);
    persons(b);
    if (final)
        differences(b);
    cause(b);
    harm(b);
    to_persons(b);
    publication(b);
    prevention(b);
    remarks(b, final);
}
