/* What is known of people is found again wherever it lies: by place, or in lanes. */
#include "tests/unit/test.h"

#include "persons/lanes.h"

#include <fcntl.h>
#include <stdlib.h>

enum { MENTIONS = 70001, PARTS = 37, HOMES = 900, UNTOLD = 1234, OF_ONE = 3 };

typedef struct {
    kk_arena *arena;
    uint32_t place[MENTIONS], mention[MENTIONS], parent[MENTIONS];
    key_source source;
    about_people about;
} fixture;

static uint64_t home_of(uint32_t mention)
{
    return (mention % HOMES + 1) * UINT64_C(0xD6E8FEB86659FD93);
}

static bool is_somebodys_relative(uint32_t mention)
{
    return mention % 7 == 3;
}

static void say(const void *context, size_t part, about_sink *sink)
{
    (void)context;
    for (uint32_t m = (uint32_t)part; m < MENTIONS; m += PARTS) {
        if (m == UNTOLD)
            continue;
        about_place to = about_put(sink, m, home_of(m), m % 5 != 0);
        assert_int_equal(to.said->said[SAID_NAME], 0);
        to.said->said[SAID_NAME] = m + 1;
        to.said->is_relative = is_somebodys_relative(m);
        to.near->hash[0] = ~m;
    }
}

static int open_file(void *context)
{
    (void)context;
    return open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int open_fixture(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = kk_arena_open();
    f->source = (key_source){.parts = PARTS, .say = say};
    for (uint32_t m = 0; m < MENTIONS; m++) {
        f->place[m] = (uint32_t)(m * UINT64_C(40503) % MENTIONS);
        f->mention[f->place[m]] = m;
        f->parent[m] = m - m % OF_ONE;
    }
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    about_close(&f->about);
    kk_arena_close(f->arena);
    free(f);
    return 0;
}

static void expect_all(const fixture *f, bool of_persons)
{
    for (uint32_t place = 0; place < MENTIONS; place++) {
        uint32_t m = f->mention[place];
        bool told = m != UNTOLD, is_person = f->parent[place] == place;
        assert_int_equal(near_of(&f->about, place)->hash[0], told ? ~m : 0);
        assert_int_equal(is_relative(&f->about, place), told && is_somebodys_relative(m));
        if (!of_persons || is_person)
            assert_int_equal(said_of(&f->about, place)->said[SAID_NAME], told ? m + 1 : 0);
    }
}

static void by_place(void **state)
{
    fixture *f = *state;
    about_fill(&f->about, &f->source, MENTIONS, f->place, f->arena);
    assert_null(f->about.slot);
    expect_all(f, false);
    about_of_persons(&f->about, MENTIONS, f->parent, f->arena, &f->source);
    expect_all(f, false);
}

static void in_lanes(void **state)
{
    fixture *f = *state;
    f->source.open_file = open_file;
    about_fill(&f->about, &f->source, MENTIONS, f->place, f->arena);
    assert_non_null(f->about.slot);
    expect_all(f, false);
    const uint32_t *places = about_places(&f->about, MENTIONS, f->arena);
    for (uint32_t place = 0; place < MENTIONS; place++)
        if (f->mention[place] != UNTOLD)
            assert_int_equal(places[f->about.slot[place]], place);
    for (unsigned lane = 0; lane < f->about.lanes; lane++)
        about_fetch(&f->about, lane, true);
    about_of_persons(&f->about, MENTIONS, f->parent, f->arena, &f->source);
    expect_all(f, true);
}

/* Whoever is of one home is in one lane, and lanes are much the same in size. */
static void homes_lie_together(void **state)
{
    fixture *f = *state;
    unsigned of[2][HOMES], in[LANES_MOST] = {0};
    memset(of, 0xff, sizeof of);
    f->source.open_file = open_file;
    about_fill(&f->about, &f->source, MENTIONS, f->place, f->arena);
    for (uint32_t m = 0; m < MENTIONS; m++) {
        unsigned *known = &of[m % 5 != 0][m % HOMES], lane = lane_of(&f->about, f->place[m]);
        if (m == UNTOLD)
            continue;
        if (*known == UINT32_MAX)
            *known = lane;
        assert_int_equal(lane, *known);
        in[lane]++;
    }
    assert_true(f->about.lanes >= 16);
    for (unsigned lane = 0; lane < f->about.lanes; lane++)
        assert_true(in[lane] && in[lane] < MENTIONS / 4);
}

enum { CHAIN = 10, GROUPS = 20000 };

/* Of groups that follow each other each shares somebody with the next one, but for the last of a chain. */
static void add_chains(fixture *f, group_order *groups)
{
    rule_key *keys = KK_NEW_ARRAY(f->arena, rule_key, 2 * GROUPS);
    for (uint32_t i = 0; i < GROUPS; i++) {
        uint32_t first = i / CHAIN * (CHAIN + 1) + i % CHAIN;
        keys[2 * i] = (rule_key){i, first};
        keys[2 * i + 1] = (rule_key){i, first + 1};
    }
    for (uint32_t place = 0; place < MENTIONS; place++)
        f->parent[place] = place;
    assert_int_equal(groups_add(groups, 0, keys, (size_t)2 * GROUPS, f->parent), 2 * GROUPS);
    groups_put_in_order(groups, MENTIONS);
}

/* Lanes are taken by several processors at once: what one group does, the others of its chain see. */
static void chains_are_in_one_lane(void **state)
{
    fixture *f = *state;
    f->source.open_file = open_file;
    people all = {.parent = f->parent};
    group_order groups = {0};
    lane_lists lists = {.arena = f->arena};
    about_fill(&f->about, &f->source, MENTIONS, f->place, f->arena);
    all.about = f->about;
    group_order_open(&groups, f->arena, MENTIONS, true);
    add_chains(f, &groups);
    lanes_choose(&lists, &groups, &all);
    for (uint32_t i = 0; i < GROUPS; i++) {
        assert_int_equal(groups.groups[i].first % (CHAIN + 1), i % CHAIN);
        assert_int_equal(lists.of[i], lists.of[i - i % CHAIN]);
    }
    size_t listed = 0;
    for (unsigned lane = 0; lane < f->about.lanes; lane++)
        for (size_t i = lists.from[lane]; i < lists.from[lane + 1]; i++, listed++) {
            assert_int_equal(lists.of[lists.groups[i]], lane);
            assert_true(i == lists.from[lane] || lists.groups[i - 1] < lists.groups[i]);
        }
    assert_int_equal(listed, GROUPS);
    group_order_close(&groups);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(by_place), TEST(in_lanes), TEST(homes_lie_together),
                                       TEST(chains_are_in_one_lane)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
