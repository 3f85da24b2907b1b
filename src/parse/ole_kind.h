/* What an OLE compound file holds: asked by the parsers of office files. */
#pragma once
#include "evidence/stream.h"

typedef enum {
    KK_OLE_NONE, /* no OLE file */
    KK_OLE_OTHER,
    KK_OLE_ENCRYPTED, /* an office document of 2007 or later behind a password */
    KK_OLE_OLD_EXCEL  /* a workbook of before 2007 */
} kk_ole_kind;

kk_ole_kind kk_ole_kind_of(kk_stream *in);
