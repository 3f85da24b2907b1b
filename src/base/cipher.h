/* What opens archives behind a password: AES, keys out of passwords, HMAC-SHA1. OpenSSL does the work. */
#pragma once
#include "base/arena.h"

/* Fetches the algorithms, so that nothing is loaded later. Safe to call again. */
void kk_cipher_warm(void);

/* PBKDF2 with HMAC-SHA1. */
void kk_key_of_password(kk_slice password, kk_slice salt, unsigned rounds, uint8_t *key,
                        size_t len);

typedef struct kk_aes kk_aes;
/* For a key of 16, 24 or 32 bytes. Has to be closed. */
kk_aes *kk_aes_open(kk_slice key);
void kk_aes_close(kk_aes *aes); /* NULL is fine */
/* The key stream of WinZip's counter mode (little-endian, from 1) over bytes that begin at `at`; both ways. */
void kk_aes_count_mode(kk_aes *aes, uint64_t at, uint8_t *bytes, size_t len);

typedef struct kk_hmac kk_hmac;
kk_hmac *kk_hmac_sha1_open(kk_slice key);
void kk_hmac_add(kk_hmac *hmac, const void *bytes, size_t len);
/* Ends it, and closes it; `digest` may be NULL. */
void kk_hmac_close(kk_hmac *hmac, uint8_t digest[20]);
