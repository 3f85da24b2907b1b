/* Lists as offices keep them: what one cell or row says of whom. Each case is a sheet and the people in it, a line each,
 * as "name, reading, birth, postal code, address, telephone, mailbox" with what is there. All are invented. */
#include "tests/unit/lexicon.h"

#include "base/buffer.h"
#include "base/text.h"
#include "base/time.h"
#include "recognise/recogniser.h"

enum { CELLS_MAX = 40 };

static void note_person(void *context, const kk_mention *m)
{
    kk_buffer *out = context;
    const kk_slice parts[] = {m->name,    m->kana,  m->birth_date, m->postal_code,
                              m->address, m->phone, m->email};
    const char *between = "";
    if (m->standing != KK_COUNTS)
        return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].len)
            continue;
        kk_put(out, kk_cstr(between));
        kk_put(out, parts[i]);
        between = ", ";
    }
    kk_put_byte(out, '\n');
}

static void pass_table(void *context, const kk_table *t)
{
    (void)context, (void)t;
}

/* ^ ends a line within a cell. */
static kk_slice cell_of(kk_slice text)
{
    char *cell = KK_NEW_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        cell[i] = text.ptr[i] == '^' ? '\n' : text.ptr[i];
    return (kk_slice){cell, text.len};
}

/* `sheet`: rows with cells between bars. An empty line is an empty row, which readers of sheets pass over. */
static void check_sheet(const char *sheet, const char *people)
{
    kk_buffer out = {0};
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    kk_recogniser *reader = kk_recogniser_open(arena, &settings, note_person, pass_table, &out);
    kk_slice rest = kk_cstr(sheet), line, cell;
    for (uint64_t record = 1; rest.len && kk_split(&rest, '\n', &line); record++) {
        kk_slice cells[CELLS_MAX];
        size_t count = 0;
        while (line.len && count < CELLS_MAX && kk_split(&line, '|', &cell))
            cells[count++] = cell_of(cell);
        kk_row row = {.table = KK_S("Sheet1"), .cells = cells, .count = count, .record = record};
        if (count)
            kk_recognise_row(reader, &row);
    }
    kk_recognise_end(reader);
    expect(kk_buffer_slice(&out), people, sheet);
    kk_buffer_close(&out);
}

static void readings_above_names(void **state)
{
    (void)state;
    check_sheet("氏名|電話番号\n"
                "ｻﾄｳ ｹﾝｲﾁ^佐藤 健一|090-5555-0101\n"
                "スズキハナコ 鈴木花子|090-5555-0102\n"
                "たなか めぐみ^田中　恵|090-5555-0103\n",
                "佐藤 健一, サトウ ケンイチ, 090-5555-0101\n"
                "鈴木花子, スズキハナコ, 090-5555-0102\n"
                "田中 恵, たなか めぐみ, 090-5555-0103\n");
    /* a surname in kana, and who a company's name may stand before */
    check_sheet("氏名|電話番号\n"
                "スズキ 花子|090-5555-0101\n"
                "コスモス 佐藤健一|090-5555-0102\n",
                "スズキ 花子, 090-5555-0101\n"
                "コスモス 佐藤健一, 090-5555-0102\n");
}

static void sums_among_people(void **state)
{
    (void)state;
    check_sheet("氏名|部署|支給額\n"
                "佐藤 健一|製造課|210,000\n"
                "** 頁計 **||210,000\n"
                "鈴木 花子|総務課|230,000\n"
                "2班 小計||230,000\n"
                "福岡支店計||230,000\n"
                "平均||220,000\n"
                "2件 440,000円||\n"
                "給食当番表||\n",
                "佐藤 健一\n"
                "鈴木 花子\n");
}

static void readings_in_rows_of_their_own(void **state)
{
    (void)state;
    check_sheet("番号|氏名|電話番号\n"
                "|ｻﾄｳ ｹﾝｲﾁ|\n1|佐藤 健一|090-5555-0101\n"
                "|ｽｽﾞｷ ﾊﾅｺ|\n2|鈴木 花子|090-5555-0102\n"
                "3|スミス ジョン|090-5555-0103\n"
                "4|田中 恵|090-5555-0104\n",
                "佐藤 健一, サトウ ケンイチ, 090-5555-0101\n"
                "鈴木 花子, スズキ ハナコ, 090-5555-0102\n"
                "スミス ジョン, スミス ジョン, 090-5555-0103\n"
                "田中 恵, 090-5555-0104\n");
    /* merged over both rows: what is filled stands in the upper one */
    check_sheet("番号|氏名|電話番号\n"
                "1|さとう けんいち|090-5555-0101\n|佐藤 健一|\n"
                "2|すずき はなこ|090-5555-0102\n|鈴木 花子|\n",
                "佐藤 健一, さとう けんいち, 090-5555-0101\n"
                "鈴木 花子, すずき はなこ, 090-5555-0102\n");
    /* people with names in kana, among others */
    check_sheet("番号|氏名|電話番号\n"
                "1|スミス ジョン|090-5555-0101\n2|佐藤 健一|090-5555-0102\n"
                "3|グエン アン|090-5555-0103\n4|鈴木 花子|090-5555-0104\n",
                "スミス ジョン, スミス ジョン, 090-5555-0101\n佐藤 健一, 090-5555-0102\n"
                "グエン アン, グエン アン, 090-5555-0103\n鈴木 花子, 090-5555-0104\n");
}

static void lists_beside_each_other(void **state)
{
    (void)state;
    check_sheet("役職|氏名|電話||会員番号|会員名|フリガナ|住所\n"
                "会長|佐藤 健一|03-5555-0101||M01|鈴木 花子|スズキ ハナコ|東京都港区芝公園1-2-3\n"
                "監事|田中 恵|03-5555-0102||M02|伊藤 由美|イトウ ユミ|東京都港区芝公園4-5-6\n"
                "||||M03|渡辺 誠|ワタナベ マコト|東京都港区芝公園7-8-9\n",
                "佐藤 健一, 03-5555-0101\n"
                "鈴木 花子, スズキ ハナコ, 東京都港区芝公園1-2-3\n"
                "田中 恵, 03-5555-0102\n"
                "伊藤 由美, イトウ ユミ, 東京都港区芝公園4-5-6\n"
                "渡辺 誠, ワタナベ マコト, 東京都港区芝公園7-8-9\n");
    /* a column left free within a list parts nobody from his address */
    check_sheet("会員番号|氏名||住所|電話\n"
                "M01|鈴木 花子||東京都港区芝公園1-2-3|03-5555-0101\n"
                "M02|伊藤 由美||東京都港区芝公園4-5-6|03-5555-0102\n",
                "鈴木 花子, 東京都港区芝公園1-2-3, 03-5555-0101\n"
                "伊藤 由美, 東京都港区芝公園4-5-6, 03-5555-0102\n");
}

static void several_things_in_a_cell(void **state)
{
    (void)state;
    check_sheet("借受者|住所・電話|品名\n"
                "佐藤 健一|東京都港区芝公園1-2-3^090-5555-0101|車いす\n"
                "鈴木 花子|東京都港区芝公園4-5-6^090-5555-0102|テント\n",
                "佐藤 健一, 東京都港区芝公園1-2-3, 090-5555-0101\n"
                "鈴木 花子, 東京都港区芝公園4-5-6, 090-5555-0102\n");
    check_sheet("役割|氏名|連絡先\n"
                "PM|佐藤 健一|090-5555-0101^sato@mail.example.jp\n"
                "PL|鈴木 花子|suzuki12@mail.example.jp / 090-5555-0102\n",
                "佐藤 健一, 090-5555-0101, sato@mail.example.jp\n"
                "鈴木 花子, 090-5555-0102, suzuki12@mail.example.jp\n");
}

static void people_one_deals_with(void **state)
{
    (void)state;
    check_sheet("得意先|フリガナ|電話\n"
                "佐藤 健一|サトウ ケンイチ|03-5555-0101\n"
                "鈴木 花子|スズキ ハナコ|03-5555-0102\n"
                "田中 恵|タナカ メグミ|03-5555-0103\n",
                "佐藤 健一, サトウ ケンイチ, 03-5555-0101\n"
                "鈴木 花子, スズキ ハナコ, 03-5555-0102\n"
                "田中 恵, タナカ メグミ, 03-5555-0103\n");
}

static void zeros_that_spreadsheets_lose(void **state)
{
    (void)state;
    check_sheet("氏名|〒|TEL\n"
                "佐藤 健一|600001|355550101\n"
                "鈴木 花子|3320017|9055550102\n",
                "佐藤 健一, 0600001, 0355550101\n"
                "鈴木 花子, 3320017, 09055550102\n");
}

static void senders_in_lists_without_headings(void **state)
{
    (void)state;
    check_sheet("1|154-0024|東京都世田谷区三軒茶屋1-2-3|佐藤 健一|105-0011|東京都港区芝公園1-2-3\n"
                "2|332-0017|埼玉県川口市栄町4-5-6|鈴木 花子|105-0011|東京都港区芝公園1-2-3\n"
                "3|211-0063|神奈川県川崎市中原区小杉町7-8|田中 恵|105-0011|東京都港区芝公園1-2-3\n"
                "4|464-0850|愛知県名古屋市千種区今池9-1|伊藤 由美|105-0011|東京都港区芝公園1-2-3\n",
                "佐藤 健一, 154-0024, 東京都世田谷区三軒茶屋1-2-3\n"
                "鈴木 花子, 332-0017, 埼玉県川口市栄町4-5-6\n"
                "田中 恵, 211-0063, 神奈川県川崎市中原区小杉町7-8\n"
                "伊藤 由美, 464-0850, 愛知県名古屋市千種区今池9-1\n");
}

static void teams_of_schools(void **state)
{
    (void)state;
    check_sheet("|青木中|石井中|上野中|勝|負\n"
                "青木中|○|×|○|2|1\n石井中|×|○|○|2|1\n上野中|×|×|○|1|2\n",
                "");
}

static void households_with_members(void **state)
{
    (void)state;
    check_sheet("班|世帯主|住所|電話番号|家族氏名|生年月日\n"
                "1班|佐藤 健一|東京都港区芝公園1-2-3|03-5555-0101|佐藤 花子|1980/4/1\n"
                "1班|鈴木 誠|東京都港区芝公園4-5-6|03-5555-0102|鈴木 恵|1985/5/2\n",
                "佐藤 健一, 東京都港区芝公園1-2-3, 03-5555-0101\n"
                "佐藤 花子, 1980/4/1\n"
                "鈴木 誠, 東京都港区芝公園4-5-6, 03-5555-0102\n"
                "鈴木 恵, 1985/5/2\n");
}

static void companies_and_homes(void **state)
{
    (void)state;
    check_sheet(
        "姓|名|会社名|会社 郵便番号|会社 住所|自宅 郵便番号|自宅 住所\n"
        "佐藤|健一|東栄工業株式会社|105-0011|東京都港区芝公園1-2-3|332-0017|埼玉県川口市栄町4-5-6\n"
        "鈴木|花子|東栄工業株式会社|105-0011|東京都港区芝公園1-2-3|211-0063|"
        "神奈川県川崎市中原区小杉町7-8\n",
        "佐藤 健一, 332-0017, 埼玉県川口市栄町4-5-6\n"
        "鈴木 花子, 211-0063, 神奈川県川崎市中原区小杉町7-8\n");
    check_sheet("氏名|会社名|会社郵便番号|会社住所\n"
                "佐藤 健一|東栄工業株式会社|105-0011|東京都港区芝公園1-2-3\n",
                "佐藤 健一, 105-0011, 東京都港区芝公園1-2-3\n");
}

static void names_that_programs_show(void **state)
{
    (void)state;
    check_sheet("username|email|userid|fullname|displayname\n"
                "sato|sato@mail.example.jp|U01ABCD|佐藤 健一|健一\n"
                "suzuki|suzuki@mail.example.jp|U02ABCD|鈴木 花子|花\n"
                "tanaka|tanaka@mail.example.jp|U03ABCD|田中 恵|めぐ\n",
                "佐藤 健一, sato@mail.example.jp\n"
                "鈴木 花子, suzuki@mail.example.jp\n"
                "田中 恵, tanaka@mail.example.jp\n");
}

static void contacts_in_sentences(void **state)
{
    (void)state;
    check_sheet(
        "お名前（フリガナ）|受付日|内容\n"
        "佐藤 健一（サトウ ケンイチ）|2026/6/3|折り返しは090-5555-0101まで。住所変更あり。\n"
        "鈴木 花子（スズキ "
        "ハナコ）|2026/6/4|支店（03-5555-0199）に回した。hanako@mail.example.jpへ返信。\n"
        "田中 恵（タナカ メグミ）|2026/6/5|妻の田中 由美 様（090-5555-0103）から。\n",
        "佐藤 健一, サトウ ケンイチ, 090-5555-0101\n"
        "鈴木 花子, スズキ ハナコ, hanako@mail.example.jp\n"
        "田中 恵, タナカ メグミ\n"
        "田中 由美, 090-5555-0103\n");
}

static void titles_above_lists_without_headings(void **state)
{
    (void)state;
    check_sheet("宛名リスト\n\n"
                "154-0024|東京都世田谷区三軒茶屋1-2-3|佐藤 健一 様\n"
                "332-0017|埼玉県川口市栄町4-5-6|鈴木 花子 様\n"
                "211-0063|神奈川県川崎市中原区小杉町7-8|田中 恵 様\n"
                "464-0850|愛知県名古屋市千種区今池9-1|伊藤 由美 様\n",
                "佐藤 健一, 154-0024, 東京都世田谷区三軒茶屋1-2-3\n"
                "鈴木 花子, 332-0017, 埼玉県川口市栄町4-5-6\n"
                "田中 恵, 211-0063, 神奈川県川崎市中原区小杉町7-8\n"
                "伊藤 由美, 464-0850, 愛知県名古屋市千種区今池9-1\n");
}

static void children_of_who_applies(void **state)
{
    (void)state;
    check_sheet("保護者氏名|保護者携帯|お子様1氏名|お子様1生年月日|お子様2氏名|お子様2生年月日\n"
                "佐藤 健一|090-5555-0101|佐藤 葵|2015/4/1|佐藤 樹|2017/5/2\n"
                "鈴木 花子|090-5555-0102|鈴木 凛|2014/6/3|鈴木 湊|2018/7/4\n",
                "佐藤 葵, 2015/4/1\n佐藤 健一, 090-5555-0101\n佐藤 樹, 2017/5/2\n"
                "鈴木 凛, 2014/6/3\n鈴木 花子, 090-5555-0102\n鈴木 湊, 2018/7/4\n");
}

static void names_with_commas(void **state)
{
    (void)state;
    check_sheet("No|Name|Kana|Tel\n"
                "1|佐藤, 健一|サトウ, ケンイチ|090-5555-0101\n"
                "2|鈴木, 花子|スズキ, ハナコ|090-5555-0102\n"
                "3|田中, 恵|タナカ, メグミ|090-5555-0103\n"
                "4|伊藤, 由美|イトウ, ユミ|090-5555-0104\n"
                "5|渡辺, 誠|ワタナベ, マコト|090-5555-0105\n",
                "佐藤 健一, サトウ ケンイチ, 090-5555-0101\n"
                "鈴木 花子, スズキ ハナコ, 090-5555-0102\n"
                "田中 恵, タナカ メグミ, 090-5555-0103\n"
                "伊藤 由美, イトウ ユミ, 090-5555-0104\n"
                "渡辺 誠, ワタナベ マコト, 090-5555-0105\n");
}

/* Headings as programs of other people write them. */
static void whose_contacts_they_are(void **state)
{
    (void)state;
    check_sheet("チーム名|担当者名|電話番号|メールアドレス|ゼッケン|名前|ふりがな\n"
                "中央高校A|佐藤 健一|090-5555-0101|k@example.com|1|鈴木 花子|すずき はなこ\n"
                "桜丘高校|田中 恵|090-5555-0102|m@example.com|2|伊藤 由美|いとう ゆみ\n",
                "鈴木 花子, すずき はなこ\n"
                "佐藤 健一, 090-5555-0101, k@example.com\n"
                "伊藤 由美, いとう ゆみ\n"
                "田中 恵, 090-5555-0102, m@example.com\n");
    /* who takes a call, and the number of who calls */
    check_sheet("受付日|担当者|電話番号|氏名\n"
                "2026/5/1|佐藤 健一|090-5555-0101|鈴木 花子\n"
                "2026/5/2|佐藤 健一|090-5555-0102|伊藤 由美\n",
                "鈴木 花子, 090-5555-0101\n佐藤 健一\n"
                "伊藤 由美, 090-5555-0102\n佐藤 健一\n");
    check_sheet("園児氏名|生年月日|保護者名①|保護者①携帯電話番号|保護者名②|保護者②携帯電話番号\n"
                "鈴木 花子|令和4年4月1日|鈴木 誠|090-5555-0101|鈴木 恵|090-5555-0102\n"
                "伊藤 由美|令和4年5月1日|伊藤 翔|090-5555-0103||\n",
                "鈴木 花子, 令和4年4月1日\n鈴木 誠, 090-5555-0101\n鈴木 恵, 090-5555-0102\n"
                "伊藤 由美, 令和4年5月1日\n伊藤 翔, 090-5555-0103\n");
    check_sheet("氏名|携帯番号|緊急連絡先氏名|緊急連絡先番号\n"
                "鈴木 花子|090-5555-0101|鈴木 誠|090-5555-0102\n",
                "鈴木 花子, 090-5555-0101\n鈴木 誠, 090-5555-0102\n");
    check_sheet("姓|名|都道府県|市区郡|町番地|マンション\n"
                "佐藤|健一|東京都|港区|芝公園4-2-8|青空荘101\n",
                "佐藤 健一, 東京都港区芝公園4-2-8 青空荘101\n");
}

/* ---- keys and values ---- */

static void keys_and_values(void **state)
{
    (void)state;
    check_sheet("申込データ\n"
                "受付番号|受付日|項目名|入力内容\n"
                "W-1|5/1|お名前|佐藤 健一\n"
                "||生年月日|1970/3/1\n"
                "||お電話番号|03-1234-5678\n"
                "||希望|Aコース\n"
                "W-2|5/2|お名前|鈴木 陽子\n"
                "||生年月日|1975/12/24\n"
                "||メール|y.suzuki@example.jp\n",
                "佐藤 健一, 1970/3/1, 03-1234-5678\n"
                "鈴木 陽子, 1975/12/24, y.suzuki@example.jp\n");
    /* keys in the order of letters, a column for keys that is empty */
    check_sheet(
        "webform_id|sid|name|property|value\n"
        "entry|31|email||k.sato@example.jp\nentry|31|name||佐藤 健一\nentry|31|tel||090-5555-0101\n"
        "entry|32|email||h.suzuki@example.jp\nentry|32|name||鈴木 "
        "花子\nentry|32|tel||090-5555-0102\n",
        "佐藤 健一, 090-5555-0101, k.sato@example.jp\n"
        "鈴木 花子, 090-5555-0102, h.suzuki@example.jp\n");
}

/* Hundreds of rows that tell of nobody come first, and a key that only some have comes last. */
static void keys_that_come_late(void **state)
{
    enum { FILES = 150, USERS = 40 };
    (void)state;
    kk_buffer sheet = {0}, people = {0};
    kk_put(&sheet, KK_S("meta_id|post_id|meta_key|meta_value\n"));
    for (int i = 1; i <= FILES; i++)
        kk_putf(&sheet, "%d|%d|_wp_attached_file|2026/05/photo%d.jpg\n%d|%d|_edit_lock|174900:1\n",
                i, i, i, i, i);
    for (int i = 1; i <= USERS; i++) {
        const char *family = i % 2 ? "佐藤" : "鈴木", *given = i % 3 ? "健一" : "陽子";
        kk_putf(&sheet, "1|9%d|_billing_last_name|%s\n2|9%d|_billing_first_name|%s\n", i, family, i,
                given);
        kk_putf(&sheet, "3|9%d|_billing_email|user%d@example.jp\n", i, i);
        if (i > USERS / 2)
            kk_putf(&sheet, "4|9%d|_billing_phone|090-5555-01%02d\n", i, i);
        if (i > USERS / 2)
            kk_putf(&people, "%s %s, 090-5555-01%02d, user%d@example.jp\n", family, given, i, i);
        else
            kk_putf(&people, "%s %s, user%d@example.jp\n", family, given, i);
    }
    kk_put_byte(&sheet, '\0');
    kk_put_byte(&people, '\0');
    check_sheet(sheet.ptr, people.ptr);
    kk_buffer_close(&sheet);
    kk_buffer_close(&people);
}

/* Lists of fields and translations, goods: keys with values and nobody. */
static void keys_of_nobody(void **state)
{
    (void)state;
    check_sheet("テーブル|項目|値\n"
                "members|name|氏名\nmembers|email|メールアドレス\nmembers|tel|電話番号\n"
                "orders|name|注文者名\norders|email|注文者メール\norders|tel|注文者電話\n",
                "");
    check_sheet("file_id|key|value\n"
                "1|name|お名前\n1|email|メールアドレス\n1|address|ご住所\n"
                "2|name|お名前\n2|email|メールアドレス\n2|address|ご住所\n",
                "");
    check_sheet("商品ID|項目|値\n"
                "A1|商品名|佐藤錦\nA1|メーカー|田中木工\nA1|色|白\n"
                "A2|商品名|みどりラック\nA2|メーカー|田中木工\nA2|色|赤\n",
                "");
}

static void parties_of_a_form(void **state)
{
    (void)state;
    check_sheet("身元保証書\n"
                "本人||保証人|\n"
                "氏名|佐藤 健一|氏名|鈴木 花子\n"
                "住所|北海道札幌市北区北七条西3-4-5|住所|滋賀県大津市梅林2-16-9\n"
                "電話|090-5555-0101|電話|090-5555-0102\n"
                "生年月日|1970/3/1|続柄|父\n",
                "佐藤 健一, 1970/3/1, 北海道札幌市北区北七条西3-4-5, 090-5555-0101\n"
                "鈴木 花子, 滋賀県大津市梅林2-16-9, 090-5555-0102\n");
    /* three, of whom the second has no telephone */
    check_sheet("氏名|佐藤 健一|氏名|鈴木 花子|氏名|田中 恵\n"
                "生年月日|1970/3/1|生年月日|1975/12/24|生年月日|1980/5/6\n"
                "電話|090-5555-0101|電話||電話|090-5555-0103\n",
                "佐藤 健一, 1970/3/1, 090-5555-0101\n"
                "鈴木 花子, 1975/12/24\n"
                "田中 恵, 1980/5/6, 090-5555-0103\n");
}

static void trees_of_calls(void **state)
{
    (void)state;
    check_sheet("5年1組 緊急連絡網\n"
                "||担任|佐藤 健一|090-5555-0101\n"
                "鈴木 花子||田中 恵\n"
                "03-5555-0102||03-5555-0103\n"
                "↓||↓\n"
                "伊藤 由美||渡辺 誠\n"
                "03-5555-0104||03-5555-0105\n",
                "佐藤 健一, 090-5555-0101\n"
                "鈴木 花子, 03-5555-0102\n"
                "田中 恵, 03-5555-0103\n"
                "伊藤 由美, 03-5555-0104\n"
                "渡辺 誠, 03-5555-0105\n");
    /* shops, and numbers that are mostly nobody's */
    check_sheet("駅前店||本町店\n03-5555-0102||03-5555-0103\n中央倉庫||西口店\n03-5555-0104||03-"
                "5555-0105\n",
                "");
}

static void exports_of_shops(void **state)
{
    (void)state;
    check_sheet("Billing Name|Billing Address1|Billing City|Billing Zip|Billing Province|Email\n"
                "佐藤 健一|丸の内1-9-1|千代田区|'100-0005|JP-13|k.sato@example.jp\n"
                "鈴木 花子|梅田1-13-1|大阪市北区|'530-0001|JP27|h.suzuki@example.jp\n",
                "佐藤 健一, 100-0005, 東京都千代田区丸の内1-9-1, k.sato@example.jp\n"
                "鈴木 花子, 530-0001, 大阪府大阪市北区梅田1-13-1, h.suzuki@example.jp\n");
    /* payments are no log */
    check_sheet(
        "決済日時|決済ID|カード番号|名義人|結果|購入者メール\n"
        "2026/06/01 10:00:01|tr_0001|************1234|KENICHI SATO|OK|k.sato@example.jp\n"
        "2026/06/01 10:00:02|tr_0002|************2345|HANAKO SUZUKI|OK|h.suzuki@example.jp\n",
        "KENICHI SATO, k.sato@example.jp\n"
        "HANAKO SUZUKI, h.suzuki@example.jp\n");
    check_sheet("姓|名|現住所_郵便番号|現住所|現住所_TEL\n"
                "佐藤|健一|001-0007|北海道札幌市北区北七条西3-4-5|011-555-0101\n",
                "佐藤 健一, 001-0007, 北海道札幌市北区北七条西3-4-5, 011-555-0101\n");
}

static void note_slot(void *context, const kk_mention *m)
{
    if (m->standing == KK_COUNTS)
        kk_putf(context, "%.*s %u\n", KK_P(m->name), m->slot);
}

/* A page of two passages, with a table between them: everybody on it has a place of his own. */
static void passages_of_one_page(void **state)
{
    (void)state;
    kk_buffer out = {0};
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    kk_recogniser *reader = kk_recogniser_open(arena, &settings, note_slot, pass_table, &out);
    kk_passage page = {.table = KK_S("pages"), .record = 1};
    const kk_slice none[] = {KK_NONE};
    const kk_slice headings[] = {KK_S("氏名"), KK_S("電話番号")},
                   cells[] = {KK_S("田中 恵"), KK_S("090-5555-0103")};
    page.text = KK_S("氏名: 佐藤 健一\n電話番号: 090-5555-0101\n");
    kk_recognise_passage(reader, &page);
    kk_recognise_row(reader, &(kk_row){.table = KK_S("table 1"),
                                       .columns = headings,
                                       .cells = cells,
                                       .count = 2,
                                       .record = 1});
    kk_recognise_row(
        reader,
        &(kk_row){
            .table = KK_S("table 2"), .columns = headings, .cells = none, .count = 1, .record = 1});
    page.text = KK_S("氏名: 鈴木 花子\n電話番号: 090-5555-0102\n");
    kk_recognise_passage(reader, &page);
    page.record = 2;
    kk_recognise_passage(reader, &page);
    kk_recognise_end(reader);
    expect(kk_buffer_slice(&out), "佐藤 健一 0\n田中 恵 0\n鈴木 花子 1\n鈴木 花子 0\n", __func__);
    kk_buffer_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_above_names),
        cmocka_unit_test(sums_among_people),
        cmocka_unit_test(names_with_commas),
        cmocka_unit_test(whose_contacts_they_are),
        cmocka_unit_test(children_of_who_applies),
        cmocka_unit_test(titles_above_lists_without_headings),
        cmocka_unit_test(contacts_in_sentences),
        cmocka_unit_test(companies_and_homes),
        cmocka_unit_test(names_that_programs_show),
        cmocka_unit_test(several_things_in_a_cell),
        cmocka_unit_test(people_one_deals_with),
        cmocka_unit_test(zeros_that_spreadsheets_lose),
        cmocka_unit_test(senders_in_lists_without_headings),
        cmocka_unit_test(teams_of_schools),
        cmocka_unit_test(households_with_members),
        cmocka_unit_test(lists_beside_each_other),
        cmocka_unit_test(readings_in_rows_of_their_own),
        cmocka_unit_test(keys_and_values),
        cmocka_unit_test(keys_that_come_late),
        cmocka_unit_test(keys_of_nobody),
        cmocka_unit_test(passages_of_one_page),
        cmocka_unit_test(trees_of_calls),
        cmocka_unit_test(exports_of_shops),
        cmocka_unit_test(parties_of_a_form),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
