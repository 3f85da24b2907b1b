#include "recognise/vocabulary.h"

#include "base/sorted.h"
#include "recognise/fold.h"
#include "recognise/heading.h"

/* headings.def, by the bytes of the words: the build sorts it. */
static const vocable vocabulary[] = {
#define WORD(word, kind, ...) {word, sizeof(word) - 1, kind, __VA_ARGS__},
#define S(word, KIND) WORD(word, KK_COL_##KIND, false, false, false, false)
#define E(word, KIND) WORD(word, KK_COL_##KIND, true, false, false, false)
#define F(word, KIND) WORD(word, KK_COL_##KIND, true, true, false, false)
#define N(word) WORD(word, KK_COL_NAME, true, true, true, false)
#define W(word) WORD(word, KK_COL_NAME, true, true, true, true)
#define A(word) WORD(word, KK_COL_NAME, true, false, true, false)
#include "sorted_headings.inc"
};
enum { VOCABULARY = sizeof vocabulary / sizeof *vocabulary, LEAST = 3 };

static kk_slice word_of(const vocable *v)
{
    return (kk_slice){v->word, v->len};
}

const vocable *kk_vocable_of(kk_slice form)
{
    size_t at = 0;
    KK_LOWER_BOUND(at, VOCABULARY, kk_compare(word_of(&vocabulary[at]), form) < 0);
    return at < VOCABULARY && kk_eq(word_of(&vocabulary[at]), form) ? &vocabulary[at] : NULL;
}

/* "tel" is in "hotel" too. */
static bool stands_alone(kk_slice form, size_t at, size_t len)
{
    bool latin = kk_char_letter((unsigned char)form.ptr[at]) && (unsigned char)form.ptr[at] < 0x80;
    bool before = at > 0 && (form.ptr[at - 1] | 0x20) >= 'a' && (form.ptr[at - 1] | 0x20) <= 'z';
    size_t end = at + len;
    bool after = end < form.len && (form.ptr[end] | 0x20) >= 'a' && (form.ptr[end] | 0x20) <= 'z';
    return !latin || (!before && !after);
}

/* Where a word comes more than once, its first place is the one that counts. */
static bool is_there(const vocable *v, kk_slice form, size_t at)
{
    kk_slice word = word_of(v);
    return !v->whole && kk_starts(kk_from(form, at), word) && kk_find(form, word) == at &&
           (word.len > LEAST || stands_alone(form, at, word.len));
}

const vocable *kk_vocable_inside(kk_slice form)
{
    const vocable *best = NULL;
    size_t best_end = 0;
    for (size_t at = 0; at + LEAST <= form.len; at++) {
        const char *here = form.ptr + at;
        size_t i = 0;
        KK_LOWER_BOUND(i, VOCABULARY, strncmp(vocabulary[i].word, here, LEAST) < 0);
        for (; i < VOCABULARY && strncmp(vocabulary[i].word, here, LEAST) == 0; i++) {
            const vocable *v = &vocabulary[i];
            bool is_better =
                !best || v->len > best->len || (v->len == best->len && at + v->len > best_end);
            if (is_better && is_there(v, form, at)) {
                best = v;
                best_end = at + v->len;
            }
        }
    }
    return best;
}
