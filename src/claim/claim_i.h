/* Inside of the claim room only: building claims. */
#pragma once
#include "claim/claim.h"

typedef struct {
    const kk_known_facts *facts;
    kk_arena *arena;
    kk_claims *out;
    size_t capacity;
} building;

typedef struct {
    const char *kind;
    kk_slice subject;
    kk_level level;
    kk_claim_standing standing;
    kk_slice value; /* JSON */
} claim_head;

/* Adds one; the pointer lives until the next. */
kk_claim *claim_add(building *b, const claim_head *head, kk_slice ja, kk_slice en);
void claim_because(building *b, kk_claim *claim, kk_slice id);
void claim_refs(building *b, kk_claim *claim, const kk_refs *refs);

/* Words of numbers and times, as texts show them. */
kk_slice local_time_text(const building *b, kk_time at);             /* 2026-07-01 22:10 (+09:00) */
kk_slice local_day_text(const building *b, const kk_moment *at);     /* 2026-07-01 */
kk_slice bytes_text(kk_arena *arena, uint64_t bytes);                /* 6.8 GB */
kk_slice item_words(kk_arena *arena, uint64_t items, bool japanese); /* 氏名、住所 */
kk_slice json_number(kk_arena *arena, uint64_t number);
kk_slice json_time(kk_arena *arena, kk_time at);

void claims_of_access(building *b);
void claims_of_acts(building *b);
void claims_of_exfil(building *b);
void claims_of_persons(building *b);
void claims_of_case(building *b);
