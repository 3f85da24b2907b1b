#include "detect/fold.h"
#include "detect/ioc_i.h"

const char *const kk_ioc_type_names[KK_IOC_TYPES] = {
    [KK_IOC_IP] = "ip",
    [KK_IOC_DOMAIN] = "domain",
    [KK_IOC_HOST] = "hostname",
    [KK_IOC_URL] = "url",
    [KK_IOC_EMAIL] = "email",
    [KK_IOC_ACCOUNT] = "account",
    [KK_IOC_PATH] = "path",
    [KK_IOC_FILE_NAME] = "filename",
    [KK_IOC_SHA256] = "sha256",
    [KK_IOC_SHA1] = "sha1",
    [KK_IOC_MD5] = "md5",
    [KK_IOC_HASH] = "hash",
    [KK_IOC_REGISTRY] = "registry",
    [KK_IOC_SERVICE] = "service",
    [KK_IOC_TASK] = "task",
    [KK_IOC_USER_AGENT] = "user-agent",
    [KK_IOC_PORT] = "port",
    [KK_IOC_SIZE] = "size",
    [KK_IOC_TEXT] = "text",
};

const char *const kk_ioc_misp_names[KK_IOC_TYPES] = {
    [KK_IOC_IP] = "ip-src",
    [KK_IOC_DOMAIN] = "domain",
    [KK_IOC_HOST] = "hostname",
    [KK_IOC_URL] = "url",
    [KK_IOC_EMAIL] = "email",
    [KK_IOC_ACCOUNT] = "target-user",
    [KK_IOC_PATH] = "filename",
    [KK_IOC_FILE_NAME] = "filename",
    [KK_IOC_SHA256] = "sha256",
    [KK_IOC_SHA1] = "sha1",
    [KK_IOC_MD5] = "md5",
    [KK_IOC_HASH] = "other",
    [KK_IOC_REGISTRY] = "regkey",
    [KK_IOC_SERVICE] = "windows-service-name",
    [KK_IOC_TASK] = "windows-scheduled-task",
    [KK_IOC_USER_AGENT] = "user-agent",
    [KK_IOC_PORT] = "port",
    [KK_IOC_SIZE] = "size-in-bytes",
    [KK_IOC_TEXT] = "text",
};

/* Words for the kinds, without signs between them. */
bool kk_ioc_type_by_name(kk_slice name, kk_ioc_type *out)
{
    static const struct {
        kk_ioc_type type;
        const char *words;
    } table[] = {
        {KK_IOC_IP,
         "ip ips ipv4 ipv6 ipaddress ipaddr ipv4addr ipv6addr ipv4address ipv6address ipsrc "
         "ipdst srcip dstip sourceip destinationip cidr network netblock subnet ipv4cidr"},
        {KK_IOC_DOMAIN, "domain domains domainname fqdn c2domain"},
        {KK_IOC_HOST,
         "hostname host computername computer workstation workstationname machinename"},
        {KK_IOC_URL, "url urls uri link"},
        {KK_IOC_EMAIL, "email emails emailaddr emailaddress emailsrc emaildst mail mailaddress"},
        {KK_IOC_ACCOUNT,
         "account user username useraccount targetuser login accountlogin samaccountname"},
        {KK_IOC_PATH, "path filepath fullpath directory folder imagepath filefullpath"},
        {KK_IOC_FILE_NAME,
         "filename file name processname attachment emailattachment process imagename"},
        {KK_IOC_SHA256, "sha256 filehashsha256 hashsha256 sha256hash filesha256"},
        {KK_IOC_SHA1, "sha1 filehashsha1 hashsha1 sha1hash filesha1"},
        {KK_IOC_MD5, "md5 filehashmd5 hashmd5 md5hash filemd5"},
        {KK_IOC_HASH,
         "hash filehash imphash sha512 sha224 sha384 sha3256 sha512256 filehashimphash"},
        {KK_IOC_REGISTRY, "registry regkey registrykey windowsregistrykey registrypath"},
        {KK_IOC_SERVICE, "service servicename windowsservicename windowsservicedisplayname"},
        {KK_IOC_TASK, "task taskname scheduledtask windowsscheduledtask"},
        {KK_IOC_USER_AGENT, "useragent httpuseragent"},
        {KK_IOC_PORT, "port dstport destinationport"},
        {KK_IOC_SIZE, "sizeinbytes filesize"},
        {KK_IOC_TEXT,
         "text mutex namedpipe namedpipename keyword string commandline pdb macaddress "
         "btc accountdisplayname"},
    };
    char word[32];
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < sizeof word; i++) {
        char c =
            name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] | 0x20) : name.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            word[n++] = c;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table && n; i++) {
        kk_slice rest = kk_cstr(table[i].words), piece;
        while (kk_split(&rest, ' ', &piece))
            if (kk_eq(piece, (kk_slice){word, n})) {
                *out = table[i].type;
                return true;
            }
    }
    return false;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (unsigned char)c >= 0x80;
}

/* Each way to write a thing so that nothing makes a link of it, and the thing. */
kk_slice kk_ioc_refanged(kk_arena *arena, kk_slice text)
{
    static const char *const ways[][2] = {
        {" [.] ", "."}, {" (.) ", "."}, {" [dot] ", "."}, {" (dot) ", "."}, {"[.]", "."},
        {"(.)", "."},   {"{.}", "."},   {"[dot]", "."},   {"(dot)", "."},   {"{dot}", "."},
        {"[,]", "."},   {"[:]", ":"},   {"[://]", "://"}, {"[:/]", ":/"},   {"(:)", ":"},
        {"[at]", "@"},  {"(at)", "@"},  {"{at}", "@"},    {"[@]", "@"},     {"(@)", "@"},
        {"[/]", "/"},   {"\\.", "."},   {"[.", "."}};
    static const char *const schemes[][2] = {{"hxxps", "https"}, {"hxxp", "http"},
                                             {"hXXps", "https"}, {"fxp", "ftp"},
                                             {"meow", "http"},   {"h**p", "http"}};
    kk_buffer out = {0};
    size_t i = 0, link = kk_find(text, KK_S(":"));
    bool path = kk_find_byte(text, '\\') != KK_NOWHERE &&
                kk_find(text, KK_S("\\.")) != KK_NOWHERE &&
                (kk_find(text, KK_S(":\\")) != KK_NOWHERE || kk_starts(text, KK_S("\\")));
    for (size_t k = 0; k < sizeof schemes / sizeof *schemes && link != KK_NOWHERE && !i; k++) {
        kk_slice from = kk_cstr(schemes[k][0]);
        if (text.len > from.len && kk_eq_nocase(kk_part(text, 0, from.len), from) &&
            (text.ptr[from.len] == ':' || text.ptr[from.len] == '[')) {
            kk_put(&out, kk_cstr(schemes[k][1]));
            i = from.len;
        }
    }
    while (i < text.len) {
        bool changed = false;
        for (size_t k = 0; k < sizeof ways / sizeof *ways && !changed; k++) {
            kk_slice from = kk_cstr(ways[k][0]);
            if (i + from.len > text.len || !kk_eq_nocase(kk_part(text, i, from.len), from) ||
                (from.ptr[0] == '\\' && path))
                continue;
            kk_put(&out, kk_cstr(ways[k][1]));
            i += from.len;
            changed = true;
        }
        if (!changed)
            kk_put_byte(&out, text.ptr[i++]);
    }
    kk_slice done = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return done;
}

/* In the form in which texts are compared: without case, slashes forward and never two of them. */
static kk_slice compared(kk_arena *arena, kk_slice value)
{
    kk_slice folded = kk_fold(arena, value);
    char *to = kk_take(arena, folded.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i] == '\\' ? '/' : folded.ptr[i];
        if (c != '/' || !n || to[n - 1] != '/')
            to[n++] = c;
    }
    return (kk_slice){to, n};
}

static bool is_hex(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789abcdefABCDEF", text.ptr[i], 22))
            return false;
    return text.len > 0;
}

static bool make_hash(kk_ioc_type type, kk_ioc_atom *out)
{
    size_t len = out->text.len;
    kk_ioc_type by_length = len == 64   ? KK_IOC_SHA256
                            : len == 40 ? KK_IOC_SHA1
                            : len == 32 ? KK_IOC_MD5
                                        : KK_IOC_HASH;
    if (!is_hex(out->text) ||
        (len != 32 && len != 40 && len != 56 && len != 64 && len != 96 && len != 128))
        return false;
    if (type != KK_IOC_HASH && type != by_length)
        return false;
    out->type = by_length;
    return true;
}

static bool has_wide_sign(kk_slice text)
{
    static const char *const signs[] = {"（", "）", "・", "、", "。", "：", "「", "」", "　"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (kk_has(text, kk_cstr(signs[i])))
            return true;
    return false;
}

/* A name of the Internet; stars in it only where `wild`. */
static bool is_name(kk_slice name, bool wild)
{
    kk_slice rest = name, label = KK_NONE;
    size_t labels = 0;
    if (name.len > 253 || has_wide_sign(name))
        return false;
    for (; kk_split(&rest, '.', &label); labels++) {
        if (!label.len || label.len > 63 || label.ptr[0] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-' && label.ptr[i] != '_' &&
                !(wild && label.ptr[i] == '*'))
                return false;
    }
    bool numeric = true;
    for (size_t i = 0; i < label.len; i++)
        numeric = numeric && label.ptr[i] >= '0' && label.ptr[i] <= '9';
    return labels > 1 && !numeric && label.len > 1;
}

static bool is_domain(kk_slice name)
{
    return is_name(name, false);
}

static bool make_domain(kk_ioc_atom *out)
{
    if (kk_starts(out->text, KK_S("*.")))
        out->text = kk_from(out->text, 2);
    while (out->text.len && out->text.ptr[0] == '.')
        out->text = kk_from(out->text, 1);
    if (kk_ends(out->text, KK_S(".")))
        out->text.len--;
    bool is_one_label = kk_find_byte(out->text, '.') == KK_NOWHERE;
    out->type = is_one_label ? KK_IOC_HOST : KK_IOC_DOMAIN;
    return is_one_label ? out->text.len > 1 && kk_find_byte(out->text, ' ') == KK_NOWHERE
                        : is_domain(out->text);
}

/* Host and what is behind it; a link to a host alone stands for the host. */
static bool make_link(kk_arena *arena, kk_ioc_atom *out)
{
    kk_subnet address;
    kk_slice t = out->text;
    size_t scheme = kk_find(t, KK_S(":/")), end;
    if (scheme != KK_NOWHERE)
        t = kk_from(t, scheme + 2);
    t = kk_part(t, 0, kk_find_byte(t, '#'));
    while (t.len && t.ptr[t.len - 1] == '/')
        t.len--;
    end = kk_find_byte(t, '/');
    kk_slice host = kk_part(t, 0, end);
    size_t at = kk_rfind_byte(host, '@');
    if (at != KK_NOWHERE) {
        t = kk_from(t, at + 1);
        host = kk_from(host, at + 1);
    }
    out->text = t;
    if (end != KK_NOWHERE || !host.len)
        return host.len > 0 && t.len > 3;
    size_t port = host.ptr[0] == '[' ? KK_NOWHERE : kk_find_byte(host, ':');
    kk_slice name = kk_part(host, 0, port);
    if (kk_subnet_address(name, &address)) {
        *out = (kk_ioc_atom){KK_IOC_IP, false, false, kk_copy(arena, name)};
        return true;
    }
    *out = (kk_ioc_atom){KK_IOC_DOMAIN, false, false, name};
    return make_domain(out);
}

/* Without the drive and the folder that a variable names, which differ from machine to machine. */
static bool make_path(kk_arena *arena, kk_ioc_atom *out)
{
    static const char *const places[][2] = {{"%systemroot%", "windows"},
                                            {"%windir%", "windows"},
                                            {"%programdata%", "programdata"},
                                            {"%allusersprofile%", "programdata"},
                                            {"%programfiles%", "program files"},
                                            {"%programfiles(x86)%", "program files (x86)"},
                                            {"%public%", "users/public"},
                                            {"%appdata%", "appdata/roaming"},
                                            {"%localappdata%", "appdata/local"},
                                            {"%temp%", "temp"},
                                            {"%tmp%", "temp"},
                                            {"%system%", "windows/system32"},
                                            {"%userprofile%/", ""},
                                            {"%homepath%/", ""},
                                            {"%homedrive%/", ""},
                                            {"%systemdrive%/", ""}};
    kk_slice t = out->text;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (kk_starts(t, kk_cstr(places[i][0])))
            t = kk_join(arena, kk_cstr(places[i][1]), kk_from(t, strlen(places[i][0])));
    kk_slice bare = t;
    if (bare.len > 3 && bare.ptr[1] == ':' && bare.ptr[2] == '/')
        bare = kk_from(bare, 3);
    while (t.len && (t.ptr[t.len - 1] == '/' || kk_ends(t, KK_S("/*"))))
        t.len--, bare.len -= bare.len > 0; /* a folder stands for what lies in it */
    /* In the root of a drive nothing is left but a name. */
    out->text = kk_find_byte(bare, '/') == KK_NOWHERE && bare.ptr != t.ptr ? t : bare;
    return out->text.len > 2;
}

static bool make_registry(kk_ioc_atom *out)
{
    static const char *const hives[] = {"hkey_local_machine/",
                                        "hklm/",
                                        "hkey_users/",
                                        "hku/",
                                        "hkey_current_user/",
                                        "hkcu/",
                                        "hkey_classes_root/",
                                        "hkcr/",
                                        "hklm:/",
                                        "hkcu:/",
                                        "/registry/machine/",
                                        "/registry/user/"};
    for (size_t i = 0; i < sizeof hives / sizeof *hives; i++)
        if (kk_starts(out->text, kk_cstr(hives[i])))
            out->text = kk_from(out->text, strlen(hives[i]));
    while (out->text.len && out->text.ptr[out->text.len - 1] == '/')
        out->text.len--;
    return out->text.len > 2;
}

/* The name without the domain before or behind it. */
static bool make_account(kk_ioc_atom *out)
{
    size_t slash = kk_rfind_byte(out->text, '/'), at = kk_find_byte(out->text, '@');
    if (slash != KK_NOWHERE)
        out->text = kk_from(out->text, slash + 1);
    else if (at != KK_NOWHERE && at)
        out->text = kk_part(out->text, 0, at);
    return out->text.len > 0;
}

static bool takes_wildcards(kk_ioc_type type)
{
    return type == KK_IOC_DOMAIN || type == KK_IOC_HOST || type == KK_IOC_URL ||
           type == KK_IOC_EMAIL || type == KK_IOC_ACCOUNT || type == KK_IOC_PATH ||
           type == KK_IOC_FILE_NAME || type == KK_IOC_REGISTRY;
}

/* Without what stands for itself and what hangs on it: a star before a domain, behind a folder, in front of
 * any folder. The query of a link begins with a sign that is no wildcard. */
static kk_slice inner_of(kk_ioc_atom *a)
{
    bool is_file = a->type == KK_IOC_PATH || a->type == KK_IOC_FILE_NAME;
    while (is_file && (kk_starts(a->text, KK_S("*/")) || kk_starts(a->text, KK_S("**/"))))
        a->text = kk_from(a->text, kk_find_byte(a->text, '/') + 1);
    kk_slice inner = a->text;
    while ((is_file || a->type == KK_IOC_REGISTRY) &&
           (kk_ends(inner, KK_S("/*")) || kk_ends(inner, KK_S("/"))))
        inner.len--;
    if ((a->type == KK_IOC_DOMAIN || a->type == KK_IOC_HOST) && kk_starts(inner, KK_S("*.")))
        inner = kk_from(inner, 2);
    return a->type == KK_IOC_URL && kk_find_byte(inner, '*') == KK_NOWHERE ? KK_NONE : inner;
}

/* The same forms as without wildcards, and then signs in their place. */
static bool make_wild(kk_arena *arena, kk_ioc_atom *out)
{
    kk_ioc_type type = out->type;
    if (type == KK_IOC_FILE_NAME && kk_find_byte(out->text, '/') != KK_NOWHERE)
        out->type = type = KK_IOC_PATH;
    if (type == KK_IOC_PATH && !make_path(arena, out))
        return false;
    if (type == KK_IOC_REGISTRY && !make_registry(out))
        return false;
    if (type == KK_IOC_ACCOUNT && !make_account(out))
        return false;
    if (type == KK_IOC_URL) {
        size_t scheme = kk_find(out->text, KK_S(":/"));
        out->text = kk_from(out->text, scheme == KK_NOWHERE ? 0 : scheme + 2);
        if (kk_ends(out->text, KK_S("/*")))
            out->text = kk_join(arena, out->text, KK_S("*"));
    }
    if ((type == KK_IOC_DOMAIN || type == KK_IOC_HOST) && kk_starts(out->text, KK_S("*.")))
        out->text = kk_from(out->text, 2);
    return out->text.len > 0 && kk_ioc_glob_make(arena, out);
}

bool kk_ioc_atom_make(kk_arena *arena, kk_ioc_type type, kk_slice value, kk_ioc_atom *out)
{
    kk_subnet network;
    uint64_t number;
    value = kk_trim(value);
    bool says_something = false;
    for (size_t i = 0; i < value.len && !says_something; i++)
        says_something = is_alnum(value.ptr[i]);
    if (!says_something || value.len > KK_IOC_TEXT_MOST)
        return false;
    *out = (kk_ioc_atom){type, false, false, compared(arena, value)};
    if (takes_wildcards(type) && kk_ioc_has_wildcard(inner_of(out)))
        return make_wild(arena, out);
    switch (type) {
    case KK_IOC_IP:
        out->text = kk_copy(arena, value);
        return kk_subnet_read(value, &network);
    case KK_IOC_DOMAIN:
    case KK_IOC_HOST:
        return make_domain(out);
    case KK_IOC_URL:
        return make_link(arena, out);
    case KK_IOC_EMAIL:
        return kk_find_byte(out->text, '@') != KK_NOWHERE && out->text.len > 3;
    case KK_IOC_ACCOUNT:
        return make_account(out);
    case KK_IOC_FILE_NAME:
        if (kk_find_byte(out->text, '/') == KK_NOWHERE)
            return out->text.len > 1;
        out->type = KK_IOC_PATH;
        return make_path(arena, out);
    case KK_IOC_PATH:
        return make_path(arena, out);
    case KK_IOC_SHA256:
    case KK_IOC_SHA1:
    case KK_IOC_MD5:
    case KK_IOC_HASH:
        return make_hash(type, out);
    case KK_IOC_REGISTRY:
        return make_registry(out);
    case KK_IOC_PORT:
    case KK_IOC_SIZE:
        return kk_to_u64(value, &number);
    default:
        return out->text.len > 1;
    }
}

/* Ends of file names that are no domains; .com, .sh, .zip and .py are both, and here names of files. */
static bool is_file_name(kk_slice value)
{
    static const char ends[] = " exe dll ps1 psm1 bat cmd vbs vbe js jse php asp aspx jsp jspx sh "
                               "py pl so sys hta scr msi zip "
                               "rar 7z iso img lnk txt log dat bin tmp doc docx docm xls xlsx xlsm "
                               "ppt pptx pdf rtf csv html "
                               "htm xml json conf ini cfg dmp db jar war class cpl ocx drv elf ko ";
    size_t dot = kk_rfind_byte(value, '.');
    if (dot == KK_NOWHERE || dot + 1 == value.len || value.len - dot > 6)
        return false;
    char word[8] = " ";
    size_t n = 1;
    for (size_t i = dot + 1; i < value.len; i++)
        word[n++] =
            value.ptr[i] >= 'A' && value.ptr[i] <= 'Z' ? (char)(value.ptr[i] | 0x20) : value.ptr[i];
    word[n++] = ' ';
    return kk_has(kk_cstr(ends), (kk_slice){word, n});
}

kk_ioc_type kk_ioc_type_by_value(kk_slice v)
{
    kk_subnet network;
    size_t slash = kk_find_byte(v, '\\'), at = kk_find_byte(v, '@');
    if (kk_subnet_read(v, &network))
        return KK_IOC_IP;
    if (is_hex(v) && (v.len == 32 || v.len == 40 || v.len == 64 || v.len == 96 || v.len == 128))
        return KK_IOC_HASH;
    if (kk_has(v, KK_S("://")))
        return KK_IOC_URL;
    if (v.len > 4 && (kk_eq_nocase(kk_part(v, 0, 5), KK_S("HKLM\\")) ||
                      kk_eq_nocase(kk_part(v, 0, 5), KK_S("HKCU\\")) ||
                      kk_eq_nocase(kk_part(v, 0, 5), KK_S("HKLM:")) ||
                      kk_eq_nocase(kk_part(v, 0, 5), KK_S("HKCU:")) ||
                      kk_eq_nocase(kk_part(v, 0, 4), KK_S("HKU\\")) ||
                      kk_eq_nocase(kk_part(v, 0, 5), KK_S("HKEY_"))))
        return KK_IOC_REGISTRY;
    if ((v.len > 2 && v.ptr[1] == ':' && (v.ptr[2] == '\\' || v.ptr[2] == '/')) ||
        kk_starts(v, KK_S("/")) || kk_starts(v, KK_S("\\")) || kk_starts(v, KK_S("%")))
        return KK_IOC_PATH;
    if (at != KK_NOWHERE && is_domain(kk_from(v, at + 1)))
        return KK_IOC_EMAIL;
    if (slash != KK_NOWHERE)
        return kk_find_byte(kk_from(v, slash + 1), '\\') == KK_NOWHERE && !is_file_name(v)
                   ? KK_IOC_ACCOUNT
                   : KK_IOC_PATH;
    if (is_file_name(v))
        return KK_IOC_FILE_NAME;
    size_t path = kk_find_byte(v, '/'), star = kk_find_byte(v, '*');
    if (path != KK_NOWHERE && is_domain(kk_part(v, 0, path)))
        return KK_IOC_URL;
    if (path == KK_NOWHERE && star != KK_NOWHERE && is_name(v, true)) /* "*.locked" is an ending */
        return kk_starts(v, KK_S("*.")) && kk_rfind_byte(v, '.') == 1 ? KK_IOC_FILE_NAME
                                                                      : KK_IOC_DOMAIN;
    return is_domain(kk_ends(v, KK_S("."))      ? kk_part(v, 0, v.len - 1)
                     : kk_starts(v, KK_S("*.")) ? kk_from(v, 2)
                                                : v)
               ? KK_IOC_DOMAIN
               : KK_IOC_TEXT;
}
