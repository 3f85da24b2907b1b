/* The walls around the process that reads a document. */
#include "pdf_helper/kakuho_pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static bool limit(int what, rlim_t value)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)what, &now) == 0 && now.rlim_max < value)
        value = now.rlim_max;
    now = (struct rlimit){value, value};
    return setrlimit((__rlimit_resource_t)what, &now) == 0;
}

/* The soft limit has a signal of its own, by which it is known; the hard one comes behind it. */
static bool limit_time(void)
{
    struct rlimit now, wanted = {60, 65};
    if (getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max < wanted.rlim_max)
        return true; /* tighter already */
    return setrlimit(RLIMIT_CPU, &wanted) == 0;
}

/* Files can be read below the folder of poppler's tables, and nowhere else; nothing can be written. */
static bool close_files(void)
{
    struct landlock_ruleset_attr all = {.handled_access_fs = 0x1fff};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
    int folder = open(POPPLER_DATA, O_PATH | O_CLOEXEC);
    if (rules < 0)
        return false;
    struct landlock_path_beneath_attr tables = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
                                                                  LANDLOCK_ACCESS_FS_READ_DIR,
                                                .parent_fd = folder};
    bool done = folder < 0 ||
                syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &tables, 0) == 0;
    done = done && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (folder >= 0)
        close(folder);
    close(rules);
    return done;
}

static bool allow_calls(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(write),
        SCMP_SYS(pwrite64),
        SCMP_SYS(lseek),
        SCMP_SYS(fstat),
        SCMP_SYS(close),
        SCMP_SYS(dup),
        SCMP_SYS(ftruncate),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(futex),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(getrandom),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(gettid),
        SCMP_SYS(getpid),
        SCMP_SYS(sched_yield),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(getdents64),
#if SANITIZED
        SCMP_SYS(sigaltstack),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(sysinfo),
        SCMP_SYS(prlimit64),
#endif
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                            SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)) ==
               0;
}

/* What looks for a font, a home folder, a terminal, more processors: there is none. */
static bool refuse_calls(scmp_filter_ctx filter)
{
    static const struct {
        int call, error;
    } refused[] = {
        {SCMP_SYS(open), ENOENT},
        {SCMP_SYS(access), ENOENT},
        {SCMP_SYS(faccessat), ENOENT},
        {SCMP_SYS(faccessat2), ENOENT},
        {SCMP_SYS(stat), ENOENT},
        {SCMP_SYS(lstat), ENOENT},
        {SCMP_SYS(readlink), ENOENT},
        {SCMP_SYS(readlinkat), ENOENT},
        {SCMP_SYS(statx), ENOENT},
        {SCMP_SYS(getcwd), ENOENT},
        {SCMP_SYS(statfs), ENOENT},
        {SCMP_SYS(fstatfs), ENOENT},
        {SCMP_SYS(mkdir), EACCES},
        {SCMP_SYS(unlink), EACCES},
        {SCMP_SYS(ioctl), ENOTTY},
        {SCMP_SYS(fadvise64), EINVAL},
        {SCMP_SYS(getuid), ENOSYS},
        {SCMP_SYS(geteuid), ENOSYS},
        {SCMP_SYS(uname), EPERM},
#if !SANITIZED
        {SCMP_SYS(sysinfo), EPERM},
        {SCMP_SYS(prlimit64), EPERM},
        {SCMP_SYS(sched_getaffinity), EPERM},
#endif
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)refused[i].error), refused[i].call,
                             0) != 0)
            return false;
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0)) == 0;
}

static bool limit_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool done = filter && allow_calls(filter) && refuse_calls(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

bool wall_in(void)
{
    const rlim_t megabyte = 1u << 20;
    return (SANITIZED || limit(RLIMIT_AS, 2048 * megabyte)) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 64) &&
           limit(RLIMIT_FSIZE, RESULT_MOST_MB * megabyte + megabyte) && limit_time() &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           close_files() && limit_calls();
}
