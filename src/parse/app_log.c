/* Logs of applications, for the people in them: forms that were sent and records that were printed. docs/formats/app_log.md.
 *
 * What such a log says happened, every program says in its own way: no events are told. An entry is a line with
 * those below it that belong to it: indented ones, and brackets that close what it opened. It belongs to the range that
 * it begins in. */
#include "model/system_path.h"
#include "parse/log_form.h"
#include "parse/log_lines.h"

enum { ENTRY_LINES = 256, ENTRY_BYTES = 64 * 1024 };

/* ---- probe ---- */

static bool has_log_name(kk_slice name)
{
    static const char *const words[] = {".log", "_log", "-log", "log-", "log_"};
    static const char *const whole[] = {".out", ".trace", ".err", ".debug"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (name.len > strlen(whole[i]) &&
            kk_eq_nocase(kk_from(name, name.len - strlen(whole[i])), kk_cstr(whole[i])))
            return true;
    size_t dot = kk_rfind_byte(name, '.');
    kk_slice ending = dot == KK_NOWHERE ? KK_NONE : kk_from(name, dot + 1);
    bool of_log = !ending.len || kk_eq_nocase(ending, KK_S("log"));
    for (size_t i = 0; i < ending.len && !of_log; i++) /* app.log.1, app.log.2026-03-04 */
        if (!((ending.ptr[i] >= '0' && ending.ptr[i] <= '9') || ending.ptr[i] == '-'))
            return false;
    if (kk_eq_nocase(ending, KK_S("log")))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has_nocase(name, kk_cstr(words[i])))
            return true;
    return false;
}

static kk_score probe(const kk_probe *p)
{
    if (!p->head.len || !has_log_name(p->name) || kk_is_system_path(p->path))
        return KK_NO;
    return kk_log_head_is_text(p->head) ? KK_MAYBE - 12 : KK_NO;
}

/* ---- entries ---- */

typedef struct {
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch;
    kk_buffer text;
    uint64_t record, offset;
    size_t lines;
    bool open;
} reading;

/* Whether the line goes on with the entry above it. */
static bool goes_on(kk_slice line)
{
    kk_slice bare = kk_trim(line);
    if (!bare.len || line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return true;
    char c = bare.ptr[0];
    return c == '}' || c == ')' || c == ']' ||
           (bare.len == 1 && (c == '{' || c == '(' || c == '['));
}

static void end_entry(reading *r)
{
    kk_slice entry = kk_buffer_slice(&r->text);
    if (r->open && kk_log_may_hold_record(entry)) {
        kk_log_form_tell(r->sink, r->settings, r->scratch, entry, r->record, r->offset);
        kk_arena_reset(r->scratch);
    }
    r->open = false;
    r->text.len = 0;
    r->lines = 0;
}

static void begin_entry(reading *r, const kk_log_line *line)
{
    end_entry(r);
    r->open = true;
    r->record = line->number;
    r->offset = line->offset;
}

static void add_line(reading *r, kk_slice text)
{
    r->lines++;
    if (!r->open || r->lines > ENTRY_LINES || r->text.len > ENTRY_BYTES)
        return;
    if (r->text.len)
        kk_put_byte(&r->text, '\n');
    kk_put(&r->text, kk_part(text, 0, ENTRY_BYTES));
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading r = {.sink = sink, .settings = settings, .scratch = kk_arena_open()};
    kk_log_lines lines;
    kk_log_line line;
    kk_settings whole = *settings;
    whole.end = UINT64_MAX; /* the last entry may end behind */
    kk_log_lines_open(&lines, in, &whole, sink);
    while (kk_log_lines_next(&lines, &line)) {
        bool more = goes_on(line.text) && line.offset > 0;
        if (line.offset >= settings->end && (!more || r.lines >= ENTRY_LINES || !r.open))
            break;
        if (!more)
            begin_entry(&r, &line);
        add_line(&r, line.text);
    }
    end_entry(&r);
    kk_log_lines_close(&lines);
    kk_buffer_close(&r.text);
    kk_arena_close(r.scratch);
}

const kk_parser kk_parser_app_log = {
    .name = "app_log",
    .about = "logs of applications, for the people in them",
    .version = 1,
    .cut = KK_LINES,
    .numbers_lines = true,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
