/* Packed values: a byte for the layout, what stands in the record, a word that says what is there, flags,
 * then what is there. Numbers are little-endian. */
#include "model/values.h"

#include "base/wide.h"
#include "model/mention.h"

enum { LAYOUT = 2, MASK_BYTES = 6, HEAD = 1 + 8 + MASK_BYTES + 2, BIRTH_BYTES = 4 };

#define BIT(n) (UINT64_C(1) << (n))
#define HAS_BIRTH BIT(KK_VALUES)
#define HAS_LIST(kind) BIT(KK_VALUES + 1 + (kind))
#define WHOLE (BIT(KK_VALUES_WHOLE) - 1)
#define SHORT ((BIT(KK_VALUES) - 1) & ~WHOLE)

_Static_assert(KK_VALUES + 1 + KK_VALUE_LISTS <= 8 * MASK_BYTES, "a bit for each");
_Static_assert((int)MASK_BYTES == (int)KK_SHORT_BYTES, "read in the same way");
_Static_assert(HEAD + BIRTH_BYTES + 8 * KK_VALUES_WHOLE +
                       KK_SHORT_BYTES * (KK_VALUES - KK_VALUES_WHOLE) +
                       3 * (1 + KK_SHORT_BYTES * KK_NEAR_MOST) + 2 + 25 * KK_REGISTERS_MOST <=
                   KK_VALUES_BYTES,
               "everything fits");
/* On a machine of the other byte order numbers would have to be turned round. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hashes are copied as they lie");

size_t kk_value_list_width(kk_value_list_kind kind)
{
    static const uint8_t widths[KK_VALUE_LISTS] = {
        [KK_LIST_NEAR_NAME] = KK_SHORT_BYTES,
        [KK_LIST_NEAR_KANA] = KK_SHORT_BYTES,
        [KK_LIST_NEAR_OFFICIAL] = KK_SHORT_BYTES,
        [KK_LIST_OFFICIALS] = 9,
        [KK_LIST_REGISTERS] = 16,
    };
    return widths[kind];
}

static uint32_t list_most(kk_value_list_kind kind)
{
    return kind <= KK_LIST_NEAR_OFFICIAL ? KK_NEAR_MOST : KK_REGISTERS_MOST;
}

static char *put(char *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint64_t said_by(const kk_values *v)
{
    uint64_t said = 0;
    for (int i = 0; i < KK_VALUES; i++)
        said |= v->hash[i] ? BIT(i) : 0;
    return said;
}

static uint64_t mask_of(const kk_values *v, uint64_t said)
{
    uint64_t mask = said | (v->birth_day == KK_NO_DAY ? 0 : HAS_BIRTH);
    for (int i = 0; i < KK_VALUE_LISTS; i++)
        mask |= v->lists[i].count ? HAS_LIST(i) : 0;
    return mask;
}

static char *put_list(char *at, const kk_value_list *list, kk_value_list_kind kind)
{
    uint8_t count = (uint8_t)(list->count < list_most(kind) ? list->count : list_most(kind));
    at = put(at, &count, 1);
    return put(at, list->bytes, count * kk_value_list_width(kind));
}

/* ---- hashes, eight at once where the processor can ---- */

#if KK_HAS_WIDE
/* Those of the mask, up to eight, one behind the other. */
KK_WIDE __m512i gathered_wide(const uint64_t *hashes, unsigned mask, uint64_t low)
{
    __m512i eight = _mm512_maskz_loadu_epi64((__mmask8)mask, hashes);
    return _mm512_or_si512(_mm512_maskz_compress_epi64((__mmask8)mask, eight),
                           _mm512_set1_epi64((int64_t)low));
}

KK_WIDE_TARGET static char *put_wholes_wide(char *at, const uint64_t *hashes, uint64_t mask,
                                            uint64_t low)
{
    for (; mask; mask >>= 8, hashes += 8) {
        size_t size = 8 * (size_t)__builtin_popcountll(mask & 0xff);
        _mm512_mask_storeu_epi8(at, kk_wide_all(size),
                                gathered_wide(hashes, (unsigned)mask & 0xff, low));
        at += size;
    }
    return at;
}

KK_WIDE_TARGET static char *put_shorts_wide(char *at, const uint64_t *hashes, uint64_t mask,
                                            uint64_t low)
{
    static const uint8_t uppers[64] = {2,  3,  4,  5,  6,  7,  10, 11, 12, 13, 14, 15,
                                       18, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30, 31,
                                       34, 35, 36, 37, 38, 39, 42, 43, 44, 45, 46, 47,
                                       50, 51, 52, 53, 54, 55, 58, 59, 60, 61, 62, 63};
    for (; mask; mask >>= 8, hashes += 8) {
        size_t size = KK_SHORT_BYTES * (size_t)__builtin_popcountll(mask & 0xff);
        __m512i eight = gathered_wide(hashes, (unsigned)mask & 0xff, low << KK_SHORT_SHIFT);
        _mm512_mask_storeu_epi8(at, kk_wide_all(size),
                                _mm512_permutexvar_epi8(_mm512_loadu_si512(uppers), eight));
        at += size;
    }
    return at;
}
#endif

/* The hashes that have a bit, whole. */
static char *put_wholes(char *at, const uint64_t *hashes, uint64_t mask, uint64_t low)
{
#if KK_HAS_WIDE
    if (kk_can_wide())
        return put_wholes_wide(at, hashes, mask, low);
#endif
    for (; mask; mask &= mask - 1) {
        uint64_t hash = hashes[__builtin_ctzll(mask)] | low;
        at = put(at, &hash, 8);
    }
    return at;
}

/* The same without what is left of them. */
static char *put_shorts(char *at, const uint64_t *hashes, uint64_t mask, uint64_t low)
{
#if KK_HAS_WIDE
    if (kk_can_wide())
        return put_shorts_wide(at, hashes, mask, low);
#endif
    for (; mask; mask &= mask - 1) {
        uint64_t top = hashes[__builtin_ctzll(mask)] >> KK_SHORT_SHIFT | low;
        at = put(at, &top, KK_SHORT_BYTES);
    }
    return at;
}

void kk_near_put(char *out, const uint64_t *hashes, size_t count)
{
    put_shorts(out, hashes, (UINT64_C(1) << count) - 1, 1);
}

/* `low` is 1 for hashes that may still be 0: no hash that is there ends in another bit. */
static size_t pack(const kk_values *v, uint64_t said, uint64_t low, char *out)
{
    const uint8_t layout = LAYOUT;
    uint64_t mask = mask_of(v, said);
    uint16_t flags = (uint16_t)v->flags;
    char *at = put(out, &layout, 1);
    at = put(at, &v->content, 8);
    at = put(at, &mask, MASK_BYTES);
    at = put(at, &flags, 2);
    if (mask & HAS_BIRTH)
        at = put(at, &v->birth_day, BIRTH_BYTES);
    at = put_wholes(at, v->hash, mask & WHOLE, low);
    at = put_shorts(at, v->hash + KK_VALUES_WHOLE, (mask & SHORT) >> KK_VALUES_WHOLE, low);
    for (int i = 0; i < KK_VALUE_LISTS; i++)
        if (mask & HAS_LIST(i))
            at = put_list(at, &v->lists[i], (kk_value_list_kind)i);
    return (size_t)(at - out);
}

size_t kk_values_pack(const kk_values *v, char *out)
{
    return pack(v, said_by(v), 0, out);
}

size_t kk_values_pack_raw(const kk_values *v, uint64_t said, char *out)
{
    return pack(v, said, 1, out);
}

/* `lists` may be NULL: then they are only gone over. */
static bool take_lists(kk_slice rest, uint64_t mask, kk_value_list *lists)
{
    for (int i = 0; i < KK_VALUE_LISTS; i++) {
        if (!(mask & HAS_LIST(i)))
            continue;
        kk_value_list_kind kind = (kk_value_list_kind)i;
        uint32_t count = rest.len ? (unsigned char)rest.ptr[0] : 0;
        size_t size = count * kk_value_list_width(kind);
        if (!count || count > list_most(kind) || rest.len - 1 < size)
            return false;
        if (lists)
            lists[i] = (kk_value_list){rest.ptr + 1, count};
        rest = kk_from(rest, 1 + size);
    }
    return rest.len == 0;
}

/* What stands before the hashes, and how many bytes these take. */
typedef struct {
    uint64_t content, mask;
    uint16_t flags;
    int32_t birth_day;
    kk_slice hashes, lists;
} packed;

static bool open_packed(kk_slice bytes, packed *p)
{
    if (bytes.len < HEAD || bytes.ptr[0] != LAYOUT)
        return false;
    memcpy(&p->content, bytes.ptr + 1, 8);
    p->mask = kk_short_at(bytes.ptr + 9);
    memcpy(&p->flags, bytes.ptr + 9 + MASK_BYTES, sizeof p->flags);
    size_t birth = p->mask & HAS_BIRTH ? BIRTH_BYTES : 0;
    size_t hashes = 8 * (size_t)__builtin_popcountll(p->mask & WHOLE) +
                    KK_SHORT_BYTES * (size_t)__builtin_popcountll(p->mask & SHORT);
    if (p->mask >> (KK_VALUES + 1 + KK_VALUE_LISTS) || p->flags >= KK_SAID_FLAGS ||
        (p->flags & KK_SAID_SEX) == KK_SAID_SEX || bytes.len - HEAD < birth + hashes)
        return false;
    p->birth_day = KK_NO_DAY;
    if (birth)
        memcpy(&p->birth_day, bytes.ptr + HEAD, BIRTH_BYTES);
    p->hashes = kk_part(bytes, HEAD + birth, hashes);
    p->lists = kk_from(bytes, HEAD + birth + hashes);
    return true;
}

bool kk_values_unpack(kk_slice bytes, kk_values *out)
{
    packed p;
    *out = (kk_values){.birth_day = KK_NO_DAY};
    if (!open_packed(bytes, &p))
        return false;
    out->content = p.content;
    out->flags = p.flags;
    out->birth_day = p.birth_day;
    const char *at = p.hashes.ptr;
    for (uint64_t left = p.mask & WHOLE; left; left &= left - 1, at += 8)
        memcpy(&out->hash[__builtin_ctzll(left)], at, 8);
    for (uint64_t left = p.mask & SHORT; left; left &= left - 1, at += KK_SHORT_BYTES)
        out->hash[__builtin_ctzll(left)] = kk_short_at(at) << KK_SHORT_SHIFT;
    return take_lists(p.lists, p.mask, out->lists);
}

bool kk_values_content(kk_slice bytes, uint64_t *content)
{
    packed p;
    if (!open_packed(bytes, &p) || !take_lists(p.lists, p.mask, NULL))
        return false;
    *content = p.content;
    return true;
}
