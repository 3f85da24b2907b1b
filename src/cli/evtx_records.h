/* Inside the walls of `kakuho evtx`: a piece of a log is read, and its records written in the form that
 * was asked for, straight into the memory that the other side sees. */
#pragma once
#include "base/arena.h"
#include "worker/flow.h"

/* Said of a file whose beginning is not that of a log. */
#define KK_EVTX_NO_LOG "its beginning is not that of a Windows event log (.evtx)"
#define KK_EVTX_PACKED                                                                             \
    "it is packed: `kakuho investigate` reads it as it is; for `kakuho evtx` unpack it first (a "  \
    ".gz: zcat FILE | kakuho evtx -)"
#define KK_EVTX_EXPORTED                                                                           \
    "it is an export of an event log, which `kakuho investigate` and `kakuho add` read"

typedef enum {
    KK_EVTX_JSONL,
    KK_EVTX_XML,
    KK_EVTX_CSV,
    KK_EVTX_SUMMARY,
    KK_EVTX_FORMS
} kk_evtx_form;

/* What a block holds. */
typedef enum { KK_EVTX_TEXT, KK_EVTX_ISSUES, KK_EVTX_PART } kk_evtx_block;

typedef struct {
    kk_slice name; /* as it was given on the command line */
    int fd;
    uint64_t size;
} kk_evtx_file;

typedef struct {
    uint32_t file;
    bool live, recovered; /* which records are wanted */
    bool carve;           /* all that the file holds, which is no log */
    uint64_t begin, end;
} kk_evtx_piece;

/* What the pieces share; a process keeps its reader in `hand` from one piece to the next. */
typedef struct {
    kk_evtx_form form;
    const kk_evtx_file *files;
    size_t file_count;
    const kk_evtx_piece *pieces;
    struct kk_evtx_hand *hand;
} kk_evtx_work;

void kk_evtx_work_piece(void *work, size_t piece, kk_flow_out *out);
