/* A database is pages of 2 KiB (Jet 3) or 4 KiB. Page 0 is the head, from 18 on XORed with a fixed stream
 * of RC4; in it the code page at 3C and the key of the other pages at 3E. Each of them is closed by RC4
 * with the key XOR its number: who has the file has the key. In ACE a non-zero key is the mark that the
 * pages are encrypted with a password (jet_lock.h).
 *
 *     data page  kind 1, owner (4 bytes at 4: its table, or LVAL), rows at 8 (Jet 3) or 12, then two
 *                bytes a row: where it begins, C000: flags. Rows lie from the end of the page forward
 *     map        kind 0: first page, bits; kind 1: pages of kind 5 that hold the bits */
#include "parse/jet_pages.h"

#include "base/cipher.h"
#include "parse/jet_lock.h"

enum {
    HEAD = 128,
    MASKED = 0x18,
    CODE_PAGE = 0x3c,
    KEY = 0x3e,
    DELETED = 0x8000,
    MOVED = 0x4000,
    PLACE = 0x1fff,
    MAP_HEAD = 4, /* of a page of bits */
    LONG_HEAD = 12
};

#define IN_ROW UINT32_C(0x80000000)
#define ON_PAGE UINT32_C(0x40000000)

static void unmask(char *head, size_t len)
{
    static const uint8_t key[4] = {0xc7, 0xda, 0x39, 0x6b};
    kk_rc4 r;
    kk_rc4_begin(&r, key, sizeof key);
    kk_rc4_turn(&r, (uint8_t *)head + MASKED, len - MASKED);
}

kk_jet_state kk_jet_open(kk_jet_file *f, kk_stream *in)
{
    char head[HEAD];
    *f = (kk_jet_file){.in = in};
    kk_slice bytes = {head, kk_read(in, 0, head, sizeof head)};
    if (bytes.len < HEAD || memcmp(head, "\0\1\0\0", 4) != 0)
        return KK_JET_NONE;
    kk_slice engine = kk_part(bytes, 4, 15);
    bool ace = kk_is(engine, "Standard ACE DB");
    f->version = (uint8_t)head[0x14];
    if (!ace && !kk_is(engine, "Standard Jet DB"))
        return kk_is(engine, "MSISAM Database") ? KK_JET_NEWER : KK_JET_NONE;
    if (f->version > 6 || ace != (f->version > 1))
        return KK_JET_NEWER;
    f->jet3 = f->version == 0;
    f->page_bytes = f->jet3 ? 2048 : 4096;
    uint64_t pages = in->size / f->page_bytes;
    f->pages = pages < 0x1000000 ? (uint32_t)pages : 0x1000000; /* as many as pointers can name */
    f->left = in->size * 16 + 1024 * 1024;
    unmask(head, HEAD);
    kk_cursor c = kk_cursor_over(bytes);
    kk_seek(&c, CODE_PAGE);
    f->code_page = kk_u16(&c);
    f->key = kk_u32(&c);
    return ace && f->key ? KK_JET_CLOSED : KK_JET_OPEN;
}

static void decipher(const kk_jet_file *f, uint32_t number, char *bytes)
{
    uint32_t value = f->key ^ number;
    uint8_t key[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                      (uint8_t)(value >> 24)};
    kk_rc4 r;
    kk_rc4_begin(&r, key, sizeof key);
    kk_rc4_turn(&r, (uint8_t *)bytes, f->page_bytes);
}

kk_slice kk_jet_page(kk_jet_file *f, kk_jet_use use, uint32_t number)
{
    char *bytes = f->at[use].bytes;
    if (number == 0 || number >= f->pages)
        return KK_NONE;
    if (f->at[use].number != number) {
        f->at[use].number = 0;
        if (kk_read(f->in, (uint64_t)number * f->page_bytes, bytes, f->page_bytes) != f->page_bytes)
            return KK_NONE;
        if (f->lock)
            kk_jet_lock_turn(f->lock, f->key ^ number, (uint8_t *)bytes, f->page_bytes);
        else if (f->key)
            decipher(f, number, bytes);
        f->at[use].number = number;
    }
    return (kk_slice){bytes, f->page_bytes};
}

/* ---- Rows of a page ---- */

static unsigned u16_at(kk_slice s, size_t at)
{
    kk_cursor c = kk_cursor_over(kk_part(s, at, 2));
    return kk_u16(&c);
}

static uint32_t u32_at(kk_slice s, size_t at)
{
    kk_cursor c = kk_cursor_over(kk_part(s, at, 4));
    return kk_u32(&c);
}

size_t kk_jet_slots(const kk_jet_file *f, kk_slice page)
{
    size_t at = f->jet3 ? 8 : 12;
    size_t count = u16_at(page, at), room = (f->page_bytes - at - 2) / 2;
    return page.len && page.ptr[0] == KK_JET_DATA ? (count < room ? count : room) : 0;
}

bool kk_jet_slot_at(const kk_jet_file *f, kk_slice page, uint32_t number, size_t row,
                    kk_jet_slot *slot)
{
    size_t list = f->jet3 ? 10 : 14;
    if (row >= kk_jet_slots(f, page))
        return false;
    unsigned place = u16_at(page, list + row * 2);
    size_t begin = place & PLACE;
    size_t end = row ? u16_at(page, list + row * 2 - 2) & PLACE : f->page_bytes;
    *slot = (kk_jet_slot){.bytes = kk_part(page, begin, end > begin ? end - begin : 0),
                          .offset = (uint64_t)number * f->page_bytes + begin,
                          .deleted = (place & DELETED) != 0,
                          .moved = (place & MOVED) != 0};
    return begin <= end && end <= f->page_bytes && begin >= list + 2;
}

bool kk_jet_follow(kk_jet_file *f, kk_jet_use use, uint32_t pointer, kk_jet_slot *slot)
{
    uint32_t number = pointer >> 8;
    return kk_jet_slot_at(f, kk_jet_page(f, use, number), number, pointer & 0xff, slot);
}

/* ---- Maps ---- */

bool kk_jet_map_open(kk_jet_file *f, kk_arena *arena, uint32_t pointer, kk_jet_map *map)
{
    kk_jet_slot slot;
    *map = (kk_jet_map){0};
    if (!kk_jet_follow(f, KK_JET_MAP, pointer, &slot) || slot.bytes.len < 5)
        return false;
    unsigned kind = (uint8_t)slot.bytes.ptr[0];
    map->is_list = kind == 1;
    map->first = kind == 0 ? u32_at(slot.bytes, 1) : 0;
    map->bits = kk_copy(arena, kk_from(slot.bytes, kind == 0 ? 5 : 1));
    return kind <= 1;
}

/* The next bit that is set in [at, end); end if none. */
static uint64_t next_bit(kk_slice bits, uint64_t at, uint64_t end)
{
    while (at < end) {
        unsigned byte = (uint8_t)bits.ptr[at / 8];
        if (byte == 0)
            at = (at / 8 + 1) * 8;
        else if (byte >> at % 8 & 1)
            return at;
        else
            at++;
    }
    return end;
}

/* The page that the next bit of a list of maps stands for; UINT64_MAX behind the last. */
static uint64_t next_of_list(kk_jet_file *f, kk_jet_map *map)
{
    uint64_t each = (f->page_bytes - MAP_HEAD) * 8;
    while (map->at / each < map->bits.len / 4 && map->at < f->pages) {
        uint64_t first = map->at / each * each;
        uint32_t number = u32_at(map->bits, (size_t)(map->at / each) * 4);
        kk_slice page = number ? kk_jet_page(f, KK_JET_MAP, number) : KK_NONE;
        bool good = page.len && page.ptr[0] == KK_JET_USAGE;
        map->broken += number && !good;
        uint64_t bit = good ? next_bit(kk_from(page, MAP_HEAD), map->at - first, each) : each;
        map->at = first + bit + (bit < each);
        if (bit < each)
            return first + bit;
    }
    return UINT64_MAX;
}

static uint64_t next_of_bits(kk_jet_map *map)
{
    uint64_t end = (uint64_t)map->bits.len * 8, bit = next_bit(map->bits, map->at, end);
    map->at = bit + (bit < end);
    return bit < end ? map->first + bit : UINT64_MAX;
}

bool kk_jet_map_next(kk_jet_file *f, kk_jet_map *map, uint32_t *page)
{
    uint64_t number;
    do
        number = map->is_list ? next_of_list(f, map) : next_of_bits(map);
    while (number == 0);
    if (number == UINT64_MAX)
        return false;
    map->cut = number >= f->pages; /* those behind it are gone too */
    *page = (uint32_t)number;
    return number < f->pages;
}

/* ---- Long values ---- */

bool kk_jet_long_open(kk_jet_file *f, kk_slice in_row, kk_jet_long *value)
{
    kk_cursor c = kk_cursor_over(in_row);
    uint32_t size = kk_u32(&c), pointer = kk_u32(&c);
    kk_jet_slot slot;
    kk_skip(&c, LONG_HEAD - 8);
    *value = (kk_jet_long){.file = f, .size = size & ~(IN_ROW | ON_PAGE)};
    value->left = value->size;
    if (c.bad || value->size > f->in->size)
        return false;
    if (size & IN_ROW)
        value->here = kk_from(in_row, LONG_HEAD);
    else if (!(size & ON_PAGE))
        value->next = pointer;
    else if (kk_jet_follow(f, KK_JET_LONG, pointer, &slot))
        value->here = slot.bytes;
    else
        value->bad = value->size > 0;
    return true;
}

/* The next piece of a chain: where the one behind it is, then bytes. */
static bool next_piece(kk_jet_long *value)
{
    kk_jet_slot slot;
    uint32_t place = value->next;
    if (!place || place == value->seen || !kk_jet_follow(value->file, KK_JET_LONG, place, &slot) ||
        slot.bytes.len <= 4)
        return false;
    value->pieces++;
    if ((value->pieces & (value->pieces - 1)) == 0)
        value->seen = place;
    value->next = u32_at(slot.bytes, 0);
    value->here = kk_from(slot.bytes, 4);
    return true;
}

size_t kk_jet_long_read(kk_jet_long *value, void *into, size_t len)
{
    size_t done = 0;
    if (len > value->file->left)
        len = (size_t)value->file->left;
    while (done < len && value->left && !value->bad) {
        if (value->here.len == 0 && !next_piece(value)) {
            value->bad = true;
            break;
        }
        size_t most = value->here.len < len - done ? value->here.len : len - done;
        most = most < value->left ? most : (size_t)value->left;
        memcpy((char *)into + done, value->here.ptr, most);
        value->here = kk_from(value->here, most);
        value->left -= most;
        done += most;
    }
    value->file->left -= done;
    return done;
}
