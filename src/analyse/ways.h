/* Numbers for what three texts say together, as they are first met: a session's kind, account and address, or a machine,
 * another one and an account. A hundred thousand of them are told apart without comparing each with all. */
#pragma once
#include "analyse/analyse.h"

typedef struct kk_ways kk_ways;

enum { KK_WAY_TEXTS = 3 };
/* Compared without case; they live as long as the ways. */
typedef struct {
    kk_slice texts[KK_WAY_TEXTS];
} kk_way;

/* What makes sessions one entry. */
kk_way kk_way_in(kk_session_kind kind, kk_slice account, kk_slice from_ip);

kk_ways *kk_ways_open(kk_arena *arena);
/* Its number, counted from 0; a new one for what was not there before. */
size_t kk_ways_add(kk_ways *w, kk_way way);
/* KK_NOWHERE: it was never added. */
size_t kk_ways_find(const kk_ways *w, kk_way way);
