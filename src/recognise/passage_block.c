/* The block of running text that is open: whom it is about, and what is told when it closes. */
#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/joined.h"
#include "recognise/passage_i.h"
#include "recognise/said_of.h"
#include "recognise/text_address.h"

enum { HELD = 16 };

void kk_block_make_room(kk_reader *r)
{
    r->held = KK_NEW_ARRAY(r->scratch, kk_persona, HELD);
}

static void take_mailbox(kk_reader *r, const kk_email *email)
{
    if (!email->address.len || email->shared || email->filler)
        return;
    r->persona.email = *email;
    r->persona.items |= KK_BIT(KK_ITEM_EMAIL);
}

/* A letter names who it is from and to: what it says of them is theirs. Of whom it greets at its beginning also
 * without a name, where it went to one mailbox. */
static void take_mailbox_of_letter(kk_reader *r)
{
    kk_slice whole = r->persona.name.whole;
    if (r->has_mail || !whole.len)
        return;
    if (kk_eq(whole, r->sender_name) || (r->introduces && !r->sender_name.len))
        take_mailbox(r, &r->sender);
    else if (kk_eq(whole, r->receiver_name) ||
             (!r->receiver.display.len && r->greets && r->greeted == 1))
        take_mailbox(r, &r->receiver);
}

void kk_block_tell_held(kk_reader *r)
{
    for (size_t i = 0; i < r->held_count; i++)
        r->found(r->context, &r->held[i]);
    r->held_count = 0;
}

/* What a text says of one person in two places is told together; in a long list one name may be two people's. */
static void hold(kk_reader *r, const kk_persona *p)
{
    for (size_t i = r->is_list ? 0 : r->held_count; i-- > 0;)
        if (kk_persona_join(&r->held[i], p))
            return;
    if (r->held_count == HELD) {
        kk_block_tell_held(r);
        r->is_list = true;
    }
    r->held[r->held_count++] = *p;
}

static bool has_personal_contact(const kk_persona *p)
{
    bool mobile = false;
    for (size_t i = 0; i < p->phone_count; i++)
        mobile |= p->phones[i].kind == KK_PHONE_MOBILE;
    return mobile || (p->email.address.len && !p->email.shared && !p->email.filler);
}

void kk_block_close(kk_reader *r)
{
    static const kk_slot_plan slot = {.role = KK_ROLE_SELF};
    if (!r->open)
        return;
    if (r->rare_name && !has_personal_contact(&r->persona))
        r->draft.name = KK_NONE; /* 千葉 中央, and a telephone number below */
    kk_draft_settle(&r->persona, &r->draft, &slot, r->lexicon, r->scratch);
    take_mailbox_of_letter(r);
    kk_persona *p = &r->persona;
    p->test_data |= r->sample;
    uint64_t telling = KK_BIT(KK_ITEM_EMAIL) | KK_BIT(KK_ITEM_PHONE) | KK_BIT(KK_ITEM_CARD_NUMBER) |
                       KK_BIT(KK_ITEM_MY_NUMBER) | KK_BIT(KK_ITEM_KANA) |
                       KK_BIT(KK_ITEM_CUSTOMER_NO);
    bool named = p->name.full && p->name.standing != KK_IS_ORGANISATION && !r->bare_name;
    if ((p->items & telling) || named || p->address.level == KK_PLACE_BLOCK)
        hold(r, p);
    r->open = false;
}

void kk_block_open(kk_reader *r)
{
    r->quiet = 0;
    r->gap = false;
    r->touched = true;
    r->touch_line = r->line;
    if (r->open)
        return;
    kk_persona_clear(&r->persona, KK_ROLE_SELF);
    memset(&r->draft, 0, sizeof r->draft);
    r->open = true;
    r->has_name = r->has_mail = r->bare_name = r->rare_name = r->addressed = r->greets = false;
    r->introduces = false;
}

/* A letter that has named its addressee and nothing else so far. */
bool kk_block_awaits(const kk_reader *r)
{
    return r->open && r->addressed && !r->persona.items && !r->draft.part_count && !r->has_mail;
}

/* In a list of names, addresses and numbers: what the line above had without a name that is known, where this line
 * has the same of its own. */
static bool is_of_line_above(const kk_reader *r)
{
    return r->open && !r->has_name && r->persona.phone_count && r->phone_line != r->line &&
           kk_tells_phone(r->text) &&
           (!r->draft.part_count || kk_text_address_begin(r->text) != KK_NOWHERE);
}

void kk_block_add_name(kk_reader *r, kk_slice text)
{
    r->said_line = r->line;
    if (r->open && r->has_name) {
        kk_name before = kk_name_read(r->scratch, r->lexicon, r->draft.name);
        kk_name now = kk_name_read(r->scratch, r->lexicon, text);
        if (kk_eq(before.whole, now.whole)) {
            r->bare_name = false;
            if (now.kana.len && !before.kana.len)
                r->draft.name = text;
            return;
        }
        kk_block_close(r);
    }
    /* in a signature the name comes first: a name lines after a mail address is somebody else's */
    if (r->open && r->has_mail && !r->draft.name.len && r->mail_line != r->line)
        kk_block_close(r);
    if (is_of_line_above(r))
        kk_block_close(r);
    kk_block_open(r);
    r->has_name = true;
    r->bare_name = r->rare_name = false;
    r->draft.name = text;
    if (r->company.len) {
        r->persona.company_shown = r->company;
        r->persona.items |= KK_BIT(KK_ITEM_COMPANY);
    }
}

/* 宗一郎, 詩織里: given names end with it, and few other words. */
static bool ends_like_given(kk_slice word)
{
    static const char *const ends[] = {"郎", "子", "美", "香", "奈", "恵", "介",
                                       "也", "樹", "輔", "彦", "之", "太"};
    for (size_t i = 0; i < KK_COUNT(ends); i++)
        if (word.len > strlen(ends[i]) && kk_ends(word, kk_cstr(ends[i])))
            return true;
    return false;
}

/* 獅子内 健一: a surname in no list, of kanji alone, before a given name of the lists; not 長女 花子, 患者 花子. */
static bool is_rare_surname(kk_reader *r, const kk_name *name)
{
    enum { SURNAME_CHARS = 4 };
    kk_slice family = name->family;
    size_t chars = kk_char_count(family), at = 0;
    bool given = kk_lexicon_look(r->lexicon, name->given) & KK_WORD_GIVEN;
    if ((!given && !ends_like_given(name->given)) || kk_char_count(name->given) > 3 || chars < 2 ||
        chars > SURNAME_CHARS)
        return false;
    while (at < family.len) {
        uint32_t c = kk_plain_char(family, &at);
        if (c < 0x3400 && c != 0x3005 && c != 0x30ce) /* 々 and ノ */
            return false;
    }
    return !kk_is_somebodys_word(family) && !kk_is_heading(r->scratch, family) &&
           !kk_names_organisation(family) && !kk_ends_like_organisation(family) &&
           !kk_is_desk(family) && !(kk_lexicon_look(r->lexicon, family) & KK_WORD_GIVEN);
}

/* 長谷部 湊斗: a surname of the lists and, parted by a blank, a given name that is not in them. Only where something
 * else says that a person stands there. */
bool kk_is_likely_name(kk_reader *r, const kk_name *name)
{
    enum { GIVEN_CHARS = 4 };
    if (name->standing != KK_COUNTS || name->script != KK_NAME_JAPANESE)
        return false;
    if (name->known || !name->split)
        return name->known;
    if (is_rare_surname(r, name))
        return true;
    return (kk_lexicon_look(r->lexicon, name->family) & KK_WORD_SURNAME) && name->given.len &&
           kk_char_count(name->given) <= GIVEN_CHARS &&
           !(kk_lexicon_look(r->lexicon, name->given) & KK_WORD_SURNAME) &&
           !kk_is_heading(r->scratch, name->given) && !kk_names_organisation(name->shown) &&
           !kk_is_desk(name->given);
}

/* Author: Hanako Sato, Co-authored-by: Hanako Sato, 送信者:佐藤 花子: what stands behind the label. */
static kk_slice behind_label(kk_slice display)
{
    for (size_t at = display.len; at-- > 1;)
        if (display.ptr[at - 1] == ':' &&
            (display.ptr[at] == ' ' || (at > 1 && ((unsigned char)display.ptr[at - 2] & 0x80))))
            return kk_trim(kk_from(display, at));
    return display;
}

static bool is_in_letters(kk_slice text)
{
    size_t at = 0;
    while (at < text.len)
        if (kk_char_japanese(kk_plain_char(text, &at)))
            return false;
    return text.len > 0;
}

/* taro <taro@...>: few words, one of which is in the mailbox. */
static bool is_of_mailbox(kk_slice display, kk_slice address)
{
    kk_slice local = kk_part(address, 0, kk_find_byte(address, '@')), rest = display, word;
    size_t words = 0, found = 0;
    while (kk_split(&rest, ' ', &word)) {
        words += word.len > 0;
        found += word.len > 2 && kk_has_nocase(local, word);
    }
    return found && words <= 3;
}

/* Names begin with a large letter, but for what stands before surnames of nobles. */
static bool may_be_in_name(kk_slice word)
{
    static const char *const small[] = {"de", "da",  "di", "van", "von", "der", "den", "la",
                                        "le", "del", "y",  "i",   "bin", "al",  "dos"};
    for (size_t i = 0; i < KK_COUNT(small); i++)
        if (kk_is(word, small[i]))
            return true;
    bool large = word.len > 0 && (word.ptr[0] & 0x80 || (word.ptr[0] >= 'A' && word.ptr[0] <= 'Z'));
    return large && kk_find_byte(word, '/') == KK_NOWHERE;
}

/* Of a text in letters the words at its end that begin as names do, behind its last mark: "Written by Hanako Sato". */
static kk_slice name_in_letters(kk_slice text)
{
    size_t from = text.len, words = 0;
    while (from > 0) {
        size_t begin = from;
        while (begin > 0 && text.ptr[begin - 1] != ' ')
            begin--;
        kk_slice word = kk_part(text, begin, from - begin);
        bool ends = word.len && strchr(",;:()", word.ptr[word.len - 1]);
        ends = ends || (word.len > 3 && word.ptr[word.len - 1] == '.');
        if (ends || !may_be_in_name(word) || words == 5)
            break;
        words++;
        from = begin;
        while (from > 0 && text.ptr[from - 1] == ' ')
            from--;
        if (from == 0) /* all of it: Taro <t.yamada@...> */
            return text;
    }
    while (from < text.len && text.ptr[from] == ' ')
        from++;
    return words > 1 ? kk_trim(kk_from(text, from)) : KK_NONE;
}

/* The name at the end of what stands before a mail address: "2026年3月3日 佐藤 太郎 <...>" */
static kk_slice name_in_display(kk_reader *r, kk_slice display, kk_slice address)
{
    display = behind_label(display);
    if (is_in_letters(display)) {
        kk_slice name = name_in_letters(display);
        return name.len || !is_of_mailbox(display, address) ? name : display;
    }
    kk_slice tail = display;
    for (int i = 0; i < 6 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        if (kk_is_likely_name(r, &name))
            return tail;
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return display;
}

void kk_block_add_mail(kk_reader *r, const kk_email *email)
{
    if (r->open && r->has_mail && kk_eq(r->persona.email.address, email->address))
        return;
    if (r->open && (r->has_mail || (kk_block_awaits(r) && (email->shared || email->filler))))
        kk_block_close(r);
    bool display = email->display.len && kk_find_byte(email->display, '@') == KK_NOWHERE;
    if (display) {
        kk_slice text = name_in_display(r, email->display, email->address);
        kk_name name = kk_name_read(r->scratch, r->lexicon, text);
        if (name.whole.len && name.standing == KK_COUNTS && !kk_is_heading(r->scratch, text))
            kk_block_add_name(r, text);
    }
    kk_block_open(r);
    r->has_mail = true;
    r->mail_line = r->line;
    r->persona.email = *email;
    r->persona.items |= KK_BIT(KK_ITEM_EMAIL);
}
