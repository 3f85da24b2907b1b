/* One line of a FortiGate, whichever wording it comes in, as fields in their order with the ones
 * that have a meaning here recognised. What they mean is fortigate.c's business. */
#pragma once
#include "parse/log_lines.h"

/* Keys that are looked for; every other key is KK_FORTI_OTHER and only carried along. */
typedef enum {
    KK_FORTI_OTHER,
    KK_FORTI_DATE,
    KK_FORTI_TIME,
    KK_FORTI_TZ,
    KK_FORTI_EVENTTIME,
    KK_FORTI_ITIME,
    KK_FORTI_START, /* CEF start, rt */
    KK_FORTI_DEVNAME,
    KK_FORTI_DEVID,
    KK_FORTI_LOGID,
    KK_FORTI_TYPE,
    KK_FORTI_SUBTYPE,
    KK_FORTI_ACTION,
    KK_FORTI_STATUS,
    KK_FORTI_RESULT,
    KK_FORTI_USER,
    KK_FORTI_UNAUTHUSER,
    KK_FORTI_XAUTHUSER,
    KK_FORTI_SUSER,
    KK_FORTI_SRCIP,
    KK_FORTI_SRCPORT,
    KK_FORTI_SRCNAME,
    KK_FORTI_DSTIP,
    KK_FORTI_DSTPORT,
    KK_FORTI_DSTNAME,
    KK_FORTI_HOSTNAME,
    KK_FORTI_REMIP,
    KK_FORTI_REMPORT,
    KK_FORTI_LOCIP,
    KK_FORTI_LOCPORT,
    KK_FORTI_TUNNELIP,
    KK_FORTI_ASSIGNIP,
    KK_FORTI_TUNNELID,
    KK_FORTI_SESSIONID,
    KK_FORTI_SENTBYTE,
    KK_FORTI_RCVDBYTE,
    KK_FORTI_DURATION,
    KK_FORTI_URL,
    KK_FORTI_AGENT,
    KK_FORTI_FILENAME,
    KK_FORTI_FILEHASH,
    KK_FORTI_UI,
    KK_FORTI_CFGPATH,
    KK_FORTI_MARK, /* no meaning of its own, but a sign that the body of the line begins */
    KK_FORTI_KEYS
} kk_forti_key;

typedef struct {
    kk_slice name, value;
    kk_forti_key key;
} kk_forti_field;

enum { KK_FORTI_FIELDS = 300, KK_FORTI_TABLE = 512, KK_FORTI_COLUMNS = 200 };

typedef struct {
    uint8_t slot[KK_FORTI_TABLE]; /* open addressing into the table of names; 0 is free */
    kk_forti_field fields[KK_FORTI_FIELDS];
    size_t count;
    uint16_t first[KK_FORTI_KEYS]; /* index + 1 of the first field with this key */
    kk_slice relay;                /* what a relay put before the body, without <PRI> */
    bool cef;
    bool open_quote; /* the last value has no closing quote: it is cut short */
    bool loose_end;  /* the line ends in a word that is no field */
    bool bare_last;  /* the last value has no quotes: nothing tells whether it is whole */
    bool too_many;   /* more fields than KK_FORTI_FIELDS */
    size_t ahead_at, ahead_len; /* a key that was seen while looking for the end of a value */
    /* Lines of one kind name the same fields in the same order: what stood here last time is tried
     * first, which saves reading the name and looking it up. */
    struct {
        char name[23];
        uint8_t len;
        kk_forti_key key;
    } guess[KK_FORTI_FIELDS];
    kk_forti_key columns[KK_FORTI_COLUMNS]; /* of an export with a header row */
    kk_slice column_names[KK_FORTI_COLUMNS];
    size_t column_count;
    char column_separator;
} kk_forti_line;

/* Fills the table of names. */
void kk_forti_open(kk_forti_line *line);
/* True when the first line of an item is a row of column names; they are copied into the arena. */
bool kk_forti_header(kk_forti_line *line, kk_slice first_line, kk_arena *arena);
/* The fields of a line; false when it is no line of a FortiGate. Values with escapes are taken from
 * the arena, all others point into the text. */
bool kk_forti_read(kk_forti_line *line, kk_slice text, kk_arena *arena);
/* Value of the first field with the key; empty when absent or when it says that there is none
 * ("N/A", "(null)"). */
kk_slice kk_forti_value(const kk_forti_line *line, kk_forti_key key);
