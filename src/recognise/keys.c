/* Keys of the rules of model/rules.def. A value becomes a keyed hash once; a key is made of the
 * rule, a letter for the way the rule was met, and up to three value hashes: equal keys of one rule
 * mean equal normal forms. docs/identity.md says what each rule asks for. */
#include "recognise/persona.h"

#include "base/text.h"
#include "recognise/fold.h"

enum {
    NEAR_LETTERS_MAX = 24, /* longer names get no neighbourhood */
    NEAR_KANJI_MIN = 3,
    NEAR_KANA_MIN = 5,
    NEAR_LATIN_MIN = 6,
    NAMES_MAX = 3
};

typedef struct {
    kk_mention *mention;
    const kk_persona *p;
    const kk_hash_key *key;
    kk_arena *scratch;
    uint64_t names[NAMES_MAX]; /* main name, former names */
    size_t name_count;
    uint64_t kana, birth, zip, address, zip_block, street, room, email;
    uint64_t suburb, loose_zip; /* Western; loose: whatever the order of its characters */
    uint64_t official;          /* the first official number */
    kk_slice official_text;
    uint64_t mobiles[KK_PHONES_MAX], fixed[KK_PHONES_MAX];
    size_t mobile_count, fixed_count;
} maker;

/* Of a value; the kind keeps a name from ever equalling a company. 0 for an empty one. */
static uint64_t hash_value(const maker *m, char kind, kk_slice value)
{
    char bytes[256];
    if (!value.len)
        return 0;
    if (value.len >= sizeof bytes) {
        kk_slice joined = kk_join(m->scratch, (kk_slice){&kind, 1}, value);
        return kk_hash64(m->key, joined) | 1;
    }
    bytes[0] = kind;
    memcpy(bytes + 1, value.ptr, value.len);
    return kk_hash64(m->key, (kk_slice){bytes, value.len + 1}) | 1;
}

static uint64_t stir(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9fb21c651e98df25);
    h ^= h >> 35;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 32;
}

/* The parts are keyed hashes already: stirring them together needs no key of its own. */
static void put(maker *m, kk_rule rule, char way, uint64_t a, uint64_t b, uint64_t c)
{
    kk_mention *mention = m->mention;
    if (mention->key_count == KK_RULE_KEYS_MAX)
        return;
    uint64_t h = stir((uint64_t)rule << 8 | (unsigned char)way, a);
    mention->keys[mention->key_count++] = (kk_rule_key){rule, stir(stir(h, b), c)};
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

/* ---- values ---- */

static void take_names(maker *m)
{
    const kk_name *name = &m->p->name;
    if (name->full) {
        m->names[m->name_count++] = hash_value(m, 'n', name->whole);
        if (name->former.len)
            m->names[m->name_count++] = hash_value(m, 'n', name->former);
        if (m->p->former_family.len) {
            kk_slice former = kk_name_with_family(m->scratch, name, m->p->former_family);
            if (former.len && m->name_count < NAMES_MAX)
                m->names[m->name_count++] = hash_value(m, 'n', former);
        }
    }
    if (m->p->kana_full)
        m->kana = hash_value(m, 'k', m->p->kana);
}

static uint64_t hash_place(maker *m, char kind, kk_slice place, const kk_address *a)
{
    kk_slice text = kk_join(m->scratch, kk_join(m->scratch, place, KK_S("#")), a->block);
    return hash_value(m, kind, text);
}

static void take_address(maker *m, const kk_persona *p)
{
    const kk_address *a = &p->address;
    if (a->western && !m->street)
        m->street = hash_value(m, 's', a->place);
    if (a->level < KK_PLACE_BLOCK || m->address)
        return;
    m->address = hash_place(m, 'a', a->place, a);
    if (p->zip.len && p->zip_japanese && a->block.len)
        m->zip_block = hash_place(m, 'b', p->zip, a);
}

static void take_phones(maker *m, const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++) {
        uint64_t hash = hash_value(m, 'p', kk_phone_digits(&p->phones[i]));
        switch (p->phones[i].kind) {
        case KK_PHONE_MOBILE:
            if (m->mobile_count < KK_PHONES_MAX)
                m->mobiles[m->mobile_count++] = hash;
            break;
        case KK_PHONE_FIXED:
        case KK_PHONE_IP:
        case KK_PHONE_FOREIGN:
        case KK_PHONE_LOCAL:
            if (m->fixed_count < KK_PHONES_MAX)
                m->fixed[m->fixed_count++] = hash;
            break;
        default:
            break;
        }
    }
}

/* Digits change places more often than they are mistaken. */
static uint64_t hash_unordered(const maker *m, char kind, kk_slice text)
{
    char sorted[16];
    if (text.len > sizeof sorted)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > text.ptr[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = text.ptr[i];
    }
    return hash_value(m, kind, (kk_slice){sorted, text.len});
}

static void take_values(maker *m)
{
    const kk_persona *p = m->p;
    take_names(m);
    if (p->birth != KK_NO_DAY)
        m->birth = hash_value(m, 'd', (kk_slice){(const char *)&p->birth, sizeof p->birth});
    m->zip = hash_value(m, 'z', p->zip);
    take_address(m, p);
    if (p->address.western) {
        m->suburb = hash_value(m, 'w', p->address.suburb);
        m->loose_zip = hash_unordered(m, 'x', p->zip);
    }
    take_phones(m, p);
    /* a relative without an address of his own lives where the person of the row does */
    if (p->household && !m->address && !m->zip) {
        m->zip = hash_value(m, 'z', p->household->zip);
        take_address(m, p->household);
    }
    if (p->household && !m->mobile_count && !m->fixed_count)
        for (size_t i = 0; i < p->household->phone_count; i++)
            if (p->household->phones[i].kind == KK_PHONE_FIXED && m->fixed_count < KK_PHONES_MAX)
                m->fixed[m->fixed_count++] =
                    hash_value(m, 'p', kk_phone_digits(&p->household->phones[i]));
    m->room = hash_value(m, 'r', p->address.room);
    if (!p->email.filler)
        m->email = hash_value(m, 'e', p->email.address);
}

/* ---- certain ---- */

static void put_register_number(maker *m, const kk_person_number *number)
{
    uint64_t value = hash_value(m, 'u', number->value);
    if (!value)
        return;
    if (!number->shared)
        put(m, KK_RULE_SAME_NUMBER, 't', number->table, value, 0);
    uint64_t in = number->wide ^ value; /* both are hashes: their sum is one too */
    for (size_t i = 0; i < m->name_count; i++)
        put2(m, KK_RULE_SAME_NUMBER, 'n', in, m->names[i]);
    put2(m, KK_RULE_SAME_NUMBER, 'k', in, m->kana);
    put2(m, KK_RULE_SAME_NUMBER, 'd', in, m->birth);
    put2(m, KK_RULE_SAME_NUMBER, 'e', in, m->email);
    if (m->mobile_count)
        put2(m, KK_RULE_SAME_NUMBER, 'm', in, m->mobiles[0]);
}

static void put_official(maker *m, kk_column_kind kind, kk_slice value)
{
    uint64_t hash = hash_value(m, 'o', value);
    if (!hash)
        return;
    put(m, KK_RULE_OFFICIAL_NUMBER, 'o', (uint64_t)kind + 1, hash, 0);
    if (!m->official) {
        m->official = hash;
        m->official_text = value;
    }
}

static void put_numbers(maker *m)
{
    const kk_persona *p = m->p;
    for (size_t i = 0; i < p->number_count; i++) {
        if (p->numbers[i].table)
            put_register_number(m, &p->numbers[i]);
        else
            put_official(m, p->numbers[i].kind, p->numbers[i].value);
    }
    if (p->insurance_number.len && p->insurance_symbol.len + p->insurer.len) {
        kk_slice all =
            kk_print(m->scratch, "%.*s/%.*s/%.*s/%.*s", KK_P(p->insurer), KK_P(p->insurance_symbol),
                     KK_P(p->insurance_number), KK_P(p->insurance_branch));
        /* a family shares symbol and number: without a branch number they say only which family */
        if (p->insurance_branch.len)
            put_official(m, KK_COL_INSURANCE_NUMBER, all);
        else
            for (size_t i = 0; i < m->name_count; i++)
                put2(m, KK_RULE_OFFICIAL_NUMBER, 'h', hash_value(m, 'o', all), m->names[i]);
    }
    uint64_t money[2] = {hash_value(m, 'c', p->card), hash_value(m, 'y', p->bank)};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < m->name_count; i++)
            put2(m, KK_RULE_SAME_NUMBER, 'c', money[k], m->names[i]);
        put2(m, KK_RULE_SAME_NUMBER, 'C', money[k], m->kana);
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
    put2(m, KK_RULE_EMAIL_NAME, 'k', m->email, m->kana);
    for (size_t f = 0; f < m->mobile_count; f++)
        put2(m, KK_RULE_NAME_MOBILE, 'k', m->kana, m->mobiles[f]);
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
    for (size_t f = 0; f < m->fixed_count; f++)
        put2(m, KK_RULE_NAME_LANDLINE, 'k', m->kana, m->fixed[f]);
    put2(m, KK_RULE_KANA_ADDRESS, 'a', m->kana, m->address);
    put2(m, KK_RULE_KANA_ADDRESS, 'b', m->kana, m->zip_block);
    put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'z', m->kana, m->birth, m->zip);
    put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'a', m->kana, m->birth, m->address);
    for (size_t f = 0; f < m->mobile_count; f++)
        put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'p', m->kana, m->birth, m->mobiles[f]);
    for (size_t f = 0; f < m->fixed_count; f++)
        put3(m, KK_RULE_KANA_BIRTH_CONTACT, 'p', m->kana, m->birth, m->fixed[f]);
}

/* ---- possible ---- */

static uint64_t near_contact(const maker *m, int which)
{
    switch (which) {
    case 0:
        return m->birth;
    case 1:
        return m->address;
    case 2:
        return m->zip_block;
    case 3:
        return m->mobile_count ? m->mobiles[0] : 0;
    default:
        return m->fixed_count ? m->fixed[0] : 0;
    }
}

/* 斎藤 and 斉藤 beside any agreeing value. */
static void put_mixed_forms(maker *m)
{
    bool mixed = false;
    if (!m->p->name.full || m->p->name.script != KK_NAME_JAPANESE)
        return;
    kk_slice loose = kk_fold_near(m->scratch, m->p->name.whole, &mixed);
    if (!mixed)
        return;
    uint64_t name = hash_value(m, 'l', loose);
    for (int which = 0; which < 5; which++)
        put2(m, KK_RULE_NEAR_NAME, (char)('0' + which), name, near_contact(m, which));
}

/* Given name or surname alone beside a birth date and a contact: another surname by marriage, a name
 * that is cut off or of which one half was never written. */
static void put_part(maker *m, char way, kk_slice part)
{
    uint64_t name = hash_value(m, way, part);
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'z', name, m->birth,
         m->loose_zip ? m->loose_zip : m->zip);
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'w', name, m->birth, m->suburb);
    put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'a', name, m->birth, m->address);
    for (size_t f = 0; f < m->mobile_count && f < 2; f++)
        put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->mobiles[f]);
    for (size_t f = 0; f < m->fixed_count && f < 2; f++)
        put3(m, KK_RULE_PART_NAME_BIRTH_CONTACT, 'p', name, m->birth, m->fixed[f]);
}

static void put_parts_of_name(maker *m)
{
    const kk_name *name = &m->p->name;
    if (!m->birth)
        return;
    put_part(m, 'g', name->given);
    /* twins share surname, birth date and home: only where given names are known to be told apart */
    if (name->script == KK_NAME_LATIN)
        put_part(m, 'f', name->family);
}

/* Another surname at the same dwelling. In a house of flats the dwelling needs the room. */
static void put_other_surname(maker *m)
{
    kk_slice given = m->p->name.given;
    if (given.len < (m->p->name.script == KK_NAME_LATIN ? 3 : 6)) /* letters; two characters */
        return;
    uint64_t name = hash_value(m, 'g', given);
    if (m->p->address.room.len)
        put3(m, KK_RULE_NEAR_NAME, 'r', name, m->address, m->room);
    else if (!m->p->address.building.len)
        put2(m, KK_RULE_NEAR_NAME, 'h', name, m->address);
}

/* The text whole and with each character left out in turn: two texts that differ in one character
 * share one of these. */
typedef struct {
    uint64_t hash[NEAR_LETTERS_MAX + 1];
    size_t count;
} neighbours;

static neighbours neighbours_of(const maker *m, char kind, kk_slice text)
{
    neighbours out = {.count = 0};
    char bytes[KK_ADDRESS_PARTS * 16];
    if (!text.len || text.len >= sizeof bytes || kk_char_count(text) > NEAR_LETTERS_MAX)
        return out;
    out.hash[out.count++] = hash_value(m, kind, text);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        (void)kk_plain_char(text, &at);
        memcpy(bytes, text.ptr, from);
        memcpy(bytes + from, text.ptr + at, text.len - at);
        out.hash[out.count++] = hash_value(m, kind, (kk_slice){bytes, text.len - (at - from)});
    }
    return out;
}

static void put_each(maker *m, kk_rule rule, char way, const neighbours *near, uint64_t with)
{
    for (size_t i = 0; with && i < near->count; i++)
        put(m, rule, way, near->hash[i], with, 0);
}

static void put_near_numbers(maker *m)
{
    neighbours near = neighbours_of(m, 'O', m->official_text);
    put_each(m, KK_RULE_NEAR_NUMBER, 'z', &near, m->zip);
    put_each(m, KK_RULE_NEAR_NUMBER, 'd', &near, m->birth);
}

/* Letters are mistyped more often than characters; one district holds few such names. */
static void put_near_latin(maker *m, const neighbours *near)
{
    uint64_t district = m->loose_zip ? m->loose_zip : m->zip;
    uint64_t place = district ? district : m->address;
    put_each(m, KK_RULE_NEAR_NAME, 'L', near, place);
    if (m->birth)
        put_each(m, KK_RULE_NEAR_NAME_TWICE, 'B', near, place ? stir(m->birth, place) : 0);
    if (m->address)
        put_each(m, KK_RULE_NEAR_NAME_TWICE, 'C', near, district ? stir(m->address, district) : 0);
}

/* Beside a mailbox, telephone or address identity itself looks for near names, since few people share
 * one; the names that are too long for that get keys. */
static void put_near_contact(maker *m, const neighbours *near)
{
    if (near->count <= KK_NEAR_MAX) {
        for (size_t i = 0; i < near->count; i++)
            m->mention->contrast.near[i] = (uint32_t)(near->hash[i] >> 32) | 1;
        return;
    }
    put_each(m, KK_RULE_NEAR_NAME, 'E', near, m->email);
    put_each(m, KK_RULE_NEAR_NAME, 'M', near, m->mobile_count ? m->mobiles[0] : 0);
    put_each(m, KK_RULE_NEAR_NAME, 'T', near, m->fixed_count ? m->fixed[0] : 0);
    put_each(m, KK_RULE_NEAR_NAME, 'A', near, m->address);
}

static void put_near_names(maker *m)
{
    const kk_name *name = &m->p->name;
    size_t letters = name->full ? kk_char_count(name->whole) : 0;
    bool latin = name->script == KK_NAME_LATIN;
    if (letters >= (latin ? NEAR_LATIN_MIN : NEAR_KANJI_MIN)) {
        neighbours near = neighbours_of(m, 'N', name->whole);
        put_each(m, KK_RULE_NEAR_NAME, 'N', &near, m->birth);
        put_each(m, KK_RULE_NEAR_NAME, 'O', &near, m->official);
        if (latin)
            put_near_latin(m, &near);
        put_near_contact(m, &near);
    }
    if (m->birth && m->p->kana_full && kk_char_count(m->p->kana) >= NEAR_KANA_MIN) {
        neighbours near = neighbours_of(m, 'K', m->p->kana);
        put_each(m, KK_RULE_NEAR_NAME, 'K', &near, m->birth);
    }
}

/* A birth date with one digit wrong, beside the same name and a contact: year or day are still right.
 * Identity looks at the rest of the date. */
static void put_near_births(maker *m)
{
    if (!m->birth || !m->name_count)
        return;
    uint64_t contacts[2] = {m->zip ? m->zip : m->address, m->mobile_count  ? m->mobiles[0]
                                                          : m->fixed_count ? m->fixed[0]
                                                                           : 0};
    char digits[8];
    kk_day_digits(m->p->birth, digits);
    uint64_t year = hash_value(m, 'D', (kk_slice){digits, 4});
    uint64_t day = hash_value(m, 'D', (kk_slice){digits + 4, 4});
    for (int c = 0; c < 2; c++) {
        put3(m, KK_RULE_NEAR_BIRTH, (char)('0' + c), m->names[0], year, contacts[c]);
        put3(m, KK_RULE_NEAR_BIRTH, (char)('0' + c), m->names[0], day, contacts[c]);
    }
}

/* One character wrong in a number or mailbox: one of its halves is still right. */
static void put_halves(maker *m, char way, kk_slice text)
{
    size_t half = text.len / 2;
    if (half < 2)
        return;
    put2(m, KK_RULE_NEAR_CONTACT, way, m->names[0], hash_value(m, '1', kk_part(text, 0, half)));
    put2(m, KK_RULE_NEAR_CONTACT, way, m->names[0], hash_value(m, '2', kk_from(text, half)));
}

static void put_near_contacts(maker *m)
{
    const kk_persona *p = m->p;
    bool mobile = false, fixed = false;
    if (!m->name_count)
        return;
    for (size_t i = 0; i < p->phone_count; i++) {
        bool *done = p->phones[i].kind == KK_PHONE_MOBILE ? &mobile : &fixed;
        if (!*done)
            put_halves(m, p->phones[i].kind == KK_PHONE_MOBILE ? 'm' : 'f',
                       kk_phone_digits(&p->phones[i]));
        *done = true;
    }
    size_t at = kk_find_byte(p->email.address, '@');
    if (at != KK_NOWHERE && !p->email.shared && !p->email.filler)
        put_halves(m, 'e', kk_part(p->email.address, 0, at));
}

/* A number and street of Western form is many places: it needs its district. */
static void put_home(maker *m)
{
    uint64_t home = m->address ? m->address : m->street;
    if (!m->p->address.western) {
        if (m->address)
            put(m, KK_RULE_SAME_HOME, 'h', m->address, m->room, 0);
        return;
    }
    put2(m, KK_RULE_SAME_HOME, 'z', home, m->loose_zip);
    put2(m, KK_RULE_SAME_HOME, 'w', home, m->suburb);
}

/* For who is given with surname or given name alone. */
static void put_district(maker *m)
{
    uint64_t family = hash_value(m, 'f', m->p->name.family);
    uint64_t given = hash_value(m, 'g', m->p->name.given);
    if (m->name_count) {
        put2(m, KK_RULE_NAME_DISTRICT, 'Z', m->names[0], m->loose_zip);
        put2(m, KK_RULE_NAME_DISTRICT, 'W', m->names[0], m->suburb);
    }
    put2(m, KK_RULE_NAME_DISTRICT, 'f', family, m->loose_zip);
    put2(m, KK_RULE_NAME_DISTRICT, 'F', family, m->suburb);
    put2(m, KK_RULE_NAME_DISTRICT, 'g', given, m->loose_zip);
}

static void put_possible(maker *m)
{
    const kk_persona *p = m->p;
    if (m->email && !p->email.shared)
        put(m, KK_RULE_EMAIL_ALONE, 'e', hash_value(m, 'E', p->email.loose), 0, 0);
    for (size_t f = 0; f < m->mobile_count; f++)
        put(m, KK_RULE_MOBILE_ALONE, 'm', m->mobiles[f], 0, 0);
    if (m->fixed_count)
        put(m, KK_RULE_LANDLINE_ALONE, 'f', m->fixed[0], 0, 0);
    uint64_t company = hash_value(m, 'C', p->company);
    for (size_t i = 0; i < m->name_count; i++)
        put2(m, KK_RULE_NAME_COMPANY, 'n', m->names[i], company);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'a', m->birth, m->address);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'b', m->birth, m->zip_block);
    put2(m, KK_RULE_BIRTH_ADDRESS, 's', m->birth, m->street);
    put3(m, KK_RULE_BIRTH_ADDRESS, 'f', hash_value(m, 'f', p->name.family), m->birth, m->zip);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'z', m->birth, m->zip);
    put2(m, KK_RULE_BIRTH_ADDRESS, 'w', m->birth, m->suburb);
    put_mixed_forms(m);
    put_other_surname(m);
    /* the same name in one district where no house number can tell, or the same surname beside an
     * official number */
    if (p->address.western)
        put_district(m);
    else if (m->name_count && !m->address)
        put2(m, KK_RULE_NEAR_NAME, 'Z', m->names[0], m->zip);
    put_home(m);
    put2(m, KK_RULE_NEAR_NAME, 'F', hash_value(m, 'f', p->name.family), m->official);
    put_near_births(m);
    put_near_contacts(m);
    put_near_numbers(m);
    put_near_names(m);
}

static void fill_contrast(maker *m)
{
    kk_contrast *c = &m->mention->contrast;
    const kk_name *name = &m->p->name;
    *c = (kk_contrast){.birth_day = m->p->birth,
                       .sex = m->p->sex,
                       .kana = m->kana,
                       .room = m->room,
                       .email = m->p->email.shared ? 0 : m->email};
    c->name = m->name_count ? m->names[0] : 0;
    /* a given name that the lexicon guessed is no ground for keeping two records apart */
    bool sure = name->split || name->known;
    c->given = sure ? hash_value(m, 'g', name->given) : 0;
    c->mobile = m->mobile_count ? m->mobiles[0] : 0;
    c->landline = m->fixed_count ? m->fixed[0] : 0;
    c->address = m->address;
    c->zip = m->loose_zip ? m->loose_zip : m->zip;
}

void kk_keys_make(kk_mention *mention, const kk_persona *persona, const kk_hash_key *key,
                  kk_arena *scratch)
{
    maker m = {.mention = mention, .p = persona, .key = key, .scratch = scratch};
    mention->key_count = 0;
    take_values(&m);
    fill_contrast(&m);
    if (mention->standing == KK_IS_PLACEHOLDER || mention->standing == KK_IS_ORGANISATION)
        return;
    put_numbers(&m);
    put_certain(&m);
    put_probable(&m);
    put_parts_of_name(&m);
    if (m.name_count)
        put(&m, KK_RULE_NAME_ONLY, 'n', m.names[0], 0, 0);
    else if (m.kana)
        put(&m, KK_RULE_NAME_ONLY, 'k', m.kana, 0, 0);
    put_possible(&m);
}
