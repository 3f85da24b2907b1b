/* The commonest given names of the world beside Japan, in letters: what tells a column of people from one of things. */
#pragma once
#include "base/arena.h"

/* Whether one of the words is such a name: Maria Santos, Nguyen Van Minh. */
bool kk_has_western_given_name(kk_arena *scratch, kk_slice plain);
