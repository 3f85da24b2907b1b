/* A view of bytes that somebody else owns. Text is a slice in UTF-8; there is no other string type. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *ptr;
    size_t len;
} kk_slice;

/* For literals only: the length is known to the compiler. */
#define KK_S(literal) ((kk_slice){(literal), sizeof(literal) - 1})
#define KK_NONE ((kk_slice){NULL, 0})
/* printf("%.*s", KK_P(slice)) */
#define KK_P(slice) (int)(slice).len, (slice).ptr

static inline kk_slice kk_cstr(const char *text)
{
    return (kk_slice){text, text ? strlen(text) : 0};
}

/* The last bytes first: where texts differ, they mostly do there, since the first bytes of characters
 * of one script are alike. */
static inline bool kk_eq(kk_slice a, kk_slice b)
{
    return a.len == b.len && (a.len == 0 || (a.ptr[a.len - 1] == b.ptr[a.len - 1] &&
                                             memcmp(a.ptr, b.ptr, a.len) == 0));
}

static inline bool kk_is(kk_slice a, const char *text)
{
    return kk_eq(a, kk_cstr(text));
}

static inline bool kk_starts(kk_slice s, kk_slice prefix)
{
    return kk_eq((kk_slice){s.ptr, s.len < prefix.len ? s.len : prefix.len}, prefix);
}

static inline bool kk_ends(kk_slice s, kk_slice tail)
{
    return s.len >= tail.len &&
           (tail.len == 0 || kk_eq((kk_slice){s.ptr + s.len - tail.len, tail.len}, tail));
}

/* The part from `from`, `len` bytes long, cut to what is there. */
static inline kk_slice kk_part(kk_slice s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (kk_slice){s.ptr ? s.ptr + from : NULL, len};
}

static inline kk_slice kk_from(kk_slice s, size_t from)
{
    return kk_part(s, from, SIZE_MAX);
}

#define KK_NOWHERE SIZE_MAX
/* Where it first is, or KK_NOWHERE. An empty needle is at 0. */
size_t kk_find(kk_slice s, kk_slice needle);
size_t kk_find_byte(kk_slice s, char byte);
size_t kk_rfind_byte(kk_slice s, char byte);
/* Of a path: where its last name begins, behind the last '/'. */
size_t kk_name_begins(kk_slice path);
bool kk_has(kk_slice s, kk_slice needle);
/* ASCII letters compared without case; other bytes exactly. */
bool kk_eq_nocase(kk_slice a, kk_slice b);
bool kk_has_nocase(kk_slice s, kk_slice needle);
/* One of the words, which end with NULL: exactly, or without case as above. */
bool kk_is_any(kk_slice s, const char *const *words);
bool kk_is_any_nocase(kk_slice s, const char *const *words);
/* Without ASCII blanks (space, tab, CR, LF) at both ends. */
kk_slice kk_trim(kk_slice s);
/* Byte order; a shorter one first. For sorting. */
int kk_compare(kk_slice a, kk_slice b);

/* Takes the text before the separator off *rest and returns it; false when *rest was used up.
 * "a,,b" gives "a", "", "b"; "" gives one empty piece. Start with *rest as it is. */
bool kk_split(kk_slice *rest, char separator, kk_slice *piece);

/* Whole slice must be a number in range; untouched on failure. */
bool kk_to_u64(kk_slice s, uint64_t *out);
bool kk_to_i64(kk_slice s, int64_t *out);
bool kk_hex_to_u64(kk_slice s, uint64_t *out);

/* Path globs as in case.yaml: `*` within a name, `?` one byte, `**` any names; case is kept. */
bool kk_glob(kk_slice pattern, kk_slice path);
