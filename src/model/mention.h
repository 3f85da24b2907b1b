/* A mention: one person-slot of one row or document (an order has an orderer and an addressee: two
 * mentions). Recognition makes them in the worker, with keyed hashes of the normal forms; identity
 * compares the hashes and never sees the values. Values are kept apart, in the personal columns. */
#pragma once
#include "base/arena.h"
#include "base/time.h"

typedef enum {
#define ITEM(NAME, name, ja, en) KK_ITEM_##NAME,
#include "model/items.def"
    KK_ITEMS
} kk_item;
#define KK_BIT(item) (UINT64_C(1) << (item))

typedef struct {
    const char *name, *ja, *en;
} kk_item_words;
extern const kk_item_words kk_items[KK_ITEMS];

typedef enum {
    KK_ROLE_SELF, /* the row is about this person: customer, employee, member */
    KK_ROLE_ORDERER,
    KK_ROLE_ADDRESSEE,
    KK_ROLE_CONTACT,        /* contact person of a company */
    KK_ROLE_REPRESENTATIVE, /* of a company */
    KK_ROLE_FAMILY,         /* dependant, guardian, emergency contact */
    KK_ROLE_HOLDER,         /* of a card or an account */
    KK_ROLE_SENDER,         /* of a mail */
    KK_ROLE_RECIPIENT,
    KK_ROLES
} kk_role;
extern const char *const kk_role_names[KK_ROLES]; /* "self", "orderer", ... */

/* Why a slot is no living person to be counted. */
typedef enum {
    KK_COUNTS,          /* a person */
    KK_IS_ORGANISATION, /* a company or group name stands where a person's would */
    KK_IS_PLACEHOLDER,  /* test data, "テスト 太郎", sample, blank filler, header repeated */
    KK_IS_DECEASED,
    KK_NOT_IDENTIFIED, /* nothing that identifies: only a city, only a product */
    KK_STANDINGS
} kk_standing;

/* What told that a slot is nobody: see asides.def. */
typedef enum {
#define ASIDE(NAME, name, ja, en) KK_ASIDE_##NAME,
#include "model/asides.def"
    KK_ASIDES
} kk_aside;
/* ... and why nobody is in a table. */
typedef enum {
#define TABLE_REASON(NAME, name, ja, en) KK_TABLE_##NAME,
#include "model/table_reasons.def"
    KK_TABLE_REASONS
} kk_table_reason;
typedef struct {
    const char *name, *ja, *en;
} kk_aside_words;
extern const kk_aside_words kk_asides[KK_ASIDES], kk_table_reasons[KK_TABLE_REASONS];

/* Rules by which two mentions are one person: see docs/identity.md. Strength belongs to the rule. */
typedef enum {
#define RULE(NAME, strength, ja, en) KK_RULE_##NAME,
#include "model/rules.def"
    KK_RULES
} kk_rule;
typedef enum {
    KK_STRENGTH_CERTAIN,
    KK_STRENGTH_PROBABLE,
    KK_STRENGTH_POSSIBLE,
    KK_STRENGTH_NEVER
} kk_strength;
typedef struct {
    const char *name, *ja, *en;
    kk_strength strength;
} kk_rule_words;
extern const kk_rule_words kk_rules[KK_RULES];

#define KK_NO_DAY INT32_MIN

/* Nanoseconds of `dated`, which is the day and time as written: what was written beside the day. */
enum {
    KK_DATED_DAY = 0,     /* nothing: any time of that day */
    KK_DATED_CLOCK = 1,   /* a time of day without a zone */
    KK_DATED_ZONED = 2000 /* a time with its offset from UTC: this and the offset in minutes */
};

typedef struct kk_mention {
    kk_slice table;
    uint64_t record; /* row number as in kk_row */
    uint32_t slot;   /* from 0 within the record */
    uint64_t offset;
    uint32_t length;
    kk_role role;
    kk_standing standing;
    kk_aside reason;  /* of another standing than KK_COUNTS */
    uint16_t told_by; /* the column that gave it, from 1; 0: none in particular, or a text */
    uint64_t items;   /* KK_BIT of every item that has a value for this slot */
    kk_time dated;    /* order date, registration date, as KK_DATED_ says; KK_NO_TIME */
    kk_time left_at;  /* date of leaving, of an employee; KK_NO_TIME */
    kk_slice values;  /* packed keyed hashes: see values.h */
    /* As found, cleaned to UTF-8; empty where absent. Personal. */
    kk_slice name, kana, birth_date, postal_code, address, phone, email, company, person_no;
} kk_mention;

/* One table in which people were looked for. */
typedef struct kk_table {
    kk_slice table;
    const kk_slice *columns; /* header words as found: never values */
    size_t column_count;
    uint64_t header_row; /* 0: none found */
    uint64_t rows;       /* data rows */
    uint64_t mentions;
    uint64_t items;    /* found anywhere in it */
    bool about_people; /* false: looked at, no people in it */
    kk_table_reason reason;
    kk_slice why; /* "header 氏名, 住所; 40,600 rows": for explain, no values */
} kk_table;
