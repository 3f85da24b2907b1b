/* Telephone numbers by the Japanese number plan. */
#pragma once
#include "base/arena.h"

typedef enum {
    KK_PHONE_NONE,
    KK_PHONE_MOBILE,  /* 060 070 080 090 */
    KK_PHONE_FIXED,   /* with an area code */
    KK_PHONE_IP,      /* 050 */
    KK_PHONE_FREE,    /* 0120, 0800: a company's */
    KK_PHONE_SERVICE, /* 0570, 0990, 020: never a person's */
    KK_PHONE_FOREIGN, /* +, another country */
    KK_PHONE_LOCAL,   /* digits that no plan explains: kept under a heading only */
    KK_PHONE_FILLER,  /* 000-0000-0000 */
} kk_phone_kind;

typedef struct {
    kk_phone_kind kind;
    char digits[16]; /* normal form: from the leading 0; foreign ones with the country code */
    uint8_t len;
    bool dashed; /* written in groups, or with +81: it was meant as a telephone number */
} kk_phone;

/* The number that the text begins with; *used is where it ended (may be NULL). `named` allows lost
 * leading zeros and numbers of no plan. */
kk_phone kk_phone_read(kk_slice plain, bool named, size_t *used);
static inline kk_slice kk_phone_digits(const kk_phone *phone)
{
    return (kk_slice){phone->digits, phone->len};
}
