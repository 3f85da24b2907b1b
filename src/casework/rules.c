#include "casework/rules.h"

#include "analyse/correlations.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/rule_files.h"
#include "detect/own_rules.h"
#include "detect/rules.h"
#include "detect/source.h"

enum { BLOCK_MOST = 1 << 30 };

/* The list %internal_networks%: case.yaml is the one place that says what is inside. */
static kk_slice internal_networks(const kk_case *c)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < c->settings->internal_networks.count; i++) {
        kk_put_network(&out, &c->settings->internal_networks.items[i]);
        kk_put_byte(&out, '\n');
    }
    if (!out.len)
        kk_put(&out, KK_S("::/128\n")); /* nothing is inside; a list without values is no list */
    kk_slice text = kk_copy(c->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void add_own(kk_case *c, kk_rule_files *files)
{
    kk_arena *arena = c->arena;
    for (size_t i = 0; i < kk_own_rule_count; i++) {
        kk_slice name = kk_cstr(kk_own_rules[i].name);
        bool is_list = kk_starts(name, KK_S("lists/"));
        kk_slice list = kk_part(name, 6, name.len - 10); /* without lists/ and .txt */
        bool is_inside = is_list && kk_is(list, "internal_networks");
        kk_rule_files_add(
            arena, files,
            &(kk_rule_file){is_list ? list : kk_print(arena, "rules/%.*s", KK_P(name)),
                            is_inside ? internal_networks(c) : kk_cstr(kk_own_rules[i].text),
                            is_list});
    }
}

static kk_status add_kept(kk_case *c, kk_rule_files *files, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "rule_files", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        kk_rule_files_add(c->arena, files,
                          &(kk_rule_file){kk_copy(c->arena, kk_rows_text(rows, 0)),
                                          kk_copy(c->arena, kk_rows_text(rows, 1)),
                                          kk_rows_u64(rows, 2) != 0});
    return kk_rows_close(rows, fault);
}

static kk_sha256 key_of(const kk_rule_files *files)
{
    kk_buffer all = {0};
    kk_putf(&all, "%s %u", KAKUHO_VERSION, KK_RULES_VERSION);
    for (size_t i = 0; i < files->count; i++) {
        const kk_rule_file *f = &files->items[i];
        kk_putf(&all, "\n%zu %zu %d\n", f->name.len, f->text.len, f->is_list);
        kk_put(&all, f->name);
        kk_put(&all, f->text);
    }
    kk_sha256 key = kk_sha256_of(kk_buffer_slice(&all));
    kk_buffer_close(&all);
    return key;
}

static kk_slice tags_of(kk_arena *arena, const kk_ruleset *rules, uint32_t rule, size_t count)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_array(&j, NULL);
    for (size_t i = 0; i < count; i++)
        kk_json_text(&j, NULL, kk_ruleset_tag(rules, rule, i));
    kk_json_close(&j);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* The names of the log sources, each once. */
static kk_slice logs_of(kk_arena *arena, const kk_sigma_rule *rule)
{
    enum { SOURCES_MOST = 128 };
    uint16_t sources[SOURCES_MOST];
    size_t count = rule->correlation ? 0 : kk_sources_of(&rule->source, sources, SOURCES_MOST);
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_array(&j, NULL);
    for (size_t i = 0; i < count; i++) {
        const char *name = kk_source_at(sources[i])->name;
        bool told = false;
        for (size_t k = 0; k < i && !told; k++)
            told = strcmp(kk_source_at(sources[k])->name, name) == 0;
        if (!told)
            kk_json_cstr(&j, NULL, name);
    }
    kk_json_close(&j);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static kk_slice parts_of(kk_arena *arena, const kk_sigma *set, const kk_sigma_rule *rule)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_array(&j, NULL);
    for (size_t i = 0; rule->correlation && i < rule->correlation->rule_count; i++)
        for (size_t k = 0; k < set->count; k++)
            if (set->rules[k] == rule->correlation->rules[i])
                kk_json_u64(&j, NULL, k);
    kk_json_close(&j);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static bool needs_all_parts(const kk_sigma_rule *rule)
{
    return rule->correlation && (rule->correlation->type == KK_TEMPORAL ||
                                 rule->correlation->type == KK_TEMPORAL_ORDERED);
}

static void keep_rules(kk_arena *arena, kk_lane *lane, uint64_t number, const kk_ruleset *rules,
                       const kk_sigma *set)
{
    for (uint32_t r = 0; r < kk_ruleset_count(rules); r++) {
        kk_rule_info info = kk_ruleset_info(rules, r);
        const kk_sigma_rule *read = set->rules[r]; /* numbered in their order */
        kk_rule_row row = {.rules = number,
                           .rule = r,
                           .line = info.line,
                           .id = info.id,
                           .title = info.title,
                           .level = info.level,
                           .status = info.status,
                           .file = info.file,
                           .tags = tags_of(arena, rules, r, info.tag_count),
                           .title_ja = read->title_ja,
                           .logs = logs_of(arena, read),
                           .parts = parts_of(arena, set, read),
                           .all_parts = needs_all_parts(read),
                           .state = info.silent ? KK_RULE_SILENT : KK_RULE_USED};
        kk_lane_rule(lane, &row);
    }
}

static void keep_refusals(kk_lane *lane, uint64_t number, const kk_sigma *set)
{
    for (size_t i = 0; i < set->refusal_count; i++) {
        const kk_refusal *f = &set->refusals[i];
        kk_rule_row row = {.rules = number,
                           .rule = UINT32_MAX,
                           .line = f->line > 0 ? (uint32_t)f->line : 1,
                           .id = f->id,
                           .title = f->title,
                           .file = f->file,
                           .tags = KK_S("[]"),
                           .why = f->what,
                           .state = f->no_source ? KK_RULE_WITHOUT_LOG : KK_RULE_REFUSED};
        kk_lane_rule(lane, &row);
    }
}

/* What the case knows of its rules, made anew in one transaction. */
static kk_status keep(kk_case *c, uint64_t number, const kk_rule_files *files, const kk_sigma *set,
                      kk_slice block, kk_fault *fault)
{
    kk_lane *lane = NULL;
    kk_ruleset *rules = NULL;
    kk_status status = kk_ruleset_open(block, &rules, fault);
    if (status == KK_OK)
        status = kk_store_run(c->store, "DELETE FROM rules; DELETE FROM rule_files", fault);
    if (status == KK_OK)
        status = kk_lane_open(c->store, &lane, fault);
    if (status == KK_OK) {
        keep_rules(c->arena, lane, number, rules, set);
        keep_refusals(lane, number, set);
        for (size_t i = kk_own_rule_count; i < files->count; i++)
            kk_lane_rule_file(lane, (uint32_t)i, kk_utf8_clean(c->arena, files->items[i].name),
                              kk_utf8_clean(c->arena, files->items[i].text),
                              files->items[i].is_list);
        status = kk_lane_commit(lane, fault);
    }
    kk_lane_close(lane);
    kk_ruleset_close(rules);
    return status;
}

static uint64_t number_of(const kk_sha256 *key)
{
    uint64_t number;
    memcpy(&number, key->bytes, sizeof number);
    return number ? number : 1;
}

/* The number of the set whose rules the case has written down; 0: none. */
static kk_status kept_number(kk_case *c, uint64_t *number, kk_fault *fault)
{
    kk_rows *rows;
    *number = 0;
    kk_status status = kk_ask(c->store, "rules_number", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        *number = kk_rows_u64(rows, 0);
    return kk_rows_close(rows, fault);
}

static bool from_cache(kk_case *c, const kk_sha256 *key, kk_slice *block)
{
    kk_sha256 has;
    kk_fault ignored;
    const char *path = kk_print(c->arena, "%.*s/rules.cache", KK_P(c->path)).ptr;
    return kk_file_text(c->arena, path, BLOCK_MOST, block, &ignored) == KK_OK &&
           kk_ruleset_key(*block, &has) && memcmp(&has, key, sizeof has) == 0;
}

static kk_status compile(kk_case *c, const kk_rule_files *files, const kk_sha256 *key,
                         kk_slice *block, kk_fault *fault)
{
    kk_buffer out = {0};
    kk_sigma *set = kk_rule_files_read(c->arena, files);
    kk_status status = kk_ruleset_compile(set, key, &out, fault);
    if (status == KK_OK) {
        *block = kk_copy(c->arena, kk_buffer_slice(&out));
        status = kk_case_write_file(c, "rules.cache", *block, fault);
    }
    kk_buffer_close(&out);
    return status == KK_OK ? keep(c, number_of(key), files, set, *block, fault) : status;
}

kk_status kk_case_rules_ready(kk_case *c, const kk_slice *paths, size_t count, kk_case_rules *out,
                              kk_fault *fault)
{
    kk_rule_files files = {0};
    kk_status status = KK_OK;
    uint64_t kept;
    add_own(c, &files);
    for (size_t i = 0; i < count && status == KK_OK; i++)
        status = kk_rule_files_find(c->arena, kk_copy(c->arena, paths[i]).ptr, &files, fault);
    if (!count)
        status = add_kept(c, &files, fault);
    if (status == KK_OK)
        status = kept_number(c, &kept, fault);
    if (status != KK_OK)
        return status;
    kk_sha256 key = key_of(&files);
    out->number = number_of(&key);
    if (kept == out->number && from_cache(c, &key, &out->block))
        return KK_OK;
    return compile(c, &files, &key, &out->block, fault);
}

kk_status kk_case_rules_match(kk_case *c, const kk_options *options, kk_pool *pool,
                              const kk_case_rules *rules, kk_fault *fault)
{
    kk_status status = kk_match_stored(c->store, pool, options->jobs, rules->number, fault);
    if (status != KK_OK)
        return status;
    status = kk_correlations_find(c->store, rules->block, rules->number, fault);
    if (status != KK_OK)
        return status;
    kk_slice sql = kk_print(c->arena,
                            "DELETE FROM hits WHERE rules <> %llu::UBIGINT; "
                            "DELETE FROM matched WHERE rules <> %llu::UBIGINT",
                            (unsigned long long)rules->number, (unsigned long long)rules->number);
    return kk_store_run(c->store, sql.ptr, fault);
}
