/* Where given indicators stand inside of files, and what could not be looked through for them. */
#pragma once
#include "model/ref.h"
#include "store/store.h"
#include "worker/intake.h"

typedef struct {
    uint64_t item;
    uint32_t evidence;
    bool told;      /* it has its place among the items of the store */
    kk_slice label; /* of the evidence */
    kk_slice path;
    kk_content_hit hit;
} kk_content_find;

typedef struct {
    kk_slice evidence, path;
    const char *why; /* a word of docs/iocs.md */
} kk_content_gap;

typedef struct {
    uint64_t files, bytes; /* that were looked through */
    kk_content_gap *gaps;  /* by evidence and path */
    size_t gap_count, gap_capacity;
    kk_content_find *finds; /* by item; an indicator once for each, in the way that comes first */
    size_t find_count, find_capacity, next;
} kk_ioc_contents;

/* A place in a file: the byte, or of text and hash the record or the whole. */
typedef struct {
    kk_ref ref;
    kk_content_way way;
} kk_content_place;

/* Reads the contents of all evidence again; `count` indicators are known to the workers. */
KK_CHECKED kk_status kk_ioc_contents_look(kk_store *store, const kk_intake_settings *settings,
                                          size_t count, kk_arena *arena, kk_ioc_contents **out,
                                          kk_fault *fault);
/* What was found in the item, which is told then. NULL: nothing was looked through. */
size_t kk_ioc_contents_of(kk_ioc_contents *c, uint64_t item, kk_content_find **finds);
/* The next that was not told: of a file that the store does not know. NULL: there is none. */
const kk_content_find *kk_ioc_contents_left(kk_ioc_contents *c);
kk_content_place kk_content_place_of(kk_arena *arena, const kk_content_find *find, kk_slice label);
