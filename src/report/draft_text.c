/* A draft's bytes cut into sentences with their lines: plain text, Markdown, or HTML whose tags are
 * taken off. A sentence ends at 。 and its like, at an empty line, before a list entry, a heading or
 * a table row, and at the end of a line that is too short to have been wrapped. */
#include "report/draft_i.h"

#include "base/text.h"

enum {
    WRAPPED_LINE = 26, /* characters: a shorter line was ended by its writer */
    SENTENCE_MOST =
        3000, /* bytes: what goes on longer is cut, so that no text makes matching slow */
    ROW_MOST = 6000
};

typedef struct {
    kk_arena *arena;
    sentences out;
    kk_buffer pending;
    size_t pending_line;
    sentence_kind pending_kind;
    kk_slice heading, above;
    kk_slice columns[CELLS_MOST];
    size_t column_count, table;
    bool in_table;
} reading;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

kk_slice draft_fold(kk_arena *arena, kk_slice text)
{
    kk_slice folded = kk_trim(kk_nfkc_fold(arena, text));
    char *out = kk_take(arena, folded.len + 1);
    size_t used = 0;
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        if (!is_blank(c)) {
            out[used++] = c;
            continue;
        }
        bool after_ascii = used && !((unsigned char)out[used - 1] & 0x80);
        while (i + 1 < folded.len && is_blank(folded.ptr[i + 1]))
            i++;
        if (after_ascii && i + 1 < folded.len && !((unsigned char)folded.ptr[i + 1] & 0x80))
            out[used++] = ' ';
    }
    return (kk_slice){out, used};
}

static bool has_japanese(kk_slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = kk_next_char(text, &at);
        if ((c >= 0x3041 && c <= 0x30ff) || (c >= 0x4e00 && c <= 0x9fff))
            return true;
    }
    return false;
}

static sentence *add_sentence(reading *r, kk_slice text, size_t line, sentence_kind kind)
{
    text = kk_trim(text);
    if (!text.len)
        return NULL;
    r->out.items =
        kk_grow(r->arena, r->out.items, &r->out.capacity, r->out.count + 1, sizeof *r->out.items);
    sentence *s = &r->out.items[r->out.count++];
    *s = (sentence){.kind = kind,
                    .line = line,
                    .text = kk_copy(r->arena, text),
                    .heading = r->heading,
                    .above = r->above};
    s->folded = draft_fold(r->arena, s->text);
    s->japanese = has_japanese(s->text);
    return s;
}

static void flush(reading *r)
{
    if (r->pending.len)
        add_sentence(r, kk_buffer_slice(&r->pending), r->pending_line, r->pending_kind);
    r->pending.len = 0;
    r->pending_kind = SENTENCE_PLAIN;
}

/* ---- markup off, lines kept ---- */

static bool tag_named(kk_slice tag, const char *name)
{
    size_t len = strlen(name);
    kk_slice rest = kk_from(tag, len);
    return kk_eq_nocase(kk_part(tag, 0, len), kk_cstr(name)) &&
           (!rest.len || !((rest.ptr[0] | 32) >= 'a' && (rest.ptr[0] | 32) <= 'z'));
}

static const char *const block_tags[] = {"p",      "li",     "div",   "br",      "dt",      "dd",
                                         "ul",     "ol",     "hr",    "section", "caption", "title",
                                         "header", "footer", "thead", "tbody",   "main",    "body"};

/* What a tag becomes: a sentence's end, a table row's bar, a heading's mark. */
static void put_tag(kk_buffer *out, kk_slice tag)
{
    bool closes = tag.len && tag.ptr[0] == '/';
    kk_slice name = closes ? kk_from(tag, 1) : tag;
    if (tag_named(name, "td") || tag_named(name, "th"))
        kk_put(out, closes ? KK_NONE : KK_S("|"));
    else if (tag_named(name, "table"))
        kk_put(out, KK_S("\x01\x02\x01")); /* no row after it belongs to one before it */
    else if (tag_named(name, "tr"))
        kk_put(out, closes ? KK_S("|\x01") : KK_S("\x01"));
    else if (tag_named(name, "h2") || tag_named(name, "h1"))
        kk_put(out, closes ? KK_S("\x01") : KK_S("\x01## "));
    else if (tag_named(name, "h3") || tag_named(name, "h4"))
        kk_put(out, closes ? KK_S("\x01") : KK_S("\x01### "));
    else if (tag_named(name, "li"))
        kk_put(out, closes ? KK_S("\x01") : KK_S("\x01- "));
    else
        for (size_t i = 0; i < sizeof block_tags / sizeof *block_tags; i++)
            if (tag_named(name, block_tags[i]))
                kk_put_byte(out, '\x01');
}

/* Past a tag at `at`; its line breaks stay, so that lines are those of the draft. */
static size_t take_tag(kk_buffer *out, kk_slice text, size_t at)
{
    static const char *const unseen[] = {"style", "script"};
    kk_slice rest = kk_from(text, at + 1);
    bool comment = kk_starts(rest, KK_S("!--"));
    size_t len = comment ? kk_find(rest, KK_S("-->")) : kk_find_byte(rest, '>');
    bool looks = rest.len && (comment || rest.ptr[0] == '/' || rest.ptr[0] == '!' ||
                              ((rest.ptr[0] | 32) >= 'a' && (rest.ptr[0] | 32) <= 'z'));
    if (!looks || len == KK_NOWHERE) {
        kk_put_byte(out, '<');
        return at + 1;
    }
    kk_slice tag = kk_part(rest, 0, len);
    size_t end = at + 1 + len + (comment ? 3 : 1);
    for (size_t i = 0; i < 2; i++)
        if (!comment && tag_named(tag, unseen[i])) {
            kk_slice close = kk_cstr(i ? "</script" : "</style");
            size_t stop = kk_find(kk_from(text, end), close);
            end = stop == KK_NOWHERE ? text.len : end + stop;
        }
    for (size_t i = at; i < end; i++)
        if (text.ptr[i] == '\n')
            kk_put_byte(out, '\n');
    if (!comment)
        put_tag(out, tag);
    return end;
}

static size_t take_entity(kk_buffer *out, kk_slice text, size_t at)
{
    static const char *const entities[][2] = {{"&amp;", "&"},   {"&lt;", "<"},   {"&gt;", ">"},
                                              {"&quot;", "\""}, {"&nbsp;", " "}, {"&#39;", "'"}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (kk_starts(kk_from(text, at), kk_cstr(entities[i][0]))) {
            kk_put(out, kk_cstr(entities[i][1]));
            return at + strlen(entities[i][0]);
        }
    kk_put_byte(out, '&');
    return at + 1;
}

static kk_slice without_markup(kk_arena *arena, kk_slice text)
{
    kk_buffer out = {0};
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        if (c == '<')
            at = take_tag(&out, text, at);
        else if (c == '&')
            at = take_entity(&out, text, at);
        else if (c == '*' && kk_starts(kk_from(text, at), KK_S("**")))
            at += 2;
        else if (c == '\\' && at + 1 < text.len && strchr("\\`*_[]|~#+->", text.ptr[at + 1]))
            at++; /* what it escapes comes next, as it is */
        else {
            if (c != '`' && (c > 0x08 || (c & 0x80)))
                kk_put_byte(&out, c);
            at++;
        }
    }
    kk_slice plain = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return plain;
}

/* ---- lines ---- */

static bool starts_with_any(kk_slice line, const char *const *marks)
{
    for (; *marks; marks++)
        if (kk_starts(line, kk_cstr(*marks)))
            return true;
    return false;
}

static bool ends_sentence(kk_slice line)
{
    static const char *const ends[] = {"。", "！", "？", "．", ".", "!", "?", "、", NULL};
    for (size_t i = 0; ends[i]; i++)
        if (kk_ends(line, kk_cstr(ends[i])))
            return true;
    return false;
}

/* "1. ", "(2)", "（３）", "①": numbers that headings and entries begin with. */
static bool starts_with_number(kk_slice folded)
{
    size_t i = folded.len && folded.ptr[0] == '(';
    size_t digits = i;
    while (i < folded.len && folded.ptr[i] >= '0' && folded.ptr[i] <= '9')
        i++;
    if (i == digits || i - digits > 2 || i >= folded.len)
        return false;
    char next = folded.ptr[i];
    if (next == '.')
        return i + 1 >= folded.len || folded.ptr[i + 1] < '0' || folded.ptr[i + 1] > '9';
    return next == ')';
}

/* At a character's boundary. */
static kk_slice cut_to(kk_slice s, size_t most)
{
    if (s.len <= most)
        return s;
    while (most && ((unsigned char)s.ptr[most] & 0xc0) == 0x80)
        most--;
    return kk_part(s, 0, most);
}

kk_slice without_number(kk_slice folded)
{
    size_t i = folded.len && folded.ptr[0] == '(';
    if (!starts_with_number(folded))
        return folded;
    while (i < folded.len && folded.ptr[i] >= '0' && folded.ptr[i] <= '9')
        i++;
    return kk_trim(kk_from(folded, i + 1));
}

/* "(2) 項目  氏名、住所": a label with its value is no heading; the label alone is. */
static bool has_value(kk_slice folded)
{
    static const char *const labels[] = {"項目", "対象者", "対象", "件数",
                                         "人数", "内容",   "期間", NULL};
    kk_slice rest = without_number(folded);
    for (size_t i = 0; labels[i]; i++)
        if (kk_starts(rest, kk_cstr(labels[i])))
            return rest.len > strlen(labels[i]) + 6 && kk_has(rest, KK_S("、"));
    return false;
}

static int heading_level(kk_arena *arena, kk_slice line)
{
    static const char *const first[] = {"■", "◆", "◇", "□", "▼", "【", "●", "◎", NULL};
    size_t hashes = 0;
    while (hashes < line.len && line.ptr[hashes] == '#')
        hashes++;
    if (hashes)
        return hashes <= 2 ? 1 : 2;
    if (ends_sentence(line) || kk_char_count(line) > 44)
        return 0;
    if (starts_with_any(line, first))
        return 1;
    kk_slice folded = draft_fold(arena, line);
    return starts_with_number(folded) && !kk_has(line, KK_S("：")) && !has_value(folded) ? 2 : 0;
}

static bool is_entry(kk_slice line)
{
    static const char *const marks[] = {"- ", "* ", "+ ", "・", "※", "○", "●", "◎", "→",  "＊", "①",
                                        "②",  "③",  "④",  "⑤",  "⑥", "⑦", "⑧", "⑨", "> ", NULL};
    return starts_with_any(line, marks);
}

/* "項目:", "件数：": a line that says what it is about. */
static bool is_labelled(kk_slice line)
{
    size_t colon = kk_find_byte(line, ':'), wide = kk_find(line, KK_S("："));
    size_t at = colon < wide ? colon : wide;
    return at != KK_NOWHERE && kk_char_count(kk_part(line, 0, at)) <= 12;
}

static kk_slice strip_marks(kk_slice line)
{
    static const char *const marks[] = {"- ", "* ", "+ ", "> ", "・", "○", "●", "◎", "＊", NULL};
    while (line.len && line.ptr[0] == '#')
        line = kk_trim(kk_from(line, 1));
    for (size_t i = 0; marks[i]; i++)
        if (kk_starts(line, kk_cstr(marks[i])))
            return kk_trim(kk_from(line, strlen(marks[i])));
    return line;
}

static void take_heading(reading *r, kk_slice line, size_t number, int level)
{
    kk_slice text = strip_marks(line);
    sentence *s = add_sentence(r, text, number, SENTENCE_HEADING);
    if (!s)
        return;
    s->level = level;
    if (level == 1) {
        r->heading = s->folded;
        r->above = KK_NONE;
        s->heading = s->above = KK_NONE;
    } else {
        if (!r->above.len)
            r->above = r->heading;
        s->heading = r->above;
        s->above = KK_NONE;
        r->heading = s->folded;
    }
}

static size_t cut_cells(reading *r, kk_slice line, kk_slice *cells)
{
    size_t count = 0;
    kk_slice rest = kk_from(line, 1), cell;
    if (kk_ends(rest, KK_S("|")))
        rest.len--;
    while (count < CELLS_MOST && kk_split(&rest, '|', &cell))
        cells[count++] = draft_fold(r->arena, cell);
    return count;
}

static bool is_ruler(kk_slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("|-: ", line.ptr[i]))
            return false;
    return kk_find_byte(line, '-') != KK_NOWHERE;
}

static void take_row(reading *r, kk_slice line, size_t number)
{
    if (!r->in_table) {
        r->table++;
        r->column_count = cut_cells(r, line, r->columns);
        r->in_table = true;
        return;
    }
    if (is_ruler(line))
        return;
    kk_buffer text = {0};
    for (size_t i = 1; i + 1 < line.len; i++)
        if (line.ptr[i] == '|')
            kk_put(&text, KK_S(" / "));
        else
            kk_put_byte(&text, line.ptr[i]);
    sentence *s = add_sentence(r, kk_buffer_slice(&text), number, SENTENCE_ROW);
    kk_buffer_close(&text);
    if (!s)
        return;
    s->cell_count = cut_cells(r, line, s->cells);
    s->column_count = r->column_count;
    memcpy(s->columns, r->columns, sizeof s->columns);
    s->table = r->table;
}

/* Where the sentence ends that begins at 0; text.len when it goes on. */
static size_t sentence_end(kk_slice text)
{
    static const char *const ends[] = {"。", "！", "？", "．"};
    for (size_t at = 0; at < text.len; at++) {
        kk_slice rest = kk_from(text, at);
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (kk_starts(rest, kk_cstr(ends[i])))
                return at + strlen(ends[i]);
        bool stop = rest.ptr[0] == '.' || rest.ptr[0] == '!' || rest.ptr[0] == '?';
        if (stop && rest.len > 1 && rest.ptr[1] == ' ' && at > 2 && text.ptr[at - 1] != '.')
            return at + 1;
    }
    return text.len;
}

static void take_text(reading *r, kk_slice line, size_t number, sentence_kind kind)
{
    while (line.len) {
        size_t end = sentence_end(cut_to(line, SENTENCE_MOST));
        bool whole = end < line.len || ends_sentence(line) || r->pending.len > SENTENCE_MOST;
        if (!r->pending.len) {
            r->pending_line = number;
            r->pending_kind = kind;
        } else {
            kk_put_byte(&r->pending, ' ');
        }
        kk_put(&r->pending, kk_part(line, 0, end));
        line = kk_trim(kk_from(line, end));
        if (whole && !kk_ends(kk_buffer_slice(&r->pending), KK_S("、")))
            flush(r);
    }
}

/* `raw` is a line, or a piece of one that tags ended (`whole` false). */
static void take_line(reading *r, kk_slice raw, size_t number, bool whole)
{
    kk_slice line = kk_trim(raw);
    if (kk_is(line, "\x02")) {
        r->in_table = false;
        return;
    }
    while (kk_starts(line, KK_S("　")))
        line = kk_trim(kk_from(line, strlen("　")));
    bool row = line.len > 1 && line.ptr[0] == '|';
    if (!row && (whole || line.len))
        r->in_table = false;
    if (!line.len || is_ruler(line)) {
        flush(r);
        if (row)
            take_row(r, line, number);
        return;
    }
    int level = row ? 0 : heading_level(r->arena, line);
    bool entry = is_entry(line);
    if (row || level || entry || is_labelled(line))
        flush(r);
    if (row) {
        take_row(r, cut_to(line, ROW_MOST), number);
    } else if (level) {
        take_heading(r, line, number, level);
    } else {
        take_text(r, strip_marks(line), number, entry ? SENTENCE_ENTRY : SENTENCE_PLAIN);
        if (kk_char_count(line) < WRAPPED_LINE)
            flush(r);
    }
}

sentences draft_read(kk_arena *arena, kk_slice bytes)
{
    reading r = {.arena = arena};
    kk_slice text = kk_decode(arena, kk_charset_guess(bytes, NULL), bytes, NULL);
    kk_slice rest = without_markup(arena, kk_utf8_clean(arena, text)), line;
    for (size_t number = 1; kk_split(&rest, '\n', &line); number++) {
        kk_slice piece;
        for (bool first = true; kk_split(&line, '\x01', &piece); first = false) {
            if (!first)
                flush(&r);
            take_line(&r, piece, number, first && !line.ptr);
        }
    }
    flush(&r);
    kk_buffer_close(&r.pending);
    return r.out;
}

bool has_any(kk_slice text, const char *const *words)
{
    for (; *words; words++)
        if (kk_has(text, kk_cstr(*words)))
            return true;
    return false;
}
