/* Golden cases of one parser: bytes in, lines out.
 *     golden PARSER FOLDER [--accept]
 * Every FOLDER/CASE.in is parsed and compared with CASE.out; probing must choose the parser (by the
 * name in CASE.name, else CASE.in); a parser of lines must give the same when its input is cut into
 * ranges anywhere. A parser without a case fails. */
#include "tests/teller.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int passed, failed;
static struct {
    const char *base; /* its path without an ending */
    kk_arena *arena;
} current; /* the case at hand */

static void verdict(bool good, const char *parser, const char *name, const char *what)
{
    if (good) {
        passed++;
    } else {
        failed++;
        printf("FAIL %s/%s: %s\n", parser, name, what);
    }
}

static kk_slice case_name(kk_arena *arena, const char *base, const char *stem)
{
    kk_slice path = kk_print(arena, "%s.name", base);
    FILE *file = fopen(path.ptr, "rb");
    if (!file)
        return kk_print(arena, "%s.in", stem);
    fclose(file);
    return kk_trim(teller_load(arena, path.ptr));
}

static void check_probe(const kk_parser *parser, kk_slice input, kk_slice path, const char *stem)
{
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice name = slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
    kk_probe probe = {kk_part(input, 0, 65536), name, path, input.len, KK_NONE};
    uint64_t place = kk_parser_place(&probe);
    if (place)
        probe.further = kk_part(input, (size_t)place, 65536);
    const kk_parser *chosen = kk_parser_for(&probe);
    verdict(chosen == parser, parser->name, stem,
            chosen ? "another parser wants it" : "its probe does not want it");
    if (chosen && chosen != parser)
        printf("     %s does\n", chosen->name);
}

/* What lies beside the evidence is CASE with the ending that is asked for. */
static kk_stream *find_sibling(kk_stream *stream, kk_slice name)
{
    (void)stream;
    size_t dot = kk_rfind_byte(name, '.');
    if (dot == KK_NOWHERE)
        return NULL;
    kk_slice path = kk_print(current.arena, "%s%.*s", current.base, KK_P(kk_from(name, dot)));
    FILE *file = fopen(path.ptr, "rb");
    if (!file)
        return NULL;
    fclose(file);
    return kk_stream_over_memory(current.arena, teller_load(current.arena, path.ptr), name);
}

static kk_stream *stream_over(kk_arena *arena, kk_slice input, kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    kk_stream *in =
        kk_stream_over_memory(arena, input, slash == KK_NOWHERE ? path : kk_from(path, slash + 1));
    in->path = path;
    in->sibling = find_sibling;
    in->modified = teller_settings().modified;
    return in;
}

static void tell(const kk_parser *parser, kk_slice input, kk_slice path, size_t cut, teller *t)
{
    size_t ends[2] = {cut, SIZE_MAX};
    kk_settings settings = teller_settings();
    for (int i = cut ? 0 : 1; i < 2; i++) {
        settings.begin = i && cut ? cut : 0;
        settings.end = ends[i] == SIZE_MAX ? UINT64_MAX : ends[i];
        if (settings.begin == 0 && parser->facts)
            parser->facts(stream_over(t->sink.arena, input, path), &t->sink);
        parser->parse(stream_over(t->sink.arena, input, path), &settings, &t->sink);
    }
}

/* Events alone: what was counted for a range (unparsed lines) may come in two parts. */
static void check_cuts(const kk_parser *parser, kk_slice input, kk_slice path, const char *stem)
{
    teller whole = teller_open();
    whole.raw_records = true;
    tell(parser, input, path, 0, &whole);
    for (size_t cut = 1; cut < input.len; cut += input.len / 23 + 1) {
        teller parts = teller_open();
        parts.raw_records = true;
        tell(parser, input, path, cut, &parts);
        bool same =
            parts.events == whole.events &&
            (whole.issues || kk_eq(kk_buffer_slice(&parts.out), kk_buffer_slice(&whole.out)));
        if (!same)
            printf("     cut at %zu: %llu events, whole %llu\n", cut,
                   (unsigned long long)parts.events, (unsigned long long)whole.events);
        verdict(same, parser->name, stem, "cut into ranges it tells something else");
        teller_close(&parts);
    }
    teller_close(&whole);
}

static void write_out(const char *path, kk_slice text)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0)
        exit(2);
}

static void check_case(const kk_parser *parser, const char *folder, const char *stem, bool accept)
{
    kk_arena *arena = kk_arena_open();
    const char *base = kk_print(arena, "%s/%s", folder, stem).ptr;
    current.base = base;
    current.arena = arena;
    kk_slice input = teller_load(arena, kk_print(arena, "%s.in", base).ptr);
    kk_slice name = case_name(arena, base, stem);
    const char *out = kk_print(arena, "%s.out", base).ptr;
    teller t = teller_open();
    tell(parser, input, name, 0, &t);
    check_probe(parser, input, name, stem);
    if (accept)
        write_out(out, kk_buffer_slice(&t.out));
    verdict(kk_eq(teller_load(arena, out), kk_buffer_slice(&t.out)), parser->name, stem,
            "tells something else than its .out (see with --accept and git diff)");
    if (parser->cut == KK_LINES)
        check_cuts(parser, input, name, stem);
    teller_close(&t);
    kk_arena_close(arena);
}

int main(int count, char **arguments)
{
    const kk_parser *parser = count > 2 ? kk_parser_by_name(kk_cstr(arguments[1])) : NULL;
    DIR *folder = parser ? opendir(arguments[2]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: golden PARSER FOLDER [--accept]: a parser without cases fails\n");
        return 1;
    }
    bool accept = count > 3 && strcmp(arguments[3], "--accept") == 0;
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);
        if (len < 4 || strcmp(entry->d_name + len - 3, ".in") != 0)
            continue;
        entry->d_name[len - 3] = '\0';
        check_case(parser, arguments[2], entry->d_name, accept);
    }
    closedir(folder);
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}
