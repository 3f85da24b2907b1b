/* Numbers with a form or a check digit; the formulas are those of the ordinances and standards that
 * introduce each number. */
#include "recognise/number.h"

#include "recognise/fold.h"

#include <arpa/inet.h>

static bool all_digits(kk_slice s, size_t count)
{
    if (s.len != count)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!kk_char_digit((unsigned char)s.ptr[i]))
            return false;
    return true;
}

static int digit(kk_slice s, size_t at)
{
    return s.ptr[at] - '0';
}

static bool one_digit_repeated(kk_slice s)
{
    for (size_t i = 1; i < s.len; i++)
        if (s.ptr[i] != s.ptr[0])
            return false;
    return true;
}

bool kk_is_my_number(kk_slice s)
{
    if (!all_digits(s, 12) || one_digit_repeated(s))
        return false;
    int sum = 0;
    for (int n = 1; n <= 11; n++)
        sum += digit(s, (size_t)(11 - n)) * (n <= 6 ? n + 1 : n - 5);
    int rest = sum % 11;
    return digit(s, 11) == (rest <= 1 ? 0 : 11 - rest);
}

bool kk_is_corporate_number(kk_slice s)
{
    if (!all_digits(s, 13))
        return false;
    int sum = 0;
    for (int n = 1; n <= 12; n++)
        sum += digit(s, (size_t)(13 - n)) * (n % 2 ? 1 : 2);
    return digit(s, 0) == 9 - sum % 9;
}

/* The first two digits name the public safety commission that issued it. */
static bool is_commission(int code)
{
    return (code >= 10 && code <= 14) || (code >= 20 && code <= 25) || code == 30 ||
           (code >= 40 && code <= 55) || (code >= 60 && code <= 65) || (code >= 70 && code <= 74) ||
           (code >= 80 && code <= 83) || (code >= 90 && code <= 97) || code == 0;
}

bool kk_is_licence_number(kk_slice s)
{
    static const int weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    if (!all_digits(s, 12) || !is_commission(digit(s, 0) * 10 + digit(s, 1)) ||
        one_digit_repeated(s))
        return false;
    int sum = 0;
    for (size_t i = 0; i < 10; i++)
        sum += digit(s, i) * weights[i];
    return digit(s, 10) == (11 - sum % 11) % 10;
}

bool kk_is_insurer_number(kk_slice s)
{
    if ((!all_digits(s, 8) && !all_digits(s, 6)) || one_digit_repeated(s))
        return false;
    int sum = 0;
    for (size_t i = s.len - 1, twice = 1; i-- > 0; twice = !twice) {
        int product = digit(s, i) * (twice ? 2 : 1);
        sum += product / 10 + product % 10;
    }
    return digit(s, s.len - 1) == (10 - sum % 10) % 10;
}

bool kk_is_product_code(kk_slice s)
{
    if (!all_digits(s, 13) && !all_digits(s, 8))
        return false;
    int sum = 0;
    for (size_t i = s.len - 1, threefold = 1; i-- > 0; threefold = !threefold)
        sum += digit(s, i) * (threefold ? 3 : 1);
    return digit(s, s.len - 1) == (10 - sum % 10) % 10;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool kk_is_passport_number(kk_slice s)
{
    return s.len == 9 && is_letter(s.ptr[0]) && is_letter(s.ptr[1]) && all_digits(kk_from(s, 2), 7);
}

bool kk_is_residence_card(kk_slice s)
{
    return s.len == 12 && is_letter(s.ptr[0]) && is_letter(s.ptr[1]) && is_letter(s.ptr[10]) &&
           is_letter(s.ptr[11]) && all_digits(kk_part(s, 2, 8), 8);
}

bool kk_is_ip_address(kk_slice s)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char bytes[16];
    if (s.len < 3 || s.len >= sizeof text ||
        (kk_find_byte(s, '.') == KK_NOWHERE && kk_find_byte(s, ':') == KK_NOWHERE))
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool luhn(kk_slice s)
{
    int sum = 0;
    for (size_t i = s.len, twice = 0; i-- > 0; twice = !twice) {
        int value = digit(s, i) * (twice ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
}

/* First four digits and length of the brands. */
static bool is_brand(int four, size_t len)
{
    int two = four / 100, three = four / 10;
    if (two / 10 == 4)
        return len == 13 || len == 16 || len == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
        return len == 16;
    if (two == 34 || two == 37)
        return len == 15;
    if (four >= 3528 && four <= 3589)
        return len == 16;
    if ((three >= 300 && three <= 305) || four == 3095 || two == 36 || two == 38 || two == 39)
        return len == 14 || len == 16;
    if (four == 6011 || (three >= 644 && three <= 649) || two == 65)
        return len == 16;
    return (two == 62 || two == 81) && len >= 16 && len <= 19;
}

kk_card kk_card_judge(kk_slice s)
{
    static const char *const tests[] = {
        "4111111111111111", "4242424242424242", "4012888888881881", "4000000000000002",
        "4222222222222",    "5555555555554444", "5105105105105100", "2223003122003222",
        "378282246310005",  "371449635398431",  "378734493671000",  "3530111333300000",
        "3566002020360505", "30569309025904",   "38520000023237",   "36227206271667",
        "6011111111111117", "6011000990139424", "6200000000000005", "4000056655665556",
    };
    if (s.len < 13 || s.len > 19 || !all_digits(s, s.len) || one_digit_repeated(s) || !luhn(s) ||
        !is_brand(digit(s, 0) * 1000 + digit(s, 1) * 100 + digit(s, 2) * 10 + digit(s, 3), s.len))
        return KK_CARD_NONE;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (kk_is(s, tests[i]))
            return KK_CARD_TEST;
    return KK_CARD_REAL;
}
