/* Whose record proves what, by hand. */
#include "analyse/ways.h"
#include "analyse/witness.h"
#include "test.h"

static kk_intruded_host entered[] = {{.name = {"FS01", 4}}, {.name = {"wec2", 4}}};
static kk_session sessions[] = {
    {.kind = KK_BY_VPN, .host = {"FGT-1", 5}, .suspicious = KK_TRUE},
    {.kind = KK_BY_WEB, .host = {"FGT-2", 5}, .suspicious = KK_TRUE},
    {.kind = KK_BY_SSH, .host = {"FGT-3", 5}, .suspicious = KK_FALSE},
};

static kk_witness witness(const char *dataset, const char *path, const char *host,
                          const char *keeper)
{
    kk_access access = {
        .hosts = entered, .host_count = 2, .sessions = sessions, .session_count = 3};
    kk_event_row row = {.path = kk_cstr(path), .host = kk_cstr(host), .keeper = kk_cstr(keeper)};
    row.text[KK_DATASET] = kk_cstr(dataset);
    return kk_witness_of(&access, &row);
}

static void own_logs(void **state)
{
    (void)state;
    assert_int_equal(witness("windows.security", "Security.evtx", "FS01", ""), KK_WITNESS_ITSELF);
    assert_int_equal(witness("windows.security", "Security.evtx", "FS01.example.jp", "fs01"),
                     KK_WITNESS_ITSELF);
    assert_int_equal(witness("linux.auth", "auth.log", "localhost", "web01"), KK_WITNESS_ITSELF);
    assert_false(kk_witness_proves(KK_WITNESS_ITSELF));
}

static void forwarded_ones(void **state)
{
    (void)state;
    assert_int_equal(witness("windows.security", "a/ForwardedEvents.evtx", "FS01", ""),
                     KK_WITNESS_FORWARDED);
    assert_int_equal(witness("linux.auth", "var/log/web01.log", "web01", "logs"),
                     KK_WITNESS_FORWARDED);
    assert_true(kk_witness_proves(KK_WITNESS_FORWARDED));
    /* the collector's own events, and a collector that the intruder was on */
    assert_int_equal(witness("windows.security", "ForwardedEvents.evtx", "wec", "WEC"),
                     KK_WITNESS_ITSELF);
    assert_int_equal(witness("windows.security", "ForwardedEvents.evtx", "FS01", "WEC2"),
                     KK_WITNESS_ITSELF);
}

static void devices(void **state)
{
    (void)state;
    assert_int_equal(witness("fortinet.traffic", "a.log", "FGT-1", ""), KK_WITNESS_DEVICE);
    assert_true(kk_witness_proves(KK_WITNESS_DEVICE));
    assert_int_equal(witness("fortinet.event", "a.log", "FGT-2", ""), KK_WITNESS_ITSELF);
    assert_int_equal(witness("fortinet.event", "a.log", "FGT-3", ""), KK_WITNESS_DEVICE);
}

static void lines_of_a_session(void **state)
{
    kk_access access = {
        .hosts = entered, .host_count = 2, .sessions = sessions, .session_count = 3};
    kk_session own = {.kind = KK_BY_RDP, .host = KK_S("FS01")}, kept = own, taken = own;
    (void)state;
    kept.forwarded = true;
    taken.forwarded = true;
    taken.keeper = KK_S("wec2"); /* the intruder was there too */
    assert_int_equal(kk_witness_of_session(&access, &own), KK_WITNESS_ITSELF);
    assert_int_equal(kk_witness_of_session(&access, &kept), KK_WITNESS_FORWARDED);
    assert_int_equal(kk_witness_of_session(&access, &taken), KK_WITNESS_ITSELF);
}

static void names_of_machines(void **state)
{
    (void)state;
    assert_true(kk_same_machine(KK_S("fs01"), KK_S("FS01.example.jp")));
    assert_false(kk_same_machine(KK_S("fs01.a.example"), KK_S("fs01.b.example")));
    assert_false(kk_same_machine(KK_S("fs01"), KK_S("fs010")));
}

static kk_way way(kk_arena *arena, size_t i)
{
    return (kk_way){{KK_S("vpn"), kk_print(arena, "User%zu", i), KK_S("203.0.113.7")}};
}

static void many_ways_in(void **state)
{
    (void)state;
    enum { WAYS = 1000 };
    kk_arena *arena = kk_arena_open();
    kk_ways *ways = kk_ways_open(arena);
    for (size_t i = 0; i < WAYS; i++)
        assert_int_equal(kk_ways_add(ways, way(arena, i)), i);
    for (size_t i = 0; i < WAYS; i++)
        assert_int_equal(kk_ways_add(ways, way(arena, i)), i);
    kk_way small = {{KK_S("VPN"), KK_S("uSER7"), KK_S("203.0.113.7")}};
    assert_int_equal(kk_ways_find(ways, small), 7);
    kk_way shifted = {{KK_S("vpnU"), KK_S("ser7"), KK_S("203.0.113.7")}};
    assert_int_equal(kk_ways_find(ways, shifted), KK_NOWHERE);
    assert_int_equal(kk_ways_find(ways, way(arena, WAYS)), KK_NOWHERE);
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_logs),          cmocka_unit_test(forwarded_ones),
        cmocka_unit_test(devices),           cmocka_unit_test(lines_of_a_session),
        cmocka_unit_test(names_of_machines), cmocka_unit_test(many_ways_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
