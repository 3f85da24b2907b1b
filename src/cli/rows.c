#include "cli/rows_i.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SHEET_ROWS = 1000000, CELL_MOST = 32000, FLUSH_AT = 1 << 20 };
enum { WIDTH_LEAST = 6, WIDTH_MOST = 60, ROWS_MEASURED = 1000 }; /* of a column, in letters */

/* What a spreadsheet would take for a formula; some take the wide signs of a Japanese keyboard, too. */
static bool is_formula(kk_slice s)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (kk_starts(s, kk_cstr(wide[i])))
            return true;
    return s.len && memchr("=+-@\t\r", s.ptr[0], 6);
}

/* Quoted where needed; a cell that a spreadsheet would take for a formula gets a mark before it. */
static void put_csv_cell(kk_buffer *out, kk_slice s, bool is_data)
{
    bool formula = is_data && is_formula(s);
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

/* Letters of Japanese take two columns. */
static size_t width_of(kk_slice s)
{
    size_t wide = 0, at = 0;
    while (at < s.len && wide < WIDTH_MOST)
        wide += kk_next_char(s, &at) >= 0x1100 ? 2 : 1;
    return wide;
}

/* Columns are as wide as what stands in the first rows. */
static void set_widths(kk_row_writer *w)
{
    for (size_t k = 0; w->sheet && k < KK_CELLS_MOST && w->widths[k]; k++)
        worksheet_set_column(w->sheet, (lxw_col_t)k, (lxw_col_t)k, (double)w->widths[k] + 1, NULL);
}

static void put_sheet_row(kk_row_writer *w, const kk_slice *values, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        kk_slice s = values[k];
        size_t wide = w->sheet_row < ROWS_MEASURED ? width_of(s) : 0;
        if (wide < WIDTH_LEAST)
            wide = WIDTH_LEAST;
        if (wide > w->widths[k])
            w->widths[k] = wide;
        size_t len = s.len < CELL_MOST ? s.len : CELL_MOST;
        while (len && len < s.len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
            len--;
        if (len)
            worksheet_write_string(w->sheet, w->sheet_row, (lxw_col_t)k,
                                   kk_copy(w->scratch, kk_part(s, 0, len)).ptr, NULL);
    }
    w->sheet_row++;
}

static void next_sheet(kk_row_writer *w, const kk_slice *names, size_t count)
{
    set_widths(w); /* of the sheet before */
    w->sheet = workbook_add_worksheet(w->book, NULL);
    w->sheet_row = 0;
    put_sheet_row(w, names, count);
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

static void fail_to_write(kk_row_writer *w, const char *why)
{
    if (w->fault.status == KK_OK)
        (void)kk_fail(&w->fault, KK_IO, "cannot write %.*s: %s", KK_P(w->path), why);
}

static void write_file(kk_row_writer *w, kk_slice text)
{
    while (text.len && w->fault.status == KK_OK) {
        ssize_t n = write(w->file, text.ptr, text.len);
        if (n <= 0 && errno != EINTR)
            fail_to_write(w, n ? strerror(errno) : "nothing more is taken");
        text = kk_from(text, n > 0 ? (size_t)n : 0);
    }
}

static void flush(kk_row_writer *w)
{
    if (w->file >= 0)
        write_file(w, kk_buffer_slice(&w->out));
    else
        kk_write_out(w->i, kk_buffer_slice(&w->out));
    w->out.len = 0;
}

static void end_row(kk_row_writer *w)
{
    kk_arena_reset(w->scratch);
    w->rows++;
    if (w->out.len > FLUSH_AT)
        flush(w);
}

kk_buffer *kk_row_line(kk_row_writer *w)
{
    return w->format == AS_JSONL ? &w->out : NULL;
}

void kk_row_end(kk_row_writer *w)
{
    kk_put_byte(&w->out, '\n');
    end_row(w);
}

static void put_line(kk_row_writer *w, const kk_cell *cells, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (cells[k].width && cells[k].is_time)
            put_line_time(w, cells[k].time);
        else if (cells[k].width)
            put_padded(&w->out, cells[k].value, cells[k].width);
    end_line(w);
}

/* What a spreadsheet gets: all but what only tables show. */
static size_t columns_of(kk_row_writer *w, const kk_cell *cells, size_t count, kk_slice *names,
                         kk_slice *values)
{
    size_t n = 0;
    for (size_t k = 0; k < count; k++) {
        if (!cells[k].name)
            continue;
        bool timed = cells[k].is_time && cells[k].time != KK_NO_TIME;
        names[n] = kk_cstr(cells[k].name);
        values[n++] = timed              ? kk_time_text(w->scratch, cells[k].time)
                      : cells[k].is_time ? KK_NONE
                                         : cells[k].value;
    }
    return n;
}

void kk_write_cells(kk_row_writer *w, const kk_cell *cells, size_t count)
{
    kk_slice names[KK_CELLS_MOST], values[KK_CELLS_MOST];
    if (w->format == AS_TABLE) {
        if (!w->heads_only)
            put_line(w, cells, count);
    } else {
        size_t n = columns_of(w, cells, count, names, values);
        if (w->format == AS_CSV && !w->rows)
            put_csv(&w->out, names, n, false);
        if (w->format == AS_CSV && !w->heads_only)
            put_csv(&w->out, values, n, true);
        if (w->format == AS_XLSX && w->rows % SHEET_ROWS == 0)
            next_sheet(w, names, n);
        if (w->format == AS_XLSX && !w->heads_only)
            put_sheet_row(w, values, n);
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
    w->file = w->path.len ? open(w->path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (w->path.len && w->file < 0)
        return (void)kk_usage(i, "the file of --out cannot be written"), NULL;
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
    if (!w->sheet)
        workbook_add_worksheet(w->book, NULL);
    set_widths(w);
    lxw_error error = workbook_close(w->book);
    if (error)
        fail_to_write(w, lxw_strerror(error));
}

void kk_row_heads(kk_row_writer *w, void (*write)(void *writer))
{
    if (w->rows || w->format == AS_JSONL)
        return;
    w->heads_only = true;
    write(w);
    w->heads_only = false;
}

kk_status kk_row_writer_close(kk_row_writer *w, kk_status status)
{
    if (w->fault.status == KK_OK)
        flush(w);
    if (w->book)
        close_book(w);
    if (w->file >= 0 && close(w->file) != 0)
        fail_to_write(w, strerror(errno));
    kk_buffer_close(&w->out);
    kk_arena_close(w->scratch);
    if (status != KK_OK || w->fault.status == KK_OK)
        return status;
    w->i->fault = w->fault;
    return w->fault.status;
}
