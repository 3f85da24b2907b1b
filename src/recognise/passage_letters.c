/* Names in letters in a line of running text. */
#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/passage_i.h"

/* Bytes of a word that begins with a capital; 0: there is none. */
static size_t capital_word(kk_slice text)
{
    size_t len = 0;
    if (!text.len || text.ptr[0] < 'A' || text.ptr[0] > 'Z')
        return 0;
    while (len < text.len && (kk_char_letter((unsigned char)text.ptr[len]) ||
                              ((text.ptr[len] == '-' || text.ptr[len] == '\'') && len > 0)))
        len++;
    return len;
}

/* Haruka Sato of "Haruka Sato has": two words or three. */
static kk_slice capital_words(kk_slice text)
{
    enum { WORDS_MOST = 3 };
    size_t end = 0, words = 0;
    while (words < WORDS_MOST) {
        size_t from = end + (words > 0);
        size_t len = from < text.len ? capital_word(kk_from(text, from)) : 0;
        if (!len || (words && text.ptr[end] != ' '))
            break;
        end = from + len;
        words++;
    }
    return words >= 2 ? kk_part(text, 0, end) : KK_NONE;
}

static size_t title_at(kk_slice text)
{
    static const char *const titles[] = {"Mr. ", "Ms. ", "Mrs. ", "Dr. ", "Prof. "};
    for (size_t i = 0; i < KK_COUNT(titles); i++)
        if (kk_starts(text, kk_cstr(titles[i])))
            return strlen(titles[i]);
    return 0;
}

bool kk_scan_titles(kk_reader *r, kk_slice line)
{
    bool any = false;
    for (size_t at = 0; at < line.len; at++) {
        bool begins = at == 0 || !kk_char_letter((unsigned char)line.ptr[at - 1]);
        size_t title = begins ? title_at(kk_from(line, at)) : 0;
        kk_slice words = title ? capital_words(kk_from(line, at + title)) : KK_NONE;
        if (!words.len)
            continue;
        kk_name name = kk_name_read(r->scratch, r->lexicon, words);
        if (name.script == KK_NAME_LATIN && name.split && name.standing == KK_COUNTS &&
            !kk_is_heading(r->scratch, words)) {
            kk_block_add_name(r, words);
            any = true;
        }
        at += title + words.len - 1;
    }
    return any;
}
