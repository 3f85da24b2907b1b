/* What could not be read of what the intruder could reach, so that nobody takes a number for a bound;
 * and which kinds of data nothing in reach has, with how much was looked through. */
#include "persons/persons_i.h"

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
    "xls",  "xlsb",  "ods",  "doc",   "docx", "docm",   "odt",     "pdf", "ppt", "pptx", "odp",
    "mdb",  "accdb", "dbf",  "fmp12", "fp7",  "pst",    "ost",     "msg", "nsf", "jtd",  "jtdc",
    "xdw",  "xbd",   "dmp",  "bak",   "mdf",  "ndf",    "edb",     "bkf", "lzh", "7z",   "rar",
    "zip",  "gpg",   "pgp",  "p7m",   "xlsx", "xlsm",   "csv",     "tsv", "eml", "mbox", "vcf",
    "ldif", "vhd",   "vhdx", "vmdk",  "cab",  "sqlite", "sqlite3", "rtf"};
/* What people and programs put behind a whole name without encrypting. */
static const char *const harmless[] = {
    "bak",  "tmp",  "gz",   "old",  "zip",  "lnk",  "txt",       "log",    "orig", "bz2",
    "xz",   "zst",  "part", "lock", "copy", "sha1", "md5",       "sha256", "crc",  "idx",
    "url",  "html", "htm",  "xml",  "json", "tar",  "7z",        "rar",    "csv",  "pdf",
    "xlsx", "docx", "xls",  "doc",  "jpg",  "png",  "crdownload"};
static const char *const parsers_of_people[] = {
    "csv",  "xlsx", "sqlite", "mail",         "archive", "xls",        "pst", "msg",       "pdf",
    "docx", "mdb",  "doc",    "opendocument", "rtf",     "filesystem", "ewf", "partitions"};

typedef struct {
    uint64_t item, size, kinds, mentions;
    kk_slice label, path, host, parser;
    bool failed, unreadable;
} candidate;

#define ANY_OF(text, list) any_of(text, list, sizeof list / sizeof *list)

static bool any_of(kk_slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_eq_nocase(text, kk_cstr(list[i])))
            return true;
    return false;
}

static kk_slice last_name(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    return slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
}

static kk_slice ending(kk_slice name)
{
    size_t dot = kk_rfind_byte(name, '.');
    return dot == KK_NOWHERE || dot == 0 ? KK_NONE : kk_from(name, dot + 1);
}

/* The path without a suffix that was put on a document's whole name: list.xlsx.abcd. */
static bool has_foreign_suffix(kk_slice path, kk_slice *original)
{
    kk_slice name = last_name(path), suffix = ending(name);
    if (suffix.len < 2 || suffix.len > 16 || ANY_OF(suffix, harmless))
        return false;
    for (size_t i = 0; i < suffix.len; i++)
        if (suffix.ptr[i] == ' ')
            return false;
    kk_slice rest = kk_part(name, 0, name.len - suffix.len - 1);
    kk_slice kind = ending(rest);
    /* list.xlsx.[id-1234].abcd, list.xlsx.id-1234.abcd: the document's own ending is further in */
    for (int depth = 0; depth < 3 && rest.len && !ANY_OF(kind, documents); depth++) {
        rest = kk_part(rest, 0, rest.len - (kind.len ? kind.len + 1 : rest.len));
        kind = ending(rest);
    }
    if (!rest.len || !ANY_OF(kind, documents))
        return false;
    *original = kk_part(path, 0, path.len - (name.len - rest.len));
    return true;
}

/* Programs bring documents of their own. */
static bool is_of_the_system(kk_slice path)
{
    static const char *const folders[] = {"windows", "program files", "program files (x86)",
                                          "winnt",   "usr",           "lib",
                                          "lib64",   "bin",           "sbin",
                                          "boot",    "proc",          "sys",
                                          "etc",     "snap"};
    kk_slice rest = path, folder;
    for (int depth = 0; depth < 3 && kk_split(&rest, '/', &folder) && rest.len; depth++)
        if (ANY_OF(folder, folders))
            return true;
    return kk_has_nocase(path, KK_S("/ProgramData/Microsoft/"));
}

/* Why a file is unread; NULL if it was read as far as anybody can tell. */
static const char *reason_of(const candidate *c)
{
    kk_slice name = last_name(c->path), kind = ending(name), original;
    bool of_people = ANY_OF(c->parser, parsers_of_people);
    if (!c->parser.len && has_foreign_suffix(c->path, &original))
        return "encrypted";
    if (is_of_the_system(c->path) || (!of_people && (c->parser.len || !ANY_OF(kind, closed))))
        return NULL;
    if (c->kinds & ISSUE(PASSWORD))
        return "password";
    if (c->failed || c->unreadable || (c->kinds & ISSUE(CRASHED)))
        return "damaged";
    if (!c->parser.len)
        return c->size ? "format" : NULL;
    if (c->kinds & ISSUE(FORMAT))
        return "format";
    /* odd bytes in a text table cost no row that was read beside them */
    bool lost = kk_is(c->parser, "csv") ? (c->kinds & ISSUE(TRUNCATED)) || !c->mentions : true;
    uint64_t holes = ISSUE(DAMAGED) | ISSUE(TRUNCATED) | ISSUE(MISSING);
    if ((c->kinds & ISSUE(LIMIT)) || (lost && (c->kinds & holes)))
        return "damaged";
    return NULL;
}

/* ---- copies that were read ---- */

typedef struct {
    uint64_t close; /* host, folder and name */
    kk_slice label, path;
} copy;

typedef struct {
    copy *items;
    size_t count, capacity;
} copies;

static kk_slice with_folder(kk_slice path)
{
    kk_slice name = last_name(path);
    if (name.len == path.len)
        return name;
    kk_slice folder = last_name(kk_part(path, 0, path.len - name.len - 1));
    return kk_from(path, path.len - name.len - 1 - folder.len);
}

static uint64_t close_to(kk_arena *scratch, kk_slice host, kk_slice path)
{
    kk_slice text = kk_print(scratch, "%.*s/%.*s", KK_P(host), KK_P(with_folder(path)));
    char *folded = KK_NEW_ARRAY(scratch, char, text.len);
    for (size_t i = 0; i < text.len; i++)
        folded[i] =
            text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
    return kk_hash_quick((kk_slice){folded, text.len});
}

static int by_close(const void *a, const void *b)
{
    const copy *x = a, *y = b;
    return (x->close > y->close) - (x->close < y->close);
}

static kk_status load_copies(unread_search *s, kk_arena *arena, copies *out, kk_fault *fault)
{
    kk_rows *rows;
    kk_arena *scratch = kk_arena_open();
    kk_status status = kk_ask(s->store, "persons_readable", NULL, NULL, 0, &rows, fault);
    while (status == KK_OK && kk_rows_next(rows)) {
        out->items = kk_grow(arena, out->items, &out->capacity, out->count + 1, sizeof *out->items);
        copy *c = &out->items[out->count++];
        c->label = kk_copy(arena, kk_rows_text(rows, 0));
        c->path = kk_copy(arena, kk_rows_text(rows, 1));
        c->close = close_to(scratch, kk_rows_text(rows, 2), c->path);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    if (status != KK_OK)
        return status;
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_close);
    return kk_rows_close(rows, fault);
}

/* The same file of the same host, read elsewhere: restored, or in older evidence. */
static bool has_copy(const copies *known, kk_arena *scratch, const candidate *c)
{
    kk_slice original = c->path;
    (void)has_foreign_suffix(c->path, &original);
    copy wanted = {.close = close_to(scratch, c->host, original)};
    if (!known->count)
        return false;
    const copy *found = bsearch(&wanted, known->items, known->count, sizeof wanted, by_close);
    for (; found && found > known->items && found[-1].close == wanted.close; found--)
        ;
    for (; found && found < known->items + known->count && found->close == wanted.close; found++)
        if (!kk_eq(found->label, c->label) || !kk_eq(found->path, c->path))
            return true;
    return false;
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

typedef struct {
    unread_search *s;
    kk_persons *out;
    kk_arena *scratch;
    copies known;
    size_t capacity;
    size_t *given; /* estimates that stand in the list */
    size_t given_count;
} listing;

/* An estimate is of a whole data set: it stands at the first of its files. */
static void add_estimate(listing *l, kk_unread *u)
{
    const kk_case_settings *settings = l->s->settings;
    for (size_t i = 0; i < settings->estimates.count; i++) {
        const kk_estimate *e = &settings->estimates.items[i];
        bool persons = e->unit == KK_COUNT_PERSON || e->unit == KK_COUNT_NONE;
        if (!persons || !e->count.given || holds_index(l->given, l->given_count, i))
            continue;
        for (size_t k = 0; k < settings->datasets.count; k++) {
            const kk_dataset_said *d = &settings->datasets.items[k];
            if (!kk_eq(d->name, e->dataset) || !kk_path_matches(l->scratch, &d->paths, u->path))
                continue;
            u->has_estimate = true;
            u->estimate = (kk_count_of){e->count.value, e->count.value, e->count.value, false};
            l->given[l->given_count++] = i;
            return;
        }
    }
}

static kk_slice owner_of(const unread_search *s, kk_arena *scratch, kk_slice path)
{
    size_t at = kk_owner_for_path(s->settings, scratch, path);
    return at == KK_NOWHERE ? KK_SELF : s->settings->owners.items[at].party;
}

static void consider(listing *l, const candidate *c)
{
    unread_search *s = l->s;
    const char *reason = reason_of(c);
    if (!reason || has_copy(&l->known, l->scratch, c))
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
                     .owner = owner_of(s, l->scratch, c->path),
                     .evidence = kk_copy(s->arena, c->label),
                     .reason = reason,
                     .bytes = c->size};
    add_estimate(l, u);
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
                       .mentions = kk_rows_u64(rows, 9)};
        consider(l, &c);
        kk_arena_reset(l->scratch);
    }
    return kk_rows_close(rows, fault);
}

kk_status unread_find(unread_search *s, kk_persons *out, kk_fault *fault)
{
    kk_arena *own = kk_arena_open();
    listing l = {.s = s, .out = out, .scratch = kk_arena_open()};
    l.given = KK_NEW_ARRAY(own, size_t, s->settings->estimates.count);
    kk_status status = load_copies(s, own, &l.known, fault);
    if (status == KK_OK)
        status = read_candidates(&l, fault);
    kk_arena_close(l.scratch);
    kk_arena_close(own);
    return status;
}

/* ---- what nothing in reach has ---- */

static const struct {
    kk_item item;
    uint64_t bits;
} worth_denying[] = {
    {KK_ITEM_CREDIT_CARD, KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_CARD_NUMBER) |
                              KK_BIT(KK_ITEM_CARD_EXPIRY) | KK_BIT(KK_ITEM_CARD_CVV) |
                              KK_BIT(KK_ITEM_CARD_HOLDER)},
    {KK_ITEM_MY_NUMBER, KK_BIT(KK_ITEM_MY_NUMBER)},
    {KK_ITEM_BANK_ACCOUNT, KK_BIT(KK_ITEM_BANK_ACCOUNT)},
    {KK_ITEM_PASSWORD, KK_BIT(KK_ITEM_PASSWORD)},
    {KK_ITEM_HEALTH, KK_BIT(KK_ITEM_HEALTH) | KK_BIT(KK_ITEM_DISABILITY)},
};
enum { DENIED = sizeof worth_denying / sizeof *worth_denying };

kk_status absent_find(unread_search *s, kk_persons *out, kk_fault *fault)
{
    kk_rows *rows;
    uint64_t files = 0, bytes = 0, tables = 0, found = 0;
    kk_status status = kk_ask(s->store, "persons_searched", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        if (!is_in_reach(s, kk_rows_u64(rows, 0), kk_rows_text(rows, 1)))
            continue;
        files++;
        bytes += kk_rows_u64(rows, 2);
        tables += kk_rows_u64(rows, 3);
        found |= kk_rows_u64(rows, 4);
    }
    out->absent = KK_NEW_ARRAY(s->arena, struct kk_absent, DENIED);
    for (size_t i = 0; i < DENIED && files; i++)
        if (!(found & worth_denying[i].bits))
            out->absent[out->absent_count++] =
                (struct kk_absent){worth_denying[i].item, files, bytes, tables, out->unread_count};
    return kk_rows_close(rows, fault);
}
