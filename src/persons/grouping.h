/* Inside of the persons room only: keys into groups of mentions that share one, the groups of all
 * processors in one order, and which groups could touch each other. */
#pragma once
#include "persons/identity.h"

/* Mentions that share a key, ascending. */
typedef struct {
    uint64_t place; /* in which list, and from where on: see below */
    uint32_t first, count;
} key_group;

/* What one processor found. */
typedef struct {
    kk_arena *arena;
    key_group *groups;
    uint32_t *members; /* of one group after the other, and behind each its persons' first ones */
    uint32_t *linked;  /* persons whose cluster became part of another */
    size_t count, capacity;
    size_t member_count, member_capacity;
    size_t linked_count, linked_capacity;
} key_groups;

typedef struct {
    kk_arena *arena;
    key_groups lists[HANDS];
    key_group *groups, *unordered;
    size_t count, capacity;
    /* Persons that share a group are in one cluster: a forest over persons, whose roots are the first
     * of each. NULL: nobody asks. */
    uint32_t *cluster;
    bool by_person;      /* of this step: see group_persons */
    bool only_looked_at; /* ... nobody is joined: no clusters are made */
} group_order;

enum { LIST_SHIFT = 60, PERSONS_SHIFT = 48, PERSONS_MOST = 32 };
static inline uint32_t *group_members(const group_order *all, const key_group *group)
{
    return all->lists[group->place >> LIST_SHIFT].members +
           (group->place & ((UINT64_C(1) << PERSONS_SHIFT) - 1));
}

/* Of each person that was in it when it was found the first member, if they are few and it was asked for;
 * else all members. */
static inline uint32_t *group_persons(const group_order *all, const key_group *group, size_t *count)
{
    size_t persons = group->place >> PERSONS_SHIFT & ((1 << (LIST_SHIFT - PERSONS_SHIFT)) - 1);
    *count = persons ? persons : group->count;
    return group_members(all, group) + (persons ? group->count : 0);
}

/* Keys that follow each other. */
typedef struct {
    rule_key *keys;
    size_t count;
} key_run;

/* Memory that one processor uses again for each part. */
typedef struct {
    kk_arena *arena;
    rule_key *keys, *buffer;
    uint32_t *table;
    size_t key_capacity, table_capacity;
} gather_room;

/* Of the keys of one part, whose hashes share so many bits, keeps those alone that two persons have, and
 * a few more, sorted: they lie in the room until it is used again. Mentions come as numbers and go as
 * places: `person` and `place` of each number (NULL: the same). Most keys of a case are one person's own,
 * and are never sorted. */
key_run rule_keys_gather(const key_run *runs, size_t run_count, unsigned shared,
                         const uint32_t *person, const uint32_t *place, gather_room *room);

void group_order_open(group_order *all, kk_arena *arena, size_t mentions, bool with_clusters);
/* Lists of groups lie in files from now on: see kk_arena_use_disk. */
void group_order_use_disk(group_order *all, int (*open_file)(void *context), void *context);
void group_order_close(group_order *all);
/* Adds each set of at least two mentions with one hash, out of sorted keys, to the list of this hand; sets
 * that are one person already (by `parent`, see identity.c) are left out, and so are their keys: returns
 * how many stay. All hands may do it at once. */
size_t groups_add(group_order *all, unsigned hand, rule_key *keys, size_t count,
                  const uint32_t *parent);
/* All that were added, by their members. */
void groups_put_in_order(group_order *all, size_t mentions);
/* The first of the persons that groups hold together with this one. */
uint32_t cluster_of(const group_order *all, uint32_t person);
/* The lists are empty then, each person is a cluster of its own. */
void groups_forget(group_order *all);
