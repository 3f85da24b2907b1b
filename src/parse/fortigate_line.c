/* The wordings of a FortiGate line.
 *
 *   <189>date=2026-07-03 time=02:14:09 devname="FGT" ... msg="a \"b\" c"     key=value
 *   Jul  3 02:14:09 fw01 date=2026-07-03 time=02:14:09 ...                   the same behind a
 * relay date=2026-07-03,time=02:14:09,devname="FGT",...                          syslog format csv
 *   "itime=1783012449","date=2026-07-03","devname=FGT",...                   export, field in
 * quotes date,time,devname,... and rows of values                                 export with a
 * header row Jul  3 02:14:09 FGT CEF:0|Fortinet|Fortigate|v7.0.5|00013|traffic:forward close|3|k=v
 * k=v
 *   {"date":"2026-07-03","time":"02:14:09",...}                              syslog format json
 *
 * Old firmware leaves values unquoted, and some relays drop the quotes: then a blank does not end a
 * value; the next `key=` does. Quotes inside quotes come escaped or not: the closing quote is the
 * one that the end of the line or another `key=` follows. CEF has no quotes; its values end at the
 * next ` key=` too, and the keys of the firmware carry a prefix (FTNTFGT, FortinetFortiGate, ad.).
 */
#include "parse/fortigate_line.h"

#include "base/json_read.h"
#include "parse/log_words.h"

typedef struct {
    kk_slice name;
    kk_forti_key key;
} word;
#define WORD(text, key)                                                                            \
    {                                                                                              \
        {(text), sizeof(text) - 1}, key                                                            \
    }

static const word words[] = {
    WORD("date", KK_FORTI_DATE),
    WORD("time", KK_FORTI_TIME),
    WORD("tz", KK_FORTI_TZ),
    WORD("timezone", KK_FORTI_TZ),
    WORD("eventtime", KK_FORTI_EVENTTIME),
    WORD("itime", KK_FORTI_ITIME),
    WORD("timestamp", KK_FORTI_ITIME),
    WORD("start", KK_FORTI_START),
    WORD("rt", KK_FORTI_START),
    WORD("devname", KK_FORTI_DEVNAME),
    WORD("device_name", KK_FORTI_DEVNAME),
    WORD("devid", KK_FORTI_DEVID),
    WORD("device_id", KK_FORTI_DEVID),
    WORD("logid", KK_FORTI_LOGID),
    WORD("log_id", KK_FORTI_LOGID),
    WORD("type", KK_FORTI_TYPE),
    WORD("subtype", KK_FORTI_SUBTYPE),
    WORD("action", KK_FORTI_ACTION),
    WORD("status", KK_FORTI_STATUS),
    WORD("result", KK_FORTI_RESULT),
    WORD("user", KK_FORTI_USER),
    WORD("unauthuser", KK_FORTI_UNAUTHUSER),
    WORD("xauthuser", KK_FORTI_XAUTHUSER),
    WORD("xauth_user", KK_FORTI_XAUTHUSER),
    WORD("suser", KK_FORTI_SUSER),
    WORD("srcip", KK_FORTI_SRCIP),
    WORD("src", KK_FORTI_SRCIP),
    WORD("src_ip", KK_FORTI_SRCIP),
    WORD("srcport", KK_FORTI_SRCPORT),
    WORD("src_port", KK_FORTI_SRCPORT),
    WORD("srcname", KK_FORTI_SRCNAME),
    WORD("src_name", KK_FORTI_SRCNAME),
    WORD("dstip", KK_FORTI_DSTIP),
    WORD("dst", KK_FORTI_DSTIP),
    WORD("dst_ip", KK_FORTI_DSTIP),
    WORD("dstport", KK_FORTI_DSTPORT),
    WORD("dst_port", KK_FORTI_DSTPORT),
    WORD("dstname", KK_FORTI_DSTNAME),
    WORD("dst_name", KK_FORTI_DSTNAME),
    WORD("hostname", KK_FORTI_HOSTNAME),
    WORD("remip", KK_FORTI_REMIP),
    WORD("rem_ip", KK_FORTI_REMIP),
    WORD("remote_ip", KK_FORTI_REMIP),
    WORD("remport", KK_FORTI_REMPORT),
    WORD("rem_port", KK_FORTI_REMPORT),
    WORD("remote_port", KK_FORTI_REMPORT),
    WORD("locip", KK_FORTI_LOCIP),
    WORD("loc_ip", KK_FORTI_LOCIP),
    WORD("locport", KK_FORTI_LOCPORT),
    WORD("loc_port", KK_FORTI_LOCPORT),
    WORD("tunnelip", KK_FORTI_TUNNELIP),
    WORD("tunnel_ip", KK_FORTI_TUNNELIP),
    WORD("assignip", KK_FORTI_ASSIGNIP),
    WORD("assigned_ip", KK_FORTI_ASSIGNIP),
    WORD("tunnelid", KK_FORTI_TUNNELID),
    WORD("tunnel_id", KK_FORTI_TUNNELID),
    WORD("sessionid", KK_FORTI_SESSIONID),
    WORD("session_id", KK_FORTI_SESSIONID),
    WORD("serial", KK_FORTI_SESSIONID),
    WORD("sentbyte", KK_FORTI_SENTBYTE),
    WORD("sent", KK_FORTI_SENTBYTE),
    WORD("rcvdbyte", KK_FORTI_RCVDBYTE),
    WORD("rcvd", KK_FORTI_RCVDBYTE),
    WORD("duration", KK_FORTI_DURATION),
    WORD("url", KK_FORTI_URL),
    WORD("agent", KK_FORTI_AGENT),
    WORD("filename", KK_FORTI_FILENAME),
    WORD("file", KK_FORTI_FILENAME),
    WORD("filehash", KK_FORTI_FILEHASH),
    WORD("ui", KK_FORTI_UI),
    WORD("cfgpath", KK_FORTI_CFGPATH),
    WORD("logver", KK_FORTI_MARK),
    WORD("idseq", KK_FORTI_MARK),
    WORD("level", KK_FORTI_MARK),
    WORD("pri", KK_FORTI_MARK),
    WORD("vd", KK_FORTI_MARK),
    WORD("logdesc", KK_FORTI_MARK),
    WORD("policyid", KK_FORTI_MARK),
    WORD("service", KK_FORTI_MARK),
    WORD("srcintf", KK_FORTI_MARK),
    WORD("dstintf", KK_FORTI_MARK),
};
enum { WORDS = sizeof words / sizeof words[0] };

/* What CEF calls them; the name on the right is the firmware's. */
static const struct {
    const char *cef, *name;
} cef_words[] = {
    {"src", "srcip"},
    {"dst", "dstip"},
    {"spt", "srcport"},
    {"dpt", "dstport"},
    {"shost", "srcname"},
    {"dhost", "hostname"},
    {"duser", "user"},
    {"act", "action"},
    {"outcome", "status"},
    {"out", "sentbyte"},
    {"in", "rcvdbyte"},
    {"externalId", "sessionid"},
    {"deviceExternalId", "devid"},
    {"dvchost", "devname"},
    {"deviceInboundInterface", "srcintf"},
    {"deviceOutboundInterface", "dstintf"},
    {"sourceTranslatedAddress", "transip"},
    {"sourceTranslatedPort", "transport"},
    {"destinationTranslatedAddress", "tranip"},
    {"destinationTranslatedPort", "tranport"},
    {"app", "service"},
    {"sproc", "ui"},
    {"request", "url"},
    {"requestClientApplication", "agent"},
    {"requestContext", "catdesc"},
    {"fname", "filename"},
    {"fsize", "filesize"},
    {"sourceServiceName", "role"},
    {"requestCookies", "cookies"},
};
enum { CEF_WORDS = sizeof cef_words / sizeof cef_words[0] };

static const kk_slice cef_prefixes[] = {
    {"FTNTFGT", 7},
    {"FortinetFortiGate", 17},
    {"ad.", 3},
};

static unsigned spot(kk_slice name)
{
    unsigned first = (unsigned char)name.ptr[0], last = (unsigned char)name.ptr[name.len - 1];
    unsigned middle = (unsigned char)name.ptr[name.len / 2];
    return ((unsigned)name.len * 131 + first * 31 + middle * 17 + last * 7) % KK_FORTI_TABLE;
}

void kk_forti_open(kk_forti_line *line)
{
    memset(line->slot, 0, sizeof line->slot);
    for (size_t i = 0; i < WORDS; i++) {
        unsigned at = spot(words[i].name);
        while (line->slot[at])
            at = (at + 1) % KK_FORTI_TABLE;
        line->slot[at] = (uint8_t)(i + 1);
    }
    line->column_count = 0;
    for (size_t i = 0; i < KK_FORTI_FIELDS; i++)
        line->guess[i].len = 0;
}

static kk_forti_key key_of(const kk_forti_line *line, kk_slice name)
{
    if (name.len == 0)
        return KK_FORTI_OTHER;
    for (unsigned at = spot(name); line->slot[at]; at = (at + 1) % KK_FORTI_TABLE) {
        const word *w = &words[line->slot[at] - 1];
        if (kk_eq(w->name, name))
            return w->key;
    }
    return KK_FORTI_OTHER;
}

static void add(kk_forti_line *line, kk_forti_key key, kk_slice name, kk_slice value)
{
    if (line->count >= KK_FORTI_FIELDS) {
        line->too_many = true;
        return;
    }
    line->fields[line->count++] = (kk_forti_field){name, value, key};
    if (line->first[key] == 0)
        line->first[key] = (uint16_t)line->count;
}

kk_slice kk_forti_value(const kk_forti_line *line, kk_forti_key key)
{
    if (line->first[key] == 0)
        return KK_NONE;
    kk_slice value = line->fields[line->first[key] - 1].value;
    if (value.len == 3 && memcmp(value.ptr, "N/A", 3) == 0)
        return KK_NONE;
    if (value.len && value.ptr[0] == '(' && kk_is(value, "(null)"))
        return KK_NONE;
    return value;
}

/* Letters, digits, `_`, `.`, `-`: one bit a byte. */
static const uint64_t key_bytes[4] = {UINT64_C(0x03ff600000000000), UINT64_C(0x07fffffe87fffffe)};

static inline bool is_key_byte(char c)
{
    unsigned char u = (unsigned char)c;
    return key_bytes[u >> 6] >> (u & 63) & 1;
}

/* Length of the key when `name=` stands at `at`, else 0. */
static size_t key_at(kk_slice s, size_t at)
{
    size_t i = at, most = s.len < at + 64 ? s.len : at + 64;
    while (i < most && is_key_byte(s.ptr[i]))
        i++;
    return i < s.len && s.ptr[i] == '=' ? i - at : 0;
}

static size_t skip_gap(kk_slice s, size_t at)
{
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == ',' || s.ptr[at] == '\t'))
        at++;
    return at;
}

/* memcmp for short names, without the call. */
static inline bool is_name(const char *guess, const char *p, size_t len)
{
    if (len >= 8) {
        uint64_t a, b, c, d;
        memcpy(&a, guess, 8);
        memcpy(&b, p, 8);
        memcpy(&c, guess + len - 8, 8);
        memcpy(&d, p + len - 8, 8);
        return a == b && c == d && (len <= 16 || memcmp(guess, p, len) == 0);
    }
    if (len >= 4) {
        uint32_t a, b, c, d;
        memcpy(&a, guess, 4);
        memcpy(&b, p, 4);
        memcpy(&c, guess + len - 4, 4);
        memcpy(&d, p + len - 4, 4);
        return a == b && c == d;
    }
    return len == 0 ||
           (guess[0] == p[0] && guess[len - 1] == p[len - 1] && guess[len / 2] == p[len / 2]);
}

/* The same for the field of this number: first as in the line before. */
static inline size_t guessed_key_at(const kk_forti_line *line, size_t number, kk_slice s, size_t at)
{
    if (number < KK_FORTI_FIELDS) {
        size_t len = line->guess[number].len;
        if (len && at + len < s.len && s.ptr[at + len] == '=' &&
            is_name(line->guess[number].name, s.ptr + at, len))
            return len;
    }
    return key_at(s, at);
}

static kk_forti_key guessed_key_of(kk_forti_line *line, kk_slice name)
{
    size_t number = line->count;
    if (number >= KK_FORTI_FIELDS)
        return KK_FORTI_OTHER;
    if (line->guess[number].len == name.len &&
        is_name(line->guess[number].name, name.ptr, name.len))
        return line->guess[number].key;
    kk_forti_key key = key_of(line, name);
    line->guess[number].len = 0;
    if (name.len <= sizeof line->guess[number].name) {
        memcpy(line->guess[number].name, name.ptr, name.len);
        line->guess[number].len = (uint8_t)name.len;
        line->guess[number].key = key;
    }
    return key;
}

/* The end of the line, or another pair, begins behind `at`; a closing bracket of RFC 5424 counts.
 * Where the pair's key is, is remembered: the next field begins there. */
static bool pair_follows(kk_forti_line *line, kk_slice s, size_t at)
{
    size_t next = skip_gap(s, at);
    if (next >= s.len || (s.ptr[next] == ']' && next + 2 > s.len))
        return true;
    if (s.ptr[next] == '"')
        next++;
    line->ahead_at = next;
    line->ahead_len = guessed_key_at(line, line->count + 1, s, next);
    return line->ahead_len > 0;
}

/* Behind \" at `at` comes a pair whose own value is whole: then the backslash was data (C:\dir\")
 * and the quote closes. In "set \"x\" srcaddr=all" the value that follows holds the true closing
 * quote. */
static bool clean_pair_follows(kk_slice s, size_t at)
{
    size_t next = skip_gap(s, at);
    if (next >= s.len)
        return true;
    size_t key = next == at ? 0 : key_at(s, next);
    if (key == 0)
        return false;
    size_t i = next + key + 1;
    if (i < s.len && s.ptr[i] == '"')
        return true;
    while (i < s.len && s.ptr[i] != ' ' && s.ptr[i] != ',' && s.ptr[i] != '"')
        i++;
    return i >= s.len || s.ptr[i] != '"';
}

/* Where the quote that closes a value is; s.len when there is none. `from` is behind the opening.
 */
static size_t closing_quote(kk_forti_line *line, kk_slice s, size_t from, bool *escaped)
{
    size_t plain = s.len;
    *escaped = false;
    for (size_t i = from; i < s.len; i++) {
        const char *quote = memchr(s.ptr + i, '"', s.len - i);
        if (!quote)
            break;
        i = (size_t)(quote - s.ptr);
        size_t slashes = 0;
        while (i > from + slashes && s.ptr[i - 1 - slashes] == '\\')
            slashes++;
        if (slashes % 2 == 1) {
            if (clean_pair_follows(s, i + 1))
                return i;
            *escaped = true;
            continue;
        }
        if (pair_follows(line, s, i + 1))
            return i;
        if (plain == s.len && (s.ptr[i + 1] == ' ' || s.ptr[i + 1] == ','))
            plain = i;
    }
    return plain;
}

/* \" is a quote. \\ is a backslash only when all backslashes of the value come in pairs: firmware
 * that does not escape them writes \\server\share and DOMAIN\user as they are. */
static kk_slice unescape(kk_arena *arena, kk_slice value)
{
    bool paired = true;
    for (size_t i = 0; i < value.len && paired; i++) {
        if (value.ptr[i] != '\\')
            continue;
        paired = i + 1 < value.len && (value.ptr[i + 1] == '\\' || value.ptr[i + 1] == '"');
        i++;
    }
    char *out = kk_take(arena, value.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        bool pair = value.ptr[i] == '\\' && i + 1 < value.len &&
                    (value.ptr[i + 1] == '"' || (paired && value.ptr[i + 1] == '\\'));
        out[n++] = value.ptr[i += pair];
    }
    return (kk_slice){out, n};
}

static kk_slice quoted_value(kk_forti_line *line, kk_slice s, size_t *at, kk_arena *arena)
{
    bool escaped;
    size_t from = *at + 1;
    size_t end = closing_quote(line, s, from, &escaped);
    kk_slice value = kk_part(s, from, end - from);
    line->open_quote = end >= s.len;
    line->bare_last = false;
    *at = end < s.len ? end + 1 : s.len;
    if (value.len && memchr(value.ptr, '\\', value.len))
        value = unescape(arena, value);
    return value;
}

static bool is_number_or_ip(kk_slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((value.ptr[i] < '0' || value.ptr[i] > '9') && value.ptr[i] != '.' &&
            value.ptr[i] != ':' && value.ptr[i] != '-')
            return false;
    return true;
}

/* Without quotes a value ends at the separator that a pair, or nothing, follows. */
static kk_slice bare_value(kk_forti_line *line, kk_slice s, size_t *at, char separator)
{
    size_t from = *at, i = from;
    line->bare_last = true;
    for (;;) {
        while (i < s.len && s.ptr[i] != separator)
            i++;
        if (i >= s.len || pair_follows(line, s, i) || is_number_or_ip(kk_part(s, from, i - from)))
            break;
        i = skip_gap(s, i);
    }
    *at = i;
    kk_slice value = kk_part(s, from, i - from);
    if (i >= s.len && value.len && value.ptr[value.len - 1] == ']')
        value.len--; /* of RFC 5424 structured data */
    return value;
}

/* "key=value": the whole field in quotes, quotes inside doubled. */
static void add_wrapped(kk_forti_line *line, kk_slice s, size_t *at, size_t key_len,
                        kk_arena *arena)
{
    size_t from = *at + 1, i = from + key_len + 1;
    bool doubled = false;
    while (i < s.len) {
        if (s.ptr[i] == '"' && i + 1 < s.len && s.ptr[i + 1] == '"') {
            doubled = true;
            i += 2;
        } else if (s.ptr[i] == '"') {
            break;
        } else {
            i++;
        }
    }
    kk_slice name = kk_part(s, from, key_len);
    kk_slice value = kk_part(s, from + key_len + 1, i - from - key_len - 1);
    line->open_quote = i >= s.len;
    line->bare_last = false;
    if (doubled) {
        char *out = kk_take(arena, value.len + 1);
        size_t n = 0;
        for (size_t k = 0; k < value.len; k++) {
            out[n++] = value.ptr[k];
            k += value.ptr[k] == '"';
        }
        value = (kk_slice){out, n};
        if (n >= 2 && out[0] == '"' && out[n - 1] == '"')
            value = kk_part(value, 1, n - 2);
    }
    add(line, line->open_quote ? KK_FORTI_OTHER : key_of(line, name), name, value);
    *at = i < s.len ? i + 1 : s.len;
}

static void read_pairs(kk_forti_line *line, kk_slice s, kk_arena *arena)
{
    size_t at = 0;
    char separator = ' ';
    line->ahead_at = KK_NOWHERE;
    while ((at = skip_gap(s, at)) < s.len) {
        size_t key_len;
        if (s.ptr[at] == '"' && (key_len = key_at(s, at + 1)) > 0) {
            add_wrapped(line, s, &at, key_len, arena);
            continue;
        }
        key_len = line->ahead_at == at ? line->ahead_len : key_at(s, at);
        if (key_len == 0) { /* a stray word */
            line->loose_end = true;
            while (at < s.len && s.ptr[at] != ' ' && s.ptr[at] != ',')
                at++;
            continue;
        }
        kk_slice name = kk_part(s, at, key_len);
        at += key_len + 1;
        line->loose_end = false;
        if (line->count == 0) { /* the first value tells how fields are parted */
            size_t end = at;
            while (end < s.len && s.ptr[end] != ' ' && s.ptr[end] != ',')
                end++;
            if (end < s.len && s.ptr[end] == ',' && pair_follows(line, s, end))
                separator = ',';
        }
        bool quote = at < s.len && s.ptr[at] == '"';
        kk_slice value =
            quote ? quoted_value(line, s, &at, arena) : bare_value(line, s, &at, separator);
        add(line, line->open_quote ? KK_FORTI_OTHER : guessed_key_of(line, name), name, value);
    }
}

/* ---- CEF ---- */

static kk_slice cef_name(kk_slice name)
{
    for (size_t i = 0; i < sizeof cef_prefixes / sizeof cef_prefixes[0]; i++)
        if (kk_starts(name, cef_prefixes[i]))
            return kk_from(name, cef_prefixes[i].len);
    for (size_t i = 0; i < CEF_WORDS; i++)
        if (kk_is(name, cef_words[i].cef))
            return kk_cstr(cef_words[i].name);
    return name;
}

static kk_slice cef_value(kk_arena *arena, kk_slice value)
{
    if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
        value = kk_part(value, 1, value.len - 2);
    if (!value.len || !memchr(value.ptr, '\\', value.len))
        return value;
    char *out = kk_take(arena, value.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i], next = i + 1 < value.len ? value.ptr[i + 1] : '\0';
        if (c == '\\' && (next == '\\' || next == '=' || next == '|' || next == '/' || next == '"'))
            out[n++] = next, i++;
        else if (c == '\\' && (next == 'n' || next == 'r'))
            out[n++] = next == 'n' ? '\n' : '\r', i++;
        else
            out[n++] = c;
    }
    return (kk_slice){out, n};
}

static void add_cef(kk_forti_line *line, kk_slice raw, kk_slice value)
{
    kk_slice name = cef_name(raw);
    if (kk_is(raw, "cat")) { /* "traffic:forward"; a number is a category of web pages */
        size_t colon = kk_find_byte(value, ':');
        if (colon != KK_NOWHERE) {
            add(line, KK_FORTI_TYPE, KK_S("type"), kk_part(value, 0, colon));
            if (line->first[KK_FORTI_SUBTYPE] == 0)
                add(line, KK_FORTI_SUBTYPE, KK_S("subtype"), kk_from(value, colon + 1));
            return;
        }
    }
    kk_forti_key key = key_of(line, name);
    if (key == KK_FORTI_SUBTYPE && line->first[KK_FORTI_SUBTYPE])
        return; /* said by cat */
    add(line, key, name, value);
}

/* key=value key=value: a value ends at the blank before the next key. */
static void read_extension(kk_forti_line *line, kk_slice s, kk_arena *arena)
{
    size_t at = skip_gap(s, 0);
    while (at < s.len) {
        size_t key_len = key_at(s, at);
        if (key_len == 0) {
            line->loose_end = true;
            return;
        }
        size_t from = at + key_len + 1, end = from;
        while (end < s.len && !(s.ptr[end] == ' ' && key_at(s, end + 1) > 0))
            end++;
        kk_slice value = kk_trim(kk_part(s, from, end - from));
        add_cef(line, kk_part(s, at, key_len), cef_value(arena, value));
        at = end + 1;
    }
    line->bare_last = true;
}

static bool read_cef(kk_forti_line *line, kk_slice body, kk_arena *arena)
{
    kk_slice part[7],
        rest = kk_from(body, 4); /* version, vendor, product, version, id, name, severity */
    for (size_t i = 0; i < 7; i++) {
        size_t bar = kk_find_byte(rest, '|');
        if (bar == KK_NOWHERE)
            return false;
        part[i] = kk_part(rest, 0, bar);
        rest = kk_from(rest, bar + 1);
    }
    if (!kk_eq_nocase(part[1], KK_S("Fortinet")) ||
        !kk_eq_nocase(kk_part(part[2], 0, 5), KK_S("Forti")))
        return false;
    line->cef = true;
    read_extension(line, rest, arena);
    if (line->first[KK_FORTI_LOGID] == 0)
        add(line, KK_FORTI_LOGID, KK_S("logid"), part[4]);
    size_t colon = kk_find_byte(part[5], ':'), blank = kk_find_byte(part[5], ' ');
    if (line->first[KK_FORTI_TYPE] == 0 && colon != KK_NOWHERE && colon < blank) {
        add(line, KK_FORTI_TYPE, KK_S("type"), kk_part(part[5], 0, colon));
        if (line->first[KK_FORTI_SUBTYPE] == 0)
            add(line, KK_FORTI_SUBTYPE, KK_S("subtype"),
                kk_part(part[5], colon + 1, blank - colon - 1));
    }
    add(line, KK_FORTI_OTHER, KK_S("cef.name"), part[5]);
    add(line, KK_FORTI_OTHER, KK_S("cef.severity"), part[6]);
    return true;
}

/* ---- JSON ---- */

static bool read_json(kk_forti_line *line, kk_slice body, kk_arena *arena)
{
    const kk_json_value *object = kk_json_read(arena, body);
    if (!object || object->kind != KK_JSON_OBJECT)
        return false;
    kk_slice inner = kk_json_member(object, "message"); /* wrapped by a shipper */
    if (inner.len == 0)
        inner = kk_json_member(object, "_raw");
    if (inner.len && (kk_has(inner, KK_S("logid=")) || kk_has(inner, KK_S("|Fortinet|"))) &&
        inner.ptr[0] != '{')
        return kk_forti_read(line, inner, arena);
    for (const kk_json_value *member = object->first; member; member = member->next)
        if (member->kind == KK_JSON_TEXT || member->kind == KK_JSON_NUMBER)
            add(line, key_of(line, member->key), member->key, member->text);
    return true;
}

/* ---- export with a header row ---- */

bool kk_forti_header(kk_forti_line *line, kk_slice first_line, kk_arena *arena)
{
    bool tabs = kk_find_byte(first_line, '\t') != KK_NOWHERE;
    bool seen[KK_FORTI_KEYS] = {false};
    size_t at = 0, n = 0;
    kk_slice cell;
    line->column_separator = tabs ? '\t' : ',';
    if (first_line.len > 8192 || kk_find_byte(first_line, '=') != KK_NOWHERE)
        return false;
    while (n < KK_FORTI_COLUMNS &&
           kk_log_cell(arena, first_line, &at, line->column_separator, true, &cell)) {
        line->column_names[n] = kk_copy(arena, kk_trim(cell));
        line->columns[n] = key_of(line, line->column_names[n]);
        seen[line->columns[n]] = true;
        n++;
    }
    bool forti = seen[KK_FORTI_LOGID] || (seen[KK_FORTI_DEVID] && seen[KK_FORTI_SUBTYPE]);
    bool dated = seen[KK_FORTI_DATE] || seen[KK_FORTI_EVENTTIME] || seen[KK_FORTI_ITIME];
    bool useful = seen[KK_FORTI_TYPE] || seen[KK_FORTI_SUBTYPE] || seen[KK_FORTI_ACTION];
    line->column_count = forti && dated && useful ? n : 0;
    return line->column_count > 0;
}

static bool read_row(kk_forti_line *line, kk_slice text, kk_arena *arena)
{
    size_t at = 0, n = 0;
    kk_slice cell;
    while (n < line->column_count &&
           kk_log_cell(arena, text, &at, line->column_separator, true, &cell)) {
        if (cell.len)
            add(line, line->columns[n], line->column_names[n], cell);
        n++;
    }
    line->open_quote = n < line->column_count; /* cut short */
    if (n != line->column_count && line->count > 0)
        line->fields[line->count - 1].key = KK_FORTI_OTHER;
    return n > 2 && line->count > 1;
}

/* ---- any ---- */

static size_t after_priority(kk_slice s)
{
    if (s.len == 0 || s.ptr[0] != '<')
        return 0;
    size_t i = 1;
    while (i < s.len && i < 5 && s.ptr[i] >= '0' && s.ptr[i] <= '9')
        i++;
    return i > 1 && i < s.len && s.ptr[i] == '>' ? i + 1 : 0;
}

/* Where the device's own words begin: at the first word that is a pair with a known key, at CEF:,
 * or at a brace. What is before it came from a relay. */
static size_t body_at(const kk_forti_line *line, kk_slice s, size_t from)
{
    size_t at = from;
    while (at < s.len && at < from + 400) {
        size_t word_at = at + (s.ptr[at] == '"' || s.ptr[at] == '[');
        size_t key_len = key_at(s, word_at);
        if (key_len && key_of(line, kk_part(s, word_at, key_len)) != KK_FORTI_OTHER)
            return s.ptr[at] == '[' ? word_at : at;
        if (kk_starts(kk_from(s, at), KK_S("CEF:")) || s.ptr[at] == '{')
            return at;
        while (at < s.len && s.ptr[at] != ' ' && s.ptr[at] != ',')
            at++;
        at = skip_gap(s, at);
    }
    return KK_NOWHERE;
}

bool kk_forti_read(kk_forti_line *line, kk_slice text, kk_arena *arena)
{
    line->count = 0;
    memset(line->first, 0, sizeof line->first);
    line->relay = KK_NONE;
    line->cef = line->open_quote = line->loose_end = line->bare_last = line->too_many = false;
    if (line->column_count)
        return read_row(line, text, arena);
    size_t from = after_priority(text);
    size_t at = body_at(line, text, from);
    if (at == KK_NOWHERE)
        return false;
    line->relay = kk_trim(kk_part(text, from, at - from));
    kk_slice body = kk_from(text, at);
    if (body.ptr[0] == '{')
        return read_json(line, kk_trim(body), arena);
    if (kk_starts(body, KK_S("CEF:")))
        return read_cef(line, body, arena);
    read_pairs(line, body, arena);
    return line->count > 1;
}
