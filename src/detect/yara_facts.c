/* What a YARA rule says of itself. Its meta has no fixed words: those of the public rule sets are known
 * (docs/yara.md lists them), others mean nothing here. */
#include "base/json.h"
#include "base/text.h"
#include "detect/yara_i.h"

enum { TITLE_MOST = 300, TAGS_MOST = 64, TAG_MOST = 100 };

typedef struct {
    kk_slice items[TAGS_MOST];
    size_t count;
} tag_list;

/* Scores are of a hundred; those up to ten of ten. */
static const char *level_of_score(int64_t score)
{
    if (score >= 0 && score <= 10)
        score *= 10;
    return score >= 90   ? "critical"
           : score >= 80 ? "high"
           : score >= 60 ? "medium"
           : score >= 40 ? "low"
                         : "informational";
}

static const char *level_of_word(kk_slice word)
{
    static const struct {
        const char *level, *const words[4];
    } levels[] = {
        {"critical", {"critical", "severe", NULL}},
        {"high", {"high", NULL}},
        {"medium", {"medium", "moderate", NULL}},
        {"low", {"low", NULL}},
        {"informational", {"informational", "info", "information", NULL}},
    };
    int64_t score;
    word = kk_trim(word);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (kk_is_any_nocase(word, levels[i].words))
            return levels[i].level;
    return kk_to_i64(word, &score) ? level_of_score(score) : NULL;
}

static void add_tag(tag_list *tags, kk_slice tag)
{
    for (size_t i = 0; i < tags->count; i++)
        if (kk_eq(tags->items[i], tag))
            return;
    if (tags->count < TAGS_MOST && tag.len)
        tags->items[tags->count++] = tag;
}

static bool all_digits(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

/* The length of a technique's or tactic's number at the beginning: T1059, T1059.001, TA0002, S0002,
 * G0016; 0 if it is none. */
static size_t attack_number(kk_slice s)
{
    size_t letters = kk_starts(s, KK_S("TA")) ? 2 : 1;
    if (s.len < letters + 4 || !strchr("TSG", s.ptr[0]) || !all_digits(kk_part(s, letters, 4)))
        return 0;
    size_t len = letters + 4;
    if (s.ptr[0] == 'T' && letters == 1 && s.len >= len + 4 &&
        (s.ptr[len] == '.' || s.ptr[len] == '_') && all_digits(kk_part(s, len + 1, 3)))
        len += 4;
    bool ends = len == s.len || !((s.ptr[len] >= '0' && s.ptr[len] <= '9') ||
                                  (s.ptr[len] >= 'A' && s.ptr[len] <= 'Z') ||
                                  (s.ptr[len] >= 'a' && s.ptr[len] <= 'z'));
    return ends ? len : 0;
}

static kk_slice attack_tag(kk_arena *arena, kk_slice number)
{
    kk_slice tag = kk_print(arena, "attack.%.*s", KK_P(number));
    char *text = kk_take(arena, tag.len + 1);
    for (size_t i = 0; i < tag.len; i++)
        text[i] = (char)(tag.ptr[i] == '_'                        ? '.'
                         : tag.ptr[i] >= 'A' && tag.ptr[i] <= 'Z' ? tag.ptr[i] + 32
                                                                  : tag.ptr[i]);
    return (kk_slice){text, tag.len};
}

static void add_numbers(kk_arena *arena, tag_list *tags, kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char before = i ? text.ptr[i - 1] : ' ';
        bool inside = (before >= '0' && before <= '9') || (before >= 'A' && before <= 'Z') ||
                      (before >= 'a' && before <= 'z');
        size_t len = inside ? 0 : attack_number(kk_from(text, i));
        if (len)
            add_tag(tags, attack_tag(arena, kk_part(text, i, len)));
    }
}

/* A tactic by its name: "Defense Evasion", "defense_evasion". */
static void add_tactic(kk_arena *arena, tag_list *tags, kk_slice word)
{
    static const char *const tactics[] = {"reconnaissance",
                                          "resource-development",
                                          "initial-access",
                                          "execution",
                                          "persistence",
                                          "privilege-escalation",
                                          "stealth",
                                          "defense-evasion",
                                          "credential-access",
                                          "discovery",
                                          "lateral-movement",
                                          "collection",
                                          "command-and-control",
                                          "exfiltration",
                                          "impact",
                                          NULL};
    kk_slice name = kk_copy(arena, kk_trim(word));
    char *text = kk_take(arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        text[i] = (char)(name.ptr[i] == ' ' || name.ptr[i] == '_' ? '-' : name.ptr[i]);
    for (size_t i = 0; tactics[i]; i++)
        if (kk_eq_nocase((kk_slice){text, name.len}, kk_cstr(tactics[i])))
            add_tag(tags, kk_print(arena, "attack.%s", tactics[i]));
}

static bool is_about_attack(kk_slice key)
{
    return kk_has_nocase(key, KK_S("mitre")) || kk_has_nocase(key, KK_S("attack")) ||
           kk_has_nocase(key, KK_S("technique")) || kk_has_nocase(key, KK_S("tactic"));
}

static void read_meta(kk_arena *arena, const YR_META *meta, kk_yara_rule *out, tag_list *tags)
{
    static const char *const level_keys[] = {"severity",     "level", "score",
                                             "threat_level", "risk",  NULL};
    kk_slice key = kk_cstr(meta->identifier);
    bool is_text = meta->type == META_TYPE_STRING;
    kk_slice text = is_text ? kk_utf8_clean(arena, kk_cstr(meta->string)) : KK_NONE;
    if (is_text && !out->title.len && kk_eq_nocase(key, KK_S("description")))
        out->title = kk_trim(text);
    if (!out->level.len && kk_is_any_nocase(key, level_keys)) {
        const char *level = is_text                           ? level_of_word(text)
                            : meta->type == META_TYPE_INTEGER ? level_of_score(meta->integer)
                                                              : NULL;
        out->level = kk_cstr(level);
    }
    if (is_text && is_about_attack(key)) {
        kk_slice piece, rest = kk_part(text, 0, 4096);
        add_numbers(arena, tags, rest);
        while (kk_split(&rest, ',', &piece))
            add_tactic(arena, tags, piece);
    }
}

static kk_slice json_of(kk_arena *arena, const tag_list *tags)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_array(&j, NULL);
    for (size_t i = 0; i < tags->count; i++)
        kk_json_text(&j, NULL, kk_part(tags->items[i], 0, TAG_MOST));
    kk_json_close(&j);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static kk_slice cut_title(kk_arena *arena, kk_slice title)
{
    size_t at = 0;
    while (at < title.len && at < TITLE_MOST)
        (void)kk_next_char(title, &at);
    return kk_copy(arena, kk_part(title, 0, at));
}

void yara_tell_facts(kk_arena *arena, const YR_RULE *rule, kk_yara_rule *out)
{
    tag_list tags = {.count = 0};
    const char *tag;
    const YR_META *meta;
    out->is_private = RULE_IS_PRIVATE(rule);
    yr_rule_tags_foreach(rule, tag)
    {
        add_tag(&tags, kk_cstr(tag));
        add_numbers(arena, &tags, kk_cstr(tag));
    }
    yr_rule_metas_foreach(rule, meta) read_meta(arena, meta, out, &tags);
    out->title = cut_title(arena, out->title.len ? out->title : kk_cstr(rule->identifier));
    if (!out->level.len)
        out->level = KK_S("medium");
    out->tags = json_of(arena, &tags);
}
