/* Countries of addresses out of tor-geoipdb (IPFire Location, CC BY-SA 4.0), where it is installed. A
 * country is a hint for ranking and never decides a verdict: it is where an address is assigned, not
 * where somebody sits. */
#include "analyse/analyse.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    uint32_t from, to;
    char code[2];
} span;

static struct {
    pthread_once_t once;
    span *spans;
    size_t count;
} table = {.once = PTHREAD_ONCE_INIT};

static bool read_span(kk_slice line, span *out)
{
    uint64_t from, to;
    kk_slice piece, rest = line;
    if (!kk_split(&rest, ',', &piece) || !kk_to_u64(piece, &from) || !kk_split(&rest, ',', &piece) ||
        !kk_to_u64(piece, &to) || !kk_split(&rest, ',', &piece) || piece.len < 2 || to > UINT32_MAX || from > to)
        return false;
    *out = (span){(uint32_t)from, (uint32_t)to, {piece.ptr[0], piece.ptr[1]}};
    return true;
}

static void load(void)
{
    FILE *file = fopen("/usr/share/tor/geoip", "re");
    char line[256];
    size_t capacity = 0;
    while (file && fgets(line, sizeof line, file)) {
        if (table.count == capacity) {
            capacity = capacity ? capacity * 2 : 1 << 19;
            table.spans = realloc(table.spans, capacity * sizeof *table.spans);
            if (!table.spans)
                abort();
        }
        table.count += read_span(kk_trim(kk_cstr(line)), &table.spans[table.count]);
    }
    if (file)
        fclose(file);
}

static bool parse_v4(kk_slice text, uint32_t *out)
{
    kk_slice rest = text, piece;
    uint32_t value = 0;
    int parts = 0;
    uint64_t part;
    while (kk_split(&rest, '.', &piece)) {
        if (!kk_to_u64(piece, &part) || part > 255 || ++parts > 4)
            return false;
        value = value << 8 | (uint32_t)part;
    }
    *out = value;
    return parts == 4;
}

kk_slice kk_country_of(kk_slice address)
{
    uint32_t ip;
    size_t low = 0, high;
    pthread_once(&table.once, load);
    if (!parse_v4(address, &ip) || !table.count)
        return KK_NONE;
    for (high = table.count; high - low > 1;) {
        size_t middle = (low + high) / 2;
        if (table.spans[middle].from <= ip)
            low = middle;
        else
            high = middle;
    }
    const span *s = &table.spans[low];
    return ip >= s->from && ip <= s->to && s->code[0] != '?' ? (kk_slice){s->code, 2} : KK_NONE;
}
