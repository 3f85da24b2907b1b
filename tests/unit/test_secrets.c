/* Passwords that stand in commands and texts: what is told and what is not; whatever the bytes are, what is told is UTF-8 and within
 * its limits. */
#include "base/text.h"
#include "recognise/secrets.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    kk_buffer out; /* " | " between them */
    size_t wrong;
} told;

static void hear(void *context, kk_secret_rank rank, kk_slice text)
{
    told *t = context;
    size_t length = kk_utf8_valid(text) ? kk_char_count(text) : 0;
    t->wrong += rank >= KK_SECRET_RANKS || length < KK_SECRET_LEAST || length > KK_SECRET_MOST ||
                text.len > KK_SECRET_BYTES || memchr(text.ptr, '\n', text.len);
    if (t->out.len)
        kk_put(&t->out, KK_S(" | "));
    kk_put(&t->out, text);
}

typedef struct {
    const char *said, *wanted;
} given;

static void check(const given *cases, size_t count, int kind)
{
    for (size_t i = 0; i < count; i++) {
        kk_arena *arena = kk_arena_open();
        told t = {0};
        if (kind < 0)
            kk_secrets_of_text(arena, kk_cstr(cases[i].said), hear, &t);
        else
            kk_secrets_of_command(arena, kk_cstr(cases[i].said), (kk_command_kind)kind, hear, &t);
        if (!kk_eq(kk_buffer_slice(&t.out), kk_cstr(cases[i].wanted))) {
            fprintf(stderr, "%s\n  told: %.*s\n", cases[i].said, KK_P(kk_buffer_slice(&t.out)));
            fail();
        }
        assert_int_equal(t.wrong, 0);
        kk_buffer_close(&t.out);
        kk_arena_close(arena);
    }
}
#define CHECK(cases, kind) check(cases, sizeof(cases) / sizeof *(cases), kind)

/* As programs were given them. */
static const given run[] = {
    {"\"C:\\Program Files\\7-Zip\\7z.exe\" a -mhe=on -pSpring#2026 C:\\Users\\Public\\o.7z "
     "D:\\share",
     "Spring#2026"},
    {"7za x -p\"two words\" o.7z", "two words"},
    {"C:\\PerfLogs\\rar.exe a -r -hpHx-77&71 -m5 o.rar E:\\", "Hx-77&71"},
    {"WinRAR.exe a -pabcd1234 o.rar *.xlsx", "abcd1234"},
    {"svchost.exe a -hpNoName1 -v500m o.rar E:\\data", "NoName1"},
    {"Rar.exe x -p- o.rar", ""},
    {"7z a -p o.7z", ""},    /* asks for it */
    {"7z a -pabc o.7z", ""}, /* too short */
    {"zip -r -P letmein9 o.zip /srv", "letmein9"},
    {"zip -rP letmein9 o.zip /srv", "letmein9"},
    {"/usr/bin/unzip -Pletmein9 o.zip", "letmein9"},
    {"openssl enc -aes-256-cbc -salt -in a -out b -k Qwerty!99", "Qwerty!99"},
    {"openssl enc -d -in b -pass pass:Open-Sesame", "Open-Sesame"},
    {"qpdf --password=pdfpass --decrypt a.pdf b.pdf", "pdfpass"},
    {"qpdf --encrypt user1 owner1 256 -- a.pdf b.pdf", "user1 | owner1"},
    {"cmd.exe /c \"rar a -hpInside1 o.rar C:\\d & del x\"", "Inside1"},
    {"powershell -Command \"Compress-7Zip -Path C:\\d -ArchiveFileName o.7z -Password "
     "'Pwsh-5432'\"",
     "Pwsh-5432"},
    {"ssh -p 2222 host", ""},
    {"mkdir -p /srv/data/backup", ""},
    {"docker run -p 8080:8080 web", ""},
    {"rar a -hpa$b%c`d o.rar x", "a$b%c`d"}, /* nothing is filled in any more */
};

/* As they were typed, or stand in scripts. */
static const given typed[] = {
    {"7z a -p$PASS o.7z x", ""},
    {"7z a -p'$ecret99' o.7z x", "$ecret99"},
    {"rar a -hp%PW% o.rar x", ""},
    {"zip -P \"a\\\"b c\" o.zip x; ls", "a\"b c"},
    {"cd /tmp && 7z x -pfirst1 a.7z && 7z x -psecond2 b.7z", "first1 | second2"},
    {"$s = ConvertTo-SecureString 'Plain-Text1' -AsPlainText -Force", "Plain-Text1"},
    {"$s = (ConvertTo-SecureString -String \"Plain-Text2\" -AsPlainText -Force)", "Plain-Text2"},
    {"\"Plain-Text3\" | ConvertTo-SecureString -AsPlainText -Force", "Plain-Text3"},
    {"ConvertTo-SecureString $p -AsPlainText -Force", ""},
    {"ConvertTo-SecureString '01000000d08c9ddf'", ""}, /* enciphered by the system */
    {"$password = 'infected'", "infected"},
    {"ZIP_PASS=\"for-the-zip\"\nzip -P \"$ZIP_PASS\" o.zip x", "for-the-zip"},
    {"echo library && cp a b", ""},
};

static const given texts[] = {
    {"パスワードは「Ab12-cd34」です。", "Ab12-cd34"},
    {"パスワード：Ab12-cd34", "Ab12-cd34"},
    {"解凍パスワード： Ab12-cd34　になります。", "Ab12-cd34"},
    {"解凍パスワードは Ab12-cd34 です。", "Ab12-cd34"},
    {"【開封パスワード】\n\nAb12-cd34\n", "Ab12-cd34"},
    {"パスワードは以下の通りです。\n\n----------\nAb12-cd34\n----------\n", "Ab12-cd34"},
    {"パスワードをお知らせいたします。\n\n　Ab12-cd34\n\nよろしくお願いします。", "Ab12-cd34"},
    {"ファイルの解凍PW＝Ab12-cd34（半角英数字）", "Ab12-cd34"},
    {"PW: Ab12-cd34\nP/W:Ab12-cd35", "Ab12-cd34 | Ab12-cd35"},
    {"ZIP password: Ab12-cd34.", "Ab12-cd34 | Ab12-cd34."},
    {"The password for the attached file is Ab12-cd34", "Ab12-cd34"},
    {"> パスワード:Ab12-cd34", "Ab12-cd34"},
    {"ﾊﾟｽﾜｰﾄﾞ:Ab12-cd34", "Ab12-cd34"},
    {"pass:\n> Ab12-cd34", "Ab12-cd34"},
    {"パスワード：「夏の資料は七月」", "夏の資料は七月"},
    {"パスワード：夏の資料は七月", "夏の資料は七月"},
    /* wide letters as they stand, and folded */
    {"パスワード：Ａｂ１２－ｃｄ３４", "Ａｂ１２－ｃｄ３４ | Ab12-cd34"},
    {"解凍ＰＷ：「Ａｂ１２」", "Ａｂ１２ | Ab12"},
    /* no value */
    {"パスワードは別途お送りします。", ""},
    {"パスワードは別途お送りします。\n\nよろしくお願いいたします。\n", ""},
    {"パスワード：別途ご連絡いたします", ""},
    {"パスワードは別メールにてお送りいたします。\nTEL 03-0000-0000", ""},
    {"パスワードを忘れた場合は https://example.co.jp/reset へ", ""},
    {"パスワードの再設定: https://example.co.jp/reset", ""},
    {"This file is password protected.", ""},
    {"Password: ********", ""},
    {"The compass pointed north: spam passed by", ""},
    {"パスポート番号", ""},
    /* commands in a note */
    {"手順\nrar a -hpNote-5 o.rar C:\\d", "Note-5"},
};

static void commands(void **state)
{
    (void)state;
    CHECK(run, KK_COMMAND_RUN);
    CHECK(typed, KK_COMMAND_TYPED);
}

static void running_text(void **state)
{
    (void)state;
    CHECK(texts, -1);
}

/* A copy of exactly its size, so that a sanitizer sees a read beyond it. */
static void try_bytes(kk_slice bytes)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);
    assert_non_null(copy);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    kk_arena *arena = kk_arena_open();
    told t = {0};
    kk_secrets_of_text(arena, (kk_slice){copy, bytes.len}, hear, &t);
    kk_secrets_of_command(arena, (kk_slice){copy, bytes.len}, KK_COMMAND_RUN, hear, &t);
    kk_secrets_of_command(arena, (kk_slice){copy, bytes.len}, KK_COMMAND_TYPED, hear, &t);
    assert_int_equal(t.wrong, 0);
    kk_buffer_close(&t.out);
    kk_arena_close(arena);
    free(copy);
}

static void harm(const given *cases, size_t count, uint32_t *seed)
{
    for (size_t i = 0; i < count; i++) {
        kk_slice said = kk_cstr(cases[i].said);
        for (size_t len = 0; len < said.len; len++)
            try_bytes(kk_part(said, 0, len));
        for (int turn = 0; turn < 60; turn++) {
            kk_buffer bytes = {0};
            kk_put(&bytes, said);
            for (int k = 0; k < 1 + turn / 20; k++) {
                *seed = *seed * 1664525 + 1013904223;
                bytes.ptr[(*seed >> 8) % bytes.len] = (char)(*seed >> 24);
            }
            try_bytes(kk_buffer_slice(&bytes));
            kk_buffer_close(&bytes);
        }
    }
}

static void damaged(void **state)
{
    (void)state;
    uint32_t seed = 20260717;
    harm(run, sizeof run / sizeof *run, &seed);
    harm(typed, sizeof typed / sizeof *typed, &seed);
    harm(texts, sizeof texts / sizeof *texts, &seed);
}

/* Twice the text takes about twice the work: each letter is looked at by a bounded number of searches. */
static void long_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {"password ", "パスワードは", "PW\n",        "\n",
                                         "「",        "7z -p\"",      "pass:\n\n\n", "-hp"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        kk_buffer text = {0};
        while (text.len < 1 << 20)
            kk_put(&text, kk_cstr(pieces[i]));
        try_bytes(kk_buffer_slice(&text)); /* ends long before the test's time is up */
        kk_buffer_close(&text);
    }
}

int main(void)
{
    kk_text_warm();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(running_text),
        cmocka_unit_test(damaged),
        cmocka_unit_test(long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
