#include "worker/intake_i.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "parse/parser.h"

/* What is handed over: files below a folder, or one file, put into the queue in name order. */
typedef struct {
    queue *q;
    const kk_evidence *evidence;
    kk_lane *lane; /* for issues about what is no file */
    int folder;    /* top folder, kept open as long as units may need it */
    kk_arena *arena;
    kk_slice host, zone;
} taking;

/* A small file is hashed, identified and read at one go; a large one is identified first, then hashed
 * beside being read, range by range. What an earlier run did is not done again. */
static void put_file_units(taking *t, unit *u)
{
    unit hashing = *u;
    bool small = u->size <= RANGE_BYTES;
    hashing.parts = KK_DO_HASH;
    hashing.range = RANGE_OF_HASH;
    hashing.priority = 15;
    hashing.parser = KK_NONE;
    if (!small && !t->q->again &&
        !known_unit(t->q->known, u->item, RANGE_OF_HASH, settings_of(&hashing), NULL))
        queue_put(t->q, unit_open(&hashing));
    unsigned parts = KK_DO_FACTS | KK_DO_PARSE | (small ? KK_DO_HASH : 0);
    kk_slice is_known;
    if (t->q->again && !known_parser(t->q->known, u->item, &is_known))
        return; /* it came while this run was at work: the next one takes it in */
    if (known_parser(t->q->known, u->item, &u->parser)) {
        put_units(t->q, u, parts);
        return;
    }
    u->parts = KK_DO_IDENTIFY | (small ? parts : 0);
    u->priority = small ? 60 : 95;
    queue_put(t->q, unit_open(u));
}

/* What could not be read the last time may be readable now, or be of another kind. */
static void look_anew(taking *t, uint64_t item)
{
    kk_rows *rows;
    kk_fault fault = {0};
    kk_param key = KK_U64(item);
    if (!known_unread(t->q->known, item))
        return;
    kk_status status = kk_store_forget(t->q->settings->store, item, &fault);
    if (status == KK_OK)
        status = kk_ask(t->q->settings->store, "item_forget", NULL, &key, 1, &rows, &fault);
    if (status == KK_OK) {
        while (kk_rows_next(rows))
            ;
        status = kk_rows_close(rows, &fault);
    }
    if (status == KK_OK)
        known_take_back(t->q->known, item);
    else
        queue_fail(t->q, &fault);
}

static void put_file(taking *t, kk_slice file, kk_slice path, const struct stat *status)
{
    base *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    *b = (base){.fd = -1, .folder = t->folder, .size = (uint64_t)status->st_size};
    unit u = {
        .evidence = t->evidence->number,
        .item = kk_item_key(t->evidence->number, path),
        .base = b,
        .file = file,
        .path = path,
        .parser = t->evidence->forced,
        .forced = t->evidence->forced.len > 0,
        .zone = t->zone.len ? t->zone : t->q->settings->zone,
        .zone_of_host = t->zone.len > 0,
        .host = t->host,
        .carve = t->q->settings->carve,
        .size = b->size,
        .end = UINT64_MAX,
        .priority = 60,
        .modified = kk_time_from_unix(status->st_mtim.tv_sec, status->st_mtim.tv_nsec),
    };
    if (!t->q->again) {
        look_anew(t, u.item);
        t->q->progress.bytes_known += b->size;
    }
    b->users = 1; /* held while its units are put */
    put_file_units(t, &u);
    unit holder = {.arena = kk_arena_open(), .base = b};
    unit_close(t->q, &holder);
}

static void note(taking *t, kk_slice path, kk_issue_kind kind, const char *what)
{
    uint64_t item = kk_item_key(t->evidence->number, path);
    kk_issue issue = {kind, 0, 1, kk_cstr(what)};
    if (t->q->again)
        return;
    look_anew(t, item);
    if (!known_add_item(t->q->known, item))
        return;
    kk_item_row row = {.item = item,
                       .evidence = t->evidence->number,
                       .path = path,
                       .unreadable = true,
                       .modified = KK_NO_TIME};
    kk_lane_item(t->lane, &row);
    kk_lane_issue(t->lane, item, 0, &issue);
}

static int by_name(const void *a, const void *b)
{
    return kk_compare(*(const kk_slice *)a, *(const kk_slice *)b);
}

static size_t read_names(taking *t, DIR *folder, kk_slice **names)
{
    size_t count = 0, capacity = 0;
    struct dirent *entry;
    *names = NULL;
    while ((entry = readdir(folder))) {
        kk_slice name = kk_cstr(entry->d_name);
        if (kk_is(name, ".") || kk_is(name, ".."))
            continue;
        *names = kk_grow(t->arena, *names, &capacity, count + 1, sizeof **names);
        (*names)[count++] = kk_copy(t->arena, name);
    }
    if (count)
        qsort(*names, count, sizeof **names, by_name);
    return count;
}

static void take_folder(taking *t, kk_slice below, int depth);

static void take_entry(taking *t, kk_slice file, int depth)
{
    struct stat status;
    kk_slice path = kk_name_text(t->arena, file);
    if (fstatat(t->folder, file.ptr, &status, AT_SYMLINK_NOFOLLOW) != 0)
        note(t, path, KK_ISSUE_MISSING, "it cannot be looked at");
    else if (S_ISDIR(status.st_mode))
        take_folder(t, file, depth + 1);
    else if (S_ISREG(status.st_mode))
        put_file(t, file, path, &status);
    else if (S_ISLNK(status.st_mode))
        note(t, path, KK_ISSUE_LINK, "a symbolic link, which is not followed");
    else
        note(t, path, KK_ISSUE_LINK, "no regular file: not read");
}

static void take_folder(taking *t, kk_slice below, int depth)
{
    int fd = openat(t->folder, below.len ? below.ptr : ".",
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *folder = fd >= 0 && depth < 256 ? fdopendir(fd) : NULL;
    kk_slice *names;
    if (!folder) {
        if (fd >= 0)
            close(fd);
        note(t, kk_name_text(t->arena, below), depth < 256 ? KK_ISSUE_MISSING : KK_ISSUE_LIMIT,
             depth < 256 ? "the folder cannot be opened" : "folders nested too deep");
        return;
    }
    size_t count = read_names(t, folder, &names);
    closedir(folder);
    for (size_t i = 0; i < count; i++)
        take_entry(
            t, below.len ? kk_print(t->arena, "%.*s/%.*s", KK_P(below), KK_P(names[i])) : names[i],
            depth);
}

/* One short line of plain characters out of a well-known file, or nothing. */
static kk_slice short_line(taking *t, const char *name)
{
    char bytes[128];
    int fd = openat(t->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
    if (fd >= 0)
        close(fd);
    kk_slice line = kk_trim((kk_slice){bytes, n > 0 ? (size_t)n : 0});
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-",
                    line.ptr[i]))
            return KK_NONE;
    return line.len < 64 ? kk_copy(t->arena, line) : KK_NONE;
}

/* A collected root folder tells its machine's name and zone. */
static void read_facts(taking *t)
{
    kk_zone zone;
    if (!t->host.len)
        t->host = short_line(t, "etc/hostname");
    kk_slice name = short_line(t, "etc/timezone");
    if (name.len && kk_zone_load(name, &zone))
        t->zone = name;
}

static kk_status take_evidence(queue *q, const kk_evidence *e, kk_lane *lane, int *folder,
                               kk_fault *fault)
{
    struct stat status;
    kk_arena *arena = kk_arena_open();
    taking t = {q, e, lane, -1, arena, e->host, KK_NONE};
    kk_slice source = kk_name_bytes(arena, e->source);
    kk_status result = KK_OK;
    size_t slash = kk_rfind_byte(source, '/');
    bool is_folder = stat(source.ptr, &status) == 0 && S_ISDIR(status.st_mode);
    kk_slice above = is_folder ? source : kk_copy(arena, kk_part(source, 0, slash ? slash : 1));
    t.folder = *folder = open(above.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t.folder < 0 || (!is_folder && stat(source.ptr, &status) != 0))
        result = kk_fail(fault, KK_IO, "cannot open %.*s: %s: check that it is still there",
                         KK_P(e->source), strerror(errno));
    else if (is_folder) {
        read_facts(&t);
        take_folder(&t, KK_S(""), 0);
    } else {
        kk_slice file = kk_from(source, slash + 1);
        put_file(&t, file, kk_name_text(arena, file), &status);
    }
    kk_arena_close(arena);
    return result;
}

static void *thread_main(void *context)
{
    run_units(context, 0);
    return NULL;
}

void run_threads(queue *q)
{
    pthread_t threads[256];
    int jobs = q->settings->jobs < 1 ? 1 : q->settings->jobs > 256 ? 256 : q->settings->jobs;
    int started = 0;
    while (started < jobs && pthread_create(&threads[started], NULL, thread_main, q) == 0)
        started++;
    if (!started)
        run_units(q, 0);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* Going through evidence. */
typedef struct {
    const kk_evidence *evidence;
    size_t count;
    secrets *secrets;
    bool again;   /* for what is still closed; evidence that is not there any more is passed over */
    bool gathers; /* ... for what told passwords in an earlier run */
    bool half_open; /* out: what a password of the evidence opened was not read to its end */
    queue *q;
    int *folders;
} pass;

/* All units until none waits. */
static kk_status run_queue(queue *q, kk_fault *fault)
{
    run_threads(q);
    if (!q->stop)
        return read_scripts(q, fault);
    *fault = q->fault;
    return q->fault.status;
}

static kk_status begin_pass(const kk_intake_settings *settings, pass *p, kk_fault *fault)
{
    kk_lane *lane = NULL;
    queue *q = p->q = queue_open(settings);
    p->folders = calloc(p->count + 1, sizeof *p->folders);
    if (!p->folders)
        abort();
    for (size_t i = 0; i < p->count; i++)
        p->folders[i] = -1;
    q->secrets = p->secrets;
    q->again = p->again;
    q->known = known_load(settings->store, p->again ? !p->gathers : settings->passwords,
                          p->gathers ? p->secrets : NULL, fault);
    kk_status status = q->known ? kk_lane_open(settings->store, &lane, fault) : KK_STORE;
    p->half_open = q->known && known_half_open(q->known);
    for (size_t i = 0; i < p->count && status == KK_OK; i++) {
        status = take_evidence(q, &p->evidence[i], lane, &p->folders[i], fault);
        if (p->again && status == KK_IO)
            status = KK_OK;
    }
    if (status == KK_OK)
        status = kk_lane_commit(lane, fault);
    kk_lane_close(lane);
    return status == KK_OK ? run_queue(q, fault) : status;
}

static void end_pass(pass *p)
{
    if (p->q) {
        closed_let_go(p->q);
        known_close(p->q->known);
        queue_close(p->q);
    }
    for (size_t i = 0; p->folders && i < p->count; i++)
        if (p->folders[i] >= 0)
            close(p->folders[i]);
    free(p->folders);
    p->folders = NULL;
    p->q = NULL;
}

static kk_status go_through(const kk_intake_settings *settings, pass *p, kk_fault *fault)
{
    kk_status status = begin_pass(settings, p, fault);
    end_pass(p);
    return status;
}

/* Units that the pass kept, once more. */
static kk_status read_closed(const kk_intake_settings *settings, queue *q, kk_fault *fault)
{
    known_close(q->known);
    q->known = known_load(settings->store, false, NULL, fault);
    kk_status status = q->known ? closed_put(q, fault) : KK_STORE;
    return status == KK_OK ? run_queue(q, fault) : status;
}

/* The passwords that were heard go to the workers; false where no new ones were. */
static bool give_secrets(const kk_intake_settings *settings, secrets *heard, kk_status *status,
                         kk_fault *fault)
{
    kk_buffer block = {0};
    bool some = secrets_settle(heard, &block);
    if (some)
        *status = kk_pool_found(settings->pool, kk_buffer_slice(&block), fault);
    if (block.len)
        explicit_bzero(block.ptr, block.len);
    kk_buffer_close(&block);
    return some && *status == KK_OK;
}

/* What is closed, in whatever evidence of the case, against passwords that stand in whatever evidence. What this run
 * found closed is read again by itself; the rest, with all that lies around it. */
static kk_status open_closed(const kk_intake_settings *settings, pass *first, kk_fault *fault)
{
    enum { ROUNDS_MOST = 2 }; /* the first may open the mail with the password for the second */
    tried_state t;
    kk_status status = tries_state(settings->store, &t, fault);
    if (status != KK_OK || !t.tellers || !((t.locked && !t.done) || first->half_open))
        return status;
    bool slow = settings->has_earlier || first->q->closed.over;
    pass p = {.evidence = settings->all,
              .count = settings->all_count,
              .secrets = first->secrets,
              .again = true,
              .gathers = true};
    if (slow)
        end_pass(first);
    if (settings->has_earlier)
        status = go_through(settings, &p, fault);
    p.gathers = false;
    for (int round = 0; round < ROUNDS_MOST && status == KK_OK; round++) {
        if (!give_secrets(settings, first->secrets, &status, fault))
            break;
        status = slow ? go_through(settings, &p, fault) : read_closed(settings, first->q, fault);
    }
    return status == KK_OK ? tries_done(settings->store, fault) : status;
}

kk_status kk_intake(const kk_intake_settings *settings, const kk_evidence *evidence, size_t count,
                    kk_fault *fault)
{
    pass first = {.evidence = evidence, .count = count, .secrets = secrets_open()};
    kk_status status = begin_pass(settings, &first, fault);
    if (status == KK_OK)
        status = open_closed(settings, &first, fault);
    end_pass(&first);
    secrets_close(first.secrets);
    return status;
}
