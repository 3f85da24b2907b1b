/* Recognition of persons: headings, roles, standings, keys, and what must not be taken
 * for people. All persons, companies and numbers are invented or are published examples. */
#include "tests/unit/lexicon.h"

#include "base/text.h"
#include "persons/keys.h"
#include "recognise/fold.h"
#include "recognise/heading.h"
#include "recognise/name.h"

#include <stdio.h>

enum { MENTIONS_MAX = 600, TABLES_MAX = 8 };

static kk_mention mentions[MENTIONS_MAX];
static size_t mention_count;
static kk_table tables[TABLES_MAX];
static size_t table_count;

/* ---- a table or a text through the whole room ---- */

static void keep_mention(void *context, const kk_mention *m)
{
    (void)context;
    assert_true(mention_count < MENTIONS_MAX);
    kk_mention *kept = &mentions[mention_count++];
    *kept = *m;
    kept->values = kk_copy(arena, m->values);
    kept->name = kk_copy(arena, m->name);
    kept->kana = kk_copy(arena, m->kana);
    kept->address = kk_copy(arena, m->address);
    kept->phone = kk_copy(arena, m->phone);
    kept->email = kk_copy(arena, m->email);
    kept->company = kk_copy(arena, m->company);
    kept->birth_date = kk_copy(arena, m->birth_date);
    kept->postal_code = kk_copy(arena, m->postal_code);
    kept->person_no = kk_copy(arena, m->person_no);
}

static void keep_table(void *context, const kk_table *t)
{
    (void)context;
    assert_true(table_count < TABLES_MAX);
    tables[table_count] = *t;
    tables[table_count].table = kk_copy(arena, t->table);
    tables[table_count++].why = kk_copy(arena, t->why);
}

static kk_recogniser *begin(const char *register_name)
{
    kk_recogniser_settings settings = {
        .incident = KK_NO_TIME, .lexicon = lexicon, .register_name = kk_cstr(register_name)};
    memset(settings.key.bytes, 7, sizeof settings.key.bytes);
    mention_count = table_count = 0;
    return kk_recogniser_open(arena, &settings, keep_mention, keep_table, NULL);
}

static void add_rows(kk_recogniser *r, const char *table, const char *text)
{
    kk_slice rest = kk_cstr(text), line, cell;
    uint64_t record = 0;
    while (kk_split(&rest, '\n', &line)) {
        kk_slice cells[64];
        size_t count = 0;
        while (count < 64 && kk_split(&line, ',', &cell))
            cells[count++] = cell;
        kk_row row = {.table = kk_cstr(table), .cells = cells, .count = count, .record = ++record};
        kk_recognise_row(r, &row);
    }
}

static void read_table(const char *text)
{
    kk_recogniser *r = begin("");
    add_rows(r, "", text);
    kk_recognise_end(r);
    assert_int_equal(table_count, 1);
}

static void read_letter(const char *receiver, const char *text)
{
    kk_recogniser *r = begin("");
    kk_passage passage = {.text = kk_cstr(text), .receiver = kk_cstr(receiver), .record = 1};
    kk_recognise_passage(r, &passage);
    kk_recognise_end(r);
}

static void read_text(const char *text)
{
    read_letter("", text);
}

static kk_values values_of(const kk_mention *m)
{
    kk_values values;
    assert_true(kk_values_unpack(m->values, &values));
    return values;
}

static value_keys keys_of(const kk_mention *m)
{
    kk_values values = values_of(m);
    value_keys keys;
    keys_of_values(&values, ALL_RULES, &keys);
    return keys;
}

/* Whether two mentions have an equal key of the rule. */
static bool join(const kk_mention *a, const kk_mention *b, kk_rule rule)
{
    value_keys x = keys_of(a), y = keys_of(b);
    for (size_t i = 0; i < x.count; i++)
        for (size_t j = 0; j < y.count; j++)
            if (x.keys[i].rule == rule && y.keys[j].rule == rule &&
                x.keys[i].hash == y.keys[j].hash)
                return true;
    return false;
}

static bool has_rule(const kk_mention *m, kk_rule rule)
{
    return join(m, m, rule);
}

static bool has_item(const kk_mention *m, kk_item item)
{
    return m->items >> item & 1;
}

/* ---- headings ---- */

typedef struct {
    const char *word;
    kk_column_kind kind;
    kk_role role;
} heading_case;

static void check_headings(const heading_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kk_heading h = kk_heading_read(arena, kk_cstr(cases[i].word));
        if (h.kind != cases[i].kind || h.role != cases[i].role)
            fail_msg("%s: kind %d role %d, wanted %d %d", cases[i].word, h.kind, h.role,
                     cases[i].kind, cases[i].role);
    }
}

static void headings(void **state)
{
    (void)state;
    static const heading_case cases[] = {
        {"氏名", KK_COL_NAME, KK_ROLE_SELF},
        {"※お名前（全角）【必須】", KK_COL_NAME, KK_ROLE_SELF},
        {"氏名(姓)", KK_COL_FAMILY_NAME, KK_ROLE_SELF},
        {"Last Name", KK_COL_FAMILY_NAME, KK_ROLE_SELF},
        {"given_name", KK_COL_GIVEN_NAME, KK_ROLE_SELF},
        {"フリガナ", KK_COL_KANA, KK_ROLE_SELF},
        {"氏名カナ", KK_COL_KANA, KK_ROLE_SELF},
        {"セイ", KK_COL_FAMILY_KANA, KK_ROLE_SELF},
        {"名（フリガナ）", KK_COL_GIVEN_KANA, KK_ROLE_SELF},
        {"会社名フリガナ", KK_COL_IGNORED, KK_ROLE_SELF},
        {"住所フリガナ", KK_COL_IGNORED, KK_ROLE_SELF},
        {"shimei", KK_COL_NAME, KK_ROLE_SELF},
        {"生年月日(西暦)", KK_COL_BIRTH, KK_ROLE_SELF},
        {"date_of_birth", KK_COL_BIRTH, KK_ROLE_SELF},
        {"郵便番号", KK_COL_ZIP, KK_ROLE_SELF},
        {"〒", KK_COL_ZIP, KK_ROLE_SELF},
        {"ご住所", KK_COL_ADDRESS, KK_ROLE_SELF},
        {"address_1", KK_COL_ADDRESS, KK_ROLE_SELF},
        {"建物名・部屋番号", KK_COL_ROOM, KK_ROLE_SELF},
        {"電話番号（携帯）", KK_COL_PHONE, KK_ROLE_SELF},
        {"携帯電話番号", KK_COL_MOBILE, KK_ROLE_SELF},
        {"TEL", KK_COL_PHONE, KK_ROLE_SELF},
        {"FAX番号", KK_COL_FAX, KK_ROLE_SELF},
        {"E-mail", KK_COL_EMAIL, KK_ROLE_SELF},
        {"メールアドレス", KK_COL_EMAIL, KK_ROLE_SELF},
        {"会員番号", KK_COL_CUSTOMER_NO, KK_ROLE_SELF},
        {"社員番号", KK_COL_EMPLOYEE_NO, KK_ROLE_SELF},
        {"退職日", KK_COL_LEAVE_DATE, KK_ROLE_SELF},
        {"マイナンバー", KK_COL_MY_NUMBER, KK_ROLE_SELF},
        {"被保険者番号", KK_COL_INSURANCE_NUMBER, KK_ROLE_SELF},
        {"soc_sec_id", KK_COL_SOCIAL_SECURITY, KK_ROLE_SELF},
        {"商品名", KK_COL_ORDER, KK_ROLE_SELF},
        {"ホスト名", KK_COL_LOGGED, KK_ROLE_SELF},
        {"お届け先氏名", KK_COL_NAME, KK_ROLE_ADDRESSEE},
        {"お届け先", KK_COL_NAME, KK_ROLE_ADDRESSEE},
        {"配送先郵便番号", KK_COL_ZIP, KK_ROLE_ADDRESSEE},
        {"ご注文者様のお名前", KK_COL_NAME, KK_ROLE_ORDERER},
        {"ご依頼主電話番号", KK_COL_PHONE, KK_ROLE_ORDERER},
        {"Shipping Name", KK_COL_NAME, KK_ROLE_ADDRESSEE},
        {"billing_zip", KK_COL_ZIP, KK_ROLE_ORDERER},
        {"代表者名", KK_COL_GIVEN_NAME, KK_ROLE_REPRESENTATIVE},
        {"代表電話番号", KK_COL_PHONE, KK_ROLE_SELF},
        {"納入担当者", KK_COL_NAME, KK_ROLE_CONTACT},
        {"納入先担当者名", KK_COL_GIVEN_NAME, KK_ROLE_CONTACT},
        {"担当部署", KK_COL_DEPARTMENT, KK_ROLE_SELF},
        {"保護者氏名", KK_COL_NAME, KK_ROLE_FAMILY},
        {"緊急連絡先電話番号", KK_COL_PHONE, KK_ROLE_FAMILY},
        {"口座名義", KK_COL_BANK_HOLDER, KK_ROLE_SELF},
        {"lastName", KK_COL_FAMILY_NAME, KK_ROLE_SELF},
        {"phone_number", KK_COL_PHONE, KK_ROLE_SELF},
        {"zipCode", KK_COL_ZIP, KK_ROLE_SELF},
        {"cardNumber", KK_COL_CARD_NUMBER, KK_ROLE_SELF},
        {"Tel.", KK_COL_PHONE, KK_ROLE_SELF},
        {"hotel", KK_COL_UNKNOWN, KK_ROLE_SELF},
        {"顧客一覧", KK_COL_UNKNOWN, KK_ROLE_SELF},
        {"山田太郎", KK_COL_UNKNOWN, KK_ROLE_SELF},
    };
    check_headings(cases, sizeof cases / sizeof *cases);
}

/* As trees of records name their columns. */
static void headings_of_paths(void **state)
{
    (void)state;
    static const heading_case cases[] = {
        {"customer.name", KK_COL_NAME, KK_ROLE_SELF},
        {"customer.lastName", KK_COL_FAMILY_NAME, KK_ROLE_SELF},
        {"profile.address.zipCode", KK_COL_ZIP, KK_ROLE_SELF},
        {"phones.2.number", KK_COL_PHONE, KK_ROLE_SELF},
        {"emailAddresses.value", KK_COL_EMAIL, KK_ROLE_SELF},
        {"addresses.2.city", KK_COL_IGNORED, KK_ROLE_SELF},
        {"shippingAddress.lastName", KK_COL_FAMILY_NAME, KK_ROLE_ADDRESSEE},
        {"shipping.phone", KK_COL_PHONE, KK_ROLE_ADDRESSEE},
        {"billing.address.zip", KK_COL_ZIP, KK_ROLE_ORDERER},
        {"guardian.firstName", KK_COL_GIVEN_NAME, KK_ROLE_FAMILY},
        {"process.name", KK_COL_IGNORED, KK_ROLE_SELF},
    };
    check_headings(cases, sizeof cases / sizeof *cases);
}

/* ---- tables ---- */

/* customer_code, recipient_name, zip: what stands behind the only name is not the customer's. */
static void only_one_is_named(void **state)
{
    (void)state;
    read_table("customer_code,recipient_name,zip,address,phone\n"
               "C00012,山田 太郎,100-0001,東京都千代田区千代田1-2-3,090-1234-9876\n"
               "C00013,佐藤 花子,530-0001,大阪府大阪市北区梅田2-4-9,090-2345-6789\n");
    assert_int_equal(mention_count, 4);
    assert_int_equal(mentions[0].standing, KK_NOT_IDENTIFIED);
    assert_int_equal(mentions[1].role, KK_ROLE_ADDRESSEE);
    assert_true(has_item(&mentions[1], KK_ITEM_PHONE) && has_item(&mentions[1], KK_ITEM_ADDRESS));
    read_table("社員番号,扶養親族氏名,生年月日,続柄\n"
               "200103,山田 太郎,2011-08-01,子\n"
               "200106,佐藤 花子,1982-03-07,配偶者\n");
    assert_int_equal(mention_count, 4);
    assert_int_equal(mentions[0].standing, KK_NOT_IDENTIFIED);
    assert_int_equal(mentions[1].role, KK_ROLE_FAMILY);
    assert_true(has_item(&mentions[1], KK_ITEM_BIRTH_DATE));
    assert_false(has_item(&mentions[0], KK_ITEM_BIRTH_DATE));
    /* the pupil's own birth date stands before */
    read_table("学籍番号,生年月日,保護者氏名,保護者電話番号\n"
               "S2301,2011-08-01,山田 太郎,090-1234-9876\n"
               "S2302,2012-03-07,佐藤 花子,090-2345-6789\n");
    assert_true(has_item(&mentions[0], KK_ITEM_BIRTH_DATE));
    assert_false(has_item(&mentions[1], KK_ITEM_BIRTH_DATE));
}

/* A child who is named alone beside a parent lives with him, though his row does not say so. */
static void child_beside_a_parent(void **state)
{
    (void)state;
    read_table("会員氏名,児童氏名,住所,電話番号\n"
               "山田 太郎,山田 さくら,東京都千代田区千代田1-2-3,090-1234-9876\n"
               "佐藤 花子,鈴木 一郎,大阪府大阪市北区梅田2-4-9,090-2345-6789\n");
    assert_int_equal(mention_count, 4);
    assert_true(has_rule(&mentions[1], KK_RULE_NAME_ADDRESS));
    assert_false(has_item(&mentions[1], KK_ITEM_ADDRESS));
    assert_false(
        has_rule(&mentions[3], KK_RULE_NAME_ADDRESS)); /* of another house, for all that is known */
}

static void orderer_and_addressee(void **state)
{
    (void)state;
    read_table("受注一覧\n"
               "\n"
               "注文番号,注文日,注文者氏名,注文者フリガナ,郵便番号,住所,電話番号,メールアドレス,"
               "お届け先氏名,お届け先住所,お届け先電話番号\n"
               "1,2024/01/05,山田 太郎,ヤマダ "
               "タロウ,100-0001,東京都千代田区千代田１丁目２番３号,03-1234-5678,taro@example.com,"
               "山田太郎,千代田区千代田1-2-3,090-1234-9876\n"
               "2,2024/01/06,髙橋　花子,ﾀｶﾊｼ "
               "ﾊﾅｺ,530-0001,大阪府大阪市北区梅田2-4-9,9012345678,hanako@example.jp,"
               "鈴木 一郎様,北海道札幌市中央区北一条西二丁目3,0111234567\n"
               "3,2024/01/"
               "07,株式会社例示塗装,レイジトソウ,100-0002,東京都千代田区皇居外苑1-1,0312345678,"
               "info@example.co.jp,"
               ",,\n"
               "注文番号,注文日,注文者氏名,注文者フリガナ,郵便番号,住所,電話番号,メールアドレス,"
               "お届け先氏名,お届け先住所,お届け先電話番号\n");
    assert_int_equal(tables[0].header_row, 3);
    assert_int_equal(tables[0].rows, 4);
    assert_true(tables[0].about_people);
    assert_int_equal(mention_count, 6);
    assert_int_equal(mentions[0].role, KK_ROLE_ORDERER);
    assert_int_equal(mentions[1].role, KK_ROLE_ADDRESSEE);
    assert_true(has_item(&mentions[0], KK_ITEM_EMAIL) && has_item(&mentions[0], KK_ITEM_ORDER));
    assert_false(has_item(&mentions[1], KK_ITEM_EMAIL));
    assert_true(join(&mentions[0], &mentions[1], KK_RULE_NAME_ADDRESS));
    assert_true(has_rule(&mentions[0], KK_RULE_NAME_LANDLINE));
    assert_false(has_rule(&mentions[0], KK_RULE_NAME_MOBILE));
    assert_false(has_rule(&mentions[0], KK_RULE_MOBILE_ALONE));
    assert_true(has_rule(&mentions[1], KK_RULE_NAME_MOBILE));
    assert_true(has_rule(&mentions[2], KK_RULE_NAME_MOBILE)); /* the zero that a spreadsheet lost */
    expect(mentions[3].name, "鈴木 一郎", "addressee");
    assert_int_equal(mentions[4].standing, KK_IS_ORGANISATION);
    assert_int_equal(mentions[5].standing, KK_IS_PLACEHOLDER);
    assert_int_equal(mentions[0].dated, kk_days_from_civil(2024, 1, 5) * 86400 * KK_SECOND);
}

static void headings_in_two_rows(void **state)
{
    (void)state;
    read_table(",注文者,,,お届け先,,\n"
               "No,氏名,住所,電話,氏名,住所,電話\n"
               "1,山田太郎,東京都港区三田2-7-7,090-1111-2222,佐藤花子,神奈川県横浜市中区本町1-1,"
               "080-3333-4444\n");
    assert_int_equal(mention_count, 2);
    assert_int_equal(mentions[0].role, KK_ROLE_ORDERER);
    assert_int_equal(mentions[1].role, KK_ROLE_ADDRESSEE);
    expect(mentions[1].phone, "080-3333-4444", "addressee's telephone");
    read_table("注文者,住所,電話,お届け先,住所,電話\n"
               "山田太郎,東京都港区三田2-7-7,090-1111-2222,佐藤花子,神奈川県横浜市中区本町1-1,080-"
               "3333-4444\n");
    assert_int_equal(mention_count, 2);
    expect(mentions[0].address, "東京都港区三田2-7-7", "orderer's address");
    expect(mentions[1].address, "神奈川県横浜市中区本町1-1", "addressee's address");
}

static void employees(void **state)
{
    (void)state;
    read_table(
        "社員番号,姓,名,セイ,メイ,生年月日,性別,入社日,退社日,部署,給与,マイナンバー,死亡日\n"
        "001,斎藤,一,サイトウ,ハジメ,S55.3.4,男,2001/4/1,,営業部,300000,123456789018,\n"
        "1,斉藤,一,サイトウ,ハジメ,1980-03-04,1,H13.4.1,2020/3/31,営業部,300000,,\n"
        "3,長谷川,京子,ハセガワ,キョウコ,平成2年5月1日,女,2001/4/1,9999/12/31,,,,2021/1/1\n");
    assert_int_equal(mention_count, 3);
    const kk_mention *a = &mentions[0], *b = &mentions[1];
    assert_true(has_item(a, KK_ITEM_MY_NUMBER) && has_item(a, KK_ITEM_SALARY) &&
                has_item(a, KK_ITEM_HIRE_DATE));
    assert_false(has_item(a, KK_ITEM_LEAVE_DATE));
    assert_true(b->left_at == kk_days_from_civil(2020, 3, 31) * 86400 * KK_SECOND);
    assert_true(has_rule(a, KK_RULE_OFFICIAL_NUMBER));
    assert_true(join(a, b, KK_RULE_SAME_NUMBER));
    assert_false(join(a, b, KK_RULE_NAME_ONLY)); /* 斎 and 斉 are two characters */
    assert_true(join(a, b, KK_RULE_NEAR_NAME));
    assert_int_equal(values_of(a).flags & KK_SAID_SEX, 1);
    assert_int_equal(values_of(b).flags & KK_SAID_SEX, 1);
    assert_int_equal(values_of(a).birth_day, values_of(b).birth_day);
    assert_int_equal(mentions[2].standing, KK_IS_DECEASED);
    assert_true(mentions[2].left_at == KK_NO_TIME);
}

static void company_contacts(void **state)
{
    (void)state;
    read_table("取引先コード,会社名,所在地,電話番号,代表者,納入担当者,担当者メール\n"
               "101,株式会社例示,東京都港区三田2-7-7,03-1234-5678,山田太郎,佐藤 "
               "花子,hanako@example.co.jp\n"
               "101,株式会社例示,東京都港区三田2-7-7,03-1234-5678,山田太郎,鈴木 "
               "一郎,ichiro@example.co.jp\n"
               "102,有限会社見本商店,大阪府大阪市北区梅田1-1-1,06-1234-5678,,,\n");
    assert_int_equal(mentions[0].role, KK_ROLE_REPRESENTATIVE);
    assert_int_equal(mentions[1].role, KK_ROLE_CONTACT);
    assert_true(join(&mentions[0], &mentions[2], KK_RULE_NAME_COMPANY));
    /* the customer number is the company's: its contacts are two persons */
    assert_false(join(&mentions[1], &mentions[3], KK_RULE_SAME_NUMBER));
    assert_int_equal(mentions[mention_count - 1].standing, KK_IS_ORGANISATION);
    read_table("顧客名,法人番号,住所\n例示工房,4011001098993,東京都港区三田2-7-7\n山田太郎,,"
               "東京都港区三田2-7-8\n");
    assert_int_equal(mentions[0].standing, KK_IS_ORGANISATION);
    assert_int_equal(mentions[1].standing, KK_COUNTS);
    read_table("会社名,所在地,電話番号\n"
               "株式会社例示,東京都港区三田2-7-7,03-1234-5678\n"
               "有限会社例,大阪府大阪市北区梅田1-1-1,06-1234-5678\n");
    assert_false(tables[0].about_people);
    assert_int_equal(mention_count, 0);
}

static void families(void **state)
{
    (void)state;
    read_table(
        "学籍番号,氏名,ふりがな,保護者氏名,緊急連絡先1 氏名,緊急連絡先1 電話番号,住所,自宅TEL\n"
        "S1,山田 翔,やまだ しょう,山田 太郎,佐藤 "
        "一郎,080-1111-2222,東京都港区三田2-7-7,03-1111-2222\n"
        "S2,山田 葵,やまだ あおい,山田 太郎,佐藤 "
        "一郎,080-1111-2222,東京都港区三田2-7-7,03-1111-2222\n");
    assert_int_equal(mention_count, 6);
    assert_int_equal(mentions[1].role, KK_ROLE_FAMILY);
    /* the father of both lives where they live, though the list says it only of them */
    assert_false(has_item(&mentions[1], KK_ITEM_ADDRESS));
    assert_true(join(&mentions[1], &mentions[4], KK_RULE_NAME_ADDRESS));
    assert_true(join(&mentions[2], &mentions[5], KK_RULE_NAME_MOBILE));
    assert_false(join(&mentions[0], &mentions[3], KK_RULE_SAME_NUMBER));
    read_table("証券番号,契約者氏名,契約者生年月日,被保険者氏名,被保険者生年月日,口座名義\n"
               "A1,山田太郎,1960/4/1,山田花子,1962/5/2,ヤマダ タロウ\n"
               "A2,佐藤 健一,1970/4/1,佐藤 健一,1970/4/1,鈴木 一郎\n");
    assert_int_equal(mention_count, 5); /* the holder of the second account is another person */
    assert_true(join(&mentions[2], &mentions[3], KK_RULE_NAME_BIRTH));
    assert_int_equal(mentions[4].role, KK_ROLE_HOLDER);
}

static void parts_put_together(void **state)
{
    (void)state;
    read_table("注文者名字,注文者名前,注文者郵便番号1,注文者郵便番号2,都道府県,市区町村,町名番地,"
               "建物名,部屋番号,"
               "電話番号1,電話番号2,電話番号3\n"
               "山田,太郎,100,0001,東京都,千代田区,千代田1-2-3,サンハイツ,305,090,1234,9876\n");
    assert_int_equal(mention_count, 1);
    expect(mentions[0].name, "山田 太郎", "name");
    expect(mentions[0].postal_code, "100-0001", "postal code");
    expect(mentions[0].phone, "090-1234-9876", "telephone");
    expect(mentions[0].address, "東京都千代田区千代田1-2-3 サンハイツ 305号室", "address");
    assert_true(has_rule(&mentions[0], KK_RULE_NAME_MOBILE));
    assert_true(values_of(&mentions[0]).hash[KK_VALUE_ROOM] != 0);
}

static void western_table(void **state)
{
    (void)state;
    read_table("rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,"
               "date_of_birth,soc_sec_id\n"
               "r1,jane,example,6,sample street,willows,st james,4011,wa,19810209,6988048\n"
               "r2,jnae,example,6,sample street,willows,st james,4011,wa,19810209,6988049\n"
               "r3,example,jane,6,sample street,,st james,4011,wa,19810208,6988048\n");
    assert_int_equal(mention_count, 3);
    assert_int_equal(values_of(&mentions[0]).birth_day, kk_days_from_civil(1981, 2, 9));
    assert_true(join(&mentions[0], &mentions[1], KK_RULE_NEAR_NAME));
    assert_false(join(&mentions[0], &mentions[1], KK_RULE_NAME_BIRTH));
    assert_true(join(&mentions[0], &mentions[2], KK_RULE_OFFICIAL_NUMBER));
    assert_true(join(&mentions[0], &mentions[2], KK_RULE_NAME_ADDRESS)); /* names swapped */
    assert_true(join(&mentions[0], &mentions[2], KK_RULE_NEAR_BIRTH));
}

static void without_headings(void **state)
{
    (void)state;
    read_table(
        "1,山田太郎,ヤマダタロウ,090-1111-2222,taro1@example.com,東京都港区三田2-7-7\n"
        "2,佐藤花子,サトウハナコ,080-1111-2223,hana@example.com,神奈川県横浜市中区本町1-1\n"
        "3,鈴木健一,スズキケンイチ,03-1111-2224,ken@example.com,大阪府大阪市北区梅田1-1-1\n");
    assert_int_equal(tables[0].header_row, 0);
    assert_int_equal(mention_count, 3);
    uint64_t wanted = KK_BIT(KK_ITEM_NAME) | KK_BIT(KK_ITEM_PHONE) | KK_BIT(KK_ITEM_EMAIL) |
                      KK_BIT(KK_ITEM_ADDRESS);
    assert_true((mentions[0].items & wanted) == wanted);
}

static void tables_about_no_people(void **state)
{
    (void)state;
    static const char *const decoys[] = {
        "商品コード,商品名,価格,在庫数,JAN\nA01,山田錦 純米酒,1200,30,4901234567894\nA02,ペンキ "
        "赤,800,12,4901234567801\n",
        "timestamp,host,user,src_ip,action,status\n2024-01-01 "
        "10:00:00,web01,yamada,192.0.2.1,login,ok\n"
        "2024-01-01 10:01:00,web01,sato,192.0.2.1,login,ok\n",
        "CreationDate,UserIds,Operations,ClientIP\n2024-01-05T10:00:00,taro@example.com,"
        "FileDownloaded,203.0.113.1\n",
        "13101,100  "
        ",1000000,ﾄｳｷﾖｳﾄ,ﾁﾖﾀﾞｸ,ｲｶﾆｹｲｻｲｶﾞﾅｲﾊﾞｱｲ,東京都,千代田区,以下に掲載がない場合,0,0\n"
        "13101,102  ,1020072,ﾄｳｷﾖｳﾄ,ﾁﾖﾀﾞｸ,ｲｲﾀﾞﾊﾞｼ,東京都,千代田区,飯田橋,0,0\n",
        "国民の祝日・休日月日,国民の祝日・休日名称\n2024/1/1,元日\n2024/1/8,成人の日\n",
        "name,ip,os,owner\nweb01,192.0.2.10,Debian,infra\ndb01,192.0.2.11,Debian,infra\n",
        "ファイル名,サイズ,更新日時\n山田太郎.xlsx,100,2024/01/01 10:00\n顧客.csv,200,2024/01/01 "
        "10:00\n",
        "店舗名,住所,電話番号\n本店,東京都港区三田2-7-7,03-1234-5678\n支店,大阪府大阪市北区梅田1-1-"
        "1,06-1234-5678\n",
        "品番,単価,数量\n1234567890123,100,2\n2345678901234,200,1\n",
        "順位,名前,読み,人数\n1,湊斗,ミナト,300\n2,花子,ハナコ,290\n3,山田太郎,ヤマダタロウ,280\n",
        "部署コード,部署名,電話,メール\n100,総務部,03-5555-0011,soumu@example.co.jp\n"
        "200,営業部,03-5555-0021,eigyo@example.co.jp\n"
        "300,森林事業部,03-5555-0031,shinrin@example.co.jp\n",
    };
    for (size_t i = 0; i < sizeof decoys / sizeof *decoys; i++) {
        read_table(decoys[i]);
        if (tables[0].about_people || mention_count)
            fail_msg("decoy %zu: %zu mentions, %.*s", i, mention_count, KK_P(tables[0].why));
    }
}

static void standings(void **state)
{
    (void)state;
    read_table("会員番号,氏名,電話番号,メールアドレス,備考\n"
               "1,テスト太郎,000-0000-0000,test@example.com,\n"
               "2,山田太郎,090-1111-2222,taro@example.com,テストデータ\n"
               "3,故 佐藤一郎,,,\n"
               "4,例示株式会社,03-1111-2222,info@example.co.jp,\n"
               "5,,,,\n"
               "6,,,hanako@example.com,\n"
               "7,田中,,,\n"
               "8,鈴木 花子,080-1111-3333,,\n"
               "合計,合計,,,\n");
    static const kk_standing wanted[] = {KK_IS_PLACEHOLDER,  KK_IS_PLACEHOLDER, KK_IS_DECEASED,
                                         KK_IS_ORGANISATION, KK_NOT_IDENTIFIED, KK_COUNTS,
                                         KK_COUNTS,          KK_COUNTS,         KK_IS_PLACEHOLDER};
    assert_int_equal(mention_count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < mention_count; i++)
        if (mentions[i].standing != wanted[i])
            fail_msg("row %zu: standing %d, wanted %d", i + 1, mentions[i].standing, wanted[i]);
    assert_int_equal(keys_of(&mentions[0]).count, 0);
}

static void fillers_are_no_birth_dates(void **state)
{
    (void)state;
    kk_recogniser *r = begin("");
    kk_slice header[] = {KK_S("氏名"), KK_S("生年月日")};
    kk_row row = {.cells = header, .count = 2, .record = 1};
    kk_recognise_row(r, &row);
    for (uint64_t i = 0; i < 40; i++) {
        kk_slice cells[] = {KK_S("山田 太郎"),
                            i % 3 ? KK_S("1980/1/1")
                                  : kk_print(arena, "19%02llu/5/6", 40 + (unsigned long long)i)};
        row = (kk_row){.cells = cells, .count = 2, .record = i + 2};
        kk_recognise_row(r, &row);
    }
    kk_recognise_end(r);
    assert_int_equal(mention_count, 40);
    assert_int_equal(values_of(&mentions[1]).birth_day, KK_NO_DAY);
    assert_false(has_item(&mentions[1], KK_ITEM_BIRTH_DATE));
    assert_true(values_of(&mentions[0]).birth_day != KK_NO_DAY);
}

static void registers(void **state)
{
    (void)state;
    static const char rows[] = "会員番号,氏名,メールアドレス\n1001,山田 太郎,taro@example.com\n";
    static const char others[] =
        "会員番号,氏名,メールアドレス\n1001,佐藤 花子,hanako@example.com\n";
    static const char bought[] = "会員番号,商品名,金額\n1001,マット,1200\n";
    kk_recogniser *r = begin("shop a");
    add_rows(r, "", rows);
    kk_recognise_end(r);
    kk_mention first = mentions[0];
    r = begin("shop b");
    add_rows(r, "", others);
    kk_recognise_end(r);
    assert_false(join(&first, &mentions[0], KK_RULE_SAME_NUMBER));
    r = begin("shop b"); /* the same customer in an export of another register: the name agrees */
    add_rows(r, "", rows);
    kk_recognise_end(r);
    assert_true(join(&first, &mentions[0], KK_RULE_NUMBER_AGREED));
    r = begin("shop a"); /* purchases know the number alone */
    add_rows(r, "", bought);
    kk_recognise_end(r);
    assert_int_equal(mention_count, 1);
    assert_int_equal(mentions[0].standing, KK_NOT_IDENTIFIED);
    assert_true(join(&first, &mentions[0], KK_RULE_SAME_NUMBER));
    r = begin("shop b");
    add_rows(r, "", bought);
    kk_recognise_end(r);
    assert_false(join(&first, &mentions[0], KK_RULE_SAME_NUMBER));
}

static void several_tables_and_many_rows(void **state)
{
    (void)state;
    kk_recogniser *r = begin("");
    add_rows(r, "社員", "氏名,メールアドレス\n佐藤 一郎,ichiro@example.com\n");
    add_rows(r, "商品", "商品名,価格\nマット,1200\n");
    kk_slice columns[] = {KK_S("name"), KK_S("email")};
    for (uint64_t i = 0; i < 450; i++) {
        kk_slice cells[] = {KK_S("佐藤 花子"),
                            kk_print(arena, "user%llu@example.com", (unsigned long long)i)};
        kk_row row = {.table = KK_S("users"),
                      .columns = columns,
                      .cells = cells,
                      .count = 2,
                      .record = i + 1};
        kk_recognise_row(r, &row);
    }
    kk_recognise_end(r);
    assert_int_equal(table_count, 3);
    assert_true(tables[0].about_people && !tables[1].about_people && tables[2].about_people);
    assert_int_equal(tables[2].rows, 450);
    assert_int_equal(mention_count, 451);
    for (size_t i = 1; i < mention_count; i++)
        assert_int_equal(mentions[i].record, i);
}

static void rule_by_rule(const kk_values *values)
{
    value_keys all, one;
    size_t seen = 0;
    keys_of_values(values, ALL_RULES, &all);
    for (uint32_t rule = 0; rule < KK_RULES; rule++) {
        keys_of_values(values, UINT32_C(1) << rule, &one);
        for (size_t k = 0, at = 0; k < one.count; k++, at++, seen++) {
            while (at < all.count && all.keys[at].rule != rule)
                at++;
            assert_true(at < all.count && all.keys[at].hash == one.keys[k].hash);
        }
    }
    assert_int_equal(seen, all.count);
}

/* Also where a mention has more keys than it may have. */
static void keys_rule_by_rule_are_all_keys(void **state)
{
    (void)state;
    static char near[KK_NEAR_MOST * KK_SHORT_BYTES];
    read_table(
        "会員番号,氏名,フリガナ,生年月日,電話番号,住所,メールアドレス\n"
        "a-1,山田 太郎,ヤマダ タロウ,1980-01-02,090-1234-5678,東京都港区芝1-2-3,t@example.com\n");
    kk_values values = values_of(&mentions[0]);
    value_keys keys;
    rule_by_rule(&values);
    keys_of_values(&values, ALL_RULES, &keys);
    assert_true(keys.count > 20 && keys.count < RULE_KEYS_MOST);
    for (size_t i = 0; i < sizeof near; i++)
        near[i] = (char)(i * 7 + 1);
    values.flags |= KK_SAID_LATIN;
    for (size_t i = 0; i < KK_VALUES; i++)
        values.hash[i] = kk_short_hash((i + 1) * UINT64_C(0x9e3779b97f4a7c15));
    for (int i = KK_LIST_NEAR_NAME; i <= KK_LIST_NEAR_OFFICIAL; i++)
        values.lists[i] = (kk_value_list){near, KK_NEAR_MOST};
    rule_by_rule(&values);
    keys_of_values(&values, ALL_RULES, &keys);
    assert_int_equal(keys.count, RULE_KEYS_MOST);
}

static void keys_depend_on_the_case(void **state)
{
    (void)state;
    static const char rows[] = "氏名,メールアドレス\n山田 太郎,taro@example.com\n";
    read_table(rows);
    kk_mention first = mentions[0];
    read_table(rows);
    assert_true(kk_eq(first.values, mentions[0].values));
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    mention_count = table_count = 0;
    kk_recogniser *r = kk_recogniser_open(arena, &settings, keep_mention, keep_table, NULL);
    add_rows(r, "", rows);
    kk_recognise_end(r);
    assert_int_equal(keys_of(&first).count, keys_of(&mentions[0]).count);
    assert_false(join(&first, &mentions[0], KK_RULE_EMAIL_NAME));
}

/* ---- text ---- */

static void things_glued_to_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kk_item item;
        const char *value;
    } cases[] = {
        {"連絡先taro@example.co.jpまで", KK_ITEM_EMAIL, "taro@example.co.jp"},
        {"taro.@docomo.ne.jp", KK_ITEM_EMAIL, "taro.@docomo.ne.jp"},
        {"ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏ．ｊｐ", KK_ITEM_EMAIL, "taro@example.co.jp"},
        {"カード番号4111111111111111です", KK_ITEM_CARD_NUMBER, NULL},
        {"カード番号４１１１１１１１１１１１１１１１です", KK_ITEM_CARD_NUMBER, NULL},
        {"Mastercard 2223 0031 2200 3222", KK_ITEM_CARD_NUMBER, NULL},
        {"03-1234-5678", KK_ITEM_PHONE, "03-1234-5678"},
        {"090-1234-5678", KK_ITEM_PHONE, "090-1234-5678"},
        {"0120-123-456", KK_ITEM_PHONE, "0120-123-456"},
        {"0312345678", KK_ITEM_PHONE, "0312345678"},
        {"０３（１２３４）５６７８", KK_ITEM_PHONE, "03(1234)5678"},
        {"電話は090-1234-5678です", KK_ITEM_PHONE, "090-1234-5678"},
        {"マイナンバーは123456789018です", KK_ITEM_MY_NUMBER, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_text(cases[i].text);
        if (mention_count != 1 || !has_item(&mentions[0], cases[i].item))
            fail_msg("%s: %zu mentions", cases[i].text, mention_count);
        if (cases[i].value)
            expect(cases[i].item == KK_ITEM_EMAIL ? mentions[0].email : mentions[0].phone,
                   cases[i].value, cases[i].text);
    }
}

static void blocks_of_a_mail(void **state)
{
    (void)state;
    read_text("例示株式会社 佐藤様\n\n"
              "下記のお客様よりお問い合わせがありました。\n\n"
              "氏名：鈴木 一郎\nフリガナ：スズキ イチロウ\n"
              "住所：〒100-0001 東京都千代田区千代田1-1\n"
              "電話番号：０９０－１２３４－５６７８\nメールアドレス：ichiro@example.co.jp\n"
              "生年月日：昭和五十五年三月四日\n\n\n"
              "田中花子様のご住所は東京都港区三田2-7-7です。\n\n\n"
              "-- \n株式会社例示 営業部\n山田 太郎 (Yamada Taro)\n"
              "〒100-0001 東京都千代田区千代田1-1 例示ビル3F\n"
              "TEL: 03-1234-5678 / FAX: 03-1234-5679\nE-mail: yamada@example.com\n");
    assert_int_equal(mention_count, 3);
    expect(mentions[0].name, "鈴木 一郎", "labelled");
    expect(mentions[0].email, "ichiro@example.co.jp", "labelled");
    assert_int_equal(values_of(&mentions[0]).birth_day, kk_days_from_civil(1980, 3, 4));
    assert_true(has_rule(&mentions[0], KK_RULE_NAME_MOBILE));
    expect(mentions[1].name, "田中花子", "courtesy");
    expect(mentions[1].address, "東京都港区三田2-7-7", "courtesy");
    expect(mentions[2].email, "yamada@example.com", "signature");
    assert_true(has_item(&mentions[2], KK_ITEM_FAX) && has_item(&mentions[2], KK_ITEM_NAME));
}

/* A slip in a number or mailbox leaves a key of it; namesakes whose numbers begin alike share none. */
static void slips_in_contacts(void **state)
{
    (void)state;
    static const char *const slips[] = {"090-1234-5679", "090-1284-5678", "080-1234-5678"};
    static const char *const others[] = {"090-1239-9999", "090-8887-5678", "090-1299-1178"};
    for (int i = 0; i < 3; i++) {
        read_table((const char *)kk_print(
                       arena, "氏名,電話番号\n佐藤花子,090-1234-5678\n佐藤花子,%s\n佐藤花子,%s\n",
                       slips[i], others[i])
                       .ptr);
        assert_int_equal(mention_count, 3);
        assert_true(join(&mentions[0], &mentions[1], KK_RULE_NEAR_CONTACT));
        assert_false(join(&mentions[0], &mentions[2], KK_RULE_NEAR_CONTACT));
    }
}

/* Of one name and department in a list of claims there is one; lists that tell people apart otherwise say it themselves. */
static void claims_of_one_person(void **state)
{
    (void)state;
    read_table(
        "申請日,申請者,部署,金額\n2026/5/1,佐藤 花子,営業部,1200\n2026/5/2,佐藤 花子,営業部,800\n"
        "2026/5/3,佐藤 花子,総務部,900\n2026/5/4,佐藤 花子,,500\n");
    assert_int_equal(mention_count, 4);
    assert_true(join(&mentions[0], &mentions[1], KK_RULE_NAME_STAFF));
    assert_false(join(&mentions[0], &mentions[2], KK_RULE_NAME_STAFF));
    assert_false(has_rule(&mentions[3], KK_RULE_NAME_STAFF));
    static const char *const others[] = {
        "氏名,部署,役職\n佐藤 花子,営業部,主任\n佐藤 花子,営業部,課長\n",
        "申請日,申請者,社員番号,部署,金額\n2026/5/1,佐藤 花子,101,営業部,1200\n"
        "2026/5/2,佐藤 花子,102,営業部,800\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        read_table(others[i]);
        assert_int_equal(mention_count, 2);
        assert_false(has_rule(&mentions[0], KK_RULE_NAME_STAFF));
    }
}

/* Who writes twice in a conversation is one; two accounts of one name are two. */
static void writers_of_a_conversation(void **state)
{
    (void)state;
    static const char *const talks[] = {
        "日時,送信者,本文\n6/1 10:00,佐藤 花子,了解です\n6/1 10:02,佐藤 花子,遅れます\n",
        "日時,名前,発言\n6/1 10:00,佐藤 花子,了解です\n6/1 10:02,佐藤 花子,遅れます\n",
        "user,text,real_name\nU0001,了解です,佐藤 花子\nU0001,遅れます,佐藤 花子\n"};
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        read_table(talks[i]);
        assert_int_equal(mention_count, 2);
        assert_true(join(&mentions[0], &mentions[1], KK_RULE_NAME_STAFF));
    }
    read_table("user,text,real_name\nU0001,了解です,佐藤 花子\nU0002,遅れます,佐藤 花子\n");
    assert_int_equal(mention_count, 2);
    assert_false(join(&mentions[0], &mentions[1], KK_RULE_NAME_STAFF));
    read_table(
        "氏名,電話番号,本文\n佐藤 花子,03-1234-5678,了解です\n佐藤 花子,06-1234-5679,遅れます\n");
    assert_false(has_rule(&mentions[0], KK_RULE_NAME_STAFF));
}

/* Who is greeted by name at the top of a letter to one mailbox has that mailbox. */
static void letters_to_one_mailbox(void **state)
{
    (void)state;
    read_letter("hanako@example.com",
                "株式会社みほん\n営業部\n佐藤 花子 様\n\nお世話になります。\n"
                "株式会社れいの鈴木一郎と申します。\n鈴木一郎\nTEL 03-1234-5678\n");
    assert_int_equal(mention_count, 2);
    expect(mentions[0].name, "佐藤 花子", "letter");
    expect(mentions[0].email, "hanako@example.com", "letter");
    expect(mentions[1].name, "鈴木一郎", "letter");
    assert_int_equal(mentions[1].email.len, 0);
    read_letter("hanako@example.com", "佐藤 花子 様\n鈴木 一郎 様\n\nお世話になります。\n");
    assert_int_equal(mention_count, 2); /* whose it is cannot be told */
    assert_false(has_item(&mentions[0], KK_ITEM_EMAIL) || has_item(&mentions[1], KK_ITEM_EMAIL));
    read_letter("info@example.com", "佐藤 花子 様\n\nお世話になります。\n");
    assert_false(has_item(&mentions[0], KK_ITEM_EMAIL));
    read_letter("hanako@example.com", "お世話になります。\n\n> 佐藤 花子 様\n> 先日の件です。\n");
    assert_false(has_item(&mentions[0], KK_ITEM_EMAIL));
    read_letter("staff@example.com", "佐藤 花子様からご注文がありました。\n");
    assert_false(has_item(&mentions[0], KK_ITEM_EMAIL));
    read_letter("taro@example.com", "佐藤 花子 様\nメール: hanako@example.com\n");
    expect(mentions[0].email, "hanako@example.com", "letter");
}

/* Whom something goes to: a name and an address in one line, or the address alone. */
static void parties_with_addresses(void **state)
{
    (void)state;
    read_text("佐藤 花子 様\n\nご注文ありがとうございます。\n"
              "お届け先: 〒100-0005 東京都千代田区丸の内1-2-3\n電話: 090-1234-5678\n");
    assert_int_equal(mention_count, 1);
    expect(mentions[0].name, "佐藤 花子", "letter");
    expect(mentions[0].address, "東京都千代田区丸の内1-2-3", "letter");
    assert_true(has_item(&mentions[0], KK_ITEM_PHONE));
    read_text("佐藤 花子 様\n\nご注文ありがとうございます。\n"
              "お届け先: 鈴木 一郎 様 〒100-0005 東京都千代田区丸の内1-2-3\n電話: 090-1234-5678\n");
    assert_int_equal(mention_count, 2);
    expect(mentions[0].name, "佐藤 花子", "letter");
    assert_int_equal(mentions[0].address.len, 0);
    expect(mentions[1].name, "鈴木 一郎", "letter");
    expect(mentions[1].address, "東京都千代田区丸の内1-2-3", "letter");
    assert_int_equal(mentions[1].role, KK_ROLE_ADDRESSEE);
}

static void texts_about_no_people(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "The quick brown fox jumps over the lazy dog.\nversion 1.2.3.4 2024-01-15 10:20:30\n",
        "本日の会議は千葉大学で行います。資料は別途お送りします。\n",
        "uuid 0f8fad5b-d9cb-469f-a165-70867728950e order 4111111111111112\n",
        "interface: eth0\nname: eth0\nstatus: up\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_text(texts[i]);
        if (mention_count)
            fail_msg("text %zu gave %zu mentions, name \"%.*s\" phone \"%.*s\"", i, mention_count,
                     KK_P(mentions[0].name), KK_P(mentions[0].phone));
    }
}

/* Numbers of things may have the check digit of a card, every one. */
static void numbers_of_things(void **state)
{
    (void)state;
    static const char *const headings[] = {"シリアル番号", "serial", "ICCID", "荷物番号"};
    for (size_t i = 0; i <= sizeof headings / sizeof *headings; i++) {
        bool is_thing = i < sizeof headings / sizeof *headings;
        kk_slice text = kk_print(arena, "No,%s,数量\n", is_thing ? headings[i] : "x");
        for (int row = 0; row < 30; row++) {
            int sum = 0, number = 100 + row * 7; /* 4000 0000 0000 nnn and its check digit */
            char digits[17];
            snprintf(digits, sizeof digits, "400000000000%03d0", number);
            for (int k = 0; k < 15; k++) {
                int twice = (digits[k] - '0') * (k % 2 ? 1 : 2);
                sum += twice > 9 ? twice - 9 : twice;
            }
            digits[15] = (char)('0' + (10 - sum % 10) % 10);
            text = kk_print(arena, "%.*s%d,%s,1\n", KK_P(text), row, digits);
        }
        read_table(text.ptr);
        if (tables[0].about_people == is_thing)
            fail_msg("%s: %.*s", is_thing ? headings[i] : "x", KK_P(tables[0].why));
    }
}

static void mailboxes(void **state)
{
    (void)state;
    read_table("Date,From,To,Subject\n"
               "2024-01-05,山田太郎 <taro@example.com>,佐藤 花子 <hanako@example.org>; "
               "ichiro@example.org,件名\n"
               "2024-01-06,ichiro@example.org,info@example.org,Re\n");
    assert_int_equal(mention_count, 5);
    assert_int_equal(mentions[0].role, KK_ROLE_SENDER);
    expect(mentions[0].name, "山田太郎", "sender");
    assert_int_equal(mentions[1].role, KK_ROLE_RECIPIENT);
    assert_true(join(&mentions[2], &mentions[3], KK_RULE_EMAIL_ALONE));
    assert_false(has_rule(&mentions[4], KK_RULE_EMAIL_ALONE)); /* info@ is nobody's own */
}

static void words_are_there(void **state)
{
    (void)state;
    for (int i = 0; i < KK_ITEMS; i++)
        assert_true(kk_items[i].name && kk_items[i].ja && kk_items[i].en);
    for (int i = 0; i < KK_RULES; i++)
        assert_true(kk_rules[i].name && kk_rules[i].ja && kk_rules[i].en);
    for (int i = 0; i < KK_ROLES; i++)
        assert_non_null(kk_role_names[i]);
    assert_string_equal(kk_rules[KK_RULE_NAME_BIRTH_CONTACT].name, "name_birth_contact");
}

/* ---- characters ---- */

/* What is done without ICU, for speed, is what ICU does. */
static void half_width_kana(void **state)
{
    (void)state;
    for (uint32_t c = 0xff61; c <= 0xff9f; c++)
        for (uint32_t next = 0xff9d; next <= 0xffa0; next++) {
            kk_buffer text = {0};
            kk_put_char(&text, c);
            if (next < 0xffa0)
                kk_put_char(&text, next);
            kk_put(&text, KK_S("カ"));
            kk_slice cell = kk_buffer_slice(&text);
            kk_slice wanted = kk_plain(arena, kk_nfkc(arena, cell));
            kk_slice got = kk_plain(arena, cell);
            if (!kk_eq(got, wanted))
                fail_msg("U+%04X U+%04X: got \"%.*s\", wanted \"%.*s\"", c, next, KK_P(got),
                         KK_P(wanted));
            kk_buffer_close(&text);
        }
}

static void plain_text(void **state)
{
    (void)state;
    static const char *const cells[][2] = {
        {"山田 太郎", "山田 太郎"},
        {"　山田　太郎　", "山田 太郎"},
        {"山田  太郎", "山田 太郎"},
        {"山田\t太郎", "山田 太郎"},
        {"ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"},
        {"ﾊﾟﾝﾀﾞ", "パンダ"},
        {"１－２－３", "1-2-3"},
        {"東京都\n港区", "東京都 港区"},
        {"髙橋", "髙橋"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        expect(kk_plain(arena, kk_cstr(cells[i][0])), cells[i][1], cells[i][0]);
}

static void words_for_nobody(void **state)
{
    (void)state;
    static const char *const names[] = {
        "テスト次郎丸", "てすとだよ", "ダミー",       "だみーさん",   "サンプル", "さんぷる",
        "見本帳",       "記入例",     "名無しさん",   "ななしさん",   "匿名希望", "未登録者",
        "不明者",       "XXXX",       "dummy",        "ほげほげ",     "ふがふが", "削除済み",
        "退会済み",     "動作確認者", "システム管理", "管理者",       "ゲスト",   "検証用の人",
        "架空の人",     "ご担当者",   "御担当者",     "バックアップ", "複合機",   "共有アカウント",
        "共用端末",     "保守用端末", "氏名",         "合計",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        kk_name name = kk_name_read(arena, lexicon, kk_cstr(names[i]));
        if (name.standing != KK_IS_PLACEHOLDER)
            fail_msg("%s is taken for a name", names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings),
        cmocka_unit_test(headings_of_paths),
        cmocka_unit_test(only_one_is_named),
        cmocka_unit_test(child_beside_a_parent),
        cmocka_unit_test(orderer_and_addressee),
        cmocka_unit_test(headings_in_two_rows),
        cmocka_unit_test(employees),
        cmocka_unit_test(company_contacts),
        cmocka_unit_test(families),
        cmocka_unit_test(parts_put_together),
        cmocka_unit_test(western_table),
        cmocka_unit_test(without_headings),
        cmocka_unit_test(tables_about_no_people),
        cmocka_unit_test(standings),
        cmocka_unit_test(fillers_are_no_birth_dates),
        cmocka_unit_test(registers),
        cmocka_unit_test(several_tables_and_many_rows),
        cmocka_unit_test(keys_rule_by_rule_are_all_keys),
        cmocka_unit_test(keys_depend_on_the_case),
        cmocka_unit_test(things_glued_to_text),
        cmocka_unit_test(blocks_of_a_mail),
        cmocka_unit_test(slips_in_contacts),
        cmocka_unit_test(letters_to_one_mailbox),
        cmocka_unit_test(claims_of_one_person),
        cmocka_unit_test(writers_of_a_conversation),
        cmocka_unit_test(parties_with_addresses),
        cmocka_unit_test(texts_about_no_people),
        cmocka_unit_test(numbers_of_things),
        cmocka_unit_test(mailboxes),
        cmocka_unit_test(words_are_there),
        cmocka_unit_test(half_width_kana),
        cmocka_unit_test(plain_text),
        cmocka_unit_test(words_for_nobody),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
