/* Claims in a report: which of them this reader may see, and how their standing shows. */
#include "base/json_read.h"
#include "report/report_i.h"

static bool word_byte(kk_slice s, size_t at)
{
    if (at >= s.len)
        return false;
    unsigned char c = (unsigned char)s.ptr[at];
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* As a word of its own: "root" is not in "rooted". */
static bool names(kk_slice text, kk_slice word)
{
    if (word.len < 3)
        return false;
    for (size_t from = 0; from + word.len <= text.len;) {
        size_t at = kk_find(kk_from(text, from), word);
        if (at == KK_NOWHERE)
            return false;
        at += from;
        bool before = at && word_byte(text, at - 1) && word_byte(word, 0);
        bool after = word_byte(text, at + word.len) && word_byte(word, word.len - 1);
        if (!before && !after)
            return true;
        from = at + 1;
    }
    return false;
}

/* Evidence names machines, accounts and addresses; so may what a human wrote for the public. */
static bool names_inside(const building_report *b, kk_slice text)
{
    const kk_access *a = b->facts->access;
    for (size_t i = 0; i < a->host_count; i++)
        if (names(text, a->hosts[i].name))
            return true;
    for (size_t i = 0; i < a->account_count; i++)
        if (names(text, a->accounts[i].name))
            return true;
    for (size_t i = 0; i < a->entry_count; i++)
        if (names(text, a->entries[i].account) || names(text, a->entries[i].from_ip))
            return true;
    for (size_t i = 0; i < b->facts->exfil->finding_count; i++)
        if (names(text, b->facts->exfil->findings[i].destination))
            return true;
    return kk_has_nocase(text, KK_S(".onion")) || kk_has_nocase(text, KK_S("http://")) ||
           kk_has_nocase(text, KK_S("https://"));
}

static bool level_allows(const building_report *b, const kk_claim *claim)
{
    return claim->level == KK_LEVEL_NONE ? b->level == KK_LEVEL_INTERNAL : claim->level <= b->level;
}

static bool unfit_for_public(const building_report *b, const kk_claim *claim)
{
    return b->level <= KK_LEVEL_PERSON &&
           (claim->standing == KK_CONTRADICTED || names_inside(b, claim_text(b, claim)));
}

bool may_tell(const building_report *b, const kk_claim *claim)
{
    return level_allows(b, claim) && !unfit_for_public(b, claim);
}

size_t withheld_claims(const building_report *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->in->claims->count; i++)
        count += level_allows(b, &b->in->claims->items[i]) &&
                 unfit_for_public(b, &b->in->claims->items[i]);
    return count;
}

const kk_claim *next_claim(building_report *b, const char *kind, size_t *at)
{
    while (*at < b->in->claims->count) {
        const kk_claim *claim = &b->in->claims->items[(*at)++];
        if (strcmp(claim->kind, kind) == 0 && may_tell(b, claim))
            return claim;
    }
    return NULL;
}

kk_slice claim_text(const building_report *b, const kk_claim *claim)
{
    return b->d->japanese ? claim->ja : claim->en;
}

/* In a notice the organisation speaks for itself; there a sentence above says whose word it is. */
static kk_slice standing_words(const building_report *b, const kk_claim *claim)
{
    bool named = claim->by.len > 0;
    if (b->level <= KK_LEVEL_PERSON || strcmp(claim->kind, "limb") == 0)
        return KK_NONE; /* a limb says itself that something is not known */
    switch (claim->standing) {
    case KK_SUPPORTED:
        return KK_TOLD(b->d, "(記録による)", "(by records)");
    case KK_DECLARED:
        if (!named)
            return KK_TOLD(b->d, "(申告)", "(as stated)");
        return b->d->japanese ? kk_print(b->arena, "(申告: %.*s)", KK_P(claim->by))
                              : kk_print(b->arena, "(stated by %.*s)", KK_P(claim->by));
    case KK_JUDGED:
        if (!named)
            return KK_TOLD(b->d, "(判断)", "(as judged)");
        return b->d->japanese ? kk_print(b->arena, "(判断: %.*s)", KK_P(claim->by))
                              : kk_print(b->arena, "(judged by %.*s)", KK_P(claim->by));
    case KK_OPEN:
        return KK_TOLD(b->d, "(未確認)", "(open)");
    case KK_CONTRADICTED:
        return KK_TOLD(b->d, "(これに反する記録があります)", "(records contradict this)");
    default:
        return KK_NONE;
    }
}

void cite_words(building_report *b, const kk_claim *claim, kk_slice words)
{
    kk_doc_cite(b->d, &(kk_run){.text = words,
                                .claim = claim->id,
                                .standing = kk_cstr(kk_claim_standing_names[claim->standing]),
                                .note = standing_words(b, claim)});
}

void cite_bare(building_report *b, const kk_claim *claim, kk_slice words)
{
    kk_doc_cite(b->d, &(kk_run){.text = words,
                                .claim = claim->id,
                                .standing = kk_cstr(kk_claim_standing_names[claim->standing])});
}

void cite(building_report *b, const kk_claim *claim)
{
    cite_words(b, claim, claim_text(b, claim));
}

size_t cite_all(building_report *b, const char *kind)
{
    size_t at = 0, count = 0;
    for (const kk_claim *c; (c = next_claim(b, kind, &at)); count++)
        cite(b, c);
    return count;
}

/* Said before by a claim of the kind: the later one only adds its id there. */
static bool said_before(building_report *b, const kk_claim *claim)
{
    size_t at = 0;
    for (const kk_claim *c; (c = next_claim(b, claim->kind, &at)) && c != claim;)
        if (kk_eq(claim_text(b, c), claim_text(b, claim)))
            return true;
    return false;
}

static size_t times_said(building_report *b, const kk_claim *claim)
{
    size_t at = 0, count = 0;
    for (const kk_claim *c; (c = next_claim(b, claim->kind, &at));)
        count += kk_eq(claim_text(b, c), claim_text(b, claim));
    return count;
}

/* Of claims that say the same (two runs of one tool) one stands for all, with their number and ids. */
static void cite_together(building_report *b, const kk_claim *claim)
{
    size_t at = 0, count = times_said(b, claim);
    kk_slice text = claim_text(b, claim), stop = KK_TOLD(b->d, "。", ".");
    bool stops = kk_ends(text, stop);
    kk_slice stem = kk_part(text, 0, text.len - (stops ? stop.len : 0));
    if (count > 1)
        text = kk_print(b->arena, b->d->japanese ? "%.*s(%zu件)%.*s" : "%.*s (%zu times)%.*s",
                        KK_P(stem), count, KK_P(stops ? stop : KK_S("")));
    cite_words(b, claim, text);
    for (const kk_claim *c; count > 1 && (c = next_claim(b, claim->kind, &at));)
        if (c != claim && kk_eq(claim_text(b, c), claim_text(b, claim)))
            cite_bare(b, c, KK_S(""));
}

size_t list_all(building_report *b, const char *kind)
{
    size_t at = 0, count = 0;
    for (const kk_claim *c; (c = next_claim(b, kind, &at));) {
        if (said_before(b, c))
            continue;
        if (!count++)
            kk_doc_list(b->d);
        kk_doc_entry(b->d);
        cite_together(b, c);
    }
    return count;
}

void say_open(building_report *b)
{
    kk_doc_say(b->d, KK_TOLD(b->d, "調査中です。", "Under investigation."));
}

bool claimed_count_of(kk_arena *arena, const kk_claim *claim, claimed_count *out)
{
    const kk_json_value *value = claim->value.len ? kk_json_read(arena, claim->value) : NULL;
    if (!value || value->kind != KK_JSON_OBJECT ||
        !kk_to_u64(kk_json_member(value, "count"), &out->count) ||
        !kk_to_u64(kk_json_member(value, "least"), &out->least) ||
        !kk_to_u64(kk_json_member(value, "most"), &out->most))
        return false;
    const kk_json_value *bounded = kk_json_get(value, "bounded");
    out->bounded = bounded && bounded->kind == KK_JSON_TRUE;
    return true;
}

/* No exact number and no 最大 while files in reach are unread. */
kk_slice count_words(const building_report *b, const claimed_count *c)
{
    kk_slice count = kk_number_text(b->arena, c->count), most = kk_number_text(b->arena, c->most);
    if (!c->bounded)
        return b->d->japanese
                   ? kk_print(b->arena, "これまでに確認できた範囲で%.*s名(増える可能性があります)",
                              KK_P(count))
                   : kk_print(b->arena, "%.*s persons as far as read (may grow)", KK_P(count));
    if (c->least < c->most && c->count == c->most)
        return b->d->japanese ? kk_print(b->arena, "最大%.*s名", KK_P(most))
                              : kk_print(b->arena, "at most %.*s persons", KK_P(most));
    if (c->least == c->most)
        return b->d->japanese ? kk_print(b->arena, "%.*s名", KK_P(count))
                              : kk_print(b->arena, "%.*s persons", KK_P(count));
    if (kk_eq(count, most)) /* the bounds differ below only */
        return b->d->japanese ? kk_print(b->arena, "最大%.*s名", KK_P(most))
                              : kk_print(b->arena, "at most %.*s persons", KK_P(most));
    return b->d->japanese
               ? kk_print(b->arena, "%.*s名(最大%.*s名)", KK_P(count), KK_P(most))
               : kk_print(b->arena, "%.*s persons (at most %.*s)", KK_P(count), KK_P(most));
}
