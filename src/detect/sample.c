#include "detect/sample.h"

#include "base/json_read.h"
#include "detect/source.h"

typedef struct {
    kk_arena *arena;
    kk_event *event;
} filling;

static kk_slice text_of(const kk_json_value *v)
{
    switch (v->kind) {
    case KK_JSON_TRUE:
        return KK_S("true");
    case KK_JSON_FALSE:
        return KK_S("false");
    case KK_JSON_TEXT:
    case KK_JSON_NUMBER:
        return v->text;
    default:
        return KK_NONE;
    }
}

static void add_more(filling *f, kk_slice name, const kk_json_value *v)
{
    if (v->kind == KK_JSON_NULL || v->kind == KK_JSON_OBJECT)
        return; /* null is how JSON says that there is none */
    if (v->kind != KK_JSON_ARRAY) {
        kk_event_more(f->event, f->arena, name, text_of(v));
        return;
    }
    for (const kk_json_value *one = v->first; one; one = one->next)
        add_more(f, name, one);
}

static void set_channel(filling *f, kk_slice channel)
{
    char *text = kk_take(f->arena, channel.len + 8);
    memcpy(text, "windows.", 8);
    for (size_t i = 0; i < channel.len; i++) {
        char c = channel.ptr[i];
        text[8 + i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    f->event->text[KK_DATASET] = (kk_slice){text, channel.len + 8};
    kk_event_more(f->event, f->arena, KK_S("winlog.channel"), channel);
}

/* ---- {"Event":{"System":…,"EventData":…}} ---- */

static const kk_json_value *attributes(const kk_json_value *system, const char *name)
{
    char joined[64];
    const kk_json_value *own = kk_json_get(system, name);
    const kk_json_value *inner = own ? kk_json_get(own, "#attributes") : NULL;
    size_t len = strlen(name);
    if (inner || len > 40)
        return inner;
    memcpy(joined, name, len);
    memcpy(joined + len, "_attributes", sizeof "_attributes");
    inner = kk_json_get(system, joined);
    return inner ? inner : own;
}

static kk_slice plain_text(const kk_json_value *v)
{
    const kk_json_value *inner = v && v->kind == KK_JSON_OBJECT ? kk_json_get(v, "#text") : v;
    return inner ? text_of(inner) : KK_NONE;
}

/* Attributes below System, under the names that a log's own reader gives them. */
static void fill_attributes(filling *f, const kk_json_value *system)
{
    static const struct {
        const char *element, *attribute, *name;
    } told[] = {
        {"Execution", "ProcessID", "System.ProcessID"},
        {"Execution", "ThreadID", "System.ThreadID"},
        {"Security", "UserID", "System.UserID"},
        {"EventID", "Qualifiers", "System.Qualifiers"},
        {"Provider", "EventSourceName", "System.EventSourceName"},
        {"Correlation", "ActivityID", "System.ActivityID"},
        {"Correlation", "RelatedActivityID", "System.RelatedActivityID"},
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const kk_json_value *of = attributes(system, told[i].element);
        const kk_json_value *v = of ? kk_json_get(of, told[i].attribute) : NULL;
        if (v)
            add_more(f, kk_cstr(told[i].name), v);
    }
}

static void fill_system(filling *f, const kk_json_value *system)
{
    static const char *const kept[] = {"Qualifiers", "Version", "Level",
                                       "Task",       "Opcode",  "Keywords"};
    kk_event *e = f->event;
    uint64_t number;
    const kk_json_value *provider = attributes(system, "Provider");
    const kk_json_value *created = attributes(system, "TimeCreated");
    e->text[KK_PROVIDER] = provider ? kk_json_member(provider, "Name") : KK_NONE;
    e->text[KK_CODE] = plain_text(kk_json_get(system, "EventID"));
    e->text[KK_HOST_NAME] = plain_text(kk_json_get(system, "Computer"));
    set_channel(f, plain_text(kk_json_get(system, "Channel")));
    if (created)
        kk_time_parse(kk_json_member(created, "SystemTime"), &e->time);
    if (kk_to_u64(plain_text(kk_json_get(system, "EventRecordID")), &number))
        e->record = number;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        kk_slice value = plain_text(kk_json_get(system, kept[i]));
        if (value.len)
            kk_event_more(e, f->arena, kk_print(f->arena, "System.%s", kept[i]), value);
    }
    fill_attributes(f, system);
}

/* Leaves under their own names; what is only text goes by the name of its element. */
static void fill_data(filling *f, kk_slice name, const kk_json_value *v, int depth)
{
    if (depth > 8)
        return;
    if (v->kind == KK_JSON_OBJECT) {
        for (const kk_json_value *one = v->first; one; one = one->next)
            if (!kk_is(one->key, "#attributes") && !kk_ends(one->key, KK_S("_attributes")))
                fill_data(f, kk_is(one->key, "#text") ? name : one->key, one, depth + 1);
    } else if (v->kind == KK_JSON_ARRAY) {
        for (const kk_json_value *one = v->first; one; one = one->next)
            fill_data(f, name, one, depth + 1);
    } else if (v->kind == KK_JSON_NULL) {
        kk_event_more(f->event, f->arena, name, KK_NONE); /* an element without text */
    } else {
        add_more(f, name, v);
    }
}

static bool fill_windows(filling *f, const kk_json_value *event, const char **what)
{
    static const char *const parts[] = {"EventData", "UserData", "RenderingInfo"};
    const kk_json_value *system = kk_json_get(event, "System");
    *what = "the Event has no System";
    if (!system)
        return false;
    fill_system(f, system);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const kk_json_value *part = kk_json_get(event, parts[i]);
        if (part && part->kind == KK_JSON_OBJECT)
            fill_data(f, KK_NONE, part, 0);
    }
    return true;
}

/* ---- flat ---- */

static bool fill_column(filling *f, kk_slice name, const kk_json_value *v)
{
    uint64_t number;
    kk_slice text = text_of(v);
    for (int t = 0; t < KK_TEXT_FIELDS; t++)
        if (kk_is(name, kk_text_field_name((kk_text_field)t))) {
            f->event->text[t] = text;
            return true;
        }
    for (int n = 0; n < KK_NUMBER_FIELDS; n++)
        if (kk_is(name, kk_number_field_name((kk_number_field)n)) && kk_to_u64(text, &number)) {
            kk_set_number(f->event, (kk_number_field)n, number);
            return true;
        }
    if (kk_is(name, "event.outcome")) {
        f->event->outcome = kk_is(text, "success")   ? KK_SUCCESS
                            : kk_is(text, "failure") ? KK_FAILURE
                                                     : KK_OUTCOME_NONE;
        return true;
    }
    return kk_is(name, "@timestamp") && kk_time_parse(text, &f->event->time);
}

/* Names of System's fields, as rules write them. */
static bool fill_windows_name(filling *f, kk_slice name, const kk_json_value *v)
{
    static const struct {
        const char *name;
        kk_text_field column;
    } columns[] = {{"EventID", KK_CODE},
                   {"Provider_Name", KK_PROVIDER},
                   {"Computer", KK_HOST_NAME},
                   {"ComputerName", KK_HOST_NAME}};
    static const char *const system[] = {"Level", "Task", "Opcode", "Keywords", "Version"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (kk_is(name, columns[i].name)) {
            f->event->text[columns[i].column] = text_of(v);
            return true;
        }
    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        if (kk_is(name, system[i])) {
            add_more(f, kk_print(f->arena, "System.%s", system[i]), v);
            return true;
        }
    if (kk_is(name, "Channel"))
        set_channel(f, text_of(v));
    return kk_is(name, "Channel");
}

static void fill_pairs(filling *f, const kk_json_value *more)
{
    for (const kk_json_value *one = more->first; one; one = one->next)
        if (one->kind == KK_JSON_ARRAY && one->first && one->first->next)
            add_more(f, text_of(one->first), one->first->next);
}

static bool is_ours(kk_slice key)
{
    return kk_is(key, "logsource") || kk_is(key, "fires") || kk_is(key, "silent");
}

static void fill_flat(filling *f, const kk_json_value *object)
{
    bool windows = kk_starts(f->event->text[KK_DATASET], KK_S("windows."));
    for (const kk_json_value *one = object->first; one; one = one->next) {
        if (is_ours(one->key) || (windows && fill_windows_name(f, one->key, one)) ||
            fill_column(f, one->key, one))
            continue;
        if (kk_is(one->key, "more") && one->kind == KK_JSON_ARRAY)
            fill_pairs(f, one);
        else
            add_more(f, one->key, one);
    }
}

/* An event of the first log that a rule with this logsource is for. */
static bool begin_from(filling *f, const kk_json_value *from, const char **what)
{
    kk_logsource l = {kk_json_member(from, "category"), kk_json_member(from, "product"),
                      kk_json_member(from, "service")};
    uint16_t source;
    *what = "no log that is read here has this logsource";
    if (!kk_sources_of(&l, &source, 1))
        return false;
    const kk_source *s = kk_source_at(source);
    kk_slice dataset = kk_cstr(s->dataset);
    if (kk_ends(dataset, KK_S("*")))
        dataset = kk_part(dataset, 0, dataset.len - 2);
    f->event->text[KK_DATASET] = dataset;
    if (s->codes[0])
        f->event->text[KK_CODE] = kk_cstr(s->codes[0]);
    if (s->providers[0])
        f->event->text[KK_PROVIDER] = kk_cstr(s->providers[0]);
    if (s->field && kk_is(kk_cstr(s->field), "event.action"))
        f->event->text[KK_ACTION] = kk_cstr(s->values[0]);
    return true;
}

static void read_list(filling *f, const kk_json_value *from, kk_slice **out, size_t *count)
{
    size_t n = 0;
    for (const kk_json_value *one = from ? from->first : NULL; one; one = one->next)
        n++;
    *count = 0;
    *out = KK_NEW_ARRAY(f->arena, kk_slice, n + 1);
    if (from && from->kind == KK_JSON_TEXT)
        (*out)[(*count)++] = from->text;
    for (const kk_json_value *one = from ? from->first : NULL; one; one = one->next)
        (*out)[(*count)++] = text_of(one);
}

bool kk_sample_read(kk_arena *arena, kk_slice line, kk_event *event, kk_sample_wish *wish,
                    const char **what)
{
    filling f = {arena, event};
    const kk_json_value *object = kk_json_read(arena, line);
    kk_event_clear(event);
    event->time = KK_NO_TIME;
    *wish = (kk_sample_wish){0};
    *what = "it is no JSON object";
    if (!object || object->kind != KK_JSON_OBJECT)
        return false;
    read_list(&f, kk_json_get(object, "fires"), &wish->fires, &wish->fire_count);
    read_list(&f, kk_json_get(object, "silent"), &wish->silent, &wish->silent_count);
    const kk_json_value *windows = kk_json_get(object, "Event");
    const kk_json_value *from = kk_json_get(object, "logsource");
    if (windows)
        return fill_windows(&f, windows, what);
    *what = "it has no Event, no logsource and no event.dataset";
    if (from ? !begin_from(&f, from, what) : !kk_json_get(object, "event.dataset"))
        return false;
    if (!from)
        event->text[KK_DATASET] = kk_json_member(object, "event.dataset");
    fill_flat(&f, object);
    return true;
}

bool kk_sample_likely(kk_arena *arena, kk_slice line)
{
    const kk_json_value *object = kk_json_read(arena, line);
    if (!object || object->kind != KK_JSON_OBJECT)
        return false;
    return kk_json_get(object, "logsource") || kk_json_get(object, "event.dataset") ||
           (kk_json_get(object, "Event") && kk_json_get(kk_json_get(object, "Event"), "System"));
}
