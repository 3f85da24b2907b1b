/* Records whose names are those of one before: the names of templates stay where they are, so that it takes a
 * look at where they are, and none at what they say. */
#include "model/layout.h"
#include "parse/binxml_program.h"

enum { PLACES = 128, NAMES_MOST = 64 };

typedef struct {
    const kk_xml_program *straight; /* that the names are those of; NULL: of several */
    uint32_t layout, told;          /* layout 0: free */
    size_t count;
    kk_slice names[NAMES_MOST];
} place;

struct kk_xml_layouts {
    place places[PLACES];
};

static bool has_names(const place *p, const kk_xml_field *fields, size_t count)
{
    if (p->count != count)
        return false;
    uint64_t other = 0;
    for (size_t i = 0; i < count; i++)
        other |= ((uint64_t)(uintptr_t)p->names[i].ptr ^ (uint64_t)(uintptr_t)fields[i].name.ptr) |
                 (p->names[i].len ^ fields[i].name.len);
    return !other;
}

static place *place_of(kk_binxml *x, const kk_xml_program *straight, uint32_t told)
{
    size_t count = x->out->count;
    uint64_t hash = told ^ (uint64_t)count << 32;
    if (straight)
        hash ^= (uint64_t)(uintptr_t)straight;
    else if (count)
        hash ^= (uint64_t)(uintptr_t)x->fields[0].name.ptr +
                3 * (uint64_t)(uintptr_t)x->fields[count - 1].name.ptr;
    return &x->layouts->places[(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32) % PLACES];
}

uint32_t kk_binxml_layout(kk_binxml *x, kk_layouts *table, uint32_t told, const kk_event *e)
{
    if (x->names_move || x->out->count > NAMES_MOST || x->out->cut)
        return 0;
    if (!x->layouts)
        x->layouts = KK_NEW(x->arena, struct kk_xml_layouts);
    const kk_xml_program *straight = x->straight;
    if (straight && straight->late_count != x->out->count)
        straight = NULL;
    place *p = place_of(x, straight, told);
    if (p->layout && p->told == told && p->straight == straight &&
        (straight || has_names(p, x->fields, x->out->count)))
        return p->layout;
    *p = (place){straight, kk_layout_of(table, e->more, e->more_count), told, x->out->count, {{0}}};
    for (size_t i = 0; i < p->count; i++)
        p->names[i] = x->fields[i].name;
    return p->layout;
}
