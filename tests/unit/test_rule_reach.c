/* Which rules could run: decided from what logs there are of each machine, by hand. */
#include "analyse/rule_reach.h"
#include "test.h"

#define HOUR (3600 * KK_SECOND)
#define FROM (1000 * HOUR)
#define TO (1200 * HOUR)
#define SYSMON "windows.microsoft-windows-sysmon/operational"

static kk_slice process_logs[] = {{"sysmon 1", 8}, {"security 4688", 13}};
static kk_slice security_logs[] = {{"security", 8}};
static kk_slice esxi_logs[] = {{"esxi", 4}};
static kk_slice sshd_logs[] = {{"sshd", 4}};
static kk_slice injected_logs[] = {{"sysmon 8", 8}};

enum { OF_PROCESS, OF_SECURITY, OF_ESXI, OF_SSHD, OF_INJECTION, RULES };
static kk_known_rule simple[RULES + 2] = {
    {.rule = 0, .log_count = 2, .logs = process_logs},
    {.rule = 1, .log_count = 1, .logs = security_logs},
    {.rule = 2, .log_count = 1, .logs = esxi_logs},
    {.rule = 3, .log_count = 1, .logs = sshd_logs},
    {.rule = 4, .log_count = 1, .logs = injected_logs},
};

static kk_rule_reach decide(kk_arena *arena, const kk_known_rule *rules, size_t rule_count,
                            const kk_seen_log *seen, size_t seen_count)
{
    kk_rule_reach out;
    kk_rule_ground ground = {.rules = rules,
                             .rule_count = rule_count,
                             .seen = seen,
                             .seen_count = seen_count,
                             .window = {.from = FROM, .to = TO}};
    kk_rule_reach_decide(&ground, arena, &out);
    return out;
}

/* The need of a rule that could run on no machine; NULL where it ran. */
static const kk_rule_need *need_of(const kk_rule_reach *reach, uint32_t rule)
{
    for (size_t i = 0; i < reach->idle_count; i++)
        if (reach->idle[i].rule->rule == rule)
            return &reach->needs[reach->idle[i].need];
    return NULL;
}

static kk_seen_log seen_of(const char *host, const char *dataset, const char *code, kk_time first,
                           kk_time last)
{
    return (kk_seen_log){kk_cstr(host), kk_cstr(dataset), kk_cstr(code), KK_NONE, first, last};
}

static void either_log_is_enough(void **state)
{
    const struct {
        const char *dataset, *code;
    } ways[] = {{SYSMON, "1"}, {"windows.security", "4688"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        kk_arena *arena = kk_arena_open();
        kk_seen_log seen[] = {seen_of("PC1", ways[i].dataset, ways[i].code, FROM - HOUR, TO)};
        kk_rule_reach reach = decide(arena, simple, 1, seen, 1);
        assert_int_equal(reach.ran, 1);
        assert_int_equal(reach.could_not_run, 0);
        assert_int_equal(reach.need_count, 0);
        kk_arena_close(arena);
    }
}

static void auditing_that_was_off(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_seen_log seen[] = {seen_of("PC1", "windows.security", "4624", FROM - HOUR, TO)};
    (void)state;
    kk_rule_reach reach = decide(arena, simple, 2, seen, 1);
    const kk_rule_need *need = need_of(&reach, OF_PROCESS);
    assert_int_equal(reach.ran, 1); /* the rule on the Security log itself */
    assert_non_null(need);
    assert_int_equal(need->reason, KK_LOG_NEVER_LOGGED);
    assert_int_equal(need->host_count, 1);
    assert_true(kk_is(need->log, "sysmon 1, security 4688"));
    assert_int_equal(reach.hosts[0].ran, 1);
    assert_int_equal(reach.hosts[0].could_not_run, 1);
    kk_arena_close(arena);
}

static void a_remnant_does_not_tell_that_auditing_was_off(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_seen_log seen[] = {seen_of("PC1", "windows.security", "1102", TO - HOUR, TO)};
    (void)state;
    kk_rule_reach reach = decide(arena, simple, 2, seen, 1);
    const kk_rule_need *need = need_of(&reach, OF_PROCESS);
    assert_non_null(need);
    assert_int_equal(need->reason, KK_LOG_OUTSIDE);
    assert_int_equal(reach.hosts[0].ran_partly, 1); /* the Security log begins within the window */
    kk_arena_close(arena);
}

static void logs_of_another_time(void **state)
{
    const kk_time edges[][2] = {{FROM - 9 * HOUR, FROM - HOUR}, {TO + HOUR, TO + 9 * HOUR}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        kk_arena *arena = kk_arena_open();
        kk_seen_log seen[] = {seen_of("PC1", SYSMON, "1", edges[i][0], edges[i][1])};
        kk_rule_reach reach = decide(arena, simple, 1, seen, 1);
        const kk_rule_need *need = need_of(&reach, OF_PROCESS);
        assert_non_null(need);
        assert_int_equal(need->reason, KK_LOG_OUTSIDE);
        kk_arena_close(arena);
    }
}

static void rare_events_are_not_missed(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_seen_log seen[] = {seen_of("PC1", SYSMON, "1", FROM - HOUR, TO)};
    (void)state;
    kk_rule_reach reach = decide(arena, simple, RULES, seen, 1);
    assert_null(need_of(&reach, OF_INJECTION)); /* no thread was put anywhere: the rule ran */
    assert_non_null(need_of(&reach, OF_ESXI));
    assert_int_equal(need_of(&reach, OF_ESXI)->reason, KK_LOG_ABSENT);
    assert_int_equal(need_of(&reach, OF_ESXI)->host_count, 0);
    assert_int_equal(reach.hosts[0].could_not_run, 1); /* Security; Linux and ESXi are not for it */
    kk_arena_close(arena);
}

static void one_machine_is_enough_and_the_other_is_named(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_seen_log seen[] = {seen_of("PC1", "windows.security", "4688", FROM - HOUR, TO),
                          seen_of("PC2", "windows.security", "4624", FROM - HOUR, TO)};
    (void)state;
    kk_rule_reach reach = decide(arena, simple, 1, seen, 2);
    assert_int_equal(reach.ran, 1);
    assert_int_equal(reach.idle_count, 0);
    assert_int_equal(reach.need_count, 1);
    assert_int_equal(reach.needs[0].host_count, 1);
    assert_true(kk_is(reach.needs[0].hosts[0], "PC2"));
    assert_int_equal(reach.needs[0].rules, 1);
    kk_arena_close(arena);
}

static void parts_of_correlations(void **state)
{
    static uint32_t parts[] = {OF_PROCESS, OF_SSHD};
    (void)state;
    for (int all = 0; all < 2; all++) {
        kk_arena *arena = kk_arena_open();
        kk_known_rule rules[RULES + 1];
        kk_seen_log seen[] = {seen_of("web1", "linux.auth", "", FROM - HOUR, TO)};
        memcpy(rules, simple, sizeof(kk_known_rule) * RULES);
        rules[RULES] =
            (kk_known_rule){.rule = RULES, .parts = parts, .part_count = 2, .all_parts = all != 0};
        kk_rule_reach reach = decide(arena, rules, RULES + 1, seen, 1);
        const kk_rule_need *need = need_of(&reach, RULES);
        assert_int_equal(need != NULL, all); /* any one is enough where they are only counted */
        assert_true(!need || kk_is(need->log, "sysmon 1, security 4688"));
        kk_arena_close(arena);
    }
}

static void what_is_typed_is_not_all_that_runs(void **state)
{
    static kk_slice logs[] = {{"auditd execve", 13}, {"sudo commands", 13}, {"typed commands", 14}};
    const kk_known_rule rule = {.log_count = 3, .logs = logs};
    kk_arena *arena = kk_arena_open();
    kk_seen_log seen[] = {seen_of("web1", "linux.history", "", FROM - HOUR, TO),
                          seen_of("web2", "linux.auditd", "EXECVE", FROM - HOUR, TO)};
    (void)state;
    kk_rule_reach reach = decide(arena, &rule, 1, seen, 2);
    assert_int_equal(reach.hosts[0].ran_partly, 1);
    assert_int_equal(reach.hosts[1].ran, 1);
    assert_int_equal(reach.hosts[1].ran_partly, 0);
    kk_arena_close(arena);
}

static void a_machine_without_any_log(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_slice intruded[] = {KK_S("SRV9")};
    kk_rule_reach reach;
    kk_rule_ground ground = {.rules = simple,
                             .rule_count = 1,
                             .intruded = intruded,
                             .intruded_count = 1,
                             .window = {.from = FROM, .to = TO}};
    (void)state;
    kk_rule_reach_decide(&ground, arena, &reach);
    assert_int_equal(reach.host_count, 1);
    assert_false(reach.hosts[0].has_logs);
    assert_int_equal(reach.could_not_run, 1);
    kk_arena_close(arena);
}

static void refused_ones_are_counted(void **state)
{
    kk_arena *arena = kk_arena_open();
    kk_known_rule rules[] = {
        {.rule = UINT32_MAX, .state = KK_RULE_REFUSED},
        {.rule = UINT32_MAX, .state = KK_RULE_WITHOUT_LOG},
        {.rule = 0, .state = KK_RULE_SILENT, .log_count = 1, .logs = sshd_logs}};
    (void)state;
    kk_rule_reach reach = decide(arena, rules, 3, NULL, 0);
    assert_int_equal(reach.refused, 1);
    assert_int_equal(reach.without_log, 1);
    assert_int_equal(reach.ran + reach.could_not_run, 0); /* parts of others are no rules */
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_log_is_enough),
        cmocka_unit_test(auditing_that_was_off),
        cmocka_unit_test(a_remnant_does_not_tell_that_auditing_was_off),
        cmocka_unit_test(logs_of_another_time),
        cmocka_unit_test(rare_events_are_not_missed),
        cmocka_unit_test(one_machine_is_enough_and_the_other_is_named),
        cmocka_unit_test(parts_of_correlations),
        cmocka_unit_test(what_is_typed_is_not_all_that_runs),
        cmocka_unit_test(a_machine_without_any_log),
        cmocka_unit_test(refused_ones_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
