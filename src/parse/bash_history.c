/* What was typed into a shell: .bash_history, .zsh_history and their like.
 *
 *     bash     one command a line; with HISTTIMEFORMAT set each is preceded by "#EPOCH"
 *     zsh      the same, or with EXTENDED_HISTORY ": EPOCH:SECONDS;command"; a line that ends in a
 *              backslash goes on; bytes 0x83..0x9b and zero are written as 0x83 and the byte ^ 0x20
 *     fish     "- cmd: command" and "  when: EPOCH" (line ends as \n)
 * Whose it is, only the path tells: home/USER/ or root/.
 *
 * Times that go back are no sign of anything: every shell adds its commands when it ends.
 *
 * A dated command of several lines is told from undated ones behind it by its grammar: it goes on
 * while a quote, a here-document or a compound command is open. What comes after it without a time
 * is an event without a time: a shell whose HISTTIMEFORMAT was taken away writes so. */
#include "base/text.h"
#include "parse/log_lines.h"
#include "parse/unix_fields.h"

enum { PROBE_LINES = 200, COMMAND_MAX = 1 << 20, DELIMITER_MAX = 64 };

typedef enum { BASH, ZSH, FISH } shell;

typedef struct {
    char quote;     /* ', " or ` that is open */
    bool backslash; /* the last line ended in one */
    int compounds;  /* for, while, if, case, { that are not closed */
    bool here;      /* inside a here-document */
    bool here_tabs; /* <<- : the delimiter may be indented by tabs */
    char delimiter[DELIMITER_MAX];
    size_t delimiter_len;
} grammar;

typedef struct {
    kk_log_lines lines;
    kk_sink *sink;
    const kk_settings *settings;
    shell shell;
    kk_slice user;
    kk_event event;
    kk_arena *scratch;
    kk_buffer command;
    grammar open;
    bool holding, dated, stamped; /* a command is held; it has a time; a "#EPOCH" waits for one */
    int64_t seconds;
    uint64_t duration;
    bool has_duration;
    uint64_t number, offset, end;
} history;

/* ---- grammar ----------------------------------------------------------------------------------
 */

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kk_is_digit(c) || c == '_' ||
           c == '-';
}

/* Words that open or close something, where a command may begin. */
static int depth_of(kk_slice word)
{
    static const char *const opens[] = {"for", "while", "until", "select", "if", "case"};
    static const char *const closes[] = {"done", "fi", "esac"};
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
        if (kk_is(word, opens[i]))
            return 1;
    for (size_t i = 0; i < sizeof closes / sizeof *closes; i++)
        if (kk_is(word, closes[i]))
            return -1;
    return 0;
}

/* "<<EOF", "<<-'EOF'": what ends the document. Returns how many bytes were read. */
static size_t read_here(grammar *g, kk_slice rest)
{
    size_t i = 2;
    if (i < rest.len && rest.ptr[i] == '<')
        return 3; /* a here-string */
    g->here_tabs = i < rest.len && rest.ptr[i] == '-';
    i += g->here_tabs;
    while (i < rest.len &&
           (rest.ptr[i] == ' ' || rest.ptr[i] == '\'' || rest.ptr[i] == '"' || rest.ptr[i] == '\\'))
        i++;
    size_t start = i;
    while (i < rest.len && is_word_char(rest.ptr[i]))
        i++;
    size_t len = i - start;
    if (len == 0 || len > DELIMITER_MAX)
        return 2;
    memcpy(g->delimiter, rest.ptr + start, len);
    g->delimiter_len = len;
    g->here = true;
    return i < rest.len && (rest.ptr[i] == '\'' || rest.ptr[i] == '"') ? i + 1 : i;
}

static void read_word(grammar *g, kk_slice line, size_t *at, bool *command)
{
    size_t start = *at;
    while (*at < line.len && is_word_char(line.ptr[*at]))
        ++*at;
    kk_slice word = kk_part(line, start, *at - start);
    int depth = *command ? depth_of(word) : 0;
    g->compounds += depth;
    if (g->compounds < 0)
        g->compounds = 0;
    *command =
        kk_is(word, "do") || kk_is(word, "then") || kk_is(word, "else") || kk_is(word, "elif");
}

/* One character outside of quotes; false ends the line (a comment). */
static bool read_char(grammar *g, kk_slice line, size_t *at, bool *command)
{
    char c = line.ptr[*at];
    if (is_word_char(c)) {
        read_word(g, line, at, command);
        return true;
    }
    if (c == '#' && (*at == 0 || line.ptr[*at - 1] == ' '))
        return false;
    if (c == '<' && *at + 1 < line.len && line.ptr[*at + 1] == '<' && !g->here) {
        *at += read_here(g, kk_from(line, *at));
        return true;
    }
    if (*command && (c == '{' || c == '}') && g->compounds + (c == '{') > 0)
        g->compounds += c == '{' ? 1 : -1;
    if (c == '\'' || c == '"' || c == '`')
        g->quote = c;
    if (c == '\\') {
        g->backslash = *at + 1 == line.len;
        ++*at;
    }
    *command = c == ';' || c == '&' || c == '|' || c == '(' ||
               (*command && (c == ' ' || c == '\t' || c == '{'));
    ++*at;
    return true;
}

/* Takes one more line into account; true while the command is not at its end. */
static bool goes_on(grammar *g, kk_slice line)
{
    bool here_before = g->here, command = true;
    g->backslash = false;
    if (here_before) {
        kk_slice text = line;
        while (g->here_tabs && text.len && text.ptr[0] == '\t')
            text = kk_from(text, 1);
        g->here = !(text.len == g->delimiter_len && memcmp(text.ptr, g->delimiter, text.len) == 0);
        return g->here || g->compounds > 0 || g->quote;
    }
    for (size_t at = 0; at < line.len;) {
        char c = line.ptr[at];
        if (g->quote) {
            if (c == '\\' && g->quote != '\'')
                at++;
            else if (c == g->quote)
                g->quote = '\0';
            command = false;
            at++;
        } else if (!read_char(g, line, &at, &command)) {
            break;
        }
    }
    return g->quote || g->backslash || g->here || g->compounds > 0;
}

/* ---- events -----------------------------------------------------------------------------------
 */

/* zsh's own escape for bytes that mean something to it. */
static kk_slice unmetafied(history *h, kk_slice s)
{
    if (kk_find_byte(s, '\x83') == KK_NOWHERE)
        return s;
    char *to = kk_take(h->scratch, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\x83' && i + 1 < s.len)
            to[len++] = (char)(s.ptr[++i] ^ 0x20);
        else
            to[len++] = s.ptr[i];
    }
    return (kk_slice){to, len};
}

static kk_slice clean(history *h, kk_slice s)
{
    if (kk_utf8_valid(s))
        return s;
    return kk_decode(h->scratch, kk_charset_guess(s, NULL), s, NULL);
}

static void set_time(history *h)
{
    kk_event *e = &h->event;
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_S;
    if (!h->dated)
        return;
    e->time = kk_time_from_unix(h->seconds, 0);
    if (h->has_duration && h->duration < UINT64_C(1000000000))
        kk_set_number(e, KK_DURATION, h->duration * (uint64_t)KK_SECOND);
}

static void tell(history *h)
{
    static const char *const names[] = {[BASH] = "bash", [ZSH] = "zsh", [FISH] = "fish"};
    kk_event *e = &h->event;
    kk_slice command = kk_buffer_slice(&h->command);
    if (!h->holding || !kk_trim(command).len) {
        h->holding = false;
        return;
    }
    kk_event_clear(e);
    set_time(h);
    e->record = h->number;
    e->offset = h->offset;
    uint64_t length = h->end - h->offset;
    e->length = length < UINT32_MAX ? (uint32_t)length : 0;
    e->text[KK_HOST_NAME] = h->settings->host;
    e->text[KK_DATASET] = KK_S("linux.history");
    e->text[KK_PROVIDER] = kk_cstr(names[h->shell]);
    e->text[KK_CATEGORY] = KK_S("process");
    e->text[KK_ACTION] = KK_S("command");
    e->text[KK_TIME_KIND] = h->dated ? KK_S("started") : KK_NONE;
    e->text[KK_USER_NAME] = h->user;
    e->text[KK_COMMAND_LINE] = clean(h, h->shell == ZSH ? unmetafied(h, command) : command);
    h->sink->event(h->sink, e);
    h->holding = false;
    if (kk_arena_used(h->scratch))
        kk_arena_reset(h->scratch);
}

static void start(history *h, const kk_log_line *line, bool dated)
{
    tell(h);
    h->command.len = 0;
    h->open = (grammar){0};
    h->holding = true;
    h->dated = dated;
    h->has_duration = false;
    h->number = line->number;
    h->offset = line->offset;
    h->end = line->offset + line->length;
}

static void append(history *h, const kk_log_line *line, kk_slice text, bool again)
{
    if (h->command.len + text.len + 1 > COMMAND_MAX) {
        kk_report(h->sink, KK_ISSUE_LIMIT, line->offset, "a command longer than 1 MiB was cut");
        h->open = (grammar){0};
        return;
    }
    if (again)
        kk_put_byte(&h->command, '\n');
    kk_put(&h->command, text);
    h->end = line->offset + line->length;
}

/* ---- the shells -------------------------------------------------------------------------------
 */

static bool read_epoch(kk_slice text, int64_t *seconds)
{
    uint64_t value;
    if (text.len < 9 || text.len > 11 || !kk_to_u64(text, &value))
        return false;
    *seconds = (int64_t)value;
    return true;
}

static bool is_stamp(kk_slice text, int64_t *seconds)
{
    kk_slice rest = kk_trim(text);
    return kk_eat(&rest, KK_S("#")) && read_epoch(rest, seconds);
}

static void take_bash(history *h, const kk_log_line *line)
{
    int64_t seconds;
    if (is_stamp(line->text, &seconds)) {
        tell(h);
        h->stamped = true;
        h->seconds = seconds;
        h->number = line->number;
        h->offset = line->offset;
        return;
    }
    bool inside = h->holding && h->dated &&
                  (h->open.quote || h->open.backslash || h->open.here || h->open.compounds > 0);
    if (inside) {
        append(h, line, line->text, true);
        goes_on(&h->open, line->text);
        return;
    }
    uint64_t stamp_number = h->number, stamp_offset = h->offset;
    bool stamped = h->stamped;
    start(h, line, stamped);
    if (stamped) {
        h->number = stamp_number;
        h->offset = stamp_offset;
        h->stamped = false;
    }
    append(h, line, line->text, false);
    goes_on(&h->open, line->text);
}

/* ": 1457771210:0;cd /srv" */
static bool is_extended(kk_slice text, int64_t *seconds, uint64_t *duration, kk_slice *command)
{
    kk_slice rest = text, digits;
    if (!kk_eat(&rest, KK_S(": ")) || !kk_eat_until(&rest, KK_S(":"), &digits) ||
        !read_epoch(kk_trim(digits), seconds))
        return false;
    if (!kk_eat_until(&rest, KK_S(";"), &digits) || digits.len > 10 || !kk_to_u64(digits, duration))
        return false;
    *command = rest;
    return true;
}

static void take_zsh(history *h, const kk_log_line *line)
{
    kk_slice command = line->text;
    uint64_t duration = 0;
    int64_t seconds = 0;
    bool inside = h->holding && h->open.backslash;
    bool dated = !inside && is_extended(line->text, &seconds, &duration, &command);
    bool continued =
        kk_ends(command, KK_S("\\")); /* zsh sets a blank behind a last one of its own */
    kk_slice text = kk_part(command, 0, command.len - continued);
    if (!inside) {
        start(h, line, dated);
        h->seconds = seconds;
        h->duration = duration;
        h->has_duration = dated;
    }
    append(h, line, text, inside);
    h->open.backslash = continued;
}

static void take_fish(history *h, const kk_log_line *line)
{
    kk_slice rest = line->text;
    int64_t seconds;
    if (kk_eat(&rest, KK_S("- cmd: "))) {
        start(h, line, false);
        size_t len = 0;
        char *to = kk_take(h->scratch, rest.len);
        for (size_t i = 0; i < rest.len; i++) {
            char next = i + 1 < rest.len ? rest.ptr[i + 1] : '\0';
            bool escape = rest.ptr[i] == '\\' && (next == 'n' || next == '\\');
            to[len++] = !escape ? rest.ptr[i] : next == 'n' ? '\n' : '\\';
            i += escape;
        }
        append(h, line, (kk_slice){to, len}, false);
    } else if (h->holding && kk_eat(&rest, KK_S("  when: ")) && read_epoch(rest, &seconds)) {
        h->dated = true;
        h->seconds = seconds;
        h->end = line->offset + line->length;
    } else if (!kk_starts(line->text, KK_S("  paths:")) && !kk_starts(line->text, KK_S("    - "))) {
        kk_log_lines_skip(&h->lines, line);
    }
}

/* ---- the file ---------------------------------------------------------------------------------
 */

/* "home/tanaka/.bash_history", "export/home/USER", "Users/USER", "root/": the folder that holds it.
 */
static kk_slice user_of(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    if (slash == KK_NOWHERE)
        return KK_NONE;
    kk_slice folder = kk_part(path, 0, slash);
    if (kk_ends(folder, KK_S("/.local/share/fish")))
        folder.len -= 18;
    size_t before = kk_rfind_byte(folder, '/');
    kk_slice name = before == KK_NOWHERE ? folder : kk_from(folder, before + 1);
    kk_slice above = before == KK_NOWHERE ? KK_NONE : kk_part(folder, 0, before);
    size_t last = kk_rfind_byte(above, '/');
    if (last != KK_NOWHERE)
        above = kk_from(above, last + 1);
    if (kk_is(name, "root") || kk_is(above, "home") || kk_is(above, "Users"))
        return name;
    return KK_NONE;
}

typedef struct {
    size_t lines, stamps, extended, fish;
} kinds;

static kinds count_kinds(kk_slice head)
{
    kinds k = {0};
    kk_slice line, command;
    int64_t seconds;
    uint64_t duration;
    while (k.lines < PROBE_LINES && kk_log_head_line(&head, &line)) {
        k.lines++;
        k.stamps += is_stamp(line, &seconds);
        k.extended += is_extended(line, &seconds, &duration, &command);
        k.fish += kk_starts(line, KK_S("- cmd: ")) || kk_starts(line, KK_S("when: "));
    }
    return k;
}

static bool ends_in(kk_slice name, const char *const *endings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_ends(name, kk_cstr(endings[i])))
            return true;
    return false;
}

static shell shell_of(kk_slice head, kk_slice name)
{
    kinds k = count_kinds(head);
    if (k.fish * 2 > k.lines && k.lines)
        return FISH;
    if (k.extended > k.stamps || kk_has(name, KK_S("zsh")) || kk_is(name, ".histfile"))
        return ZSH;
    return BASH;
}

static void take_all(history *h, kk_stream *in, const kk_settings *settings)
{
    kk_log_line line;
    kk_log_lines_open(&h->lines, in, settings, h->sink);
    while (!h->sink->stopped && kk_log_lines_next(&h->lines, &line)) {
        if (h->shell == BASH)
            take_bash(h, &line);
        else
            take_fish(h, &line);
    }
    tell(h);
    kk_log_lines_close(&h->lines);
}

/* zsh's escapes make invalid UTF-8 out of Japanese, so its lines are taken as they are. */
static void take_all_raw(history *h, kk_stream *in, const kk_settings *settings)
{
    kk_reader reader = kk_reader_open(h->sink->arena, in, settings->begin, settings->end);
    kk_log_line line = {0};
    while (!h->sink->stopped && kk_reader_line(&reader, &line.text, &line.offset, &line.cut)) {
        line.number++;
        line.length = (uint32_t)line.text.len;
        take_zsh(h, &line);
    }
    tell(h);
    if (reader.failed)
        kk_report(h->sink, KK_ISSUE_DAMAGED, reader.offset + reader.filled,
                  "cannot be read from here on");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    history *h = KK_NEW(sink->arena, history);
    kk_arena *arena = kk_arena_open();
    char *bytes = kk_take(arena, 64 * 1024);
    kk_slice head = {bytes, kk_read(in, 0, bytes, 64 * 1024)};
    h->sink = sink;
    h->settings = settings;
    h->shell = shell_of(kk_log_head(arena, head, 64 * 1024), in->name);
    kk_arena_close(arena);
    h->user = user_of(in->path);
    h->scratch = kk_arena_open();
    if (h->shell == ZSH)
        take_all_raw(h, in, settings);
    else
        take_all(h, in, settings);
    kk_buffer_close(&h->command);
    kk_arena_close(h->scratch);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const names[] = {".bash_history", "_bash_history", ".zsh_history",
                                        ".zhistory",     ".histfile",     ".sh_history",
                                        ".ash_history",  ".ksh_history",  "fish_history",
                                        "/.history",     "bash_history",  "zsh_history"};
    bool named =
        ends_in(p->name, names, sizeof names / sizeof *names) || kk_is(p->name, ".history");
    if (p->head.len == 0 || kk_find_byte(p->head, '\0') != KK_NOWHERE)
        return p->head.len == 0 && named ? KK_MAYBE : KK_NO;
    kk_arena *arena = kk_arena_open();
    kinds k = count_kinds(kk_log_head(arena, p->head, 64 * 1024));
    kk_arena_close(arena);
    bool looks = k.extended * 2 > k.lines ||
                 (k.stamps && k.stamps * 5 >= k.lines * (k.stamps > 1 ? 1 : 2)) ||
                 (k.fish * 2 > k.lines && k.fish > 1);
    if (looks)
        return named ? KK_SURE - 10 : KK_LIKELY;
    return named ? KK_LIKELY - 10 : KK_NO;
}

const kk_parser kk_parser_bash_history = {
    .name = "bash_history",
    .about = "commands typed into bash, zsh and fish",
    .version = 1,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
