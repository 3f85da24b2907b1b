/* Keyed hashes of a persona's values: all that identity is ever told of them. The keys of the rules are
 * made from these in the room persons. docs/identity.md says which value is what. */
#include "recognise/persona.h"

#include "base/text.h"
#include "model/values.h"
#include "recognise/fold.h"

enum {
    NEAR_LETTERS_MAX = KK_NEAR_MOST - 1, /* longer names get no neighbourhood */
    NEAR_KANJI_MIN = 3,
    NEAR_KANA_MIN = 5,
    NEAR_LATIN_MIN = 6
};

typedef struct {
    kk_values *out;
    const kk_persona *p;
    const kk_hash_key *key;
    kk_arena *scratch;
    uint32_t name_count, mobile_count, fixed_count;
    kk_slice official_text; /* the first official number */
    char near[KK_LIST_NEAR_OFFICIAL + 1][KK_NEAR_MOST * KK_SHORT_BYTES];
    char officials[KK_REGISTERS_MOST * 9], registers[KK_REGISTERS_MOST * 16];
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

static void say(maker *m, kk_value what, char kind, kk_slice value)
{
    m->out->hash[what] = hash_value(m, kind, value);
}

static void say_short(maker *m, kk_value what, char kind, kk_slice value)
{
    m->out->hash[what] = kk_short_hash(hash_value(m, kind, value));
}

static uint64_t said(const maker *m, kk_value what)
{
    return m->out->hash[what];
}

static bool is_born(const maker *m)
{
    return m->out->birth_day != KK_NO_DAY;
}

static void add_name(maker *m, kk_slice name)
{
    if (name.len && m->name_count < KK_NAMES_MOST)
        say(m, KK_VALUE_NAME + m->name_count++, 'n', name);
}

static void take_names(maker *m)
{
    const kk_name *name = &m->p->name;
    if (name->full) {
        add_name(m, name->whole);
        add_name(m, name->former);
        if (m->p->former_family.len)
            add_name(m, kk_name_with_family(m->scratch, name, m->p->former_family));
    }
    if (m->p->kana_full)
        say(m, KK_VALUE_KANA, 'k', m->p->kana);
}

static uint64_t hash_place(maker *m, char kind, kk_slice place, const kk_address *a)
{
    kk_slice text = kk_join(m->scratch, kk_join(m->scratch, place, KK_S("#")), a->block);
    return hash_value(m, kind, text);
}

static void take_address(maker *m, const kk_persona *p)
{
    const kk_address *a = &p->address;
    if (a->western && !said(m, KK_VALUE_STREET))
        say_short(m, KK_VALUE_STREET, 's', a->place);
    if (a->level < KK_PLACE_BLOCK || said(m, KK_VALUE_ADDRESS))
        return;
    m->out->hash[KK_VALUE_ADDRESS] = hash_place(m, 'a', a->place, a);
    if (p->zip.len && p->zip_japanese && a->block.len)
        m->out->hash[KK_VALUE_ZIP_BLOCK] = kk_short_hash(hash_place(m, 'b', p->zip, a));
}

static void add_mobile(maker *m, const kk_phone *phone)
{
    if (m->mobile_count < KK_SAME_KIND)
        say(m, KK_VALUE_MOBILE + m->mobile_count++, 'p', kk_phone_digits(phone));
}

static void add_fixed(maker *m, const kk_phone *phone)
{
    if (m->fixed_count < KK_SAME_KIND)
        say(m, KK_VALUE_FIXED + m->fixed_count++, 'p', kk_phone_digits(phone));
}

static void take_phones(maker *m, const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++) {
        switch (p->phones[i].kind) {
        case KK_PHONE_MOBILE:
            add_mobile(m, &p->phones[i]);
            break;
        case KK_PHONE_FIXED:
        case KK_PHONE_IP:
        case KK_PHONE_FOREIGN:
        case KK_PHONE_LOCAL:
            add_fixed(m, &p->phones[i]);
            break;
        default:
            break;
        }
    }
}

/* Digits change places more often than they are mistaken. */
static kk_slice unordered(char sorted[16], kk_slice text)
{
    if (text.len > 16)
        return KK_NONE;
    for (size_t i = 0; i < text.len; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > text.ptr[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = text.ptr[i];
    }
    return (kk_slice){sorted, text.len};
}

/* A relative without an address of his own lives where the person of the row does. */
static void take_household(maker *m, const kk_persona *home)
{
    if (!said(m, KK_VALUE_ADDRESS) && !said(m, KK_VALUE_ZIP)) {
        say_short(m, KK_VALUE_ZIP, 'z', home->zip);
        take_address(m, home);
    }
    if (m->mobile_count || m->fixed_count)
        return;
    for (size_t i = 0; i < home->phone_count; i++)
        if (home->phones[i].kind == KK_PHONE_FIXED)
            add_fixed(m, &home->phones[i]);
}

static void take_mailbox(maker *m)
{
    const kk_email *email = &m->p->email;
    if (email->filler)
        return;
    say(m, KK_VALUE_EMAIL, 'e', email->address);
    if (email->shared)
        m->out->flags |= KK_SAID_SHARED_MAILBOX;
    else if (email->address.len && !kk_eq(email->loose, email->address))
        say(m, KK_VALUE_EMAIL_LOOSE, 'e', email->loose);
}

/* What many of the other values are told beside. */
static void take_contacts(maker *m)
{
    const kk_persona *p = m->p;
    char sorted[16];
    say_short(m, KK_VALUE_ZIP, 'z', p->zip);
    take_address(m, p);
    if (p->address.western) {
        m->out->flags |= KK_SAID_WESTERN;
        say_short(m, KK_VALUE_SUBURB, 'w', p->address.suburb);
        say_short(m, KK_VALUE_LOOSE_ZIP, 'x', unordered(sorted, p->zip));
    }
    take_phones(m, p);
    if (p->household)
        take_household(m, p->household);
    say_short(m, KK_VALUE_ROOM, 'r', p->address.room);
    take_mailbox(m);
}

/* ---- numbers ---- */

static void put_hash(char *at, uint64_t hash)
{
    memcpy(at, &hash, sizeof hash);
}

static void add_register_number(maker *m, const kk_person_number *number)
{
    kk_value_list *list = &m->out->lists[KK_LIST_REGISTERS];
    uint64_t value = hash_value(m, 'u', number->value);
    if (!value || list->count == KK_REGISTERS_MOST)
        return;
    char *at = m->registers + 16 * (size_t)list->count++;
    /* both are hashes: what they make together is one too */
    put_hash(at, number->shared ? 0 : (number->table ^ value * UINT64_C(0x9fb21c651e98df25)) | 1);
    put_hash(at + 8, number->wide ^ value);
}

static void add_official(maker *m, kk_column_kind kind, kk_slice value)
{
    kk_value_list *list = &m->out->lists[KK_LIST_OFFICIALS];
    uint64_t hash = hash_value(m, 'o', value);
    if (!hash || list->count == KK_REGISTERS_MOST)
        return;
    char *at = m->officials + 9 * (size_t)list->count++;
    *at = (char)kind;
    put_hash(at + 1, hash);
    if (!said(m, KK_VALUE_OFFICIAL)) {
        m->out->hash[KK_VALUE_OFFICIAL] = hash;
        m->official_text = value;
    }
}

/* Both are hashes: what they make together is one too. */
static void take_staff(maker *m)
{
    kk_value_list *list = &m->out->lists[KK_LIST_OFFICIALS];
    uint64_t name = m->out->hash[KK_VALUE_NAME];
    if (!m->p->staff_register || !name || list->count == KK_REGISTERS_MOST)
        return;
    char *at = m->officials + 9 * (size_t)list->count++;
    *at = 0;
    put_hash(at + 1, (m->p->staff_register ^ name * UINT64_C(0x9fb21c651e98df25)) | 1);
}

static void take_insurance(maker *m)
{
    const kk_persona *p = m->p;
    if (!p->insurance_number.len || !(p->insurance_symbol.len + p->insurer.len))
        return;
    kk_slice all =
        kk_print(m->scratch, "%.*s/%.*s/%.*s/%.*s", KK_P(p->insurer), KK_P(p->insurance_symbol),
                 KK_P(p->insurance_number), KK_P(p->insurance_branch));
    /* a family shares symbol and number: without a branch number they say only which family */
    if (p->insurance_branch.len)
        add_official(m, KK_COL_INSURANCE_NUMBER, all);
    else if (m->name_count)
        say(m, KK_VALUE_INSURANCE, 'o', all);
}

static void take_numbers(maker *m)
{
    const kk_persona *p = m->p;
    m->out->lists[KK_LIST_OFFICIALS].bytes = m->officials;
    m->out->lists[KK_LIST_REGISTERS].bytes = m->registers;
    for (size_t i = 0; i < p->number_count; i++) {
        if (p->numbers[i].table)
            add_register_number(m, &p->numbers[i]);
        else
            add_official(m, p->numbers[i].kind, p->numbers[i].value);
    }
    take_insurance(m);
    take_staff(m);
    if (m->name_count || said(m, KK_VALUE_KANA)) {
        say(m, KK_VALUE_CARD, 'c', p->card);
        say(m, KK_VALUE_BANK, 'y', p->bank);
    }
}

/* ---- parts of names ---- */

/* 斎藤 and 斉藤 beside any agreeing value. */
static void take_mixed_forms(maker *m)
{
    bool mixed = false;
    if (!m->p->name.full || m->p->name.script != KK_NAME_JAPANESE)
        return;
    kk_slice loose = kk_fold_near(m->scratch, m->p->name.whole, &mixed);
    if (mixed)
        say_short(m, KK_VALUE_MIXED_NAME, 'l', loose);
}

/* Another surname at the same dwelling. In a house of flats the dwelling needs the room. */
static uint32_t dwelling_of(const kk_persona *p)
{
    kk_slice given = p->name.given;
    if (given.len < (p->name.script == KK_NAME_LATIN ? 3 : 6)) /* letters; two characters */
        return 0;
    return p->address.room.len ? KK_SAID_IN_ROOM : p->address.building.len ? 0 : KK_SAID_IN_HOUSE;
}

static void take_parts_of_name(maker *m)
{
    const kk_name *name = &m->p->name;
    m->out->flags |= dwelling_of(m->p) | (name->script == KK_NAME_LATIN ? KK_SAID_LATIN : 0);
    /* a given name that the lexicon guessed is no ground for keeping two records apart */
    if (name->split || name->known)
        m->out->flags |= KK_SAID_SURE_GIVEN;
    say_short(m, KK_VALUE_GIVEN, 'g', name->given);
    if (is_born(m) || m->p->address.western || said(m, KK_VALUE_OFFICIAL))
        say_short(m, KK_VALUE_FAMILY, 'f', name->family);
    take_mixed_forms(m);
}

/* ---- neighbours ---- */

/* The text whole and with each character left out in turn: two texts that differ in one character
 * share one of these. */
static void take_neighbours(maker *m, kk_value_list_kind which, char kind, kk_slice text)
{
    kk_value_list *list = &m->out->lists[which];
    char bytes[KK_ADDRESS_PARTS * 16];
    if (!text.len || text.len >= sizeof bytes || kk_char_count(text) > NEAR_LETTERS_MAX)
        return;
    list->bytes = m->near[which];
    uint64_t top = hash_value(m, kind, text) >> KK_SHORT_SHIFT | 1;
    memcpy(m->near[which], &top, KK_SHORT_BYTES);
    list->count = 1;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        (void)kk_plain_char(text, &at);
        memcpy(bytes, text.ptr, from);
        memcpy(bytes + from, text.ptr + at, text.len - at);
        top = hash_value(m, kind, (kk_slice){bytes, text.len - (at - from)}) >> KK_SHORT_SHIFT | 1;
        memcpy(m->near[which] + (size_t)KK_SHORT_BYTES * list->count++, &top, KK_SHORT_BYTES);
    }
}

static void take_near(maker *m)
{
    const kk_name *name = &m->p->name;
    size_t letters = name->full ? kk_char_count(name->whole) : 0;
    if (letters >= (name->script == KK_NAME_LATIN ? NEAR_LATIN_MIN : NEAR_KANJI_MIN))
        take_neighbours(m, KK_LIST_NEAR_NAME, 'N', name->whole);
    if (is_born(m) && m->p->kana_full && kk_char_count(m->p->kana) >= NEAR_KANA_MIN)
        take_neighbours(m, KK_LIST_NEAR_KANA, 'K', m->p->kana);
    if (is_born(m) || said(m, KK_VALUE_ZIP))
        take_neighbours(m, KK_LIST_NEAR_OFFICIAL, 'O', m->official_text);
}

/* One character wrong in a number or mailbox: one of its halves is still right. */
static void take_halves(maker *m, kk_value what, kk_slice text)
{
    size_t half = text.len / 2;
    if (half < 2)
        return;
    say_short(m, what, '1', kk_part(text, 0, half));
    say_short(m, what + 1, '2', kk_from(text, half));
}

static void take_near_contacts(maker *m)
{
    const kk_persona *p = m->p;
    bool mobile = false, fixed = false;
    if (!m->name_count)
        return;
    for (size_t i = 0; i < p->phone_count; i++) {
        bool is_mobile = p->phones[i].kind == KK_PHONE_MOBILE;
        bool *done = is_mobile ? &mobile : &fixed;
        if (!*done)
            take_halves(m, is_mobile ? KK_VALUE_MOBILE_HALVES : KK_VALUE_FIXED_HALVES,
                        kk_phone_digits(&p->phones[i]));
        *done = true;
    }
    size_t at = kk_find_byte(p->email.address, '@');
    if (at != KK_NOWHERE && !p->email.shared && !p->email.filler)
        take_halves(m, KK_VALUE_EMAIL_HALVES, kk_part(p->email.address, 0, at));
    say_short(m, KK_VALUE_COMPANY, 'C', p->company);
}

/* Of who is nobody there is nothing to compare. */
static bool is_nobody(const kk_mention *mention)
{
    return mention->standing == KK_IS_PLACEHOLDER || mention->standing == KK_IS_ORGANISATION;
}

void kk_values_make(kk_mention *mention, uint64_t content, const kk_persona *persona,
                    const kk_hash_key *key, kk_arena *scratch)
{
    kk_values values = {.content = content, .birth_day = KK_NO_DAY};
    maker m = {.out = &values, .p = persona, .key = key, .scratch = scratch};
    if (!is_nobody(mention)) {
        values.birth_day = persona->birth;
        values.flags = persona->sex;
        take_names(&m);
        take_contacts(&m);
        take_numbers(&m);
        take_parts_of_name(&m);
        take_near(&m);
        take_near_contacts(&m);
    }
    char packed[KK_VALUES_BYTES];
    mention->values = kk_copy(scratch, (kk_slice){packed, kk_values_pack(&values, packed)});
}
