/* Several people of a row whom nothing but a word before 氏名 tells apart: the first is who the row is about,
 * unless a name without such a word is there. */
#include "recognise/stem.h"

#include "recognise/fold.h"
#include "recognise/vocabulary.h"

enum { STEMS_MAX = 16, STEM_MIN = 6, LIKE_NAMES = 30 };

typedef struct {
    kk_slice word;
    uint8_t number; /* of a bystander; 0: who the row is about */
    bool works;
} stem;

static bool is_whole_name(kk_column_kind kind)
{
    return kind == KK_COL_NAME || kind == KK_COL_FAMILY_NAME || kind == KK_COL_LATIN_NAME;
}

/* 加害者 of 加害者氏名; nothing where what is left is nobody's word. */
static kk_slice word_of_person(kk_slice form)
{
    static const char *const names[] = {"氏名漢字", "漢字氏名", "氏名", "お名前", "名前",
                                        "姓名",     "名",       "姓",   "氏"};
    static const char *const people[] = {"者", "人", "主", "方"};
    static const char *const children[] = {"お子様", "お子さま", "お子さん",
                                           "子ども", "子供",     "こども"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_ends(form, kk_cstr(names[i]))) {
            form.len -= strlen(names[i]);
            break;
        }
    if (kk_ends(form, KK_S("の")))
        form.len -= strlen("の");
    kk_slice word = form; /* 参加者2 */
    while (word.len && kk_char_digit((unsigned char)word.ptr[word.len - 1]))
        word.len--;
    if (word.len < STEM_MIN || kk_ends(word, KK_S("name"))) /* displayname: no word for a person */
        return KK_NONE;
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (kk_ends(word, kk_cstr(people[i])))
            return form;
    for (size_t i = 0; i < sizeof children / sizeof *children; i++)
        if (kk_ends(word, kk_cstr(children[i])))
            return form;
    const vocable *found = kk_vocable_of(word); /* 児童 */
    return found && found->kind == KK_COL_NAME ? form : KK_NONE;
}

/* The cells may say that it is no name: 担当者名 of a shop. */
static bool holds_names(const kk_profile *p)
{
    return !p->filled || kk_share(p->person_like + p->organisations, p->filled, LIKE_NAMES, 1);
}

/* A column of names by its cells alone, in a table where no heading speaks of names. */
static bool is_untold(const kk_plan *plan, const kk_column *c)
{
    if (!is_whole_name(c->kind) || c->heading.strength != KK_HEADING_NONE)
        return false;
    for (size_t i = 0; i < plan->count; i++)
        if (is_whole_name(plan->columns[i].kind) &&
            plan->columns[i].heading.strength != KK_HEADING_NONE)
            return false;
    return true;
}

/* 1組, 2組 and columns without any heading, full of names: whom else they name is untold. */
static kk_slice stem_of(kk_arena *arena, const kk_plan *plan, const kk_column *c)
{
    if (!is_whole_name(c->kind) || c->heading.has_role)
        return KK_NONE;
    if (is_untold(plan, c))
        return kk_print(arena, "\1%zu", (size_t)(c - plan->columns));
    kk_slice form = kk_heading_form(arena, c->word), word = word_of_person(form);
    if (c->heading.apart && c->kind == KK_COL_NAME)
        return word.len ? word : form;
    return holds_names(&c->profile) ? word : KK_NONE;
}

/* Returns how many there are. */
static size_t find_stems(const kk_plan *plan, kk_arena *arena, stem stems[STEMS_MAX])
{
    size_t count = 0;
    bool named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        named |= is_whole_name(c->kind) && !c->heading.has_role && !stem_of(arena, plan, c).len;
    }
    for (size_t i = 0; i < plan->count && count < STEMS_MAX; i++) {
        kk_slice word = stem_of(arena, plan, &plan->columns[i]);
        bool known = !word.len;
        for (size_t k = 0; k < count && !known; k++)
            known = kk_eq(stems[k].word, word);
        if (known)
            continue;
        uint8_t number = (uint8_t)((count + named) ? KK_FIRST_BYSTANDER + count + named : 0);
        stems[count++] = (stem){word, number, plan->columns[i].heading.works};
    }
    return count;
}

void kk_stems_number(const kk_plan *plan, kk_arena *arena, uint8_t *numbers, bool *works)
{
    stem stems[STEMS_MAX];
    size_t count = find_stems(plan, arena, stems);
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        const stem *best = NULL;
        numbers[i] = 0;
        works[i] = false;
        if (c->heading.has_role)
            continue;
        bool untold = is_untold(plan, c);
        kk_slice form = untold ? stem_of(arena, plan, c) : kk_heading_form(arena, c->word);
        for (size_t k = 0; k < count; k++)
            if ((untold ? kk_eq(form, stems[k].word) : kk_starts(form, stems[k].word)) &&
                (!best || stems[k].word.len > best->word.len))
                best = &stems[k];
        if (best) {
            numbers[i] = best->number ? best->number : KK_STEM_OF_SELF;
            works[i] = best->works;
        }
    }
}
