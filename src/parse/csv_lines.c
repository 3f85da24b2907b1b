/* Bytes to lines of UTF-8. A line feed is never part of a character in any of the encodings, so
 * lines are found in the bytes, and whole lines are decoded. */
#include "parse/csv_lines.h"

#include "parse/jis7.h"

#include <string.h>

enum {
    BLOCK = 64 * 1024,
    LINE_MAX = 1024 * 1024, /* bytes of a physical line */
    SAMPLE = 64 * 1024,
    SAMPLE_REACH = 16 * 1024 * 1024
};

/* ---- Double-byte encodings: tables are several times as fast as the converter ---- */

/* Filled from the converter when a first byte is met for the first time. A character is its bytes in UTF-8, the
 * first one lowest, and above them how many these are; 0: none. */
struct kk_csv_jis {
    kk_charset charset; /* CP932 or EUC-JP */
    kk_arena *scratch;
    bool has_pair[128], has_triple[128];
    uint32_t pair[128][256];   /* first byte less 0x80 */
    uint32_t triple[128][256]; /* EUC-JP after 0x8f: JIS X 0212 */
};
enum { UTF8_LENGTH_SHIFT = 24 };
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "characters are copied as they lie");
typedef struct kk_csv_jis jis_table;

/* Of U+0080 to U+FFFF. */
static uint32_t utf8_of(uint32_t c)
{
    uint32_t last = 0x80 | (c & 0x3f), middle = 0x80 | (c >> 6 & 0x3f);
    if (c < 0x800)
        return (0xc0 | c >> 6) | last << 8 | 2u << UTF8_LENGTH_SHIFT;
    return (0xe0 | c >> 12) | middle << 8 | last << 16 | 3u << UTF8_LENGTH_SHIFT;
}

/* Writes four bytes, of which as many count as the character has. */
static inline char *put_utf8(char *to, uint32_t utf8)
{
    memcpy(to, &utf8, sizeof utf8);
    return to + (utf8 >> UTF8_LENGTH_SHIFT);
}

/* All characters that begin with `prefix` and `lead`, decoded in one call. */
static void fill_row(jis_table *j, const char *prefix, unsigned lead, uint32_t row[256])
{
    kk_buffer list = {0};
    for (unsigned trail = 0x40; trail < 0x100; trail++) {
        kk_put(&list, kk_cstr(prefix));
        kk_put_byte(&list, (char)lead);
        kk_put_byte(&list, (char)trail);
        kk_put_byte(&list, '\n');
    }
    kk_slice text = kk_decode(j->scratch, j->charset, kk_buffer_slice(&list), NULL), line;
    for (unsigned trail = 0x40; trail < 0x100 && kk_split(&text, '\n', &line); trail++) {
        size_t at = 0;
        uint32_t point = kk_next_char(line, &at);
        if (line.len && at == line.len && point < 0xfffd && point >= 0x80)
            row[trail] = utf8_of(point);
    }
    kk_buffer_close(&list);
    kk_arena_reset(j->scratch);
}

/* The character of two bytes, 0 if they are none. */
static uint32_t pair_point(jis_table *j, uint8_t lead, uint8_t trail)
{
    unsigned i = lead - 0x80u;
    if (!j->has_pair[i]) {
        j->has_pair[i] = true;
        fill_row(j, "", lead, j->pair[i]);
    }
    return j->pair[i][trail];
}

static uint32_t triple_point(jis_table *j, uint8_t lead, uint8_t trail)
{
    if (j->charset != KK_EUC_JP || lead < 0x80)
        return 0;
    unsigned i = lead - 0x80u;
    if (!j->has_triple[i]) {
        j->has_triple[i] = true;
        fill_row(j, "\x8f", lead, j->triple[i]);
    }
    return j->triple[i][trail];
}

static jis_table *table_open(kk_arena *arena, kk_charset charset)
{
    jis_table *j = KK_NEW(arena, jis_table);
    j->charset = charset;
    j->scratch = kk_arena_open();
    return j;
}

static bool is_half_kana(const jis_table *j, uint8_t c)
{
    return j->charset == KK_CP932 && c >= 0xa1 && c <= 0xdf;
}

/* What begins with a byte above ASCII and is in no row of pairs yet. */
static const uint8_t *decode_other(jis_table *j, const uint8_t *p, const uint8_t *end, char **to,
                                   uint64_t *lost)
{
    uint8_t c = *p++;
    uint32_t utf8;
    if (is_half_kana(j, c)) {
        utf8 = utf8_of(0xff61u + (c - 0xa1u));
    } else if (p < end && (utf8 = pair_point(j, c, *p)) != 0) {
        p++;
    } else if (c == 0x8f && end - p >= 2 && (utf8 = triple_point(j, p[0], p[1])) != 0) {
        p += 2;
    } else {
        p += p < end && *p >= 0x80;
        utf8 = utf8_of(0xfffd);
        ++*lost;
    }
    *to = put_utf8(*to, utf8);
    return p;
}

/* `to` has room for three times len and eight bytes more; gives the end of what was written. A bad first byte alone
 * is lost where the second is ASCII, so that no delimiter or line end is ever swallowed. */
static char *decode_pairs(jis_table *j, kk_slice raw, char *to, uint64_t *lost)
{
    const uint8_t *p = (const uint8_t *)raw.ptr, *end = p + raw.len;
    while (p < end) {
        uint64_t word, high;
        uint32_t utf8;
        if (end - p >= 8) {
            memcpy(&word, p, 8);
            memcpy(to, p, 8);
            high = word & UINT64_C(0x8080808080808080);
            size_t ascii = high ? (size_t)__builtin_ctzll(high) / 8 : 8;
            p += ascii;
            to += ascii;
            if (!high)
                continue;
        } else if (*p < 0x80) {
            *to++ = (char)*p++;
            continue;
        }
        while (end - p >= 2 && *p >= 0x80 && (utf8 = j->pair[*p - 0x80][p[1]]) != 0) {
            to = put_utf8(to, utf8);
            p += 2;
        }
        if (p < end && *p >= 0x80)
            p = decode_other(j, p, end, &to, lost);
    }
    return to;
}

/* ---- Reading: raw bytes in whole lines, decoded behind what is left of the text ---- */

static void push_start(kk_csv_lines *l, uint64_t offset)
{
    l->starts =
        kk_grow(l->arena, l->starts, &l->starts_capacity, l->starts_count + 1, sizeof *l->starts);
    l->starts[l->starts_count++] = offset;
}

/* Line ends of 16-bit text; the value of a unit at i. */
static unsigned unit_at(const kk_csv_lines *l, size_t i)
{
    const uint8_t *p = (const uint8_t *)l->raw.ptr + i;
    if (l->unit == 1)
        return p[0];
    return l->charset == KK_UTF16LE ? (unsigned)(p[0] | p[1] << 8) : (unsigned)(p[0] << 8 | p[1]);
}

/* Slow way, for UTF-16 and for CR alone. Leaves a CR at the very end for the next block. */
static size_t find_ends_by_unit(kk_csv_lines *l, size_t cut)
{
    size_t i = l->seen, n = l->raw.len;
    for (; i + l->unit <= n; i += l->unit) {
        unsigned c = unit_at(l, i);
        if (c == '\r' && l->by_return) {
            bool more = i + 2 * l->unit <= n;
            if (!more && !l->at_end)
                break;
            if (more && unit_at(l, i + l->unit) == '\n')
                i += l->unit;
        } else if (c != '\n') {
            continue;
        }
        cut = i + l->unit;
        push_start(l, l->raw_offset + cut);
    }
    l->seen = i;
    return cut;
}

/* Notes the beginning of each line; returns how many bytes are whole lines. */
static size_t find_ends(kk_csv_lines *l)
{
    size_t cut = 0;
    if (l->unit == 2 || l->by_return)
        return find_ends_by_unit(l, cut);
    while (l->seen < l->raw.len) {
        const char *feed = memchr(l->raw.ptr + l->seen, '\n', l->raw.len - l->seen);
        if (!feed)
            break;
        cut = l->seen = (size_t)(feed - l->raw.ptr) + 1;
        push_start(l, l->raw_offset + cut);
    }
    l->seen = l->raw.len;
    return cut;
}

/* To the next multiple of a block: so blocks are the same wherever reading began. */
static void read_raw(kk_csv_lines *l)
{
    uint64_t at = l->raw_offset + l->raw.len;
    size_t len = BLOCK - (size_t)(at % BLOCK);
    char *room = kk_buffer_room(&l->raw, len);
    ptrdiff_t n = l->in->read_at(l->in, at, room, len);
    if (n < 0)
        l->failed = true;
    if (n <= 0)
        l->at_end = true;
    else
        l->raw.len += (size_t)n;
}

static void drop_raw(kk_csv_lines *l, size_t n)
{
    memmove(l->raw.ptr, l->raw.ptr + n, l->raw.len - n);
    l->raw.len -= n;
    l->raw_offset += n;
    l->seen = l->seen > n ? l->seen - n : 0;
}

static bool is_ascii(kk_slice s)
{
    size_t i = 0;
    uint64_t word, all = 0;
    for (; s.len - i >= 8; i += 8) {
        memcpy(&word, s.ptr + i, 8);
        all |= word;
    }
    for (; i < s.len; i++)
        all |= (uint8_t)s.ptr[i];
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

static bool tells_nothing(kk_slice s)
{
    return is_ascii(s) && !memchr(s.ptr, 0x1b, s.len);
}

/* How many characters beyond ASCII there are, and how many bytes that are none. */
static void count_utf8(kk_slice s, size_t *good, size_t *bad)
{
    *good = *bad = 0;
    for (size_t at = 0; at < s.len;) {
        uint32_t c = kk_next_char(s, &at);
        *bad += c == 0xfffd;
        *good += c >= 0x80 && c != 0xfffd;
    }
}

static bool is_mostly_utf8(kk_slice s)
{
    size_t good, bad;
    count_utf8(s, &good, &bad);
    return good > 0 && good * 2 >= bad;
}

/* The encoding by lines that are not ASCII alone, from `offset` on; a head of plain digits says
 * nothing, wherever it ends. Bytes of another encoding are hardly ever valid UTF-8 by chance, so
 * lines that are and lines that are not are weighed against each other. */
static kk_charset guess_from(kk_csv_lines *l, uint64_t offset)
{
    kk_buffer valid = {0}, other = {0};
    kk_arena *own = kk_arena_open();
    kk_reader reader = kk_reader_open(own, l->in, offset, UINT64_MAX);
    kk_slice line;
    uint64_t at;
    bool cut;
    while (valid.len + other.len < SAMPLE && kk_reader_line(&reader, &line, &at, &cut) &&
           at - offset < SAMPLE_REACH) {
        if (line.len == 0 || tells_nothing(line))
            continue;
        kk_buffer *sample = kk_utf8_valid(line) ? &valid : &other;
        kk_put(sample, kk_part(line, 0, SAMPLE));
        kk_put_byte(sample, '\n');
    }
    kk_charset charset =
        kk_charset_guess(kk_buffer_slice(valid.len >= other.len ? &valid : &other), NULL);
    if (charset == KK_LATIN1 && is_mostly_utf8(kk_buffer_slice(&other)))
        charset = KK_UTF8;
    if (charset == KK_UTF16LE || charset == KK_UTF16BE)
        charset = KK_LATIN1; /* zeros that begin in the middle are damage, not an encoding */
    kk_buffer_close(&valid);
    kk_buffer_close(&other);
    kk_arena_close(own);
    return charset;
}

static void settle_charset(kk_csv_lines *l, kk_charset charset)
{
    if (l->jis)
        kk_arena_close(l->jis->scratch);
    l->jis = NULL;
    l->charset = charset;
    l->charset_known = true;
    if (charset == KK_CP932 || charset == KK_EUC_JP || charset == KK_ISO_2022_JP)
        l->jis = table_open(l->arena, charset == KK_EUC_JP ? KK_EUC_JP : KK_CP932);
}

static size_t feeds_in(kk_slice s)
{
    size_t n = 0, at;
    while ((at = kk_find_byte(s, '\n')) != KK_NOWHERE) {
        n++;
        s = kk_from(s, at + 1);
    }
    return n;
}

/* One line of a UTF-8 file that is not UTF-8: of another encoding, when as UTF-8 it makes less
 * sense than that, else damaged. */
static kk_slice other_line(kk_csv_lines *l, kk_slice line)
{
    size_t good, bad, lost = 0;
    count_utf8(line, &good, &bad);
    if (bad > good) {
        kk_charset charset = kk_charset_guess(line, NULL);
        if (charset == KK_CP932 || charset == KK_EUC_JP) {
            kk_slice text = kk_decode(l->scratch, charset, line, &lost);
            if (lost == 0) {
                l->foreign++;
                return text;
            }
        }
    }
    l->lost += bad;
    return kk_utf8_clean(l->scratch, line);
}

static void decode_utf8(kk_csv_lines *l, kk_slice raw)
{
    if (kk_utf8_valid(raw)) {
        kk_put(&l->text, raw);
        return;
    }
    while (raw.len) {
        size_t feed = kk_find_byte(raw, '\n');
        kk_slice line = kk_part(raw, 0, feed == KK_NOWHERE ? raw.len : feed + 1);
        kk_put(&l->text, kk_utf8_valid(line) ? line : other_line(l, line));
        kk_arena_reset(l->scratch);
        raw = kk_from(raw, line.len);
    }
}

/* By the converter; line by line where the block as a whole would lose or make up line ends. */
static void decode_slowly(kk_csv_lines *l, kk_slice raw)
{
    size_t lost;
    kk_slice text = kk_decode(l->scratch, l->charset, raw, &lost);
    if (l->unit == 1 && feeds_in(text) != feeds_in(raw)) {
        kk_slice line;
        while (raw.len && kk_split(&raw, '\n', &line)) {
            kk_arena_reset(l->scratch);
            text = kk_decode(l->scratch, l->charset, line, &lost);
            for (size_t i = 0; i < text.len; i++)
                kk_put_byte(&l->text, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
            if (raw.ptr)
                kk_put_byte(&l->text, '\n');
            l->lost += lost;
        }
    } else {
        kk_put(&l->text, text);
        l->lost += lost;
    }
    kk_arena_reset(l->scratch);
}

static void put_pairs(kk_csv_lines *l, kk_slice raw)
{
    char *to = kk_buffer_room(&l->text, raw.len * 3 + 8);
    l->text.len += (size_t)(decode_pairs(l->jis, raw, to, &l->lost) - to);
}

static void decode_jis7(kk_csv_lines *l, kk_slice raw)
{
    bool whole;
    kk_slice pairs = kk_jis7_to_cp932(l->scratch, raw, &whole);
    if (whole) {
        put_pairs(l, pairs);
        kk_arena_reset(l->scratch);
    } else {
        decode_slowly(l, raw);
    }
}

static void decode(kk_csv_lines *l, size_t n)
{
    kk_slice raw = {l->raw.ptr, n};
    size_t before = l->text.len;
    if (!l->charset_known && !tells_nothing(raw))
        settle_charset(l, guess_from(l, l->raw_offset));
    if (!l->charset_known) {
        kk_put(&l->text, raw);
    } else if (l->charset == KK_ISO_2022_JP) {
        decode_jis7(l, raw);
    } else if (l->jis) {
        put_pairs(l, raw);
    } else if (l->charset == KK_UTF8) {
        decode_utf8(l, raw);
    } else {
        decode_slowly(l, raw);
    }
    if (l->text.len > before && memchr(l->text.ptr + before, 0, l->text.len - before))
        l->has_nul = true;
    drop_raw(l, n);
}

static void drop_used(kk_csv_lines *l)
{
    if (l->at) {
        memmove(l->text.ptr, l->text.ptr + l->at, l->text.len - l->at);
        l->text.len -= l->at;
        l->at = 0;
    }
    if (l->starts_at) {
        memmove(l->starts, l->starts + l->starts_at,
                (l->starts_count - l->starts_at) * sizeof *l->starts);
        l->starts_count -= l->starts_at;
        l->starts_at = 0;
    }
}

/* More text behind what is there; false when none can come before the caller has used it up. */
bool kk_csv_lines_fill(kk_csv_lines *l)
{
    if (l->final)
        return false;
    drop_used(l);
    l->uneven = false;
    for (;;) {
        if (!l->at_end)
            read_raw(l);
        size_t cut = find_ends(l);
        if (l->at_end && cut < l->raw.len && l->raw.len <= LINE_MAX) {
            cut = l->raw.len; /* the last line has no end */
            push_start(l, l->raw_offset + cut);
        }
        if (cut)
            decode(l, cut);
        l->too_long = l->raw.len > LINE_MAX;
        l->final = l->too_long || (l->at_end && l->raw.len == 0);
        if (cut || l->final)
            break;
    }
    *kk_buffer_room(&l->text, KK_CSV_ROOM) = '\n'; /* behind the end: stops the search for one */
    return true;
}

void kk_csv_lines_skip_long(kk_csv_lines *l)
{
    l->starts_at = l->starts_count = 0;
    l->at = l->text.len = 0;
    for (;;) {
        size_t found = l->starts_count;
        find_ends(l);
        if (l->starts_count > found) {
            l->starts_count = found;
            drop_raw(l, (size_t)(l->starts[found] - l->raw_offset));
            l->seen = 0;
            break;
        }
        drop_raw(l, l->seen);
        if (l->at_end) {
            drop_raw(l, l->raw.len);
            break;
        }
        read_raw(l);
    }
    push_start(l, l->raw_offset);
    l->final = l->too_long = false;
    l->uneven = true;
}

void kk_csv_lines_go_to(kk_csv_lines *l, uint64_t offset, bool charset_known, kk_charset charset)
{
    l->raw.len = l->text.len = l->seen = l->at = 0;
    l->starts_at = l->starts_count = 0;
    l->at_end = l->failed = l->final = l->too_long = l->uneven = false;
    l->raw_offset = offset;
    if (charset_known && (!l->charset_known || l->charset != charset))
        settle_charset(l, charset);
    l->charset_known = charset_known;
    push_start(l, offset);
}

/* Encoding as far as the head tells it, and what ends a line. */
void kk_csv_lines_open(kk_csv_lines *l, kk_stream *in, kk_arena *arena)
{
    char *head = kk_take(arena, BLOCK);
    kk_slice bytes = {head, kk_read(in, 0, head, BLOCK)};
    kk_charset charset = kk_charset_guess(bytes, NULL);
    bool wide = charset == KK_UTF16LE || charset == KK_UTF16BE;
    *l = (kk_csv_lines){.in = in, .arena = arena, .scratch = kk_arena_open(), .unit = wide ? 2 : 1};
    bool marked = kk_starts(bytes, KK_S("\xef\xbb\xbf"));
    if (marked || wide)
        settle_charset(l, charset);
    if (marked)
        l->raw_offset = 3;
    else if (wide && (kk_starts(bytes, KK_S("\xff\xfe")) || kk_starts(bytes, KK_S("\xfe\xff"))))
        l->raw_offset = 2;
    l->by_return =
        kk_find_byte(bytes, '\n') == KK_NOWHERE && kk_find_byte(bytes, '\r') != KK_NOWHERE;
    push_start(l, l->raw_offset);
}

void kk_csv_lines_close(kk_csv_lines *l)
{
    kk_buffer_close(&l->raw);
    kk_buffer_close(&l->text);
    kk_arena_close(l->scratch);
    if (l->jis)
        kk_arena_close(l->jis->scratch);
}
