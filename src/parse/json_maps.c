/* An object is a list by its keys when all its members are objects that begin alike, and one of their
 * keys is an id or they are so many that no two or three parts of one thing are meant (home and work). */
#include "parse/json_maps.h"

#include "base/hash.h"
#include "base/text.h"

enum { DEPTH_MAX = 64, MAPS_MAX = 256, MEMBERS_MIN = 2, NAMED_MEMBERS_MIN = 4 };

struct kk_json_maps {
    uint64_t paths[MAPS_MAX];
    size_t count;
};

typedef struct {
    bool is_object, has_key;
    uint64_t path, first_key; /* of its first member: 0 before it */
    uint64_t key;             /* that stands before the next value, as a path */
    uint64_t child;           /* the first key of its first object */
    uint32_t objects, alike, ids, others;
} level;

typedef struct {
    level levels[DEPTH_MAX];
    size_t depth, too_deep;
} walk;

uint64_t kk_json_path_under(uint64_t path, kk_slice key)
{
    return (path ^ kk_hash_quick(key)) * UINT64_C(0x9fb21c651e98df25);
}

uint64_t kk_json_path_among(uint64_t path)
{
    return (path ^ 1) * UINT64_C(0x9fb21c651e98df25);
}

bool kk_json_is_id(kk_slice key)
{
    enum { TURNS_MIN = 4, CHANCE_LEN = 10 };
    size_t digits = 0, letters = 0, hex = 0, tail = 0, turns = 0;
    bool was_digit = false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i], low = (char)(c | 0x20);
        bool digit = c >= '0' && c <= '9', letter = low >= 'a' && low <= 'z';
        if (!digit && !letter && !strchr("-_@.+", c))
            return false;
        turns += i > 0 && (digit || letter) && digit != was_digit;
        was_digit = digit || (!letter && was_digit);
        digits += digit;
        letters += letter;
        hex += digit || (low >= 'a' && low <= 'f');
        tail = digit ? tail + 1 : 0;
    }
    if (kk_find_byte(key, '@') != KK_NOWHERE)
        return true;
    if (key.len == 0 || digits == 0 || key.len > 128)
        return false;
    return digits == key.len || tail >= 3 || (hex >= 16 && hex + 4 >= key.len) ||
           (key.len >= 20 && letters) || (key.len >= CHANCE_LEN && turns >= TURNS_MIN);
}

static void begin(walk *w, bool is_object)
{
    if (w->depth == DEPTH_MAX || w->too_deep) {
        w->too_deep++;
        return;
    }
    level *around = w->depth ? &w->levels[w->depth - 1] : NULL, *own = &w->levels[w->depth++];
    uint64_t path = !around                                ? KK_JSON_PATH_OF_DOCUMENT
                    : around->is_object && around->has_key ? around->key
                                                           : kk_json_path_among(around->path);
    *own = (level){.is_object = is_object, .path = path};
    if (around && is_object)
        around->objects++;
    else if (around)
        around->others++;
    if (around)
        around->has_key = false;
}

static void end(kk_json_maps *maps, walk *w)
{
    if (w->too_deep || !w->depth) {
        w->too_deep -= w->too_deep > 0;
        return;
    }
    const level *own = &w->levels[--w->depth];
    level *around = w->depth ? &w->levels[w->depth - 1] : NULL;
    if (around && around->is_object && own->is_object) {
        around->child = around->objects == 1 ? own->first_key : around->child;
        around->alike += own->first_key && own->first_key == around->child;
    }
    bool alike = own->objects && own->alike == own->objects && !own->others;
    bool many = own->objects >= NAMED_MEMBERS_MIN || (own->objects >= MEMBERS_MIN && own->ids);
    if (own->is_object && alike && many && maps->count < MAPS_MAX &&
        !kk_json_maps_hold(maps, own->path))
        maps->paths[maps->count++] = own->path;
}

static void take_text(walk *w, const kk_json_tokens *t)
{
    level *own = w->depth && !w->too_deep ? &w->levels[w->depth - 1] : NULL;
    if (!own)
        return;
    if (!own->is_object || own->has_key) {
        own->others++;
        own->has_key = false;
        return;
    }
    bool id = kk_json_is_id(t->text);
    own->key = id ? kk_json_path_among(own->path) : kk_json_path_under(own->path, t->text);
    own->first_key = own->first_key ? own->first_key : kk_hash_quick(t->text) | 1;
    own->ids += id;
    own->has_key = true;
}

kk_json_maps *kk_json_maps_learn(kk_arena *arena, kk_json_tokens *t, uint64_t until)
{
    kk_json_maps *maps = KK_NEW(arena, kk_json_maps);
    walk *w = KK_NEW(arena, walk);
    kk_json_tokens_restart(t, until);
    for (kk_json_token_kind kind; (kind = kk_json_next(t)) != KK_JSON_END;) {
        if (kind == KK_JSON_OPEN_OBJECT || kind == KK_JSON_OPEN_ARRAY)
            begin(w, kind == KK_JSON_OPEN_OBJECT);
        else if (kind == KK_JSON_CLOSE_OBJECT || kind == KK_JSON_CLOSE_ARRAY)
            end(maps, w);
        else if (kind == KK_JSON_STRING || kind == KK_JSON_BARE)
            take_text(w, t);
    }
    return maps;
}

bool kk_json_maps_hold(const kk_json_maps *maps, uint64_t path)
{
    for (size_t i = 0; i < maps->count; i++)
        if (maps->paths[i] == path)
            return true;
    return false;
}
