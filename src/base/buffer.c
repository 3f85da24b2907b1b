#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

void kk_buffer_close(kk_buffer *buffer)
{
    free(buffer->ptr);
    *buffer = (kk_buffer){0};
}

static void enlarge(kk_buffer *buffer, size_t capacity)
{
    char *larger = realloc(buffer->ptr, capacity);
    if (!larger) {
        fputs("kakuho: out of memory\n", stderr);
        abort();
    }
    buffer->ptr = larger;
    buffer->capacity = capacity;
}

char *kk_buffer_room(kk_buffer *buffer, size_t len)
{
    size_t least = buffer->len + len;
    if (buffer->capacity < least)
        enlarge(buffer, buffer->capacity * 2 >= least ? buffer->capacity * 2 : least + 256);
    return buffer->ptr + buffer->len;
}

char *kk_buffer_fit(kk_buffer *buffer, size_t len)
{
    if (buffer->capacity < buffer->len + len)
        enlarge(buffer, buffer->len + len);
    return buffer->ptr + buffer->len;
}

void kk_put_bytes(kk_buffer *buffer, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    memcpy(kk_buffer_room(buffer, len), bytes, len);
    buffer->len += len;
}

void kk_put(kk_buffer *buffer, kk_slice s)
{
    kk_put_bytes(buffer, s.ptr, s.len);
}

void kk_put_byte(kk_buffer *buffer, char byte)
{
    kk_put_bytes(buffer, &byte, 1);
}

void kk_putf(kk_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char none[1];
    int len = vsnprintf(none, sizeof none, format, arguments);
    va_end(arguments);
    if (len > 0) {
        vsnprintf(kk_buffer_room(buffer, (size_t)len + 1), (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}

void kk_put_u64(kk_buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    kk_put_bytes(buffer, digits + at, sizeof digits - at);
}

void kk_put_hex(kk_buffer *buffer, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    char *to = kk_buffer_room(buffer, len * 2);
    for (size_t i = 0; i < len; i++) {
        to[2 * i] = digits[from[i] >> 4];
        to[2 * i + 1] = digits[from[i] & 15];
    }
    buffer->len += len * 2;
}
