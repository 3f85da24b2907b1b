/* Bytes that grow: what is being written before its length is known. Owns its memory. */
#pragma once
#include "base/slice.h"
#include "base/status.h"

typedef struct {
    char *ptr;
    size_t len, capacity;
} kk_buffer; /* {0} is an empty one */

void kk_buffer_close(kk_buffer *buffer);
void kk_put(kk_buffer *buffer, kk_slice s);
void kk_put_bytes(kk_buffer *buffer, const void *bytes, size_t len);
void kk_put_byte(kk_buffer *buffer, char byte);
void kk_putf(kk_buffer *buffer, const char *format, ...) KK_PRINTF(2, 3);
void kk_put_u64(kk_buffer *buffer, uint64_t number); /* decimal */
void kk_put_hex(kk_buffer *buffer, const void *bytes, size_t len);
/* Room for `len` bytes at the end, which the caller fills and then counts by adding to len. */
char *kk_buffer_room(kk_buffer *buffer, size_t len);
/* The same, and none for what may come later: for buffers of which there are many. */
char *kk_buffer_fit(kk_buffer *buffer, size_t len);

static inline kk_slice kk_buffer_slice(const kk_buffer *buffer)
{
    return (kk_slice){buffer->ptr, buffer->len};
}
