/* Names as a set of hashes: a word is looked up some ten times per unsplit name, so the set holds no
 * text, only 58 bits of each word's hash and six bits of what it can be. */
#include "recognise/lexicon.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/wide.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/letters.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SLOTS = 1 << 18,
    KIND_BITS = 6,
    FILE_MAX = 16 * 1024 * 1024,
    LATIN_MIN = 3,
    KEY_SLOT_BITS = 16, /* of short words, by their letters */
    KEY_SLOTS = 1 << KEY_SLOT_BITS,
    KEY_KIND_BITS = 2, /* KK_WORD_SURNAME, KK_WORD_GIVEN */
    FILTER_BITS = 18   /* small enough to stay near the processor, where the table does not */
};

static const char ipadic_names[] = "/usr/share/mecab/dic/ipadic/Noun.name.csv";

struct kk_lexicon {
    uint64_t *slots; /* hash with its low bits replaced by the kinds */
    size_t used;
    uint64_t fingerprint;
    uint64_t *keys; /* up to four letters, with the kinds below them */
    size_t keys_used;
    bool keys_missing; /* there were more of them than there is room for */
    uint64_t *filter;  /* a bit for each key, some for several: what has none is no key */
    kk_letter_marks marks;
    kk_letter_facts facts;
};

static size_t place_of(const kk_lexicon *lexicon, uint64_t hash)
{
    size_t at = (size_t)(hash >> 20) % SLOTS;
    while (lexicon->slots[at] && lexicon->slots[at] >> KIND_BITS != hash >> KIND_BITS)
        at = (at + 1) % SLOTS;
    return at;
}

static inline uint64_t hash_of_key(uint64_t key)
{
    return key * UINT64_C(0x9fb21c651e98df25);
}

static inline bool passes_filter(const kk_lexicon *lexicon, uint64_t key)
{
    uint64_t bit = hash_of_key(key) >> (64 - FILTER_BITS);
    return lexicon->filter[bit / 64] >> bit % 64 & 1;
}

static size_t place_of_key(const kk_lexicon *lexicon, uint64_t key)
{
    size_t at = (size_t)(hash_of_key(key) >> (64 - KEY_SLOT_BITS));
    while (lexicon->keys[at] && lexicon->keys[at] >> KEY_KIND_BITS != key)
        at = (at + 1) % KEY_SLOTS;
    return at;
}

/* Words that are not all letters, or too long, are in the other table only. */
static void add_key(kk_lexicon *lexicon, kk_slice word, unsigned kinds)
{
    uint64_t key = 0;
    size_t count = 0;
    for (size_t at = 0; at < word.len; count++) {
        unsigned letter = kk_letter_of(kk_plain_char(word, &at));
        if (!letter || count == KK_LETTERS_OF_KEY)
            return;
        key = key << KK_LETTER_BITS | letter;
    }
    size_t at = place_of_key(lexicon, key);
    bool fresh = lexicon->keys[at] == 0;
    lexicon->keys_missing |= fresh && lexicon->keys_used == KEY_SLOTS - KEY_SLOTS / 4;
    if (lexicon->keys_missing)
        return;
    lexicon->keys_used += fresh;
    uint64_t bit = hash_of_key(key) >> (64 - FILTER_BITS);
    lexicon->filter[bit / 64] |= UINT64_C(1) << bit % 64;
    lexicon->keys[at] |= key << KEY_KIND_BITS | kinds;
}

static void add_word(kk_lexicon *lexicon, kk_slice word, unsigned kinds)
{
    if (!word.len || lexicon->used > SLOTS / 2)
        return;
    uint64_t hash = kk_hash_quick(word);
    size_t at = place_of(lexicon, hash);
    lexicon->used += lexicon->slots[at] == 0;
    lexicon->slots[at] = (hash >> KIND_BITS << KIND_BITS) | (lexicon->slots[at] & 63) | kinds;
    lexicon->fingerprint += hash * kinds; /* the order of the words does not matter */
    if (kinds & (KK_WORD_SURNAME | KK_WORD_GIVEN))
        add_key(lexicon, word, kinds);
}

static void add_name(kk_lexicon *lexicon, kk_arena *scratch, kk_slice word, kk_slice reading,
                     bool surname)
{
    kk_slice latin = kk_kana_to_latin(scratch, reading);
    add_word(lexicon, kk_fold_kanji(scratch, kk_nfkc(scratch, word)),
             surname ? KK_WORD_SURNAME : KK_WORD_GIVEN);
    add_word(lexicon, kk_kana_skeleton(scratch, reading),
             surname ? KK_WORD_SURNAME_READING : KK_WORD_GIVEN_READING);
    if (latin.len >= LATIN_MIN)
        add_word(lexicon, latin, surname ? KK_WORD_SURNAME_LATIN : KK_WORD_GIVEN_LATIN);
}

static void add_built_in(kk_lexicon *lexicon, kk_arena *scratch, const char *list, bool surname)
{
    kk_slice rest = kk_cstr(list), word, reading;
    while (kk_split(&rest, ' ', &word) && kk_split(&rest, ' ', &reading))
        add_name(lexicon, scratch, word, reading, surname);
}

static kk_slice read_whole(kk_arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0)
        return KK_NONE;
    kk_slice whole = KK_NONE;
    if (fstat(fd, &about) == 0 && about.st_size > 0 && about.st_size <= FILE_MAX) {
        size_t size = (size_t)about.st_size, have = 0;
        char *bytes = kk_take(arena, size);
        ssize_t got;
        while (have < size && (got = read(fd, bytes + have, size - have)) > 0)
            have += (size_t)got;
        whole = (kk_slice){bytes, have};
    }
    close(fd);
    return whole;
}

/* surface,left,right,cost,名詞,固有名詞,人名,姓|名|一般,*,*,base,reading,pronunciation in EUC-JP */
static void add_ipadic(kk_lexicon *lexicon, kk_arena *scratch)
{
    kk_slice rest = kk_decode(scratch, KK_EUC_JP, read_whole(scratch, ipadic_names), NULL), line;
    while (kk_split(&rest, '\n', &line)) {
        kk_slice field[13] = {0}, piece;
        size_t count = 0;
        while (count < 13 && kk_split(&line, ',', &piece))
            field[count++] = piece;
        if (count < 12)
            continue;
        bool surname = kk_is(field[7], "姓");
        if (surname || kk_is(field[7], "名"))
            add_name(lexicon, scratch, field[0], field[11], surname);
    }
}

/* Kanji are folded; kana are their own forms. */
static void gather_facts(kk_lexicon *lexicon)
{
    for (unsigned letter = 1; letter < KK_LETTERS; letter++) {
        unsigned folded = letter;
        if (letter >= KK_LETTER_KANJI_FIRST)
            folded = kk_letter_of(kk_same_kanji(KK_KANJI_FIRST + letter - KK_LETTER_KANJI_FIRST));
        uint32_t marks = lexicon->marks.of[letter] | lexicon->marks.of[folded];
        lexicon->facts.of[letter] =
            folded | (folded == letter ? 0 : KK_LETTER_FOLDS) | marks << KK_LETTER_MARKS_SHIFT;
    }
}

const kk_lexicon *kk_lexicon_open(kk_arena *arena)
{
    kk_arena *scratch = kk_arena_open();
    kk_lexicon *lexicon = KK_NEW(arena, kk_lexicon);
    lexicon->slots = KK_NEW_ARRAY(arena, uint64_t, SLOTS);
    lexicon->keys = KK_NEW_ARRAY(arena, uint64_t, KEY_SLOTS);
    lexicon->filter = KK_NEW_ARRAY(arena, uint64_t, (1 << FILTER_BITS) / 64);
    kk_name_mark_letters(&lexicon->marks);
    kk_company_mark_letters(&lexicon->marks);
    gather_facts(lexicon);
    add_built_in(lexicon, scratch, kk_frequent_surnames, true);
    add_built_in(lexicon, scratch, kk_more_surnames, true);
    add_built_in(lexicon, scratch, kk_frequent_given_names, false);
    add_built_in(lexicon, scratch, kk_more_given_names, false);
    add_ipadic(lexicon, scratch);
    kk_arena_close(scratch);
    return lexicon;
}

unsigned kk_lexicon_look(const kk_lexicon *lexicon, kk_slice word)
{
    if (!word.len)
        return 0;
    return (unsigned)(lexicon->slots[place_of(lexicon, kk_hash_quick(word))] & 63);
}

#if KK_HAS_WIDE
/* Four places at once; past the last of them, or where more have to be looked at, one by one. */
KK_WIDE_TARGET static unsigned look_wide(const kk_lexicon *lexicon, uint64_t key)
{
    enum { AT_ONCE = 4 };
    size_t at = (size_t)(hash_of_key(key) >> (64 - KEY_SLOT_BITS));
    if (at <= KEY_SLOTS - AT_ONCE) {
        __m256i keys = _mm256_loadu_si256((const __m256i *)(const void *)(lexicon->keys + at));
        __m256i wanted = _mm256_set1_epi64x((int64_t)key);
        unsigned found = _mm256_cmpeq_epi64_mask(_mm256_srli_epi64(keys, KEY_KIND_BITS), wanted);
        unsigned ends = found | _mm256_testn_epi64_mask(keys, keys);
        if (ends)
            return (unsigned)(lexicon->keys[at + (size_t)__builtin_ctz(ends)] &
                              ((1 << KEY_KIND_BITS) - 1));
    }
    return (unsigned)(lexicon->keys[place_of_key(lexicon, key)] & ((1 << KEY_KIND_BITS) - 1));
}
#endif

unsigned kk_lexicon_look_letters(const kk_lexicon *lexicon, uint64_t key)
{
    if (!passes_filter(lexicon, key))
        return 0;
#if KK_HAS_WIDE
    if (kk_can_wide())
        return look_wide(lexicon, key);
#endif
    return (unsigned)(lexicon->keys[place_of_key(lexicon, key)] & ((1 << KEY_KIND_BITS) - 1));
}

const kk_letter_facts *kk_lexicon_letters(const kk_lexicon *lexicon)
{
    return lexicon->keys_missing ? NULL : &lexicon->facts;
}

void kk_mark_letters(kk_letter_marks *marks, const kk_slice *words, size_t count,
                     kk_which_letter which, uint8_t mark)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < words[i].len;) {
            bool first = at == 0;
            unsigned letter = kk_letter_of(kk_plain_char(words[i], &at));
            if (letter && (which == KK_ALL_LETTERS || (which == KK_FIRST_LETTER && first) ||
                           (which == KK_LAST_LETTER && at >= words[i].len)))
                marks->of[letter] |= mark;
        }
}

size_t kk_lexicon_size(const kk_lexicon *lexicon)
{
    return lexicon->used;
}

uint64_t kk_lexicon_fingerprint(const kk_lexicon *lexicon)
{
    return lexicon->fingerprint;
}
