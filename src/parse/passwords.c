#include "parse/passwords.h"

#include "base/text.h"

enum { LINES_MAX = 20000, LONGEST = 1024 };
/* Rounds for one item: some 80 s of processor time in SHA-512. Counted and not timed, so that each run tries the same. */
#define ROUNDS_MOST (UINT64_C(250) * 1000 * 1000)
/* For what the evidence told, which nobody chose for this item. */
#define FOUND_ROUNDS_MOST (UINT64_C(40) * 1000 * 1000)

static void add(kk_arena *arena, kk_password_list *l, kk_slice bytes, uint32_t line, bool is_text)
{
    const kk_password *last = l->count ? &l->at[l->count - 1] : NULL;
    if (last && last->line == line && kk_eq(last->bytes, bytes))
        return;
    l->at = kk_grow(arena, l->at, &l->capacity, l->count + 1, sizeof *l->at);
    l->at[l->count++] = (kk_password){bytes, line, is_text};
}

static void add_lines(kk_arena *arena, kk_password_list *l, kk_slice list, uint32_t mark)
{
    kk_slice line;
    uint32_t number = 0;
    while (list.len && number < LINES_MAX && kk_split(&list, '\n', &line)) {
        number++;
        if (kk_ends(line, KK_S("\r")))
            line.len--;
        if (!line.len || line.len > LONGEST)
            continue;
        bool ascii = true, valid = kk_utf8_valid(line);
        for (size_t i = 0; i < line.len; i++)
            ascii = ascii && (unsigned char)line.ptr[i] < 0x80;
        add(arena, l, line, number | mark, valid);
        if (!ascii && valid)
            add(arena, l, kk_encode(arena, KK_CP932, line), number | mark, false);
        else if (!ascii)
            add(arena, l, kk_decode(arena, kk_charset_guess(line, NULL), line, NULL), number | mark,
                true);
    }
}

kk_password_list kk_password_list_of(kk_arena *arena, kk_slice list)
{
    kk_password_list l = {0};
    list = kk_starts(list, KK_S("\xef\xbb\xbf")) ? kk_from(list, 3) : list;
    add_lines(arena, &l, list, 0);
    return l;
}

kk_password_list kk_password_list_for(kk_arena *arena, const kk_settings *settings)
{
    kk_password_list l = kk_password_list_of(arena, settings->passwords);
    add_lines(arena, &l, settings->found, KK_PASSWORD_FOUND);
    return l;
}

bool kk_has_passwords(const kk_settings *settings)
{
    return settings->passwords.len || settings->found.len;
}

void kk_password_opened(kk_sink *sink, uint32_t line)
{
    if ((line & KK_PASSWORD_FOUND) && sink->opened)
        sink->opened(sink, line & ~KK_PASSWORD_FOUND);
}

static bool try_one(kk_slice text, kk_password_opens *opens, void *context)
{
    kk_arena *own = kk_arena_open();
    kk_password_try password = {text, kk_utf8_to_utf16(own, text)};
    bool good = opens(context, &password);
    kk_arena_close(own);
    return good;
}

/* How far one of the two lists was gone through. */
typedef struct {
    unsigned long long most, tried, left;
} effort;

static void tell_left(kk_sink *sink, const effort *e, const char *where)
{
    if (e->left)
        kk_report(sink, KK_ISSUE_LIMIT, 0,
                  "only the first %llu of %llu passwords%s were tried: each takes long", e->tried,
                  e->tried + e->left, where);
}

uint32_t kk_password_find(const kk_settings *settings, kk_sink *sink, const char *known,
                          uint64_t cost, kk_password_opens *opens, void *context, bool *opened)
{
    kk_arena *own = kk_arena_open();
    kk_password_list list = kk_password_list_for(own, settings);
    cost = cost ? cost : 1;
    effort given = {.most = ROUNDS_MOST / cost}, found = {.most = FOUND_ROUNDS_MOST / cost};
    uint32_t line = 0;
    *opened = known && try_one(kk_cstr(known), opens, context);
    for (size_t i = 0; i < list.count && !*opened; i++) {
        effort *e = list.at[i].line & KK_PASSWORD_FOUND ? &found : &given;
        if (!list.at[i].is_text)
            continue;
        if (e->tried == e->most) {
            e->left++;
            continue;
        }
        e->tried++;
        *opened = try_one(list.at[i].bytes, opens, context);
        line = *opened ? list.at[i].line : 0;
    }
    kk_password_opened(sink, line);
    if (!*opened) {
        tell_left(sink, &given, "");
        tell_left(sink, &found, " that stand in the evidence");
    }
    kk_arena_close(own);
    return line;
}
