/* One item of a selection: a field, its modifiers, its values, made into tests. */
#include "detect/sigma_i.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/text.h"

typedef enum { AS_BASE64, AS_BASE64_OFFSET, AS_UTF16LE, AS_UTF16BE, AS_UTF16, AS_WINDASH } recode;

typedef struct {
    kk_slice key, field;
    int line;
    recode recodes[8];
    size_t recode_count;
    kk_test_place place;
    bool placed, all, regex, cidr, exists, cased, differs, expands, refers, compared;
    kk_test_kind compare;
    kk_time_part part;
    uint8_t flags;
} item;

/* ---- modifiers ---- */

typedef enum {
    M_PLACE,
    M_RECODE,
    M_ALL,
    M_REGEX,
    M_FLAG,
    M_CIDR,
    M_EXISTS,
    M_CASED,
    M_NEQ,
    M_EXPAND,
    M_FIELDREF,
    M_COMPARE,
    M_PART
} modifier_kind;

static const struct modifier {
    const char *name;
    modifier_kind kind;
    int value;
} modifiers[] = {
    {"contains", M_PLACE, KK_ANYWHERE},
    {"startswith", M_PLACE, KK_AT_START},
    {"endswith", M_PLACE, KK_AT_END},
    {"all", M_ALL, 0},
    {"re", M_REGEX, 0},
    {"i", M_FLAG, KK_REGEX_NOCASE},
    {"m", M_FLAG, KK_REGEX_LINES},
    {"s", M_FLAG, KK_REGEX_DOTALL},
    {"base64", M_RECODE, AS_BASE64},
    {"base64offset", M_RECODE, AS_BASE64_OFFSET},
    {"wide", M_RECODE, AS_UTF16LE},
    {"utf16le", M_RECODE, AS_UTF16LE},
    {"utf16be", M_RECODE, AS_UTF16BE},
    {"utf16", M_RECODE, AS_UTF16},
    {"windash", M_RECODE, AS_WINDASH},
    {"cidr", M_CIDR, 0},
    {"exists", M_EXISTS, 0},
    {"cased", M_CASED, 0},
    {"neq", M_NEQ, 0},
    {"expand", M_EXPAND, 0},
    {"fieldref", M_FIELDREF, 0},
    {"lt", M_COMPARE, KK_TEST_LESS},
    {"lte", M_COMPARE, KK_TEST_LESS_OR_EQUAL},
    {"gt", M_COMPARE, KK_TEST_MORE},
    {"gte", M_COMPARE, KK_TEST_MORE_OR_EQUAL},
    {"minute", M_PART, KK_PART_MINUTE},
    {"hour", M_PART, KK_PART_HOUR},
    {"day", M_PART, KK_PART_DAY},
    {"week", M_PART, KK_PART_WEEK},
    {"month", M_PART, KK_PART_MONTH},
    {"year", M_PART, KK_PART_YEAR},
};

static const struct modifier *find_modifier(kk_slice name)
{
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
        if (kk_is(name, modifiers[i].name))
            return &modifiers[i];
    return NULL;
}

static bool *switch_of(item *it, modifier_kind kind)
{
    switch (kind) {
    case M_ALL:
        return &it->all;
    case M_REGEX:
        return &it->regex;
    case M_CIDR:
        return &it->cidr;
    case M_EXISTS:
        return &it->exists;
    case M_CASED:
        return &it->cased;
    case M_NEQ:
        return &it->differs;
    case M_EXPAND:
        return &it->expands;
    case M_FIELDREF:
        return &it->refers;
    default:
        return NULL;
    }
}

/* What is wrong with having this modifier here; NULL if nothing is. */
static const char *add_modifier(item *it, const struct modifier *m)
{
    bool *on = switch_of(it, m->kind);
    if (on) {
        if (*on)
            return "is given twice";
        *on = true;
        return NULL;
    }
    switch (m->kind) {
    case M_PLACE:
        if (it->placed)
            return "cannot stand with another of contains, startswith and endswith";
        it->placed = true;
        it->place = (kk_test_place)m->value;
        return NULL;
    case M_RECODE:
        if (it->placed && m->value != AS_WINDASH)
            return "has to stand before contains, startswith or endswith";
        if (it->recode_count == sizeof it->recodes / sizeof *it->recodes)
            return "is one recoding too many";
        it->recodes[it->recode_count++] = (recode)m->value;
        return NULL;
    case M_FLAG:
        if (!it->regex)
            return "has to follow `re`";
        it->flags |= (uint8_t)m->value;
        return NULL;
    case M_COMPARE:
        if (it->compared)
            return "cannot stand with another comparison";
        it->compared = true;
        it->compare = (kk_test_kind)m->value;
        return NULL;
    default:
        if (it->part)
            return "cannot stand with another part of a date";
        it->part = (kk_time_part)m->value;
        return NULL;
    }
}

/* Modifiers that make no sense together. */
static const char *conflict(const item *it)
{
    bool text = it->placed || it->recode_count;
    int kinds = it->regex + it->cidr + it->exists + it->refers + it->compared;
    if (kinds > 1)
        return "has modifiers that exclude each other (of re, cidr, exists, fieldref, lt, gt)";
    if (it->regex && (text || it->cased || it->part))
        return "`re` cannot stand with modifiers of plain text";
    if (it->cidr && (text || it->cased || it->part))
        return "`cidr` cannot stand with modifiers of plain text";
    if (it->exists && (text || it->cased || it->all || it->expands || it->part))
        return "`exists` stands alone";
    if (it->compared && (text || it->cased))
        return "a comparison of numbers cannot stand with modifiers of plain text";
    if (it->part && (text || it->cased || it->refers))
        return "a part of a date cannot stand with modifiers of plain text";
    if (it->refers && (it->recode_count || it->expands))
        return "`fieldref` names a field, which cannot be recoded";
    if (!it->field.len &&
        (it->cidr || it->exists || it->refers || it->compared || it->part || it->differs))
        return "needs a field: keywords can only be texts or `re`";
    return NULL;
}

static bool read_key(kk_sigma_reading *r, kk_slice key, item *it)
{
    kk_slice rest = key, name;
    it->key = key;
    kk_split(&rest, '|', &it->field);
    if (it->field.len == key.len)
        return true;
    while (kk_split(&rest, '|', &name)) {
        const struct modifier *m = find_modifier(name);
        if (!m)
            return kk_sigma_bad(r, it->line, "`%.*s`: there is no modifier `%.*s`", KK_P(key),
                                KK_P(name)) != NULL;
        const char *wrong = add_modifier(it, m);
        if (wrong)
            return kk_sigma_bad(r, it->line, "`%.*s`: `%.*s` %s", KK_P(key), KK_P(name), wrong) !=
                   NULL;
    }
    const char *wrong = conflict(it);
    if (wrong)
        return kk_sigma_bad(r, it->line, "`%.*s` %s", KK_P(key), wrong) != NULL;
    return true;
}

/* ---- values ---- */

/* A pattern from a value as it is written: \* \? \\ are the characters, * and ? wildcards. */
static kk_slice unescape(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len + 2);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : 0;
        if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
            out[n++] = next;
            i++;
        } else {
            out[n++] = c == '*' ? KK_ANY_RUN : c == '?' ? KK_ANY_CHAR : c;
        }
    }
    return (kk_slice){out, n};
}

static bool has_wild(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (kk_is_wild(s.ptr[i]))
            return true;
    return false;
}

static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};

static size_t dash_at(kk_slice s, size_t at)
{
    for (size_t d = 0; d < sizeof dashes / sizeof *dashes; d++)
        if (kk_starts(kk_from(s, at), kk_cstr(dashes[d])))
            return strlen(dashes[d]);
    return 0;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           ((unsigned char)c >= 0x80 && !kk_is_wild(c));
}

/* The dash that begins an option: nothing of a word before it, something of one behind it. */
static kk_slice free_dashes(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len + 1);
    size_t n = 0;
    bool in_word = false;
    for (size_t i = 0; i < s.len;) {
        size_t size = dash_at(s, i), next = i + size;
        if (size && !in_word && next < s.len && !dash_at(s, next) && is_word(s.ptr[next])) {
            out[n++] = KK_ANY_DASH;
            i = next;
            continue;
        }
        for (in_word = !size && is_word(s.ptr[i]), next = i + (size ? size : 1); i < next; i++)
            out[n++] = s.ptr[i];
    }
    return (kk_slice){out, n};
}

static kk_slice base64(kk_arena *arena, kk_slice s, size_t skip)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = s.len + skip, n = 0;
    char *out = kk_take(arena, (len + 2) / 3 * 4 + 1);
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            size_t at = i + k;
            uint8_t byte = at < skip ? ' ' : at < len ? (uint8_t)s.ptr[at - skip] : 0;
            bits = bits << 8 | byte;
        }
        for (size_t k = 0; k < 4; k++)
            out[n++] = i + k > len ? '=' : digits[bits >> (18 - 6 * k) & 63];
    }
    return (kk_slice){out, n};
}

/* The part that does not depend on what stands before and behind. */
static kk_slice base64_shifted(kk_arena *arena, kk_slice s, size_t skip)
{
    static const size_t head[] = {0, 2, 3}, tail[] = {0, 3, 2};
    kk_slice all = base64(arena, s, skip);
    size_t cut = tail[(s.len + skip) % 3], from = head[skip];
    return kk_part(all, from, all.len > from + cut ? all.len - from - cut : 0);
}

static kk_slice utf16(kk_arena *arena, kk_slice text, recode as)
{
    kk_slice le = kk_utf8_to_utf16(arena, text);
    if (as == AS_UTF16LE)
        return le;
    size_t head = as == AS_UTF16 ? 2 : 0;
    char *out = kk_take(arena, le.len + 2);
    memcpy(out, "\xff\xfe", head);
    for (size_t i = 0; i + 1 < le.len; i += 2) {
        out[head + i] = le.ptr[i + (as == AS_UTF16BE)];
        out[head + i + 1] = le.ptr[i + (as != AS_UTF16BE)];
    }
    return (kk_slice){out, head + le.len};
}

typedef struct {
    kk_slice *text;
    size_t count;
    bool bytes;   /* no longer text */
    bool shifted; /* base64 at each of three places */
} variants;

#define DASHES (sizeof dashes / sizeof *dashes)
#define VARIANTS_MOST 625 /* of a value with four options */

static size_t any_dash_at(kk_slice s)
{
    return kk_find_byte(s, KK_ANY_DASH);
}

/* Bytes know no wildcards: a value whose dash may be another one becomes one value for each of them. */
static const char *spell_dashes(kk_arena *arena, variants *v)
{
    while (any_dash_at(v->text[0]) != KK_NOWHERE) {
        if (v->count * DASHES > VARIANTS_MOST)
            return "has more options than can be recoded (4)";
        kk_slice *each = kk_take(arena, v->count * DASHES * sizeof *each);
        for (size_t i = 0; i < v->count * DASHES; i++) {
            kk_slice one = v->text[i / DASHES];
            size_t at = any_dash_at(one);
            each[i] = kk_join(arena, kk_part(one, 0, at), kk_cstr(dashes[i % DASHES]));
            each[i] = kk_join(arena, each[i], kk_from(one, at + 1));
        }
        v->text = each;
        v->count *= DASHES;
    }
    return NULL;
}

static const char *shift_all(kk_arena *arena, variants *v)
{
    if (v->shifted)
        return "base64offset can be given only once";
    kk_slice *each = kk_take(arena, v->count * 3 * sizeof *each);
    for (size_t i = 0; i < v->count * 3; i++)
        each[i] = base64_shifted(arena, v->text[i / 3], i % 3);
    *v = (variants){each, v->count * 3, false, true};
    return NULL;
}

static const char *recode_one(kk_arena *arena, recode as, variants *v)
{
    if (as == AS_WINDASH) {
        for (size_t i = 0; i < v->count; i++)
            v->text[i] = free_dashes(arena, v->text[i]);
        return NULL;
    }
    const char *wrong = v->bytes ? NULL : spell_dashes(arena, v);
    if (wrong)
        return wrong;
    for (size_t i = 0; i < v->count; i++)
        if (!v->bytes && has_wild(v->text[i]))
            return "a value with wildcards cannot be recoded";
    if (as == AS_BASE64_OFFSET)
        return shift_all(arena, v);
    if (as != AS_BASE64 && v->bytes)
        return "UTF-16 can be given only once";
    for (size_t i = 0; i < v->count; i++)
        v->text[i] = as == AS_BASE64 ? base64(arena, v->text[i], 0) : utf16(arena, v->text[i], as);
    v->bytes = as != AS_BASE64;
    return NULL;
}

static const char *recode_value(kk_arena *arena, const item *it, kk_slice value, variants *v)
{
    *v = (variants){.text = KK_NEW(arena, kk_slice), .count = 1};
    v->text[0] = value;
    for (size_t i = 0; i < it->recode_count; i++) {
        const char *wrong = recode_one(arena, it->recodes[i], v);
        if (wrong)
            return wrong;
    }
    for (size_t i = 0; i < v->count; i++) {
        if (v->bytes && !kk_utf8_valid(v->text[i]))
            return "its UTF-16 bytes can be no text: follow it with base64 or base64offset";
        if (!v->text[i].len && v->shifted)
            return "is too short for base64offset";
    }
    return NULL;
}

static kk_slice placed(kk_arena *arena, kk_slice pattern, kk_test_place place)
{
    static const char run[] = {KK_ANY_RUN, 0};
    if (place == KK_ANYWHERE || place == KK_AT_END)
        pattern = kk_join(arena, kk_cstr(run), pattern);
    if (place == KK_ANYWHERE || place == KK_AT_START)
        pattern = kk_join(arena, pattern, kk_cstr(run));
    return pattern;
}

static kk_node *test_node(kk_sigma_reading *r, const item *it, kk_test test)
{
    if (++r->tests > KK_TESTS_MOST)
        return kk_sigma_bad(r, it->line, "has more than %d values", KK_TESTS_MOST);
    kk_test *kept = KK_NEW(r->arena, kk_test);
    *kept = test;
    kept->field = it->field;
    kept->part = it->part;
    kept->line = it->line;
    kk_node *node = kk_sigma_node(r, KK_TEST, 0);
    if (node)
        node->test = kept;
    return node;
}

static kk_node *text_node(kk_sigma_reading *r, const item *it, kk_slice raw)
{
    variants v;
    const char *wrong = recode_value(r->arena, it, unescape(r->arena, raw), &v);
    if (wrong)
        return kk_sigma_bad(r, it->line, "`%.*s`: %s", KK_P(it->key), wrong);
    kk_node *some = kk_sigma_node(r, KK_SOME_OF, v.count);
    for (size_t i = 0; some && i < v.count; i++) {
        kk_test_place place = it->placed || it->field.len ? it->place : KK_ANYWHERE;
        kk_slice pattern = placed(r->arena, v.text[i], place);
        kk_test test = {.kind = KK_TEST_TEXT, .cased = it->cased, .text = pattern};
        if (!it->cased)
            test.text = kk_fold(r->arena, pattern);
        if (!(some->child[i] = test_node(r, it, test)))
            return NULL;
    }
    return some && v.count == 1 ? some->child[0] : some;
}

static kk_node *number_node(kk_sigma_reading *r, const item *it, kk_test_kind kind, kk_slice text)
{
    kk_test test = {.kind = kind, .text = text};
    if (!kk_fixed_read(text, &test.number))
        return kk_sigma_bad(r, it->line, "`%.*s` wants a number", KK_P(it->key));
    return test_node(r, it, test);
}

/* It has to be one, though it is compiled again where it is matched. */
static kk_node *regex_node(kk_sigma_reading *r, const item *it, kk_slice text)
{
    kk_test test = {.kind = KK_TEST_REGEX, .flags = it->flags, .text = text};
    int error;
    PCRE2_SIZE at;
    PCRE2_UCHAR why[120];
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_UTF, &error, &at, NULL);
    if (code) {
        pcre2_code_free(code);
        return test_node(r, it, test);
    }
    pcre2_get_error_message(error, why, sizeof why);
    return kk_sigma_bad(r, it->line, "`%.*s`: no regular expression: %s at character %zu",
                        KK_P(it->key), (const char *)why, (size_t)at);
}

static kk_node *plain_node(kk_sigma_reading *r, const item *it, kk_slice text, bool quoted)
{
    kk_test test = {.flags = it->flags, .text = text, .place = it->place};
    kk_fixed number;
    if (it->compared || it->part)
        return number_node(r, it, it->compared ? it->compare : KK_TEST_NUMBER, text);
    if (it->regex)
        return regex_node(r, it, text);
    if (it->cidr) {
        test.kind = KK_TEST_CIDR;
        if (!kk_subnet_read(text, &test.network))
            return kk_sigma_bad(r, it->line, "`%.*s` wants networks like 10.0.0.0/8 or fe80::/10",
                                KK_P(it->key));
        return test_node(r, it, test);
    }
    if (it->refers) {
        test.kind = KK_TEST_FIELD;
        test.cased = it->cased;
        return text.len ? test_node(r, it, test)
                        : kk_sigma_bad(r, it->line, "`%.*s` names no field", KK_P(it->key));
    }
    if (!quoted && !it->placed && !it->recode_count && it->field.len &&
        kk_fixed_read(text, &number))
        return number_node(r, it, KK_TEST_NUMBER, text);
    return text_node(r, it, text);
}

/* ---- placeholders ---- */

typedef struct {
    kk_slice *items;
    size_t count, capacity;
} texts;

static void add_text(kk_sigma_reading *r, texts *list, kk_slice text)
{
    list->items = kk_grow(r->arena, list->items, &list->capacity, list->count + 1, sizeof text);
    list->items[list->count++] = text;
}

/* Where the first %name% not behind a backslash is. */
static bool find_placeholder(kk_slice s, size_t *from, kk_slice *name)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) {
            i++;
            continue;
        }
        size_t end = s.ptr[i] == '%' ? kk_find_byte(kk_from(s, i + 1), '%') : KK_NOWHERE;
        if (end == KK_NOWHERE || !end)
            continue;
        *from = i;
        *name = kk_part(s, i + 1, end);
        return true;
    }
    return false;
}

static kk_slice without_escapes(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '\\' || i + 1 == s.len || s.ptr[i + 1] != '%')
            out[n++] = s.ptr[i];
    return (kk_slice){out, n};
}

static bool expand(kk_sigma_reading *r, const item *it, kk_slice text, int depth, texts *out)
{
    size_t from, found;
    kk_slice name;
    if (!find_placeholder(text, &from, &name)) {
        add_text(r, out, without_escapes(r->arena, text));
        return true;
    }
    for (found = 0; found < r->set->list_count; found++)
        if (kk_eq(r->set->lists[found].name, name))
            break;
    if (found == r->set->list_count)
        return kk_sigma_bad(r, it->line, "the placeholder %%%.*s%% has no list of values",
                            KK_P(name)) != NULL;
    if (depth > 4 || out->count > KK_TESTS_MOST)
        return kk_sigma_bad(r, it->line, "has too many placeholders in one value") != NULL;
    for (size_t i = 0; i < r->set->lists[found].count; i++) {
        kk_slice put = kk_join(r->arena, kk_part(text, 0, from), r->set->lists[found].values[i]);
        put = kk_join(r->arena, put, kk_from(text, from + name.len + 2));
        if (!expand(r, it, put, depth + 1, out))
            return false;
    }
    return true;
}

/* ---- an item ---- */

static kk_node *exists_node(kk_sigma_reading *r, const item *it, const kk_yaml *value)
{
    bool there;
    kk_test test = {.kind = KK_TEST_EXISTS};
    if (!kk_yaml_bool(value, &there))
        return kk_sigma_bad(r, it->line, "`%.*s` wants true or false", KK_P(it->key));
    kk_node *node = test_node(r, it, test);
    kk_node *no = node && !there ? kk_sigma_node(r, KK_NOT, 1) : node;
    if (no && !there)
        no->child[0] = node;
    return no;
}

static kk_node *null_node(kk_sigma_reading *r, const item *it)
{
    kk_test test = {.kind = KK_TEST_EXISTS};
    if (it->placed || it->recode_count || it->regex || it->cidr || it->refers || it->compared ||
        it->part || !it->field.len)
        return kk_sigma_bad(r, it->line, "`%.*s`: null takes no modifier", KK_P(it->key));
    kk_node *node = test_node(r, it, test), *no = kk_sigma_node(r, KK_NOT, 1);
    if (!node || !no)
        return NULL;
    no->child[0] = node;
    return no;
}

static kk_node *value_node(kk_sigma_reading *r, const item *it, const kk_yaml *value)
{
    texts list = {0};
    if (value->kind == KK_YAML_LIST || value->kind == KK_YAML_MAP)
        return kk_sigma_bad(r, value->line, "`%.*s`: a value cannot be a list or a map here",
                            KK_P(it->key));
    if (it->exists)
        return exists_node(r, it, value);
    if (value->kind == KK_YAML_NULL)
        return null_node(r, it);
    if (!it->field.len && !value->text.len)
        return kk_sigma_bad(r, value->line, "an empty keyword is in every event");
    if (!it->expands)
        return plain_node(r, it, value->text, value->quoted);
    if (!expand(r, it, value->text, 0, &list))
        return NULL;
    if (!list.count)
        return kk_sigma_bad(r, it->line, "`%.*s`: its list of values is empty", KK_P(it->key));
    kk_node *some = kk_sigma_node(r, KK_SOME_OF, list.count);
    for (size_t i = 0; some && i < list.count; i++)
        if (!(some->child[i] = plain_node(r, it, list.items[i], value->quoted)))
            return NULL;
    return some;
}

static kk_node *differing(kk_sigma_reading *r, const item *it, kk_node *node)
{
    kk_node *no = node && it->differs ? kk_sigma_node(r, KK_NOT, 1) : node;
    if (no && it->differs)
        no->child[0] = node;
    return no;
}

kk_node *kk_sigma_item(kk_sigma_reading *r, const kk_yaml *value, kk_slice key)
{
    item it = {.line = value->key_line ? value->key_line : value->line};
    if (!read_key(r, key, &it))
        return NULL;
    if (value->kind != KK_YAML_LIST) {
        if (it.all)
            return kk_sigma_bad(r, it.line, "`%.*s`: `all` needs a list of values", KK_P(key));
        return differing(r, &it, value_node(r, &it, value));
    }
    size_t count = kk_yaml_count(value), n = 0;
    if (!count)
        return kk_sigma_bad(r, it.line, "`%.*s` has an empty list", KK_P(key));
    if (it.all && count < 2)
        return kk_sigma_bad(r, it.line, "`%.*s`: `all` needs more than one value", KK_P(key));
    /* what differs from the given values differs from each of them, with `all` and without */
    kk_node *node = kk_sigma_node(r, it.all && !it.differs ? KK_ALL_OF : KK_SOME_OF, count);
    for (const kk_yaml *child = value->first; node && child; child = child->next) {
        if (child->kind == KK_YAML_NULL && !it.exists)
            return kk_sigma_bad(r, it.line, "`%.*s`: null cannot be in a list", KK_P(key));
        if (!(node->child[n++] = value_node(r, &it, child)))
            return NULL;
    }
    return differing(r, &it, node);
}
