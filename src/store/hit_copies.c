/* Which hits are told once though they stand in several places. A case may hold millions: they are compared a stretch of
 * time at once, so that the store's memory is enough. */
#include "store/hits.h"

#include "base/buffer.h"

enum { AT_ONCE = 200000, STRETCHES_MOST = 2000 };

static kk_status ask_number(kk_store *store, const char *question, uint64_t rules, uint64_t *out,
                            kk_fault *fault)
{
    kk_rows *rows;
    const kk_param number = KK_U64(rules);
    kk_status status = kk_ask(store, question, NULL, &number, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    *out = kk_rows_next(rows) ? kk_rows_u64(rows, 0) : 0;
    return kk_rows_close(rows, fault);
}

/* The nanosecond that each stretch begins with. Where one second has more hits than a stretch is to have, several
 * begin with it. */
static kk_status find_stretches(kk_store *store, uint64_t rules, kk_time *begins, size_t count,
                                kk_fault *fault)
{
    kk_buffer shares = {0};
    kk_rows *rows;
    const kk_param number = KK_U64(rules);
    begins[0] = INT64_MIN;
    for (size_t i = 1; i < count; i++)
        kk_putf(&shares, "%s%.6f", i > 1 ? ", " : "", (double)i / (double)count);
    kk_put_byte(&shares, '\0');
    kk_status status = kk_ask(store, "hits_spread", shares.ptr, &number, 1, &rows, fault);
    kk_buffer_close(&shares);
    if (status != KK_OK)
        return status;
    for (size_t i = 1; i < count; i++) {
        int64_t second = kk_rows_next(rows) ? kk_rows_i64(rows, 0) : 0;
        begins[i] = second > 0 ? second * KK_SECOND : begins[i - 1];
    }
    return kk_rows_close(rows, fault);
}

static kk_status find_copies(kk_store *store, uint64_t rules, kk_time from, kk_time to,
                             uint64_t parts, kk_fault *fault)
{
    kk_status status = KK_OK;
    for (uint64_t part = 0; part < parts && status == KK_OK; part++) {
        kk_rows *rows;
        const kk_param params[] = {KK_U64(rules), KK_I64(from), KK_I64(to), KK_U64(parts),
                                   KK_U64(part)};
        status = kk_ask(store, "hits_copies", NULL, params, 5, &rows, fault);
        if (status == KK_OK)
            status = kk_rows_close(rows, fault);
    }
    return status;
}

/* Behind the others: what stands in several logs is the same number there. */
static kk_status find_unnumbered(kk_store *store, uint64_t rules, kk_time from, kk_time to,
                                 kk_fault *fault)
{
    kk_rows *rows;
    const kk_param params[] = {KK_U64(rules), KK_I64(from), KK_I64(to)};
    kk_status status = kk_ask(store, "hits_unnumbered", NULL, params, 3, &rows, fault);
    return status == KK_OK ? kk_rows_close(rows, fault) : status;
}

static kk_status find_all_copies(kk_store *store, uint64_t rules, size_t count, kk_arena *arena,
                                 kk_fault *fault)
{
    kk_time *begins = KK_NEW_ARRAY(arena, kk_time, count);
    uint64_t exported = 0;
    begins[0] = INT64_MIN;
    kk_status status = ask_number(store, "hits_in_exports", rules, &exported, fault);
    if (count > 1 && status == KK_OK)
        status = find_stretches(store, rules, begins, count, fault);
    for (size_t i = 0, next; i < count && status == KK_OK; i = next) {
        for (next = i + 1; next < count && begins[next] <= begins[i];)
            next++;
        kk_time to = next < count ? begins[next] - 1 : INT64_MAX;
        status = find_copies(store, rules, begins[i], to, next - i, fault);
        if (status == KK_OK && exported)
            status = find_unnumbered(store, rules, begins[i], to, fault);
    }
    return status;
}

kk_status kk_hits_find_uncounted(kk_store *store, uint64_t rules, kk_fault *fault)
{
    uint64_t hits = 0, ignored;
    kk_arena *arena = kk_arena_open();
    kk_status status = kk_store_run(store, "DELETE FROM uncounted_hits", fault);
    if (status == KK_OK)
        status = ask_number(store, "hits_count", rules, &hits, fault);
    uint64_t stretches = hits / AT_ONCE + 1;
    if (stretches > STRETCHES_MOST)
        stretches = STRETCHES_MOST;
    if (status == KK_OK && hits)
        status = find_all_copies(store, rules, (size_t)stretches, arena, fault);
    if (status == KK_OK)
        status = ask_number(store, "hits_recovered", rules, &ignored, fault);
    kk_arena_close(arena);
    return status;
}
