/* Records like most: an instance whose values are the fields of System, and one more that holds an instance whose
 * values are the named fields. Those are read in one go; whatever differs in any way is left to binxml.c, which
 * goes on with the instances that were found here. */
#include "parse/binxml_program.h"

/* ---- instances ---- */

/* 0f 01 01 00, 0c, 01, id, definition, count */
enum { HEAD = 18, BEHIND_TOKEN = 5, BEFORE_COUNT = BEHIND_TOKEN + KK_XML_COUNT_BEHIND };

/* Remembers the fragment in [at, end), which is an instance whose template is known and stands elsewhere in the chunk. */
static const kk_xml_instance *find_instance(kk_binxml *x, size_t at, size_t end, kk_xml_place where)
{
    const uint8_t *head = x->chunk + at;
    if (at > end || end - at < HEAD || kk_binxml_u32(head) != 0x0001010f || head[4] != 0x0c)
        return NULL;
    const uint32_t definition = kk_binxml_u32(head + 10), count = kk_binxml_u32(head + 14);
    const size_t left = end - at - HEAD;
    const kk_xml_slot *slot = kk_binxml_slot(x, definition, where);
    if (slot->key != kk_binxml_slot_key(x, definition, where) ||
        slot->id != kk_binxml_u32(head + 6) || definition == at + BEFORE_COUNT ||
        !kk_xml_is_sound(slot->found) || count > left / 4 || count > KK_XML_VALUES - x->value_count)
        return NULL;
    const kk_xml_overview all = kk_xml_fill(x->wide, x->values + x->value_count, head + HEAD, count,
                                            head + HEAD + 4 * (size_t)count);
    if (all.size > left - 4 * (size_t)count)
        return NULL;
    kk_xml_instance *n = &x->found[x->found_count++];
    *n = (kk_xml_instance){.at = (uint32_t)(at + BEHIND_TOKEN),
                           .behind = (uint32_t)(at + HEAD + 4 * count + all.size),
                           .first = (uint32_t)x->value_count,
                           .count = count,
                           .size = (uint32_t)all.size,
                           .where = (uint8_t)where,
                           .types = all.types,
                           .is_trusted = true,
                           .program = slot->found};
    x->value_count += count;
    return n;
}

/* Nothing of the fragment comes behind the instance. */
static bool ends_with(const kk_binxml *x, const kk_xml_instance *n, size_t end)
{
    return n->behind == end || !(x->chunk[n->behind] & 0xbf);
}

/* ---- their values ---- */

/* False where a value needs more than to be put there. */
static bool fill_system(kk_binxml *x, const kk_xml_program *p)
{
    const kk_xml_value none = {.type = KK_XML_NULL}, *const values = x->values;
    const kk_xml_filled *const filled = p->filled + p->filled_count;
    const kk_xml_constant *const constants = p->constants + p->constant_count;
    kk_xml_value *const system = x->out->system;
    uint8_t types = 0;
    for (const kk_xml_filled *f = p->filled; f < filled; f++) {
        const kk_xml_value *v = &values[f->index];
        types |= v->type;
        memcpy(&system[f->field], v->len ? v : &none, sizeof *v); /* in one move */
    }
    for (const kk_xml_constant *c = p->constants; c < constants; c++)
        system[c->field] = c->value;
    return types < KK_XML_HANDLE;
}

bool kk_binxml_is_straight(const kk_binxml *x, const kk_xml_program *p, size_t count, uint8_t types)
{
    return p->is_straight && types < KK_XML_HANDLE && count >= p->late_count && !x->out->cut &&
           p->late_count <= KK_XML_PAIRS - x->out->count && !x->scratch.full &&
           x->steps <= KK_XML_CHUNK_STEPS;
}

void kk_binxml_run_straight(kk_binxml *x, const kk_xml_program *p, const kk_xml_value *values)
{
    const size_t first = x->out->count, count = p->late_count;
    const kk_slice *names = p->names;
    kk_xml_field *to = x->fields + first;
    for (size_t i = 0; i < count; i++) {
        memcpy(&to[i].name, &names[i], sizeof names[i]); /* two moves, not member by member */
        memcpy(&to[i].value, &values[i], sizeof values[i]);
    }
    for (size_t i = 0; i < p->watched_count; i++) {
        uint16_t *seen = &x->seen[p->watched[i].watch];
        if (!*seen)
            *seen = (uint16_t)(first + p->watched[i].index + 1);
    }
    x->out->count = first + count;
    if (!first)
        x->straight = p;
}

/* ---- the record ---- */

/* Of what the outer instance holds, only fields that are named in order; none at all where nobody asks for them yet. */
static bool is_usual_data(const kk_binxml *x, const kk_xml_instance *n)
{
    const kk_xml_program *p = n->program;
    if (n->types >= KK_XML_HANDLE || p->early_steps)
        return false;
    return x->eager ? kk_binxml_is_straight(x, p, n->count, n->types) : !p->holds_instances;
}

bool kk_binxml_read_usual(kk_binxml *x, size_t *stop)
{
    const kk_xml_instance *n = find_instance(x, x->at, x->end, AT_TOP);
    if (!n || !ends_with(x, n, x->end) || !n->program->is_outer || n->count < n->program->least)
        return false;
    const kk_xml_program *p = n->program;
    const kk_xml_value data = x->values[p->late->index];
    const size_t at = (size_t)(data.ptr - x->chunk), end = at + data.len;
    if (data.type != KK_XML_BINXML)
        return false;
    const kk_xml_instance *inner =
        find_instance(x, at, end, (kk_xml_place)p->steps[p->late->step].inside);
    if (!inner || !ends_with(x, inner, end) || !is_usual_data(x, inner))
        return false;
    const size_t steps =
        x->steps + p->early_steps + p->step_count + (x->eager ? inner->program->step_count : 0);
    if (steps > KK_XML_CHUNK_STEPS || !fill_system(x, p))
        return false;
    x->steps = steps;
    x->outer = n;
    x->names_move |= !p->movable || !inner->program->movable;
    if (x->eager)
        kk_binxml_run_straight(x, inner->program, x->values + inner->first);
    *stop = n->behind < x->end ? n->behind + 1 : x->end;
    return true;
}
