/* What a column without a heading holds is told by the heading before it and by the cells of both. */
#include "recognise/merged.h"

enum { MERGED_MAX = 4, SURNAME_BYTES = 18, GIVEN_BYTES = 24, BUILDING_BYTES = 90 };

/* Columns behind `head` that have no heading and were not told by their cells, and cells at all. */
static size_t rests_of(const kk_plan *plan, size_t head)
{
    size_t count = 0;
    while (count < MERGED_MAX && head + 1 + count < plan->count) {
        const kk_column *c = &plan->columns[head + 1 + count];
        bool piece = kk_share(c->profile.short_numbers, c->profile.filled, 90, 1);
        if (c->word.len || !c->profile.filled || (c->kind != KK_COL_UNKNOWN && !piece))
            break;
        count++;
    }
    return count;
}

static bool is_words(const kk_profile *p, unsigned most)
{
    return kk_share(p->letters, p->filled, 90, 1) && !p->emails && !p->phones && !p->births &&
           p->longest < most;
}

static void give(kk_plan *plan, size_t at, size_t head, kk_column_kind kind, uint8_t part)
{
    kk_column *c = &plan->columns[at];
    c->heading = plan->columns[head].heading;
    c->kind = kind;
    c->heading.part = part;
}

/* 都道府県, 市区町村, 番地 under 住所; of two columns the second mostly has the building. */
static void share_address(kk_plan *plan, size_t head, size_t rests)
{
    for (size_t k = 1; k <= rests; k++) {
        const kk_profile *p = &plan->columns[head + k].profile;
        bool words = is_words(p, BUILDING_BYTES);
        bool block = !p->emails && !p->phones && p->numbers * 2 < p->filled; /* 1-9-1 */
        if (p->names || (!words && !block))
            return;
        bool building = words && k == rests && (p->addresses + p->places) * 2 < p->filled;
        give(plan, head + k, head, building ? KK_COL_BUILDING : KK_COL_ADDRESS,
             building ? 0 : (uint8_t)(k + 1));
    }
}

/* 佐藤 and 健一 under 氏名. */
static void share_name(kk_plan *plan, size_t head)
{
    kk_column *c = &plan->columns[head];
    const kk_profile *first = &c->profile, *second = &plan->columns[head + 1].profile;
    bool kana = c->kind == KK_COL_KANA;
    unsigned whole = kana ? first->kana_names : first->names;
    if (kk_share(whole, first->filled, 30, 1) || second->names * 2 > second->filled ||
        !is_words(first, kana ? GIVEN_BYTES + 6 : SURNAME_BYTES) ||
        !is_words(second, GIVEN_BYTES) || second->organisations * 5 > second->filled ||
        second->places || (kana && second->kana * 10 < second->filled * 9))
        return;
    give(plan, head + 1, head, kana ? KK_COL_GIVEN_KANA : KK_COL_GIVEN_NAME, 0);
    c->kind = kana ? KK_COL_FAMILY_KANA : KK_COL_FAMILY_NAME;
}

/* 03, 1234, 5678 under 電話番号. */
static void share_number(kk_plan *plan, size_t head, size_t rests)
{
    kk_column *c = &plan->columns[head];
    size_t most = c->kind == KK_COL_ZIP ? 1 : 2, pieces = 0;
    while (pieces < rests && pieces < most &&
           kk_share(plan->columns[head + pieces + 1].profile.short_numbers,
                    plan->columns[head + pieces + 1].profile.filled, 90, 1))
        pieces++;
    if (pieces < most || !kk_share(c->profile.short_numbers, c->profile.filled, 90, 1))
        return;
    for (size_t k = 1; k <= pieces; k++)
        give(plan, head + k, head, c->kind, (uint8_t)(k + 1));
    c->heading.part = 1;
}

void kk_merged_settle(kk_plan *plan)
{
    for (size_t i = 0; i + 1 < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        size_t rests = c->word.len ? rests_of(plan, i) : 0;
        if (!rests)
            continue;
        if (c->kind == KK_COL_ADDRESS)
            share_address(plan, i, rests);
        else if (c->kind == KK_COL_NAME || c->kind == KK_COL_KANA)
            share_name(plan, i);
        else if (c->kind == KK_COL_ZIP || c->kind == KK_COL_PHONE || c->kind == KK_COL_MOBILE)
            share_number(plan, i, rests);
    }
}
