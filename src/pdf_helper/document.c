/* A document, page by page: words and their places, what stands in its form, notes, files in it. */
#include "pdf_helper/kakuho_pdf.h"

#include <poppler.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGES_MOST = 20000,
    PAGES_MISSED_MOST = 1000,  /* a list of pages that names nothing */
    CHARACTERS_MOST = 4000000, /* of a page */
    FIELDS_MOST = 20000,       /* of a page, and notes */
    FILES_MOST = 1000,
    NAME_MOST = 1024,    /* bytes of a name */
    TEXT_MOST = 65536,   /* bytes of a value or note */
    FEW_CHARACTERS = 30, /* a page with so few may be a picture */
    COMPLAINTS_MOST = 1 << 20,
    TRIED_MOST = 1000, /* passwords */
    LIST_MOST = 8 << 20
};

typedef struct {
    PopplerDocument *pdf;
    FILE *out;
    int errors;
    unsigned long files, holes, unmapped;
    bool full;
} document;

/* ---- Writing ---- */

static long hundredths(double points)
{
    return points > 1e6    ? 100000000
           : points < -1e6 ? -100000000
                           : (long)(points * 100 + (points < 0 ? -0.5 : 0.5));
}

/* What is left of the room for the result. */
static long room(const document *d)
{
    return (long)RESULT_MOST_MB * (1 << 20) - ftell(d->out);
}

/* Text as one line: line ends, tabs and backslashes get a backslash, other control characters go. */
static void put_text(document *d, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\\')
            fputs("\\\\", d->out);
        else if (c == '\n' || (c == '\r' && text[i + 1] != '\n'))
            fputs("\\n", d->out);
        else if (c == '\t')
            fputs("\\t", d->out);
        else if (c >= 0x20 && c != 0x7f)
            fputc(c, d->out);
    }
}

static void put_value(document *d, const char *text, size_t most)
{
    size_t len = text ? strnlen(text, most + 1) : 0;
    if (len > most) {
        len = most;
        while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    if (len)
        put_text(d, text, len);
}

static void put_place(document *d, const char *word, const PopplerRectangle *r)
{
    fprintf(d->out, "%s %ld %ld %ld %ld ", word, hundredths(r->x1), hundredths(r->y1),
            hundredths(r->x2), hundredths(r->y2));
}

/* ---- Words ---- */

typedef struct {
    const char *text;
    const PopplerRectangle *places;
    guint count; /* characters with a place */
    bool turned; /* the page was, so that its text goes along it */
} page_text;

static void widen(PopplerRectangle *whole, const PopplerRectangle *more)
{
    whole->x1 = whole->x1 < more->x1 ? whole->x1 : more->x1;
    whole->y1 = whole->y1 < more->y1 ? whole->y1 : more->y1;
    whole->x2 = whole->x2 > more->x2 ? whole->x2 : more->x2;
    whole->y2 = whole->y2 > more->y2 ? whole->y2 : more->y2;
}

/* Whether characters go down the page rather than along it. */
static bool goes_down(const PopplerRectangle *places, guint from, guint to)
{
    unsigned down = 0, along = 0;
    for (guint i = from + 1; i < to; i++) {
        double dx = places[i].x1 - places[i - 1].x1, dy = places[i].y1 - places[i - 1].y1;
        bool is_down = (dy < 0 ? -dy : dy) > (dx < 0 ? -dx : dx);
        down += is_down;
        along += !is_down;
    }
    return down > along;
}

static void put_word(document *d, const page_text *t, const char *text, size_t len, guint from,
                     guint to, bool down)
{
    PopplerRectangle place = t->places[from];
    for (guint i = from + 1; i < to; i++)
        widen(&place, &t->places[i]);
    if (to - from > 1)
        down = !t->turned && goes_down(t->places, from, to);
    put_place(d, down ? "v" : "w", &place);
    put_text(d, text, len);
    fputc('\n', d->out);
}

static const char *end_of_line(const char *text, guint *count)
{
    for (*count = 0; *text && *text != '\n'; text = g_utf8_next_char(text))
        ++*count;
    return text;
}

/* Characters of one word of the library that are nowhere near each other: cells of a table that were
 * written one after the other. */
static bool is_apart(const PopplerRectangle *before, const PopplerRectangle *next, bool down)
{
    double before_width = before->x2 - before->x1, next_width = next->x2 - next->x1;
    double step = next->x1 - before->x2, aside = next->y1 - before->y1;
    if (down) {
        before_width = before->y2 - before->y1;
        next_width = next->y2 - next->y1;
        step = next->y1 - before->y2;
        aside = next->x1 - before->x1;
    }
    double width = before_width > next_width ? before_width : next_width;
    return step > width / 2 || step < -2 * width || aside > width || aside < -width;
}

static void put_line(document *d, const page_text *t, const char *text, const char *end,
                     guint first, guint count)
{
    bool down = !t->turned && goes_down(t->places, first, first + count);
    const char *word = text;
    guint at = first, from = first;
    for (const char *c = text; c <= end; c = g_utf8_next_char(c), at++) {
        bool is_end = c == end || *c == ' ';
        bool apart = !is_end && at > from && is_apart(&t->places[at - 1], &t->places[at], down);
        if (!is_end && !apart)
            continue;
        if (c > word)
            put_word(d, t, word, (size_t)(c - word), from, at, down);
        word = c + is_end;
        from = at + is_end;
        if (c == end)
            break;
    }
    fputs("n\n", d->out);
}

static void put_words(document *d, const page_text *t)
{
    guint at = 0, count;
    for (const char *line = t->text; *line && room(d) > (1 << 20); line++) {
        const char *end = end_of_line(line, &count);
        if (at + count > t->count)
            break;
        if (count)
            put_line(d, t, line, end, at, count);
        at += count + 1;
        line = end;
        if (!*line)
            break;
    }
    d->full = d->full || room(d) <= (1 << 20);
}

/* ---- Pages whose text stands on its side ---- */

/* Whether most characters follow each other up the page: a page that a printer driver turned, whose text nobody writes so.
 * Down the page text is written in Japan. */
static bool goes_up(const page_text *t)
{
    enum { STEPS_MIN = 20 };
    unsigned up = 0, others = 0;
    guint at = 0;
    for (const char *c = t->text; *c && at + 1 < t->count; c = g_utf8_next_char(c), at++) {
        const char *next = g_utf8_next_char(c);
        if (*c == '\n' || *c == ' ' || !*next || *next == '\n' || *next == ' ')
            continue;
        const PopplerRectangle *one = &t->places[at], *other = &t->places[at + 1];
        double dx = other->x1 - one->x1, dy = other->y1 - one->y1;
        double width = one->x2 - one->x1, step = -dy;
        bool is_up =
            dx < width / 4 && dx > -width / 4 && step > 0 && step < 2 * (one->y2 - one->y1);
        up += is_up;
        others += !is_up;
    }
    return up >= STEPS_MIN && up > 2 * others;
}

/* As if the page had been turned by a quarter to the right. */
static void turn(PopplerRectangle *places, guint count, double height)
{
    for (guint i = 0; i < count; i++) {
        PopplerRectangle was = places[i];
        places[i] = (PopplerRectangle){height - was.y2, was.x1, height - was.y1, was.x2};
    }
}

/* How much of the page is pictures, in hundredths. */
static long covered(PopplerPage *page)
{
    double width, height, area = 0;
    poppler_page_get_size(page, &width, &height);
    GList *images = poppler_page_get_image_mapping(page);
    for (GList *l = images; l; l = l->next) {
        const PopplerRectangle *r = &((PopplerImageMapping *)l->data)->area;
        double w = r->x2 - r->x1, h = r->y2 - r->y1;
        area += w > 0 && h > 0 ? w * h : 0;
    }
    poppler_page_free_image_mapping(images);
    area = width > 0 && height > 0 ? area * 100 / (width * height) : 0;
    return area > 100 ? 100 : (long)area;
}

/* The page's own line, and its words. */
static void put_page_text(document *d, PopplerPage *page, int number)
{
    PopplerRectangle *places = NULL;
    guint count = 0;
    double width = 0, height = 0;
    char *text = poppler_page_get_text(page);
    long characters = text ? g_utf8_strlen(text, -1) : 0;
    bool known = characters && characters <= CHARACTERS_MOST &&
                 poppler_page_get_text_layout(page, &places, &count);
    page_text t = {text, places, count, false};
    poppler_page_get_size(page, &width, &height);
    t.turned = known && goes_up(&t);
    if (t.turned)
        turn(places, count, height);
    fprintf(d->out, "page %d %ld %ld\n", number, hundredths(t.turned ? height : width),
            hundredths(t.turned ? width : height));
    if (characters > CHARACTERS_MOST)
        fputs("limit characters\n", d->out);
    if (known)
        put_words(d, &t);
    g_free(places);
    if (characters < FEW_CHARACTERS) {
        long hundredth = covered(page);
        if (hundredth)
            fprintf(d->out, "picture %ld\n", hundredth);
    }
    g_free(text);
}

/* ---- Forms, notes, files ---- */

static char *field_value(PopplerFormField *field)
{
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        if (poppler_form_field_text_is_password(field))
            return NULL;
        return poppler_form_field_text_get_text(field);
    case POPPLER_FORM_FIELD_CHOICE: {
        char *own = poppler_form_field_choice_get_text(field);
        int items = poppler_form_field_choice_get_n_items(field);
        for (int i = 0; !own && i < items && i < FIELDS_MOST; i++)
            if (poppler_form_field_choice_is_item_selected(field, i))
                own = poppler_form_field_choice_get_item(field, i);
        return own;
    }
    default:
        return NULL;
    }
}

static void put_fields(document *d, PopplerPage *page)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    GList *fields = poppler_page_get_form_field_mapping(page);
    int left = FIELDS_MOST;
    for (GList *l = fields; l && left-- && room(d) > (1 << 20); l = l->next) {
        PopplerFormFieldMapping *m = l->data;
        char *value = field_value(m->field);
        char *name = poppler_form_field_get_alternate_ui_name(m->field);
        if (!name)
            name = poppler_form_field_get_partial_name(m->field);
        PopplerRectangle place = {m->area.x1, height - m->area.y2, m->area.x2, height - m->area.y1};
        if (value && *value) {
            put_place(d, "field", &place);
            put_value(d, name, NAME_MOST);
            fputc('\t', d->out);
            put_value(d, value, TEXT_MOST);
            fputc('\n', d->out);
        }
        g_free(value);
        g_free(name);
    }
    poppler_page_free_form_field_mapping(fields);
}

static gboolean keep_bytes(const gchar *bytes, gsize count, gpointer context, GError **error)
{
    document *d = context;
    (void)error;
    if (room(d) < (long)count + (1 << 20)) {
        d->full = true;
        return FALSE;
    }
    return fwrite(bytes, 1, count, d->out) == count;
}

/* Its size is known when it was read: the line is written again then. */
static void put_file(document *d, PopplerAttachment *file)
{
    GError *error = NULL;
    const char *name = poppler_attachment_get_name(file);
    if (d->files++ >= FILES_MOST || room(d) < (1 << 20))
        return;
    long at = ftell(d->out);
    fprintf(d->out, "file %012ld ", 0L);
    put_value(d, name, NAME_MOST);
    fputc('\n', d->out);
    long begin = ftell(d->out);
    if (!poppler_attachment_save_to_callback(file, keep_bytes, d, &error)) {
        d->holes++;
        g_clear_error(&error);
    }
    long end = ftell(d->out);
    fputc('\n', d->out);
    if (fseek(d->out, at, SEEK_SET) == 0) {
        fprintf(d->out, "file %012ld ", end - begin);
        fseek(d->out, 0, SEEK_END);
    }
}

static void put_note(document *d, PopplerAnnot *note)
{
    PopplerAnnotType type = poppler_annot_get_annot_type(note);
    if (type == POPPLER_ANNOT_POPUP || type == POPPLER_ANNOT_WIDGET || type == POPPLER_ANNOT_LINK)
        return;
    char *text = poppler_annot_get_contents(note);
    if (text && *text) {
        fputs("note ", d->out);
        put_value(d, text, TEXT_MOST);
        fputc('\n', d->out);
    }
    g_free(text);
}

/* The notes of a page, or the files that are pinned to it. */
static void put_annotations(document *d, PopplerPage *page, bool files)
{
    GList *notes = poppler_page_get_annot_mapping(page);
    int left = FIELDS_MOST;
    for (GList *l = notes; l && left-- && room(d) > (1 << 20); l = l->next) {
        PopplerAnnot *note = ((PopplerAnnotMapping *)l->data)->annot;
        if (!files) {
            put_note(d, note);
        } else if (POPPLER_IS_ANNOT_FILE_ATTACHMENT(note)) {
            PopplerAttachment *file =
                poppler_annot_file_attachment_get_attachment(POPPLER_ANNOT_FILE_ATTACHMENT(note));
            if (file) {
                put_file(d, file);
                g_object_unref(file);
            }
        }
    }
    poppler_page_free_annot_mapping(notes);
}

static void put_files(document *d)
{
    GList *files = poppler_document_get_attachments(d->pdf);
    for (GList *l = files; l; l = l->next) {
        put_file(d, l->data);
        g_object_unref(l->data);
    }
    g_list_free(files);
}

/* ---- What went wrong ---- */

static bool holds(const char *line, const char *const *signs)
{
    for (; *signs; signs++)
        if (strstr(line, *signs))
            return true;
    return false;
}

/* What the library complained of so far: bytes that are lost, and characters that it cannot tell. */
static void count_complaints(document *d)
{
    static const char *const lost[] = {"flate stream",
                                       "Unexpected end of file",
                                       "End of file inside",
                                       "DCT",
                                       "LZW",
                                       "Couldn't read",
                                       "Unterminated",
                                       "catalog",
                                       "Bad 'Contents'",
                                       "Unknown filter",
                                       "object stream",
                                       "Weird page",
                                       "Dictionary key must be",
                                       NULL};
    static const char *const unmapped[] = {"Missing language pack", "Unknown character collection",
                                           "Couldn't find a font", "CMap", NULL};
    char block[4097];
    ssize_t n;
    struct stat status;
    if (fstat(d->errors, &status) != 0 || !status.st_size)
        return;
    for (off_t at = 0;
         at < COMPLAINTS_MOST && (n = pread(d->errors, block, sizeof block - 1, at)) > 0; at += n) {
        block[n] = '\0';
        for (char *line = block, *end; *line; line = end + (*end != '\0')) {
            end = line + strcspn(line, "\n");
            char after = *end;
            *end = '\0';
            d->holes += holds(line, lost);
            d->unmapped += holds(line, unmapped);
            *end = after;
        }
    }
    if (ftruncate(d->errors, 0) == 0)
        lseek(d->errors, 0, SEEK_SET);
}

/* ---- The document ---- */

static void put_pages(document *d, bool files)
{
    int pages = poppler_document_get_n_pages(d->pdf), missed = 0;
    for (int i = 0; i < pages && i < PAGES_MOST && missed < PAGES_MISSED_MOST && !d->full; i++) {
        PopplerPage *page = poppler_document_get_page(d->pdf, i);
        if (!page) {
            missed++;
            continue;
        }
        if (files) {
            put_annotations(d, page, true);
        } else {
            put_page_text(d, page, i + 1);
            put_fields(d, page);
            put_annotations(d, page, false);
            fputs("end page\n", d->out);
            count_complaints(d);
            fflush(d->out); /* what comes next may be the end of this process */
        }
        g_object_unref(page);
    }
    if (!files) {
        d->holes += (unsigned)missed;
        if (pages > PAGES_MOST)
            fputs("limit pages\n", d->out);
    }
}

static void put_end(document *d)
{
    count_complaints(d);
    if (d->full)
        fputs("limit text\n", d->out);
    if (d->files > FILES_MOST)
        fputs("limit files\n", d->out);
    if (d->holes)
        fprintf(d->out, "holes %lu\n", d->holes);
    if (d->unmapped)
        fprintf(d->out, "unmapped %lu\n", d->unmapped);
    fputs("end document\n", d->out);
}

/* The library closes what it is given. */
static PopplerDocument *open_document(int fd, const char *password, bool *locked)
{
    GError *error = NULL;
    int own = dup(fd);
    PopplerDocument *pdf = own >= 0 ? poppler_document_new_from_fd(own, password, &error) : NULL;
    *locked = !pdf && g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
    g_clear_error(&error);
    return pdf;
}

/* The library takes UTF-8 and makes Latin-1 of it, in which Japanese is lost. So it gets text of which that makes
 * the very bytes. As Latin-1 a password of other letters than ASCII is tried too. */
static PopplerDocument *try_password(int fd, const char *bytes, size_t len)
{
    bool locked = false, ascii = true;
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < len; i++) {
        ascii = ascii && (unsigned char)bytes[i] < 0x80;
        g_string_append_unichar(text, (unsigned char)bytes[i]);
    }
    PopplerDocument *pdf = open_document(fd, text->str, &locked);
    if (!pdf && !ascii && g_utf8_validate(bytes, (gssize)len, NULL)) {
        g_string_truncate(text, 0);
        g_string_append_len(text, bytes, (gssize)len);
        pdf = open_document(fd, text->str, &locked);
    }
    g_string_free(text, TRUE);
    return pdf;
}

/* Opens it by what is given, one after the other. Counted and not timed, so that each run tries the same. */
static void unlock(document *d, int fd, passwords given)
{
    unsigned long tried = 0, left = 0;
    size_t most = given.file < 0 || given.size > LIST_MOST ? 0 : given.size;
    char *lines = g_malloc(most + 1);
    ssize_t got = most ? pread(given.file, lines, most, 0) : 0;
    const char *end = lines + (got > 0 ? got : 0);
    for (const char *line = lines, *next; !d->pdf && line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            break;
        if (tried == TRIED_MOST) {
            left++;
            continue;
        }
        d->pdf = try_password(fd, line, (size_t)(next - line));
        tried++;
    }
    g_free(lines);
    if (!d->pdf)
        fprintf(d->out, "locked %lu %lu\n", tried, tried + left);
    else
        fprintf(d->out, "opened %lu\n", tried);
    if (d->pdf && ftruncate(d->errors, 0) == 0) /* complaints about wrong ones */
        lseek(d->errors, 0, SEEK_SET);
}

bool document_read(int fd, int result, int errors, passwords given)
{
    bool locked = false;
    document d = {.out = fdopen(result, "w"), .errors = errors};
    if (!d.out)
        return false;
    fputs("kakuho-pdf 1\n", d.out);
    fflush(d.out);
    d.pdf = open_document(fd, NULL, &locked);
    if (locked)
        unlock(&d, fd, given);
    else if (!d.pdf)
        fputs("broken\n", d.out);
    if (d.pdf) {
        put_pages(&d, false);
        put_files(&d);
        put_pages(&d, true);
        put_end(&d);
    }
    return fflush(d.out) == 0;
}

/* ---- Warming ---- */

/* A document of one empty page with Japanese fonts, so that their tables are read before it begins. */
static GString *small_document(void)
{
    static const char *const maps[] = {"90ms-RKSJ-H", "UniJIS-UTF16-H", "Identity-H"};
    GString *pdf = g_string_new("%PDF-1.4\n");
    size_t places[8], count = 0;
    GString *fonts = g_string_new(NULL), *show = g_string_new(NULL);
    for (int i = 0; i < 3; i++) {
        g_string_append_printf(
            fonts,
            "/F%d<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/%s/DescendantFonts"
            "[<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</"
            "Registry(Adobe)"
            "/Ordering(Japan1)/Supplement 6>>>>]>>",
            i, maps[i]);
        g_string_append_printf(show, "BT /F%d 9 Tf 9 9 Td <8140> Tj ET\n", i);
    }
    char *objects[] = {
        g_strdup("<</Type/Catalog/Pages 2 0 R>>"), g_strdup("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        g_strdup_printf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 "
                        "R/Resources<</Font<<%s>>>>>>",
                        fonts->str),
        g_strdup_printf("<</Length %zu>>stream\n%s\nendstream", show->len, show->str)};
    for (; count < sizeof objects / sizeof *objects; count++) {
        places[count] = pdf->len;
        g_string_append_printf(pdf, "%zu 0 obj\n%s\nendobj\n", count + 1, objects[count]);
        g_free(objects[count]);
    }
    size_t table = pdf->len;
    g_string_append_printf(pdf, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(pdf, "%010zu 00000 n \n", places[i]);
    g_string_append_printf(pdf, "trailer\n<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
                           count + 1, table);
    g_string_free(fonts, TRUE);
    g_string_free(show, TRUE);
    return pdf;
}

void warm_up(void)
{
    /* Converters are programs' parts that are loaded when first used: never given back, they stay. */
    static const char *const charsets[] = {"UTF-16BE", "UTF-16LE", "UTF-16", "ISO-8859-1"};
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        (void)g_iconv_open("UTF-8", charsets[i]);
    GString *text = small_document();
    GBytes *bytes = g_string_free_to_bytes(text);
    /* never closed: the library forgets its tables with the last document */
    PopplerDocument *pdf = poppler_document_new_from_bytes(bytes, NULL, NULL);
    PopplerPage *page = pdf ? poppler_document_get_page(pdf, 0) : NULL;
    if (page)
        g_free(poppler_page_get_text(page));
}
