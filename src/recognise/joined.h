/* Two places of one text that tell of one person: the orderer named above, his address below. */
#pragma once
#include "recognise/persona.h"

/* Adds to `into` what the other says, if both have one full name and nothing speaks against it; else false, and
 * nothing is changed. */
bool kk_persona_join(kk_persona *into, const kk_persona *from);
