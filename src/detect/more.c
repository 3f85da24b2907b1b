/* `more` as the store keeps it, back into pairs. */
#include "detect/fold.h"
#include "detect/match.h"

static bool hex4(kk_slice s, size_t at, uint32_t *out)
{
    uint64_t value;
    if (!kk_hex_to_u64(kk_part(s, at, 4), &value) || s.len - at < 4)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool unescape_one(kk_slice s, size_t *at, char *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    char letter = s.ptr[*at];
    const char *plain = memchr(from, letter, sizeof from - 1);
    if (plain) {
        out[(*n)++] = to[plain - from];
        (*at)++;
        return true;
    }
    if (letter != 'u' || !hex4(s, *at + 1, &c))
        return false;
    *at += 5;
    if (c >= 0xd800 && c < 0xdc00 && kk_starts(kk_from(s, *at), KK_S("\\u")) &&
        hex4(s, *at + 2, &low) && low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    } else if (c >= 0xd800 && c < 0xe000) {
        c = 0xfffd;
    }
    *n += kk_char_write(out + *n, c);
    return true;
}

/* The text that begins at a quote; moves *at behind its end. */
static bool read_text(kk_arena *arena, kk_slice s, size_t *at, kk_slice *out)
{
    while (*at < s.len && s.ptr[*at] == ' ')
        (*at)++;
    size_t from = *at + 1, i = from;
    if (*at >= s.len || s.ptr[*at] != '"')
        return false;
    while (i < s.len && s.ptr[i] != '"' && s.ptr[i] != '\\')
        i++;
    if (i < s.len && s.ptr[i] == '"') {
        *out = kk_part(s, from, i - from);
        *at = i + 1;
        return true;
    }
    char *text = kk_take(arena, s.len - from + 8);
    size_t n = i - from;
    memcpy(text, s.ptr + from, n);
    while (i < s.len && s.ptr[i] != '"') {
        if (s.ptr[i] != '\\') {
            text[n++] = s.ptr[i++];
            continue;
        }
        if (++i >= s.len || !unescape_one(s, &i, text, &n))
            return false;
    }
    *out = (kk_slice){text, n};
    *at = i + 1;
    return i < s.len;
}

static bool take(kk_slice s, size_t *at, char c)
{
    while (*at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == '\n'))
        (*at)++;
    if (*at >= s.len || s.ptr[*at] != c)
        return false;
    (*at)++;
    return true;
}

bool kk_more_read(kk_arena *arena, kk_slice json, kk_event *event)
{
    size_t at = 0;
    kk_slice name, value;
    event->more_count = 0;
    if (!json.len)
        return true;
    if (!take(json, &at, '['))
        return false;
    while (take(json, &at, '[')) {
        if (!read_text(arena, json, &at, &name) || !take(json, &at, ',') ||
            !read_text(arena, json, &at, &value) || !take(json, &at, ']'))
            return false;
        kk_event_more(event, arena, name, value);
        if (!take(json, &at, ','))
            break;
    }
    return take(json, &at, ']');
}
