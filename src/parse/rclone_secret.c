/* Finding secrets in rclone's words. A name is secret by its parts ("ftp-pass", "client_secret"),
 * so that back ends not known here are covered too; the few harmless names that look like one are
 * listed. Names that identify an account without opening it (access_key_id, user) are shown: they
 * lead to it. */
#include "parse/rclone_secret.h"

#include "base/buffer.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One part of a name, between its `_`, `-` and `.`. */
static bool is_secret_part(kk_slice part)
{
    static const kk_slice secret[] = {
        {"pass", 4},        {"password", 8},     {"password2", 9},   {"passphrase", 10},
        {"passwd", 6},      {"pwd", 3},          {"token", 5},       {"secret", 6},
        {"key", 3},         {"bearer", 6},       {"cookie", 6},      {"cookies", 7},
        {"credential", 10}, {"credentials", 11}, {"auth", 4},        {"authorization", 13},
        {"otp", 3},         {"2fa", 3},          {"pin", 3},         {"sas", 3},
        {"pem", 3},         {"signature", 9},    {"headers", 7},     {"header", 6},
        {"apikey", 6},      {"session", 7},      {"salt", 4},        {"grant", 5},
        {"jwt", 3},         {"refresh", 7},      {"connection", 10}, {"mnemonic", 8},
    };
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        if (kk_eq_nocase(part, secret[i]))
            return true;
    return kk_has_nocase(part, KK_S("password")) || kk_has_nocase(part, KK_S("secret"));
}

bool kk_rclone_is_secret(kk_slice name)
{
    static const kk_slice harmless[] = {
        {"access_key_id", 13},
        {"access-key-id", 13},
        {"env_auth", 8},
        {"key_use_agent", 13},
        {"sse_kms_key_id", 14},
        {"auth_url", 8},
        {"token_url", 9},
        {"auth_owner_only", 15},
        {"auth_version", 12},
        {"auth_no_redirect", 16},
        {"ask_password", 12},
        {"s3-access-key-id", 16},
        {"disable_http_headers", 20},
    };
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (kk_eq_nocase(name, harmless[i]))
            return false;
    size_t from = 0;
    if (kk_ends(name, KK_S("key_file")) || kk_ends(name, KK_S("key-file")))
        return false; /* a path */
    for (size_t i = 0; i <= name.len; i++)
        if (i == name.len || name.ptr[i] == '_' || name.ptr[i] == '-' || name.ptr[i] == '.') {
            if (is_secret_part(kk_part(name, from, i - from)))
                return true;
            from = i + 1;
        }
    return false;
}

static bool is_name_byte(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* The name that ends before `at`; leading dashes of a flag do not belong to it. */
static kk_slice name_before(kk_slice s, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < 64 && is_name_byte(s.ptr[from - 1]))
        from--;
    while (from < at && s.ptr[from] == '-')
        from++;
    return kk_part(s, from, at - from);
}

/* Where a value that begins at `at` ends: at its closing quote, else at what parts options. */
static size_t value_end(kk_slice s, size_t at, bool alone)
{
    if (at < s.len && (s.ptr[at] == '"' || s.ptr[at] == '\'')) {
        size_t close = at + 1;
        while (close < s.len && s.ptr[close] != s.ptr[at])
            close += s.ptr[close] == '\\' ? 2 : 1;
        return close < s.len ? close + 1 : s.len;
    }
    while (at < s.len && s.ptr[at] != ' ' && s.ptr[at] != '"' && s.ptr[at] != '\'' &&
           (alone || (s.ptr[at] != ',' && s.ptr[at] != ':')))
        at++;
    return at;
}

/* "scheme://user:password@": where the password is; false when there is none. */
static bool password_of_url(kk_slice s, size_t at, size_t *from, size_t *to)
{
    size_t colon = 0, i = at + 3;
    if (!kk_starts(kk_from(s, at), KK_S("://")))
        return false;
    for (; i < s.len && i < at + 512 && s.ptr[i] != '/' && s.ptr[i] != ' ' && s.ptr[i] != '"';
         i++) {
        if (s.ptr[i] == ':' && !colon)
            colon = i;
        if (s.ptr[i] == '@' && colon) {
            *from = colon + 1;
            *to = i;
            return true;
        }
    }
    return false;
}

/* The next secret at or after `at`. */
static bool next_secret(kk_slice s, size_t at, size_t *from, size_t *to)
{
    for (; at < s.len; at++) {
        if (s.ptr[at] == ':' && password_of_url(s, at, from, to))
            return true;
        bool equals = s.ptr[at] == '=';
        bool flag = (s.ptr[at] == ' ' || s.ptr[at] == '"') && at > 0 && is_name_byte(s.ptr[at - 1]);
        if (!equals && !flag)
            continue;
        kk_slice name = name_before(s, at);
        bool dashes =
            name.len && name.ptr - s.ptr >= 2 && name.ptr[-1] == '-' && name.ptr[-2] == '-';
        if (!kk_rclone_is_secret(name) || !(equals || dashes))
            continue;
        *from = at + 1;
        while (!equals && *from < s.len && (s.ptr[*from] == ' ' || s.ptr[*from] == '='))
            ++*from; /* `"--pass" "xyz"`: on to the value's own quote */
        *to = value_end(s, *from, dashes);
        if (*to > *from)
            return true;
    }
    return false;
}

kk_slice kk_rclone_hide(kk_arena *arena, kk_slice text)
{
    kk_buffer out = {0};
    size_t done = 0, from, to;
    while (next_secret(text, done, &from, &to)) {
        kk_put(&out, kk_part(text, done, from - done));
        kk_put(&out, KK_S(KK_RCLONE_SECRET));
        done = to;
    }
    if (done == 0)
        return text;
    kk_put(&out, kk_from(text, done));
    kk_slice hidden = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return hidden;
}
