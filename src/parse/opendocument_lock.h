/* OpenDocument behind a password (ODF 1.2 part 3, 3.4): the manifest says of each part how it is packed and locked. */
#pragma once
#include "parse/office_parts.h"

typedef struct kk_odf_locks kk_odf_locks;

kk_odf_locks *kk_odf_locks_open(kk_arena *arena);
void kk_odf_locks_close(kk_odf_locks *l);
/* What the manifest's elements say, in their order. */
void kk_odf_locks_start(kk_odf_locks *l, kk_slice name, const char **attributes);
/* Whether any part is locked, and whether one is the whole document. */
bool kk_odf_locks_any(const kk_odf_locks *l);
bool kk_odf_locks_whole(const kk_odf_locks *l, kk_slice path);

typedef enum {
    KK_ODF_OPENED,
    KK_ODF_CLOSED, /* no password of the list is right */
    KK_ODF_UNKNOWN /* locked in a way that is not read */
} kk_odf_state;
/* Tries the list on one part of the file, which is rewound. */
kk_odf_state kk_odf_locks_try(kk_odf_locks *l, kk_office_file *f, const kk_settings *settings,
                              kk_sink *sink);
/* The current part will be read as it was before it was locked, if it is. False: it cannot be. */
bool kk_odf_locks_enter(kk_odf_locks *l, kk_office_file *f, kk_slice path);
/* Whether parts were left because making all their keys would take too long. */
bool kk_odf_locks_over(const kk_odf_locks *l);
