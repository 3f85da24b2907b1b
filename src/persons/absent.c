/* Kinds of data of which nothing in reach has any, with how much was looked through. */
#include "persons/persons_i.h"

static const struct {
    kk_item item;
    uint64_t bits;
} worth_denying[] = {
    {KK_ITEM_CREDIT_CARD, KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_CARD_NUMBER) |
                              KK_BIT(KK_ITEM_CARD_EXPIRY) | KK_BIT(KK_ITEM_CARD_CVV) |
                              KK_BIT(KK_ITEM_CARD_HOLDER)},
    {KK_ITEM_MY_NUMBER, KK_BIT(KK_ITEM_MY_NUMBER)},
    {KK_ITEM_BANK_ACCOUNT, KK_BIT(KK_ITEM_BANK_ACCOUNT)},
    {KK_ITEM_PASSWORD, KK_BIT(KK_ITEM_PASSWORD)},
    {KK_ITEM_HEALTH, KK_BIT(KK_ITEM_HEALTH) | KK_BIT(KK_ITEM_DISABILITY)},
    {KK_ITEM_CREED, KK_BIT(KK_ITEM_CREED)},
    {KK_ITEM_CRIMINAL_RECORD, KK_BIT(KK_ITEM_CRIMINAL_RECORD)},
    {KK_ITEM_ID_DOCUMENT, KK_BIT(KK_ITEM_ID_DOCUMENT) | KK_BIT(KK_ITEM_DRIVERS_LICENSE_NO) |
                              KK_BIT(KK_ITEM_PASSPORT_NO) | KK_BIT(KK_ITEM_RESIDENCE_CARD)},
};
enum { DENIED = sizeof worth_denying / sizeof *worth_denying };

/* What was looked through, of everybody or of one owner. */
typedef struct {
    uint64_t files, bytes, tables, found;
} looked;

static void look(looked *l, const kk_rows *rows, uint64_t found)
{
    l->files++;
    l->bytes += kk_rows_u64(rows, 2);
    l->tables += kk_rows_u64(rows, 3);
    l->found |= found;
}

static uint32_t owner_at(const kk_persons *out, kk_slice party)
{
    uint32_t i = 0;
    while (i + 1 < out->owner_count && !kk_eq(out->owners[i].name, party))
        i++;
    return i;
}

/* A file whose tables are of several owners was looked through for each of them. */
static void look_of_owners(const unread_search *s, const kk_persons *out, looked *of,
                           kk_arena *scratch, const kk_rows *rows)
{
    const kk_identity_graph *g = s->graph;
    uint64_t item = kk_rows_u64(rows, 0);
    bool any = false;
    for (size_t f = 0; f < g->file_count; f++) {
        if (g->files[f].item != item)
            continue;
        uint64_t *found = KK_NEW_ARRAY(scratch, uint64_t, out->owner_count);
        bool *is_his = KK_NEW_ARRAY(scratch, bool, out->owner_count);
        for (uint32_t t = 0; t < g->files[f].table_count; t++) {
            const person_table *table = &g->tables[g->files[f].first_table + t];
            found[table->owner] |= table->items;
            is_his[table->owner] = any = true;
        }
        for (size_t o = 0; o < out->owner_count; o++)
            if (is_his[o])
                look(&of[o], rows, found[o]);
    }
    kk_slice party = owner_of_item(s, scratch, item, kk_rows_text(rows, 5));
    if (!any)
        look(&of[owner_at(out, party)], rows, kk_rows_u64(rows, 4));
}

static kk_absent *list_absent(kk_arena *arena, const looked *l, uint64_t unread, size_t *count)
{
    kk_absent *list = KK_NEW_ARRAY(arena, kk_absent, DENIED);
    for (size_t i = 0; i < DENIED && l->files; i++)
        if (!(l->found & worth_denying[i].bits))
            list[(*count)++] =
                (kk_absent){worth_denying[i].item, l->files, l->bytes, l->tables, unread};
    return list;
}

/* A page does not say whose data it took: each owner may have been concerned. */
static void add_captured(const kk_persons *out, looked *all, looked *of)
{
    for (size_t i = 0; i < out->capture_count; i++) {
        uint64_t items = out->captures[i].records ? out->captures[i].said->items : 0;
        all->found |= items;
        for (size_t o = 0; o < out->owner_count; o++)
            of[o].found |= items;
    }
}

kk_status absent_find(unread_search *s, kk_persons *out, kk_fault *fault)
{
    kk_rows *rows;
    looked all = {0};
    kk_status status = kk_ask(s->store, "persons_searched", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_arena *scratch = kk_arena_open(), *of_row = kk_arena_open();
    looked *of = KK_NEW_ARRAY(scratch, looked, out->owner_count);
    while (kk_rows_next(rows)) {
        if (!is_in_reach(s, kk_rows_u64(rows, 0), kk_rows_text(rows, 1)))
            continue;
        look(&all, rows, kk_rows_u64(rows, 4));
        look_of_owners(s, out, of, of_row, rows);
        kk_arena_reset(of_row);
    }
    add_captured(out, &all, of);
    out->absent = list_absent(s->arena, &all, out->unread_count, &out->absent_count);
    for (size_t o = 0; o < out->owner_count; o++) {
        kk_category_count *owner = &out->owners[o];
        uint64_t unread = 0;
        for (size_t i = 0; i < out->unread_count; i++)
            unread += kk_eq(out->unread[i].owner, owner->name);
        owner->absent = list_absent(s->arena, &of[o], unread, &owner->absent_count);
    }
    kk_arena_close(of_row);
    kk_arena_close(scratch);
    return kk_rows_close(rows, fault);
}
