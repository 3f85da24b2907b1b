/* Remote desktops put together out of several logs: in every order, with parts missing. */
#include "analyse/rdp.h"
#include "tests/unit/arena.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *word;
    rdp_sign sign;
} words[] = {
    {"boot", RDP_BOOT},       {"131", RDP_CONNECTION}, {"1149", RDP_REACHED},
    {"type3", RDP_NETWORK},   {"type10", RDP_LOGON},   {"type7", RDP_UNLOCK},
    {"4634", RDP_LOGGED_OFF}, {"4778", RDP_RECONNECT}, {"4779", RDP_DISCONNECT},
    {"21", RDP_BEGIN},        {"22", RDP_SHELL},       {"25", RDP_RESUME},
    {"24", RDP_LEAVE},        {"23", RDP_END},
};

static kk_slice value_of(kk_slice text, const char *key)
{
    size_t at = kk_find(text, kk_print(arena, " %s=", key));
    kk_slice rest = at == KK_NOWHERE ? KK_NONE : kk_from(text, at + strlen(key) + 2);
    return kk_part(rest, 0, kk_find_byte(rest, ' '));
}

/* "10 type10 a=ana i=192.0.2.1 l=0x1": seconds, sign, account, ip, told ip, logon, linked, number, client. */
static rdp_event event_of(kk_slice line, uint64_t record, session_list *list)
{
    kk_slice rest = kk_trim(line), seconds, sign;
    uint64_t at;
    kk_split(&rest, ' ', &seconds);
    kk_split(&rest, ' ', &sign);
    kk_slice fields = kk_print(arena, " %.*s", KK_P(rest));
    kk_slice host = value_of(fields, "h");
    assert_true(kk_to_u64(seconds, &at));
    rdp_event e = {.time = (kk_time)at * KK_SECOND,
                   .host = host.len ? host : KK_S("FS01"),
                   .account = value_of(fields, "a"),
                   .ip = value_of(fields, "i"),
                   .told_ip = value_of(fields, "t"),
                   .logon = value_of(fields, "l"),
                   .linked = value_of(fields, "k"),
                   .desktop = value_of(fields, "n"),
                   .client = value_of(fields, "c"),
                   .at_console = kk_has(fields, KK_S(" console")),
                   .smb = KK_NOWHERE,
                   .ref = {KK_S("e"), KK_S("p"), record, 0, 0},
                   .sign = RDP_SIGNS};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(sign, words[i].word))
            e.sign = words[i].sign;
    assert_true(e.sign != RDP_SIGNS);
    if (e.sign == RDP_NETWORK) { /* as sessions.c does it */
        e.smb = list->count;
        list->items =
            kk_grow(arena, list->items, &list->capacity, list->count + 1, sizeof *list->items);
        list->items[list->count++] =
            (kk_session){.kind = KK_BY_SMB, .start = e.time, .end = e.time};
    }
    return e;
}

static long long seconds_of(kk_time at)
{
    return at == KK_NO_TIME ? -1 : (long long)(at / KK_SECOND);
}

static void put_session(kk_buffer *out, const session_list *list, size_t index)
{
    const kk_session *s = &list->items[index];
    if (s->kind == KK_BY_SMB) {
        kk_putf(out, "smb %lld\n", seconds_of(s->start));
        return;
    }
    const kk_desktop *d = s->desktop;
    kk_putf(out, "%.*s@%.*s %lld-%lld off %lld", KK_P(s->account), KK_P(s->from_ip),
            seconds_of(s->start), seconds_of(s->end), seconds_of(d->logoff));
    if (d->number.len || d->logon_id.len)
        kk_putf(out, " #%.*s/%.*s", KK_P(d->number), KK_P(d->logon_id));
    if (d->client_name.len)
        kk_putf(out, " from %.*s", KK_P(d->client_name));
    kk_put(out, d->resumed ? KK_S(" resumed") : KK_S(""));
    for (size_t i = 0; i < d->away_count; i++)
        kk_putf(out, " away %lld-%lld", seconds_of(d->away[i].from), seconds_of(d->away[i].to));
    if (d->before != KK_NOWHERE)
        kk_putf(out, " after %lld", seconds_of(list->items[d->before].start));
    kk_put(out, KK_S(" refs"));
    for (size_t i = 0; i < s->refs.count; i++)
        kk_putf(out, " %llu", (unsigned long long)s->refs.items[i].record);
    kk_put_byte(out, '\n');
}

/* Events with `;` between them, numbered from 1; what remains of sessions, one a line. */
static void gives(const char *events, const char *wanted)
{
    session_list list = {0};
    rdp_tracker *tracker = rdp_open(arena, &list);
    kk_slice rest = kk_cstr(events), line;
    kk_buffer out = {0};
    uint64_t record = 0;
    while (kk_split(&rest, ';', &line)) {
        if (!kk_trim(line).len)
            continue;
        rdp_event e = event_of(line, ++record, &list);
        rdp_hear(tracker, &e);
    }
    for (size_t i = 0; i < list.count; i++)
        if (!list.items[i].dropped)
            put_session(&out, &list, i);
    kk_put_byte(&out, '\0');
    if (strcmp(out.ptr, wanted) != 0)
        fail_msg("%s\ngives\n%s\nnot\n%s", events, out.ptr, wanted);
    kk_buffer_close(&out);
}

#define A " a=ana i=192.0.2.1"

static void a_whole_session(void **state)
{
    (void)state;
    gives("10 131 i=192.0.2.1; 11 type3" A " c=LAPTOP; 11 1149" A "; 13 type10" A " l=0x1 k=0x2;"
          "13 type10" A " l=0x2 k=0x1; 14 21" A
          " n=2; 15 22 a=ana n=2; 90 4779 a=ana l=0x1 t=192.0.2.1;"
          "90 24" A " n=2; 200 type10" A " l=0x9; 201 4778 a=ana l=0x1 t=192.0.2.1; 201 25" A
          " n=2; 201 4634 l=0x9; 300 23 a=ana n=2; 301 4634 l=0x1; 301 4634 l=0x2; 302 24" A " n=2",
          "ana@192.0.2.1 13-300 off 300 #2/0x1 from LAPTOP away 90-200 refs 1 2 3 4 5 6 7 8 9 10 "
          "11 12"
          " 14 15 16 17\n");
}

static void any_order_of_the_beginning(void **state)
{
    static const char *const lines[] = {"10 type10" A " l=0x1 k=0x0", "10 21" A " n=2", "10 1149" A,
                                        "10 131 i=192.0.2.1", "10 type3" A};
    enum { LINES = sizeof lines / sizeof *lines };
    (void)state;
    for (unsigned code = 0; code < LINES * LINES * LINES * LINES * LINES; code++) {
        unsigned seen = 0, rest = code;
        kk_buffer text = {0};
        for (int i = 0; i < LINES; i++, rest /= LINES) {
            seen |= 1u << rest % LINES;
            kk_putf(&text, "%s;", lines[rest % LINES]);
        }
        kk_put(&text, KK_S("50 24 a=ana n=2; 51 4634 l=0x1"));
        kk_put_byte(&text, '\0');
        if (seen == (1u << LINES) - 1) { /* a permutation */
            session_list list = {0};
            rdp_tracker *tracker = rdp_open(arena, &list);
            kk_slice all = kk_cstr(text.ptr), line;
            size_t left = 0;
            const kk_session *s = NULL;
            while (kk_split(&all, ';', &line)) {
                rdp_event e = event_of(line, 1, &list);
                rdp_hear(tracker, &e);
            }
            for (size_t i = 0; i < list.count; i++)
                if (!list.items[i].dropped) {
                    left++;
                    s = &list.items[i];
                }
            if (left != 1 || s->kind != KK_BY_RDP || s->refs.count != 7 ||
                s->end != 50 * KK_SECOND || !kk_is(s->desktop->number, "2") ||
                !kk_is(s->desktop->logon_id, "0x1") || s->desktop->logoff != 51 * KK_SECOND)
                fail_msg("%s: %zu sessions, %zu refs", text.ptr, left, s ? s->refs.count : 0);
        }
        kk_buffer_close(&text);
    }
}

static void one_log_alone(void **state)
{
    (void)state;
    gives("10 21" A " n=2; 90 24" A " n=2; 200 25" A " n=2; 300 23 a=ana n=2",
          "ana@192.0.2.1 10-300 off 300 #2/ away 90-200 refs 1 2 3 4\n");
    gives("10 type10" A
          " l=0x1 k=0x0; 90 4779 a=ana l=0x1 t=192.0.2.1; 200 4778 a=ana l=0x1 t=192.0.2.1;"
          "300 4634 l=0x1",
          "ana@192.0.2.1 10-300 off 300 #/0x1 away 90-200 refs 1 2 3 4\n");
    gives("10 1149" A "; 11 131 i=192.0.2.1", ""); /* reached is not logged on */
    gives("10 type3" A, "smb 10\n");
    gives("300 23 a=ana n=2; 310 24" A " n=3", "");
}

static void logs_that_begin_later(void **state)
{
    (void)state;
    gives("200 25" A " n=2; 200 4778 a=ana l=0x1 t=192.0.2.1; 250 4779 a=ana l=0x1 t=192.0.2.1",
          "ana@192.0.2.1 200-250 off -1 #2/0x1 resumed refs 1 2 3\n");
    gives("200 type10" A " l=0x9 k=0x0; 201 25" A " n=2; 202 4634 l=0x9; 250 24" A " n=2",
          "ana@192.0.2.1 200-250 off -1 #2/ resumed refs 1 2 4\n");
    /* the session manager's log begins between */
    gives("10 type10" A " l=0x1 k=0x0; 90 4779 a=ana l=0x1; 200 25" A " n=2; 300 24" A
          " n=2; 400 4634 l=0x1",
          "ana@192.0.2.1 10-300 off 400 #2/0x1 away 90-200 refs 1 2 3 4 5\n");
}

static void two_of_the_same_account(void **state)
{
    (void)state;
    gives("10 type10" A " l=0x1 k=0x0; 11 type10" A " l=0x2 k=0x0; 12 21" A " n=2; 13 21" A " n=3;"
          "50 24" A " n=3; 60 4634 l=0x1; 60 23 a=ana n=2; 70 4634 l=0x2",
          "ana@192.0.2.1 10-60 off 60 #2/0x1 refs 1 3 6 7\n"
          "ana@192.0.2.1 11-50 off 70 #3/0x2 refs 2 4 5 8\n");
    gives("10 type10" A
          " l=0x1; 10 type10 a=ana i=192.0.2.7 l=0x2; 11 21 a=ana i=192.0.2.7 n=3; 11 21" A
          " n=2; 50 4634 l=0x2; 60 4634 l=0x1",
          "ana@192.0.2.1 10-60 off 60 #2/0x1 refs 1 4 6\n"
          "ana@192.0.2.7 10-50 off 50 #3/0x2 refs 2 3 5\n");
}

static void from_another_address(void **state)
{
    (void)state;
    gives("10 21" A " n=2; 90 24" A " n=2; 200 25 a=ana i=203.0.113.9 n=2; 300 23 a=ana n=2",
          "ana@192.0.2.1 10-90 off -1 #2/ refs 1 2\n"
          "ana@203.0.113.9 200-300 off 300 #2/ resumed after 10 refs 3 4\n");
    /* taken over while it was in use; the old end is told behind the new beginning */
    gives("10 21" A " n=2; 200 25 a=ana i=203.0.113.9 n=2; 200 24" A
          " n=2; 300 24 a=ana i=203.0.113.9 n=2",
          "ana@192.0.2.1 10-200 off -1 #2/ refs 1 3\n"
          "ana@203.0.113.9 200-300 off -1 #2/ resumed after 10 refs 2 4\n");
    gives("10 type10" A " l=0x1; 200 4778 a=ana l=0x1 t=198.51.100.4; 300 4634 l=0x1",
          "ana@192.0.2.1 10-200 off -1 #/0x1 refs 1\n"
          "ana@198.51.100.4 200-300 off 300 #/0x1 resumed after 10 refs 2 3\n");
    /* behind NAT the client tells its inner address: the same place */
    gives("10 type10" A
          " l=0x1; 90 4779 a=ana l=0x1 t=10.1.1.1; 200 4778 a=ana l=0x1 t=10.1.1.1; 300 4634 l=0x1",
          "ana@192.0.2.1 10-300 off 300 #/0x1 away 90-200 refs 1 2 3 4\n");
    /* another inner address, and then the log that knows the outer one */
    gives("10 21" A " n=2; 10 type10" A " l=0x1; 90 24" A " n=2; 200 4778 a=ana l=0x1 t=10.9.9.9;"
          "201 25 a=ana i=203.0.113.9 n=2; 300 24 a=ana i=203.0.113.9 n=2",
          "ana@192.0.2.1 10-90 off -1 #2/0x1 refs 1 2 3 4\n"
          "ana@203.0.113.9 200-300 off -1 #2/0x1 resumed after 10 refs 5 6\n");
}

static void numbers_anew(void **state)
{
    (void)state;
    gives("10 type10" A " l=0x1; 11 21" A
          " n=2; 100 boot; 110 21 a=bob i=192.0.2.5 n=2; 120 4634 l=0x1;"
          "150 24 a=bob i=192.0.2.5 n=2",
          "ana@192.0.2.1 10--1 off -1 #2/0x1 refs 1 2\n"
          "bob@192.0.2.5 110-150 off -1 #2/ refs 4 6\n");
    /* without a word of the restart */
    gives("10 21" A " n=2; 500 21" A " n=2; 600 23 a=ana n=2",
          "ana@192.0.2.1 10--1 off -1 #2/ refs 1\nana@192.0.2.1 500-600 off 600 #2/ refs 2 3\n");
    gives(
        "10 type10" A " l=0x1; 900 type10 a=bob i=192.0.2.5 l=0x1; 950 4634 l=0x1",
        "ana@192.0.2.1 10--1 off -1 #/0x1 refs 1\nbob@192.0.2.5 900-950 off 950 #/0x1 refs 2 3\n");
}

static void consoles_and_copies(void **state)
{
    (void)state;
    gives("10 21 a=ana n=1 console; 90 24 a=ana n=1 console; 200 type10 a=ana l=0x9 k=0x0; 201 25" A
          " n=1; 300 23 a=ana n=1",
          "ana@192.0.2.1 200-300 off 300 #1/ resumed refs 3 4 5\n");
    gives("10 21 a=ana n=1 console; 300 23 a=ana n=1", "");
    /* a desktop of a virtual machine's own window: 24 of the console is not its end */
    gives("10 type10 a=ana l=0x1 k=0x2; 10 type10 a=ana l=0x2 k=0x1; 10 24 a=ana n=2 console; 12 "
          "25 a=ana n=2;"
          "12 4634 l=0x1; 12 4634 l=0x2; 30 23 a=ana n=2",
          "ana@ 10-30 off 30 #2/ resumed refs 1 2 4 7\n");
    gives("10 21" A " n=2; 10 21" A " n=2; 10 type10" A " l=0x1 k=0x0; 10 type10" A
          " l=0x1 k=0x0; 90 24" A " n=2; 90 24" A " n=2",
          "ana@192.0.2.1 10-90 off -1 #2/0x1 refs 1 3 5 6\n");
    gives("10 21" A " n=2; 10 21" A " n=2 h=fs01.example.com; 10 21 h=FS02" A
          " n=2; 20 23 a=ana n=2 h=FS02",
          "ana@192.0.2.1 10--1 off -1 #2/ refs 1\nana@192.0.2.1 10-20 off 20 #2/ refs 3 4\n");
}

static void a_share_beside_it(void **state)
{
    (void)state;
    gives("10 type3" A "; 100 type3" A "; 101 type10" A " l=0x1",
          "smb 10\nana@192.0.2.1 101--1 off -1 #/0x1 refs 2 3\n");
    gives("10 type3 a=bob i=192.0.2.1; 11 type10" A " l=0x1",
          "smb 10\nana@192.0.2.1 11--1 off -1 #/0x1 refs 2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_session),
        cmocka_unit_test(any_order_of_the_beginning),
        cmocka_unit_test(one_log_alone),
        cmocka_unit_test(logs_that_begin_later),
        cmocka_unit_test(two_of_the_same_account),
        cmocka_unit_test(from_another_address),
        cmocka_unit_test(numbers_anew),
        cmocka_unit_test(consoles_and_copies),
        cmocka_unit_test(a_share_beside_it),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
