/* A batch: what a worker tells, packed into bytes that cross a process border, and out again. The
 * reader trusts nothing: every length is checked, texts that are not UTF-8 are refused, numbers out
 * of range end the batch. */
#pragma once
#include "base/hash.h"
#include "model/hit.h"
#include "model/layout.h"
#include "model/mention.h"
#include "model/more.h"
#include "model/payload_row.h"
#include "model/secret.h"
#include "model/sink.h"

typedef enum {
    KK_PACK_EVENT = 1,
    KK_PACK_MENTION,
    KK_PACK_TABLE,
    KK_PACK_ISSUE,
    KK_PACK_CHILD,
    KK_PACK_FACT,
    KK_PACK_IDENTITY,
    KK_PACK_HIT,
    KK_PACK_PAYLOAD,
    KK_PACK_SCAN_HIT,
    KK_PACK_SCANNED,
    KK_PACK_CUT,
    KK_PACK_SECRET,
    KK_PACK_OPENED,
    KK_PACK_NAMES,
    KK_PACK_CONTENT_HIT
} kk_pack_kind;

/* Room for one batch; a text longer than this part of it is cut. */
#define KK_BATCH_BYTES (4u << 20)
#define KK_TEXT_MAX (1u << 20)

/* What a container found inside it, after the worker hashed it and asked every parser. */
typedef struct {
    kk_slice name, token;
    kk_slice joint;
    uint64_t size;
    kk_time modified;
    bool is_volume, unreadable, has_hash;
    kk_sha256 sha256;
    kk_slice parser; /* empty: no parser wants it */
    uint32_t spool;  /* number of the spooled copy, 0 if none */
} kk_found;

/* What a stream turned out to be. */
typedef struct {
    kk_slice parser;
    bool has_hash, unreadable;
    kk_sha256 sha256;
} kk_identity;

/* A stream was held against rules or indicators about content; its hits came before. */
typedef struct {
    bool of_child; /* the one that was found last; else the job's own */
    kk_scan_outcome outcome;
} kk_scanned;

/* Where a range of a table begins. */
typedef struct {
    uint64_t offset;
    kk_slice place; /* bytes for who reads it; at most KK_PLACE_MAX */
} kk_cut_place;
#define KK_PLACE_MAX 256

typedef struct {
    char *bytes;
    size_t used, capacity;
} kk_packer;

/* Which names of further fields a batch has told, by their layout: {0} with every new batch. */
typedef struct {
    uint32_t count;
    uint16_t number[KK_LAYOUTS_MOST + 1];
} kk_told_names;
#define KK_TOLD_NAMES_MOST 512

/* Each returns false, and packs nothing, when the room that is left does not do. */
bool kk_pack_event(kk_packer *p, const kk_event *event);
/* The same with the names of its further fields told once a batch; layout: of its names, 0 for none. */
bool kk_pack_named_event(kk_packer *p, kk_told_names *told, uint32_t layout, const kk_event *event);
/* The same of an event whose further fields are JSON already. */
bool kk_pack_stored_event(kk_packer *p, const kk_event *event, kk_slice more_json);
bool kk_pack_mention(kk_packer *p, const kk_mention *mention);
bool kk_pack_table(kk_packer *p, const kk_table *table);
bool kk_pack_issue(kk_packer *p, const kk_issue *issue);
bool kk_pack_found(kk_packer *p, const kk_found *found);
bool kk_pack_fact(kk_packer *p, kk_fact_kind kind, kk_slice value);
bool kk_pack_identity(kk_packer *p, const kk_identity *identity);
bool kk_pack_hit(kk_packer *p, const kk_hit *hit);
bool kk_pack_payload(kk_packer *p, const kk_payload_row *payload);
bool kk_pack_scan_hit(kk_packer *p, const kk_scan_hit *hit);
bool kk_pack_scanned(kk_packer *p, const kk_scanned *scanned);
bool kk_pack_content_hit(kk_packer *p, const kk_content_hit *hit);
bool kk_pack_cut(kk_packer *p, const kk_cut_place *cut);
bool kk_pack_secret(kk_packer *p, const kk_secret *secret);
/* The item was opened by that password of those that stand in the evidence. */
bool kk_pack_opened(kk_packer *p, uint32_t number);

typedef struct {
    kk_pack_kind kind;
    kk_event event; /* its `more` is empty: see the next */
    kk_more more;
    kk_mention mention;
    kk_table table;
    kk_issue issue;
    kk_found found;
    kk_identity identity;
    kk_hit hit;
    kk_payload_row payload;
    kk_scan_hit scan_hit;
    kk_scanned scanned;
    kk_content_hit content_hit;
    kk_cut_place cut;
    kk_secret secret;
    uint32_t opened;
    kk_fact_kind fact;
    kk_slice fact_value;
} kk_unpacked;

typedef struct {
    kk_slice bytes;
    size_t at;
    bool bad; /* the batch is not well-formed: its worker cannot be trusted */
    uint32_t name_count;
    kk_slice names[KK_TOLD_NAMES_MOST]; /* as far as they were told */
} kk_unpacker;                          /* {.bytes = ...} begins */

/* The next thing; false at the end or when bad. Slices point into the batch; the columns of a table
 * are taken from the arena. */
bool kk_unpack(kk_unpacker *u, kk_arena *arena, kk_unpacked *out);
