/* The pages of an Access database: deciphered, with the rows on them, the maps of which table owns
 * which, and the values too long for a row, which lie on pages of their own. */
#pragma once
#include "base/cursor.h"
#include "parse/parser.h"

/* Pages at hand at the same time, each until another one is fetched for the same use. */
typedef enum {
    KK_JET_SCAN, /* of a table, one after the other */
    KK_JET_ROW,  /* where a row went that grew */
    KK_JET_LONG,
    KK_JET_MAP,
    KK_JET_USES
} kk_jet_use;

enum { KK_JET_PAGE_MAX = 4096, KK_JET_DATA = 1, KK_JET_TABLE = 2, KK_JET_USAGE = 5 };

typedef struct {
    kk_stream *in;
    bool jet3;
    uint8_t version; /* 0 Jet 3, 1 Jet 4, 2 and up ACE */
    size_t page_bytes;
    uint32_t pages;                 /* whole ones */
    uint32_t key;                   /* 0: the pages lie open */
    const struct kk_jet_lock *lock; /* opened by a password; NULL: the key alone closes them */
    unsigned code_page;
    uint64_t left; /* bytes that may still be told: rows can be named many times */
    struct {
        uint32_t number; /* 0: none; page 0 is never asked for */
        char bytes[KK_JET_PAGE_MAX];
    } at[KK_JET_USES];
} kk_jet_file;

typedef enum {
    KK_JET_OPEN,
    KK_JET_NONE,   /* no such database */
    KK_JET_CLOSED, /* encrypted with a password: `lock` has to be set before pages are asked for */
    KK_JET_NEWER   /* a variant that is not known */
} kk_jet_state;

kk_jet_state kk_jet_open(kk_jet_file *f, kk_stream *in);

/* A page; empty where it cannot be had. */
kk_slice kk_jet_page(kk_jet_file *f, kk_jet_use use, uint32_t number);

typedef struct {
    kk_slice bytes;
    uint64_t offset; /* in the file */
    bool deleted;    /* or moved here: only what points to it knows */
    bool moved;      /* the bytes say where it went */
} kk_jet_slot;

/* Rows on a data page, also if there are none there; and one of them, false where it makes no sense. */
size_t kk_jet_slots(const kk_jet_file *f, kk_slice page);
bool kk_jet_slot_at(const kk_jet_file *f, kk_slice page, uint32_t number, size_t row,
                    kk_jet_slot *slot);
/* By where a pointer leads: a byte of row, three of page. The page is fetched. */
bool kk_jet_follow(kk_jet_file *f, kk_jet_use use, uint32_t pointer, kk_jet_slot *slot);

/* Which pages a table owns. */
typedef struct {
    kk_slice bits; /* of an inline map; else page numbers of maps */
    bool is_list;
    uint64_t first;  /* page of the first bit */
    uint64_t at;     /* the next bit; over a list: of all its maps */
    uint64_t broken; /* maps that cannot be read */
    bool cut;        /* pages beyond the end of the file */
} kk_jet_map;

bool kk_jet_map_open(kk_jet_file *f, kk_arena *arena, uint32_t pointer, kk_jet_map *map);
/* The next page; false behind the last. */
bool kk_jet_map_next(kk_jet_file *f, kk_jet_map *map, uint32_t *page);

/* A long value, read forward. Only one at a time. */
typedef struct {
    kk_jet_file *file;
    kk_slice here; /* of the piece at hand */
    uint32_t next; /* where the next piece is; 0: none */
    uint64_t size, left;
    uint32_t
        seen; /* a place in the chain, moved on now and then: who comes there again goes in a circle */
    unsigned pieces;
    bool bad; /* it ended early */
} kk_jet_long;

/* From what lies in the row; false where that makes no sense. */
bool kk_jet_long_open(kk_jet_file *f, kk_slice in_row, kk_jet_long *value);
size_t kk_jet_long_read(kk_jet_long *value, void *into, size_t len);
