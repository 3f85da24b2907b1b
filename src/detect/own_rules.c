/* Made from the folder rules/ by tools/embed-rules. */
#include "detect/own_rules.h"

const kk_own_rule kk_own_rules[] = {
#include "own_rules.inc"
};
const size_t kk_own_rule_count = sizeof kk_own_rules / sizeof *kk_own_rules;
