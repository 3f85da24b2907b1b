#include "demo/contacts.h"

#include "base/text.h"
#include "demo/xlsx_writer.h"

#include <stdio.h>

#define BIT(item) (1u << (item))
#define COMPANIES 1150
#define FIRST_YEAR 2021
#define YEARS 5
#define DEPOTS 3
#define PRESENT 372
#define FORMER 214
#define PEOPLE_MOST 32768

const char *const kk_contact_items[KK_HAS_COUNT] = {
    "name",     "kana",        "birth_date", "address",   "postal_code", "phone",
    "fax",      "email",       "user_id",    "company",   "department",  "title",
    "org_code", "employee_no", "hire_date",  "leave_date"};

static const char *const depots[DEPOTS] = {"大阪", "東京", "福岡"};

typedef struct {
    kk_slice name;
    kk_demo_home home;
    char phone[16], fax[16];
    uint32_t representative;
    uint32_t contacts[16];
    uint8_t from_year[16], to_year[16]; /* 0 to YEARS - 1 */
    uint32_t contact_count;
    uint8_t depot;
} customer;

typedef struct {
    uint32_t person, number;
    int32_t hired, left; /* left: 0 still there */
    bool dead, in_ledger;
    char user[32];
} employee;

typedef struct {
    kk_contact_book *book;
    kk_people *people;
    kk_arena *arena;
    kk_dice dice;
    customer *customers;
    employee *employees;
    size_t employee_count;
} maker;

/* ---- people ---- */

static uint32_t new_person(maker *m, int from_year, int to_year, uint32_t percent_mobile)
{
    uint32_t id = kk_people_add(m->people, kk_people_settle(m->people), 0, from_year, to_year);
    if (kk_dice_percent(&m->dice, percent_mobile))
        kk_people_give_mobile(m->people, id);
    return id;
}

static bool same_name(const kk_people *people, uint32_t a, uint32_t b)
{
    const kk_demo_person *x = &people->persons[a], *y = &people->persons[b];
    const kk_demo_family_name *f = &kk_demo_family_names[people->households[x->household].family],
                              *g = &kk_demo_family_names[people->households[y->household].family];
    return strcmp(f->kana, g->kana) == 0 &&
           strcmp(kk_demo_given_names[x->given].kana, kk_demo_given_names[y->given].kana) == 0;
}

/* Nobody of the same reading at the same company: such two could not be told apart. */
static uint32_t new_contact(maker *m, const customer *c)
{
    for (;;) {
        uint32_t id = new_person(m, 1955, 2001, 60);
        bool clash = same_name(m->people, id, c->representative);
        for (uint32_t i = 0; i < c->contact_count; i++)
            clash = clash || same_name(m->people, id, c->contacts[i]);
        if (!clash)
            return id;
    }
}

static void add_contact(customer *c, uint32_t person, uint32_t from, uint32_t to)
{
    if (c->contact_count == 16)
        return;
    c->contacts[c->contact_count] = person;
    c->from_year[c->contact_count] = (uint8_t)from;
    c->to_year[c->contact_count++] = (uint8_t)to;
}

static kk_slice company_name(maker *m, uint32_t n)
{
    static const char *const words[] = {"例示", "見本", "架空", "試作", "想定",
                                        "仮設", "模擬", "作例", "仮名", "標本"};
    static const char *const towns[] = {"青葉", "旭",   "港",   "中央", "若葉", "桜",
                                        "緑",   "栄",   "泉",   "東和", "西陵", "南星",
                                        "北斗", "大和", "富士", "高砂"};
    static const char *const trades[] = {"塗装", "塗料販売", "建装", "鋼材",
                                         "木工", "車体",     "機工", "建材"};
    const char *word = words[n % 10], *town = towns[n / 10 % 16], *trade = trades[n / 160 % 8];
    if (n % 4 == 0)
        return kk_print(m->arena, "%s%s%s株式会社", word, town, trade);
    return kk_print(m->arena, "%s%s%s%s", n % 5 == 0 ? "有限会社" : "株式会社", word, town, trade);
}

static void make_customer(maker *m, uint32_t n)
{
    customer *c = &m->customers[n];
    c->name = company_name(m, n);
    c->home = kk_people_new_home(m->people);
    c->home.building = 0;
    c->depot = (uint8_t)(n % 10 < 5 ? 0 : n % 10 < 8 ? 1 : 2);
    kk_people_new_landline(m->people, c->home.place, c->phone);
    kk_people_new_landline(m->people, c->home.place, c->fax);
    c->representative = new_person(m, 1940, 1980, 0);
    if (kk_dice_percent(&m->dice, 8)) /* a small firm: its head takes the deliveries */
        add_contact(c, c->representative, 0, YEARS - 1);
    for (uint32_t i = 3 + kk_dice_below(&m->dice, 10); i > 0; i--) {
        uint32_t from = kk_dice_below(&m->dice, YEARS), to = from + kk_dice_below(&m->dice, 4);
        add_contact(c, new_contact(m, c), from, to < YEARS ? to : YEARS - 1);
    }
}

/* Somebody who goes from one customer to another and has no mobile: two in the files, one in truth.
 */
static void change_company(maker *m)
{
    for (uint32_t n = 20; m->book->changed_company < 5; n += 40) {
        uint32_t id = new_person(m, 1960, 1985, 0);
        add_contact(&m->customers[n], id, 0, 2);
        add_contact(&m->customers[n + 10], id, 3, YEARS - 1);
        m->book->changed_company++;
    }
}

static employee *new_employee(maker *m, uint32_t person, bool former)
{
    employee *e = &m->employees[m->employee_count++];
    const kk_demo_person *p = &m->people->persons[person];
    int32_t grown = p->birth_day + 22 * 365 + (int32_t)kk_dice_below(&m->dice, 3000);
    *e = (employee){.person = person,
                    .number = 10000 + (uint32_t)m->employee_count * 3,
                    .hired = grown,
                    .in_ledger = true};
    if (former) {
        int32_t latest = (int32_t)kk_days_from_civil(2025, 12, 31);
        e->left = grown + 400 + (int32_t)kk_dice_below(&m->dice, 4000);
        if (e->left > latest)
            e->left = latest - (int32_t)(e->number % 900);
    }
    snprintf(e->user, sizeof e->user, "u%05u", e->number);
    return e;
}

static void make_employees(maker *m)
{
    m->employees = KK_NEW_ARRAY(m->arena, employee, PRESENT + FORMER + 64);
    for (int i = 0; i < PRESENT; i++)
        new_employee(m, new_person(m, 1962, 1994, 85), false);
    for (int i = 0; i < FORMER; i++) {
        employee *e = new_employee(m, new_person(m, 1945, 1985, 60), true);
        e->dead = i == 17 || i == 80 || i == 151;
        e->in_ledger = !e->dead && i % 4 != 0;
        m->book->deceased += e->dead;
    }
    /* Came back: another number and account, the same person. */
    for (uint32_t i = 0; i < 6; i++, m->book->rehired++) {
        employee *again = new_employee(m, m->employees[i * 31].person, true);
        again->left = m->employees[i * 31].hired - 200;
        again->hired = again->left - 1500;
    }
    /* Father, left, and son, there: one name, one home, two birth dates. */
    uint32_t home = kk_people_settle(m->people),
             father = kk_people_add(m->people, home, 1, 1950, 1954),
             son = kk_people_add(m->people, home, 1, 1980, 1984);
    m->people->persons[son].given = m->people->persons[father].given;
    new_employee(m, father, true);
    new_employee(m, son, false);
    m->book->same_name_pairs = 1;
}

/* ---- files ---- */

static void see(maker *m, uint32_t person, kk_contact_group group, bool left, uint32_t items)
{
    m->book->seen[person].items[0][group] |= items;
    if (left)
        m->book->seen[person].items[1][group] |= items;
}

static kk_contact_file *new_file(maker *m, kk_slice path, kk_contact_group group, bool left,
                                 kk_time saved)
{
    kk_contact_book *book = m->book;
    book->files = kk_grow(m->arena, book->files, &book->file_capacity, book->file_count + 1,
                          sizeof *book->files);
    kk_contact_file *file = &book->files[book->file_count++];
    *file = (kk_contact_file){.path = path, .group = group, .left = left, .saved = saved};
    return file;
}

static kk_slice name_of(maker *m, uint32_t person, uint32_t where, bool kana)
{
    kk_buffer out = {0};
    kk_demo_spelling how = kk_people_spelling(person, where);
    if (kana)
        kk_put_person_kana(&out, m->people, person, how);
    else
        kk_put_person(&out, m->people, person, how);
    kk_slice kept = kk_copy(m->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return kept;
}

static kk_slice address_of(maker *m, const kk_demo_home *home, kk_demo_spelling how)
{
    kk_buffer out = {0};
    kk_put_address(&out, home, how);
    kk_slice kept = kk_copy(m->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return kept;
}

static kk_slice postal_of(maker *m, const kk_demo_home *home)
{
    const char *postal = kk_demo_places[home->place].postal;
    return kk_print(m->arena, "%.3s-%s", postal, postal + 3);
}

static void header_row(kk_workbook *book, kk_slice words)
{
    kk_slice word;
    kk_workbook_row(book);
    while (kk_split(&words, ',', &word))
        kk_workbook_text(book, word);
}

static void write_representatives(maker *m)
{
    static const char *const titles[] = {"代表取締役", "代表取締役社長", "代表者", "取締役社長"};
    kk_contact_file *file = new_file(m, KK_S("営業/得意先代表者一覧.xlsx"), KK_REPRESENTATIVE, true,
                                     kk_jst(2025, 12, 19, 17, 40, 12));
    kk_workbook *book = kk_workbook_open(m->arena);
    for (uint8_t half = 0; half < 2; half++) {
        kk_workbook_sheet(book, half ? KK_S("東日本・九州") : KK_S("西日本"));
        kk_workbook_row(book);
        kk_workbook_text(book, KK_S("得意先代表者一覧(2025年12月現在)"));
        header_row(book, KK_S("得意先コード,会社名,代表者氏名,代表者フリガナ,役職,郵便番号,住所,"
                              "電話番号,FAX番号"));
        for (uint32_t n = 0; n < COMPANIES; n++) {
            customer *c = &m->customers[n];
            if ((c->depot != 0) != half)
                continue;
            bool unnamed = n % 53 == 7;
            kk_workbook_row(book);
            kk_workbook_text(book, kk_print(m->arena, "C%05u", 20000 + n));
            kk_workbook_text(book, c->name);
            kk_workbook_text(book, unnamed ? KK_NONE : name_of(m, c->representative, 7, false));
            kk_workbook_text(book, unnamed ? KK_NONE : name_of(m, c->representative, 7, true));
            kk_workbook_text(book, unnamed ? KK_NONE : kk_cstr(titles[n % 4]));
            kk_workbook_text(book, postal_of(m, &c->home));
            kk_workbook_text(book, address_of(m, &c->home, kk_people_spelling(n, 8)));
            kk_workbook_text(book, kk_cstr(c->phone));
            kk_workbook_text(book, kk_cstr(c->fax));
            file->rows++;
            file->decoys += unnamed;
            if (!unnamed)
                see(m, c->representative, KK_REPRESENTATIVE, true,
                    BIT(KK_HAS_NAME) | BIT(KK_HAS_KANA) | BIT(KK_HAS_COMPANY) | BIT(KK_HAS_TITLE) |
                        BIT(KK_HAS_POSTAL_CODE) | BIT(KK_HAS_ADDRESS) | BIT(KK_HAS_PHONE) |
                        BIT(KK_HAS_FAX));
        }
    }
    file->bytes = kk_workbook_finish(book);
}

static void cell(kk_buffer *out, kk_slice value, bool last)
{
    kk_put(out, value);
    kk_put(out, last ? KK_S("\r\n") : KK_S(","));
}

static void delivery_row(maker *m, kk_buffer *out, const customer *c, uint32_t person, int year)
{
    static const char *const sections[] = {"資材課", "工務部", "購買部", "製造部", "倉庫"};
    const kk_demo_person *p = &m->people->persons[person];
    kk_demo_spelling how = kk_people_spelling(person, (uint32_t)(year % 3));
    cell(out, kk_print(m->arena, "C%05zu", 20000 + (size_t)(c - m->customers)), false);
    cell(out, c->name, false);
    cell(out, name_of(m, person, (uint32_t)(year % 3), false), false);
    cell(out, name_of(m, person, (uint32_t)(year % 3), true), false);
    cell(out, kk_cstr(sections[person % 5]), false);
    cell(out, postal_of(m, &c->home), false);
    cell(out, address_of(m, &c->home, how), false);
    cell(out, kk_cstr(c->phone), false);
    cell(out, kk_cstr(p->mobile), false);
    cell(out, kk_print(m->arena, "%d/%02u/%02u", year, person % 12 + 1, person % 28 + 1), true);
}

static void write_deliveries(maker *m, uint8_t depot, int year_index)
{
    static const char *const nobody[] = {"ご担当者様", "購買部御中", "資材課"};
    int year = FIRST_YEAR + year_index;
    bool left = depot == 0 || (depot == 1 && year >= 2024);
    kk_contact_file *file =
        new_file(m, kk_print(m->arena, "物流/納入担当者/納入担当者_%s_%d.csv", depots[depot], year),
                 KK_DELIVERY_CONTACT, left, kk_jst(year, 12, 24, 16, 5 + depot, 33));
    kk_buffer out = {0};
    kk_put(&out, KK_S("得意先コード,納入先会社名,担当者名,担当者フリガナ,部署名,納入先郵便番号,"
                      "納入先住所,電話番号,携帯電話番号,更新日\r\n"));
    for (uint32_t n = 0; n < COMPANIES; n++) {
        customer *c = &m->customers[n];
        if (c->depot != depot)
            continue;
        if (n % 31 == (uint32_t)year_index) {
            kk_putf(&out, "C%05u,%.*s,%s,,,%.*s,%.*s,%s,,%d/04/01\r\n", 20000 + n, KK_P(c->name),
                    nobody[n % 3], KK_P(postal_of(m, &c->home)),
                    KK_P(address_of(m, &c->home, (kk_demo_spelling){0})), c->phone, year);
            file->rows++;
            file->decoys++;
        }
        for (uint32_t i = 0; i < c->contact_count; i++) {
            if (year_index < c->from_year[i] || year_index > c->to_year[i])
                continue;
            delivery_row(m, &out, c, c->contacts[i], year);
            file->rows++;
            see(m, c->contacts[i], KK_DELIVERY_CONTACT, left,
                BIT(KK_HAS_NAME) | BIT(KK_HAS_KANA) | BIT(KK_HAS_COMPANY) | BIT(KK_HAS_DEPARTMENT) |
                    BIT(KK_HAS_POSTAL_CODE) | BIT(KK_HAS_ADDRESS) | BIT(KK_HAS_PHONE));
        }
    }
    file->bytes = kk_encode(m->arena, KK_CP932, kk_buffer_slice(&out));
    kk_buffer_close(&out);
}

static const char *const sections[] = {"営業一課",       "営業二課", "製造部", "技術開発部",
                                       "品質保証部",     "物流課",   "総務部", "経理課",
                                       "情報システム課", "購買課"};

static kk_slice section_of(const employee *e)
{
    return kk_cstr(sections[e->number / 3 % 10]);
}

static kk_slice mail_of(maker *m, const employee *e)
{
    return kk_print(m->arena, "%s@paint.example.co.jp", e->user);
}

static void put_employee(maker *m, kk_workbook *book, const employee *e, bool former)
{
    const kk_demo_person *p = &m->people->persons[e->person];
    bool no_phone = e->number % 11 == 0, no_address = e->number % 17 == 0;
    kk_workbook_row(book);
    kk_workbook_text(book, kk_cstr(e->user));
    kk_workbook_text(book, mail_of(m, e));
    kk_workbook_text(book, name_of(m, e->person, former ? 12 : 11, false));
    kk_workbook_text(book, name_of(m, e->person, former ? 12 : 11, true));
    kk_workbook_text(book, section_of(e));
    kk_workbook_text(book, kk_print(m->arena, "OS%03u", 100 + e->number / 3 % 10));
    kk_workbook_text(book, kk_print(m->arena, "%06u", e->number));
    kk_workbook_text(book, no_phone ? KK_NONE : kk_cstr(kk_person_phone(m->people, e->person)));
    kk_workbook_text(book, no_address
                               ? KK_NONE
                               : address_of(m, kk_person_home(m->people, e->person),
                                            kk_people_spelling(e->person, former ? 12 : 11)));
    kk_workbook_date(book, p->birth_day);
    kk_workbook_date(book, e->hired);
    if (former) {
        kk_workbook_date(book, e->left);
        kk_workbook_text(book, e->dead              ? KK_S("死亡退職")
                               : e->number % 5 == 0 ? KK_S("定年退職")
                                                    : KK_S("自己都合"));
    }
    if (e->dead)
        return;
    see(m, e->person, former ? KK_EMPLOYEE_FORMER : KK_EMPLOYEE_PRESENT, true,
        BIT(KK_HAS_NAME) | BIT(KK_HAS_KANA) | BIT(KK_HAS_USER_ID) | BIT(KK_HAS_EMAIL) |
            BIT(KK_HAS_DEPARTMENT) | BIT(KK_HAS_ORG_CODE) | BIT(KK_HAS_EMPLOYEE_NO) |
            BIT(KK_HAS_BIRTH_DATE) | BIT(KK_HAS_HIRE_DATE) | (former ? BIT(KK_HAS_LEAVE_DATE) : 0) |
            (no_phone ? 0 : BIT(KK_HAS_PHONE)) | (no_address ? 0 : BIT(KK_HAS_ADDRESS)));
}

static void write_employees(maker *m, bool former)
{
    kk_contact_file *file = new_file(
        m, former ? KK_S("人事/退職者アカウント一覧.xlsx") : KK_S("人事/社員アカウント一覧.xlsx"),
        former ? KK_EMPLOYEE_FORMER : KK_EMPLOYEE_PRESENT, true,
        kk_jst(2026, 1, former ? 9 : 30, 10, 22, 51));
    kk_workbook *book = kk_workbook_open(m->arena);
    kk_workbook_sheet(book, former ? KK_S("退職者") : KK_S("在籍者"));
    header_row(book,
               former ? KK_S("ユーザーID,メールアドレス,氏名,フリガナ,部署名,組織コード,社員番号,"
                             "電話番号,住所,生年月日,入社日,退社日,退職理由")
                      : KK_S("ユーザーID,メールアドレス,氏名,フリガナ,部署名,組織コード,社員番号,"
                             "電話番号,住所,生年月日,入社日"));
    for (size_t i = 0; i < m->employee_count; i++) {
        const employee *e = &m->employees[i];
        if ((e->left != 0) != former)
            continue;
        put_employee(m, book, e, former);
        file->rows++;
        file->decoys += e->dead;
    }
    file->bytes = kk_workbook_finish(book);
}

/* All accounts of the directory service, with those that belong to nobody. */
static void write_ledger(maker *m)
{
    static const char *const others[] = {
        "backup,backup@paint.example.co.jp,バックアップ用,,,有効",
        "scan,scan@paint.example.co.jp,複合機スキャン,,,有効",
        "eigyo1,eigyo1@paint.example.co.jp,営業一課,営業一課,,有効",
        "test01,test01@paint.example.co.jp,テスト ユーザー,情報システム課,,無効",
        "test02,test02@paint.example.co.jp,テスト 花子,情報システム課,,無効",
        "soumu,soumu@paint.example.co.jp,総務部,総務部,,有効",
    };
    kk_contact_file *file = new_file(m, KK_S("情シス/アカウント台帳.csv"), KK_EMPLOYEE_LEDGER,
                                     false, kk_jst(2026, 2, 2, 9, 15, 8));
    kk_buffer out = {0};
    kk_put(&out, KK_S("ユーザーID,メールアドレス,氏名,部署名,社員番号,状態\r\n"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++, file->rows++, file->decoys++)
        kk_putf(&out, "%s\r\n", others[i]);
    for (size_t i = 0; i < m->employee_count; i++) {
        const employee *e = &m->employees[i];
        if (!e->in_ledger)
            continue;
        kk_putf(&out, "%s,%.*s,%.*s,%.*s,%06u,%s\r\n", e->user, KK_P(mail_of(m, e)),
                KK_P(name_of(m, e->person, 13, false)), KK_P(section_of(e)), e->number,
                e->left ? "無効" : "有効");
        file->rows++;
        see(m, e->person, KK_EMPLOYEE_LEDGER, false,
            BIT(KK_HAS_NAME) | BIT(KK_HAS_USER_ID) | BIT(KK_HAS_EMAIL) | BIT(KK_HAS_DEPARTMENT) |
                BIT(KK_HAS_EMPLOYEE_NO));
    }
    file->bytes = kk_encode(m->arena, KK_CP932, kk_buffer_slice(&out));
    kk_buffer_close(&out);
}

kk_contact_book *kk_contacts_make(kk_people *people)
{
    kk_contact_book *book = KK_NEW(people->arena, kk_contact_book);
    maker m = {.book = book,
               .people = people,
               .arena = people->arena,
               .dice = kk_dice_make(people->dice.state[0], "contacts")};
    book->people = people;
    book->companies = COMPANIES;
    book->seen = KK_NEW_ARRAY(people->arena, kk_contact_seen, PEOPLE_MOST);
    m.customers = KK_NEW_ARRAY(people->arena, customer, COMPANIES);
    for (uint32_t n = 0; n < COMPANIES; n++)
        make_customer(&m, n);
    change_company(&m);
    make_employees(&m);
    write_representatives(&m);
    for (uint8_t depot = 0; depot < DEPOTS; depot++)
        for (int year = 0; year < YEARS; year++)
            write_deliveries(&m, depot, year);
    write_employees(&m, false);
    write_employees(&m, true);
    write_ledger(&m);
    return book;
}
