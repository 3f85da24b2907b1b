#include "worker/payloads.h"

#include "base/text.h"
#include "detect/payload.h"

/* Of one job, a range of an item. */
enum { ROWS_MOST = 20000, TOLD_MOST = 4096 };
#define BYTES_MOST (UINT64_C(256) << 20)

/* Content that was told as a child: the same content in another event gets no child of its own. */
typedef struct {
    kk_sha256 sha256;
    kk_slice child;
} told;

struct payloads {
    kk_sink *sink;
    void (*row)(kk_sink *sink, const kk_payload_row *row);
    kk_arena *scratch; /* of one event */
    told *told;        /* TOLD_MOST slots, by the first bytes of the hash; NULL before the first */
    const kk_event *event; /* NULL: a script */
    kk_slice field;
    uint64_t offset; /* of the event that was told last */
    uint32_t sub;
    uint32_t count;  /* of that event's payloads: those at the same place go on counting */
    uint32_t before; /* ... before the field that is looked at */
    uint32_t within; /* what the field itself is a layer of */
    uint64_t rows, bytes;
    bool limited;
    void (*decoded)(kk_sink *sink, const kk_event *event, const kk_decoded *decoded);
    kk_slice texts[KK_PAYLOADS_MOST]; /* of the field, where somebody wants them */
    size_t text_count;
};

payloads *payloads_open(kk_sink *sink, void (*row)(kk_sink *sink, const kk_payload_row *row))
{
    payloads *p = KK_NEW(sink->arena, payloads);
    *p = (payloads){.sink = sink, .row = row, .scratch = kk_arena_open(), .offset = UINT64_MAX};
    return p;
}

void payloads_tell_texts(payloads *p, void (*decoded)(kk_sink *sink, const kk_event *event,
                                                      const kk_decoded *decoded))
{
    p->decoded = decoded;
}

void payloads_close(payloads *p)
{
    if (p)
        kk_arena_close(p->scratch);
}

typedef struct {
    kk_slice left;
} content;

static ptrdiff_t read_content(void *context, void *into, size_t len)
{
    content *c = context;
    size_t n = c->left.len < len ? c->left.len : len;
    if (n)
        memcpy(into, c->left.ptr, n);
    c->left = kk_from(c->left, n);
    return (ptrdiff_t)n;
}

/* What is compressed has no item of its own: what is inside of it has. */
static bool is_wrapping(kk_payload_kind kind)
{
    return kind == KK_PAYLOAD_GZIP || kind == KK_PAYLOAD_ZLIB || kind == KK_PAYLOAD_DEFLATE;
}

/* By its place in the item, which is the same whatever the ranges and however lines are counted. */
static kk_slice child_name(payloads *p, uint32_t number)
{
    const kk_event *e = p->event;
    if (!e)
        return kk_print(p->sink->arena, "payload %u", number);
    kk_slice place = kk_print(p->scratch, e->sub ? "offset %llu.%u" : "offset %llu",
                              (unsigned long long)e->offset, e->sub);
    return kk_print(p->sink->arena, "%.*s payload %u", KK_P(place), number);
}

static kk_slice tell_child(payloads *p, const kk_payload *found, const kk_sha256 *sha256,
                           uint32_t number)
{
    if (!p->told)
        p->told = KK_NEW_ARRAY(p->sink->arena, told, TOLD_MOST);
    told *slot = &p->told[(sha256->bytes[0] | (unsigned)sha256->bytes[1] << 8) % TOLD_MOST];
    if (slot->child.len && kk_sha256_eq(&slot->sha256, sha256))
        return slot->child;
    content c = {found->bytes};
    kk_slice name = child_name(p, number);
    kk_child child = {.name = name,
                      .joint = "!/",
                      .size = found->bytes.len,
                      .modified = KK_NO_TIME,
                      .read = read_content,
                      .context = &c};
    p->sink->child(p->sink, &child);
    *slot = (told){*sha256, name};
    return name;
}

static kk_slice bounded(kk_slice text)
{
    size_t len = KK_PAYLOAD_TEXT_MOST;
    if (text.len <= len)
        return text;
    while (len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return kk_part(text, 0, len);
}

static void on_payload(void *context, const kk_payload *found)
{
    payloads *p = context;
    if (found->text.len && p->text_count < KK_PAYLOADS_MOST)
        p->texts[p->text_count++] = found->text;
    if (p->limited)
        return;
    if (p->rows >= ROWS_MOST || p->bytes + found->bytes.len > BYTES_MOST) {
        p->limited = true;
        return;
    }
    p->rows++;
    p->bytes += found->bytes.len;
    p->count++;
    kk_payload_row row = {
        .number = p->before + found->number,
        .within = found->within ? p->before + found->within : p->within,
        .torn = found->torn,
        .cut = found->text.len > KK_PAYLOAD_TEXT_MOST,
        .kind = kk_cstr(kk_payload_kind_name(found->kind)),
        .field = kk_utf8_clean(p->scratch, p->field),
        .mark = found->mark,
        .chain = found->chain,
        .bytes = found->bytes.len,
        .sha256 = kk_sha256_of(found->bytes),
        .text = kk_utf8_clean(p->scratch, bounded(found->text)),
    };
    if (p->event) {
        row.time = p->event->time;
        row.record = p->event->record;
        row.sub = p->event->sub;
    }
    if (!is_wrapping(found->kind))
        row.child = tell_child(p, found, &row.sha256, row.number);
    p->row(p->sink, &row);
}

static void look_at(payloads *p, kk_slice text, uint64_t offset)
{
    p->before = p->count;
    p->text_count = 0;
    bool whole = kk_payloads_find(p->scratch, text, on_payload, p);
    if (p->decoded && p->event && p->text_count) {
        kk_decoded decoded = {p->field, p->texts, p->text_count};
        p->decoded(p->sink, p->event, &decoded);
    }
    kk_arena_reset(p->scratch);
    if (!whole && !p->limited)
        kk_report(p->sink, KK_ISSUE_LIMIT, offset,
                  "an encoded payload is larger or deeper than is decoded");
}

void payloads_look_script(payloads *p, kk_slice script)
{
    kk_payload_row row = {.time = KK_NO_TIME,
                          .number = 1,
                          .cut = script.len > KK_PAYLOAD_TEXT_MOST,
                          .kind = KK_S("script"),
                          .chain = KK_S("joined"),
                          .bytes = script.len,
                          .sha256 = kk_sha256_of(script),
                          .text = kk_utf8_clean(p->scratch, bounded(script))};
    p->row(p->sink, &row);
    p->count = p->within = 1;
    look_at(p, script, 0);
}

void payloads_look(payloads *p, const kk_event *event)
{
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    size_t count = kk_payload_fields(event, fields);
    bool was_limited = p->limited;
    if (!count || (was_limited && !p->decoded))
        return;
    if (event->offset != p->offset || event->sub != p->sub)
        p->count = 0;
    p->offset = event->offset;
    p->sub = event->sub;
    p->event = event;
    for (size_t i = 0; i < count; i++) {
        p->field = fields[i].name;
        look_at(p, fields[i].text, event->offset);
    }
    if (p->limited && !was_limited)
        kk_report(p->sink, KK_ISSUE_LIMIT, event->offset,
                  "more encoded payloads than are taken out of one piece: the rest is left out");
}
