/* What several lines tell of a session together: visits to web servers without an account, and the
 * bytes of ssh sessions, whose lines stand under another process than the logon. */
#include "analyse/sessions.h"
#include "base/sorted.h"

static kk_ref ref_at(kk_arena *arena, const kk_rows *rows, size_t column)
{
    return (kk_ref){kk_copy(arena, kk_rows_text(rows, column)),
                    kk_copy(arena, kk_rows_text(rows, column + 1)), kk_rows_u64(rows, column + 2),
                    kk_rows_u64(rows, column + 3), (uint32_t)kk_rows_u64(rows, column + 4)};
}

static bool same_ref(const kk_ref *a, const kk_ref *b)
{
    return a->record == b->record && a->offset == b->offset && kk_eq(a->path, b->path) &&
           kk_eq(a->evidence, b->evidence);
}

kk_status sessions_add_visits(kk_store *store, session_list *l, kk_arena *arena, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "web_visits", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        l->items = kk_grow(arena, l->items, &l->capacity, l->count + 1, sizeof *l->items);
        kk_session *s = &l->items[l->count++];
        kk_ref first = ref_at(arena, rows, 7);
        *s = (kk_session){.kind = KK_BY_WEB,
                          .host = kk_copy(arena, kk_rows_text(rows, 0)),
                          .from_ip = kk_copy(arena, kk_rows_text(rows, 1)),
                          .start = kk_rows_i64(rows, 2),
                          .end = kk_rows_i64(rows, 3),
                          .parent = KK_NOWHERE,
                          .has_bytes = !kk_rows_null(rows, 5),
                          .bytes_in = kk_rows_u64(rows, 4),
                          .bytes_out = kk_rows_u64(rows, 5),
                          .ran_program = kk_rows_u64(rows, 6) > 0};
        kk_refs_add(arena, &s->refs, &first);
        if (s->ran_program) {
            kk_ref run = ref_at(arena, rows, 12);
            if (!same_ref(&first, &run))
                kk_refs_add(arena, &s->refs, &run);
        }
    }
    return kk_rows_close(rows, fault);
}

/* The latest that fits; sessions are sorted by start, and so is who shares an address. */
static kk_session *ssh_session_at(session_list *l, kk_arena *scratch, const kk_rows *rows)
{
    const kk_time slack = 5 * KK_SECOND;
    kk_time at = kk_rows_i64(rows, 3);
    kk_slice account = account_folded(scratch, kk_rows_text(rows, 1));
    size_t i = 0, count;
    const size_t *own = text_group_of(&l->by_address, kk_rows_text(rows, 2), &count);
    KK_LOWER_BOUND(i, count, l->items[own[i]].start <= at + slack);
    while (i-- > 0) {
        kk_session *s = &l->items[own[i]];
        if (s->kind == KK_BY_SSH && (s->end == KK_NO_TIME || s->end + slack >= at) &&
            kk_eq_nocase(s->host, kk_rows_text(rows, 0)) && kk_eq(l->accounts[own[i]], account))
            return s;
    }
    return NULL;
}

kk_status sessions_add_ssh_bytes(kk_store *store, session_list *l, kk_fault *fault)
{
    kk_arena *scratch = kk_arena_open();
    kk_rows *rows;
    kk_status status = kk_ask(store, "ssh_bytes", NULL, NULL, 0, &rows, fault);
    while (status == KK_OK && kk_rows_next(rows)) {
        kk_session *s = ssh_session_at(l, scratch, rows);
        kk_arena_reset(scratch);
        if (!s)
            continue;
        uint64_t brought = kk_rows_u64(rows, 4), carried = kk_rows_u64(rows, 5);
        /* Files and the server's own total are told apart: the larger holds the other. */
        s->bytes_in = !s->has_bytes || brought > s->bytes_in ? brought : s->bytes_in;
        s->bytes_out = !s->has_bytes || carried > s->bytes_out ? carried : s->bytes_out;
        s->has_bytes = true;
    }
    kk_arena_close(scratch);
    return status == KK_OK ? kk_rows_close(rows, fault) : status;
}
