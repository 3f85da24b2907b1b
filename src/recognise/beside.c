/* What one column leaves open, another one tells. */
#include "recognise/beside.h"

#include "recognise/fold.h"

/* 元号, 年, 月, 日 */
static void settle_era(kk_plan *plan, kk_arena *arena)
{
    static const char *const words[] = {"年", "月", "日"};
    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; plan->columns[i].kind == KK_COL_BIRTH_ERA && k < KK_COUNT(words); k++) {
            kk_column *c = i + 1 + k < plan->count ? &plan->columns[i + 1 + k] : NULL;
            if (!c || !kk_ends(kk_heading_form(arena, c->word), kk_cstr(words[k])) ||
                !kk_share(c->profile.short_numbers, c->profile.filled, 90, 1))
                break;
            c->kind = (kk_column_kind)(KK_COL_BIRTH_YEAR + k);
            c->heading = plan->columns[i].heading;
        }
}

/* SIMEI_F behind SIMEI_K: kana behind a name are its reading, where no heading promises one. */
static void find_reading(kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->columns[i].kind >= KK_COL_KANA && plan->columns[i].kind <= KK_COL_GIVEN_KANA)
            return;
    for (size_t i = 1; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        const kk_column *name = &plan->columns[i - 1];
        if (c->kind == KK_COL_UNKNOWN && name->kind == KK_COL_NAME && !name->heading.has_role &&
            kk_share(name->profile.person_like, name->profile.filled, 60, 3) &&
            kk_share(c->profile.kana, c->profile.filled, 95, 3)) {
            c->kind = KK_COL_KANA;
            return;
        }
    }
}

/* 1000005 before an address, in a list without headings. */
static void find_zip(kk_plan *plan)
{
    enum { ZIP_DIGITS = 7, ROWS_MIN = 5 };
    for (size_t i = 0; i + 1 < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        const kk_profile *p = &c->profile;
        if (c->kind == KK_COL_UNKNOWN && plan->columns[i + 1].kind == KK_COL_ADDRESS &&
            kk_share(p->numbers, p->filled, 100, ROWS_MIN) && p->longest == ZIP_DIGITS &&
            !p->short_numbers)
            c->kind = KK_COL_ZIP;
    }
}

/* 支部: 東京, ステータス: 新規 look like names; where a heading says which column has the names, only words for people
 * (紹介者) promise more of them. */
static void drop_likenesses(kk_plan *plan, kk_arena *arena)
{
    static const char *const people[] = {"者", "人", "員", "主"};
    bool named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        named |= (c->kind == KK_COL_NAME || c->kind == KK_COL_FAMILY_NAME) &&
                 c->heading.strength == KK_HEADING_STRONG && !c->heading.has_role;
    }
    for (size_t i = 0; named && i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (c->kind != KK_COL_NAME || c->heading.strength != KK_HEADING_NONE)
            continue;
        kk_slice form = kk_heading_form(arena, c->word);
        bool of_people = false;
        for (size_t k = 0; k < KK_COUNT(people); k++)
            of_people |= kk_ends(form, kk_cstr(people[k]));
        c->kind = of_people ? c->kind : KK_COL_UNKNOWN;
    }
}

/* ユーザー名 is what somebody is called where the cells are names, and an account beside a name. */
static void settle_user_names(kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; k < plan->count && plan->columns[i].kind == KK_COL_NAME &&
                           plan->columns[i].heading.kind == KK_COL_USER_ID;
             k++)
            if (k != i && plan->columns[k].heading.kind != KK_COL_USER_ID &&
                (plan->columns[k].kind == KK_COL_NAME ||
                 plan->columns[k].kind == KK_COL_FAMILY_NAME))
                plan->columns[i].kind = KK_COL_USER_ID;
}

/* name, contact: how to reach the person of the row, where names are people's and no column names a contact; of a
 * company it is somebody who works there. */
static void settle_contacts(kk_plan *plan)
{
    bool named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        bool names =
            c->kind == KK_COL_NAME || c->kind == KK_COL_FAMILY_NAME || c->kind == KK_COL_LATIN_NAME;
        if (c->kind == KK_COL_COMPANY || (names && c->heading.has_role))
            return;
        named |= names && kk_share(c->profile.person_like, c->profile.filled, 60, 1) &&
                 !kk_share(c->profile.organisations, c->profile.filled, 20, 1);
    }
    for (size_t i = 0; named && i < plan->count; i++) {
        kk_heading *h = &plan->columns[i].heading;
        if (h->kind == KK_COL_CONTACT && h->has_role && h->role == KK_ROLE_CONTACT) {
            h->has_role = false;
            h->role = KK_ROLE_SELF;
        }
    }
}

static bool is_latin(const kk_column *c)
{
    return !c->heading.has_role && kk_share(c->profile.letters, c->profile.filled, 90, 1) &&
           !c->profile.wide;
}

/* cn: Hanako Sato, displayName: 佐藤 花子: one name in two scripts; the one in letters is no other person's. */
static void settle_scripts(kk_plan *plan)
{
    bool wide = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        wide |= c->kind == KK_COL_NAME && !c->heading.has_role &&
                kk_share(c->profile.person_like, c->profile.filled, 80, 1) &&
                kk_share(c->profile.wide, c->profile.filled, 80, 1);
    }
    for (size_t i = 0; wide && i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (c->kind == KK_COL_NAME && is_latin(c))
            c->kind = KK_COL_LATIN_NAME;
        else if (c->kind == KK_COL_FAMILY_NAME && is_latin(c))
            c->kind = KK_COL_LATIN_FAMILY;
        else if (c->kind == KK_COL_GIVEN_NAME && is_latin(c))
            c->kind = KK_COL_LATIN_GIVEN;
    }
}

/* user_addr: 4-32-14 behind a city is the rest of the address. */
static void find_rest_of_address(kk_plan *plan)
{
    bool city = false;
    for (size_t i = 0; i < plan->count; i++)
        city |= plan->columns[i].kind == KK_COL_CITY || plan->columns[i].kind == KK_COL_PREFECTURE;
    for (size_t i = 0; city && i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (c->kind == KK_COL_IGNORED && c->heading.kind == KK_COL_ADDRESS && c->profile.filled &&
            !c->profile.emails && !c->profile.ips)
            c->kind = KK_COL_ADDRESS;
    }
}

/* 会社住所, beside which nothing says where somebody lives, is where he is reached. */
static void settle_company_address(kk_plan *plan, kk_arena *arena)
{
    for (size_t i = 0; i < plan->count; i++)
        if ((plan->columns[i].kind >= KK_COL_ADDRESS && plan->columns[i].kind <= KK_COL_BUILDING) ||
            plan->columns[i].kind == KK_COL_ZIP)
            return;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        kk_slice form = kk_heading_form(arena, c->word);
        if (!kk_starts(form, KK_S("会社")))
            continue;
        c->kind = c->kind == KK_COL_FORMER_ADDRESS ? KK_COL_ADDRESS
                  : kk_has(form, KK_S("郵便番号")) ? KK_COL_ZIP
                                                   : c->kind;
    }
}

/* fullname, displayname: what a program shows of somebody, beside his name. */
static void drop_shown_names(kk_plan *plan, kk_arena *arena)
{
    kk_column *shown = NULL;
    bool named = false;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        kk_slice form = kk_heading_form(arena, c->word);
        bool is = kk_is(form, "displayname") || kk_is(form, "表示名");
        if (c->kind == KK_COL_NAME && is)
            shown = c;
        else
            named |= (c->kind == KK_COL_NAME || c->kind == KK_COL_FAMILY_NAME) &&
                     !c->heading.has_role && c->profile.filled;
    }
    if (shown && named)
        shown->kind = KK_COL_IGNORED;
}

/* Two postal codes, two whole addresses in a list without headings: somebody else's, who sends or is sent to, and no
 * part of the first one. */
static void drop_second_place(kk_plan *plan)
{
    enum { ROWS_MIN = 3 };
    bool zip = false, address = false;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        bool whole = c->kind == KK_COL_ADDRESS &&
                     kk_share(c->profile.addresses, c->profile.filled, 90, ROWS_MIN);
        if ((c->kind == KK_COL_ZIP && zip) || (whole && address))
            c->kind = KK_COL_IGNORED;
        zip |= c->kind == KK_COL_ZIP;
        address |= whole;
    }
}

void kk_beside_settle(kk_plan *plan, kk_arena *arena, bool has_header)
{
    settle_era(plan, arena);
    settle_user_names(plan);
    settle_contacts(plan);
    if (has_header)
        settle_scripts(plan);
    drop_likenesses(plan, arena);
    find_reading(plan);
    find_rest_of_address(plan);
    settle_company_address(plan, arena);
    drop_shown_names(plan, arena);
    if (!has_header) {
        find_zip(plan);
        drop_second_place(plan);
    }
}
