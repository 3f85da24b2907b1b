/* Between the files that compile rules. */
#pragma once
#include "detect/regex.h"
#include "detect/rules_i.h"

/* Keys to numbers, in the order in which they came. */
typedef struct {
    uint32_t *slots;
    size_t size;
    kk_slice *keys;
    size_t count, capacity;
} kk_interner;
uint32_t kk_intern(kk_arena *arena, kk_interner *table, kk_slice key, bool *fresh);

typedef struct {
    uint32_t *items;
    size_t count, capacity;
} kk_numbers;
void kk_numbers_add(kk_arena *arena, kk_numbers *list, uint32_t number);

typedef struct {
    bool every;
    kk_slice code[64];
    size_t count;
} kk_codes;

typedef struct {
    kk_numbers fields; /* that it looks at */
    kk_numbers least;  /* of each: bytes that a value has to have to pass any of its tests */
    kk_codes codes;
    bool always;
} kk_run_notes;

typedef struct {
    kk_arena *arena;
    kk_sigma *set;
    kk_fault *fault;
    kk_buffer section[SECTIONS];
    kk_interner texts, tests, fields, exacts, literals;
    kk_numbers text_at; /* in S_TEXT, by number of the text */
    kk_place *places;   /* by field */
    size_t places_capacity;
    kk_numbers *others, *triggers, *exact_tests, *literal_tests; /* literals: field and text */
    size_t others_capacity, triggers_capacity, exact_capacity, literal_capacity;
    kk_run_notes *runs;
    size_t runs_capacity;
} kk_compiler;

uint32_t kk_compiler_put(kk_compiler *c, rules_section section, const void *item, size_t size);
rules_text kk_compiler_text(kk_compiler *c, kk_slice text);
rules_span kk_compiler_list(kk_compiler *c, const kk_numbers *list);
static inline rules_test *kk_compiler_test(kk_compiler *c, uint32_t test)
{
    return (rules_test *)(void *)c->section[S_TESTS].ptr + test;
}
static inline rules_field *kk_compiler_field(kk_compiler *c, uint32_t field)
{
    return (rules_field *)(void *)c->section[S_FIELDS].ptr + field;
}
/* The number of a field as it is in events of the source; notes that the run looks at it. */
uint32_t kk_compiler_field_of(kk_compiler *c, const kk_source *source, kk_slice name,
                              kk_run_notes *notes);
/* A run: the rule on one source. False if it can never fire there. */
bool kk_compile_run(kk_compiler *c, uint32_t rule, const kk_sigma_rule *from, uint16_t source);
/* The fields whose values correlations want of a rule: filled for every rule of the set. */
void kk_compile_captures(kk_compiler *c, kk_interner *captures);
bool kk_compile_correlations(kk_compiler *c, const kk_interner *captures);
/* Which runs an event is for, by its dataset and code. */
void kk_compile_buckets(kk_compiler *c);
/* Hashes and literals: what finds the tests that a value passes. */
void kk_compile_scanners(kk_compiler *c);
/* The literals that kk_compile_scanners found, as grams and filters. */
void kk_compile_grams(kk_compiler *c);
