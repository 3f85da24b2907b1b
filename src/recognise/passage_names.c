/* Names in a line of running text, by what stands around them. */
#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/passage_i.h"
#include "recognise/said_of.h"
#include "recognise/text_address.h"

enum { NAME_LINE_MAX = KK_NAME_LINE_MAX, NAME_BYTES_MIN = 9 };

/* Without 電話, TEL and the like, and marks, at the end. */
kk_slice kk_without_contact_word(kk_slice text)
{
    static const char *const words[] = {"電話", "TEL",  "Tel",    "携帯", "連絡先", "℡",
                                        "直通", "内線", "メール", "Mail", "E-mail"};
    static const char *const marks[] = {"・", "→", "⇒", "、", "▶"};
    for (bool again = true; again;) {
        again = false;
        while (text.len && kk_find_byte(KK_S(" :(/|,-+.=~_"), text.ptr[text.len - 1]) != KK_NOWHERE)
            text.len--;
        for (size_t i = 0; i < KK_COUNT(marks); i++)
            if (kk_ends(text, kk_cstr(marks[i]))) {
                text.len -= strlen(marks[i]);
                again = true;
            }
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (kk_ends(text, kk_cstr(words[i]))) {
                text.len -= strlen(words[i]);
                again = true;
            }
    }
    return text;
}

static bool has_two_blanks(kk_slice text)
{
    size_t blank = kk_find_byte(text, ' ');
    return blank != KK_NOWHERE && kk_find_byte(kk_from(text, blank + 1), ' ') != KK_NOWHERE;
}

/* The longest known name that ends at `end`: surname and given name, both in the lexicon. */
kk_slice kk_name_before(kk_reader *r, kk_slice line, size_t end)
{
    size_t begin = end, chars = 0;
    kk_slice best = KK_NONE, likely = KK_NONE;
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
        if (has_two_blanks(text)) /* 201号室 近藤 健一様 */
            break;
        kk_name name = kk_name_read(r->scratch, r->lexicon, text);
        if (name.known && name.standing == KK_COUNTS)
            best = text;
        else if (kk_is_likely_name(r, &name))
            likely = text;
    }
    /* 竹内 宗一郎: all of what stands behind the blank is no surname 宗 and 一郎 */
    enum { GIVEN_CHARS = 3 };
    bool whole = likely.len > best.len && best.len && best.ptr[-1] == ' ' &&
                 kk_find_byte(best, ' ') == KK_NOWHERE && kk_char_count(best) <= GIVEN_CHARS;
    return best.len && !whole ? best : likely;
}

/* The longest known name that begins there. */
static kk_slice name_from(kk_reader *r, kk_slice line, size_t begin)
{
    kk_slice best = KK_NONE;
    for (size_t at = begin, chars = 0; at < line.len && chars < 9; chars++) {
        uint32_t c = kk_plain_char(line, &at);
        if (!kk_char_japanese(c) && c != ' ')
            break;
        kk_slice text = kk_part(line, begin, at - begin);
        if (c == ' ' || chars < 1)
            continue;
        kk_name name = kk_name_read(r->scratch, r->lexicon, text);
        if (name.known && name.standing == KK_COUNTS)
            best = text;
    }
    return best;
}

/* Letters begin with a line that ends with the name of whom they greet; not what they quote. */
static bool is_greeting(const kk_reader *r, kk_slice behind)
{
    static const char *const ends[] = {"", ",", "、", "。", "へ"};
    bool is_end = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_end |= kk_is(kk_trim(behind), ends[i]);
    return is_end && r->filled <= KK_TOP_LINES && !r->quoted;
}

/* What stands behind names; the first OF_LETTERS greet whom a letter is written to. */
enum { OF_LETTERS = 3 };
static const char *const courtesies[] = {
    "様",   "殿",   "さま",   "さん", "氏",     "先生",   "と申します", "といいます", "と言います",
    "君",   "委員", "課長",   "部長", "係長",   "主任",   "社長",       "会長",       "理事",
    "議員", "教授", "です。", "医師", "看護師", "弁護士", "教諭"};

/* From here on it is who writes that says his own name. */
enum { OF_ONESELF = 6, OF_ONESELF_END = 9 };

/* Whether one of them can begin with it: most characters of a line are passed over here. */
static bool may_be_courtesy(uint32_t c)
{
    switch (c) {
    case 0x69d8: /* 様 */
    case 0x6bbf: /* 殿 */
    case 0x3055: /* さ */
    case 0x6c0f: /* 氏 */
    case 0x5148: /* 先 */
    case 0x3068: /* と */
    case 0x541b: /* 君 */
    case 0x59d4: /* 委 */
    case 0x8ab2: /* 課 */
    case 0x90e8: /* 部 */
    case 0x4fc2: /* 係 */
    case 0x4e3b: /* 主 */
    case 0x793e: /* 社 */
    case 0x4f1a: /* 会 */
    case 0x7406: /* 理 */
    case 0x8b70: /* 議 */
    case 0x6559: /* 教 */
    case 0x3067: /* で */
    case 0x533b: /* 医 */
    case 0x770b: /* 看 */
    case 0x5f01: /* 弁 */
        return true;
    default:
        return false;
    }
}

/* 比較的安全です。 新規です。: of a surname and a given name of one character each only where it is somebody of something:
 * 総務の林修です。 */
static bool is_word_of_sentence(kk_slice line, kk_slice name)
{
    kk_slice before = kk_part(line, 0, (size_t)(name.ptr - line.ptr));
    return kk_char_count(name) == 2 && !kk_ends(before, KK_S("の"));
}

/* 佐藤 想像以上です: who speaks, and what he says. */
static bool is_speech(kk_reader *r, kk_slice name)
{
    return kk_find_byte(name, ' ') != KK_NOWHERE &&
           !kk_name_read(r->scratch, r->lexicon, name).known;
}

/* Adds who stands before the courtesy that begins at `at` and ends at `behind`. */
static bool take_courtesy(kk_reader *r, kk_slice line, size_t at, size_t which)
{
    size_t behind = at + strlen(courtesies[which]);
    bool of_letters = which < OF_LETTERS;
    bool of_oneself = which >= OF_ONESELF && which < OF_ONESELF_END && !r->quoted;
    while (at > 0 && line.ptr[at - 1] == ' ')
        at--;
    /* 社員は氏名を届け出る: the word, and no courtesy */
    if (kk_starts(kk_from(line, behind), KK_S("名")) && kk_is(kk_cstr(courtesies[which]), "氏"))
        return false;
    kk_slice name = kk_name_before(r, line, at);
    if (!name.len || kk_heading_read(r->scratch, name).exact) /* 社長 殿 */
        return false;
    if (kk_starts(kk_cstr(courtesies[which]), KK_S("です")) &&
        (is_word_of_sentence(line, name) || is_speech(r, name)))
        return false;
    bool is_greeted = of_letters && is_greeting(r, kk_from(line, behind));
    bool again = r->open && kk_eq(r->draft.name, name);
    r->greeted += is_greeted && !again; /* before another one's block closes */
    kk_block_add_name(r, name);
    r->addressed = of_letters;
    r->introduces |= of_oneself && !r->introduced;
    r->introduced |= of_oneself;
    r->greets |= is_greeted && r->greeted == 1;
    kk_slice next = kk_from(line, behind);
    if (kk_starts(next, KK_S("より")) || kk_starts(next, KK_S("から")))
        r->caller = name;
    return true;
}

bool kk_scan_courtesies(kk_reader *r, kk_slice line)
{
    bool any = false;
    for (size_t at = 0; at < line.len;) {
        size_t begin = at;
        if (!may_be_courtesy(kk_plain_char(line, &at)))
            continue;
        for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
            if (kk_starts(kk_from(line, begin), kk_cstr(courtesies[i]))) {
                any |= take_courtesy(r, line, begin, i);
                break;
            }
    }
    return any;
}

/* ・, ■, →, *: what people put before the lines of a list. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x2190 && c <= 0x21ff) || (c >= 0x25a0 && c <= 0x27bf) || c == 0x30fb ||
           c == 0x203b || c == 0x2022 || c == 0x3007 || c == '*' || c == '+' || c == '-';
}

/* ■佐藤 健一: without what lists and headings begin with. */
static kk_slice without_mark(kk_slice line)
{
    size_t at = 0;
    uint32_t c = line.len ? kk_plain_char(line, &at) : 0;
    return is_mark(c) ? kk_trim(kk_from(line, at)) : line;
}

/* 1佐藤 健一, as ①佐藤 健一 is written plainly; 3丁目, 2年1組, 10名 count. */
static bool is_number_of_list(kk_slice line, size_t digits)
{
    static const char *const counters[] = {"年", "月", "日", "人", "名", "丁", "番", "号",
                                           "階", "組", "班", "回", "円", "時", "分", "個",
                                           "社", "室", "歳", "才", "割", "件", "本", "点",
                                           "か", "ヶ", "カ", "つ", "次", "級", "部", "代"};
    enum { DIGITS = 2 };
    if (!digits || digits > DIGITS || digits >= line.len || !(line.ptr[digits] & 0x80))
        return false;
    for (size_t i = 0; i < KK_COUNT(counters); i++)
        if (kk_starts(kk_from(line, digits), kk_cstr(counters[i])))
            return false;
    return true;
}

/* ・佐藤 健一, 3) 佐藤 健一, 3)佐藤 健一, ①佐藤 健一: without mark and number. */
static kk_slice without_list_mark(kk_slice line)
{
    line = without_mark(line);
    size_t mark = kk_list_mark(line), digits = 0;
    while (digits < 3 && digits < line.len && kk_char_digit((unsigned char)line.ptr[digits]))
        digits++;
    bool glued = !mark && digits && digits + 1 < line.len &&
                 (line.ptr[digits] == ')' || line.ptr[digits] == '.') &&
                 ((unsigned char)line.ptr[digits + 1] & 0x80);
    glued = glued || (!mark && is_number_of_list(line, digits));
    return kk_from(line, glued ? digits + (line.ptr[digits] & 0x80 ? 0 : 1) : mark);
}

/* 管理部 佐藤 健一, 南風運輸株式会社 佐藤 健一: where somebody works, before the name. */
static bool ends_with_workplace(kk_slice before)
{
    static const char *const words[] = {"部", "課", "科", "室", "係", "局", "店", "所", "センター"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (before.len > strlen(words[i]) && kk_ends(before, kk_cstr(words[i])))
            return true;
    return kk_names_organisation(before);
}

/* 佐藤 健一 Kenichi Sato, 佐藤 健一 (Kenichi Sato): without the same in letters. */
static kk_slice without_letters(kk_slice line)
{
    size_t end = line.len;
    bool letters = false;
    for (; end > 0 && !(line.ptr[end - 1] & 0x80); end--) {
        unsigned char c = (unsigned char)line.ptr[end - 1];
        letters |= kk_char_letter(c);
        if (!kk_char_letter(c) && kk_find_byte(KK_S(" .,-()"), line.ptr[end - 1]) == KK_NOWHERE)
            return line;
    }
    return letters && end > 0 && line.ptr[end] == ' ' ? kk_part(line, 0, end) : line;
}

/* 佐藤 健一 / Kenichi Sato, HR Director; 佐藤 健一 続柄(夫): without what is said of the name. */
static kk_slice without_remark(kk_slice line)
{
    size_t relation = kk_find(line, KK_S(" 続柄"));
    return without_letters(kk_without_translation(kk_part(line, 0, relation)));
}

/* What stands before the name that is read out of the end of a line. */
static kk_slice before_name(kk_slice line, kk_slice tail, const kk_name *name)
{
    size_t end = (size_t)(tail.ptr - line.ptr) + tail.len;
    bool shorter = name->shown.len < tail.len && kk_ends(tail, name->shown);
    return kk_trim(kk_part(line, 0, end - (shorter ? name->shown.len : tail.len)));
}

/* A line of a signature that is a name, alone or after a department. */
bool kk_scan_name_line(kk_reader *r, kk_slice line)
{
    line = without_remark(line);
    if (line.len > NAME_LINE_MAX || kk_find_byte(line, '@') != KK_NOWHERE)
        return false;
    bool rare = !kk_names_organisation(line);
    kk_slice tail = kk_label_value(without_list_mark(line), 0, line.len);
    for (int i = 0; i < 4 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        /* 本文 is a surname and a given name too */
        bool parted = kk_find_byte(name.shown, ' ') != KK_NOWHERE;
        bool long_enough = name.whole.len >= NAME_BYTES_MIN || parted;
        kk_slice before = before_name(line, tail, &name);
        bool titled = (parted || name.whole.len > NAME_BYTES_MIN) &&
                      (kk_ends_with_title(before) || ends_with_workplace(before));
        bool likely = ((rare && tail.ptr == line.ptr) || titled) && kk_is_likely_name(r, &name);
        if ((name.known || likely) && long_enough && name.script == KK_NAME_JAPANESE &&
            name.standing == KK_COUNTS) {
            kk_block_add_name(r, tail);
            /* no seal behind it */
            r->bare_name = tail.ptr + tail.len == line.ptr + line.len && !titled;
            r->rare_name = !name.known && r->bare_name;
            return true;
        }
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return false;
}

/* A telephone number, a mailbox or an address: 800円 is none. */
static bool begins_contact(kk_slice line, size_t at, bool *personal)
{
    size_t used = 0;
    *personal = line.ptr[at] == '@' || line.ptr[at] == '<';
    if (line.ptr[at] == '@' || line.ptr[at] == '<' || kk_text_address_begin(kk_from(line, at)) == 0)
        return true;
    kk_phone phone = kk_phone_read(kk_from(line, at), false, &used);
    *personal |= phone.kind == KK_PHONE_MOBILE;
    return phone.kind != KK_PHONE_NONE && (phone.dashed || used >= 10);
}

/* Where what stands behind 5,000円 and a blank begins; 0 if none does. */
static size_t behind_amount(kk_slice line, size_t at)
{
    while (at < line.len && (kk_char_digit((unsigned char)line.ptr[at]) || line.ptr[at] == ',' ||
                             line.ptr[at] == ' '))
        at++;
    if (!kk_starts(kk_from(line, at), KK_S("円")))
        return 0;
    at += strlen("円");
    return at < line.len && line.ptr[at] == ' ' ? at + 1 : 0;
}

/* Where the first number, mailbox or bracket of a mailbox stands; reina-ueda3@...: not the digit inside. */
static size_t first_contact(kk_slice line)
{
    size_t end = 0, token;
    while (end < line.len && !kk_char_digit((unsigned char)line.ptr[end]) && line.ptr[end] != '@' &&
           line.ptr[end] != '<')
        end++;
    for (token = end; token < line.len && line.ptr[token] != ' ' && !(line.ptr[token] & 0x80);)
        if (line.ptr[token++] == '@')
            return token - 1;
    return end;
}

/* The name, and what may stand before it: from the front words are dropped until it is one. */
static bool take_name_beside(kk_reader *r, kk_slice tail, bool rarer)
{
    for (int i = 0; i < 4 && tail.len; i++) {
        kk_name name = kk_name_read(r->scratch, r->lexicon, tail);
        if ((name.known || rarer) && kk_is_likely_name(r, &name) &&
            (name.whole.len >= NAME_BYTES_MIN || kk_find_byte(tail, ' ') != KK_NOWHERE)) {
            r->beside_line = name.known ? r->line : r->beside_line;
            kk_block_add_name(r, tail);
            return true;
        }
        size_t blank = kk_find_byte(tail, ' ');
        tail = blank == KK_NOWHERE ? KK_NONE : kk_trim(kk_from(tail, blank));
    }
    return false;
}

/* サトウ ケンイチ: a surname and a given name by their readings. */
static bool is_reading_of_name(kk_reader *r, kk_slice text)
{
    size_t blank = kk_find_byte(text, ' ');
    if (!kk_is_kana(text) || blank == KK_NOWHERE)
        return false;
    kk_slice family = kk_kana_skeleton(r->scratch, kk_part(text, 0, blank));
    kk_slice given = kk_kana_skeleton(r->scratch, kk_from(text, blank + 1));
    return (kk_lexicon_look(r->lexicon, family) & KK_WORD_SURNAME_READING) &&
           (kk_lexicon_look(r->lexicon, given) & KK_WORD_GIVEN_READING);
}

/* A name that only its reading below makes sure of: 小鳥遊 里奈. */
static bool may_be_read(kk_reader *r, kk_slice line)
{
    kk_name name = kk_name_read(r->scratch, r->lexicon, line);
    return line.len <= NAME_LINE_MAX && name.split && name.script == KK_NAME_JAPANESE &&
           name.standing == KK_COUNTS && name.family.len && name.given.len && !has_two_blanks(line);
}

bool kk_take_reading(kk_reader *r, kk_slice line)
{
    if (!is_reading_of_name(r, line))
        return false;
    bool below = r->open && r->has_name && r->touch_line + 1 == r->line;
    if (!below && may_be_read(r, r->above)) {
        kk_block_add_name(r, r->above);
        below = true;
    }
    if (!below || r->draft.kana.len)
        return false;
    r->draft.kana = line;
    r->bare_name = r->rare_name = false;
    r->touch_line = r->line;
    return true;
}

/* サトウ ケンイチ 090-..., サトウ ケンイチ(佐藤 健一) 090-... */
static bool take_reading_beside(kk_reader *r, kk_slice head)
{
    size_t open = kk_find_byte(head, '(');
    kk_slice reading = kk_trim(kk_part(head, 0, open));
    if (!is_reading_of_name(r, reading))
        return false;
    kk_slice inside = open == KK_NOWHERE ? KK_NONE : kk_from(head, open + 1);
    inside = kk_trim(kk_part(inside, 0, kk_find_byte(inside, ')')));
    kk_name name = kk_name_read(r->scratch, r->lexicon, inside);
    bool bracketed = inside.len && kk_is_likely_name(r, &name);
    kk_block_add_name(r, bracketed ? inside : reading);
    if (bracketed)
        r->draft.kana = reading;
    return true;
}

/* 佐藤 太郎 090-5555-0100: a name at the beginning of a line with a telephone number or a mailbox. */
bool kk_scan_name_beside(kk_reader *r, kk_slice line)
{
    line = without_list_mark(line);
    size_t end = first_contact(line);
    size_t place = kk_place_behind_blank(line, end), amount = behind_amount(line, end);
    if (!place && amount && kk_text_address_begin(kk_from(line, amount)) == 0)
        place = end; /* 佐藤 健一 5,000円 東京都... */
    bool personal = false,
         contact = place || (end < line.len && begins_contact(line, end, &personal));
    /* 佐藤 健一 三田2-27-1 03-5555-0100 */
    bool between = !contact && end < line.len && kk_tells_phone(kk_from(line, end));
    /* 千葉 中央 043-...: a branch, unless people are listed around it */
    bool rarer = personal || (r->beside_line && r->line - r->beside_line <= KK_LIST_NAMES);
    end = place ? place : end;
    bool mail = end < line.len && line.ptr[end] == '@';
    while (mail && end > 0 && (unsigned char)line.ptr[end - 1] < 0x80 && line.ptr[end - 1] != ' ')
        end--;
    if ((!contact && !between) || end == line.len || end > NAME_LINE_MAX)
        return false;
    kk_slice head = kk_without_contact_word(kk_trim(kk_part(line, 0, end)));
    if (between)
        head = kk_name_in_front(r->scratch, r->lexicon, head);
    if (contact && take_reading_beside(r, head))
        return true;
    return take_name_beside(r, head, rarer && !between);
}

/* Two words as short as those of names. */
static bool is_shaped(const kk_name *name)
{
    enum { PART_CHARS = 4 };
    return name->split && name->standing == KK_COUNTS && name->script == KK_NAME_JAPANESE &&
           kk_char_count(name->family) <= PART_CHARS && kk_char_count(name->given) <= PART_CHARS;
}

/* 3. 佐藤 太郎(営業部), ・佐藤太郎: the name of such a line; empty if it is none. */
static kk_slice listed_name(kk_reader *r, kk_slice line)
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
    size_t bracket = kk_find_byte(name_text, '('), dots = kk_find(name_text, KK_S("..."));
    name_text = kk_trim(kk_part(name_text, 0, bracket < dots ? bracket : dots));
    if (has_two_blanks(name_text) && !kk_tells_phone(line) &&
        kk_find_byte(line, '@') == KK_NOWHERE) /* 佐藤 健一 卵アレルギー */
        name_text = kk_name_in_front(r->scratch, r->lexicon, name_text);
    name_text = kk_without_duties(name_text);
    if (name_text.len < NAME_BYTES_MIN || name_text.len > NAME_LINE_MAX ||
        !(name_text.ptr[0] & 0x80))
        return KK_NONE;
    kk_name name = kk_name_read(r->scratch, r->lexicon, name_text);
    bool in_list =
        r->list_count >= KK_LIST_NAMES && is_shaped(&name);       /* rarer names among others */
    in_list |= dots != KK_NOWHERE && kk_is_likely_name(r, &name); /* 獅子内 魁 ..... 2100 */
    bool is_name = (name.known || in_list) && name.standing == KK_COUNTS &&
                   name.script == KK_NAME_JAPANESE && name.whole.len >= NAME_BYTES_MIN;
    return is_name ? name_text : KK_NONE;
}

/* The name that a piece of an enumeration ends with, before a bracket. */
static kk_slice name_of_piece(kk_reader *r, kk_slice piece)
{
    size_t bracket = kk_find_byte(piece, '(');
    piece = kk_without_title(kk_trim(kk_part(piece, 0, bracket)));
    kk_slice name = kk_name_before(r, piece, piece.len);
    return name.len >= NAME_BYTES_MIN ? name : KK_NONE;
}

/* 我那覇 蒼空: two words of Japanese letters, as long as names are; among names it is one. */
static kk_slice shape_of_name(kk_reader *r, kk_slice piece)
{
    piece = kk_without_title(kk_trim(kk_part(piece, 0, kk_find_byte(piece, '('))));
    kk_name name = kk_name_read(r->scratch, r->lexicon, piece);
    bool shaped = is_shaped(&name) && kk_find_byte(piece, ' ') != KK_NOWHERE;
    return shaped && !kk_is_heading(r->scratch, piece) && !kk_names_organisation(piece) ? piece
                                                                                        : KK_NONE;
}

bool kk_scan_names_in_line(kk_reader *r, kk_slice line)
{
    enum { BYTES = 400, MOST = 32 };
    kk_slice names[MOST];
    size_t count = 0, known = 0, shaped = 0;
    kk_slice sign = kk_has(line, KK_S("→")) ? KK_S("→") : KK_S("、");
    if (line.len > BYTES || !kk_has(line, sign) || kk_tells_phone(line))
        return false;
    for (kk_slice rest = line; rest.len && count < MOST;) {
        size_t comma = kk_find(rest, sign);
        kk_slice piece = kk_part(rest, 0, comma), name = name_of_piece(r, piece);
        bool is_known = name.len && kk_name_read(r->scratch, r->lexicon, name).known;
        /* 獅子倉 蒼希: no 倉 */
        bool cut = name.len && !is_known && name.ptr > piece.ptr && name.ptr[-1] != ' ';
        kk_slice shape = !name.len || cut ? shape_of_name(r, piece) : KK_NONE;
        name = shape.len ? shape : name;
        if (!name.len)
            return false;
        known += is_known;
        shaped += shape.len > 0;
        names[count++] = name;
        rest = comma == KK_NOWHERE ? KK_NONE : kk_from(rest, comma + sign.len);
    }
    bool people = count > 1 && (!shaped || known * 2 >= count);
    for (size_t i = 0; people && i < count; i++)
        kk_block_add_name(r, names[i]);
    return people;
}

/* Three names one below the other are a list of people; one alone may be anything. */
void kk_note_listed(kk_reader *r, kk_slice line)
{
    kk_slice name = line.len <= 3 * NAME_LINE_MAX ? listed_name(r, line) : KK_NONE;
    if (!name.len) {
        r->list_count = 0;
        return;
    }
    if (r->list_count < KK_LIST_NAMES)
        r->listed[r->list_count] = name;
    if (++r->list_count < KK_LIST_NAMES)
        return;
    for (size_t i = 0; r->list_count == KK_LIST_NAMES && i + 1 < KK_LIST_NAMES; i++)
        kk_block_add_name(r, r->listed[i]);
    kk_block_add_name(r, name);
}

/* (発熱のため): bytes of a bracket that says nothing of who stands before it. */
static size_t bytes_of_remark(kk_slice text)
{
    size_t close = text.len && text.ptr[0] == '(' ? kk_find_byte(text, ')') : KK_NOWHERE;
    return close == KK_NOWHERE || kk_tells_somebody(kk_part(text, 1, close - 1)) ? 0 : close + 1;
}

/* 夜勤:佐藤 健一 日勤:鈴木 花子, 受付 佐藤 健一 確認 鈴木 花子: names behind words for what people do. Behind a colon the word
 * may be any; true where all of the line is that. */
bool kk_scan_duties(kk_reader *r, kk_slice line)
{
    enum { BYTES = 160, WORD_MOST = 24, MOST = 8 };
    kk_slice names[MOST], rest = line;
    size_t count = 0;
    if (line.len > BYTES || kk_is_sentence(line))
        return false;
    for (; rest.len && count < MOST; count++) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != ':')
            end++;
        kk_slice word = kk_part(rest, 0, end);
        bool colon = end < rest.len && rest.ptr[end] == ':';
        bool worded = word.len >= 6 && word.len <= WORD_MOST && ((unsigned char)word.ptr[0] & 0x80);
        while (end < rest.len && (rest.ptr[end] == ' ' || rest.ptr[end] == ':'))
            end++;
        kk_slice name =
            worded && (colon || kk_is_somebodys_word(word)) ? name_from(r, rest, end) : KK_NONE;
        bool parted = kk_find_byte(name, ' ') != KK_NOWHERE;
        size_t behind = end + name.len;
        bool ends = name.len && (behind == rest.len || rest.ptr[behind] == ' ' ||
                                 bytes_of_remark(kk_from(rest, behind)));
        if (!ends || (!parted && name.len < NAME_BYTES_MIN) || kk_is_heading(r->scratch, name))
            return false;
        names[count] = name;
        rest = kk_from(rest, behind);
        rest = kk_trim(kk_from(rest, bytes_of_remark(rest)));
    }
    for (size_t i = 0; i < count; i++)
        kk_block_add_name(r, names[i]);
    return count > 0 && !rest.len;
}

/* 佐藤 太郎 2026年6月9日 10:10, above what he says. */
static bool scan_speaker_above(kk_reader *r, kk_slice line)
{
    kk_slice name = line.len <= NAME_LINE_MAX ? name_from(r, line, 0) : KK_NONE;
    size_t at = name.len, digits = 0;
    bool clock = false;
    if (name.len < NAME_BYTES_MIN || at >= line.len || line.ptr[at] != ' ')
        return false;
    while (at < line.len) {
        uint32_t c = kk_plain_char(line, &at);
        bool digit = kk_char_digit(c);
        clock |= c == ':' && digits;
        digits += digit;
        if (!digit && c != ' ' && c != ':' && c != '/' && c != '-' && c != '.' && c != 0x5e74 &&
            c != 0x6708 && c != 0x65e5 && c != '[' && c != ']' && c != 'A' && c != 'P' && c != 'M')
            return false;
    }
    if (!clock || digits < 3)
        return false;
    kk_block_add_name(r, name);
    return true;
}

/* [2026/06/09 10:10]: bytes of it with the blank behind; 0: no time is there. */
static size_t time_in_brackets(kk_slice line)
{
    size_t end = line.len && line.ptr[0] == '[' ? kk_find_byte(line, ']') : KK_NOWHERE;
    if (end == KK_NOWHERE || end + 2 > line.len || line.ptr[end + 1] != ' ')
        return 0;
    for (size_t i = 1; i < end; i++)
        if (!kk_char_digit((unsigned char)line.ptr[i]) &&
            kk_find_byte(KK_S(":/-. APM,"), line.ptr[i]) == KK_NOWHERE)
            return 0;
    return end + 2;
}

/* 佐藤 太郎: こんにちは */
static bool scan_speaker_before(kk_reader *r, kk_slice line)
{
    bool colon = kk_find_byte(kk_part(line, 0, NAME_LINE_MAX), ':') != KK_NOWHERE;
    kk_slice name = colon ? name_from(r, line, 0) : KK_NONE;
    size_t end = name.len + (name.len < line.len && line.ptr[name.len] == ' ');
    if (name.len < NAME_BYTES_MIN || kk_find_byte(name, ' ') == KK_NOWHERE || end >= line.len ||
        line.ptr[end] != ':')
        return false;
    kk_block_add_name(r, name);
    return true;
}

size_t kk_clock_before(kk_slice line)
{
    size_t at = 0, colons = 0;
    while (at < line.len && (kk_char_digit((unsigned char)line.ptr[at]) ||
                             (at && line.ptr[at] == ':' && line.ptr[at - 1] != ':')))
        colons += line.ptr[at++] == ':';
    if (!colons || colons > 2 || at < strlen("9:10") || at > strlen("09:10:00") ||
        line.ptr[at - 1] == ':' || (at < line.len && line.ptr[at] != ' '))
        return 0;
    return at + (at < line.len);
}

/* 10:02, and below it 佐藤 太郎 alone. */
static bool scan_speaker_below(kk_reader *r, kk_slice line)
{
    kk_slice name = r->below_clock && line.len <= NAME_LINE_MAX ? name_from(r, line, 0) : KK_NONE;
    if (name.len < NAME_BYTES_MIN || name.len != line.len)
        return false;
    kk_block_add_name(r, name);
    return true;
}

/* 10:02 佐藤 太郎 こんにちは, 10:02:03 開始 佐藤 太郎 から 全員:: who says it. */
bool kk_scan_speaker(kk_reader *r, kk_slice line)
{
    if (scan_speaker_above(r, line) || scan_speaker_before(r, line) || scan_speaker_below(r, line))
        return true;
    size_t at = time_in_brackets(line);
    at = at ? at : kk_clock_before(line);
    at = at ? at : kk_list_mark(line);
    at += kk_starts(kk_from(line, at), KK_S("開始 ")) ? strlen("開始 ") : 0;
    if (!at || kk_find_byte(kk_part(line, 0, at), ':') == KK_NOWHERE)
        return false;
    kk_slice name = name_from(r, line, at);
    size_t end = at + name.len;
    bool alone = end == line.len && line.ptr[0] == '[';
    if (!name.len ||
        (!alone && (end == line.len || (line.ptr[end] != ' ' && line.ptr[end] != ':'))))
        return false;
    kk_block_add_name(r, name);
    return true;
}

/* 営業部の佐藤健一が, 担当児童福祉司の鈴木花子は: a name behind a word for what people are or where they work, and what
 * happens to him behind it. */
bool kk_scan_members(kk_reader *r, kk_slice line)
{
    static const char *const behind[] = {"が", "は",   "を",   "に", "へ", "と",
                                         "も", "より", "から", "で", "、"};
    bool any = false;
    for (size_t at = kk_find(line, KK_S("の")), next; at != KK_NOWHERE; at = next) {
        kk_slice before = kk_part(line, 0, at);
        bool worded = kk_ends_with_title(before) || ends_with_workplace(before);
        kk_slice name = worded ? name_from(r, line, at + strlen("の")) : KK_NONE;
        size_t end = at + strlen("の") + name.len;
        bool acts = false;
        for (size_t i = 0; name.len >= NAME_BYTES_MIN && i < KK_COUNT(behind); i++)
            acts |= kk_starts(kk_from(line, end), kk_cstr(behind[i]));
        if (acts)
            kk_block_add_name(r, name);
        any |= acts;
        next = kk_find(kk_from(line, end), KK_S("の"));
        next = next == KK_NOWHERE ? next : end + next;
    }
    return any;
}

/* 体温36.8度。 佐藤 健一 */
bool kk_scan_signed(kk_reader *r, kk_slice line)
{
    kk_slice stop = KK_S("。 ");
    size_t begin = 0;
    for (size_t at; (at = kk_find(kk_from(line, begin), stop)) != KK_NOWHERE;)
        begin += at + stop.len;
    kk_slice name = begin ? name_from(r, line, begin) : KK_NONE;
    if (name.len < NAME_BYTES_MIN || begin + name.len != line.len)
        return false;
    kk_block_add_name(r, name);
    return true;
}

/* Whether 妻, 長男 and the like can begin with it. */
static bool may_be_relation(uint32_t c)
{
    switch (c) {
    case 0x59bb: /* 妻 */
    case 0x592b: /* 夫 */
    case 0x9577: /* 長 */
    case 0x6b21: /* 次 */
    case 0x4e8c: /* 二 */
    case 0x4e09: /* 三 */
    case 0x7fa9: /* 義 */
    case 0x7956: /* 祖 */
    case 0x7236: /* 父 */
    case 0x6bcd: /* 母 */
    case 0x5144: /* 兄 */
    case 0x5f1f: /* 弟 */
    case 0x59c9: /* 姉 */
    case 0x59b9: /* 妹 */
    case 0x606f: /* 息 */
    case 0x5a18: /* 娘 */
    case 0x5b6b: /* 孫 */
    case 0x5b9f: /* 実 */
    case 0x5185: /* 内 */
        return true;
    default:
        return false;
    }
}

/* 妻の山田花子も伺います */
bool kk_scan_relatives(kk_reader *r, kk_slice line)
{
    bool any = false;
    uint32_t before = ' ';
    for (size_t at = 0; at < line.len;) {
        size_t next = at;
        bool may = may_be_relation(kk_plain_char(line, &next));
        size_t relation = may ? kk_relation_at(kk_from(line, at)) : 0;
        bool free = !kk_char_japanese(before) || before < 0x3400;
        kk_slice name = relation && free ? name_from(r, line, at + relation) : KK_NONE;
        if (name.len >= NAME_BYTES_MIN) {
            kk_block_add_name(r, name);
            r->persona.role = KK_ROLE_FAMILY;
            any = true;
            at += relation + name.len;
            continue;
        }
        before = kk_plain_char(line, &at);
    }
    return any;
}

void kk_scan_life(kk_reader *r, kk_slice line)
{
    kk_life life = kk_life_read(line);
    const struct {
        kk_slice text;
        kk_column_kind kind;
    } said[] = {{life.age, KK_COL_AGE}, {life.sex, KK_COL_GENDER}, {life.birth, KK_COL_BIRTH}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        kk_column column = {.kind = said[i].kind, .filler_day = KK_NO_DAY};
        if (said[i].text.len)
            kk_cell_read(&r->persona, &r->draft, &column, r->scratch, said[i].text);
    }
}

/* 女性/45歳 */
bool kk_is_life_alone(kk_slice line)
{
    enum { BYTES = 24 };
    kk_life life = line.len <= BYTES ? kk_life_read(line) : (kk_life){KK_NONE, KK_NONE, KK_NONE};
    return life.age.len && life.sex.len;
}
