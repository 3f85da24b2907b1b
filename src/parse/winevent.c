/* What all exports of Windows events have in common: the fields of System, the dataset, the columns,
 * and the forms of values, which Windows renders in another way than the binary log's reader does. */
#include "parse/winevent.h"

#include "parse/evtx_walk.h"
#include "parse/winevent_system.h"
#include "parse/winevent_words.h"

struct kk_winevents {
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch;
    kk_evtx_columns *columns;
    kk_pair *room; /* KK_XML_SPARE + KK_WINEVENT_FIELDS */
    kk_winevent event;
    kk_event told;
};

kk_winevents *kk_winevents_open(kk_arena *arena, kk_sink *sink, const kk_settings *settings)
{
    kk_winevents *w = KK_NEW(arena, kk_winevents);
    w->sink = sink;
    w->settings = settings;
    w->scratch = kk_arena_open();
    w->columns = kk_evtx_columns_open(arena, NULL);
    w->room = KK_NEW_ARRAY(arena, kk_pair, KK_XML_SPARE + KK_WINEVENT_FIELDS);
    return w;
}

void kk_winevents_close(kk_winevents *w)
{
    kk_arena_close(w->scratch);
}

kk_winevent *kk_winevents_begin(kk_winevents *w)
{
    kk_arena_reset(w->scratch);
    w->event = (kk_winevent){.time = KK_NO_TIME, .pairs = w->room + KK_XML_SPARE};
    return &w->event;
}

const kk_settings *kk_winevents_settings(const kk_winevents *w)
{
    return w->settings;
}

kk_arena *kk_winevents_scratch(kk_winevents *w)
{
    return w->scratch;
}

bool kk_winevent_found_as(kk_winevent *e, kk_slice how)
{
    if (kk_is(how, "damaged")) {
        e->flags |= KK_FLAG_DAMAGED;
        return true;
    }
    for (kk_evtx_level level = KK_EVTX_BEYOND; level < KK_EVTX_LEVELS; level++)
        if (kk_is(how, kk_evtx_level_name(level))) {
            e->recovery = kk_cstr(kk_evtx_level_name(level));
            e->flags |= KK_FLAG_RECOVERED | (level == KK_EVTX_HIDDEN ? KK_FLAG_DELETED : 0);
            return true;
        }
    return false;
}

/* ---- Forms of values ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* {01234567-89ab-...}: the braces and dashes where they belong, else hexadecimal digits. */
static bool is_guid(kk_slice s)
{
    if (s.len != 38 || s.ptr[0] != '{' || s.ptr[37] != '}')
        return false;
    for (size_t i = 1; i < 37; i++) {
        bool dash = i == 9 || i == 14 || i == 19 || i == 24;
        char c = s.ptr[i], lower = (char)(c | 0x20);
        if (dash ? c != '-' : !is_digit(c) && !(lower >= 'a' && lower <= 'f'))
            return false;
    }
    return true;
}

static kk_slice upper_guid(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len);
    for (size_t i = 0; i < s.len; i++)
        out[i] = s.ptr[i] >= 'a' && s.ptr[i] <= 'f' ? (char)(s.ptr[i] & ~0x20) : s.ptr[i];
    return (kk_slice){out, s.len};
}

/* 2026-07-03T04:05:06.1234567Z */
static bool is_utc_time(kk_slice s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.d";
    if (s.len < sizeof form || s.len > 31 || s.ptr[s.len - 1] != 'Z')
        return false;
    for (size_t i = 0; i + 1 < sizeof form; i++)
        if (form[i] == 'd' ? !is_digit(s.ptr[i]) : s.ptr[i] != form[i])
            return false;
    for (size_t i = sizeof form - 1; i + 1 < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return false;
    return true;
}

/* As many digits of the second as are needed (0, 3, 6, 9), as everywhere else here. */
static kk_slice short_time(kk_arena *arena, kk_slice s)
{
    const size_t point = 19;
    size_t digits = s.len - point - 2;
    while (digits && s.ptr[point + digits] == '0')
        digits--;
    size_t padded = (digits + 2) / 3 * 3;
    if (padded > 9)
        return s;
    if (digits == padded && digits == s.len - point - 2)
        return s;
    char *out = kk_take(arena, point + 1 + padded + 1);
    memcpy(out, s.ptr, point + 1 + digits);
    memset(out + point + 1 + digits, '0', padded - digits);
    size_t len = padded ? point + 1 + padded : point;
    out[len] = 'Z';
    return (kk_slice){out, len + 1};
}

/* 0x8F3A21, as messages have it. */
static bool is_large_hex(kk_slice s)
{
    bool large = false;
    if (s.len < 3 || s.len > 18 || s.ptr[0] != '0' || s.ptr[1] != 'x')
        return false;
    for (size_t i = 2; i < s.len; i++) {
        bool upper = s.ptr[i] >= 'A' && s.ptr[i] <= 'F';
        if (!upper && !is_digit(s.ptr[i]) && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
            return false;
        large = large || upper;
    }
    return large;
}

static kk_slice small_hex(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len);
    for (size_t i = 0; i < s.len; i++)
        out[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'F' ? (char)(s.ptr[i] | 0x20) : s.ptr[i];
    return (kk_slice){out, s.len};
}

/* (0x0,0x3E7): how logon ids were written before Vista. */
static kk_slice joined_halves(kk_arena *arena, kk_slice s)
{
    size_t comma = kk_find_byte(s, ',');
    uint64_t high, low;
    if (comma == KK_NOWHERE || s.ptr[s.len - 1] != ')' ||
        !kk_starts(kk_from(s, comma), KK_S(",0x")) ||
        !kk_hex_to_u64(kk_part(s, 3, comma - 3), &high) ||
        !kk_hex_to_u64(kk_part(s, comma + 3, s.len - comma - 4), &low) || (high | low) >> 32)
        return s;
    return kk_print(arena, "0x%llx", (unsigned long long)(high << 32 | low));
}

static kk_slice usual_form(kk_arena *arena, kk_slice value)
{
    if (value.len > 8 && value.len < 32 && kk_starts(value, KK_S("(0x")))
        return joined_halves(arena, value);
    if (value.len == 38 && is_guid(value))
        return upper_guid(arena, value);
    return is_utc_time(value) ? short_time(arena, value) : value;
}

static kk_xml_value as_value(kk_slice text)
{
    return (kk_xml_value){(const uint8_t *)text.ptr, (uint32_t)text.len,
                          text.len ? KK_XML_UTF8 : KK_XML_NULL};
}

static bool number_of(kk_slice text, uint64_t *out)
{
    return kk_xml_number(as_value(text), out);
}

/* ---- Columns ---- */

/* Providers that write to one channel only, for exports that do not name the channel. */
static kk_slice channel_of_provider(kk_slice provider, kk_slice code)
{
    static const struct {
        const char *provider, *channel;
    } words[] = {
        {"Microsoft-Windows-Security-Auditing", "Security"},
        {"Security", "Security"},
        {"Service Control Manager", "System"},
        {"EventLog", "System"},
        {"Microsoft-Windows-Kernel-General", "System"},
        {"Microsoft-Windows-GroupPolicy", "System"},
        {"Microsoft-Windows-DistributedCOM", "System"},
        {"DCOM", "System"},
        {"NETLOGON", "System"},
        {"User32", "System"},
        {"ESENT", "Application"},
        {"MSSQLSERVER", "Application"},
        {"MsiInstaller", "Application"},
        {"Application Error", "Application"},
        {"VSS", "Application"},
        {"Microsoft-Windows-WinRM", "Microsoft-Windows-WinRM/Operational"},
        {"PowerShell", "Windows PowerShell"},
        {"Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational"},
        {"PowerShellCore", "PowerShellCore/Operational"},
        {"Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"},
        {"Microsoft-Windows-TerminalServices-LocalSessionManager",
         "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"},
        {"Microsoft-Windows-TerminalServices-RemoteConnectionManager",
         "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"},
        {"Microsoft-Windows-TerminalServices-ClientActiveXCore",
         "Microsoft-Windows-TerminalServices-RDPClient/Operational"},
        {"Microsoft-Windows-TerminalServices-Gateway",
         "Microsoft-Windows-TerminalServices-Gateway/Operational"},
        {"Microsoft-Windows-RemoteDesktopServices-RdpCoreTS",
         "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational"},
        {"Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational"},
        {"Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational"},
        {"Microsoft-Windows-Bits-Client", "Microsoft-Windows-Bits-Client/Operational"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_eq_nocase(provider, kk_cstr(words[i].provider)))
            return kk_cstr(words[i].channel);
    if (kk_eq_nocase(provider, KK_S("Microsoft-Windows-Eventlog")))
        return kk_is(code, "104") ? KK_S("System") : KK_S("Security");
    return KK_NONE;
}

/* "PowerShell (Microsoft-Windows-PowerShell)": what two providers would be called, with the name of the one. */
static kk_slice without_shown_name(kk_slice shown)
{
    size_t open = kk_find(shown, KK_S(" ("));
    if (open == KK_NOWHERE || !kk_ends(shown, KK_S(")")))
        return shown;
    kk_slice inner = kk_part(shown, open + 2, shown.len - open - 3);
    bool is_name =
        kk_starts(inner, KK_S("Microsoft-Windows-")) || kk_eq(inner, kk_part(shown, 0, open));
    return is_name ? inner : shown;
}

/* Event Viewer shows some providers by another name than they have. */
static kk_slice provider_by_shown_name(kk_slice shown)
{
    static const struct {
        const char *shown, *provider;
    } words[] = {
        {"Microsoft Windows security auditing.", "Microsoft-Windows-Security-Auditing"},
        {"Security-Auditing", "Microsoft-Windows-Security-Auditing"},
        {"TerminalServices-LocalSessionManager",
         "Microsoft-Windows-TerminalServices-LocalSessionManager"},
        {"TerminalServices-RemoteConnectionManager",
         "Microsoft-Windows-TerminalServices-RemoteConnectionManager"},
        {"Sysmon", "Microsoft-Windows-Sysmon"},
        {"Windows Defender", "Microsoft-Windows-Windows Defender"},
        {"TaskScheduler", "Microsoft-Windows-TaskScheduler"},
        {"Bits-Client", "Microsoft-Windows-Bits-Client"},
    };
    shown = without_shown_name(shown);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_eq_nocase(shown, kk_cstr(words[i].shown)))
            return kk_cstr(words[i].provider);
    return shown;
}

static kk_slice dataset_of(kk_arena *arena, kk_slice channel)
{
    if (!channel.len)
        return KK_S("windows");
    if (kk_eq_nocase(channel, KK_S("Linux-Sysmon/Operational"))) /* no machine of Windows */
        return KK_S("linux.sysmon");
    kk_slice text = kk_join(arena, KK_S("windows."), kk_part(channel, 0, 512));
    char *out = kk_take(arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        out[i] =
            text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] | 0x20) : text.ptr[i];
    return (kk_slice){out, text.len};
}

static kk_slice system_text(void *event, kk_system_field field)
{
    return ((const kk_winevent *)event)->system[field];
}

static void add_system_fields(kk_winevents *w, bool user_is_column, bool process_is_column)
{
    kk_xml_value values[KK_SYS_FIELDS];
    for (size_t i = 0; i < KK_SYS_FIELDS; i++)
        values[i] = as_value(w->event.system[i]);
    kk_system_part part = {values,    UINT32_MAX,     system_text,
                           &w->event, user_is_column, process_is_column};
    kk_event *e = &w->told;
    kk_pair *more = e->more;
    kk_system_tell(&part, &more);
    e->more_count += (size_t)(e->more - more);
    e->more = more;
}

/* TimeCreated is always UTC, also where a writer left out the zone. */
static void set_time(kk_winevents *w)
{
    kk_event *e = &w->told;
    e->time = w->event.time;
    e->basis = w->event.basis;
    e->precision = w->event.precision;
    e->text[KK_TIME_KIND] = KK_S("logged");
    kk_slice text = w->event.system[KK_SYS_TIME];
    if (e->time != KK_NO_TIME || !text.len)
        return;
    if (!kk_time_parse(text, &e->time) &&
        !kk_time_parse(kk_join(w->scratch, text, KK_S("Z")), &e->time))
        e->time = KK_NO_TIME;
    size_t point = kk_find_byte(text, '.'), digits = 0;
    while (point != KK_NOWHERE && point + 1 + digits < text.len &&
           is_digit(text.ptr[point + 1 + digits]))
        digits++;
    e->basis = KK_BASIS_UTC;
    e->precision = digits == 0   ? KK_EXACT_S
                   : digits <= 3 ? KK_EXACT_MS
                   : digits <= 6 ? KK_EXACT_US
                                 : KK_EXACT_100NS;
}

static void set_user(kk_event *e, kk_slice account)
{
    size_t bar = kk_find_byte(account, '\\');
    account = kk_trim(account);
    if (!account.len || kk_is(account, "N/A") || kk_is(account, "-"))
        return;
    if (kk_starts(account, KK_S("S-1-"))) {
        e->text[KK_USER_ID] = account;
    } else if (bar == KK_NOWHERE) {
        e->text[KK_USER_NAME] = account;
    } else {
        e->text[KK_USER_DOMAIN] = kk_part(account, 0, bar);
        e->text[KK_USER_NAME] = kk_from(account, bar + 1);
    }
}

static void set_columns(kk_winevents *w)
{
    kk_winevent *x = &w->event;
    kk_event *e = &w->told;
    uint64_t code = 0, keywords = x->keywords, number;
    kk_slice channel = x->system[KK_SYS_CHANNEL];
    e->text[KK_PROVIDER] =
        x->system[KK_SYS_PROVIDER].len ? x->system[KK_SYS_PROVIDER] : x->system[KK_SYS_GUID];
    e->text[KK_CODE] = x->system[KK_SYS_EVENT_ID];
    e->text[KK_HOST_NAME] =
        x->system[KK_SYS_COMPUTER].len ? x->system[KK_SYS_COMPUTER] : w->settings->host;
    e->text[KK_DATASET] = dataset_of(w->scratch, channel);
    e->text[KK_MESSAGE] = x->message;
    e->more = x->pairs;
    e->more_count = x->count;
    number_of(x->system[KK_SYS_EVENT_ID], &code);
    code = kk_winevent_code_of_today(x, code);
    if (!keywords)
        number_of(x->system[KK_SYS_KEYWORDS], &keywords);
    kk_slice provider = e->text[KK_PROVIDER];
    if (code == 1102 && kk_is(provider, "Security")) /* it was its own business once */
        e->text[KK_PROVIDER] = KK_S("Microsoft-Windows-Eventlog");
    bool sysmon = kk_is(provider, "Microsoft-Windows-Sysmon") || kk_is(provider, "Linux-Sysmon");
    if (kk_is(provider, "Linux-Sysmon")) { /* says the same in the same fields */
        e->text[KK_PROVIDER] = KK_S("Microsoft-Windows-Sysmon");
        channel = KK_S("Microsoft-Windows-Sysmon/Operational");
    }
    const kk_win_meaning *meaning =
        kk_evtx_columns_meaning(w->columns, code, channel, e->text[KK_PROVIDER]);
    kk_evtx_columns_fill(w->columns, meaning, keywords, w->scratch, e);
    e->text[KK_PROVIDER] = provider;

    bool own_process = !kk_has_number(e, KK_PROCESS_PID);
    if (own_process && number_of(x->system[KK_SYS_PROCESS], &number) && number)
        kk_set_number(e, KK_PROCESS_PID, number);
    bool own_user = !sysmon && !e->text[KK_USER_ID].len && !e->text[KK_USER_NAME].len;
    if (own_user) {
        e->text[KK_USER_ID] = x->system[KK_SYS_USER];
        set_user(e, x->user);
    }
    set_time(w);
    if (x->written.len)
        kk_event_put_before(e, KK_S("evt.written"), x->written);
    if (!own_user && x->user.len)
        kk_event_put_before(e, KK_S("winlog.user"), x->user);
    if (x->task.len)
        kk_event_put_before(e, KK_S("RenderingInfo.Task"), x->task);
    if (x->level.len)
        kk_event_put_before(e, KK_S("RenderingInfo.Level"), x->level);
    add_system_fields(w, own_user, own_process);
    if (x->donor.len)
        kk_event_put_before(e, KK_S("kakuho.donor"), x->donor);
    if (x->recovery.len)
        kk_event_put_before(e, KK_S("kakuho.recovery"), x->recovery);
}

/* Several logs may be in one file, with the same numbers: the place tells their records apart. 0 is for those without a
 * number of their own, wherever they stand. */
static void set_record(kk_event *e, const kk_winevent *x)
{
    uint64_t id = 0;
    e->record = number_of(x->system[KK_SYS_RECORD_ID], &id) && id ? id : x->record;
    if (x->flags & KK_FLAG_RECOVERED)
        e->sub = 0x80000000u | (uint32_t)(x->offset >> 3 & 0x7fffffff);
    else if (!x->numbered && (id || !x->record))
        e->sub = (uint32_t)(x->offset < 16 ? 1 : x->offset >> 4 & 0x7fffffff);
    e->offset = x->offset;
    e->length = x->length > UINT32_MAX ? UINT32_MAX : (uint32_t)x->length;
    e->flags = x->flags | (x->cut ? KK_FLAG_DAMAGED : 0);
}

void kk_winevent_settle_provider(kk_winevent *x)
{
    kk_slice *provider = &x->system[KK_SYS_PROVIDER], code = x->system[KK_SYS_EVENT_ID];
    *provider = provider_by_shown_name(*provider);
    if (kk_eq_nocase(*provider, KK_S("Eventlog")) && (kk_is(code, "1102") || kk_is(code, "104")))
        *provider = KK_S("Microsoft-Windows-Eventlog");
}

static void settle_names(kk_winevent *x)
{
    kk_slice *provider = &x->system[KK_SYS_PROVIDER], code = x->system[KK_SYS_EVENT_ID];
    kk_winevent_settle_provider(x);
    kk_slice *channel = &x->system[KK_SYS_CHANNEL], known;
    bool is_path = kk_find_byte(*channel, '\\') != KK_NOWHERE; /* of a file that was opened */
    if (!channel->len || is_path) {
        known = channel_of_provider(*provider, code);
        *channel = known.len ? known : *channel;
    }
    if (!x->system[KK_SYS_CHANNEL].len)
        x->system[KK_SYS_CHANNEL] = x->likely_channel;
}

bool kk_winevents_tell(kk_winevents *w)
{
    kk_winevent *x = &w->event;
    if (!x->system[KK_SYS_EVENT_ID].len && !x->system[KK_SYS_PROVIDER].len)
        return false;
    settle_names(x);
    if (kk_is(x->system[KK_SYS_PROVIDER], "Security")) /* before Vista strings had no names */
        kk_winevent_name_strings(x);
    for (size_t i = 0; i < KK_SYS_FIELDS; i++)
        if (i != KK_SYS_TIME)
            x->system[i] = usual_form(w->scratch, x->system[i]);
    for (size_t i = 0; i < x->count; i++) {
        kk_slice *value = &x->pairs[i].value;
        if (x->loose_hex && is_large_hex(*value))
            *value = small_hex(w->scratch, *value);
        else if (!x->exact || !is_guid(*value))
            *value = usual_form(w->scratch, *value);
    }
    kk_event_clear(&w->told);
    set_columns(w);
    set_record(&w->told, x);
    w->sink->event(w->sink, &w->told);
    return true;
}
