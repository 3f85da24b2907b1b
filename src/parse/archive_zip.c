/* zip. Read here and not by libarchive, which takes the DOS times of members for times of its own
 * process's zone without saying where a member has better ones, and loses names that its locale
 * cannot hold.
 *
 * At the end: PK 05 06, disk numbers, number of members (u16 at 10), size and offset of the
 * directory (u32 at 12 and 16), length of a comment (u16 at 20). Before it, where that is too
 * small, PK 06 07 with the offset (u64 at 8) of PK 06 06 (size at 40, offset at 48, both u64).
 * Directory entry, 46 bytes: PK 01 02, made by (u16 at 4; high byte 3: Unix), flags (8; bit 0
 * encrypted, bit 3 sizes behind the data, bit 11 UTF-8), method (10), time and date (12, 14),
 * CRC-32 (16), packed and unpacked size (20, 24), lengths of name, extra, comment (28, 30, 32),
 * attributes (u32 at 38; high half: Unix mode), offset of the local header (42); name, extra,
 * comment. Local header, 30 bytes: PK 03 04, flags at 6, method, time, date, CRC-32, sizes at 18
 * and 22, lengths of name and extra at 26 and 28; then name, extra, data. Extra fields (id, length,
 * both u16): 0001 sizes and offset of 64 bits, in this order, those that are all ones above; 5455
 * flags (u8), Unix time (u32); 000A four unused, then attribute 1: three FILETIMEs; 7075 version
 * (u8), CRC-32 of the name, the name in UTF-8. Where the directory is missing the local headers are
 * gone through instead. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/archive.h"
#include "parse/passwords.h"
#include <zlib.h>

#define WINDOW (512u << 10)
#define HEADERS 46u
#define TARGET_MAX 4096u

typedef struct {
    kk_unpacking *u;
    kk_arena *arena; /* for the whole archive */
    char *window;
    uint64_t window_at;
    size_t window_len;
    kk_passwords *passwords; /* NULL: none were given */
} zip;

typedef struct {
    uint32_t made_by, flags, method, dos_time, dos_date, crc;
    uint64_t packed, size, header; /* header: offset of the local one */
    uint32_t attributes;
    kk_slice name, extra;
} entry;

/* Up to len bytes (at most half a window) at the offset, valid until the next call. */
static kk_slice look(zip *z, uint64_t at, size_t len)
{
    kk_stream *in = z->u->in;
    if (at >= in->size)
        return KK_NONE;
    if (at < z->window_at || at + len > z->window_at + z->window_len) {
        z->window_at = at;
        z->window_len = kk_read(in, at, z->window, WINDOW);
    }
    return kk_part((kk_slice){z->window, z->window_len}, (size_t)(at - z->window_at), len);
}

/* --- the directory --- */

typedef struct {
    uint64_t at, end; /* of the directory */
    uint64_t shift;   /* what stands before the archive: added to every offset in it */
} directory;

static bool find_wide_end(zip *z, uint64_t end, uint64_t *size, uint64_t *offset,
                          uint64_t *directory_end)
{
    if (end < 20)
        return false;
    kk_cursor c = kk_cursor_over(look(z, end - 20, 20));
    if (kk_u32(&c) != 0x07064B50)
        return false;
    kk_skip(&c, 4);
    uint64_t at = kk_u64(&c);
    /* Shifted archives: the record stands right before its locator in practice. */
    for (int guess = 0; guess < 2; guess++, at = end >= 76 ? end - 76 : 0) {
        kk_cursor wide = kk_cursor_over(look(z, at, 56));
        if (kk_u32(&wide) != 0x06064B50)
            continue;
        kk_seek(&wide, 40);
        *size = kk_u64(&wide);
        *offset = kk_u64(&wide);
        *directory_end = at;
        return !wide.bad;
    }
    return false;
}

static bool find_directory(zip *z, directory *out)
{
    uint64_t total = z->u->in->size, back = total < 65557 ? total : 65557;
    kk_slice tail = look(z, total - back, (size_t)back);
    for (size_t i = tail.len; i-- > 0;) {
        if (!kk_starts(kk_from(tail, i), KK_S("PK\x05\x06")) || tail.len - i < 22)
            continue;
        kk_cursor c = kk_cursor_over(kk_from(tail, i));
        kk_seek(&c, 12);
        uint64_t size = kk_u32(&c), offset = kk_u32(&c), end = total - back + i;
        if (size == UINT32_MAX || offset == UINT32_MAX)
            (void)find_wide_end(z, end, &size, &offset, &end);
        if (size > end || offset > end - size)
            return false;
        *out = (directory){end - size, end, end - size - offset};
        return size == 0 || kk_starts(look(z, out->at, 4), KK_S("PK\x01\x02"));
    }
    return false;
}

static void widen(entry *e)
{
    kk_slice rest = e->extra;
    while (rest.len >= 4) {
        kk_cursor c = kk_cursor_over(rest);
        uint32_t id = kk_u16(&c), len = kk_u16(&c);
        kk_cursor field = kk_cursor_over(kk_part(rest, 4, len));
        rest = kk_from(rest, 4u + len);
        if (id != 1)
            continue;
        if (e->size == UINT32_MAX && kk_left(&field) >= 8)
            e->size = kk_u64(&field);
        if (e->packed == UINT32_MAX && kk_left(&field) >= 8)
            e->packed = kk_u64(&field);
        if (e->header == UINT32_MAX && kk_left(&field) >= 8)
            e->header = kk_u64(&field);
    }
}

/* The entry at the offset; its length, 0 if there is none. */
static size_t read_entry(zip *z, uint64_t at, entry *e)
{
    kk_slice fixed = look(z, at, HEADERS);
    kk_cursor c = kk_cursor_over(fixed);
    if (fixed.len < HEADERS || kk_u32(&c) != 0x02014B50)
        return 0;
    e->made_by = kk_u16(&c);
    kk_skip(&c, 2);
    e->flags = kk_u16(&c);
    e->method = kk_u16(&c);
    e->dos_time = kk_u16(&c);
    e->dos_date = kk_u16(&c);
    e->crc = kk_u32(&c);
    e->packed = kk_u32(&c);
    e->size = kk_u32(&c);
    size_t name = kk_u16(&c), extra = kk_u16(&c), comment = kk_u16(&c);
    kk_skip(&c, 4);
    e->attributes = kk_u32(&c);
    e->header = kk_u32(&c);
    kk_slice all = look(z, at, HEADERS + name + extra);
    e->name = kk_copy(z->u->scratch, kk_part(all, HEADERS, name));
    e->extra = kk_copy(z->u->scratch, kk_part(all, HEADERS + name, extra));
    widen(e);
    return HEADERS + name + extra + comment;
}

/* A local header; length of it with name and extra, 0 if there is none. */
static size_t read_local(zip *z, uint64_t at, entry *e)
{
    kk_slice fixed = look(z, at, 30);
    kk_cursor c = kk_cursor_over(fixed);
    if (fixed.len < 30 || kk_u32(&c) != 0x04034B50)
        return 0;
    kk_skip(&c, 2);
    *e = (entry){.flags = kk_u16(&c)};
    e->method = kk_u16(&c);
    e->dos_time = kk_u16(&c);
    e->dos_date = kk_u16(&c);
    e->crc = kk_u32(&c);
    e->packed = kk_u32(&c);
    e->size = kk_u32(&c);
    size_t name = kk_u16(&c), extra = kk_u16(&c);
    kk_slice all = look(z, at, 30 + name + extra);
    e->name = kk_copy(z->u->scratch, kk_part(all, 30, name));
    e->extra = kk_copy(z->u->scratch, kk_part(all, 30 + name, extra));
    e->header = at;
    widen(e);
    return 30 + name + extra;
}

/* --- what an entry says --- */

static kk_time dos_time(const kk_zone *zone, const entry *e)
{
    kk_civil civil = {(int)(e->dos_date >> 9) + 1980,
                      (int)(e->dos_date >> 5 & 15),
                      (int)(e->dos_date & 31),
                      (int)(e->dos_time >> 11),
                      (int)(e->dos_time >> 5 & 63),
                      (int)(e->dos_time & 31) * 2,
                      0};
    /* The first moment that can be written stands for none. */
    bool none = e->dos_date == 0x21 && e->dos_time == 0;
    return !none && kk_civil_valid(&civil) ? kk_time_from_local(zone, &civil) : KK_NO_TIME;
}

static void take_extra(kk_member *m, const entry *e)
{
    kk_slice rest = e->extra;
    while (rest.len >= 4) {
        kk_cursor c = kk_cursor_over(rest);
        uint32_t id = kk_u16(&c), len = kk_u16(&c);
        kk_slice field = kk_part(rest, 4, len);
        kk_cursor f = kk_cursor_over(field);
        rest = kk_from(rest, 4u + len);
        if (id == 0x5455 && field.len >= 5 && (kk_u8(&f) & 1) && m->precision != KK_EXACT_100NS) {
            m->modified = kk_time_from_unix((int32_t)kk_u32(&f), 0);
            m->basis = KK_BASIS_UTC;
            m->precision = KK_EXACT_S;
        } else if (id == 0x000A && field.len >= 32) {
            kk_skip(&f, 8);
            kk_time time = kk_time_from_filetime(kk_u64(&f));
            if (time == KK_NO_TIME)
                continue;
            m->modified = time;
            m->basis = KK_BASIS_UTC;
            m->precision = KK_EXACT_100NS;
        } else if (id == 0x7075 && field.len > 5) {
            kk_skip(&f, 1);
            kk_slice name = kk_from(field, 5);
            if (kk_u32(&f) == (uint32_t)crc32(0, (const Bytef *)e->name.ptr, (uInt)e->name.len) &&
                kk_utf8_valid(name))
                m->name = name;
        }
    }
}

static bool packing_of(uint32_t method, kk_packing *packing)
{
    switch (method) {
    case 0:
        *packing = KK_PACK_STORED;
        return true;
    case 8:
        *packing = KK_PACK_DEFLATE;
        return true;
    case 9:
        *packing = KK_PACK_DEFLATE64;
        return true;
    case 12:
        *packing = KK_PACK_BZIP2;
        return true;
    case 93:
        *packing = KK_PACK_ZSTD;
        return true;
    case 95:
        *packing = KK_PACK_XZ;
        return true;
    default:
        return false;
    }
}

static kk_member member_of(zip *z, const entry *e)
{
    kk_packing packing;
    bool on_unix = e->made_by >> 8 == 3;
    uint32_t type = on_unix ? e->attributes >> 16 & 0170000 : 0;
    kk_member m = {.size = e->size, .offset = e->header, .backslashes = true};
    m.name = kk_member_name(z->u->scratch, e->name, true);
    m.modified = dos_time(&z->u->settings->zone, e);
    m.basis = z->u->settings->zone_basis;
    m.precision = KK_EXACT_2S;
    take_extra(&m, e);
    m.encrypted = e->flags & 1;
    m.unread = !packing_of(e->method, &packing);
    if (type == 0120000)
        m.kind = KK_MEMBER_LINK;
    else if (type == 0040000 || kk_ends(m.name, KK_S("/")) || kk_ends(m.name, KK_S("\\")) ||
             (!on_unix && (e->attributes & 0x10) && e->size == 0))
        m.kind = KK_MEMBER_FOLDER;
    else if (type != 0 && type != 0100000)
        m.kind = KK_MEMBER_OTHER;
    return m;
}

/* --- content --- */

typedef struct {
    kk_unpacker *unpacker;
    uint64_t left; /* of the declared size */
    uint32_t crc, crc_expected;
    bool sized, without_crc, ended;
} content;

static ptrdiff_t read_content(void *context, void *into, size_t len, bool *cut)
{
    content *c = context;
    if (c->ended)
        return 0;
    ptrdiff_t got = kk_unpacker_read(c->unpacker, into, len);
    if (got < 0) {
        *cut = kk_unpacker_cut(c->unpacker);
        return -1;
    }
    if (got > 0) {
        c->crc = (uint32_t)crc32(c->crc, into, (uInt)got);
        c->left -= (uint64_t)got <= c->left ? (uint64_t)got : c->left;
        return got;
    }
    c->ended = true;
    bool whole = c->left == 0 && (c->without_crc || c->crc == c->crc_expected);
    return whole || !c->sized ? 0 : -1;
}

static kk_slice link_target(zip *z, content *c)
{
    char bytes[TARGET_MAX];
    size_t done = 0;
    bool cut;
    ptrdiff_t got;
    while (done < sizeof bytes &&
           (got = read_content(c, bytes + done, sizeof bytes - done, &cut)) > 0)
        done += (size_t)got;
    return kk_member_name(z->u->scratch, kk_copy(z->u->scratch, (kk_slice){bytes, done}), true);
}

/* What WinZip's field says of an encrypted member: true method, strength of its key. */
static void take_aes(entry *e, kk_ciphered *c)
{
    kk_slice rest = e->extra;
    while (rest.len >= 4) {
        kk_cursor head = kk_cursor_over(rest);
        uint32_t id = kk_u16(&head), len = kk_u16(&head);
        kk_cursor f = kk_cursor_over(kk_part(rest, 4, len));
        rest = kk_from(rest, 4u + len);
        if (id != 0x9901)
            continue;
        uint32_t version = kk_u16(&f);
        kk_skip(&f, 2);
        c->strength = kk_u8(&f);
        e->method = kk_u16(&f);
        c->without_crc = version == 2;
        if (f.bad || c->strength > 3)
            c->strength = 0;
    }
}

/* The bytes of an encrypted member deciphered; NULL where no password opens it. */
static kk_deciphered *open_encrypted(zip *z, entry *e, uint64_t data, kk_member *m)
{
    enum { METHOD_AES = 99, FLAG_STRONG = 0x40 };
    bool aes = e->method == METHOD_AES;
    kk_ciphered c = {.in = z->u->in, .data = data, .packed = e->packed, .crc = e->crc};
    c.check = e->flags & 8 ? (uint8_t)(e->dos_time >> 8) : (uint8_t)(e->crc >> 24);
    if (aes)
        take_aes(e, &c);
    if (!z->passwords || !data || (e->flags & FLAG_STRONG) || aes != (c.strength > 0) ||
        !packing_of(e->method, &c.packing))
        return NULL;
    kk_deciphered *d = kk_passwords_decipher(z->passwords, z->u->scratch, &c, &m->password_line);
    m->unread = !d;
    return d;
}

/* False when no more members are wanted. */
static bool tell_entry(zip *z, entry *e, uint64_t data, bool sized)
{
    kk_member m = member_of(z, e);
    kk_deciphered *opened = m.encrypted ? open_encrypted(z, e, data, &m) : NULL;
    kk_packing packing = KK_PACK_STORED;
    content c = {.left = e->size, .crc_expected = e->crc, .sized = sized};
    c.without_crc = opened && e->crc == 0; /* an HMAC stands for it */
    if (!sized)
        m.size = UINT64_MAX;
    bool readable = data != 0 && (!m.encrypted || opened) && packing_of(e->method, &packing);
    if (readable && opened)
        c.unpacker = kk_unpacker_open(z->u->scratch, kk_deciphered_stream(opened), 0,
                                      kk_deciphered_stream(opened)->size, packing);
    else if (readable)
        c.unpacker = kk_unpacker_open(z->u->scratch, z->u->in, data, e->packed, packing);
    if (readable && m.kind == KK_MEMBER_LINK)
        m.target = link_target(z, &c);
    if (data == 0 && m.kind == KK_MEMBER_FILE && z->u->damaged++ == 0)
        z->u->first_damage = e->header;
    bool more = kk_unpacking_tell(z->u, &m, readable ? read_content : NULL, &c);
    if (c.unpacker)
        kk_unpacker_close(c.unpacker);
    if (!kk_deciphered_close(opened) && z->u->damaged++ == 0)
        z->u->first_damage = e->header;
    return more;
}

/* Where the data of an entry of the directory begins; 0 where its local header is not. */
static uint64_t data_of(zip *z, const entry *e)
{
    char bytes[30]; /* not through the window: that stays on the directory */
    if (kk_read(z->u->in, e->header, bytes, sizeof bytes) < sizeof bytes)
        return 0;
    kk_cursor c = kk_cursor_over((kk_slice){bytes, sizeof bytes});
    if (kk_u32(&c) != 0x04034B50)
        return 0;
    kk_seek(&c, 26);
    size_t name = kk_u16(&c), extra = kk_u16(&c);
    return e->header + 30 + name + extra;
}

static void read_by_directory(zip *z, const directory *d)
{
    uint64_t at = d->at;
    while (at < d->end) {
        entry e = {0};
        size_t len = read_entry(z, at, &e);
        if (len == 0) {
            kk_report(z->u->sink, KK_ISSUE_DAMAGED, at, "the directory of the archive is damaged");
            return;
        }
        e.header = e.header <= UINT64_MAX - d->shift ? e.header + d->shift : UINT64_MAX;
        uint64_t data = data_of(z, &e);
        bool more = tell_entry(z, &e, data, true);
        kk_arena_reset(z->u->scratch);
        if (!more)
            return;
        at += len;
    }
}

/* --- without a directory --- */

static uint64_t next_header(zip *z, uint64_t at)
{
    for (;;) {
        kk_slice part = look(z, at, WINDOW / 2);
        size_t found = kk_find(part, KK_S("PK\x03\x04"));
        if (found != KK_NOWHERE)
            return at + found;
        if (part.len < WINDOW / 2)
            return UINT64_MAX;
        at += part.len - 3;
    }
}

/* How long deflated data is that does not say so: unpacked once to find its end. */
static uint64_t measure(zip *z, uint64_t data, kk_packing packing)
{
    char bytes[16384];
    ptrdiff_t got;
    kk_unpacker *u = kk_unpacker_open(z->u->scratch, z->u->in, data, UINT64_MAX, packing);
    while ((got = kk_unpacker_read(u, bytes, sizeof bytes)) > 0)
        if (!kk_unpacking_spend(z->u, (uint64_t)got))
            break;
    uint64_t len = kk_unpacker_consumed(u);
    kk_unpacker_close(u);
    return len;
}

static void read_by_headers(zip *z)
{
    kk_report(z->u->sink, KK_ISSUE_TRUNCATED, z->u->in->size,
              "the archive lacks its directory: the members are found one by one");
    uint64_t at = 0;
    for (;;) {
        entry e;
        at = next_header(z, at);
        size_t head = at == UINT64_MAX ? 0 : read_local(z, at, &e);
        if (head == 0)
            return;
        uint64_t data = at + head;
        bool sized = !(e.flags & 8) || e.packed != 0;
        if (!sized && e.method == 8 && !(e.flags & 1))
            e.packed = measure(z, data, KK_PACK_DEFLATE);
        else if (!sized)
            e.packed = next_header(z, data) - data;
        bool more = tell_entry(z, &e, data, sized);
        kk_arena_reset(z->u->scratch);
        uint64_t left = z->u->in->size - (data < z->u->in->size ? data : z->u->in->size);
        /* Sizes that lead beyond the end may be damaged: then the next header is looked for. */
        at = data + (e.packed <= left ? e.packed : 0);
        if (!more)
            return;
    }
}

void kk_zip_read(kk_unpacking *u)
{
    directory d;
    zip z = {.u = u, .arena = kk_arena_open()};
    z.window = kk_take(z.arena, WINDOW);
    if (kk_has_passwords(u->settings))
        z.passwords = kk_passwords_open(z.arena, u->settings, u->sink);
    if (find_directory(&z, &d))
        read_by_directory(&z, &d);
    else
        read_by_headers(&z);
    if (z.passwords && kk_passwords_over(z.passwords))
        kk_report(u->sink, KK_ISSUE_LIMIT, 0,
                  "not every password was tried on every member: that would take too long");
    kk_arena_close(z.arena);
}

/* A workbook (.xlsx): another parser reads it as tables. */
bool kk_zip_is_office_table(kk_slice head)
{
    static const char *const firsts[] = {"[Content_Types].xml", "_rels/", "docProps/", "xl/",
                                         "customXml/"};
    kk_cursor c = kk_cursor_over(head);
    kk_seek(&c, 26);
    kk_slice name = kk_part(head, 30, kk_u16(&c));
    bool office = false;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        office = office || kk_starts(name, kk_cstr(firsts[i]));
    return office && (kk_has(head, KK_S("xl/workbook.xml")) ||
                      kk_has(head, KK_S("xl/worksheets/sheet1.xml")) ||
                      kk_has(head, KK_S("xl/_rels/workbook.xml.rels")));
}
