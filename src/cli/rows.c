#include "cli/rows.h"

#include "base/text.h"

#include <xlsxwriter.h>

typedef enum { AS_JSONL, AS_CSV, AS_TABLE, AS_XLSX } row_format;
enum { SHEET_ROWS = 1000000, CELL_MOST = 32000, COLUMNS_MOST = 64, FLUSH_AT = 1 << 20 };

struct kk_row_writer {
    kk_invocation *i;
    kk_store *store;
    kk_status status; /* of asking for more while writing */
    kk_fault fault;
    row_format format;
    kk_buffer out;
    kk_zone zone;
    uint64_t rows;
    kk_arena *scratch;
    kk_slice path;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t sheet_row;
};

typedef struct {
    kk_slice name[COLUMNS_MOST], value[COLUMNS_MOST];
    size_t count;
} cells;

static void cell(cells *c, const char *name, kk_slice value)
{
    c->name[c->count] = kk_cstr(name);
    c->value[c->count++] = value;
}

static kk_slice number(kk_arena *arena, uint64_t n)
{
    return kk_print(arena, "%llu", (unsigned long long)n);
}

/* Every column of an event, in the order of the contract, then where it comes from. */
static void fill(kk_row_writer *w, const kk_event_row *r, cells *c)
{
    static const char *const outcomes[KK_OUTCOMES] = {"", "success", "failure"};
    kk_arena *a = w->scratch;
    c->count = 0;
    cell(c, "@timestamp", r->time == KK_NO_TIME ? KK_NONE : kk_time_text(a, r->time));
    cell(c, "host.name", r->host);
    cell(c, "event.module", r->module);
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (f != KK_HOST_NAME)
            cell(c, kk_text_field_name(f), r->text[f]);
    cell(c, "event.outcome", kk_cstr(outcomes[r->outcome]));
    for (kk_number_field f = 0; f < KK_NUMBER_FIELDS; f++)
        cell(c, kk_number_field_name(f),
             r->has_number >> f & 1 ? number(a, r->number[f]) : KK_NONE);
    cell(c, "kakuho.fields", r->more);
    cell(c, "ref.evidence", r->label);
    cell(c, "ref.path", r->path);
    cell(c, "ref.record", number(a, r->record));
    cell(c, "ref.offset", number(a, r->offset));
}

/* Quoted where needed; a cell that a spreadsheet would take for a formula gets a mark before it. */
static void put_csv_cell(kk_buffer *out, kk_slice s, bool is_data)
{
    bool formula = is_data && s.len && memchr("=+-@\t\r", s.ptr[0], 6);
    bool quoted = formula;
    for (size_t i = 0; i < s.len && !quoted; i++)
        quoted = memchr(",\"\r\n", s.ptr[i], 4) != NULL;
    if (!quoted) {
        kk_put(out, s);
        return;
    }
    kk_put(out, formula ? KK_S("\"'") : KK_S("\""));
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            kk_put_byte(out, '"');
        kk_put_byte(out, s.ptr[i]);
    }
    kk_put_byte(out, '"');
}

static void put_csv(kk_buffer *out, const kk_slice *values, size_t count, bool is_data)
{
    for (size_t k = 0; k < count; k++) {
        if (k)
            kk_put_byte(out, ',');
        put_csv_cell(out, values[k], is_data);
    }
    kk_put(out, KK_S("\r\n"));
}

static void put_sheet_row(kk_row_writer *w, const kk_slice *values, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        kk_slice s = values[k];
        size_t len = s.len < CELL_MOST ? s.len : CELL_MOST;
        while (len && len < s.len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
            len--;
        if (len)
            worksheet_write_string(w->sheet, w->sheet_row, (lxw_col_t)k,
                                   kk_copy(w->scratch, kk_part(s, 0, len)).ptr, NULL);
    }
    w->sheet_row++;
}

static void next_sheet(kk_row_writer *w, const cells *c)
{
    w->sheet = workbook_add_worksheet(w->book, NULL);
    w->sheet_row = 0;
    put_sheet_row(w, c->name, c->count);
    worksheet_freeze_panes(w->sheet, 1, 0);
}

static void put_padded(kk_buffer *out, kk_slice s, size_t width)
{
    size_t shown = 0, at = 0;
    while (at < s.len && shown < width) {
        size_t before = at;
        uint32_t c = kk_next_char(s, &at);
        size_t wide = c >= 0x1100 ? 2 : 1; /* Japanese takes two columns */
        if (shown + wide > width)
            break;
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            kk_put_byte(out, '.'); /* nothing of evidence may steer a terminal */
        else
            kk_put(out, kk_part(s, before, at - before));
        shown += wide;
    }
    for (; shown < width + 1; shown++)
        kk_put_byte(out, ' ');
}

static kk_slice gist(const kk_event_row *r)
{
    static const kk_text_field best[] = {KK_COMMAND_LINE, KK_FILE_PATH,      KK_URL,
                                         KK_MESSAGE,      KK_DESTINATION_IP, KK_PROCESS_EXECUTABLE,
                                         KK_TARGET_USER};
    for (size_t k = 0; k < sizeof best / sizeof *best; k++)
        if (r->text[best[k]].len)
            return r->text[best[k]];
    return r->more;
}

/* A line of a table: its time, and its end without blanks. */
static void put_line_time(kk_row_writer *w, kk_time when)
{
    kk_buffer time = {0};
    if (when != KK_NO_TIME) {
        kk_put_local_time(&time, &w->zone, when / KK_SECOND * KK_SECOND);
        time.ptr[10] = ' ';
    }
    put_padded(&w->out, kk_buffer_slice(&time), 25);
    kk_buffer_close(&time);
}

static void end_line(kk_row_writer *w)
{
    while (w->out.len && w->out.ptr[w->out.len - 1] == ' ')
        w->out.len--;
    kk_put_byte(&w->out, '\n');
}

static void put_table(kk_row_writer *w, const kk_event_row *r)
{
    put_line_time(w, r->time);
    put_padded(&w->out, r->host, 14);
    put_padded(&w->out, r->text[KK_DATASET].len ? r->text[KK_DATASET] : r->module, 18);
    put_padded(&w->out, r->text[KK_CODE], 6);
    put_padded(&w->out, r->text[KK_ACTION], 16);
    put_padded(&w->out, r->text[KK_USER_NAME], 14);
    put_padded(&w->out, r->text[KK_SOURCE_IP], 15);
    put_padded(&w->out, gist(r), 60);
    end_line(w);
}

static void flush(kk_row_writer *w)
{
    kk_write_out(w->i, kk_buffer_slice(&w->out));
    w->out.len = 0;
}

static void put_cells(kk_row_writer *w, const cells *c)
{
    if (w->format == AS_CSV && !w->rows)
        put_csv(&w->out, c->name, c->count, false);
    if (w->format == AS_CSV)
        put_csv(&w->out, c->value, c->count, true);
    if (w->format == AS_XLSX && w->rows % SHEET_ROWS == 0)
        next_sheet(w, c);
    if (w->format == AS_XLSX)
        put_sheet_row(w, c->value, c->count);
}

static void end_row(kk_row_writer *w)
{
    kk_arena_reset(w->scratch);
    w->rows++;
    if (w->out.len > FLUSH_AT)
        flush(w);
}

void kk_write_event(void *writer, const kk_event_row *r)
{
    kk_row_writer *w = writer;
    cells c;
    if (w->format == AS_JSONL) {
        kk_json j = {.out = &w->out};
        kk_event_json(&j, r);
        kk_put_byte(&w->out, '\n');
    } else if (w->format == AS_TABLE) {
        put_table(w, r);
    } else {
        fill(w, r, &c);
        put_cells(w, &c);
    }
    end_row(w);
}

/* What people said, in a word each. */
static kk_slice said_words(kk_arena *a, const kk_hit_said *s)
{
    return kk_print(a, "%s%s%s%s", s->excluded ? "excluded " : "",
                    s->by_responder ? "responder " : "", s->hostile ? "hostile " : "",
                    s->benign ? "benign " : "");
}

/* "J0123 exclude by NAME: REASON; ..." */
static kk_slice decisions_words(kk_arena *a, const kk_hit_said *s)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < s->decision_count; i++) {
        const kk_hit_decision *d = &s->decisions[i];
        kk_slice one = kk_print(a, "%s%.*s %.*s by %.*s: %.*s", i ? "; " : "", KK_P(d->id),
                                KK_P(d->kind), KK_P(d->by), KK_P(d->reason));
        out = kk_join(a, out, one);
    }
    return out;
}

static void fill_hit(kk_row_writer *w, const kk_hit_row *h, cells *c)
{
    const kk_event_row *r = &h->event;
    kk_arena *a = w->scratch;
    c->count = 0;
    cell(c, "id", kk_hit_id(a, h));
    cell(c, "@timestamp", r->time == KK_NO_TIME ? KK_NONE : kk_time_text(a, r->time));
    cell(c, "host", r->host);
    cell(c, "rule.level", h->level);
    cell(c, "rule.title", h->title);
    cell(c, "rule.id", h->rule);
    cell(c, "rule.tags", h->tags);
    cell(c, "matched_as", h->source);
    cell(c, "first", h->is_correlation ? kk_time_text(a, h->first) : KK_NONE);
    cell(c, "events", number(a, h->is_correlation ? h->total : 1));
    cell(c, "group", h->group);
    cell(c, "user.name", r->text[KK_USER_NAME]);
    cell(c, "source.ip", r->text[KK_SOURCE_IP]);
    cell(c, "gist", gist(r));
    cell(c, "event_id", kk_event_id(a, r));
    cell(c, "ref.evidence", r->label);
    cell(c, "ref.path", r->path);
    cell(c, "ref.record", number(a, r->record));
    cell(c, "ref.offset", number(a, r->offset));
    cell(c, "said", kk_trim(said_words(a, &h->said)));
    cell(c, "decisions", decisions_words(a, &h->said));
}

static void put_hit_line(kk_row_writer *w, const kk_hit_row *h)
{
    put_line_time(w, h->event.time);
    put_padded(&w->out, h->event.host, 14);
    put_padded(&w->out, h->level, 13);
    put_padded(&w->out, kk_join(w->scratch, said_words(w->scratch, &h->said), h->title), 44);
    put_padded(&w->out, h->event.text[KK_USER_NAME], 14);
    put_padded(&w->out, gist(&h->event), 60);
    end_line(w);
}

void kk_write_hit(void *writer, const kk_hit_row *h)
{
    kk_row_writer *w = writer;
    cells c;
    if (w->format == AS_JSONL) {
        kk_json j = {.out = &w->out};
        if (w->status == KK_OK)
            w->status = kk_hit_json(w->store, &j, h, &w->fault);
        kk_put_byte(&w->out, '\n');
    } else if (w->format == AS_TABLE) {
        put_hit_line(w, h);
    } else {
        fill_hit(w, h, &c);
        put_cells(w, &c);
    }
    end_row(w);
}

static void fill_payload(kk_row_writer *w, const kk_payload_line *l, cells *c)
{
    const kk_event_row *r = &l->event;
    const kk_payload_row *p = &l->payload;
    kk_arena *a = w->scratch;
    c->count = 0;
    cell(c, "id", kk_payload_id(a, l));
    cell(c, "@timestamp", r->time == KK_NO_TIME ? KK_NONE : kk_time_text(a, r->time));
    cell(c, "host", r->host);
    cell(c, "account", r->text[KK_USER_NAME]);
    cell(c, "kind", p->kind);
    cell(c, "chain", p->chain);
    cell(c, "mark", p->mark);
    cell(c, "field", p->field);
    cell(c, "number", number(a, p->number));
    cell(c, "within", p->within ? number(a, p->within) : KK_NONE);
    cell(c, "sha256", kk_sha256_hex(a, &p->sha256));
    cell(c, "bytes", number(a, p->bytes));
    cell(c, "torn", p->torn ? KK_S("true") : KK_NONE);
    cell(c, "text", p->text);
    cell(c, "text_cut", p->cut ? KK_S("true") : KK_NONE);
    cell(c, "path", p->child);
    cell(c, "event_id", kk_event_id(a, r));
    cell(c, "ref.evidence", r->label);
    cell(c, "ref.path", r->path);
    cell(c, "ref.record", number(a, r->record));
    cell(c, "ref.offset", number(a, r->offset));
}

static void put_payload_line(kk_row_writer *w, const kk_payload_line *l)
{
    put_line_time(w, l->event.time);
    put_padded(&w->out, l->event.host, 14);
    put_padded(&w->out, l->event.text[KK_USER_NAME], 14);
    put_padded(&w->out, l->payload.kind, 9);
    put_padded(&w->out, l->payload.chain, 28);
    put_padded(&w->out, number(w->scratch, l->payload.bytes), 8);
    put_padded(&w->out, l->payload.text, 80);
    end_line(w);
}

void kk_write_payload(void *writer, const kk_payload_line *l)
{
    kk_row_writer *w = writer;
    cells c;
    if (w->format == AS_JSONL) {
        kk_json j = {.out = &w->out};
        kk_payload_json(&j, l);
        kk_put_byte(&w->out, '\n');
    } else if (w->format == AS_TABLE) {
        put_payload_line(w, l);
    } else {
        fill_payload(w, l, &c);
        put_cells(w, &c);
    }
    end_row(w);
}

bool kk_row_writer_wants_lines(const kk_row_writer *w)
{
    return w->format == AS_JSONL;
}

static void put_line_of(kk_row_writer *w, const kk_cell *from, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (from[k].width && from[k].is_time)
            put_line_time(w, from[k].time);
        else if (from[k].width)
            put_padded(&w->out, from[k].value, from[k].width);
    end_line(w);
}

void kk_write_cells(kk_row_writer *w, const kk_cell *from, size_t count, kk_slice line)
{
    cells c = {.count = 0};
    if (w->format == AS_JSONL) {
        kk_put(&w->out, line);
        kk_put_byte(&w->out, '\n');
    } else if (w->format == AS_TABLE) {
        put_line_of(w, from, count);
    } else {
        for (size_t k = 0; k < count; k++)
            cell(&c, from[k].name,
                 !from[k].is_time             ? from[k].value
                 : from[k].time == KK_NO_TIME ? KK_NONE
                                              : kk_time_text(w->scratch, from[k].time));
        put_cells(w, &c);
    }
    end_row(w);
}

static kk_slice format_name(const kk_invocation *i)
{
    if (i->json)
        return KK_S("jsonl");
    if (kk_given(i, KK_OPTION_FORMAT))
        return kk_value(i, KK_OPTION_FORMAT);
    if (kk_given(i, KK_OPTION_IOC_FORMAT))
        return kk_value(i, KK_OPTION_IOC_FORMAT);
    return i->is_terminal ? KK_S("table") : KK_S("jsonl");
}

static bool choose_format(kk_invocation *i, row_format *format)
{
    static const char *const names[] = {
        [AS_JSONL] = "jsonl", [AS_CSV] = "csv", [AS_TABLE] = "table", [AS_XLSX] = "xlsx"};
    kk_slice name = format_name(i);
    for (int k = 0; k <= AS_XLSX; k++)
        if (kk_is(name, names[k])) {
            *format = (row_format)k;
            return true;
        }
    return (void)kk_usage(i, "--format wants table, jsonl, csv or xlsx"), false;
}

kk_row_writer *kk_row_writer_open(kk_invocation *i, kk_store *store, const char *folder,
                                  const kk_zone *zone)
{
    kk_row_writer *w = KK_NEW(i->arena, kk_row_writer);
    if (!choose_format(i, &w->format))
        return NULL;
    w->i = i;
    w->store = store;
    w->zone = *zone;
    w->path = kk_copy(i->arena, kk_value(i, KK_OPTION_OUT));
    if (w->format == AS_XLSX && !w->path.len)
        return (void)kk_usage(i, "a workbook needs --out FILE"), NULL;
    w->scratch = kk_arena_open();
    if (w->format == AS_XLSX) {
        lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                        .tmpdir = (char *)(uintptr_t)folder};
        w->book = workbook_new_opt(w->path.ptr, &options);
    }
    return w;
}

static void close_book(kk_row_writer *w)
{
    if (!w->rows)
        workbook_add_worksheet(w->book, NULL);
    lxw_error error = workbook_close(w->book);
    if (error && w->status == KK_OK)
        w->status =
            kk_fail(&w->fault, KK_IO, "cannot write %.*s: %s", KK_P(w->path), lxw_strerror(error));
}

kk_status kk_row_writer_close(kk_row_writer *w, kk_status status)
{
    flush(w);
    if (w->book)
        close_book(w);
    kk_buffer_close(&w->out);
    kk_arena_close(w->scratch);
    if (status != KK_OK || w->status == KK_OK)
        return status;
    w->i->fault = w->fault;
    return w->status;
}
