/* Keeps the list of acts and the staged contents; images.c turns them into images. */
#include "demo/disk.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

kk_disk *kk_disk_open(kk_arena *arena, kk_slice stage, kk_fault *fault)
{
    kk_disk *disk = KK_NEW(arena, kk_disk);
    disk->arena = arena;
    disk->stage = stage;
    disk->fault = fault;
    disk->status = kk_demo_folder(stage, fault);
    return disk;
}

kk_status kk_demo_folder(kk_slice path, kk_fault *fault)
{
    char name[4096];
    if (path.len >= sizeof name)
        return kk_fail(fault, KK_INVALID, "cannot make a folder: its path is too long");
    memcpy(name, path.ptr, path.len);
    name[path.len] = 0;
    for (size_t i = 1; i <= path.len; i++) {
        if (name[i] != '/' && name[i] != 0)
            continue;
        char kept = name[i];
        name[i] = 0;
        if (mkdir(name, 0777) != 0 && errno != EEXIST)
            return kk_fail(fault, KK_IO, "cannot make the folder %s: %s", name, strerror(errno));
        name[i] = kept;
    }
    return KK_OK;
}

static kk_status write_all(int fd, kk_slice bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return KK_IO;
        bytes = kk_from(bytes, (size_t)put);
    }
    return KK_OK;
}

kk_status kk_demo_save(kk_slice path, kk_slice bytes, kk_fault *fault)
{
    char name[4096];
    size_t slash = kk_rfind_byte(path, '/');
    if (slash != KK_NOWHERE && slash > 0) {
        kk_status status = kk_demo_folder(kk_part(path, 0, slash), fault);
        if (status != KK_OK)
            return status;
    }
    if (path.len >= sizeof name)
        return kk_fail(fault, KK_INVALID, "cannot write a file: its path is too long");
    memcpy(name, path.ptr, path.len);
    name[path.len] = 0;
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return kk_fail(fault, KK_IO, "cannot write %s: %s", name, strerror(errno));
    kk_status status = write_all(fd, bytes);
    int wrong = errno;
    if (close(fd) != 0 && status == KK_OK) {
        status = KK_IO;
        wrong = errno;
    }
    if (status != KK_OK)
        return kk_fail(fault, KK_IO, "cannot write %s: %s", name, strerror(wrong));
    return KK_OK;
}

void kk_demo_sweep(kk_slice folder)
{
    char name[4096];
    if (folder.len >= sizeof name)
        return;
    memcpy(name, folder.ptr, folder.len);
    name[folder.len] = 0;
    DIR *open_folder = opendir(name);
    if (!open_folder)
        return;
    for (struct dirent *entry; (entry = readdir(open_folder));)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(open_folder), entry->d_name, 0);
    closedir(open_folder);
    (void)rmdir(name);
}

uint32_t kk_disk_stage(kk_disk *disk, kk_slice bytes)
{
    disk->contents = kk_grow(disk->arena, disk->contents, &disk->content_capacity,
                             disk->content_count + 1, sizeof *disk->contents);
    kk_sha256 digest = kk_sha256_of(bytes);
    disk->contents[disk->content_count] =
        (kk_disk_content){kk_sha256_hex(disk->arena, &digest), bytes.len};
    uint32_t number = (uint32_t)disk->content_count++;
    if (disk->status == KK_OK)
        disk->status = kk_demo_save(kk_print(disk->arena, "%.*s/%06u", KK_P(disk->stage), number),
                                    bytes, disk->fault);
    return number;
}

static kk_disk_act *add(kk_disk *disk, kk_act_kind kind, kk_time when, kk_slice path)
{
    disk->acts = kk_grow(disk->arena, disk->acts, &disk->act_capacity, disk->act_count + 1,
                         sizeof *disk->acts);
    kk_disk_act *act = &disk->acts[disk->act_count++];
    *act = (kk_disk_act){.kind = kind,
                         .when = when,
                         .path = kk_copy(disk->arena, path),
                         .born = KK_NO_TIME,
                         .modified = KK_NO_TIME,
                         .accessed = KK_NO_TIME,
                         .mode = kind == KK_ACT_FOLDER ? 0755 : 0644};
    return act;
}

static bool has_folder(const kk_disk *disk, kk_slice path)
{
    for (size_t i = disk->act_count; i-- > 0;)
        if (disk->acts[i].kind == KK_ACT_FOLDER && kk_eq(disk->acts[i].path, path))
            return true;
    return false;
}

void kk_disk_folder(kk_disk *disk, kk_time when, kk_slice path)
{
    if (path.len == 0 || has_folder(disk, path))
        return;
    size_t slash = kk_rfind_byte(path, '/');
    if (slash != KK_NOWHERE)
        kk_disk_folder(disk, when, kk_part(path, 0, slash));
    add(disk, KK_ACT_FOLDER, when, path);
}

kk_disk_act *kk_disk_put(kk_disk *disk, kk_time when, kk_slice path, uint32_t content)
{
    size_t slash = kk_rfind_byte(path, '/');
    if (slash != KK_NOWHERE)
        kk_disk_folder(disk, when, kk_part(path, 0, slash));
    kk_disk_act *act = add(disk, KK_ACT_FILE, when, path);
    act->content = content;
    return act;
}

kk_disk_act *kk_disk_file(kk_disk *disk, kk_time when, kk_slice path, kk_slice bytes)
{
    return kk_disk_put(disk, when, path, kk_disk_stage(disk, bytes));
}

void kk_disk_rewrite(kk_disk *disk, kk_time when, kk_slice path, uint32_t content)
{
    add(disk, KK_ACT_WRITE, when, path)->content = content;
}

void kk_disk_rename(kk_disk *disk, kk_time when, kk_slice path, kk_slice target)
{
    size_t slash = kk_rfind_byte(target, '/');
    if (slash != KK_NOWHERE)
        kk_disk_folder(disk, when, kk_part(target, 0, slash));
    add(disk, KK_ACT_RENAME, when, path)->target = kk_copy(disk->arena, target);
}

void kk_disk_delete(kk_disk *disk, kk_time when, kk_slice path)
{
    add(disk, KK_ACT_DELETE, when, path);
}
