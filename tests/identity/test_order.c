/* The same people, whatever the order of rows and files, however files are cut, and under any key of
 * a case: the same numbers and the same persons, told by what stands in their records. */
#include "tests/identity/people.h"
#include "tests/identity/reading.h"

#include "demo/dice.h"

#include <stdio.h>
#include <stdlib.h>

enum { CUSTOMERS = 1200, SEEDS = 3 };

typedef struct {
    bounds bounds;
    uint64_t persons[3]; /* digests of who is with whom, by partition */
} outcome;

typedef struct {
    uint64_t mention, person;
} membership;

static int by_mention(const void *a, const void *b)
{
    const membership *x = a, *y = b;
    if (x->mention != y->mention)
        return x->mention < y->mention ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

/* Mentions and persons by content alone: a person is the smallest content of his mentions. */
static uint64_t digest_of(const reading *r, const uint32_t *of)
{
    uint64_t *smallest = KK_NEW_ARRAY(r->arena, uint64_t, r->count);
    membership *all = KK_NEW_ARRAY(r->arena, membership, r->count);
    memset(smallest, 0xff, r->count * sizeof *smallest);
    for (size_t i = 0; i < r->count; i++) {
        uint64_t content = r->mentions[i].content * 31 + r->mentions[i].slot;
        if (content < smallest[of[i]])
            smallest[of[i]] = content;
    }
    for (size_t i = 0; i < r->count; i++)
        all[i] = (membership){r->mentions[i].content * 31 + r->mentions[i].slot, smallest[of[i]]};
    qsort(all, r->count, sizeof *all, by_mention);
    return kk_hash_quick((kk_slice){(const char *)all, r->count * sizeof *all});
}

static outcome find(reading *r)
{
    outcome out = {.bounds = reading_find(r)};
    out.persons[0] = digest_of(r, r->persons.certain);
    out.persons[1] = digest_of(r, r->persons.probable);
    out.persons[2] = digest_of(r, r->persons.possible);
    return out;
}

/* The lines below the header, shuffled. */
static kk_slice shuffled(kk_arena *arena, kk_slice text, uint64_t seed)
{
    kk_dice dice = kk_dice_make(seed, "rows");
    kk_slice header, line;
    kk_buffer out = {0};
    (void)kk_split(&text, '\n', &header);
    size_t count = 0, capacity = 0;
    kk_slice *lines = NULL;
    while (kk_split(&text, '\n', &line))
        if (line.len) {
            lines = kk_grow(arena, lines, &capacity, count + 1, sizeof *lines);
            lines[count++] = line;
        }
    kk_put(&out, header);
    kk_put_byte(&out, '\n');
    for (size_t i = count; i > 0; i--) {
        size_t k = kk_dice_below(&dice, (uint32_t)i);
        kk_put(&out, lines[k]);
        kk_put_byte(&out, '\n');
        lines[k] = lines[i - 1];
    }
    kk_slice done = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return done;
}

/* The first part of the rows or the rest, each with the header. */
static kk_slice part(kk_arena *arena, kk_slice text, bool rest)
{
    size_t header = kk_find_byte(text, '\n') + 1, middle = text.len * 2 / 5;
    middle += kk_find_byte(kk_from(text, middle), '\n') + 1;
    return rest ? kk_join(arena, kk_part(text, 0, header), kk_from(text, middle))
                : kk_part(text, 0, middle);
}

typedef enum { AS_IT_IS, ROWS, FILES, CUT, KEY, WAYS } way;
static const char *const way_names[WAYS] = {"as it is", "rows in another order",
                                            "files in another order", "files cut in two",
                                            "another key"};

static outcome read_in(way how, const crowd *p, kk_arena *arena, const kk_lexicon *lexicon,
                       uint64_t seed)
{
    reading r = reading_open(arena, lexicon);
    r.key = how == KEY ? 99 : 7;
    for (uint32_t i = 0; i < p->file_count; i++) {
        const people_file *f = &p->files[i];
        if (how == CUT) {
            reading_add_csv(&r, 2 * i + 1, f->name, part(arena, f->text, false));
            reading_add_csv(&r, 2 * i, f->name, part(arena, f->text, true));
        } else {
            kk_slice text = how == ROWS ? shuffled(arena, f->text, seed + i) : f->text;
            reading_add_csv(&r, how == FILES ? (uint32_t)p->file_count - i : i, f->name, text);
        }
    }
    return find(&r);
}

static bool check(const kk_lexicon *lexicon, uint64_t seed, bool relatives)
{
    kk_arena *arena = kk_arena_open();
    crowd p =
        relatives ? crowd_of_relatives(arena, seed, CUSTOMERS) : crowd_make(arena, seed, CUSTOMERS);
    outcome first = read_in(AS_IT_IS, &p, arena, lexicon, seed);
    bool good = true;
    for (way how = ROWS; how < WAYS; how++) {
        outcome now = read_in(how, &p, arena, lexicon, seed);
        bool same = memcmp(&first, &now, sizeof now) == 0;
        good &= same;
        printf("%s seed %llu, %s: %zu %zu %zu, before %zu %zu %zu\n", same ? "ok  " : "FAIL",
               (unsigned long long)seed, way_names[how], now.bounds.least, now.bounds.count,
               now.bounds.most, first.bounds.least, first.bounds.count, first.bounds.most);
    }
    kk_arena_close(arena);
    return good;
}

int main(void)
{
    kk_arena *arena = kk_arena_open();
    const kk_lexicon *lexicon = kk_recognise_warm(arena);
    bool good = true;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        good &= check(lexicon, seed, false) && check(lexicon, seed, true);
    kk_arena_close(arena);
    return !good;
}
