/* Claims, one after the other, as the parts of the case make them. */
#include "claim/claim_i.h"

kk_claim *claim_add(building *b, const claim_head *head, kk_slice ja, kk_slice en)
{
    kk_claims *c = b->out;
    c->items = kk_grow(b->arena, c->items, &b->capacity, c->count + 1, sizeof *c->items);
    kk_claim *claim = &c->items[c->count++];
    kk_slice parts[] = {kk_cstr(head->kind), head->subject, head->value, ja};
    *claim = (kk_claim){.id = kk_id(b->arena, "C", parts, 4),
                        .kind = head->kind,
                        .subject = head->subject,
                        .ja = ja,
                        .en = en,
                        .value = head->value,
                        .standing = head->standing,
                        .level = head->level,
                        .by_at = KK_NO_TIME};
    return claim;
}

void claim_because(building *b, kk_claim *claim, kk_slice id)
{
    kk_slice *because = KK_NEW_ARRAY(b->arena, kk_slice, claim->because_count + 1);
    for (size_t i = 0; i < claim->because_count; i++)
        because[i] = claim->because[i];
    because[claim->because_count++] = id;
    claim->because = because;
}

void claim_refs(building *b, kk_claim *claim, const kk_refs *refs)
{
    for (size_t i = 0; i < refs->count; i++)
        kk_refs_add(b->arena, &claim->refs, &refs->items[i]);
}
