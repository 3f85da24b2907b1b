/* kakuho evtx: the reader of Windows event logs as a tool of its own. Logs are cut into pieces that
 * processes behind walls read; what they write comes out in the order of the records. */
#include "base/text.h"
#include "cli/command.h"
#include "cli/evt_records.h"
#include "cli/evtx_records.h"
#include "cli/evtx_summary.h"
#include "cli/readable.h"
#include "model/batch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (UINT64_C(1) << 20)
#define WINDOW (UINT64_C(64) << 20) /* recovered records are told apart from live ones within it */
enum { FILES_AT_ONCE = 256, ISSUES_MOST = 64, FOLDERS_DEEP = 64 };

/* What is wrong with one file, each kind once. */
typedef struct {
    kk_issue issues[ISSUES_MOST];
    size_t count;
    kk_evtx_summary *summary;
    kk_arena *arena;
    uint64_t written; /* bytes of records */
    bool unread;      /* some of it could not be read at all */
} file_state;

typedef struct {
    kk_invocation *i;
    const char **names; /* of files; those in folders in the place of their folder */
    size_t name_count, name_capacity;
    kk_evtx_work work;
    kk_evtx_file *files;
    file_state *states;
    size_t file_count;
    kk_evtx_piece *pieces;
    size_t piece_count, piece_capacity;
    kk_arena *arena;
    kk_json json;
    kk_buffer document;
    bool unread;
} job;

/* ---- files ---- */

/* A pipe has no places to read at: it is kept in a file without a name. */
static int spool_pipe(int from, uint64_t *size)
{
    enum { BLOCK = 1 << 18 };
    const char *folder = getenv("TMPDIR");
    int fd = open(folder && *folder ? folder : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    kk_buffer block = {0};
    char *room = kk_buffer_room(&block, BLOCK);
    *size = 0;
    while (fd >= 0) {
        ssize_t n = read(from, room, BLOCK), done = 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n < 0) {
                close(fd);
                fd = -1;
            }
            break;
        }
        while (done < n) {
            ssize_t w = write(fd, room + done, (size_t)(n - done));
            if (w <= 0)
                break;
            done += w;
        }
        *size += (uint64_t)done;
        if (done < n) {
            close(fd);
            fd = -1;
        }
    }
    kk_buffer_close(&block);
    return fd;
}

static void add_name(job *j, kk_arena *arena, const char *name)
{
    j->names = kk_grow(arena, j->names, &j->name_capacity, j->name_count + 1, sizeof *j->names);
    j->names[j->name_count++] = name;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_log_name(const char *name)
{
    kk_slice s = kk_cstr(name);
    return (s.len > 5 && kk_eq_nocase(kk_from(s, s.len - 5), KK_S(".evtx"))) ||
           (s.len > 4 && kk_eq_nocase(kk_from(s, s.len - 4), KK_S(".evt")));
}

/* The event logs in a folder and those below, by name. Links to folders are not followed. */
static void add_folder(job *j, kk_arena *arena, const char *path, int depth)
{
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names = kk_grow(arena, names, &capacity, count + 1, sizeof *names);
        names[count++] = kk_print(arena, "%s/%s", path, entry->d_name).ptr;
    }
    if (!folder)
        dprintf(j->i->err, "kakuho: %s cannot be read: %s: look at its path and rights\n", path,
                strerror(errno));
    j->unread |= !folder;
    if (folder)
        closedir(folder);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t k = 0; k < count; k++) {
        struct stat status;
        if (lstat(names[k], &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode) && depth < FOLDERS_DEEP)
            add_folder(j, arena, names[k], depth + 1);
        else if (S_ISREG(status.st_mode) && is_log_name(names[k]))
            add_name(j, arena, names[k]);
    }
}

static void list_files(job *j, kk_arena *arena)
{
    for (int k = 0; k < j->i->count; k++) {
        struct stat status;
        const char *name = j->i->arguments[k];
        size_t before = j->name_count;
        if (strcmp(name, "-") == 0 || stat(name, &status) != 0 || !S_ISDIR(status.st_mode)) {
            add_name(j, arena, name);
            continue;
        }
        add_folder(j, arena, name, 0);
        if (j->name_count > before)
            continue;
        dprintf(j->i->err,
                "kakuho: %s holds no event log: no file in it is called .evtx or .evt: name the "
                "files, or let `kakuho investigate` look for them\n",
                name);
        j->unread = true;
    }
}

static bool open_file(job *j, const char *name, kk_evtx_file *file)
{
    struct stat status;
    bool is_input = strcmp(name, "-") == 0;
    file->name = is_input ? KK_S("-") : kk_cstr(name);
    file->fd = is_input ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    if (file->fd >= 0 && fstat(file->fd, &status) == 0 && !S_ISREG(status.st_mode) &&
        !S_ISBLK(status.st_mode)) {
        int pipe_end = file->fd;
        bool folder = S_ISDIR(status.st_mode);
        errno = EISDIR;
        file->fd = folder ? -1 : spool_pipe(pipe_end, &file->size);
        int why = errno;
        close(pipe_end);
        errno = why;
    } else if (file->fd >= 0) {
        off_t end = lseek(file->fd, 0, SEEK_END);
        file->size = end > 0 ? (uint64_t)end : 0;
    }
    if (file->fd < 0)
        dprintf(j->i->err, "kakuho: %s cannot be read: %s: look at its path and rights\n", name,
                strerror(errno));
    return file->fd >= 0;
}

static void add_piece(job *j, kk_evtx_piece piece)
{
    j->pieces =
        kk_grow(j->arena, j->pieces, &j->piece_capacity, j->piece_count + 1, sizeof(kk_evtx_piece));
    j->pieces[j->piece_count++] = piece;
}

/* Live records in small pieces, so that the processes keep pace with each other; what is recovered from
 * a window of the log comes behind its live records. A summary needs no order. */
static void cut_file(job *j, uint32_t file)
{
    const uint64_t size = j->files[file].size;
    if (kk_given(j->i, KK_OPTION_CARVE)) {
        add_piece(j, (kk_evtx_piece){.file = file, .carve = true, .end = size});
        return;
    }
    bool summary = j->work.form == KK_EVTX_SUMMARY;
    bool recovered = summary || kk_given(j->i, KK_OPTION_RECOVERED);
    for (uint64_t window = 0; window == 0 || window < size; window += WINDOW) {
        uint64_t end = window + WINDOW < size ? window + WINDOW : size;
        for (uint64_t at = window; !summary && (at == window || at < end); at += PIECE)
            add_piece(j, (kk_evtx_piece){.file = file,
                                         .live = true,
                                         .begin = at,
                                         .end = at + PIECE < end ? at + PIECE : end});
        if (recovered)
            add_piece(
                j,
                (kk_evtx_piece){
                    .file = file, .live = summary, .recovered = true, .begin = window, .end = end});
    }
}

/* ---- results ---- */

static void keep_issue(file_state *f, const kk_issue *issue)
{
    uint64_t times = issue->count ? issue->count : 1;
    for (size_t k = 0; k < f->count; k++) {
        if (f->issues[k].kind == issue->kind && kk_eq(f->issues[k].what, issue->what)) {
            f->issues[k].count += times;
            return;
        }
    }
    if (f->count == ISSUES_MOST)
        return;
    f->issues[f->count] = *issue;
    f->issues[f->count].what = kk_copy(f->arena, issue->what);
    f->issues[f->count++].count = times;
}

static void take_issues(job *j, file_state *f, kk_slice bytes)
{
    kk_unpacker u = {.bytes = bytes};
    kk_unpacked thing;
    while (kk_unpack(&u, j->arena, &thing))
        if (thing.kind == KK_PACK_ISSUE)
            keep_issue(f, &thing.issue);
}

static bool take(void *context, size_t piece, unsigned kind, kk_slice bytes)
{
    job *j = context;
    file_state *f = &j->states[j->pieces[piece].file];
    if (kind == KK_EVTX_TEXT) {
        f->written += bytes.len;
        kk_write_out(j->i, bytes);
    } else if (kind == KK_EVTX_ISSUES) {
        take_issues(j, f, bytes);
    } else if (f->summary && !kk_evtx_summary_join(f->summary, bytes)) {
        f->unread = true;
    }
    return true;
}

static void work_piece(void *context, size_t piece, kk_flow_out *out)
{
    job *j = context;
    kk_evtx_work_piece(&j->work, piece, out);
}

static void died(void *context, size_t piece)
{
    job *j = context;
    const kk_evtx_piece *p = &j->pieces[piece];
    const kk_issue crash = {.kind = KK_ISSUE_CRASHED,
                            .offset = p->begin,
                            .what = KK_S("parts could not be read: their reader ended early")};
    keep_issue(&j->states[p->file], &crash);
    j->states[p->file].unread = true;
}

/* Another format, and nothing was found in it. */
static bool is_no_log(const file_state *f)
{
    bool found = f->written || (f->summary && kk_evtx_summary_records(f->summary));
    for (size_t k = 0; k < f->count && !found; k++)
        if (f->issues[k].kind == KK_ISSUE_FORMAT)
            return true;
    return false;
}

/* Records, or parts of one, could not be read: the same that makes a summary incomplete. */
static bool is_incomplete(const file_state *f)
{
    for (size_t k = 0; k < f->count; k++)
        if (kk_evtx_loses(&f->issues[k]) || kk_evt_loses(&f->issues[k]))
            return true;
    return false;
}

static void say_issues(job *j, size_t file)
{
    const file_state *f = &j->states[file];
    for (size_t k = 0; k < f->count && !j->i->options.quiet; k++)
        dprintf(j->i->err, "kakuho: %.*s: %llu: %.*s (first at byte %llu)\n",
                KK_P(j->files[file].name), (unsigned long long)f->issues[k].count,
                KK_P(f->issues[k].what), (unsigned long long)f->issues[k].offset);
}

static void put_file(job *j, size_t file)
{
    const file_state *f = &j->states[file];
    kk_json *json = &j->json;
    kk_json_object(json, NULL);
    kk_json_text(json, "path", kk_utf8_clean(j->arena, j->files[file].name));
    kk_json_u64(json, "bytes", j->files[file].size);
    if (is_incomplete(f))
        kk_evtx_summary_lacks(f->summary);
    kk_evtx_summary_put(f->summary, json, false);
    kk_json_array(json, "issues");
    for (size_t k = 0; k < f->count; k++) {
        kk_json_object(json, NULL);
        kk_json_cstr(json, "kind", kk_issue_name(f->issues[k].kind));
        kk_json_text(json, "what", f->issues[k].what);
        kk_json_u64(json, "count", f->issues[k].count);
        kk_json_u64(json, "offset", f->issues[k].offset);
        kk_json_close(json);
    }
    kk_json_close(json);
    kk_json_close(json);
}

/* ---- the command ---- */

static bool read_form(kk_invocation *i, kk_evtx_form *form)
{
    static const char *const names[KK_EVTX_FORMS] = {"jsonl", "xml", "csv", "summary"};
    kk_slice given = kk_value(i, KK_OPTION_EVTX_FORMAT);
    *form = KK_EVTX_JSONL;
    if (!kk_given(i, KK_OPTION_EVTX_FORMAT))
        return true;
    for (int k = 0; k < KK_EVTX_FORMS; k++) {
        if (kk_is(given, names[k])) {
            *form = (kk_evtx_form)k;
            return true;
        }
    }
    return kk_usage(i, "--format wants jsonl, xml, csv or summary"), false;
}

static void open_document(job *j)
{
    if (j->work.form == KK_EVTX_XML)
        kk_write_out(j->i, KK_S("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n"));
    if (j->work.form == KK_EVTX_CSV) {
        if (j->work.file_count > 1)
            kk_write_out(j->i, KK_S("path,"));
        kk_write_out(j->i,
                     KK_S("time,channel,provider,event_id,level,task,opcode,keywords,computer,"
                          "user_id,process_id,thread_id,activity_id,record_id,offset,recovery,"
                          "data\r\n"));
    }
    if (j->work.form == KK_EVTX_SUMMARY) {
        j->json = (kk_json){.out = &j->document};
        kk_json_object(&j->json, NULL);
        kk_json_cstr(&j->json, "tool", "kakuho " KAKUHO_VERSION);
        kk_json_array(&j->json, "files");
    }
}

static void close_document(job *j)
{
    if (j->work.form == KK_EVTX_XML)
        kk_write_out(j->i, KK_S("</Events>\n"));
    if (j->work.form != KK_EVTX_SUMMARY)
        return;
    kk_json_close(&j->json);
    kk_json_close(&j->json);
    kk_put_byte(&j->document, '\n');
    kk_write_document(j->i, kk_buffer_slice(&j->document), NULL);
}

/* So many files as can be open at once. */
static kk_status read_files(job *j, int first, int count)
{
    j->arena = kk_arena_open();
    j->files = KK_NEW_ARRAY(j->arena, kk_evtx_file, (size_t)count);
    j->states = KK_NEW_ARRAY(j->arena, file_state, (size_t)count);
    j->piece_count = j->piece_capacity = 0;
    j->pieces = NULL;
    size_t opened = 0;
    for (int k = 0; k < count; k++) {
        if (!open_file(j, j->names[first + k], &j->files[opened])) {
            j->unread = true;
            continue;
        }
        j->states[opened].arena = j->arena;
        if (j->work.form == KK_EVTX_SUMMARY)
            j->states[opened].summary = kk_evtx_summary_open(j->arena);
        cut_file(j, (uint32_t)opened++);
    }
    j->work.files = j->files;
    j->work.pieces = j->pieces;
    const kk_flow flow = {.pieces = j->piece_count,
                          .jobs = j->i->options.jobs,
                          .unsafe_no_sandbox = j->i->options.unsafe_no_sandbox,
                          .context = j,
                          .work = work_piece,
                          .take = take,
                          .died = died};
    kk_status status = opened ? kk_flow_run(&flow, &j->i->fault) : KK_OK;
    for (size_t k = 0; k < opened; k++) {
        if (status == KK_OK && j->work.form == KK_EVTX_SUMMARY)
            put_file(j, k);
        if (status == KK_OK)
            say_issues(j, k);
        j->unread |=
            j->states[k].unread || is_no_log(&j->states[k]) || is_incomplete(&j->states[k]);
        close(j->files[k].fd);
    }
    kk_arena_close(j->arena);
    return status;
}

static int run(kk_invocation *i)
{
    job j = {.i = i};
    kk_status status = KK_OK;
    if (!read_form(i, &j.work.form))
        return 2;
    kk_arena *arena = kk_arena_open();
    list_files(&j, arena);
    j.work.file_count = j.name_count;
    open_document(&j);
    const int files = (int)j.name_count;
    for (int first = 0; status == KK_OK && first < files; first += FILES_AT_ONCE) {
        int count = files - first < FILES_AT_ONCE ? files - first : FILES_AT_ONCE;
        status = read_files(&j, first, count);
    }
    if (status == KK_OK)
        close_document(&j);
    kk_buffer_close(&j.document);
    kk_arena_close(arena);
    return status == KK_OK && j.unread ? 3 : kk_finish(i, status);
}

const kk_command kk_command_evtx = {
    .name = "evtx",
    .arguments = "FILE|FOLDER...",
    .about = "Windows event logs as JSON Lines, XML, CSV or a summary; - is standard input",
    .least = 1,
    .most = -1,
    .options = {KK_OPTION_EVTX_FORMAT, KK_OPTION_RECOVERED, KK_OPTION_CARVE, KK_OPTION_NO_SANDBOX},
    .run = run,
};
