/* Reads YAML maps by tables. Structs are written through offsets with memcpy, so that one reader
 * serves them all without knowing their types. */
#include "casefile/shape.h"

#include <stdio.h>

#include "base/text.h"

kk_status kk_shape_wrong(kk_shape_reader *reader, int line, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return kk_fail(reader->fault, KK_INVALID, "%s line %d: %s", reader->file, line, text);
}

static void put_at(void *into, size_t at, const void *value, size_t size)
{
    memcpy((char *)into + at, value, size);
}

/* What is put into a message of a key that somebody wrote: printable and short. */
static const char *shown_key(kk_slice key, char out[48])
{
    size_t at = 0;
    if (!kk_utf8_valid(key))
        return "...";
    while (at < key.len) {
        size_t next = at;
        if (kk_next_char(key, &next) < 0x20 || next > 40)
            break;
        memcpy(out + at, key.ptr + at, next - at);
        at = next;
    }
    memcpy(out + at, at < key.len ? "..." : "", at < key.len ? 4 : 1);
    return out;
}

enum { KEY_MOST = 40, MANY = 9 };

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to change, add, leave out or swap with the next to make one word of the other. */
static unsigned distance(kk_slice a, kk_slice b)
{
    unsigned d[KEY_MOST + 1][KEY_MOST + 1];
    if (a.len > KEY_MOST || b.len > KEY_MOST)
        return MANY;
    for (size_t j = 0; j <= b.len; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        d[i][0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = (a.ptr[i - 1] | 32) == (b.ptr[j - 1] | 32);
            d[i][j] = least_of(d[i - 1][j - 1] + !same, least_of(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                d[i][j] = least_of(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.len][b.len];
}

static const char *nearest_key(const kk_shape *shape, kk_slice key)
{
    const char *best = NULL;
    unsigned least = key.len < 5 ? 2 : 3; /* as many changes are no longer a slip */
    for (size_t i = 0; i < shape->count; i++) {
        if (!shape->fields[i].key)
            continue;
        unsigned d = distance(key, kk_cstr(shape->fields[i].key));
        if (d < least || kk_eq_nocase(key, kk_cstr(shape->fields[i].key))) {
            least = d;
            best = shape->fields[i].key;
        }
    }
    return best;
}

static kk_status unknown_key(kk_shape_reader *reader, const kk_shape *shape, const kk_yaml *node)
{
    char key[48], known[300];
    size_t used = 0;
    const char *near = nearest_key(shape, node->key);
    if (near)
        return kk_shape_wrong(reader, node->key_line, "unknown key `%s`: did you mean `%s`?",
                              shown_key(node->key, key), near);
    known[0] = 0;
    for (size_t i = 0; i < shape->count && shape->fields[i].key && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                                 shape->fields[i].key);
    return kk_shape_wrong(reader, node->key_line, "unknown key `%s` in %s: known are %s",
                          shown_key(node->key, key), shape->what, known);
}

static kk_status must_be(kk_shape_reader *reader, const kk_yaml *node, const kk_shape_field *field,
                         const char *what)
{
    return kk_shape_wrong(reader, node->line, "`%s` must be %s", field->key, what);
}

static kk_status read_text(kk_shape_reader *reader, const kk_shape_field *field,
                           const kk_yaml *node, kk_slice *out)
{
    if (node->kind != KK_YAML_TEXT)
        return must_be(reader, node, field, "one text");
    if (!kk_utf8_valid(node->text))
        return must_be(reader, node, field, "text in UTF-8");
    *out = kk_copy(reader->arena, kk_trim(node->text));
    return KK_OK;
}

static kk_status read_words(kk_shape_reader *reader, const kk_shape_field *field,
                            const kk_yaml *node, kk_words *out)
{
    if (node->kind == KK_YAML_TEXT) {
        kk_status status = read_text(reader, field, node, &out->ja);
        out->en = out->ja;
        return status;
    }
    if (node->kind != KK_YAML_MAP)
        return must_be(reader, node, field, "a text, or {ja: ..., en: ...}");
    for (const kk_yaml *child = node->first; child; child = child->next) {
        kk_slice *into = kk_is(child->key, "ja") ? &out->ja : &out->en;
        char key[48];
        if (!kk_is(child->key, "ja") && !kk_is(child->key, "en"))
            return kk_shape_wrong(reader, child->key_line,
                                  "unknown key `%s` in `%s`: known are ja, en",
                                  shown_key(child->key, key), field->key);
        if (child->kind == KK_YAML_NULL)
            continue;
        kk_status status = read_text(reader, field, child, into);
        if (status)
            return status;
    }
    if (out->ja.len == 0)
        out->ja = out->en;
    if (out->en.len == 0)
        out->en = out->ja;
    return KK_OK;
}

/* Unbalanced or empty globs match nothing, which nobody means. */
static bool glob_is_good(kk_slice glob)
{
    if (glob.len == 0 || kk_find_byte(glob, '\\') != KK_NOWHERE || kk_has(glob, KK_S("***")))
        return false;
    return !kk_has(glob, KK_S("//"));
}

static kk_status read_texts(kk_shape_reader *reader, const kk_shape_field *field,
                            const kk_yaml *node, kk_texts *out)
{
    bool alone = node->kind == KK_YAML_TEXT;
    size_t count = alone ? 1 : kk_yaml_count(node), at = 0;
    if (!alone && node->kind != KK_YAML_LIST)
        return must_be(reader, node, field, "a list of texts");
    kk_slice *items = KK_NEW_ARRAY(reader->arena, kk_slice, count);
    for (const kk_yaml *child = alone ? node : node->first; child && at < count;
         child = child->next) {
        kk_status status = read_text(reader, field, child, &items[at]);
        if (status)
            return status;
        if (items[at].len == 0)
            return must_be(reader, child, field, "without empty entries");
        if (field->takes == KK_TAKES_GLOBS && !glob_is_good(items[at]))
            return must_be(reader, child, field,
                           "path globs such as **/orders/** (names parted by one `/`, `*` within "
                           "a name, `**` for any names)");
        at++;
    }
    out->items = items;
    out->count = at;
    return KK_OK;
}

static kk_status read_networks(kk_shape_reader *reader, const kk_shape_field *field,
                               const kk_yaml *node, kk_networks *out)
{
    kk_texts texts = {0};
    kk_shape_field as_texts = *field;
    as_texts.takes = KK_TAKES_TEXTS;
    kk_status status = read_texts(reader, &as_texts, node, &texts);
    if (status)
        return status;
    kk_network *items = KK_NEW_ARRAY(reader->arena, kk_network, texts.count);
    const kk_yaml *child = node->kind == KK_YAML_TEXT ? node : node->first;
    for (size_t i = 0; i < texts.count && child; i++, child = child->next)
        if (!kk_network_read(texts.items[i], &items[i]))
            return must_be(reader, child, field,
                           "addresses or networks such as 192.168.0.0/16 or fd00::/8");
    out->items = items;
    out->count = texts.count;
    return KK_OK;
}

static kk_status read_moment(kk_shape_reader *reader, const kk_shape_field *field,
                             const kk_yaml *node, kk_moment *out)
{
    if (node->kind != KK_YAML_TEXT || !kk_moment_read(node->text, reader->zone, out))
        return must_be(reader, node, field,
                       "a date or time such as 2025-03-06 or 2025-03-06T08:40:00+09:00");
    if (field->takes == KK_TAKES_MOMENT_END)
        out->time = kk_moment_end(out, reader->zone);
    return KK_OK;
}

static kk_status read_count(kk_shape_reader *reader, const kk_shape_field *field,
                            const kk_yaml *node, kk_count *out)
{
    char digits[24];
    size_t used = 0;
    for (size_t i = 0; node->kind == KK_YAML_TEXT && i < node->text.len; i++) {
        bool parts_thousands = node->text.ptr[i] == ',' || node->text.ptr[i] == '_';
        if (parts_thousands && i > 0)
            continue;
        if (used == sizeof digits)
            return must_be(reader, node, field, "a whole number from 0 on");
        digits[used++] = node->text.ptr[i];
    }
    out->given = true;
    if (node->kind != KK_YAML_TEXT || !kk_to_u64((kk_slice){digits, used}, &out->value) ||
        out->value > INT64_MAX)
        return must_be(reader, node, field, "a whole number from 0 on");
    return KK_OK;
}

/* Digits with one point at most: strtod would follow the locale and take much more than that. */
static bool decimal(kk_slice text, double *out)
{
    double value = 0, weight = 1;
    bool after = false;
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && !after) {
            after = true;
            continue;
        }
        if (c < '0' || c > '9' || digits++ > 15)
            return false;
        value = value * 10 + (c - '0');
        weight *= after ? 10 : 1;
    }
    *out = value / weight;
    return digits > 0;
}

static kk_status read_number(kk_shape_reader *reader, const kk_shape_field *field,
                             const kk_yaml *node, kk_number *out)
{
    if (node->kind != KK_YAML_TEXT || !decimal(node->text, &out->value) || out->value <= 0)
        return must_be(reader, node, field, "a number above 0");
    out->given = true;
    return KK_OK;
}

static kk_status read_choice(kk_shape_reader *reader, const kk_shape_field *field,
                             const kk_yaml *node, int *out)
{
    char known[200];
    size_t used = 0;
    bool truth;
    kk_slice text = node->kind == KK_YAML_TEXT ? node->text : KK_NONE;
    bool is_truth = kk_yaml_bool(node, &truth);
    for (int i = 0; field->choices[i]; i++) {
        const char *choice = field->choices[i];
        if (kk_is(text, choice) || (is_truth && kk_is(KK_S("yes"), choice) && truth) ||
            (is_truth && kk_is(KK_S("no"), choice) && !truth)) {
            *out = i + 1;
            return KK_OK;
        }
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                     i == 0                  ? ""
                                     : field->choices[i + 1] ? ", "
                                                             : " or ",
                                     choice);
    }
    return must_be(reader, node, field, known);
}

static kk_status read_flag(kk_shape_reader *reader, const kk_shape_field *field,
                           const kk_yaml *node, int *out)
{
    bool truth;
    if (!kk_yaml_bool(node, &truth))
        return must_be(reader, node, field, "true or false");
    *out = truth ? KK_ANSWER_YES : KK_ANSWER_NO;
    return KK_OK;
}

static kk_status read_hash(kk_shape_reader *reader, const kk_shape_field *field,
                           const kk_yaml *node, kk_slice *out)
{
    kk_slice text = node->kind == KK_YAML_TEXT ? kk_trim(node->text) : KK_NONE;
    char lower[64];
    bool good = text.len == sizeof lower;
    for (size_t i = 0; good && i < sizeof lower; i++) {
        char c = text.ptr[i];
        lower[i] = (char)(c >= 'A' && c <= 'F' ? c + 32 : c);
        good = (c >= '0' && c <= '9') || (lower[i] >= 'a' && lower[i] <= 'f');
    }
    if (!good)
        return must_be(reader, node, field, "a SHA-256: 64 hexadecimal digits");
    *out = kk_copy(reader->arena, (kk_slice){lower, sizeof lower});
    return KK_OK;
}

/* "184", "-184s", "+00:03:04", "1h30m", "-2.5s". False when it is none of these. */
static bool shift_seconds(kk_slice text, double *seconds)
{
    bool minus = text.len && text.ptr[0] == '-';
    double total = 0, part;
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = kk_from(text, 1);
    if (kk_find_byte(text, ':') != KK_NOWHERE) {
        kk_slice piece;
        int parts = 0;
        while (kk_split(&text, ':', &piece)) {
            if (++parts > 3 || !decimal(piece, &part))
                return false;
            total = total * 60 + part;
        }
        total *= parts == 2 ? 60 : 1; /* as in offsets of zones: hours and minutes */
    } else {
        while (text.len) {
            size_t end = 0;
            while (end < text.len && (text.ptr[end] == '.' || (unsigned)(text.ptr[end] - '0') < 10))
                end++;
            if (!decimal(kk_part(text, 0, end), &part))
                return false;
            char unit = end < text.len ? text.ptr[end++] : 's';
            if (unit != 'h' && unit != 'm' && unit != 's' && unit != 'd')
                return false;
            total += part * (unit == 'd' ? 86400 : unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
            text = kk_from(text, end);
        }
    }
    *seconds = minus ? -total : total;
    return true;
}

static kk_status read_shift(kk_shape_reader *reader, const kk_shape_field *field,
                            const kk_yaml *node, kk_shift *out)
{
    double seconds = 0;
    kk_slice text = node->kind == KK_YAML_TEXT ? kk_trim(node->text) : KK_NONE;
    if (text.len == 0 || !shift_seconds(text, &seconds) || seconds > 4e9 || seconds < -4e9)
        return must_be(
            reader, node, field,
            "seconds, or a time such as -00:03:04 or 3m4s, by which the clock was ahead");
    out->given = true;
    out->nanoseconds = (int64_t)(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5));
    return KK_OK;
}

static kk_status read_list(kk_shape_reader *reader, const kk_shape_field *field,
                           const kk_yaml *node, void *into)
{
    const kk_shape *shape = field->shape;
    size_t count = kk_yaml_count(node), at = 0;
    if (node->kind != KK_YAML_LIST)
        return must_be(reader, node, field, "a list: each entry on a line that begins with `-`");
    char *items = kk_take_array(reader->arena, count, shape->size);
    for (const kk_yaml *child = node->first; child && at < count; child = child->next, at++) {
        kk_status status = kk_shape_read(reader, shape, child, items + at * shape->size);
        if (status)
            return status;
    }
    kk_texts list = {(const kk_slice *)(const void *)items, at}; /* any KK_LIST looks like this */
    memcpy(into, &list, sizeof list);
    return KK_OK;
}

kk_status kk_shape_value(kk_shape_reader *reader, const kk_shape_field *field, const kk_yaml *node,
                         void *into)
{
    switch (field->takes) {
    case KK_TAKES_TEXT:
        return read_text(reader, field, node, into);
    case KK_TAKES_WORDS:
        return read_words(reader, field, node, into);
    case KK_TAKES_TEXTS:
    case KK_TAKES_GLOBS:
        return read_texts(reader, field, node, into);
    case KK_TAKES_MOMENT:
    case KK_TAKES_MOMENT_END:
        return read_moment(reader, field, node, into);
    case KK_TAKES_COUNT:
        return read_count(reader, field, node, into);
    case KK_TAKES_NUMBER:
        return read_number(reader, field, node, into);
    case KK_TAKES_CHOICE:
        return read_choice(reader, field, node, into);
    case KK_TAKES_FLAG:
        return read_flag(reader, field, node, into);
    case KK_TAKES_HASH:
        return read_hash(reader, field, node, into);
    case KK_TAKES_SHIFT:
        return read_shift(reader, field, node, into);
    case KK_TAKES_NETWORKS:
        return read_networks(reader, field, node, into);
    case KK_TAKES_MAP:
        return kk_shape_read(reader, field->shape, node, into);
    case KK_TAKES_LIST:
        return read_list(reader, field, node, into);
    case KK_TAKES_SPECIAL:
        return field->special(reader, node, into);
    }
    return KK_OK;
}

static const kk_shape_field *field_of(const kk_shape *shape, kk_slice key)
{
    for (size_t i = 0; i < shape->count; i++)
        if (shape->fields[i].key && kk_is(key, shape->fields[i].key))
            return &shape->fields[i];
    return NULL;
}

/* What is not given must not look like 1970. */
static void unset_moments(const kk_shape *shape, void *into)
{
    static const kk_moment none = {KK_NO_TIME, false, 0};
    for (size_t i = 0; i < shape->count; i++) {
        const kk_shape_field *field = &shape->fields[i];
        if (field->takes == KK_TAKES_MOMENT || field->takes == KK_TAKES_MOMENT_END)
            put_at(into, field->at, &none, sizeof none);
        else if (field->takes == KK_TAKES_MAP)
            unset_moments(field->shape, (char *)into + field->at);
    }
}

kk_status kk_shape_read(kk_shape_reader *reader, const kk_shape *shape, const kk_yaml *node,
                        void *into)
{
    kk_status status = KK_OK;
    unset_moments(shape, into);
    put_at(into, 0, &node->line, sizeof node->line);
    if (shape->alone && node->kind == KK_YAML_TEXT) {
        const kk_shape_field *field = field_of(shape, kk_cstr(shape->alone));
        return kk_shape_value(reader, field, node, (char *)into + field->at);
    }
    if (node->kind != KK_YAML_MAP)
        return kk_shape_wrong(reader, node->line, "an entry of %s must be a map of keys and values",
                              shape->what);
    for (const kk_yaml *child = node->first; child; child = child->next) {
        const kk_shape_field *field = field_of(shape, child->key);
        if (!field)
            return unknown_key(reader, shape, child);
        if (child->kind == KK_YAML_NULL)
            continue;
        status = kk_shape_value(reader, field, child, (char *)into + field->at);
        if (status)
            return status;
    }
    return shape->check ? shape->check(reader, into) : KK_OK;
}
