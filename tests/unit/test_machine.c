/* How much of the machine a process may use, by what the kernel's cgroup-v1/memory.rst and cgroup-v2.rst say of
 * limits: the lowest on the way up holds. */
#include "tests/unit/case_folder.h"

#include <sys/stat.h>

#include "base/machine.h"

static void put_line(const char *name, const char *line)
{
    FILE *file = fopen(path(name), "w");
    assert_non_null(file);
    assert_true(fputs(line, file) >= 0 && fclose(file) == 0);
}

static void take_away(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(remove(path(names[i])), 0);
}

static const uint64_t giga = UINT64_C(1) << 30;

static uint64_t told(const char *own)
{
    return kk_machine_memory_below(folder, own, 64 * giga) / giga;
}

static void second_version(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path("a"), 0700) | mkdir(path("a/b"), 0700), 0);
    put_line("a/memory.max", "8589934592\n");
    put_line("a/b/memory.max", "max\n");
    assert_int_equal(told("0::/a/b\n"), 8);
    assert_int_equal(told("0::/a\n"), 8);
    assert_int_equal(told("0::/\n"), 64);
    assert_int_equal(kk_machine_memory_below(folder, "0::/a/b\n", giga), giga);
    assert_int_equal(told("0::/elsewhere/of/the/host\n"), 64);
    put_line("memory.max", "3221225472\n"); /* a container's own */
    assert_int_equal(told("0::/elsewhere/of/the/host\n"), 3);
    assert_int_equal(told("0::/\n"), 3);
    take_away((const char *const[]){"memory.max", "a/b/memory.max", "a/b", "a/memory.max", "a"}, 5);
}

static void first_version(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path("memory"), 0700) | mkdir(path("memory/c"), 0700) |
                         mkdir(path("memory/c/d:e"), 0700),
                     0);
    put_line("memory/memory.limit_in_bytes",
             "9223372036854771712\n"); /* what the kernel says where there is none */
    put_line("memory/c/memory.limit_in_bytes", "4294967296\n");
    put_line("memory/c/d:e/memory.limit_in_bytes", "5368709120\n");
    assert_int_equal(told("5:cpu,cpuacct:/c\n4:memory:/c/d:e\n0::/\n"), 4);
    assert_int_equal(told("4:hugetlb,memory:/c\n"), 4);
    assert_int_equal(told("5:cpu,cpuacct:/c\n"), 64);
    assert_int_equal(told("4:memory:/gone\n"), 64);
    take_away((const char *const[]){"memory/c/d:e/memory.limit_in_bytes", "memory/c/d:e",
                                    "memory/c/memory.limit_in_bytes", "memory/c",
                                    "memory/memory.limit_in_bytes", "memory"},
              6);
}

static void lines_that_say_nothing(void **state)
{
    (void)state;
    assert_int_equal(told(""), 64);
    assert_int_equal(told("x\n:::\n\n0\n"), 64);
    assert_in_range(kk_machine_memory(), 1,
                    (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE));
    assert_in_range(kk_machine_processors(), 1, (unsigned)sysconf(_SC_NPROCESSORS_CONF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(second_version),
        CASE_TEST(first_version),
        CASE_TEST(lines_that_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
