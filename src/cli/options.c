/* The options of a command line by table, help out of the same table, and how a command ends. */
#include "base/machine.h"
#include "base/text.h"
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const kk_option kk_option_table[KK_OPTIONS] = {
    [KK_OPTION_JSON] = {"--json", NULL, false,
                        "one JSON value on standard output (some commands: JSON Lines)"},
    [KK_OPTION_QUIET] = {"--quiet", NULL, false, "no progress"},
    [KK_OPTION_COLOR] = {"--color", "auto|always|never", false, "colours on a terminal"},
    [KK_OPTION_JOBS] = {"--jobs", "N", false, "workers at once (default: the processors)"},
    [KK_OPTION_TZ] = {"--tz", "ZONE", false, "zone for display (default: the case's)"},
    [KK_OPTION_LANG] = {"--lang", "ja|en", false, "language of texts (default: ja)"},
    [KK_OPTION_NOW] = {"--now", "TIME", false,
                       "the clock for deadlines, records and texts (RFC 3339)"},
    [KK_OPTION_HELP] = {"--help", NULL, false, "this text"},
    [KK_OPTION_OUT_CASE] = {"-o", "CASE", false, "folder of the case (default: ./case)"},
    [KK_OPTION_CASE_FILE] = {"--case-file", "FILE", false, "a ready case.yaml"},
    [KK_OPTION_LEAK_LISTING] = {"--leak-listing", "FILE", true,
                                "names, sizes, hashes of files published by the extortionists"},
    [KK_OPTION_NO_SANDBOX] = {"--unsafe-no-sandbox", NULL, false,
                              "read evidence without walls where the kernel has none"},
    [KK_OPTION_FROM] = {"--from", "TIME", false, "from this time on"},
    [KK_OPTION_TO] = {"--to", "TIME", false, "before this time"},
    [KK_OPTION_HOST] = {"--host", "NAME", true, "only this host"},
    [KK_OPTION_ACCOUNT] = {"--account", "NAME", true, "only this account"},
    [KK_OPTION_SOURCE] = {"--source", "NAME", true, "only this module or data set"},
    [KK_OPTION_LOGONS] = {"--logons", NULL, false,
                          "logons by account, source and kind: a row each with its numbers"},
    [KK_OPTION_SOURCE_ADDRESS] = {"--source-address", "ADDRESS", true,
                                  "only from this address or workstation"},
    [KK_OPTION_GREP] = {"--grep", "TEXT", true, "only events with this text in any field"},
    [KK_OPTION_WHERE] = {"--where", "CONDITION", true,
                         "only events for which this SQL condition holds"},
    [KK_OPTION_FORMAT] = {"--format", "table|jsonl|csv|xlsx", false, "how rows are written"},
    [KK_OPTION_OUT] = {"--out", "PATH", false, "where files are written"},
    [KK_OPTION_LIST] = {"--list", NULL, false, "one line a person"},
    [KK_OPTION_ALONE] = {"--alone", NULL, false, "only what needs no case"},
    [KK_OPTION_EVTX_FORMAT] = {"--format", "jsonl|xml|csv|summary", false,
                               "how records are written (default: jsonl)"},
    [KK_OPTION_RECOVERED] = {"--recovered", NULL, false,
                             "also records from slack and such, marked as that"},
    [KK_OPTION_PASSWORDS] = {"--passwords", "FILE", false,
                             "passwords to try on encrypted archives, one a line"},
    [KK_OPTION_CARVE] = {"--carve", NULL, false,
                         "event records out of what is no log: unallocated space, dumps of memory"},
    [KK_OPTION_RULES] = {"--rules", "PATH", true,
                         "further Sigma or YARA rules: a file or a folder, kept in the case"},
    [KK_OPTION_WITHOUT_RULES] = {"--without-rules", NULL, false,
                                 "take in faster; `analyse` holds rules against the events later"},
    [KK_OPTION_LEVEL] = {"--level", "LEVEL", false,
                         "informational, low, medium, high or critical, and above"},
    [KK_OPTION_RULE] = {"--rule", "ID", false, "only this rule, by id or title"},
    [KK_OPTION_UNUSED] = {"--unused", NULL, false, "the rules that could not be used, and why"},
    [KK_OPTION_SUMMARY] = {"--summary", NULL, false, "rules and hosts with their numbers"},
    [KK_OPTION_PAYLOADS] = {"--payloads", NULL, false,
                            "what was handed over encoded in events, decoded"},
    [KK_OPTION_SCRIPTS] =
        {"--scripts", NULL, false,
         "with --payloads: also scripts that were joined from parts, whatever is in them"},
    [KK_OPTION_EXCLUDED] = {"--excluded", NULL, false, "what a decision left out, and which one"},
    [KK_OPTION_BY] = {"--by", "NAME", false, "the person who decides"},
    [KK_OPTION_REASON] = {"--reason", "TEXT", false, "why"},
    [KK_OPTION_SET_LEVEL] = {"--level", "LEVEL", false,
                             "of `level`: informational, low, medium, high or critical"},
    [KK_OPTION_WHERE_FIELD] = {"--where", "FIELD=VALUE", true,
                               "only where a field of the event has this value (`*`, `?`)"},
    [KK_OPTION_EXCLUSIONS] = {"--file", "LIST", false,
                              "of `exclude`: RULE[,HOST[,FIELD=VALUE[,REASON]]] a line"},
    [KK_OPTION_DECISIONS] = {"--list", NULL, false, "all decisions, and whether they hold"},
    [KK_OPTION_AS] = {"--as", "VALUE", false,
                      "of `category`, `owner` and `exposure` (left, reachable, none)"},
    [KK_OPTION_RECORD] = {"--record", "PATH:RECORD", true,
                          "of `split`: a record that is somebody else's"},
    [KK_OPTION_JOINED_BY] = {"--rule", "RULE", false, "of `split`: what this rule joined"},
    [KK_OPTION_EVIDENCE] = {"--evidence", "LABEL", false,
                            "the evidence in which the path is, where several have it"},
    [KK_OPTION_IOC] = {"--ioc", "FILE", true, "look for these: a list, CSV, STIX 2.1 or MISP JSON"},
    [KK_OPTION_IOC_FORMAT] = {"--format", "table|jsonl|csv|xlsx|stix", false,
                              "how rows are written"},
    [KK_OPTION_WITHOUT_CONTENTS] = {"--without-contents", NULL, false,
                                    "with --ioc: do not read the contents of files again"},
    [KK_OPTION_DEFANG] = {"--defang", NULL, false, "write addresses and links so that none works"},
    [KK_OPTION_SINCE] = {"--since", "STATE", false,
                         "how the number changed: since a kept state, the day of a report, or the "
                         "last one (`reported`)"},
    [KK_OPTION_STATE] = {"--state", "STATE", false, "as it was kept then"},
    [KK_OPTION_STATES] = {"--states", NULL, false, "the states of which a count was kept"},
    [KK_OPTION_LETTERS] =
        {"--letters", NULL, false,
         "with --list: a line for each letter, of records that are certainly one person's"},
    [KK_OPTION_UNREACHABLE] = {"--unreachable", NULL, false,
                               "with --list: only persons that cannot be reached, and why"},
    [KK_OPTION_IDS] = {"--ids", NULL, false,
                       "with --since: ids of then that are somebody else's now, or nobody's"},
    [KK_OPTION_BASIS] = {"--basis", "reachable|left|held|damaged", false,
                         "with --since: which persons (default: reachable)"},
    [KK_OPTION_BOUND] = {"--bound", "count|least|most", false,
                         "with --since: which figure of them (default: count)"},
    [KK_OPTION_CATEGORY] = {"--category", "NAME", false, "with --since: of this category"},
    [KK_OPTION_OWNER] = {"--owner", "PARTY", false, "with --since: whose data are this party's"},
    [KK_OPTION_EXPAND] = {"--expand", "NAME=FILE", true, "values of a placeholder, one a line"},
};

bool kk_given(const kk_invocation *i, kk_option_id option)
{
    return i->value_count[option] > 0;
}

kk_slice kk_value(const kk_invocation *i, kk_option_id option)
{
    return kk_given(i, option) ? i->values[option][i->value_count[option] - 1] : KK_NONE;
}

bool kk_time_option(kk_invocation *i, kk_option_id option, const kk_zone *zone, kk_time *out)
{
    kk_moment moment;
    *out = KK_NO_TIME;
    if (!kk_given(i, option))
        return true;
    if (!kk_moment_read(kk_value(i, option), zone, &moment)) {
        kk_usage(i, "%s wants a time like 2026-07-01T22:00:00+09:00 or a day",
                 kk_option_table[option].name);
        return false;
    }
    *out = moment.time;
    return true;
}

void kk_write_out(kk_invocation *i, kk_slice text)
{
    while (text.len) {
        ssize_t n = write(i->out, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (errno == EPIPE && !i->options.shared)
                exit(0);
            if (!i->cut)
                dprintf(i->err,
                        "kakuho: cannot write the answer: %s: make room, or send it elsewhere\n",
                        n < 0 ? strerror(errno) : "nothing more is taken");
            i->cut = true;
            if (i->options.shared)
                return; /* the writer goes on */
            exit(4);
        }
        text = kk_from(text, (size_t)n);
    }
}

static const int exit_of[] = {[KK_OK] = 0,      [KK_IO] = 4,    [KK_LIMIT] = 4, [KK_NOT_FOUND] = 2,
                              [KK_INVALID] = 2, [KK_STORE] = 4, [KK_BUSY] = 4};

int kk_finish(kk_invocation *i, kk_status status)
{
    for (char *c = i->fault.text; *c; c++)
        if (*c == '\n')
            *c = ' '; /* a library's reason may have several lines: a failure prints one */
    if (status != KK_OK)
        dprintf(i->err, "kakuho: %s\n", i->fault.text);
    return exit_of[status];
}

int kk_usage(kk_invocation *i, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    dprintf(i->err, "kakuho: ");
    vdprintf(i->err, format, arguments);
    va_end(arguments);
    dprintf(i->err, ": see `kakuho %s --help`\n", i->command ? i->command->name : "");
    return 2;
}

static void help_option(kk_option_id id)
{
    const kk_option *o = &kk_option_table[id];
    char left[64];
    snprintf(left, sizeof left, "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    printf("  %-28s %s%s\n", left, o->about, o->repeats ? " (repeatable)" : "");
}

void kk_help_command(const kk_command *c)
{
    printf("kakuho %s %s\n\n%s\n\n", c->name, c->arguments, c->about);
    for (int k = 0; k < KK_COMMAND_OPTIONS_MOST && c->options[k]; k++)
        help_option(c->options[k]);
    for (int k = KK_OPTION_JSON; k <= KK_OPTION_HELP; k++)
        help_option((kk_option_id)k);
    puts("\nExit status: 0 done; 1 done, and the answer is no; 2 the command line or case.yaml is "
         "wrong;\n"
         "3 done, but some items could not be read; 4 the case or the machine failed.");
}

static bool takes(const kk_command *c, kk_option_id id)
{
    if (id <= KK_OPTION_HELP)
        return true;
    for (int k = 0; k < KK_COMMAND_OPTIONS_MOST && c->options[k]; k++)
        if (c->options[k] == id)
            return true;
    return false;
}

static void keep_value(kk_invocation *i, kk_option_id id, kk_slice value)
{
    size_t n = i->value_count[id];
    kk_slice *values = KK_NEW_ARRAY(i->arena, kk_slice, n + 1);
    for (size_t k = 0; k < n; k++)
        values[k] = i->values[id][k];
    values[n] = value;
    i->values[id] = values;
    i->value_count[id] = n + 1;
}

/* Paths may hold any bytes; all else is compared with text of the case. */
static bool is_path(kk_option_id id)
{
    return id == KK_OPTION_OUT_CASE || id == KK_OPTION_CASE_FILE || id == KK_OPTION_LEAK_LISTING ||
           id == KK_OPTION_RULES || id == KK_OPTION_OUT || id == KK_OPTION_EXCLUSIONS ||
           id == KK_OPTION_IOC || id == KK_OPTION_PASSWORDS;
}

/* "--name value" or "--name=value"; false after an error that was said. */
static bool read_option(kk_invocation *i, char **arguments, int count, int *at)
{
    kk_slice given = kk_cstr(arguments[*at]), name = given, value = KK_S("");
    size_t equals = kk_find_byte(given, '=');
    if (equals != KK_NOWHERE) {
        name = kk_part(given, 0, equals);
        value = kk_from(given, equals + 1);
    }
    for (int id = KK_OPTION_JSON; id < KK_OPTIONS; id++) {
        const kk_option *o = &kk_option_table[id];
        if (!kk_is(name, o->name) || !takes(i->command, (kk_option_id)id))
            continue;
        if (!o->value && equals != KK_NOWHERE)
            return kk_usage(i, "%s takes no value", o->name), false;
        if (o->value && equals == KK_NOWHERE) {
            if (*at + 1 == count)
                return kk_usage(i, "%s wants %s", o->name, o->value), false;
            value = kk_cstr(arguments[++*at]);
        }
        if (!is_path((kk_option_id)id) && !kk_utf8_valid(value))
            return kk_usage(i, "%s wants text in UTF-8", o->name), false;
        keep_value(i, (kk_option_id)id, value);
        return true;
    }
    return kk_usage(i, "unknown option %.*s", KK_P(name)), false;
}

static bool read_jobs(kk_invocation *i)
{
    uint64_t jobs = kk_machine_processors();
    if (kk_given(i, KK_OPTION_JOBS) &&
        (!kk_to_u64(kk_value(i, KK_OPTION_JOBS), &jobs) || jobs < 1 || jobs > 256))
        return kk_usage(i, "--jobs wants a number from 1 to 256"), false;
    i->options.jobs = (int)jobs;
    return true;
}

static bool read_common(kk_invocation *i)
{
    i->json = kk_given(i, KK_OPTION_JSON);
    i->options.quiet = kk_given(i, KK_OPTION_QUIET);
    i->options.unsafe_no_sandbox = kk_given(i, KK_OPTION_NO_SANDBOX);
    i->options.case_file = kk_value(i, KK_OPTION_CASE_FILE);
    i->options.rules = i->values[KK_OPTION_RULES];
    i->options.rule_count = i->value_count[KK_OPTION_RULES];
    i->options.passwords = kk_value(i, KK_OPTION_PASSWORDS);
    i->options.carve = kk_given(i, KK_OPTION_CARVE);
    i->options.without_rules = kk_given(i, KK_OPTION_WITHOUT_RULES);
    i->lang = kk_given(i, KK_OPTION_LANG) ? kk_value(i, KK_OPTION_LANG) : KK_S("ja");
    i->options.now = kk_time_now();
    if (!kk_is(i->lang, "ja") && !kk_is(i->lang, "en"))
        return kk_usage(i, "--lang wants ja or en"), false;
    if (kk_given(i, KK_OPTION_NOW) && !kk_time_parse(kk_value(i, KK_OPTION_NOW), &i->options.now))
        return kk_usage(i, "--now wants a time like 2026-07-10T09:00:00+09:00"), false;
    if (kk_given(i, KK_OPTION_TZ) && !kk_zone_load(kk_value(i, KK_OPTION_TZ), &i->zone))
        return kk_usage(i, "--tz wants a zone like Asia/Tokyo or +09:00"), false;
    return read_jobs(i);
}

bool kk_read_arguments(kk_invocation *i, int count, char **arguments)
{
    bool only_plain = false;
    i->arguments = KK_NEW_ARRAY(i->arena, const char *, (size_t)count);
    for (int at = 2; at < count; at++) {
        const char *a = arguments[at];
        if (!only_plain && strcmp(a, "--") == 0)
            only_plain = true;
        else if (!only_plain && a[0] == '-' && a[1]) {
            if (!read_option(i, arguments, count, &at))
                return false;
        } else {
            i->arguments[i->count++] = a;
        }
    }
    return read_common(i);
}
