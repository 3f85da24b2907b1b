/* What a count was made from, kept so that every later change of the number can be worked out: which
 * mention stood in which file, whether it counted, in what category, whose, how far exposed, and who was
 * with whom. Holds places and numbers, never a value. See docs/persons.md, How a number changed. */
#pragma once
#include "persons/persons.h"

typedef struct kk_person_state kk_person_state;

/* What a state is known by; texts live as long as whoever gave them. */
typedef struct {
    kk_slice state, tool, case_yaml; /* hashes in hexadecimal; "kakuho 1.2" */
    const kk_slice *decisions;       /* ids of those in force */
    size_t decision_count;
} kk_state_head;

/* A view of the count as it stands; it lives as long as `persons` and the texts of `head`. */
kk_person_state *kk_person_state_of(const kk_persons *persons, const kk_state_head *head,
                                    kk_arena *arena);
/* The bytes to keep. `key`: what ids are made of is covered with it. */
void kk_person_state_pack(const kk_person_state *state, const kk_hash_key *key, kk_buffer *out);
/* Out of bytes that were held against their hash; KK_STORE where they are none. */
KK_CHECKED kk_status kk_person_state_unpack(kk_slice bytes, const kk_hash_key *key, kk_arena *arena,
                                            kk_person_state **out, kk_fault *fault);
const kk_state_head *kk_person_state_head(const kk_person_state *state);

/* Gives persons the ids that they had in an earlier state. `number` is how many states were kept
 * before: ids that are new get it as their age. */
void kk_persons_keep_ids(kk_persons *persons, const kk_person_state *before, uint32_t number);
/* Tells what became of the ids of an earlier state, where somebody else has them now or nobody, in the
 * order of its persons. `how`: merged (`now` is whom its records belong to), split (`now` is another
 * one who has some of its records), gone (`now` is empty). */
void kk_persons_moved_ids(const kk_persons *persons, const kk_person_state *before,
                          void (*tell)(void *context, kk_slice old, kk_slice now, const char *how),
                          void *context);

/* ---- the change of a figure ---- */

typedef enum { KK_OF_REACHABLE, KK_OF_LEFT, KK_OF_HELD, KK_OF_DAMAGED, KK_OF_ALL } kk_basis;
typedef enum { KK_BOUND_COUNT, KK_BOUND_LEAST, KK_BOUND_MOST, KK_BOUNDS } kk_bound;
extern const char *const kk_basis_names[KK_OF_ALL], *const kk_bound_names[KK_BOUNDS];

typedef struct {
    kk_basis basis;
    kk_bound bound;
    kk_slice category, owner; /* empty: all */
} kk_figure;

typedef enum {
    KK_STEP_FILE_ADDED,
    KK_STEP_FILE_WITHDRAWN,
    KK_STEP_EXPOSURE_CHANGED,
    KK_STEP_MERGED,
    KK_STEP_SPLIT,
    KK_STEP_CATEGORY_CHANGED,
    KK_STEP_DEFINITION_CHANGED,
    KK_STEP_DECOY_REMOVED,
    KK_STEP_DECISION,
    KK_STEP_NOT_RECONSTRUCTIBLE,
    KK_STEPS
} kk_change_kind;

typedef struct {
    kk_slice evidence, path;
    uint64_t record;   /* 0: the file */
    kk_slice decision; /* its id; then nothing else */
} kk_change_ref;

typedef struct {
    kk_change_kind what;
    kk_slice ja, en;
    int64_t change;
    kk_change_ref *refs;
    size_t ref_count;
} kk_change_step;

/* As the contract writes a count; what nobody said or counted is absent. */
typedef struct {
    kk_count_of of;
    const char *unit;
    bool counted; /* false: said by somebody, `of.count` alone holds */
} kk_figure_count;

typedef struct {
    kk_arena *arena;
    kk_figure figure;
    kk_figure_count from, to;
    kk_change_step *steps;
    size_t step_count, capacity;
} kk_change;

uint64_t kk_state_figure(const kk_person_state *state, const kk_figure *figure);
/* Whether the state has a category or an owner of that name. */
bool kk_state_has_category(const kk_person_state *state, kk_slice name);
bool kk_state_has_owner(const kk_person_state *state, kk_slice name);
kk_figure_count kk_state_counts(const kk_person_state *state, const kk_figure *figure);
/* Adds the steps from one state to another, which sum to the difference of the two figures exactly:
 * each is applied to the mentions and counted. */
void kk_change_add(kk_change *change, const kk_person_state *from, const kk_person_state *to);
/* A step that was counted elsewhere; false and nothing added where it changes nothing. */
kk_change_step *kk_change_tell(kk_change *change, kk_change_kind what, int64_t by, kk_slice ja,
                               kk_slice en);
void kk_change_refer(kk_change *change, kk_change_step *step, kk_change_ref ref);
/* Whether a number that was written by hand equals something that the state has: persons, records, files. */
bool kk_state_has_reported(const kk_person_state *state, const kk_figure *figure,
                           const kk_reported_count *said);
/* From such a number to the figure of a state: what equals it there is the way to persons; where nothing
 * does, one step says that it cannot be worked out. `from` becomes that number. */
void kk_change_from_reported(kk_change *change, const kk_reported_count *said,
                             const kk_person_state *then);
void kk_change_json(kk_json *j, const kk_change *change);
