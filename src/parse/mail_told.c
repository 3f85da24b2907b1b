/* How mails are told. Names of attachments are paths of items: what parts messages of one file, and
 * parts of one message that have the same name, is put in front as a folder. */
#include "parse/mail_told.h"

#include "base/text.h"
#include "parse/html_text.h"
#include "parse/lzfu.h"
#include "parse/mail_tables.h"

#include <stdio.h>

enum {
    PASSAGE_MAX = 256 * 1024, /* longer texts are told in pieces */
    LIST_MAX = 64 * 1024,     /* of addresses in one field of an event */
    UNPACKED_MAX = 32 * 1024 * 1024
};

/* ---- The event ---- */

void kk_mail_begin_event(kk_event *event, const kk_settings *settings)
{
    event->text[KK_HOST_NAME] = settings->host;
    event->text[KK_DATASET] = KK_S("mail");
    event->text[KK_CATEGORY] = KK_S("email");
    event->text[KK_ACTION] = KK_S("message");
}

kk_slice kk_mail_bare_ip(kk_slice s)
{
    s = kk_trim(kk_part(s, 0, kk_find_byte(s, ',')));
    if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
        s = kk_part(s, 1, s.len - 2);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        if (!hex && c != '.' && c != ':')
            return KK_NONE;
    }
    return s.len >= 7 || kk_find_byte(s, ':') != KK_NOWHERE ? s : KK_NONE;
}

kk_slice kk_mail_mailbox(kk_slice address)
{
    return kk_find_byte(address, '@') == KK_NOWHERE ? KK_NONE : address;
}

kk_slice kk_mail_header_line(kk_slice headers, kk_slice name)
{
    kk_slice line;
    while (headers.len && kk_split(&headers, '\n', &line))
        if (kk_eq_nocase(kk_part(line, 0, name.len), name))
            return kk_trim(kk_from(line, name.len));
    return KK_NONE;
}

bool kk_mail_list(kk_buffer *list, kk_slice name, kk_slice address)
{
    if (list->len >= LIST_MAX)
        return false;
    if (list->len)
        kk_put(list, KK_S(", "));
    kk_put(list, address.len ? address : name);
    return true;
}

void kk_mail_add_list(kk_event *event, kk_arena *arena, const char *key, const kk_buffer *list)
{
    if (list->len)
        kk_event_more(event, arena, kk_cstr(key), kk_copy(arena, kk_buffer_slice(list)));
}

/* ---- People and texts ---- */

/* "name <mailbox>"; nothing where it is too long. */
static size_t put_who(char who[KK_MAIL_WHO_MAX], kk_slice name, kk_slice address)
{
    bool is_bare = name.len == 0 || kk_find_byte(name, '@') != KK_NOWHERE;
    size_t len = (is_bare ? 0 : name.len + 3) + address.len, at = 0;
    if (!address.len || len > KK_MAIL_WHO_MAX)
        return 0;
    if (!is_bare) {
        memcpy(who, name.ptr, name.len);
        memcpy(who + name.len, " <", 2);
        at = name.len + 2;
    }
    memcpy(who + at, address.ptr, address.len);
    if (!is_bare)
        who[len - 1] = '>';
    return len;
}

static void note_message(kk_mail_told *m)
{
    if (m->noted == m->number)
        return;
    m->noted = m->number;
    m->receivers = m->receiver_len = m->sender_len = 0;
}

static void note_receiver(kk_mail_told *m, kk_slice name, kk_slice address)
{
    m->receivers++;
    m->receiver_len = put_who(m->receiver, name, address);
}

static kk_slice only_receiver(const kk_mail_told *m)
{
    if (m->noted != m->number || m->receivers != 1)
        return KK_NONE;
    return (kk_slice){m->receiver, m->receiver_len};
}

static kk_slice sender(const kk_mail_told *m)
{
    return m->noted == m->number ? (kk_slice){m->sender, m->sender_len} : KK_NONE;
}

void kk_mail_tell_address(kk_mail_told *m, const char *role, kk_slice name, kk_slice address)
{
    static const kk_slice columns[] = {{"役割", 6}, {"氏名", 6}, {"メールアドレス", 21}};
    kk_slice cells[] = {kk_cstr(role), name, address};
    note_message(m);
    if (strcmp(role, "From") == 0)
        m->sender_len = put_who(m->sender, name, address);
    if (strcmp(role, "To") == 0 || strcmp(role, "Cc") == 0 || strcmp(role, "Bcc") == 0)
        note_receiver(m, name, address);
    m->sink->row(m->sink, &(kk_row){.table = KK_S("mail"),
                                    .columns = columns,
                                    .cells = cells,
                                    .count = 3,
                                    .record = ++m->address_rows,
                                    .offset = m->offset,
                                    .length = m->length,
                                    .deleted = m->deleted});
}

kk_slice kk_mail_tidy(kk_arena *arena, kk_slice text)
{
    if (kk_find_byte(text, '\r') == KK_NOWHERE && kk_find_byte(text, '\0') == KK_NOWHERE)
        return kk_trim(text);
    char *to = kk_take(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] && !(text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n'))
            to[len++] = text.ptr[i] == '\r' ? '\n' : text.ptr[i];
    return kk_trim((kk_slice){to, len});
}

static void tell_passages(kk_mail_told *m, kk_slice table, kk_slice text, uint64_t offset)
{
    bool is_first = kk_is(table, "body");
    while (text.len && !m->sink->stopped) {
        kk_slice piece = kk_part(text, 0, PASSAGE_MAX);
        if (piece.len < text.len) {
            size_t feed = kk_rfind_byte(piece, '\n');
            if (feed != KK_NOWHERE && feed > 0)
                piece.len = feed + 1;
            else
                while (piece.len > PASSAGE_MAX - 4 &&
                       ((unsigned char)text.ptr[piece.len] & 0xc0) == 0x80)
                    piece.len--;
        }
        m->sink->passage(m->sink, &(kk_passage){.table = table,
                                                .text = piece,
                                                .receiver = is_first ? only_receiver(m) : KK_NONE,
                                                .sender = is_first ? sender(m) : KK_NONE,
                                                .record = m->number,
                                                .offset = offset});
        text = kk_from(text, piece.len);
        is_first = false;
    }
}

static void tell_table(kk_mail_told *m, kk_slice lines, uint64_t offset)
{
    kk_slice cells[KK_MAIL_CELLS_MAX], line;
    char name[40];
    int len = snprintf(name, sizeof name, "body table %llu", (unsigned long long)++m->tables);
    for (uint64_t row = 1; kk_split(&lines, '\n', &line) && !m->sink->stopped; row++) {
        size_t count = kk_mail_table_cells(line, cells);
        m->sink->row(m->sink, &(kk_row){.table = {name, (size_t)len},
                                        .cells = cells,
                                        .count = count,
                                        .record = row,
                                        .offset = offset,
                                        .length = m->length,
                                        .deleted = m->deleted});
    }
}

void kk_mail_tell_text(kk_mail_told *m, kk_slice table, kk_slice text, uint64_t offset)
{
    kk_buffer rest = {0};
    kk_slice lines;
    size_t at = 0, done = 0;
    while (kk_mail_table_next(text, &at, &lines)) {
        kk_put(&rest, kk_part(text, done, (size_t)(lines.ptr - text.ptr) - done));
        kk_put_byte(&rest, '\n');
        done = at;
    }
    if (!done) {
        tell_passages(m, table, text, offset);
        return;
    }
    kk_put(&rest, kk_from(text, done));
    tell_passages(m, table, kk_buffer_slice(&rest), offset);
    kk_buffer_close(&rest);
    for (at = 0; kk_mail_table_next(text, &at, &lines) && !m->sink->stopped;)
        tell_table(m, lines, offset);
}

/* What the parser of RTF tells, put together as one text. */
typedef struct {
    kk_sink sink; /* first: it is what the parser speaks to */
    kk_buffer text;
} listener;

static void hear_row(kk_sink *sink, const kk_row *row)
{
    listener *l = (listener *)sink;
    for (size_t i = 0; i < row->count && l->text.len < UNPACKED_MAX; i++) {
        size_t at = l->text.len;
        kk_put(&l->text, row->cells[i]);
        for (; at < l->text.len; at++)
            if (l->text.ptr[at] == '\n' || l->text.ptr[at] == '\t')
                l->text.ptr[at] = ' '; /* a row is a line */
        kk_put_byte(&l->text, i + 1 < row->count ? '\t' : '\n');
    }
}

static void hear_passage(kk_sink *sink, const kk_passage *passage)
{
    listener *l = (listener *)sink;
    if (l->text.len < UNPACKED_MAX)
        kk_put(&l->text, passage->text);
    kk_put_byte(&l->text, '\n');
}

static void hear_nothing(kk_sink *sink, const kk_issue *issue)
{
    (void)sink;
    (void)issue;
}

kk_slice kk_mail_rtf_text(kk_arena *arena, const kk_settings *settings, kk_slice packed, bool *good)
{
    kk_slice rtf = kk_lzfu_unpack(arena, packed, UNPACKED_MAX, good);
    listener l = {
        .sink = {.arena = arena, .row = hear_row, .passage = hear_passage, .issue = hear_nothing}};
    kk_stream *in = kk_stream_over_memory(arena, rtf, KK_S("body"));
    kk_parser_by_name(KK_S("rtf"))->parse(in, settings, &l.sink);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&l.text));
    kk_buffer_close(&l.text);
    return text;
}

kk_slice kk_mail_page_text(kk_arena *arena, const kk_settings *settings, kk_slice html)
{
    kk_slice lines, text = KK_NONE;
    size_t at = 0;
    listener l = {
        .sink = {.arena = arena, .row = hear_row, .passage = hear_passage, .issue = hear_nothing}};
    if (kk_has_nocase(html, KK_S("<table"))) {
        kk_slice page = kk_join(arena, KK_S("\xef\xbb\xbf"), html); /* whatever it says of itself */
        kk_parser_by_name(KK_S("html"))
            ->parse(kk_stream_over_memory(arena, page, KK_S("body")), settings, &l.sink);
        text = kk_copy(arena, kk_buffer_slice(&l.text));
        kk_buffer_close(&l.text);
    }
    return kk_mail_table_next(text, &at, &lines) ? text : kk_html_text(arena, html);
}

bool kk_mail_has_table(kk_slice text)
{
    kk_slice lines;
    size_t at = 0;
    return kk_mail_table_next(text, &at, &lines);
}

bool kk_mail_is_news(kk_mail_forms *forms, unsigned choice, kk_slice text)
{
    size_t chars = kk_char_count(text);
    bool again = choice && choice == forms->choice && chars < forms->told * 2;
    if (choice != forms->choice || chars > forms->told)
        forms->told = chars;
    forms->choice = choice;
    return !again;
}

/* ---- Names of what is attached ---- */

static const char *tail_of(kk_slice type)
{
    static const struct {
        const char *type, *tail;
    } tails[] = {
        {"message/rfc822", ".eml"},  {"text/calendar", ".ics"},   {"text/vcard", ".vcf"},
        {"text/csv", ".csv"},        {"text/html", ".html"},      {"text/plain", ".txt"},
        {"image/jpeg", ".jpg"},      {"image/png", ".png"},       {"image/gif", ".gif"},
        {"application/pdf", ".pdf"}, {"application/zip", ".zip"}, {"application/ms-tnef", ".dat"}};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (kk_eq_nocase(type, kk_cstr(tails[i].type)))
            return tails[i].tail;
    return "";
}

/* One name without a folder: what stands behind the last slash of either kind. */
static kk_slice clean_name(kk_arena *arena, kk_slice raw, kk_slice type, size_t number)
{
    kk_slice name = kk_utf8_clean(arena, raw);
    size_t slash = kk_rfind_byte(name, '/');
    name = slash == KK_NOWHERE ? name : kk_from(name, slash + 1);
    slash = kk_rfind_byte(name, '\\');
    name = kk_trim(slash == KK_NOWHERE ? name : kk_from(name, slash + 1));
    while (name.len && name.ptr[0] == '.')
        name = kk_from(name, 1);
    if (name.len > 200) {
        size_t cut = 200;
        while (cut > 196 && ((unsigned char)name.ptr[cut] & 0xc0) == 0x80)
            cut--;
        name.len = cut;
    }
    if (name.len == 0)
        return kk_print(arena, "part-%zu%s", number, tail_of(type));
    kk_slice copy = kk_copy(arena, name);
    char *to = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if ((unsigned char)to[i] < 0x20 || to[i] == 0x7f || to[i] == ':')
            to[i] = '_';
    bool message = kk_eq_nocase(type, KK_S("message/rfc822"));
    bool has_tail = copy.len > 4 && kk_eq_nocase(kk_from(copy, copy.len - 4), KK_S(".eml"));
    return message && !has_tail ? kk_join(arena, copy, KK_S(".eml")) : copy;
}

kk_slice kk_mail_child_name(kk_arena *arena, kk_slice raw, kk_slice type, size_t number,
                            kk_slice *names)
{
    kk_slice name = clean_name(arena, raw, type, number);
    names[number - 1] = name;
    for (size_t i = 0; i + 1 < number; i++)
        if (kk_eq(names[i], name))
            return kk_print(arena, "%zu/%.*s", number, KK_P(name));
    return name;
}
