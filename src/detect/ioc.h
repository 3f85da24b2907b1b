/* Indicators of compromise: the kinds that this program tells of and looks for. */
#pragma once
#include "base/arena.h"

typedef enum {
    KK_IOC_IP, /* also a network, where one is looked for */
    KK_IOC_DOMAIN,
    KK_IOC_HOST, /* name that a machine gives of itself */
    KK_IOC_URL,
    KK_IOC_EMAIL,
    KK_IOC_ACCOUNT,
    KK_IOC_PATH,
    KK_IOC_FILE_NAME,
    KK_IOC_SHA256,
    KK_IOC_SHA1,
    KK_IOC_MD5,
    KK_IOC_HASH, /* of another kind */
    KK_IOC_REGISTRY,
    KK_IOC_SERVICE,
    KK_IOC_TASK,
    KK_IOC_USER_AGENT,
    KK_IOC_PORT,
    KK_IOC_TEXT, /* anything else that is looked for as it stands */
    KK_IOC_TYPES
} kk_ioc_type;
/* Of the program's own rows, and of the attribute in MISP that says the same. */
extern const char *const kk_ioc_type_names[KK_IOC_TYPES];
extern const char *const kk_ioc_misp_names[KK_IOC_TYPES];
