#include "demo/xlsx_writer.h"

#include <zlib.h>

#define SHEETS_MAX 8
#define ENTRIES_MAX (SHEETS_MAX + 6)
#define MAIN_SPACE "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE_SPACE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE_SPACE "http://schemas.openxmlformats.org/package/2006/"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

typedef struct {
    kk_slice name;
    kk_buffer xml;
    uint32_t row, column;
} sheet;

typedef struct {
    const char *name;
    uint32_t crc, packed, size, offset;
} zip_entry;

struct kk_workbook {
    kk_arena *arena;
    sheet sheets[SHEETS_MAX];
    size_t sheet_count;
    kk_buffer strings, zip;
    uint32_t string_count;
    zip_entry entries[ENTRIES_MAX];
    size_t entry_count;
};

kk_workbook *kk_workbook_open(kk_arena *arena)
{
    kk_workbook *book = KK_NEW(arena, kk_workbook);
    book->arena = arena;
    return book;
}

void kk_workbook_sheet(kk_workbook *book, kk_slice name)
{
    if (book->sheet_count < SHEETS_MAX)
        book->sheets[book->sheet_count++].name = kk_copy(book->arena, name);
}

static sheet *current(kk_workbook *book)
{
    return &book->sheets[book->sheet_count - 1];
}

void kk_workbook_row(kk_workbook *book)
{
    sheet *s = current(book);
    if (s->row > 0)
        kk_put(&s->xml, KK_S("</row>"));
    s->column = 0;
    kk_putf(&s->xml, "<row r=\"%u\">", ++s->row);
}

/* The reference of the next cell: A1, AA12. */
static void put_reference(sheet *s)
{
    char letters[4];
    int at = 4;
    uint32_t column = ++s->column;
    while (column > 0 && at > 0) {
        letters[--at] = (char)('A' + (column - 1) % 26);
        column = (column - 1) / 26;
    }
    kk_put_bytes(&s->xml, letters + at, (size_t)(4 - at));
    kk_putf(&s->xml, "%u", s->row);
}

static void put_escaped(kk_buffer *out, kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&')
            kk_put(out, KK_S("&amp;"));
        else if (c == '<')
            kk_put(out, KK_S("&lt;"));
        else if (c == '>')
            kk_put(out, KK_S("&gt;"));
        else
            kk_put_byte(out, c);
    }
}

void kk_workbook_text(kk_workbook *book, kk_slice text)
{
    sheet *s = current(book);
    if (text.len == 0) {
        s->column++;
        return;
    }
    kk_put(&s->xml, KK_S("<c r=\""));
    put_reference(s);
    kk_putf(&s->xml, "\" t=\"s\"><v>%u</v></c>", book->string_count++);
    kk_put(&book->strings, KK_S("<si><t xml:space=\"preserve\">"));
    put_escaped(&book->strings, text);
    kk_put(&book->strings, KK_S("</t></si>"));
}

static void put_plain(kk_workbook *book, int64_t number, const char *style)
{
    sheet *s = current(book);
    kk_put(&s->xml, KK_S("<c r=\""));
    put_reference(s);
    kk_putf(&s->xml, "\"%s><v>%lld</v></c>", style, (long long)number);
}

void kk_workbook_number(kk_workbook *book, int64_t number)
{
    put_plain(book, number, "");
}

/* Excel counts days from 1899-12-30 on. */
void kk_workbook_date(kk_workbook *book, int32_t day)
{
    put_plain(book, (int64_t)day + 25569, " s=\"1\"");
}

static void put_le(kk_buffer *out, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        kk_put_byte(out, (char)(value >> 8 * i));
}

/* What the local header and the central directory have in common; no time but 1980-01-01. */
static void put_zip_fields(kk_buffer *out, const zip_entry *entry)
{
    put_le(out, 20, 2);
    put_le(out, 0, 2);
    put_le(out, 8, 2);
    put_le(out, 0, 2);
    put_le(out, 0x21, 2);
    put_le(out, entry->crc, 4);
    put_le(out, entry->packed, 4);
    put_le(out, entry->size, 4);
    put_le(out, (uint32_t)strlen(entry->name), 2);
    put_le(out, 0, 2);
}

static void add_entry(kk_workbook *book, const char *name, kk_slice bytes)
{
    if (book->entry_count == ENTRIES_MAX)
        return;
    zip_entry *entry = &book->entries[book->entry_count++];
    kk_buffer packed = {0};
    z_stream stream = {0};
    if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t most = deflateBound(&stream, (uLong)bytes.len);
    stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream.avail_in = (uInt)bytes.len;
    stream.next_out = (Bytef *)kk_buffer_room(&packed, most);
    stream.avail_out = (uInt)most;
    (void)deflate(&stream, Z_FINISH);
    packed.len = most - stream.avail_out;
    deflateEnd(&stream);
    *entry = (zip_entry){name, (uint32_t)crc32(0, (const Bytef *)bytes.ptr, (uInt)bytes.len),
                         (uint32_t)packed.len, (uint32_t)bytes.len, (uint32_t)book->zip.len};
    put_le(&book->zip, 0x04034b50, 4);
    put_zip_fields(&book->zip, entry);
    kk_put(&book->zip, kk_cstr(name));
    kk_put(&book->zip, kk_buffer_slice(&packed));
    kk_buffer_close(&packed);
}

static void add_buffer(kk_workbook *book, const char *name, kk_buffer *bytes)
{
    add_entry(book, name, kk_buffer_slice(bytes));
    kk_buffer_close(bytes);
}

static const char *sheet_path(kk_workbook *book, size_t number)
{
    return kk_print(book->arena, "xl/worksheets/sheet%zu.xml", number).ptr;
}

static void add_types(kk_workbook *book)
{
    kk_buffer out = {0};
    kk_put(&out, KK_S(HEAD "<Types xmlns=\"" PACKAGE_SPACE "content-types\">"
                           "<Default Extension=\"rels\" ContentType=\"application/"
                           "vnd.openxmlformats-package.relationships+xml\"/>"
                           "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"));
#define PART(path, type)                                                                           \
    "<Override PartName=\"" path "\" "                                                             \
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml." type "+xml\"/>"
    kk_put(&out, KK_S(PART("/xl/workbook.xml", "sheet.main") PART("/xl/styles.xml", "styles")
                          PART("/xl/sharedStrings.xml", "sharedStrings")));
    for (size_t i = 1; i <= book->sheet_count; i++)
        kk_putf(&out, PART("/%s", "worksheet"), sheet_path(book, i));
    kk_put(&out, KK_S("</Types>"));
    add_buffer(book, "[Content_Types].xml", &out);
}

static void add_workbook(kk_workbook *book)
{
    kk_buffer out = {0}, links = {0};
    kk_put(&out,
           KK_S(HEAD "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" OFFICE_SPACE "\"><sheets>"));
    kk_put(&links, KK_S(HEAD "<Relationships xmlns=\"" PACKAGE_SPACE "relationships\">"));
    for (size_t i = 1; i <= book->sheet_count; i++) {
        kk_put(&out, KK_S("<sheet name=\""));
        put_escaped(&out, book->sheets[i - 1].name);
        kk_putf(&out, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", i, i);
        kk_putf(&links,
                "<Relationship Id=\"rId%zu\" Type=\"" OFFICE_SPACE
                "/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>",
                i, i);
    }
    kk_put(&out, KK_S("</sheets></workbook>"));
    kk_putf(&links,
            "<Relationship Id=\"rId%zu\" Type=\"" OFFICE_SPACE
            "/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId%zu\" Type=\"" OFFICE_SPACE
            "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
            book->sheet_count + 1, book->sheet_count + 2);
    add_buffer(book, "xl/workbook.xml", &out);
    add_buffer(book, "xl/_rels/workbook.xml.rels", &links);
}

static void add_sheets(kk_workbook *book)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        sheet *s = &book->sheets[i];
        kk_buffer out = {0};
        kk_put(&out, KK_S(HEAD "<worksheet xmlns=\"" MAIN_SPACE "\"><sheetData>"));
        kk_put(&out, kk_buffer_slice(&s->xml));
        kk_put(&out, s->row > 0 ? KK_S("</row>") : KK_NONE);
        kk_put(&out, KK_S("</sheetData></worksheet>"));
        kk_buffer_close(&s->xml);
        add_buffer(book, sheet_path(book, i + 1), &out);
    }
    kk_buffer strings = {0};
    kk_putf(&strings, HEAD "<sst xmlns=\"" MAIN_SPACE "\" count=\"%u\" uniqueCount=\"%u\">",
            book->string_count, book->string_count);
    kk_put(&strings, kk_buffer_slice(&book->strings));
    kk_put(&strings, KK_S("</sst>"));
    kk_buffer_close(&book->strings);
    add_buffer(book, "xl/sharedStrings.xml", &strings);
}

kk_slice kk_workbook_finish(kk_workbook *book)
{
    add_types(book);
    add_entry(book, "_rels/.rels",
              KK_S(HEAD "<Relationships xmlns=\"" PACKAGE_SPACE
                        "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE_SPACE
                        "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"));
    add_workbook(book);
    add_entry(book, "xl/styles.xml",
              KK_S(HEAD "<styleSheet xmlns=\"" MAIN_SPACE
                        "\"><fonts count=\"1\"><font><sz val=\"11\"/><name "
                        "val=\"Calibri\"/></font></fonts><fills count=\"1\"><fill><patternFill "
                        "patternType=\"none\"/></fill></fills>"
                        "<borders "
                        "count=\"1\"><border><left/><right/><top/><bottom/></border></"
                        "borders><cellStyleXfs count=\"1\"><xf/>"
                        "</cellStyleXfs><cellXfs count=\"2\"><xf numFmtId=\"0\"/>"
                        "<xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"));
    add_sheets(book);
    uint32_t directory = (uint32_t)book->zip.len;
    for (size_t i = 0; i < book->entry_count; i++) {
        put_le(&book->zip, 0x02014b50, 4);
        put_le(&book->zip, 20, 2);
        put_zip_fields(&book->zip, &book->entries[i]);
        put_le(&book->zip, 0, 4); /* comment length, disk */
        put_le(&book->zip, 0, 2);
        put_le(&book->zip, 0, 4);
        put_le(&book->zip, book->entries[i].offset, 4);
        kk_put(&book->zip, kk_cstr(book->entries[i].name));
    }
    uint32_t size = (uint32_t)book->zip.len - directory;
    put_le(&book->zip, 0x06054b50, 4);
    put_le(&book->zip, 0, 4);
    put_le(&book->zip, (uint32_t)book->entry_count, 2);
    put_le(&book->zip, (uint32_t)book->entry_count, 2);
    put_le(&book->zip, size, 4);
    put_le(&book->zip, directory, 4);
    put_le(&book->zip, 0, 2);
    kk_slice whole = kk_copy(book->arena, kk_buffer_slice(&book->zip));
    kk_buffer_close(&book->zip);
    return whole;
}
