/* Whose data a table is, and of what kind of people: case.yaml first, then how the table looks. */
#include "base/json_read.h"
#include "base/text.h"
#include "persons/decided.h"
#include "persons/looks.h"
#include "persons/registers.h"

/* ---- owners ---- */

static uint32_t owner_for(kk_persons *out, kk_slice party)
{
    uint32_t i = 0;
    while (i < out->owner_count && !kk_eq(out->owners[i].name, party))
        i++;
    return i;
}

static void add_owner(kk_identity_graph *g, kk_persons *out, kk_slice party)
{
    const kk_party *known = kk_party_by_id(g->settings, party);
    kk_slice label = known && known->name.len ? known->name : party;
    kk_slice label_ja = label, label_en = label;
    if (kk_eq(party, KK_SELF)) {
        kk_slice own = g->settings->organisation.name;
        label_ja = own.len ? own : KK_S("自社");
        label_en = own.len ? own : KK_S("the organisation itself");
    }
    if (owner_for(out, party) == out->owner_count)
        out->owners[out->owner_count++] = (kk_category_count){
            .name = party, .label_ja = label_ja, .label_en = label_en, .owner = party};
}

/* The first owner is the organisation itself: what is said to be nobody else's. */
void owners_settle(kk_identity_graph *g, kk_persons *out)
{
    const kk_case_settings *s = g->settings;
    kk_arena *scratch = kk_arena_open();
    size_t decided = g->decided ? g->decided->all->count : 0;
    out->owners = KK_NEW_ARRAY(g->arena, kk_category_count, s->owners.count + 1 + decided);
    add_owner(g, out, KK_SELF);
    for (size_t i = 0; i < s->owners.count; i++)
        add_owner(g, out, s->owners.items[i].party);
    for (size_t t = 0; t < g->table_count && s->owners.count; t++) {
        size_t at = kk_owner_for_path(s, scratch, g->tables[t].path);
        if (at != KK_NOWHERE)
            g->tables[t].owner = owner_for(out, s->owners.items[at].party);
        kk_arena_reset(scratch);
    }
    for (size_t t = 0; t < g->table_count && decided; t++) {
        const kk_decision *d = decided_of_table(g, &g->tables[t], KK_DECIDE_OWNER);
        if (!d)
            continue;
        add_owner(g, out, d->as);
        g->tables[t].owner = owner_for(out, d->as);
    }
    for (size_t i = 0; decided && i < g->decided->item_count;
         i++) { /* of files that were not read */
        const kk_decision *d = decided_of_item(g, g->decided->items[i].item, KK_DECIDE_OWNER);
        if (d)
            add_owner(g, out, d->as);
    }
    kk_arena_close(scratch);
}

/* ---- categories ---- */

/* Headings that hold the day somebody left: such a category is of former people. */
static bool is_of_former(const kk_category *c)
{
    static const char *const words[] = {"退社",      "退職",          "離職",   "退会",
                                        "leavedate", "dateofleaving", "retire", "terminat",
                                        "resign",    "leftdate"};
    for (size_t i = 0; i < c->folded.count; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (kk_has_nocase(c->folded.items[i], kk_cstr(words[k])))
                return true;
    return false;
}

static size_t read_header(kk_arena *scratch, kk_slice json, kk_slice **columns)
{
    const kk_json_value *header = json.len ? kk_json_read(scratch, json) : NULL;
    size_t count = 0;
    if (!header || header->kind != KK_JSON_ARRAY)
        return 0;
    for (const kk_json_value *v = header->first; v; v = v->next)
        count++;
    *columns = KK_NEW_ARRAY(scratch, kk_slice, count);
    count = 0;
    for (const kk_json_value *v = header->first; v; v = v->next)
        (*columns)[count++] = v->text;
    return count;
}

typedef struct {
    kk_identity_graph *g;
    kk_persons *out;
    kk_case_settings present;   /* without the categories of former people */
    size_t *index_of_present;   /* ... whose numbers these are */
    uint32_t default_at[LOOKS]; /* UINT32_MAX: not needed yet */
} sorting;

static uint32_t default_category(sorting *s, kk_look how)
{
    kk_persons *out = s->out;
    if (s->default_at[how] != UINT32_MAX)
        return s->default_at[how];
    uint32_t at = 0;
    while (at < out->category_count && !kk_is(out->categories[at].name, looks[how].name))
        at++;
    if (at == out->category_count)
        out->categories[out->category_count++] =
            (kk_category_count){.name = kk_cstr(looks[how].name),
                                .label_ja = kk_cstr(looks[how].ja),
                                .label_en = kk_cstr(looks[how].en)};
    s->default_at[how] = at;
    return at;
}

/* Categories as the content proposes them; who has left is told by his date, or by the table's name. */
static void propose(sorting *s, person_table *t, const proposal *p)
{
    bool is_dated = t->items & KK_BIT(KK_ITEM_LEAVE_DATE);
    bool may_have_left = p->self == LOOKS_EMPLOYEE && (p->all_former || is_dated);
    t->all_former = p->all_former;
    t->category = default_category(s, may_have_left ? LOOKS_FORMER_EMPLOYEE : p->self);
    t->present = may_have_left && is_dated ? default_category(s, p->self) : t->category;
    bool has_relatives = t->roles >> KK_ROLE_FAMILY & 1;
    t->relatives = has_relatives ? default_category(s, p->relatives) : t->present;
    bool has_staff = p->staff != p->self && t->roles >> KK_ROLE_CONTACT & 1;
    t->staff = has_staff ? default_category(s, p->staff) : t->present;
}

/* Of former people case.yaml tells, of those who are still there it does not. */
static void propose_present(sorting *s, person_table *t, const appearance *seen, kk_arena *scratch)
{
    proposal looked;
    look_at(scratch, seen, &looked);
    t->present = default_category(s, looked.self);
    s->out->categories[t->present].proposed = true;
}

static void propose_table(sorting *s, person_table *t, const appearance *seen, kk_arena *scratch)
{
    proposal looked;
    look_at(scratch, seen, &looked);
    propose(s, t, &looked);
    t->proposed = true;
    t->because = KK_NEW_ARRAY(s->g->arena, kk_slice, looked.because_count);
    t->because_count = looked.because_count;
    for (size_t i = 0; i < looked.because_count; i++)
        t->because[i] = looked.because[i];
    const uint32_t used[] = {t->category, t->present, t->relatives, t->staff};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        s->out->categories[used[i]].proposed = true;
}

static void sort_table(sorting *s, person_table *t, kk_arena *scratch)
{
    kk_slice *columns = NULL;
    size_t count = read_header(scratch, t->header, &columns);
    const kk_case_settings *settings = s->g->settings;
    appearance seen = {s->g->files[t->file].path, t->name, columns, count, t->items, t->roles};
    size_t at = kk_category_for(settings, scratch, t->path, columns, count);
    if (at == KK_NOWHERE) {
        propose_table(s, t, &seen, scratch);
        return;
    }
    t->category = t->present = (uint32_t)at;
    if (is_of_former(&settings->categories.items[at])) {
        size_t present = kk_category_for(&s->present, scratch, t->path, columns, count);
        if (present == KK_NOWHERE)
            propose_present(s, t, &seen, scratch);
        else
            t->present = (uint32_t)s->index_of_present[present];
    }
    t->relatives = t->staff = t->present;
}

static void list_categories(sorting *s)
{
    const kk_case_settings *settings = s->g->settings;
    kk_persons *out = s->out;
    size_t count = settings->categories.count, kept = 0;
    kk_category *present = KK_NEW_ARRAY(s->g->arena, kk_category, count);
    s->index_of_present = KK_NEW_ARRAY(s->g->arena, size_t, count);
    out->categories = KK_NEW_ARRAY(s->g->arena, kk_category_count, count + LOOKS);
    for (size_t i = 0; i < count; i++) {
        const kk_category *c = &settings->categories.items[i];
        out->categories[out->category_count++] = (kk_category_count){
            .name = c->name, .label_ja = c->label.ja, .label_en = c->label.en, .parent = c->parent};
        if (is_of_former(c))
            continue;
        present[kept] = *c;
        s->index_of_present[kept++] = i;
    }
    s->present = *settings;
    s->present.categories.items = present;
    s->present.categories.count = kept;
}

/* Of `discovered` where the organisation is; who left on it is a former employee. */
static int32_t day_of_discovery(const kk_case_settings *settings)
{
    kk_time at = settings->discovered.time;
    if (at == KK_NO_TIME)
        return INT32_MAX;
    at += kk_zone_offset(&settings->zone, at) * KK_SECOND;
    return (int32_t)(at / DAY - (at % DAY < 0));
}

/* Of the case, or one of those that tables look like; UINT32_MAX for no other. */
static uint32_t category_named(sorting *s, kk_slice name)
{
    for (uint32_t i = 0; i < s->out->category_count; i++)
        if (kk_eq(s->out->categories[i].name, name))
            return i;
    for (kk_look how = 0; how < LOOKS; how++)
        if (kk_is(name, looks[how].name))
            return default_category(s, how);
    return UINT32_MAX;
}

static void name_decided(sorting *s)
{
    struct decided *d = s->g->decided;
    for (size_t i = 0; d && i < d->all->count; i++)
        if (d->outcomes[i].decision && d->all->items[i].kind == KK_DECIDE_CATEGORY)
            d->categories[i] = category_named(s, d->all->items[i].as);
}

/* What somebody decided of a table is neither proposed nor asked of case.yaml. */
static bool follow_decision(const sorting *s, person_table *t)
{
    const struct decided *d = s->g->decided;
    const kk_decision *one = decided_of_table(s->g, t, KK_DECIDE_CATEGORY);
    uint32_t category = one ? d->categories[one - d->all->items] : UINT32_MAX;
    if (category != UINT32_MAX)
        t->category = t->present = t->relatives = t->staff = category;
    return category != UINT32_MAX;
}

/* What the tables of its file that tell of the same people look like, where all that look like anything look the
 * same: users (id, name) beside orders (user_id) are customers. NULL: nothing. */
static const person_table *table_to_follow(const sorting *s, uint32_t table, uint32_t other)
{
    const kk_identity_graph *g = s->g;
    const person_file *f = &g->files[g->tables[table].file];
    const person_table *found = NULL;
    for (uint32_t i = f->first_table; i < f->first_table + f->table_count; i++) {
        const person_table *t = &g->tables[i];
        if (i == table || !t->proposed || t->category == other ||
            registers_of(g->persons.registers, table, i) != REGISTER_ONE)
            continue;
        if (found && found->category != t->category)
            return NULL;
        found = found ? found : t;
    }
    return found;
}

static void take_category(person_table *t, const person_table *from, uint32_t other)
{
    t->category = from->category;
    t->present = from->present;
    t->all_former = from->all_former;
    t->relatives = t->relatives == other ? t->present : t->relatives;
    t->staff = t->staff == other ? t->present : t->staff;
    t->because = from->because;
    t->because_count = from->because_count;
}

static bool is_used(const sorting *s, uint32_t category)
{
    const kk_identity_graph *g = s->g;
    const struct decided *d = g->decided;
    for (size_t i = 0; i < g->table_count; i++) {
        const person_table *t = &g->tables[i];
        if (t->category == category || t->present == category || t->relatives == category ||
            t->staff == category)
            return true;
    }
    for (size_t i = 0; d && i < d->all->count; i++)
        if (d->outcomes[i].decision && d->all->items[i].kind == KK_DECIDE_CATEGORY &&
            d->categories[i] == category)
            return true;
    return false;
}

static void close_gap(uint32_t *category, uint32_t gone)
{
    if (*category != UINT32_MAX && *category > gone)
        --*category;
}

/* A category that nobody is in any more. */
static void drop_category(sorting *s, uint32_t gone)
{
    kk_identity_graph *g = s->g;
    struct decided *d = g->decided;
    kk_persons *out = s->out;
    for (size_t i = gone; i + 1 < out->category_count; i++)
        out->categories[i] = out->categories[i + 1];
    out->category_count--;
    for (size_t i = 0; i < g->table_count; i++) {
        person_table *t = &g->tables[i];
        uint32_t *const used[] = {&t->category, &t->present, &t->relatives, &t->staff};
        for (size_t k = 0; k < sizeof used / sizeof *used; k++)
            close_gap(used[k], gone);
    }
    for (size_t i = 0; d && i < d->all->count; i++)
        if (d->outcomes[i].decision && d->all->items[i].kind == KK_DECIDE_CATEGORY)
            close_gap(&d->categories[i], gone);
}

static void follow_register(sorting *s)
{
    enum { TABLES_MOST = 256 };
    kk_identity_graph *g = s->g;
    uint32_t other = s->default_at[LOOKS_OTHER];
    kk_arena *scratch = kk_arena_open();
    const person_table **followed = KK_NEW_ARRAY(scratch, const person_table *, g->table_count);
    for (uint32_t i = 0; g->persons.registers && i < g->table_count; i++) {
        const person_table *t = &g->tables[i];
        bool is_unsure = t->proposed && t->category == other && t->present == other;
        if (is_unsure && g->files[t->file].table_count <= TABLES_MOST)
            followed[i] = table_to_follow(s, i, other);
    }
    for (uint32_t i = 0; i < g->table_count; i++)
        if (followed[i])
            take_category(&g->tables[i], followed[i], other);
    kk_arena_close(scratch);
    bool of_case = other < g->settings->categories.count;
    if (other != UINT32_MAX && !of_case && !is_used(s, other))
        drop_category(s, other);
}

void categories_settle(kk_identity_graph *g, kk_persons *out)
{
    sorting s = {.g = g, .out = out};
    kk_arena *scratch = kk_arena_open();
    for (int i = 0; i < LOOKS; i++)
        s.default_at[i] = UINT32_MAX;
    list_categories(&s);
    name_decided(&s);
    for (size_t t = 0; t < g->table_count; t++) {
        if (!follow_decision(&s, &g->tables[t]))
            sort_table(&s, &g->tables[t], scratch);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    follow_register(&s);
    g->categories = out->categories;
    g->discovered_day = day_of_discovery(g->settings);
}

uint32_t category_of(const kk_identity_graph *g, const person_mention *mention)
{
    const person_table *t = &g->tables[mention->table];
    if (mention->category)
        return mention->category - 1u;
    if (t->relatives != t->present && mention->role == KK_ROLE_FAMILY)
        return t->relatives;
    if (t->staff != t->present && mention->role == KK_ROLE_CONTACT)
        return t->staff;
    if (t->category == t->present)
        return t->category;
    bool left = mention->left_at == NO_DAY ? t->all_former : mention->left_at <= g->discovered_day;
    return left ? t->category : t->present;
}

kk_slice kk_category_shown(kk_arena *arena, const kk_category_count *category, bool japanese)
{
    kk_slice label = japanese ? category->label_ja : category->label_en;
    if (!category->proposed)
        return label;
    return kk_join(arena, label,
                   japanese ? KK_S("(区分は内容からの推定)")
                            : KK_S(" (category proposed from content)"));
}
