/* Rules made ready to match: one block of bytes that can be kept in a file, handed to a worker through
 * shared memory, and read where it lies. Immutable once opened. */
#pragma once
#include "base/buffer.h"
#include "base/hash.h"
#include "detect/sigma.h"

#define KK_RULES_VERSION 12u /* raised when what compiling makes of a rule changes */

/* Appends the block. Rules that no log source here has, or that can never fire, are moved from
 * set->rules to set->refusals first. `key` is kept in the block for who caches it. */
KK_CHECKED kk_status kk_ruleset_compile(kk_sigma *set, const kk_sha256 *key, kk_buffer *out,
                                        kk_fault *fault);

typedef struct kk_ruleset kk_ruleset;
/* The bytes have to outlive it. KK_INVALID: no block of this version and machine, or a broken one. */
KK_CHECKED kk_status kk_ruleset_open(kk_slice block, kk_ruleset **out, kk_fault *fault);
void kk_ruleset_close(kk_ruleset *rules); /* NULL is fine */
/* What a block made of these files would be kept under: their names and texts, the lists for
 * placeholders (as texts of files too), and this program's version of compiling. */
kk_sha256 kk_ruleset_key_of(const kk_slice *names, const kk_slice *texts, size_t count);
/* Of a block, whether it can be opened or not; false if it is none of this version. */
bool kk_ruleset_key(kk_slice block, kk_sha256 *key);

typedef struct {
    kk_slice file, id, name, title, level, status;
    uint32_t line;
    bool is_correlation;
    bool silent;      /* gives no hit of its own: it is there for correlations */
    size_t tag_count; /* kk_ruleset_tag */
    size_t captures;  /* values of a hit that correlations want: kk_ruleset_capture names them */
} kk_rule_info;

size_t kk_ruleset_count(const kk_ruleset *rules);
kk_rule_info kk_ruleset_info(const kk_ruleset *rules, uint32_t rule);
kk_slice kk_ruleset_tag(const kk_ruleset *rules, uint32_t rule, size_t tag);
kk_slice kk_ruleset_capture(const kk_ruleset *rules, uint32_t rule, size_t capture);
/* Rules that were given and cannot be used: they are kept with those that can. */
size_t kk_ruleset_refusals(const kk_ruleset *rules);
kk_refusal kk_ruleset_refusal(const kk_ruleset *rules, size_t nth);
/* Names of the log sources that the rule is matched on, from 0; NULL behind the last. */
const char *kk_ruleset_source(const kk_ruleset *rules, uint32_t rule, size_t nth);
