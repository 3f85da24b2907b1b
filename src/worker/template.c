/* The template process: started by exec of this program, single-threaded for ever, so that forking
 * it is safe; it warms the libraries once and forks a worker whenever the coordinator asks. */
#include "base/sanitized.h"
#include "worker/helper.h"
#include "worker/protocol.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEMPLATE_SOCKET = 3 };

static void quiet_output(void)
{
#if !KK_SANITIZED
    /* Libraries that complain on stderr may quote evidence. */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        close(null);
    }
#endif
}

static pid_t fork_worker(int socket, int memory, const worker_tools *tools)
{
    const pid_t template = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    close(TEMPLATE_SOCKET);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != template) /* which died before this worker could ask to be told */
        _exit(1);
    char *shared =
        mmap(NULL, SLOTS * (size_t)KK_BATCH_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    close(memory);
    if (shared == MAP_FAILED)
        _exit(1);
    worker_live(socket, shared, tools);
}

/* Rules stay mapped as long as the process; the newest ones are those of workers forked from now on. */
static bool take_rules(int fd, uint64_t size, worker_tools *tools)
{
    kk_fault ignored;
    kk_ruleset *rules = NULL;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED || kk_ruleset_open((kk_slice){bytes, size}, &rules, &ignored) != KK_OK)
        return false;
    kk_ruleset_close(tools->rules);
    tools->rules = rules;
    return true;
}

/* Compiled once, by workers only read: they share its pages. */
static bool take_yara(int fd, uint64_t size, worker_tools *tools)
{
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    tools->yara =
        kk_yara_open(kk_arena_open(), (kk_slice){bytes, size}); /* as long as the process */
    munmap(bytes, size);
    return tools->yara != NULL;
}

/* Made ready once: workers have the same pages until they write to them. */
static bool take_iocs(int fd, uint64_t size, worker_tools *tools)
{
    kk_arena *arena = kk_arena_open(); /* as long as the process */
    kk_iocs *iocs = KK_NEW(arena, kk_iocs);
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED || !kk_iocs_take(arena, (kk_slice){bytes, size}, iocs))
        return false;
    tools->contents = kk_contents_open(arena, iocs->items, iocs->count);
    return true;
}

/* Mapped as long as the process, and in no file: the descriptor is one of memory. */
static bool take_passwords(int fd, uint64_t size, worker_tools *tools)
{
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    tools->passwords = (kk_slice){bytes, size};
    tools->secrets = helper_secrets_of(tools->passwords);
    return true;
}

/* Those of the round before are let go. */
static bool take_found(int fd, uint64_t size, worker_tools *tools)
{
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    if (tools->found.len)
        munmap((void *)(uintptr_t)tools->found.ptr, tools->found.len);
    tools->found = (kk_slice){bytes, size};
    return true;
}

static void serve(worker_tools *tools)
{
    message m;
    int fds[2];
    while (message_receive(TEMPLATE_SOCKET, &m, NULL, NULL, fds)) {
        if (m.kind == SAY_FORK && fds[0] >= 0 && fds[1] >= 0) {
            pid_t pid = fork_worker(fds[0], fds[1], tools);
            m.a = pid > 0 ? (uint32_t)pid : 0;
            close(fds[0]);
            close(fds[1]);
        } else if (m.kind == SAY_RULES && fds[0] >= 0) {
            m.a = take_rules(fds[0], m.b, tools);
            close(fds[0]);
        } else if (m.kind == SAY_YARA && fds[0] >= 0) {
            m.a = take_yara(fds[0], m.b, tools);
            close(fds[0]);
        } else if (m.kind == SAY_IOCS && fds[0] >= 0) {
            m.a = take_iocs(fds[0], m.b, tools);
            close(fds[0]);
        } else if (m.kind == SAY_PASSWORDS && fds[0] >= 0) {
            m.a = take_passwords(fds[0], m.b, tools);
            close(fds[0]);
        } else if (m.kind == SAY_FOUND && fds[0] >= 0) {
            m.a = take_found(fds[0], m.b, tools);
            close(fds[0]);
        } else if (m.kind == SAY_WAIT) {
            int status = 0;
            m.b = waitpid((pid_t)m.a, &status, 0) > 0 ? (uint64_t)status : 0;
        }
        if (!message_send(TEMPLATE_SOCKET, &m, KK_NONE, NULL, 0))
            break;
    }
}

void kk_worker_main(int count, char **arguments)
{
    if (count != 3 || strcmp(arguments[1], "--worker") != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the coordinator decides when work stops */
    /* Libraries that turn civil times into UTC must not look for the zone of this machine. */
    setenv("TZ", "UTC0", 1);
    tzset();
    /* libarchive asks for a UTF-8 locale by name when it meets a 7z: glibc must have read it before. */
    (void)newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    quiet_output();
    worker_tools tools = {.lexicon = worker_warm(kk_arena_open()), /* as long as the process */
                          .sandboxed = strcmp(arguments[2], "sandboxed") == 0};
    tools.helper = helper_start(tools.sandboxed);
    serve(&tools);
    _exit(0);
}
