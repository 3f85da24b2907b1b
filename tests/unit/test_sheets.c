/* How lists stand in sheets: records on several rows, headings over several rows and columns, several tables, several
 * people in a row. All people are invented. */
#include "tests/unit/lexicon.h"

#include "base/text.h"
#include "base/time.h"
#include "model/values.h"
#include "recognise/recogniser.h"

enum { MENTIONS_MAX = 600, CELLS_MAX = 32 };

static kk_mention mentions[MENTIONS_MAX];
static size_t mention_count, people;
static kk_recogniser *reader;
static uint64_t record;

static void keep_mention(void *context, const kk_mention *m)
{
    (void)context;
    assert_true(mention_count < MENTIONS_MAX);
    kk_mention *kept = &mentions[mention_count++];
    *kept = *m;
    kept->name = kk_copy(arena, m->name);
    kept->values = kk_copy(arena, m->values);
    kept->kana = kk_copy(arena, m->kana);
    kept->address = kk_copy(arena, m->address);
    kept->phone = kk_copy(arena, m->phone);
    kept->email = kk_copy(arena, m->email);
    kept->birth_date = kk_copy(arena, m->birth_date);
    kept->postal_code = kk_copy(arena, m->postal_code);
    people += m->standing == KK_COUNTS;
}

static void keep_table(void *context, const kk_table *t)
{
    (void)context, (void)t;
}

static void begin(void)
{
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    memset(settings.key.bytes, 7, sizeof settings.key.bytes);
    mention_count = people = 0;
    record = 0;
    reader = kk_recogniser_open(arena, &settings, keep_mention, keep_table, NULL);
}

/* ^ ends a line within a cell. */
static kk_slice cell_of(kk_slice text)
{
    char *cell = KK_NEW_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        cell[i] = text.ptr[i] == '^' ? '\n' : text.ptr[i];
    return (kk_slice){cell, text.len};
}

/* Rows with cells between bars; an empty line is an empty row, which readers of sheets pass over. */
static void add(const char *text)
{
    kk_slice rest = kk_cstr(text), line, cell;
    while (rest.len && kk_split(&rest, '\n', &line)) {
        kk_slice cells[CELLS_MAX];
        size_t count = 0;
        record++;
        while (line.len && count < CELLS_MAX && kk_split(&line, '|', &cell))
            cells[count++] = cell_of(cell);
        kk_row row = {.table = KK_S("Sheet1"), .cells = cells, .count = count, .record = record};
        if (count)
            kk_recognise_row(reader, &row);
    }
}

static void read_sheet(const char *text)
{
    begin();
    add(text);
    kk_recognise_end(reader);
}

/* Fails where nobody who counts is called so. */
static const kk_mention *called(const char *name)
{
    for (size_t i = 0; i < mention_count; i++)
        if (mentions[i].standing == KK_COUNTS && kk_is(mentions[i].name, name))
            return &mentions[i];
    fail_msg("%s is not found", name);
    return NULL;
}

static bool has(const kk_mention *m, kk_item item)
{
    return m->items >> item & 1;
}

/* ---- records on several rows ---- */

static void records_on_two_rows(void **state)
{
    (void)state;
    read_sheet("No|氏名|郵便番号|電話番号|生年月日\n"
               "|フリガナ|住所|携帯電話|性別\n"
               "1|佐藤 健一|100-0005|03-1234-5678|S45.3.1\n"
               "|ｻﾄｳ ｹﾝｲﾁ|東京都千代田区丸の内1-9-1|090-1111-2222|男\n"
               "2|鈴木 陽子|530-0001|06-1234-5678|S50.12.24\n"
               "|ｽｽﾞｷ ﾖｳｺ|大阪府大阪市北区梅田1-13-1|080-3333-4444|女\n"
               "3|高橋 誠|460-0001|052-123-4567|H1.1.8\n"
               "|ﾀｶﾊｼ ﾏｺﾄ|愛知県名古屋市中村区名駅4-6-1||男\n");
    assert_int_equal(people, 3);
    const kk_mention *second = called("鈴木 陽子");
    expect(second->kana, "スズキ ヨウコ", __func__);
    expect(second->address, "大阪府大阪市北区梅田1-13-1", __func__);
    expect(second->birth_date, "S50.12.24", __func__);
    assert_true(has(second, KK_ITEM_GENDER));
    assert_int_equal(second->record, 5);
}

static void records_on_three_rows(void **state)
{
    (void)state;
    read_sheet("顧客台帳\n"
               "\n"
               "顧客ID|氏名|〒|TEL\n"
               "|フリガナ|住所|携帯\n"
               "|生年月日||メール\n"
               "K1|佐藤 健一|100-0005|03-1234-5678\n"
               "|サトウ ケンイチ|東京都千代田区丸の内1-9-1|090-1111-2222\n"
               "|1970/03/01||k.sato@example.jp\n"
               "K2|鈴木 陽子|530-0001|06-1234-5678\n"
               "|スズキ ヨウコ|大阪府大阪市北区梅田1-13-1|080-3333-4444\n"
               "|1975/12/24||y.suzuki@example.jp\n");
    assert_int_equal(people, 2);
    const kk_mention *second = called("鈴木 陽子");
    expect(second->email, "y.suzuki@example.jp", __func__);
    expect(second->birth_date, "1975/12/24", __func__);
    assert_true(has(second, KK_ITEM_CUSTOMER_NO));
}

static void cells_of_two_lines(void **state)
{
    (void)state;
    read_sheet("名簿\n\n"
               "No|フリガナ^氏名|住所|電話番号^携帯電話\n"
               "1|サトウ ケンイチ^佐藤 "
               "健一|〒100-0005^東京都千代田区丸の内1-9-1|03-1234-5678^090-1111-2222\n"
               "2|スズキ ヨウコ^鈴木 "
               "陽子|〒530-0001^大阪府大阪市北区梅田1-13-1|06-1234-5678^080-3333-4444\n"
               "3|タカハシ マコト^高橋 誠|愛知県名古屋市中村区^名駅4-6-1|052-123-4567\n");
    assert_int_equal(people, 3);
    const kk_mention *second = called("鈴木 陽子");
    expect(second->kana, "スズキ ヨウコ", __func__);
    expect(second->postal_code, "530-0001", __func__);
    expect(second->address, "大阪府大阪市北区梅田1-13-1", __func__);
    assert_int_equal(second->record, 5);
    expect(called("高橋 誠")->phone, "052-123-4567", __func__);
    /* one heading in two lines is one heading */
    read_sheet("お客様^氏名|電話^番号|メール^アドレス\n"
               "佐藤 健一|090-1111-2222|k.sato@example.jp\n鈴木 陽子|080-3333-4444|y@example.jp\n");
    assert_int_equal(people, 2);
    expect(called("佐藤 健一")->email, "k.sato@example.jp", __func__);
}

/* Days of a month among the headings are no values. */
static void calendars_of_shifts(void **state)
{
    (void)state;
    read_sheet("6月シフト表||店舗：駅前店\n社員No|氏名|区分|1|2|3|4|5|6|7|8|9|10\n|||月|火|水|木|"
               "金|土|日|月|火|水\n"
               "300|佐藤 健一|パート|休|遅|休|早|遅|遅|早|有休|早|有休\n301|鈴木 "
               "陽子|社員|早|遅|休|早|遅|遅|早|有休|早|有休\n"
               "302|高橋 誠|社員|早|遅|休|早|遅|遅|早|有休|早|早\n");
    assert_int_equal(people, 3);
    assert_true(has(called("鈴木 陽子"), KK_ITEM_EMPLOYEE_NO));
}

/* 会員名簿, at the head of each page, among the rows. */
static void titles_among_rows(void **state)
{
    (void)state;
    read_sheet(
        "所属|社員番号|氏名|緊急連絡先\n総務部|2001|佐藤 健一|090-5555-0101\n社外秘||会員名簿|\n"
        "総務部|2002|鈴木 陽子|090-5555-0102\n");
    assert_int_equal(people, 2);
}

/* Marks and answers are no days of a month. */
static void numbers_in_a_row(void **state)
{
    (void)state;
    read_sheet("氏名|国語|算数|理科|社会|英語\n高橋 誠|1|2|3|4|5\n佐藤 健一|3|4|5|4|5\n"
               "鈴木 陽子|4|4|5|5|3\n");
    assert_int_equal(people, 3);
    read_sheet("会員|問1|問2|問3|問4\n高橋 誠|1|2|3|4\n佐藤 健一|3|4|5|4\n鈴木 陽子|4|5|5|3\n");
    assert_int_equal(people, 3);
    read_sheet("高橋 誠|090-5555-0101|1|2|3|4\n佐藤 健一|090-5555-0102|3|4|5|4\n"
               "鈴木 陽子|090-5555-0103|4|5|5|3\n");
    assert_int_equal(people, 3);
}

/* Headings that also stand over fields and languages. */
static void people_beside_such_words(void **state)
{
    (void)state;
    read_sheet("id|name|email|phone|type|description|default\n"
               "1|佐藤 健一|ken@example.com|090-5555-0101|個人|常連|1\n"
               "2|鈴木 陽子|yoko@example.com|090-5555-0102|個人||1\n");
    assert_int_equal(people, 2);
    read_sheet("ID|氏名|日本語|英語|携帯電話\n1|佐藤 健一|母語|中級|090-5555-0101\n"
               "2|鈴木 陽子|母語|上級|090-5555-0102\n");
    assert_int_equal(people, 2);
}

/* Tables about fields and words, and forms that are shown. */
static void tables_of_words(void **state)
{
    (void)state;
    read_sheet("会員取得API\nNo|物理名|論理名|型|桁|必須|設定値例\n1|member_id|会員ID|string|10|○|"
               "M000012345\n"
               "2|name|氏名|string|40|○|佐藤　健一\n3|tel|電話番号|string|13||03-5555-5678\n"
               "4|mail|メールアドレス|string|256|○|sato@example.co.jp\n5|address|住所|string|200||"
               "東京都新宿区西新宿2-8-1\n");
    assert_int_equal(people, 0);
    read_sheet("key|ja|en\nlabel.name|氏名|Name\nplaceholder.name|佐藤 健一|Kenichi Sato\n"
               "placeholder.email|ken@example.com|ken@example.com\n");
    assert_int_equal(people, 0);
    read_sheet("家族構成（記入例）\n\n氏名|生年月日|電話番号\n佐藤 "
               "健一|昭和58年1月1日|090-5555-0101\n鈴木 陽子|平成25年3月3日|090-5555-0102\n");
    assert_int_equal(people, 0);
    begin();
    kk_recognise_passage(
        reader, &(kk_passage){.text = KK_S("住所変更届（記入例）\n令和8年4月1日"), .record = 1});
    add("氏名|生年月日\n佐藤 健一|昭和58年1月1日\n鈴木 陽子|平成25年3月3日\n");
    kk_recognise_end(reader);
    assert_int_equal(people, 0);
    begin();
    kk_recognise_passage(
        reader, &(kk_passage){.text = KK_S("会員名簿\n\n\n\n（記入例）\n右のとおり"), .record = 1});
    add("氏名|生年月日\n佐藤 健一|昭和58年1月1日\n鈴木 陽子|平成25年3月3日\n");
    kk_recognise_end(reader);
    assert_int_equal(people, 2);
    begin();
    kk_recognise_passage(reader, &(kk_passage){.text = KK_S("会員名簿"), .record = 1});
    kk_recognise_passage(reader,
                         &(kk_passage){.text = KK_S("記入例は裏面にあります。"), .record = 2});
    add("氏名|生年月日\n佐藤 健一|昭和58年1月1日\n鈴木 陽子|平成25年3月3日\n");
    kk_recognise_end(reader);
    assert_int_equal(people, 2);
}

/* 弊社担当, beside a customer's company and contact: our own people, told apart by name. */
static void own_staff_beside_companies(void **state)
{
    (void)state;
    read_sheet("取引先|担当者|TEL|弊社担当\n株式会社みどり商会|佐藤 健一|03-5555-0101|高橋 誠\n"
               "東栄工業株式会社|鈴木 陽子|03-5555-0102|高橋 誠\n");
    assert_int_equal(people, 4);
    assert_false(has(called("高橋 誠"), KK_ITEM_COMPANY));
    assert_true(has(called("鈴木 陽子"), KK_ITEM_COMPANY));
}

/* Papers laid out in tables: words and what they are for, blocks of lines in cells. */
static void papers_in_cells(void **state)
{
    (void)state;
    read_sheet(
        "受験番号|1374\nふりがな|さとう "
        "けんいち\n受験者氏名|佐藤　健一\n生年月日|平成26年3月15日\n出身中学校|市立第一中学校\n");
    assert_int_equal(people, 1);
    expect(called("佐藤 健一")->kana, "さとう けんいち", __func__);
    read_sheet("発生日時|2026年6月3日 10時15分頃\n発生場所|第2倉庫\n負傷者|鈴木 "
               "陽子（61歳・女性）\n相手方|高橋 誠 様　070-5555-1380\n");
    assert_int_equal(people, 2);
    assert_true(has(called("鈴木 陽子"), KK_ITEM_AGE));
    expect(called("高橋 誠")->phone, "070-5555-1380", __func__);
    read_sheet("〒780-0822^高知県高知市はりまや町1丁目13番地12^佐藤　健一 "
               "様|請求日：2026年3月17日^^株式会社みどり商会^"
               "TEL 03-5555-5980^担当：鈴木　陽子^E-mail: y-suzuki@example.co.jp\n");
    assert_int_equal(people, 2);
    expect(called("佐藤 健一")->address, "高知県高知市はりまや町1丁目13番地12", __func__);
    expect(called("鈴木 陽子")->email, "y-suzuki@example.co.jp", __func__);
    read_sheet(
        "お届け先|〒330-0063^埼玉県さいたま市浦和区高砂3-25-1^佐藤　健一　様^TEL 048-555-8652\n"
        "ご依頼主|〒920-0961^石川県金沢市香林坊5-5-9^鈴木　陽子　様^TEL "
        "090-5555-8413\n品名|お菓子\n");
    assert_int_equal(people, 2);
    expect(called("鈴木 陽子")->phone, "090-5555-8413", __func__);
    expect(called("佐藤 健一")->postal_code, "330-0063", __func__);
    read_sheet("控除対象配偶者 氏名|鈴木　陽子\n（フリガナ）|スズキ　ヨウコ\n");
    expect(called("鈴木 陽子")->kana, "スズキ ヨウコ", __func__);
    read_sheet("商品|りんごジュース\n産地|長野県\n担当部署|品質管理\n");
    assert_int_equal(people, 0);
}

/* The month after a dot may begin with a zero. 性 beside names is 性別. */
static void dates_with_dots(void **state)
{
    (void)state;
    read_sheet(
        "社員番号|氏名|性|生年月日|退職年月日\n"
        "00880|佐藤 健一|男|1968.09.08|2025.09.30\n00881|鈴木 陽子|女|1972.11.14|2025.07.30\n"
        "00882|高橋 誠|男|1954.05.25|2025.10.30\n");
    assert_int_equal(people, 3);
    expect(called("佐藤 健一")->birth_date, "1968.09.08", __func__);
    assert_true(has(called("佐藤 健一"), KK_ITEM_LEAVE_DATE));
    assert_true(has(called("佐藤 健一"), KK_ITEM_GENDER));
}

/* The same in a table of a database or page, whose columns are given, and behind the rows that are kept. */
static void lines_in_given_columns(void **state)
{
    (void)state;
    enum { RECORDS = 250 };
    const kk_slice columns[] = {KK_S("No"), KK_S("カナ\n氏名"), KK_S("電話")};
    begin();
    for (uint64_t i = 1; i <= RECORDS; i++) {
        kk_slice cells[] = {kk_print(arena, "%d", (int)i), KK_S("ｻﾄｳ ｹﾝｲﾁ\n佐藤 健一"),
                            kk_print(arena, "090-1111-%04d", (int)i)};
        kk_row row = {
            .table = KK_S("t"), .columns = columns, .cells = cells, .count = 3, .record = i};
        kk_recognise_row(reader, &row);
    }
    kk_recognise_end(reader);
    assert_int_equal(people, RECORDS);
    expect(mentions[RECORDS - 1].name, "佐藤 健一", __func__);
    expect(mentions[RECORDS - 1].kana, "サトウ ケンイチ", __func__);
    expect(mentions[RECORDS - 1].phone, "090-1111-0250", __func__);
}

/* profile.name.last and contact.email of one record are one person's. */
static void contacts_of_profiles(void **state)
{
    (void)state;
    const kk_slice columns[] = {KK_S("id"),
                                KK_S("profile.name.last"),
                                KK_S("profile.name.first"),
                                KK_S("contact.email"),
                                KK_S("contact.tel"),
                                KK_S("contact.address")};
    const char *const people_of[][2] = {{"佐藤", "健一"}, {"鈴木", "陽子"}, {"高橋", "誠"}};
    begin();
    for (uint64_t i = 0; i < 3; i++) {
        kk_slice cells[] = {kk_print(arena, "%d", (int)i + 100),
                            kk_cstr(people_of[i][0]),
                            kk_cstr(people_of[i][1]),
                            kk_print(arena, "user%d@example.jp", (int)i),
                            kk_print(arena, "090-5555-010%d", (int)i),
                            kk_print(arena, "東京都千代田区丸の内1-%d-1", (int)i + 1)};
        kk_row row = {.table = KK_S("members"),
                      .columns = columns,
                      .cells = cells,
                      .count = 6,
                      .record = i + 1};
        kk_recognise_row(reader, &row);
    }
    kk_recognise_end(reader);
    assert_int_equal(people, 3);
    expect(called("鈴木 陽子")->email, "user1@example.jp", __func__);
    expect(called("鈴木 陽子")->phone, "090-5555-0101", __func__);
}

/* More rows than are kept to judge a table by. */
static void many_records_on_two_rows(void **state)
{
    (void)state;
    enum { RECORDS = 150 };
    begin();
    add("No|氏名|郵便番号|電話番号\n|フリガナ|住所|メール\n");
    for (int i = 0; i < RECORDS; i++) {
        kk_slice rows = kk_print(arena,
                                 "%d|佐藤 健一|100-0005|03-1234-%04d\n"
                                 "|サトウ ケンイチ|東京都千代田区丸の内1-%d-1|user%d@example.jp\n",
                                 i, 5000 + i, i + 1, i);
        add(rows.ptr);
    }
    kk_recognise_end(reader);
    assert_int_equal(people, RECORDS);
    for (size_t i = 0; i < mention_count; i++) {
        assert_int_equal(mentions[i].record, 3 + 2 * i);
        expect(mentions[i].kana, "サトウ ケンイチ", __func__);
        assert_true(has(&mentions[i], KK_ITEM_EMAIL) && has(&mentions[i], KK_ITEM_PHONE) &&
                    has(&mentions[i], KK_ITEM_ADDRESS));
    }
}

/* A heading in two parts over records of one row. */
static void headings_in_two_rows_are_no_layers(void **state)
{
    (void)state;
    read_sheet("注文者|||お届け先||\n"
               "氏名|住所|電話番号|氏名|住所|電話番号\n"
               "佐藤 健一|東京都千代田区丸の内1-9-1|03-1234-5678|鈴木 "
               "陽子|大阪府大阪市北区梅田1-13-1|06-1234-5678\n"
               "高橋 誠|愛知県名古屋市中村区名駅4-6-1|052-123-4567|田中 "
               "恵子|福岡県福岡市中央区天神1-8-1|092-123-4567\n");
    assert_int_equal(people, 4);
    expect(called("鈴木 陽子")->phone, "06-1234-5678", __func__);
    assert_int_equal(called("鈴木 陽子")->role, KK_ROLE_ADDRESSEE);
}

/* ---- several tables ---- */

static void long_sheets_with_several_tables(void **state)
{
    (void)state;
    enum { ROWS = 130 };
    begin();
    add("会員番号|氏名|フリガナ|郵便番号|住所|電話番号\n");
    for (int i = 0; i < ROWS; i++)
        add(kk_print(arena,
                     "A%03d|佐藤 健一|サトウ "
                     "ケンイチ|100-0005|東京都千代田区丸の内1-%d-1|03-1234-%04d\n",
                     i, i + 1, i + 5000)
                .ptr);
    add("\n退会者\n氏名|電話番号|退会日\n");
    for (int i = 0; i < ROWS; i++)
        add(kk_print(arena, "鈴木 陽子|06-1234-%04d|2025/3/31\n", i + 5000).ptr);
    add("\n■パート\n電話番号|氏名|住所\n");
    add("092-123-4567|田中 恵子|福岡県福岡市中央区天神1-8-1\n");
    kk_recognise_end(reader);
    assert_int_equal(people, 2 * ROWS + 1);
    assert_true(has(&mentions[0], KK_ITEM_CUSTOMER_NO));
    assert_false(has(&mentions[ROWS], KK_ITEM_CUSTOMER_NO));
    expect(mentions[ROWS].phone, "06-1234-5000", __func__);
    expect(called("田中 恵子")->address, "福岡県福岡市中央区天神1-8-1", __func__);
}

static void notes_around_a_table(void **state)
{
    (void)state;
    read_sheet("シフト表 3/2～3/8\n"
               "氏名|月|火|水|木|金\n"
               "佐藤 健一|早|休|早|遅|休\n"
               "鈴木 陽子|休|早|遅|早|早\n"
               "\n"
               "※本名簿の取扱いには十分ご注意ください。\n");
    assert_int_equal(people, 2);
    read_sheet("1組|2組|3組\n"
               "佐藤 健一|鈴木 陽子|高橋 誠\n"
               "田中 恵子|山本 直美|中村 隆\n"
               "小林 修|加藤 智子|吉田 剛\n"
               "山田 博|佐々木 愛|松本 茂\n"
               "井上 清|木村 京子|林 和夫\n");
    assert_int_equal(people, 15);
}

/* ---- headings over several rows and columns ---- */

static void headings_in_three_rows(void **state)
{
    (void)state;
    read_sheet("令和7年度 会員名簿\n"
               "\n"
               "会員番号|会員|||連絡先||||備考\n"
               "|氏名||生年月日|住所||電話番号||\n"
               "|漢字|カナ||〒|所在地|自宅|携帯|\n"
               "M-1|佐藤 健一|ｻﾄｳ "
               "ｹﾝｲﾁ|S45.3.1|100-0005|東京都千代田区丸の内1-9-1|03-1234-5678|090-1111-2222|\n"
               "M-2|鈴木 陽子|ｽｽﾞｷ "
               "ﾖｳｺ|S50.12.24|530-0001|大阪府大阪市北区梅田1-13-1|06-1234-5678|080-3333-4444|\n");
    assert_int_equal(people, 2);
    const kk_mention *m = called("鈴木 陽子");
    assert_true(has(m, KK_ITEM_CUSTOMER_NO));
    expect(m->kana, "スズキ ヨウコ", __func__);
    expect(m->birth_date, "S50.12.24", __func__);
    expect(m->postal_code, "530-0001", __func__);
    expect(m->address, "大阪府大阪市北区梅田1-13-1", __func__);
    expect(m->phone, "06-1234-5678", __func__);
}

static void headings_merged_over_columns(void **state)
{
    (void)state;
    read_sheet("氏名||フリガナ||〒||住所|||電話番号||\n"
               "佐藤|健一|サトウ|ケンイチ|100|0005|東京都|千代田区丸の内|1-9-1|03|1234|5678\n"
               "鈴木|陽子|スズキ|ヨウコ|530|0001|大阪府|大阪市北区梅田|1-13-1|06|1234|5678\n");
    assert_int_equal(people, 2);
    const kk_mention *m = called("鈴木 陽子");
    expect(m->kana, "スズキ ヨウコ", __func__);
    expect(m->postal_code, "530-0001", __func__);
    expect(m->address, "大阪府 大阪市北区梅田 1-13-1", __func__);
    expect(m->phone, "06-1234-5678", __func__);
    /* a whole name leaves nothing to the column behind it */
    read_sheet("氏名||電話番号\n佐藤 健一|済|03-1234-5678\n鈴木 陽子|未|06-1234-5678\n");
    assert_int_equal(people, 2);
    (void)called("佐藤 健一");
}

static void eras_in_columns(void **state)
{
    (void)state;
    read_sheet("氏名|元号|年|月|日|電話番号\n"
               "佐藤 健一|昭和|45|3|1|03-1234-5678\n"
               "鈴木 陽子|平成|2|12|24|06-1234-5678\n");
    kk_values values;
    assert_true(kk_values_unpack(called("佐藤 健一")->values, &values));
    assert_int_equal(values.birth_day, kk_days_from_civil(1970, 3, 1));
    read_sheet("氏名|元号|生年月日|電話番号\n"
               "佐藤 健一|3|450301|03-1234-5678\n"
               "鈴木 陽子|4|021224|06-1234-5678\n"
               "高橋 誠|S|45.3.1|052-123-4567\n");
    assert_true(kk_values_unpack(called("鈴木 陽子")->values, &values));
    assert_int_equal(values.birth_day, kk_days_from_civil(1990, 12, 24));
    assert_true(kk_values_unpack(called("高橋 誠")->values, &values));
    assert_int_equal(values.birth_day, kk_days_from_civil(1970, 3, 1));
}

/* ---- several people in a row ---- */

typedef enum { NOTHING, KANA, ADDRESS, PHONE, EMAIL, BORN } aspect;

/* What is to be told of somebody. */
typedef struct {
    const char *name;
    aspect of;
    const char *value;  /* "": it is another's */
    kk_item has, lacks; /* KK_ITEM_NAME, which all have: none is looked for */
} told;
#define CALLED(name)                                                                               \
    {                                                                                              \
        name, NOTHING, "", KK_ITEM_NAME, KK_ITEM_NAME                                              \
    }
#define TOLD(name, of, value)                                                                      \
    {                                                                                              \
        name, of, value, KK_ITEM_NAME, KK_ITEM_NAME                                                \
    }
#define HAS(name, item)                                                                            \
    {                                                                                              \
        name, NOTHING, "", item, KK_ITEM_NAME                                                      \
    }
#define LACKS(name, item)                                                                          \
    {                                                                                              \
        name, NOTHING, "", KK_ITEM_NAME, item                                                      \
    }

/* people 0: how many is no question here. */
static const struct {
    const char *what, *sheet;
    size_t people;
    told told[5];
} rows_of_several[] = {
    {"victims and who did it",
     "事故番号|被害者氏名|被害者住所|被害者電話|加害者氏名|加害者住所|加害者電話\n"
     "J1|佐藤 健一|東京都千代田区丸の内1-9-1|03-1234-5678|鈴木 "
     "陽子|大阪府大阪市北区梅田1-13-1|06-1234-5678\n"
     "J2|高橋 誠|愛知県名古屋市中村区名駅4-6-1|052-123-4567|田中 "
     "恵子|福岡県福岡市中央区天神1-8-1|092-123-4567\n",
     4,
     {TOLD("佐藤 健一", PHONE, "03-1234-5678"), TOLD("鈴木 陽子", PHONE, "06-1234-5678"),
      TOLD("鈴木 陽子", ADDRESS, "大阪府大阪市北区梅田1-13-1")}},
    {"guests",
     "予約番号|宿泊者氏名|宿泊者カナ|電話番号\n"
     "H1|佐藤 健一|サトウ ケンイチ|090-1111-2222\n"
     "H2|鈴木 陽子|スズキ ヨウコ|080-3333-4444\n",
     2,
     {TOLD("鈴木 陽子", KANA, "スズキ ヨウコ"), TOLD("鈴木 陽子", PHONE, "080-3333-4444")}},
    {"who helps",
     "氏名|フリガナ|避難支援者氏名|避難支援者電話\n"
     "佐藤 健一|サトウ ケンイチ|高橋 誠|052-123-4567\n",
     2,
     {TOLD("佐藤 健一", KANA, "サトウ ケンイチ"), TOLD("高橋 誠", PHONE, "052-123-4567"),
      TOLD("高橋 誠", KANA, "")}},
    {"insured and householder",
     "被保険者番号|被保険者氏名|フリガナ|生年月日|世帯主氏名|住所\n"
     "0012|佐藤 陽子|ｻﾄｳ ﾖｳｺ|S50.12.24|佐藤 健一|東京都千代田区丸の内1-9-1\n"
     "0013|鈴木 愛|ｽｽﾞｷ ｱｲ|H2.5.6|鈴木 誠|大阪府大阪市北区梅田1-13-1\n",
     4,
     {TOLD("佐藤 陽子", KANA, "サトウ ヨウコ"), TOLD("佐藤 陽子", BORN, "S50.12.24"),
      TOLD("佐藤 健一", BORN, "")}},
    {"parents in brackets",
     "園児名|生年月日|保護者名（父）|携帯（父）|保護者名（母）|携帯（母）\n"
     "佐藤 愛|2020/5/6|佐藤 健一|090-1111-2222|佐藤 陽子|080-3333-4444\n"
     "鈴木 翔太|2021/1/2|鈴木 誠|090-5555-6666|鈴木 恵子|080-7777-8888\n",
     6,
     {TOLD("佐藤 健一", PHONE, "090-1111-2222"), TOLD("佐藤 陽子", PHONE, "080-3333-4444"),
      LACKS("佐藤 愛", KK_ITEM_PHONE)}},
    {"parents in front",
     "氏名|父氏名|父携帯|母氏名|母携帯\n佐藤 愛|佐藤 健一|090-1111-2222|佐藤 陽子|080-3333-4444\n",
     3,
     {TOLD("佐藤 陽子", PHONE, "080-3333-4444")}},
    {"given names of relatives",
     "氏名|連名|郵便番号|住所\n"
     "佐藤 健一|陽子|100-0005|東京都千代田区丸の内1-9-1\n"
     "鈴木 誠|恵子|530-0001|大阪府大阪市北区梅田1-13-1\n"
     "高橋 隆|田中 直美|460-0001|愛知県名古屋市中村区名駅4-6-1\n",
     6,
     {CALLED("佐藤 陽子"), CALLED("鈴木 恵子"), CALLED("田中 直美")}},
    {"payees",
     "名前|カナ|電話番号|口座番号|受取人名（カナ）\n"
     "佐藤 健一|サトウ ケンイチ|03-1234-5678|1234567|サトウケンイチ\n"
     "鈴木 陽子|スズキ ヨウコ|06-1234-5678|2345678|スズキヨウコ\n",
     2,
     {HAS("鈴木 陽子", KK_ITEM_BANK_ACCOUNT)}},
    {"bills of a shop's users",
     "user_login|user_email|display_name|billing_phone\n"
     "ksato|k.sato@example.jp|佐藤 健一|090-1111-2222\n"
     "ysuzuki|y.suzuki@example.jp|鈴木 陽子|080-3333-4444\n",
     2,
     {TOLD("鈴木 陽子", PHONE, "080-3333-4444")}},
    {"participants by number",
     "申込者氏名|申込者カナ|申込者電話|参加者1氏名|参加者1メール|参加者2氏名|参加者2メール\n"
     "佐藤 健一|サトウ ケンイチ|090-1111-2222|鈴木 陽子|y.suzuki@example.jp|高橋 "
     "誠|takahashi@example.jp\n"
     "田中 恵子|タナカ ケイコ|080-3333-4444|山本 直美|n.yamamoto@example.jp|中村 "
     "隆|nakamura@example.jp\n",
     6,
     {TOLD("佐藤 健一", KANA, "サトウ ケンイチ"), TOLD("鈴木 陽子", EMAIL, "y.suzuki@example.jp"),
      TOLD("中村 隆", EMAIL, "nakamura@example.jp")}},
    {"dependants, the number behind",
     "社員番号|氏名|生年月日|扶養親族氏名1|続柄1|生年月日1\n"
     "1001|佐藤 健一|1970/3/1|佐藤 陽子|妻|1972/5/6\n"
     "1002|鈴木 誠|1975/12/24|鈴木 愛|子|2010/1/2\n",
     4,
     {TOLD("佐藤 健一", BORN, "1970/3/1"), TOLD("佐藤 陽子", BORN, "1972/5/6")}},
    {"dependants, the number in the middle",
     "従業員氏名|扶養1氏名|扶養1生年月日|扶養2氏名|扶養2生年月日\n"
     "佐藤 健一|佐藤 陽子|1972/5/6|佐藤 愛|2010/1/2\n",
     3,
     {TOLD("佐藤 愛", BORN, "2010/1/2"), LACKS("佐藤 健一", KK_ITEM_BIRTH_DATE)}},
    /* Columns that are another person's keep off what is said of the row. */
    {"the doctor",
     "被保険者氏名|フリガナ|生年月日|主治医氏名|住所\n"
     "佐藤 陽子|サトウ ヨウコ|1950/12/24|高橋 誠|東京都千代田区丸の内1-9-1\n",
     0,
     {TOLD("佐藤 陽子", KANA, "サトウ ヨウコ"), TOLD("高橋 誠", KANA, "")}},
    {"who was close",
     "氏名|年齢|症状|濃厚接触者|基礎疾患\n佐藤 健一|55|発熱|鈴木 陽子|糖尿病\n",
     0,
     {HAS("佐藤 健一", KK_ITEM_HEALTH), LACKS("鈴木 陽子", KK_ITEM_HEALTH)}},
    {"a child that money is for",
     "受給者番号|受給者氏名|受給者カナ|児童氏名|児童生年月日|住所|口座番号\n"
     "J1|佐藤 健一|サトウ ケンイチ|佐藤 愛|2020/5/6|東京都千代田区丸の内1-9-1|1234567\n",
     0,
     {TOLD("佐藤 健一", ADDRESS, "東京都千代田区丸の内1-9-1"),
      HAS("佐藤 健一", KK_ITEM_BANK_ACCOUNT), TOLD("佐藤 愛", BORN, "2020/5/6")}},
    {"who it is sent to",
     "支援者名|リターン|送付先氏名|送付先住所\n佐藤 健一|お礼の手紙|鈴木 "
     "陽子|東京都千代田区丸の内1-9-1\n",
     0,
     {TOLD("鈴木 陽子", ADDRESS, "東京都千代田区丸の内1-9-1")}},
    {"who gets the money of a death",
     "契約番号|契約者名|被保険者名|死亡保険金受取人|死亡保険金額\n"
     "L1|佐藤 健一|佐藤 愛|佐藤 陽子|10000000\nL2|鈴木 誠|鈴木 誠|鈴木 恵子|5000000\n",
     6,
     {CALLED("佐藤 陽子")}},
    {"a household",
     "世帯主氏名|住所|世帯員1氏名|世帯員1年齢|世帯員2氏名|世帯員2年齢\n"
     "佐藤 健一|東京都千代田区丸の内1-9-1|佐藤 陽子|52|佐藤 愛|15\n",
     3,
     {HAS("佐藤 健一", KK_ITEM_ADDRESS), LACKS("佐藤 健一", KK_ITEM_AGE),
      HAS("佐藤 愛", KK_ITEM_AGE)}},
    {"own staff",
     "取引先名|取引先担当者名|取引先担当者携帯|自社担当\n株式会社例示|佐藤 健一|090-1111-2222|鈴木 "
     "陽子\n",
     0,
     {TOLD("佐藤 健一", PHONE, "090-1111-2222"), TOLD("鈴木 陽子", PHONE, "")}},
};

static kk_slice aspect_of(const kk_mention *m, aspect of)
{
    const kk_slice all[] = {[KANA] = m->kana,
                            [ADDRESS] = m->address,
                            [PHONE] = m->phone,
                            [EMAIL] = m->email,
                            [BORN] = m->birth_date};
    return all[of];
}

static void what_a_contact_is_to_the_tenant(void **state)
{
    (void)state;
    read_sheet("号室|入居者氏名|連絡先電話番号|緊急連絡先|続柄|緊急連絡先TEL\n"
               "203|佐藤 健一|090-5555-0101|佐藤 義明|長男|03-5555-0102\n"
               "901|鈴木 花子|090-5555-0103|鈴木 鉄平|長女|03-5555-0104\n");
    assert_int_equal(people, 4);
    assert_false(has(called("佐藤 健一"), KK_ITEM_FAMILY));
    assert_true(has(called("佐藤 義明"), KK_ITEM_FAMILY));
}

static void several_people_in_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows_of_several / sizeof *rows_of_several; i++) {
        const char *what = rows_of_several[i].what;
        read_sheet(rows_of_several[i].sheet);
        if (rows_of_several[i].people && people != rows_of_several[i].people)
            fail_msg("%s: %zu people", what, people);
        for (const told *t = rows_of_several[i].told; t->name; t++) {
            const kk_mention *m = called(t->name);
            if (t->of)
                expect(aspect_of(m, t->of), t->value, what);
            if (!has(m, t->has) || (t->lacks != KK_ITEM_NAME && has(m, t->lacks)))
                fail_msg("%s: what is told of %s", what, t->name);
        }
    }
}

/* ---- what columns tell of each other ---- */

static void columns_beside_each_other(void **state)
{
    (void)state;
    /* 東京 is a surname and a given name to the lists */
    read_sheet("組合員番号|支部|氏名|ステータス\n"
               "K1|東京|佐藤 健一|新規\nK2|東京|鈴木 陽子|新規\nK3|東京|高橋 誠|新規\nK4|東京|田中 "
               "恵子|新規\nK5|東京|中村 隆|新規\n");
    assert_int_equal(people, 5);
    (void)called("鈴木 陽子");
    read_sheet("user_name|user_tel|user_pref|user_city|user_addr\n"
               "佐藤 健一|09011112222|東京都|千代田区丸の内|1-9-1\n"
               "鈴木 陽子|08033334444|大阪府|大阪市北区梅田|1-13-1\n"
               "高橋 誠|08055556666|愛知県|名古屋市中村区名駅|4-6-1\n");
    expect(called("高橋 誠")->address, "愛知県名古屋市中村区名駅4-6-1", __func__);
    read_sheet("SIMEI_K|SIMEI_F|DENWA\n佐藤健一|ｻﾄｳｹﾝｲﾁ|03-1234-5678\n鈴木陽子|ｽｽﾞｷﾖｳｺ|06-1234-"
               "5678\n高橋誠|ﾀｶﾊｼﾏｺﾄ|052-123-4567\n"
               "田中恵子|ﾀﾅｶｹｲｺ|092-123-4567\n中村隆|ﾅｶﾑﾗﾀｶｼ|098-861-2345\n");
    expect(called("鈴木陽子")->kana, "スズキヨウコ", __func__);
    read_sheet("佐藤 健一|1000005|東京都千代田区丸の内1-9-1|09011112222\n鈴木 "
               "陽子|5300001|大阪府大阪市北区梅田1-13-1|08033334444\n"
               "高橋 誠|4600001|愛知県名古屋市中村区名駅4-6-1|08055556666\n田中 "
               "恵子|8100001|福岡県福岡市中央区天神1-8-1|07012345678\n"
               "中村 隆|9000015|沖縄県那覇市久茂地3-1-1|09087654321\n");
    assert_int_equal(people, 5);
    expect(called("中村 隆")->postal_code, "9000015", __func__);
    expect(called("中村 隆")->phone, "09087654321", __func__);
    read_sheet("card_no|name|生年月日（年齢）\n99000001|佐藤 "
               "健一|昭和45年3月1日（55歳）\n99000002|鈴木 陽子|昭和50年12月24日（50歳）\n");
    assert_true(has(called("佐藤 健一"), KK_ITEM_CUSTOMER_NO));
    assert_false(has(called("佐藤 健一"), KK_ITEM_CREDIT_CARD));
    assert_true(has(called("佐藤 健一"), KK_ITEM_AGE));
}

/* ---- what stands where a name would ---- */

static void desks_shops_and_schools(void **state)
{
    (void)state;
    read_sheet("得意先名|電話|ご担当\n"
               "株式会社例示|03-1234-5678|営業部　佐藤　健一 様\n"
               "株式会社見本|06-1234-5678|総務課 鈴木 陽子\n");
    (void)called("佐藤 健一");
    (void)called("鈴木 陽子");
    read_sheet("id|name|tel|address\n1|渋谷店|03-1234-5678|東京都渋谷区渋谷1-1-1\n2|大宮店|048-123-"
               "4567|埼玉県さいたま市大宮区大門町2-1\n");
    assert_int_equal(people, 0);
    read_sheet("学校コード|学校名|ふりがな|〒|所在地|電話\n"
               "1|松井小学校|まついしょうがっこう|150-0002|東京都渋谷区渋谷1-2-3|03-1234-5678\n"
               "2|南中学校|みなみちゅうがっこう|150-0002|東京都渋谷区渋谷2-2-3|03-1234-5679\n");
    assert_int_equal(people, 0);
}

/* Two columns, of which the second has a heading that says little: a list all the same. */
static void lists_of_two_columns(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "名前|寄附金額\n佐藤 健一|5000\n鈴木 陽子|3000\n高橋 誠|700\n田中 恵子|900\n",
        "氏名|寄附金額\n獅子内 魁|5000\n鬼無里 匠海|3000\n四十物谷 萌々花|700\n十八女 心愛|90\n",
        "氏名|学年\n佐藤 健一|3年\n鈴木 陽子|2年\n高橋 誠|1年\n田中 恵子|1年\n",
        "氏名|希望\n佐藤 健一|りんご\n鈴木 陽子|みかん\n高橋 誠|もも\n田中 恵子|なし\n",
        "Name|人数|コース\n佐藤健一|2|A\n鈴木陽子|4|B\n高橋誠|2|A\n田中恵子|3|B\n",
        "保護者氏名|学年|希望|x\n佐藤健一|1|桃|a\n鈴木陽子|2|桃|b\n高橋誠|3|柿|a\n林隆|1|桃|b\n",
        "氏名|座席\n獅子内 蓮|A1\n鬼無里 碧|B2\n薬袋 凜|A2\n栗花落 蓮|B1\n|\n合計|4名\n",
        "保護者氏名|メール\n佐藤健一|a@x.test\n鈴木陽子|b@x.test\n高橋誠|c@x.test\n林隆|d@x.test\n",
        "Guest|備考\nJohn Smith|済\nAnn Lee|\nLars Berg|済\nGil Rossi|\n",
        "note|Attendee Name\nok|John Smith\n|Ann Lee\nok|Lars Berg\n|Gil Rossi\n",
        "ﾅﾏｴ|備考\n佐藤 健一|済\n鈴木 陽子|\n高橋 誠|済\n林 隆|\n",
        "会員氏名|メモ\n佐藤 健一|電話済み\n鈴木 陽子|不在\n高橋 誠|済\n田中 恵子|要連絡\n"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        read_sheet(lists[i]);
        assert_int_equal(people, 4);
    }
}

/* ---- what is no list of people ---- */

static void things_that_have_names(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "name|price|stock\n例示塗料 白|980|3\nSato Paint|1200|4\nさくら|300|1\n山本漆|4000|2\n",
        "名前|価格\n月見うどん|500\n松定食|1200\n竹定食|900\n梅定食|700\n",
        "sku|name|qty\nS-1|刷毛 大|2\nS-2|例示塗料 白|1\nS-3|養生 テープ|9\n",
        "Name|Value\nAspect Ratio|16:9\nFrame Rate|59\nColor Space|709\nLens Model|Zoom\n",
        "name|version\norder api|2.3.1\n"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        read_sheet(lists[i]);
        assert_int_equal(people, 0);
    }
    /* ... but people bought something, whether or not the lists know their names */
    static const char *const buyers[] = {
        "name|amount\nJohn Smith|5000\nMary O'Connor|3000\nNguyen Van An|700\nLars Svensson|90\n",
        "order_id|name|total\n1|John Smith|5000\n2|Ann Lee|30\n3|Lars Berg|90\n4|Gil Rossi|70\n",
        "注文番号|名前|金額\n1|獅子内 魁|5\n2|鬼無里 匠海|7\n3|十八女 心愛|9\n4|波々伯 蓮|8\n"};
    for (size_t i = 0; i < sizeof buyers / sizeof *buyers; i++) {
        read_sheet(buyers[i]);
        assert_int_equal(people, 4);
    }
    read_sheet("name|total\n佐藤 健一|980\n鈴木 陽子|1200\n高橋 誠|300\n");
    assert_int_equal(people, 3);
    /* ... and are called Maria the world over, or work in a department */
    read_sheet("Name|Value\nMaria Santos|1\nBudi Santoso|2\nLars Ngu|3\n");
    assert_int_equal(people, 3);
    read_sheet("Name|Department\nOlaf Ngu|HR\nSven Tveit|IT\n");
    assert_int_equal(people, 2);
    read_sheet(
        "name|total|email\nSakura Shop Fan|980|a.b@example.com\nOlaf Ngu|1|olaf@example.com\n");
    assert_int_equal(people, 2);
}

static void mailboxes_in_a_table_on_its_side(void **state)
{
    (void)state;
    read_sheet("氏名|佐藤 健一|鈴木 陽子|高橋 誠\n"
               "フリガナ|サトウ ケンイチ|スズキ ヨウコ|タカハシ マコト\n"
               "電話番号|090-1111-2222|080-3333-4444|03-1234-5678\n"
               "メールアドレス|kenichi.sato12@mail.example.co.jp|yoko.suzuki3@example.org|makoto."
               "takahashi4@example.ne.jp\n");
    assert_int_equal(people, 3);
    expect(called("鈴木 陽子")->email, "yoko.suzuki3@example.org", __func__);
}

static void sums_below_a_list(void **state)
{
    (void)state;
    read_sheet("会員番号|氏名|電話番号\nM1|佐藤 健一|090-1111-2222\nM2|鈴木 "
               "陽子|080-3333-4444\n合計|2名|\n"
               "合計|全 1,200 名様|\n");
    assert_int_equal(people, 2);
}

/* Each cell a label for an envelope; the code stands without 〒. */
static void labels_in_cells_of_lines(void **state)
{
    (void)state;
    read_sheet("040-0063^北海道函館市若松町27番地7^佐藤 健一 "
               "様|510-0067^三重県四日市市浜田町3番地6^鈴木 花子 様\n"
               "520-0044^滋賀県大津市京町3丁目16番8号^高橋 誠 "
               "様|470-2102^愛知県知多郡東浦町大字緒川358-6^田中 恵子 様\n");
    assert_int_equal(people, 4);
    expect(called("高橋 誠")->postal_code, "520-0044", __func__);
    expect(called("田中 恵子")->address, "愛知県知多郡東浦町大字緒川358-6", __func__);
}

static void what_a_form_shows(void **state)
{
    (void)state;
    read_sheet("form.email|form.placeholder_email|form.placeholder_name\n"
               "メールアドレス|taro@example.com|山田 太郎\n");
    assert_int_equal(people, 0);
}

static void one_row_of_long_cells(void **state)
{
    (void)state;
    read_sheet("申請者|（ふりがな）すずき "
               "ようこ^鈴木　陽子^昭和44年10月9日生（56歳）|女|〒305-0031^茨城県つくば市吾妻3-20-"
               "19^連絡先　029-555-0162\n");
    assert_int_equal(people, 1);
    expect(called("鈴木 陽子")->kana, "すずき ようこ", __func__);
    expect(called("鈴木 陽子")->phone, "029-555-0162", __func__);
    expect(called("鈴木 陽子")->postal_code, "305-0031", __func__);
    expect(called("鈴木 陽子")->address, "茨城県つくば市吾妻3-20-19", __func__);
}

/* As directories have it: cn in letters, displayName in kanji. */
static void one_name_in_two_scripts(void **state)
{
    (void)state;
    static const char *const directories[] = {
        "cn|sn|givenName|displayName|mail\nHanako Sato|Sato|Hanako|佐藤 花子|hana@example.com\n"
        "Makoto Takahashi|Takahashi|Makoto|高橋 誠|mako@example.com\n"
        "Yoko Suzuki|Suzuki|Yoko|鈴木 陽子|yoko@example.com\n"
        "Kenichi Ito|Ito|Kenichi|伊藤 健一|ken@example.com\nKeiko Tanaka|Tanaka|Keiko|田中 "
        "恵子|kei@example.com\n",
        "name|displayName|mail\nHanako Sato|佐藤 花子|hana@example.com\nMakoto Takahashi|高橋 "
        "誠|mako@example.com\n"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        read_sheet(directories[i]);
        assert_int_equal(people, i ? 2 : 5);
        expect(called("佐藤 花子")->email, "hana@example.com", __func__);
    }
    read_sheet("担当者|name|mail\n佐藤 花子|Makoto Takahashi|mako@example.com\n"
               "佐藤 花子|Kenichi Ito|ken@example.com\n");
    assert_int_equal(people, 4);
}

/* Plans of seats, turns of duty, and forms of few labels. */
static void seats_turns_and_small_forms(void **state)
{
    (void)state;
    static const char *const seats[] = {
        "新郎友人^佐藤　健一 様|新婦友人^鈴木　花子 様|新郎従弟^伊藤　隆 様\n"
        "新郎上司^高橋　誠 様|新婦叔父^田中　恵子 様|新婦恩師^渡辺　愛 様\n",
        "新郎友人|新婦友人|新郎従弟\n佐藤 健一 様|鈴木 花子 様|伊藤 隆 様\n"
        "新郎上司|新婦叔父|新婦恩師\n高橋 誠 様|田中 恵子 様|渡辺 愛 様\n"};
    for (size_t i = 0; i < sizeof seats / sizeof *seats; i++) {
        read_sheet(seats[i]);
        assert_int_equal(people, 6);
        (void)called("佐藤 健一");
        (void)called("渡辺 愛");
    }
    read_sheet("日にち|当番①|当番②|備考\n7/6（月）|佐藤 健一|鈴木 花子\n7/7（火）|高橋 "
               "誠|田中 恵子|鍵番\n7/8（水）|伊藤 隆|渡辺 愛\n");
    assert_int_equal(people, 6);
    (void)called("鈴木 花子");
    (void)called("伊藤 隆");
    read_sheet("|休 暇 届\n||提出日|2026/6/1\n所属|経理課|社員番号|3938\n氏名|佐藤 健一||印\n"
               "期間|2026/6/10|～|2026/6/12\n事由|家事都合のため\n期間中の連絡先|090-5555-0103\n"
               "承認者|鈴木 花子\n");
    assert_int_equal(people, 2);
    (void)called("佐藤 健一");
    (void)called("鈴木 花子");
    assert_true(kk_is(mentions[0].phone, "090-5555-0103"));
    read_sheet("受付番号|2026-00482|受付日|2026.6.3\n相談者氏名|佐藤 健一|年代・性別|30歳代 女性\n"
               "相談者住所|東京都港区三田1-2-3|電話|03-5555-0101\n"
               "契約者氏名|鈴木 花子|相談者との関係|母\n"
               "契約者住所|大阪府大阪市北区梅田2-4-9|電話|06-5555-0102\n");
    assert_int_equal(people, 2);
    expect(called("佐藤 健一")->phone, "03-5555-0101", __func__);
    expect(called("鈴木 花子")->address, "大阪府大阪市北区梅田2-4-9", __func__);
    read_sheet("応募者氏名|佐藤 健一|年齢|41\n応募職種|法人営業|面接日|2026/6/24\n"
               "面接官|鈴木 花子、高橋 誠|応募経路|転職サイト\n");
    assert_int_equal(people, 3);
    assert_true(has(called("佐藤 健一"), KK_ITEM_AGE));
    (void)called("高橋 誠");
    read_sheet(
        "項目|甲（当社）|乙（相手方）\n運転者氏名|佐藤 健一|鈴木 花子\n"
        "生年月日|1980/4/5|1975/3/4\n住所|東京都港区三田1-2-3|大阪府大阪市北区梅田2-4-9\n"
        "電話番号|090-5555-0101|090-5555-0102\n登録番号|品川 500 あ 12-34|多摩 300 さ 56-78\n"
        "損傷箇所|左前バンパー|右後部ドア\n");
    assert_int_equal(people, 2);
    expect(called("鈴木 花子")->phone, "090-5555-0102", __func__);
    read_sheet("画面ID|画面名|項目|必須\nM001|会員登録|氏名|○\nM001|会員登録|フリガナ|○\n"
               "M001|会員登録|電話番号|\nM002|会員検索|会員番号|\n");
    assert_int_equal(people, 0);
    read_sheet("番号|氏名|備考\n1|佐藤 健一|\n2|電話番号|\n3|鈴木 花子|\n");
    assert_int_equal(people, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_on_two_rows),
        cmocka_unit_test(records_on_three_rows),
        cmocka_unit_test(cells_of_two_lines),
        cmocka_unit_test(calendars_of_shifts),
        cmocka_unit_test(titles_among_rows),
        cmocka_unit_test(contacts_of_profiles),
        cmocka_unit_test(tables_of_words),
        cmocka_unit_test(people_beside_such_words),
        cmocka_unit_test(numbers_in_a_row),
        cmocka_unit_test(own_staff_beside_companies),
        cmocka_unit_test(papers_in_cells),
        cmocka_unit_test(dates_with_dots),
        cmocka_unit_test(lines_in_given_columns),
        cmocka_unit_test(many_records_on_two_rows),
        cmocka_unit_test(headings_in_two_rows_are_no_layers),
        cmocka_unit_test(long_sheets_with_several_tables),
        cmocka_unit_test(notes_around_a_table),
        cmocka_unit_test(headings_in_three_rows),
        cmocka_unit_test(headings_merged_over_columns),
        cmocka_unit_test(eras_in_columns),
        cmocka_unit_test(what_a_contact_is_to_the_tenant),
        cmocka_unit_test(several_people_in_a_row),
        cmocka_unit_test(columns_beside_each_other),
        cmocka_unit_test(desks_shops_and_schools),
        cmocka_unit_test(lists_of_two_columns),
        cmocka_unit_test(things_that_have_names),
        cmocka_unit_test(sums_below_a_list),
        cmocka_unit_test(mailboxes_in_a_table_on_its_side),
        cmocka_unit_test(labels_in_cells_of_lines),
        cmocka_unit_test(what_a_form_shows),
        cmocka_unit_test(one_row_of_long_cells),
        cmocka_unit_test(one_name_in_two_scripts),
        cmocka_unit_test(seats_turns_and_small_forms),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
