/* Deadlines: from the times of knowing, the triggers and what was already sent to dated duties. */
#include "report/deadlines.h"

#include "report/holidays.h"

#define TOKYO (9 * 3600 * KK_SECOND)
#define PPC KK_S("ppc")

typedef struct {
    kk_arena *arena;
    const kk_case_settings *settings;
    const kk_duty_facts *facts;
    kk_deadlines *out;
    kk_deadline *items;
    size_t count, capacity;
    int64_t today;
} work;

/* One party's clock. */
typedef struct {
    kk_slice party;
    int64_t known;       /* the day of knowing, KK_NO_DUE */
    int64_t known_later; /* of the first entry that is surely reportable, where it is a later one */
    const kk_rule_pack *pack;
    bool is_self;
} clock_of;

const char *kk_deadline_status_name(kk_deadline_status status)
{
    static const char *const names[] = {"done", "open", "past_guide", "late"};
    return names[status];
}

static int64_t tokyo_day(const kk_moment *moment)
{
    int64_t day_length = 24 * 3600 * KK_SECOND;
    if (moment->day_only)
        return moment->day;
    int64_t local = moment->time + TOKYO;
    return local / day_length - (local % day_length < 0);
}

static clock_of clock_for(const kk_case_settings *settings, kk_slice party)
{
    clock_of c = {party, KK_NO_DUE, KK_NO_DUE, NULL, kk_eq(party, KK_SELF)};
    int64_t sure = KK_NO_DUE;
    for (size_t i = 0; i < settings->known.count; i++) {
        const kk_known *k = &settings->known.items[i];
        int64_t day = tokyo_day(&k->at);
        if (!kk_eq(k->party, party) || k->reportable == KK_REPORTABLE_NO)
            continue;
        if (c.known == KK_NO_DUE || day < c.known)
            c.known = day;
        if (k->reportable == KK_REPORTABLE_YES && (sure == KK_NO_DUE || day < sure))
            sure = day;
    }
    if (sure != KK_NO_DUE && sure > c.known)
        c.known_later = sure;
    if (c.known != KK_NO_DUE)
        c.pack = kk_rule_pack_on(c.known);
    return c;
}

/* What was sent */
static bool kind_is(kk_slice kind, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (kk_eq_nocase(kind, kk_cstr(words[i])))
            return true;
    return false;
}

static const char *const preliminary_kinds[] = {"preliminary", "ppc-preliminary", "ransomware-form",
                                                "速報", NULL};
static const char *const final_kinds[] = {"final", "ppc-final", "確報", NULL};
static const char *const my_number_kinds[] = {"my-number", "my-number-preliminary",
                                              "my_number_preliminary", NULL};
static const char *const my_number_final_kinds[] = {"my-number-final", "my_number_final", NULL};
static const char *const person_kinds[] = {
    "letters", "letter", "notify_persons", "notify-persons", "本人通知", "本人への通知", NULL};

/* The Commission, or the minister to whom its power is delegated; where nobody is named, it. */
static bool is_regulator(kk_slice to)
{
    static const char *const names[] = {"ppc", "jp-ppc", "個人情報保護委員会", "個情委", NULL};
    if (to.len == 0 || kind_is(to, names))
        return true;
    if (kk_has(to, KK_S("警")))
        return false;
    return kk_has(to, KK_S("個人情報保護委員会")) || kk_ends(to, KK_S("大臣")) ||
           kk_ends(to, KK_S("省")) || kk_ends(to, KK_S("庁"));
}

/* Who reported: a party where `by` names one, otherwise (empty, a person, a department) self. */
static kk_slice reporter(const kk_case_settings *settings, const kk_reported *reported)
{
    return kk_party_by_id(settings, reported->by) ? reported->by : KK_SELF;
}

/* The earliest report of a kind by a party; NULL if none. `to` empty: to the regulator; persons are
 * told by reports of certain kinds, whoever stands in `to`. No kinds: whatever was sent there. */
static const kk_moment *sent(const work *w, kk_slice party, kk_slice to, const char *const *kinds)
{
    const kk_moment *first = NULL;
    for (size_t i = 0; i < w->settings->reported.count; i++) {
        const kk_reported *r = &w->settings->reported.items[i];
        bool receiver = to.len == 0            ? is_regulator(r->to)
                        : kk_is(to, "persons") ? true
                                               : kk_eq(r->to, to);
        if (receiver && (!kinds || kind_is(r->kind, kinds)) &&
            kk_eq(reporter(w->settings, r), party) && (!first || r->at.time < first->time))
            first = &r->at;
    }
    return first;
}

/* A final report at once leaves no preliminary one to make. */
static const kk_moment *earlier(const kk_moment *a, const kk_moment *b)
{
    if (!a || !b)
        return a ? a : b;
    return a->time <= b->time ? a : b;
}

/* Building */
static kk_deadline *add_item(work *w, const char *what, kk_slice to, kk_slice party)
{
    w->items = kk_grow(w->arena, w->items, &w->capacity, w->count + 1, sizeof *w->items);
    kk_deadline *item = &w->items[w->count++];
    *item = (kk_deadline){.what = what,
                          .to = to,
                          .party = party,
                          .due_guide = KK_NO_DUE,
                          .due = KK_NO_DUE,
                          .done_at = KK_NO_MOMENT};
    return item;
}

static void add_alternative(kk_deadline *item, int64_t day, bool guide, kk_slice ja, kk_slice en)
{
    size_t most = sizeof item->alternatives / sizeof *item->alternatives;
    if (item->alternative_count < most)
        item->alternatives[item->alternative_count++] = (kk_alternative){day, guide, {ja, en}};
}

static void settle(const work *w, kk_deadline *item, const kk_moment *done)
{
    if (done) {
        item->status = KK_DEADLINE_DONE;
        item->done_at = *done;
        item->after_due = item->due != KK_NO_DUE && tokyo_day(done) > item->due;
    } else if (item->due != KK_NO_DUE && w->today > item->due) {
        item->status = KK_DEADLINE_LATE;
    } else if (item->due_guide != KK_NO_DUE && w->today > item->due_guide) {
        item->status = KK_DEADLINE_PAST_GUIDE;
    } else {
        item->status = KK_DEADLINE_OPEN;
    }
}

/* The trigger that decides: the surest one, and of equally sure ones that of the longer period. */
static void put_trigger(const work *w, const clock_of *c, kk_deadline *item)
{
    static const kk_trigger_id order[] = {KK_R7_3, KK_R7_1, KK_R7_2, KK_R7_4};
    const kk_trigger *best = &w->out->triggers[order[0]];
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        if (w->out->triggers[order[i]].status > best->status)
            best = &w->out->triggers[order[i]];
    item->trigger = best->id;
    item->trigger_status = best->status;
    /* Of others' data and knowledge we know too little to say more. */
    if (!c->is_self && item->trigger_status == KK_TRIGGER_MET)
        item->trigger_status = KK_TRIGGER_POSSIBLE;
}

static bool undated(work *w, const clock_of *c, kk_deadline *item)
{
    if (c->known == KK_NO_DUE) {
        item->basis.ja = KK_S("知った日時が記入されていないため、期日を計算できません(case.yaml の "
                              "discovered または known)");
        item->basis.en = KK_S("no time of knowing is given, so no date can be computed (discovered "
                              "or known in case.yaml)");
    } else if (!c->pack) {
        kk_slice day = kk_day_text(w->arena, c->known);
        item->basis.ja = kk_print(
            w->arena, "個人情報保護法26条の報告と通知は2022-04-01施行。知った日は %.*s", KK_P(day));
        item->basis.en = kk_print(w->arena,
                                  "article 26 came into force on 2022-04-01; the day of knowing is "
                                  "%.*s",
                                  KK_P(day));
    }
    return c->known == KK_NO_DUE || !c->pack;
}

static int64_t day_number(int64_t known, int number)
{
    return known + number - 1;
}

static void add_preliminary(work *w, const clock_of *c, const char *what, const char *law_ja,
                            const char *law_en, kk_slice to, const kk_moment *done)
{
    kk_deadline *item = add_item(w, what, to, c->party);
    put_trigger(w, c, item);
    if (!undated(w, c, item)) {
        int64_t first = day_number(c->known, c->pack->guide_first);
        kk_slice day = kk_day_text(w->arena, c->known);
        item->due_guide = day_number(c->known, c->pack->guide_last);
        add_alternative(item, first, true, KK_S("目安の早いほう(3日目)"),
                        KK_S("the earlier end of the guide (day 3)"));
        item->basis.ja = kk_print(
            w->arena,
            "%s「速やかに」。目安は知った日 %.*s を1日目として3〜5日目(土日・祝日も数え、延びない)",
            law_ja, KK_P(day));
        item->basis.en = kk_print(w->arena,
                                  "%s: promptly; as a guide day 3 to 5, the day of knowing %.*s "
                                  "being day 1 (every day counts, no extension)",
                                  law_en, KK_P(day));
    }
    settle(w, item, done);
}

static void final_basis(work *w, kk_deadline *item, int64_t known, int days, const char *law_ja,
                        const char *law_en)
{
    int64_t last = day_number(known, days);
    kk_slice from = kk_day_text(w->arena, known), end = kk_day_text(w->arena, last);
    kk_slice open = kk_day_text(w->arena, item->due);
    if (item->due == last) {
        item->basis.ja =
            kk_print(w->arena, "%s。知った日 %.*s を1日目として%d日目", law_ja, KK_P(from), days);
        item->basis.en = kk_print(w->arena, "%s: day %d, the day of knowing %.*s being day 1",
                                  law_en, days, KK_P(from));
        return;
    }
    kk_holiday closed = kk_closed_because(last);
    item->basis.ja =
        kk_print(w->arena,
                 "%s。知った日 %.*s を1日目として%d日目の %.*s は閉庁日(%s)のため、次の"
                 "開庁日 %.*s",
                 law_ja, KK_P(from), days, KK_P(end), closed.ja, KK_P(open));
    item->basis.en = kk_print(w->arena,
                              "%s: day %d, the day of knowing %.*s being day 1, is %.*s, when "
                              "offices are closed (%s): the next open day is %.*s",
                              law_en, days, KK_P(from), KK_P(end), closed.en, KK_P(open));
}

static void add_final(work *w, const clock_of *c, const char *what, const char *law_ja,
                      const char *law_en, kk_slice to, const kk_moment *done)
{
    kk_trigger_status wrongful = w->out->triggers[KK_R7_3].status;
    kk_deadline *item = add_item(w, what, to, c->party);
    put_trigger(w, c, item);
    if (!undated(w, c, item)) {
        bool long_one = wrongful == KK_TRIGGER_MET;
        int days = long_one ? c->pack->final_days_wrongful : c->pack->final_days;
        int other = long_one ? c->pack->final_days : c->pack->final_days_wrongful;
        item->due = kk_next_open_day(day_number(c->known, days));
        final_basis(w, item, c->known, days, law_ja, law_en);
        if (long_one)
            add_alternative(item, kk_next_open_day(day_number(c->known, other)), false,
                            KK_S("不正の目的のおそれがないとわかった場合(30日)"),
                            KK_S("if a wrongful purpose is ruled out (30 days)"));
        else
            add_alternative(item, kk_next_open_day(day_number(c->known, other)), false,
                            KK_S("不正の目的のおそれがある場合(60日)"),
                            KK_S("if a wrongful purpose is possible (60 days)"));
        if (c->known_later != KK_NO_DUE)
            add_alternative(item, kk_next_open_day(day_number(c->known_later, days)), false,
                            KK_S("報告対象の事態と知ったのが後の時点とされる場合"),
                            KK_S("if knowing is held to be the later time that is stated as "
                                 "reportable"));
    }
    settle(w, item, done);
}

static void add_reports(work *w, const clock_of *c)
{
    const kk_moment *final = sent(w, c->party, KK_NONE, final_kinds);
    const kk_moment *preliminary = sent(w, c->party, KK_NONE, preliminary_kinds);
    const char *common = c->pack && c->pack->common_form
                             ? "個人情報保護法26条1項・施行規則8条1項(ランサムウェアは共通様式も可)"
                             : "個人情報保護法26条1項・施行規則8条1項";
    add_preliminary(w, c, "preliminary", common,
                    "Act on the Protection of Personal Information, article 26(1), rule 8(1)", PPC,
                    earlier(preliminary, final));
    add_final(w, c, "final", "個人情報保護法26条1項・施行規則8条2項",
              "Act on the Protection of Personal Information, article 26(1), rule 8(2)", PPC,
              final);
}

/* Individual Numbers go into a report of their own, also where it is only possible that there are
 * some: the Commission asks for it first. */
static void add_my_number(work *w, const clock_of *c)
{
    const kk_trigger *trigger = &w->out->triggers[KK_MN];
    size_t first = w->count;
    if (!(w->facts->items & KK_BIT(KK_ITEM_MY_NUMBER)))
        return;
    const kk_moment *final = sent(w, c->party, KK_NONE, my_number_final_kinds);
    add_preliminary(w, c, "my_number_preliminary", "番号利用法29条の4・規則",
                    "My Number Act, article 29-4, and its rules", PPC,
                    earlier(sent(w, c->party, KK_NONE, my_number_kinds), final));
    add_final(w, c, "my_number_final", "番号利用法29条の4・規則",
              "My Number Act, article 29-4, and its rules", PPC, final);
    for (size_t i = first; i < w->count; i++) {
        w->items[i].trigger = trigger->id;
        w->items[i].trigger_status = trigger->status;
    }
}

/* Clients whose data are affected, or may be as long as nobody knows whose they are. */
static kk_trigger_status client_state(const work *w, kk_slice party)
{
    kk_trigger_status unknown =
        w->facts->owner_count ? KK_TRIGGER_NOT_FOUND : w->facts->event.status;
    for (size_t i = 0; i < w->facts->owner_count; i++)
        if (kk_eq(w->facts->owners[i].party, party))
            return w->facts->owners[i].event;
    return unknown > KK_TRIGGER_POSSIBLE ? KK_TRIGGER_POSSIBLE : unknown;
}

static const kk_moment *party_told(const work *w, kk_slice party, kk_slice to)
{
    const kk_moment *first = sent(w, party, to, NULL);
    for (size_t i = 0; kk_eq(party, KK_SELF) && i < w->settings->notified.count; i++) {
        const kk_notified *n = &w->settings->notified.items[i];
        const kk_moment *at = kk_moment_given(&n->sent_at) ? &n->sent_at : &n->from;
        if (kk_eq(n->party, to) && kk_moment_given(at))
            first = earlier(first, at);
    }
    return first;
}

static void add_client(work *w, const clock_of *c, kk_slice to, kk_trigger_status state)
{
    size_t at = w->count;
    add_preliminary(
        w, c, "notify_client",
        "個人情報保護法26条1項ただし書・施行規則9条(委託元への通知。通知すれば自らの報告に代わる)",
        "article 26(1) proviso, rule 9 (telling the client takes the place of one's own "
        "report)",
        to, party_told(w, c->party, to));
    w->items[at].trigger_status = state;
}

static void add_clients(work *w, const clock_of *c)
{
    for (size_t i = 0; i < w->settings->parties.count; i++) {
        const kk_party *party = &w->settings->parties.items[i];
        kk_trigger_status state = client_state(w, party->id);
        if (party->role == KK_PARTY_CLIENT && state != KK_TRIGGER_NOT_FOUND)
            add_client(w, c, party->id, state);
    }
}

static const kk_notified *category_told(const work *w, kk_slice category)
{
    for (size_t i = 0; i < w->settings->notified.count; i++) {
        const kk_notified *n = &w->settings->notified.items[i];
        const kk_party *party = kk_party_by_id(w->settings, n->party);
        if (party && party->role == KK_PARTY_CLIENT && n->category.len == 0)
            continue; /* a client was told, not persons */
        if (!kk_moment_given(&n->from) && !kk_moment_given(&n->sent_at))
            continue;
        if (n->category.len == 0 || kk_eq(n->category, category))
            return n;
    }
    return NULL;
}

/* When the last category that is affected was told; NULL while one was not. */
static const kk_moment *persons_told(const work *w)
{
    const kk_moment *last = NULL;
    size_t count = w->facts->category_count;
    if (count == 0) {
        const kk_notified *any = w->settings->notified.count == 0
                                     ? NULL
                                     : category_told(w, w->settings->notified.items[0].category);
        if (any)
            last = kk_moment_given(&any->from) ? &any->from : &any->sent_at;
    }
    for (size_t i = 0; i < count; i++) {
        const kk_notified *n = category_told(w, w->facts->categories[i]);
        if (!n)
            return sent(w, KK_SELF, KK_S("persons"), person_kinds);
        const kk_moment *at = kk_moment_given(&n->from) ? &n->from : &n->sent_at;
        if (!last || at->time > last->time)
            last = at;
    }
    return last ? last : sent(w, KK_SELF, KK_S("persons"), person_kinds);
}

static void add_persons(work *w, const clock_of *c)
{
    kk_deadline *item = add_item(w, "notify_persons", KK_S("persons"), c->party);
    put_trigger(w, c, item);
    item->basis.ja =
        KK_S("個人情報保護法26条2項・施行規則10条。事態の状況に応じて速やかに(日数の定めはない)。"
             "連絡が困難な本人には公表や窓口などの代替措置");
    item->basis.en =
        KK_S("article 26(2), rule 10: promptly, as the circumstances require (no number "
             "of days is set); where a person cannot be reached, publication or an "
             "enquiry desk instead");
    settle(w, item, persons_told(w));
}

/* Other parties have clocks of their own, once they know. */
static void add_others(work *w)
{
    const kk_case_settings *s = w->settings;
    for (size_t i = 0; i < s->parties.count; i++) {
        const kk_party *party = &s->parties.items[i];
        clock_of c = clock_for(s, party->id);
        if (c.known == KK_NO_DUE)
            continue;
        if (party->role == KK_PARTY_PROCESSOR)
            add_client(w, &c, KK_SELF, KK_TRIGGER_POSSIBLE);
        else if (party->role != KK_PARTY_INSURER && party->role != KK_PARTY_INVESTIGATOR)
            add_reports(w, &c);
    }
}

const kk_deadlines *kk_deadlines_for(kk_arena *arena, const kk_case_settings *settings,
                                     const kk_duty_facts *facts, kk_time now)
{
    kk_deadlines *out = KK_NEW(arena, kk_deadlines);
    kk_moment today = {now, false, 0};
    work w = {.arena = arena, .settings = settings, .facts = facts, .out = out};
    clock_of own = clock_for(settings, KK_SELF);
    w.today = tokyo_day(&today);
    out->settings = settings;
    out->pack = own.pack;
    kk_triggers_judge(arena, settings, facts, own.pack, out->triggers);
    add_reports(&w, &own);
    add_my_number(&w, &own);
    add_clients(&w, &own);
    add_persons(&w, &own);
    add_others(&w);
    out->items.items = w.items;
    out->items.count = w.count;
    return out;
}

/* Writing */
static void write_day(kk_json *j, const char *key, int64_t day)
{
    int year, month, of_month;
    kk_buffer line = {0};
    if (day == KK_NO_DUE) {
        kk_json_null(j, key);
        return;
    }
    kk_civil_from_days(day, &year, &month, &of_month);
    kk_putf(&line, "%04d-%02d-%02d", year, month, of_month);
    kk_json_text(j, key, kk_buffer_slice(&line));
    kk_buffer_close(&line);
}

/* What was written as a day stays a day: a time of day would be made up. */
static void write_moment(kk_json *j, const char *key, const kk_moment *moment)
{
    if (moment->time != KK_NO_TIME && moment->day_only)
        write_day(j, key, moment->day);
    else
        kk_json_time(j, key, moment->time);
}

static void write_known(kk_json *j, const kk_case_settings *settings)
{
    kk_json_array(j, "known");
    for (size_t i = 0; i < settings->known.count; i++) {
        const kk_known *k = &settings->known.items[i];
        kk_json_object(j, NULL);
        write_moment(j, "at", &k->at);
        kk_json_text(j, "party", k->party);
        if (k->by.len)
            kk_json_text(j, "by", k->by);
        if (k->what.ja.len)
            kk_json_both(j, "what", k->what.ja, k->what.en);
        kk_json_cstr(j, "reportable",
                     k->reportable ? kk_reportable_name(k->reportable) : "unclear");
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void write_triggers(kk_json *j, const kk_deadlines *d)
{
    kk_json_array(j, "triggers");
    for (size_t i = 0; i < KK_TRIGGERS; i++) {
        const kk_trigger *t = &d->triggers[i];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "id", t->id);
        kk_json_both(j, "title", t->title.ja, t->title.en);
        kk_json_cstr(j, "status", kk_trigger_status_name(t->status));
        kk_json_both(j, "reason", t->reason.ja, t->reason.en);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void write_item(kk_json *j, const kk_deadline *item)
{
    kk_json_object(j, NULL);
    kk_json_cstr(j, "what", item->what);
    kk_json_text(j, "to", item->to);
    kk_json_text(j, "party", item->party);
    kk_json_cstr(j, "trigger", item->trigger);
    kk_json_cstr(j, "trigger_status", kk_trigger_status_name(item->trigger_status));
    write_day(j, "due_guide", item->due_guide);
    write_day(j, "due", item->due);
    kk_json_array(j, "alternatives");
    for (size_t i = 0; i < item->alternative_count; i++) {
        const kk_alternative *a = &item->alternatives[i];
        kk_json_object(j, NULL);
        write_day(j, a->guide ? "due_guide" : "due", a->day);
        kk_json_both(j, "when", a->when.ja, a->when.en);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_both(j, "basis", item->basis.ja, item->basis.en);
    kk_json_cstr(j, "status", kk_deadline_status_name(item->status));
    write_moment(j, "done_at", &item->done_at);
    if (item->after_due)
        kk_json_bool(j, "after_due", true);
    kk_json_close(j);
}

void kk_deadlines_write(kk_json *j, const kk_deadlines *deadlines)
{
    kk_json_cstr(j, "regime", "jp-appi");
    kk_json_cstr(j, "rules", deadlines->pack ? deadlines->pack->id : NULL);
    write_known(j, deadlines->settings);
    write_triggers(j, deadlines);
    kk_json_array(j, "items");
    for (size_t i = 0; i < deadlines->items.count; i++)
        write_item(j, &deadlines->items.items[i]);
    kk_json_close(j);
}
