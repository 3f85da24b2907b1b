#include "cli/answer.h"

#include "worker/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ASK = 1, ANSWER = 2, PASS_BYTES = 1 << 16, HANDED_MOST = 1 << 30 };

struct kk_answering {
    kk_case *writer;
    kk_run_for *run_for;
    int socket, folder, stop[2];
    pthread_t thread;
};

/* The socket's address, by way of the case's descriptor: an address holds 107 bytes, a path more. */
static bool address_of(int folder, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/kakuho.sock", folder);
    return folder >= 0;
}

static int open_folder(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The writer stands elsewhere: paths that it has to follow are sent from the root. */
static void put_path(kk_buffer *words, const char *path)
{
    char here[PATH_MAX];
    if (path[0] && path[0] != '/' && getcwd(here, sizeof here))
        kk_putf(words, "%s/", here);
    kk_put_bytes(words, path, strlen(path) + 1);
}

/* Where the path of "--out=PATH" begins; the option alone says that the next word is one. */
static size_t path_at(const char *word, bool *next)
{
    static const char *const names[] = {"--out", "--file"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        size_t len = strlen(names[k]);
        *next = strcmp(word, names[k]) == 0;
        if (*next || (strncmp(word, names[k], len) == 0 && word[len] == '='))
            return *next ? 0 : len + 1;
    }
    return 0;
}

static void put_words(const kk_invocation *i, kk_buffer *words)
{
    bool is_path = false, next;
    for (int k = 1; k < i->word_count; k++, is_path = next) {
        const char *word = i->words[k];
        size_t at = path_at(word, &next);
        kk_put_bytes(words, word, at);
        if (at || is_path || word == i->arguments[0])
            put_path(words, word + at);
        else
            kk_put_bytes(words, word, strlen(word) + 1);
    }
}

/* What the writer wrote down for us. Its answer is complete before ours begins: a reader that is slow to
 * look at it holds up nobody else. */
static void pass_on(kk_invocation *i, int spool)
{
    char *bytes = kk_take(i->arena, PASS_BYTES);
    ssize_t n;
    for (off_t at = (off_t)i->handed_over.len; (n = pread(spool, bytes, PASS_BYTES, at)) > 0;
         at += n)
        kk_write_out(i, (kk_slice){bytes, (size_t)n});
}

static int open_spool(int folder)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    int fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : memfd_create("kakuho-answer", MFD_CLOEXEC);
}

/* What is handed over stands in the spool before the answer. */
static bool hand_over(const kk_invocation *i, int spool)
{
    for (kk_slice rest = i->handed_over; rest.len;) {
        ssize_t n = write(spool, rest.ptr, rest.len);
        if (n <= 0)
            return false;
        rest = kk_from(rest, (size_t)n);
    }
    return true;
}

bool kk_answered_by_writer(kk_invocation *i, int *status)
{
    struct sockaddr_un address;
    kk_buffer words = {0};
    message m = {.kind = ASK, .a = i->is_terminal, .b = i->handed_over.len}, answer;
    int folder = i->options.shared ? -1 : open_folder(i->arguments[0]);
    int socket_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    int fds[2] = {-1, STDERR_FILENO};
    bool asked = address_of(folder, &address) && socket_fd >= 0 &&
                 faccessat(folder, "kakuho.sock", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    if (asked) { /* all is ready before the writer is made to listen */
        fds[0] = open_spool(folder);
        put_words(i, &words);
    }
    asked = asked && fds[0] >= 0 && hand_over(i, fds[0]);
    asked = asked && connect(socket_fd, (struct sockaddr *)&address, sizeof address) == 0;
    asked = asked && words.len < MESSAGE_BYTES &&
            message_send(socket_fd, &m, kk_buffer_slice(&words), fds, 2) &&
            message_receive(socket_fd, &answer, NULL, NULL, NULL) && answer.kind == ANSWER;
    if (asked) {
        *status = (int)answer.a;
        pass_on(i, fds[0]);
    }
    if (fds[0] >= 0)
        close(fds[0]);
    if (socket_fd >= 0)
        close(socket_fd);
    if (folder >= 0)
        close(folder);
    kk_buffer_close(&words);
    return asked;
}

bool kk_has_to_wait(kk_invocation *i, const char *why)
{
    struct sockaddr_un address;
    int folder = open_folder(i->arguments[0]);
    int socket_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bool writes = address_of(folder, &address) && socket_fd >= 0 &&
                  connect(socket_fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (socket_fd >= 0)
        close(socket_fd);
    if (folder >= 0)
        close(folder);
    if (writes)
        (void)!kk_fail(
            &i->fault, KK_BUSY,
            "%s cannot be done while the case is being written: %s: wait for the "
            "other kakuho; status, claims, explain, timeline and the like answer meanwhile",
            i->command->name, why);
    return writes;
}

int kk_answer_from_case(kk_invocation *i, int (*answer)(kk_invocation *i, kk_case *c))
{
    kk_case *c;
    int exit_status;
    if (kk_answered_by_writer(i, &exit_status))
        return exit_status;
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_READ, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    exit_status = answer(i, c);
    kk_case_close(c);
    return exit_status;
}

/* What the asker read for us; at most as much as it may. */
static char *take_over(int spool, uint64_t len, kk_slice *out)
{
    char *bytes = len <= HANDED_MOST ? malloc((size_t)len + 1) : NULL;
    size_t at = 0;
    for (ssize_t n = 1; bytes && at < len && n > 0; at += n > 0 ? (size_t)n : 0)
        n = pread(spool, bytes + at, (size_t)len - at, (off_t)at);
    *out = (kk_slice){bytes, at};
    return bytes;
}

static void answer_one(kk_answering *a, int client)
{
    enum { WORDS_MOST = 512 };
    const struct timeval patience = {.tv_usec = 500000};
    char *bytes = malloc(MESSAGE_BYTES + 1);
    char *words[WORDS_MOST] = {(char *)(uintptr_t) "kakuho"};
    int fds[2] = {-1, -1}, count = 1;
    size_t len = 0;
    message m;
    if (!bytes)
        abort();
    (void)setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (message_receive(client, &m, bytes, &len, fds) && m.kind == ASK && fds[0] >= 0 &&
        fds[1] >= 0) {
        bytes[len] = '\0';
        for (size_t at = 0; at < len && count < WORDS_MOST; at += strlen(bytes + at) + 1)
            words[count++] = bytes + at;
        kk_slice handed;
        char *kept = take_over(fds[0], m.b, &handed);
        int status = a->run_for(count, words, fds, m.a != 0, a->writer, handed);
        free(kept);
        message answer = {.kind = ANSWER, .a = (uint32_t)status};
        (void)message_send(client, &answer, KK_NONE, NULL, 0);
    }
    for (int k = 0; k < 2; k++)
        if (fds[k] >= 0)
            close(fds[k]);
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

static void let_go(kk_answering *a)
{
    if (a->folder >= 0)
        (void)unlinkat(a->folder, "kakuho.sock", 0);
    for (int k = 0; k < 2; k++)
        if (a->stop[k] >= 0)
            close(a->stop[k]);
    if (a->socket >= 0)
        close(a->socket);
    if (a->folder >= 0)
        close(a->folder);
    free(a);
}

kk_answering *kk_answering_start(kk_case *writer, kk_run_for *run_for)
{
    struct sockaddr_un address;
    kk_answering *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    *a = (kk_answering){.writer = writer,
                        .run_for = run_for,
                        .folder = open_folder(writer->path.ptr),
                        .stop = {-1, -1}};
    a->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (a->folder >= 0)
        (void)unlinkat(a->folder, "kakuho.sock", 0); /* ours: the case's lock is held */
    if (address_of(a->folder, &address) && a->socket >= 0 && pipe2(a->stop, O_CLOEXEC) == 0 &&
        fchmod(a->socket, 0600) == 0 && /* the mode that the name gets */
        bind(a->socket, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(a->socket, 16) == 0 && pthread_create(&a->thread, NULL, answer_all, a) == 0)
        return a;
    let_go(a);
    return NULL;
}

void kk_answering_stop(kk_answering *a)
{
    if (!a)
        return;
    (void)unlinkat(a->folder, "kakuho.sock", 0);
    close(a->stop[1]);
    a->stop[1] = -1;
    pthread_join(a->thread, NULL);
    let_go(a);
}
