/* Inside of YARA: a file's statements, and what the meta of a rule says. */
#pragma once
#include "detect/yara.h"

#include <yara.h>

typedef enum {
    YARA_IMPORT,
    YARA_INCLUDE,
    YARA_RULE,
    YARA_STRAY /* text that is none of these */
} yara_kind;

typedef struct {
    yara_kind kind;
    kk_slice text; /* without what stands before and after it */
    kk_slice name; /* of the rule, the module, the file */
    uint32_t line;
    bool is_open; /* a rule whose last brace is missing */
    bool refused;
} yara_statement;

/* Cuts a text into its statements, also where it is damaged: a rule ends at its brace, or before a line
 * that begins another one. */
size_t yara_split(kk_arena *arena, kk_slice text, yara_statement **out);

/* How the outer world names variables in rules, with their values for a stream. */
enum { YARA_VARIABLES = 3 };
extern const char *const yara_variables[YARA_VARIABLES];

/* Title, level and tags of a rule. */
void yara_tell_facts(kk_arena *arena, const YR_RULE *rule, kk_yara_rule *out);
