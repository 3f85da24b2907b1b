/* Names with values in a line of a log, however the program that wrote it puts them: requests of web forms
 * (name=%E5%B1%B1&tel=090), JSON, what Ruby, Python, PHP, Java print of a record, key=value, small XML. */
#pragma once
#include "base/text.h"

enum { KK_LOG_PAIRS_MOST = 256 };

typedef struct {
    kk_slice key;   /* escapes undone: user[name], customer.tel, 氏名 */
    kk_slice value; /* escapes undone; bytes of any encoding where `encoded` */
    kk_slice outer; /* the key of what it stands in; may be empty */
    uint32_t part;  /* pairs of different elements of a list have different ones */
    bool encoded;   /* it was written in escapes, and is no UTF-8 */
    bool key_encoded;
} kk_log_pair;

/* Returns how many, in their order. Everything lives as long as the arena. */
size_t kk_log_pairs(kk_arena *arena, kk_slice text, kk_log_pair pairs[KK_LOG_PAIRS_MOST]);
