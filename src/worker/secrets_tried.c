/* Whether all that the evidence told of passwords was tried on all that is closed: by a hash of both, so that repeating
 * `add` costs nothing. */
#include "worker/intake_i.h"

#include "base/hash.h"
#include "parse/parser.h"

/* Rows of one query, those of parsers that open nothing left out where it names parsers. */
static kk_status put_rows(kk_store *store, const char *query, bool by_parser, kk_buffer *out,
                          size_t *count, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, query, NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        const kk_parser *parser = by_parser ? kk_parser_by_name(kk_rows_text(rows, 1)) : NULL;
        const uint64_t row[2] = {kk_rows_u64(rows, 0), by_parser ? 0 : kk_rows_u64(rows, 1)};
        if (by_parser && !(parser && parser->opens_locks))
            continue;
        kk_put_bytes(out, row, sizeof row);
        *count += 1;
    }
    return kk_rows_close(rows, fault);
}

kk_status tries_state(kk_store *store, tried_state *t, kk_fault *fault)
{
    static const uint64_t version = 1; /* of what is looked for */
    kk_buffer places = {0};
    kk_rows *rows;
    kk_put_bytes(&places, &version, sizeof version);
    *t = (tried_state){0};
    kk_status status = put_rows(store, "known_locked", true, &places, &t->locked, fault);
    if (status == KK_OK)
        status = put_rows(store, "known_tellers", false, &places, &t->tellers, fault);
    t->state = kk_hash_quick(kk_buffer_slice(&places));
    kk_buffer_close(&places);
    if (status == KK_OK)
        status = kk_ask(store, "known_tries", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        t->done = t->done || kk_rows_u64(rows, 0) == t->state;
    return kk_rows_close(rows, fault);
}

kk_status tries_done(kk_store *store, kk_fault *fault)
{
    tried_state t;
    kk_lane *lane = NULL;
    kk_status status = tries_state(store, &t, fault);
    if (status != KK_OK || t.done)
        return status;
    status = kk_lane_open(store, &lane, fault);
    if (status == KK_OK) {
        kk_lane_tried(lane, t.state);
        status = kk_lane_commit(lane, fault);
    }
    kk_lane_close(lane);
    return status;
}
