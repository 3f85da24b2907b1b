/* JSON that is no log: the records in it as rows. Lists of objects, wherever they are, objects one behind
 * the other or a line each, objects keyed by id, lists of lists; what Elasticsearch, MongoDB, DynamoDB,
 * Firestore and phpMyAdmin wrap around values is taken off.
 *
 * A file is read as a stream of tokens with a stack of what is open. Brackets that do not fit close what
 * they must; where objects are lines, a torn one ends with its line. */
#include "base/time.h"
#include "parse/json_columns.h"
#include "parse/json_maps.h"
#include "parse/json_tokens.h"
#include "parse/keyed_rows.h"

enum {
    FRAMES_MAX = 256,
    HEADER_MAX = 64 * 1024 /* bytes of names that come before lists of values */
};
#define SAMPLE UINT64_C(4194304) /* bytes from which columns are learned */

typedef struct {
    bool is_object, is_line, has_key;
    bool is_date;  /* $date: the number in it is one of milliseconds */
    bool is_typed; /* DynamoDB: {"S": text} */
    bool is_header;
    bool is_map; /* its members are elements under their keys */
    uint64_t path;
    uint32_t elements, members;
} frame;

typedef struct {
    kk_json_tokens tokens;
    kk_keyed_rows *rows;
    const kk_json_maps *maps;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *arena, *scratch; /* of the file; of one value */
    frame frames[FRAMES_MAX];
    size_t depth, too_deep;
    kk_buffer key;    /* of the member that is being read */
    kk_buffer header; /* names for lists of values, each behind its length */
    bool many;
    bool is_action; /* of Elasticsearch, before a document */
    uint64_t documents, line;
    bool first_is_line; /* the first document lies within a line */
    uint64_t torn, first_torn, strays, first_stray, deep;
    kk_arena *inner;       /* of a text that is JSON itself; NULL outside of one */
    uint64_t inner_offset; /* of that text */
} reading;

static frame *top(reading *r)
{
    return r->depth ? &r->frames[r->depth - 1] : NULL;
}

/* Of the token; of the text that it stands in, where that is JSON itself. */
static uint64_t begin_of(const reading *r)
{
    return r->inner ? r->inner_offset : r->tokens.from;
}

static uint64_t end_of(const reading *r)
{
    return r->inner ? r->inner_offset : kk_json_place(&r->tokens);
}

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* ---- Keys ---- */

/* Wrapped around values by stores: the key around them is the value's. */
static bool is_wrapper(kk_slice key, bool typed)
{
    static const char *const wrappers[] = {"_source",
                                           "stringValue",
                                           "integerValue",
                                           "doubleValue",
                                           "booleanValue",
                                           "timestampValue",
                                           "mapValue",
                                           "arrayValue",
                                           "referenceValue",
                                           "geoPointValue",
                                           NULL};
    static const char *const types[] = {"S", "N", "BOOL", "M", "L", "SS", "NS", NULL};
    bool like_one = kk_ends(key, KK_S("Value")) || kk_starts(key, KK_S("_"));
    return (key.len && key.ptr[0] == '$') || (like_one && kk_is_any(key, wrappers)) ||
           (typed && kk_is_any(key, types));
}

static kk_slice named(kk_slice key, bool typed)
{
    return is_wrapper(key, typed) ? KK_NONE : key;
}

/* ---- Names before lists of values ---- */

static void put_name(reading *r, kk_slice name)
{
    uint32_t len = (uint32_t)name.len;
    if (r->header.len + sizeof len + name.len > HEADER_MAX)
        return;
    kk_put_bytes(&r->header, &len, sizeof len);
    kk_put(&r->header, name);
}

static void tell_header(reading *r)
{
    uint32_t len;
    if (!r->header.len)
        return;
    kk_keyed_begin(r->rows, KK_KEYED_LINE, KK_NONE, 1, begin_of(r));
    for (size_t at = 0; at < r->header.len; at += sizeof len + len) {
        memcpy(&len, r->header.ptr + at, sizeof len);
        kk_keyed_value(r->rows, KK_NONE, (kk_slice){r->header.ptr + at + sizeof len, len});
    }
    kk_keyed_end(r->rows, begin_of(r));
    r->header.len = 0;
}

/* ---- What opens and closes ---- */

static void begin_document(reading *r, bool is_object)
{
    r->documents++;
    r->line = r->tokens.line;
    r->is_action = false;
    r->frames[0].is_line = !is_object && r->many;
    if (is_object)
        kk_keyed_begin(r->rows, KK_KEYED_DOCUMENT, KK_NONE, 1, begin_of(r));
    else
        kk_keyed_begin(r->rows, r->many ? KK_KEYED_LINE : KK_KEYED_PART, KK_NONE, 1, begin_of(r));
}

/* index, create, update, delete: what Elasticsearch is to do with the next line. */
static bool is_action(kk_slice key)
{
    static const char *const actions[] = {"index", "create", "update", "delete", NULL};
    return kk_is_any(key, actions);
}

static void begin_object(reading *r, frame *around, kk_slice key)
{
    if (!around->is_object) {
        kk_keyed_begin(r->rows, KK_KEYED_ELEMENT, KK_NONE, ++around->elements, begin_of(r));
    } else if (around->is_map || kk_json_is_id(key)) {
        kk_keyed_begin(r->rows, KK_KEYED_ELEMENT, KK_NONE, ++around->elements, begin_of(r));
        kk_keyed_value(r->rows, KK_S("(key)"), key);
    } else {
        if (r->depth == 1 && r->many)
            r->is_action = !around->members && is_action(key);
        kk_keyed_begin(r->rows, KK_KEYED_PART, named(key, around->is_typed), 1, begin_of(r));
    }
}

/* The rows of a table in an export of phpMyAdmin. */
static bool is_table_data(const reading *r, kk_slice key)
{
    return kk_is(key, "data") && kk_is(kk_keyed_member(r->rows, "type"), "table") &&
           kk_keyed_member(r->rows, "name").len;
}

static void begin_array(reading *r, frame *around, frame *own, kk_slice key)
{
    static const char *const headers[] = {"columns", "header", "headers", NULL};
    bool outermost = kk_keyed_outermost(r->rows);
    if (!around->is_object && outermost) {
        tell_header(r);
        own->is_line = true;
        kk_keyed_begin(r->rows, KK_KEYED_LINE, KK_NONE, 1, begin_of(r));
        return;
    }
    bool table = around->is_object && is_table_data(r, key);
    own->is_header = around->is_object && outermost && kk_is_any(key, headers);
    kk_slice name = table ? kk_copy(r->scratch, kk_keyed_member(r->rows, "name")) : KK_NONE;
    kk_keyed_begin(r->rows, KK_KEYED_PART, named(key, around->is_typed), 1, begin_of(r));
    if (table)
        kk_keyed_name_table(r->rows, name);
}

static uint64_t path_in(const frame *around, kk_slice key)
{
    if (!around)
        return KK_JSON_PATH_OF_DOCUMENT;
    bool among = !around->is_object || kk_json_is_id(key);
    return among ? kk_json_path_among(around->path) : kk_json_path_under(around->path, key);
}

static void open_value(reading *r, bool is_object)
{
    static const char *const typed[] = {"Item", "Items", "NewImage", "OldImage", NULL};
    if (r->depth == FRAMES_MAX || r->too_deep) {
        r->deep += !r->too_deep;
        r->too_deep++;
        return;
    }
    frame *around = top(r), *own = &r->frames[r->depth];
    kk_slice key = around && around->is_object ? kk_buffer_slice(&r->key) : KK_NONE;
    *own = (frame){.is_object = is_object,
                   .is_date = around && (around->is_date || kk_is(key, "$date")),
                   .is_typed = around && (around->is_typed || kk_is_any(key, typed)),
                   .path = path_in(around, key)};
    own->is_map = is_object && !r->inner && kk_json_maps_hold(r->maps, own->path);
    if (!around)
        begin_document(r, is_object);
    else if (is_object)
        begin_object(r, around, key);
    else
        begin_array(r, around, own, key);
    if (around) {
        around->members++;
        around->has_key = false;
    }
    r->depth++;
}

static void close_top(reading *r, uint64_t end)
{
    bool action = r->depth == 1 && r->is_action && r->frames[0].members == 1;
    r->depth--;
    if (r->depth == 0)
        tell_header(r);
    if (action)
        kk_keyed_drop(r->rows);
    else
        kk_keyed_end(r->rows, end);
    if (r->depth == 0 && r->documents == 1)
        r->first_is_line = r->tokens.line == r->line;
}

/* Closes what the bracket is for, with what was left open in it. */
static void close_value(reading *r, bool is_object)
{
    size_t fits = r->depth;
    if (r->too_deep) {
        r->too_deep--;
        return;
    }
    while (fits && r->frames[fits - 1].is_object != is_object)
        fits--;
    if (fits != r->depth)
        note(&r->torn, &r->first_torn, begin_of(r));
    while (fits && r->depth >= fits)
        close_top(r, end_of(r));
}

static void close_all(reading *r)
{
    note(&r->torn, &r->first_torn, begin_of(r));
    r->too_deep = 0;
    while (r->depth)
        close_top(r, begin_of(r));
}

/* ---- Values ---- */

static bool is_midnight(const kk_civil *c)
{
    return !c->hour && !c->minute && !c->second && !c->nanosecond;
}

/* MongoDB keeps days as times, as midnight in UTC or where the program ran: such a one is a day again.
 * Numbers are milliseconds since 1970. */
static kk_slice date_of(reading *r, kk_slice text)
{
    int64_t ms;
    kk_time time;
    if (kk_to_i64(text, &ms) && ms < INT64_C(9000000000000) && ms > INT64_C(-9000000000000))
        time = ms * (KK_SECOND / 1000);
    else if (!kk_time_parse(text, &time))
        return text;
    kk_civil local = kk_civil_in_zone(&r->settings->zone, time), utc = kk_civil_from_time(time);
    bool day = is_midnight(&utc);
    const kk_civil *c = day ? &utc : &local;
    if (day || is_midnight(&local))
        return kk_print(r->scratch, "%04d-%02d-%02d", c->year, c->month, c->day);
    return kk_time_text(r->scratch, time);
}

static void take_value(reading *r, kk_slice text)
{
    frame *f = top(r);
    if (!f) {
        note(&r->strays, &r->first_stray, begin_of(r));
        return;
    }
    kk_slice key = f->is_object ? kk_buffer_slice(&r->key) : KK_NONE;
    if (f->is_date || kk_is(key, "$date"))
        text = date_of(r, text);
    f->members++;
    f->has_key = false;
    if (f->is_object) {
        kk_keyed_value(r->rows, named(key, f->is_typed), text);
    } else if (f->is_header) {
        put_name(r, text);
    } else if (!f->is_line && kk_keyed_outermost(r->rows)) {
        kk_keyed_begin(r->rows, KK_KEYED_LINE, KK_NONE, 1, begin_of(r));
        kk_keyed_value(r->rows, KK_NONE, text);
        kk_keyed_end(r->rows, end_of(r));
    } else {
        kk_keyed_value(r->rows, KK_NONE, text);
    }
}

static bool is_key(const reading *r, const frame *f)
{
    return f && f->is_object && !f->has_key && !r->too_deep;
}

static void take_inner(reading *r, kk_slice text);

static void take_text(reading *r)
{
    frame *f = top(r);
    kk_slice text = r->tokens.text;
    bool inner = r->tokens.kind == KK_JSON_STRING && f && f->is_object && f->has_key &&
                 !r->too_deep && !r->inner && kk_json_may_be_object(text);
    if (inner) {
        take_inner(r, text);
    } else if (is_key(r, f)) {
        r->key.len = 0;
        kk_put(&r->key, text);
        f->has_key = true;
    } else if (!r->too_deep) {
        bool none = r->tokens.kind == KK_JSON_BARE && kk_is(text, "null");
        take_value(r, none ? KK_NONE : text);
    }
}

static void take_token(reading *r)
{
    frame *f = top(r);
    switch (r->tokens.kind) {
    case KK_JSON_OPEN_OBJECT:
    case KK_JSON_OPEN_ARRAY:
        open_value(r, r->tokens.kind == KK_JSON_OPEN_OBJECT);
        break;
    case KK_JSON_CLOSE_OBJECT:
    case KK_JSON_CLOSE_ARRAY:
        close_value(r, r->tokens.kind == KK_JSON_CLOSE_OBJECT);
        break;
    case KK_JSON_COMMA:
        if (f)
            f->has_key = false;
        break;
    case KK_JSON_STRING:
    case KK_JSON_BARE:
        take_text(r);
        break;
    case KK_JSON_STRAY:
        note(&r->strays, &r->first_stray, begin_of(r));
        break;
    case KK_JSON_COLON:
    case KK_JSON_END:
        break;
    }
    kk_arena_reset(r->scratch);
}

/* A text that is an object of JSON itself: its members are those of the key that it stands behind. */
static void take_inner(reading *r, kk_slice text)
{
    kk_arena *arena = kk_arena_open();
    kk_stream *in = kk_stream_over_memory(arena, kk_copy(arena, text), KK_NONE);
    kk_json_tokens outer = r->tokens;
    size_t depth = r->depth;
    if (!kk_json_is_object(arena, text)) {
        take_value(r, text);
        kk_arena_close(arena);
        return;
    }
    r->inner = arena;
    r->inner_offset = outer.from;
    kk_json_tokens_open(&r->tokens, arena, in);
    while (kk_json_next(&r->tokens) != KK_JSON_END)
        take_token(r);
    kk_json_tokens_close(&r->tokens);
    r->tokens = outer;
    r->inner = NULL;
    kk_arena_close(arena);
    while (r->depth > depth)
        close_top(r, end_of(r));
}

/* ---- Going through ---- */

/* From the beginning; true when nothing is left open at the end. */
static bool go_through(reading *r, uint64_t end)
{
    kk_json_tokens_restart(&r->tokens, end);
    r->depth = r->too_deep = r->documents = 0;
    r->torn = r->strays = r->deep = 0;
    r->header.len = 0;
    while (!r->sink->stopped && kk_json_next(&r->tokens) != KK_JSON_END) {
        if (r->tokens.by_line && r->depth && r->tokens.line != r->line)
            close_all(r);
        take_token(r);
    }
    return r->depth == 0;
}

static void report(reading *r, bool whole)
{
    const struct {
        kk_issue_kind kind;
        uint64_t count, offset;
        const char *what;
    } notes[] = {
        {KK_ISSUE_DAMAGED, r->torn, r->first_torn, "brackets or objects are torn"},
        {KK_ISSUE_DAMAGED, r->strays, r->first_stray, "values stand where JSON has none"},
        {KK_ISSUE_DAMAGED, r->tokens.chars.lost, 0, "characters are none in the file's encoding"},
        {KK_ISSUE_LIMIT, r->tokens.cut, 0, "texts over 1 MiB were cut"},
        {KK_ISSUE_LIMIT, r->deep, 0, "values nest deeper than 256 levels and were left out"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].count)
            r->sink->issue(r->sink, &(kk_issue){notes[i].kind, notes[i].offset, notes[i].count,
                                                kk_cstr(notes[i].what)});
    if (!whole && !r->sink->stopped)
        kk_report(r->sink, KK_ISSUE_TRUNCATED, kk_json_place(&r->tokens),
                  r->tokens.chars.failed ? "the file cannot be read from here on"
                                         : "the file ends inside an object or a list");
}

static void read_records(reading *r)
{
    r->maps = kk_json_maps_learn(r->arena, &r->tokens, SAMPLE);
    bool whole = go_through(r, SAMPLE);
    r->many = r->documents > 1;
    r->tokens.by_line = r->many && r->first_is_line;
    kk_keyed_rows_learn(r->rows, r->many, whole);
    (void)go_through(r, SAMPLE);
    kk_keyed_rows_start(r->rows);
    whole = go_through(r, UINT64_MAX);
    while (r->depth)
        close_top(r, kk_json_place(&r->tokens));
    kk_keyed_rows_close(r->rows);
    report(r, whole);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    reading *r = KK_NEW(arena, reading);
    kk_json_tokens_open(&r->tokens, arena, in);
    r->sink = sink;
    r->settings = settings;
    r->arena = arena;
    r->scratch = kk_arena_open();
    if (!kk_json_columns_tell(&r->tokens, in, sink)) {
        r->rows = kk_keyed_rows_open(arena, sink);
        read_records(r);
    }
    kk_json_tokens_close(&r->tokens);
    kk_buffer_close(&r->key);
    kk_buffer_close(&r->header);
    kk_arena_close(r->scratch);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

typedef struct {
    char open[FRAMES_MAX];
    size_t depth, values;
    bool after_value, after_key, good;
    unsigned signs; /* keys of logs and of lists of files */
} check;

enum { EVENT_SIGN = 1, REQUEST_SIGN = 2, SIZE_SIGN = 4, DIGEST_SIGN = 8, STATUS_SIGN = 16 };

static unsigned sign_of(kk_slice key)
{
    static const struct {
        const char *key;
        unsigned sign;
    } signs[] = {
        {"EventID", EVENT_SIGN},       {"event_id", EVENT_SIGN},  {"EventId", EVENT_SIGN},
        {"winlog", EVENT_SIGN},        {"EventCode", EVENT_SIGN}, {"request_uri", REQUEST_SIGN},
        {"request", REQUEST_SIGN},     {"uri", REQUEST_SIGN},     {"url", REQUEST_SIGN},
        {"remote_addr", REQUEST_SIGN}, {"status", STATUS_SIGN},   {"status_code", STATUS_SIGN},
        {"size", SIZE_SIGN},           {"Size", SIZE_SIGN},       {"sha256", DIGEST_SIGN},
        {"md5", DIGEST_SIGN},          {"sha1", DIGEST_SIGN},     {"ModTime", DIGEST_SIGN},
        {"mtime", DIGEST_SIGN},        {"modified", DIGEST_SIGN}, {"hash", DIGEST_SIGN}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (kk_is(key, signs[i].key))
            return signs[i].sign;
    return 0;
}

static bool is_log(unsigned signs)
{
    return (signs & EVENT_SIGN) ||
           (signs & (REQUEST_SIGN | STATUS_SIGN)) == (REQUEST_SIGN | STATUS_SIGN) ||
           (signs & (SIZE_SIGN | DIGEST_SIGN)) == (SIZE_SIGN | DIGEST_SIGN);
}

static bool is_number_or_word(kk_slice s)
{
    if (kk_is(s, "true") || kk_is(s, "false") || kk_is(s, "null") || kk_is(s, "NaN"))
        return true;
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        digit = digit || (s.ptr[i] >= '0' && s.ptr[i] <= '9');
        if (!strchr("0123456789+-.eE", s.ptr[i]))
            return false;
    }
    return digit;
}

/* Whether the token may stand here, as JSON has it. */
static bool check_token(check *c, const kk_json_tokens *t)
{
    bool in_object = c->depth && c->open[c->depth - 1] == '{';
    bool closes = t->kind == KK_JSON_CLOSE_OBJECT || t->kind == KK_JSON_CLOSE_ARRAY;
    if (closes) {
        if (!c->depth || in_object != (t->kind == KK_JSON_CLOSE_OBJECT) || c->after_key)
            return false;
        c->depth--;
        c->after_value = c->depth > 0;
        return true;
    }
    if (t->kind == KK_JSON_COMMA || t->kind == KK_JSON_COLON) {
        bool fits = t->kind == KK_JSON_COLON ? c->after_key : c->after_value && c->depth;
        c->after_value = false;
        return fits;
    }
    if (c->after_value || t->kind == KK_JSON_STRAY)
        return false;
    if (in_object && !c->after_key) {
        c->after_key = t->kind == KK_JSON_STRING;
        c->signs |= sign_of(t->text);
        return c->after_key;
    }
    c->after_key = false;
    c->values++;
    if (t->kind == KK_JSON_STRING || t->kind == KK_JSON_BARE) {
        c->after_value = true;
        return c->depth && (t->kind == KK_JSON_STRING || is_number_or_word(t->text));
    }
    if (c->depth == FRAMES_MAX)
        return false;
    c->open[c->depth++] = t->kind == KK_JSON_OPEN_OBJECT ? '{' : '[';
    return true;
}

static bool ends_as_json(kk_slice name)
{
    static const char *const tails[] = {".json", ".jsonl", ".ndjson", ".geojson", NULL};
    for (const char *const *tail = tails; *tail; tail++) {
        size_t len = strlen(*tail);
        if (name.len > len && kk_eq_nocase(kk_from(name, name.len - len), kk_cstr(*tail)))
            return true;
    }
    return false;
}

static kk_score probe(const kk_probe *p)
{
    enum { TOKENS = 4000 };
    kk_arena *arena = kk_arena_open();
    kk_stream *in = kk_stream_over_memory(arena, p->head, p->name);
    kk_json_tokens t;
    check c = {.good = true};
    bool cut = p->size > p->head.len;
    kk_json_tokens_open(&t, arena, in);
    for (int i = 0; i < TOKENS && c.good && kk_json_next(&t) != KK_JSON_END; i++) {
        bool last = t.chars.at_end && t.chars.at + 8 >= t.chars.raw.len;
        if (i == 0 && t.kind != KK_JSON_OPEN_OBJECT && t.kind != KK_JSON_OPEN_ARRAY)
            break;
        c.good = check_token(&c, &t) || (cut && last);
    }
    kk_json_tokens_close(&t);
    kk_arena_close(arena);
    if (!c.values || (!c.good && !ends_as_json(p->name)))
        return KK_NO;
    return !c.good || is_log(c.signs) ? (kk_score)(KK_MAYBE - 5) : (kk_score)(KK_LIKELY - 3);
}

const kk_parser kk_parser_json_table = {
    .name = "json_table",
    .about = "JSON that is no log: records as rows",
    .version = 3,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
