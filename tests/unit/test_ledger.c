/* The custody ledger: whatever is changed, removed, moved or put in shows; a crash loses nothing.
 */
#include "tests/unit/case_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "casefile/ledger.h"

static void append(const char *what)
{
    kk_fault fault = {0};
    kk_ledger *ledger = NULL;
    if (kk_ledger_open(arena, folder, &ledger, &fault) != KK_OK ||
        kk_ledger_append(ledger, kk_time_from_unix(1741218000, 0), what,
                         KK_S("{\"sha256\":\"00\",\"items\":[1,2]}"), &fault) != KK_OK)
        fail_msg("%s", fault.text);
    kk_ledger_close(ledger);
}

static kk_status try_append(void)
{
    kk_fault fault = {0};
    kk_ledger *ledger = NULL;
    kk_status status = kk_ledger_open(arena, folder, &ledger, &fault);
    if (status == KK_OK) {
        status = kk_ledger_append(ledger, 0, "add", KK_NONE, &fault);
        kk_ledger_close(ledger);
    }
    return status;
}

static void five_entries(void)
{
    const char *const what[] = {"init", "add", "analyse", "report", "case_changed"};
    for (size_t i = 0; i < 5; i++)
        append(what[i]);
}

static kk_ledger_state verify(void)
{
    kk_ledger_state state = {0};
    kk_fault fault = {0};
    if (kk_ledger_verify(arena, folder, &state, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    return state;
}

static void assert_intact(uint64_t entries)
{
    kk_ledger_state s = verify();
    if (!s.intact)
        fail_msg("broken at %d: %s", (int)s.broken_at, s.why);
    assert_int_equal(s.entries, entries);
    assert_int_equal(s.broken_at, 0);
}

static void assert_broken(uint64_t at)
{
    kk_ledger_state s = verify();
    assert_false(s.intact);
    assert_int_equal(s.broken_at, at);
    assert_true(s.why[0]);
}

static void line_bounds(kk_slice text, size_t n, size_t *start, size_t *end)
{
    *start = 0;
    for (size_t i = 1; i < n; i++)
        *start += kk_find_byte(kk_from(text, *start), '\n') + 1;
    *end = *start + kk_find_byte(kk_from(text, *start), '\n') + 1;
}

static void entries_hold_and_can_be_read(void **state)
{
    (void)state;
    struct stat info;
    kk_ledger_entry *entries;
    size_t count;
    kk_fault fault;
    five_entries();
    assert_intact(5);
    const char *const names[] = {"ledger.jsonl", "ledger.head", "case.key", "case.pub"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(stat(path(names[i]), &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
    assert_int_equal(kk_ledger_entries(arena, folder, &entries, &count, &fault), KK_OK);
    assert_int_equal(count, 5);
    assert_true(kk_is(entries[4].what, "case_changed"));
    assert_true(kk_is(entries[0].at, "2025-03-05T23:40:00Z"));
    assert_true(kk_is(entries[0].details, "{\"sha256\":\"00\",\"items\":[1,2]}"));
    assert_int_equal(verify().public_key.len, 64);
}

static void an_empty_ledger_is_intact(void **state)
{
    (void)state;
    kk_fault fault;
    kk_ledger *ledger = NULL;
    assert_int_equal(kk_ledger_open(arena, folder, &ledger, &fault), KK_OK);
    kk_ledger_close(ledger);
    assert_intact(0);
}

static void every_changed_byte_shows(void **state)
{
    (void)state;
    five_entries();
    kk_slice whole = load("ledger.jsonl");
    char *bytes = (char *)kk_copy(arena, whole).ptr;
    size_t line = 1;
    for (size_t i = 0; i < whole.len; i++) {
        bytes[i] ^= 1;
        save("ledger.jsonl", (kk_slice){bytes, whole.len});
        assert_broken(line);
        bytes[i] ^= 1;
        line += whole.ptr[i] == '\n';
    }
    save("ledger.jsonl", whole);
    assert_intact(5);
}

static void removed_entries_show(void **state)
{
    (void)state;
    five_entries();
    kk_slice whole = load("ledger.jsonl");
    for (size_t n = 1; n <= 5; n++) {
        size_t start, end;
        line_bounds(whole, n, &start, &end);
        save("ledger.jsonl", kk_join(arena, kk_part(whole, 0, start), kk_from(whole, end)));
        assert_broken(n); /* the last one too: the head knows of it */
        save("ledger.jsonl", kk_part(whole, 0, start));
        assert_broken(n);
        assert_int_equal(try_append(), KK_STORE);
    }
    unlink(path("ledger.jsonl"));
    assert_broken(1);
    assert_int_equal(try_append(), KK_STORE);
}

static void moved_and_foreign_entries_show(void **state)
{
    (void)state;
    five_entries();
    kk_slice whole = load("ledger.jsonl");
    size_t start, end, next;
    line_bounds(whole, 2, &start, &end);
    line_bounds(whole, 3, &end, &next);
    kk_slice swapped = kk_join(arena, kk_part(whole, 0, start), kk_part(whole, end, next - end));
    swapped = kk_join(arena, swapped, kk_part(whole, start, end - start));
    save("ledger.jsonl", kk_join(arena, swapped, kk_from(whole, next)));
    assert_broken(2);
    save("ledger.jsonl", kk_join(arena, whole, kk_part(whole, start, end - start)));
    assert_broken(6); /* a line doubled at the end */
    assert_int_equal(try_append(), KK_STORE);
    save("ledger.jsonl", kk_join(arena, whole, KK_S("{\"n\":6,\"what\":\"add\"}\n")));
    assert_broken(6);
    assert_int_equal(try_append(), KK_STORE);
    save("ledger.jsonl", kk_join(arena, whole, KK_S("garbage")));
    assert_broken(6);
    assert_int_equal(try_append(), KK_STORE);
    save("ledger.jsonl", kk_join(arena, whole, KK_S("\n")));
    assert_broken(6);
}

static void another_cases_files_show(void **state)
{
    (void)state;
    five_entries();
    kk_slice head = load("ledger.head"), public_key = load("case.pub");
    char *altered = (char *)kk_copy(arena, head).ptr;
    for (size_t i = 0; i + 1 < head.len; i++) {
        altered[i] ^= 1;
        save("ledger.head", (kk_slice){altered, head.len});
        assert_false(verify().intact);
        altered[i] ^= 1;
    }
    unlink(path("ledger.head"));
    assert_broken(6);
    assert_int_equal(try_append(), KK_STORE);
    save("ledger.head", head);
    assert_intact(5);
    char *key = (char *)kk_copy(arena, public_key).ptr;
    key[3] = key[3] == '0' ? '1' : '0';
    save("case.pub", (kk_slice){key, public_key.len});
    assert_broken(1);
    unlink(path("case.pub"));
    assert_broken(1);
    assert_int_equal(try_append(), KK_STORE);
    save("case.pub", public_key);
    unlink(path("case.key"));
    assert_intact(5); /* the public key is enough to verify */
    assert_int_equal(try_append(), KK_STORE);
}

static void an_older_head_shows(void **state)
{
    (void)state;
    append("init");
    kk_slice head = load("ledger.head");
    five_entries();
    save("ledger.head", head);
    assert_broken(3);
    assert_int_equal(try_append(), KK_STORE);
}

/* A crash at any byte of the sixth line, before the head was written. */
static void a_torn_line_is_cut_off_and_told(void **state)
{
    (void)state;
    five_entries();
    kk_slice before = load("ledger.jsonl"), head = load("ledger.head");
    append("add");
    kk_slice after = load("ledger.jsonl");
    for (size_t len = before.len + 1; len < after.len; len += 7) {
        save("ledger.jsonl", kk_part(after, 0, len));
        save("ledger.head", head);
        assert_intact(5);
        assert_true(verify().torn);
        append("analyse");
        assert_intact(7); /* "repaired" and "analyse" */
    }
    kk_ledger_entry *entries;
    size_t count;
    kk_fault fault;
    assert_int_equal(kk_ledger_entries(arena, folder, &entries, &count, &fault), KK_OK);
    assert_true(kk_is(entries[5].what, "repaired"));
    assert_true(kk_starts(entries[5].details, KK_S("{\"dropped_bytes\":")));
    /* zeros, where the block was never written */
    save("ledger.jsonl",
         kk_join(arena, kk_part(after, 0, before.len + 20), (kk_slice){(char[64]){0}, 64}));
    save("ledger.head", head);
    assert_intact(5);
    append("analyse");
    assert_intact(7);
}

static void a_whole_line_before_its_head_is_taken_over(void **state)
{
    (void)state;
    five_entries();
    kk_slice head = load("ledger.head");
    append("add");
    save("ledger.head", head);
    assert_intact(6);
    append("analyse");
    assert_intact(7);
}

static void processes_append_at_the_same_time(void **state)
{
    (void)state;
    enum { PROCESSES = 4, EACH = 10 };
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (int n = 0; n < EACH; n++)
                if (try_append() != KK_OK)
                    _exit(1);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_intact(PROCESSES * EACH);
}

static void details_are_one_object(void **state)
{
    (void)state;
    kk_fault fault;
    kk_ledger *ledger;
    assert_int_equal(kk_ledger_open(arena, folder, &ledger, &fault), KK_OK);
    const char *const bad[] = {"x", "[]", "{}\n", "{\"a\":1}{\"b\":2}", "{\"a\":\n1}"};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(kk_ledger_append(ledger, 0, "add", kk_cstr(bad[i]), &fault), KK_INVALID);
    kk_ledger_close(ledger);
    assert_intact(0);
    assert_int_equal(kk_ledger_open(arena, "/nonexistent/case", &ledger, &fault), KK_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_TEST(entries_hold_and_can_be_read),
        CASE_TEST(an_empty_ledger_is_intact),
        CASE_TEST(every_changed_byte_shows),
        CASE_TEST(removed_entries_show),
        CASE_TEST(moved_and_foreign_entries_show),
        CASE_TEST(another_cases_files_show),
        CASE_TEST(an_older_head_shows),
        CASE_TEST(a_torn_line_is_cut_off_and_told),
        CASE_TEST(a_whole_line_before_its_head_is_taken_over),
        CASE_TEST(processes_append_at_the_same_time),
        CASE_TEST(details_are_one_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
