/* Inside of intake: units, their queue, and what is known of items. */
#pragma once
#include "worker/intake.h"
#include "worker/secrets.h"

#include <pthread.h>

#define RANGE_BYTES (UINT64_C(64) << 20)
#define RANGE_OF_HASH UINT32_MAX       /* the unit that only hashes a large file */
#define RANGE_OF_LIST (UINT32_MAX - 1) /* a container read again only for what is inside it */
#define RANGE_OF_CUTS (UINT32_MAX - 2) /* a table gone through for the places of its ranges */
enum { DEEPEST = 12 };

/* An open file that units read from; closed with its last unit. */
typedef struct base {
    int fd;
    int folder; /* of the file, for siblings; -1 if none; not owned */
    uint64_t size;
    bool is_spool;
    unsigned users; /* guarded by the queue */
} base;

/* The event of which a joined script is told: that of its first part. */
typedef struct origin {
    uint64_t item, record;
    uint32_t range, sub;
    kk_time time;
    kk_slice field;
} origin;

/* A file beside a child in its container: spooled, or to be opened by its token. */
typedef struct companion {
    kk_slice name, token;
    base *base; /* NULL: by token */
} companion;

typedef struct held_children held_children;

/* A file is opened when its first unit runs: a folder may hold more files than descriptors. */
typedef struct unit unit;
struct unit {
    kk_arena *arena; /* of this unit: its texts; NULL for a copy of another's */
    uint64_t item, parent;
    uint32_t evidence, range;
    unsigned parts;
    base *base;
    kk_slice file; /* below `folder`, while base has no descriptor yet */
    kk_slice path, parser, zone, host;
    bool zone_of_host, forced, is_volume, carve;
    kk_step steps[KK_STEPS_MAX];
    size_t step_count;
    companion companions[KK_COMPANIONS_MOST];
    size_t companion_count;
    uint64_t size, begin, end;
    kk_slice place; /* of a table's range: what is known where it begins */
    kk_time modified;
    uint64_t unpack_most; /* what is inside unpacked archives shares; 0: nothing was unpacked */
    uint64_t containers;  /* bytes of containers heard so far inside of this one */
    const struct origin *origin; /* of a script: where in another item its payloads belong */
    unsigned depth;
    int priority;
    uint64_t order;
};

typedef struct known known;         /* what the store already has */
typedef struct scan_done scan_done; /* the same of scanning */

/* Units whose item a password may open (closed.c). */
typedef struct {
    unit **list;
    size_t count, capacity, spools;
    uint64_t bytes; /* of spools */
    bool over;      /* some are not in the list */
} closed_units;

typedef struct {
    const kk_intake_settings *settings;
    pthread_mutex_t guard;
    pthread_cond_t changed;
    unit **heap;
    size_t count, capacity;
    uint64_t next_order;
    unsigned running;
    uint64_t spooled;             /* bytes that wait in memory and spool files */
    uint64_t spools, spools_most; /* descriptors of these */
    bool stop;
    kk_fault fault;
    kk_progress progress;
    known *known;
    secrets *secrets; /* NULL: nobody asks */
    closed_units closed;
    bool again;               /* evidence that was read is gone through for what is still closed */
    const scan_done *scanned; /* of a pass of scanning */
} queue;

queue *queue_open(const kk_intake_settings *settings);
void queue_close(queue *q); /* with what still waits */
/* Works on the queue with as many threads as there are jobs, until all is done or stopped. */
void run_threads(queue *q);
unit *unit_open(const unit *like); /* a copy in its own arena; takes a share of the base */
void unit_close(queue *q, unit *u);
void base_share(queue *q, base *b); /* one user more, for base_release */
void base_release(queue *q, base *b);
void queue_put(queue *q, unit *u);
/* The next unit, waiting for one; NULL when all is done or stopped. With a depth: the next over a
 * spooled file that lies at least so deep; NULL at once where none waits. */
unit *queue_take(queue *q, unsigned from_depth);
void queue_done(queue *q);
void queue_fail(queue *q, const kk_fault *fault);

/* One thread's ear: what a worker tells of the unit that it has. */
typedef struct hearing {
    queue *q;
    kk_lane *lane;
    kk_worker *worker;
    unit *u;
    kk_unit_row row;
    kk_identity identity;
    bool identified;
    bool children_only; /* a container read again: its own events are stored already */
    kk_arena *arena;    /* of the unit's hearing: facts */
    int *spools;        /* descriptors of this job, by number - 1 */
    size_t spool_count, spool_capacity;
    uint64_t reported;                  /* events that progress knows of */
    uint64_t cuts;                      /* places of ranges that this unit told */
    kk_cut_place cut;                   /* the last of them */
    uint64_t scan_children, scan_heard; /* of the container that is walked: told now, and ever */
    uint64_t scan_item, scan_size;      /* the child told last */
    kk_slice scan_path;
    bool scan_open;      /* and it was not said how its scan ended */
    bool scan_known;     /* what it is found with, an earlier run wrote down */
    held_children *held; /* until the container was gone through; NULL: none */
    bool closed;         /* something of the unit is behind a password */
    bool told_secret;    /* something like a password stands in the unit */
    bool broken;         /* our own call failed: nothing of this unit may be kept */
    kk_fault fault;
} hearing;

static inline bool is_scan(const unit *u)
{
    return (u->parts & (KK_DO_SCAN | KK_DO_WALK | KK_DO_TEXTS)) != 0;
}

/* For run.c and scan.c; children.c hears children and payloads. */
bool open_base(hearing *h);
void close_spools(hearing *h);
kk_job job_of(const hearing *h);
/* False where no further one can be started. */
bool fresh_worker(hearing *h);
/* A child by its place: its key. */
uint64_t hear_child(hearing *h, const kk_found *found);
/* What an event holds encoded, with the key of the child that it became. */
void hear_payload(hearing *h, const kk_payload_row *payload);
int give_spool(void *context, uint64_t size);
/* Without room to unpack into nothing of the unit is kept. */
void spool_failed(hearing *h);
int give_sibling(void *context, kk_slice name, uint64_t *size);
void note_progress(void *context, uint64_t bytes);

/* companions.c: a child is put into the queue when its container ends, with the files that belong to it. */
void hold_child(hearing *h, const unit *child, kk_slice name);
/* Takes the descriptor of what was spooled; false where the file is none that is kept. */
bool keep_companion(hearing *h, const kk_found *found, int fd);
void put_held(hearing *h);
void end_held(hearing *h);
/* Another descriptor of a spooled one; < 0: there is none of that name. */
int companion_of(const unit *u, kk_slice name, uint64_t *size);

/* Units for what is still to be done with a stream, by its parts: KK_DO_WALK, and KK_DO_SCAN where its own
 * bytes are not scanned with its container. */
void put_scan(queue *q, const unit *like);
/* A unit of scanning, from its job to its rows. */
void run_scan(hearing *h);
/* Something of the unit's, or of a child of it, that is not looked through for indicators. */
void look_gap(hearing *h, const kk_looked_at *at, const char *why);

/* NULL with a fault. `passwords`: what was closed is to be tried again. `heard`: what told passwords in an earlier run
 * and not in this one is to be read again for them; NULL: nothing is. */
known *known_load(kk_store *store, bool passwords, secrets *heard, kk_fault *fault);
/* Something is closed to what was read so far. */
bool known_locked(const known *k, uint64_t item);
/* What a password of the evidence opened was not read to its end: without it, it cannot be. */
bool known_half_open(const known *k);

/* closed.c. Keeps a copy of the unit that is over. */
void closed_keep(queue *q, const unit *u);
/* All of them into the queue; what was stored of them goes. */
KK_CHECKED kk_status closed_put(queue *q, kk_fault *fault);
void closed_let_go(queue *q);

/* secrets_tried.c: what there is to try passwords of the evidence on, and whether that was done. */
typedef struct {
    size_t locked, tellers;
    uint64_t state;
    bool done;
} tried_state;
KK_CHECKED kk_status tries_state(kk_store *store, tried_state *t, kk_fault *fault);
KK_CHECKED kk_status tries_done(kk_store *store, kk_fault *fault);
void known_close(known *k);
/* Read with the same parser and settings; with other ones (`stale`, may be NULL). */
bool known_unit(known *k, uint64_t item, uint32_t range, uint64_t settings, bool *stale);
bool known_add_item(known *k, uint64_t item); /* false if it has its row already */
/* What an earlier run found the item to be; false if it never came so far. */
bool known_parser(known *k, uint64_t item, kk_slice *parser);
/* Listed without having been read; and that its rows were taken back, since it is looked at anew. */
bool known_unread(known *k, uint64_t item);
void known_take_back(known *k, uint64_t item);
/* A container that was read, with something inside that was not, or not as it would be now. */
bool known_unfinished(known *k, uint64_t item);
/* How many ranges an item is read in. */
uint64_t ranges_of(kk_slice parser, uint64_t size);

/* A table that is read in ranges (cuts.c): it is gone through first, and each place that this tells makes
 * a unit of the range before it. */
bool is_cut_table(kk_slice parser, uint64_t size);
void put_table(queue *q, const unit *like, unsigned parts);
void hear_cut(hearing *h, const kk_cut_place *cut);
void end_cuts(hearing *h); /* the unit is over: its last range too is known */

/* A new file for content of the evidence: in memory, or unlinked in the case; < 0 with errno. */
int spool_open(queue *q, uint64_t size);
/* The base over it, which takes the descriptor and one user of its own, for unit_close. */
base *base_spooled(queue *q, int fd, uint64_t size);
/* Threads that run units until the queue is empty. */
void run_threads(queue *q);
/* PowerShell logs long scripts in parts: those in the store are joined and looked through. */
KK_CHECKED kk_status read_scripts(queue *q, kk_fault *fault);

/* All that runs on one thread: a worker and a lane; nested where a spool is full. */
void run_units(queue *q, unsigned from_depth);
/* Units of an identified stream: one, or one per range. */
void put_units(queue *q, const unit *like, unsigned parts);
uint64_t settings_of(const unit *u);
uint64_t settings_with_helper(const unit *u); /* ... where the helper program is there */
/* The part of it that says what read the unit; and whether that is what reads such items now. */
uint64_t reader_of_settings(uint64_t settings);
bool is_current(kk_slice parser, bool (*read_by)(void *context, uint64_t reader), void *context);
