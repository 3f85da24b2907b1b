/* Which sessions were the intruder's: named reasons, each with a weight, measured against what the
 * account itself did before. A session of weight 4 or more is suspicious. From there on what came out
 * of it is, too: from its address, from the machine it was on. docs/access.md lists the reasons. */
#include "analyse/sessions.h"
#include "base/sorted.h"
#include "casefile/decisions.h"

enum { SUSPICIOUS_FROM = 4, HISTORY_LEAST = 5 };

typedef struct {
    session_list *list;
    const kk_case_settings *settings;
    kk_arena *arena;
    bool *outside;        /* by session: it came from outside */
    text_groups failures; /* by address */
} judging;

kk_reason *reason_add(kk_arena *arena, kk_reasons *reasons, const char *code, kk_slice ja,
                      kk_slice en)
{
    reasons->items = kk_grow(arena, reasons->items, &reasons->capacity, reasons->count + 1,
                             sizeof *reasons->items);
    reasons->items[reasons->count] = (kk_reason){.code = code, .ja = ja, .en = en};
    return &reasons->items[reasons->count++];
}

bool reason_has(const kk_reasons *reasons, const char *code)
{
    for (size_t i = 0; i < reasons->count; i++)
        if (strcmp(reasons->items[i].code, code) == 0)
            return true;
    return false;
}

static void weigh(judging *j, kk_session *s, int weight, const char *code, const char *ja,
                  const char *en)
{
    if (reason_has(&s->reasons, code))
        return;
    reason_add(j->arena, &s->reasons, code, kk_cstr(ja), kk_cstr(en));
    s->score += weight;
}

static bool is_outside(const judging *j, kk_slice ip)
{
    return ip.len && !kk_address_is_internal(j->settings, ip);
}

/* What the account did before this session, from outside. */
typedef struct {
    size_t sessions, same_address, same_country, hours[24];
    uint64_t out_most;
    kk_time last;
} history;

static kk_slice network_of(kk_slice ip)
{
    size_t first = kk_find_byte(ip, '.');
    size_t second = first == KK_NOWHERE ? KK_NOWHERE : kk_find_byte(kk_from(ip, first + 1), '.');
    return second == KK_NOWHERE ? kk_part(ip, 0, 19) : kk_part(ip, 0, first + 1 + second);
}

static int hour_of(const judging *j, kk_time at)
{
    return kk_civil_in_zone(&j->settings->zone, at).hour;
}

static history history_of(const judging *j, size_t index)
{
    const kk_session *s = &j->list->items[index];
    history h = {.last = KK_NO_TIME};
    size_t count;
    const size_t *own = text_group_of(&j->list->by_account, j->list->accounts[index], &count);
    for (size_t i = 0; i < count && own[i] < index; i++) {
        const kk_session *o = &j->list->items[own[i]];
        if (o->kind != s->kind || o->suspicious == KK_TRUE)
            continue;
        h.sessions++;
        h.same_address += kk_eq(network_of(o->from_ip), network_of(s->from_ip));
        h.same_country += kk_eq(o->country, s->country);
        h.hours[hour_of(j, o->start)]++;
        h.out_most = o->bytes_out > h.out_most ? o->bytes_out : h.out_most;
        h.last = o->start;
    }
    return h;
}

static bool hour_is_usual(const history *h, int hour)
{
    return h->hours[hour] || h->hours[(hour + 1) % 24] || h->hours[(hour + 23) % 24];
}

static void weigh_habits(judging *j, size_t index)
{
    kk_session *s = &j->list->items[index];
    history h = history_of(j, index);
    int hour = hour_of(j, s->start);
    bool night = hour >= 22 || hour < 6;
    bool foreign = s->country.len && !kk_is(s->country, "JP");
    if (foreign && !h.same_country)
        weigh(j, s, 3, "new_country",
              "このアカウントがそれまで使われたことのない国外のアドレスからの接続",
              "from an address abroad, in a country this account had never been used from");
    if (h.sessions >= HISTORY_LEAST && !h.same_address)
        weigh(j, s, 1, "new_address", "このアカウントの過去の接続元と異なるネットワークからの接続",
              "from a network this account had not used before");
    if (h.sessions >= HISTORY_LEAST ? !hour_is_usual(&h, hour) : night)
        weigh(j, s, 1, "unusual_hour", "このアカウントの普段の利用時間帯から外れた接続",
              "at an hour outside this account's habits");
    if (h.sessions >= HISTORY_LEAST && s->bytes_out > 10 * h.out_most && s->bytes_out > 100000000)
        weigh(j, s, 2, "much_out", "このアカウントの過去最大の10倍を超える送信量",
              "it carried away over ten times the most this account ever had");
    if (h.sessions >= HISTORY_LEAST && h.last != KK_NO_TIME &&
        s->start - h.last > INT64_C(30) * 86400 * KK_SECOND)
        weigh(j, s, 1, "long_unused", "30日以上使われていなかったアカウントの使用",
              "the account had not been used for over thirty days");
}

static void weigh_overlaps(judging *j, size_t index)
{
    kk_session *s = &j->list->items[index];
    size_t count;
    const size_t *own = text_group_of(&j->list->by_account, j->list->accounts[index], &count);
    for (size_t i = 0; i < count; i++) {
        const kk_session *o = &j->list->items[own[i]];
        if (own[i] == index || o->kind != s->kind || kk_eq(o->from_ip, s->from_ip))
            continue;
        if (o->start > s->start)
            break;
        if (o->end != KK_NO_TIME && o->end > s->start)
            weigh(j, s, 2, "concurrent", "同じアカウントが別のアドレスから同時に使用中",
                  "the same account was in use from another address at that time");
        if (s->start - o->start < 2 * 3600 * KK_SECOND && o->country.len && s->country.len &&
            !kk_eq(o->country, s->country))
            weigh(j, s, 2, "impossible_travel", "2時間以内に別の国からも使用",
                  "used from another country within two hours");
    }
}

static void weigh_failures(judging *j, size_t index)
{
    kk_session *s = &j->list->items[index];
    const kk_time day = INT64_C(86400) * KK_SECOND;
    size_t same = 0, others = 0, count, i = 0;
    const size_t *there = text_group_of(&j->failures, s->from_ip, &count);
    KK_LOWER_BOUND(i, count, j->list->failures[there[i]].at < s->start - day);
    for (; i < count && j->list->failures[there[i]].at <= s->start; i++) {
        const failed_logon *f = &j->list->failures[there[i]];
        same += kk_eq(f->account, j->list->accounts[index]);
        others += !kk_eq(f->account, j->list->accounts[index]);
    }
    if (same >= 5)
        weigh(j, s, 2, "after_failures", "同じ接続元からの5回以上の失敗の後の成功",
              "it succeeded after five or more failures from the same address");
    if (others >= 3)
        weigh(j, s, 3, "many_accounts", "同じ接続元から他のアカウントへの試行",
              "the same address had tried other accounts");
}

/* What a named person settled stands: nothing is weighed beside it. */
static bool is_decided(judging *j, kk_session *s)
{
    const kk_decision *d = kk_decision_on_whose(j->settings->decisions, s->id);
    if (!d)
        return false;
    bool hostile = d->kind == KK_DECIDE_HOSTILE;
    s->decided = true;
    s->suspicious = hostile ? KK_TRUE : KK_FALSE;
    s->score = hostile ? SUSPICIOUS_FROM : 0;
    kk_reason *reason =
        reason_add(j->arena, &s->reasons, hostile ? "decided_hostile" : "decided_benign",
                   kk_print(j->arena, "%.*sの判断により、%sとして扱う: %.*s", KK_P(d->by),
                            hostile ? "侵入者の操作" : "侵入者によらない操作", KK_P(d->reason)),
                   kk_print(j->arena, "%.*s decided that it %s the intruder's: %.*s", KK_P(d->by),
                            hostile ? "was" : "was not", KK_P(d->reason)));
    reason->decision = d->id;
    return true;
}

static void weigh_acts(judging *j, kk_session *s, int weight)
{
    if (s->act_ja.len)
        weigh(j, s, weight, "hostile_act",
              kk_print(j->arena, "この間に、同じアカウントが%.*sを行ったことを示す記録",
                       KK_P(s->act_ja))
                  .ptr,
              kk_print(j->arena, "while it lasted, the same account did what points to %.*s",
                       KK_P(s->act_en))
                  .ptr);
}

/* From outside, weighed by itself. */
static void judge_alone(judging *j, size_t index)
{
    kk_session *s = &j->list->items[index];
    if (is_decided(j, s))
        return;
    if (kk_responder_for(j->settings, s->account, s->from_ip, s->host, s->start)) {
        s->by_responder = true;
        s->suspicious = KK_FALSE;
        reason_add(j->arena, &s->reasons, "responder", KK_S("対応にあたった者の作業として申告済み"),
                   KK_S("stated to be the work of our own responders"));
        return;
    }
    s->suspicious =
        s->act_ja.len ? KK_UNKNOWN : KK_FALSE; /* inside, an administrator's work may look so */
    weigh_acts(j, s, j->outside[index] ? SUSPICIOUS_FROM : 0);
    if (!j->outside[index])
        return;
    if (s->ran_program) {
        s->suspicious = KK_TRUE;
        weigh(j, s, SUSPICIOUS_FROM, "web_shell",
              "ファイルの置き場所に置かれたプログラムへの要求に、サーバーが応答",
              "the server answered requests to a program lying where only files are put");
    }
    if (!s->account.len) /* a visitor has no habits */
        return;
    weigh_habits(j, index);
    weigh_overlaps(j, index);
    weigh_failures(j, index);
    if (s->score >= SUSPICIOUS_FROM)
        s->suspicious = KK_TRUE;
    else if (s->score > 0 && history_of(j, index).sessions < HISTORY_LEAST)
        s->suspicious = KK_UNKNOWN; /* too little is known of the account to measure by */
}

/* The address that it came from was this session's at that time. */
static bool is_way_to(const judging *j, size_t way, const kk_session *inside)
{
    const kk_session *s = &j->list->items[way];
    return j->outside[way] && !s->by_responder && !s->decided &&
           kk_eq(s->given_ip, inside->from_ip) && session_lasts(s, inside->start);
}

/* An address is given to one after the other: the latest that had it is meant. */
static void judge_way_to(judging *j, const kk_session *inside)
{
    kk_session *way = NULL;
    for (size_t i = 0; i < j->list->count && j->list->items[i].start <= inside->start; i++)
        if (is_way_to(j, i, inside))
            way = &j->list->items[i];
    if (!way)
        return;
    weigh(j, way, SUSPICIOUS_FROM, "acts_through_it",
          kk_print(j->arena, "この接続に割り当てられたアドレスからのセッションに、%.*sを示す記録",
                   KK_P(inside->act_ja))
              .ptr,
          kk_print(j->arena,
                   "in a session from the address that it was given, records point to %.*s",
                   KK_P(inside->act_en))
              .ptr);
    way->suspicious = KK_TRUE;
}

/* What a session inside shows, the VPN session that it was reached through shows too. */
static void judge_ways_in(judging *j)
{
    for (size_t i = 0; i < j->list->count; i++) {
        const kk_session *s = &j->list->items[i];
        if (s->act_ja.len && s->from_ip.len && !j->outside[i] && !s->by_responder && !s->decided)
            judge_way_to(j, s);
    }
}

bool is_mere_visit(const kk_session *s)
{
    return s->kind == KK_BY_WEB && !s->account.len && !s->ran_program;
}

static bool within_a_day(const kk_session *a, const kk_session *b)
{
    const kk_time day = INT64_C(86400) * KK_SECOND;
    return b->start >= a->start - day &&
           b->start <= (a->end == KK_NO_TIME ? a->start : a->end) + day;
}

bool session_lasts(const kk_session *session, kk_time at)
{
    const kk_time slack = 120 * KK_SECOND;
    kk_time end =
        session->end == KK_NO_TIME ? session->start + INT64_C(8) * 3600 * KK_SECOND : session->end;
    return at >= session->start - slack && at <= end + slack;
}

static void take_over(judging *j, size_t child, size_t parent, const char *code, const char *ja,
                      const char *en)
{
    kk_session *s = &j->list->items[child];
    weigh(j, s, SUSPICIOUS_FROM, code, ja, en);
    s->suspicious = KK_TRUE;
    if (s->parent == KK_NOWHERE && parent != child)
        s->parent = parent;
}

/* One step from a suspicious session to others; true if it made another one suspicious. */
static bool spread_to(judging *j, size_t from, kk_slice address, bool is_same)
{
    const kk_session *p = &j->list->items[from];
    bool spread = false;
    size_t count;
    const size_t *there = text_group_of(&j->list->by_address, address, &count);
    for (size_t i = 0; i < count; i++) {
        kk_session *s = &j->list->items[there[i]];
        if (there[i] == from || s->suspicious == KK_TRUE || s->by_responder || s->decided)
            continue;
        if (is_mere_visit(s) && !within_a_day(p, s))
            continue; /* an address has another user some days later */
        if (is_same)
            take_over(j, there[i], from, "same_address", "不正なセッションと同じ接続元アドレス",
                      "from the same address as a session of the intruder's");
        else if (session_lasts(p, s->start))
            take_over(j, there[i], from, "through_vpn",
                      "不正なVPN接続に割り当てられたアドレスからの接続",
                      "from the address that the VPN had given to the intruder's session");
        else
            continue;
        spread = true;
    }
    return spread;
}

static bool spread_from(judging *j, size_t from)
{
    const kk_session *p = &j->list->items[from];
    bool same = j->outside[from] && spread_to(j, from, p->from_ip, true);
    bool through = p->given_ip.len && spread_to(j, from, p->given_ip, false);
    return same || through;
}

static bool is_address_of(const session_list *l, kk_slice host, kk_slice address)
{
    for (size_t i = 0; i < l->address_count; i++)
        if (kk_eq_nocase(l->addresses[i].name, host) && kk_eq(l->addresses[i].value, address))
            return true;
    return false;
}

/* The account went the same way before: from this address to this machine. */
static bool way_is_known(const judging *j, size_t index)
{
    const kk_session *s = &j->list->items[index];
    size_t count;
    const size_t *own = text_group_of(&j->list->by_account, j->list->accounts[index], &count);
    for (size_t i = 0; i < count && own[i] < index; i++) {
        const kk_session *o = &j->list->items[own[i]];
        if (o->suspicious != KK_TRUE && kk_eq(o->from_ip, s->from_ip) &&
            kk_eq_nocase(o->host, s->host))
            return true;
    }
    return false;
}

static bool at_odd_hour(const judging *j, size_t index)
{
    history h = history_of(j, index);
    return h.sessions >= HISTORY_LEAST &&
           !hour_is_usual(&h, hour_of(j, j->list->items[index].start));
}

/* Onward from a machine on which the intruder was working: from its address, or by the same account. */
static bool spread_by_host(judging *j, size_t from, const kk_session *p)
{
    bool spread = false;
    if (is_mere_visit(p))
        return false;
    size_t i = 0;
    KK_LOWER_BOUND(i, j->list->count, j->list->items[i].start < p->start);
    for (; i < j->list->count && session_lasts(p, j->list->items[i].start); i++) {
        kk_session *s = &j->list->items[i];
        if (i == from || s->suspicious == KK_TRUE || s->by_responder || s->decided ||
            j->outside[i] || kk_eq_nocase(s->host, p->host))
            continue;
        bool from_there = is_address_of(j->list, p->host, s->from_ip);
        bool same_account = s->account.len && kk_eq(j->list->accounts[i], j->list->accounts[from]);
        if ((!from_there && !same_account) ||
            (way_is_known(j, i) && !(from_there && at_odd_hour(j, i))))
            continue;
        if (from_there)
            take_over(j, i, from, "onward_from_host",
                      "侵入者が操作していた機器から行われた、前例のない経路または時間帯の接続",
                      "from a machine the intruder was working on, on a way or at an hour never "
                      "seen before");
        else
            take_over(
                j, i, from, "onward",
                "不正なセッションの間に同じアカウントで行われた、前例のない経路の接続",
                "the same account, while the intruder used it, on a way it had never taken before");
        spread = true;
    }
    return spread;
}

/* Visits without an account that nothing speaks against: whoever works from that address also reads the site. */
static void drop_mere_visits(session_list *l, kk_arena *arena)
{
    size_t kept = 0, *now = KK_NEW_ARRAY(arena, size_t, l->count);
    for (size_t i = 0; i < l->count; i++) {
        const kk_session *s = &l->items[i];
        if (is_mere_visit(s) && s->suspicious != KK_TRUE && !s->decided)
            continue;
        now[i] = kept;
        l->items[kept++] = *s;
    }
    l->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (l->items[i].parent != KK_NOWHERE)
            l->items[i].parent = now[l->items[i].parent]; /* a suspicious one: it stayed */
}

/* What is asked of every session again and again. */
static void look_up(judging *j, const kk_countries *countries)
{
    session_list *l = j->list;
    kk_slice *failed = KK_NEW_ARRAY(j->arena, kk_slice, l->failure_count);
    j->outside = KK_NEW_ARRAY(j->arena, bool, l->count);
    for (size_t i = 0; i < l->count; i++) {
        kk_session *s = &l->items[i];
        j->outside[i] = is_outside(j, s->from_ip);
        s->country = j->outside[i] ? kk_country_of(countries, s->from_ip) : KK_NONE;
    }
    for (size_t i = 0; i < l->failure_count; i++)
        failed[i] = l->failures[i].from_ip;
    j->failures = text_groups_of(j->arena, failed, l->failure_count);
}

void sessions_judge(session_list *list, const kk_case_settings *settings,
                    const kk_countries *countries, kk_arena *arena)
{
    judging j = {.list = list, .settings = settings, .arena = arena};
    look_up(&j, countries);
    for (size_t i = 0; i < list->count; i++)
        judge_alone(&j, i);
    judge_ways_in(&j);
    bool again = true;
    for (int round = 0; again && round < 32; round++) {
        again = false;
        for (size_t i = 0; i < list->count; i++)
            if (list->items[i].suspicious == KK_TRUE)
                again = spread_from(&j, i) || spread_by_host(&j, i, &list->items[i]) || again;
    }
    drop_mere_visits(list, arena);
}
