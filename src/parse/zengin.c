/* Orders to banks in the form of the Zengin network: transfers, salaries and direct debits. Records of 120
 * bytes in JIS X 0201, with line ends or without; layout: docs/formats/zengin.md. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/parser.h"

enum {
    RECORD_SIZE = 120,
    LINE_MIN = 91,   /* blanks at the end may have been cut off, to the amount */
    HEADER_MIN = 62, /* ... to the bank's number */
    LINE_MOST = 122  /* with its end */
};

typedef enum { TRANSFER, SALARY, DEBIT, KINDS } order_kind;

typedef struct {
    uint8_t at, size;
    const char *heading;
} field;

enum { FIELDS = 9, SHARED_FIELDS = 7 };
#define SHARED                                                                                     \
    {1, 4, "銀行コード"}, {20, 3, "支店コード"}, {42, 1, "預金種目"}, {43, 7, "口座番号"},         \
        {50, 30, "口座名義カナ"}, {80, 10, "金額"},                                                \
    {                                                                                              \
        90, 1, "新規コード"                                                                   \
    }

static const struct {
    const char *table;
    field fields[FIELDS];
    size_t count;
} orders[KINDS] = {
    [TRANSFER] = {"総合振込",
                  {SHARED, {91, 10, "顧客コード1"}, {101, 10, "顧客コード2"}},
                  SHARED_FIELDS + 2},
    [SALARY] = {"給与振込",
                {SHARED, {91, 10, "社員番号"}, {101, 10, "所属コード"}},
                SHARED_FIELDS + 2},
    [DEBIT] = {"口座振替", {SHARED, {91, 20, "顧客番号"}}, SHARED_FIELDS + 1},
};

/* 21 transfers, 11 and 71 salaries, 12 and 72 bonuses, 91 direct debits. */
static bool kind_of(kk_slice record, order_kind *kind)
{
    static const struct {
        const char *code;
        order_kind kind;
    } codes[] = {{"21", TRANSFER}, {"11", SALARY}, {"12", SALARY},
                 {"71", SALARY},   {"72", SALARY}, {"91", DEBIT}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (kk_is(kk_part(record, 1, 2), codes[i].code)) {
            *kind = codes[i].kind;
            return true;
        }
    return false;
}

static bool is_digits(kk_slice s, size_t at, size_t count)
{
    for (size_t i = at; i < at + count; i++)
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

static bool is_header(kk_slice r)
{
    order_kind kind;
    return r.len >= HEADER_MIN && r.ptr[0] == '1' && kind_of(r, &kind) && is_digits(r, 4, 10) &&
           is_digits(r, 54, 4) && is_digits(r, 58, 4);
}

static bool is_order(kk_slice r)
{
    return r.len >= LINE_MIN && r.ptr[0] == '2' && is_digits(r, 1, 4) && is_digits(r, 20, 3) &&
           is_digits(r, 42, 8);
}

/* The record at the beginning of what is left, without its line end; *size is how far to go on. A short
 * line is one of which the blanks were cut off. */
static kk_slice record_at(kk_slice rest, size_t *size)
{
    size_t end = 0, most = rest.len < LINE_MOST ? rest.len : LINE_MOST;
    size_t whole = rest.len < RECORD_SIZE ? rest.len : RECORD_SIZE;
    while (end < whole && rest.ptr[end] != '\r' && rest.ptr[end] != '\n')
        end++;
    *size = end;
    while (*size < most && (rest.ptr[*size] == '\r' || rest.ptr[*size] == '\n'))
        (*size)++;
    return kk_part(rest, 0, end);
}

static kk_score probe(const kk_probe *p)
{
    size_t size;
    kk_slice first = record_at(p->head, &size);
    if (!is_header(first))
        return KK_NO;
    kk_slice second = record_at(kk_from(p->head, size), &size);
    bool empty = second.len && second.ptr[0] == '8' && is_digits(second, 1, 18);
    return is_order(second) ? KK_CERTAIN : empty ? KK_SURE : KK_NO;
}

/* A field as UTF-8 without the blanks around it; *odd where bytes are no JIS X 0201. */
static kk_slice text_of(kk_slice bytes, char *out, bool *odd)
{
    size_t used = 0;
    bytes = kk_trim(bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char b = (unsigned char)bytes.ptr[i];
        if (b >= 0x20 && b < 0x7f) {
            out[used++] = (char)b;
        } else if (b >= 0xa1 && b <= 0xdf) { /* U+FF61 and on */
            uint32_t c = 0xff61u + (b - 0xa1u);
            out[used++] = (char)(0xe0 | c >> 12);
            out[used++] = (char)(0x80 | (c >> 6 & 0x3f));
            out[used++] = (char)(0x80 | (c & 0x3f));
        } else {
            *odd = true;
            return KK_NONE;
        }
    }
    return (kk_slice){out, used};
}

typedef struct {
    kk_sink *sink;
    order_kind kind;
    bool has_kind;
    uint64_t number, offset; /* of the record */
    uint64_t strange, first_strange;
} reader;

static void note_strange(reader *r)
{
    if (!r->strange++)
        r->first_strange = r->offset;
}

static void tell_order(reader *r, kk_slice record)
{
    char texts[FIELDS][4 * 30];
    kk_slice cells[FIELDS], columns[FIELDS];
    bool odd = false;
    size_t count = orders[r->kind].count;
    for (size_t i = 0; i < count; i++) {
        const field *f = &orders[r->kind].fields[i];
        columns[i] = kk_cstr(f->heading);
        cells[i] = text_of(kk_part(record, f->at, f->size), texts[i], &odd);
    }
    if (odd)
        note_strange(r);
    r->sink->row(r->sink, &(kk_row){.table = kk_cstr(orders[r->kind].table),
                                    .columns = columns,
                                    .cells = cells,
                                    .count = count,
                                    .record = r->number,
                                    .offset = r->offset,
                                    .length = (uint32_t)record.len});
}

static void take(reader *r, kk_slice record)
{
    char sort = record.len ? record.ptr[0] : '9';
    if (sort == '1' && kind_of(record, &r->kind))
        r->has_kind = true;
    else if (sort == '2' && r->has_kind && record.len >= LINE_MIN)
        tell_order(r, record);
    else if (sort != '8' && sort != '9' && sort != 0x1a)
        note_strange(r);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char bytes[LINE_MOST];
    reader r = {.sink = sink, .number = 1};
    (void)settings; /* days of the year alone are no times */
    while (r.offset < in->size && !sink->stopped) {
        size_t got = kk_read(in, r.offset, bytes, sizeof bytes), size = 0;
        if (!got)
            break;
        kk_slice record = record_at((kk_slice){bytes, got}, &size);
        bool cut = record.len && record.len < LINE_MIN && got < LINE_MOST && record.ptr[0] == '2';
        if (cut)
            kk_report(sink, KK_ISSUE_TRUNCATED, r.offset, "the last record is cut short");
        else if (record.len)
            take(&r, record);
        r.number += record.len > 0;
        r.offset += size ? size : 1;
    }
    if (r.strange)
        kk_report(sink, KK_ISSUE_DAMAGED, r.first_strange,
                  "records or characters that do not fit the form; the other fields were read");
}

const kk_parser kk_parser_zengin = {
    .name = "zengin",
    .about = "bank transfers, salaries and direct debits (Zengin form)",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
