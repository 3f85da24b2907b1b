/* kakuho sigma: detection rules checked, tried on samples, explained and measured. */
#include "cli/sigma_files.h"
#include "cli/sigma_try.h"

#include <stdio.h>

#include "base/json.h"
#include "base/json_read.h"

enum { FEW = 20 }; /* rules without a log that are named one by one beside what others found */

/* ---- lint ---- */

typedef struct {
    size_t refused, no_source, correlations;
} tally;

static tally count_rules(const kk_sigma *set)
{
    tally t = {0};
    for (size_t k = 0; k < set->refusal_count; k++)
        *(set->refusals[k].no_source ? &t.no_source : &t.refused) += 1;
    for (size_t k = 0; k < set->count; k++)
        t.correlations += set->rules[k]->kind == KK_SIGMA_CORRELATION;
    return t;
}

static void put_refusals(kk_json *j, const kk_sigma *set)
{
    kk_json_array(j, "refused");
    for (size_t k = 0; k < set->refusal_count; k++) {
        const kk_refusal *r = &set->refusals[k];
        kk_json_object(j, NULL);
        kk_json_text(j, "file", r->file);
        kk_json_u64(j, "line", (uint64_t)(r->line > 0 ? r->line : 1));
        kk_json_text(j, "id", r->id);
        kk_json_text(j, "title", r->title);
        kk_json_text(j, "what", r->what);
        kk_json_bool(j, "no_log", r->no_source);
        kk_json_close(j);
    }
    kk_json_close(j);
}

/* How many rules look at each log: what the rule set needs. */
static void put_logs(kk_invocation *i, kk_json *j, const kk_ruleset *rules)
{
    struct log {
        const char *name;
        uint64_t rules;
    } *logs = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t r = 0; r < kk_ruleset_count(rules); r++)
        for (size_t n = 0; kk_ruleset_source(rules, r, n); n++) {
            const char *name = kk_ruleset_source(rules, r, n);
            size_t at = 0;
            while (at < count && strcmp(logs[at].name, name) != 0)
                at++;
            if (at == count) {
                logs = kk_grow(i->arena, logs, &capacity, count + 1, sizeof *logs);
                logs[count++] = (struct log){name, 0};
            }
            logs[at].rules++;
        }
    kk_json_array(j, "logs");
    for (size_t k = 0; k < count; k++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "log", logs[k].name);
        kk_json_u64(j, "rules", logs[k].rules);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void put_refusal_lines(kk_buffer *out, const kk_sigma *set, bool no_source)
{
    for (size_t k = 0; k < set->refusal_count; k++) {
        const kk_refusal *r = &set->refusals[k];
        if (r->no_source == no_source)
            kk_putf(out, "%.*s:%d: %.*s%s%.*s\n", KK_P(r->file), r->line > 0 ? r->line : 1,
                    KK_P(r->title), r->title.len ? ": " : "", KK_P(r->what));
    }
}

static int lint(kk_invocation *i, const kk_sigma *set, const kk_ruleset *rules)
{
    kk_buffer out = {0};
    tally t = count_rules(set);
    if (i->json) {
        kk_json j = {.out = &out};
        kk_json_object(&j, NULL);
        kk_json_u64(&j, "files", set->files);
        kk_json_u64(&j, "usable", set->count);
        kk_json_u64(&j, "correlations", t.correlations);
        kk_json_u64(&j, "without_log", t.no_source);
        put_refusals(&j, set);
        put_logs(i, &j, rules);
        kk_json_close(&j);
        kk_put_byte(&out, '\n');
    } else {
        put_refusal_lines(&out, set, true);
        put_refusal_lines(&out, set, false);
        kk_putf(&out,
                "%zu files: %zu rules usable (%zu of them correlations), %zu for logs that are not "
                "read here, %zu refused\n",
                set->files, set->count, t.correlations, t.no_source, t.refused);
    }
    kk_write_out(i, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return t.refused ? 1 : 0;
}

/* ---- what came out of the worker, for people ---- */

static void put_place(kk_buffer *out, const kk_json_value *v)
{
    kk_slice line = kk_json_member(v, "line"), record = kk_json_member(v, "record");
    kk_putf(out, "%.*s:%s%.*s: ", KK_P(kk_json_member(v, "sample")), line.len ? "" : "record ",
            KK_P(line.len ? line : record));
}

/* A value of the evidence on a terminal: nothing that could drive it. */
static void put_visible(kk_buffer *out, kk_slice value)
{
    bool cut = value.len > 400;
    value = kk_part(value, 0, 400);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool c1 = c == 0xc2 && i + 1 < value.len && (unsigned char)value.ptr[i + 1] < 0xa0;
        i += c1;
        kk_put_byte(out, c < 0x20 || c == 0x7f || c1 ? '.' : (char)c);
    }
    kk_put(out, cut ? KK_S("...") : KK_NONE);
}

static void put_node(kk_buffer *out, const kk_json_value *node, int depth)
{
    const kk_json_value *holds = kk_json_get(node, "holds"), *of = kk_json_get(node, "of");
    const kk_json_value *values = kk_json_get(node, "values");
    kk_slice name = kk_json_member(node, "name"), is = kk_json_member(node, "is");
    kk_putf(out, "%-6s%*s",
            !holds || holds->kind == KK_JSON_NULL ? "?"
            : holds->kind == KK_JSON_TRUE         ? "yes"
                                                  : "no",
            depth * 2, "");
    if (kk_is(is, "test"))
        kk_putf(out, "%.*s %.*s %.*s", KK_P(kk_json_member(node, "field")),
                KK_P(kk_json_member(node, "test")), KK_P(kk_json_member(node, "wanted")));
    else
        kk_putf(out, "%.*s%s%.*s of", KK_P(name), name.len ? ": " : "", KK_P(is));
    for (const kk_json_value *one = values ? values->first : NULL; one; one = one->next) {
        kk_put(out, one == values->first ? KK_S("   here: [") : KK_S(" ["));
        put_visible(out, one->text);
        kk_put_byte(out, ']');
    }
    if (values && !values->first)
        kk_putf(out, "   here: nothing");
    kk_put_byte(out, '\n');
    for (const kk_json_value *one = of ? of->first : NULL; one; one = one->next)
        put_node(out, one, depth + 1);
}

static void put_sources(kk_buffer *out, const kk_json_value *sources)
{
    for (const kk_json_value *one = sources ? sources->first : NULL; one; one = one->next) {
        const kk_json_value *fires = kk_json_get(one, "fires");
        kk_putf(out, "%-6s as an event of %.*s\n",
                fires && fires->kind == KK_JSON_TRUE ? "FIRES" : "no",
                KK_P(kk_json_member(one, "source")));
        if (kk_json_get(one, "why"))
            put_node(out, kk_json_get(one, "why"), 1);
    }
}

static bool is_zero(kk_slice number)
{
    return kk_is(number, "0");
}

static void put_parts(kk_buffer *out, const kk_json_value *rules)
{
    for (const kk_json_value *r = rules ? rules->first : NULL; r; r = r->next) {
        kk_slice undated = kk_json_member(r, "without_time");
        kk_slice ungrouped = kk_json_member(r, "without_group");
        kk_putf(out, "          %.*s hits of %.*s", KK_P(kk_json_member(r, "hits")),
                KK_P(kk_json_member(r, "title")));
        if (!is_zero(undated))
            kk_putf(out, "; %.*s without a time take no part", KK_P(undated));
        if (!is_zero(ungrouped))
            kk_putf(out, "; %.*s without a value to group by take no part", KK_P(ungrouped));
        kk_put_byte(out, '\n');
    }
}

static void put_group(kk_buffer *out, const kk_json_value *g)
{
    const kk_json_value *values = kk_json_get(g, "group");
    kk_slice fired = kk_json_member(g, "fired"), most = kk_json_member(g, "most");
    kk_slice least = kk_json_member(g, "least");
    kk_putf(out, "%-10s", is_zero(fired) ? "no" : "yes");
    for (const kk_json_value *one = values ? values->first : NULL; one; one = one->next) {
        kk_put_byte(out, '[');
        put_visible(out, one->text);
        kk_put(out, KK_S("] "));
    }
    kk_putf(out, "%.*s hits", KK_P(kk_json_member(g, "hits")));
    if (most.len)
        kk_putf(out, "; windows come to %.*s at least, %.*s at most (%.*s)", KK_P(least),
                KK_P(most), KK_P(kk_json_member(g, "at")));
    else
        kk_putf(out, "; nothing to compare");
    kk_put_byte(out, '\n');
}

/* A rule about several events: what it wants, what was there to be counted, and each group. */
static void put_correlation(kk_buffer *out, const kk_json_value *v, const kk_json_value *c)
{
    const kk_json_value *wanted = kk_json_get(c, "wanted"), *groups = kk_json_get(c, "groups");
    kk_slice fires = kk_json_member(v, "fires");
    kk_putf(out, "%.*s\n%-10s%.*s within %.*s s,", KK_P(kk_json_member(v, "title")),
            is_zero(fires) ? "no" : "FIRES", KK_P(kk_json_member(c, "type")),
            KK_P(kk_json_member(c, "seconds")));
    for (const kk_json_value *w = wanted ? wanted->first : NULL; w; w = w->next)
        kk_putf(out, " %.*s %.*s", KK_P(w->key), KK_P(w->text));
    kk_putf(out, ": %.*s times\n", KK_P(fires));
    put_parts(out, kk_json_get(c, "rules"));
    for (const kk_json_value *g = groups ? groups->first : NULL; g; g = g->next)
        put_group(out, g);
}

static void put_explanation(kk_buffer *out, const kk_json_value *v)
{
    const kk_json_value *sources = kk_json_get(v, "sources");
    if (kk_json_get(v, "correlation")) {
        put_correlation(out, v, kk_json_get(v, "correlation"));
        return;
    }
    kk_slice field = kk_json_member(v, "decoded_field");
    put_place(out, v);
    kk_putf(out, "%.*s\n", KK_P(kk_json_member(v, "title")));
    if (!sources || !sources->first)
        kk_putf(out, "no     the event is of none of the rule's logs\n");
    put_sources(out, sources);
    if (field.len) {
        kk_putf(out, "FIRES  on what %.*s holds encoded, which is then one of its values:\n",
                KK_P(field));
        put_sources(out, kk_json_get(v, "decoded"));
    }
}

static void put_sum(kk_buffer *out, const kk_json_value *v)
{
    kk_putf(out,
            "%.*s events, %.*s of them with rules for them; %.*s hits; %.*s wishes, %.*s unmet\n",
            KK_P(kk_json_member(v, "events")), KK_P(kk_json_member(v, "indexed")),
            KK_P(kk_json_member(v, "hits")), KK_P(kk_json_member(v, "wishes")),
            KK_P(kk_json_member(v, "unmet")));
}

/* Neither level nor id has to be there. */
static void put_name(kk_buffer *out, const kk_json_value *rule)
{
    kk_slice level = kk_json_member(rule, "level"), id = kk_json_member(rule, "id");
    kk_putf(out, "%.*s%s%.*s", KK_P(level), level.len ? ": " : "",
            KK_P(kk_json_member(rule, "title")));
    if (id.len)
        kk_putf(out, " (%.*s)", KK_P(id));
}

static void put_line(kk_buffer *out, kk_try what, const kk_json_value *v)
{
    kk_slice kind = kk_json_member(v, "kind");
    const kk_json_value *rule = kk_json_get(v, "rule");
    if (kk_is(kind, "hit")) {
        put_place(out, v);
        kk_slice source = kk_json_member(v, "source"), field = kk_json_member(v, "decoded_field");
        put_name(out, rule);
        kk_putf(out, " in %.*s%s%.*s%s\n", KK_P(source), field.len ? ", decoded out of " : "",
                KK_P(field), kk_json_get(v, "recovered") ? ", recovered from slack" : "");
    } else if (kk_is(kind, "correlation")) {
        put_name(out, rule);
        kk_putf(out, ": %.*s events, %.*s to %.*s\n", KK_P(kk_json_member(v, "events")),
                KK_P(kk_json_member(v, "first")), KK_P(kk_json_member(v, "last")));
    } else if (kk_is(kind, "unmet")) {
        put_place(out, v);
        kk_putf(out, "UNMET: %.*s: %.*s\n", KK_P(kk_json_member(v, "wanted")),
                KK_P(kk_json_member(v, "why")));
    } else if (kk_is(kind, "unread")) {
        put_place(out, v);
        kk_putf(out, "not read: %.*s\n", KK_P(kk_json_member(v, "why")));
    } else if (kk_is(kind, "cost")) {
        kk_putf(out, "%12.*s evaluated %9.*s fired  %.*s\n", KK_P(kk_json_member(v, "evaluated")),
                KK_P(kk_json_member(v, "fired")), KK_P(kk_json_member(rule, "title")));
    } else if (kk_is(kind, "explanation")) {
        put_explanation(out, v);
    } else if (what != KK_TRY_EXPLAIN) {
        put_sum(out, v);
    } else if (!is_zero(kk_json_member(v, "not_explained"))) {
        kk_putf(out, "%.*s more events are not explained: give fewer, or one rule\n",
                KK_P(kk_json_member(v, "not_explained")));
    }
}

static int print_lines(kk_invocation *i, kk_try what, kk_slice lines)
{
    kk_buffer out = {0};
    kk_slice line;
    uint64_t unmet = 0, wishes = 0, hits = 0;
    kk_arena *arena = kk_arena_open();
    while (kk_split(&lines, '\n', &line)) {
        kk_arena_reset(arena);
        const kk_json_value *v = line.len ? kk_json_read(arena, line) : NULL;
        if (v && kk_is(kk_json_member(v, "kind"), "sum")) {
            kk_to_u64(kk_json_member(v, "unmet"), &unmet);
            kk_to_u64(kk_json_member(v, "wishes"), &wishes);
            kk_to_u64(kk_json_member(v, "hits"), &hits);
        }
        if (v && !i->json)
            put_line(&out, what, v);
    }
    kk_arena_close(arena);
    kk_write_out(i, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    if (what != KK_TRY_TEST)
        return 0;
    return unmet || (!wishes && !hits) ? 1 : 0;
}

static int try_samples(kk_invocation *i, kk_try what, const kk_sigma *set, kk_slice block)
{
    kk_buffer lines = {0};
    kk_status status = kk_sigma_try(i, what, set, block, i->arguments + 2, i->count - 2, &lines);
    int code = kk_finish(i, status);
    if (status == KK_OK && i->json)
        kk_write_out(i, kk_buffer_slice(&lines));
    if (status == KK_OK)
        code = print_lines(i, what, kk_buffer_slice(&lines));
    kk_buffer_close(&lines);
    return code;
}

/* ---- the command ---- */

static int run_with(kk_invocation *i, kk_slice verb, kk_sigma *set, kk_slice block)
{
    kk_ruleset *rules = NULL;
    int code;
    kk_status status = kk_ruleset_open(block, &rules, &i->fault);
    if (status != KK_OK) {
        code = kk_finish(i, status);
    } else if (kk_is(verb, "lint")) {
        code = lint(i, set, rules);
    } else {
        kk_buffer refused = {0};
        put_refusal_lines(&refused, set, false);
        if (set->refusal_count <= FEW)
            put_refusal_lines(&refused, set, true);
        else if (count_rules(set).no_source)
            kk_putf(&refused,
                    "%zu rules are for logs that are not read here: sigma lint names them\n",
                    count_rules(set).no_source);
        if (refused.len)
            dprintf(i->err, "%.*s", KK_P(kk_buffer_slice(&refused)));
        kk_buffer_close(&refused);
        code = try_samples(i,
                           kk_is(verb, "explain")   ? KK_TRY_EXPLAIN
                           : kk_is(verb, "profile") ? KK_TRY_PROFILE
                                                    : KK_TRY_TEST,
                           set, block);
    }
    kk_ruleset_close(rules);
    return code;
}

static int run(kk_invocation *i)
{
    kk_slice verb = kk_cstr(i->arguments[0]);
    bool is_lint = kk_is(verb, "lint");
    kk_sigma *set = NULL;
    kk_buffer block = {0};
    if (!is_lint && !kk_is(verb, "test") && !kk_is(verb, "explain") && !kk_is(verb, "profile"))
        return kk_usage(i, "sigma wants lint, test, explain or profile");
    if (!is_lint && i->count < 3)
        return kk_usage(i, "sigma %s wants rules and samples", i->arguments[0]);
    kk_status status = kk_sigma_files(i, i->arguments + 1, is_lint ? i->count - 1 : 1, &set);
    if (status == KK_OK)
        status = kk_ruleset_compile(set, &(kk_sha256){{0}}, &block, &i->fault);
    int code =
        status == KK_OK ? run_with(i, verb, set, kk_buffer_slice(&block)) : kk_finish(i, status);
    kk_buffer_close(&block);
    return code;
}

const kk_command kk_command_sigma = {
    .name = "sigma",
    .arguments = "lint RULES... | test|explain|profile RULES SAMPLE...",
    .about = "check Sigma rules, try them on samples or evidence, explain and measure them",
    .least = 2,
    .most = -1,
    .options = {KK_OPTION_EXPAND, KK_OPTION_NO_SANDBOX},
    .run = run,
};
