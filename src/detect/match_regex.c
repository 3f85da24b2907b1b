/* Regular expressions of a matcher: most values are refused before PCRE2 is asked, by texts that would have to
 * be there. A search that has to give up would take a thousand times what a whole event takes. */
#include "detect/match_i.h"

enum { REGEX_STEPS = 200000, REGEX_DEPTH = 2000, REGEX_HEAP_KIB = 4096 };

static bool has_letters(const kk_regex_order *order)
{
    for (size_t i = 0; i < order->count; i++)
        for (size_t k = 0; k < order->text[i].len; k++)
            if (order->text[i].ptr[k] >= 'a' && order->text[i].ptr[k] <= 'z')
                return true;
    return false;
}

static match_regex *regex_of(kk_matcher *m, uint32_t test)
{
    const rules_test *t = &m->rules->tests[test];
    kk_slice text = rules_slice(m->rules, t->text);
    match_regex *r = m->regexes[test];
    if (r)
        return r;
    r = m->regexes[test] = KK_NEW(m->arena, match_regex);
    r->has_order = kk_regex_order_of(m->arena, text, &r->order);
    r->is_order =
        r->has_order && r->order.is_all && (t->flags & KK_REGEX_NOCASE || !has_letters(&r->order));
    r->is_whole = !(t->flags & KK_REGEX_LINES) &&
                  kk_regex_class_of(text, (t->flags & KK_REGEX_NOCASE) != 0, &r->whole);
    return r;
}

/* Without UTF-8 it is faster, and the same where neither side has a character beyond ASCII (written as
 * itself or as \x{2013}). */
static pcre2_code *code_of(const kk_matcher *m, uint32_t test, match_regex *r, bool ascii)
{
    const rules_test *t = &m->rules->tests[test];
    kk_slice text = rules_slice(m->rules, t->text);
    int error;
    PCRE2_SIZE at;
    bool plain = ascii && is_ascii(text) && !kk_has(text, KK_S("\\x{"));
    pcre2_code **code = plain ? &r->plain : &r->code;
    uint32_t options = plain ? 0 : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    if (*code)
        return *code;
    options |= t->flags & KK_REGEX_NOCASE ? PCRE2_CASELESS : 0;
    options |= t->flags & KK_REGEX_LINES ? PCRE2_MULTILINE : 0;
    options |= t->flags & KK_REGEX_DOTALL ? PCRE2_DOTALL : 0;
    return *code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &error, &at, NULL);
}

static bool is_found(kk_matcher *m, pcre2_code *code, kk_slice value)
{
    if (!m->limits) {
        m->limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(m->limits, REGEX_STEPS);
        pcre2_set_depth_limit(m->limits, REGEX_DEPTH);
        pcre2_set_heap_limit(m->limits, REGEX_HEAP_KIB);
        m->found_at = pcre2_match_data_create(1, NULL);
    }
    int got = code ? pcre2_match(code, (PCRE2_SPTR)(value.ptr ? value.ptr : ""), value.len, 0, 0,
                                 m->found_at, m->limits)
                   : PCRE2_ERROR_NOMATCH;
    if (got < 0 && got != PCRE2_ERROR_NOMATCH)
        m->counts.abandoned++;
    return got >= 0;
}

bool kk_matcher_regex_fits(kk_matcher *m, uint32_t test, kk_slice raw, kk_slice folded)
{
    match_regex *r = regex_of(m, test);
    const bool ascii = is_ascii(raw);
    if (ascii && r->is_whole && !kk_ends(raw, KK_S("\n")))
        return kk_regex_class_fits(&r->whole, raw);
    if (ascii && r->has_order && !kk_regex_order_fits(&r->order, folded))
        return false;
    if (ascii && r->is_order && kk_find_byte(raw, '\n') == KK_NOWHERE &&
        kk_find_byte(raw, '\r') == KK_NOWHERE)
        return true;
    return is_found(m, code_of(m, test, r, ascii), raw);
}

bool kk_matcher_class_fits(kk_matcher *m, uint32_t test, kk_slice value)
{
    const match_regex *r = regex_of(m, test);
    return r->is_whole && kk_regex_class_fits(&r->whole, value);
}

void kk_matcher_regexes_close(kk_matcher *m)
{
    for (size_t t = 0; t < m->rules->count[S_TESTS]; t++) {
        if (!m->regexes[t])
            continue;
        pcre2_code_free(m->regexes[t]->code); /* NULL is fine */
        pcre2_code_free(m->regexes[t]->plain);
    }
    pcre2_match_context_free(m->limits);
    pcre2_match_data_free(m->found_at);
}
