/* Folders that an operating system and programs bring with them: what documents lie there are theirs, not
 * the organisation's. */
#pragma once
#include "base/slice.h"

bool kk_is_system_path(kk_slice path);
