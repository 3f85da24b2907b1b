/* Windows events that a forwarder wrote as texts of syslog: the XML of the event (rsyslog, Sysmon for
 * Linux), JSON (NXLog, Winlogbeat behind Logstash), Snare's columns, NXLog's structured data, lines of EventLog to Syslog. */
#pragma once
#include "parse/syslog_line.h"
#include "parse/winevent.h"

/* By a glance at the line, without reading it. */
bool kk_syslog_may_be_windows(const kk_syslog_line *line);
/* Fills the event, but for its place; false if the line holds none. *whole: nothing of it is torn. */
bool kk_syslog_read_windows(kk_winevents *events, kk_winevent *event, const kk_syslog_line *line,
                            bool *whole);
