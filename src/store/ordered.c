/* Rows in the order of events: what is too much to sort at once is cut by time, then by file, then by record. */
#include "store/ordered_i.h"

#include "store/store_i.h"

#include <inttypes.h>
#include <stdlib.h>

/* What is sorted at once: sorting takes more than twice of it. */
#define AT_ONCE_WRITING ((uint64_t)24 << 20)
#define AT_ONCE_READING ((uint64_t)64 << 20)
#define AT_ONCE_LEAST ((uint64_t)1 << 20)
enum { BINS = 1024, KEYS = 3 };

/* What rows are ordered by: each is looked at only within one value of the key before. */
static const char *const keys[KEYS] = {"time", "place", "record"};

typedef struct {
    kk_store *store;
    kk_slice question;
    const char *ties;
    kk_status (*row)(void *context, const kk_rows *rows);
    void *context;
    kk_fault *fault;
    uint64_t at_once;
} ordering;

typedef enum { ALL, TIMED, TIMELESS } rows_of;

/* Between `low` and `high` of each key up to `depth`. */
typedef struct {
    int64_t low[KEYS], high[KEYS];
    int depth;
    rows_of of;
} stretch;

typedef struct {
    uint64_t bytes;
    int64_t low, high; /* of the key */
} bin;

/* The rows of the stretch, `u`; with their place among the files where that is asked for. */
static void put_rows(kk_buffer *sql, const ordering *o, const stretch *s)
{
    kk_put(sql, KK_S(" FROM ("));
    kk_put(sql, o->question);
    kk_put(sql, KK_S(") u"));
    if (s->depth > 1)
        kk_put(sql, KK_S(" JOIN (SELECT label AS of_label, path AS of_path, "
                         "row_number() OVER (ORDER BY label, path) AS place FROM "
                         "(SELECT DISTINCT label, path FROM item_info)) k "
                         "ON k.of_label = u.label AND k.of_path = u.path"));
    kk_put(sql, s->of == TIMED      ? KK_S(" WHERE u.time IS NOT NULL")
                : s->of == TIMELESS ? KK_S(" WHERE u.time IS NULL")
                                    : KK_S(" WHERE true"));
    for (int i = s->of == TIMELESS; i < s->depth; i++) {
        if (s->low[i] != INT64_MIN)
            kk_putf(sql, " AND %s >= %" PRId64, keys[i], s->low[i]);
        if (s->high[i] != INT64_MAX)
            kk_putf(sql, " AND %s <= %" PRId64, keys[i], s->high[i]);
    }
}

static kk_status ask(const ordering *o, kk_buffer *sql, kk_rows **rows)
{
    kk_put_byte(sql, '\0');
    kk_status status = kk_ask(o->store, "any", sql->ptr, NULL, 0, rows, o->fault);
    kk_buffer_close(sql);
    return status;
}

/* Adds how many rows came. */
static kk_status tell_once(const ordering *o, const stretch *s, size_t *told)
{
    kk_buffer sql = {0};
    kk_rows *rows;
    kk_put(&sql, KK_S("SELECT u.*"));
    put_rows(&sql, o, s);
    if (o->ties)
        kk_putf(&sql,
                " ORDER BY u.time NULLS LAST, u.label, u.path, u.record, u.sub, u.\"offset\"%s",
                o->ties);
    kk_status status = ask(o, &sql, &rows);
    if (status != KK_OK)
        return status;
    for (; status == KK_OK && kk_rows_next(rows); ++*told)
        status = o->row(o->context, rows);
    kk_status closed = kk_rows_close(rows, status == KK_OK ? o->fault : &(kk_fault){0});
    return status == KK_OK ? closed : status;
}

#define SIZE_OF_ROWS "sum(coalesce(octet_length(packed_more), 0) + 700)::UBIGINT"

/* How much the stretch holds, and from where to where its key at `level` really goes. */
static kk_status measure(const ordering *o, const stretch *s, int level, bin *out)
{
    kk_buffer sql = {0};
    kk_rows *rows;
    stretch with = *s;
    with.depth = s->depth > level + 1 ? s->depth : level + 1;
    kk_putf(&sql, "SELECT coalesce(" SIZE_OF_ROWS ", 0), min(%s)::BIGINT, max(%s)::BIGINT",
            keys[level], keys[level]);
    put_rows(&sql, o, &with);
    kk_status status = ask(o, &sql, &rows);
    if (status != KK_OK)
        return status;
    if (kk_rows_next(rows))
        *out = (bin){kk_rows_u64(rows, 0), kk_rows_i64(rows, 1), kk_rows_i64(rows, 2)};
    return kk_rows_close(rows, o->fault);
}

/* The stretch cut into bins of the same width in its key at `level`; empty ones are left out. */
static kk_status cut(const ordering *o, const stretch *s, int level, const bin *all, bin *bins,
                     size_t *count)
{
    kk_buffer sql = {0};
    kk_rows *rows;
    uint64_t width = ((uint64_t)all->high - (uint64_t)all->low) / BINS + 1;
    kk_putf(&sql,
            "SELECT ((%s::HUGEINT - %" PRId64 ") // %" PRIu64 ")::BIGINT AS bin, " SIZE_OF_ROWS,
            keys[level], all->low, width);
    put_rows(&sql, o, s);
    kk_put(&sql, KK_S(" GROUP BY bin ORDER BY bin"));
    kk_status status = ask(o, &sql, &rows);
    if (status != KK_OK)
        return status;
    for (*count = 0; kk_rows_next(rows) && *count < BINS; ++*count) {
        uint64_t at = (uint64_t)all->low + kk_rows_u64(rows, 0) * width;
        bins[*count] = (bin){kk_rows_u64(rows, 1), (int64_t)at, (int64_t)(at + width - 1)};
    }
    return kk_rows_close(rows, o->fault);
}

static kk_status read_stretch(ordering *o, const stretch *s, int level);

/* Sorting what others leave too little memory for fails before the first row comes: then it is cut
 * again, into smaller stretches from now on. */
static kk_status tell(ordering *o, const stretch *s, int level)
{
    size_t told = 0;
    kk_status status = tell_once(o, s, &told);
    if (!is_short_of_memory(status, o->fault) || told || level == KEYS ||
        o->at_once <= AT_ONCE_LEAST)
        return status;
    *o->fault = (kk_fault){0};
    o->at_once /= 4;
    return read_stretch(o, s, level);
}

/* So many bins at once as can be sorted; one that is too large alone is cut again. */
static kk_status read_bins(ordering *o, const stretch *s, int level, const bin *bins, size_t count)
{
    kk_status status = KK_OK;
    for (size_t i = 0, next; status == KK_OK && i < count; i = next) {
        uint64_t bytes = bins[i].bytes;
        stretch part = *s;
        for (next = i + 1; next < count && bytes + bins[next].bytes <= o->at_once; next++)
            bytes += bins[next].bytes;
        /* Rows that come meanwhile outside of all bins are in the first or the last of them. */
        part.low[level] = i ? bins[i].low : s->low[level];
        part.high[level] = next < count ? bins[next].low - 1 : s->high[level];
        if (bytes <= o->at_once)
            status = tell(o, &part, level);
        else
            status = read_stretch(o, &part, bins[i].low < bins[i].high ? level : level + 1);
    }
    return status;
}

static kk_status read_stretch(ordering *o, const stretch *s, int level)
{
    bin all = {0}, *bins;
    size_t count = 0;
    stretch deeper = *s;
    if (level == KEYS)
        return tell(o, s, KEYS);
    deeper.depth = s->depth > level + 1 ? s->depth : level + 1;
    kk_status status = measure(o, s, level, &all);
    if (status != KK_OK || all.bytes <= o->at_once)
        return status == KK_OK ? tell(o, s, level) : status;
    if (all.low == all.high)
        return read_stretch(o, &deeper, level + 1);
    kk_arena *arena = kk_arena_open();
    bins = KK_NEW_ARRAY(arena, bin, BINS);
    status = cut(o, &deeper, level, &all, bins, &count);
    if (status == KK_OK)
        status = read_bins(o, &deeper, level, bins, count);
    kk_arena_close(arena);
    return status;
}

kk_status read_rows(kk_store *store, kk_slice question, const char *ties,
                    kk_status (*row)(void *context, const kk_rows *rows), void *context,
                    kk_fault *fault)
{
    uint64_t usual = store->mode == KK_STORE_WRITE ? AT_ONCE_WRITING : AT_ONCE_READING;
    ordering o = {store,
                  question,
                  ties,
                  row,
                  context,
                  fault,
                  store->sorted_at_once ? store->sorted_at_once : usual};
    stretch s = {.low = {INT64_MIN, INT64_MIN, INT64_MIN},
                 .high = {INT64_MAX, INT64_MAX, INT64_MAX}};
    bin all = {0};
    kk_status status = ties ? measure(&o, &s, 0, &all) : KK_OK;
    if (status != KK_OK)
        return status;
    if (all.bytes <= o.at_once) {
        size_t told = 0;
        status = tell_once(&o, &s, &told);
        if (!is_short_of_memory(status, fault) || told || !ties)
            return status;
        *fault = (kk_fault){0};
        o.at_once = all.bytes / 4 > AT_ONCE_LEAST ? all.bytes / 4 : AT_ONCE_LEAST;
    }
    s.of = TIMED;
    status = read_stretch(&o, &s, 0);
    s.of = TIMELESS;
    return status == KK_OK ? read_stretch(&o, &s, 1) : status;
}
