/* Access logs of Apache and nginx: common, combined, with a virtual host in front, with bytes on
 * the wire (%I %O), times and forwarded addresses behind, and JSON (weblog_json.c).
 *
 *   203.0.113.45 - - [03/Jul/2026:02:31:02 +0900] "GET /a.zip HTTP/1.1" 200 734003200 "-"
 * "curl/8.4.0" www.example.jp:443 2001:db8::7 - tanaka taro [03/Jul/2026:02:31:02 +0900] "-" 408 -
 *
 * Apache's time is when the request came, nginx's when it was answered. The bytes are the body that
 * the server sent: what a download carried away. User names may hold blanks, so what is before the
 * time is read from both ends. A request is whatever the far end sent: it may hold quotes (escaped
 * today, plain in old versions), a TLS hello or nothing; it ends at the quote that a status
 * follows. */
#include "parse/weblog_json.h"

#include "parse/log_form.h"
#include "parse/log_words.h"

enum { EXTRAS = 24 };

typedef struct {
    kk_event event;
    kk_log_line at;
    const kk_settings *settings;
    kk_arena *scratch, *kept;
} reading;

static void more(reading *r, kk_slice name, kk_slice value)
{
    kk_event_more(&r->event, r->kept, name, value);
}

/* ---- before the time: [vhost[:port]] client[, proxy ...] ident user ---- */

static kk_slice next_word(kk_slice *rest)
{
    size_t end = kk_find_byte(*rest, ' ');
    kk_slice word = kk_part(*rest, 0, end);
    size_t next = end == KK_NOWHERE ? rest->len : end + 1;
    while (next < rest->len && rest->ptr[next] == ' ')
        next++;
    *rest = kk_from(*rest, next);
    return word;
}

static kk_slice without_brackets(kk_slice s)
{
    return s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']' ? kk_part(s, 1, s.len - 2) : s;
}

/* "www.example.jp:443"; false when the word has no port behind a colon. */
static bool host_and_port(kk_slice word, kk_slice *host, uint64_t *port)
{
    size_t colon = kk_rfind_byte(word, ':'), taken;
    if (colon == KK_NOWHERE || colon == 0 || kk_log_is_ip(word) ||
        !kk_log_digits(kk_from(word, colon + 1), port, &taken) || taken + colon + 1 != word.len ||
        *port > 65535)
        return false;
    *host = kk_part(word, 0, colon);
    return true;
}

static void set_virtual_host(reading *r, kk_slice word)
{
    uint64_t port;
    kk_slice host = word;
    if (host_and_port(word, &host, &port))
        kk_set_number(&r->event, KK_DESTINATION_PORT, port);
    r->event.text[KK_DESTINATION_HOST] = without_brackets(host);
}

static void set_client(reading *r, kk_slice word)
{
    uint64_t port;
    kk_slice host = word;
    if (!kk_log_is_ip(word) && host_and_port(word, &host, &port))
        kk_set_number(&r->event, KK_SOURCE_PORT, port); /* a balancer that adds the port */
    host = without_brackets(host);
    if (kk_log_is_ip(host))
        r->event.text[KK_SOURCE_IP] = host;
    else if (host.len && !kk_is(host, "-"))
        r->event.text[KK_SOURCE_HOST] = host;
}

/* DOMAIN\user in two columns. */
static void set_user(reading *r, kk_slice user)
{
    size_t slash = kk_find_byte(user, '\\');
    if (slash != KK_NOWHERE && slash > 0 && slash + 1 < user.len) {
        r->event.text[KK_USER_DOMAIN] = kk_part(user, 0, slash);
        user = kk_from(user, slash + 1);
    }
    r->event.text[KK_USER_NAME] = user;
}

/* A syslog header in front (nginx logs to syslog): up to its "nginx: ". */
static kk_slice after_syslog(kk_slice prefix)
{
    if (prefix.len < 16)
        return prefix;
    bool priority = prefix.ptr[0] == '<';
    if (!priority && !(kk_month_by_name(kk_part(prefix, 0, 3)) && prefix.ptr[3] == ' ') &&
        !(prefix.ptr[4] == '-' && prefix.ptr[7] == '-' && prefix.ptr[10] == 'T'))
        return prefix;
    size_t mark = kk_find(prefix, KK_S(": "));
    return mark == KK_NOWHERE ? prefix : kk_trim(kk_from(prefix, mark + 2));
}

static bool read_prefix(reading *r, kk_slice prefix)
{
    kk_slice rest = after_syslog(kk_trim(prefix));
    kk_slice first = next_word(&rest), host, second = rest;
    uint64_t port;
    if (first.len == 0)
        return false;
    bool listed = first.ptr[first.len - 1] == ',';
    kk_slice word = next_word(&second);
    bool client_second = !listed && second.len && kk_log_is_ip(without_brackets(word));
    if (client_second ||
        (!listed && host_and_port(first, &host, &port) && !kk_log_is_ip(without_brackets(host)))) {
        set_virtual_host(r, first);
        first = word;
        rest = second;
        listed = first.len && first.ptr[first.len - 1] == ',';
    }
    if (listed) { /* "client, proxy, proxy": the whole list, and its first as the client */
        kk_slice list = first;
        while (listed && rest.len) {
            word = next_word(&rest);
            list.len = (size_t)(word.ptr + word.len - list.ptr);
            listed = word.len && word.ptr[word.len - 1] == ',';
        }
        more(r, KK_S("http.request.x_forwarded_for"), list);
        first.len--;
    }
    set_client(r, first);
    kk_slice ident = next_word(&rest), user = kk_trim(rest);
    if (ident.len && !kk_is(ident, "-"))
        more(r, KK_S("ident"), ident);
    if (user.len && !kk_is(user, "-") && !kk_is(user, "\"\""))
        set_user(r, kk_weblog_unescape(r->scratch, user));
    return true;
}

/* ---- behind the time ---- */

/* A status (three digits or a dash), a blank, and a number or a dash at the beginning of the text.
 */
static bool result_follows(kk_slice s)
{
    if (s.len < 3 || s.ptr[0] != ' ')
        return false;
    if (s.ptr[1] == '-')
        return s.ptr[2] == ' ';
    return s.len >= 4 && s.ptr[1] >= '0' && s.ptr[1] <= '9' && s.ptr[2] >= '0' && s.ptr[2] <= '9' &&
           s.ptr[3] >= '0' && s.ptr[3] <= '9' && (s.len == 4 || s.ptr[4] == ' ');
}

/* The request between its quotes; s becomes what is behind. A quote that a status follows ends it,
 * escaped or not: "\" at the end of a URL is data. */
static bool take_request(kk_slice *s, kk_slice *request)
{
    if (s->len < 2 || s->ptr[0] != '"')
        return false;
    for (size_t i = 1; i < s->len; i++) {
        const char *quote = memchr(s->ptr + i, '"', s->len - i);
        if (!quote)
            return false;
        i = (size_t)(quote - s->ptr);
        if (result_follows(kk_from(*s, i + 1))) {
            *request = kk_part(*s, 1, i - 1);
            *s = kk_from(*s, i + 2);
            return true;
        }
    }
    return false;
}

static bool is_escaped(kk_slice s, size_t at)
{
    size_t slashes = 0;
    while (slashes < at && s.ptr[at - 1 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 1;
}

/* "text" with quotes inside: it ends at a quote with a blank or nothing behind it. */
static bool take_quoted(kk_slice *s, kk_slice *text, bool *whole)
{
    if (s->len == 0 || s->ptr[0] != '"')
        return false;
    for (size_t i = 1; i < s->len; i++) {
        const char *quote = memchr(s->ptr + i, '"', s->len - i);
        if (!quote)
            break;
        i = (size_t)(quote - s->ptr);
        if ((i + 1 == s->len || s->ptr[i + 1] == ' ') && !is_escaped(*s, i)) {
            *text = kk_part(*s, 1, i - 1);
            *s = kk_trim(kk_from(*s, i + 1));
            return true;
        }
    }
    *whole = false; /* cut short: what is there is not believed */
    *s = KK_NONE;
    return false;
}

typedef struct {
    kk_slice text;
    bool quoted;
} extra;

static bool is_number(kk_slice s)
{
    uint64_t value;
    size_t taken;
    return s.len && kk_log_digits(s, &value, &taken) && taken == s.len;
}

static bool is_address_list(kk_slice s)
{
    kk_slice rest = s, one;
    while (kk_split(&rest, ',', &one))
        if (!kk_log_is_ip(kk_trim(one)))
            return false;
    return s.len > 0;
}

/* %I %O: all bytes on the wire. Believed when they can hold the request and the body. */
static bool take_wire_bytes(reading *r, const extra *extras, size_t count, size_t request_len)
{
    uint64_t in, out, body = 0;
    size_t taken;
    if (count < 2 || extras[0].quoted || extras[1].quoted || !is_number(extras[0].text) ||
        !is_number(extras[1].text))
        return false;
    if (kk_has_number(&r->event, KK_DESTINATION_BYTES))
        body = r->event.number[KK_DESTINATION_BYTES];
    if (!kk_log_digits(extras[0].text, &in, &taken) ||
        !kk_log_digits(extras[1].text, &out, &taken) || in < request_len || out <= body)
        return false;
    kk_set_number(&r->event, KK_SOURCE_BYTES, in);
    more(r, KK_S("http.request.bytes"), extras[0].text);
    more(r, KK_S("http.response.bytes"), extras[1].text);
    return true;
}

static void tell_extra(reading *r, const extra *e, size_t number)
{
    uint64_t ns;
    size_t equals = kk_find_byte(e->text, '=');
    bool seconds =
        !e->quoted && kk_find_byte(e->text, '.') != KK_NOWHERE && kk_weblog_seconds(e->text, &ns);
    if (!e->quoted && equals != KK_NOWHERE && equals > 0 && equals < 32) { /* rt=0.005 */
        kk_slice name = kk_part(e->text, 0, equals), value = kk_from(e->text, equals + 1);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            value = kk_part(value, 1, value.len - 2);
        if ((kk_is(name, "rt") || kk_is(name, "request_time")) && kk_weblog_seconds(value, &ns))
            kk_set_number(&r->event, KK_DURATION, ns);
        more(r, name, value);
    } else if (seconds && !kk_has_number(&r->event, KK_DURATION)) {
        kk_set_number(&r->event, KK_DURATION, ns);
    } else if (e->quoted && is_address_list(e->text)) {
        more(r, KK_S("http.request.x_forwarded_for"), e->text);
    } else if (!kk_is(e->text, "-")) {
        static const kk_slice names[] = {{"extra.1", 7}, {"extra.2", 7}, {"extra.3", 7},
                                         {"extra.4", 7}, {"extra.5", 7}, {"extra.6", 7},
                                         {"extra.7", 7}, {"extra.8", 7}};
        more(r, number < 8 ? names[number] : KK_S("extra"),
             kk_weblog_unescape(r->scratch, e->text));
    }
}

/* Referrer and agent come first when they are there; then whatever this server was told to add. */
static bool read_tail(reading *r, kk_slice rest, size_t request_len)
{
    extra extras[EXTRAS];
    size_t count = 0;
    bool whole = true;
    kk_slice text;
    rest = kk_trim(rest);
    if (rest.len && rest.ptr[0] == '"') {
        if (take_quoted(&rest, &text, &whole) && text.len && !kk_is(text, "-"))
            more(r, KK_S("http.request.referrer"), kk_weblog_unescape(r->scratch, text));
        if (take_quoted(&rest, &text, &whole) && text.len && !kk_is(text, "-"))
            r->event.text[KK_USER_AGENT] = kk_weblog_unescape(r->scratch, text);
    }
    while (rest.len && count < EXTRAS) {
        bool quoted = rest.ptr[0] == '"';
        if (!quoted)
            text = next_word(&rest);
        else if (!take_quoted(&rest, &text, &whole))
            break;
        extras[count++] = (extra){text, quoted};
    }
    size_t from = take_wire_bytes(r, extras, count, request_len) ? 2 : 0;
    for (size_t i = from; i < count; i++)
        tell_extra(r, &extras[i], i - from);
    return whole;
}

static void set_body_bytes(reading *r, kk_slice word)
{
    uint64_t bytes;
    size_t taken;
    if (kk_is(word, "-"))
        kk_set_number(&r->event, KK_DESTINATION_BYTES, 0); /* %b writes a dash for none */
    else if (kk_log_digits(word, &bytes, &taken) && taken == word.len)
        kk_set_number(&r->event, KK_DESTINATION_BYTES, bytes);
}

/* ---- a line ---- */

/* Where the bracket with the time is: an IPv6 address may be in brackets too. */
static size_t time_at(kk_slice s)
{
    for (size_t i = 0; i + 21 < s.len; i++) {
        const char *bracket = memchr(s.ptr + i, '[', s.len - i);
        if (!bracket)
            break;
        i = (size_t)(bracket - s.ptr);
        if (i + 21 >= s.len)
            break;
        const char *p = s.ptr + i;
        if ((p[3] == '/' && p[7] == '/' && p[12] == ':') ||
            (p[5] == '-' && p[8] == '-' && p[11] == 'T'))
            return i;
    }
    return KK_NOWHERE;
}

/* False when the line is none of an access log. *whole is false when its end is missing. */
static bool read_text(reading *r, bool *whole)
{
    kk_slice s = r->at.text, request = KK_NONE;
    size_t open = time_at(s);
    if (open == KK_NOWHERE || open == 0)
        return false;
    size_t close = kk_find_byte(kk_part(kk_from(s, open), 0, 48), ']');
    if (close == KK_NOWHERE ||
        !kk_weblog_time(&r->event, kk_part(s, open + 1, close - 1), r->settings))
        return false;
    kk_slice rest = kk_from(s, open + close + 1);
    while (rest.len && rest.ptr[0] == ' ')
        rest = kk_from(rest, 1);
    if (!take_request(&rest, &request)) {
        *whole = false; /* cut before the status: who asked and when is still there */
        if (rest.len == 0 || rest.ptr[0] != '"' || !read_prefix(r, kk_part(s, 0, open)))
            return false;
        more(r, KK_S("http.request.line"), kk_from(rest, 1));
        return true;
    }
    if (!read_prefix(r, kk_part(s, 0, open)))
        return false;
    kk_weblog_request(&r->event, request, r->scratch, r->kept);
    kk_slice status = next_word(&rest);
    kk_weblog_status(&r->event, kk_is(status, "-") ? KK_NONE : status);
    set_body_bytes(r, next_word(&rest));
    *whole = read_tail(r, rest, request.len);
    return true;
}

static void read_line(reading *r, kk_log_lines *lines, kk_sink *sink)
{
    bool whole = true;
    kk_event_clear(&r->event);
    r->event.text[KK_HOST_NAME] = r->settings->host;
    r->event.text[KK_DATASET] = KK_S("web.access");
    r->event.text[KK_CATEGORY] = KK_S("web");
    r->event.text[KK_TIME_KIND] = KK_S("logged");
    bool json = r->at.text.ptr[0] == '{';
    if (!(json ? kk_weblog_json(r->at.text, r->settings, r->scratch, r->kept, &r->event)
               : read_text(r, &whole))) {
        kk_log_lines_skip(lines, &r->at);
        return;
    }
    r->event.record = r->at.number;
    r->event.offset = r->at.offset;
    r->event.length = r->at.length;
    if (!whole) {
        r->event.flags |= KK_FLAG_DAMAGED;
        kk_report(sink, r->at.no_end ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED, r->at.offset,
                  "a line is cut short");
    }
    sink->event(sink, &r->event);
    if (kk_log_may_hold_form(r->at.text))
        kk_log_form_tell(sink, r->settings, r->scratch, r->at.text, r->at.number, r->at.offset);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading *r = KK_NEW(sink->arena, reading);
    kk_log_lines lines;
    kk_log_lines_open(&lines, in, settings, sink);
    *r = (reading){.settings = settings, .scratch = lines.scratch, .kept = sink->arena};
    while (kk_log_lines_next(&lines, &r->at))
        if (r->at.text.len)
            read_line(r, &lines, sink);
    kk_log_lines_close(&lines);
}

/* ---- probe ---- */

static kk_score probe(const kk_probe *about)
{
    kk_arena *arena = kk_arena_open();
    kk_settings settings = {.zone_basis = KK_BASIS_CASE, .modified = KK_NO_TIME};
    reading r = {.settings = &settings, .scratch = arena, .kept = arena};
    kk_slice rest = kk_log_head(arena, about->head, 16 * 1024);
    size_t seen = 0, ours = 0;
    while (seen < 30 && kk_log_head_line(&rest, &r.at.text)) {
        bool whole = true;
        while (r.at.text.len && r.at.text.ptr[0] == '\0')
            r.at.text = kk_from(r.at.text, 1);
        if (r.at.text.len == 0)
            continue;
        kk_event_clear(&r.event);
        seen++;
        if (r.at.text.ptr[0] == '{')
            ours += kk_weblog_json(r.at.text, &settings, arena, arena, &r.event);
        else
            ours += read_text(&r, &whole);
    }
    kk_arena_close(arena);
    if (ours == 0)
        return KK_NO;
    return ours * 2 >= seen ? KK_SURE : KK_MAYBE;
}

const kk_parser kk_parser_weblog = {
    .name = "weblog",
    .about = "access logs of Apache and nginx",
    .version = 2,
    .cut = KK_LINES,
    .numbers_lines = true,
    .priority = 90,
    .probe = probe,
    .parse = parse,
};
