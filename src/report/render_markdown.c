/* A document as Markdown (CommonMark with the usual tables). Ids of claims stand as [C...] behind
 * what they prove, or in comments where the text is to stay clean. */
#include "report/document.h"

/* A list, a heading, a quotation: only at the beginning of a line. */
static bool begins_markup(kk_slice text)
{
    char first = text.ptr[0], second = text.len > 1 ? text.ptr[1] : 'x';
    if (first == '-' || first == '+')
        return second == ' ' || second == first;
    return first == '#' || first == '>';
}

/* What the evidence or a human wrote must not become markup. */
static void put_text(kk_buffer *out, kk_slice text)
{
    kk_buffer plain = {0};
    kk_doc_plain(&plain, text);
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.ptr[i];
        if (c == '<')
            kk_put(out, KK_S("&lt;"));
        else if (c == '&')
            kk_put(out, KK_S("&amp;"));
        else if (c && strchr("\\`*_[]|~", c))
            kk_putf(out, "\\%c", c);
        else if (i == 0 && begins_markup(kk_buffer_slice(&plain)))
            kk_putf(out, "\\%c", c);
        else
            kk_put_byte(out, c);
    }
    kk_buffer_close(&plain);
}

static void put_run(const kk_document *d, kk_buffer *out, const kk_run *run)
{
    put_text(out, run->text);
    if (run->note.len) {
        kk_put(out, d->japanese ? KK_NONE : KK_S(" "));
        put_text(out, run->note);
    }
    if (!run->claim.len)
        return;
    if (d->cites == KK_CITES_SHOWN)
        kk_putf(out, " [%.*s]", KK_P(run->claim));
    else
        kk_putf(out, "<!-- %.*s -->", KK_P(run->claim));
}

static void put_runs(const kk_document *d, kk_buffer *out, const kk_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        bool cited = i && runs->items[i - 1].claim.len && d->cites == KK_CITES_SHOWN;
        if (i && (!d->japanese || cited))
            kk_put_byte(out, ' ');
        put_run(d, out, &runs->items[i]);
    }
}

static void put_row(const kk_document *d, kk_buffer *out, const kk_runs *cells, size_t count,
                    size_t width)
{
    for (size_t i = 0; i < width; i++) {
        kk_put(out, i ? KK_S(" | ") : KK_S("| "));
        if (i < count)
            put_runs(d, out, &cells[i]);
    }
    kk_put(out, KK_S(" |\n"));
}

static void put_table(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    size_t width = block->column_count;
    if (block->caption.len) {
        kk_put(out, KK_S("**"));
        put_text(out, block->caption);
        kk_put(out, KK_S("**\n\n"));
    }
    for (size_t i = 0; i < width; i++) {
        kk_put(out, i ? KK_S(" | ") : KK_S("| "));
        if (block->columns)
            put_text(out, block->columns[i]);
    }
    kk_put(out, KK_S(" |\n|"));
    for (size_t i = 0; i < width; i++)
        kk_put(out, block->numeric >> i & 1 ? KK_S("---:|") : KK_S("---|"));
    kk_put_byte(out, '\n');
    for (size_t i = 0; i < block->cell_count; i += width) {
        size_t left = block->cell_count - i;
        put_row(d, out, block->cells + i, left < width ? left : width, width);
    }
    kk_put_byte(out, '\n');
}

static void put_block(const kk_document *d, kk_buffer *out, const kk_block *block)
{
    switch (block->kind) {
    case KK_BLOCK_HEADING:
        kk_put(out, block->level == 1 ? KK_S("## ") : KK_S("### "));
        if (block->number.len)
            kk_putf(out, "%.*s%s ", KK_P(block->number), block->level == 1 ? "." : "");
        put_runs(d, out, &block->runs);
        kk_put(out, KK_S("\n\n"));
        break;
    case KK_BLOCK_NOTE:
        kk_put(out, KK_S("> "));
        put_runs(d, out, &block->runs);
        kk_put(out, KK_S("\n\n"));
        break;
    case KK_BLOCK_PARAGRAPH:
        put_runs(d, out, &block->runs);
        kk_put(out, KK_S("\n\n"));
        break;
    case KK_BLOCK_LIST:
        for (size_t i = 0; i < block->cell_count; i++) {
            kk_put(out, KK_S("- "));
            put_runs(d, out, &block->cells[i]);
            kk_put_byte(out, '\n');
        }
        kk_put_byte(out, '\n');
        break;
    case KK_BLOCK_TABLE:
        put_table(d, out, block);
        break;
    }
}

void kk_doc_markdown(const kk_document *d, kk_buffer *out)
{
    kk_put(out, KK_S("# "));
    put_text(out, d->title);
    kk_put(out, KK_S("\n\n"));
    kk_slice rest = d->subtitle, line;
    while (rest.len && kk_split(&rest, '\n', &line)) {
        put_text(out, line);
        kk_put(out, KK_S("  \n"));
    }
    kk_put_byte(out, '\n');
    for (size_t i = 0; i < d->count; i++)
        put_block(d, out, &d->blocks[i]);
    if (d->small_print)
        kk_putf(out, "---\n%.*s / state %.*s\n", KK_P(d->tool), KK_P(kk_part(d->state, 0, 16)));
    else
        kk_putf(out, "<!-- %.*s, state %.*s -->\n", KK_P(d->tool), KK_P(kk_part(d->state, 0, 16)));
}
