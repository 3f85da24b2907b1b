#include "persons/key_file.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

enum { PAGE = 4096 };

struct key_file {
    int file;
    _Atomic uint64_t end;
};

key_file *key_file_open(int (*open_file)(void *context), void *context, kk_arena *arena)
{
    int file = open_file(context);
    if (file < 0)
        return NULL;
    key_file *f = KK_NEW(arena, key_file);
    f->file = file;
    return f;
}

void key_file_close(key_file *f)
{
    if (f)
        close(f->file);
}

void key_file_put_at(key_file *f, uint64_t at, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size) {
        ssize_t written = pwrite(f->file, from, size, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            kk_disk_failed();
        from += written;
        at += (uint64_t)written;
        size -= (size_t)written;
    }
}

void key_file_put(key_file *f, const void *bytes, size_t size, uint64_t *at)
{
    *at = atomic_fetch_add(&f->end, (size + PAGE - 1) / PAGE * PAGE);
    key_file_put_at(f, *at, bytes, size);
}

void key_file_get(const key_file *f, uint64_t at, void *bytes, size_t size)
{
    char *to = bytes;
    while (size) {
        ssize_t got = pread(f->file, to, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            kk_disk_failed();
        to += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
}
