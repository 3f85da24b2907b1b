#include "detect/payload_i.h"

#include "base/base64.h"

typedef struct {
    kk_arena *arena;
    void (*found)(void *context, const kk_payload *payload);
    void *context;
    uint32_t count;
    size_t bytes; /* decoded so far */
    bool limited;
} finder;

/* A text or a layer of it. */
typedef struct {
    finder *f;
    kk_slice text, chain;
    uint32_t within;
    unsigned depth;
    bool powershell, deflate;
    kk_buffer digits;
} layer;

static void scan(finder *f, kk_slice text, kk_slice chain, uint32_t within, unsigned depth);

const char *kk_payload_kind_name(kk_payload_kind kind)
{
    static const char *const names[KK_PAYLOAD_KINDS] = {
        [KK_PAYLOAD_TEXT] = "text",       [KK_PAYLOAD_PE] = "pe",
        [KK_PAYLOAD_ELF] = "elf",         [KK_PAYLOAD_SHELLCODE] = "shellcode",
        [KK_PAYLOAD_GZIP] = "gzip",       [KK_PAYLOAD_ZLIB] = "zlib",
        [KK_PAYLOAD_DEFLATE] = "deflate", [KK_PAYLOAD_ZIP] = "zip",
        [KK_PAYLOAD_X509] = "x509",       [KK_PAYLOAD_JWT] = "jwt",
        [KK_PAYLOAD_BINARY] = "binary",
    };
    return kind < KK_PAYLOAD_KINDS ? names[kind] : "";
}

static bool has_room(finder *f, size_t len, unsigned depth)
{
    bool room = f->count < KK_PAYLOADS_MOST && len <= KK_PAYLOAD_BYTES - f->bytes &&
                depth < KK_PAYLOAD_DEPTH;
    f->limited = f->limited || !room;
    return room;
}

static kk_slice link_chain(kk_arena *arena, kk_slice chain, const char *step)
{
    return chain.len ? kk_print(arena, "%.*s > %s", KK_P(chain), step) : kk_cstr(step);
}

/* Tells what was decoded and what is inside of it; false if it is no payload. */
static bool tell(finder *f, kk_slice bytes, const payload_ground *ground, const char *mark,
                 kk_slice chain, uint32_t within, unsigned depth)
{
    payload_nature n;
    payload_ground g = *ground;
    size_t left = KK_PAYLOAD_BYTES - f->bytes;
    g.inflated = left < KK_PAYLOAD_INFLATED ? left : KK_PAYLOAD_INFLATED;
    bool is_payload = payload_judge(f->arena, bytes, &g, &n);
    if (!is_payload) { /* what it took counts all the same */
        f->bytes += n.unpacked < left ? n.unpacked : left;
        return false;
    }
    if (!has_room(f, bytes.len, depth))
        return true;
    f->bytes += bytes.len;
    kk_payload p = {.number = ++f->count,
                    .within = within,
                    .kind = n.kind,
                    .torn = g.torn || n.inside_torn,
                    .mark = kk_cstr(mark ? mark : ""),
                    .chain = n.charset ? link_chain(f->arena, chain, n.charset) : chain,
                    .bytes = bytes,
                    .text = n.text};
    f->found(f->context, &p);
    f->limited = f->limited || n.inside_cut;
    if (n.text.len)
        scan(f, n.text, p.chain, p.number, depth + 1);
    if (n.inside.len) {
        payload_ground inside = {.marked = true, .torn = n.inside_torn || n.inside_cut, .least = 1};
        (void)tell(f, n.inside, &inside, NULL,
                   link_chain(f->arena, chain, kk_payload_kind_name(n.kind)), p.number, depth + 1);
    }
    return true;
}

/* The bytes of the digits. `*odd`: there is one digit too many, or bits that mean nothing are set. */
static kk_slice decode(kk_arena *arena, kk_slice digits, bool *odd)
{
    char *out = kk_take(arena, digits.len / 4 * 3 + 3);
    size_t len = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < digits.len; i++) {
        bits = bits << 6 | (uint32_t)kk_base64_value(digits.ptr[i]);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (char)(bits >> have & 0xff);
        }
    }
    *odd = have == 6 || (bits & ((1u << have) - 1)) != 0;
    return (kk_slice){out, len};
}

/* Enough of the digits are there for bytes without any order: no hash, no path, no word has so many. */
static bool is_varied(kk_slice digits)
{
    enum { LEAST = 320, VARIETY = 40 };
    bool seen[256] = {false};
    unsigned variety = 0;
    if (digits.len < LEAST)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        variety += !seen[(unsigned char)digits.ptr[i]];
        seen[(unsigned char)digits.ptr[i]] = true;
    }
    return variety >= VARIETY;
}

static bool is_hex(kk_slice digits)
{
    if (digits.len < 48 || digits.len % 2)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[i];
        if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f')))
            return false;
    }
    return true;
}

static kk_slice decode_hex(kk_arena *arena, kk_slice digits)
{
    char *out = kk_take(arena, digits.len / 2 + 1);
    uint64_t byte = 0;
    for (size_t i = 0; i + 1 < digits.len; i += 2) {
        (void)kk_hex_to_u64(kk_part(digits, i, 2), &byte);
        out[i / 2] = (char)byte;
    }
    return (kk_slice){out, digits.len / 2};
}

enum { BARE_LEAST = 20, MARKED_LEAST = 3, WORD_MOST = 12, BINARY_LEAST = 12 };

/* What ConvertFrom-SecureString puts before its text; the text is Base64 by itself. */
static bool skip_secure_string(kk_buffer *digits)
{
    static const char head[] = "76492d1116743f0423413b16050a5345";
    size_t len = sizeof head - 1;
    if (!kk_starts(kk_buffer_slice(digits), (kk_slice){head, len}))
        return false;
    digits->len -= len;
    memmove(digits->ptr, digits->ptr + len, digits->len);
    return true;
}

/* Digits that were read, as Base64 or as hexadecimal bytes. */
static bool tell_code(layer *l, size_t begin, const payload_code *code)
{
    bool is_secure = skip_secure_string(&l->digits);
    kk_slice digits = kk_buffer_slice(&l->digits);
    if (digits.len < MARKED_LEAST)
        return false;
    payload_mark mark = payload_mark_of(l->text, begin, code->end);
    if (digits.len < BARE_LEAST && !mark.name)
        return false;
    if (is_hex(digits)) {
        payload_ground g = {
            .marked = mark.is_hex, .no_text = !mark.is_hex, .least = mark.is_hex ? 1 : SIZE_MAX};
        kk_slice chain = link_chain(l->f->arena, l->chain, "hex");
        if (tell(l->f, decode_hex(l->f->arena, digits), &g, mark.is_hex ? mark.name : NULL, chain,
                 l->within, l->depth) ||
            mark.is_hex)
            return true;
    }
    bool is_whole = code->padded || digits.len % 4 == 0;
    if (mark.name && !mark.is_option && !is_whole && digits.len < WORD_MOST)
        return false; /* the name of a variable */
    bool odd, strict = !mark.name && !code->torn;
    kk_slice bytes = decode(l->f->arena, digits, &odd);
    if (strict && (odd || (code->padded && digits.len % 4 == 0)))
        return false;
    payload_ground g = {.marked = mark.name != NULL,
                        .is_option = mark.is_option,
                        .powershell = l->powershell,
                        .deflate = l->deflate,
                        .torn = code->torn,
                        .least = mark.is_option      ? SIZE_MAX
                                 : mark.name         ? BINARY_LEAST
                                 : is_varied(digits) ? 1
                                                     : SIZE_MAX};
    const char *step = is_secure ? "securestring" : code->is_url ? "base64url" : "base64";
    return tell(l->f, bytes, &g, mark.name, link_chain(l->f->arena, l->chain, step), l->within,
                l->depth);
}

/* header.claims.signature, each in Base64 for addresses; its end, or 0. */
static size_t tell_token(layer *l, size_t begin)
{
    kk_slice part[2];
    size_t at = begin;
    bool odd;
    for (int i = 0; i < 2; i++) {
        payload_code code = payload_code_read(l->text, at, true, &l->digits);
        if (l->digits.len < 8 || !kk_starts(kk_buffer_slice(&l->digits), KK_S("ey")) ||
            code.end >= l->text.len || l->text.ptr[code.end] != '.')
            return 0;
        part[i] = decode(l->f->arena, kk_buffer_slice(&l->digits), &odd);
        at = code.end + 1;
    }
    at = payload_code_read(l->text, at, true, &l->digits).end;
    kk_slice bytes = kk_print(l->f->arena, "%.*s\n%.*s", KK_P(part[0]), KK_P(part[1]));
    payload_ground g = {.marked = true, .least = SIZE_MAX};
    payload_nature n;
    if (!payload_judge(l->f->arena, bytes, &g, &n) || n.kind != KK_PAYLOAD_TEXT ||
        !has_room(l->f, bytes.len, l->depth))
        return 0;
    l->f->bytes += bytes.len;
    kk_payload p = {.number = ++l->f->count,
                    .within = l->within,
                    .kind = KK_PAYLOAD_JWT,
                    .mark = KK_S(""),
                    .chain = link_chain(l->f->arena, l->chain, "jwt"),
                    .bytes = bytes,
                    .text = n.text};
    l->f->found(l->f->context, &p);
    return at;
}

static size_t tell_numbers(layer *l, size_t at)
{
    enum { LIST_LEAST = 64 };
    size_t end = payload_numbers_read(l->text, at, &l->digits);
    payload_ground g = {.least = LIST_LEAST};
    if (end)
        (void)tell(l->f, kk_copy(l->f->arena, kk_buffer_slice(&l->digits)), &g, NULL,
                   link_chain(l->f->arena, l->chain, "bytes"), l->within, l->depth);
    return end;
}

/* Where a code may begin: a letter, digit or sign, or the backslash of a list of bytes. */
static size_t next_begin(kk_slice s, size_t at)
{
    while (at < s.len &&
           !(payload_class[(unsigned char)s.ptr[at]] & (PAYLOAD_DIGIT | PAYLOAD_SIGN)) &&
           !(s.ptr[at] == '\\' && at + 1 < s.len && (s.ptr[at + 1] | 32) == 'x'))
        at++;
    return at;
}

static void scan_layer(layer *l)
{
    kk_slice s = l->text;
    size_t url_until = 0, end;
    for (size_t at = 0; (at = next_begin(s, at)) < s.len && !l->f->limited;) {
        if (at + 1 < s.len && (s.ptr[at + 1] | 32) == 'x' && (end = tell_numbers(l, at))) {
            at = end;
            continue;
        }
        if (s.ptr[at] == '\\') {
            at += 2;
            continue;
        }
        if (kk_starts(kk_from(s, at), KK_S("ey")) && (end = tell_token(l, at))) {
            at = end;
            continue;
        }
        payload_code code = payload_code_read(s, at, false, &l->digits);
        bool goes_on =
            code.end < s.len && payload_class[(unsigned char)s.ptr[code.end]] & PAYLOAD_URL_SIGN;
        if (goes_on && at >= url_until) {
            payload_code url = payload_code_read(s, at, true, &l->digits);
            url_until = url.end;
            if (tell_code(l, at, &url)) {
                at = url.end;
                continue;
            }
            code = payload_code_read(s, at, false, &l->digits);
        }
        (void)tell_code(l, at, &code);
        at = code.end > at ? code.end : at + 1;
    }
}

/* Without the marks by which cmd lets a letter be hidden; the same text if there are next to none. */
static kk_slice without_carets(kk_arena *arena, kk_slice s)
{
    enum { FEW = 3 };
    size_t count = 0, len = 0;
    for (size_t at = 0; at < s.len && count < FEW; count++) {
        size_t next = kk_find_byte(kk_from(s, at), '^');
        if (next == KK_NOWHERE)
            break;
        at += next + 1;
    }
    if (count < FEW)
        return s;
    char *out = kk_take(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '^')
            out[len++] = s.ptr[i];
    return (kk_slice){out, len};
}

static void scan(finder *f, kk_slice text, kk_slice chain, uint32_t within, unsigned depth)
{
    layer l = {.f = f,
               .text = without_carets(f->arena, text),
               .chain = chain,
               .within = within,
               .depth = depth};
    l.deflate = kk_has_nocase(l.text, KK_S("deflate"));
    l.powershell = kk_has_nocase(l.text, KK_S("powershell")) || kk_has_nocase(l.text, KK_S("pwsh"));
    scan_layer(&l);
    kk_buffer_close(&l.digits);
}

bool kk_payloads_find(kk_arena *arena, kk_slice text,
                      void (*found)(void *context, const kk_payload *payload), void *context)
{
    finder f = {.arena = arena, .found = found, .context = context};
    scan(&f, text, KK_NONE, 0, 0);
    return !f.limited;
}
