/* SHA-256 for evidence (what others can check), keyed SipHash for tables and rule keys, derived ids,
 * Ed25519 for the custody ledger. OpenSSL and libsodium do the work but SipHash (base/hashes.c). */
#pragma once
#include "base/arena.h"

typedef struct {
    uint8_t bytes[32];
} kk_sha256;

typedef struct kk_hasher kk_hasher;
kk_hasher *kk_hasher_open(void);
void kk_hasher_add(kk_hasher *hasher, const void *bytes, size_t len);
/* The digest of everything added since the start or the last digest; the hasher starts anew. */
kk_sha256 kk_hasher_digest(kk_hasher *hasher);
void kk_hasher_close(kk_hasher *hasher);

kk_sha256 kk_sha256_of(kk_slice bytes);
bool kk_sha256_eq(const kk_sha256 *a, const kk_sha256 *b);
kk_slice kk_sha256_hex(kk_arena *arena, const kk_sha256 *digest);
bool kk_sha256_from_hex(kk_slice hex, kk_sha256 *out);

typedef struct {
    uint8_t bytes[16];
} kk_hash_key;
/* Keyed: nobody without the key can try values. For personal data use the case's own key. */
uint64_t kk_hash64(const kk_hash_key *key, kk_slice bytes);
/* Fewer than eight bytes as a number, the first one lowest: two overlapping reads, no loop. */
static inline uint64_t kk_few_bytes(const char *p, size_t len)
{
    if (len >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + len - 4, 4);
        return low | (uint64_t)high << 8 * (len - 4);
    }
    if (!len)
        return 0;
    const unsigned char *b = (const unsigned char *)p;
    return b[0] | (uint64_t)b[len / 2] << 8 * (len / 2) | (uint64_t)b[len - 1] << 8 * (len - 1);
}

/* For tables in memory and content keys that hold no personal data. */
uint64_t kk_hash_quick(kk_slice bytes);

/* Public ids: a short prefix and 20 hexadecimal digits of the SHA-256 of the parts, each preceded by
 * its length, so that ("a","bc") and ("ab","c") differ. */
kk_slice kk_id(kk_arena *arena, const char *prefix, const kk_slice *parts, size_t count);
/* Whether it could be one of them, by its form. The prefix is one letter. */
bool kk_is_id(kk_slice text, char prefix);

/* A UUID of version 5 (RFC 4122): a name within a space, the same on every run. */
kk_slice kk_uuid5(kk_arena *arena, const uint8_t space[16], kk_slice name);

void kk_random_bytes(void *out, size_t len); /* for keys */

typedef struct {
    uint8_t secret[64], public_key[32];
} kk_sign_key;
void kk_sign_key_make(kk_sign_key *out);
void kk_sign(const kk_sign_key *key, kk_slice text, uint8_t signature[64]);
bool kk_signature_good(const uint8_t public_key[32], kk_slice text, const uint8_t signature[64]);
