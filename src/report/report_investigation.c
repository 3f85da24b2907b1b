/* The investigation report: the five questions with everything they rest on, for those inside. */
#include "base/json_read.h"
#include "report/report_i.h"

enum { ROWS_MOST = 400 }; /* of one table: beyond, the commands list the rest */

static void say_left_out(building_report *b, size_t count, const char *command)
{
    if (count <= ROWS_MOST)
        return;
    kk_doc_note(b->d);
    kk_doc_say(b->d, kk_print(b->arena,
                              b->d->japanese ? "ほか%zu件は `kakuho %s` で一覧できます。"
                                             : "%zu more: `kakuho %s` lists them.",
                              count - ROWS_MOST, command));
}

static kk_slice or_dash(kk_slice text)
{
    return text.len ? text : KK_S("-");
}

static kk_slice yes_no(const building_report *b, kk_tri value)
{
    return value == KK_TRUE    ? KK_TOLD(b->d, "はい", "yes")
           : value == KK_FALSE ? KK_TOLD(b->d, "いいえ", "no")
                               : KK_TOLD(b->d, "未確認", "not examined");
}

/* ---- the five questions at a glance ---- */

static const kk_claim *claim_by_text(const building_report *b, kk_slice text)
{
    for (size_t i = 0; text.len && i < b->in->claims->count; i++)
        if (kk_eq(claim_text(b, &b->in->claims->items[i]), text))
            return &b->in->claims->items[i];
    return NULL;
}

static kk_slice question_words(const building_report *b, kk_slice id)
{
    static const struct {
        const char *id, *ja, *en;
    } words[] = {{"in", "侵入: どこから、いつ", "In: how, and when"},
                 {"did", "行為: どの機器で、何を", "Did: which machines, what"},
                 {"left", "流出: データは外へ出たか", "Left: did data leave"},
                 {"whose", "本人: 誰の、何人の、どの項目か", "Whose: who, how many, which items"},
                 {"told", "報告: 誰に、いつまでに", "Told: whom, by when"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(id, words[i].id))
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return id;
}

static kk_slice state_words(const building_report *b, kk_slice state)
{
    return kk_is(state, "answered") ? KK_TOLD(b->d, "回答済み", "answered")
           : kk_is(state, "partly") ? KK_TOLD(b->d, "一部回答", "partly")
                                    : KK_TOLD(b->d, "調査中", "open");
}

static void question_row(building_report *b, const kk_json_value *q)
{
    const char *lang = b->d->japanese ? "ja" : "en";
    kk_slice answer = kk_json_member(kk_json_get(q, "answer"), lang);
    const kk_claim *claim = claim_by_text(b, answer);
    const kk_json_value *settled = kk_json_get(q, "settled_by");
    kk_doc_cell_text(b->d, question_words(b, kk_json_member(q, "id")));
    kk_doc_cell_text(b->d, state_words(b, kk_json_member(q, "state")));
    kk_doc_cell(b->d);
    if (claim)
        cite(b, claim);
    else
        kk_doc_say(b->d, answer);
    kk_doc_cell(b->d);
    for (const kk_json_value *v = settled ? settled->first : NULL; v; v = v->next) {
        kk_slice one = kk_json_member(v, lang);
        kk_doc_say(b->d, v->next ? kk_join(b->arena, one, KK_TOLD(b->d, "、", ";")) : one);
    }
}

static void questions(building_report *b)
{
    static const kk_column_words columns[] = {{"問い", "Question", false},
                                              {"状態", "State", false},
                                              {"答え", "Answer", false},
                                              {"未確定を解くもの", "What would settle it", false}};
    kk_buffer text = {0};
    kk_json j = {.out = &text};
    kk_json_object(&j, NULL);
    kk_status_json(&j, b->facts, b->in->claims, b->arena);
    kk_json_close(&j);
    const kk_json_value *all = kk_json_read(b->arena, kk_copy(b->arena, kk_buffer_slice(&text)));
    const kk_json_value *list = all ? kk_json_get(all, "questions") : NULL;
    kk_doc_unnumbered(b->d, KK_TOLD(b->d, "五つの問い", "The five questions"));
    kk_doc_table(b->d, KK_NONE, columns, 4);
    for (const kk_json_value *q = list ? list->first : NULL; q; q = q->next)
        question_row(b, q);
    kk_buffer_close(&text);
    kk_doc_note(b->d);
    kk_doc_say(
        b->d,
        KK_TOLD(
            b->d,
            "何も添えていない記述は、侵入者が改変できなかった装置の記録、またはハッシュ値の一致によ"
            "り証明された"
            "ものです。「記録による」は、侵入者が改変し得た機器の記録に基づくことを示します。",
            "What stands without a mark is proven: by a device the intruder did not control, or by "
            "matching hashes. \"By records\" means records of machines that the intruder could "
            "have "
            "altered."));
}

static void kinds_or_open(building_report *b, const char *const *kinds)
{
    size_t count = 0;
    kk_doc_paragraph(b->d);
    for (; *kinds; kinds++)
        count += cite_all(b, *kinds);
    if (!count)
        say_open(b);
}

/* ---- in ---- */

static kk_slice reasons_words(const building_report *b, const kk_reasons *reasons)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < reasons->count; i++) {
        kk_slice one = b->d->japanese ? reasons->items[i].ja : reasons->items[i].en;
        if (out.len)
            kk_put(&out, KK_S("; "));
        kk_put(&out, one);
    }
    kk_slice text = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void session_row(building_report *b, const kk_session *s)
{
    kk_doc_cell_text(b->d, kk_cstr(kk_session_kind_names[s->kind]));
    kk_doc_cell_text(b->d, or_dash(s->account));
    kk_doc_cell_text(b->d, or_dash(s->host));
    kk_doc_cell_text(b->d, kk_print(b->arena, "%.*s%s%.*s", KK_P(or_dash(s->from_ip)),
                                    s->country.len ? " " : "", KK_P(s->country)));
    kk_doc_cell_text(b->d, or_dash(time_words(b, s->start)));
    kk_doc_cell_text(b->d, or_dash(time_words(b, s->end)));
    kk_doc_cell_text(b->d, s->has_bytes ? bytes_words(b, s->bytes_out) : KK_S("-"));
    kk_doc_cell_text(b->d, or_dash(reasons_words(b, &s->reasons)));
}

static void sessions(building_report *b)
{
    static const kk_column_words columns[] = {{"種別", "Kind", false},
                                              {"アカウント", "Account", false},
                                              {"機器", "Machine", false},
                                              {"接続元", "From", false},
                                              {"開始", "Start", false},
                                              {"終了", "End", false},
                                              {"持ち出し方向の通信量", "Carried out", true},
                                              {"疑わしいとした理由", "Why suspicious", false}};
    const kk_access *a = b->facts->access;
    size_t count = 0;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "侵入者のものと判定したセッション",
                                    "Sessions held to be the intruder's"));
    for (size_t i = 0; i < a->session_count; i++) {
        if (a->sessions[i].suspicious != KK_TRUE)
            continue;
        if (!count)
            kk_doc_table(b->d, KK_NONE, columns, 8);
        if (count++ < ROWS_MOST)
            session_row(b, &a->sessions[i]);
    }
    say_left_out(b, count, "access");
    if (!count) {
        kk_doc_paragraph(b->d);
        kk_doc_say(
            b->d,
            KK_TOLD(b->d,
                    "見つかっていません。読んだ記録の範囲は、記録の残存状況の表のとおりです。",
                    "None found. How far the records reach is in the table of sources."));
    }
}

static void question_in(building_report *b)
{
    static const char *const kinds[] = {"entry_way", "window", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "侵入の経路と時期", "How and when they got in"));
    kinds_or_open(b, kinds);
    list_all(b, "entry");
    sessions(b);
}

/* ---- did ---- */

static void hosts(building_report *b)
{
    static const kk_column_words columns[] = {{"機器", "Machine", false},
                                              {"役割", "Role", false},
                                              {"最初", "First", false},
                                              {"最後", "Last", false},
                                              {"機器の証拠を読んだ", "Examined", false},
                                              {"暗号化", "Encrypted", false}};
    const kk_access *a = b->facts->access;
    if (!a->host_count)
        return;
    kk_doc_subheading(b->d,
                      KK_TOLD(b->d, "侵入者の活動があった機器", "Machines the intruder was on"));
    kk_doc_table(b->d, KK_NONE, columns, 6);
    for (size_t i = 0; i < a->host_count && i < ROWS_MOST; i++) {
        const kk_intruded_host *h = &a->hosts[i];
        kk_doc_cell_text(b->d, h->name);
        kk_doc_cell_text(b->d, or_dash(kk_cstr(h->role)));
        kk_doc_cell_text(b->d, or_dash(time_words(b, h->first)));
        kk_doc_cell_text(b->d, or_dash(time_words(b, h->last)));
        kk_doc_cell_text(b->d, yes_no(b, h->examined ? KK_TRUE : KK_FALSE));
        kk_doc_cell_text(b->d, yes_no(b, h->encrypted));
    }
    say_left_out(b, a->host_count, "access");
}

static void ways(building_report *b)
{
    static const kk_column_words columns[] = {
        {"元", "From", false},   {"先", "To", false},      {"アカウント", "Account", false},
        {"回数", "Count", true}, {"最初", "First", false}, {"最後", "Last", false}};
    const kk_access *a = b->facts->access;
    if (!a->edge_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "機器の間の移動", "Moves between machines"));
    kk_doc_table(b->d, KK_NONE, columns, 6);
    for (size_t i = 0; i < a->edge_count && i < ROWS_MOST; i++) {
        const kk_edge *e = &a->edges[i];
        kk_doc_cell_text(b->d, or_dash(e->from));
        kk_doc_cell_text(b->d, or_dash(e->to));
        kk_doc_cell_text(b->d, or_dash(e->account));
        kk_doc_cell_text(b->d, kk_number_text(b->arena, e->count));
        kk_doc_cell_text(b->d, or_dash(time_words(b, e->first)));
        kk_doc_cell_text(b->d, or_dash(time_words(b, e->last)));
    }
    say_left_out(b, a->edge_count, "access");
}

static void question_did(building_report *b)
{
    static const char *const kinds[] = {"hosts_entered", "hosts_encrypted", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "侵入者の行為", "What they did"));
    kinds_or_open(b, kinds);
    list_all(b, "host_entered");
    list_all(b, "host_encrypted");
    hosts(b);
    ways(b);
    put_detections(b);
    kk_doc_subheading(b->d, KK_TOLD(b->d, "経緯", "Course of events"));
    put_chronology(b);
}

/* ---- left ---- */

static void finding_row(building_report *b, const kk_finding *f)
{
    static const char *const ja[] = {"決定的", "強い", "弱い"}, *const en[] = {"conclusive",
                                                                               "strong", "weak"};
    const kk_claim *claim = kk_claim_of(b->in->claims, "finding", f->id);
    kk_doc_cell(b->d);
    if (claim)
        cite(b, claim);
    else
        kk_doc_say(b->d, b->d->japanese ? f->ja : f->en);
    kk_doc_cell_text(b->d, kk_cstr(f->rule));
    kk_doc_cell_text(b->d, kk_cstr(b->d->japanese ? ja[f->strength] : en[f->strength]));
    kk_doc_cell_text(b->d, or_dash(f->host));
    kk_doc_cell_text(b->d, or_dash(time_words(b, f->start)));
    kk_doc_cell_text(b->d, f->has_bytes ? bytes_words(b, f->bytes_out) : KK_S("-"));
    kk_doc_cell_text(b->d, kk_print(b->arena, "%.*s%s%.*s", KK_P(or_dash(f->destination)),
                                    f->country.len ? " " : "", KK_P(f->country)));
}

static void findings(building_report *b)
{
    static const kk_column_words columns[] = {
        {"所見", "Finding", false},    {"規則", "Rule", false},  {"強さ", "Strength", false},
        {"機器", "Machine", false},    {"開始", "Start", false}, {"送信量", "Bytes", true},
        {"宛先", "Destination", false}};
    const kk_exfil *e = b->facts->exfil;
    if (!e->finding_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "所見", "Findings"));
    kk_doc_table(b->d, KK_NONE, columns, 7);
    for (size_t i = 0; i < e->finding_count && i < ROWS_MOST; i++)
        finding_row(b, &e->findings[i]);
    say_left_out(b, e->finding_count, "exfil");
}

static kk_slice verdict_words(const building_report *b, kk_verdict verdict)
{
    switch (verdict) {
    case KK_CONFIRMED:
        return KK_TOLD(b->d, "流出を確認", "confirmed");
    case KK_TRACES:
        return KK_TOLD(b->d, "持ち出しの痕跡", "traces of removal");
    case KK_NO_TRACE:
        return KK_TOLD(b->d, "記録の範囲で痕跡は見つかっていない", "no trace found in the records");
    default:
        return KK_TOLD(b->d, "判断できない", "cannot be determined");
    }
}

static void datasets(building_report *b)
{
    static const kk_column_words columns[] = {{"データ", "Data", false},
                                              {"判定", "Verdict", false}};
    const kk_exfil *e = b->facts->exfil;
    if (!e->dataset_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "データごとの判定", "Verdict by data set"));
    kk_doc_table(b->d, KK_NONE, columns, 2);
    for (size_t i = 0; i < e->dataset_count && i < ROWS_MOST; i++) {
        kk_doc_cell_text(b->d, or_dash(e->datasets[i].name));
        kk_doc_cell_text(b->d, verdict_words(b, e->datasets[i].verdict));
    }
}

static kk_slice gap_words(const building_report *b, const char *reason)
{
    static const struct {
        const char *reason, *ja, *en;
    } words[] = {{"absent", "記録がない", "no records"},
                 {"never_logged", "もともと記録されない", "never logged"},
                 {"not_collected", "収集されていない", "not collected"},
                 {"cleared", "消去された", "cleared"},
                 {"encrypted", "暗号化された", "encrypted"},
                 {"wrapped", "古い記録が上書きされた", "oldest overwritten"},
                 {"overwritten", "上書きされた", "overwritten"},
                 {"lost_by_response", "復旧作業で失われた", "lost by the response"},
                 {"skewed", "時計がずれている", "clock off"},
                 {"unreadable", "読み取れない", "unreadable"}};
    for (size_t i = 0; reason && i < sizeof words / sizeof *words; i++)
        if (strcmp(reason, words[i].reason) == 0)
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return KK_TOLD(b->d, "不明", "unknown");
}

static kk_slice source_kind_words(const building_report *b, const char *kind)
{
    static const struct {
        const char *kind, *ja, *en;
    } words[] = {{"firewall", "ファイアウォールの通信記録", "firewall traffic"},
                 {"firewall_events", "ファイアウォールの動作記録", "firewall events"},
                 {"vpn", "VPN接続の記録", "VPN sessions"},
                 {"event_log", "Windowsイベントログ", "Windows event logs"},
                 {"host_log", "サーバーの認証・監査記録", "server logs"},
                 {"share_log", "ファイル共有の操作記録", "file share logs"},
                 {"web_log", "Webサーバーの記録", "web server logs"}};
    for (size_t i = 0; kind && i < sizeof words / sizeof *words; i++)
        if (strcmp(kind, words[i].kind) == 0)
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return kk_cstr(kind);
}

static void sources_of_traffic(building_report *b)
{
    static const kk_column_words columns[] = {
        {"記録", "Source", false}, {"種別", "Kind", false}, {"機器", "Machine", false},
        {"最初", "First", false},  {"最後", "Last", false}, {"評価", "Rating", false}};
    const kk_exfil *e = b->facts->exfil;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "記録の残存状況", "How far the records reach"));
    kk_doc_paragraph(b->d);
    size_t said = cite_all(b, "coverage");
    said += cite_all(b, "unseen");
    said += cite_all(b, "bytes_out");
    if (!said)
        say_open(b);
    if (!e->source_count)
        return;
    kk_doc_table(b->d, KK_NONE, columns, 6);
    for (size_t i = 0; i < e->source_count && i < ROWS_MOST; i++) {
        const kk_coverage_source *s = &e->sources[i];
        kk_doc_cell_text(b->d, or_dash(s->source));
        kk_doc_cell_text(b->d, or_dash(source_kind_words(b, s->kind)));
        kk_doc_cell_text(b->d, or_dash(s->host));
        kk_doc_cell_text(b->d, or_dash(time_words(b, s->first)));
        kk_slice why =
            s->why_ends ? kk_join(b->arena, KK_S(" "), gap_words(b, s->why_ends)) : KK_NONE;
        kk_doc_cell_text(b->d, kk_join(b->arena, or_dash(time_words(b, s->last)), why));
        kk_doc_cell_text(b->d, kk_print(b->arena, "R%d", s->rating));
    }
    kk_doc_paragraph(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d,
                             "評価: R3 は外向きの通信の全量を量る記録、R2 "
                             "は一つの経路の送信を量る記録、R1 は傍証になる記録、"
                             "R0 は送信の有無を示さない記録です。",
                             "Rating: R3 measures all outgoing traffic, R2 what one channel "
                             "carried, R1 supports only, "
                             "R0 shows nothing about sending."));
}

static void gaps(building_report *b)
{
    static const kk_column_words columns[] = {{"機器", "Machine", false},
                                              {"記録", "Source", false},
                                              {"から", "From", false},
                                              {"まで", "To", false},
                                              {"理由", "Why", false}};
    const kk_exfil *e = b->facts->exfil;
    if (!e->gap_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "記録の欠落", "Gaps in the records"));
    kk_doc_table(b->d, KK_NONE, columns, 5);
    for (size_t i = 0; i < e->gap_count && i < ROWS_MOST; i++) {
        const kk_gap *g = &e->gaps[i];
        kk_doc_cell_text(b->d, or_dash(g->host));
        kk_doc_cell_text(b->d, or_dash(g->source));
        kk_doc_cell_text(b->d, or_dash(time_words(b, g->from)));
        kk_doc_cell_text(b->d, or_dash(time_words(b, g->to)));
        kk_doc_cell_text(b->d, gap_words(b, g->reason));
    }
    say_left_out(b, e->gap_count, "exfil");
}

static void question_left(building_report *b)
{
    static const char *const kinds[] = {"verdict", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "データの流出", "Whether data left"));
    kinds_or_open(b, kinds);
    list_all(b, "limb");
    findings(b);
    datasets(b);
    sources_of_traffic(b);
    gaps(b);
}

/* ---- whose ---- */

static kk_slice unread_words(const building_report *b, const char *reason)
{
    static const struct {
        const char *reason, *ja, *en;
    } words[] = {{"encrypted", "暗号化", "encrypted"},
                 {"damaged", "破損", "damaged"},
                 {"password", "パスワード", "password"},
                 {"format", "読めない形式", "format"}};
    for (size_t i = 0; reason && i < sizeof words / sizeof *words; i++)
        if (strcmp(reason, words[i].reason) == 0)
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return or_dash(kk_cstr(reason));
}

static void unread(building_report *b)
{
    static const kk_column_words columns[] = {{"機器", "Machine", false},
                                              {"ファイル", "File", false},
                                              {"理由", "Why", false},
                                              {"大きさ", "Size", true},
                                              {"推定される対象", "May be of", false}};
    const kk_persons *p = b->facts->persons;
    if (!p->unread_count)
        return;
    kk_doc_subheading(b->d,
                      KK_TOLD(b->d, "読み取れていないファイル", "Files that could not be read"));
    kk_doc_paragraph(b->d);
    cite_all(b, "unread");
    kk_doc_table(b->d, KK_NONE, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->unread_count && i < ROWS_MOST; i++) {
        kk_doc_cell_text(b->d, or_dash(p->unread[i].host));
        kk_doc_cell_text(b->d, p->unread[i].path);
        kk_doc_cell_text(b->d, unread_words(b, p->unread[i].reason));
        kk_doc_cell_text(b->d, bytes_words(b, p->unread[i].bytes));
        kk_doc_cell_text(b->d, or_dash(b->d->japanese ? p->unread[i].suggests.label_ja
                                                      : p->unread[i].suggests.label_en));
    }
    say_left_out(b, p->unread_count, "persons");
}

static kk_slice exposure_words(const building_report *b, const char *exposure)
{
    return exposure && strcmp(exposure, "left") == 0 ? KK_TOLD(b->d, "流出", "left")
           : exposure && strcmp(exposure, "reachable") == 0
               ? KK_TOLD(b->d, "到達し得た", "within reach")
               : KK_TOLD(b->d, "該当なし", "none found");
}

static void person_sources(building_report *b)
{
    static const kk_column_words columns[] = {
        {"機器", "Machine", false},  {"ファイル", "File", false}, {"区分", "Group", false},
        {"記録数", "Records", true}, {"人数", "Persons", true},   {"項目", "Items", false},
        {"状況", "Exposure", false}};
    const kk_persons *p = b->facts->persons;
    if (!p->source_count)
        return;
    kk_doc_subheading(b->d,
                      KK_TOLD(b->d, "個人の記録を含むファイル", "Files with records of persons"));
    kk_doc_table(b->d, KK_NONE, columns, 7);
    for (size_t i = 0; i < p->source_count && i < ROWS_MOST; i++) {
        const kk_person_source *s = &p->sources[i];
        kk_doc_cell_text(b->d, or_dash(s->host));
        kk_doc_cell_text(b->d, s->path);
        kk_doc_cell_text(b->d, s->category.len ? category_label(b, s->category) : KK_S("-"));
        kk_doc_cell_text(b->d, kk_number_text(b->arena, s->records));
        kk_doc_cell_text(b->d, kk_number_text(b->arena, s->persons));
        kk_doc_cell_text(b->d, items_words(b, s->items));
        kk_doc_cell_text(b->d, exposure_words(b, s->exposure));
    }
    say_left_out(b, p->source_count, "persons");
}

static void not_counted(building_report *b)
{
    const kk_persons *p = b->facts->persons;
    if (!p->records)
        return;
    kk_doc_paragraph(b->d);
    kk_doc_say(
        b->d,
        kk_print(b->arena,
                 b->d->japanese
                     ? "読み取った記録は%.*s件です。団体名%.*s件、試験用などの仮の記録%.*s件は"
                       "人数に含めず、故人%.*s名は別に数えています。"
                     : "%.*s records were read. %.*s names of organisations and %.*s "
                       "placeholders are no persons; %.*s deceased are counted apart.",
                 KK_P(kk_number_text(b->arena, p->records)),
                 KK_P(kk_number_text(b->arena, p->organisations)),
                 KK_P(kk_number_text(b->arena, p->placeholders)),
                 KK_P(kk_number_text(b->arena, p->deceased))));
}

static void question_whose(building_report *b)
{
    static const char *const kinds[] = {
        "persons_left", "persons_reachable", "persons", "incomplete", "period", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "本人", "Whose data"));
    kinds_or_open(b, kinds);
    put_categories(b, true);
    not_counted(b);
    put_not_found(b);
    unread(b);
    person_sources(b);
}

/* ---- told ---- */

static void due_row(building_report *b, const kk_deadline *item)
{
    static const char *const ja[] = {"済み", "未了", "目安を経過", "期限を経過"};
    static const char *const en[] = {"done", "open", "past the guide", "late"};
    kk_slice due =
        item->due != KK_NO_DUE ? kk_day_text(b->arena, item->due)
        : item->due_guide != KK_NO_DUE
            ? kk_join(b->arena, kk_day_text(b->arena, item->due_guide),
                      KK_TOLD(b->d, "(目安)", " (guide)"))
            : KK_TOLD(b->d, "日数の定めなし、又は調査中", "no date set, or under investigation");
    kk_doc_cell_text(b->d, report_kind_words(b, kk_cstr(item->what)));
    kk_doc_cell_text(b->d,
                     kk_print(b->arena, b->d->japanese ? "%.*s から %.*s" : "%.*s to %.*s",
                              KK_P(party_words(b, item->party)), KK_P(party_words(b, item->to))));
    kk_doc_cell_text(b->d, due);
    kk_doc_cell_text(b->d, kk_cstr(b->d->japanese ? ja[item->status] : en[item->status]));
    kk_doc_cell_text(b->d, words_of(b, &item->basis));
}

static void question_told(building_report *b)
{
    static const kk_column_words columns[] = {{"何を", "What", false},
                                              {"誰から誰へ", "From whom to whom", false},
                                              {"期限", "Due", false},
                                              {"状況", "State", false},
                                              {"根拠", "Basis", false}};
    const kk_deadlines *all = b->in->deadlines;
    kk_doc_heading(b->d, KK_TOLD(b->d, "報告と通知", "Reports and notices"));
    if (all && all->items.count) {
        kk_doc_table(b->d, KK_NONE, columns, 5);
        for (size_t i = 0; i < all->items.count; i++)
            due_row(b, &all->items.items[i]);
    }
    static const char *const kinds[] = {"known", "reported", "notified", "published", NULL};
    kinds_or_open(b, kinds);
    if (has_reported_counts(b)) {
        kk_doc_subheading(
            b->d, KK_TOLD(b->d, "報告した件数との対照", "Beside the numbers reported before"));
        put_differences(b);
    }
    kk_doc_subheading(b->d, KK_TOLD(b->d, "実施した措置と再発防止策", "Measures"));
    size_t listed = list_all(b, "measure") + list_all(b, "measure_test");
    listed += list_all(b, "prevention");
    if (!listed) {
        kk_doc_paragraph(b->d);
        say_open(b);
    }
    kk_doc_subheading(b->d, KK_TOLD(b->d, "二次被害", "Further harm"));
    static const char *const harm[] = {"harm", "harm_checked", "observation", NULL};
    kinds_or_open(b, harm);
}

/* ---- evidence and claims ---- */

static void evidence(building_report *b)
{
    static const kk_column_words columns[] = {{"名称", "Label", false},
                                              {"種別", "Kind", false},
                                              {"機器", "Machine", false},
                                              {"大きさ", "Size", true},
                                              {"SHA-256", "SHA-256", false},
                                              {"取り込み", "Taken in", false},
                                              {"読めた/読めない", "Read/failed", true}};
    kk_doc_heading(b->d, KK_TOLD(b->d, "証拠", "Evidence"));
    if (!b->in->evidence_count) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "証拠はまだ取り込まれていません。",
                                 "No evidence was taken in yet."));
        return;
    }
    kk_doc_table(b->d, KK_NONE, columns, 7);
    for (size_t i = 0; i < b->in->evidence_count; i++) {
        const kk_report_evidence *e = &b->in->evidence[i];
        kk_doc_cell_text(b->d, e->label);
        kk_doc_cell_text(b->d, or_dash(e->kind));
        kk_doc_cell_text(b->d, or_dash(e->host));
        kk_doc_cell_text(b->d, bytes_words(b, e->bytes));
        kk_doc_cell_text(b->d, or_dash(e->sha256));
        kk_doc_cell_text(b->d, or_dash(time_words(b, e->taken_in)));
        kk_doc_cell_text(b->d, kk_print(b->arena, "%.*s / %.*s",
                                        KK_P(kk_number_text(b->arena, e->parsed)),
                                        KK_P(kk_number_text(b->arena, e->failed))));
    }
}

static void failures(building_report *b)
{
    static const kk_column_words columns[] = {
        {"証拠", "Evidence", false}, {"ファイル", "File", false}, {"理由", "Why", false}};
    if (!b->in->failure_count)
        return;
    kk_doc_subheading(b->d, KK_TOLD(b->d, "読み取れなかったもの", "What could not be read"));
    kk_doc_table(b->d, KK_NONE, columns, 3);
    for (size_t i = 0; i < b->in->failure_count && i < ROWS_MOST; i++) {
        kk_doc_cell_text(b->d, b->in->failures[i].evidence);
        kk_doc_cell_text(b->d, or_dash(b->in->failures[i].path));
        kk_doc_cell_text(b->d, b->in->failures[i].reason);
    }
    say_left_out(b, b->in->failure_count, "evidence");
}

static kk_slice standing_name(const building_report *b, kk_claim_standing standing)
{
    static const char *const ja[] = {"証明", "一つの記録", "申告",
                                     "判断", "未確認",     "反する記録あり"};
    static const char *const en[] = {"proven", "supported", "declared",
                                     "judged", "open",      "contradicted"};
    return kk_cstr(b->d->japanese ? ja[standing] : en[standing]);
}

static kk_slice ground_words(const building_report *b, const kk_claim *c)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < c->refs.count && i < 3; i++) {
        const kk_ref *r = &c->refs.items[i];
        kk_putf(&out, "%s%.*s:%.*s", i ? "; " : "", KK_P(r->evidence), KK_P(r->path));
        if (r->record)
            kk_putf(&out, " #%llu", (unsigned long long)r->record);
    }
    if (c->refs.count > 3)
        kk_putf(&out, "; +%zu", c->refs.count - 3);
    for (size_t i = 0; i < c->because_count && i < 5; i++)
        kk_putf(&out, "%s%.*s", out.len ? "; " : "", KK_P(c->because[i]));
    if (c->by.len)
        kk_putf(&out, "%s%.*s", out.len ? "; " : "", KK_P(c->by));
    kk_slice text = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void appendix(building_report *b)
{
    static const kk_column_words columns[] = {{"ID", "Id", false},
                                              {"内容", "Text", false},
                                              {"根拠の種類", "Standing", false},
                                              {"開示範囲", "Level", false},
                                              {"もとになるもの", "Rests on", false}};
    kk_doc_heading(b->d,
                   KK_TOLD(b->d, "付録: 記載の根拠", "Appendix: what each statement rests on"));
    kk_doc_paragraph(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d, "各IDの根拠は `kakuho explain` で証拠のバイトまでたどれます。",
                             "`kakuho explain` leads from each id down to bytes of evidence."));
    kk_doc_table(b->d, KK_NONE, columns, 5);
    b->d->has_appendix = true;
    for (size_t i = 0; i < b->in->claims->count; i++) {
        const kk_claim *c = &b->in->claims->items[i];
        kk_doc_cell(b->d);
        /* a standing without a claim: the row that the superscripts lead to */
        kk_doc_cite(b->d, &(kk_run){.text = c->id, .standing = KK_S("id")});
        kk_doc_cell_text(b->d, claim_text(b, c));
        kk_doc_cell_text(b->d, standing_name(b, c->standing));
        kk_doc_cell_text(b->d, kk_cstr(kk_level_name(c->level)));
        kk_doc_cell_text(b->d, or_dash(ground_words(b, c)));
    }
}

void report_investigation(building_report *b)
{
    b->d->title = KK_TOLD(b->d, "調査報告書", "Investigation report");
    b->d->subtitle =
        kk_print(b->arena, "%.*s\n%.*s\n%.*s", KK_P(b->in->case_name),
                 KK_P(time_words(b, b->facts->now)), KK_P(b->settings->organisation.name));
    questions(b);
    question_in(b);
    question_did(b);
    question_left(b);
    question_whose(b);
    question_told(b);
    evidence(b);
    failures(b);
    appendix(b);
}
