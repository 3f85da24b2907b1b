/* A file of YARA rules cut into imports, includes and rules, so that one that is wrong does not take the
 * others with it. Only what is needed to find the ends is understood: texts, regular expressions and
 * comments, in which a brace means nothing. */
#include "detect/yara_i.h"

#include <ctype.h>

typedef struct {
    kk_slice text;
    size_t at;
    uint32_t line;
} place;

static char now(const place *p)
{
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool over(const place *p)
{
    return p->at >= p->text.len;
}

static void step(place *p, size_t count)
{
    for (; count && !over(p); count--)
        p->line += p->text.ptr[p->at++] == '\n';
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool at_text(const place *p, const char *word)
{
    return kk_starts(kk_from(p->text, p->at), kk_cstr(word));
}

static void skip_line(place *p)
{
    while (!over(p) && now(p) != '\n')
        step(p, 1);
}

static bool skip_comment(place *p)
{
    if (at_text(p, "//")) {
        skip_line(p);
        return true;
    }
    if (!at_text(p, "/*"))
        return false;
    size_t end = kk_find(kk_from(p->text, p->at + 2), KK_S("*/"));
    step(p, end == KK_NOWHERE ? SIZE_MAX : end + 4);
    return true;
}

static void skip_blank(place *p)
{
    while (!over(p) && (isspace((unsigned char)now(p)) || skip_comment(p)))
        if (isspace((unsigned char)now(p)))
            step(p, 1);
}

/* Behind its closing mark, or to the end of the line where that is missing. */
static void skip_quoted(place *p, char mark)
{
    step(p, 1);
    while (!over(p) && now(p) != '\n' && now(p) != mark)
        step(p,
             now(p) == '\\' && p->at + 1 < p->text.len && p->text.ptr[p->at + 1] != '\n' ? 2 : 1);
    if (now(p) == mark)
        step(p, 1);
}

static kk_slice take_word(place *p)
{
    size_t from = p->at;
    while (!over(p) && is_word(now(p)))
        step(p, 1);
    return kk_part(p->text, from, p->at - from);
}

/* `private`, `global` and `rule NAME`; false, with nothing read, where no rule begins. */
static bool take_rule_head(place *p, kk_slice *name)
{
    place before = *p;
    kk_slice word = take_word(p);
    while (kk_is(word, "private") || kk_is(word, "global")) {
        skip_blank(p);
        word = take_word(p);
    }
    if (kk_is(word, "rule")) {
        skip_blank(p);
        *name = take_word(p);
        if (name->len)
            return true;
    }
    *p = before;
    return false;
}

static bool begins_statement(const place *p)
{
    place ahead = *p;
    kk_slice name;
    if (take_rule_head(&ahead, &name))
        return true;
    kk_slice word = take_word(&ahead);
    skip_blank(&ahead);
    return (kk_is(word, "import") || kk_is(word, "include")) && now(&ahead) == '"';
}

/* To behind the brace that closes the rule; false where there is none. */
static bool skip_body(place *p)
{
    size_t depth = 0;
    while (!over(p)) {
        char c = now(p);
        if (c == '"') {
            skip_quoted(p, '"');
        } else if (c == '/') {
            if (!skip_comment(p))
                skip_quoted(p, '/');
        } else if (c == '\n') {
            step(p, 1);
            if (begins_statement(p))
                return false;
        } else {
            step(p, 1);
            depth += c == '{';
            if (c == '}' && depth-- <= 1)
                return true;
        }
    }
    return false;
}

static void skip_stray(place *p)
{
    do {
        skip_line(p);
        skip_blank(p);
    } while (!over(p) && !begins_statement(p));
}

static void take_statement(place *p, yara_statement *s)
{
    size_t from = p->at;
    *s = (yara_statement){.kind = YARA_STRAY, .line = p->line};
    if (take_rule_head(p, &s->name)) {
        s->kind = YARA_RULE;
        s->is_open = !skip_body(p);
    } else if (begins_statement(p)) {
        s->kind = kk_is(take_word(p), "import") ? YARA_IMPORT : YARA_INCLUDE;
        skip_blank(p);
        size_t quote = p->at;
        skip_quoted(p, '"');
        s->name = kk_part(p->text, quote + 1, p->at - quote > 2 ? p->at - quote - 2 : 0);
    } else {
        skip_stray(p);
    }
    s->text = kk_trim(kk_part(p->text, from, p->at - from));
}

size_t yara_split(kk_arena *arena, kk_slice text, yara_statement **out)
{
    place p = {kk_starts(text, KK_S("\xef\xbb\xbf")) ? kk_from(text, 3) : text, 0, 1};
    size_t count = 0, capacity = 0;
    *out = NULL;
    for (skip_blank(&p); !over(&p); skip_blank(&p)) {
        *out = kk_grow(arena, *out, &capacity, count + 1, sizeof **out);
        take_statement(&p, &(*out)[count++]);
    }
    return count;
}

bool kk_yara_is(kk_slice text)
{
    yara_statement *statements;
    if (kk_starts(text, KK_S("YARA")))
        return true;
    kk_arena *arena = kk_arena_open();
    kk_slice head = kk_part(text, 0, 1u << 20);
    size_t count = yara_split(arena, head, &statements);
    bool has_rule = false, good = count > 0 && statements[0].kind != YARA_STRAY;
    for (size_t i = 0; i < count && !has_rule; i++)
        has_rule =
            statements[i].kind == YARA_RULE && kk_find_byte(statements[i].text, '{') != KK_NOWHERE;
    kk_arena_close(arena);
    return good && has_rule;
}
