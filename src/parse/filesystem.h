/* Inside the filesystem parser only: a volume as libtsk sees it over one of our streams, and the
 * content of one file of it as a stream of our own. */
#pragma once
#include "evidence/stream.h"
#include "model/event.h"
#include "model/sink.h"
#include <tsk/libtsk.h>

typedef enum {
    KK_VOLUME_NONE,
    KK_VOLUME_NTFS,
    KK_VOLUME_FAT,
    KK_VOLUME_EXT,
    KK_VOLUME_FOREIGN /* recognised, not read */
} kk_volume_kind;

typedef struct {
    TSK_IMG_INFO image; /* first: libtsk hands this back to our read */
    kk_stream *in;
    TSK_FS_INFO *fs;
    kk_volume_kind kind;
    uint64_t declared; /* its size as it says; what lies beyond the image is zeros to libtsk */
    uint64_t beyond;   /* bytes that were read there */
    bool unreadable;   /* some bytes of the image could not be read: libtsk saw zeros there */
} kk_volume;

/* Loads libtsk, for processes that cannot later. False where it is not there. Safe to call again. */
bool kk_filesystem_warm(void);

/* NULL where libtsk cannot make sense of it. Has to be closed. */
kk_volume *kk_volume_open(kk_arena *arena, kk_stream *in, kk_volume_kind kind);
void kk_volume_close(kk_volume *volume);

/* By the first 4 KiB of the volume. */
kk_volume_kind kk_volume_kind_of(kk_slice head);
/* What to say of a volume that is recognised and not read; NULL for any other. */
const char *kk_volume_foreign(kk_slice head, kk_issue_kind *kind);

typedef struct kk_content kk_content;
struct kk_content {
    kk_arena *arena;
    kk_stream *in;
    uint64_t size;  /* what can be read */
    bool cut;       /* more was declared than can be there */
    bool encrypted; /* EFS: only ciphertext is there */
    bool partial;   /* inline data that libtsk gives only in part */
    bool gaps_are_holes;
    kk_slice resident;   /* ptr NULL: in runs */
    struct kk_run *runs; /* ordered by offset in the file */
    size_t count, capacity;
    uint32_t nodes;       /* of an extent tree, read so far */
    uint64_t initialised; /* zeros from there on */
    uint32_t unit;        /* bytes of a compression unit; 0: not compressed */
    uint8_t *plain, *packed;
    uint64_t plain_unit; /* number of the unit in `plain`, plus 1 */
};

/* The content of an attribute; `attribute` NULL: the file's only one. NULL where there is none. It
 * stays readable when the volume is closed. */
kk_content *kk_content_of(kk_arena *arena, kk_volume *volume, TSK_FS_FILE *file,
                          const TSK_FS_ATTR *attribute);
/* What belongs to no file, in the order of its places; `cut` where it lies in too many pieces. */
kk_content *kk_content_of_free(kk_arena *arena, kk_volume *volume);
/* As kk_stream.read_at. */
ptrdiff_t kk_content_read(kk_content *content, uint64_t offset, void *into, size_t len);
/* Bytes of the file from offset on whose place is known and inside the volume. */
uint64_t kk_content_placed(const kk_content *content, uint64_t offset);

/* --- NTFS, from attributes that libtsk loaded --- */

typedef struct kk_ntfs_owners kk_ntfs_owners;
/* The SIDs of all security descriptors of the volume. */
kk_ntfs_owners *kk_ntfs_owners_read(kk_volume *volume, kk_arena *arena);
kk_slice kk_ntfs_owner(const kk_ntfs_owners *owners, const TSK_FS_META *meta);
/* Content kept by a filter driver: what the data attribute holds are zeros. */
bool kk_ntfs_elsewhere(const TSK_FS_META *meta);
/* Target of a symbolic link or a junction. */
kk_slice kk_ntfs_link(kk_arena *arena, const TSK_FS_META *meta);
/* False where the inode is called otherwise, or lies in another folder: then the folder's index
 * still holds a name that the file had before. Where the inode holds no readable name: true. */
bool kk_ntfs_has_name(kk_arena *scratch, const TSK_FS_FILE *file, kk_slice name);
/* Created, modified, changed, accessed: of $SI, then of the $FN that belongs to the file's name.
 * KK_NO_TIME where there is none. */
#define KK_NTFS_TIMES 8
void kk_ntfs_times(const TSK_FS_FILE *file, kk_time times[KK_NTFS_TIMES]);

/* --- times --- */

typedef struct {
    const char *kind; /* created, modified, ...; fn-created, ... of NTFS' $FN */
    kk_time time;
    kk_precision precision;
} kk_stamp;

#define KK_STAMPS_MAX 9
typedef struct {
    kk_stamp items[KK_STAMPS_MAX];
    size_t count;
} kk_stamps;

/* All times of the file that are set; `zone` is that of the machine, for wall clocks (FAT). */
kk_stamps kk_stamps_of(const kk_volume *volume, const kk_zone *zone, const TSK_FS_FILE *file);
/* KK_NO_TIME where there is none. */
kk_time kk_modified_of(const kk_volume *volume, const kk_zone *zone, const TSK_FS_FILE *file);
