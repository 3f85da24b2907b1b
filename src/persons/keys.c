/* One table of rules: for each what it puts together, strongest rules first. */
#include "persons/keys.h"

#include "base/time.h"

typedef struct {
    const kk_values *v;
    value_keys *out;
    uint32_t rules; /* that are wanted */
    const uint64_t *names, *mobiles, *fixed;
    size_t name_count, mobile_count, fixed_count;
    uint64_t kana, reading, birth, zip, address, zip_block, email, official, district;
} maker;

static uint64_t stir(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9fb21c651e98df25);
    h ^= h >> 35;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 32;
}

static bool is_wanted(const maker *m, kk_rule rule)
{
    return m->rules >> rule & 1;
}

/* The parts are keyed hashes already: stirring them together needs no key of its own. `way` is a letter
 * for how the rule was met. */
static void put(maker *m, kk_rule rule, char way, uint64_t a, uint64_t b, uint64_t c)
{
    value_keys *out = m->out;
    if (!is_wanted(m, rule) || out->count == RULE_KEYS_MOST)
        return;
    uint64_t h = stir((uint64_t)rule << 8 | (unsigned char)way, a);
    out->keys[out->count++] = (value_key){stir(stir(h, b), c), (uint32_t)rule};
}

static void put2(maker *m, kk_rule rule, char way, uint64_t a, uint64_t b)
{
    if (a && b)
        put(m, rule, way, a, b, 0);
}

static void put3(maker *m, kk_rule rule, char way, uint64_t a, uint64_t b, uint64_t c)
{
    if (a && b && c)
        put(m, rule, way, a, b, c);
}

static uint64_t value(const maker *m, kk_value which)
{
    return m->v->hash[which];
}

static bool has_flag(const maker *m, uint32_t flag)
{
    return m->v->flags & flag;
}

static size_t count_of(const uint64_t *hashes, size_t most)
{
    size_t count = 0;
    while (count < most && hashes[count])
        count++;
    return count;
}

/* Days are few: their hash needs no key, since nobody stores it. */
static uint64_t of_number(char kind, int64_t number)
{
    return stir((unsigned char)kind, (uint64_t)number) | 1;
}

/* ---- certain ---- */

static uint64_t hash_at(const char *bytes)
{
    uint64_t hash;
    memcpy(&hash, bytes, sizeof hash);
    return hash;
}

static void put_register_number(maker *m, const char *number)
{
    uint64_t in_table = hash_at(number), in = hash_at(number + 8);
    if (in_table)
        put(m, KK_RULE_SAME_NUMBER, 't', in_table, 0, 0);
    for (size_t i = 0; i < m->name_count; i++)
        put2(m, KK_RULE_NUMBER_AGREED, 'n', in, m->names[i]);
    put2(m, KK_RULE_NUMBER_AGREED, 'k', in, m->reading);
    put2(m, KK_RULE_NUMBER_AGREED, 'd', in, m->birth);
    put2(m, KK_RULE_NUMBER_AGREED, 'e', in, m->email);
    put2(m, KK_RULE_NUMBER_AGREED, 'm', in, m->mobiles[0]);
}

static void put_numbers(maker *m)
{
    const kk_value_list *registers = &m->v->lists[KK_LIST_REGISTERS];
    const kk_value_list *officials = &m->v->lists[KK_LIST_OFFICIALS];
    for (size_t i = 0; i < registers->count; i++)
        put_register_number(m, registers->bytes + 16 * i);
    for (size_t i = 0; i < officials->count; i++) {
        unsigned char kind = (unsigned char)officials->bytes[9 * i];
        uint64_t hash = hash_at(officials->bytes + 9 * i + 1);
        if (kind)
            put(m, KK_RULE_OFFICIAL_NUMBER, 'o', kind + UINT64_C(1), hash, 0);
        else
            put(m, KK_RULE_NAME_STAFF, 's', hash, 0, 0);
    }
    for (size_t i = 0; i < m->name_count; i++)
        put2(m, KK_RULE_OFFICIAL_NUMBER, 'h', value(m, KK_VALUE_INSURANCE), m->names[i]);
    for (kk_value money = KK_VALUE_CARD; money <= KK_VALUE_BANK; money++) {
        for (size_t i = 0; i < m->name_count; i++)
            put2(m, KK_RULE_NUMBER_AGREED, 'c', value(m, money), m->names[i]);
        put2(m, KK_RULE_NUMBER_AGREED, 'C', value(m, money), m->reading);
    }
}

static void put_certain(maker *m)
{
    for (size_t i = 0; i < m->name_count; i++) {
        uint64_t name = m->names[i];
        put2(m, KK_RULE_EMAIL_NAME, 'n', m->email, name);
        put3(m, KK_RULE_NAME_BIRTH_CONTACT, 'z', name, m->birth, m->zip);
        put3(m, KK_RULE_NAME_BIRTH_CONTACT, 'a', name, m->birth, m->address);
        for (size_t f = 0; f < m->mobile_count; f++) {
            put3(m, KK_RULE_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->mobiles[f]);
            put2(m, KK_RULE_NAME_MOBILE, 'n', name, m->mobiles[f]);
        }
        for (size_t f = 0; f < m->fixed_count; f++) {
            put3(m, KK_RULE_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->fixed[f]);
            put3(m, KK_RULE_NAME_ADDRESS_PHONE, 'a', name, m->address, m->fixed[f]);
        }
    }
    put2(m, KK_RULE_EMAIL_NAME, 'k', m->email, m->reading);
    for (size_t f = 0; f < m->mobile_count; f++)
        put2(m, KK_RULE_NAME_MOBILE, 'k', m->reading, m->mobiles[f]);
}

/* ---- probable ---- */

static void put_probable(maker *m)
{
    for (size_t i = 0; i < m->name_count; i++) {
        uint64_t name = m->names[i];
        put2(m, KK_RULE_NAME_ADDRESS, 'a', name, m->address);
        put2(m, KK_RULE_NAME_ADDRESS, 'b', name, m->zip_block);
        put2(m, KK_RULE_NAME_BIRTH, 'n', name, m->birth);
        for (size_t f = 0; f < m->fixed_count; f++)
            put2(m, KK_RULE_NAME_LANDLINE, 'n', name, m->fixed[f]);
    }
    put2(m, KK_RULE_NAME_BIRTH, 'k', m->reading, m->birth);
    for (size_t f = 0; f < m->fixed_count; f++)
        put2(m, KK_RULE_NAME_LANDLINE, 'k', m->kana, m->fixed[f]);
    put2(m, KK_RULE_KANA_ADDRESS, 'a', m->kana, m->address);
    put2(m, KK_RULE_KANA_ADDRESS, 'b', m->kana, m->zip_block);
    put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'z', m->reading, m->birth, m->zip);
    put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'a', m->reading, m->birth, m->address);
    for (size_t f = 0; f < m->mobile_count; f++)
        put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'p', m->reading, m->birth, m->mobiles[f]);
    for (size_t f = 0; f < m->fixed_count; f++)
        put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'p', m->reading, m->birth, m->fixed[f]);
}

/* Given name or surname alone beside a birth date and a contact: another surname by marriage, a name
 * that is cut off or of which one half was never written. */
static void put_part(maker *m, uint64_t name)
{
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'z', name, m->birth, m->district);
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'w', name, m->birth, value(m, KK_VALUE_SUBURB));
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'a', name, m->birth, m->address);
    for (size_t f = 0; f < m->mobile_count && f < 2; f++)
        put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->mobiles[f]);
    for (size_t f = 0; f < m->fixed_count && f < 2; f++)
        put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->fixed[f]);
}

static void put_parts_of_name(maker *m)
{
    if (!m->birth || !is_wanted(m, KK_RULE_PART_NAME_BIRTH_CONTACT))
        return;
    put_part(m, value(m, KK_VALUE_GIVEN));
    /* twins share surname, birth date and home: only where given names are known to be told apart */
    if (has_flag(m, KK_SAID_LATIN))
        put_part(m, value(m, KK_VALUE_FAMILY));
}

/* ---- possible ---- */

/* 斎藤 and 斉藤 beside any agreeing value. */
static void put_mixed_forms(maker *m)
{
    const uint64_t contacts[] = {m->birth, m->address, m->zip_block, m->mobiles[0], m->fixed[0]};
    uint64_t name = value(m, KK_VALUE_MIXED_NAME);
    for (size_t which = 0; name && which < sizeof contacts / sizeof *contacts; which++)
        put2(m, KK_RULE_NEAR_NAME, (char)('0' + which), name, contacts[which]);
}

static void put_other_surname(maker *m)
{
    uint64_t given = value(m, KK_VALUE_GIVEN);
    if (has_flag(m, KK_SAID_IN_ROOM))
        put3(m, KK_RULE_NEAR_NAME, 'r', given, m->address, value(m, KK_VALUE_ROOM));
    else if (has_flag(m, KK_SAID_IN_HOUSE))
        put2(m, KK_RULE_NEAR_NAME, 'h', given, m->address);
}

static void put_each(maker *m, kk_rule rule, char way, const kk_value_list *near, uint64_t with)
{
    for (uint32_t i = 0; with && i < near->count; i++)
        put(m, rule, way, kk_near_hash(near, i), with, 0);
}

static void put_near_numbers(maker *m)
{
    const kk_value_list *near = &m->v->lists[KK_LIST_NEAR_OFFICIAL];
    put_each(m, KK_RULE_NEAR_NUMBER, 'z', near, m->zip);
    put_each(m, KK_RULE_NEAR_NUMBER, 'd', near, m->birth);
}

/* Letters are mistyped more often than characters; one district holds few such names. */
static void put_near_latin(maker *m, const kk_value_list *near)
{
    uint64_t place = m->district ? m->district : m->address;
    put_each(m, KK_RULE_NEAR_NAME, 'L', near, place);
    if (m->birth && place)
        put_each(m, KK_RULE_NEAR_NAME_TWICE, 'B', near, stir(m->birth, place));
    if (m->address && m->district)
        put_each(m, KK_RULE_NEAR_NAME_TWICE, 'C', near, stir(m->address, m->district));
}

/* Beside a mailbox, telephone or address identity itself looks for near names, since few people share
 * one; the names that are too long for that get keys. */
static void put_near_contact(maker *m, const kk_value_list *near)
{
    if (near->count <= NEAR_MOST)
        return;
    put_each(m, KK_RULE_NEAR_NAME, 'E', near, m->email);
    put_each(m, KK_RULE_NEAR_NAME, 'M', near, m->mobiles[0]);
    put_each(m, KK_RULE_NEAR_NAME, 'T', near, m->fixed[0]);
    put_each(m, KK_RULE_NEAR_NAME, 'A', near, m->address);
}

static void put_near_names(maker *m)
{
    const kk_value_list *near = &m->v->lists[KK_LIST_NEAR_NAME];
    if (near->count) {
        put_each(m, KK_RULE_NEAR_NAME, 'N', near, m->birth);
        put_each(m, KK_RULE_NEAR_NAME, 'O', near, m->official);
        if (has_flag(m, KK_SAID_LATIN))
            put_near_latin(m, near);
        put_near_contact(m, near);
    }
    put_each(m, KK_RULE_NEAR_NAME, 'K', &m->v->lists[KK_LIST_NEAR_KANA], m->birth);
}

/* A birth date with a slip, beside the same name and a contact: year or day are still right. Identity looks
 * at the rest of the date. */
static void put_near_births(maker *m)
{
    if (!m->birth || !m->name_count || !is_wanted(m, KK_RULE_NEAR_BIRTH))
        return;
    int year, month, day;
    kk_civil_from_days(m->v->birth_day, &year, &month, &day);
    uint64_t years = of_number('y', year), days = of_number('y', month * 100 + day);
    const uint64_t contacts[] = {m->zip, m->address, m->mobiles[0], m->fixed[0]};
    for (size_t c = 0; c < sizeof contacts / sizeof *contacts; c++) {
        put3(m, KK_RULE_NEAR_BIRTH, (char)('0' + c), m->names[0], years, contacts[c]);
        put3(m, KK_RULE_NEAR_BIRTH, (char)('0' + c), m->names[0], days, contacts[c]);
    }
}

/* One character wrong in a number or mailbox: two thirds of it are still right. */
static void put_near_contacts(maker *m)
{
    static const kk_value parts[] = {KK_VALUE_MOBILE_PARTS, KK_VALUE_FIXED_PARTS,
                                     KK_VALUE_EMAIL_PARTS};
    for (int i = 0; m->name_count && i < 3; i++)
        for (unsigned part = 0; part < KK_PARTS; part++)
            put2(m, KK_RULE_NEAR_CONTACT, "mfe"[i], m -> names[0], value(m, parts[i] + part));
}

/* A number and street of Western form is many places: it needs its district. */
static void put_home(maker *m)
{
    uint64_t home = m->address ? m->address : value(m, KK_VALUE_STREET);
    if (!has_flag(m, KK_SAID_WESTERN)) {
        if (m->address)
            put(m, KK_RULE_SAME_HOME, 'h', m->address, value(m, KK_VALUE_ROOM), 0);
        return;
    }
    put2(m, KK_RULE_SAME_HOME, 'z', home, value(m, KK_VALUE_LOOSE_ZIP));
    put2(m, KK_RULE_SAME_HOME, 'w', home, value(m, KK_VALUE_SUBURB));
}

/* Also for who is given with surname or given name alone. */
static void put_district(maker *m)
{
    uint64_t family = value(m, KK_VALUE_FAMILY), given = value(m, KK_VALUE_GIVEN);
    uint64_t zip = value(m, KK_VALUE_LOOSE_ZIP), suburb = value(m, KK_VALUE_SUBURB);
    put2(m, KK_RULE_NAME_DISTRICT, 'Z', m->names[0], zip);
    put2(m, KK_RULE_NAME_DISTRICT, 'W', m->names[0], suburb);
    put2(m, KK_RULE_NAME_DISTRICT, 'f', family, zip);
    put2(m, KK_RULE_NAME_DISTRICT, 'F', family, suburb);
    put2(m, KK_RULE_NAME_DISTRICT, 'g', given, zip);
}

static void put_contacts_alone(maker *m)
{
    uint64_t loose = value(m, KK_VALUE_EMAIL_LOOSE);
    if (m->email && !has_flag(m, KK_SAID_SHARED_MAILBOX))
        put(m, KK_RULE_EMAIL_ALONE, 'e', loose ? loose : m->email, 0, 0);
    for (size_t f = 0; f < m->mobile_count; f++)
        put(m, KK_RULE_MOBILE_ALONE, 'm', m->mobiles[f], 0, 0);
    if (m->fixed_count)
        put(m, KK_RULE_LANDLINE_ALONE, 'f', m->fixed[0], 0, 0);
}

static void put_birth_address(maker *m)
{
    put2(m, KK_RULE_BIRTH_ADDRESS, 'a', m->birth, m->address);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'b', m->birth, m->zip_block);
    put2(m, KK_RULE_BIRTH_ADDRESS, 's', m->birth, value(m, KK_VALUE_STREET));
    put3(m, KK_RULE_BIRTH_ADDRESS, 'f', value(m, KK_VALUE_FAMILY), m->birth, m->zip);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'z', m->birth, m->zip);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'w', m->birth, value(m, KK_VALUE_SUBURB));
}

static void put_possible(maker *m)
{
    put_contacts_alone(m);
    for (size_t i = 0; i < m->name_count; i++)
        put2(m, KK_RULE_NAME_COMPANY, 'n', m->names[i], value(m, KK_VALUE_COMPANY));
    put_birth_address(m);
    put_mixed_forms(m);
    put_other_surname(m);
    /* the same name in one district where no house number can tell, or the same surname beside an
     * official number */
    if (has_flag(m, KK_SAID_WESTERN))
        put_district(m);
    else if (!m->address)
        put2(m, KK_RULE_NEAR_NAME, 'Z', m->names[0], m->zip);
    put_home(m);
    put2(m, KK_RULE_NEAR_NAME, 'F', value(m, KK_VALUE_FAMILY), m->official);
    put_near_births(m);
    put_near_contacts(m);
    put_near_numbers(m);
    put_near_names(m);
}

static void put_all(maker *m)
{
    put_numbers(m);
    put_certain(m);
    put_probable(m);
    put_parts_of_name(m);
    if (m->name_count)
        put(m, KK_RULE_NAME_ONLY, 'n', m->names[0], 0, 0);
    else if (m->kana)
        put(m, KK_RULE_NAME_ONLY, 'k', m->kana, 0, 0);
    put_possible(m);
}

/* No less than the number of its keys. */
static size_t keys_at_most(const maker *m)
{
    const kk_value_list *lists = m->v->lists;
    size_t phones = m->mobile_count + m->fixed_count;
    return 8 * lists[KK_LIST_REGISTERS].count + lists[KK_LIST_OFFICIALS].count +
           m->name_count * (10 + 4 * phones) + 5 * phones + 50 +
           lists[KK_LIST_NEAR_NAME].count * (m->official || has_flag(m, KK_SAID_LATIN) ? 9 : 5) +
           lists[KK_LIST_NEAR_KANA].count + 2 * lists[KK_LIST_NEAR_OFFICIAL].count;
}

static void keep_wanted(value_keys *keys, uint32_t rules)
{
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++)
        if (rules >> keys->keys[i].rule & 1)
            keys->keys[kept++] = keys->keys[i];
    keys->count = kept;
}

void keys_of_values(const kk_values *v, uint32_t rules, value_keys *out)
{
    maker m = {.v = v,
               .out = out,
               .rules = rules,
               .names = v->hash + KK_VALUE_NAME,
               .mobiles = v->hash + KK_VALUE_MOBILE,
               .fixed = v->hash + KK_VALUE_FIXED,
               .name_count = count_of(v->hash + KK_VALUE_NAME, KK_NAMES_MOST),
               .mobile_count = count_of(v->hash + KK_VALUE_MOBILE, KK_SAME_KIND),
               .fixed_count = count_of(v->hash + KK_VALUE_FIXED, KK_SAME_KIND),
               .kana = v->hash[KK_VALUE_KANA],
               .reading = v->hash[v->hash[KK_VALUE_READING] ? KK_VALUE_READING : KK_VALUE_KANA],
               .birth = v->birth_day == KK_NO_DAY ? 0 : of_number('d', v->birth_day),
               .zip = v->hash[KK_VALUE_ZIP],
               .address = v->hash[KK_VALUE_ADDRESS],
               .zip_block = v->hash[KK_VALUE_ZIP_BLOCK],
               .email = v->hash[KK_VALUE_EMAIL],
               .official = v->hash[KK_VALUE_OFFICIAL],
               .district = v->hash[KK_VALUE_LOOSE_ZIP] ? v->hash[KK_VALUE_LOOSE_ZIP]
                                                       : v->hash[KK_VALUE_ZIP]};
    out->count = 0;
    /* where some may be cut off, which ones depends on all of them */
    bool may_be_cut = rules != ALL_RULES && keys_at_most(&m) > RULE_KEYS_MOST;
    if (may_be_cut)
        m.rules = ALL_RULES;
    put_all(&m);
    if (may_be_cut)
        keep_wanted(out, rules);
}
