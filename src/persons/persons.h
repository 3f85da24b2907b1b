/* Distinct persons: mentions joined by named rules, counted by category, by exposure and with bounds.
 * Only keyed hashes are compared; names are read for lists alone. See docs/identity.md.
 *
 * count: joined by certain and probable rules; most: by certain ones only; least: by possible ones
 * too. The truth is to lie between. */
#pragma once
#include "casefile/settings.h"
#include "model/ref.h"
#include "store/store.h"

/* How far a file is known to have gone, the furthest last. */
typedef enum {
    KK_STAGE_NONE,
    KK_STAGE_REACHABLE,
    KK_STAGE_COLLECTED,
    KK_STAGE_CAPTURED,
    KK_STAGE_TRANSFERRED,
    KK_STAGE_PUBLISHED
} kk_stage;
typedef struct {
    uint64_t item;
    kk_stage stage;
} kk_staged;

/* What is known of the intruder's reach; item keys are ascending. All empty without an intrusion. */
typedef struct {
    const uint64_t *left,
        *reachable; /* content known to have left; could be read, the former included */
    size_t left_count, reachable_count;
    const kk_staged *staged; /* by findings; by item */
    size_t staged_count;
    const kk_slice *hosts; /* machines the intruder was on */
    size_t host_count;
    bool complete; /* false: bytes left whose content is not identified */
} kk_reach;

typedef struct {
    uint64_t count, least, most;
    bool bounded; /* false: files in reach are unread, so `most` is no bound */
} kk_count_of;

typedef struct {
    kk_item item;
    uint64_t left, reachable;
} kk_item_count;

/* A kind of data of which nothing that was looked through has any. */
typedef struct kk_absent {
    kk_item item;
    uint64_t files, bytes, tables, unread;
} kk_absent;

typedef struct {
    kk_slice name, label_ja, label_en, parent, owner;
    bool proposed; /* some or all of it by the content of tables, of which case.yaml says nothing */
    kk_count_of left, reachable, damaged, held;
    uint64_t records;
    kk_time period_from, period_to;
    kk_item_count *items;
    size_t item_count;
    struct kk_role_count {
        kk_role role;
        kk_count_of reachable;
    } * roles;
    size_t role_count;
    kk_absent *absent; /* of an owner: in the files that are his */
    size_t absent_count;
} kk_category_count;

/* What names and neighbours say of a file that nobody could read. */
typedef struct {
    const char
        *because; /* case, copy, series, name, folder, kind; NULL: nothing suggests anything */
    kk_slice category, label_ja, label_en; /* name; empty: none is suggested */
    uint64_t items;                        /* KK_BIT: of those read files; none by a name alone */
    kk_slice word;                         /* by a name: what in it says so */
    kk_slice evidence, like;               /* a read file that it is like; path */
} kk_suggestion;

typedef struct {
    kk_slice path, host, owner, evidence;
    const char *reason; /* encrypted, damaged, password, format */
    const char *kind;   /* document, database, archive, mail_store, image, volume */
    uint64_t bytes;
    kk_suggestion suggests;
    const char *estimate_by; /* case, size; NULL: there is none */
    kk_count_of estimate;
} kk_unread;

/* Places for a person in records that do not count, by what told. */
typedef struct {
    kk_standing standing;
    kk_aside reason;
    kk_slice column; /* heading of the column that told; empty: none alone, or a text */
    uint64_t mentions;
} kk_set_aside;

typedef struct {
    uint64_t item;
    kk_slice evidence, path, host, category;
    kk_slice owner;          /* of its largest table */
    bool proposed;           /* the category, by content */
    const kk_slice *because; /* ... by these words of headings and names, and items */
    size_t because_count;
    uint64_t records, persons;
    uint64_t items;                              /* KK_BIT */
    uint64_t captured_records, captured_persons; /* entered while a page captured them */
    const char *damage; /* by case, by evidence; NULL: not known to be encrypted or destroyed */
    kk_slice damage_label, damage_path; /* what it was made, where that is in evidence */
    const char *exposure;               /* left, reachable, none: of the file as a whole */
    const char *stage; /* published, transferred, collected, read, reachable, captured, none */
    uint64_t excluded; /* records that a decision leaves out; not in `records` */
    kk_set_aside *set_aside; /* by reason */
    size_t set_aside_count;
    const struct kk_decision *judged; /* gave the exposure; NULL: the evidence did */
} kk_person_source;

/* A decision in force about persons, and what came of it. */
typedef struct {
    const struct kk_decision *decision;     /* NULL: not about persons, or not in force */
    bool is_found;                          /* false: the case does not hold what it is about */
    bool holds;                             /* something follows from it */
    const struct kk_decision *overruled_by; /* a later one that takes all or some of it back */
} kk_person_decision;
/* in_force, overruled, orphan, or without_effect: the records are there and nothing follows from it. */
const char *kk_person_decision_state(const kk_person_decision *decision);

typedef struct kk_identity_graph
    kk_identity_graph; /* mentions and their joins, for explain and --list */

typedef struct {
    kk_count_of left, reachable, held, damaged;
    uint64_t overlap_left, overlap_reachable;
    bool complete;
    kk_category_count *categories;
    size_t category_count;
    kk_category_count *owners; /* by_owner, the same shape */
    size_t owner_count;
    kk_time period_from, period_to;
    uint64_t records, organisations, deceased, placeholders;
    uint64_t excluded_persons, excluded_records; /* by decisions; in no other figure */
    kk_set_aside *set_aside;                     /* by recognition, in all files; no columns */
    size_t set_aside_count;
    struct kk_without_people {
        kk_table_reason reason;
        uint64_t tables, rows;
        kk_refs refs; /* evidence and path alone, the first ones */
    } * without;      /* tables and texts that nobody is in */
    size_t without_count;
    kk_person_decision *decisions; /* in their order */
    size_t decision_count;
    kk_unread *unread;
    size_t unread_count;
    kk_absent *absent;
    size_t absent_count;
    kk_person_source *sources;
    size_t source_count;
    struct kk_captured {
        const kk_capture *said;
        uint64_t records; /* in its time, of them: */
        uint64_t on_edge; /* ... only perhaps, by a day alone that its time cuts */
        uint64_t undated; /* in its tables, without a date: not counted */
    } * captures;         /* as in case.yaml */
    size_t capture_count;
    kk_identity_graph *graph;
} kk_persons;

KK_CHECKED kk_status kk_persons_count(kk_store *store, const kk_case_settings *settings,
                                      const kk_reach *reach, kk_arena *arena, kk_persons *out,
                                      kk_fault *fault);
/* A category's label, with a remark where it is a proposal that nobody has confirmed. */
kk_slice kk_category_shown(kk_arena *arena, const kk_category_count *category, bool japanese);
/* How people name what they decide about. */
typedef struct {
    kk_texts ids;      /* persons; a file's path or SHA-256, PATH#TABLE, PATH:RECORD; owners */
    kk_slice evidence; /* label, where several hold the same path */
    kk_texts records;  /* of a split: PATH:RECORD of those that are somebody else */
} kk_person_words;
/* Finds what a decision is about and writes it down by content: of, parts, file, evidence, path, table;
 * `kind`, `as` and `rule` are given. KK_INVALID with one sentence for what does not fit. */
KK_CHECKED kk_status kk_person_decision_name(kk_store *store, const kk_persons *persons,
                                             const kk_person_words *words, kk_arena *arena,
                                             struct kk_decision *decision, kk_fault *fault);
void kk_persons_json(kk_json *j, const kk_persons *persons);
/* Somebody living of whom something is in reach. Texts are empty where no record has the value. */
typedef struct {
    kk_slice id, category, owner;
    uint32_t part, parts; /* of a list of letters: this is the first of two to this id; else 0 */
    kk_slice name, kana, phone, email; /* of the newest record that has it */
    kk_slice postal_code, address;     /* of the newest record that a letter would reach */
    int32_t address_day;               /* since 1970, of that record; KK_NO_DAY */
    uint64_t items;                    /* KK_BIT; of the records in reach */
    uint64_t records;
    const char *exposure;    /* left, reachable */
    const char *channel;     /* letter, email, phone, none */
    const char *unreachable; /* with channel none: no_contact, incomplete_address; else NULL */
    /* Why no letter may tell him about himself: merge, no_name, no_address, incomplete_address; NULL: one may. */
    const char *hold;
    kk_refs refs; /* of the records in reach, the first ones */
} kk_person_line;
/* A line for each person; or for each letter: records that were joined certainly, with their own items and
 * address alone; or for each person that nobody can reach. */
typedef enum { KK_LIST_PERSONS, KK_LIST_LETTERS, KK_LIST_UNREACHABLE } kk_person_list;
/* `persons --list`: lines in the order of their first record; texts are valid until it returns. */
KK_CHECKED kk_status kk_persons_list(kk_store *store, const kk_persons *persons,
                                     kk_person_list kind,
                                     void (*line)(void *context, const kk_person_line *line),
                                     void *context, kk_fault *fault);
void kk_person_line_json(kk_json *j, const kk_person_line *line);
/* Writes an entry of `refs`, with the bytes that stand there where these can be read. */
typedef struct {
    void (*put)(void *context, const kk_ref *ref);
    void *context;
} kk_ref_writer;
/* The document of `explain` for a person's id: its mentions, the joins with their rules, refs. */
KK_CHECKED kk_status kk_person_explain(kk_store *store, const kk_persons *persons, kk_slice id,
                                       const kk_ref_writer *refs, kk_arena *arena, kk_json *j,
                                       bool *found, kk_fault *fault);
