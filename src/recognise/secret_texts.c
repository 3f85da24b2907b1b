/* Passwords in mails and notes, as people in Japan send them behind a locked file: a word for one, something between, and the
 * value on the same line or on one of the next. */
#include "base/text.h"
#include "recognise/secrets.h"

enum {
    LINE_MOST = 4096,
    BETWEEN_MOST = 90, /* bytes between the word and the sign before the value */
    BELOW_MOST = 4,    /* lines that are looked at for a value, */
    EMPTY_MOST = 12,   /* ... with those between them that hold nothing */
    PLAIN_MOST = 24,   /* characters of a value in Japanese without brackets */
    WORDS_MOST = 16    /* that are gone after in a line */
};

typedef struct {
    kk_arena *arena;
    kk_secret_tell *tell;
    void *context;
    kk_slice below; /* what comes behind the line */
} looking;

/* ---- Words ---- */

static const char *const words[] = {
    "パスワード",
    "ﾊﾟｽﾜｰﾄﾞ",
    "パスコード",
    "パスフレーズ",
    "暗証番号",
    "解凍キー",
    "解凍コード",
    "復号キー",
    "解除キー",
    "Ｐａｓｓｗｏｒｄ",
    "ＰＡＳＳＷＯＲＤ",
    "ｐａｓｓｗｏｒｄ",
    "ＰＷ",
    "ｐｗ",
    "ＰＡＳＳ",
    "Ｐａｓｓ",
    "password",
    "passphrase",
    "passcode",
    "passwd",
    "pwd",
    "pass",
    "p/w",
    "pw",
};

static bool is_letter(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The word that begins at `at`: its length, 0 for none. Latin ones stand alone. */
static size_t word_at(kk_slice line, size_t at)
{
    unsigned char first = (unsigned char)line.ptr[at];
    if (first < 0xe0 && (first | 32) != 'p')
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        kk_slice w = kk_cstr(words[i]);
        if (!kk_eq_nocase(kk_part(line, at, w.len), w))
            continue;
        bool latin = first < 0x80, ends = is_letter((unsigned char)w.ptr[w.len - 1]);
        unsigned char before = at ? (unsigned char)line.ptr[at - 1] : ' ';
        unsigned char behind = at + w.len < line.len ? (unsigned char)line.ptr[at + w.len] : ' ';
        if ((latin && (is_letter(before) || before == '_' || before == '-')) ||
            (ends && (is_letter(behind) || behind == '_' || (behind == 's' && is_letter(behind)))))
            continue;
        return w.len;
    }
    return 0;
}

static bool eat_any(kk_slice *s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kk_slice w = kk_cstr(list[i]);
        if (w.len <= s->len && kk_eq_nocase(kk_part(*s, 0, w.len), w)) {
            *s = kk_from(*s, w.len);
            return true;
        }
    }
    return false;
}
#define EAT_ANY(s, list) eat_any((s), (list), sizeof(list) / sizeof *(list))

static bool has_any(kk_slice s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_has_nocase(s, kk_cstr(list[i])))
            return true;
    return false;
}
#define HAS_ANY(s, list) has_any((s), (list), sizeof(list) / sizeof *(list))

static const char *const blanks[] = {" ", "\t", "\r", "　", "\xc2\xa0"};

static kk_slice without_blanks(kk_slice s)
{
    while (EAT_ANY(&s, blanks))
        ;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
            if (kk_ends(s, kk_cstr(blanks[i]))) {
                s.len -= strlen(blanks[i]);
                more = true;
            }
    }
    return s;
}

/* ---- Values ---- */

static const struct {
    const char *open, *close;
} brackets[] = {
    {"「", "」"}, {"『", "』"}, {"【", "】"}, {"［", "］"}, {"〔", "〕"}, {"“", "”"},
    {"‘", "’"},   {"＜", "＞"}, {"〈", "〉"}, {"《", "》"}, {"\"", "\""}, {"'", "'"},
    {"`", "`"},   {"<", ">"},   {"[", "]"},   {"｢", "｣"},
};

static bool is_said_otherwise(kk_slice value)
{
    static const char *const no[] = {"password", "passphrase", "protected", "required",
                                     "below",    "follow",     "none",      "n/a",
                                     "separate", "パスワード", "://"};
    size_t marks = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        marks += c < 0x80 && !is_letter(c) && (c < '0' || c > '9');
    }
    if (marks == value.len)
        return true; /* "********" */
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (kk_eq_nocase(value, kk_cstr(no[i])))
            return true;
    return kk_has(value, KK_S("://")) || kk_starts(value, KK_S("//"));
}

static void tell(const looking *l, kk_secret_rank rank, kk_slice value)
{
    size_t length = kk_utf8_valid(value) ? kk_char_count(value) : 0;
    if (length >= KK_SECRET_LEAST && length <= KK_SECRET_MOST && value.len <= KK_SECRET_BYTES &&
        !is_said_otherwise(value) && kk_find_byte(value, '\n') == KK_NOWHERE)
        l->tell(l->context, rank, value);
    if (kk_find_byte(value, '\xef') == KK_NOWHERE || !kk_utf8_valid(value))
        return;
    kk_slice folded = kk_nfkc(l->arena, value);
    length = kk_char_count(folded);
    if (!kk_eq(folded, value) && length >= KK_SECRET_LEAST && length <= KK_SECRET_MOST &&
        folded.len <= KK_SECRET_BYTES && !is_said_otherwise(folded))
        l->tell(l->context, rank, folded);
}

/* Letters that passwords are made of, the wide ones too; kana and kanji end it. */
static size_t run_length(kk_slice s)
{
    size_t at = 0;
    while (at < s.len) {
        size_t next = at;
        uint32_t c = kk_next_char(s, &next);
        bool wide = c >= 0xff01 && c <= 0xff5e && c != 0xff08 && c != 0xff09 && c != 0xff0c;
        if (!((c > 0x20 && c < 0x7f) || wide))
            break;
        at = next;
    }
    return at;
}

/* The value as it stands, and without what may belong to the sentence: "X)" or "X." */
static void tell_run(const looking *l, kk_secret_rank rank, kk_slice run)
{
    size_t len = run.len;
    size_t open = kk_find_byte(run, '(');
    while (len && strchr(".,;:)>]\"'", run.ptr[len - 1]))
        len--;
    tell(l, rank, kk_part(run, 0, len));
    if (len < run.len)
        tell(l, rank, run);
    if (open != KK_NOWHERE && open >= KK_SECRET_LEAST) /* "X(8 characters)" */
        tell(l, rank, kk_part(run, 0, open));
}

/* In Japanese and without brackets: a few characters that are no sentence about passwords. */
static void tell_japanese(const looking *l, kk_slice rest)
{
    static const char *const speech[] = {
        "送",           "別",     "通知",   "連絡", "以下",   "下記",   "上記",       "次の",
        "添付",         "メール", "知らせ", "参照", "記載",   "設定",   "変更",       "忘れ",
        "必要",         "不要",   "同じ",   "前回", "電話",   "入力",   "問い合わせ", "問合せ",
        "ください",     "下さい", "ます",   "です", "ません", "ない",   "なし",       "について",
        "につきまして", "お願い", "。",     "、",   "のため", "ご確認", "とおり",     "通り"};
    rest = without_blanks(rest);
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (kk_has(rest, kk_cstr(blanks[i])))
            return;
    if (kk_utf8_valid(rest) && kk_char_count(rest) <= PLAIN_MOST && !HAS_ANY(rest, speech))
        tell(l, KK_SECRET_NEAR, rest);
}

/* What is in brackets at the beginning of `rest`; false where none are opened. */
static bool tell_bracketed(const looking *l, kk_secret_rank rank, kk_slice rest)
{
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        kk_slice open = kk_cstr(brackets[i].open), close = kk_cstr(brackets[i].close);
        if (!kk_starts(rest, open))
            continue;
        kk_slice inside = kk_from(rest, open.len);
        /* The last one that closes: a password may have such a sign itself; and the first. */
        size_t first = kk_find(inside, close), last = first;
        if (first == KK_NOWHERE)
            return false;
        for (size_t next; (next = kk_find(kk_from(inside, last + close.len), close)) != KK_NOWHERE;)
            last += close.len + next;
        tell(l, rank, without_blanks(kk_part(inside, 0, first)));
        if (last > first && open.len == 1)
            tell(l, rank, without_blanks(kk_part(inside, 0, last)));
        return true;
    }
    return false;
}

static bool take_line(kk_slice *rest, kk_slice *line)
{
    if (!rest->len || !kk_split(rest, '\n', line))
        return false;
    *line = without_blanks(kk_part(*line, 0, LINE_MOST));
    while (kk_starts(*line, KK_S(">"))) /* of a mail that is quoted */
        *line = without_blanks(kk_from(*line, 1));
    return true;
}

static bool is_ruled(kk_slice line)
{
    size_t at = 0;
    while (at < line.len) {
        uint32_t c = kk_next_char(line, &at);
        if (!(c == '-' || c == '=' || c == '*' || c == '_' || c == '+' || c == '#' || c == '~' ||
              c == '.' || c == 0x30fb || c == 0xff1d || c == 0xff0d || c == 0x2014 || c == 0x2015 ||
              (c >= 0x2500 && c <= 0x257f) || c == 0x25a0))
            return false;
    }
    return true;
}

static bool is_address(kk_slice s)
{
    size_t at = kk_find_byte(s, '@'), dot = kk_rfind_byte(s, '.');
    if (kk_has(s, KK_S("://")) || kk_starts(s, KK_S("www.")))
        return true;
    if (at == KK_NOWHERE || at == 0 || dot == KK_NOWHERE || dot < at + 2 || s.len - dot < 3)
        return false;
    for (size_t i = dot + 1; i < s.len; i++)
        if (!is_letter((unsigned char)s.ptr[i]))
            return false;
    return true;
}

/* The value alone on one of the next lines, between rulers, brackets or behind a mark. */
static void look_below(const looking *l)
{
    static const char *const marks[] = {"・", "■", "●", "◆", "○", "→", "⇒", "※", "*", "-"};
    kk_slice rest = l->below, line;
    for (int i = 0, all = 0; i < BELOW_MOST && all < EMPTY_MOST && take_line(&rest, &line); all++) {
        if (!line.len || is_ruled(line))
            continue;
        i++;
        kk_slice value = line;
        if (run_length(line) != line.len || line.len <= KK_SECRET_LEAST)
            while (EAT_ANY(&value, marks))
                value = without_blanks(value);
        if (tell_bracketed(l, KK_SECRET_NEAR, value))
            return;
        if (value.len && run_length(value) == value.len) {
            if (!is_address(value))
                tell_run(l, KK_SECRET_NEAR, value);
            return;
        }
    }
}

/* ---- Lines ---- */

/* Behind the sign: the value, or words that say that it comes below. */
static void look_behind(const looking *l, kk_secret_rank rank, kk_slice rest)
{
    static const char *const later[] = {"以下", "下記",  "次の",      "こちら",
                                        "↓",    "below", "following", "as follows"};
    static const char *const signs[] = {":", "：", "=", "＝", "→", "⇒", "、", "は"};
    rest = without_blanks(rest);
    while (EAT_ANY(&rest, signs))
        rest = without_blanks(rest);
    if (!rest.len) {
        look_below(l);
        return;
    }
    if (tell_bracketed(l, rank, rest))
        return;
    size_t run = run_length(rest);
    if (HAS_ANY(rest, later) && (run == 0 || kk_has_nocase(kk_part(rest, 0, run), KK_S("below")) ||
                                 kk_has_nocase(rest, KK_S("follow")))) {
        size_t at = kk_find(rest, KK_S("："));
        size_t colon = at == KK_NOWHERE ? kk_find_byte(rest, ':') : at;
        kk_slice behind = colon == KK_NOWHERE
                              ? KK_NONE
                              : without_blanks(kk_from(rest, colon + (at == KK_NOWHERE ? 1 : 3)));
        if (behind.len)
            tell_run(l, KK_SECRET_NEAR, kk_part(behind, 0, run_length(behind)));
        else
            look_below(l);
        return;
    }
    if (run && !is_address(kk_part(rest, 0, run)))
        tell_run(l, rank, kk_part(rest, 0, run));
    else if (!run)
        tell_japanese(l, rest);
}

/* "をお知らせします：X", "for the file is X", "のご連絡です。" with the value below. */
static void look_further(const looking *l, kk_slice rest)
{
    static const char *const told[] = {"知らせ", "通知", "連絡", "案内",
                                       "お送り", "送付", "送り", "記載"};
    static const char *const elsewhere[] = {"別途",     "別メール", "後ほど", "後程",   "別便",
                                            "のちほど", "separate", "忘れ",   "再設定", "再発行",
                                            "リセット", "forgot",   "reset"};
    kk_slice near = kk_part(rest, 0, BETWEEN_MOST);
    size_t stop = kk_find(near, KK_S("。"));
    near = kk_part(near, 0, stop == KK_NOWHERE ? near.len : stop);
    if (HAS_ANY(near, elsewhere))
        return;
    static const char *const signs[] = {"：",   ":",    "＝",   "=", "は「",
                                        "は『", " is ", " is:", "⇒", "→"};
    for (size_t at = 0; at < near.len; at++) {
        kk_slice here = kk_from(rest, at), behind = here;
        if (!EAT_ANY(&behind, signs))
            continue;
        if (kk_starts(here, KK_S("は")))
            behind = kk_from(here, 3);
        look_behind(l, KK_SECRET_NEAR, behind);
        return;
    }
    if (HAS_ANY(near, told))
        look_below(l);
}

static void look_behind_word(const looking *l, kk_slice rest)
{
    static const char *const closing[] = {"】", "］", "〕", "」", "』", "》", "〉",
                                          "＞", "]",  ")",  "）", ">",  "*"};
    static const char *const direct[] = {":",   "：",  "=",    "＝", "→",  "⇒", "は",
                                         "is:", "is ", "です", "|",  "｜", "／"};
    kk_slice s = without_blanks(rest), after;
    while (EAT_ANY(&s, closing))
        s = without_blanks(s);
    after = s;
    if (!s.len) {
        look_below(l);
    } else if (EAT_ANY(&after, direct)) {
        look_behind(l, KK_SECRET_LABEL, after);
    } else if (!tell_bracketed(l, KK_SECRET_LABEL, s)) {
        look_further(l, s);
    }
}

static void look_at(const looking *l, kk_slice line)
{
    unsigned found = 0;
    for (size_t at = 0; at < line.len && found < WORDS_MOST; at++) {
        size_t len = word_at(line, at);
        if (!len)
            continue;
        found++;
        look_behind_word(l, kk_from(line, at + len));
        at += len - 1;
    }
}

/* What a line may hold, by bytes that few lines have. */
enum { A_WORD = 1, A_COMMAND = 2 };

static unsigned look_of(unsigned char c, unsigned char next, unsigned char third)
{
    switch (c) {
    case 0xef: /* Ｐ, ｐ, ﾊ */
        return (next == 0xbc && third == 0xb0) || (next == 0xbd && third == 0x90) ||
               (next == 0xbe && third == 0x8a);
    case 0xe3: /* パ */
        return next == 0x83 && third == 0x91;
    case 0xe5: /* 復 */
        return next == 0xbe && third == 0xa9;
    case 0xe6: /* 暗 */
        return next == 0x9a && third == 0x97;
    case 0xe8: /* 解 */
        return next == 0xa7 && third == 0xa3;
    case 'p':
    case 'P':
        return (next | 32) == 'a' || (next | 32) == 'w' || next == '/';
    case '7':
        return (next | 32) == 'z' ? A_COMMAND : 0;
    case 'r':
    case 'R':
        return (next | 32) == 'a' && (third | 32) == 'r' ? A_COMMAND : 0;
    case 'z':
    case 'Z':
        return (next | 32) == 'i' && (third | 32) == 'p' ? A_COMMAND : 0;
    case 'o':
        return next == 'p' && third == 'e' ? A_COMMAND : 0;
    case '-':
        return ((next | 32) == 'h' && (third | 32) == 'p') || ((next | 32) == 's' && third == 'e')
                   ? A_COMMAND
                   : 0;
    default:
        return 0;
    }
}

static unsigned looks_of(kk_slice s)
{
    unsigned looks = 0;
    for (size_t i = 0; i + 2 < s.len; i++)
        looks |= look_of((unsigned char)s.ptr[i], (unsigned char)s.ptr[i + 1],
                         (unsigned char)s.ptr[i + 2]);
    if (s.len >= 2 && kk_ends(s, KK_S("W"))) /* "PW" alone */
        looks |= A_WORD;
    if (s.len >= 2 && kk_ends(s, KK_S("w")))
        looks |= A_WORD;
    return looks;
}

static void look_at_line(kk_arena *scratch, kk_slice line, kk_slice below, kk_secret_tell *told,
                         void *context)
{
    unsigned looks = looks_of(line);
    if (looks & A_COMMAND)
        kk_secrets_of_command(scratch, line, KK_COMMAND_TYPED, told, context);
    if (!(looks & A_WORD))
        return;
    look_at(&(looking){scratch, told, context, below}, line);
}

void kk_secrets_of_text(kk_arena *scratch, kk_slice text, kk_secret_tell *told, void *context)
{
    kk_slice line;
    while (text.len && kk_split(&text, '\n', &line)) {
        for (; line.len > LINE_MOST; line = kk_from(line, LINE_MOST))
            look_at_line(scratch, kk_part(line, 0, LINE_MOST), kk_from(line, LINE_MOST), told,
                         context);
        look_at_line(scratch, line, text, told, context);
    }
}
