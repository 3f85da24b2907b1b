#include "demo/orders.h"

#include <stdio.h>

#define MINUTE (60 * KK_SECOND)
#define DAY (24 * 60 * MINUTE)

/* What the making of the orders has to remember of a person or household. */
typedef struct {
    uint32_t *customers; /* persons who have ordered */
    size_t customer_count, customer_capacity;
    uint32_t *recipient; /* last person that an orderer sent to, KK_NOBODY none */
    uint8_t *settled;    /* by household: 1 must stay where it is, 2 has moved */
    uint8_t *silent;     /* by person: gets presents, never gives a telephone */
} memory;

typedef struct {
    kk_order_book *book;
    kk_people *people;
    kk_dice dice;
    memory known;
} maker;

#define PEOPLE_MOST 65536

const char *kk_shop_name(kk_demo_shop shop)
{
    static const char *const names[KK_SHOPS] = {"自社サイト", "いちばモール", "ワイドマート",
                                                "ショップ広場"};
    return names[shop];
}

static uint32_t new_person(maker *m, uint32_t household)
{
    uint32_t id = kk_people_add(m->people, household, 0, 1938, 2003);
    if (id != KK_NOBODY && kk_dice_percent(&m->dice, 92))
        kk_people_give_mobile(m->people, id);
    return id;
}

/* A new customer: mostly of a new household, at times of one that is known. */
static uint32_t new_customer(maker *m)
{
    uint32_t id = KK_NOBODY;
    if (m->known.customer_count > 50 && kk_dice_percent(&m->dice, 12)) {
        uint32_t other =
            m->known.customers[kk_dice_below(&m->dice, (uint32_t)m->known.customer_count)];
        id = new_person(m, m->people->persons[other].household);
    }
    if (id == KK_NOBODY)
        id = new_person(m, kk_people_settle(m->people));
    m->known.customers = kk_grow(m->people->arena, m->known.customers, &m->known.customer_capacity,
                                 m->known.customer_count + 1, sizeof *m->known.customers);
    m->known.customers[m->known.customer_count++] = id;
    m->known.recipient[id] = KK_NOBODY;
    return id;
}

/* Only who leaves a mobile number can be recognised after a move: a household moves when all its
 * members have one. `unseen` makes somebody without one move, whom no rule can follow. */
static bool move_household(maker *m, uint32_t household, bool unseen)
{
    kk_demo_household *home = &m->people->households[household];
    if (m->known.settled[household] != 0)
        return false;
    for (uint32_t i = 0; i < home->member_count; i++)
        if ((m->people->persons[home->members[i]].mobile[0] == 0) != unseen)
            return false;
    if (unseen && home->member_count != 1)
        return false;
    home->home = kk_people_new_home(m->people);
    kk_people_new_landline(m->people, home->home.place, home->landline);
    m->known.settled[household] = 2;
    return true;
}

static uint32_t pick_orderer(maker *m)
{
    if (m->known.customer_count == 0 || kk_dice_percent(&m->dice, 55))
        return new_customer(m);
    uint32_t id = m->known.customers[kk_dice_below(&m->dice, (uint32_t)m->known.customer_count)];
    if (kk_dice_percent(&m->dice, 3) && move_household(m, m->people->persons[id].household, false))
        m->book->moved++;
    return id;
}

static uint32_t new_recipient(maker *m, uint32_t orderer)
{
    uint32_t own = m->people->persons[orderer].household, household;
    if (kk_dice_percent(&m->dice, 40))
        household = kk_people_settle_as(m->people, m->people->households[own].family);
    else
        household = kk_people_settle(m->people);
    uint32_t id = new_person(m, household);
    m->known.recipient[id] = KK_NOBODY;
    m->known.silent[id] = kk_dice_percent(&m->dice, 12);
    m->known.settled[household] = 1;
    return id;
}

static uint32_t pick_addressee(maker *m, uint32_t orderer)
{
    if (!kk_dice_percent(&m->dice, 14))
        return orderer;
    uint32_t fate = kk_dice_below(&m->dice, 100), last = m->known.recipient[orderer];
    if (fate < 30 && last != KK_NOBODY)
        return last;
    if (fate < 40)
        return m->known.customers[kk_dice_below(&m->dice, (uint32_t)m->known.customer_count)];
    return m->known.recipient[orderer] = new_recipient(m, orderer);
}

/* More towards the year's end; the day of the month and the hour as people shop. */
static uint32_t orders_of_month(maker *m, int year, int month)
{
    static const uint8_t season[12] = {90, 84, 104, 98, 96, 108, 100, 88, 94, 104, 118, 142};
    return 1030u * season[month - 1] / 100 + (uint32_t)(year - 2021) * 70 +
           kk_dice_below(&m->dice, 60);
}

static kk_time moment_of(maker *m, kk_time midnight)
{
    static const uint8_t hours[] = {0,  1,  7,  8,  9,  10, 10, 11, 12, 12, 13, 14,
                                    15, 16, 17, 18, 19, 20, 20, 21, 21, 22, 22, 23};
    return midnight +
           (hours[kk_dice_below(&m->dice, sizeof hours)] * 60 + kk_dice_below(&m->dice, 60)) *
               MINUTE +
           kk_dice_below(&m->dice, 60) * KK_SECOND;
}

static kk_demo_order *new_order(maker *m, kk_time at)
{
    kk_order_book *book = m->book;
    book->orders = kk_grow(m->people->arena, book->orders, &book->order_capacity,
                           book->order_count + 1, sizeof *book->orders);
    kk_demo_order *order = &book->orders[book->order_count++];
    uint32_t shop = kk_dice_below(&m->dice, 100);
    *order = (kk_demo_order){
        .at = at,
        .number = 100000 + (uint32_t)book->order_count * 7 + kk_dice_below(&m->dice, 7),
        .shop = shop < 22   ? KK_SHOP_OWN
                : shop < 58 ? KK_SHOP_ICHIBA
                : shop < 83 ? KK_SHOP_WIDE
                            : KK_SHOP_HIROBA,
        .quantity = (uint8_t)(1 + kk_dice_low(&m->dice, 4)),
        .lines = (uint8_t)(kk_dice_percent(&m->dice, 14) ? 2 : 1),
        .product = (uint16_t)kk_dice_below(&m->dice, 1000),
    };
    return order;
}

static void copy_phone(char into[16], const char *phone)
{
    snprintf(into, 16, "%s", phone);
}

static void fill_person_order(maker *m, kk_demo_order *order, uint32_t orderer, uint32_t addressee)
{
    order->kind = KK_ORDER_PERSON;
    order->orderer = orderer;
    order->addressee = addressee;
    order->orderer_home = *kk_person_home(m->people, orderer);
    order->addressee_home = *kk_person_home(m->people, addressee);
    copy_phone(order->orderer_phone, kk_person_phone(m->people, orderer));
    if (!m->known.silent[addressee])
        copy_phone(order->addressee_phone, kk_person_phone(m->people, addressee));
}

static void make_company(maker *m)
{
    static const char *const words[] = {"例示", "見本", "架空", "試作",
                                        "想定", "仮設", "模擬", "作例"};
    static const char *const trades[] = {
        "建設", "整骨院", "不動産", "商店", "工務店", "保育園", "歯科医院",   "電機",
        "設計", "運輸",   "印刷",   "食品", "住宅",   "美容室", "会計事務所", "旅館"};
    kk_order_book *book = m->book;
    book->companies = kk_grow(m->people->arena, book->companies, &book->company_capacity,
                              book->company_count + 1, sizeof *book->companies);
    uint32_t n = (uint32_t)book->company_count;
    kk_demo_company *company = &book->companies[book->company_count++];
    company->home = kk_people_new_home(m->people);
    company->home.building = 0;
    kk_people_new_landline(m->people, company->home.place, company->phone);
    const char *word = words[n % 8], *trade = trades[n / 8 % 16];
    const char *form = n % 3 == 0 ? "有限会社" : "株式会社";
    company->name = n % 2 == 0 ? kk_print(m->people->arena, "%s%s%s", form, word, trade)
                               : kk_print(m->people->arena, "%s%s%s", word, trade, form);
}

static void fill_other_order(maker *m, kk_demo_order *order, kk_demo_orderer kind)
{
    order->kind = (uint8_t)kind;
    if (kind == KK_ORDER_TEST)
        return;
    if (m->book->company_count < 110 && kk_dice_percent(&m->dice, 40))
        make_company(m);
    if (m->book->company_count == 0)
        make_company(m);
    order->orderer = order->addressee = kk_dice_below(&m->dice, (uint32_t)m->book->company_count);
    const kk_demo_company *company = &m->book->companies[order->orderer];
    order->orderer_home = order->addressee_home = company->home;
    copy_phone(order->orderer_phone, company->phone);
    copy_phone(order->addressee_phone, company->phone);
}

static void one_order(maker *m, kk_time at)
{
    kk_demo_order *order = new_order(m, at);
    uint32_t fate = kk_dice_below(&m->dice, 1000);
    if (fate < 18) {
        fill_other_order(m, order, KK_ORDER_COMPANY);
    } else if (fate < 20) {
        fill_other_order(m, order, KK_ORDER_TEST);
    } else {
        uint32_t orderer = pick_orderer(m);
        fill_person_order(m, order, orderer, pick_addressee(m, orderer));
    }
}

/* Two of one household written alike (father and son), landline only: no table can tell them apart.
 */
static void add_alike(maker *m, kk_time at)
{
    uint32_t household = kk_people_settle(m->people);
    m->known.settled[household] = 1;
    uint32_t father = kk_people_add(m->people, household, 1, 1940, 1955),
             son = kk_people_add(m->people, household, 1, 1970, 1985);
    m->people->persons[son].given = m->people->persons[father].given;
    for (int i = 0; i < 2; i++) {
        kk_demo_order *order = new_order(m, at + i * 9 * MINUTE);
        order->shop = KK_SHOP_HIROBA;
        fill_person_order(m, order, i ? son : father, i ? son : father);
    }
    m->book->alike++;
}

/* Orders twice, from two homes, without a mobile number: two in every table, one in truth. */
static void add_unseen_mover(maker *m, kk_time at)
{
    uint32_t household = kk_people_settle(m->people),
             id = kk_people_add(m->people, household, 0, 1940, 1960);
    for (int i = 0; i < 2; i++) {
        kk_demo_order *order = new_order(m, at + i * 9 * MINUTE);
        order->shop = KK_SHOP_HIROBA;
        fill_person_order(m, order, id, id);
        if (i == 0 && move_household(m, household, true))
            m->book->moved_unseen++;
    }
}

/* The orders of one day, in the order of their times: counted out over the hours by sorting. */
static void one_day(maker *m, kk_time midnight, uint32_t count)
{
    kk_time times[96];
    if (count > 96)
        count = 96;
    for (uint32_t i = 0; i < count; i++) {
        kk_time at = moment_of(m, midnight);
        uint32_t place = i;
        for (; place > 0 && times[place - 1] > at; place--)
            times[place] = times[place - 1];
        times[place] = at;
    }
    for (uint32_t i = 0; i < count; i++)
        one_order(m, times[i]);
}

kk_order_book *kk_orders_make(kk_people *people, kk_time from, kk_time to)
{
    kk_order_book *book = KK_NEW(people->arena, kk_order_book);
    maker m = {
        .book = book, .people = people, .dice = kk_dice_make(people->dice.state[0], "orders")};
    book->people = people;
    m.known.recipient = KK_NEW_ARRAY(people->arena, uint32_t, PEOPLE_MOST);
    m.known.settled = KK_NEW_ARRAY(people->arena, uint8_t, PEOPLE_MOST);
    m.known.silent = KK_NEW_ARRAY(people->arena, uint8_t, PEOPLE_MOST);
    uint32_t quota = 0, days = 0;
    for (kk_time midnight = from; midnight < to; midnight += DAY) {
        kk_civil local = kk_civil_from_time(midnight + KK_JST_OFFSET);
        if (local.day == 1 || days++ == 0)
            quota = orders_of_month(&m, local.year, local.month);
        if (local.day == 15 && local.month == 6)
            add_alike(&m, midnight + 10 * 60 * MINUTE);
        if (local.day == 20 && local.month == 9)
            add_unseen_mover(&m, midnight + 10 * 60 * MINUTE);
        one_day(&m, midnight, quota / 30 + (kk_dice_below(&m.dice, 30) < quota % 30));
    }
    return book;
}
