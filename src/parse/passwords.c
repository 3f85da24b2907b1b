#include "parse/passwords.h"

#include "base/text.h"

enum { LINES_MAX = 20000, LONGEST = 1024 };
/* Rounds for one item: some 80 s of processor time in SHA-512. Counted and not timed, so that each run tries the same. */
#define ROUNDS_MOST (UINT64_C(250) * 1000 * 1000)

static void add(kk_arena *arena, kk_password_list *l, kk_slice bytes, uint32_t line, bool is_text)
{
    const kk_password *last = l->count ? &l->at[l->count - 1] : NULL;
    if (last && last->line == line && kk_eq(last->bytes, bytes))
        return;
    l->at = kk_grow(arena, l->at, &l->capacity, l->count + 1, sizeof *l->at);
    l->at[l->count++] = (kk_password){bytes, line, is_text};
}

kk_password_list kk_password_list_of(kk_arena *arena, kk_slice list)
{
    kk_password_list l = {0};
    kk_slice line;
    uint32_t number = 0;
    list = kk_starts(list, KK_S("\xef\xbb\xbf")) ? kk_from(list, 3) : list;
    while (list.len && number < LINES_MAX && kk_split(&list, '\n', &line)) {
        number++;
        if (kk_ends(line, KK_S("\r")))
            line.len--;
        if (!line.len || line.len > LONGEST)
            continue;
        bool ascii = true, valid = kk_utf8_valid(line);
        for (size_t i = 0; i < line.len; i++)
            ascii = ascii && (unsigned char)line.ptr[i] < 0x80;
        add(arena, &l, line, number, valid);
        if (!ascii && valid)
            add(arena, &l, kk_encode(arena, KK_CP932, line), number, false);
        else if (!ascii)
            add(arena, &l, kk_decode(arena, kk_charset_guess(line, NULL), line, NULL), number,
                true);
    }
    return l;
}

static bool try_one(kk_slice text, kk_password_opens *opens, void *context)
{
    kk_arena *own = kk_arena_open();
    kk_password_try password = {text, kk_utf8_to_utf16(own, text)};
    bool good = opens(context, &password);
    kk_arena_close(own);
    return good;
}

uint32_t kk_password_find(const kk_settings *settings, kk_sink *sink, const char *known,
                          uint64_t cost, kk_password_opens *opens, void *context, bool *opened)
{
    kk_arena *own = kk_arena_open();
    kk_password_list list = kk_password_list_of(own, settings->passwords);
    unsigned long long most = ROUNDS_MOST / (cost ? cost : 1), tried = 0, left = 0;
    uint32_t line = 0;
    *opened = known && try_one(kk_cstr(known), opens, context);
    for (size_t i = 0; i < list.count && !*opened; i++) {
        if (!list.at[i].is_text)
            continue;
        if (tried == most) {
            left++;
            continue;
        }
        tried++;
        *opened = try_one(list.at[i].bytes, opens, context);
        line = *opened ? list.at[i].line : 0;
    }
    if (left && !*opened)
        kk_report(sink, KK_ISSUE_LIMIT, 0,
                  "only the first %llu of %llu passwords were tried: each takes long", tried,
                  tried + left);
    kk_arena_close(own);
    return line;
}
