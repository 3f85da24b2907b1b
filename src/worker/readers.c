/* What reads an item: its parser in which version, with which settings, in how many ranges. It is kept with what was
 * read, so that a later run knows what to read anew. */
#include "worker/helper.h"
#include "worker/intake_i.h"

#include "detect/payload.h"
#include "parse/parser.h"
#include "recognise/recogniser.h"

#include <stdio.h>

/* Of the hash of a unit's settings the upper bits say what reads its kind of item, in which version. */
enum { OWN_BITS = 40 };

static uint64_t reader_of(kk_slice name, bool helper)
{
    char text[160];
    const kk_parser *parser = kk_parser_by_name(name);
    int len =
        snprintf(text, sizeof text, "%.*s %u %d %u%s", (int)(name.len < 64 ? name.len : 64),
                 name.ptr ? name.ptr : "", parser ? parser->version : 0, KK_RECOGNISER_VERSION,
                 KK_PAYLOAD_VERSION, helper && kk_is(name, "pdf") ? " helper" : "");
    return kk_hash_quick((kk_slice){text, (size_t)len}) >> OWN_BITS;
}

uint64_t reader_of_settings(uint64_t settings)
{
    return settings >> OWN_BITS;
}

bool is_current(kk_slice parser, bool (*read_by)(void *context, uint64_t reader), void *context)
{
    if (read_by(context, reader_of(parser, true)))
        return true; /* with the helper: no worse where it is gone now */
    return !helper_is_there() && read_by(context, reader_of(parser, false));
}

static uint64_t settings_with(const unit *u, bool helper)
{
    kk_arena *arena = kk_arena_open();
    uint64_t end = is_cut_table(u->parser, u->size) ? u->size : u->end;
    kk_slice text = kk_print(arena, "%.*s %d %lld %llu", KK_P(u->zone), u->zone_of_host,
                             (long long)u->modified, (unsigned long long)end);
    if (u->carve && kk_is(u->parser, "filesystem")) /* the only one for which it matters */
        text = kk_join(arena, text, KK_S(" carve"));
    uint64_t own = kk_hash_quick(text) & ((UINT64_C(1) << OWN_BITS) - 1);
    kk_arena_close(arena);
    return reader_of(u->parser, helper) << OWN_BITS | own;
}

uint64_t settings_of(const unit *u)
{
    return settings_with(u, helper_is_there());
}

uint64_t settings_with_helper(const unit *u)
{
    return settings_with(u, true);
}

uint64_t kk_item_key(uint32_t evidence, kk_slice path)
{
    /* SHA-256, cut: names inside evidence are chosen by others and must not be made to collide. */
    kk_arena *arena = kk_arena_open();
    kk_sha256 digest = kk_sha256_of(kk_print(arena, "%u %.*s", evidence, KK_P(path)));
    kk_arena_close(arena);
    uint64_t key;
    memcpy(&key, digest.bytes, sizeof key);
    return key;
}

uint64_t ranges_of(kk_slice name, uint64_t size)
{
    const kk_parser *parser = kk_parser_by_name(name);
    uint64_t most = parser && parser->cut == KK_ROWS ? KK_TABLE_RANGE : RANGE_BYTES;
    bool is_cut = parser && parser->cut != KK_WHOLE && size > most && size != UINT64_MAX;
    return is_cut ? (size + most - 1) / most : 1;
}

bool is_cut_table(kk_slice name, uint64_t size)
{
    const kk_parser *parser = kk_parser_by_name(name);
    return parser && parser->cut == KK_ROWS && ranges_of(name, size) > 1;
}
