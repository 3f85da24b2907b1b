/* Syslog files: /var/log/auth.log, secure, messages, syslog, cron, maillog, what collectors wrote,
 * and the logs of ESXi. syslog_line.c has the layouts of a line, syslog_year.c finds years that are
 * not written, syslog_programs.c has who understands which program's text. Every line with a header
 * is an event, understood or not; lines without one (the rest of a text in several lines) are
 * counted.
 *
 * Windows events that a forwarder wrote into syslog, and Sysmon for Linux (syslog_windows.c), are told as
 * from any export of event logs. Devices that speak a language of their own inside of syslog (FortiGate) have their own parsers:
 * here they keep their text and no more. */
#include "parse/log_form.h"
#include "parse/log_lines.h"
#include "parse/syslog_line.h"
#include "parse/syslog_programs.h"
#include "parse/syslog_windows.h"
#include "parse/syslog_year.h"

enum { PROBE_HEAD = 32 * 1024, PROBE_LINES = 80, LOOK_BACK = 64 * 1024, SAMPLE_HEAD = 64 * 1024 };

typedef struct {
    kk_log_lines lines;
    kk_sink *sink;
    const kk_settings *settings;
    kk_stream *in;
    kk_syslog_years years;
    bool years_ready;
    kk_log_count lost, undated;
    kk_syslog_act act;
    kk_event event;
    kk_winevents *windows; /* NULL until there is one */
    kk_buffer before;      /* the last line that was no repetition */
    int cached[5];         /* year, month, day, hour and quarter of an hour that `base` is for */
    kk_time base;
} syslog_file;

/* ---- time -------------------------------------------------------------------------------------
 */

/* Zones change at full quarters of an hour at the finest, so one look-up serves a quarter. */
static kk_time local_time(syslog_file *f, const kk_civil *c)
{
    int quarter[5] = {c->year, c->month, c->day, c->hour, c->minute / 15};
    if (memcmp(quarter, f->cached, sizeof quarter) != 0) {
        kk_civil start = *c;
        start.minute = quarter[4] * 15;
        start.second = start.nanosecond = 0;
        f->base = kk_time_from_local(&f->settings->zone, &start);
        memcpy(f->cached, quarter, sizeof quarter);
    }
    if (f->base == KK_NO_TIME)
        return KK_NO_TIME;
    return f->base + (c->minute % 15 * 60 + c->second) * KK_SECOND + c->nanosecond;
}

static kk_precision precision_of(unsigned digits)
{
    return digits == 0   ? KK_EXACT_S
           : digits <= 3 ? KK_EXACT_MS
           : digits <= 6 ? KK_EXACT_US
                         : KK_EXACT_100NS;
}

static void set_time(syslog_file *f, const kk_syslog_stamp *stamp, uint64_t offset)
{
    kk_event *e = &f->event;
    kk_civil c = stamp->civil;
    e->precision = precision_of(stamp->fraction);
    if (c.year == 0) {
        if (!f->years_ready)
            kk_syslog_years_find(&f->years, f->in, f->settings);
        f->years_ready = true;
        c.year = f->years.known ? kk_syslog_year_at(&f->years, offset) : 0;
        e->precision = KK_YEAR_INFERRED;
    }
    e->basis = f->settings->zone_basis;
    if (c.year == 0) {
        e->time = KK_NO_TIME;
    } else if (stamp->has_offset) {
        kk_time wall = kk_time_from_civil(&c);
        e->time = wall == KK_NO_TIME ? wall : wall - stamp->offset * KK_SECOND;
        e->basis = stamp->utc ? KK_BASIS_UTC : KK_BASIS_OFFSET;
    } else {
        e->time = local_time(f, &c);
    }
    if (e->time == KK_NO_TIME && f->undated.count++ == 0)
        f->undated.first = offset;
}

/* ---- one line ---------------------------------------------------------------------------------
 */

static kk_slice unescaped_value(kk_arena *scratch, kk_slice s)
{
    if (kk_find_byte(s, '\\') == KK_NOWHERE)
        return s;
    char *to = kk_take(scratch, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.ptr[i + 1] : '\0';
        if (s.ptr[i] == '\\' && (next == '"' || next == '\\' || next == ']'))
            i++;
        to[len++] = s.ptr[i];
    }
    return (kk_slice){to, len};
}

static void set_structured(syslog_file *f, kk_slice rest)
{
    kk_slice id = KK_NONE, name, value;
    while (kk_syslog_element_next(&rest, &id, &name, &value)) {
        kk_slice full = name;
        if (id.len)
            full = kk_join(f->act.scratch, kk_join(f->act.scratch, id, KK_S(".")), name);
        kk_act_more(&f->act, full, unescaped_value(f->act.scratch, value));
    }
}

static void set_header(syslog_file *f, const kk_syslog_line *line)
{
    kk_event *e = &f->event;
    e->text[KK_HOST_NAME] = line->host.len ? line->host : f->settings->host;
    e->text[KK_TIME_KIND] = KK_S("logged");
    e->text[KK_PROVIDER] = line->program;
    e->text[KK_MESSAGE] = line->message;
    if (line->pid.len && kk_count_digits(line->pid) == line->pid.len)
        kk_act_number(&f->act, KK_PROCESS_PID, line->pid);
    if (line->priority.len)
        kk_act_more(&f->act, KK_S("log.syslog.priority"), line->priority);
    if (line->level.len)
        kk_act_more(&f->act, KK_S("log.level"), line->level);
    if (line->relay.len)
        kk_act_more(&f->act, KK_S("relay"), line->relay);
    if (line->message_id.len)
        kk_act_more(&f->act, KK_S("log.syslog.msgid"), line->message_id);
    if (line->structured.len)
        set_structured(f, line->structured);
}

static void interpret(syslog_file *f, const kk_syslog_line *line)
{
    f->act.program = line->program;
    f->act.pid = line->pid;
    f->act.message = line->message;
    kk_syslog_interpret(&f->act);
}

static void put_event(syslog_file *f, const kk_log_line *text)
{
    f->event.record = text->number;
    f->event.offset = text->offset;
    f->event.length = text->length;
    if (text->no_end) /* daemons end every line: what is at the end of this one may be cut short */
        f->event.flags |= KK_FLAG_DAMAGED;
    if (f->act.lost) {
        if (f->lost.count == 0)
            f->lost.first = text->offset;
        f->lost.count += f->act.lost;
        f->act.lost = 0;
    }
    f->sink->event(f->sink, &f->event);
}

/* "last message repeated 5 times" of a daemon that says it in nobody's name. */
static bool repeats(const kk_syslog_line *line, kk_slice *count)
{
    kk_slice rest = line->message;
    kk_eat(&rest, KK_S("--- "));
    if (!kk_eat(&rest, KK_S("last message repeated ")) &&
        !kk_eat(&rest, KK_S("last message buffered ")))
        return false;
    *count = kk_part(rest, 0, kk_count_digits(rest));
    return count->len > 0;
}

static void mute(kk_sink *sink, const kk_issue *issue)
{
    (void)sink;
    (void)issue;
}

/* A range may begin with a repetition: what it repeats belongs to the range before. */
static void look_back(syslog_file *f, uint64_t offset)
{
    kk_sink sink = {.arena = kk_arena_open(), .issue = mute};
    kk_settings range = {.begin = offset > LOOK_BACK ? offset - LOOK_BACK : 0, .end = offset};
    kk_log_lines lines;
    kk_log_line text;
    kk_syslog_line line;
    kk_slice count;
    kk_log_lines_open(&lines, f->in, &range, &sink);
    while (kk_log_lines_next(&lines, &text)) {
        if (kk_syslog_line_read(text.text, &line) && !repeats(&line, &count)) {
            f->before.len = 0;
            kk_put(&f->before, text.text);
        }
    }
    kk_log_lines_close(&lines);
    kk_arena_close(sink.arena);
}

/* The repetition gets what the line before meant, its own time and its own text. */
static void tell_repeated(syslog_file *f, const kk_log_line *text, const kk_syslog_line *line,
                          kk_slice count)
{
    kk_syslog_line said;
    if (f->before.len == 0 && text->offset > 0)
        look_back(f, text->offset);
    kk_event_clear(&f->event);
    set_time(f, &line->stamp, text->offset);
    if (f->before.len && kk_syslog_line_read(kk_buffer_slice(&f->before), &said)) {
        kk_syslog_line both = said;
        both.message = line->message;
        both.structured = KK_NONE;
        both.priority = line->priority;
        if (line->host.len)
            both.host = line->host;
        set_header(f, &both);
        interpret(f, &said);
        f->act.lost = 0;
    } else {
        set_header(f, line);
        f->event.text[KK_DATASET] = KK_S("linux.syslog");
    }
    kk_act_more(&f->act, KK_S("repeated"), count);
    put_event(f, text);
}

/* A record of a Windows log, or of Sysmon for Linux. False, and nothing is told, where it is none. */
static bool tell_windows(syslog_file *f, const kk_log_line *text, const kk_syslog_line *line)
{
    bool whole;
    if (!kk_syslog_may_be_windows(line))
        return false;
    if (!f->windows)
        f->windows = kk_winevents_open(f->sink->arena, f->sink, f->settings);
    kk_winevent *e = kk_winevents_begin(f->windows);
    if (!kk_syslog_read_windows(f->windows, e, line, &whole))
        return false;
    if (e->system[KK_SYS_RECORD_ID].len && !kk_is(line->program, "sysmon"))
        kk_winevent_add(e, KK_S("EventRecordID"), e->system[KK_SYS_RECORD_ID]);
    e->system[KK_SYS_RECORD_ID] = KK_NONE; /* of many machines perhaps: the line's number counts */
    if (!e->system[KK_SYS_COMPUTER].len)
        e->system[KK_SYS_COMPUTER] = line->host;
    if (e->time == KK_NO_TIME && !e->system[KK_SYS_TIME].len && !line->undated) {
        kk_event_clear(&f->event);
        set_time(f, &line->stamp, text->offset);
        e->time = f->event.time;
        e->basis = f->event.basis;
        e->precision = f->event.precision;
    }
    e->record = text->number;
    e->offset = text->offset;
    e->length = text->length;
    if (!whole || text->no_end)
        e->flags |= KK_FLAG_DAMAGED;
    return kk_winevents_tell(f->windows);
}

static void tell_line(syslog_file *f, const kk_log_line *text, const kk_syslog_line *line)
{
    kk_slice count;
    f->act.scratch = f->lines.scratch;
    if (tell_windows(f, text, line))
        return;
    if (repeats(line, &count)) {
        tell_repeated(f, text, line, count);
        return;
    }
    kk_event_clear(&f->event);
    if (!line->undated)
        set_time(f, &line->stamp, text->offset);
    else
        f->event.basis = f->settings->zone_basis;
    set_header(f, line);
    interpret(f, line);
    put_event(f, text);
    if (kk_log_may_hold_form(line->message) ||
        (kk_find_byte(line->message, '{') != KK_NOWHERE && kk_log_may_hold_record(line->message)))
        kk_log_form_tell(f->sink, f->settings, f->lines.scratch, line->message, text->number,
                         text->offset);
    f->before.len = 0;
    kk_put(&f->before, text->text);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void learn_samba(syslog_file *f, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    char *bytes = kk_take(arena, SAMPLE_HEAD);
    kk_slice head = {bytes, kk_read(f->in, 0, bytes, SAMPLE_HEAD)};
    f->act = (kk_syslog_act){.event = &f->event, .lasting = sink->arena, .share_at = -1};
    f->act.share_at = kk_syslog_samba_share_at(kk_log_head(arena, head, SAMPLE_HEAD));
    kk_arena_close(arena);
}

static void tell_counts(syslog_file *f)
{
    if (f->lost.count) {
        kk_issue issue = {KK_ISSUE_MISSING, f->lost.first, f->lost.count,
                          KK_S("messages that the logging daemon says it dropped")};
        f->sink->issue(f->sink, &issue);
    }
    if (f->undated.count) {
        kk_issue issue = {
            KK_ISSUE_MISSING, f->undated.first, f->undated.count,
            KK_S("lines whose year nothing tells, or whose day does not exist: undated")};
        f->sink->issue(f->sink, &issue);
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    syslog_file *f = KK_NEW(sink->arena, syslog_file);
    kk_log_line text;
    kk_syslog_line line;
    f->in = in;
    f->sink = sink;
    f->settings = settings;
    learn_samba(f, sink);
    kk_log_lines_open(&f->lines, in, settings, sink);
    while (!sink->stopped && kk_log_lines_next(&f->lines, &text)) {
        if (kk_syslog_line_read(text.text, &line))
            tell_line(f, &text, &line);
        else if (kk_trim(text.text).len)
            kk_log_lines_skip(&f->lines, &text);
    }
    kk_log_lines_close(&f->lines);
    if (f->windows)
        kk_winevents_close(f->windows);
    tell_counts(f);
    kk_buffer_close(&f->before);
}

/* ---- probe ------------------------------------------------------------------------------------
 */

/* Bodies that another parser reads better. */
static bool is_foreign(kk_slice line)
{
    return (kk_has(line, KK_S("devname=")) || kk_has(line, KK_S("devid="))) &&
           (kk_has(line, KK_S("logid=")) || kk_has(line, KK_S("date=")));
}

/* Chats and other diaries begin with the same date, but then comes "<somebody>". */
static bool is_host(kk_slice host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i], low = (char)(c | 0x20);
        if (!((low >= 'a' && low <= 'z') || kk_is_digit(c) || c == '.' || c == '-' || c == '_' ||
              c == ':' || c == '[' || c == ']' || c == '%' || c == '/'))
            return false;
    }
    return true;
}

static bool is_header(kk_slice text, const kk_syslog_line *line)
{
    if (!is_host(line->host))
        return false;
    if (line->bare) /* many programs write a date, a time and words: only a process id makes it ours
                     */
        return line->pid.len > 0 && line->host.len > 0;
    if (line->stamp.civil.year && !line->protocol && !line->priority.len)
        return line->program.len > 0;
    return line->message.len > 0 || line->program.len > 0 || text.len > 30;
}

static bool has_usual_name(kk_slice name)
{
    static const char *const names[] = {
        "auth.log",   "secure",   "messages", "syslog", "cron",      "maillog", "mail.log",
        "daemon.log", "kern.log", "user.log", "hostd",  "shell.log", "vobd",    "boot.log"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_starts(name, kk_cstr(names[i])))
            return true;
    return false;
}

static kk_score probe(const kk_probe *p)
{
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, p->head, PROBE_HEAD), text;
    kk_syslog_line line;
    size_t lines = 0, good = 0, foreign = 0;
    while (lines < PROBE_LINES && kk_log_head_line(&rest, &text)) {
        lines++;
        if (is_foreign(text))
            foreign++;
        else if (kk_syslog_line_read(text, &line) && is_header(text, &line))
            good++;
    }
    kk_arena_close(arena);
    if (good == 0 || foreign >= good)
        return KK_NO;
    if (good * 10 >= lines * 7)
        return foreign ? KK_LIKELY - 5 : KK_LIKELY + 5;
    if (good * 10 >= lines * 3)
        return KK_LIKELY - 10;
    return good >= 3 || has_usual_name(p->name) ? KK_MAYBE + 5 : KK_NO;
}

const kk_parser kk_parser_syslog = {
    .name = "syslog",
    .about = "Unix system logs: RFC 3164, RFC 5424, rsyslog; sshd, sudo, Samba audit and others",
    .version = 6,
    .cut = KK_LINES,
    .numbers_lines = true,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
