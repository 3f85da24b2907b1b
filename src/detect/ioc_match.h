/* Many indicators against many events, each event once: words of texts lead to the indicators that hold
 * them, addresses are looked up as numbers. */
#pragma once
#include "detect/ioc.h"

typedef struct kk_ioc_matcher kk_ioc_matcher;

/* `iocs` must stay. */
kk_ioc_matcher *kk_ioc_matcher_make(kk_arena *arena, const kk_ioc *iocs, size_t count);
void kk_ioc_matcher_close(kk_ioc_matcher *matcher); /* NULL is fine */

/* What a value is, where that matters: accounts are names like others outside of account fields. Running
 * text names things in the middle of sentences. */
typedef enum { KK_IOC_IN_ANY, KK_IOC_IN_ACCOUNT, KK_IOC_IN_ITEM, KK_IOC_IN_TEXT } kk_ioc_place;

/* An event (or an item): its values one by one, then which indicators it fits. `field` is the caller's
 * own number of it, below 64. Values must stay until the end. */
void kk_ioc_begin(kk_ioc_matcher *m);
/* Returns whether a comparison was led to by it; patterns are tried at the end only. */
bool kk_ioc_value(kk_ioc_matcher *m, unsigned field, kk_ioc_place place, kk_slice value);
void kk_ioc_number(kk_ioc_matcher *m, unsigned field, kk_ioc_type type, uint64_t value);
typedef struct {
    uint32_t ioc;
    uint64_t fields;  /* a bit for each that helped */
    size_t value, at; /* for kk_ioc_place_in */
} kk_ioc_hit;
/* Each indicator once, in the order of the first comparison that held. */
size_t kk_ioc_end(kk_ioc_matcher *m, const kk_ioc_hit **hits);
/* Whether a value that an earlier event had too can lead to a hit that the earlier event did not have: where an
 * indicator wants several things at once. `led`: what kk_ioc_value said of it. */
bool kk_ioc_wants_again(const kk_ioc_matcher *m, bool led);
/* Where it is: the value of this event, counted from 0, and the byte in it. Before the next begins. */
size_t kk_ioc_place_in(kk_ioc_matcher *m, const kk_ioc_hit *hit, size_t *nth);
