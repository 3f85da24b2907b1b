/* The main job, for the command and for the demo. */
#pragma once
#include "cli/command.h"

/* Makes the case where it is missing, takes the evidence in, answers, writes every report in both
 * languages. *failed: some items could not be read. */
KK_CHECKED kk_status kk_investigate(kk_invocation *i, const char *case_path,
                                    const kk_handed *handed, size_t count, bool *failed);
