/* Outlook's stores: PST and OST, every folder with its mails, contacts and appointments, also what was
 * deleted and can still be found.
 *
 * MS-PST: a header "!BDN", two b-trees (nodes by number, blocks by number), and in each node a heap with
 * the properties of one item or a table of rows. libpff reads that; here items are told as mails and
 * Outlook's .msg are, contacts as cards are. Without libpff the file is only recognised. */
#include "base/text.h"
#include "parse/mail_told.h"

#ifdef KAKUHO_PFF
#include "parse/code_page.h"
#include "parse/html_text.h"
#include "parse/mapi_i.h"
#include "parse/mime.h"
#include "parse/pst_contact.h"
#include "parse/pst_store.h"

enum {
    TEXT_MAX = 8 * 1024 * 1024,
    SHORT_MAX = 64 * 1024,
    NAME_MAX_BYTES = 4096,
    ATTACHMENTS_MAX = 4096,
    RECIPIENTS_MAX = 100000,
    FOLDER_DEPTH_MAX = 64,
    FOLDERS_MAX = 1000000,
    MESSAGES_MAX = 50000000,
    NESTED_MAX = 16
};

typedef struct {
    kk_pst_store store;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *arena, *scratch; /* of one message, of one text */
    kk_mail_told told;
    kk_event event;
    libpff_record_set_t *set; /* of the message */
    kk_slice folder;          /* path of where it lies */
    unsigned page;
    bool cut;
    uint64_t contacts, folders;
    uint64_t unknown_pages, unpacked_badly, cut_texts, undated, bad_items, bad_attachments;
    uint64_t left_attachments, left_recipients, left_nested, left_folders, left_messages;
} pst;

/* ---- Properties ---- */

static kk_slice in_page(pst *p, kk_arena *arena, unsigned page, kk_slice bytes)
{
    bool known = true;
    kk_slice text = kk_code_page_text(arena, page, bytes, &known);
    p->unknown_pages += !known && page;
    return kk_utf8_clean(arena, text);
}

/* A value of either kind of text; zeros at its end are none of it. */
static kk_slice text_in(pst *p, kk_arena *arena, libpff_record_set_t *set, unsigned property,
                        size_t most)
{
    unsigned type;
    kk_slice text = kk_pst_bytes(set, arena, property, most, &type, &p->cut);
    p->cut_texts += p->cut;
    p->cut = false;
    if (type == KK_PST_UNICODE)
        text = kk_utf16_to_utf8(arena, text);
    else if (type == KK_PST_ANSI)
        text = in_page(p, arena, p->page, text);
    else
        return KK_NONE;
    while (text.len && text.ptr[text.len - 1] == '\0')
        text.len--;
    return text;
}

static kk_slice short_text(pst *p, libpff_record_set_t *set, unsigned property)
{
    return kk_trim(text_in(p, p->arena, set, property, SHORT_MAX));
}

/* In front of a subject may stand 01 and how long its "Re: " is. */
static kk_slice subject_of(pst *p)
{
    kk_slice text = text_in(p, p->arena, p->set, SUBJECT, SHORT_MAX);
    if (text.len && text.ptr[0] == 1) {
        size_t at = 1;
        kk_next_char(text, &at);
        text = kk_from(text, at);
    }
    return kk_trim(text);
}

static kk_mime_address address_in(pst *p, libpff_record_set_t *set, unsigned name, unsigned smtp,
                                  unsigned address)
{
    kk_mime_address a = {.name = short_text(p, set, name)};
    a.address = kk_mail_mailbox(short_text(p, set, smtp));
    if (a.address.len == 0)
        a.address = kk_mail_mailbox(short_text(p, set, address));
    if (kk_eq(a.name, a.address))
        a.name = KK_NONE;
    return a;
}

static void add_text(pst *p, const char *key, kk_slice text)
{
    if (text.len)
        kk_event_more(&p->event, p->arena, kk_cstr(key), text);
}

/* ---- People ---- */

typedef struct {
    kk_mime_address address;
    unsigned kind; /* 1 To, 2 Cc, 3 Bcc */
} recipient;

typedef struct {
    recipient *of;
    size_t count;
} recipients;

static recipients recipients_of(pst *p, libpff_item_t *message)
{
    recipients all = {0};
    libpff_item_t *table = NULL;
    int rows = 0;
    if (libpff_message_get_recipients(message, &table, NULL) != 1)
        return all;
    libpff_item_get_number_of_record_sets(table, &rows, NULL);
    p->left_recipients += rows > RECIPIENTS_MAX;
    rows = rows > RECIPIENTS_MAX ? RECIPIENTS_MAX : rows;
    all.of = rows > 0 ? KK_NEW_ARRAY(p->arena, recipient, (size_t)rows) : NULL;
    for (int i = 0; i < rows; i++) {
        libpff_record_set_t *set = kk_pst_set(table, i);
        recipient r = {address_in(p, set, DISPLAY_NAME, SMTP_ADDRESS, ADDRESS),
                       kk_pst_number(set, RECIPIENT_KIND) & 15};
        if (r.address.name.len || r.address.address.len)
            all.of[all.count++] = r;
        kk_pst_free_set(&set);
    }
    libpff_item_free(&table, NULL);
    return all;
}

static void tell_address(pst *p, const char *role, const kk_mime_address *a)
{
    if (a->name.len || a->address.len)
        kk_mail_tell_address(&p->told, role, a->name, a->address);
}

static kk_mime_address from_of(pst *p)
{
    return address_in(p, p->set, FROM_NAME, FROM_SMTP, FROM_ADDRESS);
}

static kk_mime_address sender_of(pst *p)
{
    return address_in(p, p->set, SENDER_NAME, SENDER_SMTP, SENDER_ADDRESS);
}

static void tell_people(pst *p, const recipients *to)
{
    static const char *const roles[] = {"To", "Cc", "Bcc"};
    kk_mime_address from = from_of(p), sender = sender_of(p);
    bool same = kk_eq_nocase(from.address, sender.address) && kk_eq(from.name, sender.name);
    bool has_from = from.name.len || from.address.len;
    tell_address(p, "From", has_from ? &from : &sender);
    if (has_from && !same)
        tell_address(p, "Sender", &sender);
    for (unsigned kind = 1; kind <= 3; kind++)
        for (size_t i = 0; i < to->count; i++)
            if (to->of[i].kind == kind)
                tell_address(p, roles[kind - 1], &to->of[i].address);
}

/* ---- The event ---- */

static void add_recipients(pst *p, const recipients *to, unsigned kind, const char *key)
{
    kk_buffer list = {0};
    for (size_t i = 0; i < to->count; i++)
        if (to->of[i].kind == kind &&
            !kk_mail_list(&list, to->of[i].address.name, to->of[i].address.address))
            break;
    kk_mail_add_list(&p->event, p->arena, key, &list);
    kk_buffer_close(&list);
}

static void set_time(pst *p)
{
    static const struct {
        unsigned property;
        const char *kind;
    } times[] = {{SUBMITTED, "sent"}, {DELIVERED, "received"}, {CREATED, "created"}};
    kk_event *e = &p->event;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint64_t value = kk_pst_time(p->set, times[i].property);
        if (!value)
            continue;
        e->time = kk_time_from_filetime(value);
        e->basis = KK_BASIS_UTC;
        e->precision = KK_EXACT_100NS;
        e->text[KK_TIME_KIND] = kk_cstr(times[i].kind);
        return;
    }
    p->undated++;
}

static void tell_event(pst *p, const recipients *to, const kk_slice *attached, size_t count)
{
    kk_event *e = &p->event;
    kk_slice headers = text_in(p, p->arena, p->set, HEADERS, TEXT_MAX);
    kk_mime_address sender = from_of(p);
    if (sender.address.len == 0 && sender.name.len == 0)
        sender = sender_of(p);
    kk_mail_begin_event(e, p->settings);
    e->record = p->told.number;
    e->text[KK_USER_NAME] = sender.address.len ? sender.address : sender.name;
    kk_slice ip = kk_mail_header_line(headers, KK_S("X-Originating-IP:"));
    e->text[KK_SOURCE_IP] = kk_mail_bare_ip(ip);
    e->text[KK_USER_AGENT] = kk_mail_header_line(headers, KK_S("X-Mailer:"));
    set_time(p);
    add_recipients(p, to, 1, "to");
    add_recipients(p, to, 2, "cc");
    add_recipients(p, to, 3, "bcc");
    add_text(p, "subject", subject_of(p));
    add_text(p, "message-id", short_text(p, p->set, MESSAGE_ID));
    add_text(p, "x-originating-ip", ip);
    for (size_t i = 0; i < count; i++)
        add_text(p, "attachment", attached[i]);
    add_text(p, "folder", p->folder);
    e->flags = p->told.deleted ? KK_FLAG_DELETED : 0;
    p->sink->event(p->sink, e);
}

/* ---- Texts ---- */

static kk_slice html_of(pst *p)
{
    unsigned type;
    kk_slice bytes = kk_pst_bytes(p->set, p->scratch, BODY_HTML, TEXT_MAX, &type, &p->cut);
    if (type != KK_PST_BYTES)
        return text_in(p, p->scratch, p->set, BODY_HTML, TEXT_MAX);
    kk_slice charset = kk_html_charset(bytes);
    unsigned page = kk_pst_number(p->set, INTERNET_PAGE);
    if (charset.len || !page)
        return kk_utf8_clean(p->scratch, kk_mime_text(p->scratch, charset, bytes, NULL));
    return in_page(p, p->scratch, page, bytes);
}

static kk_slice rtf_of(pst *p)
{
    bool good;
    unsigned type;
    kk_slice packed = kk_pst_bytes(p->set, p->scratch, BODY_RTF, TEXT_MAX, &type, &p->cut);
    if (type != KK_PST_BYTES || packed.len == 0)
        return KK_NONE;
    kk_slice text = kk_mail_rtf_text(p->scratch, p->settings, packed, &good);
    p->unpacked_badly += !good;
    return text;
}

static void tell_body(pst *p, kk_mail_forms *forms, kk_slice text)
{
    text = kk_mail_tidy(p->scratch, text);
    if (text.len && kk_mail_is_news(forms, 1, text))
        kk_mail_tell_text(&p->told, KK_S("body"), text, 0);
    kk_arena_reset(p->scratch);
}

static void tell_texts(pst *p)
{
    kk_mail_forms forms = {0};
    kk_mail_tell_text(&p->told, KK_S("subject"), subject_of(p), 0);
    tell_body(p, &forms, text_in(p, p->scratch, p->set, BODY, TEXT_MAX));
    tell_body(p, &forms, kk_mail_page_text(p->scratch, p->settings, html_of(p)));
    tell_body(p, &forms, rtf_of(p));
}

/* ---- What is attached ---- */

static ptrdiff_t read_attachment(void *context, void *into, size_t len)
{
    return libpff_attachment_data_read_buffer(context, into, len, NULL);
}

static kk_slice attachment_name(pst *p, libpff_record_set_t *set)
{
    static const unsigned names[] = {FILE_NAME, SHORT_FILE_NAME, DISPLAY_NAME};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        kk_slice name = kk_trim(text_in(p, p->arena, set, names[i], NAME_MAX_BYTES));
        if (name.len)
            return name;
    }
    return KK_NONE;
}

static void tell_file(pst *p, libpff_item_t *attachment, kk_slice name)
{
    size64_t size = 0;
    if (libpff_attachment_get_data_size(attachment, &size, NULL) != 1 ||
        libpff_attachment_data_seek_offset(attachment, 0, SEEK_SET, NULL) != 0) {
        p->bad_attachments++;
        return;
    }
    const char *joint = p->folder.len ? "/" : "";
    name = kk_print(p->arena, "%.*s%smessage-%llu/%.*s", KK_P(p->folder), joint,
                    (unsigned long long)p->told.number, KK_P(name));
    p->sink->child(p->sink, &(kk_child){.name = name,
                                        .joint = "!/",
                                        .size = size,
                                        .modified = p->event.time,
                                        .read = read_attachment,
                                        .context = attachment});
}

static int attachments_of(pst *p, libpff_item_t *message)
{
    int count = 0;
    if (libpff_message_get_number_of_attachments(message, &count, NULL) != 1 || count < 0)
        return 0;
    p->left_attachments += count > ATTACHMENTS_MAX ? (uint64_t)(count - ATTACHMENTS_MAX) : 0;
    return count > ATTACHMENTS_MAX ? ATTACHMENTS_MAX : count;
}

/* 'd' a file, 'i' a message, 'r' only where it is; 0 if it cannot be read. */
static libpff_item_t *attachment_at(pst *p, libpff_item_t *message, int i, int *type)
{
    libpff_item_t *attachment = NULL;
    if (libpff_message_get_attachment(message, i, &attachment, NULL) == 1 &&
        libpff_attachment_get_type(attachment, type, NULL) == 1)
        return attachment;
    p->bad_attachments++;
    *type = 0;
    return attachment;
}

static void free_item(libpff_item_t **item)
{
    if (*item)
        libpff_item_free(item, NULL);
}

/* Names of what is attached, as the message gives them. */
static kk_slice *names_of(pst *p, libpff_item_t *message, int count, kk_slice **types)
{
    kk_slice *names = KK_NEW_ARRAY(p->arena, kk_slice, (size_t)count + 1);
    *types = KK_NEW_ARRAY(p->arena, kk_slice, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        libpff_item_t *attachment = NULL;
        names[i] = (*types)[i] = KK_NONE;
        if (libpff_message_get_attachment(message, i, &attachment, NULL) == 1) {
            libpff_record_set_t *set = kk_pst_set(attachment, 0);
            names[i] = attachment_name(p, set);
            (*types)[i] = kk_trim(text_in(p, p->arena, set, MIME_TYPE, NAME_MAX_BYTES));
            kk_pst_free_set(&set);
        }
        free_item(&attachment);
    }
    return names;
}

static void tell_files(pst *p, libpff_item_t *message, const kk_slice *names, const kk_slice *types,
                       int count)
{
    kk_slice *told = KK_NEW_ARRAY(p->arena, kk_slice, (size_t)count + 1);
    for (int i = 0; i < count && !p->sink->stopped; i++) {
        int type;
        libpff_item_t *attachment = attachment_at(p, message, i, &type);
        kk_slice name = kk_mail_child_name(p->arena, names[i], types[i], (size_t)i + 1, told);
        if (type == LIBPFF_ATTACHMENT_TYPE_DATA)
            tell_file(p, attachment, name);
        free_item(&attachment);
    }
}

static void tell_message(pst *p, libpff_item_t *item, int depth);

/* After the message itself, whose memory they take. */
static void tell_nested(pst *p, libpff_item_t *message, int count, int depth)
{
    for (int i = 0; i < count && !p->sink->stopped; i++) {
        int type = 0;
        libpff_item_t *attachment = NULL, *inner = NULL;
        if (libpff_message_get_attachment(message, i, &attachment, NULL) == 1)
            libpff_attachment_get_type(attachment, &type, NULL);
        if (type == LIBPFF_ATTACHMENT_TYPE_ITEM && depth == NESTED_MAX)
            p->left_nested++;
        else if (type == LIBPFF_ATTACHMENT_TYPE_ITEM &&
                 libpff_attachment_get_item(attachment, &inner, NULL) == 1)
            tell_message(p, inner, depth + 1);
        else if (type == LIBPFF_ATTACHMENT_TYPE_ITEM)
            p->bad_attachments++;
        free_item(&inner);
        free_item(&attachment);
    }
}

/* ---- Messages ---- */

static void report_envelope(pst *p, kk_slice class)
{
    bool enveloped = kk_has_nocase(class, KK_S(".SMIME")) && !kk_has_nocase(class, KK_S(".Multi"));
    if (enveloped || kk_has_nocase(class, KK_S("rpmsg")))
        kk_report(p->sink, KK_ISSUE_PASSWORD, 0, "message %llu is encrypted or signed as a whole",
                  (unsigned long long)p->told.number);
}

static kk_slice contact_text(void *context, kk_arena *arena, unsigned property)
{
    pst *p = context;
    return kk_trim(text_in(p, arena, p->set, property, SHORT_MAX));
}

static void tell_contact(pst *p)
{
    kk_pst_contact c = {.arena = p->arena,
                        .zone = &p->settings->zone,

                        .deleted = p->told.deleted,
                        .birth = kk_pst_time(p->set, KK_PST_BIRTHDAY),
                        .text = contact_text,
                        .context = p};
    kk_pst_tell_contact(p->sink, &c, ++p->contacts);
    kk_mail_forms forms = {0};
    tell_body(p, &forms, text_in(p, p->scratch, p->set, BODY, TEXT_MAX));
    tell_body(p, &forms, rtf_of(p));
}

static void tell_message(pst *p, libpff_item_t *item, int depth)
{
    libpff_record_set_t *set = kk_pst_set(item, 0);
    p->left_messages += p->told.number >= MESSAGES_MAX;
    if (!set || p->told.number >= MESSAGES_MAX) {
        p->bad_items += !set;
        kk_pst_free_set(&set);
        return;
    }
    kk_arena_reset(p->arena);
    p->event.more = NULL;
    p->event.more_capacity = 0;
    kk_event_clear(&p->event);
    p->set = set;
    p->told.number++;
    p->page = kk_pst_number(set, MESSAGE_PAGE);
    int count = attachments_of(p, item);
    kk_slice *types, *names = names_of(p, item, count, &types);
    kk_slice class = short_text(p, set, CLASS);
    if (kk_has_nocase(kk_part(class, 0, 11), KK_S("IPM.Contact"))) {
        tell_contact(p);
    } else {
        recipients to = recipients_of(p, item);
        tell_event(p, &to, names, (size_t)count);
        tell_people(p, &to);
        tell_texts(p);
    }
    report_envelope(p, class);
    tell_files(p, item, names, types, count);
    kk_pst_free_set(&set);
    p->set = NULL;
    tell_nested(p, item, count, depth);
}

/* ---- Folders ---- */

static kk_slice folder_name(pst *p, kk_arena *arena, libpff_item_t *folder, kk_slice above)
{
    libpff_record_set_t *set = kk_pst_set(folder, 0);
    p->page = 0; /* folders name none: guessed */
    kk_slice name = kk_trim(text_in(p, arena, set, DISPLAY_NAME, NAME_MAX_BYTES));
    kk_pst_free_set(&set);
    char *to = (char *)(uintptr_t)(name = kk_copy(arena, name)).ptr;
    for (size_t i = 0; i < name.len; i++)
        if (to[i] == '/' || (unsigned char)to[i] < 0x20)
            to[i] = '_';
    if (kk_is(name, "..") || kk_is(name, "."))
        name = KK_S("_");
    return above.len && name.len ? kk_print(arena, "%.*s/%.*s", KK_P(above), KK_P(name))
                                 : (name.len ? name : above);
}

/* Kinds of nodes: the lowest five bits of their numbers. */
enum { NODE_FOLDER = 2, NODE_MESSAGE = 4, NODE_KINDS = 0x1f };

static void tell_folder(pst *p, libpff_item_t *folder, kk_slice above, int depth);

/* What has the folder for its parent, also where the folder's own table of it leaves it out. */
static void tell_below(pst *p, libpff_item_t *folder, unsigned kind, kk_slice path, int depth)
{
    int count = 0;
    if (libpff_item_get_number_of_sub_items(folder, &count, NULL) != 1)
        p->bad_items++;
    for (int i = 0; i < count && !p->sink->stopped; i++) {
        libpff_item_t *item = NULL;
        uint32_t number = 0;
        if (libpff_item_get_sub_item(folder, i, &item, NULL) != 1 ||
            libpff_item_get_identifier(item, &number, NULL) != 1)
            p->bad_items += kind == NODE_MESSAGE;
        else if ((number & NODE_KINDS) == kind && kind == NODE_MESSAGE)
            tell_message(p, item, 0);
        else if ((number & NODE_KINDS) == kind)
            tell_folder(p, item, path, depth + 1);
        free_item(&item);
    }
}

static void tell_folder(pst *p, libpff_item_t *folder, kk_slice above, int depth)
{
    if (depth == FOLDER_DEPTH_MAX || p->folders++ >= FOLDERS_MAX) {
        p->left_folders++;
        return;
    }
    kk_arena *arena = kk_arena_open();
    kk_slice path = p->folder = folder_name(p, arena, folder, above);
    tell_below(p, folder, NODE_MESSAGE, path, depth);
    tell_below(p, folder, NODE_FOLDER, path, depth);
    kk_arena_close(arena);
}

/* An item outside every folder. What is a folder there holds nothing that is not told by itself. */
static void tell_lost(pst *p, libpff_item_t *item)
{
    uint8_t type = 0;
    libpff_item_get_type(item, &type, NULL);
    if (type == LIBPFF_ITEM_TYPE_FOLDER || type == LIBPFF_ITEM_TYPE_ATTACHMENT ||
        type == LIBPFF_ITEM_TYPE_ATTACHMENTS || type == LIBPFF_ITEM_TYPE_RECIPIENTS ||
        type == LIBPFF_ITEM_TYPE_SUB_FOLDERS || type == LIBPFF_ITEM_TYPE_SUB_MESSAGES ||
        type == LIBPFF_ITEM_TYPE_SUB_ASSOCIATED_CONTENTS || type == LIBPFF_ITEM_TYPE_UNDEFINED ||
        type == LIBPFF_ITEM_TYPE_CONFIGURATION || type == LIBPFF_ITEM_TYPE_UNKNOWN)
        return;
    tell_message(p, item, 0);
}

/* Nodes whose folder is gone, and items that are found in space that is free. */
static void tell_deleted(pst *p)
{
    int count = 0;
    p->folder = KK_S("$Recovered");
    p->told.deleted = true;
    /* Only asking for what is free makes libpff read the maps of it. Without maps all is searched. */
    int blocks = 0;
    bool maps = libpff_file_get_number_of_unallocated_blocks(
                    p->store.file, LIBPFF_UNALLOCATED_BLOCK_TYPE_DATA, &blocks, NULL) == 1;
    uint8_t flags = maps ? 0 : LIBPFF_RECOVERY_FLAG_IGNORE_ALLOCATION_DATA;
    if (libpff_file_recover_items(p->store.file, flags, NULL) != 1)
        kk_report(p->sink, KK_ISSUE_DAMAGED, 0, "the free space could not be searched for items");
    if (libpff_file_get_number_of_orphan_items(p->store.file, &count, NULL) == 1)
        for (int i = 0; i < count && !p->sink->stopped; i++) {
            libpff_item_t *item = NULL;
            if (libpff_file_get_orphan_item_by_index(p->store.file, i, &item, NULL) == 1)
                tell_lost(p, item);
            free_item(&item);
        }
    count = 0;
    if (libpff_file_get_number_of_recovered_items(p->store.file, &count, NULL) == 1)
        for (int i = 0; i < count && !p->sink->stopped; i++) {
            libpff_item_t *item = NULL;
            if (libpff_file_get_recovered_item_by_index(p->store.file, i, &item, NULL) == 1)
                tell_lost(p, item);
            free_item(&item);
        }
}

/* ---- The store ---- */

static void report_rest(pst *p)
{
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->bad_items, "folders or items could not be read");
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->bad_attachments, "attachments could not be read");
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->undated,
                    "messages have no date that can be read");
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->unpacked_badly, "bodies of packed RTF end early");
    kk_report_count(p->sink, KK_ISSUE_FORMAT, p->unknown_pages,
                    "texts are in a code page that is not known, and were guessed");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->cut_texts,
                    "texts over 8 MiB, or names that are too long, were cut");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_attachments,
                    "attachments beyond 4,096 were left out");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_recipients,
                    "messages have more than 100,000 recipients");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_nested,
                    "messages in more than 16 others were left out");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_folders,
                    "folders too deep or too many were left out");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_messages,
                    "messages beyond 50,000,000 were left out");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    pst *p = KK_NEW(arena, pst);
    *p = (pst){.sink = sink, .settings = settings, .told = {.sink = sink}};
    libpff_item_t *root = NULL;
    if (!kk_pst_open(&p->store, arena, in)) {
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the store's head or its indexes cannot be read");
        kk_arena_close(arena);
        return;
    }
    p->arena = kk_arena_open();
    p->scratch = kk_arena_open();
    if (libpff_file_get_root_folder(p->store.file, &root, NULL) == 1)
        tell_folder(p, root, KK_NONE, 0);
    else
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the store has no root folder that can be read");
    free_item(&root);
    if (!sink->stopped)
        tell_deleted(p);
    report_rest(p);
    kk_pst_close(&p->store);
    kk_arena_close(p->scratch);
    kk_arena_close(p->arena);
    kk_arena_close(arena);
}

#else

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)in;
    (void)settings;
    kk_report(sink, KK_ISSUE_FORMAT, 0,
              "a store of Outlook: this program was built without libpff, which reads it");
}

#endif

static kk_score probe(const kk_probe *p)
{
    if (!kk_starts(p->head, KK_S("!BDN")) || p->head.len < 12)
        return KK_NO;
    kk_slice client =
        kk_part(p->head, 8, 2); /* what wrote it: a store, an address book, Exchange's */
    return kk_is(client, "SM") || kk_is(client, "SO") ? KK_CERTAIN : KK_NO;
}

const kk_parser kk_parser_pst = {
    .name = "pst",
    .about = "stores of Outlook (PST, OST): mails, contacts, appointments",
    .version = 3,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
