#include "base/yaml.h"

#include "base/text.h"

#include <libfyaml.h>

enum { DEEPEST = 64, REPEATED_MOST = 100000 /* nodes that aliases stand for */ };

typedef struct {
    kk_arena *arena;
    kk_fault *fault;
    bool takes_aliases;
    int inside_alias;
    size_t repeated;
} reading;

static int line_of(struct fy_node *node)
{
    struct fy_token *token = NULL;
    if (fy_node_is_scalar(node))
        token = fy_node_get_scalar_token(node);
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark)
        return mark->line + 1;
    if (fy_node_is_mapping(node)) {
        void *iterator = NULL;
        struct fy_node_pair *pair = fy_node_mapping_iterate(node, &iterator);
        if (pair && fy_node_pair_key(pair))
            return line_of(fy_node_pair_key(pair));
    }
    if (fy_node_is_sequence(node)) {
        void *iterator = NULL;
        struct fy_node *first = fy_node_sequence_iterate(node, &iterator);
        if (first)
            return line_of(first);
    }
    return 0;
}

static kk_slice scalar_text(reading *r, struct fy_node *node)
{
    size_t len = 0;
    const char *text = fy_node_get_scalar(node, &len);
    return kk_copy(r->arena, (kk_slice){text, text ? len : 0});
}

static kk_status convert(reading *r, struct fy_node *node, int depth, kk_yaml **out);

static kk_status add_pair(reading *r, kk_yaml *map, struct fy_node_pair *pair, int depth,
                          kk_yaml ***tail)
{
    struct fy_node *key = fy_node_pair_key(pair);
    kk_yaml *child;
    if (!key || !fy_node_is_scalar(key))
        return kk_fail(r->fault, KK_INVALID, "line %d: a key must be plain text", map->line);
    kk_slice name = scalar_text(r, key);
    int line = line_of(key);
    kk_status status = convert(r, fy_node_pair_value(pair), depth + 1, &child);
    if (status != KK_OK)
        return status;
    for (kk_yaml *other = map->first; other; other = other->next)
        if (kk_eq(other->key, name))
            return kk_fail(r->fault, KK_INVALID,
                           "line %d: `%.*s` is given twice (first on line %d)", line, KK_P(name),
                           other->key_line);
    child->key = name;
    child->key_line = line;
    if (!child->line)
        child->line = line;
    **tail = child;
    *tail = &child->next;
    return KK_OK;
}

static kk_status convert_map(reading *r, struct fy_node *node, int depth, kk_yaml *map)
{
    void *iterator = NULL;
    struct fy_node_pair *pair;
    kk_yaml **tail = &map->first;
    map->kind = KK_YAML_MAP;
    while ((pair = fy_node_mapping_iterate(node, &iterator))) {
        kk_status status = add_pair(r, map, pair, depth, &tail);
        if (status != KK_OK)
            return status;
    }
    return KK_OK;
}

static kk_status convert_list(reading *r, struct fy_node *node, int depth, kk_yaml *list)
{
    void *iterator = NULL;
    struct fy_node *item;
    kk_yaml **tail = &list->first;
    list->kind = KK_YAML_LIST;
    while ((item = fy_node_sequence_iterate(node, &iterator))) {
        kk_status status = convert(r, item, depth + 1, tail);
        if (status != KK_OK)
            return status;
        if (!(*tail)->line)
            (*tail)->line = list->line;
        tail = &(*tail)->next;
    }
    return KK_OK;
}

static bool is_null_text(kk_slice s)
{
    return s.len == 0 || kk_is(s, "null") || kk_is(s, "~") || kk_is(s, "Null") || kk_is(s, "NULL");
}

static kk_status convert_alias(reading *r, struct fy_node *node, int depth, kk_yaml **out)
{
    int line = (*out)->line;
    struct fy_node *meant = r->takes_aliases ? fy_node_resolve_alias(node) : NULL;
    if (!meant)
        return kk_fail(r->fault, KK_INVALID, "line %d: %s", line,
                       r->takes_aliases ? "an alias (*name) of nothing"
                                        : "aliases (*name) are not allowed");
    r->inside_alias++;
    kk_status status = convert(r, meant, depth + 1, out);
    r->inside_alias--;
    if (line)
        (*out)->line = line;
    return status;
}

static kk_status convert(reading *r, struct fy_node *node, int depth, kk_yaml **out)
{
    *out = KK_NEW(r->arena, kk_yaml);
    if (!node)
        return KK_OK;
    (*out)->line = line_of(node);
    if (depth > DEEPEST)
        return kk_fail(r->fault, KK_INVALID, "line %d: nested more than %d levels deep",
                       (*out)->line, DEEPEST);
    if (fy_node_is_alias(node))
        return convert_alias(r, node, depth, out);
    if (r->inside_alias && ++r->repeated > REPEATED_MOST)
        return kk_fail(r->fault, KK_LIMIT, "line %d: aliases (*name) stand for too much",
                       (*out)->line);
    if (fy_node_is_mapping(node))
        return convert_map(r, node, depth, *out);
    if (fy_node_is_sequence(node))
        return convert_list(r, node, depth, *out);
    enum fy_node_style style = fy_node_get_style(node);
    (*out)->quoted = style != FYNS_PLAIN && style != FYNS_ANY;
    (*out)->text = scalar_text(r, node);
    (*out)->kind = !(*out)->quoted && is_null_text((*out)->text) ? KK_YAML_NULL : KK_YAML_TEXT;
    return KK_OK;
}

static kk_status syntax_error(struct fy_diag *diag, kk_fault *fault)
{
    void *iterator = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(diag, &iterator);
    if (!error)
        return kk_fail(fault, KK_INVALID, "not readable as YAML");
    return kk_fail(fault, KK_INVALID, "line %d: %s", error->line > 0 ? error->line : 1,
                   error->msg ? error->msg : "not readable as YAML");
}

static int line_at(kk_slice text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return line;
}

/* libfyaml takes a NUL for the end of the text: what follows would be dropped without a word. Bytes that are no
 * UTF-8 behind a % keep it for ever. */
static kk_status refuse_bytes(kk_slice text, kk_fault *fault)
{
    size_t at = kk_find_byte(text, '\0');
    if (at != KK_NOWHERE)
        return kk_fail(fault, KK_INVALID, "line %d: a NUL byte", line_at(text, at));
    kk_slice rest = text, line;
    int number = 0;
    if (kk_utf8_valid(text))
        return KK_OK;
    do
        number++;
    while (kk_split(&rest, '\n', &line) && kk_utf8_valid(line));
    return kk_fail(fault, KK_INVALID, "line %d: bytes that are no UTF-8", number);
}

/* The only document of the text; NULL if there is none. */
static kk_status load_only(struct fy_parser *parser, struct fy_diag *diag, kk_slice text,
                           struct fy_document **document, kk_fault *fault)
{
    *document = fy_parse_load_document(parser);
    if (!*document)
        return kk_trim(text).len && fy_parser_get_stream_error(parser) ? syntax_error(diag, fault)
                                                                       : KK_OK;
    struct fy_document *second = fy_parse_load_document(parser);
    int line = second ? line_of(fy_document_root(second)) : 0;
    fy_parse_document_destroy(parser, second);
    if (second)
        return kk_fail(fault, KK_INVALID, "line %d: a second document begins", line);
    return fy_parser_get_stream_error(parser) ? syntax_error(diag, fault) : KK_OK;
}

kk_status kk_yaml_read(kk_arena *arena, kk_slice text, kk_yaml **out, kk_fault *fault)
{
    if (refuse_bytes(text, fault) != KK_OK)
        return KK_INVALID;
    struct fy_diag_cfg diag_settings;
    fy_diag_cfg_default(&diag_settings);
    diag_settings.fp = NULL;
    diag_settings.level = FYET_MAX; /* nothing is printed; the first error is collected */
    struct fy_diag *diag = fy_diag_create(&diag_settings);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg settings = {.flags = FYPCF_QUIET, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&settings);
    struct fy_document *document = NULL;
    reading r = {.arena = arena, .fault = fault};
    fy_parser_set_string(parser, text.ptr, text.len);
    kk_status status = load_only(parser, diag, text, &document, fault);
    if (status == KK_OK)
        status = convert(&r, document ? fy_document_root(document) : NULL, 0, out);
    fy_parse_document_destroy(parser, document);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}

kk_status kk_yaml_read_all(kk_arena *arena, kk_slice text, kk_yaml **first, kk_fault *fault)
{
    *first = NULL;
    if (refuse_bytes(text, fault) != KK_OK)
        return KK_INVALID;
    struct fy_diag_cfg diag_settings;
    fy_diag_cfg_default(&diag_settings);
    diag_settings.fp = NULL;
    diag_settings.level = FYET_MAX;
    struct fy_diag *diag = fy_diag_create(&diag_settings);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg settings = {.flags = FYPCF_QUIET, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&settings);
    struct fy_document *document;
    kk_status status = KK_OK;
    reading r = {.arena = arena, .fault = fault, .takes_aliases = true};
    fy_parser_set_string(parser, text.ptr ? text.ptr : "", text.len);
    while (status == KK_OK && (document = fy_parse_load_document(parser))) {
        status = convert(&r, fy_document_root(document), 0, first);
        first = &(*first)->next;
        fy_parse_document_destroy(parser, document);
    }
    if (status == KK_OK && (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag)))
        status = syntax_error(diag, fault);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}

const kk_yaml *kk_yaml_get(const kk_yaml *map, const char *key)
{
    if (!map || map->kind != KK_YAML_MAP)
        return NULL;
    for (const kk_yaml *child = map->first; child; child = child->next)
        if (kk_is(child->key, key))
            return child;
    return NULL;
}

size_t kk_yaml_count(const kk_yaml *list)
{
    size_t count = 0;
    for (const kk_yaml *child = list ? list->first : NULL; child; child = child->next)
        count++;
    return count;
}

bool kk_yaml_bool(const kk_yaml *node, bool *out)
{
    if (!node || node->kind != KK_YAML_TEXT || node->quoted)
        return false;
    if (kk_eq_nocase(node->text, KK_S("true")) || kk_eq_nocase(node->text, KK_S("yes")))
        *out = true;
    else if (kk_eq_nocase(node->text, KK_S("false")) || kk_eq_nocase(node->text, KK_S("no")))
        *out = false;
    else
        return false;
    return true;
}
