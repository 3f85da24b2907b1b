/* Addresses of Japan as written, against their parts by another reader (columns 住所, 都道府県, 市区町村,
 * 町字, 番地号, その他): prefecture, place and block are equal for 99 % at least; the others are listed.
 *     test_addresses FOLDER
 * The corpus (japanese-addresses.csv) is not part of the project: without it the test is skipped. */
#include "base/text.h"
#include "recognise/address.h"
#include "recognise/date.h"
#include "recognise/fold.h"
#include "tests/teller.h"

#include <stdio.h>
#include <unistd.h>

enum { COLUMNS = 6 };

/* Fields of a line with quoted ones. */
static size_t split_line(kk_slice line, kk_slice *cells, size_t max)
{
    size_t count = 0, from = 0;
    bool quoted = false;
    for (size_t i = 0; i <= line.len && count < max; i++) {
        if (i < line.len && line.ptr[i] == '"')
            quoted = !quoted;
        if (i == line.len || (line.ptr[i] == ',' && !quoted)) {
            cells[count++] = kk_part(line, from, i - from);
            from = i + 1;
        }
    }
    return count;
}

/* 奈佐原二丁目 to 奈佐原 and 2; Sakai says 丁. */
static kk_slice town_of(kk_slice town, uint32_t *chome)
{
    *chome = 0;
    kk_slice name = kk_part(town, 0, town.len - strlen("丁"));
    if (kk_ends(town, KK_S("丁目")))
        name = kk_part(town, 0, town.len - strlen("丁目"));
    else if (!kk_ends(town, KK_S("丁")))
        return town;
    for (size_t begin = 0; begin < name.len; begin += 3) {
        size_t at = begin;
        uint32_t number;
        if (kk_kanji_number(name, &at, &number) && at == name.len) {
            *chome = number;
            return kk_part(name, 0, begin);
        }
    }
    return town;
}

/* The digits and dashes that the text begins with. */
static kk_slice numbers_of(kk_slice text)
{
    size_t at = 0;
    while (at < text.len && (kk_char_digit((unsigned char)text.ptr[at]) || text.ptr[at] == '-'))
        at++;
    return kk_part(text, 0, at);
}

static kk_slice block_of(kk_arena *arena, uint32_t chome, kk_slice number)
{
    if (!chome)
        return number;
    return number.len ? kk_print(arena, "%u-%.*s", chome, KK_P(number))
                      : kk_print(arena, "%u", chome);
}

/* Empty when equal, else what differs. */
static const char *differs(kk_arena *arena, const kk_slice *cells)
{
    uint32_t chome;
    size_t len;
    kk_slice town = town_of(cells[3], &chome);
    kk_slice number = cells[4].len ? cells[4] : numbers_of(cells[5]);
    kk_address found = kk_address_read(arena, kk_plain(arena, cells[0]));
    kk_address place = kk_address_read(
        arena, kk_print(arena, "%.*s%.*s%.*s", KK_P(cells[1]), KK_P(cells[2]), KK_P(town)));
    if (found.prefecture != kk_prefecture_at(cells[1], &len))
        return "prefecture";
    if (!kk_eq(found.place, place.place))
        return "place";
    if (!kk_eq(found.block, block_of(arena, chome, number)))
        return "block";
    return NULL;
}

int main(int argc, char **argv)
{
    kk_arena *arena = kk_arena_open(), *scratch = kk_arena_open();
    char path[4096];
    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s/japanese-addresses.csv", argv[1]);
    if (access(path, R_OK) != 0) {
        printf("SKIP: no addresses in %s\n", argv[1]);
        return 77;
    }
    kk_slice text = teller_load(arena, path), line, cells[COLUMNS];
    size_t total = 0, equal = 0;
    kk_text_warm();
    (void)kk_split(&text, '\n', &line);
    while (kk_split(&text, '\n', &line)) {
        if (split_line(kk_trim(line), cells, COLUMNS) < COLUMNS)
            continue;
        const char *what = differs(scratch, cells);
        total++;
        equal += what == NULL;
        if (what) {
            kk_address a = kk_address_read(scratch, kk_plain(scratch, cells[0]));
            printf("%-10s %.*s: place %.*s, block %.*s; should be %.*s %.*s %.*s\n", what,
                   KK_P(cells[0]), KK_P(a.place), KK_P(a.block), KK_P(cells[2]), KK_P(cells[3]),
                   KK_P(cells[4].len ? cells[4] : cells[5]));
        }
        kk_arena_reset(scratch);
    }
    printf("%zu of %zu addresses have equal parts (%.2f %%)\n", equal, total,
           100.0 * (double)equal / (double)total);
    kk_arena_close(scratch);
    kk_arena_close(arena);
    return equal * 100 < total * 99;
}
