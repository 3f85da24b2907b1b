/* States as bytes: everything in columns of small numbers (how far from the one before), deflated.
 *
 *   "kakuho persons 1\n", length of the rest unpacked (8 bytes, little endian), deflated:
 *   head, categories, owners, files, tables, then for all mentions: records, slots, categories,
 *   standings, persons (possible, probable, certain); at last the ids */
#include "persons/state_i.h"

#include <zlib.h>

#define MAGIC KK_S("kakuho persons 1\n")

enum { SIZE_BYTES = 8, RATIO_MOST = 1100 /* no deflated byte gives more */, NAME_SHARES = 8 };

/* ---- numbers and texts ---- */

static void put_number(kk_buffer *out, uint64_t n)
{
    char *at = kk_buffer_room(out, 10);
    size_t used = 0;
    for (; n >= 0x80; n >>= 7)
        at[used++] = (char)(0x80 | (n & 0x7f));
    at[used++] = (char)n;
    out->len += used;
}

/* Also below zero. */
static uint64_t folded(int64_t n)
{
    return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static int64_t unfolded(uint64_t n)
{
    return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static void put_text(kk_buffer *out, kk_slice text)
{
    put_number(out, text.len);
    kk_put(out, text);
}

typedef struct {
    kk_slice rest;
    kk_arena *arena;
    bool bad;
} taking;

static uint64_t take_number(taking *t)
{
    uint64_t n = 0;
    size_t used = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (used >= t->rest.len)
            break;
        uint64_t byte = (unsigned char)t->rest.ptr[used++];
        n |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            t->rest = kk_from(t->rest, used);
            return n;
        }
    }
    t->bad = true;
    return 0;
}

/* Of things that take at least a byte each. */
static size_t take_count(taking *t)
{
    uint64_t n = take_number(t);
    if (n > t->rest.len)
        t->bad = true;
    return t->bad ? 0 : (size_t)n;
}

/* A place in a list of `count`. */
static uint32_t take_place(taking *t, size_t count)
{
    uint64_t n = take_number(t);
    if (n >= count)
        t->bad = true;
    return t->bad ? 0 : (uint32_t)n;
}

static kk_slice take_text(taking *t)
{
    size_t len = take_count(t);
    kk_slice text = kk_copy(t->arena, kk_part(t->rest, 0, len));
    t->rest = kk_from(t->rest, len);
    return text;
}

/* ---- the lists ---- */

static void put_lists(kk_buffer *out, const kk_person_state *s)
{
    put_text(out, s->head.state);
    put_text(out, s->head.tool);
    put_text(out, s->head.case_yaml);
    put_number(out, s->head.decision_count);
    for (size_t i = 0; i < s->head.decision_count; i++)
        put_text(out, s->head.decisions[i]);
    for (int b = 0; b < KK_OF_ALL; b++)
        put_number(out, s->bounded[b]);
    put_number(out, s->category_count);
    for (size_t i = 0; i < s->category_count; i++) {
        put_text(out, s->categories[i].name);
        put_number(out, (uint64_t)s->categories[i].parent + 1);
    }
    put_number(out, s->owner_count);
    for (size_t i = 0; i < s->owner_count; i++)
        put_text(out, s->owners[i]);
    put_number(out, s->file_count);
    for (size_t i = 0; i < s->file_count; i++) {
        kk_put_bytes(out, &s->files[i].item, sizeof s->files[i].item);
        kk_put_bytes(out, &s->files[i].digest, sizeof s->files[i].digest);
        put_text(out, s->files[i].evidence);
        put_text(out, s->files[i].path);
        put_number(out, s->files[i].shown);
        put_number(out, s->files[i].table_count);
    }
    for (size_t i = 0; i < s->table_count; i++) {
        put_text(out, s->tables[i].name);
        put_number(out, s->tables[i].owner);
        put_number(out, s->tables[i].count);
    }
    put_number(out, s->count);
}

static uint64_t take_word(taking *t)
{
    uint64_t word = 0;
    if (t->rest.len < sizeof word)
        t->bad = true;
    else
        memcpy(&word, t->rest.ptr, sizeof word);
    t->rest = kk_from(t->rest, sizeof word);
    return word;
}

static void take_head(taking *t, kk_person_state *s)
{
    s->head.state = take_text(t);
    s->head.tool = take_text(t);
    s->head.case_yaml = take_text(t);
    s->head.decision_count = take_count(t);
    kk_slice *decisions = KK_NEW_ARRAY(t->arena, kk_slice, s->head.decision_count);
    s->head.decisions = decisions;
    for (size_t i = 0; i < s->head.decision_count; i++)
        decisions[i] = take_text(t);
    for (int b = 0; b < KK_OF_ALL; b++)
        s->bounded[b] = take_number(t) != 0;
    s->category_count = take_count(t);
    s->categories = KK_NEW_ARRAY(t->arena, state_category, s->category_count);
    for (size_t i = 0; i < s->category_count; i++) {
        s->categories[i].name = take_text(t);
        uint64_t parent = take_number(t);
        s->categories[i].parent =
            parent && parent <= s->category_count ? (uint32_t)parent - 1 : UINT32_MAX;
    }
    s->owner_count = take_count(t);
    s->owners = KK_NEW_ARRAY(t->arena, kk_slice, s->owner_count);
    for (size_t i = 0; i < s->owner_count; i++)
        s->owners[i] = take_text(t);
}

static void take_tables(taking *t, kk_person_state *s)
{
    s->tables = KK_NEW_ARRAY(t->arena, state_table, s->table_count);
    for (size_t f = 0, at = 0; f < s->file_count; f++) {
        state_file *file = &s->files[f];
        file->first = s->count;
        for (uint32_t k = 0; k < file->table_count && !t->bad; k++, at++) {
            state_table *table = &s->tables[at];
            table->name = take_text(t);
            table->owner = take_place(t, s->owner_count);
            table->file = (uint32_t)f;
            table->first = s->count;
            table->count = (size_t)take_number(t);
            if (table->count > UINT32_MAX - 1 - s->count)
                t->bad = true;
            s->count += t->bad ? 0 : table->count;
        }
        file->count = s->count - file->first;
    }
    if (take_number(t) != s->count)
        t->bad = true;
}

static void take_lists(taking *t, kk_person_state *s)
{
    take_head(t, s);
    s->file_count = take_count(t);
    s->files = KK_NEW_ARRAY(t->arena, state_file, s->file_count);
    for (size_t i = 0; i < s->file_count; i++) {
        state_file *f = &s->files[i];
        f->item = take_word(t);
        f->digest = take_word(t);
        f->evidence = take_text(t);
        f->path = take_text(t);
        f->shown = (uint8_t)take_number(t);
        f->first_table = (uint32_t)s->table_count;
        f->table_count = (uint32_t)take_count(t);
        s->table_count += f->table_count;
    }
    if (s->table_count > t->rest.len)
        t->bad = true;
    if (!t->bad)
        take_tables(t, s);
}

/* ---- the columns ---- */

/* Who is with whom: how far back the one before of the same person is, 0 for the first, 1 where it is
 * the one that the partition with fewer persons has. */
static void put_persons(kk_buffer *out, const uint32_t *of, const uint32_t *wider, size_t count,
                        kk_arena *scratch)
{
    uint32_t *last = KK_NEW_ARRAY(scratch, uint32_t, count);
    uint32_t *last_wider = KK_NEW_ARRAY(scratch, uint32_t, wider ? count : 0);
    for (size_t i = 0; i < count; i++) {
        uint32_t before = of[i] == i ? UINT32_MAX : last[of[i]];
        uint32_t expected = !wider ? UINT32_MAX : wider[i] == i ? UINT32_MAX : last_wider[wider[i]];
        if (before == UINT32_MAX)
            put_number(out, 0);
        else
            put_number(out, before == expected ? 1 : 1 + i - before);
        last[of[i]] = (uint32_t)i;
        if (wider)
            last_wider[wider[i]] = (uint32_t)i;
    }
}

static uint32_t *take_persons(taking *t, const uint32_t *wider, size_t count, kk_arena *scratch)
{
    uint32_t *of = KK_NEW_ARRAY(t->arena, uint32_t, count);
    uint32_t *last_wider = KK_NEW_ARRAY(scratch, uint32_t, wider ? count : 0);
    for (size_t i = 0; i < count; i++) {
        uint64_t code = take_number(t);
        uint64_t before = i + 1 - code;
        if (code == 1 && wider && wider[i] != i)
            before = last_wider[wider[i]];
        if (code && before >= i)
            t->bad = true;
        of[i] = !code || t->bad ? (uint32_t)i : of[before];
        if (wider)
            last_wider[wider[i]] = (uint32_t)i;
    }
    return of;
}

/* Of persons that the partition with fewer persons has. */
static void put_partition(kk_buffer *out, const kk_person_state *s, int partition)
{
    kk_arena *scratch = kk_arena_open();
    const uint32_t *wider = partition == PARTITION_POSSIBLE ? NULL : s->of[partition + 1];
    put_persons(out, s->of[partition], wider, s->count, scratch);
    kk_arena_close(scratch);
}

static void put_records(kk_buffer *out, const kk_person_state *s)
{
    uint64_t before = 0;
    for (size_t i = 0; i < s->count; i++) {
        put_number(out, folded((int64_t)(s->record[i] - before)));
        before = s->record[i];
    }
}

static void put_slots(kk_buffer *out, const kk_person_state *s)
{
    for (size_t i = 0; i < s->count; i++)
        put_number(out, s->slot[i]);
}

static void put_categories(kk_buffer *out, const kk_person_state *s)
{
    for (size_t i = 0; i < s->count; i++)
        put_number(out, s->category[i]);
    kk_put_bytes(out, s->standing, s->count);
}

static void take_columns(taking *t, kk_person_state *s, kk_arena *scratch)
{
    uint64_t before = 0;
    s->record = KK_NEW_ARRAY(t->arena, uint64_t, s->count);
    s->slot = KK_NEW_ARRAY(t->arena, uint32_t, s->count);
    s->category = KK_NEW_ARRAY(t->arena, uint16_t, s->count);
    s->standing = KK_NEW_ARRAY(t->arena, uint8_t, s->count);
    for (size_t i = 0; i < s->count; i++)
        before = s->record[i] = before + (uint64_t)unfolded(take_number(t));
    for (size_t i = 0; i < s->count; i++)
        s->slot[i] = (uint32_t)take_number(t);
    for (size_t i = 0; i < s->count; i++)
        s->category[i] = (uint16_t)take_place(t, s->category_count);
    if (t->rest.len < s->count)
        t->bad = true;
    else if (s->count)
        memcpy(s->standing, t->rest.ptr, s->count);
    t->rest = kk_from(t->rest, s->count);
    s->of[PARTITION_POSSIBLE] = take_persons(t, NULL, s->count, scratch);
    s->of[PARTITION_PROBABLE] = take_persons(t, s->of[PARTITION_POSSIBLE], s->count, scratch);
    s->of[PARTITION_CERTAIN] = take_persons(t, s->of[PARTITION_PROBABLE], s->count, scratch);
}

/* ---- the ids ---- */

/* What an id is made of tells whoever has a whole row that it is in the case: it is covered. */
static uint64_t cover(const kk_hash_key *key, uint64_t number)
{
    return kk_hash64(key, (kk_slice){(const char *)&number, sizeof number});
}

/* Those of one share. */
static void put_names(kk_buffer *out, const kk_person_state *s, const kk_hash_key *key,
                      unsigned share)
{
    size_t from = s->name_count * share / NAME_SHARES,
           to = s->name_count * (share + 1) / NAME_SHARES;
    uint64_t before = from ? s->names[from - 1].person : 0;
    if (!share)
        put_number(out, s->name_count);
    for (size_t i = from; i < to; i++) {
        const person_name *n = &s->names[i];
        uint64_t content = n->content ^ cover(key, i);
        put_number(out, folded((int64_t)(n->person - before)));
        put_number(out, n->anchor - n->person);
        put_number(out, n->slot);
        put_number(out, n->twin);
        put_number(out, n->owner);
        put_number(out, n->born);
        kk_put_bytes(out, &content, sizeof content);
        put_number(out, n->held != n->content);
        content = n->held ^ cover(key, ~(uint64_t)i);
        if (n->held != n->content)
            kk_put_bytes(out, &content, sizeof content);
        before = n->person;
    }
}

static void take_names(taking *t, kk_person_state *s, const kk_hash_key *key)
{
    uint64_t before = 0;
    s->name_count = take_count(t);
    person_name *names = KK_NEW_ARRAY(t->arena, person_name, s->name_count);
    for (size_t i = 0; i < s->name_count && !t->bad; i++) {
        uint64_t person = before + (uint64_t)unfolded(take_number(t));
        uint64_t anchor = person + take_number(t);
        if (person >= s->count || anchor >= s->count || anchor < person)
            t->bad = true;
        names[i] = (person_name){.person = (uint32_t)person,
                                 .anchor = (uint32_t)anchor,
                                 .slot = (uint32_t)take_number(t),
                                 .twin = (uint32_t)take_number(t),
                                 .owner = (uint32_t)take_number(t),
                                 .born = (uint32_t)take_number(t)};
        names[i].content = names[i].held = take_word(t) ^ cover(key, i);
        if (take_number(t))
            names[i].held = take_word(t) ^ cover(key, ~(uint64_t)i);
        before = person;
    }
    s->names = names;
}

/* ---- whole ---- */

/* What stands behind what. */
enum {
    LISTS,
    RECORDS,
    SLOTS,
    CATEGORIES,
    POSSIBLE,
    PROBABLE,
    CERTAIN,
    NAMES,
    COLUMNS = NAMES + NAME_SHARES
};

typedef struct {
    const kk_person_state *state;
    const kk_hash_key *key;
    state_column columns[COLUMNS];
} packing;

static void pack_column(void *context, unsigned hand, unsigned column)
{
    packing *p = context;
    kk_buffer *out = &p->columns[column].bytes;
    (void)hand;
    switch (column) {
    case LISTS:
        put_lists(out, p->state);
        break;
    case RECORDS:
        put_records(out, p->state);
        break;
    case SLOTS:
        put_slots(out, p->state);
        break;
    case CATEGORIES:
        put_categories(out, p->state);
        break;
    case POSSIBLE:
        put_partition(out, p->state, PARTITION_POSSIBLE);
        break;
    case PROBABLE:
        put_partition(out, p->state, PARTITION_PROBABLE);
        break;
    case CERTAIN:
        put_partition(out, p->state, PARTITION_CERTAIN);
        break;
    default:
        p->columns[column].is_hashes = true;
        put_names(out, p->state, p->key, column - NAMES);
    }
}

void kk_person_state_pack(const kk_person_state *s, const kk_hash_key *key, kk_buffer *out)
{
    packing p = {.state = s, .key = key};
    hands_work(pack_column, &p, COLUMNS);
    uint64_t size = 0;
    for (int i = 0; i < COLUMNS; i++)
        size += p.columns[i].bytes.len;
    kk_put(out, MAGIC);
    kk_put_bytes(out, &size, SIZE_BYTES);
    size_t head = out->len;
    if (!state_deflate(p.columns, COLUMNS, out))
        out->len = head; /* no memory for it: `verify` and `since` tell that it cannot be read */
    for (int i = 0; i < COLUMNS; i++)
        kk_buffer_close(&p.columns[i].bytes);
}

static bool inflate_all(kk_slice bytes, kk_arena *arena, kk_slice *plain)
{
    uint64_t size;
    if (!kk_starts(bytes, MAGIC) || bytes.len < MAGIC.len + SIZE_BYTES)
        return false;
    memcpy(&size, bytes.ptr + MAGIC.len, SIZE_BYTES);
    bytes = kk_from(bytes, MAGIC.len + SIZE_BYTES);
    if (size / RATIO_MOST > bytes.len)
        return false;
    uLongf got = size;
    char *room = kk_take(arena, size);
    *plain = (kk_slice){room, size};
    return uncompress((Bytef *)room, &got, (const Bytef *)bytes.ptr, bytes.len) == Z_OK &&
           got == size;
}

kk_status kk_person_state_unpack(kk_slice bytes, const kk_hash_key *key, kk_arena *arena,
                                 kk_person_state **out, kk_fault *fault)
{
    kk_arena *scratch = kk_arena_open(), *small = kk_arena_open();
    kk_person_state *s = KK_NEW(arena, kk_person_state);
    taking t = {.arena = arena};
    t.bad = !inflate_all(bytes, scratch, &t.rest);
    if (!t.bad)
        take_lists(&t, s);
    if (!t.bad && s->count > t.rest.len) /* some bytes each */
        t.bad = true;
    if (!t.bad)
        take_columns(&t, s, small);
    if (!t.bad)
        take_names(&t, s, key);
    bool whole = !t.bad && !t.rest.len;
    kk_arena_close(small);
    kk_arena_close(scratch);
    *out = s;
    return whole
               ? KK_OK
               : kk_fail(fault, KK_STORE, "a state that was kept is damaged: `verify` tells which");
}
