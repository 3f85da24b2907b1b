#include "base/arena.h"
#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024, KEEP = 1024 * 1024, LARGE = 4 * KEEP, HUGE_PAGE = 2 * KEEP };

typedef struct block block;
struct block {
    block *next;
    size_t capacity, used;
    size_t mapped; /* bytes of its file; 0: it lies in memory */
    bool is_zero;  /* what was not handed out yet */
    alignas(max_align_t) char bytes[];
};

struct kk_arena {
    block *blocks;
    size_t used;
    int (*open_file)(void *context);
    void *context;
    bool at_random;
};

static void *or_die(void *memory)
{
    if (!memory) {
        fputs("kakuho: out of memory\n", stderr);
        abort();
    }
    return memory;
}

_Noreturn void kk_disk_failed(void)
{
    enum { MACHINE_FAILED = 4 }; /* of all commands */
    fprintf(
        stderr,
        "kakuho: what memory has no room for cannot be kept on the case's disk: %s: free some of "
        "it, or give the program more memory\n",
        strerror(errno));
    _exit(MACHINE_FAILED);
}

kk_arena *kk_arena_open(void)
{
    return or_die(calloc(1, sizeof(kk_arena)));
}

static void free_blocks(block *b)
{
    while (b) {
        block *next = b->next;
        if (b->mapped)
            munmap(b, b->mapped);
        else
            free(b);
        b = next;
    }
}

void kk_arena_close(kk_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->blocks);
    free(arena);
}

void kk_arena_reset(kk_arena *arena)
{
    block *keep = NULL;
    if (!KK_SANITIZED && arena->blocks && arena->blocks->capacity <= KEEP) {
        keep = arena->blocks;
        arena->blocks = keep->next;
        keep->next = NULL;
        keep->used = 0;
    }
    free_blocks(arena->blocks);
    arena->blocks = keep;
    arena->used = 0;
}

size_t kk_arena_used(const kk_arena *arena)
{
    return arena->used;
}

/* Large arrays that are walked through at random wait less for huge pages, of which the processor keeps
 * the places at hand; and their zeros come from the kernel, once. */
static block *large_block(size_t capacity)
{
    block *b = or_die(calloc(1, sizeof(block) + capacity));
    uintptr_t first = ((uintptr_t)b + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    uintptr_t end = ((uintptr_t)b + sizeof(block) + capacity) & ~(uintptr_t)(HUGE_PAGE - 1);
    if (first < end) /* a wish only */
        (void)madvise((char *)b + (first - (uintptr_t)b), end - first, MADV_HUGEPAGE);
    b->is_zero = true;
    return b;
}

/* The room is taken on the disk beforehand: writing to it later cannot fail. */
static block *block_on_disk(const kk_arena *arena, size_t capacity)
{
    size_t size = sizeof(block) + capacity;
    int file = arena->open_file(arena->context);
    void *memory = MAP_FAILED;
    int failed = file < 0 ? EBADF : posix_fallocate(file, 0, (off_t)size);
    if (failed == ENOSPC || failed == EDQUOT || failed == EFBIG) {
        errno = failed;
        kk_disk_failed();
    }
    if (!failed)
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    if (memory == MAP_FAILED)
        return NULL;
    if (arena->at_random)
        (void)madvise(memory, size, MADV_RANDOM);
    block *b = memory;
    b->mapped = size;
    b->is_zero = true;
    return b;
}

static block *fresh_block(const kk_arena *arena, size_t capacity)
{
    bool large = capacity >= LARGE;
    block *b = large && arena->open_file ? block_on_disk(arena, capacity) : NULL;
    if (b)
        return b;
    if (large && !KK_SANITIZED)
        return large_block(capacity);
    b = or_die(malloc(sizeof(block) + capacity));
    b->mapped = 0;
    b->is_zero = false;
    return b;
}

void kk_arena_use_disk(kk_arena *arena, int (*open_file)(void *context), void *context)
{
    arena->open_file = open_file;
    arena->context = context;
}

void kk_arena_at_random(kk_arena *arena)
{
    arena->at_random = true;
}

/* Blocks grow with the arena, so that a large unit does not live in thousands of them. */
static block *next_block(kk_arena *arena, size_t size, size_t rounded)
{
    size_t want = arena->used / 4 < BLOCK ? BLOCK : arena->used / 4 < KEEP ? arena->used / 4 : KEEP;
    size_t capacity = KK_SANITIZED ? size : rounded > want ? rounded : want;
    block *b = fresh_block(arena, capacity);
    b->next = arena->blocks;
    b->capacity = capacity;
    b->used = 0;
    arena->blocks = b;
    return b;
}

static inline void *take(kk_arena *arena, size_t size)
{
    size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (rounded < size ||
        rounded > PTRDIFF_MAX) /* wrapped around, or would with the block's head */
        or_die(NULL);
    block *b = arena->blocks;
    arena->used += rounded;
    if (KK_SANITIZED || !b || b->capacity - b->used < rounded)
        b = next_block(arena, size, rounded);
    void *memory = b->bytes + b->used;
    b->used += KK_SANITIZED ? b->capacity : rounded;
    return memory;
}

void *kk_take_bytes(kk_arena *arena, size_t size)
{
    return take(arena, size);
}

void *kk_take(kk_arena *arena, size_t size)
{
    void *memory = take(arena, size);
    return arena->blocks->is_zero ? memory : memset(memory, 0, size);
}

void *kk_take_array(kk_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        or_die(NULL);
    return kk_take(arena, bytes);
}

void *kk_grow(kk_arena *arena, void *items, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity)
        return items;
    size_t wanted = *capacity * 2 > count ? *capacity * 2 : count < 8 ? 8 : count;
    void *larger = kk_take_array(arena, wanted, size);
    if (*capacity)
        memcpy(larger, items, *capacity * size);
    *capacity = wanted;
    return larger;
}

kk_slice kk_copy(kk_arena *arena, kk_slice s)
{
    char *copy = take(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (kk_slice){copy, s.len};
}

kk_slice kk_print(kk_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char none[1];
    int len = vsnprintf(none, sizeof none, format, arguments);
    va_end(arguments);
    size_t size = len < 0 ? 0 : (size_t)len;
    char *text = take(arena, size + 1);
    vsnprintf(text, size + 1, format, again);
    va_end(again);
    return (kk_slice){text, size};
}

kk_slice kk_join(kk_arena *arena, kk_slice a, kk_slice b)
{
    char *text = take(arena, a.len + b.len + 1);
    if (a.len)
        memcpy(text, a.ptr, a.len);
    if (b.len)
        memcpy(text + a.len, b.ptr, b.len);
    text[a.len + b.len] = '\0';
    return (kk_slice){text, a.len + b.len};
}

kk_slice kk_number_text(kk_arena *arena, uint64_t number)
{
    char text[32];
    size_t at = sizeof text;
    int digits = 0;
    do {
        if (digits && digits % 3 == 0)
            text[--at] = ',';
        text[--at] = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number);
    return kk_copy(arena, (kk_slice){text + at, sizeof text - at});
}
