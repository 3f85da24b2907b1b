/* The coordinator's side: the template, its workers, and listening to one. */
#include "worker/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct kk_pool {
    int socket; /* to the template */
    pid_t template_pid;
    pthread_mutex_t guard; /* one question to the template at a time */
};

struct kk_worker {
    kk_pool *pool;
    int socket, memory;
    char *shared;
    char *private_copy; /* of one batch: a worker cannot change what was checked */
    pid_t pid;
    uint64_t lines;
    kk_arena *arena;
};

/* A worker that says nothing for so long is hanging: the last resort, after all counted limits. */
enum { SILENCE_MS = 300000 };

static _Noreturn void become_template(int socket, bool sandboxed)
{
    if (socket != 3) {
        dup2(socket, 3);
        close(socket);
    } else {
        fcntl(3, F_SETFD, 0);
    }
    (void)close_range(4, ~0u,
                      0); /* whatever this process holds, or was handed, is none of theirs */
    execl("/proc/self/exe", "kakuho-worker", "--worker", sandboxed ? "sandboxed" : "open",
          (char *)NULL);
    _exit(127);
}

kk_status kk_pool_open(bool unsafe_no_sandbox, kk_pool **out, kk_fault *fault)
{
    int pair[2];
    const char *lacks = unsafe_no_sandbox ? NULL : kk_sandbox_lacks();
    if (lacks)
        return kk_fail(
            fault, KK_IO,
            "evidence is not opened: this kernel lacks %s: use another machine, or accept "
            "the risk with --unsafe-no-sandbox",
            lacks);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return kk_fail(fault, KK_IO, "workers cannot be started: %s", strerror(errno));
    kk_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        abort();
    pthread_mutex_init(&pool->guard, NULL);
    pool->template_pid = fork();
    if (pool->template_pid == 0)
        become_template(pair[1], !unsafe_no_sandbox);
    close(pair[1]);
    pool->socket = pair[0];
    *out = pool;
    return pool->template_pid > 0
               ? KK_OK
               : kk_fail(fault, KK_IO, "workers cannot be started: %s", strerror(errno));
}

void kk_pool_close(kk_pool *pool)
{
    if (!pool)
        return;
    close(pool->socket); /* the template sees the end and goes */
    waitpid(pool->template_pid, NULL, 0);
    pthread_mutex_destroy(&pool->guard);
    free(pool);
}

static bool ask_template(kk_pool *pool, message *m, const int *fds, size_t fd_count)
{
    pthread_mutex_lock(&pool->guard);
    bool answered = message_send(pool->socket, m, KK_NONE, fds, fd_count) &&
                    message_receive(pool->socket, m, NULL, NULL, NULL);
    pthread_mutex_unlock(&pool->guard);
    return answered;
}

static kk_status give(kk_pool *pool, message_kind kind, kk_slice block, const char *what,
                      kk_fault *fault)
{
    int fd = memfd_create("kakuho", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    message m = {.kind = kind, .b = block.len};
    bool good = fd >= 0;
    for (size_t at = 0; good && at < block.len;) {
        ssize_t n = write(fd, block.ptr + at, block.len - at);
        good = n > 0;
        at += good ? (size_t)n : 0;
    }
    good = good &&
           fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0 &&
           ask_template(pool, &m, &fd, 1) && m.a == 1;
    if (fd >= 0)
        close(fd);
    return good ? KK_OK : kk_fail(fault, KK_IO, "%s cannot be given to workers", what);
}

kk_status kk_pool_rules(kk_pool *pool, kk_slice block, kk_fault *fault)
{
    return give(pool, SAY_RULES, block, "the rules", fault);
}

kk_status kk_pool_yara(kk_pool *pool, kk_slice block, kk_fault *fault)
{
    return give(pool, SAY_YARA, block, "the rules", fault);
}

kk_status kk_pool_iocs(kk_pool *pool, kk_slice json, kk_fault *fault)
{
    return give(pool, SAY_IOCS, json, "the indicators", fault);
}

kk_status kk_pool_passwords(kk_pool *pool, kk_slice lines, kk_fault *fault)
{
    return give(pool, SAY_PASSWORDS, lines, "the passwords", fault);
}

kk_status kk_pool_found(kk_pool *pool, kk_slice block, kk_fault *fault)
{
    return give(pool, SAY_FOUND, block, "what the evidence told", fault);
}

static bool share_memory(kk_worker *w)
{
    size_t size = SLOTS * (size_t)KK_BATCH_BYTES;
    w->memory = memfd_create("kakuho-batches", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (w->memory < 0 || ftruncate(w->memory, (off_t)size) != 0 ||
        fcntl(w->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return false;
    w->shared = mmap(NULL, size, PROT_READ, MAP_SHARED, w->memory, 0);
    return w->shared != MAP_FAILED;
}

kk_status kk_worker_open(kk_pool *pool, kk_worker **out, kk_fault *fault)
{
    int pair[2];
    kk_worker *w = calloc(1, sizeof *w);
    if (!w || !share_memory(w) ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        free(w);
        return kk_fail(fault, KK_IO, "a worker cannot be started: %s", strerror(errno));
    }
    message m = {.kind = SAY_FORK};
    bool answered = ask_template(pool, &m, (int[]){pair[1], w->memory}, 2);
    close(pair[1]);
    close(w->memory);
    w->pool = pool;
    w->socket = pair[0];
    w->pid = (pid_t)m.a;
    w->arena = kk_arena_open();
    w->private_copy = malloc(KK_BATCH_BYTES);
    if (!w->private_copy)
        abort();
    if (answered && w->pid > 0) {
        *out = w;
        return KK_OK;
    }
    kk_worker_close(w);
    return kk_fail(fault, KK_IO,
                   "a worker cannot be started: its template is gone: run the command again");
}

void kk_worker_close(kk_worker *w)
{
    if (!w)
        return;
    close(w->socket);
    if (w->pid > 0) {
        kill(w->pid, SIGKILL);
        message m = {.kind = SAY_WAIT, .a = (uint32_t)w->pid};
        (void)ask_template(w->pool, &m, NULL, 0);
    }
    munmap(w->shared, SLOTS * (size_t)KK_BATCH_BYTES);
    free(w->private_copy);
    kk_arena_close(w->arena);
    free(w);
}

uint64_t kk_worker_lines(const kk_worker *w)
{
    return w->lines;
}

int kk_worker_pid(const kk_worker *w)
{
    return w->pid;
}

static bool hear_batch(kk_worker *w, const message *m, const kk_listener *listener, bool drop)
{
    if (m->a >= SLOTS || m->b > KK_BATCH_BYTES)
        return false;
    kk_unpacked *thing = KK_NEW(w->arena, kk_unpacked);
    if (!drop)
        memcpy(w->private_copy, w->shared + m->a * (size_t)KK_BATCH_BYTES, m->b);
    message answer = {.kind = SAY_FREE, .a = m->a};
    bool alive = message_send(w->socket, &answer, KK_NONE, NULL, 0);
    kk_unpacker u = {.bytes = {w->private_copy, drop ? 0 : m->b}};
    while (kk_unpack(&u, w->arena, thing))
        listener->tell(listener->context, thing);
    kk_arena_reset(w->arena);
    return alive && !u.bad;
}

static bool answer_with_fd(kk_worker *w, message_kind kind, int fd, uint64_t size)
{
    message answer = {.kind = kind, .b = size};
    return message_send(w->socket, &answer, KK_NONE, &fd, fd >= 0);
}

static bool hear_sibling(kk_worker *w, kk_slice name, const kk_listener *listener)
{
    uint64_t size = 0;
    bool plain =
        name.len && name.len < 256 && !memchr(name.ptr, '/', name.len) && !kk_is(name, "..");
    int fd = plain && listener->sibling ? listener->sibling(listener->context, name, &size) : -1;
    bool alive = answer_with_fd(w, SAY_SIBLING, fd, size);
    if (fd >= 0)
        close(fd);
    return alive;
}

/* False when the worker is gone, silent, or says what no worker of ours says. */
static bool hear(kk_worker *w, const kk_listener *listener, uint64_t skip, uint64_t *batches,
                 bool *done)
{
    struct pollfd waiting = {w->socket, POLLIN, 0};
    char *bytes = kk_take(w->arena, MESSAGE_BYTES);
    size_t len = 0;
    message m;
    int ready;
    do {
        ready = poll(&waiting, 1, SILENCE_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0 || !message_receive(w->socket, &m, bytes, &len, NULL))
        return false;
    switch (m.kind) {
    case SAY_BATCH:
        return m.c == *batches && hear_batch(w, &m, listener, (*batches)++ < skip);
    case SAY_SPOOL:
        return answer_with_fd(w, SAY_SPOOL,
                              listener->spool ? listener->spool(listener->context, m.b) : -1, 0);
    case SAY_SIBLING:
        return hear_sibling(w, (kk_slice){bytes, len}, listener);
    case SAY_PROGRESS:
        if (listener->progress)
            listener->progress(listener->context, m.b);
        return true;
    case SAY_DONE:
        *done = true;
        w->lines = m.b;
        return true;
    default:
        return false;
    }
}

static void tell_death(kk_worker *w, char why[120])
{
    kill(w->pid, SIGKILL); /* where it hangs; one that is gone already keeps its own status */
    message m = {.kind = SAY_WAIT, .a = (uint32_t)w->pid};
    int status = ask_template(w->pool, &m, NULL, 0) ? (int)m.b : 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        snprintf(why, 120, "the worker was killed for a system call that it may not make");
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        snprintf(why, 120, "the worker hung or was killed");
    else if (WIFSIGNALED(status))
        snprintf(why, 120, "the worker crashed (signal %d)", WTERMSIG(status));
    else
        snprintf(why, 120, "the worker ended early (status %d)", WEXITSTATUS(status));
    w->pid = 0;
}

kk_job_end kk_worker_run(kk_worker *w, const kk_job *job, const kk_listener *listener,
                         uint64_t skip, uint64_t *batches, char why[120])
{
    message m = {.kind = SAY_JOB};
    bool done = false;
    *batches = 0;
    bool alive = message_send(w->socket, &m, job_pack(w->arena, job), &job->fd, job->fd >= 0);
    while (alive && !done) {
        alive = hear(w, listener, skip, batches, &done);
        kk_arena_reset(w->arena);
    }
    if (done)
        return KK_JOB_DONE;
    tell_death(w, why);
    return KK_JOB_DIED;
}
