/* The head of a dBase table: where its fields lie in a record. */
#pragma once
#include "base/cursor.h"

enum { KK_DBASE_FIELDS = 2048, KK_DBASE_BACKLINK = 263 };

typedef struct {
    uint8_t version; /* the first byte */
    bool level7;     /* dBase 7: long names, big-endian values */
    bool fox;        /* Visual FoxPro: binary values, hidden fields, nulls */
    bool locked;     /* the mark of dBase IV's encryption is set */
    uint8_t language;
    uint32_t records; /* as declared */
    size_t head_bytes, record_bytes;
    bool wide; /* lengths of texts have 16 bits: Clipper, FoxPro */
} kk_dbase_layout;

typedef struct {
    kk_slice name; /* as it lies there, without what is behind its end */
    char type;
    uint8_t flags;
    size_t at, width;         /* in the record */
    int null_bit, length_bit; /* in the hidden field of nulls; -1: none */
} kk_dbase_field;

typedef struct {
    kk_dbase_layout layout;
    kk_cursor at;
    size_t offset; /* in the record */
    int bits;      /* of nulls, so far */
    bool ended;    /* the end mark was there */
} kk_dbase_walk;

/* False: the first byte is none of a table, or the head is too short. */
bool kk_dbase_layout_of(kk_slice head, kk_dbase_layout *layout);
kk_dbase_walk kk_dbase_walk_fields(kk_slice head, const kk_dbase_layout *layout);
/* The next field; false at the end of them. */
bool kk_dbase_next_field(kk_dbase_walk *walk, kk_dbase_field *field);
/* Whether the bytes can be a field's description at all. */
bool kk_dbase_is_field(const kk_dbase_field *field);
