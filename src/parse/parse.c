/* The table of parsers, and the choice among them: the best probe wins. */
#include "parse/parser.h"

#define PARSER(name) extern const kk_parser kk_parser_##name;
#include "parse/parsers.def"

const kk_parser *const kk_parsers[] = {
#define PARSER(name) &kk_parser_##name,
#include "parse/parsers.def"
};
const size_t kk_parser_count = sizeof kk_parsers / sizeof *kk_parsers;

const kk_parser *kk_parser_by_name(kk_slice name)
{
    for (size_t i = 0; i < kk_parser_count; i++)
        if (kk_is(name, kk_parsers[i]->name))
            return kk_parsers[i];
    return NULL;
}

const kk_parser *kk_parser_for(const kk_probe *probe)
{
    const kk_parser *best = NULL;
    kk_score best_score = KK_NO;
    for (size_t i = 0; i < kk_parser_count; i++) {
        kk_score score = kk_parsers[i]->probe(probe);
        bool first_by_name =
            best && score == best_score && strcmp(kk_parsers[i]->name, best->name) < 0;
        if (score > best_score || (score != KK_NO && first_by_name)) {
            best = kk_parsers[i];
            best_score = score;
        }
    }
    return best;
}

uint64_t kk_parser_place(const kk_probe *probe)
{
    uint64_t place = 0;
    for (size_t i = 0; i < kk_parser_count && !place; i++)
        if (kk_parsers[i]->place)
            place = kk_parsers[i]->place(probe);
    return place < probe->size ? place : 0;
}

bool kk_parser_is_companion(kk_slice name, kk_slice *stem)
{
    for (size_t i = 0; i < kk_parser_count; i++)
        for (const char *const *e = kk_parsers[i]->companions; e && *e; e++) {
            kk_slice ending = kk_cstr(*e);
            if (name.len <= ending.len)
                continue;
            *stem = kk_part(name, 0, name.len - ending.len);
            if (kk_eq_nocase(kk_from(name, stem->len), ending))
                return true;
        }
    return false;
}
