/* Memory of one unit of work. Memory belongs to the arena it came from; a function that returns
 * memory takes the arena; nobody else frees. Allocation never returns NULL: running out of memory
 * ends the program. Under AddressSanitizer each item is its own heap block, so overruns show. */
#pragma once
#include "base/slice.h"
#include "base/status.h"

typedef struct kk_arena kk_arena;

kk_arena *kk_arena_open(void);
void kk_arena_close(kk_arena *arena); /* NULL is fine */
/* From now on large arrays of this arena lie in files that `open_file` gives, one each, which are closed
 * at once and have no name: when memory runs short, the kernel writes to them what is not in use. Where
 * there is no file (-1), they lie in memory as usual. A disk without room for them ends the program, as memory that
 * fails does: files are there because memory has no room either. NULL: in memory again. */
void kk_arena_use_disk(kk_arena *arena, int (*open_file)(void *context), void *context);
/* Says that what memory has no room for has none on the disk either, or cannot be read back, and ends the program. */
_Noreturn void kk_disk_failed(void);
/* Of such arrays nothing is read ahead: they are looked at here and there. */
void kk_arena_at_random(kk_arena *arena);
/* Everything taken so far is gone; the memory is kept for the next round. */
void kk_arena_reset(kk_arena *arena);
/* Bytes handed out since the last reset: what a parser's limit is held against. */
size_t kk_arena_used(const kk_arena *arena);

/* Zeroed, aligned for any type. size 0 gives a valid pointer. */
void *kk_take(kk_arena *arena, size_t size);
/* Not zeroed: for bytes that are written before they are read. */
void *kk_take_bytes(kk_arena *arena, size_t size);
/* As kk_take, count * size checked for overflow. */
void *kk_take_array(kk_arena *arena, size_t count, size_t size);
/* Grows an array taken from the same arena to hold `count` items at least; copies, never frees.
 * Doubles *capacity, so that appending one by one stays linear. */
void *kk_grow(kk_arena *arena, void *items, size_t *capacity, size_t count, size_t size);
#define KK_NEW(arena, type) ((type *)kk_take((arena), sizeof(type)))
#define KK_NEW_ARRAY(arena, type, count) ((type *)kk_take_array((arena), (count), sizeof(type)))

kk_slice kk_copy(kk_arena *arena, kk_slice s); /* also NUL-terminated, beyond its length */
kk_slice kk_print(kk_arena *arena, const char *format, ...) KK_PRINTF(2, 3);
kk_slice kk_number_text(kk_arena *arena, uint64_t number); /* with commas: 19,583 */
kk_slice kk_join(kk_arena *arena, kk_slice a, kk_slice b);
