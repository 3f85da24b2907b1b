/* Access databases of 2007 and later behind a password: page 0 stays open and says at 299 (hexadecimal), behind its length in
 * 16 bits, how the others are encrypted, as office documents do (MS-OFFCRYPTO): RC4 of 1997 and 2002, standard, agile. Each
 * page is one block, whose number is that of the page XOR the head's key. */
#pragma once
#include "parse/parser.h"

typedef struct kk_jet_lock kk_jet_lock;

/* NULL: a way that is not read. */
kk_jet_lock *kk_jet_lock_read(kk_arena *arena, kk_stream *in, kk_sink *sink);
/* Tries the list. */
bool kk_jet_lock_open(kk_jet_lock *l, const kk_settings *settings, kk_sink *sink);
/* A page made plain in place. */
void kk_jet_lock_turn(const kk_jet_lock *l, uint32_t number, uint8_t *bytes, size_t len);
