/* Writes the example evidence of two invented organisations, the same bytes each time: DIR/paint
 * and DIR/mats, each with evidence/, case.yaml and truth.json, paint also with leak-listing.txt.
 * docs/demo.md tells the two stories. */
#pragma once
#include "base/slice.h"
#include "base/status.h"

/* directory: made if need be; what is there under the same names is written anew. ntfs_helper: path
 * of the program kakuho-demo-ntfs. Needs mke2fs and debugfs (e2fsprogs), mkntfs (ntfs-3g). */
KK_CHECKED kk_status kk_demo_write(const char *directory, const char *ntfs_helper, kk_fault *fault);
