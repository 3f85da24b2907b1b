/* What reading event logs costs: every record and value found, typed and named, and nothing made of them. CPU
 * seconds of one core. With --jsonl each record is also written as JSON, into memory; with --events records are
 * events with columns and texts, recovered ones too, as the intake gets them.
 *     evtx_bench [--jsonl | --events] [--runs N] LOG... */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parse/evtx_walk.h"

enum { RUNS_MOST = 99 };

typedef enum { VALUES, JSON, EVENTS } what_for;

typedef struct {
    kk_sink sink; /* first */
    what_for what;
    kk_binxml *xml;
    kk_xml_scratch *json;
    uint64_t records, values, bytes;
} counting;

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_json(void *context, kk_evtx_record *r)
{
    counting *c = context;
    if (c->json->capacity - c->json->used < KK_EVTX_CHUNK)
        c->json->used = 0;
    size_t before = c->json->used;
    (void)kk_binxml_json(c->xml, r->at, r->end, c->json);
    c->bytes += c->json->used - before;
    c->records++;
}

static void on_record(void *context, kk_evtx_record *r)
{
    counting *c = context;
    if (r->level != KK_EVTX_RAW)
        kk_binxml_fields(c->xml);
    uint64_t values = r->xml.count, bytes = 0;
    for (size_t i = 0; i < KK_SYS_FIELDS; i++)
        values += r->xml.system[i].type != KK_XML_NULL;
    for (size_t i = 0; i < r->xml.count; i++)
        bytes += r->xml.fields[i].value.len + r->xml.fields[i].value.type;
    c->records++;
    c->values += values;
    c->bytes += bytes;
}

static void on_event(kk_sink *sink, const kk_event *e)
{
    counting *c = (counting *)sink;
    c->records++;
    c->values += e->more_count;
    for (size_t i = 0; i < e->more_count; i++)
        c->bytes += e->more[i].value.len;
}

static void read_events(kk_stream *in, counting *c)
{
    const kk_settings settings = {
        .zone_basis = KK_BASIS_UTC, .modified = KK_NO_TIME, .end = UINT64_MAX};
    c->sink.event = on_event;
    kk_evtx_tell_events(in, &settings, &c->sink, false);
}

static double read_log(kk_evtx_memory *memory, const char *path, counting *c)
{
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0)
        exit(2);
    double begin = cpu();
    kk_arena *arena = kk_arena_open();
    kk_stream *in = kk_stream_over_fd(arena, fd, (uint64_t)s.st_size, KK_S("log.evtx"));
    kk_evtx_walk walk = {.in = in,
                         .end = UINT64_MAX,
                         .live = true,
                         .sink = &c->sink,
                         .context = c,
                         .record = c->what == JSON ? on_json : on_record};
    if (c->what == EVENTS)
        read_events(in, c);
    else
        kk_evtx_read(memory, &walk);
    kk_arena_close(arena);
    close(fd);
    return cpu() - begin;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(kk_arena *arena, const char *path, int runs, what_for what)
{
    double seconds[RUNS_MOST];
    counting c;
    kk_evtx_memory *memory = kk_evtx_memory_open(arena);
    kk_binxml *xml = kk_evtx_binxml(memory);
    kk_xml_scratch out = kk_xml_scratch_open(arena, arena);
    if (what == JSON)
        kk_binxml_want_documents(xml);
    else
        kk_binxml_want_fields(xml);
    for (int k = 0; k < runs; k++) {
        c = (counting){.sink = kk_sink_deaf(arena), .what = what, .xml = xml, .json = &out};
        c.sink.layouts = kk_layouts_open(arena);
        seconds[k] = read_log(memory, path, &c);
    }
    kk_evtx_memory_close(memory);
    qsort(seconds, (size_t)runs, sizeof *seconds, by_size);
    double n = (double)c.records, median = seconds[runs / 2];
    printf("%s: %.0f records, %.1f %s a record; median %.3f us a record, %.2f M records/s; "
           "best %.3f us, %.2f M/s\n",
           path, n, (double)(what == JSON ? c.bytes : c.values) / n,
           what == JSON ? "bytes" : "values", median / n * 1e6, n / median / 1e6,
           seconds[0] / n * 1e6, n / seconds[0] / 1e6);
}

int main(int count, char **arguments)
{
    uint64_t runs = 1;
    int i = 1;
    what_for what = VALUES;
    if (i < count && strcmp(arguments[i], "--jsonl") == 0)
        what = JSON;
    else if (i < count && strcmp(arguments[i], "--events") == 0)
        what = EVENTS;
    i += what != VALUES;
    if (i + 1 < count && strcmp(arguments[i], "--runs") == 0) {
        if (!kk_to_u64(kk_cstr(arguments[i + 1]), &runs) || !runs || runs > RUNS_MOST)
            return 2;
        i += 2;
    }
    for (; i < count; i++) {
        kk_arena *arena = kk_arena_open();
        measure(arena, arguments[i], (int)runs, what);
        kk_arena_close(arena);
    }
    return 0;
}
