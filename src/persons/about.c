#include "persons/about.h"

#include <stdatomic.h>
#include <sys/mman.h>

enum {
    LANES_LEAST = 16,
    RUN_BITS_LEAST = 4,
    RUN_BITS_MOST = 10, /* 64 KiB of contrasts are read at once */
    SLACK_PART = 4      /* of all slots, at most: each processor fills a run of each lane */
};

typedef struct {
    about_people *people;
    const key_source *source;
    const uint32_t *place;
    atomic_uint runs;
    uint32_t (*next)[LANES_MOST]; /* by hand; at the beginning of a run: it has none yet */
} filling;

struct about_sink {
    filling *f;
    uint32_t *next; /* by lane; NULL: all by place */
};

/* Half of the lanes are of people without a home: few, whom the others are compared with. */
static unsigned lane_for(const about_people *a, uint64_t lies_by, bool has_home)
{
    unsigned half = a->lanes / 2;
    unsigned lane = (unsigned)((lies_by * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (half - 1);
    return has_home ? half + lane : lane;
}

static uint32_t next_slot(const about_sink *sink, unsigned lane)
{
    about_people *a = sink->f->people;
    uint32_t *next = &sink->next[lane], in_run = (UINT32_C(1) << a->run_bits) - 1;
    if ((*next & in_run) == 0) {
        unsigned run = atomic_fetch_add(&sink->f->runs, 1);
        a->lane_of_run[run] = (uint16_t)lane;
        *next = run << a->run_bits;
    }
    return (*next)++;
}

about_place about_put(about_sink *sink, uint32_t mention, uint64_t lies_by, bool has_home)
{
    const filling *f = sink->f;
    uint32_t at = f->place ? f->place[mention] : mention;
    if (sink->next)
        at = f->people->slot[at] = next_slot(sink, lane_for(f->people, lies_by, has_home));
    return (about_place){&f->people->said[at], &f->people->near[at]};
}

static void fill_part(void *context, unsigned hand, unsigned part)
{
    filling *f = context;
    about_sink sink = {f, f->next ? f->next[hand] : NULL};
    f->source->say(f->source->context, part, &sink);
}

/* What is known of a person lies in one line of the processor's cache. */
static contrast *room_for_said(kk_arena *arena, size_t count)
{
    enum { LINE = 64 };
    _Static_assert(sizeof(contrast) == LINE, "one line");
    char *room = kk_take(arena, (count + 1) * sizeof(contrast));
    return (contrast *)(room + (LINE - (uintptr_t)room % LINE) % LINE);
}

static kk_arena *open_arena(const key_source *source)
{
    kk_arena *arena = kk_arena_open();
    if (!source->people_in_memory) {
        kk_arena_use_disk(arena, source->open_file, source->files);
        kk_arena_at_random(arena);
    }
    return arena;
}

/* Run 0 is nobody's: who nothing was told of finds an empty one there. */
static void open_lanes(filling *f, size_t count, kk_arena *arena, kk_arena *scratch)
{
    about_people *a = f->people;
    a->lanes = LANES_MOST;
    a->run_bits = RUN_BITS_MOST;
    while (a->lanes > LANES_LEAST && (size_t)HANDS * a->lanes << a->run_bits > count / SLACK_PART)
        a->lanes /= 2;
    while (a->run_bits > RUN_BITS_LEAST &&
           (size_t)HANDS * a->lanes << a->run_bits > count / SLACK_PART)
        a->run_bits--;
    const size_t filled = (size_t)HANDS * a->lanes;
    size_t runs = (count >> a->run_bits) + filled + 2;
    a->slots = runs << a->run_bits;
    a->slot = a->said_slot = KK_NEW_ARRAY(arena, uint32_t, count);
    a->lane_of_run = KK_NEW_ARRAY(arena, uint16_t, runs);
    a->runs = KK_NEW_ARRAY(arena, uint32_t, runs);
    a->first_run = KK_NEW_ARRAY(arena, uint32_t, a->lanes + 1);
    f->next = kk_take_array(scratch, HANDS, sizeof *f->next);
    f->runs = 1;
}

static void list_runs(about_people *a, uint32_t runs)
{
    uint32_t next[LANES_MOST], sum = 0;
    for (uint32_t run = 1; run < runs; run++)
        a->first_run[a->lane_of_run[run]]++;
    for (unsigned lane = 0; lane <= a->lanes; lane++) {
        uint32_t here = a->first_run[lane];
        a->first_run[lane] = sum;
        if (lane < a->lanes)
            next[lane] = sum;
        sum += here;
    }
    for (uint32_t run = 1; run < runs; run++)
        a->runs[next[a->lane_of_run[run]]++] = run;
}

static bool has_room(size_t count)
{
    return count < UINT32_MAX - ((size_t)HANDS * LANES_MOST << RUN_BITS_MOST) * 2;
}

void about_fill(about_people *a, const key_source *source, size_t count, const uint32_t *place,
                kk_arena *arena)
{
    kk_arena *scratch = kk_arena_open();
    filling f = {.people = a, .source = source, .place = place};
    a->slots = count;
    if (source->open_file && !source->people_in_memory && has_room(count))
        open_lanes(&f, count, arena, scratch);
    a->of_said = open_arena(source);
    a->of_near = open_arena(source);
    a->said = room_for_said(a->of_said, a->slots);
    a->near = KK_NEW_ARRAY(a->of_near, near_names, a->slots);
    hands_work(fill_part, &f, (unsigned)source->parts);
    if (a->slot)
        list_runs(a, f.runs);
    kk_arena_close(scratch);
}

uint32_t *about_places(const about_people *a, size_t count, kk_arena *arena)
{
    if (!a->slot)
        return NULL;
    uint32_t *places = KK_NEW_ARRAY(arena, uint32_t, a->slots);
    memset(places, 0xff, a->slots * sizeof *places);
    for (size_t place = 0; place < count; place++)
        if (a->slot[place])
            places[a->slot[place]] = (uint32_t)place;
    return places;
}

void about_close(about_people *a)
{
    kk_arena_close(a->of_said);
    kk_arena_close(a->of_near);
}

static void fetch(const void *from, size_t size)
{
    const uintptr_t page = 4096;
    uintptr_t at = (uintptr_t)from / page * page;
    (void)madvise((void *)at, size + ((uintptr_t)from - at), MADV_WILLNEED); /* a wish only */
}

void about_fetch(const about_people *a, unsigned lane, bool with_near)
{
    const size_t size = (size_t)1 << a->run_bits;
    for (uint32_t i = a->first_run[lane]; i < a->first_run[lane + 1]; i++) {
        size_t slot = (size_t)a->runs[i] << a->run_bits;
        if (!a->relatives)
            fetch(&a->said[slot], size * sizeof *a->said);
        if (with_near)
            fetch(&a->near[slot], size * sizeof *a->near);
    }
}

/* Slot 0 stays nobody's. */
static uint32_t move_run(about_people *a, uint32_t run, const uint32_t *places,
                         const uint32_t *parent, contrast *to, uint8_t *relatives, uint32_t next)
{
    uint32_t from = run << a->run_bits, end = (run + 1) << a->run_bits;
    for (uint32_t slot = from; slot < end; slot++) {
        uint32_t place = places[slot];
        if (place == UINT32_MAX)
            continue;
        if (a->said[slot].is_relative)
            relatives[place / 8] |= (uint8_t)(1u << place % 8);
        if (parent[place] != place)
            continue;
        a->said_slot[place] = ++next;
        to[next] = a->said[slot];
    }
    return next;
}

/* Lane by lane, so that the persons of one lie together once more. */
static void move_persons(about_people *a, const uint32_t *places, const uint32_t *parent,
                         contrast *to, uint8_t *relatives)
{
    uint32_t next = 0;
    for (unsigned lane = 0; lane < a->lanes; lane++) {
        about_fetch(a, lane, false);
        for (uint32_t i = a->first_run[lane]; i < a->first_run[lane + 1]; i++)
            next = move_run(a, a->runs[i], places, parent, to, relatives, next);
    }
}

void about_of_persons(about_people *a, size_t count, const uint32_t *parent, kk_arena *arena,
                      const key_source *source)
{
    if (!a->slot || a->relatives)
        return;
    kk_arena *scratch = kk_arena_open(), *files = open_arena(source);
    size_t persons = 0;
    for (size_t place = 0; place < count; place++)
        persons += parent[place] == place;
    contrast *said = room_for_said(files, persons + 1);
    const uint32_t *places = about_places(a, count, scratch);
    a->said_slot = KK_NEW_ARRAY(arena, uint32_t, count);
    uint8_t *relatives = KK_NEW_ARRAY(arena, uint8_t, count / 8 + 1);
    move_persons(a, places, parent, said, relatives);
    a->relatives = relatives;
    kk_arena_close(a->of_said);
    a->of_said = files;
    a->said = said;
    kk_arena_close(scratch);
}
