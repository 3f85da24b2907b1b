/* Event logs with one sector flipped, zeroed, cut off or filled with noise:
 *     evtx_harm COUNT FILE...
 * COUNT variants, spread over the files, by a fixed seed. Held to be true of each of them:
 *   - it ends, and nothing is read or written out of bounds (run it under sanitizers);
 *   - an event that is neither flagged as damaged nor as recovered is one of the undamaged file, text by
 *     text: damage is never told as a sound event with another content;
 *   - every event of a chunk that was not touched is there, with the same content. */
#include "base/hash.h"
#include "model/batch.h"
#include "parse/parser.h"

#include <stdio.h>
#include <stdlib.h>

enum { SECTOR = 512, CHUNK = 65536, HEADER = 4096, EVENTS_MOST = 1 << 17 };

/* An event: where it is, and the hash of all that it says. */
typedef struct {
    uint64_t offset, hash;
    uint32_t flags;
} told;

typedef struct {
    kk_sink sink; /* first */
    told *events;
    size_t count;
    kk_packer packer;
} listener;

static void on_event(kk_sink *sink, const kk_event *event)
{
    listener *l = (listener *)sink;
    kk_event plain = *event;
    plain.flags = 0; /* compared apart */
    l->packer.used = 0;
    if (l->count == EVENTS_MOST || !kk_pack_event(&l->packer, &plain))
        return;
    l->events[l->count++] = (told){
        event->offset, kk_hash_quick((kk_slice){l->packer.bytes, l->packer.used}), event->flags};
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    (void)sink;
    (void)issue;
}

static void read_log(listener *l, kk_slice bytes)
{
    kk_arena *arena = kk_arena_open();
    l->sink = (kk_sink){.arena = arena, .event = on_event, .issue = on_issue};
    l->count = 0;
    const kk_settings settings = {.end = UINT64_MAX};
    kk_parser_by_name(KK_S("evtx"))
        ->parse(kk_stream_over_memory(arena, bytes, KK_S("log.evtx")), &settings, &l->sink);
    kk_arena_close(arena);
}

static uint64_t dice(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Returns how much is left of the file; [*from, *to) is what was touched. */
static size_t harm(uint64_t *seed, char *bytes, size_t len, size_t *from, size_t *to)
{
    size_t at = dice(seed) % len / SECTOR * SECTOR, end = at + SECTOR < len ? at + SECTOR : len;
    *from = at;
    *to = end;
    switch (dice(seed) % 5) {
    case 0: /* one bit */
        at += dice(seed) % (end - at);
        bytes[at] = (char)(bytes[at] ^ 1 << dice(seed) % 8);
        break;
    case 1: /* a few bytes */
        for (int n = 0; n < 8; n++)
            bytes[at + dice(seed) % (end - at)] = (char)dice(seed);
        break;
    case 2:
        memset(bytes + at, 0, end - at);
        break;
    case 3:
        for (size_t i = at; i < end; i++)
            bytes[i] = (char)dice(seed);
        break;
    default:
        *to = len;
        return at;
    }
    return len;
}

static int by_place(const void *left, const void *right)
{
    const told *a = left, *b = right;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (a->hash > b->hash) - (a->hash < b->hash);
}

static bool has(const told *events, size_t count, const told *wanted)
{
    return bsearch(wanted, events, count, sizeof *events, by_place) != NULL;
}

static size_t chunk_of(uint64_t offset)
{
    return offset < HEADER ? 0 : 1 + (size_t)((offset - HEADER) / CHUNK);
}

/* What is told of the variant and should not be, or should be and is not. */
static size_t compare(const listener *sound, listener *variant, size_t from, size_t to,
                      kk_slice name, uint64_t number)
{
    size_t wrong = 0, first = chunk_of(from), last = chunk_of(to - 1);
    qsort(variant->events, variant->count, sizeof(told), by_place);
    for (size_t i = 0; i < variant->count; i++) {
        const told *e = &variant->events[i];
        if (e->flags & (KK_FLAG_DAMAGED | KK_FLAG_RECOVERED) || has(sound->events, sound->count, e))
            continue;
        wrong++;
        printf("WRONG %.*s variant %llu: an invented event at byte %llu\n", KK_P(name),
               (unsigned long long)number, (unsigned long long)e->offset);
    }
    for (size_t i = 0; i < sound->count; i++) {
        const told *e = &sound->events[i];
        size_t chunk = chunk_of(e->offset);
        if (e->flags & KK_FLAG_RECOVERED || (chunk >= first && chunk <= last) ||
            has(variant->events, variant->count, e))
            continue;
        wrong++;
        printf("WRONG %.*s variant %llu: the event at byte %llu is lost\n", KK_P(name),
               (unsigned long long)number, (unsigned long long)e->offset);
    }
    return wrong;
}

static kk_slice load(kk_arena *arena, const char *path)
{
    kk_slice bytes = KK_NONE;
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return KK_NONE;
    long size = ftell(file);
    rewind(file);
    if (size > 0) {
        char *room = kk_take(arena, (size_t)size);
        bytes = (kk_slice){room, fread(room, 1, (size_t)size, file)};
    }
    fclose(file);
    return bytes;
}

static size_t try_file(const char *path, size_t variants, uint64_t *seed, listener *sound,
                       listener *variant)
{
    kk_arena *arena = kk_arena_open();
    kk_slice bytes = load(arena, path);
    size_t wrong = 0;
    if (bytes.len > HEADER) {
        char *copy = kk_take(arena, bytes.len);
        read_log(sound, bytes);
        qsort(sound->events, sound->count, sizeof(told), by_place);
        for (size_t n = 0; n < variants; n++) {
            size_t from, to;
            memcpy(copy, bytes.ptr, bytes.len);
            size_t len = harm(seed, copy, bytes.len, &from, &to);
            read_log(variant, (kk_slice){copy, len});
            wrong += compare(sound, variant, from, to, kk_cstr(path), n);
        }
    }
    kk_arena_close(arena);
    return wrong;
}

static void open_listener(listener *l, kk_arena *arena)
{
    l->events = KK_NEW_ARRAY(arena, told, EVENTS_MOST);
    l->packer = (kk_packer){kk_take(arena, KK_BATCH_BYTES), 0, KK_BATCH_BYTES};
}

int main(int count, char **arguments)
{
    uint64_t variants = 0, seed = 20260701;
    if (count < 3 || !kk_to_u64(kk_cstr(arguments[1]), &variants)) {
        fprintf(stderr, "usage: evtx_harm COUNT FILE...\n");
        return 2;
    }
    kk_arena *arena = kk_arena_open();
    listener sound = {.count = 0}, variant = {.count = 0};
    open_listener(&sound, arena);
    open_listener(&variant, arena);
    size_t files = (size_t)count - 2, wrong = 0, done = 0;
    for (size_t k = 0; k < files; k++) {
        size_t share = (size_t)((k + 1) * variants / files - k * variants / files);
        wrong += try_file(arguments[2 + k], share, &seed, &sound, &variant);
        done += share;
    }
    printf("%zu variants of %zu files, %zu wrong\n", done, files, wrong);
    kk_arena_close(arena);
    return wrong != 0;
}
