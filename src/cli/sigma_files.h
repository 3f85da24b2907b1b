/* Rules from files and folders of YAML, for the commands that want them. */
#pragma once
#include "casework/rule_files.h"
#include "cli/command.h"
#include "detect/sigma.h"

/* Every rule and list below the paths; `--expand NAME=FILE` gives further lists for placeholders.
 * Links them too. */
KK_CHECKED kk_status kk_sigma_files(kk_invocation *i, const char *const *paths, int count,
                                    kk_sigma **out);
