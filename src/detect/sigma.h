/* Sigma rules as they were read: detections as trees of tests, correlations, filters, and what could
 * not be used with the reason. Specification 2.1; docs/sigma.md says how each point of it is taken.
 *
 *     kk_sigma *set = kk_sigma_open(arena);
 *     kk_sigma_list(set, "Administrators", values, count);   placeholders, before the files
 *     kk_sigma_read(set, file, text);                        each file
 *     kk_sigma_link(set);                                    once: filters, references
 * A rule is never dropped in silence: what is not in `rules` is in `refusals`. */
#pragma once
#include "base/yaml.h"
#include "detect/fold.h"

typedef enum {
    KK_TEST_TEXT,   /* the value fits the pattern `text` */
    KK_TEST_NUMBER, /* the value is `text`, or a number equal to `number` */
    KK_TEST_LESS,
    KK_TEST_LESS_OR_EQUAL,
    KK_TEST_MORE,
    KK_TEST_MORE_OR_EQUAL,
    KK_TEST_REGEX,  /* PCRE, found anywhere in the value */
    KK_TEST_CIDR,   /* the value is an address in `network` */
    KK_TEST_EXISTS, /* the event has the field, whatever its value */
    KK_TEST_FIELD   /* the value is related to a value of the field `text` */
} kk_test_kind;

typedef enum { KK_AT_WHOLE, KK_AT_START, KK_AT_END, KK_ANYWHERE } kk_test_place;

enum { KK_REGEX_NOCASE = 1, KK_REGEX_LINES = 2, KK_REGEX_DOTALL = 4 };

typedef struct {
    kk_slice field; /* as written; empty: any value of the event */
    kk_test_kind kind;
    kk_time_part part;   /* of the value, read as a date; then compared as a number */
    kk_test_place place; /* of KK_TEST_FIELD */
    bool cased;
    uint8_t flags; /* of KK_TEST_REGEX */
    kk_slice text; /* a pattern is folded unless cased */
    kk_fixed number;
    kk_subnet network;
    int line;
} kk_test;

typedef enum { KK_ALL_OF, KK_SOME_OF, KK_NOT, KK_TEST } kk_node_kind;
typedef struct kk_node kk_node;
struct kk_node {
    kk_node_kind kind;
    kk_slice name; /* of the selection that it is; empty inside of one */
    const kk_test *test;
    kk_node **child;     /* may be shared between parents; never a cycle */
    size_t count, least; /* KK_SOME_OF: at least this many of them, mostly 1 */
};

typedef struct {
    kk_slice category, product, service;
} kk_logsource;

typedef enum { KK_SIGMA_RULE, KK_SIGMA_CORRELATION, KK_SIGMA_FILTER } kk_sigma_kind;

typedef enum {
    KK_EVENT_COUNT,
    KK_VALUE_COUNT,
    KK_TEMPORAL,
    KK_TEMPORAL_ORDERED,
    KK_VALUE_SUM,
    KK_VALUE_AVG,
    KK_VALUE_PERCENTILE,
    KK_CORRELATIONS
} kk_correlation_type;
extern const char *const kk_correlation_names[KK_CORRELATIONS];

typedef enum { KK_GT, KK_GTE, KK_LT, KK_LTE, KK_EQ, KK_NEQ, KK_COMPARES } kk_compare_with;

typedef struct kk_sigma_rule kk_sigma_rule;
typedef struct {
    kk_correlation_type type;
    kk_slice *references;  /* id or name of each rule, in order */
    kk_sigma_rule **rules; /* the same, once linked */
    size_t rule_count;
    kk_slice *group_by;
    size_t group_count;
    kk_slice *fields; /* whose values are counted */
    size_t field_count;
    struct {
        kk_slice alias, rule, field;
    } * aliases;
    size_t alias_count;
    int64_t timespan; /* nanoseconds */
    struct {
        kk_compare_with with;
        kk_fixed than;
    } conditions[KK_COMPARES];
    size_t condition_count;
    kk_fixed percentile;
    bool generate; /* the rules referred to also count for themselves */
} kk_correlation;

struct kk_sigma_rule {
    kk_sigma_kind kind;
    kk_slice file;
    int line; /* where its document begins */
    kk_slice id, name, title, level, status;
    kk_slice title_ja; /* a field of our own: the title in Japanese */
    kk_slice *tags;
    size_t tag_count;
    kk_logsource source;
    kk_node *root;               /* of a rule or a filter */
    kk_correlation *correlation; /* of a correlation */
    kk_slice *filters;           /* of a filter: ids and names of its rules; none: every rule */
    size_t filter_count;
    bool silent; /* only a part of correlations: no hit for itself */
    bool joined; /* made of several documents by an old `action`: others may share its id */
    size_t tests;
};

typedef struct {
    kk_slice file;
    int line;
    kk_slice id, title;
    kk_slice what;  /* one sentence part: "`Image|contians`: there is no modifier `contians`" */
    bool no_source; /* a good rule for a log that nothing here reads */
} kk_refusal;

typedef struct {
    kk_arena *arena;
    kk_sigma_rule **rules; /* in the order read; filters are not among them once linked */
    size_t count, capacity;
    kk_refusal *refusals;
    size_t refusal_count, refusal_capacity;
    struct {
        kk_slice name;
        kk_slice *values;
        size_t count;
    } * lists;
    size_t list_count, list_capacity;
    size_t files;
} kk_sigma;

kk_sigma *kk_sigma_open(kk_arena *arena);
/* A list of the same name takes the place of the one before. */
void kk_sigma_list(kk_sigma *set, kk_slice name, const kk_slice *values, size_t count);
void kk_sigma_read(kk_sigma *set, kk_slice file, kk_slice text);
/* A file of rules that cannot be read, and why: a refusal. */
void kk_sigma_unreadable(kk_sigma *set, kk_slice file, kk_slice why);
void kk_sigma_link(kk_sigma *set);
/* By id or name; NULL if there is none. */
kk_sigma_rule *kk_sigma_find(const kk_sigma *set, kk_slice reference);
