#include "base/cipher.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

enum { AES_BLOCK = 16, BLOCKS = 256 };

struct kk_aes {
    EVP_CIPHER_CTX *context;
};

struct kk_hmac {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
};

static void must(bool good)
{
    if (!good)
        abort();
}

void kk_cipher_warm(void)
{
    uint8_t bytes[64] = {0};
    for (size_t key = 16; key <= 32; key += 8) {
        kk_aes *aes = kk_aes_open((kk_slice){(const char *)bytes, key});
        kk_aes_count_mode(aes, 0, bytes, sizeof bytes);
        kk_aes_close(aes);
    }
    kk_key_of_password(KK_S("warm"), KK_S("salt"), 1, bytes, sizeof bytes);
    kk_hmac_close(kk_hmac_sha1_open(KK_S("warm")), bytes);
}

void kk_key_of_password(kk_slice password, kk_slice salt, unsigned rounds, uint8_t *key, size_t len)
{
    must(PKCS5_PBKDF2_HMAC_SHA1(password.len ? password.ptr : "", (int)password.len,
                                (const unsigned char *)salt.ptr, (int)salt.len, (int)rounds,
                                (int)len, key) == 1);
}

kk_aes *kk_aes_open(kk_slice key)
{
    const EVP_CIPHER *cipher = key.len == 16   ? EVP_aes_128_ecb()
                               : key.len == 24 ? EVP_aes_192_ecb()
                                               : EVP_aes_256_ecb();
    kk_aes *aes = calloc(1, sizeof *aes);
    must(aes && (aes->context = EVP_CIPHER_CTX_new()) != NULL);
    must(EVP_EncryptInit_ex(aes->context, cipher, NULL, (const unsigned char *)key.ptr, NULL) == 1);
    EVP_CIPHER_CTX_set_padding(aes->context, 0);
    return aes;
}

void kk_aes_close(kk_aes *aes)
{
    if (!aes)
        return;
    EVP_CIPHER_CTX_free(aes->context);
    free(aes);
}

void kk_aes_count_mode(kk_aes *aes, uint64_t at, uint8_t *bytes, size_t len)
{
    uint8_t counters[BLOCKS * AES_BLOCK], stream[BLOCKS * AES_BLOCK];
    for (size_t done = 0; done < len;) {
        uint64_t first = (at + done) / AES_BLOCK + 1;
        size_t skip = (size_t)((at + done) % AES_BLOCK), left = len - done + skip;
        size_t blocks = (left + AES_BLOCK - 1) / AES_BLOCK;
        blocks = blocks < BLOCKS ? blocks : BLOCKS;
        memset(counters, 0, blocks * AES_BLOCK);
        for (size_t i = 0; i < blocks; i++)
            for (size_t k = 0; k < 8; k++)
                counters[i * AES_BLOCK + k] = (uint8_t)((first + i) >> (8 * k));
        int made = 0;
        must(EVP_EncryptUpdate(aes->context, stream, &made, counters, (int)(blocks * AES_BLOCK)) ==
             1);
        for (size_t i = skip; i < blocks * AES_BLOCK && done < len; i++)
            bytes[done++] ^= stream[i];
    }
}

kk_hmac *kk_hmac_sha1_open(kk_slice key)
{
    char digest[] = "SHA1";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                           OSSL_PARAM_construct_end()};
    kk_hmac *h = calloc(1, sizeof *h);
    must(h && (h->mac = EVP_MAC_fetch(NULL, "HMAC", NULL)) != NULL);
    must((h->context = EVP_MAC_CTX_new(h->mac)) != NULL);
    must(EVP_MAC_init(h->context, (const unsigned char *)key.ptr, key.len, params) == 1);
    return h;
}

void kk_hmac_add(kk_hmac *hmac, const void *bytes, size_t len)
{
    must(EVP_MAC_update(hmac->context, bytes, len) == 1);
}

void kk_hmac_close(kk_hmac *hmac, uint8_t digest[20])
{
    uint8_t out[20];
    size_t len = 0;
    must(EVP_MAC_final(hmac->context, out, &len, sizeof out) == 1 && len == sizeof out);
    if (digest)
        memcpy(digest, out, sizeof out);
    EVP_MAC_CTX_free(hmac->context);
    EVP_MAC_free(hmac->mac);
    free(hmac);
}
