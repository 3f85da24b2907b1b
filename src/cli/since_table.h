/* The change of a number as people read it: where it began, each step, what it came to. */
#pragma once
#include "cli/command.h"

/* `json`: the document of `persons --since`. */
void kk_write_since_table(kk_invocation *i, kk_slice json, const kk_zone *zone);
