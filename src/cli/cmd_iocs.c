/* kakuho iocs: what the intruder left for others to look for, and where given indicators were found. */
#include "analyse/indicators.h"
#include "base/text.h"
#include "casework/answers.h"
#include "cli/answer.h"
#include "cli/ioc_rows.h"
#include "cli/progress.h"
#include "cli/rows.h"

static kk_slice listed(kk_arena *arena, const kk_slice *items, size_t count)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < count; i++) {
        kk_put(&out, i ? KK_S(" ") : KK_NONE);
        kk_put(&out, items[i]);
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static kk_slice grounds_of(kk_arena *arena, const kk_indicator *i)
{
    kk_buffer out = {0};
    for (size_t k = 0; k < i->ground_count; k++)
        kk_putf(&out, "%s%s %.*s (%.*s)", k ? "; " : "", i->grounds[k].kind, KK_P(i->grounds[k].id),
                KK_P(i->grounds[k].what));
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* Column names as MISP and most other tools take them in. */
static void write_row(kk_invocation *i, kk_row_writer *w, kk_arena *scratch, const kk_indicator *x)
{
    bool hostile = kk_indicator_is_hostile(x), defang = kk_given(i, KK_OPTION_DEFANG);
    kk_buffer *line = kk_row_line(w);
    kk_ref ref = x->refs.count ? x->refs.items[0] : (kk_ref){0};
    if (line) {
        kk_json j = {.out = line};
        kk_indicator_json(&j, scratch, x, defang);
        kk_row_end(w);
        return;
    }
    kk_cell cells[] = {
        {.name = "type", .value = kk_cstr(kk_ioc_type_names[x->type]), .width = 9},
        {.name = "value",
         .value = defang ? kk_defanged(scratch, x->type, x->value) : x->value,
         .width = 64},
        {.name = "role", .value = kk_cstr(kk_indicator_role_names[x->role]), .width = 24},
        {.name = "confidence", .value = kk_cstr(kk_confidence_names[x->confidence]), .width = 6},
        {.name = "misp_type",
         .value = kk_cstr(x->role == KK_ROLE_DESTINATION && x->type == KK_IOC_IP
                              ? "ip-dst"
                              : kk_ioc_misp_names[x->type])},
        {.name = "to_ids", .value = kk_cstr(hostile ? "1" : "0")},
        {.name = "internal", .value = kk_cstr(x->internal ? "1" : "0")},
        {.name = "first_seen", .time = x->first, .is_time = true, .width = 25},
        {.name = "last_seen", .time = x->last, .is_time = true, .width = 25},
        {.name = "hosts", .value = listed(scratch, x->hosts, x->host_count), .width = 20},
        {.name = "of", .value = x->of},
        {.name = "why", .value = grounds_of(scratch, x)},
        {.name = "id", .value = x->id},
        {.name = "ref.evidence", .value = ref.evidence},
        {.name = "ref.path", .value = ref.path},
        {.name = "ref.record", .value = kk_print(scratch, "%llu", (unsigned long long)ref.record)},
        {.name = "ref.offset", .value = kk_print(scratch, "%llu", (unsigned long long)ref.offset)},
    };
    kk_write_cells(w, cells, sizeof cells / sizeof *cells);
}

static kk_status write_rows(kk_invocation *i, kk_case *c, const kk_indicators *all, int *usage)
{
    kk_row_writer *w =
        kk_row_writer_open(i, c->store, c->path.ptr, i->zone.count ? &i->zone : &c->settings->zone);
    if (!w) {
        *usage = 2;
        return KK_OK;
    }
    kk_arena *scratch = kk_arena_open();
    for (size_t k = 0; k < all->count; k++) {
        write_row(i, w, scratch, &all->items[k]);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    return kk_row_writer_close(w, KK_OK);
}

/* When the first evidence was taken in and which it is, and when the last. */
static kk_status put_taken_in(kk_case *c, kk_stix_about *about, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "evidence_all", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice sha256 = kk_rows_text(rows, 7);
        kk_time at = kk_rows_i64(rows, 9);
        bool is_first = !about->created || at < about->created;
        if (is_first || (at == about->created && kk_compare(sha256, about->first_evidence) < 0)) {
            about->first_evidence = kk_copy(c->arena, sha256);
            about->created = at;
        }
        if (at > about->modified)
            about->modified = at;
    }
    return kk_rows_close(rows, fault);
}

static kk_status put_stix(kk_invocation *i, kk_case *c, const kk_indicators *all, kk_buffer *out)
{
    kk_json j = {.out = out};
    kk_stix_about about = {.case_name = c->name, .organisation = c->settings->organisation.name};
    kk_status status = put_taken_in(c, &about, &i->fault);
    if (status != KK_OK)
        return status;
    i->fault = (kk_fault){0};
    about.state = kk_case_state(c, &i->fault);
    if (!about.state.len)
        return i->fault.status;
    kk_indicators_stix(&j, c->arena, all, &about);
    return KK_OK;
}

static kk_status put_document(kk_invocation *i, kk_case *c, const kk_indicators *all,
                              kk_buffer *out)
{
    kk_json j = {.out = out};
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, &i->fault);
    kk_json_array(&j, "indicators");
    for (size_t k = 0; k < all->count; k++)
        kk_indicator_json(&j, c->arena, &all->items[k], kk_given(i, KK_OPTION_DEFANG));
    kk_json_close(&j);
    kk_json_close(&j);
    return status;
}

static kk_status answer(kk_invocation *i, kk_case *c, int *usage)
{
    kk_answers a;
    kk_indicators all;
    kk_buffer out = {0};
    bool stix = !i->json && kk_is(kk_value(i, KK_OPTION_IOC_FORMAT), "stix");
    kk_status status = kk_case_answers(c, KK_NEEDS_EXFIL, &a, &i->fault);
    if (status == KK_OK)
        status = kk_indicators_find(c->store, c->settings, &a.access, &a.exfil, c->arena, &all,
                                    &i->fault);
    if (status == KK_OK && !i->json && !stix)
        return write_rows(i, c, &all, usage);
    if (status == KK_OK)
        status = stix ? put_stix(i, c, &all, &out) : put_document(i, c, &all, &out);
    kk_put_byte(&out, '\n');
    if (status == KK_OK)
        kk_write_out(i, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return status;
}

/* *ended: an exit status beside what the calls came to. */
static kk_status look_for(kk_invocation *i, kk_case *c, const kk_ioc_files *given, int *ended)
{
    kk_ioc_search search;
    kk_progress_line line;
    kk_progress_start(&line, i);
    kk_status status = kk_ioc_files_search(
        c, &i->options, given, !kk_given(i, KK_OPTION_WITHOUT_CONTENTS), &search, &i->fault);
    kk_progress_end(&line);
    if (status == KK_OK)
        status = kk_ioc_rows(i, c, given, &search, ended);
    if (status == KK_OK && !*ended && search.contents && search.contents->gap_count)
        *ended = 3;
    return status;
}

static int run(kk_invocation *i)
{
    kk_case *c;
    kk_ioc_files given;
    int answered, usage = 0;
    bool is_search = kk_given(i, KK_OPTION_IOC);
    kk_status status = KK_OK;
    if (is_search && kk_is(kk_value(i, KK_OPTION_IOC_FORMAT), "stix"))
        return kk_usage(i, "--format stix is of what the intruder left, not of what is looked for");
    /* Files are read in this process: the writer has threads, and another folder. */
    if (is_search && !i->options.shared)
        status = kk_ioc_files_pack(&i->options, i->arena, i->values[KK_OPTION_IOC],
                                   i->value_count[KK_OPTION_IOC], &i->handed_over, &i->fault);
    if (status == KK_OK && kk_answered_by_writer(i, &answered))
        return answered;
    if (status == KK_OK && is_search && !kk_ioc_files_take(i->arena, i->handed_over, &given))
        status = kk_fail(&i->fault, KK_IO,
                         "indicators could not be read: what read them spoke nonsense: tell us");
    if (status == KK_OK)
        status = kk_case_open(i->arguments[0], KK_CASE_READ, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    status = is_search ? look_for(i, c, &given, &usage) : answer(i, c, &usage);
    kk_case_close(c);
    return usage ? usage : kk_finish(i, status);
}

const kk_command kk_command_iocs = {
    .name = "iocs",
    .arguments = "CASE",
    .about =
        "what the intruder left: addresses, accounts, names, files, hashes; --ioc looks for others",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_IOC, KK_OPTION_WITHOUT_CONTENTS, KK_OPTION_PASSWORDS,
                KK_OPTION_IOC_FORMAT, KK_OPTION_OUT, KK_OPTION_DEFANG, KK_OPTION_NO_SANDBOX},
    .run = run,
};
