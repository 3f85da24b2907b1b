/* The compiler of BinXML fragments into field programs: which value goes to which name. See
 * binxml.c for the layout. No element is deeper than DEPTH, there is no recursion, and all that a
 * chunk may make us compile is bounded. */
#include "parse/binxml_program.h"
#include "parse/winevent_system.h"

#define DEPTH 32      /* elements within elements */
#define ATTRIBUTES 64 /* of one element */
#define JOINED 1024   /* neighbouring literals are joined up to this length */
#define NAME 256      /* characters of a name */
#define PATH 1024     /* bytes of names joined with dots */
#define PROGRAM_MEMORY ((size_t)32 << 20)

typedef struct {
    kk_slice path;   /* what its text and its attributes are called */
    kk_slice prefix; /* what its children are called below */
    uint32_t first;  /* first piece not yet in a step */
    uint16_t name_value;
    uint8_t inside, field;
    bool quiet, had_child, is_data, in_system, tag_open, has_attribute;
} frame;

typedef struct {
    kk_binxml *x;
    kk_arena *arena;
    kk_xml_program *p;
    kk_cursor c;
    size_t base; /* of the body in the chunk */
    frame stack[DEPTH];
    size_t depth;
    struct {
        kk_slice name;
        uint32_t first;
    } attribute[ATTRIBUTES];
    size_t attribute_count;
} compiler;

static void add_fixup(compiler *k, size_t at, uint8_t kind, kk_slice name)
{
    kk_xml_program *p = k->p;
    if (!p->movable)
        return;
    p->fixups =
        kk_grow(k->arena, p->fixups, &p->fixup_capacity, p->fixup_count + 1, sizeof(kk_xml_fixup));
    p->fixups[p->fixup_count++] = (kk_xml_fixup){
        (uint32_t)(at - k->base), kind, kind == EARLIER_NAME ? kk_copy(k->arena, name) : KK_NONE};
}

/* The hash that stands beside each name. */
static bool has_hash(kk_slice utf16, uint16_t wanted)
{
    uint32_t hash = 0;
    for (size_t i = 0; i + 1 < utf16.len; i += 2)
        hash = hash * 65599 +
               ((unsigned char)utf16.ptr[i] | (unsigned)(unsigned char)utf16.ptr[i + 1] << 8);
    return (uint16_t)hash == wanted;
}

/* A name's characters at an offset of the chunk. */
static bool name_at(const kk_binxml *x, size_t at, kk_slice *utf16, uint16_t *hash)
{
    if (at < 512)
        return false;
    kk_cursor c = kk_binxml_cursor(x, at, KK_EVTX_CHUNK);
    kk_skip(&c, 4);
    *hash = kk_u16(&c);
    uint16_t chars = kk_u16(&c);
    *utf16 = kk_bytes(&c, 2u * chars);
    return !c.bad && chars > 0 && chars <= NAME;
}

static kk_slice utf8_of(compiler *k, kk_slice utf16)
{
    kk_xml_scratch *s = &k->x->scratch;
    size_t used = s->used;
    kk_xml_value v = {(const uint8_t *)utf16.ptr, (uint32_t)utf16.len, KK_XML_UTF16};
    kk_slice text = kk_copy(k->arena, kk_xml_text(s, v));
    s->used = used;
    return text;
}

static kk_slice read_name(compiler *k)
{
    kk_cursor *c = &k->c;
    size_t place_of_offset = c->at;
    uint32_t offset = kk_u32(c);
    kk_slice utf16 = KK_NONE;
    uint16_t hash;
    if (offset == place_of_offset + 4) {
        add_fixup(k, place_of_offset, INLINE_NAME, KK_NONE);
        add_fixup(k, c->at, CHAIN, KK_NONE);
        kk_skip(c, 4);
        hash = kk_u16(c);
        uint16_t chars = kk_u16(c);
        utf16 = kk_bytes(c, 2u * chars);
        kk_skip(c, 2);
        k->p->doubtful |= !has_hash(utf16, hash);
        c->bad |= chars > NAME;
    } else if (c->bad || !name_at(k->x, offset, &utf16, &hash)) {
        c->bad = true;
    } else {
        k->p->doubtful |= !has_hash(utf16, hash);
        add_fixup(k, place_of_offset, EARLIER_NAME, utf16);
    }
    return c->bad ? KK_NONE : utf8_of(k, utf16);
}

static void add_mark(compiler *k, kk_xml_mark_kind kind, kk_slice text)
{
    kk_xml_program *p = k->p;
    if (!k->x->documents)
        return;
    p->marks =
        kk_grow(k->arena, p->marks, &p->mark_capacity, p->mark_count + 1, sizeof(kk_xml_mark));
    p->marks[p->mark_count++] = (kk_xml_mark){.kind = (uint8_t)kind, .text = text};
}

static void mark_piece(compiler *k, const kk_xml_piece *piece)
{
    static const kk_xml_mark_kind kinds[] = {
        [LITERAL] = KK_MARK_TEXT, [VALUE] = KK_MARK_VALUE, [INSTANCE] = KK_MARK_INSTANCE};
    if (!k->x->documents || !k->depth)
        return;
    add_mark(k, kinds[piece->kind], piece->text);
    kk_xml_mark *m = &k->p->marks[k->p->mark_count - 1];
    m->index = piece->index;
    m->at = piece->at;
    m->end = piece->end;
    m->inside = k->stack[k->depth - 1].inside;
}

static uint32_t pieces_now(const compiler *k)
{
    return (uint32_t)k->p->piece_count;
}

static void add_piece(compiler *k, kk_xml_piece next)
{
    kk_xml_program *p = k->p;
    mark_piece(k, &next);
    uint32_t owner = k->depth ? k->stack[k->depth - 1].first : 0;
    if (k->attribute_count)
        owner = k->attribute[k->attribute_count - 1].first;
    if (next.kind == LITERAL && p->piece_count > owner) {
        kk_xml_piece *last = &p->pieces[p->piece_count - 1];
        if (last->kind == LITERAL && last->text.len + next.text.len <= JOINED) {
            last->text = kk_join(k->arena, last->text, next.text);
            return;
        }
    }
    p->pieces =
        kk_grow(k->arena, p->pieces, &p->piece_capacity, p->piece_count + 1, sizeof(kk_xml_piece));
    p->pieces[p->piece_count++] = next;
}

/* Who writes records out again has their System in the document: of the fields themselves only those are filled by
 * which a record is known, and told where nothing else is. */
static bool is_left_out(const compiler *k, const kk_xml_step *s)
{
    const unsigned told = 1u << KK_SYS_PROVIDER | 1u << KK_SYS_EVENT_ID | 1u << KK_SYS_TIME |
                          1u << KK_SYS_CHANNEL | 1u << KK_SYS_COMPUTER;
    return k->x->documents && s->kind == SYSTEM_VALUE && !(told >> s->field & 1);
}

/* Lists that a record runs: short entries for what steps mostly are. */
static void list_step(compiler *k, const kk_xml_step *s)
{
    kk_xml_program *p = k->p;
    const uint32_t step = (uint32_t)p->step_count - 1;
    if (s->field == KK_SYS_FIELDS) {
        p->late = kk_grow(k->arena, p->late, &p->late_capacity, p->late_count + 1, sizeof *p->late);
        p->late[p->late_count++] = (kk_xml_late){
            s->name, step, s->kind == PAIR_VALUE ? s->index : KK_XML_NO_INDEX, s->watch};
        return;
    }
    p->early_steps++;
    if (is_left_out(k, s))
        return;
    p->early =
        kk_grow(k->arena, p->early, &p->early_capacity, p->early_count + 1, sizeof *p->early);
    p->early[p->early_count++] =
        (kk_xml_early){step, s->kind == SYSTEM_VALUE ? s->index : KK_XML_NO_INDEX, s->field};
}

static void add_step(compiler *k, kk_xml_step s, uint32_t end)
{
    kk_xml_program *p = k->p;
    s.count = end - s.first;
    if (s.count == 1 && !s.name_value && p->pieces[s.first].kind == VALUE) {
        s.kind = s.field == KK_SYS_FIELDS ? PAIR_VALUE : SYSTEM_VALUE;
        s.index = p->pieces[s.first].index;
    }
    if (s.field == KK_SYS_FIELDS && !s.name_value)
        s.watch = kk_binxml_watch_of(k->x, s.name);
    p->steps =
        kk_grow(k->arena, p->steps, &p->step_capacity, p->step_count + 1, sizeof(kk_xml_step));
    p->steps[p->step_count++] = s;
    list_step(k, &s);
}

static bool is_straight(const kk_xml_program *p)
{
    for (size_t i = 0; i < p->late_count; i++) {
        const kk_xml_step *s = &p->steps[p->late[i].step];
        if (p->late[i].index != i || s->quiet || s->attribute)
            return false;
    }
    return p->late_count > 0;
}

/* What a record needs of a program whose fields are its values one after the other. */
static void straighten(compiler *k)
{
    kk_xml_program *p = k->p;
    p->is_straight = is_straight(p);
    if (!p->is_straight)
        return;
    p->names = KK_NEW_ARRAY(k->arena, kk_slice, p->late_count);
    p->watched = KK_NEW_ARRAY(k->arena, kk_xml_watched, p->late_count);
    for (size_t i = 0; i < p->late_count; i++) {
        p->names[i] = p->late[i].name;
        if (p->late[i].watch)
            p->watched[p->watched_count++] = (kk_xml_watched){(uint16_t)i, p->late[i].watch};
    }
}

/* A step that puts the same text into a field of System each time. */
static bool is_constant(const kk_xml_program *p, const kk_xml_step *s)
{
    return s->kind == ANY && s->count == 1 && !s->name_value && p->pieces[s->first].kind == LITERAL;
}

/* What fills each field of System is noted; false where that is not one value, or one text. */
static bool note_system(compiler *k)
{
    kk_xml_program *p = k->p;
    kk_xml_value texts[KK_SYS_FIELDS] = {0};
    uint32_t seen = 0, values = 0; /* a bit for each field */
    p->filled = KK_NEW_ARRAY(k->arena, kk_xml_filled, KK_SYS_FIELDS);
    p->constants = KK_NEW_ARRAY(k->arena, kk_xml_constant, KK_SYS_FIELDS);
    for (size_t i = 0; i < p->early_count; i++) {
        const kk_xml_early *e = &p->early[i];
        const kk_xml_step *s = &p->steps[e->step];
        const bool is_value = e->index != KK_XML_NO_INDEX;
        if (seen >> e->field & 1 || (!is_value && !is_constant(p, s)))
            return false;
        seen |= 1u << e->field;
        if (is_value) {
            values |= 1u << e->field;
            p->filled[p->filled_count++] = (kk_xml_filled){e->index, e->field};
            p->least = e->index >= p->least ? (uint16_t)(e->index + 1) : p->least;
        } else if (p->pieces[s->first].text.len) {
            const kk_slice text = p->pieces[s->first].text;
            texts[e->field] =
                (kk_xml_value){(const uint8_t *)text.ptr, (uint32_t)text.len, KK_XML_UTF8};
        }
    }
    for (unsigned field = 0; field < KK_SYS_FIELDS; field++)
        if (!(values >> field & 1))
            p->constants[p->constant_count++] = (kk_xml_constant){texts[field], (uint8_t)field};
    return true;
}

/* What a record needs of a program that surrounds the event's own data. */
static void surround(compiler *k)
{
    kk_xml_program *p = k->p;
    if (p->late_count != 1 || p->late->index == KK_XML_NO_INDEX || p->holds_instances)
        return;
    const kk_xml_step *data = &p->steps[p->late->step];
    p->least = (uint16_t)(p->late->index + 1);
    p->is_outer = (data->inside != IN_BODY || !data->prefix.len) && note_system(k);
}

static kk_slice dotted(compiler *k, kk_slice prefix, kk_slice name)
{
    if (!prefix.len)
        return name;
    if (prefix.len + name.len >= PATH) {
        k->c.bad = true;
        return name;
    }
    return kk_join(k->arena, kk_join(k->arena, prefix, KK_S(".")), name);
}

static void frame_in_event(frame *f, kk_slice name)
{
    f->quiet = true;
    if (kk_is(name, "System"))
        f->inside = IN_SYSTEM;
    else if (kk_is(name, "EventData"))
        f->inside = IN_EVENTDATA;
    else if (kk_is(name, "UserData"))
        f->inside = IN_USERDATA;
    else
        f->prefix = name;
}

/* What an element of this name means at this place. */
static frame frame_for(compiler *k, kk_xml_place where, kk_slice prefix, kk_slice name)
{
    frame f = {.path = name, .inside = IN_BODY, .field = KK_SYS_FIELDS, .tag_open = true};
    switch (where) {
    case AT_TOP:
        if (!kk_is(name, "Event")) {
            frame_in_event(&f, name);
            break;
        }
        f.inside = IN_EVENT;
        f.quiet = true;
        break;
    case IN_EVENT:
        frame_in_event(&f, name);
        break;
    case IN_SYSTEM:
        f.in_system = f.quiet = true;
        f.field = (uint8_t)kk_system_field_of(name, KK_NONE);
        f.prefix = f.path = dotted(k, KK_S("System"), name);
        break;
    case IN_EVENTDATA:
        f.is_data = kk_is(name, "Data") || kk_is(name, "ComplexData");
        f.prefix = name;
        break;
    case IN_USERDATA:
        break;
    case IN_BODY:
        f.prefix = f.path = dotted(k, prefix, name);
        break;
    }
    return f;
}

static bool has_value_piece(const kk_xml_program *p, uint32_t first)
{
    for (size_t i = first; i < p->piece_count; i++)
        if (p->pieces[i].kind != LITERAL || kk_trim(p->pieces[i].text).len)
            return true;
    return false;
}

/* The content so far becomes a step: at the element's end, or before a child of it. */
static void flush_content(compiler *k, frame *f, bool at_end)
{
    bool blank = !has_value_piece(k->p, f->first), quiet = f->quiet || f->had_child || !at_end;
    bool only_attributes = f->has_attribute && !f->is_data && pieces_now(k) == f->first;
    if (blank && (quiet || only_attributes)) {
        f->first = pieces_now(k);
        return;
    }
    add_step(k,
             (kk_xml_step){.name = f->path,
                           .prefix = f->prefix,
                           .first = f->first,
                           .name_value = f->name_value,
                           .field = f->field,
                           .inside = f->inside,
                           .quiet = quiet},
             pieces_now(k));
    f->first = pieces_now(k);
}

/* With the two bytes of the dependency or without? Whichever leads to a size that fits and a name.
 */
static bool has_dependency(const compiler *k)
{
    for (int with = 1; with >= 0; with--) {
        kk_cursor c = k->c;
        kk_slice name;
        uint16_t hash;
        kk_skip(&c, with ? 2 : 0);
        uint32_t size = kk_u32(&c);
        uint32_t offset = kk_u32(&c);
        if (c.bad || size > kk_left(&k->c))
            continue;
        if (name_at(k->x, offset, &name, &hash) && (offset == c.at || offset < k->c.at))
            return with;
    }
    return true;
}

static void open_element(compiler *k, kk_xml_place where, bool with_list)
{
    kk_xml_place outer = where;
    kk_slice prefix = KK_NONE;
    if (k->depth == DEPTH) {
        k->c.bad = true;
        return;
    }
    if (k->depth) {
        frame *parent = &k->stack[k->depth - 1];
        if (parent->tag_open)
            k->c.bad = true;
        flush_content(k, parent, false);
        parent->had_child = true;
        outer = parent->inside;
        prefix = parent->prefix;
    }
    kk_skip(&k->c, has_dependency(k) ? 6 : 4);
    kk_slice name = read_name(k);
    if (with_list)
        kk_skip(&k->c, 4);
    if (k->c.bad)
        return;
    add_mark(k, KK_MARK_ELEMENT, name);
    k->stack[k->depth] = frame_for(k, outer, prefix, name);
    k->stack[k->depth++].first = pieces_now(k);
    k->attribute_count = 0;
}

static void open_attribute(compiler *k)
{
    kk_slice name = read_name(k);
    if (!k->depth || !k->stack[k->depth - 1].tag_open || k->attribute_count == ATTRIBUTES)
        k->c.bad = true;
    if (k->c.bad)
        return;
    add_mark(k, KK_MARK_ATTRIBUTE, name);
    k->attribute[k->attribute_count].name = name;
    k->attribute[k->attribute_count++].first = pieces_now(k);
}

/* Name="..." of a Data element is what the field is called. True if it was that. */
static bool take_data_name(compiler *k, frame *f, size_t i, uint32_t end)
{
    if (!f->is_data || !kk_is(k->attribute[i].name, "Name") || end - k->attribute[i].first != 1)
        return false;
    const kk_xml_piece *p = &k->p->pieces[k->attribute[i].first];
    if (p->kind == LITERAL && p->text.len)
        f->path = f->prefix = p->text;
    else if (p->kind == VALUE)
        f->name_value = (uint16_t)(p->index + 1);
    return true;
}

static void close_tag(compiler *k)
{
    frame *f = k->depth ? &k->stack[k->depth - 1] : NULL;
    if (!f || !f->tag_open) {
        k->c.bad = true;
        return;
    }
    bool named = false;
    uint32_t all = pieces_now(k);
    size_t name_at_index = ATTRIBUTES;
    for (size_t i = 0; i < k->attribute_count && !named; i++) {
        uint32_t end = i + 1 < k->attribute_count ? k->attribute[i + 1].first : all;
        named = take_data_name(k, f, i, end);
        name_at_index = named ? i : ATTRIBUTES;
    }
    for (size_t i = 0; i < k->attribute_count; i++) {
        kk_slice name = k->attribute[i].name;
        uint32_t end = i + 1 < k->attribute_count ? k->attribute[i + 1].first : all;
        if (i == name_at_index || kk_is(name, "xmlns") || kk_starts(name, KK_S("xmlns:")))
            continue;
        kk_xml_step s = {
            .first = k->attribute[i].first, .inside = IN_BODY, .quiet = true, .attribute = true};
        s.field = KK_SYS_FIELDS;
        if (f->in_system)
            s.field = (uint8_t)kk_system_field_of(kk_from(f->path, strlen("System.")), name);
        s.name = s.prefix = dotted(k, f->path, name);
        add_step(k, s, end);
        f->has_attribute = true;
    }
    add_mark(k, KK_MARK_CONTENT, KK_NONE);
    f->tag_open = false;
    f->first = pieces_now(k);
    k->attribute_count = 0;
}

static void close_element(compiler *k)
{
    frame *f = k->depth ? &k->stack[k->depth - 1] : NULL;
    if (!f || f->tag_open) {
        k->c.bad = true;
        return;
    }
    flush_content(k, f, true);
    add_mark(k, KK_MARK_END, KK_NONE);
    k->depth--;
    if (k->depth)
        k->stack[k->depth - 1].first = pieces_now(k);
}

static kk_slice counted_text(compiler *k)
{
    uint16_t chars = kk_u16(&k->c);
    kk_slice utf16 = kk_bytes(&k->c, 2u * chars);
    return k->c.bad ? KK_NONE : utf8_of(k, utf16);
}

/* A value that stands in the template itself. */
static void literal(compiler *k)
{
    static const uint8_t sizes[] = {0, 0, 0, 1, 1,  2, 2, 4,  4, 8, 8,
                                    4, 8, 4, 0, 16, 8, 8, 16, 0, 4, 8};
    uint8_t type = kk_u8(&k->c);
    kk_slice bytes = KK_NONE, text;
    if (type == KK_XML_UTF16) {
        text = counted_text(k);
    } else if (type == KK_XML_ANSI || type == KK_XML_BINARY) {
        bytes = kk_bytes(&k->c, kk_u16(&k->c));
    } else if (type < sizeof sizes && sizes[type]) {
        bytes = kk_bytes(&k->c, sizes[type]);
    } else if (type != KK_XML_NULL) {
        k->c.bad = true;
    }
    if (k->c.bad)
        return;
    if (type != KK_XML_UTF16) {
        kk_xml_value v = {(const uint8_t *)bytes.ptr, (uint32_t)bytes.len, type};
        text = kk_copy(k->arena, kk_xml_text(&k->x->scratch, v));
    }
    if (text.len)
        add_piece(k, (kk_xml_piece){.kind = LITERAL, .text = text});
}

static void literal_char(compiler *k)
{
    uint8_t unit[2] = {0};
    kk_slice bytes = kk_bytes(&k->c, 2);
    if (k->c.bad)
        return;
    memcpy(unit, bytes.ptr, 2);
    add_piece(k, (kk_xml_piece){.kind = LITERAL, .text = utf8_of(k, (kk_slice){(char *)unit, 2})});
}

static void literal_entity(compiler *k)
{
    static const char *const known[][2] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    kk_slice name = read_name(k);
    if (k->c.bad)
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (kk_is(name, known[i][0])) {
            add_piece(k, (kk_xml_piece){.kind = LITERAL, .text = kk_cstr(known[i][1])});
            return;
        }
    }
    kk_slice text = kk_print(k->arena, "&%.*s;", KK_P(name));
    add_piece(k, (kk_xml_piece){.kind = LITERAL, .text = text});
}

static void substitution(compiler *k)
{
    uint16_t index = kk_u16(&k->c);
    kk_skip(&k->c, 1);
    if (!k->c.bad && k->depth)
        add_piece(k, (kk_xml_piece){.kind = VALUE, .index = index});
}

/* Past a template instance whose token was read; its values are not looked at. */
static void skip_instance(kk_cursor *c)
{
    kk_skip(c, 5);
    if (kk_u32(c) == c->at) {
        kk_skip(c, 20);
        kk_skip(c, kk_u32(c));
    }
    uint32_t count = kk_u32(c);
    size_t all = 0;
    for (uint32_t i = 0; i < count && !c->bad; i++) {
        all += kk_u16(c);
        kk_skip(c, 2);
    }
    kk_skip(c, all);
}

static void embedded_instance(compiler *k)
{
    uint32_t at = (uint32_t)k->c.at - 1;
    k->p->movable = false;
    skip_instance(&k->c);
    k->p->holds_instances = true;
    if (!k->c.bad && k->depth)
        add_piece(k, (kk_xml_piece){.kind = INSTANCE, .at = at, .end = (uint32_t)k->c.at});
}

/* One token; false at the end of the fragment. */
static bool compile_token(compiler *k, kk_xml_place where)
{
    uint8_t token = kk_u8(&k->c);
    switch (token & 0xbf) {
    case 0x00:
        k->c.bad |= k->depth > 0;
        return false;
    case 0x01:
        open_element(k, where, token & 0x40);
        return true;
    case 0x02:
        close_tag(k);
        return true;
    case 0x03:
        close_tag(k);
        if (!k->c.bad)
            close_element(k);
        return true;
    case 0x04:
        close_element(k);
        return true;
    case 0x05:
        literal(k);
        return true;
    case 0x06:
        open_attribute(k);
        return true;
    case 0x07: {
        kk_slice text = counted_text(k);
        if (text.len)
            add_piece(k, (kk_xml_piece){.kind = LITERAL, .text = text});
        return true;
    }
    case 0x08:
        literal_char(k);
        return true;
    case 0x09:
        literal_entity(k);
        return true;
    case 0x0a:
        read_name(k);
        return true;
    case 0x0b:
        counted_text(k);
        return true;
    case 0x0c:
        embedded_instance(k);
        return true;
    case 0x0d:
    case 0x0e:
        substitution(k);
        return true;
    case 0x0f:
        kk_skip(&k->c, 3);
        return true;
    default:
        k->c.bad = true;
        return false;
    }
}

/* Compiles the fragment in [at, end) of the chunk; *stop (may be NULL) is where it ended. What came
 * before a damage is kept. NULL when the chunk has used up its share. */
kk_xml_program *kk_binxml_compile(kk_binxml *x, size_t at, size_t end, kk_xml_place where,
                                  size_t *stop)
{
    x->compiled += end - at;
    if (x->compiled > KK_XML_COMPILE) {
        x->out->cut = true;
        return NULL;
    }
    bool keep = !stop && kk_arena_used(x->arena) < PROGRAM_MEMORY;
    kk_arena *arena = keep ? x->arena : x->chunk_arena;
    compiler *k = KK_NEW(x->chunk_arena, compiler);
    k->x = x;
    k->arena = arena;
    k->p = KK_NEW(arena, kk_xml_program);
    k->p->movable = keep;
    k->p->where = (uint8_t)where;
    k->base = at;
    k->c = kk_binxml_cursor(x, at, end);
    while (!k->c.bad && kk_left(&k->c) && compile_token(k, where))
        if (stop && !k->depth && !k->c.bad)
            break;
    k->p->damaged = k->c.bad || k->depth > 0;
    for (; k->depth; k->depth--) { /* what is written out again is whole */
        if (k->stack[k->depth - 1].tag_open)
            add_mark(k, KK_MARK_CONTENT, KK_NONE);
        add_mark(k, KK_MARK_END, KK_NONE);
    }
    straighten(k);
    surround(k);
    if (stop)
        *stop = k->c.at;
    return k->p;
}

/* Blocks of the body, without the offsets in it. */
enum { BLOCK = 16 };

void kk_binxml_keep_body(kk_binxml *x, kk_xml_program *p, size_t base)
{
    const size_t room = (p->size + BLOCK - 1) / BLOCK * BLOCK;
    uint8_t *body = KK_NEW_ARRAY(x->arena, uint8_t, room),
            *mask = KK_NEW_ARRAY(x->arena, uint8_t, room);
    memcpy(body, x->chunk + base, p->size);
    memset(mask, 0xff, p->size);
    for (size_t i = 0; i < p->fixup_count; i++)
        memset(mask + p->fixups[i].at, 0, 4);
    p->body = body;
    p->mask = mask;
}

static inline uint64_t eight(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline bool same_block(const uint8_t *body, const kk_xml_program *p, size_t at)
{
    const uint8_t *own = p->body + at, *mask = p->mask + at;
    uint64_t other = (eight(body + at) ^ eight(own)) & eight(mask);
    other |= (eight(body + at + 8) ^ eight(own + 8)) & eight(mask + 8);
    return !other;
}

/* Looks at up to BLOCK - 1 bytes behind the body, and first at where the one before differed: programs of one
 * template are often the same up to the name of the machine. */
static bool same_text(const uint8_t *body, const kk_xml_program *p, size_t *differed)
{
    if (*differed < p->size && !same_block(body, p, *differed))
        return false;
    for (size_t at = 0; at < p->size; at += BLOCK)
        if (!same_block(body, p, at)) {
            *differed = at;
            return false;
        }
    return true;
}

bool kk_binxml_same_body(const kk_binxml *x, const kk_xml_program *p, size_t base, size_t *differed)
{
    const uint8_t *body = x->chunk + base;
    if (!same_text(body, p, differed))
        return false;
    for (size_t i = 0; i < p->fixup_count; i++) {
        const kk_xml_fixup *f = &p->fixups[i];
        const size_t behind = base + f->at + 4;
        const uint32_t offset = kk_binxml_u32(body + f->at);
        kk_slice name;
        uint16_t hash;
        if (f->kind == INLINE_NAME && offset != behind)
            return false;
        if (f->kind == EARLIER_NAME &&
            (offset == behind || !name_at(x, offset, &name, &hash) || !kk_eq(name, f->name)))
            return false;
    }
    return true;
}
