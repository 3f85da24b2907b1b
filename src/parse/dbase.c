/* Tables of dBase III to 7, Clipper, FoxPro and Visual FoxPro: a head (dbase_layout.h), then records of
 * one length: ' ' or '*' (deleted), the fields one behind the other; 1A behind the last one. Texts of memo
 * fields lie in a file of their own (dbase_memo.h). The code page is a byte of the head, which many programs
 * leave 0 or wrong. */
#include "base/text.h"
#include "base/time.h"
#include "parse/code_page.h"
#include "parse/dbase_layout.h"
#include "parse/dbase_memo.h"

enum {
    BLOCK = 256 * 1024, /* of records, read at once */
    SAMPLE = 16 * 1024, /* bytes of texts that are not ASCII, for the guess */
    SAMPLE_WITHIN = 64 * 1024 * 1024,
    MEMO_MAX = 1024 * 1024,
    MEMO_SAMPLE = 1024,
    HIDDEN = 0x01,
    JULIAN_1970 = 2440588
};

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_arena *arena;   /* of the table */
    kk_arena *scratch; /* of one row */
    kk_slice head;
    kk_dbase_layout layout;
    kk_dbase_field *fields; /* in the record's order */
    size_t count;           /* of them */
    kk_slice *columns, *cells;
    size_t shown;       /* without hidden ones */
    kk_slice null_bits; /* of the record at hand */
    unsigned page;
    kk_dbase_memos memos;
    bool memos_opened, memos_used_up;
    char *block;
    uint64_t lost, odd_flags, no_memo, memo_holes, cut_memos;
    uint64_t first_lost, first_odd;
} table;

/* ---- Text ---- */

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* A text that fills its field was cut at bytes: without half a character at its end. */
static kk_slice without_half(unsigned page, kk_slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0, step;
    if (page != 932 && page != 65001)
        return s;
    for (; i < s.len; i += step) {
        bool lead = (p[i] >= 0x81 && p[i] <= 0x9f) || (p[i] >= 0xe0 && p[i] <= 0xfc);
        if (page == 932)
            step = lead ? 2 : 1;
        else
            step = p[i] >= 0xf0 ? 4 : p[i] >= 0xe0 ? 3 : p[i] >= 0xc0 ? 2 : 1;
        if (i + step > s.len)
            return kk_part(s, 0, i);
    }
    return s;
}

static kk_slice to_utf8(table *t, kk_arena *arena, kk_slice bytes)
{
    size_t lost = 0;
    if (is_ascii(bytes))
        return bytes;
    kk_slice text = t->page == 932     ? kk_decode(arena, KK_CP932, bytes, &lost)
                    : t->page == 65001 ? kk_decode(arena, KK_UTF8, bytes, &lost)
                                       : kk_code_page_text(arena, t->page, bytes, NULL);
    t->lost += lost;
    return text;
}

/* Up to the NUL that some programs write, without the blanks behind. */
static kk_slice text_part(kk_slice field)
{
    size_t nul = kk_find_byte(field, 0);
    kk_slice s = kk_part(field, 0, nul);
    while (s.len && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

static kk_slice text_cell(table *t, kk_slice field)
{
    kk_slice s = text_part(field);
    return to_utf8(t, t->scratch, s.len == field.len ? without_half(t->page, s) : s);
}

/* ---- The code page ---- */

/* By the language byte; 0: it does not say. */
static unsigned page_of_language(uint8_t language)
{
    static const struct {
        uint8_t language;
        uint16_t page;
    } pages[] = {
        {0x01, 437},  {0x02, 850},  {0x03, 1252}, {0x04, 10000}, {0x08, 865},   {0x09, 437},
        {0x0a, 850},  {0x0b, 437},  {0x0d, 437},  {0x0e, 850},   {0x0f, 437},   {0x10, 850},
        {0x11, 437},  {0x12, 850},  {0x13, 932},  {0x14, 850},   {0x15, 437},   {0x16, 850},
        {0x17, 865},  {0x18, 437},  {0x19, 437},  {0x1a, 850},   {0x1b, 437},   {0x1c, 863},
        {0x1d, 850},  {0x1f, 852},  {0x22, 852},  {0x23, 852},   {0x24, 860},   {0x25, 850},
        {0x26, 866},  {0x37, 850},  {0x40, 852},  {0x4d, 936},   {0x4e, 949},   {0x4f, 950},
        {0x50, 874},  {0x57, 1252}, {0x58, 1252}, {0x59, 1252},  {0x64, 852},   {0x65, 866},
        {0x66, 865},  {0x67, 861},  {0x6a, 737},  {0x6b, 857},   {0x6c, 863},   {0x78, 950},
        {0x79, 949},  {0x7a, 936},  {0x7b, 932},  {0x7c, 874},   {0x7d, 1255},  {0x7e, 1256},
        {0x86, 737},  {0x87, 852},  {0x88, 857},  {0x96, 10007}, {0x97, 10029}, {0x98, 10006},
        {0xc8, 1250}, {0xc9, 1251}, {0xca, 1254}, {0xcb, 1253},  {0xcc, 1257}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (pages[i].language == language)
            return pages[i].page;
    return 0;
}

/* Letters with accents stand alone between others; characters of two bytes, or three, do not. */
static bool is_wide_text(kk_slice sample)
{
    size_t high = 0, pairs = 0;
    for (size_t i = 0; i < sample.len; i++) {
        bool is = (unsigned char)sample.ptr[i] >= 0x80;
        high += is;
        pairs += is && i + 1 < sample.len && (unsigned char)sample.ptr[i + 1] >= 0x80;
    }
    return pairs * 4 > high;
}

static void put_sample(kk_buffer *sample, kk_slice text)
{
    if (is_ascii(text) || sample->len + text.len > SAMPLE)
        return;
    kk_put(sample, text);
    kk_put_byte(sample, '\n');
}

static size_t read_block(table *t, uint64_t record)
{
    size_t most = BLOCK / t->layout.record_bytes;
    uint64_t at = t->layout.head_bytes + record * t->layout.record_bytes;
    return kk_read(t->in, at, t->block, (most ? most : 1) * t->layout.record_bytes);
}

/* The block that a field names; 0: none. */
static uint64_t block_of(kk_slice field)
{
    kk_cursor c = kk_cursor_over(field);
    uint64_t block = 0;
    if (field.len == 4)
        return kk_u32(&c);
    return kk_to_u64(kk_trim(text_part(field)), &block) ? block : 0;
}

static bool open_memos(table *t)
{
    if (!t->memos_opened)
        kk_dbase_memos_open(&t->memos, t->arena, t->in, t->layout.fox || t->layout.version == 0xf5);
    t->memos_opened = true;
    return t->memos.file != NULL;
}

/* The beginning of a memo, not ending within a character. */
static kk_slice memo_beginning(table *t, kk_slice field)
{
    kk_dbase_memo memo;
    kk_slice bytes = KK_NONE;
    uint64_t block = block_of(field);
    if (!block || !open_memos(t) || !kk_dbase_memo_find(&t->memos, block, &memo) || !memo.is_text ||
        !kk_dbase_memo_read(&t->memos, t->scratch, &memo, MEMO_SAMPLE, &bytes))
        return KK_NONE;
    while (bytes.len && bytes.len < memo.size && (unsigned char)bytes.ptr[bytes.len - 1] >= 0x40)
        bytes.len--; /* no second byte is below 40 */
    return text_part(bytes);
}

static void gather_record(table *t, kk_slice bytes, kk_buffer *sample)
{
    kk_arena_reset(t->scratch);
    for (size_t i = 0; i < t->count; i++) {
        const kk_dbase_field *f = &t->fields[i];
        kk_slice field = kk_part(bytes, f->at, f->width);
        if (f->type == 'C' || f->type == 'V')
            put_sample(sample, text_part(field));
        else if (f->type == 'M')
            put_sample(sample, memo_beginning(t, field));
    }
}

/* Texts that tell the encoding, from names and values. */
static void gather(table *t, kk_buffer *sample)
{
    size_t size = t->layout.record_bytes, got;
    for (size_t i = 0; i < t->count; i++)
        put_sample(sample, t->fields[i].name);
    for (uint64_t record = 0; sample->len < SAMPLE / 2 && record * size < SAMPLE_WITHIN;
         record += got / size) {
        got = read_block(t, record);
        for (size_t at = 0; at + size <= got; at += size)
            gather_record(t, (kk_slice){t->block + at, size}, sample);
        if (got < size)
            break;
    }
}

static unsigned page_of_charset(kk_charset charset)
{
    return charset == KK_CP932    ? 932
           : charset == KK_UTF8   ? 65001
           : charset == KK_EUC_JP ? 51932
                                  : 1252;
}

/* A mark of the West, or none, proves nothing where the texts are Japanese: many programs write what
 * the machine has under the mark that they always write. */
static void settle_page(table *t)
{
    kk_buffer sample = {0};
    gather(t, &sample);
    kk_slice texts = kk_buffer_slice(&sample);
    unsigned said = page_of_language(t->layout.language);
    unsigned guess = page_of_charset(kk_charset_guess(texts, NULL));
    bool western = said == 437 || said == 850 || said == 1252;
    if (said == 932)
        t->page = guess == 65001 && texts.len ? 65001 : 932;
    else if (western)
        t->page = is_wide_text(texts) && guess != 1252 ? guess : said;
    else
        t->page = guess == 1252 || (texts.len && !is_wide_text(texts)) ? 1252 : guess;
    if (said && !western && said != 932 && texts.len)
        kk_report(t->sink, KK_ISSUE_FORMAT, 29,
                  "code page %u is not read: the encoding was guessed", said);
    kk_buffer_close(&sample);
}

/* ---- Values ---- */

static bool all_digits(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

static kk_slice date_cell(table *t, kk_slice s)
{
    s = kk_trim(text_part(s));
    if (kk_is(s, "00000000"))
        return KK_NONE;
    if (s.len != 8 || !all_digits(s))
        return to_utf8(t, t->scratch, s);
    return kk_print(t->scratch, "%.4s-%.2s-%.2s", s.ptr, s.ptr + 4, s.ptr + 6);
}

static kk_slice truth_cell(kk_slice s)
{
    return s.len == 1 && strchr("TtYy", s.ptr[0]) && s.ptr[0]   ? KK_S("TRUE")
           : s.len == 1 && strchr("FfNn", s.ptr[0]) && s.ptr[0] ? KK_S("FALSE")
                                                                : KK_NONE;
}

static kk_slice moment_text(table *t, int64_t days, int64_t seconds)
{
    int year, month, day;
    if (days < -800000 || days > 3000000 || seconds < 0 || seconds > 86400)
        return KK_NONE;
    kk_civil_from_days(days, &year, &month, &day);
    if (seconds == 0)
        return kk_print(t->scratch, "%04d-%02d-%02d", year, month, day);
    return kk_print(t->scratch, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day,
                    (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

/* Visual FoxPro: a Julian day, milliseconds. */
static kk_slice time_cell(table *t, kk_slice s)
{
    if (s.len != 8)
        return to_utf8(t, t->scratch, kk_trim(text_part(s)));
    kk_cursor c = kk_cursor_over(s);
    int64_t day = kk_u32(&c), milliseconds = kk_u32(&c);
    /* Its arithmetic leaves times a millisecond or so short. */
    return day && day != 0x20202020 ? moment_text(t, day - JULIAN_1970, (milliseconds + 500) / 1000)
                                    : KK_NONE;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 2.0 reads "2"; else the shortest text that keeps 15 digits. */
static kk_slice real_text(table *t, double value)
{
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
        return kk_print(t->scratch, "%lld", (long long)value);
    return kk_print(t->scratch, "%.15g", value);
}

/* dBase 7: milliseconds since the year 1, the first day being 1. */
static kk_slice stamp_cell(table *t, uint64_t bits)
{
    double value = double_of(bits & ~(UINT64_C(1) << 63));
    if (bits == 0 || !(value > 0 && value < 1e15))
        return KK_NONE;
    int64_t seconds = (int64_t)(value / 1000 + 0.5);
    return moment_text(t, seconds / 86400 - 719163, seconds % 86400);
}

static kk_slice whole_cell(table *t, kk_slice s)
{
    kk_cursor c = kk_cursor_over(s);
    if (s.len != 4)
        return to_utf8(t, t->scratch, kk_trim(text_part(s)));
    uint32_t raw = t->layout.level7 ? kk_be32(&c) : kk_u32(&c);
    if (t->layout.level7 && raw == 0)
        return KK_NONE;
    if (t->layout.level7)
        raw ^= UINT32_C(0x80000000);
    return kk_print(t->scratch, "%d", (int)(int32_t)raw);
}

/* dBase 7 keeps doubles so that they sort as bytes. */
static kk_slice sorted_double_cell(table *t, kk_slice s)
{
    kk_cursor c = kk_cursor_over(s);
    uint64_t bits = kk_be64(&c), sign = UINT64_C(1) << 63;
    if (c.bad || bits == 0)
        return KK_NONE;
    return real_text(t, double_of(bits & sign ? bits ^ sign : ~bits));
}

static kk_slice money_cell(table *t, kk_slice s)
{
    kk_cursor c = kk_cursor_over(s);
    int64_t value = (int64_t)kk_u64(&c);
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (c.bad)
        return KK_NONE;
    const char *sign = value < 0 ? "-" : "";
    if (size % 10000 == 0)
        return kk_print(t->scratch, "%s%llu", sign, (unsigned long long)(size / 10000));
    return kk_print(t->scratch, "%s%llu.%04u", sign, (unsigned long long)(size / 10000),
                    (unsigned)(size % 10000));
}

/* ---- Memos ---- */

/* 8D 0A is where dBase wrapped a line. */
static kk_slice without_wraps(table *t, kk_slice text)
{
    char *to = kk_take(t->scratch, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] == 0x8d && i + 1 < text.len && text.ptr[i + 1] == '\n')
            i++;
        else
            to[len++] = text.ptr[i];
    }
    return (kk_slice){to, len};
}

static kk_slice memo_text(table *t, const kk_dbase_memo *memo)
{
    kk_slice bytes;
    t->cut_memos += memo->size != UINT64_MAX && memo->size > MEMO_MAX;
    if (!kk_dbase_memo_read(&t->memos, t->scratch, memo, MEMO_MAX, &bytes)) {
        t->memos_used_up = true;
        return KK_NONE;
    }
    t->memo_holes += memo->size != UINT64_MAX && memo->size <= MEMO_MAX && bytes.len < memo->size;
    if (!t->memos.fox && kk_find(bytes, KK_S("\x8d\n")) != KK_NOWHERE)
        bytes = without_wraps(t, bytes);
    return to_utf8(t, t->scratch, text_part(bytes));
}

static kk_slice memo_cell(table *t, const kk_dbase_field *f, kk_slice s)
{
    kk_dbase_memo memo;
    uint64_t block = block_of(s);
    if (block == 0)
        return KK_NONE;
    if (!open_memos(t)) {
        t->no_memo++;
        return KK_NONE;
    }
    if (t->memos_used_up)
        return KK_NONE;
    if (!kk_dbase_memo_find(&t->memos, block, &memo)) {
        t->memo_holes++;
        return KK_NONE;
    }
    if (f->type == 'M' && memo.is_text)
        return memo_text(t, &memo);
    if (memo.size == UINT64_MAX)
        return KK_S("(blob)");
    return kk_print(t->scratch, "(blob %llu bytes)", (unsigned long long)memo.size);
}

/* ---- Records ---- */

static bool bit_is_set(const table *t, int bit)
{
    return bit >= 0 && (size_t)bit / 8 < t->null_bits.len &&
           ((unsigned char)t->null_bits.ptr[bit / 8] >> (bit % 8) & 1);
}

/* A text of changing length tells it in its last byte where it does not fill its field. */
static kk_slice changing_part(const table *t, const kk_dbase_field *f, kk_slice s)
{
    if (!s.len || !bit_is_set(t, f->length_bit))
        return s;
    return kk_part(s, 0, (unsigned char)s.ptr[s.len - 1]);
}

static kk_slice cell_of(table *t, const kk_dbase_field *f, kk_slice s)
{
    kk_cursor c = kk_cursor_over(s);
    switch (f->type) {
    case 'N':
    case 'F':
        return to_utf8(t, t->scratch, kk_trim(text_part(s)));
    case 'D':
        return date_cell(t, s);
    case 'L':
        return truth_cell(s);
    case 'T':
        return time_cell(t, s);
    case '@':
        return t->layout.level7 ? stamp_cell(t, kk_be64(&c)) : time_cell(t, s);
    case 'I':
    case '+':
        return whole_cell(t, s);
    case 'Y':
        return money_cell(t, s);
    case 'O':
        return sorted_double_cell(t, s);
    case 'B':
        if (s.len == 8)
            return real_text(t, double_of(kk_u64(&c)));
        return memo_cell(t, f, s);
    case 'M':
    case 'G':
    case 'P':
    case 'W':
        return memo_cell(t, f, s);
    case 'Q':
        s = changing_part(t, f, s);
        return kk_print(t->scratch, "(blob %zu bytes)", s.len);
    case 'V':
        return text_cell(t, changing_part(t, f, s));
    default:
        return text_cell(t, s);
    }
}

static void tell_record(table *t, kk_slice bytes, uint64_t number)
{
    bool any = false;
    size_t n = 0;
    uint64_t offset = t->layout.head_bytes + (number - 1) * t->layout.record_bytes;
    uint64_t lost = t->lost;
    /* A field that goes beyond the record's declared length is read as far as that. */
    size_t whole = bytes.len < t->layout.record_bytes ? bytes.len : SIZE_MAX;
    kk_arena_reset(t->scratch);
    for (size_t i = 0; i < t->count; i++)
        if (t->fields[i].type == '0')
            t->null_bits = kk_part(bytes, t->fields[i].at, t->fields[i].width);
    for (size_t i = 0; i < t->count; i++) {
        const kk_dbase_field *f = &t->fields[i];
        if (f->flags & HIDDEN)
            continue;
        bool there = f->at + f->width <= whole;
        t->cells[n] = !there || bit_is_set(t, f->null_bit)
                          ? KK_NONE
                          : cell_of(t, f, kk_part(bytes, f->at, f->width));
        any = any || t->cells[n].len;
        n++;
    }
    if (t->lost > lost && lost == 0)
        t->first_lost = offset;
    if (any)
        t->sink->row(t->sink, &(kk_row){.columns = t->columns,
                                        .cells = t->cells,
                                        .count = n,
                                        .record = number,
                                        .offset = offset,
                                        .length = (uint32_t)bytes.len,
                                        .deleted = bytes.ptr[0] == '*'});
}

/* Bytes of zero where a record should be: the file was made longer and never written. */
static bool is_void(kk_slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i])
            return false;
    return true;
}

/* One record of the block. False: what is there is the end of the table. */
static bool take_record(table *t, kk_slice bytes, uint64_t number)
{
    char flag = bytes.ptr[0];
    bool declared = number <= t->layout.records;
    if (flag != ' ' && flag != '*') {
        if (!declared || is_void(bytes))
            return declared;
        if (t->odd_flags++ == 0)
            t->first_odd = t->layout.head_bytes + (number - 1) * t->layout.record_bytes;
    }
    tell_record(t, bytes, number);
    return true;
}

/* A record that the end of the file cuts: the fields that are whole. */
static void take_part(table *t, kk_slice bytes, uint64_t number)
{
    if (number <= t->layout.records && bytes.len > 1 &&
        (bytes.ptr[0] == ' ' || bytes.ptr[0] == '*'))
        tell_record(t, bytes, number);
}

/* The number of whole records that are there. */
static uint64_t read_records(table *t)
{
    size_t size = t->layout.record_bytes, got;
    uint64_t done = 0;
    while (!t->sink->stopped && (got = read_block(t, done)) > 0) {
        size_t at = 0;
        for (; at + size <= got && !t->sink->stopped; at += size) {
            if (!take_record(t, (kk_slice){t->block + at, size}, done + 1))
                return done;
            done++;
        }
        if (at < got && !t->sink->stopped) {
            take_part(t, (kk_slice){t->block + at, got - at}, done + 1);
            return done;
        }
    }
    return done;
}

/* ---- Issues ---- */

static void note(table *t, kk_issue_kind kind, uint64_t offset, uint64_t count, const char *what)
{
    if (count)
        t->sink->issue(t->sink, &(kk_issue){kind, offset, count, kk_cstr(what)});
}

static void report_rest(table *t, uint64_t done)
{
    uint64_t end = t->layout.head_bytes + done * t->layout.record_bytes;
    if (!t->sink->stopped && done < t->layout.records)
        kk_report(t->sink, KK_ISSUE_TRUNCATED, end,
                  "the file ends after %llu whole records of %u that its head declares",
                  (unsigned long long)done, t->layout.records);
    if (done > t->layout.records)
        kk_report(t->sink, KK_ISSUE_DAMAGED, 4,
                  "the head declares %u records, %llu are there and were read", t->layout.records,
                  (unsigned long long)done);
    else if (t->in->size > end && t->in->size - end > t->layout.record_bytes)
        kk_report(t->sink, KK_ISSUE_UNPARSED, end, "bytes behind the last record were not read");
    note(t, KK_ISSUE_DAMAGED, t->first_lost, t->lost,
         "characters that are none in the file's encoding were replaced");
    note(t, KK_ISSUE_DAMAGED, t->first_odd, t->odd_flags,
         "records are marked neither as deleted nor as not deleted, and were read");
    note(t, KK_ISSUE_MISSING, 0, t->no_memo,
         "texts are in a memo file (.dbt, .fpt) that is not beside the table");
    note(t, KK_ISSUE_DAMAGED, 0, t->memo_holes,
         "texts are not where the memo file should hold them");
    note(t, KK_ISSUE_LIMIT, 0, t->cut_memos, "texts over 1 MiB were cut");
    if (t->memos_used_up)
        kk_report(t->sink, KK_ISSUE_LIMIT, 0,
                  "the memos give more than a file of this size holds, and the rest was left out");
}

/* ---- The parser ---- */

/* False: nothing of a record is known. */
static bool read_fields(table *t)
{
    kk_dbase_field f;
    kk_dbase_walk w = kk_dbase_walk_fields(t->head, &t->layout);
    size_t capacity = 0;
    bool odd = false;
    while (t->count < KK_DBASE_FIELDS && kk_dbase_next_field(&w, &f)) {
        odd = odd || !kk_dbase_is_field(&f);
        if (f.at >= t->layout.record_bytes || f.width == 0)
            continue;
        t->fields = kk_grow(t->arena, t->fields, &capacity, t->count + 1, sizeof f);
        t->fields[t->count++] = f;
    }
    size_t least = w.at.at + w.ended;
    if (t->count == 0)
        return false;
    if (odd || w.offset != t->layout.record_bytes)
        kk_report(t->sink, KK_ISSUE_DAMAGED, 32,
                  "the list of fields is damaged or does not fit the length of a record");
    if (t->layout.head_bytes < least || t->layout.head_bytes > t->in->size) {
        kk_report(t->sink, KK_ISSUE_DAMAGED, 8, "the length of the head cannot be right");
        t->layout.head_bytes = least + (t->layout.fox ? KK_DBASE_BACKLINK : 0);
    }
    return true;
}

static void name_columns(table *t)
{
    t->columns = KK_NEW_ARRAY(t->arena, kk_slice, t->count);
    t->cells = KK_NEW_ARRAY(t->arena, kk_slice, t->count);
    for (size_t i = 0; i < t->count; i++) {
        kk_slice name = without_half(t->page, t->fields[i].name);
        if (!(t->fields[i].flags & HIDDEN))
            t->columns[t->shown++] = to_utf8(t, t->arena, name);
    }
}

/* Whether the first records hold what their fields allow. */
static bool is_readable(table *t)
{
    size_t size = t->layout.record_bytes, got = read_block(t, 0), odd = 0, seen = 0;
    for (size_t at = 0; at + size <= got && seen < 100; at += size, seen++) {
        kk_slice bytes = {t->block + at, size};
        bool good = bytes.ptr[0] == ' ' || bytes.ptr[0] == '*';
        for (size_t i = 0; i < t->count && good; i++) {
            kk_slice s = kk_trim(kk_part(bytes, t->fields[i].at, t->fields[i].width));
            good = !strchr("NFD", t->fields[i].type) || is_ascii(s);
        }
        odd += !good;
    }
    return seen == 0 || odd * 2 < seen;
}

static void read_table(table *t)
{
    if (!kk_dbase_layout_of(t->head, &t->layout) || !read_fields(t)) {
        kk_report(t->sink, KK_ISSUE_DAMAGED, 0, "the head of the table cannot be read");
        return;
    }
    size_t size = t->layout.record_bytes;
    t->block = kk_take(t->arena, size > BLOCK ? size : BLOCK);
    if (t->layout.locked && !is_readable(t)) {
        kk_report(t->sink, KK_ISSUE_PASSWORD, 15, "the table is encrypted");
        return;
    }
    settle_page(t);
    name_columns(t);
    report_rest(t, read_records(t));
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    table t = {.in = in, .sink = sink, .arena = kk_arena_open(), .scratch = kk_arena_open()};
    char *head = kk_take(t.arena, 65536 + 1);
    t.head = (kk_slice){head, kk_read(in, 0, head, 65536)};
    read_table(&t);
    kk_arena_close(t.arena);
    kk_arena_close(t.scratch);
}

/* ---- The probe ---- */

/* There is no magic number: so all of the head has to fit. */
static kk_score probe(const kk_probe *p)
{
    kk_dbase_layout l;
    kk_dbase_field f;
    size_t fields = 0;
    size_t dot = kk_rfind_byte(p->name, '.');
    bool named = dot != KK_NOWHERE && kk_eq_nocase(kk_from(p->name, dot), KK_S(".dbf"));
    if (!kk_dbase_layout_of(p->head, &l))
        return KK_NO;
    kk_dbase_walk w = kk_dbase_walk_fields(p->head, &l);
    bool good = true;
    while (fields < KK_DBASE_FIELDS && kk_dbase_next_field(&w, &f)) {
        good = good && kk_dbase_is_field(&f);
        fields++;
    }
    bool fits = good && fields && w.ended && w.offset == l.record_bytes && l.head_bytes > w.at.at &&
                l.head_bytes <= p->size;
    unsigned month = (unsigned char)p->head.ptr[2], day = (unsigned char)p->head.ptr[3];
    if (fits && month <= 12 && day <= 31)
        return KK_SURE;
    if (!named)
        return KK_NO;
    return fits || (fields && good) ? KK_LIKELY : KK_MAYBE;
}

static const char *const companions[] = {".dbt", ".fpt", NULL};

const kk_parser kk_parser_dbase = {
    .name = "dbase",
    .about = "tables of dBase, Clipper and FoxPro (DBF)",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
    .companions = companions,
};
