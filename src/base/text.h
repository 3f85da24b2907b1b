/* Text in the encodings that evidence comes in, brought to valid UTF-8. Uses ICU, never iconv
 * (which opens files late, when a sandbox is already closed). */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

typedef enum {
    KK_UTF8,
    KK_UTF16LE,
    KK_UTF16BE,
    KK_CP932, /* Windows Shift_JIS with NEC and IBM rows */
    KK_EUC_JP,
    KK_ISO_2022_JP,
    KK_LATIN1, /* last resort: every byte is a character */
} kk_charset;

/* Opens the converters and normalisers, so that nothing is loaded later. Safe to call again. */
void kk_text_warm(void);

/* What the bytes most likely are: a BOM decides, then escape sequences, then which of UTF-8,
 * CP932, EUC-JP decodes without a fault and into the more Japanese text. A cut last character does
 * not count against an encoding. `certain` (may be NULL) tells whether more than one was possible. */
kk_charset kk_charset_guess(kk_slice bytes, bool *certain);
const char *kk_charset_name(kk_charset charset); /* "UTF-8", "CP932", ... */

/* Bytes to UTF-8 without a BOM. Undecodable bytes become U+FFFD and are counted in *lost (may be
 * NULL). Already valid UTF-8 is returned as it is, not copied. */
kk_slice kk_decode(kk_arena *arena, kk_charset charset, kk_slice bytes, size_t *lost);
/* By a MIME or HTML charset name ("iso-2022-jp", "shift_jis"); false for a name not known. */
bool kk_charset_by_name(kk_slice name, kk_charset *out);

bool kk_utf8_valid(kk_slice s);
/* Invalid bytes become U+FFFD; a valid slice is returned as it is. */
kk_slice kk_utf8_clean(kk_arena *arena, kk_slice s);
/* A file's name to text and back, for names that must be found again on disk: a byte that is no UTF-8
 * becomes a character of its own (U+EF80 to U+EFFF), as does a `!` before a `/` (U+EF21), since `!/` in a path leads into
 * a container; nothing else becomes one of those. */
kk_slice kk_name_text(kk_arena *arena, kk_slice bytes);
kk_slice kk_name_bytes(kk_arena *arena, kk_slice text); /* a NUL stands behind it */
/* UTF-16LE code units (any even length; an odd last byte is left out) to UTF-8; lone surrogates
 * become U+FFFD. */
kk_slice kk_utf16_to_utf8(kk_arena *arena, kk_slice bytes);
/* UTF-8 to UTF-16LE without a BOM, for writers of test evidence. */
kk_slice kk_utf8_to_utf16(kk_arena *arena, kk_slice text);
/* UTF-8 to another encoding, for writers; characters it lacks become '?'. */
kk_slice kk_encode(kk_arena *arena, kk_charset charset, kk_slice text);

/* Unicode NFKC; with simple case folding too. Pure ASCII takes a short way. */
kk_slice kk_nfkc(kk_arena *arena, kk_slice text);
kk_slice kk_nfkc_fold(kk_arena *arena, kk_slice text);

/* Next code point of valid UTF-8, moving *at; 0 at the end, U+FFFD for an invalid byte. */
uint32_t kk_next_char(kk_slice text, size_t *at);
void kk_put_char(kk_buffer *buffer, uint32_t code_point);
/* Number of code points. */
size_t kk_char_count(kk_slice text);
