/* A compound file is a header of 512 bytes, then sectors of 512 (version 3) or 4096 bytes (version 4).
 *
 *     30 u16 sector size, a power of two    48 u32 first sector of the directory
 *     56 u32 smallest size of a stream that has sectors of its own
 *     60 u32 first sector of the mini table 68 u32 first sector of the list of tables
 *     76 u32 x 109  sectors of the allocation table (FAT); more of them in the list of tables (DIFAT)
 *
 * The table has for each sector the one behind it. Small streams lie in sectors of 64 bytes in one
 * stream, the root's, with a table of their own. Directory entries are 128 bytes; those of a storage
 * are a binary tree. A sector belongs to one chain: each is marked when a chain takes it, so that
 * loops and crossings end, and all chains together cost no more than the file has sectors. */
#include "parse/compound.h"

#include "base/cursor.h"
#include "base/text.h"

enum {
    LISTED = 109, /* sectors of the table in the header */
    ENTRY_SIZE = 128,
    ENTRIES_MAX = 1 << 20,
    MINI_SIZE = 64,
    SECTOR_MAX = 4096
};
#define END_OF_CHAIN UINT32_C(0xfffffffe)
#define LAST_SECTOR UINT32_C(0xfffffffa)

typedef struct {
    uint64_t at; /* place in the chain of the first of `count` sectors in a row */
    uint32_t sector, count;
} extent;

typedef struct {
    extent *extents;
    size_t count, capacity, hint;
    uint64_t sectors, size; /* size: bytes that can be read */
    bool made;
} chain;

/* Sectors of one size, with the table that links them. */
typedef struct {
    size_t size;
    uint64_t limit; /* sectors that there are */
    uint8_t *used;  /* a bit each */
} space;

typedef struct {
    kk_compound_entry told;
    uint8_t type; /* 0 free, 1 storage, 2 stream, 5 root */
    bool seen;    /* in the tree */
    uint32_t left, right, child, start;
    chain chain;
} entry;

struct kk_compound {
    kk_arena *arena;
    kk_stream *in;
    space large, small;
    uint32_t *table; /* sectors of the allocation table */
    size_t table_count;
    uint32_t cutoff, mini_table_start;
    chain directory, mini_table;
    char block[SECTOR_MAX]; /* of the table */
    size_t block_number, block_size;
    char mini_block[512];
    uint64_t mini_at;
    size_t mini_size;
    entry *entries;
    uint32_t count;
    bool orphans; /* entries that no storage holds */
    bool table_cut, too_many;
    uint64_t cut, crossed;
};

/* A stream that was handed out. */
typedef struct {
    kk_compound *c;
    chain *chain;
    const space *space;
} opened;

/* ---- Chains ---- */

static size_t read_chain(kk_compound *c, chain *ch, const space *s, uint64_t offset, void *into,
                         size_t len);

/* The sector behind it; NONE where the table cannot be read. Of a table that the file's end cut off
 * the next sector is taken: writers lay streams down in a row. */
static uint32_t next_large(kk_compound *c, uint32_t sector)
{
    size_t per = c->large.size / 4, number = sector / per;
    if (number >= c->table_count)
        return KK_COMPOUND_NONE;
    if (c->table[number] <= LAST_SECTOR && c->table[number] >= c->large.limit)
        return sector + 1;
    if (c->block_number != number) {
        uint64_t at = ((uint64_t)c->table[number] + 1) * c->large.size;
        c->block_number = number;
        c->block_size = kk_read(c->in, at, c->block, c->large.size);
    }
    kk_cursor u = kk_cursor_over((kk_slice){c->block, c->block_size});
    kk_seek(&u, sector % per * 4);
    uint32_t next = kk_u32(&u);
    return u.bad ? KK_COMPOUND_NONE : next;
}

static uint32_t next_small(kk_compound *c, uint32_t sector)
{
    uint64_t at = (uint64_t)sector * 4, block = at / sizeof c->mini_block * sizeof c->mini_block;
    if (c->mini_at != block) {
        c->mini_at = block;
        c->mini_size =
            read_chain(c, &c->mini_table, &c->large, block, c->mini_block, sizeof c->mini_block);
    }
    kk_cursor u = kk_cursor_over((kk_slice){c->mini_block, c->mini_size});
    kk_seek(&u, (size_t)(at - block));
    uint32_t next = kk_u32(&u);
    return u.bad ? KK_COMPOUND_NONE : next;
}

static bool take_sector(space *s, uint32_t sector)
{
    uint8_t bit = (uint8_t)(1u << sector % 8);
    if (s->used[sector / 8] & bit)
        return false;
    s->used[sector / 8] |= bit;
    return true;
}

static void add_sector(kk_compound *c, chain *ch, uint32_t sector)
{
    extent *last = ch->count ? &ch->extents[ch->count - 1] : NULL;
    if (last && last->sector + last->count == sector) {
        last->count++;
    } else {
        ch->extents =
            kk_grow(c->arena, ch->extents, &ch->capacity, ch->count + 1, sizeof *ch->extents);
        ch->extents[ch->count++] = (extent){ch->sectors, sector, 1};
    }
    ch->sectors++;
}

/* Bytes of the chain that lie within the file: its last sector may be cut. */
static uint64_t readable(const kk_compound *c, const chain *ch, const space *s)
{
    const extent *last = ch->count ? &ch->extents[ch->count - 1] : NULL;
    uint64_t whole = ch->sectors * s->size;
    if (!last || s != &c->large)
        return whole;
    uint64_t end = ((uint64_t)last->sector + last->count + 1) * s->size;
    return end > c->in->size ? whole - (end - c->in->size) : whole;
}

/* Follows a chain for at most `size` bytes; UINT64_MAX: until it ends. */
static void make_chain(kk_compound *c, chain *ch, space *s, uint32_t start, uint64_t size)
{
    uint32_t sector = start;
    ch->made = true;
    while (ch->sectors * s->size < size) {
        if (sector >= s->limit || sector > LAST_SECTOR)
            break;
        if (!take_sector(s, sector)) {
            c->crossed++;
            break;
        }
        add_sector(c, ch, sector);
        sector = s == &c->large ? next_large(c, sector) : next_small(c, sector);
    }
    ch->size = readable(c, ch, s);
    if (size != UINT64_MAX && ch->size > size)
        ch->size = size;
    c->cut += size == UINT64_MAX ? sector != END_OF_CHAIN : ch->size < size;
}

static const extent *extent_of(chain *ch, uint64_t sector)
{
    const extent *e = &ch->extents[ch->hint];
    if (sector >= e->at && sector < e->at + e->count)
        return e;
    size_t low = 0, high = ch->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ch->extents[middle].at <= sector)
            low = middle;
        else
            high = middle;
    }
    ch->hint = low;
    return &ch->extents[low];
}

/* Where a byte of the chain is in the file, and how many follow it there. */
static uint64_t place_of(kk_compound *c, chain *ch, const space *s, uint64_t offset, uint64_t *run)
{
    uint64_t sector = offset / s->size, within = offset % s->size;
    const extent *e = extent_of(ch, sector);
    *run = (e->at + e->count - sector) * s->size - within;
    uint64_t at = (e->sector + (sector - e->at)) * s->size + within;
    if (s == &c->large)
        return at + s->size;
    chain *root = &c->entries[KK_COMPOUND_ROOT].chain;
    uint64_t more = 0;
    if (at >= root->size)
        return UINT64_MAX;
    at = place_of(c, root, &c->large, at, &more);
    *run = more < *run ? more : *run;
    return at;
}

static size_t read_chain(kk_compound *c, chain *ch, const space *s, uint64_t offset, void *into,
                         size_t len)
{
    size_t done = 0;
    while (done < len && offset < ch->size) {
        uint64_t run, at = place_of(c, ch, s, offset, &run);
        uint64_t left = ch->size - offset;
        size_t want = len - done;
        want = run < want ? (size_t)run : want;
        want = left < want ? (size_t)left : want;
        size_t got = at == UINT64_MAX ? 0 : kk_read(c->in, at, (char *)into + done, want);
        done += got;
        offset += got;
        if (got < want)
            break;
    }
    return done;
}

/* ---- The header and the table ---- */

static void add_table_sector(kk_compound *c, size_t most, uint32_t sector)
{
    if (c->table_count < most)
        c->table[c->table_count++] = sector;
}

/* The list of tables goes on in sectors of its own, the last number of each being the next one. */
static void read_table_list(kk_compound *c, kk_cursor header)
{
    size_t per = c->large.size / 4, most = (size_t)(c->large.limit / per + 1);
    char bytes[SECTOR_MAX];
    c->table = KK_NEW_ARRAY(c->arena, uint32_t, most);
    kk_seek(&header, 68);
    uint32_t sector = kk_u32(&header), lists = kk_u32(&header);
    for (size_t i = 0; i < LISTED; i++)
        add_table_sector(c, most, kk_u32(&header));
    for (uint32_t n = 0; n < lists && sector < c->large.limit && c->table_count < most; n++) {
        kk_slice block = {
            bytes, kk_read(c->in, ((uint64_t)sector + 1) * c->large.size, bytes, c->large.size)};
        kk_cursor u = kk_cursor_over(block);
        if (block.len < c->large.size || !take_sector(&c->large, sector)) {
            c->table_cut = true;
            break;
        }
        for (size_t i = 0; i + 1 < per; i++)
            add_table_sector(c, most, kk_u32(&u));
        sector = kk_u32(&u);
    }
    while (c->table_count && c->table[c->table_count - 1] > LAST_SECTOR)
        c->table_count--;
    for (size_t i = 0; i < c->table_count; i++)
        c->table_cut = c->table_cut || c->table[i] >= c->large.limit;
}

static bool read_header(kk_compound *c, uint32_t *directory)
{
    char bytes[512];
    kk_slice head = {bytes, kk_read(c->in, 0, bytes, sizeof bytes)};
    kk_cursor u = kk_cursor_over(head);
    if (!kk_starts(head, KK_S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) || head.len < sizeof bytes)
        return false;
    kk_seek(&u, 30);
    unsigned shift = kk_u16(&u);
    if (shift != 9 && shift != 12)
        return false;
    c->large.size = (size_t)1 << shift;
    uint64_t size = c->in->size, sectors = size / c->large.size + (size % c->large.size != 0);
    c->large.limit = sectors > LAST_SECTOR ? LAST_SECTOR : sectors ? sectors - 1 : 0;
    c->large.used = kk_take(c->arena, (size_t)(c->large.limit / 8 + 1));
    kk_seek(&u, 48);
    *directory = kk_u32(&u);
    kk_skip(&u, 4);
    c->cutoff = kk_u32(&u);
    c->mini_table_start = kk_u32(&u);
    read_table_list(c, u);
    return true;
}

/* ---- The directory ---- */

static kk_slice name_of(kk_compound *c, kk_cursor *u)
{
    kk_slice units = kk_bytes(u, 64);
    uint16_t size = kk_u16(u);
    size_t len = 0;
    while (len + 1 < units.len && len + 1 < size && (units.ptr[len] || units.ptr[len + 1]))
        len += 2;
    return kk_copy(c->arena, kk_utf16_to_utf8(c->arena, kk_part(units, 0, len)));
}

static void read_entry(kk_compound *c, entry *e, kk_slice bytes)
{
    kk_cursor u = kk_cursor_over(bytes);
    *e = (entry){.told = {.first = KK_COMPOUND_NONE, .next = KK_COMPOUND_NONE}};
    kk_seek(&u, 66);
    e->type = kk_u8(&u);
    kk_skip(&u, 1);
    e->left = kk_u32(&u);
    e->right = kk_u32(&u);
    e->child = kk_u32(&u);
    kk_seek(&u, 108);
    e->told.modified = kk_u64(&u);
    e->start = kk_u32(&u);
    e->told.size = kk_u64(&u);
    if (c->large.size == 512) /* old writers left rubbish in the upper half */
        e->told.size &= UINT32_MAX;
    kk_seek(&u, 0);
    if (e->type == 1 || e->type == 2 || e->type == 5)
        e->told.name = name_of(c, &u);
    e->told.is_storage = e->type == 1 || e->type == 5;
}

static void read_entries(kk_compound *c, uint32_t start)
{
    char bytes[ENTRY_SIZE];
    make_chain(c, &c->directory, &c->large, start, UINT64_MAX);
    uint64_t count = c->directory.size / ENTRY_SIZE;
    c->too_many = count > ENTRIES_MAX;
    c->count = c->too_many ? ENTRIES_MAX : (uint32_t)count;
    c->entries = KK_NEW_ARRAY(c->arena, entry, c->count + 1);
    for (uint32_t i = 0; i < c->count; i++) {
        size_t got =
            read_chain(c, &c->directory, &c->large, (uint64_t)i * ENTRY_SIZE, bytes, sizeof bytes);
        if (got < sizeof bytes) {
            c->count = i;
            break;
        }
        read_entry(c, &c->entries[i], (kk_slice){bytes, got});
    }
}

static bool is_new(const kk_compound *c, uint32_t i)
{
    return i < c->count && !c->entries[i].seen &&
           (c->entries[i].type == 1 || c->entries[i].type == 2);
}

/* The entries of one storage in the order of their tree; storages among them are added to the queue. */
static size_t take_tree(kk_compound *c, uint32_t storage, uint32_t *stack, uint32_t *queue,
                        size_t queued)
{
    uint32_t node = c->entries[storage].child, *link = &c->entries[storage].told.first;
    for (size_t depth = 0;;) {
        while (is_new(c, node)) {
            c->entries[node].seen = true;
            stack[depth++] = node;
            node = c->entries[node].left;
        }
        if (depth == 0)
            return queued;
        node = stack[--depth];
        *link = node;
        link = &c->entries[node].told.next;
        if (c->entries[node].type == 1)
            queue[queued++] = node;
        node = c->entries[node].right;
    }
}

static void read_tree(kk_compound *c)
{
    kk_arena *own = kk_arena_open();
    uint32_t *stack = KK_NEW_ARRAY(own, uint32_t, c->count + 1),
             *queue = KK_NEW_ARRAY(own, uint32_t, c->count + 1);
    size_t queued = 1;
    for (size_t i = 0; c->count && i < queued; i++)
        queued = take_tree(c, queue[i], stack, queue, queued);
    for (uint32_t i = 1; i < c->count; i++)
        c->orphans = c->orphans || is_new(c, i);
    kk_arena_close(own);
}

/* The stream of small sectors and its table. */
static void open_small(kk_compound *c)
{
    entry *root = &c->entries[KK_COMPOUND_ROOT];
    if (c->count == 0 || root->start > LAST_SECTOR || root->told.size == 0)
        return;
    make_chain(c, &root->chain, &c->large, root->start, root->told.size);
    if (c->mini_table_start <= LAST_SECTOR)
        make_chain(c, &c->mini_table, &c->large, c->mini_table_start, UINT64_MAX);
    c->small.size = MINI_SIZE;
    c->small.limit = root->chain.size / MINI_SIZE + (root->chain.size % MINI_SIZE != 0);
    c->small.used = kk_take(c->arena, (size_t)(c->small.limit / 8 + 1));
}

kk_compound *kk_compound_open(kk_arena *arena, kk_stream *in)
{
    uint32_t directory;
    kk_compound *c = KK_NEW(arena, kk_compound);
    c->arena = arena;
    c->in = in;
    c->block_number = SIZE_MAX;
    c->mini_at = UINT64_MAX;
    c->small.size = MINI_SIZE;
    if (!read_header(c, &directory))
        return NULL;
    read_entries(c, directory);
    read_tree(c);
    open_small(c);
    return c;
}

void kk_compound_report(const kk_compound *c, kk_sink *sink)
{
    if (c->table_cut)
        kk_report(sink, KK_ISSUE_TRUNCATED, 0,
                  "the file is cut: its table of sectors is not whole");
    if (c->count == 0)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the directory of the file cannot be read");
    if (c->too_many)
        kk_report(sink, KK_ISSUE_LIMIT, 0, "only the first 1,048,576 entries were looked at");
    if (c->cut)
        sink->issue(sink, &(kk_issue){KK_ISSUE_TRUNCATED, 0, c->cut,
                                      KK_S("streams inside end before they should")});
    if (c->crossed)
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, c->crossed,
                                      KK_S("streams inside run into a loop or into one another")});
}

/* ---- Entries ---- */

const kk_compound_entry *kk_compound_at(const kk_compound *c, uint32_t i)
{
    return i < c->count ? &c->entries[i].told : NULL;
}

uint32_t kk_compound_find(const kk_compound *c, uint32_t storage, const char *name)
{
    if (storage >= c->count)
        return KK_COMPOUND_NONE;
    for (uint32_t i = c->entries[storage].told.first; i < c->count; i = c->entries[i].told.next)
        if (kk_eq_nocase(c->entries[i].told.name, kk_cstr(name)))
            return i;
    bool at_root = storage == KK_COMPOUND_ROOT; /* asked for few names: the search is linear */
    for (uint32_t i = 1; at_root && c->orphans && i < c->count; i++)
        if (is_new(c, i) && kk_eq_nocase(c->entries[i].told.name, kk_cstr(name)))
            return i;
    return KK_COMPOUND_NONE;
}

static space *space_of(kk_compound *c, const entry *e)
{
    return e->type != 5 && e->told.size < c->cutoff ? &c->small : &c->large;
}

static entry *open_entry(kk_compound *c, uint32_t i)
{
    entry *e = i < c->count ? &c->entries[i] : NULL;
    if (!e || e->type != 2)
        return NULL;
    if (!e->chain.made)
        make_chain(c, &e->chain, space_of(c, e), e->start, e->told.size);
    return e;
}

static ptrdiff_t read_stream(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    opened *o = stream->context;
    size_t got = read_chain(o->c, o->chain, o->space, offset, into, len);
    return got == 0 && len && offset < stream->size ? -1 : (ptrdiff_t)got;
}

kk_stream *kk_compound_stream(kk_compound *c, uint32_t i)
{
    entry *e = open_entry(c, i);
    if (!e)
        return NULL;
    opened *o = KK_NEW(c->arena, opened);
    *o = (opened){c, &e->chain, space_of(c, e)};
    kk_stream *stream = KK_NEW(c->arena, kk_stream);
    *stream = (kk_stream){.name = e->told.name,
                          .path = e->told.name,
                          .size = e->chain.size,
                          .modified = KK_NO_TIME,
                          .read_at = read_stream,
                          .context = o};
    return stream;
}

kk_slice kk_compound_load(kk_compound *c, kk_arena *arena, uint32_t i, size_t most)
{
    entry *e = open_entry(c, i);
    if (!e || e->chain.size == 0)
        return KK_NONE;
    size_t size = e->chain.size < most ? (size_t)e->chain.size : most;
    char *bytes = kk_take(arena, size);
    return (kk_slice){bytes, read_chain(c, &e->chain, space_of(c, e), 0, bytes, size)};
}

uint64_t kk_compound_offset(kk_compound *c, uint32_t i, uint64_t at)
{
    entry *e = open_entry(c, i);
    uint64_t run;
    if (!e || at >= e->chain.size)
        return 0;
    uint64_t place = place_of(c, &e->chain, space_of(c, e), at, &run);
    return place == UINT64_MAX ? 0 : place;
}

typedef struct {
    kk_stream *in;
    uint64_t at, end;
} source;

static ptrdiff_t read_child(void *context, void *into, size_t len)
{
    source *s = context;
    uint64_t left = s->end - s->at;
    size_t got = kk_read(s->in, s->at, into, left < len ? (size_t)left : len);
    s->at += got;
    return got == 0 && len && left ? -1 : (ptrdiff_t)got;
}

void kk_compound_tell_child(kk_sink *sink, kk_stream *in, uint64_t from, uint64_t size,
                            kk_slice name, kk_time modified)
{
    source s = {in, from, from + size};
    sink->child(sink, &(kk_child){.name = name,
                                  .joint = "!/",
                                  .size = size,
                                  .modified = modified,
                                  .read = read_child,
                                  .context = &s});
}
