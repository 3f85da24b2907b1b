/* Which objects of a JSON file are lists whose elements stand under a key instead of in brackets:
 * {"tanaka": {"name": …}, "suzuki": {"name": …}}. Objects are known by a hash of the keys that lead to them. */
#pragma once
#include "parse/json_tokens.h"

typedef struct kk_json_maps kk_json_maps;

/* By the beginning of the file, up to `until`; the tokens have to be restarted then. */
kk_json_maps *kk_json_maps_learn(kk_arena *arena, kk_json_tokens *tokens, uint64_t until);
bool kk_json_maps_hold(const kk_json_maps *maps, uint64_t path);

/* A document's path; that of what stands in another value: under a key, or under none (or one that is an id) among others. */
#define KK_JSON_PATH_OF_DOCUMENT UINT64_C(1)
uint64_t kk_json_path_under(uint64_t path, kk_slice key);
uint64_t kk_json_path_among(uint64_t path);

/* Keys that are ids: numbers, hexadecimal digits, UUIDs, keys of Firebase, letters with a number behind
 * (C0001, user_12345), letters and digits by chance, addresses of mail. */
bool kk_json_is_id(kk_slice key);
