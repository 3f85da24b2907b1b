/* Addresses in running text: where they begin, and where something else does. Lines are plain (kk_plain). */
#pragma once
#include "recognise/address.h"

/* Where 〒, a prefecture, or a postal code before one stands; KK_NOWHERE: nowhere. */
size_t kk_text_address_begin(kk_slice line);
/* An address without what plainly is something else behind it. */
kk_slice kk_text_address_cut(kk_slice text);
/* A city and a number, and no company's name between. */
bool kk_is_text_address(const kk_address *address);
/* 100-0005, on a line of its own. */
bool kk_is_zip_line(kk_slice line);
/* Where an address begins behind a blank, before `end`; 0: none does. */
size_t kk_place_behind_blank(kk_slice line, size_t end);
