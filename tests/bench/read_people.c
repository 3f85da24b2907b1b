/* How fast tables of people are read: the bytes to rows, and rows to mentions with their normal forms and
 * hashes, on one processor, from memory.
 *     read_people [--runs N] FILE...
 * The digest is of all that mentions say: two programs that find the same print the same. It is made in
 * a run of its own, which is not timed. */
#include "parse/parser.h"
#include "recognise/recogniser.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    kk_sink sink;              /* first: the sink's address is its own */
    kk_recogniser *recogniser; /* NULL: rows are only counted */
    bool digests;
    uint64_t rows, mentions, bytes, digest;
} reader;

static void on_row(kk_sink *sink, const kk_row *row)
{
    reader *r = (reader *)sink;
    r->rows++;
    if (r->recogniser)
        kk_recognise_row(r->recogniser, row);
}

static void add(reader *r, kk_slice bytes)
{
    r->digest = r->digest * UINT64_C(0x9e3779b97f4a7c15) + kk_hash_quick(bytes);
}

static void on_mention(void *context, const kk_mention *m)
{
    reader *r = context;
    const kk_slice texts[] = {m->name,  m->kana,  m->birth_date, m->postal_code, m->address,
                              m->phone, m->email, m->company,    m->person_no};
    const uint64_t numbers[] = {m->record, m->slot,     m->role,
                                m->items,  m->standing, (uint64_t)m->dated,
                                m->reason, m->told_by,  (uint64_t)m->left_at,
                                m->offset, m->length};
    r->mentions++;
    r->bytes += m->values.len;
    if (!r->digests)
        return;
    add(r, (kk_slice){(const char *)numbers, sizeof numbers});
    add(r, m->values);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(r, texts[i]);
}

static void on_table(void *context, const kk_table *table)
{
    (void)context, (void)table;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static kk_slice read_whole(kk_arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (size < 0) {
        fprintf(stderr, "read_people: %s cannot be read\n", path);
        exit(1);
    }
    char *bytes = kk_take(arena, (size_t)size);
    size_t have = 0;
    ssize_t got;
    while (have < (size_t)size &&
           (got = pread(fd, bytes + have, (size_t)size - have, (off_t)have)) > 0)
        have += (size_t)got;
    close(fd);
    return (kk_slice){bytes, have};
}

static void read_table(reader *r, kk_slice bytes, kk_slice name, const kk_lexicon *lexicon)
{
    kk_arena *arena = kk_arena_open();
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    kk_settings how = {.modified = KK_NO_TIME, .end = UINT64_MAX};
    r->sink = kk_sink_deaf(arena);
    r->sink.row = on_row;
    r->recogniser = lexicon ? kk_recogniser_open(arena, &settings, on_mention, on_table, r) : NULL;
    kk_parser_by_name(KK_S("csv"))
        ->parse(kk_stream_over_memory(arena, bytes, name), &how, &r->sink);
    if (r->recogniser)
        kk_recognise_end(r->recogniser);
    kk_arena_close(arena);
}

/* The best of the runs, in seconds; what was read stays in *r. */
static double best_of(uint64_t runs, reader *r, char **paths, const kk_lexicon *lexicon)
{
    double best = 1e9;
    bool digests = r->digests;
    for (uint64_t run = 0; run < runs; run++) {
        double took = 0;
        *r = (reader){.digests = digests};
        for (char **path = paths; *path; path++) {
            kk_arena *arena = kk_arena_open();
            kk_slice bytes = read_whole(arena, *path);
            double before = seconds();
            read_table(r, bytes, kk_cstr(*path), lexicon);
            took += seconds() - before;
            kk_arena_close(arena);
        }
        best = took < best ? took : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    uint64_t runs = 1;
    char **paths = argv + 1;
    if (argc > 3 && kk_is(kk_cstr(argv[1]), "--runs") && kk_to_u64(kk_cstr(argv[2]), &runs))
        paths += 2;
    if (!*paths || !runs)
        return 2;
    kk_arena *arena = kk_arena_open();
    const kk_lexicon *lexicon = kk_recognise_warm(arena);
    reader r = {.digests = false}, told = {.digests = true};
    double size = 0;
    for (char **path = paths; *path; path++) {
        kk_arena *scratch = kk_arena_open();
        size += (double)read_whole(scratch, *path).len / 1e6;
        kk_arena_close(scratch);
    }
    double rows = best_of(runs, &r, paths, NULL), both = best_of(runs, &r, paths, lexicon);
    (void)best_of(1, &told, paths, lexicon);
    printf("%.1f MB, %llu rows: %.0f MB/s to rows, %.1f MB/s to %llu mentions with %.1f bytes of "
           "hashes each, of "
           "one core; recognition alone %.2f us a mention; digest %016llx\n",
           size, (unsigned long long)r.rows, size / rows, size / both,
           (unsigned long long)r.mentions, (double)r.bytes / (double)(r.mentions + !r.mentions),
           (both - rows) * 1e6 / (double)(r.mentions + !r.mentions),
           (unsigned long long)told.digest);
    kk_arena_close(arena);
    return 0;
}
