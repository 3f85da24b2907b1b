#include "casework/reports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casework/states.h"
#include "report/check.h"
#include "report/report.h"
#include "worker/walled.h"

static kk_status load_evidence(kk_case *c, kk_report_input *input, kk_fault *fault)
{
    kk_rows *rows;
    kk_report_evidence *list = NULL;
    size_t capacity = 0;
    kk_status status = kk_ask(c->store, "evidence_all", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        list = kk_grow(c->arena, list, &capacity, input->evidence_count + 1, sizeof *list);
        list[input->evidence_count++] =
            (kk_report_evidence){.id = kk_copy(c->arena, kk_rows_text(rows, 1)),
                                 .label = kk_copy(c->arena, kk_rows_text(rows, 2)),
                                 .source = kk_copy(c->arena, kk_rows_text(rows, 3)),
                                 .kind = kk_copy(c->arena, kk_rows_text(rows, 4)),
                                 .host = kk_copy(c->arena, kk_rows_text(rows, 5)),
                                 .bytes = kk_rows_u64(rows, 6),
                                 .sha256 = kk_copy(c->arena, kk_rows_text(rows, 7)),
                                 .taken_in = kk_rows_i64(rows, 9)};
    }
    input->evidence = list;
    return kk_rows_close(rows, fault);
}

static kk_status load_failures(kk_case *c, kk_report_input *input, kk_fault *fault)
{
    kk_rows *rows;
    kk_report_failure *list = NULL;
    size_t capacity = 0;
    kk_status status = kk_ask(c->store, "failures", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        list = kk_grow(c->arena, list, &capacity, input->failure_count + 1, sizeof *list);
        list[input->failure_count++] = (kk_report_failure){
            kk_copy(c->arena, kk_rows_text(rows, 0)), kk_copy(c->arena, kk_rows_text(rows, 1)),
            kk_copy(c->arena, kk_rows_text(rows, 3))};
    }
    input->failures = list;
    return kk_rows_close(rows, fault);
}

static kk_status write_text(const char *path, kk_slice text, kk_fault *fault)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0;
    for (size_t at = 0; good && at < text.len;) {
        ssize_t n = write(fd, text.ptr + at, text.len - at);
        good = n > 0;
        at += good ? (size_t)n : 0;
    }
    if (fd >= 0 && close(fd) != 0)
        good = false;
    return good ? KK_OK : kk_fail(fault, KK_IO, "cannot write %s: %s", path, strerror(errno));
}

typedef struct {
    kk_case *c;
    const kk_report_input *input;
    kk_slice folder;
    void (*written)(void *context, kk_slice path);
    void *context;
} writing;

static kk_status write_report(writing *w, kk_slice kind, kk_slice lang, kk_slice format,
                              kk_fault *fault)
{
    kk_buffer text = {0};
    kk_arena *arena = w->c->arena;
    kk_slice name = kk_print(arena, "%.*s.%.*s.%.*s", KK_P(kind), KK_P(lang), KK_P(format));
    kk_slice path = kk_print(arena, "%.*s/%.*s", KK_P(w->folder), KK_P(name));
    kk_status status = kk_report_render(w->input, kind, lang, format, &text, fault);
    if (status == KK_OK)
        status = write_text(path.ptr, kk_buffer_slice(&text), fault);
    if (status == KK_OK && w->c->ledger) {
        kk_sha256 digest = kk_sha256_of(kk_buffer_slice(&text));
        kk_slice details =
            kk_print(arena, "{\"report\":\"%.*s\",\"sha256\":\"%.*s\",\"state\":\"%.*s\"}",
                     KK_P(name), KK_P(kk_sha256_hex(arena, &digest)), KK_P(w->input->state));
        status = kk_ledger_append(w->c->ledger, w->c->now, "report", details, fault);
    }
    kk_buffer_close(&text);
    if (status == KK_OK)
        w->written(w->context, path);
    return status;
}

/* All that a report is made of; memory is the case's. */
static kk_status make_input(kk_case *c, kk_report_input *input, kk_fault *fault)
{
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    kk_known_facts *facts = KK_NEW(c->arena, kk_known_facts);
    uint64_t kept;
    kk_report_change *changes = NULL;
    kk_status status = kk_case_answers(c, KK_NEEDS_CLAIMS, a, fault);
    if (status != KK_OK)
        return status;
    status = kk_case_keep_count(c, a, &kept, fault);
    if (status != KK_OK && c->writing) /* who only reads may not be allowed to */
        return status;
    *facts = kk_case_facts(c, a);
    *input = (kk_report_input){.facts = facts,
                               .claims = &a->claims,
                               .deadlines = kk_case_deadlines(c, a),
                               .case_name = c->name,
                               .state = kk_case_state(c, fault),
                               .so_far = c->so_far};
    status = input->state.len ? load_evidence(c, input, fault) : KK_STORE;
    if (status == KK_OK && !c->so_far)
        status = kk_case_reported_changes(c, a, &changes, &input->change_count, fault);
    input->changes = changes;
    return status == KK_OK ? load_failures(c, input, fault) : status;
}

kk_status kk_case_report(kk_case *c, const kk_slice *kinds, size_t kind_count,
                         const kk_slice *langs, size_t lang_count, const kk_slice *formats,
                         size_t format_count, kk_slice folder,
                         void (*written)(void *context, kk_slice path), void *context,
                         kk_fault *fault)
{
    kk_report_input input;
    kk_status status = make_input(c, &input, fault);
    writing w = {c, &input, folder.len ? folder : kk_print(c->arena, "%.*s/reports", KK_P(c->path)),
                 written, context};
    if (status == KK_OK && mkdir(kk_copy(c->arena, w.folder).ptr, 0700) != 0 && errno != EEXIST)
        status = kk_fail(fault, KK_IO, "cannot make the folder %.*s: %s", KK_P(w.folder),
                         strerror(errno));
    for (size_t k = 0; k < kind_count; k++)
        for (size_t l = 0; l < lang_count; l++)
            for (size_t f = 0; f < format_count && status == KK_OK; f++)
                status = write_report(&w, kinds[k], langs[l], formats[f], fault);
    return status;
}

enum { DRAFT_MOST = 4 << 20 };

static kk_status read_draft(kk_arena *arena, const char *path, kk_slice *out, kk_fault *fault)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > DRAFT_MOST) {
        const char *why = fd < 0 ? strerror(errno) : "no regular file, or larger than 4 MiB";
        if (fd >= 0)
            close(fd);
        return kk_fail(fault, KK_INVALID,
                       "cannot read the draft %s: %s: give a text or Markdown file", path, why);
    }
    char *bytes = kk_take(arena, (size_t)status.st_size + 1);
    ssize_t n = read(fd, bytes, (size_t)status.st_size);
    close(fd);
    *out = (kk_slice){bytes, n > 0 ? (size_t)n : 0};
    return KK_OK;
}

typedef struct {
    const kk_report_input *input;
    kk_slice draft;
} checking;

/* Behind the walls: the statements, then one byte that says whether anything was contradicted. */
static void check_draft(void *context, kk_buffer *out)
{
    checking *k = context;
    kk_arena *arena = kk_arena_open();
    kk_draft_check check = {0};
    kk_fault fault = {0};
    kk_json j = {.out = out};
    kk_json_object(&j, NULL);
    if (kk_check_draft(k->input, k->draft, arena, &check, &fault) == KK_OK)
        kk_check_json(&j, &check);
    kk_json_close(&j);
    kk_put_byte(out, check.contradicted ? 'n' : 'y');
}

kk_status kk_case_check(kk_case *c, const kk_options *options, const char *draft, kk_buffer *out,
                        bool *good, kk_fault *fault)
{
    kk_report_input input;
    kk_arena *arena = c ? c->arena : kk_arena_open();
    checking k = {c ? &input : NULL, KK_NONE};
    kk_buffer answer = {0};
    kk_json j = {.out = out};
    kk_status status = read_draft(arena, draft, &k.draft, fault);
    if (status == KK_OK && c)
        status = make_input(c, &input, fault);
    if (status == KK_OK)
        status = kk_walled(options->unsafe_no_sandbox, check_draft, &k, &answer, fault);
    kk_json_object(&j, NULL);
    if (status == KK_OK && c)
        status = kk_document_head(c, &j, fault);
    if (status == KK_OK && answer.len > 3) { /* {...}y: its members go into this document */
        *good = answer.ptr[answer.len - 1] == 'y';
        if (c)
            kk_put_byte(out, ',');
        kk_put(out, kk_part(kk_buffer_slice(&answer), 1, answer.len - 3));
    }
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    kk_buffer_close(&answer);
    if (!c)
        kk_arena_close(arena);
    return status;
}
