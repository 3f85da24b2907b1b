/* Records of the older event logs (.evt) in the shape of today's, for `kakuho evtx`. */
#pragma once
#include "parse/evtx_walk.h"

bool kk_evt_is_log(kk_stream *in);
/* Every record of the walk, live or recovered as it wants them; its texts live until the next one. What is wrong
 * with the log is told with the live ones. */
void kk_evt_read(const kk_evtx_walk *walk);
/* Of an issue of such a log: whether records, or parts of one, could not be read. */
bool kk_evt_loses(const kk_issue *issue);
