/* Files of indicators: plain lists, tables, and what ioc_json.c reads. They come from outside and are
 * read behind walls. */
#include "detect/ioc_i.h"

#include "base/json_read.h"
#include "base/text.h"
#include "detect/fold.h"

enum { CELLS_MOST = 128, TYPE_MOST = 64 };

/* "203.0.113.5:443", "[2001:db8::1]:443" */
static bool cut_port(kk_slice value, kk_slice *address, kk_slice *port)
{
    kk_subnet network;
    uint64_t number;
    size_t colon = kk_rfind_byte(value, ':');
    if (colon == KK_NOWHERE || kk_subnet_read(value, &network))
        return false;
    *address = kk_part(value, 0, colon);
    *port = kk_from(value, colon + 1);
    if (address->len > 2 && address->ptr[0] == '[' && address->ptr[address->len - 1] == ']')
        *address = kk_part(*address, 1, address->len - 2);
    return kk_subnet_address(*address, &network) && kk_to_u64(*port, &number) && number < 65536;
}

/* An address with its port: it and the port of one event, or both as they stand in a text. */
static bool port_ways(kk_arena *arena, kk_slice address, kk_slice port, kk_ioc_all *ways)
{
    bool is_v6 = kk_find_byte(address, ':') != KK_NOWHERE;
    kk_slice text = is_v6 ? kk_print(arena, "[%.*s]:%.*s", KK_P(address), KK_P(port))
                          : kk_print(arena, "%.*s:%.*s", KK_P(address), KK_P(port));
    ways[0] = (kk_ioc_all){KK_NEW_ARRAY(arena, kk_ioc_atom, 2), 2};
    ways[1] = (kk_ioc_all){KK_NEW(arena, kk_ioc_atom), 1};
    return kk_ioc_atom_make(arena, KK_IOC_IP, address, &ways[0].atoms[0]) &&
           kk_ioc_atom_make(arena, KK_IOC_PORT, port, &ways[0].atoms[1]) &&
           kk_ioc_atom_make(arena, KK_IOC_TEXT, text, &ways[1].atoms[0]);
}

bool kk_ioc_add_value(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_ioc_type type,
                      kk_slice value, kk_slice note)
{
    kk_slice refanged = kk_trim(kk_ioc_refanged(arena, kk_trim(value))), address, port;
    kk_ioc_all ways[KK_IOC_RANGE_MOST];
    size_t count = 1;
    bool good;
    if (refanged.len > 2 && refanged.ptr[0] == '[' && refanged.ptr[refanged.len - 1] == ']')
        refanged = kk_part(refanged, 1, refanged.len - 2);
    if (type == KK_IOC_IP && cut_port(refanged, &address, &port)) {
        count = 2;
        good = port_ways(arena, address, port, ways);
    } else if (type == KK_IOC_IP && kk_ioc_range(arena, refanged, ways, &count)) {
        good = true;
    } else {
        ways[0] = (kk_ioc_all){KK_NEW(arena, kk_ioc_atom), 1};
        good = kk_ioc_atom_make(arena, type, refanged, &ways[0].atoms[0]);
    }
    if (!good) {
        const char *why = type == KK_IOC_IP ? kk_ioc_no_address(refanged) : NULL;
        bool wild = type != KK_IOC_IP && kk_ioc_has_wildcard(refanged);
        kk_ioc_unread_add(arena, iocs, line, value,
                          why    ? why
                          : wild ? "nearly anything fits it, or a wildcard where none is read"
                                 : "a value that is none of its kind");
        return false;
    }
    kk_ioc *ioc = kk_ioc_add(arena, iocs, line, value, note);
    if (!ioc)
        return false;
    ioc->type = ways[0].atoms[0].type;
    ioc->any = KK_NEW_ARRAY(arena, kk_ioc_all, count);
    ioc->any_count = count;
    memcpy(ioc->any, ways, count * sizeof *ways);
    return true;
}

static kk_ioc_type looks_like(kk_arena *arena, kk_slice value)
{
    kk_ioc_all ways[KK_IOC_RANGE_MOST];
    kk_slice address, port;
    size_t count;
    return cut_port(value, &address, &port) || kk_ioc_range(arena, value, ways, &count) ||
                   kk_ioc_no_address(value)
               ? KK_IOC_IP
               : kk_ioc_type_by_value(value);
}

/* "report*.locked" is the name of a file as well as one of the Internet. */
static void add_as_name(kk_arena *arena, kk_ioc *ioc, kk_slice value)
{
    kk_ioc_atom *atom = KK_NEW(arena, kk_ioc_atom);
    kk_ioc_all *any = KK_NEW_ARRAY(arena, kk_ioc_all, 2);
    if (!kk_ioc_atom_make(arena, KK_IOC_FILE_NAME, value, atom))
        return;
    any[0] = ioc->any[0];
    any[1] = (kk_ioc_all){atom, 1};
    ioc->any = any;
    ioc->any_count = 2;
}

void kk_ioc_add_unnamed(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice value,
                        kk_slice note)
{
    kk_slice refanged = kk_trim(kk_ioc_refanged(arena, kk_trim(value)));
    kk_ioc_type type = looks_like(arena, refanged);
    bool added = kk_ioc_add_value(arena, iocs, line, type, value, note);
    if (added && type == KK_IOC_DOMAIN && iocs->items[iocs->count - 1].any[0].atoms[0].glob)
        add_as_name(arena, &iocs->items[iocs->count - 1], refanged);
}

/* ---- lists ---- */

/* What stands before a remark: "evil.example  # seen in March". A path keeps its own signs. */
static kk_slice before_remark(kk_slice line, kk_slice *note)
{
    *note = KK_NONE;
    for (size_t i = 1; i < line.len; i++)
        if ((line.ptr[i] == '#' ||
             (line.ptr[i] == '/' && i + 1 < line.len && line.ptr[i + 1] == '/')) &&
            (line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t')) {
            *note = kk_trim(kk_from(line, i + (line.ptr[i] == '#' ? 1 : 2)));
            return kk_part(line, 0, i);
        }
    return line;
}

/* "[file:name = 'x']", and no address in brackets. */
static bool is_pattern(kk_slice line)
{
    size_t at = 0;
    while (at < line.len && memchr("([ ", line.ptr[at], 3))
        at++;
    if (kk_starts(kk_from(line, at), KK_S("NOT ")))
        at += 4;
    size_t from = at;
    while (at < line.len && ((line.ptr[at] >= 'a' && line.ptr[at] <= 'z') ||
                             (at > from && memchr("-0123456789", line.ptr[at], 11))))
        at++;
    return at > from + 2 && from && kk_starts(kk_from(line, at), KK_S(":")) &&
           (kk_find_byte(line, ' ') != KK_NOWHERE || kk_find_byte(line, '\'') != KK_NOWHERE);
}

static void read_list(kk_arena *arena, kk_slice text, kk_iocs *iocs)
{
    kk_slice line, note;
    for (uint64_t number = 1; kk_split(&text, '\n', &line); number++) {
        line = kk_trim(line);
        if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';' || kk_starts(line, KK_S("//")))
            continue;
        line = kk_trim(before_remark(line, &note));
        while (line.len > 1 && (line.ptr[line.len - 1] == ',' || line.ptr[line.len - 1] == ';'))
            line.len--;
        if (line.len > 1 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"')
            line = kk_part(line, 1, line.len - 2);
        if (is_pattern(line))
            kk_ioc_add_pattern(arena, iocs, number, line, note);
        else if (!kk_ioc_add_line(arena, iocs, number, line, note))
            kk_ioc_add_unnamed(arena, iocs, number, line, note);
    }
}

/* ---- tables ---- */

typedef struct {
    kk_arena *arena;
    kk_slice rest;
    uint64_t line, next; /* of the row, and of what is behind it */
    char delimiter;
    kk_slice cells[CELLS_MOST];
    size_t count;
} table;

static kk_slice quoted_cell(table *t)
{
    kk_buffer out = {0};
    size_t i = 1;
    for (; i < t->rest.len; i++) {
        if (t->rest.ptr[i] == '"' && (i + 1 == t->rest.len || t->rest.ptr[i + 1] != '"'))
            break;
        i += t->rest.ptr[i] == '"';
        t->next += t->rest.ptr[i] == '\n';
        kk_put_byte(&out, t->rest.ptr[i]);
    }
    t->rest = kk_from(t->rest, i + 1);
    kk_slice cell = kk_copy(t->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return cell;
}

/* The next row; false at the end. */
static bool next_row(table *t)
{
    if (!t->rest.len)
        return false;
    t->count = 0;
    t->line = t->next;
    for (;;) {
        kk_slice cell = KK_NONE;
        if (t->rest.len && t->rest.ptr[0] == '"')
            cell = quoted_cell(t);
        size_t end = 0;
        while (end < t->rest.len && t->rest.ptr[end] != t->delimiter && t->rest.ptr[end] != '\n')
            end++;
        if (!cell.len)
            cell = kk_trim(kk_part(t->rest, 0, end));
        if (t->count < CELLS_MOST)
            t->cells[t->count++] = cell;
        bool more = end < t->rest.len && t->rest.ptr[end] == t->delimiter;
        t->rest = kk_from(t->rest, end + 1);
        if (!more)
            break;
    }
    t->next++;
    return true;
}

typedef struct {
    size_t type, value, note; /* columns; KK_NOWHERE: none */
    bool is_misp;
} heads;

/* Which column is which; false when the row is no header. */
static bool read_heads(const table *t, heads *h)
{
    static const char types[] =
        " type ioc_type indicator_type indicatortype ioctype kind 種別 種類 タイプ ";
    static const char values[] =
        " value ioc indicator ioc_value indicator_value observable 値 指標 インジケーター ";
    static const char notes[] =
        " comment description note notes name reference 備考 説明 コメント ";
    kk_ioc_type ignored;
    *h = (heads){KK_NOWHERE, KK_NOWHERE, KK_NOWHERE, false};
    size_t single = KK_NOWHERE;
    for (size_t i = 0; i < t->count; i++) {
        kk_slice word =
            kk_print(t->arena, " %.*s ", KK_P(kk_fold(t->arena, kk_part(t->cells[i], 0, 64))));
        if (word.len < 3)
            continue;
        h->is_misp = h->is_misp || kk_is(word, " object_relation ") || kk_is(word, " event_id ");
        if (h->type == KK_NOWHERE && kk_has(kk_cstr(types), word))
            h->type = i;
        else if (h->value == KK_NOWHERE && kk_has(kk_cstr(values), word))
            h->value = i;
        else if (h->note == KK_NOWHERE && kk_has(kk_cstr(notes), word))
            h->note = i;
        else if (single == KK_NOWHERE && kk_ioc_type_by_name(t->cells[i], &ignored))
            single = i;
    }
    for (size_t i = 0; i < t->count && h->value == KK_NOWHERE; i++)
        if (kk_ioc_type_by_value(t->cells[i]) != KK_IOC_TEXT)
            return false;
    return h->value != KK_NOWHERE || single != KK_NOWHERE;
}

/* Rows of a kind and a value, from the first line on. */
static bool is_bare(const table *t, heads *h)
{
    kk_ioc_type ignored;
    *h = (heads){0, 1, t->count > 2 ? 2 : KK_NOWHERE, false};
    return t->count > 1 && kk_ioc_type_by_name(t->cells[0], &ignored) &&
           kk_ioc_type_by_value(kk_ioc_refanged(t->arena, t->cells[1])) != KK_IOC_TEXT;
}

void kk_ioc_add_named(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice type, kk_slice value,
                      kk_slice note)
{
    kk_ioc_type known;
    type = kk_is(type, "malware-sample") ? KK_S("filename|md5") : kk_part(type, 0, TYPE_MOST);
    size_t bar = kk_find_byte(type, '|'), cut = kk_find_byte(value, '|');
    if (bar != KK_NOWHERE && bar == kk_rfind_byte(type, '|') &&
        cut != KK_NOWHERE) { /* MISP: two values in one */
        kk_subnet address;
        if (kk_ends(type, KK_S("|port")) &&
            !kk_subnet_address(kk_ioc_refanged(arena, kk_part(value, 0, cut)), &address)) {
            kk_ioc_add_named(arena, iocs, line, kk_part(type, 0, bar), kk_part(value, 0, cut),
                             note);
            return; /* of a name the port is left aside, as in lists */
        }
        if (kk_ends(type, KK_S("|port"))) {
            (void)kk_ioc_add_value(arena, iocs, line, KK_IOC_IP,
                                   kk_print(arena, "%.*s:%.*s", KK_P(kk_part(value, 0, cut)),
                                            KK_P(kk_from(value, cut + 1))),
                                   note);
            return;
        }
        kk_ioc_add_named(arena, iocs, line, kk_part(type, 0, bar), kk_part(value, 0, cut), note);
        kk_ioc_add_named(arena, iocs, line, kk_from(type, bar + 1), kk_from(value, cut + 1), note);
        return;
    }
    if (kk_ioc_type_by_name(type, &known))
        (void)kk_ioc_add_value(arena, iocs, line, known, value, note);
    else if (!type.len)
        kk_ioc_add_unnamed(arena, iocs, line, value, note);
    else
        kk_ioc_unread_add(arena, iocs, line, kk_print(arena, "%.*s: %.*s", KK_P(type), KK_P(value)),
                          "a kind that is not looked for");
}

/* A column each for addresses, hashes, names: every cell is one. */
static void read_columns(kk_arena *arena, table *t, kk_iocs *iocs)
{
    kk_slice names[CELLS_MOST];
    size_t count = t->count;
    memcpy(names, t->cells, count * sizeof *names);
    while (next_row(t)) {
        bool any = false, empty = true;
        for (size_t i = 0; i < count && i < t->count; i++) {
            kk_ioc_type type;
            empty = empty && !t->cells[i].len;
            if (!t->cells[i].len || !kk_ioc_type_by_name(names[i], &type))
                continue;
            (void)kk_ioc_add_value(arena, iocs, t->line, type, t->cells[i], KK_NONE);
            any = true;
        }
        if (!any && !empty)
            kk_ioc_unread_add(arena, iocs, t->line, t->cells[0], "a row without an indicator");
    }
}

/* A mark that was put before a formula's sign for the sake of spreadsheets. */
static kk_slice without_mark(kk_slice value)
{
    return value.len > 1 && value.ptr[0] == '\'' && memchr("=+-@", value.ptr[1], 4)
               ? kk_from(value, 1)
               : value;
}

static bool read_table(kk_arena *arena, kk_slice text, kk_iocs *iocs)
{
    static const char delimiters[] = ",;\t|";
    for (size_t d = 0; d < 4; d++) {
        table *t = KK_NEW(arena, table);
        heads h;
        *t = (table){.arena = arena, .rest = text, .next = 1, .delimiter = delimiters[d]};
        do {
            if (!next_row(t))
                return false;
        } while (t->count == 1 && (!t->cells[0].len || t->cells[0].ptr[0] == '#'));
        bool bare = is_bare(t, &h);
        if (!bare && ((t->count < 2 && d < 3) || !read_heads(t, &h)))
            continue;
        iocs->format = "csv";
        if (h.value == KK_NOWHERE) {
            read_columns(arena, t, iocs);
            return true;
        }
        for (bool more = bare || next_row(t); more; more = next_row(t)) {
            kk_slice value = h.value < t->count ? without_mark(t->cells[h.value]) : KK_NONE;
            kk_slice type = h.type < t->count ? t->cells[h.type] : KK_NONE;
            if (value.len && h.is_misp && kk_ioc_is_context(type))
                kk_ioc_unread_add(arena, iocs, t->line, value, "context, no indicator");
            else if (value.len)
                kk_ioc_add_named(arena, iocs, t->line, type, value,
                                 h.note < t->count ? t->cells[h.note] : KK_NONE);
            else if (t->count > 1)
                kk_ioc_unread_add(arena, iocs, t->line, t->cells[0], "a row without an indicator");
        }
        return true;
    }
    return false;
}

void kk_iocs_read(kk_arena *arena, kk_slice bytes, kk_iocs *out)
{
    *out = (kk_iocs){.format = "none"};
    if (bytes.len > KK_IOC_FILE_MOST) {
        kk_ioc_unread_add(arena, out, 0, KK_NONE, "the file has more than 64 MiB");
        return;
    }
    kk_slice text =
        kk_trim(kk_utf8_clean(arena, kk_decode(arena, kk_charset_guess(bytes, NULL), bytes, NULL)));
    if (kk_starts(text, KK_S("<"))) {
        kk_ioc_unread_add(arena, out, 1, kk_part(text, 0, 60), "XML is not read");
        return;
    }
    if ((kk_starts(text, KK_S("{")) || kk_starts(text, KK_S("["))) &&
        kk_ioc_read_json(arena, text, out))
        return;
    if (read_table(arena, text, out))
        return;
    out->format = "list";
    read_list(arena, text, out);
}
