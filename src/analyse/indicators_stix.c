/* A bundle of STIX 2.1: what was seen as cyber-observable objects, whose ids the specification derives
 * from their content; what is hostile as indicators too, each based on when it was observed. */
#include "analyse/indicators.h"

#include "casefile/network.h"

/* Of observables, from section 2.9 of the specification. */
static const uint8_t of_observables[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                           0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
/* Of everything else, as it must be another one: chosen once at random. */
static const uint8_t of_ours[16] = {0x6e, 0x1c, 0x0b, 0x5d, 0x93, 0xf2, 0x4c, 0x07,
                                    0xa8, 0x4e, 0x2b, 0x7d, 0x51, 0x90, 0xc6, 0x3a};

typedef struct {
    kk_json *j;
    kk_arena *arena;
    const kk_stix_about *about;
    kk_slice created, modified, author;
    kk_slice *refs; /* of all objects, for the grouping */
    size_t ref_count, ref_capacity;
} bundle;

static kk_slice time_text(kk_arena *arena, kk_time at, int digits, int nanoseconds_each)
{
    kk_civil c = kk_civil_from_time(at);
    return kk_print(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%0*dZ", c.year, c.month, c.day, c.hour,
                    c.minute, c.second, digits, c.nanosecond / nanoseconds_each);
}

/* To the millisecond, as created and modified have to be. */
static kk_slice stamp(kk_arena *arena, kk_time at)
{
    return time_text(arena, at, 3, 1000000);
}

/* To the microsecond: the specification allows more digits, many that read it refuse them. */
static void put_moment(bundle *b, const char *key, kk_time at)
{
    kk_json_text(b->j, key, time_text(b->arena, at, 6, 1000));
}

static kk_slice id_in(kk_arena *arena, const uint8_t space[16], const char *type, kk_slice name)
{
    kk_slice uuid = kk_uuid5(arena, space, name);
    return kk_print(arena, "%s--%.*s", type, KK_P(uuid));
}

/* The name of an object of ours: its type, its case, and what it is about. */
static kk_slice our_id(bundle *b, const char *type, kk_slice about)
{
    const kk_stix_about *x = b->about;
    kk_slice name = kk_print(b->arena, "%s\n%.*s\n%.*s\n%.*s\n%.*s", type, KK_P(x->organisation),
                             KK_P(x->case_name), KK_P(x->first_evidence), KK_P(about));
    return id_in(b->arena, of_ours, type, name);
}

static void begin(bundle *b, const char *type, kk_slice id)
{
    kk_json_object(b->j, NULL);
    kk_json_cstr(b->j, "type", type);
    kk_json_cstr(b->j, "spec_version", "2.1");
    kk_json_text(b->j, "id", id);
}

static void begin_ours(bundle *b, const char *type, kk_slice id)
{
    begin(b, type, id);
    if (!kk_eq(id, b->author))
        kk_json_text(b->j, "created_by_ref", b->author);
    kk_json_text(b->j, "created", b->created);
    kk_json_text(b->j, "modified", b->modified);
}

static void keep(bundle *b, kk_slice id)
{
    for (size_t i = 0; i < b->ref_count; i++)
        if (kk_eq(b->refs[i], id))
            return;
    b->refs = kk_grow(b->arena, b->refs, &b->ref_capacity, b->ref_count + 1, sizeof *b->refs);
    b->refs[b->ref_count++] = id;
}

static bool is_kept(const bundle *b, kk_slice id)
{
    for (size_t i = 0; i < b->ref_count; i++)
        if (kk_eq(b->refs[i], id))
            return true;
    return false;
}

/* How STIX names a thing: the type of its object, and up to two properties, sorted by name. */
typedef struct {
    const char *type;
    struct {
        const char *name, *path; /* path: in a pattern, behind the colon */
        kk_slice value;
        bool is_hash;
    } part[2];
    size_t count;
    bool pattern_only; /* the specification gives its object no stable id */
} thing;

static thing one(const char *type, const char *name, kk_slice value)
{
    return (thing){.type = type, .part = {{name, name, value, false}}, .count = 1};
}

static thing of_hash(const char *name, const char *path, kk_slice value)
{
    return (thing){.type = "file", .part = {{name, path, value, true}}, .count = 1};
}

/* A hive has to be written out. */
static kk_slice whole_key(kk_arena *arena, kk_slice key)
{
    static const char *const hives[][2] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
                                           {"HKU", "HKEY_USERS"},
                                           {"HKCU", "HKEY_CURRENT_USER"},
                                           {"HKCR", "HKEY_CLASSES_ROOT"}};
    size_t end = kk_find_byte(key, '\\');
    kk_slice hive = end == KK_NOWHERE ? key : kk_part(key, 0, end);
    for (size_t i = 0; i < sizeof hives / sizeof *hives; i++)
        if (kk_eq_nocase(hive, kk_cstr(hives[i][0])))
            return kk_join(arena, kk_cstr(hives[i][1]), kk_from(key, hive.len));
    return key;
}

static thing of_path(bundle *b, kk_slice path)
{
    size_t cut = path.len;
    while (cut && path.ptr[cut - 1] != '/' && path.ptr[cut - 1] != '\\')
        cut--;
    thing t = one("file", "name", kk_from(path, cut));
    if (cut > 1) {
        size_t folder = cut == 3 && path.ptr[1] == ':' ? cut : cut - 1;
        t.part[1].name = "parent_directory_ref";
        t.part[1].path = "parent_directory_ref.path";
        t.part[1].value = kk_copy(b->arena, kk_part(path, 0, folder));
        t.count = 2;
    }
    return t;
}

static thing thing_of(bundle *b, const kk_indicator *i)
{
    static const char tree[] = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows "
                               "NT\\CurrentVersion\\Schedule\\TaskCache\\Tree";
    thing t;
    switch (i->type) {
    case KK_IOC_IP:
        return one(kk_find_byte(i->value, ':') == KK_NOWHERE ? "ipv4-addr" : "ipv6-addr", "value",
                   i->value);
    case KK_IOC_DOMAIN:
    case KK_IOC_HOST:
        return one("domain-name", "value", i->value);
    case KK_IOC_URL:
        return one("url", "value", i->value);
    case KK_IOC_EMAIL:
        return one("email-addr", "value", i->value);
    case KK_IOC_ACCOUNT:
        return one("user-account", "account_login", i->value);
    case KK_IOC_PATH:
        return of_path(b, i->value);
    case KK_IOC_SHA256:
        return of_hash("SHA-256", "hashes.'SHA-256'", i->value);
    case KK_IOC_SHA1:
        return of_hash("SHA-1", "hashes.'SHA-1'", i->value);
    case KK_IOC_MD5:
        return of_hash("MD5", "hashes.MD5", i->value);
    case KK_IOC_REGISTRY:
        return one("windows-registry-key", "key", whole_key(b->arena, i->value));
    case KK_IOC_SERVICE:
        t = one("process", "extensions.'windows-service-ext'.service_name", i->value);
        t.pattern_only = true;
        return t;
    case KK_IOC_TASK:
        return one("windows-registry-key", "key",
                   kk_print(b->arena, "%s%s%.*s", tree, i->value.ptr[0] == '\\' ? "" : "\\",
                            KK_P(i->value)));
    default:
        return one("file", "name", i->value);
    }
}

/* The properties that make the id, and the rest of the object, are the same here. */
static void put_parts(kk_json *j, const thing *t, kk_slice folder)
{
    for (size_t k = 0; k < t->count; k++) {
        if (t->part[k].is_hash) {
            kk_json_object(j, "hashes");
            kk_json_text(j, t->part[k].name, t->part[k].value);
            kk_json_close(j);
        } else {
            kk_json_text(j, t->part[k].name, k ? folder : t->part[k].value);
        }
    }
}

/* Canonical JSON: the writer leaves no blanks, and the properties come sorted. */
static kk_slice observable_id(bundle *b, const thing *t, kk_slice folder)
{
    kk_buffer name = {0};
    kk_json j = {.out = &name};
    kk_json_object(&j, NULL);
    put_parts(&j, t, folder);
    kk_json_close(&j);
    kk_slice id = id_in(b->arena, of_observables, t->type, kk_buffer_slice(&name));
    kk_buffer_close(&name);
    return id;
}

static kk_slice put_observable(bundle *b, const thing *t)
{
    kk_slice folder = KK_NONE;
    if (t->count == 2) {
        thing directory = one("directory", "path", t->part[1].value);
        folder = put_observable(b, &directory);
    }
    kk_slice id = observable_id(b, t, folder);
    if (is_kept(b, id))
        return id;
    keep(b, id);
    begin(b, t->type, id);
    put_parts(b->j, t, folder);
    kk_json_close(b->j);
    return id;
}

static void put_quoted(kk_buffer *out, kk_slice value)
{
    kk_put_byte(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            kk_put_byte(out, '\\');
        kk_put_byte(out, value.ptr[i]);
    }
    kk_put_byte(out, '\'');
}

static kk_slice pattern_of(bundle *b, const thing *t)
{
    kk_buffer out = {0};
    kk_put_byte(&out, '[');
    for (size_t k = 0; k < t->count; k++) {
        kk_putf(&out, "%s%s:%s = ", k ? " AND " : "", t->type, t->part[k].path);
        put_quoted(&out, t->part[k].value);
    }
    kk_put_byte(&out, ']');
    kk_slice text = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void put_grounds(bundle *b, const kk_indicator *i)
{
    kk_json_array(b->j, "external_references");
    for (size_t k = 0; k < i->ground_count; k++) {
        kk_json_object(b->j, NULL);
        kk_json_cstr(b->j, "source_name", "kakuho");
        kk_json_text(b->j, "description",
                     kk_print(b->arena, "%s: %.*s", i->grounds[k].kind, KK_P(i->grounds[k].what)));
        kk_json_text(b->j, "external_id", i->grounds[k].id);
        kk_json_close(b->j);
    }
    kk_json_close(b->j);
}

static void put_confidence(bundle *b, const kk_indicator *i)
{
    static const uint64_t scale[] = {15, 50,
                                     85}; /* low, medium, high of the specification's table */
    kk_json_u64(b->j, "confidence", scale[i->confidence]);
}

static kk_slice put_observed(bundle *b, const kk_indicator *i, kk_slice object)
{
    kk_slice id = our_id(b, "observed-data", i->id);
    begin_ours(b, "observed-data", id);
    put_confidence(b, i);
    put_grounds(b, i);
    put_moment(b, "first_observed", i->first);
    put_moment(b, "last_observed", i->last);
    kk_json_u64(b->j, "number_observed", i->seen);
    kk_json_array(b->j, "object_refs");
    kk_json_text(b->j, NULL, object);
    kk_json_close(b->j);
    kk_json_close(b->j);
    keep(b, id);
    return id;
}

static kk_slice put_indicator(bundle *b, const kk_indicator *i, const thing *t)
{
    kk_slice id = our_id(b, "indicator", i->id);
    begin_ours(b, "indicator", id);
    put_confidence(b, i);
    put_grounds(b, i);
    kk_json_text(b->j, "name",
                 kk_print(b->arena, "%s: %.*s", kk_ioc_type_names[i->type], KK_P(i->value)));
    kk_json_cstr(b->j, "description", kk_indicator_role_names[i->role]);
    kk_json_array(b->j, "indicator_types");
    kk_json_cstr(b->j, NULL,
                 i->confidence == KK_CONFIDENCE_HIGH ? "malicious-activity" : "anomalous-activity");
    kk_json_close(b->j);
    kk_json_text(b->j, "pattern", pattern_of(b, t));
    kk_json_cstr(b->j, "pattern_type", "stix");
    kk_json_cstr(b->j, "pattern_version", "2.1");
    if (i->first == KK_NO_TIME)
        kk_json_text(b->j, "valid_from", b->created);
    else
        put_moment(b, "valid_from", i->first);
    kk_json_close(b->j);
    keep(b, id);
    return id;
}

static void put_based_on(bundle *b, const kk_indicator *i, kk_slice indicator, kk_slice observed)
{
    kk_slice id = our_id(b, "relationship", i->id);
    begin_ours(b, "relationship", id);
    kk_json_cstr(b->j, "relationship_type", "based-on");
    kk_json_text(b->j, "source_ref", indicator);
    kk_json_text(b->j, "target_ref", observed);
    kk_json_close(b->j);
    keep(b, id);
}

static void put_one(bundle *b, const kk_indicator *i)
{
    thing t = thing_of(b, i);
    kk_slice observed = KK_NONE, indicator = KK_NONE;
    if (!t.pattern_only) {
        kk_slice object = put_observable(b, &t);
        if (i->first != KK_NO_TIME)
            observed = put_observed(b, i, object);
    }
    if (kk_indicator_is_hostile(i))
        indicator = put_indicator(b, i, &t);
    if (indicator.len && observed.len)
        put_based_on(b, i, indicator, observed);
}

static void put_author(bundle *b)
{
    kk_slice name = b->about->organisation.len ? b->about->organisation : b->about->case_name;
    b->author = our_id(b, "identity", name);
    begin_ours(b, "identity", b->author);
    kk_json_text(b->j, "name", name);
    kk_json_cstr(b->j, "identity_class", "organization");
    kk_json_close(b->j);
}

static void put_grouping(bundle *b)
{
    if (!b->ref_count)
        return; /* a grouping has to hold something */
    begin_ours(b, "grouping", our_id(b, "grouping", b->about->state));
    kk_json_text(b->j, "name", b->about->case_name);
    kk_json_cstr(b->j, "description",
                 "Indicators without an indicator object are the organisation's own accounts and "
                 "addresses: seen in the intruder's sessions, not hostile by themselves.");
    kk_json_cstr(b->j, "context", "suspicious-activity");
    kk_json_texts(b->j, "object_refs", b->refs, b->ref_count);
    kk_json_close(b->j);
}

void kk_indicators_stix(kk_json *j, kk_arena *arena, const kk_indicators *all,
                        const kk_stix_about *about)
{
    bundle b = {.j = j,
                .arena = arena,
                .about = about,
                .created = stamp(arena, about->created),
                .modified = stamp(arena, about->modified)};
    kk_json_object(j, NULL);
    kk_json_cstr(j, "type", "bundle");
    kk_json_text(j, "id", our_id(&b, "bundle", about->state));
    kk_json_array(j, "objects");
    put_author(&b);
    for (size_t i = 0; i < all->count; i++)
        put_one(&b, &all->items[i]);
    put_grouping(&b);
    kk_json_close(j);
    kk_json_close(j);
}
