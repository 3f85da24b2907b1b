/* Holds rendered texts against the table of phrases: cut into sentences, freed of tags, emphasis
 * and line breaks, folded, and matched. */
#include "report/phrases.h"

#include "base/text.h"
#include "report/draft_i.h"

#define GAP_MOST 160 /* bytes that ~ may span: some fifty Japanese characters */

static const kk_phrase placeholder = {
    "placeholder", KK_LANG_BOTH, "", "", KK_ALLOWED_NEVER, "a value was left out of the text"};

kk_says kk_says_by_name(kk_slice name)
{
    static const char *const names[] = {"", "confirmed", "traces", "no_trace", "indeterminate"};
    for (int i = KK_SAYS_CONFIRMED; i <= KK_SAYS_INDETERMINATE; i++)
        if (kk_is(name, names[i]))
            return (kk_says)i;
    return KK_SAYS_NOTHING;
}

static bool is_word_byte(kk_slice s, size_t at)
{
    if (at >= s.len)
        return false;
    char c = s.ptr[at];
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Matching: patterns are short and from the table, so plain backtracking will do. */
static bool match_here(const char *p, kk_slice s, size_t at);

static size_t number_len(kk_slice s, size_t at)
{
    size_t start = at;
    while (at < s.len && ((s.ptr[at] >= '0' && s.ptr[at] <= '9') ||
                          (at > start && (s.ptr[at] == ',' || s.ptr[at] == '.'))))
        at++;
    return at - start;
}

/* One word of a choice, which may hold numbers; moves *at behind it. */
static bool match_word(const char *word, const char *stop, kk_slice s, size_t *at)
{
    for (; word < stop; word++) {
        size_t len = *word == '#' ? number_len(s, *at) : 1;
        if (len == 0 || *at >= s.len || (*word != '#' && s.ptr[*at] != *word))
            return false;
        *at += len;
    }
    return true;
}

static bool match_choice(const char *p, kk_slice s, size_t at)
{
    const char *close = strchr(p, '}');
    for (const char *word = p + 1; word <= close; word++) {
        const char *stop = word;
        size_t next = at;
        while (*stop != '|' && *stop != '}')
            stop++;
        if (match_word(word, stop, s, &next) && match_here(close + 1, s, next))
            return true;
        word = stop;
    }
    return false;
}

static bool match_gap(const char *p, kk_slice s, size_t at)
{
    size_t last = at + GAP_MOST < s.len ? at + GAP_MOST : s.len;
    for (size_t next = at; next <= last; next++)
        if (match_here(p + 1, s, next))
            return true;
    return false;
}

static bool match_number(const char *p, kk_slice s, size_t at)
{
    size_t len = number_len(s, at);
    return len > 0 && match_here(p + 1, s, at + len);
}

static bool match_here(const char *p, kk_slice s, size_t at)
{
    for (; *p; p++, at++) {
        if (*p == '{')
            return match_choice(p, s, at);
        if (*p == '~')
            return match_gap(p, s, at);
        if (*p == '#')
            return match_number(p, s, at);
        if (at >= s.len || s.ptr[at] != *p)
            return false;
    }
    /* whole English words only; inside here, so that "leak" gives way to "leaked" */
    return !(at && is_word_byte(s, at - 1) && is_word_byte(s, at));
}

/* English words are matched whole: no "tier" in "frontier". */
bool kk_phrase_matches(const char *pattern, kk_slice folded)
{
    for (size_t at = 0; at < folded.len; at++) {
        if (at && is_word_byte(folded, at) && is_word_byte(folded, at - 1))
            continue;
        if (match_here(pattern, folded, at))
            return true;
    }
    return false;
}

static bool allowed(const kk_phrase *phrase, const kk_phrase_context *c)
{
    switch (phrase->allowed) {
    case KK_ALLOWED_NEVER:
        return false;
    case KK_ALLOWED_FULL_RECORDS:
        return c->verdict == KK_SAYS_NO_TRACE && c->tier == 'A';
    case KK_ALLOWED_NOT_LEFT:
        return c->verdict != KK_SAYS_CONFIRMED && c->verdict != KK_SAYS_TRACES;
    case KK_ALLOWED_NOT_UNCERTAIN:
        return c->verdict != KK_SAYS_INDETERMINATE;
    case KK_ALLOWED_BOUNDED:
        return c->bounded;
    case KK_ALLOWED_ASSETS:
        return c->has_assets;
    case KK_ALLOWED_FIRST_SEEN:
        return c->first_seen;
    case KK_ALLOWED_INTERNAL:
        return c->internal;
    case KK_ALLOWED_TRANSMITTED:
        return c->verdict == KK_SAYS_CONFIRMED;
    }
    return false;
}

/* Cutting a text into sentences */
typedef struct {
    kk_slice text;
    size_t at, line;
    size_t start, start_line; /* of the sentence being collected */
    kk_buffer plain;
} cutter;

static bool tag_is(kk_slice tag, const char *name)
{
    size_t len = strlen(name);
    return tag.len >= len && kk_eq_nocase(kk_part(tag, 0, len), kk_cstr(name)) &&
           (tag.len == len || !is_word_byte(tag, len));
}

static bool tag_breaks(kk_slice tag)
{
    static const char *const blocks[] = {"p",  "li", "td", "th",      "tr",      "div",   "br",
                                         "h1", "h2", "h3", "h4",      "h5",      "dt",    "dd",
                                         "ul", "ol", "hr", "section", "caption", "title", "table"};
    if (tag.len && tag.ptr[0] == '/')
        tag = kk_from(tag, 1);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (tag_is(tag, blocks[i]))
            return true;
    return false;
}

/* At '<': past the tag, or past the whole element where nobody reads it. True: a sentence ends. */
static bool skip_tag(cutter *c)
{
    static const char *const unseen[] = {"style", "script"};
    kk_slice rest = kk_from(c->text, c->at + 1);
    size_t close = kk_find_byte(rest, '>');
    bool comment = kk_starts(rest, KK_S("!--"));
    bool is_tag =
        rest.len && ((rest.ptr[0] | 32) >= 'a' ? (rest.ptr[0] | 32) <= 'z'
                                               : rest.ptr[0] == '/' || rest.ptr[0] == '!');
    if (!is_tag || close == KK_NOWHERE) {
        kk_put_byte(&c->plain, '<');
        c->at++;
        return false;
    }
    size_t next = c->at + 1 + close + 1;
    kk_slice tag = kk_part(rest, 0, close);
    for (size_t i = 0; i < 2; i++) {
        const char *end = i == 0 ? "</style" : "</script";
        size_t stop = tag_is(tag, unseen[i]) ? kk_find(rest, kk_cstr(end)) : KK_NOWHERE;
        if (stop != KK_NOWHERE)
            next = c->at + 1 + stop;
    }
    if (comment && kk_find(rest, KK_S("-->")) != KK_NOWHERE)
        next = c->at + 1 + kk_find(rest, KK_S("-->")) + 3;
    for (; c->at < next; c->at++)
        c->line += c->text.ptr[c->at] == '\n';
    return tag_breaks(tag);
}

static void take_entity(cutter *c)
{
    static const struct {
        const char *name, *text;
    } entities[] = {{"&amp;", "&"},   {"&lt;", "<"},   {"&gt;", ">"},
                    {"&quot;", "\""}, {"&nbsp;", " "}, {"&#39;", "'"}};
    kk_slice rest = kk_from(c->text, c->at);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (kk_starts(rest, kk_cstr(entities[i].name))) {
            kk_put(&c->plain, kk_cstr(entities[i].text));
            c->at += strlen(entities[i].name);
            return;
        }
    kk_put_byte(&c->plain, '&');
    c->at++;
}

/* A line break ends a sentence before an empty line, a list entry, a heading or a table row. */
static bool line_break_ends(kk_slice rest)
{
    rest = kk_from(rest, 1);
    while (rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t' || rest.ptr[0] == '\r'))
        rest = kk_from(rest, 1);
    if (rest.len == 0 || strchr("\n-*#|>+", rest.ptr[0]))
        return true;
    return rest.len > 1 && rest.ptr[0] >= '0' && rest.ptr[0] <= '9' &&
           (rest.ptr[1] == '.' || rest.ptr[1] == ')');
}

static bool stop_ends(kk_slice rest)
{
    return rest.len == 1 || strchr(" \n\t\r<\")", rest.ptr[1]) != NULL;
}

/* Takes one character off the text into `plain`; true when a sentence ends there. */
static bool take_char(cutter *c)
{
    static const char *const ends[] = {"。", "！", "？", "．"};
    kk_slice rest = kk_from(c->text, c->at);
    char first = rest.ptr[0];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (kk_starts(rest, kk_cstr(ends[i]))) {
            c->at += strlen(ends[i]);
            return true;
        }
    if (first == '<')
        return skip_tag(c);
    if (first == '&') {
        take_entity(c);
        return false;
    }
    c->at++;
    if (first == '\n') {
        c->line++;
        kk_put_byte(&c->plain, ' ');
        return line_break_ends(rest);
    }
    if (first == '|')
        return true;
    if (first == '*' || first == '`')
        return false;
    kk_put_byte(&c->plain, first);
    return (first == '.' || first == '!' || first == '?' || first == ';') && stop_ends(rest);
}

static bool next_sentence(cutter *c)
{
    c->plain.len = 0;
    if (c->at >= c->text.len)
        return false;
    c->start = c->at;
    c->start_line = c->line;
    while (c->at < c->text.len)
        if (take_char(c))
            break;
    return true;
}

/* "{missing_hours}": a name in braces that nothing was put for. */
static bool has_placeholder(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        size_t end = i + 1;
        while (s.ptr[i] == '{' && end < s.len &&
               ((s.ptr[end] >= 'a' && s.ptr[end] <= 'z') || s.ptr[end] == '_'))
            end++;
        if (end > i + 1 && end < s.len && s.ptr[end] == '}')
            return true;
    }
    return false;
}

static size_t check_sentence(const kk_phrase_context *context, const cutter *c, kk_slice folded,
                             kk_phrase_found found, void *user)
{
    kk_slice said = kk_trim(kk_part(c->text, c->start, c->at - c->start));
    size_t count = 0;
    for (size_t i = 0; i < kk_phrase_count; i++) {
        const kk_phrase *phrase = &kk_phrases[i];
        if (!(phrase->lang & context->lang) || allowed(phrase, context) ||
            !kk_phrase_matches(phrase->pattern, folded))
            continue;
        if (phrase->unless[0] && kk_phrase_matches(phrase->unless, folded))
            continue;
        count++;
        if (found)
            found(user, phrase, c->start_line, said);
    }
    if (has_placeholder(folded)) {
        count++;
        if (found)
            found(user, &placeholder, c->start_line, said);
    }
    return count;
}

size_t kk_phrase_check(const kk_phrase_context *context, kk_slice text, kk_phrase_found found,
                       void *user)
{
    cutter c = {.text = text, .line = 1};
    kk_arena *arena = kk_arena_open();
    size_t count = 0;
    while (next_sentence(&c)) {
        kk_slice folded = draft_fold(arena, kk_utf8_clean(arena, kk_buffer_slice(&c.plain)));
        if (folded.len)
            count += check_sentence(context, &c, folded, found, user);
        kk_arena_reset(arena);
    }
    kk_buffer_close(&c.plain);
    kk_arena_close(arena);
    return count;
}
