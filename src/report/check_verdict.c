/* What a draft says about data leaving: words that may never stand, and the kind of verdict that a
 * sentence tells, held against that of the case. */
#include "report/check_i.h"

/* ---- words that may not stand ---- */

/* Why, in Japanese; phrases.h has it in English. Those left out are no matter of a draft's truth. */
static const struct {
    const char *id;
    kk_said kind;
    kk_held held;
    const char *ja;
} forbidden[] = {
    {"no-leak", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "流出していないことは証明できません。何を調べて何が見つからなかったかを書いてください"},
    {"no-possibility", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "可能性がないとは言えません。何を調べて何が見つからなかったかを書いてください"},
    {"no-trace-exists", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "痕跡は「見つからなかった」とまでしか言えません"},
    {"not-held", KK_SAID_ABSENCE, KK_HELD_CONTRADICTED,
     "保有していないことから流出していないとは言えません"},
    {"not-affected", KK_SAID_SCOPE, KK_HELD_CONTRADICTED, "影響がないことは証明できません"},
    {"clean", KK_SAID_SCOPE, KK_HELD_CONTRADICTED,
     "調べることはできても、安全であることは証明できません"},
    {"no-duty", KK_SAID_JUDGEMENT, KK_HELD_CONTRADICTED, "義務の有無は記載できません"},
    {"complied", KK_SAID_JUDGEMENT, KK_HELD_CONTRADICTED, "法令の遵守は記載できません"},
    {"absolute", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "断定は、対象期間の全ての記録が残っている場合に限られます"},
    {"family", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "マルウェアの種類からは、この件について何も言えません"},
    {"who", KK_SAID_PARTY, KK_HELD_UNSUPPORTED,
     "アドレスやプログラムからは、誰の行為かはわかりません"},
    {"begin", KK_SAID_DATE, KK_HELD_CONTRADICTED,
     "その前の記録がないため「遅くとも」としてください"},
    {"most", KK_SAID_COUNT, KK_HELD_CONTRADICTED,
     "読めていないファイルがあり、人数は増える可能性があります"},
    {"no-harm", KK_SAID_ABSENCE, KK_HELD_UNSUPPORTED,
     "いつまでに、どの窓口で確認したかを添えてください"},
    {"every", KK_SAID_SCOPE, KK_HELD_UNSUPPORTED, "「全て」が指す機器の一覧がありません"},
    {"too-weak", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "流出の痕跡または事実に対して弱すぎる表現です"},
    {"not-seen-alone", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "記録が失われている場合、何が欠けているかを添えてください"},
    {"names-alone", KK_SAID_VERDICT, KK_HELD_CONTRADICTED,
     "名称の一致だけでは内容が渡ったとは言えません"},
    {"leak-site", KK_SAID_PARTY, KK_HELD_UNSUPPORTED, "掲載サイトへの経路は記載しません"},
};

typedef struct {
    checking *c;
    const sentence *s;
    bool verdict;      /* something on data leaving was found */
    bool contradicted; /* ... that is surely wrong: enough said of this sentence */
    kk_slice told[4];  /* ids already told of this sentence */
    size_t told_count;
} offending;

/* Without a case only what may never stand is wrong; an absolute word is for somebody to look at. */
static bool matters(const checking *c, const kk_phrase *phrase)
{
    return c->in || phrase->allowed == KK_ALLOWED_NEVER ||
           phrase->allowed == KK_ALLOWED_FULL_RECORDS || phrase->allowed == KK_ALLOWED_ASSETS;
}

static kk_held without_a_case(const kk_phrase *phrase, kk_held with)
{
    return phrase->allowed == KK_ALLOWED_NEVER ? with : KK_HELD_UNSUPPORTED;
}

static bool told_before(offending *o, kk_slice id)
{
    for (size_t i = 0; i < o->told_count; i++)
        if (kk_eq(o->told[i], id))
            return true;
    if (o->told_count < 4)
        o->told[o->told_count++] = id;
    return false;
}

/* Where the case has words of its own for the matter, they are what should stand. */
static const kk_claim *instead(const checking *c, kk_said kind, const char *id)
{
    if (strcmp(id, "no-harm") == 0) {
        const kk_claim *harm = claim_of(c, "harm", KK_NONE);
        return harm ? harm : claim_of(c, "harm_checked", KK_NONE);
    }
    if (strcmp(id, "begin") == 0)
        return claim_of(c, "window", KK_NONE);
    if (kind == KK_SAID_COUNT) {
        const kk_claim *left = claim_of(c, "persons_left", KK_NONE);
        return left ? left : claim_of(c, "persons_reachable", KK_NONE);
    }
    return kind == KK_SAID_VERDICT ? claim_of(c, "verdict", KK_NONE) : NULL;
}

static void offence(void *user, const kk_phrase *phrase, size_t line, kk_slice text)
{
    offending *o = user;
    checking *c = o->c;
    (void)line, (void)text;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        bool again = o->contradicted && forbidden[i].kind == KK_SAID_VERDICT;
        if (strcmp(forbidden[i].id, phrase->id) != 0 || again || !matters(c, phrase) ||
            told_before(o, kk_cstr(phrase->id)))
            continue;
        kk_held how = c->in ? forbidden[i].held : without_a_case(phrase, forbidden[i].held);
        const kk_claim *claim = instead(c, forbidden[i].kind, phrase->id);
        kk_slice why = kk_cstr(c->japanese ? forbidden[i].ja : phrase->why);
        if (claim)
            why = kk_print(c->arena, "%.*s%s%.*s", KK_P(why), c->japanese ? "。" : ": ",
                           KK_P(claim_words(c, claim)));
        if (strcmp(phrase->id, "no-harm") == 0 && claim && claim->standing == KK_DECLARED &&
            strcmp(claim->kind, "harm") == 0)
            how = KK_HELD_CONTRADICTED; /* harm is known */
        o->verdict = o->verdict || forbidden[i].kind == KK_SAID_VERDICT;
        o->contradicted = o->contradicted || (o->verdict && how == KK_HELD_CONTRADICTED);
        held(c, o->s, forbidden[i].kind, KK_NONE, how, claim, why);
    }
}

static kk_phrase_context context_of(const checking *c)
{
    if (c->in)
        return kk_report_phrases(c->in, KK_LEVEL_PUBLIC, KK_LANG_BOTH);
    return (kk_phrase_context){.lang = KK_LANG_BOTH};
}

/* ---- the verdict that a sentence tells ---- */

#define LEAVING "{流出|漏えい|漏洩|持ち出し|持ち出|窃取|送信}"
#define NEGATED                                                                                                                  \
    "{ていない|ていません|ておりません|ておらず|ませんでした|っていません|りませんでした|" \
    "られなかった|されなかった}"

typedef enum {
    TELLS_NOTHING,
    TELLS_OPEN,
    TELLS_NOT_EXCLUDED,
    TELLS_LOW,
    TELLS_NO_TRACE,
    TELLS_NOT_CONFIRMED,
    TELLS_VIEWED,
    TELLS_POSSIBLE,
    TELLS_PUBLISHED,
    TELLS_CONFIRMED,
    TELLS_TRACES
} telling;

static const struct {
    telling tells;
    const char *patterns[6];
    const char *unless;
} tellings[] = {
    {TELLS_OPEN,
     {"{流出|漏えい|漏洩}{の有無|の範囲|}~調査{中|し|を}", "whether ~{left|leaked}~investigat"},
     ""},
    {TELLS_NOT_EXCLUDED,
     {LEAVING "~{可能性|おそれ|恐れ}{は|を|も|が}{完全に|}{否定でき|排除でき|否定は}",
      "{leak|removal|exfiltration|theft}~{cannot be|could not be} {ruled out|excluded}"},
     ""},
    {TELLS_LOW,
     {(LEAVING "~{可能性|おそれ|恐れ|蓋然性}{は|が|も}{極めて|きわめて|}低"),
      "{unlikely|low likelihood}~{left|leaked|exfiltrated|taken}"},
     ""},
    {TELLS_NO_TRACE,
     {"{痕跡|証拠|形跡|証跡}~" NEGATED,
      "no {trace|traces|evidence|sign|signs} of {transmission|removal|exfiltration|a "
      "leak|theft|transfer|data}"},
     ""},
    {TELLS_NOT_CONFIRMED,
     {LEAVING "{は|が|した事実は|された事実は|の事実は}~{確認|認め}~" NEGATED,
      "no {leak|exfiltration|removal|theft} {has been|was|is} {confirmed|found}"},
     ""},
    {TELLS_VIEWED,
     {"閲覧{された|の|し得た}可能性", "{viewed|viewing}~{may|cannot be|could}",
      "{may|could}~{viewed}"},
     ""},
    {TELLS_POSSIBLE,
     {LEAVING "~{可能性|おそれ|恐れ}",
      "{may|might} have {left|leaked|been taken|been leaked|been exfiltrated|been stolen}",
      "{possible|possibly|suspected|potential} {leak|removal|taken|exfiltration|data leak}"},
     "{悪用|フィッシング|迷惑}"},
    {TELLS_PUBLISHED,
     {"{ダウンロード|入手|閲覧}{が|}{可能な状態|可能だった|できる状態}",
      "{リークサイト|ダークウェブ}~{掲載|公開}",
      "{obtainable|downloadable|published} ~{site|dark web|outside}"},
     NEGATED},
    {TELLS_CONFIRMED,
     {(LEAVING "{した|され|され、|した事実|したこと|されたこと}~{を確認|が確認|が判明|が認められ}"),
      "{流出|漏えい|漏洩}{を|が}確認", "{流出|漏えい|漏洩}しました",
      "{流出|漏えい|漏洩}した{情報|個人情報|お客様|方}",
      "{confirmed|found}~{left|leaked|exfiltrated|taken|transmitted|stolen}",
      "{were|was|that} {left|leaked|stolen|exfiltrated}"},
     NEGATED},
    {TELLS_TRACES,
     {"{痕跡|形跡}{を|が}{確認|認め|見つか|あり|あった|発見|判明}",
      "{found|strong} {traces|signs} of {removal|exfiltration|transmission}"},
     NEGATED},
};

bool any_phrase(kk_slice folded, const char *const *patterns)
{
    for (size_t i = 0; i < 6 && patterns[i]; i++)
        if (kk_phrase_matches(patterns[i], folded))
            return true;
    return false;
}

static telling told_by(kk_slice folded)
{
    for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++)
        if (any_phrase(folded, tellings[i].patterns) &&
            !(tellings[i].unless[0] && kk_phrase_matches(tellings[i].unless, folded)))
            return tellings[i].tells;
    return TELLS_NOTHING;
}

/* By verdict: indeterminate, no trace, traces, confirmed. S supported, C contradicted, U neither. */
static const char matrix[][5] = {
    [TELLS_NOTHING] = "UUUU",   [TELLS_OPEN] = "SUUU",     [TELLS_NOT_EXCLUDED] = "SSCC",
    [TELLS_LOW] = "CCCC",       [TELLS_NO_TRACE] = "CSCC", [TELLS_NOT_CONFIRMED] = "CSCC",
    [TELLS_VIEWED] = "SSSS",    [TELLS_POSSIBLE] = "SSSC", [TELLS_PUBLISHED] = "UCUS",
    [TELLS_CONFIRMED] = "CCCS", [TELLS_TRACES] = "UCSS",
};

/* Words that turn a weak sentence into one about the rest, or about what was thought before. */
static bool about_the_rest(const sentence *s)
{
    static const char *const words[] = {"以外",    "その他",   "ほか", "残り", "前回",  "当初",
                                        "第一報",  "第1報",    "以前", "閲覧", "other", "rest",
                                        "earlier", "previous", "初動", NULL};
    return has_any(s->folded, words);
}

static const kk_claim *limb_on(const checking *c, const char *ja)
{
    for (size_t i = 0; i < c->claims->count; i++)
        if (strcmp(c->claims->items[i].kind, "limb") == 0 &&
            kk_has(c->claims->items[i].ja, kk_cstr(ja)))
            return &c->claims->items[i];
    return NULL;
}

/* "Information that left, or may have left": both limbs in one sentence. */
static bool tells_confirmed_too(const sentence *s)
{
    for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++)
        if (tellings[i].tells == TELLS_CONFIRMED)
            return any_phrase(s->folded, tellings[i].patterns);
    return false;
}

static void hold_telling(checking *c, const sentence *s, telling tells)
{
    const kk_claim *claim = claim_of(c, "verdict", KK_NONE);
    kk_verdict verdict = c->in->facts->exfil->verdict;
    char how = matrix[tells][verdict];
    bool weak = tells == TELLS_POSSIBLE || tells == TELLS_NO_TRACE ||
                tells == TELLS_NOT_CONFIRMED || tells == TELLS_NOT_EXCLUDED;
    if (how == 'C' && weak && verdict >= KK_TRACES && about_the_rest(s))
        how = 'U';
    if (tells == TELLS_POSSIBLE && verdict == KK_CONFIRMED && tells_confirmed_too(s))
        how = 'S';
    if (tells == TELLS_NO_TRACE && verdict == KK_INDETERMINATE &&
        kk_phrase_matches("{判断でき|判断することはでき|断定でき|cannot conclude|cannot determine}",
                          s->folded))
        how = 'S';
    if (tells == TELLS_LOW && verdict == KK_NO_TRACE && c->in->facts->exfil->tier == KK_TIER_A)
        how = 'S';
    if (tells == TELLS_VIEWED) {
        claim = limb_on(c, "閲覧");
        how = claim ? 'S' : 'U';
    }
    held(c, s, KK_SAID_VERDICT, KK_NONE,
         how == 'S'   ? KK_HELD_SUPPORTED
         : how == 'C' ? KK_HELD_CONTRADICTED
                      : KK_HELD_UNSUPPORTED,
         claim, KK_NONE);
}

static bool counts_persons(const sentence *s)
{
    said_number n[NUMBERS_MOST];
    size_t count = numbers_find(s->folded, false, n, NUMBERS_MOST);
    for (size_t i = 0; i < count; i++)
        if (n[i].unit <= UNIT_RECORD)
            return true;
    return false;
}

void check_verdict(checking *c, const sentence *s)
{
    kk_phrase_context context = context_of(c);
    offending o = {.c = c, .s = s};
    const kk_claim *echo = echoed(c, s);
    if (!echo)
        (void)kk_phrase_check(&context, s->text, offence, &o);
    if (!c->in || o.verdict || is_aside(s))
        return;
    telling tells = told_by(s->folded);
    bool own = echo && (strcmp(echo->kind, "verdict") == 0 || strcmp(echo->kind, "limb") == 0);
    if (tells == TELLS_POSSIBLE && c->in->facts->exfil->verdict == KK_CONFIRMED &&
        counts_persons(s))
        return; /* how many may be concerned beside those known: the count is held, not the word */
    if (own)
        held(c, s, KK_SAID_VERDICT, KK_NONE, KK_HELD_SUPPORTED, echo, KK_NONE);
    else if (tells != TELLS_NOTHING && !echo && s->kind != SENTENCE_ROW)
        hold_telling(c, s, tells);
}
