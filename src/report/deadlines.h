/* What is due from whom to whom by when, in Japan. The day of knowing is day one, in Asia/Tokyo,
 * for each party its own; every calendar day counts. The preliminary report has a guide of day 3 to
 * 5, which is no period: it does not move when offices are closed, and it is never late. The final
 * report has a period of 30 days, or 60 where a wrongful purpose is possible; where its last day is
 * one on which offices are closed it ends on the next open day. Rules: report/duty.h. */
#pragma once
#include "base/json.h"
#include "report/duty.h"

#define KK_NO_DUE INT64_MIN

typedef enum {
    KK_DEADLINE_DONE,
    KK_DEADLINE_OPEN,
    KK_DEADLINE_PAST_GUIDE,
    KK_DEADLINE_LATE
} kk_deadline_status;
const char *kk_deadline_status_name(kk_deadline_status status);

typedef struct {
    int64_t day;
    bool guide; /* a guide day, not the end of a period */
    kk_words when;
} kk_alternative;

typedef struct {
    const char *what; /* "preliminary", "final", "notify_persons", "notify_client",
                         "my_number_preliminary", "my_number_final" */
    kk_slice to, party;
    const char *trigger; /* the one that decides: "R7-3" */
    kk_trigger_status trigger_status;
    int64_t due_guide, due; /* days since 1970-01-01 in Asia/Tokyo, or KK_NO_DUE */
    kk_alternative alternatives[4];
    size_t alternative_count;
    kk_words basis;
    kk_deadline_status status;
    kk_moment done_at;
    bool after_due; /* done, but after the period */
} kk_deadline;

typedef struct {
    const kk_case_settings *settings;
    kk_trigger triggers[KK_TRIGGERS];
    const kk_rule_pack *pack; /* of self; NULL: before the duty, or not known when */
    KK_LIST(kk_deadline) items;
} kk_deadlines;

/* `now` decides only between open, past_guide and late. */
const kk_deadlines *kk_deadlines_for(kk_arena *arena, const kk_case_settings *settings,
                                     const kk_duty_facts *facts, kk_time now);
/* The members "regime", "rules", "known", "triggers" and "items", into an object that is open. */
void kk_deadlines_write(kk_json *j, const kk_deadlines *deadlines);
