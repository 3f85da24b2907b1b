/* System calls as Linux's audit log numbers them. */
#pragma once
#include "base/slice.h"

/* The name of a call of x86-64, i386 or aarch64 that matters here, by the log's `arch` and `syscall`; empty
 * for others. */
kk_slice kk_audit_call(kk_slice arch, kk_slice number);
