/* Listings as console programs print them: tree, dir /s, ls -lR (and tar tv, find -ls), 7z l, unzip
 * -l (and rclone lsl). Directories give no entry, only the files in them.
 *
 * tree /f of Windows draws with two characters a level in Japanese and four in English:
 *     │  readme.txt                |   readme.txt
 *     ├─人事                       +---hr
 *     │      名簿.xlsx             |       list.xlsx
 * A file stands one level deeper than its folder's children would; no mark tells the two apart but
 * the branch. tree of Unix draws a branch before files too: what has something below it is a
 * folder. */
#include "parse/leak_listing.h"

#include "parse/log_words.h"

/* ---- tree ---- */

static const kk_slice bar[] = {{"│", 3}, {"┃", 3}, {"|", 1}, {"\xc2\xb3", 2}};
static const kk_slice branches[] = {{"├", 3}, {"└", 3},  {"┣", 3}, {"┗", 3},
                                    {"+", 1}, {"\\", 1}, {"`", 1}, {"|", 1}};
static const kk_slice dashes[] = {{"─", 3}, {"━", 3}, {"-", 1}};
static const kk_slice blanks[] = {{" ", 1}, {"\xc2\xa0", 2}, {"\xe3\x80\x80", 3}};

static size_t one_of(kk_slice s, size_t at, const kk_slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_starts(kk_from(s, at), list[i]))
            return list[i].len;
    return 0;
}
#define ONE_OF(s, at, list) one_of((s), (at), (list), sizeof(list) / sizeof((list)[0]))

typedef struct {
    size_t units; /* levels drawn before the name */
    bool branch;  /* the last of them is a branch */
    size_t lines; /* dashes of the branch */
    bool spaced;  /* a blank between branch and name: tree of Unix */
    kk_slice name;
} tree_line;

/* `pad`: blanks that follow a bar. */
static tree_line draw(kk_slice s, size_t pad)
{
    tree_line t = {0};
    size_t at = 0, taken;
    for (; t.units < KK_LEAK_DEPTH; t.units++) {
        size_t from = at;
        if ((taken = ONE_OF(s, at, branches)) > 0 && ONE_OF(s, at + taken, dashes)) {
            for (at += taken; (taken = ONE_OF(s, at, dashes)) > 0; at += taken)
                t.lines++;
            t.branch = true;
            t.units++;
            if ((taken = ONE_OF(s, at, blanks)) > 0 && t.lines <= 2) {
                t.spaced = true;
                at += taken;
            }
            break;
        }
        size_t most = 4;
        if ((taken = ONE_OF(s, at, bar)) > 0) {
            at += taken;
            most = pad;
        }
        size_t i = 0;
        for (; i < most && (taken = ONE_OF(s, at, blanks)) > 0; i++)
            at += taken;
        if (i < most && at < s.len) { /* not a whole level: what is there is the name */
            if (most == 4)
                at = from;
            else
                t.units++;
            break;
        }
    }
    t.name = kk_from(s, at);
    return t;
}

static void set_level(kk_leak *leak, size_t level, kk_slice name)
{
    if (level >= KK_LEAK_DEPTH)
        return;
    kk_leak_keep(&leak->names[level], name);
    leak->depth = level + 1;
}

/* Folders down to a level, from the root's own name on. */
static kk_slice folder_of(kk_leak *leak, size_t level)
{
    kk_buffer path = {0};
    kk_slice root = kk_buffer_slice(&leak->directory);
    bool back = kk_find_byte(root, '\\') != KK_NOWHERE || (root.len >= 2 && root.ptr[1] == ':');
    kk_put(&path, root);
    for (size_t i = 0; i < level && i < leak->depth; i++) {
        if (path.len && path.ptr[path.len - 1] != '/' && path.ptr[path.len - 1] != '\\')
            kk_put_byte(&path, back ? '\\' : '/');
        kk_put(&path, kk_buffer_slice(&leak->names[i]));
    }
    kk_slice folder = kk_copy(leak->scratch, kk_buffer_slice(&path));
    kk_buffer_close(&path);
    return folder;
}

/* "[  1.2K Jul  3 02:31]  name" of tree -sD: the note in front. */
static kk_slice take_note(kk_slice *name)
{
    size_t close = kk_find_byte(*name, ']');
    if (name->len == 0 || name->ptr[0] != '[' || close == KK_NOWHERE)
        return KK_NONE;
    kk_slice note = kk_part(*name, 1, close - 1);
    kk_slice rest = kk_trim(kk_from(*name, close + 1));
    if (rest.len == 0)
        return KK_NONE;
    *name = rest;
    return note;
}

static bool ls_date(const kk_leak *leak, kk_slice *rest, kk_leak_entry *entry);

static void read_note(const kk_leak *leak, kk_slice note, kk_leak_entry *entry)
{
    uint64_t size, tolerance;
    note = kk_trim(note);
    while (note.len) {
        if (ls_date(leak, &note, entry))
            continue;
        size_t taken = kk_leak_date(note, entry);
        if (taken) {
            note = kk_trim(kk_from(note, taken));
            continue;
        }
        kk_slice word = kk_leak_word(&note);
        if (kk_log_size(word, &size, &tolerance)) {
            entry->size = word;
            entry->round_up = true;
        }
    }
}

/* What waited had nothing below it: a file. */
static void tell_pending(kk_leak *leak, size_t next_depth)
{
    if (!leak->pending)
        return;
    leak->pending = false;
    if (next_depth > leak->pending_depth)
        return;
    kk_slice name = kk_buffer_slice(&leak->names[leak->pending_depth - 1]);
    if (name.len == 0 || name.ptr[name.len - 1] == '/')
        return;
    kk_leak_entry entry = {.directory = folder_of(leak, leak->pending_depth - 1), .name = name};
    read_note(leak, kk_buffer_slice(&leak->pending_note), &entry);
    kk_leak_tell(leak, &entry, &leak->pending_at);
}

static void hold(kk_leak *leak, size_t depth, kk_slice name, kk_slice note)
{
    tell_pending(leak, depth);
    set_level(leak, depth - 1, name);
    leak->pending = depth <= KK_LEAK_DEPTH;
    leak->pending_depth = depth;
    leak->pending_at = leak->at;
    kk_leak_keep(&leak->pending_note, note);
}

static bool is_tree_furniture(kk_slice text)
{
    static const kk_slice words[] = {{"フォルダー パスの一覧", 31},   {"フォルダ パスの一覧", 28},
                                     {"ボリューム シリアル番号", 34}, {"Folder PATH listing", 19},
                                     {"Volume serial number", 20},    {"サブフォルダー", 21},
                                     {"No subfolders exist", 19}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (kk_starts(text, words[i]))
            return true;
    return (kk_has(text, KK_S(" directories, ")) || kk_has(text, KK_S(" directory, "))) &&
           kk_has(text, KK_S("file"));
}

/* "C:.", "D:\SHARE", "/srv/share", ".": from here on everything is below it. */
static void set_root(kk_leak *leak, kk_slice text)
{
    tell_pending(leak, 0);
    if (text.len == 3 && text.ptr[1] == ':' && text.ptr[2] == '.')
        text = KK_NONE;
    if (kk_is(text, ".") || kk_is(text, "./"))
        text = KK_NONE;
    kk_leak_keep(&leak->directory, text);
    leak->depth = 0;
    leak->begun = true;
}

bool kk_leak_tree(kk_leak *leak, kk_slice text)
{
    if (!text.ptr) {
        tell_pending(leak, 0);
        return true;
    }
    if (kk_trim(text).len == 0 || is_tree_furniture(kk_trim(text)))
        return true;
    tree_line t = draw(text, leak->narrow ? 3 : 2);
    if (t.branch && t.lines >= 3)
        leak->narrow = true;
    if (t.branch && t.spaced) { /* Unix: every entry has a branch */
        size_t pad = 3;         /* counted anew: bars are followed by three blanks there */
        t = draw(text, pad);
        kk_slice name = t.name, note = take_note(&name);
        size_t arrow = kk_find(name, KK_S(" -> "));
        hold(leak, t.units, kk_part(name, 0, arrow), arrow == KK_NOWHERE ? note : KK_NONE);
        leak->begun = true;
        return true;
    }
    if (t.branch) {
        set_level(leak, t.units - 1, t.name);
        leak->begun = true;
        return true;
    }
    if (t.units == 0) {
        bool rooted = kk_find_byte(t.name, '\\') != KK_NOWHERE ||
                      kk_find_byte(t.name, '/') != KK_NOWHERE ||
                      (t.name.len >= 2 && t.name.ptr[1] == ':') || kk_is(t.name, ".");
        if (!rooted)
            return false;
        set_root(leak, kk_trim(t.name));
        return true;
    }
    kk_slice name = kk_trim(t.name);
    if (name.len == 0 || !leak->begun)
        return name.len == 0;
    kk_leak_entry entry = {.directory = folder_of(leak, t.units - 1), .name = name};
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- dir /s ---- */

static bool is_dir_furniture(kk_slice text)
{
    static const char *const words[] = {"個のファイル", "個のディレクトリ", "ファイルの総数",
                                        "File(s)",      "Dir(s)",           "Total Files Listed",
                                        "bytes free",   "バイトの空き領域", NULL};
    for (size_t i = 0; words[i]; i++)
        if (kk_has(text, kk_cstr(words[i])))
            return true;
    return kk_starts(text, KK_S("Volume ")) || kk_starts(text, KK_S("ドライブ ")) ||
           kk_starts(text, KK_S("ボリューム "));
}

static bool dir_heading(kk_leak *leak, kk_slice text)
{
    static const kk_slice before[] = {{"Directory of ", 13}};
    static const kk_slice behind[] = {{" のディレクトリ", 22}, {"のディレクトリ", 21}};
    for (size_t i = 0; i < 1; i++)
        if (kk_starts(text, before[i])) {
            kk_leak_keep(&leak->directory, kk_from(text, before[i].len));
            return true;
        }
    for (size_t i = 0; i < 2; i++)
        if (kk_ends(text, behind[i])) {
            kk_leak_keep(&leak->directory, kk_part(text, 0, text.len - behind[i].len));
            return true;
        }
    return false;
}

bool kk_leak_dir(kk_leak *leak, kk_slice text)
{
    uint64_t size, tolerance;
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice trimmed = kk_trim(text);
    if (trimmed.len == 0 || dir_heading(leak, trimmed))
        return true;
    size_t taken = text.ptr[0] == ' ' ? 0 : kk_leak_date(text, &entry);
    if (taken == 0)
        return is_dir_furniture(trimmed);
    kk_slice rest = kk_trim(kk_from(text, taken));
    if (rest.len && rest.ptr[0] == '<') {
        bool link = kk_starts(rest, KK_S("<SYMLINK>"));
        size_t close = kk_find_byte(rest, '>');
        if (!link)
            return close != KK_NOWHERE; /* <DIR>, <JUNCTION>, <SYMLINKD> */
        rest = kk_trim(kk_from(rest, close + 1));
        size_t open = kk_find(rest, KK_S(" ["));
        if (open != KK_NOWHERE && rest.ptr[rest.len - 1] == ']') {
            entry.target = kk_part(rest, open + 2, rest.len - open - 3);
            rest = kk_part(rest, 0, open);
        }
    } else {
        size_t blank = kk_find_byte(rest, ' ');
        kk_slice word = kk_part(rest, 0, blank);
        if (word.len > 2 && word.ptr[0] == '(' && word.ptr[word.len - 1] == ')')
            word = kk_part(word, 1, word.len - 2); /* stored elsewhere */
        if (blank == KK_NOWHERE || !kk_log_size(word, &size, &tolerance))
            return false;
        entry.size = word;
        rest = kk_from(rest, blank + 1);
    }
    entry.directory = kk_buffer_slice(&leak->directory);
    entry.name = rest;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- ls -lR ---- */

static bool is_mode(kk_slice word)
{
    if (word.len < 10 || word.len > 11 || !memchr("-dlbcpsD", word.ptr[0], 8))
        return false;
    for (size_t i = 1; i < 10; i++)
        if (!memchr("-rwxsStTl", word.ptr[i], 9))
            return false;
    return true;
}

static bool ls_heading(kk_leak *leak, kk_slice text)
{
    if (text.len < 2 || text.ptr[text.len - 1] != ':' || kk_has(text, KK_S(": ")))
        return false;
    kk_slice path = kk_part(text, 0, text.len - 1);
    if (path.len >= 2 && path.ptr[0] == '\'' && path.ptr[path.len - 1] == '\'')
        path = kk_part(path, 1, path.len - 2);
    if (kk_starts(path, KK_S("./")))
        path = kk_from(path, 2);
    kk_leak_keep(&leak->directory, kk_is(path, ".") ? KK_NONE : path);
    return true;
}

static bool is_number(kk_slice word)
{
    uint64_t value;
    size_t taken;
    return kk_log_digits(word, &value, &taken) && taken == word.len;
}

/* The year of "Jul  3 02:31": that of the listing itself, or the one before. */
static void infer_year(const kk_leak *leak, kk_leak_entry *entry)
{
    if (leak->settings->modified == KK_NO_TIME) {
        entry->dated = false;
        return;
    }
    const kk_zone *zone = &leak->settings->zone;
    entry->civil.year = kk_civil_in_zone(zone, leak->settings->modified).year;
    entry->precision = KK_YEAR_INFERRED;
    if (kk_civil_valid(&entry->civil) &&
        kk_time_from_local(zone, &entry->civil) > leak->settings->modified + 86400 * KK_SECOND)
        entry->civil.year--;
}

static int month_of(kk_slice word)
{
    uint64_t number;
    size_t taken;
    if (kk_log_digits(word, &number, &taken) && kk_eq(kk_from(word, taken), KK_S("月")))
        return number <= 12 ? (int)number : 0;
    return word.len == 3 ? kk_month_by_name(word) : 0;
}

/* "Jul  3 02:31", "Jul  3  2025", " 7月  3 02:31". */
static bool ls_date(const kk_leak *leak, kk_slice *rest, kk_leak_entry *entry)
{
    kk_slice s = *rest;
    uint64_t day, number;
    size_t taken;
    int month = month_of(kk_leak_word(&s));
    kk_slice word = kk_leak_word(&s);
    if (month == 0 || !kk_log_digits(word, &day, &taken) || day > 31)
        return false;
    kk_slice last = kk_leak_word(&s);
    kk_leak_entry read = *entry;
    read.civil = (kk_civil){.month = month, .day = (int)day};
    read.dated = true;
    if (last.len == 5 && last.ptr[2] == ':') {
        uint64_t minute;
        if (!kk_log_digits(last, &number, &taken) ||
            !kk_log_digits(kk_from(last, 3), &minute, &taken))
            return false;
        read.civil.hour = (int)number;
        read.civil.minute = (int)minute;
        infer_year(leak, &read);
    } else if (last.len == 4 && kk_log_digits(last, &number, &taken) && taken == 4 &&
               number >= 1900 && number < 2200) {
        read.civil.year = (int)number;
        read.precision = KK_EXACT_DAY;
    } else {
        return false;
    }
    *entry = read;
    *rest = s;
    return true;
}

/* Behind the mode: links, owner, group, size, then the date, which shows where the size is. */
static bool ls_fields(const kk_leak *leak, kk_slice rest, kk_leak_entry *entry)
{
    uint64_t size, tolerance;
    kk_slice before = KK_NONE;
    for (int words = 0; words < 6 && rest.len; words++) {
        kk_leak_entry dated = *entry;
        kk_slice behind = rest;
        bool found = words >= 2 && ls_date(leak, &behind, &dated);
        size_t taken = found || words < 2 ? 0 : kk_leak_date(rest, &dated);
        if (taken)
            behind = kk_trim(kk_from(rest, taken));
        if ((found || taken) && kk_log_size(before, &size, &tolerance)) {
            *entry = dated;
            entry->size = before;
            entry->round_up = tolerance > 0;
            entry->name = behind;
            return behind.len > 0;
        }
        before = kk_leak_word(&rest);
    }
    return false;
}

bool kk_leak_ls(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice rest = kk_trim(text);
    if (rest.len == 0 || kk_starts(rest, KK_S("total ")) || kk_starts(rest, KK_S("合計 ")))
        return true;
    kk_slice mode = kk_leak_word(&rest);
    for (int i = 0; i < 2 && is_number(mode); i++) /* find -ls: inode and blocks */
        mode = kk_leak_word(&rest);
    if (!is_mode(mode))
        return ls_heading(leak, kk_trim(text));
    if (mode.ptr[0] != '-' && mode.ptr[0] != 'l')
        return true;
    if (!ls_fields(leak, rest, &entry))
        return false;
    size_t arrow = kk_find(entry.name, KK_S(" -> "));
    if (mode.ptr[0] == 'l' && arrow != KK_NOWHERE) {
        entry.target = kk_from(entry.name, arrow + 4);
        entry.name = kk_part(entry.name, 0, arrow);
        entry.size = KK_NONE; /* of the link */
    }
    if (entry.name.len > 2 && entry.name.ptr[0] == '\'' &&
        entry.name.ptr[entry.name.len - 1] == '\'')
        entry.name = kk_part(entry.name, 1, entry.name.len - 2);
    if (kk_starts(entry.name, KK_S("./")))
        entry.name = kk_from(entry.name, 2);
    entry.directory = kk_buffer_slice(&leak->directory);
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* ---- 7z l ---- */

static bool read_rule(kk_leak *leak, kk_slice text)
{
    if (text.len < 10 || !kk_starts(kk_trim(text), KK_S("-----")))
        return false;
    leak->rule_count = 0;
    for (size_t i = 0; i < text.len;) {
        while (i < text.len && text.ptr[i] == ' ')
            i++;
        size_t from = i;
        while (i < text.len && text.ptr[i] == '-')
            i++;
        if (i == from)
            return i >= text.len;
        if (leak->rule_count < 8) {
            leak->rule_from[leak->rule_count] = from;
            leak->rule_to[leak->rule_count++] = i;
        }
    }
    return true;
}

static kk_slice cell(const kk_leak *leak, kk_slice text, size_t column)
{
    return kk_trim(
        kk_part(text, leak->rule_from[column], leak->rule_to[column] - leak->rule_from[column]));
}

static bool archive_heading(kk_leak *leak, kk_slice text)
{
    static const kk_slice words[] = {
        {"Listing archive: ", 17}, {"Archive:  ", 10}, {"Archive: ", 9}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (kk_starts(text, words[i])) {
            kk_leak_keep(&leak->archive, kk_from(text, words[i].len));
            return true;
        }
    return false;
}

/* date time attr size packed name, in the columns that the rule of dashes draws. */
bool kk_leak_7z(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    if (archive_heading(leak, text)) {
        leak->begun = leak->ended = false;
        return true;
    }
    if (kk_starts(text, KK_S("------------------- ----- "))) {
        leak->ended = leak->begun;
        leak->begun = !leak->begun;
        return read_rule(leak, text) && leak->rule_count >= 5;
    }
    if (!leak->begun || leak->rule_count < 5)
        return true; /* what 7z says before its table, and its sums */
    kk_slice attributes = cell(leak, text, 1), size = cell(leak, text, 2);
    entry.name = kk_from(text, leak->rule_from[leak->rule_count - 1]);
    if (text.len < leak->rule_to[1] || entry.name.len == 0)
        return false;
    if (kk_find_byte(attributes, 'D') != KK_NOWHERE)
        return true;
    (void)kk_leak_date(cell(leak, text, 0), &entry);
    entry.size = size;
    entry.packed = cell(leak, text, 3);
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}

/* 7z l -slt: blocks of "Key = value" behind a line of ten dashes. */
static void tell_block(kk_leak *leak)
{
    kk_slice rest = kk_buffer_slice(&leak->text), line;
    kk_leak_entry entry = {0};
    bool folder = false;
    while (kk_split(&rest, '\n', &line)) {
        size_t equals = kk_find(line, KK_S(" = "));
        kk_slice key = kk_part(line, 0, equals);
        kk_slice value = equals == KK_NOWHERE ? KK_NONE : kk_from(line, equals + 3);
        if (kk_is(key, "Path"))
            entry.name = value;
        else if (kk_is(key, "Size"))
            entry.size = value;
        else if (kk_is(key, "Packed Size"))
            entry.packed = value;
        else if (kk_is(key, "Modified"))
            (void)kk_leak_date(value, &entry);
        else if (kk_is(key, "Folder"))
            folder |= kk_is(value, "+");
        else if (kk_is(key, "Attributes"))
            folder |= kk_starts(value, KK_S("D"));
    }
    if (entry.name.len && !folder)
        kk_leak_tell(leak, &entry, &leak->link_at);
    leak->text.len = 0;
}

bool kk_leak_slt(kk_leak *leak, kk_slice text)
{
    kk_slice line = text.ptr ? kk_trim(text) : KK_NONE;
    if (text.ptr && archive_heading(leak, text)) {
        leak->begun = false;
        return true;
    }
    if (kk_is(line, "----------")) {
        leak->begun = true;
        return true;
    }
    if (!leak->begun)
        return true;
    if (line.len == 0 || !text.ptr) {
        tell_block(leak);
        return true;
    }
    if (kk_find(line, KK_S(" =")) == KK_NOWHERE)
        return false;
    if (leak->text.len == 0)
        leak->link_at = leak->at;
    if (leak->text.len < KK_LINE_MAX) {
        kk_put(&leak->text, line);
        kk_put_byte(&leak->text, '\n');
    }
    return true;
}

/* ---- size first: unzip -l, rclone lsl, rclone ls ---- */

bool kk_leak_zip(kk_leak *leak, kk_slice text)
{
    kk_leak_entry entry = {0};
    if (!text.ptr)
        return true;
    kk_slice rest = kk_trim(text);
    if (rest.len == 0)
        return true;
    if (archive_heading(leak, rest)) {
        leak->begun = leak->ended = false;
        return true;
    }
    if (kk_starts(rest, KK_S("-----"))) {
        leak->ended = leak->begun;
        leak->begun = !leak->begun;
        return true;
    }
    if (kk_starts(rest, KK_S("Length ")))
        return true;
    kk_slice size = kk_leak_word(&rest);
    if (!is_number(size) || rest.len == 0)
        return false;
    size_t taken = kk_leak_date(rest, &entry);
    if (taken)
        rest = kk_trim(kk_from(rest, taken));
    else if (text.ptr[0] != ' ' && kk_find_byte(rest, '.') == KK_NOWHERE)
        return false;
    if (leak->ended || rest.len == 0)
        return leak->ended; /* the sum below the table */
    if (rest.ptr[rest.len - 1] == '/')
        return true;
    entry.size = size;
    entry.name = rest;
    kk_leak_tell(leak, &entry, &leak->at);
    return true;
}
