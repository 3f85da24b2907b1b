#include "model/batch.h"

#include "base/cursor.h"
#include "base/json.h"
#include "base/text.h"
#include "model/quoted.h"
#include "model/values.h"

/* Layout of one thing: u8 kind, u32 length of the rest, the rest. Texts: u32 length, bytes. */
enum { HEAD = 5 };

typedef struct {
    kk_packer *p;
    size_t begin;
    bool full;
} writing;

static writing begin(kk_packer *p, kk_pack_kind kind)
{
    writing w = {p, p->used, false};
    if (p->capacity - p->used < HEAD) {
        w.full = true;
        return w;
    }
    p->bytes[p->used] = (char)kind;
    p->used += HEAD;
    return w;
}

static inline void put(writing *w, const void *bytes, size_t len)
{
    if (w->full || w->p->capacity - w->p->used < len) {
        w->full = true;
        return;
    }
    if (len)
        memcpy(w->p->bytes + w->p->used, bytes, len);
    w->p->used += len;
}

static inline void put64(writing *w, uint64_t v)
{
    put(w, &v, sizeof v);
}

static inline void put32(writing *w, uint32_t v)
{
    put(w, &v, sizeof v);
}

static inline void put16(writing *w, unsigned v)
{
    uint16_t two = (uint16_t)v;
    put(w, &two, sizeof two);
}

static inline void put8(writing *w, unsigned v)
{
    uint8_t byte = (uint8_t)v;
    put(w, &byte, 1);
}

/* Cut at a character, so that what crosses is UTF-8 still. */
static kk_slice at_most(kk_slice s, size_t len)
{
    if (s.len <= len)
        return s;
    while (len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len--;
    return kk_part(s, 0, len);
}

static void put_text(writing *w, kk_slice s)
{
    s = at_most(s, KK_TEXT_MAX);
    put32(w, (uint32_t)s.len);
    put(w, s.ptr, s.len);
}

static bool end(writing *w)
{
    if (w->full) {
        w->p->used = w->begin;
        return false;
    }
    uint32_t len = (uint32_t)(w->p->used - w->begin - HEAD);
    memcpy(w->p->bytes + w->begin + 1, &len, sizeof len);
    return true;
}

static void put_escaped(writing *w, kk_slice s)
{
    char escape[6];
    s = at_most(s, KK_TEXT_MAX);
    for (;;) {
        size_t clean = kk_clean_length(s);
        put(w, s.ptr, clean);
        if (clean == s.len)
            return;
        put(w, escape, kk_put_escape(escape, (unsigned char)s.ptr[clean]));
        s = kk_from(s, clean + 1);
    }
}

/* ["name","value"], where there is room and nothing to be escaped; else false, and nothing is put. */
static bool put_pair(writing *w, const kk_pair *pair, bool is_first)
{
    enum { SIGNS = 8 };
    char *begin = w->p->bytes + w->p->used, *to = begin;
    size_t room = w->full ? 0 : w->p->capacity - w->p->used;
    if (pair->name.len > KK_TEXT_MAX || pair->value.len > KK_TEXT_MAX ||
        room < pair->name.len + pair->value.len + SIGNS)
        return false;
    *to = ',';
    to += !is_first;
    memcpy(to, "[\"", 2);
    if (!kk_copy_clean(to + 2, pair->name))
        return false;
    to += 2 + pair->name.len;
    memcpy(to, "\",\"", 3);
    if (!kk_copy_clean(to + 3, pair->value))
        return false;
    to += 3 + pair->value.len;
    memcpy(to, "\"]", 2);
    w->p->used += (size_t)(to + 2 - begin);
    return true;
}

static void put_more(writing *w, const kk_event *e)
{
    size_t at = w->p->used;
    put32(w, 0);
    if (w->full || !e->more_count)
        return;
    put8(w, '[');
    for (size_t i = 0; i < e->more_count; i++) {
        if (put_pair(w, &e->more[i], i == 0))
            continue;
        put(w, i ? ",[\"" : "[\"", i ? 3 : 2);
        put_escaped(w, e->more[i].name);
        put(w, "\",\"", 3);
        put_escaped(w, e->more[i].value);
        put(w, "\"]", 2);
    }
    put8(w, ']');
    uint32_t len = (uint32_t)(w->p->used - at - 4);
    if (!w->full)
        memcpy(w->p->bytes + at, &len, sizeof len);
}

/* "value", where there is room and nothing to be escaped; else false, and nothing is put. */
static bool put_clean(writing *w, kk_slice text, bool is_first)
{
    enum { SIGNS = 3 };
    char *to = w->p->bytes + w->p->used;
    size_t room = w->full ? 0 : w->p->capacity - w->p->used;
    if (text.len > KK_TEXT_MAX || room < text.len + SIGNS)
        return false;
    *to = ',';
    to += !is_first;
    *to = '"';
    if (!kk_copy_clean(to + 1, text))
        return false;
    to[text.len + 1] = '"';
    w->p->used += text.len + SIGNS - is_first;
    return true;
}

static void put_json_text(writing *w, kk_slice text, bool is_first)
{
    if (put_clean(w, text, is_first))
        return;
    put(w, is_first ? "\"" : ",\"", is_first ? 1 : 2);
    put_escaped(w, text);
    put8(w, '"');
}

/* The values of further fields, packed as model/more.h has them. */
static void put_values(writing *w, const kk_event *e)
{
    size_t all = 0, at = w->p->used, most = (e->more_count + 2) * KK_PACKED_NUMBER_MOST;
    for (size_t i = 0; i < e->more_count; i++)
        all += e->more[i].value.len < KK_TEXT_MAX ? e->more[i].value.len : KK_TEXT_MAX;
    w->full = w->full || w->p->capacity - at < all + most;
    if (w->full)
        return;
    char *to = w->p->bytes + at + sizeof(uint32_t);
    to += kk_packed_number_put(to, (uint32_t)e->more_count);
    for (size_t i = 0; i < e->more_count; i++)
        to += kk_packed_number_put(to, (uint32_t)at_most(e->more[i].value, KK_TEXT_MAX).len);
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice value = at_most(e->more[i].value, KK_TEXT_MAX);
        if (value.len)
            memcpy(to, value.ptr, value.len);
        to += value.len;
    }
    w->p->used = (size_t)(to - w->p->bytes);
    uint32_t len = (uint32_t)(w->p->used - at - sizeof len);
    memcpy(w->p->bytes + at, &len, sizeof len);
}

/* What every event has, as it is packed; behind it the lengths of its texts, its numbers, its texts. */
typedef struct {
    uint64_t time, record, offset, present, has_number;
    uint32_t sub, length, flags;
    uint8_t outcome, basis, precision, nothing;
} event_head;

static writing pack_columns(kk_packer *p, const kk_event *e)
{
    writing w = begin(p, KK_PACK_EVENT);
    event_head head = {.time = (uint64_t)e->time,
                       .record = e->record,
                       .offset = e->offset,
                       .has_number = e->has_number,
                       .sub = e->sub,
                       .length = e->length,
                       .flags = e->flags,
                       .outcome = (uint8_t)e->outcome,
                       .basis = (uint8_t)e->basis,
                       .precision = (uint8_t)e->precision};
    uint32_t lengths[KK_TEXT_FIELDS];
    kk_slice texts[KK_TEXT_FIELDS];
    size_t count = 0;
    for (int f = 0; f < KK_TEXT_FIELDS; f++) {
        if (!e->text[f].len)
            continue;
        head.present |= UINT64_C(1) << f;
        texts[count] = at_most(e->text[f], KK_TEXT_MAX);
        lengths[count] = (uint32_t)texts[count].len;
        count++;
    }
    put(&w, &head, sizeof head);
    put(&w, lengths, count * sizeof *lengths);
    for (uint64_t left = e->has_number; left; left &= left - 1)
        put64(&w, e->number[__builtin_ctzll(left)]);
    for (size_t i = 0; i < count; i++)
        put(&w, texts[i].ptr, texts[i].len);
    return w;
}

bool kk_pack_event(kk_packer *p, const kk_event *e)
{
    writing w = pack_columns(p, e);
    put16(&w, 0);
    put_more(&w, e);
    return end(&w);
}

/* The number of these names in the batch; 0: they are told with the event itself. */
static unsigned tell_names(kk_packer *p, kk_told_names *told, uint32_t layout, const kk_event *e)
{
    if (told->count == KK_TOLD_NAMES_MOST)
        return 0;
    writing w = begin(p, KK_PACK_NAMES);
    for (size_t i = 0; i < e->more_count; i++)
        put_json_text(&w, e->more[i].name, i == 0);
    if (!end(&w))
        return 0;
    told->number[layout] = (uint16_t)++told->count;
    return told->count;
}

bool kk_pack_named_event(kk_packer *p, kk_told_names *told, uint32_t layout, const kk_event *e)
{
    unsigned number = 0;
    if (layout && layout <= KK_LAYOUTS_MOST && e->more_count) {
        number = told->number[layout];
        if (!number)
            number = tell_names(p, told, layout, e);
    }
    if (!number)
        return kk_pack_event(p, e);
    writing w = pack_columns(p, e);
    put16(&w, number);
    put_values(&w, e);
    return end(&w);
}

bool kk_pack_stored_event(kk_packer *p, const kk_event *e, kk_slice more_json)
{
    writing w = pack_columns(p, e);
    put16(&w, 0);
    put_text(&w, more_json);
    return end(&w);
}

bool kk_pack_mention(kk_packer *p, const kk_mention *m)
{
    writing w = begin(p, KK_PACK_MENTION);
    const kk_slice texts[] = {m->table,   m->name,  m->kana,  m->birth_date, m->postal_code,
                              m->address, m->phone, m->email, m->company,    m->person_no};
    put64(&w, m->record);
    put64(&w, m->offset);
    put32(&w, m->slot);
    put32(&w, m->length);
    put8(&w, m->role);
    put8(&w, m->standing);
    put8(&w, m->reason);
    put32(&w, m->told_by);
    put64(&w, m->items);
    put64(&w, (uint64_t)m->dated);
    put64(&w, (uint64_t)m->left_at);
    put32(&w, (uint32_t)m->values.len);
    put(&w, m->values.ptr, m->values.len);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(&w, texts[i]);
    return end(&w);
}

bool kk_pack_table(kk_packer *p, const kk_table *t)
{
    writing w = begin(p, KK_PACK_TABLE);
    size_t columns = t->column_count < 4096 ? t->column_count : 4096;
    put_text(&w, t->table);
    put_text(&w, t->why);
    put64(&w, t->header_row);
    put64(&w, t->rows);
    put64(&w, t->mentions);
    put64(&w, t->items);
    put8(&w, t->about_people);
    put8(&w, t->reason);
    put32(&w, (uint32_t)columns);
    for (size_t i = 0; i < columns; i++)
        put_text(&w, at_most(t->columns[i], 256));
    return end(&w);
}

bool kk_pack_issue(kk_packer *p, const kk_issue *issue)
{
    writing w = begin(p, KK_PACK_ISSUE);
    put8(&w, issue->kind);
    put64(&w, issue->offset);
    put64(&w, issue->count);
    put_text(&w, at_most(issue->what, 1000));
    return end(&w);
}

bool kk_pack_found(kk_packer *p, const kk_found *f)
{
    writing w = begin(p, KK_PACK_CHILD);
    put_text(&w, f->name);
    put_text(&w, f->token);
    put_text(&w, f->joint);
    put_text(&w, f->parser);
    put64(&w, f->size);
    put64(&w, (uint64_t)f->modified);
    put8(&w, (unsigned)f->is_volume | (unsigned)f->unreadable << 1 | (unsigned)f->has_hash << 2);
    put(&w, f->sha256.bytes, sizeof f->sha256.bytes);
    put32(&w, f->spool);
    return end(&w);
}

bool kk_pack_fact(kk_packer *p, kk_fact_kind kind, kk_slice value)
{
    writing w = begin(p, KK_PACK_FACT);
    put8(&w, kind);
    put_text(&w, at_most(value, 256));
    return end(&w);
}

bool kk_pack_identity(kk_packer *p, const kk_identity *identity)
{
    writing w = begin(p, KK_PACK_IDENTITY);
    put_text(&w, identity->parser);
    put8(&w, (unsigned)identity->has_hash | (unsigned)identity->unreadable << 1);
    put(&w, identity->sha256.bytes, sizeof identity->sha256.bytes);
    return end(&w);
}

bool kk_pack_hit(kk_packer *p, const kk_hit *hit)
{
    writing w = begin(p, KK_PACK_HIT);
    put64(&w, (uint64_t)hit->time);
    put64(&w, hit->record);
    put32(&w, hit->sub);
    put32(&w, hit->rule);
    put_text(&w, at_most(hit->source, 256));
    put_text(&w, at_most(hit->decoded, 256));
    put_text(&w, at_most(hit->capture, KK_TEXT_MAX / 16));
    return end(&w);
}

bool kk_pack_payload(kk_packer *p, const kk_payload_row *r)
{
    writing w = begin(p, KK_PACK_PAYLOAD);
    put64(&w, (uint64_t)r->time);
    put64(&w, r->record);
    put32(&w, r->sub);
    put32(&w, r->number);
    put32(&w, r->within);
    put8(&w, (unsigned)r->torn | (unsigned)r->cut << 1);
    put64(&w, r->bytes);
    put(&w, r->sha256.bytes, sizeof r->sha256.bytes);
    put_text(&w, at_most(r->kind, 256));
    put_text(&w, at_most(r->field, 256));
    put_text(&w, at_most(r->mark, 256));
    put_text(&w, at_most(r->chain, 256));
    put_text(&w, at_most(r->child, 256));
    put_text(&w, at_most(r->text, KK_PAYLOAD_TEXT_MOST));
    return end(&w);
}

bool kk_pack_scan_hit(kk_packer *p, const kk_scan_hit *hit)
{
    writing w = begin(p, KK_PACK_SCAN_HIT);
    put32(&w, hit->rule);
    put64(&w, hit->total);
    put_text(&w, hit->places);
    return end(&w);
}

bool kk_pack_scanned(kk_packer *p, const kk_scanned *scanned)
{
    writing w = begin(p, KK_PACK_SCANNED);
    put8(&w, scanned->of_child);
    put8(&w, scanned->outcome);
    return end(&w);
}

bool kk_pack_content_hit(kk_packer *p, const kk_content_hit *hit)
{
    writing w = begin(p, KK_PACK_CONTENT_HIT);
    put8(&w, hit->of_child);
    put8(&w, hit->way);
    put32(&w, hit->ioc);
    put64(&w, hit->at);
    put_text(&w, hit->table);
    return end(&w);
}

bool kk_pack_cut(kk_packer *p, const kk_cut_place *cut)
{
    writing w = begin(p, KK_PACK_CUT);
    kk_slice place = kk_part(cut->place, 0, KK_PLACE_MAX);
    put64(&w, cut->offset);
    put32(&w, (uint32_t)place.len);
    put(&w, place.ptr, place.len);
    return end(&w);
}

bool kk_pack_secret(kk_packer *p, const kk_secret *secret)
{
    writing w = begin(p, KK_PACK_SECRET);
    put8(&w, secret->rank);
    put64(&w, secret->record);
    put_text(&w, at_most(secret->text, KK_SECRET_BYTES));
    return end(&w);
}

bool kk_pack_opened(kk_packer *p, uint32_t number)
{
    writing w = begin(p, KK_PACK_OPENED);
    put32(&w, number);
    return end(&w);
}

static kk_slice get_text(kk_cursor *c)
{
    kk_slice s = kk_bytes(c, kk_u32(c));
    if (!kk_utf8_valid(s))
        c->bad = true;
    return s;
}

/* An enum that crossed the border: below its count or the batch is bad. */
static unsigned get_enum(kk_cursor *c, unsigned count)
{
    unsigned v = kk_u8(c);
    if (v >= count)
        c->bad = true;
    return c->bad ? 0 : v;
}

static bool is_below(kk_cursor *c, unsigned value, unsigned count)
{
    c->bad = c->bad || value >= count;
    return !c->bad;
}

/* Texts that lie one behind the other: UTF-8 together, and none begins within a character. */
static void unpack_texts(kk_cursor *c, kk_event *e, uint64_t present, kk_slice lengths,
                         kk_slice all)
{
    uint32_t len;
    c->bad = c->bad || !kk_utf8_valid(all);
    for (uint64_t left = c->bad ? 0 : present; left; left &= left - 1) {
        memcpy(&len, lengths.ptr, sizeof len);
        lengths = kk_from(lengths, sizeof len);
        if (len && ((unsigned char)all.ptr[0] & 0xc0) == 0x80)
            c->bad = true;
        e->text[__builtin_ctzll(left)] = kk_part(all, 0, len);
        all = kk_from(all, len);
    }
}

static void unpack_columns(kk_cursor *c, kk_event *e)
{
    event_head head = {0};
    uint64_t size = 0;
    kk_slice bytes = kk_bytes(c, sizeof head);
    if (bytes.len)
        memcpy(&head, bytes.ptr, sizeof head);
    memset(e, 0, sizeof *e);
    if (!is_below(c, head.outcome, KK_OUTCOMES) || !is_below(c, head.basis, KK_BASES) ||
        !is_below(c, head.precision, KK_PRECISIONS) || head.present >> KK_TEXT_FIELDS ||
        head.has_number >> KK_NUMBER_FIELDS) {
        c->bad = true;
        return;
    }
    e->time = (kk_time)head.time;
    e->record = head.record;
    e->offset = head.offset;
    e->sub = head.sub;
    e->length = head.length;
    e->flags = head.flags;
    e->outcome = (kk_outcome)head.outcome;
    e->basis = (kk_time_basis)head.basis;
    e->precision = (kk_precision)head.precision;
    e->has_number = head.has_number;
    size_t count = (size_t)__builtin_popcountll(head.present);
    kk_slice lengths = kk_bytes(c, count * sizeof(uint32_t));
    for (size_t i = 0; i < lengths.len; i += sizeof(uint32_t)) {
        uint32_t len;
        memcpy(&len, lengths.ptr + i, sizeof len);
        size += len;
    }
    for (uint64_t left = e->has_number; left; left &= left - 1)
        e->number[__builtin_ctzll(left)] = kk_u64(c);
    unpack_texts(c, e, head.present, lengths, kk_bytes(c, size));
}

static void unpack_event(const kk_unpacker *u, kk_cursor *c, kk_unpacked *out)
{
    unpack_columns(c, &out->event);
    unsigned number = kk_u16(c);
    c->bad = c->bad || number > u->name_count;
    bool named = number && !c->bad;
    out->more.names = named ? u->names[number - 1] : KK_NONE;
    if (!named) {
        out->more.values = get_text(c);
        return;
    }
    out->more.values = kk_bytes(c, kk_u32(c));
    if (!c->bad && !kk_packed_texts_are_good(out->more.values))
        c->bad = true;
}

static void unpack_mention(kk_cursor *c, kk_mention *m)
{
    kk_slice *const texts[] = {&m->table,   &m->name,  &m->kana,  &m->birth_date, &m->postal_code,
                               &m->address, &m->phone, &m->email, &m->company,    &m->person_no};
    m->record = kk_u64(c);
    m->offset = kk_u64(c);
    m->slot = kk_u32(c);
    m->length = kk_u32(c);
    m->role = (kk_role)get_enum(c, KK_ROLES);
    m->standing = (kk_standing)get_enum(c, KK_STANDINGS);
    m->reason = (kk_aside)get_enum(c, KK_ASIDES);
    m->told_by = (uint16_t)kk_u32(c);
    m->items = kk_u64(c);
    m->dated = (kk_time)kk_u64(c);
    m->left_at = (kk_time)kk_u64(c);
    uint64_t content;
    m->values = kk_bytes(c, kk_u32(c));
    if (!kk_values_content(m->values, &content))
        c->bad = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = get_text(c);
}

static void unpack_table(kk_cursor *c, kk_arena *arena, kk_table *t)
{
    t->table = get_text(c);
    t->why = get_text(c);
    t->header_row = kk_u64(c);
    t->rows = kk_u64(c);
    t->mentions = kk_u64(c);
    t->items = kk_u64(c);
    t->about_people = kk_u8(c) != 0;
    t->reason = (kk_table_reason)get_enum(c, KK_TABLE_REASONS);
    t->column_count = kk_u32(c);
    if (c->bad || t->column_count > 4096) {
        c->bad = true;
        return;
    }
    kk_slice *columns = KK_NEW_ARRAY(arena, kk_slice, t->column_count);
    for (size_t i = 0; i < t->column_count; i++)
        columns[i] = get_text(c);
    t->columns = columns;
}

static kk_sha256 get_digest(kk_cursor *c)
{
    kk_sha256 digest = {{0}};
    kk_slice bytes = kk_bytes(c, sizeof digest.bytes);
    if (bytes.len)
        memcpy(digest.bytes, bytes.ptr, sizeof digest.bytes);
    return digest;
}

static void unpack_found(kk_cursor *c, kk_found *f)
{
    f->name = get_text(c);
    f->token = get_text(c);
    f->joint = get_text(c);
    f->parser = get_text(c);
    f->size = kk_u64(c);
    f->modified = (kk_time)kk_u64(c);
    unsigned bits = kk_u8(c);
    f->is_volume = bits & 1;
    f->unreadable = bits >> 1 & 1;
    f->has_hash = bits >> 2 & 1;
    f->sha256 = get_digest(c);
    f->spool = kk_u32(c);
}

static void unpack_identity(kk_cursor *c, kk_identity *identity)
{
    identity->parser = get_text(c);
    unsigned bits = kk_u8(c);
    identity->has_hash = bits & 1;
    identity->unreadable = bits >> 1 & 1;
    identity->sha256 = get_digest(c);
}

static void unpack_issue(kk_cursor *c, kk_issue *issue)
{
    issue->kind = (kk_issue_kind)get_enum(c, KK_ISSUES);
    issue->offset = kk_u64(c);
    issue->count = kk_u64(c);
    issue->what = get_text(c);
}

static void unpack_hit(kk_cursor *c, kk_hit *hit)
{
    hit->time = (kk_time)kk_u64(c);
    hit->record = kk_u64(c);
    hit->sub = kk_u32(c);
    hit->rule = kk_u32(c);
    hit->source = get_text(c);
    hit->decoded = get_text(c);
    hit->capture = get_text(c);
}

static void unpack_payload(kk_cursor *c, kk_payload_row *r)
{
    r->time = (kk_time)kk_u64(c);
    r->record = kk_u64(c);
    r->sub = kk_u32(c);
    r->number = kk_u32(c);
    r->within = kk_u32(c);
    unsigned bits = kk_u8(c);
    r->torn = bits & 1;
    r->cut = bits >> 1 & 1;
    r->bytes = kk_u64(c);
    r->sha256 = get_digest(c);
    r->kind = get_text(c);
    r->field = get_text(c);
    r->mark = get_text(c);
    r->chain = get_text(c);
    r->child = get_text(c);
    r->text = get_text(c);
}

static void unpack_names(kk_unpacker *u, kk_cursor *c, kk_slice names)
{
    c->bad = c->bad || u->name_count == KK_TOLD_NAMES_MOST || !kk_utf8_valid(names);
    if (!c->bad)
        u->names[u->name_count++] = names;
}

static bool unpack_one(kk_unpacker *u, kk_arena *arena, kk_unpacked *out)
{
    kk_cursor head = kk_cursor_over(kk_from(u->bytes, u->at));
    if (u->bad || kk_left(&head) == 0)
        return false;
    out->kind = (kk_pack_kind)kk_u8(&head);
    kk_slice body = kk_bytes(&head, kk_u32(&head));
    kk_cursor c = kk_cursor_over(body);
    c.bad = head.bad;
    switch (out->kind) {
    case KK_PACK_EVENT:
        unpack_event(u, &c, out);
        break;
    case KK_PACK_NAMES:
        unpack_names(u, &c, body);
        break;
    case KK_PACK_MENTION:
        unpack_mention(&c, &out->mention);
        break;
    case KK_PACK_TABLE:
        unpack_table(&c, arena, &out->table);
        break;
    case KK_PACK_ISSUE:
        unpack_issue(&c, &out->issue);
        break;
    case KK_PACK_CHILD:
        unpack_found(&c, &out->found);
        break;
    case KK_PACK_FACT:
        out->fact = (kk_fact_kind)get_enum(&c, KK_FACTS);
        out->fact_value = get_text(&c);
        break;
    case KK_PACK_IDENTITY:
        unpack_identity(&c, &out->identity);
        break;
    case KK_PACK_HIT:
        unpack_hit(&c, &out->hit);
        break;
    case KK_PACK_PAYLOAD:
        unpack_payload(&c, &out->payload);
        break;
    case KK_PACK_SCAN_HIT:
        out->scan_hit.rule = kk_u32(&c);
        out->scan_hit.total = kk_u64(&c);
        out->scan_hit.places = get_text(&c);
        break;
    case KK_PACK_SCANNED:
        out->scanned.of_child = kk_u8(&c) != 0;
        out->scanned.outcome = (kk_scan_outcome)get_enum(&c, KK_SCAN_OUTCOMES);
        break;
    case KK_PACK_CONTENT_HIT:
        out->content_hit.of_child = kk_u8(&c) != 0;
        out->content_hit.way = (kk_content_way)get_enum(&c, KK_CONTENT_WAYS);
        out->content_hit.ioc = kk_u32(&c);
        out->content_hit.at = kk_u64(&c);
        out->content_hit.table = get_text(&c);
        break;
    case KK_PACK_CUT:
        out->cut.offset = kk_u64(&c);
        out->cut.place = kk_bytes(&c, kk_u32(&c));
        c.bad = c.bad || out->cut.place.len > KK_PLACE_MAX;
        break;
    case KK_PACK_SECRET:
        out->secret.rank = (kk_secret_rank)get_enum(&c, KK_SECRET_RANKS);
        out->secret.record = kk_u64(&c);
        out->secret.text = get_text(&c);
        c.bad = c.bad || out->secret.text.len > KK_SECRET_BYTES;
        break;
    case KK_PACK_OPENED:
        out->opened = kk_u32(&c);
        break;
    default:
        c.bad = true;
    }
    u->at += head.at;
    u->bad = c.bad;
    return !u->bad;
}

bool kk_unpack(kk_unpacker *u, kk_arena *arena, kk_unpacked *out)
{
    do
        if (!unpack_one(u, arena, out))
            return false;
    while (out->kind == KK_PACK_NAMES);
    return true;
}
