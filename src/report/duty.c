/* The triggers as rules over the facts of a case. Every reason is said in both languages and tells
 * what was looked at; none says that there is no duty. */
#include "report/duty.h"

#include "base/time.h"
#include "claim/claim.h"

/* Newest first. */
static const kk_rule_pack packs[] = {
    {"jp-appi-2025-10", "2025-10-01", 2025, 10, 1, 3, 5, 30, 60, 1000, 100, true, true},
    {"jp-appi-2024-04", "2024-04-01", 2024, 4, 1, 3, 5, 30, 60, 1000, 100, true, false},
    {"jp-appi-2022-04", "2022-04-01", 2022, 4, 1, 3, 5, 30, 60, 1000, 100, false, false},
};

static const struct {
    const char *id, *ja, *en;
} titles[KK_TRIGGERS] = {
    {"R7-1", "要配慮個人情報が含まれる", "data that need special care are among them"},
    {"R7-2", "不正に利用されると財産的被害が生じるおそれがある",
     "misuse of the data may cause loss of property"},
    {"R7-3", "不正の目的をもって行われたおそれがある",
     "it may have been done for a wrongful purpose"},
    {"R7-4", "本人の数が1,000人を超える", "more than 1,000 persons are concerned"},
    {"MN", "特定個人情報(マイナンバー)が含まれる", "Individual Numbers (My Number) are among them"},
};

const char *kk_trigger_status_name(kk_trigger_status status)
{
    static const char *const names[] = {"not_found", "possible", "met"};
    return names[status];
}

const kk_rule_pack *kk_rule_pack_on(int64_t day)
{
    for (size_t i = 0; i < sizeof packs / sizeof *packs; i++)
        if (day >= kk_days_from_civil(packs[i].year, packs[i].month, packs[i].day))
            return &packs[i];
    return NULL;
}

static kk_ground ground(kk_trigger_status status, const char *ja, const char *en)
{
    return (kk_ground){status, {kk_cstr(ja), kk_cstr(en)}};
}

/* Items that were looked for and not met with. */
static kk_ground not_among(const kk_duty_facts *facts)
{
    if (!facts->searched)
        return ground(KK_TRIGGER_POSSIBLE, "対象データの項目を調査中です",
                      "the items of the data concerned are still being looked for");
    if (facts->unread)
        return ground(KK_TRIGGER_POSSIBLE,
                      "読めたデータには見当たりませんが、読めていないデータがあります",
                      "not among the data that could be read, but some could not be read");
    return ground(KK_TRIGGER_NOT_FOUND, "読めた対象データの中には見当たりませんでした",
                  "not found among the data concerned, all of which were read");
}

static kk_ground special_care(const kk_duty_facts *facts)
{
    const uint64_t care = KK_BIT(KK_ITEM_HEALTH) | KK_BIT(KK_ITEM_DISABILITY) |
                          KK_BIT(KK_ITEM_CRIMINAL_RECORD) | KK_BIT(KK_ITEM_CREED);
    if (facts->items & care)
        return ground(KK_TRIGGER_MET, "要配慮個人情報にあたる項目が対象データにあります",
                      "items that need special care are among the data concerned");
    if (facts->items & KK_BIT(KK_ITEM_PATIENT_NO))
        return ground(KK_TRIGGER_POSSIBLE,
                      "患者番号があり、診療に関する情報が含まれる可能性があります",
                      "there are patient numbers, so data on treatment may be among them");
    return not_among(facts);
}

static kk_ground property(const kk_duty_facts *facts)
{
    const uint64_t card = KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_CARD_NUMBER);
    bool password = facts->items & KK_BIT(KK_ITEM_PASSWORD);
    bool account = facts->items & KK_BIT(KK_ITEM_BANK_ACCOUNT);
    if (facts->items & card)
        return ground(KK_TRIGGER_MET, "クレジットカード番号等が対象データにあります",
                      "credit card numbers are among the data concerned");
    if (password && account)
        return ground(KK_TRIGGER_MET, "口座情報とパスワードが対象データにあります",
                      "bank accounts and passwords are among the data concerned");
    if (password)
        return ground(
            KK_TRIGGER_POSSIBLE, "パスワードがあります。決済のできるサービスのものなら該当します",
            "there are passwords; it is met where they open a service that takes payments");
    if (account)
        return ground(KK_TRIGGER_POSSIBLE,
                      "口座情報があります。暗証番号等と組み合わされれば該当します",
                      "there are bank accounts; it is met where codes to use them are there too");
    return not_among(facts);
}

static kk_ground purpose(const kk_case_settings *settings, const kk_duty_facts *facts,
                         const kk_rule_pack *pack)
{
    bool seen = facts->wrongful.status == KK_TRIGGER_MET;
    if (settings->wrongful_purpose == KK_PURPOSE_EXCLUDED && seen)
        return ground(KK_TRIGGER_POSSIBLE,
                      "不正の目的はないとの申告ですが、証拠には不正アクセスを示す行為があります",
                      "stated to be excluded, but the evidence shows hostile acts");
    if (settings->wrongful_purpose == KK_PURPOSE_EXCLUDED)
        return ground(KK_TRIGGER_NOT_FOUND, "不正の目的はないとの申告があります",
                      "a wrongful purpose is stated to be excluded");
    if (seen && facts->wrongful.reason.ja.len)
        return facts->wrongful;
    if (seen)
        return ground(KK_TRIGGER_MET, "証拠に不正アクセスを示す行為があります",
                      "the evidence shows hostile acts");
    if (settings->wrongful_purpose == KK_PURPOSE_SUSPECTED)
        return ground(KK_TRIGGER_MET, "不正の目的の疑いがあるとの申告があります",
                      "a wrongful purpose is stated to be suspected");
    if (facts->capture.status == KK_TRIGGER_MET && pack && pack->capture_counts)
        return ground(KK_TRIGGER_MET, "取得しようとしている個人情報が盗み取られています",
                      "data were taken while they were being collected");
    return ground(KK_TRIGGER_POSSIBLE, "不正の目的の有無は調査中です",
                  "whether there was a wrongful purpose is still being looked into");
}

static kk_ground many(kk_arena *arena, const kk_duty_facts *facts, unsigned over)
{
    kk_ground g = ground(KK_TRIGGER_POSSIBLE, "本人の数は調査中です",
                         "the number of persons is still being counted");
    unsigned long long most = facts->persons_most.value;
    if (!facts->persons_most.given)
        return g;
    bool more = most > over;
    g.status = more ? KK_TRIGGER_MET : !facts->bounded ? KK_TRIGGER_POSSIBLE : KK_TRIGGER_NOT_FOUND;
    g.reason.ja = kk_print(
        arena, "これまでに数えた本人は多くて%.*s人です%s", KK_P(kk_number_text(arena, most)),
        facts->bounded ? "" : "(読めていないデータがあり、増えることがあります)");
    g.reason.en =
        kk_print(arena, "at most %.*s persons counted so far%s", KK_P(kk_number_text(arena, most)),
                 facts->bounded ? "" : " (some data could not be read: it may be more)");
    return g;
}

static kk_ground my_number(const kk_duty_facts *facts, kk_trigger_status wrongful, unsigned over)
{
    if (!(facts->items & KK_BIT(KK_ITEM_MY_NUMBER)))
        return not_among(facts);
    if (facts->my_number_most.given && facts->my_number_most.value > over)
        return ground(KK_TRIGGER_MET, "100人を超える特定個人情報があります",
                      "Individual Numbers of more than 100 persons are among them");
    if (wrongful == KK_TRIGGER_MET)
        return ground(KK_TRIGGER_MET, "特定個人情報があり、不正の目的のおそれがあります",
                      "Individual Numbers are among them, and a wrongful purpose is possible");
    return ground(KK_TRIGGER_POSSIBLE, "特定個人情報があります",
                  "Individual Numbers are among them");
}

/* A trigger is never surer than that something happened to the data at all. */
static void put_trigger(kk_trigger *out, kk_trigger_id id, kk_ground g, const kk_ground *event)
{
    out->id = titles[id].id;
    out->title = (kk_words){kk_cstr(titles[id].ja), kk_cstr(titles[id].en)};
    out->status = g.status < event->status ? g.status : event->status;
    out->reason = g.reason;
    if (g.status > event->status && event->reason.ja.len)
        out->reason = event->reason;
    else if (g.status > event->status && event->status == KK_TRIGGER_NOT_FOUND)
        out->reason = (kk_words){KK_S("個人データが漏えい等した事実は見当たっていません"),
                                 KK_S("nothing was found to have happened to personal data")};
    else if (g.status > event->status)
        out->reason = (kk_words){KK_S("個人データが漏えい等したおそれの有無は調査中です"),
                                 KK_S("whether personal data are concerned is still being looked "
                                      "into")};
}

void kk_triggers_judge(kk_arena *arena, const kk_case_settings *settings,
                       const kk_duty_facts *facts, const kk_rule_pack *pack,
                       kk_trigger out[KK_TRIGGERS])
{
    const kk_rule_pack *p = pack ? pack : &packs[0];
    kk_ground why = purpose(settings, facts, p);
    put_trigger(&out[KK_R7_1], KK_R7_1, special_care(facts), &facts->event);
    put_trigger(&out[KK_R7_2], KK_R7_2, property(facts), &facts->event);
    put_trigger(&out[KK_R7_3], KK_R7_3, why, &facts->event);
    put_trigger(&out[KK_R7_4], KK_R7_4, many(arena, facts, p->persons_over), &facts->event);
    put_trigger(&out[KK_MN], KK_MN, my_number(facts, why.status, p->my_number_over), &facts->event);
}
