/* The walls of a worker: no new privileges, no file system (Landlock), a list of system calls
 * (seccomp), limits on memory and files. What opens a path fails; what is not on the list kills. */
#include "base/sanitized.h"
#include "worker/protocol.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

const char *kk_sandbox_lacks(void)
{
    if (landlock_version() < 1)
        return "Landlock (Linux 5.13 or later with landlock among its security modules)";
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        return "seccomp filters";
    return NULL;
}

static bool limit(int what, rlim_t value)
{
    struct rlimit l;
    if (getrlimit((__rlimit_resource_t)what, &l) == 0 && l.rlim_max < value)
        value = l.rlim_max; /* tighter already */
    l = (struct rlimit){value, value};
    return setrlimit((__rlimit_resource_t)what, &l) == 0;
}

static bool close_file_system(void)
{
    /* All rights of the first version; later ones add rights to it that paths are needed for too. */
    struct landlock_ruleset_attr all = {.handled_access_fs = 0x1fff};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
    if (ruleset < 0)
        return false;
    bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done;
}

static bool allow_calls(scmp_filter_ctx filter)
{
    static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(write),
        SCMP_SYS(recvmsg),
        SCMP_SYS(sendmsg),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(futex),
        SCMP_SYS(lseek),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(getrandom),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(gettid),
        SCMP_SYS(getpid),
        SCMP_SYS(sched_yield),
#if KK_SANITIZED
        SCMP_SYS(sigaltstack),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(sysinfo),
        SCMP_SYS(prlimit64),
#endif
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
            return false;
    /* abort() by raise(), and a signal to nobody else. */
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) != 0)
        return false;
    /* Memory yes, code no. */
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, 0x1000, 0x1000)) ==
               0; /* fstat by AT_EMPTY_PATH */
}

static bool refuse_paths(scmp_filter_ctx filter)
{
    static const struct {
        int call, error;
    } refused[] = {
        {SCMP_SYS(open), ENOENT},
        {SCMP_SYS(openat), ENOENT},
        {SCMP_SYS(access), ENOENT},
        {SCMP_SYS(stat), ENOENT},
        {SCMP_SYS(lstat), ENOENT},
        {SCMP_SYS(readlink), ENOENT},
        {SCMP_SYS(statx), ENOENT},
        {SCMP_SYS(getcwd), ENOENT},
        {SCMP_SYS(ioctl), ENOTTY},
#if !KK_SANITIZED
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
    bool done = filter && allow_calls(filter) && refuse_paths(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

bool sandbox_enter(void)
{
    const rlim_t gigabyte = 1u << 30;
    return (KK_SANITIZED || limit(RLIMIT_AS, 2 * gigabyte)) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, 1024) &&
           limit(RLIMIT_FSIZE, 64 * gigabyte) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && close_file_system() && limit_calls();
}
