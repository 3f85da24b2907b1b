/* Batches cross from processes that read hostile bytes: all kinds there and back, and no bytes whatever that break the
 * reader. Under AddressSanitizer overruns show. */
#include "tests/unit/arena.h"

#include <stdlib.h>

#include "base/text.h"
#include "model/batch.h"
#include "model/values.h"

enum { ROOM = 65536, MUTATIONS = 60000, NOISE = 20000 };

static char room[ROOM];

static void same(kk_slice found, kk_slice wanted)
{
    if (!kk_eq(found, wanted))
        fail_msg("`%.*s` should be `%.*s`", KK_P(found), KK_P(wanted));
}

static kk_event an_event(void)
{
    kk_event e;
    memset(&e, 0, sizeof e);
    e.time = INT64_C(1783000000123456789);
    e.record = UINT64_MAX;
    e.offset = 7;
    e.sub = 3;
    e.length = 99;
    e.flags = KK_FLAG_DELETED;
    e.outcome = KK_FAILURE;
    e.basis = KK_BASIS_HOST;
    e.precision = KK_EXACT_MS;
    for (int f = 0; f < KK_TEXT_FIELDS; f += 2)
        e.text[f] = kk_print(arena, "text %d 氏名", f);
    for (unsigned f = 0; f < KK_NUMBER_FIELDS; f++)
        kk_set_number(&e, (kk_number_field)f, UINT64_C(1) << f);
    kk_event_more(&e, arena, KK_S("a\"b"), KK_S("line\nof \x01 \\ text"));
    kk_event_more(&e, arena, KK_S("empty"), KK_S(""));
    return e;
}

/* Everything that there can be. */
static kk_values all_values(void)
{
    static char near[KK_NEAR_MOST * KK_SHORT_BYTES], numbers[KK_REGISTERS_MOST * 16];
    kk_values v = {.content = 88, .birth_day = -1, .flags = KK_SAID_LATIN | 2};
    memset(near, 0x5a, sizeof near);
    memset(numbers, 0x6b, sizeof numbers);
    for (uint64_t i = 0; i < KK_VALUES; i++) {
        uint64_t hash = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        v.hash[i] = i < KK_VALUES_WHOLE ? hash : kk_short_hash(hash);
    }
    for (int i = KK_LIST_NEAR_NAME; i <= KK_LIST_NEAR_OFFICIAL; i++)
        v.lists[i] = (kk_value_list){near, KK_NEAR_MOST};
    v.lists[KK_LIST_OFFICIALS] = v.lists[KK_LIST_REGISTERS] =
        (kk_value_list){numbers, KK_REGISTERS_MOST};
    return v;
}

static kk_slice some_values(void)
{
    static char packed[KK_VALUES_BYTES];
    kk_values v = all_values();
    return (kk_slice){packed, kk_values_pack(&v, packed)};
}

static kk_mention a_mention(void)
{
    static kk_mention m;
    memset(&m, 0, sizeof m);
    m.table = KK_S("Sheet1");
    m.record = 12;
    m.slot = 1;
    m.offset = 3456;
    m.length = 78;
    m.role = KK_ROLE_ADDRESSEE;
    m.standing = KK_IS_DECEASED;
    m.items = KK_BIT(KK_ITEM_NAME);
    m.values = some_values();
    m.dated = KK_NO_TIME;
    m.left_at = 1;
    m.name = KK_S("例示 太郎");
    m.person_no = KK_S("0001");
    return m;
}

static const kk_slice column_names[] = {{"氏名", 6}, {"", 0}, {"address", 7}};

static size_t pack_all(void)
{
    kk_packer p = {room, 0, ROOM};
    kk_event event = an_event();
    kk_mention mention = a_mention();
    kk_table table = {.table = KK_S("t"),
                      .columns = column_names,
                      .column_count = 3,
                      .header_row = 2,
                      .rows = 3,
                      .mentions = 4,
                      .items = 5,
                      .about_people = true,
                      .why = KK_S("why")};
    kk_issue issue = {KK_ISSUE_LIMIT, 5, 6, KK_S("what")};
    kk_found found = {.name = KK_S("a/b"),
                      .token = KK_S("\x01\x02"),
                      .joint = KK_S("!/"),
                      .size = UINT64_MAX,
                      .modified = KK_NO_TIME,
                      .is_volume = true,
                      .has_hash = true,
                      .parser = KK_S("toy"),
                      .spool = 4};
    kk_identity identity = {KK_S("evtx"), true, true, {{9}}};
    kk_cut_place cut = {77, {"\x01\0\xff", 3}};
    kk_secret secret = {KK_SECRET_LABEL, 13, KK_S("not-a-real-one")};
    memset(found.sha256.bytes, 0xab, 32);
    assert_true(kk_pack_event(&p, &event) && kk_pack_mention(&p, &mention) &&
                kk_pack_table(&p, &table) && kk_pack_issue(&p, &issue) &&
                kk_pack_found(&p, &found) && kk_pack_fact(&p, KK_FACT_ZONE, KK_S("Asia/Tokyo")) &&
                kk_pack_identity(&p, &identity) && kk_pack_cut(&p, &cut) &&
                kk_pack_secret(&p, &secret) && kk_pack_opened(&p, 7));
    return p.used;
}

static void event_comes_back(const kk_unpacked *u)
{
    kk_event e = an_event();
    assert_int_equal(u->kind, KK_PACK_EVENT);
    assert_int_equal(u->event.time, e.time);
    assert_true(u->event.record == e.record && u->event.offset == e.offset &&
                u->event.sub == e.sub);
    assert_true(u->event.length == e.length && u->event.flags == e.flags &&
                u->event.outcome == e.outcome);
    assert_true(u->event.basis == e.basis && u->event.precision == e.precision);
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        same(u->event.text[f], e.text[f]);
    assert_true(u->event.has_number == e.has_number);
    assert_memory_equal(u->event.number, e.number, sizeof e.number);
    same(kk_more_json(arena, u->more),
         KK_S("[[\"a\\\"b\",\"line\\u000aof \\u0001 \\\\ text\"],[\"empty\",\"\"]]"));
}

static void mention_comes_back(const kk_unpacked *u)
{
    kk_mention m = a_mention();
    assert_int_equal(u->kind, KK_PACK_MENTION);
    same(u->mention.table, m.table);
    same(u->mention.name, m.name);
    same(u->mention.person_no, m.person_no);
    same(u->mention.email, KK_NONE);
    assert_true(u->mention.record == 12 && u->mention.slot == 1 && u->mention.offset == 3456 &&
                u->mention.length == 78);
    assert_true(u->mention.role == m.role && u->mention.standing == m.standing &&
                u->mention.items == m.items);
    assert_true(u->mention.dated == KK_NO_TIME && u->mention.left_at == 1);
    same(u->mention.values, m.values);
}

static void all_kinds_come_back(void **state)
{
    (void)state;
    kk_unpacker u = {.bytes = {room, pack_all()}};
    static kk_unpacked out;
    assert_true(kk_unpack(&u, arena, &out));
    event_comes_back(&out);
    assert_true(kk_unpack(&u, arena, &out));
    mention_comes_back(&out);
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_TABLE && out.table.column_count == 3 && out.table.about_people);
    for (size_t i = 0; i < 3; i++)
        same(out.table.columns[i], column_names[i]);
    assert_true(out.table.header_row == 2 && out.table.rows == 3 && out.table.mentions == 4 &&
                out.table.items == 5);
    same(out.table.why, KK_S("why"));
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_ISSUE && out.issue.kind == KK_ISSUE_LIMIT &&
                out.issue.offset == 5 && out.issue.count == 6);
    same(out.issue.what, KK_S("what"));
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_CHILD && out.found.size == UINT64_MAX &&
                out.found.modified == KK_NO_TIME);
    assert_true(out.found.is_volume && !out.found.unreadable && out.found.has_hash &&
                out.found.spool == 4);
    same(out.found.name, KK_S("a/b"));
    same(out.found.token, KK_S("\x01\x02"));
    same(out.found.joint, KK_S("!/"));
    same(out.found.parser, KK_S("toy"));
    assert_int_equal(out.found.sha256.bytes[31], 0xab);
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_FACT && out.fact == KK_FACT_ZONE);
    same(out.fact_value, KK_S("Asia/Tokyo"));
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_IDENTITY && out.identity.has_hash && out.identity.unreadable);
    assert_int_equal(out.identity.sha256.bytes[0], 9);
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_CUT && out.cut.offset == 77);
    same(out.cut.place, (kk_slice){"\x01\0\xff", 3});
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_SECRET && out.secret.rank == KK_SECRET_LABEL &&
                out.secret.record == 13);
    same(out.secret.text, KK_S("not-a-real-one"));
    assert_true(kk_unpack(&u, arena, &out));
    assert_true(out.kind == KK_PACK_OPENED && out.opened == 7);
    assert_false(kk_unpack(&u, arena, &out));
    assert_false(u.bad);
}

/* Byte by byte, as JSON says. */
static kk_slice escaped(kk_slice text)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            kk_put_byte(&out, '\\');
        if (c < 0x20)
            kk_putf(&out, "\\u%04x", c);
        else
            kk_put_byte(&out, (char)c);
    }
    kk_slice kept = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return kept;
}

/* With its names told apart, twice in a batch: the same further fields as in one piece. */
static void names_come_back(kk_event *event, kk_slice wanted)
{
    static kk_unpacked out;
    static char apart[ROOM];
    static kk_told_names told;
    kk_packer p = {apart, 0, ROOM};
    memset(&told, 0, sizeof told);
    assert_true(kk_pack_named_event(&p, &told, 7, event));
    size_t first = p.used;
    assert_true(kk_pack_named_event(&p, &told, 7, event));
    assert_true(p.used - first < first && told.count == 1);
    kk_unpacker u = {.bytes = {apart, p.used}};
    for (int i = 0; i < 2; i++) {
        assert_true(kk_unpack(&u, arena, &out) && out.kind == KK_PACK_EVENT);
        assert_true(out.more.names.len > 0);
        same(kk_more_json(arena, out.more), wanted);
    }
    assert_false(kk_unpack(&u, arena, &out));
    assert_false(u.bad);
}

static void pairs_come_back(kk_slice name, kk_slice value)
{
    static kk_unpacked out;
    static char noise[ROOM];
    kk_packer p = {noise, 0, ROOM};
    kk_event event = {.time = 1};
    kk_event_more(&event, arena, name, value);
    kk_event_more(&event, arena, value, name);
    assert_true(kk_pack_event(&p, &event));
    kk_unpacker u = {.bytes = {noise, p.used}};
    assert_true(kk_unpack(&u, arena, &out));
    kk_slice n = escaped(name), v = escaped(value);
    same(kk_more_json(arena, out.more), kk_print(arena, "[[\"%.*s\",\"%.*s\"],[\"%.*s\",\"%.*s\"]]",
                                                 KK_P(n), KK_P(v), KK_P(v), KK_P(n)));
    names_come_back(&event, kk_more_json(arena, out.more));
}

/* Every length, with a byte that must be escaped, or that only looks like one, at every place. */
static void further_fields_are_escaped(void **state)
{
    static const char signs[] = {'"', '\\', '\n', '\x01', '\x1f', '\x7f', ' ', '!', '#', '[', ']'};
    (void)state;
    for (size_t len = 0; len < 70; len++) {
        char *text = kk_take(arena, len + 1);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)('a' + i % 26);
        pairs_come_back(KK_S("Name"), (kk_slice){text, len});
        for (size_t at = 0; at < len; at++) {
            char kept = text[at];
            text[at] = signs[(at + len) % sizeof signs];
            pairs_come_back(KK_S("SubjectUserName"), (kk_slice){text, len});
            text[at] = kept;
        }
    }
    pairs_come_back(KK_S("名"), KK_S("例示商事株式会社 \"本社\" 東京都千代田区"));
}

/* One byte that is no UTF-8 at every place of a text. */
static void text_is_held_against_utf8(void **state)
{
    (void)state;
    for (size_t len = 1; len < 120; len++) {
        char *text = kk_take(arena, len);
        memset(text, 'x', len);
        assert_true(kk_utf8_valid((kk_slice){text, len}));
        for (size_t at = 0; at < len; at++) {
            text[at] = (char)0xff;
            assert_false(kk_utf8_valid((kk_slice){text, len}));
            text[at] = 'x';
        }
    }
}

static void what_does_not_fit_leaves_nothing(void **state)
{
    (void)state;
    kk_event event = an_event();
    kk_mention mention = a_mention();
    kk_packer whole = {room, 0, ROOM};
    assert_true(kk_pack_event(&whole, &event));
    size_t needed = whole.used;
    for (size_t capacity = 0; capacity < needed; capacity++) {
        kk_packer p = {room, 0, capacity};
        assert_false(kk_pack_event(&p, &event));
        assert_int_equal(p.used, 0);
    }
    kk_packer exact = {room, 0, needed};
    assert_true(kk_pack_event(&exact, &event));
    assert_false(kk_pack_mention(&exact, &mention));
    assert_int_equal(exact.used, needed);
}

/* More names than a batch tells: the others come with their events. */
static void names_beyond_the_most(void **state)
{
    enum { EVENTS = KK_TOLD_NAMES_MOST + 20 };
    (void)state;
    static kk_unpacked out;
    static kk_told_names told;
    char *large = kk_take(arena, KK_BATCH_BYTES);
    kk_packer p = {large, 0, KK_BATCH_BYTES};
    kk_event event = {.time = 1};
    kk_event_more(&event, arena, KK_S("Name"), KK_S("value"));
    for (uint32_t i = 0; i < EVENTS; i++) {
        event.more[0].name = kk_print(arena, "Name%u", i);
        assert_true(kk_pack_named_event(&p, &told, i + 1, &event));
    }
    kk_unpacker u = {.bytes = {large, p.used}};
    for (uint32_t i = 0; i < EVENTS; i++) {
        assert_true(kk_unpack(&u, arena, &out));
        assert_true((out.more.names.len > 0) == (i < KK_TOLD_NAMES_MOST));
        same(kk_more_json(arena, out.more), kk_print(arena, "[[\"Name%u\",\"value\"]]", i));
    }
    assert_false(kk_unpack(&u, arena, &out));
    assert_false(u.bad);
}

/* Names and values that no packer of ours writes: as many pairs as there are, and no byte beyond. */
static void names_that_do_not_fit(void **state)
{
    const struct {
        const char *names;
        kk_slice values;
        const char *wanted;
    } cases[] = {
        {"\"a\",\"b\"", KK_S("\1\1x"), "[[\"a\",\"x\"]]"},
        {"\"a\"", KK_S("\2\1\1xy"), "[[\"a\",\"x\"]]"},
        {"\"a\"", KK_S("\1\2x\\"), "[[\"a\",\"x\\\\\"]]"},
        {"\"a\",\"b\"", KK_S("\2\0\0"), "[[\"a\",\"\"],[\"b\",\"\"]]"},
        {"\"a\"", KK_S("\1\2x"), ""},
        {"\"a\"", KK_S("\1\1xy"), ""},
        {"\"a\"", KK_S("\1"), ""},
        {"\"a\"", KK_S("\1\377\1\0\0"), ""},
        {"\"a\"", KK_S("\1\377\1\0\0\0x"), "[[\"a\",\"x\"]]"},
        {"\"a\"", KK_S("\377\377\377\377\377"), ""},
        {"\"", KK_S("\1\1x"), ""},
        {"a", KK_S("\1\1x"), ""},
        {",", KK_S("\1\1x"), ""},
        {"", KK_S("[[\"a\",\"1\"]]"), "[[\"a\",\"1\"]]"},
        {"\"a\"", KK_S(""), ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* Copies of their own, so that a read beyond them is seen. */
        kk_more more = {kk_copy(arena, kk_cstr(cases[i].names)), kk_copy(arena, cases[i].values)};
        same(kk_more_json(arena, more), kk_cstr(cases[i].wanted));
    }
}

static void long_texts_are_cut_at_a_character(void **state)
{
    (void)state;
    size_t size = KK_TEXT_MAX + 10;
    char *text = kk_take(arena, size), *large = kk_take(arena, KK_BATCH_BYTES);
    for (size_t i = 0; i + 3 <= size; i += 3)
        memcpy(text + i, "氏", 3);
    kk_event event = {.time = 1, .text[KK_HOST_NAME] = {text, size - size % 3}};
    kk_packer p = {large, 0, KK_BATCH_BYTES};
    assert_true(kk_pack_event(&p, &event));
    kk_unpacker u = {.bytes = {large, p.used}};
    static kk_unpacked out;
    assert_true(kk_unpack(&u, arena, &out));
    kk_slice cut = out.event.text[KK_HOST_NAME];
    assert_true(cut.len <= KK_TEXT_MAX && cut.len > KK_TEXT_MAX - 3 && kk_utf8_valid(cut));
}

static void refused(size_t used)
{
    static kk_unpacked out;
    kk_unpacker u = {.bytes = {room, used}};
    while (kk_unpack(&u, arena, &out))
        ;
    assert_true(u.bad);
    assert_false(kk_unpack(&u, arena, &out)); /* stays so */
}

/* An event whose names the batch never told, as after half a batch was lost. */
static void names_not_told(void **state)
{
    (void)state;
    static kk_told_names told;
    kk_packer p = {room, 0, ROOM};
    kk_event event = an_event();
    assert_true(kk_pack_named_event(&p, &told, 1, &event));
    p.used = 0;
    assert_true(kk_pack_named_event(&p, &told, 1, &event));
    refused(p.used);
}

static void lies_are_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned char bytes[24];
        size_t len;
    } cases[] = {
        {{0}, 5},               /* no such kind */
        {{200, 0, 0, 0, 0}, 5}, /* nor this */
        {{KK_PACK_ISSUE}, 1},   /* no length */
        {{KK_PACK_ISSUE, 255, 255, 255, 255}, 5},
        {{KK_PACK_NAMES, 1, 0, 0, 0, 0xff}, 6},                  /* names that are no UTF-8 */
        {{KK_PACK_FACT, 5, 0, 0, 0, 99, 0, 0, 0, 0}, 10},        /* an enum out of range */
        {{KK_PACK_FACT, 6, 0, 0, 0, 0, 1, 0, 0, 0, 0xff}, 11},   /* text that is no UTF-8 */
        {{KK_PACK_FACT, 5, 0, 0, 0, 0, 255, 255, 255, 255}, 10}, /* a text longer than all */
        {{KK_PACK_SECRET, 13, 0, 0, 0, 99}, 18},                 /* no such rank */
        {{KK_PACK_OPENED, 2, 0, 0, 0, 1, 0}, 7},                 /* half a number */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(room, cases[i].bytes, cases[i].len);
        refused(cases[i].len);
    }
    kk_packer p = {room, 0, ROOM};
    kk_mention mention = a_mention();
    assert_true(kk_pack_mention(&p, &mention));
    char *values = memmem(room, p.used, mention.values.ptr, mention.values.len);
    assert_non_null(values);
    values[0]++; /* another layout */
    refused(p.used);
    values[0]--;
    values[-4]++; /* longer than they are */
    refused(p.used);
}

static uint64_t next(uint64_t *dice)
{
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    return *dice;
}

/* Whatever comes through is within bounds and UTF-8. */
static void look_through(char *bytes, size_t used)
{
    static kk_unpacked out;
    kk_unpacker u = {.bytes = {bytes, used}};
    for (size_t things = 0; kk_unpack(&u, arena, &out); things++) {
        assert_true(things <= used / 5 && u.at <= used);
        if (out.kind == KK_PACK_EVENT)
            for (int f = 0; f < KK_TEXT_FIELDS; f++)
                assert_true(kk_utf8_valid(out.event.text[f]));
        if (out.kind == KK_PACK_MENTION)
            assert_true(out.mention.values.len <= KK_VALUES_BYTES && out.mention.role < KK_ROLES);
        if (out.kind == KK_PACK_TABLE)
            for (size_t i = 0; i < out.table.column_count; i++)
                assert_true(kk_utf8_valid(out.table.columns[i]));
        if (out.kind == KK_PACK_ISSUE)
            assert_true(out.issue.kind < KK_ISSUES);
    }
    kk_arena_reset(arena);
}

static void noise(void **state)
{
    (void)state;
    uint64_t dice = 88172645463325252u;
    for (size_t round = 0; round < NOISE; round++) {
        size_t len = next(&dice) % 600;
        char *bytes = malloc(len ? len : 1); /* a block of its own: overruns show */
        assert_non_null(bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)next(&dice);
        if (len >= 5) {
            bytes[0] = (char)(1 + next(&dice) % 7);
            if (next(&dice) % 2)
                memcpy(bytes + 1, &(uint32_t){(uint32_t)(next(&dice) % len)}, 4);
        }
        look_through(bytes, len);
        free(bytes);
    }
}

static void mutations(void **state)
{
    (void)state;
    size_t used = pack_all();
    uint64_t dice = 1234567;
    char *whole = malloc(used);
    assert_non_null(whole);
    memcpy(whole, room, used);
    for (size_t round = 0; round < MUTATIONS; round++) {
        size_t len = round % 4 ? used : next(&dice) % (used + 1);
        char *bytes = malloc(len ? len : 1);
        assert_non_null(bytes);
        memcpy(bytes, whole, len);
        for (uint64_t k = next(&dice) % 4 + 1; len && k; k--) {
            size_t at = next(&dice) % len;
            bytes[at] = next(&dice) % 3 ? (char)next(&dice) : (char)(next(&dice) % 2 ? 0xff : 0);
        }
        look_through(bytes, len);
        free(bytes);
    }
    free(whole);
}

static void values_come_back(void **state)
{
    (void)state;
    char packed[KK_VALUES_BYTES];
    kk_values all = all_values(), v;
    kk_slice bytes = {packed, kk_values_pack(&all, packed)};
    assert_true(kk_values_unpack(bytes, &v));
    assert_true(v.content == 88 && v.birth_day == -1 && v.flags == all.flags);
    assert_memory_equal(v.hash, all.hash, sizeof v.hash);
    for (int i = 0; i < KK_VALUE_LISTS; i++) {
        size_t size = kk_value_list_width((kk_value_list_kind)i) * all.lists[i].count;
        assert_int_equal(v.lists[i].count, all.lists[i].count);
        assert_memory_equal(v.lists[i].bytes, all.lists[i].bytes, size);
    }
    kk_values none = {.birth_day = KK_NO_DAY};
    none.hash[KK_VALUE_EMAIL] = 7;
    bytes.len = kk_values_pack(&none, packed);
    assert_true(bytes.len < 30);
    assert_true(kk_values_unpack(bytes, &v));
    assert_true(v.birth_day == KK_NO_DAY && v.hash[KK_VALUE_EMAIL] == 7 && !v.hash[0]);
}

/* A hash as it comes back: whole, or without what is not stored of a short one. */
static uint64_t stored(uint64_t hash, int value)
{
    return value < KK_VALUES_WHOLE ? hash : hash >> KK_SHORT_SHIFT << KK_SHORT_SHIFT;
}

/* With any of the hashes there, each comes back as it was, and what is behind them is not written to. */
static void any_values_come_back(void **state)
{
    (void)state;
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
    for (int round = 0; round < 5000; round++) {
        char packed[KK_VALUES_BYTES];
        kk_values said = {.birth_day = KK_NO_DAY}, v;
        uint64_t mask = 0;
        for (int i = 0; i < KK_VALUES; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            if (seed >> 60 < (uint64_t)(round % 17))
                mask |= UINT64_C(1) << i;
            said.hash[i] = seed;
        }
        memset(packed, 0x5a, sizeof packed);
        kk_slice bytes = {packed, kk_values_pack_raw(&said, mask, packed)};
        assert_true(kk_values_unpack(bytes, &v));
        for (int i = 0; i < KK_VALUES; i++) {
            uint64_t low = UINT64_C(1) << (i < KK_VALUES_WHOLE ? 0 : KK_SHORT_SHIFT);
            assert_true(v.hash[i] == (mask >> i & 1 ? stored(said.hash[i] | low, i) : 0));
        }
        for (size_t at = bytes.len; at < sizeof packed; at++)
            assert_int_equal(packed[at], 0x5a);
    }
}

static void near_hashes_are_put(void **state)
{
    (void)state;
    uint64_t hashes[KK_NEAR_MOST], seed = 7;
    for (uint32_t count = 0; count <= KK_NEAR_MOST; count++) {
        char bytes[KK_SHORT_BYTES * KK_NEAR_MOST + 1];
        memset(bytes, 0x5a, sizeof bytes);
        for (uint32_t i = 0; i < count; i++)
            hashes[i] = seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        kk_near_put(bytes, hashes, count);
        kk_value_list list = {bytes, count};
        for (uint32_t i = 0; i < count; i++)
            assert_true(kk_near_hash(&list, i) == (hashes[i] >> KK_SHORT_SHIFT | 1)
                                                      << KK_SHORT_SHIFT);
        assert_int_equal(bytes[KK_SHORT_BYTES * count], 0x5a);
    }
}

/* Bytes from a worker that is not ours any more, cut anywhere and with any bit turned. */
static void no_bytes_harm_values(void **state)
{
    (void)state;
    kk_slice good = some_values();
    kk_values v;
    uint64_t content = 0;
    for (size_t len = 0; len < good.len; len++) {
        char *cut = memcpy(kk_take(arena, len), good.ptr, len);
        assert_false(kk_values_unpack((kk_slice){cut, len}, &v));
        assert_false(kk_values_content((kk_slice){cut, len}, &content));
    }
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        char *turned = memcpy(kk_take(arena, good.len), good.ptr, good.len);
        turned[bit / 8] = (char)(turned[bit / 8] ^ 1 << bit % 8);
        bool is_good = kk_values_unpack((kk_slice){turned, good.len}, &v);
        assert_int_equal(kk_values_content((kk_slice){turned, good.len}, &content), is_good);
        if (!is_good)
            continue;
        assert_true(content == v.content);
        for (int i = 0; i < KK_VALUE_LISTS; i++) {
            const char *end =
                v.lists[i].bytes + kk_value_list_width((kk_value_list_kind)i) * v.lists[i].count;
            assert_true(!v.lists[i].count || end <= turned + good.len);
        }
    }
    kk_arena_reset(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_come_back),
        cmocka_unit_test(further_fields_are_escaped),
        cmocka_unit_test(text_is_held_against_utf8),
        cmocka_unit_test(what_does_not_fit_leaves_nothing),
        cmocka_unit_test(names_beyond_the_most),
        cmocka_unit_test(names_that_do_not_fit),
        cmocka_unit_test(names_not_told),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(lies_are_refused),
        cmocka_unit_test(noise),
        cmocka_unit_test(values_come_back),
        cmocka_unit_test(any_values_come_back),
        cmocka_unit_test(near_hashes_are_put),
        cmocka_unit_test(no_bytes_harm_values),
        cmocka_unit_test(mutations),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
