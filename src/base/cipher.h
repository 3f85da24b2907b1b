/* What opens archives and documents behind a password: digests, AES, RC4, keys out of passwords, HMAC. OpenSSL does
 * the work, but for RC4, which it no longer offers everywhere, and for Argon2 and Blowfish, which libgcrypt does. */
#pragma once
#include "base/arena.h"

/* Fetches the algorithms, so that nothing is loaded later. Safe to call again. */
void kk_cipher_warm(void);

typedef struct kk_aes kk_aes;
/* For a key of 16, 24 or 32 bytes. Has to be closed. */
kk_aes *kk_aes_open(kk_slice key);
void kk_aes_close(kk_aes *aes); /* NULL is fine */
/* The key stream of WinZip's counter mode (little-endian, from 1) over bytes that begin at `at`; both ways. */
void kk_aes_count_mode(kk_aes *aes, uint64_t at, uint8_t *bytes, size_t len);

/* Whole blocks deciphered on their own. */
void kk_aes_blocks(kk_slice key, uint8_t *bytes, size_t len);
/* Whole blocks of a chain (CBC), which begins with 16 bytes before its first. */
void kk_aes_chain(kk_slice key, const uint8_t before[16], uint8_t *bytes, size_t len);

/* Bytes deciphered in order. */
typedef enum { KK_AES_CBC, KK_AES_GCM, KK_BLOWFISH_CFB } kk_cipher_kind;
typedef struct kk_cipher kk_cipher;
/* `first`: what the chain or counter begins with: 16, 12 or 8 bytes. NULL: no such cipher has a key or a beginning of that
 * size. Has to be closed. */
kk_cipher *kk_cipher_open(kk_cipher_kind kind, kk_slice key, kk_slice first);
/* Of KK_AES_CBC whole blocks. */
void kk_cipher_turn(kk_cipher *cipher, uint8_t *bytes, size_t len);
/* Whether all that was turned has that mark of 16 bytes; KK_AES_GCM alone has one, and is at its end then. */
bool kk_cipher_holds(kk_cipher *cipher, const uint8_t mark[16]);
void kk_cipher_close(kk_cipher *cipher); /* NULL is fine */

typedef enum { KK_MD5, KK_SHA1, KK_SHA256, KK_SHA384, KK_SHA512 } kk_digest_kind;
enum { KK_DIGEST_MOST = 64 };

typedef struct kk_digest kk_digest;
kk_digest *kk_digest_open(kk_digest_kind kind);
void kk_digest_add(kk_digest *digest, const void *bytes, size_t len);
/* Of what was added since the last time; its length comes back. */
size_t kk_digest_take(kk_digest *digest, uint8_t out[KK_DIGEST_MOST]);
/* The same, and goes on with what was added. */
size_t kk_digest_peek(const kk_digest *digest, uint8_t out[KK_DIGEST_MOST]);
void kk_digest_close(kk_digest *digest);
/* Of two parts one behind the other; its length comes back. */
size_t kk_digest_of(kk_digest_kind kind, kk_slice a, kk_slice b, uint8_t out[KK_DIGEST_MOST]);

/* PBKDF2 with HMAC. */
void kk_key_of_password(kk_digest_kind kind, kk_slice password, kk_slice salt, unsigned rounds,
                        uint8_t *key, size_t len);

/* Argon2id, version 1.3. `memory` in KiB. False: no such numbers, or no memory for it. */
bool kk_argon2_of_password(kk_slice password, kk_slice salt, unsigned passes, unsigned memory,
                           unsigned lanes, uint8_t *key, size_t len);

typedef struct kk_hmac kk_hmac;
kk_hmac *kk_hmac_open(kk_digest_kind kind, kk_slice key);
void kk_hmac_add(kk_hmac *hmac, const void *bytes, size_t len);
/* Ends it, and closes it; its length comes back. `digest` may be NULL. */
size_t kk_hmac_close(kk_hmac *hmac, uint8_t digest[KK_DIGEST_MOST]);

typedef struct {
    uint8_t s[256], i, j;
} kk_rc4;
void kk_rc4_begin(kk_rc4 *rc4, const uint8_t *key, size_t len);
void kk_rc4_turn(kk_rc4 *rc4, uint8_t *bytes, size_t len);
void kk_rc4_skip(kk_rc4 *rc4, size_t len);
