/* Inside of reports only: what the kinds are built with. */
#pragma once
#include "report/document.h"
#include "report/report.h"

struct kk_report_build {
    const kk_report_input *in;
    const kk_known_facts *facts;
    const kk_case_settings *settings;
    kk_document *d;
    kk_arena *arena;
    kk_level level;
};
typedef struct kk_report_build building_report;

/* Of one kind: `at` starts at 0; NULL after the last one that this document may print. */
const kk_claim *next_claim(building_report *b, const char *kind, size_t *at);
bool may_tell(const building_report *b, const kk_claim *claim);
/* Claims that a public text leaves out although their level would do: records contradict them, or
 * they name machines, accounts or addresses. */
size_t withheld_claims(const building_report *b);
kk_slice claim_text(const building_report *b, const kk_claim *claim);
/* Words of a claim (or other words that rest on it), with its standing where that is to show. */
void cite(building_report *b, const kk_claim *claim);
void cite_words(building_report *b, const kk_claim *claim, kk_slice words);
void cite_bare(building_report *b, const kk_claim *claim, kk_slice words); /* standing not shown */
/* All claims of a kind into the place that is open; the number of them. */
size_t cite_all(building_report *b, const char *kind);
/* As entries of a list, which is opened with the first. */
size_t list_all(building_report *b, const char *kind);
void say_open(building_report *b); /* 調査中です。 */

/* Words of times, days and numbers. */
kk_slice time_words(const building_report *b, kk_time at); /* 2026-07-01 22:10 (+09:00) */
kk_slice day_words(const building_report *b, kk_time at);  /* 2026-07-01 */
kk_slice moment_words(const building_report *b, const kk_moment *at);
kk_slice bytes_words(const building_report *b, uint64_t bytes);
kk_slice words_of(const building_report *b, const kk_words *words);
kk_slice party_words(const building_report *b, kk_slice id); /* ppc, a party's name, or as it is */
kk_slice report_kind_words(const building_report *b, kk_slice kind); /* preliminary: 速報 */
kk_slice items_words(const building_report *b, uint64_t items);

/* The value of a claim on a count of persons; false where it has none. */
typedef struct {
    uint64_t count, least, most;
    bool bounded;
} claimed_count;
bool claimed_count_of(kk_arena *arena, const kk_claim *claim, claimed_count *out);
kk_slice count_words(const building_report *b, const claimed_count *count);

/* Parts that several kinds have. */
void put_chronology(building_report *b);
void put_categories(building_report *b, bool with_items); /* 対象 x 項目 x 件数 */
void put_not_found(building_report *b);                   /* items looked for and not found */
void put_detections(building_report *b);                  /* what rules found, and could not */
void put_differences(building_report *b); /* counts told before, beside those of now */
bool has_reported_counts(building_report *b);
kk_slice category_label(const building_report *b, kk_slice name);
uint64_t items_concerned(const building_report *b);

#define KIND(name, symbol, level) void report_##symbol(building_report *b);
#include "report/reports.def"

/* The nine items that the regulator asks for. */
void ppc_build(building_report *b, bool final);
