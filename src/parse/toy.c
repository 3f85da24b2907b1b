/* The template of a parser: it always compiles and is tested like the others. docs/adding-a-parser.md
 * grows it step by step.
 *
 * A toy log is the magic "KKTOY1\n" and records of
 *     u32 seconds since 1970, little-endian
 *     u16 length of a name
 *     the name in UTF-8
 */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/parser.h"

enum { MAGIC_SIZE = 7, HEAD_SIZE = 6, NAME_MAX_SIZE = 4096 };

static kk_score probe(const kk_probe *p)
{
    return kk_starts(p->head, KK_S("KKTOY1\n")) ? KK_SURE : KK_NO;
}

static void tell(kk_sink *sink, kk_event *event, uint32_t seconds, kk_slice name)
{
    event->time = kk_time_from_unix(seconds, 0);
    event->basis = KK_BASIS_UTC;
    event->precision = KK_EXACT_S;
    event->text[KK_DATASET] = KK_S("toy");
    event->text[KK_USER_NAME] = kk_utf8_clean(sink->arena, name);
    sink->event(sink, event);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char bytes[HEAD_SIZE + NAME_MAX_SIZE];
    kk_event event = {0};
    uint64_t offset = MAGIC_SIZE;
    (void)settings; /* the times are UTC, and one range covers the file */
    for (uint64_t record = 1; offset < in->size && !sink->stopped; record++) {
        size_t got = kk_read(in, offset, bytes, sizeof bytes);
        kk_cursor c = kk_cursor_over((kk_slice){bytes, got});
        uint32_t seconds = kk_u32(&c);
        size_t len = kk_u16(&c);
        kk_slice name = kk_bytes(&c, len);
        if (c.bad) {
            kk_report(sink, KK_ISSUE_TRUNCATED, offset, "the last record is cut short");
            return;
        }
        kk_event_clear(&event);
        event.record = record;
        event.offset = offset;
        event.length = (uint32_t)(HEAD_SIZE + len);
        tell(sink, &event, seconds, name);
        offset += event.length;
    }
}

const kk_parser kk_parser_toy = {
    .name = "toy",
    .about = "the template of a parser",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
