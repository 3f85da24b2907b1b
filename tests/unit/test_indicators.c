/* Indicators: ways to write them, files of them, and where they are found and where not. */
#include "base/hash.h"
#include "base/text.h"
#include "detect/ioc_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void is_text(kk_slice found, const char *wanted)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s", KK_P(found));
    assert_string_equal(text, wanted);
}

static void refanging(void **state)
{
    static const char *const table[][2] = {
        {"203[.]0[.]113[.]5", "203.0.113.5"},
        {"203.0.113[.5", "203.0.113.5"},
        {"hxxps://evil[.]example/a.php", "https://evil.example/a.php"},
        {"hXXp[:]//evil(dot)example", "http://evil.example"},
        {"hxxp[://]evil{.}example", "http://evil.example"},
        {"fxp://files[dot]example", "ftp://files.example"},
        {"someone[at]evil[.]example", "someone@evil.example"},
        {"2001[:]db8[:][:]1", "2001:db8::1"},
        {"evil\\.example", "evil.example"},
        {"C:\\work\\.ssh\\id", "C:\\work\\.ssh\\id"},
        {"\\\\fs01\\.hidden", "\\\\fs01\\.hidden"},
        {"hxxpd.exe", "hxxpd.exe"},
        {"", ""},
    };
    kk_arena *a = kk_arena_open();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        is_text(kk_ioc_refanged(a, kk_cstr(table[i][0])), table[i][1]);
    kk_arena_close(a);
    (void)state;
}

static void kinds(void **state)
{
    static const struct {
        const char *value;
        kk_ioc_type type;
    } table[] = {
        {"203.0.113.5", KK_IOC_IP},
        {"2001:DB8:0::1", KK_IOC_IP},
        {"198.51.100.0/24", KK_IOC_IP},
        {"300.1.1.1", KK_IOC_TEXT},
        {"evil.example", KK_IOC_DOMAIN},
        {"*.evil.example", KK_IOC_DOMAIN},
        {"例示.example", KK_IOC_DOMAIN},
        {"m64.exe", KK_IOC_FILE_NAME},
        {"C:\\a\\b.exe", KK_IOC_PATH},
        {"/tmp/.x", KK_IOC_PATH},
        {"%TEMP%\\x", KK_IOC_PATH},
        {"CORP\\taro", KK_IOC_ACCOUNT},
        {"a@evil.example", KK_IOC_EMAIL},
        {"http://evil.example/x", KK_IOC_URL},
        {"evil.example/x", KK_IOC_URL},
        {"HKLM\\Software\\X", KK_IOC_REGISTRY},
        {"mutex with words", KK_IOC_TEXT},
        {"d41d8cd98f00b204e9800998ecf8427e", KK_IOC_HASH},
        {"d41d8cd98f00b204e9800998ecf8427", KK_IOC_TEXT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (kk_ioc_type_by_value(kk_cstr(table[i].value)) != table[i].type)
            fail_msg("%s: kind %d", table[i].value,
                     (int)kk_ioc_type_by_value(kk_cstr(table[i].value)));
    (void)state;
}

/* Whether a list of one line finds anything in a value. */
static bool finds_in(const char *list, kk_ioc_place place, const char *value)
{
    kk_arena *a = kk_arena_open();
    kk_iocs iocs;
    const kk_ioc_hit *hits;
    kk_iocs_read(a, kk_cstr(list), &iocs);
    assert_int_equal(iocs.unread_count, 0);
    assert_true(iocs.count > 0);
    kk_ioc_matcher *m = kk_ioc_matcher_make(a, iocs.items, iocs.count);
    kk_ioc_begin(m);
    kk_ioc_value(m, 3, place, kk_cstr(value));
    size_t first = kk_ioc_end(m, &hits);
    assert_true(first == 0 || hits[0].fields == 8);
    kk_ioc_begin(m); /* what is remembered of a value changes nothing */
    kk_ioc_value(m, 3, place, kk_cstr(value));
    assert_int_equal(kk_ioc_end(m, &hits), first);
    kk_ioc_matcher_close(m);
    kk_arena_close(a);
    return first > 0;
}

static const struct {
    const char *ioc, *value;
    bool found;
} found_in[] = {
    /* Whole addresses, however they are written. */
    {"10.0.0.1", "10.0.0.1", true},
    {"10.0.0.1", "110.0.0.12", false},
    {"10.0.0.1", "10.0.0.12", false},
    {"10.0.0.1", "1.10.0.0.1", false},
    {"10.0.0.1", "version 10.0.0.1.7", false},
    {"10.0.0.1", "v10.0.0.1", false},
    {"10.0.0.1", "from 10.0.0.1:443, twice.", true},
    {"10.0.0.1", "seen 10.0.0.1.", true},
    {"10.0.0.1", "addr=10.0.0.1;", true},
    {"10.0.0.1", "ip:10.0.0.1", true},
    {"10.0.0.1", "::ffff:10.0.0.1", true},
    {"10.0.0.1", "\\\\10.0.0.1\\share", true},
    {"10.0.0.1", "http://10.0.0.1/a", true},
    {"2001:db8::1", "2001:0DB8:0:0:0:0:0:1", true},
    {"2001:0db8:0000::0001", "[2001:db8::1]:443", true},
    {"2001:db8::1", "2001:db8::12", false},
    {"2001:db8::1", "12:30:01", false},
    {"203.0.113.0/24", "203.0.113.77", true},
    {"203.0.113.0/24", "203.0.114.77", false},
    {"203.0.113.77/24", "203.0.113.3", true},
    {"2001:db8::/32", "2001:db8:ffff::9", true},
    {"2001:db8::/32", "2001:db9::9", false},
    {"0.0.0.0/0", "2001:db9::9", false},
    /* Names and what is below them. */
    {"evil.example", "EVIL.Example", true},
    {"evil.example", "www.evil.example", true},
    {"evil.example", "https://a.b.evil.example:8443/x", true},
    {"evil.example", "someone@evil.example", true},
    {"evil.example", "notevil.example", false},
    {"evil.example", "not-evil.example", false},
    {"evil.example", "evil.example.net", false},
    {"evil.example", "evil.example.", true},
    {"evil.example", "evil.examples", false},
    {"hxxp://evil[.]example/gate.php", "GET http://evil.example/gate.php?id=1", true},
    {"http://evil.example/gate.php", "evil.example/gate.php", true},
    {"http://evil.example/gate.php", "http://evil.example/gate.phps", false},
    {"http://evil.example/gate.php", "http://evil.example/gate.php/more", false},
    {"http://evil.example/a", "http://notevil.example/a", false},
    {"http://evil.example/", "https://evil.example/any", true},
    {"http://203.0.113.5/", "203.0.113.5", true},
    {"a@evil.example", "From: <A@evil.example>", true},
    {"a@evil.example", "aa@evil.example", false},
    {"a@evil.example", "b.a@evil.example", false},
    /* Files. */
    {"m64.exe", "C:\\ProgramData\\v\\M64.EXE", true},
    {"m64.exe", "\"m64.exe\" -x", true},
    {"m64.exe", "xm64.exe", false},
    {"m64.exe", "x-m64.exe", false},
    {"m64.exe", "m64.exe.config", false},
    {"m64.exe", "ran m64.exe.", true},
    {"C:\\ProgramData\\v\\m64.exe", "c:/programdata/v/m64.exe", true},
    {"C:\\ProgramData\\v\\m64.exe", "\\Device\\HarddiskVolume3\\ProgramData\\v\\m64.exe", true},
    {"C:\\ProgramData\\v\\m64.exe", "/ProgramData/v/m64.exe", true},
    {"C:\\ProgramData\\v\\m64.exe", "%ProgramData%\\v\\m64.exe", true},
    {"C:\\ProgramData\\v\\m64.exe", "C:\\\\ProgramData\\\\v\\\\m64.exe", true},
    {"C:\\ProgramData\\v\\m64.exe", "C:\\OldProgramData\\v\\m64.exe", false},
    {"C:\\ProgramData\\v\\m64.exe", "C:\\ProgramData\\v\\m64.exe.bak", false},
    {"C:\\ProgramData\\v", "C:\\ProgramData\\v\\m64.exe", true},
    {"C:\\ProgramData\\v", "C:\\ProgramData\\v2\\m64.exe", false},
    {"%APPDATA%\\x\\y.dll", "C:\\Users\\taro\\AppData\\Roaming\\x\\y.dll", true},
    {"C:\\Users\\taro\\AppData\\Roaming\\x\\y.dll", "%AppData%\\x\\y.dll", true},
    {"C:\\Windows\\a.exe", "%SystemRoot%\\a.exe", true},
    {"C:\\a.exe", "C:\\a.exe", true},
    {"C:\\a.exe", "C:\\b\\a.exe", false},
    {"/tmp/.x", "cat /tmp/.x", true},
    {"/tmp/.x", "cat /var/tmp/.x", false},
    {"/tmp/.x", "/tmp/.xy", false},
    {"顧客名簿.xlsx", "D:\\共有\\顧客名簿.xlsx", true},
    {"顧客名簿.xlsx", "D:\\共有\\旧顧客名簿.xlsx", false},
    {"HKLM\\Software\\X", "HKEY_LOCAL_MACHINE\\SOFTWARE\\X\\Run", true},
    {"HKLM\\Software\\X", "\\REGISTRY\\MACHINE\\SOFTWARE\\X", true},
    {"HKLM\\Software\\X", "HKLM\\Software\\XY", false},
    {"HKLM\\System\\CurrentControlSet\\Services\\Y", "HKLM\\System\\ControlSet001\\Services\\Y",
     true},
    /* Hashes. */
    {"D41D8CD98F00B204E9800998ECF8427E", "SHA1=1,MD5=d41d8cd98f00b204e9800998ecf8427e,X=2", true},
    {"d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e0", false},
    /* Patterns. */
    {"[file:name = 'a.exe']", "a.exe", true},
    {"[file:name IN ('b.exe', 'a.exe')]", "C:\\a.exe", true},
    {"[file:name LIKE '%scan.exe']", "C:\\v\\netscan.exe", true},
    {"[file:name LIKE 'scan%.exe']", "C:\\v\\netscan.exe", false},
    {"[file:name MATCHES '^net.*\\\\.exe$']", "C:\\v\\netscan.exe", true},
    {"[file:name MATCHES 'x.*\\\\.exe$']", "C:\\v\\netscan.exe", false},
    {"[ipv4-addr:value ISSUBSET '203.0.113.0/24' OR domain-name:value = 'evil.example']",
     "203.0.113.9", true},
    {"[ipv4-addr:value = '203.0.113.1'] OR [domain-name:value = 'evil.example']", "evil.example",
     true},
    {"[file:name = 'a.exe' AND file:parent_directory_ref.path = 'C:\\\\v\\\\w']", "C:\\v\\w\\a.exe",
     true},
    {"[file:name = 'a.exe' AND file:parent_directory_ref.path = 'C:\\\\v\\\\w']", "C:\\v\\u\\a.exe",
     false},
    {"[file:name = 'a.exe' AND (file:name = 'b.exe' OR domain-name:value = 'evil.example')]",
     "a.exe http://evil.example/", true},
    {"[file:name = 'a.exe' AND (file:name = 'b.exe' OR domain-name:value = 'evil.example')]",
     "a.exe", false},
};

static void found_and_not(void **state)
{
    for (size_t i = 0; i < sizeof found_in / sizeof *found_in; i++)
        if (finds_in(found_in[i].ioc, KK_IOC_IN_ANY, found_in[i].value) != found_in[i].found)
            fail_msg("%s in %s", found_in[i].ioc, found_in[i].value);
    (void)state;
}

/* What notices, lists of hashes and mails write around an indicator. */
static void lines_of_people(void **state)
{
#define SUM "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    static const struct {
        const char *line, *value;
        bool found;
    } table[] = {
        {SUM "  dropped.txt", SUM, true},
        {SUM " *dropped.txt", SUM, true},
        {SUM "  C:\\work\\a.exe", SUM, true},
        {"sha256:" SUM, SUM, true},
        {"SHA-256 = " SUM, SUM, true},
        {"SHA256 (dropped.txt) = " SUM, SUM, true},
        {"ハッシュ値：" SUM, SUM, true},
        {"- 203.0.113.5", "203.0.113.5", true},
        {"・203[.]0[.]113[.]5（C2）", "203.0.113.5", true},
        {"1. 203.0.113.5", "203.0.113.5", true},
        {"203.0.113.5\tC2 server", "203.0.113.5", true},
        {"IPアドレス: 203.0.113.5", "203.0.113.5", true},
        {"２０３．0．113．5", "203.0.113.5", true},
        {"'evil.example'", "a.evil.example", true},
        {"evil.example:443", "evil.example", true},
        {"http://evil.example/a(1).exe seen twice", "http://evil.example/a(1).exe", true},
        {"file: dropped.txt", "C:\\dropped.txt", true},
        {"Secret report.docx", "C:\\Secret report.docx", true},
        {"Secret report.docx", "C:\\report.docx", false},
        {"password=hunter2", "x?password=hunter2", true},
        {"C:\\work\\kb\\*", "C:\\work\\kb\\a.exe", true},
        {"203.0.113.8-203.0.113.20", "203.0.113.8", true},
        {"203.0.113.8-203.0.113.20", "203.0.113.20", true},
        {"203.0.113.8-203.0.113.20", "203.0.113.7", false},
        {"203.0.113.8-203.0.113.20", "203.0.113.21", false},
        {"203.0.113.8 - 20", "203.0.113.13", true},
        {"0.0.0.0-255.255.255.255", "198.51.100.1", true},
        {"203.0.113.*", "203.0.113.255", true},
        {"203.0.113.*", "203.0.114.0", false},
        {"203.0.113.5:8080", "ping 203.0.113.5:8080", true},
        {"203.0.113.5:8080", "ping 203.0.113.5:80801", false},
        {"203.0.113.5:8080", "ping 203.0.113.5", false},
        {"[2001:db8::1]:443", "https://[2001:db8::1]:443/", true},
        {"例示.example", "http://xn--fsq192h.example/p", true},
        {"xn--fsq192h.example", "例示.example", true},
        {"例示。example", "xn--fsq192h.example", true},
        {"http://例示.example/p", "GET http://xn--fsq192h.example/p", true},
        {"a@例示.example", "a@xn--fsq192h.example", true},
        {"例示.example", "xn--fsq.example", false},
        {"HKLM:\\Software\\Evil", "HKLM\\SOFTWARE\\Evil", true},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (finds_in(table[i].line, KK_IOC_IN_ANY, table[i].value) != table[i].found)
            fail_msg("%s in %s", table[i].line, table[i].value);
    (void)state;
}

static void accounts(void **state)
{
    static const char list[] = "type,value\naccount,CORP\\root\n";
    assert_true(finds_in(list, KK_IOC_IN_ACCOUNT, "ROOT"));
    assert_true(finds_in(list, KK_IOC_IN_ANY, "root"));
    assert_true(finds_in(list, KK_IOC_IN_ANY, "CORP\\root"));
    assert_true(finds_in(list, KK_IOC_IN_ANY, "root@corp.example"));
    assert_true(finds_in(list, KK_IOC_IN_ANY, "C:\\Users\\root\\x"));
    assert_false(finds_in(list, KK_IOC_IN_ANY, "cd /srv/root; ls"));
    assert_false(finds_in(list, KK_IOC_IN_ANY, "the root of it"));
    assert_false(finds_in(list, KK_IOC_IN_ACCOUNT, "root2"));
    assert_false(finds_in(list, KK_IOC_IN_ACCOUNT, "root-svc"));
    assert_false(finds_in(list, KK_IOC_IN_ACCOUNT, "FS01-root$"));
    assert_true(finds_in("/tmp/.x", KK_IOC_IN_ITEM, "LX01.img!/p2/tmp/.x"));
    (void)state;
}

/* Cut at each length, and damaged: whatever it is then, it is read to its end and looked for. */
static void harm(const char *bytes, size_t len)
{
    static uint64_t state = 20260701;
    for (size_t round = 0; round < len + 200; round++) {
        kk_arena *a = kk_arena_open();
        kk_iocs iocs;
        const kk_ioc_hit *hits;
        kk_slice copy = kk_copy(a, (kk_slice){bytes, round < len ? round : len});
        char *to = (char *)(uintptr_t)copy.ptr;
        for (size_t k = 0; round >= len && k < 4 && len; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            to[(state >> 33) % len] = (char)(state >> 24);
        }
        kk_iocs_read(a, copy, &iocs);
        kk_ioc_matcher *m = kk_ioc_matcher_make(a, iocs.items, iocs.count);
        kk_ioc_begin(m);
        kk_ioc_value(m, 0, KK_IOC_IN_ANY, KK_S("http://evil.example/203.0.113.5/a.exe"));
        assert_true(kk_ioc_end(m, &hits) <= iocs.count);
        kk_ioc_matcher_close(m);
        kk_arena_close(a);
    }
}

static void read_as(const char *bytes, size_t len, const char *format, size_t count, size_t unread)
{
    kk_arena *a = kk_arena_open();
    kk_iocs iocs, again;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_iocs_read(a, (kk_slice){bytes, len}, &iocs);
    if (strcmp(iocs.format, format) != 0 || iocs.count != count || iocs.unread_count != unread)
        fail_msg("%.60s: %s, %zu, %zu unread", bytes, iocs.format, iocs.count, iocs.unread_count);
    kk_iocs_put(&j, &iocs);
    assert_true(kk_iocs_take(a, kk_buffer_slice(&out), &again));
    assert_int_equal(again.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(kk_eq(again.items[i].given, iocs.items[i].given) &&
                    again.items[i].type == iocs.items[i].type);
    kk_buffer_close(&out);
    kk_arena_close(a);
    harm(bytes, len);
}
#define READ_AS(text, format, count, unread) read_as(text, sizeof(text) - 1, format, count, unread)

static void files(void **state)
{
    READ_AS("", "list", 0, 0);
    READ_AS("# a\n\nevil.example\r\n10.0.0.1 # x\n;y\n", "list", 2, 0);
    READ_AS("\xef\xbb\xbf"
            "evil.example\n",
            "list", 1, 0);
    READ_AS("\xff\xfe"
            "a\0.\0e\0x\0a\0m\0p\0l\0e\0\n\0",
            "list", 1, 0);
    READ_AS("\x8c\xda\x8b\x71\x96\xbc\x95\xeb.xlsx\n", "list", 1, 0); /* 顧客名簿 in Shift_JIS */
    READ_AS("type,value\nip,203[.]0.113.5\ndomain,\"evil.example\"\nasn,AS64500\nip,nonsense\n",
            "csv", 2, 2);
    READ_AS("ip,203.0.113.5\ndomain,evil.example\n", "csv", 2, 0);
    READ_AS("sha256;ip\n;203.0.113.5\n", "csv", 1, 0);
    READ_AS("種別\t値\nURL\thxxp://evil[.]example/x\n", "csv", 1, 0);
    READ_AS(
        "uuid,event_id,category,type,value,comment,to_ids,date\nu,1,Payload,filename|md5,\"a.exe|"
        "d41d8cd98f00b204e9800998ecf8427e\",x,1,2\nu,1,N,ip-dst|port,203.0.113.5|443,x,1,2\n",
        "csv", 3, 0);
    READ_AS("{\"Event\":{\"Attribute\":[{\"type\":\"ip-dst\",\"value\":\"203.0.113.5\"},{\"type\":"
            "\"comment\",\"value\":"
            "\"x\"}],\"Object\":[{\"Attribute\":[{\"type\":\"sha1\",\"value\":"
            "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}]}]}}",
            "misp", 2, 1);
    READ_AS("{\"response\":[{\"Event\":{\"Attribute\":[{\"type\":\"domain|ip\",\"value\":\"evil."
            "example|203.0.113.5\"}]}}]}",
            "misp", 2, 0);
    READ_AS("{\"type\":\"bundle\",\"id\":\"x\",\"objects\":[{\"type\":\"ipv4-addr\",\"value\":"
            "\"203.0.113.5\"},"
            "{\"type\":\"indicator\",\"pattern\":\"[url:value = "
            "'http://e.example/x']\",\"pattern_type\":\"stix\"},"
            "{\"type\":\"indicator\",\"pattern\":\"alert tcp\",\"pattern_type\":\"snort\"},"
            "{\"type\":\"indicator\",\"pattern\":\"[file:name != 'x']\",\"pattern_type\":\"stix\"},"
            "{\"type\":\"malware\",\"name\":\"x\"}]}",
            "stix", 2, 3);
    READ_AS("{\"type\":\"ip\",\"value\":\"203.0.113.5\"}\n{\"type\":\"domain\",\"value\":\"evil."
            "example\"}\n",
            "json", 2, 0);
    READ_AS("[\"203.0.113.5\", \"evil.example\"]", "json", 2, 0);
    READ_AS("[ipv4-addr:value = '203.0.113.5']\n[2001:db8::1]:443\n", "list", 2, 0);
    READ_AS("<ioc></ioc>", "none", 0, 1);
    READ_AS("{\"a\":1}", "none", 0, 1);
    READ_AS("!!!\n", "list", 0, 1);
    READ_AS("[file:name = 'a' AND [x]\n[mystery:value = 'x']\n[file:name = 'a'\n[file:size > 3]\n"
            "[NOT file:name = 'abc']\n[file:name MATCHES '(a|b)+']\n[file:name LIKE '%']\n",
            "list", 0, 7);
    READ_AS("[file:name = 'abc'] FOLLOWEDBY [file:name = 'def'] WITHIN 5 SECONDS\n", "list", 2, 2);
    (void)state;
}

/* Ports belong to their address; the same indicator of two files is found for both. */
static void together(void **state)
{
    kk_arena *a = kk_arena_open();
    kk_iocs iocs;
    const kk_ioc_hit *hits;
    kk_iocs_read(
        a, KK_S("203.0.113.5:443\n203.0.113.5\n203.0.113.5\n::ffff:203.0.113.5\n203.0.113.0/24\n"),
        &iocs);
    assert_int_equal(iocs.count, 5);
    kk_ioc_matcher *m = kk_ioc_matcher_make(a, iocs.items, iocs.count);
    kk_ioc_begin(m);
    kk_ioc_value(m, 1, KK_IOC_IN_ANY, KK_S("203.0.113.5"));
    kk_ioc_number(m, 2, KK_IOC_PORT, 80);
    assert_int_equal(kk_ioc_end(m, &hits), 4);
    kk_ioc_begin(m);
    kk_ioc_value(m, 1, KK_IOC_IN_ANY, KK_S("203.0.113.5"));
    kk_ioc_number(m, 2, KK_IOC_PORT, 443);
    assert_int_equal(kk_ioc_end(m, &hits), 5);
    for (size_t i = 0; i < 5; i++)
        if (hits[i].ioc == 0)
            assert_int_equal(hits[i].fields, 6);
    kk_ioc_begin(m);
    kk_ioc_number(m, 2, KK_IOC_PORT, 443);
    assert_int_equal(kk_ioc_end(m, &hits), 0);
    kk_ioc_matcher_close(m);
    kk_arena_close(a);
    (void)state;
}

/* Ids of the examples of STIX 2.1, sections 2.9 and 6.4. */
static void stix_ids(void **state)
{
    static const uint8_t space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                      0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
    kk_arena *a = kk_arena_open();
    is_text(kk_uuid5(a, space, KK_S("{\"value\":\"198.51.100.3\"}")),
            "28bb3599-77cd-5a82-a950-b5bc3caf07c4");
    is_text(kk_uuid5(a, space, KK_S("{\"value\":\"example.com\"}")),
            "bedb4899-d24b-5401-bc86-8f6b4cc18ec7");
    kk_arena_close(a);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refanging),     cmocka_unit_test(kinds),
        cmocka_unit_test(found_and_not), cmocka_unit_test(lines_of_people),
        cmocka_unit_test(accounts),      cmocka_unit_test(files),
        cmocka_unit_test(together),      cmocka_unit_test(stix_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
