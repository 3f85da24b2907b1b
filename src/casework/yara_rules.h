/* The YARA rules of a case, from texts to what workers are given and what the case writes down. Inside of
 * the casework room only. */
#pragma once
#include "casework/rule_files.h"
#include "casework/rules.h"
#include "detect/yara.h"

/* From the hash of all their texts; 0 without any. */
uint64_t yara_number(const kk_rule_files *files);
/* Compiles them, behind walls. A file that the compiler dies on is refused, and costs no other. */
KK_CHECKED kk_status yara_compile(kk_case *c, const kk_options *options, const kk_rule_files *files,
                                  kk_yara_set *out, kk_fault *fault);
/* Rows of all rules, used or not. */
void yara_keep(kk_lane *lane, uint64_t number, const kk_yara_set *set);
