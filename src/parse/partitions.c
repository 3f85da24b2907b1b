/* Partition tables: where the volumes of a disk image begin and end. Each becomes a child "p1",
 * "p2",
 * ... in the order of the table, entries in use only.
 *
 * MBR, sector 0: 446 bytes of code, four entries of 16 bytes, 55 AA. An entry: status (00 or 80),
 * CHS of the start (3), type, CHS of the end (3), start LBA (u32), sectors (u32). Types 05, 0F and
 * 85 hold a chain of EBRs: sectors of the same build, entry 0 a logical partition relative to that
 * sector, entry 1 the next EBR relative to the start of the extended partition.
 *
 * GPT, LBA 1 and again in the last LBA: "EFI PART", revision, header size (u32), CRC32 of the
 * header with this field zero, reserved, own LBA (u64), the other header's LBA, first and last
 * usable LBA, disk GUID, LBA of the entries at 72, their number (u32) at 80, size of one (u32),
 * CRC32 of them all. An entry: type GUID (zero: unused), own GUID, first and last LBA (u64,
 * inclusive) at 32 and 40. */
#include "base/cursor.h"
#include "parse/parser.h"
#include <zlib.h>

#define SECTOR 512
#define VOLUMES_MAX 1024
#define CHAIN_MAX 256
#define ENTRIES_MAX 4096
#define ENTRY_SIZE_MAX 4096

typedef struct {
    uint64_t start, size; /* bytes; as the table says, not yet held against the image */
    uint64_t entry;       /* where the table says so */
} volume;

typedef struct {
    kk_stream *in;
    kk_arena *arena;
    kk_sink *sink; /* NULL: nobody listens, the table is only looked up again */
    volume *volumes;
    size_t count, capacity;
} table;

typedef struct {
    uint8_t type;
    uint32_t start, sectors;
    bool sane;
} mbr_entry;

typedef enum { GPT_NONE, GPT_DAMAGED, GPT_GOOD } gpt_state;

typedef struct {
    gpt_state state;
    uint64_t other;   /* LBA of the other header */
    uint64_t entries; /* offset in bytes */
    uint32_t count, size;
} gpt;

static void note(const table *t, kk_issue_kind kind, uint64_t offset, const char *what)
{
    if (t->sink)
        kk_report(t->sink, kind, offset, "%s", what);
}

static void add_volume(table *t, uint64_t start, uint64_t size, uint64_t entry)
{
    if (t->count == VOLUMES_MAX) {
        note(t, KK_ISSUE_LIMIT, entry,
             "more partitions than the limit of 1024: the rest is not read");
        return;
    }
    t->volumes = kk_grow(t->arena, t->volumes, &t->capacity, t->count + 1, sizeof *t->volumes);
    t->volumes[t->count++] = (volume){start, size, entry};
}

/* --- MBR --- */

static mbr_entry read_entry(kk_slice sector, size_t index)
{
    kk_cursor c = kk_cursor_over(kk_part(sector, 446 + 16 * index, 16));
    uint8_t status = kk_u8(&c);
    kk_skip(&c, 3);
    mbr_entry entry = {.type = kk_u8(&c)};
    kk_skip(&c, 3);
    entry.start = kk_u32(&c);
    entry.sectors = kk_u32(&c);
    entry.sane = !c.bad && (status == 0 || status == 0x80);
    return entry;
}

static bool in_use(const mbr_entry *entry)
{
    return entry->type != 0 && entry->sectors != 0;
}

static bool is_extended(const mbr_entry *entry)
{
    return entry->type == 0x05 || entry->type == 0x0F || entry->type == 0x85;
}

static bool is_signed(kk_slice sector)
{
    return sector.len >= SECTOR && (uint8_t)sector.ptr[510] == 0x55 &&
           (uint8_t)sector.ptr[511] == 0xAA;
}

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* FAT, NTFS, exFAT and BitLocker volumes end their first sector with 55 AA too. */
static bool is_boot_sector(kk_slice sector)
{
    kk_slice maker = kk_part(sector, 3, 8);
    if (kk_eq(maker, KK_S("NTFS    ")) || kk_eq(maker, KK_S("EXFAT   ")) ||
        kk_eq(maker, KK_S("-FVE-FS-")) || kk_eq(maker, KK_S("ReFS\0\0\0\0")))
        return true;
    kk_cursor c = kk_cursor_over(sector);
    kk_seek(&c, 11);
    uint32_t bytes = kk_u16(&c), per_cluster = kk_u8(&c), reserved = kk_u16(&c), fats = kk_u8(&c);
    kk_skip(&c, 4);
    uint8_t media = kk_u8(&c);
    return bytes >= 512 && bytes <= 4096 && is_power_of_two(bytes) &&
           is_power_of_two(per_cluster) && reserved != 0 && (fats == 1 || fats == 2) &&
           (media == 0xF0 || media >= 0xF8);
}

/* An MBR whose entries make sense on a disk of this size. */
static bool is_mbr(kk_slice sector, uint64_t size)
{
    if (!is_signed(sector) || is_boot_sector(sector))
        return false;
    bool inside = false;
    for (size_t i = 0; i < 4; i++) {
        mbr_entry entry = read_entry(sector, i);
        if (!entry.sane)
            return false;
        if (!in_use(&entry))
            continue;
        if (entry.start == 0)
            return false;
        inside = inside || (uint64_t)entry.start * SECTOR < size;
    }
    return inside;
}

static bool is_protective(kk_slice sector)
{
    for (size_t i = 0; i < 4; i++) {
        mbr_entry entry = read_entry(sector, i);
        if (entry.sane && entry.type == 0xEE && entry.sectors != 0)
            return true;
    }
    return false;
}

/* The logical partitions of an extended one. */
static void read_chain(table *t, uint32_t base)
{
    uint64_t seen[CHAIN_MAX];
    uint64_t lba = base;
    for (size_t steps = 0; steps < CHAIN_MAX; steps++) {
        char bytes[SECTOR];
        kk_slice sector = {bytes, kk_read(t->in, lba * SECTOR, bytes, SECTOR)};
        if (!is_signed(sector)) {
            bool end = sector.len < SECTOR;
            note(t, end ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED, lba * SECTOR,
                 end ? "an extended partition table lies beyond the end of the image"
                     : "an extended partition table lacks its signature");
            return;
        }
        mbr_entry logical = read_entry(sector, 0), next = read_entry(sector, 1);
        if (in_use(&logical) && !is_extended(&logical))
            add_volume(t, (lba + logical.start) * SECTOR, (uint64_t)logical.sectors * SECTOR,
                       lba * SECTOR + 446);
        if (!in_use(&next) || !is_extended(&next) || next.start == 0)
            return;
        seen[steps] = lba;
        lba = (uint64_t)base + next.start;
        for (size_t i = 0; i <= steps; i++) {
            if (seen[i] == lba) {
                note(t, KK_ISSUE_LINK, lba * SECTOR, "the extended partition tables form a loop");
                return;
            }
        }
    }
    note(t, KK_ISSUE_LIMIT, lba * SECTOR, "more than 256 extended partition tables in a chain");
}

static void read_mbr(table *t, kk_slice sector)
{
    for (size_t i = 0; i < 4; i++) {
        mbr_entry entry = read_entry(sector, i);
        if (in_use(&entry) && !is_extended(&entry))
            add_volume(t, (uint64_t)entry.start * SECTOR, (uint64_t)entry.sectors * SECTOR,
                       446 + 16 * i);
    }
    for (size_t i = 0; i < 4; i++) {
        mbr_entry entry = read_entry(sector, i);
        if (in_use(&entry) && is_extended(&entry))
            read_chain(t, entry.start);
    }
}

/* --- GPT --- */

static uint32_t checksum_of(kk_stream *in, uint64_t offset, uint64_t len, bool *whole)
{
    uint8_t bytes[4096];
    uLong sum = crc32(0, Z_NULL, 0);
    *whole = true;
    while (len > 0) {
        size_t want = len < sizeof bytes ? (size_t)len : sizeof bytes;
        size_t got = kk_read(in, offset, bytes, want);
        sum = crc32(sum, bytes, (uInt)got);
        offset += got;
        len -= got;
        if (got < want) {
            *whole = false;
            break;
        }
    }
    return (uint32_t)sum;
}

static gpt read_gpt(kk_stream *in, uint64_t lba, uint32_t sector)
{
    uint8_t bytes[4096];
    gpt g = {.state = GPT_NONE};
    if (lba > UINT64_MAX / sector || kk_read(in, lba * sector, bytes, sector) < sector ||
        memcmp(bytes, "EFI PART", 8) != 0)
        return g;
    kk_cursor c = kk_cursor_over((kk_slice){(const char *)bytes, sector});
    kk_seek(&c, 12);
    uint32_t header = kk_u32(&c), sum = kk_u32(&c);
    kk_skip(&c, 4);
    uint64_t own = kk_u64(&c);
    g.other = kk_u64(&c);
    kk_seek(&c, 72);
    uint64_t entries = kk_u64(&c);
    g.count = kk_u32(&c);
    g.size = kk_u32(&c);
    uint32_t entries_sum = kk_u32(&c);
    if (g.size < 128 || g.size > ENTRY_SIZE_MAX || g.count == 0 || g.count > ENTRIES_MAX ||
        entries > in->size / sector)
        return g;
    g.entries = entries * sector;
    memset(bytes + 16, 0, 4);
    bool whole = false;
    bool good = header >= 92 && header <= sector && own == lba &&
                (uint32_t)crc32(crc32(0, Z_NULL, 0), bytes, header) == sum &&
                checksum_of(in, g.entries, (uint64_t)g.count * g.size, &whole) == entries_sum;
    g.state = good && whole ? GPT_GOOD : GPT_DAMAGED;
    return g;
}

static void take_gpt(table *t, const gpt *g, uint32_t sector)
{
    static const uint8_t unused[16] = {0};
    for (uint32_t i = 0; i < g->count; i++) {
        uint8_t bytes[128];
        uint64_t at = g->entries + (uint64_t)i * g->size;
        if (kk_read(t->in, at, bytes, sizeof bytes) < sizeof bytes)
            return;
        if (memcmp(bytes, unused, sizeof unused) == 0)
            continue;
        kk_cursor c = kk_cursor_over((kk_slice){(const char *)bytes, sizeof bytes});
        kk_seek(&c, 32);
        uint64_t first = kk_u64(&c), last = kk_u64(&c), most = UINT64_MAX / sector / 2;
        if (first == 0 || last < first || last > most)
            note(t, KK_ISSUE_DAMAGED, at, "a partition entry ends before it begins");
        bool sane = first != 0 && last >= first && last <= most;
        add_volume(t, sane ? first * sector : 0, sane ? (last - first + 1) * sector : 0, at);
    }
}

/* The primary table, else its backup, else the primary in spite of its checksum. */
static bool read_gpt_disk(table *t, uint32_t sector)
{
    uint64_t last = t->in->size / sector;
    gpt primary = read_gpt(t->in, 1, sector);
    if (primary.state == GPT_GOOD) {
        take_gpt(t, &primary, sector);
        return true;
    }
    gpt backup = last > 1 ? read_gpt(t->in, last - 1, sector) : (gpt){.state = GPT_NONE};
    if (backup.state != GPT_GOOD && primary.state == GPT_DAMAGED && primary.other != 1)
        backup = read_gpt(t->in, primary.other, sector);
    if (backup.state == GPT_GOOD) {
        note(t, KK_ISSUE_DAMAGED, sector,
             "the partition table (GPT) is damaged: its backup is used");
        take_gpt(t, &backup, sector);
        return true;
    }
    const gpt *rest = primary.state == GPT_DAMAGED ? &primary : &backup;
    if (rest->state != GPT_DAMAGED)
        return false;
    note(t, KK_ISSUE_DAMAGED, sector,
         "the partition table (GPT) has a wrong checksum and no good backup");
    take_gpt(t, rest, sector);
    return true;
}

/* --- both --- */

static void read_table(table *t)
{
    char bytes[SECTOR];
    kk_slice sector = {bytes, kk_read(t->in, 0, bytes, SECTOR)};
    bool mbr = is_mbr(sector, t->in->size);
    if (!mbr || is_protective(sector)) {
        if (read_gpt_disk(t, SECTOR) || read_gpt_disk(t, 4096))
            return;
        note(t, KK_ISSUE_DAMAGED, SECTOR,
             "neither the partition table (GPT) nor its backup can be read");
    }
    if (mbr && !is_protective(sector))
        read_mbr(t, sector);
}

static kk_score probe(const kk_probe *probe)
{
    kk_slice sector = kk_part(probe->head, 0, SECTOR);
    if (sector.len < SECTOR || is_boot_sector(sector))
        return KK_NO;
    bool mbr = is_mbr(sector, probe->size);
    bool gpt_there = kk_eq(kk_part(probe->head, 512, 8), KK_S("EFI PART")) ||
                     kk_eq(kk_part(probe->head, 4096, 8), KK_S("EFI PART"));
    if (gpt_there && (!mbr || is_protective(sector)))
        return KK_CERTAIN;
    return mbr ? KK_SURE : KK_NO;
}

typedef struct {
    kk_stream *in;
    uint64_t at, end;
} window;

static ptrdiff_t read_window(void *context, void *into, size_t len)
{
    window *w = context;
    if (len > w->end - w->at)
        len = (size_t)(w->end - w->at);
    if (len == 0)
        return 0;
    ptrdiff_t got = w->in->read_at(w->in, w->at, into, len);
    if (got > 0)
        w->at += (uint64_t)got;
    return got;
}

static void tell_volume(table *t, size_t index)
{
    const volume *v = &t->volumes[index];
    uint64_t there = v->start < t->in->size ? t->in->size - v->start : 0;
    uint64_t size = v->size < there ? v->size : there;
    if (size < v->size)
        kk_report(t->sink, KK_ISSUE_TRUNCATED, v->entry,
                  size ? "partition %zu goes on beyond the end of the image"
                       : "partition %zu lies beyond the end of the image",
                  index + 1);
    if (size == 0) /* an entry that makes no sense keeps its number too */
        return;
    window w = {t->in, v->start, v->start + size};
    kk_slice name = kk_print(t->arena, "p%zu", index + 1);
    kk_child child = {.name = name,
                      .joint = "!/",
                      .size = size,
                      .token = name,
                      .modified = KK_NO_TIME,
                      .is_volume = true,
                      .read = read_window,
                      .context = &w};
    t->sink->child(t->sink, &child);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    table t = {.in = in, .arena = sink->arena, .sink = sink};
    read_table(&t);
    for (size_t i = 0; i < t.count && !sink->stopped; i++)
        tell_volume(&t, i);
}

static kk_stream *open_volume(kk_stream *in, kk_slice token, kk_arena *arena)
{
    uint64_t number;
    if (!kk_starts(token, KK_S("p")) || !kk_to_u64(kk_from(token, 1), &number))
        return NULL;
    table t = {.in = in, .arena = arena};
    read_table(&t);
    if (number == 0 || number > t.count || t.volumes[number - 1].size == 0 ||
        t.volumes[number - 1].start >= in->size)
        return NULL;
    const volume *v = &t.volumes[number - 1];
    uint64_t there = in->size - v->start;
    return kk_stream_part(arena, in, v->start, v->size < there ? v->size : there,
                          kk_copy(arena, token));
}

const kk_parser kk_parser_partitions = {
    .name = "partitions",
    .about = "partition tables of disk images (MBR with logical partitions, GPT)",
    .version = 1,
    .cut = KK_WHOLE,
    .is_container = true,
    .is_disk = true,
    .priority = 20,
    .probe = probe,
    .parse = parse,
    .open = open_volume,
};
