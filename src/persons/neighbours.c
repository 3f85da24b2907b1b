#include "persons/neighbours.h"

#include "base/sorted.h"
#include "base/text.h"
#include "persons/looks.h"

#include <stdlib.h>

/* How a read file is found again. */
typedef enum { BY_PLACE, BY_NAME, BY_SERIES, BY_FOLDER, WAYS } way;

typedef struct {
    uint64_t key;
    uint32_t read;
} entry;

typedef struct {
    uint64_t item, size;
    kk_slice label, path;
    uint32_t file; /* of the graph; NO_FILE: nobody is in it */
    bool whole;    /* read to its end, without losses */
} read_file;

#define NO_FILE UINT32_MAX

struct neighbours {
    const kk_identity_graph *graph;
    const kk_persons *counted;
    read_file *files; /* by evidence label and path */
    entry *ways[WAYS];
    size_t count;
};

typedef struct {
    const entry *first;
    size_t count;
} group;

/* ---- names ---- */

kk_slice path_last_name(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    return slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
}

kk_slice path_ending(kk_slice name)
{
    size_t dot = kk_rfind_byte(name, '.');
    return dot == KK_NOWHERE || dot == 0 ? KK_NONE : kk_from(name, dot + 1);
}

static kk_slice folder_of(kk_slice path)
{
    return kk_part(path, 0, path.len - path_last_name(path).len);
}

static kk_slice stem_of(kk_slice name)
{
    kk_slice ending = path_ending(name);
    return kk_part(name, 0, name.len - (ending.len ? ending.len + 1 : 0));
}

static kk_slice without(kk_arena *scratch, kk_slice text, const char *word)
{
    size_t at = kk_find(text, kk_cstr(word));
    return at == KK_NOWHERE
               ? text
               : kk_join(scratch, kk_part(text, 0, at), kk_from(text, at + strlen(word)));
}

/* The stem as it is compared, without what people and programs add to a copy's name. */
static kk_slice plain_stem(kk_arena *scratch, kk_slice path)
{
    static const char *const additions[] = {
        " - コピー", "のコピー", "- コピー", "コピー ~ ", "コピー", " - copy", "copy of ", "_copy",
        "_bak",      "_backup",  "_old",     "_org",      "最新版", "(1)",     "(2)",      "(3)"};
    kk_slice stem = kk_nfkc_fold(scratch, stem_of(path_last_name(path)));
    for (size_t i = 0; i < sizeof additions / sizeof *additions; i++)
        stem = without(scratch, stem, additions[i]);
    return kk_trim(stem);
}

/* Each run of digits becomes one '#': days, months and numbers of a series fall together. */
static kk_slice series_of(kk_arena *scratch, kk_slice stem)
{
    char *out = KK_NEW_ARRAY(scratch, char, stem.len);
    size_t used = 0;
    for (size_t i = 0; i < stem.len; i++) {
        char c = stem.ptr[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit)
            out[used++] = c;
        else if (!used || out[used - 1] != '#')
            out[used++] = '#';
    }
    return (kk_slice){out, used};
}

/* Names that any two files may have without being about the same. */
static bool tells_nothing(kk_slice stem)
{
    static const char *const common[] = {"data",   "list",   "index",    "book1",  "sheet1",
                                         "export", "readme", "untitled", "report", "無題",
                                         "新規",   "backup", "document", "dump",   "output"};
    bool letters = false;
    for (size_t i = 0; i < stem.len; i++)
        letters = letters || (unsigned char)stem.ptr[i] >= 0x80 ||
                  (stem.ptr[i] >= 'a' && stem.ptr[i] <= 'z');
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (kk_is(stem, common[i]))
            return true;
    return !letters || stem.len < 4;
}

/* ---- keys ---- */

static uint64_t hash_of(kk_arena *scratch, kk_slice a, kk_slice b)
{
    uint64_t hash = kk_hash_quick(kk_print(scratch, "%.*s\n%.*s", KK_P(a), KK_P(b)));
    return hash ? hash : 1;
}

static kk_slice with_folder(kk_slice path)
{
    kk_slice folder = folder_of(path);
    if (!folder.len)
        return path;
    kk_slice last = path_last_name(kk_part(folder, 0, folder.len - 1));
    return kk_from(path, folder.len - 1 - last.len);
}

static kk_slice small(kk_arena *scratch, kk_slice text)
{
    char *out = KK_NEW_ARRAY(scratch, char, text.len);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
    return (kk_slice){out, text.len};
}

/* 0: not found that way. */
static void keys_of(kk_arena *scratch, kk_slice host, kk_slice path, uint64_t keys[WAYS])
{
    kk_slice owner = small(scratch, host), folder = folder_of(path);
    kk_slice stem = plain_stem(scratch, path);
    kk_slice place = kk_join(scratch, owner, folder);
    keys[BY_PLACE] = hash_of(scratch, owner, small(scratch, with_folder(path)));
    keys[BY_NAME] = tells_nothing(stem) ? 0 : hash_of(scratch, KK_S("name"), stem);
    keys[BY_SERIES] = stem.len ? hash_of(scratch, place, series_of(scratch, stem)) : 0;
    keys[BY_FOLDER] = folder.len ? hash_of(scratch, KK_S("folder"), place) : 0;
}

static int by_key(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->read > y->read) - (x->read < y->read);
}

static group group_with(const neighbours *n, way how, uint64_t key)
{
    size_t low = 0;
    const entry *list = n->ways[how];
    KK_LOWER_BOUND(low, n->count, list[low].key < key);
    group found = {n->count ? list + low : NULL, 0};
    while (key && low + found.count < n->count && found.first[found.count].key == key)
        found.count++;
    return found;
}

/* ---- what was read ---- */

typedef struct {
    uint64_t item;
    uint32_t file;
} known_file;

static int by_item(const void *a, const void *b)
{
    const known_file *x = a, *y = b;
    return (x->item > y->item) - (x->item < y->item);
}

static known_file *files_by_item(const kk_identity_graph *g, kk_arena *arena)
{
    known_file *list = KK_NEW_ARRAY(arena, known_file, g->file_count);
    for (size_t i = 0; i < g->file_count; i++)
        list[i] = (known_file){g->files[i].item, (uint32_t)i};
    if (g->file_count)
        qsort(list, g->file_count, sizeof *list, by_item);
    return list;
}

static uint32_t file_with(const known_file *list, size_t count, uint64_t item)
{
    known_file wanted = {item, 0};
    const known_file *found = count ? bsearch(&wanted, list, count, sizeof wanted, by_item) : NULL;
    return found ? found->file : NO_FILE;
}

static kk_status read_all(neighbours *n, const unread_search *s, const uint64_t *unread,
                          size_t unread_count, kk_arena *arena, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0, key_capacity[WAYS] = {0};
    kk_status status = kk_ask(s->store, "persons_readable", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_arena *scratch = kk_arena_open();
    known_file *known = files_by_item(n->graph, arena);
    while (kk_rows_next(rows)) {
        uint64_t item = kk_rows_u64(rows, 3), keys[WAYS];
        n->files = kk_grow(arena, n->files, &capacity, n->count + 1, sizeof *n->files);
        n->files[n->count] = (read_file){.item = item,
                                         .size = kk_rows_u64(rows, 4),
                                         .label = kk_copy(arena, kk_rows_text(rows, 0)),
                                         .path = kk_copy(arena, kk_rows_text(rows, 1)),
                                         .file = file_with(known, n->graph->file_count, item),
                                         .whole = !holds_key(unread, unread_count, item)};
        keys_of(scratch, kk_rows_text(rows, 2), n->files[n->count].path, keys);
        for (int w = 0; w < WAYS; w++) {
            n->ways[w] = kk_grow(arena, n->ways[w], &key_capacity[w], n->count + 1, sizeof(entry));
            n->ways[w][n->count] = (entry){keys[w], (uint32_t)n->count};
        }
        n->count++;
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    return kk_rows_close(rows, fault);
}

kk_status neighbours_load(const unread_search *s, const kk_persons *counted, const uint64_t *unread,
                          size_t unread_count, kk_arena *arena, neighbours **out, kk_fault *fault)
{
    neighbours *n = *out = KK_NEW(arena, neighbours);
    n->graph = s->graph;
    n->counted = counted;
    kk_status status = read_all(n, s, unread, unread_count, arena, fault);
    for (int w = 0; w < WAYS && n->count; w++)
        qsort(n->ways[w], n->count, sizeof(entry), by_key);
    return status;
}

static bool is_itself(const read_file *f, const unread_place *place)
{
    return kk_eq(f->label, place->label) && kk_eq(f->path, place->path);
}

bool neighbours_have_copy(const neighbours *n, kk_arena *scratch, const unread_place *place)
{
    uint64_t keys[WAYS];
    keys_of(scratch, place->host, place->original, keys);
    group g = group_with(n, BY_PLACE, keys[BY_PLACE]);
    for (size_t i = 0; i < g.count; i++)
        if (!is_itself(&n->files[g.first[i].read], place))
            return true;
    return false;
}

size_t neighbours_people(const neighbours *n, kk_arena *scratch, const unread_place *place,
                         uint32_t *files, size_t most)
{
    uint64_t keys[WAYS];
    size_t count = 0;
    keys_of(scratch, place->host, place->original, keys);
    group g = group_with(n, BY_PLACE, keys[BY_PLACE]);
    for (size_t i = 0; i < g.count && count < most; i++) {
        const read_file *f = &n->files[g.first[i].read];
        if (!is_itself(f, place) && f->file != NO_FILE)
            files[count++] = f->file;
    }
    return count;
}

/* ---- what they say ---- */

static const kk_person_source *people_in(const neighbours *n, const entry *e)
{
    uint32_t file = n->files[e->read].file;
    return file == NO_FILE ? NULL : &n->counted->sources[file];
}

static void name_category(const neighbours *n, kk_suggestion *s, kk_slice category)
{
    s->category = category;
    for (size_t i = 0; i < n->counted->category_count; i++)
        if (kk_eq(n->counted->categories[i].name, category)) {
            s->label_ja = n->counted->categories[i].label_ja;
            s->label_en = n->counted->categories[i].label_en;
        }
}

/* Of the group the one that stands last before the unread file; the first where none does. */
static const read_file *nearest(const neighbours *n, const group *g, const unread_place *place,
                                bool with_people)
{
    const read_file *best = NULL;
    for (size_t i = 0; i < g->count; i++) {
        const read_file *f = &n->files[g->first[i].read];
        if (is_itself(f, place) || (with_people && f->file == NO_FILE))
            continue;
        if (!best || kk_compare(f->path, place->path) < 0)
            best = f;
    }
    return best;
}

/* Copies and others of a series: the category that most of their people are of, its items. */
static bool suggest_by_group(const neighbours *n, const group *g, const unread_place *place,
                             const char *because, kk_suggestion *out)
{
    const kk_person_source *main = NULL;
    uint64_t items = 0;
    for (size_t i = 0; i < g->count; i++) {
        const kk_person_source *s = people_in(n, &g->first[i]);
        if (s && !is_itself(&n->files[g->first[i].read], place) &&
            (!main || s->persons > main->persons))
            main = s;
    }
    const read_file *like = nearest(n, g, place, main != NULL);
    if (!like)
        return false;
    for (size_t i = 0; main && i < g->count; i++) {
        const kk_person_source *s = people_in(n, &g->first[i]);
        if (s && kk_eq(s->category, main->category))
            items |= s->items;
    }
    *out = (kk_suggestion){
        .because = because, .items = items, .evidence = like->label, .like = like->path};
    if (main)
        name_category(n, out, main->category);
    return true;
}

/* A folder speaks where all people of it are of one category; items are those that all have. */
static bool suggest_by_folder(const neighbours *n, const group *g, const unread_place *place,
                              kk_suggestion *out)
{
    uint64_t items = ~UINT64_C(0);
    const kk_person_source *first = NULL;
    for (size_t i = 0; i < g->count; i++) {
        const kk_person_source *s = people_in(n, &g->first[i]);
        if (!s || is_itself(&n->files[g->first[i].read], place))
            continue;
        if (first && !kk_eq(first->category, s->category))
            return false;
        first = first ? first : s;
        items &= s->items;
    }
    const read_file *like = first ? nearest(n, g, place, true) : NULL;
    if (!like)
        return false;
    *out = (kk_suggestion){
        .because = "folder", .items = items, .evidence = like->label, .like = like->path};
    name_category(n, out, first->category);
    return true;
}

static bool suggest_by_name(const neighbours *n, kk_arena *scratch, const unread_place *place,
                            kk_suggestion *out)
{
    kk_slice word;
    kk_look look = look_of_path(scratch, place->original, &word);
    if (look == LOOKS_OTHER)
        return false;
    *out = (kk_suggestion){.because = "name", .word = word};
    out->label_ja = kk_cstr(looks[look].ja);
    out->label_en = kk_cstr(looks[look].en);
    name_category(n, out, kk_cstr(looks[look].name));
    return true;
}

/* By its nature, whoever its mails are from. */
static bool suggest_by_kind(const kk_unread *u, kk_suggestion *out)
{
    if (strcmp(u->kind, "mail_store") != 0)
        return false;
    *out = (kk_suggestion){.because = "kind",
                           .items = KK_BIT(KK_ITEM_NAME) | KK_BIT(KK_ITEM_EMAIL) |
                                    KK_BIT(KK_ITEM_MESSAGE_BODY)};
    return true;
}

/* ---- by size ---- */

/* In text a record takes about the same room in each file of a series. What is packed has a part that does
 * not grow with the records, so that small ones are no measure. */
static bool is_text(kk_slice ending)
{
    static const char *const endings[] = {"csv", "tsv", "txt", "json", "xml", "sql", "vcf", "ldif"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (kk_eq_nocase(ending, kk_cstr(endings[i])))
            return true;
    return false;
}

static bool measures(const read_file *f, const kk_unread *u, kk_slice ending)
{
    bool text = is_text(ending);
    uint64_t least = text ? 512 : 32768, factor = text ? 10 : 4;
    return f->whole && f->size >= least && u->bytes >= least && f->size / factor <= u->bytes &&
           u->bytes / factor <= f->size &&
           kk_eq_nocase(path_ending(path_last_name(f->path)), ending);
}

static void estimate_by_size(const neighbours *n, const group *g, const unread_place *place,
                             kk_unread *u)
{
    kk_slice ending = path_ending(path_last_name(place->original));
    double low = 0, high = 0, persons = 0, bytes = 0;
    for (size_t i = 0; i < g->count; i++) {
        const read_file *f = &n->files[g->first[i].read];
        const kk_person_source *s = people_in(n, &g->first[i]);
        if (!s || !s->persons || is_itself(f, place) || !measures(f, u, ending))
            continue;
        double each = (double)s->persons / (double)f->size;
        low = bytes > 0 && low < each ? low : each;
        high = high > each ? high : each;
        persons += (double)s->persons;
        bytes += (double)f->size;
    }
    if (bytes <= 0)
        return;
    double size = (double)u->bytes;
    u->estimate_by = "size";
    u->estimate = (kk_count_of){.count = (uint64_t)(persons / bytes * size + 0.5),
                                .least = (uint64_t)(low * size / 2),
                                .most = (uint64_t)(high * size * 2) + 1};
}

void neighbours_suggest(const neighbours *n, kk_arena *scratch, const unread_place *place,
                        bool may_estimate, kk_unread *u)
{
    uint64_t keys[WAYS];
    keys_of(scratch, place->host, place->original, keys);
    group copies = group_with(n, BY_NAME, keys[BY_NAME]);
    group series = group_with(n, BY_SERIES, keys[BY_SERIES]);
    group folder = group_with(n, BY_FOLDER, keys[BY_FOLDER]);
    kk_suggestion *s = &u->suggests;
    size_t said = kk_category_for(n->graph->settings, scratch, place->original, NULL, 0);
    bool found = strcmp(u->kind, "volume") != 0 &&
                 (suggest_by_group(n, &copies, place, "copy", s) ||
                  suggest_by_group(n, &series, place, "series", s) ||
                  suggest_by_name(n, scratch, place, s) ||
                  suggest_by_folder(n, &folder, place, s) || suggest_by_kind(u, s));
    if (said != KK_NOWHERE) {
        name_category(n, s, n->graph->settings->categories.items[said].name);
        s->because = "case";
    }
    if (!found || !may_estimate || strcmp(u->kind, "document") != 0)
        return;
    estimate_by_size(n, &copies, place, u);
    if (!u->estimate_by)
        estimate_by_size(n, &series, place, u);
}
