/* Tables by name, columns by name; both by hash, since dumps name them in every statement. */
#include "parse/sql_tables.h"

#include "base/hash.h"

enum {
    BUCKETS = 4096,
    TABLES_MAX = 20000,
    SHAPES_MAX = 64,              /* lists of columns of one name */
    MEMORY_MAX = 64 * 1024 * 1024 /* of all names */
};

kk_sql_tables kk_sql_tables_open(kk_arena *arena)
{
    return (kk_sql_tables){arena, KK_NEW_ARRAY(arena, kk_sql_table *, BUCKETS), 0};
}

static bool is_full(const kk_sql_tables *t)
{
    return t->count == TABLES_MAX || kk_arena_used(t->arena) > MEMORY_MAX;
}

kk_sql_table *kk_sql_table_named(kk_sql_tables *t, kk_slice name)
{
    kk_sql_table **bucket = &t->buckets[kk_hash_quick(name) % BUCKETS];
    for (kk_sql_table *one = *bucket; one; one = one->next)
        if (kk_eq(one->name, name))
            return one;
    if (is_full(t))
        return NULL;
    kk_sql_table *made = KK_NEW(t->arena, kk_sql_table);
    *made = (kk_sql_table){.name = kk_copy(t->arena, name), .first = made, .next = *bucket};
    t->count++;
    return *bucket = made;
}

/* Where the name is, or the free place for it. */
static size_t place_of(const kk_sql_table *one, kk_slice name)
{
    size_t at = kk_hash_quick(name) & (one->index_size - 1);
    while (one->index[at] && !kk_eq(one->columns[one->index[at] - 1], name))
        at = (at + 1) & (one->index_size - 1);
    return at;
}

static void set_columns(kk_arena *arena, kk_sql_table *one, const kk_slice *columns, size_t count)
{
    one->columns = KK_NEW_ARRAY(arena, kk_slice, count);
    one->count = count;
    for (one->index_size = 2; one->index_size < count * 2; one->index_size *= 2)
        ;
    one->index = KK_NEW_ARRAY(arena, uint16_t, one->index_size);
    for (size_t i = 0; i < count; i++) {
        one->columns[i] = kk_copy(arena, columns[i]);
        size_t place = place_of(one, columns[i]);
        if (!one->index[place])
            one->index[place] = (uint16_t)(i + 1);
    }
}

size_t kk_sql_column(const kk_sql_table *one, kk_slice name)
{
    if (!one->columns)
        return KK_NOWHERE;
    size_t place = place_of(one, name);
    return one->index[place] ? one->index[place] - 1u : KK_NOWHERE;
}

static bool fits(const kk_sql_table *one, const kk_slice *columns, size_t count, bool exactly)
{
    if (!one->columns)
        return false;
    if (exactly && one->count != count)
        return false;
    for (size_t i = 0; exactly && i < count; i++)
        if (!kk_eq(one->columns[i], columns[i]))
            return false;
    for (size_t i = 0; i < count; i++)
        if (kk_sql_column(one, columns[i]) == KK_NOWHERE)
            return false;
    return true;
}

kk_sql_table *kk_sql_table_with(kk_sql_tables *t, kk_slice name, const kk_slice *columns,
                                size_t count, bool exactly)
{
    kk_sql_table *one = kk_sql_table_named(t, name), *first = one;
    size_t shapes = 1;
    if (!one)
        return NULL;
    for (; one->told && !fits(one, columns, count, exactly); shapes++) {
        if (!one->another) {
            if (is_full(t) || shapes == SHAPES_MAX)
                return NULL;
            one->another = KK_NEW(t->arena, kk_sql_table);
            one->another->first = first;
            one->another->name = kk_print(t->arena, "%.*s (%zu)", KK_P(first->name), shapes + 1);
            t->count++;
        }
        one = one->another;
    }
    if (fits(one, columns, count, exactly))
        return one;
    if (is_full(t))
        return NULL;
    if (first->created == one)
        first->created = NULL;
    set_columns(t->arena, one, columns, count);
    return one;
}
