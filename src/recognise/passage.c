/* Persons in running text, line by line. Labels are headings followed by a colon and mean what they mean over a
 * column. */
#include "recognise/passage.h"

#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/passage_i.h"
#include "recognise/said_of.h"
#include "recognise/text_address.h"

enum {
    TEXT_MAX = 8 * 1024 * 1024,
    SCRATCH_MOST = 1024 * 1024,
    LINE_MAX_READ = 4096,
    QUIET_LINES = 4, /* lines without anything that close a block, */
    BLANK_LINES = 2,
    SEVERAL = 2,
    LETTER_LINES = 16 /* between the person a letter begins with and what it says of him */
};

/* ---- labels ---- */

static void scan_running(kk_reader *r, kk_slice line);

static bool ends_label(uint32_t c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '/' || c == ';' || c == 0x3001 ||
           c == 0x3002 || c == '>' || c == '<' || c == '"' || c == '\'';
}

/* Where the label that ends at the colon begins. */
static size_t label_begin(kk_slice line, size_t colon, size_t from)
{
    size_t begin = colon;
    while (begin > from + 1 && line.ptr[begin - 1] == ' ')
        begin--; /* 宿泊者氏名 : */
    colon = begin;
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
    bool colon = at + 1 < line.len && line.ptr[at + 1] == ':';
    if (line.ptr[at] == ')' && !colon && kk_is_reading_word(kk_part(line, 0, at + 1)))
        return 1; /* (ふりがな) さとう けんいち */
    return at > 0 && kk_starts(kk_from(line, at), KK_S("】")) ? strlen("】") : 0;
}

/* Behind the bracket that the one at `at` closes, else where the label begins by itself. */
static size_t begin_of_label(kk_slice line, size_t at, size_t from)
{
    kk_slice before = kk_part(line, from, at - from);
    if (line.ptr[at] == ':')
        return label_begin(line, at, from);
    kk_slice open = line.ptr[at] == ']' ? KK_S("[") : line.ptr[at] == ')' ? KK_S("(") : KK_S("【");
    size_t begin = kk_find(before, open);
    if (begin == KK_NOWHERE || before.len - begin > 2 * KK_LABEL_MAX)
        return label_begin(line, at, from);
    return from + begin + open.len;
}

/* 小鳥遊 心春(続柄:夫): what stands in a bracket of a value is no label of its own. */
static bool is_in_bracket(kk_slice line, const kk_label *labels, size_t count, size_t begin)
{
    size_t from = count ? labels[count - 1].value : begin, open = 0;
    for (size_t i = from; i < begin; i++)
        open = line.ptr[i] == '(' ? 1 : line.ptr[i] == ')' ? 0 : open;
    return open > 0;
}

/* 佐藤 健一(生年月日: the bracket opens behind a part of the name, not behind a label as in 電話(自宅: */
static bool is_behind_name(kk_reader *r, kk_slice word, const kk_label *labels, size_t count)
{
    size_t open = kk_find_byte(word, '(');
    if (!count || labels[count - 1].heading.kind != KK_COL_NAME || open == 0 ||
        open == KK_NOWHERE || kk_find_byte(word, ')') != KK_NOWHERE)
        return false;
    return kk_heading_read(r->scratch, kk_trim(kk_part(word, 0, open))).kind == KK_COL_UNKNOWN;
}

/* 利用者:玉城 清 様 実施日:3月3日: an unknown word with a colon ends the name before it. */
static bool ends_value(kk_slice line, const kk_label *labels, size_t count, size_t begin,
                       kk_slice word)
{
    return count > 0 && labels[count - 1].heading.kind == KK_COL_NAME && word.len >= 6 &&
           ((unsigned char)word.ptr[0] & 0x80) && begin > labels[count - 1].value &&
           line.ptr[begin - 1] == ' ';
}

/* 氏名 / Name: 佐藤 健一: where the label in two languages begins; else where the last word of it does. */
static size_t begin_of_translated(kk_reader *r, kk_slice line, size_t from, size_t begin, size_t at)
{
    kk_slice both = kk_trim(kk_part(line, from, at - from));
    if (kk_find_byte(both, '/') == KK_NOWHERE || both.len > 2 * KK_LABEL_MAX ||
        kk_without_translation(both).len == both.len)
        return begin;
    kk_heading heading = kk_heading_read(r->scratch, both);
    return heading.exact && heading.strength == KK_HEADING_STRONG ? (size_t)(both.ptr - line.ptr)
                                                                  : begin;
}

/* 住所 ADDRESS: ..., where the label in Japanese begins, and what it says; else the other one stays. */
static size_t begin_in_japanese(kk_reader *r, kk_slice line, size_t from, size_t begin,
                                kk_heading *heading)
{
    kk_slice before = kk_trim(kk_part(line, from, begin - from));
    bool letters = begin < line.len && !((unsigned char)line.ptr[begin] & 0x80);
    if (!letters || !before.len || !((unsigned char)before.ptr[0] & 0x80) ||
        before.len > KK_LABEL_MAX || before.ptr + before.len + 1 != line.ptr + begin)
        return begin;
    kk_heading read = kk_heading_read(r->scratch, before);
    if (!read.exact || read.strength != KK_HEADING_STRONG)
        return begin;
    *heading = read;
    return (size_t)(before.ptr - line.ptr);
}

static size_t find_labels(kk_reader *r, kk_slice line, kk_label *labels)
{
    size_t count = 0, from = 0;
    for (size_t at = 0; at < line.len && count < KK_LABELS_A_LINE; at++) {
        size_t mark = mark_at(line, at);
        if (!mark)
            continue;
        size_t begin = begin_of_translated(r, line, from, begin_of_label(line, at, from), at);
        if (is_in_bracket(line, labels, count, begin))
            continue;
        kk_slice word = kk_part(line, begin, at - begin);
        if (kk_ends(word, KK_S("(続柄")) || is_behind_name(r, word, labels, count))
            continue;
        bool example = kk_ends(word, KK_S("(例")); /* メール(例: taro@...) */
        kk_heading heading =
            word.len && !example ? kk_heading_read(r->scratch, word) : (kk_heading){0};
        begin = begin_in_japanese(r, line, from, begin, &heading);
        if (heading.kind == KK_COL_UNKNOWN || heading.strength == KK_HEADING_NONE ||
            (heading.strength == KK_HEADING_WEAK && heading.kind != KK_COL_NAME)) {
            if (!ends_value(line, labels, count, begin, word))
                continue;
            heading = (kk_heading){.kind = KK_COL_UNKNOWN};
        }
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

/* 委員8名、事務局3名 */
static bool counts_people(kk_slice value)
{
    for (size_t i = 0; i + 1 < value.len; i++) {
        size_t next = i + 1 + (value.ptr[i + 1] == ' ');
        if (kk_char_digit((unsigned char)value.ptr[i]) &&
            (kk_starts(kk_from(value, next), KK_S("名")) ||
             kk_starts(kk_from(value, next), KK_S("人"))))
            return true;
    }
    return false;
}

/* A weak label needs a value of its kind: "name: eth0" is nobody. */
static bool believes(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    if (heading->kind != KK_COL_NAME)
        return true;
    if (kk_is_sentence(value) || counts_people(value))
        return false;
    kk_name name = kk_name_read(r->scratch, r->lexicon, value);
    if (heading->strength == KK_HEADING_STRONG)
        return name.whole.len > 0 || name.standing == KK_IS_ORGANISATION;
    return name.known || (name.split && name.script == KK_NAME_JAPANESE);
}

static bool has_digit(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (kk_char_digit((unsigned char)text.ptr[i]))
            return true;
    return false;
}

/* サトウ ケンイチ 様 */
static kk_slice bare_reading(kk_slice value)
{
    kk_slice bare = kk_without_title(value);
    return kk_is_kana(bare) ? bare : value;
}

/* 2012年3月4日 満13歳 */
static kk_slice bare_date(kk_slice value)
{
    if (kk_find_byte(value, '(') == KK_NOWHERE && kk_day_read(value, true).day != KK_NO_DAY)
        return value;
    kk_slice before = kk_trim(kk_part(value, 0, kk_find_byte(value, '(')));
    if (before.len < value.len && kk_day_read(before, true).day != KK_NO_DAY)
        return before;
    for (size_t at = value.len; at-- > 0;) {
        kk_slice front = kk_trim(kk_part(value, 0, at));
        bool ends = value.ptr[at] == ' ' || value.ptr[at] == '(';
        if (ends && kk_day_read(front, true).day != KK_NO_DAY)
            return front;
    }
    return value;
}

static bool is_between_names(uint32_t c)
{
    return c == 0x3001 || c == ',' || c == '/' || c == 0x30fb || c == ';';
}

/* 出席者:佐藤太郎、鈴木花子(総務課): each by himself; false if these are not two names or more. */
static bool take_names(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    size_t known = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t begin = 0, at = 0; begin < value.len;) {
            size_t end = at;
            uint32_t c = at < value.len ? kk_plain_char(value, &at) : ',';
            if (end < value.len && !is_between_names(c))
                continue;
            kk_slice piece = kk_without_title(kk_trim(kk_part(value, begin, end - begin)));
            begin = end < value.len ? at : value.len;
            kk_name name = kk_name_read(r->scratch, r->lexicon, piece);
            bool among = round && name.family.len && name.given.len; /* a rarer one among others */
            if ((!name.known && !among) || name.standing != KK_COUNTS)
                continue;
            known += round == 0;
            if (round == 0)
                continue;
            kk_block_add_name(r, piece);
            kk_scan_mails(r, piece); /* 参加者: 佐藤 太郎(taro@...)、鈴木 花子(hanako@...) */
            r->persona.role = heading->role;
        }
        if (known < 2)
            return false;
    }
    return true;
}

/* 東京都千代田区丸の内1-9-1 佐藤 太郎 様 TEL 03-...: who is named behind an address, in one line with it. */
static kk_slice name_behind_address(kk_reader *r, kk_slice rest)
{
    size_t at = kk_find(rest, KK_S("様"));
    while (at != KK_NOWHERE && at > 0 && rest.ptr[at - 1] == ' ')
        at--;
    kk_slice name = at == KK_NOWHERE ? KK_NONE : kk_name_before(r, rest, at);
    return name.len && name.ptr > rest.ptr && name.ptr[-1] == ' ' ? name : KK_NONE;
}

/* お届け先: 佐藤 太郎 様 〒100-0005 東京都...: an address behind the name, or alone. */
static bool take_party(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    size_t begin = kk_text_address_begin(value);
    if (begin == KK_NOWHERE)
        return false;
    kk_slice name = kk_trim(kk_part(value, 0, begin)), rest = kk_from(value, begin);
    kk_address address = kk_address_read(r->scratch, kk_text_address_cut(rest));
    if (!kk_is_text_address(&address) && !address.zip.len)
        return false;
    if (!name.len && (heading->has_role || heading->apart) && r->open && !kk_block_awaits(r) &&
        (r->draft.part_count || r->persona.zip.len))
        kk_block_close(r); /* ご依頼主: 〒..., below what was said of the addressee */
    if (name.len && believes(r, heading, name)) {
        kk_block_add_name(r, name);
        r->persona.role = heading->role;
    }
    kk_slice behind = name.len ? KK_NONE : name_behind_address(r, rest);
    if (!behind.len) {
        kk_slice place = kk_text_address_cut(rest);
        kk_scan_address(r, rest);
        kk_scan_numbers(r, kk_from(rest, (size_t)(place.ptr - rest.ptr) + place.len));
        return true;
    }
    kk_block_add_name(r, behind);
    r->persona.role = heading->role;
    size_t at = (size_t)(behind.ptr - rest.ptr);
    kk_scan_address(r, kk_trim(kk_part(rest, 0, at)));
    kk_scan_numbers(r, kk_from(rest, at));
    return true;
}

/* 宿泊者氏名: サトウ ケンイチ(佐藤 健一) */
static bool take_reading_with_name(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    size_t open = kk_find_byte(value, '('), close = kk_find_byte(value, ')');
    if (heading->kind != KK_COL_NAME || open == KK_NOWHERE || close == KK_NOWHERE || close < open)
        return false;
    kk_slice reading = kk_trim(kk_part(value, 0, open));
    kk_slice inside = kk_trim(kk_part(value, open + 1, close - open - 1));
    kk_name name = kk_name_read(r->scratch, r->lexicon, inside);
    if (!kk_is_kana(reading) || kk_is_kana(inside) || !kk_is_likely_name(r, &name))
        return false;
    kk_block_add_name(r, inside);
    r->draft.kana = reading;
    r->persona.role = heading->role;
    return true;
}

/* お名前(ふりがな): 佐藤 健一(さとう けんいち) */
static bool take_name_with_reading(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    size_t bracket = kk_find_byte(value, '(');
    if (heading->kind != KK_COL_KANA || bracket == KK_NOWHERE || bracket == 0 ||
        kk_is_kana(kk_trim(kk_part(value, 0, bracket))))
        return false;
    kk_name name = kk_name_read(r->scratch, r->lexicon, value);
    if (!name.kana.len || name.standing != KK_COUNTS)
        return false;
    kk_block_add_name(r, value);
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

/* 家族: 長男 鈴木 太郎 電話 080-...: a relative, or a name and what stands behind it. */
static bool take_name_of_line(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    size_t relation = kk_relation_at(value);
    kk_slice name = kk_from(value, relation);
    if (heading->kind != KK_COL_NAME || (!relation && !has_digit(value)))
        return false;
    if (kk_scan_name_beside(r, name)) {
        kk_scan_mails(r, name);
        kk_scan_numbers(r, name);
    } else if (relation && believes(r, heading, name)) {
        size_t digit = 0;
        while (digit < name.len && !kk_char_digit((unsigned char)name.ptr[digit]))
            digit++;
        kk_block_add_name(r, kk_without_contact_word(kk_part(name, 0, digit)));
        kk_scan_numbers(r, name);
    } else {
        return false;
    }
    r->persona.role = relation ? KK_ROLE_FAMILY : heading->role;
    return true;
}

/* 佐藤 健一 様 59歳 女性, 佐藤 健一 殿 生年月日 昭和50年3月4日 住所 ...: where the name with its courtesy ends, if more is
 * said of him behind it; 0 if not. */
static size_t end_of_courtesy(kk_reader *r, kk_slice value)
{
    static const char *const words[] = {"様 ", "殿 ", "さん ", "氏 "};
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        size_t at = kk_find(value, kk_cstr(words[i]));
        if (at == KK_NOWHERE || at == 0)
            continue;
        kk_name name = kk_name_read(r->scratch, r->lexicon, kk_trim(kk_part(value, 0, at)));
        if (kk_is_likely_name(r, &name))
            return at + strlen(words[i]);
    }
    return 0;
}

static void read_labels(kk_reader *r, kk_slice line, const kk_label *labels, size_t count);

static bool take_courtesy_and_more(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    kk_label labels[KK_LABELS_A_LINE];
    size_t end = heading->kind == KK_COL_NAME ? end_of_courtesy(r, value) : 0;
    if (!end)
        return false;
    kk_slice more = kk_trim(kk_from(value, end));
    kk_block_add_name(r, kk_without_title(kk_trim(kk_part(value, 0, end))));
    r->persona.role = heading->role;
    size_t count = kk_open_labels(r->scratch, r->lexicon, more, true, labels);
    scan_running(r, kk_trim(kk_part(more, 0, count ? labels[0].begin : more.len)));
    read_labels(r, more, labels, count);
    if (r->open)
        kk_scan_life(r, more);
    return true;
}

/* 氏名: 佐藤 健一(生年月日:1980年1月2日): what is said of him in a bracket with labels of its own. */
static bool take_name_and_labels(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    kk_label labels[KK_LABELS_A_LINE];
    size_t open = kk_find_byte(value, '('), close = kk_find_byte(value, ')');
    if (heading->kind != KK_COL_NAME || open == KK_NOWHERE || open == 0 || close != value.len - 1 ||
        kk_has(value, KK_S("続柄")))
        return false;
    kk_slice shown = kk_trim(kk_part(value, 0, open));
    kk_slice more = kk_trim(kk_part(value, open + 1, close - open - 1));
    kk_name name = kk_name_read(r->scratch, r->lexicon, shown);
    size_t count = find_labels(r, more, labels);
    if (!count || !kk_is_likely_name(r, &name))
        return false;
    kk_block_add_name(r, shown);
    r->persona.role = heading->role;
    scan_running(r, kk_trim(kk_part(more, 0, labels[0].begin)));
    read_labels(r, more, labels, count);
    kk_scan_mails(r, more);
    return true;
}

static bool is_telephone(kk_column_kind kind)
{
    return kind == KK_COL_PHONE || kind == KK_COL_MOBILE;
}

/* 契約者, of 契約者氏名 */
static kk_slice party_of_label(kk_slice label)
{
    size_t end = kk_find(label, KK_S("氏名"));
    end = end == KK_NOWHERE ? kk_find(label, KK_S("名前")) : end;
    return end == KK_NOWHERE ? KK_NONE : kk_part(label, 0, end);
}

/* 契約者住所, where 契約者氏名 named the person of the block. */
static bool is_of_party(const kk_reader *r)
{
    return r->party.len && kk_starts(r->label, r->party);
}

/* 部屋番号 of a card for guests: where somebody stays and not where he lives. */
static bool is_of_stay(const kk_reader *r, const kk_heading *heading)
{
    static const char *const words[] = {"宿泊", "到着日", "チェックイン", "入院", "病棟"};
    for (size_t i = 0; heading->kind == KK_COL_ROOM && i < KK_COUNT(words); i++)
        if (kk_has(r->whole, kk_cstr(words[i])))
            return true;
    return false;
}

/* 氏名: 佐藤 太郎(taro@...) */
static void take_whole_name(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    kk_slice name = kk_name_in_front(r->scratch, r->lexicon, value);
    kk_block_add_name(r, name);
    kk_scan_mails(r, value);
    r->party = party_of_label(r->label);
    r->persona.role = heading->role;
    r->selves += !heading->has_role && !kk_eq(r->self, name);
    r->self = heading->has_role ? r->self : name;
}

static void take_label(kk_reader *r, const kk_heading *heading, kk_slice value)
{
    if (is_of_stay(r, heading))
        return;
    if (heading->kind == KK_COL_UNKNOWN) {
        scan_running(r, value);
        return;
    }
    if (heading->kind == KK_COL_NAME)
        value = kk_without_duties(kk_without_translation(value));
    kk_column column = {.kind = heading->kind, .heading = *heading, .filler_day = KK_NO_DAY};
    bool worded = value.len && ((unsigned char)value.ptr[0] & 0x80);
    if (worded && (is_telephone(heading->kind) || heading->kind == KK_COL_CONTACT)) {
        scan_running(r, value); /* 緊急連絡先: 鈴木 花子(続柄:妻) 090-... */
        return;
    }
    if (heading->kind == KK_COL_NAME &&
        (take_courtesy_and_more(r, heading, value) || take_name_and_labels(r, heading, value) ||
         take_party(r, heading, value) || take_names(r, heading, value) ||
         take_reading_with_name(r, heading, value) || take_name_of_line(r, heading, value)))
        return;
    if (!is_value_kind(heading->kind) && kk_is_sentence(value))
        scan_running(r, value); /* 特記事項: 長女の佐藤花子様(090-...)へ電話。 */
    if (!is_value_kind(heading->kind) || take_name_with_reading(r, heading, value))
        return;
    if (!believes(r, heading, value)) {
        if (kk_is_sentence(value))
            scan_running(r, value);
        return;
    }
    if (heading->kind == KK_COL_NAME) {
        take_whole_name(r, heading, value);
        return;
    }
    if (heading->kind == KK_COL_EMAIL) {
        kk_email email = kk_email_read(r->scratch, value);
        if (email.address.len)
            kk_block_add_mail(r, &email);
        return;
    }
    if ((heading->kind == KK_COL_FAMILY_NAME && r->open && r->draft.family.len) ||
        (heading->kind == KK_COL_ADDRESS && r->open && r->has_name &&
         (has_address(&r->draft, heading) ||
          (kk_is_apart(r) && kk_name_is_below(r) && !is_of_party(r)))))
        kk_block_close(r);
    kk_block_open(r);
    if (heading->kind == KK_COL_BIRTH || heading->kind == KK_COL_GENDER)
        r->said_line = r->line;
    if (heading->kind == KK_COL_KANA)
        value = bare_reading(value);
    if (heading->kind == KK_COL_BIRTH)
        value = bare_date(value);
    if (heading->kind == KK_COL_GENDER && (kk_is(value, "オス") || kk_is(value, "メス"))) {
        r->open = false; /* a cat */
        return;
    }
    kk_slice behind = KK_NONE;
    if (heading->kind == KK_COL_ADDRESS) {
        kk_slice cut = kk_text_address_cut(value);
        behind = kk_from(value, (size_t)(cut.ptr - value.ptr) + cut.len);
        value = cut;
    }
    kk_address place =
        heading->kind == KK_COL_ADDRESS ? kk_address_read(r->scratch, value) : (kk_address){0};
    if (place.zip.len && place.level == KK_PLACE_NONE) /* the address is on the next line */
        column.kind = KK_COL_ZIP;
    if (is_telephone(heading->kind) && value.len && value.ptr[0] == '(') {
        kk_scan_numbers(r, value); /* (自宅)03-... (携帯)090-... */
        return;
    }
    column.wide_register = column.table_register = kk_hash_quick(KK_S("text"));
    kk_cell_read(&r->persona, &r->draft, &column, r->scratch, value);
    kk_scan_numbers(r, behind);
}

/* What stands behind each, up to the next. */
static void read_labels(kk_reader *r, kk_slice line, const kk_label *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? labels[i + 1].begin : line.len;
        kk_slice value = kk_label_value(line, labels[i].value, end);
        if (kk_ends(value, KK_S("、"))) /* 生年月日:1980/1/2、電話:... */
            value.len -= strlen("、");
        kk_slice word = kk_part(line, labels[i].begin, labels[i].value - labels[i].begin);
        bool of_office = is_telephone(labels[i].heading.kind) && kk_is_label_of_office(word);
        r->label = word;
        if (!kk_is_blank(value) && value.len < LINE_MAX_READ && !of_office)
            take_label(r, &labels[i].heading, value);
    }
}

static bool worth_reading(kk_slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        bool title = c == '.' && i > 1 && i + 1 < line.len && line.ptr[i + 1] == ' ' &&
                     kk_find_byte(KK_S("rsf"), line.ptr[i - 1]) != KK_NOWHERE; /* Mr. Sato */
        if (c >= 0x80 || c == '@' || kk_char_digit(c) || c == ':' || title)
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

static void scan_piece(kk_reader *r, kk_slice line)
{
    bool japanese = has_bytes_above_ascii(line);
    bool spoken = japanese && kk_scan_speaker(r, line); /* before those who are spoken of */
    bool named = (japanese && kk_scan_courtesies(r, line)) || spoken;
    bool acts = japanese && !named && kk_scan_signed(r, line);
    named |= acts;
    if (japanese && (named || !kk_scan_name_line(r, line))) {
        if (!named && !kk_scan_name_beside(r, line) && !kk_scan_relatives(r, line))
            acts = kk_scan_members(r, line);
        kk_scan_address(r, line);
    }
    if (r->caller.len && r->caller.ptr >= line.ptr && r->caller.ptr < line.ptr + line.len)
        kk_block_add_name(r, r->caller); /* 佐藤様より鈴木課長あて 090-... */
    r->caller = KK_NONE;
    bool titled = kk_scan_titles(r, line);
    kk_scan_mails(r, line);
    kk_scan_numbers(r, line);
    if (titled || acts) /* he is spoken of: "please contact me at ..." below is not said of him */
        kk_block_close(r);
}

static kk_slice without_courtesy(kk_slice text)
{
    kk_slice bare = kk_without_title(text);
    return bare.len ? bare : text;
}

/* 担当の佐藤健一(直通 03-...), 夫 鈴木太郎(71歳): names with something of theirs in a bracket behind them, each with
 * what follows up to the next. */
static void scan_running(kk_reader *r, kk_slice line)
{
    size_t from = 0;
    for (size_t at = 0; at < line.len; at++) {
        if (line.ptr[at] != '(')
            continue;
        size_t inside = kk_find_byte(kk_from(line, at), ')');
        size_t end = inside == KK_NOWHERE ? line.len : at + inside;
        kk_slice said = kk_trim(kk_part(line, at + 1, end - at - 1));
        kk_slice before = without_courtesy(kk_trim(kk_part(line, from, at - from)));
        kk_slice name = kk_tells_somebody(said) ? kk_name_before(r, before, before.len) : KK_NONE;
        if (!name.len)
            continue;
        size_t begin = (size_t)(name.ptr - line.ptr);
        if (begin > from) {
            scan_piece(r, kk_trim(kk_part(line, from, begin - from)));
            if (from && r->open)
                kk_scan_life(r, kk_part(line, from, begin - from));
        }
        kk_block_add_name(r, kk_is_kana(said) ? kk_part(line, begin, end + 1 - begin) : name);
        from = at;
    }
    scan_piece(r, kk_from(line, from));
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
static bool take_pending(kk_reader *r, kk_slice line)
{
    kk_slice word = line;
    if (kk_ends(word, KK_S(":")))
        word.len--;
    kk_heading heading = {.kind = KK_COL_UNKNOWN};
    bool whole = kk_find_byte(word, ':') == KK_NOWHERE; /* 年齢:45 has its value */
    if (whole && word.len <= KK_LABEL_MAX + 8)
        heading = kk_heading_read(r->scratch, word);
    bool is_label =
        heading.exact && heading.strength == KK_HEADING_STRONG &&
        is_value_kind(heading.kind) && /* what follows an お問い合わせ内容 is anything */
        (heading.kind <= KK_COL_EMAIL || heading.kind == KK_COL_COMPANY);
    kk_heading before = r->pending;
    r->pending = is_label ? heading : (kk_heading){.kind = KK_COL_UNKNOWN};
    bool party = heading.role == KK_ROLE_ORDERER || heading.role == KK_ROLE_ADDRESSEE;
    if (is_label && heading.kind == KK_COL_NAME && party && r->open && !kk_block_awaits(r))
        kk_block_close(r); /* ご依頼主, below what was said of the addressee */
    if (is_label || before.kind == KK_COL_UNKNOWN || line.len > LINE_MAX_READ)
        return is_label;
    kk_name name = kk_name_read(r->scratch, r->lexicon, line);
    bool named = name.known;
    kk_label labels[KK_LABELS_A_LINE];
    if (find_labels(r, line, labels) && labels[0].begin == 0)
        return false; /* nothing was filled in above */
    if ((before.kind == KK_COL_NAME && !kk_is_likely_name(r, &name)) ||
        (before.kind == KK_COL_ADDRESS && named) ||
        (before.kind == KK_COL_KANA && !kk_is_kana(line)))
        return false;
    take_label(r, &before, line);
    if (before.kind == KK_COL_BIRTH && r->open)
        kk_scan_life(r, line); /* 1980年4月5日(満45歳) */
    return before.kind != KK_COL_ADDRESS;
}

/* (乙) 住所 東京都..., 委任者 氏名: 佐藤 健一: bytes of the word for who is meant, before a label; 0 if none is there. */
static size_t party_before_label(kk_reader *r, kk_slice line, kk_heading *party)
{
    static const char *const signs[] = {"甲", "乙", "丙", "丁"};
    size_t blank = kk_find_byte(line, ' ');
    if (blank == KK_NOWHERE || blank > KK_LABEL_MAX)
        return 0;
    kk_slice word = kk_part(line, 0, blank), rest = kk_trim(kk_from(line, blank));
    bool place =
        kk_text_address_begin(rest) == 0 && !kk_ends(word, KK_S(":")); /* 受託者 愛知県豊田市... */
    if (word.len > 2 && word.ptr[0] == '(' && word.ptr[word.len - 1] == ')')
        word = kk_part(word, 1, word.len - 2);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != ':')
        end++;
    if (!word.len || (end == rest.len && !place))
        return 0;
    kk_heading label = kk_heading_read(r->scratch, kk_part(rest, 0, end));
    *party = kk_heading_read(r->scratch, word);
    bool is_party = party->kind == KK_COL_NAME && party->exact && (party->apart || party->has_role);
    for (size_t i = 0; i < KK_COUNT(signs); i++)
        is_party |= kk_is(word, signs[i]);
    bool begins = label.exact && label.strength == KK_HEADING_STRONG && !label.has_role &&
                  (label.kind == KK_COL_NAME || label.kind == KK_COL_ADDRESS);
    return is_party && (begins || place) ? (size_t)(rest.ptr - line.ptr) : 0;
}

/* 昭和60年5月5日生, below a name. */
static bool is_birth_alone(kk_slice line)
{
    enum { BESIDE = 24 };
    kk_life life = kk_life_read(line);
    return life.birth.len && life.birth.ptr == line.ptr && line.len <= life.birth.len + BESIDE;
}

/* 相談者との関係: 母 */
static bool has_word_and_value(kk_slice line)
{
    enum { VALUE_BYTES = 30 };
    size_t colon = kk_find_byte(line, ':');
    return colon != KK_NOWHERE && colon > 0 && colon <= KK_LABEL_MAX && colon + 1 < line.len &&
           line.len - colon <= VALUE_BYTES && !kk_is_sentence(line);
}

static bool is_alone(kk_slice line)
{
    enum { BYTES = 90 };
    return line.len <= BYTES && !has_digit(line) && !kk_is_sentence(line) &&
           kk_find_byte(line, ':') == KK_NOWHERE && kk_find_byte(line, '@') == KK_NOWHERE;
}

/* 株式会社みほん, and below it 第二営業部 係長: whose name comes next works there. */
static void note_company(kk_reader *r, kk_slice line)
{
    if (kk_names_organisation(line) && is_alone(line) &&
        kk_name_read(r->scratch, r->lexicon, line).standing == KK_IS_ORGANISATION) {
        r->company = kk_ends(line, KK_S("御中"))
                         ? kk_trim(kk_part(line, 0, line.len - strlen("御中")))
                         : line;
        r->company_line = r->line;
    } else if (r->company.len && !is_alone(line)) {
        r->company = KK_NONE;
    }
}

static void read_line(kk_reader *r, kk_slice line)
{
    kk_label labels[KK_LABELS_A_LINE];
    size_t count = 0;
    r->line++;
    r->filled += line.len > 0;
    if (!line.len || r->line > r->company_line + 2)
        r->company = KK_NONE;
    r->quoted = line.len && line.ptr[0] == '>';
    while (line.len && line.ptr[0] == '>') /* what a reply quotes */
        line = kk_trim(kk_from(line, 1));
    r->above = r->text;
    r->text = line;
    r->of_place = kk_is_of_place(line);
    r->below_clock = r->like_clock;
    r->like_clock = kk_clock_before(line) == line.len && line.len;
    r->below_title = r->like_title;
    r->like_title = line.len && line.len <= 2 * KK_LABEL_MAX && !kk_is_sentence(line) &&
                    kk_find_byte(line, ':') == KK_NOWHERE;
    r->gap |= !line.len;
    bool unfilled = !line.len && r->pending.kind != KK_COL_UNKNOWN; /* a label without a value */
    if (!line.len && !unfilled && r->open &&
        ++r->quiet >= (kk_block_awaits(r) ? LETTER_LINES : BLANK_LINES))
        kk_block_close(r);
    if ((r->open && r->addressed && is_rule(line)) || kk_office_begins(r, line))
        kk_block_close(r);
    if (kk_block_awaits(r) &&
        (kk_names_organisation(line) || (!has_digit(line) && kk_ends_like_organisation(line))))
        kk_block_close(r); /* the sender's signature begins */
    if (!line.len || !worth_reading(line))
        return;
    if (r->selves == 1 && !r->open && kk_is_heading_of_contacts(line)) {
        kk_block_add_name(r, r->self); /* a 職務経歴書 ends with it */
        return;
    }
    if (take_pending(r, line) || kk_take_rest_of_address(r, line) || kk_take_building(r, line)) {
        r->quiet = 0;
        return;
    }
    if (kk_take_reading(r, line)) {
        r->quiet = 0;
        return;
    }
    kk_heading party = {0};
    size_t of_party = party_before_label(r, line, &party);
    if (of_party && r->open)
        kk_block_close(r);
    line = kk_from(line, of_party);
    bool was_open = r->open;
    r->touched = false;
    int quiet = r->quiet + 1;
    count = find_labels(r, line, labels);
    if (!count)
        count = kk_open_labels(r->scratch, r->lexicon, line, r->open && r->has_name, labels);
    size_t head = count ? labels[0].begin : line.len;
    if (count || !(kk_scan_names_in_line(r, line) || kk_scan_duties(r, line)))
        scan_running(r, kk_trim(kk_part(line, 0, head)));
    read_labels(r, line, labels, count);
    bool born = r->open && r->has_name && r->said_line + 1 == r->line && is_birth_alone(line);
    r->bare_name &= !born;
    if (r->open && r->has_name && (r->said_line == r->line || born || kk_is_life_alone(line)))
        kk_scan_life(r, line);
    if (!count)
        kk_note_listed(r, line);
    note_company(r, line);
    r->zip_line = kk_is_zip_line(line) ? line : KK_NONE;
    bool unsaid = was_open && r->open && !r->touched && !count;
    if (unsaid && !(r->touch_line + 2 >= r->line && has_word_and_value(line))) {
        r->quiet = quiet;
        if (quiet >= (kk_block_awaits(r) ? LETTER_LINES : QUIET_LINES))
            kk_block_close(r);
    }
}

/* Pages tell their title behind their fields. */
bool kk_shows_sample(kk_arena *scratch, kk_slice text, bool at_top)
{
    enum { LOOKED_AT = 64 * 1024, TITLE_BYTES = 120, BLANK = 2 };
    kk_slice rest = kk_part(text, 0, LOOKED_AT), line;
    size_t filled = 0, blank = 0;
    if (!kk_has(rest, KK_S("例")) && !kk_has(rest, KK_S("見本")) &&
        !kk_has(rest, KK_S("サンプル")) && !kk_has_nocase(rest, KK_S("sample")))
        return false;
    while (kk_split(&rest, '\n', &line)) {
        line = kk_trim(line);
        blank = line.len ? 0 : blank + 1;
        if (at_top && filled && blank >= BLANK)
            return false;
        filled = blank >= BLANK ? 0 : filled + (line.len > 0);
        if (line.len && line.len <= TITLE_BYTES && filled <= KK_TOP_LINES &&
            kk_is_title_of_sample(kk_plain(scratch, line)))
            return true;
    }
    return false;
}

/* The name of who a letter is from or to, as names are compared. */
static kk_slice name_of_mailbox(kk_reader *r, const kk_email *email)
{
    if (!email->display.len)
        return KK_NONE;
    kk_name name = kk_name_read(r->scratch, r->lexicon, email->display);
    return name.full && name.standing == KK_COUNTS ? name.whole : KK_NONE;
}

static void read_letter_head(kk_reader *r, const kk_letter *letter)
{
    if (!letter)
        return;
    r->receiver = kk_email_read(r->scratch, letter->receiver);
    r->sender = kk_email_read(r->scratch, letter->sender);
    r->receiver_name = name_of_mailbox(r, &r->receiver);
    r->sender_name = name_of_mailbox(r, &r->sender);
}

void kk_passage_read(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice text,
                     const kk_letter *letter, void (*found)(void *context, kk_persona *persona),
                     void *context)
{
    kk_reader r = {
        .scratch = scratch, .lexicon = lexicon, .found = found, .context = context, .whole = text};
    kk_slice rest = kk_part(text, 0, TEXT_MAX), line;
    r.sample = kk_shows_sample(scratch, text, false);
    kk_block_make_room(&r);
    read_letter_head(&r, letter);
    while (kk_split(&rest, '\n', &line)) {
        while (line.len > LINE_MAX_READ) { /* a text without line ends */
            size_t cut = LINE_MAX_READ;
            while (cut > LINE_MAX_READ - 4 && ((unsigned char)line.ptr[cut] & 0xc0) == 0x80)
                cut--;
            r.ahead = KK_NONE;
            read_line(&r, kk_plain(scratch, kk_part(line, 0, cut)));
            line = kk_from(line, cut);
        }
        if (!r.open && !r.list_count && kk_arena_used(scratch) > SCRATCH_MOST) {
            kk_block_tell_held(&r);
            kk_arena_reset(scratch);
            r.company = r.self = r.text = r.label = r.party = KK_NONE;
            r.selves = SEVERAL; /* nobody knows whom it was about */
            kk_block_make_room(&r);
            read_letter_head(&r, letter);
        }
        r.ahead = rest;
        read_line(&r, kk_plain(scratch, line));
    }
    kk_block_close(&r);
    kk_block_tell_held(&r);
}
