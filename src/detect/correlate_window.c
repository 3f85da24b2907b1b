/* The window of a group of hits: what enters, what leaves, what it counts. */
#include "detect/correlate_i.h"

#include "base/sorted.h"

enum { TABLE_LEAST = 2, KEPT_BYTES = 4096 };

/* ---- distinct values ---- */

static correlate_distinct *find_distinct(correlate_group *g, const uint64_t value[2])
{
    correlate_distinct *table = (correlate_distinct *)(void *)g->table.ptr;
    size_t at = (value[0] ^ value[1] * UINT64_C(0x9e3779b97f4a7c15)) & (g->table_size - 1);
    while (table[at].count && (table[at].value[0] != value[0] || table[at].value[1] != value[1]))
        at = (at + 1) & (g->table_size - 1);
    return &table[at];
}

/* Values that left the window stay in the table until it is made anew. */
static void make_table(correlate_group *g, size_t size)
{
    kk_buffer old = g->table;
    const correlate_distinct *from = (const correlate_distinct *)(const void *)old.ptr;
    g->table = (kk_buffer){0};
    memset(kk_buffer_fit(&g->table, size * sizeof *from), 0, size * sizeof *from);
    g->table_size = size;
    g->table_used = 0;
    for (size_t i = 0; i < old.len / sizeof *from; i++)
        if (from[i].count > 1) {
            *find_distinct(g, from[i].value) = from[i];
            g->table_used++;
        }
    g->table.len = size * sizeof *from;
    kk_buffer_close(&old);
}

/* Counts in the table are one higher than how often a value is in the window. */
static void count_value(correlate_group *g, const uint64_t value[2], bool enters)
{
    if (enters && g->table_used * 2 >= g->table_size) {
        size_t wanted = TABLE_LEAST;
        while (wanted < g->distinct_count * 4)
            wanted *= 2;
        make_table(g, wanted);
    }
    correlate_distinct *d = find_distinct(g, value);
    if (enters) {
        if (!d->count) {
            *d = (correlate_distinct){{value[0], value[1]}, 1};
            g->table_used++;
        }
        g->distinct_count += ++d->count == 2;
    } else {
        g->distinct_count -= --d->count == 1;
    }
}

/* ---- numbers ---- */

static kk_fixed *sorted_of(const correlate_group *g)
{
    return (kk_fixed *)(void *)g->sorted.ptr;
}

static size_t sorted_count(const correlate_group *g)
{
    return g->sorted.len / sizeof(kk_fixed);
}

static void sort_number(correlate_group *g, kk_fixed number, bool enters)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, sorted_count(g), sorted_of(g)[low] < number);
    if (enters)
        (void)kk_buffer_room(&g->sorted, sizeof number);
    kk_fixed *at = sorted_of(g) + low;
    size_t behind = g->sorted.len - low * sizeof number;
    if (enters) {
        memmove(at + 1, at, behind);
        *at = number;
        g->sorted.len += sizeof number;
    } else {
        memmove(at, at + 1, behind - sizeof number);
        g->sorted.len -= sizeof number;
    }
}

static kk_fixed percentile_of(const correlate_about *x, const correlate_group *g)
{
    kk_fixed share = rules_get_fixed(x->c->percentile); /* nearest rank */
    kk_fixed rank =
        (share * (kk_fixed)sorted_count(g) + 100 * (kk_fixed)NANO - 1) / (100 * (kk_fixed)NANO);
    return sorted_of(g)[rank > 0 ? (size_t)rank - 1 : 0];
}

/* ---- the window ---- */

/* The first without room for others: most groups have few. */
void correlate_put(kk_buffer *entries, const correlate_entry *e, size_t count)
{
    if (!entries->capacity)
        (void)kk_buffer_fit(entries, count * sizeof *e);
    kk_put_bytes(entries, e, count * sizeof *e);
}

static void weigh(const correlate_about *x, correlate_group *g, const correlate_entry *e,
                  bool enters)
{
    g->by_rule[e->nth] += enters ? 1u : UINT64_MAX;
    if (!e->has)
        return;
    if (x->c->type == KK_VALUE_COUNT) {
        count_value(g, e->value, enters);
    } else if (x->c->type >= KK_VALUE_SUM) {
        kk_fixed number = rules_get_fixed(e->value);
        g->sum += enters ? number : -number;
        g->numbers += enters ? 1u : UINT64_MAX;
        if (x->c->type == KK_VALUE_PERCENTILE)
            sort_number(g, number, enters);
    }
}

/* What stands before the head goes when it is the larger half. */
static void pack(correlate_group *g)
{
    size_t count = correlate_entry_count(&g->entries);
    correlate_entry *e = correlate_entries(&g->entries);
    if (g->head == count) {
        g->entries.len = g->head = 0;
    } else if (g->head > 64 && g->head * 2 > count) {
        memmove(e, e + g->head, (count - g->head) * sizeof *e);
        g->entries.len = (count - g->head) * sizeof *e;
        g->head = 0;
    }
}

void correlate_slide(const correlate_about *x, correlate_group *g, kk_time now)
{
    size_t count = correlate_entry_count(&g->entries);
    const correlate_entry *e = correlate_entries(&g->entries);
    while (g->head < count && e[g->head].time < now - x->c->timespan)
        weigh(x, g, &e[g->head++], false);
    pack(g);
}

void correlate_enter(const correlate_about *x, correlate_group *g, const correlate_entry *e)
{
    correlate_put(&g->entries, e, 1);
    weigh(x, g, e, true);
    if (x->enough && correlate_entry_count(&g->entries) - g->head > x->enough) {
        weigh(x, g, correlate_entries(&g->entries) + g->head++, false);
        pack(g);
    }
}

bool correlate_value(const correlate_about *x, const correlate_group *g, kk_fixed *out)
{
    uint64_t count = 0;
    switch ((kk_correlation_type)x->c->type) {
    case KK_EVENT_COUNT:
        count = correlate_entry_count(&g->entries) - g->head;
        break;
    case KK_VALUE_COUNT:
        count = g->distinct_count;
        break;
    case KK_VALUE_SUM:
        *out = g->sum;
        return g->numbers != 0;
    case KK_VALUE_AVG:
        *out = g->numbers ? g->sum / (kk_fixed)g->numbers : 0;
        return g->numbers != 0;
    case KK_VALUE_PERCENTILE:
        *out = g->sorted.len ? percentile_of(x, g) : 0;
        return g->sorted.len != 0;
    default:
        for (size_t i = 0; i < x->rule_count; i++) {
            size_t first = 0;
            while (x->rules[first] != x->rules[i])
                first++;
            count += first == i && g->by_rule[i];
        }
    }
    *out = (kk_fixed)count * NANO;
    return true;
}

bool correlate_satisfied(const correlate_about *x, kk_fixed value)
{
    const rules_correlation *c = x->c;
    bool good = true;
    if (!c->condition_count)
        return value >= (kk_fixed)x->wanted * NANO;
    for (uint32_t i = 0; i < c->condition_count; i++) {
        kk_fixed than = rules_get_fixed(c->conditions[i].than);
        switch ((kk_compare_with)c->conditions[i].with) {
        case KK_GT:
            good = good && value > than;
            break;
        case KK_GTE:
            good = good && value >= than;
            break;
        case KK_LT:
            good = good && value < than;
            break;
        case KK_LTE:
            good = good && value <= than;
            break;
        case KK_EQ:
            good = good && value == than;
            break;
        default:
            good = good && value != than;
        }
    }
    return good;
}

size_t correlate_enough(const rules_correlation *c)
{
    kk_fixed most = NANO;
    for (uint32_t i = 0; i < c->condition_count; i++) {
        kk_fixed than = rules_get_fixed(c->conditions[i].than);
        kk_fixed least = than + (c->conditions[i].with == KK_GT ? 1 : 0);
        most = least > most ? least : most;
    }
    kk_fixed events = (most + NANO - 1) / NANO;
    return events > (kk_fixed)UINT32_MAX ? 0 : (size_t)events;
}

/* ---- a group's life ---- */

static void forget(kk_buffer *buffer)
{
    if (buffer->capacity > KEPT_BYTES)
        kk_buffer_close(buffer);
    buffer->len = 0;
}

void correlate_empty(const correlate_about *x, correlate_group *g)
{
    forget(&g->text);
    forget(&g->entries);
    forget(&g->sorted);
    if (g->peak) {
        forget(&g->peak->entries);
        forget(&g->peak->carried);
        g->peak->there = false;
    }
    if (g->table.len > KEPT_BYTES) {
        kk_buffer_close(&g->table);
        g->table_size = 0;
    } else if (g->table.len) {
        memset(g->table.ptr, 0, g->table.len);
    }
    g->head = g->table_used = g->distinct_count = 0;
    g->sum = 0;
    g->numbers = 0;
    g->holds = false;
    memset(g->by_rule, 0, x->rule_count * sizeof *g->by_rule);
    for (size_t i = 0; g->chains && i < x->rule_count * x->rule_count; i++)
        g->chains[i].there = false;
}

void correlate_close(correlate_group *g)
{
    kk_buffer_close(&g->text);
    kk_buffer_close(&g->entries);
    kk_buffer_close(&g->table);
    kk_buffer_close(&g->sorted);
    if (!g->peak)
        return;
    kk_buffer_close(&g->peak->entries);
    kk_buffer_close(&g->peak->carried);
}
