/* Inside of msg.c and pst.c: numbers of Outlook's properties, from [MS-OXPROPS]. */
#pragma once

enum {
    CLASS = 0x001a,
    SUBJECT = 0x0037,
    SUBMITTED = 0x0039,
    FROM_NAME = 0x0042,
    FROM_ADDRESS = 0x0065,
    HEADERS = 0x007d,
    RECIPIENT_KIND = 0x0c15,
    SENDER_NAME = 0x0c1a,
    SENDER_ADDRESS = 0x0c1f,
    DELIVERED = 0x0e06,
    BODY = 0x1000,
    BODY_RTF = 0x1009,
    BODY_HTML = 0x1013,
    MESSAGE_ID = 0x1035,
    DISPLAY_NAME = 0x3001,
    ADDRESS = 0x3003,
    CREATED = 0x3007,
    ATTACHED = 0x3701,
    SHORT_FILE_NAME = 0x3704,
    FILE_NAME = 0x3707,
    MIME_TYPE = 0x370e,
    SMTP_ADDRESS = 0x39fe,
    INTERNET_PAGE = 0x3fde,
    MESSAGE_PAGE = 0x3ffd,
    SENDER_SMTP = 0x5d01,
    FROM_SMTP = 0x5d02
};
