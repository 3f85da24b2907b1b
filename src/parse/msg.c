/* Items of Outlook: MSG, mails with everything that is attached.
 *
 * An OLE file (MS-OXMSG). A message is a storage: values of fixed size in the stream
 * "__properties_version1.0", others in streams "__substg1.0_" + property (4 hexadecimal digits) + type
 * (4); recipients and attachments are storages of the same make. An attached message is a storage in
 * that of its attachment: it is told as a message of its own of the same item, as those of an mbox are.
 * Texts are UTF-16 (type 001F), or bytes in the message's code page (001E). The body comes as text, as
 * HTML, as packed RTF, or as several of these. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/code_page.h"
#include "parse/compound.h"
#include "parse/html_text.h"
#include "parse/mail_told.h"
#include "parse/mapi_i.h"
#include "parse/mime.h"
#include "parse/ole_kind.h"

#include <stdio.h>

enum {
    TEXT_MAX = 8 * 1024 * 1024,
    SHORT_MAX = 64 * 1024, /* subjects, names of people */
    NAME_MAX_BYTES = 4096, /* of files */
    PROPERTIES_MAX = 1024 * 1024,
    MESSAGES_MAX = 1024,
    ATTACHMENTS_MAX = 4096
};

/* Bytes of the stream of properties before the first one. */
enum { HEAD_TOP = 32, HEAD_INNER = 24, HEAD_PART = 8 };

typedef struct {
    kk_compound *file;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *arena, *scratch; /* of one message, of one text */
    kk_mail_told told;
    kk_event event;
    uint32_t storage; /* of the message */
    kk_slice fixed;   /* its properties of fixed size */
    unsigned page;
    uint32_t *queue; /* storages of messages that are attached */
    size_t queued;
    uint64_t unknown_pages, unpacked_badly, cut_texts, undated, left_messages, left_attachments;
} msg;

/* ---- Properties ---- */

static kk_slice fixed_of(msg *m, kk_arena *arena, uint32_t storage, size_t head)
{
    uint32_t entry = kk_compound_find(m->file, storage, "__properties_version1.0");
    return kk_from(kk_compound_load(m->file, arena, entry, PROPERTIES_MAX), head);
}

/* Entries of 16 bytes: type, property, flags, value. */
static bool fixed_value(kk_slice fixed, unsigned property, unsigned type, uint64_t *value)
{
    kk_cursor c = kk_cursor_over(fixed);
    while (kk_left(&c) >= 16) {
        bool same = kk_u16(&c) == type;
        same = kk_u16(&c) == property && same;
        kk_skip(&c, 4);
        *value = kk_u64(&c);
        if (same)
            return true;
    }
    return false;
}

enum {
    NUMBER = 0x0003,
    TIME = 0x0040,
    BYTES = 0x0102,
    OBJECT = 0x000d,
    UNICODE = 0x001f,
    ANSI = 0x001e
};

static uint32_t number_of(kk_slice fixed, unsigned property)
{
    uint64_t value;
    return fixed_value(fixed, property, NUMBER, &value) ? (uint32_t)value : 0;
}

static uint32_t entry_of(const msg *m, uint32_t storage, unsigned property, unsigned type)
{
    char name[32];
    snprintf(name, sizeof name, "__substg1.0_%04X%04X", property, type);
    return kk_compound_find(m->file, storage, name);
}

static kk_slice bytes_of(msg *m, kk_arena *arena, uint32_t entry, size_t most)
{
    const kk_compound_entry *e = kk_compound_at(m->file, entry);
    m->cut_texts += e && e->size > most;
    return kk_compound_load(m->file, arena, entry, most);
}

static kk_slice in_page(msg *m, kk_arena *arena, unsigned page, kk_slice bytes)
{
    bool known = true;
    kk_slice text = kk_code_page_text(arena, page, bytes, &known);
    m->unknown_pages += !known && page;
    return kk_utf8_clean(arena, text);
}

/* A text in either form; empty when it is not there. Zeros at its end are none of it. */
static kk_slice text_of(msg *m, kk_arena *arena, uint32_t storage, unsigned property, size_t most)
{
    uint32_t entry = entry_of(m, storage, property, UNICODE);
    kk_slice text;
    if (entry != KK_COMPOUND_NONE)
        text = kk_utf16_to_utf8(arena, bytes_of(m, arena, entry, most));
    else
        text = in_page(m, arena, m->page,
                       bytes_of(m, arena, entry_of(m, storage, property, ANSI), most));
    while (text.len && text.ptr[text.len - 1] == '\0')
        text.len--;
    return text;
}

/* Where a property is in the file; 0 where it is not there. */
static uint64_t offset_of(msg *m, uint32_t storage, unsigned property)
{
    static const unsigned types[] = {UNICODE, ANSI, BYTES};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        uint32_t entry = entry_of(m, storage, property, types[i]);
        if (entry != KK_COMPOUND_NONE)
            return kk_compound_offset(m->file, entry, 0);
    }
    return 0;
}

static kk_slice short_text(msg *m, unsigned property)
{
    return kk_trim(text_of(m, m->arena, m->storage, property, SHORT_MAX));
}

static kk_mime_address address_of(msg *m, kk_arena *arena, uint32_t storage, unsigned name,
                                  unsigned smtp, unsigned address)
{
    kk_mime_address a;
    a.name = kk_trim(text_of(m, arena, storage, name, SHORT_MAX));
    a.address = kk_mail_mailbox(kk_trim(text_of(m, arena, storage, smtp, SHORT_MAX)));
    if (a.address.len == 0)
        a.address = kk_mail_mailbox(kk_trim(text_of(m, arena, storage, address, SHORT_MAX)));
    if (kk_eq(a.name, a.address))
        a.name = KK_NONE;
    return a;
}

/* ---- People ---- */

static bool is_part(const kk_compound_entry *e, const char *begin)
{
    kk_slice prefix = kk_cstr(begin);
    return e->is_storage && kk_eq_nocase(kk_part(e->name, 0, prefix.len), prefix);
}

/* Storages within the message's whose names begin so, one after the other. */
static uint32_t next_part(const msg *m, uint32_t entry, const char *begin)
{
    const kk_compound_entry *e;
    while ((e = kk_compound_at(m->file, entry)) && !is_part(e, begin))
        entry = e->next;
    return entry;
}

static uint32_t first_part(const msg *m, const char *begin)
{
    const kk_compound_entry *e = kk_compound_at(m->file, m->storage);
    return next_part(m, e ? e->first : KK_COMPOUND_NONE, begin);
}

#define EACH_PART(entry, m, begin)                                                                 \
    for (uint32_t entry = first_part(m, begin); entry != KK_COMPOUND_NONE && !(m)->sink->stopped;  \
         entry = next_part(m, kk_compound_at((m)->file, entry)->next, begin))

static const char recipient[] = "__recip_version1.0_", attachment[] = "__attach_version1.0_";

static void tell_address(msg *m, const char *role, const kk_mime_address *a, uint64_t offset)
{
    m->told.offset = offset;
    if (a->name.len || a->address.len)
        kk_mail_tell_address(&m->told, role, a->name, a->address);
}

/* Recipients of one kind: 1 To, 2 Cc, 3 Bcc; told, or only listed for the event. */
static void recipients(msg *m, unsigned kind, const char *role, kk_buffer *list)
{
    EACH_PART(entry, m, recipient)
    {
        kk_arena_reset(m->scratch);
        if ((number_of(fixed_of(m, m->scratch, entry, HEAD_PART), RECIPIENT_KIND) & 15) != kind)
            continue;
        kk_mime_address a = address_of(m, m->scratch, entry, DISPLAY_NAME, SMTP_ADDRESS, ADDRESS);
        if (!list)
            tell_address(m, role, &a, offset_of(m, entry, DISPLAY_NAME));
        else if ((a.name.len || a.address.len) && !kk_mail_list(list, a.name, a.address))
            return;
    }
}

static void tell_people(msg *m)
{
    kk_mime_address from = address_of(m, m->arena, m->storage, FROM_NAME, FROM_SMTP, FROM_ADDRESS);
    kk_mime_address sender =
        address_of(m, m->arena, m->storage, SENDER_NAME, SENDER_SMTP, SENDER_ADDRESS);
    bool same = kk_eq_nocase(from.address, sender.address) && kk_eq(from.name, sender.name);
    bool has_from = from.name.len || from.address.len;
    uint64_t of_sender = offset_of(m, m->storage, SENDER_NAME);
    tell_address(m, "From", has_from ? &from : &sender,
                 has_from ? offset_of(m, m->storage, FROM_NAME) : of_sender);
    if (has_from && !same)
        tell_address(m, "Sender", &sender, of_sender);
    recipients(m, 1, "To", NULL);
    recipients(m, 2, "Cc", NULL);
    recipients(m, 3, "Bcc", NULL);
}

/* ---- The event ---- */

static void add_recipients(msg *m, unsigned kind, const char *key)
{
    kk_buffer list = {0};
    recipients(m, kind, NULL, &list);
    kk_mail_add_list(&m->event, m->arena, key, &list);
    kk_buffer_close(&list);
}

static void add_text(msg *m, const char *key, kk_slice text)
{
    if (text.len)
        kk_event_more(&m->event, m->arena, kk_cstr(key), text);
}

static void set_time(msg *m)
{
    uint64_t value = 0;
    kk_event *e = &m->event;
    bool sent = fixed_value(m->fixed, SUBMITTED, TIME, &value) && value;
    if (!sent && !(fixed_value(m->fixed, DELIVERED, TIME, &value) && value)) {
        m->undated++;
        return;
    }
    e->time = kk_time_from_filetime(value);
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_100NS;
    e->text[KK_TIME_KIND] = sent ? KK_S("sent") : KK_S("received");
}

static kk_slice attachment_name(msg *m, uint32_t entry)
{
    static const unsigned names[] = {FILE_NAME, SHORT_FILE_NAME, DISPLAY_NAME};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        kk_slice name = kk_trim(text_of(m, m->arena, entry, names[i], NAME_MAX_BYTES));
        if (name.len)
            return name;
    }
    return KK_NONE;
}

static void tell_event(msg *m)
{
    kk_event *e = &m->event;
    kk_slice headers = text_of(m, m->arena, m->storage, HEADERS, TEXT_MAX);
    kk_mime_address sender =
        address_of(m, m->arena, m->storage, FROM_NAME, FROM_SMTP, FROM_ADDRESS);
    if (sender.address.len == 0 && sender.name.len == 0)
        sender = address_of(m, m->arena, m->storage, SENDER_NAME, SENDER_SMTP, SENDER_ADDRESS);
    kk_mail_begin_event(e, m->settings);
    e->record = m->told.number;
    e->text[KK_USER_NAME] = sender.address.len ? sender.address : sender.name;
    kk_slice ip = kk_mail_header_line(headers, KK_S("X-Originating-IP:"));
    e->text[KK_SOURCE_IP] = kk_mail_bare_ip(ip);
    e->text[KK_USER_AGENT] = kk_mail_header_line(headers, KK_S("X-Mailer:"));
    set_time(m);
    add_recipients(m, 1, "to");
    add_recipients(m, 2, "cc");
    add_recipients(m, 3, "bcc");
    add_text(m, "subject", short_text(m, SUBJECT));
    add_text(m, "message-id", short_text(m, MESSAGE_ID));
    add_text(m, "x-originating-ip", ip);
    size_t number = 0;
    EACH_PART(entry, m, attachment)
    {
        if (number++ == ATTACHMENTS_MAX)
            break;
        add_text(m, "attachment", attachment_name(m, entry));
    }
    m->sink->event(m->sink, e);
}

/* ---- Texts ---- */

static kk_slice html_of(msg *m)
{
    uint32_t entry = entry_of(m, m->storage, BODY_HTML, BYTES);
    if (entry == KK_COMPOUND_NONE)
        return text_of(m, m->scratch, m->storage, BODY_HTML, TEXT_MAX);
    kk_slice bytes = bytes_of(m, m->scratch, entry, TEXT_MAX), charset = kk_html_charset(bytes);
    unsigned page = number_of(m->fixed, INTERNET_PAGE);
    if (charset.len || !page)
        return kk_utf8_clean(m->scratch, kk_mime_text(m->scratch, charset, bytes, NULL));
    return in_page(m, m->scratch, page, bytes);
}

static kk_slice rtf_of(msg *m)
{
    bool good;
    kk_slice packed = bytes_of(m, m->scratch, entry_of(m, m->storage, BODY_RTF, BYTES), TEXT_MAX);
    if (packed.len == 0)
        return KK_NONE;
    kk_slice text = kk_mail_rtf_text(m->scratch, m->settings, packed, &good);
    m->unpacked_badly += !good;
    return text;
}

static void tell_body(msg *m, kk_mail_forms *forms, unsigned property, kk_slice text)
{
    text = kk_mail_tidy(m->scratch, text);
    if (text.len && kk_mail_is_news(forms, 1, text))
        kk_mail_tell_text(&m->told, KK_S("body"), text, offset_of(m, m->storage, property));
    kk_arena_reset(m->scratch);
}

static void tell_texts(msg *m)
{
    kk_mail_forms forms = {0};
    kk_mail_tell_text(&m->told, KK_S("subject"), short_text(m, SUBJECT),
                      offset_of(m, m->storage, SUBJECT));
    kk_arena_reset(m->scratch);
    tell_body(m, &forms, BODY, text_of(m, m->scratch, m->storage, BODY, TEXT_MAX));
    tell_body(m, &forms, BODY_HTML, kk_mail_page_text(m->scratch, m->settings, html_of(m)));
    tell_body(m, &forms, BODY_RTF, rtf_of(m));
}

/* ---- What is attached ---- */

static void tell_stream(msg *m, uint32_t entry, kk_slice name)
{
    kk_stream *in = kk_compound_stream(m->file, entry);
    if (!in)
        return;
    if (m->told.number > 1)
        name =
            kk_print(m->arena, "message-%llu/%.*s", (unsigned long long)m->told.number, KK_P(name));
    kk_compound_tell_child(m->sink, in, 0, in->size, name, m->event.time);
}

/* The storage in which an attachment keeps what is no file: a message waits for its turn, of an object
 * (a drawing, a table) the streams are told. */
static void tell_storage(msg *m, uint32_t storage, kk_slice name)
{
    if (kk_compound_find(m->file, storage, "__properties_version1.0") != KK_COMPOUND_NONE) {
        if (m->queued < MESSAGES_MAX)
            m->queue[m->queued++] = storage;
        else
            m->left_messages++;
        return;
    }
    const kk_compound_entry *e = kk_compound_at(m->file, storage);
    for (uint32_t i = e->first; (e = kk_compound_at(m->file, i)) && !m->sink->stopped; i = e->next)
        if (!e->is_storage)
            tell_stream(m, i, kk_print(m->arena, "%.*s/%.*s", KK_P(name), KK_P(e->name)));
}

static void tell_attachments(msg *m)
{
    size_t number = 0;
    kk_slice *names = KK_NEW_ARRAY(m->arena, kk_slice, ATTACHMENTS_MAX);
    EACH_PART(entry, m, attachment)
    {
        if (number == ATTACHMENTS_MAX) {
            m->left_attachments++;
            continue;
        }
        kk_slice type = kk_trim(text_of(m, m->arena, entry, MIME_TYPE, NAME_MAX_BYTES));
        kk_slice name =
            kk_mail_child_name(m->arena, attachment_name(m, entry), type, ++number, names);
        uint32_t inner = entry_of(m, entry, ATTACHED, OBJECT);
        if (inner != KK_COMPOUND_NONE)
            tell_storage(m, inner, name);
        else
            tell_stream(m, entry_of(m, entry, ATTACHED, BYTES), name);
    }
}

/* ---- Messages ---- */

/* Encrypted as a whole: what can be read is around it. */
static void report_envelope(msg *m)
{
    kk_slice class = short_text(m, CLASS);
    bool enveloped = kk_has_nocase(class, KK_S(".SMIME")) && !kk_has_nocase(class, KK_S(".Multi"));
    if (enveloped || kk_has_nocase(class, KK_S("rpmsg")))
        kk_report(m->sink, KK_ISSUE_PASSWORD, 0, "message %llu is encrypted or signed as a whole",
                  (unsigned long long)m->told.number);
}

static void tell_message(msg *m, uint32_t storage, size_t head)
{
    kk_arena_reset(m->arena);
    m->event.more = NULL;
    m->event.more_capacity = 0;
    kk_event_clear(&m->event);
    m->storage = storage;
    m->told.number++;
    m->fixed = fixed_of(m, m->arena, storage, head);
    m->page = number_of(m->fixed, MESSAGE_PAGE);
    tell_event(m);
    tell_people(m);
    tell_texts(m);
    report_envelope(m);
    tell_attachments(m);
}

static void report_rest(msg *m)
{
    kk_report_count(m->sink, KK_ISSUE_LIMIT, m->cut_texts,
                    "texts over 8 MiB, or names that are too long, were cut");
    kk_report_count(m->sink, KK_ISSUE_LIMIT, m->left_messages,
                    "attached messages beyond 1,024 were left out");
    kk_report_count(m->sink, KK_ISSUE_LIMIT, m->left_attachments,
                    "attachments beyond 4,096 were left out");
    kk_report_count(m->sink, KK_ISSUE_DAMAGED, m->undated,
                    "messages have no date that can be read");
    kk_report_count(m->sink, KK_ISSUE_DAMAGED, m->unpacked_badly, "bodies of packed RTF end early");
    kk_report_count(m->sink, KK_ISSUE_FORMAT, m->unknown_pages,
                    "texts are in a code page that is not known, and were guessed");
    kk_compound_report(m->file, m->sink);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    msg *m = KK_NEW(arena, msg);
    *m = (msg){.sink = sink, .settings = settings, .told = {.sink = sink}};
    m->file = kk_compound_open(arena, in);
    if (!m->file || kk_compound_find(m->file, KK_COMPOUND_ROOT, "__properties_version1.0") ==
                        KK_COMPOUND_NONE) {
        kk_ole_refuse(in, sink);
        kk_arena_close(arena);
        return;
    }
    m->arena = kk_arena_open();
    m->scratch = kk_arena_open();
    m->queue = KK_NEW_ARRAY(arena, uint32_t, MESSAGES_MAX);
    tell_message(m, KK_COMPOUND_ROOT, HEAD_TOP);
    for (size_t i = 0; i < m->queued && !sink->stopped; i++)
        tell_message(m, m->queue[i], HEAD_INNER);
    report_rest(m);
    kk_arena_close(m->scratch);
    kk_arena_close(m->arena);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".msg", ".oft", NULL};
    return kk_ole_probe(p, KK_OLE_MESSAGE, tails);
}

const kk_parser kk_parser_msg = {
    .name = "msg",
    .about = "mails and other items as Outlook saves them",
    .version = 3,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .place = kk_ole_place,
    .parse = parse,
};
