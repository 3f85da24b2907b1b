/* Building a document block by block. */
#include "report/document.h"

#include "base/text.h"

static kk_block *add_block(kk_document *d, kk_block_kind kind)
{
    d->blocks = kk_grow(d->arena, d->blocks, &d->capacity, d->count + 1, sizeof *d->blocks);
    kk_block *block = &d->blocks[d->count++];
    *block = (kk_block){.kind = kind};
    d->open = &block->runs;
    return block;
}

static kk_block *last_of(kk_document *d, kk_block_kind kind)
{
    kk_block *last = d->count ? &d->blocks[d->count - 1] : NULL;
    return last && last->kind == kind ? last : add_block(d, kind);
}

void kk_doc_heading(kk_document *d, kk_slice text)
{
    kk_block *block = add_block(d, KK_BLOCK_HEADING);
    block->level = 1;
    block->number = kk_print(d->arena, "%d", ++d->heading);
    d->subheading = 0;
    kk_doc_say(d, text);
}

void kk_doc_subheading(kk_document *d, kk_slice text)
{
    kk_block *block = add_block(d, KK_BLOCK_HEADING);
    block->level = 2;
    block->number = kk_print(d->arena, "%d.%d", d->heading, ++d->subheading);
    kk_doc_say(d, text);
}

void kk_doc_unnumbered(kk_document *d, kk_slice text)
{
    add_block(d, KK_BLOCK_HEADING)->level = 1;
    kk_doc_say(d, text);
}

void kk_doc_paragraph(kk_document *d)
{
    add_block(d, KK_BLOCK_PARAGRAPH);
}

void kk_doc_note(kk_document *d)
{
    add_block(d, KK_BLOCK_NOTE);
}

void kk_doc_list(kk_document *d)
{
    add_block(d, KK_BLOCK_LIST);
}

static void open_cell(kk_document *d, kk_block *block)
{
    block->cells = kk_grow(d->arena, block->cells, &block->cell_capacity, block->cell_count + 1,
                           sizeof *block->cells);
    d->open = &block->cells[block->cell_count++];
    *d->open = (kk_runs){0};
}

void kk_doc_entry(kk_document *d)
{
    open_cell(d, last_of(d, KK_BLOCK_LIST));
}

void kk_doc_table(kk_document *d, kk_slice caption, const kk_column_words *columns, size_t count)
{
    kk_block *block = add_block(d, KK_BLOCK_TABLE);
    block->caption = caption;
    block->column_count = columns ? count : 2;
    if (!columns)
        return;
    block->columns = KK_NEW_ARRAY(d->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++) {
        block->columns[i] = kk_cstr(d->japanese ? columns[i].ja : columns[i].en);
        if (columns[i].numeric)
            block->numeric |= 1u << i;
    }
}

void kk_doc_cell(kk_document *d)
{
    open_cell(d, last_of(d, KK_BLOCK_TABLE));
}

void kk_doc_cell_text(kk_document *d, kk_slice text)
{
    kk_doc_cell(d);
    kk_doc_say(d, text);
}

void kk_doc_field(kk_document *d, kk_slice name)
{
    kk_doc_cell_text(d, name);
    kk_doc_cell(d);
}

void kk_doc_cite(kk_document *d, const kk_run *run)
{
    kk_runs *runs = d->open;
    if (!runs || (!run->text.len && !run->claim.len))
        return;
    runs->items =
        kk_grow(d->arena, runs->items, &runs->capacity, runs->count + 1, sizeof *runs->items);
    runs->items[runs->count++] = *run;
}

void kk_doc_say(kk_document *d, kk_slice text)
{
    kk_doc_cite(d, &(kk_run){.text = text});
}

bool kk_doc_open_is_empty(const kk_document *d)
{
    return !d->open || d->open->count == 0;
}

static bool turns_or_controls(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void kk_doc_plain(kk_buffer *out, kk_slice text)
{
    for (size_t at = 0, from = 0; at < text.len; from = at) {
        uint32_t c = kk_next_char(text, &at);
        if (c == '\n' || c == '\t' || c == '\r')
            kk_put_byte(out, ' ');
        else if (turns_or_controls(c) || c == 0xfffd)
            kk_put_char(out, 0xfffd);
        else
            kk_put(out, kk_part(text, from, at - from));
    }
}
