/* YARA rules: files of them to one compiled set, and a stream held against that set. docs/yara.md says
 * what is taken and under which limits. libyara is known to this room alone.
 *
 * Compiling is work on a stranger's text: it is done behind walls (worker/walled.h) and hands back bytes,
 * which kk_yara_read opens. A rule is never dropped in silence: what is not used is in `refusals`. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "model/hit.h"

/* Raised when the same rules and bytes may give other hits. */
#define KK_YARA_VERSION 1

typedef struct {
    kk_slice name; /* path, as it was given: what `include` of another file leads to */
    kk_slice text;
    kk_slice refused; /* why the file is not even looked at; empty: it is */
} kk_yara_file;

typedef struct {
    kk_slice id, title, level, tags, file; /* tags: a JSON array */
    uint32_t line;
    bool is_private; /* only a part of other rules: no hit for itself */
} kk_yara_rule;

typedef struct {
    kk_slice file, id, what;
    uint32_t line;
} kk_yara_refusal;

typedef struct {
    kk_yara_rule *rules; /* by the number that hits have */
    size_t count;
    kk_yara_refusal *refusals;
    size_t refusal_count;
    kk_slice compiled; /* for kk_yara_open; empty without rules */
} kk_yara_set;

/* Whether a text is YARA by its content: rules, or a file that was compiled from them. */
bool kk_yara_is(kk_slice text);

void kk_yara_compile(const kk_yara_file *files, size_t count, kk_buffer *out);
/* False when the bytes are not what kk_yara_compile wrote. Texts are slices of them. */
bool kk_yara_read(kk_arena *arena, kk_slice bytes, kk_yara_set *out);

/* A compiled set, ready: opened once before workers are forked, who hold it and their scanner as long as
 * they live. */
typedef struct kk_yara kk_yara;
kk_yara *kk_yara_open(kk_arena *arena, kk_slice compiled); /* NULL: unusable */
void kk_yara_close(kk_yara *yara);                         /* after its scanners; NULL is fine */

/* One worker's; its memory is used for one stream after the other. */
typedef struct kk_yara_scanner kk_yara_scanner;
kk_yara_scanner *kk_yara_scanner_open(kk_arena *arena, const kk_yara *yara); /* NULL: no memory */
void kk_yara_scanner_close(kk_yara_scanner *s);
/* A stream's bytes, in order, between begin and end. Only what is scanned is kept. */
void kk_yara_begin(kk_yara_scanner *s);
void kk_yara_take(kk_yara_scanner *s, const char *bytes, size_t len);
/* How large a stream may be to be scanned whole, and what is scanned of a larger one. */
#define KK_YARA_WHOLE (UINT64_C(64) << 20)
#define KK_YARA_FIRST (UINT64_C(48) << 20)
#define KK_YARA_LAST (KK_YARA_WHOLE - KK_YARA_FIRST)
/* Of a larger stream, what lies between the first and the last of these may be left out by who can seek. */
void kk_yara_skip(kk_yara_scanner *s, uint64_t len);
/* Scans what was taken; hits come in the order of rules. `path` gives the external variables. */
kk_scan_outcome kk_yara_end(kk_yara_scanner *s, kk_slice path,
                            void (*hit)(void *context, const kk_scan_hit *hit), void *context);
