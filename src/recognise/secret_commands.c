/* Passwords on command lines: a line is cut into words as shells do, and what follows the name of an archiver is looked
 * through for its switches. */
#include "base/text.h"
#include "recognise/secrets.h"

enum { WORDS_MOST = 4096, COMMAND_MOST = 1 << 20, NESTED_MOST = 2 };

typedef struct {
    kk_slice text;
    bool begins;  /* the first of a command */
    bool piped;   /* ... that reads what the command before it writes */
    bool quoted;  /* somewhere */
    bool is_open; /* holds what stands for something else */
} word;

typedef struct {
    kk_arena *arena;
    kk_command_kind kind;
    kk_secret_tell *tell;
    void *context;
    word *words;
    size_t count, capacity;
    unsigned depth;
    bool names_one; /* "pass" or "pwd" is in it */
} command;

/* ---- Words ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Between commands; in what was run as it stands, these are letters like any other. */
static bool is_border(const command *c, char b)
{
    if (c->kind == KK_COMMAND_RUN)
        return false;
    return b == ';' || b == '|' || b == '&' || b == '\n' || b == '\r' || b == '(' || b == ')' ||
           b == '{' || b == '}';
}

/* What a shell would fill in. */
static bool is_open(const command *c, kk_slice rest, size_t at, bool first)
{
    char b = rest.ptr[at];
    if (c->kind == KK_COMMAND_RUN)
        return false;
    if (b == '%') { /* %NAME% */
        size_t i = at + 1;
        while (i < rest.len && (rest.ptr[i] == '_' || (rest.ptr[i] | 32) >= 'a'))
            i++;
        return i > at + 1 && i < rest.len && rest.ptr[i] == '%';
    }
    return (b == '$' && !first) || b == '`';
}

/* One letter of a word, after `quote` (0: none) was opened. How many bytes it took. */
static size_t take_letter(const command *c, kk_slice rest, size_t at, char quote, word *w,
                          kk_buffer *out)
{
    char b = rest.ptr[at];
    char next = at + 1 < rest.len ? rest.ptr[at + 1] : 0;
    if (quote != '\'' && is_open(c, rest, at, out->len == 0 && !quote))
        w->is_open = true;
    bool escapes = b == '\\' && (next == '"' || (c->kind == KK_COMMAND_TYPED && quote != '\'' &&
                                                 next && strchr("'\\ $!&;|()<>#*", next)));
    if (escapes && !(next == '"' && quote == '\'')) {
        kk_put_byte(out, next);
        return 2;
    }
    kk_put_byte(out, b);
    return 1;
}

/* A word in which every letter stands for itself; 0 where it is none. */
static size_t plain_word(const command *c, kk_slice rest)
{
    size_t at = 0;
    for (; at < rest.len; at++) {
        char b = rest.ptr[at];
        if (is_blank(b) || b == '\n' || b == '\r' || is_border(c, b))
            return at;
        if (b == '"' || b == '\'' || b == '\\' || b == '$' || b == '%' || b == '`')
            return 0;
    }
    return at;
}

static size_t take_word(command *c, kk_slice rest, word *w)
{
    size_t plain = plain_word(c, rest);
    if (plain) {
        w->text = kk_part(rest, 0, plain);
        return plain;
    }
    kk_buffer out = {0};
    size_t at = 0;
    char quote = 0;
    while (at < rest.len) {
        char b = rest.ptr[at];
        if (quote ? b == quote : (b == '"' || (b == '\'' && c->kind == KK_COMMAND_TYPED))) {
            quote = quote ? 0 : b;
            w->quoted = true;
            at++;
        } else if (!quote && (is_blank(b) || b == '\n' || b == '\r' || is_border(c, b))) {
            break;
        } else {
            at += take_letter(c, rest, at, quote, w, &out);
        }
    }
    w->text = kk_copy(c->arena, kk_buffer_slice(&out));
    if (out.len)
        explicit_bzero(out.ptr, out.len);
    kk_buffer_close(&out);
    return at;
}

static void cut(command *c, kk_slice line)
{
    bool begins = true, piped = false;
    for (size_t at = 0; at < line.len && c->count < WORDS_MOST;) {
        char b = line.ptr[at];
        if (is_blank(b) || b == '\n' || b == '\r' || is_border(c, b)) {
            bool border = !is_blank(b);
            piped = b == '|' || (piped && !border);
            begins = begins || border;
            at++;
            continue;
        }
        word w = {.begins = begins, .piped = piped};
        at += take_word(c, kk_from(line, at), &w);
        c->words = kk_grow(c->arena, c->words, &c->capacity, c->count + 1, sizeof *c->words);
        c->words[c->count++] = w;
        begins = piped = false;
    }
}

/* ---- Programs ---- */

typedef enum {
    OTHER,
    SEVEN_ZIP,
    RAR,
    ZIP,
    OPENSSL,
    GPG,
    QPDF,
    PDFTK,
    UNAR,
    BANDIZIP,
} program;

/* "C:\Tools\Rar.exe" is "rar". */
static kk_slice base_name(kk_slice path)
{
    for (size_t i = path.len; i; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\') {
            path = kk_from(path, i);
            break;
        }
    if (path.len > 4 && kk_eq_nocase(kk_from(path, path.len - 4), KK_S(".exe")))
        path.len -= 4;
    return path;
}

static program program_of(kk_slice path)
{
    static const struct {
        const char *name;
        program is;
    } programs[] = {
        {"7z", SEVEN_ZIP},   {"7za", SEVEN_ZIP}, {"7zr", SEVEN_ZIP},   {"7zz", SEVEN_ZIP},
        {"7zzs", SEVEN_ZIP}, {"7zg", SEVEN_ZIP}, {"p7zip", SEVEN_ZIP}, {"nanazipc", SEVEN_ZIP},
        {"rar", RAR},        {"unrar", RAR},     {"winrar", RAR},      {"zip", ZIP},
        {"unzip", ZIP},      {"zipcloak", ZIP},  {"zipinfo", ZIP},     {"openssl", OPENSSL},
        {"gpg", GPG},        {"gpg2", GPG},      {"qpdf", QPDF},       {"pdftk", PDFTK},
        {"unar", UNAR},      {"lsar", UNAR},     {"bz", BANDIZIP},     {"bandizip", BANDIZIP},
        {"bc", BANDIZIP},
    };
    kk_slice name = base_name(path);
    if (name.len < 2 || name.len > 8 || !strchr("7nruzogqplbw", name.ptr[0] | 32))
        return OTHER;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (kk_eq_nocase(name, kk_cstr(programs[i].name)))
            return programs[i].is;
    return OTHER;
}

static bool starts_nocase(kk_slice s, const char *prefix)
{
    kk_slice p = kk_cstr(prefix);
    return kk_eq_nocase(kk_part(s, 0, p.len), p);
}

/* An archiver under another name: "x.exe a -hpX out.rar". */
static bool looks_like_rar(const word *w, size_t count)
{
    static const char *const acts[] = {"a", "u", "m", "x", "e", "mf"};
    bool acts_so = false;
    for (size_t i = 0; i < sizeof acts / sizeof *acts && count > 2; i++)
        acts_so = acts_so || kk_eq_nocase(w[1].text, kk_cstr(acts[i]));
    for (size_t i = 2; i < count && acts_so; i++)
        if (starts_nocase(w[i].text, "-hp") || starts_nocase(w[i].text, "-p"))
            return true;
    return false;
}

/* ---- Switches ---- */

static void tell(const command *c, kk_secret_rank rank, const word *w, kk_slice value)
{
    size_t length = kk_utf8_valid(value) ? kk_char_count(value) : 0;
    if (w->is_open || length < KK_SECRET_LEAST || length > KK_SECRET_MOST ||
        value.len > KK_SECRET_BYTES || memchr(value.ptr, '\n', value.len) ||
        memchr(value.ptr, '\r', value.len))
        return;
    if (value.ptr[0] == '$' && c->kind == KK_COMMAND_TYPED && !w->quoted)
        return;
    c->tell(c->context, rank, value);
    if (length >= KK_SECRET_LEAST + 2 && value.ptr[0] == '\'' && kk_ends(value, KK_S("'")))
        c->tell(c->context, rank, kk_part(value, 1, value.len - 2));
}

static void tell_rest(const command *c, kk_secret_rank rank, const word *w, size_t from)
{
    tell(c, rank, w, kk_from(w->text, from));
}

/* "--password=X", "--password X", "-Password:X", whatever the program is. */
static void look_for_names(const command *c, const word *w, size_t left)
{
    static const char *const names[] = {
        "--password",  "--passphrase", "--user-password", "--owner-password", "-password",
        "-passphrase", "/password",    "/pass",           "-securepassword",  "--pwd"};
    kk_slice s = w->text;
    if (s.len < 5 || !(s.ptr[0] == '-' || s.ptr[0] == '/' || (s.ptr[0] | 32) == 'p'))
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (!starts_nocase(w->text, names[i]))
            continue;
        if (w->text.len == len && left > 1 && !w[1].begins && w[1].text.len &&
            w[1].text.ptr[0] != '-')
            tell(c, KK_SECRET_LABEL, &w[1], w[1].text);
        else if (w->text.len > len && (w->text.ptr[len] == '=' || w->text.ptr[len] == ':'))
            tell_rest(c, KK_SECRET_LABEL, w, len + 1);
    }
    if (starts_nocase(w->text, "pass:"))
        tell_rest(c, KK_SECRET_SWITCH, w, 5);
}

/* "-P X", "-PX", "-rP X" of Info-ZIP. */
static void look_for_zip(const command *c, const word *w, size_t left)
{
    kk_slice s = w->text;
    if (s.len < 2 || s.ptr[0] != '-' || s.ptr[1] == '-')
        return;
    size_t at = kk_find_byte(s, 'P');
    if (at == KK_NOWHERE)
        return;
    for (size_t i = 1; i < at; i++)
        if ((s.ptr[i] | 32) < 'a' || (s.ptr[i] | 32) > 'z')
            return;
    if (at + 1 < s.len)
        tell_rest(c, KK_SECRET_SWITCH, w, at + 1);
    else if (left > 1 && !w[1].begins)
        tell(c, KK_SECRET_SWITCH, &w[1], w[1].text);
}

static void tell_next(const command *c, const word *w, size_t left, const char *name)
{
    if (kk_is(w->text, name) && left > 1 && !w[1].begins)
        tell(c, KK_SECRET_SWITCH, &w[1], w[1].text);
}

static void look_for_switch(const command *c, program of, const word *w, size_t left)
{
    switch (of) {
    case SEVEN_ZIP:
        if (starts_nocase(w->text, "-p"))
            tell_rest(c, KK_SECRET_SWITCH, w, 2);
        break;
    case RAR:
        if (starts_nocase(w->text, "-hp") || starts_nocase(w->text, "/hp"))
            tell_rest(c, KK_SECRET_SWITCH, w, 3);
        else if (starts_nocase(w->text, "-p") && !kk_is(w->text, "-p-"))
            tell_rest(c, KK_SECRET_SWITCH, w, 2);
        break;
    case ZIP:
        look_for_zip(c, w, left);
        break;
    case BANDIZIP:
        if (starts_nocase(w->text, "-p:"))
            tell_rest(c, KK_SECRET_SWITCH, w, 3);
        break;
    case OPENSSL:
        tell_next(c, w, left, "-k");
        break;
    case QPDF:
        if (kk_is(w->text, "--encrypt") && left > 2) {
            tell(c, KK_SECRET_SWITCH, &w[1], w[1].text);
            tell(c, KK_SECRET_SWITCH, &w[2], w[2].text);
        }
        break;
    case PDFTK:
        tell_next(c, w, left, "input_pw");
        tell_next(c, w, left, "user_pw");
        tell_next(c, w, left, "owner_pw");
        break;
    case UNAR:
        tell_next(c, w, left, "-p");
        break;
    case GPG:
    case OTHER:
        break;
    }
}

/* ConvertTo-SecureString 'X' -AsPlainText; 'X' | ConvertTo-SecureString -AsPlainText. */
static void look_for_string(const command *c, size_t at, size_t end)
{
    const word *w = c->words, *value = NULL;
    bool plain = false;
    if (w[at].text.len != 22 || !kk_eq_nocase(w[at].text, KK_S("ConvertTo-SecureString")))
        return;
    for (size_t i = at + 1; i < end; i++) {
        plain = plain || starts_nocase(w[i].text, "-asp");
        if (!value && w[i].text.len && (w[i].quoted || w[i].text.ptr[0] != '-'))
            value = &w[i];
    }
    if (!value && w[at].piped && at > 0)
        value = &w[at - 1];
    if (plain && value)
        tell(c, KK_SECRET_LABEL, value, value->text);
}

/* "$password = 'X'", "PASS='X'". */
static void look_for_variable(const command *c, size_t at)
{
    const word *w = &c->words[at];
    size_t equals = kk_find_byte(w->text, '=');
    kk_slice name = kk_part(w->text, 0, equals == KK_NOWHERE ? w->text.len : equals);
    if (c->kind != KK_COMMAND_TYPED || name.len > 40 || starts_nocase(name, "-") ||
        starts_nocase(name, "/") ||
        !(kk_has_nocase(name, KK_S("pass")) || kk_has_nocase(name, KK_S("pwd"))))
        return;
    if (equals == KK_NOWHERE) {
        if (at + 2 >= c->count || !kk_is(w[1].text, "=") || !w[2].quoted)
            return;
        tell(c, KK_SECRET_NEAR, w + 2, w[2].text);
    } else if (w->quoted) {
        tell_rest(c, KK_SECRET_NEAR, w, equals + 1);
    } else if (equals + 1 == w->text.len && at + 1 < c->count && w[1].quoted) {
        tell(c, KK_SECRET_NEAR, w + 1, w[1].text);
    }
}

/* ---- Commands ---- */

static void read_command(const command *c, kk_slice line);

/* A word that is a command itself: cmd /c "rar a -hpX out.rar". */
static void look_inside(const command *c, const word *w)
{
    if (!w->quoted || c->depth >= NESTED_MOST || !memchr(w->text.ptr, ' ', w->text.len))
        return;
    command inner = {.arena = c->arena,
                     .kind = KK_COMMAND_TYPED,
                     .tell = c->tell,
                     .context = c->context,
                     .depth = c->depth + 1};
    read_command(&inner, w->text);
}

static void look_through(const command *c, size_t begin, size_t end)
{
    program of = OTHER;
    if (looks_like_rar(&c->words[begin], end - begin))
        of = RAR;
    for (size_t i = begin; i < end; i++) {
        const word *w = &c->words[i];
        program is = program_of(w->text);
        of = is != OTHER ? is : of;
        if (is == OTHER || i > begin)
            look_for_switch(c, of, w, end - i);
        look_for_names(c, w, end - i);
        look_for_string(c, i, end);
        if (c->names_one)
            look_for_variable(c, i);
        look_inside(c, w);
    }
}

static void read_command(const command *given, kk_slice line)
{
    command c = *given;
    c.words = NULL;
    c.count = c.capacity = 0;
    c.names_one = c.kind == KK_COMMAND_TYPED &&
                  (kk_has_nocase(line, KK_S("pass")) || kk_has_nocase(line, KK_S("pwd")));
    cut(&c, line);
    for (size_t begin = 0, end; begin < c.count; begin = end) {
        for (end = begin + 1; end < c.count && !c.words[end].begins;)
            end++;
        look_through(&c, begin, end);
    }
}

/* "zip", "rar", "7z", "pass", "pwd", "openssl -k", "-hp", "-p", "SecureString": by pairs of letters that few other texts have. */
static bool may_tell(kk_slice s)
{
    for (size_t i = 0; i + 3 < s.len; i++) {
        switch (s.ptr[i]) {
        case 'z':
        case 'Z':
            if ((s.ptr[i + 1] | 32) == 'i' && (s.ptr[i + 2] | 32) == 'p')
                return true;
            break;
        case '7':
            if ((s.ptr[i + 1] | 32) == 'z')
                return true;
            break;
        case 'r':
        case 'R':
            if ((s.ptr[i + 1] | 32) == 'a' && (s.ptr[i + 2] | 32) == 'r')
                return true;
            break;
        case 'p':
        case 'P':
            if ((s.ptr[i + 1] | 32) == 'a' && (s.ptr[i + 2] | 32) == 's' &&
                (s.ptr[i + 3] | 32) == 's')
                return true;
            if (((s.ptr[i + 1] | 32) == 'w' && (s.ptr[i + 2] | 32) == 'd') ||
                ((s.ptr[i + 1] | 32) == 'd' && (s.ptr[i + 2] | 32) == 'f'))
                return true;
            break;
        case '_':
            if (s.ptr[i + 1] == 'p' && s.ptr[i + 2] == 'w')
                return true;
            break;
        case '-':
            if ((s.ptr[i + 1] | 32) == 'h' && (s.ptr[i + 2] | 32) == 'p')
                return true;
            if (s.ptr[i + 1] == 'k' && s.ptr[i + 2] == ' ')
                return true;
            if ((s.ptr[i + 1] | 32) == 'p' && s.ptr[i + 2] != ' ' && i && s.ptr[i - 1] == ' ')
                return true;
            break;
        case 'S':
        case 's':
            if (starts_nocase(kk_from(s, i), "securestring"))
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

void kk_secrets_of_command(kk_arena *scratch, kk_slice line, kk_command_kind kind,
                           kk_secret_tell *told, void *context)
{
    command c = {.arena = scratch, .kind = kind, .tell = told, .context = context};
    line = kk_part(line, 0, COMMAND_MOST);
    if (may_tell(line))
        read_command(&c, line);
}
