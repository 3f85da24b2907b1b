/* What identity is told of a mention, out of what recognition stored of it. */
#include "persons/vetoes.h"

/* Half of a hash is enough to tell that two values differ. */
static uint32_t half(uint64_t hash)
{
    return hash ? (uint32_t)(hash >> 32) | 1 : 0;
}

contrast contrast_of(const kk_contrast *c)
{
    contrast said = {0};
    /* days from 1 on, so that 0 stays "not said" */
    said.said[SAID_BIRTH] = c->birth_day == KK_NO_DAY ? 0 : (uint32_t)c->birth_day ^ 0x80000000u;
    said.said[SAID_SEX] = c->sex;
    said.said[SAID_NAME] = half(c->name);
    said.said[SAID_GIVEN] = half(c->given);
    said.said[SAID_KANA] = half(c->kana);
    said.said[SAID_ROOM] = half(c->room);
    said.said[SAID_MOBILE] = half(c->mobile);
    said.said[SAID_LANDLINE] = half(c->landline);
    said.said[SAID_EMAIL] = half(c->email);
    said.said[SAID_ADDRESS] = half(c->address);
    said.said[SAID_ZIP] = half(c->zip);
    memcpy(said.near, c->near, sizeof said.near);
    return said;
}

void contrast_add_key(contrast *said, unsigned rule)
{
    if (rule == KK_RULE_NAME_COMPANY)
        said->at_company = true;
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
