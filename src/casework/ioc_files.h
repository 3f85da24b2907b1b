/* Files of indicators that a user names: read behind walls, since they come from anywhere. */
#pragma once
#include "analyse/ioc_search.h"
#include "casework/case.h"
#include "detect/ioc.h"

typedef struct {
    kk_slice name; /* the last part of its path */
    const char *format;
    size_t first, count; /* of the indicators */
    kk_ioc_unread *unread;
    size_t unread_count;
} kk_ioc_file;

typedef struct {
    kk_ioc_file *files;
    size_t file_count;
    kk_ioc *items; /* of all files, in their order */
    size_t count;
} kk_ioc_files;

/* Reads the files into bytes that this or another process can take. KK_INVALID where a file cannot be
 * had; what in it is not understood is in its `unread`. No thread may run yet: before the store is opened. */
KK_CHECKED kk_status kk_ioc_files_pack(const kk_options *options, kk_arena *arena,
                                       const kk_slice *paths, size_t count, kk_slice *out,
                                       kk_fault *fault);
/* Texts stay where they are in `packed`. False where it is not what kk_ioc_files_pack wrote. */
bool kk_ioc_files_take(kk_arena *arena, kk_slice packed, kk_ioc_files *out);
/* Looks for them in the case; with `contents` also in what its files hold, which are read again by workers:
 * not where another process writes the case. */
KK_CHECKED kk_status kk_ioc_files_search(kk_case *c, const kk_options *options,
                                         const kk_ioc_files *given, bool contents,
                                         kk_ioc_search *out, kk_fault *fault);
