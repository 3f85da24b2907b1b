/* What could not be read of what the intruder could reach, so that nobody takes a number for a bound. */
#include "base/sorted.h"
#include "model/system_path.h"
#include "persons/damage.h"
#include "persons/decided.h"

#include <stdlib.h>

#define ISSUE(kind) (UINT64_C(1) << KK_ISSUE_##kind)

/* Kinds of files that hold people, by how they end. `parsed`: a parser of ours reads them. */
static const char *const documents[] = {
    "csv",  "tsv",   "txt", "xls",  "xlsx", "xlsm", "xlsb", "ods",   "doc",  "docx",   "docm",
    "rtf",  "odt",   "pdf", "ppt",  "pptx", "odp",  "mdb",  "accdb", "db",   "sqlite", "sqlite3",
    "dbf",  "fmp12", "fp7", "pst",  "ost",  "msg",  "eml",  "mbox",  "nsf",  "jtd",    "jtdc",
    "xdw",  "xbd",   "sql", "dmp",  "bak",  "mdf",  "ldf",  "ndf",   "edb",  "bkf",    "zip",
    "lzh",  "7z",    "rar", "tar",  "gz",   "tgz",  "bz2",  "xz",    "zst",  "cab",    "gpg",
    "pgp",  "p7m",   "vhd", "vhdx", "vmdk", "qbw",  "vcf",  "ldif",  "json", "xml",    "htm",
    "html", "wab",   "jpg", "jpeg", "png",  "dwg",  "tif",  "tiff"};
/* ... of those the ones whose unread content is worth a line where no parser took them. */
static const char *const closed[] = {
    "xls",     "xlsb",  "ods",      "doc",     "docx",    "docm",    "odt",  "pdf",   "ppt",
    "pptx",    "odp",   "mdb",      "accdb",   "dbf",     "fmp12",   "fp7",  "pst",   "ost",
    "msg",     "nsf",   "jtd",      "jtdc",    "xdw",     "xbd",     "dmp",  "bak",   "mdf",
    "ndf",     "edb",   "bkf",      "lzh",     "7z",      "rar",     "zip",  "gpg",   "pgp",
    "p7m",     "xlsx",  "xlsm",     "csv",     "tsv",     "eml",     "mbox", "vcf",   "ldif",
    "vhd",     "vhdx",  "vmdk",     "cab",     "sqlite",  "sqlite3", "rtf",  "qcow2", "vdi",
    "ova",     "vbk",   "tib",      "hc",      "dmg",     "olm",     "dbx",  "one",   "slk",
    "dif",     "wb3",   "123",      "ibd",     "myd",     "fdb",     "gdb",  "sdf",   "bson",
    "parquet", "orc",   "avro",     "pkl",     "feather", "sav",     "dta",  "rds",   "kdbx",
    "mht",     "mhtml", "gnumeric", "numbers", "pages",   "duckdb"};
/* What people and programs put behind a whole name without encrypting. */
static const char *const harmless[] = {
    "bak",  "tmp",  "gz",   "old",  "zip",  "lnk",  "txt",       "log",    "orig", "bz2",
    "xz",   "zst",  "part", "lock", "copy", "sha1", "md5",       "sha256", "crc",  "idx",
    "url",  "html", "htm",  "xml",  "json", "tar",  "7z",        "rar",    "csv",  "pdf",
    "xlsx", "docx", "xls",  "doc",  "jpg",  "png",  "crdownload"};
/* Parsers of what machines write; whatever any other could not read may be people. */
static const char *const parsers_of_logs[] = {
    "app_log",      "auditd",       "bash_history",  "evt",          "evtx",   "evtx_carve",
    "fortigate",    "leak_listing", "rclone_config", "rclone_log",   "syslog", "samba_full_audit",
    "toy",          "weblog",       "winevent_json", "winevent_xml", "wtmp",   "winevent_clixml",
    "winevent_csv", "winevent_text"};
/* ... of plain text in which a fault costs what stands at it. So many files of programs are of these
 * kinds that one in which nobody was found is of nobody, faults or not. */
static const char *const parsers_of_text[] = {"csv",        "code_text", "html",      "ini_table",
                                              "json_table", "text",      "xml_table", "yaml_table",
                                              "sql_dump",   "vcard"};

typedef struct {
    uint64_t item, size, kinds, mentions;
    kk_slice label, path, host, parser;
    bool failed, unreadable, is_volume;
    const char *reason;
} candidate;

#define ANY_OF(text, list) any_of(text, list, sizeof list / sizeof *list)

static bool any_of(kk_slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_eq_nocase(text, kk_cstr(list[i])))
            return true;
    return false;
}

/* The path without a suffix that was put on a document's whole name: list.xlsx.abcd. */
static bool has_foreign_suffix(kk_slice path, kk_slice *original)
{
    kk_slice name = path_last_name(path), suffix = path_ending(name);
    if (suffix.len < 2 || suffix.len > 16 || ANY_OF(suffix, harmless))
        return false;
    for (size_t i = 0; i < suffix.len; i++)
        if (suffix.ptr[i] == ' ')
            return false;
    kk_slice rest = kk_part(name, 0, name.len - suffix.len - 1);
    kk_slice kind = path_ending(rest);
    /* list.xlsx.[id-1234].abcd, list.xlsx.id-1234.abcd: the document's own ending is further in */
    for (int depth = 0; depth < 3 && rest.len && !ANY_OF(kind, documents); depth++) {
        rest = kk_part(rest, 0, rest.len - (kind.len ? kind.len + 1 : rest.len));
        kind = path_ending(rest);
    }
    if (!rest.len || !ANY_OF(kind, documents))
        return false;
    *original = kk_part(path, 0, path.len - (name.len - rest.len));
    return true;
}

/* Whether records may be missing from what a parser read to the end. */
static bool has_holes(const candidate *c)
{
    uint64_t ends = ISSUE(TRUNCATED) | ISSUE(LIMIT), holes = ends | ISSUE(DAMAGED) | ISSUE(MISSING);
    /* odd bytes in a text table cost no row that was read beside them */
    if (kk_is(c->parser, "csv") && !c->mentions)
        return c->kinds & holes;
    if (ANY_OF(c->parser, parsers_of_text))
        return (c->mentions || kk_is(c->parser, "csv")) && (c->kinds & ends);
    return c->kinds & holes;
}

/* Why a file is unread; NULL if it was read as far as anybody can tell. */
static const char *reason_of(const candidate *c)
{
    kk_slice name = path_last_name(c->path), kind = path_ending(name), original;
    bool of_people = c->parser.len && !ANY_OF(c->parser, parsers_of_logs);
    if (c->is_volume)
        return (c->kinds & ISSUE(PASSWORD)) ? "password"
               : (c->kinds & ISSUE(FORMAT)) ? "format"
                                            : NULL;
    if (!c->parser.len && has_foreign_suffix(c->path, &original))
        return "encrypted";
    if (kk_is_system_path(c->path) || (!of_people && (c->parser.len || !ANY_OF(kind, closed))))
        return NULL;
    if (c->kinds & ISSUE(PASSWORD))
        return "password";
    if (c->failed || c->unreadable || (c->kinds & ISSUE(CRASHED)))
        return "damaged";
    if (!c->parser.len)
        return c->size ? "format" : NULL;
    if (c->kinds & ISSUE(FORMAT))
        return "format";
    return has_holes(c) ? "damaged" : NULL;
}

/* ---- the list ---- */

bool is_in_reach(const unread_search *s, uint64_t item, kk_slice host)
{
    if (holds_key(s->reach->reachable, s->reach->reachable_count, item) ||
        holds_key(s->reach->left, s->reach->left_count, item))
        return true;
    for (size_t i = 0; i < s->reach->host_count; i++)
        if (host.len && kk_eq_nocase(s->reach->hosts[i], host))
            return true;
    return false;
}

static bool holds_index(const size_t *list, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == index)
            return true;
    return false;
}

/* What kind of thing it is: one unread archive or image may hold thousands of files. */
static const char *kind_of(const candidate *c, kk_slice original)
{
    static const char *const mail[] = {"pst", "ost", "nsf", "mbox", "edb", "olm", "dbx", "wab"};
    static const char *const images[] = {"vmdk", "vhd", "vhdx", "qcow2", "vdi", "ova", "vbk",
                                         "tib",  "hc",  "dmg",  "bkf",   "e01", "img", "dd"};
    static const char *const archives[] = {"zip", "lzh", "7z",  "rar", "tar", "gz",  "tgz",
                                           "bz2", "xz",  "zst", "cab", "gpg", "pgp", "p7m"};
    static const char *const databases[] = {"mdb",   "accdb", "db",  "sqlite", "sqlite3", "dbf",
                                            "fmp12", "fp7",   "mdf", "ndf",    "ldf",     "dmp",
                                            "bak",   "qbw",   "ibd", "myd",    "fdb",     "gdb",
                                            "sdf",   "bson",  "orc", "avro",   "parquet", "duckdb"};
    kk_slice ending = path_ending(path_last_name(original));
    if (c->is_volume)
        return "volume";
    return ANY_OF(ending, mail)        ? "mail_store"
           : ANY_OF(ending, images)    ? "image"
           : ANY_OF(ending, archives)  ? "archive"
           : ANY_OF(ending, databases) ? "database"
                                       : "document";
}

typedef struct {
    candidate *items;
    size_t count, capacity;
} candidates;

typedef struct unread_listing {
    unread_search *s;
    kk_persons *out;
    kk_arena *own, *scratch;
    candidates found;
    candidates locked; /* members of archives behind a password: `item` is the archive's */
    neighbours *known;
    size_t capacity;
    size_t *given; /* estimates that stand in the list */
    size_t given_count;
} listing;

/* An estimate is of a whole data set: it stands at the first of its files. True for each of them. */
static bool is_estimated(listing *l, kk_unread *u)
{
    const kk_case_settings *settings = l->s->settings;
    for (size_t i = 0; i < settings->estimates.count; i++) {
        const kk_estimate *e = &settings->estimates.items[i];
        bool persons = e->unit == KK_COUNT_PERSON || e->unit == KK_COUNT_NONE;
        if (!persons || !e->count.given)
            continue;
        for (size_t k = 0; k < settings->datasets.count; k++) {
            const kk_dataset_said *d = &settings->datasets.items[k];
            if (!kk_eq(d->name, e->dataset) || !kk_path_matches(l->scratch, &d->paths, u->path))
                continue;
            if (holds_index(l->given, l->given_count, i))
                return true;
            u->estimate_by = "case";
            u->estimate = (kk_count_of){e->count.value, e->count.value, e->count.value, false};
            l->given[l->given_count++] = i;
            return true;
        }
    }
    return false;
}

kk_slice owner_of_item(const unread_search *s, kk_arena *scratch, uint64_t item, kk_slice path)
{
    const kk_decision *d = decided_of_item(s->graph, item, KK_DECIDE_OWNER);
    if (d)
        return d->as;
    size_t at = kk_owner_for_path(s->settings, scratch, path);
    return at == KK_NOWHERE ? KK_SELF : s->settings->owners.items[at].party;
}

static void list_one(listing *l, const candidate *c)
{
    unread_search *s = l->s;
    unread_place place = {c->label, c->path, c->host, c->path};
    (void)has_foreign_suffix(c->path, &place.original);
    if (!c->is_volume && neighbours_have_copy(l->known, l->scratch, &place))
        return;
    s->held_unread = true;
    s->left_unread = s->left_unread || holds_key(s->reach->left, s->reach->left_count, c->item);
    if (!is_in_reach(s, c->item, c->host))
        return;
    kk_persons *out = l->out;
    out->unread =
        kk_grow(s->arena, out->unread, &l->capacity, out->unread_count + 1, sizeof *out->unread);
    kk_unread *u = &out->unread[out->unread_count++];
    *u = (kk_unread){.path = kk_copy(s->arena, c->path),
                     .host = kk_copy(s->arena, c->host),
                     .owner = owner_of_item(s, l->scratch, c->item, c->path),
                     .evidence = kk_copy(s->arena, c->label),
                     .reason = c->reason,
                     .kind = kind_of(c, place.original),
                     .bytes = c->size};
    bool estimated = is_estimated(l, u);
    neighbours_suggest(l->known, l->scratch, &place, !estimated, u);
    u->suggests.evidence = kk_copy(s->arena, u->suggests.evidence);
    u->suggests.like = kk_copy(s->arena, u->suggests.like);
}

static int by_archive(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    return x->item != y->item ? (x->item < y->item ? -1 : 1) : kk_compare(x->path, y->path);
}

/* Members whose names say that people may be in them stand for their archive. */
static bool list_members(listing *l, uint64_t archive)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, l->locked.count, l->locked.items[low].item < archive);
    bool any = false;
    for (; low < l->locked.count && l->locked.items[low].item == archive; low++, any = true)
        list_one(l, &l->locked.items[low]);
    return any;
}

static void add_candidate(kk_arena *arena, candidates *to, const candidate *c)
{
    to->items = kk_grow(arena, to->items, &to->capacity, to->count + 1, sizeof *to->items);
    candidate *added = &to->items[to->count++];
    *added = *c;
    added->label = kk_copy(arena, c->label);
    added->path = kk_copy(arena, c->path);
    added->host = kk_copy(arena, c->host);
    added->parser = kk_copy(arena, c->parser);
}

static kk_status read_candidates(listing *l, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(l->s->store, "persons_unread", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        candidate c = {.item = kk_rows_u64(rows, 0),
                       .label = kk_rows_text(rows, 1),
                       .path = kk_rows_text(rows, 2),
                       .host = kk_rows_text(rows, 3),
                       .size = kk_rows_u64(rows, 4),
                       .parser = kk_rows_text(rows, 5),
                       .failed = kk_rows_u64(rows, 6) != 0,
                       .kinds = kk_rows_u64(rows, 7),
                       .unreadable = kk_rows_u64(rows, 8) != 0,
                       .mentions = kk_rows_u64(rows, 9),
                       .is_volume = kk_rows_u64(rows, 10) != 0};
        c.reason = reason_of(&c);
        if (c.reason)
            add_candidate(l->own, &l->found, &c);
    }
    return kk_rows_close(rows, fault);
}

/* Names in an archive can be read without its password. */
static kk_status read_locked(listing *l, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(l->s->store, "persons_locked", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        candidate c = {.item = kk_rows_u64(rows, 0),
                       .label = kk_rows_text(rows, 1),
                       .path = kk_rows_text(rows, 2),
                       .host = kk_rows_text(rows, 3),
                       .size = kk_rows_u64(rows, 4),
                       .reason = "password"};
        if (ANY_OF(path_ending(path_last_name(c.path)), documents))
            add_candidate(l->own, &l->locked, &c);
    }
    if (l->locked.count)
        qsort(l->locked.items, l->locked.count, sizeof *l->locked.items, by_archive);
    return kk_rows_close(rows, fault);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static kk_status load_neighbours(listing *l, kk_fault *fault)
{
    candidates *found = &l->found;
    uint64_t *items = KK_NEW_ARRAY(l->own, uint64_t, found->count);
    bool any_locked = false;
    for (size_t i = 0; i < found->count; i++) {
        items[i] = found->items[i].item;
        any_locked = any_locked || (kk_is(found->items[i].parser, "archive") &&
                                    strcmp(found->items[i].reason, "password") == 0);
    }
    qsort(items, found->count, sizeof *items, by_number);
    kk_status status = any_locked ? read_locked(l, fault) : KK_OK;
    if (status == KK_OK)
        status = neighbours_load(l->s, l->out, items, found->count, l->own, &l->known, fault);
    return status;
}

static kk_status find_damage(listing *l, kk_fault *fault)
{
    unread_place *encrypted = KK_NEW_ARRAY(l->own, unread_place, l->found.count);
    size_t count = 0;
    for (size_t i = 0; i < l->found.count; i++) {
        const candidate *c = &l->found.items[i];
        if (strcmp(c->reason, "encrypted") != 0)
            continue;
        encrypted[count] = (unread_place){c->label, c->path, c->host, c->path};
        (void)has_foreign_suffix(c->path, &encrypted[count++].original);
    }
    return damage_find(l->s->graph, l->s->store, l->known, encrypted, count, fault);
}

kk_status unread_load(unread_search *s, kk_persons *out, kk_fault *fault)
{
    kk_arena *own = kk_arena_open();
    listing *l = s->listing = KK_NEW(own, listing);
    *l = (listing){.s = s, .out = out, .own = own, .scratch = kk_arena_open()};
    l->given = KK_NEW_ARRAY(own, size_t, s->settings->estimates.count);
    kk_status status = read_candidates(l, fault);
    if (status == KK_OK && l->found.count)
        status = load_neighbours(l, fault);
    if (status == KK_OK && l->found.count)
        status = find_damage(l, fault);
    return status;
}

void unread_list(unread_search *s, kk_persons *out)
{
    listing *l = s->listing;
    l->out = out;
    for (size_t i = 0; i < l->found.count; i++) {
        if (!list_members(l, l->found.items[i].item))
            list_one(l, &l->found.items[i]);
        kk_arena_reset(l->scratch);
    }
}

void unread_close(unread_search *s)
{
    if (!s->listing)
        return;
    kk_arena *own = s->listing->own;
    kk_arena_close(s->listing->scratch);
    kk_arena_close(own);
    s->listing = NULL;
}
