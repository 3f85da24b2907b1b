/* The times of a file, as its file system keeps them: which there are, how exact, in whose clock.
 * docs/formats/filesystem.md says what each means. */
#include "parse/filesystem.h"

#include <time.h>

/* FAT keeps wall-clock time; libtsk makes it UTC by the zone of this process, which is undone. */
static kk_time wall_clock(const kk_zone *zone, time_t seconds, uint32_t nano)
{
    struct tm tm;
    if (!localtime_r(&seconds, &tm))
        return KK_NO_TIME;
    kk_civil civil = {
        tm.tm_year + 1900,        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
        (int)(nano % 1000000000u)};
    return kk_civil_valid(&civil) ? kk_time_from_local(zone, &civil) : KK_NO_TIME;
}

static kk_time time_of(const kk_volume *v, const kk_zone *zone, time_t seconds, uint32_t nano)
{
    if (seconds == 0)
        return KK_NO_TIME;
    if (v->kind == KK_VOLUME_FAT)
        return wall_clock(zone, seconds, nano);
    return kk_time_from_unix(seconds, nano % 1000000000u);
}

static kk_precision precision_of(const kk_volume *v, const char *kind)
{
    if (v->kind == KK_VOLUME_FAT)
        return strcmp(kind, "created") == 0    ? KK_EXACT_MS
               : strcmp(kind, "accessed") == 0 ? KK_EXACT_DAY
                                               : KK_EXACT_2S;
    bool seconds = !(v->fs->flags & TSK_FS_INFO_FLAG_HAVE_NANOSEC);
    return seconds || strcmp(kind, "deleted") == 0 ? KK_EXACT_S : KK_EXACT_100NS;
}

static void add(const kk_volume *v, kk_stamps *s, const char *kind, kk_time time)
{
    if (time != KK_NO_TIME)
        s->items[s->count++] = (kk_stamp){kind, time, precision_of(v, kind)};
}

kk_stamps kk_stamps_of(const kk_volume *v, const kk_zone *zone, const TSK_FS_FILE *file)
{
    const TSK_FS_META *m = file->meta;
    kk_stamps s = {.count = 0};
    if (v->kind == KK_VOLUME_NTFS) {
        static const char *const kinds[KK_NTFS_TIMES] = {"created",    "modified",   "changed",
                                                         "accessed",   "fn-created", "fn-modified",
                                                         "fn-changed", "fn-accessed"};
        kk_time times[KK_NTFS_TIMES];
        kk_ntfs_times(file, times);
        for (size_t i = 0; i < KK_NTFS_TIMES; i++)
            if (times[i] != KK_NO_TIME)
                s.items[s.count++] = (kk_stamp){kinds[i], times[i], KK_EXACT_100NS};
        return s;
    }
    add(v, &s, "created", time_of(v, zone, m->crtime, m->crtime_nano));
    add(v, &s, "modified", time_of(v, zone, m->mtime, m->mtime_nano));
    add(v, &s, "changed", time_of(v, zone, m->ctime, m->ctime_nano));
    add(v, &s, "accessed", time_of(v, zone, m->atime, m->atime_nano));
    if (v->kind == KK_VOLUME_EXT)
        add(v, &s, "deleted", time_of(v, zone, m->time2.ext2.dtime, 0));
    return s;
}

kk_time kk_modified_of(const kk_volume *v, const kk_zone *zone, const TSK_FS_FILE *file)
{
    kk_time times[KK_NTFS_TIMES];
    if (v->kind != KK_VOLUME_NTFS)
        return time_of(v, zone, file->meta->mtime, file->meta->mtime_nano);
    kk_ntfs_times(file, times);
    return times[1];
}
