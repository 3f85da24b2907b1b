/* A page as kakuho-pdf tells it: words and their places, in hundredths of a point from the upper left.
 * What stands in tables is taken first, then pairs of a form (a label and what it is for), then the rest
 * as running text. Used by pdf*.c. */
#pragma once
#include "parse/parser.h"

typedef struct {
    int32_t x0, y0, x1, y1;
    int32_t em;    /* width of a kanji, about */
    uint32_t line; /* in the order of reading */
    kk_slice text;
    kk_slice label;         /* of a field of a form: its name */
    bool down, field, used; /* down: written from top to bottom; used: told already */
} pdf_word;

typedef struct {
    kk_arena *arena; /* of the page */
    uint64_t number;
    int32_t width, height, em;
    pdf_word *words;
    size_t count, capacity;
    uint32_t lines;
    bool down;     /* only words that go down are looked at */
    size_t effort; /* words looked at in search of tables */
} pdf_page;

/* Words whose middles are about as high, from left to right; and what is so close below that it belongs to
 * the same row. */
typedef struct {
    const uint32_t *words; /* numbers of words */
    size_t count;
    int32_t y0, y1; /* highest and lowest middle */
} pdf_band;

typedef struct {
    pdf_band *items;
    size_t count;
} pdf_bands;

typedef struct pdf_table pdf_table; /* one that may go on over the next page */

typedef struct {
    kk_sink *sink;
    const kk_services *services; /* may be NULL */
    kk_arena *arena;             /* of the document */
    kk_arena *scratch;           /* emptied often */
    pdf_table *open;             /* NULL: none */
    uint64_t tables;
    uint64_t *margins; /* what stood at the edges of pages before */
    size_t margin_count;
} pdf_document;

/* Bands of the words that are not used yet. `loose`: lines that touch are one band. */
pdf_bands pdf_bands_of(const pdf_page *page, bool loose);
/* 0 for an empty text. */
uint32_t pdf_first_char(kk_slice text);
uint32_t pdf_last_char(kk_slice text);
/* Numbers and mail addresses stand under headings and are none. */
bool pdf_is_value(kk_slice text);
/* Whether the recogniser knows the text as the heading of a column. */
bool pdf_is_heading(pdf_document *d, kk_slice text);
/* Puts a word behind others of its line or cell, with or without a blank. */
void pdf_put_word(kk_buffer *out, const pdf_word *before, const pdf_word *word);

/* What stands apart from what is beside it. */
typedef struct {
    int32_t x0, x1;
    kk_slice text;
} pdf_cluster;
#define PDF_COLUMNS_MOST 128

/* Words of one cell, few and nearly in order, in the order of reading; and as a text. */
void pdf_sort_cell(const pdf_page *page, uint32_t *words, size_t count);
kk_slice pdf_cell_text(const pdf_page *page, uint32_t *words, size_t count);
/* Of a band; 0 where there are more than PDF_COLUMNS_MOST. */
size_t pdf_clusters_of(const pdf_page *page, const pdf_band *band, pdf_cluster *out);
/* How many of them are headings, where they are headings of a table: else 0. */
size_t pdf_count_headings(pdf_document *d, const pdf_cluster *clusters, size_t count);
/* The same of a band, whose headings may have others above them. */
size_t pdf_headings_of(pdf_document *d, const pdf_page *page, const pdf_bands *bands, size_t at,
                       pdf_cluster *out, size_t *count);

/* 住所変更届（記入例） above tables of the first page: told before them and once more in the text, since it says what they are. */
void pdf_tell_title(pdf_document *d, pdf_page *page);
/* Parties beside each other in a form, each as a text of its own. */
void pdf_tell_parties(pdf_document *d, pdf_page *page);
void pdf_tell_tables(pdf_document *d, pdf_page *page);
void pdf_tell_text(pdf_document *d, pdf_page *page);
