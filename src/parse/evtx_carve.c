/* Event records out of what is no event log, as a parser: evtx_places.c finds where they may stand, evtx_walk.c reads
 * them like records in the slack of a log. */
#include "parse/evtx_walk.h"
#include "parse/parser.h"

/* By name alone: there is nothing else to know them by. */
static kk_score probe(const kk_probe *p)
{
    static const char *const names[] = {"pagefile.sys", "swapfile.sys", "unallocated"};
    static const char *const ends[] = {".vmem", ".dmp", ".mem", ".lime", ".blkls", ".unalloc"};
    if (kk_is(p->name, KK_UNALLOCATED))
        return KK_KNOWN;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_eq_nocase(p->name, kk_cstr(names[i])))
            return KK_MAYBE;
    size_t dot = kk_rfind_byte(p->name, '.');
    for (size_t i = 0; dot != KK_NOWHERE && i < sizeof ends / sizeof *ends; i++)
        if (kk_eq_nocase(kk_from(p->name, dot), kk_cstr(ends[i])))
            return KK_MAYBE;
    return KK_NO;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_evtx_tell_events(in, settings, sink, true);
}

const kk_parser kk_parser_evtx_carve = {
    .name = "evtx_carve",
    .about = "event records in unallocated space, page files and dumps of memory",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 10,
    .probe = probe,
    .parse = parse,
};
