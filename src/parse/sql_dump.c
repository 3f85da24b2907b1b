/* Dumps of databases as SQL: the rows that INSERT and COPY bring back.
 *
 *     dump   = *(statement [";"] | "GO" line | "\" line)
 *     INSERT = "INSERT" ... "INTO" name ["(" columns ")"] "VALUES" "(" row ")" *("," "(" row ")")
 *     COPY   = "COPY" name "(" columns ")" "FROM stdin" ... ";" line *(row line) "\."
 *
 * Columns come from the statement or from CREATE TABLE. Nothing is run; all other statements, and the
 * bodies of procedures and triggers, are passed over. A row that cannot be read is left out and the
 * next one looked for. */
#include "parse/sql_skip.h"
#include "parse/sql_tables.h"

enum {
    WASTE_MAX = 64 * 1024 * 1024, /* bytes read a second time, looking for rows behind damage */
    NAME_MAX = 256,
    HEAD = 64 * 1024
};

typedef struct {
    kk_sql_text text;
    kk_sql_row *row;
    kk_sql_tables tables;
    kk_arena *statement; /* names in one statement */
    kk_arena *used;      /* the database's name */
    kk_slice *columns;   /* KK_SQL_COLUMNS_MAX, of the list that was read last */
    kk_sink *sink;       /* NULL: only counted */
    kk_slice database;   /* by USE */
    uint64_t rows, creates, inserts, copies; /* what a dump is known by */
    uint64_t statements, strange;
    uint64_t computed, first_computed, misfits, first_misfit, broken, first_broken;
    uint64_t selects, first_select, tables_lost;
    uint64_t surplus, wasted;
} dump;

/* Where the rows of a statement go. */
typedef struct {
    kk_sql_table *table;
    size_t *places; /* of the table's columns, for each value; NULL: in order */
    size_t count;   /* of places */
} target;

static bool is_word(kk_slice word, const char *text)
{
    return kk_eq_nocase(word, kk_cstr(text));
}

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* ---- Names ---- */

/* One part of a name, quoted or not; false where none begins here. */
static bool read_part(dump *d, kk_slice *name, bool *quoted)
{
    kk_sql_text *t = &d->text;
    char letters[64];
    kk_slice word;
    kk_sql_skip_blanks(t);
    int c = kk_sql_peek(t, 0);
    *quoted = c == '`' || c == '"' || c == '[' || c == '\'';
    if (*quoted) {
        kk_sql_row_clear(d->row);
        if (kk_sql_quoted(d->row, c == '[' ? ']' : (char)c, false) != KK_SQL_FINE)
            return false;
        word = kk_part(kk_buffer_slice(&d->row->bytes), 0, NAME_MAX);
        d->row->bytes.len = 0;
    } else if (!kk_sql_is_word_byte(c) || kk_sql_word(t, letters, &word) == 0) {
        return false;
    }
    kk_slice text = kk_sql_text_decode(t, d->statement, word);
    *name = kk_copy(d->statement, kk_utf8_clean(d->statement, text));
    return true;
}

/* The parts of a name joined by dots, without the schema that everything is in by default; where no
 * other is given, the database that is in use stands before it. */
static bool read_name(dump *d, kk_slice *name)
{
    static const char *const usual[] = {"public", "dbo", "main", NULL};
    kk_slice part, before = d->database;
    bool quoted;
    for (;;) {
        if (!read_part(d, &part, &quoted))
            return false;
        if (kk_sql_peek(&d->text, 0) != '.')
            break;
        if (!kk_is_any_nocase(part, usual))
            before = part;
        d->text.at++;
    }
    *name = before.len ? kk_print(d->statement, "%.*s.%.*s", KK_P(before), KK_P(part)) : part;
    return part.len > 0;
}

/* The word that comes next, taken only if it is this one. */
static bool take_word(dump *d, const char *word)
{
    kk_slice text = kk_cstr(word);
    kk_sql_skip_blanks(&d->text);
    if (!kk_sql_looking_at(&d->text, text) || kk_sql_is_word_byte(kk_sql_peek(&d->text, text.len)))
        return false;
    d->text.at += text.len;
    return true;
}

/* ---- Columns ---- */

/* What begins an item of CREATE TABLE that is no column; some words only do so in MySQL, whose dumps
 * quote all names. */
static bool is_constraint(const dump *d, kk_slice word)
{
    static const char *const all[] = {"primary", "unique", "constraint", "foreign",
                                      "check",   "like",   "exclude",    NULL};
    static const char *const mysql[] = {"key", "index", "fulltext", "spatial", "period", NULL};
    return kk_is_any_nocase(word, all) || (d->row->one_line && kk_is_any_nocase(word, mysql));
}

/* Names in a list that begins here with '('; NULL where it is none. */
static kk_slice *read_columns(dump *d, size_t *count, bool create)
{
    kk_slice name;
    bool quoted;
    *count = 0;
    kk_sql_skip_blanks(&d->text);
    if (kk_sql_peek(&d->text, 0) != '(')
        return NULL;
    for (;;) {
        d->text.at++;
        if (!read_part(d, &name, &quoted))
            return NULL;
        bool constraint = create && !quoted && is_constraint(d, name);
        if (!constraint && *count < KK_SQL_COLUMNS_MAX)
            d->columns[(*count)++] = name;
        if (!kk_sql_skip_item(d->row))
            return NULL;
        if (kk_sql_peek(&d->text, 0) == ')')
            break;
    }
    d->text.at++;
    return *count ? d->columns : NULL;
}

static void read_create_table(dump *d)
{
    kk_slice name;
    size_t count;
    if (take_word(d, "if") && take_word(d, "not"))
        take_word(d, "exists");
    kk_slice *columns = read_name(d, &name) ? read_columns(d, &count, true) : NULL;
    if (columns) {
        d->creates++;
        kk_sql_table *one = kk_sql_table_with(&d->tables, name, columns, count, true);
        d->tables_lost += !one;
        if (one)
            one->first->created = one;
    }
    kk_sql_skip_statement(d->row, false, false);
}

static void read_create(dump *d)
{
    static const char *const bodies[] = {"trigger", "procedure", "function", "event",
                                         "package", "proc",      NULL};
    char letters[64];
    kk_slice word;
    for (;;) {
        kk_sql_skip_blanks(&d->text);
        int c = kk_sql_peek(&d->text, 0);
        if (c < 0 || c == ';' || c == '(') {
            kk_sql_skip_statement(d->row, false, false);
            return;
        }
        kk_sql_skip_token(d->row, &word, letters);
        if (is_word(word, "table")) {
            read_create_table(d);
            return;
        }
        if (kk_is_any_nocase(word, bodies)) {
            kk_sql_skip_statement(d->row, true, false);
            return;
        }
        if (is_word(word, "as") || is_word(word, "on")) {
            kk_sql_skip_statement(d->row, false, false);
            return;
        }
    }
}

/* ---- Rows ---- */

/* The table that the rows go to, and in which order its columns are given. */
static bool find_target(dump *d, kk_slice name, const kk_slice *columns, size_t count, target *to)
{
    *to = (target){.count = count};
    if (columns) {
        to->table = kk_sql_table_with(&d->tables, name, columns, count, false);
    } else {
        to->table = kk_sql_table_named(&d->tables, name);
        if (to->table && to->table->created)
            to->table = to->table->created;
    }
    if (!to->table) {
        d->tables_lost++;
        return false;
    }
    if (!columns)
        return true;
    to->places = KK_NEW_ARRAY(d->statement, size_t, count);
    for (size_t i = 0; i < count; i++)
        to->places[i] = kk_sql_column(to->table, columns[i]);
    return true;
}

static void tell(dump *d, const target *to, uint64_t offset, const kk_slice *cells, size_t count)
{
    kk_sql_table *one = to->table;
    uint64_t length = kk_sql_text_offset(&d->text) - offset;
    bool named = !one->bare && one->columns && d->sink;
    if (named && !one->told) {
        kk_json_cells_open(&one->json, d->tables.arena, one->columns, count);
        kk_json_cells_learn(&one->json, d->row->arena, cells);
    }
    kk_row row = {.table = one->name,
                  .columns = named ? one->json.columns : NULL,
                  .cells = named ? kk_json_cells_spread(&one->json, d->row->arena, cells) : cells,
                  .count = named ? one->json.count : count,
                  .record = one->first->rows,
                  .offset = offset,
                  .length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX};
    one->told = true;
    if (d->sink)
        d->sink->row(d->sink, &row);
}

/* Where the values are fewer or more than the columns: told without names if all rows of the table
 * are like that, else left out. */
static bool fits(dump *d, const target *to)
{
    kk_sql_table *one = to->table;
    size_t expected = to->places ? to->count : one->columns ? one->count : d->row->count;
    if (d->row->count == expected || one->bare)
        return true;
    if (!one->told && one->columns)
        return one->bare = true;
    return false;
}

/* One row that was read; false when it is not told. */
static bool finish_row(dump *d, const target *to, uint64_t offset)
{
    kk_sql_table *one = to->table;
    one->first->rows++;
    d->rows++;
    d->surplus += d->row->surplus;
    if (d->row->computed) {
        note(&d->computed, &d->first_computed, offset);
        return false;
    }
    if (!fits(d, to)) {
        note(&d->misfits, &d->first_misfit, offset);
        return false;
    }
    const kk_slice *cells = kk_sql_row_cells(d->row);
    if (!to->places || one->bare) {
        tell(d, to, offset, cells, d->row->count);
        return true;
    }
    kk_slice *placed = KK_NEW_ARRAY(d->row->arena, kk_slice, one->count);
    for (size_t i = 0; i < to->count; i++)
        placed[to->places[i]] = cells[i];
    tell(d, to, offset, placed, one->count);
    return true;
}

/* A line that begins with a statement or a comment. */
static bool at_statement_line(kk_sql_text *t)
{
    static const char *const beginnings[] = {"\nINSERT ", "\n--",     "\n/*!",
                                             "\nCREATE ", "\nUNLOCK", "\nGO\n"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (kk_sql_looking_at(t, kk_cstr(beginnings[i])))
            return true;
    return false;
}

/* Whether ",(" comes behind the bracket here; on the second bracket then. */
static bool take_next_row(kk_sql_text *t)
{
    size_t n = 2;
    if (kk_sql_peek(t, 1) != ',')
        return false;
    while (n < 16 && (kk_sql_peek(t, n) == '\n' || kk_sql_peek(t, n) == '\r' ||
                      kk_sql_peek(t, n) == ' ' || kk_sql_peek(t, n) == '\t'))
        n++;
    if (kk_sql_peek(t, n) != '(')
        return false;
    t->at += n;
    return true;
}

/* The next row in the bytes from here on, quotes or not: behind "),". False at what looks like the
 * end of the statement. */
static bool find_row(kk_sql_text *t)
{
    int c;
    for (; (c = kk_sql_peek(t, 0)) >= 0; t->at++) {
        if (c == '\n' && at_statement_line(t))
            return false;
        if (c == ')' && take_next_row(t))
            return true;
        if (c == ')' && kk_sql_peek(t, 1) == ';' &&
            (kk_sql_peek(t, 2) == '\n' || kk_sql_peek(t, 2) == '\r')) {
            t->at++;
            return false;
        }
    }
    return false;
}

/* Goes back to the beginning of a bad row and looks for the next; false: there is none. */
static bool next_behind(dump *d, uint64_t offset)
{
    d->wasted += kk_sql_text_offset(&d->text) - offset;
    if (d->wasted > WASTE_MAX)
        return false;
    kk_sql_text_seek(&d->text, offset + (d->text.wide ? 2 : 1));
    return find_row(&d->text);
}

/* Whether what follows a row can follow one. */
static bool ends_well(kk_sql_text *t)
{
    bool line = kk_sql_skip_to_token(t);
    int c = kk_sql_peek(t, 0);
    return c < 0 || c == ',' || c == ';' || c == ')' || (kk_sql_is_word_byte(c) && line);
}

static bool stopped(const dump *d)
{
    return d->sink && d->sink->stopped;
}

static void report_cut(dump *d, uint64_t offset)
{
    if (d->sink)
        kk_report(d->sink, KK_ISSUE_TRUNCATED, offset, "the dump ends inside a row");
}

/* The rows behind VALUES. */
static void read_rows(dump *d, const target *to)
{
    for (;;) {
        kk_sql_skip_blanks(&d->text);
        if (kk_sql_peek(&d->text, 0) != '(' || stopped(d))
            return;
        uint64_t offset = kk_sql_text_offset(&d->text);
        kk_sql_row_clear(d->row);
        d->text.at++;
        kk_sql_outcome o = kk_sql_row_read(d->row);
        bool good = o == KK_SQL_FINE && finish_row(d, to, offset);
        if (o == KK_SQL_BROKEN) {
            to->table->first->rows++;
            note(&d->broken, &d->first_broken, offset);
        }
        if (o == KK_SQL_CUT)
            report_cut(d, offset);
        if (!good && (o != KK_SQL_FINE || !ends_well(&d->text))) {
            if (d->sink && next_behind(d, offset))
                continue;
            return;
        }
        kk_sql_skip_blanks(&d->text);
        if (kk_sql_peek(&d->text, 0) != ',')
            return;
        d->text.at++;
    }
}

/* Behind the rows: a semicolon, what is to be done with doubles, or the next statement. */
static void end_insert(dump *d)
{
    static const char *const tails[] = {"on", "returning", "as", "select", NULL};
    kk_sql_skip_blanks(&d->text);
    if (kk_sql_peek(&d->text, 0) == ';') {
        d->text.at++;
        return;
    }
    for (const char *const *tail = tails; *tail; tail++)
        if (take_word(d, *tail)) {
            kk_sql_skip_statement(d->row, false, false);
            return;
        }
}

/* Behind INTO. */
static void read_insert_into(dump *d)
{
    uint64_t offset = kk_sql_text_offset(&d->text);
    kk_slice name;
    size_t count = 0;
    target to;
    kk_slice *columns = NULL;
    bool named = read_name(d, &name);
    if (named && (kk_sql_skip_blanks(&d->text), kk_sql_peek(&d->text, 0) == '('))
        columns = read_columns(d, &count, false);
    if (named && take_word(d, "overriding"))
        while (!take_word(d, "value") && kk_sql_is_word_byte(kk_sql_peek(&d->text, 0))) {
            char letters[64];
            kk_slice word;
            kk_sql_word(&d->text, letters, &word);
        }
    if (!named || (!take_word(d, "values") && !take_word(d, "value"))) {
        note(&d->selects, &d->first_select, offset);
        kk_sql_skip_statement(d->row, false, false);
        return;
    }
    d->inserts++;
    if (find_target(d, name, columns, count, &to)) {
        read_rows(d, &to);
        end_insert(d);
    } else {
        kk_sql_skip_statement(d->row, false, false);
    }
}

static void read_insert(dump *d)
{
    static const char *const manners[] = {
        "low_priority", "delayed",  "high_priority", "ignore", "or", "replace",
        "abort",        "rollback", "fail",          "all",    NULL};
    bool all = take_word(d, "all"), any = true;
    while (any) {
        any = false;
        for (const char *const *one = manners; *one; one++)
            any = take_word(d, *one) || any;
    }
    take_word(d, "into");
    read_insert_into(d);
    while (all && take_word(d, "into")) {
        kk_arena_reset(d->statement);
        read_insert_into(d);
    }
}

/* ---- COPY ---- */

static bool at_copy_end(kk_sql_text *t)
{
    if (kk_sql_peek(t, 0) != '\\' || kk_sql_peek(t, 1) != '.')
        return false;
    int c = kk_sql_peek(t, 2);
    return c == '\n' || c == '\r' || c < 0;
}

static void copy_rows(dump *d, const target *to)
{
    while (kk_sql_peek(&d->text, 0) >= 0 && !stopped(d)) {
        if (at_copy_end(&d->text)) {
            kk_sql_skip_line(&d->text);
            return;
        }
        uint64_t offset = kk_sql_text_offset(&d->text);
        kk_sql_row_clear(d->row);
        if (kk_sql_row_copy(d->row) == KK_SQL_CUT) {
            report_cut(d, offset);
            return;
        }
        if (to)
            finish_row(d, to, offset);
    }
    if (!stopped(d) && d->sink)
        kk_report(d->sink, KK_ISSUE_TRUNCATED, kk_sql_text_offset(&d->text),
                  "the dump ends inside a table");
}

/* Up to the end of the statement: whether rows follow, and as text. */
static bool has_lines(dump *d, bool *text)
{
    static const char *const others[] = {"csv", "binary", "delimiter", "null", NULL};
    char letters[64];
    kk_slice word;
    bool lines = false;
    *text = true;
    for (int c; (kk_sql_skip_blanks(&d->text), c = kk_sql_peek(&d->text, 0)) >= 0 && c != ';';) {
        kk_sql_skip_token(d->row, &word, letters);
        lines = lines || is_word(word, "stdin");
        *text = *text && !kk_is_any_nocase(word, others);
    }
    d->text.at++;
    return lines;
}

static void read_copy(dump *d)
{
    kk_slice name;
    size_t count = 0;
    bool text;
    target to;
    if (!read_name(d, &name)) {
        kk_sql_skip_statement(d->row, false, false);
        return;
    }
    kk_slice *columns = read_columns(d, &count, false);
    uint64_t offset = kk_sql_text_offset(&d->text);
    if (!has_lines(d, &text))
        return;
    d->copies++;
    kk_sql_skip_line(&d->text);
    if (!text && d->sink)
        kk_report(d->sink, KK_ISSUE_FORMAT, offset, "a table is copied in a form that is not read");
    bool known = text && find_target(d, name, columns, count, &to);
    copy_rows(d, known ? &to : NULL);
}

/* ---- Statements ---- */

/* SET NAMES x, SET client_encoding = 'x', SET standard_conforming_strings = off. */
static void read_set(dump *d)
{
    kk_slice value;
    bool quoted;
    if (take_word(d, "names")) {
        if (read_part(d, &value, &quoted))
            kk_sql_text_name_charset(&d->text, value);
    } else if (take_word(d, "client_encoding") || take_word(d, "standard_conforming_strings")) {
        kk_sql_skip_blanks(&d->text);
        if (kk_sql_peek(&d->text, 0) == '=')
            d->text.at++;
        else
            take_word(d, "to");
        if (read_part(d, &value, &quoted)) {
            if (is_word(value, "off") || is_word(value, "on"))
                d->row->escapes = is_word(value, "off");
            else
                kk_sql_text_name_charset(&d->text, value);
        }
    }
    kk_sql_skip_statement(d->row, false, true);
}

/* MySQL's client: another mark than ';' for a while, always around bodies. */
static void skip_delimited(dump *d)
{
    for (;;) {
        kk_sql_skip_line(&d->text);
        if (kk_sql_peek(&d->text, 0) < 0)
            return;
        if (kk_sql_looking_at(&d->text, KK_S("DELIMITER ;\n")) ||
            kk_sql_looking_at(&d->text, KK_S("DELIMITER ;\r"))) {
            kk_sql_skip_line(&d->text);
            return;
        }
    }
}

static void read_database(dump *d)
{
    bool quoted;
    kk_slice name;
    if (read_part(d, &name, &quoted)) {
        kk_arena_reset(d->used);
        d->database = kk_copy(d->used, name);
    }
}

static void read_use(dump *d)
{
    read_database(d);
    kk_sql_skip_blanks(&d->text);
    if (kk_sql_peek(&d->text, 0) == ';')
        d->text.at++;
}

static void read_named(dump *d, kk_slice word)
{
    static const char *const lines[] = {"go", "rem", "prompt", "print", NULL};
    static const char *const known[] = {
        "drop",   "alter",   "lock",   "unlock",   "begin",   "commit",  "start",   "pragma",
        "select", "update",  "delete", "grant",    "revoke",  "comment", "analyze", "truncate",
        "exec",   "if",      "do",     "call",     "flush",   "change",  "merge",   "security",
        "end",    "declare", "with",   "rollback", "execute", "refresh", "use",     NULL};
    if (is_word(word, "insert")) {
        read_insert(d);
    } else if (is_word(word, "replace")) {
        read_insert(d);
    } else if (is_word(word, "copy")) {
        read_copy(d);
    } else if (is_word(word, "create")) {
        read_create(d);
    } else if (is_word(word, "set")) {
        read_set(d);
    } else if (is_word(word, "use")) {
        read_use(d);
    } else if (is_word(word, "delimiter")) {
        skip_delimited(d);
    } else if (kk_is_any_nocase(word, lines)) {
        kk_sql_skip_line(&d->text);
    } else {
        d->strange += !kk_is_any_nocase(word, known);
        kk_sql_skip_statement(d->row, is_word(word, "declare"), false);
    }
}

/* \encoding and \connect; all others are passed over. */
static void read_client_line(dump *d)
{
    if (kk_sql_looking_at(&d->text, KK_S("\\encoding "))) {
        char letters[64];
        kk_slice word;
        d->text.at += strlen("\\encoding ");
        kk_sql_word(&d->text, letters, &word);
        kk_sql_text_name_charset(&d->text, word);
    } else if (kk_sql_looking_at(&d->text, KK_S("\\connect "))) {
        d->text.at += strlen("\\connect ");
        if (kk_sql_peek(&d->text, 0) != '-')
            read_database(d);
    }
    kk_sql_skip_line(&d->text);
}

static void read_statement(dump *d)
{
    char letters[64];
    kk_slice word;
    int c = kk_sql_peek(&d->text, 0);
    if (c == ';') {
        d->text.at++;
        return;
    }
    kk_arena_reset(d->statement);
    if (c == '\\') {
        read_client_line(d);
    } else if (c == '#' || (c == '/' && kk_sql_at_batch_end(&d->text))) {
        kk_sql_skip_line(&d->text);
    } else if (kk_sql_is_word_byte(c)) {
        d->statements++;
        kk_sql_word(&d->text, letters, &word);
        read_named(d, word);
    } else {
        d->statements++;
        d->strange++;
        kk_sql_skip_statement(d->row, false, false);
    }
}

/* ---- The dialect ---- */

/* Whether backslashes escape in '...': by what MySQL's programs write, else by a quote behind one
 * that the text goes on behind. */
static bool seems_mysql(kk_slice head)
{
    return kk_has(head, KK_S("INTO `")) || kk_has(head, KK_S("TABLE `")) ||
           kk_has(head, KK_S("-- MySQL dump")) || kk_has(head, KK_S("-- MariaDB dump")) ||
           kk_has(head, KK_S("phpMyAdmin SQL Dump")) || kk_has_nocase(head, KK_S(" ENGINE="));
}

static bool is_escaping(kk_slice head)
{
    if (seems_mysql(head))
        return true;
    if (kk_has(head, KK_S("PostgreSQL")) || kk_has(head, KK_S("PRAGMA ")) ||
        kk_has(head, KK_S("[dbo]")))
        return false;
    for (size_t at; (at = kk_find(head, KK_S("\\'"))) != KK_NOWHERE; head = kk_from(head, at + 2)) {
        char c = at + 2 < head.len ? head.ptr[at + 2] : ',';
        if (c != ',' && c != ')' && c != ' ' && c != ';' && c != '\'')
            return true;
    }
    return false;
}

static dump *open_dump(kk_arena *arena, kk_stream *in, kk_sink *sink)
{
    dump *d = KK_NEW(arena, dump);
    char *head = kk_take(arena, HEAD);
    kk_slice bytes = {head, kk_read(in, 0, head, HEAD)};
    d->sink = sink;
    d->row = KK_NEW(arena, kk_sql_row);
    d->statement = kk_arena_open();
    d->used = kk_arena_open();
    d->columns = KK_NEW_ARRAY(arena, kk_slice, KK_SQL_COLUMNS_MAX);
    kk_sql_text_open(&d->text, in);
    kk_sql_row_open(d->row, &d->text);
    d->row->escapes = is_escaping(bytes);
    d->row->one_line = seems_mysql(bytes);
    d->tables = kk_sql_tables_open(kk_arena_open());
    return d;
}

static void close_dump(dump *d)
{
    kk_sql_row_close(d->row);
    kk_sql_text_close(&d->text);
    kk_arena_close(d->statement);
    kk_arena_close(d->used);
    kk_arena_close(d->tables.arena);
}

static void read_all(dump *d)
{
    while (!stopped(d)) {
        kk_sql_skip_blanks(&d->text);
        if (kk_sql_peek(&d->text, 0) < 0)
            return;
        read_statement(d);
    }
}

/* ---- The parser ---- */

static void report(dump *d, kk_issue_kind kind, uint64_t offset, uint64_t count, const char *what)
{
    if (count)
        d->sink->issue(d->sink, &(kk_issue){kind, offset, count, kk_cstr(what)});
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_arena *arena = kk_arena_open();
    dump *d = open_dump(arena, in, sink);
    read_all(d);
    report(d, KK_ISSUE_DAMAGED, d->first_broken, d->broken, "rows are broken and were left out");
    report(d, KK_ISSUE_DAMAGED, d->first_misfit, d->misfits,
           "rows have another number of values than columns and were left out");
    report(d, KK_ISSUE_UNPARSED, d->first_computed, d->computed,
           "rows hold values that would have to be computed and were left out");
    report(d, KK_ISSUE_UNPARSED, d->first_select, d->selects,
           "statements insert rows that they do not list");
    report(d, KK_ISSUE_LIMIT, 0, d->row->cut_cells,
           "values over 1 MiB, or in rows over 4 MiB, were cut");
    report(d, KK_ISSUE_LIMIT, 0, d->surplus, "values behind the 4,096th of a row were left out");
    report(d, KK_ISSUE_LIMIT, 0, d->tables_lost, "statements are about tables over the limit");
    report(d, KK_ISSUE_DAMAGED, 0, d->text.foreign,
           "texts are not in the dump's encoding, which was guessed");
    if (d->text.failed)
        kk_report(sink, KK_ISSUE_TRUNCATED, kk_sql_text_offset(&d->text),
                  "the file cannot be read from here on");
    close_dump(d);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

static bool has_any_word(kk_slice head)
{
    return kk_has_nocase(head, KK_S("INSERT")) || kk_has_nocase(head, KK_S("COPY ")) ||
           kk_has_nocase(head, KK_S("CREATE")) || kk_has_nocase(head, KK_S("REPLACE"));
}

static kk_score score(const dump *d, const kk_probe *p)
{
    static const char *const marks[] = {"-- MySQL dump", "-- MariaDB dump",
                                        "-- PostgreSQL database", "-- phpMyAdmin SQL Dump",
                                        "PRAGMA foreign_keys=OFF;"};
    uint64_t all = d->inserts + d->copies + d->creates;
    bool named = kk_ends(p->name, KK_S(".sql")) || kk_ends(p->name, KK_S(".SQL"));
    if (all == 0 || d->strange * (named ? 2 : 10) > d->statements)
        return KK_NO;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (kk_has(kk_part(p->head, 0, 512), kk_cstr(marks[i])))
            return KK_SURE;
    if (d->strange == 0)
        return (kk_score)(KK_LIKELY + (named ? 10 : 5));
    return named ? KK_LIKELY : KK_MAYBE;
}

static kk_score probe(const kk_probe *p)
{
    bool wide = kk_starts(p->head, KK_S("\xff\xfe")) || kk_starts(p->head, KK_S("\xfe\xff")) ||
                kk_charset_guess(kk_part(p->head, 0, 512), NULL) == KK_UTF16LE;
    if (!wide && (!has_any_word(p->head) || memchr(p->head.ptr, 0x1b, p->head.len)))
        return KK_NO;
    kk_arena *arena = kk_arena_open();
    dump *d = open_dump(arena, kk_stream_over_memory(arena, p->head, p->name), NULL);
    read_all(d);
    kk_score s = score(d, p);
    close_dump(d);
    kk_arena_close(arena);
    return s;
}

const kk_parser kk_parser_sql_dump = {
    .name = "sql_dump",
    .about = "dumps of databases as SQL: mysqldump, pg_dump, SQLite, SQL Server, Oracle",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
