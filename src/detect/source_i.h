/* The table of log sources, for the file that searches it. */
#pragma once
#include "detect/source.h"

extern const kk_source kk_source_table[];
extern const size_t kk_source_table_count;
