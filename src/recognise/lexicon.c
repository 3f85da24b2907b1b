/* Names as a set of hashes: a word is looked up some ten times per unsplit name, so the set holds no
 * text, only 58 bits of each word's hash and six bits of what it can be. */
#include "recognise/lexicon.h"

#include "base/hash.h"
#include "base/text.h"
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
    KEY_KIND_BITS = 2 /* KK_WORD_SURNAME, KK_WORD_GIVEN */
};

static const char ipadic_names[] = "/usr/share/mecab/dic/ipadic/Noun.name.csv";

struct kk_lexicon {
    uint64_t *slots; /* hash with its low bits replaced by the kinds */
    size_t used;
    uint64_t fingerprint;
    uint64_t *keys; /* up to four letters, with the kinds below them */
    size_t keys_used;
    bool keys_missing; /* there were more of them than there is room for */
    kk_letter_marks marks;
};

static size_t place_of(const kk_lexicon *lexicon, uint64_t hash)
{
    size_t at = (size_t)(hash >> 20) % SLOTS;
    while (lexicon->slots[at] && lexicon->slots[at] >> KIND_BITS != hash >> KIND_BITS)
        at = (at + 1) % SLOTS;
    return at;
}

static size_t place_of_key(const kk_lexicon *lexicon, uint64_t key)
{
    size_t at = (size_t)(key * UINT64_C(0x9fb21c651e98df25) >> (64 - KEY_SLOT_BITS));
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

const kk_lexicon *kk_lexicon_open(kk_arena *arena)
{
    kk_arena *scratch = kk_arena_open();
    kk_lexicon *lexicon = KK_NEW(arena, kk_lexicon);
    lexicon->slots = KK_NEW_ARRAY(arena, uint64_t, SLOTS);
    lexicon->keys = KK_NEW_ARRAY(arena, uint64_t, KEY_SLOTS);
    kk_name_mark_letters(&lexicon->marks);
    kk_company_mark_letters(&lexicon->marks);
    add_built_in(lexicon, scratch, kk_frequent_surnames, true);
    add_built_in(lexicon, scratch, kk_more_surnames, true);
    add_built_in(lexicon, scratch, kk_frequent_given_names, false);
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

unsigned kk_lexicon_look_letters(const kk_lexicon *lexicon, uint64_t key)
{
    return (unsigned)(lexicon->keys[place_of_key(lexicon, key)] & ((1 << KEY_KIND_BITS) - 1));
}

const kk_letter_marks *kk_lexicon_marks(const kk_lexicon *lexicon)
{
    return lexicon->keys_missing ? NULL : &lexicon->marks;
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
