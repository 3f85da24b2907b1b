/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fills a fresh NTFS volume (made by mkntfs) with what a list on standard input says, so that the
 * volume comes out the same, byte for byte, each time. One act a line, fields parted by tabs, times
 * in nanoseconds since 1970 in UTC:
 *
 *     folder  NOW PATH
 *     file    NOW PATH SOURCE BORN MODIFIED ACCESSED
 *     write   NOW PATH SOURCE                         new content for a file that is there
 *     rename  NOW PATH TARGET                         also into another folder
 *     delete  NOW PATH
 *
 * NOW is what the volume's clock shows: it goes into every stamp that the act leaves. BORN,
 * MODIFIED and ACCESSED are what a copying program sets afterwards; - keeps NOW. PATH has / between
 * names and none in front. The first NOW is also given to the system files.
 *
 * Usage: kakuho-demo-ntfs VOLUME < LIST. Exit status 0, or 1 with one line on stderr. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <ntfs-3g/types.h>

#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/endians.h>
#include <ntfs-3g/inode.h>
#include <ntfs-3g/layout.h>
#include <ntfs-3g/logging.h>
#include <ntfs-3g/mft.h>
#include <ntfs-3g/ntfstime.h>
#include <ntfs-3g/volume.h>

static int64_t now_ns;
static unsigned long line_number;

/* The library asks the C library for the time; these answer first. */
int clock_gettime(clockid_t clock, struct timespec *out)
{
    (void)clock;
    out->tv_sec = (time_t)(now_ns / 1000000000);
    out->tv_nsec = (long)(now_ns % 1000000000);
    return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    (void)zone;
    out->tv_sec = (time_t)(now_ns / 1000000000);
    out->tv_usec = (suseconds_t)(now_ns % 1000000000 / 1000);
    return 0;
}

time_t time(time_t *out)
{
    time_t seconds = (time_t)(now_ns / 1000000000);
    if (out)
        *out = seconds;
    return seconds;
}

static _Noreturn void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "kakuho-demo-ntfs: line %lu: ", line_number);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint64_t filetime(int64_t ns)
{
    return (uint64_t)(ns / 100) + UINT64_C(116444736000000000);
}

typedef struct {
    ntfschar text[255];
    int len;
} wide_name;

/* One name in UTF-8 to UTF-16; the names come from ourselves and hold no surrogates. */
static wide_name widen(const char *name, size_t len)
{
    wide_name out = {.len = 0};
    for (size_t i = 0; i < len && out.len < 255;) {
        const unsigned char *p = (const unsigned char *)name + i;
        unsigned c = p[0];
        if (c < 0x80) {
            i += 1;
        } else if (c < 0xe0 && i + 1 < len) {
            c = (c & 31u) << 6 | (p[1] & 63u);
            i += 2;
        } else if (i + 2 < len) {
            c = (c & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
            i += 3;
        } else {
            fail("a name is not UTF-8");
        }
        out.text[out.len++] = cpu_to_le16((uint16_t)c);
    }
    return out;
}

static ntfs_inode *step(ntfs_volume *volume, ntfs_inode *folder, const wide_name *name)
{
    u64 mref = ntfs_inode_lookup_by_name(folder, name->text, name->len);
    ntfs_inode_close(folder);
    if (mref == (u64)-1)
        return NULL;
    return ntfs_inode_open(volume, MREF(mref));
}

/* The folder that holds the last name of the path; the name is left in *last. */
static ntfs_inode *open_parent(ntfs_volume *volume, const char *path, wide_name *last)
{
    ntfs_inode *at = ntfs_inode_open(volume, FILE_root);
    for (;;) {
        const char *slash = strchr(path, '/');
        if (!at)
            fail("no such folder");
        if (!slash) {
            *last = widen(path, strlen(path));
            return at;
        }
        wide_name name = widen(path, (size_t)(slash - path));
        at = step(volume, at, &name);
        path = slash + 1;
    }
}

static ntfs_inode *open_path(ntfs_volume *volume, const char *path)
{
    wide_name name;
    ntfs_inode *parent = open_parent(volume, path, &name);
    ntfs_inode *inode = step(volume, parent, &name);
    if (!inode)
        fail("no such file");
    return inode;
}

static ntfs_inode *create(ntfs_volume *volume, const char *path, mode_t type)
{
    wide_name name;
    ntfs_inode *parent = open_parent(volume, path, &name);
    ntfs_inode *inode = ntfs_create(parent, 0, name.text, (u8)name.len, type);
    if (!inode)
        fail("cannot create: %s", strerror(errno));
    ntfs_inode_update_times(parent, NTFS_UPDATE_MCTIME);
    ntfs_inode_close(parent);
    return inode;
}

static void fill(ntfs_inode *inode, const char *source)
{
    static char block[1 << 16];
    int fd = open(source, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        fail("cannot read the content: %s", strerror(errno));
    ntfs_attr *data = ntfs_attr_open(inode, AT_DATA, AT_UNNAMED, 0);
    if (!data || ntfs_attr_truncate(data, status.st_size) != 0)
        fail("no room for the content: %s", strerror(errno));
    s64 at = 0;
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0) {
        if (ntfs_attr_pwrite(data, at, got, block) != got)
            fail("cannot write: %s", strerror(errno));
        at += got;
    }
    ntfs_attr_close(data);
    close(fd);
}

static int64_t stamp(const char *text)
{
    return strcmp(text, "-") == 0 ? now_ns : (int64_t)strtoll(text, NULL, 10);
}

static void add_file(ntfs_volume *volume, char **field)
{
    ntfs_inode *inode = create(volume, field[2], S_IFREG);
    fill(inode, field[3]);
    u64 times[3] = {filetime(stamp(field[4])), filetime(stamp(field[5])),
                    filetime(stamp(field[6]))};
    if (ntfs_inode_set_times(inode, (const char *)times, sizeof times, 0) != 0)
        fail("cannot set the times: %s", strerror(errno));
    if (ntfs_inode_close(inode) != 0)
        fail("cannot close: %s", strerror(errno));
}

static void rewrite_file(ntfs_volume *volume, char **field)
{
    ntfs_inode *inode = open_path(volume, field[2]);
    fill(inode, field[3]);
    ntfs_inode_update_times(inode, NTFS_UPDATE_AMCTIME);
    if (ntfs_inode_close(inode) != 0)
        fail("cannot close: %s", strerror(errno));
}

/* Takes the name out of its folder; the inode goes with its last name. */
static MFT_REF remove_name(ntfs_volume *volume, const char *path)
{
    wide_name name;
    ntfs_inode *parent = open_parent(volume, path, &name);
    u64 mref = ntfs_inode_lookup_by_name(parent, name.text, name.len);
    ntfs_inode *inode = mref == (u64)-1 ? NULL : ntfs_inode_open(volume, MREF(mref));
    if (!inode || ntfs_delete(volume, NULL, inode, parent, name.text, (u8)name.len) != 0)
        fail("cannot delete: %s", strerror(errno)); /* it closes both inodes */
    return MREF(mref);
}

/* The library empties the record of a deleted file. Windows leaves it as it was but for the mark
 * that it is in use and the sequence number, and so do we: the record is kept aside and put back.
 */
static void delete_file(ntfs_volume *volume, const char *path)
{
    static union {
        MFT_RECORD head;
        u8 bytes[4096];
    } before, after;
    ntfs_inode *inode = open_path(volume, path);
    MFT_REF number = inode->mft_no;
    if (volume->mft_record_size > sizeof before || ntfs_inode_close(inode) != 0 ||
        ntfs_mft_records_read(volume, number, 1, &before.head) != 0)
        fail("cannot read the file record: %s", strerror(errno));
    (void)remove_name(volume, path);
    if (ntfs_mft_records_read(volume, number, 1, &after.head) != 0)
        fail("cannot read the file record: %s", strerror(errno));
    before.head.flags = after.head.flags;
    before.head.sequence_number = after.head.sequence_number;
    if (ntfs_mft_records_write(volume, number, 1, &before.head) != 0)
        fail("cannot write the file record: %s", strerror(errno));
}

static void rename_file(ntfs_volume *volume, const char *path, const char *target)
{
    wide_name name;
    ntfs_inode *inode = open_path(volume, path);
    ntfs_inode *parent = open_parent(volume, target, &name);
    if (ntfs_link(inode, parent, name.text, (u8)name.len) != 0)
        fail("cannot rename: %s", strerror(errno));
    ntfs_inode_update_times(inode, NTFS_UPDATE_CTIME);
    ntfs_inode_update_times(parent, NTFS_UPDATE_MCTIME);
    ntfs_inode_close(parent);
    ntfs_inode_close(inode);
    (void)remove_name(volume, path);
}

/* mkntfs left 1970 in its own files; a real volume shows the day of its making. */
static void date_system_files(ntfs_volume *volume)
{
    static const MFT_REF ours[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 24, 25, 26, 27};
    u64 times[3] = {filetime(now_ns), filetime(now_ns), filetime(now_ns)};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        ntfs_inode *inode = ntfs_inode_open(volume, ours[i]);
        if (!inode)
            continue;
        (void)ntfs_inode_set_times(inode, (const char *)times, sizeof times, 0);
        ntfs_attr_search_ctx *context = ntfs_attr_get_search_ctx(inode, NULL);
        while (context && ntfs_attr_lookup(AT_FILE_NAME, AT_UNNAMED, 0, CASE_SENSITIVE, 0, NULL, 0,
                                           context) == 0) {
            FILE_NAME_ATTR *name =
                (FILE_NAME_ATTR *)((u8 *)context->attr + le16_to_cpu(context->attr->value_offset));
            name->creation_time = name->last_data_change_time = name->last_mft_change_time =
                name->last_access_time = cpu_to_sle64((s64)filetime(now_ns));
            ntfs_inode_mark_dirty(context->ntfs_ino);
        }
        if (context)
            ntfs_attr_put_search_ctx(context);
        ntfs_inode_close(inode);
    }
}

static size_t cut(char *line, char **field, size_t most)
{
    size_t count = 0;
    line[strcspn(line, "\n")] = 0;
    while (line && count < most)
        field[count++] = strsep(&line, "\t");
    return count;
}

static void act(ntfs_volume *volume, char **field, size_t count)
{
    if (strcmp(field[0], "folder") == 0 && count == 3) {
        if (ntfs_inode_close(create(volume, field[2], S_IFDIR)) != 0)
            fail("cannot close: %s", strerror(errno));
    } else if (strcmp(field[0], "file") == 0 && count == 7) {
        add_file(volume, field);
    } else if (strcmp(field[0], "write") == 0 && count == 4) {
        rewrite_file(volume, field);
    } else if (strcmp(field[0], "rename") == 0 && count == 4) {
        rename_file(volume, field[2], field[3]);
    } else if (strcmp(field[0], "delete") == 0 && count == 3) {
        delete_file(volume, field[2]);
    } else {
        fail("not an act that is known");
    }
}

int main(int argc, char **argv)
{
    static char line[8192];
    if (argc != 2)
        fail("usage: kakuho-demo-ntfs VOLUME < LIST");
    ntfs_volume *volume = NULL;
    while (fgets(line, sizeof line, stdin)) {
        char *field[8];
        line_number++;
        size_t count = cut(line, field, sizeof field / sizeof field[0]);
        if (count < 3)
            fail("too few fields");
        now_ns = (int64_t)strtoll(field[1], NULL, 10);
        if (!volume) {
            volume = ntfs_mount(argv[1], NTFS_MNT_NONE);
            if (!volume)
                fail("cannot open the volume: %s", strerror(errno));
            date_system_files(volume);
        }
        act(volume, field, count);
    }
    if (volume && ntfs_umount(volume, FALSE) != 0)
        fail("cannot close the volume: %s", strerror(errno));
    return 0;
}
