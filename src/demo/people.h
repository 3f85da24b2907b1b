/* Invented people: households with an address and telephones, persons in them, and the ways in
 * which the same person is written on different days. Every person has a number, so the truth is
 * known by construction. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "demo/dice.h"

typedef struct {
    const char *kanji, *kana, *variant; /* variant: NULL if none */
} kk_demo_family_name;
extern const kk_demo_family_name kk_demo_family_names[];
extern const size_t kk_demo_family_name_count;

typedef struct {
    const char *kanji, *kana;
    uint8_t sex; /* 1 male, 2 female */
} kk_demo_given_name;
extern const kk_demo_given_name kk_demo_given_names[];
extern const size_t kk_demo_given_name_count;

typedef struct {
    const char *postal, *prefecture, *city, *town, *area;
} kk_demo_place;
extern const kk_demo_place kk_demo_places[];
extern const size_t kk_demo_place_count;

#define KK_NOBODY UINT32_MAX

typedef struct {
    uint16_t place;
    uint16_t a, b, c; /* 丁目, 番, 号; or a = 0: 番地 b, branch c (0 none) */
    uint8_t building; /* 0 none, else number in the list + 1 */
    uint16_t room;
} kk_demo_home;

typedef struct {
    uint16_t family;
    kk_demo_home home;
    char landline[16]; /* with hyphens; always there, not always given */
    uint32_t members[8];
    uint32_t member_count;
} kk_demo_household;

typedef struct {
    uint32_t household;
    uint16_t given;
    uint8_t sex;
    int32_t birth_day; /* days since 1970-01-01 */
    char mobile[16];   /* empty: has none, gives the landline */
} kk_demo_person;

typedef struct kk_people {
    kk_arena *arena;
    kk_dice dice;
    kk_demo_person *persons;
    size_t person_count, person_capacity;
    kk_demo_household *households;
    size_t household_count, household_capacity;
    uint32_t mobile_count, landline_count;
    uint32_t *taken; /* homes given out, by place */
} kk_people;

kk_people *kk_people_open(kk_arena *arena, uint64_t seed);
/* A new family in a home that no other has. */
uint32_t kk_people_settle(kk_people *people);
/* A family of the same name in another home. */
uint32_t kk_people_settle_as(kk_people *people, uint16_t family);
kk_demo_home kk_people_new_home(kk_people *people);
void kk_people_new_landline(kk_people *people, uint16_t place, char out[16]);
/* One more in the household, born between the years; name and reading differ from all others there.
 * sex 0: either. KK_NOBODY when the household is full. */
uint32_t kk_people_add(kk_people *people, uint32_t household, uint8_t sex, int from_year,
                       int to_year);
void kk_people_give_mobile(kk_people *people, uint32_t person);

/* How somebody is written. */
typedef enum { KK_BLANK_WIDE, KK_BLANK_HALF, KK_BLANK_NONE } kk_demo_blank;
typedef enum {
    KK_ADDRESS_HYPHEN, /* 3-4-5 */
    KK_ADDRESS_WORDS,  /* 3丁目4番5号 */
    KK_ADDRESS_WIDE,   /* ３－４－５ */
    KK_ADDRESS_MIXED,  /* 3丁目4-5 */
    KK_ADDRESS_STYLES
} kk_demo_address_style;
typedef struct {
    kk_demo_blank blank;
    bool variant;   /* the old form of the family name */
    bool half_kana; /* ﾃﾝｶﾅ */
    kk_demo_address_style style;
    bool no_building;
    bool bare_phone; /* digits alone */
} kk_demo_spelling;

/* A spelling that belongs to (person, place of writing): the same each time. */
kk_demo_spelling kk_people_spelling(uint32_t person, uint32_t where);

kk_slice kk_person_family(const kk_people *people, uint32_t person, kk_demo_spelling how);
kk_slice kk_person_given(const kk_people *people, uint32_t person);
kk_slice kk_person_family_kana(const kk_people *people, uint32_t person);
kk_slice kk_person_given_kana(const kk_people *people, uint32_t person);
void kk_put_person(kk_buffer *out, const kk_people *people, uint32_t person, kk_demo_spelling how);
void kk_put_person_kana(kk_buffer *out, const kk_people *people, uint32_t person,
                        kk_demo_spelling how);
/* Katakana to the half-width forms. */
void kk_put_half_kana(kk_buffer *out, kk_slice katakana);
/* House number, and building unless left out. */
void kk_put_house(kk_buffer *out, const kk_demo_home *home, kk_demo_spelling how);
void kk_put_building(kk_buffer *out, const kk_demo_home *home);
/* Prefecture to building in one. */
void kk_put_address(kk_buffer *out, const kk_demo_home *home, kk_demo_spelling how);
void kk_put_postal(kk_buffer *out, const kk_demo_home *home, bool hyphen);
void kk_put_phone(kk_buffer *out, const char *phone, bool bare);
const char *kk_person_phone(const kk_people *people, uint32_t person);
static inline const kk_demo_home *kk_person_home(const kk_people *people, uint32_t person)
{
    return &people->households[people->persons[person].household].home;
}
void kk_put_day(kk_buffer *out, int32_t day, char separator); /* 1980-05-03 */
