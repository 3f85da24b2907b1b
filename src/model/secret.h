/* A password that stands in the evidence: on the command line of an archiver, in a mail, in a note. It is tried on what
 * is closed and goes nowhere else: not into the store, an issue or a log. */
#pragma once
#include "base/slice.h"

/* How plainly it was said: the order in which passwords are tried. */
typedef enum {
    KK_SECRET_SWITCH, /* a switch of a program that opens or closes archives */
    KK_SECRET_LABEL,  /* "パスワード：X" */
    KK_SECRET_NEAR,   /* behind words about one: on the next line, in a script's variable */
    KK_SECRET_RANKS
} kk_secret_rank;

typedef struct {
    kk_secret_rank rank;
    uint64_t record; /* of the event or passage that says it */
    kk_slice text;   /* UTF-8, KK_SECRET_BYTES at most, no line end */
} kk_secret;

/* In characters; and in bytes. */
#define KK_SECRET_LEAST 4
#define KK_SECRET_MOST 64
#define KK_SECRET_BYTES 256
