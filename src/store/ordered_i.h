/* Rows in the order of events, however many there are: the store cannot sort more wide rows than
 * its memory holds, so they are asked for a stretch of time (of one file, of records) at a time. */
#pragma once
#include "base/buffer.h"
#include "store/store.h"

/* `question` gives rows with the columns time, label, path, record, sub, offset, packed_more and others;
 * they come by the first six of these and then by `ties`, or with `ties` NULL in any order. A row's
 * texts are valid until it returns; what it returns but KK_OK ends the reading. */
KK_CHECKED kk_status read_rows(kk_store *store, kk_slice question, const char *ties,
                               kk_status (*row)(void *context, const kk_rows *rows), void *context,
                               kk_fault *fault);
