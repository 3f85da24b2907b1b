/* Records whose template is gone: read with the same template out of another chunk, or value by value.
 *
 * An instance names its template by 32 bits of the GUID only, and a GUID has several bodies in the wild;
 * so a donor has to use just the values that the instance has, and all donors that do have to agree on
 * what each value is called. */
#include "parse/binxml_program.h"

#define DONORS 16 /* of one id that are looked at */

void kk_binxml_lend(kk_binxml *x,
                    bool (*find)(void *context, bool far, uint32_t id, size_t number,
                                 kk_xml_donor *out),
                    void *context)
{
    x->lend = find;
    x->lender = context;
    x->lender_round++;
}

void kk_binxml_lending(kk_binxml *x, bool allowed)
{
    x->lending = allowed && x->lend;
}

/* One more than the highest value that is used. */
static size_t values_used(const kk_xml_program *p)
{
    size_t most = 0;
    for (size_t i = 0; i < p->piece_count; i++)
        if (p->pieces[i].kind == VALUE && p->pieces[i].index >= most)
            most = (size_t)p->pieces[i].index + 1;
    for (size_t i = 0; i < p->step_count; i++)
        if (p->steps[i].name_value > most)
            most = p->steps[i].name_value;
    return most;
}

static bool same_pieces(const kk_xml_program *a, const kk_xml_step *s, const kk_xml_program *b,
                        const kk_xml_step *t)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const kk_xml_piece *p = &a->pieces[s->first + i], *q = &b->pieces[t->first + i];
        if (p->kind != q->kind || p->index != q->index || !kk_eq(p->text, q->text))
            return false;
    }
    return true;
}

/* Do both give the same names to the same values? */
static bool say_the_same(const kk_xml_program *a, const kk_xml_program *b)
{
    if (a->step_count != b->step_count)
        return false;
    for (size_t i = 0; i < a->step_count; i++) {
        const kk_xml_step *s = &a->steps[i], *t = &b->steps[i];
        if (!kk_eq(s->name, t->name) || s->count != t->count || s->field != t->field ||
            s->name_value != t->name_value || !same_pieces(a, s, b, t))
            return false;
    }
    return true;
}

/* Compiled in its own chunk; NULL where it is not the template or not whole. */
static kk_xml_program *compile_donor(kk_binxml *x, const kk_xml_donor *donor, uint32_t id,
                                     kk_xml_place where)
{
    const uint8_t *own = x->chunk;
    kk_xml_program *p = NULL;
    x->chunk = donor->chunk;
    kk_cursor c = kk_binxml_cursor(x, donor->offset, KK_EVTX_CHUNK);
    kk_skip(&c, 4);
    uint32_t own_id = kk_u32(&c);
    kk_skip(&c, 12);
    uint32_t size = kk_u32(&c);
    if (!c.bad && own_id == id && size >= 8 && size <= kk_left(&c))
        p = kk_binxml_compile(x, c.at, c.at + size, where, NULL);
    x->chunk = own;
    return p && !p->damaged && !p->doubtful && !p->holds_instances ? p : NULL;
}

typedef struct {
    kk_xml_program *program; /* NULL when there is none, or several that differ */
    uint64_t place;
    bool differ;
} choice;

static choice choose(kk_binxml *x, bool far, uint32_t id, size_t count, kk_xml_place where)
{
    choice chosen = {NULL, 0, false};
    kk_xml_donor donor;
    for (size_t n = 0; n < DONORS && x->lend(x->lender, far, id, n, &donor); n++) {
        kk_xml_program *p = compile_donor(x, &donor, id, where);
        if (!p || values_used(p) != count)
            continue;
        if (chosen.program && !say_the_same(chosen.program, p))
            return (choice){NULL, 0, true};
        if (!chosen.program)
            chosen = (choice){p, donor.place, false};
    }
    return chosen;
}

kk_xml_program *kk_binxml_borrow(kk_binxml *x, uint32_t id, size_t count, kk_xml_place where)
{
    uint32_t wanted = (uint32_t)count << 4 | (uint32_t)where;
    kk_xml_lent *lent = &x->lent[((id ^ wanted) * UINT32_C(0x9e3779b1) >> 16) % KK_XML_LENT];
    if (lent->round != x->lender_round || lent->id != id || lent->wanted != wanted) {
        choice chosen = choose(x, false, id, count, where);
        if (!chosen.program && !chosen.differ)
            chosen = choose(x, true, id, count, where);
        bool is_kept = !chosen.program || chosen.program->movable;
        *lent =
            (kk_xml_lent){is_kept ? x->lender_round : 0, id, wanted, chosen.program, chosen.place};
    }
    if (lent->program && !x->out->borrowed)
        x->out->donor = lent->donor;
    x->out->borrowed |= lent->program != NULL;
    return lent->program;
}

/* A nested instance that no template led to. */
static void find_nested(kk_binxml *x, kk_xml_value v)
{
    size_t at = (size_t)(v.ptr - x->chunk), end = at + v.len;
    at += v.len > 4 && x->chunk[at] == 0x0f ? 4 : 0;
    if (at >= end || (x->chunk[at] & 0xbf) != 0x0c)
        return;
    for (size_t i = 0; i < x->found_count; i++)
        if (x->found[i].at == at + 1)
            return;
    (void)kk_binxml_instance(x, at + 1, end, IN_EVENT);
}

/* The same few numbers come over and over. */
static kk_slice value_name(kk_binxml *x, uint32_t number)
{
    if (number >= KK_XML_RAW)
        x->names_move = true;
    if (number >= KK_XML_RAW)
        return kk_print(x->chunk_arena, "value.%u", (unsigned)number);
    if (!x->value_names)
        x->value_names = KK_NEW_ARRAY(x->arena, kk_slice, KK_XML_RAW);
    if (!x->value_names[number].len)
        x->value_names[number] = kk_print(x->arena, "value.%u", (unsigned)number);
    return x->value_names[number];
}

static void raw_fields(kk_binxml *x, const kk_xml_instance *n)
{
    for (uint32_t i = 0; i < n->count && x->out->count < KK_XML_RAW; i++) {
        kk_xml_value v = x->values[n->first + i], item = v;
        if (v.type == KK_XML_BINXML && v.len)
            find_nested(x, v);
        if (!v.len || v.type == KK_XML_BINXML || (v.type & KK_XML_ARRAY && !kk_xml_item(&v, &item)))
            continue;
        x->fields[x->out->count++] = (kk_xml_field){value_name(x, n->first + i + 1), item};
    }
}

bool kk_binxml_raw(kk_binxml *x)
{
    x->out->fields = x->fields;
    x->out->count = 0;
    x->straight = NULL;
    x->names_move = false;
    memset(x->seen, 0, sizeof x->seen);
    bool has_system = x->found_count && x->found[0].is_trusted;
    for (size_t i = has_system ? 1 : 0; i < x->found_count; i++) {
        const kk_xml_instance n = x->found[i];
        if (n.is_headless || n.is_cut)
            return false;
        raw_fields(x, &n);
    }
    if (!has_system)
        memset(x->out->system, 0, sizeof x->out->system);
    return has_system || x->out->count > 0;
}
