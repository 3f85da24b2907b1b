/* The keys of the rules of model/rules.def, made from a mention's values: equal keys of one rule mean
 * equal normal forms. What each rule asks for stands in docs/identity.md. */
#pragma once
#include "model/mention.h"
#include "model/values.h"

enum {
    RULE_KEYS_MOST = 128, /* of a mention; possible rules come last and are cut first */
    NEAR_MOST = 7         /* neighbours of a name that are compared, not made keys of */
};

typedef struct {
    uint64_t hash;
    uint32_t rule;
} value_key;

typedef struct {
    size_t count;
    value_key keys[RULE_KEYS_MOST];
} value_keys;

#define ALL_RULES ((UINT32_C(1) << KK_RULES) - 1)

/* `rules`: a bit for each that is wanted. */
void keys_of_values(const kk_values *values, uint32_t rules, value_keys *out);
