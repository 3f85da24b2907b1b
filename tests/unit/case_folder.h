/* A case folder of its own for each test, removed behind it, and the arena that goes with it. */
#pragma once
#include "tests/unit/arena.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"

static char folder[64];

/* Good until the next call. */
static inline const char *path(const char *name)
{
    static char full[400];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    return full;
}

static inline int make_case(void **state)
{
    open_arena(state);
    snprintf(folder, sizeof folder, "/tmp/kakuho-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int drop_case(void **state)
{
    DIR *in = opendir(folder);
    for (struct dirent *entry; in && (entry = readdir(in));)
        if (entry->d_name[0] != '.')
            remove(path(entry->d_name));
    if (in)
        closedir(in);
    close_arena(state);
    return rmdir(folder);
}

#define CASE_TEST(test) cmocka_unit_test_setup_teardown(test, make_case, drop_case)

static inline kk_slice load(const char *name)
{
    kk_buffer bytes = {0};
    FILE *file = fopen(path(name), "rb");
    assert_non_null(file);
    for (size_t n; (n = fread(kk_buffer_room(&bytes, 65536), 1, 65536, file)) > 0;)
        bytes.len += n;
    fclose(file);
    kk_slice copy = kk_copy(arena, kk_buffer_slice(&bytes));
    kk_buffer_close(&bytes);
    return copy;
}

static inline void save(const char *name, kk_slice bytes)
{
    FILE *file = fopen(path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fclose(file);
}
