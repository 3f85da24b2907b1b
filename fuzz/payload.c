/* The decoder of payloads under libFuzzer: the input is the text of a field. */
#include "detect/payload.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    size_t count, bytes;
} told;

static void note(void *context, const kk_payload *p)
{
    told *t = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < p->bytes.len; i++) /* every byte is there */
        sum += (unsigned char)p->bytes.ptr[i];
    for (size_t i = 0; i < p->text.len; i++)
        sum += (unsigned char)p->text.ptr[i];
    t->count++;
    t->bytes += p->bytes.len;
    if (p->number != t->count || p->within >= p->number || !p->chain.len || sum == UINT64_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A heap block of exactly this size, so that a read beyond it shows. */
    char *copy = malloc(size ? size : 1);
    kk_arena *arena = kk_arena_open();
    told t = {0, 0};
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    kk_slice text = {copy, size};
    kk_event event = {0};
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    event.text[KK_COMMAND_LINE] = text;
    if (kk_payload_fields(&event, fields) > 1)
        abort();
    (void)kk_payloads_find(arena, text, note, &t);
    if (t.count > KK_PAYLOADS_MOST || t.bytes > KK_PAYLOAD_BYTES)
        abort();
    kk_arena_close(arena);
    free(copy);
    return 0;
}
