/* What binxml_compile.c makes and binxml.c runs; for the files of BinXML only. */
#pragma once
#include "base/cursor.h"
#include "base/hash.h"
#include "parse/binxml.h"

#define KK_XML_INSTANCES 32u /* of one record that are remembered while it is read */
#define KK_XML_LENT 1024u    /* templates of other chunks that are remembered */
#define KK_XML_RAW 1024u     /* values of a record that are told without names */
#define KK_XML_PAIRS 16384u  /* fields of one record */
#define KK_XML_VALUES 32768u /* values of one record with all that is nested */
#define KK_XML_WATCHES 256u
#define KK_XML_BUCKETS 4096u
#define KK_XML_SLOTS 1024u
#define KK_XML_CHUNK_TEXT ((size_t)4 << 20)
#define KK_XML_CHUNK_STEPS (1u << 18)       /* operations run for one chunk */
#define KK_XML_COMPILE (8u * KK_EVTX_CHUNK) /* bytes of templates looked at for one chunk */

typedef enum { AT_TOP, IN_EVENT, IN_SYSTEM, IN_EVENTDATA, IN_USERDATA, IN_BODY } kk_xml_place;

typedef struct {
    enum { LITERAL, VALUE, INSTANCE } kind;
    uint16_t index;   /* of the value */
    uint32_t at, end; /* of an instance, in the chunk */
    kk_slice text;
} kk_xml_piece;

/* What one element's content or one attribute comes to. */
typedef struct {
    kk_slice name;
    uint32_t first, count;                       /* pieces */
    enum { ANY, SYSTEM_VALUE, PAIR_VALUE } kind; /* the usual: one value, and nothing else */
    uint16_t index;                              /* of that value */
    uint16_t watch;
    uint16_t name_value; /* 1 + index of the value that holds the name; 0 for `name` */
    uint8_t field;       /* of System; KK_SYS_FIELDS for a pair */
    uint8_t inside;      /* place of what is nested in it */
    bool quiet;          /* without a value there is no field either */
    bool attribute;
    kk_slice prefix; /* of the names of what is nested in it */
} kk_xml_step;

/* The elements themselves, for who writes them out again: only made where documents are wanted. */
typedef enum {
    KK_MARK_ELEMENT,   /* text: its name */
    KK_MARK_ATTRIBUTE, /* text: its name; its pieces follow */
    KK_MARK_CONTENT,   /* the attributes are over */
    KK_MARK_END,       /* of the element */
    KK_MARK_TEXT,
    KK_MARK_VALUE,
    KK_MARK_INSTANCE
} kk_xml_mark_kind;

typedef struct {
    uint8_t kind, inside; /* inside: the place of what is nested in a value */
    uint16_t index;       /* of a value */
    uint32_t at, end;     /* of an instance, in the chunk */
    kk_slice text;
} kk_xml_mark;

#define KK_XML_NO_INDEX UINT16_MAX /* more than there can be values */

/* A step that fills a field of System: mostly with one value. */
typedef struct {
    uint32_t step;  /* by number */
    uint16_t index; /* of the one value; KK_XML_NO_INDEX: it is something else */
    uint8_t field;
} kk_xml_early;

/* A step that names a field, in order; mostly with one value. What is looked at for every value of a record,
 * and nothing else, so that it stays near. */
typedef struct {
    kk_slice name;
    uint32_t step;         /* by number */
    uint16_t index, watch; /* of the one value; KK_XML_NO_INDEX: it is something else */
} kk_xml_late;

typedef struct {
    uint16_t index, watch;
} kk_xml_watched;

/* A field of System that is one value, and one that is the same in all records, or not there. */
typedef struct {
    uint16_t index;
    uint8_t field;
} kk_xml_filled;

typedef struct {
    kk_xml_value value;
    uint8_t field;
} kk_xml_constant;

enum { INLINE_NAME, EARLIER_NAME, CHAIN };
typedef struct {
    uint32_t at; /* in the body */
    uint8_t kind;
    kk_slice name; /* as UTF-16 */
} kk_xml_fixup;

typedef struct kk_xml_program kk_xml_program;
struct kk_xml_program {
    kk_xml_program *next;
    uint8_t guid[16];
    uint32_t size;
    uint8_t where;
    bool damaged;  /* holds what came before the damage */
    bool movable;  /* may be kept for other chunks */
    bool doubtful; /* a name does not have the hash that stands beside it */
    bool holds_instances;
    kk_xml_early *early; /* steps that fill System */
    size_t early_count, early_capacity;
    size_t early_steps; /* those that are left out too */
    kk_xml_late *late;  /* steps that name fields */
    size_t late_count, late_capacity;
    /* The usual of what stands around event data: each field of System is one value or a constant, and only one
     * value more is looked at, which is expected to hold an instance. */
    bool is_outer;
    uint16_t least;                       /* values that have to be there */
    uint8_t filled_count, constant_count; /* where it is outer; together KK_SYS_FIELDS */
    kk_xml_filled *filled;
    kk_xml_constant *constants;
    /* The usual of event data: value after value has a name of its own, and is told even if it is empty. */
    bool is_straight;
    kk_slice *names; /* where it is straight */
    kk_xml_watched *watched;
    size_t watched_count;
    const uint8_t *body, *mask; /* of the body, what is no offset: in whole blocks */
    kk_xml_fixup *fixups;
    size_t fixup_count, fixup_capacity;
    kk_xml_step *steps;
    size_t step_count, step_capacity;
    kk_xml_piece *pieces;
    size_t piece_count, piece_capacity;
    kk_xml_mark *marks;
    size_t mark_count, mark_capacity;
    const struct kk_json_program *json; /* made from the marks when first wanted */
};

/* A template with the values of one record. */
typedef struct {
    uint32_t at, behind;   /* behind its token; where it ends */
    uint32_t first, count; /* values */
    uint32_t size;         /* of all of them, in bytes */
    uint8_t where;
    uint8_t types;           /* of the values, all bits */
    bool is_headless;        /* not even its head was there */
    bool is_trusted;         /* the template is there, with the id and its names */
    bool is_cut;             /* values are missing */
    kk_xml_program *program; /* NULL: it is gone */
} kk_xml_instance;

/* A definition that was looked up. */
typedef struct {
    uint64_t key; /* the chunk (round), the offset in it and the place */
    kk_xml_program *found;
    uint32_t id;
} kk_xml_slot;

/* From behind the token of an instance that stands apart from its definition to the count of its values. */
#define KK_XML_COUNT_BEHIND 9u

/* What was found for a template that is gone. */
typedef struct {
    uint32_t round;          /* of the lender; 0: nothing */
    uint32_t id, wanted;     /* wanted: the count of values, and where */
    kk_xml_program *program; /* NULL: there is none */
    uint64_t donor;
} kk_xml_lent;

/* What accounts of one machine or domain begin with: revision, count, authority, all numbers but the last; and its
 * text, with a hyphen behind. */
#define KK_XML_REALM_NUMBERS 4u
#define KK_XML_REALM_TEXT 48u
typedef struct {
    uint8_t bytes[8 + 4 * KK_XML_REALM_NUMBERS];
    char text[KK_XML_REALM_TEXT];
    size_t len;
} kk_xml_realm;
/* That of the account; false where its text is longer than that of any in use. */
bool kk_xml_learn_realm(kk_xml_realm *realm, const uint8_t *account);

struct kk_binxml {
    kk_arena *arena, *chunk_arena; /* programs that are kept; what is gone with the chunk */
    const uint8_t *chunk;
    kk_xml_program *bucket[KK_XML_BUCKETS];
    kk_xml_slot slots[KK_XML_SLOTS];
    uint32_t round;
    bool documents;                    /* marks are wanted */
    bool writes_wide;                  /* JSON, too */
    bool wide;                         /* values are filled in the wider way */
    bool shallow;                      /* only System is filled */
    bool eager;                        /* fields are named as the record is read */
    size_t at, end;                    /* of the record read last */
    size_t compiled, steps, text_left; /* shares of this chunk used and left */
    kk_xml_scratch scratch;
    kk_xml_value *values;
    size_t value_count;
    kk_xml_instance found[KK_XML_INSTANCES + 1]; /* of this record; the last is not kept */
    size_t found_count, found_next;
    const kk_xml_instance
        *outer; /* of this record, where all of System came out of it; else NULL */
    bool (*lend)(void *context, bool far, uint32_t id, size_t number, kk_xml_donor *out);
    void *lender;
    bool lending;
    kk_xml_lent lent[KK_XML_LENT]; /* found for this lender, by hash */
    uint32_t lender_round;
    kk_slice *value_names; /* KK_XML_RAW of values without names, when first needed */
    kk_xml_field *fields;
    kk_pair *pairs;
    uint64_t day; /* 1 + the one whose text is remembered */
    char day_text[12];
    kk_xml_realm realm;             /* of the account written last */
    const kk_xml_program *straight; /* ran first and straight: its fields are the first */
    bool names_move;                /* some name of the record is not kept with its template */
    struct kk_xml_layouts *layouts; /* when first needed */
    kk_xml_event *out;
    kk_slice watch[KK_XML_WATCHES];
    uint16_t watch_slot[4 * KK_XML_WATCHES], watch_count;
    uint16_t seen[KK_XML_WATCHES]; /* 1 + index of the first pair of that name */
};

/* What descriptors come to. */
typedef struct {
    size_t size;
    uint8_t types; /* all bits */
} kk_xml_overview;

#define KK_XML_FILLED_BEHIND 7 /* places behind the values that may be written too */

/* The values whose bytes begin at `bytes`; 12 bytes behind the descriptors may be looked at. Nothing of it counts where
 * they come to more than there is. `wide`: the processor can do more at a time. */
kk_xml_overview kk_xml_fill(bool wide, kk_xml_value *values, const uint8_t *descriptors,
                            uint32_t count, const uint8_t *bytes);
bool kk_xml_can_fill_wide(void);

/* Can the values be named one after the other? `types`: theirs, all bits. */
bool kk_binxml_is_straight(const kk_binxml *xml, const kk_xml_program *program, size_t count,
                           uint8_t types);
void kk_binxml_run_straight(kk_binxml *xml, const kk_xml_program *program,
                            const kk_xml_value *values);
/* The record from `at` to `end`, whole and in one go where it is like most; false, and nothing of it filled, where it
 * is not: instances that were found are remembered all the same. */
bool kk_binxml_read_usual(kk_binxml *xml, size_t *stop);

/* A new record begins: what the one before came to in text is taken off the chunk's share. */
void kk_binxml_share(kk_binxml *xml);
kk_cursor kk_binxml_cursor(const kk_binxml *xml, size_t at, size_t end);
/* Number of a watched name, 0 if it is not watched. */
uint16_t kk_binxml_watch_of(const kk_binxml *xml, kk_slice name);

/* Compiles the fragment in [at, end) of the chunk. With `stop` it ends behind the first element,
 * and *stop is where. What came before a damage is kept. NULL when the chunk has used up its share.
 */
kk_xml_program *kk_binxml_compile(kk_binxml *xml, size_t at, size_t end, kk_xml_place where,
                                  size_t *stop);
/* The instance whose token is before `at`: its program and values, found once for a record. What comes back
 * may be another one after the next call. */
const kk_xml_instance *kk_binxml_instance(kk_binxml *xml, size_t at, size_t end,
                                          kk_xml_place where);
static inline uint32_t kk_binxml_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
/* Where the definition at an offset of this chunk is remembered, if it is. */
static inline kk_xml_slot *kk_binxml_slot(kk_binxml *xml, uint32_t offset, kk_xml_place where)
{
    return &xml->slots[(offset * 2654435761u ^ (uint32_t)where * 40503u) >> 7 & (KK_XML_SLOTS - 1)];
}
static inline uint64_t kk_binxml_slot_key(const kk_binxml *xml, uint32_t offset, kk_xml_place where)
{
    return (uint64_t)xml->round << 32 | offset << 8 | (uint32_t)where;
}
static inline bool kk_xml_is_sound(const kk_xml_program *p)
{
    return p && !p->damaged && !p->doubtful;
}
/* A program for a definition that is gone from its chunk, by one of the same id elsewhere whose values are
 * `count`; NULL when there is none, or several that differ. */
kk_xml_program *kk_binxml_borrow(kk_binxml *xml, uint32_t id, size_t count, kk_xml_place where);
/* The program's body is at `base` of this chunk. */
void kk_binxml_keep_body(kk_binxml *xml, kk_xml_program *program, size_t base);
/* Is the body at `base` of this chunk, of the program's size, the one that it was made from? `differed`: 0 for the
 * first program that is held against a body, then where it differed from the one before. */
bool kk_binxml_same_body(const kk_binxml *xml, const kk_xml_program *program, size_t base,
                         size_t *differed);

/* Writing a record out again: `program` writes one instance or element, by its marks and values. */
typedef struct kk_xml_writer kk_xml_writer;
struct kk_xml_writer {
    kk_binxml *x;
    kk_xml_scratch *out;
    void (*program)(kk_xml_writer *w);
    kk_xml_program *p;
    const kk_xml_value *values;
    size_t count, size; /* of the values; all their bytes */
    int depth;
    unsigned *numbers; /* of members with the same name, for binxml_json.c */
};
/* The code unit at *i of JSON text that is no plain character, with its other half if it has one; room for
 * six bytes is there. */
char *kk_xml_put_odd_json(char *at, const uint8_t *in, size_t units, size_t *i);
void kk_xml_write_fragment(kk_xml_writer *w, size_t at, size_t end, kk_xml_place where);
/* A value by its number; a text of a terminator alone is none. */
static inline kk_xml_value kk_xml_value_at(const kk_xml_writer *w, size_t index)
{
    kk_xml_value v = index < w->count ? w->values[index] : (kk_xml_value){.type = KK_XML_NULL};
    if (v.type == KK_XML_UTF16 && v.len <= 2 && (v.len < 2 || !(v.ptr[0] | v.ptr[1])))
        v.len = 0;
    return v;
}
static inline void kk_xml_write_bytes(kk_xml_scratch *out, const char *bytes, size_t len)
{
    if (len > out->capacity - out->used) {
        out->full = true;
        return;
    }
    memcpy(out->ptr + out->used, bytes, len);
    out->used += len;
}
static inline void kk_xml_write_text(kk_xml_scratch *out, kk_slice text)
{
    if (text.len)
        kk_xml_write_bytes(out, text.ptr, text.len);
}
static inline void kk_xml_write_byte(kk_xml_scratch *out, char byte)
{
    kk_xml_write_bytes(out, &byte, 1);
}
