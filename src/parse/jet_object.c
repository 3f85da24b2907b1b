/* Programs put files into OLE columns as they are. Access itself puts 15 1C, the bytes of a head and more in
 * front, then an object of OLE 1: version, form (2: embedded), three texts with their lengths, a length, the
 * object; of the class "Package" it is a file behind its names. An attachment begins with how it is packed
 * (1: zlib) and its length with a head; the head tells its own length first. */
#include "parse/jet_object.h"

#include "base/text.h"
#include "parse/mail_told.h"

#include <zlib.h>

enum { HEAD = 4096, ATTACHMENT_HEAD = 8, EMBEDDED = 2, HEAD_MAX = 1024, BLOCK = 65536 };

typedef struct {
    kk_jet_objects *o;
    kk_jet_long *value;
    char head[HEAD];
    kk_slice ahead; /* of the head: what belongs to the object */
    uint64_t size, left;
    bool packed;
    z_stream zip;
    char block[BLOCK];
} object;

/* Bytes as they lie there. */
static size_t take_raw(object *b, void *into, size_t len)
{
    size_t done = b->ahead.len < len ? b->ahead.len : len;
    if (done)
        memcpy(into, b->ahead.ptr, done);
    b->ahead = kk_from(b->ahead, done);
    return done + kk_jet_long_read(b->value, (char *)into + done, len - done);
}

static size_t take_unpacked(object *b, void *into, size_t len)
{
    b->zip.next_out = into;
    b->zip.avail_out = (unsigned)(len < BLOCK ? len : BLOCK);
    size_t most = b->zip.avail_out;
    while (b->zip.avail_out == most) {
        if (b->zip.avail_in == 0) {
            b->zip.next_in = (unsigned char *)b->block;
            b->zip.avail_in = (unsigned)take_raw(b, b->block, BLOCK);
        }
        if (b->zip.avail_in == 0 || inflate(&b->zip, Z_NO_FLUSH) != Z_OK)
            break;
    }
    return most - b->zip.avail_out;
}

static ptrdiff_t read_object(void *context, void *into, size_t len)
{
    object *b = context;
    if (len > b->left)
        len = (size_t)b->left;
    size_t got = len == 0 ? 0 : b->packed ? take_unpacked(b, into, len) : take_raw(b, into, len);
    b->left -= got;
    if (b->packed)
        b->o->unpack_left -= got < b->o->unpack_left ? got : b->o->unpack_left;
    return got || b->left == 0 ? (ptrdiff_t)got : -1;
}

/* ---- Objects of OLE 1 ---- */

static kk_slice text_of(kk_cursor *c)
{
    kk_slice text = kk_bytes(c, kk_u32(c));
    return kk_part(text, 0, kk_find_byte(text, '\0'));
}

static kk_slice text_before_zero(kk_cursor *c)
{
    kk_slice rest = {(const char *)c->ptr + c->at, kk_left(c)};
    size_t end = kk_find_byte(rest, '\0');
    kk_skip(c, end == KK_NOWHERE ? SIZE_MAX : end + 1);
    return kk_part(rest, 0, end);
}

/* A mark of 2, a label, a path, 4 bytes, a path with its length, the size of the file, the file. */
static bool open_package(object *b, kk_cursor *c, kk_slice *label)
{
    bool marked = kk_u16(c) == 2;
    kk_slice name = text_before_zero(c);
    (void)text_before_zero(c);
    kk_skip(c, 4);
    kk_skip(c, kk_u32(c));
    uint64_t size = kk_u32(c);
    if (c->bad || !marked)
        return false;
    b->size = size;
    *label = kk_utf8_clean(b->o->arena,
                           kk_decode(b->o->arena, kk_charset_guess(name, NULL), name, NULL));
    return true;
}

/* To where the object begins; unchanged where this is none. */
static void open_ole(object *b, kk_slice *label)
{
    kk_slice whole = b->ahead;
    kk_cursor c = kk_cursor_over(whole);
    bool marked = kk_u16(&c) == 0x1c15;
    kk_seek(&c, kk_u16(&c));
    kk_skip(&c, 4);
    bool embedded = kk_u32(&c) == EMBEDDED;
    kk_slice class = text_of(&c);
    (void)text_of(&c);
    (void)text_of(&c);
    uint64_t size = kk_u32(&c), before = c.at;
    if (!marked || !embedded || c.bad)
        return;
    kk_cursor inner = c;
    if (kk_is(class, "Package") && open_package(b, &inner, label))
        before = inner.at;
    else
        b->size = size;
    b->ahead = kk_from(whole, (size_t)before);
}

/* ---- Attachments ---- */

static bool open_attachment(object *b)
{
    kk_cursor c = kk_cursor_over(b->ahead);
    uint32_t form = kk_u32(&c), size = kk_u32(&c);
    char skipped[HEAD_MAX];
    if (c.bad || form > 1)
        return false;
    b->ahead = kk_from(b->ahead, ATTACHMENT_HEAD);
    b->packed = form == 1;
    b->left = HEAD_MAX;
    if (b->packed && inflateInit(&b->zip) != Z_OK)
        return false;
    for (size_t got = 0; got < 4;) {
        ptrdiff_t n = read_object(b, skipped + got, 4 - got);
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    c = kk_cursor_over((kk_slice){skipped, 4});
    uint32_t head = kk_u32(&c);
    if (head < 4 || head > HEAD_MAX || head > size)
        return false;
    for (size_t left = head - 4; left;) {
        ptrdiff_t n = read_object(b, skipped, left);
        if (n <= 0)
            return false;
        left -= (size_t)n;
    }
    b->size = size - head;
    return true;
}

static kk_slice name_of(kk_arena *arena, kk_slice place, kk_slice label)
{
    kk_slice told[1];
    label = kk_mail_child_name(arena, label, KK_NONE, 1, told);
    return kk_print(arena, "%.*s%.*s", KK_P(place), KK_P(label));
}

void kk_jet_tell_object(kk_jet_objects *o, kk_jet_long *value, kk_slice place, kk_slice label,
                        bool is_attachment)
{
    object *b = KK_NEW(o->arena, object);
    b->o = o;
    b->value = value;
    b->ahead = (kk_slice){b->head, kk_jet_long_read(value, b->head, HEAD)};
    b->size = value->size;
    if (!is_attachment) {
        open_ole(b, &label);
    } else if (!open_attachment(b)) {
        o->bad++;
        b->size = b->packed ? 0 : UINT32_MAX; /* what is not packed is told as it lies there */
    }
    uint64_t rest = b->ahead.len + value->left;
    if (!b->packed && b->size > rest) {
        o->bad += !is_attachment;
        b->size = rest;
    }
    if (b->packed && b->size > o->unpack_left) {
        o->too_large++;
        b->size = 0;
    }
    b->left = b->size;
    if (b->size) {
        o->told++;
        o->sink->child(o->sink, &(kk_child){.name = name_of(o->arena, place, label),
                                            .joint = "!/",
                                            .size = b->size,
                                            .modified = KK_NO_TIME,
                                            .read = read_object,
                                            .context = b});
    }
    if (b->packed)
        inflateEnd(&b->zip);
}
