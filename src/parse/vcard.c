/* Cards of address books, vCard 2.1, 3.0 and 4.0: a row a card, under headings that do not change. Of calendars
 * (iCalendar) who invites and who is invited.
 *
 *     file  = *("BEGIN:VCARD" *line "END:VCARD")
 *     line  = [group "."] name *(";" parameter) ":" value
 *     fold  = line end, blank: the line goes on (also "=" line end in quoted-printable)
 *
 * 2.1 writes TYPEs without "TYPE=" and tells encoding and charset for each line; 3.0 and 4.0 escape
 * with backslashes; 4.0 has values as URIs. Telephones write kana into SOUND;X-IRMC-N. */
#include "parse/mime.h"
#include "parse/parser.h"

enum {
    LINE_MAX = 256 * 1024,      /* of a line with its folds */
    CARD_MAX = 4 * 1024 * 1024, /* of what is kept of a card */
    DEPARTMENTS_MAX = 8,
    DEPTH_MAX = 4 /* AGENT holds a card */
};

typedef enum {
    NAME,
    FAMILY,
    GIVEN,
    FORMER,
    KANA,
    FAMILY_KANA,
    GIVEN_KANA,
    NICKNAME,
    PHONE,
    MOBILE = PHONE + 3,
    FAX = MOBILE + 2,
    EMAIL,
    ZIP = EMAIL + 4,
    ADDRESS,
    WORK_ZIP,
    WORK_ADDRESS,
    COMPANY,
    DEPARTMENT,
    TITLE,
    BIRTH,
    GENDER,
    PHOTO,
    NOTE,
    COLUMNS
} column;

static const char *const headings[COLUMNS] = {
    "氏名",
    "姓",
    "名",
    "旧姓",
    "フリガナ",
    "セイ",
    "メイ",
    "ニックネーム",
    "電話番号",
    "電話番号2",
    "電話番号3",
    "携帯電話",
    "携帯電話2",
    "FAX",
    "メールアドレス",
    "メールアドレス2",
    "メールアドレス3",
    "メールアドレス4",
    "郵便番号",
    "住所",
    "勤務先郵便番号",
    "勤務先住所",
    "会社名",
    "部署",
    "役職",
    "生年月日",
    "性別",
    "写真",
    "備考",
};

typedef struct {
    kk_arena *arena;
    kk_slice cells[COLUMNS];
    kk_slice sort; /* what the card is sorted by; kana where nothing better is */
    uint64_t offset;
    bool company; /* of an organisation or a group */
} card;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_reader reader;
    kk_slice columns[COLUMNS];
    kk_slice charset; /* of the file, for lines that are not UTF-8 and name none */
    card cards[DEPTH_MAX];
    size_t depth;
    uint64_t record, strange, first_strange, cut, first_cut, unended;
    kk_buffer line; /* with its folds */
    kk_slice next;  /* the physical line behind it */
    uint64_t next_offset, line_offset;
    bool has_next, next_cut, at_end;
} reading;

/* A line taken apart. */
typedef struct {
    kk_slice name, parameters, value;
    bool quoted, base64;
} property;

/* ---- Lines ---- */

static bool fetch(reading *r)
{
    r->has_next = kk_reader_line(&r->reader, &r->next, &r->next_offset, &r->next_cut);
    return r->has_next;
}

static void add(reading *r, kk_slice text)
{
    size_t room = LINE_MAX - r->line.len;
    if (text.len > room || r->next_cut) {
        if (r->cut++ == 0)
            r->first_cut = r->line_offset;
        text = kk_part(text, 0, room);
    }
    kk_put(&r->line, text);
}

static bool is_quoted(kk_slice line)
{
    return kk_has_nocase(kk_part(line, 0, kk_find_byte(line, ':')), KK_S("QUOTED-PRINTABLE"));
}

/* The next line with what was folded. */
static bool next_line(reading *r)
{
    if (!r->has_next)
        return false;
    r->line.len = 0;
    r->line_offset = r->next_offset;
    add(r, r->next);
    bool quoted = is_quoted(r->next);
    while (fetch(r)) {
        bool soft = quoted && r->line.len && r->line.ptr[r->line.len - 1] == '=';
        bool folded = r->next.len && (r->next.ptr[0] == ' ' || r->next.ptr[0] == '\t');
        if (!soft && !folded)
            break;
        if (soft)
            r->line.len--;
        add(r, soft && !folded ? r->next : kk_from(r->next, 1));
    }
    return true;
}

/* ---- Properties ---- */

/* Up to the ':' that no quotes hold. */
static size_t colon_of(kk_slice line)
{
    bool quotes = false;
    for (size_t i = 0; i < line.len; i++) {
        quotes = quotes != (line.ptr[i] == '"');
        if (line.ptr[i] == ':' && !quotes)
            return i;
    }
    return kk_find_byte(line, ':');
}

static bool take_apart(kk_slice line, property *p)
{
    size_t colon = colon_of(line);
    if (colon == KK_NOWHERE)
        return false;
    kk_slice head = kk_part(line, 0, colon);
    size_t semicolon = kk_find_byte(head, ';');
    kk_slice name = kk_trim(kk_part(head, 0, semicolon));
    size_t dot = kk_rfind_byte(name, '.');
    *p = (property){.name = dot == KK_NOWHERE ? name : kk_from(name, dot + 1),
                    .parameters = semicolon == KK_NOWHERE ? KK_NONE : kk_from(head, semicolon + 1),
                    .value = kk_from(line, colon + 1)};
    p->quoted = kk_has_nocase(p->parameters, KK_S("QUOTED-PRINTABLE"));
    p->base64 = kk_has_nocase(p->parameters, KK_S("BASE64")) ||
                kk_has_nocase(p->parameters, KK_S("ENCODING=B"));
    for (size_t i = 0; i < p->name.len; i++)
        if (p->name.ptr[i] == ' ' || (signed char)p->name.ptr[i] < 0)
            return false;
    return p->name.len > 0;
}

/* The value of a parameter; empty if it is not there. */
static kk_slice parameter(const property *p, const char *name)
{
    kk_slice rest = p->parameters, one, wanted = kk_cstr(name);
    while (rest.len && kk_split(&rest, ';', &one)) {
        size_t equals = kk_find_byte(one, '=');
        if (equals == KK_NOWHERE || !kk_eq_nocase(kk_trim(kk_part(one, 0, equals)), wanted))
            continue;
        kk_slice value = kk_trim(kk_from(one, equals + 1));
        bool quotes = value.len >= 2 && value.ptr[0] == '"';
        return quotes ? kk_part(value, 1, value.len - 2) : value;
    }
    return KK_NONE;
}

/* TYPE=CELL, TYPE="cell,voice", and CELL alone as 2.1 has it. */
static bool is_of_type(const property *p, const char *type)
{
    kk_slice rest = p->parameters, one, word;
    while (rest.len && kk_split(&rest, ';', &one)) {
        size_t equals = kk_find_byte(one, '=');
        if (equals != KK_NOWHERE && !kk_eq_nocase(kk_part(one, 0, equals), KK_S("TYPE")))
            continue;
        kk_slice list = equals == KK_NOWHERE ? one : kk_from(one, equals + 1);
        while (list.len && kk_split(&list, ',', &word)) {
            while (word.len && (word.ptr[0] == '"' || word.ptr[0] == ' '))
                word = kk_from(word, 1);
            while (word.len && word.ptr[word.len - 1] == '"')
                word.len--;
            if (kk_eq_nocase(word, kk_cstr(type)))
                return true;
        }
    }
    return false;
}

/* The whole value as UTF-8, escapes still in it. */
static kk_slice text_of(const reading *r, kk_arena *arena, const property *p)
{
    kk_slice bytes = p->value, charset = parameter(p, "CHARSET");
    if (p->quoted) {
        kk_mime_decoder decoder = {.coding = KK_MIME_QUOTED};
        char *to = kk_take(arena, bytes.len + 4);
        bytes = (kk_slice){to, kk_mime_decode(&decoder, bytes, to)};
    }
    if (charset.len == 0 && !kk_utf8_valid(bytes))
        charset = r->charset;
    return kk_utf8_clean(arena, kk_mime_text(arena, charset, bytes, NULL));
}

static bool is_escape(kk_slice s, size_t i)
{
    return s.ptr[i] == '\\' && i + 1 < s.len && strchr("nN,;:\\", s.ptr[i + 1]);
}

/* Takes the part before the next bare separator off *rest, without its escapes. */
static kk_slice part_of(kk_arena *arena, kk_slice *rest, char separator)
{
    size_t end = 0, len = 0;
    while (end < rest->len && rest->ptr[end] != separator)
        end += is_escape(*rest, end) ? 2 : 1;
    char *to = kk_take(arena, end + 1);
    for (size_t i = 0; i < end; i++) {
        char c = rest->ptr[i];
        if (is_escape(*rest, i)) {
            c = rest->ptr[++i];
            c = c == 'n' || c == 'N' ? '\n' : c;
        }
        to[len++] = c;
    }
    *rest = kk_from(*rest, end < rest->len ? end + 1 : end);
    return kk_trim((kk_slice){to, len});
}

/* ---- Cells ---- */

static void set(card *c, column at, kk_slice text)
{
    if (text.len && c->cells[at].len == 0)
        c->cells[at] = text;
}

static void append(card *c, column at, kk_slice text, const char *between)
{
    if (text.len == 0)
        return;
    c->cells[at] = c->cells[at].len == 0
                       ? text
                       : kk_print(c->arena, "%.*s%s%.*s", KK_P(c->cells[at]), between, KK_P(text));
}

/* Into the first free one of `count` columns; behind the last one's value where none is. */
static void place(card *c, column first, size_t count, kk_slice text)
{
    for (size_t i = 0; i < count; i++)
        if (kk_eq(c->cells[first + i], text))
            return;
    for (size_t i = 0; i < count; i++)
        if (c->cells[first + i].len == 0) {
            c->cells[first + i] = text;
            return;
        }
    append(c, (column)(first + count - 1), text, "; ");
}

/* Without "tel:" or "mailto:" and what follows a number. */
static kk_slice without_scheme(kk_slice text, const char *scheme)
{
    kk_slice prefix = kk_cstr(scheme);
    if (!kk_eq_nocase(kk_part(text, 0, prefix.len), prefix))
        return text;
    text = kk_from(text, prefix.len);
    size_t end = 0;
    while (end < text.len && text.ptr[end] != ';' && text.ptr[end] != '?')
        end++;
    return kk_part(text, 0, end);
}

static void take_phone(card *c, const property *p, kk_slice text)
{
    if (text.len == 0)
        return;
    if (is_of_type(p, "fax"))
        append(c, FAX, text, "; ");
    else if (is_of_type(p, "cell") || is_of_type(p, "iphone") || is_of_type(p, "pcs"))
        place(c, MOBILE, 2, text);
    else
        place(c, PHONE, 3, text);
}

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((signed char)s.ptr[i] < 0)
            return false;
    return true;
}

/* Parts: post box, more, street, town, region, code, country; joined as the place's people write. */
static void take_address(card *c, const property *p, kk_slice text)
{
    static const unsigned char east[] = {4, 3, 2, 1, 0}, west[] = {0, 2, 1, 3, 4};
    kk_slice parts[7];
    for (size_t i = 0; i < 7; i++)
        parts[i] = part_of(c->arena, &text, ';');
    bool western = is_ascii(parts[2]) && is_ascii(parts[3]) && is_ascii(parts[4]);
    kk_slice address = KK_NONE;
    for (size_t i = 0; i < 5; i++) {
        kk_slice one = parts[western ? west[i] : east[i]];
        /* A building is parted from the number before it. */
        const char *between = western ? ", " : i > 2 ? " " : "";
        if (one.len && address.len)
            address = kk_print(c->arena, "%.*s%s%.*s", KK_P(address), between, KK_P(one));
        else if (one.len)
            address = one;
    }
    if (western && address.len && parts[6].len)
        address = kk_print(c->arena, "%.*s, %.*s", KK_P(address), KK_P(parts[6]));
    bool work = is_of_type(p, "work") || c->cells[ADDRESS].len;
    if (work && c->cells[WORK_ADDRESS].len) {
        append(c, WORK_ADDRESS, address, "; ");
        return;
    }
    set(c, work ? WORK_ZIP : ZIP, parts[5]);
    set(c, work ? WORK_ADDRESS : ADDRESS, address);
}

/* Families and given names of 4.0, with kana beside them in SORT-AS. */
static void take_name(card *c, const property *p, kk_slice text)
{
    kk_slice sort = parameter(p, "SORT-AS");
    set(c, FAMILY, part_of(c->arena, &text, ';'));
    kk_slice given = part_of(c->arena, &text, ';'), middle = part_of(c->arena, &text, ';');
    if (middle.len)
        given = kk_print(c->arena, "%.*s %.*s", KK_P(given), KK_P(middle));
    set(c, GIVEN, kk_trim(given));
    if (sort.len && !is_ascii(sort)) {
        set(c, FAMILY_KANA, part_of(c->arena, &sort, ','));
        set(c, GIVEN_KANA, part_of(c->arena, &sort, ','));
    }
}

static void take_sound(card *c, const property *p, kk_slice text)
{
    if (!kk_has_nocase(p->parameters, KK_S("X-IRMC-N")))
        return;
    set(c, FAMILY_KANA, part_of(c->arena, &text, ';'));
    set(c, GIVEN_KANA, part_of(c->arena, &text, ';'));
}

static void take_organisation(card *c, kk_slice text)
{
    set(c, COMPANY, part_of(c->arena, &text, ';'));
    for (size_t i = 0; i < DEPARTMENTS_MAX && text.len; i++)
        append(c, DEPARTMENT, part_of(c->arena, &text, ';'), " ");
}

static void take_birth(card *c, const property *p, kk_slice text)
{
    kk_slice omitted = parameter(p, "X-APPLE-OMIT-YEAR");
    size_t time = kk_find_byte(text, 'T');
    text = kk_part(text, 0, time);
    if (omitted.len && kk_starts(text, omitted) && text.len > omitted.len)
        text = kk_print(c->arena, "-%.*s", KK_P(kk_from(text, omitted.len)));
    set(c, BIRTH, text);
}

/* Properties of one text each. */
static bool take_simple(card *c, kk_slice name, kk_slice text)
{
    static const struct {
        const char *name;
        column at;
    } simple[] = {
        {"FN", NAME},
        {"NICKNAME", NICKNAME},
        {"TITLE", TITLE},
        {"GENDER", GENDER},
        {"X-GENDER", GENDER},
        {"X-MAIDENNAME", FORMER},
        {"X-PHONETIC-LAST-NAME", FAMILY_KANA},
        {"X-PHONETIC-FIRST-NAME", GIVEN_KANA},
    };
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (kk_eq_nocase(name, kk_cstr(simple[i].name))) {
            set(c, simple[i].at, part_of(c->arena, &text, '\0'));
            return true;
        }
    return false;
}

static bool is_named(const property *p, const char *name)
{
    return kk_eq_nocase(p->name, kk_cstr(name));
}

static void take_other(card *c, const property *p, kk_slice text)
{
    kk_slice all = text, plain = part_of(c->arena, &all, '\0');
    if (is_named(p, "TEL"))
        take_phone(c, p, without_scheme(plain, "tel:"));
    else if (is_named(p, "EMAIL") && plain.len)
        place(c, EMAIL, 4, without_scheme(plain, "mailto:"));
    else if (is_named(p, "BDAY"))
        take_birth(c, p, plain);
    else if (is_named(p, "NOTE"))
        append(c, NOTE, plain, "\n");
    else if (is_named(p, "SORT-STRING"))
        c->sort = plain;
    else if (is_named(p, "KIND") || is_named(p, "X-ADDRESSBOOKSERVER-KIND"))
        c->company = kk_eq_nocase(plain, KK_S("org")) || kk_eq_nocase(plain, KK_S("group"));
    else if (is_named(p, "X-ABSHOWAS"))
        c->company = kk_eq_nocase(plain, KK_S("COMPANY"));
}

static void take_property(reading *r, card *c, const property *p)
{
    if (is_named(p, "PHOTO")) {
        if (p->value.len)
            set(c, PHOTO, KK_S("(photo)"));
        return;
    }
    if (p->base64)
        return;
    if (kk_arena_used(c->arena) > CARD_MAX) {
        if (r->cut++ == 0)
            r->first_cut = r->line_offset;
        return;
    }
    kk_slice text = text_of(r, c->arena, p);
    if (is_named(p, "N"))
        take_name(c, p, text);
    else if (is_named(p, "ADR"))
        take_address(c, p, text);
    else if (is_named(p, "ORG"))
        take_organisation(c, text);
    else if (is_named(p, "SOUND"))
        take_sound(c, p, text);
    else if (!take_simple(c, p->name, text))
        take_other(c, p, text);
}

/* ---- Cards ---- */

static void open_card(reading *r)
{
    card *c = &r->cards[r->depth++];
    kk_arena *arena = c->arena ? c->arena : kk_arena_open();
    kk_arena_reset(arena);
    *c = (card){.arena = arena, .offset = r->line_offset};
}

static void close_card(reading *r, uint64_t end)
{
    card *c = &r->cards[--r->depth];
    if (!is_ascii(c->sort) && c->cells[FAMILY_KANA].len == 0)
        set(c, KANA, c->sort);
    if (c->company) {
        set(c, COMPANY, c->cells[NAME]);
        c->cells[NAME] = c->cells[FAMILY] = c->cells[GIVEN] = KK_NONE;
    }
    bool any = false;
    for (size_t i = 0; i < COLUMNS; i++)
        any = any || c->cells[i].len;
    r->record++;
    uint64_t length = end - c->offset;
    kk_row row = {.columns = r->columns,
                  .cells = c->cells,
                  .count = COLUMNS,
                  .record = r->record,
                  .offset = c->offset,
                  .length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX};
    if (any)
        r->sink->row(r->sink, &row);
}

/* Cards that another one or the end of the file breaks off are told as far as they go. */
static void close_unended(reading *r, uint64_t end)
{
    while (r->depth) {
        kk_report(r->sink, KK_ISSUE_TRUNCATED, r->cards[r->depth - 1].offset, "a card has no end");
        close_card(r, end);
    }
}

/* A card inside one is the value of AGENT; else the end of the one before is missing. */
static void begin_card(reading *r, bool agent)
{
    if (r->depth && (!agent || r->depth == DEPTH_MAX))
        close_unended(r, r->line_offset);
    open_card(r);
}

static void read_cards(reading *r)
{
    bool agent = false;
    while (!r->sink->stopped && next_line(r)) {
        property p;
        kk_slice line = kk_buffer_slice(&r->line), whole = kk_trim(line);
        uint64_t end = r->has_next ? r->next_offset : r->in->size;
        if (kk_eq_nocase(whole, KK_S("BEGIN:VCARD"))) {
            begin_card(r, agent);
        } else if (kk_eq_nocase(whole, KK_S("END:VCARD"))) {
            if (r->depth)
                close_card(r, end);
        } else if (whole.len && r->depth) {
            bool cut_short = !r->has_next && r->line_offset + r->line.len >= r->in->size;
            if (take_apart(line, &p)) {
                if (!cut_short)
                    take_property(r, &r->cards[r->depth - 1], &p);
            } else if (r->strange++ == 0) {
                r->first_strange = r->line_offset;
            }
        }
        agent = whole.len ? take_apart(line, &p) && is_named(&p, "AGENT") : agent;
    }
    if (!r->sink->stopped)
        close_unended(r, r->in->size);
}

/* ---- Calendars ---- */

/* ORGANIZER;CN="佐藤 健一":mailto:ken@example.jp: whoever takes part, a row each; a calendar tells nothing else of them. */
static void take_part(reading *r, const property *p, uint64_t end)
{
    kk_slice mail = kk_trim(without_scheme(p->value, "mailto:"));
    open_card(r);
    card *c = &r->cards[r->depth - 1];
    property name = *p;
    name.value = parameter(p, "CN");
    if (kk_find_byte(mail, '@') != KK_NOWHERE)
        set(c, EMAIL, kk_copy(c->arena, mail));
    if (name.value.len && kk_find_byte(name.value, '@') == KK_NOWHERE)
        set(c, NAME, kk_copy(c->arena, text_of(r, c->arena, &name)));
    bool room =
        parameter(p, "CUTYPE").len && !kk_eq_nocase(parameter(p, "CUTYPE"), KK_S("INDIVIDUAL"));
    if (room)
        c->cells[NAME] = c->cells[EMAIL] = KK_NONE;
    close_card(r, end);
}

static void read_calendar(reading *r)
{
    while (!r->sink->stopped && next_line(r)) {
        property p;
        uint64_t end = r->has_next ? r->next_offset : r->in->size;
        if (take_apart(kk_buffer_slice(&r->line), &p) &&
            (is_named(&p, "ATTENDEE") || is_named(&p, "ORGANIZER")))
            take_part(r, &p, end);
    }
}

/* ---- The parser ---- */

static bool is_calendar(kk_slice head)
{
    const kk_slice begin = KK_S("BEGIN:VCALENDAR");
    return kk_eq_nocase(kk_part(kk_trim(head), 0, begin.len), begin);
}

static size_t mark_of(kk_slice head)
{
    return kk_starts(head, KK_S("\xef\xbb\xbf")) ? 3 : 0;
}

static void report(kk_sink *sink, kk_issue_kind kind, uint64_t offset, uint64_t count,
                   const char *what)
{
    if (count)
        sink->issue(sink, &(kk_issue){kind, offset, count, kk_cstr(what)});
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_arena *arena = kk_arena_open();
    reading *r = KK_NEW(arena, reading);
    char *head = kk_take(arena, 64 * 1024);
    kk_slice bytes = {head, kk_read(in, 0, head, 64 * 1024)};
    r->in = in;
    r->sink = sink;
    r->charset = kk_cstr(kk_charset_name(kk_charset_guess(bytes, NULL)));
    for (size_t i = 0; i < COLUMNS; i++)
        r->columns[i] = kk_cstr(headings[i]);
    r->reader = kk_reader_open(arena, in, 0, UINT64_MAX);
    if (fetch(r) && mark_of(r->next)) {
        r->next = kk_from(r->next, 3);
        r->next_offset += 3;
    }
    if (is_calendar(kk_from(bytes, mark_of(bytes))))
        read_calendar(r);
    else
        read_cards(r);
    report(sink, KK_ISSUE_UNPARSED, r->first_strange, r->strange, "lines are no properties");
    report(sink, KK_ISSUE_LIMIT, r->first_cut, r->cut,
           "lines over 256 KiB, or in cards over 4 MiB, were cut");
    if (r->reader.failed)
        kk_report(sink, KK_ISSUE_TRUNCATED, r->line_offset, "the file cannot be read from here on");
    for (size_t i = 0; i < DEPTH_MAX; i++)
        kk_arena_close(r->cards[i].arena);
    kk_buffer_close(&r->line);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    kk_slice text = kk_trim(kk_from(p->head, mark_of(p->head)));
    kk_slice begin = KK_S("BEGIN:VCARD");
    if (is_calendar(text))
        return KK_SURE;
    if (!kk_eq_nocase(kk_part(text, 0, begin.len), begin))
        return KK_NO;
    return kk_has_nocase(kk_part(text, 0, 4096), KK_S("\nVERSION:")) ? KK_CERTAIN : KK_SURE;
}

const kk_parser kk_parser_vcard = {
    .name = "vcard",
    .about = "cards of address books: vCard 2.1, 3.0, 4.0; who takes part in calendars",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
