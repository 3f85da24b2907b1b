/* Headings of columns. A heading is brought to one form, the role taken off (お届け先, shipping), and
 * the rest looked up: whole first, then by the longest word in it. */
#include "recognise/heading.h"

#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/grams.h"
#include "recognise/said_of.h"
#include "recognise/vocabulary.h"

enum { FORM_MAX = 160 };

int kk_column_item(kk_column_kind kind)
{
    static const signed char items[KK_COLUMN_KINDS] = {
#define NO_ITEM -1
#define COLUMN(NAME, item) [KK_COL_##NAME] = item,
#include "recognise/columns.def"
    };
    return kind < KK_COLUMN_KINDS ? items[kind] : -1;
}

typedef struct {
    const char *word;
    kk_role role;
    bool front; /* only at the beginning, and only before a word that is known */
} role_word;

static const role_word role_words[] = {
#define R(word, ROLE) {word, KK_ROLE_##ROLE, false},
#define B(word, ROLE) {word, KK_ROLE_##ROLE, true},
#include "recognise/roles.def"
};

/* Words of forms that say nothing of the column. */
static const char *const remarks[] = {
    "必須",         "任意",         "全角",   "半角", "ハイフンなし", "ハイフンあり",
    "ハイフン無し", "ハイフン有り", "入力",   "記入", "ください",     "西暦",
    "和暦",         "数字",         "敬称略", "略称"};

static kk_slice without_remarks(kk_arena *arena, kk_slice form)
{
    kk_pen pen = kk_pen_open(arena, form.len);
    size_t at = 0;
    while (at < form.len) {
        bool skipped = false;
        for (size_t i = 0; i < sizeof remarks / sizeof *remarks && !skipped; i++) {
            kk_slice word = kk_cstr(remarks[i]);
            skipped = kk_starts(kk_from(form, at), word);
            at += skipped ? word.len : 0;
        }
        if (!skipped)
            pen.ptr[pen.len++] = form.ptr[at++];
    }
    return pen.len ? kk_pen_slice(&pen) : form;
}

kk_slice kk_heading_form(kk_arena *arena, kk_slice cell)
{
    kk_slice plain = kk_lower(arena, kk_plain(arena, cell));
    kk_pen pen = kk_pen_open(arena, plain.len);
    size_t at = 0;
    while (at < plain.len) {
        uint32_t c = kk_plain_char(plain, &at);
        bool keep = kk_char_japanese(c) || kk_char_letter(c) || kk_char_digit(c) || c == '#' ||
                    c == 0x3012 || c > 0x24f;
        bool mark = (c >= 0x2000 && c < 0x3005) || (c >= 0x3008 && c <= 0x3011) || c == 0x30fb ||
                    (kk_char_dash(c) && c != 0x30fc);
        if (keep && !mark)
            kk_pen_put(&pen, c);
    }
    kk_slice form = without_remarks(arena, kk_pen_slice(&pen));
    bool coded = kk_ends(form, KK_S("cd")) && form.len > 2 && (form.ptr[form.len - 3] & 0x80);
    return coded ? kk_join(arena, kk_part(form, 0, form.len - 2), KK_S("コード")) : form;
}

/* Titles of pages and lists (顧客一覧): no heading. */
static bool is_title(kk_slice form)
{
    static const char *const ends[] = {"名簿",   "一覧",   "一覧表",   "リスト", "台帳",
                                       "データ", "マスタ", "マスター", "集計表", "報告書",
                                       "管理表", "表",     "list",     "帳票"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (kk_ends(form, kk_cstr(ends[i])))
            return true;
    return false;
}

static void use(kk_heading *heading, const vocable *found, bool whole)
{
    heading->kind = (kk_column_kind)found->kind;
    heading->strength = found->weak ? KK_HEADING_WEAK : KK_HEADING_STRONG;
    heading->exact = whole;
    heading->apart = found->apart;
    heading->works = found->works;
}

/* 氏名姓, お名前(名): a name with its part at the end. */
static void refine_name(kk_heading *heading, kk_slice form)
{
    if (heading->kind != KK_COL_NAME)
        return;
    bool sei = kk_ends(form, KK_S("姓")) || kk_ends(form, KK_S("氏")) ||
               kk_ends(form, KK_S("苗字")) || kk_ends(form, KK_S("名字"));
    bool mei = kk_ends(form, KK_S("氏名名")) || kk_ends(form, KK_S("名前名")) ||
               kk_ends(form, KK_S("姓名名"));
    if (sei && form.len > 3)
        heading->kind = KK_COL_FAMILY_NAME;
    else if (mei)
        heading->kind = KK_COL_GIVEN_NAME;
    if (sei || mei)
        heading->exact = true;
}

static kk_slice trim_courtesy(kk_slice form)
{
    static const char *const front[] = {"ご", "お", "の", "様の", "様", "者"};
    static const char *const back[] = {"様", "の", "ご", "お"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof front / sizeof *front; i++)
            if (kk_starts(form, kk_cstr(front[i])) && form.len > strlen(front[i])) {
                form = kk_from(form, strlen(front[i]));
                again = true;
            }
        for (size_t i = 0; i < sizeof back / sizeof *back; i++)
            if (kk_ends(form, kk_cstr(back[i])) && form.len > strlen(back[i])) {
                form.len -= strlen(back[i]);
                again = true;
            }
    }
    return kk_is(form, "様") || kk_is(form, "ご") || kk_is(form, "お") ? KK_NONE : form;
}

static kk_slice cut_number(kk_slice form, uint8_t *number)
{
    size_t end = form.len;
    while (end > 0 && kk_char_digit((unsigned char)form.ptr[end - 1]))
        end--;
    uint64_t value;
    if (end == 0 || end == form.len || form.len - end > 2 || !kk_to_u64(kk_from(form, end), &value))
        return form;
    *number = (uint8_t)value;
    return kk_part(form, 0, end);
}

/* Who somebody is to those who keep the list, before what it says of him: 生徒姓, 会員コード, cust_tel. */
typedef struct {
    const char *word;
    uint8_t number; /* what 番号 behind it is; UNKNOWN: nothing */
} person_word;

static const person_word person_words[] = {
#define P(word, NUMBER) {word, KK_COL_##NUMBER},
#include "recognise/roles.def"
};

static bool is_number_word(kk_slice word)
{
    static const char *const words[] = {"番号", "コード", "no", "id", "code", "number", "cd"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(word, words[i]))
            return true;
    return false;
}

static bool is_person_word(kk_slice form)
{
    for (size_t i = 0; i < sizeof person_words / sizeof *person_words; i++)
        if (kk_is(form, person_words[i].word))
            return true;
    return false;
}

/* What is said of such a person, where the whole is no word by itself. */
static bool match_of_person(kk_heading *heading, kk_slice form)
{
    for (size_t i = 0; i < sizeof person_words / sizeof *person_words; i++) {
        kk_slice word = kk_cstr(person_words[i].word);
        if (!kk_starts(form, word) || form.len == word.len)
            continue;
        kk_slice rest = kk_from(form, word.len);
        while (rest.len > 1 && kk_char_digit((unsigned char)rest.ptr[0])) /* 参加者1メール */
            rest = kk_from(rest, 1);
        rest = trim_courtesy(rest);
        if (person_words[i].number != KK_COL_UNKNOWN && is_number_word(rest)) {
            heading->kind = (kk_column_kind)person_words[i].number;
            heading->strength = KK_HEADING_STRONG;
            heading->exact = true;
            return true;
        }
        const vocable *found = rest.len ? kk_vocable_of(rest) : NULL;
        if (!found || found->kind == KK_COL_LOGGED || found->kind == KK_COL_IGNORED)
            continue;
        use(heading, found, true);
        if (heading->kind == KK_COL_NAME)
            heading->strength = KK_HEADING_STRONG;
        return true;
    }
    return false;
}

/* 名前を表示: what is done, not what is asked for (お名前をお書きください). */
static bool is_sentence(kk_slice form)
{
    static const char *const asked[] = {"教え", "聞か", "お", "ご", "選", "願", "して", "答"};
    size_t at = kk_find(form, KK_S("を"));
    if (at == KK_NOWHERE || at == 0 || at + strlen("を") == form.len)
        return false;
    kk_slice rest = kk_from(form, at + strlen("を"));
    for (size_t i = 0; i < KK_COUNT(asked); i++)
        if (kk_starts(rest, kk_cstr(asked[i])))
            return false;
    return true;
}

/* 評価実施者, 受け持ち看護師: who works there, whatever stands before. */
static const vocable *look_worker(kk_slice of)
{
    for (size_t at = 1; at + strlen("実施者") <= of.len; at++) {
        const vocable *found = kk_vocable_of(kk_from(of, at));
        if (found && found->works)
            return found;
    }
    return NULL;
}

/* 購読者: as any of them. */
static const vocable *look_doer(kk_slice of)
{
    const vocable *found = look_worker(of);
    return found ? found : kk_vocable_of(KK_S("所有者"));
}

/* 性別を教えてください: what is asked for. 予約者名, 所有者氏名: the name of what somebody is. namekanji: as it
 * is written. */
static const vocable *look_bare(kk_slice stem)
{
    size_t asked = kk_find(stem, KK_S("を"));
    if (asked != KK_NOWHERE && asked > 0 && !is_sentence(stem))
        return kk_vocable_of(trim_courtesy(kk_part(stem, 0, asked)));
    static const char *const names[] = {"氏名", "名前", "名"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_ends(stem, kk_cstr(names[i]))) {
            kk_slice of = trim_courtesy(kk_part(stem, 0, stem.len - strlen(names[i])));
            const vocable *found = kk_vocable_of(of);
            if (!found)
                found = kk_ends(of, KK_S("者")) ? look_doer(of) : look_worker(of);
            return found && found->apart ? found : NULL;
        }
    static const char *const ways[] = {"電話番号", "電話", "tel", "携帯電話", "携帯"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) { /* 現住所tel, 帰省先住所電話番号 */
        kk_slice of = kk_ends(stem, kk_cstr(ways[i]))
                          ? trim_courtesy(kk_part(stem, 0, stem.len - strlen(ways[i])))
                          : KK_NONE;
        const vocable *place = of.len ? kk_vocable_of(of) : NULL;
        if (place && place->kind == KK_COL_ADDRESS)
            return kk_vocable_of(kk_cstr(ways[i]));
    }
    if (kk_ends(stem, KK_S("者")) && stem.len >= strlen("作業者")) /* 濃厚接触者: as any of them */
        return look_doer(stem);
    static const char *const scripts[] = {"kanji", "漢字"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (kk_ends(stem, kk_cstr(scripts[i])))
            return kk_vocable_of(kk_part(stem, 0, stem.len - strlen(scripts[i])));
    return look_worker(stem);
}

static bool match(kk_heading *heading, kk_slice form, bool inside)
{
    const vocable *found = kk_vocable_of(form);
    uint8_t number = 0;
    kk_slice stem = cut_number(form, &number);
    if (!found && number)
        found = kk_vocable_of(stem);
    bool whole = found != NULL;
    heading->part = number;
    if (!found) {
        kk_slice bare = trim_courtesy(stem);
        found = kk_vocable_of(bare);
        found = found ? found : look_bare(bare);
        whole = found != NULL;
        if (!found && match_of_person(heading, stem))
            return true;
        if (!found && inside && !is_sentence(stem))
            found = kk_vocable_inside(stem);
    }
    if (!found)
        return false;
    use(heading, found, whole);
    refine_name(heading, stem);
    return true;
}

static const char *const kana_words[] = {"フリガナ", "ふりがな", "ヨミガナ", "よみがな", "読みがな",
                                         "読み仮名", "ヨミカナ", "カナ",     "かな",     "ヨミ",
                                         "よみ",     "読み",     "furigana", "phonetic", "yomigana",
                                         "yomi",     "kana",     "reading"};

/* Where the first of them stands in the form. */
static size_t kana_word_at(kk_slice form, size_t *len)
{
    size_t at = KK_NOWHERE;
    for (size_t i = 0; i < sizeof kana_words / sizeof *kana_words && at == KK_NOWHERE; i++) {
        at = kk_find(form, kk_cstr(kana_words[i]));
        *len = strlen(kana_words[i]);
    }
    return at;
}

/* Takes the role word out of the form; what is left, without courtesy, is in *rest. */
static const role_word *take_role(kk_arena *arena, kk_slice form, kk_slice *rest, kk_slice *after,
                                  uint8_t *ordinal)
{
    static const char *const not_persons[] = {"代表電話", "代表番号", "代表tel",    "代表メール",
                                              "担当部",   "担当課",   "保険者番号", "担当店",
                                              "代表fax",  "要介護者", "被介護者"};
    for (size_t i = 0; i < sizeof not_persons / sizeof *not_persons; i++)
        if (kk_has(form, kk_cstr(not_persons[i])))
            return NULL;
    grams seen = grams_of(form);
    for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++) {
        if (!grams_may_hold(&seen, role_words[i].word))
            continue;
        kk_slice word = kk_cstr(role_words[i].word);
        size_t at = kk_find(form, word);
        if (at == KK_NOWHERE || (role_words[i].front && at != 0))
            continue;
        size_t end = at + word.len, digits = end;
        while (digits < form.len && digits < end + 2 &&
               kk_char_digit((unsigned char)form.ptr[digits]))
            digits++;
        if (!strcmp(role_words[i].word, "世帯員") && digits == end)
            continue; /* 世帯員1, 世帯員2; alone it is who the row is about */
        uint64_t number = 0;
        bool middle = digits > end && digits < form.len;
        if (middle && kk_to_u64(kk_part(form, end, digits - end), &number))
            *ordinal = (uint8_t)number;
        kk_slice left = kk_join(arena, kk_part(form, 0, at), kk_from(form, middle ? digits : end));
        if (kk_is(left, "お") || kk_is(left, "ご"))
            left = KK_NONE;
        *rest = trim_courtesy(left);
        *after = kk_from(form, middle ? digits : end);
        kk_heading probe = {0};
        size_t kana_len = 0;
        if (role_words[i].front && rest->len && !kk_vocable_of(*rest) &&
            !match(&probe, *rest, false) && kana_word_at(*rest, &kana_len) == KK_NOWHERE)
            continue;
        if (role_words[i].front && !rest->len && word.len < 6)
            continue;
        return &role_words[i];
    }
    return NULL;
}

static bool is_kana_word(kk_slice form)
{
    for (size_t i = 0; i < sizeof kana_words / sizeof *kana_words; i++)
        if (kk_is(form, kana_words[i]))
            return true;
    return false;
}

/* お名前(セイ), 氏名メイ: the reading of a part of the name; UNKNOWN for anything else. */
static kk_column_kind kana_of_part(kk_slice form)
{
    static const char *const names[] = {"名前", "氏名", "姓名"};
    bool sei = kk_ends(form, KK_S("セイ")) || kk_ends(form, KK_S("せい"));
    bool mei = kk_ends(form, KK_S("メイ")) || kk_ends(form, KK_S("めい"));
    if (!sei && !mei)
        return KK_COL_UNKNOWN;
    form.len -= strlen("セイ");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_ends(form, kk_cstr(names[i])))
            return sei ? KK_COL_FAMILY_KANA : KK_COL_GIVEN_KANA;
    return KK_COL_UNKNOWN;
}

/* フリガナ, 氏名カナ, セイ, last_name_kana: what it is the reading of decides. */
static bool read_kana(kk_arena *arena, kk_heading *heading, kk_slice form)
{
    bool whole = true;
    if (kk_is(form, "セイ") || kk_is(form, "せい")) {
        heading->kind = KK_COL_FAMILY_KANA;
    } else if (kk_is(form, "メイ") || kk_is(form, "めい")) {
        heading->kind = KK_COL_GIVEN_KANA;
    } else if (kana_of_part(form) != KK_COL_UNKNOWN) {
        heading->kind = kana_of_part(form);
    } else if (kk_is(form, "シメイ") || kk_is(form, "しめい")) {
        heading->kind = KK_COL_KANA;
    } else {
        size_t len = 0, at = kana_word_at(form, &len);
        if (at == KK_NOWHERE || kk_has(form, KK_S("kanagawa")))
            return false;
        kk_slice of = trim_courtesy(kk_join(arena, kk_part(form, 0, at), kk_from(form, at + len)));
        kk_heading base = {.kind = KK_COL_NAME};
        uint64_t part;
        bool numbered = of.len && of.len <= 2 && kk_to_u64(of, &part); /* kana01 */
        if (numbered)
            heading->part = (uint8_t)part;
        if (numbered || is_kana_word(of) || is_person_word(of)) /* Kana / フリガナ, cust_kana */
            of = KK_NONE;
        if (kk_is(of, "セイ") || kk_is(of, "せい"))
            base.kind = KK_COL_FAMILY_NAME;
        else if (kk_is(of, "メイ") || kk_is(of, "めい"))
            base.kind = KK_COL_GIVEN_NAME;
        else if (of.len && !match(&base, of, true))
            return false;
        else
            whole = !of.len || base.exact;
        switch (base.kind) {
        case KK_COL_NAME:
            heading->kind = KK_COL_KANA;
            break;
        case KK_COL_FAMILY_NAME:
            heading->kind = KK_COL_FAMILY_KANA;
            break;
        case KK_COL_GIVEN_NAME:
            heading->kind = KK_COL_GIVEN_KANA;
            break;
        case KK_COL_BANK_HOLDER:
        case KK_COL_CARD_HOLDER:
            heading->kind = base.kind;
            break;
        default:
            heading->kind = KK_COL_IGNORED;
        }
    }
    heading->strength = KK_HEADING_STRONG;
    heading->exact = whole; /* 氏名カナ サトウ has more than a heading in it */
    return true;
}

/* A role alone is that person's name: 担当者, 保護者, お届け先. */
static void name_of_role(kk_heading *heading, const role_word *role)
{
    heading->kind = KK_COL_NAME;
    bool vague = !strcmp(role->word, "担当") || !strcmp(role->word, "窓口") ||
                 !strcmp(role->word, "担任") || role->front || heading->role == KK_ROLE_ADDRESSEE ||
                 !strcmp(role->word, "緊急");
    heading->strength = vague ? KK_HEADING_WEAK : KK_HEADING_STRONG;
    heading->exact = true;
}

/* 納入先担当者, お届け先2, 納入先担当者名: the role's own name, whatever stands before. */
static bool read_role_tail(kk_heading *heading, const role_word *role, kk_slice rest,
                           kk_slice after)
{
    uint8_t number = 0;
    kk_slice tail = trim_courtesy(cut_number(after, &number));
    if (number && !tail.len)
        heading->ordinal = number;
    kk_heading base = {0};
    size_t kana_len = 0;
    if (!after.len && kana_word_at(rest, &kana_len) != KK_NOWHERE)
        return false; /* 氏名フリガナ(購入者) */
    bool tells = rest.len && match(&base, rest, true) && base.strength == KK_HEADING_STRONG &&
                 base.kind != KK_COL_COMPANY && base.kind != KK_COL_ORDER &&
                 base.kind != KK_COL_NAME && base.kind != KK_COL_IGNORED &&
                 base.kind != KK_COL_RESUME;
    uint64_t counted;
    bool all_digits = after.len && after.len <= 2 && kk_to_u64(after, &counted);
    if (all_digits)
        heading->ordinal = (uint8_t)counted;
    if ((!after.len || all_digits) && !tells) {
        name_of_role(heading, role);
        return true;
    }
    if (kk_is(tail, "番号") && kk_ends(kk_cstr(role->word), KK_S("連絡先"))) {
        heading->kind = KK_COL_PHONE;
        heading->strength = KK_HEADING_STRONG;
        heading->exact = true;
        return true;
    }
    if (kk_is(tail, "名")) { /* with 姓 beside it the given name: the plan of the table decides */
        bool one_of_several = number && role->role == KK_ROLE_FAMILY; /* 保護者名2 */
        heading->kind = one_of_several ? KK_COL_NAME : KK_COL_GIVEN_NAME;
        heading->part = one_of_several ? number : heading->part;
        heading->strength = KK_HEADING_STRONG;
        heading->exact = true;
        return true;
    }
    return false;
}

/* 保護者名(父), 携帯(母): which of the parents. 0: neither, and the form stays as it is. */
static uint8_t cut_parent(kk_arena *arena, kk_slice *form)
{
    static const char *const others[] = {"祖父", "祖母", "義父", "義母", "父母", "養父", "養母"};
    bool father = kk_ends(*form, KK_S("父")), mother = kk_ends(*form, KK_S("母"));
    if ((!father && !mother) || form->len <= strlen("父"))
        return 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (kk_ends(*form, kk_cstr(others[i])))
            return 0;
    kk_slice left = kk_part(*form, 0, form->len - strlen("父"));
    kk_heading probe = {0};
    kk_slice rest, after;
    uint8_t ordinal = 0;
    if (!match(&probe, left, true) && !take_role(arena, left, &rest, &after, &ordinal))
        return 0;
    *form = left;
    return father ? KK_FATHER : KK_MOTHER;
}

static uint8_t parent_of(const role_word *role)
{
    if (!strcmp(role->word, "父") || !strcmp(role->word, "父親") || !strcmp(role->word, "father"))
        return KK_FATHER;
    bool mother =
        !strcmp(role->word, "母") || !strcmp(role->word, "母親") || !strcmp(role->word, "mother");
    return mother ? KK_MOTHER : 0;
}

static bool is_own_staff(kk_slice form)
{
    static const char *const ours[] = {"自社", "弊社", "当社", "社内"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (kk_starts(form, kk_cstr(ours[i])))
            return true;
    return false;
}

static kk_heading read_plain(kk_arena *arena, kk_slice cell)
{
    kk_heading heading = {.kind = KK_COL_UNKNOWN};
    if (cell.len > FORM_MAX || !cell.len)
        return heading;
    kk_slice form = kk_heading_form(arena, cell), rest = form;
    if (!form.len || is_title(form))
        return heading;
    if (kk_has(form, KK_S("placeholder"))) { /* what a form shows before anything is typed */
        heading.kind = KK_COL_IGNORED;
        return heading;
    }
    const vocable *whole = kk_vocable_of(form);
    if (whole && whole->kind != KK_COL_CONTACT) {
        use(&heading, whole, true);
        (void)cut_number(form, &heading.part);
        return heading;
    }
    kk_slice after = KK_NONE;
    uint8_t parent = cut_parent(arena, &form);
    rest = form;
    const role_word *role = take_role(arena, form, &rest, &after, &heading.ordinal);
    if (parent && !role) {
        heading.role = KK_ROLE_FAMILY;
        heading.has_role = true;
    }
    if (role && !parent)
        parent = parent_of(role);
    if (parent && !heading.ordinal)
        heading.ordinal = parent;
    if (role && role->role == KK_ROLE_CONTACT && !heading.ordinal && is_own_staff(form))
        heading.ordinal = KK_OWN_STAFF;
    if (role) {
        heading.role = role->role;
        heading.has_role = true;
        heading.insured = !strcmp(role->word, "被保険者");
        if (!strcmp(role->word, "世帯主") && !heading.ordinal)
            heading.ordinal = KK_HOUSEHOLDER;
    }
    if (whole) {
        use(&heading, whole, true);
        return heading;
    }
    if (role && read_role_tail(&heading, role, rest, after))
        return heading;
    if (read_kana(arena, &heading, rest) || match(&heading, rest, true)) {
        if (heading.has_role && heading.strength == KK_HEADING_WEAK && heading.exact)
            heading.strength = heading.kind == KK_COL_NAME ? KK_HEADING_STRONG : KK_HEADING_WEAK;
        return heading;
    }
    kk_heading none = {.kind = KK_COL_UNKNOWN,
                       .role = heading.role,
                       .has_role = heading.has_role,
                       .ordinal = heading.ordinal};
    return none;
}

/* ---- Paths ---- */

enum { SEGMENTS_MAX = 8 };

/* Of a name with dots in it, as trees of records have them (customer.address.zip): its parts, without
 * numbers and words that say nothing. 0 for a name that is no such path. */
static size_t path_segments(kk_slice cell, kk_slice *segments, uint64_t *number)
{
    static const char *const empty[] = {"value", "text",       "string",
                                        "data",  "attributes", "formatted"};
    size_t count = 0, names = 0;
    kk_slice rest = cell, piece;
    if (kk_find_byte(cell, ' ') != KK_NOWHERE)
        return 0;
    while (kk_split(&rest, '.', &piece)) {
        bool says = !kk_to_u64(piece, number) && piece.len;
        names += says;
        for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
            says = says && !kk_eq_nocase(piece, kk_cstr(empty[i]));
        if (!says)
            continue;
        if (count == SEGMENTS_MAX) {
            memmove(segments, segments + 1, (SEGMENTS_MAX - 1) * sizeof *segments);
            count--;
        }
        segments[count++] = piece;
    }
    return cell.len && cell.ptr[cell.len - 1] != '.' && (names > 1 || *number) ? count : 0;
}

/* phones, addresses: of one of them. */
static kk_slice singular(kk_slice word)
{
    if (kk_ends(word, KK_S("sses")))
        word.len -= 2;
    else if (kk_ends(word, KK_S("s")) && !kk_ends(word, KK_S("ss")) && word.len > 3)
        word.len--;
    return word;
}

/* The role of a path's outer parts: shippingAddress.lastName */
static void take_outer_role(kk_arena *arena, kk_heading *heading, const kk_slice *segments,
                            size_t count)
{
    for (size_t i = 0; i < count && !heading->has_role; i++) {
        kk_heading outer = read_plain(arena, singular(segments[i]));
        heading->has_role = outer.has_role;
        heading->role = outer.role;
    }
}

/* Names of these are not people's. */
static bool is_thing(kk_slice word)
{
    static const char *const things[] = {
        "process", "file", "host",    "service",  "rule", "event",  "agent",   "observer", "item",
        "product", "shop", "store",   "group",    "os",   "device", "package", "app",      "role",
        "plan",    "team", "project", "category", "city", "domain", "module"};
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        if (kk_eq_nocase(word, kk_cstr(things[i])))
            return true;
    return false;
}

/* A second address in a path is another one, not the second line of the first. */
static void set_apart(kk_heading *heading)
{
    if (heading->kind == KK_COL_ADDRESS)
        heading->kind = KK_COL_FORMER_ADDRESS;
    else if (heading->kind >= KK_COL_ZIP && heading->kind <= KK_COL_COUNTRY)
        heading->kind = KK_COL_IGNORED;
}

/* With as many of the outer parts as make a word (customer.name), else the last part by itself. */
static kk_heading read_path(kk_arena *arena, kk_slice cell)
{
    kk_slice segments[SEGMENTS_MAX];
    kk_heading heading = {.kind = KK_COL_UNKNOWN};
    uint64_t number = 0;
    size_t count = path_segments(cell, segments, &number);
    if (!count)
        return heading;
    for (size_t from = count > 3 ? count - 3 : 0; from < count; from++) {
        kk_slice joined = KK_NONE;
        for (size_t i = from; i < count; i++)
            joined = kk_join(arena, joined, singular(segments[i]));
        heading = read_plain(arena, joined);
        if (heading.kind != KK_COL_UNKNOWN && (heading.exact || from + 1 == count)) {
            bool weak_name = heading.kind == KK_COL_NAME && heading.strength == KK_HEADING_WEAK;
            if (weak_name && from && is_thing(singular(segments[from - 1])))
                heading.kind = KK_COL_IGNORED;
            if (!heading.has_role)
                take_outer_role(arena, &heading, segments, from);
            if (number > 1)
                set_apart(&heading);
            return heading;
        }
    }
    return (kk_heading){.kind = KK_COL_UNKNOWN};
}

static bool is_numbered(kk_slice cell)
{
    for (size_t i = 0; i + 1 < cell.len; i++)
        if (cell.ptr[i] == '.' && kk_char_digit((unsigned char)cell.ptr[i + 1]))
            return true;
    return false;
}

/* Phone 1 - Value, as address books write it: the same as Phone.1.Value */
static kk_slice with_dots(kk_arena *arena, kk_slice cell)
{
    kk_pen pen = kk_pen_open(arena, cell.len);
    for (size_t i = 0; i < cell.len; i++) {
        kk_slice rest = kk_from(cell, i);
        bool dash = kk_starts(rest, KK_S(" - "));
        if (dash ||
            (rest.len > 1 && rest.ptr[0] == ' ' && kk_char_digit((unsigned char)rest.ptr[1])))
            kk_pen_put(&pen, '.');
        else if (rest.ptr[0] != ' ')
            pen.ptr[pen.len++] = rest.ptr[0];
        i += dash ? 2 : 0;
    }
    return kk_pen_slice(&pen);
}

/* contact.email beside profile.name: how to reach him, and nobody else's. */
static kk_heading without_contact_role(kk_heading heading, kk_slice cell)
{
    bool outer = kk_eq_nocase(kk_part(cell, 0, strlen("contact.")), KK_S("contact.")) ||
                 kk_has_nocase(cell, KK_S(".contact."));
    if (outer && heading.role == KK_ROLE_CONTACT && heading.kind != KK_COL_NAME) {
        heading.has_role = false;
        heading.role = KK_ROLE_SELF;
    }
    return heading;
}

/* 氏名 / Name: the same in two languages. 電話/FAX is not. */
static bool read_translated(kk_arena *arena, kk_slice cell, kk_heading *heading)
{
    kk_slice plain = cell.len <= FORM_MAX && kk_find_byte(cell, '/') != KK_NOWHERE
                         ? kk_plain(arena, cell)
                         : KK_NONE;
    kk_slice front = kk_without_translation(plain);
    if (front.len == plain.len)
        return false;
    *heading = read_plain(arena, front);
    kk_heading tail = read_plain(arena, kk_trim(kk_from(plain, kk_find_byte(plain, '/') + 1)));
    return heading->kind != KK_COL_UNKNOWN &&
           (tail.kind == KK_COL_UNKNOWN || tail.kind == heading->kind);
}

kk_heading kk_heading_read(kk_arena *arena, kk_slice cell)
{
    kk_heading translated;
    if (read_translated(arena, cell, &translated))
        return translated;
    if (cell.len <= FORM_MAX && kk_has(cell, KK_S(" - ")))
        cell = with_dots(arena, cell);
    if (kk_ends(cell, KK_S("__c"))) /* a field that users added */
        cell.len -= strlen("__c");
    bool dotted = cell.len <= FORM_MAX && kk_find_byte(cell, '.') != KK_NOWHERE;
    kk_heading heading = {.kind = KK_COL_UNKNOWN};
    if (!dotted || !is_numbered(cell))
        heading = read_plain(arena, cell);
    if (!dotted || heading.kind != KK_COL_UNKNOWN)
        return dotted ? without_contact_role(heading, cell) : heading;
    kk_heading of_path = read_path(arena, cell);
    if (of_path.kind == KK_COL_UNKNOWN)
        of_path = read_plain(arena, cell);
    return without_contact_role(of_path, cell);
}

bool kk_is_heading(kk_arena *scratch, kk_slice text)
{
    kk_heading heading = kk_heading_read(scratch, text);
    return heading.kind != KK_COL_UNKNOWN &&
           (heading.exact || heading.strength == KK_HEADING_STRONG);
}
