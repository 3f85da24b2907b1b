/* A large library that only a part of the program needs is loaded when that part begins: what it costs to
 * make its addresses fit is paid by nobody else. Its functions are called by their own names; behind the
 * names are pointers that this fills in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef void (*kk_late_call)(void);

/* Finds the functions `names` of the library, each of which goes to `calls`. NULL, or why that failed. */
const char *kk_late_load(const char *library, const char *const *names, kk_late_call *calls,
                         size_t count);
