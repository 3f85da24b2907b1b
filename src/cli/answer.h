/* Reading while somebody writes: the process that writes a case answers readers over a Unix socket in
 * the case folder, from its own store's snapshot. */
#pragma once
#include "cli/command.h"

/* Asks the writer, if there is one, to run this command for us; true with its exit status when it did.
 * It gets i->handed_over too. */
bool kk_answered_by_writer(kk_invocation *i, int *status);

/* An answer out of the case that the first argument names: by its writer where one is at work, else
 * from the store by `answer`, which gives the exit status. */
int kk_answer_from_case(kk_invocation *i, int (*answer)(kk_invocation *i, kk_case *c));

/* For a command that no writer answers: whether one is at work, and then the message that says so; `why` completes
 * "while the case is being written". */
bool kk_has_to_wait(kk_invocation *i, const char *why);

typedef struct kk_answering kk_answering;
/* Starts answering beside the work of this process; NULL when it cannot (then readers wait). */
kk_answering *kk_answering_start(kk_case *writer, kk_run_for *run_for);
void kk_answering_stop(kk_answering *answering);
