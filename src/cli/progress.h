/* Progress of long work on stderr: a bar on a terminal, else a line every few seconds. */
#pragma once
#include "cli/command.h"

typedef struct {
    kk_invocation *i;
    bool is_terminal, shown;
    double begun, last;
} kk_progress_line;

/* Sets the invocation's progress callback; the line must stay where it is until the end. */
void kk_progress_start(kk_progress_line *line, kk_invocation *i);
void kk_progress_end(kk_progress_line *line);
