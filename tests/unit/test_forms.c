/* Normal forms of what a cell says about a person: names, companies, telephones, mail, dates, numbers
 * with check digits, addresses. All of it is invented or published examples. */
#include "tests/unit/lexicon.h"

#include "base/text.h"
#include "recognise/address.h"
#include "recognise/company.h"
#include "recognise/date.h"
#include "recognise/email.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/name.h"
#include "recognise/number.h"
#include "recognise/phone.h"

/* ---- characters and names ---- */

static void kanji_forms(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"髙橋", "高橋"},     {"山﨑", "山崎"},     {"渡邉", "渡辺"}, {"渡邊", "渡辺"},
        {"齋藤", "斎藤"},     {"齊藤", "斉藤"},     {"𠮷田", "吉田"}, {"冨田", "富田"},
        {"桒原", "桑原"},     {"栁田", "柳田"},     {"嶋田", "島田"}, {"嶌田", "島田"},
        {"曾根", "曽根"},     {"惠子", "恵子"},     {"眞一", "真一"}, {"濱田", "浜田"},
        {"澤田", "沢田"},     {"廣瀨", "広瀬"},     {"國枝", "国枝"}, {"櫻井", "桜井"},
        {"小笠原", "小笠原"}, {"與那嶺", "与那嶺"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(kk_fold_kanji(arena, kk_plain(arena, kk_cstr(same[i][0]))), same[i][1], same[i][0]);
    bool mixed;
    expect(kk_fold_near(arena, KK_S("斉藤"), &mixed), "斎藤", "斉藤");
    assert_true(mixed);
    (void)kk_fold_near(arena, KK_S("山田"), &mixed);
    assert_false(mixed);
}

static void plain_text(void **state)
{
    (void)state;
    expect(kk_plain(arena, KK_S("　ﾔﾏﾀﾞ　　ﾀﾛｳ ")), "ヤマダ タロウ", "half width");
    expect(kk_plain(arena, KK_S("ＡＢＣ１２３")), "ABC123", "full width");
    static const char *const coloured[][2] = {
        {"\x1b[31m山田太郎\x1b[0m", "山田太郎"},
        {"\x1b[1;31m山田\x1b[m 太郎", "山田 太郎"},
        {"\x1b]0;題\x07山田 太郎", "山田 太郎"},
        {"\x1b]0;題\x1b\\山田 太郎", "山田 太郎"},
        {"\xc2\x9b"
         "31m山田 太郎",
         "山田 太郎"},
        {"\x1b(B山田 太郎", "山田 太郎"},
        {"\x1b山田 太郎\x1b", "山田 太郎"},
        {"\x1b]山田 太郎", "山田 太郎"}, /* never closed: nobody is lost by it */
        {"\x1b[山田 太郎", "山田 太郎"},
        {"山田\xc2\x85太郎", "山田 太郎"},
        {"\x1b[31m", ""}};
    for (size_t i = 0; i < sizeof coloured / sizeof *coloured; i++)
        expect(kk_plain(arena, kk_cstr(coloured[i][0])), coloured[i][1], "for a terminal");
    expect(kk_plain(arena, KK_S("㈱例示")), "(株)例示", "㈱");
    expect(kk_plain(arena, KK_S("a\xe2\x80\x8b"
                                "b\tc")),
           "ab c", "invisible");
    assert_true(kk_is_blank(KK_S("なし")) && kk_is_blank(KK_S("N/A")) && kk_is_blank(KK_S("---")) &&
                kk_is_blank(KK_NONE));
    assert_false(kk_is_blank(KK_S("無量寺")));
}

static void readings(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"ヤマダ タロウ", "ヤマダタロー"},
        {"やまだ　たろう", "ヤマダタロー"},
        {"ｵｵﾉ", "オーノ"},
        {"オウノ", "オーノ"},
        {"オーノ", "オーノ"},
        {"オノ", "オノ"},
        {"キョウコ", "キヨーコ"},
        {"ハットリ", "ハツトリ"},
        {"ミヅホ", "ミズホ"},
        {"ヂロウ", "ジロー"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(kk_kana_skeleton(arena, kk_plain(arena, kk_cstr(cases[i][0]))), cases[i][1],
               cases[i][0]);
    assert_int_equal(kk_kana_skeleton(arena, KK_S("山田")).len, 0);
    static const char *const latin[][2] = {
        {"Satoh", "sato"},        {"SATOU", "sato"}, {"Ohara", "ohara"}, {"Ohno", "ono"},
        {"Kusunoki", "kusunoki"}, {"Itou", "ito"},   {"Sinzi", "shinji"}};
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        expect(kk_latin_skeleton(arena, kk_cstr(latin[i][0])), latin[i][1], latin[i][0]);
    expect(kk_kana_to_latin(arena, KK_S("シンジョウ")), "shinjo", "シンジョウ");
    expect(kk_kana_to_latin(arena, KK_S("ハットリ")), "hattori", "ハットリ");
    expect(kk_kana_to_latin(arena, KK_S("キョウコ")), "kyoko", "キョウコ");
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *whole, *family, *given;
        kk_standing standing;
    } cases[] = {
        {"山田 太郎", "山田太郎", "山田", "太郎", KK_COUNTS},
        {"山田太郎", "山田太郎", "山田", "太郎", KK_COUNTS},
        {"髙橋　花子様", "高橋花子", "高橋", "花子", KK_COUNTS},
        {"長谷川京子 殿", "長谷川京子", "長谷川", "京子", KK_COUNTS},
        {"佐々木一郎さん", "佐々木一郎", "佐々木", "一郎", KK_COUNTS},
        {"Yamada, Taro", "taro yamada", "yamada", "taro", KK_COUNTS},
        {"Mr. Taro YAMADA", "taro yamada", "", "", KK_COUNTS},
        {"マイケル・ジョンソン", "マイケル・ジョンソン", "", "", KK_COUNTS},
        {"故 山田 太郎", "山田太郎", "山田", "太郎", KK_IS_DECEASED},
        {"故山田太郎", "山田太郎", "山田", "太郎", KK_IS_DECEASED},
        {"山田太郎（故人）", "山田太郎", "山田", "太郎", KK_IS_DECEASED},
        {"テスト太郎", "テスト太郎", "", "", KK_IS_PLACEHOLDER},
        {"テスト　花子", "テスト花子", "テスト", "花子", KK_IS_PLACEHOLDER},
        {"test user", "test user", "", "", KK_IS_PLACEHOLDER},
        {"サンプル", "サンプル", "", "", KK_IS_PLACEHOLDER},
        {"ダミー 一郎", "ダミー一郎", "ダミー", "一郎", KK_IS_PLACEHOLDER},
        {"ああああ", "ああああ", "", "", KK_IS_PLACEHOLDER},
        {"氏名", "氏名", "", "", KK_IS_PLACEHOLDER},
        {"12345", "", "", "", KK_IS_PLACEHOLDER},
        {"株式会社例示塗装", "", "", "", KK_IS_ORGANISATION},
        {"㈲例示商店", "", "", "", KK_IS_ORGANISATION},
        {"例示塗装", "例示塗装", "", "", KK_IS_ORGANISATION},
        {"医療法人社団例示会", "", "", "", KK_IS_ORGANISATION},
        {"Example Paint Co., Ltd.", "", "", "", KK_IS_ORGANISATION},
        {"Example Valley Foundation", "", "", "", KK_IS_ORGANISATION},
        {"University of Example", "", "", "", KK_IS_ORGANISATION},
        {"Bank of Example", "", "", "", KK_IS_ORGANISATION},
        {"Bank Peter", "", "", "", KK_COUNTS},
        {"Mary Group-Sample Church", "", "", "", KK_COUNTS},
        {"Peter Systema", "", "", "", KK_COUNTS},
        {"例示市役所 御中", "", "", "", KK_IS_ORGANISATION},
        {"同窓会", "同窓会", "", "", KK_IS_ORGANISATION},
        {"株式会社例示 佐藤健一様", "佐藤健一", "佐藤", "健一", KK_COUNTS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_name name = kk_name_read(arena, lexicon, kk_cstr(cases[i].cell));
        if (cases[i].whole[0] || cases[i].standing != KK_COUNTS)
            expect(name.whole, cases[i].whole, cases[i].cell);
        if (cases[i].family[0])
            expect(name.family, cases[i].family, cases[i].cell);
        if (cases[i].given[0])
            expect(name.given, cases[i].given, cases[i].cell);
        if (name.standing != cases[i].standing)
            fail_msg("%s: standing %d, wanted %d", cases[i].cell, name.standing, cases[i].standing);
    }
    kk_name name = kk_name_read(arena, lexicon, KK_S("山田 花子（旧姓 佐藤）"));
    expect(name.former, "佐藤花子", "旧姓");
    name = kk_name_read(arena, lexicon, KK_S("山田太郎（ヤマダ タロウ）"));
    expect(name.kana, "ヤマダ タロウ", "kana in brackets");
    assert_false(kk_name_read(arena, lexicon, KK_S("田中")).full);
    assert_false(kk_name_read(arena, lexicon, KK_S("長谷川")).full);
}

static void companies(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"株式会社例示塗装", "例示塗装"},
                                          {"例示塗装(株)", "例示塗装"},
                                          {"㈱例示塗装", "例示塗装"},
                                          {"例示塗装株式会社 御中", "例示塗装"},
                                          {"Example Paint Co., Ltd.", "examplepaint"},
                                          {"EXAMPLE PAINT Inc", "examplepaint"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(kk_company_form(arena, kk_plain(arena, kk_cstr(same[i][0]))), same[i][1],
               same[i][0]);
    assert_false(kk_names_organisation(KK_S("服部 会田")));
}

/* ---- numbers, dates, addresses ---- */

static void phones(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digits;
        kk_phone_kind kind;
        bool named;
    } cases[] = {
        {"03-1234-5678", "0312345678", KK_PHONE_FIXED, false},
        {"090-1234-5678", "09012345678", KK_PHONE_MOBILE, false},
        {"0120-123-456", "0120123456", KK_PHONE_FREE, false},
        {"0312345678", "0312345678", KK_PHONE_FIXED, false},
        {"０３（１２３４）５６７８", "0312345678", KK_PHONE_FIXED, false},
        {"045-123-4567", "0451234567", KK_PHONE_FIXED, false},
        {"060-1234-5678", "06012345678", KK_PHONE_MOBILE, false},
        {"050-1234-5678", "05012345678", KK_PHONE_IP, false},
        {"0800-123-4567", "08001234567", KK_PHONE_FREE, false},
        {"0570-012-345", "0570012345", KK_PHONE_SERVICE, false},
        {"+81 90-1234-5678", "09012345678", KK_PHONE_MOBILE, false},
        {"+81-3-1234-5678", "0312345678", KK_PHONE_FIXED, false},
        {"+81(0)3-1234-5678", "0312345678", KK_PHONE_FIXED, false},
        {"0081 3 1234 5678", "0312345678", KK_PHONE_FIXED, false},
        {"03ー1234ー5678", "0312345678", KK_PHONE_FIXED, false},
        {"03−1234−5678", "0312345678", KK_PHONE_FIXED, false},
        {"9012345678", "09012345678", KK_PHONE_MOBILE, true},
        {"312345678", "0312345678", KK_PHONE_FIXED, true},
        {"03-1234-5678 内線 123", "0312345678", KK_PHONE_FIXED, true},
        {"+44 20 7946 0018", "442079460018", KK_PHONE_FOREIGN, false},
        {"000-0000-0000", "00000000000", KK_PHONE_FILLER, true},
        {"090-0000-0000", "09000000000", KK_PHONE_FILLER, true},
        {"090-0000-0001", "09000000001", KK_PHONE_MOBILE, true},
        {"090-0123-4567", "09001234567", KK_PHONE_MOBILE, true},
        {"07001234567", "07001234567", KK_PHONE_MOBILE, true},
        {"090-0123-4567", "09001234567", KK_PHONE_NONE, false},
        {"2024-01-15", "", KK_PHONE_NONE, false},
        {"110", "", KK_PHONE_NONE, false},
        {"123456789012345678", "", KK_PHONE_NONE, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_phone phone =
            kk_phone_read(kk_plain(arena, kk_cstr(cases[i].text)), cases[i].named, NULL);
        if (phone.kind != cases[i].kind)
            fail_msg("%s: kind %d, wanted %d", cases[i].text, phone.kind, cases[i].kind);
        if (cases[i].digits[0])
            expect(kk_phone_digits(&phone), cases[i].digits, cases[i].text);
    }
}

static void emails(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"taro@example.co.jp", "taro@example.co.jp"},
        {"連絡先taro@example.co.jpまで", "taro@example.co.jp"},
        {"taro.@docomo.ne.jp", "taro.@docomo.ne.jp"},
        {".taro..yamada@ezweb.ne.jp", ".taro..yamada@ezweb.ne.jp"},
        {"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ", "taro@example.co.jp"},
        {"山田太郎 <Taro.Yamada@Example.JP>", "taro.yamada@example.jp"},
        {"mailto:taro@example.com", "taro@example.com"},
        {"taro+shop@example.com", "taro+shop@example.com"},
        {"taro@example.com.", "taro@example.com"},
        {"taro@localhost", ""},
        {"@example.com", ""},
        {"a@b", ""},
        {"getty@tty1.service", ""},
        {"logo@2x.png", ""},
        {"ver@jsarticle.cls", ""},
        {"getty@tty1.service taro@example.jp", "taro@example.jp"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(kk_email_read(arena, kk_plain(arena, kk_cstr(cases[i][0]))).address, cases[i][1],
               cases[i][0]);
    expect(kk_email_read(arena, KK_S("Ta.ro+x@gmail.com")).loose, "taro@gmail.com", "gmail");
    assert_true(kk_email_read(arena, KK_S("info@example.co.jp")).shared);
    assert_true(kk_email_read(arena, KK_S("noreply@example.co.jp")).filler);
    assert_true(kk_email_read(arena, KK_S("user12@example.com")).filler);
    assert_false(kk_email_read(arena, KK_S("user12@example.co.jp")).filler);
    assert_false(kk_email_read(arena, KK_S("hanako@example.com")).filler);
    assert_false(kk_email_read(arena, KK_S("information.taro@example.co.jp")).shared);
    assert_true(kk_email_read(arena, KK_S("boot@lists.example.org")).shared);
    assert_true(kk_email_read(arena, KK_S("tosho-request@example.co.jp")).shared);
    assert_true(kk_email_read(arena, KK_S("www-data@example.co.jp")).shared);
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int year, month, day;
        bool named;
    } cases[] = {
        {"1980-03-04", 1980, 3, 4, false},
        {"1980/3/4", 1980, 3, 4, false},
        {"19800304", 1980, 3, 4, false},
        {"1980年3月4日", 1980, 3, 4, false},
        {"1980年3月4日生", 1980, 3, 4, false},
        {"S55.3.4", 1980, 3, 4, false},
        {"昭和55年3月4日", 1980, 3, 4, false},
        {"昭和五十五年三月四日", 1980, 3, 4, false},
        {"㍼55年3月4日", 1980, 3, 4, false},
        {"平成元年1月8日", 1989, 1, 8, false},
        {"R1.5.1", 2019, 5, 1, false},
        {"令和6年12月1日", 2024, 12, 1, false},
        {"3550304", 1980, 3, 4, true},
        {"大正15年12月24日", 1926, 12, 24, false},
        {"29284", 1980, 3, 4, true},
        {"4-Mar-1980", 1980, 3, 4, false},
        {"Mar 4, 1980", 1980, 3, 4, false},
        {"03/04/1980", 1980, 3, 4, false},
        {"25/04/1980", 1980, 4, 25, false},
        {"1980-03-04 00:00:00", 1980, 3, 4, false},
        {"1980-03-04T00:00:00", 1980, 3, 4, false},
        {"2000-02-29", 2000, 2, 29, false},
        {"Tue, 29 Feb 2000 10:00:00 +0900", 2000, 2, 29, false},
        {"S. 39. 8. 8", 1964, 8, 8, false},
        {"（昭和）47年12月12日生", 1972, 12, 12, false},
        {"昭41-9-9", 1966, 9, 9, true},
        {"昭 41.9.9", 1966, 9, 9, true},
        {"(昭)41年9月9日", 1966, 9, 9, true},
        {"令元.5.1", 2019, 5, 1, true},
        {"昭和41年（1966年）9月9日", 1966, 9, 9, false},
        {"昭和41年(1966)9月9日生", 1966, 9, 9, false},
        {"昭和41(1966)年9月9日", 1966, 9, 9, false},
        {"1966年（昭和41年）9月9日", 1966, 9, 9, false},
        {"1966（昭和41）年9月9日（金）", 1966, 9, 9, false},
        {"2019（令和元年）5月1日", 2019, 5, 1, false},
        {"昭和六十一年（一九八六年）十二月二十八日", 1986, 12, 28, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_day day = kk_day_read(kk_plain(arena, kk_cstr(cases[i].text)), cases[i].named);
        int64_t wanted = kk_days_from_civil(cases[i].year, cases[i].month, cases[i].day);
        if (!day.found || day.day != wanted)
            fail_msg("%s: day %d, wanted %lld", cases[i].text, day.day, (long long)wanted);
    }
    static const char *const none[] = {"1981-02-29",
                                       "1980-13-01",
                                       "abc",
                                       "03-1234-5678",
                                       "昭和70年1月1日",
                                       "100-0001",
                                       "",
                                       "大1-2-3",
                                       "平1-2-3",
                                       "昭41-9-9",
                                       "090(1234)5678",
                                       "(03)1234-5678",
                                       "(1966)",
                                       "1966(昭和41)",
                                       "昭和41年(",
                                       "()",
                                       "(昭和)"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (kk_day_read(kk_plain(arena, kk_cstr(none[i])), false).found)
            fail_msg("%s taken for a date", none[i]);
    assert_true(kk_day_read(KK_S("1900-01-01"), true).filler);
    assert_true(kk_day_read(KK_S("9999/12/31"), true).filler);
    kk_day two = kk_day_read(KK_S("80/03/04"), true);
    assert_true(two.found && two.day == KK_NO_DAY);
}

static void check_digits(void **state)
{
    (void)state;
    assert_true(kk_is_my_number(KK_S("123456789018")));
    assert_false(kk_is_my_number(KK_S("123456789012")));
    assert_false(kk_is_my_number(KK_S("000000000000")));
    assert_true(kk_is_corporate_number(KK_S("4011001098993")));
    assert_true(kk_is_corporate_number(KK_S("7000012050002")));
    assert_false(kk_is_corporate_number(KK_S("4011001098994")));
    assert_true(kk_is_licence_number(KK_S("309012345620")));
    assert_false(kk_is_licence_number(KK_S("309012345630")));
    assert_true(kk_is_insurer_number(KK_S("33120015")));
    assert_false(kk_is_insurer_number(KK_S("33120016")));
    assert_true(kk_is_product_code(KK_S("4901234567894")));
    assert_int_equal(kk_card_judge(KK_S("4111111111111111")), KK_CARD_TEST);
    assert_int_equal(kk_card_judge(KK_S("2223003122003222")), KK_CARD_TEST);
    assert_int_equal(kk_card_judge(KK_S("4111111111111112")), KK_CARD_NONE);
    assert_int_equal(kk_card_judge(KK_S("4000001234567899")), KK_CARD_REAL);
    assert_int_equal(kk_card_judge(KK_S("0000000000000000")), KK_CARD_NONE);
    assert_true(kk_is_passport_number(KK_S("TR1234567")));
    assert_true(kk_is_residence_card(KK_S("AB12345678CD")));
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *block, *room;
    } cases[] = {
        {"東京都千代田区神田神保町１丁目２番３号", "千代田区神田神保町", "1-2-3", ""},
        {"千代田区神田神保町一丁目2-3", "千代田区神田神保町", "1-2-3", ""},
        {"東京都千代田区神田神保町1ー2ー3 サンハイツ305号室", "千代田区神田神保町", "1-2-3", "305"},
        {"東京都千代田区神田神保町1-2-3-305", "千代田区神田神保町", "1-2-3", "305"},
        {"〒101-0051 東京都千代田区神田神保町1-2-3", "千代田区神田神保町", "1-2-3", ""},
        {"神奈川県横浜市都筑区茅ヶ崎中央11番18号", "横浜市都筑区茅ケ崎中央", "11-18", ""},
        {"横浜市都筑区茅が崎中央11の18", "横浜市都筑区茅ケ崎中央", "11-18", ""},
        {"福島県石川郡石川町大字例示字上12番地3", "石川町例示上", "12-3", ""},
        {"福島県郡山市例示町1-2", "郡山市例示町", "1-2", ""},
        {"北海道札幌市中央区北一条西二丁目3番地", "札幌市中央区北", "1条西2-3", ""},
        {"北海道札幌市中央区北1条西2丁目3", "札幌市中央区北", "1条西2-3", ""},
        {"北海道帯広市西二条南 3丁目2-1", "帯広市西", "2条南3-2-1", ""},
        {"北海道帯広市西二条南3丁目2-1", "帯広市西", "2条南3-2-1", ""},
        {"京都府京都市中京区河原町二条下る一之船入町537-50", "京都市中京区一ノ船入町", "537-50",
         ""},
        {"京都市中京区一之船入町537番地の50", "京都市中京区一ノ船入町", "537-50", ""},
        {"大阪府堺市堺区北瓦町2丁3-25", "堺市堺区北瓦町", "2-3-25", ""},
        {"堺市堺区北瓦町二丁3番25号", "堺市堺区北瓦町", "2-3-25", ""},
        {"東京都港区三田二丁目7番7号", "港区三田", "2-7-7", ""},
        {"東京都中央区八丁堀2-3-4", "中央区八丁堀", "2-3-4", ""},
        {"東京都千代田区三番町2番地4", "千代田区三番町", "2-4", ""},
        {"三重県四日市市例示町三百二十一番地", "四日市市例示町", "321", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_address a = kk_address_read(arena, kk_plain(arena, kk_cstr(cases[i].text)));
        expect(a.place, cases[i].place, cases[i].text);
        expect(a.block, cases[i].block, cases[i].text);
        expect(a.room, cases[i].room, cases[i].text);
        assert_int_equal(a.level, KK_PLACE_BLOCK);
    }
    assert_int_equal(kk_address_read(arena, KK_S("東京都港区")).level, KK_PLACE_CITY);
    assert_int_equal(kk_address_read(arena, KK_S("東京都")).level, KK_PLACE_PREFECTURE);
    /* names of places that once broke address readers */
    (void)kk_address_read(arena, KK_S("福島県例示市三五十一丁目マンション1丁目マンション"));
    (void)kk_address_read(arena, KK_S("一二三四五六七八九十百千一二三四五六七八九十丁目"));
    bool japanese;
    expect(kk_postal_read(arena, KK_S("〒100-0001"), &japanese), "1000001", "zip");
    expect(kk_postal_read(arena, KK_S("600001"), &japanese), "0600001", "lost zero");
    expect(kk_postal_read(arena, KK_S("000-0000"), &japanese), "", "filler");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kanji_forms), cmocka_unit_test(plain_text), cmocka_unit_test(readings),
        cmocka_unit_test(names),       cmocka_unit_test(companies),  cmocka_unit_test(phones),
        cmocka_unit_test(emails),      cmocka_unit_test(dates),      cmocka_unit_test(check_digits),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
