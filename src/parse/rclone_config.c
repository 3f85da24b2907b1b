/* rclone.conf: where the tool was to send things.
 *
 *   [mega1]
 *   type = mega
 *   user = someone@example.com
 *   pass = 4ZqNV0wG3...
 *
 * One undated event a remote: its name, its type, and what leads to its owner (host, user,
 * endpoint, account, folder). What opens it (passwords, tokens, keys) is never put out: a value is
 * shown only if its key is known to be harmless, or if it is a number, a truth value or a word like
 * `private`; any other says "(secret)". An encrypted file gives an issue. */
#include "parse/log_lines.h"
#include "parse/log_words.h"
#include "parse/rclone_secret.h"

enum { KEYS = 500 };

typedef struct {
    kk_event event;
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *arena; /* of the section */
    kk_arena *kept;
    bool open; /* a section is being read */
    bool typed, over;
    uint64_t end;
} reading;

static const char *const harmless_keys[] = {
    "type",
    "host",
    "user",
    "port",
    "url",
    "vendor",
    "provider",
    "region",
    "endpoint",
    "location_constraint",
    "acl",
    "storage_class",
    "account",
    "access_key_id",
    "client_id",
    "scope",
    "root_folder_id",
    "team_drive",
    "drive_id",
    "drive_type",
    "remote",
    "bucket",
    "bucket_acl",
    "project_number",
    "tenant",
    "tenant_id",
    "username",
    "domain",
    "share_name",
    "container",
    "namespace",
    "upstreams",
    "description",
    "email",
    "mountpoint",
    "device",
    "filename_encryption",
    "directory_name_encryption",
    "filename_encoding",
    "key_file",
    "known_hosts_file",
    "service_account_file",
    "shell_type",
    "md5sum_command",
    "sha1sum_command",
    "explicit_tls",
    "tls",
    "server_side_encryption",
    "auth_url",
    "token_url",
    "impersonate",
    "site_url",
    "tenant_url",
    "hostname",
    "subsystem",
    "env_auth",
    "key_use_agent",
    "spn",
    "remotes",
    "action_policy",
    "create_policy",
    "search_policy",
    "encoding",
    "chunk_size",
    "hard_delete",
    "workspace",
    "library",
    "site",
    "sse_kms_key_id",
    "zone",
    "organization",
    "api_url",
    "identity",
};

static bool is_known_harmless(kk_slice key)
{
    for (size_t i = 0; i < sizeof harmless_keys / sizeof *harmless_keys; i++)
        if (kk_eq_nocase(key, kk_cstr(harmless_keys[i])))
            return true;
    return false;
}

/* A number, a truth value or a short word in small letters says nothing that opens a door. */
static bool is_plain_value(kk_slice value)
{
    uint64_t number;
    if (value.len == 0 || kk_is(value, "true") || kk_is(value, "false"))
        return true;
    return value.len <= 6 && kk_to_u64(value, &number);
}

static kk_slice shown(reading *r, kk_slice key, kk_slice value)
{
    if (kk_rclone_is_secret(key))
        return value.len ? KK_S(KK_RCLONE_SECRET) : value;
    if (is_known_harmless(key))
        return kk_rclone_hide(r->arena, value);
    return is_plain_value(value) ? value : KK_S(KK_RCLONE_SECRET);
}

/* "https://user:pass@s3.example.com:9000/x" to "s3.example.com" and 9000. */
static void set_host(reading *r, kk_slice url)
{
    size_t scheme = kk_find(url, KK_S("://"));
    kk_slice host = kk_from(url, scheme == KK_NOWHERE ? 0 : scheme + 3);
    host = kk_part(host, 0, kk_find_byte(host, '/'));
    size_t at = kk_rfind_byte(host, '@');
    host = kk_from(host, at == KK_NOWHERE ? 0 : at + 1);
    size_t colon = kk_rfind_byte(host, ':');
    uint64_t port;
    if (colon != KK_NOWHERE && !kk_log_is_ip(host)) {
        if (kk_to_u64(kk_from(host, colon + 1), &port) && port <= 65535)
            kk_set_number(&r->event, KK_DESTINATION_PORT, port);
        host = kk_part(host, 0, colon);
    }
    if (kk_log_is_ip(host))
        r->event.text[KK_DESTINATION_IP] = host;
    else
        r->event.text[KK_DESTINATION_HOST] = host;
}

static void read_pair(reading *r, kk_slice key, kk_slice value)
{
    uint64_t port;
    if (r->event.more_count >= KEYS) {
        r->over = true;
        return;
    }
    value = kk_copy(r->arena, shown(r, key, value));
    key = kk_copy(r->arena, key);
    if (kk_is(key, "type"))
        r->typed = true;
    if (value.len && (kk_is(key, "host") || kk_is(key, "endpoint") || kk_is(key, "url")))
        set_host(r, value);
    if (kk_is(key, "port") && kk_to_u64(value, &port) && port <= 65535)
        kk_set_number(&r->event, KK_DESTINATION_PORT, port);
    kk_event_more(&r->event, r->kept, key, value);
}

static void end_section(reading *r)
{
    if (!r->open)
        return;
    uint64_t length = r->end - r->event.offset;
    r->event.length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    if (!r->typed)
        kk_report(r->sink, KK_ISSUE_DAMAGED, r->event.offset, "a remote has no type");
    if (r->over)
        kk_report(r->sink, KK_ISSUE_LIMIT, r->event.offset, "a remote has more than %d keys", KEYS);
    r->sink->event(r->sink, &r->event);
    r->open = false;
    kk_arena_reset(r->arena);
}

static void begin_section(reading *r, const kk_log_line *line, kk_slice name)
{
    end_section(r);
    kk_event_clear(&r->event);
    r->event.text[KK_HOST_NAME] = r->settings->host;
    r->event.text[KK_DATASET] = KK_S("rclone.config");
    r->event.text[KK_CATEGORY] = KK_S("configuration");
    r->event.text[KK_ACTION] = KK_S("configured");
    r->event.text[KK_PROCESS_NAME] = KK_S("rclone");
    r->event.record = line->number;
    r->event.offset = line->offset;
    r->open = true;
    r->typed = r->over = false;
    kk_event_more(&r->event, r->kept, KK_S("rclone.remote"), kk_copy(r->arena, name));
}

/* False when the line fits no rule. */
static bool read_line(reading *r, const kk_log_line *line, kk_slice text)
{
    size_t equals = kk_find_byte(text, '=');
    if (text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        begin_section(r, line, kk_part(text, 1, text.len - 2));
    } else if (!r->open || equals == KK_NOWHERE || equals == 0) {
        return false;
    } else {
        read_pair(r, kk_trim(kk_part(text, 0, equals)), kk_trim(kk_from(text, equals + 1)));
    }
    r->end = line->offset + line->length;
    return true;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    reading *r = KK_NEW(sink->arena, reading);
    kk_log_lines lines;
    kk_log_line line;
    *r = (reading){.settings = settings, .sink = sink, .kept = sink->arena};
    r->arena = kk_arena_open();
    kk_log_lines_open(&lines, in, settings, sink);
    while (kk_log_lines_next(&lines, &line)) {
        kk_slice text = kk_trim(line.text);
        if (kk_starts(text, KK_S("RCLONE_ENCRYPT_V"))) {
            kk_report(sink, KK_ISSUE_PASSWORD, line.offset, "the configuration is encrypted");
            break;
        }
        if (text.len == 0 || text.ptr[0] == '#' || text.ptr[0] == ';')
            continue;
        if (!read_line(r, &line, text))
            kk_log_lines_skip(&lines, &line);
    }
    end_section(r);
    kk_log_lines_close(&lines);
    kk_arena_close(r->arena);
}

/* What `type =` says in an rclone.conf; other INI files have other words there, or none. */
static bool is_backend(kk_slice type)
{
    static const char *const types[] = {"alias",
                                        "amazon cloud drive",
                                        "azureblob",
                                        "azurefiles",
                                        "b2",
                                        "box",
                                        "cache",
                                        "chunker",
                                        "cloudinary",
                                        "combine",
                                        "compress",
                                        "crypt",
                                        "drive",
                                        "dropbox",
                                        "fichier",
                                        "filefabric",
                                        "filescom",
                                        "ftp",
                                        "gofile",
                                        "google cloud storage",
                                        "google photos",
                                        "hasher",
                                        "hdfs",
                                        "hidrive",
                                        "http",
                                        "iclouddrive",
                                        "imagekit",
                                        "internetarchive",
                                        "jottacloud",
                                        "koofr",
                                        "linkbox",
                                        "local",
                                        "mailru",
                                        "mega",
                                        "memory",
                                        "netstorage",
                                        "onedrive",
                                        "opendrive",
                                        "oracleobjectstorage",
                                        "pcloud",
                                        "pikpak",
                                        "pixeldrain",
                                        "premiumizeme",
                                        "protondrive",
                                        "putio",
                                        "qingstor",
                                        "quatrix",
                                        "s3",
                                        "seafile",
                                        "sftp",
                                        "sharefile",
                                        "sia",
                                        "smb",
                                        "storj",
                                        "sugarsync",
                                        "swift",
                                        "tardigrade",
                                        "ulozto",
                                        "union",
                                        "uptobox",
                                        "webdav",
                                        "yandex",
                                        "zoho",
                                        NULL};
    for (size_t i = 0; types[i]; i++)
        if (kk_is(type, types[i]))
            return true;
    return false;
}

static kk_score probe(const kk_probe *about)
{
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, about->head, 16 * 1024), line;
    bool named = kk_ends(about->name, KK_S("rclone.conf")), section = false, backend = false;
    bool encrypted = false;
    for (int i = 0; i < 200 && !backend && kk_log_head_line(&rest, &line); i++) {
        encrypted |= kk_starts(line, KK_S("RCLONE_ENCRYPT_V"));
        section |= line.ptr[0] == '[' && line.ptr[line.len - 1] == ']';
        size_t equals = kk_find_byte(line, '=');
        if (section && equals != KK_NOWHERE && kk_is(kk_trim(kk_part(line, 0, equals)), "type"))
            backend = is_backend(kk_trim(kk_from(line, equals + 1)));
    }
    kk_arena_close(arena);
    if (encrypted)
        return KK_SURE;
    if (backend)
        return named ? KK_CERTAIN : KK_SURE;
    return named && section ? KK_LIKELY : KK_NO;
}

const kk_parser kk_parser_rclone_config = {
    .name = "rclone_config",
    .about = "configuration of rclone: remotes without their secrets",
    .version = 1,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 60,
    .probe = probe,
    .parse = parse,
};
