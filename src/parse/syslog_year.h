/* The year of syslog lines that have none, from the time of the file, its name, and where in the
 * file the calendar starts anew. */
#pragma once
#include "parse/parser.h"

enum { KK_SYSLOG_TURNS = 256 };

typedef struct {
    bool known;    /* false: nothing says which year it could be */
    int last_year; /* of the lines at the end */
    size_t count;
    struct {
        uint64_t offset; /* the first line beyond the turn */
        int step; /* +1: a new year begins here; -1: back in the old one, lines out of order */
    } turns[KK_SYSLOG_TURNS];
} kk_syslog_years;

/* Looks through the whole item whatever the range is, so that ranges agree. */
void kk_syslog_years_find(kk_syslog_years *years, kk_stream *in, const kk_settings *settings);
int kk_syslog_year_at(const kk_syslog_years *years, uint64_t offset);
