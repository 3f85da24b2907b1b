#include "worker/guesses.h"

#include "base/cursor.h"

#include <stdlib.h>

enum { TRIED_MOST = 2000 }; /* on one item */

void guesses_pack(kk_buffer *block, const guess *g)
{
    const uint32_t lens[2] = {(uint32_t)g->path.len, (uint32_t)g->text.len};
    kk_put_bytes(block, &g->record, sizeof g->record);
    kk_put_bytes(block, lens, sizeof lens);
    kk_put(block, g->path);
    kk_put(block, g->text);
}

static bool take(kk_cursor *c, guess *g)
{
    if (kk_left(c) == 0)
        return false;
    g->record = kk_u64(c);
    uint32_t path = kk_u32(c), text = kk_u32(c);
    g->path = kk_bytes(c, path);
    g->text = kk_bytes(c, text);
    return !c->bad;
}

typedef struct {
    kk_slice text;
    uint32_t number;
    unsigned folders; /* that both are in */
    uint64_t apart;   /* messages of a mailbox between them */
    size_t alike;     /* bytes with which both paths begin */
} near;

/* The first number in a name: the message that an attachment belongs to. */
static bool number_in(kk_slice name, uint64_t *number)
{
    size_t at = 0, end;
    while (at < name.len && !(name.ptr[at] >= '0' && name.ptr[at] <= '9'))
        at++;
    for (end = at; end < name.len && name.ptr[end] >= '0' && name.ptr[end] <= '9';)
        end++;
    return kk_to_u64(kk_part(name, at, end - at), number);
}

/* How far the message that told it is from the one that the item was attached to; a later one is nearer than an
 * earlier one, as the second mail of two is. */
static uint64_t messages_apart(const guess *g, kk_slice path)
{
    uint64_t number;
    if (path.len <= g->path.len + 2 || !kk_starts(path, g->path))
        return UINT64_MAX;
    kk_slice inside = kk_from(path, g->path.len);
    if (!kk_starts(inside, KK_S("!/")))
        return UINT64_MAX;
    inside = kk_from(inside, 2);
    size_t slash = kk_find_byte(inside, '/');
    kk_slice folder = kk_part(inside, 0, slash);
    size_t message = kk_find(inside, KK_S("message-")); /* below the folders of a PST */
    if (message != KK_NOWHERE)
        folder = kk_from(inside, message);
    if (slash == KK_NOWHERE || !number_in(folder, &number))
        return UINT64_MAX;
    return g->record >= number ? (g->record - number) * 2 : (number - g->record) * 2 + 1;
}

static near nearness(const guess *g, kk_slice path, uint32_t number)
{
    near n = {.text = g->text, .number = number, .apart = messages_apart(g, path)};
    while (n.alike < g->path.len && n.alike < path.len && g->path.ptr[n.alike] == path.ptr[n.alike])
        n.folders += g->path.ptr[n.alike++] == '/';
    return n;
}

static int by_nearness(const void *a, const void *b)
{
    const near *x = a, *y = b;
    if (x->apart != y->apart)
        return x->apart < y->apart ? -1 : 1;
    if (x->folders != y->folders)
        return x->folders > y->folders ? -1 : 1;
    if (x->alike != y->alike)
        return x->alike > y->alike ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

guesses guesses_for(kk_arena *arena, kk_slice block, kk_slice path)
{
    kk_cursor c = kk_cursor_over(block);
    kk_arena *own = kk_arena_open();
    near *list = NULL;
    size_t count = 0, capacity = 0, bytes = 0;
    guess g;
    while (take(&c, &g)) {
        list = kk_grow(own, list, &capacity, count + 1, sizeof *list);
        list[count] = nearness(&g, path, (uint32_t)count + 1);
        count++;
    }
    if (count)
        qsort(list, count, sizeof *list, by_nearness);
    count = count < TRIED_MOST ? count : TRIED_MOST;
    for (size_t i = 0; i < count; i++)
        bytes += list[i].text.len + 1;
    char *to = kk_take(arena, bytes + 1);
    guesses out = {{to, bytes}, KK_NEW_ARRAY(arena, uint32_t, count + 1), count};
    for (size_t i = 0; i < count; i++) {
        memcpy(to, list[i].text.ptr, list[i].text.len);
        to += list[i].text.len;
        *to++ = '\n';
        out.at[i] = list[i].number;
    }
    kk_arena_close(own);
    return out;
}

void guesses_forget(guesses *g)
{
    if (g->lines.len)
        explicit_bzero((char *)(uintptr_t)g->lines.ptr, g->lines.len);
    *g = (guesses){KK_NONE, NULL, 0};
}
