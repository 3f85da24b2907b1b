/* Members of archives of every kind: their names made safe, their sizes held against limits.
 * Nothing is ever written by such a name; it becomes part of a path in the case and has to be
 * unambiguous there. */
#include "base/hash.h"
#include "base/text.h"
#include "parse/archive.h"
#include "parse/passwords.h"

#define MEMBERS_MAX 10000000u
#define NAME_MAX_BYTES 4096u
#define EXPANDED_MAX (UINT64_C(1) << 40)
#define RATIO_MAX 200u
#define RATIO_FROM (UINT64_C(1) << 30) /* no ratio is held against less than this */

typedef struct kk_name_count {
    uint64_t hash; /* 0: free */
    uint32_t count;
} name_count;

kk_unpacking kk_unpacking_open(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_unpacking u = {.in = in, .settings = settings, .sink = sink};
    u.scratch = kk_arena_open();
    u.names = kk_arena_open();
    u.most = in->size > EXPANDED_MAX / RATIO_MAX ? EXPANDED_MAX : in->size * RATIO_MAX;
    if (u.most < RATIO_FROM)
        u.most = RATIO_FROM;
    u.is_nested = settings->unpack_most && settings->unpack_most < u.most;
    if (u.is_nested)
        u.most = settings->unpack_most;
    return u;
}

static void tell_count(kk_unpacking *u, kk_issue_kind kind, uint64_t count, const char *what)
{
    kk_issue issue = {kind, 0, count, kk_cstr(what)};
    if (count)
        u->sink->issue(u->sink, &issue);
}

void kk_unpacking_close(kk_unpacking *u)
{
    tell_count(u, KK_ISSUE_LINK, u->unsafe,
               "names point outside the archive or part their folders by backslashes: cleaned");
    tell_count(u, KK_ISSUE_LINK, u->links, "links are listed, not followed");
    tell_count(u, KK_ISSUE_PASSWORD, u->encrypted, "members are encrypted");
    tell_count(u, KK_ISSUE_FORMAT, u->unread, "members are packed in a way that is not read");
    tell_count(u, KK_ISSUE_LIMIT, u->long_names, "names are longer than 4096 bytes: cut");
    if (u->damaged) {
        kk_issue issue = {KK_ISSUE_DAMAGED, u->first_damage, u->damaged,
                          KK_S("members are damaged: read as far as they go")};
        u->sink->issue(u->sink, &issue);
    }
    tell_count(u, KK_ISSUE_TRUNCATED, u->cut, "members are cut short");
    kk_arena_close(u->scratch);
    kk_arena_close(u->names);
}

bool kk_unpacking_spend(kk_unpacking *u, uint64_t bytes)
{
    u->expanded += bytes;
    if (u->expanded <= u->most || u->over)
        return !u->over;
    u->over = true;
    if (u->is_nested) {
        kk_report(u->sink, KK_ISSUE_LIMIT, 0,
                  "archives inside archives unpack to too much together: the rest is not read");
        return false;
    }
    kk_report(
        u->sink, KK_ISSUE_LIMIT, 0,
        "the archive unpacks to more than %u times its size or a tebibyte: the rest is not read",
        RATIO_MAX);
    return false;
}

/* --- names --- */

kk_slice kk_member_name(kk_arena *arena, kk_slice raw, bool from_windows)
{
    size_t lost = 0;
    if (kk_utf8_valid(raw))
        return raw;
    kk_charset guess = kk_charset_guess(raw, NULL);
    if (from_windows) { /* names are too short to guess well; CP932 is what such archives hold */
        kk_slice text = kk_decode(arena, KK_CP932, raw, &lost);
        if (lost == 0)
            return text;
    }
    return kk_decode(arena, guess, raw, NULL);
}

static bool is_drive(kk_slice name)
{
    char letter = (char)(name.len > 1 ? name.ptr[0] | 0x20 : 0);
    return letter >= 'a' && letter <= 'z' && name.ptr[1] == ':' &&
           (name.len == 2 || name.ptr[2] == '/' || name.ptr[2] == '\\');
}

static bool climbs(kk_slice name, char separator)
{
    kk_slice piece;
    while (kk_split(&name, separator, &piece))
        if (kk_is(piece, ".."))
            return true;
    return false;
}

/* Separators made '/', roots, drive colons, "." and ".." taken out. *unsafe: something was. */
static kk_slice clean_name(kk_arena *arena, const kk_member *m, bool *unsafe)
{
    kk_slice name = kk_copy(arena, m->name), piece;
    char *bytes = (char *)(uintptr_t)name.ptr;
    bool drive = is_drive(name);
    bool parts = m->backslashes || drive || kk_starts(name, KK_S("\\\\")) || climbs(name, '\\');
    for (size_t i = 0; parts && i < name.len; i++) {
        if (bytes[i] == '\\') {
            bytes[i] = '/';
            *unsafe = true;
        }
    }
    *unsafe = *unsafe || drive || kk_starts(name, KK_S("/")) || climbs(name, '/');
    char *out = kk_take(arena, name.len + 1);
    size_t len = 0;
    for (bool first = true; kk_split(&name, '/', &piece); first = false) {
        if (first && drive)
            piece.len = 1;
        if (piece.len == 0 || kk_is(piece, ".") || kk_is(piece, ".."))
            continue;
        if (len)
            out[len++] = '/';
        memcpy(out + len, piece.ptr, piece.len);
        len += piece.len;
    }
    return len ? (kk_slice){out, len} : KK_S("unnamed");
}

/* How often the name came before. */
static uint32_t times_seen(kk_unpacking *u, kk_slice name)
{
    if (2 * u->seen_count >= u->seen_capacity) {
        name_count *old = u->seen;
        size_t old_capacity = u->seen_capacity;
        u->seen_capacity = old_capacity ? 2 * old_capacity : 256;
        u->seen = KK_NEW_ARRAY(u->names, name_count, u->seen_capacity);
        for (size_t i = 0; i < old_capacity; i++) {
            size_t at = (size_t)old[i].hash & (u->seen_capacity - 1);
            while (old[i].hash && u->seen[at].hash)
                at = (at + 1) & (u->seen_capacity - 1);
            if (old[i].hash)
                u->seen[at] = old[i];
        }
    }
    uint64_t hash = kk_hash_quick(name) | 1;
    size_t at = (size_t)hash & (u->seen_capacity - 1);
    while (u->seen[at].hash && u->seen[at].hash != hash)
        at = (at + 1) & (u->seen_capacity - 1);
    if (!u->seen[at].hash)
        u->seen_count++;
    u->seen[at].hash = hash;
    return u->seen[at].count++;
}

/* A name that came before goes below a folder with its number, and keeps its ending and its folders: by these a
 * reader knows what it holds, and who belongs together. */
static kk_slice only_name(kk_unpacking *u, kk_slice name)
{
    uint32_t before = times_seen(u, name);
    kk_slice own = name;
    while (before) {
        own = kk_print(u->scratch, "(%u)/%.*s", before + 1, KK_P(name));
        before = times_seen(u, own) ? times_seen(u, name) : 0;
    }
    return own;
}

static kk_slice cut_text(kk_slice text)
{
    size_t len = text.len > NAME_MAX_BYTES ? NAME_MAX_BYTES : text.len;
    while (len > 0 && len < text.len && ((uint8_t)text.ptr[len] & 0xC0) == 0x80)
        len--;
    return kk_part(text, 0, len);
}

static kk_slice safe_name(kk_unpacking *u, const kk_member *m)
{
    bool unsafe = false;
    kk_slice name = clean_name(u->scratch, m, &unsafe);
    u->unsafe += unsafe;
    u->long_names += name.len > NAME_MAX_BYTES;
    name = cut_text(name);
    return m->kind == KK_MEMBER_FILE ? only_name(u, name) : name;
}

/* --- telling --- */

static void tell_event(kk_unpacking *u, const kk_member *m)
{
    static const char *const types[] = {"file", "dir", "link", "other"};
    kk_event *e = &u->event;
    e->more = NULL; /* lived in the scratch arena */
    e->more_capacity = 0;
    kk_event_clear(e);
    e->time = m->modified;
    e->basis = m->basis;
    e->precision = m->precision;
    e->record = u->members;
    e->offset = m->offset;
    e->text[KK_DATASET] = KK_S("archive");
    e->text[KK_CATEGORY] = KK_S("file");
    e->text[KK_ACTION] = KK_S("entry");
    if (m->modified != KK_NO_TIME)
        e->text[KK_TIME_KIND] = KK_S("modified");
    e->text[KK_FILE_PATH] = cut_text(m->name);
    e->text[KK_FILE_TARGET] = cut_text(m->target);
    if (m->size != UINT64_MAX && m->kind == KK_MEMBER_FILE)
        kk_set_number(e, KK_FILE_SIZE, m->size);
    kk_event_more(e, u->scratch, KK_S("file.type"), kk_cstr(types[m->kind]));
    if (m->encrypted)
        kk_event_more(e, u->scratch, KK_S("encrypted"), KK_S("true"));
    if (m->password_line & KK_PASSWORD_FOUND)
        kk_event_more(e, u->scratch, KK_S("opened_by"), KK_S("evidence"));
    else if (m->password_line)
        kk_event_more(e, u->scratch, KK_S("password_line"),
                      kk_print(u->scratch, "%u", m->password_line));
    u->sink->event(u->sink, e);
}

typedef struct {
    kk_unpacking *u;
    kk_member_read *read;
    void *context;
    uint64_t offset;
    bool failed;
} counted;

static ptrdiff_t read_counted(void *context, void *into, size_t len)
{
    counted *c = context;
    bool cut = false;
    if (c->failed || c->u->over)
        return -1;
    ptrdiff_t got = c->read(c->context, into, len, &cut);
    if (got < 0) {
        if (cut)
            c->u->cut++;
        else if (c->u->damaged++ == 0)
            c->u->first_damage = c->offset;
        c->failed = true;
    } else if (!kk_unpacking_spend(c->u, (uint64_t)got)) {
        return -1;
    }
    return got;
}

static void tell_child(kk_unpacking *u, const kk_member *m, kk_slice name, kk_member_read *read,
                       void *context)
{
    counted c = {u, read, context, m->offset, false};
    kk_child child = {.name = name,
                      .joint = "!/",
                      .size = m->size,
                      .modified =
                          m->modified != KK_NO_TIME || !m->fallback ? m->modified : m->fallback,
                      .read = read_counted,
                      .context = &c};
    u->sink->child(u->sink, &child);
}

bool kk_unpacking_tell(kk_unpacking *u, const kk_member *m, kk_member_read *read, void *context)
{
    if (u->over || u->sink->stopped)
        return false;
    if (++u->members > MEMBERS_MAX) {
        kk_report(u->sink, KK_ISSUE_LIMIT, m->offset, "more than %u members: the rest is not read",
                  MEMBERS_MAX);
        u->over = true;
        return false;
    }
    kk_slice name = safe_name(u, m);
    tell_event(u, m);
    u->links += m->kind == KK_MEMBER_LINK;
    if (m->kind == KK_MEMBER_FILE) {
        if (m->encrypted && !m->password_line)
            u->encrypted++;
        else if (m->unread)
            u->unread++;
        else if (read)
            tell_child(u, m, name, read, context);
    }
    return !u->over && !u->sink->stopped;
}
