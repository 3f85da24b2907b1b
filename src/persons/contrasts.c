/* What identity is told of a mention, out of what recognition stored of it. */
#include "persons/vetoes.h"

/* Half of a hash is enough to tell that two values differ. */
static uint32_t half(uint64_t hash)
{
    return hash ? (uint32_t)(hash >> 32) | 1 : 0;
}

contrast contrast_of(const kk_values *v)
{
    const uint64_t *hash = v->hash;
    uint64_t given = v->flags & KK_SAID_SURE_GIVEN ? hash[KK_VALUE_GIVEN] : 0;
    uint64_t email = v->flags & KK_SAID_SHARED_MAILBOX ? 0 : hash[KK_VALUE_EMAIL];
    uint64_t district = hash[KK_VALUE_LOOSE_ZIP] ? hash[KK_VALUE_LOOSE_ZIP] : hash[KK_VALUE_ZIP];
    contrast said = {
        /* days from 1 on, so that 0 stays "not said" */
        .said = {[SAID_BIRTH] =
                     v->birth_day == KK_NO_DAY ? 0 : (uint32_t)v->birth_day ^ 0x80000000u,
                 [SAID_SEX] = v->flags & KK_SAID_SEX,
                 [SAID_NAME] = half(hash[KK_VALUE_NAME]),
                 [SAID_GIVEN] = half(given),
                 [SAID_KANA] = half(hash[KK_VALUE_KANA]),
                 [SAID_ROOM] = half(hash[KK_VALUE_ROOM]),
                 [SAID_MOBILE] = half(hash[KK_VALUE_MOBILE]),
                 [SAID_LANDLINE] = half(hash[KK_VALUE_FIXED]),
                 [SAID_EMAIL] = half(email),
                 [SAID_ADDRESS] = half(hash[KK_VALUE_ADDRESS]),
                 [SAID_ZIP] = half(district)},
        .at_company = hash[KK_VALUE_NAME] && hash[KK_VALUE_COMPANY],
    };
    return said;
}

near_names near_names_of(const kk_values *v)
{
    const kk_value_list *list = &v->lists[KK_LIST_NEAR_NAME];
    near_names near = {{0}};
    for (uint32_t i = 0; list->count <= NEAR_MOST && i < list->count; i++)
        near.hash[i] = half(kk_near_hash(list, i));
    return near;
}

void contrast_learn(contrast *whole, const contrast *part)
{
    whole->several |= part->several;
    whole->at_company |= part->at_company;
    if (is_dated(part)) {
        bool first = !is_dated(whole);
        whole->from = first || part->from < whole->from ? part->from : whole->from;
        whole->to = first || part->to > whole->to ? part->to : whole->to;
    }
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++) {
        if (!whole->said[kind])
            whole->said[kind] = part->said[kind];
        else if (part->said[kind] && part->said[kind] != whole->said[kind])
            whole->several = (uint16_t)(whole->several | BIT(kind));
    }
}
