/* Real workers: what the walls keep them from, what is heard of one that dies, and that a fresh one goes on. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/sanitized.h"
#include "worker/protocol.h"
#include "worker/worker.h"

#if KK_SANITIZED /* a crash stays a signal, also where the sanitizer would make an exit of it */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0";
}
#endif

typedef struct {
    kk_arena *arena;
    kk_buffer issues; /* a line each */
    size_t events, spools, batches_seen;
    bool identified;
    kk_identity identity;
    kk_worker *worker;
    int kill_with; /* signal to the worker at the first word of progress; 0: none */
    bool killed;
} hearing;

static kk_pool *pool;

static void tell(void *context, const kk_unpacked *thing)
{
    hearing *h = context;
    if (thing->kind == KK_PACK_ISSUE)
        kk_putf(&h->issues, "%.*s\n", KK_P(thing->issue.what));
    h->events += thing->kind == KK_PACK_EVENT;
    if (thing->kind == KK_PACK_IDENTITY) {
        h->identified = true;
        h->identity = thing->identity;
        h->identity.parser = kk_copy(h->arena, thing->identity.parser);
    }
}

static void progress(void *context, uint64_t bytes)
{
    hearing *h = context;
    (void)bytes;
    if (h->kill_with && !h->killed) {
        h->killed = true;
        kill(kk_worker_pid(h->worker), h->kill_with);
    }
}

static int memory_with(kk_slice bytes)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
    return fd;
}

static kk_job job_over(int fd, uint64_t size, unsigned parts)
{
    return (kk_job){.parts = parts,
                    .fd = fd,
                    .size = size,
                    .path = KK_S("evidence.toy"),
                    .zone = KK_S("Asia/Tokyo"),
                    .host = KK_S("host"),
                    .modified = KK_NO_TIME,
                    .end = UINT64_MAX,
                    .incident = KK_NO_TIME};
}

static hearing hear(kk_worker *worker, const kk_job *job, int kill_with, uint64_t skip,
                    uint64_t *batches, kk_job_end wanted, char why[120])
{
    hearing h = {.arena = kk_arena_open(), .worker = worker, .kill_with = kill_with};
    kk_listener listener = {.context = &h, .tell = tell, .progress = progress};
    assert_int_equal(kk_worker_run(worker, job, &listener, skip, batches, why), wanted);
    return h;
}

static void forget(hearing *h)
{
    kk_buffer_close(&h->issues);
    kk_arena_close(h->arena);
}

static kk_worker *fresh(kk_pool *from)
{
    kk_worker *worker = NULL;
    kk_fault fault = {0};
    if (kk_worker_open(from, &worker, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    return worker;
}

/* A toy log of so many records: 14 bytes each. */
static kk_slice toy_log(kk_arena *arena, size_t records)
{
    char *bytes = kk_take(arena, 7 + records * 14);
    memcpy(bytes, "KKTOY1\n", 7);
    for (size_t i = 0; i < records; i++) {
        char record[15];
        uint32_t seconds = (uint32_t)(1783000000u + i);
        memcpy(record, &seconds, 4);
        memcpy(record + 4, "\x08\x00", 2);
        snprintf(record + 6, 9, "u%07zu", i % 10000000);
        memcpy(bytes + 7 + i * 14, record, 14);
    }
    return (kk_slice){bytes, 7 + records * 14};
}

static void no_file_and_no_socket(void **state)
{
    (void)state;
    char why[120] = "";
    uint64_t batches;
    kk_worker *worker = fresh(pool);
    kk_job job = job_over(-1, 0, KK_DO_ESCAPE);
    hearing h = hear(worker, &job, 0, 0, &batches, KK_JOB_DIED, why);
    assert_true(kk_is(kk_buffer_slice(&h.issues),
                      "no file could be opened\n")); /* and no word of a socket */
    assert_non_null(strstr(why, "system call"));
    forget(&h);
    kk_worker_close(worker);
}

/* What the walls of every worker do to a call: run in a child behind the same walls. */
enum { DIES, FAILS };

static const struct {
    const char *what;
    long number;
    int fate;
    long arguments[6];
} attempts[] = {
    {"open", SYS_openat, FAILS, {AT_FDCWD, (long)"/etc/hostname", O_RDONLY}},
    {"create",
     SYS_openat,
     FAILS,
     {AT_FDCWD, (long)"/tmp/kakuho-escaped", O_WRONLY | O_CREAT, 0600}},
    {"status", SYS_newfstatat, FAILS, {AT_FDCWD, (long)"/etc", 0, 0}},
    {"ioctl", SYS_ioctl, FAILS, {0, 0x5412, (long)"x"}}, /* TIOCSTI */
    {"socket", SYS_socket, DIES, {AF_INET, SOCK_STREAM}},
    {"unix socket", SYS_socket, DIES, {AF_UNIX, SOCK_STREAM}},
    {"socketpair", SYS_socketpair, DIES, {AF_UNIX, SOCK_STREAM}},
    {"connect", SYS_connect, DIES, {0}},
    {"bind", SYS_bind, DIES, {0}},
    {"execve", SYS_execve, DIES, {(long)"/bin/true"}},
    {"execveat", SYS_execveat, DIES, {AT_FDCWD, (long)"/bin/true"}},
    {"clone", SYS_clone, DIES, {SIGCHLD}},
    {"clone3", SYS_clone3, DIES, {0}},
    {"ptrace", SYS_ptrace, DIES, {0}},
    {"process_vm_writev", SYS_process_vm_writev, DIES, {1}},
    {"kill", SYS_kill, DIES, {1, 0}},
    {"tgkill of another", SYS_tgkill, DIES, {1, 1, 0}},
    {"pidfd_open", SYS_pidfd_open, DIES, {1}},
    {"openat2", SYS_openat2, DIES, {AT_FDCWD, (long)"/etc/hostname"}},
    {"open_by_handle_at", SYS_open_by_handle_at, DIES, {0}},
    {"unlinkat", SYS_unlinkat, DIES, {AT_FDCWD, (long)"/tmp/kakuho-none"}},
    {"renameat2", SYS_renameat2, DIES, {AT_FDCWD, (long)"/tmp/kakuho-none"}},
    {"linkat", SYS_linkat, DIES, {AT_FDCWD, (long)"/tmp/kakuho-none"}},
    {"mkdirat", SYS_mkdirat, DIES, {AT_FDCWD, (long)"/tmp/kakuho-escaped"}},
    {"fchmodat", SYS_fchmodat, DIES, {AT_FDCWD, (long)"/tmp/kakuho-none"}},
    {"truncate", SYS_truncate, DIES, {(long)"/tmp/kakuho-none"}},
    {"chdir", SYS_chdir, DIES, {(long)"/"}},
    {"mount", SYS_mount, DIES, {0}},
    {"unshare", SYS_unshare, DIES, {0}},
    {"setuid", SYS_setuid, DIES, {0}},
    {"io_uring_setup", SYS_io_uring_setup, DIES, {1}},
    {"memfd_create", SYS_memfd_create, DIES, {(long)"x"}},
    {"bpf", SYS_bpf, DIES, {0}},
    {"userfaultfd", SYS_userfaultfd, DIES, {0}},
    {"perf_event_open", SYS_perf_event_open, DIES, {0}},
    {"keyctl", SYS_keyctl, DIES, {0}},
    {"shmget", SYS_shmget, DIES, {0}},
    {"dup", SYS_dup, DIES, {0}},
    {"prctl", SYS_prctl, DIES, {PR_SET_DUMPABLE, 1}},
    {"seccomp", SYS_seccomp, DIES, {0}},
    {"mmap for code",
     SYS_mmap,
     DIES,
     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1}},
    {"mprotect for code", SYS_mprotect, DIES, {0, 4096, PROT_READ | PROT_EXEC}},
    {"a call of another word size", 0x40000000 | SYS_getpid, DIES, {0}},
};

static int behind_walls(size_t i)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        const long *a = attempts[i].arguments;
        if (!sandbox_enter())
            _exit(3);
        long got = syscall(attempts[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
        _exit(got < 0 ? 4 : 5);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void nothing_else_either(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int status = behind_walls(i);
        bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        bool failed = WIFEXITED(status) && WEXITSTATUS(status) == 4;
        if (attempts[i].fate == DIES ? !died : !failed)
            fail_msg("%s: wait status %x", attempts[i].what, (unsigned)status);
    }
    assert_int_not_equal(access("/tmp/kakuho-escaped", F_OK), 0);
}

/* A worker holds its socket to the coordinator, and nothing of the case or of evidence that is not its. */
static void holds_no_descriptors(void **state)
{
    (void)state;
    char path[64], target[256];
    struct dirent *entry;
    int own = open("/etc/passwd", O_RDONLY | O_CLOEXEC); /* as a case's files are */
    kk_pool *late = NULL;
    kk_fault fault = {0};
    assert_int_equal(kk_pool_open(false, &late, &fault), KK_OK);
    kk_worker *worker = fresh(late);
    snprintf(path, sizeof path, "/proc/%d/fd", kk_worker_pid(worker));
    DIR *folder = opendir(path);
    size_t sockets = 0;
    while (folder && (entry = readdir(folder))) {
        ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
        if (len < 0)
            continue; /* . and .. */
        target[len] = '\0';
        bool is_socket = strncmp(target, "socket:", 7) == 0;
        sockets += is_socket;
#if !KK_SANITIZED /* whose reports go to the output */
        if (!is_socket && strcmp(target, "/dev/null") != 0 &&
            strncmp(target, "/memfd:kakuho-batches", 21) != 0)
            fail_msg("a worker holds %s", target);
#endif
    }
    if (folder) {
        closedir(folder);
        assert_true(sockets >= 1 && sockets <= 2);
    }
    close(own);
    kk_worker_close(worker);
    kk_pool_close(late);
}

static void without_walls_both_are_there(void **state)
{
    (void)state;
    char why[120] = "";
    uint64_t batches;
    kk_pool *open_pool = NULL;
    kk_fault fault = {0};
    assert_int_equal(kk_pool_open(true, &open_pool, &fault), KK_OK);
    kk_worker *worker = fresh(open_pool);
    kk_job job = job_over(-1, 0, KK_DO_ESCAPE);
    hearing h = hear(worker, &job, 0, 0, &batches, KK_JOB_DONE, why);
    if (access("/etc/hostname", R_OK) == 0) /* the test itself can tell the difference */
        assert_true(kk_is(kk_buffer_slice(&h.issues), "a file was opened\na socket was made\n"));
    forget(&h);
    kk_worker_close(worker);
    kk_pool_close(open_pool);
}

static void reads_and_hashes(void **state)
{
    (void)state;
    char why[120] = "";
    uint64_t batches;
    kk_arena *arena = kk_arena_open();
    kk_slice log = toy_log(arena, 100000);
    int fd = memory_with(log);
    kk_worker *worker = fresh(pool);
    kk_job job = job_over(fd, log.len, KK_DO_IDENTIFY | KK_DO_HASH | KK_DO_PARSE);
    for (int again = 0; again < 3; again++) { /* the same worker, job after job */
        hearing h = hear(worker, &job, 0, 0, &batches, KK_JOB_DONE, why);
        kk_sha256 digest = kk_sha256_of(log);
        assert_int_equal(h.events, 100000);
        assert_true(batches > 1);
        assert_true(h.identified && kk_is(h.identity.parser, "toy") && h.identity.has_hash &&
                    !h.identity.unreadable);
        assert_true(kk_sha256_eq(&h.identity.sha256, &digest));
        assert_int_equal(h.issues.len, 0);
        forget(&h);
    }
    uint64_t all = batches;
    hearing rest =
        hear(worker, &job, 0, all, &batches, KK_JOB_DONE, why); /* all came before: nothing twice */
    assert_true(batches == all && rest.events == 0);
    forget(&rest);
    rest = hear(worker, &job, 0, 1, &batches, KK_JOB_DONE, why);
    assert_true(rest.events > 0 && rest.events < 100000);
    forget(&rest);
    kk_worker_close(worker);
    close(fd);
    kk_arena_close(arena);
}

static void larger_than_told(void **state)
{
    (void)state;
    char why[120] = "";
    uint64_t batches;
    kk_arena *arena = kk_arena_open();
    kk_slice log = toy_log(arena, 10);
    int fd = memory_with(log);
    kk_worker *worker = fresh(pool);
    kk_job job = job_over(fd, log.len + 1000,
                          KK_DO_IDENTIFY | KK_DO_HASH | KK_DO_PARSE); /* it shrank meanwhile */
    hearing h = hear(worker, &job, 0, 0, &batches, KK_JOB_DONE, why);
    assert_int_equal(h.events, 10);
    assert_true(h.identified && h.identity.unreadable);
    forget(&h);
    job = job_over(-1, 0, KK_DO_PARSE); /* and one that was never given */
    h = hear(worker, &job, 0, 0, &batches, KK_JOB_DONE, why);
    assert_true(h.issues.len > 0 && h.events == 0);
    forget(&h);
    kk_worker_close(worker);
    close(fd);
    kk_arena_close(arena);
}

static void one_that_dies(int signal_number, const char *words)
{
    char why[120] = "";
    uint64_t batches;
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0 && ftruncate(fd, (off_t)1 << 30) == 0);
    kk_worker *worker = fresh(pool);
    kk_job job = job_over(fd, UINT64_C(1) << 30, KK_DO_HASH);
    hearing h = hear(worker, &job, signal_number, 0, &batches, KK_JOB_DIED, why);
    assert_true(h.killed && !h.identified);
    if (!strstr(why, words))
        fail_msg("`%s` says nothing of `%s`", why, words);
    forget(&h);
    kk_worker_close(worker);
    close(fd);
}

static void deaths_are_told_and_survived(void **state)
{
    one_that_dies(SIGKILL, "killed");
    one_that_dies(SIGSEGV, "crashed (signal 11)");
    one_that_dies(SIGBUS, "crashed (signal 7)");
    reads_and_hashes(state);
}

static void a_dead_template_is_told(void **state)
{
    (void)state;
    kk_pool *lost = NULL;
    kk_fault fault = {0};
    kk_worker *worker = NULL, *second = NULL;
    assert_int_equal(kk_pool_open(false, &lost, &fault), KK_OK);
    worker = fresh(lost);
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", kk_worker_pid(worker));
    FILE *file = fopen(path, "r");
    int template_pid = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    kk_slice rest = kk_cstr(strrchr(line, ')') + 4), digits; /* ") S 123 ..." */
    uint64_t number = 0;
    assert_true(kk_split(&rest, ' ', &digits) && kk_to_u64(digits, &number));
    template_pid = (int)number;
    assert_true(template_pid > 1 && template_pid != getpid());
    kill(template_pid, SIGKILL);
    char why[120] = "";
    uint64_t batches;
    kk_job job = job_over(-1, 0, KK_DO_PARSE);
    for (int tries = 0; tries < 200 && kill(kk_worker_pid(worker), 0) == 0; tries++)
        usleep(10000); /* workers go with their template */
    hearing h = {.arena = kk_arena_open(), .worker = worker};
    kk_listener listener = {.context = &h, .tell = tell};
    assert_int_equal(kk_worker_run(worker, &job, &listener, 0, &batches, why), KK_JOB_DIED);
    assert_int_equal(kk_worker_open(lost, &second, &fault), KK_IO);
    assert_non_null(strstr(fault.text, "template"));
    forget(&h);
    kk_worker_close(worker);
    kk_pool_close(lost);
}

static int open_pool(void **state)
{
    kk_fault fault = {0};
    (void)state;
    return kk_pool_open(false, &pool, &fault) == KK_OK ? 0 : -1;
}

static int close_pool(void **state)
{
    (void)state;
    kk_pool_close(pool);
    return 0;
}

int main(int count, char **arguments)
{
    kk_worker_main(count, arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_and_no_socket),
        cmocka_unit_test(nothing_else_either),
        cmocka_unit_test(holds_no_descriptors),
        cmocka_unit_test(without_walls_both_are_there),
        cmocka_unit_test(reads_and_hashes),
        cmocka_unit_test(larger_than_told),
        cmocka_unit_test(deaths_are_told_and_survived),
        cmocka_unit_test(a_dead_template_is_told),
    };
    if (kk_sandbox_lacks()) {
        printf("skipped: this kernel lacks %s\n", kk_sandbox_lacks());
        return 77;
    }
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
