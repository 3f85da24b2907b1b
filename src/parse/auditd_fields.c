/* Fields of the audit log, and what its numbers mean. */
#include "parse/auditd_fields.h"
#include "base/text.h"
#include "parse/unix_fields.h"

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kk_is_digit(c) || c == '_' ||
           c == '-' || c == '[' || c == ']' || c == '.' || c == '/';
}

static void pass_blanks(kk_slice *rest)
{
    while (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t' || rest->ptr[0] == '\x1d' ||
                         rest->ptr[0] == ',' || rest->ptr[0] == ':'))
        *rest = kk_from(*rest, 1);
}

/* Old user messages wrap fields in brackets and set commas between: "(hostname=?, res=success)". */
static kk_slice bare_value(kk_slice value)
{
    while (value.len && (value.ptr[value.len - 1] == ',' || value.ptr[value.len - 1] == '\''))
        value.len--;
    if (value.len && value.ptr[value.len - 1] == ')' && kk_find_byte(value, '(') == KK_NOWHERE)
        value.len--;
    return value;
}

static void eat_value(kk_slice *rest, kk_audit_field *field)
{
    kk_slice s = *rest;
    char mark = s.len ? s.ptr[0] : '\0';
    if (mark == '"' || mark == '\'') {
        kk_slice body = kk_from(s, 1);
        size_t end = kk_find_byte(body, mark);
        if (mark == '\'') {
            /* texts inside may hold the mark: the last one before the enriched part closes */
            size_t part = kk_find_byte(body, '\x1d');
            end = kk_rfind_byte(kk_part(body, 0, part), mark);
        }
        field->cut = end == KK_NOWHERE;
        field->value = field->cut && mark == '"' ? KK_NONE : kk_part(body, 0, end);
        field->quoted = mark == '"';
        field->nested = mark == '\'';
        *rest = kk_from(body, end == KK_NOWHERE ? body.len : end + 1);
        return;
    }
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != '\x1d')
        n++;
    field->value = bare_value(kk_part(s, 0, n));
    *rest = kk_from(s, n);
}

bool kk_audit_field_next(kk_slice *rest, kk_audit_field *field)
{
    kk_slice before = KK_NONE;
    *field = (kk_audit_field){0};
    for (;;) {
        pass_blanks(rest);
        if (!rest->len)
            return false;
        if (rest->ptr[0] == '(' && rest->len > 1 && is_key_char(rest->ptr[1]))
            *rest = kk_from(*rest, 1);
        size_t n = 0;
        while (n < rest->len && is_key_char(rest->ptr[n]))
            n++;
        if (n && n < rest->len && rest->ptr[n] == '=')
            break;
        before = kk_part(*rest, 0, n);
        while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\x1d')
            n++;
        *rest = kk_from(*rest, n);
    }
    size_t equals = kk_find_byte(*rest, '=');
    field->key = kk_part(*rest, 0, equals);
    if (kk_eq(before, KK_S("old")) || kk_eq(before, KK_S("new"))) /* "old auid=500 new auid=0" */
        field->key = (kk_slice){before.ptr, (size_t)(field->key.ptr - before.ptr) + field->key.len};
    *rest = kk_from(*rest, equals + 1);
    eat_value(rest, field);
    return true;
}

static int nibble(char c)
{
    if (kk_is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool kk_audit_unhex(kk_arena *scratch, kk_slice hex, kk_slice *bytes)
{
    if (hex.len == 0 || hex.len % 2)
        return false;
    for (size_t i = 0; i < hex.len; i++)
        if (nibble(hex.ptr[i]) < 0)
            return false;
    char *to = kk_take(scratch, hex.len / 2);
    for (size_t i = 0; i < hex.len / 2; i++)
        to[i] = (char)(nibble(hex.ptr[2 * i]) << 4 | nibble(hex.ptr[2 * i + 1]));
    *bytes = (kk_slice){to, hex.len / 2};
    return true;
}

kk_slice kk_audit_clean(kk_arena *scratch, kk_slice bytes)
{
    if (kk_find_byte(bytes, '\0') != KK_NOWHERE) {
        char *to = kk_take(scratch, bytes.len);
        for (size_t i = 0; i < bytes.len; i++)
            to[i] = bytes.ptr[i] ? bytes.ptr[i] : ' ';
        bytes = kk_trim((kk_slice){to, bytes.len});
    }
    if (kk_utf8_valid(bytes))
        return bytes;
    return kk_decode(scratch, kk_charset_guess(bytes, NULL), bytes, NULL);
}

/* Fields that come from outside the kernel and are written in hexadecimal when they hold blanks,
 * quotes or bytes beyond ASCII. Others (a0 of a system call) are numbers. */
static bool is_untrusted(kk_slice key)
{
    static const kk_slice keys[] = {
#define KEY(name) {name, sizeof name - 1}
        KEY("acct"), KEY("cmd"),       KEY("comm"),     KEY("cwd"),      KEY("data"),
        KEY("dir"),  KEY("exe"),       KEY("file"),     KEY("grp"),      KEY("key"),
        KEY("name"), KEY("new_group"), KEY("ocomm"),    KEY("old_disk"), KEY("new_disk"),
        KEY("path"), KEY("proctitle"), KEY("root_dir"), KEY("sw"),       KEY("title"),
        KEY("vm"),   KEY("watch"),
#undef KEY
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (kk_eq(key, keys[i]))
            return true;
    return false;
}

/* The kernel writes hexadecimal in capitals; "cafe" without quotes is a name. */
static bool is_capital(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'a')
            return false;
    return true;
}

kk_slice kk_audit_text(kk_arena *scratch, const kk_audit_field *field)
{
    kk_slice bytes;
    if (!field->quoted && (kk_eq(field->value, KK_S("?")) || kk_eq(field->value, KK_S("(null)")) ||
                           kk_eq(field->value, KK_S("(none)"))))
        return KK_NONE;
    if (!field->quoted && is_untrusted(field->key) && field->value.len > 1 &&
        is_capital(field->value) && kk_audit_unhex(scratch, field->value, &bytes))
        return kk_audit_clean(scratch, bytes);
    return field->value;
}

kk_slice kk_audit_type(kk_slice type)
{
    static const struct {
        uint16_t number;
        const char *name;
    } types[] = {
        {1100, "USER_AUTH"},     {1101, "USER_ACCT"},    {1102, "USER_MGMT"},
        {1103, "CRED_ACQ"},      {1104, "CRED_DISP"},    {1105, "USER_START"},
        {1106, "USER_END"},      {1107, "USER_AVC"},     {1108, "USER_CHAUTHTOK"},
        {1109, "USER_ERR"},      {1110, "CRED_REFR"},    {1112, "USER_LOGIN"},
        {1113, "USER_LOGOUT"},   {1114, "ADD_USER"},     {1115, "DEL_USER"},
        {1116, "ADD_GROUP"},     {1117, "DEL_GROUP"},    {1123, "USER_CMD"},
        {1124, "USER_TTY"},      {1127, "SYSTEM_BOOT"},  {1128, "SYSTEM_SHUTDOWN"},
        {1130, "SERVICE_START"}, {1131, "SERVICE_STOP"}, {1132, "GRP_MGMT"},
        {1006, "LOGIN"},         {1300, "SYSCALL"},      {1302, "PATH"},
        {1303, "IPC"},           {1304, "SOCKETCALL"},   {1305, "CONFIG_CHANGE"},
        {1306, "SOCKADDR"},      {1307, "CWD"},          {1309, "EXECVE"},
        {1319, "TTY"},           {1320, "EOE"},          {1321, "BPRM_FCAPS"},
        {1322, "CAPSET"},        {1323, "MMAP"},         {1325, "NETFILTER_CFG"},
        {1326, "SECCOMP"},       {1327, "PROCTITLE"},    {1330, "KERN_MODULE"},
        {1334, "BPF"},           {1400, "AVC"},          {1700, "ANOM_PROMISCUOUS"},
        {1701, "ANOM_ABEND"},
    };
    kk_slice digits = type;
    uint64_t number;
    if (kk_eat(&digits, KK_S("UNKNOWN[")) && digits.len)
        digits.len--;
    if (!kk_to_u64(digits, &number))
        return type;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].number == number)
            return kk_cstr(types[i].name);
    return type;
}
