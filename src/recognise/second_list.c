#include "recognise/second_list.h"

/* 氏名, 電話, 氏名, 電話: the same headings once more. */
static size_t same_list(const kk_plan *plan, size_t *width)
{
    for (size_t a = 0; a < plan->count; a++) {
        const kk_column *first = &plan->columns[a];
        if (!first->word.len)
            continue;
        for (size_t b = a + 1; b < plan->count; b++) {
            if (!kk_eq(plan->columns[b].word, first->word))
                continue;
            bool names = false, same = true;
            size_t headed = 0;
            for (size_t i = a; i < b && b + i - a < plan->count; i++) {
                const kk_column *c = &plan->columns[i];
                same &= kk_eq(c->word, plan->columns[b + i - a].word);
                headed += c->word.len > 0;
                names |= c->kind == KK_COL_NAME && !c->heading.has_role && !c->heading.part;
            }
            *width = b - a;
            return names && same && headed >= 2 ? b : SIZE_MAX;
        }
    }
    return SIZE_MAX;
}

static bool is_gap(const kk_column *c)
{
    return !c->word.len && !c->profile.filled;
}

/* Names of the list's own people, none of whom has a role beside another. */
static bool names_its_people(const kk_plan *plan, size_t from, size_t to)
{
    size_t headed = 0;
    bool names = false;
    for (size_t i = from; i < to; i++) {
        const kk_column *c = &plan->columns[i];
        headed += c->word.len > 0;
        names |= c->kind == KK_COL_NAME && !c->heading.has_role && !c->heading.part &&
                 c->heading.exact && c->heading.strength == KK_HEADING_STRONG;
    }
    return names && headed >= 2;
}

/* 役職, 氏名, 電話, nothing, 会員番号, 会員名, 住所: a column that nobody fills parts the officers from the members. */
static size_t other_list(const kk_plan *plan, size_t *width)
{
    for (size_t i = 1; i + 1 < plan->count; i++) {
        if (!is_gap(&plan->columns[i]) || is_gap(&plan->columns[i + 1]) ||
            !names_its_people(plan, 0, i) || !names_its_people(plan, i + 1, plan->count))
            continue;
        *width = plan->count;
        return i + 1;
    }
    return SIZE_MAX;
}

size_t kk_second_list(const kk_plan *plan, size_t *width)
{
    size_t same = same_list(plan, width);
    return same != SIZE_MAX ? same : other_list(plan, width);
}
