/* Decisions: kept in order, signed, revocable; whatever is changed, cut, moved or put back shows. */
#include "tests/unit/case_folder.h"

#include <sys/wait.h>
#include <time.h>

#include "casefile/decisions.h"

static kk_decision decision(kk_decision_kind kind, const char *of)
{
    return (kk_decision){.kind = kind,
                         .of = kk_cstr(of),
                         .from = KK_NO_TIME,
                         .to = KK_NO_TIME,
                         .level = kind == KK_DECIDE_LEVEL ? KK_S("low") : KK_NONE,
                         .by = KK_S("山田 \"花子\""),
                         .reason = KK_S("nightly \\ backup, \t 夜間")};
}

static kk_status append_all(kk_decision *d, size_t count, size_t *written)
{
    kk_fault fault = {0};
    kk_ledger *ledger;
    if (kk_ledger_open(arena, folder, &ledger, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    kk_status status = kk_decisions_append(
        arena, folder, ledger, kk_time_from_unix(1741218000, 5000000), d, count, written, &fault);
    kk_ledger_close(ledger);
    return status;
}

static kk_slice append(kk_decision_kind kind, const char *of)
{
    kk_decision d = decision(kind, of);
    size_t written;
    assert_int_equal(append_all(&d, 1, &written), KK_OK);
    assert_int_equal(written, 1);
    return d.id;
}

static kk_status try_append(void)
{
    kk_decision d = decision(KK_DECIDE_EXCLUDE, "another");
    size_t written;
    return append_all(&d, 1, &written);
}

static const kk_decisions *read_them(bool thorough)
{
    kk_decisions *out;
    kk_fault fault;
    if (kk_decisions_read(arena, folder, thorough, &out, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    return out;
}

static void assert_intact(uint64_t count)
{
    for (int thorough = 0; thorough < 2; thorough++) {
        const kk_decisions *d = read_them(thorough);
        kk_fault fault;
        if (!d->intact)
            fail_msg("broken at %d: %s", (int)d->broken_at, d->why);
        assert_int_equal(d->count, count);
        assert_int_equal(kk_decisions_hold(d, &fault), KK_OK);
    }
}

static void assert_broken(uint64_t at)
{
    for (int thorough = 0; thorough < 2; thorough++) {
        const kk_decisions *d = read_them(thorough);
        kk_fault fault;
        assert_false(d->intact);
        assert_int_equal(d->broken_at, at);
        assert_true(d->why[0]);
        assert_int_equal(kk_decisions_hold(d, &fault), KK_STORE);
    }
    assert_int_equal(try_append(), KK_STORE);
}

static void three(void)
{
    append(KK_DECIDE_EXCLUDE, "rule-1");
    append(KK_DECIDE_LEVEL, "rule-2");
    append(KK_DECIDE_BENIGN, "S0123456789abcdef0123");
}

static size_t line_start(kk_slice text, size_t n)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        at += kk_find_byte(kk_from(text, at), '\n') + 1;
    return at;
}

static void what_was_decided_comes_back(void **state)
{
    (void)state;
    static const kk_slice hosts[] = {{"FS01", 4}, {"fs02", 4}}, where[] = {{"a=b,*", 5}};
    assert_intact(0);
    kk_decision given = decision(KK_DECIDE_EXCLUDE, "rule-1");
    given.hosts = (kk_texts){hosts, 2};
    given.where = (kk_texts){where, 1};
    given.from = kk_time_from_unix(1741000000, 0);
    size_t written;
    assert_int_equal(append_all(&given, 1, &written), KK_OK);
    assert_int_equal(given.n, 1);
    const kk_decisions *all = read_them(false);
    assert_int_equal(all->count, 1);
    const kk_decision *d = &all->items[0];
    assert_true(kk_eq(d->id, given.id) && d->id.len == 21 && d->id.ptr[0] == 'J');
    assert_int_equal(d->kind, KK_DECIDE_EXCLUDE);
    assert_true(kk_is(d->of, "rule-1"));
    assert_int_equal(d->hosts.count, 2);
    assert_true(kk_is(d->hosts.items[1], "fs02"));
    assert_int_equal(d->accounts.count, 0);
    assert_true(kk_is(d->where.items[0], "a=b,*"));
    assert_true(d->from == given.from && d->to == KK_NO_TIME);
    assert_true(d->at == kk_time_from_unix(1741218000, 5000000));
    assert_true(kk_eq(d->by, given.by) && kk_eq(d->reason, given.reason));
    assert_true(kk_decision_holds(d));
}

static void an_id_comes_from_the_content(void **state)
{
    (void)state;
    kk_decision d = decision(KK_DECIDE_EXCLUDE, "rule-1"), same = d, other = d;
    size_t written;
    assert_int_equal(append_all(&d, 1, &written), KK_OK);
    assert_int_equal(append_all(&same, 1, &written), KK_OK);
    assert_int_equal(written, 0); /* it holds already */
    assert_true(kk_eq(same.id, d.id));
    other.reason = KK_S("another");
    assert_int_equal(append_all(&other, 1, &written), KK_OK);
    assert_int_equal(written, 1);
    assert_false(kk_eq(other.id, d.id));
    assert_intact(2);
    char id[32];
    snprintf(id, sizeof id, "%.*s", KK_P(d.id));
    drop_case(state);
    make_case(state); /* another case, with another key */
    assert_true(kk_is(append(KK_DECIDE_EXCLUDE, "rule-1"), id));
}

static void a_revoked_one_no_longer_holds(void **state)
{
    (void)state;
    kk_slice id = append(KK_DECIDE_EXCLUDE, "rule-1");
    kk_slice revoke = append(KK_DECIDE_REVOKE, id.ptr);
    const kk_decisions *all = read_them(false);
    assert_true(kk_eq(kk_decision_by_id(all, id)->revoked_by, revoke));
    assert_false(kk_decision_holds(kk_decision_by_id(all, id)));
    kk_decision d = decision(KK_DECIDE_REVOKE, id.ptr);
    size_t written;
    assert_int_equal(append_all(&d, 1, &written), KK_INVALID); /* twice */
    d = decision(KK_DECIDE_REVOKE, revoke.ptr);
    assert_int_equal(append_all(&d, 1, &written), KK_INVALID); /* a revoke */
    d = decision(KK_DECIDE_REVOKE, "J00000000000000000000");
    assert_int_equal(append_all(&d, 1, &written), KK_INVALID); /* nothing */
    assert_intact(2);
    kk_slice again = append(KK_DECIDE_EXCLUDE, "rule-1");
    assert_false(kk_eq(again, id));
    all = read_them(false);
    assert_true(kk_decision_holds(kk_decision_by_id(all, again)));
    assert_false(kk_decision_holds(kk_decision_by_id(all, id)));
}

static void the_last_word_on_whose_it_was_counts(void **state)
{
    (void)state;
    append(KK_DECIDE_HOSTILE, "S1");
    kk_slice benign = append(KK_DECIDE_BENIGN, "S1");
    append(KK_DECIDE_HOSTILE, "S2");
    append(KK_DECIDE_EXCLUDE, "S1");
    const kk_decisions *all = read_them(false);
    assert_int_equal(kk_decision_on_whose(all, KK_S("S1"))->kind, KK_DECIDE_BENIGN);
    assert_null(kk_decision_on_whose(all, KK_S("S3")));
    assert_null(kk_decision_on_whose(NULL, KK_S("S1")));
    append(KK_DECIDE_REVOKE, benign.ptr);
    all = read_them(false);
    assert_int_equal(kk_decision_on_whose(all, KK_S("S1"))->kind, KK_DECIDE_HOSTILE);
    const kk_decision *of = kk_decision_of(all, KK_S("S1"));
    assert_true(of->n == 1 && of->next_of->n == 2 && of->next_of->next_of->n == 4);
    assert_null(of->next_of->next_of->next_of);
}

static void a_list_is_written_whole_or_not_at_all(void **state)
{
    (void)state;
    size_t written;
    kk_decision list[3] = {decision(KK_DECIDE_EXCLUDE, "a"), decision(KK_DECIDE_EXCLUDE, "b"),
                           decision(KK_DECIDE_REVOKE, "J00000000000000000000")};
    assert_int_equal(append_all(list, 3, &written), KK_INVALID);
    assert_intact(0);
    assert_int_equal(append_all(list, 2, &written), KK_OK);
    assert_int_equal(written, 2);
    assert_intact(2);
}

static void every_changed_byte_shows(void **state)
{
    (void)state;
    three();
    kk_slice whole = load("decisions.jsonl");
    char *bytes = (char *)kk_copy(arena, whole).ptr;
    size_t line = 1;
    for (size_t i = 0; i < whole.len; i++) {
        bytes[i] ^= 1;
        save("decisions.jsonl", (kk_slice){bytes, whole.len});
        const kk_decisions *d = read_them(i % 2);
        assert_false(d->intact);
        assert_int_equal(d->broken_at, line);
        assert_int_equal(d->count, line - 1);
        bytes[i] ^= 1;
        line += whole.ptr[i] == '\n';
    }
    save("decisions.jsonl", whole);
    assert_intact(3);
}

static void cut_moved_and_foreign_lines_show(void **state)
{
    (void)state;
    three();
    kk_slice whole = load("decisions.jsonl");
    size_t second = line_start(whole, 2), third = line_start(whole, 3);
    save("decisions.jsonl", kk_part(whole, 0, third));
    assert_broken(3);
    save("decisions.jsonl", kk_from(whole, second));
    assert_broken(1);
    kk_slice swapped = kk_join(arena, kk_from(whole, second), kk_part(whole, 0, second));
    save("decisions.jsonl", swapped);
    assert_broken(1);
    save("decisions.jsonl", kk_join(arena, whole, kk_part(whole, 0, second)));
    assert_broken(4);
    save("decisions.jsonl", kk_join(arena, whole, KK_S("{\"n\":4,\"kind\":\"exclude\"}\n")));
    assert_broken(4);
    unlink(path("decisions.jsonl"));
    assert_broken(1);
}

/* Only the ledger can know of what was there. */
static void files_put_back_show(void **state)
{
    (void)state;
    append(KK_DECIDE_EXCLUDE, "rule-1");
    kk_slice lines = load("decisions.jsonl"), head = load("decisions.head");
    append(KK_DECIDE_EXCLUDE, "rule-2");
    save("decisions.jsonl", lines);
    save("decisions.head", head);
    assert_broken(2);
    unlink(path("decisions.jsonl"));
    unlink(path("decisions.head"));
    assert_broken(1);
}

static void a_torn_line_counts_for_nothing(void **state)
{
    (void)state;
    three();
    kk_slice before = load("decisions.jsonl"), head = load("decisions.head");
    kk_slice ledger = load("ledger.jsonl"), ledger_head = load("ledger.head");
    append(KK_DECIDE_EXCLUDE, "torn");
    kk_slice after = load("decisions.jsonl");
    for (size_t len = before.len + 1; len < after.len; len += 11) {
        save("decisions.jsonl", kk_part(after, 0, len));
        save("decisions.head", head);
        save("ledger.jsonl", ledger);
        save("ledger.head", ledger_head);
        assert_intact(3);
        assert_true(read_them(false)->torn);
        append(KK_DECIDE_EXCLUDE, "next");
        assert_intact(4);
        assert_false(read_them(false)->torn);
        kk_slice dropped = kk_print(arena, "\"dropped_bytes\":%zu", len - before.len);
        assert_true(kk_has(load("ledger.jsonl"), dropped));
    }
}

/* A list of three, where the machine stopped before the head or before the ledger. */
static void whole_lines_before_their_head_are_taken_over(void **state)
{
    (void)state;
    append(KK_DECIDE_EXCLUDE, "first");
    kk_slice head = load("decisions.head");
    kk_slice ledger = load("ledger.jsonl"), ledger_head = load("ledger.head");
    kk_decision list[3] = {decision(KK_DECIDE_EXCLUDE, "a"), decision(KK_DECIDE_EXCLUDE, "b"),
                           decision(KK_DECIDE_EXCLUDE, "c")};
    size_t written;
    assert_int_equal(append_all(list, 3, &written), KK_OK);
    kk_slice whole = load("decisions.jsonl");
    for (size_t lines = 2; lines <= 4; lines++) {
        save("decisions.jsonl", kk_part(whole, 0, line_start(whole, lines + 1)));
        save("decisions.head", head);
        save("ledger.jsonl", ledger);
        save("ledger.head", ledger_head);
        assert_intact(lines);
        assert_int_equal(append_all(list, 3, &written), KK_OK);
        assert_int_equal(written, 4 - lines); /* only those that were missing */
        assert_intact(4);
        assert_true(kk_has(load("ledger.jsonl"), KK_S("\"decisions\":4")));
    }
}

static void processes_decide_at_the_same_time(void **state)
{
    (void)state;
    enum { PROCESSES = 3, EACH = 8 };
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        for (int n = 0; child == 0 && n < EACH; n++) {
            kk_decision d = decision(KK_DECIDE_EXCLUDE, kk_print(arena, "rule-%d-%d", i, n).ptr);
            size_t written;
            kk_status status;
            while ((status = append_all(&d, 1, &written)) == KK_BUSY)
                ;
            if (status != KK_OK || written != 1)
                _exit(1);
        }
        if (child == 0)
            _exit(0);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_intact(PROCESSES * EACH);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A long list stays linear: ten times the lines take about ten times as long. */
static void a_hundred_thousand_lines(void **state)
{
    (void)state;
    enum { FEW = 10000, MANY = 100000 };
    kk_decision *list = KK_NEW_ARRAY(arena, kk_decision, MANY);
    size_t written;
    for (size_t i = 0; i < MANY; i++)
        list[i] = decision(KK_DECIDE_EXCLUDE, kk_print(arena, "rule-%zu", i).ptr);
    assert_int_equal(append_all(list, FEW, &written), KK_OK);
    double start = seconds();
    assert_int_equal(read_them(false)->count, FEW);
    double few = seconds() - start;
    assert_int_equal(append_all(list, MANY, &written), KK_OK);
    assert_int_equal(written, MANY - FEW);
    start = seconds();
    const kk_decisions *all = read_them(false);
    double many = seconds() - start;
    assert_true(all->intact);
    assert_int_equal(all->count, MANY);
    assert_true(kk_decision_of(all, KK_S("rule-99999"))->n == MANY);
    print_message("reading %d lines took %.3f s of CPU, %d took %.3f s\n", MANY, many, FEW, few);
    assert_true(many < 60 * few + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(what_was_decided_comes_back),
        CASE_TEST(an_id_comes_from_the_content),
        CASE_TEST(a_revoked_one_no_longer_holds),
        CASE_TEST(the_last_word_on_whose_it_was_counts),
        CASE_TEST(a_list_is_written_whole_or_not_at_all),
        CASE_TEST(every_changed_byte_shows),
        CASE_TEST(cut_moved_and_foreign_lines_show),
        CASE_TEST(files_put_back_show),
        CASE_TEST(a_torn_line_counts_for_nothing),
        CASE_TEST(whole_lines_before_their_head_are_taken_over),
        CASE_TEST(processes_decide_at_the_same_time),
        CASE_TEST(a_hundred_thousand_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
