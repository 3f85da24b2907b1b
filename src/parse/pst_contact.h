/* Contacts of Outlook's stores: a row each, under the headings that cards of address books have. */
#pragma once
#include "parse/parser.h"

enum { KK_PST_BIRTHDAY = 0x3a42 };

typedef struct {
    kk_arena *arena;
    const kk_zone *zone; /* birthdays are midnights of where they were written */
    bool deleted;
    uint64_t birth; /* FILETIME, 0: none */
    kk_slice (*text)(void *context, kk_arena *arena, unsigned property);
    void *context;
} kk_pst_contact;

/* `record`: of the row, from 1. */
void kk_pst_tell_contact(kk_sink *sink, const kk_pst_contact *contact, uint64_t record);
