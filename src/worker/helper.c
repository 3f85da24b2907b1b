#include "worker/helper.h"

#include "parse/passwords.h"
#include "worker/protocol.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HELPER_SOCKET = 3, NAME_MOST = 4096 };

static bool find_helper(char name[NAME_MOST])
{
    static const char helper[] = "/kakuho-pdf";
    ssize_t len = readlink("/proc/self/exe", name, NAME_MOST - sizeof helper);
    while (len > 0 && name[len - 1] != '/')
        len--;
    if (len <= 0)
        return false;
    memcpy(name + len - 1, helper, sizeof helper);
    return access(name, X_OK) == 0;
}

bool helper_is_there(void)
{
    char name[NAME_MOST];
    return find_helper(name);
}

/* A process that waits until somebody knocks: most evidence has no PDF. */
static _Noreturn void become_helper(int door, const char *name, bool sandboxed)
{
    struct pollfd waiting = {door, POLLIN, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (poll(&waiting, 1, -1) < 0)
        ;
    if (!(waiting.revents & POLLIN))
        _exit(0);
    if (door == HELPER_SOCKET)
        fcntl(door, F_SETFD, 0);
    else
        dup2(door, HELPER_SOCKET);
    (void)close_range(HELPER_SOCKET + 1, ~0u, 0);
    execl(name, "kakuho-pdf", "--serve", sandboxed ? "sandboxed" : "open", (char *)NULL);
    _exit(127);
}

int helper_start(bool sandboxed)
{
    char name[NAME_MOST];
    int pair[2];
    if (!find_helper(name) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        become_helper(pair[1], name, sandboxed);
    }
    close(pair[1]);
    if (pid > 0)
        return pair[0];
    close(pair[0]);
    return -1;
}

helper_link helper_open(int door)
{
    int pair[2];
    if (door < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return (helper_link){-1, -1, -1};
    return (helper_link){door, pair[0], pair[1]};
}

void helper_put_secrets(kk_buffer *out, const kk_settings *settings)
{
    kk_arena *own = kk_arena_open();
    kk_password_list list = kk_password_list_for(own, settings);
    for (size_t i = 0; i < list.count; i++) {
        kk_put(out, list.at[i].bytes);
        kk_put_byte(out, '\n');
    }
    kk_arena_close(own);
}

helper_secrets helper_secrets_of(kk_slice passwords)
{
    helper_secrets s = {memfd_create("kakuho-passwords", MFD_CLOEXEC), 0};
    kk_buffer out = {0};
    helper_put_secrets(&out, &(kk_settings){.passwords = passwords});
    kk_slice lines = kk_buffer_slice(&out);
    if (s.fd >= 0 && write(s.fd, lines.ptr, lines.len) == (ssize_t)lines.len)
        s.size = lines.len;
    kk_buffer_close(&out);
    return s;
}

int helper_convert(helper_link *link, int document, helper_secrets secrets, uint64_t *size,
                   kk_convert_end *end)
{
    message m = {0}, request = {.b = secrets.size};
    int fds[2] = {-1, -1}, given[2] = {document, secrets.fd};
    *end = KK_CONVERT_NONE;
    if (link->own < 0)
        return -1;
    if (link->other >= 0) {
        bool heard = message_send(link->door, &m, KK_NONE, &link->other, 1);
        close(link->other);
        link->other = -1;
        if (!heard)
            return -1;
    }
    bool answered = message_send(link->own, &request, KK_NONE, given, secrets.size ? 2 : 1) &&
                    message_receive(link->own, &m, NULL, NULL, fds);
    if (fds[1] >= 0)
        close(fds[1]);
    if (!answered)
        return -1;
    *end = m.a <= KK_CONVERT_SLOW ? (kk_convert_end)m.a : KK_CONVERT_DIED;
    *size = m.b;
    return fds[0];
}
