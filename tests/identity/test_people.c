/* Invented people of many seeds, counted: the truth lies between least and most in every one, the
 * count is near it, and the bounds are near each other.
 *     test_people [FIRST [SEEDS [CUSTOMERS]]]
 * KAKUHO_SEEDS=1000 takes as many seeds, of larger crowds. LIST=1 lists what was joined wrongly or not
 * at all. */
#include "tests/identity/people.h"
#include "tests/identity/reading.h"

#include <stdio.h>
#include <stdlib.h>

enum { CUSTOMERS = 5000, MANY_CUSTOMERS = 10000, SEEDS = 6 };

typedef struct {
    size_t failed, seeds;
    double worst, widest, sum, width_sum;
} tally;

/* Whose mention it is. */
static uint32_t owner_of(const crowd *p, const read_mention *m)
{
    const people_file *f = &p->files[m->file];
    if (m->record < 2 || m->record - 2 >= f->records)
        return NOBODY;
    bool other = m->role == KK_ROLE_ADDRESSEE || m->role == KK_ROLE_FAMILY;
    return f->truth[m->record - 2][other];
}

/* Joins that the truth does not know, by rule and strength. */
static void list_wrong(const crowd *p, const reading *r)
{
    for (size_t i = 0; i < r->persons.edge_count; i++) {
        const join_edge *e = &r->persons.edges[i];
        const read_mention *a = &r->mentions[e->a], *b = &r->mentions[e->b];
        if (owner_of(p, a) != owner_of(p, b))
            printf("  wrongly joined by %s (%d): file %u row %llu and file %u row %llu\n",
                   kk_rules[e->rule].name, e->strength, a->file, (unsigned long long)a->record,
                   b->file, (unsigned long long)b->record);
    }
    uint32_t *last = KK_NEW_ARRAY(r->arena, uint32_t, 1000000);
    for (size_t i = 0; i < r->count; i++) {
        uint32_t owner = owner_of(p, &r->mentions[i]);
        if (!is_counted(&r->mentions[i]))
            continue;
        if (owner == NOBODY) {
            printf("  nobody counted: file %u row %llu\n", r->mentions[i].file,
                   (unsigned long long)r->mentions[i].record);
            continue;
        }
        if (last[owner] && r->persons.probable[last[owner] - 1] != r->persons.probable[i])
            printf("  not joined: file %u row %llu and file %u row %llu (at the least %s)\n",
                   r->mentions[last[owner] - 1].file,
                   (unsigned long long)r->mentions[last[owner] - 1].record, r->mentions[i].file,
                   (unsigned long long)r->mentions[i].record,
                   r->persons.possible[last[owner] - 1] == r->persons.possible[i] ? "joined"
                                                                                  : "apart");
        last[owner] = (uint32_t)i + 1;
    }
}

/* Who is no more than named is never certainly one, so the bounds are as far apart as these are many; and nothing else
 * tells of a slip in a name. */
static void check(const kk_lexicon *lexicon, uint64_t seed, size_t customers, bool relatives,
                  tally *t)
{
    kk_arena *arena = kk_arena_open();
    crowd p =
        relatives ? crowd_of_relatives(arena, seed, customers) : crowd_make(arena, seed, customers);
    reading r = reading_open(arena, lexicon);
    for (size_t i = 0; i < p.file_count; i++)
        reading_add_csv(&r, (uint32_t)i, p.files[i].name, p.files[i].text);
    bounds b = reading_find(&r);
    double truth = (double)p.truth, off = 100 * ((double)b.count / truth - 1),
           width = 100 * (double)(b.most - b.least) / truth;
    double most_off = relatives ? 1.0 : 0.3;
    bool good = b.least <= p.truth && p.truth <= b.most && off <= most_off && off >= -most_off &&
                (width <= 3 || relatives);
    if (!good || getenv("VERBOSE"))
        printf(
            "%s seed %llu: %zu people in %zu mentions; least %zu, count %zu (%+.2f %%), most %zu "
            "(width %.2f %%)\n",
            good ? "ok  " : "FAIL", (unsigned long long)seed, p.truth, r.count, b.least, b.count,
            off, b.most, width);
    if (getenv("LIST"))
        list_wrong(&p, &r);
    t->seeds++;
    t->failed += !good;
    t->sum += off;
    t->width_sum += width;
    t->worst = off * off > t->worst * t->worst ? off : t->worst;
    t->widest = width > t->widest ? width : t->widest;
    kk_arena_close(arena);
}

/* Whether one failed. */
static bool check_seeds(const kk_lexicon *lexicon, uint64_t first, uint64_t seeds, size_t customers,
                        bool relatives)
{
    tally t = {0};
    for (uint64_t seed = first; seed < first + seeds; seed++)
        check(lexicon, seed, customers, relatives, &t);
    printf("%s: %zu seeds, %zu failed; count off by %+.3f %% on average, %+.3f %% at worst; bounds "
           "%.2f %% apart on average, %.2f %% at most\n",
           relatives ? "relatives" : "people", t.seeds, t.failed, t.sum / (double)t.seeds, t.worst,
           t.width_sum / (double)t.seeds, t.widest);
    return t.failed != 0;
}

static uint64_t number(const char *text)
{
    uint64_t n;
    if (!kk_to_u64(kk_cstr(text), &n))
        exit(2);
    return n;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? number(argv[1]) : 1, seeds = argc > 2 ? number(argv[2]) : SEEDS;
    size_t customers = argc > 3 ? number(argv[3]) : CUSTOMERS;
    const char *many = getenv("KAKUHO_SEEDS");
    kk_arena *arena = kk_arena_open();
    if (many && argc == 1) {
        seeds = number(many);
        customers = MANY_CUSTOMERS;
    }
    const kk_lexicon *lexicon = kk_recognise_warm(arena);
    bool failed = false;
    for (int relatives = 0; relatives < 2; relatives++)
        failed |= check_seeds(lexicon, first, seeds, customers, relatives);
    kk_arena_close(arena);
    return failed;
}
