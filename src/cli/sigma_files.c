#include "cli/sigma_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 8 << 20, FILES_MOST = 200000, DEEPEST_FOLDER = 24 };

kk_status kk_file_text(kk_arena *arena, const char *path, size_t most, kk_slice *out,
                       kk_fault *fault)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
        int error = fd < 0 ? errno : EINVAL;
        if (fd >= 0)
            close(fd);
        return kk_fail(fault, KK_INVALID, "cannot read %s: %s: give a file that is there", path,
                       strerror(error));
    }
    if ((uint64_t)s.st_size > most) {
        close(fd);
        return kk_fail(fault, KK_LIMIT, "cannot read %s: it is larger than %zu bytes", path, most);
    }
    char *bytes = kk_take(arena, (size_t)s.st_size + 1);
    size_t have = 0;
    ssize_t n = 1;
    while (have < (size_t)s.st_size && n > 0) {
        n = read(fd, bytes + have, (size_t)s.st_size - have);
        have += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    *out = (kk_slice){bytes, have};
    return KK_OK;
}

typedef struct {
    const char **items;
    size_t count, capacity;
} names;

static void add_name(kk_arena *arena, names *list, const char *name)
{
    list->items = kk_grow(arena, list->items, &list->capacity, list->count + 1, sizeof name);
    list->items[list->count++] = name;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_rule_file(const char *name)
{
    return kk_ends(kk_cstr(name), KK_S(".yml")) || kk_ends(kk_cstr(name), KK_S(".yaml"));
}

static kk_status find_files(kk_invocation *i, const char *path, int depth, names *out)
{
    struct stat s;
    struct dirent *entry;
    names inside = {0};
    kk_status status = KK_OK;
    if (stat(path, &s) != 0)
        return kk_fail(&i->fault, KK_INVALID, "cannot read %s: %s: give rules or their folder",
                       path, strerror(errno));
    if (!S_ISDIR(s.st_mode)) {
        if (!depth || is_rule_file(path))
            add_name(i->arena, out, path);
        return KK_OK;
    }
    DIR *folder = depth < DEEPEST_FOLDER ? opendir(path) : NULL;
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            add_name(i->arena, &inside, kk_print(i->arena, "%s/%s", path, entry->d_name).ptr);
    if (folder)
        closedir(folder);
    if (inside.count)
        qsort(inside.items, inside.count, sizeof *inside.items, by_name);
    for (size_t k = 0; status == KK_OK && k < inside.count && out->count < FILES_MOST; k++)
        status = find_files(i, inside.items[k], depth + 1, out);
    return status;
}

/* NAME=FILE: a value a line. */
static kk_status read_list(kk_invocation *i, kk_sigma *set, kk_slice given)
{
    kk_slice text, line, *values = NULL;
    size_t at = kk_find_byte(given, '='), count = 0, capacity = 0;
    if (at == KK_NOWHERE || !at)
        return kk_fail(&i->fault, KK_INVALID, "--expand wants NAME=FILE, a value a line");
    kk_slice path = kk_copy(i->arena, kk_from(given, at + 1));
    kk_status status = kk_file_text(i->arena, path.ptr, FILE_MOST, &text, &i->fault);
    while (status == KK_OK && kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        if (!line.len || line.ptr[0] == '#')
            continue;
        values = kk_grow(i->arena, values, &capacity, count + 1, sizeof *values);
        values[count++] = line;
    }
    if (status == KK_OK)
        kk_sigma_list(set, kk_part(given, 0, at), values, count);
    return status;
}

kk_status kk_sigma_files(kk_invocation *i, const char *const *paths, int count, kk_sigma **out)
{
    names files = {0};
    kk_status status = KK_OK;
    kk_sigma *set = *out = kk_sigma_open(i->arena);
    for (size_t k = 0; status == KK_OK && k < i->value_count[KK_OPTION_EXPAND]; k++)
        status = read_list(i, set, i->values[KK_OPTION_EXPAND][k]);
    for (int k = 0; status == KK_OK && k < count; k++)
        status = find_files(i, paths[k], 0, &files);
    for (size_t k = 0; status == KK_OK && k < files.count; k++) {
        kk_slice text;
        status = kk_file_text(i->arena, files.items[k], FILE_MOST, &text, &i->fault);
        if (status == KK_OK)
            kk_sigma_read(set, kk_cstr(files.items[k]), text);
    }
    if (status == KK_OK && !files.count)
        return kk_fail(&i->fault, KK_INVALID, "no rules there: give files or folders with *.yml");
    if (status == KK_OK)
        kk_sigma_link(set);
    return status;
}
