/* Addresses to one form: where, which block, which room. */
#pragma once
#include "base/arena.h"

typedef enum {
    KK_PLACE_NONE,
    KK_PLACE_PREFECTURE,
    KK_PLACE_CITY,
    KK_PLACE_TOWN,
    KK_PLACE_BLOCK, /* with a block or house number */
} kk_place_level;

typedef struct {
    kk_place_level level;
    uint8_t prefecture; /* 1 to 47 in the official order, 0 not given */
    bool western;
    kk_slice
        place; /* city and town, folded; no prefecture, district (郡), 大字, street names of Kyoto */
    kk_slice block;    /* "2-1-3" */
    kk_slice building; /* as found */
    kk_slice room;     /* "305" */
    kk_slice zip;      /* seven digits found in front */
    kk_slice suburb;   /* Western: from a column of its own */
} kk_address;

kk_address kk_address_read(kk_arena *arena, kk_slice plain);
/* Places that were read before, a bounded number. The address is the same as without, but found sooner. */
typedef struct kk_places kk_places;
kk_places *kk_places_open(kk_arena *arena);
kk_address kk_address_recall(kk_arena *arena, kk_places *places, kk_slice plain);
/* Number and street in columns of their own, as in Western tables. */
kk_address kk_address_western(kk_arena *arena, kk_slice number, kk_slice street);
/* 1 to 47 for the prefecture that the text begins with, *len its bytes; 0 for none. */
int kk_prefecture_at(kk_slice plain, size_t *len);
/* JP13 and JP-13, as shops keep them: its name; empty for anything else. */
kk_slice kk_prefecture_of_code(kk_slice plain);
/* Seven digits of a Japanese postal code, or the code of another country in small letters without
 * blanks; empty if it is none. */
kk_slice kk_postal_read(kk_arena *arena, kk_slice plain, bool *japanese);
