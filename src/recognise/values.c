/* Keyed hashes of a persona's values: all that identity is ever told of them. The keys of the rules are
 * made from these in the room persons. docs/identity.md says which value is what. */
#include "recognise/persona.h"

#include "base/hashes.h"
#include "base/text.h"
#include "model/values.h"
#include "recognise/fold.h"
#include "recognise/kana.h"

enum { NEAR_KANJI_MIN = 3, NEAR_KANA_MIN = 5, NEAR_LATIN_MIN = 6, NEAR_LISTS = 3 };

_Static_assert((int)KK_NEAR_MOST == (int)KK_NEIGHBOURS_MOST + 1,
               "longer names get no neighbourhood");

/* Hashes are there only after all of them were asked for: what has been said is known by its bit. */
typedef struct {
    kk_hashes hashes; /* first: it wants whole lines of the processor's cache */
    kk_values *out;
    const kk_persona *p;
    kk_arena *scratch;
    uint64_t given; /* a bit for each kk_value */
    uint32_t name_count, mobile_count, fixed_count;
    kk_slice official_text;                 /* the first official number */
    uint32_t without_family, without_given; /* places in the neighbourhood of the name; 0: none */
    uint64_t near[NEAR_LISTS][KK_NEAR_MOST], officials[KK_REGISTERS_MOST],
        registers[KK_REGISTERS_MOST];
    const kk_person_number *of_registers[KK_REGISTERS_MOST];
    char near_bytes[NEAR_LISTS][KK_NEAR_MOST * KK_SHORT_BYTES];
    char official_bytes[KK_REGISTERS_MOST * 9], register_bytes[KK_REGISTERS_MOST * 16];
} maker;

/* The kind keeps a name from ever equalling a company. Nothing is said by an empty value, and only once
 * the same thing. */
static void say(maker *m, kk_value what, char kind, kk_slice value)
{
    if (!value.len)
        return;
    m->given |= KK_BIT(what);
    kk_hashes_add(&m->hashes, kind, value, &m->out->hash[what]);
}

static bool said(const maker *m, kk_value what)
{
    return m->given & KK_BIT(what);
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

/* Records in kana and in letters meet in what letters tell of a reading. */
static void take_reading(maker *m)
{
    const kk_name *name = &m->p->name;
    kk_slice loose = KK_NONE;
    if (m->p->kana_full) {
        say(m, KK_VALUE_KANA, 'k', m->p->kana);
        loose = kk_reading_loosely(m->scratch, m->p->kana);
    } else if (name->script == KK_NAME_LATIN && name->full) {
        loose = name->reading;
        m->out->flags |= name->order_untold ? KK_SAID_UNTOLD_ORDER : 0;
    }
    if (!kk_eq(loose, m->p->kana))
        say(m, KK_VALUE_READING, 'k', loose);
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
    take_reading(m);
}

static char *put_text(char *at, kk_slice text)
{
    if (text.len)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

static void say_place(maker *m, kk_value what, char kind, kk_slice place, kk_slice block)
{
    char bytes[256];
    kk_slice text = {bytes, place.len + 1 + block.len};
    if (text.len > sizeof bytes) {
        text = kk_join(m->scratch, kk_join(m->scratch, place, KK_S("#")), block);
    } else {
        put_text(put_text(put_text(bytes, place), KK_S("#")), block);
    }
    say(m, what, kind, text);
}

static void take_address(maker *m, const kk_persona *p)
{
    const kk_address *a = &p->address;
    if (a->western && !said(m, KK_VALUE_STREET))
        say(m, KK_VALUE_STREET, 's', a->place);
    if (a->level < KK_PLACE_BLOCK || said(m, KK_VALUE_ADDRESS))
        return;
    say_place(m, KK_VALUE_ADDRESS, 'a', a->place, a->block);
    if (p->zip.len && p->zip_japanese && a->block.len)
        say_place(m, KK_VALUE_ZIP_BLOCK, 'b', p->zip, a->block);
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
        say(m, KK_VALUE_ZIP, 'z', home->zip);
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
    say(m, KK_VALUE_ZIP, 'z', p->zip);
    take_address(m, p);
    if (p->address.western) {
        m->out->flags |= KK_SAID_WESTERN;
        say(m, KK_VALUE_SUBURB, 'w', p->address.suburb);
        say(m, KK_VALUE_LOOSE_ZIP, 'x', unordered(sorted, p->zip));
    }
    take_phones(m, p);
    if (p->household)
        take_household(m, p->household);
    say(m, KK_VALUE_ROOM, 'r', p->address.room);
    take_mailbox(m);
}

/* ---- numbers ---- */

static void add_register_number(maker *m, const kk_person_number *number)
{
    uint32_t *count = &m->out->lists[KK_LIST_REGISTERS].count;
    if (!number->value.len || *count == KK_REGISTERS_MOST)
        return;
    m->of_registers[*count] = number;
    kk_hashes_add(&m->hashes, 'u', number->value, &m->registers[(*count)++]);
}

static void add_official(maker *m, kk_column_kind kind, kk_slice value)
{
    uint32_t *count = &m->out->lists[KK_LIST_OFFICIALS].count;
    if (!value.len || *count == KK_REGISTERS_MOST)
        return;
    if (!*count)
        m->official_text = value;
    m->official_bytes[9 * (size_t)*count] = (char)kind;
    kk_hashes_add(&m->hashes, 'o', value, &m->officials[(*count)++]);
}

static bool has_official(const maker *m)
{
    return m->out->lists[KK_LIST_OFFICIALS].count;
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
    for (size_t i = 0; i < p->number_count; i++) {
        if (p->numbers[i].table)
            add_register_number(m, &p->numbers[i]);
        else
            add_official(m, p->numbers[i].kind, p->numbers[i].value);
    }
    take_insurance(m);
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
        say(m, KK_VALUE_MIXED_NAME, 'l', loose);
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
    if (name->script == KK_NAME_JAPANESE && kk_is_kana(name->whole))
        m->out->flags |= KK_SAID_KANA_NAME;
    /* a given name that the lexicon guessed is no ground for keeping two records apart */
    if (name->split || name->known)
        m->out->flags |= KK_SAID_SURE_GIVEN;
    say(m, KK_VALUE_GIVEN, 'g', name->given);
    if (is_born(m) || m->p->address.western || has_official(m))
        say(m, KK_VALUE_FAMILY, 'f', name->family);
    take_mixed_forms(m);
}

/* ---- neighbours ---- */

/* Two texts that differ in one character share one of these. */
static void take_neighbours(maker *m, kk_value_list_kind which, char kind, kk_slice text)
{
    m->out->lists[which].count =
        (uint32_t)kk_hashes_add_neighbours(&m->hashes, kind, text, m->near[which]);
}

/* Where in its neighbourhood a name has lost all of the surname or of the given name. */
static void note_parts(maker *m)
{
    const kk_name *name = &m->p->name;
    size_t family = kk_char_count(name->family), given = kk_char_count(name->given);
    m->without_family = m->without_given = 0;
    if (family + given != kk_char_count(name->whole))
        return;
    if (family == 1)
        m->without_family = 1;
    if (given == 1)
        m->without_given = 1 + (uint32_t)family;
}

static void take_near(maker *m)
{
    const kk_name *name = &m->p->name;
    size_t letters = name->full ? kk_char_count(name->whole) : 0;
    if (letters >= (name->script == KK_NAME_LATIN ? NEAR_LATIN_MIN : NEAR_KANJI_MIN))
        take_neighbours(m, KK_LIST_NEAR_NAME, 'N', name->whole);
    note_parts(m);
    if (is_born(m) && m->p->kana_full && kk_char_count(m->p->kana) >= NEAR_KANA_MIN)
        take_neighbours(m, KK_LIST_NEAR_KANA, 'K', m->p->kana);
    if (is_born(m) || said(m, KK_VALUE_ZIP))
        take_neighbours(m, KK_LIST_NEAR_OFFICIAL, 'O', m->official_text);
}

/* One character wrong in a number or mailbox: without its last, its middle or its first part it is still
 * right. The first is the largest, since many numbers and mailboxes begin alike. */
static void take_parts(maker *m, kk_value what, kk_slice text)
{
    enum { SHORTEST = 4 };
    size_t end = (text.len + 2) / 4, rest = text.len - end, first = rest - end;
    if (text.len < SHORTEST)
        return;
    say(m, what, '1', kk_part(text, 0, rest));
    say(m, what + 1, '2', kk_join(m->scratch, kk_part(text, 0, first), kk_from(text, rest)));
    say(m, what + 2, '3', kk_from(text, first));
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
            take_parts(m, is_mobile ? KK_VALUE_MOBILE_PARTS : KK_VALUE_FIXED_PARTS,
                       kk_phone_digits(&p->phones[i]));
        *done = true;
    }
    size_t at = kk_find_byte(p->email.address, '@');
    if (at != KK_NOWHERE && !p->email.shared && !p->email.filler)
        take_parts(m, KK_VALUE_EMAIL_PARTS, kk_part(p->email.address, 0, at));
    say(m, KK_VALUE_COMPANY, 'C', p->company);
}

/* Of who is nobody there is nothing to compare. */
static bool is_nobody(const kk_mention *mention)
{
    return mention->standing == KK_IS_PLACEHOLDER || mention->standing == KK_IS_ORGANISATION;
}

/* ---- hashes to values ---- */

static void put_hash(char *at, uint64_t hash)
{
    memcpy(at, &hash, sizeof hash);
}

/* With this character, the first being 1, all of a part of the name is gone. */
static void mark_part(char *near_names, uint32_t count, uint32_t at)
{
    if (at && at < count)
        near_names[KK_SHORT_BYTES * (size_t)at] &= ~1;
}

static void settle_neighbours(maker *m)
{
    for (size_t i = 0; i < NEAR_LISTS; i++) {
        kk_value_list *list = &m->out->lists[KK_LIST_NEAR_NAME + i];
        list->bytes = m->near_bytes[i];
        kk_near_put(m->near_bytes[i], m->near[i], list->count);
    }
    uint32_t names = m->out->lists[KK_LIST_NEAR_NAME].count;
    mark_part(m->near_bytes[0], names, m->without_family);
    mark_part(m->near_bytes[0], names, m->without_given);
}

/* Two hashes: what they make together is one too. */
static uint64_t both(uint64_t one, uint64_t other)
{
    return (one ^ other * UINT64_C(0x9fb21c651e98df25)) | 1;
}

/* After the official numbers: a name in a column of staff. */
static void settle_staff(maker *m)
{
    kk_value_list *list = &m->out->lists[KK_LIST_OFFICIALS];
    if (!m->p->staff_register || !said(m, KK_VALUE_NAME) || list->count == KK_REGISTERS_MOST)
        return;
    char *at = m->official_bytes + 9 * (size_t)list->count++;
    *at = 0;
    put_hash(at + 1, both(m->p->staff_register, m->out->hash[KK_VALUE_NAME] | 1));
}

static void settle_numbers(maker *m)
{
    kk_value_list *officials = &m->out->lists[KK_LIST_OFFICIALS];
    kk_value_list *registers = &m->out->lists[KK_LIST_REGISTERS];
    officials->bytes = m->official_bytes;
    registers->bytes = m->register_bytes;
    if (officials->count) {
        m->out->hash[KK_VALUE_OFFICIAL] = m->officials[0];
        m->given |= KK_BIT(KK_VALUE_OFFICIAL);
    }
    for (size_t i = 0; i < officials->count; i++)
        put_hash(m->official_bytes + 9 * i + 1, m->officials[i] | 1);
    for (size_t i = 0; i < registers->count; i++) {
        const kk_person_number *number = m->of_registers[i];
        uint64_t value = m->registers[i] | 1;
        put_hash(m->register_bytes + 16 * i, number->shared ? 0 : both(number->table, value));
        put_hash(m->register_bytes + 16 * i + 8, number->wide ^ value);
    }
}

static void take_all(maker *m)
{
    take_names(m);
    take_contacts(m);
    take_numbers(m);
    take_parts_of_name(m);
    take_near(m);
    take_near_contacts(m);
    kk_hashes_end(&m->hashes);
    settle_neighbours(m);
    settle_numbers(m);
    settle_staff(m);
}

/* The lanes and lists of a maker are written before they are read. */
static void make(maker *m, const kk_persona *persona, const kk_hash_key *key, kk_arena *scratch)
{
    m->p = persona;
    m->scratch = scratch;
    m->given = 0;
    m->name_count = m->mobile_count = m->fixed_count = 0;
    m->official_text = KK_NONE;
    kk_hashes_begin(&m->hashes, key);
    m->out->birth_day = persona->birth;
    m->out->flags = persona->sex;
    take_all(m);
}

void kk_values_make(kk_mention *mention, uint64_t content, const kk_persona *persona,
                    const kk_hash_key *key, kk_arena *scratch)
{
    char packed[KK_VALUES_BYTES];
    kk_values values; /* hashes are set where one is given */
    maker m;
    values.content = content;
    values.birth_day = KK_NO_DAY;
    values.flags = 0;
    memset(values.lists, 0, sizeof values.lists);
    m.out = &values;
    m.given = 0;
    if (!is_nobody(mention))
        make(&m, persona, key, scratch);
    size_t size = kk_values_pack_raw(&values, m.given, packed);
    mention->values = kk_copy(scratch, (kk_slice){packed, size});
}
