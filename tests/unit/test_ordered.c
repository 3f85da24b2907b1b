/* Rows in the order of events, held against a plain sort of the same rows: however little is sorted at
 * once, the same rows come in the same order, each once. */
#include "tests/unit/case_folder.h"

#include "store/hits.h"
#include "store/ordered_i.h"
#include "store/store_i.h"

enum { ROWS = 800 };

typedef struct {
    int64_t time; /* INT64_MIN: none */
    kk_slice label, path;
    int64_t record, sub, offset, number;
} row;

typedef struct {
    row rows[ROWS];
    size_t count;
    int64_t seen[ROWS];
    size_t seen_count;
    size_t stop_at; /* rows; 0: never */
} sample;

static kk_store *open_store(void)
{
    kk_fault fault = {0};
    kk_store *store;
    assert_int_equal(kk_store_open(path("case.duckdb"), KK_STORE_WRITE, &store, &fault), KK_OK);
    return store;
}

static void run(kk_store *store, kk_buffer *sql)
{
    kk_fault fault = {0};
    kk_put_byte(sql, '\0');
    if (run_on(store->connection, sql->ptr, "a test's statement", &fault) != KK_OK)
        fail_msg("%s", fault.text);
    kk_buffer_close(sql);
}

/* Few values of each key, so that every level has to be cut: times, then files, then records. */
static void make_rows(sample *s, unsigned seed, int times)
{
    static const char *const labels[] = {"fw01", "FS01", "ファイル"};
    static const char *const paths[] = {"b/c", "b", "a/日誌", "a/log"};
    srandom(seed);
    s->count = ROWS;
    for (size_t i = 0; i < s->count; i++) {
        int64_t time = random() % times;
        s->rows[i] = (row){time == 0 ? INT64_MIN : (time - times / 2) * 3600000000,
                           kk_cstr(labels[random() % 3]),
                           kk_cstr(paths[random() % 4]),
                           random() % 500,
                           random() % 3,
                           random() % 2,
                           (int64_t)i};
    }
}

static void store_rows(kk_store *store, const sample *s)
{
    kk_buffer sql = {0};
    kk_put(&sql,
           KK_S("CREATE OR REPLACE TABLE told (time BIGINT, label VARCHAR, path VARCHAR, "
                "record BIGINT, sub BIGINT, \"offset\" BIGINT, packed_more BLOB, number BIGINT); "
                "CREATE OR REPLACE VIEW item_info AS SELECT DISTINCT label, path FROM told; "
                "INSERT INTO told VALUES "));
    for (size_t i = 0; i < s->count; i++) {
        const row *r = &s->rows[i];
        char time[24] = "NULL";
        if (r->time != INT64_MIN)
            snprintf(time, sizeof time, "%lld", (long long)r->time);
        kk_putf(&sql, "%s(%s, '%.*s', '%.*s', %lld, %lld, %lld, repeat('x', %zu), %lld)",
                i ? ", " : "", time, KK_P(r->label), KK_P(r->path), (long long)r->record,
                (long long)r->sub, (long long)r->offset, i % 900, (long long)r->number);
    }
    run(store, &sql);
}

static int by_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Those without a time come last. */
static int by_order(const void *x, const void *y)
{
    const row *a = x, *b = y;
    if ((a->time == INT64_MIN) != (b->time == INT64_MIN))
        return a->time == INT64_MIN ? 1 : -1;
    int by = by_number(a->time, b->time);
    by = by ? by : kk_compare(a->label, b->label);
    by = by ? by : kk_compare(a->path, b->path);
    by = by ? by : by_number(a->record, b->record);
    by = by ? by : by_number(a->sub, b->sub);
    by = by ? by : by_number(a->offset, b->offset);
    return by ? by : by_number(a->number, b->number);
}

static kk_status note(void *context, const kk_rows *rows)
{
    sample *s = context;
    assert_true(s->seen_count < s->count);
    s->seen[s->seen_count++] = kk_rows_i64(rows, 7);
    return s->stop_at && s->seen_count == s->stop_at ? KK_INVALID : KK_OK;
}

static kk_status read_all(kk_store *store, sample *s, uint64_t at_once)
{
    kk_fault fault = {0};
    s->seen_count = 0;
    store->sorted_at_once = at_once;
    return read_rows(store, KK_S("SELECT * FROM told"), ", u.number", note, s, &fault);
}

static void expect_order(kk_store *store, sample *s, uint64_t at_once)
{
    assert_int_equal(read_all(store, s, at_once), KK_OK);
    assert_int_equal(s->seen_count, s->count);
    for (size_t i = 0; i < s->count; i++)
        assert_int_equal(s->seen[i], s->rows[i].number);
}

static void test_stretches(void **state)
{
    static sample s;
    const int times[] = {2000, 3, 1}; /* spread; crowded; none has a time */
    const uint64_t at_once[] = {0, 500000, 60000, 4000};
    kk_store *store = open_store();
    (void)state;
    for (unsigned t = 0; t < sizeof times / sizeof *times; t++) {
        make_rows(&s, t + 1, times[t]);
        store_rows(store, &s);
        qsort(s.rows, s.count, sizeof *s.rows, by_order);
        for (unsigned i = 0; i < sizeof at_once / sizeof *at_once; i++)
            expect_order(store, &s, at_once[i]);
    }
    kk_store_close(store);
}

/* Where others hold the store's memory, less is sorted at once, and what fails is tried again. */
static void test_little_memory(void **state)
{
    static sample s;
    kk_store *store = open_store();
    kk_buffer sql = {0};
    kk_fault fault = {0};
    (void)state;
    make_rows(&s, 9, 2000);
    store_rows(store, &s);
    qsort(s.rows, s.count, sizeof *s.rows, by_order);
    kk_put(&sql, KK_S("CREATE OR REPLACE SEQUENCE tries"));
    run(store, &sql);
    s.seen_count = s.stop_at = 0;
    store->sorted_at_once = (uint64_t)8 << 20;
    /* How much there is can be asked; then sorting fails, and so does what is asked next. */
    kk_slice question =
        KK_S("SELECT * FROM told WHERE CASE WHEN nextval('tries') BETWEEN 801 AND 8000 THEN "
             "error('Out of Memory Error: for this test') ELSE true END");
    if (read_rows(store, question, ", u.number", note, &s, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(s.seen_count, s.count);
    for (size_t i = 0; i < s.count; i++)
        assert_int_equal(s.seen[i], s.rows[i].number);
    kk_store_close(store);
}

/* The reader may stop at any row; what it said is what comes back. */
static void test_stop(void **state)
{
    static sample s;
    kk_store *store = open_store();
    (void)state;
    make_rows(&s, 7, 2000);
    store_rows(store, &s);
    s.stop_at = 345;
    assert_int_equal(read_all(store, &s, 60000), KK_INVALID);
    assert_int_equal(s.seen_count, 345);
    kk_store_close(store);
}

/* An archive of small files, as a forger packs it, or a file server's disk: what few events need of items is asked of
 * those items, whatever lies beside them. Asked while another question holds on to its rows. */
static void test_many_items(void **state)
{
    kk_store *store = open_store();
    kk_buffer sql = {0};
    kk_fault fault = {0};
    kk_rows *held = NULL;
    (void)state;
    kk_put(&sql,
           KK_S("INSERT INTO evidence (evidence, label, host) VALUES (1, 'FS01', ''); "
                "INSERT INTO items (item, evidence, parent, path) "
                "SELECT i, 1, 0, 'share/customers and contracts of all years/' || i || '.txt' "
                "FROM range(1000000) t(i); "
                "INSERT INTO units (item, range, outcome, lines, host) "
                "SELECT i, 0, 0, 1, '' FROM range(1000000) t(i)"));
    run(store, &sql);
    if (kk_ask(store, "any", "SELECT path FROM items ORDER BY path", NULL, 0, &held, &fault) !=
            KK_OK ||
        kk_hits_find_uncounted(store, 1, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    assert_true(kk_rows_next(held));
    assert_int_equal(kk_rows_close(held, &fault), KK_OK);
    kk_store_close(store);
}

static uint64_t number_of(kk_store *store, const char *question)
{
    kk_fault fault = {0};
    kk_rows *rows;
    if (kk_ask(store, "any", question, NULL, 0, &rows, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    assert_true(kk_rows_next(rows));
    uint64_t number = kk_rows_u64(rows, 0);
    assert_int_equal(kk_rows_close(rows, &fault), KK_OK);
    return number;
}

/* A log of failed logons, taken from the image and from a collection: each record fits two rules in both. In one second
 * are more records than are compared at once, and some have the time of no other. */
static void test_many_copies(void **state)
{
    enum { RECORDS = 1200000, LONE = 50, RECOVERED = 20 };
    kk_store *store = open_store();
    kk_buffer sql = {0};
    kk_fault fault = {0};
    (void)state;
    kk_putf(&sql,
            "INSERT INTO evidence (evidence, label, host) VALUES (1, 'DC01', ''), (2, 'DC01-kape', "
            "''); "
            "INSERT INTO items (item, evidence, parent, path, parser) VALUES "
            "(1, 1, 0, 'Security.evtx', 'evtx'), (2, 2, 0, 'Security.evtx', 'evtx'); "
            "INSERT INTO words VALUES (900, 'windows.security'), (901, 'dc01.example.test'), "
            "(902, '4625'); "
            "INSERT INTO events (item, range, record, sub, time, marks, dataset, host_name, code) "
            "SELECT i, r // 100000, r + 1, 0, CASE WHEN r < 300000 THEN 1700000000 WHEN r < %d AND "
            "i = 2 THEN 1600000000 ELSE 1700000000 + r // 100 END * 1000000000 + r, "
            "CASE WHEN r >= %d THEN 2 ELSE 0 END, 900, 901, 902 "
            "FROM range(1, 3) a(i), range(%d) b(r); "
            "INSERT INTO hits (rules, item, range, record, sub, time, rule, source) "
            "SELECT 1, item, range, record, sub, time, rule, 'security 4625' FROM events, range(2) "
            "t(rule)",
            300000 + LONE, RECORDS - RECOVERED, RECORDS);
    run(store, &sql);
    if (kk_hits_find_uncounted(store, 1, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(number_of(store,
                               "SELECT count(DISTINCT (item, record)) FROM uncounted_hits WHERE "
                               "why = 0 AND item = 2"),
                     RECORDS - LONE);
    assert_int_equal(
        number_of(store, "SELECT count(*) FROM uncounted_hits WHERE why = 0 AND item = 1"), 0);
    assert_int_equal(number_of(store,
                               "SELECT count(DISTINCT (item, record)) FROM uncounted_hits WHERE "
                               "why = 1"),
                     2 * RECOVERED);
    kk_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(test_stretches),  CASE_TEST(test_little_memory), CASE_TEST(test_stop),
        CASE_TEST(test_many_items), CASE_TEST(test_many_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
