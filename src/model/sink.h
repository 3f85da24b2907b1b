/* Where a parser speaks: events, rows that may hold people, issues, children. A parser never learns
 * who listens: the worker's batches, a test, or the fuzz harness. Slices given need to live only
 * until the call returns. */
#pragma once
#include "base/arena.h"
#include "model/event.h"

/* The evidence is damaged, missing, or over a limit. Not a failure of ours. */
typedef enum {
    KK_ISSUE_DAMAGED,   /* bytes that do not fit the format; what follows was still read */
    KK_ISSUE_TRUNCATED, /* ends before it should */
    KK_ISSUE_LIMIT,     /* a limit of ours held against a bomb or a giant */
    KK_ISSUE_MISSING,   /* a segment, a sibling, a key that should be there */
    KK_ISSUE_PASSWORD,  /* encrypted or behind a password */
    KK_ISSUE_FORMAT,    /* recognised, but a variant that is not read */
    KK_ISSUE_UNPARSED,  /* lines that no rule understood (count them, do not list each) */
    KK_ISSUE_CLEARED,   /* signs that a log was cleared or altered */
    KK_ISSUE_CRASHED,   /* the worker died on it */
    KK_ISSUE_LINK,      /* a link or name that points outside, or in a loop */
    KK_ISSUES
} kk_issue_kind;

typedef struct {
    kk_issue_kind kind;
    uint64_t offset;
    uint64_t count; /* how many times; 0 means once */
    kk_slice what;  /* one English sentence part without personal data: "record 17 is cut short" */
} kk_issue;

const char *kk_issue_name(kk_issue_kind kind); /* "damaged", "truncated", ... */

/* A row of a table, or a document about people. The recogniser finds the header among the first
 * rows itself unless `columns` are given. */
typedef struct {
    kk_slice table;          /* sheet or table name; empty where the item is one table */
    const kk_slice *columns; /* NULL: not known, a header may be among the first ten rows */
    const kk_slice *cells;
    size_t count;    /* cells; with columns, as many as columns */
    uint64_t record; /* row number from 1, as a person would count it in that table */
    uint64_t offset; /* in the item's bytes, where there is one */
    uint32_t length;
    bool deleted;
    bool is_sample; /* only for judging the table: whoever reads the range that it is in tells it */
    bool is_beyond; /* behind the range that is read: told only to end a record of several rows */
} kk_row;

/* How many rows are told behind a range: what is known of one person may take as many, see key_values.h. */
#define KK_ROWS_BEYOND 240

/* A table is judged by so many of its first rows, whatever range of it is read. */
#define KK_SAMPLE_ROWS 200

/* Free text in which people may be named: a mail body, a note. */
typedef struct {
    kk_slice table;
    kk_slice text;
    kk_slice
        receiver; /* of a mail: the mailbox it went to, if that is a single one; "name <mailbox>" */
    kk_slice sender; /* ... and that it came from */
    uint64_t record, offset;
} kk_passage;

/* A stream inside. `read` is called until it returns 0 (end) or < 0 (damaged from here), in order,
 * before child() returns. A parser that can open the child again later gives a token for its
 * kk_parser.open; without one the content is kept aside. */
typedef struct kk_child {
    kk_slice name;     /* path below this item, '/' between names, no leading one */
    const char *joint; /* "!/" into a container, "#" a sheet, "/" as part of the path */
    uint64_t size;     /* as declared; UINT64_MAX if not known */
    kk_slice token;
    kk_time modified; /* KK_NO_TIME if not known */
    bool is_volume;   /* not a file: a partition or the media of an image */
    ptrdiff_t (*read)(void *context, void *into, size_t len);
    void *context;
} kk_child;

/* What other items need in order to be read: facts about the machine. */
typedef enum { KK_FACT_HOST, KK_FACT_ZONE, KK_FACTS } kk_fact_kind;

typedef struct kk_sink kk_sink;
struct kk_sink {
    kk_arena *arena; /* of the unit being parsed; a parser may reset marks of its own, never this */
    void (*event)(kk_sink *sink, const kk_event *event);
    void (*row)(kk_sink *sink, const kk_row *row);
    void (*passage)(kk_sink *sink, const kk_passage *passage);
    void (*issue)(kk_sink *sink, const kk_issue *issue);
    void (*child)(kk_sink *sink, const kk_child *child);
    void (*fact)(kk_sink *sink, kk_fact_kind kind, kk_slice value);
    /* Where the next range of a table begins, and what who reads it must know: kk_settings.place. NULL:
     * whoever listens wants it read as a whole. */
    void (*cut)(kk_sink *sink, uint64_t offset, kk_slice place);
    /* The item was opened by a password of kk_settings.found, counted from 1. NULL: nobody asks. */
    void (*opened)(kk_sink *sink, uint32_t number);
    /* Whether an event, of which dataset, provider, code and host are there, may come with its further fields
     * unread and without other columns than these and the message. NULL: no. */
    bool (*unread)(kk_sink *sink, const kk_event *begun);
    bool stopped;               /* the listener wants no more: parsers look at it once per record */
    struct kk_layouts *layouts; /* numbers for names of events, or NULL */
};

/* One line for the commonest call. */
void kk_report(kk_sink *sink, kk_issue_kind kind, uint64_t offset, const char *format, ...)
    KK_PRINTF(4, 5);
/* What was counted while reading, told at the end; nothing where the count is 0. */
void kk_report_count(kk_sink *sink, kk_issue_kind kind, uint64_t count, const char *what);
/* ... with the place of the first of them. */
void kk_report_first(kk_sink *sink, kk_issue_kind kind, uint64_t count, uint64_t first,
                     const char *what);

/* Hears nothing; who wants some of it sets those. `cut`, `opened` and `layouts` are NULL. */
kk_sink kk_sink_deaf(kk_arena *arena);
