/* What identity is told of a mention, out of what recognition stored of it. */
#include "persons/vetoes.h"

#define NAMES (BIT(SAID_NAME) | BIT(SAID_GIVEN))

/* Half of a hash is enough to tell that two values differ. */
static uint32_t half(uint64_t hash)
{
    return hash ? (uint32_t)(hash >> 32) | 1 : 0;
}

static name_script script_of(const kk_values *v)
{
    if (v->flags & KK_SAID_LATIN)
        return NAME_IN_LETTERS;
    if (v->flags & KK_SAID_KANA_NAME || (!v->hash[KK_VALUE_NAME] && v->hash[KK_VALUE_KANA]))
        return NAME_IN_KANA;
    return v->hash[KK_VALUE_NAME] ? NAME_IN_KANJI : NAME_UNKNOWN;
}

/* Beside each number stands 0 where several people may have it. */
static bool is_numbered(const kk_value_list *registers)
{
    enum { NUMBER_BYTES = 16 };
    for (uint32_t i = 0; i < registers->count; i++) {
        uint64_t own;
        memcpy(&own, registers->bytes + (size_t)NUMBER_BYTES * i, sizeof own);
        if (own)
            return true;
    }
    return false;
}

contrast contrast_of(const kk_values *v)
{
    const uint64_t *hash = v->hash;
    uint64_t given = v->flags & KK_SAID_SURE_GIVEN ? hash[KK_VALUE_GIVEN] : 0;
    uint64_t email = v->flags & KK_SAID_SHARED_MAILBOX ? 0 : hash[KK_VALUE_EMAIL];
    uint64_t district = hash[KK_VALUE_LOOSE_ZIP] ? hash[KK_VALUE_LOOSE_ZIP] : hash[KK_VALUE_ZIP];
    uint64_t reading = hash[KK_VALUE_READING] ? hash[KK_VALUE_READING] : hash[KK_VALUE_KANA];
    if (v->flags & KK_SAID_UNTOLD_ORDER)
        reading = 0; /* it joins where it is right, and speaks against nobody */
    contrast said = {
        /* days from 1 on, so that 0 stays "not said" */
        .said = {[SAID_BIRTH] =
                     v->birth_day == KK_NO_DAY ? 0 : (uint32_t)v->birth_day ^ 0x80000000u,
                 [SAID_SEX] = v->flags & KK_SAID_SEX,
                 [SAID_NAME] = half(hash[KK_VALUE_NAME]),
                 [SAID_GIVEN] = half(given),
                 [SAID_KANA] = half(hash[KK_VALUE_KANA]),
                 [SAID_READING] = half(reading),
                 [SAID_ROOM] = half(hash[KK_VALUE_ROOM]),
                 [SAID_MOBILE] = half(hash[KK_VALUE_MOBILE]),
                 [SAID_LANDLINE] = half(hash[KK_VALUE_FIXED]),
                 [SAID_EMAIL] = half(email),
                 [SAID_ADDRESS] = half(hash[KK_VALUE_ADDRESS]),
                 [SAID_ZIP] = half(district)},
        .script = (uint8_t)script_of(v),
        .at_company = hash[KK_VALUE_NAME] && hash[KK_VALUE_COMPANY],
        .is_numbered = is_numbered(&v->lists[KK_LIST_REGISTERS]),
    };
    return said;
}

/* Its lowest bit stays what it is. */
static uint32_t near_half(uint64_t hash)
{
    return (uint32_t)(hash >> 32 & ~UINT64_C(1)) | (uint32_t)(hash >> KK_SHORT_SHIFT & 1);
}

near_names near_names_of(const kk_values *v)
{
    const kk_value_list *list = &v->lists[KK_LIST_NEAR_NAME];
    near_names near = {{0}};
    for (uint32_t i = 0; list->count <= NEAR_MOST && i < list->count; i++)
        near.hash[i] = near_half(kk_near_hash(list, i));
    return near;
}

/* Of two scripts the name in the higher one is kept: the other one is no second name. */
static void learn_script(contrast *whole, const contrast *part)
{
    if (part->script <= whole->script)
        return;
    whole->script = part->script;
    whole->said[SAID_NAME] = part->said[SAID_NAME];
    whole->said[SAID_GIVEN] = part->said[SAID_GIVEN];
    whole->several = (uint16_t)(whole->several & ~NAMES);
}

void contrast_learn(contrast *whole, const contrast *part)
{
    const uint32_t *said = part->said;
    unsigned passed_over = 0;
    learn_script(whole, part);
    if (part->script && part->script < whole->script)
        passed_over = NAMES;
    whole->several = (uint16_t)(whole->several | (part->several & ~passed_over));
    whole->at_company |= part->at_company;
    if (is_dated(part)) {
        bool first = !is_dated(whole);
        whole->from = first || part->from < whole->from ? part->from : whole->from;
        whole->to = first || part->to > whole->to ? part->to : whole->to;
    }
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++) {
        if (passed_over & BIT(kind))
            continue;
        if (!whole->said[kind])
            whole->said[kind] = said[kind];
        else if (said[kind] && said[kind] != whole->said[kind])
            whole->several = (uint16_t)(whole->several | BIT(kind));
    }
}
