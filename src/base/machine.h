/* What of the machine this process may use: less than there is where a container or a control group says so.
 * Sources: cgroups(7), the kernel's cgroup-v1/memory.rst and cgroup-v2.rst. */
#pragma once
#include <stdint.h>

/* Bytes of memory: the machine's, or the lowest limit of the control groups above this process. 0: nobody tells. */
uint64_t kk_machine_memory(void);
/* Processors that this process may run on; at least 1. */
unsigned kk_machine_processors(void);
/* The same memory out of the text of /proc/self/cgroup, for a machine whose control groups lie below `groups` and
 * that has so many bytes: for tests. */
uint64_t kk_machine_memory_below(const char *groups, const char *own, uint64_t bytes);
