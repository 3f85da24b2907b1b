/* Inside a worker: bytes held against YARA rules or looked through for indicators, a file's own and those of
 * what is in it. */
#include "worker/life.h"

static bool is_look(const life *l)
{
    return (l->job->parts & KK_DO_LOOK) != 0;
}

static void on_scan_hit(void *context, const kk_scan_hit *hit)
{
    life *l = context;
    (void)LIFE_PACK(l, kk_pack_scan_hit, hit);
}

static void on_own_hit(void *context, const kk_content_hit *hit)
{
    life *l = context;
    (void)LIFE_PACK(l, kk_pack_content_hit, hit);
}

static void on_childs_hit(void *context, const kk_content_hit *hit)
{
    kk_content_hit of_child = *hit;
    of_child.of_child = true;
    on_own_hit(context, &of_child);
}

/* What was found in the texts of a container is told before its next child is looked through. */
void life_scan_begin(life *l)
{
    if (!is_look(l)) {
        kk_yara_begin(l->scanner);
        return;
    }
    kk_contents_tell(l->contents, on_own_hit, l);
    kk_contents_begin(l->contents);
}

void life_scan_take(life *l, const char *bytes, size_t len)
{
    if (is_look(l))
        kk_contents_take(l->contents, bytes, len);
    else
        kk_yara_take(l->scanner, bytes, len);
}

static kk_scan_outcome look(life *l, kk_slice path, bool of_child, bool got_all)
{
    kk_contents_end(l->contents, path, got_all);
    kk_contents_tell(l->contents, of_child ? on_childs_hit : on_own_hit, l);
    kk_contents_begin(l->contents);
    return KK_SCANNED;
}

void life_scan(life *l, kk_slice path, bool of_child, bool got_all)
{
    kk_scanned scanned = {.of_child = of_child};
    scanned.outcome = is_look(l) ? look(l, path, of_child, got_all)
                                 : kk_yara_end(l->scanner, path, on_scan_hit, l);
    if (!got_all && scanned.outcome < KK_SCAN_CUT)
        scanned.outcome = KK_SCAN_UNREADABLE;
    (void)LIFE_PACK(l, kk_pack_scanned, &scanned);
}

bool life_scans_itself(const life *l, const kk_parser *parser, uint64_t size)
{
    if (!parser || !parser->is_container)
        return true;
    return !parser->is_disk && (is_look(l) || size <= KK_YARA_WHOLE);
}

/* Of a log, what was handed over encoded in its events is inside. */
static void on_walked_event(kk_sink *sink, const kk_event *event)
{
    payloads_look(((life *)sink)->payloads, event);
}

static void on_looked_row(kk_sink *sink, const kk_row *row)
{
    kk_contents_text(((life *)sink)->contents, row->table, row->record, row->cells, row->count);
}

static void on_looked_passage(kk_sink *sink, const kk_passage *passage)
{
    kk_contents_text(((life *)sink)->contents, passage->table, passage->record, &passage->text, 1);
}

/* What could not be read is a place that was not looked through. */
static void on_looked_issue(kk_sink *sink, const kk_issue *issue)
{
    life *l = (life *)sink;
    (void)LIFE_PACK(l, kk_pack_issue, issue);
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
        life_scan_take(l, block, (size_t)n);
        from += (uint64_t)n;
    }
    return true;
}

static void scan_stream(life *l, kk_stream *in)
{
    bool is_large = in->size > KK_YARA_WHOLE && !is_look(l);
    life_scan_begin(l);
    bool all = scan_part(l, in, 0, is_large ? KK_YARA_FIRST : in->size);
    if (is_large && all) {
        kk_yara_skip(l->scanner, in->size - KK_YARA_WHOLE);
        all = scan_part(l, in, in->size - KK_YARA_LAST, in->size);
    }
    life_flush(l);
    life_scan(l, l->job->path, false, all);
}

static void go_through(life *l, const kk_parser *parser, kk_stream *in)
{
    const kk_sink told = l->sink;
    l->sink = kk_sink_deaf(l->arena);
    l->sink.layouts = told.layouts;
    if (l->job->parts & KK_DO_WALK) {
        l->sink.event = on_walked_event;
        l->sink.child = life_on_walked_child;
    }
    if (l->job->parts & KK_DO_TEXTS) {
        l->sink.row = on_looked_row;
        l->sink.passage = on_looked_passage;
    }
    if (is_look(l)) {
        l->sink.issue = on_looked_issue;
        kk_contents_begin(l->contents);
    }
    l->walked = 0;
    life_parse(l, parser, in);
    l->sink = told;
    if (is_look(l))
        kk_contents_tell(l->contents, on_own_hit, l);
}

void life_scan_job(life *l, kk_stream *in)
{
    const kk_parser *parser = kk_parser_by_name(l->job->parser);
    if (!l->scanner && l->yara)
        l->scanner = kk_yara_scanner_open(kk_arena_open(), l->yara); /* as long as the process */
    if (is_look(l) ? !l->contents : !l->scanner)
        life_gone();
    if ((l->job->parts & KK_DO_SCAN) && life_scans_itself(l, parser, in->size))
        scan_stream(l, in);
    life_flush(l);
    if ((l->job->parts & (KK_DO_WALK | KK_DO_TEXTS)) && parser)
        go_through(l, parser, in);
}
