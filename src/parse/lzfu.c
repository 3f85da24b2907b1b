/* A head of 16 bytes (packed size, unpacked size, "LZFu" or "MELA", a checksum). LZFu: a byte of eight
 * flags, then for each a byte as such or two bytes: 12 bits of a place in a ring of 4,096 bytes, 4 of a
 * length less two. The ring begins with words that are common in RTF. MELA is not packed. */
#include "parse/lzfu.h"

#include "base/cursor.h"

enum { RING = 4096 };

static const char common[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

typedef struct {
    uint8_t ring[RING];
    size_t at; /* where the next byte goes */
    char *out;
    size_t len, most;
} unpacker;

static void put(unpacker *u, uint8_t byte)
{
    u->ring[u->at] = byte;
    u->at = (u->at + 1) % RING;
    if (u->len < u->most)
        u->out[u->len++] = (char)byte;
}

/* False at the end, which is a place that is just being written. */
static bool put_again(unpacker *u, uint16_t reference)
{
    size_t from = reference >> 4, len = (reference & 15) + 2u;
    if (from == u->at)
        return false;
    for (size_t i = 0; i < len; i++)
        put(u, u->ring[(from + i) % RING]);
    return true;
}

static bool unpack(unpacker *u, kk_cursor *c)
{
    while (u->len < u->most) {
        uint8_t flags = kk_u8(c);
        for (int bit = 0; bit < 8; bit++) {
            bool again = flags >> bit & 1;
            uint16_t value = again ? kk_be16(c) : kk_u8(c);
            if (c->bad)
                return false;
            if (!again)
                put(u, (uint8_t)value);
            else if (!put_again(u, value))
                return true;
        }
    }
    return true;
}

kk_slice kk_lzfu_unpack(kk_arena *arena, kk_slice packed, size_t most, bool *good)
{
    enum { LZFU = 0x75465a4c, MELA = 0x414c454d, GROWTH = 9 };
    kk_cursor c = kk_cursor_over(packed);
    kk_skip(&c, 4);
    size_t size = kk_u32(&c);
    uint32_t kind = kk_u32(&c);
    kk_skip(&c, 4);
    *good = !c.bad && (kind == LZFU || kind == MELA);
    if (!*good)
        return KK_NONE;
    if (kind == MELA)
        return kk_part(packed, c.at, size < most ? size : most);
    if (size / GROWTH > packed.len) /* two bytes give 17 at most */
        size = packed.len * GROWTH;
    unpacker *u = KK_NEW(arena, unpacker);
    u->most = size < most ? size : most;
    u->out = kk_take(arena, u->most);
    memcpy(u->ring, common, sizeof common - 1);
    u->at = sizeof common - 1;
    *good = unpack(u, &c);
    return (kk_slice){u->out, u->len};
}
