#include "recognise/key_values.h"

#include "base/hash.h"
#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/judge.h"

enum {
    ROWS_MIN = 4,
    OWNERS_MIN = 2,
    WIDTH_MOST = 64, /* of such a list */
    KEYS_MOST = 400,
    INDEX_SIZE = 1024, /* more than twice of them */
    KEY_BYTES = 120
};

/* What is looked at when a list is found. */
typedef struct {
    kk_arena *arena;
    const kk_cells *rows; /* without headings */
    size_t count, width;
} rows_of_list;

static kk_slice cell_at(const kk_cells *row, size_t at)
{
    return at < row->count ? kk_trim(row->cells[at]) : KK_NONE;
}

/* ---- headings ---- */

static bool is_word_for_keys(kk_slice form)
{
    static const char *const words[] = {
        "metakey",      "key",          "fieldname", "field",    "fieldkey",
        "fieldlabel",   "fieldid",      "attribute", "attr",     "attributename",
        "property",     "propertyname", "item",      "itemname", "label",
        "question",     "questiontext", "name",      "キー",     "項目",
        "項目名",       "設問",         "設問名",    "設問文",   "質問",
        "質問文",       "質問項目",     "属性",      "属性名",   "フィールド",
        "フィールド名", "ラベル",       "入力項目",  NULL};
    return kk_is_any(form, words);
}

static bool is_word_for_values(kk_slice form)
{
    static const char *const words[] = {
        "metavalue", "value",      "fieldvalue", "attributevalue", "propertyvalue",
        "answer",    "answertext", "response",   "data",           "content",
        "text",      "val",        "値",         "回答",           "回答内容",
        "入力値",    "入力内容",   "内容",       "属性値",         "データ",
        "設定値",    "答え",       NULL};
    return kk_is_any(form, words);
}

static kk_slice form_of(kk_arena *arena, const kk_cells *row, size_t at)
{
    kk_slice cell = cell_at(row, at);
    return cell.len && cell.len <= KEY_BYTES ? kk_heading_form(arena, cell) : KK_NONE;
}

/* The next column for keys behind `from` that has one for values behind it. */
static bool read_headings(kk_arena *arena, const kk_cells *headings, size_t from, size_t *key,
                          size_t *value)
{
    size_t found = SIZE_MAX;
    if (headings->count < 3 || headings->count > WIDTH_MOST)
        return false;
    for (size_t i = from; i < headings->count; i++) {
        kk_slice form = form_of(arena, headings, i);
        if (found == SIZE_MAX && is_word_for_keys(form)) {
            found = i;
        } else if (found != SIZE_MAX && is_word_for_values(form)) {
            *key = found;
            *value = i;
            return true;
        }
    }
    return false;
}

size_t kk_key_column(kk_arena *arena, const kk_cells *headings)
{
    size_t key, value;
    return read_headings(arena, headings, 0, &key, &value) ? key : SIZE_MAX;
}

/* ---- keys ---- */

static bool tells_people(kk_column_kind kind)
{
    return (kind >= KK_COL_NAME && kind <= KK_COL_GIVEN_KANA) || kind == KK_COL_EMAIL ||
           kind == KK_COL_PHONE || kind == KK_COL_MOBILE;
}

static kk_heading heading_of(kk_arena *arena, kk_slice key)
{
    key = kk_trim(key);
    bool may_be = key.len && key.len <= KEY_BYTES && kk_find_byte(key, '@') == KK_NOWHERE;
    return may_be ? kk_heading_read(arena, key) : (kk_heading){0};
}

bool kk_is_key_of_people(kk_arena *scratch, kk_slice key)
{
    kk_heading heading = heading_of(scratch, key);
    return heading.strength == KK_HEADING_STRONG && tells_people(heading.kind);
}

static size_t slot_of(const kk_key_values *list, kk_slice key)
{
    size_t at = kk_hash_quick(key) & (INDEX_SIZE - 1);
    while (list->index[at] && !kk_eq(kk_trim(list->words[list->index[at] - 1]), key))
        at = (at + 1) & (INDEX_SIZE - 1);
    return at;
}

bool kk_key_values_has(const kk_key_values *list, kk_slice key)
{
    return list->index[slot_of(list, kk_trim(key))] != 0;
}

static void add_key(kk_key_values *list, kk_arena *arena, kk_slice key)
{
    size_t at = slot_of(list, key);
    if (!key.len || key.len > KEY_BYTES || list->index[at] || list->width - list->own == KEYS_MOST)
        return;
    list->words[list->width++] = kk_copy(arena, key);
    list->index[at] = (uint32_t)list->width;
}

/* ---- whose a row is ---- */

bool kk_is_same_owner(const kk_key_values *list, const kk_cells *first, const kk_cells *row)
{
    kk_slice owner = cell_at(row, list->owner); /* empty below the first in merged cells */
    return !owner.len || kk_eq(owner, cell_at(first, list->owner));
}

/* How many times the owner changes if this column says who it is, 0 where it does not: it stays the same over several
 * rows, in which no key comes twice. */
static size_t owners_in(const rows_of_list *l, size_t at, size_t key)
{
    kk_key_values list = {.owner = at};
    size_t owners = 0, again = 0, begin = 0;
    for (size_t r = 0; r < l->count; r++) {
        if (!r || !kk_is_same_owner(&list, &l->rows[begin], &l->rows[r])) {
            owners++;
            begin = r;
        }
        for (size_t i = begin; i < r; i++)
            if (kk_eq(cell_at(&l->rows[i], key), cell_at(&l->rows[r], key))) {
                again++;
                break;
            }
    }
    bool is_owner = owners >= OWNERS_MIN && owners * 2 <= l->count && again * 10 <= l->count;
    return is_owner && cell_at(&l->rows[0], at).len ? owners : 0;
}

static bool find_owner(kk_key_values *list, const rows_of_list *l)
{
    size_t most = 0;
    for (size_t i = 0; i < l->width; i++) {
        size_t owners = i == list->key || i == list->value ? 0 : owners_in(l, i, list->key);
        if (owners <= most)
            continue;
        most = owners;
        list->owner = i;
    }
    return most > 0;
}

/* ---- without headings: the column whose cells are headings of people again and again ---- */

/* Half of the cells stand further above, too: names and numbers of a common list do not. */
static bool is_repetitive(const rows_of_list *l, size_t at)
{
    bool seen[INDEX_SIZE] = {false};
    size_t again = 0;
    for (size_t r = 0; r < l->count; r++) {
        bool *place = &seen[kk_hash_quick(cell_at(&l->rows[r], at)) & (INDEX_SIZE - 1)];
        again += *place;
        *place = true;
    }
    return again * 2 >= l->count;
}

static size_t find_keys(const rows_of_list *l)
{
    size_t best = SIZE_MAX, most = 0;
    for (size_t c = 1; c + 1 < l->width; c++) {
        size_t telling = 0, filled = 0;
        if (!is_repetitive(l, c))
            continue;
        for (size_t r = 0; r < l->count; r++) {
            kk_slice cell = cell_at(&l->rows[r], c);
            filled += cell.len > 0;
            telling += cell.len && kk_is_key_of_people(l->arena, cell);
        }
        if (telling <= most || telling < ROWS_MIN || telling * 8 < filled)
            continue;
        most = telling;
        best = c;
    }
    return best;
}

/* ---- whether the values are what the keys promise ---- */

/* A word of a form or a table: values are called so in lists of fields and in translations. */
static bool is_word_itself(kk_arena *arena, kk_slice value)
{
    kk_heading heading = heading_of(arena, value);
    return heading.kind != KK_COL_UNKNOWN && heading.exact;
}

static bool is_as_promised(const rows_of_list *l, const kk_lexicon *lexicon, kk_column_kind kind,
                           kk_slice value)
{
    kk_profile p = {0};
    if (is_word_itself(l->arena, value))
        return false;
    kk_profile_add(&p, l->arena, lexicon, value);
    switch (kind) {
    case KK_COL_EMAIL:
        return p.emails;
    case KK_COL_PHONE:
    case KK_COL_MOBILE:
        return p.phones;
    case KK_COL_NAME:
    case KK_COL_LATIN_NAME:
        return p.person_like;
    case KK_COL_KANA:
    case KK_COL_FAMILY_KANA:
    case KK_COL_GIVEN_KANA:
        return p.kana;
    default:
        return !p.numbers && (p.wide || p.letters);
    }
}

static bool is_borne_out(const kk_key_values *list, const rows_of_list *l,
                         const kk_lexicon *lexicon)
{
    size_t fitting = 0, told = 0;
    for (size_t r = 0; r < l->count; r++) {
        kk_slice value = cell_at(&l->rows[r], list->value);
        kk_heading heading = heading_of(l->arena, cell_at(&l->rows[r], list->key));
        if (!value.len || !tells_people(heading.kind) || heading.strength != KK_HEADING_STRONG)
            continue;
        told++;
        fitting += is_as_promised(l, lexicon, heading.kind, value);
    }
    return told >= OWNERS_MIN && fitting * 2 > told;
}

bool kk_are_values_words(kk_arena *arena, const kk_cells *rows, size_t count,
                         const kk_cells *headings)
{
    size_t told = 0, words = 0, key, value;
    if (!read_headings(arena, headings, 0, &key, &value))
        return false;
    for (size_t r = 0; r < count; r++) {
        bool tells = is_word_itself(arena, cell_at(&rows[r], key));
        told += tells;
        words += tells && is_word_itself(arena, cell_at(&rows[r], value));
    }
    return told >= OWNERS_MIN && words * 2 > told;
}

static void find_kept(kk_key_values *list, const rows_of_list *l)
{
    size_t *strange = KK_NEW_ARRAY(l->arena, size_t, l->width), begin = 0;
    for (size_t r = 0; r < l->count; r++) {
        if (!kk_is_same_owner(list, &l->rows[begin], &l->rows[r]))
            begin = r;
        for (size_t i = 0; i < l->width; i++) {
            kk_slice cell = cell_at(&l->rows[r], i);
            strange[i] += cell.len && !kk_eq(cell, cell_at(&l->rows[begin], i));
        }
    }
    for (size_t i = 0; i < l->width; i++)
        list->kept[i] = i != list->key && i != list->value && strange[i] * 20 <= l->count;
}

/* Which columns are which; false if the list is none. */
static bool find_columns(kk_key_values *list, const rows_of_list *l, const kk_cells *headings,
                         const kk_lexicon *lexicon)
{
    size_t from = 0;
    while (headings && read_headings(l->arena, headings, from, &list->key, &list->value)) {
        if (find_owner(list, l) && is_borne_out(list, l, lexicon))
            return true;
        from = list->key + 1;
    }
    if (from)
        return false;
    list->key = find_keys(l);
    list->value = list->key + 1;
    return list->key != SIZE_MAX && find_owner(list, l) && is_borne_out(list, l, lexicon);
}

static kk_key_values *list_of(const rows_of_list *l, const kk_cells *headings,
                              const kk_lexicon *lexicon)
{
    kk_key_values *list = KK_NEW(l->arena, kk_key_values);
    if (l->count < ROWS_MIN || l->width < 3 || l->width > WIDTH_MOST ||
        !find_columns(list, l, headings, lexicon))
        return NULL;
    list->own = list->width = l->width;
    list->kept = KK_NEW_ARRAY(l->arena, bool, l->width);
    list->words = KK_NEW_ARRAY(l->arena, kk_slice, l->width + KEYS_MOST);
    list->index = KK_NEW_ARRAY(l->arena, uint32_t, INDEX_SIZE);
    find_kept(list, l);
    for (size_t i = 0; headings && i < l->width; i++)
        if (list->kept[i])
            list->words[i] = kk_copy(l->arena, cell_at(headings, i));
    for (size_t r = 0; r < l->count; r++)
        add_key(list, l->arena, cell_at(&l->rows[r], list->key));
    return list;
}

static size_t width_of(const kk_cells *rows, size_t count)
{
    size_t width = 0;
    for (size_t r = 0; r < count; r++)
        width = rows[r].count > width ? rows[r].count : width;
    return width;
}

const kk_key_values *kk_key_values_find(kk_arena *arena, const kk_lexicon *lexicon,
                                        const kk_cells *rows, size_t count,
                                        const kk_cells *headings)
{
    rows_of_list l = {arena, rows, count, width_of(rows, count)};
    return list_of(&l, headings, lexicon);
}

void kk_key_values_put(const kk_key_values *list, const kk_cells *row, kk_slice *record)
{
    for (size_t i = 0; i < row->count && i < list->own; i++)
        if (list->kept[i] && !record[i].len)
            record[i] = row->cells[i];
    uint32_t at = list->index[slot_of(list, cell_at(row, list->key))];
    if (at && !record[at - 1].len)
        record[at - 1] = cell_at(row, list->value);
}
