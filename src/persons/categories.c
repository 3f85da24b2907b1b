/* Whose data a table is, and of what kind of people: case.yaml first, then how the table looks. */
#include "base/json_read.h"
#include "base/text.h"
#include "persons/persons_i.h"

/* ---- owners ---- */

static uint32_t owner_for(kk_persons *out, kk_slice party)
{
    uint32_t i = 0;
    while (i < out->owner_count && !kk_eq(out->owners[i].name, party))
        i++;
    return i;
}

static void add_owner(kk_identity_graph *g, kk_persons *out, kk_slice party)
{
    const kk_party *known = kk_party_by_id(g->settings, party);
    kk_slice label = known && known->name.len ? known->name : party;
    kk_slice label_ja = label, label_en = label;
    if (kk_eq(party, KK_SELF)) {
        kk_slice own = g->settings->organisation.name;
        label_ja = own.len ? own : KK_S("自社");
        label_en = own.len ? own : KK_S("the organisation itself");
    }
    if (owner_for(out, party) == out->owner_count)
        out->owners[out->owner_count++] = (kk_category_count){
            .name = party, .label_ja = label_ja, .label_en = label_en, .owner = party};
}

/* The first owner is the organisation itself: what is said to be nobody else's. */
void owners_settle(kk_identity_graph *g, kk_persons *out)
{
    const kk_case_settings *s = g->settings;
    kk_arena *scratch = kk_arena_open();
    out->owners = KK_NEW_ARRAY(g->arena, kk_category_count, s->owners.count + 1);
    add_owner(g, out, KK_SELF);
    for (size_t i = 0; i < s->owners.count; i++)
        add_owner(g, out, s->owners.items[i].party);
    for (size_t t = 0; t < g->table_count && s->owners.count; t++) {
        size_t at = kk_owner_for_path(s, scratch, g->tables[t].path);
        if (at != KK_NOWHERE)
            g->tables[t].owner = owner_for(out, s->owners.items[at].party);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
}

/* ---- what a table looks like ---- */

typedef enum { LOOKS_EMPLOYEE, LOOKS_CUSTOMER, LOOKS_OTHER, LOOKS } look;
static const struct {
    const char *name, *ja, *en;
} looks[LOOKS] = {
    {"employee", "社員・元社員", "present and former employees"},
    {"customer", "お客様", "customers"},
    {"other", "その他", "others"},
};

static const char *const employee_words[] = {"社員",    "従業員", "職員",     "人事",
                                             "給与",    "勤怠",   "employee", "staff",
                                             "payroll", "入社",   "退社",     "退職"};
static const char *const customer_words[] = {
    "顧客",   "お客",   "客先",  "会員",   "注文",     "受注",     "得意先",
    "取引先", "購入",   "納品",  "届け先", "配送",     "customer", "order",
    "member", "client", "buyer", "契約者", "ユーザー", "問合せ",
};

static bool has_word(kk_slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_has_nocase(text, kk_cstr(words[i])))
            return true;
    return false;
}
#define HAS_WORD(text, words) has_word(text, words, sizeof words / sizeof *words)

static int weight(uint64_t items, uint64_t wanted, int each)
{
    return (items & wanted) ? each : 0;
}

static look look_of(const kk_identity_graph *g, const person_table *t)
{
    const uint64_t orders = UINT64_C(1) << KK_ROLE_ORDERER | UINT64_C(1) << KK_ROLE_ADDRESSEE;
    const uint64_t mails = UINT64_C(1) << KK_ROLE_SENDER | UINT64_C(1) << KK_ROLE_RECIPIENT;
    int employee = weight(t->items, KK_BIT(KK_ITEM_EMPLOYEE_NO), 2) +
                   weight(t->items, KK_BIT(KK_ITEM_HIRE_DATE) | KK_BIT(KK_ITEM_LEAVE_DATE), 3) +
                   weight(t->items, KK_BIT(KK_ITEM_SALARY), 2) +
                   weight(t->items, KK_BIT(KK_ITEM_DEPARTMENT) | KK_BIT(KK_ITEM_ORG_CODE), 1);
    int customer = weight(t->items, KK_BIT(KK_ITEM_CUSTOMER_NO) | KK_BIT(KK_ITEM_ORDER), 3) +
                   weight(t->items, KK_BIT(KK_ITEM_POLICY_NO) | KK_BIT(KK_ITEM_COMPANY), 1) +
                   weight(t->items, KK_BIT(KK_ITEM_ADDRESS), 1) + weight(t->roles, orders, 3);
    bool only_mail = t->roles && !(t->roles & ~mails);
    kk_slice path = g->files[t->file].path;
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice name = slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
    employee += (HAS_WORD(t->header, employee_words) ? 2 : 0) +
                (HAS_WORD(t->name, employee_words) || HAS_WORD(name, employee_words) ? 3 : 0);
    customer += (HAS_WORD(t->header, customer_words) ? 2 : 0) +
                (HAS_WORD(t->name, customer_words) || HAS_WORD(name, customer_words) ? 3 : 0);
    if (only_mail)
        return LOOKS_OTHER;
    if (employee >= 3 && employee > customer)
        return LOOKS_EMPLOYEE;
    return customer ? LOOKS_CUSTOMER : LOOKS_OTHER;
}

/* ---- categories ---- */

/* Headings that hold the day somebody left: such a category is of former people. */
static bool is_of_former(const kk_category *c)
{
    static const char *const words[] = {"退社",      "退職",          "離職",   "退会",
                                        "leavedate", "dateofleaving", "retire", "terminat",
                                        "resign",    "leftdate"};
    for (size_t i = 0; i < c->folded.count; i++)
        if (HAS_WORD(c->folded.items[i], words))
            return true;
    return false;
}

static size_t read_header(kk_arena *scratch, kk_slice json, kk_slice **columns)
{
    const kk_json_value *header = json.len ? kk_json_read(scratch, json) : NULL;
    size_t count = 0;
    if (!header || header->kind != KK_JSON_ARRAY)
        return 0;
    for (const kk_json_value *v = header->first; v; v = v->next)
        count++;
    *columns = KK_NEW_ARRAY(scratch, kk_slice, count);
    count = 0;
    for (const kk_json_value *v = header->first; v; v = v->next)
        (*columns)[count++] = v->text;
    return count;
}

typedef struct {
    kk_identity_graph *g;
    kk_persons *out;
    kk_case_settings present;   /* without the categories of former people */
    size_t *index_of_present;   /* ... whose numbers these are */
    uint32_t default_at[LOOKS]; /* UINT32_MAX: not needed yet */
} sorting;

static uint32_t default_category(sorting *s, look how)
{
    kk_persons *out = s->out;
    if (s->default_at[how] != UINT32_MAX)
        return s->default_at[how];
    uint32_t at = 0;
    while (at < out->category_count && !kk_is(out->categories[at].name, looks[how].name))
        at++;
    if (at == out->category_count)
        out->categories[out->category_count++] =
            (kk_category_count){.name = kk_cstr(looks[how].name),
                                .label_ja = kk_cstr(looks[how].ja),
                                .label_en = kk_cstr(looks[how].en)};
    s->default_at[how] = at;
    return at;
}

static void sort_table(sorting *s, person_table *t, kk_arena *scratch)
{
    kk_slice *columns = NULL;
    size_t count = read_header(scratch, t->header, &columns);
    const kk_case_settings *settings = s->g->settings;
    size_t at = kk_category_for(settings, scratch, t->path, columns, count);
    bool of_former = at != KK_NOWHERE && is_of_former(&settings->categories.items[at]);
    t->category = at == KK_NOWHERE ? default_category(s, look_of(s->g, t)) : (uint32_t)at;
    t->present = t->category;
    if (!of_former)
        return;
    at = kk_category_for(&s->present, scratch, t->path, columns, count);
    t->present = at == KK_NOWHERE ? default_category(s, look_of(s->g, t))
                                  : (uint32_t)s->index_of_present[at];
}

static void list_categories(sorting *s)
{
    const kk_case_settings *settings = s->g->settings;
    kk_persons *out = s->out;
    size_t count = settings->categories.count, kept = 0;
    kk_category *present = KK_NEW_ARRAY(s->g->arena, kk_category, count);
    s->index_of_present = KK_NEW_ARRAY(s->g->arena, size_t, count);
    out->categories = KK_NEW_ARRAY(s->g->arena, kk_category_count, count + LOOKS);
    for (size_t i = 0; i < count; i++) {
        const kk_category *c = &settings->categories.items[i];
        out->categories[out->category_count++] = (kk_category_count){
            .name = c->name, .label_ja = c->label.ja, .label_en = c->label.en, .parent = c->parent};
        if (is_of_former(c))
            continue;
        present[kept] = *c;
        s->index_of_present[kept++] = i;
    }
    s->present = *settings;
    s->present.categories.items = present;
    s->present.categories.count = kept;
}

void categories_settle(kk_identity_graph *g, kk_persons *out)
{
    sorting s = {.g = g, .out = out};
    kk_arena *scratch = kk_arena_open();
    for (int i = 0; i < LOOKS; i++)
        s.default_at[i] = UINT32_MAX;
    list_categories(&s);
    for (size_t t = 0; t < g->table_count; t++) {
        sort_table(&s, &g->tables[t], scratch);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    g->categories = out->categories;
}

uint32_t category_of(const kk_identity_graph *g, const person_mention *mention)
{
    const person_table *t = &g->tables[mention->table];
    kk_time discovered = g->settings->discovered.time;
    if (t->category == t->present)
        return t->category;
    bool left = mention->left_at != NO_DAY;
    if (left && discovered != KK_NO_TIME)
        left = mention->left_at <= discovered / (86400 * KK_SECOND);
    return left ? t->category : t->present;
}
