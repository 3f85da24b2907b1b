/* Lines of /proc/self/cgroup are NUMBER:CONTROLLERS:PATH. Version 2 has one, "0::PATH", and `memory.max` in each
 * folder on the way; version 1 one for each controller, and `memory.limit_in_bytes` below `memory/`. In a container
 * the path may be the host's: then only the topmost folder is there, and it is the container's own. */
#include "base/machine.h"
#include "base/slice.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_MOST = 4096 };

/* "max", as other words, is no limit; without one version 1 gives a number above any memory. */
static uint64_t limit_in(const char *folder, const char *name, uint64_t least)
{
    char path[PATH_MOST];
    unsigned long long limit = 0;
    FILE *file = NULL;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
        file = fopen(path, "re");
    if (!file)
        return least;
    bool told = fscanf(file, "%llu", &limit) == 1; /* NOLINT(cert-err34-c): too large is no limit */
    fclose(file);
    return told && limit && limit < least ? limit : least;
}

/* The lowest limit on the way from a group up to the topmost. `folder`: changed. */
static uint64_t limit_above(char *folder, size_t top, const char *name, uint64_t least)
{
    for (;;) {
        least = limit_in(folder, name, least);
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= top || !slash)
            return least;
        *slash = '\0';
    }
}

/* Is it the group that memory is counted by; `first`: as version 1 of control groups does. */
static bool counts_memory(kk_slice number, kk_slice controllers, bool *first)
{
    kk_slice controller;
    *first = false;
    while (kk_split(&controllers, ',', &controller))
        *first |= kk_eq(controller, KK_S("memory"));
    return *first || kk_eq(number, KK_S("0"));
}

static uint64_t limit_of_line(const char *groups, kk_slice path, uint64_t least)
{
    char folder[PATH_MOST];
    kk_slice number, controllers;
    bool first;
    if (!kk_split(&path, ':', &number) || !kk_split(&path, ':', &controllers) ||
        !counts_memory(number, controllers, &first))
        return least;
    const char *below = first ? "/memory" : "";
    size_t top = strlen(groups) + strlen(below);
    int size = snprintf(folder, sizeof folder, "%s%s%.*s", groups, below, KK_P(path));
    if (size >= (int)sizeof folder)
        return least;
    while (size > (int)top && folder[size - 1] == '/')
        folder[--size] = '\0';
    return limit_above(folder, top, first ? "memory.limit_in_bytes" : "memory.max", least);
}

uint64_t kk_machine_memory_below(const char *groups, const char *own, uint64_t bytes)
{
    kk_slice rest = kk_cstr(own), line;
    uint64_t least = bytes;
    while (kk_split(&rest, '\n', &line))
        least = limit_of_line(groups, line, least);
    return least;
}

uint64_t kk_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    char own[PATH_MOST] = "";
    if (pages <= 0 || size <= 0)
        return 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (file) {
        own[fread(own, 1, sizeof own - 1, file)] = '\0';
        fclose(file);
    }
    return kk_machine_memory_below("/sys/fs/cgroup", own, (uint64_t)pages * (uint64_t)size);
}

unsigned kk_machine_processors(void)
{
    cpu_set_t set;
    long processors = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                                  : sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : (unsigned)processors;
}
