/* Inside of the recogniser: what is known of the table at hand, and telling who is in a row, a sheet or a passage. Only
 * for recogniser.c and telling.c. */
#pragma once
#include "recognise/header.h"
#include "recognise/key_values.h"
#include "recognise/layers.h"
#include "recognise/persona.h"
#include "recognise/recogniser.h"
#include "recognise/ruby.h"

enum {
    CELL_MAX = 64 * 1024, /* of a cell that is kept */
    PERSONAS_MAX = KK_SLOTS_MAX + 64,
    KEYS_SEEN = 8192
};

typedef struct {
    const kk_slice *cells;
    size_t count;
    uint64_t record, offset;
    uint32_t length;
    bool deleted, is_sample;
} held_row;

/* What a table, or the passages of an item, told. */
typedef struct {
    uint64_t mentions, persons, items;
} tally;

struct kk_recogniser {
    kk_recogniser_settings settings;
    const kk_lexicon *lexicon;
    void (*tell_mention)(void *context, const kk_mention *mention);
    void (*tell_table)(void *context, const kk_table *table);
    void *context;
    kk_arena *arena;    /* as long as the recogniser */
    kk_arena *of_table; /* name, kept rows, plan */
    kk_arena *of_row;
    bool open, planned, given_columns;
    bool turned;         /* its rows are columns of the sheet, all of one record */
    bool reading_held;   /* one waits, in layered_at, for the row with its name */
    bool others_in_cell; /* a cell names somebody, so that it is read once more to tell who */
    kk_slice table;
    held_row *rows;
    size_t row_count;
    kk_header header, all_headings; /* of the table at hand; of all in the sheet */
    kk_plan plan;
    size_t tables;        /* in the sheet until now */
    uint64_t last_record; /* of the row before, */
    bool last_alone;      /* ... which had one cell at most */
    kk_layers layers;     /* a record takes several rows: */
    uint64_t layered_from;
    bool after_sample;                /* the row before was a sample */
    uint64_t range_from, beyond_from; /* the first row of the range; and of what is behind it */
    kk_slice *layered;                /* ... what of one is here, */
    held_row layered_at;
    kk_arena *of_layers;
    kk_ruby ruby;                    /* readings have rows of their own */
    const kk_key_values *key_values; /* a row tells one thing of somebody: */
    held_row run[KK_RUN_MAX];        /* ... those of one until now */
    size_t run_count;
    bool told_before, beyond_over; /* the range before tells of him; nobody else is this one's */
    kk_cells key_headings;
    bool key_words;    /* values only say how keys are called */
    size_t key_column; /* keys that are not known yet may tell of people; SIZE_MAX: none */
    size_t replans;    /* times that one did */
    uint64_t keys_seen[KEYS_SEEN / 64]; /* by hash */
    uint16_t *texts;                    /* columns of free text */
    size_t text_count;
    kk_arena *of_cell;
    kk_slice cell; /* ... that is being read, its column, and how many persons the row has */
    size_t cell_column, row_persons;
    uint64_t data_rows, header_record;
    tally of_rows;
    kk_persona *personas;
    kk_places *places; /* from the first long table on */
    kk_mention mention;
    uint64_t content; /* of the row or text that is being told */
    /* passages, counted like a table */
    bool passages_open;
    kk_arena *of_passages;
    kk_slice passage_table;
    uint64_t passages, passage_record;
    uint32_t passage_slots; /* told of that record until now */
    tally of_texts;
    bool passages_began;
    bool shown_item, shown_table; /* a title says that a form is shown: of the item, of the table */
};

/* Tells everybody in a row of the planned table. */
void kk_tell_row(kk_recogniser *r, const held_row *row);
/* Tells one of those who were read in a sheet that is no table, or in a passage: of kk_passage_read. */
void kk_tell_of_sheet(void *context, kk_persona *p);
void kk_tell_of_passage(void *context, kk_persona *p);
