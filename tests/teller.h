/* A sink that writes what it is told as JSON Lines: for golden cases, and for comparing runs. */
#pragma once
#include "base/buffer.h"
#include "parse/parser.h"

typedef struct {
    kk_sink sink; /* first: sinks are told apart by their address */
    kk_buffer out;
    uint64_t events, rows, issues, children;
    bool silent;      /* counts only, and reads children through */
    bool raw_records; /* leave record numbers out: ranges count their own */
} teller;

teller teller_open(void);
void teller_close(teller *t);
/* What every test gives a parser: Asia/Tokyo as the case's zone, a fixed file time, a host. */
kk_settings teller_settings(void);
/* Whole file into memory of the arena; ends the test program when it cannot. */
kk_slice teller_load(kk_arena *arena, const char *path);
