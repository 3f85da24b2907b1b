/* What identity is told of a mention, out of what recognition stored of it. */
#include "persons/identity.h"

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
