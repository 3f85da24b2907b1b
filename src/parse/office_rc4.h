/* RC4 as the programs of before 2007 lock documents with it, under a new key every so many bytes
 * (MS-OFFCRYPTO 2.3.5 and 2.3.6): of 1997 with MD5 and 40 bits, of 2002 with SHA-1 and up to 128 bits. */
#pragma once
#include "base/cipher.h"
#include "parse/parser.h"

typedef struct kk_office_rc4 kk_office_rc4;

/* `head`: from its version (two numbers of 16 bits) on. `block`: bytes under one key. NULL: a method that is
 * not read. */
kk_office_rc4 *kk_office_rc4_read(kk_arena *arena, kk_slice head, size_t block);
/* Whether the password (UTF-16LE) opens it; it is kept then. */
bool kk_office_rc4_try(kk_office_rc4 *r, kk_slice units);
/* Tries the list, `known` first: what programs take where nobody was asked. */
bool kk_office_rc4_unlock(kk_office_rc4 *r, const kk_settings *settings, kk_sink *sink,
                          const char *known);
/* Bytes that begin at `at`, made plain in place. */
void kk_office_rc4_turn(kk_office_rc4 *r, uint64_t at, uint8_t *bytes, size_t len);
/* The same with all bytes of an object under one key, that of its number. */
void kk_office_rc4_begin(const kk_office_rc4 *r, uint32_t number, kk_rc4 *state);
/* The stream made plain while it is read; its first bytes are plain already. */
kk_stream *kk_office_rc4_stream(kk_office_rc4 *r, kk_arena *arena, kk_stream *in, uint64_t plain);
