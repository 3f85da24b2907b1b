#include "tests/identity/reading.h"

#include "parse/parser.h"
#include "persons/beside.h"

#include <assert.h>
#include <stdlib.h>

typedef struct {
    kk_sink sink; /* first: the sink's address is its own */
    reading *r;
    kk_recogniser *recogniser;
} listener;

static void on_row(kk_sink *sink, const kk_row *row)
{
    kk_recognise_row(((listener *)sink)->recogniser, row);
}

static void on_passage(kk_sink *sink, const kk_passage *passage)
{
    kk_recognise_passage(((listener *)sink)->recogniser, passage);
}

static void keep_mention(void *context, const kk_mention *m)
{
    reading *r = context;
    r->mentions = kk_grow(r->arena, r->mentions, &r->capacity, r->count + 1, sizeof *r->mentions);
    read_mention *kept = &r->mentions[r->count];
    kk_values values;
    value_keys keys;
    bool good = kk_values_unpack(m->values, &values);
    assert(good);
    (void)good;
    *kept = (read_mention){.file = r->file,
                           .slot = m->slot,
                           .record = m->record,
                           .role = m->role,
                           .standing = m->standing,
                           .said = contrast_of(&values),
                           .near = near_names_of(&values),
                           .content = values.content,
                           .came = (uint32_t)r->count};
    kept->said.is_relative = m->role == KK_ROLE_FAMILY;
    if (m->dated != KK_NO_TIME)
        kept->said.from = kept->said.to = (int32_t)(m->dated / KK_SECOND / 86400);
    keys_of_values(&values, ALL_RULES, &keys);
    for (size_t i = 0; i < keys.count && is_counted(kept); i++) {
        r->keys = kk_grow(r->arena, r->keys, &r->key_capacity, r->key_count + 1, sizeof *r->keys);
        r->keys[r->key_count++] =
            (read_key){keys.keys[i].hash, (uint32_t)r->count, keys.keys[i].rule};
    }
    r->count++;
}

static void keep_table(void *context, const kk_table *table)
{
    (void)context, (void)table;
}

reading reading_open(kk_arena *arena, const kk_lexicon *lexicon)
{
    return (reading){.arena = arena, .lexicon = lexicon, .key = 7};
}

void reading_add_csv(reading *r, uint32_t number, kk_slice name, kk_slice bytes)
{
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = r->lexicon};
    memset(settings.key.bytes, r->key, sizeof settings.key.bytes);
    kk_arena *arena = kk_arena_open();
    listener l = {.sink = kk_sink_deaf(arena), .r = r};
    l.sink.row = on_row;
    l.sink.passage = on_passage;
    kk_settings how = {.modified = KK_NO_TIME, .end = UINT64_MAX};
    r->file = number;
    r->files = number >= r->files ? number + 1 : r->files;
    l.recogniser = kk_recogniser_open(arena, &settings, keep_mention, keep_table, r);
    kk_parser_by_name(KK_S("csv"))->parse(kk_stream_over_memory(arena, bytes, name), &how, &l.sink);
    kk_recognise_end(l.recogniser);
    kk_arena_close(arena);
}

static int by_place(const void *a, const void *b)
{
    const read_mention *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* As the store gives them: in the order of places, whatever order they came in. */
static void put_in_order(reading *r)
{
    uint32_t *now_at = KK_NEW_ARRAY(r->arena, uint32_t, r->count);
    qsort(r->mentions, r->count, sizeof *r->mentions, by_place);
    for (size_t i = 0; i < r->count; i++)
        now_at[r->mentions[i].came] = (uint32_t)i;
    for (size_t i = 0; i < r->key_count; i++)
        r->keys[i].mention = now_at[r->keys[i].mention];
}

/* Who stands in a record as somebody else's. */
static beside_whom *beside_of(const reading *r, const uint32_t *record)
{
    enum { RECORD_MOST = 128 };
    beside_whom *beside = KK_NEW_ARRAY(r->arena, beside_whom, r->count);
    for (size_t i = 0, end; i < r->count; i = end) {
        uint8_t roles[RECORD_MOST];
        bool counts[RECORD_MOST];
        for (end = i; end < r->count && end - i < RECORD_MOST && record[end] == record[i]; end++) {
            roles[end - i] = (uint8_t)r->mentions[end].role;
            counts[end - i] = is_counted(&r->mentions[end]);
        }
        beside_in_record(roles, counts, end - i, &beside[i]);
    }
    return beside;
}

static void give(const void *context, size_t part, uint32_t rules, key_sink *sink)
{
    const reading *r = context;
    (void)part;
    for (size_t i = 0; i < r->key_count; i++)
        if (rules >> r->keys[i].rule & 1)
            key_give(sink, r->keys[i].rule, r->keys[i].hash, r->keys[i].mention);
}

static void say(const void *context, size_t part, about_sink *sink)
{
    const reading *r = context;
    (void)part;
    for (size_t i = 0; i < r->count; i++) {
        const contrast *said = &r->mentions[i].said;
        about_place to = about_put(sink, (uint32_t)i, said->said[SAID_NAME], false);
        *to.said = *said;
        *to.near = r->mentions[i].near;
    }
}

static uint32_t file_of_mention(const void *context, uint32_t mention)
{
    return ((const reading *)context)->mentions[mention].file;
}

static size_t persons_in(const reading *r, const uint32_t *of)
{
    size_t count = 0;
    uint8_t *seen = KK_NEW_ARRAY(r->arena, uint8_t, r->count);
    for (size_t i = 0; i < r->count; i++)
        if (is_counted(&r->mentions[i]) && !seen[of[i]]) {
            seen[of[i]] = 1;
            count++;
        }
    return count;
}

bounds reading_find(reading *r)
{
    const key_source source = {.context = r,
                               .parts = 1,
                               .tell = give,
                               .say = say,
                               .table_of = file_of_mention,
                               .tables = r->files};
    put_in_order(r);
    uint32_t *record = KK_NEW_ARRAY(r->arena, uint32_t, r->count);
    uint64_t *content = KK_NEW_ARRAY(r->arena, uint64_t, r->count);
    r->persons = (identity){.count = r->count, .record = record, .content = content};
    for (size_t i = 0; i < r->count; i++) {
        const read_mention *m = &r->mentions[i], *before = i ? m - 1 : m;
        bool same = m->file == before->file && m->record == before->record;
        record[i] = i ? record[i - 1] + !same : 0;
        content[i] = m->content;
    }
    r->persons.beside = beside_of(r, record);
    identity_find(&r->persons, &source, r->arena);
    return (bounds){persons_in(r, r->persons.possible), persons_in(r, r->persons.probable),
                    persons_in(r, r->persons.certain)};
}
