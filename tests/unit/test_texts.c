/* Persons in running text, as offices, shops and people write it: what is told of whom, and texts of nobody. All
 * persons and numbers are invented. */
#include "tests/unit/lexicon.h"

#include "base/text.h"
#include "recognise/said_of.h"

static kk_buffer told;
static size_t companies; /* of those who were told */

static void put_value(const char *name, kk_slice value)
{
    if (value.len)
        kk_put(&told, kk_print(arena, " %s=%.*s", name, KK_P(value)));
}

/* One line for each person that counts: the values, and the items that have none to show. */
static void tell(void *context, const kk_mention *m)
{
    (void)context;
    if (m->standing != KK_COUNTS)
        return;
    companies += (m->items >> KK_ITEM_COMPANY & 1) != 0;
    kk_put(&told, m->name.len ? m->name : KK_S("?"));
    put_value("kana", m->kana);
    put_value("birth", m->birth_date);
    if (m->items & (UINT64_C(1) << KK_ITEM_AGE))
        kk_put(&told, KK_S(" +age"));
    if (m->items & (UINT64_C(1) << KK_ITEM_GENDER))
        kk_put(&told, KK_S(" +sex"));
    put_value("zip", m->postal_code);
    put_value("address", m->address);
    put_value("phone", m->phone);
    put_value("email", m->email);
    kk_put(&told, KK_S("\n"));
}

static void hear_no_table(void *context, const kk_table *table)
{
    (void)context;
    (void)table;
}

static void read_passage(const char *sender, const char *receiver, const char *text)
{
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    told = (kk_buffer){0};
    companies = 0;
    kk_recogniser *r = kk_recogniser_open(arena, &settings, tell, hear_no_table, NULL);
    kk_recognise_passage(r, &(kk_passage){.text = kk_cstr(text),
                                          .sender = kk_cstr(sender),
                                          .receiver = kk_cstr(receiver),
                                          .record = 1});
    kk_recognise_end(r);
}

static void check(const char *sender, const char *receiver, const char *text, const char *wanted)
{
    read_passage(sender, receiver, text);
    kk_slice got = kk_copy(arena, kk_buffer_slice(&told));
    kk_buffer_close(&told);
    if (!kk_is(got, wanted))
        fail_msg("%s\n--- told:\n%.*s--- wanted:\n%s", text, KK_P(got), wanted);
}

static size_t companies_in(const char *text)
{
    read_passage("", "", text);
    kk_buffer_close(&told);
    return companies;
}

static void names_with_brackets(void **state)
{
    (void)state;
    check("", "", "担当の佐藤健一（直通 03-5555-0101、k.sato@example.co.jp）までご連絡ください。\n",
          "佐藤健一 phone=03-5555-0101 email=k.sato@example.co.jp\n");
    check("", "", "佐藤 健一（03-5555-0101）→ 鈴木 花子（03-5555-0102）\n",
          "佐藤 健一 phone=03-5555-0101\n鈴木 花子 phone=03-5555-0102\n");
    check("", "", "・佐藤健一（サトウ ケンイチ）　1975-03-04生　ken@example.jp\n",
          "佐藤健一 kana=サトウ ケンイチ birth=1975-03-04 email=ken@example.jp\n");
    check("", "", "相談者　佐藤 健一（50歳・男性）\n同居家族　妻 鈴木花子（48歳）\n",
          "佐藤 健一 +age +sex\n鈴木花子 +age\n");
    check("", "", "宿泊者氏名  : サトウ ケンイチ (佐藤 健一)\n",
          "佐藤 健一 kana=サトウ ケンイチ\n");
    check("", "", "参加者は18歳以上、男性・女性を問いません（山の会）。佐藤健一様\n", "佐藤健一\n");
}

static void lines_of_lists(void **state)
{
    (void)state;
    check("", "",
          "班 氏名 電話番号 住所\n1班  佐藤 健一  03-5555-0101  東京都港区三田1-2-3\n"
          "1班  鈴木 花子  03-5555-0102  東京都港区三田1-2-4\n",
          "佐藤 健一 address=東京都港区三田1-2-3 phone=03-5555-0101\n"
          "鈴木 花子 address=東京都港区三田1-2-4 phone=03-5555-0102\n");
    check("", "", "出席者：佐藤健一委員長、鈴木花子委員\n", "佐藤健一\n鈴木花子\n");
    check("", "", "10:02\t佐藤健一\t番号が変わりました 090-5555-0103\n10:03\t鈴木花子\t了解です\n",
          "佐藤健一 phone=090-5555-0103\n鈴木花子\n");
    check("", "", "支店 電話番号\n千葉 中央 043-555-0100\n福島 本町 024-555-0100\n", "");
    check("", "", "日本酒 八海山 700円\n佐藤 健一 800円\n", "");
}

static void labels_with_blanks(void **state)
{
    (void)state;
    check("", "", "患者氏名　佐藤 健一　　性別　男\n生年月日　昭和50年3月4日（50歳）\n",
          "佐藤 健一 birth=昭和50年3月4日 +age +sex\n");
    check("", "", "利用者：佐藤 健一 様（要介護3）  実施日：2026年3月3日 9:00-10:00\n",
          "佐藤 健一\n");
    check("", "",
          "3 当方運転者　佐藤 健一　総務課　生年月日 昭和50年3月4日\n"
          "4 相手方　鈴木 花子　電話 090-5555-0103\n",
          "佐藤 健一 birth=昭和50年3月4日\n鈴木 花子 phone=090-5555-0103\n");
    check("", "", "姓 佐藤 名 健一\n電話 090-5555-0103\n", "佐藤 健一 phone=090-5555-0103\n");
    check("", "", "氏　　名　佐藤 健一\nふりがな\n現 住 所　〒108-0073　東京都港区三田1-2-3\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3\n");
    check("", "", "お名前：佐藤 健一 様\nお名前(カナ)：サトウ ケンイチ 様\n",
          "佐藤 健一 kana=サトウ ケンイチ\n");
    check("", "", "代表取締役社長　殿\n\n製造本部　佐藤健一　印\n", "佐藤健一\n");
}

static void mailboxes_and_labels_behind_names(void **state)
{
    (void)state;
    check("", "", "紹介者 佐藤 健一（kenichi@example.ne.jp）\n",
          "佐藤 健一 email=kenichi@example.ne.jp\n");
    check("", "", "氏名：佐藤 健一 kenichi@example.ne.jp\n",
          "佐藤 健一 email=kenichi@example.ne.jp\n");
    check("", "", "作成者：佐藤 健一 <kenichi@example.ne.jp>\n",
          "佐藤 健一 email=kenichi@example.ne.jp\n");
    check("", "", "送信者：佐藤 健一 <kenichi@example.ne.jp>\n",
          "佐藤 健一 email=kenichi@example.ne.jp\n");
    check("", "", "参加者：佐藤 健一（kenichi@example.ne.jp）、鈴木 花子（hanako@example.ne.jp）\n",
          "佐藤 健一 email=kenichi@example.ne.jp\n鈴木 花子 email=hanako@example.ne.jp\n");
    check("", "", "名前：佐藤 健一（生年月日：1980年1月2日）\n", "佐藤 健一 birth=1980年1月2日\n");
    check("", "", "氏名：佐藤 健一（生年月日：1980/1/2、電話：090-5555-0103）\n",
          "佐藤 健一 birth=1980/1/2 phone=090-5555-0103\n");
    check("", "", "氏名：佐藤 健一 電話（自宅：03-5555-0103）\n", "佐藤 健一 phone=03-5555-0103\n");
}

static void parcels_and_envelopes(void **state)
{
    (void)state;
    check("", "",
          "お届け先\n〒108-0073\n東京都港区三田1-2-3\n佐藤 健一 様\nTEL 03-5555-0101\nご依頼主\n"
          "〒530-0001\n大阪府大阪市北区梅田2-4-9\n鈴木 花子\nTEL 06-5555-0102\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3 phone=03-5555-0101\n"
          "鈴木 花子 zip=530-0001 address=大阪府大阪市北区梅田2-4-9 phone=06-5555-0102\n");
    check("", "",
          "〒108-0073\n東京都港区三田1-2-3\n佐藤 健一 "
          "様\n〒530-0001\n大阪府大阪市北区梅田2-4-9\n鈴木 花子 様\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3\n"
          "鈴木 花子 zip=530-0001 address=大阪府大阪市北区梅田2-4-9\n");
    check("", "", "配送先住所:\n佐藤 健一\n東京都港区三田1-2-3\n〒108-0073\n日本\n090-5555-0103\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3 phone=090-5555-0103\n");
}

/* What one text says of one person in two places is one record. */
static void one_person_in_two_places(void **state)
{
    (void)state;
    check("", "",
          "[注文者] 佐藤 健一(サトウ ケンイチ) 様\n\n\n[送付先] 鈴木 花子 様\n〒530-0001 "
          "大阪府大阪市北区梅田2-4-9\n\n\n"
          "お名前：佐藤 健一\n電話：090-5555-0103\n",
          "佐藤 健一 kana=サトウ ケンイチ phone=090-5555-0103\n"
          "鈴木 花子 zip=530-0001 address=大阪府大阪市北区梅田2-4-9\n");
    check("", "",
          "氏名：佐藤 健一\n生年月日：1950年1月2日\n\n\n氏名：佐藤 健一\n生年月日：1980年3月4日\n",
          "佐藤 健一 birth=1950年1月2日\n佐藤 健一 birth=1980年3月4日\n");
    check("", "", "佐藤 健一　090-5555-0101\n鈴木 花子　090-5555-0102\n佐藤 健一　090-5555-0103\n",
          "佐藤 健一 phone=090-5555-0101\n鈴木 花子 phone=090-5555-0102\n佐藤 健一 "
          "phone=090-5555-0103\n");
}

/* Of forty names one stands twice: in a list of so many these may be two people. */
static void one_name_twice_in_a_list(void **state)
{
    (void)state;
    static const char *const families[] = {"佐藤", "鈴木", "高橋", "田中",
                                           "伊藤", "渡辺", "山本", "中村"};
    static const char *const given[] = {"健一", "花子", "誠", "恵子", "隆"};
    kk_buffer text = {0}, wanted = {0};
    for (size_t i = 0; i < 41; i++) {
        kk_slice name = kk_print(arena, "%s %s", families[i % 40 / 5], given[i % 5]);
        kk_putf(&text, "氏名：%.*s\n\n\n", KK_P(name));
        kk_putf(&wanted, "%.*s\n", KK_P(name));
    }
    check("", "", kk_copy(arena, kk_buffer_slice(&text)).ptr,
          kk_copy(arena, kk_buffer_slice(&wanted)).ptr);
    kk_buffer_close(&text);
    kk_buffer_close(&wanted);
}

static void letters_name_their_people(void **state)
{
    (void)state;
    check("ひので店 <shop@example.jp>", "佐藤 健一 <ken@example.com>",
          "ご注文ありがとうございます。\n\n氏名：佐藤 健一\n電話：03-5555-0101\n",
          "佐藤 健一 phone=03-5555-0101 email=ken@example.com\n");
    check("佐藤 健一 <ken@example.com>", "info@example.jp",
          "佐藤健一と申します。連絡先は090-5555-0103です。\n",
          "佐藤健一 phone=090-5555-0103 email=ken@example.com\n");
    check("", "", "From: 佐藤 湊斗 [mailto:minato@example.co.jp]\n納品いたします。\n",
          "佐藤 湊斗 email=minato@example.co.jp\n");
    /* the address below is the sender's */
    check("", "",
          "佐藤 健一　様\n金額 12,000\nみなと文化センター\n神奈川県横浜市中区山下町1-1　TEL "
          "045-222-1111\n",
          "佐藤 健一\n");
    check("", "", "佐藤 健一　様\n〒108-0073　東京都港区三田1-2-3 田中センター\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3 田中センター\n");
    /* of another name it is another's */
    check("", "加藤 <kato@example.com>", "佐藤 健一 様\n\nお世話になります。\n", "佐藤 健一\n");
}

static void forms_that_are_shown(void **state)
{
    (void)state;
    static const char *const titles[] = {"入力例", "入会申込書（記入例）", "【見本】",
                                         "リクエスト例"};
    static const char *const others[] = {"相談事例", "記入例を参照してください。", "入会申込書"};
    static const char *const form = "\n氏名：佐藤 健一\n電話：090-5555-0103\n";
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        check("", "", kk_print(arena, "%s%s", titles[i], form).ptr, "");
        check("", "", kk_print(arena, "%s\n\n\n\n%s", form, titles[i]).ptr,
              ""); /* as pages tell it */
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check("", "", kk_print(arena, "%s%s", others[i], form).ptr,
              "佐藤 健一 phone=090-5555-0103\n");
    check("", "", "メールアドレス（例: hanako@example.com）を入力します。\n", "");
    check("", "", "名前：クロ　性別：オス　年齢：1歳\n", "");
}

static void courtesies_and_relatives(void **state)
{
    (void)state;
    static const char *const words[] = {"様",     "殿",         "さま",       "さん",       "氏",
                                        "先生",   "と申します", "といいます", "と言います", "君",
                                        "委員",   "課長",       "部長",       "係長",       "主任",
                                        "社長",   "会長",       "理事",       "議員",       "教授",
                                        "です。", "医師",       "看護師",     "弁護士",     "教諭"};
    static const char *const relatives[] = {"妻の",   "夫の", "長男", "長女",   "次男",    "次女",
                                            "二男",   "三女", "義父", "義母の", "祖父",    "祖母の",
                                            "父の",   "母",   "兄",   "弟",     "姉",      "妹の",
                                            "息子の", "娘",   "孫",   "実父",   "内縁の妻"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        check("", "", kk_print(arena, "本日、佐藤健一%s、出席。\n", words[i]).ptr, "佐藤健一\n");
    for (size_t i = 0; i < sizeof relatives / sizeof *relatives; i++)
        check("", "", kk_print(arena, "私と%s 佐藤健一も伺います\n", relatives[i]).ptr,
              "佐藤健一\n");
    check("", "", "神父の 佐藤健一も伺います\n", "");
}

static void marks_of_lines(void **state)
{
    (void)state;
    assert_int_equal(kk_list_mark(KK_S("1班 x")), strlen("1班 "));
    assert_int_equal(kk_list_mark(KK_S("10:02 x")), strlen("10:02 "));
    assert_int_equal(kk_list_mark(KK_S("(3) x")), strlen("(3) "));
    assert_int_equal(kk_list_mark(KK_S("2026")), 0);
    assert_int_equal(kk_list_mark(KK_S("")), 0);
    assert_int_equal(kk_relation_at(KK_S("妻の花子")), strlen("妻の"));
    assert_int_equal(kk_relation_at(KK_S("父島")), 0);
}

/* Contracts, certificates and letters of authority name who is meant before the label, or what somebody is before the name. */
static void parties_and_titles(void **state)
{
    (void)state;
    check(
        "", "",
        "（甲） 東京都千代田区丸の内1-2-3\n    株式会社みどり商会\n    代表取締役　佐藤　健一　㊞\n"
        "（乙）　住所　長野県松本市中央5丁目22番地13\n　　　　氏名　鈴木　花子　㊞\n"
        "（連帯保証人）　住所　新潟県長岡市大手通1-23-"
        "3\n　　　　氏名　高橋　誠　㊞\n　　　　電話　0258-55-4600\n",
        "佐藤 健一 address=東京都千代田区丸の内1-2-3\n"
        "鈴木 花子 address=長野県松本市中央5丁目22番地13\n"
        "高橋 誠 address=新潟県長岡市大手通1-23-3 phone=0258-55-4600\n");
    check("", "",
          "代理人　住所　愛知県豊田市若宮町5-22-"
          "17\n　　　　氏名　佐藤　健一\n　　　　生年月日　昭和33年10月8日\n"
          "次の権限を委任します。\n"
          "委任者　住所　静岡県浜松市中央区板屋町5-12-"
          "7\n　　　　氏名　鈴木　花子　印\n　　　　電話番号　080-5555-3304\n",
          "佐藤 健一 birth=昭和33年10月8日 address=愛知県豊田市若宮町5-22-17\n"
          "鈴木 花子 address=静岡県浜松市中央区板屋町5-12-7 phone=080-5555-3304\n");
    check("", "",
          "卒業証書\n鈴木　花子\n昭和60年9月1日生\n本校の課程を修了したことを証する\n県立東高等学校"
          "長　佐藤　健一\n",
          "鈴木 花子 birth=昭和60年9月1日\n佐藤 健一\n");
    check("", "", "品質管理　本田　技研\n営業　千葉　中央\n", "");
}

static void labels_with_more(void **state)
{
    (void)state;
    check(
        "", "",
        "【お届け先】〒802-0001　福岡県北九州市小倉北区浅野5丁目2番9号　メゾン桜 "
        "305号室　佐藤　健一　様　TEL 093-555-9199\n"
        "【ご依頼主】〒720-0066　広島県福山市三之丸町3-27-10　鈴木　花子　様　TEL 080-5555-6808\n",
        "佐藤 健一 zip=802-0001 address=福岡県北九州市小倉北区浅野5丁目2番9号 メゾン桜 305号室 "
        "phone=093-555-9199\n"
        "鈴木 花子 zip=720-0066 address=広島県福山市三之丸町3-27-10 phone=080-5555-6808\n");
    check("", "",
          "佐藤 健一 2026年6月9日 10:10\nお疲れさまです。\n\n鈴木 花子 2026/6/9 "
          "10:12\n了解です。\n\n本田 技研 2026年6月9日\n",
          "佐藤 健一\n鈴木 花子\n");
    check("", "", "2026年6月9日 日報　　佐藤健一\n\n・現地を確認\n", "佐藤健一\n");
    check("", "",
          "〒031-0001\n青森県八戸市大字糠塚字下道４\n－１６－８\nサンライズマンションB棟407\n佐藤 "
          "健一 様\n\n"
          "〒790-0011\n愛媛県松山市千舟町３－２０－\n１１\n鈴木 花子 様\n",
          "佐藤 健一 zip=031-0001 address=青森県八戸市大字糠塚字下道4-16-8 "
          "サンライズマンションB棟407\n"
          "鈴木 花子 zip=790-0011 address=愛媛県松山市千舟町3-20-11\n");
    check("", "",
          "■お名前\n　佐藤 "
          "健一\n■会社名\n　\n■電話番号\n　07055550101\n■メールアドレス\n　ken@example.jp\n",
          "佐藤 健一 phone=07055550101 email=ken@example.jp\n");
    check(
        "", "",
        "お届け先：〒330-0063\n埼玉県さいたま市浦和区高砂3丁目25番1号\n竹内　宗一郎　様\nTEL "
        "048-555-8652\n"
        "ご依頼主：〒920-0961\n石川県金沢市香林坊5丁目5番9号\n鈴木　花子　様\nTEL 090-5555-8413\n",
        "竹内 宗一郎 zip=330-0063 address=埼玉県さいたま市浦和区高砂3丁目25番1号 "
        "phone=048-555-8652\n"
        "鈴木 花子 zip=920-0961 address=石川県金沢市香林坊5丁目5番9号 phone=090-5555-8413\n");
    check("", "", "20:12\t鈴木 早紀\t佐藤健一さんにお願いしよう。番号は070-5555-3861\n",
          "鈴木 早紀\n佐藤健一 phone=070-5555-3861\n");
    check("", "",
          "氏名: 佐藤 健一\n電話番号: （自宅）03-5555-0101 （携帯）090-5555-0101\n"
          "緊急連絡先: 鈴木 花子（続柄：妻） 070-5555-7151\n",
          "佐藤 健一 phone=03-5555-0101\n鈴木 花子 phone=070-5555-7151\n");
    check("", "",
          "101号室   佐藤 健一  090-5555-3768  4名\n102号室   鈴木花子   070-5555-3493  3名\n",
          "佐藤 健一 phone=090-5555-3768\n鈴木花子 phone=070-5555-3493\n");
}

/* Where somebody works, before the name; surnames that no list has, where something says that a person stands there. */
static void places_of_work_and_rare_surnames(void **state)
{
    (void)state;
    check("", "", "南風運輸株式会社\n管理部　佐藤　健一\n\n夏季休業のご案内\n", "佐藤 健一\n");
    check("", "", "説明医師　　消化器内科　鈴木　花子\n情報システム部　佐藤健一\n",
          "鈴木 花子\n佐藤健一\n");
    check("", "", "代理人署名　　佐藤　健一　　　続柄（夫）\n", "佐藤 健一\n");
    check("", "", "人事部長　佐藤　健一 / Kenichi Sato, HR Director\n", "佐藤 健一\n");
    check("", "", "担当医　獅子内　宗一郎　先生　御侍史\n", "獅子内 宗一郎\n");
    check("", "", "営業部　本社\n総務部　資料室\n品質管理部　検査 工程\n", "");
    check("", "", "南風運輸 獅子内 健一様より\n折り返し希望　080-5555-4519\n",
          "獅子内 健一 phone=080-5555-4519\n");
    check("", "", "獅子内 健一　090-5555-0103\n院長　獅子内　花子\n",
          "獅子内 健一 phone=090-5555-0103\n獅子内 花子\n");
    check("", "", "4年2組担任　獅子内　健一\n\n品質保証室　獅子内　花子\n",
          "獅子内 健一\n獅子内 花子\n");
    check("", "",
          "新郎 健一 様\n長女 花子 様\n患者 花子 様\n担当 健一 様\n次男 健一　090-5555-0103\n",
          "? phone=090-5555-0103\n");
}

/* Contracts without labels, records of calls, and forms in two languages. */
static void parties_without_labels(void **state)
{
    (void)state;
    check("", "",
          "委託者　　東京都大田区蒲田4-5-6\n　　　　　株式会社青葉製作所\n"
          "　　　　　代表取締役　佐藤　健一　　印\n"
          "受託者　　愛知県豊田市若宮町2-25-19 コーポ青空203\n　　　　　鈴木　花子　　印\n",
          "佐藤 健一 address=東京都大田区蒲田4-5-6\n"
          "鈴木 花子 address=愛知県豊田市若宮町2-25-19 コーポ青空203\n");
    check("", "",
          "委託者: 東京都大田区蒲田4-5-6\n代表取締役: 佐藤 健一 印\n"
          "受託者: 愛知県豊田市若宮町2-25-19\n鈴木 花子 印\n",
          "佐藤 健一 address=東京都大田区蒲田4-5-6\n"
          "鈴木 花子 address=愛知県豊田市若宮町2-25-19\n");
    check("", "", "受付No.8800　10:05　OP:佐藤健一\n顧客名：鈴木花子 様\n電話：03-5555-0101\n",
          "佐藤健一\n鈴木花子 phone=03-5555-0101\n");
    check("", "",
          "氏名 / Name: 佐藤 健一 / Kenichi SATO\n生年月日 / Date of Birth: 1975年3月4日 / "
          "1975-03-04\n"
          "住所 / Address: 東京都港区三田1-2-3\n",
          "佐藤 健一 birth=1975年3月4日 address=東京都港区三田1-2-3\n");
    check("", "",
          "被相続人　佐藤　健一\n　最後の住所　東京都港区三田1-2-3\n　出生　昭和5年3月4日\n"
          "　死亡　令和8年1月15日\n\n相続人（妻）　佐藤　花子\n　住所　東京都港区三田1-2-3\n"
          "　出生　昭和7年3月4日\n",
          "佐藤 花子 birth=昭和7年3月4日 address=東京都港区三田1-2-3\n");
}

/* A company on the line above a name, or above where in it he works, is his. */
static void companies_above_names(void **state)
{
    (void)state;
    static const char *const his[] = {
        "株式会社みほん\n第二営業部 法人課 係長\n佐藤　健一\nTEL 03-5555-0101\n",
        "有限会社みほん設備\n佐藤 健一\n090-5555-0103\n", "株式会社みほん 御中\n佐藤健一様\n",
        "株式会社みほん\n代表取締役　佐藤　健一　印\n"};
    static const char *const others[] = {
        "株式会社みほん\n\n佐藤 健一 様\n", "株式会社みほんの件です。\n佐藤 健一 様\n",
        "株式会社みほん 03-5555-0100\n佐藤 健一 様\n",
        "株式会社みほん\n夏季休業のご案内を申し上げます。\n佐藤 健一 様\n"};
    for (size_t i = 0; i < sizeof his / sizeof *his; i++)
        assert_true(companies_in(his[i]) == 1);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(companies_in(others[i]) == 0);
}

/* What a line of an office's list has besides: amounts, titles in brackets, counts of people. */
static void lists_of_offices(void **state)
{
    (void)state;
    check("", "",
          "No  お名前          金額      ご住所\n"
          "1   佐藤　健一      5,000円   東京都港区三田1-2-3\n"
          "2   鈴木　花子      10,000円  大阪府大阪市北区梅田2-4-9\n",
          "佐藤 健一 address=東京都港区三田1-2-3\n"
          "鈴木 花子 address=大阪府大阪市北区梅田2-4-9\n");
    check("", "", "委　員　佐藤　健一（産業医）、鈴木　花子（製造課）、高橋 誠（保全課）\n",
          "佐藤 健一\n鈴木 花子\n高橋 誠\n");
    check("", "",
          "佐藤 健一 … 090-5555-0101\n鈴木花子・・・03-5555-0102\n田中 恵 → 090-5555-0103\n",
          "佐藤 健一 phone=090-5555-0101\n鈴木花子 phone=03-5555-0102\n田中 恵 "
          "phone=090-5555-0103\n");
    check("", "", "出席者：委員8名（欠席2名）、事務局3名\n", "");
    check("", "", "司会：佐藤 健一\n書記：鈴木 花子\n面接官：高橋 誠、田中 恵子\n",
          "佐藤 健一\n鈴木 花子\n高橋 誠\n田中 恵子\n");
    check("", "", "氏名\n佐藤 健一\n生年月日\n1980年4月5日（満 45 歳）\n",
          "佐藤 健一 birth=1980年4月5日 +age\n");
    check("", "", "大根、人参、玉ねぎ（各1本）、味噌\n千葉、福島、山口の各支店\n", "");
}

/* Marks, brackets and signs that people type as they like; nobody gets his neighbour's number. */
static void lists_typed_by_hand(void **state)
{
    (void)state;
    check("", "", "・佐藤　健一　090-5555-0101\n・鈴木　花子（すずき はなこ） 08055550102\n",
          "佐藤 健一 phone=090-5555-0101\n鈴木 花子 kana=すずき はなこ phone=08055550102\n");
    check("", "", "2) 佐藤 健一さん／03-5555-0101\n3）鈴木 花子：hanako3@example.com\n",
          "佐藤 健一 phone=03-5555-0101\n鈴木 花子 email=hanako3@example.com\n");
    check("", "", "→佐藤　健一様…090 5555 0101\n*鈴木 花子 tel:090(5555)0102\n",
          "佐藤 健一 phone=090 5555 0101\n鈴木 花子 phone=090(5555)0102\n");
    check("", "", "佐藤 健一 三田2-27-1 03-5555-0101\n鈴木 花子 芝2-1-1 03-5555-0102\n",
          "佐藤 健一 phone=03-5555-0101\n鈴木 花子 phone=03-5555-0102\n");
    check("", "", "あの店 三田2-27-1 090-5555-0101\n鈴木 花子 芝2-1-1 03-5555-0102\n",
          "? phone=090-5555-0101\n鈴木 花子 phone=03-5555-0102\n");
    check("", "",
          "伊集院 遥乃 大阪市北区梅田2-4-9 03-5555-0101\n鈴木 花子 大津市梅林1-8-1 03-5555-0102\n",
          "鈴木 花子 address=大津市梅林1-8-1 phone=03-5555-0102\n");
    check("", "", "http://example.com/0355550101\n2026.0355550101 1.2/03-5555-0101\n", "");
}

/* An address may begin with its city, or its ward. */
static void addresses_without_prefecture(void **state)
{
    (void)state;
    check("", "", "佐藤 健一 様\n横浜市港北区菊名3-2-1\n090-5555-0101\n",
          "佐藤 健一 address=横浜市港北区菊名3-2-1 phone=090-5555-0101\n");
    check("", "", "佐藤 健一 浦和区高砂2丁目11番16号 コーポ青空203 048-555-0101\n",
          "佐藤 健一 address=浦和区高砂2丁目11番16号 コーポ青空203 phone=048-555-0101\n");
    check("", "", "佐藤 健一 様\n会場を市場3-2へ移す\n区分 1-3\n市民ホール1階\n第2区3-4\n",
          "佐藤 健一\n");
}

/* Names behind what people do; who says something, with the time in brackets. */
static void duties_and_speakers(void **state)
{
    (void)state;
    check("", "", "夜勤：佐藤 健一　日勤：鈴木 花子\n", "佐藤 健一\n鈴木 花子\n");
    check("", "", "受付 佐藤 健一　確認 鈴木 花子\n記録　高橋 誠\n",
          "佐藤 健一\n鈴木 花子\n高橋 誠\n");
    check("", "", "201号室　佐藤 健一様\n202号室　近藤 花子様\n", "佐藤 健一\n近藤 花子\n");
    check("", "",
          "[2026/06/10 10:10] 佐藤 健一\n    お疲れさまです。\n\n[2026/06/10 10:12] 鈴木 花子: "
          "了解\n",
          "佐藤 健一\n鈴木 花子\n");
    check("", "", "佐藤 健一: では始めましょう。\n\n鈴木 花子：資料を共有します。\n",
          "佐藤 健一\n鈴木 花子\n");
    check("", "", "佐藤 健一（議長）、鈴木 花子、獅子倉 蒼希\n",
          "佐藤 健一\n鈴木 花子\n獅子倉 蒼希\n");
    check("", "", "大根 人参、玉葱 味噌、佐藤 健一\n", "");
    check("", "", "商品：千葉 福島\n会場：みどり ホール\n[10:10] 受付を開始\n合計：三千\n", "");
}

/* Letters in English. */
static void english_titles(void **state)
{
    (void)state;
    check("", "",
          "Ms. Hanako Sato\nDear Ms. Sato,\nThe beneficiary has been changed to Mr. Kenichi "
          "Suzuki.\n",
          "Hanako Sato\nKenichi Suzuki\n");
    check("", "", "Please ask Dr. Makoto Takahashi (makoto@example.com).\n",
          "Makoto Takahashi email=makoto@example.com\n");
    check("", "",
          "It is changed to Mr. Kenichi Suzuki.\nPlease contact me at hanako@example.com.\n",
          "Kenichi Suzuki\n? email=hanako@example.com\n");
    check("", "", "Mr. President of the board. Dear Mr. Sato\nthe end. Mrs. and Mr. both\n", "");
}

/* What a form asks by number, and boxes to tick. */
static void numbered_questions(void **state)
{
    (void)state;
    check("", "",
          "(1) お名前（ふりがな）　佐藤 健一（さとう けんいち）\n(2) ご年齢　45歳　(3) "
          "性別　☑男　□女\n(4) お電話　03-5555-0101\n",
          "佐藤 健一 kana=さとう けんいち +age +sex phone=03-5555-0101\n");
    check("", "", "氏名：佐藤 花子\n性別：□男性 ■女性\n", "佐藤 花子 +sex\n");
    assert_true(kk_is(kk_checked(KK_S("□男☑女")), "女"));
    assert_true(kk_is(kk_checked(KK_S("☑男☑女□")), "☑男☑女□"));
    assert_true(kk_is(kk_checked(KK_S("□男 □女")), "□男 □女"));
}

/* A label that is no word of the lists ends before the name. */
static void labels_before_mailboxes(void **state)
{
    (void)state;
    check("", "",
          "Author: Hanako Sato <hanako@example.com>\nDate:   Tue Jun 2 10:11:22 2026 +0900\n\n    "
          "Fix import\n\n    Co-authored-by: Kenichi Suzuki <ken@example.com>\n",
          "Hanako Sato email=hanako@example.com\nKenichi Suzuki email=ken@example.com\n");
    check("", "", "Signed-off-by: 佐藤 花子 <hanako@example.com>\n",
          "佐藤 花子 email=hanako@example.com\n");
}

/* Of a sentence before a mailbox no more than the name at its end. */
static void sentences_before_mailboxes(void **state)
{
    (void)state;
    check("", "",
          "If you think that you should be on this list, please email <osato@example.com>.\n",
          "? email=osato@example.com\n");
    check("", "", "Copyright 2000-2002 Yoichi Imai <yimai@example.com>\n",
          "Yoichi Imai email=yimai@example.com\n");
    check("", "", "Written with the help of Aleix van der Bosch <a.bosch@example.com>\n",
          "Aleix van der Bosch email=a.bosch@example.com\n");
    check("", "", "hanako <hanako@example.com>\n", "hanako email=hanako@example.com\n");
    check("", "", "Hana <h.sato@example.com>\n", "Hana email=h.sato@example.com\n");
}

/* 安 and 全 are names, 安全 is none. */
static void words_before_desu(void **state)
{
    (void)state;
    check("", "", "この方法は比較的安全です。\n新規です。\nサポートも万全です。\n", "");
    check("", "", "総務の林修です。\n営業の佐藤健一です。\n", "林修\n佐藤健一\n");
}

/* Who says his name in a letter is who it is from, where its head names nobody. */
static void letters_from_mailboxes_alone(void **state)
{
    (void)state;
    check("ken@example.com", "saiyo@example.jp",
          "採用ご担当者様\n\n佐藤健一と申します。\n求人に応募いたします。\n\n佐藤 "
          "健一\n〒108-0073\n東京都港区三田1-2-3\n電話：090-5555-0103\n",
          "佐藤健一 zip=108-0073 address=東京都港区三田1-2-3 phone=090-5555-0103 "
          "email=ken@example.com\n");
    check("info@example.com", "", "佐藤健一と申します。\n", "佐藤健一\n");
    check("", "", "From: 青葉ニュース <news@example.jp>\nFrom: saiyo@example.jp\n", "");
    check("ken@example.com", "", "> 佐藤健一と申します。\n承知しました。\n", "佐藤健一\n");
}

/* A house that writes to somebody gives its own address and number; what he has registered is his. */
static void houses_that_write(void **state)
{
    (void)state;
    check("", "",
          "佐藤 花子 様\n\n担当:鈴木 健一\n日時:7月3日 10:30\n変更は 042-555-0177 "
          "までお電話ください。\n\nみどり皮膚科クリニック\n東京都立川市曙町2-3-4\n電話 "
          "042-555-0177\n",
          "佐藤 花子\n鈴木 健一\n");
    check("", "",
          "佐藤 花子 様\n電話番号:090-5555-0103\n【店舗情報】\nヘアサロン光 吉祥寺店\n〒180-0003 "
          "東京都武蔵野市吉祥寺南町1-2-3\nTEL 0422-55-0101\n",
          "佐藤 花子 phone=090-5555-0103\n");
    check("", "",
          "佐藤 花子 様\n\n金 12,800円\n\nさくら造園\n千葉県船橋市本町3-4-5\nTEL 047-555-0102\n",
          "佐藤 花子\n");
    check("", "",
          "佐藤 花子 "
          "様\n\n面接のご案内\n場所:弊社本社(東京都千代田区外神田3-4-5)\n受付電話:03-5555-0112\n",
          "佐藤 花子\n");
    check("", "",
          "佐藤 花子 "
          "様\n\nご登録の内容は次のとおりです。\n\n〒180-0003\n東京都武蔵野市吉祥寺南町1-2-"
          "3\n電話番号:0422-55-0103\n",
          "佐藤 花子 zip=180-0003 address=東京都武蔵野市吉祥寺南町1-2-3 phone=0422-55-0103\n");
    check("", "",
          "作成者氏名 佐藤 花子\n事業所名及び所在地 若葉の里 東京都品川区大崎1-2-3 電話 "
          "03-5555-0112\n",
          "佐藤 花子\n");
    check("", "",
          "作成者氏名 佐藤 花子\n利用料は下記のとおり\n有限会社野菊堂 東京都品川区大崎1-2-3 TEL "
          "03-5555-0133\n",
          "佐藤 花子\n");
    check("", "", "報告者 佐藤 花子\n発生場所 神奈川県川崎市中原区小杉町1-2\n", "佐藤 花子\n");
}

/* An address above a name is the name's, also where somebody was named before it. */
static void addresses_above_names(void **state)
{
    (void)state;
    check("", "",
          "代理人弁護士 佐藤 花子\n\n〒180-0003 東京都武蔵野市吉祥寺南町1-2-3\n原 告 鈴木 "
          "健一\n\n〒260-0013 千葉県千葉市中央区中央2-3-4\n被 告 高橋 誠\n",
          "佐藤 花子\n鈴木 健一 zip=180-0003 address=東京都武蔵野市吉祥寺南町1-2-3\n高橋 誠 "
          "zip=260-0013 address=千葉県千葉市中央区中央2-3-4\n");
    check("", "",
          "長男 鈴木健一(昭和50年5月5日生)に相続させる。\n次の者を指定する。\n住所 "
          "東京都武蔵野市吉祥寺南町1-2-3\n職業 弁護士\n氏名 佐藤 花子\n",
          "鈴木健一 birth=昭和50年5月5日\n佐藤 花子 address=東京都武蔵野市吉祥寺南町1-2-3\n");
}

/* Who speaks, in exports of conversations. */
static void speakers_of_exports(void **state)
{
    (void)state;
    check("", "",
          "佐藤 花子  [10:02 AM]\nおはようございます。\n\n鈴木 健一  [10:05 AM]\n了解です。\n",
          "佐藤 花子\n鈴木 健一\n");
    check("", "", "10:11:03\t 開始 佐藤 花子 から 全員:\n\t聞こえています\n", "佐藤 花子\n");
    check("", "", "10:10\n佐藤 花子\nこんにちは\n", "佐藤 花子\n");
    check("", "", "こんにちは\n佐藤 花子\nこんにちは\n", "");
    check("", "",
          "お客様: 佐藤花子です。\nお客様: "
          "高知県高知市はりまや町6丁目13番18号です。電話は090-5555-0103です。\n",
          "佐藤花子 address=高知県高知市はりまや町6丁目13番18号 phone=090-5555-0103\n");
}

/* Names that begin lines, whatever is written behind them. */
static void names_that_begin_lines(void **state)
{
    (void)state;
    check("", "",
          "佐藤 花子 ............ 2100\n鈴木 健一 ............ 2101\n高橋 誠 ............ 2102\n",
          "佐藤 花子\n鈴木 健一\n高橋 誠\n");
    check("", "", "佐藤 花子 卵アレルギー\n鈴木 健一 午睡中にせき込む\n高橋 誠 特になし\n",
          "佐藤 花子\n鈴木 健一\n高橋 誠\n");
    check("", "", "1001 サトウ ハナコ 0774-55-0101\n1002 スズキ ケンイチ 0774-55-0102\n",
          "サトウ ハナコ kana=サトウ ハナコ phone=0774-55-0101\nスズキ ケンイチ kana=スズキ "
          "ケンイチ phone=0774-55-0102\n");
    check("", "", "①佐藤花子 ℡090-5555-0101\n③ スズキ ケンイチ(鈴木健一) 携帯 090-5555-0102\n",
          "佐藤花子 phone=090-5555-0101\n鈴木健一 kana=スズキ ケンイチ phone=090-5555-0102\n");
    check("", "", "欠席 佐藤 花子(発熱のため)\n早退 鈴木 健一(11時、嘔吐)\n",
          "佐藤 花子\n鈴木 健一\n");
    check("", "", "当日は担当児童福祉司の佐藤花子が伺い、品質保証課の鈴木健一へ連絡します。\n",
          "佐藤花子\n鈴木健一\n");
    check("", "", "獅子内 健一 ....... 2100\n佐藤 花子 ....... 2101\n鈴木 健一 ....... 2102\n",
          "獅子内 健一\n佐藤 花子\n鈴木 健一\n");
    check("", "", "佐藤花子氏(45歳・女性、高知県高知市はりまや町6-13-18在住)が来店した。\n",
          "佐藤花子 +age +sex address=高知県高知市はりまや町6-13-18\n");
    check("", "", "氏名 佐藤 花子\n本籍 三重県\n現住所 高知県高知市はりまや町6-13-18\n",
          "佐藤 花子 address=高知県高知市はりまや町6-13-18\n");
    check("", "", "佐藤 花子 Hanako Sato\nM: 090-5555-0101\n", "佐藤 花子 phone=090-5555-0101\n");
    check("", "",
          "From: みどり商会 採用担当 <saiyo.midori@example.jp>\nFrom: 配信 <news@example.jp>\n",
          "? email=saiyo.midori@example.jp\n");
}

/* Minutes, records and notes: who is there, who wrote a line, who called. */
static void minutes_and_records(void **state)
{
    (void)state;
    check("", "", "3 出席者 委員長 佐藤 花子\n 委員 鈴木 健一、高橋 誠\n 産業医 加藤 省吾\n",
          "佐藤 花子\n鈴木 健一\n高橋 誠\n加藤 省吾\n");
    check("", "", "6/10 08:30 体温36.8度。疼痛自制内。 佐藤 花子\n", "佐藤 花子\n");
    check("", "",
          "9:15 佐藤 花子様より鈴木健一課長あて 折返し希望 090-5555-0103\n9:22 鈴木 "
          "健一様より高橋誠課長あて 折返し希望 090-5555-0104\n",
          "佐藤 花子 phone=090-5555-0103\n鈴木健一 phone=090-5555-0104\n高橋誠\n");
    check("", "", "【特記事項】膝に痛みあり。長女の佐藤花子様(090-5555-0103)へ電話で報告した。\n",
          "佐藤花子 phone=090-5555-0103\n");
    check("", "", "佐藤 花子 → 鈴木 健一 → 高橋 誠\n", "佐藤 花子\n鈴木 健一\n高橋 誠\n");
    check("", "", "新郎 佐藤 健一 新婦 鈴木 花子\n", "佐藤 健一\n鈴木 花子\n");
    check("", "", "製造部第二課\n古川 航平 ㊞\n", "古川 航平\n");
    check(
        "", "",
        "佐藤 花子(東栄)\n鈴木 健一(大空)\n高橋 誠(当社)\n\n会場:みどりプラザ 5階 会議室B(3名様)\n",
        "佐藤 花子\n鈴木 健一\n高橋 誠\n");
}

/* A paper on one person tells at its end how to reach him; of two people nobody can say whose it is. */
static void papers_on_one_person(void **state)
{
    (void)state;
    check("", "",
          "氏名 佐藤 "
          "花子\n\n\n職務要約\n法人営業に従事。\n\n\n■連絡先\n東京都武蔵野市吉祥寺南町1-2-3\n携帯 "
          "090-5555-0103\n",
          "佐藤 花子 address=東京都武蔵野市吉祥寺南町1-2-3 phone=090-5555-0103\n");
    check("", "", "氏名 佐藤 花子\n\n\n氏名 鈴木 健一\n\n\n■連絡先\n携帯 090-5555-0103\n",
          "佐藤 花子\n鈴木 健一\n? phone=090-5555-0103\n");
    check("", "",
          "1 氏名 LE THI THU(レ ティ トゥー)\n 国籍 ベトナム 性別 女 生年月日 1999/3/3\n 連絡先 "
          "070-5555-0103\n",
          "LE THI THU kana=レ ティ トゥー birth=1999/3/3 +sex phone=070-5555-0103\n");
    check("", "", "氏名 ABC 12\n品名 Rain Boots\n", "");
}

/* What stands behind a name with its courtesy, below it, or in a bracket. */
static void names_with_more_behind(void **state)
{
    (void)state;
    check("", "", "利用者名：佐藤 健一 殿 生年月日 昭和50年3月4日 住所 東京都港区三田1-2-3\n",
          "佐藤 健一 birth=昭和50年3月4日 address=東京都港区三田1-2-3\n");
    check("", "", "対象者：鈴木 日菜乃 様 59 歳 女性\n", "鈴木 日菜乃 +age +sex\n");
    check("", "", "お届け先：佐藤 健一 様 〒108-0073 東京都港区三田1-2-3 TEL 03-5555-0101\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3 phone=03-5555-0101\n");
    check("", "", "201号室　佐藤 健一様（57）\n　夜間良眠。\n202号室　鈴木 花子様（2）\n",
          "佐藤 健一 +age\n鈴木 花子\n");
    check("", "", "佐藤 健一\nさとう けんいち\n技術部長\n小鳥遊 里奈\nたかなし りな\n設計\n",
          "佐藤 健一 kana=さとう けんいち\n小鳥遊 里奈 kana=たかなし りな\n");
    check("", "",
          "宿泊者カード REGISTRATION CARD\n氏名 NAME: 佐藤 健一\n住所 ADDRESS: 〒108-0073 "
          "東京都港区三田1-2-3\n"
          "電話 TEL: 03-5555-0101\n到着日 ARRIVAL 2026/06/12\n部屋番号 ROOM: 504\n",
          "佐藤 健一 zip=108-0073 address=東京都港区三田1-2-3 phone=03-5555-0101\n");
    check("", "", "第2条 社員は氏名、住所に変更があったときは届け出なければならない。\n", "");
    check("", "", "佐藤　想像以上です。特に味噌汁が好評で。\n", "");
    check("", "",
          "From: 佐藤 健一 <ken@example.ne.jp>\nMessage-ID: <0abc@mail.example.jp>\n"
          "References: <1abc@mail.example.jp>\n\nよろしく。\n",
          "佐藤 健一 email=ken@example.ne.jp\n");
    check("", "",
          "契約者氏名：佐藤 健一\n相談者との関係：母\n\n契約者住所：東京都港区三田1-2-3\n"
          "電話：03-5555-0101\n\n相談員：鈴木 花子\n",
          "佐藤 健一 address=東京都港区三田1-2-3 phone=03-5555-0101\n鈴木 花子\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_with_brackets),
        cmocka_unit_test(lines_of_lists),
        cmocka_unit_test(labels_with_blanks),
        cmocka_unit_test(mailboxes_and_labels_behind_names),
        cmocka_unit_test(parcels_and_envelopes),
        cmocka_unit_test(one_name_twice_in_a_list),
        cmocka_unit_test(one_person_in_two_places),
        cmocka_unit_test(letters_name_their_people),
        cmocka_unit_test(forms_that_are_shown),
        cmocka_unit_test(courtesies_and_relatives),
        cmocka_unit_test(marks_of_lines),
        cmocka_unit_test(lists_typed_by_hand),
        cmocka_unit_test(labels_before_mailboxes),
        cmocka_unit_test(duties_and_speakers),
        cmocka_unit_test(numbered_questions),
        cmocka_unit_test(english_titles),
        cmocka_unit_test(addresses_without_prefecture),
        cmocka_unit_test(parties_and_titles),
        cmocka_unit_test(labels_with_more),
        cmocka_unit_test(places_of_work_and_rare_surnames),
        cmocka_unit_test(parties_without_labels),
        cmocka_unit_test(companies_above_names),
        cmocka_unit_test(lists_of_offices),
        cmocka_unit_test(sentences_before_mailboxes),
        cmocka_unit_test(words_before_desu),
        cmocka_unit_test(letters_from_mailboxes_alone),
        cmocka_unit_test(houses_that_write),
        cmocka_unit_test(addresses_above_names),
        cmocka_unit_test(speakers_of_exports),
        cmocka_unit_test(names_that_begin_lines),
        cmocka_unit_test(minutes_and_records),
        cmocka_unit_test(papers_on_one_person),
        cmocka_unit_test(names_with_more_behind),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
