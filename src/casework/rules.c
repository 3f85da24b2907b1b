#include "casework/rules.h"

#include "analyse/correlations.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/yara_rules.h"
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
                            is_list ? KK_FILE_LIST : KK_FILE_SIGMA, KK_NONE});
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
                                          (kk_rule_kind)kk_rows_u64(rows, 2), KK_NONE});
    return kk_rows_close(rows, fault);
}

static kk_sha256 key_of(const kk_rule_files *files)
{
    kk_buffer all = {0};
    kk_putf(&all, "%s %u", KAKUHO_VERSION, KK_RULES_VERSION);
    for (size_t i = 0; i < files->count; i++) {
        const kk_rule_file *f = &files->items[i];
        if (f->kind == KK_FILE_YARA)
            continue;
        kk_putf(&all, "\n%zu %zu %d\n", f->name.len, f->text.len, f->kind == KK_FILE_LIST);
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

/* What the case knows of its rules of one engine, made anew in one transaction; and the texts of all. */
static kk_status keep(kk_case *c, const kk_rule_files *files, kk_engine engine,
                      void (*put)(void *context, kk_lane *lane), void *context, kk_fault *fault)
{
    kk_lane *lane = NULL;
    kk_slice sql = kk_print(c->arena, "DELETE FROM rules WHERE engine = %d; DELETE FROM rule_files",
                            (int)engine);
    kk_status status = kk_store_run(c->store, sql.ptr, fault);
    if (status == KK_OK)
        status = kk_lane_open(c->store, &lane, fault);
    if (status == KK_OK) {
        put(context, lane);
        for (size_t i = kk_own_rule_count; i < files->count; i++)
            kk_lane_rule_file(lane, (uint32_t)i, kk_utf8_clean(c->arena, files->items[i].name),
                              kk_utf8_clean(c->arena, files->items[i].text), files->items[i].kind);
        status = kk_lane_commit(lane, fault);
    }
    kk_lane_close(lane);
    return status;
}

typedef struct {
    kk_arena *arena;
    uint64_t number;
    const kk_ruleset *rules;
    const kk_sigma *set;
    const kk_yara_set *yara;
} keeping;

static void put_sigma(void *context, kk_lane *lane)
{
    const keeping *k = context;
    keep_rules(k->arena, lane, k->number, k->rules, k->set);
    keep_refusals(lane, k->number, k->set);
}

static void put_yara(void *context, kk_lane *lane)
{
    const keeping *k = context;
    if (k->yara)
        yara_keep(lane, k->number, k->yara);
}

static kk_status keep_sigma(kk_case *c, uint64_t number, const kk_rule_files *files,
                            const kk_sigma *set, kk_slice block, kk_fault *fault)
{
    kk_ruleset *rules = NULL;
    kk_status status = kk_ruleset_open(block, &rules, fault);
    keeping k = {.arena = c->arena, .number = number, .rules = rules, .set = set};
    if (status == KK_OK)
        status = keep(c, files, KK_SIGMA, put_sigma, &k, fault);
    kk_ruleset_close(rules);
    return status;
}

static uint64_t number_of(const kk_sha256 *key)
{
    uint64_t number;
    memcpy(&number, key->bytes, sizeof number);
    return number ? number : 1;
}

/* The numbers of the sets whose rules the case has written down; 0: none. */
static kk_status kept_numbers(kk_case *c, uint64_t *number, uint64_t *yara, kk_fault *fault)
{
    kk_rows *rows;
    *number = *yara = 0;
    kk_status status = kk_ask(c->store, "rules_number", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        *number = kk_rows_u64(rows, 0);
        *yara = kk_rows_u64(rows, 1);
    }
    return kk_rows_close(rows, fault);
}

/* Behind the block stands what its bytes come to: one that is damaged is made anew. */
static bool take_seal(kk_slice *file)
{
    uint64_t sum, is;
    if (file->len < sizeof sum)
        return false;
    file->len -= sizeof sum;
    memcpy(&sum, file->ptr + file->len, sizeof sum);
    is = kk_hash_quick(*file);
    return is == sum;
}

static kk_slice sealed(kk_arena *arena, kk_slice block)
{
    uint64_t sum = kk_hash_quick(block);
    return kk_join(arena, block, (kk_slice){(const char *)&sum, sizeof sum});
}

static bool from_cache(kk_case *c, const kk_sha256 *key, kk_slice *block)
{
    kk_sha256 has;
    kk_fault ignored;
    const char *path = kk_print(c->arena, "%.*s/rules.cache", KK_P(c->path)).ptr;
    return kk_file_text(c->arena, path, BLOCK_MOST, block, &ignored) == KK_OK && take_seal(block) &&
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
        status = kk_case_write_file(c, "rules.cache", sealed(c->arena, *block), fault);
    }
    kk_buffer_close(&out);
    return status == KK_OK ? keep_sigma(c, number_of(key), files, set, *block, fault) : status;
}

static kk_status gather(kk_case *c, const kk_options *options, kk_rule_files *files,
                        kk_fault *fault)
{
    kk_status status = KK_OK;
    add_own(c, files);
    for (size_t i = 0; i < options->rule_count && status == KK_OK; i++)
        status =
            kk_rule_files_find(c->arena, kk_copy(c->arena, options->rules[i]).ptr, files, fault);
    return options->rule_count ? status : add_kept(c, files, fault);
}

/* Compiled once for this run, and written down where they are other ones than before. */
static kk_status ready_yara(kk_case *c, const kk_options *options, kk_case_rules *rules,
                            bool is_kept, kk_fault *fault)
{
    kk_yara_set set = {0};
    keeping k = {.arena = c->arena, .number = rules->yara, .yara = &set};
    kk_status status = KK_OK;
    if (rules->yara)
        status = yara_compile(c, options, rules->files, &set, fault);
    rules->yara_block = set.compiled;
    return status != KK_OK || is_kept ? status
                                      : keep(c, rules->files, KK_YARA, put_yara, &k, fault);
}

kk_status kk_case_rules_ready(kk_case *c, const kk_options *options, kk_case_rules *out,
                              kk_fault *fault)
{
    kk_rule_files *files = KK_NEW(c->arena, kk_rule_files);
    uint64_t kept = 0, kept_yara = 0;
    kk_status status = gather(c, options, files, fault);
    if (status == KK_OK)
        status = kept_numbers(c, &kept, &kept_yara, fault);
    if (status != KK_OK)
        return status;
    kk_sha256 key = key_of(files);
    out->number = number_of(&key);
    out->yara = yara_number(files);
    out->files = files;
    if (kept != out->number || !from_cache(c, &key, &out->block))
        status = compile(c, files, &key, &out->block, fault);
    return status == KK_OK && kept_yara != out->yara ? ready_yara(c, options, out, false, fault)
                                                     : status;
}

kk_status kk_case_rules_scan(kk_case *c, const kk_options *options, kk_pool *pool,
                             kk_case_rules *rules, bool *unscanned, kk_fault *fault)
{
    bool pending = false;
    kk_intake_settings settings = {.store = c->store,
                                   .pool = pool,
                                   .folder = c->path.ptr,
                                   .jobs = options->jobs,
                                   .progress = options->progress,
                                   .context = options->context};
    kk_status status = kk_scan_forget(c->store, rules->yara, &pending, fault);
    if (status == KK_OK && pending && !rules->yara_block.len)
        status = ready_yara(c, options, rules, true, fault);
    if (status == KK_OK && pending && rules->yara_block.len)
        status = kk_pool_yara(pool, rules->yara_block, fault);
    if (status == KK_OK && pending && rules->yara_block.len)
        status = kk_scan_evidence(&settings, rules->yara, fault);
    return status == KK_OK ? kk_scan_trouble(c->store, unscanned, fault) : status;
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
