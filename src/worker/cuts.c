/* Large tables, read by several workers. Only who has read all rows above knows where a row begins and what
 * number it has, so one unit (RANGE_OF_CUTS) goes through the table first and tells places, which is a
 * tenth of the work; each place makes a unit of the range that it ends. The unit tells all that is
 * damaged, the ranges tell rows alone. */
#include "worker/intake_i.h"

#include "parse/parser.h"

/* What an earlier run with other settings left of any range goes. */
static bool forget_stale(queue *q, const unit *like)
{
    unit u = *like;
    uint64_t ranges = ranges_of(u.parser, u.size);
    bool is_stale = false;
    for (uint64_t i = 0; i <= ranges && !is_stale; i++) {
        u.range = i < ranges ? (uint32_t)i : RANGE_OF_CUTS;
        (void)known_unit(q->known, u.item, u.range, settings_of(&u), &is_stale);
    }
    kk_fault fault;
    if (is_stale && kk_store_forget(q->settings->store, u.item, &fault) != KK_OK)
        queue_fail(q, &fault);
    return is_stale;
}

void put_table(queue *q, const unit *like, unsigned parts)
{
    const kk_parser *parser = kk_parser_by_name(like->parser);
    uint64_t ranges = ranges_of(like->parser, like->size);
    bool forgotten = forget_stale(q, like), all = !forgotten;
    unit u = *like;
    for (uint64_t i = 0; i < ranges && all; i++) {
        u.range = (uint32_t)i;
        all = known_unit(q->known, u.item, u.range, settings_of(&u), NULL);
    }
    u.range = RANGE_OF_CUTS;
    bool is_told = !forgotten && known_unit(q->known, u.item, u.range, settings_of(&u), NULL);
    if (is_told && all)
        return;
    if (is_told) /* for its places alone: what is damaged stands in the store */
        u.range = RANGE_OF_LIST;
    u.parts = is_told ? KK_DO_PARSE : parts;
    u.begin = 0;
    u.end = UINT64_MAX;
    u.priority = parser->priority;
    queue_put(q, unit_open(&u));
}

static void put_range(hearing *h, uint64_t end)
{
    unit u = *h->u;
    u.range = (uint32_t)(h->cuts - 1);
    u.parts = KK_DO_PARSE;
    u.begin = h->cut.offset;
    u.end = end;
    u.place = h->cut.place;
    u.priority = kk_parser_by_name(u.parser)->priority;
    if (!known_unit(h->q->known, u.item, u.range, settings_of(&u), NULL))
        queue_put(h->q, unit_open(&u));
}

void hear_cut(hearing *h, const kk_cut_place *cut)
{
    unit *u = h->u;
    bool is_asked = !u->place.len && is_cut_table(u->parser, u->size) && cut->place.len;
    if (!is_asked || h->cuts == ranges_of(u->parser, u->size) ||
        (h->cuts ? cut->offset < h->cut.offset : cut->offset))
        return; /* a worker that tells of what nobody asked */
    if (h->cuts)
        put_range(h, cut->offset);
    else if (u->range == 0) { /* found out to be a table only now */
        (void)forget_stale(h->q, u);
        u->range = RANGE_OF_CUTS;
    }
    h->cut = (kk_cut_place){cut->offset, kk_copy(h->arena, cut->place)};
    h->cuts++;
}

void end_cuts(hearing *h)
{
    unit *u = h->u;
    if (!h->cuts)
        return;
    put_range(h, UINT64_MAX);
    /* Who died on the way: its last range goes to the table's end, the others are empty. */
    for (uint64_t i = h->cuts; i < ranges_of(u->parser, u->size); i++) {
        unit rest = *u;
        rest.range = (uint32_t)i;
        kk_unit_row row = {.item = u->item,
                           .range = rest.range,
                           .settings = settings_of(&rest),
                           .parser = u->parser,
                           .outcome = KK_UNIT_READ};
        if (!known_unit(h->q->known, u->item, rest.range, row.settings, NULL))
            kk_lane_unit(h->lane, &row);
    }
}
