/* JSON access logs. nginx has no fixed one: whoever wrote log_format chose the keys, but nearly
 * everyone names them after nginx's variables ($remote_addr, $body_bytes_sent), after the words of
 * Apache's JSON recipes, or after ECS; Caddy nests the request in an object. Nested objects are
 * flattened with dots. Keys that mean nothing here are carried along in their order.
 *
 * Without `escape=json` nginx writes \x22 into the strings, which no JSON reader takes: such a line
 * is repaired before it is read. */
#include "parse/weblog_json.h"

#include "base/json_read.h"
#include "parse/log_words.h"

typedef enum {
    CLIENT,
    CLIENT_PORT,
    USER,
    TIME,
    REQUEST,
    METHOD,
    URI,
    QUERY,
    VERSION,
    STATUS,
    BODY_BYTES,
    WIRE_OUT,
    WIRE_IN,
    SECONDS,
    REFERRER,
    AGENT,
    SERVER,
    SERVER_PORT,
    MEANINGS,
    NONE = MEANINGS
} meaning;

static const struct {
    const char *key;
    meaning meaning;
} keys[] = {
    {"remote_addr", CLIENT},
    {"remote_ip", CLIENT},
    {"client_ip", CLIENT},
    {"clientip", CLIENT},
    {"client", CLIENT},
    {"remoteip", CLIENT},
    {"remoteaddr", CLIENT},
    {"ip", CLIENT},
    {"client.ip", CLIENT},
    {"source.ip", CLIENT},
    {"source.address", CLIENT},
    {"host_ip", NONE},
    {"request.remote_ip", CLIENT},
    {"request.client_ip", NONE},
    {"remote_port", CLIENT_PORT},
    {"source.port", CLIENT_PORT},
    {"request.remote_port", CLIENT_PORT},
    {"remote_user", USER},
    {"user", USER},
    {"auth", NONE},
    {"user.name", USER},
    {"user_id", USER},
    {"time_iso8601", TIME},
    {"time_local", TIME},
    {"timestamp", TIME},
    {"@timestamp", TIME},
    {"time", TIME},
    {"datetime", TIME},
    {"date", TIME},
    {"msec", TIME},
    {"ts", TIME},
    {"request", REQUEST},
    {"request_line", REQUEST},
    {"method", METHOD},
    {"request_method", METHOD},
    {"http_method", METHOD},
    {"http.request.method", METHOD},
    {"request.method", METHOD},
    {"verb", METHOD},
    {"request_uri", URI},
    {"uri", URI},
    {"url", URI},
    {"path", URI},
    {"request_url", URI},
    {"url.original", URI},
    {"url.path", URI},
    {"request.uri", URI},
    {"args", QUERY},
    {"query", QUERY},
    {"query_string", QUERY},
    {"url.query", QUERY},
    {"server_protocol", VERSION},
    {"protocol", VERSION},
    {"http.version", VERSION},
    {"request.proto", VERSION},
    {"status", STATUS},
    {"status_code", STATUS},
    {"response_status", STATUS},
    {"response", STATUS},
    {"http.response.status_code", STATUS},
    {"body_bytes_sent", BODY_BYTES},
    {"body_bytes", BODY_BYTES},
    {"http.response.body.bytes", BODY_BYTES},
    {"size", BODY_BYTES},
    {"bytes", BODY_BYTES},
    {"bytes_sent", WIRE_OUT},
    {"http.response.bytes", WIRE_OUT},
    {"request_length", WIRE_IN},
    {"http.request.bytes", WIRE_IN},
    {"request_time", SECONDS},
    {"duration", SECONDS},
    {"http_referer", REFERRER},
    {"http_referrer", REFERRER},
    {"referer", REFERRER},
    {"referrer", REFERRER},
    {"http.request.referrer", REFERRER},
    {"request.headers.Referer", REFERRER},
    {"http_user_agent", AGENT},
    {"user_agent", AGENT},
    {"useragent", AGENT},
    {"agent", AGENT},
    {"userAgent", AGENT},
    {"user_agent.original", AGENT},
    {"request.headers.User-Agent", AGENT},
    {"http_host", SERVER},
    {"host", SERVER},
    {"vhost", SERVER},
    {"server_name", SERVER},
    {"virtual_host", SERVER},
    {"url.domain", SERVER},
    {"request.host", SERVER},
    {"server_port", SERVER_PORT},
    {"url.port", SERVER_PORT},
};

typedef struct {
    kk_slice value[MEANINGS];
    kk_event *event;
    kk_arena *scratch, *kept;
    size_t count;
} object;

enum { MEMBERS = 300, DEPTH = 6 };

static meaning meaning_of(kk_slice key)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (kk_is(key, keys[i].key))
            return keys[i].meaning;
    return NONE;
}

static void gather(object *o, const kk_json_value *of, kk_slice prefix, int depth)
{
    for (const kk_json_value *v = of->first; v && o->count < MEMBERS; v = v->next) {
        kk_slice key = of->kind == KK_JSON_ARRAY ? prefix : v->key;
        if (of->kind != KK_JSON_ARRAY && prefix.len)
            key = kk_print(o->scratch, "%.*s.%.*s", KK_P(prefix), KK_P(v->key));
        if (v->kind == KK_JSON_OBJECT || v->kind == KK_JSON_ARRAY) {
            if (depth < DEPTH)
                gather(o, v, key, depth + 1);
            continue;
        }
        if (v->kind == KK_JSON_NULL)
            continue;
        kk_slice value = v->kind == KK_JSON_TRUE    ? KK_S("true")
                         : v->kind == KK_JSON_FALSE ? KK_S("false")
                                                    : v->text;
        meaning m = meaning_of(key);
        o->count++;
        if (m != NONE && o->value[m].len == 0 && value.len && !kk_is(value, "-"))
            o->value[m] = value;
        else
            kk_event_more(o->event, o->kept, key, value);
    }
}

/* \xHH of nginx's default escaping becomes \u00HH; bytes above 7f are put back as they were. */
static kk_slice repair(kk_arena *arena, kk_slice text)
{
    char *out = kk_take(arena, text.len * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t byte;
        if (text.ptr[i] != '\\' || i + 1 >= text.len) {
            out[n++] = text.ptr[i];
        } else if (text.ptr[i + 1] == 'x' && kk_hex_to_u64(kk_part(text, i + 2, 2), &byte) &&
                   i + 3 < text.len) {
            static const char digits[] = "0123456789abcdef";
            if (byte >= 0x80) {
                out[n++] = (char)byte;
            } else {
                memcpy(out + n, "\\u00", 4);
                out[n + 4] = digits[byte >> 4];
                out[n + 5] = digits[byte & 15];
                n += 6;
            }
            i += 3;
        } else {
            out[n++] = text.ptr[i++];
            out[n++] = text.ptr[i];
        }
    }
    return kk_utf8_clean(arena, (kk_slice){out, n});
}

/* An epoch with a fraction (msec, ts), an epoch in whole units, or a written time. */
static bool set_time(object *o, kk_slice text, const kk_settings *settings)
{
    uint64_t ns;
    kk_time time;
    kk_precision precision;
    size_t dot = kk_find_byte(text, '.');
    if (kk_log_epoch(text, &time, &precision)) {
        o->event->time = time;
        o->event->basis = KK_BASIS_UTC;
        o->event->precision = precision;
        return true;
    }
    if (dot == 10 && kk_log_epoch(kk_part(text, 0, 10), &time, &precision)) {
        kk_slice fraction = kk_part(kk_from(text, 11), 0, 9);
        uint64_t value;
        size_t digits;
        if (!kk_log_digits(fraction, &value, &digits) || digits != fraction.len)
            return false;
        for (ns = value; digits < 9; digits++)
            ns *= 10;
        o->event->time = time + (kk_time)ns;
        o->event->basis = KK_BASIS_UTC;
        o->event->precision = fraction.len > 3 ? KK_EXACT_US : KK_EXACT_MS;
        return true;
    }
    return kk_weblog_time(o->event, text, settings);
}

static void set_number(object *o, meaning m, kk_number_field field, uint64_t most)
{
    uint64_t value;
    size_t taken;
    kk_slice text = o->value[m];
    if (text.len && kk_log_digits(text, &value, &taken) && taken == text.len && value <= most)
        kk_set_number(o->event, field, value);
}

static void set_url(object *o)
{
    kk_slice uri = o->value[URI], query = o->value[QUERY];
    if (o->value[REQUEST].len)
        kk_weblog_request(o->event, o->value[REQUEST], o->scratch, o->kept);
    else if (o->value[METHOD].len)
        kk_weblog_method(o->event, o->value[METHOD], o->scratch, o->kept);
    if (uri.len && o->event->text[KK_URL].len == 0) {
        if (query.len && kk_find_byte(uri, '?') == KK_NOWHERE)
            uri = kk_print(o->scratch, "%.*s%s%.*s", KK_P(uri), query.ptr[0] == '?' ? "" : "?",
                           KK_P(query));
        o->event->text[KK_URL] = uri;
    }
    kk_slice version = o->value[VERSION];
    if (version.len && o->value[REQUEST].len == 0)
        kk_event_more(o->event, o->kept, KK_S("http.version"),
                      kk_starts(version, KK_S("HTTP/")) ? kk_from(version, 5) : version);
}

static void set_ends(object *o)
{
    kk_slice client = o->value[CLIENT], server = o->value[SERVER];
    size_t comma = kk_find_byte(client, ',');
    if (comma != KK_NOWHERE) {
        kk_event_more(o->event, o->kept, KK_S("http.request.x_forwarded_for"), client);
        client = kk_trim(kk_part(client, 0, comma));
    }
    if (kk_log_is_ip(client))
        o->event->text[KK_SOURCE_IP] = client;
    else
        o->event->text[KK_SOURCE_HOST] = client;
    set_number(o, CLIENT_PORT, KK_SOURCE_PORT, 65535);
    set_number(o, SERVER_PORT, KK_DESTINATION_PORT, 65535);
    size_t colon = kk_rfind_byte(server, ':');
    if (colon != KK_NOWHERE && colon > 0 && !kk_log_is_ip(server))
        server = kk_part(server, 0, colon);
    o->event->text[KK_DESTINATION_HOST] = server;
}

static void set_bytes(object *o)
{
    uint64_t ns;
    set_number(o, BODY_BYTES, KK_DESTINATION_BYTES, UINT64_MAX);
    if (o->value[WIRE_OUT].len) {
        if (!kk_has_number(o->event, KK_DESTINATION_BYTES))
            set_number(o, WIRE_OUT, KK_DESTINATION_BYTES, UINT64_MAX);
        kk_event_more(o->event, o->kept, KK_S("http.response.bytes"), o->value[WIRE_OUT]);
    }
    if (o->value[WIRE_IN].len) {
        set_number(o, WIRE_IN, KK_SOURCE_BYTES, UINT64_MAX);
        kk_event_more(o->event, o->kept, KK_S("http.request.bytes"), o->value[WIRE_IN]);
    }
    kk_slice seconds = o->value[SECONDS]; /* only a fraction says that it is seconds */
    if (kk_find_byte(seconds, '.') != KK_NOWHERE &&
        kk_weblog_seconds(kk_part(seconds, 0, kk_find_byte(seconds, '.') + 10), &ns))
        kk_set_number(o->event, KK_DURATION, ns);
    else if (seconds.len)
        kk_event_more(o->event, o->kept, KK_S("request_time"), seconds);
}

bool kk_weblog_json(kk_slice text, const kk_settings *settings, kk_arena *scratch, kk_arena *kept,
                    kk_event *event)
{
    const kk_json_value *root = kk_json_read(scratch, text);
    if (!root && kk_has(text, KK_S("\\x")))
        root = kk_json_read(scratch, repair(scratch, text));
    if (!root || root->kind != KK_JSON_OBJECT)
        return false;
    object o = {.event = event, .scratch = scratch, .kept = kept};
    gather(&o, root, KK_NONE, 0);
    bool asked = o.value[REQUEST].len || o.value[URI].len;
    if (!asked || o.value[STATUS].len == 0 || !(o.value[CLIENT].len || o.value[SERVER].len))
        return false;
    if (o.value[TIME].len == 0 || !set_time(&o, o.value[TIME], settings))
        event->time = KK_NO_TIME;
    kk_weblog_status(event, o.value[STATUS]);
    set_ends(&o);
    event->text[KK_USER_NAME] = o.value[USER];
    event->text[KK_USER_AGENT] = o.value[AGENT];
    set_url(&o);
    set_bytes(&o);
    if (o.value[REFERRER].len)
        kk_event_more(event, kept, KK_S("http.request.referrer"), o.value[REFERRER]);
    return true;
}
