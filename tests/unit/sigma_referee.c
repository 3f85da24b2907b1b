#include "tests/unit/sigma_referee.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <arpa/inet.h>
#include <pcre2.h>
#include <stdio.h>
#include <unicode/uchar.h>

#include "base/text.h"

/* ---- texts as characters ---- */

enum { MOST = 1500, STAR = -1, QUERY = -2 };
typedef struct {
    int c[MOST];
    int n;
} chars;

static chars characters(kk_slice s)
{
    chars out = {.n = 0};
    for (size_t at = 0; at < s.len && out.n < MOST;)
        out.c[out.n++] = (int)kk_next_char(s, &at);
    return out;
}

static chars folded(chars s)
{
    for (int i = 0; i < s.n; i++)
        if (s.c[i] >= 0)
            s.c[i] = u_foldCase(s.c[i], U_FOLD_CASE_DEFAULT);
    return s;
}

static bool fits(const int *p, int pn, const int *t, int tn)
{
    if (!pn)
        return !tn;
    if (*p == STAR)
        return fits(p + 1, pn - 1, t, tn) || (tn && fits(p, pn, t + 1, tn - 1));
    return tn && (*p == QUERY || *p == *t) && fits(p + 1, pn - 1, t + 1, tn - 1);
}

/* The table of the specification: \* and \? are the characters, \\ is one backslash, any other
 * backslash stands for itself. */
static chars pattern(kk_slice s)
{
    chars raw = characters(s), out = {.n = 0};
    for (int i = 0; i < raw.n; i++) {
        bool escape = raw.c[i] == '\\' && i + 1 < raw.n &&
                      (raw.c[i + 1] == '*' || raw.c[i + 1] == '?' || raw.c[i + 1] == '\\');
        if (escape)
            out.c[out.n++] = raw.c[++i];
        else if (raw.c[i] == '*')
            out.c[out.n++] = STAR;
        else if (raw.c[i] == '?')
            out.c[out.n++] = QUERY;
        else
            out.c[out.n++] = raw.c[i];
    }
    return out;
}

/* ---- modifiers ---- */

typedef struct {
    kk_slice field, mods[8];
    int count;
} item;

static bool has(const item *it, const char *mod)
{
    for (int i = 0; i < it->count; i++)
        if (kk_is(it->mods[i], mod))
            return true;
    return false;
}

typedef struct {
    chars *list;
    int n;
} variants;

static bool is_word(const chars *s, int i)
{
    return i >= 0 && i < s->n &&
           (s->c[i] == '_' || (s->c[i] >= '0' && s->c[i] <= '9') ||
            (s->c[i] >= 'a' && s->c[i] <= 'z') || (s->c[i] >= 'A' && s->c[i] <= 'Z') ||
            s->c[i] >= 0x80);
}

static const int dashes[] = {'-', '/', 0x2013, 0x2014, 0x2015};

static bool is_dash(int c)
{
    for (int d = 0; d < 5; d++)
        if (c == dashes[d])
            return true;
    return false;
}

/* Every way to write the options of one text. */
static void permute(kk_arena *arena, const chars *original, chars now, int from, variants *out)
{
    for (int i = from; i < now.n; i++) {
        bool before = i > 0 && is_word(original, i - 1) && !is_dash(original->c[i - 1]);
        if (!is_dash(original->c[i]) || before || !is_word(original, i + 1) ||
            is_dash(original->c[i + 1]))
            continue;
        for (int d = 0; d < 5; d++) {
            now.c[i] = dashes[d];
            permute(arena, original, now, i + 1, out);
        }
        return;
    }
    chars *grown = KK_NEW_ARRAY(arena, chars, (size_t)out->n + 1);
    if (out->n)
        memcpy(grown, out->list, (size_t)out->n * sizeof now);
    grown[out->n++] = now;
    out->list = grown;
}

static chars base64(const chars *s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    chars out = {.n = 0};
    unsigned bits = 0;
    int have = 0;
    for (int i = 0; i < s->n; i++) {
        bits = bits << 8 | (unsigned)s->c[i];
        for (have += 8; have >= 6; have -= 6)
            out.c[out.n++] = (unsigned char)digits[bits >> (have - 6) & 63];
    }
    if (have)
        out.c[out.n++] = (unsigned char)digits[bits << (6 - have) & 63];
    while (out.n % 4)
        out.c[out.n++] = '=';
    return out;
}

static chars bytes_of(const chars *s)
{
    chars out = {.n = 0};
    kk_buffer text = {0};
    for (int i = 0; i < s->n; i++)
        kk_put_char(&text, (uint32_t)s->c[i]);
    for (size_t i = 0; i < text.len; i++)
        out.c[out.n++] = (unsigned char)text.ptr[i];
    kk_buffer_close(&text);
    return out;
}

static chars utf16(const chars *s, bool little)
{
    chars out = {.n = 0};
    for (int i = 0; i < s->n; i++) { /* the generator has no characters beyond 16 bits */
        out.c[out.n++] = little ? s->c[i] & 255 : s->c[i] >> 8;
        out.c[out.n++] = little ? s->c[i] >> 8 : s->c[i] & 255;
    }
    return out;
}

static void recode(kk_arena *arena, kk_slice mod, variants *v, bool *bytes)
{
    if (kk_is(mod, "windash")) {
        variants all = {0};
        for (int i = 0; i < v->n; i++)
            permute(arena, &v->list[i], v->list[i], 0, &all);
        *v = all;
    } else if (kk_is(mod, "wide") || kk_is(mod, "utf16le") || kk_is(mod, "utf16be")) {
        v->list[0] = utf16(&v->list[0], !kk_is(mod, "utf16be"));
        *bytes = true;
    } else if (kk_is(mod, "utf16")) {
        chars body = utf16(&v->list[0], true);
        v->list[0].n = 0;
        v->list[0].c[v->list[0].n++] = 0xff;
        v->list[0].c[v->list[0].n++] = 0xfe;
        for (int i = 0; i < body.n; i++)
            v->list[0].c[v->list[0].n++] = body.c[i];
        *bytes = true;
    } else if (kk_is(mod, "base64")) {
        chars raw = *bytes ? v->list[0] : bytes_of(&v->list[0]);
        v->list[0] = base64(&raw);
        *bytes = false;
    } else if (kk_is(mod, "base64offset")) {
        static const int head[] = {0, 2, 3}, tail[] = {0, 3, 2};
        chars raw = *bytes ? v->list[0] : bytes_of(&v->list[0]);
        v->list = KK_NEW_ARRAY(arena, chars, 3);
        for (v->n = 0; v->n < 3; v->n++) {
            chars shifted = {.n = 0};
            while (shifted.n < v->n)
                shifted.c[shifted.n++] = ' ';
            for (int i = 0; i < raw.n; i++)
                shifted.c[shifted.n++] = raw.c[i];
            chars code = base64(&shifted);
            int end = code.n - tail[shifted.n % 3];
            chars *out = &v->list[v->n];
            for (int i = head[v->n]; i < end; i++)
                out->c[out->n++] = code.c[i];
        }
        *bytes = false;
    }
}

static bool text_fits(const item *it, kk_slice wanted, kk_slice value)
{
    kk_arena *arena = kk_arena_open();
    variants v = {KK_NEW(arena, chars), 1};
    bool bytes = false, good = false;
    chars text = characters(value);
    v.list[0] = pattern(wanted);
    for (int i = 0; i < it->count; i++)
        recode(arena, it->mods[i], &v, &bytes);
    for (int i = 0; i < v.n && !good; i++) {
        chars p = {.n = 0};
        bool any = has(it, "contains") || !it->field.len;
        if (any || has(it, "endswith"))
            p.c[p.n++] = STAR;
        for (int k = 0; k < v.list[i].n; k++)
            p.c[p.n++] = v.list[i].c[k];
        if (any || has(it, "startswith"))
            p.c[p.n++] = STAR;
        chars t = has(it, "cased") ? text : folded(text);
        p = has(it, "cased") ? p : folded(p);
        good = fits(p.c, p.n, t.c, t.n);
    }
    kk_arena_close(arena);
    return good;
}

/* ---- values that are no text ---- */

static bool number(kk_slice s, double *out)
{
    bool minus = s.len > 1 && s.ptr[0] == '-';
    double value = 0, unit = 1;
    bool digit = false, point = false;
    if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] == 'x' || s.ptr[1] == 'X')) {
        uint64_t hex;
        if (!kk_hex_to_u64(kk_from(s, 2), &hex))
            return false;
        *out = (double)hex;
        return true;
    }
    for (size_t i = minus; i < s.len; i++) {
        if (s.ptr[i] == '.' && digit && !point && i + 1 < s.len) {
            point = true;
        } else if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
            digit = true;
            unit = point ? unit / 10 : unit;
            value = point ? value + (s.ptr[i] - '0') * unit : value * 10 + (s.ptr[i] - '0');
        } else {
            return false;
        }
    }
    *out = minus ? -value : value;
    return digit;
}

static int digits_at(kk_slice s, size_t at, size_t n)
{
    int out = 0;
    for (size_t i = at; i < at + n; i++)
        out = i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && out >= 0
                  ? out * 10 + (s.ptr[i] - '0')
                  : -100000;
    return out;
}

/* 2026-07-01T08:30:00 and the like; every date of the generator is one. */
static bool part_of(const item *it, kk_slice s, double *out)
{
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int year = digits_at(s, 0, 4), month = digits_at(s, 5, 2), day = digits_at(s, 8, 2);
    int hour = digits_at(s, 11, 2), minute = digits_at(s, 14, 2);
    if (s.len < 16 || year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int ordinal = days[month - 1] + day + (leap && month > 2);
    int y = year - 1, weekday = (y + y / 4 - y / 100 + y / 400 + ordinal) % 7; /* 0 is Sunday */
    weekday = weekday ? weekday : 7;
    int week = (ordinal - weekday + 10) / 7;
    if (week == 0)
        week = 52; /* good enough: the generator keeps away from the turn of the year */
    *out = has(it, "minute")  ? minute
           : has(it, "hour")  ? hour
           : has(it, "day")   ? day
           : has(it, "week")  ? week
           : has(it, "month") ? month
                              : year;
    return true;
}

static bool is_part(const item *it)
{
    return has(it, "minute") || has(it, "hour") || has(it, "day") || has(it, "week") ||
           has(it, "month") || has(it, "year");
}

static bool compare(const item *it, double value, double than)
{
    return has(it, "lt")    ? value < than
           : has(it, "lte") ? value <= than
           : has(it, "gt")  ? value > than
           : has(it, "gte") ? value >= than
                            : value == than;
}

static bool regex(const item *it, kk_slice wanted, kk_slice value)
{
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | (has(it, "i") ? PCRE2_CASELESS : 0) |
                       (has(it, "m") ? PCRE2_MULTILINE : 0) | (has(it, "s") ? PCRE2_DOTALL : 0);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)wanted.ptr, wanted.len, options, &error, &at, NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    bool good = code && pcre2_match(code, (PCRE2_SPTR)(value.ptr ? value.ptr : ""), value.len, 0, 0,
                                    data, NULL) >= 0;
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return good;
}

static bool cidr(kk_slice wanted, kk_slice value)
{
    char net[80], host[80];
    unsigned char a[16], b[16];
    int bits = 0, at = 0;
    snprintf(net, sizeof net, "%.*s", KK_P(wanted));
    snprintf(host, sizeof host, "%.*s", KK_P(value));
    for (at = 0; net[at] && net[at] != '/'; at++)
        ;
    for (int i = at + 1; net[at] && net[i]; i++)
        bits = bits * 10 + (net[i] - '0');
    net[at] = 0;
    int family = strchr(net, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, net, a) != 1 || inet_pton(family, host, b) != 1)
        return false;
    for (int i = 0; i < bits; i++)
        if ((a[i / 8] >> (7 - i % 8) & 1) != (b[i / 8] >> (7 - i % 8) & 1))
            return false;
    return true;
}

/* ---- an event ---- */

static bool is_field(const item *it, kk_slice name)
{
    return !it->field.len || kk_eq(it->field, name);
}

static bool refers(const item *it, kk_slice other, kk_slice value, const kk_event *e)
{
    chars a = characters(value);
    for (size_t i = 0; i < e->more_count; i++) {
        if (!kk_eq(e->more[i].name, other))
            continue;
        chars b = characters(e->more[i].value), p = {.n = 0};
        if (has(it, "contains") || has(it, "endswith"))
            p.c[p.n++] = STAR;
        for (int k = 0; k < b.n; k++)
            p.c[p.n++] = b.c[k];
        if (has(it, "contains") || has(it, "startswith"))
            p.c[p.n++] = STAR;
        chars t = has(it, "cased") ? a : folded(a);
        p = has(it, "cased") ? p : folded(p);
        if (fits(p.c, p.n, t.c, t.n))
            return true;
    }
    return false;
}

static bool value_fits(const item *it, const kk_yaml *wanted, kk_slice value, const kk_event *e)
{
    double than, has_number;
    bool plain = !has(it, "contains") && !has(it, "startswith") && !has(it, "endswith") &&
                 !has(it, "cased") && !has(it, "windash") && !has(it, "base64") &&
                 !has(it, "base64offset") && !has(it, "wide") && !has(it, "utf16") &&
                 !has(it, "utf16le") && !has(it, "utf16be");
    bool compares = has(it, "lt") || has(it, "lte") || has(it, "gt") || has(it, "gte");
    if (has(it, "re"))
        return regex(it, wanted->text, value);
    if (has(it, "cidr"))
        return cidr(wanted->text, value);
    if (has(it, "fieldref"))
        return refers(it, wanted->text, value, e);
    if (is_part(it))
        return number(wanted->text, &than) && part_of(it, value, &has_number) &&
               compare(it, has_number, than);
    if (compares || (plain && !wanted->quoted && it->field.len && number(wanted->text, &than)))
        return number(wanted->text, &than) && number(value, &has_number) &&
               compare(it, has_number, than);
    return text_fits(it, wanted->text, value);
}

static bool wanted_holds(const item *it, const kk_yaml *wanted, const kk_event *e)
{
    bool there = false, fitting = false, yes;
    for (size_t i = 0; i < e->more_count; i++) {
        if (!is_field(it, e->more[i].name))
            continue;
        there = true;
        if (wanted->kind == KK_YAML_TEXT && !has(it, "exists"))
            fitting = fitting || value_fits(it, wanted, e->more[i].value, e);
    }
    if (has(it, "exists"))
        return kk_yaml_bool(wanted, &yes) && yes == there;
    return wanted->kind == KK_YAML_NULL ? !there : fitting;
}

static bool item_holds(kk_slice key, const kk_yaml *value, const kk_event *e)
{
    item it = {.count = 0};
    kk_slice rest = key, mod;
    kk_split(&rest, '|', &it.field);
    while (it.field.len < key.len && kk_split(&rest, '|', &mod))
        it.mods[it.count++] = mod;
    bool any = false, every = true;
    const kk_yaml *first = value->kind == KK_YAML_LIST ? value->first : value;
    for (const kk_yaml *one = first; one; one = value->kind == KK_YAML_LIST ? one->next : NULL) {
        bool yes = wanted_holds(&it, one, e);
        any = any || yes;
        every = every && yes;
    }
    if (has(&it, "neq"))
        return !any;
    return has(&it, "all") ? every : any;
}

static bool map_holds(const kk_yaml *map, const kk_event *e)
{
    for (const kk_yaml *one = map->first; one; one = one->next)
        if (!item_holds(one->key, one, e))
            return false;
    return true;
}

static bool selection_holds(const kk_yaml *s, const kk_event *e)
{
    if (s->kind == KK_YAML_MAP)
        return map_holds(s, e);
    for (const kk_yaml *one = s->first; one; one = one->next)
        if (one->kind == KK_YAML_MAP ? map_holds(one, e) : item_holds(KK_NONE, one, e))
            return true;
    return false;
}

/* ---- conditions: by hand, from the lowest binding to the highest ---- */

typedef struct {
    const kk_yaml *detection;
    const kk_event *event;
    const char *at;
} state;

static bool eat(state *s, const char *word)
{
    size_t len = strlen(word);
    while (*s->at == ' ')
        s->at++;
    if (strncmp(s->at, word, len) != 0)
        return false;
    char next = s->at[len];
    if (word[0] != '(' && word[0] != ')' && next && next != ' ' && next != ')' && next != '(')
        return false;
    s->at += len;
    return true;
}

static bool either(state *s);

static bool name_like(kk_slice p, kk_slice name)
{
    if (!p.len)
        return !name.len;
    if (p.ptr[0] == '*')
        return name_like(kk_from(p, 1), name) || (name.len && name_like(p, kk_from(name, 1)));
    return name.len && p.ptr[0] == name.ptr[0] && name_like(kk_from(p, 1), kk_from(name, 1));
}

static kk_slice word_here(state *s)
{
    while (*s->at == ' ')
        s->at++;
    const char *from = s->at;
    while (*s->at && *s->at != ' ' && *s->at != ')' && *s->at != '(')
        s->at++;
    return (kk_slice){from, (size_t)(s->at - from)};
}

static bool some_of(state *s, int least)
{
    kk_slice word = word_here(s);
    int total = 0, good = 0;
    for (const kk_yaml *one = s->detection->first; one; one = one->next) {
        if (kk_is(one->key, "condition"))
            continue;
        if (kk_is(word, "them") ? one->key.ptr[0] == '_' : !name_like(word, one->key))
            continue;
        total++;
        good += selection_holds(one, s->event);
    }
    return good >= (least ? least : total);
}

static bool primary(state *s)
{
    if (eat(s, "(")) {
        bool yes = either(s);
        eat(s, ")");
        return yes;
    }
    if (eat(s, "all of"))
        return some_of(s, 0);
    if (eat(s, "1 of"))
        return some_of(s, 1);
    if (eat(s, "2 of"))
        return some_of(s, 2);
    kk_slice name = word_here(s);
    for (const kk_yaml *one = s->detection->first; one; one = one->next)
        if (kk_eq(one->key, name))
            return selection_holds(one, s->event);
    return false;
}

static bool negation(state *s)
{
    return eat(s, "not") ? !negation(s) : primary(s);
}

static bool each(state *s)
{
    bool yes = negation(s);
    while (eat(s, "and"))
        yes = negation(s) && yes;
    return yes;
}

static bool either(state *s)
{
    bool yes = each(s);
    while (eat(s, "or"))
        yes = each(s) || yes;
    return yes;
}

bool referee_fires(const kk_yaml *document, const kk_event *event)
{
    const kk_yaml *detection = kk_yaml_get(document, "detection");
    const kk_yaml *wanted = kk_yaml_get(detection, "condition");
    bool yes = false;
    for (const kk_yaml *one = wanted->kind == KK_YAML_LIST ? wanted->first : wanted; one;
         one = wanted->kind == KK_YAML_LIST ? one->next : NULL) {
        state s = {detection, event, one->text.ptr};
        yes = either(&s) || yes;
    }
    return yes;
}
