/* Japanese pages are read by base/text.h. Western text is Latin-1 with other characters at 0x80 to
 * 0x9f. */
#include "parse/code_page.h"

#include "base/buffer.h"

uint32_t kk_code_page_western(uint8_t byte)
{
    static const uint16_t table[32] = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
    return byte >= 0x80 && byte < 0xa0 ? table[byte - 0x80] : byte;
}

static kk_slice western(kk_arena *arena, kk_slice bytes)
{
    kk_buffer out = {0};
    bool plain = true;
    for (size_t i = 0; i < bytes.len; i++)
        plain = plain && (uint8_t)bytes.ptr[i] < 0x80;
    if (plain)
        return bytes;
    for (size_t i = 0; i < bytes.len; i++)
        kk_put_char(&out, kk_code_page_western((uint8_t)bytes.ptr[i]));
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

kk_slice kk_code_page_text(kk_arena *arena, unsigned page, kk_slice bytes, bool *known)
{
    static const struct {
        unsigned page;
        kk_charset charset;
    } pages[] = {{932, KK_CP932},         {10001, KK_CP932},       {65001, KK_UTF8},
                 {20127, KK_UTF8},        {1200, KK_UTF16LE},      {20932, KK_EUC_JP},
                 {51932, KK_EUC_JP},      {50220, KK_ISO_2022_JP}, {50221, KK_ISO_2022_JP},
                 {50222, KK_ISO_2022_JP}, {28591, KK_LATIN1}};
    if (page == 1252)
        return western(arena, bytes);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (pages[i].page == page)
            return kk_decode(arena, pages[i].charset, bytes, NULL);
    if (known)
        *known = false;
    return kk_decode(arena, kk_charset_guess(bytes, NULL), bytes, NULL);
}
