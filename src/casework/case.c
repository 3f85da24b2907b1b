#include "casework/case.h"

#include "base/json_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *inside(kk_case *c, const char *name)
{
    return kk_print(c->arena, "%.*s/%s", KK_P(c->path), name).ptr;
}

static kk_status read_file(kk_arena *arena, const char *path, size_t most, kk_slice *out,
                           kk_fault *fault)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo does not hold us up */
    if (fd < 0)
        return kk_fail(fault, errno == ENOENT ? KK_NOT_FOUND : KK_IO, "cannot read %s: %s", path,
                       strerror(errno));
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (uint64_t)status.st_size > most) {
        close(fd);
        return kk_fail(fault, KK_INVALID,
                       "cannot read %s: no regular file, or larger than %zu bytes", path, most);
    }
    char *bytes = kk_take(arena, (size_t)status.st_size + 1);
    size_t len = 0;
    for (ssize_t n; len < (size_t)status.st_size; len += (size_t)n)
        if ((n = read(fd, bytes + len, (size_t)status.st_size - len)) <= 0)
            break;
    close(fd);
    *out = (kk_slice){bytes, len};
    return KK_OK;
}

kk_status kk_case_write_file(kk_case *c, const char *name, kk_slice text, kk_fault *fault)
{
    const char *path = inside(c, name);
    const char *beside = kk_print(c->arena, "%s.new", path).ptr;
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0;
    for (size_t at = 0; good && at < text.len;) {
        ssize_t n = write(fd, text.ptr + at, text.len - at);
        good = n > 0;
        at += good ? (size_t)n : 0;
    }
    good = good && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (good && rename(beside, path) == 0)
        return KK_OK;
    return kk_fail(fault, KK_IO, "cannot write %s: %s", path, strerror(errno));
}

static kk_status make_folder(kk_case *c, kk_fault *fault)
{
    if (mkdir(c->path.ptr, 0700) == 0 || errno == EEXIST)
        return KK_OK;
    return kk_fail(fault, KK_IO, "cannot make the case %s: %s: choose another place", c->path.ptr,
                   strerror(errno));
}

static bool exists(kk_case *c, const char *name)
{
    return access(inside(c, name), F_OK) == 0;
}

/* A case file that is given is held against its rules before anything is made or replaced. */
static kk_status read_given(kk_case *c, const kk_options *options, kk_slice *text, kk_fault *fault)
{
    const char *path = kk_copy(c->arena, options->case_file).ptr;
    kk_case_settings *settings;
    kk_fault inner = {0};
    kk_status status = read_file(c->arena, path, 16u << 20, text, fault);
    if (status != KK_OK)
        return status;
    if (kk_case_settings_read(c->arena, *text, &settings, &inner) != KK_OK)
        return kk_fail(fault, KK_INVALID, "%s: %.480s", path, inner.text);
    return KK_OK;
}

static kk_status make_missing(kk_case *c, kk_slice given, kk_fault *fault)
{
    kk_status status = KK_OK;
    uint8_t key[sizeof c->key.bytes];
    if (given.ptr || !exists(c, "case.yaml"))
        status = kk_case_write_file(c, "case.yaml", given.ptr ? given : kk_case_template(), fault);
    if (status == KK_OK && !exists(c, "hash.key")) {
        kk_random_bytes(key, sizeof key);
        status =
            kk_case_write_file(c, "hash.key", (kk_slice){(const char *)key, sizeof key}, fault);
    }
    return status;
}

static kk_status take_lock(kk_case *c, kk_fault *fault)
{
    c->lock = open(inside(c, "lock"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->lock < 0)
        return kk_fail(fault, KK_IO, "cannot write to the case %s: %s", c->path.ptr,
                       strerror(errno));
    for (int tries = 0; tries < 10; tries++) {
        if (flock(c->lock, LOCK_EX | LOCK_NB) == 0)
            return KK_OK;
        usleep(100000);
    }
    return kk_fail(fault, KK_BUSY,
                   "the case %s is being written: another kakuho works on it: wait for it, or "
                   "read with status, timeline or access meanwhile",
                   c->path.ptr);
}

static kk_status read_settings(kk_case *c, kk_fault *fault)
{
    kk_slice text = KK_NONE;
    kk_fault inner = {0};
    kk_status status = read_file(c->arena, inside(c, "case.yaml"), 16u << 20, &text, fault);
    if (status == KK_NOT_FOUND)
        status = KK_OK; /* everything in it is optional */
    if (status != KK_OK)
        return status;
    if (kk_case_settings_read(c->arena, text, &c->settings, &inner) == KK_OK)
        return KK_OK;
    /* It speaks of "case.yaml": here stands which one. */
    const char *why = inner.text, *name = "case.yaml";
    if (strncmp(why, name, strlen(name)) == 0)
        why += strlen(name);
    return kk_fail(fault, KK_INVALID, "%s%.480s", inside(c, name), why);
}

/* Ones that do not hold are told by what would build on them (kk_decisions_hold). */
static kk_status read_decisions(kk_case *c, kk_fault *fault)
{
    kk_decisions *decisions;
    kk_status status = kk_decisions_read(c->arena, c->path.ptr, false, &decisions, fault);
    if (status == KK_OK)
        c->settings->decisions = decisions;
    return status;
}

static kk_status read_key(kk_case *c, kk_fault *fault)
{
    kk_slice bytes;
    kk_status status = read_file(c->arena, inside(c, "hash.key"), 1024, &bytes, fault);
    if (status != KK_OK)
        return status;
    if (bytes.len != sizeof c->key.bytes)
        return kk_fail(fault, KK_STORE, "%s is damaged: the case cannot go on",
                       inside(c, "hash.key"));
    memcpy(c->key.bytes, bytes.ptr, bytes.len);
    return KK_OK;
}

/* The case's beginning and every change of its case file leave a line. */
static kk_status open_ledger(kk_case *c, const kk_options *options, kk_fault *fault)
{
    bool is_new = !exists(c, "ledger.jsonl");
    kk_slice hash = kk_sha256_hex(c->arena, &c->settings->hash), before = KK_NONE;
    kk_ledger_entry *entries = NULL;
    size_t count = 0;
    kk_status status = kk_ledger_open(c->arena, c->path.ptr, &c->ledger, fault);
    if (status == KK_OK && !is_new)
        status = kk_ledger_entries(c->arena, c->path.ptr, &entries, &count, fault);
    if (status != KK_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        const kk_json_value *details = kk_json_read(c->arena, entries[i].details);
        kk_slice seen = kk_json_member(details, "case_yaml");
        before = seen.len ? seen : before;
    }
    if (!is_new && kk_eq(hash, before))
        return KK_OK;
    kk_slice details =
        kk_print(c->arena, "{\"case_yaml\":\"%.*s\",\"tool\":\"kakuho %s\",\"sandbox\":%s}",
                 KK_P(hash), KAKUHO_VERSION, options->unsafe_no_sandbox ? "false" : "true");
    return kk_ledger_append(c->ledger, c->now, is_new ? "init" : "case_changed", details, fault);
}

/* What the store had spilled when an earlier writer was killed: nobody reads it any more. */
static void remove_spill(kk_case *c)
{
    const char *path = inside(c, "case.duckdb.tmp");
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (entry->d_type == DT_REG)
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
    (void)rmdir(path);
}

/* What the template of the workers has to load takes as long as opening the store does. */
static void start_early(kk_case *c, const kk_options *options)
{
    kk_fault told_later; /* by who needs it, and tries again */
    if (kk_pool_open(options->unsafe_no_sandbox, &c->early, &told_later) == KK_OK)
        return;
    kk_pool_close(c->early);
    c->early = NULL;
}

static kk_status open_parts(kk_case *c, kk_case_mode mode, const kk_options *options,
                            kk_fault *fault)
{
    kk_status status = KK_OK;
    kk_slice given = KK_NONE;
    if (mode == KK_CASE_CREATE && options->case_file.len)
        status = read_given(c, options, &given, fault);
    if (status == KK_OK && mode == KK_CASE_CREATE)
        status = make_folder(c, fault);
    else if (status == KK_OK && !exists(c, "hash.key"))
        return kk_fail(fault, KK_NOT_FOUND, "no case at %s: make one with `kakuho init %s`",
                       c->path.ptr, c->path.ptr);
    if (status == KK_OK && mode != KK_CASE_READ)
        status = take_lock(c, fault);
    if (status == KK_OK && mode != KK_CASE_READ)
        remove_spill(c);
    if (status == KK_OK && mode == KK_CASE_CREATE)
        status = make_missing(c, given, fault);
    if (status == KK_OK)
        status = read_settings(c, fault);
    if (status == KK_OK)
        status = read_decisions(c, fault);
    if (status == KK_OK)
        status = read_key(c, fault);
    if (status == KK_OK && mode != KK_CASE_READ)
        status = open_ledger(c, options, fault);
    if (status == KK_OK && mode != KK_CASE_READ && options->takes_in)
        start_early(c, options);
    if (status == KK_OK && options->shared) {
        c->store = options->shared->store;
        c->so_far = true;
    } else if (status == KK_OK)
        status =
            kk_store_open(inside(c, "case.duckdb"),
                          mode == KK_CASE_READ ? KK_STORE_READ : KK_STORE_WRITE, &c->store, fault);
    return status;
}

static kk_slice absolute(kk_arena *arena, const char *path)
{
    char here[PATH_MAX];
    kk_slice p = kk_cstr(path);
    while (p.len > 1 && p.ptr[p.len - 1] == '/')
        p.len--;
    if (p.len && p.ptr[0] == '/')
        return kk_copy(arena, p);
    return kk_print(arena, "%s/%.*s", getcwd(here, sizeof here) ? here : ".", KK_P(p));
}

kk_status kk_case_open(const char *path, kk_case_mode mode, const kk_options *options,
                       kk_case **out, kk_fault *fault)
{
    kk_arena *arena = kk_arena_open();
    kk_case *c = KK_NEW(arena, kk_case);
    umask(0077);
    c->arena = arena;
    c->path = absolute(arena, path);
    c->name = kk_from(c->path, kk_rfind_byte(c->path, '/') + 1);
    c->now = options->now;
    c->lock = -1;
    c->writing = mode != KK_CASE_READ;
    kk_status status = open_parts(c, mode, options, fault);
    if (status != KK_OK) {
        kk_case_close(c);
        return status;
    }
    *out = c;
    return KK_OK;
}

void kk_case_close(kk_case *c)
{
    if (!c)
        return;
    if (!c->so_far)
        kk_store_close(c->store);
    kk_pool_close(c->early);
    kk_ledger_close(c->ledger);
    if (c->lock >= 0)
        close(c->lock);
    kk_arena_close(c->arena);
}
