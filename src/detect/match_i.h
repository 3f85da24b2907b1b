/* A matcher, between the files that make it up. */
#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "detect/match.h"
#include "detect/regex.h"
#include "detect/rules_i.h"
#include "model/layout.h"

/* A value that was looked up before, and the tests that it passed. */
typedef struct {
    uint64_t hash; /* 0: free */
    uint32_t field, at, len;
    uint32_t tests, test_count;
} match_memo;

/* The same, for a place of events: short values that came there of late. */
enum { FRONT_WAYS = 4, FRONT_TEXT = 96, FRONT_OWN = 4 };
#define FRONT_HAS_OWN UINT32_MAX
typedef struct {
    uint32_t field, len;
    uint32_t test_count;
    uint32_t tests; /* where in the lists they begin; FRONT_HAS_OWN: they are here */
    uint32_t own[FRONT_OWN];
    uint32_t age; /* 1 + how often everything was forgotten when it came */
    uint8_t type; /* of `bytes` */
    char bytes[FRONT_TEXT];
} match_front;

/* What a place of an event held: the text itself, or what its reader left of it. */
typedef struct {
    kk_slice bytes;
    uint8_t type; /* KK_XML_UTF8 for text */
} match_key;

typedef struct {
    uint32_t next; /* another value of the same field: its number + 1 */
    kk_slice text;
} match_value;

/* A value of the event that is to be looked up. All of them are hashed first, so that what memory has
 * to bring for one is under way while others are dealt with. */
typedef struct {
    uint32_t field, any; /* any: the field for keywords, or the same again */
    kk_slice text;
    uint64_t hash;
    uint32_t memo; /* + 1, once found */
    bool known;    /* the front had it, and its tests are held */
    bool cheap;    /* it is asked, not looked for among those that came before */
    bool others;   /* ... and only by what kk_matcher_scan_others asks */
    bool fresh;    /* it was not met lately */
    match_key key; /* in front */
    match_front *front;
} match_pending;

/* Whether a test holds of the event, and whom that concerns. */
typedef struct {
    uint32_t held; /* stamp */
    uint32_t open; /* stamp: a value may pass it; it is asked when a condition comes to it */
    rules_span triggers;
} match_test;

/* In lists of tests that a value passed: one that it may pass, and one that it did not. */
#define FOUND_OPEN 0x80000000u
#define FOUND_NOT 0xffffffffu
typedef struct {
    uint32_t test, pending;
    uint32_t entry; /* + 1, in `lists` */
} match_open;

/* Of a place of an event: what passes no test there is not looked up (match_sieve.c). By half a byte: a bit
 * for each of eight groups of texts that have such a byte as the k-th of those that are looked for. */
enum { SIEVE_BYTES = 4, FEW_OTHERS = 16 };
typedef struct {
    uint8_t low[SIEVE_BYTES + 1][16], high[SIEVE_BYTES + 1][16]; /* the last: of single bytes */
    uint8_t size;                                                /* bytes looked for: 3 or 4 */
    bool single;          /* single bytes are looked for as well */
    bool numbers;         /* what begins like a number passes */
    bool numerals;        /* a text of KK_XML_NUMERALS may pass */
    bool networks;        /* everything passes: it may be an address */
    bool few_others;      /* ... and is sooner asked than found among values that came before */
    uint32_t least, most; /* what has so many bytes passes; least > most: nothing does */
} match_sieve;

/* Of a field: bits of the first two bytes of literals shorter than a gram; and by half a byte, as of a sieve, a
 * bit for each of seven groups of such pairs, the eighth for literals of one byte. */
enum { PAIR_BITS = 4096, PAIR_GROUPS = 7 };
typedef struct {
    uint64_t bits[PAIR_BITS / 64];
    uint8_t low[2][16], high[2][16];
} match_pairs;

/* In rules: where the grams of a field are, and in `exacts_by_field` its exacts. */
typedef struct {
    rules_span grams, exacts;
} match_ranges;

/* What is done with one pair of an event: to which slot it goes, and whether keywords are looked for in it. */
#define NO_FIELD UINT32_MAX
typedef struct {
    uint32_t pair;
    uint32_t slot;     /* + 1; 0: only keywords are looked for */
    uint32_t field;    /* whose tests are asked; NO_FIELD: none */
    uint32_t least;    /* a shorter value, folded, passes none of them */
    uint32_t shortest; /* a shorter value passes nothing, keywords and all */
    uint32_t too_few;  /* text as UTF-16 of up to so many bytes, but not of none, is shorter */
    bool any;          /* keywords are looked for as well */
    bool numerals;     /* a number or the like may pass a test of the field */
    const match_sieve *sieve; /* of the field; NULL: everything passes */
    match_front **front;
} match_look;

/* What a place of events held of late that passed nothing, whoever asks: it is known by its bytes when it comes
 * again. Of what is new each time only one in a few is noted. */
enum { DULL_MOST = 56, DULL_NOTED = 8 };
typedef struct {
    uint32_t len; /* + 1; 0: none */
    uint8_t type, passed_over;
    char bytes[DULL_MOST];
} match_dull;

/* Where the pairs of a bucket's events go, for events with these names: whoever has a layout has them, others
 * are compared. */
enum { VIEWS = 64, PAIRS_KEPT = 96 };
typedef struct {
    uint32_t layout;
    size_t pair_count;
    kk_slice *names; /* of events without a layout; their bytes in `bytes` */
    size_t name_capacity;
    char *bytes;
    size_t byte_capacity;
    bool *has_slot;            /* by slot: some pair goes there */
    match_look *looks, *asked; /* asked: those of them that ask anything of values */
    match_dull *dull;          /* by number of `asked` */
    size_t look_count, look_capacity, asked_count, asked_capacity, dull_capacity;
} match_view;

typedef struct {
    match_view *views[VIEWS],
        own;         /* own: of what has too many pairs, and what has no layout at first */
    uint32_t *names; /* slot + 1, by hash of the name */
    uint32_t *same;  /* slot + 1 of another one with the same name */
    size_t size;
    uint32_t *direct; /* slots that are not, or not only, found by name */
    size_t direct_count;
    bool takes_unread;
    uint32_t any;                           /* the field for keywords + 1 */
    uint32_t any_least;                     /* a shorter value has none of them */
    const match_sieve *any_sieve, **sieves; /* by slot; NULL: everything passes */
    match_front **of_slot, *of_pair[PAIRS_KEPT], *of_text[KK_TEXT_FIELDS];
    match_dull dull[KK_TEXT_FIELDS];
} match_shape;

/* Which bucket it was. */
enum { RECENT_BUCKETS = 256 };
typedef struct {
    const rules_bucket *bucket;
    uint8_t dataset_len, code_len;
    bool known;
    char dataset[56], code[16];
} match_recent;

/* A regular expression, and what may settle it without running it. */
typedef struct {
    pcre2_code *code, *plain; /* when first needed; plain: for ASCII alone */
    kk_regex_order order;
    kk_regex_class whole;
    bool has_order, is_order, is_whole; /* is_order: that is all of it */
} match_regex;

struct kk_matcher {
    const kk_ruleset *rules;
    kk_arena *arena, *scratch; /* scratch: of the event */
    pcre2_match_context *limits;
    pcre2_match_data *found_at;
    match_regex **regexes; /* by test, when first needed */
    uint32_t epoch;
    match_test *tests;
    uint32_t *present, *first, *candidate; /* stamps, by field, field, run */
    uint32_t *filled;                      /* stamps, by slot */
    bool *looked_up;                       /* by field: some test is about its values */
    bool *cheap; /* by field: its tests are sooner asked than a value is found that came before */
    match_pairs **pairs;  /* by field, when first needed */
    match_ranges *ranges; /* by field */
    uint32_t *exacts_by_field;
    uint32_t *gathered;     /* stamps, by field: its values among the pairs are in `values` */
    const match_view *view; /* of the event */
    const kk_event *event;
    kk_layouts *layouts;
    match_value *values;
    size_t value_count, value_capacity;
    match_pending *pending;
    size_t pending_count, pending_capacity;
    match_open *open; /* of the event */
    size_t open_count, open_capacity;
    uint32_t folded_of; /* pending + 1: whose folded text `folded` has */
    uint32_t forgotten; /* how often */
    uint32_t *runs;     /* to be evaluated */
    size_t run_count;
    match_shape **shapes; /* by bucket, when first needed */
    const rules_bucket *bucket;
    const kk_event *begun;            /* asked of last whether it may be unread */
    const rules_bucket *begun_bucket; /* its bucket */
    match_recent recent[RECENT_BUCKETS];
    uint64_t *met; /* bits by hash: who has none was not looked up lately, and is not in the memo */
    size_t met_count;
    match_memo *memo;
    size_t memo_size, memo_used;
    char *pool;
    size_t pool_size, pool_used;
    uint32_t *lists;
    size_t list_size, list_used;
    uint32_t *found; /* the tests that a value passed, or may pass */
    size_t found_count, found_capacity;
    kk_buffer folded;
    uint32_t *seen;   /* stamps, by gram */
    uint32_t *judged; /* stamps, by test: one with several literals is asked once */
    uint32_t scans;
    struct {
        uint32_t scan, field, size, bytes;
    } tried[64];               /* short grams that the value was found to have */
    const kk_decoded *decoded; /* further values of a field; NULL: none */
    kk_match_counts counts;
    uint64_t *evaluated; /* by rule */
};

/* Without a call: most are a few bytes long. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    uint32_t u, v;
    size_t i = 0;
    if (len < 8) {
        if (len < 4) {
            while (i < len && a[i] == b[i])
                i++;
            return i == len;
        }
        memcpy(&u, a, 4);
        memcpy(&v, b, 4);
        if (u != v)
            return false;
        memcpy(&u, a + len - 4, 4);
        memcpy(&v, b + len - 4, 4);
        return u == v;
    }
    for (; i + 8 < len; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return false;
    }
    memcpy(&x, a + len - 8, 8);
    memcpy(&y, b + len - 8, 8);
    return x == y;
}

/* Eight bytes at once, some of the last twice. */
static inline bool is_ascii(kk_slice s)
{
    uint64_t all = 0, word;
    for (size_t i = 0; i + 8 <= s.len; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        all |= word;
    }
    if (s.len >= 8) {
        memcpy(&word, s.ptr + s.len - 8, 8);
        all |= word;
    }
    for (size_t i = 0; s.len < 8 && i < s.len; i++)
        all |= (unsigned char)s.ptr[i];
    return !(all & UINT64_C(0x8080808080808080));
}

static inline bool is_dull(const match_dull *d, match_key key)
{
    return d->len == key.bytes.len + 1 && d->type == key.type &&
           same_bytes(d->bytes, key.bytes.ptr, key.bytes.len);
}
static inline void note_dull(match_dull *d, match_key key)
{
    if (key.bytes.len > sizeof d->bytes || (d->len && ++d->passed_over % DULL_NOTED))
        return;
    d->len = (uint32_t)key.bytes.len + 1;
    d->type = key.type;
    memcpy(d->bytes, key.bytes.ptr, key.bytes.len);
}

match_shape *kk_matcher_shape(kk_matcher *m, const rules_bucket *bucket);
/* The first slot of the bucket for a name of an event, plus 1; 0: none. Further ones: shape->same. */
uint32_t kk_matcher_slot(const kk_matcher *m, const match_shape *shape, kk_slice name);
/* Of the event, whose bucket m has. */
const match_view *kk_matcher_view(kk_matcher *m, match_shape *shape, const kk_event *event);
void kk_matcher_ranges(kk_matcher *m);
void kk_matcher_sieves(kk_matcher *m, const rules_bucket *bucket, match_shape *shape);
/* What a value may pass: tests of its field, keywords; of an unread one also that it takes its text to know.
 * MAY_OTHERS: of the field's tests only networks, and those that ask for so many characters of a class. */
enum { MAY_FIELD = 1, MAY_ANY = 2, MAY_TEXT = 4, MAY_OTHERS = 8 };
/* MAY_FIELD, MAY_OTHERS or nothing. */
unsigned kk_sieve_passes(const match_sieve *sieve, kk_slice value);
/* Of text as UTF-16; `asks_field`: tests of the field are asked, not only keywords. */
unsigned kk_sieve_unread(const match_shape *shape, const match_look *look, bool asks_field,
                         const kk_xml_value *value);
void kk_matcher_memo_open(kk_matcher *m, size_t memory);
static inline size_t front_way(kk_slice v)
{
    return v.len > 1 ? (v.len + (unsigned char)v.ptr[(v.len - 1) & ~(size_t)1] +
                        (unsigned char)v.ptr[v.len / 2 & ~(size_t)1]) %
                           FRONT_WAYS
                     : 0;
}
/* What the front knows of the key, for whatever field; NULL: nothing. */
static inline const match_front *front_knows(const kk_matcher *m, const match_front *front,
                                             match_key key)
{
    if (!front)
        return NULL;
    const match_front *f = front + front_way(key.bytes);
    bool is_it = f->len == key.bytes.len && f->type == key.type && f->age == m->forgotten + 1 &&
                 same_bytes(f->bytes, key.bytes.ptr, f->len);
    return is_it ? f : NULL;
}
/* Holds the tests of a value that the front knows. Its text is needed where one of them is open. */
void kk_matcher_hold_front(kk_matcher *m, const match_front *f, uint32_t field, kk_slice v);
bool kk_front_is_open(const kk_matcher *m, const match_front *f);
/* For one that it does not know. Returns it, until the next comes. */
match_pending *kk_matcher_wait(kk_matcher *m, match_front **front, uint32_t field, uint32_t any,
                               match_key key, kk_slice value);
/* A value of the event: the tests that it passes are held by kk_matcher_hold_found. `front`: of its
 * place, NULL if it has none; `any`: the field for keywords, where they are looked for too, else the
 * same field again. Returns it, until the next comes; NULL: the front knows it. */
static inline match_pending *kk_matcher_look_up(kk_matcher *m, match_front **front, uint32_t field,
                                                uint32_t any, kk_slice v)
{
    const match_key key = {v, KK_XML_UTF8};
    const match_front *f = front_knows(m, front ? *front : NULL, key);
    m->counts.values++;
    if (!f || f->field != (any == field ? field : field | FIELD_AND_ANY))
        return kk_matcher_wait(m, front, field, any, key, v);
    if (f->test_count)
        kk_matcher_hold_front(m, f, field, v);
    return NULL;
}
void kk_matcher_hold_found(kk_matcher *m);
/* The tests of the field that the value passes, or may pass, and with FIELD_AND_ANY those of keywords
 * too, into `found`. */
void kk_matcher_scan(kk_matcher *m, uint32_t field, uint32_t any, kk_slice value);
/* The same for a value that is all ASCII without an end of a line behind it, and may pass nothing but networks and
 * expressions that ask for characters of a class. */
void kk_matcher_scan_others(kk_matcher *m, uint32_t field, kk_slice value);
/* Whether a value passes a test that is about values. */
bool kk_matcher_passes(kk_matcher *m, uint32_t test, kk_slice raw, kk_slice folded);
bool kk_matcher_regex_fits(kk_matcher *m, uint32_t test, kk_slice raw, kk_slice folded);
/* Of such a value: whether the test is such an expression, and it fits. */
bool kk_matcher_class_fits(kk_matcher *m, uint32_t test, kk_slice value);
void kk_matcher_regexes_close(kk_matcher *m);
