/* Inside of the reading of running text: the block that is open, and what is looked for in a line. Only for the files
 * passage*.c. What belongs to one person stands close together: a block is opened by the first thing found and closed
 * by a second name or mail address, by two blank lines or by a stretch of other text. */
#pragma once
#include "recognise/draft.h"
#include "recognise/lexicon.h"
#include "recognise/open_label.h"
#include "recognise/passage.h"

enum {
    KK_TOP_LINES = 6,  /* of a letter, until it has greeted */
    KK_LIST_NAMES = 3, /* names one below the other that make a list of people */
};

typedef struct {
    kk_arena *scratch;
    const kk_lexicon *lexicon;
    void (*found)(void *context, kk_persona *persona);
    void *context;
    kk_persona persona;
    kk_draft draft;
    bool open;
    bool has_name, has_mail;
    bool rare_name; /* it is not in the lists: what is below has to be personal */
    bool bare_name; /* the name is only a line of its own: a signature needs more */
    bool touched;   /* something was added by the line that is read */
    kk_slice label; /* whose value is read, */
    kk_slice party; /* ... and 契約者, of the 契約者氏名 that named him */
    bool addressed; /* the name stands with 様: what is said to him may come after greetings */
    int quiet;
    kk_slice self;             /* whom 氏名 names, */
    size_t selves;             /* ... and how many there are */
    kk_slice caller;           /* 佐藤様より: who calls or writes, in the line */
    size_t line, mail_line;    /* counted; where the mail address of the block stood */
    size_t filled;             /* lines that are not blank */
    kk_slice whole;            /* all of the text, */
    kk_slice above, text;      /* the line before, the line, */
    bool quoted;               /* ... in a reply */
    bool of_place;             /* ... that says where something is or was */
    bool like_clock;           /* ... that is a time of day alone, */
    bool below_clock;          /* ... and whether the line above is */
    bool like_title;           /* ... that may be what somebody or something is called, */
    bool below_title;          /* ... and whether the line above is */
    kk_slice ahead;            /* what is below it */
    size_t touch_line;         /* the last that added something to the block */
    size_t address_line;       /* where the address of the block stood, */
    size_t phone_line;         /* ... its last telephone number in running text */
    bool gap;                  /* a blank line since the block was last added to */
    kk_heading pending;        /* a line that was a label alone: its value is the next one */
    kk_slice zip_line;         /* a line that was a postal code alone, before an address */
    kk_email receiver, sender; /* of a letter, */
    kk_slice receiver_name, sender_name; /* with their names where it tells these */
    kk_slice company;                    /* a line that was a company's name alone */
    size_t company_line;                 /* ... which */
    bool introduced;                     /* somebody has said: 佐藤と申します */
    bool introduces;                     /* ... who is the person of the block */
    bool sample;                         /* a form that is shown, not filled in */
    size_t beside_line;                  /* the last that had a known name beside a contact */
    size_t said_line; /* that named the person of the block, or said of his life */
    kk_persona *held; /* until it is known what else the text says of them */
    size_t held_count;
    bool is_list;   /* of so many that one name twice may be two people */
    size_t greeted; /* names with 様 until now */
    bool greets;    /* ... of which the open block is the first */
    kk_slice listed[KK_LIST_NAMES];
    size_t list_count; /* lines that were names, without a break */
} kk_reader;

/* ---- the open block (passage_block.c) ---- */

void kk_block_open(kk_reader *r);
void kk_block_close(kk_reader *r);
/* A letter that has named its addressee and nothing else so far. */
bool kk_block_awaits(const kk_reader *r);
/* Somebody else than the block is about closes it. */
void kk_block_add_name(kk_reader *r, kk_slice text);
void kk_block_add_mail(kk_reader *r, const kk_email *email);
/* Room for persons that are told later; again after the scratch arena was emptied. */
void kk_block_make_room(kk_reader *r);
void kk_block_tell_held(kk_reader *r);
/* 長谷部 湊斗: a surname of the lists and, parted by a blank, a given name that is not in them. Only where something
 * else says that a person stands there. */
bool kk_is_likely_name(kk_reader *r, const kk_name *name);

/* ---- names in a line (passage_names.c) ---- */

/* The longest known name that ends at `end`: surname and given name. */
kk_slice kk_name_before(kk_reader *r, kk_slice line, size_t end);
/* Without 電話, TEL and the like, and marks, at the end. */
kk_slice kk_without_contact_word(kk_slice text);
/* Each adds who it finds, and tells whether it found somebody. */
bool kk_scan_courtesies(kk_reader *r, kk_slice line);
bool kk_scan_name_line(kk_reader *r, kk_slice line);
bool kk_scan_name_beside(kk_reader *r, kk_slice line);
/* さとう けんいち, alone below 佐藤 健一. True if the line is that. */
bool kk_take_reading(kk_reader *r, kk_slice line);
bool kk_scan_speaker(kk_reader *r, kk_slice line);
/* Bytes of a time of day that the line begins with, and of the blank behind it. */
size_t kk_clock_before(kk_slice line);
bool kk_scan_relatives(kk_reader *r, kk_slice line);
/* 営業部の佐藤健一が */
bool kk_scan_members(kk_reader *r, kk_slice line);
/* 体温36.8度。 佐藤 健一: who wrote the line. */
bool kk_scan_signed(kk_reader *r, kk_slice line);
/* 委員 佐藤 健一(産業医)、鈴木 花子(製造課): pieces that all end with a name. */
bool kk_scan_names_in_line(kk_reader *r, kk_slice line);
/* Mr. Kenichi Sato (passage_letters.c) */
bool kk_scan_titles(kk_reader *r, kk_slice line);
/* 夜勤:佐藤 健一 日勤:鈴木 花子 */
bool kk_scan_duties(kk_reader *r, kk_slice line);
/* Three names one below the other are a list of people; one alone may be anything. */
void kk_note_listed(kk_reader *r, kk_slice line);
/* Age, sex and birth date, of the open block's person. */
void kk_scan_life(kk_reader *r, kk_slice line);
/* 女性/45歳 */
bool kk_is_life_alone(kk_slice line);

/* ---- what is an office's (passage_office.c) ---- */

/* A heading of what an office says of itself, or its name alone: what is below is not the open block's person's. */
bool kk_office_begins(kk_reader *r, kk_slice line);
/* ■連絡先, alone: how to reach whom the paper is about. */
bool kk_is_heading_of_contacts(kk_slice line);
/* 事業所名及び所在地 若葉の里 東京都...: an address behind what an office is called, and nobody named before it. */
bool kk_is_address_of_office(kk_reader *r, kk_slice before);
/* 会場:..., 発生場所 ...: nobody lives there. */
bool kk_is_of_place(kk_slice line);
/* 受付電話 */
bool kk_is_label_of_office(kk_slice word);
/* ご不明な点は 03-... までお電話ください: the number of who writes. */
bool kk_invites_contact(kk_slice line);
/* Between the line and what was last told of the block's person stands something else. */
bool kk_is_apart(const kk_reader *r);
/* One of the next lines, before a blank one, ends with a name. */
bool kk_name_is_below(kk_reader *r);

/* ---- contacts in a line (passage_contacts.c) ---- */

void kk_scan_address(kk_reader *r, kk_slice line);
void kk_scan_mails(kk_reader *r, kk_slice line);
/* Telephone numbers, cards, My Numbers. */
void kk_scan_numbers(kk_reader *r, kk_slice line);
/* -16-8 below 青森県八戸市糠塚4: an address that was too long for its line. True if the line is that. */
bool kk_take_rest_of_address(kk_reader *r, kk_slice line);
/* グリーンハイツ203, on the line below the address. True if the line is that. */
bool kk_take_building(kk_reader *r, kk_slice line);
