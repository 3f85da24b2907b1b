/* Office documents of 2007 and later behind a password (MS-OFFCRYPTO 2.3.4): an OLE file whose stream "EncryptionInfo"
 * says how the stream "EncryptedPackage" is locked, and lets a password be tried. */
#pragma once
#include "parse/parser.h"

typedef struct kk_office_lock kk_office_lock;

/* `in`: the stream "EncryptionInfo". NULL: a way that is not read, or damaged. `by_flags`: as in a database, where standard
 * encryption spins the password only if its flags speak of AES. */
kk_office_lock *kk_office_lock_read(kk_arena *arena, kk_stream *in, bool by_flags, kk_sink *sink);
/* Tries the list. False: nothing of it opens the document. */
bool kk_office_lock_open(kk_office_lock *l, const kk_settings *settings, kk_sink *sink);
/* What is in the stream "EncryptedPackage", deciphered while it is read. */
kk_stream *kk_office_lock_stream(kk_office_lock *l, kk_arena *arena, kk_stream *package,
                                 kk_slice name);
/* Bytes (whole blocks of 16) that stand by themselves under a number, as pages of a database do, made plain in place. */
void kk_office_lock_turn(const kk_office_lock *l, uint32_t number, uint8_t *bytes, size_t len);
/* Whether the bytes are those that were locked, where the document says how to tell. Reads them all. */
bool kk_office_lock_holds(kk_office_lock *l, kk_stream *package);
