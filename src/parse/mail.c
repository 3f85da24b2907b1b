/* Mails: single messages (.eml, Maildir, Apple's .emlx) and mbox files.
 *
 *     message = header lines, an empty line, a body
 *     header  = name ':' value, going on in lines that begin with a blank
 *     mbox    = messages, each after a line "From address date" with an empty line before it
 *     emlx    = the message's length as a line of digits, the message, a property list
 *
 * The lines of a message are gone through once: that gives the headers and where each part of the
 * body begins and ends. Then the message is told: an event, a row for each address, the texts as
 * passages, everything else as children, which are decoded while they are read. An attached message
 * is a child too, and comes back here as an item of its own. */
#include "parse/html_text.h"
#include "parse/mail_told.h"
#include "parse/mime.h"
#include "parse/parser.h"

enum {
    HEADERS_MAX = 4096,
    HEAD_MAX = 4 * 1024 * 1024,
    LEVELS_MAX = 32,
    PARTS_MAX = 4096,
    TEXT_MAX = 8 * 1024 * 1024 /* bytes of a text part, encoded */
};

typedef struct {
    kk_slice name, value; /* value: lines joined, not decoded */
} header;

typedef struct {
    header *items;
    size_t count, capacity;
} headers;

typedef struct {
    kk_slice boundary;
    unsigned choice; /* of multipart/alternative: its number; else that of the level around it */
    bool digest;
} level;

typedef struct {
    kk_slice type, charset, name;
    kk_mime_coding coding;
    bool attached;      /* a file, not text of the mail itself */
    bool flowed, delsp; /* format=flowed: lines that end with a blank go on */
    bool bounded;       /* a line end before its end is not its own */
    unsigned choice;    /* 0: not one of several forms of the same text */
    uint64_t from, to;  /* encoded bytes in the stream */
} part;

typedef enum { IN_HEAD, IN_PART_HEAD, IN_BODY } place;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *arena;   /* of one message */
    kk_arena *scratch; /* of one part */
    bool is_mbox;
    kk_mail_told told; /* its number is that of the message, its offset where the message begins */
    kk_event event;
    /* the message being gone through */
    place place;
    kk_buffer head; /* of the headers being read: "name: value" lines, unfolded, '\0' between */
    headers top, inner;
    level levels[LEVELS_MAX];
    size_t depth;
    unsigned choices;
    part *parts;
    size_t part_count, part_capacity;
    bool part_open;
    uint64_t body_end; /* of an mbox's message that tells its length; 0 where it does not */
    bool over_limit, no_boundary;
    /* over all messages */
    uint64_t unknown_codings, unknown_charsets, limits, boundless, unended, undated, cut_texts;
} mail;

/* ---- Headers ---- */

static kk_slice header_value(const headers *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (kk_eq_nocase(h->items[i].name, kk_cstr(name)))
            return h->items[i].value;
    return KK_NONE;
}

static bool is_name_byte(char c)
{
    return c > ' ' && c < 0x7f && c != ':';
}

/* Length of the field name at the start of a line, 0 if there is none. */
static size_t name_length(kk_slice line)
{
    size_t n = 0, colon;
    while (n < line.len && n < 128 && is_name_byte(line.ptr[n]))
        n++;
    for (colon = n; colon < line.len && (line.ptr[colon] == ' ' || line.ptr[colon] == '\t');)
        colon++;
    return n && colon < line.len && line.ptr[colon] == ':' ? n : 0;
}

static void split_headers(mail *m, headers *out)
{
    kk_slice rest = kk_copy(m->arena, kk_buffer_slice(&m->head)), line;
    out->count = 0;
    while (rest.len && kk_split(&rest, '\0', &line)) {
        size_t n = name_length(line), colon = kk_find_byte(line, ':');
        if (n == 0 || out->count == HEADERS_MAX)
            continue;
        out->items =
            kk_grow(m->arena, out->items, &out->capacity, out->count + 1, sizeof *out->items);
        out->items[out->count++] = (header){kk_part(line, 0, n), kk_trim(kk_from(line, colon + 1))};
    }
    m->head.len = 0;
}

/* A zero byte parts headers, so none may be in one. */
static void put_line(kk_buffer *head, kk_slice line)
{
    size_t before = head->len;
    kk_put(head, line);
    for (size_t i = before; i < head->len; i++)
        if (head->ptr[i] == '\0')
            head->ptr[i] = ' ';
}

/* False when the line is none of a header: the body has begun without an empty line. */
static bool add_header_line(mail *m, kk_slice line)
{
    bool folded = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    if (!folded && !name_length(line))
        return m->head.len == 0 && kk_starts(line, KK_S(">From "));
    if (m->head.len + line.len > HEAD_MAX) {
        m->over_limit = true;
        return true;
    }
    if (!folded && m->head.len)
        kk_put_byte(&m->head, '\0');
    put_line(&m->head, line);
    return true;
}

/* ---- Structure: lines to parts ---- */

static bool is_text(kk_slice type)
{
    return kk_eq_nocase(type, KK_S("text/plain")) || kk_eq_nocase(type, KK_S("text/html")) ||
           kk_eq_nocase(type, KK_S("text/enriched")) ||
           kk_eq_nocase(type, KK_S("message/delivery-status")) ||
           kk_eq_nocase(type, KK_S("text/rfc822-headers")) || kk_eq_nocase(type, KK_S("text"));
}

static void open_part(mail *m, const headers *h, kk_slice type, uint64_t from)
{
    kk_slice content = header_value(h, "Content-Type"),
             disposition = header_value(h, "Content-Disposition");
    part p = {.type = type,
              .from = from,
              .bounded = m->depth || m->is_mbox,
              .choice = m->depth ? m->levels[m->depth - 1].choice : 0};
    if (m->part_count == PARTS_MAX) {
        m->over_limit = true;
        return;
    }
    if (!kk_mime_coding_by_name(kk_mime_main(header_value(h, "Content-Transfer-Encoding")),
                                &p.coding))
        m->unknown_codings++;
    p.charset = kk_mime_parameter(m->arena, content, "charset");
    p.flowed = kk_eq_nocase(kk_mime_parameter(m->arena, content, "format"), KK_S("flowed"));
    p.delsp = kk_eq_nocase(kk_mime_parameter(m->arena, content, "delsp"), KK_S("yes"));
    p.name = kk_mime_parameter(m->arena, disposition, "filename");
    if (p.name.len == 0)
        p.name = kk_mime_parameter(m->arena, content, "name");
    p.attached =
        kk_eq_nocase(kk_mime_main(disposition), KK_S("attachment")) || p.name.len || !is_text(type);
    m->parts = kk_grow(m->arena, m->parts, &m->part_capacity, m->part_count + 1, sizeof *m->parts);
    m->parts[m->part_count++] = p;
    m->part_open = true;
}

static void close_part(mail *m, uint64_t to)
{
    if (m->part_open)
        m->parts[m->part_count - 1].to = to;
    m->part_open = false;
}

/* mboxcl: a message tells its length, and lines "From " in it may stand unquoted. Held to be true only where
 * the next message or the file's end is there. */
static void bound_body(mail *m, uint64_t from)
{
    uint64_t len;
    char bytes[10];
    if (!kk_to_u64(kk_trim(header_value(&m->top, "Content-Length")), &len) || len > m->in->size ||
        from > m->in->size - len)
        return;
    kk_slice next = {bytes, kk_read(m->in, from + len, bytes, sizeof bytes)};
    if (next.len == 0 || kk_starts(kk_trim(next), KK_S("From ")))
        m->body_end = from + len;
}

/* Behind the headers of the message or of a part; the body begins at `from`. */
static void begin_body(mail *m, headers *h, uint64_t from)
{
    split_headers(m, h);
    m->place = IN_BODY;
    if (m->is_mbox && h == &m->top)
        bound_body(m, from);
    kk_slice content = header_value(h, "Content-Type"), type = kk_mime_main(content);
    bool digest = m->depth && m->levels[m->depth - 1].digest;
    if (type.len == 0)
        type = digest ? KK_S("message/rfc822") : KK_S("text/plain");
    if (!kk_eq_nocase(kk_part(type, 0, 10), KK_S("multipart/"))) {
        open_part(m, h, type, from);
        return;
    }
    kk_slice boundary = kk_trim(kk_mime_parameter(m->arena, content, "boundary"));
    if (boundary.len == 0 || m->depth == LEVELS_MAX) {
        m->no_boundary = m->no_boundary || boundary.len == 0;
        m->over_limit = m->over_limit || m->depth == LEVELS_MAX;
        open_part(m, h, KK_S("text/plain"), from);
        return;
    }
    level *l = &m->levels[m->depth];
    *l = (level){.boundary = boundary, .choice = m->depth ? m->levels[m->depth - 1].choice : 0};
    if (kk_eq_nocase(type, KK_S("multipart/alternative")))
        l->choice = ++m->choices;
    l->digest = kk_eq_nocase(type, KK_S("multipart/digest"));
    m->depth++;
    if (kk_eq_nocase(type, KK_S("multipart/encrypted")))
        kk_report(m->sink, KK_ISSUE_PASSWORD, m->told.offset, "message %llu is encrypted",
                  (unsigned long long)m->told.number);
}

/* The level whose boundary the line is, or `depth`; *last: the closing one. Outer ones end inner
 * ones. */
static size_t boundary_level(const mail *m, kk_slice line, bool *last)
{
    if (!kk_starts(line, KK_S("--")))
        return m->depth;
    for (size_t i = m->depth; i-- > 0;) {
        kk_slice boundary = m->levels[i].boundary, rest = kk_from(line, 2 + boundary.len);
        if (!kk_starts(kk_from(line, 2), boundary))
            continue;
        *last = kk_starts(rest, KK_S("--"));
        if (*last || kk_trim(rest).len == 0)
            return i;
    }
    return m->depth;
}

static void take_line(mail *m, kk_slice line, uint64_t offset, uint64_t next)
{
    bool last = false;
    size_t i = m->place == IN_HEAD ? m->depth : boundary_level(m, line, &last);
    if (i < m->depth) {
        if (m->place == IN_PART_HEAD)
            split_headers(m, &m->inner); /* a part without a body */
        close_part(m, offset);
        m->depth = last ? i : i + 1;
        m->place = last ? IN_BODY : IN_PART_HEAD;
        return;
    }
    if (m->place == IN_BODY)
        return;
    headers *h = m->place == IN_HEAD ? &m->top : &m->inner;
    if (line.len == 0)
        begin_body(m, h, next);
    else if (!add_header_line(m, line))
        begin_body(m, h, offset);
}

static void begin_message(mail *m, uint64_t offset)
{
    kk_arena_reset(m->arena);
    m->told.number++;
    m->place = IN_HEAD;
    m->told.offset = offset;
    m->head.len = 0;
    m->body_end = 0;
    m->top = m->inner = (headers){0};
    m->depth = 0;
    m->choices = 0;
    m->parts = NULL;
    m->part_count = m->part_capacity = 0;
    m->part_open = m->over_limit = m->no_boundary = false;
    m->event.more = NULL;
    m->event.more_capacity = 0;
    kk_event_clear(&m->event);
}

/* ---- Telling: the event ---- */

static kk_slice readable(mail *m, kk_slice value)
{
    return kk_utf8_clean(m->arena, kk_mime_words(m->arena, value));
}

/* Addresses are split before words are decoded, since names may hold commas; but bytes that should
 * have been encoded come first, since they may hold anything. */
static kk_slice readable_list(mail *m, kk_slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] >= 0x80 || value.ptr[i] == 0x1b)
            return kk_mime_text(m->arena, KK_NONE, value, NULL);
    return value;
}

static void add_addresses(mail *m, const char *field, const char *key)
{
    kk_buffer list = {0};
    kk_mime_address a;
    for (size_t i = 0; i < m->top.count; i++) {
        kk_slice rest = m->top.items[i].value;
        if (!kk_eq_nocase(m->top.items[i].name, kk_cstr(field)))
            continue;
        rest = readable_list(m, rest);
        while (kk_mime_next_address(m->arena, &rest, &a) && kk_mail_list(&list, a.name, a.address))
            continue;
    }
    kk_mail_add_list(&m->event, m->arena, key, &list);
    kk_buffer_close(&list);
}

static void add_text(mail *m, const char *field, const char *key)
{
    kk_slice value = readable(m, header_value(&m->top, field));
    if (value.len)
        kk_event_more(&m->event, m->arena, kk_cstr(key), value);
}

static bool set_time(mail *m, kk_slice value, const char *kind)
{
    kk_mime_date d;
    kk_event *e = &m->event;
    if (!kk_mime_date_parse(value, &d))
        return false;
    kk_time local = kk_time_from_civil(&d.civil);
    if (local == KK_NO_TIME)
        return false;
    e->time = d.has_zone ? local - d.offset * KK_SECOND
                         : kk_time_from_local(&m->settings->zone, &d.civil);
    e->basis = d.has_zone ? KK_BASIS_OFFSET : m->settings->zone_basis;
    e->precision = KK_EXACT_S;
    e->text[KK_TIME_KIND] = kk_cstr(kind);
    return true;
}

/* When it was sent; without a date of the sender's, when the last server took it. A page that was saved
 * with its pictures was never sent. */
static void date_event(mail *m)
{
    bool sent = header_value(&m->top, "From").len || header_value(&m->top, "Received").len;
    if (set_time(m, header_value(&m->top, "Date"), "sent"))
        return;
    kk_slice received = header_value(&m->top, "Received");
    size_t semicolon = kk_rfind_byte(received, ';');
    if (semicolon == KK_NOWHERE || !set_time(m, kk_from(received, semicolon + 1), "received"))
        m->undated += sent;
}

static void add_size(mail *m, uint64_t size)
{
    kk_event_more(&m->event, m->arena, KK_S("size"),
                  kk_print(m->arena, "%llu", (unsigned long long)size));
}

static void tell_event(mail *m, uint64_t end)
{
    kk_event *e = &m->event;
    kk_mime_address from = {KK_NONE, KK_NONE};
    kk_slice list = readable_list(m, header_value(&m->top, "From"));
    (void)kk_mime_next_address(m->arena, &list, &from);
    e->record = m->told.number;
    e->offset = m->told.offset;
    m->told.length = e->length =
        end - m->told.offset < UINT32_MAX ? (uint32_t)(end - m->told.offset) : UINT32_MAX;
    kk_mail_begin_event(e, m->settings);
    e->text[KK_USER_NAME] = from.address.len ? from.address : from.name;
    e->text[KK_SOURCE_IP] = kk_mail_bare_ip(header_value(&m->top, "X-Originating-IP"));
    kk_slice agent = header_value(&m->top, "X-Mailer");
    e->text[KK_USER_AGENT] = readable(m, agent.len ? agent : header_value(&m->top, "User-Agent"));
    date_event(m);
    add_addresses(m, "To", "to");
    add_addresses(m, "Cc", "cc");
    add_addresses(m, "Bcc", "bcc");
    add_text(m, "Subject", "subject");
    add_text(m, "Message-ID", "message-id");
    add_text(m, "X-Originating-IP", "x-originating-ip");
    add_size(m, end - m->told.offset);
    for (size_t i = 0; i < m->part_count; i++)
        if (m->parts[i].attached && m->parts[i].name.len)
            kk_event_more(e, m->arena, KK_S("attachment"), m->parts[i].name);
    m->sink->event(m->sink, e);
}

/* ---- Telling: people ---- */

static void tell_addresses(mail *m)
{
    static const char *const roles[] = {"From", "Sender", "To", "Cc", "Bcc", "Reply-To"};
    kk_mime_address a;
    for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
        for (size_t i = 0; i < m->top.count; i++) {
            if (!kk_eq_nocase(m->top.items[i].name, kk_cstr(roles[k])))
                continue;
            kk_slice rest = readable_list(m, m->top.items[i].value);
            while (!m->sink->stopped && kk_mime_next_address(m->scratch, &rest, &a)) {
                kk_mail_tell_address(&m->told, roles[k], kk_utf8_clean(m->scratch, a.name),
                                     a.address);
                kk_arena_reset(m->scratch);
            }
        }
    }
}

/* ---- Telling: texts ---- */

/* The encoded bytes of a part, without the line end that belongs to the boundary behind it. */
static kk_slice load(mail *m, const part *p)
{
    uint64_t size = p->to - p->from;
    if (size > TEXT_MAX) {
        m->cut_texts++;
        size = TEXT_MAX;
    }
    char *bytes = kk_take(m->scratch, (size_t)size);
    return (kk_slice){bytes, kk_read(m->in, p->from, bytes, (size_t)size)};
}

static kk_slice decoded(mail *m, const part *p, kk_slice raw)
{
    kk_mime_decoder d = {.coding = p->coding};
    if (p->coding == KK_MIME_PLAIN)
        return raw;
    char *to = kk_take(m->scratch, raw.len + 8);
    return (kk_slice){to, kk_mime_decode(&d, raw, to)};
}

/* Lines of an mbox that begin with "From " got a '>' in front when it was written. */
static kk_slice without_quoting(mail *m, kk_slice text)
{
    if (!m->is_mbox || !kk_has(text, KK_S(">From ")))
        return text;
    kk_buffer out = {0};
    kk_slice line;
    while (kk_split(&text, '\n', &line)) {
        size_t marks = 0;
        while (marks < line.len && line.ptr[marks] == '>')
            marks++;
        bool quoted = marks && kk_starts(kk_from(line, marks), KK_S("From "));
        kk_put(&out, kk_from(line, quoted));
        if (text.ptr && text.len)
            kk_put_byte(&out, '\n');
    }
    text = kk_copy(m->scratch, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* Of a line: how deep it quotes, which ">" show. */
static size_t quotes_of(kk_slice line)
{
    size_t n = 0;
    while (n < line.len && line.ptr[n] == '>')
        n++;
    return n;
}

/* RFC 3676: lines that end with a blank go on in the next one that quotes as deep; a blank before a line's
 * text was put there. A signature's line is none of these. */
static kk_slice unfolded(mail *m, const part *p, kk_slice text)
{
    kk_slice line;
    if (!p->flowed || text.len == 0)
        return text;
    char *to = kk_take(m->scratch, text.len + 1);
    size_t len = 0, depth = 0;
    bool goes_on = false;
    while (kk_split(&text, '\n', &line)) {
        if (kk_ends(line, KK_S("\r")))
            line.len--;
        size_t quotes = quotes_of(line);
        kk_slice own = kk_from(line, quotes);
        own = kk_starts(own, KK_S(" ")) ? kk_from(own, 1) : own;
        bool joins = goes_on && quotes == depth && !kk_is(own, "-- ");
        if (!joins && len)
            to[len++] = '\n';
        if (!joins) {
            memcpy(to + len, line.ptr, quotes);
            len += quotes;
        }
        goes_on = kk_ends(own, KK_S(" ")) && !kk_is(own, "-- ");
        own.len -= goes_on && p->delsp;
        memcpy(to + len, own.ptr, own.len);
        len += own.len;
        depth = quotes;
    }
    return (kk_slice){to, len};
}

static kk_slice text_of(mail *m, const part *p)
{
    bool known, html = kk_eq_nocase(p->type, KK_S("text/html"));
    kk_slice bytes = decoded(m, p, load(m, p)), charset = p->charset;
    if (html && charset.len == 0)
        charset = kk_html_charset(bytes);
    kk_slice text = kk_mime_text(m->scratch, charset, bytes, &known);
    m->unknown_charsets += !known;
    return kk_mail_tidy(m->scratch, html ? kk_mail_page_text(m->scratch, m->settings, text)
                                         : unfolded(m, p, without_quoting(m, text)));
}

/* A table of the page is told out of the page: as plain text its cells are lines. */
static bool has_better_form(mail *m, size_t at, kk_slice text)
{
    const part *p = &m->parts[at];
    if (!p->choice || kk_eq_nocase(p->type, KK_S("text/html")) || kk_mail_has_table(text))
        return false;
    for (size_t i = at + 1; i < m->part_count; i++) {
        const part *other = &m->parts[i];
        if (other->choice == p->choice && !other->attached &&
            kk_eq_nocase(other->type, KK_S("text/html")) && kk_mail_has_table(text_of(m, other)))
            return true;
    }
    return false;
}

static void tell_texts(mail *m)
{
    kk_mail_forms forms = {0};
    kk_mail_tell_text(&m->told, KK_S("subject"), readable(m, header_value(&m->top, "Subject")),
                      m->told.offset);
    for (size_t i = 0; i < m->part_count && !m->sink->stopped; i++) {
        const part *p = &m->parts[i];
        if (p->attached)
            continue;
        kk_arena_reset(m->scratch);
        kk_slice text = text_of(m, p);
        if (!has_better_form(m, i, text) && kk_mail_is_news(&forms, p->choice, text))
            kk_mail_tell_text(&m->told, KK_S("body"), text, p->from);
    }
}

/* ---- Telling: children ---- */

enum { CHILD_BLOCK = 48 * 1024 };

typedef struct {
    kk_stream *in;
    uint64_t at, end;
    kk_mime_decoder decoder;
    char raw[CHILD_BLOCK], out[CHILD_BLOCK + 8];
    size_t ready, given;
} child_source;

static ptrdiff_t read_child(void *context, void *into, size_t len)
{
    child_source *s = context;
    while (s->given == s->ready) {
        uint64_t left = s->end - s->at;
        size_t want = left < CHILD_BLOCK ? (size_t)left : CHILD_BLOCK, n;
        if (want == 0)
            return 0;
        n = kk_read(s->in, s->at, s->raw, want);
        if (n == 0)
            return -1;
        s->at += n;
        s->ready = kk_mime_decode(&s->decoder, (kk_slice){s->raw, n}, s->out);
        s->given = 0;
    }
    size_t n = s->ready - s->given < len ? s->ready - s->given : len;
    memcpy(into, s->out + s->given, n);
    s->given += n;
    return (ptrdiff_t)n;
}

static void tell_child(mail *m, const part *p, kk_slice name)
{
    kk_arena_reset(m->scratch);
    child_source *s = KK_NEW(m->scratch, child_source);
    *s = (child_source){.in = m->in, .at = p->from, .end = p->to, .decoder = {.coding = p->coding}};
    kk_child child = {.name = name,
                      .joint = "!/",
                      .size = p->coding == KK_MIME_PLAIN ? p->to - p->from : UINT64_MAX,
                      .modified = m->event.time,
                      .read = read_child,
                      .context = s};
    m->sink->child(m->sink, &child);
}

static bool is_enveloped(const part *p)
{
    return kk_eq_nocase(p->type, KK_S("application/pkcs7-mime")) ||
           kk_eq_nocase(p->type, KK_S("application/x-pkcs7-mime"));
}

static void tell_children(mail *m)
{
    kk_slice *names = KK_NEW_ARRAY(m->arena, kk_slice, m->part_count + 1);
    for (size_t i = 0; i < m->part_count && !m->sink->stopped; i++) {
        if (!m->parts[i].attached)
            continue;
        if (is_enveloped(&m->parts[i]))
            kk_report(m->sink, KK_ISSUE_PASSWORD, m->told.offset,
                      "message %llu is encrypted or signed as a whole",
                      (unsigned long long)m->told.number);
        kk_slice name =
            kk_mail_child_name(m->arena, m->parts[i].name, m->parts[i].type, i + 1, names);
        if (m->is_mbox)
            name = kk_print(m->arena, "%llu/%.*s", (unsigned long long)m->told.number, KK_P(name));
        tell_child(m, &m->parts[i], name);
    }
}

/* ---- Messages of a file ---- */

/* The empty line or boundary's line end before `to` is none of the part's. */
static void trim_part(mail *m, part *p)
{
    char last[2];
    if (p->to > p->from && kk_read(m->in, p->to - 1, last, 1) == 1 && last[0] == '\n') {
        p->to--;
        if (p->to > p->from && kk_read(m->in, p->to - 1, last, 1) == 1 && last[0] == '\r')
            p->to--;
    }
}

static void end_message(mail *m, uint64_t end)
{
    unsigned long long number = m->told.number;
    if (m->place == IN_HEAD) {
        split_headers(m, &m->top);
        kk_report(m->sink, KK_ISSUE_TRUNCATED, m->told.offset, "message %llu ends in its headers",
                  number);
    }
    m->unended += m->depth && (m->part_open || m->place == IN_PART_HEAD);
    close_part(m, end);
    for (size_t i = 0; i < m->part_count; i++)
        if (m->parts[i].bounded)
            trim_part(m, &m->parts[i]);
    m->limits += m->over_limit;
    m->boundless += m->no_boundary;
    if (m->top.count == 0) {
        kk_report(m->sink, KK_ISSUE_DAMAGED, m->told.offset, "message %llu has no headers", number);
    } else {
        tell_event(m, end);
        tell_addresses(m);
    }
    tell_texts(m);
    tell_children(m);
}

/* "From taro@example.jp Wed Jul  1 09:12:33 2026" */
static bool is_from_line(kk_slice line)
{
    if (!kk_starts(line, KK_S("From ")) || line.len > 512)
        return false;
    size_t colon = kk_find_byte(line, ':');
    if (colon == KK_NOWHERE || colon < 6 || colon + 2 >= line.len)
        return false;
    const char *p = line.ptr + colon;
    return p[-1] >= '0' && p[-1] <= '9' && p[1] >= '0' && p[1] <= '9' && p[2] >= '0' && p[2] <= '9';
}

/* Whether a message may begin at the offset: behind an empty line, or where the last one says it ends. */
static bool is_between(const mail *m, uint64_t offset, bool blank)
{
    if (!m->body_end)
        return blank;
    return offset >= m->body_end && (blank || offset == m->body_end);
}

static void read_messages(mail *m, kk_reader *reader)
{
    kk_slice line;
    uint64_t offset = reader->offset, next;
    bool cut, blank = true, first = true, open = false;
    while (!m->sink->stopped && kk_reader_line(reader, &line, &offset, &cut)) {
        next = reader->offset + reader->at;
        m->limits += cut && m->place != IN_BODY;
        if (first && line.len == 0)
            continue;
        if (first && kk_starts(line, KK_S("\xef\xbb\xbf")))
            line = kk_from(line, 3);
        if (first)
            m->is_mbox = is_from_line(line);
        bool separator = m->is_mbox && is_from_line(line) && is_between(m, offset, blank);
        if (separator && open)
            end_message(m, offset);
        if (separator || first)
            begin_message(m, offset);
        if (!separator)
            take_line(m, line, offset, next);
        open = true;
        first = false;
        blank = line.len == 0;
    }
    if (open && !m->sink->stopped)
        end_message(m, reader->end < m->in->size ? reader->end : m->in->size);
}

/* The message of an .emlx file: behind a first line of digits, and that long. */
static void emlx_range(kk_stream *in, uint64_t *begin, uint64_t *end)
{
    char bytes[24];
    kk_slice head = {bytes, kk_read(in, 0, bytes, sizeof bytes)};
    size_t feed = kk_find_byte(head, '\n');
    uint64_t size;
    if (feed == KK_NOWHERE || feed == 0 || !kk_to_u64(kk_trim(kk_part(head, 0, feed)), &size))
        return;
    *begin = feed + 1;
    if (size <= in->size && *begin + size <= in->size)
        *end = *begin + size;
}

static void report_rest(mail *m, const kk_reader *reader)
{
    kk_report_count(m->sink, KK_ISSUE_LIMIT, m->limits,
                    "messages or lines are over a limit of headers, levels or parts");
    kk_report_count(m->sink, KK_ISSUE_LIMIT, m->cut_texts, "texts over 8 MiB were cut");
    kk_report_count(m->sink, KK_ISSUE_DAMAGED, m->boundless,
                    "messages of several parts do not say what parts them");
    kk_report_count(m->sink, KK_ISSUE_TRUNCATED, m->unended,
                    "messages end before the last of their parts does");
    kk_report_count(m->sink, KK_ISSUE_DAMAGED, m->undated,
                    "messages have no date that can be read");
    kk_report_count(m->sink, KK_ISSUE_FORMAT, m->unknown_codings,
                    "parts are in a transfer encoding that is not read");
    kk_report_count(m->sink, KK_ISSUE_FORMAT, m->unknown_charsets,
                    "texts are in a charset that is not known, and were guessed");
    if (reader->failed)
        kk_report(m->sink, KK_ISSUE_TRUNCATED, reader->offset + reader->at,
                  "the file cannot be read from here on");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    mail *m = KK_NEW(arena, mail);
    uint64_t begin = 0, end = UINT64_MAX;
    m->in = in;
    m->sink = m->told.sink = sink;
    m->settings = settings;
    m->arena = kk_arena_open();
    m->scratch = kk_arena_open();
    emlx_range(in, &begin, &end);
    kk_reader reader = kk_reader_open(arena, in, begin, end);
    read_messages(m, &reader);
    report_rest(m, &reader);
    kk_buffer_close(&m->head);
    kk_arena_close(m->scratch);
    kk_arena_close(m->arena);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

/* Which of the known fields a header line is, as a bit; the first four make a mail. */
static unsigned known_field(kk_slice name)
{
    static const char *const names[] = {"From",
                                        "Received",
                                        "Return-Path",
                                        "Delivered-To",
                                        "To",
                                        "Subject",
                                        "Date",
                                        "Message-ID",
                                        "MIME-Version",
                                        "Content-Type",
                                        "Reply-To",
                                        "Cc",
                                        "Sender",
                                        "X-Mailer",
                                        "DKIM-Signature",
                                        "X-Original-To",
                                        "Content-Transfer-Encoding",
                                        "X-Originating-IP",
                                        "User-Agent",
                                        "ARC-Seal",
                                        "Authentication-Results"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_eq_nocase(name, kk_cstr(names[i])))
            return 1u << i;
    return 0;
}

/* Known fields among the header lines at the start; 0 when a line there is no header's. */
static unsigned fields_of(kk_slice text)
{
    unsigned found = 0;
    kk_slice line;
    for (int i = 0; i < 400 && text.len && kk_split(&text, '\n', &line); i++) {
        bool folded = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        line = kk_trim(line);
        if (line.len == 0)
            break;
        size_t n = name_length(line);
        if (folded && i > 0)
            continue;
        if (!n) /* the last line of the head may be cut */
            return text.len ? 0 : found;
        found |= known_field(kk_part(line, 0, n));
    }
    return found;
}

static kk_score probe(const kk_probe *p)
{
    kk_slice text = kk_starts(p->head, KK_S("\xef\xbb\xbf")) ? kk_from(p->head, 3) : p->head, line,
             rest;
    uint64_t digits;
    while (text.len && (text.ptr[0] == '\r' || text.ptr[0] == '\n'))
        text = kk_from(text, 1);
    rest = text;
    bool is_mbox = kk_split(&rest, '\n', &line) && is_from_line(kk_trim(line));
    if (is_mbox || kk_to_u64(kk_trim(line), &digits))
        text = rest;
    unsigned found = fields_of(text), count = (unsigned)__builtin_popcount(found);
    bool sent = (found & 15) != 0;
    bool named =
        kk_ends(p->name, KK_S(".eml")) || kk_ends(p->name, KK_S(".emlx")) ||
        kk_ends(p->name, KK_S(".mbox")) || kk_ends(p->name, KK_S(".mht")) ||
        kk_ends(p->name, KK_S(".mhtml")); /* a page with its pictures, as browsers save it */
    if (is_mbox && count >= 2)
        return KK_SURE;
    if ((sent && count >= 3) || (named && count >= 2))
        return (kk_score)(KK_LIKELY + 20);
    return KK_NO;
}

const kk_parser kk_parser_mail = {
    .name = "mail",
    .about = "mails: single messages and mbox files",
    .version = 3,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
