/* A document of the contract as the answer of a command. */
#pragma once
#include "cli/command.h"

/* As JSON where that is asked for, else readable. */
KK_CHECKED kk_status kk_print_document(kk_invocation *i, kk_case *c, const char *name);
