/* Texts of Jet 4 are UTF-16; those that begin with FF FE are squeezed: a byte stands for a character of the
 * first 256, a zero byte changes to two bytes each and back. Those of Jet 3 are in a code page. Days count
 * from 1899-12-30, with the time of day behind the point also where the day is before that. */
#include "parse/jet_value.h"

#include "base/text.h"
#include "base/time.h"
#include "parse/code_page.h"
#include "parse/html_text.h"

#include <math.h>

enum { CALCULATED_HEAD = 16, DIGITS_MAX = 64 };
#define DAY_ZERO (-25569) /* 1899-12-30, from 1970 */
#define TICKS_OF_DAY UINT64_C(864000000000)

/* ---- Texts ---- */

static kk_slice unsqueeze(kk_arena *arena, kk_slice bytes)
{
    char *units = kk_take_array(arena, bytes.len, 2);
    size_t len = 0;
    bool squeezed = true;
    for (size_t i = 2; i < bytes.len;) {
        if (bytes.ptr[i] == 0) {
            squeezed = !squeezed;
            i++;
        } else if (squeezed) {
            units[len++] = bytes.ptr[i++];
            units[len++] = 0;
        } else {
            if (i + 1 == bytes.len)
                break;
            units[len++] = bytes.ptr[i++];
            units[len++] = bytes.ptr[i++];
        }
    }
    return kk_utf16_to_utf8(arena, (kk_slice){units, len});
}

kk_slice kk_jet_text(kk_jet_values *v, unsigned code_page, kk_slice bytes)
{
    bool known = true;
    if (v->file->jet3) {
        unsigned page = code_page ? code_page : v->file->code_page;
        kk_slice text = kk_code_page_text(v->arena, page, bytes, &known);
        v->odd += !known && page;
        return kk_utf8_clean(v->arena, text);
    }
    if (bytes.len >= 2 && bytes.ptr[0] == '\xff' && bytes.ptr[1] == '\xfe')
        return unsqueeze(v->arena, bytes);
    return kk_utf16_to_utf8(v->arena, bytes);
}

/* A value of fixed length is filled up with blanks. */
static kk_slice without_filling(kk_slice text)
{
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == 0))
        text.len--;
    return text;
}

static kk_slice calculated(kk_slice bytes)
{
    kk_cursor c = kk_cursor_over(bytes);
    kk_seek(&c, CALCULATED_HEAD);
    uint32_t len = kk_u32(&c);
    return c.bad ? bytes : kk_part(bytes, CALCULATED_HEAD + 4, len);
}

/* Texts may hold marks of HTML, where the column is one of "rich text". */
static kk_slice without_marks(kk_jet_values *v, kk_slice text)
{
    kk_slice t = kk_trim(text);
    if (!kk_eq_nocase(kk_part(t, 0, 4), KK_S("<div")) || !kk_ends(t, KK_S("</div>")))
        return text;
    return kk_trim(kk_html_text(v->arena, t));
}

static kk_slice memo(kk_jet_values *v, const kk_jet_column *column, kk_slice bytes)
{
    kk_jet_long value;
    if (!kk_jet_long_open(v->file, bytes, &value)) {
        v->bad++;
        return KK_NONE;
    }
    size_t most = KK_JET_TEXT_MAX;
    size_t len = value.size < most ? (size_t)value.size : most;
    char *to = kk_take(v->arena, len + 1);
    kk_slice raw = {to, kk_jet_long_read(&value, to, len)};
    v->cut += value.size > most;
    v->bad += value.bad;
    if (column->is_calculated)
        raw = calculated(raw);
    return without_marks(v, kk_jet_text(v, column->code_page, raw));
}

/* ---- Numbers ---- */

/* Digits with a point before the last `scale`, without zeros that say nothing. */
static kk_slice decimal(kk_arena *arena, kk_slice digits, size_t scale, bool negative)
{
    char *to = kk_take(arena, digits.len + scale + 4);
    size_t len = 0, whole = digits.len > scale ? digits.len - scale : 0;
    bool zero = true;
    for (size_t i = 0; i < digits.len; i++)
        zero = zero && digits.ptr[i] == '0';
    if (negative && !zero)
        to[len++] = '-';
    if (whole)
        memcpy(to + len, digits.ptr, whole);
    else
        to[len] = '0';
    len += whole ? whole : 1;
    if (scale == 0)
        return (kk_slice){to, len};
    to[len++] = '.';
    for (size_t i = digits.len; i < scale; i++)
        to[len++] = '0';
    memcpy(to + len, digits.ptr + whole, digits.len - whole);
    len += digits.len - whole;
    while (to[len - 1] == '0')
        len--;
    return (kk_slice){to, to[len - 1] == '.' ? len - 1 : len};
}

static kk_slice money(kk_arena *arena, int64_t value)
{
    uint64_t size = value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value;
    return decimal(arena, kk_print(arena, "%llu", (unsigned long long)size), 4, value < 0);
}

/* Groups of four bytes, the highest first, each little-endian. */
static kk_slice big_number(kk_arena *arena, kk_slice groups, unsigned scale, bool negative)
{
    uint32_t parts[4] = {0};
    char digits[DIGITS_MAX];
    size_t count = groups.len / 4 < 4 ? groups.len / 4 : 4, at = DIGITS_MAX;
    kk_cursor c = kk_cursor_over(groups);
    for (size_t i = 0; i < count; i++)
        parts[i] = kk_u32(&c);
    do {
        uint64_t rest = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t value = rest << 32 | parts[i];
            parts[i] = (uint32_t)(value / 10);
            rest = value % 10;
        }
        digits[--at] = (char)('0' + rest);
    } while (at && (parts[0] || parts[1] || parts[2] || parts[3]));
    return decimal(arena, (kk_slice){digits + at, DIGITS_MAX - at}, scale, negative);
}

static kk_slice numeric(kk_jet_values *v, const kk_jet_column *column, kk_slice bytes)
{
    kk_cursor c = kk_cursor_over(bytes);
    unsigned scale = column->scale;
    if (column->is_calculated) {
        kk_skip(&c, 2);
        scale = kk_u8(&c);
    }
    bool negative = kk_u8(&c) != 0;
    kk_slice groups = kk_bytes(&c, column->is_calculated ? kk_left(&c) / 4 * 4 : 16);
    if (c.bad || scale > 38) {
        v->bad++;
        return KK_NONE;
    }
    return big_number(v->arena, groups, scale, negative);
}

static kk_slice real(kk_jet_values *v, double value, int digits)
{
    if (!isfinite(value)) {
        v->bad++;
        return KK_NONE;
    }
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
        return kk_print(v->arena, "%lld", (long long)value);
    return kk_print(v->arena, "%.*g", digits, value);
}

/* ---- Times ---- */

/* A day alone, a time of day alone (of day zero), or both. */
static kk_slice moment(kk_arena *arena, int64_t day, uint64_t ticks)
{
    uint64_t seconds = ticks / 10000000, part = ticks % 10000000;
    kk_slice clock =
        kk_print(arena, "%02llu:%02llu:%02llu", (unsigned long long)(seconds / 3600),
                 (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60));
    if (part)
        clock = kk_print(arena, "%.*s.%07llu", KK_P(clock), (unsigned long long)part);
    if (ticks == 0)
        return kk_day_text(arena, day);
    if (day == DAY_ZERO)
        return clock;
    return kk_print(arena, "%.*s %.*s", KK_P(kk_day_text(arena, day)), KK_P(clock));
}

static kk_slice date(kk_jet_values *v, double value)
{
    if (!(value > -657435 && value < 2958466)) { /* the years 100 to 9999 */
        v->bad++;
        return KK_NONE;
    }
    double whole = trunc(value);
    int64_t day = (int64_t)whole, seconds = (int64_t)(fabs(value - whole) * 86400 + 0.5);
    if (seconds == 86400) {
        day++;
        seconds = 0;
    }
    return moment(v->arena, day + DAY_ZERO, (uint64_t)seconds * 10000000);
}

/* Days since the year 1 and ticks of 100 ns in 19 digits each: "0000000000000738521:0000000431990000000:7". */
static kk_slice date_extended(kk_jet_values *v, kk_slice bytes)
{
    enum { DIGITS = 19, SINCE_YEAR_1 = 719162 };
    uint64_t days, ticks;
    if (!kk_to_u64(kk_part(bytes, 0, DIGITS), &days) ||
        !kk_to_u64(kk_part(bytes, DIGITS + 1, DIGITS), &ticks) || days > 3652059 ||
        ticks >= TICKS_OF_DAY) {
        v->bad++;
        return KK_NONE;
    }
    return moment(v->arena, (int64_t)days - SINCE_YEAR_1, ticks);
}

/* ---- Cells ---- */

static kk_slice guid(kk_jet_values *v, kk_slice bytes)
{
    kk_cursor c = kk_cursor_over(bytes);
    uint32_t a = kk_u32(&c);
    unsigned b = kk_u16(&c), d = kk_u16(&c), e = kk_be16(&c);
    uint64_t rest = kk_be(&c, 6);
    v->bad += c.bad;
    return c.bad ? KK_NONE
                 : kk_print(v->arena, "{%08X-%04X-%04X-%04X-%012llX}", a, b, d, e,
                            (unsigned long long)rest);
}

static kk_slice whole_number(kk_jet_values *v, kk_slice bytes, size_t size)
{
    kk_cursor c = kk_cursor_over(bytes);
    uint64_t value = kk_le(&c, size);
    v->bad += c.bad;
    if (c.bad)
        return KK_NONE;
    if (size == 1)
        return kk_print(v->arena, "%llu", (unsigned long long)value);
    unsigned above = (unsigned)(8 - size) * 8;
    return kk_print(v->arena, "%lld", (long long)((int64_t)(value << above) >> above));
}

static kk_slice floating(kk_jet_values *v, kk_slice bytes, bool is_date)
{
    double value = 0;
    float small = 0;
    if (bytes.len < 4 || (bytes.len < 8 && is_date)) {
        v->bad++;
        return KK_NONE;
    }
    if (bytes.len < 8) {
        memcpy(&small, bytes.ptr, sizeof small);
        return real(v, (double)small, 7);
    }
    memcpy(&value, bytes.ptr, sizeof value);
    return is_date ? date(v, value) : real(v, value, 15);
}

static kk_slice blob(kk_jet_values *v, const kk_jet_column *column, kk_slice bytes)
{
    kk_jet_long value = {.size = bytes.len};
    if (column->kind == KK_JET_OLE && !kk_jet_long_open(v->file, bytes, &value))
        v->bad++;
    return kk_print(v->arena, "(blob %llu bytes)", (unsigned long long)value.size);
}

static kk_slice show(kk_jet_values *v, const kk_jet_column *column, kk_slice bytes)
{
    kk_slice text;
    switch (column->kind) {
    case KK_JET_BOOL: /* of a calculation: else it has no bytes */
        return bytes.len && bytes.ptr[0] ? KK_S("TRUE") : KK_S("FALSE");
    case KK_JET_BYTE:
        return whole_number(v, bytes, 1);
    case KK_JET_INT:
        return whole_number(v, bytes, 2);
    case KK_JET_LONGINT:
    case KK_JET_COMPLEX:
        return whole_number(v, bytes, 4);
    case KK_JET_BIGINT:
        return whole_number(v, bytes, 8);
    case KK_JET_MONEY: {
        kk_cursor c = kk_cursor_over(bytes);
        int64_t value = (int64_t)kk_u64(&c);
        v->bad += c.bad;
        return c.bad ? KK_NONE : money(v->arena, value);
    }
    case KK_JET_FLOAT:
        return floating(v, kk_part(bytes, 0, 4), false);
    case KK_JET_DOUBLE:
        return floating(v, bytes, false);
    case KK_JET_DATE:
        return floating(v, bytes, true);
    case KK_JET_TEXT:
        text = kk_jet_text(v, column->code_page, bytes);
        return column->is_fixed ? without_filling(text) : text;
    case KK_JET_MEMO:
        return memo(v, column, bytes);
    case KK_JET_GUID:
        return guid(v, bytes);
    case KK_JET_NUMERIC:
        return numeric(v, column, bytes);
    case KK_JET_DATE_EXTENDED:
        return date_extended(v, bytes);
    default:
        return blob(v, column, bytes);
    }
}

kk_slice kk_jet_show(kk_jet_values *v, const kk_jet_row *row, const kk_jet_column *column)
{
    kk_slice bytes;
    kk_jet_cell cell = kk_jet_cell_of(row, column, &bytes);
    v->bad += cell == KK_JET_BAD;
    if (column->kind == KK_JET_BOOL && !column->is_calculated)
        return cell == KK_JET_VALUE ? KK_S("TRUE") : KK_S("FALSE");
    if (cell != KK_JET_VALUE)
        return KK_NONE;
    bool inside = column->is_calculated && column->kind != KK_JET_MEMO;
    return show(v, column, inside ? calculated(bytes) : bytes);
}
