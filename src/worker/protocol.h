/* What coordinator, template and workers say to each other: packets of one struct, some with bytes
 * behind it, some with descriptors. Inside of the worker room only. */
#pragma once
#include "detect/contents.h"
#include "detect/match.h"
#include "detect/yara.h"
#include "recognise/recogniser.h"
#include "worker/helper.h"
#include "worker/worker.h"

typedef enum {
    SAY_FORK, /* to the template, with socket and shared memory; answer SAY_FORK with a = pid */
    SAY_RULES, /* to the template, with the compiled rules: b = size; answer SAY_RULES, a = 1 if usable */
    SAY_YARA,      /* the same with compiled YARA rules */
    SAY_IOCS,      /* the same with indicators, as kk_iocs_put writes them */
    SAY_PASSWORDS, /* the same with passwords, one a line */
    SAY_FOUND,     /* the same with passwords that stand in the evidence: guesses_pack */
    SAY_WAIT,      /* to the template: a = pid; answer SAY_WAIT with b = wait status */
    SAY_JOB,       /* to a worker: bytes are the packed job; with the base's descriptor */
    SAY_BATCH,     /* from a worker: a = slot, b = bytes used, c = sequence number */
    SAY_FREE,      /* to a worker: a = slot may be filled again */
    SAY_SPOOL,     /* from a worker: b = size; answer SAY_SPOOL with the descriptor, or without */
    SAY_SIBLING, /* from a worker: bytes are the name; answer with descriptor and b = size, or without */
    SAY_PROGRESS, /* from a worker: b = bytes read */
    SAY_DONE,     /* from a worker */
} message_kind;

typedef struct {
    uint32_t kind, a;
    uint64_t b, c;
} message;

enum { SLOTS = 2, MESSAGE_BYTES = 60000 };

/* One packet. False when the other side is gone. `fd` < 0: none. */
bool message_send(int socket, const message *m, kk_slice bytes, const int *fds, size_t fd_count);
/* Bytes go to `into` (MESSAGE_BYTES long; may be NULL where none are expected), *len their number;
 * descriptors to fds (at most 2), -1 where none came. */
bool message_receive(int socket, message *m, char *into, size_t *len, int fds[2]);
/* One without bytes that is there already; false where none is. */
bool message_waits(int socket, message *m);

kk_slice job_pack(kk_arena *arena, const kk_job *job);
bool job_unpack(kk_slice bytes, kk_job *out);

/* What the template made ready, for every worker. */
typedef struct {
    const kk_lexicon *lexicon;
    kk_ruleset *rules;     /* NULL: none */
    kk_yara *yara;         /* NULL: none */
    kk_contents *contents; /* NULL: nothing is looked for */
    kk_slice passwords, found;
    helper_secrets secrets;
    bool sandboxed;
    int helper; /* the door of the helper program, -1: none */
} worker_tools;

/* The life of a forked worker; never returns. */
_Noreturn void worker_live(int socket, char *shared, const worker_tools *tools);
/* Closes the process in; false when the kernel refuses. */
bool sandbox_enter(void);
/* Opens converters, normalisers, dictionaries: whatever would open files later. */
const kk_lexicon *worker_warm(kk_arena *arena);
