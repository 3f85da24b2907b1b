/* A stream held against compiled YARA rules. libyara wants all of it in memory: what is larger than
 * KK_YARA_WHOLE is given to it as two blocks at their true places, the first bytes and the last. */
#include "base/json.h"
#include "base/text.h"
#include "detect/yara_i.h"

#include <ctype.h>

/* The last resort against a rule that never ends; what is counted comes before. */
enum { SECONDS_MOST = 60 };

struct kk_yara {
    YR_RULES *rules;
};

struct kk_yara_scanner {
    kk_arena *arena;
    YR_SCANNER *scanner;
    kk_buffer bytes;  /* the first ones, then, of a larger stream, a ring with the last ones */
    kk_buffer turned; /* room for turning the ring */
    uint64_t size;
    bool skipped; /* then the ring is in order */
    YR_MEMORY_BLOCK blocks[2];
    size_t block_count, next;
    bool too_many;
    void (*hit)(void *context, const kk_scan_hit *hit);
    void *context;
};

typedef struct {
    kk_slice bytes;
    size_t at;
} reading;

static size_t read_rules(void *into, size_t size, size_t count, void *context)
{
    reading *r = context;
    if (!size || count > (r->bytes.len - r->at) / size)
        return 0;
    memcpy(into, r->bytes.ptr + r->at, size * count);
    r->at += size * count;
    return count;
}

kk_yara *kk_yara_open(kk_arena *arena, kk_slice compiled)
{
    reading r = {compiled, 0};
    YR_STREAM stream = {.user_data = &r, .read = read_rules};
    kk_yara *yara = KK_NEW(arena, kk_yara);
    uint32_t no_copies = 0; /* of what matched: a million places would take half a gigabyte */
    if (yr_initialize() != ERROR_SUCCESS ||
        yr_set_configuration(YR_CONFIG_MAX_MATCH_DATA, &no_copies) != ERROR_SUCCESS ||
        yr_rules_load_stream(&stream, &yara->rules) != ERROR_SUCCESS)
        return NULL;
    return yara;
}

void kk_yara_close(kk_yara *yara)
{
    if (!yara)
        return;
    yr_rules_destroy(yara->rules);
    yr_finalize();
}

/* Keeps the KK_SCAN_PLACES first ones, in the order of their places. */
typedef struct {
    struct {
        const char *name;
        int64_t offset;
        int32_t length;
    } first[KK_SCAN_PLACES + 1];
    size_t count;
    uint64_t total;
} places;

static void add_place(places *p, const char *name, const YR_MATCH *match)
{
    int64_t offset = match->base + match->offset;
    size_t at = p->count;
    p->total++;
    while (at && p->first[at - 1].offset > offset)
        at--;
    if (at == KK_SCAN_PLACES)
        return;
    memmove(&p->first[at + 1], &p->first[at], (p->count - at) * sizeof *p->first);
    p->first[at].name = name;
    p->first[at].offset = offset;
    p->first[at].length = match->match_length;
    p->count += p->count < KK_SCAN_PLACES;
}

static void tell(kk_yara_scanner *s, YR_SCAN_CONTEXT *context, const YR_RULE *rule)
{
    places p = {.count = 0};
    kk_buffer json = {0};
    kk_json j = {.out = &json};
    const YR_STRING *string;
    YR_MATCH *match;
    yr_rule_strings_foreach(rule, string)
    {
        yr_string_matches_foreach(context, string, match)
        {
            add_place(&p, string->identifier, match);
        }
    }
    kk_json_array(&j, NULL);
    for (size_t i = 0; i < p.count; i++) {
        kk_json_array(&j, NULL);
        kk_json_cstr(&j, NULL, p.first[i].name);
        kk_json_u64(&j, NULL, (uint64_t)p.first[i].offset);
        kk_json_u64(&j, NULL, (uint64_t)p.first[i].length);
        kk_json_close(&j);
    }
    kk_json_close(&j);
    kk_scan_hit hit = {(uint32_t)(rule - context->rules->rules_table), p.total,
                       kk_buffer_slice(&json)};
    s->hit(s->context, &hit);
    kk_buffer_close(&json);
}

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    kk_yara_scanner *s = user;
    if (message == CALLBACK_MSG_RULE_MATCHING)
        tell(s, context, data);
    else if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
        s->too_many = true;
    return CALLBACK_CONTINUE;
}

kk_yara_scanner *kk_yara_scanner_open(kk_arena *arena, const kk_yara *yara)
{
    kk_yara_scanner *s = KK_NEW(arena, kk_yara_scanner);
    if (yr_scanner_create(yara->rules, &s->scanner) != ERROR_SUCCESS)
        return NULL;
    s->arena = arena;
    /* A fault is the whole worker's end, and costs the one stream. */
    yr_scanner_set_flags(s->scanner, SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH);
    yr_scanner_set_timeout(s->scanner, SECONDS_MOST);
    yr_scanner_set_callback(s->scanner, on_message, s);
    return s;
}

void kk_yara_scanner_close(kk_yara_scanner *s)
{
    yr_scanner_destroy(s->scanner);
    kk_buffer_close(&s->bytes);
    kk_buffer_close(&s->turned);
}

void kk_yara_begin(kk_yara_scanner *s)
{
    s->bytes.len = 0;
    s->size = 0;
    s->skipped = s->too_many = false;
}

void kk_yara_take(kk_yara_scanner *s, const char *bytes, size_t len)
{
    size_t room = KK_YARA_WHOLE - s->bytes.len, now = len < room ? len : room;
    kk_put_bytes(&s->bytes, bytes, now);
    s->size += now;
    while ((len -= now)) { /* from here the last bytes take the place of those before them */
        size_t at = KK_YARA_FIRST + (s->size - KK_YARA_FIRST) % KK_YARA_LAST;
        bytes += now;
        now = len < KK_YARA_WHOLE - at ? len : KK_YARA_WHOLE - at;
        memcpy(s->bytes.ptr + at, bytes, now);
        s->size += now;
    }
}

void kk_yara_skip(kk_yara_scanner *s, uint64_t len)
{
    s->size += len;
    s->skipped = true;
}

/* Puts the ring's oldest byte first. */
static void turn(kk_yara_scanner *s)
{
    size_t oldest = (s->size - KK_YARA_FIRST) % KK_YARA_LAST;
    char *ring = s->bytes.ptr + KK_YARA_FIRST;
    if (s->skipped || !oldest)
        return;
    s->turned.len = 0;
    kk_put_bytes(&s->turned, ring, oldest);
    memmove(ring, ring + oldest, KK_YARA_LAST - oldest);
    memcpy(ring + KK_YARA_LAST - oldest, s->turned.ptr, oldest);
}

static const uint8_t *give_block(YR_MEMORY_BLOCK *block)
{
    return block->context;
}

static YR_MEMORY_BLOCK *next_block(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
    kk_yara_scanner *s = iterator->context;
    return s->next < s->block_count ? &s->blocks[s->next++] : NULL;
}

static YR_MEMORY_BLOCK *first_block(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
    kk_yara_scanner *s = iterator->context;
    s->next = 0;
    iterator->last_error = ERROR_SUCCESS;
    return next_block(iterator);
}

static uint64_t give_size(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
    return ((kk_yara_scanner *)iterator->context)->size;
}

static void lay_out(kk_yara_scanner *s)
{
    char *bytes = kk_buffer_room(&s->bytes, 1); /* also where there is none */
    bytes -= s->bytes.len;
    s->block_count = 1;
    s->blocks[0] =
        (YR_MEMORY_BLOCK){.size = s->bytes.len, .context = bytes, .fetch_data = give_block};
    if (s->size <= KK_YARA_WHOLE)
        return;
    turn(s);
    s->blocks[0].size = KK_YARA_FIRST;
    s->blocks[1] = (YR_MEMORY_BLOCK){.size = KK_YARA_LAST,
                                     .base = s->size - KK_YARA_LAST,
                                     .context = bytes + KK_YARA_FIRST,
                                     .fetch_data = give_block};
    s->block_count = 2;
}

/* `filename`, `filepath` (the folder, slashes between names, as paths of items are) and `extension`
 * (small, with its dot). */
static void define_variables(kk_yara_scanner *s, kk_slice path)
{
    kk_arena *scratch = kk_arena_open();
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice name = kk_copy(scratch, slash == KK_NOWHERE ? path : kk_from(path, slash + 1));
    kk_slice folder = kk_copy(scratch, kk_part(path, 0, slash == KK_NOWHERE ? 0 : slash));
    size_t dot = kk_rfind_byte(name, '.');
    char *extension = kk_take(scratch, name.len + 1);
    for (size_t i = dot; dot != KK_NOWHERE && dot && i < name.len; i++)
        extension[i - dot] = (char)tolower((unsigned char)name.ptr[i]);
    const char *const values[YARA_VARIABLES] = {name.ptr, folder.ptr, extension};
    for (size_t i = 0; i < YARA_VARIABLES; i++)
        (void)yr_scanner_define_string_variable(s->scanner, yara_variables[i], values[i]);
    kk_arena_close(scratch);
}

kk_scan_outcome kk_yara_end(kk_yara_scanner *s, kk_slice path,
                            void (*hit)(void *context, const kk_scan_hit *hit), void *context)
{
    YR_MEMORY_BLOCK_ITERATOR iterator = {
        .context = s, .first = first_block, .next = next_block, .file_size = give_size};
    s->hit = hit;
    s->context = context;
    define_variables(s, path);
    lay_out(s);
    int error = yr_scanner_scan_mem_blocks(s->scanner, &iterator);
    if (error == ERROR_SCAN_TIMEOUT)
        return KK_SCAN_CUT;
    if (error != ERROR_SUCCESS)
        return KK_SCAN_FAILED;
    return s->size > KK_YARA_WHOLE ? KK_SCANNED_ENDS
           : s->too_many           ? KK_SCANNED_MATCHES
                                   : KK_SCANNED;
}
