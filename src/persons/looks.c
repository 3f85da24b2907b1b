#include "persons/looks.h"

#include "base/text.h"

const look_words looks[LOOKS] = {
#define LOOK(NAME, name, ja, en) {name, ja, en},
#include "persons/looks.def"
};

enum { NAME_WEIGHT = 3, WEIGHT_MIN = 3, FOLDERS_LOOKED_AT = 3 };

typedef struct {
    const char *word;
    uint8_t look, weight;
} sign;

static const sign names[] = {
#define NAMED(NAME, word) {word, LOOKS_##NAME, NAME_WEIGHT},
#include "persons/looks.def"
};

static const sign headings[] = {
#define HEADED(NAME, weight, word) {word, LOOKS_##NAME, weight},
#include "persons/looks.def"
};

static const char *const former[] = {
#define FORMER(word) word,
#include "persons/looks.def"
};

/* Content: items (of both groups where there is a second one) or roles. */
static const struct {
    uint64_t items, others, roles;
    uint8_t look, weight;
} contents[] = {
#define HOLDS(NAME, weight, items) {items, 0, 0, LOOKS_##NAME, weight},
#define BOTH(NAME, weight, items, others) {items, others, 0, LOOKS_##NAME, weight},
#define TAKES_PART(NAME, weight, roles) {0, 0, roles, LOOKS_##NAME, weight},
#include "persons/looks.def"
};

/* ---- words ---- */

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Small letters without width, blanks and marks; '|' stands where a Latin word begins: employee_list,
 * EmployeeList and "employee list" are "|employee|list". */
static kk_slice form_of(kk_arena *scratch, kk_slice text)
{
    kk_slice wide = kk_nfkc(scratch, text);
    char *split = KK_NEW_ARRAY(scratch, char, 2 * wide.len);
    size_t used = 0;
    for (size_t i = 0; i < wide.len; i++) {
        char c = wide.ptr[i], before = i ? wide.ptr[i - 1] : ' ';
        bool capital = c >= 'A' && c <= 'Z';
        bool small = is_small(c);
        if ((capital && !(before >= 'A' && before <= 'Z')) ||
            (small && !is_small(before) && !(before >= 'A' && before <= 'Z')))
            split[used++] = '|';
        bool mark = (unsigned char)c <= ' ' || (c && strchr("_-.,()[]{}'\"/+&", c));
        if (!mark)
            split[used++] = capital ? (char)(c + 32) : c;
    }
    return (kk_slice){split, used};
}

/* Where the word ends in the form from `at` on, or KK_NOWHERE: the marks of beginnings are passed over. */
static size_t word_end(kk_slice form, size_t at, kk_slice word)
{
    for (size_t i = 0; i < word.len; i++, at++) {
        while (i && at < form.len && form.ptr[at] == '|')
            at++;
        if (at >= form.len || form.ptr[at] != word.ptr[i])
            return KK_NOWHERE;
    }
    return at;
}

static bool has_word(kk_slice form, const char *text)
{
    kk_slice word = kk_cstr(text);
    bool latin = is_small(word.ptr[0]);
    for (size_t at = 0; at + word.len <= form.len; at++)
        if (form.ptr[at] == word.ptr[0] && (!latin || (at && form.ptr[at - 1] == '|')) &&
            word_end(form, at, word) != KK_NOWHERE)
            return true;
    return false;
}

/* ---- signs ---- */

typedef struct {
    unsigned weights[LOOKS];
    const char *words[LOOKS][LOOK_SIGNS_MAX]; /* what spoke for each */
    unsigned word_count[LOOKS];
} scores;

static void note(scores *s, unsigned look, const char *word)
{
    for (unsigned i = 0; i < s->word_count[look]; i++)
        if (!strcmp(s->words[look][i], word))
            return;
    if (s->word_count[look] < LOOK_SIGNS_MAX)
        s->words[look][s->word_count[look]++] = word;
}

/* True when the name says something at all. A look is said once, however often. */
static bool take_name(scores *s, kk_slice form)
{
    bool said[LOOKS] = {false}, any = false;
    for (size_t i = 0; form.len && i < sizeof names / sizeof *names; i++) {
        if (said[names[i].look] || !has_word(form, names[i].word))
            continue;
        s->weights[names[i].look] += names[i].weight;
        note(s, names[i].look, names[i].word);
        said[names[i].look] = any = true;
    }
    return any;
}

/* The nearest of the names that says something: sheet, file, folders. An archive is a folder. */
static void take_names(scores *s, kk_arena *scratch, kk_slice path, kk_slice table)
{
    if (take_name(s, form_of(scratch, table)))
        return;
    for (int depth = 0; depth <= FOLDERS_LOOKED_AT && path.len; depth++) {
        size_t slash = kk_rfind_byte(path, '/');
        kk_slice name = slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
        if (take_name(s, form_of(scratch, name)))
            return;
        path = slash == KK_NOWHERE ? KK_NONE : kk_part(path, 0, slash);
    }
}

static void take_headings(scores *s, kk_arena *scratch, const appearance *seen)
{
    unsigned most[LOOKS] = {0};
    for (size_t c = 0; c < seen->column_count; c++) {
        kk_slice form = form_of(scratch, seen->columns[c]);
        for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
            const sign *h = &headings[i];
            if (!has_word(form, h->word))
                continue;
            note(s, h->look, h->word);
            if (h->weight > most[h->look])
                most[h->look] = h->weight;
        }
    }
    for (int i = 0; i < LOOKS; i++)
        s->weights[i] += most[i];
}

static void take_content(scores *s, const appearance *seen)
{
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        uint64_t items = seen->items & contents[i].items, others = seen->items & contents[i].others;
        bool holds = items && (others || !contents[i].others);
        if (!holds && !(seen->roles & contents[i].roles))
            continue;
        s->weights[contents[i].look] += contents[i].weight;
        for (uint64_t bits = items | others; bits; bits &= bits - 1)
            note(s, contents[i].look, kk_items[__builtin_ctzll(bits)].name);
    }
}

static bool is_of_former(kk_arena *scratch, const appearance *seen)
{
    size_t slash = kk_rfind_byte(seen->path, '/');
    kk_slice file = slash == KK_NOWHERE ? seen->path : kk_from(seen->path, slash + 1);
    kk_slice forms[] = {form_of(scratch, seen->table), form_of(scratch, file)};
    for (size_t i = 0; i < sizeof former / sizeof *former; i++)
        if (has_word(forms[0], former[i]) || has_word(forms[1], former[i]))
            return true;
    return false;
}

static kk_look heaviest(const scores *s)
{
    unsigned best = 0;
    for (unsigned i = 1; i < LOOKS; i++)
        if (s->weights[i] > s->weights[best])
            best = i;
    if (s->weights[best] >= WEIGHT_MIN)
        return (kk_look)best;
    return s->weights[LOOKS_CUSTOMER] ? LOOKS_CUSTOMER : LOOKS_OTHER;
}

/* A dependant is no employee, a guardian no pupil; who is insured or receives a parcel stays with the
 * customers. */
static kk_look relatives_of(kk_look self)
{
    switch (self) {
    case LOOKS_STUDENT:
        return LOOKS_GUARDIAN;
    case LOOKS_EMPLOYEE:
    case LOOKS_APPLICANT:
    case LOOKS_PATIENT:
        return LOOKS_FAMILY;
    default:
        return self;
    }
}

/* Who treats a patient or serves a customer is none. Beside a company's name a contact is that
 * company's. */
static kk_look staff_of(kk_look self, const appearance *seen)
{
    const uint64_t persons = UINT64_C(1) << KK_ROLE_SELF | UINT64_C(1) << KK_ROLE_ORDERER;
    bool own = seen->roles & persons && !(seen->items & KK_BIT(KK_ITEM_COMPANY));
    bool others = self != LOOKS_BUSINESS_CONTACT && self != LOOKS_OTHER &&
                  self != LOOKS_FORMER_EMPLOYEE && self != LOOKS_FAMILY;
    return own && others ? LOOKS_EMPLOYEE : self;
}

void look_at(kk_arena *scratch, const appearance *seen, proposal *out)
{
    const uint64_t mails = UINT64_C(1) << KK_ROLE_SENDER | UINT64_C(1) << KK_ROLE_RECIPIENT;
    *out = (proposal){.self = LOOKS_OTHER, .relatives = LOOKS_OTHER, .staff = LOOKS_OTHER};
    if (seen->roles && !(seen->roles & ~mails))
        return;
    scores s = {{0}, {{NULL}}, {0}};
    take_names(&s, scratch, seen->path, seen->table);
    take_headings(&s, scratch, seen);
    take_content(&s, seen);
    out->self = heaviest(&s);
    out->relatives = relatives_of(out->self);
    out->staff = staff_of(out->self, seen);
    out->all_former = out->self == LOOKS_EMPLOYEE && is_of_former(scratch, seen);
    for (unsigned i = 0; i < s.word_count[out->self]; i++)
        out->because[out->because_count++] = kk_cstr(s.words[out->self][i]);
}

kk_look look_of_path(kk_arena *scratch, kk_slice path, kk_slice *word)
{
    scores s = {{0}, {{NULL}}, {0}};
    take_names(&s, scratch, path, KK_NONE);
    kk_look found = heaviest(&s);
    *word = s.word_count[found] ? kk_cstr(s.words[found][0]) : KK_NONE;
    appearance seen = {.path = path};
    return found == LOOKS_EMPLOYEE && is_of_former(scratch, &seen) ? LOOKS_FORMER_EMPLOYEE : found;
}
