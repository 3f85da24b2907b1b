/* Indicators in JSON: STIX 2.1 (and the observables of 2.0), events of MISP, rows of this program. And the
 * form in which they leave the walls. */
#include "detect/ioc_i.h"

#include "base/json_read.h"

enum { FOLDERS_MOST = 10000 /* of a bundle, that files are held against */, KINDS_MOST = 64 };

typedef struct {
    kk_arena *arena;
    kk_iocs *iocs;
    uint64_t number;               /* of the object */
    const kk_json_value **folders; /* directories of the bundle, which files refer to */
    size_t folder_count, folder_capacity;
    struct {
        kk_slice type;
        uint64_t count, first;
    } kinds[KINDS_MOST]; /* of objects that tell about others */
    size_t kind_count;
} reading;

static void add(reading *r, const char *type, kk_slice value, kk_slice note)
{
    if (value.len)
        kk_ioc_add_named(r->arena, r->iocs, r->number, kk_cstr(type), value, note);
}

static kk_slice folder_of(const reading *r, kk_slice id)
{
    for (size_t i = 0; i < r->folder_count && id.len; i++)
        if (kk_eq(kk_json_member(r->folders[i], "id"), id))
            return kk_json_member(r->folders[i], "path");
    return KK_NONE;
}

static void observable_file(reading *r, const kk_json_value *o, kk_slice note)
{
    const kk_json_value *hashes = kk_json_get(o, "hashes");
    kk_slice name = kk_json_member(o, "name");
    kk_slice folder = folder_of(r, kk_json_member(o, "parent_directory_ref"));
    bool hashed = false;
    for (const kk_json_value *h = hashes ? hashes->first : NULL; h; h = h->next, hashed = true)
        if (h->kind == KK_JSON_TEXT)
            (void)kk_ioc_add_value(r->arena, r->iocs, r->number, KK_IOC_HASH, h->text,
                                   note.len ? note : name);
    if (!hashed && folder.len && name.len)
        add(r, "path", kk_print(r->arena, "%.*s/%.*s", KK_P(folder), KK_P(name)), note);
    else if (!hashed)
        add(r, "filename", name, note);
}

/* A cyber-observable object; false if it is none. */
static bool observable(reading *r, const kk_json_value *o, kk_slice note)
{
    static const struct {
        const char *type, *member, *as;
    } table[] = {{"ipv4-addr", "value", "ip"},
                 {"ipv6-addr", "value", "ip"},
                 {"domain-name", "value", "domain"},
                 {"url", "value", "url"},
                 {"email-addr", "value", "email"},
                 {"directory", "path", "path"},
                 {"user-account", "account_login", "account"},
                 {"windows-registry-key", "key", "registry"},
                 {"mutex", "name", "text"},
                 {"mac-addr", "value", "text"},
                 {"process", "command_line", "text"}};
    kk_slice type = kk_json_member(o, "type");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (kk_is(type, table[i].type)) {
            add(r, table[i].as, kk_json_member(o, table[i].member), note);
            return true;
        }
    if (kk_is(type, "file"))
        return observable_file(r, o, note), true;
    if (kk_is(type, "autonomous-system") || kk_is(type, "artifact") || kk_is(type, "software") ||
        kk_is(type, "x509-certificate") || kk_is(type, "email-message") ||
        kk_is(type, "network-traffic"))
        return kk_ioc_unread_add(r->arena, r->iocs, r->number, type,
                                 "an observable that is not looked for"),
               true;
    return false;
}

/* What tools define themselves: "x-opencti-user-agent", "hostname", with a value. */
static bool custom(reading *r, const kk_json_value *o)
{
    kk_slice type = kk_json_member(o, "type"), value = kk_json_member(o, "value");
    kk_ioc_type known;
    if (kk_starts(type, KK_S("x-")))
        type = kk_from(type, kk_find_byte(kk_from(type, 2), '-') == KK_NOWHERE
                                 ? 2
                                 : kk_find_byte(kk_from(type, 2), '-') + 3);
    if (!value.len || !kk_ioc_type_by_name(type, &known))
        return false;
    (void)kk_ioc_add_value(r->arena, r->iocs, r->number, known, value, KK_NONE);
    return true;
}

static void count_kind(reading *r, kk_slice type)
{
    size_t i = 0;
    while (i < r->kind_count && !kk_eq(r->kinds[i].type, type))
        i++;
    if (i == KINDS_MOST)
        return;
    if (i == r->kind_count) {
        r->kinds[i].type = type;
        r->kinds[i].count = 0;
        r->kinds[r->kind_count++].first = r->number;
    }
    r->kinds[i].count++;
}

static void tell_kinds(reading *r)
{
    for (size_t i = 0; i < r->kind_count; i++)
        kk_ioc_unread_add(r->arena, r->iocs, r->kinds[i].first,
                          kk_print(r->arena, "%.*s (%llu)", KK_P(kk_part(r->kinds[i].type, 0, 100)),
                                   (unsigned long long)r->kinds[i].count),
                          "objects that tell about others, no indicators");
}

static void stix_object(reading *r, const kk_json_value *o)
{
    kk_slice type = kk_json_member(o, "type"), note = kk_json_member(o, "name");
    if (kk_is(type, "indicator")) {
        kk_slice language = kk_json_member(o, "pattern_type");
        const kk_json_value *revoked = kk_json_get(o, "revoked");
        if (revoked && revoked->kind == KK_JSON_TRUE)
            kk_ioc_unread_add(r->arena, r->iocs, r->number, kk_json_member(o, "pattern"),
                              "revoked by who made it");
        else if (language.len && !kk_is(language, "stix"))
            kk_ioc_unread_add(r->arena, r->iocs, r->number, kk_json_member(o, "pattern"),
                              "a pattern in another language than STIX");
        else
            kk_ioc_add_pattern(r->arena, r->iocs, r->number, kk_json_member(o, "pattern"), note);
        return;
    }
    const kk_json_value *inside = kk_json_get(o, "objects"); /* observed data of STIX 2.0 */
    if (kk_is(type, "observed-data") && inside)
        for (const kk_json_value *i = inside->first; i; i = i->next)
            (void)observable(r, i, KK_NONE);
    else if (!observable(r, o, KK_NONE) && !custom(r, o))
        count_kind(r, type);
}

bool kk_ioc_is_context(kk_slice type)
{
    static const char *const types[] = {
        "link",           "text",          "comment",       "other",      "datetime",
        "yara",           "sigma",         "snort",         "counter",    "boolean",
        "size-in-bytes",  "url-reference", "vulnerability", "weakness",   "campaign-id",
        "threat-actor",   "campaign-name", "malware-type",  "anonymised", "target-org",
        "target-location"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (kk_is(type, types[i]))
            return true;
    return false;
}

static void misp_attributes(reading *r, const kk_json_value *list)
{
    for (const kk_json_value *a = list ? list->first : NULL; a; a = a->next) {
        kk_slice type = kk_json_member(a, "type"), value = kk_json_member(a, "value");
        r->number++;
        if (kk_ioc_is_context(type))
            kk_ioc_unread_add(r->arena, r->iocs, r->number,
                              kk_print(r->arena, "%.*s: %.*s", KK_P(kk_part(type, 0, 64)),
                                       KK_P(kk_part(value, 0, 200))),
                              "context, no indicator");
        else if (value.len)
            kk_ioc_add_named(r->arena, r->iocs, r->number, type, value,
                             kk_json_member(a, "comment"));
    }
}

static bool misp_event(reading *r, const kk_json_value *event)
{
    const kk_json_value *inside = kk_json_get(event, "Event");
    if (inside)
        event = inside;
    const kk_json_value *attributes = kk_json_get(event, "Attribute"),
                        *objects = kk_json_get(event, "Object");
    if (!attributes && !objects)
        return false;
    r->iocs->format = "misp";
    misp_attributes(r, attributes);
    for (const kk_json_value *o = objects ? objects->first : NULL; o; o = o->next)
        misp_attributes(r, kk_json_get(o, "Attribute"));
    return true;
}

static bool one_object(reading *r, const kk_json_value *o)
{
    kk_slice type = kk_json_member(o, "type"), value = kk_json_member(o, "value");
    const kk_json_value *list = kk_json_get(o, "indicators");
    r->number++;
    if (o->kind != KK_JSON_OBJECT)
        return false;
    if (kk_json_get(o, "spec_version") || kk_json_get(o, "pattern")) {
        r->iocs->format = "stix";
        stix_object(r, o);
        return true;
    }
    if (misp_event(r, o))
        return true;
    if (list && list->kind == KK_JSON_ARRAY) {
        for (const kk_json_value *i = list->first; i; i = i->next)
            (void)one_object(r, i);
        return true;
    }
    if (!value.len)
        return false;
    r->iocs->format = "json";
    kk_ioc_add_named(r->arena, r->iocs, r->number, type, value, kk_json_member(o, "comment"));
    return true;
}

/* Directories that no file refers to are looked for by themselves. */
static void bundle(reading *r, const kk_json_value *objects)
{
    bool referred = false;
    for (const kk_json_value *o = objects->first; o; o = o->next) {
        referred = referred || kk_json_get(o, "parent_directory_ref");
        if (!kk_is(kk_json_member(o, "type"), "directory"))
            continue;
        r->folders = kk_grow(r->arena, r->folders, &r->folder_capacity, r->folder_count + 1,
                             sizeof *r->folders);
        r->folders[r->folder_count++] = o;
    }
    r->folder_count = r->folder_count < FOLDERS_MOST ? r->folder_count : FOLDERS_MOST;
    for (const kk_json_value *o = objects->first; o; o = o->next) {
        r->number++;
        if (!referred || !kk_is(kk_json_member(o, "type"), "directory"))
            stix_object(r, o);
    }
    tell_kinds(r);
}

static bool whole(reading *r, const kk_json_value *v)
{
    const kk_json_value *objects = kk_json_get(v, "objects"),
                        *response = kk_json_get(v, "response");
    bool any = false;
    if (objects && objects->kind == KK_JSON_ARRAY && kk_is(kk_json_member(v, "type"), "bundle")) {
        r->iocs->format = "stix";
        bundle(r, objects);
        return true;
    }
    if (response && kk_json_get(response, "Attribute")) {
        r->iocs->format = "misp";
        misp_attributes(r, kk_json_get(response, "Attribute"));
        return true;
    }
    if (response)
        v = response;
    if (v->kind != KK_JSON_ARRAY)
        return one_object(r, v);
    for (const kk_json_value *o = v->first; o; o = o->next) {
        if (o->kind == KK_JSON_TEXT) {
            r->number++;
            r->iocs->format = "json";
            kk_ioc_add_unnamed(r->arena, r->iocs, r->number, o->text, KK_NONE);
            any = true;
        } else {
            any = one_object(r, o) || any;
        }
    }
    return any;
}

bool kk_ioc_read_json(kk_arena *arena, kk_slice text, kk_iocs *iocs)
{
    reading r = {.arena = arena, .iocs = iocs};
    const kk_json_value *v = kk_json_read(arena, text);
    if (v && whole(&r, v))
        return true;
    if (v) {
        kk_ioc_unread_add(arena, iocs, 1, kk_part(text, 0, 60),
                          "JSON that is neither STIX nor of MISP nor rows of a type and a value");
        return true;
    }
    kk_slice line;
    bool any = false;
    for (uint64_t number = 1; kk_split(&text, '\n', &line); number++) {
        v = kk_trim(line).len ? kk_json_read(arena, line) : NULL;
        r.number = number - 1;
        if (number == 1 && (!v || v->kind != KK_JSON_OBJECT))
            return false; /* a list whose first line begins with a bracket */
        if (v && one_object(&r, v))
            any = true;
        else if (kk_trim(line).len)
            kk_ioc_unread_add(arena, iocs, number, line,
                              "no object of JSON with a type and a value");
    }
    return any;
}

/* ---- out of the walls, and in ---- */

void kk_iocs_put(kk_json *j, const kk_iocs *iocs)
{
    kk_json_object(j, NULL);
    kk_json_cstr(j, "format", iocs->format);
    kk_json_array(j, "items");
    for (size_t i = 0; i < iocs->count; i++) {
        const kk_ioc *ioc = &iocs->items[i];
        kk_json_object(j, NULL);
        kk_json_u64(j, "line", ioc->line);
        kk_json_text(j, "given", ioc->given);
        kk_json_text(j, "note", ioc->note);
        kk_json_array(j, "any");
        for (size_t k = 0; k < ioc->any_count; k++) {
            kk_json_array(j, NULL);
            for (size_t n = 0; n < ioc->any[k].count; n++) {
                const kk_ioc_atom *a = &ioc->any[k].atoms[n];
                kk_json_object(j, NULL);
                kk_json_u64(j, "type", a->type);
                kk_json_bool(j, "like", a->like);
                kk_json_bool(j, "glob", a->glob);
                kk_json_text(j, "text", a->text);
                kk_json_close(j);
            }
            kk_json_close(j);
        }
        kk_json_close(j);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_array(j, "unread");
    for (size_t i = 0; i < iocs->unread_count; i++) {
        kk_json_object(j, NULL);
        kk_json_u64(j, "line", iocs->unread[i].line);
        kk_json_text(j, "what", iocs->unread[i].what);
        kk_json_cstr(j, "why", iocs->unread[i].why ? iocs->unread[i].why : "it is not understood");
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_close(j);
}

static size_t children(const kk_json_value *v)
{
    size_t n = 0;
    for (const kk_json_value *c = v ? v->first : NULL; c; c = c->next)
        n++;
    return n;
}

static bool take_atom(const kk_json_value *v, kk_ioc_atom *out)
{
    uint64_t type;
    const kk_json_value *like = kk_json_get(v, "like"), *glob = kk_json_get(v, "glob");
    if (!kk_to_u64(kk_json_member(v, "type"), &type) || type >= KK_IOC_TYPES)
        return false;
    *out = (kk_ioc_atom){(kk_ioc_type)type, like && like->kind == KK_JSON_TRUE,
                         glob && glob->kind == KK_JSON_TRUE, kk_json_member(v, "text")};
    return out->text.len > 0;
}

static bool take_ioc(kk_arena *arena, const kk_json_value *v, kk_ioc *out)
{
    const kk_json_value *any = kk_json_get(v, "any");
    size_t n = 0;
    if (!kk_to_u64(kk_json_member(v, "line"), &out->line) || !children(any))
        return false;
    out->given = kk_json_member(v, "given");
    out->note = kk_json_member(v, "note");
    out->any_count = children(any);
    out->any = KK_NEW_ARRAY(arena, kk_ioc_all, out->any_count);
    for (const kk_json_value *way = any->first; way; way = way->next, n++) {
        size_t k = 0;
        out->any[n].count = children(way);
        out->any[n].atoms = KK_NEW_ARRAY(arena, kk_ioc_atom, out->any[n].count);
        for (const kk_json_value *a = way->first; a; a = a->next)
            if (!take_atom(a, &out->any[n].atoms[k++]))
                return false;
        if (!k)
            return false;
    }
    out->type = out->any[0].atoms[0].type;
    return true;
}

bool kk_iocs_take(kk_arena *arena, kk_slice json, kk_iocs *out)
{
    const kk_json_value *v = kk_json_read(arena, json), *items = v ? kk_json_get(v, "items") : NULL,
                        *unread = v ? kk_json_get(v, "unread") : NULL;
    static const char *const formats[] = {"list", "csv", "stix", "misp", "json"};
    *out = (kk_iocs){.format = "none"};
    if (!items || !unread)
        return false;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (kk_is(kk_json_member(v, "format"), formats[i]))
            out->format = formats[i];
    out->items = KK_NEW_ARRAY(arena, kk_ioc, children(items));
    for (const kk_json_value *i = items->first; i; i = i->next)
        if (!take_ioc(arena, i, &out->items[out->count++]))
            return false;
    out->unread = KK_NEW_ARRAY(arena, kk_ioc_unread, children(unread));
    for (const kk_json_value *u = unread->first; u; u = u->next) {
        kk_ioc_unread *to = &out->unread[out->unread_count++];
        if (!kk_to_u64(kk_json_member(u, "line"), &to->line))
            return false;
        to->what = kk_json_member(u, "what");
        to->why = kk_copy(arena, kk_json_member(u, "why")).ptr;
    }
    return true;
}
