/* Text as Sigma compares it: without case (Unicode simple case folding), and with wildcards. */
#pragma once
#include "base/arena.h"

/* A pattern is UTF-8 text with these bytes, which UTF-8 never has, for what is not literal. */
#define KK_ANY_DASH '\xfd' /* - / and the dashes U+2013 to U+2015 */
#define KK_ANY_RUN '\xfe'  /* any characters, none too */
#define KK_ANY_CHAR '\xff' /* exactly one character */

static inline bool kk_is_wild(char c)
{
    return (unsigned char)c >= 0xfd;
}

/* Room that folding a text of `len` bytes may need. */
static inline size_t kk_fold_room(size_t len)
{
    return len + len / 2 + 4;
}

/* Folds every character for itself; wildcards and bytes that are no UTF-8 stay as they are. Returns
 * the length written. */
size_t kk_fold_into(char *out, kk_slice text);
kk_slice kk_fold(kk_arena *arena, kk_slice text);

/* A character as UTF-8: 1 to 4 bytes. */
size_t kk_char_write(char *out, uint32_t c);

/* Whether the whole text fits the pattern. Both folded, or neither. */
bool kk_pattern_fits(kk_slice pattern, kk_slice text);

/* Decimal (with a sign, with a fraction) or 0x hexadecimal, in units of 1e-9. False if the text is
 * no number or beyond 64 bits. */
__extension__ typedef __int128 kk_fixed;
bool kk_fixed_read(kk_slice text, kk_fixed *out);

/* An address; bytes of IPv4 are the last four, with ::ffff: before them. */
typedef struct {
    uint8_t bytes[16];
    uint8_t bits; /* of the network, counted over the 16 bytes */
    bool is_v6;
} kk_subnet;
bool kk_subnet_address(kk_slice text, kk_subnet *out);
bool kk_subnet_read(kk_slice text, kk_subnet *out); /* with "/bits", or a single address */
/* A mapped IPv4 address (::ffff:203.0.113.5) is in networks of IPv4. */
bool kk_subnet_has(const kk_subnet *network, const kk_subnet *address);

typedef enum {
    KK_PART_NONE,
    KK_PART_MINUTE,
    KK_PART_HOUR,
    KK_PART_DAY,
    KK_PART_WEEK, /* of the year, as ISO 8601 counts them */
    KK_PART_MONTH,
    KK_PART_YEAR
} kk_time_part;
/* A part of a date as it is written, without any change of zone: "2026-07-01T08:30:00Z",
 * "2026-07-01 08:30:00.123", "2026-07-01". False if the text is none. */
bool kk_time_part_read(kk_slice text, kk_time_part part, int *out);
