/* Which mentions are one person: joins, vetoes, bounds, and that no order shows in the result. */
#include "tests/unit/test.h"

#include "persons/identity.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    kk_rule rule;
    uint64_t hash;
    uint32_t mention;
} tagged_key;

/* Mentions as a recogniser would tell them: numbers stand for values, 0 for none. */
typedef struct {
    uint32_t name, given, kana, birth, sex, address, room, phone, email, number, company;
    int32_t dated;
    uint32_t truth;
} person;

enum { DECISIONS = 40, MENTIONS_MOST = 80000 };
#define DAY_OF_1970 UINT32_C(0x80000000)

typedef struct {
    kk_arena *arena;
    contrast *said;
    size_t count;
    tagged_key *keys;
    size_t key_count, key_capacity;
    uint32_t *record; /* NULL: each mention is a record */
    uint64_t *content;
    uint64_t salt; /* the case's key */
    const ruling *rulings;
    size_t ruling_count;
    size_t at_once;
    size_t parts;         /* in which keys are told; 0: one */
    atomic_uint tellings; /* of a part */
    bool in_files;
    unsigned refused;  /* each so many-eth file; 0: none */
    atomic_uint files; /* that were asked for */
    identity out;
} fixture;

static int open_fixture(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = kk_arena_open();
    f->said = KK_NEW_ARRAY(f->arena, contrast, MENTIONS_MOST);
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    kk_arena_close(f->arena);
    free(f);
    return 0;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 29;
    return h * UINT64_C(0xBF58476D1CE4E5B9) ^ h >> 32;
}

static uint64_t key_of(const fixture *f, kk_rule rule, uint64_t a, uint64_t b, uint64_t c)
{
    return mix(mix(mix(mix(f->salt + 77, rule), a), b), c);
}

static void key(fixture *f, uint32_t mention, kk_rule rule, uint64_t a, uint64_t b, uint64_t c)
{
    f->keys = kk_grow(f->arena, f->keys, &f->key_capacity, f->key_count + 1, sizeof *f->keys);
    f->keys[f->key_count++] = (tagged_key){rule, key_of(f, rule, a, b, c), mention};
}

static void key_if(fixture *f, uint32_t mention, kk_rule rule, uint64_t a, uint64_t b, uint64_t c)
{
    if (a && b && c)
        key(f, mention, rule, a, b, c);
}

/* A birth is a number of eight digits; with each digit left out, as in the recogniser. */
static void near_births(fixture *f, uint32_t m, const person *p)
{
    for (uint64_t unit = 1; p->birth && unit <= 10000000; unit *= 10) {
        uint64_t left = p->birth / (unit * 10) * unit + p->birth % unit;
        key_if(f, m, KK_RULE_NEAR_BIRTH, p->name, left + 1, p->address);
        key_if(f, m, KK_RULE_NEAR_BIRTH, p->name, left + 1, p->phone);
    }
}

static uint32_t add(fixture *f, const person *p)
{
    assert_true(f->count < MENTIONS_MOST);
    uint32_t m = (uint32_t)f->count++;
    f->said[m] = (contrast){.said = {[SAID_BIRTH] = p->birth,
                                     [SAID_SEX] = p->sex,
                                     [SAID_NAME] = p->name,
                                     [SAID_GIVEN] = p->given,
                                     [SAID_KANA] = p->kana,
                                     [SAID_ROOM] = p->room,
                                     [SAID_MOBILE] = p->phone,
                                     [SAID_EMAIL] = p->email,
                                     [SAID_ADDRESS] = p->address},
                            .at_company = p->company != 0,
                            .from = p->dated,
                            .to = p->dated};
    key_if(f, m, KK_RULE_SAME_NUMBER, p->number, 1, 1);
    key_if(f, m, KK_RULE_EMAIL_NAME, p->email, p->name, 1);
    key_if(f, m, KK_RULE_NAME_BIRTH_CONTACT, p->name, p->birth, p->address);
    key_if(f, m, KK_RULE_NAME_BIRTH_CONTACT, p->name, p->birth, p->phone);
    key_if(f, m, KK_RULE_NAME_MOBILE, p->name, p->phone, 1);
    key_if(f, m, KK_RULE_NAME_ADDRESS, p->name, p->address, 1);
    key_if(f, m, KK_RULE_KANA_ADDRESS, p->kana, p->address, 1);
    key_if(f, m, KK_RULE_NAME_BIRTH, p->name, p->birth, 1);
    key_if(f, m, KK_RULE_EMAIL_ALONE, p->email, 1, 1);
    key_if(f, m, KK_RULE_MOBILE_ALONE, p->phone, 1, 1);
    key_if(f, m, KK_RULE_NAME_COMPANY, p->name, p->company, 1);
    key_if(f, m, KK_RULE_BIRTH_ADDRESS, p->birth, p->address, 1);
    key_if(f, m, KK_RULE_NAME_ONLY, p->name, 1, 1);
    key_if(f, m, KK_RULE_SAME_HOME, p->address, p->room + 1, 1);
    if (p->given && p->address && !p->room)
        key(f, m, KK_RULE_NEAR_NAME, p->given, p->address, 3);
    near_births(f, m, p);
    return m;
}

static void give(const void *context, size_t part, uint32_t rules, key_sink *sink)
{
    const fixture *f = context;
    size_t parts = f->parts ? f->parts : 1;
    atomic_fetch_add(&((fixture *)f)->tellings, 1);
    for (size_t i = part; i < f->key_count; i += parts)
        if (rules >> f->keys[i].rule & 1)
            key_give(sink, f->keys[i].rule, f->keys[i].hash, f->keys[i].mention);
}

static void say(const void *context, size_t part, const uint32_t *place, contrast *said,
                near_names *near)
{
    const fixture *f = context;
    (void)near;
    for (size_t i = 0; !part && i < f->count; i++)
        said[place ? place[i] : i] = f->said[i];
}

enum { FULL_DISK = 4 }; /* files that take nothing */

static int open_file(void *context)
{
    fixture *f = context;
    unsigned number = ++f->files;
    bool is_refused = f->refused && number % f->refused == 0;
    if (f->refused == FULL_DISK)
        return open("/dev/full", O_RDWR | O_CLOEXEC);
    return is_refused ? -1 : open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static void find(fixture *f)
{
    const key_source source = {.context = f,
                               .parts = f->parts ? f->parts : 1,
                               .tell = give,
                               .say = say,
                               .at_once = f->at_once,
                               .open_file = f->in_files ? open_file : NULL,
                               .files = f};
    f->tellings = f->files = 0;
    f->out = (identity){.count = f->count,
                        .record = f->record,
                        .content = f->content,
                        .rulings = f->rulings,
                        .ruling_count = f->ruling_count,
                        .outcomes = KK_NEW_ARRAY(f->arena, ruling_outcome, DECISIONS)};
    for (size_t i = 0; i < DECISIONS; i++)
        f->out.outcomes[i].overruled_by = RULED_BY_NONE;
    identity_find(&f->out, &source, f->arena);
}

static size_t persons_in(const fixture *f, const uint32_t *of)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += of[i] == i;
    return count;
}

static void expect(fixture *f, size_t most, size_t count, size_t least)
{
    find(f);
    assert_int_equal(persons_in(f, f->out.certain), most);
    assert_int_equal(persons_in(f, f->out.probable), count);
    assert_int_equal(persons_in(f, f->out.possible), least);
}

static void shuffle(fixture *f, unsigned seed)
{
    srand(seed);
    for (size_t i = f->key_count; i > 1; i--) {
        size_t k = (size_t)rand() % i;
        tagged_key held = f->keys[i - 1];
        f->keys[i - 1] = f->keys[k];
        f->keys[k] = held;
    }
}

/* ---- rules ---- */

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

/* ---- order ---- */

static person at_random(uint32_t i)
{
    uint32_t family = (uint32_t)rand() % 300, given = (uint32_t)rand() % 200;
    uint32_t household = 1 + i / 3; /* three of a family live together and share a telephone */
    person p = {.truth = i, .given = 1000 + given, .sex = 1 + given % 2};
    family = i % 3 ? household % 300 : family;
    p.name = 1 + (family * 200 + given) * 2;
    p.kana = p.name + 1;
    p.address = household;
    p.room = household % 3 ? 0 : 100 + household % 7;
    p.birth = (1930 + (uint32_t)rand() % 80) * 10000 + (1 + (uint32_t)rand() % 12) * 100 + 1 +
              (uint32_t)rand() % 28;
    p.phone = rand() % 4 ? 100000 + i : 500000 + household;
    p.email = 900000 + i;
    return p;
}

static bool happens(int percent)
{
    return rand() % 100 < percent;
}

/* What a second record of somebody lacks or has wrong. Who has moved keeps the telephone: a name at
 * another address, with nothing else, cannot be told from somebody else of that name. */
static person spoiled(person p)
{
    bool moved = happens(10);
    if (happens(60))
        p.birth = 0;
    else if (happens(3))
        p.birth = p.birth % 10 > 6 ? p.birth - 3 : p.birth + 3;
    if (happens(50))
        p.kana = 0;
    if (happens(50))
        p.email = 0;
    if (happens(40) && !moved)
        p.phone = 0;
    if (moved)
        p.address = 700000 + (uint32_t)rand() % 100000;
    if (happens(40))
        p.room = 0;
    if (happens(50))
        p.sex = 0;
    if (happens(20))
        p.given = 0;
    return p;
}

static size_t populate(fixture *f, unsigned seed, size_t persons)
{
    srand(seed);
    f->count = f->key_count = 0;
    person *all = KK_NEW_ARRAY(f->arena, person, persons);
    for (size_t i = 0; i < persons; i++) {
        all[i] = at_random((uint32_t)i);
        add(f, &all[i]);
    }
    for (size_t i = 0; i < persons; i++) {
        person p = spoiled(all[(size_t)rand() % persons]);
        add(f, &p);
    }
    return persons;
}

/* The same as populate, in rows of another order, and told by what stands in them. */
static void populate_moved(fixture *f, unsigned seed, size_t persons, unsigned order)
{
    srand(seed);
    f->count = f->key_count = 0;
    f->content = KK_NEW_ARRAY(f->arena, uint64_t, 2 * persons);
    person *all = KK_NEW_ARRAY(f->arena, person, 2 * persons);
    for (size_t i = 0; i < persons; i++)
        all[i] = at_random((uint32_t)i);
    for (size_t i = 0; i < persons; i++)
        all[persons + i] = spoiled(all[(size_t)rand() % persons]);
    srand(order);
    for (size_t i = 2 * persons; i > 0; i--) {
        size_t k = order ? (size_t)rand() % i : i - 1;
        const uint32_t *words = (const uint32_t *)&all[k];
        for (size_t w = 0; w < sizeof *all / sizeof *words; w++)
            f->content[f->count] = mix(f->content[f->count], words[w]);
        add(f, &all[k]);
        all[k] = all[i - 1];
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Who is with whom: for each mention its content and the smallest of its person. */
static uint64_t *memberships(const fixture *f, const uint32_t *of)
{
    uint64_t *smallest = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    uint64_t *out = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    for (size_t i = 0; i < f->count; i++)
        if (!smallest[of[i]] || f->content[i] < smallest[of[i]])
            smallest[of[i]] = f->content[i];
    for (size_t i = 0; i < f->count; i++)
        out[i] = mix(f->content[i], smallest[of[i]]);
    qsort(out, f->count, sizeof *out, by_value);
    return out;
}

static void compare(const fixture *f, const identity *before)
{
    size_t bytes = f->count * sizeof(uint32_t);
    assert_memory_equal(before->certain, f->out.certain, bytes);
    assert_memory_equal(before->probable, f->out.probable, bytes);
    assert_memory_equal(before->possible, f->out.possible, bytes);
    assert_int_equal(before->edge_count, f->out.edge_count);
}

static void no_order_shows(void **state)
{
    fixture *f = *state;
    populate(f, 1, 2000);
    find(f);
    identity before = f->out;
    for (unsigned seed = 2; seed < 6; seed++) {
        shuffle(f, seed);
        find(f);
        compare(f, &before);
        assert_memory_equal(before.edges, f->out.edges, before.edge_count * sizeof(join_edge));
    }
}

/* The third fits both: whose it is must not depend on who stands first. */
static void who_comes_first_does_not_show(void **state)
{
    fixture *f = *state;
    static const person some[] = {{.name = 11, .phone = 7, .birth = 19800101},
                                  {.name = 11, .phone = 7, .birth = 19451230},
                                  {.name = 11, .phone = 7}};
    static const int orders[][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {2, 0, 1}};
    uint64_t *before = NULL;
    f->content = KK_NEW_ARRAY(f->arena, uint64_t, 3);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        f->count = f->key_count = 0;
        for (int i = 0; i < 3; i++) {
            f->content[i] = 1000 + (uint64_t)orders[o][i];
            add(f, &some[orders[o][i]]);
        }
        find(f);
        uint64_t *now = memberships(f, f->out.probable);
        if (before)
            assert_memory_equal(before, now, 3 * sizeof *now);
        before = now;
    }
}

static void no_place_of_a_row_shows(void **state)
{
    fixture *f = *state;
    populate_moved(f, 5, 3000, 0);
    find(f);
    uint64_t *before = memberships(f, f->out.probable), *least = memberships(f, f->out.possible);
    for (unsigned order = 1; order < 4; order++) {
        populate_moved(f, 5, 3000, order);
        find(f);
        assert_memory_equal(before, memberships(f, f->out.probable), f->count * sizeof *before);
        assert_memory_equal(least, memberships(f, f->out.possible), f->count * sizeof *before);
    }
}

/* Another case has another key, hence other hashes in another order. */
static void no_key_of_a_case_shows(void **state)
{
    fixture *f = *state;
    populate(f, 7, 2000);
    find(f);
    identity before = f->out;
    for (f->salt = 1; f->salt < 5; f->salt++) {
        populate(f, 7, 2000);
        find(f);
        compare(f, &before);
    }
}

static void no_batch_size_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 1500);
    find(f);
    identity before = f->out;
    static const size_t sizes[] = {1, 100, 5000, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        f->at_once = sizes[i];
        find(f);
        compare(f, &before);
    }
}

/* With room for hardly any key the persons are the same: keys are made more often, of some rules and
 * then of parts of their hashes. */
static void no_lack_of_memory_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 6000);
    find(f);
    assert_int_equal(f->tellings, 2); /* once to count them */
    identity before = f->out;
    static const size_t sizes[] = {60000, 2000, 300};
    unsigned tellings = 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        f->at_once = sizes[i];
        find(f);
        compare(f, &before);
        assert_true(f->tellings > tellings);
        tellings = f->tellings;
    }
    assert_true(tellings > 100);
}

/* What does not fit into memory lies in files, as far as there is room for them; then keys are made once. */
static void no_file_shows(void **state)
{
    fixture *f = *state;
    populate(f, 9, 35000); /* a record and a spoiled one each */
    f->parts = 50;
    find(f);
    identity before = f->out;
    assert_int_equal(f->files, 0);
    f->in_files = true;
    for (f->refused = 0; f->refused <= FULL_DISK; f->refused++) {
        find(f);
        compare(f, &before);
        assert_true(f->files > 0);
        assert_true(f->tellings <= 50 + 16); /* and some once more, to count them */
    }
}

/* Nor in how many pieces keys are made, by however many processors. */
static void no_parts_show(void **state)
{
    fixture *f = *state;
    populate(f, 9, 6000);
    find(f);
    identity before = f->out;
    for (size_t i = 0; i < 6; i++) {
        f->parts = 1 + 40 * i;
        f->at_once = i % 2 ? 20000 : 0;
        find(f);
        compare(f, &before);
    }
}

static void once_more_changes_nothing(void **state)
{
    fixture *f = *state;
    static const person some[] = {
        {.name = 11, .phone = 5, .address = 3},
        {.name = 11, .address = 3, .email = 9},
        {.name = 22, .phone = 5},
        {.name = 33, .birth = 19700101, .address = 3},
        {.name = 44, .email = 9, .number = 8},
        {.name = 11, .phone = 5, .birth = 19881111},
    };
    size_t n = sizeof some / sizeof *some;
    for (size_t i = 0; i < n; i++)
        add(f, &some[i]);
    find(f);
    size_t most = persons_in(f, f->out.certain), count = persons_in(f, f->out.probable),
           least = persons_in(f, f->out.possible);
    for (int times = 0; times < 3; times++) {
        for (size_t i = 0; i < n; i++)
            add(f, &some[i]);
        expect(f, most, count, least);
    }
}

/* ---- figures ---- */

static void spanning_forest(void **state)
{
    fixture *f = *state;
    populate(f, 21, 3000);
    find(f);
    size_t joins[3] = {0};
    for (size_t i = 0; i < f->out.edge_count; i++) {
        const join_edge *e = &f->out.edges[i];
        assert_true(e->a < e->b && e->b < f->count);
        joins[e->strength]++;
        assert_int_equal(f->out.possible[e->a], f->out.possible[e->b]);
    }
    assert_int_equal(f->count - joins[0], persons_in(f, f->out.certain));
    assert_int_equal(f->count - joins[0] - joins[1], persons_in(f, f->out.probable));
    assert_int_equal(f->count - joins[0] - joins[1] - joins[2], persons_in(f, f->out.possible));
}

static void truth_lies_between(void **state)
{
    fixture *f = *state;
    for (unsigned seed = 100; seed < 130; seed++) {
        size_t truth = populate(f, seed, 1500);
        find(f);
        size_t most = persons_in(f, f->out.certain), count = persons_in(f, f->out.probable),
               least = persons_in(f, f->out.possible);
        if (!(least <= truth && truth <= most && least <= count && count <= most))
            fail_msg("seed %u: %zu people, least %zu, count %zu, most %zu", seed, truth, least,
                     count, most);
        double off = (double)count / (double)truth - 1;
        if (off > 0.03 || off < -0.03)
            fail_msg("seed %u: %zu people are counted as %zu", seed, truth, count);
    }
}

static void sorting_by_radix(void **state)
{
    (void)state;
    enum { N = 30000 };
    static rule_key keys[N];
    srand(5);
    for (uint32_t i = 0; i < N; i++) {
        uint64_t high = (uint64_t)rand() % 7, low = (uint64_t)rand() % (i % 3 ? 4 : 100000);
        keys[i] = (rule_key){high << 59 | low, (uint32_t)rand() % 1000};
    }
    rule_keys_sort(keys, N);
    for (size_t i = 1; i < N; i++)
        assert_true(keys[i - 1].hash < keys[i].hash ||
                    (keys[i - 1].hash == keys[i].hash && keys[i - 1].mention <= keys[i].mention));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

/* ---- decisions ---- */

#define RULE_ON(f, ...)                                                                            \
    do {                                                                                           \
        static const ruling list[] = {__VA_ARGS__};                                                \
        (f)->rulings = list;                                                                       \
        (f)->ruling_count = sizeof list / sizeof *list;                                            \
    } while (0)

static void a_merge_is_one_in_all_three(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 2, .phone = 8});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19800101});
    expect(f, 2, 2, 2);
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false});
    expect(f, 1, 1, 1);
    assert_true(f->out.outcomes[0].holds);
}

/* What a merge brings together tells rules nothing: the third has another birth date than the second. */
static void a_merge_changes_nothing_else(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .birth = 19990101});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19800101});
    add(f, &(person){.name = 2, .phone = 8, .birth = 19550505});
    expect(f, 3, 3, 2);
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false});
    expect(f, 2, 2, 1);
}

/* The third has all that either has: whichever it goes to, the two do not meet in it. */
static void a_split_holds_through_others(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 1, .email = 9});
    add(f, &(person){.name = 1, .phone = 7, .email = 9});
    expect(f, 1, 1, 1);
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true});
    expect(f, 2, 2, 2);
    assert_int_not_equal(f->out.possible[0], f->out.possible[1]);
    assert_true(f->out.outcomes[0].holds);
}

/* With decisions one processor joins everything: what several do must be the same to the last edge. Here
 * the decision is a split that names one record alone, which keeps nobody apart. */
static void no_number_of_processors_shows(void **state)
{
    fixture *f = *state;
    populate_moved(f, 3, 19000, 1);
    find(f);
    identity before = f->out;
    RULE_ON(f, {0, 0, 5, true});
    find(f);
    compare(f, &before);
    assert_memory_equal(before.edges, f->out.edges, before.edge_count * sizeof(join_edge));
    assert_true(before.edge_count > 10000);
}

/* One is the second by decision, and so not who the second is not. */
static void a_split_holds_through_merges(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 5, .phone = 6});
    add(f, &(person){.name = 1, .phone = 7, .email = 9});
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false}, {1, 0, 1, true}, {1, 1, 2, true});
    expect(f, 2, 2, 2);
    assert_int_equal(f->out.certain[0], f->out.certain[1]);
    assert_true(f->out.outcomes[0].holds && f->out.outcomes[1].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, RULED_BY_NONE);
}

static void the_last_decision_counts(void **state)
{
    fixture *f = *state;
    add(f, &(person){.name = 1, .phone = 7});
    add(f, &(person){.name = 5, .phone = 6});
    RULE_ON(f, {0, 0, 0, false}, {0, 0, 1, false}, {1, 0, 0, true}, {1, 1, 1, true});
    expect(f, 2, 2, 2);
    assert_false(f->out.outcomes[0].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, 1);
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true}, {1, 0, 0, false}, {1, 0, 1, false});
    expect(f, 1, 1, 1);
    assert_false(f->out.outcomes[0].holds);
    assert_int_equal(f->out.outcomes[0].overruled_by, 1);
    assert_true(f->out.outcomes[1].holds);
}

/* A merge of two of three that were split leaves the third apart from both. */
static void a_later_decision_takes_back_no_more_than_it_says(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 3; i++)
        add(f, &(person){.name = 1, .phone = 7});
    RULE_ON(f, {0, 0, 0, true}, {0, 1, 1, true}, {0, 2, 2, true}, {1, 0, 0, false},
            {1, 0, 1, false});
    expect(f, 2, 2, 2);
    assert_int_equal(f->out.certain[0], f->out.certain[1]);
    assert_true(f->out.outcomes[0].holds);
}

/* Decisions of two to four records each, named by what stands in these. */
typedef struct {
    uint64_t content[4];
    size_t count;
    bool is_apart;
} told_decision;

static void decide_at_random(const fixture *f, told_decision *told, unsigned seed)
{
    uint64_t *sorted = KK_NEW_ARRAY(f->arena, uint64_t, f->count);
    memcpy(sorted, f->content, f->count * sizeof *sorted);
    qsort(sorted, f->count, sizeof *sorted, by_value);
    srand(seed);
    for (size_t d = 0; d < DECISIONS; d++) {
        told[d] = (told_decision){.count = 2 + (size_t)rand() % 3, .is_apart = rand() % 2};
        for (size_t i = 0; i < told[d].count; i++) /* few records, so that decisions meet */
            told[d].content[i] = sorted[(size_t)rand() % 60];
    }
}

static void rule_by_content(fixture *f, const told_decision *told)
{
    ruling *rulings = KK_NEW_ARRAY(f->arena, ruling, 4 * f->count);
    f->ruling_count = 0;
    for (uint32_t d = 0; d < DECISIONS; d++)
        for (uint32_t m = 0; m < f->count; m++)
            for (uint32_t i = 0; i < told[d].count; i++)
                if (f->content[m] == told[d].content[i])
                    rulings[f->ruling_count++] =
                        (ruling){d, told[d].is_apart ? i : 0, m, told[d].is_apart};
    f->rulings = rulings;
}

/* What no later decision takes back holds in each of the three; each refines the next. */
static void expect_decided(const fixture *f)
{
    const uint32_t *const partitions[] = {f->out.certain, f->out.probable, f->out.possible};
    for (int p = 0; p < 3; p++)
        for (size_t i = 0; i < f->ruling_count; i++)
            for (size_t k = i + 1;
                 k < f->ruling_count && f->rulings[k].decision == f->rulings[i].decision; k++) {
                const ruling *a = &f->rulings[i], *b = &f->rulings[k];
                bool same = partitions[p][a->mention] == partitions[p][b->mention];
                if (f->out.outcomes[a->decision].overruled_by != RULED_BY_NONE ||
                    a->mention == b->mention)
                    continue;
                assert_true(a->is_apart ? !same || a->part == b->part : same);
            }
    for (size_t i = 0; i < f->count; i++) {
        assert_int_equal(f->out.probable[i], f->out.probable[f->out.certain[i]]);
        assert_int_equal(f->out.possible[i], f->out.possible[f->out.probable[i]]);
    }
}

static void decisions_hold_in_any_order(void **state)
{
    fixture *f = *state;
    told_decision told[DECISIONS];
    size_t overruled = 0;
    for (unsigned seed = 1; seed < 40; seed++) {
        uint64_t *before[3] = {NULL};
        for (unsigned order = 0; order < 3; order++) {
            f->ruling_count = 0;
            populate_moved(f, seed, 150, order);
            decide_at_random(f, told, seed);
            rule_by_content(f, told);
            f->at_once = order == 2 ? 50 : 0;
            find(f);
            expect_decided(f);
            for (size_t d = 0; d < DECISIONS; d++)
                overruled += f->out.outcomes[d].overruled_by != RULED_BY_NONE;
            const uint32_t *const partitions[] = {f->out.certain, f->out.probable, f->out.possible};
            for (int p = 0; p < 3; p++) {
                uint64_t *now = memberships(f, partitions[p]);
                if (before[p])
                    assert_memory_equal(before[p], now, f->count * sizeof *now);
                before[p] = now;
            }
        }
    }
    assert_true(overruled > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_nobody),
        TEST(rules_have_their_strength),
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
        TEST(no_order_shows),
        TEST(who_comes_first_does_not_show),
        TEST(no_place_of_a_row_shows),
        TEST(no_key_of_a_case_shows),
        TEST(no_batch_size_shows),
        TEST(no_lack_of_memory_shows),
        TEST(no_file_shows),
        TEST(no_parts_show),
        TEST(once_more_changes_nothing),
        TEST(spanning_forest),
        TEST(a_merge_is_one_in_all_three),
        TEST(a_merge_changes_nothing_else),
        TEST(a_split_holds_through_others),
        TEST(a_split_holds_through_merges),
        TEST(no_number_of_processors_shows),
        TEST(the_last_decision_counts),
        TEST(a_later_decision_takes_back_no_more_than_it_says),
        TEST(decisions_hold_in_any_order),
        TEST(truth_lies_between),
        TEST(sorting_by_radix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
