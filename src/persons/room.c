#include "persons/room.h"
#include "persons/identity.h"

enum {
    KEYS_PART = 24, /* of the memory: the mentions and the store are there too */
    PROGRAM = 64 << 20,
    /* Out of the peak measured with 10 M mentions of some 200 bytes of hashes each (6.7 GB): all but keys and store. */
    OF_MENTION = 540,
    /* ... in memory where hashes, groups and keys lie in files: numbers, places, clusters and the order. */
    NUMBERS = 40,
    /* Out of the peak of the disk measured with 1.3 M mentions in 300 and in 600 MB: 810. */
    ON_DISK = 850
};

static uint64_t tenths(uint64_t memory, unsigned parts)
{
    return memory / 10 * parts;
}

size_t room_for_keys(uint64_t memory)
{
    const size_t least = (size_t)4 << 20, most = (size_t)400 << 20;
    size_t keys = memory / KEYS_PART / sizeof(rule_key);
    return keys < least ? least : keys > most ? most : keys;
}

mention_room room_for_mentions(uint64_t memory, uint64_t store, uint64_t mentions)
{
    if (!memory)
        return (mention_room){true, true};
    const uint64_t people = sizeof(contrast) + sizeof(near_names);
    /* What is kept of keys for later steps takes half as much again. */
    uint64_t keys = room_for_keys(memory) * sizeof(rule_key) / 2 * 3;
    uint64_t whole = PROGRAM + store + keys + mentions * OF_MENTION;
    /* Files want a share of the memory too: what is read and written of them. */
    uint64_t in_part = PROGRAM + store + mentions * (NUMBERS + people);
    return (mention_room){whole <= tenths(memory, 9), in_part <= tenths(memory, 6)};
}

uint64_t disk_for_mentions(mention_room room, uint64_t mentions)
{
    return room.all ? 0 : mentions * ON_DISK;
}
