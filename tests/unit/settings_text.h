/* case.yaml out of a text that must be right. */
#pragma once
#include "tests/unit/arena.h"

#include "casefile/settings.h"

static inline kk_case_settings *settings_of(const char *yaml)
{
    kk_case_settings *settings = NULL;
    kk_fault fault = {0};
    if (kk_case_settings_read(arena, kk_cstr(yaml), &settings, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    return settings;
}
