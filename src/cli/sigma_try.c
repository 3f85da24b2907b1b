#include "cli/sigma_try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/sigma_groups.h"
#include "detect/correlate.h"
#include "detect/explain.h"
#include "detect/payload.h"
#include "detect/sample.h"
#include "parse/parser.h"
#include "worker/walled.h"

enum { HITS_MOST = 4096, HEAD = 65536, EXPLAINED_MOST = 1000, MEMORY = 8 << 20 };

/* Where an event is, as lines of output say it. */
typedef struct {
    const char *path;
    uint64_t line, record; /* line 0: an event of evidence */
    kk_time time;
} place;

/* A hit that rules about several events count; `event` counts from 1 over all samples. */
typedef struct {
    uint32_t rule;
    uint64_t event;
    place at;
    const kk_slice *captures;
} part;

/* A wish for a rule about several events, which is known when all events are. */
typedef struct {
    kk_slice wanted;
    bool must;
    uint64_t event;
    place at;
} waiting_wish;

typedef struct {
    uint32_t rule;
    uint64_t event; /* the last of those it counted */
} correlated;

typedef struct {
    kk_sink sink; /* first: what parsers know of it */
    const kk_sigma *set;
    kk_try what;
    kk_ruleset *rules;
    kk_matcher *matcher;
    kk_correlator *correlator;
    kk_sigma_groups *groups; /* of who explains */
    kk_arena *arena, *line_arena;
    const char *path;
    kk_slice host;
    kk_buffer *out;
    uint64_t line; /* of a sample file; 0: an event of evidence */
    size_t explained, unexplained, wishes, unmet;
    uint64_t events, indexed, hits;
    uint64_t *fired; /* by rule */
    part *parts;
    correlated *correlated;
    waiting_wish *waiting;
    size_t part_count, part_room, correlated_count, correlated_room, waiting_count, waiting_room;
} trying;

typedef struct {
    const kk_sigma *set;
    kk_try what;
    kk_slice block;
    const kk_tried_file *files;
    size_t count;
} task;

static place place_of(const trying *t, const kk_event *e)
{
    return (place){t->path, t->line, e->record, e->time};
}

static void put_file(kk_json *j, const place *at)
{
    kk_json_cstr(j, "sample", at->path);
    if (at->line)
        kk_json_u64(j, "line", at->line);
    else
        kk_json_u64(j, "record", at->record);
}

static void begin_line_at(trying *t, kk_json *j, const place *at, const char *kind)
{
    *j = (kk_json){.out = t->out};
    kk_json_object(j, NULL);
    kk_json_cstr(j, "kind", kind);
    put_file(j, at);
    if (at->time != KK_NO_TIME)
        kk_json_time(j, "@timestamp", at->time);
}

static void begin_line(trying *t, kk_json *j, const kk_event *e, const char *kind)
{
    const place at = place_of(t, e);
    begin_line_at(t, j, &at, kind);
    if (e->flags & KK_FLAG_RECOVERED)
        kk_json_bool(j, "recovered", true);
}

static void put_rule(trying *t, kk_json *j, uint32_t rule)
{
    kk_rule_info info = kk_ruleset_info(t->rules, rule);
    kk_json_object(j, "rule");
    kk_json_text(j, "id", info.id);
    kk_json_text(j, "title", info.title);
    kk_json_text(j, "level", info.level);
    kk_json_close(j);
}

static void end_line(trying *t, kk_json *j)
{
    kk_json_close(j);
    kk_put_byte(t->out, '\n');
}

/* `decoded`: the field in whose decoded payload it was found; empty: in the event itself. */
static void tell_hit(trying *t, const kk_event *e, const kk_rule_hit *hit, kk_slice decoded)
{
    kk_json j;
    t->fired[hit->rule]++;
    t->hits++;
    if (t->what != KK_TRY_TEST || kk_ruleset_info(t->rules, hit->rule).silent)
        return;
    begin_line(t, &j, e, "hit");
    put_rule(t, &j, hit->rule);
    kk_json_cstr(&j, "source", hit->source);
    if (e->text[KK_HOST_NAME].len)
        kk_json_text(&j, "host", e->text[KK_HOST_NAME]);
    if (decoded.len) {
        kk_json_cstr(&j, "in", "decoded payload");
        kk_json_text(&j, "decoded_field", decoded);
    }
    end_line(t, &j);
}

/* ---- rules about several events: over all samples, in the order of time ---- */

static void on_correlation(void *context, const kk_correlation_hit *hit)
{
    trying *t = context;
    const part *last = &t->parts[hit->last_event.record];
    kk_json j = {.out = t->out};
    t->fired[hit->rule]++;
    t->hits++;
    if (t->groups)
        kk_sigma_groups_fired(t->groups, hit);
    t->correlated = kk_grow(t->arena, t->correlated, &t->correlated_room, t->correlated_count + 1,
                            sizeof *t->correlated);
    t->correlated[t->correlated_count++] = (correlated){hit->rule, last->event};
    if (t->what != KK_TRY_TEST || kk_ruleset_info(t->rules, hit->rule).silent)
        return;
    kk_json_object(&j, NULL);
    kk_json_cstr(&j, "kind", "correlation");
    put_file(&j, &last->at);
    put_rule(t, &j, hit->rule);
    kk_json_time(&j, "first", hit->first);
    kk_json_time(&j, "last", hit->last);
    kk_json_u64(&j, "events", hit->total);
    kk_json_texts(&j, "group", hit->group, hit->group_count);
    end_line(t, &j);
}

/* What was recovered from slack counts for nothing, as in a case. */
static void gather(trying *t, const kk_event *e, const kk_rule_hit *hit)
{
    if (!kk_correlator_wants(t->correlator, hit->rule) || e->flags & KK_FLAG_RECOVERED)
        return;
    size_t count = kk_ruleset_info(t->rules, hit->rule).captures;
    kk_slice *captures = KK_NEW_ARRAY(t->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++) {
        kk_slice value = kk_match_capture(t->matcher, hit, i);
        captures[i] = value.ptr ? kk_copy(t->arena, value) : value;
    }
    t->parts = kk_grow(t->arena, t->parts, &t->part_room, t->part_count + 1, sizeof *t->parts);
    t->parts[t->part_count++] = (part){hit->rule, t->events, place_of(t, e), captures};
}

/* Equal times as they were given. */
static int by_time(const void *a, const void *b)
{
    const part *x = a, *y = b;
    if (x->at.time != y->at.time)
        return x->at.time < y->at.time ? -1 : 1;
    return (x->event > y->event) - (x->event < y->event);
}

static void correlate(trying *t)
{
    if (t->part_count)
        qsort(t->parts, t->part_count, sizeof *t->parts, by_time);
    for (size_t i = 0; i < t->part_count; i++) {
        const part *p = &t->parts[i];
        const kk_rule_event one = {p->rule, p->at.time, {.record = i}, p->captures};
        kk_correlator_add(t->correlator, &one);
    }
    kk_correlator_finish(t->correlator);
}

/* The texts that a field holds encoded. */
typedef struct {
    kk_slice texts[KK_PAYLOADS_MOST];
    size_t count;
} field_texts;

static void on_payload(void *context, const kk_payload *found)
{
    field_texts *f = context;
    if (found->text.len && f->count < KK_PAYLOADS_MOST)
        f->texts[f->count++] = found->text;
}

/* What fits only because of what a field holds encoded. */
typedef struct {
    size_t count;
    struct {
        uint32_t rule;
        kk_slice field;
        const field_texts *texts;
    } hits[HITS_MOST];
} decoded_hits;

/* Those of the event itself are counted for rules about several events, and these too. */
static decoded_hits *find_decoded(trying *t, const kk_event *e)
{
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    decoded_hits *out = KK_NEW(t->line_arena, decoded_hits);
    kk_rule_hit *hits = KK_NEW_ARRAY(t->line_arena, kk_rule_hit, HITS_MOST);
    size_t count = kk_match(t->matcher, e, hits, HITS_MOST);
    for (size_t i = 0; i < count && i < HITS_MOST; i++)
        gather(t, e, &hits[i]);
    size_t field_count = count < HITS_MOST ? kk_payload_fields(e, fields) : 0;
    for (size_t f = 0; f < field_count; f++) {
        field_texts *found = KK_NEW(t->line_arena, field_texts);
        (void)kk_payloads_find(t->line_arena, fields[f].text, on_payload, found);
        kk_decoded decoded = {fields[f].name, found->texts, found->count};
        size_t more = found->count ? kk_match_decoded(t->matcher, e, &decoded, hits, count,
                                                      hits + count, HITS_MOST - count)
                                   : 0;
        for (size_t i = 0; i < more && count < HITS_MOST; i++, count++) {
            gather(t, e, &hits[count]);
            out->hits[out->count].rule = hits[count].rule;
            out->hits[out->count].field = fields[f].name;
            out->hits[out->count++].texts = found;
        }
    }
    return out;
}

/* The rule once more on the event as if the field had the decoded texts as values too. */
static void explain_decoded(trying *t, const kk_event *e, const decoded_hits *decoded,
                            uint32_t rule, kk_json *j)
{
    for (size_t i = 0; i < decoded->count; i++) {
        if (decoded->hits[i].rule != rule)
            continue;
        kk_event with = *e;
        const field_texts *texts = decoded->hits[i].texts;
        with.more = KK_NEW_ARRAY(t->line_arena, kk_pair, e->more_count + texts->count);
        with.more_capacity = e->more_count + texts->count;
        for (size_t k = 0; k < e->more_count; k++)
            with.more[k] = e->more[k];
        for (size_t k = 0; k < texts->count; k++)
            with.more[with.more_count++] = (kk_pair){decoded->hits[i].field, texts->texts[k]};
        kk_json_cstr(j, "in", "decoded payload");
        kk_json_text(j, "decoded_field", decoded->hits[i].field);
        kk_json_array(j, "decoded");
        (void)kk_sigma_explain(t->line_arena, t->set->rules[rule], &with, j);
        kk_json_close(j);
        return;
    }
}

static void explain_event(trying *t, const kk_event *e)
{
    const decoded_hits *decoded = find_decoded(t, e);
    t->unexplained += t->explained >= EXPLAINED_MOST;
    for (uint32_t r = 0; r < t->set->count && t->explained < EXPLAINED_MOST; r++) {
        kk_json j;
        if (t->set->rules[r]->correlation)
            continue; /* about all events together: kk_sigma_groups */
        size_t before = t->out->len;
        begin_line(t, &j, e, "explanation");
        kk_json_text(&j, "title", t->set->rules[r]->title);
        kk_json_array(&j, "sources");
        size_t told = kk_sigma_explain(t->line_arena, t->set->rules[r], e, &j);
        kk_json_close(&j);
        explain_decoded(t, e, decoded, r, &j);
        end_line(t, &j);
        t->explained++;
        if (!told && t->set->count > 1) { /* of a whole set only what the event can be for */
            t->explained--;
            t->out->len = before;
        }
    }
}

/* Hits behind those of the event itself; their number with these. */
static size_t try_decoded(trying *t, const kk_event *e, kk_rule_hit *hits, size_t count)
{
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    size_t field_count = kk_payload_fields(e, fields);
    for (size_t f = 0; f < field_count; f++) {
        field_texts found = {.count = 0};
        (void)kk_payloads_find(t->line_arena, fields[f].text, on_payload, &found);
        kk_decoded decoded = {fields[f].name, found.texts, found.count};
        size_t more = found.count ? kk_match_decoded(t->matcher, e, &decoded, hits, count,
                                                     hits + count, HITS_MOST - count)
                                  : 0;
        for (size_t i = 0; i < more; i++) {
            tell_hit(t, e, &hits[count + i], fields[f].name);
            gather(t, e, &hits[count + i]);
        }
        count += more;
    }
    return count;
}

static size_t try_event(trying *t, const kk_event *e, kk_rule_hit *hits)
{
    t->events++;
    if (t->what == KK_TRY_EXPLAIN) {
        explain_event(t, e);
        return 0;
    }
    uint64_t before = kk_matcher_counts(t->matcher).indexed;
    size_t count = kk_match(t->matcher, e, hits, HITS_MOST);
    t->indexed +=
        kk_matcher_counts(t->matcher).indexed - before; /* payloads are held against rules too */
    if (count > HITS_MOST)
        count = HITS_MOST;
    for (size_t i = 0; i < count; i++) {
        tell_hit(t, e, &hits[i], KK_NONE);
        gather(t, e, &hits[i]);
    }
    return try_decoded(t, e, hits, count);
}

/* ---- samples ---- */

static bool is_rule(trying *t, uint32_t rule, kk_slice wanted)
{
    kk_rule_info info = kk_ruleset_info(t->rules, rule);
    return kk_eq(info.id, wanted) || kk_eq(info.name, wanted) || kk_eq(info.title, wanted);
}

static void judge_wish(trying *t, const place *at, kk_slice wanted, bool must, bool fired,
                       bool known)
{
    kk_json j;
    if (fired == must && (known || !must))
        return;
    t->unmet++;
    begin_line_at(t, &j, at, "unmet");
    kk_json_text(&j, "wanted", wanted);
    kk_json_cstr(&j, "why",
                 !known ? "no usable rule has this id, name or title"
                 : must ? "it should fire and does not"
                        : "it should not fire and does");
    end_line(t, &j);
}

static void check_wish(trying *t, const kk_event *e, kk_slice wanted, bool must,
                       const kk_rule_hit *hits, size_t count)
{
    const place at = place_of(t, e);
    bool known = false, fired = false, waits = false;
    for (uint32_t r = 0; r < kk_ruleset_count(t->rules); r++) {
        bool this = is_rule(t, r, wanted);
        known |= this;
        waits |= this && kk_ruleset_info(t->rules, r).is_correlation;
    }
    for (size_t i = 0; i < count && !fired; i++)
        fired = is_rule(t, hits[i].rule, wanted);
    t->wishes++;
    if (!waits || fired) {
        judge_wish(t, &at, wanted, must, fired, known);
        return;
    }
    t->waiting =
        kk_grow(t->arena, t->waiting, &t->waiting_room, t->waiting_count + 1, sizeof *t->waiting);
    t->waiting[t->waiting_count++] = (waiting_wish){kk_copy(t->arena, wanted), must, t->events, at};
}

static void check_waiting(trying *t)
{
    for (size_t i = 0; i < t->waiting_count; i++) {
        const waiting_wish *w = &t->waiting[i];
        bool fired = false;
        for (size_t k = 0; k < t->correlated_count && !fired; k++)
            fired =
                t->correlated[k].event == w->event && is_rule(t, t->correlated[k].rule, w->wanted);
        judge_wish(t, &w->at, w->wanted, w->must, fired, true);
    }
}

static void bad_line(trying *t, const char *what)
{
    kk_json j;
    kk_event none = {.time = KK_NO_TIME};
    t->unmet++;
    begin_line(t, &j, &none, "unread");
    kk_json_cstr(&j, "why", what);
    end_line(t, &j);
}

static void try_line(trying *t, kk_slice line, kk_rule_hit *hits)
{
    kk_event event = {0};
    kk_sample_wish wish;
    const char *what;
    kk_arena_reset(t->line_arena);
    if (!kk_trim(line).len)
        return;
    if (!kk_sample_read(t->line_arena, line, &event, &wish, &what)) {
        bad_line(t, what);
        return;
    }
    size_t count = try_event(t, &event, hits);
    if (t->what != KK_TRY_TEST)
        return;
    for (size_t i = 0; i < wish.fire_count; i++)
        check_wish(t, &event, wish.fires[i], true, hits, count);
    for (size_t i = 0; i < wish.silent_count; i++)
        check_wish(t, &event, wish.silent[i], false, hits, count);
}

/* One JSON value over many lines, as some export them: the whole file is the line. */
static bool is_one_value(trying *t, kk_stream *in, kk_slice *whole)
{
    enum { WHOLE_MOST = 8 << 20 };
    if (in->size > WHOLE_MOST)
        return false;
    char *bytes = kk_take(t->arena, (size_t)in->size + 1);
    *whole = (kk_slice){bytes, kk_read(in, 0, bytes, (size_t)in->size)};
    return kk_sample_likely(t->arena, *whole);
}

static void try_samples(trying *t, kk_stream *in, kk_rule_hit *hits)
{
    kk_slice line, whole;
    uint64_t offset;
    bool cut;
    t->line = 1;
    if (is_one_value(t, in, &whole)) {
        try_line(t, whole, hits);
        return;
    }
    kk_reader reader = kk_reader_open(t->arena, in, 0, UINT64_MAX);
    for (; kk_reader_line(&reader, &line, &offset, &cut); t->line++)
        try_line(t, line, hits);
}

static bool is_sample(trying *t, kk_slice head)
{
    kk_slice line = head;
    kk_slice text = kk_trim(head);
    if (!text.len || text.ptr[0] != '{')
        return false;
    kk_split(&head, '\n', &line);
    return kk_sample_likely(t->arena, line) || kk_has(text, KK_S("\"Event\"")) ||
           kk_has(text, KK_S("\"logsource\""));
}

/* ---- evidence ---- */

static void on_event(kk_sink *sink, const kk_event *e)
{
    trying *t = (trying *)sink;
    kk_rule_hit hits[HITS_MOST];
    kk_arena_reset(t->line_arena);
    try_event(t, e, hits);
}

static bool on_unread(kk_sink *sink, const kk_event *begun)
{
    return kk_matcher_takes_unread(((trying *)sink)->matcher, begun);
}

static void try_evidence(trying *t, kk_stream *in, kk_slice head)
{
    kk_probe probe = {head, in->name, in->path, in->size, KK_NONE};
    const kk_parser *parser = kk_parser_for(&probe);
    kk_settings settings = {
        .host = t->host, .zone_basis = KK_BASIS_CASE, .modified = in->modified, .end = UINT64_MAX};
    t->line = 0;
    if (!parser) {
        bad_line(t, "nothing here reads this file");
        return;
    }
    if (!kk_zone_load(KK_S("UTC"), &settings.zone))
        return;
    parser->parse(in, &settings, &t->sink);
}

/* What editors and PowerShell put around a sample: a mark before it, two bytes a character. */
static kk_stream *as_utf8(trying *t, kk_stream *in, kk_slice head)
{
    enum { DECODED_MOST = 64 << 20 };
    const kk_slice mark = KK_S("\xef\xbb\xbf");
    kk_charset charset = kk_charset_guess(head, NULL);
    if (kk_starts(head, mark))
        return kk_stream_part(t->arena, in, mark.len, in->size - mark.len, in->name);
    if ((charset != KK_UTF16LE && charset != KK_UTF16BE) || in->size > DECODED_MOST)
        return in;
    char *bytes = kk_take(t->arena, (size_t)in->size + 1);
    kk_slice all = {bytes, kk_read(in, 0, bytes, (size_t)in->size)};
    kk_slice text = kk_decode(t->arena, charset, kk_part(all, 0, all.len / 2 * 2), NULL);
    text = kk_from(text, kk_starts(text, mark) ? mark.len : 0);
    return kk_stream_over_memory(t->arena, text, in->name);
}

static void try_file(trying *t, const kk_tried_file *file)
{
    kk_slice path = kk_cstr(file->path);
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice name = slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
    kk_stream *in = kk_stream_over_fd(t->arena, file->fd, file->size, name);
    char *bytes = kk_take(t->arena, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    char *first = kk_take(t->arena, HEAD);
    kk_rule_hit hits[HITS_MOST];
    t->path = file->path;
    t->host = file->host;
    in->path = name;
    kk_stream *plain = as_utf8(t, in, head);
    if (is_sample(t, (kk_slice){first, kk_read(plain, 0, first, HEAD)}))
        try_samples(t, plain, hits);
    else
        try_evidence(t, in, head);
}

/* ---- all of it, inside ---- */

static int by_cost(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return x[1] != y[1] ? (x[1] < y[1] ? 1 : -1) : (x[0] > y[0]) - (x[0] < y[0]);
}

static void tell_profile(trying *t)
{
    size_t count = kk_ruleset_count(t->rules);
    uint64_t(*rows)[2] = kk_take_array(t->arena, count, sizeof *rows);
    for (uint32_t r = 0; r < count; r++) {
        rows[r][0] = r;
        rows[r][1] = kk_matcher_evaluated(t->matcher, r);
    }
    qsort(rows, count, sizeof *rows, by_cost);
    for (size_t i = 0; i < count && rows[i][1]; i++) {
        kk_json j = {.out = t->out};
        kk_json_object(&j, NULL);
        kk_json_cstr(&j, "kind", "cost");
        put_rule(t, &j, (uint32_t)rows[i][0]);
        kk_json_u64(&j, "evaluated", rows[i][1]);
        kk_json_u64(&j, "fired", t->fired[rows[i][0]]);
        end_line(t, &j);
    }
}

static void explain_correlations(trying *t)
{
    for (uint32_t r = 0; r < t->set->count; r++) {
        kk_json j = {.out = t->out};
        if (!t->set->rules[r]->correlation)
            continue;
        kk_json_object(&j, NULL);
        kk_json_cstr(&j, "kind", "explanation");
        kk_json_text(&j, "title", t->set->rules[r]->title);
        kk_sigma_groups_put(t->groups, r, &j);
        kk_json_u64(&j, "fires", t->fired[r]);
        end_line(t, &j);
    }
}

static void tell_sum(trying *t, double seconds)
{
    kk_json j = {.out = t->out};
    kk_json_object(&j, NULL);
    kk_json_cstr(&j, "kind", "sum");
    kk_json_u64(&j, "events", t->events);
    if (t->matcher) {
        kk_match_counts c = kk_matcher_counts(t->matcher);
        kk_json_u64(&j, "indexed", t->indexed);
        kk_json_u64(&j, "values", c.values);
        kk_json_u64(&j, "scanned", c.unknown);
        kk_json_u64(&j, "evaluated", c.evaluated);
        kk_json_u64(&j, "abandoned", c.abandoned);
    }
    kk_json_u64(&j, "hits", t->hits);
    kk_json_u64(&j, "wishes", t->wishes);
    kk_json_u64(&j, "unmet", t->unmet);
    if (t->what == KK_TRY_EXPLAIN)
        kk_json_u64(&j, "not_explained", t->unexplained);
    if (t->what == KK_TRY_PROFILE)
        kk_json_ratio(&j, "seconds", seconds);
    end_line(t, &j);
}

static void work(void *context, kk_buffer *out)
{
    const task *given = context;
    kk_fault fault = {0};
    kk_arena *arena = kk_arena_open();
    trying t = {.sink = kk_sink_deaf(arena),
                .set = given->set,
                .what = given->what,
                .arena = arena,
                .line_arena = kk_arena_open(),
                .out = out};
    t.sink.event = on_event;
    if (kk_ruleset_open(given->block, &t.rules, &fault) != KK_OK)
        abort(); /* the parent says that it ended early */
    t.matcher = kk_matcher_open(t.rules, MEMORY);
    t.sink.layouts = kk_matcher_layouts(t.matcher);
    if (t.what != KK_TRY_EXPLAIN)
        t.sink.unread = on_unread;
    t.fired = KK_NEW_ARRAY(arena, uint64_t, kk_ruleset_count(t.rules));
    t.correlator = kk_correlator_open(t.rules, on_correlation, &t);
    if (t.what == KK_TRY_EXPLAIN) {
        t.groups = kk_sigma_groups_open(arena, given->set);
        kk_correlator_watch(t.correlator, kk_sigma_groups_look, t.groups);
    }
    double began = kk_clock();
    for (size_t k = 0; k < given->count; k++)
        try_file(&t, &given->files[k]);
    correlate(&t);
    check_waiting(&t);
    if (t.what == KK_TRY_PROFILE)
        tell_profile(&t);
    if (t.what == KK_TRY_EXPLAIN)
        explain_correlations(&t);
    tell_sum(&t, kk_clock() - began);
}

static kk_status open_files(kk_invocation *i, const char *const *paths, int count,
                            kk_tried_file *files)
{
    for (int k = 0; k < count; k++) {
        struct stat s;
        const char *sign = access(paths[k], F_OK) == 0 ? NULL : strchr(paths[k], '=');
        const char *path = sign ? sign + 1 : paths[k];
        const kk_slice host = {paths[k], sign ? (size_t)(sign - paths[k]) : 0};
        files[k] = (kk_tried_file){path, host, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), 0};
        if (files[k].fd < 0 || fstat(files[k].fd, &s) != 0 || !S_ISREG(s.st_mode))
            return kk_fail(&i->fault, KK_INVALID, "cannot read %s: %s: give a file", path,
                           files[k].fd < 0 ? strerror(errno) : "it is no file");
        files[k].size = (uint64_t)s.st_size;
    }
    return KK_OK;
}

kk_status kk_sigma_try(kk_invocation *i, kk_try what, const kk_sigma *set, kk_slice block,
                       const char *const *paths, int count, kk_buffer *out)
{
    kk_tried_file *files = KK_NEW_ARRAY(i->arena, kk_tried_file, (size_t)count);
    for (int k = 0; k < count; k++)
        files[k].fd = -1;
    kk_status status = open_files(i, paths, count, files);
    task given = {set, what, block, files, (size_t)count};
    if (status == KK_OK)
        status = kk_walled(i->options.unsafe_no_sandbox, work, &given, out, &i->fault);
    for (int k = 0; k < count; k++)
        if (files[k].fd >= 0)
            close(files[k].fd);
    return status;
}
