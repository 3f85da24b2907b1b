/* Tables as offices write them, with who is in them: one line of names each, nobody in lists of words,
 * banks, stations, books. All of it is invented. */
#include "tests/unit/lexicon.h"

#include "base/text.h"

typedef struct {
    const char *what;
    const char *rows; /* lines with commas; the first one may be the heading */
    const char
        *names; /* of who counts, in the order of the rows; a reading or number where no name is */
} table_case;

static kk_buffer told;
static uint64_t told_items; /* of all who count */

static void keep_mention(void *context, const kk_mention *m)
{
    (void)context;
    if (m->standing != KK_COUNTS)
        return;
    told_items |= m->items;
    kk_slice name = m->name.len    ? m->name
                    : m->kana.len  ? m->kana
                    : m->email.len ? m->email
                                   : m->phone;
    if (told.len)
        kk_put(&told, KK_S(","));
    kk_put(&told, name.len ? name : KK_S("?"));
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
    told_items = 0;
    return kk_recogniser_open(arena, &settings, keep_mention, keep_table, NULL);
}

static void read_table(const char *rows)
{
    kk_recogniser *r = begin();
    kk_slice rest = kk_cstr(rows), line, cell;
    uint64_t record = 0;
    while (kk_split(&rest, '\n', &line)) {
        kk_slice cells[32];
        size_t cell_count = 0;
        while (cell_count < 32 && kk_split(&line, ',', &cell))
            cells[cell_count++] = cell;
        kk_row row = {.cells = cells, .count = cell_count, .record = ++record};
        kk_recognise_row(r, &row);
    }
    kk_recognise_end(r);
}

static void check_tables(const table_case *cases, size_t count)
{
    bool failed = false;
    for (size_t i = 0; i < count; i++) {
        read_table(cases[i].rows);
        if (!kk_is(kk_buffer_slice(&told), cases[i].names)) {
            print_message("%s: got \"%.*s\", wanted \"%s\"\n", cases[i].what,
                          KK_P(kk_buffer_slice(&told)), cases[i].names);
            failed = true;
        }
    }
    assert_false(failed);
}

static void things_in_letters(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"bodies under name",
         "id,name,url\n1,Sample Valley Foundation,https://a.example\n2,Sample Review "
         "Board,https://b.example\n3,University of Sample,https://c.example\n4,Sample "
         "Kindergartens,https://d.example\n5,Sample Trade Agency,https://e.example\n6,Sample Road "
         "Users,https://f.example\n",
         ""},
        {"what fields of a program are for",
         "char *,fname\nint,the number of the block that is read\nchar *,name of the file "
         "(more...)\nchar *,cwd when it was opened <br>\nint,i_table\n",
         ""},
        {"what parts of a program are called",
         "表記,名前,大きさ,説明\n%a,自動フラグ,2,自動なら\n%b,破損の数,12,壊れた数\n%c,ホスト名,15,"
         "計算機\n%d,アクション,1,すること\n"
         "%e,プログラム名,5,名前\n%f,サイズの変化,9,変化\n",
         ""},
        {"branches of a bank, with how they are read",
         "支店コード,支店名,支店名カナ,電話番号\n001,本店営業部,ホンテン,03-5555-1000\n002,"
         "青葉支店,ホンテン,03-5555-1100\n"
         "003,高橋支店,ホンテン,03-5555-1200\n004,山本町支店,ホンテン,03-5555-1300\n",
         ""},
        {"what a program can do",
         "name,label\n.uno:InsertChart,Chart\n.uno:ZoomIn,Zoom\nprivate:resource/"
         "toolbar,Bar\n.uno:NextPage,Next\nooo-entrance-fly,Fly\n",
         ""},
        {"what commands do",
         "id,名前と番号を表示\npwd,場所の名前を表示\nls,ファイルを表示\nrm,ファイルを削除\ncp,"
         "ファイルを複製\nmv,ファイルを移動\n",
         ""},
        {"pupils by what they are called",
         "名前,席\nゆうた,1\nはなこ,2\nけんじ,3\nみさき,4\nしょう,5\n",
         "ゆうた,はなこ,けんじ,みさき,しょう"},
        {"people under name alone",
         "name,seat\nMary Sample,1\nJohn Example,2\nPeter Foundation,3\nAnn Test-Smith,4\nLi "
         "Wei,5\n",
         "Mary Sample,John Example,Ann Test-Smith,Li Wei"},
        {"bodies with people to ask",
         "name,contact\nSample Agency,mary@example.org\nSample Office,john@example.org\n",
         "mary@example.org,john@example.org"},
        {"all kinds of contacts",
         "name,contact\n佐藤 健一,kenichi@example.org\n鈴木 花子,090-5555-0101\n田中 "
         "次郎,090-5555-0102\n",
         "佐藤 健一,鈴木 花子,田中 次郎"},
        {"mailboxes alone under contact",
         "area,contact\nnorth,a.sato@example.org\nsouth,b.suzuki@example.org\nwest,c.tanaka@"
         "example.org\n",
         "a.sato@example.org,b.suzuki@example.org,c.tanaka@example.org"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

/* Nobody's are the values that samples are filled with; who gives anything of his own is somebody. */
static void samples(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"users of a sample",
         "name,email,phone\nuser0,user0@example.com,00000000000\nuser1,user1@example.com,"
         "00000000000\n",
         ""},
        {"rows of a seed",
         "name,email,tel\nテスト 太郎,test1@example.com,090-0000-0001\nダミー "
         "次郎,dummy@example.com,090-0000-0003\n",
         ""},
        {"names that forms are shown with",
         "氏名,電話番号,メールアドレス\n山田 太郎,03-0000-0000,taro@example.com\n山田 "
         "花子,03-0000-0001,hanako@example.com\n",
         ""},
        {"somebody who bears such a name",
         "氏名,電話番号,メールアドレス\n山田 太郎,090-5555-0101,taro@example.com\n山田 "
         "花子,,hanako@example.co.jp\n",
         "山田 太郎,山田 花子"},
        {"somebody who typed such values in",
         "氏名,電話番号,メールアドレス\n佐藤 健一,090-0000-0000,user@example.com\n鈴木 "
         "花江,090-5555-0102,test@example.com\n",
         "佐藤 健一,鈴木 花江"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void names_as_lists_have_them(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"numbers before names",
         "氏名,ふりがな,生年月日\n1 福田 里奈,ふくだ りな,昭和24年3月6日\n2. 村田清,むらた "
         "きよし,平成13年4月20日\n10) 髙橋 弘美,たかはし ひろみ,昭和42年2月11日\n",
         "福田 里奈,村田清,髙橋 弘美"},
        {"numbers before what is no name",
         "部屋,氏名,電話番号\n1,3 号室,03-5555-0101\n2,佐藤 健一,03-5555-0102\n", "佐藤 健一"},
        {"surnames and given names without headings",
         "a.sato@mail.example,佐藤,健一,090-5555-0101\nb.suzuki@mail.example,鈴木,花子,090-5555-"
         "0102\nc.tanaka@mail.example,田中,恵子,090-5555-0103\n",
         "佐藤 健一,鈴木 花子,田中 恵子"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void desks(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"an address book with desks",
         "氏名,メールアドレス\n総務,info@a.example.jp\n佐藤,info@b.example.jp\n採用担当,saiyo@c."
         "example.jp\n"
         "財務経理,zaimu@d.example.jp\nSupport "
         "Team,support@e.example.com\n事務局,info@f.example.jp\n"
         "Mail Delivery Subsystem,mailer@g.example.com\n鈴木 一郎,suzuki@h.example.jp\n"
         "お客様サポート担当,help@i.example.jp\nHR,hr@j.example.com\nカスタマーサポート,cs@l."
         "example.com\nHannah "
         "Rowe,hr@k.example.com\n",
         "佐藤,鈴木 一郎,Hannah Rowe"},
        {"a desk with somebody's own telephone",
         "氏名,携帯電話\n受付,090-1234-5678\n広報,03-1234-5678\n", "受付"},
        {"names that begin like a desk",
         "氏名,電話番号\n人見 事務子,03-1234-5678\n経田 理,03-1234-5679\n", "人見 事務子,経田 理"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

/* The reason why somebody is no patient or member any more. */
static void the_dead(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"patients, and how it ended",
         "患者番号,患者氏名,生年月日,病名,転帰\n1,野口 正夫,1931-02-03,肺炎,死亡\n"
         "2,野口 花江,1961-02-03,肺炎,軽快\n",
         "野口 花江"},
        {"members, and why they left",
         "会員番号,氏名,生年月日,資格喪失事由\n1,野口 正夫,1931-02-03,死亡\n"
         "2,野口 花江,1961-02-03,転居\n3,野口 豊,1971-02-03,\n",
         "野口 花江,野口 豊"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void lists_of_words(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"stations", "駅名,よみ,都道府県\n東京,とうきょう,東京都\n大宮,おおみや,埼玉県\n", ""},
        {"banks",
         "銀行コード,銀行名,支店コード,支店名,カナ\n0001,例示銀行,001,本店,ホンテン\n"
         "0001,例示銀行,004,丸の内,マルノウチ\n",
         ""},
        {"prefectures",
         "コード,名称,略称,カナ\n01,北海道,道,ホッカイドウ\n37,香川県,県,カガワケン\n", ""},
        {"a table of words", "id,name,kana\n1,赤,アカ\n2,香川県,カガワケン\n", ""},
        {"companies with readings",
         "会社名,フリガナ,電話\n株式会社東都,トウト,03-1111-2222\n株式会社西都,サイト,06-1111-"
         "2222\n",
         ""},
        {"books",
         "ISBN,書名,著者\n9784101010014,こころ,夏目漱石\n9784003101018,坊っちゃん,夏目漱石\n", ""},
        {"given names and how many have them",
         "名,よみ,性別,件数\nさくら,さくら,女,30\n蓮,れん,男,40\n陽菜,ひな,女,35\n", ""},
        {"rivers",
         "名称,読み,水系,延長\n長良川,ながらがわ,木曽川,166\n石川,いしかわ,大和川,30\n三浦川,"
         "みうらがわ,三浦川,12\n中川,なかがわ,那珂川,9\n",
         ""},
        {"stations with nothing but how they are read",
         "名前,かな,コード\n田町,たまち,1\n浜松町,はままつちょう,2\n恵比寿,えびす,3\n大崎,おおさき,"
         "4\n五反田,ごたんだ,5\n目黒,めぐろ,6\n原宿,はらじゅく,7\n",
         ""},
        {"surnames with how they are read",
         "名前,かな,コード\n長谷川,はせがわ,1\n佐々木,ささき,2\n五十嵐,いがらし,3\n小笠原,"
         "おがさわら,4\n久保田,くぼた,5\n",
         "長谷川,五十嵐,小笠原"},
        {"where agencies work",
         "代理店名,担当エリア,代表電話\n株式会社例示,関東,03-5555-0101\n有限会社見本,関東,03-5555-"
         "0102\n例示建設株式会社,関東,03-5555-0103\n合同会社例示,関東,03-5555-0104\n例示商店,関東,"
         "03-5555-0105\n",
         ""},
        {"who wrote a song", "曲名,作曲者,年\n春の海,宮城道雄,1929\n荒城の月,瀧廉太郎,1901\n", ""},
        {"readings of people", "会員番号,フリガナ,都道府県\n1,サトウ ケンイチ,東京都\n",
         "サトウ ケンイチ"},
        {"name and reading", "id,name,kana\n1,佐藤 健一,サトウ ケンイチ\n2,東 都子,アズマ ミヤコ\n",
         "佐藤 健一,東 都子"},
        {"reading of a contact", "会社名,フリガナ,担当者\n株式会社東都,トウト,佐藤健一\n",
         "佐藤健一"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void people_by_their_part(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"dependants", "社員番号,氏名,扶養者氏名,続柄\nE1,佐藤健一,佐藤花,妻\n", "佐藤健一,佐藤花"},
        {"owners of flats",
         "部屋番号,区分所有者,居住者,電話\n101,佐藤健一,伊藤愛,090-5555-0101\n102,"
         "株式会社東都,空室,\n",
         "佐藤健一,伊藤愛"},
        {"visitors", "日時,来訪者,会社名\n2025/1/6 10:00,高橋一郎様,㈱東都\n", "高橋一郎"},
        {"doctors", "患者番号,患者氏名,担当医,看護師\n1,佐藤健一,高橋一郎,伊藤愛\n",
         "佐藤健一,高橋一郎,伊藤愛"},
        {"who wrote it is who it is about",
         "作成者,氏名,電話\n佐藤健一,佐藤健一,090-5555-0101\n"
         "佐藤健一,伊藤愛,090-5555-0102\n",
         "佐藤健一,伊藤愛,佐藤健一"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void account_holders(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"of companies and people",
         "銀行コード,支店コード,口座番号,口座名義カナ,金額\n0001,001,7654321,ﾄｳﾄｼﾖｳｼﾞ(ｶ,1000\n"
         "0001,001,7654322,ｶ)ｻｲﾄ,1000\n0001,001,7654323,ｲ)ﾚｲｼﾞｶｲ,1000\n0001,001,1234567,ｻﾄｳ "
         "ｹﾝｲﾁ,1000\n",
         "サトウ ケンイチ"},
        {"of a company's contact", "氏名,口座番号,口座名義\n佐藤健一,1234567,カ)トウト\n",
         "佐藤健一"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

#define TEN "長長長長長長長長長長"
#define LONG_NAME "矢野 " TEN TEN TEN TEN TEN TEN

/* A hundred letters or a remark in the place of a name hide nobody whom a mailbox of his own tells. */
static void no_names(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"letters without end",
         "氏名,メールアドレス\n" LONG_NAME ",q60@mail.example-kk.jp\n"
         "桑原 武,k60@mail.example-kk.jp\n",
         LONG_NAME ",桑原 武"},
        {"a remark",
         "氏名,メールアドレス\n返品したいです。,q60@mail.example-kk.jp\n桑原 "
         "武,k60@mail.example-kk.jp\n",
         "返品したいです。,桑原 武"},
        {"of an office",
         "氏名,メールアドレス\n※ご注意,info@mail.example-kk.jp\n桑原 武,k60@mail.example-kk.jp\n",
         "桑原 武"},
        {"with nothing of his own",
         "氏名,住所\n" LONG_NAME ",東京都北区王子1-15-60\n桑原 武,東京都北区王子1-15-61\n",
         "桑原 武"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

static void people_in_sentences(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"a relative in a remark",
         "会員番号,氏名,電話番号,備考\n1,佐藤健一,090-5555-0101,本人の妻 山田花子様 090-5555-0199 "
         "より連絡あり\n2,伊藤愛,090-5555-0102,2024年入会\n",
         "佐藤健一,山田花子,伊藤愛"},
        {"the person of the row once more",
         "会員番号,氏名,電話番号,備考\n1,佐藤健一,090-5555-0101,佐藤健一様より090-5555-0101で入電\n"
         "2,伊藤愛,090-5555-0102,昼間は03-5555-0100へお電話ください\n",
         "佐藤健一,伊藤愛"},
        {"an enquiry",
         "受付番号,受付日,お問い合わせ内容,対応\n"
         "1,2025-01-06,高橋一郎と申します。090-5555-0103まで折り返しをお願いします,済\n"
         "2,2025-01-07,商品が届きません。確認をお願いいたします。至急です,済\n",
         "高橋一郎"},
        {"relatives of whom somebody writes",
         "受付番号,氏名,問い合わせ\n1,瀬戸口 修一,妻の瀬戸口 真理の携帯は090-5555-0133\n"
         "2,岡田 隆,母の岡田 節子が入所しています\n3,山本 隆,届きません\n",
         "瀬戸口 修一,瀬戸口 真理,岡田 隆,岡田 節子,山本 隆"},
        {"relatives who are not named",
         "受付番号,氏名,問い合わせ\n1,瀬戸口 修一,母の日の花を届けてほしいのですが間に合いますか\n"
         "2,山本 隆,三男の誕生日に使う予定です。長男の分もお願いします。\n",
         "瀬戸口 修一,山本 隆"},
        {"names coloured for a terminal",
         "会員番号,氏名,電話番号\n1,\x1b[31m山田太一\x1b[0m,090-5555-0101\n2,伊藤愛,090-5555-"
         "0102\n",
         "山田太一,伊藤愛"},
        {"sentences about nobody",
         "氏名,電話番号,備考\n佐藤健一,090-5555-0101,お客様のご都合により来週に変更\n"
         "伊藤愛,090-5555-0102,代表電話0120-555-010に転送するよう申し送りあり\n",
         "佐藤健一,伊藤愛"},
        {"rules that speak of 氏名",
         "第2条 社員は氏名、住所に変更があったときは届け出なければならない。,\n", ""},
        {"products and who made them",
         "商品コード,商品名,商品説明\n1,湯呑,陶芸家の佐藤健一さんが一つずつ手作りしました。\n", ""},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

typedef struct {
    const char *rows;
    kk_item has, has_not;
} item_case;

static void what_headings_say(void **state)
{
    (void)state;
    static const item_case cases[] = {
        {"user_id,name,mail,last_ip\nken1,佐藤健一,ken@example.jp,203.0.113.5\n",
         KK_ITEM_IP_ADDRESS, KK_ITEM_OTHER},
        {"氏名,電話番号,お問い合わせ内容\n佐藤健一,090-5555-0101,商品が届きません\n",
         KK_ITEM_MESSAGE_BODY, KK_ITEM_ORDER},
        {"扶養家族氏名,続柄,生年月日,同居\n佐藤健一,長男,2010/3/4,済\n伊藤愛,長女,2012/5/6,未\n",
         KK_ITEM_BIRTH_DATE, KK_ITEM_AGE},
        {"applicant_name,email,final_education\n佐藤健一,ken@mail.example,例示大学 卒業\n",
         KK_ITEM_RESUME, KK_ITEM_OTHER},
        {"氏名,所属\n佐藤健一,例示商事株式会社\n伊藤愛,株式会社東都\n", KK_ITEM_COMPANY,
         KK_ITEM_DEPARTMENT},
        {"氏名,所属,電話番号\n佐藤健一,営業部,090-5555-0101\n伊藤愛,総務課,090-5555-0102\n",
         KK_ITEM_DEPARTMENT, KK_ITEM_COMPANY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_table(cases[i].rows);
        if (!(told_items & KK_BIT(cases[i].has)) || (told_items & KK_BIT(cases[i].has_not)))
            fail_msg("%s: items %llx", cases[i].rows, (unsigned long long)told_items);
    }
}

/* What no heading says, and what programs and forms show. */
static void names_apart_and_what_is_shown(void **state)
{
    (void)state;
    static const table_case cases[] = {
        {"surnames and given names without headings",
         "sota@example.jp,新井,颯太,080-2248-1166\nren@example.jp,今井,蓮,080-9153-0574\n"
         "setsuko@example.jp,沢田,節子,070-4001-6474\nyuto@example.jp,中村,悠斗,070-1946-7805\n",
         "新井 颯太,今井 蓮,沢田 節子,中村 悠斗"},
        {"branches without headings",
         "千葉,中央,043-555-0100\n福島,本町,024-555-0100\n山口,新町,083-555-0100\n", ""},
        {"numbers before names",
         "氏名,電話番号\n1 佐藤 健一,022-732-5519\n2 鈴木 花子,045-235-7860\n"
         "10 高橋 誠,011-231-2443\n",
         "佐藤 健一,鈴木 花子,高橋 誠"},
        {"regions of agencies",
         "代理店名,担当エリア,代表電話\n株式会社佐藤商店,関東,03-3211-1621\n"
         "有限会社田中工業,関東,03-3645-7242\n(株)鈴木電機,関西,06-3557-9848\n",
         ""},
        {"mailboxes that programs are tried out with",
         "id,email,tel\n1,user1@example.com,090-0000-0001\n2,test2@example.com,090-1234-5678\n"
         "3,user3@example.com,\n",
         ""},
        {"a mailbox like these with a number of somebody",
         "id,email,tel\n1,user1@example.com,090-8297-6090\n2,user@example.jp,\n",
         "user1@example.com,user@example.jp"},
    };
    check_tables(cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dead),
        cmocka_unit_test(things_in_letters),
        cmocka_unit_test(samples),
        cmocka_unit_test(names_as_lists_have_them),
        cmocka_unit_test(desks),
        cmocka_unit_test(lists_of_words),
        cmocka_unit_test(desks),
        cmocka_unit_test(people_by_their_part),
        cmocka_unit_test(account_holders),
        cmocka_unit_test(no_names),
        cmocka_unit_test(people_in_sentences),
        cmocka_unit_test(what_headings_say),
        cmocka_unit_test(names_apart_and_what_is_shown),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
