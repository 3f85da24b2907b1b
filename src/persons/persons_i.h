/* Inside of the persons room only: the graph of mentions that counts, lists and explanations read. */
#pragma once
#include "persons/identity.h"
#include "persons/persons.h"

typedef enum { EXPOSED_NOT, EXPOSED_REACHABLE, EXPOSED_LEFT } exposure_kind;
extern const char *const exposure_names[3];

/* An item in which people were found. */
typedef struct {
    uint64_t item, size;
    uint64_t digest; /* of its content; 0: not known */
    bool is_database;
    kk_slice label, key, path, host;
    exposure_kind exposure;
    const char *stage;
    const char *damage; /* case, evidence; NULL: not known to be encrypted or destroyed */
    kk_slice damage_label, damage_path; /* the encrypted file, where there is one */
    const struct kk_decision *judged;   /* gave the exposure; NULL: the evidence did */
    uint32_t first_table, table_count;
} person_file;

/* One of its tables; the item itself where it is one table. */
typedef struct {
    uint32_t file;
    kk_slice name, path;   /* path: that of the file and, behind '#', the name */
    kk_slice header;       /* JSON array of the heading words */
    uint64_t items, roles; /* of its mentions: KK_BIT, bit per kk_role */
    uint32_t category;     /* index of kk_persons.categories */
    uint32_t present; /* ... of those who have not left, where the category is of former people */
    uint32_t staff, /* ... of contacts; that of `present` but where the content proposes another */
        relatives;  /* ... of guardians and dependants; that of `present` where case.yaml says it */
    bool all_former;   /* who has no date of leaving has left too */
    bool proposed;     /* by its content: case.yaml is silent */
    kk_slice *because; /* ... what spoke for it */
    size_t because_count;
    uint32_t owner;      /* index of kk_persons.owners */
    uint32_t matched;    /* the first of the owners whose persons are matched with its own */
    uint32_t left_out;   /* 1 + the last decision that leaves it out or brings it back; 0: none */
    size_t first, count; /* its mentions */
    kk_set_aside *set_aside;
    size_t set_aside_count;
} person_table;

#define NO_DAY INT32_MIN
#define DAY (86400 * KK_SECOND)

/* By decisions. A record that is left out joins nobody; a person who is left out is one, uncounted. */
typedef enum { IS_IN, RECORD_LEFT_OUT, PERSON_LEFT_OUT } left_out_kind;

typedef struct {
    uint64_t record, items;
    uint64_t content; /* of its record */
    uint32_t table, slot;
    int32_t dated, left_at; /* days since 1970, NO_DAY if none */
    uint8_t role, standing;
    uint8_t captures, on_edge; /* bit per capture of case.yaml: in its time; perhaps in its time */
    uint8_t left_out;          /* left_out_kind */
    uint16_t category;         /* 1 + that of a decision about the person; 0: its table's */
} person_mention;

/* An id, by what it is made of. It belongs to a mention, its anchor, and names whoever has that. */
typedef struct person_name {
    uint64_t content, all;   /* it is made of; of all mentions together, to tell equal ones apart */
    uint64_t held;           /* content of the anchor: another's once that was handed on */
    uint32_t person, anchor; /* mentions; person: the first */
    uint32_t slot, twin, owner; /* twin: NAME_UNNUMBERED until it is known */
    uint32_t born;              /* how many states had been kept when the id was first given */
} person_name;

struct kk_identity_graph {
    kk_arena *arena;
    const kk_case_settings *settings;
    person_file *files; /* by evidence label, path */
    size_t file_count;
    person_table *tables; /* by file, name */
    size_t table_count;
    uint32_t *tables_by_item; /* the same, by item and name */
    person_mention *mentions; /* by table, record, slot */
    identity persons;         /* over the same mentions */
    person_name *names;       /* by person, the oldest first: that is the id; see ids.c */
    size_t name_count;
    kk_category_count *categories;
    int32_t discovered_day;  /* INT32_MAX: not said */
    struct decided *decided; /* see decided.h; NULL: nothing was decided about persons */
};

/* Fills files, tables, owners and mentions, and joins the mentions. */
KK_CHECKED kk_status graph_load(kk_identity_graph *g, kk_store *store, kk_persons *out,
                                kk_fault *fault);
/* The table of an item by name, UINT32_MAX if it has no mentions. */
uint32_t graph_table(const kk_identity_graph *g, uint64_t item, kk_slice name);
/* A mention by its place, UINT32_MAX if there is none. */
uint32_t graph_mention(const kk_identity_graph *g, uint32_t table, uint64_t record, uint32_t slot);
/* "PATH:RECORD" of an evidence (empty: any): how many mentions the record has, of any standing. Several
 * evidences with this path are told and give none. */
size_t graph_record(const kk_identity_graph *g, kk_slice evidence, kk_slice what, kk_arena *arena,
                    uint32_t **mentions, bool *is_several);
static inline const person_file *file_of(const kk_identity_graph *g, uint32_t mention)
{
    return &g->files[g->tables[g->mentions[mention].table].file];
}
/* What was taken of it while it was typed in; 0: it was not. */
uint64_t captured_items(const kk_identity_graph *g, const person_mention *m);
static inline exposure_kind exposure_of(const kk_identity_graph *g, uint32_t mention)
{
    const person_mention *m = &g->mentions[mention];
    bool left = m->captures && captured_items(g, m);
    return left ? EXPOSED_LEFT : file_of(g, mention)->exposure;
}
/* Of one that is exposed: what there is in files in reach, and what was captured. */
static inline uint64_t exposed_items(const kk_identity_graph *g, uint32_t mention)
{
    const person_mention *m = &g->mentions[mention];
    uint64_t held = file_of(g, mention)->exposure == EXPOSED_NOT ? 0 : m->items;
    return held | (m->captures ? captured_items(g, m) : 0);
}
/* Somebody stands there, living or dead. */
static inline bool is_somebody(const person_mention *m)
{
    return (m->standing == KK_COUNTS || m->standing == KK_IS_DECEASED) &&
           m->left_out != RECORD_LEFT_OUT;
}
/* ... who is in the figures. */
static inline bool is_counted(const person_mention *m)
{
    return is_somebody(m) && m->left_out == IS_IN;
}

/* Sets owners, then (once the mentions are known) categories of the tables, and makes their lists. */
void owners_settle(kk_identity_graph *g, kk_persons *out);
void categories_settle(kk_identity_graph *g, kk_persons *out);
uint32_t category_of(const kk_identity_graph *g, const person_mention *mention);

/* Which records were captured. */
KK_CHECKED kk_status captures_settle(kk_identity_graph *g, kk_store *store, kk_persons *out,
                                     kk_fault *fault);
/* Sets exposure, stage and damage of the files. */
void exposure_settle(kk_identity_graph *g, const kk_reach *reach);
/* Files that could not be read, and items that nothing in reach has. */
typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_reach *reach;
    kk_arena *arena;
    kk_identity_graph *graph;
    struct unread_listing *listing; /* from unread_load to unread_close */
    bool left_unread, held_unread;  /* something is unread in files that left; anywhere at all */
} unread_search;
/* Before anybody is counted: the files, and which of them show that their copies were encrypted. */
KK_CHECKED kk_status unread_load(unread_search *s, kk_persons *out, kk_fault *fault);
/* Afterwards: the list, with what the counted files suggest. */
void unread_list(unread_search *s, kk_persons *out);
void unread_close(unread_search *s);
/* Whose data a file is: by decision, else by its path. */
kk_slice owner_of_item(const unread_search *s, kk_arena *scratch, uint64_t item, kk_slice path);
KK_CHECKED kk_status absent_find(unread_search *s, kk_persons *out, kk_fault *fault);
bool is_in_reach(const unread_search *s, uint64_t item, kk_slice host);
bool holds_key(const uint64_t *keys, size_t count, uint64_t key); /* keys ascend */

/* Every figure of `out` but `bounded`, `complete` and the lists above. */
void counts_make(kk_identity_graph *g, kk_persons *out);

/* Distinct ones, by their names. */
KK_CHECKED kk_status organisations_count(kk_store *store, uint64_t *count, kk_fault *fault);

/* Mentions by person: those of one follow each other, persons by their first mention. */
typedef struct {
    uint32_t *mentions;
    size_t count;
} person_order;
person_order persons_in_order(const kk_identity_graph *g, const uint32_t *of, kk_arena *arena);

/* A ref without bytes: evidence, path, record. */
void mention_ref_json(kk_json *j, const char *key, const kk_identity_graph *g, uint32_t mention);
/* Gives the persons of the count their ids. */
void ids_settle(kk_identity_graph *g);
#define NAME_UNNUMBERED UINT32_MAX
/* Gives those without a number the smallest that nobody of the same content has; sorts by person and age. */
void names_number(person_name *names, size_t count);
kk_slice name_id(const person_name *name, kk_arena *arena);
/* Of the person whose first mention this is. */
kk_slice person_id(const kk_identity_graph *g, uint32_t mention, kk_arena *arena);
/* The person with this id, or who has the mention that once gave a person this id. */
bool person_by_id(const kk_identity_graph *g, kk_slice id, uint32_t *person);

/* The personal columns, as found. */
typedef enum {
    VALUE_NAME,
    VALUE_KANA,
    VALUE_BIRTH_DATE,
    VALUE_POSTAL_CODE,
    VALUE_ADDRESS,
    VALUE_PHONE,
    VALUE_EMAIL,
    VALUE_COMPANY,
    VALUE_PERSON_NO,
    VALUES
} value_kind;
/* Tells each row of the personal table; `where` is empty or a WHERE clause over items, made here.
 * Texts live until the call returns. */
KK_CHECKED kk_status personal_read(const kk_identity_graph *g, kk_store *store, const char *where,
                                   void (*row)(void *context, uint32_t mention,
                                               const kk_slice values[VALUES]),
                                   void *context, kk_fault *fault);
