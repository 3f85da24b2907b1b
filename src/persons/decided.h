/* What people decided about persons, their records and the files these are in: read from the case's
 * decisions, found again by content, and applied where tables and mentions are settled.
 *
 * A record is what stands in it (content and slot): records that say the same, word for word, are decided
 * together. A file is the one at its place with its bytes; else every file with these bytes; else the one
 * at its place; and what is inside of it. */
#pragma once
#include "casefile/decisions.h"
#include "persons/persons_i.h"

/* A record that a decision names. */
typedef struct {
    uint64_t content;
    uint32_t slot, decision, part;
} decided_record;

typedef struct {
    uint64_t item;
    uint32_t decision;
} decided_item;

struct decided {
    const kk_decisions *all;
    decided_record *records; /* by content, slot, decision */
    size_t record_count;
    decided_item *items; /* by item, decision */
    size_t item_count;
    kk_person_decision *outcomes; /* of every decision, by its number from 0 */
    uint32_t *categories;         /* of each that gives one, UINT32_MAX */
    bool on_persons;              /* some are of whole persons */
};

/* "CONTENT.SLOT", as decisions keep it. */
kk_slice decided_record_text(const person_mention *m, kk_arena *arena);

/* Sets `decided` of the graph; NULL stays where nothing was decided about persons. */
KK_CHECKED kk_status decided_read(kk_identity_graph *g, kk_store *store, kk_fault *fault);
/* The last decision of a kind about a table, a file or an item; NULL if none. */
const kk_decision *decided_of_table(const kk_identity_graph *g, const person_table *t,
                                    kk_decision_kind kind);
const kk_decision *decided_of_item(const kk_identity_graph *g, uint64_t item,
                                   kk_decision_kind kind);
/* Once owners are known: what tables are left out, and which owners' persons are matched. */
void decided_tables(kk_identity_graph *g, const kk_persons *out);
/* Whether the record is left out, by itself or with its table. */
bool decided_leaves_out(const kk_identity_graph *g, const person_mention *m);
/* Hands merges and splits to identity. */
void decided_rulings(kk_identity_graph *g);
/* Once persons and categories are known: those who are left out or of a decided category, whole. */
void decided_persons(kk_identity_graph *g);
/* Whether a decision is about this mention's record, its table or its file. */
bool decided_names(const kk_identity_graph *g, const person_mention *m, uint32_t decision);
/* The reach with what was decided of single files. */
kk_reach decided_reach(const kk_identity_graph *g, const kk_reach *reach);
/* The list of `out`: all in force that are about persons. */
void decided_list(const kk_identity_graph *g, kk_persons *out);
