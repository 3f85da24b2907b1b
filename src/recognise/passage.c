/* Persons in running text. What belongs to one person stands close together: a block is opened by the
 * first thing found and closed by a second name or mail address, by two blank lines or by a stretch of
 * other text. Labels are headings followed by a colon and mean what they mean over a column. */
#include "recognise/passage.h"

#include "base/text.h"
#include "recognise/company.h"
#include "recognise/draft.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/number.h"
#include "recognise/open_label.h"
#include "recognise/text_address.h"

enum {
    TEXT_MAX = 8 * 1024 * 1024,
    LINE_MAX_READ = 4096,
    QUIET_LINES = 4, /* lines without anything that close a block, */
    BLANK_LINES = 2,
    TOP_LINES = 6,     /* of a letter, until it has greeted */
    LETTER_LINES = 16, /* between the person a letter begins with and what it says of him */
    CONTEXT = 60,      /* bytes before a number in which its word may stand */
    NAME_LINE_MAX = KK_NAME_LINE_MAX,
    LIST_NAMES = 3, /* names one below the other that make a list of people */
    NAME_BYTES_MIN = 9
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
    bool bare_name; /* the name is only a line of its own: a signature needs more */
    bool touched;   /* something was added by the line that is read */
    bool addressed; /* the name stands with 様: what is said to him may come after greetings */
    int quiet;
    size_t line, mail_line; /* counted; where the mail address of the block stood */
    size_t filled;          /* lines that are not blank */
    bool quoted;            /* the line */
    size_t address_line;    /* where the address of the block stood */
    bool gap;               /* a blank line since the block was last added to */
    kk_heading pending;     /* a line that was a label alone: its value is the next one */
    kk_slice zip_line;      /* a line that was a postal code alone, before an address */
    kk_slice receiver;      /* the mailbox that a letter went to */
    size_t greeted;         /* names with 様 until now */
    bool greets;            /* ... of which the open block is the first */
    kk_slice listed[LIST_NAMES];
    size_t list_count; /* lines that were names, without a break */
} reader;

/* 佐藤 太郎 様 at the beginning of a letter that went to one mailbox: it is his. */
static void take_receiver(reader *r)
{
    kk_email email = kk_email_read(r->scratch, r->receiver);
    if (!email.address.len || email.shared || email.filler)
        return;
    r->persona.email = email;
    r->persona.items |= KK_BIT(KK_ITEM_EMAIL);
}

static void close_block(reader *r)
{
    static const kk_slot_plan slot = {.role = KK_ROLE_SELF};
    if (!r->open)
        return;
    if (r->greets && r->greeted == 1 && !r->has_mail)
        take_receiver(r);
    kk_draft_settle(&r->persona, &r->draft, &slot, r->lexicon, r->scratch);
    kk_persona *p = &r->persona;
    uint64_t telling = KK_BIT(KK_ITEM_EMAIL) | KK_BIT(KK_ITEM_PHONE) | KK_BIT(KK_ITEM_CARD_NUMBER) |
                       KK_BIT(KK_ITEM_MY_NUMBER) | KK_BIT(KK_ITEM_KANA) |
                       KK_BIT(KK_ITEM_CUSTOMER_NO);
    bool named = p->name.full && p->name.standing != KK_IS_ORGANISATION && !r->bare_name;
    if ((p->items & telling) || named || p->address.level == KK_PLACE_BLOCK)
        r->found(r->context, p);
    r->open = false;
}

static void open_block(reader *r)
{
    r->quiet = 0;
    r->gap = false;
    r->touched = true;
    if (r->open)
        return;
    kk_persona_clear(&r->persona, KK_ROLE_SELF);
    memset(&r->draft, 0, sizeof r->draft);
    r->open = true;
    r->has_name = r->has_mail = r->bare_name = r->addressed = r->greets = false;
}

/* A letter that has named its addressee and nothing else so far. */
static bool awaits(const reader *r)
{
    return r->open && r->addressed && !r->persona.items && !r->draft.part_count && !r->has_mail;
}

static void add_name(reader *r, kk_slice text)
{
    if (r->open && r->has_name) {
        kk_name before = kk_name_read(r->scratch, r->lexicon, r->draft.name);
        kk_name now = kk_name_read(r->scratch, r->lexicon, text);
        if (kk_eq(before.whole, now.whole)) {
            r->bare_name = false;
            if (now.kana.len && !before.kana.len)
                r->draft.name = text;
            return;
        }
        close_block(r);
    }
    /* in a signature the name comes first: a name lines after a mail address is somebody else's */
    if (r->open && r->has_mail && !r->draft.name.len && r->mail_line != r->line)
        close_block(r);
    open_block(r);
    r->has_name = true;
    r->bare_name = false;
    r->draft.name = text;
}

/* The name at the end of what stands before a mail address: "2026年3月3日 佐藤 太郎 <...>" */
static kk_slice name_in_display(reader *r, kk_slice display)
{
    kk_slice tail = display;
    for (int i = 0; i < 6 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        if (name.known)
            return tail;
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return display;
}

static void add_mail(reader *r, const kk_email *email)
{
    if (r->open && r->has_mail && kk_eq(r->persona.email.address, email->address))
        return;
    if (r->open && (r->has_mail || (awaits(r) && (email->shared || email->filler))))
        close_block(r);
    bool display = email->display.len && kk_find_byte(email->display, '@') == KK_NOWHERE;
    if (display) {
        kk_slice text = name_in_display(r, email->display);
        kk_name name = kk_name_read(r->scratch, r->lexicon, text);
        if (name.whole.len && name.standing == KK_COUNTS)
            add_name(r, text);
    }
    open_block(r);
    r->has_mail = true;
    r->mail_line = r->line;
    r->persona.email = *email;
    r->persona.items |= KK_BIT(KK_ITEM_EMAIL);
}

/* ---- labels ---- */

static void scan_running(reader *r, kk_slice line);

static bool ends_label(uint32_t c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '/' || c == ';' || c == 0x3001 ||
           c == 0x3002 || c == '>' || c == '<' || c == '"' || c == '\'';
}

/* Where the label that ends at the colon begins. */
static size_t label_begin(kk_slice line, size_t colon, size_t from)
{
    size_t begin = colon;
    while (begin > from && colon - begin < KK_LABEL_MAX &&
           !ends_label((unsigned char)line.ptr[begin - 1])) {
        begin--;
        /* 、and 。in UTF-8 */
        if (begin + 3 <= colon && line.ptr[begin] == '\xe3' && line.ptr[begin + 1] == '\x80' &&
            (line.ptr[begin + 2] == '\x81' || line.ptr[begin + 2] == '\x82'))
            return begin + 3;
    }
    while (begin < colon && ((unsigned char)line.ptr[begin] & 0xc0) == 0x80)
        begin++;
    return begin;
}

/* Bytes of the sign behind a label that begins here; 0 if none does. */
static size_t mark_at(kk_slice line, size_t at)
{
    if (line.ptr[at] == ':' || (line.ptr[at] == ']' && line.ptr[0] == '['))
        return 1;
    return at > 0 && kk_starts(kk_from(line, at), KK_S("】")) ? strlen("】") : 0;
}

/* Behind the bracket that the one at `at` closes, else where the label begins by itself. */
static size_t begin_of_label(kk_slice line, size_t at, size_t from)
{
    kk_slice before = kk_part(line, from, at - from);
    if (line.ptr[at] == ':')
        return label_begin(line, at, from);
    kk_slice open = line.ptr[at] == ']' ? KK_S("[") : KK_S("【");
    size_t begin = kk_find(before, open);
    if (begin == KK_NOWHERE || before.len - begin > 2 * KK_LABEL_MAX)
        return label_begin(line, at, from);
    return from + begin + open.len;
}

static size_t find_labels(reader *r, kk_slice line, kk_label *labels)
{
    size_t count = 0, from = 0;
    for (size_t at = 0; at < line.len && count < KK_LABELS_A_LINE; at++) {
        size_t mark = mark_at(line, at);
        if (!mark)
            continue;
        size_t begin = begin_of_label(line, at, from);
        kk_slice word = kk_part(line, begin, at - begin);
        kk_heading heading = word.len ? kk_heading_read(r->scratch, word) : (kk_heading){0};
        if (heading.kind == KK_COL_UNKNOWN || heading.strength == KK_HEADING_NONE ||
            (heading.strength == KK_HEADING_WEAK && heading.kind != KK_COL_NAME))
            continue;
        labels[count++] = (kk_label){begin, at + mark, heading};
        from = at + mark;
    }
    return count;
}

static bool is_value_kind(kk_column_kind kind)
{
    return kind != KK_COL_IGNORED && kind != KK_COL_LOGGED && kind != KK_COL_UNKNOWN &&
           kind != KK_COL_TIMED && kind != KK_COL_REMARK && kind != KK_COL_STATUS &&
           kind != KK_COL_BODY && kind != KK_COL_MAILBOX;
}

/* A weak label needs a value of its kind: "name: eth0" is nobody. */
static bool believes(reader *r, const kk_heading *heading, kk_slice value)
{
    if (heading->kind != KK_COL_NAME)
        return true;
    if (kk_is_sentence(value))
        return false;
    kk_name name = kk_name_read(r->scratch, r->lexicon, value);
    if (heading->strength == KK_HEADING_STRONG)
        return name.whole.len > 0 || name.standing == KK_IS_ORGANISATION;
    return name.known || (name.split && name.script == KK_NAME_JAPANESE);
}

static bool is_between_names(uint32_t c)
{
    return c == 0x3001 || c == ',' || c == '/' || c == 0x30fb || c == ';';
}

/* 出席者:佐藤太郎、鈴木花子(総務課): each by himself; false if these are not two names or more. */
static bool take_names(reader *r, const kk_heading *heading, kk_slice value)
{
    size_t known = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t begin = 0, at = 0; begin < value.len;) {
            size_t end = at;
            uint32_t c = at < value.len ? kk_plain_char(value, &at) : ',';
            if (end < value.len && !is_between_names(c))
                continue;
            kk_slice piece = kk_trim(kk_part(value, begin, end - begin));
            begin = end < value.len ? at : value.len;
            kk_name name = kk_name_read(r->scratch, r->lexicon, piece);
            if (!name.known || name.standing != KK_COUNTS)
                continue;
            known += round == 0;
            if (round == 0)
                continue;
            add_name(r, piece);
            r->persona.role = heading->role;
        }
        if (known < 2)
            return false;
    }
    return true;
}

/* 〒100-0001 東京都..., to the end of the line or what is plainly no address any more. */
static void scan_address(reader *r, kk_slice line)
{
    size_t begin = kk_text_address_begin(line);
    /* a label of an envelope below another: postal code, address and last the name */
    bool next_label = begin == 0 && kk_starts(line, KK_S("〒")) && r->gap && r->has_name;
    if (begin != KK_NOWHERE && r->open && next_label && (r->draft.part_count || r->persona.zip.len))
        close_block(r);
    if (begin == KK_NOWHERE || (r->open && r->draft.part_count))
        return;
    kk_slice text = kk_text_address_cut(kk_from(line, begin));
    kk_address address = kk_address_read(r->scratch, text);
    if (!kk_is_text_address(&address) && !address.zip.len)
        return;
    open_block(r);
    if (r->zip_line.len && !r->persona.zip.len)
        kk_persona_set_zip(&r->persona, r->scratch, r->zip_line);
    if (address.level == KK_PLACE_NONE) /* the postal code has a line of its own */
        kk_persona_set_zip(&r->persona, r->scratch,
                           kk_starts(text, KK_S("〒")) ? kk_trim(kk_from(text, strlen("〒")))
                                                       : address.zip);
    else
        r->draft.parts[r->draft.part_count++] = (kk_address_part){text, KK_COL_ADDRESS, 0};
    r->address_line = r->line;
}

/* お届け先: 佐藤 太郎 様 〒100-0005 東京都...: an address behind the name, or alone. */
static bool take_party(reader *r, const kk_heading *heading, kk_slice value)
{
    size_t begin = kk_text_address_begin(value);
    if (begin == KK_NOWHERE)
        return false;
    kk_slice name = kk_trim(kk_part(value, 0, begin)), rest = kk_from(value, begin);
    kk_address address = kk_address_read(r->scratch, kk_text_address_cut(rest));
    if (!kk_is_text_address(&address) && !address.zip.len)
        return false;
    if (name.len && believes(r, heading, name)) {
        add_name(r, name);
        r->persona.role = heading->role;
    }
    scan_address(r, rest);
    return true;
}

/* お名前(ふりがな): 佐藤 健一(さとう けんいち) */
static bool take_name_with_reading(reader *r, const kk_heading *heading, kk_slice value)
{
    size_t bracket = kk_find_byte(value, '(');
    if (heading->kind != KK_COL_KANA || bracket == KK_NOWHERE || bracket == 0 ||
        kk_is_kana(kk_trim(kk_part(value, 0, bracket))))
        return false;
    kk_name name = kk_name_read(r->scratch, r->lexicon, value);
    if (!name.kana.len || name.standing != KK_COUNTS)
        return false;
    add_name(r, value);
    return true;
}

/* 都道府県, 住所1 before 住所2 are parts of one. */
static bool has_address(const kk_draft *draft, const kk_heading *heading)
{
    for (size_t i = 0; i < draft->part_count; i++)
        if (draft->parts[i].kind == KK_COL_ADDRESS && draft->parts[i].part >= heading->part)
            return true;
    return false;
}

static void take_label(reader *r, const kk_heading *heading, kk_slice value)
{
    kk_column column = {.kind = heading->kind, .heading = *heading, .filler_day = KK_NO_DAY};
    if (heading->kind == KK_COL_NAME &&
        (take_party(r, heading, value) || take_names(r, heading, value)))
        return;
    if (!is_value_kind(heading->kind) || take_name_with_reading(r, heading, value))
        return;
    if (!believes(r, heading, value)) {
        if (kk_is_sentence(value))
            scan_running(r, value);
        return;
    }
    if (heading->kind == KK_COL_NAME) {
        add_name(r, value);
        r->persona.role = heading->role;
        return;
    }
    if (heading->kind == KK_COL_EMAIL) {
        kk_email email = kk_email_read(r->scratch, value);
        if (email.address.len)
            add_mail(r, &email);
        return;
    }
    if ((heading->kind == KK_COL_FAMILY_NAME && r->open && r->draft.family.len) ||
        (heading->kind == KK_COL_ADDRESS && r->open && r->has_name &&
         has_address(&r->draft, heading)))
        close_block(r);
    open_block(r);
    if (heading->kind == KK_COL_ADDRESS)
        value = kk_text_address_cut(value);
    kk_address place =
        heading->kind == KK_COL_ADDRESS ? kk_address_read(r->scratch, value) : (kk_address){0};
    if (place.zip.len && place.level == KK_PLACE_NONE) /* the address is on the next line */
        column.kind = KK_COL_ZIP;
    column.wide_register = column.table_register = kk_hash_quick(KK_S("text"));
    kk_cell_read(&r->persona, &r->draft, &column, r->scratch, value);
}

/* ---- running text ---- */

static bool has_word_before(kk_slice line, size_t at, const char *const *words, size_t count)
{
    size_t from = at > CONTEXT ? at - CONTEXT : 0;
    kk_slice before = kk_part(line, from, at - from);
    for (size_t i = 0; i < count; i++)
        if (kk_has_nocase(before, kk_cstr(words[i])))
            return true;
    return false;
}

static void scan_mails(reader *r, kk_slice line)
{
    size_t at = 0;
    kk_email email;
    while (kk_find_byte(kk_from(line, at), '@') != KK_NOWHERE &&
           kk_email_find(r->scratch, line, &at, &email))
        add_mail(r, &email);
}

static bool stands_free(kk_slice line, size_t begin, size_t end)
{
    unsigned char before = begin > 0 ? (unsigned char)line.ptr[begin - 1] : ' ';
    unsigned char after = end < line.len ? (unsigned char)line.ptr[end] : ' ';
    bool glued = (before < 0x80 && (kk_char_letter(before) || kk_char_digit(before))) ||
                 before == '-' || before == '.' || before == '/' || before == '_' ||
                 before == '@' || before == '=';
    return !glued && !(after < 0x80 && (kk_char_letter(after) || kk_char_digit(after))) &&
           after != '_' && after != '@';
}

/* Digits with single blanks or dashes between, from `at`; *digits counts them. */
static size_t run_of_digits(kk_slice line, size_t at, size_t *digits)
{
    size_t end = at;
    *digits = 0;
    while (at < line.len && *digits < 24) {
        size_t next = at;
        uint32_t c = kk_plain_char(line, &next);
        if (kk_char_digit(c)) {
            (*digits)++;
            end = next;
        } else if (c != ' ' && !kk_char_dash(c)) {
            break;
        } else if (at > end) {
            break;
        }
        at = next;
    }
    return end;
}

static bool take_card(reader *r, kk_slice line, size_t at, size_t end)
{
    static const char *const words[] = {"カード", "card", "クレジット", "visa",
                                        "master", "jcb",  "amex",       "番号"};
    kk_slice digits = kk_digits(r->scratch, kk_part(line, at, end - at));
    kk_card card = kk_card_judge(digits);
    bool grouped = end - at > digits.len;
    if (card == KK_CARD_NONE ||
        (!grouped && !has_word_before(line, at, words, sizeof words / sizeof *words)))
        return false;
    open_block(r);
    r->persona.items |= KK_BIT(KK_ITEM_CARD_NUMBER);
    if (card == KK_CARD_TEST)
        r->persona.test_card = true;
    else
        r->persona.card = digits;
    return true;
}

static bool take_my_number(reader *r, kk_slice line, size_t at, size_t end)
{
    static const char *const words[] = {"マイナンバー", "個人番号", "my number", "mynumber"};
    kk_slice digits = kk_digits(r->scratch, kk_part(line, at, end - at));
    if (!kk_is_my_number(digits) || !has_word_before(line, at, words, sizeof words / sizeof *words))
        return false;
    open_block(r);
    r->persona.items |= KK_BIT(KK_ITEM_MY_NUMBER);
    r->persona.numbers[0] = (kk_person_number){KK_COL_MY_NUMBER, digits, 0, 0, false};
    r->persona.number_count = 1;
    return true;
}

static bool take_phone(reader *r, kk_slice line, size_t at, size_t *end)
{
    static const char *const words[] = {"tel",    "電話",   "携帯", "℡",         "phone",
                                        "mobile", "連絡先", "fax",  "ファックス"};
    static const char *const faxes[] = {"fax", "ファックス", "ファクス"};
    size_t used = 0;
    kk_phone phone = kk_phone_read(kk_from(line, at), false, &used);
    bool plan = phone.kind == KK_PHONE_MOBILE || phone.kind == KK_PHONE_FIXED ||
                phone.kind == KK_PHONE_IP || phone.kind == KK_PHONE_FREE ||
                (phone.kind == KK_PHONE_FOREIGN && phone.dashed);
    bool alone = at == 0 && used == line.len;
    if (!plan || !stands_free(line, at, at + used))
        return false;
    size_t near = at > 12 ? at - 12 : 0;
    kk_slice before = kk_part(line, near, at - near);
    bool fax = has_word_before(before, before.len, faxes, 3);
    if (!phone.dashed && !alone && phone.kind != KK_PHONE_MOBILE &&
        !has_word_before(line, at, words, sizeof words / sizeof *words))
        return false;
    *end = at + used;
    open_block(r);
    if (fax)
        r->persona.items |= KK_BIT(KK_ITEM_FAX);
    else
        kk_persona_add_phones(&r->persona, kk_part(line, at, used));
    return true;
}

static void scan_numbers(reader *r, kk_slice line)
{
    size_t at = 0;
    while (at < line.len) {
        unsigned char c = (unsigned char)line.ptr[at];
        if (!kk_char_digit(c) && c != '+' && c != '(') {
            at++;
            continue;
        }
        size_t digits, end = run_of_digits(line, at, &digits), phone_end;
        bool free = stands_free(line, at, end);
        if (free && digits >= 12 && digits <= 19 && end > at &&
            (take_card(r, line, at, end) || (digits == 12 && take_my_number(r, line, at, end)))) {
            at = end;
        } else if (take_phone(r, line, at, &phone_end)) {
            at = phone_end;
        } else {
            at++;
            while (kk_char_digit(c) && at < line.len && kk_char_digit((unsigned char)line.ptr[at]))
                at++;
        }
    }
}

/* グリーンハイツ203, on the line below the address. True if the line is that. */
static bool take_building(reader *r, kk_slice line)
{
    static const char *const words[] = {"ハイツ",   "コーポ", "マンション", "ビル",
                                        "メゾン",   "荘",     "ハウス",     "レジデンス",
                                        "アパート", "号室",   "団地",       "号棟"};
    if (!r->open || r->draft.part_count != 1 || r->address_line + 1 != r->line ||
        line.len > NAME_LINE_MAX || kk_find_byte(line, '@') != KK_NOWHERE ||
        kk_ends(line, KK_S("様")))
        return false;
    bool is_building = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_building |= kk_has(line, kk_cstr(words[i]));
    if (is_building)
        r->draft.parts[r->draft.part_count++] = (kk_address_part){line, KK_COL_BUILDING, 0};
    return is_building;
}

/* The longest known name that ends at `end`: surname and given name, both in the lexicon. */
static kk_slice name_before(reader *r, kk_slice line, size_t end)
{
    size_t begin = end, chars = 0;
    kk_slice best = KK_NONE;
    while (begin > 0 && chars < 9) {
        size_t at = begin - 1;
        while (at > 0 && ((unsigned char)line.ptr[at] & 0xc0) == 0x80)
            at--;
        size_t next = at;
        uint32_t c = kk_plain_char(line, &next);
        if (!kk_char_japanese(c) && c != ' ')
            break;
        begin = at;
        chars++;
        kk_slice text = kk_part(line, begin, end - begin);
        if (c == ' ' || chars < 2)
            continue;
        kk_name name = kk_name_read(r->scratch, r->lexicon, text);
        if (name.known && name.standing == KK_COUNTS)
            best = text;
    }
    return best;
}

/* Letters begin with a line that ends with the name of whom they greet; not what they quote. */
static bool is_greeting(const reader *r, kk_slice behind)
{
    static const char *const ends[] = {"", ",", "、", "。", "へ"};
    bool is_end = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_end |= kk_is(kk_trim(behind), ends[i]);
    return is_end && r->filled <= TOP_LINES && !r->quoted;
}

/* Names with a courtesy; false where there are none. */
static bool scan_courtesies(reader *r, kk_slice line)
{
    static const char *const courtesies[] = {"様",   "殿",         "さま",       "さん",      "氏",
                                             "先生", "と申します", "といいます", "と言います"};
    enum { OF_LETTERS = 3 };
    bool any = false;
    for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++) {
        kk_slice word = kk_cstr(courtesies[i]);
        for (size_t at = 0;;) {
            size_t found = kk_find(kk_from(line, at), word);
            if (found == KK_NOWHERE)
                break;
            size_t end = at + found;
            at = end + word.len;
            while (end > 0 && line.ptr[end - 1] == ' ')
                end--;
            kk_slice name = name_before(r, line, end);
            if (!name.len)
                continue;
            bool is_greeted = i < OF_LETTERS && is_greeting(r, kk_from(line, at));
            bool again = r->open && kk_eq(r->draft.name, name);
            r->greeted += is_greeted && !again; /* before another one's block closes */
            add_name(r, name);
            r->addressed = i < OF_LETTERS;
            r->greets |= is_greeted && r->greeted == 1;
            any = true;
        }
    }
    return any;
}

/* ■佐藤 健一: without what lists and headings begin with. */
static kk_slice without_mark(kk_slice line)
{
    size_t at = 0;
    uint32_t c = line.len ? kk_plain_char(line, &at) : 0;
    bool mark = (c >= 0x25a0 && c <= 0x26ff) || c == 0x30fb || c == 0x203b;
    return mark ? kk_trim(kk_from(line, at)) : line;
}

/* A line of a signature that is a name, alone or after a department. */
static bool scan_name_line(reader *r, kk_slice line)
{
    if (line.len > NAME_LINE_MAX || kk_find_byte(line, '@') != KK_NOWHERE ||
        kk_names_organisation(line))
        return false;
    kk_slice tail = without_mark(line);
    for (int i = 0; i < 4 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        bool long_enough = name.whole.len >= 9; /* 本文 is a surname and a given name too */
        if (name.known && long_enough && name.script == KK_NAME_JAPANESE &&
            name.standing == KK_COUNTS) {
            add_name(r, tail);
            r->bare_name = true;
            return true;
        }
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return false;
}

/* 佐藤 太郎 090-5555-0100: a name at the beginning of a line with a telephone number or a mailbox. */
static bool scan_name_beside(reader *r, kk_slice line)
{
    size_t end = 0;
    while (end < line.len && !kk_char_digit((unsigned char)line.ptr[end]) && line.ptr[end] != '@' &&
           line.ptr[end] != '<')
        end++;
    size_t place = kk_place_behind_blank(line, end);
    end = place ? place : end;
    bool mail = end < line.len && line.ptr[end] == '@';
    while (mail && end > 0 && (unsigned char)line.ptr[end - 1] < 0x80 && line.ptr[end - 1] != ' ')
        end--;
    if (end == line.len || end > NAME_LINE_MAX)
        return false;
    kk_slice tail = kk_trim(kk_part(line, 0, end));
    while (tail.len && kk_find_byte(KK_S(" :(/|,-+"), tail.ptr[tail.len - 1]) != KK_NOWHERE)
        tail.len--;
    for (int i = 0; i < 4 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        if (name.known && name.script == KK_NAME_JAPANESE && name.standing == KK_COUNTS &&
            name.whole.len >= NAME_BYTES_MIN) {
            add_name(r, tail);
            return true;
        }
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return false;
}

/* 3. 佐藤 太郎(営業部), ・佐藤太郎: the name of such a line; empty if it is none. */
static kk_slice listed_name(reader *r, kk_slice line)
{
    size_t at = 0, next = 0;
    while (at < line.len && (kk_char_digit((unsigned char)line.ptr[at]) ||
                             kk_find_byte(KK_S(".)( -*"), line.ptr[at]) != KK_NOWHERE))
        at++;
    next = at;
    uint32_t c = at < line.len ? kk_plain_char(line, &next) : 0;
    if (c == 0x30fb || (c >= 0x25a0 && c <= 0x25ff) || c == 0x3001)
        at = next;
    kk_slice name_text = kk_trim(kk_from(line, at));
    size_t bracket = kk_find_byte(name_text, '(');
    if (bracket != KK_NOWHERE)
        name_text = kk_trim(kk_part(name_text, 0, bracket));
    if (name_text.len < NAME_BYTES_MIN || name_text.len > NAME_LINE_MAX ||
        !(name_text.ptr[0] & 0x80))
        return KK_NONE;
    kk_name name = kk_name_read(r->scratch, r->lexicon, name_text);
    bool in_list = r->list_count >= LIST_NAMES && name.split; /* rarer names among others */
    bool is_name = (name.known || in_list) && name.standing == KK_COUNTS &&
                   name.script == KK_NAME_JAPANESE && name.whole.len >= NAME_BYTES_MIN;
    return is_name ? name_text : KK_NONE;
}

/* Three names one below the other are a list of people; one alone may be anything. */
static void note_listed(reader *r, kk_slice line)
{
    kk_slice name = line.len <= 2 * NAME_LINE_MAX ? listed_name(r, line) : KK_NONE;
    if (!name.len) {
        r->list_count = 0;
        return;
    }
    if (r->list_count < LIST_NAMES)
        r->listed[r->list_count] = name;
    if (++r->list_count < LIST_NAMES)
        return;
    for (size_t i = 0; r->list_count == LIST_NAMES && i + 1 < LIST_NAMES; i++)
        add_name(r, r->listed[i]);
    add_name(r, name);
}

static bool worth_reading(kk_slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (c >= 0x80 || c == '@' || kk_char_digit(c) || c == ':')
            return true;
    }
    return false;
}

static bool has_bytes_above_ascii(kk_slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)line.ptr[i] >= 0x80)
            return true;
    return false;
}

static void scan_running(reader *r, kk_slice line)
{
    bool japanese = has_bytes_above_ascii(line);
    bool courtesy = japanese && scan_courtesies(r, line);
    if (japanese && (courtesy || !scan_name_line(r, line))) {
        if (!courtesy)
            (void)scan_name_beside(r, line);
        scan_address(r, line);
    }
    scan_mails(r, line);
    scan_numbers(r, line);
}

/* -----, ======, ━━━━━: the same sign again and again. */
static bool is_rule(kk_slice line)
{
    size_t at = 0, count = 0;
    uint32_t first = line.len ? kk_next_char(line, &at) : 0;
    if (!first || first == ' ' || kk_char_digit(first) || kk_char_japanese(first))
        return false;
    for (count = 1; at < line.len; count++)
        if (kk_next_char(line, &at) != first)
            return false;
    return count >= 5;
}

/* ■お名前, 【フリガナ】, 電話番号: - with the value on the next line. True if the line is used up. */
static bool take_pending(reader *r, kk_slice line)
{
    kk_slice word = line;
    if (kk_ends(word, KK_S(":")))
        word.len--;
    kk_heading heading = {.kind = KK_COL_UNKNOWN};
    bool whole = kk_find_byte(word, ':') == KK_NOWHERE; /* 年齢:45 has its value */
    if (whole && word.len <= KK_LABEL_MAX + 8)
        heading = kk_heading_read(r->scratch, word);
    bool is_label = heading.exact && heading.strength == KK_HEADING_STRONG &&
                    is_value_kind(heading.kind) &&
                    heading.kind <= KK_COL_EMAIL; /* what follows an お問い合わせ内容 is anything */
    kk_heading before = r->pending;
    r->pending = is_label ? heading : (kk_heading){.kind = KK_COL_UNKNOWN};
    if (is_label || before.kind == KK_COL_UNKNOWN || line.len > LINE_MAX_READ)
        return is_label;
    if (before.kind == KK_COL_NAME && !kk_name_read(r->scratch, r->lexicon, line).known)
        return false;
    take_label(r, &before, line);
    return before.kind != KK_COL_ADDRESS;
}

static void read_line(reader *r, kk_slice line)
{
    kk_label labels[KK_LABELS_A_LINE];
    size_t count = 0;
    r->line++;
    r->filled += line.len > 0;
    r->quoted = line.len && line.ptr[0] == '>';
    while (line.len && line.ptr[0] == '>') /* what a reply quotes */
        line = kk_trim(kk_from(line, 1));
    r->gap |= !line.len;
    if (!line.len && r->open && ++r->quiet >= (awaits(r) ? LETTER_LINES : BLANK_LINES))
        close_block(r);
    if (awaits(r) && (is_rule(line) || kk_names_organisation(line)))
        close_block(r); /* the sender's signature begins */
    if (!line.len || !worth_reading(line))
        return;
    if (take_pending(r, line) || take_building(r, line))
        return;
    bool was_open = r->open;
    r->touched = false;
    int quiet = r->quiet + 1;
    count = find_labels(r, line, labels);
    if (!count)
        count = kk_open_labels(r->scratch, r->lexicon, line, r->open && r->has_name, labels);
    size_t head = count ? labels[0].begin : line.len;
    scan_running(r, kk_trim(kk_part(line, 0, head)));
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? labels[i + 1].begin : line.len;
        kk_slice value = kk_label_value(line, labels[i].value, end);
        if (!kk_is_blank(value) && value.len < LINE_MAX_READ)
            take_label(r, &labels[i].heading, value);
    }
    if (!count)
        note_listed(r, line);
    r->zip_line = kk_is_zip_line(line) ? line : KK_NONE;
    if (was_open && r->open && !r->touched && !count) {
        r->quiet = quiet;
        if (quiet >= (awaits(r) ? LETTER_LINES : QUIET_LINES))
            close_block(r);
    }
}

void kk_passage_read(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice text, kk_slice receiver,
                     void (*found)(void *context, kk_persona *persona), void *context)
{
    reader r = {.scratch = scratch,
                .lexicon = lexicon,
                .found = found,
                .context = context,
                .receiver = receiver};
    kk_slice rest = kk_part(text, 0, TEXT_MAX), line;
    while (kk_split(&rest, '\n', &line)) {
        while (line.len > LINE_MAX_READ) { /* a text without line ends */
            size_t cut = LINE_MAX_READ;
            while (cut > LINE_MAX_READ - 4 && ((unsigned char)line.ptr[cut] & 0xc0) == 0x80)
                cut--;
            read_line(&r, kk_plain(scratch, kk_part(line, 0, cut)));
            line = kk_from(line, cut);
        }
        if (!r.open && !r.list_count && kk_arena_used(scratch) > (1 << 20))
            kk_arena_reset(scratch);
        read_line(&r, kk_plain(scratch, line));
    }
    close_block(&r);
}
