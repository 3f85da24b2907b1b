/* Companies, public bodies and groups. NFKC has already made ㈱ into (株) and ㍿ into 株式会社. */
#include "recognise/company.h"

#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/letters.h"

#include <uchar.h>

static const kk_slice legal_forms[] = {
    KK_WORD("株式会社"),
    KK_WORD("有限会社"),
    KK_WORD("合同会社"),
    KK_WORD("合資会社"),
    KK_WORD("合名会社"),
    KK_WORD("相互会社"),
    KK_WORD("一般社団法人"),
    KK_WORD("一般財団法人"),
    KK_WORD("公益社団法人"),
    KK_WORD("公益財団法人"),
    KK_WORD("特定非営利活動法人"),
    KK_WORD("社会福祉法人"),
    KK_WORD("医療法人社団"),
    KK_WORD("医療法人財団"),
    KK_WORD("医療法人"),
    KK_WORD("学校法人"),
    KK_WORD("宗教法人"),
    KK_WORD("独立行政法人"),
    KK_WORD("国立大学法人"),
    KK_WORD("弁護士法人"),
    KK_WORD("税理士法人"),
    KK_WORD("監査法人"),
    KK_WORD("司法書士法人"),
    KK_WORD("農事組合法人"),
    KK_WORD("社団法人"),
    KK_WORD("財団法人"),
    KK_WORD("企業組合"),
    KK_WORD("npo法人"),
    KK_WORD("(株)"),
    KK_WORD("(有)"),
    KK_WORD("(合)"),
    KK_WORD("(同)"),
    KK_WORD("(名)"),
    KK_WORD("(資)"),
    KK_WORD("(社)"),
    KK_WORD("(財)"),
    KK_WORD("(医)"),
    KK_WORD("(学)"),
    KK_WORD("(福)"),
    KK_WORD("(宗)"),
    KK_WORD("(一社)"),
    KK_WORD("(一財)"),
    KK_WORD("(公財)"),
    KK_WORD("(公社)"),
    KK_WORD("(特非)"),
};

/* As whole words, in small letters. */
static const kk_slice latin_forms[] = {
    KK_WORD("co"),      KK_WORD("ltd"),     KK_WORD("inc"), KK_WORD("corp"), KK_WORD("corporation"),
    KK_WORD("company"), KK_WORD("llc"),     KK_WORD("llp"), KK_WORD("plc"),  KK_WORD("gmbh"),
    KK_WORD("kk"),      KK_WORD("limited"), KK_WORD("ag"),  KK_WORD("s.a."), KK_WORD("bv"),
    KK_WORD("k.k."),    KK_WORD("co.,ltd"), KK_WORD("pty")};

/* What bodies without a legal form are called with: the last of several words, and before "of". Surnames are left
 * out: Bank, Church, House, Press, School. */
static const char *const latin_bodies[] = {
    "academy",    "agency",       "association",  "authority",    "bureau",
    "center",     "centre",       "clinic",       "college",      "commission",
    "committee",  "council",      "department",   "enterprises",  "federation",
    "foundation", "group",        "holdings",     "hospital",     "hotel",
    "industries", "institute",    "laboratory",   "library",      "ministry",
    "museum",     "office",       "organisation", "organization", "partners",
    "publishers", "publishing",   "services",     "society",      "solutions",
    "systems",    "technologies", "technology",   "union",        "university",
    NULL};
static const char *const latin_bodies_of[] = {"bank", "board", "city", "faculty", "school", NULL};

static const kk_slice bodies[] = {
    KK_WORD("協同組合"), KK_WORD("農業協同組合"), KK_WORD("漁業協同組合"), KK_WORD("生活協同組合"),
    KK_WORD("信用金庫"), KK_WORD("信用組合"),     KK_WORD("商工会議所"),   KK_WORD("商工会"),
    KK_WORD("市役所"),   KK_WORD("区役所"),       KK_WORD("町役場"),       KK_WORD("村役場"),
    KK_WORD("県庁"),     KK_WORD("都庁"),         KK_WORD("教育委員会"),   KK_WORD("労働組合"),
    KK_WORD("管理組合"), KK_WORD("実行委員会"),   KK_WORD("自治会"),       KK_WORD("町内会"),
    KK_WORD("連合会"),
};

static const kk_slice endings[] = {
    KK_WORD("商店"),       KK_WORD("商会"),
    KK_WORD("商事"),       KK_WORD("工業"),
    KK_WORD("工業所"),     KK_WORD("工務店"),
    KK_WORD("建設"),       KK_WORD("建築"),
    KK_WORD("製作所"),     KK_WORD("製造"),
    KK_WORD("塗装"),       KK_WORD("塗料"),
    KK_WORD("電機"),       KK_WORD("電気"),
    KK_WORD("電設"),       KK_WORD("産業"),
    KK_WORD("物産"),       KK_WORD("物流"),
    KK_WORD("運輸"),       KK_WORD("運送"),
    KK_WORD("不動産"),     KK_WORD("薬局"),
    KK_WORD("薬品"),       KK_WORD("食品"),
    KK_WORD("食堂"),       KK_WORD("旅館"),
    KK_WORD("ホテル"),     KK_WORD("美容室"),
    KK_WORD("理容室"),     KK_WORD("印刷"),
    KK_WORD("病院"),       KK_WORD("医院"),
    KK_WORD("クリニック"), KK_WORD("歯科"),
    KK_WORD("診療所"),     KK_WORD("薬店"),
    KK_WORD("銀行"),       KK_WORD("証券"),
    KK_WORD("保険"),       KK_WORD("大学"),
    KK_WORD("高校"),       KK_WORD("高等学校"),
    KK_WORD("中学校"),     KK_WORD("小学校"),
    KK_WORD("幼稚園"),     KK_WORD("保育園"),
    KK_WORD("学園"),       KK_WORD("学院"),
    KK_WORD("専門学校"),   KK_WORD("研究所"),
    KK_WORD("研究会"),     KK_WORD("協会"),
    KK_WORD("組合"),       KK_WORD("財団"),
    KK_WORD("事務所"),     KK_WORD("営業所"),
    KK_WORD("出張所"),     KK_WORD("支店"),
    KK_WORD("支社"),       KK_WORD("本社"),
    KK_WORD("本店"),       KK_WORD("工場"),
    KK_WORD("センター"),   KK_WORD("グループ"),
    KK_WORD("チーム"),     KK_WORD("クラブ"),
    KK_WORD("サークル"),   KK_WORD("ストア"),
    KK_WORD("ショップ"),   KK_WORD("サービス"),
    KK_WORD("システム"),   KK_WORD("システムズ"),
    KK_WORD("テクノ"),     KK_WORD("ホールディングス"),
    KK_WORD("御中"),       KK_WORD("一同"),
    KK_WORD("ご一同"),     KK_WORD("各位"),
    KK_WORD("課"),         KK_WORD("部"),
    KK_WORD("室"),         KK_WORD("係"),
    KK_WORD("窓口"),       KK_WORD("本部"),
    KK_WORD("会"),         KK_WORD("神社"),
    KK_WORD("教会"),       KK_WORD("工房"),
    KK_WORD("農園"),       KK_WORD("牧場"),
    KK_WORD("酒店"),       KK_WORD("酒造"),
    KK_WORD("書店"),       KK_WORD("花店"),
    KK_WORD("米店"),       KK_WORD("硝子"),
    KK_WORD("鉄工所"),     KK_WORD("木工所"),
    KK_WORD("自動車"),     KK_WORD("石油"),
    KK_WORD("化学"),       KK_WORD("製薬"),
    KK_WORD("金属"),       KK_WORD("鋼業"),
    KK_WORD("設備"),       KK_WORD("技研"),
    KK_WORD("企画"),       KK_WORD("設計"),
    KK_WORD("デザイン"),   KK_WORD("店"),
    KK_WORD("市"),         KK_WORD("ニュース"),
    KK_WORD("マガジン"),   KK_WORD("メルマガ"),
    KK_WORD("通信"),       KK_WORD("フォーム"),
};

static bool has_latin_form(kk_slice plain)
{
    kk_slice rest = plain, word;
    while (kk_split(&rest, ' ', &word)) {
        while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
            word.len--;
        size_t comma = kk_rfind_byte(word, ',');
        kk_slice tail = comma == KK_NOWHERE ? KK_NONE : kk_from(word, comma + 1);
        for (size_t i = 0; i < KK_COUNT(latin_forms); i++)
            if (kk_eq_nocase(word, latin_forms[i]) ||
                (tail.len && kk_eq_nocase(tail, latin_forms[i])))
                return true;
    }
    return false;
}

static bool is_latin_body(kk_slice word)
{
    while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
        word.len--;
    return kk_is_any_nocase(word, latin_bodies);
}

/* Yale University, Bank of Kyoto. */
static bool has_latin_body(kk_slice plain)
{
    kk_slice rest = plain, word = KK_NONE, before = KK_NONE;
    for (size_t words = 0; kk_split(&rest, ' ', &word); words++, before = word) {
        if (kk_eq_nocase(word, KK_S("of")) && rest.len &&
            (is_latin_body(before) || kk_is_any_nocase(before, latin_bodies_of)))
            return true;
        if (kk_eq_nocase(word, KK_S("hotel")) && words) /* Harbor View Hotel Osaka */
            return true;
        if (!rest.len && words)
            return is_latin_body(word);
    }
    return false;
}

static bool names_latin_body(kk_slice plain)
{
    return has_latin_form(plain) || has_latin_body(plain);
}

/* Every Japanese word of the lists above holds one of these: most names are through at once. */
static const char32_t telling[] = U"(会法組庫役庁御";

static bool tells_organisation(uint32_t c)
{
    for (size_t i = 0; i + 1 < KK_COUNT(telling); i++)
        if (c == telling[i])
            return true;
    return false;
}

void kk_company_mark_letters(kk_letter_marks *marks)
{
    kk_mark_letters(marks, endings, KK_COUNT(endings), KK_LAST_LETTER, KK_MARK_ENDS);
    for (size_t i = 0; i + 1 < KK_COUNT(telling); i++)
        marks->of[kk_letter_of(telling[i])] |= KK_MARK_ORGANISATION;
}

static bool may_be_organisation(kk_slice plain, bool *letters)
{
    bool may = false;
    size_t at = 0;
    while (at < plain.len) {
        uint32_t c = kk_plain_char(plain, &at);
        *letters |= c < 0x80 && kk_char_letter(c);
        may |= tells_organisation(c);
    }
    return may;
}

bool kk_names_organisation(kk_slice plain)
{
    bool letters = false;
    if (!may_be_organisation(plain, &letters))
        return letters && names_latin_body(plain);
    for (size_t i = 0; i < KK_COUNT(legal_forms); i++)
        if (kk_has_nocase(plain, legal_forms[i]))
            return true;
    for (size_t i = 0; i < KK_COUNT(bodies); i++)
        if (kk_has(plain, bodies[i]))
            return true;
    return kk_ends(plain, KK_S("御中")) || (letters && names_latin_body(plain));
}

bool kk_ends_like_organisation(kk_slice plain)
{
    for (size_t i = 0; i < KK_COUNT(endings); i++) {
        kk_slice ending = endings[i];
        if (plain.len > ending.len && kk_ends(plain, ending))
            return true;
    }
    return false;
}

/* Surnames are left out: 開発. begins_desk has the first character of each. */
static const kk_slice desk_words[] = {
    KK_WORD("総務"),       KK_WORD("人事"),         KK_WORD("労務"),         KK_WORD("経理"),
    KK_WORD("財務"),       KK_WORD("会計"),         KK_WORD("法務"),         KK_WORD("監査"),
    KK_WORD("広報"),       KK_WORD("企画"),         KK_WORD("経営"),         KK_WORD("営業"),
    KK_WORD("販売促進"),   KK_WORD("購買"),         KK_WORD("調達"),         KK_WORD("品質保証"),
    KK_WORD("品質管理"),   KK_WORD("情報システム"), KK_WORD("システム管理"), KK_WORD("事務局"),
    KK_WORD("事務"),       KK_WORD("受付"),         KK_WORD("採用"),         KK_WORD("担当"),
    KK_WORD("管理者"),     KK_WORD("受注"),         KK_WORD("発注"),         KK_WORD("出荷"),
    KK_WORD("秘書"),       KK_WORD("総合案内"),     KK_WORD("通販"),         KK_WORD("サポート"),
    KK_WORD("カスタマー"), KK_WORD("お客様"),       KK_WORD("お問い合わせ"), KK_WORD("お問合せ"),
    KK_WORD("システム"),   KK_WORD("ヘルプデスク"), KK_WORD("デスク"),       KK_WORD("相談"),
    KK_WORD("配信"),       KK_WORD("自動配信"),
};

static const kk_slice latin_desks[] = {
    KK_WORD("support"),
    KK_WORD("sales"),
    KK_WORD("hr"),
    KK_WORD("human resources"),
    KK_WORD("recruit"),
    KK_WORD("recruiting"),
    KK_WORD("info"),
    KK_WORD("information"),
    KK_WORD("no reply"),
    KK_WORD("no-reply"),
    KK_WORD("noreply"),
    KK_WORD("mail delivery subsystem"),
    KK_WORD("mail delivery system"),
    KK_WORD("postmaster"),
    KK_WORD("administrator"),
    KK_WORD("admin"),
    KK_WORD("helpdesk"),
    KK_WORD("help desk"),
    KK_WORD("customer service"),
    KK_WORD("billing"),
    KK_WORD("accounting"),
    KK_WORD("marketing"),
    KK_WORD("newsletter"),
    KK_WORD("notifications"),
    KK_WORD("notification"),
    KK_WORD("customer support"),
    KK_WORD("accounts payable"),
};

static bool is_latin_desk(kk_slice plain)
{
    if (plain.len > 5 && kk_eq_nocase(kk_from(plain, plain.len - 5), KK_S(" team")))
        return true;
    for (size_t i = 0; i < KK_COUNT(latin_desks); i++)
        if (kk_eq_nocase(plain, latin_desks[i]))
            return true;
    return false;
}

/* The first characters of desk_words: most names are through at once. */
static bool begins_desk(kk_slice text)
{
    size_t at = 0;
    switch (kk_plain_char(text, &at)) {
    case U'お':
    case U'カ':
    case U'サ':
    case U'シ':
    case U'デ':
    case U'ヘ':
    case U'事':
    case U'人':
    case U'企':
    case U'会':
    case U'出':
    case U'労':
    case U'受':
    case U'品':
    case U'営':
    case U'広':
    case U'情':
    case U'担':
    case U'採':
    case U'法':
    case U'発':
    case U'監':
    case U'相':
    case U'秘':
    case U'管':
    case U'経':
    case U'総':
    case U'調':
    case U'財':
    case U'自':
    case U'販':
    case U'購':
    case U'通':
    case U'配':
        return true;
    default:
        return false;
    }
}

/* One word, or several one after the other: お客様サポート担当. */
bool kk_is_desk(kk_slice plain)
{
    kk_slice rest = plain;
    if (!plain.len || !(plain.ptr[0] & 0x80))
        return plain.len && is_latin_desk(plain);
    while (rest.len) {
        size_t best = 0;
        bool begins = begins_desk(rest);
        for (size_t i = 0; begins && i < KK_COUNT(desk_words); i++)
            if (desk_words[i].len > best && kk_starts(rest, desk_words[i]))
                best = desk_words[i].len;
        if (!best)
            return false;
        rest = kk_from(rest, best);
        while (rest.len && rest.ptr[0] == ' ')
            rest = kk_from(rest, 1);
    }
    return true;
}

static bool ends_with(kk_slice plain, const kk_slice *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (plain.len > words[i].len && kk_ends(plain, words[i]))
            return true;
    return false;
}

static bool holds(kk_slice plain, const kk_slice *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_has_nocase(plain, words[i]))
            return true;
    return false;
}

kk_aside kk_organisation_reason(kk_slice plain)
{
    static const kk_slice groups[] = {KK_WORD("会"),     KK_WORD("グループ"), KK_WORD("チーム"),
                                      KK_WORD("クラブ"), KK_WORD("サークル"), KK_WORD("一同"),
                                      KK_WORD("各位"),   KK_WORD("組合")};
    static const kk_slice desks[] = {KK_WORD("課"),      KK_WORD("部"),   KK_WORD("室"),
                                     KK_WORD("係"),      KK_WORD("窓口"), KK_WORD("本部"),
                                     KK_WORD("センター")};
    bool letters = false;
    if (kk_ends(plain, KK_S("御中")))
        return KK_ASIDE_ONCHU;
    (void)may_be_organisation(plain, &letters);
    if (holds(plain, legal_forms, KK_COUNT(legal_forms)) || (letters && has_latin_form(plain)))
        return KK_ASIDE_LEGAL_FORM;
    if (holds(plain, bodies, KK_COUNT(bodies)))
        return KK_ASIDE_PUBLIC_BODY;
    if (ends_with(plain, groups, KK_COUNT(groups)))
        return KK_ASIDE_GROUP_WORD;
    if (ends_with(plain, desks, KK_COUNT(desks)) &&
        !kk_ends(plain, KK_S("容室"))) /* 美容室, 理容室 */
        return KK_ASIDE_DEPARTMENT_WORD;
    if (kk_is_desk(plain))
        return KK_ASIDE_DEPARTMENT_WORD;
    return kk_ends_like_organisation(plain) ? KK_ASIDE_TRADE_WORD : KK_ASIDE_NONE;
}

static bool skip_form(kk_slice text, size_t *at)
{
    kk_slice rest = kk_from(text, *at);
    for (size_t i = 0; i < KK_COUNT(legal_forms); i++) {
        if (kk_starts(rest, legal_forms[i])) {
            *at += legal_forms[i].len;
            return true;
        }
    }
    return false;
}

static bool is_latin_form(kk_slice word)
{
    for (size_t i = 0; i < KK_COUNT(latin_forms); i++)
        if (kk_eq(word, latin_forms[i]))
            return true;
    return false;
}

/* Words of legal form at the end: "example trading co., ltd." is "exampletrading". */
static kk_slice cut_latin_forms(kk_slice text)
{
    for (;;) {
        while (text.len && kk_find_byte(KK_S(" .,"), text.ptr[text.len - 1]) != KK_NOWHERE)
            text.len--;
        size_t begin = text.len;
        while (begin > 0 && kk_find_byte(KK_S(" .,"), text.ptr[begin - 1]) == KK_NOWHERE)
            begin--;
        if (begin == 0 || !is_latin_form(kk_from(text, begin)))
            return text;
        text.len = begin;
    }
}

kk_slice kk_company_form(kk_arena *arena, kk_slice plain)
{
    kk_slice text = cut_latin_forms(kk_lower(arena, kk_fold_kanji(arena, plain)));
    if (kk_ends(text, KK_S("御中")))
        text.len -= strlen("御中");
    kk_pen pen = kk_pen_open(arena, text.len);
    size_t at = 0;
    while (at < text.len) {
        if (skip_form(text, &at))
            continue;
        uint32_t c = kk_plain_char(text, &at);
        if (kk_char_digit(c) || kk_char_letter(c) || kk_char_japanese(c) || c == '&')
            kk_pen_put(&pen, c);
    }
    return kk_pen_slice(&pen);
}

/* Of companies, 医療法人, 財団, 社団, 宗教, 学校, 社会福祉, 更生保護, 相互, NPO, 独立行政, 弁護士, 司法書士, 税理士,
 * 国立大学, 公立大学, 農事組合, 管理組合, 協同組合, 生活協同組合. */
bool kk_is_company_account(kk_slice kana)
{
    static const kk_slice forms[] = {
        KK_WORD("カ"),         KK_WORD("ユ"),        KK_WORD("メ"),     KK_WORD("シ"),
        KK_WORD("ド"),         KK_WORD("イ"),        KK_WORD("イシヤ"), KK_WORD("イザイ"),
        KK_WORD("ザイ"),       KK_WORD("シヤ"),      KK_WORD("シユウ"), KK_WORD("ガク"),
        KK_WORD("フク"),       KK_WORD("ホゴ"),      KK_WORD("ソ"),     KK_WORD("トクヒ"),
        KK_WORD("ドク"),       KK_WORD("チドク"),    KK_WORD("ベン"),   KK_WORD("シホウ"),
        KK_WORD("ゼイ"),       KK_WORD("ダイ"),      KK_WORD("ノウ"),   KK_WORD("カンリ"),
        KK_WORD("キヨウクミ"), KK_WORD("セイキヨウ")};
    size_t close = kk_find_byte(kana, ')'), open = kk_rfind_byte(kana, '(');
    kk_slice front = close == KK_NOWHERE ? KK_NONE : kk_part(kana, 0, close);
    kk_slice back = open == KK_NOWHERE ? KK_NONE : kk_from(kana, open + 1);
    if (back.len && back.ptr[back.len - 1] == ')')
        back.len--;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (kk_eq(front, forms[i]) || kk_eq(back, forms[i]))
            return true;
    return false;
}
