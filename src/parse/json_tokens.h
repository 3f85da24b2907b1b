/* JSON out of a stream of any size and encoding, a token at a time. Nothing is checked but the tokens themselves: brackets are the caller's business. */
#pragma once
#include "parse/raw_chars.h"

typedef enum {
    KK_JSON_END,
    KK_JSON_OPEN_OBJECT,
    KK_JSON_CLOSE_OBJECT,
    KK_JSON_OPEN_ARRAY,
    KK_JSON_CLOSE_ARRAY,
    KK_JSON_COMMA,
    KK_JSON_COLON,
    KK_JSON_STRING,
    KK_JSON_BARE, /* numbers, true, false, null, and what is none of them */
    KK_JSON_STRAY /* a byte that is no token's */
} kk_json_token_kind;

typedef struct {
    kk_raw_chars chars;
    kk_arena *scratch; /* of one token */
    kk_buffer unescaped;
    uint64_t end; /* no token begins behind it */
    bool by_line; /* texts end with their line at the latest */
    /* of the token */
    kk_json_token_kind kind;
    kk_slice text; /* UTF-8, unescaped; until the next token */
    uint64_t from; /* its offset in the file */
    bool torn;     /* a text without an end */
    uint64_t line; /* line ends before it, in the file */
    /* over all */
    uint64_t lines, cut;
} kk_json_tokens;

void kk_json_tokens_open(kk_json_tokens *t, kk_arena *arena, kk_stream *in);
void kk_json_tokens_close(kk_json_tokens *t);
/* Back to the beginning; tokens that begin at or behind `end` are not told. */
void kk_json_tokens_restart(kk_json_tokens *t, uint64_t end);
kk_json_token_kind kk_json_next(kk_json_tokens *t);
/* Behind the last token. */
uint64_t kk_json_place(const kk_json_tokens *t);
/* A short text that begins and ends like an object; whether it is one, to its end. */
bool kk_json_may_be_object(kk_slice text);
bool kk_json_is_object(kk_arena *arena, kk_slice text);
