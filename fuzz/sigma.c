/* Hostile Sigma rules: read, linked, compiled, and held against an event; what was compiled can be opened. */
#include "detect/match.h"
#include "detect/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(kk_arena *arena, const kk_ruleset *rules)
{
    static const char *const samples[] = {
        "{\"logsource\":{\"product\":\"windows\",\"category\":\"process_creation\"},"
        "\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"CommandLine\":\"cmd /c whoami\"}",
        "{\"logsource\":{\"product\":\"windows\",\"service\":\"security\"},\"EventID\":4625,"
        "\"TargetUserName\":\"root\",\"IpAddress\":\"203.0.113.5\"}"};
    kk_matcher *matcher = kk_matcher_open(rules, 0);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        kk_event event = {0};
        kk_sample_wish wish;
        const char *what;
        kk_rule_hit hits[8];
        if (!kk_sample_read(arena, kk_cstr(samples[i]), &event, &wish, &what))
            __builtin_trap();
        size_t count = kk_match(matcher, &event, hits, 8);
        for (size_t k = 0; k < count && k < 8; k++)
            if (kk_ruleset_info(rules, hits[k].rule).captures)
                (void)kk_match_capture(matcher, &hits[k], 0);
    }
    kk_matcher_close(matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kk_arena *arena = kk_arena_open();
    kk_sigma *set = kk_sigma_open(arena);
    kk_buffer block = {0};
    kk_ruleset *rules;
    kk_fault fault = {0};
    kk_sigma_read(set, KK_S("fuzz.yml"), kk_copy(arena, (kk_slice){(const char *)data, size}));
    kk_sigma_link(set);
    if (kk_ruleset_compile(set, &(kk_sha256){{7}}, &block, &fault) == KK_OK) {
        if (kk_ruleset_open(kk_buffer_slice(&block), &rules, &fault) != KK_OK)
            __builtin_trap();
        match(arena, rules);
        kk_ruleset_close(rules);
    }
    kk_buffer_close(&block);
    kk_arena_close(arena);
    return 0;
}
