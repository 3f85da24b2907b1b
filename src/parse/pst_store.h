/* Outlook's stores as libpff reads them, over a stream of evidence: opening, and values of items. */
#pragma once
#include "evidence/stream.h"

#include <libbfio.h>
#include <libpff.h>

typedef struct {
    libbfio_handle_t *handle;
    libpff_file_t *file;
} kk_pst_store;

/* False: it is no store that can be read; nothing is to be closed then. */
bool kk_pst_open(kk_pst_store *store, kk_arena *arena, kk_stream *in);
void kk_pst_close(kk_pst_store *store);

/* The properties of an item, or of one row of a table; NULL where there are none. */
libpff_record_set_t *kk_pst_set(libpff_item_t *item, int row);
void kk_pst_free_set(libpff_record_set_t **set);

/* All empty or zero where the property is not there. `*cut`: it was longer than `most`. */
kk_slice kk_pst_bytes(libpff_record_set_t *set, kk_arena *arena, unsigned property, size_t most,
                      unsigned *type, bool *cut);
uint32_t kk_pst_number(libpff_record_set_t *set, unsigned property);
uint64_t kk_pst_time(libpff_record_set_t *set, unsigned property);

enum { KK_PST_BYTES = 0x0102, KK_PST_UNICODE = 0x001f, KK_PST_ANSI = 0x001e };
