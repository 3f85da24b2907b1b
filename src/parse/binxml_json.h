/* Between the two halves of writing JSON: binxml_json.c makes a list of puts of each template, and knows how to
 * write any of them; binxml_json_run.c runs it, and writes
 * the usual ones itself. */
#pragma once
#include "parse/binxml_program.h"

#define KK_JSON_GROUPS 32 /* of neighbours with the same name, in one template */
#define KK_JSON_SPARE 32  /* bytes behind constant text, so that it can be copied in blocks */

/* Beside three bytes for each byte of a value: what a put takes at most, without its text. */
#define KK_JSON_QUICK 96u

/* Types of numbers, by bits. */
#define KK_JSON_SHORT                                                                              \
    (((UINT64_C(1) << (KK_XML_UINT64 + 1)) - (UINT64_C(1) << KK_XML_INT8)) |                       \
     UINT64_C(1) << KK_XML_BOOL | UINT64_C(1) << KK_XML_SIZE | UINT64_C(1) << KK_XML_HEX32 |       \
     UINT64_C(1) << KK_XML_HEX64)

typedef enum {
    PUT_MEMBER,       /* text: the key; one value, or several for an array */
    PUT_ATTRIBUTE,    /* the same, left out where there is no value */
    PUT_NAMED,        /* a member whose key is numbered, or held by a value */
    PUT_TEXT,         /* constant */
    PUT_KEY,          /* constant, but numbered */
    PUT_MIXED,        /* key, and a text of several pieces */
    PUT_DATA,         /* key, and one value or a list, over all pieces */
    CLOSE_ATTRIBUTES, /* taken back where there is none */
    PUT_LEAF,         /* the only value beside attributes: "#text", or bare without them */
    PUT_LEAF_MIXED,
    PUT_CONTENT, /* a value among child elements: what is nested, or "#text" */
    CLOSE_OBJECT,
} kk_put_kind;

typedef struct {
    uint8_t kind, inside;
    bool blank;     /* no value is "" and not null */
    bool is_named;  /* `name_index` is the value that holds the key */
    uint8_t group;  /* of members with the same name, which are numbered; 0: none */
    uint16_t index; /* of the value */
    uint16_t name_index;
    uint16_t lead;         /* bytes of `text` before the key: they are written in any case */
    uint32_t first, count; /* marks: the pieces */
    kk_slice text;
} kk_json_put;

typedef struct kk_json_program {
    kk_json_put *puts;
    size_t count, capacity;
    size_t room;     /* that constant text and values of a fixed size take at most */
    unsigned uses;   /* how often one value is used at most */
    size_t values;   /* so many have to be there */
    bool is_grouped; /* some members are numbered */
} kk_json_program;

/* The list for w's template, made when it is first wanted; `full` of the output when the chunk's share is used up. */
const kk_json_program *kk_json_of(kk_xml_writer *w);
void kk_json_write(kk_xml_writer *w, const kk_json_put *put);
/* Writes w's template. */
void kk_json_run(kk_xml_writer *w);
/* Its puts, on a processor that can. */
void kk_json_run_wide(kk_xml_writer *w, const kk_json_program *program);
bool kk_json_can_run_wide(void);
