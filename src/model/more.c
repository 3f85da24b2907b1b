#include "model/more.h"

/* Takes one text with its quotes, and the comma behind it. */
static kk_slice next_text(kk_slice *from)
{
    size_t at = 1;
    if (!from->len || from->ptr[0] != '"')
        return KK_NONE;
    for (;;) {
        const char *quote = at < from->len ? memchr(from->ptr + at, '"', from->len - at) : NULL;
        if (!quote)
            return KK_NONE;
        size_t end = (size_t)(quote - from->ptr), slashes = 0;
        while (end - slashes > at && from->ptr[end - slashes - 1] == '\\')
            slashes++;
        at = end + 1;
        if (slashes % 2 == 0)
            break;
    }
    kk_slice text = kk_part(*from, 0, at);
    *from = kk_from(*from, at < from->len ? at + 1 : at);
    return text;
}

void kk_more_put(kk_buffer *out, kk_more more)
{
    enum { SIGNS = 4 }; /* ,[,] of a pair, in its turn */
    if (!more.names.len) {
        kk_put(out, more.values);
        return;
    }
    /* A name and a value have four quotes, so that their signs never take more than a pair's length. */
    char *begin = kk_buffer_room(out, 2 * (more.names.len + more.values.len) + SIGNS), *to = begin;
    for (;;) {
        kk_slice name = next_text(&more.names), value = next_text(&more.values);
        if (!name.len || !value.len)
            break;
        *to = to == begin ? '[' : ',';
        to[1] = '[';
        to += 2;
        memcpy(to, name.ptr, name.len);
        to += name.len;
        *to++ = ',';
        memcpy(to, value.ptr, value.len);
        to += value.len;
        *to++ = ']';
    }
    if (to > begin)
        *to++ = ']';
    out->len += (size_t)(to - begin);
}

kk_slice kk_more_json(kk_arena *arena, kk_more more)
{
    kk_buffer out = {0};
    if (!more.names.len)
        return more.values;
    kk_more_put(&out, more);
    kk_slice json = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return json;
}
