/* FEBRL 1 and 2 (dataset1.csv, dataset2.csv of the Freely Extensible Biomedical Record Linkage
 * program; records of invented Australians, whose number says who they are): the truth lies between
 * least and most, and the count is near it, with the social security number and without.
 *     test_febrl FOLDER
 * The corpus is not part of the project: without it the test is skipped (exit status 77). */
#include "tests/identity/reading.h"
#include "tests/teller.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool failed;

/* The lines without the first column, which tells the truth, and if wanted without the last, the
 * social security number. */
static kk_slice without_truth(kk_buffer *out, kk_slice text, bool with_number)
{
    kk_slice line;
    while (kk_split(&text, '\n', &line)) {
        size_t first = kk_find_byte(line, ','), last = kk_rfind_byte(line, ',');
        if (first == KK_NOWHERE)
            continue;
        kk_slice rest = kk_trim(kk_from(line, first + 1));
        if (!with_number)
            rest = kk_part(kk_from(line, first + 1), 0, last - first - 1);
        kk_put(out, kk_trim(rest));
        kk_put_byte(out, '\n');
    }
    return kk_buffer_slice(out);
}

/* rec-223-org and rec-223-dup-0 are one person. */
static uint32_t *truth_of(kk_arena *arena, kk_slice text, size_t *records, size_t *persons)
{
    uint32_t *of = KK_NEW_ARRAY(arena, uint32_t, 20000);
    uint8_t *seen = KK_NEW_ARRAY(arena, uint8_t, 20000);
    kk_slice line, word;
    (void)kk_split(&text, '\n', &line);
    *records = *persons = 0;
    while (kk_split(&text, '\n', &line) && *records < 20000) {
        uint64_t number;
        if (!kk_split(&line, '-', &word) || !kk_split(&line, '-', &word) ||
            !kk_to_u64(word, &number) || number >= 20000)
            continue;
        of[(*records)++] = (uint32_t)number;
        *persons += !seen[number];
        seen[number] = 1;
    }
    return of;
}

static void report_pairs(const reading *r, const uint32_t *truth)
{
    size_t right[3] = {0}, wrong[3] = {0};
    for (size_t i = 0; i < r->persons.edge_count; i++) {
        const join_edge *e = &r->persons.edges[i];
        bool same = truth[r->mentions[e->a].record - 2] == truth[r->mentions[e->b].record - 2];
        ++*(same ? &right[e->strength] : &wrong[e->strength]);
        if (getenv("VERBOSE") && !same)
            printf("  wrong: rule %u strength %u records %llu %llu\n", e->rule, e->strength,
                   (unsigned long long)r->mentions[e->a].record,
                   (unsigned long long)r->mentions[e->b].record);
    }
    for (size_t i = 0; i < r->count && getenv("VERBOSE"); i++)
        for (size_t k = 0; k < i; k++)
            if (truth[r->mentions[i].record - 2] == truth[r->mentions[k].record - 2] &&
                r->persons.probable[i] != r->persons.probable[k])
                printf("  apart: %llu %llu %s\n", (unsigned long long)r->mentions[k].record,
                       (unsigned long long)r->mentions[i].record,
                       r->persons.possible[i] != r->persons.possible[k] ? "at the least too" : "");
    printf("  joins right/wrong: certain %zu/%zu probable %zu/%zu possible %zu/%zu\n", right[0],
           wrong[0], right[1], wrong[1], right[2], wrong[2]);
}

static void check(kk_arena *arena, const kk_lexicon *lexicon, const char *folder, int set,
                  bool with_number)
{
    char path[4096];
    kk_buffer out = {0};
    snprintf(path, sizeof path, "%s/dataset%d.csv", folder, set);
    kk_slice text = teller_load(arena, path);
    size_t records, persons;
    const uint32_t *truth = truth_of(arena, text, &records, &persons);
    reading r = reading_open(arena, lexicon);
    reading_add_csv(&r, 0, KK_S("people.csv"), without_truth(&out, text, with_number));
    bounds b = reading_find(&r);
    double off = 100 * ((double)b.count / (double)persons - 1), limit = with_number ? 0.5 : 1;
    bool good = r.count == records && b.least <= persons && persons <= b.most && off <= limit &&
                off >= -limit;
    printf(
        "%s FEBRL %d %s: %zu persons in %zu records (%zu read), least %zu, count %zu (%+.2f %%), "
        "most %zu\n",
        good ? "ok  " : "FAIL", set, with_number ? "with the number" : "without it", persons,
        records, r.count, b.least, b.count, off, b.most);
    report_pairs(&r, truth);
    failed |= !good;
    kk_buffer_close(&out);
}

int main(int argc, char **argv)
{
    kk_arena *arena = kk_arena_open();
    char path[4096];
    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s/dataset1.csv", argv[1]);
    if (access(path, R_OK) != 0) {
        printf("SKIP: no FEBRL records in %s\n", argv[1]);
        return 77;
    }
    const kk_lexicon *lexicon = kk_recognise_warm(arena);
    for (int set = 1; set <= 2; set++)
        for (int with = 1; with >= 0; with--)
            check(arena, lexicon, argv[1], set, with);
    kk_arena_close(arena);
    return failed;
}
