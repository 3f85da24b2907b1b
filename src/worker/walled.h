/* One piece of work behind the walls of a worker, for what needs more of this process than a job can
 * carry: the process is forked, closed in, works, and hands back bytes. */
#pragma once
#include "base/buffer.h"

/* KK_IO when the work crashed, hung for five minutes, or the walls could not be raised. */
KK_CHECKED kk_status kk_walled(bool unsafe_no_sandbox, void (*work)(void *context, kk_buffer *out),
                               void *context, kk_buffer *out, kk_fault *fault);
