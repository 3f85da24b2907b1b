/* A document as one HTML file: no scripts, nothing loaded from elsewhere, fit to be printed. The id
 * of a claim is in data-claim, its standing in data-standing; where ids show, a superscript has the
 * first digits and leads to the appendix, where the document has one. */
#include "report/document.h"

#define SHORT_CELL 24 /* bytes: eight Japanese letters */
#define WIDE_TABLE 6  /* columns */

static const char style[] =
    ":root{color-scheme:light}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:52rem;background:#fff;color:#1d2126;"
    "font:16px/1.85 \"Hiragino Kaku Gothic ProN\",\"Hiragino Sans\",\"Yu Gothic UI\",\"Yu Gothic\","
    "\"Noto Sans CJK JP\",\"Noto Sans JP\",\"BIZ UDPGothic\",Meiryo,\"Helvetica Neue\",Arial,"
    "sans-serif;line-break:strict;overflow-wrap:break-word}"
    "html[lang=en] body{line-height:1.6}"
    "header{border-bottom:3px solid #1d2126;margin-bottom:2rem;padding-bottom:1rem}"
    "h1{font-size:1.6rem;line-height:1.45;margin:0 0 .6rem;text-wrap:balance}"
    "header p{margin:0;color:#4a525c;white-space:pre-line}"
    "h2{font-size:1.2rem;line-height:1.5;margin:2.4rem 0 .8rem;padding-bottom:.25rem;"
    "border-bottom:1px solid #c4cad1}"
    "h3{font-size:1.03rem;margin:1.6rem 0 .5rem}"
    "h2 .n,h3 .n{margin-right:.6em;font-variant-numeric:tabular-nums}"
    "p{margin:.6rem 0}ul{margin:.6rem 0;padding-left:1.4rem}li{margin:.25rem 0}"
    ".note{margin:.8rem 0;padding:.5rem .9rem;border-left:4px solid #8a94a0;background:#f4f6f8}"
    ".by{color:#5a626c;font-size:.85em;margin-left:.35em}"
    "sup{font-size:.62em;line-height:0;margin-left:.15em}sup a,sup{color:#6b7580;"
    "text-decoration:none}"
    "table{border-collapse:collapse;width:100%;margin:.8rem 0 1.2rem;font-size:.92rem;"
    "line-height:1.6}"
    "caption{text-align:left;font-weight:600;padding:.2rem 0 .4rem}"
    "th,td{border:1px solid #c4cad1;padding:.4rem .6rem;text-align:left;vertical-align:top}"
    "thead th{background:#eef1f4}tbody th{background:#f7f8fa;font-weight:600;width:26%}"
    "thead th{min-width:5em}thead .k{min-width:0}"
    ".r{text-align:right;font-variant-numeric:tabular-nums}td.r{white-space:nowrap}"
    ".k{white-space:nowrap}"
    ".wide{font-size:.8rem;line-height:1.5}.wide th,.wide td{padding:.3rem .45rem}"
    ".wide .by{display:inline-block}"
    "@media(min-width:72rem){.wide{width:66rem;margin-left:calc((100% - 66rem)/2)}}"
    "@media(max-width:60rem){table{display:block;overflow-x:auto}}"
    "footer{margin-top:3rem;padding-top:.6rem;border-top:1px solid #c4cad1;color:#6b7580;"
    "font-size:.78rem}"
    "@page{size:A4;margin:20mm 18mm}"
    "@media print{body{padding:0;max-width:none;font-size:10.5pt;line-height:1.65}"
    "table{font-size:9.5pt;line-height:1.5}.wide{width:100%;margin-left:0;font-size:8pt}.wide "
    "th,.wide td{padding:.2rem .3rem}"
    "table{display:table;overflow:visible}p,li{orphans:2;widows:2}.note{break-inside:avoid}"
    "h2,h3,caption{break-after:avoid}tr,li{break-inside:avoid}thead{display:table-header-group}"
    "a{color:inherit}}";

static void put_text(kk_buffer *out, kk_slice text)
{
    kk_buffer plain = {0};
    kk_doc_plain(&plain, text);
    for (size_t i = 0; i < plain.len; i++) {
        switch (plain.ptr[i]) {
        case '&':
            kk_put(out, KK_S("&amp;"));
            break;
        case '<':
            kk_put(out, KK_S("&lt;"));
            break;
        case '>':
            kk_put(out, KK_S("&gt;"));
            break;
        case '"':
            kk_put(out, KK_S("&quot;"));
            break;
        default:
            kk_put_byte(out, plain.ptr[i]);
        }
    }
    kk_buffer_close(&plain);
}

static void put_superscript(const kk_document *d, kk_buffer *out, kk_slice claim)
{
    kk_put(out, KK_S("<sup title=\""));
    put_text(out, claim);
    kk_put(out, KK_S("\">"));
    if (d->has_appendix) {
        kk_put(out, KK_S("<a href=\"#"));
        put_text(out, claim);
        kk_put(out, KK_S("\">"));
    }
    put_text(out, kk_part(claim, 0, 7));
    kk_put(out, d->has_appendix ? KK_S("</a></sup>") : KK_S("</sup>"));
}

static void put_run(const kk_document *d, kk_buffer *out, const kk_run *run)
{
    if (!run->claim.len) {
        put_text(out, run->text);
    } else {
        kk_put(out, KK_S("<span data-claim=\""));
        put_text(out, run->claim);
        kk_put(out, KK_S("\" data-standing=\""));
        put_text(out, run->standing);
        kk_put(out, KK_S("\">"));
        put_text(out, run->text);
        kk_put(out, KK_S("</span>"));
    }
    if (run->note.len) {
        kk_put(out, KK_S("<span class=\"by\">"));
        put_text(out, run->note);
        kk_put(out, KK_S("</span>"));
    }
    if (run->claim.len && d->cites == KK_CITES_SHOWN)
        put_superscript(d, out, run->claim);
    if (!d->japanese)
        kk_put_byte(out, ' ');
}

static void put_runs(const kk_document *d, kk_buffer *out, const kk_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        put_run(d, out, &runs->items[i]);
}

static void put_heading(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    int level = block->level + 1;
    kk_putf(out, "<h%d>", level);
    if (block->number.len) {
        kk_put(out, KK_S("<span class=\"n\">"));
        put_text(out, block->number);
        kk_putf(out, "%s</span>", block->level == 1 ? "." : "");
    }
    put_runs(d, out, &block->runs);
    kk_putf(out, "</h%d>\n", level);
}

static void put_list(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    kk_put(out, KK_S("<ul>\n"));
    for (size_t i = 0; i < block->cell_count; i++) {
        kk_put(out, KK_S("<li>"));
        put_runs(d, out, &block->cells[i]);
        kk_put(out, KK_S("</li>\n"));
    }
    kk_put(out, KK_S("</ul>\n"));
}

/* In the appendix of claims a row is what the superscripts lead to: its first cell is the id. */
static void put_row_start(const kk_document *d, kk_buffer *out, const kk_runs *first)
{
    bool anchor = d->has_appendix && first->count == 1 && first->items[0].standing.len &&
                  !first->items[0].claim.len;
    kk_put(out, KK_S("<tr"));
    if (anchor) {
        kk_put(out, KK_S(" id=\""));
        put_text(out, first->items[0].text);
        kk_put_byte(out, '"');
    }
    kk_put(out, KK_S(">"));
}

/* A word or two, which would be torn letter by letter in a narrow column. */
static bool is_short(const kk_runs *cell)
{
    return cell->count == 1 && cell->items[0].text.len <= SHORT_CELL && !cell->items[0].note.len;
}

static void put_cells(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    size_t width = block->column_count;
    for (size_t i = 0; width && i < block->cell_count; i++) {
        bool name = !block->columns && i % width == 0;
        bool number = block->numeric >> i % width & 1;
        if (i % width == 0)
            put_row_start(d, out, &block->cells[i]);
        kk_put(out, name                         ? KK_S("<th scope=\"row\">")
                    : number                     ? KK_S("<td class=\"r\">")
                    : is_short(&block->cells[i]) ? KK_S("<td class=\"k\">")
                                                 : KK_S("<td>"));
        put_runs(d, out, &block->cells[i]);
        kk_put(out, name ? KK_S("</th>") : KK_S("</td>"));
        if (i % width == width - 1 || i + 1 == block->cell_count)
            kk_put(out, KK_S("</tr>\n"));
    }
}

static void put_table(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    bool wide = block->columns && block->column_count >= WIDE_TABLE;
    kk_put(out, wide ? KK_S("<table class=\"wide\">\n") : KK_S("<table>\n"));
    if (block->caption.len) {
        kk_put(out, KK_S("<caption>"));
        put_text(out, block->caption);
        kk_put(out, KK_S("</caption>\n"));
    }
    if (block->columns) {
        kk_put(out, KK_S("<thead><tr>"));
        for (size_t i = 0; i < block->column_count; i++) {
            bool number = block->numeric >> i & 1, whole = block->columns[i].len <= SHORT_CELL;
            kk_putf(out, "<th scope=\"col\" class=\"%s%s\">", number ? "r " : "", whole ? "k" : "");
            put_text(out, block->columns[i]);
            kk_put(out, KK_S("</th>"));
        }
        kk_put(out, KK_S("</tr></thead>\n"));
    }
    kk_put(out, KK_S("<tbody>\n"));
    put_cells(d, out, block);
    kk_put(out, KK_S("</tbody>\n</table>\n"));
}

static void put_block(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    switch (block->kind) {
    case KK_BLOCK_HEADING:
        put_heading(d, out, block);
        break;
    case KK_BLOCK_PARAGRAPH:
    case KK_BLOCK_NOTE:
        kk_put(out, block->kind == KK_BLOCK_NOTE ? KK_S("<p class=\"note\">") : KK_S("<p>"));
        put_runs(d, out, &block->runs);
        kk_put(out, KK_S("</p>\n"));
        break;
    case KK_BLOCK_LIST:
        put_list(d, out, block);
        break;
    case KK_BLOCK_TABLE:
        put_table(d, out, block);
        break;
    }
}

static void put_meta(kk_buffer *out, const char *name, kk_slice value)
{
    kk_putf(out, "<meta name=\"%s\" content=\"", name);
    put_text(out, value);
    kk_put(out, KK_S("\">\n"));
}

static void put_head(const kk_document *d, kk_buffer *out)
{
    kk_putf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
            d->japanese ? "ja" : "en");
    kk_put(out, KK_S("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'\">\n"));
    put_meta(out, "generator", d->tool);
    put_meta(out, "kakuho-state", d->state);
    kk_put(out, KK_S("<title>"));
    put_text(out, d->title);
    kk_put(out, KK_S("</title>\n<style>"));
    kk_put(out, kk_cstr(style));
    kk_put(out, KK_S("</style>\n</head>\n<body>\n<header>\n<h1>"));
    put_text(out, d->title);
    kk_put(out, KK_S("</h1>\n"));
    kk_slice rest = d->subtitle, line;
    while (rest.len && kk_split(&rest, '\n', &line)) {
        kk_put(out, KK_S("<p>"));
        put_text(out, line);
        kk_put(out, KK_S("</p>\n"));
    }
    kk_put(out, KK_S("</header>\n<main>\n"));
}

void kk_doc_html(const kk_document *d, kk_buffer *out)
{
    put_head(d, out);
    for (size_t i = 0; i < d->count; i++)
        put_block(d, out, &d->blocks[i]);
    kk_put(out, KK_S("</main>\n"));
    if (d->small_print) {
        kk_put(out, KK_S("<footer>"));
        put_text(out, d->tool);
        kk_put(out, KK_S(" / state "));
        put_text(out, kk_part(d->state, 0, 16));
        kk_put(out, KK_S("</footer>\n"));
    }
    kk_put(out, KK_S("</body>\n</html>\n"));
}
