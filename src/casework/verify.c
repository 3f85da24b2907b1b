#include "casework/verify.h"

#include "base/text.h"
#include "casework/states.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum { INTACT, CHANGED, MISSING } state;

typedef struct {
    kk_sha256 digest;
    bool heard;
} hashing;

static void take_hash(void *context, const kk_unpacked *thing)
{
    hashing *h = context;
    if (thing->kind != KK_PACK_IDENTITY)
        return;
    h->heard = thing->identity.has_hash && !thing->identity.unreadable;
    h->digest = thing->identity.sha256;
}

static state check_file(kk_worker *worker, const char *path, kk_slice expected)
{
    struct stat status;
    hashing h = {.heard = false};
    kk_listener listener = {.context = &h, .tell = take_hash};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (fd >= 0)
            close(fd);
        return MISSING;
    }
    kk_job job = {.parts = KK_DO_HASH,
                  .fd = fd,
                  .size = (uint64_t)status.st_size,
                  .path = KK_S("verify"),
                  .zone = KK_S("UTC"),
                  .end = UINT64_MAX,
                  .modified = KK_NO_TIME,
                  .incident = KK_NO_TIME};
    uint64_t batches;
    char why[120];
    bool done = kk_worker_run(worker, &job, &listener, 0, &batches, why) == KK_JOB_DONE && h.heard;
    close(fd);
    return done && expected.len == 32 && memcmp(expected.ptr, h.digest.bytes, 32) == 0 ? INTACT
                                                                                       : CHANGED;
}

static void write_one(kk_json *j, kk_slice id, state s)
{
    static const char *const words[] = {"intact", "changed", "missing"};
    kk_json_object(j, NULL);
    kk_json_text(j, "id", id);
    kk_json_cstr(j, "status", words[s]);
    kk_json_close(j);
}

/* One entry per evidence: the worst of its files. */
static kk_status check_evidence(kk_case *c, kk_worker *worker, kk_json *j, bool *good,
                                kk_fault *fault)
{
    kk_rows *rows;
    kk_slice id = KK_NONE;
    state worst = INTACT;
    kk_status status = kk_ask(c->store, "verify_files", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_json_array(j, "evidence");
    while (kk_rows_next(rows)) {
        if (id.len && !kk_eq(id, kk_rows_text(rows, 1))) {
            write_one(j, id, worst);
            worst = INTACT;
        }
        id = kk_copy(c->arena, kk_rows_text(rows, 1));
        if (kk_rows_null(rows, 6)) {
            worst = access(kk_name_bytes(c->arena, kk_rows_text(rows, 3)).ptr, F_OK) == 0 ? worst
                                                                                          : MISSING;
            continue;
        }
        bool in_folder = kk_is(kk_rows_text(rows, 4), "folder");
        kk_slice source = kk_rows_text(rows, 3), below = kk_rows_text(rows, 5);
        size_t slash = kk_rfind_byte(source, '/');
        kk_slice folder = in_folder ? source : kk_part(source, 0, slash);
        kk_slice path = kk_print(c->arena, "%.*s/%.*s", KK_P(folder), KK_P(below));
        state s = check_file(worker, kk_name_bytes(c->arena, path).ptr, kk_rows_text(rows, 6));
        worst = s > worst ? s : worst;
        *good = *good && s == INTACT;
    }
    if (id.len)
        write_one(j, id, worst);
    *good = *good && worst == INTACT;
    kk_json_close(j);
    return kk_rows_close(rows, fault);
}

static kk_status check_ledger(kk_case *c, kk_json *j, bool *good, kk_fault *fault)
{
    kk_ledger_state ledger;
    kk_status status = kk_ledger_verify(c->arena, c->path.ptr, &ledger, fault);
    if (status != KK_OK)
        return status;
    kk_json_object(j, "ledger");
    kk_json_u64(j, "entries", ledger.entries);
    kk_json_cstr(j, "status", ledger.intact ? "intact" : "broken");
    if (ledger.intact)
        kk_json_null(j, "broken_at");
    else
        kk_json_u64(j, "broken_at", ledger.broken_at);
    kk_json_text(j, "public_key", ledger.public_key);
    kk_json_text(j, "last", ledger.last);
    kk_json_close(j);
    *good = *good && ledger.intact;
    return KK_OK;
}

/* Every signature of the decisions, and whether the ledger knows of ones that are gone. */
static kk_status check_decisions(kk_case *c, kk_json *j, bool *good, kk_fault *fault)
{
    kk_decisions *decisions;
    kk_status status = kk_decisions_read(c->arena, c->path.ptr, true, &decisions, fault);
    if (status != KK_OK)
        return status;
    kk_json_object(j, "decisions");
    kk_json_u64(j, "entries", decisions->count);
    kk_json_cstr(j, "status", decisions->intact ? "intact" : "broken");
    if (decisions->intact)
        kk_json_null(j, "broken_at");
    else
        kk_json_u64(j, "broken_at", decisions->broken_at);
    if (!decisions->intact)
        kk_json_cstr(j, "why", decisions->why);
    if (decisions->torn)
        kk_json_bool(j, "torn", true);
    kk_json_close(j);
    *good = *good && decisions->intact;
    return KK_OK;
}

kk_status kk_case_verify(kk_case *c, bool unsafe_no_sandbox, kk_buffer *out, bool *good,
                         kk_fault *fault)
{
    kk_pool *pool = NULL;
    kk_worker *worker = NULL;
    kk_json j = {.out = out};
    *good = true;
    kk_status status = kk_pool_open(unsafe_no_sandbox, &pool, fault);
    if (status == KK_OK)
        status = kk_worker_open(pool, &worker, fault);
    kk_json_object(&j, NULL);
    if (status == KK_OK)
        status = kk_document_head(c, &j, fault);
    if (status == KK_OK)
        status = check_evidence(c, worker, &j, good, fault);
    if (status == KK_OK)
        status = check_ledger(c, &j, good, fault);
    if (status == KK_OK)
        status = check_decisions(c, &j, good, fault);
    if (status == KK_OK)
        status = kk_case_verify_states(c, &j, good, fault);
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    kk_worker_close(worker);
    kk_pool_close(pool);
    return status;
}
