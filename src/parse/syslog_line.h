/* One line of a syslog taken apart: when, which machine, which program, what it said. The layouts
 * are described in syslog_line.c. */
#pragma once
#include "base/time.h"

typedef struct {
    kk_civil civil;    /* year 0: not written */
    int32_t offset;    /* seconds east of UTC */
    bool has_offset;   /* the line says so */
    bool utc;          /* it said Z */
    unsigned fraction; /* digits after the second */
} kk_syslog_stamp;

typedef struct {
    kk_syslog_stamp stamp;
    bool undated;      /* RFC 5424 with "-" for the time */
    bool protocol;     /* RFC 5424 */
    bool bare;         /* a date with a blank for the T and no zone: many other logs have that */
    kk_slice priority; /* digits of <PRI> */
    kk_slice host;     /* of the innermost header; empty where it has none */
    kk_slice relay;    /* who passed it on, by the header outside */
    kk_slice level;    /* where a word like "info" stands for the host */
    kk_slice program, pid;
    kk_slice message_id; /* RFC 5424 */
    kk_slice structured; /* RFC 5424: the elements with their brackets */
    kk_slice message;
} kk_syslog_line;

/* False when the text does not begin with a header that has a valid date. */
bool kk_syslog_line_read(kk_slice text, kk_syslog_line *line);
/* A name, its value as written (escapes kept) off the front of the structured data; false at the
 * end. `id` keeps the element's name between calls and starts empty. */
bool kk_syslog_element_next(kk_slice *rest, kk_slice *id, kk_slice *name, kk_slice *value);
