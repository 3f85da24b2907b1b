/* The orders of the mat shop: who ordered, for whom, when and where. Customers come back, families
 * share a telephone, people move, presents go to others, companies and tests stand among them. */
#pragma once
#include "demo/fortigate_log.h"
#include "demo/people.h"

typedef enum { KK_SHOP_OWN, KK_SHOP_ICHIBA, KK_SHOP_WIDE, KK_SHOP_HIROBA, KK_SHOPS } kk_demo_shop;

typedef enum { KK_ORDER_PERSON, KK_ORDER_COMPANY, KK_ORDER_TEST } kk_demo_orderer;

typedef struct {
    kk_time at;
    uint32_t number;
    uint8_t shop, kind, quantity, lines; /* lines: of the order, each with a product */
    uint16_t product;
    uint32_t orderer, addressee;                 /* persons; of a company its number */
    kk_demo_home orderer_home, addressee_home;   /* where they lived then */
    char orderer_phone[16], addressee_phone[16]; /* empty: not given */
} kk_demo_order;

/* What of a person stands anywhere in the tables. */
enum {
    KK_SEEN_ORDERER = 1,
    KK_SEEN_ADDRESSEE = 2,
    KK_SEEN_KANA = 4,
    KK_SEEN_ADDRESS = 8,
    KK_SEEN_PHONE = 16
};

typedef struct {
    kk_slice name;
    kk_demo_home home;
    char phone[16];
} kk_demo_company;

typedef struct {
    kk_people *people;
    kk_demo_order *orders;
    size_t order_count, order_capacity;
    kk_demo_company *companies;
    size_t company_count, company_capacity;
    kk_slice own_name, own_address, own_postal, own_phone; /* of the shop itself */
    uint8_t *seen;         /* by person; made when the orders are all there */
    uint32_t moved;        /* households that moved; their mobile numbers tell */
    uint32_t moved_unseen; /* persons who moved and whom no rule can follow: one too many each */
    uint32_t alike;        /* pairs whom no rule can tell apart: one too few each */
} kk_order_book;

kk_order_book *kk_orders_make(kk_people *people, kk_time from, kk_time to);
const char *kk_shop_name(kk_demo_shop shop);

typedef struct {
    kk_slice path;  /* below the share */
    kk_slice bytes; /* CP932 */
    uint64_t rows;
    kk_time last; /* newest order in it */
} kk_order_file;
/* One file a shop and month, and one of shipments a month; marks what is seen of whom. */
kk_order_file *kk_order_files(kk_order_book *book, size_t *count);
