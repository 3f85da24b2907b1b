#include "parse/jet_lock.h"

#include "base/cursor.h"
#include "parse/office_lock.h"
#include "parse/office_rc4.h"

enum { PLACE = 0x299, PAGE = 4096 };

struct kk_jet_lock {
    kk_office_rc4 *rc4; /* one of both */
    kk_office_lock *lock;
};

kk_jet_lock *kk_jet_lock_read(kk_arena *arena, kk_stream *in, kk_sink *sink)
{
    char *head = kk_take(arena, PAGE);
    kk_cursor c = kk_cursor_over((kk_slice){head, kk_read(in, 0, head, PAGE)});
    kk_seek(&c, PLACE);
    size_t len = kk_u16(&c);
    kk_slice info = kk_bytes(&c, len);
    if (c.bad || !info.len)
        return NULL;
    kk_jet_lock *l = KK_NEW(arena, kk_jet_lock);
    l->rc4 = kk_office_rc4_read(arena, info, PAGE);
    if (!l->rc4)
        l->lock =
            kk_office_lock_read(arena, kk_stream_over_memory(arena, info, in->name), true, sink);
    return l->rc4 || l->lock ? l : NULL;
}

bool kk_jet_lock_open(kk_jet_lock *l, const kk_settings *settings, kk_sink *sink)
{
    return l->rc4 ? kk_office_rc4_unlock(l->rc4, settings, sink, NULL)
                  : kk_office_lock_open(l->lock, settings, sink);
}

void kk_jet_lock_turn(const kk_jet_lock *l, uint32_t number, uint8_t *bytes, size_t len)
{
    kk_rc4 state;
    if (!l->rc4) {
        kk_office_lock_turn(l->lock, number, bytes, len);
        return;
    }
    kk_office_rc4_begin(l->rc4, number, &state);
    kk_rc4_turn(&state, bytes, len);
}
