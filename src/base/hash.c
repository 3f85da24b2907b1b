#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

struct kk_hasher {
    EVP_MD_CTX *context;
};

static void must(bool done)
{
    if (!done)
        abort();
}

kk_hasher *kk_hasher_open(void)
{
    kk_hasher *hasher = calloc(1, sizeof *hasher);
    must(hasher != NULL);
    hasher->context = EVP_MD_CTX_new();
    must(hasher->context && EVP_DigestInit_ex(hasher->context, EVP_sha256(), NULL) == 1);
    return hasher;
}

void kk_hasher_add(kk_hasher *hasher, const void *bytes, size_t len)
{
    must(EVP_DigestUpdate(hasher->context, bytes, len) == 1);
}

kk_sha256 kk_hasher_digest(kk_hasher *hasher)
{
    kk_sha256 digest;
    must(EVP_DigestFinal_ex(hasher->context, digest.bytes, NULL) == 1);
    must(EVP_DigestInit_ex(hasher->context, NULL, NULL) == 1);
    return digest;
}

void kk_hasher_close(kk_hasher *hasher)
{
    if (!hasher)
        return;
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
}

kk_sha256 kk_sha256_of(kk_slice bytes)
{
    kk_sha256 digest;
    must(EVP_Digest(bytes.len ? bytes.ptr : "", bytes.len, digest.bytes, NULL, EVP_sha256(),
                    NULL) == 1);
    return digest;
}

bool kk_sha256_eq(const kk_sha256 *a, const kk_sha256 *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static kk_slice hex(kk_arena *arena, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *text = kk_take(arena, len * 2 + 1);
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (kk_slice){text, len * 2};
}

kk_slice kk_sha256_hex(kk_arena *arena, const kk_sha256 *digest)
{
    return hex(arena, digest->bytes, sizeof digest->bytes);
}

bool kk_sha256_from_hex(kk_slice text, kk_sha256 *out)
{
    kk_sha256 digest;
    if (text.len != 64)
        return false;
    for (size_t i = 0; i < 32; i++) {
        uint64_t byte;
        if (!kk_hex_to_u64(kk_part(text, 2 * i, 2), &byte))
            return false;
        digest.bytes[i] = (uint8_t)byte;
    }
    *out = digest;
    return true;
}

/* What is left after the last whole word of eight bytes. */
static inline uint64_t rest_of(kk_slice s, size_t left)
{
    uint64_t last;
    if (s.len < 8)
        return kk_few_bytes(s.ptr, s.len);
    memcpy(&last, s.ptr + s.len - 8, 8);
    return last >> 8 * (7 - left) >> 8;
}

uint64_t kk_hash_quick(kk_slice s)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ s.len * UINT64_C(0xff51afd7ed558ccd);
    size_t at = 0;
    for (; s.len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + at, 8);
        h = (h ^ word) * UINT64_C(0x9fb21c651e98df25);
        h ^= h >> 32;
    }
    h = (h ^ rest_of(s, s.len - at)) * UINT64_C(0x9fb21c651e98df25);
    h ^= h >> 29;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 32;
}

kk_slice kk_id(kk_arena *arena, const char *prefix, const kk_slice *parts, size_t count)
{
    kk_sha256 digest;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < count; i++) {
        uint8_t len[8];
        for (int k = 0; k < 8; k++)
            len[k] = (uint8_t)((uint64_t)parts[i].len >> 8 * k);
        must(EVP_DigestUpdate(context, len, sizeof len) == 1);
        must(EVP_DigestUpdate(context, parts[i].len ? parts[i].ptr : "", parts[i].len) == 1);
    }
    must(EVP_DigestFinal_ex(context, digest.bytes, NULL) == 1);
    EVP_MD_CTX_free(context);
    return kk_join(arena, kk_cstr(prefix), hex(arena, digest.bytes, 10));
}

bool kk_is_id(kk_slice text, char prefix)
{
    if (text.len != 21 || text.ptr[0] != prefix)
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!memchr("0123456789abcdef", text.ptr[i], 16))
            return false;
    return true;
}

void kk_random_bytes(void *out, size_t len)
{
    must(sodium_init() >= 0);
    randombytes_buf(out, len);
}

void kk_sign_key_make(kk_sign_key *out)
{
    must(sodium_init() >= 0);
    must(crypto_sign_keypair(out->public_key, out->secret) == 0);
}

void kk_sign(const kk_sign_key *key, kk_slice text, uint8_t signature[64])
{
    must(crypto_sign_detached(signature, NULL, (const unsigned char *)text.ptr, text.len,
                              key->secret) == 0);
}

bool kk_signature_good(const uint8_t public_key[32], kk_slice text, const uint8_t signature[64])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)text.ptr, text.len,
                                       public_key) == 0;
}

kk_slice kk_uuid5(kk_arena *arena, const uint8_t space[16], kk_slice name)
{
    uint8_t digest[20];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1 &&
         EVP_DigestUpdate(context, space, 16) == 1 &&
         EVP_DigestUpdate(context, name.len ? name.ptr : "", name.len) == 1 &&
         EVP_DigestFinal_ex(context, digest, NULL) == 1);
    EVP_MD_CTX_free(context);
    digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x50);
    digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
    kk_slice h = hex(arena, digest, 16);
    return kk_print(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", h.ptr, h.ptr + 8, h.ptr + 12, h.ptr + 16,
                    h.ptr + 20);
}
