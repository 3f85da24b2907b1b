#include "detect/ioc_match.h"

#include "base/hash.h"
#include "base/punycode.h"
#include "detect/fold.h"
#include "detect/ioc_i.h"

enum { MEMO = 1 << 15, MEMO_TEXT = 62, NUMBERS_MOST = 8, FILTER_BITS = 16 };
#define NO_VALUE SIZE_MAX

/* A text that leads to a comparison, found by one of its words. */
typedef struct {
    kk_slice text;
    uint64_t hash;    /* of the word */
    uint32_t at, len; /* of the word in the text */
    uint32_t atom, next;
} literal;

typedef struct {
    kk_ioc_atom is;
    uint64_t stamp, fields; /* of the event that it held of */
    size_t value, at;       /* the first value in which it held, and where in its compared form */
    uint32_t *ways;         /* that it is part of */
    size_t way_count, way_capacity;
    kk_slice pattern,
        needs; /* of `like`: with the matcher's own signs; a text that has to be there */
    uint64_t number;
} atom;

typedef struct {
    uint32_t ioc;
    uint32_t *atoms;
    size_t count;
    uint32_t trigger; /* the atom that leads to it */
} way;

typedef struct {
    kk_subnet of;
    uint32_t atom; /* + 1; 0: free */
} network;

typedef struct {
    kk_slice text, compared;
    unsigned field;
    kk_ioc_place place;
} value;

typedef struct {
    uint8_t len, place;
    char text[MEMO_TEXT];
} memo;

struct kk_ioc_matcher {
    kk_arena *arena, *scratch;
    atom *atoms;
    size_t atom_count, atom_capacity;
    uint32_t *atom_slots; /* number + 1, by kind and text */
    size_t atom_slot_count;
    way *ways;
    size_t way_count, way_capacity;
    literal *literals;
    size_t literal_count, literal_capacity;
    uint32_t *words; /* literal + 1, by hash of the word */
    size_t word_slots;
    uint64_t filter[(1u << FILTER_BITS) / 64];
    network *networks; /* addresses too */
    size_t network_slots, network_count;
    uint8_t bits[130]; /* lengths of networks that there are */
    size_t bit_count;
    bool has_v6, wants_several, has_patterns;
    uint32_t *slow; /* ways that nothing but all values leads to */
    size_t slow_count, slow_capacity;
    uint64_t *ioc_stamp;
    memo *memos;
    /* Of the event: */
    uint64_t epoch;
    uint32_t *held;
    size_t held_count, held_capacity;
    value *values;
    size_t value_count, value_capacity;
    struct {
        kk_ioc_type type;
        unsigned field;
        uint64_t value;
    } numbers[NUMBERS_MOST];
    size_t number_count;
    kk_ioc_hit *hits;
    size_t hit_count, hit_capacity;
    kk_buffer folded;
};

static bool is_literal(const kk_ioc_atom *a)
{
    return !a->like && a->type != KK_IOC_IP && a->type != KK_IOC_PORT && a->type != KK_IOC_SIZE;
}

/* ---- made once ---- */

static uint64_t atom_hash(const kk_ioc_atom *a)
{
    return kk_hash_quick(a->text) ^
           ((uint64_t)a->type << 1 | a->like) * UINT64_C(0x9e3779b97f4a7c15);
}

static void rehash_atoms(kk_ioc_matcher *m)
{
    m->atom_slot_count = m->atom_slot_count ? m->atom_slot_count * 2 : 1024;
    m->atom_slots = KK_NEW_ARRAY(m->arena, uint32_t, m->atom_slot_count);
    for (size_t i = 0; i < m->atom_count; i++) {
        size_t at = atom_hash(&m->atoms[i].is) & (m->atom_slot_count - 1);
        while (m->atom_slots[at])
            at = (at + 1) & (m->atom_slot_count - 1);
        m->atom_slots[at] = (uint32_t)i + 1;
    }
}

static uint32_t intern_atom(kk_ioc_matcher *m, const kk_ioc_atom *a)
{
    if (m->atom_count * 2 >= m->atom_slot_count)
        rehash_atoms(m);
    size_t at = atom_hash(a) & (m->atom_slot_count - 1);
    for (; m->atom_slots[at]; at = (at + 1) & (m->atom_slot_count - 1)) {
        const kk_ioc_atom *b = &m->atoms[m->atom_slots[at] - 1].is;
        if (a->type == b->type && a->like == b->like && a->glob == b->glob &&
            kk_eq(a->text, b->text))
            return m->atom_slots[at] - 1;
    }
    m->atoms = kk_grow(m->arena, m->atoms, &m->atom_capacity, m->atom_count + 1, sizeof *m->atoms);
    m->atoms[m->atom_count] = (atom){.is = *a};
    m->atom_slots[at] = (uint32_t)m->atom_count + 1;
    return (uint32_t)m->atom_count++;
}

/* The one that leads to few events: a text, else an address, else whatever. */
static uint32_t trigger_of(const kk_ioc_matcher *m, const way *w)
{
    uint32_t best = UINT32_MAX;
    for (size_t i = 0; i < w->count; i++) {
        const kk_ioc_atom *a = &m->atoms[w->atoms[i]].is;
        if (is_literal(a) && (best == UINT32_MAX || a->text.len > m->atoms[best].is.text.len))
            best = w->atoms[i];
    }
    for (size_t i = 0; i < w->count && best == UINT32_MAX; i++)
        if (m->atoms[w->atoms[i]].is.type == KK_IOC_IP)
            best = w->atoms[i];
    return best;
}

static void add_way(kk_ioc_matcher *m, uint32_t ioc, const kk_ioc_all *all)
{
    m->ways = kk_grow(m->arena, m->ways, &m->way_capacity, m->way_count + 1, sizeof *m->ways);
    way *w = &m->ways[m->way_count];
    *w = (way){ioc, KK_NEW_ARRAY(m->arena, uint32_t, all->count), all->count, 0};
    m->wants_several = m->wants_several || all->count > 1;
    for (size_t i = 0; i < all->count; i++)
        w->atoms[i] = intern_atom(m, &all->atoms[i]);
    w->trigger = trigger_of(m, w);
    if (w->trigger == UINT32_MAX) {
        m->slow = kk_grow(m->arena, m->slow, &m->slow_capacity, m->slow_count + 1, sizeof *m->slow);
        m->slow[m->slow_count++] = (uint32_t)m->way_count;
    } else {
        atom *a = &m->atoms[w->trigger];
        a->ways = kk_grow(m->arena, a->ways, &a->way_capacity, a->way_count + 1, sizeof *a->ways);
        a->ways[a->way_count++] = (uint32_t)m->way_count;
    }
    m->way_count++;
}

static void add_literal(kk_ioc_matcher *m, uint32_t number, kk_slice text)
{
    m->literals = kk_grow(m->arena, m->literals, &m->literal_capacity, m->literal_count + 1,
                          sizeof *m->literals);
    m->literals[m->literal_count++] = (literal){.text = text, .atom = number};
}

/* Logs write some folders by a variable, and the first control set by its number. */
static void add_other_spellings(kk_ioc_matcher *m, uint32_t number, const kk_ioc_atom *a)
{
    static const struct {
        kk_ioc_type type;
        const char *is, *also;
    } table[] = {{KK_IOC_PATH, "windows/", "%systemroot%/"},
                 {KK_IOC_PATH, "windows/", "%windir%/"},
                 {KK_IOC_PATH, "windows/", "systemroot/"},
                 {KK_IOC_PATH, "programdata/", "%programdata%/"},
                 {KK_IOC_PATH, "programdata/", "%allusersprofile%/"},
                 {KK_IOC_PATH, "program files/", "%programfiles%/"},
                 {KK_IOC_PATH, "users/public/", "%public%/"},
                 {KK_IOC_PATH, "appdata/roaming/", "%appdata%/"},
                 {KK_IOC_PATH, "appdata/local/temp/", "%temp%/"},
                 {KK_IOC_PATH, "appdata/local/", "%localappdata%/"},
                 {KK_IOC_REGISTRY, "currentcontrolset/", "controlset001/"}};
    kk_slice text = kk_join(m->arena, a->text, KK_S("/")); /* the folder itself too */
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t at = a->type == table[i].type ? kk_find(text, kk_cstr(table[i].is)) : KK_NOWHERE;
        if (at == KK_NOWHERE || (at && text.ptr[at - 1] != '/'))
            continue;
        kk_slice tail =
            kk_join(m->arena, kk_cstr(table[i].also), kk_from(text, at + strlen(table[i].is)));
        if (a->type == KK_IOC_REGISTRY)
            tail = kk_join(m->arena, kk_part(text, 0, at), tail);
        add_literal(m, number, kk_part(tail, 0, tail.len - 1));
    }
}

/* A name of the Internet beyond ASCII is logged as it is read or as it is sent (xn--...). */
static void add_other_script(kk_ioc_matcher *m, uint32_t number, const kk_ioc_atom *a)
{
    size_t at = a->type == KK_IOC_EMAIL ? kk_rfind_byte(a->text, '@') : KK_NOWHERE;
    size_t from = at == KK_NOWHERE ? 0 : at + 1;
    if (a->type != KK_IOC_DOMAIN && a->type != KK_IOC_URL && a->type != KK_IOC_EMAIL)
        return;
    size_t end = a->type == KK_IOC_URL ? kk_find_byte(a->text, '/') : KK_NOWHERE;
    kk_slice name = kk_from(kk_part(a->text, 0, end), from);
    kk_slice other = kk_punycode_name(m->arena, name);
    if (!other.len)
        other = kk_fold(m->arena, kk_punycode_read(m->arena, name));
    if (other.len)
        add_literal(m, number,
                    kk_join(m->arena, kk_join(m->arena, kk_part(a->text, 0, from), other),
                            kk_from(a->text, from + name.len)));
}

/* Signs of one script: where another begins, so does a word. */
static bool next_word(kk_slice s, size_t *at, kk_slice *word)
{
    size_t len;
    while (*at < s.len && kk_ioc_script_at(s, *at, &len) == KK_IOC_NO_WORD)
        *at += len;
    size_t from = *at;
    kk_ioc_script script = from < s.len ? kk_ioc_script_at(s, from, &len) : KK_IOC_NO_WORD;
    while (*at < s.len && kk_ioc_script_at(s, *at, &len) == script)
        *at += len;
    *word = kk_part(s, from, *at - from);
    return word->len > 0;
}

/* Of each text the word that the fewest have is what it is found by. */
static void choose_words(kk_ioc_matcher *m)
{
    kk_slice word;
    uint32_t *many = KK_NEW_ARRAY(m->arena, uint32_t, 1u << FILTER_BITS);
    for (size_t i = 0; i < m->literal_count; i++)
        for (size_t at = 0; next_word(m->literals[i].text, &at, &word);)
            many[kk_hash_quick(word) & ((1u << FILTER_BITS) - 1)]++;
    m->word_slots = 1024;
    while (m->word_slots < m->literal_count * 2)
        m->word_slots *= 2;
    m->words = KK_NEW_ARRAY(m->arena, uint32_t, m->word_slots);
    for (size_t i = 0; i < m->literal_count; i++) {
        literal *l = &m->literals[i];
        uint32_t least = UINT32_MAX;
        for (size_t at = 0; next_word(l->text, &at, &word);) {
            uint64_t hash = kk_hash_quick(word);
            uint32_t here = many[hash & ((1u << FILTER_BITS) - 1)];
            if (here < least || (here == least && word.len > l->len)) {
                least = here;
                l->hash = hash;
                l->at = (uint32_t)(word.ptr - l->text.ptr);
                l->len = (uint32_t)word.len;
            }
        }
        if (least == UINT32_MAX)
            continue; /* only signs: nothing leads to it */
        uint32_t *slot = &m->words[l->hash >> 16 & (m->word_slots - 1)];
        l->next = *slot;
        *slot = (uint32_t)i + 1;
        m->filter[(l->hash & 0xffff) / 64] |= UINT64_C(1) << (l->hash & 63);
    }
}

static uint64_t network_hash(const kk_subnet *s)
{
    return kk_hash_quick((kk_slice){(const char *)s->bytes, 16}) ^ s->bits;
}

static void mask(kk_subnet *s, uint8_t bits)
{
    s->bits = bits;
    for (size_t i = 0; i < 16; i++) {
        size_t keep = bits > i * 8 ? bits - i * 8 : 0;
        if (keep < 8)
            s->bytes[i] = (uint8_t)(s->bytes[i] & (0xff00 >> keep));
    }
}

static void add_network(kk_ioc_matcher *m, uint32_t number)
{
    kk_subnet s;
    bool known = false;
    if (!kk_subnet_read(m->atoms[number].is.text, &s))
        return;
    m->has_v6 = m->has_v6 || s.is_v6;
    mask(&s, s.bits);
    for (size_t i = 0; i < m->bit_count; i++)
        known = known || m->bits[i] == s.bits;
    if (!known)
        m->bits[m->bit_count++] = s.bits;
    size_t at = network_hash(&s) & (m->network_slots - 1);
    while (m->networks[at].atom) {
        if (m->networks[at].of.bits == s.bits && !memcmp(m->networks[at].of.bytes, s.bytes, 16) &&
            m->networks[at].of.is_v6 == s.is_v6)
            break;
        at = (at + 1) & (m->network_slots - 1);
    }
    if (m->networks[at].atom) { /* another spelling of it: its ways go there too */
        atom *to = &m->atoms[m->networks[at].atom - 1], *from = &m->atoms[number];
        for (size_t i = 0; i < from->way_count; i++) {
            to->ways =
                kk_grow(m->arena, to->ways, &to->way_capacity, to->way_count + 1, sizeof *to->ways);
            to->ways[to->way_count++] = from->ways[i];
        }
        for (size_t i = 0; i < m->way_count; i++)
            for (size_t k = 0; k < m->ways[i].count; k++)
                if (m->ways[i].atoms[k] == number)
                    m->ways[i].atoms[k] = m->networks[at].atom - 1;
        return;
    }
    m->networks[at] = (network){s, number + 1};
}

/* The longest part of a pattern that stands for itself. */
static void prepare_pattern(kk_ioc_matcher *m, atom *a)
{
    kk_slice text = kk_copy(m->arena, a->is.text);
    char *to = (char *)(uintptr_t)text.ptr;
    for (size_t i = 0, from = 0; i <= text.len; i++) {
        bool ends = i == text.len || (to[i] >= KK_IOC_ANY_RUN && to[i] <= KK_IOC_ANY_NAME);
        if (!ends)
            continue;
        if (i - from > a->needs.len)
            a->needs = kk_part(text, from, i - from);
        if (i < text.len)
            to[i] = to[i] == KK_IOC_ANY_RUN ? KK_ANY_RUN : KK_ANY_CHAR;
        from = i + 1;
    }
    a->pattern = text;
}

kk_ioc_matcher *kk_ioc_matcher_make(kk_arena *arena, const kk_ioc *iocs, size_t count)
{
    kk_ioc_matcher *m = KK_NEW(arena, kk_ioc_matcher);
    size_t addresses = 0;
    m->arena = arena;
    m->scratch = kk_arena_open();
    m->memos = KK_NEW_ARRAY(arena, memo, MEMO);
    m->ioc_stamp = KK_NEW_ARRAY(arena, uint64_t, count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < iocs[i].any_count; k++)
            add_way(m, (uint32_t)i, &iocs[i].any[k]);
    for (size_t i = 0; i < m->atom_count; i++)
        addresses += m->atoms[i].is.type == KK_IOC_IP;
    m->network_slots = 64;
    while (m->network_slots < addresses * 2)
        m->network_slots *= 2;
    m->networks = KK_NEW_ARRAY(arena, network, m->network_slots);
    for (uint32_t i = 0; i < m->atom_count; i++) {
        atom *a = &m->atoms[i];
        m->has_patterns = m->has_patterns || a->is.like;
        if (a->is.like)
            prepare_pattern(m, a);
        else if (a->is.type == KK_IOC_IP)
            add_network(m, i);
        else if (a->is.type == KK_IOC_PORT || a->is.type == KK_IOC_SIZE)
            (void)kk_to_u64(a->is.text, &a->number);
        else {
            add_literal(m, i, a->is.text);
            add_other_spellings(m, i, &a->is);
            add_other_script(m, i, &a->is);
        }
    }
    choose_words(m);
    return m;
}

void kk_ioc_matcher_close(kk_ioc_matcher *m)
{
    if (!m)
        return;
    kk_arena_close(m->scratch);
    kk_buffer_close(&m->folded);
}

/* ---- of each event ---- */

void kk_ioc_begin(kk_ioc_matcher *m)
{
    m->epoch++;
    m->held_count = m->value_count = m->number_count = m->hit_count = 0;
    kk_arena_reset(m->scratch);
}

static void hold(kk_ioc_matcher *m, uint32_t number, unsigned field, size_t nth, size_t at)
{
    atom *a = &m->atoms[number];
    if (a->stamp != m->epoch) {
        a->stamp = m->epoch;
        a->fields = 0;
        a->value = nth;
        a->at = at;
        m->held = kk_grow(m->arena, m->held, &m->held_capacity, m->held_count + 1, sizeof *m->held);
        m->held[m->held_count++] = number;
    }
    a->fields |= UINT64_C(1) << field;
}

/* As comparisons have it: without case, slashes forward and never two. Into `to`, which has room. */
static size_t compared_into(char *to, kk_slice text)
{
    unsigned char all = 0;
    size_t n = 0, len = text.len;
    const char *from = text.ptr;
    for (size_t i = 0; i < text.len; i++)
        all |= (unsigned char)text.ptr[i];
    if (all >= 0x80) {
        len = kk_fold_into(to, text);
        from = to;
    }
    for (size_t i = 0; i < len; i++) {
        char c = from[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        else if (c == '\\')
            c = '/';
        if (c != '/' || !n || to[n - 1] != '/')
            to[n++] = c;
    }
    return n;
}

static bool look_up_word(kk_ioc_matcher *m, kk_slice v, kk_slice word, unsigned field,
                         kk_ioc_place place)
{
    uint64_t hash = kk_hash_quick(word);
    bool any = false;
    if (!(m->filter[(hash & 0xffff) / 64] >> (hash & 63) & 1))
        return false;
    for (uint32_t i = m->words[hash >> 16 & (m->word_slots - 1)]; i; i = m->literals[i - 1].next) {
        const literal *l = &m->literals[i - 1];
        size_t at = (size_t)(word.ptr - v.ptr);
        if (l->hash != hash || l->len != word.len || at < l->at ||
            l->text.len > v.len - (at - l->at) ||
            memcmp(v.ptr + at - l->at, l->text.ptr, l->text.len) != 0)
            continue;
        any = true; /* also where it does not stand: elsewhere it may */
        if (kk_ioc_stands(&m->atoms[l->atom].is, l->text, v, at - l->at, place))
            hold(m, l->atom, field, m->value_count - 1, at - l->at);
    }
    return any;
}

static bool look_up_address(kk_ioc_matcher *m, kk_slice v, kk_slice text, unsigned field)
{
    kk_subnet address;
    bool any = false;
    if (text.len < 2 || text.len > 45 || !kk_subnet_address(text, &address))
        return false;
    for (size_t i = 0; i < m->bit_count; i++) {
        kk_subnet s = address;
        mask(&s, m->bits[i]);
        for (size_t at = network_hash(&s) & (m->network_slots - 1); m->networks[at].atom;
             at = (at + 1) & (m->network_slots - 1))
            if (m->networks[at].of.bits == s.bits &&
                memcmp(m->networks[at].of.bytes, s.bytes, 16) == 0 &&
                kk_subnet_has(&m->networks[at].of, &address)) {
                hold(m, m->networks[at].atom - 1, field, m->value_count - 1,
                     (size_t)(text.ptr - v.ptr));
                any = true;
            }
    }
    return any;
}

/* A run of hexadecimal digits, points and colons: an address, with a port perhaps. */
static bool look_up_run(kk_ioc_matcher *m, kk_slice v, size_t from, size_t to, unsigned field)
{
    kk_slice run = kk_part(v, from, to - from), piece;
    bool before =
        from && (kk_ioc_script_before(v, from) == KK_IOC_LETTERS || v.ptr[from - 1] == '_');
    bool after = to < v.len && (kk_ioc_script_of(v, to) == KK_IOC_LETTERS || v.ptr[to] == '_');
    while (run.len && (run.ptr[run.len - 1] == '.' ||
                       (run.ptr[run.len - 1] == ':' && !kk_ends(run, KK_S("::")))))
        run.len--;
    if (!before && !after && look_up_address(m, v, run, field))
        return true;
    bool any = false, first = true;
    for (kk_slice rest = run; kk_split(&rest, ':', &piece); first = false)
        if (kk_find_byte(piece, '.') != KK_NOWHERE && !(first && before) && !(after && !rest.ptr))
            any = look_up_address(m, v, piece, field) || any;
    return any;
}

static bool scan_addresses(kk_ioc_matcher *m, kk_slice v, unsigned field)
{
    bool any = false;
    for (size_t i = 0; i < v.len;) {
        size_t from = i, dots = 0, colons = 0;
        for (; i < v.len; i++) {
            char c = v.ptr[i];
            if (c == '.')
                dots++;
            else if (c == ':')
                colons++;
            else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
                break;
        }
        if (dots >= 3 || (m->has_v6 && colons >= 2))
            any = look_up_run(m, v, from, i, field) || any;
        i += i == from || i < v.len;
    }
    return any;
}

static bool scan(kk_ioc_matcher *m, kk_slice v, unsigned field, kk_ioc_place place)
{
    kk_slice word;
    bool any = false;
    if (m->literal_count)
        for (size_t at = 0; next_word(v, &at, &word);)
            any = look_up_word(m, v, word, field, place) || any;
    return (m->bit_count && scan_addresses(m, v, field)) || any;
}

bool kk_ioc_value(kk_ioc_matcher *m, unsigned field, kk_ioc_place place, kk_slice text)
{
    memo *known = NULL;
    if (!text.len)
        return false;
    m->values =
        kk_grow(m->arena, m->values, &m->value_capacity, m->value_count + 1, sizeof *m->values);
    m->values[m->value_count++] = (value){text, KK_NONE, field, place};
    if (text.len <= MEMO_TEXT) {
        known = &m->memos[kk_hash_quick(text) & (MEMO - 1)];
        if (known->len == text.len && known->place == place &&
            !memcmp(known->text, text.ptr, text.len))
            return false; /* nothing was in it */
    }
    m->folded.len = 0;
    char *to = kk_buffer_room(&m->folded, kk_fold_room(text.len));
    kk_slice v = {to, compared_into(to, text)};
    if (scan(m, v, field, place))
        return true;
    if (known) {
        known->len = (uint8_t)text.len;
        known->place = (uint8_t)place;
        memcpy(known->text, text.ptr, text.len);
    }
    return false;
}

bool kk_ioc_wants_again(const kk_ioc_matcher *m, bool led)
{
    return m->wants_several && (led || m->has_patterns);
}

void kk_ioc_number(kk_ioc_matcher *m, unsigned field, kk_ioc_type type, uint64_t number)
{
    if (m->number_count == NUMBERS_MOST)
        return;
    m->numbers[m->number_count].type = type;
    m->numbers[m->number_count].field = field;
    m->numbers[m->number_count++].value = number;
}

static bool fits_pattern(const atom *a, kk_slice v)
{
    if (!kk_has(v, a->needs))
        return false;
    if (kk_pattern_fits(a->pattern, v))
        return true;
    size_t slash = kk_rfind_byte(v, '/');
    if (slash == KK_NOWHERE || (a->is.type != KK_IOC_FILE_NAME && a->is.type != KK_IOC_PATH))
        return false;
    return kk_pattern_fits(a->pattern, a->is.type == KK_IOC_PATH ? kk_part(v, 0, slash)
                                                                 : kk_from(v, slash + 1));
}

/* A comparison that nothing led to: numbers and patterns, held against all values now. */
static bool holds(kk_ioc_matcher *m, uint32_t number)
{
    atom *a = &m->atoms[number];
    if (a->stamp == m->epoch)
        return true;
    for (size_t i = 0; i < m->number_count && !a->is.like; i++)
        if (m->numbers[i].type == a->is.type && m->numbers[i].value == a->number)
            hold(m, number, m->numbers[i].field, NO_VALUE, 0);
    for (size_t i = 0; i < m->value_count && a->is.like; i++) {
        value *v = &m->values[i];
        if (!v->compared.ptr) {
            char *to = kk_take(m->scratch, kk_fold_room(v->text.len));
            v->compared = (kk_slice){to, compared_into(to, v->text)};
        }
        size_t at = 0;
        if (a->is.glob ? kk_has(v->compared, a->needs) &&
                             kk_ioc_glob_fits(&a->is, v->compared, v->place, &at)
                       : fits_pattern(a, v->compared))
            hold(m, number, v->field, i, at);
    }
    return a->stamp == m->epoch;
}

static void judge(kk_ioc_matcher *m, const way *w)
{
    uint64_t fields = 0;
    for (size_t i = 0; i < w->count; i++)
        if (!holds(m, w->atoms[i]))
            return;
    for (size_t i = 0; i < w->count; i++)
        fields |= m->atoms[w->atoms[i]].fields;
    if (m->ioc_stamp[w->ioc] == m->epoch) {
        for (size_t i = 0; i < m->hit_count; i++)
            if (m->hits[i].ioc == w->ioc)
                m->hits[i].fields |= fields;
        return;
    }
    m->ioc_stamp[w->ioc] = m->epoch;
    m->hits = kk_grow(m->arena, m->hits, &m->hit_capacity, m->hit_count + 1, sizeof *m->hits);
    const atom *first = &m->atoms[w->trigger == UINT32_MAX ? w->atoms[0] : w->trigger];
    m->hits[m->hit_count++] = (kk_ioc_hit){w->ioc, fields, first->value, first->at};
}

size_t kk_ioc_end(kk_ioc_matcher *m, const kk_ioc_hit **hits)
{
    size_t held = m->held_count; /* judging adds to them */
    for (size_t i = 0; i < held; i++) {
        const atom *a = &m->atoms[m->held[i]];
        for (size_t k = 0; k < a->way_count; k++)
            judge(m, &m->ways[a->ways[k]]);
    }
    for (size_t i = 0; i < m->slow_count; i++)
        judge(m, &m->ways[m->slow[i]]);
    *hits = m->hits;
    return m->hit_count;
}

/* Comparing makes texts longer or shorter: the place is found by comparing beginnings of the text. */
size_t kk_ioc_place_in(kk_ioc_matcher *m, const kk_ioc_hit *hit, size_t *nth)
{
    *nth = hit->value == NO_VALUE ? 0 : hit->value;
    if (hit->value >= m->value_count || !hit->at)
        return 0;
    kk_slice text = m->values[hit->value].text;
    char *room = kk_take(m->scratch, kk_fold_room(text.len));
    size_t low = 0, high = text.len; /* the longest beginning that makes no more than `at` */
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2, end = middle;
        while (end < text.len && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
            end++;
        if (compared_into(room, kk_part(text, 0, end)) <= hit->at)
            low = end > high ? high : end;
        else
            high = middle - 1;
    }
    return low;
}
