/* Which rules join two mentions, and what keeps them apart. */
#include "tests/unit/identity_kit.h"

static void nothing_is_nobody(void **state)
{
    expect(*state, 0, 0, 0);
}

static void rules_have_their_strength(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .email = 5});
    add(f, &(person){.name = 11, .email = 5, .address = 9});
    add(f, &(person){.name = 11, .address = 9}); /* probable */
    add(f, &(person){.name = 12, .email = 5});   /* possible: another name, one mailbox */
    add(f, &(person){.name = 13});
    expect(f, 4, 3, 2);
    assert_int_equal(f->out.edge_count, 3);
    assert_int_equal(f->out.edges[0].rule, KK_RULE_EMAIL_NAME);
    assert_int_equal(f->out.edges[1].rule, KK_RULE_NAME_ADDRESS);
    assert_int_equal(f->out.edges[2].rule, KK_RULE_EMAIL_ALONE);
}

/* A thing that somebody orders for one of his name at his address: with another mobile number it may be for his son. */
static void two_mobiles_in_one_record(void **state)
{
    fixture *f = *state;
    static uint32_t record[] = {0, 0, 1, 1};
    add(f, &(person){.name = 11, .address = 9, .phone = 71});
    add(f, &(person){.name = 11, .address = 9, .phone = 72});
    add(f, &(person){.name = 12, .address = 8, .phone = 73});
    add(f, &(person){.name = 12, .address = 8});
    f->record = record;
    expect(f, 3, 2, 2);
}

/* One table says who somebody is, another one how to reach him; a list has both. */
static void names_and_contacts_in_two_records(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .number = 5});
    add(f, &(person){.phone = 71, .number = 5});
    add(f, &(person){.name = 11, .phone = 71});
    add(f, &(person){.name = 12, .number = 6});
    add(f, &(person){.email = 31, .number = 6});
    add(f, &(person){.name = 12, .email = 31});
    add(f, &(person){.name = 13, .email = 31}); /* of his family */
    expect(f, 3, 3, 2);
    assert_int_equal(f->out.edges[2].rule, KK_RULE_EMAIL_NAME);
    assert_int_equal(f->out.edges[3].rule, KK_RULE_NAME_MOBILE);
}

/* Name and birth date are somebody's for certain where nobody else has both by chance. */
static void births_tell_namesakes(void **state)
{
    fixture *f = *state;
    for (uint32_t i = 0; i < 60; i++) {
        add(f, &(person){.name = 100 + i, .birth = DAY_OF_1970 + 37 * i, .phone = 1000 + i});
        add(f, &(person){.name = 100 + i, .birth = DAY_OF_1970 + 37 * i, .email = 2000 + i});
    }
    expect(f, 60, 60, 60);
    /* each name is borne by two, and all are of one school year */
    fixture few = {.arena = f->arena, .said = KK_NEW_ARRAY(f->arena, contrast, MENTIONS_MOST)};
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t born = DAY_OF_1970 + (i * 53) % 365;
        add(&few, &(person){.name = 100 + i % 30, .birth = born, .phone = 1000 + i});
        add(&few, &(person){.name = 100 + i % 30, .birth = born, .email = 2000 + i});
    }
    expect(&few, 120, 60, 60);
}

static void birth_dates_veto(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .phone = 7, .birth = 19800101});
    add(f, &(person){.name = 11, .phone = 7, .birth = 19451230});
    add(f, &(person){.name = 11, .phone = 7});
    /* the third fits both and goes to the first; at the least it may all be one slip */
    expect(f, 2, 2, 1);
}

static void rooms_and_sex_veto(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .address = 7, .room = 101});
    add(f, &(person){.name = 11, .address = 7, .room = 102});
    add(f, &(person){.name = 22, .address = 8, .sex = 1});
    add(f, &(person){.name = 22, .address = 8, .sex = 2});
    expect(f, 4, 4, 4);
}

static void a_veto_holds_for_the_whole_person(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .email = 3, .birth = 19800101});
    add(f, &(person){.name = 11, .email = 3, .address = 9});
    add(f, &(person){.name = 11, .address = 9, .birth = 19990909, .sex = 2});
    expect(f, 2, 2, 1);
}

static void recycled_numbers(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .given = 1, .number = 500});
    add(f, &(person){.name = 22, .given = 2, .number = 500}); /* given to another later */
    add(f,
        &(person){.name = 33, .given = 1, .number = 500}); /* another surname since the wedding */
    add(f, &(person){.name = 11, .number = 500});
    expect(f, 2, 2, 2);
}

static void switchboards_join_nobody(void **state)
{
    fixture *f = *state;
    for (uint32_t i = 0; i < 6; i++)
        add(f, &(person){.name = 100 + i, .phone = 7});
    for (uint32_t i = 0; i < 5; i++)
        add(f, &(person){.name = 200 + i, .phone = 8});
    expect(f, 11, 11, 7);
}

static void records_without_a_name(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 4; i++)
        add(f, &(person){.email = 5});
    expect(f, 1, 1, 1);
    add(f, &(person){.name = 11, .email = 5});
    expect(f, 2, 1, 1);
    add(f, &(person){.name = 22, .email = 5}); /* whose are they now? */
    expect(f, 3, 3, 1);
}

static void a_name_alone_counts_for_the_least_only(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .phone = 5});
    add(f, &(person){.name = 11, .address = 6});
    add(f, &(person){.name = 11, .phone = 9});
    add(f, &(person){.name = 11});
    expect(f, 4, 4, 2); /* two telephones are two people; the others fit the first */
}

/* Father and son of one name in the record of the son: never certain. */
static void a_relative_of_one_name(void **state)
{
    fixture *f = *state;
    static uint32_t record[] = {0, 0};
    f->record = record;
    add(f, &(person){.name = 11, .address = 6});
    add(f, &(person){.name = 11, .address = 6});
    f->said[1].is_relative = true;
    expect(f, 2, 1, 1);
}

/* Namesakes with mailboxes or telephones that are one digit apart: a slip, or neighbours of a row. */
static void numbered_contacts(void **state)
{
    fixture *f = *state;
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t m = add(f, &(person){.name = 11 + i / 2, .phone = 100 + i});
        key(f, m, KK_RULE_NEAR_CONTACT, i / 2, 1, 1);
        key(f, m, KK_RULE_NEAR_CONTACT, i / 2, 2, 1);
    }
    expect(f, 40, 40, 40);
    for (uint32_t i = 0; i < 200; i++) /* people who are known twice: then twenty slips may be */
        add(f, &(person){.name = 500 + i / 2, .phone = 1000 + i / 2});
    expect(f, 140, 140, 120);
}

/* Who orders and who gets it: one record, so one person for certain; elsewhere probable. */
static void twice_in_one_record(void **state)
{
    fixture *f = *state;
    static uint32_t record[] = {0, 0, 1, 2, 2, 3, 3, 4, 4};
    f->record = record;
    add(f, &(person){.name = 11, .address = 6});
    add(f, &(person){.name = 11, .address = 6});
    add(f, &(person){.name = 11, .address = 6});
    add(f, &(person){.name = 22, .address = 7});
    add(f, &(person){.name = 22, .address = 8}); /* of the same name, elsewhere */
    add(f, &(person){.name = 33, .address = 9});
    add(f, &(person){.name = 44, .address = 9});
    add(f, &(person){.name = 55, .address = 10});
    add(f, &(person){.name = 55}); /* nothing speaks against it */
    expect(f, 8, 6, 6);
}

/* A name alone in the text and in a table of one document is one person; two rows of one list are two, and so are two
 * documents. */
static void twice_in_one_document(void **state)
{
    fixture *f = *state;
    static in_document documents[] = {{1, 0}, {1, 2}, {2, 0}, {0, 0},
                                      {3, 4}, {3, 4}, {5, 0}, {5, 0}};
    f->documents = documents;
    for (int i = 0; i < 4; i++)
        add(f, &(person){.name = 11});
    add(f, &(person){.name = 22});
    add(f, &(person){.name = 22});
    add(f, &(person){.name = 33, .phone = 5});
    add(f, &(person){.name = 33, .phone = 6}); /* namesakes */
    expect(f, 8, 7, 4);
}

/* Beside one person the same relative by name alone, in two records; not where a birth date, a sex or a reading tells
 * two, in another capacity, beside somebody else, or where one record has two of them. Of whom things are sent to, all
 * that differs tells two. */
static void the_same_relative(void **state)
{
    fixture *f = *state;
    static const struct {
        person of, other;
        kk_role role;
        bool third; /* ... in the record before */
    } rows[] = {
        {{.name = 1, .email = 1}, {.name = 11}, KK_ROLE_FAMILY, false},
        {{.name = 1, .email = 1}, {.name = 11, .address = 5}, KK_ROLE_FAMILY, false},
        {{.name = 1, .email = 1}, {.name = 11, .address = 6}, KK_ROLE_FAMILY, false}, /* moved */
        {{.name = 2, .email = 2}, {.name = 11}, KK_ROLE_FAMILY, false},
        {{.name = 1, .email = 1}, {.name = 11}, KK_ROLE_ADDRESSEE, false},
        {{.name = 3, .email = 3}, {.name = 12, .birth = DAY_OF_1970}, KK_ROLE_FAMILY, false},
        {{.name = 3, .email = 3}, {.name = 12, .birth = DAY_OF_1970 + 9999}, KK_ROLE_FAMILY, false},
        {{.name = 3, .email = 3}, {.name = 13, .sex = 1}, KK_ROLE_FAMILY, false},
        {{.name = 3, .email = 3}, {.name = 13, .sex = 2}, KK_ROLE_FAMILY, false},
        {{.name = 4, .email = 4}, {.name = 14, .phone = 1}, KK_ROLE_ADDRESSEE, false},
        {{.name = 4, .email = 4}, {.name = 14, .phone = 2}, KK_ROLE_ADDRESSEE, false},
        {{.name = 5, .email = 5}, {.name = 15, .phone = 3}, KK_ROLE_FAMILY, false},
        {{.name = 5, .email = 5}, {.name = 15, .phone = 4}, KK_ROLE_FAMILY, true},
        {{.name = 5, .email = 5}, {.name = 15}, KK_ROLE_FAMILY, false},
        {{.name = 1, .email = 1}, {.name = 11}, KK_ROLE_FAMILY, false},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    static uint32_t record[2 * ROWS];
    static beside_whom beside[2 * ROWS];
    uint32_t records = 0;
    memset(beside, 0, sizeof beside);
    for (size_t i = 0; i < ROWS; i++) {
        int8_t away = -1;
        records += !rows[i].third;
        if (rows[i].third)
            away = -2;
        else
            record[add(f, &rows[i].of)] = records;
        uint32_t other = add(f, &rows[i].other);
        record[other] = records;
        f->said[other].is_relative = rows[i].role == KK_ROLE_FAMILY;
        beside[other] = (beside_whom){away, (uint8_t)rows[i].role};
    }
    f->record = record;
    f->beside = beside;
    find(f);
    const uint32_t *of = f->out.probable;
    assert_int_equal(of[3], of[1]);
    assert_int_equal(of[5], of[1]);
    assert_int_equal(of[28], of[1]);
    assert_int_not_equal(f->out.certain[3], f->out.certain[1]);
    assert_int_equal(f->out.possible[3], f->out.possible[1]);
    static const uint32_t apart[] = {7, 9, 11, 13, 15, 17, 19, 21, 23, 24, 26};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        assert_int_equal(of[apart[i]], apart[i]);
    for (size_t i = 0; i < f->out.edge_count; i++)
        if (f->out.edges[i].rule == KK_RULE_NAME_BESIDE)
            assert_int_equal(f->out.edges[i].strength, KK_STRENGTH_PROBABLE);
}

/* To whom a shop sends are too many to go by their names. */
static void namesakes_of_a_shop(void **state)
{
    fixture *f = *state;
    enum { FRIENDS = 40 };
    for (uint32_t many = FRIENDS; many <= FRIENDS + 1; many++) {
        static beside_whom beside[4 * (FRIENDS + 2)];
        memset(beside, 0, sizeof beside);
        f->count = f->key_count = 0;
        for (uint32_t i = 0; i <= many; i++) {
            add(f, &(person){.name = 1, .email = 1});
            beside[add(f, &(person){.name = 100 + i % many})] =
                (beside_whom){-1, KK_ROLE_ADDRESSEE};
        }
        f->beside = beside;
        find(f);
        assert_int_equal(persons_in(f, f->out.probable), many + 1 + (many > FRIENDS));
    }
}

/* First here, then there: may be one person. Here and there at the same time: two. */
static void another_company(void **state)
{
    fixture *f = *state;
    static const int32_t days[][2] = {{100, 200}, {300, 400}};
    for (uint32_t company = 0; company < 2; company++)
        for (int i = 0; i < 2; i++)
            add(f, &(person){.name = 11,
                             .phone = 5 + company,
                             .company = 7 + company,
                             .dated = days[company][i]});
    for (uint32_t company = 0; company < 2; company++)
        for (int i = 0; i < 2; i++)
            add(f, &(person){.name = 22,
                             .phone = 9 + company,
                             .company = 7 + company,
                             .dated = days[i][company]});
    expect(f, 4, 4, 3);
}

/* The same given name at one address: married, or colleagues. */
static void another_surname(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .kana = 12, .given = 1, .address = 6});
    add(f, &(person){.name = 21, .kana = 22, .given = 1, .address = 6});
    add(f, &(person){.name = 31, .kana = 32, .given = 1, .address = 7, .company = 5});
    add(f, &(person){.name = 41, .kana = 42, .given = 1, .address = 7, .company = 5});
    expect(f, 4, 4, 3);
}

static void a_slip_in_a_birth_date(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .address = 6, .birth = 19800101});
    add(f, &(person){.name = 11, .address = 6, .birth = 19800107});
    add(f,
        &(person){.name = 11, .address = 6, .birth = 19521030}); /* the father, of the same name */
    expect(f, 3, 2, 1);
}

/* Two at one address with one birth date and two names: twins, unless there are too many of them. */
static void add_pairs(fixture *f, uint32_t pairs, uint32_t households, uint32_t undated)
{
    for (uint32_t i = 0; i < pairs; i++)
        for (uint32_t k = 0; k < 2; k++)
            add(f, &(person){.name = 1000 + 2 * i + k,
                             .given = 500 + k,
                             .address = 5000 + i,
                             .birth = 19800101 + i % 9});
    for (uint32_t i = 0; i < households; i++)
        for (uint32_t k = 0; k < 2; k++)
            add(f, &(person){.name = 20000 + 2 * i + k,
                             .given = 600 + 2 * i + k,
                             .address = 9000 + i,
                             .birth = 19500101 + 10000 * k});
    for (uint32_t i = 0; i < 2 * undated; i++)
        add(f, &(person){.name = 40000 + i, .given = 900 + i, .address = 12000 + i / 2});
}

static void twins_are_two(void **state)
{
    fixture *f = *state;
    add_pairs(f, 12, 100, 0);
    expect(f, 224, 224, 212); /* at the least they may be slips */
}

static void too_many_twins_are_slips(void **state)
{
    fixture *f = *state;
    add_pairs(f, 40, 5, 0);
    find(f);
    assert_int_equal(persons_in(f, f->out.certain), 90);
    assert_true(persons_in(f, f->out.probable) <= 50);
}

/* A father and a son of one name at one address, and others with one birth date in two records. */
static void add_namesakes(fixture *f, uint32_t pairs, uint32_t years, bool have_contacts)
{
    for (uint32_t i = 0; i < pairs; i++)
        for (uint32_t k = 0; k < 2; k++)
            add(f, &(person){.name = 1000 + i,
                             .address = 5000 + i,
                             .birth = DAY_OF_1970 - 9000 + 17 * i + k * (years * 365 + 40 + i),
                             .phone = have_contacts ? 100 + 2 * i + k : 0,
                             .email = have_contacts ? 300 + 2 * i + k : 0});
    for (uint32_t i = 0; i < 40; i++)
        for (uint32_t k = 0; k < 2; k++)
            add(f,
                &(person){.name = 2000 + i, .address = 6000 + i, .birth = DAY_OF_1970 + 100 * i});
}

static void fathers_and_sons_are_no_slips(void **state)
{
    fixture *f = *state;
    add_namesakes(f, 15, 30, false);
    expect(f, 70, 70, 55);
}

static void namesakes_of_one_age_are_slips(void **state)
{
    fixture *f = *state;
    add_namesakes(f, 15, 3, false);
    expect(f, 70, 55, 55);
}

/* Whose birth date, mobile number and mailbox all differ are two wherever it can be seen: so are two of whom
 * one has no birth date. */
static void fathers_and_sons_without_birth_dates(void **state)
{
    fixture *f = *state;
    add_namesakes(f, 3, 30, true);
    add(f, &(person){.name = 11, .address = 7, .phone = 1, .email = 3, .birth = DAY_OF_1970});
    add(f, &(person){.name = 11, .address = 7, .phone = 2, .email = 4});
    add(f, &(person){.name = 11, .address = 7, .phone = 1});
    expect(f, 48, 48, 44);
}

/* Nothing tells that it is usual. */
static void new_telephone_and_mailbox(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 11, .address = 7, .phone = 1, .email = 3});
    add(f, &(person){.name = 11, .address = 7, .phone = 2, .email = 4});
    expect(f, 2, 1, 1);
}

/* Where most records have no birth date, the families may be among these. */
static void families_without_birth_dates(void **state)
{
    fixture *f = *state;
    add_pairs(f, 40, 5, 60);
    expect(f, 210, 210, 170);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_nobody),
        TEST(rules_have_their_strength),
        TEST(two_mobiles_in_one_record),
        TEST(names_and_contacts_in_two_records),
        TEST(births_tell_namesakes),
        TEST(birth_dates_veto),
        TEST(rooms_and_sex_veto),
        TEST(a_veto_holds_for_the_whole_person),
        TEST(recycled_numbers),
        TEST(switchboards_join_nobody),
        TEST(records_without_a_name),
        TEST(a_name_alone_counts_for_the_least_only),
        TEST(a_relative_of_one_name),
        TEST(numbered_contacts),
        TEST(twice_in_one_record),
        TEST(twice_in_one_document),
        TEST(the_same_relative),
        TEST(namesakes_of_a_shop),
        TEST(another_company),
        TEST(another_surname),
        TEST(a_slip_in_a_birth_date),
        TEST(fathers_and_sons_are_no_slips),
        TEST(namesakes_of_one_age_are_slips),
        TEST(fathers_and_sons_without_birth_dates),
        TEST(new_telephone_and_mailbox),
        TEST(twins_are_two),
        TEST(too_many_twins_are_slips),
        TEST(families_without_birth_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
