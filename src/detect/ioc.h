/* Indicators of compromise: the kinds that this program tells of and looks for. */
#pragma once
#include "base/arena.h"
#include "base/json.h"

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
    KK_IOC_SIZE, /* of a file */
    KK_IOC_TEXT, /* anything else that is looked for as it stands */
    KK_IOC_TYPES
} kk_ioc_type;
/* Of the program's own rows, and of the attribute in MISP that says the same. */
extern const char *const kk_ioc_type_names[KK_IOC_TYPES];
extern const char *const kk_ioc_misp_names[KK_IOC_TYPES];

/* The kind that a word names ("ipv4-addr", "FileHash-SHA256", "ip-dst"); false if it names none. A hash
 * without its kind is KK_IOC_HASH. */
bool kk_ioc_type_by_name(kk_slice name, kk_ioc_type *out);
/* hxxp://evil[.]example(dot)net to http://evil.example.net; as it is where nothing is to be done. */
kk_slice kk_ioc_refanged(kk_arena *arena, kk_slice text);

/* One comparison. `text` is in the form that is compared: without case, slashes one way, a link without
 * its scheme, a path without its drive. Of `like` the byte 1 is any run, 2 any one character. */
typedef struct {
    kk_ioc_type type;
    bool like;
    bool glob; /* of `like`: inside of a text too, with the bytes of ioc_glob.c */
    kk_slice text;
} kk_ioc_atom;
/* False when the value is none of this kind. A hash gets its kind by its length. */
bool kk_ioc_atom_make(kk_arena *arena, kk_ioc_type type, kk_slice value, kk_ioc_atom *out);
/* The kind by the looks of the value. */
kk_ioc_type kk_ioc_type_by_value(kk_slice refanged);

/* Comparisons that have to hold of one and the same event. */
typedef struct {
    kk_ioc_atom *atoms;
    size_t count;
} kk_ioc_all;

/* An indicator that was given: found where any of `any` holds. */
typedef struct {
    uint64_t line;    /* in its file, or the number of its object; from 1 */
    kk_ioc_type type; /* of its first comparison */
    kk_slice given, note;
    kk_ioc_all *any;
    size_t any_count;
} kk_ioc;

/* What a file holds that cannot be looked for. */
typedef struct {
    uint64_t line;
    kk_slice what;
    const char *why;
} kk_ioc_unread;

typedef struct {
    const char *format; /* "list", "csv", "stix", "misp", "json", or "none" */
    kk_ioc *items;
    size_t count, capacity;
    kk_ioc_unread *unread;
    size_t unread_count, unread_capacity;
} kk_iocs;

enum { KK_IOCS_MOST = 500000, KK_IOC_UNREAD_MOST = 1000, KK_IOC_TEXT_MOST = 8192 };
#define KK_IOC_FILE_MOST (UINT64_C(64) << 20)

/* Reads a file of indicators in any of the forms of docs/iocs.md. Never fails: what is no indicator is
 * in `unread`, its first 1,000. */
void kk_iocs_read(kk_arena *arena, kk_slice bytes, kk_iocs *out);
/* Out of the walls and in again; texts stay where they are in `json`. False when the text is not what kk_iocs_put wrote. */
void kk_iocs_put(kk_json *j, const kk_iocs *iocs);
bool kk_iocs_take(kk_arena *arena, kk_slice json, kk_iocs *out);
