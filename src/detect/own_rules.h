/* The project's own rules and lists (folder rules/), carried inside the program: a case is looked at
 * with them without any file beside it. */
#pragma once
#include <stddef.h>

typedef struct {
    const char *name; /* below rules/: "evasion/amsi_bypass.yml", "lists/remote_tools.txt" */
    const char *text;
} kk_own_rule;

extern const kk_own_rule kk_own_rules[];
extern const size_t kk_own_rule_count;
