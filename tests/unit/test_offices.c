/* Tables and texts as programs and offices write them, with everything that they say of whom: a line a person. All of
 * it is invented. */
#include "tests/unit/lexicon.h"

#include "base/text.h"

typedef struct {
    const char *what;
    const char *text; /* a table: lines with commas */
    const char
        *who; /* of who counts, in their order: name, what else is shown, and the items' names */
} office_case;

static kk_buffer told;

static const char *const item_names[] = {
#define ITEM(NAME, name, ja, en) name,
#include "model/items.def"
};

static void put_shown(kk_slice value)
{
    if (!value.len)
        return;
    kk_put(&told, KK_S(" "));
    kk_put(&told, value);
}

static void keep_mention(void *context, const kk_mention *m)
{
    (void)context;
    if (m->standing != KK_COUNTS)
        return;
    kk_put(&told, m->name.len ? m->name : KK_S("?"));
    put_shown(m->kana);
    put_shown(m->birth_date);
    put_shown(m->postal_code);
    put_shown(m->address);
    put_shown(m->phone);
    put_shown(m->email);
    kk_put(&told, KK_S(":"));
    for (size_t i = 0; i < sizeof item_names / sizeof *item_names; i++)
        if (m->items >> i & 1)
            put_shown(kk_cstr(item_names[i]));
    kk_put(&told, KK_S("\n"));
}

static void keep_table(void *context, const kk_table *t)
{
    (void)context;
    (void)t;
}

static kk_recogniser *begin(void)
{
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    memset(settings.key.bytes, 7, sizeof settings.key.bytes);
    kk_buffer_close(&told);
    told = (kk_buffer){0};
    return kk_recogniser_open(arena, &settings, keep_mention, keep_table, NULL);
}

static void add_rows(kk_recogniser *r, const char *text)
{
    kk_slice rest = kk_cstr(text), line, cell;
    uint64_t record = 0;
    while (kk_split(&rest, '\n', &line)) {
        kk_slice cells[32];
        size_t count = 0;
        while (count < 32 && kk_split(&line, ',', &cell))
            cells[count++] = cell;
        kk_row row = {.cells = cells, .count = count, .record = ++record};
        kk_recognise_row(r, &row);
    }
}

static void check(const office_case *cases, size_t count, bool tables)
{
    bool failed = false;
    for (size_t i = 0; i < count; i++) {
        kk_recogniser *r = begin();
        kk_passage passage = {.text = kk_cstr(cases[i].text), .record = 1};
        if (tables)
            add_rows(r, cases[i].text);
        else
            kk_recognise_passage(r, &passage);
        kk_recognise_end(r);
        if (!kk_is(kk_buffer_slice(&told), cases[i].who)) {
            print_message("%s: got\n%.*swanted\n%s", cases[i].what, KK_P(kk_buffer_slice(&told)),
                          cases[i].who);
            failed = true;
        }
    }
    assert_false(failed);
}

static void orders_of_shops(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"a shop's orders with names in parts and codes of prefectures",
         "注文番号,お名前(姓),お名前(名),お名前(セイ),お名前(メイ),都道府県(ID),都道府県(名称),"
         "住所1,"
         "住所2,性別(名称),商品名\n"
         "1001,佐藤,健一,サトウ,ケンイチ,13,東京都,新宿区新宿,1-2-3,男性,急須\n",
         "佐藤 健一 サトウ ケンイチ 東京都新宿区新宿 1-2-3: name kana gender address order\n"},
        {"customers of a shop, in English",
         "Customer ID,First Name,Last Name,Email,Default Address Address1,Default Address "
         "City,Default Address Province Code,Default Address Zip\n"
         "6001,健一,佐藤,a@example.jp,新宿1-2-3,新宿区,JP-13,160-0022\n",
         "佐藤 健一 160-0022 新宿区新宿1-2-3 a@example.jp: name address postal_code email "
         "customer_no\n"},
        {"orders with titles of goods",
         "OrderId,BillName,BillNameKana,BillAddressFull,Title,Quantity\n"
         "s-1,佐藤 健一,サトウ ケンイチ,東京都新宿区新宿1-2-3,和菓子詰合せ,1\n",
         "佐藤 健一 サトウ ケンイチ 東京都新宿区新宿1-2-3: name kana address order\n"},
        {"parcels of a company",
         "お届け先電話番号,お届け先住所１,お届け先住所２,お届け先名称１,荷送人電話番号,品名１\n"
         "090-1234-5678,東京都新宿区新宿,1-2-3,佐藤 健一,03-5555-0100,書籍\n",
         "佐藤 健一 東京都新宿区新宿 1-2-3 090-1234-5678: name address phone order\n"},
    };
    check(cases, sizeof cases / sizeof *cases, true);
}

static void registers_of_people(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"what somebody is before what is said of him",
         "生徒コード,生徒姓,生徒名,生徒姓カナ,生徒名カナ,出身中学,保護者姓,保護者名,保護者メール\n"
         "801,佐藤,健一,サトウ,ケンイチ,例示中学校,佐藤,花子,h@example.jp\n",
         "佐藤 健一 サトウ ケンイチ: name kana student_no resume\n佐藤 花子 h@example.jp: name "
         "email\n"},
        {"columns of a database",
         "CUST_ID,CUST_NAME,CUST_KANA,TEL_NO,MAIL_ADDR,BIRTH_YMD\n"
         "7,佐藤 健一,サトウ ケンイチ,090-1234-5678,a@example.jp,1980-01-02\n",
         "佐藤 健一 サトウ ケンイチ 1980-01-02 090-1234-5678 a@example.jp: name kana birth_date "
         "phone email "
         "customer_no\n"},
        {"columns with numbers, birth in three",
         "name01,name02,kana01,kana02,addr01,addr02,birth_y,birth_m,birth_d\n"
         "佐藤,健一,サトウ,ケンイチ,東京都新宿区新宿,1-2-3,1980,1,2\n",
         "佐藤 健一 サトウ ケンイチ 1980/1/2 東京都新宿区新宿 1-2-3: name kana birth_date "
         "address\n"},
        {"a questionnaire",
         "お名前をご記入ください,性別を教えてください,ペンネーム\n佐藤 健一,男性,ねこ好き\n",
         "佐藤 健一: name gender user_id\n"},
        {"headings in two languages",
         "Name / 氏名,Kana / フリガナ,E-mail / メール\n佐藤 健一,サトウ ケンイチ,a@example.jp\n",
         "佐藤 健一 サトウ ケンイチ a@example.jp: name kana email\n"},
        {"who is insured, with his reading",
         "被保険者氏名,フリガナ,基礎年金番号,資格取得年月日,報酬月額,住所\n"
         "佐藤 健一,サトウ ケンイチ,1234-567890,R080401,\"280000\",東京都新宿区新宿1-2-3\n",
         "佐藤 健一 サトウ ケンイチ 東京都新宿区新宿1-2-3: name kana address salary other\n"},
        {"who is paid beside who pays",
         "証券番号,契約者名,被保険者名,被保険者生年月日,受取人名\n"
         "5,佐藤 健一,鈴木 花子,1970-02-03,\n6,佐藤 健二,鈴木 直子,1971-02-03,高橋 一郎\n",
         "佐藤 健一: name policy_no\n鈴木 花子 1970-02-03: name birth_date\n"
         "佐藤 健二: name policy_no\n鈴木 直子 1971-02-03: name birth_date\n高橋 一郎: name\n"},
        {"householders and their families",
         "班,世帯主,家族,電話\n1,佐藤 健一,佐藤 花子,03-1234-5678\n",
         "佐藤 健一 03-1234-5678: name phone\n佐藤 花子: name\n"},
        {"who helps, who comes along",
         "利用者名,要介護度,主たる介護者,介護者電話,同伴者①氏名\n"
         "佐藤 健一,要介護2,佐藤 花子,090-1234-5678,鈴木 直子\n",
         "佐藤 健一: name health\n佐藤 花子 090-1234-5678: name phone\n鈴木 直子: name\n"},
        {"a booking", "予約番号,予約者名,電話番号\n12,佐藤 健一,090-1234-5678\n",
         "佐藤 健一 090-1234-5678: name phone order\n"},
        {"kinds of members are no labels of a form",
         "会員番号,会員種別,会員氏名,性別,〒,都道府県,番地,電話,携帯メール,DM可否,入会日,退会日\n"
         "1,正会員,佐藤 健一,男性,160-0022,東京都,1-2-3,03-1234-5678,a@example.jp,可,2020/5/6,\n"
         "2,家族会員,鈴木 花子,女性,160-0022,東京都,1-2-4,03-1234-5679,b@example.jp,可,2020/5/6,\n"
         "3,正会員,高橋 一郎,男性,160-0022,東京都,1-2-5,03-1234-5670,c@example.jp,否,2020/5/6,\n"
         "4,家族会員,伊藤 愛,女性,160-0022,東京都,1-2-6,03-1234-5671,d@example.jp,可,2020/5/6,\n",
         "佐藤 健一 160-0022 東京都1-2-3 03-1234-5678 a@example.jp: name gender address "
         "postal_code phone "
         "email customer_no\n"
         "鈴木 花子 160-0022 東京都1-2-4 03-1234-5679 b@example.jp: name gender address "
         "postal_code phone "
         "email customer_no\n"
         "高橋 一郎 160-0022 東京都1-2-5 03-1234-5670 c@example.jp: name gender address "
         "postal_code phone "
         "email customer_no\n"
         "伊藤 愛 160-0022 東京都1-2-6 03-1234-5671 d@example.jp: name gender address postal_code "
         "phone "
         "email customer_no\n"},
    };
    check(cases, sizeof cases / sizeof *cases, true);
}

static void words_that_mean_something_else(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"a licence expires, and is no card",
         "氏名,免許証番号,免許有効期限,有効期限\n佐藤 健一,309012345620,2028/5/1,2028/5\n",
         "佐藤 健一: name drivers_license_no\n"},
        {"a room of a ward", "病棟,号室,患者ID,氏名,病名\n3東,301,7001,佐藤 健一,肺炎\n",
         "佐藤 健一: name patient_no health\n"},
        {"a room of a hotel",
         "宿泊日,部屋番号,氏名,住所\n2026/2/1,301,佐藤 健一,東京都新宿区新宿1-2-3\n",
         "佐藤 健一 東京都新宿区新宿1-2-3: name address\n"},
        {"what a machine suffers from",
         "お客様名,お電話番号,機種,症状\n佐藤 健一,090-1234-5678,AB-100,水漏れ\n",
         "佐藤 健一 090-1234-5678: name phone\n"},
        {"a sum of marks", "出席番号,氏名,国語,数学,合計\n1,佐藤 健一,72,80,152\n",
         "佐藤 健一: name student_no grades\n"},
        {"a piece of land",
         "所在,地番,所有者,所有者住所\n例示市本町,12番3,佐藤 健一,東京都新宿区新宿1-2-3\n",
         "佐藤 健一 東京都新宿区新宿1-2-3: name address\n"},
        {"permission to stay is no skill", "氏名,国籍,在留資格\n佐藤 健一,ベトナム,技能実習\n",
         "佐藤 健一: name nationality other\n"},
        {"accounts of a ledger",
         "コード,科目名,カナ,区分\n101,現金,ゲンキン,資産\n102,売掛金,ウリカケキン,資産\n", ""},
        {"how to fill in a form",
         "氏名,住所,電話番号,メールアドレス\n山田太郎,東京都○○区△△1-2-3,03-1234-5678,taro@example."
         "com\n"
         "（記入例）例示 花子,○○県○○市,090-0000-0000,hanako@example.com\n山田 "
         "太郎,東京都○○区,090-1234-5678,\n"
         "山田 太郎,東京都新宿区新宿1-2-3,090-2345-6789,\n",
         "山田 太郎 東京都新宿区新宿1-2-3 090-2345-6789: name address phone\n"},
        {"a package", "name,bugs.email\nshop-front,bugs@example.com\n", ""},
        {"names of places", "地名,よみ,県\n山口,やまぐち,高知県\n石原,いしはら,高知県\n", ""},
    };
    check(cases, sizeof cases / sizeof *cases, true);
}

static void labels_with_blanks(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"a certificate",
         "診断書\n\n患者氏名　佐藤 "
         "健一\n生年月日　昭和60年3月4日\n住　　所　東京都新宿区新宿1-2-3\n病　　名　うつ病\n\n"
         "上記の者は頭書の疾患により自宅療養を要する。\n",
         "佐藤 健一 昭和60年3月4日 東京都新宿区新宿1-2-3: name birth_date address health\n"},
        {"a contract, with seals",
         "甲　住所　東京都新宿区新宿1-2-3\n　　氏名　佐藤 "
         "健一　　印\n\n乙　住所　千葉県船橋市本町4-5-6\n　　氏名　鈴木 花子　　印\n",
         "佐藤 健一 東京都新宿区新宿1-2-3: name address\n鈴木 花子 千葉県船橋市本町4-5-6: name "
         "address\n"},
        {"a number before the name",
         "社員番号　00123\n氏　名　佐藤 健一\n個人番号　123456789018\n生年月日　平成2年3月4日\n",
         "佐藤 健一 平成2年3月4日: name birth_date employee_no my_number\n"},
        {"a form with the reading behind the name",
         "お名前（ふりがな）：佐藤 健一（さとう "
         "けんいち）\n性別：男\n電話：０９０－１２３４－５６７８\n",
         "佐藤 健一 さとう けんいち 090-1234-5678: name kana gender phone\n"},
        {"labels in brackets",
         "【 お名前 】 佐藤 健一\n【 フリガナ 】 サトウ ケンイチ\n【 郵便番号 】 160-0022\n[住所] "
         "東京都新宿区新宿1-2-3\n",
         "佐藤 健一 サトウ ケンイチ 160-0022 東京都新宿区新宿1-2-3: name kana address "
         "postal_code\n"},
        {"an age is no number of a label", "氏名：佐藤 健一\n年齢：45\n電話番号：090-1234-5678\n",
         "佐藤 健一 090-1234-5678: name age phone\n"},
        {"a definition of columns", "氏名　文字列　40\n電話番号　文字列　13\n生年月日　日付型\n",
         ""},
        {"a form filled in as an example",
         "【記入例】\n氏名：山田　太郎\nフリガナ：ヤマダ　タロウ\n住所：〒000-0000　○○県○○市○○1-2-"
         "3\n電話：00-0000-0000\n",
         ""},
        {"headings of a table in a text", "氏名　住所　電話番号　備考\n", ""},
    };
    check(cases, sizeof cases / sizeof *cases, false);
}

static void lists_in_texts(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"columns with blanks",
         "氏　　名　　住　　所　　電　　話\n佐藤　健一　　東京都新宿区新宿1-2-3　　090-1234-"
         "5678\n鈴木　花子　　千葉県船橋市本町4-5-6　　"
         "047-123-4567\n",
         "佐藤 健一 東京都新宿区新宿1-2-3 090-1234-5678: name address phone\n"
         "鈴木 花子 千葉県船橋市本町4-5-6 047-123-4567: name address phone\n"},
        {"columns with tabs and postal codes",
         "同窓会　名簿\n\n須藤　キヨ\t160-0022\t東京都新宿区新宿1-2-3\t03-1234-"
         "5678\n鈴木　花子\t273-0005\t千葉県船橋市本町4-5-6\t"
         "090-1234-5678\n",
         "須藤 キヨ 160-0022 東京都新宿区新宿1-2-3 03-1234-5678: name address postal_code phone\n"
         "鈴木 花子 273-0005 千葉県船橋市本町4-5-6 090-1234-5678: name address postal_code "
         "phone\n"},
        {"names with a mark", "■佐藤 健一\nTel: 090-1234-5678\nMail: a@example.jp\n",
         "佐藤 健一 090-1234-5678 a@example.jp: name phone email\n"},
        {"an address in brackets", "10:00　佐藤健一様宅訪問（東京都新宿区新宿1-2-3）。契約締結。\n",
         "佐藤健一 東京都新宿区新宿1-2-3: name address\n"},
        {"who said what",
         "お客様: 佐藤健一と申します。\nお客様: 折り返しは090-1234-5678へお願いします。\n",
         "佐藤健一 090-1234-5678: name phone\n"},
        {"an address, an empty line, a name",
         "〒160-0022\n東京都新宿区新宿1-2-3\n\n佐藤　健一　様\n\n例示生命保険株式会社\n",
         "佐藤 健一 160-0022 東京都新宿区新宿1-2-3: name address postal_code\n"},
        {"a forwarded mail",
         "-----Original Message-----\nFrom: 佐藤 健一 [mailto:a@example.jp]\nSent: Tuesday\n",
         "佐藤 健一 a@example.jp: name email\n"},
        {"names of our days", "出席者：乾結衣、榊大翔、仁科悠真\n",
         "乾結衣: name\n榊大翔: name\n仁科悠真: name\n"},
    };
    check(cases, sizeof cases / sizeof *cases, false);
}

static void sheets_of_several_tables(void **state)
{
    (void)state;
    static const office_case cases[] = {
        {"one below the other",
         "■正社員,,\n社員番号,氏名,電話\n1,佐藤 健一,090-1234-5678\n2,鈴木 "
         "花子,090-1234-5679\n,,\n■パート,,\n"
         "氏名,時給,携帯番号\n高橋 一郎,1050,080-1234-5678\n",
         "佐藤 健一 090-1234-5678: name phone employee_no\n鈴木 花子 090-1234-5679: name phone "
         "employee_no\n"
         "高橋 一郎 080-1234-5678: name phone salary\n"},
        {"one beside the other",
         "氏名,電話,,氏名,電話\n佐藤 健一,090-1234-5678,,鈴木 花子,090-1234-5679\n高橋 "
         "一郎,090-1234-5670,,伊藤 愛,090-1234-5671\n",
         "佐藤 健一 090-1234-5678: name phone\n鈴木 花子 090-1234-5679: name phone\n"
         "高橋 一郎 090-1234-5670: name phone\n伊藤 愛 090-1234-5671: name phone\n"},
        {"three beside each other, with one number before",
         "No,氏名,電話,氏名,電話,氏名,電話\n1,佐藤 健一,090-1234-5678,鈴木 花子,090-1234-5679,高橋 "
         "一郎,090-1234-5670\n",
         "佐藤 健一 090-1234-5678: name phone\n鈴木 花子 090-1234-5679: name phone\n高橋 一郎 "
         "090-1234-5670: name phone\n"},
        {"on its side",
         "項目,1人目,2人目\n氏名,佐藤 健一,鈴木 "
         "花子\n生年月日,1980-01-02,1981-02-03\n電話番号,090-1234-5678,090-1234-5679\n",
         "佐藤 健一 1980-01-02 090-1234-5678: name birth_date phone\n"
         "鈴木 花子 1981-02-03 090-1234-5679: name birth_date phone\n"},
        {"a form with two columns of labels is not",
         "氏名,佐藤 "
         "健一,性別,男\n生年月日,1980-01-02,年齢,45\n電話番号,090-1234-5678,,\n住所,"
         "東京都新宿区新宿1-2-3,,\n",
         "佐藤 健一 1980-01-02 東京都新宿区新宿1-2-3 090-1234-5678: name birth_date age gender "
         "address phone\n"},
    };
    check(cases, sizeof cases / sizeof *cases, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_shops),
        cmocka_unit_test(registers_of_people),
        cmocka_unit_test(words_that_mean_something_else),
        cmocka_unit_test(labels_with_blanks),
        cmocka_unit_test(lists_in_texts),
        cmocka_unit_test(sheets_of_several_tables),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
