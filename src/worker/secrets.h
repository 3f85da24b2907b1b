/* Passwords that workers heard of in the evidence, and where each stands. They are in memory alone, and wiped. */
#pragma once
#include "base/buffer.h"
#include "model/secret.h"

typedef struct secrets secrets;

/* Where one stands. The order of these, by rank first, decides which of two places is told and which passwords are kept:
 * so that it depends on the evidence alone. */
typedef struct {
    kk_slice path;
    uint64_t item, record;
    uint32_t evidence, range;
} secret_place;

secrets *secrets_open(void);
void secrets_close(secrets *s); /* NULL is fine */
/* `teller`: the item that was read. */
void secrets_hear(secrets *s, uint64_t teller, const secret_place *place, const kk_secret *secret);
/* Whether this item told any in this run; while nothing is heard. */
bool secrets_heard_of(secrets *s, uint64_t item);
/* All of them in order, for kk_pool_found; false where none came since the last time. */
bool secrets_settle(secrets *s, kk_buffer *block);
/* Of one by its number in that order, from 1; NULL: there is none. */
const secret_place *secrets_place(const secrets *s, uint32_t number);
