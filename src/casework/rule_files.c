#include "casework/rule_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "detect/yara.h"

const kk_slice kk_yara_too_large = {"it is larger than 8 MiB", 23};

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

void kk_rule_files_add(kk_arena *arena, kk_rule_files *files, const kk_rule_file *file)
{
    files->items = kk_grow(arena, files->items, &files->capacity, files->count + 1, sizeof *file);
    files->items[files->count++] = *file;
}

static kk_status add_file(kk_arena *arena, const char *path, kk_slice list, kk_rule_files *out,
                          kk_fault *fault)
{
    kk_rule_file file = {.name = list.len ? list : kk_cstr(path),
                         .kind = list.len ? KK_FILE_LIST : KK_FILE_SIGMA};
    kk_status status = kk_file_text(arena, path, FILE_MOST, &file.text, fault);
    if (status != KK_OK)
        return status;
    file.text = kk_decode(arena, kk_charset_guess(file.text, NULL), file.text, NULL);
    kk_rule_files_add(arena, out, &file);
    return KK_OK;
}

static bool ends_in_any(kk_slice name, const char *const *endings)
{
    for (; *endings; endings++) {
        size_t len = strlen(*endings);
        if (name.len >= len && kk_eq_nocase(kk_from(name, name.len - len), kk_cstr(*endings)))
            return true;
    }
    return false;
}

/* A file that is too large is one of those that cannot be used, and takes no other with it. What is
 * kept in the case is text: it is made so before anything looks at it. */
static kk_status add_yara(kk_arena *arena, const char *path, kk_rule_files *out, kk_fault *fault)
{
    kk_rule_file file = {.name = kk_utf8_clean(arena, kk_cstr(path)), .kind = KK_FILE_YARA};
    kk_status status = kk_file_text(arena, path, FILE_MOST, &file.text, fault);
    if (status == KK_LIMIT)
        file.refused = kk_yara_too_large;
    else if (status != KK_OK)
        return status;
    /* Compiled rules are refused by their first bytes alone. */
    bool is_compiled = kk_starts(file.text, KK_S("YARA"));
    file.text = is_compiled ? KK_S("YARA") : kk_utf8_clean(arena, file.text);
    if (!file.text.len && !file.refused.len)
        file.text = KK_S("\n"); /* nothing at all is kept of one that is too large */
    kk_rule_files_add(arena, out, &file);
    return KK_OK;
}

/* One of a folder that cannot be read is named with the rules that cannot be used, and takes no other
 * with it. */
static void add_unreadable(kk_arena *arena, const char *path, kk_status status, kk_rule_files *out)
{
    kk_rule_files_add(arena, out,
                      &(kk_rule_file){.name = kk_utf8_clean(arena, kk_cstr(path)),
                                      .kind = KK_FILE_UNREADABLE,
                                      .text = status == KK_LIMIT
                                                  ? KK_S("the file is larger than 8 MiB")
                                                  : KK_S("the file cannot be read")});
}

static bool is_sigma(const char *path)
{
    static const char *const names[] = {".yml", ".yaml", NULL};
    return ends_in_any(kk_cstr(path), names);
}

/* By its name, or by its content where the name does not say. */
static bool is_yara(const char *path, bool given_itself)
{
    static const char *const sure[] = {".yar", ".yara", ".yarc", NULL},
                             *const maybe[] = {".rule", ".rules", NULL},
                             *const other[] = {".yml", ".yaml", ".txt", NULL};
    kk_slice name = kk_cstr(path), text;
    kk_fault ignored;
    if (ends_in_any(name, sure))
        return true;
    if (!ends_in_any(name, maybe) && (!given_itself || ends_in_any(name, other)))
        return false;
    kk_arena *scratch = kk_arena_open();
    bool yes = kk_file_text(scratch, path, FILE_MOST, &text, &ignored) == KK_OK && kk_yara_is(text);
    kk_arena_close(scratch);
    return yes;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is in a folder, in the order of the names. */
static const char **names_in(kk_arena *arena, const char *path, size_t *count)
{
    const char **names = NULL;
    size_t capacity = 0;
    struct dirent *entry;
    DIR *folder = opendir(path);
    *count = 0;
    while (folder && (entry = readdir(folder)) && *count < FILES_MOST) {
        if (entry->d_name[0] == '.')
            continue;
        names = kk_grow(arena, names, &capacity, *count + 1, sizeof *names);
        names[(*count)++] = kk_print(arena, "%s/%s", path, entry->d_name).ptr;
    }
    if (folder)
        closedir(folder);
    if (*count)
        qsort(names, *count, sizeof *names, by_name);
    return names;
}

/* The placeholder that a file in a folder of lists is for; empty if it is none. */
static kk_slice list_name(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice folder = kk_part(path, 0, slash == KK_NOWHERE ? 0 : slash);
    kk_slice name = kk_from(path, kk_name_begins(path));
    bool in_lists = kk_is(folder, "lists") || kk_ends(folder, KK_S("/lists"));
    return in_lists && kk_ends(name, KK_S(".txt")) ? kk_part(name, 0, name.len - 4) : KK_NONE;
}

/* A folder that a link leads back to is not gone through again. */
typedef struct {
    kk_arena *arena;
    kk_rule_files *out;
    struct stat *been;
    size_t been_count, been_capacity;
} finding;

static bool is_new(finding *f, const struct stat *folder)
{
    for (size_t i = 0; i < f->been_count; i++)
        if (f->been[i].st_dev == folder->st_dev && f->been[i].st_ino == folder->st_ino)
            return false;
    f->been = kk_grow(f->arena, f->been, &f->been_capacity, f->been_count + 1, sizeof *f->been);
    f->been[f->been_count++] = *folder;
    return true;
}

static kk_status find_file(finding *f, const char *path, bool given_itself, kk_fault *fault)
{
    kk_slice list = list_name(kk_cstr(path));
    if (!list.len && is_yara(path, given_itself))
        return add_yara(f->arena, path, f->out, fault);
    if (given_itself || list.len || is_sigma(path))
        return add_file(f->arena, path, list, f->out, fault);
    return KK_OK;
}

static kk_status find(finding *f, const char *path, int depth, kk_fault *fault)
{
    struct stat s;
    size_t count = 0;
    if (stat(path, &s) != 0 && (!depth || lstat(path, &s) != 0))
        return kk_fail(fault, KK_INVALID, "cannot read %s: %s: give rules or their folder", path,
                       strerror(errno));
    if (!S_ISDIR(s.st_mode)) {
        kk_status status = find_file(f, path, !depth, fault);
        if (!depth || status == KK_OK)
            return status;
        add_unreadable(f->arena, path, status, f->out);
        return KK_OK;
    }
    if (depth >= DEEPEST_FOLDER || !is_new(f, &s))
        return KK_OK;
    const char **names = names_in(f->arena, path, &count);
    kk_status status = KK_OK;
    for (size_t k = 0; status == KK_OK && k < count && f->out->count < FILES_MOST; k++)
        status = find(f, names[k], depth + 1, fault);
    return status;
}

kk_status kk_rule_files_find(kk_arena *arena, const char *path, kk_rule_files *out, kk_fault *fault)
{
    size_t before = out->count;
    finding f = {.arena = arena, .out = out};
    kk_status status = find(&f, path, 0, fault);
    if (status == KK_OK && out->count == before)
        return kk_fail(fault, KK_INVALID,
                       "no rules in %s: give files or folders with *.yml or *.yar", path);
    return status;
}

kk_status kk_rule_files_list(kk_arena *arena, kk_slice given, kk_rule_files *out, kk_fault *fault)
{
    size_t at = kk_find_byte(given, '=');
    if (at == KK_NOWHERE || !at)
        return kk_fail(fault, KK_INVALID, "--expand wants NAME=FILE, a value a line");
    return add_file(arena, kk_copy(arena, kk_from(given, at + 1)).ptr, kk_part(given, 0, at), out,
                    fault);
}

static void add_list(kk_arena *arena, kk_sigma *set, const kk_rule_file *f)
{
    kk_slice text = f->text, line, *values = NULL;
    size_t count = 0, capacity = 0;
    while (kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        if (!line.len || line.ptr[0] == '#')
            continue;
        values = kk_grow(arena, values, &capacity, count + 1, sizeof *values);
        values[count++] = line;
    }
    kk_sigma_list(set, f->name, values, count);
}

kk_sigma *kk_rule_files_read(kk_arena *arena, const kk_rule_files *files)
{
    kk_sigma *set = kk_sigma_open(arena);
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].kind == KK_FILE_LIST)
            add_list(arena, set, &files->items[i]);
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].kind == KK_FILE_SIGMA)
            kk_sigma_read(set, files->items[i].name, files->items[i].text);
        else if (files->items[i].kind == KK_FILE_UNREADABLE)
            kk_sigma_unreadable(set, files->items[i].name, files->items[i].text);
    kk_sigma_link(set);
    return set;
}
