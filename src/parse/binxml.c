/* BinXML compiled to field programs, and run.
 *
 *   fragment   0f 01 01 00, then an instance (0c) or an element (01/41), then 00
 *   element    01/41 dependency:u16 size:u32 name:u32 [name inline] [attributes size:u32 if 41]
 *              (attribute)* 02 content 04, or (attribute)* 03; the dependency is missing in some
 *              fragments that stand inside a value
 *   attribute  06/46 name:u32 [name inline] content
 *   content    05/45 type:u8 text | 0d/0e index:u16 type:u8 | 08 char:u16 | 09 name | 07 text
 *              | 0a name | 0b text | element | instance
 *   name       next:u32 hash:u16 chars:u16 UTF-16 0:u16; inline where its offset is its own place
 *   instance   0c 01 id:u32 definition:u32 [definition inline] count:u32
 *              count * (size:u16 type:u8 0) values
 *   definition next:u32 guid[16] size:u32 fragment
 *
 * Offsets count from the start of the chunk. A template's GUID does not identify its body, and the
 * same body has other offsets in every chunk; so a compiled program keeps the bytes it was made
 * from and the places of the offsets in them, and is used again where all other bytes and the names
 * that the offsets lead to are the same. */
#include "parse/binxml_json.h"
#include "parse/binxml_program.h"
#define NESTED 8 /* BinXML within values of BinXML */
#define CHAIN_LENGTH 512
#define VARIANTS 24 /* programs of one GUID and size that are looked through */

kk_binxml *kk_binxml_open(kk_arena *arena)
{
    kk_binxml *x = KK_NEW(arena, kk_binxml);
    x->arena = kk_arena_open();
    x->chunk_arena = kk_arena_open();
    x->scratch = kk_xml_scratch_open(arena, x->chunk_arena);
    x->values = kk_take_bytes(arena, (KK_XML_VALUES + KK_XML_FILLED_BEHIND) * sizeof *x->values);
    x->wide = kk_xml_can_fill_wide();
    x->fields = kk_take_bytes(arena, KK_XML_PAIRS * sizeof *x->fields);
    x->pairs = kk_take_bytes(arena, (KK_XML_SPARE + KK_XML_PAIRS) * sizeof *x->pairs);
    x->watch_count = 1;
    return x;
}

void kk_binxml_close(kk_binxml *x)
{
    kk_arena_close(x->arena);
    kk_arena_close(x->chunk_arena);
}

void kk_binxml_want_documents(kk_binxml *x)
{
    x->documents = true;
    x->writes_wide = kk_json_can_run_wide();
}

void kk_binxml_want_fields(kk_binxml *x)
{
    x->eager = true;
}

kk_xml_scratch *kk_binxml_scratch(kk_binxml *x)
{
    return &x->scratch;
}

/* The slot of a name, taken or free. */
static size_t watch_slot(const kk_binxml *x, kk_slice name)
{
    size_t at = (size_t)kk_hash_quick(name) % (4 * KK_XML_WATCHES);
    while (x->watch_slot[at] && !kk_eq(x->watch[x->watch_slot[at]], name))
        at = (at + 1) % (4 * KK_XML_WATCHES);
    return at;
}

uint16_t kk_binxml_watch_of(const kk_binxml *x, kk_slice name)
{
    return x->watch_slot[watch_slot(x, name)];
}

uint16_t kk_binxml_watch(kk_binxml *x, const char *name)
{
    uint16_t *found = &x->watch_slot[watch_slot(x, kk_cstr(name))];
    if (!*found && x->watch_count < KK_XML_WATCHES) {
        x->watch[x->watch_count] = kk_cstr(name);
        *found = x->watch_count++;
    }
    return *found;
}

size_t kk_binxml_watched(const kk_binxml *x, const uint16_t *watches, size_t count,
                         uint16_t *places)
{
    const size_t most = x->out->count;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        places[i] = x->seen[watches[i]] <= most ? x->seen[watches[i]] : 0;
        found += places[i] != 0;
    }
    return found;
}

void kk_binxml_chunk(kk_binxml *x, const uint8_t *chunk)
{
    x->chunk = chunk;
    x->round++;
    x->compiled = x->steps = 0;
    x->text_left = KK_XML_CHUNK_TEXT;
    x->scratch.used = 0;
    kk_arena_reset(x->chunk_arena);
}

kk_cursor kk_binxml_cursor(const kk_binxml *x, size_t at, size_t end)
{
    kk_cursor c = {x->chunk, end, 0, false};
    kk_seek(&c, at);
    return c;
}

/* ---- finding the program of a definition ---- */

static kk_xml_program **bucket_of(kk_binxml *x, const uint8_t *guid, uint32_t size,
                                  kk_xml_place where)
{
    uint64_t h;
    memcpy(&h, guid, 8);
    h = (h ^ (uint64_t)size << 8 ^ where) * UINT64_C(0x9e3779b97f4a7c15);
    return &x->bucket[h >> 52];
}

/* The program for the definition whose body of `size` bytes is at `base`. */
static kk_xml_program *load(kk_binxml *x, const uint8_t *guid, uint32_t size, size_t base,
                            kk_xml_place where)
{
    kk_xml_program **bucket = bucket_of(x, guid, size, where);
    int seen = 0, walked = 0;
    size_t differed = 0;
    for (kk_xml_program *p = *bucket; p && seen < VARIANTS && walked < CHAIN_LENGTH; p = p->next) {
        walked++;
        if (p->size != size || p->where != where || memcmp(p->guid, guid, 16) != 0)
            continue;
        seen++;
        x->compiled += size / 8; /* comparing is work too */
        if (x->compiled > KK_XML_COMPILE)
            break;
        if (kk_binxml_same_body(x, p, base, &differed))
            return p;
    }
    kk_xml_program *p = kk_binxml_compile(x, base, base + size, where, NULL);
    if (!p || p->damaged || !p->movable || seen == VARIANTS || walked == CHAIN_LENGTH)
        return p;
    memcpy(p->guid, guid, 16);
    p->size = size;
    kk_binxml_keep_body(x, p, base);
    p->next = *bucket;
    *bucket = p;
    return p;
}

/* The program of the definition at an offset of this chunk; NULL if there is none. */
static kk_xml_program *program_at(kk_binxml *x, uint32_t offset, uint32_t id, kk_xml_place where)
{
    kk_xml_slot *slot = kk_binxml_slot(x, offset, where);
    const uint64_t key = kk_binxml_slot_key(x, offset, where);
    if (offset < 512 || offset >= KK_EVTX_CHUNK) {
        x->out->strict = false;
        return NULL;
    }
    if (slot->key == key) {
        x->out->strict &= slot->id == id;
        return slot->found;
    }
    kk_cursor c = kk_binxml_cursor(x, offset, KK_EVTX_CHUNK);
    kk_skip(&c, 4);
    kk_slice guid = kk_bytes(&c, 16);
    uint32_t size = kk_u32(&c), own_id = ~id; /* another one, where there is none */
    if (!c.bad)
        own_id = kk_binxml_u32((const uint8_t *)guid.ptr);
    if (own_id != id)
        x->out->strict = false;
    kk_xml_program *found = NULL;
    if (!c.bad && size >= 8 && size <= kk_left(&c))
        found = load(x, (const uint8_t *)guid.ptr, size, c.at, where);
    *slot = (kk_xml_slot){key, found, own_id};
    return found;
}

/* Value by value, where some are not there, and neither is what is behind the first of those. */
static void read_cut_values(kk_xml_value *values, const uint8_t *descriptors, uint32_t count,
                            kk_cursor *c)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = kk_binxml_u32(descriptors + 4 * (size_t)i);
        const uint8_t *bytes, type = (uint8_t)(d >> 16);
        values[i] = (kk_xml_value){.type = KK_XML_NULL};
        if (kk_claim(c, d & 0xffff, &bytes))
            values[i] = (kk_xml_value){bytes, type ? d & 0xffff : 0, type};
    }
}

/* Puts the descriptors' values behind those of the record so far. */
static void read_values(kk_binxml *x, kk_cursor *c, kk_xml_instance *n)
{
    const size_t left = kk_left(c);
    const uint8_t *descriptors = c->ptr + c->at + 4;
    const uint32_t count = left >= 4 ? kk_binxml_u32(descriptors - 4) : UINT32_MAX;
    if (count > (left - 4) / 4 || count > KK_XML_VALUES - x->value_count) {
        c->bad = true;
        return;
    }
    c->at += 4 + 4 * (size_t)count;
    kk_xml_value *values = x->values + x->value_count;
    const kk_xml_overview all =
        kk_xml_fill(x->wide, values, descriptors, count, descriptors + 4 * (size_t)count);
    const bool is_there = all.size <= kk_left(c);
    n->count = count;
    n->types = all.types;
    n->size = (uint32_t)(is_there ? all.size : kk_left(c));
    if (!is_there)
        read_cut_values(values, descriptors, count, c);
    else
        c->at += all.size;
}

static void read_instance(kk_binxml *x, kk_xml_instance *n, size_t at, size_t end,
                          kk_xml_place where)
{
    *n = (kk_xml_instance){
        .at = (uint32_t)at, .behind = (uint32_t)end, .where = (uint8_t)where, .is_cut = true};
    kk_cursor c = {x->chunk, end, 0, false};
    const uint8_t *head = x->chunk + at;
    if (at > end || end - at < 9) {
        n->is_headless = true;
        return;
    }
    c.at = at + 9;
    uint32_t id = kk_binxml_u32(head + 1), definition = kk_binxml_u32(head + 5);
    if (definition == c.at) { /* it stands here */
        kk_skip(&c, 20);
        kk_skip(&c, kk_u32(&c));
    }
    n->is_headless = c.bad;
    if (c.bad)
        return;
    n->first = (uint32_t)x->value_count;
    read_values(x, &c, n);
    const bool strict = x->out->strict;
    x->out->strict = true;
    n->program = program_at(x, definition, id, where);
    n->is_cut = c.bad;
    n->is_trusted = !c.bad && kk_xml_is_sound(n->program) && x->out->strict;
    x->out->strict &= strict;
    if (x->lending && !c.bad && !n->is_trusted) {
        n->program = kk_binxml_borrow(x, id, n->count, where);
        n->is_trusted = n->program != NULL;
        x->out->strict = strict;
    }
    if (!c.bad)
        n->behind = (uint32_t)c.at;
    x->value_count += n->count;
}

const kk_xml_instance *kk_binxml_instance(kk_binxml *x, size_t at, size_t end, kk_xml_place where)
{
    size_t k = x->found_next;
    if (k >= x->found_count || x->found[k].at != at || x->found[k].where != where) {
        for (k = 0; k < x->found_count; k++)
            if (x->found[k].at == at && x->found[k].where == where)
                break;
    }
    x->found_next = k + 1;
    if (k < x->found_count)
        return &x->found[k];
    kk_xml_instance *n = &x->found[x->found_count];
    read_instance(x, n, at, end, where);
    x->found_count += x->found_count < KK_XML_INSTANCES;
    return n;
}

/* ---- running ---- */

static size_t run_fragment(kk_binxml *x, size_t at, size_t end, kk_xml_place where, int depth);

static inline void emit(kk_binxml *x, const kk_xml_step *s, kk_slice name, kk_xml_value value)
{
    size_t n = x->out->count;
    if (n == KK_XML_PAIRS || x->scratch.full) {
        x->out->cut = true;
        return;
    }
    x->fields[n] = (kk_xml_field){name, value};
    x->out->count = n + 1;
    uint16_t watch = s->name_value ? kk_binxml_watch_of(x, name) : s->watch;
    if (!x->seen[watch])
        x->seen[watch] = (uint16_t)(n + 1);
}

static kk_slice joined_name(kk_binxml *x, kk_slice prefix, kk_slice name)
{
    kk_xml_scratch *s = &x->scratch;
    size_t len = prefix.len + 1 + name.len;
    if (len > s->capacity - s->used) {
        s->full = true;
        return name;
    }
    char *out = s->ptr + s->used;
    memcpy(out, prefix.ptr, prefix.len);
    out[prefix.len] = '.';
    memcpy(out + prefix.len + 1, name.ptr, name.len);
    s->used += len;
    return (kk_slice){out, len};
}

/* BinXML inside a field: its names go below the field's own. */
static void run_nested(kk_binxml *x, const kk_xml_step *s, kk_slice name, size_t at, size_t end,
                       int depth)
{
    size_t first = x->out->count;
    kk_slice prefix = s->name_value ? name : s->prefix;
    run_fragment(x, at, end, s->inside, depth + 1);
    if (s->inside != IN_BODY || !prefix.len)
        return;
    x->names_move = true;
    for (size_t i = first; i < x->out->count; i++) {
        x->fields[i].name = joined_name(x, prefix, x->fields[i].name);
    }
}

static void run_array(kk_binxml *x, const kk_xml_step *s, kk_slice name, kk_xml_value array)
{
    kk_xml_value item = {.type = array.type & (KK_XML_ARRAY - 1)};
    if (!array.len && !s->quiet)
        emit(x, s, name, item);
    while (!x->out->cut && kk_xml_item(&array, &item)) {
        x->steps++;
        emit(x, s, name, item);
    }
}

static void run_value(kk_binxml *x, const kk_xml_step *s, kk_slice name, kk_xml_value v, int depth)
{
    if (s->field != KK_SYS_FIELDS) {
        kk_xml_value item = v;
        if (v.type & KK_XML_ARRAY && !kk_xml_item(&v, &item))
            return;
        if (item.len)
            x->out->system[s->field] = item;
        return;
    }
    if (v.type == KK_XML_BINXML && v.len) {
        size_t at = (size_t)(v.ptr - x->chunk);
        run_nested(x, s, name, at, at + v.len, depth);
    } else if (v.type & KK_XML_ARRAY) {
        run_array(x, s, name, v);
    } else if (v.len || !s->quiet || (s->attribute && v.type != KK_XML_NULL)) {
        emit(x, s, name, v);
    }
}

/* Puts text behind what is already there, copying only what is not behind it anyway. */
static void append(kk_binxml *x, kk_slice *all, kk_slice text)
{
    kk_xml_scratch *s = &x->scratch;
    if (!all->len || !text.len) {
        *all = text.len ? text : *all;
        return;
    }
    if (text.ptr == all->ptr + all->len) {
        all->len += text.len;
        return;
    }
    bool at_top = all->ptr + all->len == s->ptr + s->used;
    size_t len = text.len + (at_top ? 0 : all->len);
    if (len > s->capacity - s->used) {
        s->full = true;
        return;
    }
    char *out = s->ptr + s->used;
    if (!at_top) {
        memcpy(out, all->ptr, all->len);
        all->ptr = out;
        out += all->len;
    }
    memcpy(out, text.ptr, text.len);
    all->len += text.len;
    s->used += len;
}

static kk_xml_value value_of(const kk_xml_piece *part, const kk_xml_value *values, size_t count)
{
    if (part->kind == LITERAL)
        return (kk_xml_value){(const uint8_t *)part->text.ptr, (uint32_t)part->text.len,
                              KK_XML_UTF8};
    if (part->kind == VALUE && part->index < count)
        return values[part->index];
    return (kk_xml_value){.type = KK_XML_NULL};
}

/* Several pieces: their texts one after the other, items of an array with commas between. */
static void run_pieces(kk_binxml *x, const kk_xml_program *p, const kk_xml_step *s, kk_slice name,
                       const kk_xml_value *values, size_t count, int depth)
{
    kk_slice all = {"", 0};
    bool nested = false;
    for (uint32_t i = 0; i < s->count && !x->scratch.full && !x->out->cut; i++) {
        const kk_xml_piece *part = &p->pieces[s->first + i];
        kk_xml_value v = value_of(part, values, count), item;
        x->steps++;
        nested |= part->kind == INSTANCE || v.type == KK_XML_BINXML;
        if (part->kind == INSTANCE) {
            run_nested(x, s, name, part->at, part->end, depth);
        } else if (v.type == KK_XML_BINXML && v.len) {
            run_value(x, s, name, v, depth);
        } else if (v.type & KK_XML_ARRAY) {
            for (bool more = false; kk_xml_item(&v, &item) && !x->scratch.full; more = true) {
                append(x, &all, more ? KK_S(", ") : KK_NONE);
                append(x, &all, kk_xml_text(&x->scratch, item));
            }
        } else {
            append(x, &all, kk_xml_text(&x->scratch, v));
        }
    }
    kk_xml_value v = {(const uint8_t *)all.ptr, (uint32_t)all.len, KK_XML_UTF8};
    if (all.len || !nested)
        run_value(x, s, name, v, depth);
}

static void run_any(kk_binxml *x, const kk_xml_program *p, const kk_xml_step *s,
                    const kk_xml_value *values, size_t count, int depth)
{
    kk_slice name = s->name;
    if (s->name_value && s->name_value <= count) {
        name = kk_xml_text(&x->scratch, values[s->name_value - 1]);
        x->names_move = true;
        if (!name.len)
            name = s->name;
    }
    if (s->count != 1 || p->pieces[s->first].kind == INSTANCE)
        run_pieces(x, p, s, name, values, count, depth);
    else
        run_value(x, s, name, value_of(&p->pieces[s->first], values, count), depth);
}

static void run_step(kk_binxml *x, const kk_xml_program *p, const kk_xml_step *s,
                     const kk_xml_value *values, size_t count, int depth)
{
    if (s->kind == ANY) {
        run_any(x, p, s, values, count, depth);
        return;
    }
    const kk_xml_value none = {.type = KK_XML_NULL};
    const kk_xml_value *v = s->index < count ? &values[s->index] : &none;
    if (v->type >= KK_XML_BINXML)
        run_value(x, s, s->name, *v, depth);
    else if (s->kind == PAIR_VALUE && (v->len || !s->quiet))
        emit(x, s, s->name, *v);
    else if (s->kind == SYSTEM_VALUE && v->len)
        x->out->system[s->field] = *v;
    else if (s->attribute && v->type != KK_XML_NULL && s->kind == PAIR_VALUE)
        emit(x, s, s->name, *v);
}

static bool out_of_share(kk_binxml *x)
{
    x->out->cut |= x->steps > KK_XML_CHUNK_STEPS || x->scratch.full;
    return x->out->cut;
}

/* Of a step that fills no field of System: what is nested in it, which may. */
static void descend(kk_binxml *x, const kk_xml_program *p, const kk_xml_step *s,
                    const kk_xml_value *values, size_t count, int depth)
{
    for (uint32_t i = 0; i < s->count && !x->out->cut; i++) {
        const kk_xml_piece *part = &p->pieces[s->first + i];
        kk_xml_value v = value_of(part, values, count);
        if (part->kind == INSTANCE)
            run_nested(x, s, s->name, part->at, part->end, depth);
        else if (v.type == KK_XML_BINXML && v.len)
            run_value(x, s, s->name, v, depth);
    }
}

/* Constant text, or what is not one value with a text. */
static void run_early_step(kk_binxml *x, const kk_xml_program *p, const kk_xml_step *s,
                           const kk_xml_value *values, size_t count, int depth)
{
    const kk_xml_piece *part = &p->pieces[s->first];
    if (s->kind != ANY || s->count != 1 || s->name_value || part->kind != LITERAL)
        run_step(x, p, s, values, count, depth);
    else if (part->text.len)
        x->out->system[s->field] = value_of(part, values, count);
}

/* The steps that fill System. */
static void run_early(kk_binxml *x, const kk_xml_program *p, const kk_xml_value *values,
                      size_t count, int depth)
{
    x->steps += p->early_steps;
    if (!p->early_steps || out_of_share(x) || !p->early_count)
        return;
    kk_xml_value *system = x->out->system;
    for (const kk_xml_early *e = p->early, *end = e + p->early_count; e < end; e++) {
        if (e->index >= count || values[e->index].type >= KK_XML_BINXML)
            run_early_step(x, p, &p->steps[e->step], values, count, depth);
        else if (values[e->index].len)
            memcpy(&system[e->field], &values[e->index], sizeof *system); /* in one move */
    }
}

/* A field that is not one value with a text: most often what is nested. */
static void run_other(kk_binxml *x, const kk_xml_program *p, const kk_xml_late *l,
                      const kk_xml_value *values, size_t count, int depth)
{
    const kk_xml_step *s = &p->steps[l->step];
    if (l->index < count && values[l->index].type == KK_XML_BINXML && values[l->index].len) {
        size_t at = (size_t)(values[l->index].ptr - x->chunk);
        run_nested(x, s, s->name, at, at + values[l->index].len, depth);
    } else {
        run_step(x, p, s, values, count, depth);
    }
}

static void run_shallow(kk_binxml *x, const kk_xml_program *p, const kk_xml_value *values,
                        size_t count, bool nested, int depth)
{
    run_early(x, p, values, count, depth);
    if (!nested && !p->holds_instances)
        return;
    x->steps += p->step_count;
    for (size_t i = 0; i < p->late_count && !out_of_share(x); i++) {
        const kk_xml_late *l = &p->late[i];
        if (l->index >= count)
            descend(x, p, &p->steps[l->step], values, count, depth);
        else if (values[l->index].type == KK_XML_BINXML && values[l->index].len)
            run_other(x, p, l, values, count, depth);
    }
}

/* The steps that name fields: what is one value with a text goes on without a look at its step. */
static void run_late(kk_binxml *x, const kk_xml_program *p, const kk_xml_value *values,
                     size_t count, int depth)
{
    if (!p->late_count)
        return;
    kk_xml_event *out = x->out;
    size_t n = out->count, room = x->scratch.full ? 0 : KK_XML_PAIRS;
    for (const kk_xml_late *l = p->late, *end = l + p->late_count; l < end && !out->cut; l++) {
        if (l->index < count && values[l->index].type < KK_XML_BINXML && values[l->index].len) {
            out->cut = n >= room;
            if (out->cut)
                break;
            x->fields[n++] = (kk_xml_field){l->name, values[l->index]};
            if (!x->seen[l->watch])
                x->seen[l->watch] = (uint16_t)n;
            continue;
        }
        out->count = n;
        if (out_of_share(x))
            break;
        run_other(x, p, l, values, count, depth);
        n = out->count;
        room = x->scratch.full ? 0 : KK_XML_PAIRS;
    }
    out->count = n;
}

static void run_program(kk_binxml *x, const kk_xml_program *p, const kk_xml_value *values,
                        size_t count, uint8_t types, int depth)
{
    x->out->damaged |= p->damaged;
    x->names_move |= !p->movable;
    if (x->shallow) {
        run_shallow(x, p, values, count, (types & KK_XML_BINXML) == KK_XML_BINXML, depth);
        return;
    }
    if (x->eager)
        run_early(x, p, values, count, depth);
    x->steps += p->step_count;
    if (kk_binxml_is_straight(x, p, count, types))
        kk_binxml_run_straight(x, p, values);
    else
        run_late(x, p, values, count, depth);
}

/* `at` is behind the token; returns where the instance ends. */
static size_t run_instance(kk_binxml *x, size_t at, size_t end, kk_xml_place where, int depth)
{
    const kk_xml_instance *n = kk_binxml_instance(x, at, end, where);
    const size_t behind = n->behind;
    if (n->is_headless) {
        x->out->damaged = true;
        return end;
    }
    x->out->damaged |= n->is_cut || !n->program;
    x->out->strict &= n->is_trusted;
    if (n->program)
        run_program(x, n->program, x->values + n->first, n->count, n->types, depth);
    return behind;
}

static size_t run_element(kk_binxml *x, size_t at, size_t end, kk_xml_place where, int depth)
{
    size_t stop = end;
    const kk_xml_program *p = kk_binxml_compile(x, at, end, where, &stop);
    if (p)
        run_program(x, p, x->values, 0, 0, depth);
    x->out->strict &= kk_xml_is_sound(p);
    return p && !p->damaged && stop > at ? stop : end;
}

/* Returns where the fragment ends. */
static size_t run_fragment(kk_binxml *x, size_t at, size_t end, kk_xml_place where, int depth)
{
    if (depth > NESTED) {
        x->out->cut = true;
        return end;
    }
    while (at < end && !x->out->cut) {
        switch (x->chunk[at] & 0xbf) {
        case 0x00:
            return at + 1;
        case 0x0f:
            at += 4;
            break;
        case 0x0c:
            at = run_instance(x, at + 1, end, where, depth);
            break;
        case 0x01:
            at = run_element(x, at, end, where, depth);
            break;
        default:
            x->out->damaged = true;
            x->out->strict = false;
            return end;
        }
    }
    return at < end ? at : end;
}

static void begin_fields(kk_binxml *x)
{
    x->out->fields = x->fields;
    x->out->count = 0;
    x->straight = NULL;
    x->names_move = false;
    memset(x->seen, 0, x->watch_count * sizeof *x->seen);
}

static void clear_system(kk_xml_event *out)
{
    for (size_t i = 0; i < KK_SYS_FIELDS; i++) { /* a third of the time of clearing all of it */
        out->system[i].len = 0;
        out->system[i].type = KK_XML_NULL;
    }
}

void kk_binxml_read(kk_binxml *x, size_t at, size_t end, kk_xml_event *out)
{
    x->out = out;
    out->fields = NULL;
    out->count = 0;
    out->donor = 0;
    out->borrowed = out->damaged = out->cut = false;
    out->strict = true;
    x->value_count = x->found_count = x->found_next = 0;
    x->outer = NULL;
    x->at = at;
    x->end = end < KK_EVTX_CHUNK ? end : KK_EVTX_CHUNK;
    kk_binxml_share(x);
    x->shallow = !x->eager;
    if (x->eager)
        begin_fields(x);
    if (kk_binxml_read_usual(x, &out->end))
        return;
    clear_system(out);
    out->end = run_fragment(x, x->at, x->end, AT_TOP, 0);
    out->cut |= x->scratch.full;
}

void kk_binxml_fields(kk_binxml *x)
{
    if (x->eager)
        return; /* they are there */
    begin_fields(x);
    x->shallow = false;
    x->found_next = 0;
    run_fragment(x, x->at, x->end, AT_TOP, 0);
    x->out->cut |= x->scratch.full;
}
