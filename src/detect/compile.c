/* Compiling: rules, their fields and texts, and the block that they become. */
#include "detect/compile_i.h"

/* ---- fields ---- */

/* ---- rules ---- */

static rules_span text_list(kk_compiler *c, const kk_slice *texts, size_t count)
{
    kk_numbers list = {0};
    for (size_t i = 0; i < count; i++) {
        rules_text t = kk_compiler_text(c, texts[i]);
        kk_numbers_add(c->arena, &list, t.at);
        kk_numbers_add(c->arena, &list, t.len);
    }
    rules_span span = kk_compiler_list(c, &list);
    span.count = (uint32_t)count;
    return span;
}

static void put_rule(kk_compiler *c, const kk_sigma_rule *r, const kk_interner *captures)
{
    rules_rule out = {.file = kk_compiler_text(c, r->file),
                      .id = kk_compiler_text(c, r->id),
                      .name = kk_compiler_text(c, r->name),
                      .title = kk_compiler_text(c, r->title),
                      .level = kk_compiler_text(c, r->level),
                      .status = kk_compiler_text(c, r->status),
                      .line = (uint32_t)r->line,
                      .is_correlation = r->kind == KK_SIGMA_CORRELATION,
                      .silent = r->silent};
    out.tags = text_list(c, r->tags, r->tag_count);
    out.captures = text_list(c, captures->keys, captures->count);
    kk_compiler_put(c, S_RULES, &out, sizeof out);
}

static bool compile_rule(kk_compiler *c, uint32_t number, const kk_interner *captures)
{
    enum { SOURCES_MOST = 128 };
    const kk_sigma_rule *r = c->set->rules[number];
    uint16_t sources[SOURCES_MOST];
    size_t before = c->section[S_RUNS].len / sizeof(rules_run);
    if (r->kind != KK_SIGMA_RULE)
        return true;
    size_t count = kk_sources_of(&r->source, sources, SOURCES_MOST);
    for (size_t i = 0; i < count; i++) {
        if (!kk_compile_run(c, number, r, sources[i]))
            continue;
        size_t run = c->section[S_RUNS].len / sizeof(rules_run) - 1;
        kk_numbers fields = {0};
        for (size_t k = 0; k < captures->count; k++)
            kk_numbers_add(c->arena, &fields,
                           kk_compiler_field_of(c, kk_source_at(sources[i]), captures->keys[k],
                                                &c->runs[run]));
        rules_span span = kk_compiler_list(c, &fields);
        ((rules_run *)(void *)c->section[S_RUNS].ptr)[run].captures = span;
    }
    size_t after = c->section[S_RUNS].len / sizeof(rules_run);
    ((rules_rule *)(void *)c->section[S_RULES].ptr)[number].runs =
        (rules_span){(uint32_t)before, (uint32_t)(after - before)};
    return c->fault->status == KK_OK;
}

/* ---- what cannot be used ---- */

static void refuse(kk_sigma *set, const kk_sigma_rule *r, bool no_source, kk_slice what)
{
    set->refusals = kk_grow(set->arena, set->refusals, &set->refusal_capacity,
                            set->refusal_count + 1, sizeof *set->refusals);
    set->refusals[set->refusal_count++] =
        (kk_refusal){r->file, r->line, r->id, r->title, what, no_source};
}

static kk_slice source_words(kk_arena *arena, const kk_logsource *l)
{
    kk_slice out = KK_NONE;
    const struct {
        const char *what;
        kk_slice value;
    } parts[] = {{"category ", l->category}, {"product ", l->product}, {"service ", l->service}};
    for (size_t i = 0; i < 3; i++) {
        if (!parts[i].value.len)
            continue;
        out = kk_join(arena, out, out.len ? KK_S(", ") : KK_NONE);
        out = kk_join(arena, out, kk_join(arena, kk_cstr(parts[i].what), parts[i].value));
    }
    return out;
}

static bool rests_on_missing(const kk_sigma_rule *r, const bool *missing, kk_sigma *set)
{
    const kk_correlation *c = r->correlation;
    for (size_t i = 0; c && i < c->rule_count; i++)
        for (size_t k = 0; k < set->count; k++)
            if (set->rules[k] == c->rules[i] && missing[k])
                return true;
    return false;
}

static void drop_sourceless(kk_sigma *set)
{
    uint16_t sources[1];
    bool *missing = KK_NEW_ARRAY(set->arena, bool, set->count);
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        const kk_sigma_rule *r = set->rules[i];
        missing[i] = r->kind == KK_SIGMA_RULE && !kk_sources_of(&r->source, sources, 1);
        if (missing[i])
            refuse(set, r, true,
                   kk_join(set->arena, KK_S("no log that is read here is "),
                           source_words(set->arena, &r->source)));
    }
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < set->count; i++) {
            if (missing[i] || !rests_on_missing(set->rules[i], missing, set))
                continue;
            refuse(set, set->rules[i], true, KK_S("a rule that it refers to has no log here"));
            missing[i] = again = true;
        }
    }
    for (size_t i = 0; i < set->count; i++)
        if (!missing[i])
            set->rules[kept++] = set->rules[i];
    set->count = kept;
}

/* ---- the block ---- */

static size_t item_size(rules_section s)
{
    static const size_t sizes[SECTIONS] = {
        [S_TEXT] = 1,
        [S_RULES] = sizeof(rules_rule),
        [S_RUNS] = sizeof(rules_run),
        [S_STEPS] = sizeof(rules_step),
        [S_TESTS] = sizeof(rules_test),
        [S_FIELDS] = sizeof(rules_field),
        [S_SLOTS] = sizeof(rules_slot),
        [S_BUCKETS] = sizeof(rules_bucket),
        [S_BUCKET_INDEX] = sizeof(uint32_t),
        [S_LISTS] = sizeof(uint32_t),
        [S_MEMBERS] = sizeof(uint64_t),
        [S_EXACTS] = sizeof(rules_exact),
        [S_EXACT_INDEX] = sizeof(uint32_t),
        [S_EXACT_FILTER] = sizeof(uint64_t),
        [S_GRAMS] = sizeof(rules_gram),
        [S_GRAM_INDEX] = sizeof(uint64_t),
        [S_GRAM_TESTS] = sizeof(rules_gram_test),
        [S_FILTERS] = sizeof(uint64_t),
        [S_CORRELATIONS] = sizeof(rules_correlation),
        [S_REFUSALS] = sizeof(rules_refusal),
    };
    return sizes[s];
}

static const char magic[8] = "KKSIGMA";

/* Of everything but the sum itself. */
static kk_sha256 sum_of(kk_slice block)
{
    rules_header h;
    kk_hasher *hasher = kk_hasher_open();
    memcpy(&h, block.ptr, sizeof h);
    memset(&h.sum, 0, sizeof h.sum);
    kk_hasher_add(hasher, &h, sizeof h);
    kk_hasher_add(hasher, block.ptr + sizeof h, block.len - sizeof h);
    kk_sha256 sum = kk_hasher_digest(hasher);
    kk_hasher_close(hasher);
    return sum;
}

static void assemble(kk_compiler *c, const kk_sha256 *key, kk_buffer *out)
{
    rules_header h = {.version = KK_RULES_VERSION, .sections = SECTIONS, .key = *key};
    size_t base = out->len, at = (sizeof h + 63) & ~(size_t)63;
    memcpy(h.magic, magic, sizeof h.magic);
    for (int s = 0; s < SECTIONS; s++) {
        h.section[s].at = at;
        h.section[s].count = c->section[s].len / item_size((rules_section)s);
        at = (at + c->section[s].len + 63) & ~(size_t)63;
    }
    h.size = at;
    memset(kk_buffer_room(out, at), 0, at);
    out->len += at;
    for (int s = 0; s < SECTIONS; s++)
        if (c->section[s].len)
            memcpy(out->ptr + base + h.section[s].at, c->section[s].ptr, c->section[s].len);
    memcpy(out->ptr + base, &h, sizeof h);
    h.sum = sum_of((kk_slice){out->ptr + base, at});
    memcpy(out->ptr + base, &h, sizeof h);
}

static void put_triggers(kk_compiler *c)
{
    for (uint32_t t = 0; t < c->tests.count; t++) {
        rules_span span = kk_compiler_list(c, &c->triggers[t]);
        kk_compiler_test(c, t)->triggers = span;
    }
    for (uint32_t f = 0; f < c->fields.count; f++) {
        rules_span span = kk_compiler_list(c, &c->others[f]);
        kk_compiler_field(c, f)->others = span;
    }
}

static void put_refusals(kk_compiler *c)
{
    for (size_t i = 0; i < c->set->refusal_count; i++) {
        const kk_refusal *r = &c->set->refusals[i];
        rules_refusal out = {.file = kk_compiler_text(c, r->file),
                             .id = kk_compiler_text(c, r->id),
                             .title = kk_compiler_text(c, r->title),
                             .what = kk_compiler_text(c, r->what),
                             .line = (uint32_t)r->line,
                             .no_source = r->no_source};
        kk_compiler_put(c, S_REFUSALS, &out, sizeof out);
    }
}

/* Rules without a run: what they ask for is in none of their logs. */
static bool drop_hopeless(kk_compiler *c)
{
    const rules_rule *rules = (const rules_rule *)(const void *)c->section[S_RULES].ptr;
    size_t kept = 0, count = c->set->count;
    bool *gone = KK_NEW_ARRAY(c->arena, bool, count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        gone[i] = !rules[i].is_correlation && !rules[i].runs.count;
        any = any || gone[i];
        if (gone[i])
            refuse(c->set, c->set->rules[i], true,
                   KK_S("no log that is read here tells the fields that its condition rests on"));
    }
    for (size_t i = 0; i < count; i++) {
        if (!gone[i] && rests_on_missing(c->set->rules[i], gone, c->set)) {
            refuse(c->set, c->set->rules[i], false,
                   KK_S("a rule that it refers to can never fire"));
            gone[i] = true;
            i = SIZE_MAX; /* others may rest on this one */
        }
    }
    for (size_t i = 0; i < count; i++)
        if (!gone[i])
            c->set->rules[kept++] = c->set->rules[i];
    c->set->count = kept;
    return any;
}

static void close_sections(kk_compiler *c)
{
    for (int s = 0; s < SECTIONS; s++)
        kk_buffer_close(&c->section[s]);
}

static bool compile_all(kk_compiler *c)
{
    bool good = true;
    kk_interner *captures = KK_NEW_ARRAY(c->arena, kk_interner, c->set->count);
    kk_compile_captures(c, captures);
    for (uint32_t i = 0; i < c->set->count; i++)
        put_rule(c, c->set->rules[i], &captures[i]);
    for (uint32_t i = 0; i < c->set->count && good; i++)
        good = compile_rule(c, i, &captures[i]);
    return good && kk_compile_correlations(c, captures);
}

kk_status kk_ruleset_compile(kk_sigma *set, const kk_sha256 *key, kk_buffer *out, kk_fault *fault)
{
    kk_status status = KK_OK;
    bool again = true;
    drop_sourceless(set);
    while (status == KK_OK && again) {
        kk_compiler c = {.arena = kk_arena_open(), .set = set, .fault = fault};
        fault->status = KK_OK;
        if (!compile_all(&c)) {
            status = fault->status;
        } else if (!(again = drop_hopeless(&c))) {
            kk_compile_buckets(&c);
            kk_compile_scanners(&c);
            put_triggers(&c);
            put_refusals(&c);
            assemble(&c, key, out);
        }
        close_sections(&c);
        kk_arena_close(c.arena);
    }
    return status;
}

kk_sha256 kk_ruleset_key_of(const kk_slice *names, const kk_slice *texts, size_t count)
{
    static const char version[] = KAKUHO_VERSION;
    uint64_t numbers[3] = {KK_RULES_VERSION, count, sizeof(rules_header)};
    kk_hasher *hasher = kk_hasher_open();
    kk_hasher_add(hasher, version, sizeof version);
    kk_hasher_add(hasher, numbers, sizeof numbers);
    for (size_t i = 0; i < count; i++) {
        uint64_t lengths[2] = {names[i].len, texts[i].len};
        kk_hasher_add(hasher, lengths, sizeof lengths);
        kk_hasher_add(hasher, names[i].ptr, names[i].len);
        kk_hasher_add(hasher, texts[i].ptr, texts[i].len);
    }
    kk_sha256 key = kk_hasher_digest(hasher);
    kk_hasher_close(hasher);
    return key;
}

/* ---- opening ---- */

static bool in_section(const rules_header *h, size_t size, int s)
{
    uint64_t at = h->section[s].at, count = h->section[s].count;
    return at <= size && at % 64 == 0 && count <= (size - at) / item_size((rules_section)s);
}

static bool is_ours(kk_slice block)
{
    const rules_header *h = (const rules_header *)(const void *)block.ptr;
    if (block.len < sizeof *h || (uintptr_t)block.ptr % 8 ||
        memcmp(h->magic, magic, sizeof magic) != 0 || h->version != KK_RULES_VERSION ||
        h->sections != SECTIONS || h->size > block.len || h->size < sizeof *h)
        return false;
    for (int s = 0; s < SECTIONS; s++)
        if (!in_section(h, h->size, s))
            return false;
    return true;
}

bool kk_ruleset_key(kk_slice block, kk_sha256 *key)
{
    if (!is_ours(block))
        return false;
    *key = ((const rules_header *)(const void *)block.ptr)->key;
    return true;
}

kk_status kk_ruleset_open(kk_slice block, kk_ruleset **out, kk_fault *fault)
{
    const rules_header *h = (const rules_header *)(const void *)block.ptr;
    *out = NULL;
    if (!is_ours(block))
        return kk_fail(fault, KK_INVALID, "these are no compiled rules of this version");
    kk_sha256 sum = sum_of(kk_part(block, 0, h->size));
    if (!kk_sha256_eq(&sum, &h->sum))
        return kk_fail(fault, KK_INVALID, "the compiled rules are damaged");
    kk_arena *arena = kk_arena_open();
    kk_ruleset *r = KK_NEW(arena, kk_ruleset);
    r->arena = arena;
    r->bytes = block.ptr;
    r->header = h;
#define PART(member, SECTION) r->member = (const void *)(block.ptr + h->section[SECTION].at)
    PART(rules, S_RULES);
    PART(runs, S_RUNS);
    PART(steps, S_STEPS);
    PART(tests, S_TESTS);
    PART(fields, S_FIELDS);
    PART(slots, S_SLOTS);
    PART(buckets, S_BUCKETS);
    PART(bucket_index, S_BUCKET_INDEX);
    PART(lists, S_LISTS);
    PART(members, S_MEMBERS);
    PART(exacts, S_EXACTS);
    PART(exact_index, S_EXACT_INDEX);
    PART(exact_filter, S_EXACT_FILTER);
    PART(grams, S_GRAMS);
    PART(gram_index, S_GRAM_INDEX);
    PART(gram_tests, S_GRAM_TESTS);
    PART(filters, S_FILTERS);
    PART(correlations, S_CORRELATIONS);
    PART(refusals, S_REFUSALS);
    for (int s = 0; s < SECTIONS; s++)
        r->count[s] = h->section[s].count;
    *out = r;
    return KK_OK;
}

void kk_ruleset_close(kk_ruleset *rules)
{
    if (rules)
        kk_arena_close(rules->arena);
}

/* ---- what a rule is ---- */

size_t kk_ruleset_count(const kk_ruleset *r)
{
    return r->count[S_RULES];
}

kk_rule_info kk_ruleset_info(const kk_ruleset *r, uint32_t rule)
{
    const rules_rule *p = &r->rules[rule];
    return (kk_rule_info){
        .file = rules_slice(r, p->file),
        .id = rules_slice(r, p->id),
        .name = rules_slice(r, p->name),
        .title = rules_slice(r, p->title),
        .level = rules_slice(r, p->level),
        .status = rules_slice(r, p->status),
        .line = p->line,
        .is_correlation = p->is_correlation,
        .silent = p->silent,
        .tag_count = p->tags.count,
        .captures = p->captures.count,
    };
}

static kk_slice nth_text(const kk_ruleset *r, rules_span span, size_t nth)
{
    if (nth >= span.count)
        return KK_NONE;
    const uint32_t *pair = &r->lists[span.first + 2 * nth];
    return rules_slice(r, (rules_text){pair[0], pair[1]});
}

kk_slice kk_ruleset_tag(const kk_ruleset *r, uint32_t rule, size_t tag)
{
    return nth_text(r, r->rules[rule].tags, tag);
}

kk_slice kk_ruleset_capture(const kk_ruleset *r, uint32_t rule, size_t capture)
{
    return nth_text(r, r->rules[rule].captures, capture);
}

size_t kk_ruleset_refusals(const kk_ruleset *r)
{
    return r->count[S_REFUSALS];
}

kk_refusal kk_ruleset_refusal(const kk_ruleset *r, size_t nth)
{
    const rules_refusal *p = &r->refusals[nth];
    return (kk_refusal){rules_slice(r, p->file), (int)p->line,
                        rules_slice(r, p->id),   rules_slice(r, p->title),
                        rules_slice(r, p->what), p->no_source != 0};
}

const char *kk_ruleset_source(const kk_ruleset *r, uint32_t rule, size_t nth)
{
    rules_span runs = r->rules[rule].runs;
    return nth < runs.count ? kk_source_at(r->runs[runs.first + nth].source)->name : NULL;
}
