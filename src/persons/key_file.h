/* Inside of the persons room only: bytes that memory has no room for, in a file of the case without a name. What is
 * put there is written in one piece behind what is there already, and read back whole. Any processor may do so at
 * any time. */
#pragma once
#include "base/arena.h"

typedef struct key_file key_file;

/* NULL: there can be none. */
key_file *key_file_open(int (*open_file)(void *context), void *context, kk_arena *arena);
void key_file_close(key_file *f); /* NULL is fine */
/* *at: where they lie, a multiple of the page's size. What the disk has no room for, or cannot give back, ends the
 * program, as memory that fails would: the file is there because memory has no room either. */
void key_file_put(key_file *f, const void *bytes, size_t size, uint64_t *at);
/* In the place of what lies there and is not shorter. */
void key_file_put_at(key_file *f, uint64_t at, const void *bytes, size_t size);
void key_file_get(const key_file *f, uint64_t at, void *bytes, size_t size);
