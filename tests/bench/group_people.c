/* How long identity takes with many mentions: keys come out of arithmetic, as many for a mention and of
 * the same rules as customer lists and orders give.
 *     group_people MENTIONS [KEYS_AT_ONCE]
 * Where there are more keys than KEYS_AT_ONCE (12 bytes each), they are made several times. */
#include "persons/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { MENTIONS_OF_ONE = 3, NAMESAKES = 8 };

enum { PARTS = 512 };

typedef struct {
    size_t mentions;
} world;

typedef struct {
    key_sink *sink;
    uint32_t rules;
} chosen;

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 29;
    return h * UINT64_C(0xBF58476D1CE4E5B9) ^ h >> 32;
}

/* The values of a mention: a tenth of the mentions has one of its own. */
typedef struct {
    uint64_t name, kana, birth, number, mobile, landline, email, address;
} values;

static values values_of(const world *w, size_t mention)
{
    uint64_t person = mix(7, mention) % (w->mentions / MENTIONS_OF_ONE + 1);
    uint64_t noise = mix(11, mention), home = person / 3;
    uint64_t names = w->mentions / MENTIONS_OF_ONE / NAMESAKES + 1;
    values v = {.name = mix(1, person % names),
                .kana = noise % 3 ? mix(2, person % names) : 0,
                .birth = noise / 3 % 3 ? 0 : mix(3, person),
                .number = noise / 9 % 4 ? 0 : mix(4, person),
                .mobile = noise / 36 % 4 ? mix(5, person) : 0,
                .landline = noise / 36 % 4 ? 0 : mix(6, home),
                .email = noise / 144 % 3 ? 0 : mix(7, person),
                .address = noise / 432 % 10 ? mix(8, home) : 0};
    if (noise / 4320 % 10 == 0)
        v.name = mix(v.name, noise);
    return v;
}

typedef void (*taker)(void *context, unsigned rule, uint64_t hash, uint32_t mention);

static void tell(taker take, void *context, uint32_t mention, unsigned rule, uint64_t a, uint64_t b,
                 uint64_t way)
{
    if (a && b)
        take(context, rule, mix(mix(mix(rule, way), a), b), mention);
}

static void tell_keys(const values *v, taker take, void *context, uint32_t m)
{
    const uint64_t contacts[] = {v->address, v->mobile, v->landline};
    tell(take, context, m, KK_RULE_SAME_NUMBER, v->number, 1, 0);
    for (uint64_t way = 1; way < 7; way++)
        tell(take, context, m, KK_RULE_SAME_NUMBER, v->number, v->name, way);
    for (uint64_t c = 0; c < 3; c++) {
        uint64_t dated = v->birth && contacts[c] ? mix(v->birth, contacts[c]) : 0;
        tell(take, context, m, KK_RULE_NAME_BIRTH_CONTACT, v->name, dated, c);
        tell(take, context, m, KK_RULE_KANA_BIRTH_CONTACT, v->kana, dated, c);
        tell(take, context, m, KK_RULE_PART_NAME_BIRTH_CONTACT, v->name, dated, c);
        tell(take, context, m, KK_RULE_NEAR_BIRTH, v->name, dated, c);
    }
    tell(take, context, m, KK_RULE_EMAIL_NAME, v->name, v->email, 0);
    tell(take, context, m, KK_RULE_EMAIL_NAME, v->kana, v->email, 1);
    tell(take, context, m, KK_RULE_NAME_MOBILE, v->name, v->mobile, 0);
    tell(take, context, m, KK_RULE_NAME_MOBILE, v->kana, v->mobile, 1);
    for (uint64_t way = 0; way < 2; way++) {
        tell(take, context, m, KK_RULE_NAME_ADDRESS, v->name, v->address, way);
        tell(take, context, m, KK_RULE_KANA_ADDRESS, v->kana, v->address, way);
        tell(take, context, m, KK_RULE_BIRTH_ADDRESS, v->birth, v->address, way);
        tell(take, context, m, KK_RULE_NEAR_CONTACT, v->name, v->mobile, way);
        tell(take, context, m, KK_RULE_NEAR_CONTACT, v->name, v->email, 2 + way);
    }
    tell(take, context, m, KK_RULE_NAME_LANDLINE, v->name, v->landline, 0);
    tell(take, context, m, KK_RULE_NAME_LANDLINE, v->kana, v->landline, 1);
    tell(take, context, m, KK_RULE_NAME_BIRTH, v->name, v->birth, 0);
    tell(take, context, m, KK_RULE_EMAIL_ALONE, v->email, 1, 0);
    tell(take, context, m, KK_RULE_MOBILE_ALONE, v->mobile, 1, 0);
    tell(take, context, m, KK_RULE_LANDLINE_ALONE, v->landline, 1, 0);
    tell(take, context, m, KK_RULE_SAME_HOME, v->address, 1, 0);
    tell(take, context, m, KK_RULE_NAME_ONLY, v->name, 1, 0);
    for (uint64_t way = 0; way < 16; way++)
        tell(take, context, m, KK_RULE_NEAR_NAME, mix(v->name, way), v->birth, way);
}

static void count_key(void *context, unsigned rule, uint64_t hash, uint32_t mention)
{
    (void)rule, (void)hash, (void)mention;
    ++*(uint64_t *)context;
}

static void give_key(void *context, unsigned rule, uint64_t hash, uint32_t mention)
{
    const chosen *c = context;
    if (c->rules >> rule & 1)
        key_give(c->sink, rule, hash, mention);
}

static void bounds_of(const world *w, size_t part, size_t *from, size_t *to)
{
    *from = w->mentions * part / PARTS;
    *to = w->mentions * (part + 1) / PARTS;
}

static void give(const void *context, size_t part, uint32_t rules, key_sink *sink)
{
    chosen c = {sink, rules};
    size_t from, to;
    bounds_of(context, part, &from, &to);
    for (size_t i = from; i < to; i++) {
        values v = values_of(context, i);
        tell_keys(&v, give_key, &c, (uint32_t)i);
    }
}

static void say(const void *context, size_t part, about_sink *sink)
{
    size_t from, to;
    bounds_of(context, part, &from, &to);
    for (size_t i = from; i < to; i++) {
        values v = values_of(context, i);
        about_place at =
            about_put(sink, (uint32_t)i, v.address ? v.address : v.name, v.address != 0);
        contrast *said = at.said;
        said->said[SAID_NAME] = (uint32_t)v.name | 1;
        said->said[SAID_KANA] = v.kana ? (uint32_t)v.kana | 1 : 0;
        said->said[SAID_BIRTH] = v.birth ? 0x80000000u + (uint32_t)(v.birth % 20000) : 0;
        said->said[SAID_MOBILE] = v.mobile ? (uint32_t)v.mobile | 1 : 0;
        said->said[SAID_LANDLINE] = v.landline ? (uint32_t)v.landline | 1 : 0;
        said->said[SAID_EMAIL] = v.email ? (uint32_t)v.email | 1 : 0;
        said->said[SAID_ADDRESS] = v.address ? (uint32_t)v.address | 1 : 0;
        for (uint64_t k = 0; k < 5; k++)
            at.near->hash[k] = (uint32_t)mix(v.name, 90 + k) | 1;
    }
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t persons_in(const uint32_t *of, size_t count)
{
    size_t persons = 0;
    for (size_t i = 0; i < count; i++)
        persons += of[i] == i;
    return persons;
}

int main(int argc, char **argv)
{
    uint64_t mentions = 0, at_once = 0;
    if (argc < 2 || !kk_to_u64(kk_cstr(argv[1]), &mentions) || mentions > UINT32_MAX - 2 ||
        (argc > 2 && !kk_to_u64(kk_cstr(argv[2]), &at_once)))
        return 2;
    kk_arena *arena = kk_arena_open();
    world w = {.mentions = mentions};
    const key_source source = {
        .context = &w, .parts = PARTS, .tell = give, .say = say, .at_once = at_once};
    uint64_t *content = KK_NEW_ARRAY(arena, uint64_t, mentions);
    identity out = {.count = mentions, .content = content};
    uint64_t keys = 0;
    double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < mentions; i++) {
        values v = values_of(&w, i);
        content[i] = mix(99, i);
        tell_keys(&v, count_key, &keys, (uint32_t)i);
    }
    double telling = seconds(CLOCK_PROCESS_CPUTIME_ID) - before, began = seconds(CLOCK_MONOTONIC);
    before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    identity_find(&out, &source, arena);
    double took = seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    double passed = seconds(CLOCK_MONOTONIC) - began;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf(
        "%zu mentions, %.1f keys each: %.2f s, %.2f s of processors, of it telling the keys once "
        "%.2f s; peak %ld MB; least %zu, count %zu, most %zu\n",
        (size_t)mentions, (double)keys / (double)mentions, passed, took, telling,
        used.ru_maxrss / 1024, persons_in(out.possible, mentions),
        persons_in(out.probable, mentions), persons_in(out.certain, mentions));
    kk_arena_close(arena);
    return 0;
}
