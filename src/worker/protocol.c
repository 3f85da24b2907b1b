#include "worker/protocol.h"

#include "base/cursor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool message_send(int socket, const message *m, kk_slice bytes, const int *fds, size_t fd_count)
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec parts[2] = {{(void *)(uintptr_t)m, sizeof *m},
                             {(void *)(uintptr_t)bytes.ptr, bytes.len}};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = bytes.len ? 2 : 1};
    if (fd_count) {
        header.msg_control = control.room;
        header.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
    }
    ssize_t n;
    do {
        n = sendmsg(socket, &header, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n >= 0;
}

static void take_fds(struct msghdr *header, int fds[2])
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            if (i < 2 && fds && fds[i] < 0)
                fds[i] = fd;
            else
                close(fd);
        }
    }
}

bool message_receive(int socket, message *m, char *into, size_t *len, int fds[2])
{
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(8 * sizeof(int))];
    } control;
    struct iovec parts[2] = {{m, sizeof *m}, {into, into ? MESSAGE_BYTES : 0}};
    struct msghdr header = {.msg_iov = parts,
                            .msg_iovlen = into ? 2 : 1,
                            .msg_control = control.room,
                            .msg_controllen = sizeof control.room};
    ssize_t n;
    do {
        n = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (fds)
        fds[0] = fds[1] = -1;
    if (n > 0)
        take_fds(&header, fds);
    if (n < (ssize_t)sizeof *m)
        return false;
    if (len)
        *len = (size_t)n - sizeof *m;
    return true;
}

bool message_waits(int socket, message *m)
{
    struct iovec part = {m, sizeof *m};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(socket, &header, MSG_DONTWAIT) == (ssize_t)sizeof *m;
}

static void put_text(kk_buffer *out, kk_slice s)
{
    uint32_t len = (uint32_t)s.len;
    kk_put_bytes(out, &len, sizeof len);
    kk_put(out, s);
}

static void put64(kk_buffer *out, uint64_t v)
{
    kk_put_bytes(out, &v, sizeof v);
}

kk_slice job_pack(kk_arena *arena, const kk_job *job)
{
    kk_buffer out = {0};
    put64(&out, job->parts);
    put64(&out, job->size);
    put64(&out, (uint64_t)job->modified);
    put64(&out, job->begin);
    put64(&out, job->end);
    put64(&out, job->unpack_most);
    put64(&out, job->skip);
    put64(&out, (uint64_t)job->incident);
    put64(&out, job->zone_of_host);
    put64(&out, job->carve);
    kk_put_bytes(&out, job->key.bytes, sizeof job->key.bytes);
    put_text(&out, job->path);
    put_text(&out, job->base_name);
    put_text(&out, job->parser);
    put_text(&out, job->only);
    put_text(&out, job->zone);
    put_text(&out, job->host);
    put_text(&out, job->place);
    put64(&out, job->step_count);
    for (size_t i = 0; i < job->step_count; i++) {
        put_text(&out, job->steps[i].parser);
        put_text(&out, job->steps[i].token);
    }
    put64(&out, job->beside_count);
    for (size_t i = 0; i < job->beside_count; i++) {
        put_text(&out, job->beside[i].name);
        put_text(&out, job->beside[i].token);
    }
    kk_slice packed = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return packed;
}

static kk_slice get_text(kk_cursor *c)
{
    return kk_bytes(c, kk_u32(c));
}

bool job_unpack(kk_slice bytes, kk_job *job)
{
    kk_cursor c = kk_cursor_over(bytes);
    *job = (kk_job){.fd = -1};
    job->parts = (unsigned)kk_u64(&c);
    job->size = kk_u64(&c);
    job->modified = (kk_time)kk_u64(&c);
    job->begin = kk_u64(&c);
    job->end = kk_u64(&c);
    job->unpack_most = kk_u64(&c);
    job->skip = kk_u64(&c);
    job->incident = (kk_time)kk_u64(&c);
    job->zone_of_host = kk_u64(&c) != 0;
    job->carve = kk_u64(&c) != 0;
    kk_slice key = kk_bytes(&c, sizeof job->key.bytes);
    if (key.len)
        memcpy(job->key.bytes, key.ptr, key.len);
    job->path = get_text(&c);
    job->base_name = get_text(&c);
    job->parser = get_text(&c);
    job->only = get_text(&c);
    job->zone = get_text(&c);
    job->host = get_text(&c);
    job->place = get_text(&c);
    job->step_count = kk_u64(&c);
    if (job->step_count > KK_STEPS_MAX)
        return false;
    for (size_t i = 0; i < job->step_count; i++) {
        job->steps[i].parser = get_text(&c);
        job->steps[i].token = get_text(&c);
    }
    job->beside_count = kk_u64(&c);
    if (job->beside_count > KK_COMPANIONS_MOST)
        return false;
    for (size_t i = 0; i < job->beside_count; i++) {
        job->beside[i].name = get_text(&c);
        job->beside[i].token = get_text(&c);
    }
    return !c.bad;
}
