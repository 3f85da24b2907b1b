/* Companies, public bodies and groups. NFKC has already made ㈱ into (株) and ㍿ into 株式会社. */
#include "recognise/company.h"

#include "base/text.h"
#include "recognise/fold.h"

static const char *const legal_forms[] = {
    "株式会社",       "有限会社",         "合同会社",         "合資会社",     "合名会社",
    "相互会社",       "一般社団法人",     "一般財団法人",     "公益社団法人", "公益財団法人",
    "特定非営利活動法人", "社会福祉法人", "医療法人社団",     "医療法人財団", "医療法人",
    "学校法人",       "宗教法人",         "独立行政法人",     "国立大学法人", "弁護士法人",
    "税理士法人",     "監査法人",         "司法書士法人",     "農事組合法人", "社団法人",
    "財団法人",       "企業組合",         "npo法人",          "(株)",         "(有)",
    "(合)",           "(同)",             "(名)",             "(資)",         "(社)",
    "(財)",           "(医)",             "(学)",             "(福)",         "(宗)",
    "(一社)",         "(一財)",           "(公財)",           "(公社)",       "(特非)",
};

/* As whole words, in small letters. */
static const char *const latin_forms[] = {"co",  "ltd",  "inc", "corp",  "corporation", "company",
                                          "llc", "llp",  "plc", "gmbh",  "kk",          "limited",
                                          "ag",  "s.a.", "bv",  "k.k.", "co.,ltd",     "pty"};

static const char *const bodies[] = {
    "協同組合", "農業協同組合", "漁業協同組合", "生活協同組合", "信用金庫", "信用組合", "商工会議所",
    "商工会",   "市役所",       "区役所",       "町役場",       "村役場",   "県庁",     "都庁",
    "教育委員会", "労働組合",   "管理組合",     "実行委員会",   "自治会",   "町内会",   "連合会",
};

static const char *const endings[] = {
    "商店",   "商会",   "商事",   "工業",     "工業所", "工務店", "建設",   "建築",   "製作所", "製造",
    "塗装",   "塗料",   "電機",   "電気",     "電設",   "産業",   "物産",   "物流",   "運輸",   "運送",
    "不動産", "薬局",   "薬品",   "食品",     "食堂",   "旅館",   "ホテル", "美容室", "理容室", "印刷",
    "病院",   "医院",   "クリニック", "歯科", "診療所", "薬店",   "銀行",   "証券",   "保険",   "大学",
    "高校",   "高等学校", "中学校", "小学校", "幼稚園", "保育園", "学園",   "学院",   "専門学校", "研究所",
    "研究会", "協会",   "組合",   "財団",     "事務所", "営業所", "出張所", "支店",   "支社",   "本社",
    "本店",   "工場",   "センター", "グループ", "チーム", "クラブ", "サークル", "ストア", "ショップ", "サービス",
    "システム", "システムズ", "テクノ", "ホールディングス", "御中", "一同", "ご一同", "各位", "委員会", "同好会",
    "後援会", "同窓会", "親睦会", "家族会",   "友の会", "神社",   "教会",   "工房",   "農園",
    "牧場",   "酒店",   "酒造",   "書店",     "花店",   "米店",   "硝子",   "鉄工所", "木工所", "自動車",
    "石油",   "化学",   "製薬",   "金属",     "鋼業",   "設備",   "技研",   "企画",   "設計",   "デザイン",
};

static bool has_latin_form(kk_slice plain)
{
    kk_slice rest = plain, word;
    while (kk_split(&rest, ' ', &word)) {
        while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ','))
            word.len--;
        size_t comma = kk_rfind_byte(word, ',');
        kk_slice tail = comma == KK_NOWHERE ? KK_NONE : kk_from(word, comma + 1);
        for (size_t i = 0; i < sizeof latin_forms / sizeof *latin_forms; i++)
            if (kk_eq_nocase(word, kk_cstr(latin_forms[i])) ||
                (tail.len && kk_eq_nocase(tail, kk_cstr(latin_forms[i]))))
                return true;
    }
    return false;
}

bool kk_names_organisation(kk_slice plain)
{
    bool ascii = true;
    for (size_t i = 0; ascii && i < plain.len; i++)
        ascii = (unsigned char)plain.ptr[i] < 0x80;
    if (ascii)
        return has_latin_form(plain);
    for (size_t i = 0; i < sizeof legal_forms / sizeof *legal_forms; i++)
        if (kk_has_nocase(plain, kk_cstr(legal_forms[i])))
            return true;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (kk_has(plain, kk_cstr(bodies[i])))
            return true;
    return kk_ends(plain, KK_S("御中")) || has_latin_form(plain);
}

bool kk_ends_like_organisation(kk_slice plain)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        kk_slice ending = kk_cstr(endings[i]);
        if (plain.len > ending.len && kk_ends(plain, ending))
            return true;
    }
    return false;
}

static bool skip_form(kk_slice text, size_t *at)
{
    kk_slice rest = kk_from(text, *at);
    for (size_t i = 0; i < sizeof legal_forms / sizeof *legal_forms; i++) {
        if (kk_starts(rest, kk_cstr(legal_forms[i]))) {
            *at += strlen(legal_forms[i]);
            return true;
        }
    }
    return false;
}

static bool is_latin_form(kk_slice word)
{
    for (size_t i = 0; i < sizeof latin_forms / sizeof *latin_forms; i++)
        if (kk_is(word, latin_forms[i]))
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
        uint32_t c = kk_next_char(text, &at);
        if (kk_char_digit(c) || kk_char_letter(c) || kk_char_japanese(c) || c == '&')
            kk_pen_put(&pen, c);
    }
    return kk_pen_slice(&pen);
}
