/* Other people's rules on other people's event logs: the matcher and the slow judge have to agree on
 * every pair. Skipped (77) unless KAKUHO_CORPORA names a folder with sigma/, sigma-regression/ and
 * evtx/. KAKUHO_STRIDE takes every n-th event of evtx/ (50 if not given): the judge is slow. */
#include "tests/unit/sigma_kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "detect/source.h"
#include "parse/parser.h"
#include "tests/unit/sigma_referee.h"

typedef struct {
    kk_sink sink;
    kit k;
    kk_arena *rules_arena;
    kk_yaml **documents; /* by rule of the set */
    uint64_t seen, stride, events, pairs, fired, differing;
} comparing;

typedef struct {
    kk_slice id;
    kk_yaml *document;
} known;
static known *all;
static size_t all_count, all_capacity;

static void each_file(const char *path, const char *ending, void (*use)(void *to, const char *path),
                      void *to)
{
    struct dirent *entry;
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder))) {
        char inner[1024];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            each_file(inner, ending, use, to);
    }
    if (folder)
        closedir(folder);
    else if (kk_ends(kk_cstr(path), kk_cstr(ending)))
        use(to, path);
}

static void load_rules(void *to, const char *path)
{
    comparing *c = to;
    kk_fault fault;
    kk_yaml *first;
    FILE *file = fopen(path, "rb");
    char *text = kk_take(c->rules_arena, 1 << 18);
    size_t len = file ? fread(text, 1, 1 << 18, file) : 0;
    if (file)
        fclose(file);
    kk_sigma_read(c->k.set, kk_cstr(path), (kk_slice){text, len});
    if (kk_yaml_read_all(c->rules_arena, (kk_slice){text, len}, &first, &fault) != KK_OK)
        return;
    for (kk_yaml *one = first; one; one = one->next) {
        const kk_yaml *id = kk_yaml_get(one, "id");
        all = kk_grow(c->rules_arena, all, &all_capacity, all_count + 1, sizeof *all);
        all[all_count++] = (known){id ? id->text : KK_NONE, one};
    }
}

/* Whether the rule is for the event under the names that the event has itself. */
static bool is_for(const kk_sigma_rule *rule, const kk_event *e)
{
    uint16_t sources[64];
    size_t count = kk_sources_of(&rule->source, sources, 64);
    for (size_t i = 0; i < count; i++) {
        const kk_source *s = kk_source_at(sources[i]);
        bool coded = !s->codes[0];
        for (size_t n = 0; n < KK_SOURCE_CODES && s->codes[n]; n++)
            coded = coded || kk_is(e->text[KK_CODE], s->codes[n]);
        if (!s->aliases && coded && kk_is(e->text[KK_DATASET], s->dataset))
            return true;
    }
    return false;
}

/* As the specification writes names of fields. */
static kk_slice without_blanks(kk_slice name)
{
    char *out = kk_take(arena, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != ' ')
            out[n++] = name.ptr[i];
    return (kk_slice){out, n};
}

/* The judge has no room for more. */
static bool is_too_long(const kk_event *e)
{
    enum { LONGEST = 1400 };
    for (size_t i = 0; i < e->more_count; i++)
        if (e->more[i].value.len > LONGEST)
            return true;
    return false;
}

/* The event with System's fields under the names that rules have for them. */
static kk_event with_system(const kk_event *e)
{
    static const struct {
        const char *name;
        kk_text_field column;
    } names[] = {{"EventID", KK_CODE}, {"Provider_Name", KK_PROVIDER}, {"Computer", KK_HOST_NAME}};
    kk_event out = *e;
    out.more = NULL;
    out.more_count = out.more_capacity = 0;
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice name = e->more[i].name;
        if (kk_starts(name, KK_S("System.")))
            name = kk_from(name, 7);
        if (kk_is(name, "winlog.channel"))
            name = KK_S("Channel");
        kk_event_more(&out, arena, without_blanks(name), e->more[i].value);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (e->text[names[i].column].len)
            kk_event_more(&out, arena, kk_cstr(names[i].name), e->text[names[i].column]);
    return out;
}

static void compare(comparing *c, const kk_event *e)
{
    kk_rule_hit hits[512];
    size_t count = kk_match(c->k.matcher, e, hits, 512), h = 0;
    kk_event plain = with_system(e);
    c->events++;
    for (uint32_t r = 0; r < c->k.set->count; r++) {
        bool matcher = h < count && hits[h].rule == r;
        h += matcher;
        if (!c->documents[r] || !is_for(c->k.set->rules[r], e))
            continue;
        bool judge = referee_fires(c->documents[r], &plain);
        c->pairs++;
        c->fired += matcher;
        if (judge == matcher)
            continue;
        c->differing++;
        if (c->differing < 20)
            printf("%.*s %.*s: rule %.*s (%.*s): the matcher says %s\n", KK_P(e->text[KK_DATASET]),
                   KK_P(e->text[KK_CODE]), KK_P(c->k.set->rules[r]->id),
                   KK_P(c->k.set->rules[r]->title), matcher ? "yes" : "no");
    }
    kk_arena_reset(arena);
}

static void on_event(kk_sink *sink, const kk_event *e)
{
    comparing *c = (comparing *)sink;
    if (c->seen++ % c->stride == 0 && !is_too_long(e))
        compare(c, e);
}

static void read_log(void *to, const char *path)
{
    comparing *c = to;
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0)
        return;
    c->sink = kk_sink_deaf(kk_arena_open());
    c->sink.event = on_event;
    c->sink.layouts = kk_matcher_layouts(c->k.matcher);
    kk_stream *in = kk_stream_over_fd(c->sink.arena, fd, (uint64_t)s.st_size, KK_S("log.evtx"));
    kk_settings settings = {.zone_basis = KK_BASIS_UTC, .modified = KK_NO_TIME, .end = UINT64_MAX};
    kk_parser_by_name(KK_S("evtx"))->parse(in, &settings, &c->sink);
    kk_arena_close(c->sink.arena);
    close(fd);
}

int main(void)
{
    const char *corpora = getenv("KAKUHO_CORPORA"), *given = getenv("KAKUHO_STRIDE");
    char path[1024];
    comparing c = {.stride = 50};
    uint64_t stride = 0;
    if (!corpora) {
        printf("skipped: KAKUHO_CORPORA is not set\n");
        return 77;
    }
    arena = kk_arena_open();
    c.rules_arena = kk_arena_open();
    c.k.set = kk_sigma_open(c.rules_arena);
    snprintf(path, sizeof path, "%s/sigma", corpora);
    each_file(path, ".yml", load_rules, &c);
    kit_finish(&c.k);
    c.documents = KK_NEW_ARRAY(c.rules_arena, kk_yaml *, c.k.set->count);
    for (size_t r = 0; r < c.k.set->count; r++)
        for (size_t i = 0; i < all_count; i++)
            if (all[i].id.len && kk_eq(all[i].id, c.k.set->rules[r]->id))
                c.documents[r] = all[i].document;
    c.stride = 1;
    snprintf(path, sizeof path, "%s/sigma-regression", corpora);
    each_file(path, ".evtx", read_log, &c);
    c.stride = given && kk_to_u64(kk_cstr(given), &stride) && stride ? stride : 50;
    snprintf(path, sizeof path, "%s/evtx", corpora);
    each_file(path, ".evtx", read_log, &c);
    printf("%zu rules, %llu events, %llu pairs, %llu fire, %llu differ\n", c.k.set->count,
           (unsigned long long)c.events, (unsigned long long)c.pairs, (unsigned long long)c.fired,
           (unsigned long long)c.differing);
    kit_close(&c.k);
    kk_arena_close(c.rules_arena);
    kk_arena_close(arena);
    return c.differing || !c.fired ? 1 : 0;
}
