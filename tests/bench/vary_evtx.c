/* Makes a large event log of a small one, for measuring: its chunks over and over, as they are or with
 * other values in each copy, so that a reader cannot live on remembering what it saw.
 *     vary_evtx IN OUT MEGABYTES [varied]
 * Varied: digits and hexadecimal letters in texts, numbers, identifiers, the last part of accounts and times of
 * the innermost values are others in each copy; what says which event it is stays. */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/slice.h"

enum { HEADER = 4096, CHUNK = 65536, RECORDS = 512, DEEPEST = 4, CHUNKS_MOST = 65535 };

static uint64_t roll(uint64_t *dice)
{
    *dice += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = (*dice ^ *dice >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t number_at(const uint8_t *p, unsigned bytes)
{
    uint32_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | p[bytes];
    return v;
}

static void put_number(uint8_t *p, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static void vary_text(uint64_t *dice, uint8_t *p, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (p[i + 1])
            continue;
        if (p[i] >= '0' && p[i] <= '9')
            p[i] = (uint8_t)('0' + roll(dice) % 10);
        else if ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'f' && roll(dice) % 4 == 0)
            p[i] = (uint8_t)((p[i] & 0x20) | ('A' + roll(dice) % 6));
    }
}

/* Of the types that hold numbers, identifiers and texts; others stay. */
static void vary_value(uint64_t *dice, uint8_t *p, size_t len, uint8_t type)
{
    enum {
        TEXT = 0x01,
        UINT32 = 0x08,
        UINT64 = 0x0a,
        GUID = 0x0f,
        TIME = 0x11,
        SID = 0x13,
        HEX32 = 0x14,
        HEX64 = 0x15
    };
    switch (type) {
    case TEXT:
        vary_text(dice, p, len);
        break;
    case GUID:
    case UINT32:
    case UINT64:
    case HEX32:
    case HEX64:
        for (size_t i = 0; i < len; i++)
            if (p[i])
                p[i] = (uint8_t)(1 + roll(dice) % 255);
        break;
    case TIME:
        if (len == 8)
            put_number(p, roll(dice) % 10000000, 3); /* within seconds */
        break;
    case SID:
        if (len >= 28)
            put_number(p + len - 4, 1000 + roll(dice) % 100000, 4);
        break;
    default:
        break;
    }
}

/* The values of the instance at p; `inner`: it stands in a value of another one. */
static void vary_instance(uint64_t *dice, const uint8_t *chunk, uint8_t *p, uint8_t *end, int depth)
{
    if (end - p > 4 && *p == 0x0f)
        p += 4;
    if (depth > DEEPEST || end - p < 14 || *p != 0x0c)
        return;
    uint32_t definition = number_at(p + 6, 4);
    p += 10;
    if (definition == p - chunk && end - p > 24) {
        uint32_t size = number_at(p + 20, 4);
        if (size > end - p - 24)
            return;
        p += 24 + size;
    }
    if (end - p < 4 || number_at(p, 4) > (uint32_t)(end - p - 4) / 4)
        return;
    uint32_t count = number_at(p, 4);
    uint8_t *descriptors = p + 4, *value = descriptors + 4 * (size_t)count;
    for (uint32_t i = 0; i < count; i++, descriptors += 4) {
        uint32_t size = number_at(descriptors, 2);
        if (size > end - value)
            return;
        if (descriptors[2] == 0x21)
            vary_instance(dice, chunk, value, value + size, depth + 1);
        else if (depth > 0 || descriptors[2] == 0x11)
            vary_value(dice, value, size, descriptors[2]);
        value += size;
    }
}

static void vary_chunk(uint64_t *dice, uint8_t *chunk)
{
    uint32_t end = number_at(chunk + 48, 4), sum;
    for (size_t at = RECORDS, size; end <= CHUNK && at + 28 <= end; at += size) {
        size = number_at(chunk + at + 4, 4);
        if (number_at(chunk + at, 4) != 0x2a2a || size < 28 || size > end - at)
            break;
        put_number(chunk + at + 16, roll(dice) % 10000000, 3);
        vary_instance(dice, chunk, chunk + at + 24, chunk + at + size - 4, 0);
    }
    if (end < RECORDS || end > CHUNK)
        return;
    put_number(chunk + 52, crc32(0, chunk + RECORDS, end - RECORDS), 4);
    sum = (uint32_t)crc32(0, chunk, 120);
    put_number(chunk + 124, crc32(sum, chunk + 128, RECORDS - 128), 4);
}

static uint8_t *read_whole(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    *len = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*len + 1);
    bool good = bytes && fread(bytes, 1, *len, file) == *len;
    fclose(file);
    return good ? bytes : NULL;
}

int main(int count, char **arguments)
{
    size_t len = 0;
    uint8_t *log = count >= 4 ? read_whole(arguments[1], &len) : NULL;
    FILE *out = log && len >= HEADER + CHUNK ? fopen(arguments[2], "wb") : NULL;
    if (!out) {
        fputs("vary_evtx IN OUT MEGABYTES [varied]\n", stderr);
        return 2;
    }
    uint64_t megabytes = 0;
    (void)kk_to_u64(kk_cstr(arguments[3]), &megabytes);
    size_t chunks = (len - HEADER) / CHUNK, wanted = (size_t)megabytes * 16;
    wanted = wanted < chunks ? chunks : wanted > CHUNKS_MOST ? CHUNKS_MOST : wanted;
    put_number(log + 16, wanted - 1, 8);
    put_number(log + 42, wanted, 2);
    put_number(log + 124, crc32(0, log, 120), 4);
    uint64_t dice = 0;
    bool good = fwrite(log, HEADER, 1, out) == 1;
    for (size_t i = 0; i < wanted && good; i++) {
        uint8_t *chunk = log + HEADER + i % chunks * CHUNK;
        if (count > 4)
            vary_chunk(&dice, chunk);
        good = fwrite(chunk, CHUNK, 1, out) == 1;
    }
    free(log);
    return fclose(out) == 0 && good ? 0 : 1;
}
