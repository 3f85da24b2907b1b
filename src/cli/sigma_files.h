/* Rules from files and folders of YAML, for the commands that want them. */
#pragma once
#include "cli/command.h"
#include "detect/sigma.h"

/* Every *.yml and *.yaml below the paths, in the order of their names; `--expand NAME=FILE` gives
 * lists for placeholders. Links them too. */
KK_CHECKED kk_status kk_sigma_files(kk_invocation *i, const char *const *paths, int count,
                                    kk_sigma **out);
/* A whole file; KK_LIMIT beyond `most` bytes. */
KK_CHECKED kk_status kk_file_text(kk_arena *arena, const char *path, size_t most, kk_slice *out,
                                  kk_fault *fault);
