/* Base64, of both alphabets. */
#pragma once
#include "base/slice.h"

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

/* The bytes that digits stand for, whatever stands between them; 0 if they are more than `most`. */
static inline size_t kk_base64_bytes(kk_slice text, uint8_t *out, size_t most)
{
    size_t len = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = kk_base64_value(text.ptr[i]);
        if (digit < 0)
            continue;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        if (len == most)
            return 0;
        out[len++] = (uint8_t)(bits >> count);
    }
    return len;
}
