/* What Outlook's contacts hold (MS-OXOCNTC). Numbers from 8000 on are those of its set of named
 * properties for addresses, not the store's own. */
#include "parse/pst_contact.h"

typedef struct {
    const char *heading;
    unsigned properties[3]; /* the first that has a value */
} simple;

static const simple simples[] = {
    {"氏名", {0x3001}},
    {"姓", {0x3a11}},
    {"名", {0x3a06}},
    {"セイ", {0x802d}},
    {"メイ", {0x802c}},
    {"ニックネーム", {0x3a4f}},
    {"電話番号", {0x3a09}},
    {"電話番号2", {0x3a2f}},
    {"電話番号3", {0x3a1a, 0x3a1f}},
    {"携帯電話", {0x3a1c}},
    {"携帯電話2", {0x3a1e}},
    {"FAX", {0x3a25, 0x3a23}},
    {"勤務先電話番号", {0x3a08}},
    {"勤務先電話番号2", {0x3a1b}},
    {"勤務先FAX", {0x3a24}},
    {"メールアドレス", {0x8083, 0x39fe, 0x3003}},
    {"メールアドレス2", {0x8093}},
    {"メールアドレス3", {0x80a3}},
    {"会社名", {0x3a16}},
    {"部署", {0x3a18}},
    {"役職", {0x3a17}},
    {"配偶者", {0x3a48}},
};

/* Postal code, country, region, town, street; then the whole as one text. */
static const struct {
    const char *zip, *address;
    unsigned parts[5], whole;
} places[] = {
    {"郵便番号", "住所", {0x3a5b, 0x3a5a, 0x3a5c, 0x3a59, 0x3a5d}, 0x801a},
    {"勤務先郵便番号", "勤務先住所", {0x8048, 0x8049, 0x8047, 0x8046, 0x8045}, 0x801b},
    {"その他郵便番号", "その他住所", {0x3a61, 0x3a60, 0x3a62, 0x3a5f, 0x3a63}, 0x801c},
};

enum {
    SIMPLES = sizeof simples / sizeof *simples,
    PLACES = sizeof places / sizeof *places,
    COLUMNS = SIMPLES + 2 * PLACES + 1
};

static kk_slice value_of(const kk_pst_contact *c, unsigned property)
{
    return property ? c->text(c->context, c->arena, property) : KK_NONE;
}

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((signed char)s.ptr[i] < 0)
            return false;
    return true;
}

/* Joined as the place's people write; where the parts are not kept, the whole. */
static kk_slice address_of(const kk_pst_contact *c, const unsigned *parts, unsigned whole)
{
    kk_slice region = value_of(c, parts[2]), town = value_of(c, parts[3]);
    kk_slice street = value_of(c, parts[4]);
    if (region.len + town.len + street.len == 0)
        return value_of(c, whole);
    if (!is_ascii(region) || !is_ascii(town) || !is_ascii(street))
        return kk_print(c->arena, "%.*s%.*s%.*s", KK_P(region), KK_P(town), KK_P(street));
    kk_slice in_order[] = {street, town, region, value_of(c, parts[1])}, all = KK_NONE;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++)
        if (in_order[i].len)
            all = all.len ? kk_print(c->arena, "%.*s, %.*s", KK_P(all), KK_P(in_order[i]))
                          : in_order[i];
    return all;
}

static kk_slice birth_of(const kk_pst_contact *c)
{
    kk_time time = kk_time_from_filetime(c->birth);
    if (time == KK_NO_TIME)
        return KK_NONE;
    kk_civil day = kk_civil_in_zone(c->zone, time);
    return kk_print(c->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

void kk_pst_tell_contact(kk_sink *sink, const kk_pst_contact *c, uint64_t record)
{
    kk_slice columns[COLUMNS], cells[COLUMNS];
    size_t n = 0;
    for (size_t i = 0; i < SIMPLES; i++, n++) {
        columns[n] = kk_cstr(simples[i].heading);
        cells[n] = KK_NONE;
        for (size_t k = 0; k < 3 && cells[n].len == 0; k++)
            cells[n] = value_of(c, simples[i].properties[k]);
    }
    for (size_t i = 0; i < PLACES; i++, n += 2) {
        columns[n] = kk_cstr(places[i].zip);
        cells[n] = value_of(c, places[i].parts[0]);
        columns[n + 1] = kk_cstr(places[i].address);
        cells[n + 1] = address_of(c, places[i].parts, places[i].whole);
    }
    columns[n] = KK_S("生年月日");
    cells[n++] = birth_of(c);
    sink->row(sink, &(kk_row){.table = KK_S("contacts"),
                              .columns = columns,
                              .cells = cells,
                              .count = n,
                              .record = record,
                              .deleted = c->deleted});
}
