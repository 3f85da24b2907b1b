/* From a number that somebody wrote by hand to persons. What it counted is not known; but where it equals
 * what a state has of rows, of slots for people, of files or of persons counted otherwise, that is how
 * it came about, and the way from there to persons can be counted. Everything else is one step that
 * says that it cannot be: no reason is invented for it. */
#include "persons/since_i.h"

typedef struct {
    uint64_t rows, rows_of_persons, slots, files;
} tally;

/* Of what is in the figure's scope. */
static tally tally_of(const kk_person_state *s, const kk_figure *figure)
{
    kk_arena *scratch = kk_arena_open();
    const bool *categories = state_categories(s, figure->category, scratch);
    const bool *owners = state_owners(s, figure->owner, scratch);
    tally n = {0};
    size_t last_file = SIZE_MAX;
    for (size_t t = 0; t < s->table_count; t++) {
        const state_table *table = &s->tables[t];
        uint64_t last = 0, last_of_persons = 0; /* records are counted from 1 */
        if (!owners[table->owner])
            continue;
        for (size_t i = table->first; i < table->first + table->count; i++) {
            if (!categories[s->category[i]] || !state_shows(s, table->file, i, figure->basis))
                continue;
            n.files += table->file != last_file;
            last_file = table->file;
            n.rows += s->record[i] != last;
            last = s->record[i];
            if (!state_counts(s, i))
                continue;
            n.slots++;
            n.rows_of_persons += s->record[i] != last_of_persons;
            last_of_persons = s->record[i];
        }
    }
    kk_arena_close(scratch);
    return n;
}

/* The sum of the categories, in which whoever is in several is counted several times. */
static uint64_t sum_of_categories(const kk_person_state *s, const kk_figure *figure)
{
    kk_figure f = *figure;
    uint64_t sum = 0;
    for (size_t i = 0; i < s->category_count; i++) {
        f.category = s->categories[i].name;
        sum += s->categories[i].parent == UINT32_MAX ? kk_state_figure(s, &f) : 0;
    }
    return sum;
}

typedef struct {
    uint64_t number;
    const char *ja, *en;
} reading;

enum { READINGS = 8 };

/* What the number may have counted, the likeliest of its unit first. */
static size_t readings_of(const kk_person_state *s, const kk_figure *figure, kk_count_unit unit,
                          reading out[READINGS])
{
    tally n = tally_of(s, figure);
    kk_figure f = *figure;
    size_t count = 0;
    if (unit == KK_COUNT_CARD || unit == KK_COUNT_ACCOUNT)
        return 0;
    if (unit == KK_COUNT_FILE) {
        out[count++] = (reading){n.files, "ファイルの数", "the number of files"};
        return count;
    }
    const reading rows[] = {
        {n.rows, "記録(行・文書)の数", "the number of records (rows, documents)"},
        {n.rows_of_persons, "人の記録(行・文書)の数", "the number of records of persons"},
        {n.slots, "記録の中の人の欄の数", "the number of places for a person in records"}};
    for (size_t i = 0; unit == KK_COUNT_RECORD && i < 3; i++)
        out[count++] = rows[i];
    f.bound = KK_BOUND_MOST;
    out[count++] = (reading){kk_state_figure(s, &f), "最大の人数(確実な一致だけで名寄せ)",
                             "persons at most (joined on certain matches alone)"};
    f.bound = KK_BOUND_COUNT;
    out[count++] = (reading){kk_state_figure(s, &f), "名寄せ後の人数", "persons, joined"};
    if (!figure->category.len)
        out[count++] = (reading){sum_of_categories(s, figure),
                                 "区分ごとの人数の合計(複数の区分の人を重ねて数えたもの)",
                                 "the sum of the categories (who is in several, counted in each)"};
    for (size_t i = 0; unit != KK_COUNT_RECORD && i < 3; i++)
        out[count++] = rows[i];
    return count;
}

bool kk_state_has_reported(const kk_person_state *s, const kk_figure *figure,
                           const kk_reported_count *said)
{
    reading readings[READINGS];
    size_t count = readings_of(s, figure, said->unit, readings);
    for (size_t i = 0; i < count; i++)
        if (readings[i].number == said->count.value)
            return true;
    return false;
}

void kk_change_from_reported(kk_change *c, const kk_reported_count *said,
                             const kk_person_state *then)
{
    static const char *const units[] = {"person", "person", "record", "card", "account", "file"};
    reading readings[READINGS];
    uint64_t is = kk_state_figure(then, &c->figure), was = said->count.value;
    int64_t by = (int64_t)(is - was);
    size_t count = readings_of(then, &c->figure, said->unit, readings), at = 0;
    c->from = (kk_figure_count){.of = {.count = was}, .unit = units[said->unit]};
    if (is == was && said->unit <= KK_COUNT_PERSON)
        return;
    while (at < count && readings[at].number != was)
        at++;
    if (at < count) {
        kk_slice told = kk_number_text(c->arena, was), now = kk_number_text(c->arena, is);
        kk_change_tell(
            c, KK_STEP_DEFINITION_CHANGED, by,
            kk_print(c->arena, "報告した%.*sは%sと一致します。人として数え直すと%.*sです",
                     KK_P(told), readings[at].ja, KK_P(now)),
            kk_print(c->arena,
                     "the %.*s that were reported are %s; counted as persons they are %.*s",
                     KK_P(told), readings[at].en, KK_P(now)));
        return;
    }
    kk_change_tell(c, KK_STEP_NOT_RECONSTRUCTIBLE, by,
                   KK_S("報告した数の数え方が残っておらず、差の理由は算定できません"),
                   KK_S("how the reported number was counted is not on record: this part of the "
                        "difference cannot be worked out"));
}
