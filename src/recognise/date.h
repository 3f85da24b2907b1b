/* Dates as people write them in tables, Western and Japanese. */
#pragma once
#include "base/arena.h"

typedef struct {
    int32_t day;   /* days since 1970-01-01; KK_NO_DAY where a part of it is missing */
    bool found;    /* looks like a date at all, even with a year of two digits */
    bool filler;   /* 1900-01-01, 9999-12-31 and the like */
    bool has_time; /* a time of day follows */
} kk_day;

/* `named` says that a heading promises a date: then also 7 digits with an era code (3550304 is Shōwa
 * 55), day numbers of Excel, and other forms that alone would mean nothing. */
kk_day kk_day_read(kk_slice plain, bool named);
kk_day kk_day_read_slowly(kk_slice plain,
                          bool named); /* the same, without the common forms; for tests */
/* Eight digits, for comparing digit by digit. */
void kk_day_digits(int32_t day, char digits[8]);
/* A number in kanji from *at on (二十三, 〇五, 百二), at most nine digits; false if none is there. */
bool kk_kanji_number(kk_slice text, size_t *at, uint32_t *number);
/* The time of day that stands behind a date, by hour, minute and second, with its offset from UTC in
 * minutes where one is written. False for none; midnight to the second is how programs write a day. */
typedef struct {
    int32_t second;
    bool has_offset;
    int32_t offset;
} kk_time_of_day;
bool kk_time_of_day_read(kk_slice plain, kk_time_of_day *out);
/* 20260311100000, 202603111000, 20260311T100000Z: the day and the time of day that programs write without
 * marks. False for other numbers; midnight is a time of day here. */
bool kk_solid_time_read(kk_slice plain, kk_day *day, kk_time_of_day *out);
