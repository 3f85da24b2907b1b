/* A parser reads a stream and tells a sink events, rows, issues and children. One file a format, one
 * line in parsers.def. It reads through a cursor, reports damage as an issue and goes on, holds every
 * size that comes from the evidence against a limit, and takes its memory from sink->arena.
 *
 * To add one: docs/adding-a-parser.md; toy.c is the template that always compiles. */
#pragma once
#include "evidence/stream.h"
#include "model/sink.h"

/* How sure a parser is that a stream is its own. The best score wins; between equals the first by
 * name. */
typedef enum {
    KK_NO = 0,
    KK_MAYBE = 20,    /* the name alone says so, or text that could be many things */
    KK_LIKELY = 50,   /* content looks right */
    KK_SURE = 80,     /* a magic number */
    KK_CERTAIN = 100, /* a magic number and a checked structure */
    KK_KNOWN = 120    /* the container told what it is: its first bytes may look like anything */
} kk_score;

typedef struct {
    kk_slice head; /* the first 64 KiB at most */
    kk_slice name; /* last name of the path */
    kk_slice path;
    uint64_t size;
    kk_slice further; /* what stands at the one further place that was asked for: 64 KiB at most */
} kk_probe;

/* How a helper program ended. */
typedef enum { KK_CONVERT_DONE, KK_CONVERT_DIED, KK_CONVERT_SLOW, KK_CONVERT_NONE } kk_convert_end;

/* What the process around a parser does for it; each may be missing. */
typedef struct {
    void *context;
    /* Whether a text is what tables about people have over a column. */
    bool (*is_heading)(void *context, kk_arena *scratch, kk_slice text);
    /* What the helper program for PDF makes of the stream, as far as it came; NULL: nothing. The stream
     * lives as long as the unit. */
    kk_stream *(*convert)(void *context, kk_stream *in, kk_convert_end *end);
} kk_services;

/* Settings of one item, frozen before it is read. */
typedef struct {
    kk_zone zone;             /* for times that name none */
    kk_time_basis zone_basis; /* KK_BASIS_HOST or KK_BASIS_CASE */
    kk_time modified;         /* of the file; gives the year where a log has none */
    kk_slice host;            /* name of the machine, may be empty */
    uint64_t begin, end;      /* the range to read; 0..UINT64_MAX is everything */
    kk_slice place;           /* KK_ROWS: what was told where the range begins; empty: no range */
    uint64_t table_range; /* KK_ROWS: bytes of a range where it is to be cut; 0: KK_TABLE_RANGE */
    uint64_t unpack_most; /* bytes that may be unpacked; 0: by the item's own size */
    kk_slice passwords;   /* to try on what is encrypted, one a line; may be empty */
    kk_slice
        found;  /* the same, after those: UTF-8 that stands in the evidence, likely ones first */
    bool carve; /* file systems tell their unallocated space as a child too */
    /* May be NULL. */
    const kk_services *services;
} kk_settings;

typedef enum {
    KK_WHOLE,  /* state across records: one range */
    KK_LINES,  /* records are lines: cut anywhere, kk_reader finds the line */
    KK_CHUNKS, /* records never cross multiples of 64 KiB after the first 4 KiB (EVTX) */
    KK_ROWS    /* what is above decides how rows are read: the parser goes through all of it once,
                * telling issues and the places where ranges begin (sink->cut), and reads ranges then */
} kk_cut;

/* A table larger than this is cut into as many ranges as it has multiples of it, some maybe empty. */
#define KK_TABLE_RANGE (UINT64_C(8) << 20)

/* The name of that child. */
#define KK_UNALLOCATED "$Unallocated"

typedef struct kk_parser {
    const char *name;  /* of the file, the golden folder, the format page, event.module */
    const char *about; /* one line for a human */
    uint32_t version;  /* raised when its output changes: items are read again */
    kk_cut cut;
    bool is_container; /* its children are items of their own */
    bool opens_locks;  /* tries passwords on what is encrypted */
    bool is_disk;      /* a container whose own bytes are no file's: an image, a volume */
    bool tells_text; /* rows, passages: what its bytes hold in another form than they stand there */
    bool numbers_lines; /* record counts lines within the range; readers add what came before */
    int priority;       /* intake order: higher first. Perimeter logs 90, event logs 70, 50 others,
                          containers 20 */
    kk_score (*probe)(const kk_probe *probe);
    /* Where else a stream has to be looked at before its probe can say, by its first bytes; 0: nowhere.
     * The probe then is asked again. May be NULL. */
    uint64_t (*place)(const kk_probe *probe);
    void (*parse)(kk_stream *in, const kk_settings *settings, kk_sink *sink);
    /* Endings of the names of files that belong to an item, as ".fpt" or "-wal", up to NULL: those that lie
     * beside it in the same container are kept for it, and are its siblings. May be NULL. */
    const char *const *companions;
    /* Containers: facts about the machine, read before any child is (host name, zone). May be NULL. */
    void (*facts)(kk_stream *in, kk_sink *sink);
    /* Containers: a child again by the token that was given for it. NULL result: it is not there. */
    kk_stream *(*open)(kk_stream *in, kk_slice token, kk_arena *arena);
} kk_parser;

extern const kk_parser *const kk_parsers[];
extern const size_t kk_parser_count;

const kk_parser *kk_parser_by_name(kk_slice name);
/* Where a parser wants to look further; 0: nowhere. */
uint64_t kk_parser_place(const kk_probe *probe);
/* The best parser for the stream, NULL when none wants it. */
const kk_parser *kk_parser_for(const kk_probe *probe);
/* Whether a file of this name may belong to another one; *stem is the name without the ending that says so. */
bool kk_parser_is_companion(kk_slice name, kk_slice *stem);
