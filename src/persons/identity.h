/* Which mentions are one person, out of keyed hashes alone. Nothing here knows a store, a file or a
 * value: mentions are numbers in a total order, keys are (rule, hash), contrasts are hashes.
 *
 * Mentions that share a key of a rule are joined, unless what is known of the two persons
 * contradicts it (a veto). Rules are taken from the strongest to the weakest; the state after the
 * certain ones, after the probable ones and after the possible ones are the three partitions that
 * counts are made from. Groups of equal keys are taken in the order of what stands in the records and
 * never of their hashes, so that neither the order of rows, files or arrival nor the case's key shows
 * in the result.
 * Grounds: docs/persons.md. */
#pragma once
#include "base/arena.h"
#include "persons/keys.h"

/* Values of which two that are there and differ speak against a join. */
typedef enum {
    SAID_BIRTH,
    SAID_SEX,
    SAID_NAME,
    SAID_GIVEN,
    SAID_KANA,
    SAID_READING, /* as letters tell it: without long vowels */
    SAID_ROOM,
    SAID_MOBILE,
    SAID_LANDLINE,
    SAID_EMAIL,
    SAID_ADDRESS,
    SAID_ZIP,
    SAID_KINDS
} said_kind;

/* What a name is written in; names of two scripts cannot be compared, and the higher one is known of a
 * person. */
typedef enum { NAME_UNKNOWN, NAME_IN_LETTERS, NAME_IN_KANA, NAME_IN_KANJI } name_script;

typedef struct {
    uint32_t said[SAID_KINDS]; /* 0: not said */
    uint16_t several;          /* bit per kind: of this person different ones were said */
    uint8_t script;            /* of the name: name_script */
    bool at_company;           /* address and telephone may be the company's */
    bool is_relative;          /* of a mention: stands in the record as somebody else's relative */
    bool is_numbered;          /* ... has a number of a register that is nobody else's */
    int32_t from, to;          /* days of the records; 0, 0: not dated */
} contrast;

contrast contrast_of(const kk_values *values);
/* The name of a mention whole and with each character left out, as far as it is not too long for that; 0
 * ends it. Names that are one character apart share one of these. The lowest bit is 0 where the surname
 * or the given name is gone with that character. */
typedef struct {
    uint32_t hash[NEAR_MOST];
} near_names;
near_names near_names_of(const kk_values *values);
/* What is known of a part becomes known of the whole person. */
void contrast_learn(contrast *whole, const contrast *part);

/* Packed: a large case has some thirty for each mention. */
typedef struct __attribute__((packed, aligned(4))) {
    uint64_t hash;
    uint32_t mention;
} rule_key;

typedef struct {
    uint32_t a, b; /* mentions that share the key */
    uint8_t rule;  /* kk_rule */
    uint8_t strength;
} join_edge;

/* The file that a table lies in with others. */
typedef struct {
    uint64_t file; /* equal for tables of one; 0: it is alone */
    uint64_t name; /* where it may say whose customers the table lists; 0: it does not */
    bool of_database;
} table_place;

/* Where mentions and keys come from: any part may be asked for by any processor, at any time, more than
 * once. The order of keys does not matter. */
typedef struct key_sink key_sink;
typedef struct about_sink about_sink;
typedef struct {
    const void *context;
    size_t parts;
    /* Gives the keys of the mentions of this part, of the wanted rules (bits). */
    void (*tell)(const void *context, size_t part, uint32_t rules, key_sink *sink);
    /* Puts what is known of each mention of this part (about_put), once. */
    void (*say)(const void *context, size_t part, about_sink *sink);
    /* Of a mention the table it stands in, of so many; NULL: all stand in one. Of a table: equal for those
     * of one folder or database; NULL: nothing is known of that. */
    uint32_t (*table_of)(const void *context, uint32_t mention);
    const uint64_t *kept_in;
    const table_place *places; /* of a table; NULL: nothing is known of that */
    size_t tables;
    size_t at_once; /* keys held at a time; 0: as many as the machine's memory suggests */
    /* Gives files for what memory is too small for: then all keys are made once. NULL: it is not. */
    int (*open_file)(void *context);
    void *files;
    bool people_in_memory; /* not what is known of people, which is looked at here and there */
} key_source;

void key_give(key_sink *sink, unsigned rule, uint64_t hash, uint32_t mention);

/* Where what is known of a mention goes, zeroed. `lies_by`: a hash of the home, or else of the name or a contact: what
 * is compared most. Mentions of one hash lie near each other, where that matters; it does not show in the result. */
typedef struct {
    contrast *said;
    near_names *near;
} about_place;
about_place about_put(about_sink *sink, uint32_t mention, uint64_t lies_by, bool has_home);

/* A mention that a decision is about. */
typedef struct {
    uint32_t decision; /* a later one counts more */
    uint32_t
        part; /* of a split: another person than the other parts; of a merge: one with its part */
    uint32_t mention;
    bool is_apart; /* a split */
} ruling;

#define RULED_BY_NONE UINT32_MAX
typedef struct {
    bool holds;            /* something follows from it */
    uint32_t overruled_by; /* a later decision that takes some or all of it back; RULED_BY_NONE */
} ruling_outcome;

/* Where in a document a mention stands. */
typedef struct {
    uint32_t document; /* its number; 0: in none */
    uint32_t list; /* the number of the list in it whose rows may be namesakes; 0: in its text */
} in_document;

/* Beside whom a mention stands in its record, as somebody else's relative, addressee or the like. */
typedef struct {
    int8_t away; /* so many mentions further on; 0: beside nobody */
    uint8_t role;
} beside_whom;

typedef struct {
    size_t count;           /* of mentions */
    const uint32_t *record; /* for each mention its record, counted; NULL: each is one of its own */
    const in_document *documents; /* for each mention; NULL: none is in one */
    const beside_whom *beside;    /* for each mention; NULL: none stands beside another */
    /* What stands in its record. Mentions are taken in this order, so that moving rows or files
     * about changes nothing; NULL: in the order of their numbers. */
    const uint64_t *content;
    const ruling *rulings; /* by decision, ascending */
    size_t ruling_count;
    ruling_outcome *outcomes; /* by decision; filled, where there are rulings */
    uint32_t *certain;        /* for each mention the first mention of its person */
    uint32_t *probable;
    uint32_t *possible;
    join_edge *edges; /* the joins that were made: a spanning forest, strongest first */
    size_t edge_count;
    const struct registers *registers; /* which tables number one register; NULL: all do */
    bool births_slip, names_slip, contacts_tell,
        contacts_run; /* how far values can be trusted: see docs/identity.md */
} identity;

/* Fills everything from `certain` on; the caller has set the others. */
void identity_find(identity *persons, const key_source *source, kk_arena *arena);

/* Sorts by hash, then mention: linear in the number of keys. */
void rule_keys_sort(rule_key *keys, size_t count);
/* Calls work once for each part, on all processors; hands are numbered from 0 to HANDS - 1. */
enum { HANDS = 4 };
typedef void (*part_work)(void *context, unsigned hand, unsigned part);
void hands_work(part_work work, void *context, unsigned parts);

/* The first mention of the person; shortens the way there. */
static inline uint32_t person_of(uint32_t *parent, uint32_t mention)
{
    while (parent[mention] != mention) {
        parent[mention] = parent[parent[mention]];
        mention = parent[mention];
    }
    return mention;
}

/* The same without shortening it: several processors may look at once. */
static inline uint32_t person_seen(const uint32_t *parent, uint32_t mention)
{
    while (parent[mention] != mention)
        mention = parent[mention];
    return mention;
}
