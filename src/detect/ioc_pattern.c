/* Patterns of STIX 2.1 (section 9 of the specification), as alternatives of comparisons. What is not
 * understood makes the whole pattern unread: half of one would find something else. */
#include "detect/ioc_i.h"

#include "detect/fold.h"

enum { DEEPEST = 32, SET_MOST = 4096, ATOMS_MOST = 32 };

typedef struct {
    kk_ioc_all *items;
    size_t count, capacity;
} ways;

typedef struct {
    kk_arena *arena;
    kk_slice s;
    size_t at;
    int depth;
    const char *why; /* it cannot be read */
} reading;

static void blanks(reading *r)
{
    while (r->at < r->s.len && memchr(" \t\r\n", r->s.ptr[r->at], 4))
        r->at++;
}

static bool refuse(reading *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

static bool next_is(reading *r, const char *sign)
{
    blanks(r);
    if (!kk_starts(kk_from(r->s, r->at), kk_cstr(sign)))
        return false;
    r->at += strlen(sign);
    return true;
}

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '-';
}

static bool next_word(reading *r, const char *word)
{
    size_t len = strlen(word);
    blanks(r);
    kk_slice rest = kk_from(r->s, r->at);
    if (!kk_eq_nocase(kk_part(rest, 0, len), kk_cstr(word)) ||
        (rest.len > len && is_word_char(rest.ptr[len])))
        return false;
    r->at += len;
    return true;
}

static void add_way(reading *r, ways *w, kk_ioc_all way)
{
    if (w->count == KK_IOC_WAYS_MOST * 16) {
        (void)refuse(r, "too many alternatives");
        return;
    }
    w->items = kk_grow(r->arena, w->items, &w->capacity, w->count + 1, sizeof *w->items);
    w->items[w->count++] = way;
}

/* Each of one with each of the other. */
static bool multiply(reading *r, ways *a, const ways *b)
{
    ways both = {0};
    if (a->count * b->count > KK_IOC_WAYS_MOST)
        return refuse(r, "too many alternatives");
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++) {
            const kk_ioc_all *x = &a->items[i], *y = &b->items[k];
            if (x->count + y->count > ATOMS_MOST)
                return refuse(r, "too many comparisons at once");
            kk_ioc_all way = {KK_NEW_ARRAY(r->arena, kk_ioc_atom, x->count + y->count),
                              x->count + y->count};
            memcpy(way.atoms, x->atoms, x->count * sizeof *way.atoms);
            memcpy(way.atoms + x->count, y->atoms, y->count * sizeof *way.atoms);
            add_way(r, &both, way);
        }
    *a = both;
    return true;
}

/* "file:hashes.'SHA-256'": up to a blank or a sign, quotes within. */
static kk_slice object_path(reading *r)
{
    blanks(r);
    size_t from = r->at;
    while (r->at < r->s.len && !memchr(" \t\r\n=<>!()]", r->s.ptr[r->at], 11)) {
        char quote = r->s.ptr[r->at++];
        if (quote == '[') /* values[*].name */
            while (r->at < r->s.len && r->s.ptr[r->at - 1] != ']')
                r->at++;
        if (quote != '\'' && quote != '"')
            continue;
        while (r->at < r->s.len && r->s.ptr[r->at] != quote)
            r->at++;
        r->at += r->at < r->s.len;
    }
    return kk_part(r->s, from, r->at - from);
}

/* A text in quotes, or a number. */
static bool literal(reading *r, kk_slice *out)
{
    kk_buffer text = {0};
    blanks(r);
    size_t from = r->at;
    if (r->at < r->s.len && r->s.ptr[r->at] != '\'') {
        while (r->at < r->s.len && (is_word_char(r->s.ptr[r->at]) || r->s.ptr[r->at] == '.'))
            r->at++;
        *out = kk_part(r->s, from, r->at - from);
        if (r->at < r->s.len && r->s.ptr[r->at] == '\'')
            return refuse(r, "a value of a kind that is not read");
        return out->len > 0 || refuse(r, "no value where one has to be");
    }
    for (r->at++; r->at < r->s.len && r->s.ptr[r->at] != '\''; r->at++) {
        if (r->s.ptr[r->at] == '\\' && r->at + 1 < r->s.len)
            r->at++;
        kk_put_byte(&text, r->s.ptr[r->at]);
    }
    *out = kk_copy(r->arena, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    if (r->at >= r->s.len)
        return refuse(r, "a text without an end");
    r->at++;
    return true;
}

/* The kind that an object path of STIX means. */
static bool type_by_path(kk_slice path, kk_ioc_type *out)
{
    static const struct {
        const char *path;
        kk_ioc_type type;
    } table[] = {{"ipv4-addr:value", KK_IOC_IP},
                 {"ipv6-addr:value", KK_IOC_IP},
                 {"network-traffic:src_ref.value", KK_IOC_IP},
                 {"network-traffic:dst_ref.value", KK_IOC_IP},
                 {"domain-name:value", KK_IOC_DOMAIN},
                 {"url:value", KK_IOC_URL},
                 {"email-addr:value", KK_IOC_EMAIL},
                 {"email-message:from_ref.value", KK_IOC_EMAIL},
                 {"email-message:sender_ref.value", KK_IOC_EMAIL},
                 {"email-message:subject", KK_IOC_TEXT},
                 {"file:name", KK_IOC_FILE_NAME},
                 {"file:size", KK_IOC_SIZE},
                 {"file:parent_directory_ref.path", KK_IOC_PATH},
                 {"directory:path", KK_IOC_PATH},
                 {"process:name", KK_IOC_FILE_NAME},
                 {"process:image_ref.name", KK_IOC_FILE_NAME},
                 {"process:binary_ref.name", KK_IOC_FILE_NAME},
                 {"process:parent_ref.image_ref.name", KK_IOC_FILE_NAME},
                 {"process:command_line", KK_IOC_TEXT},
                 {"process:extensions.'windows-service-ext'.service_name", KK_IOC_SERVICE},
                 {"windows-registry-key:key", KK_IOC_REGISTRY},
                 {"windows-registry-key:values[*].name", KK_IOC_TEXT},
                 {"windows-registry-key:values[*].data", KK_IOC_TEXT},
                 {"user-account:account_login", KK_IOC_ACCOUNT},
                 {"user-account:user_id", KK_IOC_ACCOUNT},
                 {"user-account:display_name", KK_IOC_TEXT},
                 {"mutex:name", KK_IOC_TEXT},
                 {"mac-addr:value", KK_IOC_TEXT},
                 {"software:name", KK_IOC_TEXT},
                 {"network-traffic:src_port", KK_IOC_PORT},
                 {"network-traffic:dst_port", KK_IOC_PORT},
                 {"network-traffic:extensions.'http-request-ext'.request_value", KK_IOC_TEXT},
                 {"network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
                  KK_IOC_USER_AGENT}};
    static const char *const hashes[] = {"file:hashes.", "process:image_ref.hashes.",
                                         "process:binary_ref.hashes.", "artifact:hashes.",
                                         "x509-certificate:hashes."};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (kk_eq_nocase(path, kk_cstr(table[i].path))) {
            *out = table[i].type;
            return true;
        }
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        if (kk_starts(path, kk_cstr(hashes[i]))) {
            *out = KK_IOC_HASH;
            return true;
        }
    return false;
}

/* With wildcards in place of the signs that stand for any text; slashes and case as in all comparisons. */
static bool wild_atom(reading *r, kk_ioc_type type, kk_slice text, kk_ioc_atom *out)
{
    char *to = kk_take(r->arena, text.len * 2 + 4);
    kk_slice folded = kk_fold(r->arena, text);
    size_t n = 0, plain = 0;
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i] == '\\' ? '/' : folded.ptr[i];
        if (c == '/' && n && to[n - 1] == '/')
            continue;
        to[n++] = c;
        plain += c != KK_IOC_ANY_CHAR && c != KK_IOC_ANY_RUN;
        if (n > text.len + 2)
            break;
    }
    *out = (kk_ioc_atom){type, true, false, {to, n}};
    return plain >= 3 || refuse(r, "nearly anything fits it");
}

static bool like_atom(reading *r, kk_ioc_type type, kk_slice value, kk_ioc_atom *out)
{
    char *text = kk_take(r->arena, value.len + 1);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        text[i] = (char)(c == '%' ? KK_IOC_ANY_RUN : c == '_' ? KK_IOC_ANY_CHAR : c);
        if (c > 0 && c < 3)
            return refuse(r, "a text with control characters");
    }
    return wild_atom(r, type, (kk_slice){text, value.len}, out);
}

/* Regular expressions that say no more than wildcards do: literal text, `.`, `.*`, `^`, `$`. */
static bool regex_atom(reading *r, kk_ioc_type type, kk_slice value, kk_ioc_atom *out)
{
    static const char why[] = "a regular expression beyond literal text, . .* .+ ^ and $";
    kk_buffer text = {0};
    bool good = true;
    size_t i = 0, end = value.len;
    if (kk_starts(value, KK_S("(?i)")))
        i = 4;
    bool from_start = i < end && value.ptr[i] == '^';
    bool to_end = end > i + from_start && value.ptr[end - 1] == '$' &&
                  (end < 2 || value.ptr[end - 2] != '\\');
    i += from_start;
    end -= to_end;
    if (!from_start)
        kk_put_byte(&text, KK_IOC_ANY_RUN);
    for (; i < end && good; i++) {
        char c = value.ptr[i];
        if (c == '\\' && i + 1 < end && !is_word_char(value.ptr[i + 1])) {
            kk_put_byte(&text, value.ptr[++i]);
        } else if (c == '.') {
            char much = i + 1 < end ? value.ptr[i + 1] : 0;
            if (much != '*')
                kk_put_byte(&text, KK_IOC_ANY_CHAR);
            if (much == '*' || much == '+')
                kk_put_byte(&text, KK_IOC_ANY_RUN), i++;
        } else {
            good = !memchr("\\[](){}*+?|^$", c, 14) && (unsigned char)c > 2;
            kk_put_byte(&text, c);
        }
    }
    if (!to_end)
        kk_put_byte(&text, KK_IOC_ANY_RUN);
    kk_slice wild = kk_copy(r->arena, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return good ? wild_atom(r, type, wild, out) : refuse(r, why);
}

static bool add_compared(reading *r, ways *w, kk_ioc_type type, kk_slice value)
{
    kk_ioc_atom *atom = KK_NEW(r->arena, kk_ioc_atom);
    if (!kk_ioc_atom_make(r->arena, type, value, atom))
        return refuse(r, "a value that is none of its kind");
    add_way(r, w, (kk_ioc_all){atom, 1});
    return !r->why;
}

static bool value_set(reading *r, ways *w, kk_ioc_type type)
{
    kk_slice value;
    size_t count = 0;
    if (!next_is(r, "("))
        return refuse(r, "no list behind IN");
    do {
        if (++count > SET_MOST)
            return refuse(r, "too many alternatives");
        if (!literal(r, &value) || !add_compared(r, w, type, value))
            return false;
    } while (next_is(r, ","));
    return next_is(r, ")") || refuse(r, "a list without an end");
}

static bool wild(reading *r, ways *w, kk_ioc_type type, bool regex)
{
    kk_slice value;
    kk_ioc_atom *atom = KK_NEW(r->arena, kk_ioc_atom);
    if (!literal(r, &value))
        return false;
    if (type == KK_IOC_IP || type == KK_IOC_PORT || type == KK_IOC_SIZE || type == KK_IOC_HASH)
        return refuse(r, "wildcards in a number or an address");
    if (!(regex ? regex_atom : like_atom)(r, type, value, atom))
        return false;
    add_way(r, w, (kk_ioc_all){atom, 1});
    return !r->why;
}

static bool comparisons(reading *r, ways *out);

static bool comparison(reading *r, ways *out)
{
    kk_ioc_type type;
    kk_slice value;
    if (next_word(r, "NOT") || next_word(r, "EXISTS"))
        return refuse(r, "a negation, or that something exists");
    if (next_is(r, "("))
        return comparisons(r, out) && (next_is(r, ")") || refuse(r, "a bracket without an end"));
    kk_slice path = object_path(r);
    if (!type_by_path(path, &type))
        return refuse(r, "an object path that is not looked for");
    if (next_word(r, "IN"))
        return value_set(r, out, type);
    if (next_word(r, "LIKE"))
        return wild(r, out, type, false);
    if (next_word(r, "MATCHES"))
        return wild(r, out, type, true);
    if (next_word(r, "ISSUBSET"))
        return type == KK_IOC_IP ? literal(r, &value) && add_compared(r, out, type, value)
                                 : refuse(r, "ISSUBSET of what is no address");
    if (next_is(r, "=="))
        return literal(r, &value) && add_compared(r, out, type, value);
    if (next_is(r, "="))
        return literal(r, &value) && add_compared(r, out, type, value);
    return refuse(r, "a comparison other than =, IN, LIKE, MATCHES, ISSUBSET");
}

static bool conjunction(reading *r, ways *out)
{
    if (!comparison(r, out))
        return false;
    while (next_word(r, "AND")) {
        ways more = {0};
        if (!comparison(r, &more) || !multiply(r, out, &more))
            return false;
    }
    return true;
}

static bool comparisons(reading *r, ways *out)
{
    if (++r->depth > DEEPEST)
        return refuse(r, "too many brackets within brackets");
    do {
        ways more = {0};
        if (!conjunction(r, &more))
            return false;
        for (size_t i = 0; i < more.count; i++)
            add_way(r, out, more.items[i]);
    } while (next_word(r, "OR"));
    r->depth--;
    return !r->why;
}

/* WITHIN 600 SECONDS, REPEATS 5 TIMES, START t'...' STOP t'...'. */
static bool qualifiers(reading *r)
{
    bool any = false;
    while (next_word(r, "WITHIN") || next_word(r, "REPEATS") || next_word(r, "START")) {
        size_t end = r->at;
        while (end < r->s.len && !memchr("[]()", r->s.ptr[end], 4))
            end++;
        kk_slice rest = kk_part(r->s, r->at, end - r->at);
        static const char *const ends[] = {"SECONDS", "TIMES", "STOP"};
        for (size_t i = 0; i < 3; i++) {
            size_t at = kk_find(rest, kk_cstr(ends[i]));
            if (at != KK_NOWHERE)
                end = r->at + at + strlen(ends[i]) < end ? r->at + at + strlen(ends[i]) : end;
        }
        r->at = end;
        blanks(r);
        if (kk_starts(kk_from(r->s, r->at), KK_S("t'"))) {
            size_t close = kk_find_byte(kk_from(r->s, r->at + 2), '\'');
            r->at = close == KK_NOWHERE ? r->s.len : r->at + 2 + close + 1;
        }
        any = true;
    }
    return any;
}

typedef struct {
    ways *items;
    kk_slice *texts;
    size_t count, capacity, text_capacity;
    bool all_or, qualified;
} observations;

static bool observe(reading *r, observations *o)
{
    int open = 0;
    for (;;) {
        while (next_is(r, "("))
            open++;
        size_t from = r->at;
        if (!next_is(r, "["))
            return refuse(r, "no [ where one has to be");
        o->items = kk_grow(r->arena, o->items, &o->capacity, o->count + 1, sizeof *o->items);
        o->texts = kk_grow(r->arena, o->texts, &o->text_capacity, o->count + 1, sizeof *o->texts);
        ways *w = &o->items[o->count];
        *w = (ways){0};
        if (!comparisons(r, w))
            return false;
        if (!next_is(r, "]"))
            return refuse(r, "no ] where one has to be");
        o->texts[o->count++] = kk_part(r->s, from, r->at - from);
        o->qualified = qualifiers(r) || o->qualified;
        while (open && next_is(r, ")")) {
            open--;
            o->qualified = qualifiers(r) || o->qualified;
        }
        if (next_word(r, "AND") || next_word(r, "FOLLOWEDBY"))
            o->all_or = false;
        else if (!next_word(r, "OR"))
            break;
        if (o->count == KK_IOC_WAYS_MOST)
            return refuse(r, "too many observations");
    }
    blanks(r);
    return (r->at == r->s.len && !open) || refuse(r, "something behind its end");
}

static void add_ways(kk_arena *arena, kk_ioc *ioc, const ways *w)
{
    kk_ioc_all *any = KK_NEW_ARRAY(arena, kk_ioc_all, ioc->any_count + w->count);
    if (ioc->any_count)
        memcpy(any, ioc->any, ioc->any_count * sizeof *any);
    memcpy(any + ioc->any_count, w->items, w->count * sizeof *any);
    ioc->any = any;
    ioc->any_count += w->count;
    ioc->type = any[0].atoms[0].type;
}

void kk_ioc_add_pattern(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice pattern,
                        kk_slice note)
{
    reading r = {.arena = arena, .s = pattern};
    observations o = {.all_or = true};
    kk_ioc *ioc = NULL;
    if (pattern.len > KK_IOC_TEXT_MOST * 8)
        (void)refuse(&r, "a pattern that is too long");
    if (r.why || !observe(&r, &o)) {
        kk_ioc_unread_add(arena, iocs, line, pattern, r.why);
        return;
    }
    if (o.qualified)
        kk_ioc_unread_add(arena, iocs, line, pattern,
                          "WITHIN, REPEATS or START: looked for without it");
    if (!o.all_or)
        kk_ioc_unread_add(arena, iocs, line, pattern,
                          "observations that belong together: each is looked for by itself");
    for (size_t i = 0; i < o.count; i++) {
        if (!ioc || !o.all_or)
            ioc = kk_ioc_add(arena, iocs, line, o.all_or ? pattern : o.texts[i], note);
        if (ioc)
            add_ways(arena, ioc, &o.items[i]);
    }
}
