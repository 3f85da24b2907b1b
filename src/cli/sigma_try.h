/* Rules tried on samples and evidence, behind the walls of a worker. */
#pragma once
#include "cli/command.h"
#include "detect/match.h"

typedef struct {
    const char *path;
    kk_slice host; /* that its lines come from, where they do not say it */
    int fd;
    uint64_t size;
} kk_tried_file;

typedef enum { KK_TRY_TEST, KK_TRY_EXPLAIN, KK_TRY_PROFILE } kk_try;

/* Opens the files, reads them inside, and writes what came of it, lines of JSON, to `out`. */
KK_CHECKED kk_status kk_sigma_try(kk_invocation *i, kk_try what, const kk_sigma *set,
                                  kk_slice block, const char *const *paths, int count,
                                  kk_buffer *out);
