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

kk_status absent_find(unread_search *s, kk_persons *out, kk_fault *fault)
{
    kk_rows *rows;
    uint64_t files = 0, bytes = 0, tables = 0, found = 0;
    kk_status status = kk_ask(s->store, "persons_searched", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        if (!is_in_reach(s, kk_rows_u64(rows, 0), kk_rows_text(rows, 1)))
            continue;
        files++;
        bytes += kk_rows_u64(rows, 2);
        tables += kk_rows_u64(rows, 3);
        found |= kk_rows_u64(rows, 4);
    }
    for (size_t i = 0; i < out->capture_count; i++)
        found |= out->captures[i].records ? out->captures[i].said->items : 0;
    out->absent = KK_NEW_ARRAY(s->arena, struct kk_absent, DENIED);
    for (size_t i = 0; i < DENIED && files; i++)
        if (!(found & worth_denying[i].bits))
            out->absent[out->absent_count++] =
                (struct kk_absent){worth_denying[i].item, files, bytes, tables, out->unread_count};
    return kk_rows_close(rows, fault);
}
