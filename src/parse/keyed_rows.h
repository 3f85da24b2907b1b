/* Rows out of trees: JSON and XML say what begins, what it holds and what ends; here the members of a
 * record, nested ones too, become cells under dotted names, and records become rows of tables.
 *
 * The beginning of a file is gone through twice, to learn its columns, then the whole, to tell. Elements of a
 * list inside a record are rows of a table of their own where they name somebody, and columns of the
 * record around them (phones.number, phones.2.number) where they do not. Rows of inner tables wait until
 * what is around them has been told, so that tables do not interrupt each other. */
#pragma once
#include "parse/parser.h"

typedef struct kk_keyed_rows kk_keyed_rows;

typedef enum {
    KK_KEYED_DOCUMENT, /* stands alone, or one behind the other in a stream */
    KK_KEYED_ELEMENT,  /* one of several: of a list, of a map by ids, of repeated names */
    KK_KEYED_PART,     /* a member with members: its key goes before theirs */
    KK_KEYED_LINE      /* a list of bare values: a row without names */
} kk_keyed_kind;

/* Has to be closed. The beginning comes first, for what kind of documents they are. */
kk_keyed_rows *kk_keyed_rows_open(kk_arena *arena, kk_sink *sink);
/* The beginning comes again, for the columns. `many`: each document is a record; else the one document
 * holds them, and is one itself only where it names somebody and is `whole`. */
void kk_keyed_rows_learn(kk_keyed_rows *r, bool many, bool whole);
/* Everything comes, to be told. */
void kk_keyed_rows_start(kk_keyed_rows *r);
/* Tells what waits, and what was counted. */
void kk_keyed_rows_close(kk_keyed_rows *r);

/* `key` is empty for what has none; `number` of an element counts from 1. */
void kk_keyed_begin(kk_keyed_rows *r, kk_keyed_kind kind, kk_slice key, uint32_t number,
                    uint64_t offset);
void kk_keyed_value(kk_keyed_rows *r, kk_slice key, kk_slice value);
/* What began last. */
void kk_keyed_end(kk_keyed_rows *r, uint64_t end);
/* As if what began last had never been. */
void kk_keyed_drop(kk_keyed_rows *r);
/* The elements of what began last are rows of a table of this name, whatever is around them. */
void kk_keyed_name_table(kk_keyed_rows *r, kk_slice name);
/* A member of the innermost record so far; empty if there is none. */
kk_slice kk_keyed_member(const kk_keyed_rows *r, const char *key);
/* Whether a value may be somebody's: a mailbox, a telephone number, or anything but ASCII. Settings of programs hold mostly others. */
bool kk_keyed_may_tell(kk_slice value);
/* Whether nothing is open but the one document that holds the records. */
bool kk_keyed_outermost(const kk_keyed_rows *r);
