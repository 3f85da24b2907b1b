/* Settings with people in them: sections of an INI file that are alike ([user1] login=... mail=...) and entries of an LDIF
 * file (dn: uid=..., one attribute a line) as rows. Other settings are told as no rows: most hold nobody.
 *
 * Lines are gone through twice, first for the columns. A section counts where another one has the same keys, half of
 * them at least, and where something in it may be somebody's. */
#include "base/base64.h"
#include "base/text.h"
#include "model/system_path.h"
#include "parse/keyed_rows.h"
#include "parse/parser.h"

enum { FILE_MOST = 64 * 1024 * 1024, MEMBERS_MOST = 128 };

typedef struct {
    kk_slice key, value;
} member;

typedef struct {
    member *members;
    size_t count, capacity, alike; /* alike: with another one */
    uint64_t offset, end;
    bool tells;
} section;

typedef struct {
    kk_arena *arena;
    kk_charset charset; /* of the lines; their places are those of the file's bytes */
    section *sections;
    size_t count, capacity;
    bool placeless;
} settings_file;

static section *begin_section(settings_file *f, uint64_t offset)
{
    f->sections = kk_grow(f->arena, f->sections, &f->capacity, f->count + 1, sizeof *f->sections);
    section *s = &f->sections[f->count++];
    *s = (section){.offset = offset, .end = offset};
    return s;
}

static void add_member(settings_file *f, section *s, kk_slice key, kk_slice value)
{
    if (!key.len || s->count == MEMBERS_MOST)
        return;
    if (f->charset != KK_UTF8) {
        key = kk_decode(f->arena, f->charset, key, NULL);
        value = kk_decode(f->arena, f->charset, value, NULL);
    }
    s->members = kk_grow(f->arena, s->members, &s->capacity, s->count + 1, sizeof *s->members);
    s->members[s->count++] = (member){key, value};
    s->tells |= kk_keyed_may_tell(value);
}

/* ---- INI ---- */

static kk_slice without_quotes(kk_slice value)
{
    bool quoted = value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
                  value.ptr[value.len - 1] == value.ptr[0];
    return quoted ? kk_part(value, 1, value.len - 2) : value;
}

static void read_ini(settings_file *f, kk_slice text)
{
    kk_slice rest = text, line;
    section *s = NULL;
    while (kk_split(&rest, '\n', &line)) {
        uint64_t offset = (uint64_t)(line.ptr - text.ptr);
        size_t end = (size_t)offset + line.len;
        line = kk_trim(line);
        if (!line.len || line.ptr[0] == ';' || line.ptr[0] == '#')
            continue;
        if (line.ptr[0] == '[' && line.ptr[line.len - 1] == ']') {
            s = begin_section(f, offset);
            add_member(f, s, KK_S("(key)"), kk_trim(kk_part(line, 1, line.len - 2)));
        } else if (s) {
            size_t equals = kk_find_byte(line, '=');
            if (equals != KK_NOWHERE)
                add_member(f, s, kk_trim(kk_part(line, 0, equals)),
                           without_quotes(kk_trim(kk_from(line, equals + 1))));
        }
        if (s)
            s->end = end;
    }
}

static bool has_key(const section *s, kk_slice key)
{
    for (size_t i = 0; i < s->count; i++)
        if (kk_eq(s->members[i].key, key))
            return true;
    return false;
}

/* Beside the one before or behind it: lists of accounts stand together. */
static bool are_alike(const section *a, const section *b)
{
    enum { COMPARED = 32 };
    size_t same = 0, count = a->count < COMPARED ? a->count : COMPARED;
    for (size_t i = 1; i < count; i++)
        same += has_key(b, a->members[i].key);
    return same >= 2 && same * 2 >= count - 1 && (b->count > COMPARED || same * 2 >= b->count - 1);
}

static void find_alike(settings_file *f)
{
    for (size_t i = 1; i < f->count; i++) {
        section *a = &f->sections[i - 1], *b = &f->sections[i];
        bool alike = are_alike(a, b);
        a->alike += alike;
        b->alike += alike;
    }
}

/* ---- LDIF ---- */

/* value of "attribute: value" and "attribute:: base64"; files behind "attribute:< " are not there. */
static kk_slice ldif_value(kk_arena *arena, kk_slice value)
{
    if (!kk_starts(value, KK_S(":")))
        return kk_starts(value, KK_S("<")) ? KK_NONE : kk_trim(value);
    kk_slice coded = kk_trim(kk_from(value, 1));
    uint8_t *bytes = kk_take(arena, coded.len + 4);
    kk_slice text = {(const char *)bytes, kk_base64_bytes(coded, bytes, coded.len)};
    return kk_utf8_valid(text) ? text : KK_NONE;
}

static void add_attribute(settings_file *f, section *s, kk_slice line)
{
    size_t colon = kk_find_byte(line, ':');
    if (colon == KK_NOWHERE || line.ptr[0] == '#')
        return;
    kk_slice key = kk_trim(kk_part(line, 0, colon));
    size_t option = kk_find_byte(key, ';');
    key = option == KK_NOWHERE ? key : kk_part(key, 0, option);
    bool known = has_key(s, key); /* one of several: the first is told */
    if (!known)
        add_member(f, s, key, ldif_value(f->arena, kk_from(line, colon + 1)));
}

/* Lines that begin with a blank go on; an empty one ends the entry. */
static void read_ldif(settings_file *f, kk_slice text)
{
    kk_slice rest = text, line;
    kk_buffer whole = {0};
    section *s = NULL;
    bool more = true;
    while (more) {
        more = kk_split(&rest, '\n', &line);
        if (more && kk_ends(line, KK_S("\r")))
            line.len--;
        if (more && line.len && line.ptr[0] == ' ') {
            kk_put(&whole, kk_from(line, 1));
            if (s)
                s->end = (uint64_t)(line.ptr + line.len - text.ptr);
            continue;
        }
        kk_slice before = kk_copy(f->arena, kk_buffer_slice(&whole));
        whole.len = 0;
        if (before.len && s)
            add_attribute(f, s, before);
        if (!more)
            break;
        uint64_t offset = (uint64_t)(line.ptr - text.ptr);
        if (!line.len)
            s = NULL;
        else if (kk_starts(line, KK_S("dn:")))
            s = begin_section(f, offset);
        kk_put(&whole, line);
        if (s)
            s->end = offset + line.len;
    }
    kk_buffer_close(&whole);
}

/* People, not groups, units and machines. */
static bool is_person(const section *s)
{
    static const char *const keys[] = {"sn", "givenName", "mail", "userPassword", "displayName"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (has_key(s, kk_cstr(keys[i])))
            return true;
    return false;
}

/* ---- the file ---- */

static void tell_all(kk_keyed_rows *rows, const settings_file *f, bool ldif)
{
    uint32_t number = 0;
    kk_keyed_begin(rows, KK_KEYED_PART, ldif ? KK_S("entries") : KK_S("sections"), 1, 0);
    for (size_t i = 0; i < f->count; i++) {
        const section *s = &f->sections[i];
        if (ldif ? !is_person(s) : !s->alike || !s->tells)
            continue;
        kk_keyed_begin(rows, KK_KEYED_ELEMENT, KK_NONE, ++number, f->placeless ? 0 : s->offset);
        for (size_t m = 0; m < s->count; m++)
            kk_keyed_value(rows, s->members[m].key, s->members[m].value);
        kk_keyed_end(rows, f->placeless ? 0 : s->end);
    }
    kk_keyed_end(rows, f->count ? f->sections[f->count - 1].end : 0);
}

/* 担当1 = 佐藤 健一 <k-sato@example.co.jp>: a mailbox beside words that are no ASCII, whoever these may be. */
static bool names_somebody(kk_slice value)
{
    bool wide = false;
    for (size_t i = 0; i < value.len; i++)
        wide |= (unsigned char)value.ptr[i] >= 0x80;
    return wide && kk_find_byte(value, '@') != KK_NOWHERE;
}

/* Of a section that is like no other what names somebody, as lines of a text. */
static void tell_named(kk_sink *sink, const settings_file *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const section *s = &f->sections[i];
        kk_buffer text = {0};
        for (size_t m = 0; !(s->alike && s->tells) && m < s->count; m++)
            if (names_somebody(s->members[m].value))
                kk_putf(&text, "%.*s: %.*s\n\n\n", KK_P(s->members[m].key),
                        KK_P(s->members[m].value));
        if (text.len)
            sink->passage(sink, &(kk_passage){.table = KK_S("settings"),
                                              .text = kk_copy(f->arena, kk_buffer_slice(&text)),
                                              .record = i + 1,
                                              .offset = f->placeless ? 0 : s->offset});
        kk_buffer_close(&text);
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    if (in->size > FILE_MOST) {
        kk_report(sink, KK_ISSUE_LIMIT, 0, "more than 64 MiB of settings are not read");
        return;
    }
    kk_arena *arena = kk_arena_open();
    settings_file f = {.arena = arena};
    char *bytes = kk_take(arena, (size_t)in->size + 1);
    kk_slice raw = {bytes, kk_read(in, 0, bytes, (size_t)in->size)};
    f.charset = kk_charset_guess(raw, NULL);
    bool wide = f.charset == KK_UTF16LE || f.charset == KK_UTF16BE;
    kk_slice text = wide ? kk_decode(arena, f.charset, raw, NULL) : raw;
    if (wide) { /* its sections have no places */
        f.charset = KK_UTF8;
        f.placeless = true;
    }
    bool ldif = kk_has(kk_part(text, 0, 4096), KK_S("dn:"));
    if (ldif)
        read_ldif(&f, text);
    else
        read_ini(&f, text);
    if (!ldif)
        find_alike(&f);
    kk_keyed_rows *rows = kk_keyed_rows_open(arena, sink);
    tell_all(rows, &f, ldif);
    kk_keyed_rows_learn(rows, false, false);
    tell_all(rows, &f, ldif);
    kk_keyed_rows_start(rows);
    tell_all(rows, &f, ldif);
    kk_keyed_rows_close(rows);
    if (!ldif)
        tell_named(sink, &f);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const endings[] = {"ini", "cfg", "conf", "ldif", "ldf"};
    size_t dot = kk_rfind_byte(p->name, '.');
    if (dot == KK_NOWHERE || !p->head.len || kk_is_system_path(p->path))
        return KK_NO;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (kk_eq_nocase(kk_from(p->name, dot + 1), kk_cstr(endings[i])))
            return KK_MAYBE - 12;
    return KK_NO;
}

const kk_parser kk_parser_ini_table = {
    .name = "ini_table",
    .about = "settings with accounts: sections that are alike, entries of LDIF",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
