/* Between the files that read Sigma rules. */
#pragma once
#include "detect/sigma.h"

enum {
    KK_TESTS_MOST = 20000, /* of one rule */
    KK_NODES_MOST = 50000,
    KK_DEEPEST = 40
};

typedef struct {
    kk_sigma *set;
    kk_arena *arena;
    kk_fault *fault;
    size_t tests, nodes;
} kk_sigma_reading;

typedef struct kk_sigma_document kk_sigma_document;
struct kk_sigma_document {
    const kk_yaml *yaml; /* NULL: it cannot be read */
    bool joined;         /* made of several by an old `action`: it may share its id with others */
    kk_slice wrong, id, title; /* of one that cannot be read */
    int line;
    kk_sigma_document *next;
};

/* The documents of a file in their order; NULL if there is none. */
kk_sigma_document *kk_sigma_documents(kk_arena *arena, kk_slice text);
/* "line N: ..." into the fault; NULL, so that failing is one line. */
void *kk_sigma_bad(kk_sigma_reading *r, int line, const char *format, ...) KK_PRINTF(3, 4);
kk_node *kk_sigma_node(kk_sigma_reading *r, kk_node_kind kind, size_t count);
/* One `field|modifiers: values` of a selection, or a keyword (key NULL). NULL when it is wrong. */
kk_node *kk_sigma_item(kk_sigma_reading *r, const kk_yaml *value, kk_slice key);
/* The selections of a detection (or filter) and its condition. */
kk_node *kk_sigma_detection(kk_sigma_reading *r, const kk_yaml *detection, bool is_filter);
bool kk_sigma_correlation(kk_sigma_reading *r, const kk_yaml *from, kk_correlation *out);
