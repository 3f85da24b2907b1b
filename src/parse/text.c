/* Plain text that people write: notes, letters, memos. docs/formats/text.md.
 *
 * Any text file is text, so the name decides, and every parser that knows better goes first. */
#include "model/system_path.h"
#include "parse/document_text.h"
#include "parse/raw_text.h"

enum { LINE_MOST = 64 * 1024 };

static bool is_text(const kk_probe *p)
{
    size_t odd = 0;
    kk_charset charset = kk_charset_guess(p->head, NULL);
    if (charset == KK_UTF16LE || charset == KK_UTF16BE)
        return true;
    for (size_t i = 0; i < p->head.len; i++) {
        unsigned char c = (unsigned char)p->head.ptr[i];
        odd += (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1a && c != 0x1b) || c == 0x7f;
    }
    return odd == 0;
}

/* What programs bring along is not about the organisation's people. */
static bool is_of_a_program(kk_slice name)
{
    static const char *const beginnings[] = {"license", "licence",      "copying",   "readme",
                                             "change",  "notice",       "authors",   "third",
                                             "robots.", "requirements", "cmakelists"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (kk_eq_nocase(kk_part(name, 0, strlen(beginnings[i])), kk_cstr(beginnings[i])))
            return true;
    return false;
}

static kk_score probe(const kk_probe *p)
{
    static const char *const endings[] = {"txt", "text", "md", "memo", "asc"};
    size_t dot = kk_rfind_byte(p->name, '.');
    if (dot == KK_NOWHERE || !p->head.len || kk_is_system_path(p->path) || is_of_a_program(p->name))
        return KK_NO;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (kk_eq_nocase(kk_from(p->name, dot + 1), kk_cstr(endings[i])))
            return is_text(p) ? KK_MAYBE - 10 : KK_NO;
    return KK_NO;
}

/* `most` bytes or a few less: no character is cut in two. */
static size_t whole_characters(const kk_raw_text *t, const kk_raw_view *v, size_t most)
{
    size_t at = 0, begin = most > LINE_MOST / 2 ? most / 2 / v->unit * v->unit : 0;
    if (most >= v->len)
        return v->len;
    if (t->charset == KK_UTF8)
        for (at = most; at > most - 4 && (v->ptr[at] & 0xc0) == 0x80;)
            at--;
    else
        for (size_t next = 0; next <= most; next = kk_raw_next(v, at))
            at = next;
    return at > begin ? at : most;
}

/* Bytes of the next line with its end, or of a part of it where it is too long; 0 at the end. */
static size_t next_line(kk_raw_text *t, size_t *text_len)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(t);
        size_t end = kk_raw_find(&v, 0, '\n');
        if (end >= v.len && !v.final && v.len <= LINE_MOST) {
            kk_raw_text_more(t);
            continue;
        }
        size_t most = LINE_MOST < v.len ? LINE_MOST : v.len;
        if (end < most) {
            *text_len = end;
            return end + v.unit;
        }
        return *text_len = whole_characters(t, &v, most);
    }
}

/* ISO-2022-JP begins every line anew. */
static bool is_jis(kk_raw_text *t)
{
    kk_raw_text_more(t);
    return kk_charset_guess(kk_part(kk_buffer_slice(&t->raw), 0, LINE_MOST), NULL) ==
           KK_ISO_2022_JP;
}

/* A mark, or what the last reader of a disk put behind the end. */
static kk_slice without_end(kk_slice line)
{
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == 0x1a))
        line.len--;
    return line;
}

/* | 氏名 | 電話 |, as people write tables in notes and database clients print them: how many cells; 0: none. */
static size_t cells_of(kk_slice line)
{
    size_t bars = 0;
    line = kk_trim(line);
    for (size_t i = 0; i < line.len; i++)
        bars += line.ptr[i] == '|';
    return bars > 2 && line.ptr[0] == '|' && line.ptr[line.len - 1] == '|' ? bars - 1 : 0;
}

/* |---|:--:|, +-----+---+ */
static bool is_rule(kk_slice line)
{
    line = kk_trim(line);
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("|+-=: ", line.ptr[i]))
            return false;
    return line.len > 2 && (line.ptr[0] == '|' || line.ptr[0] == '+');
}

static void tell_bars(kk_document *d, kk_slice line)
{
    kk_slice rest = kk_trim(line), cell;
    rest = kk_part(rest, 1, rest.len - 2);
    kk_document_begin_row(d);
    while (kk_split(&rest, '|', &cell)) {
        kk_document_begin_cell(d);
        kk_document_text(d, kk_trim(cell));
        kk_document_end_cell(d, 1, 0);
    }
    kk_document_end_row(d, 1);
}

/* A line, of a table or of the text. */
static void tell_line(kk_document *d, kk_slice line, bool *in_table)
{
    bool bars = cells_of(line) > 0, rule = is_rule(line);
    if (*in_table && !bars && !rule) {
        kk_document_end_table(d);
        *in_table = false;
    }
    if (bars && !rule && !*in_table) {
        kk_document_begin_table(d, KK_S(""));
        *in_table = true;
    }
    if (*in_table) {
        if (!rule)
            tell_bars(d, line);
        return;
    }
    kk_document_text(d, line);
    kk_document_end_paragraph(d);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_raw_text t;
    kk_arena *own = kk_arena_open(), *scratch = kk_arena_open();
    kk_document *d = kk_document_open(own, sink);
    size_t len, text_len;
    (void)settings;
    kk_raw_text_open(&t, in, 0);
    bool jis = is_jis(&t), in_table = false;
    kk_document_begin_flow(d, KK_S(""));
    while (!sink->stopped && (len = next_line(&t, &text_len)) > 0) {
        kk_document_at(d, t.offset);
        kk_slice line = jis ? kk_decode(scratch, KK_ISO_2022_JP,
                                        kk_part(kk_buffer_slice(&t.raw), 0, text_len), NULL)
                            : kk_raw_text_decode(&t, scratch, text_len);
        tell_line(d, without_end(line), &in_table);
        kk_raw_text_drop(&t, len);
        kk_arena_reset(scratch);
    }
    if (t.failed)
        kk_report(sink, KK_ISSUE_TRUNCATED, t.offset, "the text could not be read from here");
    if (t.lost)
        kk_report(sink, KK_ISSUE_DAMAGED, t.first_lost,
                  "%llu lines hold bytes that no encoding explains", (unsigned long long)t.lost);
    if (in_table)
        kk_document_end_table(d);
    kk_document_end_flow(d);
    kk_document_close(d);
    kk_raw_text_close(&t);
    kk_arena_close(scratch);
    kk_arena_close(own);
}

const kk_parser kk_parser_text = {
    .name = "text",
    .about = "notes, letters and other plain text that people write",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
