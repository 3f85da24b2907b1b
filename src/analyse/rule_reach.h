/* What rules could see. A rule that found nothing found nothing in the logs that were there: where a
 * machine has no log that it can be held against, or that log does not reach into the time of the
 * intrusion, the rule could not run there, and that is no finding. */
#pragma once
#include "analyse/analyse.h"

/* How far a log goes on a machine, the worst first. */
typedef enum {
    KK_LOG_ABSENT,       /* there is none of that kind */
    KK_LOG_NEVER_LOGGED, /* the log is there, but such events were never written to it */
    KK_LOG_OUTSIDE,      /* none of it is from the time of the intrusion */
    KK_LOG_PARTLY,       /* it begins within that time, or tells of some such events only */
    KK_LOG_WHOLE,
    KK_LOG_REACHES
} kk_log_reach;
extern const char *const kk_log_reach_names[KK_LOG_REACHES];

/* Events of one kind on a machine. */
typedef struct {
    kk_slice host, dataset, code, action;
    kk_time first, last;
} kk_seen_log;

typedef struct {
    uint32_t rule; /* its number, which parts name */
    kk_rule_state state;
    kk_slice id, title, title_ja, level, file;
    uint32_t line;
    kk_slice *logs; /* names of log sources, any of which it can be run on */
    size_t log_count;
    uint32_t *parts; /* of a correlation */
    size_t part_count;
    bool all_parts; /* it needs each of them */
} kk_known_rule;

/* A log that rules wanted and did not have. */
typedef struct {
    kk_slice log;    /* names of the log sources: "sysmon 1, security 4688" */
    kk_slice ja, en; /* the same for a reader */
    kk_log_reach reason;
    kk_slice *hosts; /* on these machines; none: no machine of that kind is in the evidence */
    size_t host_count, capacity;
    uint64_t rules;
    uint32_t last_rule; /* counted last */
} kk_rule_need;

typedef struct {
    kk_slice host;
    bool has_logs; /* anything that rules of any kind are about */
    uint64_t ran, ran_partly, could_not_run;
    struct kk_host_need {
        size_t need;
        uint64_t rules;
    } * needs;
    size_t need_count, capacity;
} kk_rule_host;

typedef struct {
    const kk_known_rule *rule;
    size_t need;
} kk_idle_rule;

typedef struct kk_rule_reach {
    uint64_t ran, could_not_run, refused, without_log; /* rules, over all machines */
    kk_rule_need *needs;                               /* those of most rules first */
    size_t need_count;
    kk_rule_host *hosts; /* by name; machines of the intrusion without any log at the end */
    size_t host_count;
    kk_idle_rule *idle; /* rules that could not run on any machine, in the order of rules */
    size_t idle_count;
} kk_rule_reach;

typedef struct {
    const kk_known_rule *rules;
    size_t rule_count;
    const kk_seen_log *seen; /* by host, then dataset */
    size_t seen_count;
    const kk_slice *intruded; /* machines that the intruder was on */
    size_t intruded_count;
    kk_window window; /* from KK_NO_TIME: any time counts */
} kk_rule_ground;

void kk_rule_reach_decide(const kk_rule_ground *ground, kk_arena *arena, kk_rule_reach *out);
KK_CHECKED kk_status kk_rule_reach_find(kk_store *store, const kk_access *access, kk_arena *arena,
                                        kk_rule_reach *out, kk_fault *fault);
/* Member "rules" of a coverage; members of `detections --unused` and of its summary. */
void kk_rule_reach_coverage(kk_json *j, const kk_rule_reach *reach);
void kk_rule_reach_idle(kk_json *j, const kk_rule_reach *reach);
void kk_rule_reach_hosts(kk_json *j, const kk_rule_reach *reach);
void kk_rule_reach_counts(kk_json *j, const kk_rule_reach *reach);
/* Names of log sources as a reader knows them. */
kk_slice kk_rule_logs_words(kk_arena *arena, const kk_slice *logs, size_t count, bool japanese);
