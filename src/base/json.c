#include "base/json.h"

#include <assert.h>
#include <math.h>

static void lead(kk_json *j, const char *key)
{
    if (j->depth) {
        if (j->used[j->depth - 1])
            kk_put_byte(j->out, ',');
        j->used[j->depth - 1] = true;
    }
    if (key) {
        kk_put_byte(j->out, '"');
        kk_put_json_text(j->out, kk_cstr(key));
        kk_put(j->out, KK_S("\":"));
    }
}

static void open_level(kk_json *j, const char *key, char opener, char closer)
{
    lead(j, key);
    assert(j->depth < (int)sizeof j->closer);
    kk_put_byte(j->out, opener);
    j->used[j->depth] = false;
    j->closer[j->depth++] = closer;
}

void kk_json_object(kk_json *j, const char *key)
{
    open_level(j, key, '{', '}');
}

void kk_json_array(kk_json *j, const char *key)
{
    open_level(j, key, '[', ']');
}

void kk_json_close(kk_json *j)
{
    assert(j->depth > 0);
    kk_put_byte(j->out, j->closer[--j->depth]);
}

static const char escapes[32] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

void kk_put_json_text(kk_buffer *out, kk_slice value)
{
    size_t clean = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        kk_put_bytes(out, value.ptr + clean, i - clean);
        clean = i + 1;
        if (c >= 0x20)
            kk_put_bytes(out, (char[]){'\\', (char)c}, 2);
        else if (escapes[c])
            kk_put_bytes(out, (char[]){'\\', escapes[c]}, 2);
        else
            kk_putf(out, "\\u%04x", c);
    }
    if (value.len > clean)
        kk_put_bytes(out, value.ptr + clean, value.len - clean);
}

void kk_json_text(kk_json *j, const char *key, kk_slice value)
{
    lead(j, key);
    kk_put_byte(j->out, '"');
    kk_put_json_text(j->out, value);
    kk_put_byte(j->out, '"');
}

void kk_json_texts(kk_json *j, const char *key, const kk_slice *texts, size_t count)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < count; i++)
        kk_json_text(j, NULL, texts[i]);
    kk_json_close(j);
}

void kk_json_text_or_null(kk_json *j, const char *key, kk_slice value)
{
    if (value.len)
        kk_json_text(j, key, value);
    else
        kk_json_null(j, key);
}

void kk_json_cstr(kk_json *j, const char *key, const char *value)
{
    if (value)
        kk_json_text(j, key, kk_cstr(value));
    else
        kk_json_null(j, key);
}

void kk_json_u64(kk_json *j, const char *key, uint64_t value)
{
    lead(j, key);
    kk_put_u64(j->out, value);
}

void kk_json_i64(kk_json *j, const char *key, int64_t value)
{
    lead(j, key);
    kk_putf(j->out, "%lld", (long long)value);
}

void kk_json_ratio(kk_json *j, const char *key, double value)
{
    long long scaled = llround(value * 10000.0);
    lead(j, key);
    if (scaled % 10000 == 0) {
        kk_putf(j->out, "%lld", scaled / 10000);
        return;
    }
    kk_putf(j->out, "%lld.%04lld", scaled / 10000, scaled % 10000);
    while (j->out->ptr[j->out->len - 1] == '0')
        j->out->len--;
}

void kk_json_bool(kk_json *j, const char *key, bool value)
{
    lead(j, key);
    kk_put(j->out, value ? KK_S("true") : KK_S("false"));
}

void kk_json_null(kk_json *j, const char *key)
{
    lead(j, key);
    kk_put(j->out, KK_S("null"));
}

void kk_json_time(kk_json *j, const char *key, kk_time value)
{
    if (value == KK_NO_TIME) {
        kk_json_null(j, key);
        return;
    }
    lead(j, key);
    kk_put_byte(j->out, '"');
    kk_put_time(j->out, value);
    kk_put_byte(j->out, '"');
}

void kk_json_both(kk_json *j, const char *key, kk_slice ja, kk_slice en)
{
    kk_json_object(j, key);
    kk_json_text(j, "ja", ja);
    kk_json_text(j, "en", en);
    kk_json_close(j);
}

void kk_json_raw(kk_json *j, const char *key, kk_slice json)
{
    lead(j, key);
    kk_put(j->out, json);
}

void kk_json_fields(kk_json *j, const void *item, const kk_json_field *fields)
{
    for (const kk_json_field *f = fields; f->key; f++) {
        const void *at = (const char *)item + f->at;
        switch (f->what) {
        case KK_JSON_A_TEXT:
            kk_json_text(j, f->key, *(const kk_slice *)at);
            break;
        case KK_JSON_A_CSTR:
            kk_json_cstr(j, f->key, *(const char *const *)at);
            break;
        case KK_JSON_A_U64:
            kk_json_u64(j, f->key, *(const uint64_t *)at);
            break;
        case KK_JSON_A_TIME:
            kk_json_time(j, f->key, *(const kk_time *)at);
            break;
        }
    }
}

void kk_json_list(kk_json *j, const char *key, const void *items, size_t count, size_t size,
                  const kk_json_field *fields)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < count; i++) {
        kk_json_object(j, NULL);
        kk_json_fields(j, (const char *)items + i * size, fields);
        kk_json_close(j);
    }
    kk_json_close(j);
}
