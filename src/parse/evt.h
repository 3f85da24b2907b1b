/* What the reader of the older event logs (.evt) says where records, or parts of one, could not be read. */
#pragma once

#define KK_EVT_SHORTER "the file is shorter than its header says"
#define KK_EVT_TORN "places among the records hold none"
#define KK_EVT_PARTLY "records could be read only in part"
