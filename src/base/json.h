/* Writes JSON, byte for byte the same for the same calls; commas and escapes are its business.
 *     kk_json j = {.out = &buffer};
 *     kk_json_object(&j, NULL); kk_json_text(&j, "name", s); kk_json_close(&j);
 * `key` is NULL inside arrays and for the outermost value. */
#pragma once
#include "base/buffer.h"
#include "base/time.h"

typedef struct {
    kk_buffer *out;
    int depth;
    bool used[64]; /* this level already holds something */
    char closer[64];
} kk_json;

void kk_json_object(kk_json *j, const char *key);
void kk_json_array(kk_json *j, const char *key);
void kk_json_close(kk_json *j); /* the innermost open object or array */
void kk_json_text(kk_json *j, const char *key, kk_slice value);
void kk_json_text_or_null(kk_json *j, const char *key, kk_slice value); /* empty: null */
/* An array of texts. */
void kk_json_texts(kk_json *j, const char *key, const kk_slice *texts, size_t count);
void kk_json_cstr(kk_json *j, const char *key, const char *value); /* NULL writes null */
void kk_json_u64(kk_json *j, const char *key, uint64_t value);
void kk_json_i64(kk_json *j, const char *key, int64_t value);
/* A ratio, rounded to four digits after the point. */
void kk_json_ratio(kk_json *j, const char *key, double value);
void kk_json_bool(kk_json *j, const char *key, bool value);
void kk_json_null(kk_json *j, const char *key);
void kk_json_time(kk_json *j, const char *key, kk_time value); /* KK_NO_TIME writes null */
/* {"ja":…,"en":…} */
void kk_json_both(kk_json *j, const char *key, kk_slice ja, kk_slice en);
/* A member of an object out of a member of a struct. What stands there is read by its type:
 *     static const kk_json_field fields[] = {KK_JSON_FIELD(kk_gap, source, "source"), {0}};
 *     kk_json_list(&j, "gaps", gaps, gap_count, sizeof *gaps, fields); */
typedef enum { KK_JSON_A_TEXT, KK_JSON_A_CSTR, KK_JSON_A_U64, KK_JSON_A_TIME } kk_json_what;
typedef struct {
    const char *key;
    size_t at;
    kk_json_what what;
} kk_json_field;
#define KK_JSON_WHAT(value)                                                                        \
    _Generic((value), kk_slice                                                                     \
             : KK_JSON_A_TEXT, const char *                                                        \
             : KK_JSON_A_CSTR, uint64_t                                                            \
             : KK_JSON_A_U64, kk_time                                                              \
             : KK_JSON_A_TIME)
#define KK_JSON_FIELD(type, member, name)                                                          \
    {                                                                                              \
        (name), offsetof(type, member), KK_JSON_WHAT(((type *)0)->member)                          \
    }
/* Into the object that is open; a field without a key ends the table. */
void kk_json_fields(kk_json *j, const void *item, const kk_json_field *fields);
/* An array of such objects. */
void kk_json_list(kk_json *j, const char *key, const void *items, size_t count, size_t size,
                  const kk_json_field *fields);
/* Already valid JSON, put as it is. */
void kk_json_raw(kk_json *j, const char *key, kk_slice json);
/* Only the escaped text between quotes, for who writes JSON by hand at speed. */
void kk_put_json_text(kk_buffer *out, kk_slice value);
