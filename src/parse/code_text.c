/* Programs and settings, for the people who were typed into them: records ('name' => '...', 'tel' => '...'), lists of
 * literals, settings whose keys begin alike (ADMIN_NAME=..., ADMIN_TEL=...). docs/formats/code_text.md.
 *
 * Everything else in a program is about nobody: names in its comments and sentences are not looked for. */
#include "model/system_path.h"
#include "parse/log_form.h"
#include "parse/log_lines.h"

enum {
    CELLS_MOST = 24,
    ENTRY_LINES = 256,
    ENTRY_BYTES = 64 * 1024,
    ENTRY_ENOUGH = 12, /* lines behind which an entry ends where an element of a list does */
    KEY_MOST = 64
};

/* ---- probe ---- */

static kk_score probe(const kk_probe *p)
{
    static const char *const endings[] = {
        "py",  "php", "rb", "pl",  "js",  "ts", "java", "kt", "go",  "cs",    "vb",   "vbs",
        "bas", "ps1", "sh", "bat", "lua", "r",  "env",  "ex", "exs", "scala", "toml", "properties"};
    size_t dot = kk_rfind_byte(p->name, '.');
    bool named = false;
    for (size_t i = 0; dot != KK_NOWHERE && i < sizeof endings / sizeof *endings; i++)
        named |= kk_eq_nocase(kk_from(p->name, dot + 1), kk_cstr(endings[i]));
    if (!named || !p->head.len || kk_is_system_path(p->path))
        return KK_NO;
    return kk_log_head_is_text(p->head) ? KK_MAYBE - 12 : KK_NO;
}

typedef struct {
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch, *listed;
    struct {
        kk_buffer text;
        uint64_t record, offset;
        size_t lines;
    } entry, family;
    char family_name[KEY_MOST]; /* what the keys of the family begin with, */
    size_t family_len;          /* ... and its bytes */
    struct {
        kk_slice cells[CELLS_MOST]; /* of the first line, until a second one is like it */
        size_t columns;
        uint64_t record, offset;
        uint32_t length, tables;
        bool waits;
    } list;
} reading;

/* ---- records ---- */

static void end_entry(reading *r)
{
    kk_slice text = kk_buffer_slice(&r->entry.text);
    if (text.len && kk_log_may_hold_record(text)) {
        kk_log_form_tell(r->sink, r->settings, r->scratch, text, r->entry.record, r->entry.offset);
        kk_arena_reset(r->scratch);
    }
    r->entry.text.len = 0;
    r->entry.lines = 0;
}

static bool ends_element(kk_slice bare)
{
    kk_slice end = kk_ends(bare, KK_S(",")) || kk_ends(bare, KK_S(";"))
                       ? kk_trim(kk_part(bare, 0, bare.len - 1))
                       : bare;
    return end.len && kk_find_byte(KK_S("])}"), end.ptr[end.len - 1]) != KK_NOWHERE;
}

/* RECIPIENTS = [: what a list is called says of none of its elements whose they are. */
static bool opens_list(kk_slice bare)
{
    size_t equals = kk_find_byte(bare, '=');
    bool opens = kk_ends(bare, KK_S("[")) || kk_ends(bare, KK_S("{")) || kk_ends(bare, KK_S("("));
    return opens && equals != KK_NOWHERE && bare.ptr[equals + 1] != '>';
}

/* { or Member( begin another element; 'address' => [ goes on with the one at hand. */
static bool opens_element(kk_slice bare)
{
    return bare.len && kk_find_byte(KK_S("([{"), bare.ptr[bare.len - 1]) != KK_NOWHERE &&
           kk_find_byte(bare, '>') == KK_NOWHERE && kk_find_byte(bare, ':') == KK_NOWHERE;
}

static void add_to_entry(reading *r, const kk_log_line *line, kk_slice bare)
{
    if (opens_list(bare)) {
        end_entry(r);
        return;
    }
    if (opens_element(bare))
        end_entry(r);
    if (!r->entry.lines) {
        r->entry.record = line->number;
        r->entry.offset = line->offset;
    }
    r->entry.lines++;
    kk_put(&r->entry.text, kk_part(line->text, 0, ENTRY_BYTES));
    kk_put_byte(&r->entry.text, '\n');
    bool whole = kk_find_byte(KK_S("([{"), bare.ptr[0]) != KK_NOWHERE && ends_element(bare);
    if (whole || r->entry.lines >= ENTRY_LINES || r->entry.text.len >= ENTRY_BYTES ||
        (r->entry.lines >= ENTRY_ENOUGH && ends_element(bare)))
        end_entry(r);
}

/* ---- lists of literals ---- */

/* The literal that begins at *at, without its quotes; *at is moved behind it. KK_NONE and *at as it was: there is none. */
static kk_slice literal_at(kk_slice text, size_t *at)
{
    char quote = text.ptr[*at];
    for (size_t end = *at + 1; end < text.len; end++) {
        if (text.ptr[end] == '\\')
            end++;
        else if (text.ptr[end] == quote) {
            kk_slice value = kk_part(text, *at + 1, end - *at - 1);
            *at = end + 1;
            return value;
        }
    }
    return KK_NONE;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* ('321-0966', '栃木県...', '佐藤 健一'), User("佐藤 健一", "090-..."): the elements; 0 for any other line. */
static size_t literals_of(kk_slice bare, kk_slice cells[CELLS_MOST])
{
    size_t count = 0, quoted = 0, at = 0;
    while (at < bare.len && kk_find_byte(KK_S("([{"), bare.ptr[at]) == KK_NOWHERE)
        if (kk_find_byte(KK_S("'\"=;#"), bare.ptr[at++]) != KK_NOWHERE)
            return 0;
    for (at++; at < bare.len && count < CELLS_MOST;) {
        while (at < bare.len && bare.ptr[at] == ' ')
            at++;
        size_t begin = at;
        bool is_quoted = at < bare.len && (bare.ptr[at] == '\'' || bare.ptr[at] == '"');
        if (is_quoted)
            cells[count] = literal_at(bare, &at);
        else
            while (at < bare.len &&
                   (bare.ptr[at] == '.' || bare.ptr[at] == '_' || is_letter_or_digit(bare.ptr[at])))
                at++;
        if (is_quoted && at == begin)
            return 0;
        if (!is_quoted)
            cells[count] = kk_part(bare, begin, at - begin);
        quoted += is_quoted;
        count++;
        while (at < bare.len && bare.ptr[at] == ' ')
            at++;
        if (at < bare.len && bare.ptr[at] == ',')
            at++;
        else
            return at < bare.len && kk_find_byte(KK_S(")]}"), bare.ptr[at]) != KK_NOWHERE &&
                           quoted >= 2
                       ? count
                       : 0;
    }
    return 0;
}

static void tell_row(reading *r, const kk_slice *cells, uint64_t record, uint64_t offset,
                     uint32_t length)
{
    kk_row row = {.table = kk_print(r->scratch, "list %u", r->list.tables),
                  .cells = cells,
                  .count = r->list.columns,
                  .record = record,
                  .offset = offset,
                  .length = length};
    r->sink->row(r->sink, &row);
    kk_arena_reset(r->scratch);
}

/* True where the line is one of a list. */
static bool take_literals(reading *r, const kk_log_line *line, kk_slice bare)
{
    kk_slice cells[CELLS_MOST];
    size_t count = literals_of(bare, cells);
    bool same = count && count == r->list.columns;
    if (same && r->list.waits) {
        r->list.waits = false;
        r->list.tables++;
        tell_row(r, r->list.cells, r->list.record, r->list.offset, r->list.length);
    }
    if (same) {
        tell_row(r, cells, line->number, line->offset, line->length);
        return true;
    }
    r->list.columns = count;
    r->list.waits = count > 0;
    if (!count)
        return false;
    kk_arena_reset(r->listed);
    for (size_t i = 0; i < count; i++)
        r->list.cells[i] = kk_copy(r->listed, cells[i]);
    r->list.record = line->number;
    r->list.offset = line->offset;
    r->list.length = line->length;
    return false;
}

/* ---- settings ---- */

static void end_family(reading *r)
{
    kk_slice text = kk_buffer_slice(&r->family.text);
    if (r->family.lines > 1) {
        kk_log_form_tell(r->sink, r->settings, r->scratch, text, r->family.record,
                         r->family.offset);
        kk_arena_reset(r->scratch);
    }
    r->family.text.len = 0;
    r->family.lines = 0;
    r->family_len = 0;
}

/* ADMIN_NAME="佐藤 健一", owner.tel = 090-...: true, with key and value. */
static bool split_setting(kk_slice bare, kk_slice *key, kk_slice *value)
{
    size_t at = 0;
    while (at < bare.len && at < KEY_MOST &&
           (bare.ptr[at] == '_' || bare.ptr[at] == '.' || bare.ptr[at] == '-' ||
            is_letter_or_digit(bare.ptr[at])))
        at++;
    *key = kk_part(bare, 0, at);
    while (at < bare.len && bare.ptr[at] == ' ')
        at++;
    if (!key->len || at >= bare.len || (bare.ptr[at] != '=' && bare.ptr[at] != ':'))
        return false;
    *value = kk_trim(kk_from(bare, at + 1));
    if (kk_ends(*value, KK_S(";")))
        value->len--;
    size_t end = 0;
    if (value->len > 1 && (value->ptr[0] == '"' || value->ptr[0] == '\''))
        *value = literal_at(*value, &end);
    return value->len > 0 && kk_find_byte(*value, '"') == KK_NOWHERE;
}

/* SUPPORT="佐藤 健一 <k-sato@example.jp>": a mailbox beside words that are no ASCII. */
static bool names_somebody(kk_slice value)
{
    bool wide = false;
    for (size_t i = 0; i < value.len; i++)
        wide |= (unsigned char)value.ptr[i] >= 0x80;
    return wide && kk_find_byte(value, '@') != KK_NOWHERE;
}

static bool take_setting(reading *r, const kk_log_line *line, kk_slice bare)
{
    kk_slice key, value;
    if (!split_setting(bare, &key, &value))
        return false;
    if (names_somebody(value)) {
        r->sink->passage(r->sink, &(kk_passage){.table = KK_S("settings"),
                                                .text = value,
                                                .record = line->number,
                                                .offset = line->offset});
        return true;
    }
    size_t word = key.len;
    while (word > 0 && kk_find_byte(KK_S("._-"), key.ptr[word - 1]) == KK_NOWHERE)
        word--;
    kk_slice name = kk_part(key, 0, word);
    if (!word || !kk_eq(name, (kk_slice){r->family_name, r->family_len})) {
        end_family(r);
        if (!word)
            return false;
        memcpy(r->family_name, name.ptr, name.len);
        r->family_len = name.len;
        r->family.record = line->number;
        r->family.offset = line->offset;
    }
    if (r->family.text.len < ENTRY_BYTES) {
        kk_putf(&r->family.text, "%.*s=\"%.*s\" ", KK_P(kk_from(key, word)), KK_P(value));
        r->family.lines++;
    }
    return true;
}

/* ---- lines ---- */

static void take_line(reading *r, const kk_log_line *line)
{
    kk_slice bare = kk_trim(line->text);
    bool comment = kk_starts(bare, KK_S("#")) || kk_starts(bare, KK_S("//"));
    if (!bare.len || comment) {
        end_entry(r);
        return;
    }
    if (take_literals(r, line, bare)) {
        end_entry(r);
        end_family(r);
        return;
    }
    if (take_setting(r, line, bare))
        end_entry(r);
    else
        add_to_entry(r, line, bare);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading r = {
        .sink = sink, .settings = settings, .scratch = kk_arena_open(), .listed = kk_arena_open()};
    kk_log_lines lines;
    kk_log_line line;
    kk_log_lines_open(&lines, in, settings, sink);
    while (!sink->stopped && kk_log_lines_next(&lines, &line))
        take_line(&r, &line);
    end_entry(&r);
    end_family(&r);
    kk_log_lines_close(&lines);
    kk_buffer_close(&r.entry.text);
    kk_buffer_close(&r.family.text);
    kk_arena_close(r.scratch);
    kk_arena_close(r.listed);
}

const kk_parser kk_parser_code_text = {
    .name = "code_text",
    .about = "programs and settings, for the people in them",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
