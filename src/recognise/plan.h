/* How the rows of one table are read: which column holds what, of whom. Made once from the headings
 * and a sample of the rows. */
#pragma once
#include "recognise/address.h"
#include "recognise/header.h"
#include "recognise/judge.h"

enum { KK_SLOTS_MAX = 12, KK_NO_SLOT = 255 };

typedef struct {
    kk_column_kind kind;
    kk_heading heading;
    kk_profile profile;
    kk_slice word;           /* the heading as found; empty if none */
    uint8_t slot;            /* KK_NO_SLOT: not read */
    uint8_t rank;            /* order among the parts of an address */
    bool shared;             /* a number that several names have in the sample */
    bool also_number;        /* an account that is a number by which other tables know people */
    bool piece;              /* a part of a number: 電話番号1, 2, 3 */
    uint64_t wide_register;  /* for numbers: item and heading */
    uint64_t table_register; /* ... and the table's name and where the item belongs */
    int32_t filler_day;      /* a birth date that more than a fifth of the rows have; KK_NO_DAY */
} kk_column;

typedef struct {
    kk_role role;
    uint8_t ordinal;
    bool insured;
    bool has_name;
    bool bystander;          /* named beside the person of the row, by what he is: 看護師 */
    bool western;            /* the parts of its address are in Western order */
    uint64_t staff_register; /* its names are those of staff: which column's; 0: they are not */
    uint16_t within;         /* ... told apart within what this column (from 1) has; 0: alone */
    uint64_t kinds[2];       /* bit per kk_column_kind */
} kk_slot_plan;

typedef struct {
    kk_column *columns;
    size_t count;
    uint16_t *order; /* columns in the order in which they are read */
    size_t order_count;
    kk_slot_plan slots[KK_SLOTS_MAX];
    size_t slot_count;
    uint8_t primary; /* slot of what is said of the row as a whole: order, status */
    bool about_people;
    kk_table_reason reason; /* why it is not */
    bool company_list;      /* companies without persons' names */
    kk_places *places;      /* NULL in a table of few rows */
} kk_plan;

static inline bool kk_slot_has(const kk_slot_plan *slot, kk_column_kind kind)
{
    return slot->kinds[kind / 64] >> (kind % 64) & 1;
}

/* Anybody of the row has it. */
static inline bool kk_plan_has(const kk_plan *plan, kk_column_kind kind)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        if (kk_slot_has(&plan->slots[i], kind))
            return true;
    return false;
}

static inline void kk_slot_mark(kk_slot_plan *slot, kk_column_kind kind)
{
    slot->kinds[kind / 64] |= UINT64_C(1) << (kind % 64);
}

static inline bool kk_is_name_kind(kk_column_kind kind)
{
    return kind == KK_COL_NAME || kind == KK_COL_FAMILY_NAME || kind == KK_COL_GIVEN_NAME ||
           kind == KK_COL_LATIN_NAME || kind == KK_COL_LATIN_FAMILY || kind == KK_COL_LATIN_GIVEN ||
           kind == KK_COL_KANA || kind == KK_COL_FAMILY_KANA || kind == KK_COL_GIVEN_KANA;
}

typedef struct {
    kk_slice table;
    kk_slice
        register_name; /* what tells one organisation's registers from another's; may be empty */
    bool has_header;
} kk_plan_context;

/* Which numbers are shared by several names in the sampled rows. */
void kk_plan_check_numbers(kk_plan *plan, kk_arena *arena, const kk_cells *rows, size_t row_count);
/* columns[i].heading, word and profile are set; the rest is decided here. */
void kk_plan_make(kk_plan *plan, kk_arena *arena, const kk_plan_context *context);
