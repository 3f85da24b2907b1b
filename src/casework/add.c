/* Taking evidence in: who is who, then intake, then what came of it. */
#include "casework/finish.h"
#include "casework/rule_files.h"
#include "casework/rules.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    kk_case *c;
    kk_evidence *evidence;
    size_t count, before; /* in the list; known from earlier runs */
    kk_slice *labels;
    uint64_t *sizes; /* of the new ones */
} naming;

/* "HOST=PATH": a name without a slash before the first '='; a file that exists as given wins. */
static void split_host(kk_arena *arena, kk_slice argument, kk_slice *host, kk_slice *path)
{
    size_t at = kk_find_byte(argument, '=');
    kk_slice name = at == KK_NOWHERE ? KK_NONE : kk_part(argument, 0, at);
    *host = KK_NONE;
    *path = argument;
    if (!name.len || kk_find_byte(name, '/') != KK_NOWHERE ||
        access(kk_copy(arena, argument).ptr, F_OK) == 0)
        return;
    *host = name;
    *path = kk_from(argument, at + 1);
}

static kk_slice label_for(naming *n, kk_slice source)
{
    kk_slice name = kk_from(source, kk_rfind_byte(source, '/') + 1), label = name;
    for (unsigned again = 2;; again++) {
        bool taken = false;
        for (size_t i = 0; i < n->count && !taken; i++)
            taken = kk_eq(n->labels[i], label);
        if (!taken)
            return label;
        label = kk_print(n->c->arena, "%.*s-%u", KK_P(name), again);
    }
}

static kk_status load_evidence(naming *n, size_t more, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0, label_capacity = 0;
    kk_arena *arena = n->c->arena;
    kk_status status = kk_ask(n->c->store, "evidence_sources", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        n->evidence = kk_grow(arena, n->evidence, &capacity, n->count + 1, sizeof *n->evidence);
        n->labels = kk_grow(arena, n->labels, &label_capacity, n->count + 1, sizeof *n->labels);
        kk_evidence *e = &n->evidence[n->count];
        e->number = (uint32_t)kk_rows_u64(rows, 0);
        e->id = kk_copy(arena, kk_rows_text(rows, 1));
        e->label = n->labels[n->count] = kk_copy(arena, kk_rows_text(rows, 2));
        e->source = kk_copy(arena, kk_rows_text(rows, 3));
        e->host = kk_copy(arena, kk_rows_text(rows, 4));
        e->forced = kk_copy(arena, kk_rows_text(rows, 5));
        n->count++;
    }
    n->evidence = kk_grow(arena, n->evidence, &capacity, n->count + more, sizeof *n->evidence);
    n->labels = kk_grow(arena, n->labels, &label_capacity, n->count + more, sizeof *n->labels);
    n->before = n->count;
    n->sizes = KK_NEW_ARRAY(arena, uint64_t, n->count + more);
    return kk_rows_close(rows, fault);
}

static kk_status record_evidence(const naming *n, const kk_evidence *e, uint64_t bytes,
                                 kk_fault *fault)
{
    const kk_acquired *acquired = kk_acquired_for(n->c->settings, e->source, e->label);
    kk_rows *rows;
    kk_param values[] = {
        KK_U64(e->number), KK_TEXT(e->id),
        KK_TEXT(e->label), KK_TEXT(e->source),
        KK_TEXT(e->kind),  KK_TEXT(e->host),
        KK_U64(bytes),     KK_TEXT(acquired ? acquired->sha256 : KK_NONE),
        KK_I64(n->c->now), KK_TEXT(e->forced),
    };
    kk_status status = kk_ask(n->c->store, "evidence_add", NULL, values,
                              sizeof values / sizeof *values, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        ;
    return kk_rows_close(rows, fault);
}

static kk_status name_one(naming *n, const kk_handed *handed, kk_evidence **chosen, kk_fault *fault)
{
    char real[PATH_MAX];
    struct stat status;
    kk_slice host, path;
    kk_arena *arena = n->c->arena;
    split_host(arena, handed->argument, &host, &path);
    if (!realpath(kk_copy(arena, path).ptr, real) || stat(real, &status) != 0)
        return kk_fail(fault, KK_INVALID, "cannot take in %.*s: %s: check the path", KK_P(path),
                       strerror(errno));
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
        return kk_fail(fault, KK_INVALID, "cannot take in %.*s: neither a file nor a folder",
                       KK_P(path));
    if (access(real, R_OK) != 0)
        return kk_fail(fault, KK_IO, "cannot take in %.*s: %s: run with the rights to read it",
                       KK_P(path), strerror(errno));
    kk_slice source = kk_name_text(arena, kk_copy(arena, kk_cstr(real)));
    for (size_t i = 0; i < n->count; i++) {
        if (kk_eq(n->evidence[i].source, source) && kk_eq(n->evidence[i].forced, handed->forced)) {
            *chosen = &n->evidence[i];
            return KK_OK;
        }
    }
    kk_evidence *e = &n->evidence[n->count];
    *e = (kk_evidence){.number = (uint32_t)n->count + 1,
                       .label = label_for(n, source),
                       .source = source,
                       .kind = S_ISDIR(status.st_mode) ? KK_S("folder") : KK_S("file"),
                       .host = kk_utf8_clean(arena, host),
                       .forced = handed->forced};
    const kk_acquired *acquired = kk_acquired_for(n->c->settings, source, e->label);
    if (!e->host.len && acquired)
        e->host = acquired->host;
    e->id = kk_id(arena, "E", (kk_slice[]){e->label, e->forced}, 2);
    n->labels[n->count] = e->label;
    n->sizes[n->count++] = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    *chosen = e;
    return KK_OK;
}

/* All paths are looked at before the first is recorded: a wrong one leaves nothing in the case. */
static kk_status record_new(const naming *n, kk_fault *fault)
{
    kk_status status = KK_OK;
    for (size_t i = n->before; i < n->count && status == KK_OK; i++)
        status = record_evidence(n, &n->evidence[i], n->sizes[i], fault);
    return status;
}

static kk_status count_failures(kk_case *c, bool *failed, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "failure_count", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    *failed = kk_rows_next(rows) && kk_rows_u64(rows, 0) > 0;
    return kk_rows_close(rows, fault);
}

static kk_status write_ledger(kk_case *c, const kk_options *options, const kk_evidence *chosen,
                              size_t count, kk_fault *fault)
{
    kk_status status = KK_OK;
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        kk_slice hex = KK_NONE;
        uint64_t bytes;
        kk_buffer details = {0};
        kk_json j = {.out = &details};
        status = evidence_hash(c, chosen[i].number, kk_is(chosen[i].kind, "folder"), &hex, &bytes,
                               fault);
        kk_json_object(&j, NULL);
        kk_json_text(&j, "evidence", chosen[i].label);
        kk_json_text(&j, "sha256", hex);
        kk_json_u64(&j, "bytes", bytes);
        if (options->unsafe_no_sandbox)
            kk_json_bool(&j, "unsafe_no_sandbox", true);
        kk_json_close(&j);
        if (status == KK_OK)
            status = kk_ledger_append(c->ledger, c->now, "add", kk_buffer_slice(&details), fault);
        kk_buffer_close(&details);
    }
    return status;
}

kk_status kk_case_give_passwords(kk_case *c, const kk_options *options, kk_pool *pool,
                                 kk_fault *fault)
{
    enum { PASSWORDS_MOST = 1 << 20 };
    kk_slice lines;
    if (!options->passwords.len)
        return KK_OK;
    kk_status status = kk_file_text(c->arena, kk_copy(c->arena, options->passwords).ptr,
                                    PASSWORDS_MOST, &lines, fault);
    if (status == KK_OK && !kk_trim(lines).len)
        status = kk_fail(fault, KK_INVALID, "no passwords in %.*s: give one a line",
                         KK_P(options->passwords));
    return status == KK_OK ? kk_pool_passwords(pool, lines, fault) : status;
}

/* Workers that know the case's rules. */
static kk_status open_pool(kk_case *c, const kk_options *options, kk_pool **pool,
                           kk_case_rules *rules, kk_fault *fault)
{
    kk_status status = KK_OK;
    *pool = c->early;
    c->early = NULL;
    if (!*pool)
        status = kk_pool_open(options->unsafe_no_sandbox, pool, fault);
    if (status == KK_OK)
        status = kk_case_give_passwords(c, options, *pool, fault);
    if (status != KK_OK || options->without_rules)
        return status;
    status = kk_case_rules_ready(c, options, rules, fault);
    return status == KK_OK ? kk_pool_rules(*pool, rules->block, fault) : status;
}

kk_status kk_case_detect(kk_case *c, const kk_options *options, bool *failed, kk_fault *fault)
{
    kk_pool *pool = NULL;
    kk_case_rules rules = {0};
    kk_status status = open_pool(c, options, &pool, &rules, fault);
    if (status == KK_OK)
        status = kk_case_rules_match(c, options, pool, &rules, fault);
    if (status == KK_OK)
        status = kk_case_rules_scan(c, options, pool, &rules, failed, fault);
    kk_pool_close(pool);
    return status;
}

kk_status kk_case_add(kk_case *c, const kk_options *options, const kk_handed *handed, size_t count,
                      bool *failed, kk_fault *fault)
{
    naming n = {.c = c};
    kk_pool *pool = NULL;
    kk_evidence *chosen = KK_NEW_ARRAY(c->arena, kk_evidence, count);
    kk_status status = load_evidence(&n, count, fault);
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        kk_evidence *e = NULL;
        status = name_one(&n, &handed[i], &e, fault);
        if (status == KK_OK)
            chosen[i] = *e;
    }
    kk_case_rules rules = {0};
    if (status == KK_OK)
        status = open_pool(c, options, &pool, &rules, fault);
    if (status == KK_OK)
        status = record_new(&n, fault);
    if (status != KK_OK) {
        kk_pool_close(pool);
        return status;
    }
    kk_intake_settings settings = {
        .store = c->store,
        .pool = pool,
        .folder = c->path.ptr,
        .jobs = options->jobs,
        .zone = c->settings->timezone,
        .key = c->key,
        .incident = c->settings->discovered.time,
        .passwords = options->passwords.len > 0,
        .carve = options->carve,
        .all = n.evidence,
        .all_count = n.count,
        .has_earlier = n.before > 0,
        .rules = rules.number,
        .progress = options->progress,
        .context = options->context,
    };
    bool mismatch = false;
    status = kk_intake(&settings, chosen, count, fault);
    if (status == KK_OK)
        status = lines_finish(c, fault);
    if (status == KK_OK) /* which machine evidence is from tells copies of a log apart */
        status = evidence_finish(c, &mismatch, fault);
    if (status == KK_OK && rules.number) /* what came before with other rules */
        status = kk_case_rules_match(c, options, pool, &rules, fault);
    if (status == KK_OK && rules.number)
        status = kk_case_rules_scan(c, options, pool, &rules, failed, fault);
    kk_pool_close(pool);
    if (status == KK_OK)
        status = write_ledger(c, options, chosen, count, fault);
    return status == KK_OK ? count_failures(c, failed, fault) : status;
}
