/* Who is in a row, in the sentences of its cells, in a sheet or a passage: judged, counted and told as mentions. */
#include "recognise/recogniser_i.h"

#include "base/text.h"
#include "recognise/draft.h"
#include "recognise/free_text.h"
#include "recognise/passage.h"
#include "recognise/said_of.h"

enum { SECONDS_A_DAY = 86400 };

/* ---- mentions ---- */

/* The order of slots is that of the plan, so a slot's number means the same in every row. */
static void tell(kk_recogniser *r, const kk_persona *p, const kk_judgement *j, size_t column)
{
    kk_mention *m = &r->mention;
    m->role = p->role;
    m->standing = j->standing;
    m->reason = j->reason;
    m->told_by = (uint16_t)column;
    m->items = p->items;
    m->dated = p->dated;
    m->left_at = p->left_at;
    m->name = p->name.shown;
    m->kana = p->kana_shown;
    m->birth_date = p->birth_shown;
    m->postal_code = p->zip_shown;
    m->address = p->address_shown;
    m->phone = p->phone_shown;
    m->email = p->email.address;
    m->company = p->company_shown;
    m->person_no = p->person_no;
    kk_values_make(m, r->content, p, &r->settings.key, r->of_row);
    r->tell_mention(r->context, m);
}

static void check_birth(const kk_recogniser *r, kk_persona *p)
{
    if (r->settings.incident == KK_NO_TIME || p->birth == KK_NO_DAY)
        return;
    if (p->birth <= r->settings.incident / KK_SECOND / SECONDS_A_DAY)
        return;
    p->birth = KK_NO_DAY;
    p->birth_shown = KK_NONE;
    p->items &= ~KK_BIT(KK_ITEM_BIRTH_DATE);
}

static kk_judgement judge(const kk_recogniser *r, kk_persona *p)
{
    check_birth(r, p);
    return kk_judge_persona(p);
}

/* Of a form that is shown, all are nobody. */
static kk_judgement judge_in_table(const kk_recogniser *r, kk_persona *p)
{
    p->test_data |= r->shown_table || r->shown_item;
    return judge(r, p);
}

/* One of several people in a row or text, counted. */
static void tell_next(kk_recogniser *r, kk_persona *p, const kk_judgement *j, size_t told_by,
                      tally *sum)
{
    tell(r, p, j, told_by);
    r->mention.slot++;
    sum->mentions++;
    sum->persons += j->standing == KK_COUNTS || j->standing == KK_IS_DECEASED;
    sum->items |= j->standing == KK_COUNTS ? p->items : 0;
}

static void tell_repeated_header(kk_recogniser *r)
{
    kk_persona *p = &r->personas[0];
    kk_judgement repeated = {.standing = KK_IS_PLACEHOLDER, .reason = KK_ASIDE_HEADER_REPEATED};
    kk_persona_clear(p, KK_ROLE_SELF);
    tell(r, p, &repeated, 0);
    r->of_rows.mentions++;
}

/* A name is told by whichever column has one. */
static bool is_told_by(kk_column_kind kind, kk_column_kind by)
{
    return by == KK_COL_NAME ? kind >= KK_COL_NAME && kind <= KK_COL_GIVEN_KANA : kind == by;
}

/* The column that told, from 1; only asked for what does not count. */
static size_t column_of(const kk_recogniser *r, const kk_judgement *j, size_t slot,
                        const held_row *row)
{
    const kk_plan *plan = &r->plan;
    if (j->told)
        return (size_t)(j->told - plan->columns) + 1;
    for (size_t i = 0; i < plan->count && j->by != KK_COL_UNKNOWN; i++)
        if (plan->columns[i].slot == slot && is_told_by(plan->columns[i].kind, j->by) &&
            i < row->count && row->cells[i].len)
            return i + 1;
    return 0;
}

static bool repeats_header(const kk_recogniser *r, const held_row *row)
{
    size_t same = 0, checked = 0;
    for (size_t i = 0; i < r->plan.order_count && checked < 4; i++) {
        size_t at = r->plan.order[i];
        kk_slice word = r->plan.columns[at].word;
        if (!word.len || at >= row->count)
            continue;
        checked++;
        if (!kk_eq(kk_trim(row->cells[at]), word))
            return false;
        same++;
    }
    return same > 0;
}

#define SPREAD UINT64_C(0x9fb21c651e98df25)

/* Empty cells at the end are no part of it. */
static uint64_t content_by_place(const held_row *row)
{
    uint64_t content = 0;
    size_t count = row->count;
    while (count && !row->cells[count - 1].len)
        count--;
    for (size_t i = 0; i < count; i++)
        content = (content ^ kk_hash_quick(row->cells[i])) * SPREAD + i;
    return content ^ content >> 32;
}

/* Which key comes first in a file of records with keys depends on who comes first: here no place counts. */
static uint64_t content_by_name(const kk_plan *plan, const held_row *row)
{
    uint64_t content = 0;
    for (size_t i = 0; i < row->count && i < plan->count; i++) {
        if (!row->cells[i].len)
            continue;
        uint64_t cell = kk_hash_quick(row->cells[i]) ^ kk_hash_quick(plan->columns[i].word) * 3;
        cell = (cell ^ cell >> 32) * SPREAD;
        content += cell ^ cell >> 29;
    }
    return content;
}

static uint64_t content_of(const kk_recogniser *r, const held_row *row)
{
    return r->given_columns ? content_by_name(&r->plan, row) : content_by_place(row);
}

/* ---- sentences in cells ---- */

/* 折り返しは090-5555-0101まで: a mobile number or mailbox without a name, beside somebody, is taken for his; a landline may
 * be anybody's. */
static void join_contact(void *context, kk_persona *p)
{
    kk_recogniser *r = context;
    kk_persona *owner = &r->personas[r->plan.primary];
    r->others_in_cell |= kk_persona_named(p);
    if (kk_persona_named(p) || !kk_persona_named(owner) || p->role == KK_ROLE_FAMILY ||
        kk_is_of_row(p, r->personas, r->row_persons))
        return;
    if (p->phone_count == 1 && p->phones[0].kind == KK_PHONE_MOBILE) {
        owner->items |= KK_BIT(KK_ITEM_PHONE);
        kk_persona_join_phones(owner, p);
    }
    if (p->email.address.len && !p->email.shared && !owner->email.address.len) {
        owner->items |= KK_BIT(KK_ITEM_EMAIL);
        owner->email = p->email;
    }
}

static void tell_of_cell(void *context, kk_persona *p)
{
    kk_recogniser *r = context;
    const kk_persona *owner = r->row_persons ? &r->personas[r->plan.primary] : NULL;
    bool beside = owner && kk_persona_named(owner);
    if ((beside && !kk_persona_named(p)) || kk_is_of_row(p, r->personas, r->row_persons))
        return;
    if (owner && kk_is_named_as_relative(r->cell, p)) {
        p->role = KK_ROLE_FAMILY;
        p->household = owner;
    }
    if (owner && p->dated == KK_NO_TIME)
        p->dated = owner->dated;
    kk_judgement j = judge_in_table(r, p);
    tell_next(r, p, &j, j.reason ? r->cell_column + 1 : 0, &r->of_rows);
}

static void read_texts(kk_recogniser *r, const held_row *row,
                       void (*take)(void *context, kk_persona *p))
{
    for (size_t i = 0; i < r->text_count; i++) {
        size_t at = r->texts[i];
        if (at >= row->count || !kk_may_name_people(kk_part(row->cells[at], 0, CELL_MAX)))
            continue;
        r->cell_column = at;
        r->cell = kk_part(row->cells[at], 0, CELL_MAX);
        kk_passage_read(take == tell_of_cell ? r->of_cell : r->of_row, r->lexicon, r->cell, NULL,
                        take, r);
        kk_arena_reset(r->of_cell);
    }
}

/* 園児名, 保護者携帯: a way to reach somebody of the family whom nothing names is how to reach the one who is named; so is
 * what a bill says that names nobody. */
static void join_nameless(kk_recogniser *r, size_t count)
{
    const uint64_t ways = KK_BIT(KK_ITEM_PHONE) | KK_BIT(KK_ITEM_EMAIL) | KK_BIT(KK_ITEM_FAX) |
                          KK_BIT(KK_ITEM_FAMILY);
    kk_persona *owner = &r->personas[r->plan.primary];
    if (!kk_persona_named(owner))
        return;
    for (size_t i = 0; i < count; i++) {
        kk_persona *p = &r->personas[i];
        bool his = p->role == KK_ROLE_ORDERER && !kk_persona_named(p);
        if (p == owner || !p->items || (!his && (p->role != KK_ROLE_FAMILY || (p->items & ~ways))))
            continue;
        owner->items |= p->items;
        kk_persona_join_phones(owner, p);
        if (!owner->email.address.len)
            owner->email = p->email;
        p->items = 0;
    }
}

void kk_tell_row(kk_recogniser *r, const held_row *row)
{
    bool filled = false;
    for (size_t i = 0; i < row->count && !filled && !row->is_sample; i++)
        filled = row->cells[i].len > 0;
    if (!filled)
        return;
    r->data_rows++;
    if ((!r->plan.about_people && !r->text_count) || row->deleted)
        return;
    r->mention.table = r->table;
    r->mention.record = row->record;
    r->mention.offset = row->offset;
    r->mention.length = row->length;
    r->mention.slot = r->turned ? r->mention.slot : 0;
    r->content = content_of(r, row);
    if (repeats_header(r, row)) {
        tell_repeated_header(r);
        kk_arena_reset(r->of_row);
        return;
    }
    size_t count = !r->plan.about_people
                       ? 0
                       : kk_row_read(r->personas, PERSONAS_MAX, &r->plan, r->lexicon, r->of_row,
                                     row->cells, row->count);
    if (count > 1)
        join_nameless(r, count);
    r->row_persons = count;
    r->others_in_cell = count == 0;
    if (count && r->text_count)
        read_texts(r, row, join_contact);
    for (size_t i = 0; i < count; i++) {
        kk_persona *p = &r->personas[i];
        if (!p->items)
            continue;
        kk_judgement j = judge_in_table(r, p);
        tell_next(r, p, &j, j.reason ? column_of(r, &j, i, row) : 0, &r->of_rows);
    }
    if (r->text_count && r->others_in_cell)
        read_texts(r, row, tell_of_cell);
    kk_arena_reset(r->of_row);
}

/* ---- sheets and passages ---- */

void kk_tell_of_sheet(void *context, kk_persona *p)
{
    kk_recogniser *r = context;
    kk_judgement j = judge_in_table(r, p);
    tell_next(r, p, &j, 0, &r->of_rows);
}

void kk_tell_of_passage(void *context, kk_persona *p)
{
    kk_recogniser *r = context;
    kk_judgement j = judge(r, p);
    tell_next(r, p, &j, 0, &r->of_texts);
}
