/* What identity is told of a mention: keyed hashes of its values in normal form, packed into a few dozen
 * bytes. Recognition makes them in the worker; batch and store only carry them; the keys of all rules
 * come out of them (persons/keys.h). Never a value itself. Layout: docs/identity.md. */
#pragma once
#include "base/hash.h"

enum { KK_SAME_KIND = 4, KK_NAMES_MOST = 3, KK_PARTS = 3 };

/* Whole hashes are of values that a rule may rest on alone. Short ones, of 47 bits, always stand beside
 * another value: their lower 17 bits are fixed. */
typedef enum {
    KK_VALUE_NAME,                                 /* more than a surname */
    KK_VALUE_KANA = KK_VALUE_NAME + KK_NAMES_MOST, /* after names of former times */
    KK_VALUE_EMAIL,
    KK_VALUE_EMAIL_LOOSE, /* where it is another than the address */
    KK_VALUE_ADDRESS,     /* place and block */
    KK_VALUE_MOBILE,      /* so many at most */
    KK_VALUE_FIXED = KK_VALUE_MOBILE + KK_SAME_KIND,
    KK_VALUE_OFFICIAL = KK_VALUE_FIXED + KK_SAME_KIND, /* the first official number */
    KK_VALUE_CARD,
    KK_VALUE_BANK,
    KK_VALUE_INSURANCE, /* of a family: without a branch number */
    KK_VALUE_READING,   /* as letters tell it; of kana where it is another than the reading */
    KK_VALUES_WHOLE,
    KK_VALUE_GIVEN = KK_VALUES_WHOLE,
    KK_VALUE_FAMILY,
    KK_VALUE_MIXED_NAME, /* 斎藤 and 斉藤 as one */
    KK_VALUE_ZIP,
    KK_VALUE_LOOSE_ZIP, /* Western: in any order of its digits */
    KK_VALUE_SUBURB,
    KK_VALUE_STREET,
    KK_VALUE_ZIP_BLOCK,
    KK_VALUE_ROOM,
    KK_VALUE_COMPANY,
    KK_VALUE_MOBILE_PARTS, /* the first number without its last, its middle and its first third */
    KK_VALUE_FIXED_PARTS = KK_VALUE_MOBILE_PARTS + KK_PARTS,
    KK_VALUE_EMAIL_PARTS = KK_VALUE_FIXED_PARTS + KK_PARTS,
    KK_VALUES = KK_VALUE_EMAIL_PARTS + KK_PARTS
} kk_value;

typedef enum {
    KK_LIST_NEAR_NAME,     /* short: the name whole and with each character left out in turn; their
                            * lowest bit is 0 where with that character all of the surname or of
                            * the given name is gone */
    KK_LIST_NEAR_KANA,     /* ... the reading */
    KK_LIST_NEAR_OFFICIAL, /* ... the official number */
    KK_LIST_OFFICIALS,     /* kind (a byte, 0: name in a table's column of staff) and whole hash */
    KK_LIST_REGISTERS, /* two whole hashes: number in its table, 0 if shared; number in its wide place */
    KK_VALUE_LISTS
} kk_value_list_kind;

enum {
    KK_SHORT_BYTES = 6,
    KK_SHORT_SHIFT = 16, /* what is left of a hash is not stored */
    KK_NEAR_MOST = 25,   /* hashes of a list of neighbours */
    KK_REGISTERS_MOST = 9,
    KK_VALUES_BYTES = 1024 /* packed, at most */
};

/* Flags. */
enum {
    KK_SAID_SEX = 3,     /* 0 unknown, 1 male, 2 female */
    KK_SAID_WESTERN = 4, /* the address */
    KK_SAID_LATIN = 8,   /* the name */
    KK_SAID_SHARED_MAILBOX = 16,
    KK_SAID_SURE_GIVEN = 32, /* the given name was not only guessed from a list */
    KK_SAID_IN_ROOM =
        64, /* the given name tells people of this dwelling apart: a room of a house */
    KK_SAID_IN_HOUSE = 128,     /* ... a house */
    KK_SAID_KANA_NAME = 256,    /* the name is written in kana alone */
    KK_SAID_UNTOLD_ORDER = 512, /* the reading may begin with the given name */
    KK_SAID_FLAGS = 1024
};

typedef struct {
    const char *bytes;
    uint32_t count;
} kk_value_list;

typedef struct {
    uint64_t content;  /* of the whole row or text, without a key: places change, this does not */
    int32_t birth_day; /* days since 1970-01-01, KK_NO_DAY if none */
    uint32_t flags;
    uint64_t hash[KK_VALUES]; /* 0: not there */
    kk_value_list lists[KK_VALUE_LISTS];
} kk_values;

/* Of a whole hash that is not 0. */
static inline uint64_t kk_short_hash(uint64_t hash)
{
    return hash ? hash >> (KK_SHORT_SHIFT + 1) << (KK_SHORT_SHIFT + 1) | UINT64_C(1)
                                                                             << KK_SHORT_SHIFT
                : 0;
}

/* Six bytes as a number. In two parts: a copy into a word that is read as a whole makes the processor wait
 * until the copy has reached the cache. */
static inline uint64_t kk_short_at(const char *bytes)
{
    uint32_t low;
    uint16_t high;
    memcpy(&low, bytes, sizeof low);
    memcpy(&high, bytes + sizeof low, sizeof high);
    return low | (uint64_t)high << 32;
}
static inline uint64_t kk_near_hash(const kk_value_list *list, uint32_t at)
{
    return kk_short_at(list->bytes + (size_t)KK_SHORT_BYTES * at) << KK_SHORT_SHIFT;
}

/* Hashes of a list of neighbours, KK_NEAR_MOST at most, as its bytes: the lowest bit of each is set. */
void kk_near_put(char *out, const uint64_t *hashes, size_t count);

/* What an entry of a list takes. */
size_t kk_value_list_width(kk_value_list_kind kind);

/* Returns how many bytes of `out` it takes: KK_VALUES_BYTES at most. */
size_t kk_values_pack(const kk_values *values, char *out);
/* Of hashes as they were made, neither kept from being 0 nor shortened: `said` has a bit for each value that is
 * there, the other hashes need not be set. Lists are as above. */
size_t kk_values_pack_raw(const kk_values *values, uint64_t said, char *out);
/* False if these are no packed values; lists point into the bytes. */
bool kk_values_unpack(kk_slice bytes, kk_values *out);
/* The same question, and of what they hold only the content. */
bool kk_values_content(kk_slice bytes, uint64_t *content);
