/* Base64's digits, of both alphabets. */
#pragma once

/* 0 to 63, or -1 for what is no digit: '-' and '_' are those of the alphabet for addresses. */
static inline int kk_base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}
