/* Headings of columns: what they promise, and about whom. */
#pragma once
#include "model/mention.h"

typedef enum {
#define NO_ITEM -1
#define COLUMN(NAME, item) KK_COL_##NAME,
#include "recognise/columns.def"
    KK_COLUMN_KINDS
} kk_column_kind;

/* The kk_item of a filled cell, -1 for none. */
int kk_column_item(kk_column_kind kind);

/* How far a heading can be believed. */
typedef enum {
    KK_HEADING_NONE,
    KK_HEADING_WEAK, /* the word means several things ("name", "アドレス"): the cells decide */
    KK_HEADING_STRONG,
} kk_heading_strength;

/* Ordinals of 世帯主, whom a list of homes is about, of parents who stand beside each other, and of 自社担当 beside the
 * contact of a customer. */
enum { KK_HOUSEHOLDER = 90, KK_FATHER, KK_MOTHER, KK_OWN_STAFF };

typedef struct {
    kk_column_kind kind;
    kk_heading_strength strength;
    kk_role role;
    bool has_role;   /* the heading itself names one */
    bool insured;    /* 被保険者: another person only beside a policy holder */
    uint8_t ordinal; /* 家族2 氏名: 2; 0 for none */
    uint8_t part;    /* 住所2: 2; 0 for none */
    bool apart;      /* 居住者, 看護師: not the person that another column names, */
    bool works;      /* ... but somebody who works there */
    bool exact;      /* the whole heading was understood */
} kk_heading;

kk_heading kk_heading_read(kk_arena *arena, kk_slice cell);
/* Whether it is plainly a heading: for readers that have to find where a table is. */
bool kk_is_heading(kk_arena *scratch, kk_slice text);
/* A heading as it is compared: small letters, without blanks, brackets, marks and form remarks. */
kk_slice kk_heading_form(kk_arena *arena, kk_slice cell);
