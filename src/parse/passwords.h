/* The list of passwords that was given, and those that stand in the evidence, tried on what is encrypted. No password leaves it: not into an
 * issue, an event or a log. */
#pragma once
#include "parse/parser.h"

typedef struct {
    kk_slice bytes;
    uint32_t
        line; /* in the list, from 1; with KK_PASSWORD_FOUND in that of what the evidence told */
    bool is_text; /* as UTF-8: one of each line's is */
} kk_password;

#define KK_PASSWORD_FOUND 0x80000000u

typedef struct {
    kk_password *at;
    size_t count, capacity;
} kk_password_list;

/* Each line as it stands, and where it is not ASCII as Windows in Japan and as others wrote it. `list`:
 * as settings have it. */
kk_password_list kk_password_list_of(kk_arena *arena, kk_slice list);
/* Both lists of the settings, what was given first. */
kk_password_list kk_password_list_for(kk_arena *arena, const kk_settings *settings);
bool kk_has_passwords(const kk_settings *settings);
/* Tells by which password of the evidence an item was opened; of a given one nothing. */
void kk_password_opened(kk_sink *sink, uint32_t line);

/* Whether it opens; what it made of it stays in the context then. */
typedef struct {
    kk_slice text;  /* UTF-8 */
    kk_slice units; /* UTF-16LE */
} kk_password_try;
typedef bool kk_password_opens(void *context, const kk_password_try *password);

/* Tries the list as text, `known` before it (what programs take where nobody was asked for one; may be NULL).
 * `cost`: rounds of a digest that one try takes. Which line it was; 0: none or `known`, of which *opened
 * tells; of one that stands in the evidence the sink is told too. What would take too long is not tried, and an issue says so. */
uint32_t kk_password_find(const kk_settings *settings, kk_sink *sink, const char *known,
                          uint64_t cost, kk_password_opens *opens, void *context, bool *opened);
