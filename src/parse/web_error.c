/* Error logs of nginx and Apache.
 *
 *   2026/07/03 02:31:02 [error] 811#811: *45 open() "/srv/www/a" failed (2: No such file or
 * directory), client: 203.0.113.45, server: www.example.jp, request: "GET /a HTTP/1.1", host: "x"
 *   [Fri Jul 03 02:31:02.123456 2026] [core:error] [pid 811:tid 140] (13)Permission denied:
 * [client 203.0.113.45:50312] AH00035: access to /a denied, referer: https://www.example.jp/
 *   [Fri Jul 03 02:31:02 2026] [error] [client 203.0.113.45] File does not exist: /srv/www/a
 *
 * The times are the server's wall clock and name no zone. What programs below the server print goes
 * into the same file as it comes, without a head: a stack trace goes on with the entry above it, any
 * other line is an entry of its own that takes its time from the one above. A crash shows only
 * there. The far end chooses most of the words, so a field is taken only from where the server
 * itself writes it; a client that stands at two places with two addresses is none. */
#include "parse/log_form.h"
#include "parse/log_words.h"
#include "parse/weblog_json.h"

enum { ENTRY_MAX = 32 * 1024, CLAIMED_MAX = 16, PROBE_HEAD = 16 * 1024, PROBE_LINES = 60 };

typedef struct {
    kk_slice server; /* what writes such heads: nginx or apache */
    kk_civil civil;
    kk_precision precision;
    kk_slice level, module, pid, thread;
    kk_slice message; /* all behind the head */
} heading;

typedef struct {
    kk_event event;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch; /* of one entry */
    kk_buffer text;    /* the entry, its lines joined by line ends */
    uint64_t record, offset, end;
    bool open;
    kk_slice server; /* empty before the first head */
    kk_time time;    /* of the last head */
    kk_precision precision;
} reading;

static void more(reading *r, const char *name, kk_slice value)
{
    if (value.len)
        kk_event_more(&r->event, r->sink->arena, kk_cstr(name), value);
}

/* ---- the head of an entry ---- */

/* "[text]" at the beginning; s becomes what is behind it and its blanks. */
static bool take_bracket(kk_slice *s, kk_slice *text)
{
    size_t close = s->len && s->ptr[0] == '[' ? kk_find_byte(kk_part(*s, 0, 128), ']') : KK_NOWHERE;
    if (close == KK_NOWHERE)
        return false;
    *text = kk_part(*s, 1, close - 1);
    *s = kk_from(*s, close + 1);
    while (s->len && s->ptr[0] == ' ')
        *s = kk_from(*s, 1);
    return true;
}

static bool is_level(kk_slice s)
{
    static const char *const levels[] = {"emerg",   "alert",  "crit", "error", "warn",
                                         "warning", "notice", "info", "debug", NULL};
    return kk_is_any(s, levels) ||
           (s.len == 6 && kk_starts(s, KK_S("trace")) && s.ptr[5] >= '1' && s.ptr[5] <= '8');
}

/* Digits at the beginning of *s, taken off it. */
static bool take_digits(kk_slice *s, kk_slice *digits)
{
    uint64_t value;
    size_t taken;
    if (!kk_log_digits(*s, &value, &taken))
        return false;
    *digits = kk_part(*s, 0, taken);
    *s = kk_from(*s, taken);
    return true;
}

static bool take_text(kk_slice *s, kk_slice text)
{
    if (!kk_starts(*s, text))
        return false;
    *s = kk_from(*s, text.len);
    return true;
}

static bool read_clock(kk_slice text, heading *h)
{
    size_t dot = kk_find_byte(text, '.');
    size_t digits = dot == KK_NOWHERE ? 0 : text.len - dot - 1;
    h->precision = digits == 0   ? KK_EXACT_S
                   : digits <= 3 ? KK_EXACT_MS
                   : digits <= 6 ? KK_EXACT_US
                                 : KK_EXACT_100NS;
    return kk_log_clock(text, &h->civil);
}

static bool read_nginx(kk_slice s, heading *h)
{
    if (s.len < 24 || s.ptr[4] != '/' || s.ptr[10] != ' ' || s.ptr[19] != ' ' ||
        !kk_log_date(kk_part(s, 0, 10), &h->civil) || !read_clock(kk_part(s, 11, 8), h))
        return false;
    s = kk_from(s, 20);
    if (!take_bracket(&s, &h->level) || !is_level(h->level) || !take_digits(&s, &h->pid) ||
        !take_text(&s, KK_S("#")) || !take_digits(&s, &h->thread) || !take_text(&s, KK_S(":")))
        return false;
    h->server = KK_S("nginx");
    h->message = kk_trim(s);
    return kk_civil_valid(&h->civil);
}

/* "Fri Jul 03 02:31:02.123456 2026", or "2026-07-03 02:31:02.123456" (%{cu}t). */
static bool read_apache_time(kk_slice text, heading *h)
{
    kk_slice rest = text, word[5];
    size_t count = 0;
    uint64_t day, year;
    while (count < 5 && kk_split(&rest, ' ', &word[count]))
        count += word[count].len > 0; /* a day of one digit stands behind two blanks */
    if (rest.len)
        return false;
    if (count == 2)
        return kk_log_date(word[0], &h->civil) && read_clock(word[1], h);
    if (count != 5 || word[0].len != 3 || !kk_to_u64(word[2], &day) || day > 31 ||
        !kk_to_u64(word[4], &year) || year > 9999 || !kk_log_year((int)year) ||
        !read_clock(word[3], h))
        return false;
    h->civil.year = (int)year;
    h->civil.month = kk_month_by_name(word[1]);
    h->civil.day = (int)day;
    return h->civil.month > 0;
}

static bool read_apache(kk_slice s, heading *h)
{
    kk_slice time, word;
    if (!take_bracket(&s, &time) || !take_bracket(&s, &word) || !read_apache_time(time, h) ||
        !kk_civil_valid(&h->civil))
        return false;
    size_t colon = kk_find_byte(word, ':');
    h->module = colon == KK_NOWHERE ? KK_NONE : kk_part(word, 0, colon);
    h->level = colon == KK_NOWHERE ? word : kk_from(word, colon + 1);
    if (!is_level(h->level))
        return false;
    h->server = KK_S("apache");
    h->message = s;
    if (take_text(&s, KK_S("[pid ")) && take_digits(&s, &h->pid)) {
        if (take_text(&s, KK_S(":tid ")))
            take_digits(&s, &h->thread);
        if (take_text(&s, KK_S("]")))
            h->message = kk_trim(s);
    }
    return true;
}

static bool read_heading(kk_slice line, heading *h)
{
    *h = (heading){0};
    if (read_nginx(line, h))
        return true;
    *h = (heading){0};
    return read_apache(line, h);
}

/* ---- refusals ---- */

/* The words that a server begins a refusal with; what stands between two of them is who was
 * refused. */
static bool read_refused_user(reading *r, kk_slice words)
{
    static const struct {
        const char *open, *close;
    } forms[] = {
        {"user \"", "\": password mismatch"},
        {"user \"", "\" was not found in \""},
        {"user `", "' in realm `"},
        {"user ", ": authentication failure for \""},
        {"user ", ": authorization failure for \""},
        {"user ", ": password mismatch: "},
        {"user ", " not found: "},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        kk_slice rest = words;
        size_t close = take_text(&rest, kk_cstr(forms[i].open))
                           ? kk_find(rest, kk_cstr(forms[i].close))
                           : KK_NOWHERE;
        if (close == KK_NOWHERE || close == 0)
            continue;
        r->event.text[KK_USER_NAME] = kk_weblog_unescape(r->scratch, kk_part(rest, 0, close));
        return true;
    }
    return false;
}

static bool is_refusal(kk_slice words)
{
    static const char *const begins[] = {
        "client denied by server configuration",
        "client used wrong authentication scheme",
        "access forbidden by rule",
        "directory index of \"",
        "Cannot serve directory ",
        "no user/password was provided for basic authentication",
        "ModSecurity: Access denied",
        "limiting requests, ",
        "limiting connections by zone",
    };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (kk_starts(words, kk_cstr(begins[i])))
            return true;
    return false;
}

static void read_refusal(reading *r, kk_slice words)
{
    bool named = read_refused_user(r, words);
    if (!named && !is_refusal(words))
        return;
    r->event.outcome = KK_FAILURE;
    r->event.text[KK_ACTION] = named ? KK_S("authenticate") : KK_S("deny");
}

/* ---- nginx ---- */

/* The address that stands behind ", client: " at s. */
static bool client_at(kk_slice s, kk_slice *address)
{
    kk_slice rest = s;
    if (!take_text(&rest, KK_S(", client: ")))
        return false;
    size_t comma = kk_find_byte(rest, ',');
    *address = kk_trim(kk_part(rest, 0, comma));
    return kk_log_is_ip(*address);
}

/* What nginx adds to an entry begins with the client. A path, a header, a user name can hold the same
 * words: where two addresses stand in one entry, none of them is believed and all are named. Gives
 * what is behind the first that holds. */
static kk_slice read_client(reading *r, kk_slice message)
{
    kk_slice claimed[CLAIMED_MAX], behind = KK_NONE, rest = message;
    size_t count = 0, at;
    bool one = true;
    while (count < CLAIMED_MAX && (at = kk_find(rest, KK_S(", client: "))) != KK_NOWHERE) {
        rest = kk_from(rest, at);
        if (client_at(rest, &claimed[count])) {
            one = one && kk_eq(claimed[count], claimed[0]);
            if (count++ == 0)
                behind = kk_from(rest, 10 + claimed[0].len);
        }
        rest = kk_from(rest, 1);
    }
    if (count && one)
        r->event.text[KK_SOURCE_IP] = claimed[0];
    for (size_t i = 0; i < count && !one; i++)
        more(r, "client.claimed", claimed[i]);
    return one ? behind : KK_NONE;
}

static const char *const context[] = {"server",   "request", "subrequest",
                                      "upstream", "host",    "referrer"};
enum { CONTEXT = sizeof context / sizeof *context };

/* ", name: " at the beginning of s. */
static bool take_name(kk_slice *s, const char *name)
{
    kk_slice rest = *s;
    if (!take_text(&rest, KK_S(", ")) || !take_text(&rest, kk_cstr(name)) ||
        !take_text(&rest, KK_S(": ")))
        return false;
    *s = rest;
    return true;
}

/* A value ends where one of the names behind it begins, or with the line. */
static kk_slice take_value(kk_slice *s, size_t number)
{
    bool quoted = take_text(s, KK_S("\""));
    size_t end = 0;
    for (; end < s->len; end++) {
        kk_slice rest = kk_from(*s, end + quoted);
        bool over = (quoted && s->ptr[end] == '"' && !rest.len) || (!quoted && s->ptr[end] == ',');
        for (size_t i = number + 1; i < CONTEXT && !over; i++)
            over = (!quoted || s->ptr[end] == '"') && take_name(&rest, context[i]);
        if (over)
            break;
    }
    kk_slice value = kk_part(*s, 0, end);
    *s = end + quoted < s->len ? kk_from(*s, end + quoted) : KK_NONE;
    return value;
}

static bool is_name_of_server(kk_slice s)
{
    return s.len && !kk_is(s, "_") && !kk_log_is_ip(s) && kk_find_byte(s, ':') == KK_NOWHERE;
}

static void read_context(reading *r, kk_slice behind)
{
    kk_slice value[CONTEXT] = {0};
    kk_event *e = &r->event;
    for (size_t i = 0; i < CONTEXT; i++)
        if (take_name(&behind, context[i]))
            value[i] = take_value(&behind, i);
    kk_slice server = value[0], host = value[4];
    if (value[1].len)
        kk_weblog_request(e, value[1], r->scratch, r->sink->arena);
    e->text[KK_DESTINATION_HOST] = is_name_of_server(host)     ? host
                                   : is_name_of_server(server) ? server
                                                               : KK_NONE;
    more(r, "server", server);
    more(r, "subrequest", value[2]);
    more(r, "upstream", value[3]);
    more(r, "http.request.host", host);
    more(r, "http.request.referrer", kk_weblog_unescape(r->scratch, value[5]));
}

static void read_nginx_words(reading *r, kk_slice message)
{
    kk_slice words = message, connection;
    if (take_text(&words, KK_S("*")) && take_digits(&words, &connection)) {
        more(r, "nginx.error.connection_id", connection);
        words = kk_trim(words);
    } else {
        words = message;
    }
    read_context(r, read_client(r, words));
    read_refusal(r, words);
}

/* ---- apache ---- */

/* Behind the head may stand a source file with its line and an error of the system, then who
 * asked. */
static kk_slice at_client(kk_slice message)
{
    kk_slice rest = message;
    for (int skipped = 0; skipped < 3; skipped++) {
        if (kk_starts(rest, KK_S("[client ")) || kk_starts(rest, KK_S("[remote ")))
            return rest;
        size_t colon = kk_find(kk_part(rest, 0, 256), KK_S(": "));
        size_t open = kk_find_byte(kk_part(rest, 0, colon), '(');
        if (colon == KK_NOWHERE || open == KK_NOWHERE)
            break;
        rest = kk_from(rest, colon + 2);
    }
    return KK_NONE;
}

/* Since 2.4 a port always follows, also an IPv6 address, which then stands without brackets. */
static void set_apache_client(reading *r, kk_slice client, bool has_port)
{
    size_t colon = kk_rfind_byte(client, ':');
    uint64_t port;
    size_t taken;
    if (colon != KK_NOWHERE && (has_port || !kk_log_is_ip(client)) &&
        kk_log_digits(kk_from(client, colon + 1), &port, &taken) &&
        colon + 1 + taken == client.len && port <= 65535) {
        client = kk_part(client, 0, colon);
        if (port)
            kk_set_number(&r->event, KK_SOURCE_PORT, port);
    }
    if (client.len > 2 && client.ptr[0] == '[' && client.ptr[client.len - 1] == ']')
        client = kk_part(client, 1, client.len - 2);
    if (kk_log_is_ip(client))
        r->event.text[KK_SOURCE_IP] = client;
    else
        r->event.text[KK_SOURCE_HOST] = client;
}

/* AH and five digits: the number of Apache's message. */
static bool take_code(kk_slice *s, kk_slice *code)
{
    kk_slice rest = *s, digits;
    if (!take_text(&rest, KK_S("AH")) || !take_digits(&rest, &digits) || digits.len != 5 ||
        !take_text(&rest, KK_S(":")))
        return false;
    *code = kk_part(*s, 0, 7);
    *s = kk_trim(rest);
    return true;
}

/* The last thing of an entry. */
static kk_slice referrer_of(kk_slice words)
{
    kk_slice last = KK_NONE;
    for (size_t at; (at = kk_find(words, KK_S(", referer: "))) != KK_NOWHERE;)
        last = words = kk_from(words, at + 11);
    return last;
}

static void read_apache_words(reading *r, kk_slice message, bool has_port)
{
    kk_slice words = at_client(message), client;
    if (words.len) {
        size_t close = kk_find(words, KK_S("] "));
        client = kk_part(words, 8, close == KK_NOWHERE || close < 8 ? KK_NOWHERE : close - 8);
        if (close != KK_NOWHERE && close > 8 && close < 300) {
            set_apache_client(r, client, has_port);
            words = kk_from(words, close + 2);
        }
    } else {
        words = message;
    }
    take_code(&words, &r->event.text[KK_CODE]);
    more(r, "http.request.referrer", kk_weblog_unescape(r->scratch, referrer_of(words)));
    read_refusal(r, words);
}

/* ---- entries ---- */

static void set_head(reading *r, const heading *h)
{
    uint64_t pid;
    size_t taken;
    more(r, "log.level", h->level);
    more(r, "apache.error.module", h->module);
    more(r, "process.thread.id", h->thread);
    if (h->pid.len && kk_log_digits(h->pid, &pid, &taken))
        kk_set_number(&r->event, KK_PROCESS_PID, pid);
    r->time = kk_time_from_local(&r->settings->zone, &h->civil);
    r->precision = h->precision;
    r->server = h->server;
}

static void set_entry(reading *r, kk_slice text)
{
    heading h;
    size_t end = kk_find_byte(text, '\n');
    kk_slice first = kk_part(text, 0, end);
    bool headed = read_heading(first, &h);
    if (headed) {
        set_head(r, &h);
        if (kk_is(h.server, "nginx"))
            read_nginx_words(r, h.message);
        else
            read_apache_words(r, h.message, h.module.len > 0);
        text = kk_from(text, h.message.len ? (size_t)(h.message.ptr - text.ptr) : first.len);
    }
    r->event.text[KK_MESSAGE] = text;
    r->event.text[KK_PROVIDER] = r->server;
    r->event.time = r->time;
    r->event.basis = r->settings->zone_basis;
    r->event.precision = r->precision;
}

static void end_entry(reading *r)
{
    if (!r->open)
        return;
    kk_slice text = kk_buffer_slice(&r->text);
    kk_event *e = &r->event;
    kk_event_clear(e);
    e->text[KK_HOST_NAME] = r->settings->host;
    e->text[KK_DATASET] = KK_S("web.error");
    e->text[KK_CATEGORY] = KK_S("web");
    e->text[KK_TIME_KIND] = KK_S("logged");
    set_entry(r, text);
    e->record = r->record;
    e->offset = r->offset;
    e->length = (uint32_t)(r->end - r->offset);
    r->sink->event(r->sink, e);
    if (kk_log_may_hold_form(text))
        kk_log_form_tell(r->sink, r->settings, r->scratch, text, r->record, r->offset);
    kk_arena_reset(r->scratch);
    r->open = false;
    r->text.len = 0;
}

/* Lines of a stack trace, and lines that are set in. */
static bool goes_on(kk_slice line)
{
    return line.ptr[0] == ' ' || line.ptr[0] == '\t' || kk_starts(line, KK_S("Stack trace:")) ||
           (line.len > 1 && line.ptr[0] == '#' && line.ptr[1] >= '0' && line.ptr[1] <= '9') ||
           kk_starts(line, KK_S("Caused by: "));
}

static void take_line(reading *r, const kk_log_line *at)
{
    heading h;
    bool headed = read_heading(at->text, &h);
    bool before_all = r->open && !r->server.len; /* one entry, until the first head says whose */
    bool joins = r->open && !headed && r->text.len + at->text.len < ENTRY_MAX &&
                 (before_all || goes_on(at->text));
    if (before_all && headed)
        r->server = h.server;
    if (!joins) {
        end_entry(r);
        r->record = at->number;
        r->offset = at->offset;
        r->open = true;
        if (headed)
            r->server = h.server;
    } else {
        kk_put(&r->text, KK_S("\n"));
    }
    kk_put(&r->text, at->text);
    r->end = at->offset + at->length;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading *r = KK_NEW(sink->arena, reading);
    kk_log_lines lines;
    kk_log_line at;
    kk_log_lines_open(&lines, in, settings, sink);
    *r = (reading){.sink = sink,
                   .settings = settings,
                   .scratch = kk_arena_open(),
                   .time = KK_NO_TIME,
                   .precision = KK_EXACT_S};
    while (kk_log_lines_next(&lines, &at))
        if (kk_trim(at.text).len)
            take_line(r, &at);
    end_entry(r);
    kk_log_lines_close(&lines);
    kk_buffer_close(&r->text);
    kk_arena_close(r->scratch);
}

static kk_score probe(const kk_probe *about)
{
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, about->head, PROBE_HEAD), line;
    size_t seen = 0, ours = 0;
    heading h;
    while (seen < PROBE_LINES && kk_log_head_line(&rest, &line)) {
        seen++;
        ours += read_heading(line, &h);
    }
    kk_arena_close(arena);
    if (ours == 0)
        return KK_NO;
    return ours * 2 >= seen ? KK_SURE : ours * 10 >= seen ? KK_LIKELY : KK_MAYBE;
}

const kk_parser kk_parser_web_error = {
    .name = "web_error",
    .about = "error logs of nginx and Apache",
    .version = 1,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 90,
    .probe = probe,
    .parse = parse,
};
