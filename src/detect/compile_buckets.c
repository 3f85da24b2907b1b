/* The index by dataset and code: for each pair that any rule names, the runs that are for its events
 * and where the fields that they look at are. */
#include "detect/compile_i.h"

typedef struct {
    kk_slice dataset;
    kk_interner codes;
} group;

typedef struct {
    kk_compiler *c;
    group *groups;
    kk_interner datasets;
    size_t capacity, run_count;
} indexing;

static const kk_source *source_of(const indexing *x, uint32_t run)
{
    return kk_source_at(((const rules_run *)(const void *)x->c->section[S_RUNS].ptr)[run].source);
}

static bool is_prefix(kk_slice dataset)
{
    return kk_ends(dataset, KK_S("*"));
}

static bool covers(kk_slice wanted, kk_slice dataset)
{
    return kk_eq(wanted, dataset) ||
           (is_prefix(wanted) && kk_starts(dataset, kk_part(wanted, 0, wanted.len - 1)));
}

static void note_groups(indexing *x)
{
    bool fresh;
    for (uint32_t run = 0; run < x->run_count; run++) {
        const kk_codes *codes = &x->c->runs[run].codes;
        kk_slice dataset = kk_cstr(source_of(x, run)->dataset);
        uint32_t g = kk_intern(x->c->arena, &x->datasets, dataset, &fresh);
        if (fresh) {
            x->groups = kk_grow(x->c->arena, x->groups, &x->capacity, g + 1u, sizeof *x->groups);
            x->groups[g] = (group){.dataset = dataset};
        }
        for (size_t i = 0; !is_prefix(dataset) && i < codes->count; i++)
            kk_intern(x->c->arena, &x->groups[g].codes, codes->code[i], &fresh);
    }
}

static bool is_member(const indexing *x, uint32_t run, kk_slice dataset, kk_slice code)
{
    const kk_codes *codes = &x->c->runs[run].codes;
    kk_slice wanted = kk_cstr(source_of(x, run)->dataset);
    if (!covers(wanted, dataset))
        return false;
    if (codes->every || is_prefix(wanted))
        return true; /* a rule for all of Windows tests its event id itself */
    for (size_t i = 0; i < codes->count; i++)
        if (kk_eq(codes->code[i], code))
            return true;
    return false;
}

static void put_slot(indexing *x, uint32_t field, uint32_t least)
{
    const kk_place *p = &x->c->places[field];
    kk_slice name = x->c->fields.keys[field];
    rules_slot slot = {.field = field,
                       .least = least,
                       .text = p->text,
                       .number = p->number,
                       .maker = p->maker,
                       .index = p->index,
                       .last = p->last,
                       .any = !name.len,
                       .name = kk_compiler_text(x->c, p->name),
                       .name_hash = rules_hash(p->name)};
    kk_compiler_put(x->c, S_SLOTS, &slot, sizeof slot);
}

static void put_bucket(indexing *x, kk_slice dataset, kk_slice code)
{
    kk_compiler *c = x->c;
    size_t words = (x->run_count + 63) / 64;
    uint64_t *bits = KK_NEW_ARRAY(c->arena, uint64_t, words);
    bool *used = KK_NEW_ARRAY(c->arena, bool, c->fields.count);
    uint32_t *least = KK_NEW_ARRAY(c->arena, uint32_t, c->fields.count);
    kk_numbers always = {0};
    rules_bucket out = {.dataset = kk_compiler_text(c, dataset),
                        .code = kk_compiler_text(c, code),
                        .members = (uint32_t)(c->section[S_MEMBERS].len / sizeof *bits)};
    for (uint32_t run = 0; run < x->run_count; run++) {
        if (!is_member(x, run, dataset, code))
            continue;
        bits[run / 64] |= UINT64_C(1) << (run % 64);
        for (size_t i = 0; i < c->runs[run].fields.count; i++) {
            uint32_t field = c->runs[run].fields.items[i], bytes = c->runs[run].least.items[i];
            if (!used[field] || bytes < least[field])
                least[field] = bytes;
            used[field] = true;
        }
        if (c->runs[run].always)
            kk_numbers_add(c->arena, &always, run);
    }
    out.slots.first = (uint32_t)(c->section[S_SLOTS].len / sizeof(rules_slot));
    for (uint32_t field = 0; field < c->fields.count; field++)
        if (used[field])
            put_slot(x, field, least[field]);
    out.slots.count = (uint32_t)(c->section[S_SLOTS].len / sizeof(rules_slot)) - out.slots.first;
    out.always = kk_compiler_list(c, &always);
    kk_put_bytes(&c->section[S_MEMBERS], bits, words * sizeof *bits);
    kk_compiler_put(c, S_BUCKETS, &out, sizeof out);
}

static void put_index(kk_compiler *c)
{
    size_t count = c->section[S_BUCKETS].len / sizeof(rules_bucket), size = 16;
    const rules_bucket *buckets = (const rules_bucket *)(const void *)c->section[S_BUCKETS].ptr;
    while (size < count * 4)
        size *= 2;
    uint32_t *index = KK_NEW_ARRAY(c->arena, uint32_t, size);
    for (size_t i = 0; i < count; i++) {
        const char *text = c->section[S_TEXT].ptr;
        kk_slice dataset = {text + buckets[i].dataset.at, buckets[i].dataset.len};
        kk_slice code = {text + buckets[i].code.at, buckets[i].code.len};
        size_t at = rules_bucket_hash(dataset, code) & (size - 1);
        while (index[at])
            at = (at + 1) & (size - 1);
        index[at] = (uint32_t)i + 1;
    }
    kk_put_bytes(&c->section[S_BUCKET_INDEX], index, size * sizeof *index);
}

void kk_compile_buckets(kk_compiler *c)
{
    indexing x = {.c = c, .run_count = c->section[S_RUNS].len / sizeof(rules_run)};
    note_groups(&x);
    for (size_t g = 0; g < x.datasets.count; g++) {
        put_bucket(&x, x.groups[g].dataset, KK_NONE);
        for (size_t k = 0; k < x.groups[g].codes.count; k++)
            put_bucket(&x, x.groups[g].dataset, x.groups[g].codes.keys[k]);
    }
    put_index(c);
}
