/* OLE compound files: a header of 512 bytes (sector size as a power of two at 30, first sector of
 * the directory at 48, sectors of the allocation table from 76 on), then sectors; directory entries
 * are 128 bytes and begin with their name in UTF-16. Only names of the directory are looked at. */
#include "parse/ole_kind.h"

#include "base/cursor.h"

static kk_ole_kind kind_of_entry(kk_slice entry)
{
    static const struct {
        const char *name;
        kk_ole_kind kind;
    } names[] = {{"EncryptedPackage", KK_OLE_ENCRYPTED},
                 {"EncryptionInfo", KK_OLE_ENCRYPTED},
                 {"Workbook", KK_OLE_OLD_EXCEL},
                 {"Book", KK_OLE_OLD_EXCEL}};
    char name[33] = {0};
    kk_cursor c = kk_cursor_over(entry);
    for (size_t i = 0; i < 32; i++) {
        uint16_t unit = kk_u16(&c);
        if (unit == 0)
            break;
        name[i] = (char)(unit < 0x80 ? unit : '?');
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_eq_nocase(kk_cstr(name), kk_cstr(names[i].name)))
            return names[i].kind;
    return KK_OLE_OTHER;
}

/* The next sector of a chain, by the first 109 sectors of the table: 7 MB with small sectors,
 * beyond which the directory rarely begins. */
static uint32_t next_sector(kk_stream *in, kk_slice header, size_t size, uint32_t sector)
{
    char bytes[4];
    uint64_t per = size / 4, index = sector / per;
    kk_cursor c = kk_cursor_over(header);
    kk_seek(&c, 76 + (size_t)(index < 109 ? index : 109) * 4);
    uint32_t table = kk_u32(&c);
    if (index >= 109 || c.bad || table > 0xfffffffa)
        return UINT32_MAX;
    if (kk_read(in, ((uint64_t)table + 1) * size + sector % per * 4, bytes, 4) != 4)
        return UINT32_MAX;
    c = kk_cursor_over((kk_slice){bytes, 4});
    return kk_u32(&c);
}

kk_ole_kind kk_ole_kind_of(kk_stream *in)
{
    char header[512], bytes[4096];
    kk_slice head = {header, kk_read(in, 0, header, sizeof header)};
    if (!kk_starts(head, KK_S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) || head.len < sizeof header)
        return KK_OLE_NONE;
    kk_cursor c = kk_cursor_over(head);
    kk_seek(&c, 30);
    size_t size = kk_u16(&c) == 12 ? 4096 : 512;
    kk_seek(&c, 48);
    uint32_t sector = kk_u32(&c);
    for (int n = 0; n < 64 && sector < 0xfffffffa; n++) {
        kk_slice entries = {bytes, kk_read(in, ((uint64_t)sector + 1) * size, bytes, size)};
        for (; entries.len >= 128; entries = kk_from(entries, 128)) {
            kk_ole_kind kind = kind_of_entry(kk_part(entries, 0, 64));
            if (kind != KK_OLE_OTHER)
                return kind;
        }
        sector = next_sector(in, head, size, sector);
    }
    return KK_OLE_OTHER;
}
