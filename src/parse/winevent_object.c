/* A Windows event as a JSON tree that follows the XML: what evtx_dump, Velociraptor, EvtxECmd (its
 * Payload) and xmltodict-like tools write. Attributes stand in "#attributes" or "_attributes" inside,
 * in "Name_attributes" beside, or as "@Name"; text beside attributes is "#text" or "Value". Names are
 * given as for XML. */
#include "parse/winevent_object.h"

#include "parse/winevent_system.h"

#define PATH 1024 /* bytes of names joined with dots */

typedef enum { IN_SYSTEM, IN_EVENTDATA, IN_USERDATA, IN_BODY } place;

typedef struct {
    kk_winevent *event;
    kk_arena *arena;
} reading;

typedef struct {
    kk_slice element; /* its name in System */
    kk_slice path;    /* what its text and its attributes are called */
    kk_slice prefix;  /* what its children are called below */
    place inside;
    bool is_data, in_system, has_attribute;
} frame;

static kk_slice dotted(reading *r, kk_slice prefix, kk_slice name)
{
    if (!name.len)
        return prefix;
    if (!prefix.len || prefix.len + name.len >= PATH)
        return name;
    return kk_join(r->arena, kk_join(r->arena, prefix, KK_S(".")), name);
}

static bool is_node(const kk_json_value *v)
{
    return v->kind == KK_JSON_OBJECT || v->kind == KK_JSON_ARRAY;
}

/* 01234567-89AB-...: how evtx_dump writes a GUID; one in small letters is a text of the event. */
static kk_slice braced_guid(kk_arena *arena, kk_slice s)
{
    if (s.len != 36 || s.ptr[8] != '-' || s.ptr[13] != '-' || s.ptr[18] != '-' || s.ptr[23] != '-')
        return s;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F') && c != '-')
            return s;
    }
    return kk_print(arena, "{%.*s}", KK_P(s));
}

kk_slice kk_winevent_scalar(kk_arena *arena, const kk_json_value *v)
{
    if (v->kind == KK_JSON_TRUE)
        return KK_S("true");
    if (v->kind == KK_JSON_FALSE)
        return KK_S("false");
    if (v->kind == KK_JSON_TEXT)
        return braced_guid(arena, v->text);
    return v->kind == KK_JSON_NUMBER ? v->text : (kk_slice){"", 0};
}

/* Seconds since 1970 with a fraction, as Velociraptor has them. */
static void set_epoch(kk_winevent *e, kk_slice text)
{
    kk_slice whole = kk_part(text, 0, kk_find_byte(text, '.'));
    kk_slice part = whole.len < text.len ? kk_part(text, whole.len + 1, 9) : KK_NONE;
    int64_t seconds;
    uint64_t fraction = 0, scale = 1000000000;
    if (!kk_to_i64(whole, &seconds) || (part.len && !kk_to_u64(part, &fraction)) ||
        seconds < -9000000000 || seconds > 9000000000)
        return;
    for (size_t i = 0; i < part.len; i++)
        scale /= 10;
    e->time = kk_time_from_unix(seconds, (int64_t)(fraction * scale));
    e->basis = KK_BASIS_UTC;
    e->precision = part.len > 3 ? KK_EXACT_US : part.len ? KK_EXACT_MS : KK_EXACT_S;
}

kk_slice kk_winevent_keywords_text(kk_arena *arena, kk_slice text)
{
    uint64_t number;
    int64_t negative;
    if (kk_to_u64(text, &number))
        return kk_print(arena, "0x%llx", (unsigned long long)number);
    if (kk_to_i64(text, &negative))
        return kk_print(arena, "0x%llx", (unsigned long long)negative);
    return text;
}

static void put_system(reading *r, kk_system_field field, const kk_json_value *v)
{
    kk_slice text = kk_winevent_scalar(r->arena, v);
    if (field == KK_SYS_TIME && v->kind == KK_JSON_NUMBER)
        set_epoch(r->event, text);
    else if (field == KK_SYS_KEYWORDS)
        r->event->system[field] = kk_winevent_keywords_text(r->arena, text);
    else
        r->event->system[field] = text;
}

static void put(reading *r, const frame *f, kk_slice attribute, const kk_json_value *v)
{
    kk_system_field field =
        f->in_system ? kk_system_field_of(f->element, attribute) : KK_SYS_FIELDS;
    if (field != KK_SYS_FIELDS)
        put_system(r, field, v);
    else if (f->is_data && kk_is(f->path, "Data") && v->kind == KK_JSON_TEXT)
        kk_winevent_add(r->event, f->path, v->text); /* without a name: always a text */
    else if (!f->in_system || v->kind != KK_JSON_NULL)
        kk_winevent_add(r->event, dotted(r, f->path, attribute), kk_winevent_scalar(r->arena, v));
}

static void put_attribute(reading *r, frame *f, kk_slice name, const kk_json_value *v)
{
    if (is_node(v) || kk_is(name, "xmlns") || kk_starts(name, KK_S("xmlns:")))
        return;
    if (f->is_data && kk_is(name, "Name") && v->kind == KK_JSON_TEXT && v->text.len) {
        f->path = f->prefix = v->text;
        return;
    }
    put(r, f, name, v);
    f->has_attribute = true;
}

static void put_attributes(reading *r, frame *f, const kk_json_value *all)
{
    for (const kk_json_value *v = all && is_node(all) ? all->first : NULL; v; v = v->next)
        put_attribute(r, f, v->key, v);
}

static bool is_attributes(kk_slice key)
{
    return kk_is(key, "#attributes") || kk_is(key, "_attributes");
}

/* "Name_attributes" beside "Name". */
static kk_slice owner_of(kk_slice key)
{
    const kk_slice tail = KK_S("_attributes");
    return key.len > tail.len && kk_ends(key, tail) ? kk_part(key, 0, key.len - tail.len) : KK_NONE;
}

/* The attributes that stand beside `v` in its object. */
static const kk_json_value *beside(const kk_json_value *object, const kk_json_value *v)
{
    size_t seen = 0;
    for (const kk_json_value *a = object->first; a && seen < KK_WINEVENT_FIELDS;
         a = a->next, seen++)
        if (v->key.len && kk_eq(owner_of(a->key), v->key))
            return a;
    return NULL;
}

static void put_children(reading *r, const frame *f, const kk_json_value *object);

/* Text beside attributes; several are a field each. */
static void put_text(reading *r, const frame *f, const kk_json_value *v)
{
    bool is_text = kk_is(v->key, "#text") || (f->in_system && kk_is(v->key, "Value"));
    if (!is_text || v->kind == KK_JSON_OBJECT)
        return;
    if (v->kind != KK_JSON_ARRAY)
        put(r, f, KK_NONE, v);
    else
        for (const kk_json_value *item = v->first; item; item = item->next)
            put(r, f, KK_NONE, item);
}

/* In System an element has attributes and text, never values of its own. */
static bool is_plain_attribute(const frame *f, const kk_json_value *v)
{
    return f->in_system && !is_node(v) && !kk_is(v->key, "#text") && !kk_is(v->key, "Value") &&
           v->key.len && v->key.ptr[0] != '@';
}

static void put_object(reading *r, frame *f, const kk_json_value *object,
                       const kk_json_value *attributes)
{
    bool content = false;
    put_attributes(r, f, attributes);
    for (const kk_json_value *v = object->first; v; v = v->next) {
        if (is_attributes(v->key))
            put_attributes(r, f, v);
        else if (v->key.len && v->key.ptr[0] == '@')
            put_attribute(r, f, kk_from(v->key, 1), v);
        else if (is_plain_attribute(f, v))
            put_attribute(r, f, v->key, v);
    }
    for (const kk_json_value *v = object->first; v; v = v->next) {
        bool taken = is_attributes(v->key) || (v->key.len && v->key.ptr[0] == '@') ||
                     is_plain_attribute(f, v);
        content = content || !taken;
        if (!taken)
            put_text(r, f, v);
    }
    put_children(r, f, object);
    if (!content && f->is_data)
        kk_winevent_add(r->event, f->path, (kk_slice){"", 0});
}

static frame frame_for(reading *r, const frame *outer, kk_slice name)
{
    frame f = {.element = name, .path = name, .inside = IN_BODY};
    switch (outer->inside) {
    case IN_SYSTEM:
        f.in_system = true;
        f.prefix = f.path = dotted(r, KK_S("System"), name);
        break;
    case IN_EVENTDATA:
        f.is_data = kk_is(name, "Data") || kk_is(name, "ComplexData");
        f.prefix = name;
        break;
    case IN_USERDATA:
        break;
    case IN_BODY:
        f.prefix = f.path = dotted(r, outer->prefix, name);
        break;
    }
    return f;
}

static void put_element(reading *r, const frame *outer, const kk_json_value *v, kk_slice name,
                        const kk_json_value *attributes)
{
    frame f = frame_for(r, outer, name);
    if (v->kind == KK_JSON_OBJECT) {
        put_object(r, &f, v, attributes);
    } else if (v->kind == KK_JSON_ARRAY) {
        for (const kk_json_value *item = v->first; item && !r->event->cut; item = item->next)
            put_element(r, outer, item, name, attributes);
    } else {
        put_attributes(r, &f, attributes);
        if (!(v->kind == KK_JSON_NULL && f.has_attribute))
            put(r, &f, KK_NONE, v);
    }
}

/* Keys are made unique: Name, Name_1, Name_2. The name of the element, by those before it. */
static kk_slice element_name(const kk_json_value *object, const kk_json_value *v)
{
    size_t bar = kk_rfind_byte(v->key, '_');
    uint64_t number;
    if (bar == KK_NOWHERE || !bar || !kk_to_u64(kk_from(v->key, bar + 1), &number) || !number)
        return v->key;
    size_t seen = 0;
    for (const kk_json_value *before = object->first; before != v && seen < KK_WINEVENT_FIELDS;
         before = before->next, seen++)
        if (kk_eq(before->key, kk_part(v->key, 0, bar)))
            return before->key;
    return v->key;
}

static void put_children(reading *r, const frame *f, const kk_json_value *object)
{
    size_t seen = 0;
    for (const kk_json_value *v = object->first; v && !r->event->cut; v = v->next) {
        if (seen++ == KK_WINEVENT_FIELDS)
            r->event->cut = true;
        bool text = kk_is(v->key, "#text") || (f->in_system && !is_node(v));
        if (text || is_attributes(v->key) || owner_of(v->key).len || !v->key.len ||
            v->key.ptr[0] == '@')
            continue;
        put_element(r, f, v, element_name(object, v), beside(object, v));
    }
}

/* EventData, UserData and others below Event. */
static void put_part(reading *r, const kk_json_value *v)
{
    frame f = {.path = v->key, .prefix = v->key, .inside = IN_BODY};
    bool is_data = kk_is(v->key, "EventData");
    if (is_data)
        f.inside = IN_EVENTDATA;
    else if (kk_is(v->key, "UserData"))
        f.inside = IN_USERDATA;
    if (v->kind == KK_JSON_OBJECT)
        put_object(r, &f, v, NULL);
    else if (v->kind == KK_JSON_TEXT && is_data)
        kk_winevent_add(r->event, KK_S("Data"), v->text);
    else if (v->kind == KK_JSON_ARRAY)
        for (const kk_json_value *item = v->first; item; item = item->next) {
            if (item->kind == KK_JSON_OBJECT)
                put_object(r, &f, item, NULL);
            else
                kk_winevent_add(r->event, KK_S("Data"), kk_winevent_scalar(r->arena, item));
        }
}

void kk_winevent_read_payload(kk_winevents *events, kk_winevent *e, const kk_json_value *payload)
{
    reading r = {e, kk_winevents_scratch(events)};
    for (const kk_json_value *v = payload->first; v; v = v->next)
        if (is_node(v) && !is_attributes(v->key))
            put_part(&r, v);
}

void kk_winevent_read_fields(kk_winevents *events, kk_winevent *e, const kk_json_value *fields)
{
    kk_arena *arena = kk_winevents_scratch(events);
    for (const kk_json_value *v = fields->first; v && !e->cut; v = v->next)
        if (!is_node(v))
            kk_winevent_add(e, element_name(fields, v), kk_winevent_scalar(arena, v));
}

/* What `kakuho evtx` says of the record beside its event. */
static void read_origin(reading *r, const kk_json_value *origin)
{
    const kk_json_value *how = kk_json_get(origin, "recovery"),
                        *donor = kk_json_get(origin, "donor"),
                        *damaged = kk_json_get(origin, "damaged"),
                        *cut = kk_json_get(origin, "cut");
    if (how && how->kind == KK_JSON_TEXT)
        (void)kk_winevent_found_as(r->event, how->text);
    if (donor && donor->kind == KK_JSON_NUMBER)
        r->event->donor = kk_print(r->arena, "byte %.*s", KK_P(donor->text));
    if ((damaged && damaged->kind == KK_JSON_TRUE) || (cut && cut->kind == KK_JSON_TRUE))
        (void)kk_winevent_found_as(r->event, KK_S("damaged"));
}

bool kk_winevent_read_tree(kk_winevents *events, kk_winevent *e, const kk_json_value *object)
{
    reading r = {e, kk_winevents_scratch(events)};
    const kk_json_value *inner = kk_json_get(object, "Event"),
                        *origin = kk_json_get(object, "kakuho");
    object = inner && inner->kind == KK_JSON_OBJECT ? inner : object;
    const kk_json_value *system = kk_json_get(object, "System");
    bool ours =
        origin && origin->kind == KK_JSON_OBJECT; /* a record without a template has no id */
    if (!system || system->kind != KK_JSON_OBJECT || !(kk_json_get(system, "EventID") || ours))
        return false;
    if (ours)
        read_origin(&r, origin);
    e->exact = true;
    frame in_system = {.inside = IN_SYSTEM};
    put_children(&r, &in_system, system);
    for (const kk_json_value *v = object->first; v; v = v->next) {
        if (kk_is(v->key, "Message") && v->kind == KK_JSON_TEXT)
            e->message = v->text;
        else if (is_node(v) && v != system && !is_attributes(v->key) && !owner_of(v->key).len &&
                 v->key.len && v->key.ptr[0] != '@')
            put_part(&r, v);
    }
    return true;
}
