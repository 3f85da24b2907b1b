/* Persons counted: for each of the three partitions one walk over the persons, and for each person
 * one look at each of its mentions. A person adds one to every scope (all, a category and those above
 * it, an owner) in which it has a mention, once for each exposure that it has there. */
#include "persons/persons_i.h"

enum { PARTITIONS = 3, SCOPES_OF_ONE = 34 };
enum { IS_HELD = 1, IS_REACHABLE = 2, IS_LEFT = 4, IS_DAMAGED = 8 };

/* What one person shows in one scope. */
typedef struct {
    uint64_t items, reachable_items, left_items;
    uint32_t roles, reachable_roles;
    uint8_t flags;
    bool touched;
} shown;

typedef struct {
    kk_category_count *count; /* NULL: of all */
    size_t parent;            /* scope, KK_NOWHERE */
    kk_count_of held, reachable, left, damaged;
    uint64_t items_left[KK_ITEMS], items_reachable[KK_ITEMS], items_held;
    kk_count_of roles[KK_ROLES];
    uint32_t roles_held;
    int32_t from, to, reachable_from, reachable_to; /* days */
    uint32_t owners; /* bit of each owner that is seen, the 32nd for more */
    shown now;
} scope;

/* What one processor counts. */
typedef struct {
    scope *scopes;
    size_t *touched;
    size_t touched_count;
    uint32_t *last_person;   /* of each file: who was counted in it last */
    uint32_t *last_captured; /* ... with a record that was captured */
    kk_person_source *sources;
    uint64_t deceased;
} tally;

typedef struct {
    kk_identity_graph *g;
    kk_persons *out;
    scope *scopes; /* all, categories, owners */
    size_t scope_count, first_owner;
    kk_person_source *sources;
    tally hands[HANDS];
    kk_arena *order_arenas[PARTITIONS];
    person_order orders[PARTITIONS];
    /* the partition that is counted */
    int partition;
    const uint32_t *of;
    person_order order;
} counting;

static const uint32_t *persons_of(const kk_identity_graph *g, int partition)
{
    const uint32_t *const partitions[PARTITIONS] = {g->persons.certain, g->persons.probable,
                                                    g->persons.possible};
    return partitions[partition];
}

person_order persons_in_order(const kk_identity_graph *g, const uint32_t *of, kk_arena *arena)
{
    size_t n = g->persons.count;
    person_order order = {KK_NEW_ARRAY(arena, uint32_t, n), 0};
    uint32_t *next = KK_NEW_ARRAY(arena, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (is_counted(&g->mentions[i]))
            next[of[i] + 1]++;
    for (size_t i = 0; i < n; i++)
        next[i + 1] += next[i];
    order.count = next[n];
    for (size_t i = 0; i < n; i++)
        if (is_counted(&g->mentions[i]))
            order.mentions[next[of[i]]++] = (uint32_t)i;
    return order;
}

/* ---- scopes ---- */

static size_t scopes_of(const counting *c, const person_mention *m, size_t into[SCOPES_OF_ONE])
{
    size_t count = 0;
    into[count++] = 0;
    for (size_t s = 1 + category_of(c->g, m); s != KK_NOWHERE && count < SCOPES_OF_ONE - 1;
         s = c->scopes[s].parent)
        into[count++] = s;
    into[count++] = c->first_owner + c->g->tables[m->table].owner;
    return count;
}

static void open_scopes(counting *c)
{
    kk_persons *out = c->out;
    const kk_case_settings *settings = c->g->settings;
    c->first_owner = 1 + out->category_count;
    c->scope_count = c->first_owner + out->owner_count;
    c->scopes = KK_NEW_ARRAY(c->g->arena, scope, c->scope_count);
    for (size_t i = 0; i < c->scope_count; i++) {
        scope *s = &c->scopes[i];
        size_t category = i - 1;
        *s = (scope){.parent = KK_NOWHERE,
                     .from = NO_DAY,
                     .to = NO_DAY,
                     .reachable_from = NO_DAY,
                     .reachable_to = NO_DAY};
        if (i >= c->first_owner)
            s->count = &out->owners[i - c->first_owner];
        else if (i)
            s->count = &out->categories[category];
        if (i && i < c->first_owner && category < settings->categories.count &&
            settings->categories.items[category].parent_at != KK_NOWHERE)
            s->parent = 1 + settings->categories.items[category].parent_at;
    }
}

/* ---- one person ---- */

static uint8_t flags_of(const person_file *f)
{
    unsigned flags = IS_HELD | (f->damage ? IS_DAMAGED : 0u);
    if (f->exposure >= EXPOSED_REACHABLE)
        flags |= IS_REACHABLE;
    if (f->exposure == EXPOSED_LEFT)
        flags |= IS_LEFT;
    return (uint8_t)flags;
}

/* How far a mention went: with its file, and by itself where it was captured while it was typed in. */
typedef struct {
    uint8_t flags;
    uint64_t reachable_items, left_items;
} exposed;

static exposed exposed_of(const counting *c, const person_mention *m)
{
    exposed e = {.flags = flags_of(&c->g->files[c->g->tables[m->table].file])};
    e.reachable_items = (e.flags & IS_REACHABLE) ? m->items : 0;
    e.left_items = (e.flags & IS_LEFT) ? m->items : 0;
    uint64_t captured = m->captures ? captured_items(c->g, m) : 0;
    if (captured) {
        e.flags |= IS_REACHABLE | IS_LEFT;
        e.reachable_items |= captured;
        e.left_items |= captured;
    }
    return e;
}

static void show(tally *t, size_t at, const person_mention *m, const exposed *e)
{
    shown *now = &t->scopes[at].now;
    if (!now->touched)
        t->touched[t->touched_count++] = at;
    now->touched = true;
    now->flags |= e->flags;
    now->items |= m->items | e->left_items;
    now->roles |= 1u << m->role;
    now->reachable_items |= e->reachable_items;
    now->left_items |= e->left_items;
    if (e->flags & IS_REACHABLE)
        now->reachable_roles |= 1u << m->role;
}

static void add_to(kk_count_of *count, int partition)
{
    uint64_t *const figures[PARTITIONS] = {&count->most, &count->count, &count->least};
    ++*figures[partition];
}

static void add_each(uint64_t *figures, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        figures[__builtin_ctzll(bits)]++;
}

static void settle_scope(scope *s, int partition)
{
    const shown *now = &s->now;
    add_to(&s->held, partition);
    if (now->flags & IS_REACHABLE)
        add_to(&s->reachable, partition);
    if (now->flags & IS_LEFT)
        add_to(&s->left, partition);
    if (now->flags & IS_DAMAGED)
        add_to(&s->damaged, partition);
    for (uint32_t roles = now->reachable_roles; roles; roles &= roles - 1)
        add_to(&s->roles[__builtin_ctz(roles)], partition);
    s->roles_held |= now->roles;
    s->items_held |= now->items;
    if (partition == 1) {
        add_each(s->items_left, now->left_items);
        add_each(s->items_reachable, now->reachable_items);
    }
}

static void count_sources(const counting *c, tally *t, const person_mention *m, uint32_t person)
{
    uint32_t file = c->g->tables[m->table].file;
    if (t->last_person[file] != person + 1) {
        t->last_person[file] = person + 1;
        t->sources[file].persons++;
    }
    if (m->captures && t->last_captured[file] != person + 1 && captured_items(c->g, m)) {
        t->last_captured[file] = person + 1;
        t->sources[file].captured_persons++;
    }
}

/* The dead are counted apart: nobody of whom a record says so is counted among the living. */
static void count_person(const counting *c, tally *t, const uint32_t *mentions, size_t count)
{
    const kk_identity_graph *g = c->g;
    bool is_dead = false;
    for (size_t i = 0; i < count && !is_dead; i++)
        is_dead = g->mentions[mentions[i]].standing == KK_IS_DECEASED;
    if (is_dead) {
        t->deceased += c->partition == 1;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const person_mention *m = &g->mentions[mentions[i]];
        size_t at[SCOPES_OF_ONE], n = scopes_of(c, m, at);
        exposed e = exposed_of(c, m);
        for (size_t k = 0; k < n; k++)
            show(t, at[k], m, &e);
        if (c->partition == 1)
            count_sources(c, t, m, mentions[0]);
    }
    for (size_t i = 0; i < t->touched_count; i++) {
        settle_scope(&t->scopes[t->touched[i]], c->partition);
        memset(&t->scopes[t->touched[i]].now, 0, sizeof(shown));
    }
    t->touched_count = 0;
}

enum { SHARES = 64, AHEAD = 12 }; /* mentions of a person lie anywhere */

/* Where the first person of a share begins. */
static size_t share_begins(const counting *c, unsigned share)
{
    const person_order *order = &c->order;
    size_t at = order->count * share / SHARES;
    while (at > 0 && at < order->count &&
           c->of[order->mentions[at]] == c->of[order->mentions[at - 1]])
        at++;
    return at;
}

static void count_share(void *context, unsigned hand, unsigned share)
{
    counting *c = context;
    const uint32_t *mentions = c->order.mentions, *of = c->of;
    size_t count = share_begins(c, share + 1);
    for (size_t i = share_begins(c, share), end; i < count; i = end) {
        end = i + 1;
        while (end < count && of[mentions[end]] == of[mentions[i]])
            end++;
        for (size_t k = i + AHEAD; k < end + AHEAD && k < count; k++)
            __builtin_prefetch(&c->g->mentions[mentions[k]]);
        count_person(c, &c->hands[hand], mentions + i, end - i);
    }
}

static void order_partition(void *context, unsigned hand, unsigned partition)
{
    counting *c = context;
    (void)hand;
    c->order_arenas[partition] = kk_arena_open();
    c->orders[partition] =
        persons_in_order(c->g, persons_of(c->g, (int)partition), c->order_arenas[partition]);
}

static void count_partition(counting *c, int partition)
{
    c->partition = partition;
    c->of = persons_of(c->g, partition);
    c->order = c->orders[partition];
    hands_work(count_share, c, SHARES);
    kk_arena_close(c->order_arenas[partition]);
}

/* ---- of all processors together ---- */

static void open_hands(counting *c, kk_arena *arena)
{
    for (int i = 0; i < HANDS; i++)
        c->hands[i] = (tally){.scopes = KK_NEW_ARRAY(arena, scope, c->scope_count),
                              .touched = KK_NEW_ARRAY(arena, size_t, c->scope_count),
                              .last_person = KK_NEW_ARRAY(arena, uint32_t, c->g->file_count),
                              .last_captured = KK_NEW_ARRAY(arena, uint32_t, c->g->file_count),
                              .sources = KK_NEW_ARRAY(arena, kk_person_source, c->g->file_count)};
}

static void add_count(kk_count_of *to, const kk_count_of *from)
{
    to->least += from->least;
    to->count += from->count;
    to->most += from->most;
}

static void add_scope(scope *to, const scope *from)
{
    add_count(&to->held, &from->held);
    add_count(&to->reachable, &from->reachable);
    add_count(&to->left, &from->left);
    add_count(&to->damaged, &from->damaged);
    for (int item = 0; item < KK_ITEMS; item++) {
        to->items_left[item] += from->items_left[item];
        to->items_reachable[item] += from->items_reachable[item];
    }
    for (int role = 0; role < KK_ROLES; role++)
        add_count(&to->roles[role], &from->roles[role]);
    to->items_held |= from->items_held;
    to->roles_held |= from->roles_held;
}

static void add_hand(counting *c, const tally *t)
{
    for (size_t i = 0; i < c->scope_count; i++)
        add_scope(&c->scopes[i], &t->scopes[i]);
    for (size_t i = 0; i < c->g->file_count; i++) {
        c->sources[i].persons += t->sources[i].persons;
        c->sources[i].captured_persons += t->sources[i].captured_persons;
    }
    c->out->deceased += t->deceased;
}

static void settle_figures(const scope *s, kk_persons *out)
{
    add_count(s->count ? &s->count->held : &out->held, &s->held);
    add_count(s->count ? &s->count->reachable : &out->reachable, &s->reachable);
    add_count(s->count ? &s->count->left : &out->left, &s->left);
    add_count(s->count ? &s->count->damaged : &out->damaged, &s->damaged);
}

/* ---- records, periods, sources ---- */

static void widen(int32_t *from, int32_t *to, int32_t day)
{
    if (*from == NO_DAY || day < *from)
        *from = day;
    if (*to == NO_DAY || day > *to)
        *to = day;
}

static void note_record(counting *c, const person_mention *m, bool is_new)
{
    const person_table *t = &c->g->tables[m->table];
    const person_file *f = &c->g->files[t->file];
    kk_person_source *source = &c->sources[t->file];
    size_t at[SCOPES_OF_ONE], n = scopes_of(c, m, at);
    source->items |= m->items;
    source->records += is_new;
    source->captured_records += is_new && m->captures;
    for (size_t k = 0; k < n; k++) {
        scope *s = &c->scopes[at[k]];
        s->owners |= 1u << (t->owner < 31 ? t->owner : 31);
        if (is_new)
            ++*(s->count ? &s->count->records : &c->out->records);
        if (m->dated == NO_DAY || !is_counted(m))
            continue;
        widen(&s->from, &s->to, m->dated);
        if (f->exposure != EXPOSED_NOT || m->captures)
            widen(&s->reachable_from, &s->reachable_to, m->dated);
    }
}

/* A record with an orderer and an addressee is one; in a category of former people it may be apart. */
static void note_records(counting *c)
{
    const kk_identity_graph *g = c->g;
    bool is_noted = false, is_left_out = false;
    for (size_t i = 0; i < g->persons.count; i++) {
        const person_mention *m = &g->mentions[i];
        if (i == 0 || g->mentions[i - 1].table != m->table ||
            g->mentions[i - 1].record != m->record)
            is_noted = is_left_out = false;
        if (m->left_out != IS_IN) {
            c->sources[g->tables[m->table].file].excluded += !is_left_out;
            c->out->excluded_records += !is_left_out;
            is_left_out = true;
            continue;
        }
        note_record(c, m, !is_noted);
        is_noted = true;
        c->out->placeholders += m->standing == KK_IS_PLACEHOLDER;
    }
}

/* Who was left out as a person; records and files that are left out join nobody. */
static void note_left_out(counting *c)
{
    const identity *p = &c->g->persons;
    kk_arena *scratch = kk_arena_open();
    uint8_t *seen = KK_NEW_ARRAY(scratch, uint8_t, p->count);
    for (size_t i = 0; i < p->count && c->g->decided; i++)
        if (c->g->mentions[i].left_out == PERSON_LEFT_OUT && !seen[p->probable[i]]) {
            seen[p->probable[i]] = 1;
            c->out->excluded_persons++;
        }
    kk_arena_close(scratch);
}

static void open_sources(counting *c)
{
    const kk_identity_graph *g = c->g;
    c->sources = c->out->sources = KK_NEW_ARRAY(g->arena, kk_person_source, g->file_count);
    c->out->source_count = g->file_count;
    for (size_t i = 0; i < g->file_count; i++) {
        const person_file *f = &g->files[i];
        const person_table *main = &g->tables[f->first_table];
        for (uint32_t t = 1; t < f->table_count; t++)
            if (g->tables[f->first_table + t].count > main->count)
                main = &g->tables[f->first_table + t];
        c->sources[i] = (kk_person_source){.item = f->item,
                                           .evidence = f->label,
                                           .path = f->path,
                                           .host = f->host,
                                           .category = c->out->categories[main->present].name,
                                           .owner = c->out->owners[main->owner].name,
                                           .proposed = main->proposed,
                                           .because = main->because,
                                           .because_count = main->because_count,
                                           .damage = f->damage,
                                           .damage_label = f->damage_label,
                                           .damage_path = f->damage_path,
                                           .exposure = exposure_names[f->exposure],
                                           .stage = f->stage,
                                           .judged = f->judged};
    }
}

static kk_time time_of(int32_t day)
{
    return day == NO_DAY ? KK_NO_TIME : (kk_time)day * 86400 * KK_SECOND;
}

/* The period of the data in reach; of all data where nothing is. */
static void settle_period(const scope *s, kk_time *from, kk_time *to)
{
    bool reached = s->reachable_from != NO_DAY;
    *from = time_of(reached ? s->reachable_from : s->from);
    *to = time_of(reached ? s->reachable_to : s->to);
}

static void settle_lists(counting *c, scope *s)
{
    kk_category_count *count = s->count;
    count->items = KK_NEW_ARRAY(c->g->arena, kk_item_count, KK_ITEMS);
    for (int item = 0; item < KK_ITEMS; item++)
        if (s->items_held & KK_BIT(item))
            count->items[count->item_count++] =
                (kk_item_count){(kk_item)item, s->items_left[item], s->items_reachable[item]};
    count->roles = KK_NEW_ARRAY(c->g->arena, struct kk_role_count, KK_ROLES);
    for (int role = 0; role < KK_ROLES; role++)
        if (s->roles_held >> role & 1) {
            count->roles[count->role_count].role = (kk_role)role;
            count->roles[count->role_count++].reachable = s->roles[role];
        }
    if (s < c->scopes + c->first_owner && s->owners && !(s->owners & (s->owners - 1)) &&
        (unsigned)__builtin_ctz(s->owners) < c->out->owner_count)
        count->owner = c->out->owners[__builtin_ctz(s->owners)].name;
}

/* Of a file that itself went nowhere, as far as its captured records did. */
static void settle_stages(counting *c)
{
    static const char *const nearer[] = {"none", "reachable", "collected"};
    for (size_t i = 0; i < c->out->source_count; i++)
        for (size_t k = 0; c->sources[i].captured_records && k < sizeof nearer / sizeof *nearer;
             k++)
            if (strcmp(c->sources[i].stage, nearer[k]) == 0)
                c->sources[i].stage = "captured";
}

static void settle_overlap(counting *c)
{
    kk_persons *out = c->out;
    uint64_t left = 0, reachable = 0;
    for (size_t i = 1; i < c->first_owner; i++)
        if (c->scopes[i].parent == KK_NOWHERE) {
            left += c->scopes[i].count->left.count;
            reachable += c->scopes[i].count->reachable.count;
        }
    out->overlap_left = left - out->left.count;
    out->overlap_reachable = reachable - out->reachable.count;
}

void counts_make(kk_identity_graph *g, kk_persons *out)
{
    counting c = {.g = g, .out = out};
    open_scopes(&c);
    open_sources(&c);
    note_records(&c);
    note_left_out(&c);
    kk_arena *scratch = kk_arena_open();
    open_hands(&c, scratch);
    hands_work(order_partition, &c, PARTITIONS);
    for (int p = 0; p < PARTITIONS; p++)
        count_partition(&c, p);
    for (int i = 0; i < HANDS; i++)
        add_hand(&c, &c.hands[i]);
    kk_arena_close(scratch);
    for (size_t i = 0; i < c.scope_count; i++)
        settle_figures(&c.scopes[i], out);
    settle_period(&c.scopes[0], &out->period_from, &out->period_to);
    for (size_t i = 1; i < c.scope_count; i++) {
        settle_period(&c.scopes[i], &c.scopes[i].count->period_from, &c.scopes[i].count->period_to);
        settle_lists(&c, &c.scopes[i]);
    }
    settle_stages(&c);
    settle_overlap(&c);
}
