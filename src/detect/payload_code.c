/* Codes in a text: where their digits are, and what announces them. */
#include "detect/payload_i.h"

#include "base/base64.h"

#define D PAYLOAD_DIGIT
const uint8_t payload_class[256] = {
    ['+'] = PAYLOAD_SIGN,
    ['/'] = PAYLOAD_SIGN,
    ['-'] = PAYLOAD_URL_SIGN,
    ['_'] = PAYLOAD_URL_SIGN,
    ['0'] = D,
    ['1'] = D,
    ['2'] = D,
    ['3'] = D,
    ['4'] = D,
    ['5'] = D,
    ['6'] = D,
    ['7'] = D,
    ['8'] = D,
    ['9'] = D,
    ['A'] = D,
    ['B'] = D,
    ['C'] = D,
    ['D'] = D,
    ['E'] = D,
    ['F'] = D,
    ['G'] = D,
    ['H'] = D,
    ['I'] = D,
    ['J'] = D,
    ['K'] = D,
    ['L'] = D,
    ['M'] = D,
    ['N'] = D,
    ['O'] = D,
    ['P'] = D,
    ['Q'] = D,
    ['R'] = D,
    ['S'] = D,
    ['T'] = D,
    ['U'] = D,
    ['V'] = D,
    ['W'] = D,
    ['X'] = D,
    ['Y'] = D,
    ['Z'] = D,
    ['a'] = D,
    ['b'] = D,
    ['c'] = D,
    ['d'] = D,
    ['e'] = D,
    ['f'] = D,
    ['g'] = D,
    ['h'] = D,
    ['i'] = D,
    ['j'] = D,
    ['k'] = D,
    ['l'] = D,
    ['m'] = D,
    ['n'] = D,
    ['o'] = D,
    ['p'] = D,
    ['q'] = D,
    ['r'] = D,
    ['s'] = D,
    ['t'] = D,
    ['u'] = D,
    ['v'] = D,
    ['w'] = D,
    ['x'] = D,
    ['y'] = D,
    ['z'] = D,
};
#undef D

enum { LINE_LEAST = 40, PADDING_MOST = 4 };

static char at_of(kk_slice s, size_t at)
{
    return at < s.len ? s.ptr[at] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

static bool is_digit_of(char c, bool is_url)
{
    unsigned class = payload_class[(unsigned char)c];
    return class & PAYLOAD_DIGIT || (class & (is_url ? PAYLOAD_URL_SIGN : PAYLOAD_SIGN));
}

static bool has_at(kk_slice s, size_t at, const char *word)
{
    size_t len = strlen(word);
    return kk_eq_nocase(kk_part(s, at, len), (kk_slice){word, len});
}

/* A digit or a sign of padding, written in the way of addresses, JSON, JavaScript or XML: its length
 * and what it stands for. */
static size_t escaped(kk_slice s, size_t at, char *stands_for)
{
    static const struct {
        const char *form;
        char character;
    } forms[] = {
        {"%2b", '+'},     {"%2f", '/'},     {"%3d", '='},      {"\\/", '/'},    {"\\u002b", '+'},
        {"\\u002f", '/'}, {"\\u003d", '='}, {"\\x2b", '+'},    {"\\x2f", '/'},  {"\\x3d", '='},
        {"&#43;", '+'},   {"&#47;", '/'},   {"&#61;", '='},    {"&#x2b;", '+'}, {"&#x2f;", '/'},
        {"&#x3d;", '='},  {"&plus;", '+'},  {"&equals;", '='},
    };
    char c = at_of(s, at);
    if (c != '%' && c != '\\' && c != '&')
        return 0;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (has_at(s, at, forms[i].form)) {
            *stands_for = forms[i].character;
            return strlen(forms[i].form);
        }
    return 0;
}

/* What stands before each line of the signature at the end of a script. */
static size_t comment_sign(kk_slice s, size_t at)
{
    static const char *const signs[] = {"# ", "'' SIG '' ", "// SIG // "};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (kk_starts(kk_from(s, at), kk_cstr(signs[i])))
            return strlen(signs[i]);
    return 0;
}

/* The end of a line, as it is or in the way of JSON or XML, with the blanks behind it; 0: none. */
static size_t line_end(kk_slice s, size_t at)
{
    static const char *const forms[] = {"\\r", "\\n", "&#13;", "&#10;", "&#xd;", "&#xa;"};
    size_t i = at, before;
    do {
        before = i;
        while (at_of(s, i) == '\r' || at_of(s, i) == '\n')
            i++;
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++)
            if (has_at(s, i, forms[k]))
                i += strlen(forms[k]);
    } while (i > before);
    while (i > at && (at_of(s, i) == ' ' || at_of(s, i) == '\t'))
        i++;
    return i > at ? i + comment_sign(s, i) - at : 0;
}

/* Whether the line at `at` goes on with the code whose lines have `len` digits: it is as long, or it is
 * the last one and nothing else is on it. */
static bool goes_on(kk_slice s, size_t at, size_t len, bool is_url)
{
    size_t i = at;
    while (i < s.len && i - at <= len && is_digit_of(s.ptr[i], is_url))
        i++;
    char next = at_of(s, i);
    return i - at == len ||
           (i > at && i - at < len &&
            (!next || next == '=' || is_quote(next) || next == '<' || line_end(s, i)));
}

/* "abc" + "def": from the quote behind the one to the first digit of the other; 0: no such thing. */
static size_t added(kk_slice s, size_t at, bool is_url)
{
    size_t i = at;
    i += at_of(s, i) == '\\';
    char quote = at_of(s, i);
    if (!is_quote(quote))
        return 0;
    for (i++; is_blank(at_of(s, i)) || at_of(s, i) == '`'; i++)
        ;
    if (at_of(s, i) != '+' && at_of(s, i) != '&')
        return 0;
    for (i++; is_blank(at_of(s, i)) || at_of(s, i) == '`' || at_of(s, i) == '_'; i++)
        ;
    i += at_of(s, i) == '\\';
    if (at_of(s, i) != quote || !is_digit_of(at_of(s, i + 1), is_url))
        return 0;
    return i + 1 - at;
}

static size_t read_padding(kk_slice s, size_t at, bool *padded)
{
    char c;
    for (int n = 0; n < PADDING_MOST; n++) {
        size_t len = at_of(s, at) == '=' ? 1 : escaped(s, at, &c);
        if (!len || (len > 1 && c != '='))
            break;
        *padded = true;
        at += len;
    }
    return at;
}

/* What stands between two digits and does not end the code; 0: it ends. */
static size_t between(kk_slice s, size_t at, size_t line, bool is_url)
{
    size_t len = line >= LINE_LEAST ? line_end(s, at) : 0;
    if (len && goes_on(s, at + len, line, is_url))
        return len;
    return added(s, at, is_url);
}

payload_code payload_code_read(kk_slice s, size_t at, bool is_url, kk_buffer *digits)
{
    payload_code code = {.is_url = is_url};
    size_t line = 0, len;
    char c;
    digits->len = 0;
    while (at < s.len) {
        c = s.ptr[at];
        if (is_digit_of(c, is_url)) {
            kk_put_byte(digits, (char)(c == '-' ? '+' : c == '_' ? '/' : c));
            at++;
            line++;
        } else if ((len = escaped(s, at, &c)) && c != '=') {
            kk_put_byte(digits, c);
            at += len;
            line += len;
        } else if ((len = between(s, at, line, is_url))) {
            at += len;
            line = 0;
        } else {
            break;
        }
    }
    code.end = read_padding(s, at, &code.padded);
    code.torn = !code.padded && digits->len % 4 &&
                (at == s.len || has_at(s, at, "...") || has_at(s, at, "\xe2\x80\xa6"));
    return code;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

size_t payload_numbers_read(kk_slice s, size_t at, kk_buffer *bytes)
{
    enum { LEAST = 16, GAP_MOST = 12 };
    size_t end = at;
    bytes->len = 0;
    for (;;) {
        char lead = at_of(s, at);
        if ((lead != '0' && lead != '\\') || (at_of(s, at + 1) | 32) != 'x')
            break;
        int high = hex_of(at_of(s, at + 2)), low = hex_of(at_of(s, at + 3));
        if (high < 0)
            break;
        kk_put_byte(bytes, (char)(low < 0 ? high : high << 4 | low));
        at += low < 0 ? 3 : 4;
        if (hex_of(at_of(s, at)) >= 0)
            break; /* a number of more than a byte */
        end = at;
        size_t gap = 0;
        for (char c; (c = at_of(s, at)) && (is_blank(c) || strchr(",;`_+\"'", c)) && gap < GAP_MOST;
             gap++)
            at++;
    }
    return bytes->len >= LEAST ? end : 0;
}

/* ---- What announces a code ---- */

/* Text before a code without what may be between the two: quotes, brackets, blanks, a `b` of Python. */
static kk_slice before(kk_slice text, size_t begin)
{
    enum { LOOK_BACK = 24 };
    size_t at = begin, least = begin > LOOK_BACK ? begin - LOOK_BACK : 0;
    bool quoted = false;
    while (at > least) {
        char c = text.ptr[at - 1];
        bool is_prefix = quoted && (c == 'b' || c == 'u' || c == 'r' || c == 'B') && at > 1 &&
                         (text.ptr[at - 2] == '(' || is_blank(text.ptr[at - 2]));
        if (!is_blank(c) && !is_quote(c) && !is_prefix && !strchr("(:=\\`@,[{", c))
            break;
        quoted = is_quote(c);
        at--;
    }
    if (kk_ends(kk_part(text, 0, at), KK_S("&quot;")))
        at -= 6;
    else if (kk_ends(kk_part(text, 0, at), KK_S("&apos;")))
        at -= 6;
    while (at > 0 && (is_blank(text.ptr[at - 1]) || text.ptr[at - 1] == '('))
        at--;
    return kk_part(text, 0, at);
}

static bool ends_with(kk_slice s, const char *word)
{
    size_t len = strlen(word);
    return s.len >= len && kk_eq_nocase(kk_from(s, s.len - len), (kk_slice){word, len});
}

/* Any beginning of -EncodedCommand or -EncodedArguments that PowerShell takes, behind any of the dashes
 * that it takes. Marks by which a shell hides letters count for nothing. */
static bool is_encoded_option(kk_slice s)
{
    static const char *const names[] = {"encodedcommand", "ec", "encodedarguments", "ea"};
    char word[32];
    size_t len = 0, at = s.len;
    while (at > 0 && !is_blank(s.ptr[at - 1]) && !is_quote(s.ptr[at - 1]) && len < sizeof word) {
        char c = s.ptr[--at];
        if (c != '^' && c != '`')
            word[sizeof word - ++len] = c;
    }
    kk_slice option = {word + sizeof word - len, len};
    static const char *const dashes[] = {"--",           "-",           "/", "\xe2\x80\x93",
                                         "\xe2\x80\x94", "\xe2\x80\x95"};
    size_t dash = 0;
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes && !dash; i++)
        if (kk_starts(option, kk_cstr(dashes[i])))
            dash = strlen(dashes[i]);
    option = kk_from(option, dash);
    if (!dash || !option.len)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_eq_nocase(option, kk_part(kk_cstr(names[i]), 0, option.len)))
            return true;
    return false;
}

/* base64 -d, or openssl's, in this stretch of a command. */
static bool is_decoder(kk_slice s)
{
    static const char *const options[] = {" -d", " --decode", " -di", " -D", " -id", " -A -d"};
    if (!kk_has_nocase(s, KK_S("base64")))
        return false;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (kk_has(s, kk_cstr(options[i])))
            return true;
    return false;
}

/* What the code is handed on to: echo CODE | base64 -d */
static kk_slice piped_to(kk_slice text, size_t end)
{
    enum { LOOK_ON = 48 };
    while (end < text.len && (is_quote(text.ptr[end]) || is_blank(text.ptr[end])))
        end++;
    return at_of(text, end) == '|' ? kk_part(text, end, LOOK_ON) : KK_NONE;
}

payload_mark payload_mark_of(kk_slice text, size_t begin, size_t end)
{
    static const char *const calls[] = {
        "frombase64string",
        "frombase64chararray",
        "base64_decode",
        "b64decode",
        "b64_decode",
        "decode64",
        "decodebase64",
        "decodebytes",
        "decodestring",
        "base64decode",
        "atob",
        "base64,",
    };
    static const char *const hex_calls[] = {"fromhexstring", "unhexlify",     "fromhex",
                                            "hex2bin",       "xxd -r -p <<<", "xxd -p -r <<<"};
    enum { LOOK_BACK = 64 };
    kk_slice s = before(text, begin);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (ends_with(s, calls[i]))
            return (payload_mark){calls[i], false, false};
    for (size_t i = 0; i < sizeof hex_calls / sizeof *hex_calls; i++)
        if (ends_with(s, hex_calls[i]))
            return (payload_mark){hex_calls[i], false, true};
    if (is_encoded_option(s))
        return (payload_mark){"-encodedcommand", true, false};
    kk_slice near = s.len > LOOK_BACK ? kk_from(s, s.len - LOOK_BACK) : s;
    kk_slice pipe = piped_to(text, end);
    if (is_decoder(pipe) || (kk_ends(s, KK_S("<<<")) && is_decoder(near)))
        return (payload_mark){"base64 -d", false, false};
    if (kk_has(pipe, KK_S("xxd -r")) || kk_has(pipe, KK_S("xxd -p -r")))
        return (payload_mark){"xxd -r", false, true};
    if (kk_ends(s, KK_S("-----")) && kk_has(near, KK_S("-----BEGIN ")))
        return (payload_mark){"-----begin", false, false};
    return (payload_mark){NULL, false, false};
}
