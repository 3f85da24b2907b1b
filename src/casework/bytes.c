#include "casework/bytes.h"
#include "parse/parser.h"

#include "base/json_read.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct kk_byte_reader {
    kk_case *c;
    kk_pool *pool;
    kk_worker *worker;
};

typedef struct {
    uint64_t item, parent, size;
    kk_slice parser, token, path, source, kind;
} placed;

/* Where a stream can be opened: a descriptor and the steps from it. */
typedef struct {
    int fd;
    uint64_t size;
    kk_slice name, folder; /* of the base: where its siblings lie */
    kk_step steps[KK_STEPS_MAX];
    size_t step_count;
} opening;

static bool load_place(kk_byte_reader *r, const char *query, const kk_param *params, size_t count,
                       placed *out)
{
    kk_rows *rows;
    kk_fault fault;
    kk_arena *arena = r->c->arena;
    if (kk_ask(r->c->store, query, NULL, params, count, &rows, &fault) != KK_OK)
        return false;
    bool found = kk_rows_next(rows);
    if (found)
        *out = (placed){kk_rows_u64(rows, 0),
                        kk_rows_u64(rows, 1),
                        kk_rows_u64(rows, 4),
                        kk_copy(arena, kk_rows_text(rows, 2)),
                        kk_copy(arena, kk_rows_text(rows, 3)),
                        kk_copy(arena, kk_rows_text(rows, 5)),
                        kk_copy(arena, kk_rows_text(rows, 6)),
                        kk_copy(arena, kk_rows_text(rows, 7))};
    return kk_rows_close(rows, &fault) == KK_OK && found;
}

/* Another file beside the base: a segment of an image. */
static int open_beside(const opening *o, kk_arena *arena, kk_slice name, uint64_t *size)
{
    struct stat status;
    kk_slice below = kk_part(o->name, 0, kk_name_begins(o->name));
    kk_slice path = kk_print(arena, "%.*s/%.*s%.*s", KK_P(o->folder), KK_P(below), KK_P(name));
    int fd = o->folder.len ? open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        *size = (uint64_t)status.st_size;
    return fd;
}

/* Listening to an archive for one member. */
typedef struct {
    const opening *base;
    kk_slice wanted; /* its path below the container */
    kk_arena *arena;
    int *spools;
    size_t count, capacity;
    int found;
    uint64_t size;
} unpacking;

static int take_spool(void *context, uint64_t size)
{
    unpacking *u = context;
    int fd = memfd_create("kakuho-member", MFD_CLOEXEC);
    (void)size;
    u->spools = kk_grow(u->arena, u->spools, &u->capacity, u->count + 1, sizeof *u->spools);
    u->spools[u->count++] = fd;
    return fd;
}

static void take_child(void *context, const kk_unpacked *thing)
{
    unpacking *u = context;
    if (thing->kind != KK_PACK_CHILD || !thing->found.spool || thing->found.spool > u->count)
        return;
    int *fd = &u->spools[thing->found.spool - 1];
    if (u->found < 0 && kk_eq(thing->found.name, u->wanted)) {
        u->found = *fd;
        u->size = thing->found.size;
    } else if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static int give_archive_sibling(void *context, kk_slice name, uint64_t *size)
{
    unpacking *u = context;
    return open_beside(u->base, u->arena, name, size);
}

static kk_job job_for(const opening *o, const placed *p, unsigned parts)
{
    kk_job job = {.parts = parts,
                  .fd = o->fd,
                  .size = o->size,
                  .path = p->path,
                  .parser = p->parser,
                  .zone = KK_S("UTC"),
                  .modified = KK_NO_TIME,
                  .end = UINT64_MAX,
                  .base_name = o->name,
                  .step_count = o->step_count,
                  .incident = KK_NO_TIME};
    memcpy(job.steps, o->steps, sizeof job.steps);
    return job;
}

static bool unpack_member(kk_byte_reader *r, const placed *container, const placed *member,
                          opening *o)
{
    unpacking u = {.wanted = kk_from(member->path, container->path.len + 2),
                   .found = -1,
                   .arena = r->c->arena,
                   .base = o};
    kk_listener listener = {
        .context = &u, .tell = take_child, .spool = take_spool, .sibling = give_archive_sibling};
    kk_job job = job_for(o, container, KK_DO_PARSE);
    job.only = u.wanted;
    uint64_t batches;
    char why[120];
    kk_job_end end = kk_worker_run(r->worker, &job, &listener, 0, &batches, why);
    for (size_t i = 0; i < u.count; i++)
        if (u.spools[i] >= 0)
            close(u.spools[i]);
    close(o->fd);
    *o = (opening){.fd = u.found, .size = u.size};
    return end == KK_JOB_DONE && u.found >= 0;
}

static bool open_item(kk_byte_reader *r, const placed *p, opening *o, int depth)
{
    placed parent;
    if (!p->parent) {
        bool in_folder = kk_is(p->kind, "folder");
        kk_arena *arena = r->c->arena;
        kk_slice source = kk_name_bytes(arena, p->source), name = kk_name_bytes(arena, p->path);
        size_t slash = kk_rfind_byte(source, '/');
        kk_slice folder = in_folder ? source : kk_part(source, 0, slash == KK_NOWHERE ? 0 : slash);
        const char *file =
            in_folder ? kk_print(arena, "%.*s/%.*s", KK_P(source), KK_P(name)).ptr : source.ptr;
        *o = (opening){.fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK),
                       .size = p->size,
                       .name = name,
                       .folder = kk_copy(arena, folder)};
        return o->fd >= 0;
    }
    kk_param key = KK_U64(p->parent);
    if (depth > KK_STEPS_MAX || !load_place(r, "item_by_key", &key, 1, &parent) ||
        !open_item(r, &parent, o, depth + 1))
        return false;
    if (!p->token.len)
        return unpack_member(r, &parent, p, o);
    if (o->step_count == KK_STEPS_MAX)
        return false;
    o->steps[o->step_count++] = (kk_step){parent.parser, p->token};
    return true;
}

typedef struct {
    kk_arena *arena;
    const opening *base;
    kk_slice bytes;
} hearing_bytes;

static int give_sibling(void *context, kk_slice name, uint64_t *size)
{
    hearing_bytes *h = context;
    return open_beside(h->base, h->arena, name, size);
}

static void take_bytes(void *context, const kk_unpacked *thing)
{
    hearing_bytes *h = context;
    if (thing->kind != KK_PACK_ISSUE || thing->issue.kind != KK_ISSUE_FORMAT)
        return;
    kk_slice hex = thing->issue.what;
    char *bytes = kk_take(h->arena, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        uint64_t byte;
        if (!kk_hex_to_u64(kk_part(hex, i, 2), &byte))
            return;
        bytes[i / 2] = (char)byte;
    }
    h->bytes = (kk_slice){bytes, hex.len / 2};
}

/* An entry of a file system or an archive has a number and no place among the bytes of the container:
 * those at 0 are another thing's. */
static bool is_entry(const placed *p, const kk_ref *ref)
{
    const kk_parser *parser = kk_parser_by_name(p->parser);
    return parser && parser->is_container && ref->record && !ref->offset && !ref->length;
}

/* ---- what a parser makes of them ---- */

enum { SMALL_ITEM = 1 << 20, CHUNK = 65536 };

typedef struct {
    kk_arena *arena;
    const opening *base;
    uint64_t offset;
    kk_slice line;
} hearing_event;

static int give_event_sibling(void *context, kk_slice name, uint64_t *size)
{
    hearing_event *h = context;
    return open_beside(h->base, h->arena, name, size);
}

static void put_more(kk_json *j, kk_arena *arena, kk_slice more)
{
    const kk_json_value *pairs = kk_json_read(arena, more);
    for (const kk_json_value *p = pairs ? pairs->first : NULL; p; p = p->next)
        if (p->first && p->first->next)
            kk_json_text(j, kk_copy(arena, p->first->text).ptr, p->first->next->text);
}

static void take_event(void *context, const kk_unpacked *thing)
{
    hearing_event *h = context;
    const kk_event *e = &thing->event;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    if (thing->kind != KK_PACK_EVENT || e->offset != h->offset || h->line.len)
        return;
    kk_json_object(&j, NULL);
    if (e->time != KK_NO_TIME)
        kk_json_time(&j, "@timestamp", e->time);
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        if (e->text[f].len)
            kk_json_text(&j, kk_text_field_name((kk_text_field)f), e->text[f]);
    for (int f = 0; f < KK_NUMBER_FIELDS; f++)
        if (kk_has_number(e, (kk_number_field)f))
            kk_json_u64(&j, kk_number_field_name((kk_number_field)f), e->number[f]);
    put_more(&j, h->arena, kk_more_json(h->arena, thing->more));
    kk_json_close(&j);
    h->line = kk_copy(h->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
}

/* Where bytes are no text, the record there is read again as when it was taken in: the part of the item
 * that it cannot reach beyond, or the whole of a small one. */
static kk_slice text_at(kk_byte_reader *r, const opening *o, const placed *p, const kk_ref *ref,
                        kk_arena *arena)
{
    const kk_parser *parser = kk_parser_by_name(p->parser);
    hearing_event h = {.arena = arena, .base = o, .offset = ref->offset};
    kk_listener listener = {.context = &h, .tell = take_event, .sibling = give_event_sibling};
    char why[120];
    uint64_t batches;
    bool small =
        parser && parser->cut == KK_WHOLE && !parser->is_container && p->size <= SMALL_ITEM;
    if (!parser || !(small || parser->cut == KK_CHUNKS))
        return KK_NONE;
    kk_job job = job_for(o, p, KK_DO_PARSE);
    if (parser->cut == KK_CHUNKS) { /* the one that begins before it */
        job.begin = ref->offset < CHUNK ? 0 : ref->offset - CHUNK + 1;
        job.end = ref->offset + 1;
    }
    kk_job_end end = kk_worker_run(r->worker, &job, &listener, 0, &batches, why);
    return end == KK_JOB_DONE ? h.line : KK_NONE;
}

kk_slice kk_bytes_at(void *context, const kk_ref *ref, kk_arena *arena, kk_slice *text)
{
    enum { UNKNOWN_LENGTH = 200 };
    kk_byte_reader *r = context;
    placed p;
    opening o = {.fd = -1};
    hearing_bytes h = {.arena = arena, .base = &o};
    kk_listener listener = {.context = &h, .tell = take_bytes, .sibling = give_sibling};
    size_t table = kk_rfind_byte(ref->path, '#');
    kk_slice path = table == KK_NOWHERE ? ref->path : kk_part(ref->path, 0, table);
    kk_param where[] = {KK_TEXT(ref->evidence), KK_TEXT(path)};
    char why[120];
    uint64_t batches;
    *text = KK_NONE;
    if (!r->worker || !load_place(r, "item_place", where, 2, &p) || is_entry(&p, ref) ||
        !open_item(r, &p, &o, 0)) {
        if (o.fd >= 0)
            close(o.fd);
        return KK_NONE;
    }
    kk_job job = job_for(&o, &p, KK_DO_READ);
    job.begin = ref->offset;
    job.end = ref->offset + (ref->length ? ref->length : UNKNOWN_LENGTH);
    if (kk_worker_run(r->worker, &job, &listener, 0, &batches, why) != KK_JOB_DONE)
        h.bytes = KK_NONE;
    else
        *text = text_at(r, &o, &p, ref, arena);
    close(o.fd);
    return h.bytes;
}

kk_status kk_byte_reader_open(kk_case *c, bool unsafe_no_sandbox, kk_byte_reader **out,
                              kk_fault *fault)
{
    kk_byte_reader *r = KK_NEW(c->arena, kk_byte_reader);
    r->c = c;
    kk_status status = kk_pool_open(unsafe_no_sandbox, &r->pool, fault);
    if (status == KK_OK)
        status = kk_worker_open(r->pool, &r->worker, fault);
    *out = r;
    return status;
}

void kk_byte_reader_close(kk_byte_reader *r)
{
    if (!r)
        return;
    kk_worker_close(r->worker);
    kk_pool_close(r->pool);
}
