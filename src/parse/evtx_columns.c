/* Windows events to columns, by the table of model/winevent.c. "-" and blanks are how Windows says
 * that there is no value. */
#include "parse/evtx_columns.h"

/* The row that an event had. */
enum { RECENT = 64, NAME_MOST = 80 };
typedef struct {
    bool is_known;
    uint64_t code;
    const kk_win_meaning *row;
    kk_slice channel, provider; /* their bytes: */
    char names[2 * NAME_MOST];
} recent_row;

struct kk_evtx_columns {
    kk_binxml *xml;
    recent_row recent[RECENT];          /* by code */
    kk_slice *category, *action;        /* by row of the table */
    uint16_t (*watch)[KK_WIN_BINDINGS]; /* by row of the table */
    uint8_t *bindings;                  /* by row: how many there are */
    uint16_t object_type, share_name, rendered;
};

static void watch_all(kk_evtx_columns *c, size_t row, const kk_win_meaning *m)
{
    uint8_t count = 0;
    for (; count < KK_WIN_BINDINGS && m->bind[count].how; count++)
        if (c->xml)
            c->watch[row][count] = kk_binxml_watch(c->xml, m->bind[count].name);
    c->bindings[row] = count;
}

kk_evtx_columns *kk_evtx_columns_open(kk_arena *arena, kk_binxml *xml)
{
    kk_evtx_columns *c = KK_NEW(arena, kk_evtx_columns);
    c->xml = xml;
    c->watch = kk_take_array(arena, kk_winevent_count(), sizeof *c->watch);
    c->bindings = kk_take_array(arena, kk_winevent_count(), sizeof *c->bindings);
    c->category = KK_NEW_ARRAY(arena, kk_slice, kk_winevent_count());
    c->action = KK_NEW_ARRAY(arena, kk_slice, kk_winevent_count());
    for (size_t i = 0; i < kk_winevent_count(); i++) {
        c->category[i] = kk_cstr(kk_winevent_at(i)->category);
        c->action[i] = kk_cstr(kk_winevent_at(i)->action);
        watch_all(c, i, kk_winevent_at(i));
    }
    if (!xml)
        return c;
    c->object_type = kk_binxml_watch(xml, "ObjectType");
    c->share_name = kk_binxml_watch(xml, "ShareName");
    c->rendered = kk_binxml_watch(xml, "RenderingInfo.Message");
    return c;
}

/* 1 + the place of the first field of that name; 0: there is none. */
static uint16_t place_of(const kk_event *e, const char *name)
{
    for (size_t i = 0; i < e->more_count && i < UINT16_MAX; i++)
        if (kk_is(e->more[i].name, name))
            return (uint16_t)(i + 1);
    return 0;
}

/* Value of the first field of that name. */
static bool field(const kk_evtx_columns *c, const kk_event *e, uint16_t watch, const char *name,
                  kk_slice *value)
{
    uint16_t place = 0;
    if (c->xml)
        (void)kk_binxml_watched(c->xml, &watch, 1, &place);
    else
        place = place_of(e, name);
    if (place)
        *value = kk_event_value(e, place - 1u);
    return place != 0;
}

static inline bool no_value(kk_slice value)
{
    if (!value.len || (value.len == 1 && value.ptr[0] == '-'))
        return true;
    return (unsigned char)value.ptr[0] <= ' ' && !kk_trim(value).len;
}

/* What Windows writes where there is nobody, no session, no process. */
static inline bool is_nobody(kk_text_field column, kk_slice value)
{
    return (column == KK_USER_ID && kk_is(value, "S-1-0-0")) ||
           (column == KK_SESSION_ID && kk_is(value, "0x0")) ||
           (column == KK_PROCESS_EXECUTABLE && kk_is(value, "Unknown"));
}

static inline void set_text(kk_event *e, kk_text_field column, kk_slice value)
{
    if (!e->text[column].len && !no_value(value) && !is_nobody(column, value))
        e->text[column] = value;
}

/* Up to 18 digits and nothing else. */
static inline bool quick_number(kk_slice value, uint64_t *number)
{
    uint64_t n = 0;
    if (value.len - 1 >= 18)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned)(unsigned char)value.ptr[i] - '0';
        if (digit > 9)
            return false;
        n = 10 * n + digit;
    }
    *number = n;
    return true;
}

/* 0x and up to 16 lower-case digits. */
static inline bool quick_hex(kk_slice value, uint64_t *number)
{
    uint64_t n = 0;
    if (value.len < 3 || value.len > 18 || value.ptr[0] != '0' || value.ptr[1] != 'x')
        return false;
    for (size_t i = 2; i < value.len; i++) {
        unsigned c = (unsigned char)value.ptr[i], digit = c - '0';
        if (digit > 9 && c - 'a' > 5)
            return false;
        n = n << 4 | (digit > 9 ? c - 'a' + 10 : digit);
    }
    *number = n;
    return true;
}

/* Decimal or 0x...; ports and process ids of 0 say that there is none. */
static void set_number(kk_event *e, kk_number_field column, kk_slice value)
{
    uint64_t number;
    if (quick_number(value, &number) || quick_hex(value, &number)) {
        if (number)
            kk_set_number(e, column, number);
        return;
    }
    kk_xml_value v = {(const uint8_t *)value.ptr, (uint32_t)value.len, KK_XML_UTF8};
    if (!no_value(value) && kk_xml_number(v, &number) && number)
        kk_set_number(e, column, number);
}

static bool is_ipv4(kk_slice s)
{
    int dots = 0;
    if (s.len < 7 || s.len > 15)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.')
            dots++;
        else if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    }
    return dots == 3;
}

static bool is_ipv6(kk_slice s)
{
    int colons = 0;
    kk_slice bare = kk_part(s, 0, kk_find_byte(s, '%')); /* without its interface */
    for (size_t i = 0; i < bare.len; i++) {
        char c = bare.ptr[i], lower = (char)(c | 0x20);
        if (c == ':')
            colons++;
        else if (c != '.' && !(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
            return false;
    }
    return colons >= 2 && s.len <= 60;
}

/* "LOCAL" and host names are no addresses; a mapped IPv4 address is shown as one. */
static void set_address(kk_event *e, kk_text_field column, kk_slice value)
{
    const kk_slice mapped = KK_S("::ffff:");
    if (value.len < 2) /* "-" */
        return;
    value = kk_trim(value);
    if (value.len > mapped.len && value.ptr[0] == ':' &&
        kk_eq_nocase(kk_part(value, 0, mapped.len), mapped) && is_ipv4(kk_from(value, mapped.len)))
        value = kk_from(value, mapped.len);
    if (is_ipv4(value) || is_ipv6(value))
        set_text(e, column, value);
}

static void set_account(kk_event *e, kk_slice value)
{
    size_t bar = kk_find_byte(value, '\\'), at = kk_rfind_byte(value, '@');
    if (bar != KK_NOWHERE) {
        set_text(e, KK_USER_DOMAIN, kk_part(value, 0, bar));
        set_text(e, KK_USER_NAME, kk_from(value, bar + 1));
    } else if (at != KK_NOWHERE && at) {
        set_text(e, KK_USER_DOMAIN, kk_from(value, at + 1));
        set_text(e, KK_USER_NAME, kk_part(value, 0, at));
    } else {
        set_text(e, KK_USER_NAME, value);
    }
}

/* 203.0.113.5:51234 or [2001:db8::5]:51234 */
static void set_endpoint(kk_event *e, kk_slice value)
{
    size_t colon = kk_rfind_byte(value, ':');
    kk_slice address = value;
    if (value.len && value.ptr[0] == '[') {
        size_t close = kk_find_byte(value, ']');
        address = kk_part(value, 1, close == KK_NOWHERE ? SIZE_MAX : close - 1);
        if (close == KK_NOWHERE || colon == KK_NOWHERE || colon < close)
            colon = KK_NOWHERE;
    } else if (colon != KK_NOWHERE && kk_find_byte(value, ':') == colon) {
        address = kk_part(value, 0, colon);
    } else {
        colon = KK_NOWHERE;
    }
    set_address(e, KK_SOURCE_IP, address);
    if (colon != KK_NOWHERE)
        set_number(e, KK_SOURCE_PORT, kk_from(value, colon + 1));
}

static void set_object(const kk_evtx_columns *c, kk_event *e, kk_slice value)
{
    kk_slice type = KK_NONE;
    field(c, e, c->object_type, "ObjectType", &type);
    if (kk_is(type, "Key")) {
        set_text(e, KK_REGISTRY_PATH, value);
        e->text[KK_CATEGORY] = KK_S("registry");
    } else if (kk_is(type, "File") || !type.len) {
        set_text(e, KK_FILE_PATH, value);
    } else {
        e->text[KK_CATEGORY] = KK_S("object");
    }
}

static void set_share_path(const kk_evtx_columns *c, kk_event *e, kk_slice value, kk_arena *arena)
{
    kk_slice share = KK_NONE;
    if (no_value(value) || !field(c, e, c->share_name, "ShareName", &share) || no_value(share))
        return;
    bool barred = value.ptr[0] == '\\' || kk_ends(share, KK_S("\\"));
    kk_slice root = barred ? share : kk_join(arena, share, KK_S("\\"));
    set_text(e, KK_FILE_PATH, kk_join(arena, root, value));
}

static void set_hashes(kk_event *e, kk_slice value)
{
    kk_slice rest = value, part, label = KK_S("SHA256=");
    while (kk_split(&rest, ',', &part))
        if (kk_starts(part, label) && part.len == label.len + 64)
            set_text(e, KK_FILE_SHA256, kk_from(part, label.len));
}

static void set_threat(kk_event *e, kk_slice value)
{
    kk_slice rest = value, part, label = KK_S("file:_");
    while (kk_split(&rest, ';', &part)) {
        part = kk_trim(part);
        if (kk_starts(part, label))
            set_text(e, KK_FILE_PATH, kk_from(part, label.len));
    }
}

/* Lines such as "Host Application = powershell.exe ..." and "HostApplication=...". */
static void context_line(kk_event *e, kk_slice line)
{
    static const char *const host[] = {"HostApplication", "Host Application",
                                       "ホスト アプリケーション"};
    static const char *const user[] = {"UserId", "User", "ユーザー"};
    size_t at = kk_find_byte(line, '=');
    if (at == KK_NOWHERE)
        return;
    kk_slice key = kk_trim(kk_part(line, 0, at)), value = kk_trim(kk_from(line, at + 1));
    for (size_t i = 0; i < 3; i++) {
        if (kk_is(key, host[i]))
            set_text(e, KK_COMMAND_LINE, value);
        if (kk_is(key, user[i]))
            set_account(e, value);
    }
}

/* All fields of the name: the old channel has several without one. */
static void set_context(kk_event *e, const char *name)
{
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice rest = e->more[i].value, line;
        if (!kk_is(e->more[i].name, name))
            continue;
        while (kk_split(&rest, '\n', &line))
            context_line(e, line);
    }
}

static void bind(const kk_evtx_columns *c, const kk_win_binding *b, kk_slice value, kk_arena *arena,
                 kk_event *e)
{
    switch (b->how) {
    case KK_WIN_AS_TEXT:
        set_text(e, b->column, value);
        break;
    case KK_WIN_AS_NUMBER:
        set_number(e, b->column, value);
        break;
    case KK_WIN_AS_ADDRESS:
        set_address(e, b->column, value);
        break;
    case KK_WIN_AS_ACCOUNT:
        set_account(e, value);
        break;
    case KK_WIN_AS_ENDPOINT:
        set_endpoint(e, value);
        break;
    case KK_WIN_AS_OBJECT:
        set_object(c, e, value);
        break;
    case KK_WIN_AS_SHARE_PATH:
        set_share_path(c, e, value, arena);
        break;
    case KK_WIN_AS_HASHES:
        set_hashes(e, value);
        break;
    case KK_WIN_AS_THREAT:
        set_threat(e, value);
        break;
    case KK_WIN_AS_CONTEXT:
        set_context(e, b->name);
        break;
    default:
        break;
    }
}

static kk_outcome outcome_of(const kk_win_meaning *m, uint64_t keywords)
{
    if (m->outcome)
        return (kk_outcome)m->outcome;
    if (m->channel == KK_WIN_SECURITY && keywords & UINT64_C(0x10000000000000))
        return KK_FAILURE;
    if (m->channel == KK_WIN_SECURITY && keywords & UINT64_C(0x20000000000000))
        return KK_SUCCESS;
    return KK_OUTCOME_NONE;
}

static kk_slice base_name(kk_slice path)
{
    if (!path.len)
        return path;
    size_t bar = kk_rfind_byte(path, '\\'), slash = kk_rfind_byte(path, '/');
    if (bar == KK_NOWHERE || (slash != KK_NOWHERE && slash > bar))
        bar = slash;
    return bar == KK_NOWHERE ? path : kk_from(path, bar + 1);
}

const kk_win_meaning *kk_evtx_columns_meaning(kk_evtx_columns *c, uint64_t code, kk_slice channel,
                                              kk_slice provider)
{
    recent_row *r = &c->recent[code % RECENT];
    if (r->is_known && r->code == code && kk_eq(r->channel, channel) &&
        kk_eq(r->provider, provider))
        return r->row;
    const kk_win_meaning *row = kk_winevent_find(code, channel, provider);
    r->is_known = channel.len <= NAME_MOST && provider.len <= NAME_MOST;
    if (!r->is_known)
        return row;
    r->code = code;
    r->row = row;
    r->channel = (kk_slice){r->names, channel.len};
    r->provider = (kk_slice){r->names + NAME_MOST, provider.len};
    if (channel.len)
        memcpy(r->names, channel.ptr, channel.len);
    if (provider.len)
        memcpy(r->names + NAME_MOST, provider.ptr, provider.len);
    return row;
}

static void bind_all(const kk_evtx_columns *c, const kk_win_meaning *m, size_t row, kk_arena *arena,
                     kk_event *e)
{
    uint16_t places[KK_WIN_BINDINGS];
    size_t count = c->bindings[row];
    if (c->xml && !kk_binxml_watched(c->xml, c->watch[row], count, places))
        return;
    for (size_t i = 0; i < count; i++) {
        const kk_win_binding *b = &m->bind[i];
        uint16_t place = c->xml ? places[i] : place_of(e, b->name);
        uint64_t number = 0;
        if (!place)
            continue;
        if (b->how != KK_WIN_AS_NUMBER || !c->xml || !kk_binxml_whole(c->xml, place - 1u, &number))
            bind(c, b, e->more[place - 1].value, arena, e);
        else if (number)
            kk_set_number(e, b->column, number);
    }
}

void kk_evtx_columns_message(const kk_evtx_columns *c, kk_event *e)
{
    kk_slice value;
    if (field(c, e, c->rendered, "RenderingInfo.Message", &value))
        set_text(e, KK_MESSAGE, value);
}

void kk_evtx_columns_fill(kk_evtx_columns *c, const kk_win_meaning *m, uint64_t keywords,
                          kk_arena *arena, kk_event *e)
{
    kk_evtx_columns_message(c, e);
    if (!m)
        return;
    size_t row = kk_winevent_row(m);
    e->text[KK_CATEGORY] = c->category[row];
    e->text[KK_ACTION] = c->action[row];
    e->outcome = outcome_of(m, keywords);
    bind_all(c, m, row, arena, e);
    e->text[KK_PROCESS_NAME] = base_name(e->text[KK_PROCESS_EXECUTABLE]);
}
