/* Files that are embedded in an OLE document. */
#pragma once
#include "parse/compound.h"

/* Tells them as children: files of the zip formats, workbooks of before 2007 (their stream of records)
 * and files that were packed as they are. */
void kk_ole_tell_objects(kk_compound *c, kk_sink *sink);
