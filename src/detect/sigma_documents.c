/* The documents of a file of rules: each for itself where one of them is broken, and put together
 * where the file uses the actions of old Sigma (`global`, `reset`, `repeat`). */
#include "detect/sigma_i.h"

enum { COPIED_MOST = 1000000 }; /* nodes of a file, by putting documents together */

typedef struct {
    kk_arena *arena;
    kk_sigma_document *first, **tail;
    kk_yaml *global, *previous;
    size_t copied;
} documents;

static kk_sigma_document *add(documents *d)
{
    kk_sigma_document *one = KK_NEW(d->arena, kk_sigma_document);
    *d->tail = one;
    d->tail = &one->next;
    return one;
}

/* ---- old actions ---- */

static kk_yaml *copy_of(documents *d, const kk_yaml *node)
{
    kk_yaml *copy = KK_NEW(d->arena, kk_yaml);
    *copy = *node;
    copy->next = NULL;
    d->copied++;
    return copy;
}

/* Both maps in one, and so below it; where both say something else, what `over` says holds. */
static kk_yaml *joined(documents *d, const kk_yaml *base, const kk_yaml *over)
{
    kk_yaml *out = copy_of(d, over), **tail = &out->first;
    if (!base || base->kind != KK_YAML_MAP || over->kind != KK_YAML_MAP)
        return out;
    *tail = NULL;
    for (const kk_yaml *one = base->first; one; one = one->next) {
        const char *key = kk_copy(d->arena, one->key).ptr;
        const kk_yaml *other = kk_yaml_get(over, key);
        *tail = other ? joined(d, one, other) : copy_of(d, one);
        tail = &(*tail)->next;
    }
    for (const kk_yaml *one = over->first; one; one = one->next) {
        const char *key = kk_copy(d->arena, one->key).ptr;
        if (kk_yaml_get(base, key))
            continue;
        *tail = copy_of(d, one);
        tail = &(*tail)->next;
    }
    return out;
}

static kk_yaml *without_action(documents *d, const kk_yaml *document)
{
    kk_yaml *out = copy_of(d, document), **tail = &out->first;
    *tail = NULL;
    for (const kk_yaml *one = document->first; one; one = one->next) {
        if (kk_is(one->key, "action"))
            continue;
        *tail = copy_of(d, one);
        tail = &(*tail)->next;
    }
    return out;
}

static bool acts(const kk_yaml *document, const char *wanted)
{
    const kk_yaml *action = kk_yaml_get(document, "action");
    return action && action->kind == KK_YAML_TEXT && kk_eq_nocase(action->text, kk_cstr(wanted));
}

static void add_document(documents *d, kk_yaml *document)
{
    bool repeats = acts(document, "repeat");
    if (d->copied > COPIED_MOST) {
        kk_sigma_document *out = add(d);
        out->wrong = KK_S("too much is put together out of the documents of this file");
        out->line = document->line;
        return;
    }
    if (kk_yaml_get(document, "action") && !acts(document, "reset") && !acts(document, "global") &&
        !repeats) {
        kk_sigma_document *out = add(d);
        out->wrong = KK_S("the action is none of global, reset and repeat");
        out->line = kk_yaml_get(document, "action")->line;
        return;
    }
    if (acts(document, "reset")) {
        d->global = NULL;
        return;
    }
    if (acts(document, "global")) {
        d->global = joined(d, d->global, without_action(d, document));
        return;
    }
    if (repeats && d->previous)
        document = joined(d, d->previous, without_action(d, document));
    d->previous = document;
    kk_sigma_document *out = add(d);
    out->joined = repeats || d->global;
    out->yaml =
        d->global && document->kind == KK_YAML_MAP ? joined(d, d->global, document) : document;
}

/* ---- where one is broken ---- */

static bool begins_document(kk_slice line)
{
    return kk_starts(line, KK_S("---")) &&
           (line.len == 3 || line.ptr[3] == ' ' || line.ptr[3] == '\t' || line.ptr[3] == '\r');
}

/* The text up to the next line of three dashes behind its first line. */
static kk_slice take_piece(kk_slice *rest, int *lines, bool *says)
{
    kk_slice whole = *rest, line;
    size_t len = 0;
    *lines = 0;
    *says = false;
    while (rest->len) {
        kk_slice before = *rest;
        if (!kk_split(rest, '\n', &line))
            break;
        if (len && begins_document(line)) {
            *rest = before;
            break;
        }
        len = whole.len - rest->len;
        ++*lines;
        line = kk_trim(line);
        *says = *says || (line.len && !memchr("#%", line.ptr[0], 2) && !begins_document(line));
    }
    return kk_part(whole, 0, len);
}

static void move_lines(kk_yaml *node, int lines)
{
    for (; node; node = node->next) {
        node->line += node->line ? lines : 0;
        node->key_line += node->key_line ? lines : 0;
        if (node->kind == KK_YAML_LIST || node->kind == KK_YAML_MAP)
            move_lines(node->first, lines);
    }
}

/* What a line of the outermost map says, of a text that cannot be read as one. */
static kk_slice said(kk_slice piece, kk_slice key)
{
    kk_slice line;
    while (kk_split(&piece, '\n', &line)) {
        if (!kk_starts(line, key))
            continue;
        line = kk_trim(kk_from(line, key.len));
        bool quoted =
            line.len > 1 && memchr("'\"", line.ptr[0], 2) && line.ptr[line.len - 1] == line.ptr[0];
        return quoted ? kk_part(line, 1, line.len - 2) : line;
    }
    return KK_NONE;
}

static void add_broken(documents *d, kk_slice piece, int before, const kk_fault *fault)
{
    kk_sigma_document *out = add(d);
    kk_slice what = kk_cstr(fault->text);
    size_t colon = kk_find(what, KK_S(": "));
    uint64_t line = 1;
    if (kk_starts(what, KK_S("line ")) && colon != KK_NOWHERE &&
        kk_to_u64(kk_part(what, 5, colon - 5), &line))
        what = kk_from(what, colon + 2);
    out->wrong = kk_copy(d->arena, what);
    out->line = before + (line ? (int)line : 1);
    out->id = kk_copy(d->arena, said(piece, KK_S("id:")));
    out->title = kk_copy(d->arena, said(piece, KK_S("title:")));
}

/* Three dashes at the beginning of a line begin a document, whatever stands before them. */
static void read_apart(documents *d, kk_slice text)
{
    int before = 0, lines;
    bool says;
    for (kk_slice rest = text; rest.len; before += lines) {
        kk_fault fault = {0};
        kk_yaml *first = NULL;
        kk_slice piece = take_piece(&rest, &lines, &says);
        if (!says)
            continue;
        bool good = kk_yaml_read_all(d->arena, piece, &first, &fault) == KK_OK;
        if (good)
            move_lines(first, before);
        for (kk_yaml *one = good ? first : NULL, *next; one; one = next) {
            next = one->next;
            add_document(d, one);
        }
        if (!good)
            add_broken(d, piece, before, &fault);
    }
}

kk_sigma_document *kk_sigma_documents(kk_arena *arena, kk_slice text)
{
    documents d = {.arena = arena};
    kk_fault fault = {0};
    kk_yaml *first = NULL, *next;
    d.tail = &d.first;
    if (kk_yaml_read_all(arena, text, &first, &fault) != KK_OK) {
        read_apart(&d, text);
        if (!d.first)
            add_broken(&d, text, 0, &fault);
        return d.first;
    }
    for (kk_yaml *one = first; one; one = next) {
        next = one->next;
        add_document(&d, one);
    }
    return d.first;
}
