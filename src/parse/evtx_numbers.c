/* Record numbers of an event log's chunks: offset 24 of a chunk's header u64 first record id, 32 u64 last one.
 *
 * Logs that are full go on at their beginning, and logs put together from pieces stand in any order. A number is missing
 * only where no chunk has it, so runs of numbers are put in order and each hole belongs to the run behind it. */
#include "parse/evtx_numbers.h"

#include "base/cursor.h"
#include "parse/binxml.h"
#include "parse/evtx_sum.h"

#include <stdlib.h>

#define HEADER 512u
#define NUMBERS 2341u     /* of one chunk at most: records of 28 bytes */
#define CHUNKS (1u << 20) /* 64 GiB; what is behind them might hold any number */

typedef struct {
    uint64_t first, last;
    uint64_t place; /* of the first chunk that begins with it */
} run;

struct kk_evtx_numbers {
    run *runs; /* in the order of their first number, none touching the next */
    size_t count;
    uint64_t start; /* the first number of the log's first chunk; 0 not known */
    size_t unknown; /* chunks that may hold any numbers */
};

/* The numbers that a chunk says it holds; false if it is none that can be believed. */
static bool read_run(const uint8_t *header, run *out)
{
    kk_cursor c = {header, HEADER, 24, false};
    out->first = kk_le(&c, 8);
    out->last = kk_le(&c, 8);
    kk_seek(&c, 120);
    bool no_sums = kk_le(&c, 4) & 4;
    return kk_evtx_is_header(header) && (no_sums || kk_evtx_has_header_sum(header)) && out->first &&
           out->first <= out->last && out->last - out->first < NUMBERS;
}

static int by_first(const void *a, const void *b)
{
    const run *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Runs that overlap or follow each other become one. */
static void join_runs(kk_evtx_numbers *n)
{
    size_t kept = 0;
    if (n->count)
        qsort(n->runs, n->count, sizeof *n->runs, by_first);
    for (size_t i = 1; i < n->count; i++) {
        if (n->runs[i].first > n->runs[kept].last + 1)
            n->runs[++kept] = n->runs[i];
        else if (n->runs[i].last > n->runs[kept].last)
            n->runs[kept].last = n->runs[i].last;
    }
    n->count = n->count ? kept + 1 : 0;
}

static void read_runs(kk_evtx_numbers *n, kk_stream *in, uint64_t base, uint64_t chunks)
{
    static const uint8_t nothing[HEADER];
    uint8_t header[HEADER];
    for (uint64_t i = 0; i < chunks; i++) {
        if (kk_read(in, base + i * KK_EVTX_CHUNK, header, HEADER) < HEADER)
            n->unknown++;
        else if (read_run(header, &n->runs[n->count]))
            n->runs[n->count++].place = base + i * KK_EVTX_CHUNK;
        else if (memcmp(header, nothing, HEADER) != 0)
            n->unknown++;
        if (i == 0 && n->count)
            n->start = n->runs[0].first;
    }
}

kk_evtx_numbers *kk_evtx_numbers_read(kk_stream *in, uint64_t base, kk_arena *arena)
{
    kk_evtx_numbers *n = KK_NEW(arena, kk_evtx_numbers);
    uint64_t chunks = in->size > base ? (in->size - base) / KK_EVTX_CHUNK : 0;
    if (chunks > CHUNKS) {
        n->unknown = 1;
        chunks = CHUNKS;
    }
    n->runs = KK_NEW_ARRAY(arena, run, chunks);
    read_runs(n, in, base, chunks);
    join_runs(n);
    return n;
}

/* The runs that begin below the number. */
static size_t runs_below(const kk_evtx_numbers *n, uint64_t id)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (n->runs[middle].first < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Numbers that no chunk holds, right below this one; *highest is the highest that one holds below them. */
static uint64_t hole_below(const kk_evtx_numbers *n, uint64_t id, uint64_t *highest)
{
    size_t below = runs_below(n, id);
    *highest = below ? n->runs[below - 1].last : 0;
    return below && *highest < id - 1 ? id - 1 - *highest : 0;
}

/* A hole is told by the chunk behind it; what is missing before the log's first chunk, which follows none, by the
 * chunk with the lowest numbers. */
uint64_t kk_evtx_numbers_missing(const kk_evtx_numbers *n, uint64_t place, uint64_t id,
                                 uint64_t before)
{
    uint64_t highest, missing = hole_below(n, id, &highest);
    size_t at = runs_below(n, id);
    bool begins = at < n->count && n->runs[at].first == id;
    if (begins && n->runs[at].place != place)
        return 0;
    if (begins && at == 0 && n->start)
        missing = hole_below(n, n->start, &highest);
    return n->unknown && ((begins && at == 0) || highest != before) ? 0 : missing;
}
