/* Inside of a worker only: its state, and the parts that its life consists of. live.c takes jobs, ways.c
 * opens what they are about, inside.c and scanning.c go through it, tell.c says what was heard. */
#pragma once
#include "parse/parser.h"
#include "worker/guesses.h"
#include "worker/helper.h"
#include "worker/matching.h"
#include "worker/payloads.h"
#include "worker/protocol.h"

enum { HEAD_SIZE = 65536, COPY_BLOCK = 1 << 18 };

typedef struct told_secrets told_secrets;

typedef struct {
    kk_sink sink; /* first */
    int socket;
    char *shared;
    bool slot_free[SLOTS];
    unsigned slot;
    kk_packer packer;
    kk_told_names told; /* in the batch that is being filled */
    uint64_t sequence;
    uint32_t spools;
    uint64_t lines;      /* of this range, where the parser numbers lines */
    uint64_t unreported; /* bytes read since the last word on progress */
    const kk_job *job;
    int base; /* descriptor of the job */
    helper_link helper;
    kk_arena *arena; /* of the job */
    kk_hasher *hasher;
    kk_recogniser *recogniser;
    payloads *payloads;
    const kk_lexicon *lexicon;
    matching *matching;    /* NULL without rules */
    kk_yara *yara;         /* NULL without YARA rules */
    kk_contents *contents; /* NULL without indicators */
    kk_slice passwords, found;
    helper_secrets secrets;
    guesses guesses;     /* of the job, where something is behind a password */
    told_secrets *heard; /* by the job; NULL: nobody wants to know */
    kk_yara_scanner *scanner;
    uint64_t walked; /* children of the container that is walked */
    int *siblings;   /* open until the job ends */
    size_t sibling_count, sibling_capacity;
} life;

/* ---- tell.c ---- */

/* Nobody listens any more. */
_Noreturn void life_gone(void);
/* Waits for this message; what comes before it is heeded. */
void life_receive(life *l, message_kind wanted, message *m, int fds[2]);
void life_say(life *l, const message *m, kk_slice bytes);
/* Waits until the next batch may be filled. */
void life_take_slot(life *l);
/* Hands the batch over as far as it is filled. */
void life_flush(life *l);
/* A file of the coordinator's to write to; -1: there is no room. */
int life_ask_spool(life *l, uint64_t size);
/* Packs one thing; a batch that is full is handed over first. False: it is larger than a batch. */
#define LIFE_PACK(l, pack, ...)                                                                    \
    (pack(&(l)->packer, __VA_ARGS__) || (life_flush(l), pack(&(l)->packer, __VA_ARGS__)))
/* What a sink hears is packed, people in rows and passages recognised. */
kk_sink life_sink(void);
/* Told at once: somebody may wait for it. */
void life_on_cut(kk_sink *sink, uint64_t offset, kk_slice place);
void life_on_payload(kk_sink *sink, const kk_payload_row *row);
void life_on_decoded(kk_sink *sink, const kk_event *event, const kk_decoded *decoded);
void life_on_hit(kk_sink *sink, const kk_hit *hit);

/* ---- secrets_heard.c ---- */

/* What the job tells of passwords from here on; after each job anew. */
void life_hear_secrets(life *l);
void life_heard_secrets(life *l);
void life_secrets_of_event(life *l, const kk_event *event);
void life_secrets_of_passage(life *l, const kk_passage *passage);
void life_secrets_of_row(life *l, const kk_row *row);
void life_secrets_of_script(life *l, kk_slice script);
void life_on_opened(kk_sink *sink, uint32_t number);

/* ---- ways.c ---- */

/* The job's base, or what lies beside it; what is read of it is counted. */
kk_stream *life_base(life *l, int fd, uint64_t size, kk_slice path);
/* From the base through the job's steps; NULL: the way is no longer there. */
kk_stream *life_open(life *l, kk_stream *base);
/* A descriptor of this job, closed with it. */
void life_keep_open(life *l, int fd);
/* The stream's bytes as a file of their own, for another process; -1: they could not be had. */
int life_as_file(life *l, kk_stream *in);
bool life_write(int fd, const char *bytes, size_t len);

/* ---- inside.c ---- */

/* Things in a container that is read. */
void life_on_child(kk_sink *sink, const kk_child *child);
/* ... that is gone through for YARA rules or indicators. */
void life_on_walked_child(kk_sink *sink, const kk_child *child);

/* ---- scanning.c ---- */

/* A stream's bytes, for whoever wants them: rules, or indicators. */
void life_scan_begin(life *l);
void life_scan_take(life *l, const char *bytes, size_t len);
/* What was taken, against them; `got_all` is false where some bytes could not be had. */
void life_scan(life *l, kk_slice path, bool of_child, bool got_all);
/* A disk is no file; a large archive, for rules, is what is in it. */
bool life_scans_itself(const life *l, const kk_parser *parser, uint64_t size);
/* Own bytes of a job's stream, then what is inside. */
void life_scan_job(life *l, kk_stream *in);

/* ---- live.c ---- */

void life_parse(life *l, const kk_parser *parser, kk_stream *in);
