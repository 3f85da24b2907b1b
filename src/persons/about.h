/* Inside of the persons room only: what is known of people, and where it lies. In memory it lies by place, in the one
 * order of mentions. Where memory is too small it lies in files, by lanes: what is known of one home lies together, and
 * with it most of what any rule compares. Who goes through groups lane by lane has one stretch of the files in memory
 * at a time. The order of mentions stays what it is, so nothing of this shows in the result. */
#pragma once
#include "persons/identity.h"

enum { LANES_MOST = 512 };

typedef struct {
    contrast *said; /* of a person at its first mention */
    near_names *near;
    uint32_t *slot;      /* of a place: where near names lie; NULL: there */
    uint32_t *said_slot; /* ... and the rest */
    uint8_t *
        relatives; /* bit by place, once the rest is kept of persons alone; NULL: it is of mentions */
    kk_arena *of_said, *of_near;
    /* Slots that follow each other are of one lane, so many at a time. */
    uint16_t *lane_of_run;
    uint32_t *runs; /* by lane */
    uint32_t *first_run;
    unsigned lanes, run_bits;
    size_t slots;
} about_people;

/* `place`: of a person; before anything was joined, of any mention. */
static inline contrast *said_of(const about_people *a, uint32_t place)
{
    return &a->said[a->said_slot ? a->said_slot[place] : place];
}

static inline bool is_relative(const about_people *a, uint32_t place)
{
    return a->relatives ? a->relatives[place / 8] >> place % 8 & 1 : said_of(a, place)->is_relative;
}

static inline near_names *near_of(const about_people *a, uint32_t place)
{
    return &a->near[a->slot ? a->slot[place] : place];
}

static inline unsigned lane_of(const about_people *a, uint32_t place)
{
    return a->lane_of_run[a->slot[place] >> a->run_bits];
}

/* Asks the source; by lanes and in its files, where it says that people are not in memory. `place`: of a mention; NULL:
 * its number. Slots lie in `arena`. */
void about_fill(about_people *a, const key_source *source, size_t count, const uint32_t *place,
                kk_arena *arena);
void about_close(about_people *a);
/* From now on of persons alone, who are fewer: of each at its first mention. Nothing where all lies by place. */
void about_of_persons(about_people *a, size_t count, const uint32_t *parent, kk_arena *arena,
                      const key_source *source);
/* Of a slot its place; UINT32_MAX where nothing is. NULL: the same. */
uint32_t *about_places(const about_people *a, size_t count, kk_arena *arena);
/* Much of this lane is asked for soon. */
void about_fetch(const about_people *a, unsigned lane, bool with_near);
