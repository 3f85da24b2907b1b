/* What the lines of all web servers hold: methods, requests, answers, times. */
#include "parse/weblog_json.h"

#include "parse/log_words.h"

void kk_weblog_method(kk_event *event, kk_slice method, kk_arena *scratch, kk_arena *kept)
{
    static const struct {
        kk_slice method, action;
    } common[] = {
        {{"GET", 3}, {"get", 3}},         {{"POST", 4}, {"post", 4}},
        {{"HEAD", 4}, {"head", 4}},       {{"PUT", 3}, {"put", 3}},
        {{"OPTIONS", 7}, {"options", 7}}, {{"DELETE", 6}, {"delete", 6}},
        {{"CONNECT", 7}, {"connect", 7}}, {{"PROPFIND", 8}, {"propfind", 8}},
    };
    kk_event_more(event, kept, KK_S("http.request.method"), method);
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (kk_eq(method, common[i].method)) {
            event->text[KK_ACTION] = common[i].action;
            return;
        }
    kk_slice copy = kk_copy(scratch, method);
    char *lower = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] = (char)(lower[i] | 0x20);
    event->text[KK_ACTION] = copy;
}

static bool is_method(kk_slice s)
{
    if (s.len < 2 || s.len > 24)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

void kk_weblog_request(kk_event *event, kk_slice request, kk_arena *scratch, kk_arena *kept)
{
    if (request.len == 0 || kk_is(request, "-"))
        return;
    size_t blank = kk_find_byte(request, ' ');
    kk_slice method = kk_part(request, 0, blank);
    kk_slice url = blank == KK_NOWHERE ? KK_NONE : kk_from(request, blank + 1);
    if (url.len == 0 || !is_method(method)) {
        kk_event_more(event, kept, KK_S("http.request.line"), kk_weblog_unescape(scratch, request));
        return;
    }
    size_t last = kk_rfind_byte(url, ' ');
    kk_slice version = last == KK_NOWHERE ? KK_NONE : kk_from(url, last + 1);
    kk_weblog_method(event, method, scratch, kept);
    if (kk_starts(version, KK_S("HTTP/"))) {
        url = kk_part(url, 0, last);
        kk_event_more(event, kept, KK_S("http.version"), kk_from(version, 5));
    }
    event->text[KK_URL] = kk_weblog_unescape(scratch, url);
}

void kk_weblog_status(kk_event *event, kk_slice status)
{
    event->text[KK_CODE] = status;
    if (status.len == 3 && status.ptr[0] >= '1' && status.ptr[0] <= '5')
        event->outcome = status.ptr[0] < '4' ? KK_SUCCESS : KK_FAILURE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t unescape_into(char *out, kk_slice text)
{
    static const char letters[] = "ntrbvf", meaning[] = "\n\t\r\b\v\f";
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
        if (c != '\\' || next == '\0') {
            out[n++] = c;
        } else if (next == 'x' && i + 3 < text.len && hex_digit(text.ptr[i + 2]) >= 0 &&
                   hex_digit(text.ptr[i + 3]) >= 0) {
            out[n++] = (char)(hex_digit(text.ptr[i + 2]) << 4 | hex_digit(text.ptr[i + 3]));
            i += 3;
        } else if (next == '"' || next == '\\') {
            out[n++] = next;
            i++;
        } else {
            const char *letter = memchr(letters, next, sizeof letters - 1);
            out[n++] = letter ? meaning[letter - letters] : c;
            i += letter != NULL;
        }
    }
    return n;
}

kk_slice kk_weblog_unescape(kk_arena *arena, kk_slice text)
{
    if (!text.len || !memchr(text.ptr, '\\', text.len))
        return text;
    char *out = kk_take(arena, text.len);
    kk_slice plain = {out, unescape_into(out, text)};
    for (size_t i = 0; i < plain.len; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
            return text;
    return kk_utf8_valid(plain) ? plain : text;
}

static bool two(const char *p, int *out)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    return true;
}

/* "03/Jul/2026:02:31:02" at the beginning of the text. */
static bool read_clf(kk_slice text, kk_civil *civil)
{
    int century = 0, year = 0;
    const char *p = text.ptr;
    if (text.len < 20 || p[2] != '/' || p[6] != '/' || p[11] != ':' || p[14] != ':' || p[17] != ':')
        return false;
    civil->month = kk_month_by_name((kk_slice){p + 3, 3});
    bool good = two(p, &civil->day) && two(p + 7, &century) && two(p + 9, &year) &&
                two(p + 12, &civil->hour) && two(p + 15, &civil->minute) &&
                two(p + 18, &civil->second);
    civil->year = century * 100 + year;
    civil->nanosecond = 0;
    return good && civil->month != 0 && kk_log_year(civil->year);
}

/* ".123" behind the seconds: how many bytes, and what it adds. */
static size_t fraction_of(kk_slice text, kk_civil *civil, kk_precision *precision)
{
    size_t i = 1;
    int scale = 100000000;
    if (text.len < 2 || (text.ptr[0] != '.' && text.ptr[0] != ','))
        return 0;
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++, scale /= 10)
        civil->nanosecond += (text.ptr[i] - '0') * scale;
    *precision = i > 7 ? KK_EXACT_100NS : i > 4 ? KK_EXACT_US : KK_EXACT_MS;
    return i;
}

bool kk_weblog_time(kk_event *event, kk_slice text, const kk_settings *settings)
{
    kk_civil civil = {0};
    int32_t offset;
    event->precision = KK_EXACT_S;
    if (!read_clf(text, &civil)) {
        event->basis = KK_BASIS_OFFSET;
        return kk_time_parse(text, &event->time);
    }
    kk_slice rest = kk_from(text, 20);
    rest = kk_trim(kk_from(rest, fraction_of(rest, &civil, &event->precision)));
    if (!kk_civil_valid(&civil))
        return false;
    if (rest.len && kk_log_offset(rest, &offset)) {
        kk_time utc = kk_time_from_civil(&civil);
        event->basis = KK_BASIS_OFFSET;
        event->time = utc == KK_NO_TIME ? utc : utc - offset * KK_SECOND;
    } else {
        event->basis = settings->zone_basis;
        event->time = kk_time_from_local(&settings->zone, &civil);
    }
    return event->time != KK_NO_TIME;
}

bool kk_weblog_seconds(kk_slice text, uint64_t *nanoseconds)
{
    uint64_t whole, fraction = 0;
    size_t taken, digits = 0;
    if (!kk_log_digits(text, &whole, &taken) || whole > 1000000)
        return false;
    kk_slice rest = kk_from(text, taken);
    if (rest.len) {
        if (rest.ptr[0] != '.' || rest.len > 10 ||
            !kk_log_digits(kk_from(rest, 1), &fraction, &digits) || digits + 1 != rest.len)
            return false;
        for (; digits < 9; digits++)
            fraction *= 10;
    }
    *nanoseconds = whole * 1000000000 + fraction;
    return true;
}
