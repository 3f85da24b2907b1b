/* Lines of text logs in the encodings they come in.
 *
 * A log says nowhere how it is encoded, and often two programs with two ideas wrote into it. So
 * each line that is plain ASCII or valid UTF-8 is taken as it is; any other is decoded as the
 * beginning of the item looks, or, where that was UTF-8, as the line itself looks. The beginning is
 * read for every range, so that the ranges of one item agree. In UTF-16 a line ends at the unit
 * 000A only: the bytes 0A occur inside of ordinary characters (U+4E0A), and the reader of byte
 * lines would break there. */
#include "parse/log_lines.h"

enum { HEAD = 64 * 1024, WIDE_BLOCK = 64 * 1024 };

static bool is_ascii(kk_slice s)
{
    size_t i = 0;
    for (; i + 32 <= s.len; i += 32) {
        uint64_t w[4];
        memcpy(w, s.ptr + i, sizeof w);
        if ((w[0] | w[1] | w[2] | w[3]) & UINT64_C(0x8080808080808080))
            return false;
    }
    unsigned char high = 0;
    for (; i < s.len; i++)
        high |= (unsigned char)s.ptr[i];
    return high < 0x80;
}

static bool is_wide(kk_slice head, kk_charset *charset)
{
    if (head.len < 2)
        return false;
    if (memcmp(head.ptr, "\xff\xfe", 2) == 0)
        *charset = KK_UTF16LE;
    else if (memcmp(head.ptr, "\xfe\xff", 2) == 0)
        *charset = KK_UTF16BE;
    else
        return false;
    return true;
}

/* A line begins at `wide_at` when the unit before it is a line end: start one unit early. */
static void open_wide(kk_log_lines *lines, const kk_settings *settings)
{
    lines->wide = true;
    lines->wide_block = kk_take(lines->sink->arena, WIDE_BLOCK);
    lines->wide_end = settings->end;
    if (settings->begin > 0) {
        uint64_t size = lines->stream->size;
        lines->wide_at = settings->begin < size ? (settings->begin + 1) / 2 * 2 - 2 : size;
        kk_log_line skipped;
        uint64_t end = lines->wide_end;
        lines->wide_end = UINT64_MAX;
        (void)kk_log_lines_next(lines, &skipped);
        lines->wide_end = end;
        lines->number = 0;
        lines->cut = lines->undecoded = (kk_log_count){0, 0};
    }
}

/* What the lines of the head that are no UTF-8 are together: one line alone says too little, and
 * the others would only confuse. KK_UTF8 when there are none, or when they agree on nothing. */
static kk_charset charset_of(kk_slice head)
{
    if (kk_find_byte(head, '\x1b') != KK_NOWHERE && kk_charset_guess(head, NULL) == KK_ISO_2022_JP)
        return KK_ISO_2022_JP;
    if (is_ascii(head))
        return KK_UTF8;
    kk_buffer odd = {0};
    kk_slice rest = head, line;
    while (kk_split(&rest, '\n', &line))
        if (rest.len && !is_ascii(line) && !kk_utf8_valid(line)) {
            kk_put(&odd, line);
            kk_put_byte(&odd, '\n');
        }
    kk_charset charset = odd.len ? kk_charset_guess(kk_buffer_slice(&odd), NULL) : KK_UTF8;
    kk_buffer_close(&odd);
    return charset == KK_LATIN1 || charset == KK_ISO_2022_JP ? KK_UTF8 : charset;
}

void kk_log_lines_open(kk_log_lines *lines, kk_stream *in, const kk_settings *settings,
                       kk_sink *sink)
{
    *lines = (kk_log_lines){.stream = in, .sink = sink, .charset = KK_UTF8};
    lines->scratch = kk_arena_open();
    char *bytes = kk_take(lines->scratch, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    if (is_wide(head, &lines->charset)) {
        open_wide(lines, settings);
        return;
    }
    lines->charset = charset_of(head);
    lines->escapes = lines->charset == KK_ISO_2022_JP;
    lines->reader = kk_reader_open(sink->arena, in, settings->begin, settings->end);
}

static void count(kk_log_count *counter, uint64_t offset)
{
    if (counter->count++ == 0)
        counter->first = offset;
}

static kk_slice decode(kk_log_lines *lines, kk_slice raw, uint64_t offset)
{
    if (is_ascii(raw) && !(lines->escapes && kk_find_byte(raw, '\x1b') != KK_NOWHERE))
        return raw;
    if (!lines->escapes && kk_utf8_valid(raw))
        return raw;
    kk_charset charset = lines->charset == KK_UTF8 ? kk_charset_guess(raw, NULL) : lines->charset;
    if (charset == KK_UTF16LE ||
        charset == KK_UTF16BE) /* zeros among the bytes, no text of its own */
        charset = KK_UTF8;
    size_t lost = 0;
    kk_slice text = kk_decode(lines->scratch, charset, raw, &lost);
    if (lost)
        count(&lines->undecoded, offset);
    return text;
}

/* Where a machine lost power, file systems leave zeros instead of the lines' beginning. */
static kk_slice without_zeros(kk_log_lines *lines, kk_slice text, uint64_t offset)
{
    size_t zeros = 0;
    while (zeros < text.len && text.ptr[zeros] == '\0')
        zeros++;
    if (zeros)
        count(&lines->zeros, offset);
    return kk_from(text, zeros);
}

static bool next_unit(kk_log_lines *lines, uint16_t *unit)
{
    if (lines->wide_at < lines->wide_block_at ||
        lines->wide_at + 2 > lines->wide_block_at + lines->wide_block_len) {
        lines->wide_block_at = lines->wide_at;
        lines->wide_block_len =
            kk_read(lines->stream, lines->wide_at, lines->wide_block, WIDE_BLOCK);
        if (lines->wide_block_len < 2)
            return false;
    }
    const uint8_t *p = lines->wide_block + (lines->wide_at - lines->wide_block_at);
    bool little = lines->charset == KK_UTF16LE;
    *unit = (uint16_t)(little ? p[0] | p[1] << 8 : p[0] << 8 | p[1]);
    lines->wide_at += 2;
    return true;
}

static bool next_wide(kk_log_lines *lines, kk_log_line *line)
{
    uint64_t offset = lines->wide_at;
    if (offset >= lines->wide_end)
        return false;
    lines->wide_line.len = 0;
    uint16_t unit = 0;
    bool any = false, ended = false;
    while (!ended && next_unit(lines, &unit)) {
        any = true;
        ended = unit == '\n';
        if (unit == 0xfeff && lines->wide_at == 2)
            continue; /* the BOM belongs to the first line's bytes, not to its text */
        if (!ended && lines->wide_line.len < KK_LINE_MAX) {
            char pair[2] = {(char)(unit & 0xff), (char)(unit >> 8)};
            kk_put_bytes(&lines->wide_line, pair, 2);
        }
    }
    if (!any)
        return false;
    uint64_t bytes = lines->wide_at - offset - (ended ? 2 : 0);
    kk_slice raw = kk_buffer_slice(&lines->wide_line);
    kk_slice text = kk_utf16_to_utf8(lines->scratch, raw);
    if (text.len && text.ptr[text.len - 1] == '\r')
        text.len--;
    *line = (kk_log_line){.text = text,
                          .offset = offset,
                          .length = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX,
                          .cut = bytes > KK_LINE_MAX,
                          .no_end = !ended};
    return true;
}

static bool next_narrow(kk_log_lines *lines, kk_log_line *line)
{
    kk_slice raw;
    uint64_t offset;
    bool cut;
    if (!kk_reader_line(&lines->reader, &raw, &offset, &cut))
        return false;
    *line = (kk_log_line){.offset = offset,
                          .length = (uint32_t)raw.len,
                          .cut = cut,
                          .no_end = offset + raw.len >= lines->stream->size};
    if (offset == 0 && kk_starts(raw, KK_S("\xef\xbb\xbf")))
        raw = kk_from(raw, 3);
    if (raw.len && raw.ptr[0] == '\0')
        raw = without_zeros(lines, raw, offset);
    line->text = decode(lines, raw, offset);
    return true;
}

bool kk_log_lines_next(kk_log_lines *lines, kk_log_line *line)
{
    if (lines->sink->stopped)
        return false;
    if (kk_arena_used(lines->scratch))
        kk_arena_reset(lines->scratch);
    if (!(lines->wide ? next_wide(lines, line) : next_narrow(lines, line)))
        return false;
    line->number = ++lines->number;
    if (line->cut)
        count(&lines->cut, line->offset);
    return true;
}

void kk_log_lines_skip(kk_log_lines *lines, const kk_log_line *line)
{
    count(&lines->unparsed, line->offset);
}

static void tell(kk_log_lines *lines, kk_issue_kind kind, const kk_log_count *counter,
                 kk_slice what)
{
    if (counter->count == 0)
        return;
    kk_issue issue = {kind, counter->first, counter->count, what};
    lines->sink->issue(lines->sink, &issue);
}

void kk_log_lines_close(kk_log_lines *lines)
{
    tell(lines, KK_ISSUE_UNPARSED, &lines->unparsed, KK_S("lines that no rule understood"));
    tell(lines, KK_ISSUE_DAMAGED, &lines->zeros, KK_S("lines that begin with zero bytes"));
    tell(lines, KK_ISSUE_LIMIT, &lines->cut, KK_S("lines longer than 1 MiB were cut"));
    tell(lines, KK_ISSUE_DAMAGED, &lines->undecoded,
         KK_S("lines with characters that no encoding explains"));
    if (lines->reader.failed)
        kk_report(lines->sink, KK_ISSUE_DAMAGED, lines->reader.offset + lines->reader.filled,
                  "cannot be read from here on");
    kk_buffer_close(&lines->wide_line);
    kk_arena_close(lines->scratch);
    lines->scratch = NULL;
}

/* Line by line, as the reader would. */
static kk_slice decode_lines(kk_arena *arena, kk_slice head)
{
    kk_charset charset = charset_of(head);
    kk_buffer out = {0};
    kk_slice rest = head, line;
    bool more = kk_split(&rest, '\n', &line);
    while (more) {
        bool plain = charset != KK_ISO_2022_JP && kk_utf8_valid(line);
        kk_charset own = charset == KK_UTF8 && !plain ? kk_charset_guess(line, NULL) : charset;
        kk_put(&out, plain ? line : kk_decode(arena, own, line, NULL));
        more = kk_split(&rest, '\n', &line);
        if (more)
            kk_put_byte(&out, '\n');
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static bool has_controls(kk_slice s)
{
    size_t controls = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        controls += c < 0x20 && c != 0 && (c < '\t' || c > '\r') && c != 0x1b;
    }
    return s.len >= 64 && controls * 20 > s.len;
}

/* No text in any encoding: at both ends one in twenty is a control character. Zeros count for
 * nothing, since a machine that lost power leaves them in its logs. */
static bool is_binary(kk_slice head)
{
    enum { SAMPLE = 2048 };
    return has_controls(kk_part(head, 0, SAMPLE)) &&
           has_controls(kk_from(head, head.len > SAMPLE ? head.len - SAMPLE : 0));
}

kk_slice kk_log_head(kk_arena *arena, kk_slice head, size_t most)
{
    bool whole = head.len <= most && head.len < HEAD;
    head = kk_part(head, 0, most);
    kk_charset charset = KK_UTF8;
    kk_slice text;
    if (is_wide(head, &charset))
        text = kk_decode(arena, charset, kk_part(head, 0, head.len / 2 * 2), NULL);
    else if (is_binary(head))
        return KK_NONE;
    else if (is_ascii(head))
        text = head;
    else
        text = decode_lines(arena, head);
    if (kk_starts(text, KK_S("\xef\xbb\xbf")))
        text = kk_from(text, 3);
    size_t end = kk_rfind_byte(text, '\n');
    return whole || end == KK_NOWHERE ? text : kk_part(text, 0, end);
}

bool kk_log_head_line(kk_slice *rest, kk_slice *line)
{
    while (rest->len) {
        size_t end = kk_find_byte(*rest, '\n');
        *line = kk_trim(kk_part(*rest, 0, end));
        *rest = kk_from(*rest, end == KK_NOWHERE ? rest->len : end + 1);
        if (line->len)
            return true;
    }
    return false;
}

static bool is_text(kk_slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if ((c < 0x20 && c != '\t' && c != '\f' && c != '\r' && c != 0x1b) || c == 0x7f)
            return false;
    }
    return true;
}

bool kk_log_head_is_text(kk_slice head)
{
    enum { BYTES = 16 * 1024, LINES = 40 };
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, head, BYTES), line;
    size_t lines = 0, good = 0;
    while (lines < LINES && kk_log_head_line(&rest, &line)) {
        lines++;
        good += is_text(line);
    }
    kk_arena_close(arena);
    return lines && good * 10 >= lines * 9;
}
