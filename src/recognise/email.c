/* E-mail addresses. Of the marks that a local part may hold only those are taken that people use:
 * in logs and links = & ? / stand before an address. The local part may begin or end with a dot or hold two in a row: docomo and ezweb
 * gave such addresses out until 2009, and people still have them. */
#include "recognise/email.h"

#include "base/wide.h"
#include "recognise/fold.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 253, TOP_MAX = 24 };

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_domain(char c)
{
    return is_letter(c) || (unsigned char)(c - '0') < 10 || c == '-' || c == '.';
}

static bool is_local(char c)
{
    return is_domain(c) || c == '\'' || c == '+' || c == '_' || c == '~';
}

static size_t local_begin(kk_slice text, size_t from, size_t at_sign)
{
    size_t begin = at_sign;
    while (begin > from && at_sign - begin < LOCAL_MAX && is_local(text.ptr[begin - 1]))
        begin--;
    /* quotes and list marks stand before an address, not in it */
    while (begin < at_sign &&
           (text.ptr[begin] == '\'' || text.ptr[begin] == '~' || text.ptr[begin] == '-'))
        begin++;
    return begin;
}

static size_t domain_end(kk_slice text, size_t begin)
{
    size_t end = begin;
    while (end < text.len && end - begin < DOMAIN_MAX && is_domain(text.ptr[end]))
        end++;
    while (end > begin && (text.ptr[end - 1] == '.' || text.ptr[end - 1] == '-'))
        end--;
    return end;
}

/* Words by their lengths, those of one length one behind the other with a blank between. */
enum { WORD_MAX = 14 };
typedef const char *const word_list[WORD_MAX];

static bool in_list(kk_slice word, word_list list)
{
    if (!word.len || word.len >= WORD_MAX || !list[word.len])
        return false;
    for (const char *p = list[word.len];; p += word.len + 1) {
        if (*p == *word.ptr && memcmp(p, word.ptr, word.len) == 0)
            return true;
        if (!p[word.len])
            return false;
    }
}

/* Endings of files and of systemd's units, none of them a top domain: getty@tty1.service, logo@2x.png. */
static word_list no_tops = {
    [2] = "js",
    [3] = "png jpg gif bmp svg ico css htm xml ini cfg log txt tex cls sty def dtx php jsp asp exe "
          "dll bat tmp bak csv tsv jar "
          "pdf doc xls ppt cpp hpp",
    [4] = "conf html json yaml jpeg aspx docx xlsx pptx swap path webp",
    [5] = "mount slice timer scope class",
    [6] = "socket device target",
    [7] = "service",
    [9] = "automount",
};

/* In small letters. Nearly all addresses end in one of the first three. */
static bool is_no_top(kk_slice top)
{
    return !kk_is(top, "jp") && !kk_is(top, "com") && !kk_is(top, "net") && in_list(top, no_tops);
}

static bool good_domain(kk_arena *arena, kk_slice domain)
{
    size_t dot = KK_NOWHERE;
    for (size_t i = 0; i < domain.len; i++) {
        if (domain.ptr[i] != '.')
            continue;
        if (i > 0 && dot == i - 1) /* two in a row */
            return false;
        dot = i;
    }
    if (dot == KK_NOWHERE || domain.ptr[0] == '.' || domain.ptr[0] == '-')
        return false;
    kk_slice top = kk_from(domain, dot + 1);
    if (top.len < 2 || top.len > TOP_MAX || is_no_top(kk_lower(arena, top)))
        return false;
    bool coded = top.len > 4 && kk_eq_nocase(kk_part(top, 0, 4), KK_S("xn--"));
    for (size_t i = 0; i < top.len && !coded; i++)
        if (!is_letter(top.ptr[i]))
            return false;
    return true;
}

/* Mailboxes of many. */
static word_list shared = {
    [2] = "pr ir hr ec",
    [3] = "all git svn ftp www",
    [4] = "info mail shop news help desk main root jimu team form cron bugs",
    [5] =
        "saiyo sales admin soumu jinji keiri eigyo order hello staff press abuse keiei kanri entry "
        "store alert",
    [6] = "saiyou office honsha zabbix nagios orders yoyaku alerts mailer system notice",
    [7] = "monitor reserve booking support contact inquiry service company recruit privacy general "
          "billing "
          "webform",
    [8] =
        "helpdesk magazine uketsuke toiawase security customer mailform formmail postgres www-data "
        "ec2-user",
    [9] = "webmaster otoiawase jimukyoku marketing wordpress",
    [10] = "newsletter postmaster accounting hostmaster apisupport",
    [11] = "api-support api.support api_support",
    [12] = "notification",
};

/* Mailboxes of nobody. */
static word_list fillers = {
    [3] = "xxx aaa",
    [4] = "test none null hoge xxxx",
    [5] = "dummy",
    [6] = "sample nobody nomail",
    [7] = "noreply no-mail unknown example",
    [8] = "no-reply no_reply testuser testmail",
    [9] = "test-user test_user test.user",
    [10] = "donotreply",
    [12] = "do-not-reply",
    [13] = "mailer-daemon",
};

/* Before a domain that is kept for documents (RFC 2606) what samples are filled with. */
static word_list samples = {
    [3] = "foo bar baz you",
    [4] = "user hoge fuga piyo name mail demo",
    [5] = "email guest",
    [6] = "member",
    [7] = "foo.bar",
    [8] = "yourname username customer",
    [9] = "your-name your.name your_name",
};

static bool is_for_documents(kk_slice domain)
{
    static const char *const names[] = {"example.com", "example.net", "example.org"};
    for (size_t i = 0; i < KK_COUNT(names); i++)
        if (kk_is(domain, names[i]))
            return true;
    return false;
}

/* What is sent there goes to many, or to a program. */
static bool is_of_list(kk_slice core, kk_slice domain)
{
    static const char *const ends[] = {"-request", "-owner",    "-subscribe", "-unsubscribe",
                                       "-bounces", "-announce", "-devel",     "-ml"};
    if (core.len >= 2 && core.ptr[0] == 'm' && core.ptr[1] == 'l' &&
        (core.len == 2 || core.ptr[2] == '-' || core.ptr[2] == '.'))
        return true;
    if (kk_find_byte(core, '-') != KK_NOWHERE)
        for (size_t i = 0; i < KK_COUNT(ends); i++)
            if (kk_ends(core, kk_cstr(ends[i])))
                return true;
    switch (domain.len ? domain.ptr[0] : 0) {
    case 'l':
        return kk_starts(domain, KK_S("lists."));
    case 'm':
        return kk_starts(domain, KK_S("ml."));
    case 'b':
        return kk_starts(domain, KK_S("bugs."));
    case 'g':
        return kk_is(domain, "googlegroups.com") || kk_is(domain, "groups.io");
    case 'y':
        return kk_is(domain, "yahoogroups.com") || kk_is(domain, "yahoogroups.jp");
    case 'f':
        return kk_is(domain, "freeml.com");
    default:
        return false;
    }
}

/* `core` is the local part without digits at its end, but for its first character. */
static void judge(kk_email *email, kk_slice core, kk_slice domain)
{
    if (core.len > 1 && (core.ptr[core.len - 1] == '-' || core.ptr[core.len - 1] == '_'))
        core.len--;
    bool of_info = is_of_list(core, domain) || kk_starts(core, KK_S("info-")) ||
                   kk_starts(core, KK_S("info.")) || kk_starts(core, KK_S("info_")) ||
                   kk_ends(core, KK_S("-info")) || kk_ends(core, KK_S("personalinfo"));
    email->shared = of_info || in_list(core, shared);
    email->filler = in_list(core, fillers) || kk_is(domain, "example.invalid") ||
                    kk_ends(domain, KK_S(".invalid")) || kk_is(domain, "localhost.localdomain") ||
                    kk_is(domain, "test.test") ||
                    (is_for_documents(domain) && in_list(core, samples));
}

/* Gmail delivers a.b+tag@gmail.com to ab@gmail.com. */
static kk_slice loose_form(kk_arena *arena, kk_slice address, kk_slice local, kk_slice domain)
{
    if (!kk_is(domain, "gmail.com") && !kk_is(domain, "googlemail.com"))
        return address;
    kk_pen pen = kk_pen_open(arena, address.len + 8);
    for (size_t i = 0; i < local.len && local.ptr[i] != '+'; i++)
        if (local.ptr[i] != '.')
            kk_pen_put(&pen, (unsigned char)local.ptr[i]);
    kk_pen_add(&pen, KK_S("@gmail.com"));
    return kk_pen_slice(&pen);
}

/* "山田 太郎" <taro@...>, and lists of such with commas; 山田 太郎 [mailto:taro@...]. */
static kk_slice display_before(kk_slice text, size_t from, size_t begin)
{
    static const size_t link = sizeof "mailto:" - 1;
    if (begin > from + link && kk_eq_nocase(kk_part(text, begin - link, link), KK_S("mailto:"))) {
        begin -= link;
        if (text.ptr[begin - 1] == '[' || text.ptr[begin - 1] == '<')
            text.len = begin;
    }
    bool in_brackets = begin > from && text.len == begin && text.ptr[begin - 1] == '[';
    if (begin == 0 || begin <= from || (text.ptr[begin - 1] != '<' && !in_brackets))
        return KK_NONE;
    kk_slice before = kk_part(text, from, begin - 1 - from);
    while (before.len && strchr(" ,;:\"'>\t", before.ptr[0]))
        before = kk_from(before, 1);
    while (before.len && strchr(" \"'", before.ptr[before.len - 1]))
        before.len--;
    return before;
}

static void settle(kk_arena *arena, kk_email *email, size_t sign, size_t core)
{
    kk_slice local = kk_part(email->address, 0, sign), domain = kk_from(email->address, sign + 1);
    judge(email, kk_part(local, 0, core), domain);
    email->loose = loose_form(arena, email->address, local, domain);
}

static size_t core_of(kk_slice local)
{
    while (local.len > 1 && kk_char_digit((unsigned char)local.ptr[local.len - 1]))
        local.len--;
    return local.len;
}

bool kk_email_find(kk_arena *arena, kk_slice plain, size_t *at, kk_email *out)
{
    size_t from = *at, search = *at;
    while (search < plain.len) {
        size_t sign = kk_find_byte(kk_from(plain, search), '@');
        if (sign == KK_NOWHERE)
            break;
        sign += search;
        size_t begin = local_begin(plain, from, sign), end = domain_end(plain, sign + 1);
        kk_slice domain = kk_part(plain, sign + 1, end - sign - 1);
        search = sign + 1;
        if (begin == sign || !good_domain(arena, domain))
            continue;
        *out = (kk_email){.display = display_before(plain, from, begin)};
        out->address = kk_lower(arena, kk_part(plain, begin, end - begin));
        settle(arena, out, sign - begin, core_of(kk_part(out->address, 0, sign - begin)));
        *at = end;
        return true;
    }
    *at = plain.len;
    return false;
}

/* What bytes can be in a cell that is an address and nothing else, in small letters. */
enum { IN_LOCAL = 1, IN_DOMAIN = 2, IN_TOP = 4, IS_WORD = IN_LOCAL | IN_DOMAIN | IN_TOP };
static const uint8_t parts_of[256] = {
    ['a'] = IS_WORD,
    ['b'] = IS_WORD,
    ['c'] = IS_WORD,
    ['d'] = IS_WORD,
    ['e'] = IS_WORD,
    ['f'] = IS_WORD,
    ['g'] = IS_WORD,
    ['h'] = IS_WORD,
    ['i'] = IS_WORD,
    ['j'] = IS_WORD,
    ['k'] = IS_WORD,
    ['l'] = IS_WORD,
    ['m'] = IS_WORD,
    ['n'] = IS_WORD,
    ['o'] = IS_WORD,
    ['p'] = IS_WORD,
    ['q'] = IS_WORD,
    ['r'] = IS_WORD,
    ['s'] = IS_WORD,
    ['t'] = IS_WORD,
    ['u'] = IS_WORD,
    ['v'] = IS_WORD,
    ['w'] = IS_WORD,
    ['x'] = IS_WORD,
    ['y'] = IS_WORD,
    ['z'] = IS_WORD,
    ['0'] = IN_LOCAL | IN_DOMAIN,
    ['1'] = IN_LOCAL | IN_DOMAIN,
    ['2'] = IN_LOCAL | IN_DOMAIN,
    ['3'] = IN_LOCAL | IN_DOMAIN,
    ['4'] = IN_LOCAL | IN_DOMAIN,
    ['5'] = IN_LOCAL | IN_DOMAIN,
    ['6'] = IN_LOCAL | IN_DOMAIN,
    ['7'] = IN_LOCAL | IN_DOMAIN,
    ['8'] = IN_LOCAL | IN_DOMAIN,
    ['9'] = IN_LOCAL | IN_DOMAIN,
    ['-'] = IN_LOCAL | IN_DOMAIN,
    ['.'] = IN_LOCAL,
    ['+'] = IN_LOCAL,
    ['_'] = IN_LOCAL,
};

static size_t run_of(kk_slice text, size_t at, unsigned part)
{
    while (at < text.len && (parts_of[(unsigned char)text.ptr[at]] & part))
        at++;
    return at;
}

/* A cell that is an address and nothing else, as most are; false where kk_email_find has to look. */
static bool read_common(kk_arena *arena, kk_slice plain, kk_email *email)
{
    size_t sign = run_of(plain, 0, IN_LOCAL), at = sign;
    if (!sign || sign > LOCAL_MAX || sign == plain.len || plain.ptr[sign] != '@' ||
        plain.ptr[0] == '-' || plain.len - sign > DOMAIN_MAX)
        return false;
    size_t labels = 0, label = 0;
    for (; at < plain.len && (at == sign || plain.ptr[at] == '.'); labels++) {
        label = at + 1;
        at = run_of(plain, label, IN_DOMAIN);
        if (at == label)
            return false;
    }
    size_t top = plain.len - label;
    if (at < plain.len || labels < 2 || top < 2 || top > TOP_MAX || plain.ptr[sign + 1] == '-' ||
        run_of(plain, label, IN_TOP) < plain.len || is_no_top(kk_from(plain, label)))
        return false;
    *email = (kk_email){.address = plain};
    settle(arena, email, sign, core_of(kk_part(plain, 0, sign)));
    return true;
}

#if KK_HAS_WIDE
enum { WIDE_MOST = 64 };

/* As read_common. */
KK_WIDE_TARGET static bool read_wide(kk_arena *arena, kk_slice plain, kk_email *email)
{
    __m512i bytes = kk_wide_load(plain);
    uint64_t all = kk_wide_all(plain.len), letters = kk_wide_between(bytes, 'a', 'z');
    uint64_t digits = kk_wide_between(bytes, '0', '9'), dots = kk_wide_equal(bytes, '.');
    uint64_t dashes = kk_wide_equal(bytes, '-'), signs = kk_wide_equal(bytes, '@');
    uint64_t of_local = kk_wide_equal(bytes, '+') | kk_wide_equal(bytes, '_');
    uint64_t words = letters | digits | dashes | dots, first = 1;
    if (!signs || (signs & (signs - 1)) || (signs & first) || (dashes & first))
        return false;
    uint64_t before = signs - 1, behind = all & ~before & ~signs;
    uint64_t of_domain = dots & behind, edge = signs | of_domain;
    size_t sign = (size_t)__builtin_ctzll(signs);
    if ((before & ~(words | of_local)) || (behind & ~words) || !of_domain ||
        (edge << 1 & of_domain) || (signs << 1 & dashes))
        return false;
    size_t label = 64 - (size_t)__builtin_clzll(of_domain), top = plain.len - label;
    if (top < 2 || top > TOP_MAX || (all & ~letters) >> label || is_no_top(kk_from(plain, label)))
        return false;
    uint64_t others = before & ~digits;
    *email = (kk_email){.address = plain};
    settle(arena, email, sign, others ? 64 - (size_t)__builtin_clzll(others) : 1);
    return true;
}
#endif

kk_email kk_email_read(kk_arena *arena, kk_slice plain)
{
    kk_email email = {0};
#if KK_HAS_WIDE
    if (plain.len && plain.len <= WIDE_MOST && kk_can_wide()) {
        if (!read_wide(arena, plain, &email))
            email = kk_email_read_slowly(arena, plain);
        return email;
    }
#endif
    if (!read_common(arena, plain, &email))
        email = kk_email_read_slowly(arena, plain);
    return email;
}

kk_email kk_email_read_slowly(kk_arena *arena, kk_slice plain)
{
    kk_email email = {0};
    size_t at = 0;
    if (kk_find_byte(plain, '@') != KK_NOWHERE)
        (void)kk_email_find(arena, plain, &at, &email);
    return email;
}
