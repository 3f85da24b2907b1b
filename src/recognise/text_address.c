/* Where in a line an address begins and ends. */
#include "recognise/text_address.h"

#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/phone.h"

static bool begins_with_phone(kk_slice text)
{
    size_t used = 0;
    bool begins = text.len && (text.ptr[0] == '0' || text.ptr[0] == '(' || text.ptr[0] == '+');
    kk_phone phone = begins ? kk_phone_read(text, false, &used) : (kk_phone){0};
    return begins && phone.kind != KK_PHONE_NONE && (phone.dashed || used >= 10);
}

/* An address ends where something else plainly begins. */
kk_slice kk_text_address_cut(kk_slice text)
{
    static const char *const ends[] = {"TEL", "Tel",    "tel",    "電話", "℡",   "FAX",
                                       "Fax", "メール", "E-mail", "です", "に",  "まで",
                                       "。",  "、",     "を",     "より", "在住"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = kk_find(kk_from(text, text.len > 12 ? 12 : text.len), kk_cstr(ends[i]));
        if (end != KK_NOWHERE)
            text.len = end + 12;
    }
    size_t open = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        open += c == '(';
        bool closes = c == ')' && !open;
        open -= c == ')' && open;
        if (closes || (c == ' ' && i >= 12 && begins_with_phone(kk_from(text, i + 1))))
            return kk_trim(kk_part(text, 0, i));
    }
    return kk_trim(text);
}

/* A city and a number, and no company's name between: 北海道の会社 *1 is no address. */
bool kk_is_text_address(const kk_address *address)
{
    bool city = kk_has(address->place, KK_S("市")) || kk_has(address->place, KK_S("区")) ||
                kk_has(address->place, KK_S("町")) || kk_has(address->place, KK_S("村"));
    return address->level == KK_PLACE_BLOCK && city && address->place.len < 90 &&
           !kk_names_organisation(address->place);
}

/* 100-0005, on a line of its own. */
bool kk_is_zip_line(kk_slice line)
{
    if (line.len != strlen("100-0005") || line.ptr[3] != '-')
        return false;
    for (size_t i = 0; i < line.len; i++)
        if (i != 3 && !kk_char_digit((unsigned char)line.ptr[i]))
            return false;
    return true;
}

/* 100-0001 東京都...: where the postal code begins. */
static size_t with_zip_before(kk_slice line, size_t begin)
{
    enum { ZIP_LEN = 8 };
    if (begin == KK_NOWHERE || begin < ZIP_LEN + 1 || line.ptr[begin - 1] != ' ')
        return begin;
    size_t zip = begin - 1 - ZIP_LEN;
    bool free = zip == 0 || line.ptr[zip - 1] == ' ';
    return free && kk_is_zip_line(kk_part(line, zip, ZIP_LEN)) ? zip : begin;
}

/* 3-2-1, 3丁目2番1号 */
static bool begins_with_block(kk_slice text)
{
    size_t digits = 0;
    while (digits < text.len && kk_char_digit((unsigned char)text.ptr[digits]))
        digits++;
    kk_slice behind = kk_from(text, digits);
    bool next = behind.len > 1 && behind.ptr[0] == '-' &&
                kk_char_digit((unsigned char)behind.ptr[1]) && digits <= 4;
    return digits && text.ptr[0] != '0' &&
           (next || (digits <= 2 && kk_starts(behind, KK_S("丁目"))) ||
            (digits <= 4 && kk_starts(behind, KK_S("番地"))));
}

/* 横浜市港北区菊名3-2-1: no blank and no word of a sentence between a city and the number of a block. */
static bool begins_with_city(kk_slice text)
{
    enum { CHARS = 20 };
    bool city = false;
    for (size_t at = 0, chars = 0; at < text.len && chars < CHARS; chars++) {
        kk_slice rest = kk_from(text, at);
        if (kk_char_digit((unsigned char)text.ptr[at]))
            return city && begins_with_block(rest);
        uint32_t c = kk_plain_char(text, &at);
        if (c < 0x3041 || c == 0x3092 || c == 0x3067 || c == 0x30fb) /* を, で, ・ */
            return false;
        city |= chars > 0 && (c == 0x5e02 || c == 0x533a || c == 0x753a || c == 0x6751 ||
                              c == 0x90e1); /* 市区町村郡 */
    }
    return false;
}

/* Where a word begins that is an address without its prefecture. */
static size_t city_begin(kk_slice line)
{
    for (size_t at = 0; at < line.len; at++)
        if ((at == 0 || line.ptr[at - 1] == ' ') && ((unsigned char)line.ptr[at] & 0x80) &&
            begins_with_city(kk_from(line, at)))
            return at;
    return KK_NOWHERE;
}

/* Where 〒, a prefecture, a city with a block, or a postal code before one stands. */
size_t kk_text_address_begin(kk_slice line)
{
    size_t begin = kk_find(line, KK_S("〒")), len;
    for (size_t at = 0; begin == KK_NOWHERE && at < line.len;) {
        unsigned char lead = (unsigned char)line.ptr[at];
        if (lead >= 0xe4 && lead <= 0xe9 && kk_prefecture_at(kk_from(line, at), &len) && len >= 9)
            begin = at;
        (void)kk_plain_char(line, &at);
    }
    if (begin == KK_NOWHERE)
        begin = city_begin(line);
    return with_zip_before(line, begin);
}

/* Where an address begins behind a blank, before `end`; 0: none does. */
size_t kk_place_behind_blank(kk_slice line, size_t end)
{
    size_t len;
    for (size_t i = 1; i < end; i++)
        if (line.ptr[i - 1] == ' ' &&
            ((kk_prefecture_at(kk_from(line, i), &len) && len >= 9) ||
             (((unsigned char)line.ptr[i] & 0x80) && begins_with_city(kk_from(line, i)))))
            return i;
    return 0;
}
