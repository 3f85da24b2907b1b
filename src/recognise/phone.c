/* Telephone numbers. Facts of the plan: geographic numbers have 10 digits from the 0; 060, 070, 080
 * and 090 have 11, the fourth of which is never 0; 050 has 11; 0120 has 10, 0800 has 11. Spreadsheets
 * lose the leading 0: 9 digits were a geographic number, 10 from 6, 7, 8 or 9 with a 0 a mobile one. */
#include "recognise/phone.h"

#include "base/text.h"
#include "base/wide.h"
#include "recognise/fold.h"

enum { DIGITS_MAX = 15 };

typedef struct {
    char digits[DIGITS_MAX + 1];
    size_t count, groups;
    bool plus, too_long;
} gathered;

static bool joins_numbers(uint32_t c)
{
    return c == ' ' || c == '(' || c == ')' || c == '.' || c == 0x30fb || c == '~' ||
           kk_char_dash(c) || c == '[' || c == ']' || c == 0x301c || c == 0x2500;
}

/* Digits with what may stand between them; ends before anything else. */
static gathered gather(kk_slice text, size_t *used)
{
    gathered g = {.groups = 0};
    size_t at = 0, end = 0, joints = 0;
    bool in_group = false;
    while (at < text.len) {
        size_t before = at;
        uint32_t c = kk_plain_char(text, &at);
        if (kk_char_digit(c)) {
            if (g.count == DIGITS_MAX) {
                g.too_long = true;
                break;
            }
            g.groups += !in_group;
            in_group = true;
            joints = 0;
            g.digits[g.count++] = (char)c;
            end = at;
        } else if (c == '+' && g.count == 0 && !g.plus) {
            g.plus = true;
        } else if (joins_numbers(c) && ++joints <= 3) {
            in_group = false;
            /* two numbers side by side: the first is whole and a blank follows */
            if (c == ' ' && (g.count == 10 || g.count == 11) && g.digits[0] == '0' && g.groups >= 3)
                break;
        } else {
            at = before;
            break;
        }
    }
    *used = end;
    return g;
}

enum { PLAIN_MOST = 15 };

#if KK_HAS_WIDE
KK_WIDE_TARGET static bool gather_wide(kk_slice text, size_t *used, gathered *g)
{
    __mmask16 all = (__mmask16)kk_wide_all(text.len);
    __m128i bytes = _mm_maskz_loadu_epi8(all, text.ptr);
    __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    unsigned digits = _mm_cmplt_epu8_mask(values, _mm_set1_epi8(10));
    unsigned dashes = _mm_cmpeq_epi8_mask(bytes, _mm_set1_epi8('-'));
    if ((digits | dashes) != all || (dashes & (dashes << 1 | 1 | 1u << (text.len - 1))))
        return false;
    _mm_storeu_si128((__m128i *)(void *)g->digits,
                     _mm_maskz_compress_epi8((__mmask16)digits, bytes));
    g->count = (size_t)__builtin_popcount(digits);
    g->groups = (size_t)__builtin_popcount(dashes) + 1;
    *used = text.len;
    return true;
}
#endif

/* Digits with single dashes between them and nothing else, as most cells are: as gather would. */
static bool gather_plain(kk_slice text, size_t *used, gathered *g)
{
    enum { ENDS = '-' };
#if KK_HAS_WIDE
    if (text.len && text.len <= PLAIN_MOST && kk_can_wide())
        return gather_wide(text, used, g);
#endif
    size_t count = 0, dashes = 0;
    char before = ENDS;
    if (text.len > PLAIN_MOST)
        return false;
    for (size_t at = 0; at < text.len; at++) {
        char c = text.ptr[at];
        bool digit = (unsigned char)(c - '0') < 10;
        if (!digit && (c != '-' || before == ENDS))
            return false;
        g->digits[count] = c; /* written over where it is none */
        count += digit;
        dashes += !digit;
        before = c;
    }
    g->count = count;
    g->groups = dashes + 1;
    *used = text.len;
    return before != ENDS;
}

static void drop_front(gathered *g, size_t count)
{
    g->count -= count;
    memmove(g->digits, g->digits + count, g->count);
}

static void put_zero(gathered *g)
{
    memmove(g->digits + 1, g->digits, g->count);
    g->digits[0] = '0';
    g->count++;
}

/* +81 90..., 0081 3 ..., (81)3...: to the form with a leading 0. */
static void to_national(gathered *g)
{
    if (!g->plus && g->count > 11 && memcmp(g->digits, "0081", 4) == 0)
        drop_front(g, 2);
    else if (!g->plus && !(g->count >= 11 && memcmp(g->digits, "81", 2) == 0 && g->groups >= 2))
        return;
    if (g->count < 11 || memcmp(g->digits, "81", 2) != 0)
        return;
    drop_front(g, 2);
    g->plus = false;
    if (g->digits[0] != '0' && g->count < DIGITS_MAX)
        put_zero(g);
}

static bool same_from(const gathered *g, size_t from)
{
    for (size_t i = from + 1; i < g->count; i++)
        if (g->digits[i] != g->digits[from])
            return false;
    return true;
}

static bool begins(const gathered *g, const char *prefix)
{
    size_t len = strlen(prefix);
    return g->count >= len && memcmp(g->digits, prefix, len) == 0;
}

static kk_phone_kind kind_of(const gathered *g)
{
    if (g->count < 10 || g->count > 11 || g->digits[0] != '0')
        return KK_PHONE_NONE;
    bool third_zero = g->digits[2] == '0';
    if (g->count == 11) {
        if (begins(g, "0800"))
            return KK_PHONE_FREE;
        if (third_zero && g->digits[1] >= '6')
            return g->digits[3] != '0' ? KK_PHONE_MOBILE : KK_PHONE_NONE;
        if (begins(g, "050"))
            return KK_PHONE_IP;
        return begins(g, "020") ? KK_PHONE_SERVICE : KK_PHONE_NONE;
    }
    if (begins(g, "0120"))
        return KK_PHONE_FREE;
    if (begins(g, "0570") || begins(g, "0990") || begins(g, "0180"))
        return KK_PHONE_SERVICE;
    if (g->digits[1] == '0' || (third_zero && g->digits[1] >= '5') || begins(g, "010") ||
        begins(g, "020"))
        return KK_PHONE_NONE;
    return KK_PHONE_FIXED;
}

/* 090-0123-4567 is nobody's number by the plan. Under a heading it is what somebody wrote for theirs. */
static bool is_unassigned_mobile(const gathered *g)
{
    return g->count == 11 && (begins(g, "0600") || begins(g, "0700") || begins(g, "0900"));
}

static void restore_zero(gathered *g)
{
    bool mobile = g->count == 10 && g->digits[0] >= '5' && g->digits[1] == '0';
    bool fixed = g->count == 9 && g->digits[0] != '0';
    if (mobile || fixed)
        put_zero(g);
}

/* 000-0000-0000, 090-1111-1111, 1234567890. */
static bool is_filler(const gathered *g)
{
    if (g->count < 10)
        return g->count >= 7 && same_from(g, 0);
    return same_from(g, 3) || memcmp(g->digits, "1234567890", 10) == 0 ||
           memcmp(g->digits, "0123456789", 10) == 0;
}

kk_phone kk_phone_read(kk_slice plain, bool named, size_t *used)
{
    size_t end = 0;
    kk_phone phone = {.kind = KK_PHONE_NONE};
    gathered g = {.count = 0};
    if (!gather_plain(plain, &end, &g))
        g = gather(plain, &end);
    bool international = g.plus;
    if (used)
        *used = end;
    if (g.too_long || g.count == 0)
        return phone;
    if (g.digits[0] != '0' || g.count > 11)
        to_national(&g);
    if (named && !international && g.digits[0] != '0')
        restore_zero(&g);
    phone.kind = g.plus ? KK_PHONE_NONE : kind_of(&g);
    if (phone.kind == KK_PHONE_NONE && g.plus && g.count >= 8)
        phone.kind = KK_PHONE_FOREIGN;
    if (phone.kind == KK_PHONE_NONE && named && g.count >= 7 && g.count <= 13)
        phone.kind = is_unassigned_mobile(&g) ? KK_PHONE_MOBILE : KK_PHONE_LOCAL;
    if (is_filler(&g) && (named || phone.kind != KK_PHONE_NONE || g.groups >= 3))
        phone.kind = KK_PHONE_FILLER;
    phone.dashed = g.groups >= 2 || international;
    phone.len = (uint8_t)g.count;
    memcpy(phone.digits, g.digits, sizeof phone.digits);
    return phone;
}
