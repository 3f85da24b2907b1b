/* Commands of the program: each is one file with one const kk_command, and one line in commands.def.
 * Options are a table, from which parsing and help both come. */
#pragma once
#include "casework/case.h"

typedef struct kk_invocation kk_invocation;

typedef enum {
    KK_OPTION_NONE,
    KK_OPTION_JSON,
    KK_OPTION_QUIET,
    KK_OPTION_COLOR,
    KK_OPTION_JOBS,
    KK_OPTION_TZ,
    KK_OPTION_LANG,
    KK_OPTION_NOW,
    KK_OPTION_HELP, /* known to every command */
    KK_OPTION_OUT_CASE,
    KK_OPTION_CASE_FILE,
    KK_OPTION_LEAK_LISTING,
    KK_OPTION_NO_SANDBOX,
    KK_OPTION_FROM,
    KK_OPTION_TO,
    KK_OPTION_HOST,
    KK_OPTION_ACCOUNT,
    KK_OPTION_SOURCE,
    KK_OPTION_GREP,
    KK_OPTION_WHERE,
    KK_OPTION_FORMAT,
    KK_OPTION_OUT,
    KK_OPTION_LIST,
    KK_OPTION_ALONE,
    KK_OPTION_EVTX_FORMAT,
    KK_OPTION_RECOVERED,
    KK_OPTION_CARVE,
    KK_OPTION_PASSWORDS,
    KK_OPTION_EXPAND,
    KK_OPTION_LOGONS,
    KK_OPTION_SOURCE_ADDRESS,
    KK_OPTION_RULES,
    KK_OPTION_WITHOUT_RULES,
    KK_OPTION_LEVEL,
    KK_OPTION_RULE,
    KK_OPTION_UNUSED,
    KK_OPTION_SUMMARY,
    KK_OPTION_PAYLOADS,
    KK_OPTION_SCRIPTS,
    KK_OPTION_EXCLUDED,
    KK_OPTION_BY,
    KK_OPTION_REASON,
    KK_OPTION_SET_LEVEL,
    KK_OPTION_WHERE_FIELD,
    KK_OPTION_EXCLUSIONS,
    KK_OPTION_DECISIONS,
    KK_OPTION_AS,
    KK_OPTION_RECORD,
    KK_OPTION_JOINED_BY,
    KK_OPTION_EVIDENCE,
    KK_OPTION_IOC,
    KK_OPTION_IOC_FORMAT,
    KK_OPTION_WITHOUT_CONTENTS,
    KK_OPTION_DEFANG,
    KK_OPTION_SINCE,
    KK_OPTION_STATE,
    KK_OPTION_STATES,
    KK_OPTION_IDS,
    KK_OPTION_LETTERS,
    KK_OPTION_UNREACHABLE,
    KK_OPTION_BASIS,
    KK_OPTION_BOUND,
    KK_OPTION_CATEGORY,
    KK_OPTION_OWNER,
    KK_OPTIONS
} kk_option_id;

typedef struct {
    const char *name;  /* "--json" */
    const char *value; /* what it takes, for help; NULL: nothing */
    bool repeats;
    const char *about;
} kk_option;
extern const kk_option kk_option_table[KK_OPTIONS];

enum { KK_COMMAND_OPTIONS_MOST = 16, KK_VALUES_MOST = 4096 };

typedef struct kk_command {
    const char *name;
    const char *arguments; /* for help: "CASE [HOST=]EVIDENCE..." */
    const char *about;     /* one line */
    int least, most;       /* plain arguments; most -1: any number */
    kk_option_id
        options[KK_COMMAND_OPTIONS_MOST]; /* its own, besides the common ones; ends with 0 */
    int (*run)(kk_invocation *i);
} kk_command;

/* Runs a command line for another process, writing to its descriptors (out, err). */
typedef int kk_run_for(int count, char **arguments, const int fds[2], bool is_terminal,
                       kk_case *writer, kk_slice handed_over);

struct kk_invocation {
    const kk_command *command;
    kk_arena *arena;
    const char **arguments; /* the plain ones */
    int count;
    kk_slice *values[KK_OPTIONS]; /* given values, in order; a flag has one empty value */
    size_t value_count[KK_OPTIONS];
    kk_options options;
    bool json, is_terminal;
    bool cut;      /* the answer could not be written to its end */
    kk_slice lang; /* "ja" or "en" */
    kk_zone zone;  /* for display; count 0: the case's */
    char **words;  /* the command line as it was given */
    int word_count;
    int out, err; /* descriptors that results and messages go to */
    kk_slice
        handed_over; /* beside the words, to the process that answers them: what was read here */
    kk_run_for *run_for; /* for a command that answers others meanwhile */
    kk_fault fault;
};

bool kk_given(const kk_invocation *i, kk_option_id option);
kk_slice kk_value(const kk_invocation *i, kk_option_id option); /* the last given; empty if none */
/* A time as the contract writes it, or a day, or a local time in `zone`; KK_NO_TIME where none is
 * given. False with a usage message where it is no time. */
bool kk_time_option(kk_invocation *i, kk_option_id option, const kk_zone *zone, kk_time *out);
/* Exit status for what a call came to; prints "kakuho: what: why: what to do" when it failed. */
int kk_finish(kk_invocation *i, kk_status status);
/* A wrong command line: says so, gives 2. */
int kk_usage(kk_invocation *i, const char *format, ...) KK_PRINTF(2, 3);
/* Writes results; a reader that went away (a closed pipe) ends the program quietly. */
void kk_write_out(kk_invocation *i, kk_slice text);
/* Reads what stands behind the command's name; false after a message. */
bool kk_read_arguments(kk_invocation *i, int count, char **arguments);
void kk_help_command(const kk_command *c);
int kk_main(int count, char **arguments);
