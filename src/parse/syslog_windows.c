#include "parse/syslog_windows.h"

#include "base/text.h"
#include "parse/winevent_flat.h"
#include "parse/winevent_object.h"

enum { SNARE_COLUMNS = 14 };

static const char snare[] = "MSWinEventLog";

static bool is_xml(kk_slice text)
{
    return kk_starts(text, KK_S("<Event")) && kk_has(text, KK_S("<System>"));
}

static bool is_json(kk_slice text)
{
    return text.len && text.ptr[0] == '{' &&
           (kk_has(text, KK_S("\"EventID\"")) || kk_has(text, KK_S("event_id")) ||
            kk_has(text, KK_S("\"eventID\"")));
}

/* ---- EventLog to Syslog ---- */

/* How it writes sources: without what most begin with, blanks as underscores. */
static const struct {
    const char *word, *provider, *channel;
} sources[] = {
    {"Security-Auditing", "Microsoft-Windows-Security-Auditing", "Security"},
    {"Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Security-Auditing", "Security"},
    {"Eventlog", "Microsoft-Windows-Eventlog", "Security"},
    {"Service_Control_Manager", "Service Control Manager", "System"},
    {"Sysmon", "Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"},
    {"TerminalServices-LocalSessionManager",
     "Microsoft-Windows-TerminalServices-LocalSessionManager",
     "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"},
    {"TerminalServices-RemoteConnectionManager",
     "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
     "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"},
};

static size_t source_of(kk_slice program)
{
    size_t i = 0;
    while (i < sizeof sources / sizeof *sources && !kk_is(program, sources[i].word))
        i++;
    return i;
}

/* "4624: ", off the front. */
static bool take_id(kk_slice *text, kk_slice *id)
{
    size_t n = 0;
    while (n < text->len && n < 5 && text->ptr[n] >= '0' && text->ptr[n] <= '9')
        n++;
    *id = kk_part(*text, 0, n);
    *text = kk_from(*text, n);
    bool good = n > 0 && kk_starts(*text, KK_S(": "));
    *text = kk_trim(kk_from(*text, 1));
    return good;
}

static bool is_evtsys(const kk_syslog_line *line)
{
    kk_slice text = line->message, id;
    return source_of(line->program) < sizeof sources / sizeof *sources && take_id(&text, &id);
}

/* "EXAMPLE\alice: " off the front, where an account caused the event. */
static kk_slice take_user(kk_slice *text)
{
    size_t colon = kk_find_byte(*text, ':');
    kk_slice user = kk_part(*text, 0, colon);
    if (colon == KK_NOWHERE || colon > 100 || kk_find_byte(user, '\\') == KK_NOWHERE ||
        !kk_starts(kk_from(*text, colon), KK_S(": ")))
        return KK_NONE;
    *text = kk_from(*text, colon + 2);
    return user;
}

/* "4624: AUDIT_SUCCESS An account was successfully logged on. Subject: ..." */
static bool read_evtsys(kk_winevents *events, kk_winevent *e, const kk_syslog_line *line)
{
    const kk_flat_shape shape = {.settings = kk_winevents_settings(events)};
    const size_t source = source_of(line->program);
    const kk_slice audits[] = {KK_S("AUDIT_SUCCESS "), KK_S("AUDIT_FAILURE ")};
    kk_slice text = line->message, id;
    if (!take_id(&text, &id))
        return false;
    kk_flat_put(events, e, &shape, KK_FLAT_PROVIDER, KK_NONE, kk_cstr(sources[source].provider));
    kk_flat_put(events, e, &shape, KK_FLAT_CHANNEL, KK_NONE,
                kk_is(id, "104") ? KK_S("System") : kk_cstr(sources[source].channel));
    kk_flat_put(events, e, &shape, KK_FLAT_ID, KK_NONE, id);
    kk_slice user = take_user(&text);
    if (user.len)
        kk_flat_put(events, e, &shape, KK_FLAT_USER, KK_NONE, user);
    for (size_t i = 0; i < 2; i++)
        if (kk_starts(text, audits[i])) {
            kk_flat_put(events, e, &shape, KK_FLAT_TYPE, KK_NONE, kk_trim(audits[i]));
            text = kk_from(text, audits[i].len);
        }
    e->message = text;
    kk_flat_finish(e);
    return true;
}

/* ---- Snare ---- */

/* A column, behind a tab or what rsyslog writes for one. */
static bool take_column(kk_slice *rest, kk_slice *column)
{
    const kk_slice escaped = KK_S("#011");
    size_t tab = kk_find_byte(*rest, '\t'), mark = kk_find(*rest, escaped);
    if (!rest->ptr)
        return false;
    if (tab == KK_NOWHERE && mark == KK_NOWHERE) {
        *column = *rest;
        *rest = KK_NONE;
        return true;
    }
    *column = kk_part(*rest, 0, tab < mark ? tab : mark);
    *rest = kk_from(*rest, tab < mark ? tab + 1 : mark + escaped.len);
    return true;
}

/* "Wed Jul 01 10:02:03 2026" as other exports have it. */
static kk_slice snare_time(kk_arena *arena, kk_slice text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    kk_slice word[5];
    for (size_t i = 0; i < 5; i++) {
        text = kk_trim(text);
        if (!kk_split(&text, ' ', &word[i]) || !word[i].len)
            return KK_NONE;
    }
    for (size_t m = 0; m < 12 && word[1].len == 3; m++)
        if (kk_eq(word[1], (kk_slice){months + 3 * m, 3}))
            return kk_print(arena, "%.*s/%zu/%.*s %.*s", KK_P(word[4]), m + 1, KK_P(word[2]),
                            KK_P(word[3]));
    return KK_NONE;
}

static bool read_snare(kk_winevents *events, kk_winevent *e, kk_slice text)
{
    static const kk_flat_meaning meanings[SNARE_COLUMNS] = {
        [2] = KK_FLAT_CHANNEL,   [4] = KK_FLAT_TIME,       [5] = KK_FLAT_ID,
        [6] = KK_FLAT_PROVIDER,  [7] = KK_FLAT_USER,       [9] = KK_FLAT_TYPE,
        [10] = KK_FLAT_COMPUTER, [11] = KK_FLAT_TASK_NAME, [13] = KK_FLAT_MESSAGE};
    const kk_flat_shape shape = {.settings = kk_winevents_settings(events)};
    kk_slice column;
    for (size_t i = 0; i < SNARE_COLUMNS; i++) {
        if (!take_column(&text, &column))
            return false;
        if (meanings[i] == KK_FLAT_TIME)
            column = snare_time(kk_winevents_scratch(events), column);
        if (meanings[i] != KK_FLAT_NONE)
            kk_flat_put(events, e, &shape, meanings[i], KK_NONE, column);
    }
    kk_flat_finish(e);
    return true;
}

/* ---- Structured data ---- */

static kk_slice unescaped(kk_arena *arena, kk_slice s)
{
    if (kk_find_byte(s, '\\') == KK_NOWHERE)
        return s;
    char *out = kk_take(arena, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && memchr("\\\"]", s.ptr[i + 1], 3))
            i++;
        out[n++] = s.ptr[i];
    }
    return (kk_slice){out, n};
}

/* [NXLOG@14506 EventID="4624" Channel="Security" ...] and the message behind it. */
static bool read_structured(kk_winevents *events, kk_winevent *e, const kk_syslog_line *line)
{
    const kk_flat_shape shape = {.settings = kk_winevents_settings(events)};
    kk_slice rest = line->structured, id = KK_NONE, name, value;
    kk_arena *arena = kk_winevents_scratch(events);
    while (kk_syslog_element_next(&rest, &id, &name, &value)) {
        kk_flat_meaning meaning = kk_flat_meaning_of(&name);
        kk_flat_put(events, e, &shape, meaning, name, unescaped(arena, value));
    }
    if (!e->message.len)
        e->message = line->message;
    kk_flat_finish(e);
    return e->system[KK_SYS_CHANNEL].len || e->system[KK_SYS_PROVIDER].len;
}

/* ---- all ---- */

bool kk_syslog_may_be_windows(const kk_syslog_line *line)
{
    kk_slice text = kk_trim(line->message);
    return is_xml(text) || is_json(text) || kk_starts(text, kk_cstr(snare)) ||
           (line->structured.len && kk_has(line->structured, KK_S(" EventID=\""))) ||
           is_evtsys(line);
}

bool kk_syslog_read_windows(kk_winevents *events, kk_winevent *e, const kk_syslog_line *line,
                            bool *whole)
{
    kk_slice text = kk_trim(line->message);
    bool found = false;
    *whole = true;
    if (is_xml(text)) {
        *whole = kk_winevent_read_xml(events, e, text);
        found = true;
    } else if (is_json(text)) {
        const kk_json_value *tree = kk_json_read(kk_winevents_scratch(events), text);
        found = tree && kk_winevent_read_json(events, e, tree);
    } else if (kk_starts(text, kk_cstr(snare))) {
        found = read_snare(events, e, text);
    } else if (is_evtsys(line)) {
        found = read_evtsys(events, e, line);
    } else {
        found = read_structured(events, e, line);
    }
    return found && e->system[KK_SYS_EVENT_ID].len;
}
