/* How mails are told, whatever format holds them: an event, a row for each address, texts as passages,
 * what is attached as children. */
#pragma once
#include "parse/parser.h"

enum { KK_MAIL_WHO_MAX = 512 }; /* bytes of a name and a mailbox */

/* The message that is being told. */
typedef struct {
    kk_sink *sink;
    uint64_t number;       /* from 1 */
    uint64_t offset;       /* in the item */
    uint32_t length;       /* of the message; 0 where it does not lie in a row */
    uint64_t address_rows; /* of the item until now */
    uint64_t tables;       /* in bodies, until now */
    bool deleted;
    /* From whom, and to whom if that is a single one: told with the body. */
    uint64_t noted; /* the message that this is about */
    size_t receivers, receiver_len, sender_len;
    char receiver[KK_MAIL_WHO_MAX], sender[KK_MAIL_WHO_MAX];
} kk_mail_told;

/* What all events of mails say. */
void kk_mail_begin_event(kk_event *event, const kk_settings *settings);
/* "[192.0.2.1]" without its brackets; empty when it is no address of the Internet. */
kk_slice kk_mail_bare_ip(kk_slice text);
/* The address, or nothing: those within a company are paths ("/O=..."). */
kk_slice kk_mail_mailbox(kk_slice address);
/* The value of a line of the headers that came with a mail; `name` ends with ':'. */
kk_slice kk_mail_header_line(kk_slice headers, kk_slice name);
/* Adds to a list of addresses for the event, what has no address by its name. False: it is full. */
bool kk_mail_list(kk_buffer *list, kk_slice name, kk_slice address);
void kk_mail_add_list(kk_event *event, kk_arena *arena, const char *key, const kk_buffer *list);

/* `role`: "From", "Sender", "To", "Cc", "Bcc", "Reply-To". Before the texts of the message. */
void kk_mail_tell_address(kk_mail_told *m, const char *role, kk_slice name, kk_slice address);

/* `table`: "subject" or "body". In pieces, cut at line ends where there are some; tables in it as rows
 * behind it. */
void kk_mail_tell_text(kk_mail_told *m, kk_slice table, kk_slice text, uint64_t offset);
/* Lines with LF alone, no zero bytes. */
kk_slice kk_mail_tidy(kk_arena *arena, kk_slice text);

/* Text of a body that is packed RTF; *good becomes false where it ends early. */
kk_slice kk_mail_rtf_text(kk_arena *arena, const kk_settings *settings, kk_slice packed,
                          bool *good);

/* Text of a page, in UTF-8: its tables of three columns or more as lines with tabs. */
kk_slice kk_mail_page_text(kk_arena *arena, const kk_settings *settings, kk_slice html);
/* Whether lines of it are a table. */
bool kk_mail_has_table(kk_slice text);

/* Several forms of one text are told once, unless a later one holds much that the first lacks: a page
 * beside "this mail is to be read as HTML". */
typedef struct {
    unsigned choice; /* forms of the same text have the same number, other texts 0 */
    size_t told;
} kk_mail_forms;
bool kk_mail_is_news(kk_mail_forms *forms, unsigned choice, kk_slice text);

/* The name of a child: without a folder, without what no name may have. `type`: of its content where
 * that is known; `number`: which of the message's parts it is; `names`: has room for that many and
 * keeps names that would be alike apart. */
kk_slice kk_mail_child_name(kk_arena *arena, kk_slice name, kk_slice type, size_t number,
                            kk_slice *names);
