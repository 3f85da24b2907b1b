/* YAML with records in it: lists of maps, and maps of maps that are alike, as rows. Lists in which nothing can be
 * somebody's are not told; settings of programs are the most of what there is.
 *
 * The tree is made whole, so files have a limit. A node knows its line; a record begins where its first
 * member stands and ends before what follows it. */
#include "base/text.h"
#include "base/yaml.h"
#include "model/system_path.h"
#include "parse/keyed_rows.h"
#include "parse/parser.h"

enum { FILE_MOST = 8 * 1024 * 1024 };

typedef struct {
    kk_keyed_rows *rows;
    kk_sink *sink;
    size_t *lines; /* where each begins, and the end of the file */
    size_t line_count;
} reading;

static uint64_t place_of(const reading *r, const kk_yaml *node)
{
    int line = node->key_line ? node->key_line : node->line;
    size_t at = line > 0 && r->line_count > 1 ? (size_t)line - 1 : 0;
    return r->lines[at < r->line_count ? at : r->line_count];
}

static bool tells(const kk_yaml *node)
{
    if (node->kind == KK_YAML_TEXT)
        return kk_keyed_may_tell(node->text);
    for (const kk_yaml *n = node->first; n; n = n->next)
        if (tells(n))
            return true;
    return false;
}

/* ---- records ---- */

static bool all_maps(const kk_yaml *node)
{
    for (const kk_yaml *n = node->first; n; n = n->next)
        if (n->kind != KK_YAML_MAP)
            return false;
    return node->first != NULL;
}

static bool has_key(const kk_yaml *map, kk_slice key)
{
    for (const kk_yaml *n = map->first; n; n = n->next)
        if (kk_eq(n->key, key))
            return true;
    return false;
}

/* Half of the members of the first child are there in every other one. */
static bool are_alike(const kk_yaml *map)
{
    enum { COMPARED = 32 };
    const kk_yaml *first = map->first;
    size_t members = 0;
    if (!all_maps(map) || !first->next)
        return false;
    for (const kk_yaml *m = first->first; m && members < COMPARED; m = m->next)
        members++;
    for (const kk_yaml *n = first->next; n; n = n->next) {
        size_t same = 0, at = 0;
        for (const kk_yaml *m = first->first; m && at < members; m = m->next, at++)
            same += has_key(n, m->key);
        if (!same || same * 2 < members)
            return false;
    }
    return true;
}

static void tell_node(reading *r, const kk_yaml *node, uint64_t end);

static void tell_children(reading *r, const kk_yaml *node, bool records, uint64_t end)
{
    uint32_t number = 0;
    if (records && !tells(node))
        return;
    for (const kk_yaml *n = node->first; n && !r->sink->stopped; n = n->next) {
        uint64_t next = n->next ? place_of(r, n->next) : end;
        if (!records || n->kind != KK_YAML_MAP) {
            tell_node(r, n, next);
            continue;
        }
        kk_keyed_begin(r->rows, KK_KEYED_ELEMENT, KK_NONE, ++number, place_of(r, n));
        if (node->kind == KK_YAML_MAP)
            kk_keyed_value(r->rows, KK_S("(key)"), n->key);
        tell_children(r, n, are_alike(n), next);
        kk_keyed_end(r->rows, next);
    }
}

static void tell_node(reading *r, const kk_yaml *node, uint64_t end)
{
    if (node->kind == KK_YAML_TEXT)
        kk_keyed_value(r->rows, node->key, node->text);
    if (node->kind == KK_YAML_TEXT || node->kind == KK_YAML_NULL)
        return;
    kk_keyed_begin(r->rows, KK_KEYED_PART, node->key, 1, place_of(r, node));
    tell_children(r, node, node->kind == KK_YAML_LIST || are_alike(node), end);
    kk_keyed_end(r->rows, end);
}

static void go_through(reading *r, const kk_yaml *documents)
{
    uint32_t number = 0;
    for (const kk_yaml *n = documents; n && !r->sink->stopped; n = n->next) {
        uint64_t end = n->next ? place_of(r, n->next) : r->lines[r->line_count];
        bool is_map = n->kind == KK_YAML_MAP;
        if (!is_map && n->kind != KK_YAML_LIST)
            continue;
        kk_keyed_begin(r->rows, KK_KEYED_PART, KK_NONE, ++number, place_of(r, n));
        tell_children(r, n, !is_map || are_alike(n), end);
        kk_keyed_end(r->rows, end);
    }
}

/* ---- the file ---- */

static void find_lines(reading *r, kk_arena *arena, kk_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    r->lines = KK_NEW_ARRAY(arena, size_t, count + 1);
    r->line_count = count;
    for (size_t i = 0, line = 1; i < text.len; i++)
        if (text.ptr[i] == '\n')
            r->lines[line++] = i + 1;
    r->lines[count] = text.len;
}

/* Lines of UTF-16 are not looked for: its records have the whole file for their place. */
static void find_places(reading *r, kk_arena *arena, kk_slice raw, kk_charset charset)
{
    if (charset != KK_UTF16LE && charset != KK_UTF16BE) {
        find_lines(r, arena, raw);
        return;
    }
    r->lines = KK_NEW_ARRAY(arena, size_t, 2);
    r->line_count = 1;
    r->lines[1] = raw.len;
}

static void tell(kk_sink *sink, kk_arena *arena, kk_slice raw, kk_charset charset,
                 const kk_yaml *documents)
{
    reading r = {.sink = sink};
    if (!documents)
        return;
    find_places(&r, arena, raw, charset);
    r.rows = kk_keyed_rows_open(arena, sink);
    go_through(&r, documents);
    kk_keyed_rows_learn(r.rows, false, false);
    go_through(&r, documents);
    kk_keyed_rows_start(r.rows);
    go_through(&r, documents);
    kk_keyed_rows_close(r.rows);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_fault fault = {0};
    kk_yaml *documents = NULL;
    if (in->size > FILE_MOST) {
        kk_report(sink, KK_ISSUE_LIMIT, 0, "more than 8 MiB of YAML are not read");
        return;
    }
    kk_arena *arena = kk_arena_open();
    char *bytes = kk_take(arena, (size_t)in->size + 1);
    kk_slice raw = {bytes, kk_read(in, 0, bytes, (size_t)in->size)};
    kk_charset charset = kk_charset_guess(raw, NULL);
    bool is_text = charset == KK_UTF8 && kk_utf8_valid(raw);
    kk_slice text = is_text ? raw : kk_decode(arena, charset, raw, NULL);
    if (kk_yaml_read_all(arena, text, &documents, &fault) != KK_OK)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the YAML cannot be read from some line on");
    tell(sink, arena, raw, charset, documents);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const endings[] = {"yml", "yaml"};
    size_t dot = kk_rfind_byte(p->name, '.');
    if (dot == KK_NOWHERE || !p->head.len || kk_is_system_path(p->path))
        return KK_NO;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (kk_eq_nocase(kk_from(p->name, dot + 1), kk_cstr(endings[i])))
            return KK_MAYBE - 10;
    return KK_NO;
}

const kk_parser kk_parser_yaml_table = {
    .name = "yaml_table",
    .about = "YAML: lists of records as rows",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
