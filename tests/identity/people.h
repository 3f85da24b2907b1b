/* Invented people of Japan, and the tables that organisations keep of them: who stands in which row
 * is known, so a count can be held against the truth. The same seed gives the same tables.
 *
 * In it: households, namesakes, twins, fathers and sons of nearly one name, brides and movers (old
 * tables know the former surname, address, telephone), orders sent to others, employees with an
 * emergency contact, old and new kanji, kana in three widths, ways to write addresses, telephones
 * and dates, values left out, zeros lost in spreadsheets, slips of the pen, companies and test
 * orders. Rates stand in people.c. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "model/mention.h"

enum { PEOPLE_FILES = 8, SLOTS_OF_ROW = 2 };
#define NOBODY UINT32_MAX

typedef struct {
    kk_slice name;                   /* of the file */
    kk_slice text;                   /* CSV; the first line is the header */
    size_t records;                  /* rows below it */
    uint32_t (*truth)[SLOTS_OF_ROW]; /* of each: whose row it is; addressee or relative; NOBODY */
} people_file;

typedef struct {
    people_file files[PEOPLE_FILES];
    size_t file_count;
    size_t truth; /* people who stand in any row */
} crowd;

/* `customers`: about how many are in the main table. */
crowd crowd_make(kk_arena *arena, uint64_t seed, size_t customers);
/* Others of whom next to nothing but the name is known, beside the same people in two years: emergency contacts of staff,
 * guardians of pupils without a number, addressees of orders. */
crowd crowd_of_relatives(kk_arena *arena, uint64_t seed, size_t people);
