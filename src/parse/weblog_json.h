/* Access logs of web servers that are JSON, one object a line. */
#pragma once
#include "parse/log_lines.h"

/* Fills the event from one line; false when it is no JSON of an access log. Values live in the
 * scratch arena, the event's list of fields in `kept`. */
bool kk_weblog_json(kk_slice text, const kk_settings *settings, kk_arena *scratch, kk_arena *kept,
                    kk_event *event);

/* What both wordings share: a request line, a status, a method as an action. */
void kk_weblog_request(kk_event *event, kk_slice request, kk_arena *scratch, kk_arena *kept);
void kk_weblog_method(kk_event *event, kk_slice method, kk_arena *scratch, kk_arena *kept);
void kk_weblog_status(kk_event *event, kk_slice status);
/* "03/Jul/2026:02:31:02 +0900", with or without a fraction or the offset, or RFC 3339. */
bool kk_weblog_time(kk_event *event, kk_slice text, const kk_settings *settings);
/* "0.123" seconds to nanoseconds. */
bool kk_weblog_seconds(kk_slice text, uint64_t *nanoseconds);
/* Escapes of Apache and nginx (\xHH, \", \\, \n) undone, unless that gives no clean text. */
kk_slice kk_weblog_unescape(kk_arena *arena, kk_slice text);
