#include "model/more.h"

#include "base/text.h"
#include "model/quoted.h"

size_t kk_packed_number_put(char *to, uint32_t number)
{
    *to = (char)(number < 255 ? number : 255);
    if (number < 255)
        return 1;
    memcpy(to + 1, &number, sizeof number);
    return KK_PACKED_NUMBER_MOST;
}

/* Takes a number; false where there is none left. */
static inline bool next_number(kk_slice *from, uint32_t *number)
{
    if (!from->len)
        return false;
    size_t took = 1;
    *number = (unsigned char)from->ptr[0];
    if (*number == 255) {
        took = KK_PACKED_NUMBER_MOST;
        if (from->len < took)
            return false;
        memcpy(number, from->ptr + 1, sizeof *number);
    }
    from->ptr += took;
    from->len -= took;
    return true;
}

/* The lengths, and the bytes of all texts. */
typedef struct {
    uint32_t count;
    kk_slice lengths, bytes;
} packed_texts;

static bool open_texts(kk_slice packed, packed_texts *t)
{
    uint32_t length;
    uint64_t all = 0;
    kk_slice rest = packed;
    if (!next_number(&rest, &t->count) || t->count > rest.len)
        return false;
    t->lengths = rest;
    for (uint32_t i = 0; i < t->count; i++) {
        if (!next_number(&rest, &length))
            return false;
        all += length;
    }
    t->bytes = rest;
    return all == rest.len;
}

bool kk_packed_texts_are_good(kk_slice packed)
{
    packed_texts t;
    uint32_t length = 0;
    size_t at = 0;
    if (!open_texts(packed, &t) || !kk_utf8_valid(t.bytes))
        return false;
    /* Together they are; each is, if none begins within a character. */
    for (uint32_t i = 0; i < t.count; i++) {
        if (at < t.bytes.len && ((unsigned char)t.bytes.ptr[at] & 0xc0) == 0x80)
            return false;
        (void)next_number(&t.lengths, &length);
        at += length;
    }
    return true;
}

/* Takes one text with its quotes, and the comma behind it. */
static kk_slice next_name(kk_slice *from)
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

/* A value that has something to be escaped; `further` bytes follow it. */
static char *put_escaped(kk_buffer *out, char *to, kk_slice s, size_t further)
{
    enum { ESCAPE = 6 };
    out->len = (size_t)(to - out->ptr);
    to = kk_buffer_room(out, ESCAPE * s.len + further);
    for (;;) {
        size_t clean = kk_clean_length(s);
        if (clean)
            memcpy(to, s.ptr, clean);
        to += clean;
        if (clean == s.len)
            return to;
        to += kk_put_escape(to, (unsigned char)s.ptr[clean]);
        s = kk_from(s, clean + 1);
    }
}

void kk_more_put(kk_buffer *out, kk_more more)
{
    enum { SIGNS = 6 }; /* ,[ a pair's comma, two quotes ] */
    packed_texts t;
    uint32_t length = 0;
    if (!more.names.len) {
        kk_put(out, more.values);
        return;
    }
    if (!open_texts(more.values, &t))
        return;
    size_t signs = (size_t)SIGNS * t.count + 2, begin = out->len;
    char *to = kk_buffer_room(out, more.names.len + t.bytes.len + signs);
    for (uint32_t i = 0; i < t.count; i++) {
        kk_slice name = next_name(&more.names);
        if (!name.len || !next_number(&t.lengths, &length))
            break;
        kk_slice value = {t.bytes.ptr, length};
        t.bytes = kk_from(t.bytes, length);
        *to++ = i ? ',' : '[';
        *to++ = '[';
        memcpy(to, name.ptr, name.len);
        to += name.len;
        *to++ = ',';
        *to++ = '"';
        if (kk_copy_clean(to, value))
            to += value.len;
        else
            to = put_escaped(out, to, value, more.names.len + t.bytes.len + signs);
        *to++ = '"';
        *to++ = ']';
    }
    if ((size_t)(to - out->ptr) > begin)
        *to++ = ']';
    out->len = (size_t)(to - out->ptr);
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
