/* A document on its way to a reader: headings, paragraphs, lists and tables, made of runs that know
 * the claim they come from. Kinds of report build one; a renderer writes it as HTML or Markdown. It
 * knows nothing of cases. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

/* How the ids of claims show. */
typedef enum {
    KK_CITES_HIDDEN, /* not in the text: HTML attributes, Markdown comments */
    KK_CITES_SHOWN   /* a superscript in HTML, [C...] in Markdown */
} kk_cites;

typedef struct {
    kk_slice text;
    kk_slice claim;    /* id; empty: no claim stands behind it */
    kk_slice standing; /* "declared"; empty as above */
    kk_slice note;     /* shown behind the text: 申告: whose; may be empty */
} kk_run;

typedef struct {
    kk_run *items;
    size_t count, capacity;
} kk_runs;

typedef enum {
    KK_BLOCK_HEADING,
    KK_BLOCK_PARAGRAPH,
    KK_BLOCK_NOTE, /* a paragraph set apart: limits, remarks */
    KK_BLOCK_LIST,
    KK_BLOCK_TABLE
} kk_block_kind;

typedef struct {
    kk_block_kind kind;
    int level;         /* of a heading: 1 or 2 */
    kk_slice number;   /* of a heading: "3", "3.1"; empty for none */
    kk_runs runs;      /* heading, paragraph, note */
    kk_slice caption;  /* of a table */
    kk_slice *columns; /* of a table; NULL: rows of a name and its value */
    size_t column_count;
    uint32_t numeric; /* bit i: column i holds numbers */
    kk_runs *cells;   /* of a table row by row; of a list one an entry */
    size_t cell_count, cell_capacity;
} kk_block;

typedef struct {
    kk_arena *arena;
    bool japanese;
    kk_cites cites;
    kk_slice title, subtitle;
    kk_slice state, tool; /* what it was made from and by */
    bool small_print;     /* state and tool are shown, not only kept as metadata */
    bool has_appendix;    /* a table whose first cells are ids of claims */
    kk_block *blocks;
    size_t count, capacity;
    int heading, subheading; /* numbers given so far */
    kk_runs *open;           /* where kk_doc_say writes */
} kk_document;

/* A slice as the reader's language wants it. */
#define KK_TOLD(d, ja, en) ((d)->japanese ? KK_S(ja) : KK_S(en))

void kk_doc_heading(kk_document *d, kk_slice text);    /* numbered */
void kk_doc_subheading(kk_document *d, kk_slice text); /* numbered within the last heading */
void kk_doc_unnumbered(kk_document *d, kk_slice text); /* a heading without a number */
/* Each opens a place that the following kk_doc_say and kk_doc_cite fill. */
void kk_doc_paragraph(kk_document *d);
void kk_doc_note(kk_document *d);
void kk_doc_list(kk_document *d);
void kk_doc_entry(kk_document *d); /* of the list opened last */
/* `columns` (each {ja, en}) are copied; count 0 with NULL: a table of names and values. */
typedef struct {
    const char *ja, *en;
    bool numeric;
} kk_column_words;
void kk_doc_table(kk_document *d, kk_slice caption, const kk_column_words *columns, size_t count);
void kk_doc_cell(kk_document *d); /* of the table opened last, row by row */
void kk_doc_cell_text(kk_document *d, kk_slice text);
/* A row of a table of names and values: the name, and the value is open. */
void kk_doc_field(kk_document *d, kk_slice name);

void kk_doc_say(kk_document *d, kk_slice text);
void kk_doc_cite(kk_document *d, const kk_run *run);
bool kk_doc_open_is_empty(const kk_document *d);

void kk_doc_html(const kk_document *d, kk_buffer *out);
void kk_doc_markdown(const kk_document *d, kk_buffer *out);

/* Text for a reader: control characters and those that turn the direction of writing become U+FFFD,
 * line breaks become blanks. Evidence names files as it likes. */
void kk_doc_plain(kk_buffer *out, kk_slice text);
