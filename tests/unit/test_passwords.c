/* The list of passwords: its lines, the work that is put into it, and what locks office documents, against published values. */
#include "base/cipher.h"
#include "parse/archive.h"
#include "parse/office_lock.h"
#include "parse/passwords.h"
#include "tests/teller.h"
#include "tests/unit/test.h"
#include "worker/guesses.h"
#include "worker/secrets.h"

#include <stdio.h>
#include <zlib.h>

static void lines(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    kk_password_list l =
        kk_password_list_of(arena, KK_S("\xef\xbb\xbfplain\r\n\n鍵\n\x8c\xae\nlast"));
    static const struct {
        const char *bytes;
        uint32_t line;
        bool is_text;
    } wanted[] = {{"plain", 1, true},     {"鍵", 3, true}, {"\x8c\xae", 3, false}, /* CP932 of it */
                  {"\x8c\xae", 4, false}, {"鍵", 4, true}, {"last", 5, true}};
    assert_int_equal(l.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < l.count; i++) {
        assert_true(kk_is(l.at[i].bytes, wanted[i].bytes));
        assert_int_equal(l.at[i].line, wanted[i].line);
        assert_int_equal(l.at[i].is_text, wanted[i].is_text);
    }
    kk_arena_close(arena);
}

typedef struct {
    const char *right;
    unsigned tried;
} door;

static bool opens(void *context, const kk_password_try *password)
{
    door *d = context;
    d->tried++;
    return kk_is(password->text, d->right);
}

static uint32_t told_opened;

static void hear_opened(kk_sink *sink, uint32_t number)
{
    (void)sink;
    told_opened = number;
}

/* Each try costs a tenth of what one item gets: the eleventh is not made, and that is said. */
static void limit(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    kk_buffer list = {0};
    for (unsigned i = 1; i <= 12; i++)
        kk_put(&list, kk_print(arena, "number %u\n", i));
    static const struct {
        const char *right;
        uint32_t line;
        unsigned tried;
        uint64_t issues;
    } cases[] = {{"number 10", 10, 11, 0}, {"number 11", 0, 11, 1}, {"known", 0, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_settings settings = teller_settings();
        settings.passwords = kk_buffer_slice(&list);
        teller t = teller_open();
        door d = {cases[i].right, 0};
        bool opened = false;
        uint32_t line = kk_password_find(&settings, &t.sink, "known", 25000000, opens, &d, &opened);
        assert_int_equal(line, cases[i].line);
        assert_int_equal(opened, cases[i].issues == 0);
        assert_int_equal(d.tried, cases[i].tried);
        assert_int_equal(t.issues, cases[i].issues);
        if (t.issues)
            assert_true(kk_has(kk_buffer_slice(&t.out),
                               KK_S("only the first 10 of 12 passwords were tried")));
        teller_close(&t);
    }
    kk_buffer_close(&list);
    kk_arena_close(arena);
}

/* What the evidence told has a limit of its own, after the list that was given; who opens is told to the sink alone. */
static void found(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    kk_buffer list = {0};
    for (unsigned i = 1; i <= 12; i++)
        kk_put(&list, kk_print(arena, "found %u\n", i));
    static const struct {
        const char *right;
        uint32_t line, opened;
        unsigned tried;
        uint64_t issues;
    } cases[] = {{"given", 2, 0, 2, 0},
                 {"found 10", KK_PASSWORD_FOUND | 10, 10, 12, 0},
                 {"found 11", 0, 0, 12, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_settings settings = teller_settings();
        settings.passwords = KK_S("first\ngiven\n");
        settings.found = kk_buffer_slice(&list);
        teller t = teller_open();
        told_opened = 0;
        t.sink.opened = hear_opened;
        door d = {cases[i].right, 0};
        bool opened = false;
        uint32_t line = kk_password_find(&settings, &t.sink, NULL, 4000000, opens, &d, &opened);
        assert_int_equal(line, cases[i].line);
        assert_int_equal(told_opened, cases[i].opened);
        assert_int_equal(d.tried, cases[i].tried);
        assert_int_equal(t.issues, cases[i].issues);
        if (t.issues)
            assert_true(kk_has(
                kk_buffer_slice(&t.out),
                KK_S("only the first 10 of 12 passwords that stand in the evidence were tried")));
        teller_close(&t);
    }
    kk_buffer_close(&list);
    kk_arena_close(arena);
}

static void pack(kk_buffer *block, const char *path, uint64_t record, const char *text)
{
    guesses_pack(block, &(guess){kk_cstr(path), kk_cstr(text), record});
}

/* By the messages between, then by the folders that both are in, then by the names; numbers are those of the block. */
static void nearness(void **state)
{
    (void)state;
    static const struct {
        const char *path, *lines;
        uint32_t first;
    } cases[] = {
        {"mail/box.mbox!/4/list.zip", "four\nfive\none\nnine\nother\nalike\n", 4},
        {"share/2026-07-02 list.xlsx", "alike\nother\none\nfour\nfive\nnine\n", 2},
        {"elsewhere.zip", "other\nalike\none\nfour\nfive\nnine\n", 1},
    };
    kk_arena *arena = kk_arena_open();
    kk_buffer block = {0};
    pack(&block, "a/note.txt", 1, "other");
    pack(&block, "share/2026-07-02 list pw.txt", 1, "alike");
    pack(&block, "mail/box.mbox", 1, "one");
    pack(&block, "mail/box.mbox", 4, "four");
    pack(&block, "mail/box.mbox", 5, "five");
    pack(&block, "mail/box.mbox", 9, "nine");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        guesses g = guesses_for(arena, kk_buffer_slice(&block), kk_cstr(cases[i].path));
        assert_int_equal(g.count, 6);
        assert_int_equal(g.at[0], cases[i].first);
        if (!kk_eq(g.lines, kk_cstr(cases[i].lines)))
            fail_msg("%.*s", KK_P(g.lines));
        guesses_forget(&g);
    }
    kk_buffer_close(&block);
    kk_arena_close(arena);
}

/* Whatever order they are heard in, the same are kept, each with the first of its places. */
static void order_of_hearing(void **state)
{
    (void)state;
    enum { HEARD = 45000, KEPT = 20000, STEP = 7919 };
    kk_buffer blocks[2] = {{0}, {0}};
    kk_arena *arena = kk_arena_open();
    for (uint64_t turn = 0; turn < 2; turn++) {
        secrets *s = secrets_open();
        assert_false(secrets_settle(s, &blocks[turn]));
        for (uint64_t i = 0; i < HEARD; i++) {
            uint64_t n = turn ? (i * STEP) % HEARD : i;
            kk_secret secret = {n % 3 == 0 ? KK_SECRET_LABEL : KK_SECRET_SWITCH, n,
                                kk_print(arena, "secret %llu", (unsigned long long)(n % 30000))};
            secret_place place = {n % 2 ? KK_S("a.eml") : KK_S("b.eml"), n % 2, n, 1, 0};
            secrets_hear(s, n % 2, &place, &secret);
        }
        const kk_secret torn = {KK_SECRET_SWITCH, 0, KK_S("two\nlines")};
        secrets_hear(s, 0, &(secret_place){KK_S("a"), 0, 0, 0, 0}, &torn);
        assert_true(secrets_settle(s, &blocks[turn]));
        assert_non_null(secrets_place(s, KEPT));
        assert_null(secrets_place(s, KEPT + 1));
        assert_null(secrets_place(s, 0));
        assert_true(secrets_heard_of(s, 1));
        assert_false(secrets_heard_of(s, 2));
        assert_int_equal(secrets_place(s, 1)->record,
                         1); /* a switch, the first path, the first record */
        secrets_close(s);
    }
    assert_true(kk_eq(kk_buffer_slice(&blocks[0]), kk_buffer_slice(&blocks[1])));
    kk_buffer_close(&blocks[0]);
    kk_buffer_close(&blocks[1]);
    kk_arena_close(arena);
}

/* Verifier and its digest as the examples of msoffcrypto-tool (verify_password) have them: 100,000 rounds of SHA-512. */
static const char agile[] =
    "\4\0\4\0\x40\0\0\0"
    "<encryption><keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" "
    "cipherAlgorithm=\"AES\" "
    "cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" "
    "saltValue=\"j8d4IitQjdxM5ozdFTwWtA==\"/>"
    "<keyEncryptors><keyEncryptor><encryptedKey spinCount=\"100000\" saltSize=\"16\" "
    "blockSize=\"16\" keyBits=\"256\" "
    "hashSize=\"64\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" "
    "hashAlgorithm=\"SHA512\" "
    "saltValue=\"y8ocmZND+62SB1Y0FQA0sA==\" "
    "encryptedVerifierHashInput=\"Oe6lTiblFHmMKEvHcU04rA==\" "
    "encryptedVerifierHashValue=\"FDdtbYFzNOaw/0/"
    "YIhp8Z45dinhOj5mfTBiJMMNqSynFszNgW1zUA7BQA63PGMyoy6uN6+NzxlYEoL7PrlwK0A==\" "
    "encryptedKeyValue=\"oWzVFlp6udJxET7ThqeM9JaS6OUnsMX8AFXtCAt8uUs=\"/></keyEncryptor></"
    "keyEncryptors></encryption>";

static bool opened_by(const char *password)
{
    teller t = teller_open();
    kk_settings settings = teller_settings();
    settings.passwords = kk_cstr(password);
    kk_stream *in = kk_stream_over_memory(t.sink.arena, (kk_slice){agile, sizeof agile - 1},
                                          KK_S("EncryptionInfo"));
    kk_office_lock *lock = kk_office_lock_read(t.sink.arena, in, false, &t.sink);
    assert_non_null(lock);
    bool opened = kk_office_lock_open(lock, &settings, &t.sink);
    assert_int_equal(t.issues, 0);
    teller_close(&t);
    return opened;
}

static void published(void **state)
{
    (void)state;
    assert_true(opened_by("Password1234_"));
    assert_false(opened_by("Password1234"));
}

/* Salt, rounds and check of hashcat's example for RAR 5 (mode 13000): headers are locked, and nothing follows. */
static bool rar5_opened_by(const char *password)
{
    static const uint8_t body[] = {0x21, 4,    0,    0,    1,    15,   0x38, 0x46, 0x63,
                                   0x61, 0x00, 0x10, 0x11, 0x01, 0x51, 0x81, 0x34, 0x43,
                                   0x60, 0x68, 0x13, 0x07, 0xcc, 0x7a, 0x30, 0x58, 0x3e,
                                   0x62, 0x67, 0x6a, 0,    0,    0,    0};
    uint8_t bytes[12 + sizeof body] = "Rar!\x1a\x07\x01";
    uint32_t sum = (uint32_t)crc32(0, body, sizeof body);
    for (size_t i = 0; i < 4; i++)
        bytes[8 + i] = (uint8_t)(sum >> 8 * i);
    memcpy(bytes + 12, body, sizeof body);
    teller t = teller_open();
    kk_settings settings = teller_settings();
    settings.passwords = kk_cstr(password);
    kk_stream *in = kk_stream_over_memory(
        t.sink.arena, (kk_slice){(const char *)bytes, sizeof bytes}, KK_S("list.rar"));
    bool opened = kk_rar5_unlock(t.sink.arena, in, &settings, &t.sink) != NULL;
    assert_int_equal(t.issues, 0);
    teller_close(&t);
    return opened;
}

static void published_rar5(void **state)
{
    (void)state;
    assert_true(rar5_opened_by("hashcat"));
    assert_false(rar5_opened_by("hashcat1"));
}

/* Salts and ciphered bytes that RAR 3 made, as John the Ripper's tests (rar_common.c) have them: the header that ends an
 * archive, and a file of 47 bytes that is stored. What is around them was written by tests/system/rar5.py. */
static bool rar4_opened_by(const char *hex, const char *password)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[256];
    size_t len = 0;
    for (; hex[2 * len]; len++)
        bytes[len] = (uint8_t)((strchr(digits, hex[2 * len]) - digits) * 16 +
                               (strchr(digits, hex[2 * len + 1]) - digits));
    teller t = teller_open();
    kk_settings settings = teller_settings();
    settings.passwords = kk_cstr(password);
    kk_stream *in =
        kk_stream_over_memory(t.sink.arena, (kk_slice){(const char *)bytes, len}, KK_S("list.rar"));
    kk_parser_by_name(KK_S("archive"))->parse(in, &settings, &t.sink);
    bool opened = t.issues == 0;
    if (t.children)
        assert_true(
            kk_has(kk_buffer_slice(&t.out),
                   KK_S("\"read\":47,\"sha256\":"
                        "\"d3b0ad02ada6f3d3c0605ff21731508ad09cb70a2bb7f5f86bb019681c747a73\"")));
    teller_close(&t);
    return opened;
}

static void published_rar4(void **state)
{
    (void)state;
    static const char headers[] = "526172211a0700"
                                  "ce997380000d00000000000000"
                                  "42ff7e92f24fb2f8"
                                  "9d8516c8c847f1b941a0feef064aaf0d";
    static const char file[] = "526172211a0700"
                               "cf907300000d00000000000000"
                               "7f977404842d00300000002f00000002965f14530060e15c1d30050020000000"
                               "612e747874"
                               "c47c5bef0bbd1e98"
                               "c5e987f81d316d9dcfdb6a1b27105ce63fca2c594da5aa2f6fdf2f65f50f0d66"
                               "314f8a09da875ae19d6c15636b65c815"
                               "c43d7b00400700";
    assert_true(rar4_opened_by(headers, "1234"));
    assert_false(rar4_opened_by(headers, "12345"));
    assert_true(rar4_opened_by(file, "wrong\ntest"));
    assert_false(rar4_opened_by(file, "Test"));
}

static void equals(const uint8_t *found, const char *hex)
{
    char text[3];
    for (size_t i = 0; hex[2 * i]; i++) {
        (void)snprintf(text, sizeof text, "%02x", found[i]);
        assert_memory_equal(text, hex + 2 * i, 2);
    }
}

/* Blowfish: the first of Eric Young's vectors, whose block of zeros a feedback cipher gives for zeros. GCM: test case 14 of
 * McGrew and Viega. Argon2id: phc-winner-argon2's own tests of version 1.3. */
static void published_ciphers(void **state)
{
    (void)state;
    static const char zeros[32];
    uint8_t bytes[16] = {0}, key[32], mark[16] = {0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0,
                                                  0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19};
    kk_cipher_warm();
    kk_cipher *c = kk_cipher_open(KK_BLOWFISH_CFB, (kk_slice){zeros, 8}, (kk_slice){zeros, 8});
    kk_cipher_turn(c, bytes, 8);
    equals(bytes, "4ef997456198dd78");
    kk_cipher_close(c);
    for (unsigned turn = 0; turn < 2; turn++) {
        memset(bytes, 0, sizeof bytes);
        mark[15] ^= (uint8_t)turn;
        c = kk_cipher_open(KK_AES_GCM, (kk_slice){zeros, 32}, (kk_slice){zeros, 12});
        kk_cipher_turn(c, bytes, 16); /* the sum is of what was ciphered: zeros here */
        equals(bytes, "cea7403d4d606b6e074ec5d3baf39d18");
        kk_cipher_close(c);
        c = kk_cipher_open(KK_AES_GCM, (kk_slice){zeros, 32}, (kk_slice){zeros, 12});
        kk_cipher_turn(c, bytes, 16);
        equals(bytes, "00000000000000000000000000000000");
        assert_int_equal(kk_cipher_holds(c, mark), turn == 0);
        kk_cipher_close(c);
    }
    assert_null(kk_cipher_open(KK_AES_GCM, (kk_slice){zeros, 31}, (kk_slice){zeros, 12}));
    assert_null(kk_cipher_open(KK_AES_CBC, (kk_slice){zeros, 32}, (kk_slice){zeros, 12}));
    assert_true(kk_argon2_of_password(KK_S("password"), KK_S("somesalt"), 2, 256, 1, key, 32));
    equals(key, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    assert_true(kk_argon2_of_password(KK_S("password"), KK_S("somesalt"), 2, 256, 2, key, 32));
    equals(key, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037");
    assert_false(kk_argon2_of_password(KK_S("password"), KK_S("somesalt"), 0, 256, 2, key, 32));
    assert_false(kk_argon2_of_password(KK_S("password"), KK_S("somesalt"), 2, 15, 2, key, 32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines),
                                       cmocka_unit_test(limit),
                                       cmocka_unit_test(found),
                                       cmocka_unit_test(nearness),
                                       cmocka_unit_test(order_of_hearing),
                                       cmocka_unit_test(published),
                                       cmocka_unit_test(published_rar5),
                                       cmocka_unit_test(published_rar4),
                                       cmocka_unit_test(published_ciphers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
