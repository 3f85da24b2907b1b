/* One Windows event as a JSON object of any tool: a tree that follows the XML, what shippers wrap around it,
 * named values side by side. */
#include "parse/winevent_flat.h"
#include "parse/winevent_object.h"

enum { FLAT_DEPTH = 8 };

typedef struct {
    kk_winevents *events;
    kk_winevent *event;
    kk_arena *arena;
    kk_flat_shape shape;
    bool has[KK_FLAT_IGNORED + 1];
    bool short_id, strong_provider, strong_channel, classic;
    const kk_json_value *raw;
} flat;

typedef void (*visit)(flat *f, kk_slice name, const kk_json_value *v);

/* Every value that is no object or array, by the names that lead to it. */
static void each_value(flat *f, const kk_json_value *of, kk_slice prefix, int depth, visit see)
{
    for (const kk_json_value *v = of->first; v && !f->event->cut; v = v->next) {
        kk_slice name = of->kind == KK_JSON_ARRAY ? prefix : v->key;
        if (of->kind != KK_JSON_ARRAY && prefix.len && prefix.len + name.len < 512)
            name = kk_print(f->arena, "%.*s.%.*s", KK_P(prefix), KK_P(v->key));
        if (v->kind != KK_JSON_OBJECT && v->kind != KK_JSON_ARRAY)
            see(f, name, v);
        else if (depth < FLAT_DEPTH)
            each_value(f, v, name, depth + 1, see);
    }
}

/* Decimal; a name of an event in other software's logs is no id. */
static bool is_id(const kk_json_value *v)
{
    uint64_t id;
    return (v->kind == KK_JSON_TEXT || v->kind == KK_JSON_NUMBER) &&
           kk_to_u64(kk_trim(v->text), &id) && id < (UINT64_C(1) << 32);
}

/* 2026/07/01 01:02:03.4567800: Fluentd writes UTC so, and its times alone have slashes and a point. */
static bool is_fluentd_time(kk_slice name, kk_slice text)
{
    return kk_is(name, "TimeCreated") && text.len > 20 && text.ptr[4] == '/' &&
           text.ptr[10] == ' ' && text.ptr[19] == '.' && kk_find_byte(text, 'M') == KK_NOWHERE;
}

static void look(flat *f, kk_slice name, const kk_json_value *v)
{
    kk_slice field = name;
    kk_flat_meaning m = kk_flat_meaning_of(&field);
    bool value = v->kind != KK_JSON_NULL && (v->text.len || v->kind != KK_JSON_TEXT);
    if (m == KK_FLAT_ID && is_id(v)) {
        f->has[m] = true;
        f->short_id = kk_eq_nocase(name, KK_S("id"));
    } else if (m != KK_FLAT_ID && value) {
        f->has[m] = true;
    }
    f->strong_provider |= m == KK_FLAT_PROVIDER && value && !kk_eq_nocase(name, KK_S("source"));
    f->strong_channel |= m == KK_FLAT_CHANNEL && value && !kk_eq_nocase(name, KK_S("log"));
    f->classic |= m == KK_FLAT_TYPE || kk_is(name, "InstanceId");
    f->shape.dotnet |=
        kk_is(name, "ProviderName") || kk_is(name, "MapDescription") || kk_is(name, "ChunkNumber");
    f->shape.utc |= kk_is(name, "ChunkNumber") || kk_is(name, "MapDescription");
    if (is_fluentd_time(name, v->text))
        f->shape.utc = f->shape.nanoseconds = true;
    f->shape.has_payload |= m == KK_FLAT_PAYLOAD && value;
    if (m == KK_FLAT_XML && kk_flat_is_raw(v->text))
        f->raw = v;
}

static bool is_flat_event(const flat *f)
{
    bool source =
        f->strong_channel || f->strong_provider || (f->has[KK_FLAT_PROVIDER] && f->classic);
    bool placed = f->has[KK_FLAT_TIME] || f->has[KK_FLAT_LATER_TIME] || f->has[KK_FLAT_COMPUTER] ||
                  f->has[KK_FLAT_RECORD] || f->has[KK_FLAT_LINE];
    return f->has[KK_FLAT_ID] && source && placed &&
           (!f->short_id || (f->strong_provider && f->strong_channel));
}

static void take(flat *f, kk_slice name, const kk_json_value *v)
{
    kk_flat_meaning m = kk_flat_meaning_of(&name);
    bool empty = v->kind == KK_JSON_NULL || (v->kind == KK_JSON_TEXT && !v->text.len);
    if (v->kind == KK_JSON_NULL && m != KK_FLAT_NONE && m != KK_FLAT_STRINGS)
        return;
    if (empty && kk_is(v->key, "EventData")) /* no list: Sentinel has nothing there */
        return;
    kk_flat_put(f->events, f->event, &f->shape, m, name, kk_winevent_scalar(f->arena, v));
}

/* What shippers and search engines wrap around an event. */
static const kk_json_value *unwrap(const kk_json_value *v)
{
    static const char *const wrappers[] = {"result", "_source", "fields"};
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        const kk_json_value *inner = kk_json_get(v, wrappers[i]);
        if (inner && inner->kind == KK_JSON_OBJECT)
            return inner;
    }
    return v;
}

/* Wazuh writes the first letter of a name small. */
static kk_slice with_capital(kk_arena *arena, kk_slice name)
{
    if (!name.len || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return name;
    return kk_print(arena, "%c%.*s", name.ptr[0] & ~0x20, KK_P(kk_from(name, 1)));
}

/* An alert or an archived event of Wazuh: {"data":{"win":{"system":{},"eventdata":{}}}}. */
static bool read_wazuh(kk_winevents *events, kk_winevent *e, const kk_json_value *v,
                       const kk_settings *settings)
{
    static const char *const parts[] = {"eventdata", "userdata", "eventXml"};
    const kk_json_value *data = kk_json_get(v, "data"),
                        *win = data ? kk_json_get(data, "win") : NULL;
    const kk_json_value *system = win ? kk_json_get(win, "system") : NULL;
    flat f = {.events = events,
              .event = e,
              .arena = kk_winevents_scratch(events),
              .shape = {.settings = settings}};
    if (!system || system->kind != KK_JSON_OBJECT || !kk_json_get(system, "eventID"))
        return false;
    for (const kk_json_value *one = system->first; one; one = one->next)
        if (one->kind == KK_JSON_TEXT || one->kind == KK_JSON_NUMBER)
            take(&f, with_capital(f.arena, one->key), one);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const kk_json_value *fields = kk_json_get(win, parts[i]);
        for (const kk_json_value *one = fields ? fields->first : NULL; one; one = one->next)
            if (one->kind == KK_JSON_TEXT || one->kind == KK_JSON_NUMBER)
                kk_winevent_add(e, with_capital(f.arena, one->key),
                                kk_winevent_scalar(f.arena, one));
    }
    kk_flat_finish(e);
    return true;
}

bool kk_winevent_read_json(kk_winevents *events, kk_winevent *e, const kk_json_value *v)
{
    const kk_settings *settings = kk_winevents_settings(events);
    if (v->kind != KK_JSON_OBJECT)
        return false;
    v = unwrap(v);
    if (kk_winevent_read_tree(events, e, v) || read_wazuh(events, e, v, settings))
        return true;
    flat f = {.events = events,
              .event = e,
              .arena = kk_winevents_scratch(events),
              .shape = {.settings = settings}};
    each_value(&f, v, KK_NONE, 0, look);
    bool xml = f.raw && kk_starts(f.raw->text, KK_S("<Event"));
    if (f.raw && (xml || !is_flat_event(&f)))
        return kk_flat_read_raw(events, e, f.raw->text);
    if (!is_flat_event(&f))
        return false;
    each_value(&f, v, KK_NONE, 0, take);
    kk_flat_finish(e);
    return true;
}
