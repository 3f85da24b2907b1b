/* Inside a worker: bytes held against YARA rules, a file's own and those of what is in it. */
#include "worker/life.h"

static void on_scan_hit(void *context, const kk_scan_hit *hit)
{
    life *l = context;
    (void)LIFE_PACK(l, kk_pack_scan_hit, hit);
}

void life_scan(life *l, kk_slice path, bool of_child, bool got_all)
{
    kk_scanned scanned = {.of_child = of_child};
    scanned.outcome = kk_yara_end(l->scanner, path, on_scan_hit, l);
    if (!got_all && scanned.outcome < KK_SCAN_CUT)
        scanned.outcome = KK_SCAN_UNREADABLE;
    (void)LIFE_PACK(l, kk_pack_scanned, &scanned);
}

bool life_scans_itself(const kk_parser *parser, uint64_t size)
{
    return !parser || !parser->is_container || (!parser->is_disk && size <= KK_YARA_WHOLE);
}

/* Of a log, what was handed over encoded in its events is inside. */
static void on_walked_event(kk_sink *sink, const kk_event *event)
{
    payloads_look(((life *)sink)->payloads, event);
}

/* The bytes [from, to) of a stream; false where they could not all be had. */
static bool scan_part(life *l, kk_stream *in, uint64_t from, uint64_t to)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    while (from < to) {
        size_t len = to - from < COPY_BLOCK ? (size_t)(to - from) : COPY_BLOCK;
        ptrdiff_t n = in->read_at(in, from, block, len);
        if (n <= 0)
            return false;
        kk_yara_take(l->scanner, block, (size_t)n);
        from += (uint64_t)n;
    }
    return true;
}

static void scan_stream(life *l, kk_stream *in)
{
    bool is_large = in->size > KK_YARA_WHOLE;
    kk_yara_begin(l->scanner);
    bool all = scan_part(l, in, 0, is_large ? KK_YARA_FIRST : in->size);
    if (is_large && all) {
        kk_yara_skip(l->scanner, in->size - KK_YARA_WHOLE);
        all = scan_part(l, in, in->size - KK_YARA_LAST, in->size);
    }
    life_flush(l);
    life_scan(l, l->job->path, false, all);
}

static void walk(life *l, const kk_parser *parser, kk_stream *in)
{
    const kk_sink told = l->sink;
    l->sink = kk_sink_deaf(l->arena);
    l->sink.layouts = told.layouts;
    l->sink.event = on_walked_event;
    l->sink.child = life_on_walked_child;
    l->walked = 0;
    life_parse(l, parser, in);
    l->sink = told;
}

void life_scan_job(life *l, kk_stream *in)
{
    const kk_parser *parser = kk_parser_by_name(l->job->parser);
    if (!l->scanner && l->yara)
        l->scanner = kk_yara_scanner_open(kk_arena_open(), l->yara); /* as long as the process */
    if (!l->scanner)
        life_gone();
    if ((l->job->parts & KK_DO_SCAN) && life_scans_itself(parser, in->size))
        scan_stream(l, in);
    life_flush(l);
    if ((l->job->parts & KK_DO_WALK) && parser)
        walk(l, parser, in);
}
