/* The units that a stream needs: those that an earlier run did not finish. */
#include "worker/intake_i.h"

#include "parse/parser.h"

static void put_list_again(queue *q, const unit *like)
{
    unit u = *like;
    u.range = RANGE_OF_LIST;
    u.parts = KK_DO_FACTS | KK_DO_PARSE;
    u.end = UINT64_MAX;
    u.priority = 20;
    queue_put(q, unit_open(&u));
}

void put_units(queue *q, const unit *like, unsigned parts)
{
    const kk_parser *parser = kk_parser_by_name(like->parser);
    uint64_t ranges = ranges_of(like->parser, like->size);
    bool forgotten = false;
    if (is_cut_table(like->parser, like->size)) {
        put_table(q, like, parts);
        return;
    }
    for (uint64_t i = 0; i < ranges; i++) {
        unit u = *like;
        bool stale;
        u.range = (uint32_t)i;
        u.parts = parts;
        u.begin = i * RANGE_BYTES;
        u.end = i + 1 == ranges ? UINT64_MAX : (i + 1) * RANGE_BYTES;
        u.priority = parser ? parser->priority : 10;
        if (known_unit(q->known, u.item, u.range, settings_with_helper(&u), NULL) ||
            known_unit(q->known, u.item, u.range, settings_of(&u), &stale))
            continue;
        if (q->again && stale && !known_locked(q->known, u.item))
            continue; /* another version read it: not what this pass is for */
        kk_fault fault;
        if (stale && !forgotten && kk_store_forget(q->settings->store, u.item, &fault) != KK_OK)
            queue_fail(q, &fault);
        forgotten = forgotten || stale;
        queue_put(q, unit_open(&u));
    }
    if (known_unfinished(q->known, like->item) && !forgotten) /* else all of it is read again */
        put_list_again(q, like);
}
