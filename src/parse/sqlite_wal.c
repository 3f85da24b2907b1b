/* The log is a head of 32 bytes (big-endian: magic 0x377f0682, the last bit set where sums are of
 * big-endian words; version, page size, number of the checkpoint, two salts, two sums), then frames: a
 * head of 24 bytes (page, pages of the database where a commit ends with this frame, the salts, two
 * sums) and the page. The sums go on from frame to frame. Frames count up to the last commit before
 * the first whose salts or sums do not fit: what stands behind is of an older round, or was being
 * written. */
#include "parse/sqlite_wal.h"

#include "base/cursor.h"
#include "base/sorted.h"

#include <stdlib.h>

enum { LOG_HEAD = 32, FRAME_HEAD = 24, FRAMES_MAX = 4 * 1024 * 1024, PAGE_MAX = 65536 };
#define MAGIC UINT32_C(0x377f0682)

typedef struct {
    uint32_t a, b;
    bool is_be;
} sums;

static void add_sums(sums *s, const char *bytes, size_t len)
{
    kk_cursor c = kk_cursor_over((kk_slice){bytes, len});
    while (kk_left(&c) >= 8) {
        s->a += (s->is_be ? kk_be32(&c) : kk_u32(&c)) + s->b;
        s->b += (s->is_be ? kk_be32(&c) : kk_u32(&c)) + s->a;
    }
}

/* True when the two sums that follow at the cursor are these. */
static bool agrees(const sums *s, kk_cursor *c)
{
    uint32_t a = kk_be32(c), b = kk_be32(c);
    return !c->bad && a == s->a && b == s->b;
}

static int by_page(const void *x, const void *y)
{
    const kk_sqlite_frame *a = x, *b = y;
    if (a->page != b->page)
        return a->page < b->page ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* Of each page the last frame stays. */
static size_t keep_last(kk_sqlite_frame *frames, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(frames, count, sizeof *frames, by_page);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || frames[i + 1].page != frames[i].page)
            frames[kept++] = frames[i];
    return kept;
}

/* Frames up to the last commit whose salts and sums fit; false: there are more than are taken. */
static bool read_frames(kk_sqlite_wal *w, kk_arena *arena, kk_slice salts, sums s)
{
    char *frame = kk_take(arena, FRAME_HEAD + w->page_bytes);
    size_t capacity = 0, found = 0, committed = 0;
    uint64_t at = LOG_HEAD;
    size_t whole = FRAME_HEAD + w->page_bytes;
    while (found < FRAMES_MAX && kk_read(w->file, at, frame, whole) == whole) {
        kk_cursor c = kk_cursor_over((kk_slice){frame, whole});
        uint32_t page = kk_be32(&c), pages = kk_be32(&c);
        add_sums(&s, frame, 8);
        add_sums(&s, frame + FRAME_HEAD, w->page_bytes);
        if (!kk_eq(kk_bytes(&c, 8), salts))
            break;
        w->is_torn = !agrees(&s, &c) || page == 0;
        if (w->is_torn)
            break;
        w->frames = kk_grow(arena, w->frames, &capacity, found + 1, sizeof *w->frames);
        w->frames[found++] = (kk_sqlite_frame){page, at + FRAME_HEAD};
        if (pages) {
            committed = found;
            w->pages = pages;
        }
        at += whole;
    }
    w->count = keep_last(w->frames, committed);
    return found < FRAMES_MAX;
}

bool kk_sqlite_wal_open(kk_sqlite_wal *w, kk_arena *arena, kk_stream *database, uint32_t page_bytes)
{
    char head[LOG_HEAD];
    *w = (kk_sqlite_wal){.page_bytes = page_bytes};
    kk_stream *file =
        database->sibling
            ? database->sibling(database, kk_join(arena, database->name, KK_S("-wal")))
            : NULL;
    if (!file || file->size <= LOG_HEAD)
        return true;
    kk_slice bytes = {head, kk_read(file, 0, head, sizeof head)};
    kk_cursor c = kk_cursor_over(bytes);
    uint32_t magic = kk_be32(&c);
    if (magic == 0)
        return true; /* emptied by being written over with zeros */
    kk_skip(&c, 4);
    uint32_t page = kk_be32(&c);
    kk_skip(&c, 4);
    kk_slice salts = kk_bytes(&c, 8);
    sums s = {.is_be = magic & 1};
    add_sums(&s, head, bytes.len >= 24 ? 24 : 0);
    if ((magic & ~UINT32_C(1)) != MAGIC || !agrees(&s, &c) || page != page_bytes ||
        page > PAGE_MAX || page < 512)
        return false;
    w->file = file;
    return read_frames(w, arena, salts, s);
}

static const kk_sqlite_frame *frame_of(const kk_sqlite_wal *w, uint64_t page)
{
    size_t at = 0;
    KK_LOWER_BOUND(at, w->count, w->frames[at].page < page);
    return at < w->count && w->frames[at].page == page ? &w->frames[at] : NULL;
}

size_t kk_sqlite_wal_lay_over(const kk_sqlite_wal *w, uint64_t offset, char *into, size_t len,
                              size_t got)
{
    for (size_t done = 0, part; w->count && done < len; done += part) {
        uint64_t place = offset + done;
        size_t within = (size_t)(place % w->page_bytes);
        part = w->page_bytes - within < len - done ? w->page_bytes - within : len - done;
        const kk_sqlite_frame *f = frame_of(w, place / w->page_bytes + 1);
        if (!f || kk_read(w->file, f->at + within, into + done, part) != part)
            continue;
        if (done > got)
            memset(into + got, 0, done - got); /* pages that neither of them has */
        if (done + part > got)
            got = done + part;
    }
    return got;
}
