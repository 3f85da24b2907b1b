#include "detect/fold.h"

#include <arpa/inet.h>
#include <unicode/uchar.h>

#include "base/text.h"
#include "base/time.h"

size_t kk_char_write(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Bytes of the character at `at`, 1 where there is no valid one. */
static size_t char_size(kk_slice s, size_t at)
{
    unsigned char c = (unsigned char)s.ptr[at];
    size_t size = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;
    if (size > s.len - at)
        return 1;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)s.ptr[at + i] & 0xc0) != 0x80)
            return 1;
    return size;
}

static size_t fold_wide(char *out, kk_slice s, size_t *at)
{
    size_t size = char_size(s, *at), from = *at;
    if (size == 1) {
        *out = s.ptr[(*at)++];
        return 1;
    }
    uint32_t c = kk_next_char(kk_part(s, 0, from + size), at);
    *at = from + size;
    if (c == 0xfffd) {
        memcpy(out, s.ptr + from, size);
        return size;
    }
    return kk_char_write(out, (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));
}

/* Eight characters of ASCII at once, as many times as it goes. */
static size_t fold_plain(char *out, kk_slice s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    size_t at = 0;
    for (; at + 8 <= s.len; at += 8) {
        memcpy(&word, s.ptr + at, 8);
        if (word & ones * 0x80)
            break;
        uint64_t from_a = word + ones * (0x80 - 'A'), beyond_z = word + ones * (0x7f - 'Z');
        word |= (from_a & ~beyond_z & ones * 0x80) >> 2; /* bit 7 to bit 5 */
        memcpy(out + at, &word, 8);
    }
    return at;
}

size_t kk_fold_into(char *out, kk_slice s)
{
    size_t at = fold_plain(out, s), n = at;
    while (at < s.len) {
        char c = s.ptr[at];
        if ((unsigned char)c < 0x80) {
            out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            at++;
        } else {
            n += fold_wide(out + n, s, &at);
        }
    }
    return n;
}

kk_slice kk_fold(kk_arena *arena, kk_slice text)
{
    char *out = kk_take(arena, kk_fold_room(text.len));
    return (kk_slice){out, kk_fold_into(out, text)};
}

static size_t dash_size(kk_slice s, size_t at)
{
    static const char wide[3][4] = {"\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};
    if (s.ptr[at] == '-' || s.ptr[at] == '/')
        return 1;
    for (size_t i = 0; i < 3; i++)
        if (s.len - at >= 3 && memcmp(s.ptr + at, wide[i], 3) == 0)
            return 3;
    return 0;
}

/* How much of the text the pattern's byte takes; 0 if it does not fit. */
static size_t step(char p, kk_slice text, size_t at)
{
    if (at >= text.len)
        return 0;
    if (p == KK_ANY_CHAR)
        return char_size(text, at);
    if (p == KK_ANY_DASH)
        return dash_size(text, at);
    return text.ptr[at] == p;
}

/* Where behind `at` the pattern's byte can be next; a byte of ASCII is never inside a character. */
static size_t next_chance(char p, kk_slice text, size_t at)
{
    if ((unsigned char)p >= 0x80)
        return at + char_size(text, at);
    const char *found = memchr(text.ptr + at + 1, p, text.len - at - 1);
    return found ? (size_t)(found - text.ptr) : text.len;
}

bool kk_pattern_fits(kk_slice pattern, kk_slice text)
{
    size_t p = 0, t = 0, back_p = KK_NOWHERE, back_t = 0;
    for (;;) {
        if (p < pattern.len && pattern.ptr[p] == KK_ANY_RUN) {
            back_p = ++p;
            back_t = t;
            if (p == pattern.len)
                return true;
            continue;
        }
        if (p == pattern.len && t == text.len)
            return true;
        size_t taken = p < pattern.len ? step(pattern.ptr[p], text, t) : 0;
        if (taken) {
            p++;
            t += taken;
            continue;
        }
        if (back_p == KK_NOWHERE || back_t >= text.len)
            return false;
        back_t = next_chance(pattern.ptr[back_p], text, back_t);
        p = back_p;
        t = back_t;
    }
}

/* ---- numbers ---- */

enum { NANO = 1000000000 };

bool kk_fixed_read(kk_slice s, kk_fixed *out)
{
    uint64_t whole = 0;
    kk_fixed fraction = 0, unit = NANO;
    bool minus = s.len > 1 && s.ptr[0] == '-';
    if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] | 0x20) == 'x') {
        if (s.len > 18 || !kk_hex_to_u64(kk_from(s, 2), &whole))
            return false;
        *out = (kk_fixed)whole * NANO;
        return true;
    }
    s = kk_from(s, minus);
    size_t dot = kk_find_byte(s, '.');
    kk_slice digits = kk_part(s, 0, dot), rest = dot == KK_NOWHERE ? KK_NONE : kk_from(s, dot + 1);
    if (!digits.len || digits.ptr[0] < '0' || digits.ptr[0] > '9' || !kk_to_u64(digits, &whole) ||
        (dot != KK_NOWHERE && !rest.len))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
        unit /= 10;
        fraction += (rest.ptr[i] - '0') * unit;
    }
    *out = (kk_fixed)whole * NANO + fraction;
    if (minus)
        *out = -*out;
    return true;
}

/* ---- addresses ---- */

/* As inet_pton takes it: four numbers without zeros before them. */
static bool read_v4(kk_slice s, uint8_t out[4])
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t from = at;
        for (; at < s.len && at - from < 3 && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++)
            value = value * 10 + (unsigned)(s.ptr[at] - '0');
        if (at == from || value > 255 || (at - from > 1 && s.ptr[from] == '0'))
            return false;
        out[part] = (uint8_t)value;
        if (part < 3 && (at == s.len || s.ptr[at++] != '.'))
            return false;
    }
    return at == s.len;
}

bool kk_subnet_address(kk_slice text, kk_subnet *out)
{
    char name[64];
    text = kk_part(text, 0, kk_find_byte(text, '%')); /* without its interface */
    *out = (kk_subnet){.bits = 128};
    if (read_v4(text, out->bytes + 12)) {
        out->bytes[10] = out->bytes[11] = 0xff;
        return true;
    }
    if (text.len >= sizeof name || kk_find_byte(text, ':') == KK_NOWHERE ||
        memchr(text.ptr, 0, text.len))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = 0;
    out->is_v6 = true;
    return inet_pton(AF_INET6, name, out->bytes) == 1;
}

bool kk_subnet_read(kk_slice text, kk_subnet *out)
{
    uint64_t bits = 0;
    size_t slash = kk_find_byte(text, '/');
    if (!kk_subnet_address(kk_part(text, 0, slash), out) ||
        (slash != KK_NOWHERE && !kk_to_u64(kk_from(text, slash + 1), &bits)))
        return false;
    if (slash == KK_NOWHERE)
        return true;
    if (bits > (out->is_v6 ? 128u : 32u))
        return false;
    out->bits = (uint8_t)(out->is_v6 ? bits : bits + 96);
    return true;
}

/* The first byte is the highest. */
static inline uint64_t eight(const uint8_t *bytes)
{
    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bytes are turned around");
    uint64_t v;
    memcpy(&v, bytes, sizeof v);
    return __builtin_bswap64(v);
}

bool kk_subnet_has(const kk_subnet *n, const kk_subnet *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!a->is_v6 && n->is_v6 && memcmp(n->bytes, mapped, 12) != 0)
        return false; /* ::/0 is about IPv6 */
    uint64_t first = eight(n->bytes) ^ eight(a->bytes),
             last = eight(n->bytes + 8) ^ eight(a->bytes + 8);
    if (n->bits <= 64)
        return !n->bits || first >> (64 - n->bits) == 0;
    return !first && last >> (128 - n->bits) == 0;
}

/* ---- parts of a date ---- */

static bool digits(kk_slice s, size_t at, size_t count, int *out)
{
    *out = 0;
    if (s.len < at + count)
        return false;
    for (size_t i = at; i < at + count; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        *out = *out * 10 + (s.ptr[i] - '0');
    }
    return true;
}

static int iso_week(int year, int month, int day)
{
    int64_t days = kk_days_from_civil(year, month, day);
    int weekday = (kk_weekday(days) + 6) % 7; /* Monday is 0 */
    int64_t thursday = days - weekday + 3;
    int of_year, m, d;
    kk_civil_from_days(thursday, &of_year, &m, &d);
    return (int)((thursday - kk_days_from_civil(of_year, 1, 1)) / 7) + 1;
}

bool kk_time_part_read(kk_slice s, kk_time_part part, int *out)
{
    kk_civil c = {0};
    if (!digits(s, 0, 4, &c.year) || !digits(s, 5, 2, &c.month) || !digits(s, 8, 2, &c.day) ||
        (s.ptr[4] != '-' && s.ptr[4] != '/') || s.ptr[7] != s.ptr[4])
        return false;
    bool timed = s.len >= 16 && (s.ptr[10] == 'T' || s.ptr[10] == ' ') &&
                 digits(s, 11, 2, &c.hour) && s.ptr[13] == ':' && digits(s, 14, 2, &c.minute);
    if (!kk_civil_valid(&c) || (!timed && (s.len > 10 || part <= KK_PART_HOUR)))
        return false;
    *out = part == KK_PART_MINUTE  ? c.minute
           : part == KK_PART_HOUR  ? c.hour
           : part == KK_PART_DAY   ? c.day
           : part == KK_PART_WEEK  ? iso_week(c.year, c.month, c.day)
           : part == KK_PART_MONTH ? c.month
                                   : c.year;
    return true;
}
