/* PDF. Its pages are read by kakuho-pdf, a helper program under the GPL in a sandbox of its own, because
 * poppler reads them and is GPL; what comes back is plain text with the place of each word
 * (docs/formats/pdf.md), read here as evidence: as far as it holds. The golden cases are such texts. */
#include "base/text.h"
#include "parse/passwords.h"
#include "parse/pdf_page.h"

#include <stdlib.h>

enum {
    TAIL = 4096,         /* bytes at the end in which a whole document has its mark */
    WORDS_MOST = 100000, /* of a page */
    PICTURE = 50,        /* hundredths of a page that a picture covers, without text beside */
    FEW_CHARACTERS = 30,
    NOTES_MOST = 1 << 20, /* bytes of a page's */
    FILES_MOST = 4096,
    SIDE_MOST = 2000000 /* hundredths of a point: PDF allows 14,400 points */
};

#define MAGIC "kakuho-pdf "

typedef struct {
    pdf_document d; /* first */
    kk_stream *in;
    pdf_page page;
    kk_buffer notes;
    uint64_t pages, characters, unclear, pictures, empty, cut_pages;
    uint64_t page_characters, covered;
    uint64_t files;
    bool in_page, whole, locked, broken;
    const kk_settings *settings; /* NULL: no helper speaks */
} reading;

/* ---- Lines ---- */

static bool number(kk_slice *line, int64_t *out)
{
    kk_slice word;
    if (!line->len || !kk_split(line, ' ', &word))
        return false;
    return kk_to_i64(word, out);
}

static bool place(kk_slice *line, pdf_word *w)
{
    int64_t n[4];
    for (size_t i = 0; i < 4; i++)
        if (!number(line, &n[i]) || n[i] < -SIDE_MOST || n[i] > SIDE_MOST)
            return false;
    w->x0 = (int32_t)(n[0] < n[2] ? n[0] : n[2]);
    w->x1 = (int32_t)(n[0] < n[2] ? n[2] : n[0]);
    w->y0 = (int32_t)(n[1] < n[3] ? n[1] : n[3]);
    w->y1 = (int32_t)(n[1] < n[3] ? n[3] : n[1]);
    return true;
}

/* Without the helper's backslashes, in valid UTF-8, hyphens and blanks of PDF's own as everybody's. */
static kk_slice plain(kk_arena *arena, kk_slice text)
{
    kk_buffer out = {0};
    kk_slice valid = kk_utf8_clean(arena, text);
    for (size_t at = 0; at < valid.len;) {
        uint32_t c = kk_next_char(valid, &at);
        if (c == '\\' && at < valid.len) {
            c = kk_next_char(valid, &at);
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if (c == 0x2010 || c == 0x2011)
            c = '-';
        else if (c == 0xa0)
            c = ' ';
        if (c != 0xad && c != 0xfeff && (c >= 0x20 || c == '\n' || c == '\t'))
            kk_put_char(&out, c);
    }
    kk_slice result = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return result;
}

static bool is_wide(uint32_t c)
{
    return c >= 0x2e80 && !(c >= 0xff61 && c <= 0xff9f);
}

/* Characters that mean nothing: of fonts that do not say which their characters are. */
static bool is_unclear(uint32_t c)
{
    return c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
}

static void measure(reading *r, pdf_word *w)
{
    uint64_t halves = 0;
    for (size_t at = 0; at < w->text.len;) {
        uint32_t c = kk_next_char(w->text, &at);
        halves += is_wide(c) ? 2 : 1;
        r->page_characters++;
        r->unclear += is_unclear(c);
    }
    int32_t width = w->x1 - w->x0;
    w->em = w->down ? width : halves ? (int32_t)((uint64_t)width * 2 / halves) : 0;
}

static pdf_word *add_word(reading *r)
{
    pdf_page *page = &r->page;
    if (page->count == WORDS_MOST) {
        r->cut_pages += page->lines != UINT32_MAX;
        page->lines = UINT32_MAX;
        return NULL;
    }
    page->words =
        kk_grow(page->arena, page->words, &page->capacity, page->count + 1, sizeof *page->words);
    pdf_word *w = &page->words[page->count];
    *w = (pdf_word){.line = page->lines};
    return w;
}

/* Fonts of Adobe-Japan1 without a table of their own call the low line U+0332, which stands under the character
 * before it: taro_yamada. */
static kk_slice with_low_lines(kk_arena *arena, kk_slice text)
{
    const kk_slice combining = KK_S("\xcc\xb2");
    if (!kk_has(text, combining))
        return text;
    char *out = KK_NEW_ARRAY(arena, char, text.len);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        bool is = kk_starts(kk_from(text, at), combining);
        out[len++] = is ? '_' : text.ptr[at];
        at += is ? combining.len : 1;
    }
    return (kk_slice){out, len};
}

static void take_word(reading *r, kk_slice line, bool down)
{
    pdf_word *w = r->in_page ? add_word(r) : NULL;
    if (!w || !place(&line, w))
        return;
    w->down = down;
    w->text = with_low_lines(r->page.arena, kk_trim(plain(r->page.arena, line)));
    measure(r, w);
    r->page.count += w->text.len > 0;
}

static void take_field(reading *r, kk_slice line)
{
    pdf_word *w = r->in_page ? add_word(r) : NULL;
    if (!w || !place(&line, w))
        return;
    size_t tab = kk_find_byte(line, '\t');
    w->field = true;
    w->label = kk_trim(plain(r->page.arena, kk_part(line, 0, tab)));
    w->text = tab == KK_NOWHERE ? KK_NONE : kk_trim(plain(r->page.arena, kk_from(line, tab + 1)));
    measure(r, w);
    r->page.count += w->text.len > 0;
    r->page.lines++;
}

static void take_note(reading *r, kk_slice line)
{
    if (!r->in_page || r->notes.len + line.len > NOTES_MOST)
        return;
    kk_slice text = kk_trim(plain(r->page.arena, line));
    if (text.len) {
        kk_put(&r->notes, text);
        kk_put(&r->notes, KK_S("\n\n\n"));
    }
    r->page_characters += text.len;
}

/* ---- Pages ---- */

static int by_size(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The middle one of all words' sizes; each word's is held near it. */
static void settle_sizes(pdf_page *page)
{
    int32_t *sizes = KK_NEW_ARRAY(page->arena, int32_t, page->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++)
        if (!page->words[i].field && page->words[i].em > 0)
            sizes[count++] = page->words[i].em;
    if (count)
        qsort(sizes, count, sizeof *sizes, by_size);
    page->em = count ? sizes[count / 2] : 1000;
    page->em = page->em < 100 ? 100 : page->em;
    for (size_t i = 0; i < page->count; i++) {
        pdf_word *w = &page->words[i];
        if (w->field || w->em < page->em / 2)
            w->em = w->field ? page->em : page->em / 2;
        else if (w->em > page->em * 3)
            w->em = page->em * 3;
    }
}

/* Where much goes down, short pieces do too, though nothing says so. */
static void settle_directions(pdf_page *page)
{
    size_t down = 0;
    for (size_t i = 0; i < page->count; i++)
        down += page->words[i].down;
    for (size_t i = 0; i < page->count && down * 4 > page->count; i++)
        page->words[i].down = page->words[i].down || kk_char_count(page->words[i].text) <= 3;
}

static void begin_page(reading *r, kk_slice line)
{
    int64_t number_of = 0, width = 0, height = 0;
    kk_arena_reset(r->page.arena);
    r->page = (pdf_page){.arena = r->page.arena};
    r->in_page = number(&line, &number_of) && number_of > 0 && number(&line, &width) &&
                 number(&line, &height);
    r->page.number = (uint64_t)number_of;
    r->page.width = width > 0 && width < SIDE_MOST ? (int32_t)width : SIDE_MOST;
    r->page.height = height > 0 && height < SIDE_MOST ? (int32_t)height : SIDE_MOST;
    r->page_characters = r->covered = 0;
    r->notes.len = 0;
}

static void end_page(reading *r)
{
    if (!r->in_page)
        return;
    r->in_page = false;
    r->pages++;
    r->characters += r->page_characters;
    r->pictures += r->covered >= PICTURE && r->page_characters < FEW_CHARACTERS;
    r->empty += r->page_characters == 0;
    settle_sizes(&r->page);
    settle_directions(&r->page);
    if (r->page.number == 1)
        pdf_tell_title(&r->d, &r->page);
    pdf_tell_parties(&r->d, &r->page);
    pdf_tell_tables(&r->d, &r->page);
    pdf_tell_text(&r->d, &r->page);
    if (r->notes.len)
        r->d.sink->passage(r->d.sink, &(kk_passage){.table = KK_S("notes"),
                                                    .text = kk_trim(kk_buffer_slice(&r->notes)),
                                                    .record = r->page.number});
}

/* ---- Files inside ---- */

typedef struct {
    kk_stream *in;
    uint64_t at, end;
} window;

static ptrdiff_t read_window(void *context, void *into, size_t len)
{
    window *w = context;
    uint64_t left = w->end - w->at;
    ptrdiff_t n = w->in->read_at(w->in, w->at, into, left < len ? (size_t)left : len);
    if (left && n <= 0)
        return -1;
    w->at += (uint64_t)n;
    return n;
}

/* The file behind its line; where the next line begins. */
static uint64_t take_file(reading *r, kk_slice line, uint64_t begin)
{
    int64_t size = 0;
    uint64_t room = r->in->size > begin ? r->in->size - begin : 0;
    if (!number(&line, &size) || size < 0 || (uint64_t)size > room || r->files++ >= FILES_MOST)
        return begin;
    window w = {r->in, begin, begin + (uint64_t)size};
    kk_slice name = kk_trim(plain(r->page.arena, line));
    kk_child child = {.name =
                          kk_print(r->page.arena, "file %llu%s%.*s", (unsigned long long)r->files,
                                   name.len ? " " : "", KK_P(kk_part(name, 0, 1024))),
                      .joint = "!/",
                      .size = (uint64_t)size,
                      .modified = KK_NO_TIME,
                      .read = read_window,
                      .context = &w};
    if (size)
        r->d.sink->child(r->d.sink, &child);
    return begin + (uint64_t)size + 1;
}

/* ---- The whole ---- */

/* How many passwords were tried, of how many. */
static void take_locked(reading *r, kk_slice rest)
{
    kk_sink *sink = r->d.sink;
    int64_t tried = 0, given = 0;
    r->locked = r->whole = true;
    kk_report(sink, KK_ISSUE_PASSWORD, 0, "the document is encrypted with a password");
    if (number(&rest, &tried) && number(&rest, &given) && given > tried && tried > 0)
        kk_report(sink, KK_ISSUE_LIMIT, 0,
                  "only the first %lld of %lld passwords were tried: each takes long",
                  (long long)tried, (long long)given);
}

/* Which of the list that the helper was given. */
static void take_opened(const reading *r, kk_slice rest)
{
    int64_t at = 0;
    if (!r->settings || !number(&rest, &at))
        return;
    kk_arena *own = kk_arena_open();
    kk_password_list list = kk_password_list_for(own, r->settings);
    if (at > 0 && (uint64_t)at <= list.count)
        kk_password_opened(r->d.sink, list.at[at - 1].line);
    kk_arena_close(own);
}

static void take_sum(reading *r, kk_slice kind, kk_slice rest)
{
    kk_sink *sink = r->d.sink;
    int64_t count = 1;
    if (kk_is(kind, "limit")) {
        kk_report(sink, KK_ISSUE_LIMIT, 0,
                  "the document is larger than is read: beyond a limit of %s",
                  kk_is(rest, "pages")        ? "pages"
                  : kk_is(rest, "files")      ? "files inside"
                  : kk_is(rest, "characters") ? "characters of a page"
                                              : "text");
    } else if (kk_is(kind, "holes") && number(&rest, &count) && count > 0) {
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, (uint64_t)count,
                                      KK_S("parts of the document are damaged")});
    } else if (kk_is(kind, "unmapped") && number(&rest, &count) && count > 0) {
        sink->issue(sink,
                    &(kk_issue){KK_ISSUE_FORMAT, 0, (uint64_t)count,
                                KK_S("characters of a set without a table could not be told")});
    } else if (kk_is(kind, "locked")) {
        take_locked(r, rest);
    } else if (kk_is(kind, "opened")) {
        take_opened(r, rest);
    } else if (kk_is(kind, "broken")) {
        r->broken = r->whole = true;
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "no document can be made out of it");
    }
}

static void take_line(reading *r, kk_slice line)
{
    kk_slice kind, rest = line;
    if (!kk_split(&rest, ' ', &kind))
        return;
    if (kk_is(kind, "w") || kk_is(kind, "v")) {
        take_word(r, rest, kind.ptr[0] == 'v');
    } else if (kk_is(kind, "n")) {
        r->page.lines += r->page.lines != UINT32_MAX;
    } else if (kk_is(kind, "page")) {
        begin_page(r, rest);
    } else if (kk_is(kind, "field")) {
        take_field(r, rest);
    } else if (kk_is(kind, "note")) {
        take_note(r, rest);
    } else if (kk_is(kind, "picture")) {
        int64_t covered = 0;
        r->covered = number(&rest, &covered) && covered > 0 ? (uint64_t)covered : 0;
    } else if (kk_is(kind, "end")) {
        if (kk_is(rest, "page"))
            end_page(r);
        r->whole = r->whole || kk_is(rest, "document");
    } else {
        take_sum(r, kind, rest);
    }
}

/* A reader that begins again behind each file inside, in memory of its own. */
static void read_text(reading *r)
{
    uint64_t from = 0;
    bool more = true;
    while (more && !r->d.sink->stopped) {
        kk_arena *own = kk_arena_open();
        kk_reader reader = kk_reader_open(own, r->in, from, UINT64_MAX);
        kk_slice line;
        uint64_t offset;
        bool cut;
        more = false;
        while (!r->d.sink->stopped && !more && kk_reader_line(&reader, &line, &offset, &cut)) {
            more = kk_starts(line, KK_S("file "));
            if (more)
                from = take_file(r, kk_from(line, 5), offset + line.len + 1);
            else
                take_line(r, line);
        }
        kk_arena_close(own);
    }
}

static void report_pages(reading *r)
{
    kk_sink *sink = r->d.sink;
    if (r->locked || r->broken || sink->stopped)
        return;
    if (r->pictures)
        sink->issue(sink, &(kk_issue){KK_ISSUE_FORMAT, 0, r->pictures,
                                      KK_S("pages are pictures without text: not read")});
    else if (r->whole && !r->pages)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "no page of the document can be found");
    else if (r->whole && r->empty == r->pages)
        kk_report(sink, KK_ISSUE_FORMAT, 0, "no page has text: what it shows was not read");
    if (r->unclear * 10 > r->characters)
        sink->issue(sink, &(kk_issue){KK_ISSUE_FORMAT, 0, r->unclear,
                                      KK_S("characters do not say which they are")});
    if (r->cut_pages)
        sink->issue(sink,
                    &(kk_issue){KK_ISSUE_LIMIT, 0, r->cut_pages,
                                KK_S("pages have more than 100,000 words: the rest was not read")});
}

static void read_pages(kk_sink *sink, const kk_settings *settings, kk_stream *text,
                       const char *died, bool by_helper)
{
    const kk_services *services = settings->services;
    kk_arena *arena = kk_arena_open();
    reading r = {
        .d = {.sink = sink, .services = services, .arena = arena, .scratch = kk_arena_open()},
        .in = text,
        .settings = by_helper ? settings : NULL,
        .page = {.arena = kk_arena_open()}};
    read_text(&r);
    end_page(&r); /* as far as it came */
    if (!r.whole && !sink->stopped)
        kk_report(sink, died ? KK_ISSUE_CRASHED : KK_ISSUE_TRUNCATED, 0, "%s behind page %llu",
                  died ? died : "its text ends", (unsigned long long)r.pages);
    report_pages(&r);
    kk_buffer_close(&r.notes);
    kk_arena_close(r.page.arena);
    kk_arena_close(r.d.scratch);
    kk_arena_close(arena);
}

/* A document that was cut off has no mark at its end; zeros and line ends behind it are nobody's. */
static bool has_end(kk_stream *in)
{
    char bytes[TAIL];
    uint64_t end = in->size;
    for (size_t n = TAIL; end && n == TAIL;) {
        uint64_t from = end > TAIL ? end - TAIL : 0;
        n = kk_read(in, from, bytes, (size_t)(end - from));
        size_t len = n;
        while (len && (bytes[len - 1] == 0 || bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
            len--;
        if (len)
            return kk_has((kk_slice){bytes, len}, KK_S("%%EOF"));
        end = from;
    }
    return false;
}

static void read_pdf(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    static const char *const ends[] = {[KK_CONVERT_DONE] = NULL,
                                       [KK_CONVERT_DIED] = "the helper that reads PDF died",
                                       [KK_CONVERT_SLOW] =
                                           "the helper that reads PDF took too long",
                                       [KK_CONVERT_NONE] = NULL};
    const kk_services *services = settings->services;
    kk_convert_end end = KK_CONVERT_NONE;
    kk_stream *text =
        services && services->convert ? services->convert(services->context, in, &end) : NULL;
    if (!text) {
        kk_report(sink, KK_ISSUE_FORMAT, 0, "the helper that reads PDF is not there: not read");
        return;
    }
    read_pages(sink, settings, text, ends[end], true);
    if (!has_end(in) && !sink->stopped)
        kk_report(sink, KK_ISSUE_TRUNCATED, in->size, "the document is cut off");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char head[sizeof MAGIC - 1];
    if (kk_read(in, 0, head, sizeof head) == sizeof head && memcmp(head, MAGIC, sizeof head) == 0)
        read_pages(sink, settings, in, NULL, false);
    else
        read_pdf(in, settings, sink);
}

static kk_score probe(const kk_probe *p)
{
    if (kk_starts(p->head, KK_S(MAGIC)))
        return KK_SURE;
    size_t at = kk_find(kk_part(p->head, 0, 1024), KK_S("%PDF-"));
    return at == 0 ? KK_CERTAIN : at != KK_NOWHERE ? KK_LIKELY : KK_NO;
}

const kk_parser kk_parser_pdf = {
    .name = "pdf",
    .about = "PDF documents: text, tables, forms, notes, files inside",
    .version = 11,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
