/* Whose acts were our own people's: as case.yaml says, with or without an address in the record. */
#include "tests/unit/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyse/responders.h"
#include "casefile/decisions.h"
#include "tests/unit/settings_text.h"

static const char case_file[] =
    "timezone: UTC\n"
    "responders:\n"
    "  - {account: sato.adm, from_ip: 192.168.1.50, hosts: [FS01],\n"
    "     from: 2026-07-08T09:00:00Z, to: 2026-07-08T18:00:00Z, did: imaging}\n"
    "  - {from_ip: 192.168.1.60}\n";

/* Of 8 July 2026. */
static kk_time at(int hour, int minute)
{
    return kk_time_from_civil(&(kk_civil){2026, 7, 8, hour, minute, 0, 0});
}

static kk_session session(const char *id, const char *account, const char *ip, const char *host,
                          kk_time start, kk_time end)
{
    return (kk_session){.id = kk_cstr(id),
                        .kind = KK_BY_RDP,
                        .account = kk_cstr(account),
                        .from_ip = kk_cstr(ip),
                        .host = kk_cstr(host),
                        .start = start,
                        .end = end};
}

static bool is_own(const responders *r, const char *account, const char *ip, const char *host,
                   kk_time time)
{
    return responder_of(r, kk_cstr(account), kk_cstr(ip), kk_cstr(host), time) != NULL;
}

static void an_act_with_an_address_fits_by_itself(void **state)
{
    (void)state;
    responders r = responders_among(settings_of(case_file), NULL, 0, arena);
    assert_true(is_own(&r, "CORP\\sato.adm", "192.168.1.50", "fs01.corp.example", at(10, 0)));
    assert_false(is_own(&r, "sato.adm", "192.168.1.51", "FS01", at(10, 0)));
    assert_false(is_own(&r, "sato.adm", "192.168.1.50", "DC01", at(10, 0)));
    assert_false(is_own(&r, "tanaka", "192.168.1.50", "FS01", at(10, 0)));
    assert_false(is_own(&r, "sato.adm", "192.168.1.50", "FS01", at(8, 59)));
    assert_false(is_own(&r, "sato.adm", "192.168.1.50", "FS01", at(18, 1)));
    assert_true(is_own(&r, "anybody", "192.168.1.60", "any", at(3, 0)));
    assert_false(is_own(&r, "sato.adm", "", "FS01", at(10, 0))); /* no session tells whose it was */
}

static void an_act_without_one_belongs_to_its_session(void **state)
{
    (void)state;
    kk_session all[] = {
        session("S1", "tanaka", "203.0.113.9", "FS01", at(9, 30), at(12, 0)),
        session("S2", "SATO.ADM", "192.168.1.50", "FS01", at(10, 0), at(11, 0)),
        session("S3", "sato.adm", "203.0.113.9", "FS01", at(13, 0), at(14, 0)),
        session("S4", "sato.adm", "192.168.1.50", "FS01", at(15, 0), KK_NO_TIME),
    };
    responders r = responders_among(settings_of(case_file), all, 4, arena);
    assert_int_equal(r.session_count, 2);
    assert_true(is_own(&r, "CORP\\sato.adm", "", "fs01", at(10, 30)));
    assert_false(is_own(&r, "sato.adm", "", "FS01", at(9, 59)));
    assert_false(is_own(&r, "sato.adm", "", "FS01", at(11, 1)));
    assert_false(
        is_own(&r, "sato.adm", "", "FS01", at(13, 30))); /* the intruder's, by that account */
    assert_false(is_own(&r, "tanaka", "", "FS01", at(10, 30)));
    assert_false(is_own(&r, "", "", "FS01", at(10, 30)));
    assert_false(is_own(&r, "sato.adm", "", "DC01", at(10, 30)));
    assert_true(is_own(&r, "sato.adm", "", "FS01", at(17, 0)));
    assert_false(is_own(&r, "sato.adm", "", "FS01", at(18, 1))); /* the statement ends there */
    assert_false(is_own(&r, "sato.adm", "", "FS01", KK_NO_TIME));
}

static void a_session_decided_hostile_covers_nothing(void **state)
{
    (void)state;
    char folder[] = "/tmp/kakuho-responders-XXXXXX", name[64];
    kk_fault fault = {0};
    kk_ledger *ledger;
    kk_decisions *decisions;
    size_t written;
    kk_decision hostile = {.kind = KK_DECIDE_HOSTILE,
                           .of = KK_S("S2"),
                           .from = KK_NO_TIME,
                           .to = KK_NO_TIME,
                           .by = KK_S("a"),
                           .reason = KK_S("b")};
    kk_session all[] = {session("S2", "sato.adm", "192.168.1.50", "FS01", at(10, 0), at(11, 0))};
    kk_case_settings *settings = settings_of(case_file);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(kk_ledger_open(arena, folder, &ledger, &fault), KK_OK);
    assert_int_equal(kk_decisions_append(arena, folder, ledger, 0, &hostile, 1, &written, &fault),
                     KK_OK);
    kk_ledger_close(ledger);
    assert_int_equal(kk_decisions_read(arena, folder, true, &decisions, &fault), KK_OK);
    settings->decisions = decisions;
    responders r = responders_among(settings, all, 1, arena);
    assert_false(is_own(&r, "sato.adm", "", "FS01", at(10, 30)));
    const char *const files[] = {"ledger.jsonl", "ledger.head",     "case.key",
                                 "case.pub",     "decisions.jsonl", "decisions.head"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, files[i]);
        unlink(name);
    }
    assert_int_equal(rmdir(folder), 0);
}

static kk_finding finding(const char *id, const char *kind, const char *account, const char *ip,
                          kk_time start, kk_time end)
{
    return (kk_finding){.id = kk_cstr(id),
                        .rule = "S3",
                        .kind = kind,
                        .host = KK_S("FS01"),
                        .account = kk_cstr(account),
                        .from_ip = kk_cstr(ip),
                        .start = start,
                        .end = end};
}

static void findings_are_parted(void **state)
{
    (void)state;
    kk_session all[] = {session("S2", "sato.adm", "192.168.1.50", "FS01", at(10, 0), at(11, 0))};
    kk_finding findings[] = {
        finding("F1", "upload_tool", "sato.adm", "", at(10, 5), at(10, 6)),
        finding("F2", "upload_tool", "tanaka", "", at(10, 5), at(10, 6)),
        finding("F3", "upload_tool", "sato.adm", "", at(10, 5),
                at(11, 30)), /* beyond his session */
        finding("F4", "outbound_transfer", "", "192.168.1.60", at(2, 0), at(2, 9)),
        finding("F5", "leak_listing_match", "sato.adm", "", at(10, 5), at(10, 6)),
    };
    kk_exfil exfil = {.findings = findings, .finding_count = 5};
    responders r = responders_among(settings_of(case_file), all, 1, arena);
    responders_part_findings(&r, &exfil, arena);
    assert_int_equal(exfil.by_responder_count, 2);
    assert_true(kk_is(exfil.by_responders[0].id, "F1") && kk_is(exfil.by_responders[1].id, "F4"));
    assert_int_equal(exfil.finding_count, 3);
    assert_true(kk_is(findings[0].id, "F2") && kk_is(findings[1].id, "F3") &&
                kk_is(findings[2].id, "F5"));
    kk_exfil other = {.findings = findings, .finding_count = 3};
    r = responders_among(settings_of(""), all, 1, arena);
    responders_part_findings(&r, &other, arena);
    assert_true(other.finding_count == 3 && other.by_responder_count == 0);
}

#define ARENA_TEST(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(an_act_with_an_address_fits_by_itself),
        ARENA_TEST(an_act_without_one_belongs_to_its_session),
        ARENA_TEST(a_session_decided_hostile_covers_nothing),
        ARENA_TEST(findings_are_parted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
