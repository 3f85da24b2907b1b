/* Runs mkntfs and the helper, or mke2fs and debugfs, with argument vectors and lists of acts.
 *
 * Sameness: mkntfs -T knows no clock, and the helper takes every time from the list; the serial
 * number is set afterwards. For ext4 the UUID and the hash seed are given, E2FSPROGS_FAKE_TIME is
 * the clock of each run, the features are named one by one (no configuration file is read), files
 * go in one by one in the order of the acts, and all times are set at the end. */
#include "demo/disk.h"

#include "base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEGABYTE (UINT64_C(1) << 20)

/* One program of the file system tools; they live where an ordinary PATH does not look. */
static const char *find_program(char out[256], const char *name)
{
    static const char *const folders[] = {"/usr/sbin", "/sbin",           "/usr/bin",
                                          "/bin",      "/usr/local/sbin", "/usr/local/bin"};
    if (strchr(name, '/'))
        return name;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(out, 256, "%s/%s", folders[i], name);
        if (access(out, X_OK) == 0)
            return out;
    }
    return NULL;
}

static void become(const char *program, char *const argv[], char *const environment[],
                   const char *input, const char *output)
{
    int in = open(input ? input : "/dev/null", O_RDONLY);
    int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
        execve(program, argv, environment);
    _exit(127);
}

/* The last thing that the program said, for the human. */
static kk_status tell(kk_disk *disk, const char *name, const char *output)
{
    char said[400] = "";
    int fd = open(output, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t got = read(fd, said, sizeof said - 1);
        said[got > 0 ? (size_t)got : 0] = 0;
        close(fd);
    }
    kk_slice line = kk_trim(kk_cstr(said));
    return disk->status =
               kk_fail(disk->fault, KK_IO, "cannot write the example disk: %s failed: %.*s", name,
                       KK_P(line));
}

typedef struct {
    const char *name;
    const char *const *arguments; /* without the program's name; NULL at the end */
    const char *input;            /* NULL: nothing to read */
    kk_time now;
} program_run;

static kk_status run(kk_disk *disk, const program_run *what)
{
    char place[256], clock[64], output[4096];
    char *argv[32];
    size_t count = 0;
    const char *program = find_program(place, what->name);
    if (!program)
        return disk->status = kk_fail(disk->fault, KK_NOT_FOUND,
                                      "cannot write the example disk: %s is not installed: install "
                                      "e2fsprogs and ntfs-3g",
                                      what->name);
    argv[count++] = (char *)(uintptr_t)what->name;
    for (const char *const *a = what->arguments; *a && count < 31; a++)
        argv[count++] = (char *)(uintptr_t)*a;
    argv[count] = NULL;
    snprintf(clock, sizeof clock, "E2FSPROGS_FAKE_TIME=%lld", (long long)(what->now / KK_SECOND));
    char *environment[] = {clock,
                           (char *)(uintptr_t) "MKE2FS_CONFIG=/dev/null",
                           (char *)(uintptr_t) "LC_ALL=C",
                           (char *)(uintptr_t) "PATH=/usr/bin:/bin",
                           (char *)(uintptr_t) "TZ=UTC0",
                           NULL};
    snprintf(output, sizeof output, "%.*s/output", KK_P(disk->stage));
    pid_t child = fork();
    if (child < 0)
        return disk->status =
                   kk_fail(disk->fault, KK_IO, "cannot start %s: %s", what->name, strerror(errno));
    if (child == 0)
        become(program, argv, environment, what->input, output);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return tell(disk, what->name, output);
    return KK_OK;
}

static kk_status make_sparse(kk_disk *disk, const char *path, uint64_t size)
{
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0) {
        kk_status status =
            kk_fail(disk->fault, KK_IO, "cannot write %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return disk->status = status;
    }
    close(fd);
    return KK_OK;
}

/* ---- NTFS ---- */

static void put_stamp(kk_buffer *out, kk_time time)
{
    if (time == KK_NO_TIME)
        kk_put(out, KK_S("-"));
    else
        kk_putf(out, "%lld", (long long)time);
}

static void put_ntfs_act(kk_buffer *out, const kk_disk *disk, const kk_disk_act *act)
{
    static const char *const words[] = {"folder", "file", "write", "rename", "delete"};
    kk_putf(out, "%s\t%lld\t%.*s", words[act->kind], (long long)act->when, KK_P(act->path));
    if (act->kind == KK_ACT_FILE || act->kind == KK_ACT_WRITE)
        kk_putf(out, "\t%.*s/%06u", KK_P(disk->stage), act->content);
    if (act->kind == KK_ACT_FILE) {
        const kk_time times[] = {act->born, act->modified, act->accessed};
        for (size_t i = 0; i < 3; i++) {
            kk_put_byte(out, '\t');
            put_stamp(out, times[i]);
        }
    }
    if (act->kind == KK_ACT_RENAME)
        kk_putf(out, "\t%.*s", KK_P(act->target));
    kk_put_byte(out, '\n');
}

static kk_status save_list(kk_disk *disk, const char *path, kk_buffer *list)
{
    kk_status status = kk_demo_save(kk_cstr(path), kk_buffer_slice(list), disk->fault);
    kk_buffer_close(list);
    return disk->status = status;
}

static bool put_at(int fd, const void *bytes, size_t len, uint64_t offset)
{
    return pwrite(fd, bytes, len, (off_t)offset) == (ssize_t)len;
}

/* The serial number stands in the boot sector and in its copy in the last sector. */
static kk_status set_serial(kk_disk *disk, const char *path, uint64_t size, uint64_t serial)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(serial >> 8 * i);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool good = fd >= 0 && put_at(fd, bytes, 8, 72) && put_at(fd, bytes, 8, size - 512 + 72);
    if (fd >= 0)
        close(fd);
    if (!good)
        return disk->status =
                   kk_fail(disk->fault, KK_IO, "cannot write %s: %s", path, strerror(errno));
    return KK_OK;
}

/* What is written of a sparse file goes to the other at an offset; the rest stays a hole. */
static bool copy_written(int from, int to, uint64_t shift)
{
    char block[1 << 16];
    off_t at = 0;
    for (;;) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data < 0)
            return errno == ENXIO;
        off_t hole = lseek(from, data, SEEK_HOLE);
        if (hole < 0)
            return false;
        for (at = data; at < hole;) {
            size_t want = (size_t)(hole - at) < sizeof block ? (size_t)(hole - at) : sizeof block;
            ssize_t got = pread(from, block, want, at);
            if (got <= 0 || !put_at(to, block, (size_t)got, (uint64_t)at + shift))
                return false;
            at += got;
        }
    }
}

/* A master boot record with one NTFS partition from sector 2048 on. */
static kk_status wrap(kk_disk *disk, const char *volume, const kk_disk_image *image)
{
    uint8_t record[512] = {0};
    uint32_t sectors = (uint32_t)(image->megabytes * 2048);
    static const uint8_t entry[8] = {0x00, 0xfe, 0xff, 0xff, 0x07, 0xfe, 0xff, 0xff};
    memcpy(record + 446, entry, sizeof entry);
    for (int i = 0; i < 4; i++) {
        record[440 + i] = (uint8_t)(image->serial >> 8 * i);
        record[454 + i] = (uint8_t)(2048u >> 8 * i);
        record[458 + i] = (uint8_t)(sectors >> 8 * i);
    }
    record[510] = 0x55;
    record[511] = 0xaa;
    if (make_sparse(disk, image->image, (image->megabytes + 1) * MEGABYTE) != KK_OK)
        return disk->status;
    int from = open(volume, O_RDONLY | O_CLOEXEC), to = open(image->image, O_WRONLY | O_CLOEXEC);
    bool good = from >= 0 && to >= 0 && put_at(to, record, sizeof record, 0) &&
                copy_written(from, to, MEGABYTE);
    if (!good)
        disk->status =
            kk_fail(disk->fault, KK_IO, "cannot write %s: %s", image->image, strerror(errno));
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    (void)unlink(volume);
    return disk->status;
}

kk_status kk_disk_write_ntfs(kk_disk *disk, const kk_disk_image *image)
{
    char volume[4096], list_path[4096];
    uint64_t size = image->megabytes * MEGABYTE;
    snprintf(volume, sizeof volume, "%s%s", image->image, image->partitioned ? ".volume" : "");
    snprintf(list_path, sizeof list_path, "%.*s/list", KK_P(disk->stage));
    if (disk->status != KK_OK || make_sparse(disk, volume, size) != KK_OK)
        return disk->status;
    kk_buffer list = {0};
    kk_putf(&list, "folder\t%lld\tSystem Volume Information\n", (long long)image->made);
    /* Deletions last, at their own times: nothing then takes the place of what was deleted. */
    for (int deletions = 0; deletions < 2; deletions++)
        for (size_t i = 0; i < disk->act_count; i++)
            if ((disk->acts[i].kind == KK_ACT_DELETE) == (deletions == 1))
                put_ntfs_act(&list, disk, &disk->acts[i]);
    if (save_list(disk, list_path, &list) != KK_OK)
        return disk->status;
    const char *const format[] = {
        "-F",         "-Q",   "-T",  "-q", "-c",
        "4096",       "-s",   "512", "-p", image->partitioned ? "2048" : "0",
        "-H",         "255",  "-S",  "63", "-L",
        image->label, volume, NULL};
    const char *const fill[] = {volume, NULL};
    if (run(disk, &(program_run){"mkntfs", format, NULL, image->made}) != KK_OK ||
        run(disk, &(program_run){image->helper, fill, list_path, image->made}) != KK_OK ||
        set_serial(disk, volume, size, image->serial) != KK_OK)
        return disk->status;
    return image->partitioned ? wrap(disk, volume, image) : KK_OK;
}

/* ---- ext4 ---- */

/* debugfs takes names in quotes; the folder and the last name apart for `write`. */
static void put_ext4_act(kk_buffer *out, const kk_disk *disk, const kk_disk_act *act)
{
    size_t slash = kk_rfind_byte(act->path, '/');
    kk_slice folder = slash == KK_NOWHERE ? KK_NONE : kk_part(act->path, 0, slash);
    kk_slice name = slash == KK_NOWHERE ? act->path : kk_from(act->path, slash + 1);
    if (act->kind == KK_ACT_FOLDER)
        kk_putf(out, "mkdir \"/%.*s\"\n", KK_P(act->path));
    else if (act->kind == KK_ACT_FILE)
        kk_putf(out, "cd \"/%.*s\"\nwrite \"%.*s/%06u\" \"%.*s\"\ncd /\n", KK_P(folder),
                KK_P(disk->stage), act->content, KK_P(name));
    else if (act->kind == KK_ACT_DELETE)
        kk_putf(out, "rm \"/%.*s\"\n", KK_P(act->path));
}

static void put_field(kk_buffer *out, const kk_disk_act *act, const char *field, kk_time time)
{
    kk_putf(out, "sif \"/%.*s\" %s @%lld\n", KK_P(act->path), field, (long long)(time / KK_SECOND));
    kk_putf(out, "sif \"/%.*s\" %s_extra %lld\n", KK_P(act->path), field,
            (long long)(time % KK_SECOND << 2));
}

static void put_inode(kk_buffer *out, const kk_disk *disk, size_t at)
{
    const kk_disk_act *act = &disk->acts[at];
    bool folder = act->kind == KK_ACT_FOLDER;
    kk_putf(out, "sif \"/%.*s\" mode 0%o\n", KK_P(act->path),
            (folder ? 040000u : 0100000u) | act->mode);
    kk_putf(out, "sif \"/%.*s\" uid %u\nsif \"/%.*s\" gid %u\n", KK_P(act->path), act->uid,
            KK_P(act->path), act->uid);
    put_field(out, act, "crtime", act->born == KK_NO_TIME ? act->when : act->born);
    put_field(out, act, "mtime", act->modified == KK_NO_TIME ? act->when : act->modified);
    put_field(out, act, "ctime", act->modified == KK_NO_TIME ? act->when : act->modified);
    put_field(out, act, "atime", act->accessed == KK_NO_TIME ? act->when : act->accessed);
}

static kk_status debug(kk_disk *disk, const kk_disk_image *image, kk_buffer *list, kk_time now)
{
    char list_path[4096];
    snprintf(list_path, sizeof list_path, "%.*s/list", KK_P(disk->stage));
    if (save_list(disk, list_path, list) != KK_OK)
        return disk->status;
    const char *const arguments[] = {"-w", "-f", list_path, image->image, NULL};
    return run(disk, &(program_run){"debugfs", arguments, NULL, now});
}

/* Everything but the deletions in one run; each deletion in a run of its own time. */
static kk_status fill_ext4(kk_disk *disk, const kk_disk_image *image)
{
    kk_buffer list = {0};
    for (size_t i = 0; i < disk->act_count; i++)
        if (disk->acts[i].kind != KK_ACT_DELETE)
            put_ext4_act(&list, disk, &disk->acts[i]);
    for (size_t i = 0; i < disk->act_count; i++)
        if (disk->acts[i].kind == KK_ACT_FILE || disk->acts[i].kind == KK_ACT_FOLDER)
            put_inode(&list, disk, i);
    if (debug(disk, image, &list, image->made) != KK_OK)
        return disk->status;
    for (size_t i = 0; i < disk->act_count; i++) {
        if (disk->acts[i].kind != KK_ACT_DELETE)
            continue;
        put_ext4_act(&list, disk, &disk->acts[i]);
        if (debug(disk, image, &list, disk->acts[i].when) != KK_OK)
            return disk->status;
    }
    return KK_OK;
}

kk_status kk_disk_write_ext4(kk_disk *disk, const kk_disk_image *image)
{
    char uuid[64], extended[160], blocks[32];
    if (disk->status != KK_OK ||
        make_sparse(disk, image->image, image->megabytes * MEGABYTE) != KK_OK)
        return disk->status;
    snprintf(uuid, sizeof uuid, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(image->serial >> 32),
             (unsigned)(image->serial >> 16 & 0xffff), (unsigned)(image->serial & 0xfff),
             (unsigned)(image->serial >> 12 & 0xfff),
             (unsigned long long)(image->serial * 0x9e3779b9u & 0xffffffffffff));
    snprintf(extended, sizeof extended, "hash_seed=%s,root_owner=0:0,nodiscard,lazy_itable_init=1",
             uuid);
    snprintf(blocks, sizeof blocks, "%llu", (unsigned long long)(image->megabytes * 256));
    const char *const arguments[] = {
        "-q",
        "-F",
        "-t",
        "ext4",
        "-b",
        "4096",
        "-I",
        "256",
        "-i",
        "16384",
        "-m",
        "1",
        "-U",
        uuid,
        "-E",
        extended,
        "-L",
        image->label,
        "-o",
        "Linux",
        "-O",
        ("none,sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr,has_journal,extent,"
         "huge_file,flex_bg,64bit,dir_nlink,extra_isize,metadata_csum"),
        image->image,
        blocks,
        NULL};
    if (run(disk, &(program_run){"mke2fs", arguments, NULL, image->made}) != KK_OK)
        return disk->status;
    return fill_ext4(disk, image);
}
