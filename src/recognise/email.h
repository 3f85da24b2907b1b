/* E-mail addresses, also those that RFC 5321 forbids but carriers gave out. */
#pragma once
#include "base/arena.h"

typedef struct {
    kk_slice address; /* small letters; empty if none */
    kk_slice loose;   /* Gmail without dots and +tag: one mailbox, but a weaker match */
    kk_slice display; /* the name before <...> */
    bool shared;      /* info@, support@: a mailbox of an organisation */
    bool filler;      /* noreply@, test@, dummy@, user1@example.com */
} kk_email;

/* Finds the next address in the text from *at on and moves *at behind it. The text is plain (NFKC), so
 * full-width addresses are found; characters of Japanese text end an address. */
bool kk_email_find(kk_arena *arena, kk_slice plain, size_t *at, kk_email *out);
/* The first one of a cell. */
kk_email kk_email_read(kk_arena *arena, kk_slice plain);
kk_email kk_email_read_slowly(kk_arena *arena,
                              kk_slice plain); /* the same, without the common form; for tests */
