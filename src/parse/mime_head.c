/* Values of mail headers: dates and lists of mailboxes (RFC 5322, with the obsolete forms). */
#include "parse/mime.h"

/* ---- Dates ---- */

static bool next_token(kk_slice *rest, kk_slice *token)
{
    size_t i = 0, n;
    while (i < rest->len && (rest->ptr[i] == ' ' || rest->ptr[i] == '\t' || rest->ptr[i] == ','))
        i++;
    if (i == rest->len || rest->ptr[i] == '(')
        return false;
    for (n = i; n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t' && rest->ptr[n] != ',';
         n++)
        ;
    *token = kk_part(*rest, i, n - i);
    *rest = kk_from(*rest, n);
    return true;
}

static bool small_number(kk_slice s, int *out)
{
    uint64_t n;
    if (!kk_to_u64(s, &n) || n > 9999)
        return false;
    *out = (int)n;
    return true;
}

/* "09:12:33", "9:12", also with dots. */
static bool read_clock(kk_slice s, kk_civil *c)
{
    kk_slice piece;
    char mark = kk_find_byte(s, ':') != KK_NOWHERE ? ':' : '.';
    bool good = kk_split(&s, mark, &piece) && small_number(piece, &c->hour) &&
                kk_split(&s, mark, &piece) && small_number(piece, &c->minute);
    c->second = 0;
    if (good && kk_split(&s, mark, &piece))
        good = small_number(kk_part(piece, 0, 2), &c->second);
    if (c->second == 60)
        c->second = 59;
    return good;
}

static bool read_zone(kk_slice s, kk_mime_date *d)
{
    static const struct {
        const char *name;
        int hours;
    } names[] = {{"GMT", 0},  {"UT", 0},   {"UTC", 0},  {"Z", 0},    {"JST", 9},
                 {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7},
                 {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    int number;
    if (s.len >= 5 && (s.ptr[0] == '+' || s.ptr[0] == '-')) {
        bool colon = s.len == 6 && s.ptr[3] == ':';
        int minutes;
        if (!small_number(kk_part(s, 1, 2), &number) ||
            !small_number(kk_part(s, colon ? 4 : 3, 2), &minutes) || number > 14 || minutes > 59)
            return false;
        d->offset = (number * 3600 + minutes * 60) * (s.ptr[0] == '-' ? -1 : 1);
        d->has_zone = true;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kk_eq_nocase(s, kk_cstr(names[i].name))) {
            d->offset = names[i].hours * 3600;
            d->has_zone = true;
            return true;
        }
    }
    return false;
}

static void read_year(kk_slice s, int number, kk_civil *c)
{
    c->year = s.len >= 4 ? number : number < 50 ? 2000 + number : 1900 + number;
}

/* Tokens in any order, so that "Tue, 1 Jul 2026 09:12:33 +0900", "1-Jul-26 9:12 JST" and
 * "Tue Jul  1 09:12:33 2026" are all read: the first number is the day, the second the year. */
bool kk_mime_date_parse(kk_slice value, kk_mime_date *out)
{
    kk_slice token;
    int number;
    bool has_clock = false;
    *out = (kk_mime_date){.has_zone = false};
    for (int i = 0; i < 12 && next_token(&value, &token); i++) {
        size_t dash = kk_find_byte(token, '-');
        if (dash != KK_NOWHERE && dash > 0 && kk_month_by_name(kk_part(token, dash + 1, 3))) {
            kk_slice year = kk_from(token, dash + 5);
            out->civil.month = kk_month_by_name(kk_part(token, dash + 1, 3));
            if (!small_number(kk_part(token, 0, dash), &out->civil.day) ||
                !small_number(year, &number))
                return false;
            read_year(year, number, &out->civil);
        } else if (!has_clock && (kk_find_byte(token, ':') != KK_NOWHERE)) {
            has_clock = read_clock(token, &out->civil);
        } else if (small_number(token, &number)) {
            if (!out->civil.day)
                out->civil.day = number;
            else if (!out->civil.year)
                read_year(token, number, &out->civil);
        } else if (token.len >= 3 && !out->civil.month && kk_month_by_name(kk_part(token, 0, 3))) {
            out->civil.month = kk_month_by_name(kk_part(token, 0, 3));
        } else if (has_clock && !out->has_zone) {
            read_zone(token, out);
        }
    }
    return has_clock && out->civil.year && kk_civil_valid(&out->civil);
}

/* ---- Mailboxes ---- */

typedef struct {
    kk_buffer words;   /* of the name: atoms and quoted strings, blanks between */
    kk_buffer comment; /* the last (comment) */
    kk_buffer angle;   /* what stands in <> */
    bool has_angle;
} mailbox;

/* "..." or (...) at i; past it. Escapes are taken out. Comments nest. */
static size_t put_enclosed(kk_slice s, size_t i, kk_buffer *out)
{
    char open = s.ptr[i], close = open == '(' ? ')' : '"';
    int depth = 1;
    for (i++; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\\' && i + 1 < s.len) {
            kk_put_byte(out, s.ptr[++i]);
            continue;
        }
        if (c == close && --depth == 0)
            return i + 1;
        if (c == '(' && close == ')')
            depth++;
        kk_put_byte(out, c);
    }
    return i;
}

static size_t put_angle(kk_slice s, size_t i, mailbox *m)
{
    m->has_angle = true;
    m->angle.len = 0;
    for (i++; i < s.len && s.ptr[i] != '>'; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\t')
            kk_put_byte(&m->angle, s.ptr[i]);
    return i < s.len ? i + 1 : i;
}

/* An encoded word is one atom, whatever letters it holds. */
static size_t put_atom(kk_slice s, size_t i, kk_buffer *out)
{
    if (kk_starts(kk_from(s, i), KK_S("=?"))) {
        size_t charset = kk_find_byte(kk_from(s, i + 2), '?');
        size_t text = charset == KK_NOWHERE || charset > 64 ? KK_NOWHERE : i + 2 + charset + 3;
        size_t end = text == KK_NOWHERE ? KK_NOWHERE : kk_find(kk_part(s, text, 8192), KK_S("?="));
        if (end != KK_NOWHERE) {
            kk_put(out, kk_part(s, i, text + end + 2 - i));
            return text + end + 2;
        }
    }
    kk_put_byte(out, s.ptr[i]);
    return i + 1;
}

/* Reads to the ',' or ';' that ends a mailbox; past it. */
static size_t read_mailbox(kk_slice s, mailbox *m)
{
    size_t i = 0;
    while (i < s.len && s.ptr[i] != ',' && s.ptr[i] != ';') {
        char c = s.ptr[i];
        if (c == '"' && kk_find_byte(kk_from(s, i + 1), '"') != KK_NOWHERE) {
            i = put_enclosed(s, i, &m->words);
        } else if (c == '(') {
            m->comment.len = 0;
            i = put_enclosed(s, i, &m->comment);
        } else if (c == '<') {
            i = put_angle(s, i, m);
        } else if (c == ':' && !m->has_angle) {
            m->words.len = 0; /* the name of a group ends here */
            i++;
        } else {
            i = put_atom(s, i, &m->words);
        }
    }
    return i < s.len ? i + 1 : i;
}

/* Without a route ("@a,@b:") and "mailto:". */
static kk_slice bare_address(kk_slice s)
{
    size_t colon = kk_find_byte(s, ':');
    s = kk_trim(s);
    if (s.len && s.ptr[0] == '@' && colon != KK_NOWHERE)
        s = kk_from(s, colon + 1);
    if (kk_eq_nocase(kk_part(s, 0, 7), KK_S("mailto:")))
        s = kk_from(s, 7);
    return kk_trim(s);
}

static kk_slice name_of(kk_arena *arena, const kk_buffer *raw)
{
    kk_slice name = kk_trim(kk_mime_words(arena, kk_copy(arena, kk_trim(kk_buffer_slice(raw)))));
    /* Quoted once more, as some mailers do: '山田' or "'a@example.com'". */
    if (name.len >= 2 && name.ptr[0] == '\'' && name.ptr[name.len - 1] == '\'')
        name = kk_part(name, 1, name.len - 2);
    return name;
}

static bool settle(kk_arena *arena, const mailbox *m, kk_mime_address *out)
{
    kk_slice words = kk_trim(kk_buffer_slice(&m->words));
    if (m->has_angle) {
        out->address =
            kk_utf8_clean(arena, kk_copy(arena, bare_address(kk_buffer_slice(&m->angle))));
        out->name = name_of(arena, m->words.len ? &m->words : &m->comment);
    } else if (kk_find_byte(words, '@') != KK_NOWHERE && kk_find_byte(words, ' ') == KK_NOWHERE) {
        out->address = kk_utf8_clean(arena, kk_copy(arena, bare_address(words)));
        out->name = name_of(arena, &m->comment);
    } else {
        out->address = KK_NONE;
        out->name = name_of(arena, &m->words);
    }
    return out->name.len || out->address.len;
}

bool kk_mime_next_address(kk_arena *arena, kk_slice *rest, kk_mime_address *out)
{
    mailbox m = {.has_angle = false};
    bool found = false;
    while (rest->len && !found) {
        m.words.len = m.comment.len = m.angle.len = 0;
        m.has_angle = false;
        *rest = kk_from(*rest, read_mailbox(*rest, &m));
        found = settle(arena, &m, out);
    }
    kk_buffer_close(&m.words);
    kk_buffer_close(&m.comment);
    kk_buffer_close(&m.angle);
    return found;
}
