/* Logs of rclone, the copying tool that burglars like best: --log-file text and --use-json-log.
 *
 *   2026/07/05 02:10:11 DEBUG : rclone: Version "v1.66.0" starting with parameters ["rclone" "copy"
 * ...] 2026/07/05 02:10:11 INFO  : sub/list.xlsx: Copied (new) 2026/07/05 02:11:11 INFO  : a block
 * of statistics, over several lines
 *   Transferred:   	    1.234 GiB / 5.678 GiB, 22%, 10.123 MiB/s, ETA 5m
 *   {"level":"info","msg":"Copied
 * (new)","size":14,"object":"sub/list.xlsx","time":"2026-07-05T..."}
 *
 * The clock is local without a zone in text, with its offset in JSON. A "Copied" line says that the
 * file arrived whole; where to, only the command line (DEBUG) or the name of the destination
 * ("Local file system at ...: Waiting for checks to finish") tells. Nothing told: taken as an
 * upload, since that is what the tool is brought for. Passwords on command lines are hidden. */
#include "base/json_read.h"
#include "parse/log_lines.h"
#include "parse/log_words.h"
#include "parse/rclone_secret.h"

enum { TEXT_MOST = 64 * 1024, PLACE = 1024, IN_FLIGHT = 64, ARGUMENTS = 400 };

typedef enum { UNKNOWN, LOCAL, REMOTE } side;

typedef struct {
    char text[PLACE];
    size_t len;
    side side;
} place;

typedef struct {
    kk_event event;
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *kept, *scratch; /* scratch: of the record that is being told */
    place source, destination;
    kk_buffer text; /* of the record that is being gathered: it may go on in the next lines */
    kk_slice level; /* a constant */
    kk_civil civil;
    kk_precision precision;
    uint64_t record, offset, end;
    bool gathering, cut, no_end;
    bool commanded; /* source and destination come from a command line */
} reading;

static void more(reading *r, kk_slice name, kk_slice value)
{
    kk_event_more(&r->event, r->kept, name, value);
}

/* ---- where from, where to ---- */

/* "remote:path" and ":sftp,host=h:path" are remote; C:\x, \\x, //?/X:/ and /x are not. */
static side side_of(kk_slice argument)
{
    size_t colon = kk_find_byte(argument, ':');
    if (argument.len == 0 || colon == KK_NOWHERE)
        return argument.len ? LOCAL : UNKNOWN;
    char first = argument.ptr[0];
    char third = argument.len > 2 ? argument.ptr[2] : '\\';
    if (first == '/' || first == '\\' || first == '.')
        return LOCAL;
    if (colon == 1 && (third == '/' || third == '\\'))
        return LOCAL; /* a drive */
    kk_slice before = kk_part(argument, 0, colon);
    if (colon > 0 &&
        (kk_find_byte(before, '/') != KK_NOWHERE || kk_find_byte(before, '\\') != KK_NOWHERE))
        return LOCAL;
    return REMOTE;
}

static void set_place(place *p, kk_slice text, side which)
{
    text = kk_part(text, 0, PLACE);
    memcpy(p->text, text.ptr, text.len);
    p->len = text.len;
    p->side = which;
}

static kk_slice place_text(const place *p)
{
    return (kk_slice){p->text, p->len};
}

/* The next "quoted" argument of Go's %q list. */
static bool next_argument(reading *r, kk_slice *rest, kk_slice *argument)
{
    size_t open = kk_find_byte(*rest, '"');
    if (open == KK_NOWHERE)
        return false;
    size_t end = open + 1, n = 0;
    while (end < rest->len && rest->ptr[end] != '"')
        end += rest->ptr[end] == '\\' && end + 1 < rest->len ? 2 : 1;
    char *out = kk_take(r->scratch, end - open);
    for (size_t i = open + 1; i < end; i++) {
        bool escaped = rest->ptr[i] == '\\' && i + 1 < end &&
                       (rest->ptr[i + 1] == '\\' || rest->ptr[i + 1] == '"');
        out[n++] = rest->ptr[i += escaped];
    }
    *argument = (kk_slice){out, n};
    *rest = kk_from(*rest, end + 1);
    return true;
}

static bool moves_files(kk_slice verb)
{
    static const char *const verbs[] = {"copy", "move", "sync", "copyto", "moveto", "bisync", NULL};
    for (size_t i = 0; verbs[i]; i++)
        if (kk_is(verb, verbs[i]))
            return true;
    return false;
}

/* The words without dashes: program, verb, source, destination. A flag's value stands among them
 * when it is written apart ("--transfers" "8"), so only words behind a flag that can be no place
 * are left out: numbers and words before the verb's own. */
static void read_arguments(reading *r, kk_slice list)
{
    kk_slice argument, verb = KK_NONE, words[8];
    size_t count = 0;
    bool after_flag = false;
    (void)next_argument(r, &list, &argument); /* the program */
    for (size_t i = 0; i < ARGUMENTS && count < 8 && next_argument(r, &list, &argument); i++) {
        if (argument.len && argument.ptr[0] == '-') {
            after_flag = kk_find_byte(argument, '=') == KK_NOWHERE && argument.len > 2 &&
                         argument.ptr[1] == '-';
            continue;
        }
        bool located = side_of(argument) == REMOTE || kk_find_byte(argument, '/') != KK_NOWHERE ||
                       kk_find_byte(argument, '\\') != KK_NOWHERE ||
                       kk_find_byte(argument, ':') == 1;
        if (verb.len == 0 && moves_files(argument))
            verb = argument;
        else if (verb.len && (!after_flag || (located && count < 2)))
            words[count++] = argument;
        after_flag = false;
    }
    r->source.side = r->destination.side = UNKNOWN;
    r->source.len = r->destination.len = 0;
    r->commanded = verb.len && count >= 2;
    if (r->commanded) {
        set_place(&r->source, words[0], side_of(words[0]));
        set_place(&r->destination, words[1], side_of(words[1]));
    }
}

/* The arguments as one would type them. */
static kk_slice command_line(reading *r, kk_slice list)
{
    kk_buffer out = {0};
    kk_slice argument;
    for (size_t i = 0; i < ARGUMENTS && next_argument(r, &list, &argument); i++) {
        bool quote = argument.len == 0 || kk_find_byte(argument, ' ') != KK_NOWHERE;
        kk_put(&out, i ? KK_S(" ") : KK_NONE);
        kk_put(&out, quote ? KK_S("\"") : KK_NONE);
        kk_put(&out, argument);
        kk_put(&out, quote ? KK_S("\"") : KK_NONE);
    }
    kk_slice line = kk_rclone_hide(r->scratch, kk_copy(r->scratch, kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    return line;
}

static void read_command(reading *r, kk_slice list, bool starting)
{
    size_t close = kk_rfind_byte(list, ']');
    list = kk_part(list, 0, close);
    if (starting)
        read_arguments(r, list);
    r->event.text[KK_ACTION] = starting ? KK_S("start") : KK_S("end");
    r->event.text[KK_CATEGORY] = KK_S("process");
    r->event.text[KK_PROCESS_NAME] = KK_S("rclone");
    r->event.text[KK_COMMAND_LINE] = command_line(r, list);
    kk_slice program;
    kk_slice rest = list;
    if (next_argument(r, &rest, &program))
        r->event.text[KK_PROCESS_EXECUTABLE] = program;
}

/* "Local file system at /x: Waiting for checks to finish" names the destination. */
static bool names_destination(kk_slice object, kk_slice message, bool commanded, place *destination)
{
    if (!kk_starts(message, KK_S("Waiting for checks to finish")) &&
        !kk_starts(message, KK_S("Waiting for transfers to finish")))
        return false;
    if (!commanded)
        set_place(destination, object,
                  kk_starts(object, KK_S("Local file system at ")) ? LOCAL : REMOTE);
    return true;
}

/* ---- what a message says ---- */

static kk_slice direction(const reading *r)
{
    if (r->destination.side == LOCAL)
        return r->source.side == REMOTE ? KK_S("download") : KK_S("copy");
    return KK_S("upload");
}

static void set_size(reading *r, kk_slice text)
{
    uint64_t size, tolerance;
    if (!kk_log_size(text, &size, &tolerance))
        return;
    kk_set_number(&r->event, KK_FILE_SIZE, size);
    if (tolerance)
        more(r, KK_S("size.tolerance"),
             kk_print(r->scratch, "%llu", (unsigned long long)tolerance));
}

static void set_file(reading *r, kk_slice object, kk_slice action)
{
    r->event.text[KK_FILE_PATH] = object;
    r->event.text[KK_ACTION] = action;
    r->event.text[KK_CATEGORY] = KK_S("file");
}

static void copied(reading *r, kk_slice object, kk_slice how)
{
    bool within = kk_has(how, KK_S("server-side"));
    set_file(r, object, within ? KK_S("copy") : direction(r));
    r->event.outcome = KK_SUCCESS;
    size_t to = kk_find(how, KK_S(") to: "));
    if (to != KK_NOWHERE)
        r->event.text[KK_FILE_TARGET] = kk_from(how, to + 6);
    if (r->source.len)
        more(r, KK_S("rclone.source"), kk_rclone_hide(r->scratch, place_text(&r->source)));
    if (r->destination.len)
        more(r, KK_S("rclone.destination"),
             kk_rclone_hide(r->scratch, place_text(&r->destination)));
}

static bool is_hex(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return s.len > 0;
}

static kk_slice lower(reading *r, kk_slice hex)
{
    char *out = kk_take(r->scratch, hex.len);
    for (size_t i = 0; i < hex.len; i++)
        out[i] = hex.ptr[i] >= 'A' && hex.ptr[i] <= 'F' ? (char)(hex.ptr[i] | 0x20) : hex.ptr[i];
    return (kk_slice){out, hex.len};
}

/* "md5 = 6137cde4... OK": the content that arrived, by its hash. */
static bool verified(reading *r, kk_slice object, kk_slice message)
{
    static const struct {
        kk_slice word, name;
        size_t len;
    } kinds[] = {
        {{"md5", 3}, {"hash.md5", 8}, 32},         {{"sha1", 4}, {"hash.sha1", 9}, 40},
        {{"sha-1", 5}, {"hash.sha1", 9}, 40},      {{"sha256", 6}, {"hash.sha256", 11}, 64},
        {{"sha-256", 7}, {"hash.sha256", 11}, 64},
    };
    size_t equals = kk_find(message, KK_S(" = "));
    if (equals == KK_NOWHERE || !kk_ends(message, KK_S(" OK")))
        return false;
    kk_slice kind = kk_part(message, 0, equals),
             hash = kk_part(message, equals + 3, message.len - equals - 6);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!kk_eq_nocase(kind, kinds[i].word) || hash.len != kinds[i].len || !is_hex(hash))
            continue;
        set_file(r, object, KK_S("verify"));
        r->event.outcome = KK_SUCCESS;
        if (hash.len == 64)
            r->event.text[KK_FILE_SHA256] = lower(r, hash);
        else
            more(r, kinds[i].name, hash);
        return true;
    }
    return false;
}

/* Messages about one file, beginning with these words. */
static bool about_file(reading *r, kk_slice object, kk_slice message)
{
    static const struct {
        const char *begins, *action;
        kk_outcome outcome;
    } table[] = {
        {"Deleted", "delete", KK_SUCCESS},
        {"Moved (server-side)", "move", KK_SUCCESS},
        {"Moved into backup dir", "move", KK_SUCCESS},
        {"Renamed from", "move", KK_SUCCESS},
        {"Made directory", "create-directory", KK_SUCCESS},
        {"Removed directory", "delete-directory", KK_SUCCESS},
        {"Removing directory", "delete-directory", KK_OUTCOME_NONE},
        {"Updated modification time in destination", "set-time", KK_SUCCESS},
        {"Unchanged skipping", "skip", KK_OUTCOME_NONE},
        {"Skipped ", "skip", KK_OUTCOME_NONE},
        {"Skipping ", "skip", KK_OUTCOME_NONE},
        {"Not copying", "skip", KK_OUTCOME_NONE},
        {"Not deleting", "skip", KK_OUTCOME_NONE},
        {"Failed to copy", "upload", KK_FAILURE},
        {"Failed to move", "move", KK_FAILURE},
        {"Couldn't delete", "delete", KK_FAILURE},
        {"corrupted on transfer", "upload", KK_FAILURE},
        {"Need to transfer", "compare", KK_OUTCOME_NONE},
        {"Sizes differ", "compare", KK_OUTCOME_NONE},
        {"Size and modification time the same", "compare", KK_OUTCOME_NONE},
        {"Modification times differ", "compare", KK_OUTCOME_NONE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (!kk_starts(message, kk_cstr(table[i].begins)))
            continue;
        kk_slice action = kk_cstr(table[i].action);
        set_file(r, object, kk_is(action, "upload") ? direction(r) : action);
        r->event.outcome = table[i].outcome;
        size_t size = kk_find(message, KK_S("(size ")), src = kk_find(message, KK_S("(src "));
        if (size != KK_NOWHERE)
            set_size(r, kk_part(message, size + 6, kk_find_byte(kk_from(message, size + 6), ')')));
        else if (src != KK_NOWHERE)
            set_size(r, kk_part(message, src + 5, kk_find_byte(kk_from(message, src + 5), ' ')));
        return true;
    }
    return verified(r, object, message);
}

/* Object and message apart. True when the message was understood. */
static bool interpret(reading *r, kk_slice object, kk_slice message)
{
    kk_slice whole = message;
    if (kk_starts(message, KK_S("Multi-thread ")))
        message = kk_from(message, 13);
    if (kk_starts(message, KK_S("Copied ("))) {
        copied(r, object, whole);
        return true;
    }
    if (about_file(r, object, message) ||
        names_destination(object, message, r->commanded, &r->destination))
        return true;
    return false;
}

/* ---- statistics ---- */

static void stat_of(reading *r, kk_slice name, kk_slice value)
{
    value = kk_trim(value);
    if (value.len)
        more(r, name, value);
}

/* "1.234 GiB / 5.678 GiB, 22%, ..." or "12 / 100, 12%": the first has a unit. */
static void transferred(reading *r, kk_slice value, bool *seen_bytes)
{
    uint64_t bytes, tolerance;
    size_t slash = kk_find(value, KK_S(" / ")), round = kk_find(value, KK_S(" ("));
    kk_slice amount = kk_trim(kk_part(value, 0, slash != KK_NOWHERE ? slash : round));
    if (*seen_bytes || !kk_log_size(amount, &bytes, &tolerance)) {
        stat_of(r, KK_S("stats.files"), value);
        return;
    }
    *seen_bytes = true;
    stat_of(r, KK_S("stats.transferred"), value);
    more(r, KK_S("stats.bytes"), kk_print(r->scratch, "%llu", (unsigned long long)bytes));
    if (tolerance)
        more(r, KK_S("stats.tolerance"),
             kk_print(r->scratch, "%llu", (unsigned long long)tolerance));
}

static void read_statistics(reading *r, kk_slice text)
{
    static const struct {
        kk_slice label, name;
    } labels[] = {
        {{"Checks:", 7}, {"stats.checks", 12}},         {{"Errors:", 7}, {"stats.errors", 12}},
        {{"Deleted:", 8}, {"stats.deleted", 13}},       {{"Renamed:", 8}, {"stats.renamed", 13}},
        {{"Elapsed time:", 13}, {"stats.elapsed", 13}},
    };
    kk_slice line;
    bool seen_bytes = false;
    size_t in_flight = 0;
    r->event.text[KK_ACTION] = KK_S("stats");
    r->event.text[KK_CATEGORY] = KK_S("network");
    more(r, KK_S("interim"), KK_S("cumulative"));
    while (kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        if (kk_starts(line, KK_S("Transferred:")))
            transferred(r, kk_trim(kk_from(line, 12)), &seen_bytes);
        for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
            if (kk_starts(line, labels[i].label))
                stat_of(r, labels[i].name, kk_from(line, labels[i].label.len));
        if (kk_starts(line, KK_S("* ")) && in_flight++ < IN_FLIGHT) {
            size_t percent = kk_find(line, KK_S("% /")), colon;
            if (percent == KK_NOWHERE)
                percent = kk_find(line, KK_S(": transferring"));
            colon = kk_rfind_byte(kk_part(line, 0, percent == KK_NOWHERE ? line.len : percent + 1),
                                  ':');
            stat_of(r, KK_S("stats.transferring"),
                    kk_part(line, 2, colon == KK_NOWHERE || colon < 2 ? KK_NOWHERE : colon - 2));
        }
    }
}

/* ---- text ---- */

static kk_slice level_at(kk_slice text, size_t *taken)
{
    static const kk_slice levels[] = {{"DEBUG", 5},   {"INFO", 4},      {"NOTICE", 6},
                                      {"WARNING", 7}, {"ERROR", 5},     {"CRITICAL", 8},
                                      {"ALERT", 5},   {"EMERGENCY", 9}, {"FATAL", 5}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (!kk_starts(text, levels[i]))
            continue;
        size_t at = levels[i].len;
        while (at < text.len && text.ptr[at] == ' ')
            at++;
        if (at >= text.len || text.ptr[at] != ':')
            return KK_NONE;
        *taken = at + 1;
        return levels[i];
    }
    return KK_NONE;
}

/* "2026/07/05 02:10:11[.123456] [file.go:12: ][[pid] ]"; how many bytes, 0 when there is no stamp.
 */
static size_t stamp_at(kk_slice line, kk_civil *civil, kk_precision *precision)
{
    if (line.len < 19 || line.ptr[4] != '/' || line.ptr[10] != ' ' ||
        !kk_log_date(kk_part(line, 0, 10), civil))
        return 0;
    size_t end = 19;
    if (end < line.len && line.ptr[end] == '.')
        for (end++; end < line.len && line.ptr[end] >= '0' && line.ptr[end] <= '9';)
            end++;
    if (!kk_log_clock(kk_part(line, 11, end - 11), civil) || !kk_civil_valid(civil))
        return 0;
    *precision = end > 23 ? KK_EXACT_US : end > 19 ? KK_EXACT_MS : KK_EXACT_S;
    return end;
}

/* Digits where a stamp has them, but no date: not the next line of the record before. */
static bool looks_stamped(kk_slice line)
{
    static const char shape[] = "0000/00/00 00:00:00 ";
    if (line.len < sizeof shape - 1)
        return false;
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        bool digit = line.ptr[i] >= '0' && line.ptr[i] <= '9';
        if (shape[i] == '0' ? !digit : line.ptr[i] != shape[i])
            return false;
    }
    return true;
}

static kk_slice after_place(kk_slice text)
{
    size_t go = kk_find(kk_part(text, 0, 120), KK_S(".go:"));
    if (go != KK_NOWHERE && kk_find_byte(kk_part(text, 0, go), ' ') == KK_NOWHERE) {
        size_t end = kk_find(kk_from(text, go), KK_S(": "));
        if (end != KK_NOWHERE)
            text = kk_from(text, go + end + 2);
    }
    size_t close = kk_find(text, KK_S("] "));
    uint64_t pid;
    if (text.len && text.ptr[0] == '[' && close != KK_NOWHERE &&
        kk_to_u64(kk_part(text, 1, close - 1), &pid))
        text = kk_from(text, close + 2);
    return text;
}

/* Where an object ends: before the words that are known to follow one, searched from the right, for
 * a file may be called "a: b"; else at the first ": ". */
static size_t object_end(kk_slice text)
{
    static const kk_slice tails[] = {{": Copied (", 10}, {": Multi-thread Copied (", 23}};
    for (size_t i = 0; i < 2; i++) {
        size_t found = KK_NOWHERE, at = 0;
        for (;;) {
            size_t next = kk_find(kk_from(text, at), tails[i]);
            if (next == KK_NOWHERE)
                break;
            found = at + next;
            at = found + 1;
        }
        if (found != KK_NOWHERE)
            return found;
    }
    return kk_find(text, KK_S(": "));
}

static bool interpret_text(reading *r, kk_slice text)
{
    size_t start = kk_find(text, KK_S(" starting with parameters [")),
           end = kk_find(text, KK_S(" finishing with parameters ["));
    if (start != KK_NOWHERE || end != KK_NOWHERE) {
        read_command(r, kk_from(text, start != KK_NOWHERE ? start + 26 : end + 27),
                     start != KK_NOWHERE);
        r->event.text[KK_MESSAGE] = kk_part(text, 0, start != KK_NOWHERE ? start + 25 : end + 26);
        return true;
    }
    if (kk_has(text, KK_S("Transferred:")) ||
        (kk_has(text, KK_S("%, ")) && kk_has(text, KK_S("ETA ")))) {
        if (!kk_has(text, KK_S("Transferred:"))) /* --stats-one-line */
            text = kk_join(r->scratch, KK_S("Transferred: "), kk_trim(text));
        read_statistics(r, text);
        return true;
    }
    text = kk_part(text, 0, kk_find_byte(text, '\n'));
    size_t at = object_end(text);
    return at != KK_NOWHERE && interpret(r, kk_part(text, 0, at), kk_from(text, at + 2));
}

static void begin_event(reading *r)
{
    kk_event_clear(&r->event);
    r->event.text[KK_HOST_NAME] = r->settings->host;
    r->event.text[KK_DATASET] = KK_S("rclone.log");
    r->event.text[KK_TIME_KIND] = KK_S("logged");
    r->event.record = r->record;
    r->event.offset = r->offset;
    uint64_t length = r->end - r->offset;
    r->event.length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
}

static void end_event(reading *r, bool understood)
{
    if (r->event.outcome == KK_OUTCOME_NONE &&
        (kk_is(r->level, "ERROR") || kk_is(r->level, "CRITICAL") || kk_is(r->level, "FATAL")))
        r->event.outcome = KK_FAILURE;
    if (r->no_end && !understood) {
        r->event.flags |= KK_FLAG_DAMAGED;
        kk_report(r->sink, KK_ISSUE_TRUNCATED, r->offset, "the last line is cut short");
    }
    if (r->cut) {
        r->event.flags |= KK_FLAG_DAMAGED;
        kk_report(r->sink, KK_ISSUE_LIMIT, r->offset, "a record is longer than %d bytes",
                  TEXT_MOST);
    }
    r->sink->event(r->sink, &r->event);
}

/* The record that was gathered is whole: tell it. */
static void tell(reading *r)
{
    if (!r->gathering)
        return;
    r->gathering = false;
    kk_slice text = kk_trim(kk_buffer_slice(&r->text));
    kk_slice hidden = kk_rclone_hide(r->scratch, text);
    begin_event(r);
    r->event.time = kk_time_from_local(&r->settings->zone, &r->civil);
    r->event.basis = r->settings->zone_basis;
    r->event.precision = r->precision;
    r->event.text[KK_MESSAGE] = hidden;
    if (r->level.len)
        more(r, KK_S("log.level"), r->level);
    else if (kk_starts(text, KK_S("Failed")) || kk_starts(text, KK_S("Fatal")))
        r->event.outcome = KK_FAILURE;
    bool understood = interpret_text(r, text);
    end_event(r, understood);
    kk_arena_reset(r->scratch);
}

static void gather(reading *r, const kk_log_line *line, kk_slice text)
{
    size_t room = r->text.len < TEXT_MOST ? TEXT_MOST - r->text.len : 0;
    r->cut |= text.len > room || line->cut;
    kk_put(&r->text, kk_part(text, 0, room));
    r->end = line->offset + line->length;
    r->no_end = line->no_end;
}

static void begin_record(reading *r, const kk_log_line *line)
{
    r->record = line->number;
    r->offset = line->offset;
    r->end = line->offset + line->length;
    r->no_end = line->no_end;
    r->cut = false;
    r->level = KK_NONE;
}

/* ---- JSON ---- */

static kk_slice level_of_json(kk_slice word)
{
    static const kk_slice levels[] = {{"DEBUG", 5},   {"INFO", 4},      {"NOTICE", 6},
                                      {"WARNING", 7}, {"ERROR", 5},     {"CRITICAL", 8},
                                      {"ALERT", 5},   {"EMERGENCY", 9}, {"FATAL", 5}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (kk_eq_nocase(word, levels[i]))
            return levels[i];
    return KK_NONE;
}

static void json_statistics(reading *r, const kk_json_value *stats)
{
    r->event.text[KK_ACTION] = KK_S("stats");
    r->event.text[KK_CATEGORY] = KK_S("network");
    more(r, KK_S("interim"), KK_S("cumulative"));
    for (const kk_json_value *v = stats->first; v; v = v->next) {
        if (v->kind == KK_JSON_NUMBER || v->kind == KK_JSON_TEXT)
            more(r, kk_join(r->scratch, KK_S("stats."), v->key), v->text);
        if (v->kind != KK_JSON_ARRAY || !kk_is(v->key, "transferring"))
            continue;
        size_t count = 0;
        for (const kk_json_value *one = v->first; one && count++ < IN_FLIGHT; one = one->next)
            stat_of(r, KK_S("stats.transferring"), kk_json_member(one, "name"));
    }
}

static bool is_json_record(const kk_json_value *o)
{
    return o && o->kind == KK_JSON_OBJECT && kk_json_get(o, "level") && kk_json_get(o, "msg") &&
           (kk_json_get(o, "source") || kk_json_get(o, "objectType") || kk_json_get(o, "stats") ||
            kk_json_get(o, "object"));
}

static bool read_json(reading *r, const kk_log_line *line)
{
    const kk_json_value *o = kk_json_read(r->scratch, line->text);
    uint64_t size;
    if (!is_json_record(o))
        return false;
    begin_record(r, line);
    begin_event(r);
    r->level = level_of_json(kk_json_member(o, "level"));
    if (kk_time_parse(kk_json_member(o, "time"), &r->event.time)) {
        r->event.basis = KK_BASIS_OFFSET;
        bool fraction = kk_find_byte(kk_json_member(o, "time"), '.') != KK_NOWHERE;
        r->event.precision = fraction ? KK_EXACT_US : KK_EXACT_S;
    }
    kk_slice message = kk_trim(kk_json_member(o, "msg")), object = kk_json_member(o, "object");
    const kk_json_value *stats = kk_json_get(o, "stats");
    r->event.text[KK_MESSAGE] = kk_rclone_hide(r->scratch, message);
    if (r->level.len)
        more(r, KK_S("log.level"), r->level);
    bool understood = true;
    if (stats && stats->kind == KK_JSON_OBJECT)
        json_statistics(r, stats);
    else
        understood = object.len ? interpret(r, object, message) : interpret_text(r, message);
    if (object.len && r->event.text[KK_FILE_PATH].len == 0)
        more(r, KK_S("object"), object);
    if (kk_to_u64(kk_json_member(o, "size"), &size))
        kk_set_number(&r->event, KK_FILE_SIZE, size);
    r->no_end = false; /* it closed its brace */
    end_event(r, understood);
    return true;
}

/* ---- a file ---- */

static void read_line(reading *r, kk_log_lines *lines, const kk_log_line *line)
{
    kk_civil civil = {0};
    kk_precision precision = KK_EXACT_S;
    size_t stamp = stamp_at(line->text, &civil, &precision);
    bool json = !stamp && line->text.len && line->text.ptr[0] == '{';
    bool wrong = !stamp && looks_stamped(line->text);
    if (stamp || json || wrong)
        tell(r);
    if (json) {
        if (!read_json(r, line))
            kk_log_lines_skip(lines, line);
        kk_arena_reset(r->scratch);
    } else if (stamp) {
        size_t taken = 0;
        kk_slice text = after_place(kk_trim(kk_from(line->text, stamp)));
        begin_record(r, line);
        r->level = level_at(text, &taken);
        r->civil = civil;
        r->precision = precision;
        r->text.len = 0;
        r->gathering = true;
        gather(r, line, kk_from(text, taken));
    } else if (kk_trim(line->text).len) {
        if (!r->gathering) {
            kk_log_lines_skip(lines, line);
            return;
        }
        kk_put_byte(&r->text, '\n');
        gather(r, line, line->text);
    }
}

/* Without a command line the destination is named only some lines into the run: look for it first,
 * so that the files copied before it are not taken for uploads. */
static void find_destination(reading *r, kk_stream *in, kk_sink *sink)
{
    kk_log_lines lines;
    kk_log_line line;
    kk_log_lines_open(&lines, in, r->settings, sink);
    while (r->destination.side == UNKNOWN && kk_log_lines_next(&lines, &line)) {
        if (kk_has(line.text, KK_S(" starting with parameters [")))
            break;
        size_t at = kk_find(line.text, KK_S(": Waiting for "));
        if (at == KK_NOWHERE)
            continue;
        kk_slice object = kk_part(line.text, 0, at);
        if (kk_has(object, KK_S("Local file system at ")))
            object = KK_S("Local file system at "); /* the line itself will name it whole */
        (void)names_destination(object, kk_from(line.text, at + 2), false, &r->destination);
        r->destination.len = 0;
    }
    kk_buffer_close(&lines.wide_line);
    kk_arena_close(lines.scratch);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading *r = KK_NEW(sink->arena, reading);
    kk_log_lines lines;
    kk_log_line line;
    *r = (reading){.settings = settings, .sink = sink, .kept = sink->arena};
    r->scratch = kk_arena_open();
    find_destination(r, in, sink);
    kk_log_lines_open(&lines, in, settings, sink);
    while (kk_log_lines_next(&lines, &line))
        read_line(r, &lines, &line);
    tell(r);
    kk_log_lines_close(&lines);
    kk_buffer_close(&r->text);
    kk_arena_close(r->scratch);
}

static bool is_json_line(kk_slice line)
{
    return line.ptr[0] == '{' && kk_has(line, KK_S("\"level\":")) &&
           kk_has(line, KK_S("\"msg\":")) &&
           (kk_has(line, KK_S("\"objectType\":\"*")) || kk_has(line, KK_S(".go:")) ||
            kk_has(line, KK_S("\"stats\":{")) || kk_has(line, KK_S("\"object\":")));
}

/* Level words behind the stamp are rclone's: other programs in Go and nginx share the stamp alone.
 */
static kk_score probe(const kk_probe *about)
{
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, about->head, 16 * 1024), line;
    size_t stamped = 0, ours = 0, taken;
    kk_civil civil;
    kk_precision precision;
    while (stamped < 40 && kk_log_head_line(&rest, &line)) {
        size_t stamp = stamp_at(line, &civil, &precision);
        bool json = !stamp && is_json_line(line);
        stamped += stamp || json || line.ptr[0] == '{';
        ours += json || (stamp && level_at(after_place(kk_trim(kk_from(line, stamp))), &taken).len);
    }
    kk_arena_close(arena);
    if (ours == 0)
        return KK_NO;
    return ours * 2 >= stamped ? KK_SURE : KK_LIKELY;
}

const kk_parser kk_parser_rclone_log = {
    .name = "rclone_log",
    .about = "logs of rclone, text and JSON",
    .version = 1,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
