/* One fuzz harness for every parser. With libFuzzer the parser is the one that the program was built
 * for (fuzz_csv: csv), else the one named by the environment variable KAKUHO_PARSER, else what the
 * probes choose. Built plain it replays files:
 *     fuzz-replay FILE...           each once, through probing and through its folder's parser
 *     fuzz-replay --harm N FILE...  also cut at N lengths, and damaged N times */
#include "tests/teller.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const kk_parser *parser, kk_slice bytes, kk_slice name)
{
    /* A heap block of exactly this size, so that a read beyond it shows. */
    char *copy = malloc(bytes.len ? bytes.len : 1);
    if (!copy)
        abort();
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    teller t = teller_open();
    t.silent = true;
    kk_slice exact = {copy, bytes.len};
    kk_settings settings = teller_settings();
    kk_stream *in = kk_stream_over_memory(t.sink.arena, exact, name);
    if (parser->facts)
        parser->facts(in, &t.sink);
    parser->parse(in, &settings, &t.sink);
    teller_close(&t);
    free(copy);
}

static void run_chosen(kk_slice bytes, kk_slice name)
{
    kk_probe probe = {kk_part(bytes, 0, 65536), name, name, bytes.len, KK_NONE};
    uint64_t place = kk_parser_place(&probe);
    if (place)
        probe.further = kk_part(bytes, (size_t)place, 65536);
    const kk_parser *chosen = kk_parser_for(&probe);
    if (chosen)
        run(chosen, bytes, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef KAKUHO_FUZZED
    const char *name = KAKUHO_FUZZED;
#else
    const char *name = getenv("KAKUHO_PARSER");
#endif
    const kk_parser *parser = name ? kk_parser_by_name(kk_cstr(name)) : NULL;
    kk_slice bytes = {(const char *)data, size};
    if (parser)
        run(parser, bytes, KK_S("fuzz"));
    else
        run_chosen(bytes, KK_S("fuzz"));
    return 0;
}

#ifndef KAKUHO_LIBFUZZER
static uint64_t state = 20260701;

static size_t random_below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (size_t)(state % n) : 0;
}

/* Cut at lengths, then with some bytes changed. The seed is fixed: a failure comes again. */
static void harm(const kk_parser *parser, kk_slice bytes, kk_slice name, size_t rounds)
{
    size_t step = bytes.len / (rounds ? rounds : 1) + 1;
    for (size_t len = 0; len < bytes.len; len += step)
        run(parser, kk_part(bytes, 0, len), name);
    kk_arena *arena = kk_arena_open();
    for (size_t i = 0; i < rounds && bytes.len; i++) {
        kk_slice copy = kk_copy(arena, bytes);
        char *to = (char *)(uintptr_t)copy.ptr;
        for (size_t k = 1 + random_below(8); k-- > 0;)
            to[random_below(bytes.len)] = (char)random_below(256);
        run(parser, copy, name);
        kk_arena_reset(arena);
    }
    kk_arena_close(arena);
}

static const kk_parser *parser_of_folder(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice folder = slash == KK_NOWHERE ? KK_NONE : kk_part(path, 0, slash);
    size_t before = kk_rfind_byte(folder, '/');
    return kk_parser_by_name(before == KK_NOWHERE ? folder : kk_from(folder, before + 1));
}

int main(int count, char **arguments)
{
    int first = 1, files = 0;
    uint64_t rounds = 0;
    if (count > 2 && strcmp(arguments[1], "--harm") == 0 &&
        kk_to_u64(kk_cstr(arguments[2]), &rounds))
        first = 3;
    for (int i = first; i < count; i++, files++) {
        kk_arena *arena = kk_arena_open();
        kk_slice path = kk_cstr(arguments[i]), bytes = teller_load(arena, arguments[i]);
        const kk_parser *parser = parser_of_folder(path);
        run_chosen(bytes, path);
        if (parser) {
            run(parser, bytes, path);
            harm(parser, bytes, path, (size_t)rounds);
        }
        kk_arena_close(arena);
    }
    printf("%d passed, 0 failed\n", files);
    return files == 0;
}
#endif
