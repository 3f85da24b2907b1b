/* Deadlines in Japan: three cases that really happened, and the edges of the calendar. */
#include "tests/unit/arena.h"

#include <stdio.h>

#include "report/deadlines.h"
#include "report/holidays.h"
#include "tests/unit/settings_text.h"

static int64_t day(const char *text)
{
    kk_time time;
    char full[40];
    if (!text)
        return KK_NO_DUE;
    snprintf(full, sizeof full, "%sT00:00:00Z", text);
    assert_true(kk_time_parse(kk_cstr(full), &time));
    return time / (86400 * KK_SECOND);
}

static kk_time at(const char *text)
{
    kk_time time;
    assert_true(kk_time_parse(kk_cstr(text), &time));
    return time;
}

/* An intruder reached data of customers, all of which were read. */
static kk_duty_facts intrusion(void)
{
    return (kk_duty_facts){.event.status = KK_TRIGGER_MET,
                           .wrongful.status = KK_TRIGGER_MET,
                           .searched = true,
                           .items = KK_BIT(KK_ITEM_NAME) | KK_BIT(KK_ITEM_ADDRESS),
                           .persons_most = {true, 500},
                           .bounded = true};
}

static const kk_deadline *find(const kk_deadlines *d, const char *what, const char *party)
{
    for (size_t i = 0; i < d->items.count; i++)
        if (strcmp(d->items.items[i].what, what) == 0 && kk_is(d->items.items[i].party, party))
            return &d->items.items[i];
    fail_msg("no %s of %s", what, party);
    return NULL;
}

static const kk_deadlines *compute(const char *text, kk_duty_facts facts, const char *now)
{
    kk_duty_facts *kept = KK_NEW(arena, kk_duty_facts);
    *kept = facts;
    return kk_deadlines_for(arena, settings_of(text), kept, at(now));
}

static void assert_day(int64_t got, const char *expected)
{
    kk_slice text = got == KK_NO_DUE ? KK_S("none") : kk_day_text(arena, got);
    if (got != day(expected))
        fail_msg("%.*s is not %s", KK_P(text), expected ? expected : "none");
}

/* Holidays */
static void holidays(void **state)
{
    (void)state;
    const char *const closed[] = {
        "1959-04-10", "1973-04-30", "1988-05-04", "1989-02-24", "1990-11-12", "1993-06-09",
        "2003-07-21", "2009-09-22", "2015-09-22", "2019-04-30", "2019-05-01", "2019-05-02",
        "2019-05-06", "2019-10-22", "2020-07-23", "2020-07-24", "2020-08-10", "2021-07-22",
        "2021-07-23", "2021-08-08", "2021-08-09", "2024-09-22", "2024-09-23", "2025-02-24",
        "2025-05-06", "2026-05-06", "2026-09-22", "2026-11-23", "2027-03-22", "2032-09-21"};
    const char *const open[] = {"1973-02-12", "2007-05-07", "2019-12-23", "2020-07-20",
                                "2020-10-12", "2021-07-19", "2021-08-11", "2021-10-11",
                                "2025-05-07", "2022-11-04", "2026-09-24", "2026-12-28"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (!kk_holiday_on(day(closed[i])))
            fail_msg("%s is a holiday", closed[i]);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (kk_holiday_on(day(open[i])))
            fail_msg("%s is no holiday", open[i]);
    assert_string_equal(kk_holiday_on(day("2025-05-04"))->ja, "みどりの日");
    assert_string_equal(kk_holiday_on(day("2026-09-22"))->ja, "国民の休日");
    assert_string_equal(kk_holiday_on(day("2027-03-22"))->en, "substitute holiday");
    assert_day(kk_next_open_day(day("2026-12-29")), "2027-01-04");
    assert_day(kk_next_open_day(day("2024-12-28")), "2025-01-06");
    assert_string_equal(kk_closed_because(day("2026-12-30")).ja, "年末年始の閉庁日");
    assert_string_equal(kk_closed_because(day("2026-11-28")).en, "Saturday");
    assert_string_equal(kk_closed_because(day("2026-11-30")).en, "");
}

static void every_weekday_roll_ends_soon_and_open(void **state)
{
    (void)state;
    for (int64_t d = day("1990-01-01"); d < day("2060-01-01"); d++) {
        int64_t open = kk_next_open_day(d);
        assert_true(open >= d && open - d <= 10 && kk_offices_open(open));
        for (int64_t between = d; between < open; between++)
            assert_false(kk_offices_open(between));
    }
}

/* Cases that happened */
static void a_final_report_on_day_sixty(void **state)
{
    (void)state;
    const kk_deadlines *d =
        compute("discovered: 2022-07-08T07:30:00+09:00\nreported:\n"
                "- {by: self, to: ppc, kind: preliminary, at: 2022-07-11T15:00:00+09:00}\n"
                "- {to: 個人情報保護委員会, kind: 確報, at: 2022-09-05}\n",
                intrusion(), "2022-09-06T00:00:00Z");
    const kk_deadline *first = find(d, "preliminary", "self"), *final = find(d, "final", "self");
    assert_day(first->due_guide, "2022-07-12");
    assert_day(first->due, NULL);
    assert_day(first->alternatives[0].day, "2022-07-10");
    assert_true(first->alternatives[0].guide);
    assert_int_equal(first->status, KK_DEADLINE_DONE);
    assert_int_equal(first->done_at.time, at("2022-07-11T06:00:00Z"));
    assert_day(final->due, "2022-09-05");
    assert_day(final->due_guide, NULL);
    assert_int_equal(final->status, KK_DEADLINE_DONE);
    assert_false(final->after_due);
    assert_string_equal(final->trigger, "R7-3");
    assert_int_equal(final->trigger_status, KK_TRIGGER_MET);
    assert_string_equal(d->pack->id, "jp-appi-2022-04");
}

static void a_period_over_the_may_holidays(void **state)
{
    (void)state;
    const char *text = "discovered: 2025-03-06T08:40:00+09:00\nwrongful_purpose: suspected\n"
                       "reported:\n- {to: ppc, kind: ppc-preliminary, at: 2025-03-10}\n";
    const kk_deadlines *d = compute(text, intrusion(), "2025-03-10T00:00:00Z");
    const kk_deadline *final = find(d, "final", "self");
    assert_day(find(d, "preliminary", "self")->due_guide, "2025-03-10");
    assert_day(final->due, "2025-05-07");
    assert_day(final->alternatives[0].day, "2025-04-04");
    assert_int_equal(final->status, KK_DEADLINE_OPEN);
    assert_true(kk_has(final->basis.ja, KK_S("2025-05-04 は閉庁日(みどりの日)")));
    assert_true(kk_has(final->basis.en, KK_S("the next open day is 2025-05-07")));
    d = compute(text, intrusion(), "2025-05-07T14:59:59Z");
    assert_int_equal(find(d, "final", "self")->status, KK_DEADLINE_OPEN);
    d = compute(text, intrusion(), "2025-05-07T15:00:00Z"); /* the eighth in Tokyo */
    assert_int_equal(find(d, "final", "self")->status, KK_DEADLINE_LATE);
}

static void other_dates_of_the_facts(void **state)
{
    (void)state;
    const struct {
        const char *known;
        bool wrongful;
        const char *due;
    } cases[] = {
        {"2025-09-29", true, "2025-11-27"},  {"2026-11-01", false, "2026-11-30"},
        {"2026-12-01", false, "2027-01-04"}, {"2024-01-31", false, "2024-02-29"},
        {"2026-11-06", true, "2027-01-04"},  {"2026-04-05", false, "2026-05-07"},
        {"2025-08-24", false, "2025-09-22"}, {"2026-08-24", false, "2026-09-24"},
        {"2024-07-26", true, "2024-09-24"},  {"2023-11-30", false, "2024-01-04"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[80];
        kk_duty_facts facts = intrusion();
        facts.persons_most.value = 5000;
        facts.wrongful.status = KK_TRIGGER_NOT_FOUND;
        snprintf(text, sizeof text, "discovered: %s\nwrongful_purpose: %s\n", cases[i].known,
                 cases[i].wrongful ? "suspected" : "excluded");
        const kk_deadlines *d = compute(text, facts, "2022-01-01T00:00:00Z");
        assert_day(find(d, "final", "self")->due, cases[i].due);
        assert_string_equal(find(d, "final", "self")->trigger, cases[i].wrongful ? "R7-3" : "R7-4");
    }
}

/* Rules */
static void the_day_is_that_of_tokyo(void **state)
{
    (void)state;
    const kk_deadlines *d = compute("discovered: 2025-03-05T15:00:00Z\ntimezone: UTC\n",
                                    intrusion(), "2025-03-06T00:00:00Z");
    assert_day(find(d, "preliminary", "self")->due_guide, "2025-03-10");
    d = compute("discovered: 2025-03-05T14:59:59Z\n", intrusion(), "2025-03-06T00:00:00Z");
    assert_day(find(d, "preliminary", "self")->due_guide, "2025-03-09");
    /* a day alone is that day, whatever the zone of the case */
    d = compute("discovered: 2025-03-06\ntimezone: -11:00\n", intrusion(), "2025-03-06T00:00:00Z");
    assert_day(find(d, "preliminary", "self")->due_guide, "2025-03-10");
}

static void a_guide_is_never_late(void **state)
{
    (void)state;
    const char *text = "discovered: 2025-03-06\n";
    const kk_deadlines *d = compute(text, intrusion(), "2025-03-10T14:59:59Z");
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_OPEN);
    d = compute(text, intrusion(), "2025-03-10T15:00:00Z");
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_PAST_GUIDE);
    d = compute(text, intrusion(), "2030-01-01T00:00:00Z");
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_PAST_GUIDE);
    assert_int_equal(find(d, "final", "self")->status, KK_DEADLINE_LATE);
    assert_int_equal(find(d, "notify_persons", "self")->status, KK_DEADLINE_OPEN);
}

static void a_final_report_settles_the_preliminary_one(void **state)
{
    (void)state;
    const kk_deadlines *d =
        compute("discovered: 2025-03-06\nreported:\n- {to: ppc, kind: final, at: 2025-05-08}\n",
                intrusion(), "2025-06-01T00:00:00Z");
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_DONE);
    assert_int_equal(find(d, "final", "self")->status, KK_DEADLINE_DONE);
    assert_true(find(d, "final", "self")->after_due);
    d = compute("discovered: 2025-03-06\nreported:\n- {to: 警視庁, kind: final, at: 2025-03-08}\n"
                "- {to: client-x, kind: preliminary, at: 2025-03-08}\n",
                intrusion(), "2025-03-09T00:00:00Z");
    assert_int_equal(find(d, "final", "self")->status, KK_DEADLINE_OPEN);
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_OPEN);
}

static void nothing_known_gives_no_dates_but_the_duties(void **state)
{
    (void)state;
    kk_duty_facts empty = {.event.status = KK_TRIGGER_POSSIBLE};
    const kk_deadlines *d = compute("", empty, "2025-03-09T00:00:00Z");
    assert_int_equal(d->items.count, 3);
    for (size_t i = 0; i < d->items.count; i++) {
        assert_day(d->items.items[i].due, NULL);
        assert_day(d->items.items[i].due_guide, NULL);
        assert_int_equal(d->items.items[i].status, KK_DEADLINE_OPEN);
    }
    for (size_t i = 0; i < KK_TRIGGERS; i++) {
        assert_int_equal(d->triggers[i].status, KK_TRIGGER_POSSIBLE);
        assert_true(d->triggers[i].reason.ja.len && d->triggers[i].reason.en.len);
    }
    d = compute("discovered: 2025-03-06\n", empty, "2025-03-09T00:00:00Z");
    assert_day(find(d, "final", "self")->due, "2025-04-04");
    assert_day(find(d, "final", "self")->alternatives[0].day, "2025-05-07");
    assert_int_equal(find(d, "final", "self")->trigger_status, KK_TRIGGER_POSSIBLE);
    d = compute("discovered: 2021-03-06\n", intrusion(), "2025-03-09T00:00:00Z");
    assert_null(d->pack);
    assert_day(find(d, "final", "self")->due, NULL);
    assert_true(kk_has(find(d, "final", "self")->basis.ja, KK_S("2022-04-01施行")));
}

static kk_trigger_status status_of(const char *text, kk_duty_facts facts, kk_trigger_id id)
{
    return compute(text, facts, "2025-03-09T00:00:00Z")->triggers[id].status;
}

static void triggers(void **state)
{
    (void)state;
    const char *said = "discovered: 2025-03-06\n";
    kk_duty_facts f = intrusion();
    assert_int_equal(status_of(said, f, KK_R7_1), KK_TRIGGER_NOT_FOUND);
    assert_int_equal(status_of(said, f, KK_R7_2), KK_TRIGGER_NOT_FOUND);
    assert_int_equal(status_of(said, f, KK_R7_3), KK_TRIGGER_MET);
    assert_int_equal(status_of(said, f, KK_R7_4), KK_TRIGGER_NOT_FOUND);
    assert_int_equal(status_of(said, f, KK_MN), KK_TRIGGER_NOT_FOUND);
    f.unread = true;
    assert_int_equal(status_of(said, f, KK_R7_1), KK_TRIGGER_POSSIBLE);
    f.bounded = false;
    assert_int_equal(status_of(said, f, KK_R7_4), KK_TRIGGER_POSSIBLE);
    f.persons_most.value = 1000;
    assert_int_equal(status_of(said, f, KK_R7_4), KK_TRIGGER_POSSIBLE);
    f.persons_most.value = 1001;
    assert_int_equal(status_of(said, f, KK_R7_4), KK_TRIGGER_MET);
    f.bounded = true;
    f.persons_most.value = 1000;
    assert_int_equal(status_of(said, f, KK_R7_4), KK_TRIGGER_NOT_FOUND);
    f.items |= KK_BIT(KK_ITEM_HEALTH) | KK_BIT(KK_ITEM_BANK_ACCOUNT);
    assert_int_equal(status_of(said, f, KK_R7_1), KK_TRIGGER_MET);
    assert_int_equal(status_of(said, f, KK_R7_2), KK_TRIGGER_POSSIBLE);
    f.items |= KK_BIT(KK_ITEM_PASSWORD);
    assert_int_equal(status_of(said, f, KK_R7_2), KK_TRIGGER_MET);
    f.event.status = KK_TRIGGER_POSSIBLE;
    assert_int_equal(status_of(said, f, KK_R7_1), KK_TRIGGER_POSSIBLE);
    f.event.status = KK_TRIGGER_NOT_FOUND;
    assert_int_equal(status_of(said, f, KK_R7_1), KK_TRIGGER_NOT_FOUND);
}

static void a_wrongful_purpose_is_stated_or_seen(void **state)
{
    (void)state;
    kk_duty_facts f = intrusion();
    const char *excluded = "discovered: 2025-03-06\nwrongful_purpose: excluded\n";
    assert_int_equal(status_of(excluded, f, KK_R7_3), KK_TRIGGER_POSSIBLE); /* and the evidence? */
    f.wrongful.status = KK_TRIGGER_NOT_FOUND;
    assert_int_equal(status_of(excluded, f, KK_R7_3), KK_TRIGGER_NOT_FOUND);
    assert_int_equal(status_of("discovered: 2025-03-06\n", f, KK_R7_3), KK_TRIGGER_POSSIBLE);
    assert_int_equal(status_of("discovered: 2025-03-06\nwrongful_purpose: suspected\n", f, KK_R7_3),
                     KK_TRIGGER_MET);
    f.capture.status = KK_TRIGGER_MET;
    assert_int_equal(status_of("discovered: 2025-03-06\n", f, KK_R7_3), KK_TRIGGER_MET);
    assert_int_equal(status_of("discovered: 2024-03-31\n", f, KK_R7_3), KK_TRIGGER_POSSIBLE);
}

static void individual_numbers_have_reports_of_their_own(void **state)
{
    (void)state;
    kk_duty_facts f = intrusion();
    f.items |= KK_BIT(KK_ITEM_MY_NUMBER);
    f.wrongful.status = KK_TRIGGER_NOT_FOUND;
    f.my_number_most = (kk_count){true, 100};
    const kk_deadlines *d = compute("discovered: 2025-03-06\n", f, "2025-03-07T00:00:00Z");
    assert_int_equal(find(d, "my_number_final", "self")->trigger_status, KK_TRIGGER_POSSIBLE);
    f.my_number_most.value = 101;
    d = compute("discovered: 2025-03-06\nreported:\n- {to: ppc, kind: my-number, at: 2025-03-07}\n",
                f, "2025-03-08T00:00:00Z");
    assert_string_equal(find(d, "my_number_final", "self")->trigger, "MN");
    assert_int_equal(find(d, "my_number_final", "self")->trigger_status, KK_TRIGGER_MET);
    assert_day(find(d, "my_number_final", "self")->due, "2025-04-04");
    assert_int_equal(find(d, "my_number_preliminary", "self")->status, KK_DEADLINE_DONE);
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_OPEN);
}

static const char parties[] =
    "discovered: 2025-03-06\n"
    "parties:\n"
    "- {id: head, role: parent}\n- {id: client-a, role: client}\n- {id: client-b, role: client}\n"
    "- {id: lab, role: investigator}\n- {id: host, role: processor}\n"
    "known:\n"
    "- {at: 2025-03-07, party: head, reportable: yes}\n- {at: 2025-03-05, party: lab}\n"
    "- {at: 2025-03-04, party: host}\n- {at: 2025-03-02, party: self, reportable: no}\n"
    "- {at: 2025-03-09, party: self, reportable: yes}\n"
    "notified:\n- {party: client-b, sent: 2025-03-08}\n"
    "reported:\n- {by: head, to: ppc, kind: preliminary, at: 2025-03-08}\n";

static void each_party_has_its_own_clock(void **state)
{
    (void)state;
    kk_duty_facts f = intrusion();
    const kk_affected_owner owners[] = {{KK_S("client-a"), KK_TRIGGER_MET},
                                        {KK_S("client-b"), KK_TRIGGER_POSSIBLE}};
    f.owners = owners;
    f.owner_count = 2;
    const kk_deadlines *d = compute(parties, f, "2025-03-09T00:00:00Z");
    /* what was held not to be reportable starts nothing; the sure time is an alternative */
    const kk_deadline *own = find(d, "final", "self");
    assert_day(own->due, "2025-05-07");
    assert_int_equal(own->alternative_count, 2);
    assert_day(own->alternatives[1].day, "2025-05-07");
    assert_day(find(d, "preliminary", "self")->due_guide, "2025-03-10");
    const kk_deadline *head = find(d, "preliminary", "head");
    assert_day(head->due_guide, "2025-03-11");
    assert_int_equal(head->status, KK_DEADLINE_DONE);
    assert_int_equal(find(d, "preliminary", "self")->status, KK_DEADLINE_OPEN);
    size_t to_clients = 0, of_lab = 0;
    for (size_t i = 0; i < d->items.count; i++) {
        const kk_deadline *item = &d->items.items[i];
        of_lab += kk_is(item->party, "lab");
        if (strcmp(item->what, "notify_client") != 0 || !kk_is(item->party, "self"))
            continue;
        to_clients++;
        assert_int_equal(item->status,
                         kk_is(item->to, "client-b") ? KK_DEADLINE_DONE : KK_DEADLINE_OPEN);
    }
    assert_int_equal(to_clients, 2);
    assert_int_equal(of_lab, 0);
    assert_true(kk_is(find(d, "notify_client", "host")->to, "self"));
    assert_day(find(d, "notify_client", "host")->due_guide, "2025-03-08");
}

static void persons_are_told_when_every_category_was(void **state)
{
    (void)state;
    kk_duty_facts f = intrusion();
    const kk_slice categories[] = {KK_S("customer"), KK_S("employee")};
    f.categories = categories;
    f.category_count = 2;
    const char *one =
        "discovered: 2025-03-06\nnotified:\n- {category: customer, from: 2025-03-20}\n";
    const char *both =
        "discovered: 2025-03-06\nnotified:\n- {category: customer, from: 2025-03-20}\n"
        "- {category: employee, from: 2025-03-12}\n";
    const char *all = "discovered: 2025-03-06\nnotified:\n- {means: 書状, from: 2025-03-21}\n";
    assert_int_equal(
        find(compute(one, f, "2025-04-01T00:00:00Z"), "notify_persons", "self")->status,
        KK_DEADLINE_OPEN);
    const kk_deadline *told =
        find(compute(both, f, "2025-04-01T00:00:00Z"), "notify_persons", "self");
    assert_int_equal(told->status, KK_DEADLINE_DONE);
    assert_int_equal(told->done_at.day, day("2025-03-20"));
    assert_int_equal(
        find(compute(all, f, "2025-04-01T00:00:00Z"), "notify_persons", "self")->status,
        KK_DEADLINE_DONE);
}

static void the_json(void **state)
{
    (void)state;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    const kk_deadlines *d = compute("discovered: 2025-03-06T08:40:00+09:00\nreported:\n"
                                    "- {to: ppc, kind: preliminary, at: 2025-03-10}\n",
                                    intrusion(), "2025-03-11T00:00:00Z");
    kk_json_object(&j, NULL);
    kk_deadlines_write(&j, d);
    kk_json_close(&j);
    kk_slice text = kk_buffer_slice(&out);
    const char *const parts[] = {
        "{\"regime\":\"jp-appi\",\"rules\":\"jp-appi-2024-04\",\"known\":[{\"at\":"
        "\"2025-03-05T23:40:00Z\",\"party\":\"self\",\"reportable\":\"unclear\"}]",
        "{\"what\":\"preliminary\",\"to\":\"ppc\",\"party\":\"self\",\"trigger\":\"R7-3\","
        "\"trigger_status\":\"met\",\"due_guide\":\"2025-03-10\",\"due\":null,\"alternatives\":"
        "[{\"due_guide\":\"2025-03-08\"",
        "\"status\":\"done\",\"done_at\":\"2025-03-10\"}",
        "\"due\":\"2025-05-07\",\"alternatives\":[{\"due\":\"2025-04-04\"",
        "\"status\":\"open\",\"done_at\":null}",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!kk_has(text, kk_cstr(parts[i])))
            fail_msg("missing: %s\nin %.*s", parts[i], KK_P(text));
    kk_buffer_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holidays),
        cmocka_unit_test(every_weekday_roll_ends_soon_and_open),
        cmocka_unit_test(a_final_report_on_day_sixty),
        cmocka_unit_test(a_period_over_the_may_holidays),
        cmocka_unit_test(other_dates_of_the_facts),
        cmocka_unit_test(the_day_is_that_of_tokyo),
        cmocka_unit_test(a_guide_is_never_late),
        cmocka_unit_test(a_final_report_settles_the_preliminary_one),
        cmocka_unit_test(nothing_known_gives_no_dates_but_the_duties),
        cmocka_unit_test(triggers),
        cmocka_unit_test(a_wrongful_purpose_is_stated_or_seen),
        cmocka_unit_test(individual_numbers_have_reports_of_their_own),
        cmocka_unit_test(each_party_has_its_own_clock),
        cmocka_unit_test(persons_are_told_when_every_category_was),
        cmocka_unit_test(the_json),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
