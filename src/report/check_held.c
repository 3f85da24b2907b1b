/* What a sentence of a draft was held against, and what all who hold sentences ask of it. */
#include "report/check_i.h"

enum { ECHO_LEAST = 15 }; /* bytes of a sentence that can be taken for a claim's own words */

void held(checking *c, const sentence *s, kk_said kind, kk_slice quote, kk_held status,
          const kk_claim *claim, kk_slice expected)
{
    kk_draft_check *out = c->out;
    if (!expected.len && claim && status != KK_HELD_SUPPORTED)
        expected = claim_words(c, claim);
    out->items = kk_grow(c->arena, out->items, &out->capacity, out->count + 1, sizeof *out->items);
    out->items[out->count++] =
        (kk_statement){.kind = kind,
                       .line = s->line,
                       .text = s->text,
                       .quote = quote,
                       .status = status,
                       .claim = claim ? claim->id : KK_NONE,
                       .expected = status == KK_HELD_SUPPORTED ? KK_NONE : expected};
    out->contradicted += status == KK_HELD_CONTRADICTED;
    out->unsupported += status == KK_HELD_UNSUPPORTED;
}

kk_slice claim_words(const checking *c, const kk_claim *claim)
{
    return c->japanese ? claim->ja : claim->en;
}

const kk_claim *claim_of(const checking *c, const char *kind, kk_slice subject)
{
    return kk_claim_of(c->claims, kind, subject);
}

static kk_slice without_stop(kk_slice s)
{
    if (kk_ends(s, KK_S("。")))
        s.len -= strlen("。");
    else if (kk_ends(s, KK_S(".")))
        s.len--;
    return s;
}

const kk_claim *echoed(const checking *c, const sentence *s)
{
    kk_slice said = without_stop(s->folded);
    if (said.len < ECHO_LEAST || s->kind == SENTENCE_ROW || s->kind == SENTENCE_HEADING)
        return NULL;
    for (size_t i = 0; i < c->claims->count; i++)
        if (kk_has(s->japanese ? c->folded[i].ja : c->folded[i].en, said))
            return &c->claims->items[i];
    return NULL;
}

bool is_said(const sentence *s, const char *const *words)
{
    return has_any(s->folded, words) || has_any(s->heading, words) || has_any(s->above, words);
}

bool is_aside(const sentence *s)
{
    static const char *const words[] = {"お問い合わせ", "問い合わせ先", "お問合せ",   "問合せ先",
                                        "相談窓口",     "お願い",       "contact us", "enquiries",
                                        "inquiries",    "what we ask",  "ご注意",     NULL};
    static const char *const lines[] = {
        "tel:",           "tel.", "電話:",   "電話番号:", "受付時間",
        "フリーダイヤル", "fax:", "e-mail:", "メール:",   NULL};
    return has_any(s->heading, words) || has_any(s->folded, lines);
}

kk_slice told(const checking *c, const char *ja, const char *en)
{
    return kk_cstr(c->japanese ? ja : en);
}
