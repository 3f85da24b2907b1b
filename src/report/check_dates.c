/* Dates: those that exist in no calendar, weekdays that are of another day, and what the claims say of
 * finding out, of the intrusion, of encryption, of reports and of the data's period. */
#include "base/json_read.h"
#include "report/check_i.h"

#include <stdlib.h>

typedef enum {
    ABOUT_ACCESS,
    ABOUT_ENCRYPTION,
    ABOUT_PERIOD,
    ABOUT_FINDING,
    ABOUT_REGULATOR,
    ABOUT_POLICE,
    ABOUTS
} about;

static const char *const about_words[ABOUTS][16] = {
    [ABOUT_ACCESS] = {"不正アクセス", "不正なアクセス", "侵入", "不正に接続", "不正にログイン",
                      "アクセスした", "アクセスされ", "アクセスを受け", "アクセスが行われ",
                      "unauthorised access", "unauthorized access", "intrusion", "intruder",
                      "were accessed", NULL},
    [ABOUT_ENCRYPTION] = {"暗号化", "encrypted", NULL},
    [ABOUT_PERIOD] = {"ご注文", "注文", "ご購入", "購入", "登録", "取引", "データの期間", "orders",
                      "ordered", "data are from", "period", NULL},
    [ABOUT_FINDING] = {"発覚", "発見", "気付", "気づ", "検知", "覚知", "認知", "discovered",
                       "detected", "noticed", "found out", "was known", NULL},
    [ABOUT_REGULATOR] = {"個人情報保護委員会", "個情委",
                         "personal information protection commission", " ppc", NULL},
    [ABOUT_POLICE] = {"警察", "被害届", "police", NULL},
};

typedef struct {
    checking *c;
    const sentence *s;
    const said_date *d;
    kk_slice part;  /* of the sentence, that is about this date */
    kk_slice after; /* ... what of it comes behind the date */
    int64_t day;
    bool told[ABOUTS];
    size_t topics;
    const kk_claim *first; /* the first claim on one of the topics */
    const kk_claim *match;
} dating;

static int64_t day_of(const checking *c, kk_time at)
{
    kk_moment moment = {at, false, 0};
    return kk_moment_day(&moment, &c->settings->zone);
}

/* Whether the time of day, where both have one, is that of the claim. */
static bool same_hour(const dating *d, kk_time at, bool day_only)
{
    if (!d->d->has_time || d->d->hour >= 24 || day_only || at == KK_NO_TIME)
        return true;
    kk_civil civil = kk_civil_in_zone(&d->c->settings->zone, at);
    int said = d->d->hour * 60 + (d->d->minute < 0 ? 0 : d->d->minute),
        is = civil.hour * 60 + civil.minute;
    if (d->d->minute < 0 && !d->d->roughly)
        return civil.hour == d->d->hour;
    return abs(said - is) <= (d->d->roughly ? 60 : 0);
}

static bool value_span(const checking *c, const kk_claim *claim, kk_time *from, kk_time *to)
{
    const kk_json_value *v =
        claim && claim->value.len ? kk_json_read(c->arena, claim->value) : NULL;
    return v && kk_time_parse(kk_json_member(v, "from"), from) &&
           kk_time_parse(kk_json_member(v, "to"), to);
}

static void note(dating *d, const kk_claim *claim, bool matches)
{
    if (!claim)
        return;
    if (!d->first)
        d->first = claim;
    if (matches && !d->match)
        d->match = claim;
}

/* Beginnings and ends must be those of the claim; a day in between is in it. */
static void hold_span(dating *d, const kk_claim *claim, bool exact_begin)
{
    kk_time from, to;
    if (!value_span(d->c, claim, &from, &to))
        return;
    int64_t first = day_of(d->c, from), last = day_of(d->c, to);
    bool fits = d->day >= first && d->day <= last;
    if (d->d->starts_range)
        fits = d->day == first && same_hour(d, from, false) && exact_begin;
    else if (d->d->ends_range)
        fits = d->day == last && same_hour(d, to, false);
    else if (fits && first == last)
        fits = same_hour(d, from, false) || same_hour(d, to, false);
    note(d, claim, fits);
}

static void hold_access(dating *d)
{
    static const char *const bounded[] = {"遅くとも",      "までに",        "以前",
                                          "no later than", "at the latest", NULL};
    bool late = d->c->in->facts->access->window.from_is == KK_NO_LATER_THAN;
    hold_span(d, claim_of(d->c, "window", KK_NONE), !late || has_any(d->s->folded, bounded));
}

static void hold_encryption(dating *d)
{
    const kk_access *a = d->c->in->facts->access;
    const kk_claim *claim = claim_of(d->c, "hosts_encrypted", KK_NONE);
    for (size_t i = 0; i < a->host_count; i++) {
        const kk_intruded_host *h = &a->hosts[i];
        if (h->encrypted != KK_TRUE || h->encrypted_first == KK_NO_TIME)
            continue;
        int64_t first = day_of(d->c, h->encrypted_first), last = day_of(d->c, h->encrypted_last);
        note(d, claim, d->day >= first && d->day <= last);
    }
}

static bool about_the_same(const kk_claim *claim, about topic)
{
    bool words = has_any(claim->ja, about_words[topic]) || has_any(claim->en, about_words[topic]);
    if (topic == ABOUT_FINDING)
        return strcmp(claim->kind, "known") == 0 ||
               (strcmp(claim->kind, "chronology") == 0 && words);
    if (topic == ABOUT_REGULATOR)
        return strcmp(claim->kind, "reported") == 0 &&
               (!claim->subject.len || kk_is(claim->subject, "ppc") ||
                kk_is(claim->subject, "jp-ppc") ||
                kk_has(claim->subject, KK_S("個人情報保護委員会")));
    return topic == ABOUT_POLICE && words &&
           (strcmp(claim->kind, "chronology") == 0 || strcmp(claim->kind, "reported") == 0);
}

static bool claim_day_only(const kk_claim *claim)
{
    return strcmp(claim->kind, "chronology") == 0 &&
           kk_find_byte(claim->subject, ':') == KK_NOWHERE;
}

static void hold_declared(dating *d, about topic)
{
    for (size_t i = 0; i < d->c->claims->count; i++) {
        const kk_claim *claim = &d->c->claims->items[i];
        if (claim->by_at != KK_NO_TIME && about_the_same(claim, topic))
            note(d, claim,
                 day_of(d->c, claim->by_at) == d->day &&
                     same_hour(d, claim->by_at, claim_day_only(claim)));
    }
}

static void hold_topics(dating *d)
{
    for (int t = 0; t < ABOUTS; t++) {
        d->told[t] = has_any(d->part, about_words[t]);
        d->topics += d->told[t];
    }
    if (d->told[ABOUT_ACCESS])
        hold_access(d);
    if (d->told[ABOUT_ENCRYPTION])
        hold_encryption(d);
    if (d->told[ABOUT_PERIOD])
        hold_span(d, claim_of(d->c, "period", KK_NONE), true);
    for (int t = ABOUT_FINDING; t < ABOUTS; t++)
        if (d->told[t])
            hold_declared(d, (about)t);
}

/* A date with nothing said about it that we know: any claim of that day will do. */
static const kk_claim *of_that_day(const dating *d)
{
    kk_time from, to;
    for (size_t i = 0; i < d->c->claims->count; i++) {
        const kk_claim *claim = &d->c->claims->items[i];
        if (claim->by_at != KK_NO_TIME && day_of(d->c, claim->by_at) == d->day &&
            same_hour(d, claim->by_at, claim_day_only(claim)))
            return claim;
        if (strcmp(claim->kind, "window") == 0 && value_span(d->c, claim, &from, &to) &&
            (day_of(d->c, from) == d->day || day_of(d->c, to) == d->day))
            return claim;
    }
    return NULL;
}

/* The weekday of that day, where the draft says another one; -1 where it does not. Without a year
 * the turn of the year may lie between this date and the one before. */
static int other_weekday(const checking *c, const said_date *d)
{
    int year = d->year ? d->year : c->year;
    if (d->weekday < 0 || !year)
        return -1;
    for (int near = d->year ? 0 : -1; near <= (d->year ? 0 : 1); near++)
        if (kk_weekday(said_day(d, year + near)) == d->weekday)
            return -1;
    return kk_weekday(said_day(d, year));
}

static bool impossible(checking *c, const sentence *s, const said_date *d, kk_slice quote)
{
    static const char *const ja[] = {"日", "月", "火", "水", "木", "金", "土"};
    static const char *const en[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                     "Thursday", "Friday", "Saturday"};
    if (!d->exists) {
        held(c, s, KK_SAID_DATE, quote, KK_HELD_CONTRADICTED, NULL,
             told(c, "存在しない日付または時刻です", "there is no such date or time"));
        return true;
    }
    int weekday = other_weekday(c, d);
    if (weekday < 0)
        return false;
    held(c, s, KK_SAID_DATE, quote, KK_HELD_CONTRADICTED, NULL,
         c->japanese ? kk_print(c->arena, "その日は%s曜日です", ja[weekday])
                     : kk_print(c->arena, "that day is a %s", en[weekday]));
    return true;
}

/* The day a notice or a file bears, alone on its line. */
static bool stands_alone(const sentence *s, const said_date *d)
{
    return s->kind != SENTENCE_ROW && d->at == 0 && d->end == s->folded.len;
}

/* Whether the date is surely that of what it was held against: 7月15日に第一報を掲載 names the breach,
 * but is not about its day. */
static bool surely_about(const dating *d)
{
    static const char *const acts[] = {
        "掲載", "公表",     "報告",      "提出",     "依頼",   "受領",    "通知",     "連絡",
        "復旧", "再開",     "完了",      "実施",     "停止",   "遮断",    "切断",     "付の",
        "付け", "お知らせ", "published", "reported", "notice", "engaged", "restored", NULL};
    static const char *const documents[] = {"付",         "に掲載",     "に公表",
                                            "のお知らせ", "のリリース", NULL};
    bool range = d->d->starts_range || d->d->ends_range;
    for (size_t i = 0; documents[i]; i++)
        if (kk_starts(d->after, kk_cstr(documents[i])))
            return false;
    if (d->topics != 1 || !d->first)
        return false;
    if (d->told[ABOUT_ACCESS] || d->told[ABOUT_ENCRYPTION])
        return range || (!has_any(d->after, acts) &&
                         (has_any(d->after, about_words[ABOUT_ACCESS]) ||
                          has_any(d->after, about_words[ABOUT_ENCRYPTION]) || !d->s->japanese));
    return !d->told[ABOUT_PERIOD] || range;
}

static void hold_date(checking *c, const sentence *s, const said_date *date, size_t from, size_t to)
{
    dating d = {.c = c,
                .s = s,
                .d = date,
                .day = said_day(date, c->year),
                .part = kk_part(s->folded, from, to - from),
                .after = kk_part(s->folded, date->end, to - date->end)};
    kk_slice quote = kk_part(s->folded, date->at, date->end - date->at);
    hold_topics(&d);
    bool sure = surely_about(&d);
    if (!d.match && !sure)
        d.match = of_that_day(&d);
    if (d.match)
        held(c, s, KK_SAID_DATE, quote, KK_HELD_SUPPORTED, d.match, KK_NONE);
    else if (sure)
        held(c, s, KK_SAID_DATE, quote, KK_HELD_CONTRADICTED, d.first, KK_NONE);
    else
        held(c, s, KK_SAID_DATE, quote, KK_HELD_UNSUPPORTED, NULL, KK_NONE);
}

/* What of the sentence is about a date: up to the next one; of a span both its ends. */
static void part_of(kk_slice folded, const said_date *dates, size_t count, size_t i, size_t *from,
                    size_t *to)
{
    size_t first = dates[i].ends_range && i ? i - 1 : i;
    size_t last = dates[i].starts_range && i + 1 < count ? i + 1 : i;
    *from = first ? dates[first].at : 0;
    *to = last + 1 < count ? dates[last + 1].at : folded.len;
}

void check_dates(checking *c, const sentence *s)
{
    said_date dates[DATES_MOST];
    size_t count = dates_find(s->folded, dates, DATES_MOST), from, to;
    for (size_t i = 0; i < count; i++) {
        const said_date *d = &dates[i];
        kk_slice quote = kk_part(s->folded, d->at, d->end - d->at);
        if (d->year)
            c->year = d->year;
        if (impossible(c, s, d, quote) || !c->in || stands_alone(s, d) || is_aside(s) ||
            echoed(c, s) || !c->year)
            continue;
        part_of(s->folded, dates, count, i, &from, &to);
        hold_date(c, s, d, from, to);
    }
}
