/* RFC 3492, section 6, with the parameters of section 5. */
#include "base/punycode.h"

#include "base/buffer.h"

#include <unicode/utf8.h>

enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };
enum { LABEL_MOST = 63, NAME_MOST = 253, LAST_CHARACTER = 0x10ffff };

static uint32_t adapted(uint32_t delta, uint32_t points, bool is_first)
{
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    return k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static size_t points_of(kk_slice utf8, UChar32 *out)
{
    size_t count = 0;
    for (size_t i = 0; i < utf8.len;) {
        UChar32 c;
        U8_NEXT((const uint8_t *)utf8.ptr, i, utf8.len, c);
        if (c < 0 || count == LABEL_MOST)
            return 0;
        out[count++] = c;
    }
    return count;
}

static void put_number(kk_buffer *out, uint32_t q, uint32_t bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (q < t)
            break;
        kk_put_byte(out, digits[t + (q - t) % (BASE - t)]);
        q = (q - t) / (BASE - t);
    }
    kk_put_byte(out, digits[q]);
}

/* The smallest character of at least `from`. */
static UChar32 next_of(const UChar32 *points, size_t count, UChar32 from)
{
    UChar32 least = LAST_CHARACTER + 1;
    for (size_t i = 0; i < count; i++)
        if (points[i] >= from && points[i] < least)
            least = points[i];
    return least;
}

static bool put_label(kk_buffer *out, kk_slice label)
{
    UChar32 points[LABEL_MOST], n = FIRST;
    size_t count = points_of(label, points), done = 0, from = out->len;
    uint32_t delta = 0, bias = BIAS;
    kk_put(out, KK_S("xn--"));
    for (size_t i = 0; i < count; i++)
        if (points[i] < FIRST) {
            kk_put_byte(out, (char)points[i]);
            done++;
        }
    size_t basic = done;
    if (basic)
        kk_put_byte(out, '-');
    while (done < count) {
        UChar32 m = next_of(points, count, n);
        delta += (uint32_t)(m - n) * (uint32_t)(done + 1); /* 63 times 0x110000 at most */
        n = m;
        for (size_t i = 0; i < count; i++) {
            delta += points[i] < n;
            if (points[i] != n)
                continue;
            put_number(out, delta, bias);
            bias = adapted(delta, (uint32_t)done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        n++;
    }
    return count && out->len - from <= LABEL_MOST;
}

static int digit_of(char c)
{
    return c >= 'a' && c <= 'z'   ? c - 'a'
           : c >= 'A' && c <= 'Z' ? c - 'A'
           : c >= '0' && c <= '9' ? c - '0' + 26
                                  : -1;
}

/* A number from `text` on, added to `*i`; false when it is none. */
static bool read_number(kk_slice *text, uint32_t bias, uint32_t *i)
{
    for (uint32_t k = BASE, w = 1;; k += BASE) {
        int digit = text->len ? digit_of(text->ptr[0]) : -1;
        uint32_t t = threshold(k, bias);
        if (digit < 0 || (w && (uint32_t)digit > (UINT32_MAX - *i) / w))
            return false;
        *text = kk_from(*text, 1);
        *i += (uint32_t)digit * w;
        if ((uint32_t)digit < t)
            return true;
        if (w > UINT32_MAX / (BASE - t))
            return false;
        w *= BASE - t;
    }
}

static bool read_label(kk_buffer *out, kk_slice text)
{
    UChar32 points[LABEL_MOST];
    size_t count = 0, dash = kk_rfind_byte(text, '-');
    uint32_t n = FIRST, i = 0, bias = BIAS;
    if (!text.len || text.len > LABEL_MOST)
        return false;
    for (; dash != KK_NOWHERE && count < dash; count++)
        if ((points[count] = (unsigned char)text.ptr[count]) >= (UChar32)FIRST)
            return false;
    for (kk_slice rest = dash == KK_NOWHERE ? text : kk_from(text, dash + 1); rest.len; i++) {
        uint32_t before = i;
        if (count == LABEL_MOST || !read_number(&rest, bias, &i))
            return false;
        bias = adapted(i - before, (uint32_t)count + 1, before == 0);
        if (i / (count + 1) > LAST_CHARACTER - n)
            return false;
        n += i / (uint32_t)(count + 1);
        i %= (uint32_t)(count + 1);
        memmove(points + i + 1, points + i, (count - i) * sizeof *points);
        points[i] = (UChar32)n;
        count++;
    }
    for (size_t k = 0; k < count; k++) {
        uint8_t bytes[4];
        size_t len = 0;
        UBool wrong = U_IS_SURROGATE((uint32_t)points[k]);
        U8_APPEND(bytes, len, sizeof bytes, (uint32_t)points[k], wrong);
        if (wrong)
            return false;
        kk_put(out, (kk_slice){(const char *)bytes, len});
    }
    return true;
}

static bool is_ascii(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static kk_slice name_with(kk_arena *arena, kk_slice name, bool reading)
{
    kk_buffer out = {0};
    kk_slice rest = name, label, done = KK_NONE;
    bool changed = false, good = name.len <= NAME_MOST * 4;
    while (good && kk_split(&rest, '.', &label)) {
        if (out.len)
            kk_put_byte(&out, '.');
        bool coded = label.len > 4 && kk_eq_nocase(kk_part(label, 0, 4), KK_S("xn--"));
        if (reading ? !coded : is_ascii(label)) {
            kk_put(&out, label);
            continue;
        }
        changed = true;
        good = reading ? read_label(&out, kk_from(label, 4)) : put_label(&out, label);
    }
    if (good && changed)
        done = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return done;
}

kk_slice kk_punycode_name(kk_arena *arena, kk_slice utf8_name)
{
    return name_with(arena, utf8_name, false);
}

kk_slice kk_punycode_read(kk_arena *arena, kk_slice ascii_name)
{
    return name_with(arena, ascii_name, true);
}
