#include "casework/reports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casework/answers.h"
#include "report/report.h"

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
        list[input->evidence_count++] = (kk_report_evidence){
            .id = kk_copy(c->arena, kk_rows_text(rows, 1)), .label = kk_copy(c->arena, kk_rows_text(rows, 2)),
            .source = kk_copy(c->arena, kk_rows_text(rows, 3)), .kind = kk_copy(c->arena, kk_rows_text(rows, 4)),
            .host = kk_copy(c->arena, kk_rows_text(rows, 5)), .bytes = kk_rows_u64(rows, 6),
            .sha256 = kk_copy(c->arena, kk_rows_text(rows, 7)), .taken_in = kk_rows_i64(rows, 9)};
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
        list[input->failure_count++] = (kk_report_failure){kk_copy(c->arena, kk_rows_text(rows, 0)),
                                                           kk_copy(c->arena, kk_rows_text(rows, 1)),
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

static kk_status write_report(writing *w, kk_slice kind, kk_slice lang, kk_slice format, kk_fault *fault)
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
        kk_slice details = kk_print(arena, "{\"report\":\"%.*s\",\"sha256\":\"%.*s\",\"state\":\"%.*s\"}", KK_P(name),
                                    KK_P(kk_sha256_hex(arena, &digest)), KK_P(w->input->state));
        status = kk_ledger_append(w->c->ledger, w->c->now, "report", details, fault);
    }
    kk_buffer_close(&text);
    if (status == KK_OK)
        w->written(w->context, path);
    return status;
}

kk_status kk_case_report(kk_case *c, const kk_slice *kinds, size_t kind_count, const kk_slice *langs, size_t lang_count,
                         const kk_slice *formats, size_t format_count, kk_slice folder,
                         void (*written)(void *context, kk_slice path), void *context, kk_fault *fault)
{
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    kk_status status = kk_case_answers(c, KK_NEEDS_CLAIMS, a, fault);
    if (status != KK_OK)
        return status;
    kk_known_facts facts = {c->store, c->settings, &a->access, &a->exfil, &a->persons, c->now};
    kk_report_input input = {.facts = &facts, .claims = &a->claims, .deadlines = kk_case_deadlines(c, a),
                             .case_name = c->name, .state = kk_case_state(c, fault), .so_far = c->so_far};
    status = input.state.len ? load_evidence(c, &input, fault) : KK_STORE;
    if (status == KK_OK)
        status = load_failures(c, &input, fault);
    writing w = {c, &input, folder.len ? folder : kk_print(c->arena, "%.*s/reports", KK_P(c->path)), written, context};
    if (status == KK_OK && mkdir(kk_copy(c->arena, w.folder).ptr, 0700) != 0 && errno != EEXIST)
        status = kk_fail(fault, KK_IO, "cannot make the folder %.*s: %s", KK_P(w.folder), strerror(errno));
    for (size_t k = 0; k < kind_count; k++)
        for (size_t l = 0; l < lang_count; l++)
            for (size_t f = 0; f < format_count && status == KK_OK; f++)
                status = write_report(&w, kinds[k], langs[l], formats[f], fault);
    return status;
}
