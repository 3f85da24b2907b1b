/* Machine and zone out of a collection of a machine's files in an archive: etc/hostname, etc/timezone
 * and the link etc/localtime at its root or in one folder of it. Of two machines in one archive, and
 * of a container's root deeper inside, nothing is taken. */
#include "parse/archive.h"
#include "parse/root_facts.h"

typedef struct {
    const char *file;
    size_t depth;  /* folders above etc/ of what was taken: 0 or 1 */
    kk_slice root; /* that folder */
    kk_slice value;
    bool found, twice;
} wanted;

typedef struct {
    kk_sink sink; /* first: it is what the reading gets */
    kk_arena *arena;
    wanted host, zone, link;
} looking;

/* "./[root]/etc/hostname" of FILE "etc/hostname": the folder before it, if there is one at most. */
static bool is_at_root(kk_slice path, const char *file, kk_slice *root)
{
    kk_slice name = kk_cstr(file);
    while (kk_starts(path, KK_S("/")) || kk_starts(path, KK_S("./")))
        path = kk_from(path, path.ptr[0] == '/' ? 1 : 2);
    if (!kk_ends(path, name))
        return false;
    *root = kk_part(path, 0, path.len - name.len);
    if (root->len && root->ptr[root->len - 1] != '/')
        return false;
    *root = kk_part(*root, 0, root->len ? root->len - 1 : 0);
    return kk_find_byte(*root, '/') == KK_NOWHERE;
}

static void take(looking *l, wanted *w, kk_slice root, kk_slice value)
{
    size_t depth = root.len > 0;
    if (!value.len || (w->found && depth > w->depth))
        return;
    bool again = w->found && depth == w->depth;
    w->twice = again && (w->twice || !kk_eq(w->root, root));
    w->found = true;
    w->depth = depth;
    w->root = kk_copy(l->arena, root);
    w->value = kk_copy(l->arena, value);
}

static void hear_event(kk_sink *sink, const kk_event *event)
{
    looking *l = (looking *)sink;
    kk_slice root;
    if (event->text[KK_FILE_TARGET].len &&
        is_at_root(event->text[KK_FILE_PATH], l->link.file, &root))
        take(l, &l->link, root, kk_fact_zone_of_link(event->text[KK_FILE_TARGET]));
}

static void hear_child(kk_sink *sink, const kk_child *child)
{
    looking *l = (looking *)sink;
    kk_slice root;
    wanted *w = is_at_root(child->name, l->host.file, &root)   ? &l->host
                : is_at_root(child->name, l->zone.file, &root) ? &l->zone
                                                               : NULL;
    char bytes[1024];
    size_t len = 0;
    ptrdiff_t got;
    if (!w || !child->read)
        return;
    while (len < sizeof bytes &&
           (got = child->read(child->context, bytes + len, sizeof bytes - len)) > 0)
        len += (size_t)got;
    take(l, w, root, kk_fact_word((kk_slice){bytes, len}));
}

static void hear_issue(kk_sink *sink, const kk_issue *issue)
{
    (void)sink; /* told when the archive is read */
    (void)issue;
}

static bool is_of(const wanted *w, const wanted *host)
{
    return w->found && !w->twice && !host->twice && (!host->found || kk_eq(w->root, host->root));
}

void kk_archive_facts(kk_stream *in, kk_sink *sink, kk_archive_reading *read)
{
    looking l = {.arena = kk_arena_open(),
                 .host = {.file = "etc/hostname"},
                 .zone = {.file = "etc/timezone"},
                 .link = {.file = "etc/localtime"}};
    l.sink =
        (kk_sink){.arena = l.arena, .event = hear_event, .issue = hear_issue, .child = hear_child};
    kk_settings settings = {.modified = KK_NO_TIME, .end = UINT64_MAX};
    read(in, &settings, &l.sink);
    if (l.host.found && !l.host.twice && kk_find_byte(l.host.value, '/') == KK_NOWHERE &&
        !kk_eq_nocase(l.host.value, KK_S("localhost")))
        sink->fact(sink, KK_FACT_HOST, l.host.value);
    if (is_of(&l.zone, &l.host))
        sink->fact(sink, KK_FACT_ZONE, l.zone.value);
    else if (is_of(&l.link, &l.host))
        sink->fact(sink, KK_FACT_ZONE, l.link.value);
    kk_arena_close(l.arena);
}
