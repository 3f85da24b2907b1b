/* Tags out, entities in. Every byte is looked at a fixed number of times, whatever the nesting. */
#include "parse/html_text.h"

typedef struct {
    kk_slice html;
    size_t at;
    char *to;
    size_t len;
    bool blank; /* white space is owed before the next letter */
} page;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void put_break(page *p, char c)
{
    while (p->len && p->to[p->len - 1] == ' ')
        p->len--;
    bool twice =
        p->len == 0 || p->to[p->len - 1] == '\n' || (c == '\t' && p->to[p->len - 1] == '\t');
    if (!twice)
        p->to[p->len++] = c;
    p->blank = false;
}

static void put_letter(page *p, char c)
{
    if (p->blank && p->len && p->to[p->len - 1] != '\n' && p->to[p->len - 1] != '\t')
        p->to[p->len++] = ' ';
    p->blank = false;
    p->to[p->len++] = c;
}

static void put_point(page *p, uint32_t point)
{
    kk_buffer one = {0};
    kk_put_char(&one, point);
    for (size_t i = 0; i < one.len; i++)
        put_letter(p, one.ptr[i]);
    kk_buffer_close(&one);
}

static uint32_t named_entity(kk_slice name)
{
    static const struct {
        const char *name;
        uint32_t point;
    } names[] = {{"amp", '&'},      {"lt", '<'},       {"gt", '>'},        {"quot", '"'},
                 {"apos", '\''},    {"nbsp", ' '},     {"copy", 0xa9},     {"reg", 0xae},
                 {"yen", 0xa5},     {"euro", 0x20ac},  {"hellip", 0x2026}, {"mdash", 0x2014},
                 {"ndash", 0x2013}, {"lsquo", 0x2018}, {"rsquo", 0x2019},  {"ldquo", 0x201c},
                 {"rdquo", 0x201d}, {"middot", 0xb7},  {"times", 0xd7},    {"bull", 0x2022},
                 {"laquo", 0xab},   {"raquo", 0xbb},   {"trade", 0x2122},  {"deg", 0xb0},
                 {"ensp", ' '},     {"emsp", 0x3000},  {"eacute", 0xe9},   {"uuml", 0xfc},
                 {"ouml", 0xf6},    {"auml", 0xe4},    {"szlig", 0xdf},    {"rarr", 0x2192}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_is(name, names[i].name))
            return names[i].point;
    return 0;
}

static uint32_t entity_point(kk_slice name)
{
    uint64_t point = 0;
    if (name.len < 2 || name.ptr[0] != '#')
        return named_entity(name);
    bool hex = name.ptr[1] == 'x' || name.ptr[1] == 'X';
    bool good = hex ? kk_hex_to_u64(kk_from(name, 2), &point) : kk_to_u64(kk_from(name, 1), &point);
    return good && point >= 9 && point < 0x110000 ? (uint32_t)point : 0;
}

/* At '&'. */
static void entity(page *p)
{
    kk_slice rest = kk_part(p->html, p->at + 1, 12);
    size_t end = kk_find_byte(rest, ';');
    uint32_t point = end == KK_NOWHERE ? 0 : entity_point(kk_part(rest, 0, end));
    if (!point) {
        put_letter(p, '&');
        p->at++;
        return;
    }
    p->at += end + 2;
    if (point == ' ' || point == 0xa0)
        p->blank = true;
    else if (point == '\n' || point == '\t' || point == '\r')
        p->blank = true;
    else
        put_point(p, point);
}

/* Past `needle` in any case, or the end. */
static void skip_past(page *p, kk_slice needle)
{
    while (p->at < p->html.len) {
        kk_slice rest = kk_from(p->html, p->at);
        size_t lead = kk_find_byte(rest, needle.ptr[0]);
        if (lead == KK_NOWHERE)
            break;
        p->at += lead;
        if (kk_eq_nocase(kk_part(p->html, p->at, needle.len), needle)) {
            p->at += needle.len;
            return;
        }
        p->at++;
    }
    p->at = p->html.len;
}

/* Past the '>' of a tag; one inside quotes does not count. A quote that is not closed does. */
static void skip_tag(page *p)
{
    size_t begin = p->at;
    char quote = 0;
    for (; p->at < p->html.len; p->at++) {
        char c = p->html.ptr[p->at];
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
        else if (c == '>' && !quote)
            break;
        else if (quote && p->at - begin > 64 * 1024)
            break;
    }
    if (p->at < p->html.len && p->html.ptr[p->at] == '>') {
        p->at++;
        return;
    }
    p->at = begin;
    skip_past(p, KK_S(">"));
}

/* At '<'. */
static void tag(page *p)
{
    static const char *const blocks[] = {"br", "p",  "div", "tr",         "li",  "h1",    "h2",
                                         "h3", "h4", "h5",  "h6",         "dt",  "dd",    "table",
                                         "ul", "ol", "hr",  "blockquote", "pre", "title", NULL};
    kk_slice rest = kk_from(p->html, p->at + 1);
    bool closing = rest.len && rest.ptr[0] == '/';
    if (kk_starts(rest, KK_S("!--"))) {
        p->at += 4;
        skip_past(p, KK_S("-->"));
        return;
    }
    rest = kk_from(rest, closing);
    if (rest.len == 0 || !(is_letter(rest.ptr[0]) || rest.ptr[0] == '!' || rest.ptr[0] == '?')) {
        put_letter(p, '<');
        p->at++;
        return;
    }
    size_t n = 0;
    while (n < rest.len && n < 16 &&
           (is_letter(rest.ptr[n]) || (rest.ptr[n] >= '0' && rest.ptr[n] <= '9')))
        n++;
    kk_slice name = kk_part(rest, 0, n);
    skip_tag(p);
    bool script = kk_eq_nocase(name, KK_S("script")), style = kk_eq_nocase(name, KK_S("style"));
    if (!closing && (script || style)) {
        skip_past(p, script ? KK_S("</script") : KK_S("</style"));
        skip_past(p, KK_S(">"));
    } else if (kk_is_any_nocase(name, blocks)) {
        put_break(p, '\n');
    } else if (closing && (kk_eq_nocase(name, KK_S("td")) || kk_eq_nocase(name, KK_S("th")))) {
        put_break(p, '\t');
    }
}

kk_slice kk_html_text(kk_arena *arena, kk_slice html)
{
    /* An entity takes at least as many bytes as its character; a blank may be added to each letter.
     */
    page p = {.html = html, .to = kk_take(arena, html.len * 2 + 8)};
    while (p.at < html.len) {
        char c = html.ptr[p.at];
        if (c == '<') {
            tag(&p);
        } else if (c == '&') {
            entity(&p);
        } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            p.blank = true;
            p.at++;
        } else {
            put_letter(&p, c);
            p.at++;
        }
    }
    return kk_trim((kk_slice){p.to, p.len});
}

kk_slice kk_html_charset(kk_slice bytes)
{
    kk_slice head = kk_part(bytes, 0, 4096), key = KK_S("charset");
    for (size_t i = 0; i + key.len < head.len; i++) {
        if (!kk_eq_nocase(kk_part(head, i, key.len), key))
            continue;
        kk_slice rest = kk_trim(kk_from(head, i + key.len));
        if (rest.len == 0 || rest.ptr[0] != '=')
            continue;
        rest = kk_trim(kk_from(rest, 1));
        if (rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '\''))
            rest = kk_from(rest, 1);
        size_t n = 0;
        while (n < rest.len &&
               (is_letter(rest.ptr[n]) || (rest.ptr[n] >= '0' && rest.ptr[n] <= '9') ||
                rest.ptr[n] == '-' || rest.ptr[n] == '_'))
            n++;
        return kk_part(rest, 0, n);
    }
    return KK_NONE;
}
