/* JSON that is a table by columns, as data frames are written: {"name":["...","..."],"tel":[...]} or, with
 * numbers of rows, {"name":{"0":"...","1":"..."},...}. */
#pragma once
#include "parse/json_tokens.h"

/* Tells its rows; false, and nothing is told, where the file is anything else. */
bool kk_json_columns_tell(kk_json_tokens *t, kk_stream *in, kk_sink *sink);
