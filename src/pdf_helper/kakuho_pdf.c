/* Text of PDF documents, with its places on the page. A program of its own, because poppler is GPL: see
 * LICENSE.md. kakuho starts it with a socket as descriptor 3; its workers hand over sockets of their
 * own on it, and on these a document a packet. Each document is read by a fresh process without network,
 * without files (but the tables of characters below the poppler data folder, read only), with limits on
 * memory and time, and its text comes back in a file in memory. docs/formats/pdf.md has the protocol
 * and what the text looks like.
 *
 * Usage: kakuho-pdf --serve sandboxed|open, by kakuho; kakuho-pdf FILE > TEXT, by a person. */
#include "pdf_helper/kakuho_pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET = 3, WAIT_MS = 240000 };

/* One packet of the protocol, both ways. */
typedef struct {
    uint32_t kind, end;
    uint64_t size, unused;
} packet;

/* With two descriptors at most; -1 where none came. */
static bool hear(int socket, packet *p, int fds[2])
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {p, sizeof *p};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.room,
                            .msg_controllen = sizeof control.room};
    ssize_t n;
    fds[0] = fds[1] = -1;
    do {
        n = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    for (struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&header) : NULL; c; c = CMSG_NXTHDR(&header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            memcpy(fds, CMSG_DATA(c),
                   c->cmsg_len < CMSG_LEN(2 * sizeof(int)) ? sizeof(int) : 2 * sizeof(int));
    return n == (ssize_t)sizeof *p;
}

static bool say(int socket, const packet *p, int fd)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)p, sizeof *p};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.room,
                            .msg_controllen = sizeof control.room};
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(socket, &header, MSG_NOSIGNAL) == (ssize_t)sizeof *p;
}

/* What the library says on its way goes to a file in memory, where it is only counted. */
static int quiet_errors(void)
{
    int errors = memfd_create("kakuho-pdf-errors", MFD_CLOEXEC);
    if (errors >= 0)
        dup2(errors, STDERR_FILENO);
    return errors;
}

static pid_t start_reading(int document, int result, passwords given, bool sandboxed)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int errors = quiet_errors();
    bool walled = errors >= 0 && (!sandboxed || wall_in());
    _exit(walled && document_read(document, result, errors, given) ? 0 : 1);
}

/* How the process that read ended; one that neither works nor waits for anything good is killed. */
static uint32_t wait_for(pid_t pid)
{
    int status = 0, handle = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd waiting = {handle, POLLIN, 0};
    bool slow = false;
    if (handle >= 0) {
        int ready;
        do {
            ready = poll(&waiting, 1, WAIT_MS);
        } while (ready < 0 && errno == EINTR);
        slow = ready == 0;
        close(handle);
    }
    if (slow)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (slow || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return END_SLOW;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? END_DONE : END_DIED;
}

static void answer(int socket, int document, passwords given, bool sandboxed)
{
    struct stat status;
    packet p = {.end = END_DIED};
    int result = memfd_create("kakuho-pdf", MFD_CLOEXEC);
    if (result < 0)
        _exit(1);
    pid_t pid = start_reading(document, result, given, sandboxed);
    if (pid > 0)
        p.end = wait_for(pid);
    p.size = fstat(result, &status) == 0 ? (uint64_t)status.st_size : 0;
    bool said = say(socket, &p, result);
    close(result);
    if (!said)
        _exit(0);
}

/* One worker's: a document at a time, until it goes. */
static _Noreturn void attend(int socket, bool sandboxed)
{
    packet p;
    int fds[2];
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (hear(socket, &p, fds)) {
        if (fds[0] < 0)
            break;
        answer(socket, fds[0], (passwords){fds[1], p.size}, sandboxed);
        close(fds[0]);
        if (fds[1] >= 0)
            close(fds[1]);
    }
    _exit(0);
}

static _Noreturn void serve(bool sandboxed)
{
    packet p;
    int fds[2];
    signal(SIGCHLD, SIG_IGN); /* nobody asks how attendants end */
    signal(SIGINT, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    warm_up();
    while (hear(SOCKET, &p, fds)) {
        if (fds[1] >= 0)
            close(fds[1]);
        if (fds[0] < 0)
            continue;
        if (fork() == 0) {
            close(SOCKET);
            attend(fds[0], sandboxed);
        }
        close(fds[0]);
    }
    _exit(0); /* what warm_up() opened stays so to the end: no leak, though it looks like one */
}

static int read_file(const char *name)
{
    int document = open(name, O_RDONLY | O_CLOEXEC);
    if (document < 0) {
        fprintf(stderr, "kakuho-pdf: cannot open the file: %s\n", strerror(errno));
        return 2;
    }
    int errors = quiet_errors();
    warm_up();
    bool walled = errors >= 0 && wall_in();
    _exit(walled && document_read(document, STDOUT_FILENO, errors, (passwords){-1, 0}) ? 0 : 1);
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "--serve") == 0)
        serve(strcmp(arguments[2], "open") != 0);
    if (count == 2 && arguments[1][0] != '-')
        return read_file(arguments[1]);
    fprintf(stderr, "usage: kakuho-pdf FILE > TEXT\n");
    return 2;
}
