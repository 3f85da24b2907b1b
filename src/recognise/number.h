/* Numbers with a form or a check digit. One random number in ten passes a check digit: alone it is
 * never a finding. */
#pragma once
#include "base/arena.h"

bool kk_is_my_number(kk_slice digits);        /* 個人番号, 12 digits */
bool kk_is_corporate_number(kk_slice digits); /* 法人番号, 13 digits, the check first */
bool kk_is_licence_number(kk_slice digits);   /* 運転免許証番号, 12 digits */
bool kk_is_insurer_number(kk_slice digits);   /* 保険者番号, 8 or 6 digits */
bool kk_is_product_code(kk_slice digits);     /* JAN, EAN, ISBN: 13 or 8 digits */
bool kk_is_passport_number(kk_slice plain);   /* two letters, seven digits */
bool kk_is_residence_card(kk_slice plain);    /* two letters, eight digits, two letters */
bool kk_is_ip_address(kk_slice plain);

typedef enum { KK_CARD_NONE, KK_CARD_REAL, KK_CARD_TEST } kk_card;
/* Luhn, length and first digits of a brand; numbers that payment companies publish for tests apart. */
kk_card kk_card_judge(kk_slice digits);
