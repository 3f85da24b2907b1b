#include "cli/since_table.h"

#include "base/json_read.h"

enum { NUMBER_COLUMNS = 12 };

static const struct {
    const char *name, *ja, *en;
} words[] = {
    {"reachable", "到達可能だった人", "persons in reach"},
    {"left", "流出が確認された人", "persons whose data left"},
    {"held", "保有していた人", "persons held"},
    {"damaged", "毀損・滅失に遭った人", "persons whose data were damaged"},
    {"count", "名寄せ後の人数", "count"},
    {"least", "最少", "least"},
    {"most", "最大", "most"},
    {"person", "人", "persons"},
    {"record", "件(記録)", "records"},
    {"card", "件(カード)", "cards"},
    {"account", "件(アカウント)", "accounts"},
    {"file", "件(ファイル)", "files"},
    {"file_added", "ファイルの追加", "file added"},
    {"file_withdrawn", "ファイルの除外", "file withdrawn"},
    {"exposure_changed", "範囲の変更", "exposure changed"},
    {"merged", "同一人物", "merged"},
    {"split", "別人", "split"},
    {"category_changed", "区分の変更", "category changed"},
    {"definition_changed", "数え方の変更", "definition changed"},
    {"decoy_removed", "人でない記録", "decoy removed"},
    {"decision", "判断", "decision"},
    {"not_reconstructible", "算定できない差", "not reconstructible"},
};

typedef struct {
    kk_buffer out;
    bool in_english;
} table;

static kk_slice word(const table *t, kk_slice name)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(name, words[i].name))
            return kk_cstr(t->in_english ? words[i].en : words[i].ja);
    return name;
}

/* "12,345", with its sign where it is a change. */
static void put_figure(table *t, kk_slice number, bool is_change)
{
    kk_arena *scratch = kk_arena_open();
    bool below = kk_starts(number, KK_S("-"));
    uint64_t n = 0;
    (void)kk_to_u64(kk_from(number, below), &n);
    const char *sign = !is_change || !n ? "" : below ? "-" : "+";
    kk_slice text = kk_print(scratch, "%s%.*s", sign, KK_P(kk_number_text(scratch, n)));
    for (size_t i = text.len; i < NUMBER_COLUMNS; i++)
        kk_put_byte(&t->out, ' ');
    kk_put(&t->out, text);
    kk_arena_close(scratch);
}

/* What somebody reported has one number; what was counted has three, of which one is followed. */
static void put_end(table *t, const kk_json_value *document, const char *which, kk_slice name)
{
    const kk_json_value *count = kk_json_get(document, which);
    kk_slice bound = kk_json_member(kk_json_get(document, "figure"), "bound");
    kk_slice least = kk_json_member(count, "least"), most = kk_json_member(count, "most");
    kk_slice one = kk_json_member(count, "count");
    put_figure(t,
               kk_is(bound, "least") && least.len ? least
               : kk_is(bound, "most") && most.len ? most
                                                  : one,
               false);
    kk_putf(&t->out, "  %.*s", KK_P(name));
    if (least.len)
        kk_putf(&t->out,
                t->in_english ? " (count %.*s, least %.*s, most %.*s)"
                              : "(名寄せ後 %.*s、最少 %.*s、最大 %.*s)",
                KK_P(one), KK_P(least), KK_P(most));
    else
        kk_putf(&t->out, " %.*s", KK_P(word(t, kk_json_member(count, "unit"))));
    kk_put_byte(&t->out, '\n');
}

static void put_step(table *t, const kk_json_value *step)
{
    kk_slice change = kk_json_member(step, "change");
    kk_slice why = kk_json_member(kk_json_get(step, "why"), t->in_english ? "en" : "ja");
    put_figure(t, change, true);
    kk_putf(&t->out, "  %.*s: %.*s\n", KK_P(word(t, kk_json_member(step, "what"))), KK_P(why));
}

static void put_title(table *t, const kk_json_value *document)
{
    const kk_json_value *figure = kk_json_get(document, "figure");
    kk_slice category = kk_json_member(figure, "category"), owner = kk_json_member(figure, "owner");
    kk_putf(&t->out, "%.*s, %.*s", KK_P(word(t, kk_json_member(figure, "basis"))),
            KK_P(word(t, kk_json_member(figure, "bound"))));
    if (category.len)
        kk_putf(&t->out, ", %.*s", KK_P(category));
    if (owner.len)
        kk_putf(&t->out, ", %.*s", KK_P(owner));
    kk_put(&t->out, KK_S("\n"));
}

/* When the first number is from, and which state it is. */
static kk_slice then_words(const table *t, kk_arena *arena, const kk_json_value *document,
                           const kk_zone *zone)
{
    kk_time at;
    kk_buffer text = {0};
    kk_slice since = kk_json_member(document, "since");
    kk_slice day = kk_json_member(document, "since_day");
    if (day.len) /* what was written as a day stays one */
        kk_put(&text, day);
    else if (kk_time_parse(kk_json_member(document, "since_at"), &at))
        kk_put_local_time(&text, zone, at / KK_SECOND * KK_SECOND);
    if (kk_is(since, "reported"))
        kk_put(&text, t->in_english ? KK_S(", as reported") : KK_S(" の報告"));
    else
        kk_putf(&text, t->in_english ? ", state %.*s" : " の状態 %.*s",
                KK_P(kk_part(since, 0, 12)));
    kk_slice out = kk_copy(arena, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return out;
}

void kk_write_since_table(kk_invocation *i, kk_slice json, const kk_zone *zone)
{
    kk_arena *arena = kk_arena_open();
    table t = {.in_english = kk_is(i->lang, "en")};
    const kk_json_value *document = kk_json_read(arena, kk_trim(json));
    const kk_json_value *steps = kk_json_get(document, "steps");
    put_title(&t, document);
    put_end(&t, document, "from", then_words(&t, arena, document, zone));
    for (const kk_json_value *step = steps ? steps->first : NULL; step; step = step->next)
        put_step(&t, step);
    put_end(&t, document, "to", t.in_english ? KK_S("now") : KK_S("現在"));
    kk_write_out(i, kk_buffer_slice(&t.out));
    kk_buffer_close(&t.out);
    kk_arena_close(arena);
}
