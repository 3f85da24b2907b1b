/* Little-endian: version at 0, date at 1, records at 4, bytes of the head at 8, of a record at 10,
 * encryption at 15, language at 29; fields of 32 bytes from 32 on (dBase 7: 48 bytes from 68 on), then 0D. */
#include "parse/dbase_layout.h"

enum { FIELDS_AT = 32, FIELDS_AT_7 = 68, FIELD = 32, FIELD_7 = 48, END = 0x0d };
enum { HIDDEN = 0x01, NULLABLE = 0x02 };

static bool is_version(uint8_t v)
{
    static const uint8_t known[] = {0x03, 0x04, 0x23, 0x30, 0x31, 0x32, 0x33, 0x43,
                                    0x63, 0x7b, 0x83, 0x87, 0x8b, 0x8c, 0x8e, 0xb3,
                                    0xcb, 0xe5, 0xeb, 0xf3, 0xf5, 0xfb};
    return memchr(known, v, sizeof known) != NULL;
}

/* The sum of the widths, with lengths of texts as 16 bits or not. */
static size_t sum_of(kk_slice head, const kk_dbase_layout *layout, bool wide)
{
    kk_dbase_layout l = *layout;
    kk_dbase_field f;
    l.wide = wide;
    kk_dbase_walk w = kk_dbase_walk_fields(head, &l);
    while (kk_dbase_next_field(&w, &f))
        ;
    return w.offset;
}

bool kk_dbase_layout_of(kk_slice head, kk_dbase_layout *l)
{
    kk_cursor c = kk_cursor_over(head);
    *l = (kk_dbase_layout){.version = kk_u8(&c)};
    if (!is_version(l->version))
        return false;
    l->fox = l->version >= 0x30 && l->version <= 0x32;
    l->level7 = !l->fox && l->version != 0xfb && (l->version & 7) == 4;
    kk_seek(&c, 4);
    l->records = kk_u32(&c);
    l->head_bytes = kk_u16(&c);
    l->record_bytes = kk_u16(&c);
    kk_seek(&c, 15);
    l->locked = kk_u8(&c) == 1 && !l->fox;
    kk_seek(&c, 29);
    l->language = kk_u8(&c);
    kk_seek(&c, l->level7 ? FIELDS_AT_7 : FIELDS_AT);
    if (c.bad || l->record_bytes < 2)
        return false;
    l->wide = sum_of(head, l, false) != l->record_bytes && sum_of(head, l, true) == l->record_bytes;
    return true;
}

kk_dbase_walk kk_dbase_walk_fields(kk_slice head, const kk_dbase_layout *layout)
{
    kk_dbase_walk w = {.layout = *layout, .at = kk_cursor_over(head), .offset = 1};
    kk_seek(&w.at, layout->level7 ? FIELDS_AT_7 : FIELDS_AT);
    return w;
}

static void number_bits(kk_dbase_walk *w, kk_dbase_field *f)
{
    f->null_bit = f->length_bit = -1;
    if (!w->layout.fox)
        return;
    if (f->type == 'V' || f->type == 'Q')
        f->length_bit = w->bits++;
    if (f->flags & NULLABLE)
        f->null_bit = w->bits++;
}

bool kk_dbase_next_field(kk_dbase_walk *w, kk_dbase_field *f)
{
    bool seven = w->layout.level7;
    kk_cursor *c = &w->at;
    if (!c->bad && kk_left(c) && c->ptr[c->at] == END) {
        w->ended = true;
        return false;
    }
    if (w->offset >= w->layout.record_bytes)
        return false;
    kk_slice bytes = kk_bytes(c, seven ? FIELD_7 : FIELD);
    if (c->bad)
        return false;
    kk_cursor d = kk_cursor_over(bytes);
    kk_slice name = kk_bytes(&d, seven ? 32 : 11);
    size_t nul = kk_find_byte(name, 0);
    *f = (kk_dbase_field){.name = kk_trim(kk_part(name, 0, nul)), .type = (char)kk_u8(&d)};
    if (!seven)
        kk_skip(&d, 4);
    f->width = kk_u8(&d);
    uint8_t decimals = kk_u8(&d);
    f->flags = w->layout.fox ? kk_u8(&d) : 0;
    if (w->layout.wide && f->type == 'C')
        f->width |= (size_t)decimals << 8;
    f->at = w->offset;
    w->offset += f->width;
    number_bits(w, f);
    if (f->type == '0' || kk_is(f->name, "_DBASELOCK"))
        f->flags |= HIDDEN;
    return true;
}

bool kk_dbase_is_field(const kk_dbase_field *f)
{
    if (f->name.len == 0 || f->width == 0 || !f->type || !strchr("CNFDLMGPTYIBOWVQ@+0", f->type))
        return false;
    for (size_t i = 0; i < f->name.len; i++)
        if ((unsigned char)f->name.ptr[i] < 0x20)
            return false;
    return true;
}
