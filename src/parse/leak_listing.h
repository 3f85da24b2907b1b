/* Inside of the reader of leak listings: one reader a wording, all telling the same kind of entry.
 */
#pragma once
#include "parse/log_lines.h"

enum { KK_LEAK_DEPTH = 128, KK_LEAK_COLUMNS = 64 };

/* One file of a listing, as its line says. */
typedef struct {
    kk_slice directory, name; /* joined unless the name is a whole path */
    kk_slice target;          /* of a link */
    kk_slice size;            /* as written; empty: not said */
    bool round_up;            /* the program rounds sizes up */
    kk_slice hash[4];         /* hexadecimal digits; their number says which kind */
    size_t hash_count;
    kk_slice packed;
    bool dated, has_offset;
    kk_civil civil;
    int32_t offset; /* seconds east of UTC */
    kk_precision precision;
    bool damaged;
} kk_leak_entry;

typedef enum {
    KK_LEAK_IGNORE,
    KK_LEAK_PATH,
    KK_LEAK_DIRECTORY,
    KK_LEAK_SIZE,
    KK_LEAK_HASH,
    KK_LEAK_DATE,
    KK_LEAK_KIND, /* file or directory */
    KK_LEAK_PACKED
} kk_leak_column;

typedef struct kk_leak {
    const kk_settings *settings;
    kk_sink *sink; /* NULL while the wording is being found out: entries are only counted */
    kk_arena *scratch, *kept;
    kk_event event;
    kk_log_line at;
    uint64_t entries;
    /* what readers remember from line to line */
    kk_buffer directory, archive;
    bool begun, ended; /* between the rules of a table; behind them */
    /* table */
    kk_leak_column columns[KK_LEAK_COLUMNS];
    kk_slice column_units[KK_LEAK_COLUMNS];
    size_t column_count;
    char separator;
    /* tree */
    kk_buffer names[KK_LEAK_DEPTH];
    size_t depth;         /* names that hold */
    bool narrow, pending; /* branch drawn in four characters; an entry waits for its children */
    size_t pending_depth;
    kk_log_line pending_at;
    kk_buffer pending_note;
    /* 7z and unzip: where columns end, from the rule */
    size_t rule_from[8], rule_to[8], rule_count;
    /* HTML: the anchor whose row goes on; 7z -slt: the block */
    kk_buffer link, text, tail;
    kk_log_line link_at;
    bool open;
} kk_leak;

/* One line; false when it fits nothing of this wording. At the end a reader gets no line (NULL text
 * pointer) and tells what it still holds. */
typedef bool (*kk_leak_reader)(kk_leak *leak, kk_slice text);

void kk_leak_tell(kk_leak *leak, const kk_leak_entry *entry, const kk_log_line *at);
void kk_leak_keep(kk_buffer *buffer, kk_slice text); /* instead of what it held */
/* A date with or without a time at the beginning of the text: bytes taken, 0 when there is none. */
size_t kk_leak_date(kk_slice text, kk_leak_entry *entry);
bool kk_leak_is_hash(kk_slice text);
void kk_leak_add_hash(kk_leak_entry *entry, kk_slice hex);
/* The next word; *rest begins behind the blanks that follow. */
kk_slice kk_leak_word(kk_slice *rest);

bool kk_leak_html(kk_leak *leak, kk_slice text);
bool kk_leak_tree(kk_leak *leak, kk_slice text);
bool kk_leak_dir(kk_leak *leak, kk_slice text);
bool kk_leak_ls(kk_leak *leak, kk_slice text);
bool kk_leak_7z(kk_leak *leak, kk_slice text);
bool kk_leak_slt(kk_leak *leak, kk_slice text);
bool kk_leak_zip(kk_leak *leak, kk_slice text);
