/* The named fields of an event while it is read. */
#include "parse/winevent.h"

void kk_winevent_add(kk_winevent *e, kk_slice name, kk_slice value)
{
    if (e->count == KK_WINEVENT_FIELDS)
        e->cut = true;
    else
        e->pairs[e->count++] = (kk_pair){name, value};
}

bool kk_winevent_field(const kk_winevent *e, const char *name, kk_slice *value)
{
    for (size_t i = 0; i < e->count; i++)
        if (kk_is(e->pairs[i].name, name)) {
            *value = e->pairs[i].value;
            return true;
        }
    return false;
}
