#include "tests/identity/people.h"

#include "base/time.h"
#include "demo/people.h"

#include <stdio.h>

/* How often, of 1,000. A slip spoils one value of one row. */
enum {
    WITHOUT_BIRTH = 80,
    WITHOUT_EMAIL = 100,
    WITHOUT_MOBILE = 120,
    WITHOUT_KANA = 50,
    WITHOUT_PHONE = 60,
    LANDLINE = 150,
    OTHER_PHONE = 25,
    MOVED = 60,
    MARRIED = 15,
    TWINS = 8,
    LIKE_FATHER = 5, /* a son whose name differs in one character */
    SLIP_NAME = 3,
    SLIP_KANA = 4,
    SLIP_BIRTH = 3,
    SLIP_PHONE = 3,
    SLIP_EMAIL = 2,
    ZERO_LOST = 10,
    OLD_KANJI = 200,
    HALF_KANA = 150,
    NO_BUILDING = 120
};

typedef struct {
    const char *kanji, *kana;
} part;

static const part male_first[] = {
    {"健", "ケン"}, {"裕", "ユウ"},   {"直", "ナオ"}, {"正", "マサ"},   {"和", "カズ"},
    {"英", "ヒデ"}, {"隆", "タカ"},   {"義", "ヨシ"}, {"秀", "ヒデ"},   {"智", "トモ"},
    {"哲", "テツ"}, {"康", "ヤス"},   {"雅", "マサ"}, {"俊", "トシ"},   {"剛", "ツヨ"},
    {"浩", "ヒロ"}, {"光", "ミツ"},   {"昭", "アキ"}, {"清", "キヨ"},   {"勝", "カツ"},
    {"貴", "タカ"}, {"翔", "ショウ"}, {"大", "ダイ"}, {"亮", "リョウ"}, {"航", "コウ"},
    {"慎", "シン"}, {"修", "シュウ"}, {"敬", "ケイ"}, {"達", "タツ"},   {"信", "ノブ"}};
static const part male_last[] = {{"一", "イチ"}, {"太", "タ"},   {"介", "スケ"}, {"平", "ヘイ"},
                                 {"也", "ヤ"},   {"樹", "キ"},   {"人", "ト"},   {"郎", "ロウ"},
                                 {"之", "ユキ"}, {"彦", "ヒコ"}, {"夫", "オ"},   {"志", "シ"},
                                 {"司", "ジ"},   {"治", "ハル"}, {"則", "ノリ"}};
static const part female_first[] = {
    {"美", "ミ"},     {"由", "ユ"},   {"真", "マ"},   {"恵", "エ"},   {"千", "チ"},
    {"和", "カズ"},   {"幸", "サチ"}, {"優", "ユウ"}, {"彩", "アヤ"}, {"智", "トモ"},
    {"久", "ク"},     {"直", "ナオ"}, {"春", "ハル"}, {"秋", "アキ"}, {"明", "アケ"},
    {"麻", "マ"},     {"里", "リ"},   {"佳", "カ"},   {"奈", "ナ"},   {"亜", "ア"},
    {"早", "サ"},     {"理", "リ"},   {"沙", "サ"},   {"友", "トモ"}, {"純", "ジュン"},
    {"京", "キョウ"}, {"陽", "ヨウ"}, {"節", "セツ"}, {"文", "フミ"}, {"喜", "キ"}};
static const part female_last[] = {{"子", "コ"}, {"美", "ミ"}, {"恵", "エ"}, {"香", "カ"},
                                   {"代", "ヨ"}, {"江", "エ"}, {"菜", "ナ"}, {"里", "リ"},
                                   {"穂", "ホ"}, {"乃", "ノ"}, {"花", "カ"}, {"枝", "エ"},
                                   {"紀", "キ"}, {"音", "ネ"}, {"希", "キ"}};
enum { FIRSTS = 30, LASTS = 15 };

static const char *const houses[] = {"メゾン", "コーポ", "ハイツ",   "パークサイド", "グリーン",
                                     "サニー", "ビラ",   "シャトー", "エスポワール", "プレール"};
static const char *const trees[] = {"桜", "楓", "若葉", "青葉", "松風", "欅", "桂", "椿"};

typedef struct {
    uint16_t place, a, b, c; /* 丁目 0: 番地 */
    uint8_t house, tree;     /* 255: no building */
    uint16_t room;
    char landline[16];
} home;

typedef struct {
    uint16_t family, former; /* former: before the wedding; equal to family else */
    uint8_t sex, first, last;
    int32_t birth;
    uint32_t home, old_home; /* equal where nobody moved */
    char mobile[16], old_mobile[16];
    char email[64], old_email[64];
    uint32_t number;
    bool seen, prefers_landline;
    bool gave_email; /* in a table that is not the mailing list */
} someone;

typedef struct {
    kk_arena *arena;
    kk_dice dice;
    someone *all;
    size_t count, capacity;
    home *homes;
    size_t home_count, home_capacity;
    uint32_t *by_home, *next_in_home; /* lists of who lives together, index + 1 */
    size_t by_home_capacity, next_capacity;
    crowd out;
    /* the file that is being written */
    kk_buffer text;
    size_t truth_capacity;
    bool past; /* written before moves and weddings */
} maker;

static bool in_1000(maker *m, uint32_t rate)
{
    return kk_dice_below(&m->dice, 1000) < rate;
}

static uint32_t below(maker *m, size_t limit)
{
    return kk_dice_below(&m->dice, (uint32_t)limit);
}

/* ---- people ---- */

static uint32_t new_home(maker *m)
{
    m->homes = kk_grow(m->arena, m->homes, &m->home_capacity, m->home_count + 1, sizeof *m->homes);
    m->by_home =
        kk_grow(m->arena, m->by_home, &m->by_home_capacity, m->home_count + 1, sizeof *m->by_home);
    home *h = &m->homes[m->home_count];
    *h = (home){.place = (uint16_t)below(m, kk_demo_place_count), .house = 255};
    if (kk_ends(kk_cstr(kk_demo_places[h->place].town), KK_S("町")))
        h->b = (uint16_t)(1 + below(m, 2400));
    else
        h->a = (uint16_t)(1 + below(m, 6)), h->b = (uint16_t)(1 + below(m, 40));
    h->c = (uint16_t)(1 + below(m, 20));
    if (in_1000(m, 380)) {
        h->house = (uint8_t)below(m, 10);
        h->tree = (uint8_t)below(m, 8);
        h->room = (uint16_t)(100 * (1 + below(m, 9)) + 1 + below(m, 12));
    }
    const char *area = kk_demo_places[h->place].area;
    int exchange = (int)(6 - strlen(area));
    snprintf(h->landline, sizeof h->landline, "%s-%0*u-%04u", area, exchange,
             2 * (exchange > 3   ? 1000u
                  : exchange > 2 ? 100u
                  : exchange > 1 ? 10u
                                 : 1u) +
                 below(m, exchange > 3   ? 8000
                          : exchange > 2 ? 800
                          : exchange > 1 ? 80
                                         : 8),
             below(m, 10000));
    m->by_home[m->home_count] = 0;
    return (uint32_t)m->home_count++;
}

static void new_mobile(maker *m, char out[16])
{
    static const char *const prefixes[] = {"090", "080", "070"};
    snprintf(out, 16, "%s-%04u-%04u", prefixes[below(m, 3)], 1000 + below(m, 9000),
             below(m, 10000));
}

static void new_email(maker *m, char out[64])
{
    static const char letters[] = "abcdefghijklmnoprstuwyz";
    static const char *const hosts[] = {"mail.example.ne.jp", "example.jp", "post.example.com",
                                        "example.net"};
    char name[12];
    size_t len = 5 + below(m, 5);
    for (size_t i = 0; i < len; i++)
        name[i] = letters[below(m, sizeof letters - 1)];
    snprintf(out, 64, "%.*s%u@%s", (int)len, name, below(m, 1000), hosts[below(m, 4)]);
}

static uint32_t new_person(maker *m, uint16_t family, uint8_t sex, int from_year, int to_year,
                           uint32_t at)
{
    m->all = kk_grow(m->arena, m->all, &m->capacity, m->count + 1, sizeof *m->all);
    m->next_in_home = kk_grow(m->arena, m->next_in_home, &m->next_capacity, m->count + 1,
                              sizeof *m->next_in_home);
    someone *p = &m->all[m->count];
    *p = (someone){.family = family,
                   .former = family,
                   .sex = sex,
                   .first = (uint8_t)below(m, FIRSTS),
                   .last = (uint8_t)below(m, LASTS),
                   .birth = (int32_t)kk_dice_between(&m->dice, kk_days_from_civil(from_year, 1, 1),
                                                     kk_days_from_civil(to_year, 12, 28)),
                   .home = at,
                   .old_home = at,
                   .number = 100000 + (uint32_t)m->count * 7};
    p->prefers_landline = in_1000(m, LANDLINE);
    if (!in_1000(m, WITHOUT_MOBILE))
        new_mobile(m, p->mobile);
    if (!in_1000(m, WITHOUT_EMAIL))
        new_email(m, p->email);
    memcpy(p->old_mobile, p->mobile, sizeof p->mobile);
    memcpy(p->old_email, p->email, sizeof p->email);
    m->next_in_home[m->count] = m->by_home[at];
    m->by_home[at] = (uint32_t)m->count + 1;
    return (uint32_t)m->count++;
}

static const part *first_of(const someone *p)
{
    return p->sex == 1 ? &male_first[p->first] : &female_first[p->first];
}

static const part *last_of(const someone *p)
{
    return p->sex == 1 ? &male_last[p->last] : &female_last[p->last];
}

/* Nobody bears the name of another in the house, nor its reading. */
static bool clash(const someone *a, const someone *b)
{
    return strcmp(first_of(a)->kana, first_of(b)->kana) == 0 &&
           strcmp(last_of(a)->kana, last_of(b)->kana) == 0;
}

/* Who moves keeps the mobile telephone or the mailbox, mostly both. */
static void live(maker *m, uint32_t person, uint32_t former_home)
{
    someone *p = &m->all[person];
    if (former_home != NOBODY) {
        p->old_home = former_home;
        if (p->email[0] && in_1000(m, 150))
            new_mobile(m, p->old_mobile);
        else if (p->mobile[0] && in_1000(m, 150))
            new_email(m, p->old_email);
    }
    if (p->sex == 2 && in_1000(m, MARRIED))
        p->former = (uint16_t)kk_dice_low(&m->dice, (uint32_t)kk_demo_family_name_count);
}

/* Twins share birth date and home, in one of three the first character of the name too. */
static void add_twin(maker *m, uint32_t person)
{
    someone first = m->all[person];
    uint32_t twin = new_person(m, first.family, first.sex, 1980, 1980, first.home);
    m->all[twin].birth = first.birth;
    if (in_1000(m, 333))
        m->all[twin].first = first.first;
    if (m->all[twin].first == first.first && m->all[twin].last == first.last)
        m->all[twin].last = (uint8_t)((first.last + 1) % LASTS);
}

static void add_household(maker *m)
{
    uint16_t family = (uint16_t)kk_dice_low(&m->dice, (uint32_t)kk_demo_family_name_count);
    uint32_t at = new_home(m), moved = in_1000(m, MOVED) ? new_home(m) : NOBODY;
    size_t before = m->count;
    uint32_t size = 1 + below(m, 4);
    uint32_t head = new_person(m, family, (uint8_t)(1 + below(m, 2)), 1940, 1995, at);
    if (size > 1)
        new_person(m, family, (uint8_t)(3 - m->all[head].sex), 1940, 1995, at);
    for (uint32_t i = 2; i < size; i++)
        new_person(m, family, (uint8_t)(1 + below(m, 2)), 1975, 2008, at);
    if (in_1000(m, TWINS))
        add_twin(m, (uint32_t)m->count - 1);
    if (size > 2 && in_1000(m, LIKE_FATHER))
        m->all[m->count - 1].first = m->all[head].first;
    for (size_t i = before; i < m->count; i++)
        for (size_t k = before; k < i; k++)
            if (clash(&m->all[i], &m->all[k])) {
                m->all[i].last = (uint8_t)((m->all[i].last + 1) % LASTS);
                k = before - 1;
            }
    for (size_t i = before; i < m->count; i++)
        live(m, (uint32_t)i, moved);
}

/* ---- how values are written ---- */

static const kk_demo_family_name *family_of(const maker *m, const someone *p)
{
    return &kk_demo_family_names[m->past ? p->former : p->family];
}

static void comma(maker *m)
{
    kk_put_byte(&m->text, ',');
}

static void put(maker *m, const char *text)
{
    kk_put(&m->text, kk_cstr(text));
}

static void put_family(maker *m, const someone *p)
{
    const kk_demo_family_name *f = family_of(m, p);
    put(m, f->variant && in_1000(m, OLD_KANJI) ? f->variant : f->kanji);
}

/* A slip takes another character of the same list, as a wrong choice of the kana converter does. */
static void put_given(maker *m, const someone *p)
{
    someone written = *p;
    if (in_1000(m, SLIP_NAME))
        written.last = (uint8_t)((p->last + 1 + below(m, LASTS - 1)) % LASTS);
    put(m, first_of(p)->kanji);
    put(m, last_of(&written)->kanji);
}

static void put_name(maker *m, const someone *p)
{
    static const char *const blanks[] = {"　", " ", ""};
    put_family(m, p);
    put(m, blanks[kk_dice_low(&m->dice, 3)]);
    put_given(m, p);
}

static void put_hiragana(kk_buffer *out, kk_slice katakana)
{
    for (size_t i = 0; i + 2 < katakana.len; i += 3) {
        uint32_t c = (uint32_t)((uint8_t)katakana.ptr[i + 1] & 63) << 6 |
                     ((uint8_t)katakana.ptr[i + 2] & 63);
        uint32_t code = (0x3000 | c) - 0x60;
        bool shifts = (0x3000 | c) >= 0x30a1 && (0x3000 | c) <= 0x30f3;
        const char bytes[] = {(char)0xe3, (char)(0x80 | (code >> 6 & 63)),
                              (char)(0x80 | (code & 63))};
        if (shifts)
            kk_put_bytes(out, bytes, 3);
        else
            kk_put_bytes(out, katakana.ptr + i, 3);
    }
}

typedef enum { FULL_KANA, HALF_WIDTH, HIRAGANA } kana_style;

static void put_kana_of(maker *m, const char *kana, kana_style style)
{
    if (style == HALF_WIDTH)
        kk_put_half_kana(&m->text, kk_cstr(kana));
    else if (style == HIRAGANA)
        put_hiragana(&m->text, kk_cstr(kana));
    else
        put(m, kana);
}

static void put_given_kana(maker *m, const someone *p, kana_style style)
{
    put_kana_of(m, first_of(p)->kana, style);
    put_kana_of(m, last_of(p)->kana, style);
    if (in_1000(m, SLIP_KANA))
        put_kana_of(m, "ン", style);
}

static void put_kana(maker *m, const someone *p, kana_style style)
{
    if (in_1000(m, WITHOUT_KANA))
        return;
    style = style == FULL_KANA && in_1000(m, HALF_KANA) ? HALF_WIDTH : style;
    put_kana_of(m, family_of(m, p)->kana, style);
    put(m, in_1000(m, 700) ? "　" : " ");
    put_given_kana(m, p, style);
}

static void put_birth(maker *m, const someone *p, int style)
{
    int year, month, day;
    kk_civil_from_days(p->birth, &year, &month, &day);
    if (in_1000(m, WITHOUT_BIRTH))
        return;
    if (in_1000(m, SLIP_BIRTH)) {
        if (in_1000(m, 500))
            year += year % 10 < 5 ? 3 : -3;
        else
            day = day % 10 < 8 ? day + 1 : day - 1;
    }
    if (style == 0)
        kk_putf(&m->text, "%d/%d/%d", year, month, day);
    else if (style == 1)
        kk_putf(&m->text, "%04d-%02d-%02d", year, month, day);
    else if (year >= 1990 && year < 2019)
        kk_putf(&m->text, "平成%d年%d月%d日", year - 1988, month, day);
    else if (year < 1989 && year > 1926)
        kk_putf(&m->text, "S%d.%d.%d", year - 1925, month, day);
    else
        kk_putf(&m->text, "%04d%02d%02d", year, month, day);
}

static const home *home_of(const maker *m, const someone *p)
{
    return &m->homes[m->past ? p->old_home : p->home];
}

static void put_zip(maker *m, const home *h)
{
    const char *zip = kk_demo_places[h->place].postal;
    if (in_1000(m, 800))
        kk_putf(&m->text, "%.3s-%s", zip, zip + 3);
    else
        put(m, zip[0] == '0' && in_1000(m, 300) ? zip + 1 : zip);
}

static void put_building(maker *m, const home *h)
{
    if (h->house == 255 || in_1000(m, NO_BUILDING))
        return;
    kk_putf(&m->text, "%s%s%s%u%s", in_1000(m, 500) ? "　" : " ", houses[h->house], trees[h->tree],
            h->room, in_1000(m, 400) ? "号室" : "");
}

static void put_wide_number(maker *m, unsigned number)
{
    char digits[12];
    snprintf(digits, sizeof digits, "%u", number);
    for (size_t i = 0; digits[i]; i++) {
        const char wide[] = {(char)0xef, (char)0xbc, (char)(0x90 + digits[i] - '0')};
        kk_put_bytes(&m->text, wide, 3);
    }
}

static void put_house_number(maker *m, const home *h)
{
    switch (below(m, 4)) {
    case 0:
        if (h->a)
            kk_putf(&m->text, "%u丁目%u番%u号", h->a, h->b, h->c);
        else
            kk_putf(&m->text, "%u番地%u", h->b, h->c);
        break;
    case 1:
        if (h->a) {
            put_wide_number(m, h->a);
            put(m, "－");
        }
        put_wide_number(m, h->b);
        put(m, "－");
        put_wide_number(m, h->c);
        break;
    case 2:
        if (h->a)
            kk_putf(&m->text, "%u丁目", h->a);
        kk_putf(&m->text, "%u-%u", h->b, h->c);
        break;
    default:
        if (h->a)
            kk_putf(&m->text, "%u-", h->a);
        kk_putf(&m->text, "%u-%u", h->b, h->c);
    }
}

static void put_address(maker *m, const home *h)
{
    const kk_demo_place *place = &kk_demo_places[h->place];
    if (!in_1000(m, 150))
        put(m, place->prefecture);
    put(m, place->city);
    put(m, place->town);
    put_house_number(m, h);
    put_building(m, h);
}

static void put_phone(maker *m, const char *phone)
{
    char written[16];
    snprintf(written, sizeof written, "%s", phone);
    size_t len = strlen(written);
    if (len && in_1000(m, SLIP_PHONE))
        written[len - 1] = (char)('0' + (written[len - 1] - '0' + 1 + (int)below(m, 9)) % 10);
    bool bare = in_1000(m, 350), lost = in_1000(m, ZERO_LOST);
    for (size_t i = lost; i < len; i++)
        if (!((bare || lost) && written[i] == '-'))
            kk_put_byte(&m->text, written[i]);
}

static const char *mobile_of(const maker *m, const someone *p)
{
    return m->past ? p->old_mobile : p->mobile;
}

/* Who has no mobile telephone gives the family's; so do some others, mostly the same each time. */
static void put_own_phone(maker *m, const someone *p)
{
    const char *mobile = mobile_of(m, p);
    bool landline = p->prefers_landline != in_1000(m, OTHER_PHONE);
    put_phone(m, mobile[0] && !landline ? mobile : home_of(m, p)->landline);
}

static void put_email(maker *m, const someone *p)
{
    const char *email = m->past ? p->old_email : p->email;
    m->all[p - m->all].gave_email = true;
    size_t len = strlen(email);
    if (len > 4 && in_1000(m, SLIP_EMAIL))
        kk_putf(&m->text, "%.*s%s", 2, email, email + 3);
    else
        put(m, email);
}

/* ---- tables ---- */

static void begin_file(maker *m, const char *name, const char *header, bool past)
{
    people_file *f = &m->out.files[m->out.file_count];
    f->name = kk_cstr(name);
    m->text = (kk_buffer){0};
    m->truth_capacity = 0;
    m->past = past;
    if (in_1000(m, 500))
        put(m, "\xef\xbb\xbf");
    put(m, header);
    put(m, "\r\n");
}

static void end_row(maker *m, uint32_t who, uint32_t other)
{
    people_file *f = &m->out.files[m->out.file_count];
    f->truth = kk_grow(m->arena, f->truth, &m->truth_capacity, f->records + 1, sizeof *f->truth);
    f->truth[f->records][0] = who;
    f->truth[f->records++][1] = other;
    put(m, "\r\n");
    const uint32_t both[] = {who, other};
    for (int i = 0; i < 2; i++)
        if (both[i] != NOBODY && !m->all[both[i]].seen) {
            m->all[both[i]].seen = true;
            m->out.truth++;
        }
}

static void end_file(maker *m)
{
    people_file *f = &m->out.files[m->out.file_count++];
    f->text = kk_copy(m->arena, kk_buffer_slice(&m->text));
    kk_buffer_close(&m->text);
}

static void member_table(maker *m, size_t customers)
{
    begin_file(m, "会員名簿.csv",
               "会員番号,氏名,フリガナ,生年月日,性別,郵便番号,住所,電話番号,携帯電話,"
               "メールアドレス,登録日",
               false);
    for (size_t i = 0; i < customers; i++) {
        const someone *p = &m->all[i];
        kk_putf(&m->text, "%u,", p->number);
        put_name(m, p), comma(m);
        put_kana(m, p, FULL_KANA), comma(m);
        put_birth(m, p, 0), comma(m);
        put(m, p->sex == 1 ? "男," : "女,");
        put_zip(m, home_of(m, p)), comma(m);
        put_address(m, home_of(m, p)), comma(m);
        if (!in_1000(m, WITHOUT_PHONE))
            put_phone(m, home_of(m, p)->landline);
        comma(m);
        put_phone(m, p->mobile), comma(m);
        put_email(m, p), comma(m);
        kk_putf(&m->text, "20%02u-%02u-%02u", 10 + below(m, 14), 1 + below(m, 12),
                1 + below(m, 28));
        end_row(m, (uint32_t)i, NOBODY);
    }
    end_file(m);
}

/* The same register some years ago: other columns, former names and addresses. */
static void old_member_table(maker *m, size_t customers)
{
    begin_file(m, "会員_2019.csv",
               "会員番号,姓,名,セイ,メイ,性別,生年月日,〒,都道府県,市区町村,町名番地,建物名,TEL,"
               "E-mail",
               true);
    for (size_t i = 0; i < customers; i++) {
        const someone *p = &m->all[i];
        const home *h = home_of(m, p);
        const kk_demo_place *place = &kk_demo_places[h->place];
        if (!in_1000(m, 350))
            continue;
        kk_putf(&m->text, "%u,", p->number);
        put_family(m, p), comma(m);
        put_given(m, p), comma(m);
        put_kana_of(m, family_of(m, p)->kana, HALF_WIDTH), comma(m);
        put_given_kana(m, p, HALF_WIDTH), comma(m);
        put(m, p->sex == 1 ? "1," : "2,");
        put_birth(m, p, 2), comma(m);
        put_zip(m, h);
        kk_putf(&m->text, ",%s,%s,%s", place->prefecture, place->city, place->town);
        put_house_number(m, h), comma(m);
        put_building(m, h), comma(m);
        put_own_phone(m, p), comma(m);
        put_email(m, p);
        end_row(m, (uint32_t)i, NOBODY);
    }
    end_file(m);
}

static uint32_t addressee_of(maker *m, uint32_t orderer)
{
    uint32_t throw = below(m, 1000);
    if (throw < 650)
        return orderer;
    if (throw < 750) { /* somebody of the house */
        uint32_t at = m->by_home[m->all[orderer].home];
        return at - 1;
    }
    return below(m, m->count);
}

static void put_contact(maker *m, const someone *p)
{
    put_zip(m, home_of(m, p)), comma(m);
    put_address(m, home_of(m, p)), comma(m);
    put_own_phone(m, p), comma(m);
}

static void order_row(maker *m, uint32_t orderer, size_t number)
{
    const someone *p = &m->all[orderer];
    bool company = in_1000(m, 15), test = in_1000(m, 3);
    uint32_t addressee = addressee_of(m, orderer);
    const someone *to = &m->all[addressee];
    kk_putf(&m->text, "%zu,2024/%u/%u,", 500000 + number, 1 + below(m, 12), 1 + below(m, 28));
    if (test) {
        put(m, "テスト 太郎,,,,090-0000-0000,test@example.com,テスト 太郎,,,,テスト商品,0");
        end_row(m, NOBODY, NOBODY);
        return;
    }
    put_name(m, p), comma(m);
    put_kana(m, p, FULL_KANA), comma(m);
    put_contact(m, p);
    put_email(m, p), comma(m);
    if (company) {
        kk_putf(&m->text, "株式会社%s%s,", trees[below(m, 8)], "商事");
        put_contact(m, to);
    } else {
        put_name(m, to), comma(m);
        put_contact(m, to);
    }
    kk_putf(&m->text, "玄関マット,%u", 1000 + below(m, 9000));
    end_row(m, orderer, company ? NOBODY : addressee);
}

static void order_table(maker *m, const char *name, size_t customers, size_t rows)
{
    begin_file(m, name,
               "注文番号,注文日,ご注文者名,ご注文者フリガナ,ご注文者郵便番号,ご注文者住所,"
               "ご注文者電話番号,メールアドレス,お届け先名,お届け先郵便番号,お届け先住所,"
               "お届け先電話番号,商品名,金額",
               false);
    for (size_t i = 0; i < rows; i++) {
        bool member = in_1000(m, 700);
        size_t who = member ? below(m, customers) : customers + below(m, m->count - customers);
        order_row(m, (uint32_t)who, i);
    }
    end_file(m);
}

static void event_table(maker *m, size_t rows)
{
    begin_file(m, "イベント申込.csv", "受付日,お名前,ふりがな,電話番号,メールアドレス", false);
    for (size_t i = 0; i < rows; i++) {
        uint32_t who = below(m, m->count);
        const someone *p = &m->all[who];
        kk_putf(&m->text, "2024年%u月%u日,", 1 + below(m, 12), 1 + below(m, 28));
        put_name(m, p), comma(m);
        put_kana(m, p, HIRAGANA), comma(m);
        put_own_phone(m, p), comma(m);
        put_email(m, p);
        end_row(m, who, NOBODY);
    }
    end_file(m);
}

static void mailing_list(maker *m, size_t rows)
{
    begin_file(m, "メルマガ.csv", "メールアドレス,お名前,配信", false);
    for (size_t i = 0; i < rows; i++) {
        uint32_t who = below(m, m->count);
        const someone *p = &m->all[who];
        if (!p->email[0] || !p->gave_email)
            continue;
        put_email(m, p), comma(m);
        put_name(m, p);
        put(m, ",可");
        end_row(m, who, NOBODY);
    }
    end_file(m);
}

static uint32_t relative_of(const maker *m, uint32_t person)
{
    for (uint32_t at = m->by_home[m->all[person].home]; at; at = m->next_in_home[at - 1])
        if (at - 1 != person)
            return at - 1;
    return NOBODY;
}

static void employee_table(maker *m, size_t rows)
{
    static const char *const sections[] = {"総務部", "営業部", "製造部", "物流課"};
    begin_file(m, "社員名簿.csv",
               "社員番号,氏名,フリガナ,生年月日,入社年月日,退社年月日,部署,郵便番号,住所,電話番号,"
               "緊急連絡先氏名,続柄,緊急連絡先電話番号",
               false);
    for (size_t i = 0; i < rows; i++) {
        uint32_t who = (uint32_t)(m->count - 1 - i * 3 % m->count);
        const someone *p = &m->all[who];
        uint32_t relative = relative_of(m, who);
        kk_putf(&m->text, "E%05zu,", i + 1);
        put_name(m, p), comma(m);
        put_kana(m, p, FULL_KANA), comma(m);
        put_birth(m, p, 1), comma(m);
        kk_putf(&m->text, "20%02u/4/1,", 1 + below(m, 20));
        kk_putf(&m->text, "%s,", in_1000(m, 150) ? "2023/3/31" : "");
        kk_putf(&m->text, "%s,", sections[below(m, 4)]);
        put_contact(m, p);
        if (relative != NOBODY) {
            put_name(m, &m->all[relative]);
            put(m, ",家族,");
            put_own_phone(m, &m->all[relative]);
        } else {
            put(m, ",,");
        }
        end_row(m, who, relative);
    }
    end_file(m);
}

crowd crowd_make(kk_arena *arena, uint64_t seed, size_t customers)
{
    maker m = {.arena = arena, .dice = kk_dice_make(seed, "people of the test")};
    while (m.count < customers + customers / 3)
        add_household(&m);
    member_table(&m, customers);
    old_member_table(&m, customers);
    order_table(&m, "注文_本店.csv", customers, customers * 4 / 5);
    order_table(&m, "注文_モール.csv", customers, customers / 4);
    event_table(&m, customers / 6);
    mailing_list(&m, customers / 3);
    employee_table(&m, customers / 12);
    return m.out;
}

/* ---- of whom a record says little more than the name ---- */

/* Of three households one has its people in each kind of table. */
static uint32_t head_of(const maker *m, uint32_t at_home, uint32_t kind)
{
    uint32_t head = NOBODY;
    if (at_home % 3 != kind)
        return NOBODY;
    for (uint32_t at = m->by_home[at_home]; at; at = m->next_in_home[at - 1])
        head = at - 1;
    return head;
}

/* Mostly the same one each year. */
static uint32_t relative_in(maker *m, uint32_t person)
{
    uint32_t first = relative_of(m, person), at = first == NOBODY ? 0 : m->next_in_home[first];
    return at && at - 1 != person && in_1000(m, 100) ? at - 1 : first;
}

static void staff_table(maker *m, const char *name)
{
    begin_file(m, name, "社員番号,氏名,生年月日,部署,緊急連絡先氏名,続柄", false);
    for (uint32_t at_home = 0; at_home < m->home_count; at_home++) {
        uint32_t who = head_of(m, at_home, 0), relative = who == NOBODY ? who : relative_in(m, who);
        if (relative == NOBODY || in_1000(m, 80))
            continue;
        kk_putf(&m->text, "E%05u,", at_home);
        put_name(m, &m->all[who]), comma(m);
        put_birth(m, &m->all[who], 1), comma(m);
        put(m, "製造部,");
        put_name(m, &m->all[relative]);
        put(m, ",家族");
        end_row(m, who, relative);
    }
    end_file(m);
}

/* Pupils have no number here; one of a household, since a guardian's name beside two says less. */
static void pupil_table(maker *m, const char *name)
{
    begin_file(m, name, "児童氏名,生年月日,組,保護者氏名", false);
    for (uint32_t at_home = 0; at_home < m->home_count; at_home++) {
        uint32_t guardian = head_of(m, at_home, 1);
        uint32_t pupil = guardian == NOBODY ? guardian : relative_of(m, guardian);
        if (pupil == NOBODY || in_1000(m, 80))
            continue;
        int year, month, day;
        kk_civil_from_days(m->all[pupil].birth, &year, &month, &day);
        put_name(m, &m->all[pupil]);
        kk_putf(&m->text, ",%04d-%02d-%02d,2年1組,", year, month, day);
        put_name(m, &m->all[guardian]);
        end_row(m, pupil, guardian);
    }
    end_file(m);
}

/* To friends whom no other table knows. */
static void gift_table(maker *m, const char *name)
{
    begin_file(m, name, "申込番号,ご依頼主名,ご依頼主メールアドレス,お届け先名,品名", false);
    for (uint32_t at_home = 0; at_home + 3 < m->home_count; at_home++) {
        uint32_t who = head_of(m, at_home, 2), to = head_of(m, at_home + 3, 2);
        if (who == NOBODY || !m->all[who].email[0] || in_1000(m, 80))
            continue;
        to = to == NOBODY ? to : relative_of(m, to);
        if (to == NOBODY)
            continue;
        kk_putf(&m->text, "G%u,", below(m, 1000000));
        put_name(m, &m->all[who]), comma(m);
        put_email(m, &m->all[who]), comma(m);
        put_name(m, &m->all[to]);
        put(m, ",羊羹");
        end_row(m, who, to);
    }
    end_file(m);
}

crowd crowd_of_relatives(kk_arena *arena, uint64_t seed, size_t people)
{
    maker m = {.arena = arena, .dice = kk_dice_make(seed, "relatives of the test")};
    while (m.count < people)
        add_household(&m);
    staff_table(&m, "社員_2023.csv");
    staff_table(&m, "社員_2024.csv");
    pupil_table(&m, "児童_2023.csv");
    pupil_table(&m, "児童_2024.csv");
    gift_table(&m, "お中元_2023.csv");
    gift_table(&m, "お中元_2024.csv");
    return m.out;
}
