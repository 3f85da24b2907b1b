/* Records of a Windows event log, one by one: what the parser turns into events, and `kakuho evtx`
 * into JSON, XML or CSV. Damage and signs of tampering go to the sink as issues. */
#pragma once
#include "evidence/stream.h"
#include "model/sink.h"
#include "parse/binxml.h"
#include "parse/parser.h"

/* Where a record was found: the further down, the weaker. Only the first two are in main counts. */
typedef enum {
    KK_EVTX_LIVE,     /* its chunk's checksum is right */
    KK_EVTX_UNSUMMED, /* the checksum is wrong, or there is none */
    KK_EVTX_BEYOND,   /* directly behind the last record that the chunk declares */
    KK_EVTX_SLACK,    /* in what was free again, its template still in the chunk */
    KK_EVTX_HIDDEN,   /* inside a live record that was made larger to swallow it */
    KK_EVTX_BORROWED, /* read with the same template out of another chunk of the log */
    KK_EVTX_RAW,      /* no template: its values, without names */
    KK_EVTX_CARVED,   /* outside any log */
    KK_EVTX_LEVELS
} kk_evtx_level;

const char *kk_evtx_level_name(kk_evtx_level level); /* "live", "slack", ... */
/* Of an issue of a log: whether it says that records, or parts of one, could not be read. */
bool kk_evtx_loses(const kk_issue *issue);

typedef struct {
    kk_xml_event xml;     /* System and fields, typed */
    uint64_t id, written; /* of the record's header; written is a FILETIME */
    uint64_t offset;      /* in the stream */
    uint32_t size;
    size_t at; /* of its BinXML in the chunk, until `end` */
    size_t end;
    kk_evtx_level level;
    bool damaged; /* checksum wrong, torn, or read only in part */
} kk_evtx_record; /* of a raw one, xml has its fields already */

typedef struct {
    kk_stream *in;
    uint64_t begin, end;  /* chunks that begin there */
    bool live, recovered; /* which records are wanted */
    bool carve;           /* the stream is no log: records are looked for everywhere, from 0 on */
    uint64_t log;  /* which one, where a memory is kept for walks over several; 0: not told */
    kk_sink *sink; /* hears issues, and may stop the walk */
    void *context;
    void (*record)(void *context, kk_evtx_record *record);
} kk_evtx_walk;

/* What is remembered between walks: templates, names, texts, and of the log walked last which numbers its chunks
 * hold. Only speed depends on it. */
typedef struct kk_evtx_memory kk_evtx_memory;
kk_evtx_memory *kk_evtx_memory_open(kk_arena *arena);
void kk_evtx_memory_close(kk_evtx_memory *memory);
kk_binxml *kk_evtx_binxml(kk_evtx_memory *memory);

void kk_evtx_read(kk_evtx_memory *memory, const kk_evtx_walk *walk);
/* Records as events; with `carve` those of a stream that is no log. In evtx.c. */
void kk_evtx_tell_events(kk_stream *in, const kk_settings *settings, kk_sink *sink, bool carve);
/* Where the first chunk begins. */
uint64_t kk_evtx_base(kk_stream *in, kk_arena *arena);
