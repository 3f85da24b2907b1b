/* What storing costs the coordinator, on one processor: files are read, what they tell is packed into batches in
 * memory, and those are unpacked, appended, committed and the store closed.
 *     store_bench [--runs N] NEW-STORE FILE...
 * Seconds are of this process's processor time, the best of the runs; the store is made anew for each. */
#include "parse/parser.h"
#include "recognise/recogniser.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES_MOST = 4096, BATCHES_A_UNIT = 16 };

typedef struct {
    kk_sink sink; /* first: the sink's address is its own */
    kk_packer packer;
    kk_slice batches[BATCHES_MOST];
    size_t count;
    uint64_t things;
    kk_recogniser *recogniser;
    kk_told_names told;
} packing;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void next_batch(packing *p)
{
    if (p->packer.used && p->count < BATCHES_MOST)
        p->batches[p->count++] = (kk_slice){p->packer.bytes, p->packer.used};
    p->packer.bytes = malloc(KK_BATCH_BYTES);
    if (!p->packer.bytes)
        abort();
    p->packer.used = 0;
    p->packer.capacity = KK_BATCH_BYTES;
    p->told = (kk_told_names){0};
}

static void on_event(kk_sink *sink, const kk_event *event)
{
    packing *p = (packing *)sink;
    p->things++;
    uint32_t layout = event->layout;
    if (!layout)
        layout = kk_layout_of(sink->layouts, event->more, event->more_count);
    if (!kk_pack_named_event(&p->packer, &p->told, layout, event)) {
        next_batch(p);
        (void)kk_pack_named_event(&p->packer, &p->told, layout, event);
    }
}

static void on_mention(void *context, const kk_mention *mention)
{
    packing *p = context;
    p->things++;
    if (!kk_pack_mention(&p->packer, mention)) {
        next_batch(p);
        (void)kk_pack_mention(&p->packer, mention);
    }
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    kk_recognise_row(((packing *)sink)->recogniser, row);
}

static void on_table(void *context, const kk_table *table)
{
    (void)context, (void)table;
}

static void read_file(packing *p, const char *path, const kk_lexicon *lexicon)
{
    kk_arena *arena = kk_arena_open();
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    char *head = kk_take(arena, 65536);
    if (size < 0) {
        fprintf(stderr, "store_bench: %s cannot be read\n", path);
        exit(1);
    }
    kk_stream *in = kk_stream_over_fd(arena, fd, (uint64_t)size, kk_cstr(path));
    kk_probe probe = {{head, kk_read(in, 0, head, 65536)}, in->name, in->path, in->size, KK_NONE};
    const kk_parser *parser = kk_parser_for(&probe);
    kk_settings how = {.modified = KK_NO_TIME, .end = UINT64_MAX};
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    (void)kk_zone_load(KK_S("Asia/Tokyo"), &how.zone);
    p->sink = kk_sink_deaf(arena);
    p->sink.event = on_event;
    p->sink.layouts = kk_layouts_open(arena);
    p->sink.row = on_row;
    p->recogniser = kk_recogniser_open(arena, &settings, on_mention, on_table, p);
    if (parser)
        parser->parse(in, &how, &p->sink);
    kk_recognise_end(p->recogniser);
    close(fd);
    kk_arena_close(arena);
}

static void append(kk_lane *lane, kk_arena *arena, kk_slice batch, kk_unpacked *thing)
{
    kk_unpacker u = {.bytes = batch};
    while (kk_unpack(&u, arena, thing)) {
        if (lane && thing->kind == KK_PACK_EVENT)
            kk_lane_event(lane, 1, 0, &thing->event, thing->more);
        else if (lane && thing->kind == KK_PACK_MENTION)
            kk_lane_mention(lane, 1, 0, &thing->mention);
    }
    kk_arena_reset(arena);
}

static double unpack_all(const packing *p)
{
    kk_arena *arena = kk_arena_open();
    kk_unpacked *thing = KK_NEW(arena, kk_unpacked);
    kk_arena *scratch = kk_arena_open();
    double before = seconds();
    for (size_t i = 0; i < p->count; i++)
        append(NULL, scratch, p->batches[i], thing);
    double took = seconds() - before;
    kk_arena_close(scratch);
    kk_arena_close(arena);
    return took;
}

static double store_all(const packing *p, const char *path)
{
    kk_fault fault;
    kk_store *store;
    kk_lane *lane;
    kk_arena *arena = kk_arena_open(), *scratch = kk_arena_open();
    kk_unpacked *thing = KK_NEW(arena, kk_unpacked);
    unlink(path);
    if (kk_store_open(path, KK_STORE_WRITE, &store, &fault) != KK_OK ||
        kk_lane_open(store, &lane, &fault) != KK_OK) {
        fprintf(stderr, "store_bench: %s\n", fault.text);
        exit(1);
    }
    double before = seconds();
    kk_status status = KK_OK;
    for (size_t i = 0; i < p->count && status == KK_OK; i++) {
        append(lane, scratch, p->batches[i], thing);
        if ((i + 1) % BATCHES_A_UNIT == 0 && kk_lane_is_due(lane))
            status = kk_lane_commit(lane, &fault);
    }
    if (status != KK_OK || kk_lane_commit(lane, &fault) != KK_OK)
        fprintf(stderr, "store_bench: %s\n", fault.text);
    kk_lane_close(lane);
    kk_store_close(store);
    double took = seconds() - before;
    kk_arena_close(scratch);
    kk_arena_close(arena);
    return took;
}

int main(int argc, char **argv)
{
    uint64_t runs = 3;
    char **paths = argv + 1;
    if (argc > 3 && kk_is(kk_cstr(argv[1]), "--runs") && kk_to_u64(kk_cstr(argv[2]), &runs))
        paths += 2;
    if (!paths[0] || !paths[1] || !runs)
        return 2;
    kk_arena *arena = kk_arena_open();
    packing *p = KK_NEW(arena, packing);
    const kk_lexicon *lexicon = kk_recognise_warm(arena);
    next_batch(p);
    for (char **path = paths + 1; *path; path++)
        read_file(p, *path, lexicon);
    next_batch(p);
    double unpacking = 1e9, storing = 1e9, size = 0;
    for (size_t i = 0; i < p->count; i++)
        size += (double)p->batches[i].len;
    for (uint64_t run = 0; run < runs; run++) {
        double a = unpack_all(p), b = store_all(p, paths[0]);
        unpacking = a < unpacking ? a : unpacking;
        storing = b < storing ? b : storing;
    }
    double things = (double)(p->things + !p->things);
    printf("%llu events and mentions of %.0f packed bytes: unpacked in %.2f us each, unpacked and "
           "stored in %.2f us each\n",
           (unsigned long long)p->things, size / things, unpacking * 1e6 / things,
           storing * 1e6 / things);
    unlink(paths[0]);
    kk_arena_close(arena);
    return 0;
}
