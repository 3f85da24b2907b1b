/* The cells of one slot as they come, before they are put together: names and addresses are often
 * spread over columns. */
#pragma once
#include "recognise/persona.h"

typedef struct {
    kk_slice text;
    kk_column_kind kind;
    uint8_t part;
} kk_address_part;

typedef struct {
    kk_slice name, family, given;
    kk_slice latin, latin_family, latin_given;
    kk_slice kana, family_kana, given_kana;
    kk_slice birth_year, birth_month, birth_day;
    char birth_era; /* M, T, S, H, R; 0: the year says it itself */
    kk_slice zip_pieces, phone_pieces, mobile_pieces;
    kk_places *places; /* or NULL */
    size_t part_count;
    kk_address_part parts[KK_ADDRESS_PARTS]; /* last: a fresh draft need not clear them */
} kk_draft;

static inline void kk_draft_clear(kk_draft *draft)
{
    memset(draft, 0, offsetof(kk_draft, parts));
}

/* One filled cell of a column. */
void kk_cell_read(kk_persona *persona, kk_draft *draft, const kk_column *column, kk_arena *scratch,
                  kk_slice plain);
/* Puts the draft into the persona's normal forms. */
void kk_draft_settle(kk_persona *persona, kk_draft *draft, const kk_slot_plan *slot,
                     const kk_lexicon *lexicon, kk_arena *scratch);
void kk_persona_add_phones(kk_persona *persona, kk_slice plain);
/* The other's too. */
void kk_persona_join_phones(kk_persona *persona, const kk_persona *other);
void kk_persona_set_email(kk_persona *persona, kk_arena *scratch, kk_slice plain);
void kk_persona_set_name(kk_persona *persona, kk_arena *scratch, kk_name name);
void kk_persona_set_kana(kk_persona *persona, kk_arena *scratch, kk_slice plain);
void kk_persona_set_zip(kk_persona *persona, kk_arena *scratch, kk_slice plain);
void kk_persona_set_birth(kk_persona *persona, kk_slice plain, kk_day day);
