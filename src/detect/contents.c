#include "detect/contents.h"

#include "base/cipher.h"
#include "base/hash.h"
#include "base/text.h"
#include "detect/ioc_match.h"

/* A run of text is looked at as a whole up to WINDOW; what is longer in windows that lie BACK over each
 * other, each cut where no indicator goes on. */
enum { BLOCK = 1 << 18, WINDOW = 1 << 16, BACK = 1 << 14, BEFORE_MOST = 512, HASHES = 4 };

/* A sheet may name one long text in a million cells: the last ones of the stream are known again. */
enum { LONG = 1024, LONG_MOST = 2 << 20, LONG_KEPT = 16, LONG_ENDS = 64 };

typedef struct {
    uint64_t stamp, at;
    kk_slice table;
} first_place;

typedef struct {
    uint64_t stamp;
    kk_buffer text;
} long_text;

struct kk_contents {
    kk_arena *arena;
    kk_arena *texts; /* of the stream: names of tables */
    kk_arena *scratch;
    kk_ioc_matcher *matcher;
    first_place (*first)[KK_CONTENT_WAYS]; /* by indicator */
    uint64_t stamp;                        /* of the stream */
    uint32_t *found;
    size_t found_count, found_capacity, ioc_count;
    kk_buffer bytes, wide;
    uint64_t base; /* of `bytes` in the stream */
    kk_digest *hashes[HASHES];
    long_text longs[LONG_KEPT]; /* looked at, and not wanted again */
};

static const struct {
    size_t digits;
    kk_digest_kind kind;
} hash_table[HASHES] = {{32, KK_MD5}, {40, KK_SHA1}, {96, KK_SHA384}, {128, KK_SHA512}};

/* Only hashes that somebody asked for are made; SHA-256 is known of every file. */
static void open_hashes(kk_contents *c, const kk_ioc *iocs)
{
    for (size_t i = 0; i < c->ioc_count; i++)
        for (size_t k = 0; k < iocs[i].any_count; k++)
            for (size_t n = 0; n < iocs[i].any[k].count; n++) {
                const kk_ioc_atom *a = &iocs[i].any[k].atoms[n];
                bool is_hash =
                    a->type == KK_IOC_MD5 || a->type == KK_IOC_SHA1 || a->type == KK_IOC_HASH;
                for (size_t h = 0; h < HASHES && is_hash; h++)
                    if (a->text.len == hash_table[h].digits && !c->hashes[h])
                        c->hashes[h] = kk_digest_open(hash_table[h].kind);
            }
}

kk_contents *kk_contents_open(kk_arena *arena, const kk_ioc *iocs, size_t count)
{
    kk_contents *c = KK_NEW(arena, kk_contents);
    c->arena = arena;
    c->texts = kk_arena_open();
    c->scratch = kk_arena_open();
    c->matcher = kk_ioc_matcher_make(arena, iocs, count);
    c->ioc_count = count;
    c->first = kk_take(arena, (count + 1) * sizeof *c->first);
    memset(c->first, 0, (count + 1) * sizeof *c->first);
    open_hashes(c, iocs);
    return c;
}

void kk_contents_close(kk_contents *c)
{
    if (!c)
        return;
    for (size_t h = 0; h < HASHES; h++)
        if (c->hashes[h])
            kk_digest_close(c->hashes[h]);
    kk_ioc_matcher_close(c->matcher);
    kk_buffer_close(&c->bytes);
    kk_buffer_close(&c->wide);
    for (size_t i = 0; i < LONG_KEPT; i++)
        kk_buffer_close(&c->longs[i].text);
    kk_arena_close(c->texts);
    kk_arena_close(c->scratch);
}

void kk_contents_begin(kk_contents *c)
{
    uint8_t ignored[KK_DIGEST_MOST]; /* of a stream that did not come to its end */
    c->stamp++;
    c->found_count = 0;
    c->bytes.len = 0;
    c->base = 0;
    kk_arena_reset(c->texts);
    for (size_t h = 0; h < HASHES; h++)
        if (c->hashes[h])
            (void)kk_digest_take(c->hashes[h], ignored);
}

/* ---- what was found ---- */

static void keep(kk_contents *c, uint32_t ioc, kk_content_way way, uint64_t at, kk_slice table)
{
    first_place *first = c->first[ioc];
    bool is_new = true;
    for (size_t w = 0; w < KK_CONTENT_WAYS; w++)
        is_new = is_new && first[w].stamp != c->stamp;
    if (is_new) {
        c->found =
            kk_grow(c->arena, c->found, &c->found_capacity, c->found_count + 1, sizeof *c->found);
        c->found[c->found_count++] = ioc;
    }
    if (first[way].stamp == c->stamp && (way == KK_CONTENT_TEXT || first[way].at <= at))
        return;
    first[way] = (first_place){c->stamp, at, kk_copy(c->texts, table)};
}

void kk_contents_tell(kk_contents *c, void (*hit)(void *context, const kk_content_hit *hit),
                      void *context)
{
    for (size_t i = 0; i < c->found_count; i++)
        for (kk_content_way way = 0; way < KK_CONTENT_WAYS; way++) {
            const first_place *first = &c->first[c->found[i]][way];
            if (first->stamp == c->stamp)
                hit(context,
                    &(kk_content_hit){
                        .ioc = c->found[i], .way = way, .at = first->at, .table = first->table});
        }
    c->found_count = 0;
}

/* ---- a piece of text ---- */

typedef kk_slice (*undoing)(kk_arena *arena, kk_slice text);

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_escape(kk_slice text, size_t i)
{
    return text.ptr[i] == '%' && i + 2 < text.len && hex_value(text.ptr[i + 1]) >= 0 &&
           hex_value(text.ptr[i + 2]) >= 0;
}

/* https%3A%2F%2Fevil.example as a link inside of another link has it. */
static kk_slice without_escapes(kk_arena *arena, kk_slice text)
{
    char *to = kk_take(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool escape = is_escape(text, i);
        to[n++] = escape ? (char)(hex_value(text.ptr[i + 1]) * 16 + hex_value(text.ptr[i + 2]))
                         : text.ptr[i];
        i += escape ? 2 : 0;
    }
    return kk_utf8_clean(arena, (kk_slice){to, n});
}

static bool has_escapes(kk_slice text)
{
    size_t at = kk_find_byte(text, '%');
    while (at < text.len && !is_escape(text, at)) {
        size_t next = kk_find_byte(kk_from(text, at + 1), '%');
        at = next == KK_NOWHERE ? KK_NOWHERE : at + 1 + next;
    }
    return at < text.len;
}

/* Something that a person may have written so that nothing makes a link of it. */
static bool has_defanged(kk_slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i], next = text.ptr[i + 1];
        if ((c == '[' || c == '(' || c == '{') && next && strchr(".,:/@dDaA", next))
            return true;
        if (c == '\\' && next == '.')
            return true;
    }
    return false;
}

/* The place in the text of what is at a place once something in it was undone. Where the text is cut inside
 * of what is undone it is longer for a moment: what follows at once is tried too. */
static size_t place_before(kk_contents *c, undoing undo, kk_slice text, size_t at)
{
    enum { LONGEST_UNDONE = 8 };
    size_t low = 0, high = text.len;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (undo(c->scratch, kk_part(text, 0, middle)).len <= at)
            low = middle;
        else
            high = middle - 1;
    }
    for (size_t next = low + 1; next <= text.len && next <= low + LONGEST_UNDONE; next++)
        if (undo(c->scratch, kk_part(text, 0, next)).len <= at)
            low = next;
    return low;
}

static size_t characters_before(kk_slice text, size_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < at && i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static void look(kk_contents *c, kk_content_way way, kk_slice text, uint64_t at)
{
    const kk_ioc_hit *hits;
    undoing undone[3] = {NULL};
    size_t values = 1;
    kk_ioc_begin(c->matcher);
    kk_ioc_value(c->matcher, way, KK_IOC_IN_TEXT, text);
    if (has_defanged(text))
        undone[values++] = kk_ioc_refanged;
    if (has_escapes(text))
        undone[values++] = without_escapes;
    for (size_t i = 1; i < values; i++)
        kk_ioc_value(c->matcher, way, KK_IOC_IN_TEXT, undone[i](c->scratch, text));
    size_t count = kk_ioc_end(c->matcher, &hits);
    for (size_t i = 0; i < count; i++) {
        size_t value, place = kk_ioc_place_in(c->matcher, &hits[i], &value);
        if (value < values && undone[value])
            place = place_before(c, undone[value], text, place);
        if (way == KK_CONTENT_UTF16)
            place = 2 * characters_before(text, place);
        keep(c, hits[i].ioc, way, at + place, KK_NONE);
    }
    if (values > 1)
        kk_arena_reset(c->scratch);
}

/* Where no indicator goes on: behind a sign that none has inside. Else at a border of words, else anywhere. */
static size_t cut_before(kk_slice text, size_t from, size_t to)
{
    for (size_t i = to; i > from; i--)
        if (strchr(" \t\r\n\"'<>(){};,|", text.ptr[i - 1]))
            return i;
    for (size_t i = to; i > from; i--)
        if ((unsigned char)text.ptr[i - 1] < 0x80 && strchr("=&:/?#[]!", text.ptr[i - 1]))
            return i;
    while (to > from && ((unsigned char)text.ptr[to] & 0xc0) == 0x80)
        to--;
    return to;
}

/* A run of text. Returns from where on it is wanted again with what follows; all of it where it ends. */
static size_t take_run(kk_contents *c, kk_content_way way, kk_slice run, uint64_t at, bool ends)
{
    size_t done = 0, unit = way == KK_CONTENT_UTF16 ? 2 : 1;
    while (run.len - done > WINDOW) {
        kk_slice rest = kk_from(run, done);
        size_t to = cut_before(rest, WINDOW - BACK, WINDOW);
        size_t next = cut_before(rest, WINDOW / 2, WINDOW - BACK);
        uint64_t from = at + (unit == 2 ? 2 * characters_before(run, done) : done);
        look(c, way, kk_part(rest, 0, to), from);
        done += next;
    }
    if (!ends)
        return done;
    if (run.len - done > 1)
        look(c, way, kk_from(run, done),
             at + (unit == 2 ? 2 * characters_before(run, done) : done));
    return run.len;
}

/* ---- runs of text in bytes ---- */

static bool is_plain(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\t';
}

/* Bytes of the character of UTF-8 that begins there; 0: none does; more than there are: it is cut. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    size_t len = p[0] >= 0xc2 && p[0] < 0xe0   ? 2
                 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
                 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                               : 0;
    for (size_t i = 1; i < len && i < left; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if (left >= 2 && ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
                      (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)))
        return 0;
    return len;
}

/* Where text is that goes on behind the bytes, from there on they are kept. */
static size_t take_narrow(kk_contents *c, bool is_last)
{
    const unsigned char *p = (const unsigned char *)c->bytes.ptr;
    size_t n = c->bytes.len, i = 0;
    while (i < n) {
        size_t begin = i, len = 1;
        while (i < n) {
            len = is_plain(p[i]) ? 1 : p[i] < 0x80 ? 0 : utf8_length(p + i, n - i);
            if (!len || len > n - i)
                break;
            i += len;
        }
        bool goes_on = !is_last && (i == n || len > n - i);
        kk_slice run = {c->bytes.ptr + begin, i - begin};
        if (goes_on)
            return begin + take_run(c, KK_CONTENT_BYTES, run, c->base + begin, false);
        if (run.len > 1)
            (void)take_run(c, KK_CONTENT_BYTES, run, c->base + begin, true);
        i += i < n; /* what ended it */
    }
    return n;
}

/* A unit of UTF-16LE that texts have. */
static bool is_wide(const unsigned char *p)
{
    unsigned u = (unsigned)p[0] | (unsigned)p[1] << 8;
    if (u < 0x80)
        return is_plain((unsigned char)u);
    return (u >= 0xa1 && u < 0x250) || (u >= 0x370 && u < 0x530) || (u >= 0x2010 && u < 0x2028) ||
           (u >= 0x3000 && u < 0x3200) || (u >= 0x4e00 && u < 0xa000) ||
           (u >= 0xac00 && u < 0xd7a4) || (u >= 0xff01 && u < 0xffa0);
}

static bool is_wide_plain(const unsigned char *p)
{
    return is_plain(p[0]) && !p[1];
}

static void put_units(kk_buffer *out, const unsigned char *p, size_t bytes)
{
    out->len = 0;
    for (size_t i = 0; i + 1 < bytes; i += 2)
        kk_put_char(out, (unsigned)p[i] | (unsigned)p[i + 1] << 8);
}

/* Two letters of ASCII with zeros between them are where a run is; it may begin and go on with others. */
static size_t take_wide(kk_contents *c, bool is_last)
{
    const unsigned char *p = (const unsigned char *)c->bytes.ptr;
    size_t n = c->bytes.len, end = 0;
    for (size_t i = 0; i + 3 < n; i++) {
        const unsigned char *zero = memchr(p + i + 1, 0, n - i - 1);
        if (!zero)
            break;
        i = (size_t)(zero - p) - 1;
        if (i + 3 >= n || !is_wide_plain(p + i) || !is_wide_plain(p + i + 2))
            continue;
        size_t begin = i, to = i + 4;
        while (begin >= end + 2 && i - begin < BEFORE_MOST && is_wide(p + begin - 2))
            begin -= 2;
        while (to + 1 < n && is_wide(p + to))
            to += 2;
        put_units(&c->wide, p + begin, to - begin);
        kk_slice run = kk_buffer_slice(&c->wide);
        bool goes_on = !is_last && to + 1 >= n;
        size_t done = take_run(c, KK_CONTENT_UTF16, run, c->base + begin, !goes_on);
        if (goes_on)
            return begin + 2 * characters_before(run, done);
        end = to;
        i = to - 1;
    }
    return is_last || n < 4 ? n : n - 3;
}

static void work(kk_contents *c, bool is_last)
{
    size_t narrow = take_narrow(c, is_last), wide = take_wide(c, is_last);
    size_t kept = narrow < wide ? narrow : wide;
    memmove(c->bytes.ptr, c->bytes.ptr + kept, c->bytes.len - kept);
    c->bytes.len -= kept;
    c->base += kept;
}

void kk_contents_take(kk_contents *c, const char *bytes, size_t len)
{
    for (size_t h = 0; h < HASHES; h++)
        if (c->hashes[h])
            kk_digest_add(c->hashes[h], bytes, len);
    while (len) {
        size_t now = len < BLOCK ? len : BLOCK;
        kk_put_bytes(&c->bytes, bytes, now);
        bytes += now;
        len -= now;
        if (c->bytes.len >= BLOCK)
            work(c, false);
    }
}

static kk_slice hash_text(kk_contents *c, size_t h)
{
    uint8_t digest[KK_DIGEST_MOST];
    kk_buffer hex = {0};
    size_t len = kk_digest_take(c->hashes[h], digest);
    kk_put_hex(&hex, (const char *)digest, len);
    kk_slice text = kk_copy(c->scratch, kk_buffer_slice(&hex));
    kk_buffer_close(&hex);
    return text;
}

/* What wants a hash and a name of one file has both here. */
static void look_at_hashes(kk_contents *c, kk_slice path, uint64_t size)
{
    const kk_ioc_hit *hits;
    bool any = false;
    kk_ioc_begin(c->matcher);
    for (size_t h = 0; h < HASHES; h++)
        if (c->hashes[h]) {
            kk_ioc_value(c->matcher, KK_CONTENT_HASH, KK_IOC_IN_ANY, hash_text(c, h));
            any = true;
        }
    if (!any)
        return;
    kk_ioc_value(c->matcher, KK_CONTENT_WAYS, KK_IOC_IN_ITEM, path);
    kk_ioc_number(c->matcher, KK_CONTENT_WAYS, KK_IOC_SIZE, size);
    size_t count = kk_ioc_end(c->matcher, &hits);
    for (size_t i = 0; i < count; i++)
        if (hits[i].fields >> KK_CONTENT_HASH & 1)
            keep(c, hits[i].ioc, KK_CONTENT_HASH, 0, KK_NONE);
    kk_arena_reset(c->scratch);
}

void kk_contents_end(kk_contents *c, kk_slice path, bool is_whole)
{
    uint64_t size = c->base + c->bytes.len;
    work(c, true);
    c->bytes.len = 0;
    if (is_whole)
        look_at_hashes(c, path, size);
}

static long_text *place_of_long(kk_contents *c, kk_slice text)
{
    uint64_t hash = kk_hash_quick(kk_part(text, 0, LONG_ENDS)) ^
                    kk_hash_quick(kk_from(text, text.len - LONG_ENDS)) ^ text.len;
    return &c->longs[hash % LONG_KEPT];
}

static void look_at_text(kk_contents *c, kk_slice text)
{
    bool is_long = text.len >= LONG && text.len <= LONG_MOST;
    long_text *known = is_long ? place_of_long(c, text) : NULL;
    if (known && known->stamp == c->stamp && kk_eq(kk_buffer_slice(&known->text), text))
        return;
    bool led = kk_ioc_value(c->matcher, KK_CONTENT_TEXT, KK_IOC_IN_TEXT, text);
    if (has_defanged(text))
        led |= kk_ioc_value(c->matcher, KK_CONTENT_TEXT, KK_IOC_IN_TEXT,
                            kk_ioc_refanged(c->scratch, text));
    if (has_escapes(text))
        led |= kk_ioc_value(c->matcher, KK_CONTENT_TEXT, KK_IOC_IN_TEXT,
                            without_escapes(c->scratch, text));
    if (!known || kk_ioc_wants_again(c->matcher, led))
        return;
    known->stamp = c->stamp;
    known->text.len = 0;
    kk_put_bytes(&known->text, text.ptr, text.len);
}

void kk_contents_text(kk_contents *c, kk_slice table, uint64_t record, const kk_slice *texts,
                      size_t count)
{
    const kk_ioc_hit *hits;
    if (count == 1 && texts[0].len > WINDOW) {
        for (kk_slice rest = texts[0]; rest.len;) {
            size_t to = rest.len > WINDOW ? cut_before(rest, WINDOW - BACK, WINDOW) : rest.len;
            kk_slice piece = kk_part(rest, 0, to);
            kk_contents_text(c, table, record, &piece, 1);
            rest = kk_from(rest, to < rest.len ? cut_before(rest, WINDOW / 2, WINDOW - BACK) : to);
        }
        return;
    }
    kk_ioc_begin(c->matcher);
    for (size_t i = 0; i < count; i++)
        look_at_text(c, texts[i]);
    size_t found = kk_ioc_end(c->matcher, &hits);
    for (size_t i = 0; i < found; i++)
        keep(c, hits[i].ioc, KK_CONTENT_TEXT, record, table);
    kk_arena_reset(c->scratch);
}
