/* Index pages of web servers: Apache (plain, in <pre>, in a table), nginx, IIS, and pages in their
 * manner. Every link that leads to a file of the page is an entry; the text behind it, until the
 * next link, holds its date and size, without its tags. The name is taken from the link's address,
 * since the text may be shortened ("long_na..&gt;"); its percent escapes are UTF-8 or whatever the
 * server's file system had. */
#include "parse/leak_listing.h"

#include "parse/log_words.h"

enum { TAIL_MOST = 600 };

static size_t find_nocase(kk_slice s, size_t from, kk_slice word)
{
    for (size_t i = from; i + word.len <= s.len; i++) {
        const char *lt = memchr(s.ptr + i, word.ptr[0], s.len - i);
        if (!lt)
            return KK_NOWHERE;
        i = (size_t)(lt - s.ptr);
        if (i + word.len <= s.len && kk_eq_nocase(kk_part(s, i, word.len), word))
            return i;
    }
    return KK_NOWHERE;
}

static bool entity(kk_slice name, uint32_t *c)
{
    static const struct {
        const char *name;
        uint32_t c;
    } known[] = {{"amp", '&'},  {"lt", '<'},    {"gt", '>'},
                 {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (kk_is(name, known[i].name)) {
            *c = known[i].c;
            return true;
        }
    uint64_t number;
    if (name.len < 2 || name.ptr[0] != '#')
        return false;
    bool hex = (name.ptr[1] | 0x20) == 'x';
    if (hex ? !kk_hex_to_u64(kk_from(name, 2), &number) : !kk_to_u64(kk_from(name, 1), &number))
        return false;
    *c = (uint32_t)number;
    return number >= 0x20 && number < 0x110000 && (number < 0xd800 || number > 0xdfff);
}

/* Entities resolved, tags left out, runs of blanks made one. */
static kk_slice plain_text(kk_arena *arena, kk_slice s)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < s.len;) {
        if (s.ptr[i] == '<') {
            size_t close = kk_find_byte(kk_from(s, i), '>');
            kk_put_byte(&out, ' ');
            i = close == KK_NOWHERE ? s.len : i + close + 1;
            continue;
        }
        uint32_t c;
        size_t end = s.ptr[i] == '&' ? kk_find_byte(kk_part(s, i, 12), ';') : KK_NOWHERE;
        if (end != KK_NOWHERE && entity(kk_part(s, i + 1, end - 1), &c)) {
            kk_put_char(&out, c);
            i += end + 1;
        } else {
            kk_put_byte(&out, s.ptr[i++]);
        }
    }
    kk_slice text = kk_copy(arena, kk_trim(kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    return text;
}

static kk_slice percent_decoded(kk_arena *arena, kk_slice s)
{
    if (kk_find_byte(s, '%') == KK_NOWHERE)
        return s;
    char *out = kk_take(arena, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint64_t byte;
        if (s.ptr[i] == '%' && i + 3 <= s.len && kk_hex_to_u64(kk_part(s, i + 1, 2), &byte) &&
            byte >= 0x20) {
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = s.ptr[i];
        }
    }
    kk_slice bytes = {out, n};
    return kk_utf8_valid(bytes) ? bytes
                                : kk_decode(arena, kk_charset_guess(bytes, NULL), bytes, NULL);
}

/* Without scheme and host, query and fragment; the path of an address. */
static kk_slice path_of(kk_slice link)
{
    size_t scheme = kk_find(link, KK_S("://"));
    if (scheme != KK_NOWHERE && scheme < 8) {
        link = kk_from(link, scheme + 3);
        size_t slash = kk_find_byte(link, '/');
        link = slash == KK_NOWHERE ? KK_NONE : kk_from(link, slash);
    }
    link = kk_part(link, 0, kk_find_byte(link, '#'));
    return link;
}

static bool is_file_link(kk_slice link, kk_slice text)
{
    static const kk_slice others[] = {
        {"mailto:", 7}, {"javascript:", 11}, {"?", 1}, {"#", 1}, {"..", 2}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (kk_starts(link, others[i]))
            return false;
    if (link.len == 0 || link.ptr[link.len - 1] == '/' || kk_has(text, KK_S("Parent Directory")))
        return false;
    return true;
}

/* Date and size behind the link, in either order. A dash stands for a folder. */
static void read_tail(kk_slice tail, kk_leak_entry *entry)
{
    uint64_t size, tolerance;
    while (tail.len) {
        size_t taken = entry->dated ? 0 : kk_leak_date(tail, entry);
        if (taken) {
            tail = kk_trim(kk_from(tail, taken));
            continue;
        }
        kk_slice word = kk_leak_word(&tail), unit = tail;
        kk_slice next = kk_leak_word(&unit);
        if (entry->size.len || !kk_log_size(word, &size, &tolerance))
            continue;
        entry->size = word;
        kk_slice both = {word.ptr, next.len ? (size_t)(next.ptr + next.len - word.ptr) : word.len};
        bool is_unit = next.len && (next.ptr[0] < '0' || next.ptr[0] > '9');
        if (is_unit && kk_log_size(both, &size, &tolerance)) { /* "1.2 MB" */
            entry->size = both;
            tail = unit;
        }
    }
}

static void tell_link(kk_leak *leak)
{
    if (!leak->open)
        return;
    leak->open = false;
    kk_slice text = plain_text(leak->scratch, kk_buffer_slice(&leak->text));
    kk_slice link = plain_text(leak->scratch, kk_buffer_slice(&leak->link));
    kk_slice path = path_of(link);
    if (!is_file_link(path, text))
        return;
    kk_leak_entry entry = {0};
    size_t query = kk_find_byte(path, '?');
    entry.name = query == KK_NOWHERE ? percent_decoded(leak->scratch, path) : text;
    while (kk_starts(entry.name, KK_S("./")))
        entry.name = kk_from(entry.name, 2);
    entry.directory = kk_buffer_slice(&leak->directory);
    read_tail(plain_text(leak->scratch, kk_buffer_slice(&leak->tail)), &entry);
    if (entry.name.len)
        kk_leak_tell(leak, &entry, &leak->link_at);
}

static void add_tail(kk_leak *leak, kk_slice text)
{
    size_t room = leak->tail.len < TAIL_MOST ? TAIL_MOST - leak->tail.len : 0;
    kk_put(&leak->tail, kk_part(text, 0, room));
    kk_put_byte(&leak->tail, ' ');
}

/* "Index of /data/hr" in the title or the heading: the folder of the links. */
static void read_title(kk_leak *leak, kk_slice text)
{
    size_t at = find_nocase(text, 0, KK_S("Index of "));
    size_t tag = at == KK_NOWHERE ? at : kk_find_byte(kk_from(text, at), '<');
    if (at == KK_NOWHERE || leak->directory.len)
        return;
    kk_slice path = kk_trim(kk_part(text, at + 9, tag == KK_NOWHERE ? KK_NOWHERE : tag - 9));
    path = percent_decoded(leak->scratch, plain_text(leak->scratch, path));
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    kk_leak_keep(&leak->directory, path);
}

/* href="x", href='x' or href=x inside a tag. */
static kk_slice href_of(kk_slice tag)
{
    size_t at = find_nocase(tag, 0, KK_S("href="));
    if (at == KK_NOWHERE)
        return KK_NONE;
    kk_slice value = kk_from(tag, at + 5);
    char quote = value.len ? value.ptr[0] : '\0';
    if (quote == '"' || quote == '\'') {
        value = kk_from(value, 1);
        return kk_part(value, 0, kk_find_byte(value, quote));
    }
    size_t i = 0;
    while (i < value.len && value.ptr[i] != ' ' && value.ptr[i] != '>')
        i++;
    return kk_part(value, 0, i);
}

bool kk_leak_html(kk_leak *leak, kk_slice text)
{
    if (!text.ptr) {
        tell_link(leak);
        return true;
    }
    read_title(leak, text);
    size_t at = 0;
    for (;;) {
        size_t anchor = find_nocase(text, at, KK_S("<a "));
        if (leak->open)
            add_tail(leak, kk_part(text, at, anchor == KK_NOWHERE ? KK_NOWHERE : anchor - at));
        if (anchor == KK_NOWHERE)
            break;
        tell_link(leak);
        size_t close = kk_find_byte(kk_from(text, anchor), '>');
        if (close == KK_NOWHERE)
            break;
        size_t end = find_nocase(text, anchor + close, KK_S("</a>"));
        size_t text_end = end == KK_NOWHERE ? text.len : end;
        kk_leak_keep(&leak->link, href_of(kk_part(text, anchor, close)));
        kk_leak_keep(&leak->text, kk_part(text, anchor + close + 1, text_end - anchor - close - 1));
        leak->tail.len = 0;
        leak->link_at = leak->at;
        leak->open = leak->link.len > 0;
        at = end == KK_NOWHERE ? text.len : end + 4;
    }
    bool ends = find_nocase(text, at, KK_S("</tr>")) != KK_NOWHERE ||
                find_nocase(text, at, KK_S("</table>")) != KK_NOWHERE ||
                find_nocase(text, at, KK_S("</pre>")) != KK_NOWHERE;
    if (ends)
        tell_link(leak);
    return true;
}
