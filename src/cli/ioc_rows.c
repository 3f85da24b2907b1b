#include "cli/ioc_rows.h"

#include "analyse/indicators.h"
#include "casework/answers.h"
#include "cli/rows.h"

#include <stdio.h>
#include <unistd.h>

/* One row: an indicator and what came of it, or what could not be read. */
typedef struct {
    const kk_ioc_file *file;
    const kk_ioc *ioc; /* NULL: not read */
    const kk_ioc_found *found;
    const kk_ioc_unread *unread;
    const kk_ioc_search *search;
} row;

/* Of files only SHA-256 is kept: other hashes are made when their contents are looked through. */
static bool is_in_logs_only(const row *r)
{
    kk_ioc_type type = r->ioc->type;
    return !r->search->contents &&
           (type == KK_IOC_MD5 || type == KK_IOC_SHA1 || type == KK_IOC_HASH);
}

static const char *status_of(const row *r)
{
    const kk_ioc_found *f = r->found;
    return !r->ioc                                             ? "not read"
           : f->events || f->items || f->people || f->contents ? "found"
                                                               : "not found";
}

static kk_slice value_of(kk_invocation *i, kk_arena *scratch, const row *r)
{
    if (!r->ioc)
        return r->unread->what;
    bool defang = kk_given(i, KK_OPTION_DEFANG) && !kk_starts(r->ioc->given, KK_S("[")) &&
                  !kk_has(r->ioc->given, KK_S("[."));
    return defang ? kk_defanged(scratch, r->ioc->type, r->ioc->given) : r->ioc->given;
}

static void put_fields(kk_json *j, const kk_ioc_found *f)
{
    kk_json_array(j, "fields");
    for (unsigned k = 0; k < KK_IOC_FIELDS; k++)
        if (f->fields >> k & 1)
            kk_json_cstr(j, NULL, kk_ioc_field_name(k));
    kk_json_close(j);
}

static const char *const way_names[KK_CONTENT_WAYS] = {"bytes", "utf16", "text", "hash"};

static void put_places(kk_json *j, const kk_ioc_found *f)
{
    kk_json_array(j, "places");
    for (size_t k = 0; k < f->place_count; k++) {
        const kk_content_place *p = &f->places[k];
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", p->ref.evidence);
        kk_json_text(j, "path", p->ref.path);
        kk_json_cstr(j, "as", way_names[p->way]);
        if (p->way == KK_CONTENT_TEXT)
            kk_json_u64(j, "record", p->ref.record);
        else if (p->way != KK_CONTENT_HASH)
            kk_json_u64(j, "offset", p->ref.offset);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void put_row(kk_invocation *i, kk_json *j, kk_arena *scratch, const row *r)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "indicator", value_of(i, scratch, r));
    kk_json_cstr(j, "type", r->ioc ? kk_ioc_type_names[r->ioc->type] : NULL);
    kk_json_cstr(j, "status", status_of(r));
    if (r->ioc) {
        const kk_ioc_found *f = r->found;
        kk_json_u64(j, "events", f->events);
        kk_json_u64(j, "items", f->items);
        kk_json_u64(j, "people", f->people);
        if (r->search->contents)
            kk_json_u64(j, "contents", f->contents);
        kk_json_time(j, "first", f->first);
        kk_json_time(j, "last", f->last);
        kk_json_texts(j, "hosts", f->hosts, f->host_count);
        put_fields(j, f);
        if (is_in_logs_only(r))
            kk_json_bool(j, "in_logs_only", true);
        if (r->ioc->note.len)
            kk_json_text(j, "note", r->ioc->note);
    } else {
        kk_json_cstr(j, "why", r->unread->why);
    }
    kk_json_text(j, "file", r->file->name);
    kk_json_u64(j, "line", r->ioc ? r->ioc->line : r->unread->line);
    if (r->ioc)
        kk_json_refs(j, "refs", &r->found->refs);
    if (r->ioc && r->search->contents)
        put_places(j, r->found);
    kk_json_close(j);
}

static kk_slice joined(kk_arena *arena, const row *r, bool fields)
{
    kk_buffer out = {0};
    for (unsigned k = 0; r->ioc && fields && k < KK_IOC_FIELDS; k++)
        if (r->found->fields >> k & 1)
            kk_putf(&out, "%s%s", out.len ? " " : "", kk_ioc_field_name(k));
    for (size_t k = 0; r->ioc && !fields && k < r->found->host_count; k++)
        kk_putf(&out, "%s%.*s", k ? " " : "", KK_P(r->found->hosts[k]));
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static kk_slice number(kk_arena *arena, uint64_t n)
{
    return kk_print(arena, "%llu", (unsigned long long)n);
}

static void write_row(kk_invocation *i, kk_row_writer *w, kk_arena *scratch, const row *r)
{
    static const kk_ioc_found none = {.first = KK_NO_TIME, .last = KK_NO_TIME};
    const kk_ioc_found *f = r->ioc ? r->found : &none;
    kk_ref ref = f->refs.count ? f->refs.items[0] : f->place_count ? f->places[0].ref : (kk_ref){0};
    kk_buffer *line = kk_row_line(w);
    if (line) {
        kk_json j = {.out = line};
        put_row(i, &j, scratch, r);
        kk_row_end(w);
        return;
    }
    kk_cell cells[] = {
        {.name = "status", .value = kk_cstr(status_of(r)), .width = 9},
        {.name = "type",
         .value = kk_cstr(r->ioc ? kk_ioc_type_names[r->ioc->type] : ""),
         .width = 9},
        {.name = "value", .value = value_of(i, scratch, r), .width = 64},
        {.name = "events", .value = number(scratch, f->events), .width = 8},
        {.name = "items", .value = number(scratch, f->items), .width = 5},
        {.name = "people", .value = number(scratch, f->people), .width = 6},
        {.name = "contents",
         .value = r->search->contents ? number(scratch, f->contents) : KK_NONE,
         .width = 8},
        {.name = "first_seen", .time = f->first, .is_time = true, .width = 25},
        {.name = "last_seen", .time = f->last, .is_time = true, .width = 25},
        {.name = "hosts", .value = joined(scratch, r, false), .width = 20},
        {.name = "fields", .value = joined(scratch, r, true), .width = 40},
        {.name = "why",
         .value = !r->ioc              ? kk_cstr(r->unread->why)
                  : is_in_logs_only(r) ? KK_S("looked for in logs only: of files SHA-256 is kept")
                                       : KK_NONE,
         .width = r->ioc ? 0 : 60},
        {.name = "note", .value = r->ioc ? r->ioc->note : KK_NONE},
        {.name = "file", .value = r->file->name},
        {.name = "line", .value = number(scratch, r->ioc ? r->ioc->line : r->unread->line)},
        {.name = "ref.evidence", .value = ref.evidence},
        {.name = "ref.path", .value = ref.path},
        {.name = "ref.record", .value = ref.record ? number(scratch, ref.record) : KK_NONE},
        {.name = "ref.offset", .value = ref.path.len ? number(scratch, ref.offset) : KK_NONE},
    };
    kk_write_cells(w, cells, sizeof cells / sizeof *cells);
}

typedef void (*with_row)(void *context, const row *r);

/* In the order of the files and their lines; what was not read behind each file's own. */
static void each_row(const kk_ioc_files *given, const kk_ioc_search *search, with_row take,
                     void *context)
{
    for (size_t n = 0; n < given->file_count; n++) {
        const kk_ioc_file *file = &given->files[n];
        for (size_t k = file->first; k < file->first + file->count; k++)
            take(context, &(row){file, &given->items[k], &search->found[k], NULL, search});
        for (size_t k = 0; k < file->unread_count; k++)
            take(context, &(row){file, NULL, NULL, &file->unread[k], search});
    }
}

typedef struct {
    kk_invocation *i;
    kk_row_writer *w;
    kk_json *j;
    kk_arena *scratch;
} writing;

static void as_row(void *context, const row *r)
{
    writing *w = context;
    write_row(w->i, w->w, w->scratch, r);
    kk_arena_reset(w->scratch);
}

static void as_object(void *context, const row *r)
{
    writing *w = context;
    put_row(w->i, w->j, w->scratch, r);
    kk_arena_reset(w->scratch);
}

enum { GAPS_TOLD = 10000 };

static void put_contents(kk_json *j, const kk_ioc_contents *c)
{
    if (!c) {
        kk_json_null(j, "contents");
        return;
    }
    kk_json_object(j, "contents");
    kk_json_u64(j, "files", c->files);
    kk_json_u64(j, "bytes", c->bytes);
    kk_json_u64(j, "gaps", c->gap_count);
    kk_json_array(j, "not_looked_through");
    for (size_t k = 0; k < c->gap_count && k < GAPS_TOLD; k++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", c->gaps[k].evidence);
        kk_json_text(j, "path", c->gaps[k].path);
        kk_json_cstr(j, "why", c->gaps[k].why);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_close(j);
}

static kk_status put_document(kk_invocation *i, kk_case *c, const kk_ioc_files *given,
                              const kk_ioc_search *s, kk_buffer *out)
{
    kk_json j = {.out = out};
    writing w = {i, NULL, &j, kk_arena_open()};
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, &i->fault);
    kk_json_object(&j, "searched");
    kk_json_u64(&j, "events", s->events);
    kk_json_u64(&j, "payloads", s->payloads);
    kk_json_u64(&j, "items", s->items);
    kk_json_u64(&j, "hashed_items", s->hashed_items);
    kk_json_u64(&j, "people", s->people);
    put_contents(&j, s->contents);
    kk_json_close(&j);
    kk_json_array(&j, "files");
    for (size_t n = 0; n < given->file_count; n++) {
        kk_json_object(&j, NULL);
        kk_json_text(&j, "file", given->files[n].name);
        kk_json_cstr(&j, "format", given->files[n].format);
        kk_json_u64(&j, "indicators", given->files[n].count);
        kk_json_u64(&j, "not_read", given->files[n].unread_count);
        kk_json_close(&j);
    }
    kk_json_close(&j);
    kk_json_array(&j, "results");
    each_row(given, s, as_object, &w);
    kk_json_close(&j);
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    kk_arena_close(w.scratch);
    return status;
}

/* What was not looked through is said even where nobody wants to hear of progress. */
static void say_contents(kk_invocation *i, const kk_ioc_search *s)
{
    const kk_ioc_contents *c = s->contents;
    if (!c) {
        dprintf(i->err, "kakuho: the contents of files were not looked through%s\n",
                i->options.shared ? " while evidence is being taken in: ask again then" : "");
        return;
    }
    if (!i->options.quiet)
        dprintf(i->err, "kakuho: looked through the contents of %llu files\n",
                (unsigned long long)c->files);
    if (c->gap_count)
        dprintf(i->err,
                "kakuho: %zu could not be looked through, or not wholly: `iocs --ioc FILE --json` "
                "lists them with the reason\n",
                c->gap_count);
}

static void say_searched(kk_invocation *i, const kk_ioc_search *s)
{
    if (!i->options.quiet)
        dprintf(i->err,
                "kakuho: looked through %llu events and %llu payloads in them, the names of %llu "
                "items and the SHA-256 of %llu of them, and %llu records of people\n",
                (unsigned long long)s->events, (unsigned long long)s->payloads,
                (unsigned long long)s->items, (unsigned long long)s->hashed_items,
                (unsigned long long)s->people);
}

kk_status kk_ioc_rows(kk_invocation *i, kk_case *c, const kk_ioc_files *given,
                      const kk_ioc_search *search, int *usage)
{
    kk_buffer out = {0};
    say_contents(i, search);
    if (i->json) {
        kk_status status = put_document(i, c, given, search, &out);
        if (status == KK_OK)
            kk_write_out(i, kk_buffer_slice(&out));
        kk_buffer_close(&out);
        return status;
    }
    kk_row_writer *rows =
        kk_row_writer_open(i, c->store, c->path.ptr, i->zone.count ? &i->zone : &c->settings->zone);
    if (!rows) {
        *usage = 2;
        return KK_OK;
    }
    writing w = {i, rows, NULL, kk_arena_open()};
    each_row(given, search, as_row, &w);
    kk_arena_close(w.scratch);
    say_searched(i, search);
    return kk_row_writer_close(rows, KK_OK);
}
