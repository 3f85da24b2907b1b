#include "parse/root_facts.h"

kk_slice kk_fact_word(kk_slice text)
{
    kk_slice line;
    while (kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        if (line.len && line.ptr[0] != '#')
            break;
    }
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    memchr("_+./-", c, 5) != NULL;
        if (!fine)
            return KK_NONE;
    }
    return line.len <= 253 ? line : KK_NONE;
}

kk_slice kk_fact_zone_of_link(kk_slice target)
{
    size_t at = kk_find(target, KK_S("zoneinfo/"));
    return at == KK_NOWHERE ? KK_NONE : kk_fact_word(kk_from(target, at + 9));
}
