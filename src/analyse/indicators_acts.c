/* Indicators out of what was done: in sessions of the intruder's, and in what rules found. */
#include "analyse/indicators_i.h"

#include "analyse/hit_judge.h"
#include "analyse/sessions.h"
#include "base/text.h"

enum { SLACK_S = 5, OPEN_HOURS = 12 };

/* The session of the intruder's that this was done in. An event without an account is nobody's. */
static const kk_session *session_of(gathering *g, kk_slice host, kk_slice account, kk_time at)
{
    kk_slice folded = account_folded(g->scratch, account);
    for (size_t i = 0; i < g->hostile_count; i++) {
        const kk_session *s = g->hostile[i];
        if (at < s->start - SLACK_S * KK_SECOND)
            continue;
        kk_time end = s->end == KK_NO_TIME ? s->start + OPEN_HOURS * 3600 * KK_SECOND : s->end;
        if (at <= end + SLACK_S * KK_SECOND && kk_eq_nocase(s->host, host) &&
            kk_eq(account_folded(g->scratch, s->account), folded))
            return s;
    }
    return NULL;
}

/* The session from outside, or out of the VPN, that began with this logon. */
static const kk_session *session_begun(const gathering *g, const kk_event_row *r)
{
    for (size_t i = 0; i < g->hostile_count; i++) {
        const kk_session *s = g->hostile[i];
        bool from_afar = false;
        for (size_t k = 0; k < s->reasons.count; k++)
            from_afar = from_afar || strcmp(s->reasons.items[k].code, "through_vpn") == 0;
        from_afar = from_afar || !kk_address_is_internal(g->settings, s->from_ip);
        if (from_afar && r->time >= s->start - SLACK_S * KK_SECOND &&
            r->time <= s->start + SLACK_S * KK_SECOND && kk_eq_nocase(s->host, r->host) &&
            kk_eq(s->from_ip, r->text[KK_SOURCE_IP]))
            return s;
    }
    return NULL;
}

static bool is_intruded(const gathering *g, kk_slice host)
{
    for (size_t i = 0; i < g->access->host_count; i++)
        if (kk_eq_nocase(g->access->hosts[i].name, host))
            return true;
    return false;
}

static bool by_responder(const gathering *g, const kk_event_row *r)
{
    return responder_of(&g->responders, r->text[KK_USER_NAME], r->text[KK_SOURCE_IP], r->host,
                        r->time) != NULL;
}

/* Without the drive, in lower case, with slashes one way. */
static kk_slice plain_path(kk_arena *arena, kk_slice path)
{
    static const struct {
        const char *word, *is;
    } places[] = {{"%systemroot%/", "windows/"},
                  {"%windir%/", "windows/"},
                  {"/systemroot/", "windows/"},
                  {"%programfiles%/", "program files/"},
                  {"//?/", ""},
                  {"/?"
                   "?/",
                   ""}};
    kk_slice p = kk_copy(arena, path);
    char *to = (char *)(uintptr_t)p.ptr;
    for (size_t i = 0; i < p.len; i++)
        to[i] = to[i] == '\\' ? '/' : to[i] >= 'A' && to[i] <= 'Z' ? (char)(to[i] | 0x20) : to[i];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (kk_starts(p, kk_cstr(places[i].word)))
            p = kk_join(arena, kk_cstr(places[i].is), kk_from(p, strlen(places[i].word)));
    return p.len > 2 && p.ptr[1] == ':' ? kk_from(p, p.ptr[2] == '/' ? 3 : 2) : p;
}

bool path_is_the_systems(kk_slice path)
{
    static const char *const folders[] = {"windows/system32/",
                                          "windows/syswow64/",
                                          "windows/winsxs/",
                                          "windows/microsoft.net/",
                                          "program files/",
                                          "program files (x86)/",
                                          "windows/servicing/",
                                          "windows/immersive",
                                          "programdata/microsoft/windows defender/",
                                          "/usr/",
                                          "/bin/",
                                          "/sbin/",
                                          "/lib/",
                                          "/lib64/",
                                          "/snap/"};
    static const char *const programs[] = {"windows/explorer.exe", "windows/regedit.exe",
                                           "windows/notepad.exe", "windows/splwow64.exe",
                                           "windows/hh.exe"};
    kk_arena *arena = kk_arena_open();
    kk_slice p = plain_path(arena, path);
    bool is = false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && !is; i++)
        is = kk_starts(p, kk_cstr(folders[i]));
    for (size_t i = 0; i < sizeof programs / sizeof *programs && !is; i++)
        is = kk_is(p, programs[i]);
    kk_arena_close(arena);
    return is;
}

/* Where programs of nobody's lie, and what is gathered before it leaves. */
static bool is_hideout(gathering *g, kk_slice path)
{
    static const char *const parts[] = {
        "programdata/", "users/public/", "/temp/", "/tmp/",  "/appdata/",  "perflogs/",
        "/dev/shm/",    "$recycle.bin/", "/.",     "intel/", "/var/spool/"};
    kk_slice p = kk_join(g->scratch, KK_S("/"), plain_path(g->scratch, path));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (kk_has(p, kk_cstr(parts[i])))
            return true;
    return false;
}

static bool is_program(kk_slice path)
{
    static const char *const ends[] = {".exe", ".dll", ".ps1", ".bat",  ".cmd", ".vbs",
                                       ".js",  ".php", ".asp", ".aspx", ".jsp", ".sh",
                                       ".py",  ".so",  ".sys", ".hta",  ".scr", ".msi"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        kk_slice end = kk_cstr(ends[i]);
        if (path.len > end.len && kk_eq_nocase(kk_from(path, path.len - end.len), end))
            return true;
    }
    return false;
}

void indicator_add_file(gathering *g, kk_slice path, const sighting *s)
{
    path = kk_trim(path);
    if (path.len > 3 && !path_is_the_systems(path) &&
        (kk_find_byte(path, '\\') != KK_NOWHERE || path.ptr[0] == '/'))
        (void)indicator_add(g, KK_IOC_PATH, KK_ROLE_INTRUDER, path, s);
}

static bool is_hex(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!memchr("0123456789abcdefABCDEF", text.ptr[i], 22))
            return false;
    return true;
}

static void add_hash(gathering *g, kk_ioc_type type, kk_slice hash, kk_slice of, const sighting *s)
{
    char lower[64];
    if (hash.len > sizeof lower || !is_hex(hash))
        return;
    for (size_t i = 0; i < hash.len; i++)
        lower[i] =
            hash.ptr[i] >= 'A' && hash.ptr[i] <= 'F' ? (char)(hash.ptr[i] | 0x20) : hash.ptr[i];
    kk_indicator *i = indicator_add(g, type, KK_ROLE_INTRUDER, (kk_slice){lower, hash.len}, s);
    if (i && !i->of.len)
        i->of = kk_copy(g->arena, of);
}

void indicator_add_hashes(gathering *g, kk_slice hashes, kk_slice of, const sighting *s)
{
    kk_slice part;
    while (kk_split(&hashes, ',', &part)) {
        size_t is = kk_find_byte(part, '=');
        kk_slice hash = is == KK_NOWHERE ? part : kk_from(part, is + 1);
        if (is != KK_NOWHERE && kk_has_nocase(kk_part(part, 0, is), KK_S("IMPHASH")))
            continue; /* many programs share it */
        if (hash.len == 64)
            add_hash(g, KK_IOC_SHA256, hash, of, s);
        else if (hash.len == 40)
            add_hash(g, KK_IOC_SHA1, hash, of, s);
        else if (hash.len == 32)
            add_hash(g, KK_IOC_MD5, hash, of, s);
    }
}

static void add_link(gathering *g, kk_slice link, const sighting *s)
{
    size_t host = kk_find(link, KK_S("://"));
    size_t end = 0;
    while (end < link.len && (unsigned char)link.ptr[end] > ' ' &&
           !memchr("'\"<>|`(){},;\\", link.ptr[end], 13))
        end++;
    link = kk_part(link, 0, end);
    if (host == KK_NOWHERE || host + 3 >= end || link.len > 2048)
        return;
    kk_slice name = kk_from(link, host + 3);
    end = 0;
    while (end < name.len && !memchr("/:?#", name.ptr[end], 4))
        end++;
    name = kk_part(name, 0, end);
    if (kk_find_byte(name, '.') != KK_NOWHERE && !kk_address_is_internal(g->settings, name))
        (void)indicator_add(g, KK_IOC_URL, KK_ROLE_DESTINATION, link, s);
}

/* A word of a command line, without its quotes. */
static kk_slice next_word(kk_slice *rest)
{
    *rest = kk_trim(*rest);
    char quote = rest->len && (rest->ptr[0] == '"' || rest->ptr[0] == '\'') ? rest->ptr[0] : 0;
    size_t from = quote ? 1 : 0, end = from;
    while (end < rest->len && (quote ? rest->ptr[end] != quote : rest->ptr[end] != ' '))
        end++;
    kk_slice word = kk_part(*rest, from, end - from);
    *rest = kk_from(*rest, end + (quote != 0));
    return word;
}

static bool has_folder(kk_slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (memchr("\\/:", word.ptr[i], 3))
            return true;
    return false;
}

/* A program that may have options behind it. Only folders have names of several words. */
static kk_slice program_of(kk_slice image)
{
    static const char end[] = ".exe";
    image = kk_trim(image);
    if (image.len && image.ptr[0] == '"')
        return next_word(&image);
    kk_slice rest = image, first = next_word(&rest);
    if (!has_folder(first))
        return first; /* %COMSPEC% /c ... */
    for (size_t i = 0; i + 4 <= image.len; i++)
        if (kk_eq_nocase(kk_part(image, i, 4), kk_cstr(end)))
            return kk_part(image, 0, i + 4);
    return image;
}

/* Paths in hideouts, links and outside addresses that a command line names; options keep theirs behind
 * a colon or a sign of equality. */
static void from_command(gathering *g, kk_slice command, const sighting *s)
{
    bool runs_library = kk_has_nocase(kk_part(command, 0, 512), KK_S("rundll32"));
    for (kk_slice rest = kk_part(command, 0, 8192); kk_trim(rest).len;) {
        kk_slice word = next_word(&rest);
        while (word.len && memchr(",;)\"'", word.ptr[word.len - 1], 5))
            word.len--;
        size_t link = kk_find(word, KK_S("://")), is = kk_find_byte(word, '=');
        if (link != KK_NOWHERE) {
            while (link && word.ptr[link - 1] >= 'a' && word.ptr[link - 1] <= 'z')
                link--;
            add_link(g, kk_from(word, link), s);
            continue;
        }
        if (word.len > 4 && (word.ptr[0] == '/' || word.ptr[0] == '-') &&
            (link = kk_find(word, KK_S(":\\"))) != KK_NOWHERE && link > 1)
            word = kk_from(word, link - 1);
        else if (is != KK_NOWHERE)
            word = kk_from(word, is + 1);
        if (runs_library) /* the function stands behind a comma */
            word = kk_part(word, 0, kk_find_byte(word, ','));
        if (kk_find_byte(word, ' ') != KK_NOWHERE) /* a command within quotes */
            word = program_of(word);
        bool rooted =
            word.len > 4 && (word.ptr[0] == '/' || (word.ptr[1] == ':' && word.ptr[2] == '\\'));
        if (rooted && kk_find_byte(word, '*') == KK_NOWHERE && is_hideout(g, word))
            indicator_add_file(g, word, s);
        else if (!rooted && !kk_address_is_internal(g->settings, word))
            (void)indicator_add(g, KK_IOC_IP, KK_ROLE_DESTINATION, word, s);
    }
}

static void from_service(gathering *g, const kk_event_row *r, const sighting *s)
{
    static const char *const installs[] = {"7045", "4697"};
    kk_slice code = r->text[KK_CODE];
    if (kk_is(code, installs[0]) || kk_is(code, installs[1])) {
        (void)indicator_add(g, KK_IOC_SERVICE, KK_ROLE_INTRUDER,
                            kk_event_field(g->scratch, r, "ServiceName"), s);
        kk_slice image = kk_event_field(g->scratch, r, "ImagePath");
        if (!image.len)
            image = kk_event_field(g->scratch, r, "ServiceFileName");
        indicator_add_file(g, program_of(image), s);
    }
    if (kk_is(code, "4698") || kk_is(code, "4702"))
        (void)indicator_add(g, KK_IOC_TASK, KK_ROLE_INTRUDER,
                            kk_event_field(g->scratch, r, "TaskName"), s);
}

static bool is_creation(const kk_event_row *r)
{
    return kk_is(r->text[KK_ACTION], "user-created") ||
           (kk_is(r->text[KK_CODE], "4720") && kk_is(r->text[KK_DATASET], "windows.security"));
}

/* Where it connected to: outside addresses, and the names that they were given for. */
static void from_connection(gathering *g, const kk_event_row *r, const sighting *s)
{
    kk_slice ip = r->text[KK_DESTINATION_IP];
    if (!ip.len || kk_address_is_internal(g->settings, ip))
        return;
    indicator_add_place(g, KK_ROLE_DESTINATION, ip, s);
    indicator_add_place(g, KK_ROLE_DESTINATION, r->text[KK_DESTINATION_HOST], s);
}

/* In a session much is done by the system itself: files, keys and connections count where a rule speaks
 * of them, or where a program that is not the system's made them. */
static void from_event(gathering *g, const kk_event_row *r, const sighting *s, bool by_rule)
{
    kk_slice path = r->text[KK_FILE_PATH], program = r->text[KK_PROCESS_EXECUTABLE];
    bool own_program = program.len && !path_is_the_systems(program), told = by_rule || own_program;
    if (own_program)
        indicator_add_file(g, program, s);
    from_command(g, r->text[KK_COMMAND_LINE], s);
    if (path.len && (is_program(path) || (told && is_hideout(g, path))))
        indicator_add_file(g, path, s);
    if (path.len ? !path_is_the_systems(path) : own_program) {
        kk_slice of = path.len ? path : program;
        indicator_add_hashes(g, r->text[KK_FILE_SHA256], of, s);
        indicator_add_hashes(g, kk_event_field(g->scratch, r, "Hashes"), of, s);
    }
    if (by_rule)
        (void)indicator_add(g, KK_IOC_REGISTRY, KK_ROLE_INTRUDER, r->text[KK_REGISTRY_PATH], s);
    if (told)
        from_connection(g, r, s);
    add_link(g, r->text[KK_URL], s);
    from_service(g, r, s);
    if (is_creation(r))
        (void)indicator_add(g, KK_IOC_ACCOUNT, KK_ROLE_CREATED, r->text[KK_TARGET_USER], s);
}

static kk_slice deed(const kk_event_row *r)
{
    return r->text[KK_ACTION].len ? r->text[KK_ACTION] : r->text[KK_CODE];
}

/* Where a transfer tool on a machine that the intruder was on is told to send to. */
static void from_remote(gathering *g, const kk_event_row *r, sighting *s)
{
    s->ground.what = KK_S("transfer tool configured");
    indicator_add_place(g, KK_ROLE_DESTINATION, r->text[KK_DESTINATION_IP], s);
    indicator_add_place(g, KK_ROLE_DESTINATION, r->text[KK_DESTINATION_HOST], s);
    add_link(g, r->text[KK_URL], s);
    (void)indicator_add(g, KK_IOC_ACCOUNT, KK_ROLE_FAR_ACCOUNT,
                        kk_event_field(g->scratch, r, "user"), s);
}

static void take_act(void *context, const kk_event_row *r)
{
    gathering *g = context;
    kk_ref ref = kk_event_ref(g->scratch, r);
    kk_refs refs = {&ref, 1, 1};
    sighting s = {r->time,
                  r->time,
                  r->host,
                  KK_CONFIDENCE_MEDIUM,
                  {"event", kk_event_id(g->scratch, r), deed(r)},
                  &refs};
    const kk_session *begun = NULL;
    if (by_responder(g, r)) {
        kk_arena_reset(g->scratch);
        return;
    }
    if (kk_is(r->text[KK_DATASET], "rclone.config")) {
        if (is_intruded(g, r->host))
            from_remote(g, r, &s);
    } else if (session_of(g, r->host, r->text[KK_USER_NAME], r->time)) {
        from_event(g, r, &s, false);
    }
    if (r->text[KK_SOURCE_HOST].len && (begun = session_begun(g, r)) != NULL) {
        s.ground = (kk_indicator_ground){"session", begun->id,
                                         kk_cstr(kk_session_kind_names[begun->kind])};
        if (!is_intruded(g, r->text[KK_SOURCE_HOST]))
            (void)indicator_add(g, KK_IOC_HOST, KK_ROLE_INTRUDER, r->text[KK_SOURCE_HOST], &s);
    }
    kk_arena_reset(g->scratch);
}

kk_status gather_acts(gathering *g, kk_fault *fault)
{
    const kk_window *w = &g->access->window;
    if (w->from == KK_NO_TIME || w->to == KK_NO_TIME)
        return KK_OK;
    kk_slice where = kk_print(
        g->arena,
        "\"event.dataset\" = 'rclone.config' OR (time BETWEEN %lld AND %lld AND "
        "(\"event.category\" = 'process' OR \"event.dataset\" = 'linux.history' OR "
        "\"event.action\" = 'user-created' OR (\"event.category\" = 'authentication' AND "
        "\"source.domain\" IS NOT NULL) OR (\"event.dataset\" = 'windows.security' AND "
        "\"event.code\" IN ('4688', '4697', '4698', '4702', '4720')) OR "
        "\"event.dataset\" = 'windows.microsoft-windows-sysmon/operational'))",
        (long long)(w->from - SLACK_S * KK_SECOND), (long long)(w->to + SLACK_S * KK_SECOND));
    kk_event_filter filter = {.set = KK_EVENTS_ALL,
                              .from = KK_NO_TIME,
                              .to = KK_NO_TIME,
                              .wheres = &where,
                              .where_count = 1};
    return kk_events_read(g->store, &filter, take_act, g, fault);
}

static bool is_grave(kk_slice level)
{
    return kk_is(level, "high") || kk_is(level, "critical");
}

/* How far a detection speaks of the intruder; false: not at all. */
static bool weigh(gathering *g, const kk_hit_row *h, kk_confidence *confidence)
{
    const kk_event_row *r = &h->event;
    const kk_window *w = &g->access->window;
    if (!kk_hit_counts(h))
        return false;
    *confidence = KK_CONFIDENCE_LOW;
    if (w->from == KK_NO_TIME)
        return is_grave(h->level);
    if (!is_intruded(g, r->host) || r->time == KK_NO_TIME || r->time < w->from || r->time > w->to)
        return false;
    if (session_of(g, r->host, r->text[KK_USER_NAME], r->time))
        *confidence = is_grave(h->level) ? KK_CONFIDENCE_HIGH : KK_CONFIDENCE_MEDIUM;
    else if (!r->text[KK_USER_NAME].len || kk_is(r->text[KK_USER_NAME], "SYSTEM"))
        *confidence = KK_CONFIDENCE_MEDIUM;
    return true;
}

static void take_hit(void *context, const kk_hit_row *h)
{
    gathering *g = context;
    kk_confidence confidence;
    kk_arena_reset(g->scratch);
    if (!weigh(g, h, &confidence))
        return;
    kk_ref ref = kk_event_ref(g->scratch, &h->event);
    kk_refs refs = {&ref, 1, 1};
    sighting s = {h->event.time,
                  h->event.time,
                  h->event.host,
                  confidence,
                  {"detection", kk_hit_id(g->scratch, h), h->title},
                  &refs};
    from_event(g, &h->event, &s, true);
}

kk_status gather_detections(gathering *g, kk_fault *fault)
{
    kk_hit_filter filter = {.level_from = KK_S("medium"), .from = KK_NO_TIME, .to = KK_NO_TIME};
    return kk_detections_read(g->store, g->settings, &filter, take_hit, g, fault);
}

/* The name behind the last slash, in lower case. */
static kk_slice last_name(kk_slice plain)
{
    size_t slash = kk_rfind_byte(plain, '/');
    return slash == KK_NOWHERE ? plain : kk_from(plain, slash + 1);
}

/* Whether an item lies at the path that an event named: "FS01.img!/p1/ProgramData/v/m64.exe". */
static bool lies_at(kk_slice item, kk_slice path)
{
    while (path.len && path.ptr[0] == '/')
        path = kk_from(path, 1);
    return kk_ends(item, path) && item.len > path.len && item.ptr[item.len - path.len - 1] == '/';
}

kk_status gather_item_hashes(gathering *g, kk_fault *fault)
{
    kk_rows *rows;
    size_t count = g->count;
    kk_slice *plain = KK_NEW_ARRAY(g->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        if (g->items[i].type == KK_IOC_PATH)
            plain[i] = plain_path(g->arena, g->items[i].value);
    kk_status status = kk_ask(g->store, "items_with_hashes", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice item = plain_path(g->scratch, kk_rows_text(rows, 2));
        if (kk_rows_null(rows, 3))
            continue;
        for (size_t i = 0; i < count; i++) {
            if (!plain[i].len || !kk_eq(last_name(plain[i]), last_name(item)) ||
                !lies_at(item, plain[i]) || !g->items[i].host_count ||
                !kk_eq_nocase(g->items[i].hosts[0], kk_rows_text(rows, 0)))
                continue;
            kk_indicator from = g->items[i];
            kk_ref ref = {kk_rows_text(rows, 1), kk_rows_text(rows, 2), 0, 0, 0};
            kk_refs refs = {&ref, 1, 1};
            sighting s = {from.first,      from.last,       from.hosts[0],
                          from.confidence, from.grounds[0], &refs};
            add_hash(g, KK_IOC_SHA256, kk_rows_text(rows, 3), from.value, &s);
        }
        kk_arena_reset(g->scratch);
    }
    return kk_rows_close(rows, fault);
}
