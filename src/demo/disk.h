/* A disk of the example evidence: what happened on it, act by act in the order of time, then
 * written as an image. NTFS goes through a helper program over libntfs-3g, ext4 through mke2fs and
 * debugfs; both are started with exec and made to give the same bytes each time. */
#pragma once
#include "base/arena.h"
#include "base/time.h"

typedef enum { KK_ACT_FOLDER, KK_ACT_FILE, KK_ACT_WRITE, KK_ACT_RENAME, KK_ACT_DELETE } kk_act_kind;

typedef struct {
    kk_act_kind kind;
    kk_time when; /* what the machine's clock shows */
    kk_slice path, target;
    uint32_t content;                 /* number of the staged content */
    kk_time born, modified, accessed; /* set by who copies; KK_NO_TIME: when */
    uint32_t mode, uid;               /* ext4 only */
} kk_disk_act;

typedef struct {
    kk_slice hex; /* SHA-256 */
    uint64_t size;
} kk_disk_content;

typedef struct kk_disk {
    kk_arena *arena;
    kk_slice stage; /* folder for contents on their way into the image */
    kk_disk_act *acts;
    size_t act_count, act_capacity;
    kk_disk_content *contents;
    size_t content_count, content_capacity;
    kk_fault *fault;
    kk_status status; /* the first failure; later calls do nothing */
} kk_disk;

kk_disk *kk_disk_open(kk_arena *arena, kk_slice stage, kk_fault *fault);
/* Keeps the bytes under a number that any number of files may have as content. */
uint32_t kk_disk_stage(kk_disk *disk, kk_slice bytes);
/* Folders above it are made too; one that is there already is left alone. */
void kk_disk_folder(kk_disk *disk, kk_time when, kk_slice path);
/* A new file in a folder that is made if need be; the act is returned for its times to be set. */
kk_disk_act *kk_disk_put(kk_disk *disk, kk_time when, kk_slice path, uint32_t content);
kk_disk_act *kk_disk_file(kk_disk *disk, kk_time when, kk_slice path, kk_slice bytes);
void kk_disk_rewrite(kk_disk *disk, kk_time when, kk_slice path, uint32_t content);
void kk_disk_rename(kk_disk *disk, kk_time when, kk_slice path, kk_slice target);
void kk_disk_delete(kk_disk *disk, kk_time when, kk_slice path);

typedef struct {
    const char *image, *label;
    uint64_t megabytes;
    uint64_t serial;    /* of the volume (NTFS), seed of the UUID (ext4) */
    bool partitioned;   /* behind a master boot record, at 1 MiB */
    kk_time made;       /* when the file system was made */
    const char *helper; /* kakuho-demo-ntfs */
} kk_disk_image;

KK_CHECKED kk_status kk_disk_write_ntfs(kk_disk *disk, const kk_disk_image *image);
KK_CHECKED kk_status kk_disk_write_ext4(kk_disk *disk, const kk_disk_image *image);

/* Files of the evidence that lie beside the images. Parent folders are made. */
KK_CHECKED kk_status kk_demo_save(kk_slice path, kk_slice bytes, kk_fault *fault);
KK_CHECKED kk_status kk_demo_folder(kk_slice path, kk_fault *fault);
/* The staging folder and what is in it. */
void kk_demo_sweep(kk_slice folder);
