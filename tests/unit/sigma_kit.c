#include "tests/unit/sigma_kit.h"

#include "detect/sample.h"

kk_arena *arena;

int open_arena(void **state)
{
    (void)state;
    arena = kk_arena_open();
    return 0;
}

int close_arena(void **state)
{
    (void)state;
    kk_arena_close(arena);
    return 0;
}

void kit_finish(kit *k)
{
    kk_fault fault = {0};
    kk_sigma_link(k->set);
    if (kk_ruleset_compile(k->set, &(kk_sha256){{7}}, &k->block, &fault) != KK_OK ||
        kk_ruleset_open(kk_buffer_slice(&k->block), &k->rules, &fault) != KK_OK)
        fail_msg("the rules do not compile: %s", fault.text);
    k->matcher = kk_matcher_open(k->rules, 0);
}

kit kit_of(const char *yaml)
{
    kit k = {.set = kk_sigma_open(arena)};
    kk_sigma_read(k.set, KK_S("rules.yml"), kk_cstr(yaml));
    kit_finish(&k);
    return k;
}

void kit_close(kit *k)
{
    kk_matcher_close(k->matcher);
    kk_ruleset_close(k->rules);
    kk_buffer_close(&k->block);
}

const char *rule_of(const char *source, const char *detection)
{
    return kk_print(arena, "title: a rule\nlogsource:\n    %s\ndetection:\n%s\n", source, detection)
        .ptr;
}

bool fires_on(kit *k, const char *json)
{
    kk_event event = {0};
    kk_sample_wish wish;
    const char *what;
    kk_rule_hit hits[8];
    if (!kk_sample_read(arena, kk_cstr(json), &event, &wish, &what))
        fail_msg("%s: %s", json, what);
    return kk_match(k->matcher, &event, hits, 8) > 0;
}

const char *application(const char *fields)
{
    return kk_print(arena,
                    "{\"logsource\":{\"product\":\"windows\",\"service\":\"application\"}%s%s}",
                    *fields ? "," : "", fields)
        .ptr;
}
