/* Listings of files that extortionists publish: what they say they took. They come as whatever was
 * at hand: sums of hashes, tables, the output of tree, dir, ls or 7z, an index page, or bare paths.
 * One event a file, with its path as listed, and its size, hash and time of change where the
 * listing has them. Nothing says here that the file left: that is for the comparison with the
 * inventory.
 *
 *   <64 hex>  path          <64 hex> *path          SHA256 (path) = <64 hex>
 *   path<TAB>size<TAB>hash  in any order, also with commas or semicolons, quotes as in CSV
 *   a header row with words for path, size, hash, date; one JSON object a line; rclone lsjson
 *   leak_console.c: tree, dir /s, ls -lR, 7z l, unzip -l      leak_html.c: index pages
 *
 * Which wording it is, the beginning tells: each reader tries it, and the one that makes most of it
 * reads the whole. Normally the user names the file; the probe only takes files whose own name says
 * that they are such a listing, because a listing that lies on a share of one's own is none. */
#include "parse/leak_listing.h"

#include "base/json_read.h"
#include "parse/log_words.h"

/* ---- sums ---- */

/* sha256sum writes a backslash in front of a line whose name has \\ or \n in it. */
static kk_slice unescape(kk_arena *arena, kk_slice name)
{
    char *out = kk_take(arena, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool pair = name.ptr[i] == '\\' && i + 1 < name.len &&
                    (name.ptr[i + 1] == '\\' || name.ptr[i + 1] == 'n');
        i += pair;
        out[n++] = pair && name.ptr[i] == 'n' ? '\n' : name.ptr[i];
    }
    return (kk_slice){out, n};
}

/* "SHA256 (path) = hex" */
static bool read_tagged(kk_slice s, kk_leak_entry *entry)
{
    size_t open = kk_find(s, KK_S(" (")), equals = KK_NOWHERE, at = 0, next;
    while ((next = kk_find(kk_from(s, at), KK_S(") = "))) != KK_NOWHERE) {
        equals = at + next;
        at = equals + 1;
    }
    if (open == KK_NOWHERE || open > 10 || equals == KK_NOWHERE || equals < open ||
        !kk_leak_is_hash(kk_trim(kk_from(s, equals + 4))))
        return false;
    kk_leak_add_hash(entry, kk_trim(kk_from(s, equals + 4)));
    entry->name = kk_part(s, open + 2, equals - open - 2);
    return true;
}

static bool read_sums(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice s = kk_trim(text);
    if (s.len == 0 || s.ptr[0] == '#' || s.ptr[0] == ';')
        return true;
    bool escaped = s.ptr[0] == '\\';
    s = kk_from(s, escaped);
    size_t blank = 0;
    while (blank < s.len && s.ptr[blank] != ' ' && s.ptr[blank] != '\t')
        blank++;
    kk_slice hex = kk_part(s, 0, blank);
    if (!kk_leak_is_hash(hex)) {
        if (!read_tagged(s, &entry))
            return false;
    } else {
        kk_slice name = kk_from(s, blank + 1);
        if (name.len && (name.ptr[0] == '*' || name.ptr[0] == ' '))
            name = kk_from(name, 1);
        if (kk_find_byte(name, '\t') != KK_NOWHERE) /* more columns than two */
            return false;
        kk_leak_add_hash(&entry, hex);
        entry.name = escaped ? unescape(leak->scratch, name) : name;
    }
    if (entry.name.len == 0)
        return false;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- cells ---- */

/* The next cell of a row; blanks beside one without quotes are not of it. */
static bool next_cell(kk_arena *arena, kk_slice s, size_t *at, char separator, kk_slice *cell)
{
    bool may_quote = separator != '\t', bare = *at >= s.len || s.ptr[*at] != '"' || !may_quote;
    if (!kk_log_cell(arena, s, at, separator, may_quote, cell))
        return false;
    if (bare)
        *cell = kk_trim(*cell);
    return true;
}

static char separator_of(kk_slice line)
{
    static const char separators[] = "\t,;|";
    for (size_t i = 0; i + 1 < sizeof separators; i++)
        if (kk_find_byte(line, separators[i]) != KK_NOWHERE)
            return separators[i];
    return '\0';
}

static bool is_folder_word(kk_slice cell)
{
    static const char *const words[] = {
        "dir",      "directory",           "folder",       "d",      "<DIR>",     "フォルダー",
        "フォルダ", "ファイル フォルダー", "ディレクトリ", "Folder", "Directory", "File folder",
        NULL};
    for (size_t i = 0; words[i]; i++)
        if (kk_eq_nocase(cell, kk_cstr(words[i])))
            return true;
    return cell.len == 6 && cell.ptr[0] == 'd' && cell.ptr[1] == '-'; /* PowerShell: d----- */
}

static void read_date_cell(kk_slice cell, kk_leak_entry *entry)
{
    kk_time time;
    kk_precision precision;
    if (kk_leak_date(cell, entry))
        return;
    if (kk_log_epoch(cell, &time, &precision)) {
        entry->civil = kk_civil_from_time(time);
        entry->precision = precision;
        entry->has_offset = entry->dated = true;
        entry->offset = 0;
    }
}

/* Hexadecimal digits that are no hash by their number: one that was cut. */
static bool is_cut_hash(kk_slice cell)
{
    if (cell.len < 16 || cell.len > 128)
        return false;
    bool letters = false;
    for (size_t i = 0; i < cell.len; i++) {
        char c = (char)(cell.ptr[i] | 0x20);
        letters |= c >= 'a' && c <= 'f';
        if (!((cell.ptr[i] >= '0' && cell.ptr[i] <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return letters;
}

/* One row, parted by this character: what each cell looks like. The path is the first that looks
 * like nothing else, with the cells right behind it that do not either (its name holds the
 * separator); a file called "2026" is one too, when nothing better comes. False when no cell says
 * anything. */
static bool read_cells(kk_leak *leak, kk_slice text, char separator, kk_leak_entry *entry)
{
    size_t name_column = leak->column_count; /* of the row before; from 1, 0 is none */
    kk_slice cell, first = KK_NONE;
    uint64_t size, tolerance;
    size_t at = 0, from = 0, name_from = 0, count = 0, name_cell = 0;
    for (; next_cell(leak->scratch, text, &at, separator, &cell); from = at) {
        kk_leak_entry dated = *entry;
        bool bare = from >= text.len || text.ptr[from] != '"';
        if (count++ == 0)
            first = cell;
        if (count == name_column && !entry->name.len && !kk_leak_is_hash(cell))
            entry->name = cell, name_cell = bare ? count : 0, name_from = from;
        else if (kk_leak_is_hash(cell))
            kk_leak_add_hash(entry, cell);
        else if (leak->at.no_end && is_cut_hash(cell))
            entry->damaged = true;
        else if (!entry->dated && cell.len && kk_leak_date(cell, &dated) == cell.len)
            *entry = dated;
        else if (!entry->size.len && kk_log_size(cell, &size, &tolerance))
            entry->size = cell;
        else if (!entry->name.len) {
            entry->name = cell;
            name_from = from;
            name_cell = bare ? count : 0;
            leak->column_count = count;
        } else if (bare && name_cell && name_cell + 1 == count && separator != '\t') {
            size_t end = at - 1 < text.len ? at - 1 : text.len;
            entry->name = kk_trim(kk_part(text, name_from, end - name_from));
            name_cell = count;
        }
    }
    if (!entry->name.len)
        entry->name = first;
    return count >= 2 && entry->name.len && !is_folder_word(entry->name) &&
           (entry->hash_count || entry->size.len || entry->dated || entry->damaged);
}

static bool read_columns(kk_leak *leak, kk_slice text)
{
    static const char separators[] = "\t,;|";
    if (!text.ptr)
        return true;
    if (kk_trim(text).len == 0 || text.ptr[0] == '#')
        return true;
    for (size_t i = 0; i + 1 < sizeof separators; i++) {
        kk_leak_entry entry = {0};
        if (kk_find_byte(text, separators[i]) == KK_NOWHERE ||
            !read_cells(leak, text, separators[i], &entry))
            continue;
        kk_leak_tell(leak, &entry, &leak->at);
        return true;
    }
    return false;
}

/* ---- table with a header ---- */

static kk_leak_column column_of(kk_slice word)
{
    static const struct {
        const char *word;
        kk_leak_column column;
    } words[] = {
        {"path", KK_LEAK_PATH},
        {"file", KK_LEAK_PATH},
        {"filename", KK_LEAK_PATH},
        {"file name", KK_LEAK_PATH},
        {"file_name", KK_LEAK_PATH},
        {"name", KK_LEAK_PATH},
        {"fullname", KK_LEAK_PATH},
        {"full name", KK_LEAK_PATH},
        {"full path", KK_LEAK_PATH},
        {"fullpath", KK_LEAK_PATH},
        {"filepath", KK_LEAK_PATH},
        {"file_path", KK_LEAK_PATH},
        {"file path", KK_LEAK_PATH},
        {"ファイル名", KK_LEAK_PATH},
        {"ファイルパス", KK_LEAK_PATH},
        {"ファイル", KK_LEAK_PATH},
        {"パス", KK_LEAK_PATH},
        {"フルパス", KK_LEAK_PATH},
        {"名前", KK_LEAK_PATH},
        {"directory", KK_LEAK_DIRECTORY},
        {"dir", KK_LEAK_DIRECTORY},
        {"folder", KK_LEAK_DIRECTORY},
        {"directoryname", KK_LEAK_DIRECTORY},
        {"parent", KK_LEAK_DIRECTORY},
        {"フォルダ", KK_LEAK_DIRECTORY},
        {"フォルダー", KK_LEAK_DIRECTORY},
        {"ディレクトリ", KK_LEAK_DIRECTORY},
        {"場所", KK_LEAK_DIRECTORY},
        {"size", KK_LEAK_SIZE},
        {"length", KK_LEAK_SIZE},
        {"bytes", KK_LEAK_SIZE},
        {"file size", KK_LEAK_SIZE},
        {"filesize", KK_LEAK_SIZE},
        {"file_size", KK_LEAK_SIZE},
        {"サイズ", KK_LEAK_SIZE},
        {"ファイルサイズ", KK_LEAK_SIZE},
        {"容量", KK_LEAK_SIZE},
        {"sha256", KK_LEAK_HASH},
        {"sha-256", KK_LEAK_HASH},
        {"sha1", KK_LEAK_HASH},
        {"sha-1", KK_LEAK_HASH},
        {"md5", KK_LEAK_HASH},
        {"sha512", KK_LEAK_HASH},
        {"hash", KK_LEAK_HASH},
        {"checksum", KK_LEAK_HASH},
        {"ハッシュ", KK_LEAK_HASH},
        {"ハッシュ値", KK_LEAK_HASH},
        {"modified", KK_LEAK_DATE},
        {"modtime", KK_LEAK_DATE},
        {"mtime", KK_LEAK_DATE},
        {"last modified", KK_LEAK_DATE},
        {"last_modified", KK_LEAK_DATE},
        {"lastwritetime", KK_LEAK_DATE},
        {"date modified", KK_LEAK_DATE},
        {"lastwritetimeutc", KK_LEAK_IGNORE},
        {"更新日時", KK_LEAK_DATE},
        {"最終更新日時", KK_LEAK_DATE},
        {"更新日", KK_LEAK_DATE},
        {"date", KK_LEAK_DATE},
        {"type", KK_LEAK_KIND},
        {"kind", KK_LEAK_KIND},
        {"mode", KK_LEAK_KIND},
        {"isdir", KK_LEAK_KIND},
        {"種類", KK_LEAK_KIND},
        {"packed size", KK_LEAK_PACKED},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (kk_eq_nocase(word, kk_cstr(words[i].word)))
            return words[i].column;
    return KK_LEAK_IGNORE;
}

/* "Size (KB)": the unit belongs to every number of the column. */
static kk_slice unit_in(kk_slice *word)
{
    size_t open = kk_find_byte(*word, '('), close = kk_rfind_byte(*word, ')');
    if (open == KK_NOWHERE || close == KK_NOWHERE || close < open)
        return KK_NONE;
    kk_slice unit = kk_trim(kk_part(*word, open + 1, close - open - 1));
    *word = kk_trim(kk_part(*word, 0, open));
    return unit;
}

static bool read_header(kk_leak *leak, kk_slice text)
{
    bool seen[KK_LEAK_PACKED + 1] = {false};
    size_t at = 0;
    kk_slice word;
    if (kk_starts(text, KK_S("%%%% "))) /* hashdeep */
        text = kk_from(text, 5);
    leak->separator = separator_of(text);
    leak->column_count = 0;
    while (leak->separator && leak->column_count < KK_LEAK_COLUMNS &&
           next_cell(leak->scratch, text, &at, leak->separator, &word)) {
        size_t n = leak->column_count++;
        word = kk_trim(word);
        leak->column_units[n] = kk_copy(leak->kept, unit_in(&word));
        leak->columns[n] = column_of(word);
        seen[leak->columns[n]] = true;
    }
    leak->begun =
        seen[KK_LEAK_PATH] && (seen[KK_LEAK_SIZE] || seen[KK_LEAK_HASH] || seen[KK_LEAK_DATE]);
    return leak->begun;
}

/* Of two columns for a name, the whole path wins over the name alone. */
static void take_name(kk_leak_entry *entry, kk_slice cell)
{
    bool longer = kk_find_byte(cell, '/') != KK_NOWHERE || kk_find_byte(cell, '\\') != KK_NOWHERE;
    bool long_before = kk_find_byte(entry->name, '/') != KK_NOWHERE ||
                       kk_find_byte(entry->name, '\\') != KK_NOWHERE;
    if (entry->name.len == 0 || (longer && !long_before))
        entry->name = cell;
}

static void take_cell(kk_leak *leak, size_t column, kk_slice cell, kk_leak_entry *entry,
                      bool *folder)
{
    switch (leak->columns[column]) {
    case KK_LEAK_PATH:
        take_name(entry, cell);
        break;
    case KK_LEAK_DIRECTORY:
        entry->directory = cell;
        break;
    case KK_LEAK_SIZE:
        entry->size =
            leak->column_units[column].len
                ? kk_print(leak->scratch, "%.*s %.*s", KK_P(cell), KK_P(leak->column_units[column]))
                : cell;
        break;
    case KK_LEAK_HASH:
        if (kk_leak_is_hash(cell))
            kk_leak_add_hash(entry, cell);
        else if (cell.len && leak->at.no_end)
            entry->damaged = true;
        break;
    case KK_LEAK_DATE:
        if (!entry->dated)
            read_date_cell(cell, entry);
        break;
    case KK_LEAK_KIND:
        *folder |= is_folder_word(cell) || kk_eq_nocase(cell, KK_S("true"));
        break;
    case KK_LEAK_PACKED:
        entry->packed = cell;
        break;
    case KK_LEAK_IGNORE:
        break;
    }
}

static bool read_table(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    if (kk_trim(text).len == 0 || kk_starts(text, KK_S("#")))
        return true; /* "#TYPE System.IO.FileInfo", comments */
    if (!leak->begun)
        return read_header(leak, text) || kk_starts(text, KK_S("%%%% "));
    size_t at = 0, n = 0;
    kk_slice cell;
    bool folder = false;
    for (; n < leak->column_count && next_cell(leak->scratch, text, &at, leak->separator, &cell);
         n++)
        take_cell(leak, n, cell, &entry, &folder);
    if (folder)
        return true;
    if (entry.name.len == 0 || n < 2)
        return false;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- JSON, one object a line ---- */

static bool read_json(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice s = kk_trim(text);
    if (s.len && s.ptr[s.len - 1] == ',')
        s.len--;
    if (s.len == 0 || kk_is(s, "[") || kk_is(s, "]"))
        return true;
    const kk_json_value *object = s.ptr[0] == '{' ? kk_json_read(leak->scratch, s) : NULL;
    if (!object)
        return false;
    bool folder = false;
    for (const kk_json_value *v = object->first; v; v = v->next) {
        leak->columns[0] = column_of(v->key);
        leak->column_units[0] = KK_NONE;
        if (v->kind == KK_JSON_TRUE)
            folder |= leak->columns[0] == KK_LEAK_KIND;
        if (v->kind == KK_JSON_TEXT || v->kind == KK_JSON_NUMBER)
            take_cell(leak, 0, v->text, &entry, &folder);
        if (v->kind == KK_JSON_OBJECT && kk_eq_nocase(v->key, KK_S("hashes")))
            for (const kk_json_value *h = v->first; h; h = h->next)
                if (h->kind == KK_JSON_TEXT && kk_leak_is_hash(h->text))
                    kk_leak_add_hash(&entry, h->text);
    }
    if (folder)
        return true;
    if (entry.name.len == 0)
        return false;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- bare paths ---- */

static bool looks_like_path(kk_slice s)
{
    size_t slash = kk_rfind_byte(s, '/'), back = kk_rfind_byte(s, '\\');
    size_t from = slash == KK_NOWHERE ? 0 : slash + 1;
    if (back != KK_NOWHERE && back + 1 > from)
        from = back + 1;
    kk_slice name = kk_from(s, from);
    size_t dot = kk_rfind_byte(name, '.');
    bool extension = dot != KK_NOWHERE && dot > 0 && name.len - dot >= 2 && name.len - dot <= 10 &&
                     kk_find_byte(kk_from(name, dot), ' ') == KK_NOWHERE;
    return name.len > 0 && s.len < 32768 && (extension || (from > 1 && !kk_has(s, KK_S("://"))));
}

static bool read_paths(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice s = kk_trim(text);
    if (s.len == 0 || s.ptr[0] == '#')
        return true;
    if (s.len > 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
        s = kk_part(s, 1, s.len - 2);
    if (s.ptr[s.len - 1] == '/' || s.ptr[s.len - 1] == '\\')
        return true; /* a folder */
    if (!looks_like_path(s))
        return false;
    entry.name = s;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- which wording ---- */

static const struct {
    kk_leak_reader read;
    bool strict; /* its lines look like nothing else */
} readers[] = {
    {kk_leak_html, true}, {read_json, true},    {kk_leak_7z, true},    {kk_leak_slt, true},
    {kk_leak_ls, true},   {read_sums, true},    {kk_leak_dir, true},   {kk_leak_tree, true},
    {read_table, false},  {kk_leak_zip, false}, {read_columns, false}, {read_paths, false},
};
enum { READERS = sizeof readers / sizeof readers[0], HEAD = 48 * 1024, TRIED = 400 };

static void close_state(kk_leak *leak)
{
    kk_buffer_close(&leak->directory);
    kk_buffer_close(&leak->archive);
    for (size_t i = 0; i < KK_LEAK_DEPTH; i++)
        kk_buffer_close(&leak->names[i]);
    kk_buffer_close(&leak->pending_note);
    kk_buffer_close(&leak->link);
    kk_buffer_close(&leak->text);
    kk_buffer_close(&leak->tail);
}

/* Branches of three dashes or of two and a blank: a level takes four characters, not three. */
static bool is_narrow(kk_slice text)
{
    static const kk_slice signs[] = {{"├───", 12}, {"└───", 12}, {"├── ", 10}, {"└── ", 10},
                                     {"+---", 4},  {"\\---", 4}, {"|-- ", 4},  {"`-- ", 4}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (kk_has(text, signs[i]))
            return true;
    return false;
}

/* Entries that the reader makes of the text, and lines that it does not understand. */
static void try_reader(kk_leak_reader read, kk_slice text, kk_arena *arena, uint64_t *entries,
                       uint64_t *strange)
{
    static const kk_settings settings = {.modified = 0, .zone_basis = KK_BASIS_CASE};
    kk_leak *leak = KK_NEW(arena, kk_leak);
    kk_slice rest = text, line;
    leak->settings = &settings;
    leak->scratch = leak->kept = arena;
    leak->narrow = is_narrow(text);
    *strange = 0;
    for (int i = 0; i < TRIED && kk_split(&rest, '\n', &line); i++) {
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        leak->at.text = line.ptr ? line : KK_S("");
        *strange += !read(leak, leak->at.text);
    }
    (void)read(leak, KK_NONE);
    *entries = leak->entries;
    close_state(leak);
}

/* The first reader in order that understands four lines of five, or every other one where they
 * cannot be mistaken; else the one that makes most of it. READERS when none makes anything. */
static size_t choose(kk_slice text, kk_arena *arena, uint64_t *share)
{
    size_t best = READERS;
    uint64_t most = 0;
    *share = 0;
    for (size_t i = 0; i < READERS; i++) {
        uint64_t entries, strange;
        try_reader(readers[i].read, text, arena, &entries, &strange);
        uint64_t understood = entries ? entries * 100 / (entries + strange) : 0;
        if (understood >= (readers[i].strict ? 50 : 80)) {
            *share = understood;
            return i;
        }
        if (entries * understood > most) {
            most = entries * understood;
            best = i;
            *share = understood;
        }
    }
    return best;
}

/* ---- a file ---- */

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_leak *leak = KK_NEW(sink->arena, kk_leak);
    kk_arena *arena = kk_arena_open();
    char *bytes = kk_take(arena, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    uint64_t share;
    head = kk_log_head(arena, head, HEAD);
    size_t reader = choose(head, arena, &share);
    leak->narrow = is_narrow(head);
    kk_arena_reset(arena);
    if (reader == READERS) {
        kk_report(sink, KK_ISSUE_FORMAT, 0, "no listing of files that is read here");
        kk_arena_close(arena);
        return;
    }
    kk_log_lines lines;
    kk_log_lines_open(&lines, in, settings, sink);
    leak->settings = settings;
    leak->sink = sink;
    leak->kept = sink->arena;
    leak->scratch = arena;
    while (kk_log_lines_next(&lines, &leak->at)) {
        if (!readers[reader].read(leak, leak->at.text.ptr ? leak->at.text : KK_S("")))
            kk_log_lines_skip(&lines, &leak->at);
        kk_arena_reset(arena);
    }
    (void)readers[reader].read(leak, KK_NONE);
    kk_log_lines_close(&lines);
    close_state(leak);
    kk_arena_close(arena);
}

/* ---- probe ---- */

static bool says_leak(kk_slice name)
{
    return kk_has_nocase(name, KK_S("leak")) || kk_has_nocase(name, KK_S("exfil")) ||
           kk_has(name, KK_S("流出")) || kk_has(name, KK_S("漏洩")) ||
           kk_has(name, KK_S("漏えい")) || kk_has(name, KK_S("暴露"));
}

static bool says_list(kk_slice name)
{
    return kk_has_nocase(name, KK_S("list")) || kk_has_nocase(name, KK_S("index")) ||
           kk_has(name, KK_S("一覧")) || kk_has(name, KK_S("リスト"));
}

/* Without a name that says so it is never ours: a listing on a share of one's own, taken for a
 * published one, would match everything that lies there. */
static kk_score probe(const kk_probe *about)
{
    if (!says_leak(about->name))
        return KK_NO;
    kk_arena *arena = kk_arena_open();
    uint64_t share;
    size_t reader = choose(kk_log_head(arena, about->head, 16 * 1024), arena, &share);
    kk_arena_close(arena);
    if (reader == READERS || share < 60)
        return KK_NO;
    if (says_list(about->name))
        return KK_SURE;
    return readers[reader].strict ? KK_MAYBE : KK_NO;
}

const kk_parser kk_parser_leak_listing = {
    .name = "leak_listing",
    .about = "listings of files that extortionists published",
    .version = 1,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 80,
    .probe = probe,
    .parse = parse,
};
