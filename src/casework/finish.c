#include "casework/finish.h"

#include <stdio.h>

kk_status evidence_hash(kk_case *c, uint32_t evidence, bool is_folder, kk_slice *hex,
                        uint64_t *bytes, kk_fault *fault)
{
    kk_rows *rows;
    kk_buffer manifest = {0};
    kk_param number = KK_U64(evidence);
    kk_slice only = KK_NONE;
    size_t files = 0;
    *bytes = 0;
    kk_status status = kk_ask(c->store, "evidence_files", NULL, &number, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice text = kk_rows_text(rows, 1);
        kk_putf(&manifest, "%.*s  %.*s\n", KK_P(text), KK_P(kk_rows_text(rows, 0)));
        if (!files++)
            only = kk_copy(c->arena, text);
        *bytes += kk_rows_u64(rows, 2);
    }
    kk_sha256 digest = kk_sha256_of(kk_buffer_slice(&manifest));
    *hex = is_folder || files > 1 ? kk_sha256_hex(c->arena, &digest) : only;
    kk_buffer_close(&manifest);
    return kk_rows_close(rows, fault);
}

static kk_status change(kk_case *c, const char *query, const kk_param *values, size_t count,
                        kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, query, NULL, values, count, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        ;
    return kk_rows_close(rows, fault);
}

static kk_status keep(kk_case *c, uint32_t evidence, kk_slice hex, uint64_t bytes, kk_fault *fault)
{
    const kk_param values[] = {KK_TEXT(hex), KK_U64(bytes), KK_U64(evidence)};
    return change(c, "evidence_finish", values, 3, fault);
}

typedef struct {
    uint32_t number;
    bool is_folder;
    kk_slice label, expected;
} finished;

static kk_status finish_one(kk_case *c, const finished *e, bool *mismatch, kk_fault *fault)
{
    kk_slice hex = KK_NONE;
    uint64_t bytes = 0;
    kk_status status = evidence_hash(c, e->number, e->is_folder, &hex, &bytes, fault);
    if (status == KK_OK && e->expected.len && hex.len && !kk_eq_nocase(e->expected, hex)) {
        *mismatch = true;
        fprintf(stderr,
                "kakuho: EVIDENCE HAS CHANGED: %.*s: its SHA-256 is %.*s, but it was acquired with "
                "%.*s: find out "
                "which copy this is before relying on it\n",
                KK_P(e->label), KK_P(hex), KK_P(e->expected));
    }
    return status == KK_OK ? keep(c, e->number, hex, bytes, fault) : status;
}

kk_status lines_finish(kk_case *c, kk_fault *fault)
{
    kk_status status = change(c, "mentions_by_line", NULL, 0, fault);
    return status == KK_OK ? change(c, "personal_by_line", NULL, 0, fault) : status;
}

kk_status evidence_finish(kk_case *c, bool *mismatch, kk_fault *fault)
{
    kk_rows *rows;
    finished *list = NULL;
    size_t count = 0, capacity = 0;
    *mismatch = false;
    kk_status status = kk_ask(c->store, "evidence_all", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        list = kk_grow(c->arena, list, &capacity, count + 1, sizeof *list);
        list[count++] = (finished){
            (uint32_t)kk_rows_u64(rows, 0), kk_is(kk_rows_text(rows, 4), "folder"),
            kk_copy(c->arena, kk_rows_text(rows, 2)), kk_copy(c->arena, kk_rows_text(rows, 8))};
    }
    status = kk_rows_close(rows, fault);
    for (size_t i = 0; i < count && status == KK_OK; i++)
        status = finish_one(c, &list[i], mismatch, fault);
    return status;
}
