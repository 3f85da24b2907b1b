/* Countries of addresses out of tor-geoipdb (IPFire Location, CC BY-SA 4.0), where it is installed. A
 * country is a hint for ranking and never decides a verdict: it is where an address is assigned, not
 * where somebody sits. */
#include "analyse/analyse.h"

#include "base/sorted.h"
#include "base/text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uloc.h>

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
    if (!kk_split(&rest, ',', &piece) || !kk_to_u64(piece, &from) ||
        !kk_split(&rest, ',', &piece) || !kk_to_u64(piece, &to) || !kk_split(&rest, ',', &piece) ||
        piece.len < 2 || to > UINT32_MAX || from > to)
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

static kk_slice of_table(kk_slice address)
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

/* English names of countries, as devices write them, to two letters: out of ICU. */
static kk_slice code_of_name(kk_arena *arena, kk_slice name)
{
    const char *const *codes = uloc_getISOCountries();
    kk_slice wanted = kk_nfkc_fold(arena, name);
    for (size_t i = 0; codes[i]; i++) {
        UChar shown[128];
        char locale[8] = "und_";
        UErrorCode error = U_ZERO_ERROR;
        memcpy(locale + 4, codes[i], 3);
        int32_t len = uloc_getDisplayCountry(locale, "en", shown, 128, &error);
        if (U_FAILURE(error))
            continue;
        kk_slice text = kk_utf16_to_utf8(arena, (kk_slice){(const char *)shown, (size_t)len * 2});
        if (kk_eq(kk_nfkc_fold(arena, text), wanted))
            return kk_cstr(codes[i]);
    }
    return kk_is(wanted, "russian federation")   ? KK_S("RU")
           : kk_is(wanted, "korea, republic of") ? KK_S("KR")
                                                 : KK_NONE;
}

kk_status kk_countries_told(kk_store *store, kk_arena *arena, kk_countries *out, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0;
    *out = (kk_countries){0};
    kk_status status = kk_ask(store, "told_countries", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_arena *scratch = kk_arena_open();
    while (kk_rows_next(rows)) {
        kk_slice code = code_of_name(scratch, kk_rows_text(rows, 1));
        kk_arena_reset(scratch);
        if (!code.len)
            continue;
        out->items = kk_grow(arena, out->items, &capacity, out->count + 1, sizeof *out->items);
        out->items[out->count++] = (kk_pair){kk_copy(arena, kk_rows_text(rows, 0)), code};
    }
    kk_arena_close(scratch);
    return kk_rows_close(rows, fault);
}

kk_slice kk_country_of(const kk_countries *told, kk_slice address)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, told ? told->count : 0, kk_compare(told->items[low].name, address) < 0);
    if (told && low < told->count && kk_eq(told->items[low].name, address))
        return told->items[low].value;
    return of_table(address);
}
