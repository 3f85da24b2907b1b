/* People made up of numbers, the keys that they give, and what identity makes of them. */
#pragma once
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
    in_document *documents;
    const beside_whom *beside;
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

static void say(const void *context, size_t part, about_sink *sink)
{
    const fixture *f = context;
    size_t parts = f->parts ? f->parts : 1;
    for (size_t i = part; i < f->count; i += parts) {
        /* what belongs together lies anywhere: all the more would it show if that mattered */
        *about_put(sink, (uint32_t)i, mix(f->count, i), i % 3 != 0).said = f->said[i];
    }
}

static int open_file(void *context)
{
    fixture *f = context;
    unsigned number = ++f->files;
    bool is_refused = f->refused && number % f->refused == 0;
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
                        .documents = f->documents,
                        .beside = f->beside,
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
