#include "cli/answer.h"

#include "worker/protocol.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ASK = 1, ANSWER = 2 };

struct kk_answering {
    kk_case *writer;
    int socket, stop[2];
    pthread_t thread;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

/* The socket's address; long case paths go through /proc/self/fd, since an address holds 107 bytes. */
static bool address_of(const char *case_path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(address->sun_path, sizeof address->sun_path, "%s/kakuho.sock", case_path);
    return len > 0 && (size_t)len < sizeof address->sun_path;
}

bool kk_answered_by_writer(kk_invocation *i, int *status)
{
    struct sockaddr_un address;
    kk_buffer words = {0};
    message m = {.kind = ASK}, answer;
    if (i->options.shared || !address_of(i->arguments[0], &address))
        return false;
    int socket_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bool asked =
        socket_fd >= 0 && connect(socket_fd, (struct sockaddr *)&address, sizeof address) == 0;
    for (int k = 1; asked && k < i->word_count; k++)
        kk_put_bytes(&words, i->words[k], strlen(i->words[k]) + 1);
    int fds[2] = {i->out, STDERR_FILENO};
    asked = asked && words.len < MESSAGE_BYTES &&
            message_send(socket_fd, &m, kk_buffer_slice(&words), fds, 2) &&
            message_receive(socket_fd, &answer, NULL, NULL, NULL) && answer.kind == ANSWER;
    if (asked)
        *status = (int)answer.a;
    if (socket_fd >= 0)
        close(socket_fd);
    kk_buffer_close(&words);
    return asked;
}

static void answer_one(kk_answering *a, int client)
{
    enum { WORDS_MOST = 512 };
    char *bytes = malloc(MESSAGE_BYTES + 1);
    char *words[WORDS_MOST] = {(char *)(uintptr_t) "kakuho"};
    int fds[2], count = 1;
    size_t len = 0;
    message m;
    if (!bytes)
        abort();
    if (message_receive(client, &m, bytes, &len, fds) && m.kind == ASK && fds[0] >= 0 &&
        fds[1] >= 0) {
        bytes[len] = '\0';
        for (size_t at = 0; at < len && count < WORDS_MOST; at += strlen(bytes + at) + 1)
            words[count++] = bytes + at;
        message answer = {.kind = ANSWER,
                          .a = (uint32_t)kk_run_for(count, words, fds[0], fds[1], a->writer)};
        (void)message_send(client, &answer, KK_NONE, NULL, 0);
        close(fds[0]);
        close(fds[1]);
    }
    free(bytes);
}

static void *answer_all(void *context)
{
    kk_answering *a = context;
    for (;;) {
        struct pollfd waiting[2] = {{a->socket, POLLIN, 0}, {a->stop[0], POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (waiting[1].revents)
            return NULL;
        int client = waiting[0].revents ? accept4(a->socket, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (client >= 0) {
            answer_one(a, client);
            close(client);
        }
    }
}

kk_answering *kk_answering_start(kk_case *writer)
{
    struct sockaddr_un address;
    kk_answering *a = calloc(1, sizeof *a);
    if (!a || !address_of(writer->path.ptr, &address) || pipe2(a->stop, 0) != 0) {
        free(a);
        return NULL;
    }
    memcpy(a->path, address.sun_path, sizeof a->path);
    a->writer = writer;
    a->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    unlink(a->path); /* ours: the case's lock is held */
    if (a->socket >= 0 && bind(a->socket, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(a->socket, 16) == 0 && pthread_create(&a->thread, NULL, answer_all, a) == 0)
        return a;
    if (a->socket >= 0)
        close(a->socket);
    close(a->stop[0]);
    close(a->stop[1]);
    free(a);
    return NULL;
}

void kk_answering_stop(kk_answering *a)
{
    if (!a)
        return;
    unlink(a->path);
    close(a->stop[1]);
    pthread_join(a->thread, NULL);
    close(a->stop[0]);
    close(a->socket);
    free(a);
}
