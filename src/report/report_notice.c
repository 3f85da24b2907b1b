/* 公表文: the notice to the public. Ids of claims are in attributes or comments only; accounts, hosts,
 * addresses and paths are in none of its claims. The organisation edits the words, not the numbers. */
#include "report/report_i.h"

static bool confirmed(const building_report *b)
{
    const kk_claim *verdict = kk_claim_of(b->in->claims, "verdict", KK_NONE);
    return verdict && kk_is(verdict->value, "\"confirmed\"");
}

static bool intruded(const building_report *b)
{
    return b->facts->access->window.from != KK_NO_TIME;
}

static void title(building_report *b)
{
    size_t number = b->settings->published.count + 1;
    kk_slice words =
        !intruded(b) ? KK_TOLD(b->d, "個人情報の漏えい等のおそれに関するお知らせ",
                               "A possible breach of personal information")
        : confirmed(b)
            ? KK_TOLD(b->d, "不正アクセスによる個人情報の流出に関するお詫びとお知らせ",
                      "Personal information taken through unauthorised access: notice and apology")
            : KK_TOLD(b->d, "不正アクセスによる個人情報流出のおそれに関するお詫びとお知らせ",
                      "Personal information possibly taken through unauthorised access: notice and "
                      "apology");
    b->d->title = kk_print(b->arena, b->d->japanese ? "%.*s(第%zu報)" : "%.*s (notice no. %zu)",
                           KK_P(words), number);
    b->d->subtitle = kk_print(b->arena, "%.*s\n%.*s", KK_P(day_words(b, b->facts->now)),
                              KK_P(b->settings->organisation.name));
}

static void opening(building_report *b)
{
    kk_doc_paragraph(b->d);
    kk_doc_say(b->d,
               KK_TOLD(b->d,
                       "本件について、現時点で確認できている内容を次のとおりお知らせします。"
                       "関係者の皆さまに多大なご迷惑とご心配をおかけしておりますことを、深くお詫び"
                       "申し上げます。",
                       "This notice tells what has been confirmed so far. We apologise deeply "
                       "to everyone concerned for the trouble and worry this causes."));
}

static void events(building_report *b)
{
    kk_doc_heading(b->d, KK_TOLD(b->d, "経緯", "What happened"));
    kk_doc_paragraph(b->d);
    size_t said = cite_all(b, "window");
    said += cite_all(b, "hosts_entered");
    said += cite_all(b, "hosts_encrypted");
    if (!said)
        say_open(b);
    put_chronology(b);
}

static void data(building_report *b)
{
    kk_doc_heading(b->d, confirmed(b) ? KK_TOLD(b->d, "流出した情報、及び流出のおそれがある情報",
                                                "Information that left, or may have left")
                                      : KK_TOLD(b->d, "流出のおそれがある情報",
                                                "Information that may have left"));
    kk_doc_paragraph(b->d);
    if (!cite_all(b, "verdict"))
        say_open(b);
    list_all(b, "limb");
    kk_doc_subheading(b->d, KK_TOLD(b->d, "対象の方、項目、件数", "Who, which items, how many"));
    kk_doc_paragraph(b->d);
    size_t said = cite_all(b, "persons_left");
    said += cite_all(b, "persons_reachable");
    said += cite_all(b, "persons");
    if (!said)
        say_open(b);
    cite_all(b, "incomplete");
    put_categories(b, true);
    kk_doc_paragraph(b->d);
    cite_all(b, "period");
    put_not_found(b);
}

static void cause(building_report *b)
{
    kk_doc_heading(b->d, KK_TOLD(b->d, "原因", "Cause"));
    kk_doc_paragraph(b->d);
    if (!cite_all(b, "entry_way"))
        say_open(b);
}

static void harm(building_report *b)
{
    kk_doc_heading(b->d, KK_TOLD(b->d, "二次被害", "Further harm"));
    kk_doc_paragraph(b->d);
    size_t said = cite_all(b, "harm");
    said += cite_all(b, "harm_checked");
    if (!said)
        say_open(b);
}

/* One list of the claims of several kinds. */
static size_t list_of(building_report *b, const char *const *kinds)
{
    size_t count = 0;
    for (; *kinds; kinds++) {
        size_t at = 0;
        for (const kk_claim *c; (c = next_claim(b, *kinds, &at)); count++) {
            if (!count)
                kk_doc_list(b->d);
            kk_doc_entry(b->d);
            cite(b, c);
        }
    }
    return count;
}

static void response(building_report *b)
{
    static const char *const done[] = {"measure", "reported", "notified", NULL};
    kk_doc_heading(b->d, KK_TOLD(b->d, "当社の対応", "What we did"));
    if (!list_of(b, done)) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "対応の内容は、調査中の事項とあわせてお知らせします。",
                                 "What is being done will be told together with what is under "
                                 "investigation."));
    }
    kk_doc_heading(b->d, KK_TOLD(b->d, "再発防止策", "Measures against recurrence"));
    if (list_all(b, "prevention"))
        return;
    kk_doc_paragraph(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d, "原因を調査中であり、決まり次第お知らせします。",
                             "The cause is under investigation; we will tell them when settled."));
}

static void requests(building_report *b)
{
    uint64_t items = items_concerned(b);
    kk_doc_heading(b->d, KK_TOLD(b->d, "お願い", "What we ask of you"));
    kk_doc_list(b->d);
    kk_doc_entry(b->d);
    kk_doc_say(b->d,
               KK_TOLD(b->d,
                       "当社や関係先を装った不審な電話、メール、郵便物にご注意ください。"
                       "心当たりのないメールの添付ファイルやリンクは開かないようお願いします。",
                       "Please beware of suspicious calls, mails and letters in our name. Do "
                       "not open attachments or links of mails you did not expect."));
    if (items & KK_BIT(KK_ITEM_PASSWORD)) {
        kk_doc_entry(b->d);
        kk_doc_say(b->d,
                   KK_TOLD(b->d,
                           "同じパスワードを他のサービスでもお使いの場合は、変更をお願いします。",
                           "If you use the same password elsewhere, please change it there."));
    }
    if (items & (KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_CARD_NUMBER))) {
        kk_doc_entry(b->d);
        kk_doc_say(
            b->d, KK_TOLD(b->d,
                          "クレジットカードのご利用明細に心当たりのない請求がないかご確認いただき、"
                          "ある場合はカード会社にご連絡ください。",
                          "Please look through your card statements and tell your card company "
                          "of any charge you do not know."));
    }
}

static void desk(building_report *b)
{
    const kk_desk *d = &b->settings->desk;
    kk_slice name = words_of(b, &d->name), hours = words_of(b, &d->hours);
    kk_doc_heading(b->d, KK_TOLD(b->d, "お問い合わせ窓口", "Enquiries"));
    if (!name.len && !d->tel.len) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "(窓口は未記入です)", "(the desk is to be filled in)"));
        return;
    }
    kk_doc_table(b->d, KK_NONE, NULL, 0);
    kk_doc_field(b->d, KK_TOLD(b->d, "窓口", "Desk"));
    kk_doc_say(b->d, name.len ? name : b->settings->organisation.name);
    kk_doc_field(b->d, KK_TOLD(b->d, "電話", "Telephone"));
    kk_doc_say(b->d, d->tel);
    kk_doc_field(b->d, KK_TOLD(b->d, "受付時間", "Hours"));
    kk_doc_say(b->d, hours);
}

void report_notice(building_report *b)
{
    title(b);
    opening(b);
    events(b);
    data(b);
    cause(b);
    harm(b);
    response(b);
    requests(b);
    desk(b);
    if (!has_reported_counts(b))
        return;
    kk_doc_heading(b->d,
                   KK_TOLD(b->d, "以前お知らせした件数との対照", "Beside the numbers told before"));
    put_differences(b);
}
