#include "worker/walled.h"

#include "base/text.h"
#include "worker/protocol.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void work_inside(bool sandboxed, int pipe_end,
                                  void (*work)(void *context, kk_buffer *out), void *context)
{
    kk_buffer out = {0};
    kk_text_warm();
    if (sandboxed && !sandbox_enter())
        _exit(1);
    work(context, &out);
    for (size_t at = 0; at < out.len;) {
        ssize_t n = write(pipe_end, out.ptr + at, out.len - at);
        if (n <= 0)
            _exit(1);
        at += (size_t)n;
    }
    _exit(0);
}

static bool hear(int pipe_end, kk_buffer *out)
{
    enum { SILENCE_MS = 300000, BLOCK = 65536 };
    for (;;) {
        struct pollfd waiting = {pipe_end, POLLIN, 0};
        int ready = poll(&waiting, 1, SILENCE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t n = read(pipe_end, kk_buffer_room(out, BLOCK), BLOCK);
        if (n <= 0)
            return n == 0;
        out->len += (size_t)n;
    }
}

kk_status kk_walled(bool unsafe_no_sandbox, void (*work)(void *context, kk_buffer *out),
                    void *context, kk_buffer *out, kk_fault *fault)
{
    int ends[2], status = 0;
    const char *lacks = unsafe_no_sandbox ? NULL : kk_sandbox_lacks();
    if (lacks)
        return kk_fail(
            fault, KK_IO,
            "nothing is read: this kernel lacks %s: use another machine, or accept the risk "
            "with --unsafe-no-sandbox",
            lacks);
    if (pipe2(ends, 0) != 0)
        return kk_fail(fault, KK_IO, "a walled process cannot be started: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work_inside(!unsafe_no_sandbox, ends[1], work, context);
    }
    close(ends[1]);
    bool heard = pid > 0 && hear(ends[0], out);
    close(ends[0]);
    if (pid > 0) {
        if (!heard)
            kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    if (heard && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return KK_OK;
    return kk_fail(fault, KK_IO, "it could not be read: the process that read it ended early");
}
