/* Sandboxed processes that read evidence. Every byte of evidence is parsed in a worker: no file
 * system, no network, some twenty system calls, limited memory. A template process is started by
 * exec before any thread exists, warms the libraries and forks workers. Descriptors go in over a
 * socket, batches come out through shared memory, and a crash costs one unit.
 *
 * Who may call: one thread per worker; the pool is shared. */
#pragma once
#include "base/time.h"
#include "model/batch.h"

typedef struct kk_pool kk_pool;
typedef struct kk_worker kk_worker;

/* In main, before anything else: does not return where this process was started as the template. */
void kk_worker_main(int count, char **arguments);

/* What is missing for the sandbox on this kernel, or NULL when all is there. */
const char *kk_sandbox_lacks(void);

KK_CHECKED kk_status kk_pool_open(bool unsafe_no_sandbox, kk_pool **out, kk_fault *fault);
void kk_pool_close(kk_pool *pool); /* ends its workers */
/* Workers opened from now on hold events against these compiled rules and tell hits, each behind its
 * event. */
KK_CHECKED kk_status kk_pool_rules(kk_pool *pool, kk_slice block, kk_fault *fault);

/* Workers opened from now on can hold bytes against these compiled YARA rules (KK_DO_SCAN, KK_DO_WALK). */
KK_CHECKED kk_status kk_pool_yara(kk_pool *pool, kk_slice block, kk_fault *fault);

/* The same for indicators, as kk_iocs_put writes them (KK_DO_LOOK). */
KK_CHECKED kk_status kk_pool_iocs(kk_pool *pool, kk_slice json, kk_fault *fault);

/* Workers opened from now on try these on what is encrypted; one a line, kept in memory alone. Not empty. */
KK_CHECKED kk_status kk_pool_passwords(kk_pool *pool, kk_slice lines, kk_fault *fault);
/* The same of those that stand in the evidence, as guesses_pack makes them. In place of earlier ones. */
KK_CHECKED kk_status kk_pool_found(kk_pool *pool, kk_slice block, kk_fault *fault);

KK_CHECKED kk_status kk_worker_open(kk_pool *pool, kk_worker **out, kk_fault *fault);
void kk_worker_close(kk_worker *worker);
/* Lines that began in the range of the job that ended last, where its parser numbers lines. */
uint64_t kk_worker_lines(const kk_worker *worker);
int kk_worker_pid(const kk_worker *worker);

/* One opening of a container on the way to the stream: FS01.E01 -> media -> p2 -> inode. */
typedef struct {
    kk_slice parser, token;
} kk_step;
#define KK_STEPS_MAX 12

/* A file beside the stream in its container: where the last step would have this token instead. */
typedef struct {
    kk_slice name, token;
} kk_beside;
#define KK_COMPANIONS_MOST 4

typedef enum {
    KK_DO_IDENTIFY = 1, /* probe, unless `parser` names one */
    KK_DO_HASH = 2,
    KK_DO_FACTS = 4,    /* what the container tells about its machine */
    KK_DO_PARSE = 8,    /* with the parser named or found */
    KK_DO_MATCH = 32,   /* the base is packed events: hold them against the rules, tell hits only */
    KK_DO_READ = 16,    /* the bytes [begin, end), told as one issue's text in hexadecimal */
    KK_DO_SCRIPT = 128, /* the stream is a script that was joined from events: payloads in it */
    KK_DO_ESCAPE = 64,  /* test: try to open a file, then a socket */
    KK_DO_SCAN = 256,   /* the stream's own bytes against YARA rules */
    KK_DO_WALK =
        512, /* what is inside: children that are containers are told, behind the `skip` first */
    /* With KK_DO_WALK: these children against YARA rules; kk_found.has_hash says that a scan comes. */
    KK_DO_SCAN_INSIDE = 1024,
    KK_DO_WALK_LOGS = 2048, /* with KK_DO_WALK: children that are logs are told too */
    KK_DO_CUT =
        4096, /* with KK_DO_PARSE: of a large table places of ranges are told, and no rows */
    KK_DO_LOOK = 8192, /* with KK_DO_SCAN, KK_DO_WALK, KK_DO_TEXTS: not rules but indicators */
    /* With KK_DO_LOOK: what a parser makes of the stream too; children of which one makes text are told. */
    KK_DO_TEXTS = 16384,
} kk_job_parts;

typedef struct {
    unsigned parts; /* kk_job_parts */
    int fd;         /* the base: an evidence file or a spooled child; stays the caller's */
    uint64_t size;
    kk_slice path; /* of the stream that is read, from the evidence's root */
    kk_slice
        base_name; /* of the base, by which its siblings are known; empty: the path's last name */
    kk_step steps[KK_STEPS_MAX];
    size_t step_count;
    kk_beside beside[KK_COMPANIONS_MOST];
    size_t beside_count;
    kk_slice parser; /* forced or known; empty: identify */
    kk_slice
        only; /* the one child, by its name, whose content is kept, whatever it is; empty: each that
                        a parser wants */
    kk_slice zone, host;
    bool zone_of_host; /* the zone was found on the machine, not taken from the case */
    kk_time modified;
    uint64_t begin, end;  /* the range; 0..UINT64_MAX is all */
    kk_slice place;       /* of a table's range: kk_settings.place */
    uint64_t skip;        /* children of KK_DO_WALK that were dealt with before */
    uint64_t unpack_most; /* bytes that an archive inside archives may unpack to; 0: by its size */
    bool carve;           /* what belongs to no file of a file system is wanted too */
    kk_hash_key key;      /* for keyed hashes of personal values */
    kk_time incident;     /* until when a person counts as employed; KK_NO_TIME */
} kk_job;

/* Called from kk_worker_run, in order. */
typedef struct {
    void *context;
    void (*tell)(void *context, const kk_unpacked *thing);
    /* A descriptor to write a child's content to (size UINT64_MAX if unknown); < 0 refuses. The
     * listener keeps it; kk_found.spool counts them from 1 within the job. */
    int (*spool)(void *context, uint64_t size);
    /* Another file beside the base by name; < 0 if there is none. The worker closes it. */
    int (*sibling)(void *context, kk_slice name, uint64_t *size);
    void (*progress)(void *context, uint64_t bytes); /* read since the last call */
} kk_listener;

typedef enum { KK_JOB_DONE, KK_JOB_DIED } kk_job_end;

/* Gives the job and listens until it ends. The first `skip` batches are dropped: they came before,
 * from a worker that died. *batches counts all that came. `why` says how a worker died. */
KK_CHECKED kk_job_end kk_worker_run(kk_worker *worker, const kk_job *job,
                                    const kk_listener *listener, uint64_t skip, uint64_t *batches,
                                    char why[120]);
