/* The tables that the shop keeps of its orders: each mall has columns of its own, the parcel
 * service another set; all in CP932, as such tables are. */
#include "demo/orders.h"

#include "base/text.h"

#define DAY (24 * 3600 * KK_SECOND)

typedef struct {
    kk_order_book *book;
    kk_buffer text;
    uint64_t rows;
    kk_time last;
    bool tabs;
} table;

static void cell(table *t, kk_slice value)
{
    if (t->tabs) {
        kk_put(&t->text, value);
        kk_put_byte(&t->text, '\t');
        return;
    }
    kk_put_byte(&t->text, '"');
    kk_put(&t->text, value);
    kk_put(&t->text, KK_S("\","));
}

/* A cell that is put together in place: between these two, write to t->text. */
static void begin_cell(table *t)
{
    if (!t->tabs)
        kk_put_byte(&t->text, '"');
}

static void end_cell(table *t)
{
    kk_put(&t->text, t->tabs ? KK_S("\t") : KK_S("\","));
}

static void end_row(table *t)
{
    t->text.len--; /* the last separator */
    kk_put(&t->text, KK_S("\r\n"));
}

static void number_cell(table *t, uint64_t number)
{
    begin_cell(t);
    kk_put_u64(&t->text, number);
    end_cell(t);
}

static void header(table *t, kk_slice words)
{
    kk_slice word;
    while (kk_split(&words, ',', &word))
        cell(t, word);
    end_row(t);
}

static void time_cell(table *t, kk_time at, bool with_time)
{
    kk_civil c = kk_civil_from_time(at + KK_JST_OFFSET);
    begin_cell(t);
    kk_putf(&t->text, "%04d/%02d/%02d", c.year, c.month, c.day);
    if (with_time)
        kk_putf(&t->text, " %02d:%02d:%02d", c.hour, c.minute, c.second);
    end_cell(t);
}

/* ---- products ---- */

static const char *const products[] = {
    "【送料無料】洗える 玄関マット 屋外 屋内兼用 滑り止め付き 業務用 泥落とし 吸水 速乾 日本製 "
    "無地 "
    "おしゃれ 北欧 新築祝い 引っ越し祝い",
    "キッチンマット ロング 洗える 撥水 滑り止め 薄型 床暖房対応 拭ける はっ水 台所マット 無地 "
    "木目調 "
    "おしゃれ モダン 45cm幅",
    "バスマット 珪藻土風 速乾 吸水 洗える ふわふわ マイクロファイバー 脱衣所 お風呂マット 抗菌防臭 "
    "大判 丸洗いOK",
    "室内用 エントランスマット レンタル品質 国産ナイロン 耐久 オフィス 店舗 病院 学校 裏面ゴム "
    "ずれにくい 汚れが目立たない",
    "トイレマット セット 2点 フタカバー 洗浄暖房型 抗菌 防臭 洗える ふかふか 無地 ナチュラル "
    "シンプル "
    "北欧風 ギフト",
    "デスク チェアマット 床保護 透明 フローリング 傷防止 ずれない 畳対応 1.5mm厚 在宅勤務 "
    "テレワーク "
    "カット可能",
    "ペット用 滑らないマット 犬 猫 撥水 吸着 タイルカーペット 洗える 防音 30枚組 関節サポート "
    "日本製 "
    "無臭 床暖対応",
    "ラグマット 洗える 190×240 3畳 ホットカーペット対応 シャギー 極細繊維 オールシーズン 防ダニ "
    "抗菌 "
    "リビング",
    "屋外用 人工芝 ロール 35mm 密度2倍 防草 水はけ ベランダ 庭 U字ピン付き 静電気防止 耐候 "
    "芝丈 リアル",
    "名入れ オーダーマット ロゴ印刷 店舗 会社 スポーツ 開店祝い デザイン無料 特注サイズ 短納期 "
    "屋外 "
    "フルカラー",
    "折りたたみ ヨガマット 10mm 厚手 収納ケース付き ストレッチ 筋トレ 防音 滑り止め 軽量 "
    "エクササイズ "
    "宅トレ",
    "吸着 カーマット 汎用 防水 前後セット 3Dカップ 汚れ防止 丸洗い 国産車対応 ラバー 雪国 雨の日 "
    "カット自由",
};
static const char *const options[] = {
    "サイズ:45×75cm カラー:ブラウン",  "サイズ:60×90cm カラー:グレー",
    "サイズ:50×80cm カラー:ベージュ",  "サイズ:75×120cm カラー:ネイビー",
    "サイズ:45×180cm カラー:グリーン", "サイズ:90×150cm カラー:アイボリー",
    "サイズ:45×240cm カラー:ブラック", "サイズ:60×120cm カラー:ワインレッド",
};
static const uint16_t prices[] = {2980, 4480, 3680, 6980, 5480, 8980, 7480, 5980};
#define PRODUCTS ((uint32_t)(sizeof products / sizeof products[0]))

static kk_slice product_name(const kk_demo_order *o, uint32_t line)
{
    return kk_cstr(products[(o->product + line * 5u) % PRODUCTS]);
}

static uint32_t option_of(const kk_demo_order *o, uint32_t line)
{
    return (o->product / PRODUCTS + line) % 8;
}

static void code_cell(table *t, const kk_demo_order *o, uint32_t line)
{
    begin_cell(t);
    kk_putf(&t->text, "RM-%02u%c-%04u", (o->product + line * 5u) % PRODUCTS + 1,
            'A' + (int)option_of(o, line), o->product * 7 + line);
    end_cell(t);
}

/* Product, option, price, quantity, sum. */
static void product_cells(table *t, const kk_demo_order *o, uint32_t line)
{
    uint32_t price = prices[option_of(o, line)];
    code_cell(t, o, line);
    cell(t, product_name(o, line));
    cell(t, kk_cstr(options[option_of(o, line)]));
    number_cell(t, price);
    number_cell(t, o->quantity);
    number_cell(t, price * o->quantity);
}

static const char *const payments[] = {"クレジットカード決済(決済代行)", "コンビニ前払い",
                                       "代金引換", "後払い決済", "銀行振込(前払い)"};
static const char *const hours[] = {"指定なし",  "午前中",    "14時~16時",
                                    "16時~18時", "18時~20時", "19時~21時"};
static const char *const notes[] = {
    "",
    "",
    "",
    "",
    "不在の場合は宅配ボックスに入れてください。",
    "置き配希望(玄関前)",
    "領収書の発行をお願いします。",
    "のし(御祝)をお願いします。納品書は同封しないでください。",
    "平日の日中は不在のため、配達前にご連絡ください。",
};

static void tail_cells(table *t, const kk_demo_order *o)
{
    uint32_t n = o->number;
    cell(t, kk_cstr(payments[n % 5]));
    cell(t, n % 3 ? KK_S("宅配便(通常)") : KK_S("宅配便(大型)"));
    time_cell(t, o->at + (2 + n % 6) * DAY, false);
    cell(t, kk_cstr(hours[n / 5 % 6]));
    cell(t, kk_cstr(notes[n / 30 % 9]));
}

/* ---- people ---- */

typedef enum { ORDERER, ADDRESSEE } side;

static kk_demo_spelling spelling_of(const kk_demo_order *o, side which)
{
    uint32_t person = which == ORDERER ? o->orderer : o->addressee;
    return kk_people_spelling(person, o->shop);
}

static const kk_demo_home *home_of(const kk_demo_order *o, side which)
{
    return which == ORDERER ? &o->orderer_home : &o->addressee_home;
}

static void see(table *t, const kk_demo_order *o, side which, uint8_t what)
{
    if (o->kind == KK_ORDER_PERSON)
        t->book->seen[which == ORDERER ? o->orderer : o->addressee] |=
            (uint8_t)(what | (which == ORDERER ? KK_SEEN_ORDERER : KK_SEEN_ADDRESSEE));
}

static void name_cell(table *t, const kk_demo_order *o, side which)
{
    begin_cell(t);
    if (o->kind == KK_ORDER_TEST)
        kk_put(&t->text, o->number % 2 ? KK_S("テスト　太郎") : KK_S("テスト注文"));
    else if (o->kind == KK_ORDER_COMPANY)
        kk_put(&t->text, t->book->companies[o->orderer].name);
    else
        kk_put_person(&t->text, t->book->people, which == ORDERER ? o->orderer : o->addressee,
                      spelling_of(o, which));
    end_cell(t);
    see(t, o, which, 0);
}

static void kana_cell(table *t, const kk_demo_order *o, side which)
{
    begin_cell(t);
    if (o->kind == KK_ORDER_TEST)
        kk_put(&t->text, KK_S("テスト"));
    else if (o->kind == KK_ORDER_PERSON)
        kk_put_person_kana(&t->text, t->book->people, which == ORDERER ? o->orderer : o->addressee,
                           spelling_of(o, which));
    end_cell(t);
    see(t, o, which, KK_SEEN_KANA);
}

/* Family and given name in cells of their own; companies and tests stand in the first. */
static void split_cells(table *t, const kk_demo_order *o, side which, bool kana)
{
    const kk_people *people = t->book->people;
    uint32_t person = which == ORDERER ? o->orderer : o->addressee;
    if (o->kind == KK_ORDER_PERSON) {
        cell(t, kana ? kk_person_family_kana(people, person)
                     : kk_person_family(people, person, spelling_of(o, which)));
        cell(t, kana ? kk_person_given_kana(people, person) : kk_person_given(people, person));
    } else if (o->kind == KK_ORDER_TEST) {
        cell(t, KK_S("テスト"));
        cell(t, kana ? KK_S("タロウ") : KK_S("太郎"));
    } else {
        cell(t, kana ? KK_NONE : t->book->companies[o->orderer].name);
        cell(t, KK_NONE);
    }
    see(t, o, which, kana ? KK_SEEN_KANA : 0);
}

static void phone_cell(table *t, const kk_demo_order *o, side which)
{
    const char *phone = which == ORDERER ? o->orderer_phone : o->addressee_phone;
    begin_cell(t);
    if (o->kind == KK_ORDER_TEST)
        kk_put(&t->text, t->book->own_phone);
    else
        kk_put_phone(&t->text, phone, spelling_of(o, which).bare_phone);
    end_cell(t);
    if (phone[0])
        see(t, o, which, KK_SEEN_PHONE);
}

static void postal_cell(table *t, const kk_demo_order *o, side which)
{
    begin_cell(t);
    if (o->kind == KK_ORDER_TEST)
        kk_put(&t->text, t->book->own_postal);
    else
        kk_put_postal(&t->text, home_of(o, which), o->shop != KK_SHOP_HIROBA);
    end_cell(t);
}

static void address_cell(table *t, const kk_demo_order *o, side which)
{
    begin_cell(t);
    if (o->kind == KK_ORDER_TEST)
        kk_put(&t->text, t->book->own_address);
    else
        kk_put_address(&t->text, home_of(o, which), spelling_of(o, which));
    end_cell(t);
    see(t, o, which, KK_SEEN_ADDRESS);
}

/* Prefecture, municipality, town and number; then the building or with it. */
static void address_cells(table *t, const kk_demo_order *o, side which, bool building_apart)
{
    const kk_demo_home *home = home_of(o, which);
    const kk_demo_place *place = &kk_demo_places[home->place];
    kk_demo_spelling how = spelling_of(o, which);
    if (o->kind == KK_ORDER_TEST) {
        cell(t, KK_S("東京都"));
        cell(t, KK_S("品川区"));
        cell(t, KK_S("大井9-9-9"));
        if (building_apart)
            cell(t, KK_NONE);
        return;
    }
    cell(t, kk_cstr(place->prefecture));
    cell(t, kk_cstr(place->city));
    begin_cell(t);
    kk_put(&t->text, kk_cstr(place->town));
    kk_put_house(&t->text, home, how);
    if (building_apart)
        end_cell(t), begin_cell(t);
    else if (home->building != 0 && !how.no_building)
        kk_put(&t->text, KK_S("　"));
    if (!how.no_building)
        kk_put_building(&t->text, home);
    end_cell(t);
    see(t, o, which, KK_SEEN_ADDRESS);
}

/* ---- one row of each shop ---- */

static void own_row(table *t, const kk_demo_order *o, uint32_t line)
{
    begin_cell(t);
    kk_putf(&t->text, "EM%u", o->number);
    end_cell(t);
    time_cell(t, o->at, true);
    cell(t, KK_S("発送済み"));
    for (int which = ORDERER; which <= ADDRESSEE; which++) {
        name_cell(t, o, (side)which);
        kana_cell(t, o, (side)which);
        postal_cell(t, o, (side)which);
        address_cell(t, o, (side)which);
        phone_cell(t, o, (side)which);
    }
    product_cells(t, o, line);
    tail_cells(t, o);
    end_row(t);
}

static void ichiba_row(table *t, const kk_demo_order *o, uint32_t line)
{
    begin_cell(t);
    kk_putf(&t->text, "381204-%08u-%010u", o->number * 3, o->number * 977u % 1000000007u);
    end_cell(t);
    time_cell(t, o->at, true);
    cell(t, KK_S("処理済"));
    for (int which = ORDERER; which <= ADDRESSEE; which++) {
        split_cells(t, o, (side)which, false);
        split_cells(t, o, (side)which, true);
        postal_cell(t, o, (side)which);
        address_cells(t, o, (side)which, false);
        phone_cell(t, o, (side)which);
    }
    product_cells(t, o, line);
    number_cell(t, o->number % 5 ? 0 : o->number % 900);
    tail_cells(t, o);
    end_row(t);
}

static void wide_row(table *t, const kk_demo_order *o, uint32_t line)
{
    begin_cell(t);
    kk_putf(&t->text, "503-%07u-%07u", o->number * 13 % 10000000u, o->number * 7919u % 10000000u);
    end_cell(t);
    begin_cell(t);
    kk_putf(&t->text, "%014llu", (unsigned long long)o->number * 1000003ull * (line + 1));
    end_cell(t);
    time_cell(t, o->at, true);
    name_cell(t, o, ORDERER);
    phone_cell(t, o, ORDERER);
    name_cell(t, o, ADDRESSEE);
    postal_cell(t, o, ADDRESSEE);
    address_cells(t, o, ADDRESSEE, true);
    phone_cell(t, o, ADDRESSEE);
    product_cells(t, o, line);
    tail_cells(t, o);
    end_row(t);
}

static void hiroba_row(table *t, const kk_demo_order *o, uint32_t line)
{
    begin_cell(t);
    kk_putf(&t->text, "matten-%u", o->number);
    end_cell(t);
    time_cell(t, o->at, true);
    for (int which = ORDERER; which <= ADDRESSEE; which++) {
        name_cell(t, o, (side)which);
        postal_cell(t, o, (side)which);
        address_cells(t, o, (side)which, true);
        phone_cell(t, o, (side)which);
    }
    product_cells(t, o, line);
    tail_cells(t, o);
    end_row(t);
}

static const struct {
    void (*row)(table *t, const kk_demo_order *o, uint32_t line);
    const char *header, *extension;
    bool tabs;
} shops[KK_SHOPS] = {
    {own_row,
     "受注番号,受注日時,ステータス,ご注文者氏名,ご注文者フリガナ,ご注文者郵便番号,ご注文者住所,"
     "ご注文者電話番号,お届け先氏名,お届け先フリガナ,お届け先郵便番号,お届け先住所,"
     "お届け先電話番号,"
     "商品コード,商品名,選択肢,単価,数量,小計,支払方法,配送方法,配送希望日,時間帯指定,備考",
     "csv", false},
    {ichiba_row,
     "注文番号,注文日時,ステータス,注文者姓,注文者名,注文者姓カナ,注文者名カナ,注文者郵便番号,"
     "注文者都道府県,注文者市区町村,注文者町名番地,注文者電話番号,送付先姓,送付先名,送付先姓カナ,"
     "送付先名カナ,送付先郵便番号,送付先都道府県,送付先市区町村,送付先町名番地,送付先電話番号,"
     "商品番号,商品名,項目選択肢,単価,個数,小計,ポイント利用額,支払方法,配送方法,お届け日指定,"
     "お届け時間帯,コメント",
     "csv", false},
    {wide_row,
     "注文ID,注文明細ID,購入日,購入者氏名,購入者電話番号,配送先氏名,配送先郵便番号,配送先都道府県,"
     "配送先市区町村,配送先住所1,配送先住所2,配送先電話番号,SKU,商品名,オプション,商品価格,数量,"
     "商品代金,支払方法,配送方法,配送希望日,配送時間帯,配送メモ",
     "txt", true},
    {hiroba_row,
     "注文ID,注文日時,ご依頼主氏名,ご依頼主郵便番号,ご依頼主都道府県,ご依頼主市区町村,"
     "ご依頼主住所1,"
     "ご依頼主住所2,ご依頼主電話番号,お届け先氏名,お届け先郵便番号,お届け先都道府県,"
     "お届け先市区町村,お届け先住所1,お届け先住所2,お届け先電話番号,商品コード,商品名,"
     "商品オプション,"
     "単価,数量,小計,お支払い方法,配送方法,お届け希望日,お届け希望時間,備考",
     "csv", false},
};

/* ---- shipments ---- */

static const char *const shipment_header =
    "お客様管理番号,送り状種別,出荷予定日,お届け先電話番号,お届け先郵便番号,お届け先住所,"
    "お届け先名,敬称,ご依頼主電話番号,ご依頼主郵便番号,ご依頼主住所,ご依頼主名,品名,荷扱い,"
    "送り状番号,請求先コード";

/* The shop itself is the sender, except of presents whose giver's address it knows. */
static void sender_cells(table *t, const kk_demo_order *o)
{
    bool gift = o->kind == KK_ORDER_PERSON && o->orderer != o->addressee && o->shop != KK_SHOP_WIDE;
    if (gift) {
        phone_cell(t, o, ORDERER);
        postal_cell(t, o, ORDERER);
        address_cell(t, o, ORDERER);
        name_cell(t, o, ORDERER);
    } else {
        cell(t, t->book->own_phone);
        cell(t, t->book->own_postal);
        cell(t, t->book->own_address);
        cell(t, t->book->own_name);
    }
}

static void shipment_row(table *t, const kk_demo_order *o)
{
    begin_cell(t);
    kk_putf(&t->text, "%c-%u", "EIWH"[o->shop], o -> number);
    end_cell(t);
    cell(t, KK_S("発払い"));
    time_cell(t, o->at + DAY, false);
    phone_cell(t, o, ADDRESSEE);
    postal_cell(t, o, ADDRESSEE);
    address_cell(t, o, ADDRESSEE);
    name_cell(t, o, ADDRESSEE);
    cell(t, o->kind == KK_ORDER_COMPANY ? KK_S("御中") : KK_S("様"));
    sender_cells(t, o);
    begin_cell(t);
    kk_put(&t->text, KK_S("マット類 "));
    kk_put(&t->text, kk_cstr(options[option_of(o, 0)]));
    end_cell(t);
    cell(t, o->number % 3 ? KK_NONE : KK_S("下積厳禁"));
    begin_cell(t);
    kk_putf(&t->text, "%012llu", (unsigned long long)o->number * 48271ull % 1000000000000ull);
    end_cell(t);
    cell(t, KK_S("0000000000-01"));
    end_row(t);
}

/* ---- files ---- */

typedef struct {
    kk_order_file *files;
    size_t count, capacity;
} file_list;

static void finish(table *t, file_list *list, kk_slice path)
{
    kk_arena *arena = t->book->people->arena;
    list->files =
        kk_grow(arena, list->files, &list->capacity, list->count + 1, sizeof *list->files);
    kk_arena *scratch = kk_arena_open();
    kk_slice bytes = kk_copy(arena, kk_encode(scratch, KK_CP932, kk_buffer_slice(&t->text)));
    kk_arena_close(scratch);
    list->files[list->count++] = (kk_order_file){path, bytes, t->rows, t->last};
    kk_buffer_close(&t->text);
}

static void write_shop_month(kk_order_book *book, file_list *list, size_t from, size_t to,
                             kk_demo_shop shop, const kk_civil *month)
{
    table t = {.book = book, .tabs = shops[shop].tabs, .last = KK_NO_TIME};
    header(&t, kk_cstr(shops[shop].header));
    for (size_t i = from; i < to; i++) {
        const kk_demo_order *o = &book->orders[i];
        if (o->shop != shop)
            continue;
        for (uint32_t line = 0; line < o->lines; line++, t.rows++)
            shops[shop].row(&t, o, line);
        t.last = o->at;
    }
    finish(&t, list,
           kk_print(book->people->arena, "受注/%s/受注_%s_%04d-%02d.%s", kk_shop_name(shop),
                    kk_shop_name(shop), month->year, month->month, shops[shop].extension));
}

static void write_shipments(kk_order_book *book, file_list *list, size_t from, size_t to,
                            const kk_civil *month)
{
    table t = {.book = book, .last = KK_NO_TIME};
    header(&t, kk_cstr(shipment_header));
    for (size_t i = from; i < to; i++, t.rows++) {
        shipment_row(&t, &book->orders[i]);
        t.last = book->orders[i].at;
    }
    finish(&t, list,
           kk_print(book->people->arena, "受注/出荷実績/出荷実績_%04d-%02d.csv", month->year,
                    month->month));
}

kk_order_file *kk_order_files(kk_order_book *book, size_t *count)
{
    file_list list = {0};
    book->seen = KK_NEW_ARRAY(book->people->arena, uint8_t, book->people->person_count);
    for (size_t from = 0, to; from < book->order_count; from = to) {
        kk_civil month = kk_civil_from_time(book->orders[from].at + KK_JST_OFFSET);
        for (to = from; to < book->order_count; to++) {
            kk_civil c = kk_civil_from_time(book->orders[to].at + KK_JST_OFFSET);
            if (c.month != month.month || c.year != month.year)
                break;
        }
        for (int shop = 0; shop < KK_SHOPS; shop++)
            write_shop_month(book, &list, from, to, (kk_demo_shop)shop, &month);
        write_shipments(book, &list, from, to, &month);
    }
    *count = list.count;
    return list.files;
}
