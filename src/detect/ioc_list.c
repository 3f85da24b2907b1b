/* Indicators of a list as they are added, and what could not be read of it. */
#include "detect/ioc_i.h"

enum { UNREAD_TEXT = 200 };

void kk_ioc_unread_add(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice what,
                       const char *why)
{
    if (iocs->unread_count == KK_IOC_UNREAD_MOST)
        return;
    if (iocs->unread_count + 1 == KK_IOC_UNREAD_MOST) {
        what = KK_NONE;
        why = "this and more behind it cannot be used: only the first of them are listed";
    }
    iocs->unread = kk_grow(arena, iocs->unread, &iocs->unread_capacity, iocs->unread_count + 1,
                           sizeof *iocs->unread);
    kk_slice cut = kk_part(what, 0, UNREAD_TEXT);
    while (cut.len && cut.len < what.len && ((unsigned char)what.ptr[cut.len] & 0xc0) == 0x80)
        cut.len--;
    iocs->unread[iocs->unread_count++] = (kk_ioc_unread){line, kk_copy(arena, cut), why};
}

kk_ioc *kk_ioc_add(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice given, kk_slice note)
{
    if (iocs->count == KK_IOCS_MOST) {
        kk_ioc_unread_add(arena, iocs, line, given, "there are more than 500,000 indicators");
        return NULL;
    }
    iocs->items =
        kk_grow(arena, iocs->items, &iocs->capacity, iocs->count + 1, sizeof *iocs->items);
    iocs->items[iocs->count] =
        (kk_ioc){.line = line, .given = kk_copy(arena, given), .note = kk_copy(arena, note)};
    return &iocs->items[iocs->count++];
}
