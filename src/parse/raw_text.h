/* Text whose records are no lines (XML, JSON): looked at in its raw bytes, in units of one byte or of
 * two, so that every record keeps its place; only whole records are brought to UTF-8. */
#pragma once
#include "base/text.h"
#include "parse/parser.h"

/* Characters at byte offsets that are multiples of `unit`. */
typedef struct {
    const uint8_t *ptr;
    size_t len; /* in bytes */
    size_t unit;
    bool big;
    bool pairs; /* CP932: a second byte may look like ASCII */
    bool final; /* nothing comes behind */
} kk_raw_view;

typedef struct {
    kk_stream *in;
    kk_buffer raw;
    uint64_t offset; /* of raw.ptr[0] in the file */
    bool at_end, failed;
    size_t unit;
    kk_charset charset;
    bool by_record;            /* the head was plain ASCII: each record may tell the encoding */
    uint64_t lost, first_lost; /* records with characters that no encoding explains */
} kk_raw_text;

/* Reads from `begin` on, or behind a BOM. */
void kk_raw_text_open(kk_raw_text *text, kk_stream *in, uint64_t begin);
void kk_raw_text_close(kk_raw_text *text);
kk_raw_view kk_raw_text_view(const kk_raw_text *text);
/* As much again as is there already, so that long records are searched few times. */
void kk_raw_text_more(kk_raw_text *text);
void kk_raw_text_drop(kk_raw_text *text, size_t len);
/* The first `len` bytes as UTF-8; only copied, into the arena, where they have to be. */
kk_slice kk_raw_text_decode(kk_raw_text *text, kk_arena *arena, size_t len);
/* The head that a probe sees. */
kk_raw_view kk_raw_view_of_head(kk_slice head);

/* ASCII, 0 past the end, else an 'x' that means nothing. */
static inline char kk_raw_char(const kk_raw_view *v, size_t at)
{
    if (at + v->unit > v->len)
        return 0;
    uint8_t low = v->ptr[at + (v->unit == 2 && v->big)];
    uint8_t high = v->unit == 2 ? v->ptr[at + !v->big] : 0;
    return high || low >= 0x80 || !low ? 'x' : (char)low;
}

/* Behind the character at `at`. */
static inline size_t kk_raw_next(const kk_raw_view *v, size_t at)
{
    if (v->pairs && at + 1 < v->len) {
        uint8_t c = v->ptr[at];
        if (((c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc)) && v->ptr[at + 1] >= 0x40)
            return at + 2;
    }
    return at + v->unit;
}

static inline bool kk_raw_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool kk_raw_starts(const kk_raw_view *v, size_t at, const char *text);
/* Where it next is, from `at` on; v->len if nowhere. */
size_t kk_raw_find(const kk_raw_view *v, size_t at, char c);
size_t kk_raw_find_text(const kk_raw_view *v, size_t at, const char *text);
