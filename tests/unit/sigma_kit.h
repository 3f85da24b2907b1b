/* A rule set made ready in a line, for the tests of Sigma. */
#pragma once
#include "tests/unit/test.h"

#include "detect/match.h"

#define APPLICATION "product: windows\n    service: application"

extern kk_arena *arena; /* of the test */
int open_arena(void **state);
int close_arena(void **state);

typedef struct {
    kk_sigma *set;
    kk_buffer block;
    kk_ruleset *rules;
    kk_matcher *matcher;
} kit;

kit kit_of(const char *yaml);
void kit_finish(kit *k); /* what kit_of does once the rules are read */
void kit_close(kit *k);
/* A rule of one log source; `detection` is what stands below it, indented by four. */
const char *rule_of(const char *source, const char *detection);
/* A sample (see detect/sample.h) that any rule fires on. */
bool fires_on(kit *k, const char *json);
/* A sample of the Application log with these fields. */
const char *application(const char *fields);
