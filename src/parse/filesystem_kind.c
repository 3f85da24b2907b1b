/* Which file system a volume holds, by its first 4 KiB:
 *     0     "XFSB"; "LUKS" BA BE; EB or E9 of a boot sector
 *     3     "NTFS    ", "EXFAT   ", "-FVE-FS-" (BitLocker), "ReFS"; FAT by the sizes at 11 to 40
 *     510   55 AA of a boot sector
 *     1080  53 EF of ext, whose superblock begins at 1024
 *     "LABELONE" at the beginning of one of the first four sectors: LVM
 * docs/formats/filesystem.md. */
#include "parse/filesystem.h"

#include "base/cursor.h"

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

static bool is_fat(kk_slice head)
{
    kk_cursor c = kk_cursor_over(head);
    uint8_t jump = kk_u8(&c);
    kk_seek(&c, 11);
    uint32_t bytes = kk_u16(&c), per_cluster = kk_u8(&c), reserved = kk_u16(&c), fats = kk_u8(&c);
    uint32_t roots = kk_u16(&c), sectors = kk_u16(&c);
    uint8_t media = kk_u8(&c);
    uint32_t fat16 = kk_u16(&c);
    kk_skip(&c, 8);
    uint32_t sectors32 = kk_u32(&c), fat32 = kk_u32(&c);
    bool sizes = (sectors != 0 || sectors32 != 0) && (fat16 != 0 ? roots != 0 : fat32 != 0);
    return !c.bad && (jump == 0xEB || jump == 0xE9) && is_power_of_two(bytes) && bytes >= 512 &&
           bytes <= 4096 && is_power_of_two(per_cluster) && reserved != 0 && fats >= 1 &&
           fats <= 2 && (media == 0xF0 || media >= 0xF8) && sizes;
}

static bool is_ext(kk_slice head)
{
    kk_cursor c = kk_cursor_over(head);
    kk_seek(&c, 1024);
    uint32_t inodes = kk_u32(&c), blocks = kk_u32(&c);
    kk_seek(&c, 1024 + 24);
    uint32_t log_size = kk_u32(&c);
    kk_seek(&c, 1024 + 56);
    return kk_u16(&c) == 0xEF53 && !c.bad && inodes != 0 && blocks != 0 && log_size <= 6;
}

static bool is_lvm(kk_slice head)
{
    for (size_t sector = 0; sector < 4; sector++)
        if (kk_eq(kk_part(head, sector * 512, 8), KK_S("LABELONE")))
            return true;
    return false;
}

const char *kk_volume_foreign(kk_slice head, kk_issue_kind *kind)
{
    kk_slice maker = kk_part(head, 3, 8);
    *kind = KK_ISSUE_PASSWORD;
    if (kk_eq(maker, KK_S("-FVE-FS-")))
        return "a BitLocker volume: it needs its key and is not read";
    if (kk_starts(head, KK_S("LUKS\xba\xbe")))
        return "a LUKS volume: it needs its key and is not read";
    *kind = KK_ISSUE_FORMAT;
    if (kk_starts(head, KK_S("XFSB")))
        return "an XFS volume is not read";
    if (is_lvm(head))
        return "a physical volume of LVM is not read";
    if (kk_eq(maker, KK_S("ReFS\0\0\0\0")))
        return "a ReFS volume is not read";
    return NULL;
}

kk_volume_kind kk_volume_kind_of(kk_slice head)
{
    kk_issue_kind ignored;
    kk_slice maker = kk_part(head, 3, 8);
    bool boots =
        head.len >= 512 && (uint8_t)head.ptr[510] == 0x55 && (uint8_t)head.ptr[511] == 0xAA;
    if (is_ext(head))
        return KK_VOLUME_EXT;
    if (kk_eq(maker, KK_S("NTFS    ")) && boots)
        return KK_VOLUME_NTFS;
    if (boots && (kk_eq(maker, KK_S("EXFAT   ")) || is_fat(head)))
        return KK_VOLUME_FAT;
    return kk_volume_foreign(head, &ignored) ? KK_VOLUME_FOREIGN : KK_VOLUME_NONE;
}
