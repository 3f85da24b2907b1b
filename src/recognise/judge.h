/* What the cells of a column look like, whatever its heading says. */
#pragma once
#include "recognise/heading.h"
#include "recognise/lexicon.h"

/* How many of the sampled cells are of each kind; one cell may count in several. */
typedef struct {
    unsigned filled;
    unsigned emails, shared_mails;
    unsigned phones, dashed_phones, mobiles;
    unsigned zips, addresses, places;
    unsigned names, person_like, organisations; /* names: both parts are in the lexicon */
    unsigned legal_forms;               /* of the organisations, 株式会社 and the like */
    unsigned nameless;                  /* in letters, and nothing that anybody is called */
    unsigned western;                   /* ... with a given name that is common elsewhere */
    unsigned surnames, givens, unknown; /* words of the lists in one piece; some are both */
    unsigned same_given; /* ... unsplit ones with the given name of one letter of the first */
    uint64_t given;
    unsigned kana, kana_names;
    unsigned days, births, times;
    unsigned sexes, ips, numbers, short_numbers, letters;
    unsigned wide; /* not in ASCII alone */
    unsigned my_numbers, product_codes, cards, spaced_cards;
    unsigned paths; /* of files, of pages */
    unsigned longest;
    int32_t top_day; /* the commonest date of the first cells, and how often it is there */
    unsigned top_count;
    struct {
        int32_t day;
        unsigned count;
    } seen[8];
} kk_profile;

void kk_profile_add(kk_profile *profile, kk_arena *scratch, const kk_lexicon *lexicon,
                    kk_slice cell);
/* At least this share of the filled cells, and at least `least` cells. */
static inline bool kk_share(unsigned part, unsigned filled, unsigned percent, unsigned least)
{
    return filled >= least && filled > 0 && (uint64_t)part * 100 >= (uint64_t)filled * percent;
}

/* The heading held against the cells: what the column is. UNKNOWN and IGNORED columns are not read.
 * `has_header`: the table has headings at all, so that a column without one is judged more strictly. */
kk_column_kind kk_judge_column(const kk_heading *heading, const kk_profile *profile,
                               bool has_header);
