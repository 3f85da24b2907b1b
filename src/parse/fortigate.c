/* FortiGate traffic, event and security logs: what the fields of a line mean.
 *
 * Time: `eventtime` counts seconds, ms, us or ns since 1970 (its number of digits says which) and
 * is UTC; else `date` and `time` are the box's wall clock, with `tz` ("+0900", "UTC+9") or without.
 * What a FortiAnalyzer adds (`itime`, `timestamp`) is an epoch in some versions and the wall clock
 * coded as one in others, so it only stands in where nothing else does, as does the relay's own
 * stamp.
 *
 * Bytes: in traffic logs sentbyte is what the initiator sent, and the initiator is the source. In
 * the statistics of a VPN tunnel it is what the box sent, and there the source is the client
 * (remip), so the two change places; the fields as logged stay in `more`. Counters of an interim
 * log (message 000020) and of tunnel-stats say how much since the session began, not since the last
 * line: they carry "interim" = "cumulative", and whoever sums takes the largest, not the sum. */
#include "parse/fortigate_line.h"
#include "parse/log_words.h"

typedef enum { TRAFFIC, VPN, EVENT, UTM } family;

typedef struct {
    kk_forti_line line;
    kk_event event;
    kk_log_line at;
    family family;
    kk_arena *scratch; /* of the line */
    kk_arena *kept;    /* of the item: only the event's list of fields grows in it */
    const kk_settings *settings;
    kk_sink *sink;
} reading;

/* ---- which kind ---- */

static bool is_vpn(kk_slice subtype)
{
    return kk_is(subtype, "vpn") || kk_starts(subtype, KK_S("sslvpn")) ||
           kk_starts(subtype, KK_S("ssl-vpn")) || kk_starts(subtype, KK_S("ipsec"));
}

/* By type and subtype; without them by the first digits of the log id. */
static family family_of(const kk_forti_line *line)
{
    static const char *const utm[] = {
        "utm",         "virus", "webfilter",   "ips",           "attack",  "anomaly",
        "emailfilter", "spam",  "dlp",         "app-ctrl",      "content", "contentlog",
        "voip",        "dns",   "ssh",         "ssl",           "waf",     "cifs",
        "icap",        "gtp",   "file-filter", "virtual-patch", NULL};
    kk_slice type = kk_forti_value(line, KK_FORTI_TYPE);
    kk_slice subtype = kk_forti_value(line, KK_FORTI_SUBTYPE);
    kk_slice id = kk_forti_value(line, KK_FORTI_LOGID);
    if (kk_is(type, "traffic"))
        return TRAFFIC;
    if (kk_is(type, "event"))
        return is_vpn(subtype) || kk_starts(id, KK_S("0101")) ? VPN : EVENT;
    if (type.len)
        return kk_is_any(type, utm) ? UTM : EVENT;
    if (id.len != 10)
        return is_vpn(subtype) ? VPN : EVENT;
    if (kk_starts(id, KK_S("0101")))
        return VPN;
    if (kk_starts(id, KK_S("00")))
        return TRAFFIC;
    return kk_starts(id, KK_S("01")) ? EVENT : UTM;
}

static bool has(const kk_forti_line *line, kk_forti_key key)
{
    return line->first[key] != 0;
}

/* Enough of a FortiGate line to be one, and not just any text with an equals sign. */
static bool is_ours(const kk_forti_line *line)
{
    bool kind = has(line, KK_FORTI_TYPE) + has(line, KK_FORTI_SUBTYPE) + has(line, KK_FORTI_LOGID) +
                    has(line, KK_FORTI_DEVID) >=
                2;
    return line->cef || kind;
}

/* ---- taking fields ---- */

/* The field's value, which then is not carried along in `more` any longer. */
static kk_slice take(kk_forti_line *line, kk_forti_key key)
{
    kk_slice value = kk_forti_value(line, key);
    if (value.len)
        line->fields[line->first[key] - 1].name.len = 0;
    return value;
}

static void take_text(reading *r, kk_forti_key key, kk_text_field field)
{
    kk_slice value = take(&r->line, key);
    if (value.len)
        r->event.text[field] = value;
}

/* An address goes into a column only if it is one; 0.0.0.0 means none in tunnel logs. */
static void take_ip(reading *r, kk_forti_key key, kk_text_field field)
{
    kk_slice value = kk_forti_value(&r->line, key);
    if (value.len && kk_log_is_ip(value) && !kk_is(value, "0.0.0.0"))
        r->event.text[field] = take(&r->line, key);
}

static bool number_of(const kk_forti_line *line, kk_forti_key key, uint64_t *number)
{
    size_t taken;
    kk_slice value = kk_forti_value(line, key);
    return value.len && kk_log_digits(value, number, &taken) && taken == value.len;
}

static void take_number(reading *r, kk_forti_key key, kk_number_field field, uint64_t most)
{
    uint64_t number;
    if (number_of(&r->line, key, &number) && number <= most) {
        kk_set_number(&r->event, field, number);
        (void)take(&r->line, key);
    }
}

/* 0 is what the box writes where there is no session yet. */
static void take_session(reading *r, kk_forti_key key)
{
    if (!kk_is(kk_forti_value(&r->line, key), "0"))
        take_text(r, key, KK_SESSION_ID);
}

static void take_duration(reading *r)
{
    uint64_t seconds;
    if (number_of(&r->line, KK_FORTI_DURATION, &seconds) && seconds < UINT64_MAX / KK_SECOND) {
        kk_set_number(&r->event, KK_DURATION, seconds * KK_SECOND);
        (void)take(&r->line, KK_FORTI_DURATION);
    }
}

/* DOMAIN\user in two columns; user@domain stays whole, it may be a mail address. */
static void set_user(reading *r, kk_slice user)
{
    size_t slash = kk_find_byte(user, '\\');
    if (slash != KK_NOWHERE && slash > 0 && slash + 1 < user.len &&
        kk_find_byte(kk_from(user, slash + 1), '\\') == KK_NOWHERE) {
        r->event.text[KK_USER_DOMAIN] = kk_part(user, 0, slash);
        user = kk_from(user, slash + 1);
    }
    r->event.text[KK_USER_NAME] = user;
}

static void take_user(reading *r)
{
    static const kk_forti_key keys[] = {KK_FORTI_USER, KK_FORTI_XAUTHUSER, KK_FORTI_UNAUTHUSER,
                                        KK_FORTI_SUSER};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (kk_forti_value(&r->line, keys[i]).len) {
            set_user(r, take(&r->line, keys[i]));
            return;
        }
}

/* ---- time ---- */

static void set_time(reading *r, kk_time time, kk_time_basis basis, kk_precision precision)
{
    r->event.time = time;
    r->event.basis = basis;
    r->event.precision = precision;
}

static void set_local(reading *r, const kk_civil *civil, kk_precision precision)
{
    if (kk_civil_valid(civil))
        set_time(r, kk_time_from_local(&r->settings->zone, civil), r->settings->zone_basis,
                 precision);
}

/* date, time and tz as one time; false when they are not whole. */
static bool wall_time(const reading *r, kk_time *time, kk_time_basis *basis)
{
    kk_civil civil = {0};
    int32_t offset;
    if (!kk_log_date(kk_forti_value(&r->line, KK_FORTI_DATE), &civil) ||
        !kk_log_clock(kk_forti_value(&r->line, KK_FORTI_TIME), &civil) || !kk_civil_valid(&civil))
        return false;
    kk_slice tz = kk_forti_value(&r->line, KK_FORTI_TZ);
    if (tz.len && kk_log_offset(tz, &offset)) {
        *time = kk_time_from_civil(&civil);
        if (*time == KK_NO_TIME)
            return false;
        *time -= offset * KK_SECOND;
        *basis = KK_BASIS_OFFSET;
    } else {
        *time = kk_time_from_local(&r->settings->zone, &civil);
        *basis = r->settings->zone_basis;
    }
    return *time != KK_NO_TIME;
}

/* "Jul  3 02:14:09": the year is the one of the file, or the year before it where that would be
 * later than the file itself. */
static bool stamp_without_year(const reading *r, kk_slice text, kk_civil *civil)
{
    uint64_t day;
    size_t taken;
    kk_slice rest = kk_trim(kk_from(text, 3));
    civil->month = kk_month_by_name(kk_part(text, 0, 3));
    if (civil->month == 0 || !kk_log_digits(kk_part(rest, 0, 2), &day, &taken))
        return false;
    civil->day = (int)day;
    rest = kk_trim(kk_from(rest, taken));
    if (!kk_log_clock(kk_part(rest, 0, 8), civil) || r->settings->modified == KK_NO_TIME)
        return false;
    civil->year = kk_civil_in_zone(&r->settings->zone, r->settings->modified).year;
    kk_time time = kk_time_from_local(&r->settings->zone, civil);
    if (time > r->settings->modified + 86400 * KK_SECOND)
        civil->year--;
    return true;
}

/* What a relay wrote in front: only where the device's own line has no time (CEF of 5.x). */
static void time_from_relay(reading *r)
{
    kk_slice relay = r->line.relay;
    kk_civil civil = {0};
    kk_time time;
    if (kk_starts(relay, KK_S("1 ")))
        relay = kk_from(relay, 2);
    kk_slice word = kk_part(relay, 0, kk_find_byte(relay, ' '));
    if (word.len >= 20 && kk_time_parse(word, &time))
        set_time(r, time, KK_BASIS_OFFSET, KK_EXACT_S);
    else if (relay.len >= 14 && stamp_without_year(r, relay, &civil))
        set_local(r, &civil, KK_YEAR_INFERRED);
}

/* CEF start of a FortiAnalyzer: "Jul 03 2026 02:14:09", or an epoch. */
static void time_from_start(reading *r, kk_slice text)
{
    kk_time time;
    kk_precision precision;
    kk_civil civil = {0};
    uint64_t day, year;
    size_t taken;
    if (kk_log_epoch(text, &time, &precision)) {
        set_time(r, time, KK_BASIS_UTC, precision);
        return;
    }
    civil.month = kk_month_by_name(kk_part(text, 0, 3));
    if (civil.month && text.len >= 20 && kk_log_digits(kk_part(text, 4, 2), &day, &taken) &&
        kk_log_digits(kk_part(text, 7, 4), &year, &taken) && taken == 4 &&
        kk_log_clock(kk_part(text, 12, 8), &civil)) {
        civil.day = (int)day;
        civil.year = (int)year;
        if (kk_log_year(civil.year))
            set_local(r, &civil, KK_EXACT_S);
    }
}

static void time_from_analyzer(reading *r)
{
    kk_time time;
    kk_precision precision;
    kk_civil civil = {0};
    kk_slice itime = kk_forti_value(&r->line, KK_FORTI_ITIME);
    kk_slice start = kk_forti_value(&r->line, KK_FORTI_START);
    if (kk_log_epoch(itime, &time, &precision))
        set_time(r, time, KK_BASIS_UTC, precision);
    else if (itime.len >= 19 && kk_log_date(kk_part(itime, 0, 10), &civil) &&
             kk_log_clock(kk_part(itime, 11, 8), &civil))
        set_local(r, &civil, KK_EXACT_S);
    else if (start.len)
        time_from_start(r, start);
}

static void take_time(reading *r)
{
    kk_time time, wall;
    kk_precision precision;
    kk_time_basis basis;
    bool has_wall = wall_time(r, &wall, &basis);
    if (kk_log_epoch(kk_forti_value(&r->line, KK_FORTI_EVENTTIME), &time, &precision)) {
        set_time(r, time, KK_BASIS_UTC, precision);
        (void)take(&r->line, KK_FORTI_EVENTTIME);
        /* A wall clock that says the same is dropped, one that differs is kept to be seen. */
        if (has_wall && (wall - time > 2 * KK_SECOND || time - wall > 2 * KK_SECOND))
            has_wall = false;
    } else if (has_wall) {
        set_time(r, wall, basis, KK_EXACT_S);
    }
    if (has_wall) {
        (void)take(&r->line, KK_FORTI_DATE);
        (void)take(&r->line, KK_FORTI_TIME);
        (void)take(&r->line, KK_FORTI_TZ);
    }
    if (r->event.time == KK_NO_TIME)
        time_from_analyzer(r);
    if (r->event.time == KK_NO_TIME && r->line.relay.len)
        time_from_relay(r);
}

/* ---- who logged ---- */

/* The last word of what the relay wrote that can be a host: no stamp, no dash, no tag. */
static kk_slice relay_host(kk_slice relay)
{
    kk_slice rest = relay, word, host = KK_NONE;
    kk_civil unused;
    kk_time time;
    while (kk_split(&rest, ' ', &word)) {
        bool stamp = kk_log_clock(word, &unused) || kk_time_parse(word, &time) ||
                     (word.len <= 4 && word.len && word.ptr[0] >= '0' && word.ptr[0] <= '9');
        bool tag = word.len && (word.ptr[word.len - 1] == ':' || word.ptr[word.len - 1] == ']');
        bool rubbish = kk_find_byte(word, '=') != KK_NOWHERE ||
                       kk_find_byte(word, '"') != KK_NOWHERE ||
                       kk_find_byte(word, '[') != KK_NOWHERE;
        if (word.len && !stamp && !tag && !rubbish && !kk_is(word, "-") &&
            kk_month_by_name(word) == 0)
            host = word;
    }
    return host;
}

static void take_host(reading *r)
{
    take_text(r, KK_FORTI_DEVNAME, KK_HOST_NAME);
    if (r->event.text[KK_HOST_NAME].len == 0)
        r->event.text[KK_HOST_NAME] = relay_host(r->line.relay);
    if (r->event.text[KK_HOST_NAME].len == 0)
        r->event.text[KK_HOST_NAME] = r->settings->host;
}

/* ---- outcome and category ---- */

static kk_outcome outcome_of_status(kk_slice status)
{
    static const char *const good[] = {"success", "succeeded", "ok", "accept", "pass", NULL};
    static const char *const bad[] = {
        "failure",         "failed",    "fail",    "deny",    "denied",       "error",
        "negotiate_error", "timed_out", "timeout", "blocked", "logon_failed", NULL};
    if (kk_is_any(status, good))
        return KK_SUCCESS;
    return kk_is_any(status, bad) ? KK_FAILURE : KK_OUTCOME_NONE;
}

static kk_outcome outcome_of_action(family of, kk_slice action)
{
    static const char *const refused[] = {
        "deny",         "denied",        "block",      "blocked", "drop",
        "dropped",      "reset",         "quarantine", "ip-conn", "reset_client",
        "reset_server", "clear_session", "violation",  NULL};
    static const char *const passed[] = {
        "accept",    "close",        "start",    "timeout", "client-rst", "server-rst",
        "pass",      "passthrough",  "permit",   "allow",   "allowed",    "detected",
        "monitored", "pass_session", "log-only", "exempt",  NULL};
    if (of == VPN) {
        if (kk_has(action, KK_S("fail")) || kk_has(action, KK_S("deny")))
            return KK_FAILURE;
        return kk_is(action, "tunnel-up") || kk_is(action, "ssl-web-pass") ? KK_SUCCESS
                                                                           : KK_OUTCOME_NONE;
    }
    if (of == EVENT)
        return kk_has(action, KK_S("fail")) ? KK_FAILURE : KK_OUTCOME_NONE;
    if (kk_is_any(action, refused))
        return KK_FAILURE;
    return kk_is_any(action, passed) ? KK_SUCCESS : KK_OUTCOME_NONE;
}

static void set_outcome(reading *r)
{
    kk_slice action = r->event.text[KK_ACTION];
    kk_slice id = r->event.text[KK_CODE];
    r->event.outcome = outcome_of_action(r->family, action);
    if (r->family == VPN || r->family == EVENT) {
        kk_outcome told = outcome_of_status(kk_forti_value(&r->line, KK_FORTI_STATUS));
        if (told == KK_OUTCOME_NONE)
            told = outcome_of_status(kk_forti_value(&r->line, KK_FORTI_RESULT));
        if (told != KK_OUTCOME_NONE)
            r->event.outcome = told;
        else if (kk_ends(id, KK_S("039426")) || kk_ends(id, KK_S("032002")))
            r->event.outcome = KK_FAILURE;
    }
}

static kk_slice category_of_event(const reading *r, kk_slice subtype)
{
    kk_slice action = r->event.text[KK_ACTION];
    kk_slice id = r->event.text[KK_CODE];
    if (kk_is(subtype, "user") || kk_is(action, "login") || kk_is(action, "logout") ||
        kk_ends(id, KK_S("032001")) || kk_ends(id, KK_S("032002")) || kk_ends(id, KK_S("032003")) ||
        kk_has(action, KK_S("auth")))
        return KK_S("authentication");
    if (has(&r->line, KK_FORTI_CFGPATH) || kk_is(subtype, "admin") || kk_is(subtype, "config") ||
        kk_starts(kk_from(id, 4), KK_S("0445")))
        return KK_S("configuration");
    return kk_is(subtype, "system") || kk_is(subtype, "ha") || subtype.len == 0 ? KK_S("host")
                                                                                : KK_S("network");
}

static kk_slice category_of_utm(kk_slice kind)
{
    if (kk_is(kind, "virus") || kk_is(kind, "antivirus"))
        return KK_S("malware");
    if (kk_is(kind, "ips") || kk_is(kind, "attack") || kk_is(kind, "anomaly"))
        return KK_S("intrusion_detection");
    if (kk_is(kind, "webfilter") || kk_is(kind, "waf"))
        return KK_S("web");
    return KK_S("network");
}

static void set_category(reading *r)
{
    kk_slice subtype = kk_forti_value(&r->line, KK_FORTI_SUBTYPE);
    kk_slice type = kk_forti_value(&r->line, KK_FORTI_TYPE);
    kk_slice action = r->event.text[KK_ACTION];
    kk_slice *category = &r->event.text[KK_CATEGORY];
    if (r->family == TRAFFIC)
        *category = KK_S("network");
    else if (r->family ==
             VPN) /* statistics and key exchange are traffic, the rest is somebody's log-in */
        *category = kk_is(action, "tunnel-stats") || kk_is(action, "negotiate") ||
                            kk_starts(action, KK_S("install_sa")) ||
                            kk_starts(action, KK_S("delete_"))
                        ? KK_S("network")
                        : KK_S("authentication");
    else if (r->family == EVENT)
        *category = category_of_event(r, subtype);
    else
        *category = category_of_utm(kk_is(type, "utm") || type.len == 0 ? subtype : type);
}

/* ---- each family ---- */

static void more(reading *r, kk_slice name, kk_slice value)
{
    kk_event_more(&r->event, r->kept, name, value);
}

static void take_flow(reading *r)
{
    take_ip(r, KK_FORTI_SRCIP, KK_SOURCE_IP);
    take_number(r, KK_FORTI_SRCPORT, KK_SOURCE_PORT, 65535);
    take_ip(r, KK_FORTI_DSTIP, KK_DESTINATION_IP);
    take_number(r, KK_FORTI_DSTPORT, KK_DESTINATION_PORT, 65535);
    take_session(r, KK_FORTI_SESSIONID);
    kk_slice name = kk_forti_value(&r->line, KK_FORTI_SRCNAME);
    if (name.len && !kk_log_is_ip(name))
        take_text(r, KK_FORTI_SRCNAME, KK_SOURCE_HOST);
    take_text(r, KK_FORTI_HOSTNAME, KK_DESTINATION_HOST);
    name = kk_forti_value(&r->line, KK_FORTI_DSTNAME);
    if (r->event.text[KK_DESTINATION_HOST].len == 0 && name.len && !kk_log_is_ip(name))
        take_text(r, KK_FORTI_DSTNAME, KK_DESTINATION_HOST);
}

static void take_traffic(reading *r)
{
    take_flow(r);
    take_number(r, KK_FORTI_SENTBYTE, KK_SOURCE_BYTES, UINT64_MAX);
    take_number(r, KK_FORTI_RCVDBYTE, KK_DESTINATION_BYTES, UINT64_MAX);
    take_duration(r);
    if (kk_ends(r->event.text[KK_CODE], KK_S("000020")))
        more(r, KK_S("interim"), KK_S("cumulative"));
}

/* CEF has no word for the far end of a tunnel: the firmware puts it into dst, and its own address
 * into src, when it sends no remip of its own. */
static void name_tunnel_ends(kk_forti_line *line)
{
    static const struct {
        kk_forti_key from, to;
        kk_slice name;
    } moves[] = {
        {KK_FORTI_DSTIP, KK_FORTI_REMIP, {"remip", 5}},
        {KK_FORTI_DSTPORT, KK_FORTI_REMPORT, {"remport", 7}},
        {KK_FORTI_SRCIP, KK_FORTI_LOCIP, {"locip", 5}},
        {KK_FORTI_SRCPORT, KK_FORTI_LOCPORT, {"locport", 7}},
    };
    if (!line->cef || line->first[KK_FORTI_REMIP] || !line->first[KK_FORTI_DSTIP])
        return;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        uint16_t at = line->first[moves[i].from];
        if (at == 0)
            continue;
        line->fields[at - 1].name = moves[i].name;
        line->first[moves[i].to] = at;
        line->first[moves[i].from] = 0;
    }
}

static void take_tunnel_address(reading *r)
{
    kk_slice tunnel = kk_forti_value(&r->line, KK_FORTI_TUNNELIP);
    kk_slice assigned = kk_forti_value(&r->line, KK_FORTI_ASSIGNIP);
    bool has_tunnel = kk_log_is_ip(tunnel) && !kk_is(tunnel, "0.0.0.0");
    if (has_tunnel || !kk_log_is_ip(assigned) || kk_is(assigned, "0.0.0.0"))
        return;
    more(r, KK_S("tunnelip"), assigned);
    if (r->line.first[KK_FORTI_TUNNELIP]) /* "N/A": not a second time */
        r->line.fields[r->line.first[KK_FORTI_TUNNELIP] - 1].name.len = 0;
}

static void take_vpn(reading *r)
{
    uint64_t sent, received;
    name_tunnel_ends(&r->line);
    take_ip(r, KK_FORTI_REMIP, KK_SOURCE_IP);
    if (r->event.text[KK_SOURCE_IP].len == 0)
        take_ip(r, KK_FORTI_SRCIP, KK_SOURCE_IP);
    take_number(r, KK_FORTI_REMPORT, KK_SOURCE_PORT, 65535);
    take_ip(r, KK_FORTI_LOCIP, KK_DESTINATION_IP);
    take_number(r, KK_FORTI_LOCPORT, KK_DESTINATION_PORT, 65535);
    if (r->event.text[KK_DESTINATION_IP].len == 0)
        take_ip(r, KK_FORTI_DSTIP, KK_DESTINATION_IP);
    take_session(r, KK_FORTI_TUNNELID);
    take_tunnel_address(r);
    if (number_of(&r->line, KK_FORTI_SENTBYTE, &sent))
        kk_set_number(&r->event, KK_DESTINATION_BYTES, sent);
    if (number_of(&r->line, KK_FORTI_RCVDBYTE, &received))
        kk_set_number(&r->event, KK_SOURCE_BYTES, received);
    take_duration(r);
    if (kk_is(r->event.text[KK_ACTION], "tunnel-stats"))
        more(r, KK_S("interim"), KK_S("cumulative"));
}

/* An administrator's terminal: "https(203.0.113.45)", "ssh(...)". */
static void source_from_ui(reading *r)
{
    kk_slice ui = kk_forti_value(&r->line, KK_FORTI_UI);
    size_t open = kk_find_byte(ui, '('), close = kk_rfind_byte(ui, ')');
    if (open == KK_NOWHERE || close == KK_NOWHERE || close < open)
        return;
    kk_slice ip = kk_part(ui, open + 1, close - open - 1);
    if (kk_log_is_ip(ip))
        r->event.text[KK_SOURCE_IP] = ip;
}

static void take_event(reading *r)
{
    take_flow(r);
    if (r->event.text[KK_SOURCE_IP].len == 0)
        take_ip(r, KK_FORTI_REMIP, KK_SOURCE_IP);
    if (r->event.text[KK_SOURCE_IP].len == 0)
        source_from_ui(r);
}

static void take_utm(reading *r)
{
    take_flow(r);
    take_text(r, KK_FORTI_URL, KK_URL);
    take_text(r, KK_FORTI_AGENT, KK_USER_AGENT);
    take_text(r, KK_FORTI_FILENAME, KK_FILE_PATH);
    if (kk_forti_value(&r->line, KK_FORTI_FILEHASH).len == 64)
        take_text(r, KK_FORTI_FILEHASH, KK_FILE_SHA256);
}

/* ---- a line ---- */

/* A line that the end of the file cut: what its last field holds is not believed, unless it is a
 * count, whose first digits are at least a lower bound. Says whether the line is damaged. */
static bool distrust_end(kk_forti_line *line, bool no_end)
{
    bool damaged = line->open_quote || (no_end && line->loose_end);
    if (line->count == 0)
        return damaged;
    kk_forti_field *last = &line->fields[line->count - 1];
    bool counter = last->key == KK_FORTI_SENTBYTE || last->key == KK_FORTI_RCVDBYTE ||
                   last->key == KK_FORTI_DURATION || last->key == KK_FORTI_OTHER ||
                   last->key == KK_FORTI_MARK;
    if (no_end && line->bare_last && !counter && line->first[last->key] == line->count) {
        line->first[last->key] = 0;
        last->key = KK_FORTI_OTHER;
        damaged = true;
    }
    return damaged;
}

static void carry_rest(reading *r)
{
    static const char *const known_types[] = {"traffic", "event", "utm", NULL};
    for (size_t i = 0; i < r->line.count; i++) {
        const kk_forti_field *field = &r->line.fields[i];
        if (field->name.len == 0)
            continue;
        if (field->key == KK_FORTI_TYPE && kk_is_any(field->value, known_types))
            continue; /* said by the data set */
        more(r, field->name, field->value);
    }
}

static const kk_slice datasets[] = {
    [TRAFFIC] = {"fortinet.traffic", 16},
    [VPN] = {"fortinet.vpn", 12},
    [EVENT] = {"fortinet.event", 14},
    [UTM] = {"fortinet.utm", 12},
};

static void map_line(reading *r)
{
    r->family = family_of(&r->line);
    r->event.text[KK_DATASET] = datasets[r->family];
    r->event.text[KK_TIME_KIND] = KK_S("logged");
    take_time(r);
    take_host(r);
    take_text(r, KK_FORTI_LOGID, KK_CODE);
    take_text(r, KK_FORTI_ACTION, KK_ACTION);
    if (r->family == TRAFFIC && r->event.text[KK_ACTION].len == 0) /* 4.x */
        take_text(r, KK_FORTI_STATUS, KK_ACTION);
    take_user(r);
    set_outcome(r);
    set_category(r);
    switch (r->family) {
    case TRAFFIC:
        take_traffic(r);
        break;
    case VPN:
        take_vpn(r);
        break;
    case EVENT:
        take_event(r);
        break;
    case UTM:
        take_utm(r);
        break;
    }
    carry_rest(r);
}

static void read_line(reading *r, kk_log_lines *lines)
{
    if (!kk_forti_read(&r->line, r->at.text, r->scratch) || !is_ours(&r->line)) {
        kk_log_lines_skip(lines, &r->at);
        return;
    }
    kk_event_clear(&r->event);
    r->event.time = KK_NO_TIME;
    r->event.record = r->at.number;
    r->event.offset = r->at.offset;
    r->event.length = r->at.length;
    bool damaged = distrust_end(&r->line, r->at.no_end);
    map_line(r);
    if (damaged || r->at.cut || r->event.time == KK_NO_TIME)
        r->event.flags |= KK_FLAG_DAMAGED;
    if (damaged)
        kk_report(r->sink, r->at.no_end ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED, r->at.offset,
                  "a line is cut short");
    if (r->line.too_many)
        kk_report(r->sink, KK_ISSUE_LIMIT, r->at.offset, "a line has more than %d fields",
                  KK_FORTI_FIELDS);
    r->sink->event(r->sink, &r->event);
}

/* The header row is at the beginning of the item, whatever range this is. */
static bool open_header(reading *r, kk_stream *in)
{
    kk_settings all = *r->settings;
    kk_log_lines lines;
    kk_log_line first;
    all.begin = 0;
    all.end = 1;
    kk_log_lines_open(&lines, in, &all, r->sink);
    bool header = kk_log_lines_next(&lines, &first) && !first.cut &&
                  kk_forti_header(&r->line, first.text, r->kept);
    kk_buffer_close(&lines.wide_line);
    kk_arena_close(lines.scratch);
    return header;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading *r = KK_NEW(sink->arena, reading);
    kk_log_lines lines;
    r->settings = settings;
    r->sink = sink;
    r->kept = sink->arena;
    kk_forti_open(&r->line);
    bool header = open_header(r, in);
    kk_log_lines_open(&lines, in, settings, sink);
    r->scratch = lines.scratch;
    while (kk_log_lines_next(&lines, &r->at)) {
        if (header && r->at.offset == 0)
            continue;
        if (r->at.text.len)
            read_line(r, &lines);
    }
    kk_log_lines_close(&lines);
}

/* ---- probe ---- */

/* Sure when most of the first lines are ours. A syslog of many devices that holds some of them is
 * better read by the parser that understands the others too. */
static kk_score probe(const kk_probe *about)
{
    kk_arena *arena = kk_arena_open();
    kk_forti_line *line = KK_NEW(arena, kk_forti_line);
    kk_slice rest = kk_log_head(arena, about->head, 32 * 1024), text;
    size_t seen = 0, ours = 0;
    kk_forti_open(line);
    if (kk_has(rest, KK_S("logid")) || kk_has(rest, KK_S("log_id")) ||
        kk_has(rest, KK_S("devid")) || kk_has(rest, KK_S("device_id")) ||
        kk_has(rest, KK_S("|Fortinet|")))
        while (seen < 40 && kk_log_head_line(&rest, &text)) {
            if (seen++ == 0 && kk_forti_header(line, text, arena)) {
                ours++;
                continue;
            }
            while (text.len && text.ptr[0] == '\0')
                text = kk_from(text, 1);
            ours += text.len && kk_forti_read(line, text, arena) && is_ours(line);
        }
    kk_arena_close(arena);
    if (ours == 0)
        return KK_NO;
    return ours * 2 >= seen ? KK_SURE : KK_MAYBE;
}

const kk_parser kk_parser_fortigate = {
    .name = "fortigate",
    .about = "FortiGate traffic, event, VPN and security logs",
    .version = 1,
    .cut = KK_LINES,
    .numbers_lines = true,
    .priority = 90,
    .probe = probe,
    .parse = parse,
};
