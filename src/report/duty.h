/* When a breach of personal data must be reported in Japan: the triggers of article 7 of the
 * enforcement rules of the Act on the Protection of Personal Information (and of the rules on the
 * Individual Number), judged from what the case knows. A trigger that is not met is "not found",
 * never "no duty". The verdict on data leaving is no input on purpose: finding no trace cancels
 * nothing, since a possibility is enough and loss and damage count too. */
#pragma once
#include "casefile/settings.h"
#include "model/mention.h"

typedef enum { KK_TRIGGER_NOT_FOUND, KK_TRIGGER_POSSIBLE, KK_TRIGGER_MET } kk_trigger_status;
const char *kk_trigger_status_name(kk_trigger_status status); /* "met", "possible", "not_found" */

typedef struct {
    kk_trigger_status status;
    kk_words reason; /* what it rests on, for the reader; no personal data */
} kk_ground;

/* Data of somebody else that is affected. */
typedef struct {
    kk_slice party; /* id of case.yaml */
    kk_trigger_status event;
} kk_affected_owner;

/* What the case knows. All zero, with `event` possible, is a case in which nothing was read yet. */
typedef struct {
    /* Personal data left, may have left, or were lost or damaged. Met: the facts that make it at
     * least possible in law are there (an intruder reached the data, data were encrypted). */
    kk_ground event;
    kk_ground wrongful;      /* by the evidence alone: somebody's hostile acts */
    kk_ground capture;       /* something took what people typed, before it was stored */
    bool searched;           /* the data affected were looked through for items */
    bool unread;             /* some of them could not be read */
    uint64_t items;          /* KK_BIT of every item found in them */
    kk_count persons_most;   /* the most persons within reach; not given: not counted */
    bool bounded;            /* false: more may be in what was not read */
    kk_count my_number_most; /* of these, with an Individual Number */
    const kk_affected_owner *owners;
    size_t owner_count;
    const kk_slice *categories; /* names of the categories affected, for "all were told" */
    size_t category_count;
} kk_duty_facts;

typedef enum {
    KK_R7_1, /* data that need special care */
    KK_R7_2, /* data by whose misuse property may be lost */
    KK_R7_3, /* a wrongful purpose */
    KK_R7_4, /* many persons */
    KK_MN,   /* Individual Numbers: rules of their own */
    KK_TRIGGERS
} kk_trigger_id;

typedef struct {
    const char *id; /* "R7-1" */
    kk_words title;
    kk_trigger_status status;
    kk_words reason;
} kk_trigger;

/* The rules as they stood from a day on. */
typedef struct {
    const char *id, *valid_from; /* "2024-04-01" */
    int year, month, day;
    int guide_first, guide_last; /* days, the day of knowing being the first */
    int final_days, final_days_wrongful;
    unsigned persons_over, my_number_over;
    bool capture_counts; /* 7-3 also covers data on the way to being collected */
    bool common_form;    /* the form for ransomware that all authorities take */
} kk_rule_pack;

/* Those in force on a day (since 1970-01-01); NULL before the duty came into force. */
const kk_rule_pack *kk_rule_pack_on(int64_t day);

void kk_triggers_judge(kk_arena *arena, const kk_case_settings *settings,
                       const kk_duty_facts *facts, const kk_rule_pack *pack,
                       kk_trigger out[KK_TRIGGERS]);
