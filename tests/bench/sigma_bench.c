/* What rules cost: time to read, compile and open them, and CPU seconds for the events of event logs with
 * and without matching. Parsing into texts is timed alone first; then all of it, where texts are only made of
 * what rules may want: the difference is what matching adds.
 *     sigma_bench RULES LOG...      */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "detect/match.h"
#include "parse/parser.h"

typedef struct {
    kk_sink sink;
    kk_matcher *matcher;
    uint64_t events, hits;
} counting;

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_event(kk_sink *sink, const kk_event *e)
{
    counting *c = (counting *)sink;
    kk_rule_hit hits[256];
    c->events++;
    if (c->matcher)
        c->hits += kk_match(c->matcher, e, hits, 256);
}

static bool on_unread(kk_sink *sink, const kk_event *begun)
{
    return kk_matcher_takes_unread(((counting *)sink)->matcher, begun);
}

static void read_rules(kk_arena *arena, kk_sigma *set, const char *path)
{
    struct dirent *entry;
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            read_rules(arena, set, kk_print(arena, "%s/%s", path, entry->d_name).ptr);
    if (folder) {
        closedir(folder);
        return;
    }
    FILE *file = kk_ends(kk_cstr(path), KK_S(".yml")) ? fopen(path, "rb") : NULL;
    if (!file)
        return;
    static char text[1 << 20];
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    kk_sigma_read(set, kk_cstr(path), (kk_slice){text, len});
}

static void read_log(const char *path, counting *c)
{
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0)
        exit(2);
    kk_arena *arena = kk_arena_open();
    kk_stream *in = kk_stream_over_fd(arena, fd, (uint64_t)s.st_size, KK_S("log.evtx"));
    kk_settings settings = {.zone_basis = KK_BASIS_UTC, .modified = KK_NO_TIME, .end = UINT64_MAX};
    c->sink = kk_sink_deaf(arena);
    c->sink.event = on_event;
    if (c->matcher) {
        c->sink.layouts = kk_matcher_layouts(c->matcher);
        c->sink.unread = on_unread;
    }
    kk_parser_by_name(KK_S("evtx"))->parse(in, &settings, &c->sink);
    kk_arena_close(arena);
    close(fd);
}

int main(int count, char **arguments)
{
    kk_arena *arena = kk_arena_open();
    kk_sigma *set = kk_sigma_open(arena);
    kk_buffer block = {0};
    kk_ruleset *rules;
    kk_fault fault = {0};
    if (count < 2)
        return 2;
    double t0 = cpu();
    read_rules(arena, set, arguments[1]);
    double t1 = cpu();
    kk_sigma_link(set);
    double t2 = cpu();
    if (kk_ruleset_compile(set, &(kk_sha256){{0}}, &block, &fault) != KK_OK)
        return 1;
    double t3 = cpu();
    counting c = {0};
    if (kk_ruleset_open(kk_buffer_slice(&block), &rules, &fault) != KK_OK)
        return 1;
    c.matcher = kk_matcher_open(rules, 8 << 20);
    printf("%zu rules: read %.3f s, link %.3f s, compile %.3f s, open %.3f s; block %zu bytes\n",
           set->count, t1 - t0, t2 - t1, t3 - t2, cpu() - t3, block.len);
    for (int i = 2; i < count; i++) {
        counting plain = {0};
        double begin = cpu();
        read_log(arguments[i], &plain);
        double parsed = cpu() - begin;
        kk_match_counts before = kk_matcher_counts(c.matcher);
        begin = cpu();
        read_log(arguments[i], &c);
        double both = cpu() - begin;
        kk_match_counts after = kk_matcher_counts(c.matcher);
        double n = (double)plain.events;
        printf("%s: %.0f events, parse %.2f us, matching %.2f us an event, all %.2f; %.2f values, "
               "%.2f "
               "scanned, %.2f evaluated, %.3f hits an event\n",
               arguments[i], n, parsed / n * 1e6, (both - parsed) / n * 1e6, both / n * 1e6,
               (double)(after.values - before.values) / n,
               (double)(after.unknown - before.unknown) / n,
               (double)(after.evaluated - before.evaluated) / n,
               (double)(after.hits - before.hits) / n);
    }
    return 0;
}
