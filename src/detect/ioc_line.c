/* Lines of plain lists as people write them: lists of hashes with names, notices of police and CERTs,
 * ranges of addresses. */
#include "detect/ioc_i.h"

#include "base/text.h"
#include "detect/fold.h"

enum { LABEL_MOST = 32, TRIES = 4 };

/* ---- ranges ---- */

static bool read_v4(kk_slice text, uint32_t *out)
{
    kk_subnet s;
    if (kk_find_byte(text, '.') == KK_NOWHERE || kk_find_byte(text, ':') != KK_NOWHERE ||
        !kk_subnet_address(text, &s))
        return false;
    kk_slice rest = text, piece;
    *out = 0;
    while (kk_split(&rest, '.', &piece)) {
        uint64_t number;
        if (!kk_to_u64(piece, &number) || number > 255)
            return false;
        *out = *out << 8 | (uint32_t)number;
    }
    return true;
}

static void add_network(kk_arena *arena, kk_ioc_all *way, uint32_t from, unsigned bits)
{
    kk_slice text = kk_print(arena, "%u.%u.%u.%u/%u", from >> 24, from >> 16 & 255, from >> 8 & 255,
                             from & 255, bits);
    *way = (kk_ioc_all){KK_NEW(arena, kk_ioc_atom), 1};
    way->atoms[0] = (kk_ioc_atom){KK_IOC_IP, false, false, text};
}

/* The fewest networks that hold all from one to the other. */
static size_t networks(kk_arena *arena, uint64_t from, uint64_t to, kk_ioc_all *ways)
{
    size_t count = 0;
    while (from <= to && count < KK_IOC_RANGE_MOST) {
        unsigned bits = 32;
        while (bits && !(from >> (32 - bits) & 1) && from + (UINT64_C(1) << (33 - bits)) - 1 <= to)
            bits--;
        add_network(arena, &ways[count++], (uint32_t)from, bits);
        from += UINT64_C(1) << (32 - bits);
    }
    return count;
}

/* "203.0.113.*", "203.0.*.*" */
static bool read_stars(kk_slice text, uint32_t *from, uint32_t *to)
{
    kk_slice rest = text, piece;
    uint64_t number;
    unsigned parts = 0, stars = 0;
    *from = *to = 0;
    while (kk_split(&rest, '.', &piece) && parts < 5) {
        bool star = kk_is(piece, "*");
        if (!star && (stars || !kk_to_u64(piece, &number) || number > 255))
            return false;
        *from = *from << 8 | (star ? 0 : (uint32_t)number);
        *to = *to << 8 | (star ? 255 : (uint32_t)number);
        stars += star;
        parts++;
    }
    return parts == 4 && stars && stars < 4;
}

/* "192.168/16", "203.0.113." (its /24), "203.0.113.0/255.255.255.0": as routers and people write networks. */
static bool read_short(kk_slice text, uint32_t *from, unsigned *bits)
{
    size_t slash = kk_find_byte(text, '/');
    kk_slice rest = kk_part(text, 0, slash), piece, behind = KK_NONE;
    uint64_t number;
    unsigned parts = 0;
    uint32_t mask;
    if (slash != KK_NOWHERE)
        behind = kk_from(text, slash + 1);
    else if (kk_ends(rest, KK_S(".")))
        rest.len--;
    else
        return false;
    for (*from = 0; kk_split(&rest, '.', &piece); parts++) {
        if (parts == 4 || piece.len > 3 || !kk_to_u64(piece, &number) || number > 255)
            return false;
        *from = *from << 8 | (uint32_t)number;
    }
    if (parts < 2 || (slash == KK_NOWHERE && parts == 4))
        return false;
    *from <<= 8 * (4 - parts);
    *bits = 8 * parts;
    if (slash == KK_NOWHERE)
        return true;
    if (read_v4(behind, &mask)) {
        for (*bits = 0; *bits < 32 && mask >> (31 - *bits) & 1;)
            ++*bits;
        return *bits && (*bits == 32 || (mask << *bits) == 0);
    }
    if (parts == 4 || !kk_to_u64(behind, &number) || !number || number > 32)
        return false;
    *bits = (unsigned)number;
    return true;
}

static bool only_of(kk_slice text, const char *signs)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text.ptr[i] || !strchr(signs, text.ptr[i]))
            return false;
    return text.len > 0;
}

/* Four parts of one to three digits or a star, at least. */
static bool looks_like_v4(kk_slice text)
{
    kk_slice rest = kk_part(text, 0, kk_find_byte(text, '/')), piece;
    unsigned parts = 0;
    for (; kk_split(&rest, '.', &piece); parts++)
        if (!piece.len || piece.len > 3 || !only_of(piece, "0123456789*?"))
            return false;
    return parts == 4;
}

const char *kk_ioc_no_address(kk_slice text)
{
    kk_subnet network;
    kk_slice address = kk_part(text, 0, kk_find_byte(text, '/'));
    bool v4 = only_of(text, "0123456789.*?/-") && looks_like_v4(text);
    bool v6 = only_of(text, "0123456789abcdefABCDEF:*?/.") &&
              kk_find_byte(text, ':') != KK_NOWHERE &&
              (kk_has(text, KK_S("::")) || address.len < text.len) &&
              kk_find_byte(address, ':') != kk_rfind_byte(address, ':');
    if ((!v4 && !v6) || kk_subnet_read(text, &network))
        return NULL;
    if (kk_ioc_has_wildcard(text))
        return "an address with a wildcard inside: only *s at its end are read";
    if (address.len < text.len && kk_subnet_address(address, &network))
        return "no network: what is behind the / is no length that such an address has";
    return "no address: a part of it is larger than it can be, or there are too many";
}

bool kk_ioc_range(kk_arena *arena, kk_slice text, kk_ioc_all *ways, size_t *count)
{
    uint32_t from, to;
    uint64_t last;
    unsigned bits;
    size_t dash = kk_find_byte(text, '-');
    if (read_short(text, &from, &bits)) {
        add_network(arena, ways, from, bits);
        *count = 1;
        return true;
    }
    kk_slice behind = kk_trim(kk_from(text, dash == KK_NOWHERE ? text.len : dash + 1));
    if (dash == KK_NOWHERE) {
        if (!read_stars(text, &from, &to))
            return false;
    } else if (!read_v4(kk_trim(kk_part(text, 0, dash)), &from)) {
        return false;
    } else if (!read_v4(behind, &to)) {
        if (!kk_to_u64(behind, &last) || last > 255)
            return false;
        to = (from & 0xffffff00) | (uint32_t)last;
    }
    if (to < from)
        return false;
    *count = networks(arena, from, to, ways);
    return true;
}

/* ---- what stands around an indicator ---- */

static bool cut(kk_slice *text, const char *const *beginnings)
{
    for (size_t i = 0; beginnings[i]; i++)
        if (kk_starts(*text, kk_cstr(beginnings[i]))) {
            *text = kk_trim(kk_from(*text, strlen(beginnings[i])));
            return true;
        }
    return false;
}

/* "- ", "・", "1. ", "(1) " */
static bool cut_bullet(kk_slice *text)
{
    static const char *const bullets[] = {"- ", "* ", "+ ", "> ", "•", "・", "‣",
                                          "●",  "○",  "■",  "□",  "◆", "※",  NULL};
    if (cut(text, bullets))
        return text->len > 0;
    size_t at = kk_starts(*text, KK_S("(")), from = at;
    while (at < text->len && at < from + 4 && text->ptr[at] >= '0' && text->ptr[at] <= '9')
        at++;
    if (at == from || at + 1 >= text->len || !memchr(".)", text->ptr[at], 2) ||
        !memchr(" \t", text->ptr[at + 1], 2))
        return false;
    *text = kk_trim(kk_from(*text, at + 2));
    return text->len > 0;
}

/* Quotes and brackets around the whole. */
static bool cut_quotes(kk_slice *text)
{
    static const char *const pairs[][2] = {{"'", "'"},   {"\"", "\""}, {"`", "`"},
                                           {"<", ">"},   {"|", "|"},   {"“", "”"},
                                           {"「", "」"}, {"『", "』"}, {"【", "】"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        kk_slice open = kk_cstr(pairs[i][0]), close = kk_cstr(pairs[i][1]);
        if (text->len <= open.len + close.len || !kk_starts(*text, open) || !kk_ends(*text, close))
            continue;
        *text = kk_trim(kk_part(*text, open.len, text->len - open.len - close.len));
        return true;
    }
    return false;
}

/* Such that no words around it are likely to look so. */
static bool is_sure(kk_ioc_type type)
{
    return type == KK_IOC_IP || type == KK_IOC_HASH || type == KK_IOC_URL ||
           type == KK_IOC_DOMAIN || type == KK_IOC_EMAIL;
}

static kk_ioc_type looks(kk_arena *arena, kk_slice text)
{
    kk_ioc_all ways[KK_IOC_RANGE_MOST];
    size_t count, colon = kk_rfind_byte(text, ':');
    uint64_t port;
    kk_slice refanged = kk_trim(kk_ioc_refanged(arena, text));
    bool address = kk_ioc_range(arena, refanged, ways, &count) || kk_ioc_no_address(refanged);
    kk_ioc_type type = address ? KK_IOC_IP : kk_ioc_type_by_value(refanged);
    if (type != KK_IOC_TEXT || colon == KK_NOWHERE || !kk_to_u64(kk_from(text, colon + 1), &port))
        return type;
    kk_subnet one; /* 203.0.113.5:443 */
    return kk_subnet_address(kk_part(refanged, 0, kk_rfind_byte(refanged, ':')), &one) ? KK_IOC_IP
                                                                                       : type;
}

/* "SHA256: ...", "IPアドレス：...", "SHA256 (a.exe) = ...", "sha256 ...": the kind, where the label names
 * one. Of what is no indicator by its looks only a colon makes a value. */
static bool cut_label(kk_arena *arena, kk_slice *text, kk_ioc_type *type)
{
    size_t at = 0, mark = 0, space = kk_find_byte(*text, ' ');
    for (; at < text->len && !mark; at += !mark)
        mark = text->ptr[at] == ':' || text->ptr[at] == '=' ? 1
               : kk_starts(kk_from(*text, at), KK_S("："))  ? 3
                                                            : 0;
    bool colon = mark && text->ptr[at] != '=';
    if (!mark && space != KK_NOWHERE) {
        at = space;
        mark = 1;
    }
    kk_slice label = kk_trim(kk_part(*text, 0, at)), value = kk_trim(kk_from(*text, at + mark));
    if (!mark || !label.len || !value.len || value.ptr[0] == '/' || value.ptr[0] == '\\')
        return false;
    bool named = label.len <= LABEL_MOST && kk_ioc_type_by_name(label, type);
    if (!(named && colon) && !(is_sure(looks(arena, value)) && (named || at != space)))
        return false;
    if (!named)
        *type = KK_IOC_TYPES;
    *text = value;
    return true;
}

static bool cut_at(kk_arena *arena, const char *const *marks, kk_slice *text, kk_slice *note)
{
    size_t end = 0;
    for (bool found = false; end < text->len && !found; end += !found)
        for (size_t i = 0; marks[i] && !found; i++)
            found = kk_starts(kk_from(*text, end), kk_cstr(marks[i]));
    if (!end || end == text->len || !is_sure(looks(arena, kk_part(*text, 0, end))))
        return false;
    if (!note->len)
        *note = kk_trim(kk_from(*text, end));
    *text = kk_part(*text, 0, end);
    return true;
}

/* The first word, where it is an indicator and what follows a remark. */
static bool cut_tail(kk_arena *arena, kk_slice *text, kk_slice *note)
{
    static const char *const blanks[] = {" ", "\t", "　", NULL};
    static const char *const signs[] = {" ", "\t", "　", ",", ";", "|", "(", "（", "、", NULL};
    return cut_at(arena, blanks, text, note) || cut_at(arena, signs, text, note);
}

/* Digits, letters and signs of full width as those of ASCII. */
static kk_slice narrowed(kk_arena *arena, kk_slice text)
{
    kk_slice plain = kk_nfkc(arena, text);
    kk_buffer out = {0};
    for (size_t i = 0; i < plain.len;) {
        bool stop = kk_starts(kk_from(plain, i), KK_S("。"));
        kk_put_byte(&out, stop ? '.' : plain.ptr[i]);
        i += stop ? 3 : 1;
    }
    plain = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return plain;
}

/* "evil.example:443": as a link with a port stands for its host. */
static bool is_host_with_port(kk_slice text, kk_slice *host)
{
    uint64_t port;
    size_t colon = kk_rfind_byte(text, ':');
    if (colon == KK_NOWHERE || !kk_to_u64(kk_from(text, colon + 1), &port) || port > 65535)
        return false;
    *host = kk_part(text, 0, colon);
    return kk_ioc_type_by_value(*host) == KK_IOC_DOMAIN;
}

bool kk_ioc_add_line(kk_arena *arena, kk_iocs *iocs, uint64_t line, kk_slice text, kk_slice note)
{
    kk_slice rest = text, host;
    kk_ioc_type type = KK_IOC_TYPES, found;
    bool spaced = kk_find_byte(rest, ' ') != KK_NOWHERE || kk_find_byte(rest, '\t') != KK_NOWHERE;
    if (looks(arena, rest) == KK_IOC_IP) /* "203.0.113.8 - 203.0.113.20" has blanks of its own */
        return false;
    bool tailed = spaced && cut_tail(arena, &rest, &note);
    found = looks(arena, rest);
    if (!tailed && found != KK_IOC_TEXT && !(found == KK_IOC_FILE_NAME && spaced))
        return false;
    for (size_t i = 0; i < TRIES && !is_sure(found); found = looks(arena, rest), i++)
        if (!cut_bullet(&rest) && !cut_quotes(&rest) && !cut_tail(arena, &rest, &note) &&
            !(type == KK_IOC_TYPES && cut_label(arena, &rest, &type))) {
            kk_slice narrow = narrowed(arena, rest);
            if (kk_eq(narrow, rest))
                break;
            rest = narrow;
        }
    if (is_host_with_port(kk_trim(kk_ioc_refanged(arena, rest)), &host)) {
        rest = host;
        found = KK_IOC_DOMAIN;
    }
    if (type == KK_IOC_TYPES && found == KK_IOC_TEXT)
        return false;
    if (type == KK_IOC_TYPES || (is_sure(found) && type != KK_IOC_URL))
        type = found;
    (void)kk_ioc_add_value(arena, iocs, line, type, rest, note);
    return true;
}
