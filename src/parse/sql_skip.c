/* Tokens as far as they have to be told apart: what is quoted may hold the end of a statement. */
#include "parse/sql_skip.h"

static bool is_word(kk_slice word, const char *text)
{
    return kk_eq_nocase(word, kk_cstr(text));
}

void kk_sql_skip_token(kk_sql_row *r, kk_slice *word, char letters[64])
{
    kk_sql_text *t = r->text;
    int c = kk_sql_peek(t, 0);
    *word = KK_NONE;
    if (c == '\'' || c == '"' || c == '`') {
        kk_sql_row_clear(r);
        (void)kk_sql_quoted(r, (char)c, c == '\'' && r->escapes);
        r->bytes.len = 0;
    } else if (c == '$' && kk_sql_skip_dollars(t)) {
        return;
    } else if (kk_sql_is_word_byte(c)) {
        kk_sql_word(t, letters, word);
    } else {
        t->at++;
    }
}

bool kk_sql_at_batch_end(kk_sql_text *t)
{
    size_t n = kk_sql_looking_at(t, KK_S("GO")) ? 2 : kk_sql_peek(t, 0) == '/' ? 1 : 0;
    size_t all = n;
    while (n && all < 64 && (kk_sql_peek(t, all) == ' ' || kk_sql_peek(t, all) == '\t'))
        all++;
    int c = kk_sql_peek(t, all);
    return n && (c == '\n' || c == '\r' || c < 0);
}

bool kk_sql_skip_to_token(kk_sql_text *t)
{
    bool begins = false;
    int c;
    while ((c = kk_sql_peek(t, 0)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
        begins = begins || c == '\n';
        t->at++;
    }
    uint64_t before = kk_sql_text_offset(t);
    kk_sql_skip_blanks(t);
    return begins || kk_sql_text_offset(t) != before;
}

void kk_sql_skip_statement(kk_sql_row *r, bool body, bool by_line)
{
    static const char *const ends_of_blocks[] = {"if", "loop", "while", "repeat", NULL};
    char letters[64];
    kk_slice word;
    size_t depth = 0;
    for (;;) {
        bool line = kk_sql_skip_to_token(r->text);
        int c = kk_sql_peek(r->text, 0);
        if (c < 0 || (line && kk_sql_at_batch_end(r->text)))
            return;
        if (line && by_line && kk_sql_looking_at(r->text, KK_S("INSERT ")))
            return;
        if (c == ';' && depth == 0) {
            r->text->at++;
            return;
        }
        kk_sql_skip_token(r, &word, letters);
        if (!body || word.len == 0)
            continue;
        if (is_word(word, "begin") || is_word(word, "case")) {
            depth++;
        } else if (is_word(word, "end") && depth) {
            kk_sql_skip_blanks(r->text);
            if (kk_sql_is_word_byte(kk_sql_peek(r->text, 0))) {
                kk_sql_word(r->text, letters, &word);
                if (kk_is_any_nocase(word, ends_of_blocks))
                    continue;
            }
            depth--;
        }
    }
}

bool kk_sql_skip_item(kk_sql_row *r)
{
    char letters[64];
    kk_slice word;
    for (size_t depth = 0;;) {
        kk_sql_skip_blanks(r->text);
        int c = kk_sql_peek(r->text, 0);
        if (c < 0)
            return false;
        if (depth == 0 && (c == ',' || c == ')'))
            return true;
        depth += c == '(';
        depth -= c == ')';
        kk_sql_skip_token(r, &word, letters);
    }
}
