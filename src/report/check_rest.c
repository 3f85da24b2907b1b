/* The rest of what a draft says: that something else was not concerned, who was told or helped, what
 * was done, what is thought of it. Supported where a claim says the same in much the same words. */
#include "base/text.h"
#include "report/check_i.h"

/* ---- words in common ---- */

typedef struct {
    uint64_t *hashes;
    size_t count;
} word_set;

static bool kanji_or_kana(uint32_t c)
{
    return (c >= 0x30a1 && c <= 0x30fc) || (c >= 0x4e00 && c <= 0x9fff);
}

static void add_hash(word_set *set, kk_slice piece)
{
    uint64_t hash = kk_hash_quick(piece);
    for (size_t i = 0; i < set->count; i++)
        if (set->hashes[i] == hash)
            return;
    set->hashes[set->count++] = hash;
}

/* Pairs of kanji and katakana, and words of four letters and more. */
static word_set words_of_text(kk_arena *arena, kk_slice s)
{
    word_set set = {KK_NEW_ARRAY(arena, uint64_t, s.len + 1), 0};
    size_t before = KK_NOWHERE, word = 0;
    if (s.len > 1200)
        s.len = 1200;
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        uint32_t c = kk_next_char(s, &at);
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && from - word >= 4 && word < from && !((unsigned char)s.ptr[word] & 0x80))
            add_hash(&set, kk_part(s, word, from - word > 7 ? 7 : from - word));
        if (!letter)
            word = at;
        if (!kanji_or_kana(c)) {
            before = KK_NOWHERE;
            continue;
        }
        if (before != KK_NOWHERE)
            add_hash(&set, kk_part(s, before, at - before));
        before = from;
    }
    if (s.len - word >= 4 && word < s.len && !((unsigned char)s.ptr[word] & 0x80))
        add_hash(&set, kk_part(s, word, s.len - word > 7 ? 7 : s.len - word));
    return set;
}

static double likeness(const word_set *a, const word_set *b)
{
    size_t common = 0, fewer = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            common += a->hashes[i] == b->hashes[k];
    return fewer < 2 ? 0 : (double)common / (double)fewer;
}

static const kk_claim *likest(checking *c, const sentence *s, const char *const *kinds)
{
    kk_arena *scratch = kk_arena_open();
    word_set said = words_of_text(scratch, s->folded);
    const kk_claim *best = NULL;
    double most = 0.5;
    for (size_t i = 0; i < c->claims->count; i++)
        for (size_t k = 0; kinds[k]; k++) {
            if (strcmp(c->claims->items[i].kind, kinds[k]) != 0)
                continue;
            word_set is = words_of_text(scratch, s->japanese ? c->folded[i].ja : c->folded[i].en);
            double now = likeness(&said, &is);
            if (now >= most) {
                most = now + 1e-9;
                best = &c->claims->items[i];
            }
        }
    kk_arena_close(scratch);
    return best;
}

/* ---- what kind of sentence it is ---- */

static bool says_harm(const sentence *s)
{
    return kk_phrase_matches("{二次被害|不正利用|不正な利用|悪用|被害}~{確認|報告|把握|連絡|発生}~{"
                             "ていない|ていません|ておりません|ておらず|ません|なし}",
                             s->folded) ||
           kk_phrase_matches("no ~{misuse|harm|fraud}", s->folded);
}

/* Harm is never denied: only none known by a date, through named channels. */
static void hold_harm(checking *c, const sentence *s)
{
    const kk_claim *known = claim_of(c, "harm", KK_NONE),
                   *checked = claim_of(c, "harm_checked", KK_NONE);
    bool is_known = known && known->standing != KK_OPEN;
    held(c, s, KK_SAID_ABSENCE, KK_NONE,
         is_known  ? KK_HELD_CONTRADICTED
         : checked ? KK_HELD_SUPPORTED
                   : KK_HELD_UNSUPPORTED,
         is_known || !checked ? known : checked, KK_NONE);
}

static bool says_scope(const sentence *s)
{
    static const char *const about[] = {"影響",     "被害",   "侵入",        "感染", "異常",
                                        "affected", "impact", "compromised", NULL};
    return has_any(s->folded, about) &&
           (kk_phrase_matches("{他の|その他の|以外の|全て|すべて|全社|グループ}~{システム|サーバ|"
                              "端末|拠点|会社|企業|機器}",
                              s->folded) ||
            kk_phrase_matches("{other|all|every} ~{systems|servers|machines|sites|companies}",
                              s->folded));
}

static bool says_party(const sentence *s)
{
    static const char *const words[] = {
        "個人情報保護委員会", "警察",          "経済産業省", "外部専門",   "専門機関",
        "調査会社",           "委託先",        "委託元",     "commission", "police",
        "outside experts",    "forensic firm", NULL};
    return has_any(s->folded, words);
}

static bool says_action(const sentence *s)
{
    return kk_phrase_matches("{実施|遮断|切断|切り離|停止|無効|変更|導入|強化|設置|依頼|届出|提出|"
                             "報告|通知|連絡|開始|復旧|復元|確認|相談|郵送}~"
                             "{しました|いたしました|しております|いたしております|しています|"
                             "行いました|ました|予定|してまいり}",
                             s->folded) ||
           kk_phrase_matches(
               "{we |was |were |has |have }~{disabled|cut "
               "off|reset|reported|notified|installed|engaged|restored|told|asked|blocked}",
               s->folded);
}

static bool says_judgement(const sentence *s)
{
    return kk_phrase_matches("{と判断|と考え|と推定|と推測|と思われ|とみられ|と認識}", s->folded) ||
           kk_phrase_matches(
               "{we believe|we judge|we consider|we think|in our judgement|appears to}", s->folded);
}

static kk_held by_claim(const kk_claim *claim)
{
    return !claim                               ? KK_HELD_UNSUPPORTED
           : claim->standing == KK_CONTRADICTED ? KK_HELD_CONTRADICTED
                                                : KK_HELD_SUPPORTED;
}

static void hold_by_likeness(checking *c, const sentence *s, kk_said kind, const char *const *kinds)
{
    const kk_claim *claim = likest(c, s, kinds);
    held(c, s, kind, KK_NONE, by_claim(claim), claim, KK_NONE);
}

/* A report to the regulator is in the claims under a short name. */
static const kk_claim *told_regulator(const checking *c, const sentence *s)
{
    static const char *const words[] = {"個人情報保護委員会",
                                        "personal information protection commission", NULL};
    static const char *const names[] = {"ppc", "jp-ppc", "個人情報保護委員会"};
    const kk_claim *claim = NULL;
    for (size_t i = 0; i < 3 && !claim && has_any(s->folded, words); i++)
        claim = claim_of(c, "reported", kk_cstr(names[i]));
    return claim;
}

static void hold_party(checking *c, const sentence *s)
{
    static const char *const kinds[] = {"reported", "chronology", "measure", NULL};
    const kk_claim *claim = told_regulator(c, s);
    if (claim)
        held(c, s, KK_SAID_PARTY, KK_NONE, KK_HELD_SUPPORTED, claim, KK_NONE);
    else
        hold_by_likeness(c, s, KK_SAID_PARTY, kinds);
}

static bool told_already(const checking *c, const sentence *s)
{
    for (size_t i = c->out->count; i-- > 0 && c->out->items[i].line == s->line;)
        if (c->out->items[i].text.ptr == s->text.ptr &&
            (c->out->items[i].kind == KK_SAID_VERDICT || c->out->items[i].kind == KK_SAID_ABSENCE ||
             c->out->items[i].kind == KK_SAID_SCOPE || c->out->items[i].kind == KK_SAID_JUDGEMENT))
            return true;
    return false;
}

void check_rest(checking *c, const sentence *s)
{
    static const char *const actions[] = {"measure", "prevention", "chronology", "reported", NULL};
    static const char *const judged[] = {"judgement", "verdict", "limb", NULL};
    static const char *const scope[] = {"scope", "measure", "chronology", NULL};
    if (!c->in || is_aside(s) || s->kind == SENTENCE_HEADING || told_already(c, s))
        return;
    const kk_claim *echo = echoed(c, s);
    if (echo && strcmp(echo->kind, "absent") != 0 && strcmp(echo->kind, "verdict") != 0 &&
        strcmp(echo->kind, "limb") != 0)
        held(c, s,
             strcmp(echo->kind, "harm") == 0 || strcmp(echo->kind, "harm_checked") == 0
                 ? KK_SAID_ABSENCE
                 : KK_SAID_ACTION,
             KK_NONE, by_claim(echo), echo, KK_NONE);
    else if (echo)
        return;
    else if (says_harm(s))
        hold_harm(c, s);
    else if (says_scope(s))
        hold_by_likeness(c, s, KK_SAID_SCOPE, scope);
    else if (says_judgement(s))
        hold_by_likeness(c, s, KK_SAID_JUDGEMENT, judged);
    else if (says_party(s))
        hold_party(c, s);
    else if (says_action(s))
        hold_by_likeness(c, s, KK_SAID_ACTION, actions);
}
