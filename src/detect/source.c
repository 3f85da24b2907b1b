/* Which log sources a rule means, and where the fields of their events are. */
#include "detect/source_i.h"

#define TEXT(FIELD) .text = KK_##FIELD + 1
#define MAKE(MAKER) .maker = KK_MADE_##MAKER

size_t kk_source_count(void)
{
    return kk_source_table_count;
}

const kk_source *kk_source_at(size_t index)
{
    return &kk_source_table[index];
}

static bool same(kk_slice wanted, const char *has)
{
    return kk_eq_nocase(wanted, kk_cstr(has ? has : ""));
}

/* An empty product in the table stands for any. */
static bool meant(const kk_logsource *l, const kk_source *s)
{
    bool product = !l->product.len || same(l->product, s->product) || (s->product && !*s->product);
    if (!product)
        return false;
    if (l->category.len)
        return s->category && same(l->category, s->category) &&
               (!l->service.len || same(l->service, s->service));
    if (l->service.len)
        return !s->category && s->service && same(l->service, s->service);
    return !s->category && !s->service && same(l->product, s->product);
}

size_t kk_sources_of(const kk_logsource *logsource, uint16_t *out, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < kk_source_count() && count < most; i++)
        if (meant(logsource, &kk_source_table[i]))
            out[count++] = (uint16_t)i;
    return count;
}

/* ---- fields ---- */

size_t kk_field_name(char *out, kk_slice name)
{
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c != ' ')
            out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return n;
}

static kk_slice plain_name(kk_arena *arena, kk_slice name)
{
    char *out = kk_take(arena, name.len + 1);
    return (kk_slice){out, kk_field_name(out, name)};
}

bool kk_source_knows(const kk_source *source, kk_slice field)
{
    for (size_t i = 0; source->unknown && source->unknown[i]; i++)
        if (kk_eq_nocase(field, kk_cstr(source->unknown[i])))
            return false;
    return true;
}

/* What System holds of every event of Windows; a field of EventData with the name comes first. */
static const kk_alias of_windows[] = {
    {"EventID", TEXT(CODE)},
    {"Channel", .name = "winlog.channel"},
    {"EventLog", .name = "winlog.channel"},
    {"Provider_Name", TEXT(PROVIDER)},
    {"Provider", TEXT(PROVIDER)},
    {"Source", TEXT(PROVIDER)},
    {"Computer", TEXT(HOST_NAME)},
    {"ComputerName", TEXT(HOST_NAME)},
    {"Hostname", TEXT(HOST_NAME)},
    {"EventRecordID", MAKE(RECORD)},
    {"Level", .name = "System.Level"},
    {"Task", .name = "System.Task"},
    {"Opcode", .name = "System.Opcode"},
    {"Keywords", .name = "System.Keywords"},
    {"Version", .name = "System.Version"},
    {"Qualifiers", .name = "System.Qualifiers"},
    {"EventID_Qualifiers", .name = "System.Qualifiers"},
    {"Provider_EventSourceName", .name = "System.EventSourceName"},
    {"md5", MAKE(HASH), .index = 0},
    {"sha1", MAKE(HASH), .index = 1},
    {"sha256", MAKE(HASH), .index = 2},
    {"imphash", MAKE(HASH), .index = 3},
    {"Execution_ProcessID", MAKE(SYSTEM_PROCESS)},
    {"Execution_ThreadID", .name = "System.ThreadID"},
    {"Security_UserID", MAKE(SYSTEM_USER)},
    {"UserID", MAKE(SYSTEM_USER)},
    {"Correlation_ActivityID", .name = "System.ActivityID"},
    {"Correlation_RelatedActivityID", .name = "System.RelatedActivityID"},
    {"TimeCreated", MAKE(TIME)},
    {"TimeCreated_SystemTime", MAKE(TIME)},
    {"SystemTime", MAKE(TIME)},
    {0},
};

static const kk_alias of_every[] = {
    {"@timestamp", MAKE(TIME)},
    {"timestamp", MAKE(TIME)},
    {"event.outcome", MAKE(OUTCOME)},
    {"event.sequence", MAKE(RECORD)},
    {"hostname", TEXT(HOST_NAME)},
    {"host", TEXT(HOST_NAME)},
    {0},
};

static const kk_alias *find_alias(const kk_alias *list, kk_slice field)
{
    for (; list && list->sigma; list++)
        if (kk_eq_nocase(field, kk_cstr(list->sigma)))
            return list;
    return NULL;
}

static kk_place place_of(kk_arena *arena, const kk_alias *alias)
{
    kk_place out = {
        .text = alias->text, .number = alias->number, .maker = alias->maker, .index = alias->index};
    if (alias->name && !alias->maker)
        out.name = plain_name(arena, kk_cstr(alias->name));
    return out;
}

static bool place_by_column(kk_slice field, kk_place *out)
{
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        if (kk_eq_nocase(field, kk_cstr(kk_text_field_name((kk_text_field)f)))) {
            out->text = (uint8_t)(f + 1);
            return true;
        }
    for (int f = 0; f < KK_NUMBER_FIELDS; f++)
        if (kk_eq_nocase(field, kk_cstr(kk_number_field_name((kk_number_field)f)))) {
            out->number = (uint8_t)(f + 1);
            return true;
        }
    return false;
}

kk_place kk_source_place(kk_arena *arena, const kk_source *source, kk_slice field, bool *own)
{
    const kk_alias *alias = find_alias(source->aliases, field);
    bool windows = kk_starts(kk_cstr(source->dataset), KK_S("windows."));
    kk_place out = {0};
    *own = alias != NULL;
    if (alias) {
        out = place_of(arena, alias);
        if (!windows && !out.name.len) /* samples may use the rule's own names */
            out.name = plain_name(arena, field);
        return out;
    }
    alias = windows ? find_alias(of_windows, field) : NULL;
    if (!alias)
        alias = find_alias(of_every, field);
    if (alias)
        out = place_of(arena, alias);
    else
        place_by_column(field, &out);
    if (!out.name.len) {
        out.name = plain_name(arena, field);
        out.last = true;
    }
    return out;
}
