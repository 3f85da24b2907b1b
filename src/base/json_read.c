#include "base/json_read.h"

#include "base/text.h"

enum { DEEPEST = 64 };

typedef struct {
    kk_arena *arena;
    kk_slice s;
    size_t at;
} reading;

static void blanks(reading *r)
{
    while (r->at < r->s.len && memchr(" \t\r\n", r->s.ptr[r->at], 4))
        r->at++;
}

static bool next_is(reading *r, char c)
{
    blanks(r);
    if (r->at >= r->s.len || r->s.ptr[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool hex4(reading *r, uint32_t *out)
{
    uint64_t v;
    if (r->s.len - r->at < 4 || !kk_hex_to_u64(kk_part(r->s, r->at, 4), &v))
        return false;
    r->at += 4;
    *out = (uint32_t)v;
    return true;
}

static bool escaped(reading *r, kk_buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    if (r->at >= r->s.len)
        return false;
    char e = r->s.ptr[r->at++];
    const char *known = e ? strchr(from, e) : NULL;
    if (known) {
        kk_put_byte(out, to[known - from]);
        return true;
    }
    if (e != 'u' || !hex4(r, &c))
        return false;
    size_t back = r->at;
    if (c >= 0xd800 && c < 0xdc00 && kk_starts(kk_from(r->s, r->at), KK_S("\\u"))) {
        r->at += 2;
        if (hex4(r, &low) && low >= 0xdc00 && low < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        else
            r->at = back;
    }
    kk_put_char(out, c);
    return true;
}

static bool text(reading *r, kk_slice *out)
{
    size_t begin = r->at;
    while (r->at < r->s.len && r->s.ptr[r->at] != '"' && r->s.ptr[r->at] != '\\')
        r->at++;
    if (r->at < r->s.len && r->s.ptr[r->at] == '"') {
        *out = kk_utf8_clean(r->arena, kk_part(r->s, begin, r->at - begin));
        r->at++;
        return true;
    }
    kk_buffer buffer = {0};
    bool good = false;
    for (r->at = begin; r->at < r->s.len;) {
        char c = r->s.ptr[r->at++];
        if (c == '"') {
            good = true;
            break;
        }
        if (c != '\\')
            kk_put_byte(&buffer, c);
        else if (!escaped(r, &buffer))
            break;
    }
    *out = kk_copy(r->arena, kk_utf8_clean(r->arena, kk_buffer_slice(&buffer)));
    kk_buffer_close(&buffer);
    return good;
}

static kk_json_value *value(reading *r, int depth);

static bool members(reading *r, kk_json_value *parent, int depth)
{
    bool is_object = parent->kind == KK_JSON_OBJECT;
    char closer = is_object ? '}' : ']';
    kk_json_value **tail = &parent->first;
    if (next_is(r, closer))
        return true;
    do {
        kk_slice key = KK_NONE;
        if (is_object && (!next_is(r, '"') || !text(r, &key) || !next_is(r, ':')))
            return false;
        kk_json_value *child = value(r, depth + 1);
        if (!child)
            return false;
        child->key = key;
        *tail = child;
        tail = &child->next;
    } while (next_is(r, ','));
    return next_is(r, closer);
}

static bool word(reading *r, const char *expected)
{
    kk_slice w = kk_cstr(expected);
    if (!kk_starts(kk_from(r->s, r->at), w))
        return false;
    r->at += w.len;
    return true;
}

static bool byte_is(reading *r, const char *any)
{
    bool is = r->at < r->s.len && r->s.ptr[r->at] && strchr(any, r->s.ptr[r->at]);
    r->at += is;
    return is;
}

static bool digits(reading *r)
{
    size_t begin = r->at;
    while (r->at < r->s.len && r->s.ptr[r->at] >= '0' && r->s.ptr[r->at] <= '9')
        r->at++;
    return r->at > begin;
}

/* RFC 8259, section 6. */
static bool number(reading *r, kk_slice *out)
{
    size_t begin = r->at;
    (void)byte_is(r, "-");
    bool good = byte_is(r, "0") || digits(r);
    if (good && byte_is(r, "."))
        good = digits(r);
    if (good && byte_is(r, "eE")) {
        (void)byte_is(r, "+-");
        good = digits(r);
    }
    *out = kk_part(r->s, begin, r->at - begin);
    return good;
}

static kk_json_value *value(reading *r, int depth)
{
    kk_json_value *v = KK_NEW(r->arena, kk_json_value);
    bool good;
    blanks(r);
    if (depth > DEEPEST || r->at >= r->s.len)
        return NULL;
    switch (r->s.ptr[r->at]) {
    case '"':
        r->at++;
        v->kind = KK_JSON_TEXT;
        good = text(r, &v->text);
        break;
    case '{':
    case '[':
        v->kind = r->s.ptr[r->at++] == '{' ? KK_JSON_OBJECT : KK_JSON_ARRAY;
        good = members(r, v, depth);
        break;
    case 't':
        v->kind = KK_JSON_TRUE;
        good = word(r, "true");
        break;
    case 'f':
        v->kind = KK_JSON_FALSE;
        good = word(r, "false");
        break;
    case 'n':
        good = word(r, "null");
        break;
    default:
        v->kind = KK_JSON_NUMBER;
        good = number(r, &v->text);
    }
    return good ? v : NULL;
}

const kk_json_value *kk_json_read(kk_arena *arena, kk_slice s)
{
    reading r = {arena, s, 0};
    kk_json_value *v = value(&r, 0);
    blanks(&r);
    return v && r.at == s.len ? v : NULL;
}

const kk_json_value *kk_json_get(const kk_json_value *object, const char *key)
{
    if (!object || object->kind != KK_JSON_OBJECT)
        return NULL;
    for (const kk_json_value *v = object->first; v; v = v->next)
        if (kk_is(v->key, key))
            return v;
    return NULL;
}

kk_slice kk_json_member(const kk_json_value *object, const char *key)
{
    const kk_json_value *v = kk_json_get(object, key);
    return v && (v->kind == KK_JSON_TEXT || v->kind == KK_JSON_NUMBER) ? v->text : KK_NONE;
}
