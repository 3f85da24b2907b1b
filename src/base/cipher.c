#include "base/cipher.h"

#include <gcrypt.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

enum { AES_BLOCK = 16, BLOCKS = 256 };

struct kk_aes {
    EVP_CIPHER_CTX *context;
};

struct kk_digest {
    EVP_MD_CTX *context;
};

struct kk_hmac {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
};

static const EVP_MD *digest_kind(kk_digest_kind kind)
{
    return kind == KK_MD5      ? EVP_md5()
           : kind == KK_SHA1   ? EVP_sha1()
           : kind == KK_SHA256 ? EVP_sha256()
           : kind == KK_SHA384 ? EVP_sha384()
                               : EVP_sha512();
}

static void must(bool good)
{
    if (!good)
        abort();
}

/* Without its memory that cannot be paged out: what is locked here is evidence, not a secret of ours. */
static void warm_gcrypt(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return;
    must(gcry_check_version("1.10.0") != NULL);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static void warm_ciphers(void)
{
    static const struct {
        kk_cipher_kind kind;
        size_t key, first;
    } kinds[] = {{KK_AES_CBC, 16, 16},    {KK_AES_CBC, 24, 16}, {KK_AES_CBC, 32, 16},
                 {KK_AES_GCM, 16, 12},    {KK_AES_GCM, 24, 12}, {KK_AES_GCM, 32, 12},
                 {KK_BLOWFISH_CFB, 16, 8}};
    uint8_t bytes[32] = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        kk_cipher *c = kk_cipher_open(kinds[i].kind,
                                      (kk_slice){"thirty-two bytes are this key!!\n", kinds[i].key},
                                      (kk_slice){"16 bytes of this", kinds[i].first});
        kk_cipher_turn(c, bytes, 16);
        if (kinds[i].kind == KK_AES_GCM)
            (void)kk_cipher_holds(c, bytes);
        kk_cipher_close(c);
    }
    (void)kk_argon2_of_password(KK_S("warm"), KK_S("salt of argon"), 1, 8, 1, bytes, sizeof bytes);
}

void kk_cipher_warm(void)
{
    uint8_t bytes[KK_DIGEST_MOST] = {0};
    warm_gcrypt();
    warm_ciphers();
    for (size_t key = 16; key <= 32; key += 8) {
        kk_slice zeros = {(const char *)bytes, key};
        kk_aes *aes = kk_aes_open(zeros);
        kk_aes_count_mode(aes, 0, bytes, sizeof bytes);
        kk_aes_close(aes);
        kk_aes_blocks(zeros, bytes + 32, 16);
        kk_aes_chain(zeros, bytes, bytes + 32, 16);
    }
    for (kk_digest_kind kind = KK_MD5; kind <= KK_SHA512; kind++) {
        (void)kk_digest_of(kind, KK_S("warm"), KK_NONE, bytes);
        kk_key_of_password(kind, KK_S("warm"), KK_S("salt"), 1, bytes, sizeof bytes);
        (void)kk_hmac_close(kk_hmac_open(kind, KK_S("warm")), bytes);
    }
}

void kk_key_of_password(kk_digest_kind kind, kk_slice password, kk_slice salt, unsigned rounds,
                        uint8_t *key, size_t len)
{
    must(PKCS5_PBKDF2_HMAC(password.len ? password.ptr : "", (int)password.len,
                           (const unsigned char *)salt.ptr, (int)salt.len, (int)rounds,
                           digest_kind(kind), (int)len, key) == 1);
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

static const EVP_CIPHER *cipher_of(size_t key, bool chain)
{
    if (chain)
        return key == 16 ? EVP_aes_128_cbc() : key == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
    return key == 16 ? EVP_aes_128_ecb() : key == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
}

static void decipher(kk_slice key, const uint8_t *before, uint8_t *bytes, size_t len)
{
    enum { STEP = 1 << 20 };
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    must(c && EVP_DecryptInit_ex(c, cipher_of(key.len, before != NULL), NULL,
                                 (const unsigned char *)key.ptr, before) == 1);
    EVP_CIPHER_CTX_set_padding(c, 0);
    len -= len % AES_BLOCK;
    for (size_t at = 0; at < len;) {
        int step = len - at < STEP ? (int)(len - at) : STEP, made = 0;
        must(EVP_DecryptUpdate(c, bytes + at, &made, bytes + at, step) == 1 && made == step);
        at += (size_t)step;
    }
    EVP_CIPHER_CTX_free(c);
}

void kk_aes_blocks(kk_slice key, uint8_t *bytes, size_t len)
{
    decipher(key, NULL, bytes, len);
}

void kk_aes_chain(kk_slice key, const uint8_t before[16], uint8_t *bytes, size_t len)
{
    decipher(key, before, bytes, len);
}

/* ---- Bytes in order ---- */

struct kk_cipher {
    EVP_CIPHER_CTX *context;   /* AES */
    gcry_cipher_hd_t blowfish; /* else */
};

static const EVP_CIPHER *gcm_of(size_t key)
{
    return key == 16 ? EVP_aes_128_gcm() : key == 24 ? EVP_aes_192_gcm() : EVP_aes_256_gcm();
}

static bool open_aes(kk_cipher *c, const EVP_CIPHER *kind, kk_slice key, kk_slice first)
{
    must((c->context = EVP_CIPHER_CTX_new()) != NULL);
    must(EVP_DecryptInit_ex(c->context, kind, NULL, (const unsigned char *)key.ptr,
                            (const unsigned char *)first.ptr) == 1);
    EVP_CIPHER_CTX_set_padding(c->context, 0);
    return true;
}

static bool open_blowfish(kk_cipher *c, kk_slice key, kk_slice first)
{
    must(gcry_cipher_open(&c->blowfish, GCRY_CIPHER_BLOWFISH, GCRY_CIPHER_MODE_CFB, 0) == 0);
    return gcry_cipher_setkey(c->blowfish, key.ptr, key.len) == 0 && /* some keys are too weak */
           gcry_cipher_setiv(c->blowfish, first.ptr, first.len) == 0;
}

kk_cipher *kk_cipher_open(kk_cipher_kind kind, kk_slice key, kk_slice first)
{
    bool aes = key.len == 16 || key.len == 24 || key.len == 32, opened = false;
    kk_cipher *c = calloc(1, sizeof *c);
    must(c != NULL);
    if (kind == KK_AES_CBC && aes && first.len == 16)
        opened = open_aes(c, cipher_of(key.len, true), key, first);
    else if (kind == KK_AES_GCM && aes && first.len == 12)
        opened = open_aes(c, gcm_of(key.len), key, first);
    else if (kind == KK_BLOWFISH_CFB && key.len >= 5 && key.len <= 56 && first.len == 8)
        opened = open_blowfish(c, key, first);
    if (opened)
        return c;
    kk_cipher_close(c);
    return NULL;
}

void kk_cipher_turn(kk_cipher *c, uint8_t *bytes, size_t len)
{
    enum { STEP = 1 << 20 };
    if (c->blowfish) {
        must(gcry_cipher_decrypt(c->blowfish, bytes, len, NULL, 0) == 0);
        return;
    }
    for (size_t at = 0; at < len;) {
        int step = len - at < STEP ? (int)(len - at) : STEP, made = 0;
        must(EVP_DecryptUpdate(c->context, bytes + at, &made, bytes + at, step) == 1 &&
             made == step);
        at += (size_t)step;
    }
}

bool kk_cipher_holds(kk_cipher *c, const uint8_t mark[16])
{
    uint8_t copy[16], none[16];
    int made = 0;
    memcpy(copy, mark, sizeof copy);
    must(EVP_CIPHER_CTX_ctrl(c->context, EVP_CTRL_AEAD_SET_TAG, sizeof copy, copy) == 1);
    return EVP_DecryptFinal_ex(c->context, none, &made) == 1;
}

void kk_cipher_close(kk_cipher *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->context);
    gcry_cipher_close(c->blowfish);
    free(c);
}

bool kk_argon2_of_password(kk_slice password, kk_slice salt, unsigned passes, unsigned memory,
                           unsigned lanes, uint8_t *key, size_t len)
{
    unsigned long numbers[] = {len, passes, memory, lanes};
    gcry_kdf_hd_t kdf;
    if (!passes || !lanes || memory / 8 < lanes)
        return false;
    if (gcry_kdf_open(&kdf, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, numbers, 4, password.ptr,
                      password.len, salt.ptr, salt.len, NULL, 0, NULL, 0) != 0)
        return false;
    bool good = gcry_kdf_compute(kdf, NULL) == 0 && gcry_kdf_final(kdf, len, key) == 0;
    gcry_kdf_close(kdf);
    return good;
}

/* ---- Digests ---- */

kk_digest *kk_digest_open(kk_digest_kind kind)
{
    kk_digest *d = calloc(1, sizeof *d);
    must(d && (d->context = EVP_MD_CTX_new()) != NULL);
    must(EVP_DigestInit_ex(d->context, digest_kind(kind), NULL) == 1);
    return d;
}

void kk_digest_add(kk_digest *digest, const void *bytes, size_t len)
{
    must(EVP_DigestUpdate(digest->context, bytes, len) == 1);
}

size_t kk_digest_take(kk_digest *digest, uint8_t out[KK_DIGEST_MOST])
{
    unsigned len = 0;
    must(EVP_DigestFinal_ex(digest->context, out, &len) == 1 && len <= KK_DIGEST_MOST);
    must(EVP_DigestInit_ex(digest->context, NULL, NULL) == 1);
    return len;
}

size_t kk_digest_peek(const kk_digest *digest, uint8_t out[KK_DIGEST_MOST])
{
    unsigned len = 0;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    must(copy && EVP_MD_CTX_copy_ex(copy, digest->context) == 1);
    must(EVP_DigestFinal_ex(copy, out, &len) == 1 && len <= KK_DIGEST_MOST);
    EVP_MD_CTX_free(copy);
    return len;
}

void kk_digest_close(kk_digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

size_t kk_digest_of(kk_digest_kind kind, kk_slice a, kk_slice b, uint8_t out[KK_DIGEST_MOST])
{
    kk_digest *d = kk_digest_open(kind);
    kk_digest_add(d, a.ptr, a.len);
    kk_digest_add(d, b.ptr, b.len);
    size_t len = kk_digest_take(d, out);
    kk_digest_close(d);
    return len;
}

kk_hmac *kk_hmac_open(kk_digest_kind kind, kk_slice key)
{
    char name[16] = {0};
    memcpy(name, EVP_MD_get0_name(digest_kind(kind)),
           strnlen(EVP_MD_get0_name(digest_kind(kind)), sizeof name - 1));
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0),
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

size_t kk_hmac_close(kk_hmac *hmac, uint8_t digest[KK_DIGEST_MOST])
{
    uint8_t out[KK_DIGEST_MOST];
    size_t len = 0;
    must(EVP_MAC_final(hmac->context, out, &len, sizeof out) == 1);
    if (digest)
        memcpy(digest, out, len);
    EVP_MAC_CTX_free(hmac->context);
    EVP_MAC_free(hmac->mac);
    free(hmac);
    return len;
}

/* ---- RC4 ---- */

void kk_rc4_begin(kk_rc4 *r, const uint8_t *key, size_t len)
{
    uint8_t j = 0;
    for (unsigned i = 0; i < 256; i++)
        r->s[i] = (uint8_t)i;
    for (unsigned i = 0; i < 256; i++) {
        j = (uint8_t)(j + r->s[i] + key[i % len]);
        uint8_t t = r->s[i];
        r->s[i] = r->s[j];
        r->s[j] = t;
    }
    r->i = r->j = 0;
}

static uint8_t rc4_byte(kk_rc4 *r)
{
    r->i++;
    uint8_t t = r->s[r->i];
    r->j = (uint8_t)(r->j + t);
    r->s[r->i] = r->s[r->j];
    r->s[r->j] = t;
    return r->s[(uint8_t)(r->s[r->i] + t)];
}

void kk_rc4_turn(kk_rc4 *rc4, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] ^= rc4_byte(rc4);
}

void kk_rc4_skip(kk_rc4 *rc4, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)rc4_byte(rc4);
}
