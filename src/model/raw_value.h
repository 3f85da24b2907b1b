/* A value as it stands in a record of an event log, before anybody made text of it. A reader may leave the further
 * fields of an event so, if whoever listens takes them (kk_sink.unread): text is made of what somebody asks for. */
#pragma once
#include "base/slice.h"

/* Types of values as Windows' binary XML numbers them; 0x80 is added for an array. */
enum {
    KK_XML_NULL = 0x00,
    KK_XML_UTF16 = 0x01,
    KK_XML_ANSI = 0x02,
    KK_XML_INT8 = 0x03,
    KK_XML_UINT8 = 0x04,
    KK_XML_INT16 = 0x05,
    KK_XML_UINT16 = 0x06,
    KK_XML_INT32 = 0x07,
    KK_XML_UINT32 = 0x08,
    KK_XML_INT64 = 0x09,
    KK_XML_UINT64 = 0x0a,
    KK_XML_FLOAT = 0x0b,
    KK_XML_DOUBLE = 0x0c,
    KK_XML_BOOL = 0x0d,
    KK_XML_BINARY = 0x0e,
    KK_XML_GUID = 0x0f,
    KK_XML_SIZE = 0x10,
    KK_XML_FILETIME = 0x11,
    KK_XML_SYSTEMTIME = 0x12,
    KK_XML_SID = 0x13,
    KK_XML_HEX32 = 0x14,
    KK_XML_HEX64 = 0x15,
    KK_XML_HANDLE = 0x20,
    KK_XML_BINXML = 0x21,
    KK_XML_EVTXML = 0x23,
    KK_XML_ARRAY = 0x80,
    KK_XML_UTF8 = 0x7f /* ours: text that is ready */
};

typedef struct {
    const uint8_t *ptr;
    uint32_t len;
    uint8_t type;
} kk_xml_value;
/* Behind text of a record as UTF-16 so many bytes may be looked at. */
#define KK_XML_BEHIND 64u

/* The texts of numbers, identifiers, times and bytes have no characters but these, in either case. */
#define KK_XML_NUMERALS "0123456789abcdefxstz-:.{}"
static inline bool kk_xml_is_numeral(uint8_t type)
{
    const uint64_t types = (UINT64_C(0xff) << KK_XML_INT8) | (UINT64_C(0xff) << KK_XML_BINARY) |
                           UINT64_C(1) << KK_XML_HANDLE;
    return type < 64 && types >> type & 1;
}

/* Who makes text of the values of an event; it lives as long as the event. */
typedef struct {
    kk_slice (*text)(void *context, const kk_xml_value *value);
    void *context;
} kk_raw_texts;
/* The length of a field's value that is none: instead of bytes there is a kk_xml_value. */
#define KK_UNREAD SIZE_MAX
